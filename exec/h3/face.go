package h3

import "math"

type vec3 [3]float64

func dot(a, b vec3) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

func combine(a float64, x vec3, b float64, y vec3) vec3 {
	return vec3{a*x[0] + b*y[0], a*x[1] + b*y[1], a*x[2] + b*y[2]}
}

func (v vec3) unit() vec3 { return combine(1/math.Sqrt(dot(v, v)), v, 0, v) }

// Quadrants of a face, in faceNeighbors.
const (
	quadrantIJ = 1 + iota
	quadrantKI
	quadrantJK
)

// move tells how coordinates of one face are those of another.
type move struct {
	face      int
	translate ijk
	turns     int
}

// located are coordinates on a face.
type located struct {
	face int
	at   ijk
}

const (
	unitLength = 0.38196601125010500003 // of resolution 0, on the gnomonic plane
	sinSixty   = 0.86602540378443864676
	// A grid of class III is turned by asin(sqrt(3/28)).
	sinTurn = 0.3273268353539885718950318
	cosTurn = 0.9449111825230680680167902
)

// scales are the units of each resolution, and those of the grid that corners lie on
// behind them, in units on the gnomonic plane.
var scales = func() (out [MaxResolution + 2]float64) {
	s := 1 / unitLength
	for r := range out {
		out[r] = s
		s *= math.Sqrt(7)
	}
	return out
}()

// faceAxes are the directions of each face's plane: along its i axis, and to the left
// of that.
var faceAxes = func() (out [20][2]vec3) {
	for f, c := range faceCenters {
		north := combine(1, vec3{0, 0, 1}, -c[2], c).unit()
		east := vec3{north[1]*c[2] - north[2]*c[1], north[2]*c[0] - north[0]*c[2], north[0]*c[1] - north[1]*c[0]}
		sin, cos := math.Sincos(faceAzimuths[f])
		out[f] = [2]vec3{combine(cos, north, sin, east), combine(sin, north, -cos, east)}
	}
	return out
}()

// LatLng is a place on the sphere, in radians.
type LatLng struct{ Lat, Lng float64 }

func (p LatLng) vec() vec3 {
	sinLat, cosLat := math.Sincos(p.Lat)
	sinLng, cosLng := math.Sincos(p.Lng)
	return vec3{cosLat * cosLng, cosLat * sinLng, sinLat}
}

func (v vec3) latLng() LatLng {
	return LatLng{math.Atan2(v[2], math.Sqrt(v[0]*v[0]+v[1]*v[1])), math.Atan2(v[1], v[0])}
}

// closestFace gives the face whose center is nearest.
func closestFace(v vec3) int {
	face, best := 0, -2.0
	for f := range faceCenters {
		if d := dot(faceCenters[f], v); d > best {
			face, best = f, d
		}
	}
	return face
}

// CellOf gives the cell of a resolution in which a place lies. Both coordinates must
// be finite.
func CellOf(p LatLng, res int) Cell {
	v := p.vec()
	face := closestFace(v)
	d := scales[res] / dot(faceCenters[face], v)
	x, y := dot(faceAxes[face][0], v)*d, dot(faceAxes[face][1], v)*d
	if res&1 == 1 {
		x, y = x*cosTurn+y*sinTurn, y*cosTurn-x*sinTurn
	}
	return cellAt(located{face, nearest(x, y)}, res)
}

// nearest gives the hexagon whose center is nearest to a point of the plane. The axes
// are those of a cube seen along its diagonal, whose coordinates sum to 0, rounded or
// not: the one that was rounded most gives way.
func nearest(x, y float64) ijk {
	j := y / sinSixty
	i := x + j/2
	a, b, c := i, -j, j-i
	ra, rb, rc := math.Round(a), math.Round(b), math.Round(c)
	da, db, dc := math.Abs(ra-a), math.Abs(rb-b), math.Abs(rc-c)
	switch {
	case da > db && da > dc:
		ra = -rb - rc
	case db > dc:
		rb = -ra - rc
	}
	return ijk{int(ra), int(-rb), 0}.normal()
}

// plane gives the point of the plane where a hexagon has its center.
func (a ijk) plane() (x, y float64) {
	i, j := float64(a.i-a.k), float64(a.j-a.k)
	return i - j/2, j * sinSixty
}

