package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/peterstace/simplefeatures/geom"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// Overlay is a way to combine two geometries as sets of points.
type Overlay uint8

// The overlays.
const (
	Intersection Overlay = iota
	Union
	Difference
	SymDifference
)

var overlays = [...]struct {
	name string
	f    func(a, b geom.Geometry) (geom.Geometry, error)
}{
	Intersection:  {"ST_Intersection", geom.Intersection},
	Union:         {"ST_Union", geom.Union},
	Difference:    {"ST_Difference", geom.Difference},
	SymDifference: {"ST_SymDifference", geom.SymmetricDifference},
}

// Append appends the combination of two geometries. Where polygons that are not valid
// make it fail it is tried again with these repaired.
func (o Overlay) Append(dst, a, b []byte) ([]byte, error) {
	return guard(overlays[o].name, func() ([]byte, error) {
		x, y, err := decodePair(a, b)
		if err != nil {
			return dst, err
		}
		g, err := tryOverlay(overlays[o].f, x, y)
		if err != nil {
			return dst, err
		}
		return appendGeom(dst, g)
	})
}

func tryOverlay(f func(a, b geom.Geometry) (geom.Geometry, error), x, y geom.Geometry) (geom.Geometry, error) {
	g, err := f(x, y)
	if err == nil {
		return g, nil
	}
	rx, ry := repair(x), repair(y)
	if again, err := f(rx, ry); err == nil {
		return again, nil
	}
	return g, err
}

// repair makes a polygon valid: the buffer of no width is what its rings enclose.
func repair(g geom.Geometry) geom.Geometry {
	if g.Dimension() != 2 || g.IsGeometryCollection() || g.Validate() == nil {
		return g
	}
	if r, err := geom.Buffer(g, 0); err == nil {
		return r
	}
	return g
}

// AppendUnion appends the union of many geometries; of none it is an empty
// collection.
func AppendUnion(dst []byte, list [][]byte) ([]byte, error) {
	return guard("geometry_union", func() ([]byte, error) {
		gs := make([]geom.Geometry, len(list))
		for i, b := range list {
			var err error
			if gs[i], err = decode(b); err != nil {
				return dst, err
			}
		}
		g, err := unionMany(gs)
		if err != nil {
			return dst, err
		}
		return appendGeom(dst, g)
	})
}

// unionLeaf is how many geometries are united at once.
const unionLeaf = 8

// unionMany unites neighbours first and then what they have become, so that shapes stay
// small for as long as they can.
func unionMany(gs []geom.Geometry) (geom.Geometry, error) {
	gs = slices.Clone(gs)
	slices.SortStableFunc(gs, func(a, b geom.Geometry) int {
		p, _ := a.Envelope().Min().XY()
		q, _ := b.Envelope().Min().XY()
		return cmp.Compare(p.X, q.X)
	})
	return unionRun(gs)
}

func unionRun(gs []geom.Geometry) (geom.Geometry, error) {
	if len(gs) <= unionLeaf {
		g, err := geom.UnionMany(gs)
		if err == nil {
			return g, nil
		}
		fixed := make([]geom.Geometry, len(gs))
		for i, g := range gs {
			fixed[i] = repair(g)
		}
		if again, err := geom.UnionMany(fixed); err == nil {
			return again, nil
		}
		return g, err
	}
	l, err := unionRun(gs[:len(gs)/2])
	if err != nil {
		return l, err
	}
	r, err := unionRun(gs[len(gs)/2:])
	if err != nil {
		return r, err
	}
	return tryOverlay(geom.Union, l, r)
}

// bufferSegments is how many lines stand for a quarter of a circle: as many as in the
// library that Trino uses.
const bufferSegments = 24

// AppendBuffer appends what lies within a distance of a geometry, whose corners are
// round. ok is false if the geometry is empty.
func AppendBuffer(dst, b []byte, distance float64) (out []byte, ok bool, err error) {
	switch {
	case math.IsNaN(distance):
		return dst, false, invalid("distance is NaN")
	case distance < 0:
		return dst, false, invalid("distance is negative")
	case distance == 0:
		return append(dst, b...), true, nil
	case shape.IsEmpty(b):
		return dst, false, nil
	case math.IsInf(distance, 1):
		return shape.AppendEmpty(dst, shape.MultiPolygon), true, nil
	}
	out, err = guard("ST_Buffer", func() ([]byte, error) {
		g, err := decode(b)
		if err != nil {
			return dst, err
		}
		if g, err = geom.Buffer(g, distance, geom.BufferQuadSegments(bufferSegments)); err != nil {
			return dst, err
		}
		return appendGeom(dst, g)
	})
	return out, true, err
}

// AppendHull appends the convex hull of a geometry; that of an empty one and of a
// point is itself.
func AppendHull(dst, b []byte) ([]byte, error) {
	if shape.IsEmpty(b) || shape.TypeOf(b) == shape.Point {
		return append(dst, b...), nil
	}
	return ofGeometry("ST_ConvexHull", dst, b, hull)
}

// hull is the convex hull of all points, also of rings that lie where they should not.
func hull(g geom.Geometry) geom.Geometry {
	seq := g.DumpCoordinates()
	points := make([]geom.Point, seq.Length())
	for i := range points {
		xy := seq.GetXY(i)
		points[i] = geom.NewPointXY(xy.X, xy.Y)
	}
	return geom.NewMultiPoint(points).AsGeometry().ConvexHull()
}

// AppendBoundary appends the boundary of a geometry: the ends of lines, the rings of
// polygons, nothing of points.
func AppendBoundary(dst, b []byte) ([]byte, error) {
	switch t := shape.TypeOf(b); {
	case t == shape.Point || t == shape.MultiPoint || t == shape.LineString && shape.IsEmpty(b):
		return shape.AppendEmpty(dst, shape.MultiPoint), nil
	}
	return ofGeometry("ST_Boundary", dst, b, geom.Geometry.Boundary)
}

// AppendPointOnSurface appends a point that lies within a geometry.
func AppendPointOnSurface(dst, b []byte) ([]byte, error) {
	return ofGeometry("ST_PointOnSurface", dst, b, func(g geom.Geometry) geom.Geometry { return g.PointOnSurface().AsGeometry() })
}

// AppendOrientedEnvelope appends the rectangle of the least area around a geometry.
func AppendOrientedEnvelope(dst, b []byte) ([]byte, error) {
	return ofGeometry("ST_OrientedEnvelope", dst, b, geom.RotatedMinimumAreaBoundingRectangle)
}

func ofGeometry(name string, dst, b []byte, f func(geom.Geometry) geom.Geometry) ([]byte, error) {
	return guard(name, func() ([]byte, error) {
		g, err := decode(b)
		if err != nil {
			return dst, err
		}
		return appendGeom(dst, f(g))
	})
}
