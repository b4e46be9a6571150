package geo

import (
	"math"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// EarthRadius is the radius of the sphere that stands for the Earth, in kilometres.
const EarthRadius = 6371.01

func radians(d float64) float64 { return d * math.Pi / 180 }
func degrees(r float64) float64 { return r * 180 / math.Pi }

func checkLatitude(d float64) error {
	if !(d >= -90 && d <= 90) {
		return invalid("Latitude must be between -90 and 90")
	}
	return nil
}

func checkLongitude(d float64) error {
	if !(d >= -180 && d <= 180) {
		return invalid("Longitude must be between -180 and 180")
	}
	return nil
}

// GreatCircle is the distance in kilometres of two places given in degrees, by
// Vincenty's formula for the sphere.
func GreatCircle(lat1, lon1, lat2, lon2 float64) (float64, error) {
	for _, lat := range [...]float64{lat1, lat2} {
		if err := checkLatitude(lat); err != nil {
			return 0, err
		}
	}
	for _, lon := range [...]float64{lon1, lon2} {
		if err := checkLongitude(lon); err != nil {
			return 0, err
		}
	}
	return greatCircle(lat1, lon1, lat2, lon2), nil
}

func greatCircle(lat1, lon1, lat2, lon2 float64) float64 {
	sin1, cos1 := math.Sincos(radians(lat1))
	sin2, cos2 := math.Sincos(radians(lat2))
	sinD, cosD := math.Sincos(radians(lon1) - radians(lon2))
	t1, t2, t3 := cos2*sinD, cos1*sin2-sin1*cos2*cosD, sin1*sin2+cos1*cos2*cosD
	return math.Atan2(math.Sqrt(t1*t1+t2*t2), t3) * EarthRadius
}

// ToSphere appends a geometry as a geography: the same bytes, if its coordinates are
// degrees and have no Z.
func ToSphere(dst, b []byte) ([]byte, error) {
	if box, ok := shape.Envelope(b); ok {
		for _, lat := range [...]float64{box.MinY, box.MaxY} {
			if err := checkLatitude(lat); err != nil {
				return dst, err
			}
		}
		for _, lon := range [...]float64{box.MinX, box.MaxX} {
			if err := checkLongitude(lon); err != nil {
				return dst, err
			}
		}
	}
	if shape.CoordDim(b) > 2 {
		return dst, invalid("Cannot convert 3D geometry to a spherical geography")
	}
	return append(dst, b...), nil
}

func checkSpherical(function string, b []byte, allowed ...shape.Type) error {
	if names, ok := allows(b, allowed); !ok {
		return invalid("When applied to SphericalGeography inputs, %s only supports %s. Input type is: %s", function, names, shape.TypeOf(b))
	}
	return nil
}

// SphericalDistance is the distance of two points in metres; false if one is empty.
func SphericalDistance(a, b []byte) (float64, bool, error) {
	if shape.IsEmpty(a) || shape.IsEmpty(b) {
		return 0, false, nil
	}
	for _, g := range [...][]byte{a, b} {
		if err := checkSpherical("ST_Distance", g, shape.Point); err != nil {
			return 0, false, err
		}
	}
	ax, ay, _ := shape.XY(a)
	bx, by, _ := shape.XY(b)
	km, err := GreatCircle(ay, ax, by, bx)
	return km * 1000, err == nil, err
}

// SphericalLength is the length of lines in metres; false if there are none.
func SphericalLength(b []byte) (float64, bool, error) {
	if shape.IsEmpty(b) {
		return 0, false, nil
	}
	if err := checkSpherical("ST_Length", b, shape.LineString, shape.MultiLineString); err != nil {
		return 0, false, err
	}
	sum := 0.0
	for _, l := range pathsOf(b) {
		for i := 1; i < len(l.pts); i++ {
			p, q := l.pts[i-1], l.pts[i]
			km, err := GreatCircle(p.y, p.x, q.y, q.x)
			if err != nil {
				return 0, false, err
			}
			sum += km
		}
	}
	return sum * 1000, true, nil
}

// SphericalArea is the area of polygons in square metres; false if there are none.
func SphericalArea(b []byte) (float64, bool, error) {
	if shape.IsEmpty(b) {
		return 0, false, nil
	}
	if err := checkSpherical("ST_Area", b, shape.Polygon, shape.MultiPolygon); err != nil {
		return 0, false, err
	}
	sum := 0.0
	for _, r := range pathsOf(b) {
		e, err := sphericalExcess(r.pts[:len(r.pts)-1])
		if err != nil {
			return 0, false, err
		}
		if r.ring == 1 {
			sum += math.Abs(e)
		} else {
			sum -= math.Abs(e)
		}
	}
	const metres = EarthRadius * 1000
	return math.Abs(sum * metres * metres), true, nil
}

// sphericalExcess is the area that a ring encloses on the unit sphere: the sum of what
// lies between each edge and the equator. How far the course turns along the ring
// tells whether it goes around a pole, which takes half a sphere off.
func sphericalExcess(ring []point) (float64, error) {
	if len(ring) < 3 {
		return 0, invalid("Polygon is not valid: a loop contains less then 3 vertices.")
	}
	excess, turn := 0.0, 0.0
	var first, final float64
	prev := newSpot(ring[len(ring)-1])
	for i, p := range ring {
		s := newSpot(p)
		if s.lon == prev.lon && s.lat == prev.lat {
			return 0, invalid("Polygon is not valid: it has two identical consecutive vertices")
		}
		d := s.lon - prev.lon
		excess += 2 * math.Atan2(math.Tan(d/2)*(prev.tan+s.tan), 1+prev.tan*s.tan)
		sinD, cosD := math.Sincos(d)
		begin := math.Mod(math.Atan2(sinD*s.cos, prev.cos*s.sin-prev.sin*s.cos*cosD)+2*math.Pi, 2*math.Pi)
		end := math.Mod(math.Atan2(-sinD*prev.cos, prev.sin*s.cos-prev.cos*s.sin*cosD)+math.Pi, 2*math.Pi)
		if i == 0 {
			first = begin
		} else {
			turn += turnOf(begin - final)
		}
		turn += turnOf(end - begin)
		prev, final = s, end
	}
	turn += turnOf(first - final)
	if math.Abs(turn) < math.Pi/4 {
		excess = math.Abs(excess) - 2*math.Pi
	}
	return excess, nil
}

// turnOf brings an angle into -π to π.
func turnOf(a float64) float64 { return math.Mod(a+3*math.Pi, 2*math.Pi) - math.Pi }

// spot is a place on the sphere with what formulas need of it, tan that of half the
// latitude.
type spot struct{ lat, lon, sin, cos, tan float64 }

func newSpot(p point) spot {
	lat := radians(p.y)
	sin, cos := math.Sincos(lat)
	return spot{lat, radians(p.x), sin, cos, math.Tan(lat / 2)}
}
