package kernel

import (
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// TestAthenaText: values as Athena writes them into its results.
func TestAthenaText(t *testing.T) {
	str := func(s string) types.Value { return types.StringOf(types.TVarchar, s) }
	point := types.RowOf(types.Field{Name: "x", Type: types.TInteger}, types.Field{Name: "s", Type: types.TVarchar})
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	o := &TextOptions{Style: types.TrinoStyle, Location: loc}
	for _, c := range []struct {
		v    types.Value
		want string
	}{
		{types.BoolOf(true), "true"},
		{types.IntOf(types.TBigInt, -7), "-7"},
		{types.FloatOf(types.TDouble, 1), "1.0"},
		{types.FloatOf(types.TDouble, 1e10), "1.0E10"},
		{str(`a "b"`), `a "b"`},
		{types.StringOf(types.TVarbinary, "\xde\xad\x00"), "de ad 00"},
		{types.IntOf(types.TDate, 0), "1970-01-01"},
		{types.IntOf(types.TimestampOf(0), 1), "1970-01-01 00:00:00.000"},
		{types.IntOf(types.TimestampOf(6), 1_500_000), "1970-01-01 00:00:01.500"},
		{types.IntOf(types.TimestampOf(6), 1_500_020), "1970-01-01 00:00:01.50002"},
		{types.IntOf(types.TimestampTZOf(3), 0), "1970-01-01 01:00:00.000 Europe/Berlin"},
		{types.Value{Type: types.ArrayOf(types.TVarchar), Kids: []types.Value{str("a"), types.NullOf(types.TVarchar), str("b, c")}}, "[a, null, b, c]"},
		{types.Value{Type: types.ArrayOf(types.TVarchar)}, "[]"},
		{types.Value{Type: point, Kids: []types.Value{types.IntOf(types.TInteger, 1), str("q")}}, "{x=1, s=q}"},
		{types.Value{Type: types.MapOf(types.TVarchar, types.TBigInt), Kids: []types.Value{str("k"), types.IntOf(types.TBigInt, 1), str("l"), types.NullOf(types.TBigInt)}}, "{k=1, l=null}"},
		{types.NullOf(types.TVarchar), ""},
	} {
		v := vector.FromValues(c.v.Type, []types.Value{c.v})
		if got := string(o.AppendAthena([]byte("|"), v, 0)); got != "|"+c.want {
			t.Errorf("%s: %q, want %q", c.v.Type, got, c.want)
		}
	}
}
