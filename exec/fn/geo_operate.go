package fn

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/shape"
	"github.com/glauxdb/glaux/exec/geo"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// geoOperations make geometries of geometries.
func geoOperations() []*Entry {
	overlay := func(name string, o geo.Overlay, doc, result string) *Entry {
		return &Entry{Names: []string{name}, Doc: doc,
			Examples: []Example{{SQL: name + "(ST_GeometryFromText('LINESTRING (0 0, 4 0)'), ST_GeometryFromText('LINESTRING (2 0, 6 0)'))", Result: result}},
			overs: []overload{{sig: name + "(geometry, geometry) geometry", scalar: textFn(func(dst []byte, s []kernel.Strings, i int) ([]byte, error) {
				return o.Append(dst, s[0].At(i), s[1].At(i))
			})}}}
	}
	one := func(name, doc, in, result string, f func(dst, b []byte) ([]byte, error)) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{{SQL: name + "(ST_GeometryFromText('" + in + "'))", Result: result}},
			overs: []overload{{sig: name + "(geometry) geometry", scalar: bytesOf(f)}}}
	}
	point := types.RowOf(types.Field{Type: geometryType}, types.Field{Type: geometryType})
	return []*Entry{
		overlay("st_intersection", geo.Intersection, "What two geometries have in common.", "LINESTRING (2 0, 4 0)"),
		overlay("st_union", geo.Union, "What lies in one of two geometries or in both.", "MULTILINESTRING ((0 0, 2 0), (2 0, 4 0), (4 0, 6 0))"),
		overlay("st_difference", geo.Difference, "What lies in the first geometry and not in the second.", "LINESTRING (0 0, 2 0)"),
		overlay("st_symdifference", geo.SymDifference, "What lies in exactly one of two geometries.", "MULTILINESTRING ((0 0, 2 0), (4 0, 6 0))"),
		{Names: []string{"geometry_union"}, Doc: "The union of the geometries in an array, NULLs left out; NULL of an empty array.",
			Examples: []Example{{SQL: "geometry_union(array[ST_Point(1, 2), NULL, ST_Point(3, 4)])", Result: "MULTIPOINT ((1 2), (3 4))"}},
			overs:    []overload{{sig: "geometry_union(array(geometry)) geometry", scalar: ofList(unionList)}}},
		{Names: []string{"st_buffer"}, Doc: "Everything within a distance of a geometry; a quarter of a circle is drawn as 24 lines. NULL of an empty geometry; a distance of 0 changes nothing.",
			Examples: []Example{{SQL: "round(ST_Area(ST_Buffer(ST_Point(0, 0), 1)), 3)", Result: "3.139"}},
			overs: []overload{{sig: "st_buffer(geometry, double) geometry", scalar: bytesOr(func(dst []byte, s []kernel.Strings, args []*vector.Vector, i int) ([]byte, bool, error) {
				d := kernel.FixedOf[float64](args[1])
				return geo.AppendBuffer(dst, s[0].At(i), d.At(i))
			})}}},
		one("st_convexhull", "The least convex geometry around a geometry.", "MULTIPOINT (0 0, 4 0, 1 1, 0 4)", "POLYGON ((0 0, 4 0, 0 4, 0 0))", geo.AppendHull),
		one("st_boundary", "The boundary of a geometry: the ends of lines, the rings of polygons, nothing of points.", "LINESTRING (0 0, 1 1, 2 0)", "MULTIPOINT ((0 0), (2 0))", geo.AppendBoundary),
		one("st_centroid", "The centre of gravity of a geometry that is no collection.", "POLYGON ((0 0, 3 0, 0 3, 0 0))", "POINT (1 1)", geo.AppendCentroid),
		one("st_envelope", "The least upright rectangle around a geometry, as a polygon.", "LINESTRING (1 5, 3 2)", "POLYGON ((1 2, 3 2, 3 5, 1 5, 1 2))", envelopeOf),
		one("st_orientedenvelope", "The rectangle of the least area around a geometry, turned as it must be.", "MULTIPOINT (0 0, 2 2, 1 3, -1 1)", "POLYGON ((-1 1, 0 0, 2 2, 1 3, -1 1))", geo.AppendOrientedEnvelope),
		one("st_pointonsurface", "A point that lies in a geometry.", "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))", "POINT (2 2)", geo.AppendPointOnSurface),
		{Names: []string{"simplify_geometry"}, Doc: "A geometry with fewer corners, none of them further than the tolerance from the line that replaces it (Douglas and Peucker); lines do not come to cross.",
			Examples: []Example{{SQL: "simplify_geometry(ST_GeometryFromText('LINESTRING (0 0, 1 0.1, 2 0)'), 0.5)", Result: "LINESTRING (0 0, 2 0)"}},
			overs: []overload{{sig: "simplify_geometry(geometry, double) geometry", scalar: bytesOr(func(dst []byte, s []kernel.Strings, args []*vector.Vector, i int) ([]byte, bool, error) {
				d := kernel.FixedOf[float64](args[1])
				dst, err := geo.AppendSimplified(dst, s[0].At(i), d.At(i))
				return dst, true, err
			})}}},
		{Names: []string{"geometry_nearest_points"}, Doc: "The points of two geometries at which they are nearest to each other; NULL if one is empty.",
			Examples: []Example{{SQL: "geometry_nearest_points(ST_Point(0, 5), ST_GeometryFromText('LINESTRING (1 0, 1 9)'))", Result: `("POINT (0 5)","POINT (1 5)")`}},
			overs: []overload{{sig: "geometry_nearest_points(geometry, geometry) row(geometry, geometry)", types: argsTo(point, geometryType, geometryType),
				scalar: eval(nearestPoints)}}},
	}
}

func unionList(dst []byte, list [][]byte) ([]byte, bool, error) {
	if len(list) == 0 {
		return dst, false, nil
	}
	kept := list[:0]
	for _, b := range list {
		if b != nil {
			kept = append(kept, b)
		}
	}
	dst, err := geo.AppendUnion(dst, kept)
	return dst, true, err
}

func envelopeOf(dst, b []byte) ([]byte, error) {
	box, ok := shape.Envelope(b)
	if !ok {
		return shape.AppendEmpty(dst, shape.Polygon), nil
	}
	return shape.AppendBox(dst, box), nil
}

func nearestPoints(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, typ := strs(args), out.Type
	return assemble(sel, out, func(i int) (types.Value, error) {
		a, b, ok, err := geo.NearestPoints(s[0].At(i), s[1].At(i))
		if err != nil || !ok {
			return types.NullOf(typ), err
		}
		return types.Value{Type: typ, Kids: []types.Value{bytesValue(geometryType, a), bytesValue(geometryType, b)}}, nil
	})
}
