package fn

import (
	"github.com/glauxdb/glaux/exec/geo"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// geoLines measure along lines.
func geoLines() []*Entry {
	const line = "ST_GeometryFromText('LINESTRING (0 0, 1 0, 1 9)')"
	return []*Entry{
		{Names: []string{"line_locate_point"}, Doc: "Which fraction of a line's length lies before the place on it that is nearest to a point; NULL if one is empty.",
			Examples: []Example{{SQL: "line_locate_point(" + line + ", ST_Point(1, 4))", Result: "0.5"}},
			overs: []overload{{sig: "line_locate_point(geometry, geometry) double", scalar: numberOr(func(s []kernel.Strings, i int) (float64, bool, error) {
				return geo.LocatePoint(s[0].At(i), s[1].At(i))
			})}}},
		{Names: []string{"line_interpolate_point"}, Doc: "The point at a fraction, 0 to 1, of a line's length; NULL if the line is empty.",
			Examples: []Example{{SQL: "line_interpolate_point(" + line + ", 0.5)", Result: "POINT (1 4)"}},
			overs: []overload{{sig: "line_interpolate_point(geometry, double) geometry", scalar: bytesOr(func(dst []byte, s []kernel.Strings, args []*vector.Vector, i int) ([]byte, bool, error) {
				f := kernel.FixedOf[float64](args[1])
				points, err := geo.Interpolate(s[0].At(i), f.At(i), false)
				if err != nil || points == nil {
					return dst, false, err
				}
				return append(dst, points[0]...), true, nil
			})}}},
		{Names: []string{"line_interpolate_points"}, Doc: "The points at all multiples of a fraction, 0 to 1, of a line's length; NULL if the line is empty.",
			Examples: []Example{{SQL: "line_interpolate_points(" + line + ", 0.5)", Result: `{"POINT (1 4)","POINT (1 9)"}`}},
			overs: []overload{{sig: "line_interpolate_points(geometry, double) array(geometry)", scalar: geoList(func(s []kernel.Strings, args []*vector.Vector, i int, add func([]byte)) (bool, error) {
				f := kernel.FixedOf[float64](args[1])
				points, err := geo.Interpolate(s[0].At(i), f.At(i), true)
				for _, p := range points {
					add(p)
				}
				return points != nil, err
			})}}},
	}
}
