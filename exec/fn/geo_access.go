package fn

import (
	"github.com/glauxdb/glaux/catalog/types/shape"
	"github.com/glauxdb/glaux/exec/geo"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// geoAccessors tell of one geometry.
func geoAccessors() []*Entry { return concatAll(geoNumbers(), geoTests(), geoParts()) }

func geoNumbers() []*Entry {
	corner := func(name, doc string, get func(b *shape.Box) float64, result string) *Entry {
		return &Entry{Names: []string{name}, Doc: doc + "; NULL if it is empty.", Examples: []Example{{SQL: name + "(ST_GeometryFromText('LINESTRING (8 4, 5 7)'))", Result: result}},
			overs: []overload{{sig: name + "(geometry) double", scalar: numberOr(func(s []kernel.Strings, i int) (float64, bool, error) {
				box, ok := shape.Envelope(s[0].At(i))
				if !ok {
					return 0, false, nil
				}
				return get(&box), true, nil
			})}}}
	}
	coordinate := func(name, shown, doc string, get func(x, y float64) float64, result string) *Entry {
		return &Entry{Names: []string{name}, Doc: doc + "; NULL if it is empty.", Examples: []Example{{SQL: name + "(ST_Point(1, 2))", Result: result}},
			overs: []overload{{sig: name + "(geometry) double", scalar: numberOr(func(s []kernel.Strings, i int) (float64, bool, error) {
				b := s[0].At(i)
				if err := geo.CheckType(shown, b, shape.Point); err != nil {
					return 0, false, err
				}
				x, y, ok := shape.XY(b)
				if !ok {
					return 0, false, nil
				}
				return get(x, y), true, nil
			})}}}
	}
	return []*Entry{
		{Names: []string{"st_area"}, Doc: "The area of a geometry, 0 of points and lines; of a polygon on the sphere in square metres.",
			Examples: []Example{{SQL: "ST_Area(ST_GeometryFromText('POLYGON ((2 2, 6 2, 6 6, 2 6, 2 2))'))", Result: "16"}},
			overs: []overload{
				{sig: "st_area(geometry) double", scalar: numberOf(func(b []byte) (float64, error) { return geo.Area(b), nil })},
				{sig: "st_area(sphericalgeography) double", scalar: numberOr(func(s []kernel.Strings, i int) (float64, bool, error) { return geo.SphericalArea(s[0].At(i)) })},
			}},
		{Names: []string{"st_length"}, Doc: "The length of a line or of several; on the sphere in metres.",
			Examples: []Example{{SQL: "ST_Length(ST_GeometryFromText('LINESTRING (0 0, 3 4)'))", Result: "5"}},
			overs: []overload{
				{sig: "st_length(geometry) double", scalar: numberOf(func(b []byte) (float64, error) {
					return geo.Length(b), geo.CheckType("ST_Length", b, shape.LineString, shape.MultiLineString)
				})},
				{sig: "st_length(sphericalgeography) double", scalar: numberOr(func(s []kernel.Strings, i int) (float64, bool, error) { return geo.SphericalLength(s[0].At(i)) })},
			}},
		{Names: []string{"st_distance"}, Doc: "The least distance between two geometries; between points on the sphere in metres. NULL if one is empty.",
			Examples: []Example{{SQL: "ST_Distance(ST_Point(0, 0), ST_GeometryFromText('LINESTRING (3 -9, 3 9)'))", Result: "3"}},
			overs: []overload{
				{sig: "st_distance(geometry, geometry) double", scalar: numberOr(func(s []kernel.Strings, i int) (float64, bool, error) { return geo.Distance(s[0].At(i), s[1].At(i)) })},
				{sig: "st_distance(sphericalgeography, sphericalgeography) double", scalar: numberOr(func(s []kernel.Strings, i int) (float64, bool, error) {
					return geo.SphericalDistance(s[0].At(i), s[1].At(i))
				})},
			}},
		coordinate("st_x", "ST_X", "The X of a point", func(x, _ float64) float64 { return x }, "1"),
		coordinate("st_y", "ST_Y", "The Y of a point", func(_, y float64) float64 { return y }, "2"),
		corner("st_xmin", "The least X of a geometry", func(b *shape.Box) float64 { return b.MinX }, "5"),
		corner("st_xmax", "The greatest X of a geometry", func(b *shape.Box) float64 { return b.MaxX }, "8"),
		corner("st_ymin", "The least Y of a geometry", func(b *shape.Box) float64 { return b.MinY }, "4"),
		corner("st_ymax", "The greatest Y of a geometry", func(b *shape.Box) float64 { return b.MaxY }, "7"),
		{Names: []string{"st_coorddim"}, Doc: "How many numbers a coordinate has: 2, or 3 with a Z.", Examples: []Example{{SQL: "ST_CoordDim(ST_Point(1, 2))", Result: "2"}},
			overs: []overload{{sig: "st_coorddim(geometry) tinyint", scalar: numberOf(func(b []byte) (int8, error) { return int8(shape.CoordDim(b)), nil })}}},
		{Names: []string{"st_dimension"}, Doc: "The dimension of a geometry: 0 of points, 1 of lines, 2 of polygons, the greatest of a collection's.", Examples: []Example{{SQL: "ST_Dimension(ST_GeometryFromText('LINESTRING (0 0, 1 1)'))", Result: "1"}},
			overs: []overload{{sig: "st_dimension(geometry) tinyint", scalar: numberOf(func(b []byte) (int8, error) { return int8(geo.Dimension(b)), nil })}}},
		{Names: []string{"st_numpoints"}, Doc: "How many points a geometry has, the one that closes a ring left out.", Examples: []Example{{SQL: "ST_NumPoints(ST_GeometryFromText('POLYGON ((0 0, 4 0, 0 4, 0 0))'))", Result: "3"}},
			overs: []overload{{sig: "st_numpoints(geometry) bigint", scalar: numberOf(func(b []byte) (int64, error) { return int64(shape.NumPoints(b)), nil })}}},
		{Names: []string{"st_numgeometries"}, Doc: "How many parts a geometry has, 0 if it is empty.", Examples: []Example{{SQL: "ST_NumGeometries(ST_GeometryFromText('MULTIPOINT (0 0, 1 1)'))", Result: "2"}},
			overs: []overload{{sig: "st_numgeometries(geometry) integer", scalar: numberOf(func(b []byte) (int32, error) { return int32(len(geo.Parts(b))), nil })}}},
		{Names: []string{"st_numinteriorring"}, Doc: "How many holes a polygon has; NULL if it is empty.", Examples: []Example{{SQL: "ST_NumInteriorRing(ST_GeometryFromText('POLYGON ((0 0, 9 0, 0 9, 0 0), (1 1, 1 2, 2 1, 1 1))'))", Result: "1"}},
			overs: []overload{{sig: "st_numinteriorring(geometry) bigint", scalar: numberOr(func(s []kernel.Strings, i int) (int64, bool, error) {
				rings, ok, err := geo.Rings("ST_NumInteriorRing", s[0].At(i))
				return int64(len(rings)) - 1, ok, err
			})}}},
	}
}

func geoTests() []*Entry {
	test := func(name, doc, in, result string, f func(b []byte) (bool, error)) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{{SQL: name + "(ST_GeometryFromText('" + in + "'))", Result: result}},
			overs: []overload{{sig: name + "(geometry) boolean", scalar: numberOf(f)}}}
	}
	return []*Entry{
		{Names: []string{"st_geometrytype"}, Doc: "The kind of a geometry.", Examples: []Example{{SQL: "ST_GeometryType(ST_Point(1, 4))", Result: "ST_Point"}},
			overs: []overload{{sig: "st_geometrytype(geometry) varchar", scalar: mapText(func(dst, b []byte) []byte { return append(dst, shape.TypeOf(b).SQLName()...) })}}},
		test("st_isempty", "Whether a geometry has no points.", "POINT EMPTY", "true", func(b []byte) (bool, error) { return shape.IsEmpty(b), nil }),
		test("st_isclosed", "Whether the lines of a geometry end where they begin.", "LINESTRING (0 0, 1 1, 0 2, 0 0)", "true", geo.IsClosed),
		test("st_isring", "Whether a line ends where it begins and does not meet itself elsewhere.", "LINESTRING (0 0, 1 1, 0 2, 0 0)", "true", geo.IsRing),
		test("st_issimple", "Whether a geometry does not meet itself.", "LINESTRING (0 0, 2 2, 2 0, 0 2)", "false", geo.IsSimple),
		test("st_isvalid", "Whether a geometry is well formed: no repeated points, lines that do not meet themselves, rings that enclose one area.", "POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))", "false", func(b []byte) (bool, error) {
			reason, err := geo.InvalidReason(b)
			return reason == "", err
		}),
		{Names: []string{"geometry_invalid_reason"}, Doc: "Why a geometry is not valid; NULL if it is.", Examples: []Example{{SQL: "geometry_invalid_reason(ST_GeometryFromText('LINESTRING (0 0, 0 1, 0 1, 1 1)'))", Result: "Degenerate segments at or near (0.0 1.0)"}},
			overs: []overload{{sig: "geometry_invalid_reason(geometry) varchar", scalar: bytesOr(func(dst []byte, s []kernel.Strings, _ []*vector.Vector, i int) ([]byte, bool, error) {
				reason, err := geo.InvalidReason(s[0].At(i))
				return append(dst, reason...), reason != "", err
			})}}},
	}
}

