// Package shape holds geometries as bytes: ISO well-known binary (WKB) in one
// canonical form, so that a value can be stored, compared as bytes, measured and
// printed without objects in between.
//
// The form: little-endian everywhere; coordinates of 2, 3 (Z or M) or 4 numbers,
// the same in all parts; an empty point is one of NaN; rings are closed, the first
// of a polygon runs counter-clockwise and the others clockwise. ParseWKT and
// AppendWKB make it of what others wrote and check everything; the other functions
// take only such bytes and do not check them again. No bytes at all, which stand in the
// places of NULLs, count as an empty collection and as the tile of level 0.
package shape

import (
	"encoding/binary"
	"math"
)

// Type is the kind of a geometry, with WKB's numbers.
type Type uint32

// The kinds of geometries.
const (
	Point Type = 1 + iota
	LineString
	Polygon
	MultiPoint
	MultiLineString
	MultiPolygon
	GeometryCollection
)

// The names of the kinds, by number: in WKT, in messages of errors as Trino has
// them, and as ST_GeometryType gives them.
var (
	wktNames   = [...]string{"", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"}
	errorNames = [...]string{"", "POINT", "LINE_STRING", "POLYGON", "MULTI_POINT", "MULTI_LINE_STRING", "MULTI_POLYGON", "GEOMETRY_COLLECTION"}
	sqlNames   = [...]string{"", "ST_Point", "ST_LineString", "ST_Polygon", "ST_MultiPoint", "ST_MultiLineString", "ST_MultiPolygon", "ST_GeomCollection"}
)

// String gives the kind as errors name it: MULTI_POINT.
func (t Type) String() string { return errorNames[t] }

// SQLName gives the kind as ST_GeometryType does: ST_MultiPoint.
func (t Type) SQLName() string { return sqlNames[t] }

// member gives the kind that the parts of t have; 0: none or any.
func (t Type) member() Type {
	if t >= MultiPoint && t <= MultiPolygon {
		return t - 3
	}
	return 0
}

// dims says which numbers a coordinate has, as the thousands of ISO's codes.
type dims uint32

const (
	xy dims = iota
	xyz
	xym
	xyzm
)

// size is the length of a coordinate in bytes.
func (d dims) size() int {
	switch d {
	case xy:
		return 16
	case xyzm:
		return 32
	}
	return 24
}

const headerSize = 5 // the byte order and the code

func appendHeader(b []byte, t Type, d dims) []byte {
	return binary.LittleEndian.AppendUint32(append(b, 1), uint32(t)+1000*uint32(d))
}

func appendCount(b []byte, n int) []byte { return binary.LittleEndian.AppendUint32(b, uint32(n)) }

func appendFloat(b []byte, x float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
}

// AppendPoint appends the point at x, y; NaN for both is the empty one.
func AppendPoint(b []byte, x, y float64) []byte {
	return appendFloat(appendFloat(appendHeader(b, Point, xy), x), y)
}

// AppendEmpty appends a geometry of nothing.
func AppendEmpty(b []byte, t Type) []byte {
	if t == Point {
		return AppendPoint(b, math.NaN(), math.NaN())
	}
	return appendCount(appendHeader(b, t, xy), 0)
}

func float(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }

// cursor walks through a geometry.
type cursor struct {
	b []byte
}

func (c *cursor) header() (Type, dims) {
	if len(c.b) == 0 {
		return GeometryCollection, xy
	}
	code := binary.LittleEndian.Uint32(c.b[1:])
	c.b = c.b[headerSize:]
	return Type(code % 1000), dims(code / 1000)
}

func (c *cursor) count() int {
	if len(c.b) == 0 {
		return 0
	}
	n := binary.LittleEndian.Uint32(c.b)
	c.b = c.b[4:]
	return int(n)
}

// run takes n coordinates.
func (c *cursor) run(n int, d dims) []byte {
	out := c.b[:n*d.size()]
	c.b = c.b[len(out):]
	return out
}

// TypeOf gives the kind of a geometry.
func TypeOf(b []byte) Type {
	c := cursor{b}
	t, _ := c.header()
	return t
}

// CoordDim gives how many numbers a coordinate of a geometry has, M left out.
func CoordDim(b []byte) int {
	c := cursor{b}
	if _, d := c.header(); d == xyz || d == xyzm {
		return 3
	}
	return 2
}

// XY gives the place of a point; false if the geometry is an empty point or no
// point.
func XY(b []byte) (x, y float64, ok bool) {
	if TypeOf(b) != Point {
		return 0, 0, false
	}
	x, y = float(b[headerSize:]), float(b[headerSize+8:])
	return x, y, !math.IsNaN(x)
}

// Runs calls f with every run of coordinates: of a point, a line or a ring. coords
// holds coordinates of size bytes each, which begin with X and Y; an empty point is
// left out. ring is 1 for the first ring of a polygon, 2 for its others, else 0. It
// ends when f gives false.
func Runs(b []byte, f func(coords []byte, size, ring int) bool) {
	c := cursor{b}
	c.runs(f)
}

func (c *cursor) runs(f func(coords []byte, size, ring int) bool) bool {
	t, d := c.header()
	switch t {
	case Point:
		p := c.run(1, d)
		return math.IsNaN(float(p)) || f(p, d.size(), 0)
	case LineString:
		r := c.run(c.count(), d)
		return len(r) == 0 || f(r, d.size(), 0)
	case Polygon:
		for i, n := 0, c.count(); i < n; i++ {
			if r := c.run(c.count(), d); len(r) > 0 && !f(r, d.size(), min(i+1, 2)) {
				return false
			}
		}
		return true
	}
	for n := c.count(); n > 0; n-- {
		if !c.runs(f) {
			return false
		}
	}
	return true
}

// Parts calls f with each part of a Multi geometry or a collection, or with the
// geometry itself.
func Parts(b []byte, f func(part []byte)) {
	if TypeOf(b) < MultiPoint {
		f(b)
		return
	}
	c := cursor{b}
	c.header()
	for n := c.count(); n > 0; n-- {
		from := c.b
		c.runs(func([]byte, int, int) bool { return true })
		f(from[:len(from)-len(c.b)])
	}
}

// IsEmpty reports whether a geometry has no coordinates.
func IsEmpty(b []byte) bool {
	empty := true
	Runs(b, func([]byte, int, int) bool { empty = false; return false })
	return empty
}

// NumPoints counts the coordinates, the last one of rings, which closes them, left
// out.
func NumPoints(b []byte) int {
	n := 0
	Runs(b, func(r []byte, size, ring int) bool {
		n += len(r) / size
		if ring > 0 {
			n--
		}
		return true
	})
	return n
}

// Box is an upright rectangle, its edges included.
type Box struct {
	MinX, MinY, MaxX, MaxY float64
}

// Overlaps reports whether two boxes have a point in common.
func (b *Box) Overlaps(o *Box) bool {
	return b.MinX <= o.MaxX && o.MinX <= b.MaxX && b.MinY <= o.MaxY && o.MinY <= b.MaxY
}

// Contains reports whether o lies within b.
func (b *Box) Contains(o *Box) bool {
	return b.MinX <= o.MinX && o.MaxX <= b.MaxX && b.MinY <= o.MinY && o.MaxY <= b.MaxY
}

// Envelope gives the least box around a geometry; false if that is empty.
func Envelope(b []byte) (Box, bool) {
	if x, y, ok := XY(b); ok {
		return Box{x, y, x, y}, true
	}
	box := Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	Runs(b, func(r []byte, size, _ int) bool {
		for ; len(r) > 0; r = r[size:] {
			x, y := float(r), float(r[8:])
			box.MinX, box.MaxX = min(box.MinX, x), max(box.MaxX, x)
			box.MinY, box.MaxY = min(box.MinY, y), max(box.MaxY, y)
		}
		return true
	})
	return box, box.MinX <= box.MaxX
}

// AppendBox appends a box as the polygon of its corners, also if it is a line or a
// point.
func AppendBox(b []byte, box Box) []byte {
	b = appendCount(appendCount(appendHeader(b, Polygon, xy), 1), 5)
	for _, x := range [...]float64{box.MinX, box.MinY, box.MaxX, box.MinY, box.MaxX, box.MaxY, box.MinX, box.MaxY, box.MinX, box.MinY} {
		b = appendFloat(b, x)
	}
	return b
}

// finishRing closes and turns the ring of n coordinates that ends b, and gives how
// many there are now.
func finishRing(b []byte, n int, d dims, shell bool) ([]byte, int) {
	size := d.size()
	if n == 0 {
		return b, 0
	}
	from := len(b) - n*size
	if last := len(b) - size; float(b[from:]) != float(b[last:]) || float(b[from+8:]) != float(b[last+8:]) {
		b, n = append(b, b[from:from+size]...), n+1
	}
	if a := signedArea(b[from:], size); a < 0 == shell && a != 0 {
		reverse(b[from:], size)
	}
	return b, n
}

// signedArea is twice the area of a closed ring, positive if it runs
// counter-clockwise. Coordinates are taken from the first one, which keeps digits.
func signedArea(r []byte, size int) float64 {
	sum, x0, y0 := 0.0, float(r), float(r[8:])
	px, py := 0.0, 0.0
	for r = r[size:]; len(r) > 0; r = r[size:] {
		x, y := float(r)-x0, float(r[8:])-y0
		sum += px*y - x*py
		px, py = x, y
	}
	return sum
}

func reverse(r []byte, size int) {
	var t [32]byte
	for i, j := 0, len(r)-size; i < j; i, j = i+size, j-size {
		copy(t[:size], r[i:i+size])
		copy(r[i:i+size], r[j:j+size])
		copy(r[j:j+size], t[:size])
	}
}

// AppendCoordinate appends the point at a coordinate that a geometry has.
func AppendCoordinate(b, of, coord []byte) []byte {
	_, d := (&cursor{of}).header()
	return append(appendHeader(b, Point, d), coord...)
}

// AppendLine appends the line of a run of coordinates that a geometry has.
func AppendLine(b, of, run []byte, size int) []byte {
	_, d := (&cursor{of}).header()
	return append(appendCount(appendHeader(b, LineString, d), len(run)/size), run...)
}

// AppendLineXY appends the line of X, Y, X, Y and so on.
func AppendLineXY(b []byte, xy []float64) []byte {
	return appendFloats(appendHeader(b, LineString, 0), xy)
}

func appendFloats(b []byte, xy []float64) []byte {
	b = appendCount(b, len(xy)/2)
	for _, x := range xy {
		b = appendFloat(b, x)
	}
	return b
}

// AppendPolygonXY appends the polygon of rings, each X, Y, X, Y and so on. They are
// closed and turned as they should be; rings of no points are left out.
func AppendPolygonXY(b []byte, rings [][]float64) []byte {
	b = appendHeader(b, Polygon, xy)
	from, n := len(b), 0
	b = appendCount(b, 0)
	for _, r := range rings {
		if len(r) == 0 {
			continue
		}
		at, count := len(b), 0
		b = appendFloats(b, r)
		b, count = finishRing(b, len(r)/2, xy, n == 0)
		binary.LittleEndian.PutUint32(b[at:], uint32(count))
		n++
	}
	binary.LittleEndian.PutUint32(b[from:], uint32(n))
	return b
}

// AppendMulti appends a Multi geometry or collection of parts, which are of the right
// kind and of two dimensions.
func AppendMulti(b []byte, t Type, parts [][]byte) []byte {
	b = appendCount(appendHeader(b, t, xy), len(parts))
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// AppendFlat appends a geometry without Z and M.
func AppendFlat(b, of []byte) []byte {
	t, d := (&cursor{of}).header()
	if d == xy {
		return append(b, of...)
	}
	switch t {
	case Point:
		return appendFlatRun(appendHeader(b, t, xy), of[headerSize:], d.size())
	case LineString:
		return appendFlatRun(append(appendHeader(b, t, xy), of[headerSize:headerSize+4]...), of[headerSize+4:], d.size())
	case Polygon:
		b = append(appendHeader(b, t, xy), of[headerSize:headerSize+4]...)
		Runs(of, func(r []byte, size, _ int) bool {
			b = appendFlatRun(appendCount(b, len(r)/size), r, size)
			return true
		})
		return b
	}
	b = append(appendHeader(b, t, xy), of[headerSize:headerSize+4]...)
	Parts(of, func(p []byte) { b = AppendFlat(b, p) })
	return b
}

func appendFlatRun(b, run []byte, size int) []byte {
	for ; len(run) >= size; run = run[size:] {
		b = append(b, run[:16]...)
	}
	return b
}
