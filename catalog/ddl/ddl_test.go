package ddl_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/ddl"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/parse"
)

// statement parses one statement.
func statement[T ast.Stmt](t testing.TB, sql string) T {
	t.Helper()
	s, err := parse.ParseOne(sql)
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	out, ok := s.(T)
	if !ok {
		t.Fatalf("%T is not what was written\n%s", s, sql)
	}
	return out
}

// FuzzTexts writes a text wherever a table, a database and a view can have one,
// and reads it back with the parser.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{"", "plain", "it's", `a\`, `\'`, `''`, "\\u0041", "a\nb\r\tc", "\x00\x01\x1f\x7f", "\u2028", `\%\_%`, "`", "``a", "\"", "ü😀", ";--", "/*", "\ufeff", `\101`, "\\0", "\\Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError) {
			t.Skip()
		}
		name := "c" + strings.ReplaceAll(s, "\x00", "")
		tab := &catalog.Table{Database: "d", Name: "t", Description: s, Columns: []catalog.Column{{Name: name, Type: types.TInteger, Comment: s}},
			PartitionKeys: []catalog.Column{{Name: "k", Type: types.TVarchar}}, Parameters: map[string]string{"k" + s: s, "classification": "json"},
			Storage: catalog.Storage{Location: "s3://b/" + s, SerDe: "S", InputFormat: "I", OutputFormat: "O", SerDeParams: map[string]string{s: s}}}
		c := statement[*ast.CreateTable](t, ddl.Table(tab))
		got := []string{c.Comment, c.Columns[0].Name.Name, c.Columns[0].Comment, c.Location, c.RowFormat.Properties[0].Key, c.RowFormat.Properties[0].Value}
		for _, p := range c.Properties {
			if p.Key != "classification" {
				got = append(got, p.Key, p.Value)
			}
		}
		want := []string{s, name, s, "s3://b/" + s, s, s, "k" + s, s}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("table: -want +got\n%s\n%s", diff, ddl.Table(tab))
		}
		d := statement[*ast.CreateDatabase](t, ddl.Database(&catalog.Database{Name: "d", Description: s, Parameters: map[string]string{s: s}}))
		if d.Comment != s || d.Properties[0].Key != s || d.Properties[0].Value != s {
			t.Errorf("database: %+v", d)
		}
		tab.Columns[0].Name = "c"
		v := statement[*ast.CreateView](t, ddl.View(tab, "select 1", true))
		if v.Comment != s || v.Comments[0] != s || v.Text != "select 1" {
			t.Errorf("view: %+v", v)
		}
		a := statement[*ast.AlterTable](t, ddl.Partitions(tab, []catalog.Partition{{Values: []string{s}, Location: "x" + s}}))
		spec := a.Action.(ast.AddPartitions).Specs[0]
		if spec.Values[0].(*ast.StringLit).Value != s || spec.Location != "x"+s {
			t.Errorf("partition: %+v", spec)
		}
	})
}

// TestTable is the statement as a person sees it.
func TestTable(t *testing.T) {
	tab := &catalog.Table{Database: "sales", Name: "orders", Kind: catalog.ExternalTable, Description: "all\norders",
		Columns: []catalog.Column{{Name: "id", Type: types.TBigInt, Comment: "it's"}, {Name: "at", Type: types.TimestampTZOf(3)},
			{Name: "items", Type: types.ArrayOf(types.RowOf(types.Field{Name: "sku", Type: types.TVarchar}, types.Field{Name: "n x", Type: types.TInteger}))}},
		PartitionKeys: []catalog.Column{{Name: "dt", Type: types.TDate}}, Format: "parquet",
		Parameters: map[string]string{"EXTERNAL": "TRUE", "k": "v"},
		Storage:    catalog.Storage{Location: "s3://lake/orders/", Buckets: 4, BucketColumns: []string{"id"}, SortColumns: []catalog.SortColumn{{Column: "at", Desc: true}}}}
	want := "CREATE EXTERNAL TABLE `sales`.`orders`(\n" +
		"  `id` bigint COMMENT 'it\\'s',\n  `at` timestamp,\n  `items` array<struct<sku:string,`n x`:int>>)\n" +
		"COMMENT 'all\\norders'\nPARTITIONED BY (\n  `dt` date)\nCLUSTERED BY (`id`)\nSORTED BY (`at` DESC)\nINTO 4 BUCKETS\n" +
		"ROW FORMAT SERDE\n  'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'\n" +
		"STORED AS INPUTFORMAT\n  'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'\n" +
		"OUTPUTFORMAT\n  'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat'\n" +
		"LOCATION\n  's3://lake/orders/'\nTBLPROPERTIES (\n  'classification'='parquet',\n  'glaux.column.types'='{\"at\":\"timestamp(3) with time zone\"}',\n  'k'='v')"
	if diff := cmp.Diff(want, ddl.Table(tab)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestGapAndLosses tells what cannot be said.
func TestGapAndLosses(t *testing.T) {
	whole := catalog.Table{Kind: catalog.ExternalTable, Format: "json", Columns: []catalog.Column{{Name: "a", Type: types.TInteger}}, Storage: catalog.Storage{Location: "s3://b/"}}
	for _, tt := range []struct {
		change func(*catalog.Table)
		gap    string
		losses int
	}{
		{func(*catalog.Table) {}, "", 0},
		{func(t *catalog.Table) { t.Parameters = map[string]string{"Table_Type": "iceberg"} }, "ICEBERG", 0},
		{func(t *catalog.Table) { t.Columns = nil }, "no columns", 0},
		{func(t *catalog.Table) { t.Storage.Location = "" }, "no location", 0},
		{func(t *catalog.Table) { t.Format = "" }, "what format", 0},
		{func(t *catalog.Table) { t.Kind = catalog.VirtualView }, "a dialect", 0},
		{func(t *catalog.Table) {
			t.Owner, t.Retention, t.Other, t.Storage.Compressed, t.Storage.MoreLocations = "o", 1, "{}", true, []string{"x"}
		}, "", 5},
		{func(t *catalog.Table) {
			t.Columns = []catalog.Column{{Name: "a", Parameters: map[string]string{"k": "v"}}}
		}, "", 1},
	} {
		tab := whole
		tt.change(&tab)
		gap := ddl.Gap(&tab)
		if (gap == "") != (tt.gap == "") || !strings.Contains(gap, tt.gap) {
			t.Errorf("gap %q, want %q", gap, tt.gap)
		}
		if got := ddl.Losses(&tab); len(got) != tt.losses {
			t.Errorf("losses %q, want %d", got, tt.losses)
		}
	}
}
