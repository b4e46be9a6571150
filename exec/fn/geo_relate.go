package fn

import (
	"github.com/glauxdb/glaux/exec/geo"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// geoRelations are questions about two geometries.
func geoRelations() []*Entry {
	relation := func(name string, rel geo.Relation, doc, a, b, result string) *Entry {
		return &Entry{Names: []string{name}, Doc: doc,
			Examples: []Example{{SQL: name + "(ST_GeometryFromText('" + a + "'), ST_GeometryFromText('" + b + "'))", Result: result}},
			overs:    []overload{{sig: name + "(geometry, geometry) boolean", scalar: related(rel)}}}
	}
	const square = "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))"
	return []*Entry{
		relation("st_contains", geo.Contains, "Whether no point of the second geometry is outside the first and some point of its interior is in the first's interior.", square, "POINT (1 1)", "true"),
		relation("st_crosses", geo.Crosses, "Whether the geometries share some but not all of their interior, in fewer dimensions than the greater one has.", square, "LINESTRING (-1 2, 5 2)", "true"),
		relation("st_disjoint", geo.Disjoint, "Whether the geometries share no point.", square, "POINT (4 1)", "false"),
		relation("st_equals", geo.Equals, "Whether the geometries are the same set of points.", "LINESTRING (0 0, 2 2)", "LINESTRING (2 2, 1 1, 0 0)", "true"),
		relation("st_intersects", geo.Intersects, "Whether the geometries share a point.", square, "POINT (4 1)", "true"),
		relation("st_overlaps", geo.Overlaps, "Whether geometries of one dimension share some but not all of their interior, in that dimension.", square, "POLYGON ((2 2, 6 2, 6 6, 2 6, 2 2))", "true"),
		relation("st_touches", geo.Touches, "Whether the geometries share points, but none of both interiors.", square, "POINT (4 1)", "true"),
		relation("st_within", geo.Within, "Whether the first geometry is contained in the second: ST_Contains the other way round.", "POINT (1 1)", square, "true"),
		{Names: []string{"st_relate"}, Doc: "Whether the dimensions in which interiors, boundaries and exteriors of two geometries meet match a pattern of nine characters (DE-9IM): T, F, *, 0, 1, 2.",
			Examples: []Example{{SQL: "ST_Relate(ST_GeometryFromText('LINESTRING (0 0, 3 3)'), ST_GeometryFromText('LINESTRING (1 1, 4 1)'), '****T****')", Result: "false"}},
			overs: []overload{{sig: "st_relate(geometry, geometry, varchar) boolean", scalar: numberOr(func(s []kernel.Strings, i int) (bool, bool, error) {
				ok, err := geo.Relate(s[0].At(i), s[1].At(i), string(s[2].At(i)))
				return ok, true, err
			})}}},
	}
}

func related(rel geo.Relation) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		a, b, dst := kernel.StringsOf(args[0]), kernel.StringsOf(args[1]), vector.Values[bool](out)
		r := geo.NewRelater(rel)
		return kernel.EachErr(sel, out.Len, func(i int) (err error) {
			dst[i], err = r.Holds(a.At(i), b.At(i))
			return err
		})
	})
}
