package server_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/advisor"
)

// advise gives what the advisor finds, of one kind.
func (l *smallLake) advise(kind advisor.Kind) []advisor.Finding {
	l.t.Helper()
	l.in.Groups.Flush()
	rep, err := l.in.Advisor.Advise(context.Background(), advisor.Request{})
	if err != nil {
		l.t.Fatal(err)
	}
	var out []advisor.Finding
	for _, f := range rep.Findings {
		if f.Kind == kind {
			out = append(out, f)
		}
	}
	return out
}

// finding gives the only one of a kind.
func (l *smallLake) finding(kind advisor.Kind) advisor.Finding {
	l.t.Helper()
	fs := l.advise(kind)
	if len(fs) != 1 {
		l.t.Fatalf("%d findings of kind %s: %+v", len(fs), kind, fs)
	}
	return fs[0]
}

// scanned runs a query and gives the data bytes that it read.
func (l *smallLake) scanned(sql string) int64 {
	l.t.Helper()
	l.do(sql)
	return history(l.t, l.in)[0].BytesScanned
}

// about reports whether two numbers are the same within a part of the second.
func about(got, want int64, part float64) bool {
	return math.Abs(float64(got-want)) <= part*float64(want)
}

// putDays writes a partition a day, of so many lines each.
func (l *smallLake) putDays(table string, days, lines int) {
	for d := 1; d <= days; d++ {
		var b strings.Builder
		b.WriteString("id,name,note\n")
		for i := range lines {
			fmt.Fprintf(&b, "%d,name %d,some words that make the line longer %d\n", i, i%7, d)
		}
		l.put(fmt.Sprintf("%s/day=2026-01-%02d/a.csv", table, d), b.String())
	}
}

// TestAdviseUnfilteredPartitions runs the statements that the finding has: the
// query of the latest partition reads what was promised, and after the property is
// set the finding is gone.
func TestAdviseUnfilteredPartitions(t *testing.T) {
	l := newLake(t)
	l.putDays("t", 10, 100)
	l.crawl()
	if fs := l.advise(advisor.PartitionFilter); len(fs) != 0 {
		t.Errorf("without a query: %+v", fs)
	}
	full := l.scanned("SELECT count(id) FROM demo.t WHERE name = 'secret'")
	l.scanned("SELECT count(id) FROM demo.t")
	l.do("EXPLAIN SELECT * FROM demo.t", "SELECT count(DISTINCT day) FROM demo.t LIMIT 0")

	f := l.finding(advisor.PartitionFilter)
	if f.Database != "demo" || f.Table != "t" || f.Queries != 2 || f.BytesScanned != 2*full || !about(f.BytesWasted, 2*full*9/10, 0.01) || f.Cost != nil ||
		len(f.SQL) != 2 || !strings.Contains(f.SQL[0], "2026-01-10") || strings.Contains(fmt.Sprint(f), "secret") {
		t.Errorf("%+v", f)
	}
	part := l.scanned(f.SQL[0])
	if wasted := 2 * (full - part); !about(f.BytesWasted, wasted, 0.05) {
		t.Errorf("promised %d bytes, saved %d", f.BytesWasted, wasted)
	}
	// With a query that is limited its bytes are what the others need.
	if f = l.finding(advisor.PartitionFilter); !about(f.BytesWasted, 2*(full-part), 0.001) || f.Queries != 3 {
		t.Errorf("%+v", f)
	}
	for range 3 {
		l.scanned(f.SQL[0])
	}
	l.do(f.SQL[1])
	if fs := l.advise(advisor.PartitionFilter); len(fs) != 0 {
		t.Errorf("a table that asks for a condition: %+v", fs)
	}
}

// TestAdvicePrice: waste costs what the workgroup of each query pays.
func TestAdvicePrice(t *testing.T) {
	l := newLake(t)
	l.putDays("t", 4, 100)
	l.crawl()
	l.do("CREATE WORKGROUP paid WITH (price_per_tb = 5)", "SELECT count(id) FROM demo.t", "SET workgroup = paid", "SELECT count(id) FROM demo.t")
	f := l.finding(advisor.PartitionFilter)
	if f.Cost == nil || math.Abs(*f.Cost-float64(f.BytesWasted)/2*5/(1<<40)) > 1e-9 {
		t.Errorf("%+v", f)
	}
	l.want("SELECT days, kind, table_schema, table_name, queries, cost_wasted_per_week > 0 FROM glaux_catalog.advice WHERE kind LIKE 'part%'",
		"7 partition_filter demo t 2 t")
	l.want("SELECT days, count(*) FROM glaux_catalog.advice WHERE days IN (3, 30) AND kind = 'partition_filter' GROUP BY 1 ORDER BY 1", "3 1; 30 1")
	l.want("SELECT details->>'kind' FROM glaux_catalog.advice WHERE days = 0.5", "partition_filter")
	for _, days := range []string{"0", "-1", "36501", "'NaN'", "'Infinity'"} {
		l.fails("SELECT * FROM glaux_catalog.advice WHERE days = "+days, "the advisor looks at")
	}
}

