package crawl

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/csv"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/parquet"
	"github.com/glauxdb/glaux/formats/store"
)

// world is a memory lake with a catalog.
type world struct {
	t   *testing.T
	mem *store.Memory
	reg *store.Registry
	cat *meta.Store
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, mem: store.NewMemory("lake")}
	var err error
	if w.reg, err = store.NewRegistry(store.Config{}); err != nil {
		t.Fatal(err)
	}
	if err := w.reg.Mount("memory://lake", w.mem); err != nil {
		t.Fatal(err)
	}
	if w.cat, err = meta.Open(context.Background(), meta.Memory); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.cat.Close() })
	return w
}

func (w *world) put(files map[string]string) *world {
	for k, v := range files {
		w.mem.Set(k, []byte(v))
	}
	return w
}

func (w *world) options(location string) Options {
	return Options{Stores: w.reg, Formats: formats.NewRegistry(parquet.Format{}, json.Format{}, csv.Format{}), Catalog: w.cat,
		Location: location, Database: "d"}
}

func (w *world) crawl(location string) []string {
	w.t.Helper()
	rep, err := Crawl(context.Background(), w.options(location))
	if err != nil {
		w.t.Fatal(err)
	}
	return show(rep)
}

func (w *world) want(location string, want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.crawl(location)); diff != "" {
		w.t.Error(diff)
	}
}

// show prints a report, a line for each table and warning.
func show(rep *Report) []string {
	var out []string
	for _, r := range rep.Tables {
		t := r.Table
		line := fmt.Sprintf("%s %s (%s)", t.Name, t.Format, columnText(t.Columns))
		if len(t.PartitionKeys) > 0 {
			line += fmt.Sprintf(" by (%s) %d partitions", columnText(t.PartitionKeys), r.Partitions)
		}
		out = append(out, fmt.Sprintf("%s %d files: %s", line, r.Files, r.Change))
	}
	for _, w := range rep.Warnings {
		out = append(out, "warning: "+w)
	}
	return out
}

func columnText(cols []catalog.Column) string {
	var out []string
	for _, c := range cols {
		out = append(out, c.Name+" "+c.Type.String())
	}
	return strings.Join(out, ", ")
}

func (w *world) partitions(table string) []string {
	w.t.Helper()
	ctx := context.Background()
	tab, err := w.cat.Table(ctx, "d", table)
	if err != nil {
		w.t.Fatal(err)
	}
	ps, err := w.cat.Partitions(ctx, tab)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for i := range ps.N {
		var vs []string
		for k := range ps.Keys {
			vs = append(vs, ps.Value(k, i).String())
		}
		out = append(out, strings.Join(vs, " ")+" "+strings.TrimPrefix(ps.Location(i), "memory://lake/"))
	}
	return out
}

const (
	ab  = "a,b\n1,x\n2,y\n"
	ab2 = "a,b\n3,z\n"
	cde = "c,d,e\n1.5,x,2024-01-01\n"
)

func gz(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.String()
}

