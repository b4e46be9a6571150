package server_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/pierrec/lz4/v4"

	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server"
)

// smallLake is a lake of a few files, crawled into the database demo and asked
// by SQL: what a new user does first.
type smallLake struct {
	t   *testing.T
	dir string
	in  *server.Instance
	s   *exec.Session // from the first crawl on
}

func newLake(t *testing.T) *smallLake {
	t.Helper()
	in, err := server.Open(context.Background(), server.Config{DataDir: meta.Memory})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	return &smallLake{t: t, dir: t.TempDir(), in: in}
}

// put writes a file below the lake.
func (l *smallLake) put(name, body string) {
	l.t.Helper()
	p := filepath.Join(l.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(body), 0o644); err != nil {
		l.t.Fatal(err)
	}
}

// crawl crawls the lake; edit may change the crawl's options.
func (l *smallLake) crawl(edit ...func(*crawler.Once)) *crawler.Report {
	l.t.Helper()
	o := crawler.At(l.dir, "demo")
	for _, f := range edit {
		f(&o)
	}
	rep, err := l.in.Crawl(context.Background(), o)
	if err != nil {
		l.t.Fatal(err)
	}
	if l.s == nil {
		l.s = newSession(l.t, l.in)
	}
	return rep
}

// want runs SQL and compares the rows: cells parted by spaces, rows by "; ".
func (l *smallLake) want(sql, rows string) {
	l.t.Helper()
	got, err := run(l.t, l.s, sql)
	if err != nil {
		l.t.Errorf("%s: %v", sql, err)
		return
	}
	if text := rowsText(got); text != strings.ReplaceAll(rows, "$DIR", l.dir) {
		l.t.Errorf("%s\n%s", sql, cmp.Diff(strings.Split(rows, "; "), strings.Split(text, "; ")))
	}
}

// fails runs SQL that must fail with an error that holds each of the texts.
func (l *smallLake) fails(sql string, texts ...string) {
	l.t.Helper()
	rows, err := run(l.t, l.s, sql)
	if err == nil {
		l.t.Errorf("%s: no error but %q", sql, rowsText(rows))
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			l.t.Errorf("%s: %v\nlacks %q", sql, err, text)
		}
	}
}

// do runs statements that must succeed.
func (l *smallLake) do(sql ...string) {
	l.t.Helper()
	for _, q := range sql {
		if _, err := run(l.t, l.s, q); err != nil {
			l.t.Fatalf("%s: %v", q, err)
		}
	}
}

