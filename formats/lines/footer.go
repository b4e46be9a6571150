package lines

import (
	"bytes"
	"context"
	"io"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store"
)

// stop gives where the lines of the footer begin in a file of UTF-8; its size
// without a footer. The end of the file is read once for that, unless all of it is
// there.
func (t text) stop(ctx context.Context, s store.Store, o store.Info, all []byte) (int64, error) {
	if t.footer == 0 {
		return o.Size, nil
	}
	if all != nil {
		at, _ := lastLines(all, t.brk(), t.footer)
		return int64(at), nil
	}
	l := t.learned
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.looked {
		at, err := footerStart(ctx, s, o, t.brk(), t.footer)
		if err != nil {
			return 0, err
		}
		l.stop, l.looked = at, true
	}
	return l.stop, nil
}

// footerStart finds the last n lines of a file from its end on.
func footerStart(ctx context.Context, s store.Store, o store.Info, brk []byte, n int) (int64, error) {
	ctx = store.WithReadKind(ctx, store.ReadFooter)
	var tail []byte
	for size := int64(minTail); ; size *= 4 {
		from := max(0, o.Size-size)
		got, err := s.ReadRanges(ctx, o, []store.Range{{Off: from, Len: o.Size - from - int64(len(tail))}})
		if err != nil {
			return 0, err
		}
		tail = append(got[0][:len(got[0]):len(got[0])], tail...)
		if at, ok := lastLines(tail, brk, n); ok {
			return from + int64(at), nil
		}
		if from == 0 {
			return 0, nil
		}
		if len(tail) > MaxRecord {
			return 0, fault.Corrupt(s.URL(o.Key), "the last %d lines are longer than %d bytes", n, MaxRecord).
				WithHint("Check the property %q.", PropertyFooter)
		}
	}
}

// minTail is how much of a file's end is looked at first.
const minTail = 4 << 10

// lastLines gives where the last n lines of b begin; false if b shows no line
// before them.
func lastLines(b, brk []byte, n int) (at int, ok bool) {
	end := len(b)
	if bytes.HasSuffix(b, brk) {
		end -= len(brk)
	}
	for ; n > 0; n-- {
		i := bytes.LastIndex(b[:end], brk)
		if i < 0 {
			return 0, false
		}
		at, end = i+len(brk), i
	}
	return at, true
}

// footerReader withholds the last lines of a stream.
type footerReader struct {
	src   io.Reader
	brk   []byte
	lines int
	buf   []byte
	given int // of buf
	free  int // what of buf is surely no footer
	err   error
}

// Read gives the next bytes of what is before the footer.
func (f *footerReader) Read(p []byte) (int, error) {
	for f.given == f.free {
		if f.err != nil {
			return 0, f.err
		}
		if err := f.more(); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.buf[f.given:f.free])
	f.given += n
	return n, nil
}

// more reads on and frees what has enough lines behind it.
func (f *footerReader) more() error {
	f.buf = append(f.buf[:0], f.buf[f.given:]...)
	f.given, f.free = 0, 0
	if len(f.buf) > MaxRecord {
		return fault.New(fault.CodeDataCorrupted, "the last %d lines are longer than %d bytes", f.lines, MaxRecord)
	}
	at := len(f.buf)
	f.buf = append(f.buf, make([]byte, minChunk)...)
	n, err := io.ReadFull(f.src, f.buf[at:])
	f.buf = f.buf[:at+n]
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	f.err = err
	if err == nil || err == io.EOF {
		f.free, _ = lastLines(f.buf, f.brk, f.lines)
	}
	return nil
}