func TestTables(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		at    string
		want  []string
	}{
		"a folder is a table": {map[string]string{"l/t/1.csv": ab, "l/t/2.csv": ab2, "l/u/1.csv.gz": gz(cde)}, "l",
			[]string{"t csv (a bigint, b varchar) 2 files: created", "u csv (c double, d varchar, e date) 1 files: created"}},
		"the location is a table": {map[string]string{"l/My Table/1.csv": ab}, "l/My Table",
			[]string{"my_table csv (a bigint, b varchar) 1 files: created"}},
		"a file is a table": {map[string]string{"l/one.csv.gz": gz(ab)}, "l/one.csv.gz",
			[]string{"one csv (a bigint, b varchar) 1 files: created"}},
		"the store's root": {map[string]string{"1.csv": ab}, "", []string{"lake csv (a bigint, b varchar) 1 files: created"}},
		"hidden and empty files": {map[string]string{"l/t/1.csv": ab, "l/t/_SUCCESS": "x", "l/t/.x.csv": cde, "l/t/_tmp/y.csv": cde, "l/t/e.csv": ""}, "l",
			[]string{"t csv (a bigint, b varchar) 1 files: created"}},
		"files of different schemas": {map[string]string{"l/orders.csv": ab, "l/items.csv": cde}, "l",
			[]string{"items csv (c double, d varchar, e date) 1 files: created", "orders csv (a bigint, b varchar) 1 files: created"}},
		"files beside folders": {map[string]string{"l/orders.csv": ab, "l/items/1.csv": cde}, "l",
			[]string{"items csv (c double, d varchar, e date) 1 files: created", "orders csv (a bigint, b varchar) 1 files: created"}},
		"one table with folders in it": {map[string]string{"l/t/1.csv": ab, "l/t/more/1.csv": ab2}, "l",
			[]string{"t csv (a bigint, b varchar) 2 files: created"}},
		"top folders stay tables of their own": {map[string]string{"l/t/1.csv": ab, "l/u/1.csv": ab}, "l",
			[]string{"t csv (a bigint, b varchar) 1 files: created", "u csv (a bigint, b varchar) 1 files: created"}},
		"deeper ones are partitions": {map[string]string{"l/t/eu/1.csv": ab, "l/t/us/1.csv": ab}, "l",
			[]string{"t csv (a bigint, b varchar) by (partition_0 varchar) 2 partitions 2 files: created"}},
		"an odd file in a table": {map[string]string{"l/t/1.csv": ab, "l/t/2.csv": ab, "l/t/3.csv": ab, "l/t/4.csv": cde}, "l",
			[]string{"t csv (a bigint, b varchar) 4 files: created",
				"warning: memory://lake/l/t/4.csv differs from the other files of table t: csv with 3 columns"}},
		"what is not data": {map[string]string{"l/t/1.csv": ab, "l/t/pic.png": "\x89PNG\x00\x00", "l/u/x.parquet": "PAR1 no"}, "l",
			[]string{"t csv (a bigint, b varchar) 2 files: created"}},
		"names that fold": {map[string]string{"l/T/1.csv": ab, "l/t/1.csv": ab, "l/t-/1.csv": ab, "l/t_/1.csv": ab}, "l",
			[]string{"l_t csv (a bigint, b varchar) 1 files: created", "l_t_ csv (a bigint, b varchar) 1 files: created",
				"t csv (a bigint, b varchar) 1 files: created", "t_ csv (a bigint, b varchar) 1 files: created"}},
		"logs of table formats": {map[string]string{"l/t/_delta_log/0.json": "{}", "l/t/1.csv": ab, "l/u/metadata/1.metadata.json": "{}", "l/u/data/1.csv": ab}, "l",
			[]string{"warning: memory://lake/l/t/: it is a table of Delta Lake, which cannot be read yet",
				"warning: memory://lake/l/u/: it is a table of Iceberg, which cannot be read yet"}},
		"nothing": {map[string]string{"x": "x"}, "l", []string{"warning: memory://lake/l: no files were found"}},
		"json": {map[string]string{"l/t/1.json.gz": gz(`{"a":1,"n":null,"o":{"x":1},"l":[]}` + "\n"),
			"l/t/2.json.gz": gz(`{"a":2.5,"n":{"k":true},"o":{"y":"z"},"l":[1]}` + "\n"), "l/t/3.json": `{"A":1,"b":"2024-01-01","l":null}`}, "l",
			[]string{"t json (a double, n row(k boolean), o row(x bigint, y varchar), l array(bigint), b date) 3 files: created"}},
		"mixed formats": {map[string]string{"l/t/k=1/1.json": `{"a":1}`, "l/t/k=1/2.json": `{"a":1}`, "l/t/k=2/1.csv": ab}, "l",
			[]string{"t json (a bigint) by (k integer) 2 partitions 3 files: created"}},
		"widening": {map[string]string{"l/t/1.csv": "id,v,w\n1,2,x\n", "l/t/2.csv": "id,v,w,n\n1,2.5,x,true\n", "l/t/3.csv": "id,v,w\n1,,5\n"}, "l",
			[]string{"t csv (id bigint, v double, w varchar, n boolean) 3 files: created"}},
	} {
		w := newWorld(t).put(c.files)
		got := w.crawl("memory://lake/" + c.at)
		if name == "what is not data" {
			for i := range got { // the messages are the formats' own
				got[i], _, _ = strings.Cut(got[i], ": it has")
			}
			got[2], _, _ = strings.Cut(got[2], "parquet: ")
			c.want = append(c.want, "warning: memory://lake/l/t/pic.png", "warning: memory://lake/l/u/x.")
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPartitions(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		table string
		parts []string
	}{
		"hive": {[]string{"t/dt=2024-01-02/h=7/1", "t/dt=2024-01-02/h=12/1", "t/dt=2024-01-01/h=7/1", "t/dt=2024-01-01/h=7/2"},
			"t csv (a bigint, b varchar) by (dt date, h integer) 3 partitions 4 files: created",
			[]string{"DATE '2024-01-01' 7 l/t/dt=2024-01-01/h=7/", "DATE '2024-01-02' 7 l/t/dt=2024-01-02/h=7/", "DATE '2024-01-02' 12 l/t/dt=2024-01-02/h=12/"}},
		"dates": {[]string{"t/2024/01/31/1", "t/2024/02/01/1"},
			"t csv (a bigint, b varchar) by (year integer, month integer, day integer) 2 partitions 2 files: created",
			[]string{"2024 1 31 l/t/2024/01/31/", "2024 2 1 l/t/2024/02/01/"}},
		"hours": {[]string{"t/2024/01/31/00/1", "t/2024/01/31/23/x/1"},
			"t csv (a bigint, b varchar) by (year integer, month integer, day integer, hour integer) 2 partitions 2 files: created",
			[]string{"2024 1 31 0 l/t/2024/01/31/00/", "2024 1 31 23 l/t/2024/01/31/23/"}},
		"iso dates": {[]string{"t/2024-01-31/1", "t/2024-02-01/1"},
			"t csv (a bigint, b varchar) by (dt date) 2 partitions 2 files: created",
			[]string{"DATE '2024-01-31' l/t/2024-01-31/", "DATE '2024-02-01' l/t/2024-02-01/"}},
		"dates below a key": {[]string{"t/region=eu/2024/01/1", "t/region=us/2024/02/1"},
			"t csv (a bigint, b varchar) by (region varchar, year integer, month integer) 2 partitions 2 files: created",
			[]string{"'eu' 2024 1 l/t/region=eu/2024/01/", "'us' 2024 2 l/t/region=us/2024/02/"}},
		"plain levels": {[]string{"t/eu/app1/1", "t/eu/app2/1", "t/us/app1/1", "t/us/app3/1"},
			"t csv (a bigint, b varchar) by (partition_0 varchar, partition_1 varchar) 4 partitions 4 files: created",
			[]string{"'eu' 'app1' l/t/eu/app1/", "'eu' 'app2' l/t/eu/app2/", "'us' 'app1' l/t/us/app1/", "'us' 'app3' l/t/us/app3/"}},
		"keys below plain folders": {[]string{"t/eu/n=1/1", "t/us/n=1/1"},
			"t csv (a bigint, b varchar) by (partition_0 varchar, n integer) 2 partitions 2 files: created",
			[]string{"'eu' 1 l/t/eu/n=1/", "'us' 1 l/t/us/n=1/"}},
		"escapes, null and text": {[]string{"t/k=a%2Fb%3A/1", "t/k=__HIVE_DEFAULT_PARTITION__/1", "t/k=007/1"},
			"t csv (a bigint, b varchar) by (k varchar) 3 partitions 3 files: created",
			[]string{"'007' l/t/k=007/", "'a/b:' l/t/k=a%2Fb%3A/", "NULL l/t/k=__HIVE_DEFAULT_PARTITION__/"}},
		"numbers": {[]string{"t/k=5/1", "t/k=3000000000/1", "t/k=-1/1"},
			"t csv (a bigint, b varchar) by (k bigint) 3 partitions 3 files: created",
			[]string{"-1 l/t/k=-1/", "5 l/t/k=5/", "3000000000 l/t/k=3000000000/"}},
		"case of keys": {[]string{"t/Year=2024/1", "t/Year=2023/1", "t/year=2022/1"},
			"t csv (a bigint, b varchar) by (Year integer) 3 partitions 3 files: created",
			[]string{"2022 l/t/year=2022/", "2023 l/t/Year=2023/", "2024 l/t/Year=2024/"}},
	} {
		w := newWorld(t)
		for _, f := range c.files {
			w.put(map[string]string{"l/" + f + ".csv": ab})
		}
		got := w.crawl("memory://lake/l")
		if len(got) != 1 || got[0] != c.table {
			t.Errorf("%s: %q, want %q", name, got, c.table)
			continue
		}
		if diff := cmp.Diff(c.parts, w.partitions("t")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPartitionWarnings(t *testing.T) {
	w := newWorld(t).put(map[string]string{
		"l/t/dt=2024-01-01/1.csv": ab, "l/t/dt=2024-01-02/1.csv": ab, "l/t/other=1/1.csv": ab, "l/t/readme.csv": ab,
		"l/t/plain/1.csv": cde,
	})
	w.want("memory://lake/l",
		"plain csv (c double, d varchar, e date) 1 files: created",
		"t csv (a bigint, b varchar) by (dt date) 2 partitions 2 files: created",
		"warning: memory://lake/l/t/: files beside the partitions, which are not part of the table",
		"warning: memory://lake/l/t/other=1/: it does not fit the partition keys (dt) of its table")
	w = newWorld(t).put(map[string]string{"l/t/a=1/1.csv": ab})
	w.want("memory://lake/l",
		"t csv (a_2 bigint, b varchar) by (a integer) 1 partitions 1 files: created",
		"warning: column a of the files of table t is called a_2, because of the partition key of that name")
	w.want("memory://lake/l",
		"t csv (a_2 bigint, b varchar) by (a integer) 1 partitions 1 files: unchanged",
		"warning: column a of the files of table t is called a_2, because of the partition key of that name")
	w = newWorld(t).put(map[string]string{"l/t/a=1/1.json": `{"a":1,"b":2}`})
	w.want("memory://lake/l",
		"t json (b bigint) by (a integer) 1 partitions 1 files: created",
		"warning: column a of the files of table t is hidden by the partition key of that name")
}

// TestOrderOfColumns warns where a file's columns stand in another order and
// would be read as each other.
func TestOrderOfColumns(t *testing.T) {
	const warning = "warning: memory://lake/l/t/2.csv has column b where table t has a: columns of csv files are found by position, " +
		"so its values will be in the wrong columns"
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab, "l/t/2.csv": "b,a\nx,1\n"})
	w.want("memory://lake/l", "t csv (a bigint, b varchar) 2 files: created", warning)
	w = newWorld(t).put(map[string]string{"l/t/1.csv": ab})
	w.want("memory://lake/l", "t csv (a bigint, b varchar) 1 files: created")
	w.put(map[string]string{"l/t/2.csv": "b,a\nx,1\n"})
	w.want("memory://lake/l", "t csv (a bigint, b varchar) 2 files: unchanged", warning)
}

func TestSecondRun(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/dt=2024-01-01/1.csv": ab, "l/u/1.csv": ab, "l/v/x.csv": ab, "l/v/y.csv": cde})
	first := w.crawl("memory://lake/l")
	for i := range first {
		first[i] = strings.Replace(first[i], ": created", ": unchanged", 1)
	}
	version := func(table string) int64 {
		tab, err := w.cat.Table(context.Background(), "d", table)
		if err != nil {
			t.Fatal(err)
		}
		return tab.Version
	}
	w.want("memory://lake/l", first...)
	if version("t") != 1 || version("u") != 1 {
		t.Error("an unchanged table was written again")
	}
	w.put(map[string]string{"l/t/dt=2024-01-02/1.csv": "a,b,n\n1.5,x,true\n", "l/t/tmp/1.csv": cde, "l/v/z.csv": cde})
	w.want("memory://lake/l/",
		"t csv (a double, b varchar, n boolean) by (dt date) 2 partitions 2 files: columns changed, 1 partition added",
		"tmp csv (c double, d varchar, e date) 1 files: created",
		"u csv (a bigint, b varchar) 1 files: unchanged",
		"x csv (a bigint, b varchar) 1 files: unchanged",
		"y csv (c double, d varchar, e date) 1 files: unchanged",
		"z csv (c double, d varchar, e date) 1 files: created")
	w.put(map[string]string{"l/t/dt=unknown/1.csv": ab})
	got := w.crawl("memory://lake/l")
	if want := "t csv (a double, b varchar, n boolean) by (dt varchar) 3 partitions 3 files: key types changed, 1 partition added"; got[0] != want {
		t.Errorf("%s, want %s", got[0], want)
	}
}

// TestHandMadeTable keeps what a user said: types, parameters, keys.
func TestHandMadeTable(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab, "l/t/k=2/1.csv": ab})
	if _, err := w.cat.CreateDatabase(ctx, &catalog.Database{Name: "d"}); err != nil {
		t.Fatal(err)
	}
	made, err := w.cat.CreateTable(ctx, &catalog.Table{Database: "d", Name: "mine", Format: "csv",
		Columns:       []catalog.Column{{Name: "A", Type: types.TSmallInt, Comment: "mine"}, {Name: "named", Type: types.TVarchar}},
		PartitionKeys: []catalog.Column{{Name: "K", Type: types.TVarchar}},
		Storage:       catalog.Storage{Location: "memory://lake/l/t"}, Parameters: map[string]string{"note": "keep"}})
	if err != nil {
		t.Fatal(err)
	}
	w.want("memory://lake/l",
		"mine csv (A smallint, named varchar) by (K varchar) 2 partitions 2 files: 2 partitions added")
	w.put(map[string]string{"l/t/k=3/1.csv": "a,b,c\n1.5,x,true\n"})
	w.want("memory://lake/l",
		"mine csv (A smallint, named varchar, c boolean) by (K varchar) 3 partitions 3 files: columns changed, 1 partition added")
	tab, err := w.cat.Table(ctx, "d", "mine")
	if err != nil || tab.ID != made.ID || tab.Columns[0].Comment != "mine" || !cmp.Equal(tab.Parameters, made.Parameters) {
		t.Errorf("%+v, %v", tab, err)
	}
}

