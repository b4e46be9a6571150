package geo

import (
	"math"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// nearestOn gives how far along the edge from a to b, between 0 and 1, the point of it
// that is nearest to p lies.
func nearestOn(a, b, p point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	l := dx*dx + dy*dy
	if l == 0 {
		return 0
	}
	return min(max(((p.x-a.x)*dx+(p.y-a.y)*dy)/l, 0), 1)
}

func between(a, b point, f float64) point { return point{a.x + (b.x-a.x)*f, a.y + (b.y-a.y)*f} }

// LocatePoint gives which fraction of a line lies before the place on it that is
// nearest to a point; false if one of them is empty.
func LocatePoint(line, pt []byte) (float64, bool, error) {
	if shape.IsEmpty(line) || shape.IsEmpty(pt) {
		return 0, false, nil
	}
	if t := shape.TypeOf(line); t != shape.LineString && t != shape.MultiLineString {
		return 0, false, invalid("First argument to line_locate_point must be a LineString or a MultiLineString. Got: %s", t.SQLName()[3:])
	}
	x, y, ok := shape.XY(pt)
	if !ok {
		return 0, false, invalid("Second argument to line_locate_point must be a Point. Got: %s", shape.TypeOf(pt).SQLName()[3:])
	}
	p, best, at, before := point{x, y}, math.Inf(1), 0.0, 0.0
	for _, l := range pathsOf(line) {
		for i := 1; i < len(l.pts); i++ {
			a, b := l.pts[i-1], l.pts[i]
			f := nearestOn(a, b, p)
			n := a.to(b)
			if d := between(a, b, f).to(p); d < best {
				best, at = d, before+f*n
			}
			before += n
		}
	}
	if before == 0 {
		return 0, true, nil
	}
	return at / before, true, nil
}

// maxInterpolated is how many points one call may make.
const maxInterpolated = 1_000_000

// Interpolate gives the point at a fraction of a line's length or, if repeated, those
// at all its multiples; none of an empty line.
func Interpolate(line []byte, fraction float64, repeated bool) ([][]byte, error) {
	if shape.IsEmpty(line) {
		return nil, nil
	}
	if err := CheckType("line_interpolate_point", line, shape.LineString); err != nil {
		return nil, err
	}
	if !(fraction >= 0 && fraction <= 1) {
		return nil, invalid("fraction must be between 0 and 1")
	}
	pts := pathsOf(line)[0].pts
	var found []point
	switch {
	case fraction == 0:
		found = pts[:1]
	case fraction == 1:
		found = pts[len(pts)-1:]
	default:
		n := 1
		if repeated {
			if 1/fraction > maxInterpolated {
				return nil, invalid("a fraction of %v makes more than %d points", fraction, maxInterpolated)
			}
			n = int(math.Floor(1 / fraction))
		}
		found = interpolate(pts, fraction, n)
	}
	out := make([][]byte, len(found))
	for i, p := range found {
		out[i] = shape.AppendPoint(nil, p.x, p.y)
	}
	return out, nil
}

// interpolate finds n points at multiples of a fraction of the length.
func interpolate(pts []point, fraction float64, n int) []point {
	total := 0.0
	for i := 1; i < len(pts); i++ {
		total += pts[i-1].to(pts[i])
	}
	out, consumed, next := make([]point, 0, n), 0.0, fraction
	for i := 1; i < len(pts) && len(out) < n; i++ {
		part := pts[i-1].to(pts[i]) / total
		for next < consumed+part && len(out) < n {
			out = append(out, between(pts[i-1], pts[i], (next-consumed)/part))
			next += fraction
		}
		consumed += part
	}
	if len(out) < n {
		out = append(out, pts[len(pts)-1])
	}
	return out
}
