package geo

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// Parts gives the parts of a geometry: members of a Multi geometry or collection, or
// the geometry itself; none of an empty one. They share its bytes.
func Parts(b []byte) [][]byte {
	if shape.IsEmpty(b) {
		return nil
	}
	var out [][]byte
	shape.Parts(b, func(p []byte) { out = append(out, p) })
	return out
}

// Points gives every point of a geometry. Rings are followed the other way round than
// they are printed, as Trino does.
func Points(b []byte) [][]byte {
	var out [][]byte
	shape.Runs(b, func(r []byte, size, ring int) bool {
		from := len(out)
		for ; len(r) > 0; r = r[size:] {
			out = append(out, shape.AppendCoordinate(nil, b, r[:size]))
		}
		if ring > 0 {
			slices.Reverse(out[from:])
		}
		return true
	})
	return out
}

// Rings gives the rings of a polygon as lines, the outer one first; ok is false if it
// is empty. function is the name for the error about what is no polygon.
func Rings(function string, b []byte) (rings [][]byte, ok bool, err error) {
	if err := CheckType(function, b, shape.Polygon); err != nil {
		return nil, false, err
	}
	shape.Runs(b, func(r []byte, size, _ int) bool {
		rings = append(rings, shape.AppendLine(nil, b, r, size))
		return true
	})
	return rings, len(rings) > 0, nil
}

// Dimension is 0 of points, 1 of lines, 2 of polygons; of a collection the greatest of
// its members'.
func Dimension(b []byte) int {
	switch shape.TypeOf(b) {
	case shape.Point, shape.MultiPoint:
		return 0
	case shape.LineString, shape.MultiLineString:
		return 1
	case shape.Polygon, shape.MultiPolygon:
		return 2
	}
	d := 0
	shape.Parts(b, func(p []byte) { d = max(d, Dimension(p)) })
	return d
}

// point is a place on the plane.
type point struct{ x, y float64 }

func (p point) to(q point) float64 { return distance(q.x-p.x, q.y-p.y) }

// path is a run of points: a point alone, a line, or a ring (1 the outer one, 2 a
// hole), whose last point is its first.
type path struct {
	pts  []point
	ring int
}

func pathsOf(b []byte) []path {
	var out []path
	shape.Runs(b, func(r []byte, size, ring int) bool {
		p := path{pts: make([]point, 0, len(r)/size), ring: ring}
		for at := 0; at < len(r); at += size {
			p.pts = append(p.pts, point{floatAt(r, at), floatAt(r, at+8)})
		}
		out = append(out, p)
		return true
	})
	return out
}

// AppendLine appends the line through points.
func AppendLine(dst []byte, list [][]byte) ([]byte, bool, error) {
	xy, err := pointList("ST_LineString", list)
	if err != nil {
		return dst, false, err
	}
	for i := 2; i < len(xy); i += 2 {
		if xy[i] == xy[i-2] && xy[i+1] == xy[i-1] {
			return dst, false, invalid("Invalid input to ST_LineString: consecutive duplicate points at index %d", i/2+1)
		}
	}
	if len(xy) < 4 {
		xy = nil
	}
	return shape.AppendLineXY(dst, xy), true, nil
}

// AppendMultiPoint appends points as one geometry; false if there are none.
func AppendMultiPoint(dst []byte, list [][]byte) ([]byte, bool, error) {
	xy, err := pointList("ST_MultiPoint", list)
	if err != nil || len(list) == 0 {
		return dst, false, err
	}
	parts := make([][]byte, len(list))
	for i := range parts {
		parts[i] = shape.AppendPoint(nil, xy[2*i], xy[2*i+1])
	}
	return shape.AppendMulti(dst, shape.MultiPoint, parts), true, nil
}

// pointList checks that all elements are points with a place.
func pointList(function string, list [][]byte) (xy []float64, err error) {
	for i, b := range list {
		switch {
		case b == nil && function == "ST_LineString":
			return nil, invalid("Invalid input to ST_LineString: null point at index %d", i+1)
		case b == nil:
			return nil, invalid("Invalid input to %s: null at index %d", function, i+1)
		case shape.TypeOf(b) != shape.Point && function == "ST_LineString":
			return nil, invalid("ST_LineString takes only an array of valid points, %s was passed", shape.TypeOf(b).SQLName()[3:])
		case shape.TypeOf(b) != shape.Point:
			return nil, invalid("Invalid input to %s: geometry is not a point: %s at index %d", function, shape.TypeOf(b).SQLName()[3:], i+1)
		}
		x, y, ok := shape.XY(b)
		if !ok {
			return nil, invalid("Invalid input to %s: empty point at index %d", function, i+1)
		}
		xy = append(xy, x, y)
	}
	return xy, nil
}