// writable lets the lake's folder be written, as --writable does.
func (l *smallLake) writable() {
	l.t.Helper()
	if err := l.in.Stores.AllowWrite(l.dir); err != nil {
		l.t.Fatal(err)
	}
}

// measured gives the findings of an advisor that may read samples.
func (l *smallLake) measured(kind advisor.Kind) advisor.Finding {
	l.t.Helper()
	s, err := l.in.Engine.NewSession(exec.SessionOptions{User: "glaux", Application: advisor.Application})
	if err != nil {
		l.t.Fatal(err)
	}
	defer s.Close()
	l.in.Groups.Flush()
	rep, err := l.in.Advisor.Advise(context.Background(), advisor.Request{Measure: s})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, f := range rep.Findings {
		if f.Kind == kind {
			return f
		}
	}
	l.t.Fatalf("no finding of kind %s", kind)
	return advisor.Finding{}
}

// TestAdviseRowFormat writes tables of text anew as the finding says, and runs the
// same queries: they read as much less as was promised.
func TestAdviseRowFormat(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and in one goroutine")
	}
	for _, c := range []struct {
		name   string
		days   int
		line   func(i int) string // "" i: a header
		ext    string
		factor float64 // how far the rule of thumb may be off
	}{
		{"csv", 1, csvLine, "csv", 0.1},
		{"csv with partitions", 5, csvLine, "csv", 0.1},
		{"json", 3, func(i int) string {
			return fmt.Sprintf(`{"id":%d,"name":"name %d","note":"some words that make the line longer %d","price":%d.5,"state":"s%d"}`, i, i%7, i*7919, i%1000, i%5)
		}, "json", 0.1},
		{"csv.gz", 1, csvLine, "csv.gz", 0.2},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLake(t)
			for d := 1; d <= c.days; d++ {
				var b strings.Builder
				if c.ext != "json" {
					b.WriteString("id,name,note,price,state\n")
				}
				n := 50_000 / c.days
				if strings.HasSuffix(c.ext, ".gz") {
					n *= 3
				}
				for i := range n {
					b.WriteString(c.line(i) + "\n")
				}
				name, body := "t/a."+c.ext, b.String()
				if c.days > 1 {
					name = fmt.Sprintf("t/day=2026-01-%02d/a.%s", d, c.ext)
				}
				if strings.HasSuffix(c.ext, ".gz") {
					body = gzipText(t, body)
				}
				l.put(name, body)
			}
			l.crawl()
			l.writable()
			queries := []string{"SELECT state, avg(price) FROM demo.t GROUP BY 1 ORDER BY 1", "SELECT count(*) FROM demo.t WHERE note LIKE '%9%'"}
			answers := func() (rows string, bytes int64) {
				for _, q := range queries {
					got, err := run(t, l.s, q)
					if err != nil {
						t.Fatal(err)
					}
					rows, bytes = rows+rowsText(got), bytes+history(t, l.in)[0].BytesScanned
				}
				return rows, bytes
			}
			rows, before := answers()
			thumb, exact := l.finding(advisor.RowFormat), l.measured(advisor.RowFormat)
			if thumb.Queries != 2 || thumb.BytesScanned != before || !strings.Contains(thumb.Evidence, "rule of thumb") || !strings.Contains(exact.Evidence, "measured") ||
				fmt.Sprint(thumb.SQL) != fmt.Sprint(exact.SQL) {
				t.Errorf("%+v\n%+v", thumb, exact)
			}
			l.do(thumb.SQL...)
			again, after := answers()
			if again != rows {
				t.Errorf("other rows: %s\n%s", rows, again)
			}
			saved := before - after
			t.Logf("%d bytes before, %d after; promised %d by the rule of thumb, %d measured", before, after, thumb.BytesWasted, exact.BytesWasted)
			if !about(exact.BytesWasted, saved, 0.03) || !about(thumb.BytesWasted, saved, c.factor) {
				t.Errorf("saved %d: promised %d by the rule of thumb, %d measured", saved, thumb.BytesWasted, exact.BytesWasted)
			}
			if fs := l.advise(advisor.RowFormat); len(fs) != 0 {
				t.Errorf("still found: %+v", fs)
			}
			l.want("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'demo'", "1")
		})
	}
}

