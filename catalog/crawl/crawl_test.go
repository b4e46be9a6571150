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
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/formats/store"
)

// world is a memory lake.
type world struct {
	t   *testing.T
	mem *store.Memory
	reg *store.Registry
	cat *meta.Store // of tests that open one
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
	return w
}

func (w *world) put(files map[string]string) *world {
	for k, v := range files {
		w.mem.Set(k, []byte(v))
	}
	return w
}

// crawl finds what is at a location, a line for each table, then what was left
// out (but for what every lake has) and noted of more than headers.
func (w *world) crawl(location string) []string {
	w.t.Helper()
	return show(w.search(Options{Targets: []Target{{Location: location}}}))
}

func (w *world) want(location string, want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.crawl(location)); diff != "" {
		w.t.Error(diff)
	}
}

func show(f *Findings) []string {
	out := []string{}
	for _, line := range tablesIn(f) {
		out = append(out, strings.TrimSuffix(line, " files")+" files")
	}
	slices.Sort(out)
	for _, l := range f.LeftOut {
		if l.Why != skipWhy[skipHidden] && l.Why != skipWhy[skipEmpty] {
			out = append(out, fmt.Sprintf("left out: %s: %s", l.Location, l.Why))
		}
	}
	for _, n := range f.Notes {
		if !strings.Contains(n, "header") && !strings.Contains(n, "is null wherever") && !strings.Contains(n, "partition projection") {
			out = append(out, "note: "+n)
		}
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

// partitions gives the partitions of the one table that is found at l, with
// their typed values.
func (w *world) partitions() []string {
	w.t.Helper()
	f := w.search(Options{})
	if len(f.Tables) != 1 {
		w.t.Fatalf("%q", tablesIn(f))
	}
	t := f.Tables[0].Table
	var out []string
	for i := range f.Tables[0].Partitions {
		p := &f.Tables[0].Partitions[i]
		var vs []string
		for k, text := range p.Values {
			v, err := partition.ParseValue(t.PartitionKeys[k].Type, text)
			if err != nil {
				w.t.Fatal(err)
			}
			vs = append(vs, v.String())
		}
		out = append(out, strings.Join(vs, " ")+" "+strings.TrimPrefix(partition.Location(t, p), "memory://lake/"))
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
			[]string{"t csv (a bigint, b varchar) 2 files", "u csv (c double, d varchar, e date) 1 files"}},
		"the location is a table": {map[string]string{"l/My Table/1.csv": ab}, "l/My Table",
			[]string{"my_table csv (a bigint, b varchar) 1 files"}},
		"a file is a table": {map[string]string{"l/one.csv.gz": gz(ab)}, "l/one.csv.gz",
			[]string{"one csv (a bigint, b varchar) 1 files"}},
		"the store's root": {map[string]string{"1.csv": ab}, "", []string{"lake csv (a bigint, b varchar) 1 files"}},
		"hidden and empty files": {map[string]string{"l/t/1.csv": ab, "l/t/_SUCCESS": "x", "l/t/.x.csv": cde, "l/t/_tmp/y.csv": cde, "l/t/e.csv": ""}, "l",
			[]string{"t csv (a bigint, b varchar) 1 files"}},
		"files of different schemas": {map[string]string{"l/orders.csv": ab, "l/items.csv": cde}, "l",
			[]string{"items csv (c double, d varchar, e date) 1 files", "orders csv (a bigint, b varchar) 1 files"}},
		"files beside folders": {map[string]string{"l/orders.csv": ab, "l/items/1.csv": cde}, "l",
			[]string{"items csv (c double, d varchar, e date) 1 files", "orders csv (a bigint, b varchar) 1 files"}},
		"one table with folders in it": {map[string]string{"l/t/1.csv": ab, "l/t/more/1.csv": ab2}, "l",
			[]string{"t csv (a bigint, b varchar) 2 files"}},
		"top folders stay tables of their own": {map[string]string{"l/t/1.csv": ab, "l/u/1.csv": ab}, "l",
			[]string{"t csv (a bigint, b varchar) 1 files", "u csv (a bigint, b varchar) 1 files"}},
		"deeper ones are partitions": {map[string]string{"l/t/eu/1.csv": ab, "l/t/us/1.csv": ab}, "l",
			[]string{"t csv (a bigint, b varchar) by (partition_0 varchar) 2 partitions 2 files"}},
		"an odd file in a table": {map[string]string{"l/t/1.csv": ab, "l/t/2.csv": ab, "l/t/3.csv": ab, "l/t/4.csv": cde}, "l",
			[]string{"t csv (a bigint, b varchar) 4 files",
				"note: memory://lake/l/t/4.csv differs from the other files of table t: csv with 3 columns"}},
		"what is not data": {map[string]string{"l/t/1.csv": ab, "l/t/pic.png": "\x89PNG\x00\x00", "l/u/x.parquet": "PAR1 no"}, "l",
			[]string{"t csv (a bigint, b varchar) 2 files"}},
		"names that fold": {map[string]string{"l/T/1.csv": ab, "l/t/1.csv": ab, "l/t-/1.csv": ab, "l/t_/1.csv": ab}, "l",
			[]string{"t csv (a bigint, b varchar) 1 files", "t csv (a bigint, b varchar) 1 files",
				"t_ csv (a bigint, b varchar) 1 files", "t_ csv (a bigint, b varchar) 1 files"}},
		"logs of table formats": {map[string]string{"l/t/_delta_log/0.json": "{}", "l/t/1.csv": ab, "l/u/metadata/1.metadata.json": "{}", "l/u/data/1.csv": ab}, "l",
			[]string{"left out: memory://lake/l/t/: it is a table of Delta Lake, which cannot be read yet",
				"left out: memory://lake/l/u/: it is a table of Iceberg, which cannot be read yet"}},
		"nothing": {map[string]string{"x": "x"}, "l", []string{"left out: memory://lake/l: no files were found"}},
		"json": {map[string]string{"l/t/1.json.gz": gz(`{"a":1,"n":null,"o":{"x":1},"l":[]}` + "\n"),
			"l/t/2.json.gz": gz(`{"a":2.5,"n":{"k":true},"o":{"y":"z"},"l":[1]}` + "\n"), "l/t/3.json": `{"A":1,"b":"2024-01-01","l":null}`}, "l",
			[]string{"t json (a double, n row(k boolean), o row(x bigint, y varchar), l array(bigint), b date) 3 files"}},
		"mixed formats": {map[string]string{"l/t/k=1/1.json": `{"a":1}`, "l/t/k=1/2.json": `{"a":1}`, "l/t/k=2/1.csv": ab}, "l",
			[]string{"t json (a bigint) by (k integer) 2 partitions 3 files"}},
		"widening": {map[string]string{"l/t/1.csv": "id,v,w\n1,2,x\n", "l/t/2.csv": "id,v,w,n\n1,2.5,x,true\n", "l/t/3.csv": "id,v,w\n1,,5\n"}, "l",
			[]string{"t csv (id bigint, v double, w varchar, n boolean) 3 files"}},
	} {
		w := newWorld(t).put(c.files)
		got := w.crawl("memory://lake/" + c.at)
		if name == "what is not data" {
			for i := range got { // the messages are the formats' own
				got[i], _, _ = strings.Cut(got[i], ": it has")
			}
			got[2], _, _ = strings.Cut(got[2], "parquet: ")
			c.want = append(c.want, "left out: memory://lake/l/t/pic.png", "left out: memory://lake/l/u/x.",
				"note: table t: queries will meet 1 file that cannot be read, such as memory://lake/l/t/pic.png: move them away or exclude them")
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
			"t csv (a bigint, b varchar) by (dt date, h integer) 3 partitions 4 files",
			[]string{"DATE '2024-01-01' 7 l/t/dt=2024-01-01/h=7/", "DATE '2024-01-02' 7 l/t/dt=2024-01-02/h=7/", "DATE '2024-01-02' 12 l/t/dt=2024-01-02/h=12/"}},
		"dates": {[]string{"t/2024/01/31/1", "t/2024/02/01/1"},
			"t csv (a bigint, b varchar) by (year integer, month integer, day integer) 2 partitions 2 files",
			[]string{"2024 1 31 l/t/2024/01/31/", "2024 2 1 l/t/2024/02/01/"}},
		"hours": {[]string{"t/2024/01/31/00/1", "t/2024/01/31/23/x/1"},
			"t csv (a bigint, b varchar) by (year integer, month integer, day integer, hour integer) 2 partitions 2 files",
			[]string{"2024 1 31 0 l/t/2024/01/31/00/", "2024 1 31 23 l/t/2024/01/31/23/"}},
		"iso dates": {[]string{"t/2024-01-31/1", "t/2024-02-01/1"},
			"t csv (a bigint, b varchar) by (dt date) 2 partitions 2 files",
			[]string{"DATE '2024-01-31' l/t/2024-01-31/", "DATE '2024-02-01' l/t/2024-02-01/"}},
		"dates below a key": {[]string{"t/region=eu/2024/01/1", "t/region=us/2024/02/1"},
			"t csv (a bigint, b varchar) by (region varchar, year integer, month integer) 2 partitions 2 files",
			[]string{"'eu' 2024 1 l/t/region=eu/2024/01/", "'us' 2024 2 l/t/region=us/2024/02/"}},
		"plain levels": {[]string{"t/eu/app1/1", "t/eu/app2/1", "t/us/app1/1", "t/us/app3/1"},
			"t csv (a bigint, b varchar) by (partition_0 varchar, partition_1 varchar) 4 partitions 4 files",
			[]string{"'eu' 'app1' l/t/eu/app1/", "'eu' 'app2' l/t/eu/app2/", "'us' 'app1' l/t/us/app1/", "'us' 'app3' l/t/us/app3/"}},
		"keys below plain folders": {[]string{"t/eu/n=1/1", "t/us/n=1/1"},
			"t csv (a bigint, b varchar) by (partition_0 varchar, n integer) 2 partitions 2 files",
			[]string{"'eu' 1 l/t/eu/n=1/", "'us' 1 l/t/us/n=1/"}},
		"escapes, null and text": {[]string{"t/k=a%2Fb%3A/1", "t/k=__HIVE_DEFAULT_PARTITION__/1", "t/k=007/1"},
			"t csv (a bigint, b varchar) by (k varchar) 3 partitions 3 files",
			[]string{"'007' l/t/k=007/", "'a/b:' l/t/k=a%2Fb%3A/", "NULL l/t/k=__HIVE_DEFAULT_PARTITION__/"}},
		"numbers": {[]string{"t/k=5/1", "t/k=3000000000/1", "t/k=-1/1"},
			"t csv (a bigint, b varchar) by (k bigint) 3 partitions 3 files",
			[]string{"-1 l/t/k=-1/", "5 l/t/k=5/", "3000000000 l/t/k=3000000000/"}},
		"case of keys": {[]string{"t/Year=2024/1", "t/Year=2023/1", "t/year=2022/1"},
			"t csv (a bigint, b varchar) by (Year integer) 3 partitions 3 files",
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
		slices.Sort(c.parts)
		parts := w.partitions()
		slices.Sort(parts)
		if diff := cmp.Diff(c.parts, parts); diff != "" {
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
		"plain csv (c double, d varchar, e date) 1 files",
		"t csv (a bigint, b varchar) by (dt date) 2 partitions 2 files",
		"left out: memory://lake/l/t/: files beside the partitions, which are not part of the table",
		"left out: memory://lake/l/t/other=1/: it does not fit the partition keys (dt) of its table")
	w = newWorld(t).put(map[string]string{"l/t/a=1/1.csv": ab})
	w.want("memory://lake/l",
		"t csv (a_2 bigint, b varchar) by (a integer) 1 partitions 1 files",
		"note: column a of the files of table t is called a_2, because of the partition key of that name")
	w = newWorld(t).put(map[string]string{"l/t/a=1/1.json": `{"a":1,"b":2}`})
	w.want("memory://lake/l",
		"t json (b bigint) by (a integer) 1 partitions 1 files",
		"note: column a of the files of table t is hidden by the partition key of that name")
}

// TestOrderOfColumns warns where a file's columns stand in another order and
// would be read as each other.
func TestOrderOfColumns(t *testing.T) {
	const warning = "note: memory://lake/l/t/2.csv has column b where table t has a: columns of csv files are found by position, " +
		"so its values will be in the wrong columns"
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab, "l/t/2.csv": "b,a\nx,1\n"})
	w.want("memory://lake/l", "t csv (a bigint, b varchar) 2 files", warning)
	known := *w.search(Options{}).Tables[0].Table
	known.Columns = slices.Clone(known.Columns)
	known.Columns[0].Name = "renamed"
	f := w.search(Options{Known: []Known{{Table: &known}}})
	if slices.ContainsFunc(f.Notes, func(n string) bool { return strings.Contains(n, "by position") && !strings.Contains(n, "has renamed") }) {
		t.Errorf("%q", f.Notes)
	}
}

func TestParameters(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv.gz": gz("a;b\n1;\"x\"\n2;NULL\n"), "l/t/2.csv.gz": gz("a;b\n1;\"x\"\n2;\"y\"\n3;z\n4;z\n")})
	tab := w.search(Options{}).Tables[0].Table
	p := tab.Parameters
	for k, want := range map[string]string{"classification": "csv", "compressionType": "gzip", "typeOfData": "file", "delimiter": ";",
		"skip.header.line.count": "1", "objectCount": "2"} {
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

func TestFaults(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab})
	at := func(location string) Options {
		return Options{Stores: w.reg, Formats: allFormats(), Targets: []Target{{Location: location}}}
	}
	_, err := Find(context.Background(), at("/not/allowed"))
	if !fault.Is(err, fault.CodeInsufficientPriv) {
		t.Errorf("forbidden location: %v", err)
	}
	for what, o := range map[string]Options{"no target": {}, "a bad exclusion": {Targets: []Target{{Location: "memory://lake/l", Exclusions: []string{"["}}}},
		"a negative depth": {Targets: []Target{{Location: "memory://lake/l", Depth: -1}}}} {
		o.Stores, o.Formats = w.reg, allFormats()
		if _, err := Find(context.Background(), o); !fault.Is(err, fault.CodeInvalidParameter) {
			t.Errorf("%s: %v", what, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.mem.FailWith(func(op, key string) error {
		if op == "read" {
			cancel()
		}
		return nil
	})
	if _, err := Find(ctx, at("memory://lake/l")); fault.As(err) == nil || fault.As(err).Code != fault.CodeQueryCanceled {
		t.Errorf("cancelled: %v", err)
	}
	w.mem.FailWith(func(op, key string) error {
		if op == "list" {
			return fault.New(fault.CodeIO, "boom")
		}
		return nil
	})
	if _, err := Find(context.Background(), at("memory://lake/l")); !fault.Is(err, fault.CodeIO) {
		t.Errorf("listing fails: %v", err)
	}
	w.mem.FailWith(func(op, key string) error {
		if op == "read" {
			return fault.New(fault.CodeIO, "boom")
		}
		return nil
	})
	w.want("memory://lake/l", "left out: memory://lake/l/t/1.csv: boom")
}

func TestProgress(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/k=1/1.csv": ab, "l/t/k=2/1.csv": ab, "l/u/1.csv": cde})
	var last Progress
	w.search(Options{Progress: func(p Progress) { last = p }})
	if want := (Progress{Listed: 3, Sampled: 3, Tables: 2, Partitions: 2}); last != want {
		t.Errorf("%+v, want %+v", last, want)
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
		columns, rest, _ := strings.Cut(rest, ") ")
		got[i] = fmt.Sprintf("%s, %d columns, %s", name, 1+strings.Count(columns, ", "), rest)
	}
	want := []string{
		"customer parquet, 8 columns, 1 files",
		"lineitem parquet, 16 columns, 1 files",
		"nation parquet, 4 columns, 1 files",
		"orders parquet, 9 columns, by (o_orderyear integer) 7 partitions 7 files",
		"part parquet, 9 columns, 1 files",
		"partsupp parquet, 5 columns, 1 files",
		"products csv, 6 columns, 2 files",
		"region parquet, 3 columns, 1 files",
		"supplier parquet, 7 columns, 1 files",
	}
	if diff := cmp.Diff(want, got[:min(len(got), len(want))]); diff != "" {
		t.Error(diff)
	}
	if len(got) != 10 || !strings.Contains(got[9], "by (year integer, month integer, day integer) 5 partitions 10 files") {
		t.Errorf("%q", got[len(want):])
	}
}
