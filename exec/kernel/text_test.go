package kernel

import (
	"math"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

func TestTextOfValues(t *testing.T) {
	str := func(s string) types.Value { return types.StringOf(types.TVarchar, s) }
	list := func(t types.Type, vs ...types.Value) types.Value {
		return types.Value{Type: types.ArrayOf(t), Kids: vs}
	}
	one, null := types.IntOf(types.TBigInt, 1), types.NullOf(types.TBigInt)
	named := types.RowOf(types.Field{Name: "a", Type: types.TBigInt}, types.Field{Name: "b", Type: types.TVarchar})
	bare := types.RowOf(types.Field{Type: types.TBigInt}, types.Field{Type: types.TVarchar})
	m := types.MapOf(types.TVarchar, types.TDouble)
	cases := []struct {
		v          types.Value
		text, json string
	}{
		{types.BoolOf(true), "t", "true"},
		{str(`a "b"`), `a "b"`, `"a \"b\""`},
		{list(types.TVarchar, str("x"), str("a b"), str(""), str("NULL"), str(`q"\`), types.NullOf(types.TVarchar)), `{x,"a b","","NULL","q\"\\",NULL}`, `["x","a b","","NULL","q\"\\",null]`},
		{list(types.ArrayOf(types.TBigInt), list(types.TBigInt, one, null), list(types.TBigInt)), "{{1,NULL},{}}", "[[1,null],[]]"},
		{types.Value{Type: named, Kids: []types.Value{one, str("x,y")}}, `{"a":1,"b":"x,y"}`, `{"a":1,"b":"x,y"}`},
		{types.Value{Type: bare, Kids: []types.Value{null, str("x,y")}}, `(,"x,y")`, `[null,"x,y"]`},
		{types.Value{Type: m, Kids: []types.Value{str("k"), types.FloatOf(types.TDouble, math.Inf(1))}}, `{"k":"Infinity"}`, `{"k":"Infinity"}`},
		{types.StringOf(types.TVarbinary, "\x01\xff"), `\x01ff`, `"\\x01ff"`},
		{types.IntOf(types.TTimestampTZ, 1_500_000), "1970-01-01 01:00:01.5+01", `"1970-01-01T01:00:01.5+01:00"`},
		{types.DecOf(types.DecimalOf(38, 3), types.I128(-1)), "-0.001", "-0.001"},
		{str("\x01\ttab\xffé"), "\x01\ttab\xffé", `"\u0001\ttab` + "\uFFFD" + `é"`},
	}
	opt := TextOptions{Wire: true, Location: time.FixedZone("x", 3600)}
	for _, c := range cases {
		v := vector.FromValues(c.v.Type, []types.Value{c.v})
		if got := string(opt.AppendText(nil, v, 0)); got != c.text {
			t.Errorf("text %q, want %q", got, c.text)
		}
		if got := string(opt.AppendJSON(nil, v, 0)); got != c.json {
			t.Errorf("JSON %q, want %q", got, c.json)
		}
	}
}

// TestCastRoundTrips: what a cast widens, the cast back restores.
func TestCastRoundTrips(t *testing.T) {
	chain := []types.Type{types.TTinyInt, types.TSmallInt, types.TInteger, types.TBigInt, types.DecimalOf(38, 2), types.TDouble, types.TVarchar}
	for i, from := range chain {
		for _, to := range chain[i+1:] {
			for _, x := range []int64{0, 1, -1, 100, -128} {
				v, err := CastValue(nil, types.IntOf(types.TBigInt, x), from, plan.Postgres)
				if err != nil {
					t.Fatal(err)
				}
				w, err := CastValue(nil, v, to, plan.Postgres)
				if err != nil {
					t.Fatalf("%v to %s: %v", v, to, err)
				}
				back, err := CastValue(nil, w, from, plan.Postgres)
				if err != nil || !back.Equal(v) {
					t.Errorf("%s %v as %s is %v, back %v (%v)", from, v, to, w, back, err)
				}
			}
		}
	}
}
