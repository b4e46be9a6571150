package geo

import (
	"math"

	"github.com/peterstace/simplefeatures/rtree"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// AppendSimplified appends a geometry without the corners that lie within a tolerance
// of what is left, after Douglas and Peucker. As JTS' TopologyPreservingSimplifier it
// keeps a corner if the line without it would cross another line, before or after, and
// leaves rings at least three corners.
func AppendSimplified(dst, b []byte, tolerance float64) ([]byte, error) {
	switch {
	case math.IsNaN(tolerance):
		return dst, invalid("distanceTolerance is NaN")
	case tolerance < 0:
		return dst, invalid("distanceTolerance is negative")
	case tolerance == 0 || Dimension(b) == 0:
		return append(dst, b...), nil
	}
	s := newSimplifier(pathsOf(b), tolerance)
	for i := range s.paths {
		s.simplify(i)
	}
	return s.append(dst, b), nil
}

// simplifier holds the edges of all paths and those that replace them.
type simplifier struct {
	tolerance float64
	paths     []path
	kept      [][]point // what each path became
	segs      []segment
	first     []int // of each path's edges in segs
	gone      []bool
	index     *rtree.RTree
	result    []segment
	at        int // the path at work
	size      int // of its result
}

func newSimplifier(paths []path, tolerance float64) *simplifier {
	s := &simplifier{tolerance: tolerance, paths: paths, kept: make([][]point, len(paths)), segs: segmentsOf(paths)}
	items := make([]rtree.BulkItem, len(s.segs))
	for i := range s.segs {
		items[i] = rtree.BulkItem{Box: s.segs[i].box(), RecordID: i}
	}
	s.index, s.gone = rtree.BulkLoad(items), make([]bool, len(s.segs))
	n := 0
	for _, p := range paths {
		s.first = append(s.first, n)
		n += max(len(p.pts)-1, 0)
	}
	return s
}

func (s *segment) box() rtree.Box {
	return rtree.Box{MinX: min(s.a.x, s.b.x), MinY: min(s.a.y, s.b.y), MaxX: max(s.a.x, s.b.x), MaxY: max(s.a.y, s.b.y)}
}

func (s *simplifier) simplify(i int) {
	pts := s.paths[i].pts
	s.at, s.size = i, 0
	s.kept[i] = append(s.kept[i], pts[0])
	if len(pts) > 1 {
		s.section(0, len(pts)-1, 0)
	}
}

// section decides about the points between from and to.
func (s *simplifier) section(from, to, depth int) {
	pts := s.paths[s.at].pts
	if to == from+1 {
		s.keep(pts[from], pts[to])
		return
	}
	far, dist := from+1, -1.0
	for i := from + 1; i < to; i++ {
		d := between(pts[from], pts[to], nearestOn(pts[from], pts[to], pts[i])).to(pts[i])
		if math.IsNaN(d) {
			d = math.Inf(1) // the coordinates are too large to tell
		}
		if d > dist {
			far, dist = i, d
		}
	}
	least := 2
	if pts[0] == pts[len(pts)-1] {
		least = 4
	}
	// The path could end up with one point for each level of this recursion.
	enough := s.size+1 >= least || depth+2 >= least
	flat := segment{a: pts[from], b: pts[to], in: s.at}
	if enough && dist <= s.tolerance && !s.crosses(&flat, from, to) {
		for i := from; i < to; i++ {
			s.gone[s.first[s.at]+i] = true
		}
		s.keep(flat.a, flat.b)
		return
	}
	s.section(from, far, depth+1)
	s.section(far, to, depth+1)
}

func (s *simplifier) keep(a, b point) {
	s.result = append(s.result, segment{a: a, b: b, in: s.at})
	s.kept[s.at] = append(s.kept[s.at], b)
	s.size++
}

// crosses reports whether an edge would meet another one elsewhere than at its ends:
// one that is there already, or one that is still to be decided about.
func (s *simplifier) crosses(flat *segment, from, to int) bool {
	box := flat.box()
	for i := range s.result {
		if r := &s.result[i]; overlap(box, r.box()) && meetsInside(flat, r) {
			return true
		}
	}
	found := false
	lo, hi := s.first[s.at]+from, s.first[s.at]+to
	// RangeSearch fails only with an error of its callback; Stop ends it without one.
	_ = s.index.RangeSearch(box, func(k int) error {
		if !s.gone[k] && (k < lo || k >= hi) && meetsInside(flat, &s.segs[k]) {
			found = true
			return rtree.Stop
		}
		return nil
	})
	return found
}

func overlap(a, b rtree.Box) bool {
	return a.MinX <= b.MaxX && b.MinX <= a.MaxX && a.MinY <= b.MaxY && b.MinY <= a.MaxY
}

// meetsInside reports whether two edges meet at a point that is no end of one of them.
func meetsInside(s, t *segment) bool {
	if cross(s, t) {
		return true
	}
	on := func(s *segment, p point) bool {
		return p != s.a && p != s.b && side3(s, p) == 0 && overlap(s.box(), rtree.Box{MinX: p.x, MinY: p.y, MaxX: p.x, MaxY: p.y})
	}
	return on(s, t.a) || on(s, t.b) || on(t, s.a) || on(t, s.b)
}

// append writes the geometry with the points that were kept.
func (s *simplifier) append(dst, b []byte) []byte {
	next := 0
	take := func() []float64 {
		var xy []float64
		for _, p := range s.kept[next] {
			xy = append(xy, p.x, p.y)
		}
		next++
		return xy
	}
	var write func(dst, b []byte) []byte
	write = func(dst, b []byte) []byte {
		t := shape.TypeOf(b)
		switch {
		case t == shape.Point:
			if !shape.IsEmpty(b) {
				next++
			}
			x, y, _ := shape.XY(b)
			return shape.AppendPoint(dst, x, y)
		case shape.IsEmpty(b):
			return shape.AppendEmpty(dst, t)
		case t == shape.LineString:
			return shape.AppendLineXY(dst, take())
		case t == shape.Polygon:
			var rings [][]float64
			shape.Runs(b, func([]byte, int, int) bool { rings = append(rings, take()); return true })
			return shape.AppendPolygonXY(dst, rings)
		}
		var parts [][]byte
		shape.Parts(b, func(p []byte) { parts = append(parts, write(nil, p)) })
		return shape.AppendMulti(dst, t, parts)
	}
	return write(dst, b)
}
