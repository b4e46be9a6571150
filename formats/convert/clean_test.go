package convert

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
)

// TestNewCheck tells which columns are at risk, and as what they are read then.
func TestNewCheck(t *testing.T) {
	all := cleanse.Policy{}
	for i := range all.By {
		all.By[i] = cleanse.SetNull
	}
	ranged := formats.Bounds{HasMinMax: true}
	for _, c := range []struct {
		declared, stored string
		b                formats.Bounds
		want             string // the type that is asked for; "": no risk
	}{
		{"int", "bigint", formats.Bounds{}, "bigint"}, {"int", "bigint", ranged, ""}, {"bigint", "int", formats.Bounds{}, ""}, {"int", "int", formats.Bounds{}, ""},
		{"tinyint", "smallint", formats.Bounds{}, "smallint"}, {"tinyint", "", formats.Bounds{}, "bigint"}, {"bigint", "", formats.Bounds{}, ""},
		{"bigint", "decimal(20,0)", formats.Bounds{}, "decimal(20,0)"}, {"bigint", "decimal(20,2)", formats.Bounds{}, ""},
		{"decimal(5,2)", "decimal(12,2)", formats.Bounds{}, "decimal(12,2)"}, {"decimal(5,2)", "decimal(12,1)", formats.Bounds{}, "decimal(13,2)"},
		{"decimal(5,2)", "decimal(12,3)", formats.Bounds{}, ""}, {"decimal(5,2)", "decimal(38,0)", formats.Bounds{}, ""}, {"decimal(12,2)", "decimal(5,2)", formats.Bounds{}, ""},
		{"decimal(5,2)", "int", formats.Bounds{}, "decimal(12,2)"}, {"double", "float", formats.Bounds{}, ""},
		{"varchar(3)", "string", formats.Bounds{}, "varchar(3)"}, {"string", "binary", formats.Bounds{}, "string"}, {"string", "bigint", formats.Bounds{}, ""},
		{"array<varchar(2)>", "", formats.Bounds{}, "array<varchar(2)>"}, {"map<int,struct<a:date>>", "", formats.Bounds{}, ""},
		{"struct<a:int,b:array<string>>", "", formats.Bounds{}, "struct<a:int,b:array<string>>"}, {"date", "date", formats.Bounds{}, ""},
	} {
		declared, err := types.ParseHive(c.declared)
		if err != nil {
			t.Fatal(err)
		}
		stored := types.TUnknown
		if c.stored != "" {
			if stored, err = types.ParseHive(c.stored); err != nil {
				t.Fatal(err)
			}
		}
		got := ""
		if k := newCheck(&all, declared, stored, c.b); k != nil {
			got = k.stored.Hive()
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s as %s: %s", c.stored, c.declared, d)
		}
		if k := newCheck(&cleanse.Policy{}, declared, stored, c.b); k != nil {
			t.Errorf("%s as %s: checked without a policy", c.stored, c.declared)
		}
	}
}
