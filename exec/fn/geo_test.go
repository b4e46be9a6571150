package fn_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/slttest"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// geoCalls makes a call of every overload of the geospatial scalar functions, with
// arguments that give makes of their types.
func geoCalls(t *testing.T, give func(typ string, at int) string) []string {
	t.Helper()
	var calls []string
	for _, e := range fn.NewRegistry().Entries() {
		if e.Family != "Geospatial" || strings.HasSuffix(e.Names[0], "_agg") {
			continue
		}
		for _, sig := range e.Signatures() {
			name, params := geoParams(sig)
			var args []string
			for i, p := range params {
				args = append(args, give(p, i))
			}
			calls = append(calls, name+"("+strings.Join(args, ", ")+")")
		}
	}
	if len(calls) < 85 {
		t.Fatalf("only %d overloads", len(calls))
	}
	return calls
}

// geoParams gives the name and the parameters' types of a signature.
func geoParams(sig string) (name string, params []string) {
	name, rest, _ := strings.Cut(sig, "(")
	if i := strings.Index(rest, ") row("); i >= 0 {
		return name, strings.Split(rest[:i], ", ")
	}
	return name, strings.Split(rest[:strings.LastIndex(rest, ") ")], ", ")
}

var geoTypes = map[string]string{"geometry": "Geometry", "sphericalgeography": "SphericalGeography", "bingtile": "BingTile", "array(geometry)": "array(Geometry)",
	"varchar": "varchar", "varbinary": "varbinary", "double": "double", "integer": "integer", "bigint": "bigint"}

// TestGeoNulls: a NULL argument at any place makes the result NULL.
func TestGeoNulls(t *testing.T) {
	_, athena := sessions(t)
	some := map[string]string{"geometry": "ST_Point(1, 2)", "sphericalgeography": "to_spherical_geography(ST_Point(1, 2))", "bingtile": "bing_tile('0')",
		"array(geometry)": "array[ST_Point(1, 2)]", "varchar": "'0'", "varbinary": "ST_AsBinary(ST_Point(1, 2))", "double": "0.5e0", "integer": "1", "bigint": "1"}
	for null := range 5 {
		for _, sql := range geoCalls(t, func(typ string, at int) string {
			if geoTypes[typ] == "" {
				t.Fatalf("a parameter of type %s", typ)
			}
			if at == null {
				return "CAST(NULL AS " + geoTypes[typ] + ")"
			}
			return some[typ]
		}) {
			if !strings.Contains(sql, "NULL") {
				continue
			}
			if got, err := value(t, athena, sql); err != nil || got != "NULL" {
				t.Errorf("%s = %s, %v", sql, got, err)
			}
		}
	}
}

// TestGeoOddShapes calls every function with empty, broken, extreme and nested shapes:
// what cannot be computed is an error of class 22, never a bug.
func TestGeoOddShapes(t *testing.T) {
	_, athena := sessions(t)
	shapes := []string{"POINT EMPTY", "LINESTRING EMPTY", "POLYGON EMPTY", "MULTIPOINT EMPTY", "MULTILINESTRING EMPTY", "MULTIPOLYGON EMPTY", "GEOMETRYCOLLECTION EMPTY",
		"POINT (1e300 -1e300)", "LINESTRING (-1e300 0, 1e300 1e-300)", "LINESTRING (1 1)", "LINESTRING (1 1, 1 1)", "POLYGON ((1 1))", "POLYGON ((0 0, 1 1))", "POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))",
		"POLYGON ((0 0, 1e200 0, 1e200 1e200, 0 1e200))", "MULTIPOINT (EMPTY, 1 2)", "MULTILINESTRING (EMPTY, (0 0, 1 1))", "MULTIPOLYGON (((0 0, 2 0, 2 2)), ((1 1, 3 1, 3 3)))", "POINT Z (1 2 3)",
		"GEOMETRYCOLLECTION (POINT (1 1), GEOMETRYCOLLECTION (LINESTRING (0 0, 2 2), POLYGON ((0 0, 4 0, 4 4))))", "POLYGON ((0 0, 9 0, 9 9, 0 9), (20 20, 21 20, 21 21))", "POINT (-180 90)", "POINT (181 91)"}
	calls := 0
	for _, wkt := range shapes {
		for _, other := range []string{wkt, "POLYGON ((0 0, 3 0, 3 3, 0 3))"} {
			for _, sql := range geoCalls(t, func(typ string, at int) string {
				g := "ST_GeometryFromText('" + wkt + "')"
				if at > 0 {
					g = "ST_GeometryFromText('" + other + "')"
				}
				return map[string]string{"geometry": g, "sphericalgeography": "to_spherical_geography(" + g + ")", "bingtile": "bing_tile('012')", "array(geometry)": "array[" + g + ", NULL, " + g + "]",
					"varchar": "'" + wkt + "'", "varbinary": "ST_AsBinary(" + g + ")", "double": "0.25e0", "integer": "2", "bigint": "2"}[typ]
			}) {
				calls++
				if _, err := athena.Query(t.Context(), "SELECT "+sql); err != nil {
					if c := string(fault.As(err).Code); !strings.HasPrefix(c, "22") {
						t.Errorf("%s: %v (%s)", sql, err, c)
					}
				}
			}
		}
	}
	t.Logf("%d calls", calls)
}

