package geo

import (
	"encoding/binary"
	"math"
	"math/big"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// place is where a point lies as seen from a polygon.
type place int8

const (
	outside place = iota
	onEdge
	inside
)

func floatAt(b []byte, at int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(b[at:]))
}

// locate finds where a point lies relative to a Polygon or MultiPolygon by counting
// how many edges a ray to the right crosses. Whether the point is on an edge is
// decided exactly.
func locate(areal []byte, x, y float64) place {
	out, edge, crossings := outside, false, 0
	shape.Runs(areal, func(r []byte, size, ring int) bool {
		if ring == 1 { // a polygon begins
			if crossings&1 == 1 {
				out = inside
			}
			crossings = 0
		}
		n, on := crossRing(r, size, x, y)
		crossings += n
		edge = edge || on
		return !on
	})
	switch {
	case edge:
		return onEdge
	case crossings&1 == 1:
		return inside
	}
	return out
}

// crossRing counts the edges of a ring that lie to the right of a point; on tells
// that the point lies on one.
func crossRing(r []byte, size int, x, y float64) (n int, on bool) {
	px, py := floatAt(r, 0), floatAt(r, 8)
	for r = r[size:]; len(r) > 0; r = r[size:] {
		qx, qy := floatAt(r, 0), floatAt(r, 8)
		switch {
		case px < x && qx < x:
		case qx == x && qy == y || px == x && py == y:
			return 0, true
		case py == y && qy == y:
			if min(px, qx) <= x && x <= max(px, qx) {
				return 0, true
			}
		case (py > y) != (qy > y):
			o := orientation(px, py, qx, qy, x, y)
			if o == 0 {
				return 0, true
			}
			if (o > 0) == (qy > py) {
				n++
			}
		}
		px, py = qx, qy
	}
	return n, false
}

// orientation is positive if c lies to the left of the line from a to b, negative to
// the right, 0 on it. The error bound is Shewchuk's for the two-dimensional
// determinant; what it leaves open is computed exactly.
func orientation(ax, ay, bx, by, cx, cy float64) int {
	l, r := (ax-cx)*(by-cy), (ay-cy)*(bx-cx)
	det := l - r
	const bound = 3.3306690738754716e-16
	if e := bound * (math.Abs(l) + math.Abs(r)); det > e || -det > e {
		if det > 0 {
			return 1
		}
		return -1
	}
	diff := func(p, q float64) *big.Rat {
		return new(big.Rat).Sub(new(big.Rat).SetFloat64(p), new(big.Rat).SetFloat64(q))
	}
	left, right := diff(ax, cx), diff(ay, cy)
	return left.Mul(left, diff(by, cy)).Cmp(right.Mul(right, diff(bx, cx)))
}