// geoParts take geometries apart.
func geoParts() []*Entry {
	nth := func(name, doc, in, result string, list func(b []byte) ([][]byte, error)) *Entry {
		return &Entry{Names: []string{name}, Doc: doc + ", counted from 1; NULL if there is none.", Examples: []Example{{SQL: name + "(ST_GeometryFromText('" + in + "'), 1)", Result: result}},
			overs: []overload{{sig: name + "(geometry, bigint) geometry", scalar: bytesOr(func(dst []byte, s []kernel.Strings, args []*vector.Vector, i int) ([]byte, bool, error) {
				parts, err := list(s[0].At(i))
				n := kernel.FixedOf[int64](args[1])
				k := n.At(i)
				if err != nil || k < 1 || k > int64(len(parts)) {
					return dst, false, err
				}
				return append(dst, parts[k-1]...), true, nil
			})}}}
	}
	all := func(name, doc, in, result string, list func(b []byte) ([][]byte, bool, error)) *Entry {
		return &Entry{Names: []string{name}, Doc: doc + "; NULL if the geometry is empty.", Examples: []Example{{SQL: name + "(ST_GeometryFromText('" + in + "'))", Result: result}},
			overs: []overload{{sig: name + "(geometry) array(geometry)", scalar: geoList(func(s []kernel.Strings, _ []*vector.Vector, i int, add func([]byte)) (bool, error) {
				parts, ok, err := list(s[0].At(i))
				for _, p := range parts {
					add(p)
				}
				return ok, err
			})}}}
	}
	one := func(name, doc, in, result string, f func(dst, b []byte) ([]byte, bool, error)) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{{SQL: name + "(ST_GeometryFromText('" + in + "'))", Result: result}},
			overs: []overload{{sig: name + "(geometry) geometry", scalar: bytesOr(func(dst []byte, s []kernel.Strings, _ []*vector.Vector, i int) ([]byte, bool, error) {
				return f(dst, s[0].At(i))
			})}}}
	}
	const holed, line = "POLYGON ((0 0, 9 0, 0 9, 0 0), (1 1, 1 2, 2 1, 1 1))", "LINESTRING (8 4, 4 8, 5 6)"
	return []*Entry{
		nth("st_geometryn", "A part of a geometry", "MULTIPOINT (1 2, 3 4)", "POINT (1 2)", func(b []byte) ([][]byte, error) { return geo.Parts(b), nil }),
		nth("st_pointn", "A point of a line", line, "POINT (8 4)", func(b []byte) ([][]byte, error) {
			return geo.Points(b), geo.CheckType("ST_PointN", b, shape.LineString)
		}),
		nth("st_interiorringn", "A hole of a polygon, as a line", holed, "LINESTRING (1 1, 1 2, 2 1, 1 1)", func(b []byte) ([][]byte, error) {
			rings, ok, err := geo.Rings("ST_InteriorRingN", b)
			if !ok {
				return nil, err
			}
			return rings[1:], nil
		}),
		all("st_geometries", "The parts of a geometry", "MULTIPOINT (1 2, 3 4)", `{"POINT (1 2)","POINT (3 4)"}`, func(b []byte) ([][]byte, bool, error) {
			return geo.Parts(b), !shape.IsEmpty(b), nil
		}),
		all("st_points", "The points of a geometry, also those that close rings", "LINESTRING (1 2, 3 4)", `{"POINT (1 2)","POINT (3 4)"}`, func(b []byte) ([][]byte, bool, error) {
			return geo.Points(b), !shape.IsEmpty(b), nil
		}),
		all("st_interiorrings", "The holes of a polygon, as lines", holed, `{"LINESTRING (1 1, 1 2, 2 1, 1 1)"}`, func(b []byte) ([][]byte, bool, error) {
			rings, ok, err := geo.Rings("ST_InteriorRings", b)
			if !ok {
				return nil, false, err
			}
			return rings[1:], true, nil
		}),
		all("st_envelopeaspts", "The lower left and the upper right corner of the least upright rectangle around a geometry", "LINESTRING (1 5, 3 2)", `{"POINT (1 2)","POINT (3 5)"}`, func(b []byte) ([][]byte, bool, error) {
			box, ok := shape.Envelope(b)
			return [][]byte{shape.AppendPoint(nil, box.MinX, box.MinY), shape.AppendPoint(nil, box.MaxX, box.MaxY)}, ok, nil
		}),
		one("st_exteriorring", "The outer ring of a polygon, as a line; NULL if it is empty.", holed, "LINESTRING (0 0, 9 0, 0 9, 0 0)", func(dst, b []byte) ([]byte, bool, error) {
			rings, ok, err := geo.Rings("ST_ExteriorRing", b)
			if !ok {
				return dst, false, err
			}
			return append(dst, rings[0]...), true, nil
		}),
		one("st_startpoint", "The first point of a line; NULL if it is empty.", line, "POINT (8 4)", func(dst, b []byte) ([]byte, bool, error) {
			return endOf(dst, "ST_StartPoint", b, false)
		}),
		one("st_endpoint", "The last point of a line; NULL if it is empty.", line, "POINT (5 6)", func(dst, b []byte) ([]byte, bool, error) {
			return endOf(dst, "ST_EndPoint", b, true)
		}),
	}
}

func endOf(dst []byte, name string, b []byte, last bool) ([]byte, bool, error) {
	if err := geo.CheckType(name, b, shape.LineString); err != nil {
		return dst, false, err
	}
	points := geo.Points(b)
	if len(points) == 0 {
		return dst, false, nil
	}
	at := 0
	if last {
		at = len(points) - 1
	}
	return append(dst, points[at]...), true, nil
}
