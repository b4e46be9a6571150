package pgtype

import (
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
)

func TestOf(t *testing.T) {
	row := types.RowOf(types.Field{Name: "a", Type: types.TInteger})
	for _, c := range []struct {
		t   types.Type
		oid OID
		mod int32
		len int16
	}{
		{types.TTinyInt, Int2, -1, 2}, {types.DecimalOf(15, 2), Numeric, 15<<16 + 2 + 4, -1}, {types.TVarchar, Varchar, -1, -1},
		{types.VarcharOf(10), Varchar, 14, -1}, {types.CharOf(3), Bpchar, 7, -1}, {types.TimestampOf(3), Timestamp, 3, 8},
		{types.TimestampOf(9), Timestamp, -1, 8}, {types.ArrayOf(types.TInteger), 1007, -1, -1},
		{types.ArrayOf(types.ArrayOf(types.TVarchar)), 1015, -1, -1}, {types.ArrayOf(row), JSON, -1, -1}, {row, JSON, -1, -1},
		{types.Type{Kind: types.OID, S: types.RegClass}, Regclass, -1, 4}, {types.TUnknown, Text, -1, -1},
	} {
		if Of(c.t) != c.oid || Modifier(c.t) != c.mod || Len(c.t) != c.len {
			t.Errorf("%s: oid %d modifier %d length %d, want %d %d %d", c.t, Of(c.t), Modifier(c.t), Len(c.t), c.oid, c.mod, c.len)
		}
	}
}

// TestRoundTrip: every type that a client may name comes back with the same OID,
// or as the type that stands for it.
func TestRoundTrip(t *testing.T) {
	same := map[OID]OID{Text: Varchar, Bpchar: Varchar, Unknown: Text}
	for oid := range byOID {
		ty, ok := TypeOf(oid)
		want := oid
		if s, ok := same[oid]; ok {
			want = s
		}
		if !ok || Of(ty) != want {
			t.Errorf("OID %d is %s, which is %d", oid, ty, Of(ty))
		}
	}
}

// TestArrays: there is an array of everything that a column can be.
func TestArrays(t *testing.T) {
	for kind, oid := range kindOID {
		if Array(oid) == 0 {
			t.Errorf("%v (OID %d) has no array", kind, oid)
		}
	}
}
