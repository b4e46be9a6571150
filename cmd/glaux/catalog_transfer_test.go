package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/transfer"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/glueapi"
)

// glauxIn runs a command on a data directory and gives what it printed.
func glauxIn(t *testing.T, dir string, wantCode int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	args = append(args, "--data-dir", dir)
	if code := run(context.Background(), args, &terminal{in: strings.NewReader(""), out: &out, err: &errs}); code != wantCode {
		t.Fatalf("glaux %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, wantCode, &out, &errs)
	}
	return out.String(), errs.String()
}

func storeAt(t *testing.T, dir string) *meta.Store {
	t.Helper()
	s, err := meta.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// glueText is what Glue takes as a description; nastyText has a control
// character, which it does not.
const (
	glueText  = "it's \"quoted\", `ticked`, back\\slash \\' \\n \\u0041 \\%,\nnew line,\ttab, \r, 100%, $1, ü 😀 -- no /* comment */ ;"
	nastyText = glueText + "\x01"
)

// nastyTables are tables with everything that is hard to write as DDL.
func nastyTables(text string) []*catalog.Table {
	lazy := catalog.Storage{Location: "s3://lake/it's a \\ path/", SerDe: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
		InputFormat: "org.apache.hadoop.mapred.TextInputFormat", OutputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
		SerDeParams: map[string]string{"field.delim": "\x01", "escape.delim": "\\", "quote'Char": "\"", "input.GrokPatterns": text}}
	parquet := catalog.Storage{Location: "s3://lake/p/", SerDe: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
		InputFormat:  "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
		OutputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"}
	bucketed := parquet
	bucketed.Buckets, bucketed.BucketColumns = 8, []string{"Select"}
	bucketed.SortColumns = []catalog.SortColumn{{Column: "Select", Desc: true}, {Column: "a`b"}}
	bare := catalog.Storage{Location: "s3://lake/bare/"}
	deep := types.RowOf(types.Field{Name: "userId", Type: types.TBigInt}, types.Field{Name: "a b:c`d<>", Type: types.ArrayOf(types.MapOf(types.TVarchar,
		types.RowOf(types.Field{Name: "order", Type: types.DecimalOf(38, 9)}, types.Field{Name: "2nd", Type: types.CharOf(3)})))})
	return []*catalog.Table{
		{Name: "text", Kind: catalog.ExternalTable, Description: text, Storage: lazy, Format: "csv",
			Columns:       []catalog.Column{{Name: "plain", Type: types.TVarchar, Comment: text}, {Name: "camelCase", Type: types.VarcharOf(65535)}},
			PartitionKeys: []catalog.Column{{Name: "dt", Type: types.TDate, Comment: "it's"}, {Name: "weird key", Type: types.TVarchar}},
			Parameters:    map[string]string{"EXTERNAL": "TRUE", "key's": text, "classification": "csv"}},
		{Name: "buckets", Kind: catalog.ExternalTable, Storage: bucketed, Format: "parquet",
			Columns: []catalog.Column{{Name: "Select", Type: types.TInteger}, {Name: "a`b", Type: deep}, {Name: "größe", Type: types.TReal}}},
		{Name: "exact", Kind: catalog.ExternalTable, Storage: parquet, Format: "parquet",
			Columns: []catalog.Column{{Name: "ts", Type: types.TimestampTZOf(3)}, {Name: "t9", Type: types.TimestampOf(9)}, {Name: "u", Type: types.TUUID},
				{Name: "js", Type: types.ArrayOf(types.TJSON)}, {Name: "geo", Type: types.TUnknown, HiveType: "geometry(4326)"},
				{Name: "spelled", Type: types.TInteger, HiveType: "INTEGER"}, {Name: "tm", Type: types.TTime}}},
		{Name: "1 odd-näme.with/everything\\'`", Kind: catalog.ExternalTable, Storage: bare, Format: "json",
			Columns: []catalog.Column{{Name: "x", Type: types.TDouble}}, Parameters: map[string]string{"comment": "c"}},
		{Name: "view one", Kind: catalog.VirtualView, ViewDatabase: "other", Description: text,
			ViewText:   "select plain as \"A\", 'it''s\\;' as b\nfrom text /* in */ where true",
			Columns:    []catalog.Column{{Name: "A", Type: types.TVarchar, Comment: text}, {Name: "b", Type: types.TVarchar}},
			Parameters: map[string]string{"glaux.dialect": "athena", "p'": text}},
		{Name: "a view", Kind: catalog.VirtualView, ViewDatabase: "nasty", ViewText: `select * from "view one"`,
			Columns:    []catalog.Column{{Name: "A", Type: types.TVarchar}, {Name: "b", Type: types.TVarchar}},
			Parameters: map[string]string{"glaux.dialect": "postgres"}},
	}
}

// nasty fills a catalog, with text wherever a text can be.
func nasty(t *testing.T, dir, text string) *meta.Store {
	t.Helper()
	ctx := context.Background()
	s := storeAt(t, dir)
	for _, d := range []*catalog.Database{{Name: "nasty", Description: text, Location: "s3://it's/", Parameters: map[string]string{"k'": text}},
		{Name: "other"}, {Name: "zz täble"}} {
		if _, err := s.CreateDatabase(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	for _, tab := range nastyTables(text) {
		if tab.Name == "text" && text == nastyText { // Glue has no empty keys
			tab.Parameters[""] = "empty"
		}
		for _, db := range []string{"nasty", "other"} {
			tab.Database = db
			if _, err := s.CreateTable(ctx, tab); err != nil {
				t.Fatal(err)
			}
		}
	}
	tab, err := s.Table(ctx, "nasty", "text")
	if err != nil {
		t.Fatal(err)
	}
	n := 2500
	if text == glueText {
		n = 250
	}
	var ps []catalog.Partition
	for i := range n {
		p := catalog.Partition{Values: []string{fmt.Sprintf("2024-01-%02d", i%28+1), fmt.Sprintf("%d %s", i, text)}}
		switch i % 4 {
		case 1:
			p.Location = fmt.Sprintf("s3://else/it's %d\\/", i)
		case 2:
			p.Values[1] = fmt.Sprintf("%d", i)
		}
		ps = append(ps, p)
	}
	ps = append(ps, catalog.Partition{Values: []string{catalog.HiveNull, catalog.HiveNull}}, catalog.Partition{Values: []string{"2024-01-01", ""}})
	if _, err := s.AddPartitions(ctx, tab, ps, true); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRoundTrip writes a catalog as DDL, reads that into an empty one, and
// writes it again: the bytes are the same, and so is the catalog.
func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	original := nasty(t, filepath.Join(dir, "1"), nastyText)
	first := filepath.Join(dir, "first.sql")
	glauxIn(t, filepath.Join(dir, "1"), exitOK, "catalog", "export", "--to", "ddl", first)
	glauxIn(t, filepath.Join(dir, "2"), exitOK, "catalog", "import", "--from", "ddl", first)
	out, _ := glauxIn(t, filepath.Join(dir, "2"), exitOK, "catalog", "export", "--to", "ddl", "-")
	want, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	if out != string(want) {
		t.Errorf("the second export differs: -first +second\n%s", cmp.Diff(string(want), out))
	}
	rep, err := transfer.Copy(context.Background(), storeAt(t, filepath.Join(dir, "2")), original, transfer.Options{OnConflict: transfer.Skip, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range rep.Conflicts { // CREATE TABLE fills in the classes that were left out
		if !strings.Contains(c.Object, "1 odd-näme") {
			t.Errorf("differs: %s", c)
		}
	}
	if rep.Tables.Unchanged != 6 || rep.Views.Unchanged != 4 || rep.Databases.Unchanged != 3 || rep.Partitions.Unchanged != 2502 {
		t.Errorf("%+v", rep)
	}
}

// TestRoundTripFolder does so with a file for each object.
func TestRoundTripFolder(t *testing.T) {
	dir := t.TempDir()
	nasty(t, filepath.Join(dir, "1"), nastyText)
	for i, from := range []string{"1", "2"} {
		glauxIn(t, filepath.Join(dir, from), exitOK, "catalog", "export", "--to", "ddl", filepath.Join(dir, "ddl"+from))
		if i == 0 {
			glauxIn(t, filepath.Join(dir, "2"), exitOK, "catalog", "import", "--from", "ddl", filepath.Join(dir, "ddl1"))
		}
	}
	one, two := readTree(t, filepath.Join(dir, "ddl1")), readTree(t, filepath.Join(dir, "ddl2"))
	if len(one) != 3+12 {
		t.Errorf("%d files", len(one))
	}
	if diff := cmp.Diff(one, two); diff != "" {
		t.Errorf("-first +second\n%s", diff)
	}
}

func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		out[strings.TrimPrefix(p, dir)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// write makes a file below a temporary directory.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return p
}

// What Athena and Hive print, in the order of nobody.
const (
	athenaTable = "CREATE EXTERNAL TABLE `logs`.`web`(\n  `ts` string COMMENT 'it\\'s', \n  `req` struct<path:string,status:int> COMMENT 'from deserializer')\n" +
		"PARTITIONED BY ( \n  `dt` string)\nROW FORMAT SERDE \n  'org.openx.data.jsonserde.JsonSerDe' \nWITH SERDEPROPERTIES ( \n  'ignore.malformed.json'='true') \n" +
		"STORED AS INPUTFORMAT \n  'org.apache.hadoop.mapred.TextInputFormat' \nOUTPUTFORMAT \n  'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'\n" +
		"LOCATION\n  's3://bucket/web'\nTBLPROPERTIES (\n  'classification'='json', \n  'transient_lastDdlTime'='1700000000')\n"
	partitionsFile = "ALTER TABLE logs.web ADD IF NOT EXISTS\n  PARTITION (dt='2024-01-01')\n  PARTITION (dt='2024-01-02') LOCATION 's3://bucket/other/';\n"
	viewFile       = "USE logs;\nCREATE VIEW v AS SELECT ts, req.status FROM web;\n"
)

// TestImportDDL takes files in an order in which nothing is there yet.
func TestImportDDL(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	files := []string{write(t, dir, "1.sql", viewFile), write(t, dir, "2.sql", partitionsFile), write(t, dir, "3.sql", athenaTable),
		write(t, dir, "4.sql", "CREATE DATABASE logs COMMENT 'c';")}
	args := append([]string{"catalog", "import", "--from", "ddl"}, files...)
	for i, want := range []string{"tables      1        0         0  ", "tables      0        0         1  "} {
		out, stderr := glauxIn(t, data, exitOK, args...)
		if !strings.Contains(out, want) || !strings.Contains(stderr, "may not read 1") {
			t.Errorf("run %d: %s%s", i, out, stderr)
		}
	}
	for _, more := range []string{"--allow-locations", "--continue"} {
		if _, stderr := glauxIn(t, data, exitOK, append(args, more)...); stderr != "" {
			t.Errorf("%s: %s", more, stderr)
		}
	}
	s := storeAt(t, data)
	tab, err := s.Table(context.Background(), "logs", "web")
	if err != nil || tab.Format != "json" || len(tab.Columns) != 2 || tab.Columns[0].Comment != "it's" {
		t.Errorf("%+v, %v", tab, err)
	}
	if ps, err := s.Partitions(context.Background(), tab); err != nil || ps.N != 2 || ps.Location(1) != "s3://bucket/other/" {
		t.Errorf("partitions: %v", err)
	}
	if v, err := s.Table(context.Background(), "logs", "v"); err != nil || v.ViewDatabase != "logs" || len(v.Columns) != 2 {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestImportConflicts changes a table and imports it with each policy.
func TestImportConflicts(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	db := write(t, dir, "0.sql", "CREATE DATABASE logs;")
	glauxIn(t, data, exitOK, "catalog", "import", "--from", "ddl", db, write(t, dir, "1.sql", athenaTable), write(t, dir, "2.sql", partitionsFile))
	changed := write(t, dir, "3.sql", strings.Replace(athenaTable, "s3://bucket/web", "s3://bucket/new", 1)+
		";ALTER TABLE logs.web ADD PARTITION (dt='2024-01-02') LOCATION 's3://bucket/else/' PARTITION (dt='2024-01-03');")
	other := write(t, dir, "4.sql", "CREATE EXTERNAL TABLE logs.fresh (a int) STORED AS PARQUET LOCATION 's3://bucket/f/';")
	location := func() string {
		tab, err := storeAt(t, data).Table(context.Background(), "logs", "web")
		if err != nil {
			t.Fatal(err)
		}
		return tab.Storage.Location
	}
	_, stderr := glauxIn(t, data, exitUser, "catalog", "import", "--from", "ddl", other, changed)
	if !strings.Contains(stderr, "logs.web: its description differs") || !strings.Contains(stderr, "nothing was written") {
		t.Error(stderr)
	}
	if _, err := storeAt(t, data).Table(context.Background(), "logs", "fresh"); err == nil {
		t.Error("something was written in spite of a conflict")
	}
	out, stderr := glauxIn(t, data, exitOK, "catalog", "import", "--from", "ddl", "--on-conflict=skip", changed, other)
	if !strings.Contains(stderr, "WARNING:  logs.web: its description differs") || location() != "s3://bucket/web" {
		t.Error(out, stderr)
	}
	if out, _ = glauxIn(t, data, exitOK, "catalog", "import", "--from", "ddl", "--on-conflict=replace", "--dry-run", changed); !strings.Contains(out, "Nothing was written") || location() != "s3://bucket/web" {
		t.Error(out)
	}
	glauxIn(t, data, exitOK, "catalog", "import", "--from", "ddl", "--on-conflict=replace", changed)
	if location() != "s3://bucket/new" {
		t.Error("the table was not replaced")
	}
	listed, _ := glauxIn(t, data, exitOK, "catalog", "partitions", "logs.web")
	if want := "dt=2024-01-01  s3://bucket/new/dt=2024-01-01/\ndt=2024-01-02  s3://bucket/else/\ndt=2024-01-03  s3://bucket/new/dt=2024-01-03/\n"; listed != want {
		t.Errorf("partitions\n%s", listed)
	}
}

// TestImportErrors names file and line, of the first error or of all.
func TestImportErrors(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	bad := write(t, dir, "bad.sql", "CREATE DATABASE a;\n\nCREATE EXTERNAL TABLE a.t (\n  x int,\n  y strnig\n) LOCATION 's3://b/';\nSELECT 1;\n"+
		"CREATE EXTERNAL TABLE a.ok (x int) LOCATION 's3://b/ok/';\nALTER TABLE a.missing ADD PARTITION (x=1);\nDROP TABLE IF EXISTS a.t;\n")
	lex := write(t, dir, "lex.sql", "\n\nCREATE DATABASE 'x")
	_, stderr := glauxIn(t, data, exitUser, "catalog", "import", "--from", "ddl", bad)
	if !strings.Contains(stderr, bad+`:5: type "strnig" does not exist`) {
		t.Error(stderr)
	}
	if dbs, err := storeAt(t, data).Databases(context.Background()); err != nil || len(dbs) != 0 {
		t.Errorf("%d databases were written in spite of an error, %v", len(dbs), err)
	}
	out, stderr := glauxIn(t, data, exitUser, "catalog", "import", "--from", "ddl", "--continue", bad, lex)
	for _, want := range []string{bad + ":5: type", bad + ":7: SELECT is not", bad + `:9: table "missing" does not exist`, lex + ":3: unterminated", "4 objects failed",
		bad + ":10: DROP TABLE is passed over"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("no %q in\n%s", want, stderr)
		}
	}
	if !strings.Contains(out, "tables") {
		t.Error(out)
	}
	if _, err := storeAt(t, data).Table(context.Background(), "a", "ok"); err != nil {
		t.Error(err)
	}
	glauxIn(t, data, exitExternal, "catalog", "import", "--from", "ddl", filepath.Join(dir, "none.sql"))
	glauxIn(t, data, exitUser, "catalog", "import", "--from", "ddl")
}

// TestImportExportGlue sends the nasty catalog to a Glue endpoint and takes it
// back: what comes back is what was sent.
func TestImportExportGlue(t *testing.T) {
	dir := t.TempDir()
	original := nasty(t, filepath.Join(dir, "1"), glueText)
	srv := glueServer(t)
	for i, want := range []string{"tables      8        0         0  ", "tables      0        0         8  "} {
		out, stderr := glauxIn(t, filepath.Join(dir, "1"), exitOK, "catalog", "export", "--to", "glue", "--endpoint-url", srv)
		if !strings.Contains(out, want) {
			t.Errorf("export %d: %s%s", i, out, stderr)
		}
	}
	for i, want := range []string{"partitions  252      0         0  ", "partitions  0        0         252  "} {
		out, stderr := glauxIn(t, filepath.Join(dir, "2"), exitOK, "catalog", "import", "--from", "glue", "--endpoint-url", srv)
		if !strings.Contains(out, want) {
			t.Errorf("import %d: %s%s", i, out, stderr)
		}
	}
	rep, err := transfer.Copy(context.Background(), storeAt(t, filepath.Join(dir, "2")), original, transfer.Options{OnConflict: transfer.Skip, DryRun: true})
	if err != nil || len(rep.Conflicts) > 0 || rep.Tables.Unchanged != 8 || rep.Partitions.Unchanged != 252 {
		t.Errorf("%+v, %v", rep, err)
	}
	out, _ := glauxIn(t, filepath.Join(dir, "3"), exitOK, "catalog", "import", "--from", "glue", "--endpoint-url", srv, "--database", "oth*", "--json")
	if !strings.Contains(out, `"created": 1,`) {
		t.Error(out)
	}
}

// glueServer serves an empty catalog as Glue, with this process's own keys.
func glueServer(t *testing.T) string {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_REGION", "us-east-1")
	h, err := glueapi.New(glueapi.Config{Catalog: storeAt(t, meta.Memory), Keys: []glueapi.Key{{AccessKey: "AKIATEST", SecretKey: "secret"}}})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

// TestCatalogInGlue runs SQL on a catalog that is a Glue endpoint.
func TestCatalogInGlue(t *testing.T) {
	dir := t.TempDir()
	config := write(t, dir, "glaux.yaml", "catalog:\n  glue:\n    region: us-east-1\n    endpoint: "+glueServer(t)+"\n")
	lake := filepath.Join(dir, "lake")
	write(t, lake, "t/dt=2024-01-01/a.json", `{"x": 1}`+"\n")
	write(t, lake, "t/dt=2024-01-02/a.json", `{"x": 2}`+"\n")
	sql := "CREATE DATABASE d; CREATE EXTERNAL TABLE d.t (x int) PARTITIONED BY (dt date) STORED AS JSON LOCATION '" + lake + "/t/'; MSCK REPAIR TABLE d.t;" +
		"CREATE VIEW d.v AS SELECT x + 1 AS y FROM d.t WHERE dt = DATE '2024-01-02'; "
	glauxIn(t, filepath.Join(dir, "1"), exitOK, "query", "--config", config, "--lake", lake, sql)
	// Another data directory sees the same tables: they are in Glue.
	out, _ := glauxIn(t, filepath.Join(dir, "2"), exitOK, "query", "--config", config, "--lake", lake, "--format", "csv", "SELECT y FROM d.v")
	if out != "y\n3\n" {
		t.Errorf("got %q", out)
	}
	out, _ = glauxIn(t, filepath.Join(dir, "2"), exitOK, "query", "--config", config, "--format", "csv", "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'd' ORDER BY 1")
	if out != "relname\nt\nv\n" {
		t.Errorf("pg_class: %q", out)
	}
	for _, want := range []string{"created", "unchanged"} {
		out, _ := glauxIn(t, filepath.Join(dir, "2"), exitOK, "crawl", lake, "--database", "crawled", "--config", config)
		if !strings.Contains(out, want) {
			t.Errorf("a crawl into Glue: no %q in\n%s", want, out)
		}
	}
	out, _ = glauxIn(t, filepath.Join(dir, "3"), exitOK, "query", "--config", config, "--lake", lake, "--format", "csv", "SELECT sum(x) AS s FROM crawled.t")
	if out != "s\n3\n" {
		t.Errorf("what was crawled: %q", out)
	}
}
