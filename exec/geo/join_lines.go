package geo

import (
	"math"
	"slices"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// AppendJoined appends the line through points and along lines, in the order in which
// they are given, as PostGIS' ST_MakeLine does: a line that begins where the last one
// ended repeats no point. NULLs and empty shapes are passed over; false if nothing else
// is there. Z and M are left out.
func AppendJoined(dst []byte, list [][]byte) ([]byte, bool, error) {
	var xy []float64
	for _, b := range list {
		if b == nil || shape.IsEmpty(b) {
			continue
		}
		if err := CheckType("ST_MakeLine", b, shape.Point, shape.MultiPoint, shape.LineString); err != nil {
			return dst, false, err
		}
		for _, p := range pathsOf(b) {
			pts := p.pts
			if n := len(xy); n > 0 && shape.TypeOf(b) == shape.LineString && pts[0] == (point{xy[n-2], xy[n-1]}) {
				pts = pts[1:]
			}
			for _, q := range pts {
				xy = append(xy, q.x, q.y)
			}
		}
	}
	switch len(xy) {
	case 0:
		return dst, false, nil
	case 2:
		return dst, false, invalid("ST_MakeLine needs two points or more")
	}
	return shape.AppendLineXY(dst, xy), true, nil
}

// AppendMadePolygon appends the polygon whose outer ring is a closed line, and whose
// holes are others.
func AppendMadePolygon(dst, shell []byte, holes [][]byte) ([]byte, error) {
	rings := make([][]float64, 0, 1+len(holes))
	for i, b := range slices.Concat([][]byte{shell}, holes) {
		if b == nil {
			return dst, invalid("ST_MakePolygon: hole %d is NULL", i)
		}
		if err := CheckType("ST_MakePolygon", b, shape.LineString); err != nil {
			return dst, err
		}
		var ring []float64
		for _, p := range pathsOf(b) {
			for _, q := range p.pts {
				ring = append(ring, q.x, q.y)
			}
		}
		if n := len(ring); n < 8 || ring[0] != ring[n-2] || ring[1] != ring[n-1] {
			return dst, invalid("ST_MakePolygon needs closed lines of four points or more")
		}
		rings = append(rings, ring)
	}
	return shape.AppendPolygonXY(dst, rings), nil
}

// AppendEnvelope appends the upright rectangle between two corners.
func AppendEnvelope(dst []byte, x1, y1, x2, y2 float64) ([]byte, error) {
	for _, v := range [...]float64{x1, y1, x2, y2} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return dst, invalid("the coordinates of a point are finite, not %v", v)
		}
	}
	return shape.AppendBox(dst, shape.Box{MinX: min(x1, x2), MinY: min(y1, y2), MaxX: max(x1, x2), MaxY: max(y1, y2)}), nil
}