func csvLine(i int) string {
	return fmt.Sprintf("%d,name %d,some words that make the line longer %d,%d.5,s%d", i, i%7, i*7919, i%1000, i%5)
}

func gzipText(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// smallParquet writes files of a few rows, some into each of the folders.
func (l *smallLake) smallParquet(table string, folders []string, files, rows int) {
	type row struct {
		ID   int64  `parquet:"id"`
		Name string `parquet:"name"`
	}
	n := 0
	for _, folder := range folders {
		for f := range files {
			var list []row
			for range rows {
				n++
				list = append(list, row{int64(n), fmt.Sprintf("name %d", n*7919%10007)})
			}
			l.put(fmt.Sprintf("%s/%s/%03d.parquet", table, folder, f), parquetFile(l.t, list...))
		}
	}
}

// TestAdviseSmallFiles runs the statements that make few files of many, and looks
// at how many requests and bytes of footers the same query needs then.
func TestAdviseSmallFiles(t *testing.T) {
	var days []string
	for m := 1; m <= 2; m++ {
		for d := 1; d <= 20; d++ {
			days = append(days, fmt.Sprintf("month=2026-%02d/day=%d", m, d))
		}
	}
	for _, c := range []struct {
		name        string
		folders     []string
		files, left int
		partitioned string // as the statement says
	}{
		{"one folder", []string{"."}, 60, 1, ""},
		{"few partitions", []string{"day=1", "day=2", "day=3"}, 20, 3, "partitioned_by = ARRAY['day']"},
		{"small partitions", days, 1, 1, "ORDER BY month"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLake(t)
			l.smallParquet("t", c.folders, c.files, 300)
			l.crawl()
			l.writable()
			query := "SELECT count(DISTINCT name), sum(id) FROM demo.t WHERE name > 'name 2'"
			rows, err := run(t, l.s, query)
			if err != nil {
				t.Fatal(err)
			}
			before := history(t, l.in)[0]
			f := l.finding(advisor.SmallFiles)
			if !strings.Contains(f.SQL[0], c.partitioned) || strings.Contains(f.SQL[0], "partitioned_by") != strings.HasPrefix(c.partitioned, "part") || f.Queries != 1 {
				t.Errorf("%+v", f)
			}
			l.do(f.SQL...)
			again, err := run(t, l.s, query)
			if err != nil || fmt.Sprint(again) != fmt.Sprint(rows) {
				t.Errorf("%v, %v; before %v", again, err, rows)
			}
			after := history(t, l.in)[0]
			t.Logf("requests %d -> %d, promised %d fewer; metadata %d -> %d, promised %d fewer; data %d -> %d", before.Requests, after.Requests, f.RequestsWasted,
				before.BytesMetadata, after.BytesMetadata, f.BytesWasted, before.BytesScanned, after.BytesScanned)
			// What few files are smaller than many is not promised.
			saved := before.BytesMetadata - after.BytesMetadata
			if int(after.FilesRead) != c.left || !about(f.RequestsWasted, before.Requests-after.Requests, 0.1) || f.BytesWasted > saved*11/10 || f.BytesWasted < saved/2 {
				t.Errorf("%d files are left", after.FilesRead)
			}
			if fs := l.advise(advisor.SmallFiles); len(fs) != 0 {
				t.Errorf("still found: %+v", fs)
			}
		})
	}
}

// TestSmallPartitionsThatQueriesNeed: who reads one partition at a time is served by
// small ones.
func TestSmallPartitionsThatQueriesNeed(t *testing.T) {
	l := newLake(t)
	var days []string
	for d := range 40 {
		days = append(days, fmt.Sprintf("day=%d", d))
	}
	l.smallParquet("t", days, 1, 10)
	l.crawl()
	l.do("SELECT max(name) FROM demo.t WHERE id > 0")
	for d := range 5 {
		l.do(fmt.Sprintf("SELECT max(name) FROM demo.t WHERE day = %d AND id > 0", d))
	}
	if fs := l.advise(advisor.SmallFiles); len(fs) != 0 {
		t.Errorf("%+v", fs)
	}
}

