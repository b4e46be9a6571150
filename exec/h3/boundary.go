package h3

import "math"

// corners are those of the cell at the origin, in the grid that is three times as
// fine and of class II. Pentagons have the first five.
var corners = [2][6]ijk{
	{{2, 1, 0}, {1, 2, 0}, {0, 2, 1}, {0, 1, 2}, {1, 0, 2}, {2, 0, 1}},
	{{5, 4, 0}, {1, 5, 0}, {0, 5, 4}, {0, 1, 5}, {4, 0, 5}, {5, 0, 1}},
}

// Boundary gives the corners of a cell counterclockwise, at most ten: where an edge of
// class III crosses an edge of the icosahedron it has a corner more.
func (c Cell) Boundary() []LatLng {
	l, res := c.located(), c.Resolution()
	class, fine := res&1, res+res&1
	l.at = downThreeR.of(downThree.of(l.at))
	if class == 1 {
		l.at = downSevenR.of(l.at)
	}
	n, pentagon := 6, c.Pentagon()
	if pentagon {
		n = 5
	}
	scale := 3 * scales[fine]
	unit := 3
	for range fine / 2 {
		unit *= 7
	}
	out := make([]LatLng, 0, 10)
	var last, lastThere located
	lastOver := inFace
	for v := range n + 1 {
		here := located{l.face, l.at.add(corners[class][v%n]).normal()} // in the coordinates of the cell's face
		there := here                                                   // in those of its own
		over := there.overage(fine, false, 3)
		for pentagon && over == newFace {
			over = there.overage(fine, false, 3)
		}
		if class == 1 && v > 0 && there.face != lastThere.face {
			switch {
			case pentagon:
				back := there
				back.cross(quadrantTo(there.face, lastThere.face), unit)
				if p, ok := crossing(lastThere, back, there.face, unit); ok {
					out = append(out, onSphere(back.face, p[0], p[1], scale).latLng())
				}
			case lastOver != onEdge:
				other := lastThere.face
				if other == l.face {
					other = there.face
				}
				if p, ok := crossing(last, here, other, unit); ok {
					out = append(out, onSphere(l.face, p[0], p[1], scale).latLng())
				}
			}
		}
		if v < n {
			x, y := there.at.plane()
			out = append(out, onSphere(there.face, x, y, scale).latLng())
		}
		last, lastThere, lastOver = here, there, over
	}
	return out
}

// crossing gives the point where the line between two corners on one face crosses the
// edge to another face; not where that is one of the corners.
func crossing(a, b located, other, unit int) ([2]float64, bool) {
	reach := float64(2 * unit)
	ends := [3][2]float64{{reach, 0}, {-reach / 2, reach * sinSixty}, {-reach / 2, -reach * sinSixty}}
	var p, q [2]float64
	switch quadrantTo(a.face, other) {
	case quadrantIJ:
		p, q = ends[0], ends[1]
	case quadrantJK:
		p, q = ends[1], ends[2]
	default:
		p, q = ends[2], ends[0]
	}
	ax, ay := a.at.plane()
	bx, by := b.at.plane()
	ux, uy, wx, wy := bx-ax, by-ay, q[0]-p[0], q[1]-p[1]
	t := (wx*(ay-p[1]) - wy*(ax-p[0])) / (ux*wy - uy*wx)
	x, y := ax+t*ux, ay+t*uy
	near := func(cx, cy float64) bool { return math.Abs(x-cx) < 1e-7 && math.Abs(y-cy) < 1e-7 }
	return [2]float64{x, y}, !near(ax, ay) && !near(bx, by)
}