func TestParameters(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv.gz": gz("a;b\n1;\"x\"\n2;NULL\n"), "l/t/2.csv.gz": gz("a;b\n1;\"x\"\n2;\"y\"\n3;z\n4;z\n")})
	w.crawl("memory://lake/l")
	tab, err := w.cat.Table(context.Background(), "d", "t")
	if err != nil {
		t.Fatal(err)
	}
	p := tab.Parameters
	for k, want := range map[string]string{"classification": "csv", "compressionType": "gzip", "typeOfData": "file", "delimiter": ";",
		"skip.header.line.count": "1", "objectCount": "2", "UPDATED_BY_CRAWLER": "glaux"} {
		if p[k] != want {
			t.Errorf("%s is %q, want %q", k, p[k], want)
		}
	}
	s := tab.Storage
	if s.SerDeParams["separatorChar"] != ";" || s.SerDeParams["quoteChar"] != `"` || s.SerDeParams["serialization.null.format"] != "NULL" ||
		!strings.HasSuffix(s.SerDe, "OpenCSVSerde") || s.Location != "memory://lake/l/t/" {
		t.Errorf("%+v", s)
	}
}

// TestOrderDoesNotMatter crawls one lake several times, with the files stored
// and read in different orders.
func TestOrderDoesNotMatter(t *testing.T) {
	files := map[string]string{}
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 40 {
		for _, table := range []string{"x", "X", "y"} {
			text := "id,v\n1,2\n"
			if r.IntN(3) == 0 {
				text = "id,v,w\n1,2.5,x\n"
			}
			files[fmt.Sprintf("l/%s/k=%d/%d.csv", table, r.IntN(9), i)] = text
		}
	}
	names := make([]string, 0, len(files))
	for k := range files {
		names = append(names, k)
	}
	var first []string
	for round := range 4 {
		w := newWorld(t)
		slices.Sort(names)
		r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		for _, k := range names {
			w.mem.Set(k, []byte(files[k]))
		}
		got := w.crawl("memory://lake/l")
		if round == 0 {
			first = got
		} else if diff := cmp.Diff(first, got); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestCrawlFaults(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab})
	_, err := Crawl(context.Background(), w.options("/not/allowed"))
	if !fault.Is(err, fault.CodeInsufficientPriv) {
		t.Errorf("forbidden location: %v", err)
	}
	o := w.options("memory://lake/l")
	o.Database = ""
	if _, err := Crawl(context.Background(), o); !fault.Is(err, fault.CodeInvalidParameter) {
		t.Errorf("no database: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.mem.FailWith(func(op, key string) error {
		if op == "read" {
			cancel()
		}
		return nil
	})
	if _, err := Crawl(ctx, w.options("memory://lake/l")); fault.As(err) == nil || fault.As(err).Code != fault.CodeQueryCanceled {
		t.Errorf("cancelled: %v", err)
	}
	w.mem.FailWith(func(op, key string) error {
		if op == "list" {
			return fault.New(fault.CodeIO, "boom")
		}
		return nil
	})
	if _, err := Crawl(context.Background(), w.options("memory://lake/l")); !fault.Is(err, fault.CodeIO) {
		t.Errorf("listing fails: %v", err)
	}
	w.mem.FailWith(func(op, key string) error {
		if op == "read" {
			return fault.New(fault.CodeIO, "boom")
		}
		return nil
	})
	w.want("memory://lake/l", "warning: memory://lake/l/t/1.csv: boom")
}