// onSphere gives the place of a point of a face's plane, in units of scale to the
// plane's unit.
func onSphere(face int, x, y, scale float64) vec3 {
	v := combine(x/scale, faceAxes[face][0], y/scale, faceAxes[face][1])
	return combine(1, faceCenters[face], 1, v).unit()
}

// Center gives the middle of a cell.
func (c Cell) Center() LatLng {
	l, res := c.located(), c.Resolution()
	x, y := l.at.plane()
	if res&1 == 1 {
		x, y = x*cosTurn-y*sinTurn, y*cosTurn+x*sinTurn
	}
	return onSphere(l.face, x, y, scales[res]).latLng()
}

// cellAt makes the cell at coordinates of a face.
func cellAt(l located, res int) Cell {
	c := newCell(0, res)
	at := l.at
	for r := res; r > 0; r-- {
		last := at
		at = last.up(r & 1)
		c = c.withDigit(r, last.sub(downToClass[r&1].of(at)).digit())
	}
	if max(at.i, at.j, at.k) > 2 {
		return 0 // of no place: coordinates of the sphere stay within
	}
	b := baseAt[l.face][at.i][at.j][at.k]
	c = c.withBase(int(b.base))
	if !bases[b.base].pentagon {
		for range b.turns {
			c = c.turn(&digitCCW)
		}
		return c
	}
	if c.leading() == pentagonFirst {
		if bases[b.base].entered(l.face) {
			c = c.turn(&digitCW)
		} else {
			c = c.turn(&digitCCW)
		}
	}
	for range b.turns {
		c = c.turnPentagon(&digitCCW)
	}
	return c
}

// entered reports whether a pentagon is entered clockwise from a face.
func (b *baseCell) entered(face int) bool {
	return int(b.clockwise[0]) == face || int(b.clockwise[1]) == face
}

// within follows the digits from coordinates of the base cell.
func (c Cell) within(at ijk) ijk {
	for r := 1; r <= c.Resolution(); r++ {
		at = downToClass[r&1].of(at).add(units[c.digit(r)%7]).normal()
	}
	return at
}

// located gives the coordinates of a cell on the face where its center lies.
func (c Cell) located() located {
	b := &bases[c.Base()]
	lead := c.leading()
	if b.pentagon && lead == dirIK {
		c = c.turn(&digitCW)
		lead = c.leading()
	}
	res := c.Resolution()
	l := located{b.face, c.within(b.at)}
	if !b.pentagon && (res == 0 || b.at == ijk{}) {
		return l // all of it lies on this face
	}
	here := l.at
	if res&1 == 1 {
		l.at = downSevenR.of(l.at)
		res++
	}
	moved := l.overage(res, b.pentagon && lead == dirI, 1) == newFace
	for b.pentagon && moved && l.overage(res, false, 1) == newFace {
	}
	switch {
	case res == c.Resolution():
	case moved:
		l.at = l.at.up(0)
	default:
		l.at = here
	}
	return l
}

// Where coordinates lie against their face.
const (
	inFace = iota
	onEdge
	newFace
)

// overage moves coordinates that lie beyond their face to the next one. res is even,
// fine is 3 for the grid of corners, else 1. leadI is for pentagons whose leading
// digit is i.
func (l *located) overage(res int, leadI bool, fine int) int {
	unit := fine
	for range res / 2 {
		unit *= 7
	}
	most := 2 * unit
	sum := l.at.i + l.at.j + l.at.k
	switch {
	case fine > 1 && sum == most:
		return onEdge
	case sum <= most:
		return inFace
	}
	q := quadrantIJ
	if l.at.k > 0 {
		if q = quadrantKI; l.at.j > 0 {
			q = quadrantJK
		} else if leadI { // the missing direction of a pentagon
			origin := ijk{most, 0, 0}
			l.at = l.at.sub(origin).turn(cw).add(origin)
		}
	}
	l.cross(q, unit)
	if fine > 1 && l.at.i+l.at.j+l.at.k == most {
		return onEdge
	}
	return newFace
}

// cross gives the coordinates as the neighboring face has them.
func (l *located) cross(quadrant, unit int) {
	m := &faceNeighbors[l.face][quadrant]
	l.face = m.face
	for range m.turns {
		l.at = l.at.turn(ccw)
	}
	l.at = l.at.add(m.translate.scale(unit)).normal()
}