// parquetFile writes rows in Parquet.
func parquetFile[T any](t *testing.T, rows ...T) string {
	t.Helper()
	var b bytes.Buffer
	if err := parquet.Write(&b, rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// packed writes text through a compressor.
func packed(t *testing.T, text string, to func(w io.Writer) (io.WriteCloser, error)) string {
	t.Helper()
	var b bytes.Buffer
	w, err := to(&b)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }

func rowsText(rows [][]string) string {
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = strings.Join(r, " ")
	}
	return strings.Join(lines, "; ")
}

// TestPartitionsWrittenOtherwise: partitions of other delimiters, quotes,
// headers and formats are read by their own descriptors into the table's
// columns.
func TestPartitionsWrittenOtherwise(t *testing.T) {
	l := newLake(t)
	l.put("t/p=1/a.csv", "id,name\n1,a\n2,b\n")
	l.put("t/p=2/a.csv", "id;name\n3;c\n4;d\n")
	l.put("t/p=3/a.csv", "5|e\n6|f\n") // no header: no row may be taken for one
	l.put("t/p=4/a.csv", "\"id\",\"name\"\n\"7\",\"g,x\"\n")
	l.put("t/p=5/a.json", "{\"id\":8,\"name\":\"h\"}\n{\"id\":9,\"name\":\"i\"}\n")
	l.crawl()
	l.want("select * from t order by id", "1 a 1; 2 b 1; 3 c 2; 4 d 2; 5 e 3; 6 f 3; 7 g,x 4; 8 h 5; 9 i 5")
	l.want("show drift for t", "")
}

// TestExclusions: what a crawl was told to leave out, queries leave out too.
func TestExclusions(t *testing.T) {
	l := newLake(t)
	l.put("sales/dt=2024-01-01/a.csv", "id,amount\n1,10\n2,20\n")
	l.put("sales/dt=2024-01-01/a.csv.bak", "id,amount\n7,70\n")
	l.put("sales/dt=2024-01-02/old/x.csv", "id,amount\n8,80\n")
	l.put("sales/dt=2024-01-02/b.csv", "id,amount\n3,30\n")
	l.put("[x] flat/a.csv", "id,amount\n1,10\n")
	l.put("[x] flat/b.tmp", "garbage\n")
	rep := l.crawl(func(o *crawler.Once) {
		o.Targets[0].Exclusions = []string{"**.bak", "sales/*/old/**", "*/[a-b].tmp"}
	})
	if len(rep.Tables) != 2 {
		t.Fatalf("%+v", rep.Tables)
	}
	l.want("select * from sales order by id", "1 10 2024-01-01; 2 20 2024-01-01; 3 30 2024-01-02")
	l.want("select count(*) from sales", "3")
	l.want("select * from _x__flat", "1 10")
	if _, err := run(t, l.s, `alter table sales set tblproperties ('exclusions' = 'no list')`); err != nil {
		t.Fatal(err)
	}
	l.fails("select * from sales", "'exclusions'", "demo.sales", "JSON list")
}

// TestTypesInTheCatalog: PostgreSQL's catalog describes a column of every type
// that a crawl finds; drivers and psql ask it before anything else.
func TestTypesInTheCatalog(t *testing.T) {
	l := newLake(t)
	l.put("j/a.json", `{"i":1,"d":1.5,"b":true,"s":"x","li":[1],"ld":[1.5],"lb":[true],"ls":["x"],"ll":[[1]],"r":{"x":1},"lr":[{"x":1}],"t":"2024-01-01T00:00:00Z","lt":["2024-01-01T00:00:00Z"],"e":[],"n":null}`+"\n")
	l.crawl()
	l.want(`select column_name, data_type from information_schema.columns where table_name = 'j' order by ordinal_position`,
		"i bigint; d double precision; b boolean; s character varying; li ARRAY; ld ARRAY; lb ARRAY; ls ARRAY; ll ARRAY; r json; lr json; "+
			"t timestamp without time zone; lt ARRAY; e ARRAY; n character varying")
	l.want(`select attname, format_type(atttypid, atttypmod), attndims, attstorage from pg_attribute where attrelid = 'j'::regclass and attname like 'l%' order by attnum`,
		"li bigint[] 1 x; ld double precision[] 1 x; lb boolean[] 1 x; ls character varying[] 1 x; ll bigint[] 2 x; lr json 1 x; lt timestamp without time zone[] 1 x")
}

// TestDrift: files whose columns have other types, lack some or have more are
// read as the table declares them; what cannot be is told by file and column.
func TestDrift(t *testing.T) {
	type v1 struct {
		ID int32   `parquet:"id"`
		V  int32   `parquet:"v"`
		F  float32 `parquet:"f"`
	}
	type v2 struct {
		V  string  `parquet:"v"`
		ID int64   `parquet:"id"`
		F  float64 `parquet:"f"`
		W  bool    `parquet:"w"`
	}
	type v3 struct {
		ID int64 `parquet:"id"`
		V  struct {
			X int64 `parquet:"x"`
		} `parquet:"v"`
	}
	l := newLake(t)
	l.put("t/dt=2024-01-01/a.parquet", parquetFile(t, v1{1, 10, 1.5}, v1{2, 20, 2.5}))
	l.put("t/dt=2024-01-02/a.parquet", parquetFile(t, v2{"x", 3_000_000_000, 0.1, true}))
	l.crawl()
	l.want("select id, v, f, w, dt from t order by id", `1 10 1.5 \N 2024-01-01; 2 20 2.5 \N 2024-01-01; 3000000000 x 0.1 t 2024-01-02`)
	l.want("show drift for t", "$DIR/t/dt=2024-01-01/a.parquet f double real cast; $DIR/t/dt=2024-01-01/a.parquet id bigint integer cast; "+
		`$DIR/t/dt=2024-01-01/a.parquet v varchar integer cast; $DIR/t/dt=2024-01-01/a.parquet w boolean \N null`)

	l.put("t/dt=2024-01-03/a.parquet", parquetFile(t, v3{ID: 4}))
	l.crawl()
	l.want("select count(*), count(f), max(id) from t", "4 3 3000000000")
	l.fails("select v from t", "HIVE_BAD_DATA", "dt=2024-01-03/a.parquet", "varchar", `column "v"`)
	l.want("select v from t where dt < date '2024-01-03' order by id", "10; 20; x")
}

// TestBadValues: a table says what becomes of values that cannot be read.
func TestBadValues(t *testing.T) {
	l := newLake(t)
	l.put("t/a.csv", "id,amount\n1,1.5\nx,2.5\n3,oops\n4,4.5\n")
	l.crawl()
	l.do("create external table c (id bigint, amount double) row format delimited fields terminated by ',' location '" + l.dir + "/t/' " +
		"tblproperties ('skip.header.line.count' = '1')")
	l.want("select count(*), count(id), sum(amount) from c", "4 3 8.5") // as in Hive
	l.do("alter table c set tblproperties ('malformed.values' = 'error')")
	l.fails("select sum(amount) from c", "HIVE_BAD_DATA", "t/a.csv", `column "amount"`, "line 4")
	l.do("alter table c set tblproperties ('malformed.values' = 'null')")
	l.want("select count(*), count(id), sum(amount) from c", "4 3 8.5")
	l.do("alter table c set tblproperties ('malformed.values' = 'reject')")
	l.want("select count(*), count(id), sum(amount) from c", "2 2 6")
	l.want("select id from c where amount > 2", "4")
	l.do("alter table c set tblproperties ('malformed.values' = 'maybe')")
	l.fails("select id from c", "malformed.values", "error, null or reject")
}

// TestCodecsTogether: files of one table may be compressed each in its way.
func TestCodecsTogether(t *testing.T) {
	l := newLake(t)
	rows := func(id string) string { return "id,word\n" + id + ",a\n" + id + ",b\n" }
	l.put("t/1.csv", rows("1"))
	l.put("t/2.csv.gz", packed(t, rows("2"), gzipped))
	l.put("t/3.csv.zst", packed(t, rows("3"), func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }))
	l.put("t/4.csv.lz4", packed(t, rows("4"), func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil }))
	l.put("t/5.csv", packed(t, rows("5"), gzipped)) // its name does not say it
	var z bytes.Buffer
	zw := zip.NewWriter(&z)
	w, err := zw.Create("inside.csv")
	if err == nil {
		_, err = io.WriteString(w, rows("6"))
	}
	if err == nil {
		err = zw.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	l.put("t/6.zip", z.String())
	l.crawl()
	l.want("select id, count(*), min(word), max(word) from t group by id order by id", "1 2 a b; 2 2 a b; 3 2 a b; 4 2 a b; 5 2 a b; 6 2 a b")
}