func TestProgress(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab, "l/t/k=2/1.csv": ab, "l/u/1.csv": cde})
	o := w.options("memory://lake/l")
	var last Progress
	o.Progress = func(p Progress) { last = p }
	if _, err := Crawl(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	if want := (Progress{Listed: 3, Sampled: 3, Tables: 2, Partitions: 2}); last != want {
		t.Errorf("%+v, want %+v", last, want)
	}
}

func TestRepair(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t).put(map[string]string{"t/dt=2024-01-01/h=1/1": "x", "t/DT=2024-01-02/h=02/1": "x", "t/dt=soon/h=1/1": "x",
		"t/dt=2024-01-03/5/1": "x", "t/other/1": "x"})
	if _, err := w.cat.CreateDatabase(ctx, &catalog.Database{Name: "d"}); err != nil {
		t.Fatal(err)
	}
	tab := &catalog.Table{Database: "d", Name: "t", Format: "csv", Columns: []catalog.Column{{Name: "a", Type: types.TBigInt}},
		PartitionKeys: []catalog.Column{{Name: "dt", Type: types.TDate}, {Name: "h", Type: types.TInteger}},
		Storage:       catalog.Storage{Location: "memory://lake/t"}}
	tab, err := w.cat.CreateTable(ctx, tab)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := Repair(ctx, w.reg, w.cat, tab)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Found != 3 || rep.Added != 2 {
		t.Errorf("%+v", rep)
	}
	want := []string{
		"memory://lake/t/dt=2024-01-03/5/ is not a folder of the form dt=value/h=value",
		"memory://lake/t/other/ is not a folder of the form dt=value/h=value",
		`partition memory://lake/t/dt=soon/h=1/ of table t was left out: invalid date "soon"`,
	}
	if diff := cmp.Diff(want, rep.Warnings); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"DATE '2024-01-01' 1 t/dt=2024-01-01/h=1/", "DATE '2024-01-02' 2 t/DT=2024-01-02/h=02/"}, w.partitions("t")); diff != "" {
		t.Error(diff)
	}
	if rep, err = Repair(ctx, w.reg, w.cat, tab); err != nil || rep.Added != 0 {
		t.Errorf("again: %+v, %v", rep, err)
	}
	plain := *tab
	plain.PartitionKeys = nil
	if _, err := Repair(ctx, w.reg, w.cat, &plain); !fault.Is(err, fault.CodeWrongObjectType) {
		t.Errorf("not partitioned: %v", err)
	}
}

