package crawl

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

func hiveType(t *testing.T, text string) types.Type {
	t.Helper()
	typ, err := types.ParseHive(text)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

func TestReadingOf(t *testing.T) {
	for _, c := range []struct {
		declared, found string
		text, typed     bool // it is a cast
	}{
		{"int", "bigint", true, false},
		{"tinyint", "bigint", true, false},
		{"bigint", "int", true, true},
		{"int", "double", false, false},
		{"bigint", "decimal(38,0)", false, false},
		{"float", "double", true, false},
		{"double", "bigint", true, true},
		{"double", "decimal(38,0)", true, true},
		{"decimal(10,2)", "bigint", true, false},
		{"decimal(10,2)", "double", true, false},
		{"decimal(10,2)", "decimal(8,2)", true, true},
		{"string", "bigint", true, true},
		{"string", "struct<a:int>", true, false},
		{"string", "timestamp", true, true},
		{"varchar(3)", "bigint", true, false},
		{"char(3)", "string", true, false},
		{"binary", "string", true, false},
		{"binary", "bigint", false, false},
		{"boolean", "bigint", false, false},
		{"bigint", "boolean", false, false},
		{"bigint", "string", false, false},
		{"date", "string", false, false},
		{"timestamp", "date", true, true},
		{"date", "timestamp", true, false},
		{"timestamp", "bigint", true, false},
		{"timestamp", "double", true, false},
		{"date", "bigint", true, false},
		{"date", "double", false, false},
		{"array<int>", "array<bigint>", true, false},
		{"array<bigint>", "array<int>", true, true},
		{"array<string>", "array<bigint>", true, false},
		{"array<int>", "int", false, false},
		{"map<string,int>", "map<string,bigint>", true, false},
		{"map<string,int>", "map<string,string>", false, false},
		{"map<string,bigint>", "struct<a:int,b:bigint>", true, true},
		{"map<string,bigint>", "struct<a:int,b:string>", false, false},
		{"struct<a:int,b:string>", "map<string,bigint>", true, false},
		{"struct<a:int,b:int>", "map<string,string>", false, false},
		{"struct<a:int>", "struct<a:bigint>", true, false},
		{"struct<a:bigint>", "struct<a:int,b:string>", true, true},
		{"struct<a:bigint,c:date>", "struct<a:int>", true, true},
		{"struct<a:bigint>", "struct<a:string>", false, false},
	} {
		declared, found := hiveType(t, c.declared), hiveType(t, c.found)
		for format, cast := range map[string]bool{"csv": c.text, "bson": c.text, "parquet": c.typed, "avro": c.typed} {
			want := DriftFail
			if cast {
				want = DriftWiden
			}
			if got := readingOf(format, declared, found); got != want {
				t.Errorf("%s: %s read as %s: %s, want %s", format, c.found, c.declared, got, want)
			}
		}
	}
}

// TestReadsText holds what drift says of texts against reading them.
func TestReadsText(t *testing.T) {
	texts := []string{"true", "7", "-3", "0.25", "1e1", "12345678901234567890", "2024-01-02", "2024-01-02 03:04:05", "2024-01-02T03:04:05Z", "word"}
	for _, name := range []string{"boolean", "tinyint", "int", "bigint", "decimal(30,2)", "decimal(5,5)", "float", "double", "date", "timestamp", "string", "varchar(2)", "binary"} {
		declared := hiveType(t, name)
		for _, text := range texts {
			found := textval.KindOf([]byte(text)).Type()
			v := vector.New(declared, 1)
			v.Len = 1
			err := textval.Set(v, 0, []byte(text))
			switch casts := reads(true, declared, found); {
			case casts && err != nil && text != "1e1": // ten is beyond decimal(5,5), and an exponent no time
				t.Errorf("%s as %s is a cast, but fails: %v", text, name, err)
			case !casts && err == nil && name != "binary": // not of all text formats
				t.Errorf("%s as %s is an error, but reads", text, name)
			}
		}
	}
}

func TestDriftOfRetypedColumns(t *testing.T) {
	table := &catalog.Table{Columns: []catalog.Column{{Name: "id", Type: types.TInteger}, {Name: "price", Type: types.DecimalOf(10, 2)},
		{Name: "code", Type: types.TVarchar}, {Name: "at", Type: types.TDate}}}
	f := &Found{shapes: []fileShape{{url: "s3://b/1.csv", format: "csv", columns: []catalog.Column{{Name: "id", Type: types.TBigInt},
		{Name: "price", Type: types.TDouble}, {Name: "code", Type: types.TBigInt}, {Name: "at", Type: types.TVarchar}}}}}
	want := []Drift{
		{File: "s3://b/1.csv", Column: "id", Declared: "integer", Found: "bigint", Action: DriftWiden},
		{File: "s3://b/1.csv", Column: "price", Declared: "decimal(10,2)", Found: "double", Action: DriftWiden},
		{File: "s3://b/1.csv", Column: "code", Declared: "varchar", Found: "bigint", Action: DriftWiden},
		{File: "s3://b/1.csv", Column: "at", Declared: "date", Found: "varchar", Action: DriftFail},
	}
	if diff := cmp.Diff(want, f.DriftFrom(table)); diff != "" {
		t.Error(diff)
	}
}
