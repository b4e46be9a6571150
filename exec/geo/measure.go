package geo

import (
	"math"

	"github.com/peterstace/simplefeatures/geom"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// distance is the length of a vector: by the plain formula, whose digits are Trino's,
// unless that leaves the range of numbers.
func distance(dx, dy float64) float64 {
	if d := dx*dx + dy*dy; d > 1e-300 && d < math.MaxFloat64 {
		return math.Sqrt(d)
	}
	return math.Hypot(dx, dy)
}

// Area is the area of the polygons in a geometry; that of a collection is the sum of
// its members', overlapping or not.
func Area(b []byte) float64 {
	sum, one := 0.0, 0.0
	shape.Runs(b, func(r []byte, size, ring int) bool {
		switch ring {
		case 1:
			sum += math.Abs(one)
			one = ringArea(r, size)
		case 2:
			one += ringArea(r, size) // of the other sign
		}
		return true
	})
	return sum + math.Abs(one)
}

// ringArea is the signed area of a ring, positive if it runs counter-clockwise.
func ringArea(r []byte, size int) float64 {
	sum, x0, y0 := 0.0, floatAt(r, 0), floatAt(r, 8)
	px, py := 0.0, 0.0
	for r = r[size:]; len(r) > 0; r = r[size:] {
		x, y := floatAt(r, 0)-x0, floatAt(r, 8)-y0
		sum += px*y - x*py
		px, py = x, y
	}
	return sum / 2
}

// Length is the length of the lines in a geometry.
func Length(b []byte) float64 {
	sum := 0.0
	shape.Runs(b, func(r []byte, size, ring int) bool {
		for at := size; at < len(r) && ring == 0; at += size {
			sum += distance(floatAt(r, at)-floatAt(r, at-size), floatAt(r, at+8)-floatAt(r, at-size+8))
		}
		return true
	})
	return sum
}

// AppendCentroid appends the centre of gravity of a geometry that is no collection.
func AppendCentroid(dst, b []byte) ([]byte, error) {
	if err := CheckType("ST_Centroid", b, shape.Point, shape.MultiPoint, shape.LineString, shape.MultiLineString, shape.Polygon, shape.MultiPolygon); err != nil {
		return dst, err
	}
	switch {
	case shape.TypeOf(b) == shape.Point:
		return append(dst, b...), nil
	case shape.IsEmpty(b):
		return shape.AppendEmpty(dst, shape.Point), nil
	}
	return ofGeometry("ST_Centroid", dst, b, func(g geom.Geometry) geom.Geometry { return g.Centroid().AsGeometry() })
}

// Distance is the least distance between two geometries; false if one is empty.
func Distance(a, b []byte) (float64, bool, error) {
	ax, ay, aok := shape.XY(a)
	bx, by, bok := shape.XY(b)
	if aok && bok {
		return distance(ax-bx, ay-by), true, nil
	}
	if shape.IsEmpty(a) || shape.IsEmpty(b) {
		return 0, false, nil
	}
	d, err := guard("ST_Distance", func() (float64, error) {
		x, y, err := decodePair(a, b)
		if err != nil {
			return 0, err
		}
		d, _ := geom.Distance(x, y)
		return d, nil
	})
	return d, err == nil, err
}
