package geo

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/peterstace/simplefeatures/geom"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// IsClosed reports whether all lines of a geometry end where they begin.
func IsClosed(b []byte) (bool, error) {
	if err := CheckType("ST_IsClosed", b, shape.LineString, shape.MultiLineString); err != nil {
		return false, err
	}
	return closed(b), nil
}

func closed(b []byte) bool {
	all := true
	shape.Runs(b, func(r []byte, size, _ int) bool {
		last := len(r) - size
		all = floatAt(r, 0) == floatAt(r, last) && floatAt(r, 8) == floatAt(r, last+8)
		return all
	})
	return all
}

// IsRing reports whether a line is closed and simple.
func IsRing(b []byte) (bool, error) {
	if err := CheckType("ST_IsRing", b, shape.LineString); err != nil {
		return false, err
	}
	if !closed(b) || shape.IsEmpty(b) {
		return false, nil
	}
	return IsSimple(b)
}

// IsSimple reports whether a geometry does not meet itself.
func IsSimple(b []byte) (bool, error) {
	if shape.TypeOf(b) == shape.GeometryCollection {
		all, err := true, error(nil)
		shape.Parts(b, func(p []byte) {
			if all && err == nil {
				all, err = IsSimple(p)
			}
		})
		return all, err
	}
	if shape.IsEmpty(b) {
		return true, nil
	}
	return guard("ST_IsSimple", func() (bool, error) {
		g, err := decode(b)
		if err != nil {
			return false, err
		}
		if g.Dimension() == 2 {
			return g.Validate() == nil, nil
		}
		simple, _ := g.IsSimple()
		return simple, nil
	})
}

// InvalidReason tells why a geometry is not valid, and where; "" if it is. Points must
// not repeat, lines not meet themselves, rings enclose one area.
func InvalidReason(b []byte) (string, error) {
	if shape.TypeOf(b) == shape.GeometryCollection {
		reason, err := "", error(nil)
		shape.Parts(b, func(p []byte) {
			if reason == "" && err == nil {
				reason, err = InvalidReason(p)
			}
		})
		return reason, err
	}
	if shape.TypeOf(b) == shape.Point || shape.IsEmpty(b) {
		return "", nil
	}
	paths := pathsOf(b)
	if r := repeated(paths, shape.TypeOf(b) == shape.MultiPoint); r != "" || shape.TypeOf(b) == shape.MultiPoint {
		return r, nil
	}
	return guard("geometry_invalid_reason", func() (string, error) {
		g, err := decode(b)
		if err != nil {
			return "", err
		}
		err = g.Validate()
		if g.Dimension() < 2 {
			if simple, _ := g.IsSimple(); simple && err == nil {
				return "", nil
			}
		} else if err == nil {
			return "", nil
		}
		return explain(paths, g, err), nil
	})
}

// repeated finds points that are twice there: all of a MultiPoint, or neighbours.
func repeated(paths []path, multiPoint bool) string {
	seen := map[point]bool{}
	for _, p := range paths {
		for i, q := range p.pts {
			switch {
			case multiPoint && seen[q]:
				return fmt.Sprintf("Repeated points at or near %s and %s", q.java(), q.java())
			case multiPoint:
				seen[q] = true
			case i > 0 && q == p.pts[i-1]:
				return "Degenerate segments at or near " + q.java()
			}
		}
	}
	return ""
}