// TestPartitionsWithoutACrawl: discovery and projection find the partitions
// that a listing shows, and no others.
func TestPartitionsWithoutACrawl(t *testing.T) {
	l := newLake(t)
	for _, p := range []string{"dt=2024-01-30/region=eu", "dt=2024-01-31/region=us", "dt=2024-02-01/region=eu", "dt=2024-02-01/region=us"} {
		l.put("t/"+p+"/a.csv", "1,"+p+"\n")
	}
	l.crawl()
	const columns = "(id bigint, v string) partitioned by (dt date, region string) row format delimited fields terminated by ','"
	at := " location '" + l.dir + "/t/' tblproperties "
	l.do("create external table auto "+columns+at+"('partition.discovery' = 'auto', 'partition.discovery.cache' = '0')",
		"create external table proj "+columns+at+`('projection.enabled' = 'true', 'projection.dt.type' = 'date', 'projection.dt.range' = '2024-01-01,2024-02-10',
			'projection.dt.format' = 'yyyy-MM-dd', 'projection.region.type' = 'injected')`)
	l.want("select region, v from auto where dt = date '2024-02-01' order by 1", "eu dt=2024-02-01/region=eu; us dt=2024-02-01/region=us")
	l.put("t/dt=2024-02-02/region=asia/a.csv", "1,new\n")
	l.want("select v from auto where region = 'asia'", "new")
	l.want(`select count(*), min(dt), max(region) from "auto$partitions"`, "5 2024-01-30 us")
	l.want("select dt, v from proj where region = 'eu' and dt > date '2024-01-30'", "2024-02-01 dt=2024-02-01/region=eu")
	l.want("select count(*) from proj where region = 'asia' and dt < date '2024-02-02'", "0")
	l.fails("select * from proj", "CONSTRAINT_VIOLATION", "region")
	l.want("show partitions proj", "")
}

