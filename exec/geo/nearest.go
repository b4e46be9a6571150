package geo

import (
	"math"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// NearestPoints gives a point of each geometry such that no two others are nearer to
// each other; false if one is empty.
func NearestPoints(a, b []byte) (p, q []byte, ok bool, err error) {
	if shape.IsEmpty(a) || shape.IsEmpty(b) {
		return nil, nil, false, nil
	}
	common, err := Intersection.Append(nil, a, b)
	if err != nil {
		return nil, nil, false, err
	}
	if !shape.IsEmpty(common) {
		first := Points(common)[0]
		x, y, _ := shape.XY(first)
		p = shape.AppendPoint(nil, x, y)
		return p, p, true, nil
	}
	x, y := nearestApart(pathsOf(a), pathsOf(b))
	return shape.AppendPoint(nil, x.x, x.y), shape.AppendPoint(nil, y.x, y.y), true, nil
}

// nearestApart compares every edge of one with every edge of the other; they do not
// meet, so that an end of one of two edges is among the nearest points.
func nearestApart(a, b []path) (p, q point) {
	best := math.Inf(1)
	for _, s := range edges(a) {
		for _, t := range edges(b) {
			if boxDistance(s, t) >= best {
				continue
			}
			try := func(e [2]point, v point, swap bool) {
				n := between(e[0], e[1], nearestOn(e[0], e[1], v))
				if d := n.to(v); d < best {
					if best, p, q = d, n, v; swap {
						p, q = v, n
					}
				}
			}
			try(s, t[0], false)
			try(s, t[1], false)
			try(t, s[0], true)
			try(t, s[1], true)
		}
	}
	return p, q
}

// edges gives the edges of paths; a point alone is an edge to itself.
func edges(paths []path) [][2]point {
	var out [][2]point
	for _, p := range paths {
		if len(p.pts) == 1 {
			out = append(out, [2]point{p.pts[0], p.pts[0]})
		}
		for i := 1; i < len(p.pts); i++ {
			out = append(out, [2]point{p.pts[i-1], p.pts[i]})
		}
	}
	return out
}

// boxDistance is how far the boxes of two edges are apart.
func boxDistance(s, t [2]point) float64 {
	gap := func(a, b, c, d float64) float64 {
		return max(0, min(a, b)-max(c, d), min(c, d)-max(a, b))
	}
	return math.Hypot(gap(s[0].x, s[1].x, t[0].x, t[1].x), gap(s[0].y, s[1].y, t[0].y, t[1].y))
}
