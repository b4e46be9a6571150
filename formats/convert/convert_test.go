package convert

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
)

func TestHalf(t *testing.T) {
	for h, want := range map[uint16]float32{
		0x0000: 0, 0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0001: 0x1p-24, 0x03ff: 0x3ffp-24, 0x0400: 0x1p-14, 0x3555: 0x1.554p-2,
		0x7c00: float32(math.Inf(1)), 0xfc00: float32(math.Inf(-1)),
	} {
		if got := half(h); got != want {
			t.Errorf("half(%#x) = %v, want %v", h, got, want)
		}
	}
	if got := half(0x7e00); got == got {
		t.Errorf("NaN became %v", got)
	}
}

// TestPlan checks which declared types a stored type is read as, and one value
// of each through both widths of loops.
func TestPlan(t *testing.T) {
	i32 := func(v int32) []byte { return BytesOf([]int32{v}) }
	i64 := func(v int64) []byte { return BytesOf([]int64{v}) }
	integer := Source{Phys: PhysInt32, Width: 4, Type: types.TInteger}
	for _, c := range []struct {
		from Source
		to   types.Type
		raw  []byte
		want string // "": no such conversion; "error": the value does not fit
	}{
		{integer, types.TBigInt, i32(-5), "-5"},
		{integer, types.TSmallInt, i32(300), "300"},
		{integer, types.TTinyInt, i32(300), "error"},
		{integer, types.TDouble, i32(7), "7"},
		{integer, types.TReal, i32(7), ""},
		{Source{Phys: PhysInt32, Width: 4, Type: types.TInteger, Promote: true}, types.TReal, i32(7), "7"},
		{integer, types.DecimalOf(12, 2), i32(7), "7.00"},
		{integer, types.DecimalOf(9, 2), i32(7), ""},
		{integer, types.TVarchar, i32(7), ""},
		{Source{Phys: PhysInt64, Width: 8, Type: types.TimestampOf(3), Ticks: 1000}, types.TTimestamp, i64(-1), "1969-12-31 23:59:59.999"},
		{Source{Phys: PhysInt64, Width: 8, Type: types.TimestampOf(9), Ticks: 1e9}, types.TTimestamp, i64(-1), "1969-12-31 23:59:59.999999"},
		{Source{Phys: PhysInt32, Width: 4, Type: types.TDate}, types.TTimestamp, i32(1), "1970-01-02 00:00:00"},
		{Source{Phys: PhysFixed, Width: 2, Type: types.DecimalOf(4, 2)}, types.DecimalOf(20, 3), []byte{0xff, 0x9c}, "-1.000"},
		{Source{Phys: PhysInt128, Width: 16, Type: types.DecimalOf(20, 2)}, types.DecimalOf(20, 2), BytesOf([]types.Int128{types.I128(-5)}), "-0.05"},
		{Source{Phys: PhysInt128, Width: 16, Type: types.DecimalOf(20, 2)}, types.DecimalOf(38, 4), BytesOf([]types.Int128{types.I128(-5)}), "-0.0500"},
		{Source{Phys: PhysInt128, Width: 16, Type: types.DecimalOf(20, 2)}, types.TDouble, BytesOf([]types.Int128{types.I128(-5)}), "-0.05"},
		{Source{Phys: PhysInt128, Width: 16, Type: types.DecimalOf(20, 2)}, types.DecimalOf(18, 2), BytesOf([]types.Int128{types.I128(-5)}), ""},
		{Source{Phys: PhysBytes, Type: types.TVarbinary}, types.TVarchar, []byte("text"), "text"},
		{Source{Phys: PhysOther, Width: 1, Type: types.TBoolean}, types.TBoolean, []byte{2}, "error"},
	} {
		conv, ok := Plan(c.from, c.to)
		if ok != (c.want != "") {
			t.Errorf("%s as %s: %v", c.from.Type, c.to, ok)
		}
		if !ok {
			continue
		}
		got := "error"
		if v, ok := conv.Value(c.raw); ok {
			got = string(types.AppendValue(nil, v))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s as %s: %s", c.from.Type, c.to, d)
		}
	}
}