// TestEditsSurvive: what people change of a crawled table stays, and what the
// files bring is added.
func TestEditsSurvive(t *testing.T) {
	l := newLake(t)
	l.put("orders/dt=2024-01-01/a.csv", "id,amount,note\n1,2.5,x\n")
	l.crawl()
	l.do("alter table orders replace columns (id bigint, amount decimal(10,2) comment 'euro', remark string)",
		"alter table orders set tblproperties ('owner' = 'ana')")
	l.put("orders/dt=2024-01-02/a.csv", "id,amount,note,extra\n2,3.5,y,7\n")
	l.crawl()
	l.want("select * from orders order by id", `1 2.50 x \N 2024-01-01; 2 3.50 y 7 2024-01-02`)
	l.want("select column_name from information_schema.columns where table_name = 'orders' order by ordinal_position", "id; amount; remark; extra; dt")
	ddl, err := run(t, l.s, "show create table orders")
	if text := rowsText(ddl); err != nil || !strings.Contains(text, "COMMENT 'euro'") || !strings.Contains(text, "'owner'='ana'") {
		t.Errorf("%v %s", err, text)
	}
	if rep := l.crawl(); rep.Counts.Tables.Unchanged != 1 {
		t.Errorf("a third crawl changes something: %+v", rep.Tables)
	}
}

// TestClassifiers: tables of custom classifiers are read by SQL.
func TestClassifiers(t *testing.T) {
	ctx := context.Background()
	l := newLake(t)
	l.put("app/a.log", "2024-01-01 10:00:00 [INFO] svc1 took 15ms\n2024-01-01 10:00:01 [WARN] svc2 took 7ms\n")
	l.put("api/a.json", `{"meta":{"n":2},"data":{"items":[{"id":1,"tags":["a"]},{"id":2,"tags":[]}]}}`)
	l.put("books/a.xml", `<?xml version="1.0"?><lib><shelf><book isbn="1"><t>A &amp; B</t></book><book isbn="2"><t>C</t></book></shelf></lib>`)
	l.put("odd/a.txt", "id#name\n1#'a#b'\n2#'c'\n")
	names := []string{}
	for _, c := range []*crawler.Classifier{
		{Name: "app", Grok: &crawl.GrokClassifier{Classification: "app", Pattern: `%{TIMESTAMP_ISO8601:ts} \[%{LOGLEVEL:level}\] %{WORD:svc} took %{INT:ms:int}ms`}},
		{Name: "items", JSON: &crawl.JSONClassifier{Path: "$.data.items[*]"}},
		{Name: "book", XML: &crawl.XMLClassifier{Classification: "xml", RowTag: "book"}},
		{Name: "odd", CSV: &crawl.CSVClassifier{Delimiter: "#", QuoteSymbol: "'", Header: "PRESENT"}},
	} {
		if _, err := l.in.Crawlers.CreateClassifier(ctx, c); err != nil {
			t.Fatal(err)
		}
		names = append(names, c.Name)
	}
	l.crawl(func(o *crawler.Once) { o.Classifiers = names })
	l.want("select svc, ms, level from app order by ms", "svc2 7 WARN; svc1 15 INFO")
	l.want("select id, cardinality(tags) from api order by id", "1 1; 2 0")
	l.want("select t from books where _isbn = 1", "A & B")
	l.want("select * from odd order by id", "1 a#b; 2 c")
}

// TestPartitionValues: whatever a folder is called is a value.
func TestPartitionValues(t *testing.T) {
	l := newLake(t)
	for i, v := range []string{"__HIVE_DEFAULT_PARTITION__", "a b", "a%3Ab", "a=b", "x%2Fy", "Größe", "new\nline", "a%zz", "q'q", `back\slash`} {
		l.put("t/k="+v+"/a.csv", "id,name\n"+string(rune('0'+i))+",n\n7,m\n")
	}
	l.crawl()
	l.want("select k, count(*) from t group by k order by k nulls first",
		`\N 2; Größe 2; a b 2; a%zz 2; a:b 2; a=b 2; back\slash 2; new`+"\n"+`line 2; q'q 2; x/y 2`)
	l.want("select id from t where k = 'x/y' and id < 7", "4")
	l.want("select id from t where k is null and id < 7", "0")
	l.want(`select k from "t$partitions" where k like 'a%' order by 1`, "a b; a%zz; a:b; a=b")
}

