package geo

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// expected is what testdata/expect.py wrote of a pair of shapes.
type expected struct {
	A, B                  string
	Relations             []bool // in the order of the Relations
	Matrix                string
	Overlays              [][3]any // area, length of lines, empty
	Distance, Nearest     float64
	Area, Hull            float64
	Length, Buffer        float64
	Centroid, Interpolate []float64
	Simple                bool
	Points                int
	Locate                *float64
	WKB                   string
	GeoJSON               json.RawMessage
}

func parse(t testing.TB, wkt string) []byte {
	t.Helper()
	b, err := FromText(nil, []byte(wkt))
	if err != nil {
		t.Fatalf("%s: %v", wkt, err)
	}
	return b
}

func close12(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

// oracle counts what agrees.
type oracle struct {
	t      *testing.T
	agreed map[string]int
	asked  map[string]int
}

func (o *oracle) check(what, of string, ok bool, got, want any) {
	o.t.Helper()
	o.asked[what]++
	if ok {
		o.agreed[what]++
		return
	}
	o.t.Errorf("%s of %s: %v, shapely says %v", what, of, got, want)
}

// TestShapely compares with shapely, which asks GEOS.
func TestShapely(t *testing.T) {
	text, err := os.ReadFile("testdata/expect.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []expected
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	o := &oracle{t, map[string]int{}, map[string]int{}}
	relaters := make([]*Relater, numRelations)
	for i := range relaters {
		relaters[i] = NewRelater(Relation(i))
	}
	for _, e := range list {
		o.pair(&e, relaters)
		o.single(&e)
	}
	n, m := 0, 0
	for what := range o.asked {
		n, m = n+o.agreed[what], m+o.asked[what]
	}
	t.Logf("%d of %d answers agree, of %d pairs", n, m, len(list))
	if m < 10_000 {
		t.Errorf("only %d questions were asked", m)
	}
}

func (o *oracle) pair(e *expected, relaters []*Relater) {
	a, b := parse(o.t, e.A), parse(o.t, e.B)
	of := e.A + " and " + e.B
	for i, want := range e.Relations {
		for range 2 { // the second time of what is remembered
			got, err := relaters[i].Holds(a, b)
			o.check(relations[i].name, of, err == nil && got == want, got, want)
		}
	}
	ok, err := Relate(a, b, e.Matrix)
	o.check("ST_Relate", of, ok && err == nil, err, e.Matrix)
	for i, want := range e.Overlays {
		g, err := Overlay(i).Append(nil, a, b)
		if err != nil {
			o.t.Fatalf("%s of %s: %v", overlays[i].name, of, err)
		}
		length := 0.0
		if t := shape.TypeOf(g); t == shape.LineString || t == shape.MultiLineString {
			length = Length(g)
		}
		o.check(overlays[i].name, of, close12(Area(g), want[0].(float64)) && close12(length, want[1].(float64)) && shape.IsEmpty(g) == want[2].(bool), string(shape.AppendWKT(nil, g)), want)
	}
	d, _, err := Distance(a, b)
	o.check("ST_Distance", of, err == nil && close12(d, e.Distance), d, e.Distance)
	p, q, _, err := NearestPoints(a, b)
	if err != nil {
		o.t.Fatal(err)
	}
	d, _, _ = Distance(p, q)
	o.check("geometry_nearest_points", of, close12(d, e.Nearest), d, e.Nearest)
}

func (o *oracle) single(e *expected) {
	a := parse(o.t, e.A)
	number := func(what string, got, want float64) { o.check(what, e.A, close12(got, want), got, want) }
	number("ST_Area", Area(a), e.Area)
	number("ST_Length", Length(a), e.Length)
	number("ST_Points", float64(len(Points(a))), float64(e.Points))
	h, err := AppendHull(nil, a)
	o.check("ST_ConvexHull", e.A, err == nil && close12(Area(h), e.Hull), err, e.Hull)
	c, err := AppendCentroid(nil, a)
	x, y, _ := shape.XY(c)
	o.check("ST_Centroid", e.A, err == nil && close12(x, e.Centroid[0]) && close12(y, e.Centroid[1]), [2]float64{x, y}, e.Centroid)
	b, _, err := AppendBuffer(nil, a, 1.5)
	o.check("ST_Buffer", e.A, err == nil && math.Abs(Area(b)-e.Buffer) < 1e-6*e.Buffer, Area(b), e.Buffer)
	simple, err := IsSimple(a)
	o.check("ST_IsSimple", e.A, err == nil && simple == e.Simple, simple, e.Simple)
	if e.Locate != nil {
		f, _, err := LocatePoint(a, parse(o.t, "POINT (7 7)"))
		o.check("line_locate_point", e.A, err == nil && close12(f, *e.Locate), f, *e.Locate)
		m, err := Interpolate(a, 0.3, false)
		x, y, _ := shape.XY(m[0])
		o.check("line_interpolate_point", e.A, err == nil && close12(x, e.Interpolate[0]) && close12(y, e.Interpolate[1]), [2]float64{x, y}, e.Interpolate)
	}
	o.formats(e, a)
}

func (o *oracle) formats(e *expected, a []byte) {
	raw, err := hex.DecodeString(e.WKB)
	if err != nil {
		o.t.Fatal(err)
	}
	b, err := FromBinary(nil, raw)
	o.check("ST_GeomFromBinary", e.A, err == nil && string(b) == string(a), err, e.WKB)
	b, err = FromGeoJSON(nil, e.GeoJSON)
	o.check("from_geojson_geometry", e.A, err == nil && string(b) == string(a), err, string(e.GeoJSON))
	b, err = FromGeoJSON(nil, AppendGeoJSON(nil, a))
	o.check("to_geojson_geometry", e.A, err == nil && string(b) == string(a), err, string(AppendGeoJSON(nil, a)))
	again, err := FromText(nil, shape.AppendWKT(nil, a))
	o.check("ST_AsText", e.A, err == nil && string(again) == string(a), err, e.A)
}