// TestGeoWrongTypes: there is no function of other types.
func TestGeoWrongTypes(t *testing.T) {
	_, athena := sessions(t)
	wrong := map[string]string{"geometry": "bing_tile('0')", "sphericalgeography": "bing_tile('0')", "bingtile": "ST_Point(1, 2)", "array(geometry)": "ST_Point(1, 2)", "varchar": "ST_Point(1, 2)",
		"varbinary": "ST_Point(1, 2)", "double": "ST_Point(1, 2)", "integer": "ST_Point(1, 2)", "bigint": "ST_Point(1, 2)"}
	for _, sql := range geoCalls(t, func(typ string, _ int) string { return wrong[typ] }) {
		if strings.HasPrefix(sql, "st_astext(") || strings.Contains(sql, "geojson_geometry(ST_Point") && strings.HasPrefix(sql, "to_") {
			continue
		}
		if _, err := athena.Query(t.Context(), "SELECT "+sql); err == nil || !fault.Is(err, fault.CodeUndefinedFunction) {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// geoCase is an expression and its text, or the words of its error. {X} stands for the
// geometry of a text X.
type geoCase struct{ sql, want, err string }

func runGeo(t *testing.T, s slttest.Session, cases []geoCase) {
	t.Helper()
	for _, c := range cases {
		sql := strings.NewReplacer("{", "ST_GeometryFromText('", "}", "')").Replace(c.sql)
		got, err := value(t, s, sql)
		switch {
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s = %s, %v; want the error %s", sql, got, err, c.err)
		case c.err == "" && (err != nil || got != c.want):
			t.Errorf("%s = %s, %v; want %s", sql, got, err, c.want)
		}
	}
}

// TestGeoValues has answers that Trino publishes, and its words for errors.
func TestGeoValues(t *testing.T) {
	_, athena := sessions(t)
	runGeo(t, athena, []geoCase{
		{sql: "typeof(ST_Point(1, 2))", want: "Geometry"}, {sql: "typeof(bing_tile('0'))", want: "BingTile"}, {sql: "typeof(to_spherical_geography(ST_Point(1, 2)))", want: "SphericalGeography"},
		{sql: "ST_LineFromText('MULTILINESTRING EMPTY')", err: "ST_LineFromText only applies to LINE_STRING. Input type is: MULTI_LINE_STRING"},
		{sql: "ST_Polygon('LINESTRING (1 1, 2 2, 1 3)')", err: "ST_Polygon only applies to POLYGON. Input type is: LINE_STRING"},
		{sql: "{POINT (x)}", err: "Invalid WKT: POINT (x)"}, {sql: "ST_GeomFromBinary(from_hex('deadbeef'))", err: "Invalid WKB"},
		{sql: "ST_Point(nan(), 1)", err: "the coordinates of a point are finite"}, {sql: "ST_Point(1, infinity())", err: "the coordinates of a point are finite"},
		{sql: "ST_Area({GEOMETRYCOLLECTION (POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0)), POLYGON ((1 1, 3 1, 3 3, 1 3, 1 1)))})", want: "8"},
		{sql: "ST_Area({POLYGON ((0 0, 0 5, 5 5, 5 0), (1 1, 1 2, 2 2, 2 1))})", want: "24"}, {sql: "ST_Area({LINESTRING (1 4, 2 5)})", want: "0"},
		{sql: "ST_Buffer(ST_Point(0, 0), -1.2)", err: "distance is negative"}, {sql: "ST_Buffer(ST_Point(0, 0), nan())", err: "distance is NaN"},
		{sql: "ST_Buffer(ST_Point(0, 0), infinity())", want: "MULTIPOLYGON EMPTY"}, {sql: "ST_Buffer({POINT EMPTY}, 1)", want: "NULL"}, {sql: "ST_Buffer({LINESTRING (0 0, 1 1)}, 0)", want: "LINESTRING (0 0, 1 1)"},
		{sql: "ST_NumPoints(ST_Buffer(ST_Point(0, 0), 0.5))", want: "96"},
		{sql: "ST_Centroid({POLYGON ((0 0, 0 5, 5 5, 5 0, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1))})", want: "POINT (2.541666666666667 2.541666666666667)"},
		{sql: "ST_Centroid({GEOMETRYCOLLECTION (POINT (1 1))})", err: "ST_Centroid only applies to POINT or MULTI_POINT or LINE_STRING or MULTI_LINE_STRING or POLYGON or MULTI_POLYGON. Input type is: GEOMETRY_COLLECTION"},
		{sql: "ST_ConvexHull({GEOMETRYCOLLECTION (POINT (2 3), LINESTRING (2 8, 7 10), POINT (8 10), POLYGON ((4 4, 4 8, 9 8, 6 6, 6 4, 8 3, 6 1)), POINT (4 2))})", want: "POLYGON ((2 3, 6 1, 8 3, 9 8, 8 10, 7 10, 2 8, 2 3))"},
		{sql: "ST_IsClosed({POLYGON ((1 1, 1 4, 4 4, 4 1))})", err: "ST_IsClosed only applies to LINE_STRING or MULTI_LINE_STRING. Input type is: POLYGON"},
		{sql: "ST_IsRing({POLYGON ((2 0, 2 1, 3 1))})", err: "ST_IsRing only applies to LINE_STRING. Input type is: POLYGON"},
		{sql: "ST_IsSimple({MULTIPOINT (1 2, 2 4, 1 2)})", want: "false"}, {sql: "ST_IsSimple({LINESTRING (1 1, 5 1, 3 3, 3 -1)})", want: "false"},
		{sql: "geometry_invalid_reason({MULTIPOINT ((0 0), (0 1), (1 1), (0 1))})", want: "Repeated points at or near (0.0 1.0) and (0.0 1.0)"},
		{sql: "geometry_invalid_reason({LINESTRING (0 0, -1 0.5, 0 1, 1 1, 1 0, 0 1, 0 0)})", want: "Self-tangency at or near (0.0 1.0) and (0.0 1.0)"},
		{sql: "geometry_invalid_reason({POLYGON ((0 0, 0 1, 1 1, 1 0, 0 0), (2 2, 2 3, 3 3, 3 2, 2 2))})", want: "RingOrientation"},
		{sql: "geometry_invalid_reason({POLYGON ((0 0, 1 0, 1 1, 0 0))})", want: "NULL"}, {sql: "ST_IsValid({POLYGON ((0 0, 0 1, 2 1, 1 1, 1 0, 0 0))})", want: "false"},
		{sql: "ST_Length({POLYGON ((0 0, 1 0, 1 1))})", err: "ST_Length only applies to LINE_STRING or MULTI_LINE_STRING. Input type is: POLYGON"},
		{sql: "ST_X({LINESTRING (0 0, 1 1)})", err: "ST_X only applies to POINT. Input type is: LINE_STRING"}, {sql: "ST_Y({POINT EMPTY})", want: "NULL"},
		{sql: "ST_PointN({POINT (1 2)}, 1)", err: "ST_PointN only applies to LINE_STRING. Input type is: POINT"}, {sql: "ST_PointN({LINESTRING (1 2, 3 4)}, 3)", want: "NULL"}, {sql: "ST_PointN({LINESTRING (1 2, 3 4)}, -1)", want: "NULL"},
		{sql: "ST_GeometryN({MULTIPOINT (1 2, 3 4)}, 9223372036854775807)", want: "NULL"}, {sql: "ST_GeometryN({POINT (1 2)}, 1)", want: "POINT (1 2)"}, {sql: "ST_NumGeometries({GEOMETRYCOLLECTION EMPTY})", want: "0"},
		{sql: "ST_InteriorRingN({POLYGON ((0 0, 1 0, 1 1))}, 1)", want: "NULL"}, {sql: "ST_ExteriorRing({MULTIPOLYGON (((1 1, 2 2, 1 3)))})", err: "ST_ExteriorRing only applies to POLYGON. Input type is: MULTI_POLYGON"},
		{sql: "ST_LineString(array[ST_Point(1, 2)])", want: "LINESTRING EMPTY"}, {sql: "ST_LineString(array[ST_Point(1, 2), ST_Point(1, 2)])", err: "Invalid input to ST_LineString: consecutive duplicate points at index 2"},
		{sql: "ST_LineString(array[ST_Point(7, 8), NULL])", err: "Invalid input to ST_LineString: null point at index 2"}, {sql: "ST_LineString(array[ST_Point(7, 8), {POINT EMPTY}])", err: "Invalid input to ST_LineString: empty point at index 2"},
		{sql: "ST_LineString(array[{LINESTRING (0 0, 1 1)}])", err: "ST_LineString takes only an array of valid points, LineString was passed"},
		{sql: "ST_MultiPoint(array[ST_Point(7, 8), {LINESTRING (0 0, 1 1)}])", err: "Invalid input to ST_MultiPoint: geometry is not a point: LineString at index 2"},
		{sql: "ST_Equals({POLYGON ((1 1, 1 3, 3 3, 3 1))}, {POLYGON ((3 3, 3 1, 1 1, 1 3))})", want: "true"}, {sql: "ST_Equals({POINT EMPTY}, {POLYGON EMPTY})", want: "true"},
		{sql: "ST_Relate({LINESTRING (0 0, 3 3)}, {LINESTRING (1 1, 4 1)}, '****T****')", want: "false"}, {sql: "ST_Relate({POLYGON ((2 0, 2 1, 3 1))}, {POLYGON ((1 1, 1 4, 4 4, 4 1))}, '****t****')", want: "true"},
		{sql: "ST_Relate({POINT (1 1)}, {POINT (1 1)}, 'T')", err: "relation should have 9 characters"}, {sql: "ST_Relate({POINT (1 1)}, {POINT (1 1)}, 'TTTTTTTTX')", err: "not 'X'"},
		{sql: "ST_Intersection({MULTILINESTRING ((1 1, 5 1), (2 4, 4 4))}, {MULTILINESTRING ((3 4, 6 4), (5 0, 5 4))})", want: "GEOMETRYCOLLECTION (LINESTRING (3 4, 4 4), POINT (5 1))"},
		{sql: "geometry_union(CAST(array[] AS array(Geometry)))", want: "NULL"}, {sql: "geometry_union(array[{POINT (1 2)}, {LINESTRING (0 0, 1 1)}, {POINT (1 1)}])", want: "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))"},
		{sql: "simplify_geometry({POLYGON ((1 0, 2 1, 3 1, 3 1, 4 1, 1 0))}, 1.5)", want: "POLYGON ((1 0, 4 1, 2 1, 1 0))"},
		{sql: "simplify_geometry({POLYGON ((1 0, 1 1, 2 1, 2 3, 3 3, 3 1, 4 1, 4 0, 1 0))}, 1.0)", want: "POLYGON ((1 0, 4 0, 3 3, 2 3, 1 0))"},
		{sql: "simplify_geometry({LINESTRING (0 0, 1 1)}, -0.5)", err: "distanceTolerance is negative"}, {sql: "simplify_geometry({LINESTRING (0 0, 1 1)}, nan())", err: "distanceTolerance is NaN"},
		{sql: "line_interpolate_point({LINESTRING (0 0, 1 1, 10 10)}, 0.4)", want: "POINT (4.000000000000001 4.000000000000001)"}, {sql: "line_interpolate_points({LINESTRING (0 0, 1 1, 10 10)}, 0.3)", want: `{"POINT (3 3)","POINT (6 6)","POINT (9 9)"}`},
		{sql: "line_interpolate_point({LINESTRING (0 0, 1 0)}, 2.0)", err: "fraction must be between 0 and 1"}, {sql: "line_interpolate_points({LINESTRING (0 0, 1 0)}, 1e-9)", err: "makes more than 1000000 points"},
		{sql: "line_locate_point({POINT (1 2)}, ST_Point(0, 0))", err: "First argument to line_locate_point must be a LineString or a MultiLineString. Got: Point"},
		{sql: "line_locate_point({LINESTRING (0 0, 0 1)}, {LINESTRING (0 0, 0 1)})", err: "Second argument to line_locate_point must be a Point. Got: LineString"},
	})
}

// TestGeoSphere has answers of the sphere and of Bing's tiles that Trino publishes.
func TestGeoSphere(t *testing.T) {
	_, athena := sessions(t)
	area := func(wkt string) string { return "round(ST_Area(to_spherical_geography({" + wkt + "})) / 1e6, 3)" }
	runGeo(t, athena, []geoCase{
		{sql: "great_circle_distance(36.12, -86.67, 33.94, -118.40)", want: "2886.4489734367"}, {sql: "great_circle_distance(36.12, -86.67, 36.12, -86.67)", want: "0"},
		{sql: "great_circle_distance(100, 20, 30, 40)", err: "Latitude must be between -90 and 90"}, {sql: "great_circle_distance(10, 20, 30, -200)", err: "Longitude must be between -180 and 180"}, {sql: "great_circle_distance(nan(), 20, 30, 40)", err: "Latitude must be between -90 and 90"},
		{sql: "to_spherical_geography(ST_Point(181, 0))", err: "Longitude must be between -180 and 180"}, {sql: "to_spherical_geography({POINT Z (1 2 3)})", err: "Cannot convert 3D geometry to a spherical geography"},
		{sql: "ST_Distance(to_spherical_geography({LINESTRING (0 0, 1 1)}), to_spherical_geography(ST_Point(1, 1)))", err: "When applied to SphericalGeography inputs, ST_Distance only supports POINT. Input type is: LINE_STRING"},
		{sql: "ST_Area(to_spherical_geography({LINESTRING (0 0, 1 1)}))", err: "When applied to SphericalGeography inputs, ST_Area only supports POLYGON or MULTI_POLYGON. Input type is: LINE_STRING"},
		{sql: "round(ST_Length(to_spherical_geography({LINESTRING (-71.05 42.36, -87.62 41.87, -122.41 37.77)})))", want: "4350867"},
		{sql: "ST_Length(to_spherical_geography({POLYGON ((0 0, 1 0, 1 1))}))", err: "When applied to SphericalGeography inputs, ST_Length only supports LINE_STRING or MULTI_LINE_STRING. Input type is: POLYGON"},
		{sql: area("POLYGON((90 0, 0 0, 0 90))"), want: "63758259.14"}, {sql: area("POLYGON((90 0, 0 0, 0 90), (89 1, 1 1, 1 89))"), want: "3480423.348"}, {sql: area("POLYGON((0 0, 0 1, 1 1, 1 0))"), want: "12364.037"},
		{sql: area("POLYGON((-135 85, -45 85, 45 85, 135 85, -135 85))"), want: "619002.29"},
		{sql: "ST_Area(to_spherical_geography({POLYGON((-122.150124 37.486095, -122.149201 37.486606, -122.145725 37.486580, -122.145923 37.483961, -122.149324 37.482480, -122.150837 37.483238, -122.150901 37.485392))}))", want: "163290.9394342414"},
		{sql: "ST_Area(to_spherical_geography({POLYGON((10 10, 10 10, 10 10))}))", err: "Polygon is not valid"}, {sql: "ST_Area(to_spherical_geography({POLYGON EMPTY}))", want: "NULL"},
		{sql: "bing_tile(10, 2, 3)", err: "XY coordinates for a Bing tile at zoom level 3 must be within [0, 8) range"}, {sql: "bing_tile(2, 7, 37)", err: "Zoom level must be <= 23"}, {sql: "bing_tile(0, 0, 0)", err: "Zoom level must be > 0"},
		{sql: "bing_tile('')", err: "QuadKey must not be empty string"}, {sql: "bing_tile('test')", err: "Invalid QuadKey digit sequence: test"}, {sql: "bing_tile('12345')", err: "Invalid QuadKey digit sequence: 12345"}, {sql: "bing_tile('101010101010101010101010101010100101010101001010')", err: "QuadKey must be 23 characters or less"},
		{sql: "bing_tile_at(30.12, 600, 15)", err: "Longitude must be between -180.0 and 180.0"}, {sql: "bing_tile_at(300.12, 60, 15)", err: "Latitude must be between -85.05112878 and 85.05112878"},
		{sql: "bing_tile_coordinates(bing_tile('123030123010121')).x", want: "21845"}, {sql: "bing_tile(3, 5, 3) = bing_tile('213')", want: "true"}, {sql: "bing_tile(3, 5, 4) = bing_tile(3, 5, 3)", want: "false"},
		{sql: "bing_tile(1, 1, 1) < bing_tile(1, 1, 2)", err: "does not exist"},
		{sql: "transform(bing_tiles_around(-85.05112878, -180, 5, 200), x -> bing_tile_quadkey(x))", want: "{33332,33333,22222,22223,22220,22221,33330,33331}"},
		{sql: "bing_tiles_around(30.12, 60.0, 20, 100)", err: "The number of tiles covering input rectangle exceeds the limit of 1M. Number of tiles: 36699364. Radius: 100.0 km. Zoom level: 20."}, {sql: "bing_tiles_around(30.12, 60.0, 1, 2000)", err: "Radius must be <= 1,000 km"},
		{sql: "bing_tile_polygon(bing_tile('123030123010121'))", want: "POLYGON ((59.996337890625 30.11662158281935, 60.00732421875 30.11662158281935, 60.00732421875 30.12612436422458, 59.996337890625 30.12612436422458, 59.996337890625 30.11662158281935))"},
		{sql: "transform(geometry_to_bing_tiles({POLYGON ((10 10, -10 10, -20 -15, 10 10))}, 3), x -> bing_tile_quadkey(x))", want: "{033,211,122}"}, {sql: "geometry_to_bing_tiles({POLYGON EMPTY}, 10)", want: "{}"},
		{sql: "cardinality(geometry_to_bing_tiles(ST_Envelope({LINESTRING (0 0, 80 80)}), 5))", want: "104"}, {sql: "cardinality(geometry_to_bing_tiles({POLYGON ((0 0, 1 0, 1 1))}, 14))", want: "1126"},
		{sql: "geometry_to_bing_tiles(ST_Envelope({LINESTRING (0 0, 80 80)}), 16)", err: "Number of tiles: 370085804. Rectangle: xMin=0.00, yMin=0.00, xMax=80.00, yMax=80.00. Zoom level: 16."}, {sql: "geometry_to_bing_tiles(ST_Point(60, 300.12), 10)", err: "Latitude span for the geometry must be in [-85.05, 85.05] range"},
	})
}

// TestGeoFormats: what others write, and what is not theirs.
func TestGeoFormats(t *testing.T) {
	_, athena := sessions(t)
	deep := strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 200) + strings.Repeat("]}", 200)
	kml := strings.Repeat("<MultiGeometry>", 200) + strings.Repeat("</MultiGeometry>", 200)
	for _, c := range []struct{ f, in, want, err string }{
		{f: "from_geojson_geometry", in: `{"type":"Point","coordinates":[0,1,2],"bbox":[],"x":{}}`, want: "POINT (0 1)"}, {f: "from_geojson_geometry", in: `{"type":"Point","coordinates":[]}`, want: "POINT EMPTY"},
		{f: "from_geojson_geometry", in: `{"type":"Polygon","coordinates":[[[0,0],[0,4],[4,4]]]}`, want: "POLYGON ((0 0, 4 4, 0 4, 0 0))"},
		{f: "from_geojson_geometry", in: `{"type":"GeometryCollection","geometries":[{"type":"MultiPoint","coordinates":[[1,2]]}]}`, want: "GEOMETRYCOLLECTION (MULTIPOINT ((1 2)))"},
		{f: "from_geojson_geometry", in: `{"type":"Point"}`, err: "Invalid GeoJSON: Could not parse Point from GeoJson string."}, {f: "from_geojson_geometry", in: `{"type":"Point","coordinates":[1]}`, err: "Could not parse Point"},
		{f: "from_geojson_geometry", in: `{"type":"Feature","geometry":[]}`, err: "Unsupported 'type':Feature"}, {f: "from_geojson_geometry", in: `{}`, err: "No 'type' property found."}, {f: "from_geojson_geometry", in: `[`, err: "Invalid GeoJSON: "},
		{f: "from_geojson_geometry", in: `{"type":"Point","coordinates":[1,1e999]}`, err: "Could not parse Point"}, {f: "from_geojson_geometry", in: deep, err: "nested too deeply"},
		{f: "ST_GeomFromKML", in: `<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0,5 4,0,5 4,4,5 0,0,5</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>`, want: "POLYGON ((0 0, 4 0, 4 4, 0 0))"},
		{f: "ST_GeomFromKML", in: `<MultiGeometry><Point><coordinates>1,2</coordinates></Point><LineString><coordinates>1,2 3,4</coordinates></LineString></MultiGeometry>`, want: "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))"},
		{f: "ST_GeomFromKML", in: `<Point/>`, err: "Invalid KML: a Point has no coordinates"}, {f: "ST_GeomFromKML", in: `<Point><coordinates>1;2</coordinates></Point>`, err: "is no coordinate"}, {f: "ST_GeomFromKML", in: `<Point>`, err: "Invalid KML: "}, {f: "ST_GeomFromKML", in: `<a/>`, err: "there is no geometry"}, {f: "ST_GeomFromKML", in: kml, err: "nested too deeply"},
		{f: "from_encoded_polyline", in: "", want: "LINESTRING EMPTY"}, {f: "from_encoded_polyline", in: "_p~iF~ps|U_ulLnnqC_mqNvxq`@", want: "LINESTRING (-120.2 38.5, -120.95 40.7, -126.45300000000002 43.252)"},
		{f: "from_encoded_polyline", in: "A", err: "Input is not a valid encoded polyline: A"}, {f: "from_encoded_polyline", in: "_____________________", err: "Input is not a valid encoded polyline"}, {f: "from_encoded_polyline", in: "\x01\x02", err: "Input is not a valid encoded polyline"},
	} {
		got, err := value(t, athena, fmt.Sprintf("%s('%s')", c.f, c.in))
		if c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) || c.err == "" && (err != nil || got != c.want) {
			t.Errorf("%s(%.80s) = %s, %v; want %s%s", c.f, c.in, got, err, c.want, c.err)
		}
	}
	runGeo(t, athena, []geoCase{
		{sql: "geometry_from_hadoop_shape(from_hex('000000000101000000000000000000F03F0000000000000040'))", want: "POINT (1 2)"}, {sql: "geometry_from_hadoop_shape(from_hex('000000000101000000FFFFFFFFFFFFEFFFFFFFFFFFFFFFEFFF'))", want: "POINT EMPTY"},
		{sql: "geometry_from_hadoop_shape(from_hex('000000000408000000000000000000F03F00000000000000400000000000000840000000000000104002000000000000000000F03F000000000000004000000000000008400000000000001040'))", want: "MULTIPOINT ((1 2), (3 4))"},
		{sql: "geometry_from_hadoop_shape(from_hex('1234'))", err: "Hadoop shape input is too short"}, {sql: "geometry_from_hadoop_shape(from_hex('00000000FF01000000FFFFFFFFFFFFEFFFFFFFFFFFFFFFEFFF'))", err: "Invalid Hadoop shape type: -1"},
		{sql: "geometry_from_hadoop_shape(from_hex('000000000501000000000000000000F03F0000000000000040'))", err: "Invalid Hadoop shape"}, {sql: "geometry_from_hadoop_shape(from_hex('00000000020300000000000000000000000000000000000000000000000000084000000000000010400100000003000000FF'))", err: "Invalid Hadoop shape"},
		{sql: "to_encoded_polyline({POINT (1 2)})", err: "encode_polyline only applies to LINE_STRING or MULTI_POINT. Input type is: POINT"}, {sql: "to_encoded_polyline({LINESTRING EMPTY})", want: ""},
		{sql: "to_geojson_geometry({GEOMETRYCOLLECTION (POINT Z (1 2 3), POLYGON Z ((0 0 0, 1 0 0, 0 1 0)))})", want: `{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2,3]},{"type":"Polygon","coordinates":[[[0,0,0],[1,0,0],[0,1,0],[0,0,0]]]}]}`},
	})
}

// TestGeoAggregates: with groups, with many geometries, with none.
func TestGeoAggregates(t *testing.T) {
	pg, _ := sessions(t)
	squares := "(SELECT ST_Envelope(ST_Buffer(ST_Point(i, i % 3), 1)) AS g, i % 2 AS k FROM generate_series(1, 300) t(i)) s"
	for sql, want := range map[string]string{
		"round(ST_Area(geometry_union_agg(g))::numeric, 4) FROM " + squares:                                                          "1001.0000",
		"convex_hull_agg(g) FROM " + squares:                                                                                         "POLYGON ((0 0, 2 -1, 301 -1, 301 1, 300 3, 1 3, 0 2, 0 0))",
		"ST_NumGeometries(geometry_collect_agg(g)) FROM " + squares:                                                                  "300",
		"geometry_union_agg(g) FROM (SELECT NULL::geometry AS g) s":                                                                  "NULL",
		"convex_hull_agg(g) FROM (SELECT ST_GeometryFromText('POINT EMPTY') AS g) s":                                                 "POINT EMPTY",
		"geometry_union_agg(ST_GeometryFromText(w)) FROM (VALUES ('POINT (1 2)'), (NULL), ('POINT EMPTY')) t(w)":                     "POINT (1 2)",
		"geometry_collect_agg(ST_GeometryFromText(w)) FROM (VALUES ('POINT (1 2)'), ('LINESTRING Z (1 2 3, 4 5 6)')) t(w)":           "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 4 5))",
		"string_agg(n::text, ' ') FROM (SELECT k, ST_NumGeometries(geometry_collect_agg(g)) AS n FROM " + squares + " GROUP BY k) x": "150 150",
	} {
		if got, err := value(t, pg, sql); err != nil || got != want {
			t.Errorf("%s = %s, %v; want %s", sql, got, err, want)
		}
	}
}

// TestGeoNoBytes: what stands in the places of NULLs in dictionaries is no shape, and
// does no harm.
func TestGeoNoBytes(t *testing.T) {
	g, l := types.OpaqueOf(types.OpaqueGeometry), types.OpaqueOf(types.OpaqueSphericalGeography)
	typ := map[string]types.Type{"geometry": g, "sphericalgeography": l, "bingtile": types.OpaqueOf(types.OpaqueBingTile), "array(geometry)": types.ArrayOf(g),
		"varchar": types.TVarchar, "varbinary": types.TVarbinary, "double": types.TDouble, "bigint": types.TBigInt}
	r, calls := fn.NewRegistry(), 0
	for _, e := range r.Entries() {
		if e.Family != "Geospatial" || e.Kind != plan.Scalar {
			continue
		}
		for _, sig := range e.Signatures() {
			name, params := geoParams(sig)
			args, cols := make([]plan.Arg, len(params)), make([]*vector.Vector, len(params))
			for i, p := range params {
				args[i].Type, cols[i] = typ[p], vector.New(typ[p], 1)
			}
			f, err := r.Resolve(name, plan.Scalar, args, plan.Athena)
			if err != nil {
				t.Fatalf("%s: %v", sig, err)
			}
			_ = f.Impl.(*kernel.Impl).Eval(nil, cols, nil, vector.New(f.Ret, 1)) // an error is as good as a value
			calls++
		}
	}
	if calls < 85 {
		t.Errorf("only %d calls", calls)
	}
	pg, _ := sessions(t)
	got, err := pg.Query(t.Context(), "SELECT ST_X(ST_Centroid(g)) FROM (SELECT DISTINCT ON (i) CASE WHEN i % 3 > 0 THEN ST_Point(i % 3, 0) END AS g FROM generate_series(1, 6) t(i)) s")
	if err != nil || len(got) != 6 {
		t.Errorf("%v, %v", got, err)
	}
}