// TestSampleLake crawls the lake that the demo serves.
func TestSampleLake(t *testing.T) {
	const lake = "../../testdata/lake"
	w := newWorld(t)
	if err := w.reg.Allow(lake); err != nil {
		t.Fatal(err)
	}
	got := w.crawl(lake)
	for i := range got {
		name, rest, _ := strings.Cut(got[i], " (")
		if strings.HasPrefix(name, "warning") {
			continue
		}
		columns, rest, _ := strings.Cut(rest, ") ")
		got[i] = fmt.Sprintf("%s, %d columns, %s", name, 1+strings.Count(columns, ", "), rest)
	}
	want := []string{
		"customer parquet, 8 columns, 1 files: created",
		"lineitem parquet, 16 columns, 1 files: created",
		"nation parquet, 4 columns, 1 files: created",
		"orders parquet, 9 columns, by (o_orderyear integer) 7 partitions 7 files: created",
		"part parquet, 9 columns, 1 files: created",
		"partsupp parquet, 5 columns, 1 files: created",
		"products csv, 6 columns, 2 files: created",
		"region parquet, 3 columns, 1 files: created",
		"supplier parquet, 7 columns, 1 files: created",
	}
	if diff := cmp.Diff(want, got[:min(len(got), len(want))]); diff != "" {
		t.Error(diff)
	}
	if len(got) != 10 || !strings.Contains(got[9], "by (year integer, month integer, day integer) 5 partitions 10 files: created") {
		t.Errorf("%q", got[len(want):])
	}
}