// java writes a point as Java prints doubles, as Trino's texts have it.
func (p point) java() string {
	f := func(x float64) string {
		if a := math.Abs(x); a != 0 && (a < 1e-3 || a >= 1e7) {
			s := strconv.FormatFloat(x, 'E', -1, 64)
			mant, exp, _ := strings.Cut(s, "E")
			if !strings.Contains(mant, ".") {
				mant += ".0"
			}
			n, _ := strconv.Atoi(exp)
			return mant + "E" + strconv.Itoa(n)
		}
		s := strconv.FormatFloat(x, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	return "(" + f(p.x) + " " + f(p.y) + ")"
}

// explain finds words for a geometry that is known not to be valid or simple.
func explain(paths []path, g geom.Geometry, err error) string {
	if a, b, same, ok := findCrossing(paths); ok {
		what := "Intersecting or overlapping segments"
		if same {
			what = "Self-intersection"
		}
		return what + " at or near " + a.java() + " and " + b.java()
	}
	if p, ok := findTouch(paths); ok {
		return "Self-tangency at or near " + p.java() + " and " + p.java()
	}
	switch {
	case err == nil:
		return "Self-intersection"
	case strings.Contains(err.Error(), "outside of exterior"), strings.Contains(err.Error(), "nested"):
		return "RingOrientation"
	case strings.Contains(err.Error(), "disconnected interior"), strings.Contains(err.Error(), "multiple points"):
		return "Disconnected interior"
	}
	return err.Error()
}

// segment is an edge: number at of path in.
type segment struct {
	a, b   point
	in, at int
	last   bool // of its path
}

func segmentsOf(paths []path) []segment {
	var out []segment
	for k, p := range paths {
		for i := 1; i < len(p.pts); i++ {
			out = append(out, segment{p.pts[i-1], p.pts[i], k, i, i == len(p.pts)-1})
		}
	}
	return out
}

// follows reports whether t begins where s ends along their path.
func (s *segment) follows(t *segment, paths []path) bool {
	return s.in == t.in && (t.at == s.at+1 || s.last && t.at == 1 && paths[s.in].pts[0] == s.b)
}

// findCrossing finds two edges that share more than their ends, and gives where they
// begin; same tells that they are the same edge.
func findCrossing(paths []path) (a, b point, same, ok bool) {
	segs := segmentsOf(paths)
	slices.SortStableFunc(segs, func(s, t segment) int {
		switch d := min(s.a.x, s.b.x) - min(t.a.x, t.b.x); {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	})
	for i := range segs {
		s := &segs[i]
		for k := i + 1; k < len(segs); k++ {
			t := &segs[k]
			if min(t.a.x, t.b.x) > max(s.a.x, s.b.x) {
				break
			}
			if cross(s, t) {
				if s.in > t.in || s.in == t.in && s.at > t.at {
					s, t = t, s
				}
				return s.a, t.a, s.a == t.a && s.b == t.b || s.a == t.b && s.b == t.a, true
			}
		}
	}
	return a, b, false, false
}

// cross reports whether two edges have an inner point of both in common.
func cross(s, t *segment) bool {
	if max(s.a.y, s.b.y) < min(t.a.y, t.b.y) || max(t.a.y, t.b.y) < min(s.a.y, s.b.y) {
		return false
	}
	o1, o2 := side3(s, t.a), side3(s, t.b)
	o3, o4 := side3(t, s.a), side3(t, s.b)
	if o1 == 0 && o2 == 0 { // on one line: do they overlap?
		lo, hi := max(min(s.a.x, s.b.x), min(t.a.x, t.b.x)), min(max(s.a.x, s.b.x), max(t.a.x, t.b.x))
		if s.a.x == s.b.x {
			lo, hi = max(min(s.a.y, s.b.y), min(t.a.y, t.b.y)), min(max(s.a.y, s.b.y), max(t.a.y, t.b.y))
		}
		return lo < hi
	}
	return o1*o2 < 0 && o3*o4 < 0
}

func side3(s *segment, p point) int { return orientation(s.a.x, s.a.y, s.b.x, s.b.y, p.x, p.y) }

// findTouch finds a point at which edges meet that do not follow each other.
func findTouch(paths []path) (point, bool) {
	segs := segmentsOf(paths)
	for i := range segs {
		for k := range segs {
			s, t := &segs[i], &segs[k]
			if i == k || s.follows(t, paths) || t.follows(s, paths) {
				continue
			}
			for _, p := range [...]point{t.a, t.b} {
				if p.x >= min(s.a.x, s.b.x) && p.x <= max(s.a.x, s.b.x) && p.y >= min(s.a.y, s.b.y) && p.y <= max(s.a.y, s.b.y) && side3(s, p) == 0 && s.in == t.in {
					return p, true
				}
			}
		}
	}
	return point{}, false
}
