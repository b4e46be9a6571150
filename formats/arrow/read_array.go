package arrow

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// array is a field's part of a record batch: its node, and its buffers once
// they have been loaded.
type array struct {
	f     *fieldDef
	node  node64
	spans []store.Range
	bufs  [][]byte // parallel to spans
	kids  []*array
}

// layout deals out the nodes and buffers of a record batch, which follow the
// schema in depth-first order.
type layout struct {
	m               *batchMeta
	node, buf, view int
	old             bool
}

func (l *layout) all(fs []*fieldDef) ([]*array, error) {
	var out []*array
	for _, f := range fs {
		a, err := l.next(f)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// buffers gives how many buffers a field has besides those of views.
func (l *layout) buffers(f *fieldDef) int {
	switch {
	case f.dict != nil:
		return 2
	case f.kind == typeNull, f.kind == typeRunEnd:
		return 0
	case f.kind == typeStruct, f.kind == typeFixedSizeList:
		return 1
	case f.kind == typeUnion:
		n := 1
		if f.dense {
			n++
		}
		if l.old {
			n++
		}
		return n
	case f.kind == typeBinary, f.kind == typeUtf8, f.kind == typeLargeBinary, f.kind == typeLargeUtf8,
		f.kind == typeListView, f.kind == typeLargeListView:
		return 3
	}
	return 2
}

func (l *layout) next(f *fieldDef) (*array, error) {
	a, n := &array{f: f}, l.buffers(f)
	if f.dict == nil && (f.kind == typeBinaryView || f.kind == typeUtf8View) {
		if l.view >= len(l.m.variadic) || l.m.variadic[l.view] < 0 || l.m.variadic[l.view] > int64(len(l.m.bufs)) {
			return nil, corrupt("a record batch without the number of a view's buffers")
		}
		n += int(l.m.variadic[l.view])
		l.view++
	}
	if l.node >= len(l.m.nodes) || l.buf+n > len(l.m.bufs) {
		return nil, corrupt("a record batch with fewer nodes or buffers than its schema needs")
	}
	a.node, a.spans = l.m.nodes[l.node], l.m.bufs[l.buf:l.buf+n]
	if a.node.rows < 0 || a.node.rows > maxBody {
		return nil, corrupt("field %q has %d values", f.name, a.node.rows)
	}
	l.node, l.buf = l.node+1, l.buf+n
	if f.dict != nil {
		return a, nil // its parts are in the dictionary
	}
	var err error
	a.kids, err = l.all(f.kids)
	return a, err
}

// arrays lays out a record batch.
func (f *File) arrays(e *entry, fields []*fieldDef) ([]*array, error) {
	l := &layout{m: &e.batch, old: f.old}
	out, err := l.all(fields)
	if err == nil && (l.node < len(e.batch.nodes) || l.buf < len(e.batch.bufs)) {
		err = corrupt("a record batch with more nodes or buffers than its schema has")
	}
	if err != nil {
		return nil, f.place(err, e)
	}
	return out, nil
}

// place puts file and message into an error.
func (f *File) place(err error, e *entry) error {
	var known *fault.Error
	if !errors.As(err, &known) {
		return err
	}
	out := *known
	g := out.In(f.url)
	if g.Code == fault.CodeDataCorrupted && g.Detail == "" {
		g = g.WithDetail("The record batch begins at byte %d.", e.off)
	}
	return g
}

// needs collects the arrays whose buffers a binding reads.
func (b *binding) needs(a *array, out []*array) []*array {
	if b.f == nil || a == nil {
		return out
	}
	out = append(out, a)
	if a.f.dict != nil {
		return out
	}
	if a.f.kind == typeRunEnd {
		out = append(out, a.kids[0])
	}
	for i, k := range b.kids {
		if at := b.at[i]; at >= 0 && k.f != nil {
			kid := a
			if a.f.kind == typeMap {
				kid = a.kids[0]
			}
			out = k.needs(kid.kids[at], out)
		}
	}
	return out
}

// load reads the buffers of arrays, and charges tab for them. What other Sources
// share is read once.
func (f *File) load(ctx context.Context, e *entry, as []*array, tab *formats.Tab, shared *formats.Overlap) error {
	var ranges []store.Range
	stored := int64(0)
	for _, a := range as {
		for _, s := range a.spans {
			if s.Off < 0 || s.Len < 0 || s.Off > e.size || s.Len > e.size-s.Off {
				return f.place(corrupt("a buffer of field %q lies outside of its record batch", a.f.name), e)
			}
			if s.Len > 0 {
				ranges = append(ranges, store.Range{Off: e.body + s.Off, Len: s.Len})
				stored += s.Len
			}
		}
	}
	if len(ranges) == 0 {
		for _, a := range as {
			a.bufs = make([][]byte, len(a.spans))
		}
		return nil
	}
	if err := tab.Add(stored); err != nil {
		return err
	}
	key := ""
	if shared != nil {
		key = fmt.Sprint(ranges)
	}
	got, err := shared.Once(ctx, key, func() ([][]byte, error) { return f.store.ReadRanges(ctx, f.info, ranges) })
	if err != nil {
		return err
	}
	for _, a := range as {
		a.bufs = make([][]byte, len(a.spans))
		for i, s := range a.spans {
			if s.Len == 0 {
				continue
			}
			if a.bufs[i], err = plain(got[0], e.batch.codec, tab); err != nil {
				return f.place(err, e)
			}
			got = got[1:]
		}
	}
	return nil
}

// plain decompresses a buffer: its length goes before it, -1 if it is stored
// as it is. What it claims is charged before memory is made for it.
func plain(b []byte, method int, tab *formats.Tab) ([]byte, error) {
	if method < 0 {
		return b, nil
	}
	if len(b) < 8 {
		return nil, corrupt("a compressed buffer of %d bytes", len(b))
	}
	n := int64(binary.LittleEndian.Uint64(b))
	b = b[8:]
	switch {
	case n == -1:
		return b, nil
	case n < 0:
		return nil, corrupt("a buffer of %d bytes", n)
	case n > maxBody:
		return nil, fault.New(fault.CodeProgramLimit, "an Arrow buffer of %d bytes is longer than %d", n, int64(maxBody))
	}
	if err := codec.Plausible(bufferCodecs[method], b, int(n)); err != nil {
		return nil, err
	}
	if err := tab.Add(n); err != nil {
		return nil, err
	}
	out, err := decompress(b, n, method)
	if err != nil {
		return nil, err
	}
	if int64(len(out)) != n {
		return nil, corrupt("a buffer of %d bytes, %d declared", len(out), n)
	}
	return out, nil
}

// bufferCodecs maps CompressionType, for what their blocks can hold: frames of
// LZ4 do not compress better than its blocks.
var bufferCodecs = [2]codec.Codec{codec.LZ4Raw, codec.Zstd}

// decompress gives at most n bytes, or an error.
func decompress(b []byte, n int64, method int) ([]byte, error) {
	if method == 1 {
		return codec.Append(codec.Zstd, nil, b, int(n))
	}
	r, err := codec.NewReader(codec.LZ4, bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, n+1))
}

// buf gives a buffer that must hold at least n elements of some bytes each,
// little endian.
func (r *reader) buf(a *array, i, n, width int) ([]byte, error) {
	if i >= len(a.bufs) || int64(len(a.bufs[i])) < int64(n)*int64(width) {
		return nil, corrupt("a buffer of field %q is too short for %d values", a.f.name, n)
	}
	b := a.bufs[i][:n*width]
	if r.f.big && width > 1 {
		return swapped(b, width), nil
	}
	return b, nil
}

// swapped turns the bytes of every element around, into new memory: a buffer
// may be asked for again.
func swapped(b []byte, width int) []byte {
	out := make([]byte, len(b))
	for at := 0; at < len(b); at += width {
		for i := range width {
			out[at+i] = b[at+width-1-i]
		}
	}
	return out
}

// valid gives the validity of n values; nil: none is null.
func (r *reader) valid(a *array, n int) (vector.Bitmap, error) {
	if a.node.nulls == 0 || len(a.bufs) == 0 {
		return nil, nil
	}
	b, err := r.buf(a, 0, (n+7)/8, 1)
	if err != nil {
		return nil, err
	}
	out := vector.NewBitmap(n)
	for i := range out {
		out[i] = word(b, 8*i)
	}
	if out.All(n) {
		return nil, nil
	}
	return out, nil
}

// word gives eight bytes, or what there is of them.
func word(b []byte, at int) uint64 {
	if len(b)-at >= 8 {
		return binary.LittleEndian.Uint64(b[at:])
	}
	var w [8]byte
	copy(w[:], b[at:])
	return binary.LittleEndian.Uint64(w[:])
}