// TestBadFiles: files that cannot be read are left out and told, their
// neighbours are found.
func TestBadFiles(t *testing.T) {
	type row struct {
		ID int64 `parquet:"id"`
	}
	l := newLake(t)
	whole := parquetFile(t, row{1}, row{2})
	l.put("half/a.parquet", whole)
	l.put("half/b.parquet", whole[:len(whole)/2])
	l.put("ok/a.csv", "id,name\n1,a\n2,b\n")
	l.put("ok/_SUCCESS", "")
	l.put("ok/_temporary/0/x.csv", "id,name\n9,z\n")
	l.put("ok/zero.csv", "")
	l.put("liar/x.parquet", "id,name\n1,a\n2,b\n")
	l.put("gone/y.csv.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b")
	l.put("plain/y.csv.gz", "id,name\n1,a\n")
	l.put("image/a.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")
	rep := l.crawl()
	var left []string
	for _, x := range rep.LeftOut {
		left = append(left, strings.TrimPrefix(x.Location, l.dir+"/"))
	}
	for _, want := range []string{"half/b.parquet", "gone/y.csv.gz", "image/a.png"} {
		if !strings.Contains(strings.Join(left, " "), want) {
			t.Errorf("%s is not told of: %v", want, rep.LeftOut)
		}
	}
	l.want("show tables in demo", "half; liar; ok; plain")
	l.want("select * from ok order by id", "1 a; 2 b")
	l.want("select * from plain", "1 a")
	l.want("select * from liar order by id", "1 a; 2 b")
	l.fails("select * from half", "half/b.parquet", "not a Parquet file")
	l.crawl(func(o *crawler.Once) { o.Targets[0].Exclusions = []string{"half/b.*"} })
	l.want("select * from half order by id", "1; 2")
}

// TestNamesOfColumns: names that collide or are many.
func TestNamesOfColumns(t *testing.T) {
	l := newLake(t)
	l.put("twice/a.csv", "id,ID,name,name\n1,2,a,b\n")
	var head, row strings.Builder
	for i := range 10_000 {
		head.WriteString(",c" + strings.Repeat("x", i%30) + string(rune('a'+i%26)))
		row.WriteString(",7")
	}
	l.put("wide/a.csv", "first"+head.String()+",last\n1"+row.String()+",2\n")
	l.put("strange/a.csv", "Größe in cm,\"total\nprice\",\"a\"\"b\"\n1,2.5,x\n")
	l.crawl()
	l.want(`select id, "ID_2", name, name_2 from twice`, "1 2 a b")
	l.want("select first, last from wide", "1 2")
	l.want("select count(*) from information_schema.columns where table_name = 'wide'", "10002")
	l.want("select \"Größe in cm\", \"total\nprice\", \"a\"\"b\" from strange", "1 2.5 x")
}

// TestGoneAndBack: a crawler's policy decides what becomes of tables and
// partitions without files.
func TestGoneAndBack(t *testing.T) {
	ctx := context.Background()
	l := newLake(t)
	l.put("t/dt=2024-01-01/a.csv", "id\n1\n2\n")
	l.put("t/dt=2024-01-02/a.csv", "id\n3\n4\n")
	l.put("u/a.json", `{"a":1}`)
	l.crawl() // of nobody: the crawler below takes nothing away that it has not made
	c := &crawler.Crawler{Name: "c", Database: "own", Targets: []crawl.Target{{Location: l.dir}},
		SchemaChange: crawler.SchemaChange{Update: crawler.UpdateInDatabase, Delete: crawler.DeleteDrop}}
	if _, err := l.in.Crawlers.Create(ctx, c); err != nil {
		t.Fatal(err)
	}
	runs := func() *crawler.Run {
		t.Helper()
		r, err := l.in.Crawlers.Run(ctx, "c", crawler.RunOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	runs()
	l.want("select count(*) from own.t", "4")
	for _, gone := range []string{"t/dt=2024-01-01", "u"} {
		if err := os.RemoveAll(filepath.Join(l.dir, gone)); err != nil {
			t.Fatal(err)
		}
	}
	runs()
	l.want("show partitions own.t", "dt=2024-01-02")
	l.want("show tables in own", "t")
	l.want("show partitions demo.t", "dt=2024-01-01; dt=2024-01-02")
	l.want("select count(*) from demo.t", "2")
	l.put("u/a.json", `{"a":1}`)
	runs()
	l.want("select a from own.u", "1")
}
