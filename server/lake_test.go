package server_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