// TestAdviseOddNames rewrites a table whose names need quotes, that asks for a
// partition filter and has a comment; both are the new table's too.
func TestAdviseOddNames(t *testing.T) {
	l := newLake(t)
	var b strings.Builder
	b.WriteString("select,from\n")
	for i := range 40_000 {
		fmt.Fprintf(&b, "%d,it's a text of some length %d\n", i, i%100)
	}
	for _, k := range []string{"a b", "it's", "ü", "__HIVE_DEFAULT_PARTITION__"} {
		l.put("it's order/group="+strings.ReplaceAll(k, " ", "%20")+"/a.csv", b.String())
	}
	l.crawl()
	l.writable()
	got, err := run(t, l.s, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'demo'")
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	name := types.QuoteIdent(got[0][0])
	l.do(`ALTER TABLE demo.`+name+` RENAME TO "Group"`, `SELECT max("select") FROM demo."group"`)
	if f := l.finding(advisor.PartitionFilter); len(f.SQL) != 2 {
		t.Errorf("%+v", f)
	} else {
		l.do(f.SQL[0])
	}
	l.do(`ALTER TABLE demo."group" SET TBLPROPERTIES ('partition_filter' = 'required over 1KB', 'comment' = 'Bob''s')`)
	l.fails(`SELECT max("select") FROM demo."group"`, "Filter required")
	l.do(`SELECT max("select") FROM demo."group" WHERE "group" IN ('a b', 'ü')`)
	f := l.finding(advisor.RowFormat)
	if fs := l.advise(advisor.PartitionFilter); fs != nil {
		t.Errorf("%+v", fs)
	}
	l.do(f.SQL...)
	l.fails(`SELECT count(DISTINCT "select") FROM demo."group"`, "Filter required")
	l.want(`SELECT count(*), count("group"), max("select") FROM demo."group" WHERE "group" IN ('a b', 'it''s', 'ü') OR "group" IS NULL`, "160000 120000 39999")
	l.want(`SELECT obj_description('demo."group"'::regclass)`, "Bob's")
}

// TestAdviseSortKey orders a table as the finding says: the queries that it speaks
// of read less, and it is not said again.
func TestAdviseSortKey(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and in one goroutine")
	}
	type row struct {
		ID   int64  `parquet:"id"`
		Code int64  `parquet:"code"`
		Text string `parquet:"text"`
	}
	l := newLake(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	for f := range 4 {
		var rows []row
		for i := range 150_000 {
			rows = append(rows, row{int64(i), int64(rnd.IntN(1000)), fmt.Sprintf("%016x%016x", rnd.Uint64(), rnd.Uint64())})
		}
		l.put(fmt.Sprintf("t/%d.parquet", f), parquetFile(t, rows...))
	}
	l.crawl()
	l.writable()
	query := "SELECT count(DISTINCT text) FROM demo.t WHERE code = %d"
	before := l.scanned(fmt.Sprintf(query, 1))
	for i := range 8 {
		l.do(fmt.Sprintf(query, i+2))
	}
	if fs := l.advise(advisor.SortKey); fs != nil {
		t.Errorf("after 9 queries: %+v", fs)
	}
	l.do(fmt.Sprintf(query, 999), "SELECT max(id % 7) FROM demo.t")
	f := l.finding(advisor.SortKey)
	if !strings.Contains(f.SQL[0], "ORDER BY code") || !strings.Contains(f.Evidence, "10 of 11 queries") || f.BytesWasted != 0 {
		t.Errorf("%+v", f)
	}
	l.do(f.SQL...)
	after := l.scanned(fmt.Sprintf(query, 1))
	for i := range 10 {
		l.do(fmt.Sprintf(query, i+2))
	}
	t.Logf("%d bytes before, %d after", before, after)
	if after > before/2 {
		t.Errorf("%d bytes before, %d after", before, after)
	}
	if fs := l.advise(advisor.SortKey); fs != nil {
		t.Errorf("still found: %+v", fs)
	}
}

// TestMeasureUnderALimit: a sample that the workgroup refuses is told, and the rule of
// thumb holds.
func TestMeasureUnderALimit(t *testing.T) {
	l := newLake(t)
	var b strings.Builder
	b.WriteString("id,name,note,price,state\n")
	for i := range 40_000 {
		b.WriteString(csvLine(i) + "\n")
	}
	l.put("t/a.csv", b.String())
	l.crawl()
	l.do("SELECT avg(price) FROM demo.t", "ALTER WORKGROUP primary SET (bytes_scanned_cutoff_per_query = '1MB')")
	thumb := l.finding(advisor.RowFormat)
	f := l.measured(advisor.RowFormat)
	if f.BytesWasted != thumb.BytesWasted || !strings.Contains(fmt.Sprint(f.Notes), "could not be measured: Bytes scanned limit was exceeded") {
		t.Errorf("%+v", f)
	}
}
