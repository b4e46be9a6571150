package plan

import "github.com/glauxdb/glaux/catalog/types"

// SpatialCond is a condition that holds for two shapes only if their boxes meet, the
// one of B, or of A, widened by Radius on all sides.
type SpatialCond struct {
	A, B   Expr
	Radius Expr // nil: 0
	// Empty: it may hold for two empty shapes, which have no boxes.
	Empty bool
}

// spatialRelations are the functions of two geometries that are true only where their
// boxes meet; their values tell whether two empty geometries may do.
var spatialRelations = map[string]bool{
	"st_contains": false, "st_crosses": false, "st_equals": true, "st_intersects": false, "st_overlaps": false, "st_touches": false, "st_within": false,
}

// AsSpatial reads a condition as a spatial one: ST_Contains(a, b) and its kin, or
// ST_Distance(a, b) < r in any direction, of geometries on the plane.
func AsSpatial(cond Expr) (SpatialCond, bool) {
	if IsVolatile(cond) {
		return SpatialCond{}, false
	}
	switch c := cond.(type) {
	case *Call:
		empty, ok := spatialRelations[c.Fn.Name]
		if !ok || !takesGeometries(c) {
			return SpatialCond{}, false
		}
		return SpatialCond{A: c.Args[0], B: c.Args[1], Empty: empty}, true
	case *Compare:
		l, r := c.L, c.R
		switch c.Op {
		case LT, LE:
		case GT, GE:
			l, r = r, l
		default:
			return SpatialCond{}, false
		}
		d, ok := l.(*Call)
		if !ok || d.Fn.Name != "st_distance" || !takesGeometries(d) || r.Type().Kind != types.Double {
			return SpatialCond{}, false
		}
		return SpatialCond{A: d.Args[0], B: d.Args[1], Radius: r}, true
	}
	return SpatialCond{}, false
}

func takesGeometries(c *Call) bool {
	return len(c.Args) == 2 && c.Args[0].Type().IsOpaque(types.OpaqueGeometry) && c.Args[1].Type().IsOpaque(types.OpaqueGeometry)
}

// Sides turns a condition such that A is an expression over the columns l and B one
// over r; Radius is over one of them or constant. False if it cannot be.
func (s SpatialCond) Sides(l, r map[ColID]bool) (SpatialCond, bool) {
	switch {
	case only(s.A, l) && only(s.B, r):
	case only(s.A, r) && only(s.B, l):
		s.A, s.B = s.B, s.A
	default:
		return s, false
	}
	return s, s.Radius == nil || IsConstant(s.Radius) || only(s.Radius, l) || only(s.Radius, r)
}

// IsConstant reports whether an expression has no columns.
func IsConstant(e Expr) bool {
	used := map[ColID]bool{}
	Columns(e, used)
	return len(used) == 0
}

// only reports whether an expression has columns, all of them of a set.
func only(e Expr, cols map[ColID]bool) bool {
	used := map[ColID]bool{}
	Columns(e, used)
	for id := range used {
		if !cols[id] {
			return false
		}
	}
	return len(used) > 0
}
