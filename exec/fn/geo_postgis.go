package fn

import (
	"github.com/glauxdb/glaux/exec/geo"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// geoPostGIS are functions that PostGIS has and Trino has not, for the statements of
// tools that know PostGIS. Other names of Trino's functions stand with these.
func geoPostGIS() []*Entry {
	const square = "LINESTRING (0 0, 2 0, 1 2, 0 0)"
	asIs := bytesOf(func(dst, b []byte) ([]byte, error) { return append(dst, b...), nil })
	envelope := eval(stMakeEnvelope)
	return []*Entry{
		{Names: []string{"st_makeline"}, Doc: "PostGIS' name: the line through points and along lines, in their order; NULLs in an array are passed over.",
			Examples: []Example{{SQL: "ST_MakeLine(ST_Point(1, 2), ST_Point(3, 4))", Result: "LINESTRING (1 2, 3 4)"}, {SQL: "ST_MakeLine(array[ST_Point(0, 0), ST_GeometryFromText('LINESTRING (1 1, 2 2)')])", Result: "LINESTRING (0 0, 1 1, 2 2)"}},
			overs: []overload{
				{sig: "st_makeline(geometry, geometry) geometry", scalar: bytesOr(func(dst []byte, s []kernel.Strings, _ []*vector.Vector, i int) ([]byte, bool, error) {
					return geo.AppendJoined(dst, [][]byte{s[0].At(i), s[1].At(i)})
				})},
				{sig: "st_makeline(array(geometry)) geometry", scalar: ofList(geo.AppendJoined)},
			}},
		{Names: []string{"st_makepolygon"}, Doc: "PostGIS' name: the polygon within a closed line, without the holes within others.",
			Examples: []Example{{SQL: "ST_MakePolygon(ST_GeometryFromText('" + square + "'))", Result: "POLYGON ((0 0, 2 0, 1 2, 0 0))"}},
			overs: []overload{
				{sig: "st_makepolygon(geometry) geometry", scalar: bytesOf(func(dst, b []byte) ([]byte, error) { return geo.AppendMadePolygon(dst, b, nil) })},
				{sig: "st_makepolygon(geometry, array(geometry)) geometry", scalar: eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
					shell := kernel.StringsOf(args[0])
					return eachBytes(sel, out, func(dst []byte, i int) ([]byte, bool, error) {
						dst, err := geo.AppendMadePolygon(dst, shell.At(i), listArg(args[1], i))
						return dst, true, err
					})
				})},
			}},
		{Names: []string{"st_makeenvelope"}, Doc: "PostGIS' name: the upright rectangle between two corners, given as x and y of each. The SRID is read over.",
			Examples: []Example{{SQL: "ST_MakeEnvelope(1, 2, 3, 5)", Result: "POLYGON ((1 2, 3 2, 3 5, 1 5, 1 2))"}},
			overs: []overload{
				{sig: "st_makeenvelope(double, double, double, double) geometry", scalar: envelope},
				{sig: "st_makeenvelope(double, double, double, double, integer) geometry", scalar: envelope},
			}},
		{Names: []string{"st_setsrid"}, Doc: "PostGIS' name: the geometry as it is, since none keeps an SRID. It does not turn coordinates into others, nor does PostGIS'.",
			Examples: []Example{{SQL: "ST_SetSRID(ST_Point(1, 2), 4326)", Result: "POINT (1 2)"}},
			overs:    []overload{{sig: "st_setsrid(geometry, integer) geometry", scalar: asIs}}},
	}
}

func stMakeEnvelope(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	var at [4]kernel.Fixed[float64]
	for k := range at {
		at[k] = kernel.FixedOf[float64](args[k])
	}
	return eachBytes(sel, out, func(dst []byte, i int) ([]byte, bool, error) {
		dst, err := geo.AppendEnvelope(dst, at[0].At(i), at[1].At(i), at[2].At(i), at[3].At(i))
		return dst, true, err
	})
}
