package shape

import (
	"encoding/binary"
	"math"
)

// AppendWKB appends the canonical form of a geometry in well-known binary: of any
// byte order, ISO's codes or PostGIS' extended ones (EWKB; the SRID is dropped).
// Counts are checked against the bytes that are there before anything is made for
// them. An error is a *SyntaxError.
func AppendWKB(dst, wkb []byte) ([]byte, error) {
	r := wkbReader{b: wkb}
	from := len(dst)
	dst, err := r.geometry(dst, 0, 1)
	if err == nil && r.i < len(wkb) {
		err = r.fail("bytes after the geometry")
	}
	if err != nil {
		return dst[:from], err
	}
	return dst, nil
}

type wkbReader struct {
	b     []byte
	i     int
	order binary.ByteOrder
	d     dims
	known bool // d is
}

func (r *wkbReader) fail(reason string) error { return &SyntaxError{Offset: r.i, Reason: reason} }

func (r *wkbReader) uint32() (uint32, error) {
	if len(r.b)-r.i < 4 {
		return 0, r.fail("unexpected end")
	}
	x := r.order.Uint32(r.b[r.i:])
	r.i += 4
	return x, nil
}

// The flags of extended WKB.
const (
	ewkbZ    = 0x80000000
	ewkbM    = 0x40000000
	ewkbSRID = 0x20000000
)

// header reads byte order, code and SRID.
func (r *wkbReader) header() (Type, dims, error) {
	if r.i >= len(r.b) {
		return 0, 0, r.fail("unexpected end")
	}
	switch r.b[r.i] {
	case 0:
		r.order = binary.BigEndian
	case 1:
		r.order = binary.LittleEndian
	default:
		return 0, 0, r.fail("expected a byte order of 0 or 1")
	}
	r.i++
	code, err := r.uint32()
	if err != nil {
		return 0, 0, err
	}
	d := dims(code & 0xffff / 1000)
	if code&ewkbZ != 0 {
		d |= xyz
	}
	if code&ewkbM != 0 {
		d |= xym
	}
	t := Type(code & 0xffff % 1000)
	if code&0x1fff0000 != 0 || d > xyzm || t < Point || t > GeometryCollection {
		return 0, 0, r.fail("unknown kind of geometry")
	}
	if code&ewkbSRID != 0 {
		_, err = r.uint32()
	}
	return t, d, err
}

// geometry reads a geometry; one of kind want, unless that is 0.
func (r *wkbReader) geometry(b []byte, want Type, depth int) ([]byte, error) {
	t, d, err := r.header()
	switch {
	case err != nil:
		return b, err
	case want != 0 && t != want:
		return b, r.fail("a part of another kind than its whole")
	case r.known && d != r.d:
		return b, r.fail("coordinates of different dimensions")
	case depth > MaxDepth:
		return b, r.fail("collections are nested too deeply")
	}
	r.d, r.known = d, true
	b = appendHeader(b, t, d)
	switch t {
	case Point:
		return r.coords(b, 1, true)
	case LineString:
		b, _, err = r.run(b)
		return b, err
	case Polygon:
		return r.polygon(b)
	}
	n, err := r.count(headerSize)
	if err != nil {
		return b, err
	}
	b = appendCount(b, n)
	for range n {
		if b, err = r.geometry(b, t.member(), depth+1); err != nil {
			return b, err
		}
	}
	return b, nil
}

// count reads how many parts of at least size bytes follow.
func (r *wkbReader) count(size int) (int, error) {
	n, err := r.uint32()
	if err == nil && int64(n)*int64(size) > int64(len(r.b)-r.i) {
		err = r.fail("more parts than bytes")
	}
	return int(n), err
}

func (r *wkbReader) polygon(b []byte) ([]byte, error) {
	rings, err := r.count(4)
	if err != nil {
		return b, err
	}
	start, kept := len(b), uint32(0)
	b = appendCount(b, 0)
	for range rings {
		at, n := len(b), 0
		if b, n, err = r.run(b); err != nil {
			return b, err
		}
		if n == 0 { // some write an empty polygon as an empty ring
			b = b[:at]
			continue
		}
		b, n = finishRing(b, n, r.d, kept == 0)
		binary.LittleEndian.PutUint32(b[at:], uint32(n))
		kept++
	}
	binary.LittleEndian.PutUint32(b[start:], kept)
	return b, nil
}

func (r *wkbReader) run(b []byte) ([]byte, int, error) {
	n, err := r.count(r.d.size())
	if err != nil {
		return b, 0, err
	}
	b, err = r.coords(appendCount(b, n), n, false)
	return b, n, err
}

// coords copies n coordinates, which are finite; or all NaN where empty is allowed.
func (r *wkbReader) coords(b []byte, n int, empty bool) ([]byte, error) {
	if len(r.b)-r.i < n*r.d.size() {
		return b, r.fail("unexpected end")
	}
	isEmpty := empty && math.IsNaN(math.Float64frombits(r.order.Uint64(r.b[r.i:]))) && math.IsNaN(math.Float64frombits(r.order.Uint64(r.b[r.i+8:])))
	for range n * r.d.size() / 8 {
		x := math.Float64frombits(r.order.Uint64(r.b[r.i:]))
		if isEmpty {
			x = math.NaN()
		} else if math.IsNaN(x) || math.IsInf(x, 0) {
			return b, r.fail("a coordinate that is no number")
		}
		b, r.i = appendFloat(b, x), r.i+8
	}
	return b, nil
}
