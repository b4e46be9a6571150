package crawl

import (
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
)

func TestWiden(t *testing.T) {
	for _, c := range []struct {
		a, b, want string
		lossless   bool
	}{
		{"int", "bigint", "bigint", true},
		{"bigint", "float", "double", true},
		{"float", "float", "real", true},
		{"bigint", "double", "double", true},
		{"decimal(10,2)", "int", "decimal(12,2)", true},
		{"decimal(10,2)", "float", "double", true},
		{"date", "timestamp(3)", "timestamp(3)", true},
		{"timestamp(3)", "timestamp(9)", "timestamp(9)", true},
		{"varchar(3)", "varchar(5)", "varchar(5)", true},
		{"boolean", "bigint", "varchar", false},
		{"string", "bigint", "varchar", false},
		{"void", "date", "date", true},
		{"array<int>", "array<double>", "array(double)", true},
		{"array<int>", "int", "varchar", false},
		{"map<string,int>", "map<string,bigint>", "map(varchar, bigint)", true},
		{"struct<a:int,b:string>", "struct<b:int,c:date>", "row(a integer, b varchar, c date)", false},
		{"struct<a:int>", "struct<A:bigint,b:int>", "row(a bigint, b integer)", true},
	} {
		a, err := types.ParseHive(c.a)
		if err != nil {
			t.Fatal(err)
		}
		b, err := types.ParseHive(c.b)
		if err != nil {
			t.Fatal(err)
		}
		got, lossless := widen(a, b)
		if got.String() != c.want || lossless != c.lossless {
			t.Errorf("widen(%s, %s) is %s, %v, want %s, %v", c.a, c.b, got, lossless, c.want, c.lossless)
		}
	}
}

func TestKeyTextTypes(t *testing.T) {
	for text, want := range map[string]types.Kind{
		"1": types.Integer, "01": types.Integer, "007": types.Varchar, "0": types.Integer, "-5": types.Integer, "-05": types.Varchar,
		"2147483648": types.BigInt, "99999999999999999999": types.Varchar, "2024-02-29": types.Date, "2023-02-29": types.Varchar,
		"1.5": types.Varchar, "+1": types.Varchar, "": types.Varchar, "true": types.Varchar, "1e3": types.Varchar, "-0": types.Varchar,
	} {
		if got := textType(text); got.Kind != want {
			t.Errorf("%q is %s", text, got)
		}
	}
}

func TestSeries(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"x/part-0001.csv.gz", "y/part-2.csv", true},
		{"part-00000-3f2a9c1e-77aa-4b1c-9d11-0c1d2e3f4a5b.c000.snappy.parquet", "part-00001-aaaa9c1e-0011-4b1c-9d11-ffffffffffff.c000.snappy.parquet", true},
		{"1.json", "22.json", true},
		{"orders.csv", "items.csv", false},
		{"a1.csv", "b1.csv", false},
		{"2024-01-01.csv", "2024-01-02.csv", true},
	} {
		if got := series(c.a) == series(c.b); got != c.same {
			t.Errorf("%s (%s) and %s (%s): %v", c.a, series(c.a), c.b, series(c.b), got)
		}
	}
}
