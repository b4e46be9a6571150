package geo

import (
	"math"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// FromPolyline appends the line that Google's encoded polyline stands for: pairs of
// differences of latitude and longitude in hundred-thousandths of a degree, five bits
// a character.
func FromPolyline(dst, s []byte) ([]byte, error) {
	var xy []float64
	lat, lon := int64(0), int64(0)
	for at := 0; at < len(s); {
		for _, v := range [...]*int64{&lat, &lon} {
			d, n, ok := polylineNumber(s[at:])
			if !ok {
				return dst, invalid("Input is not a valid encoded polyline: %s", clip(s)).WithDetail("the number at offset %d is cut off, too long or has characters that do not occur", at)
			}
			*v += d
			at += n
		}
		xy = append(xy, float64(lon)*1e-5, float64(lat)*1e-5)
	}
	return shape.AppendLineXY(dst, xy), nil
}

// polylineNumber reads a number and tells how many characters it takes.
func polylineNumber(s []byte) (x int64, n int, ok bool) {
	bits := uint64(0)
	for n < len(s) && n < 7 {
		c := s[n] - 63
		if s[n] < 63 || c >= 64 {
			return 0, n, false
		}
		bits |= uint64(c&31) << (5 * n)
		if n++; c < 32 {
			if x = int64(bits >> 1); bits&1 != 0 {
				x = ^x
			}
			return x, n, true
		}
	}
	return 0, n, false
}

// AppendPolyline appends a line or points in Google's encoding.
func AppendPolyline(dst, b []byte) ([]byte, error) {
	if err := CheckType("encode_polyline", b, shape.LineString, shape.MultiPoint); err != nil {
		return dst, err
	}
	lat, lon := int64(0), int64(0)
	for _, p := range pathsOf(b) {
		for _, q := range p.pts {
			if math.Abs(q.x) > 1e4 || math.Abs(q.y) > 1e4 {
				return dst, invalid("the coordinates of an encoded polyline are degrees, not %v and %v", q.x, q.y)
			}
			y, x := int64(math.Floor(q.y*1e5+0.5)), int64(math.Floor(q.x*1e5+0.5))
			dst = appendPolylineNumber(appendPolylineNumber(dst, y-lat), x-lon)
			lat, lon = y, x
		}
	}
	return dst, nil
}

func appendPolylineNumber(b []byte, x int64) []byte {
	v := uint64(x) << 1
	if x < 0 {
		v = ^v
	}
	for ; v >= 32; v >>= 5 {
		b = append(b, byte(32|v&31)+63)
	}
	return append(b, byte(v)+63)
}
