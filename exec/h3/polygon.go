package h3

import "math"

// Ring is a closed line of corners, in degrees, the last one joined to the first.
type Ring [][2]float64 // longitude, latitude

// MaxPolygonCells bounds the cells of a polygon, and the places on its lines that are
// looked at.
const MaxPolygonCells = 1 << 20

// InPolygon gives the cells of a resolution whose centers lie within rings: an odd
// number of them, so that rings in rings are holes. Lines are straight in longitude
// and latitude; rings that span more than half of the circle cross the antimeridian.
// ok is false where there would be more than MaxPolygonCells, and when done is closed.
func InPolygon(rings []Ring, res int, done <-chan struct{}) (cells []Cell, ok bool) {
	p := newPolygon(rings)
	seen := map[Cell]struct{}{}
	var wave []Cell
	ended := false
	look := func(c Cell) {
		if _, known := seen[c]; !known && !ended {
			if seen[c] = struct{}{}; len(seen)%256 == 0 {
				select {
				case <-done:
					ended = true
				default:
				}
			}
			if p.holds(c.Center()) {
				wave = append(wave, c)
			}
		}
	}
	// Cells that have the outline in them or beside them, then inward from there.
	places := 0
	for _, r := range p.rings {
		for i, a := range r {
			b := r[(i+1)%len(r)]
			n := 1 + math.Hypot(b[0]-a[0], b[1]-a[1])/(degreesApart(res)/4)
			if places += int(min(n, MaxPolygonCells+1)); places > MaxPolygonCells {
				return nil, false
			}
			for k := range int(n) {
				t := float64(k) / math.Floor(n)
				c := CellOf(radians(a[0]+t*(b[0]-a[0]), a[1]+t*(b[1]-a[1])), res)
				if _, known := seen[c]; !known {
					for _, x := range c.Disk(1) {
						look(x)
					}
				}
			}
		}
	}
	for len(wave) > 0 {
		if cells = append(cells, wave...); len(cells) > MaxPolygonCells {
			return nil, false
		}
		from := wave
		wave = nil
		for _, c := range from {
			for _, dir := range around {
				if n, ok := c.neighbor(dir); ok {
					look(n)
				}
			}
		}
	}
	return cells, !ended
}

// degreesApart is less than the distance of two neighbors, in degrees of a great
// circle: cells are smallest where the gnomonic plane is stretched most.
func degreesApart(res int) float64 { return 180 / math.Pi / scales[res] * 0.6 }

func radians(lng, lat float64) LatLng { return LatLng{lat * math.Pi / 180, lng * math.Pi / 180} }

// polygon are rings of which none spans more than half of the circle: where one does,
// what lies west of 0 counts as east of 180.
type polygon struct {
	rings  []Ring
	shifts bool
}

func newPolygon(rings []Ring) *polygon {
	p := &polygon{}
	west, east := math.Inf(1), math.Inf(-1)
	for _, r := range rings {
		for _, c := range r {
			west, east = min(west, c[0]), max(east, c[0])
		}
	}
	p.shifts = east-west > 180
	for _, r := range rings {
		var own Ring
		for _, c := range r {
			own = append(own, [2]float64{p.shift(c[0]), c[1]})
		}
		if len(own) > 0 {
			p.rings = append(p.rings, own)
		}
	}
	return p
}

func (p *polygon) shift(lng float64) float64 {
	if p.shifts && lng < 0 {
		return lng + 360
	}
	return lng
}

// holds counts the lines that lie east of a place.
func (p *polygon) holds(at LatLng) bool {
	x, y := p.shift(at.Lng*180/math.Pi), at.Lat*180/math.Pi
	in := false
	for _, r := range p.rings {
		for i, a := range r {
			b := r[(i+1)%len(r)]
			if (a[1] > y) != (b[1] > y) && x < a[0]+(y-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
				in = !in
			}
		}
	}
	return in
}
