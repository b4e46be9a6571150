package lines

import (
	"bytes"
	"context"
	"io"

	"github.com/glauxdb/glaux/formats/encoding"
)

// transcoder decodes what a fetcher brings, where every byte is a character, and
// finds where in the text the split begins and ends.
type transcoder struct {
	*fetcher
	r   *Reader
	enc *encoding.Encoding
	at  int64 // the stored byte that comes next
}

func (t *transcoder) more(ctx context.Context, dst []byte) ([]byte, error) {
	c := t.next(ctx)
	if c.err != nil {
		return dst, c.err
	}
	dst = t.decode(dst, c.data)
	c.recycle()
	return dst, nil
}

// decode appends the text of the next stored bytes to dst, which begins at r.base.
func (t *transcoder) decode(dst, data []byte) []byte {
	split := t.r.cfg.Split
	for _, edge := range []struct {
		at  int64
		dst *int64
	}{{split.Off, &t.r.start}, {split.Off + split.Len, &t.r.end}} {
		if n := edge.at - t.at; n >= 0 && n <= int64(len(data)) {
			dst = t.enc.Append(dst, data[:n])
			data, t.at = data[n:], edge.at
			*edge.dst = t.r.base + int64(len(dst))
		}
	}
	t.at += int64(len(data))
	return t.enc.Append(dst, data)
}

// Spelled gives the encoding in which the file is read, as its mark or the table
// says; nil is UTF-8. It is known after the first Fill.
func (r *Reader) Spelled() *encoding.Encoding {
	e, _ := r.cfg.Packing.text.heard()
	return e
}

// Respell says, after the first Fill and before anything is skipped, that the
// text itself tells its encoding, as XML does: what was read is decoded, and what
// comes. The file is read as one piece.
func (r *Reader) Respell(e *encoding.Encoding) {
	r.Alone()
	src := &sourceReader{src: r.src}
	out := &respelled{sourceReader: src, cfg: &r.cfg, text: e.Reader(io.MultiReader(bytes.NewReader(bytes.Clone(r.Bytes())), src))}
	r.src, r.end, r.buf, r.eof = out, endless, r.buf[:r.pos], false
}

// sourceReader makes an io.Reader of a source. ctx is that of the call under way.
type sourceReader struct {
	ctx  context.Context
	src  source
	buf  []byte
	rest []byte
}

func (s *sourceReader) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		var err error
		if s.buf, err = s.src.more(s.ctx, s.buf[:0]); err != nil {
			return 0, err
		}
		s.rest = s.buf
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func (s *sourceReader) close() { s.src.close() }

// respelled is a source decoded.
type respelled struct {
	*sourceReader
	cfg  *Config
	text io.Reader
}

func (s *respelled) more(ctx context.Context, dst []byte) ([]byte, error) {
	s.ctx = ctx
	dst, err := s.cfg.grow(dst, minChunk)
	if err != nil {
		return dst, err
	}
	n, err := io.ReadFull(s.text, dst[len(dst):len(dst)+minChunk])
	if err == io.ErrUnexpectedEOF || err == io.EOF && n > 0 {
		err = nil // the end shows again at the next call
	}
	return dst[:len(dst)+n], err
}
