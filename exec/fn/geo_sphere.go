package fn

import (
	"github.com/glauxdb/glaux/exec/geo"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// geoSphere are functions of the sphere that are not overloads of others.
func geoSphere() []*Entry {
	return []*Entry{
		{Names: []string{"to_spherical_geography"}, Doc: "A geometry as a geography on a sphere of 6371.01 km, X being the longitude and Y the latitude in degrees.",
			Examples: []Example{{SQL: "round(ST_Distance(to_spherical_geography(ST_Point(-71.0882, 42.3607)), to_spherical_geography(ST_Point(-74.1197, 40.6976))))", Result: "312822"}},
			overs:    []overload{{sig: "to_spherical_geography(geometry) sphericalgeography", scalar: bytesOf(geo.ToSphere)}}},
		{Names: []string{"to_geometry"}, Doc: "A geography as a geometry on the plane.", Examples: []Example{{SQL: "to_geometry(to_spherical_geography(ST_Point(1, 2)))", Result: "POINT (1 2)"}},
			overs: []overload{{sig: "to_geometry(sphericalgeography) geometry", scalar: mapText(func(dst, b []byte) []byte { return append(dst, b...) })}}},
		{Names: []string{"great_circle_distance"}, Doc: "The distance of two places on the Earth in kilometres: latitude and longitude of the one, then of the other, in degrees.",
			Examples: []Example{{SQL: "great_circle_distance(36.12, -86.67, 33.94, -118.4)", Result: "2886.4489734367"}},
			overs:    []overload{{sig: "great_circle_distance(double, double, double, double) double", scalar: eval(greatCircle)}}},
	}
}

func greatCircle(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	var d [4]kernel.Fixed[float64]
	for i, a := range args {
		d[i] = kernel.FixedOf[float64](a)
	}
	dst := vector.Values[float64](out)
	return kernel.EachErr(sel, out.Len, func(i int) (err error) {
		dst[i], err = geo.GreatCircle(d[0].At(i), d[1].At(i), d[2].At(i), d[3].At(i))
		return err
	})
}
