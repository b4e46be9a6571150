package fn

import (
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types/shape"
	"github.com/glauxdb/glaux/exec/geo"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// geoMakers make geometries of numbers, texts and bytes, and the other way.
func geoMakers() []*Entry {
	fromText := func(name, doc, example string, only ...shape.Type) *Entry {
		names := []string{name}
		if only == nil {
			names = append(names, "st_geomfromtext", "st_geomfromewkt")
		}
		return &Entry{Names: names, Doc: doc, Examples: []Example{{SQL: name + "('" + example + "')", Result: example}},
			overs: []overload{{sig: name + "(varchar) geometry", scalar: bytesOf(func(dst, s []byte) ([]byte, error) {
				from := len(dst)
				dst, err := geo.FromText(dst, s)
				if err == nil && only != nil {
					err = geo.CheckType(sqlName(name), dst[from:], only...)
				}
				return dst, err
			})}}}
	}
	return []*Entry{
		{Names: []string{"st_point", "st_makepoint"}, Doc: "The point at x and y.", Examples: []Example{{SQL: "ST_Point(1.5, -2)", Result: "POINT (1.5 -2)"}},
			overs: []overload{{sig: "st_point(double, double) geometry", scalar: eval(stPoint)}}},
		fromText("st_geometryfromtext", "The geometry that a well-known text (WKT) stands for. Rings are closed and turned: the outer one runs counter-clockwise, holes clockwise.", "LINESTRING (0 0, 1 2)"),
		fromText("st_linefromtext", "The line that a well-known text stands for.", "LINESTRING (0 0, 1 2)", shape.LineString),
		fromText("st_polygon", "The polygon that a well-known text stands for.", "POLYGON ((0 0, 2 0, 1 2, 0 0))", shape.Polygon),
		{Names: []string{"st_geomfrombinary", "st_geomfromwkb", "st_geomfromewkb"}, Doc: "The geometry of well-known binary (WKB), as ISO or PostGIS (EWKB) write it; an SRID in it is dropped.",
			Examples: []Example{{SQL: "ST_GeomFromBinary(ST_AsBinary(ST_Point(1, 2)))", Result: "POINT (1 2)"}},
			overs:    []overload{{sig: "st_geomfrombinary(varbinary) geometry", scalar: bytesOf(geo.FromBinary)}}},
		{Names: []string{"st_geomfromkml"}, Doc: "The geometry of a KML document's first Point, LineString, LinearRing, Polygon or MultiGeometry. Altitudes are left out.",
			Examples: []Example{{SQL: "ST_GeomFromKML('<Point><coordinates>-2,48</coordinates></Point>')", Result: "POINT (-2 48)"}},
			overs:    []overload{{sig: "st_geomfromkml(varchar) geometry", scalar: bytesOf(geo.FromKML)}}},
		{Names: []string{"geometry_from_hadoop_shape"}, Doc: "The geometry of a value that Esri's Spatial Framework for Hadoop wrote.",
			overs: []overload{{sig: "geometry_from_hadoop_shape(varbinary) geometry", scalar: bytesOf(geo.FromHadoopShape)}}},
		{Names: []string{"st_linestring"}, Doc: "The line through points, which must not be NULL or empty, nor one the same as the one before; fewer than two give the empty line.",
			Examples: []Example{{SQL: "ST_LineString(array[ST_Point(1, 2), ST_Point(3, 4)])", Result: "LINESTRING (1 2, 3 4)"}},
			overs:    []overload{{sig: "st_linestring(array(geometry)) geometry", scalar: ofList(geo.AppendLine)}}},
		{Names: []string{"st_multipoint"}, Doc: "The points of an array, which must not be NULL or empty, as one geometry; NULL of an empty array.",
			Examples: []Example{{SQL: "ST_MultiPoint(array[ST_Point(1, 2), ST_Point(3, 4)])", Result: "MULTIPOINT ((1 2), (3 4))"}},
			overs:    []overload{{sig: "st_multipoint(array(geometry)) geometry", scalar: ofList(geo.AppendMultiPoint)}}},
		{Names: []string{"st_astext"}, Doc: "A geometry as well-known text.", Examples: []Example{{SQL: "ST_AsText(ST_Point(1, 2))", Result: "POINT (1 2)"}},
			overs: []overload{{sig: "st_astext(geometry) varchar", scalar: mapText(shape.AppendWKT)}}},
		{Names: []string{"st_asbinary"}, Doc: "A geometry as ISO well-known binary, little-endian.", Examples: []Example{{SQL: "ST_AsBinary(ST_Point(1, 2))", Result: `\x0101000000000000000000f03f0000000000000040`}},
			overs: []overload{{sig: "st_asbinary(geometry) varbinary", scalar: mapText(func(dst, b []byte) []byte { return append(dst, b...) })}}},
		{Names: []string{"from_geojson_geometry"}, Doc: "The geography of a GeoJSON geometry; members that GeoJSON does not have are ignored. Features are refused.",
			Examples: []Example{{SQL: `from_geojson_geometry('{"type":"Point","coordinates":[-2,48]}')`, Result: "POINT (-2 48)"}},
			overs:    []overload{{sig: "from_geojson_geometry(varchar) sphericalgeography", scalar: bytesOf(geo.FromGeoJSON)}}},
		{Names: []string{"to_geojson_geometry"}, Doc: "A geography or a geometry as GeoJSON.",
			Examples: []Example{{SQL: "to_geojson_geometry(to_spherical_geography(ST_Point(-2, 48)))", Result: `{"type":"Point","coordinates":[-2,48]}`}},
			overs: []overload{
				{sig: "to_geojson_geometry(sphericalgeography) varchar", scalar: mapText(geo.AppendGeoJSON)},
				{sig: "to_geojson_geometry(geometry) varchar", scalar: mapText(geo.AppendGeoJSON)},
			}},
		{Names: []string{"from_encoded_polyline"}, Doc: "The line that Google's encoding of polylines stands for.",
			Examples: []Example{{SQL: "from_encoded_polyline('_p~iF~ps|U_ulLnnqC')", Result: "LINESTRING (-120.2 38.5, -120.95 40.7)"}},
			overs:    []overload{{sig: "from_encoded_polyline(varchar) geometry", scalar: bytesOf(geo.FromPolyline)}}},
		{Names: []string{"to_encoded_polyline"}, Doc: "A line or points in Google's encoding, rounded to five digits.",
			Examples: []Example{{SQL: "to_encoded_polyline(ST_GeometryFromText('LINESTRING (-120.2 38.5, -120.95 40.7)'))", Result: "_p~iF~ps|U_ulLnnqC"}},
			overs:    []overload{{sig: "to_encoded_polyline(geometry) varchar", scalar: bytesOf(geo.AppendPolyline)}}},
	}
}

// sqlName is the name of a function as Trino writes it in errors.
func sqlName(name string) string {
	switch name {
	case "st_linefromtext":
		return "ST_LineFromText"
	case "st_polygon":
		return "ST_Polygon"
	}
	return name
}

func stPoint(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, y, w := kernel.FixedOf[float64](args[0]), kernel.FixedOf[float64](args[1]), kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		x, y := x.At(i), y.At(i)
		if s := x + y; math.IsNaN(s) || math.IsInf(s, 0) && (math.IsInf(x, 0) || math.IsInf(y, 0)) {
			return fault.New(fault.CodeInvalidParameter, "the coordinates of a point are finite, not %v and %v", x, y)
		}
		return w.End(i, shape.AppendPoint(w.Start(), x, y))
	})
}

// ofList makes a function of an array of geometries to one, which is NULL where f says
// so.
func ofList(f func(dst []byte, list [][]byte) ([]byte, bool, error)) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		return eachBytes(sel, out, func(dst []byte, i int) ([]byte, bool, error) { return f(dst, listArg(args[0], i)) })
	})
}
