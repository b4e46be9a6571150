package crawl

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// search is what a test asks of a memory lake.
func (w *world) search(o Options) *Findings {
	w.t.Helper()
	o.Stores = w.reg
	if o.Formats == nil {
		o.Formats = allFormats()
	}
	if o.Targets == nil {
		o.Targets = []Target{{Location: "memory://lake/l"}}
	}
	f, err := Find(context.Background(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

func tablesIn(f *Findings) []string {
	t, _ := lines(f)
	return t
}

// knownOf makes known tables of what was found.
func knownOf(f *Findings) []Known {
	var out []Known
	for i, r := range f.Tables {
		t := *r.Table
		t.ID = int64(i + 1)
		out = append(out, Known{Table: &t, Fingerprint: r.Fingerprint})
	}
	return out
}

// TestUnchanged looks again after one file of one table has changed: only that
// table is looked into.
func TestUnchanged(t *testing.T) {
	w := newWorld(t).put(map[string]string{
		"l/t/dt=1/a.csv": ab, "l/t/dt=2/a.csv": ab, "l/u/a.csv": ab, "l/v/x.csv": ab, "l/v/y.csv": cde, "l/t/odd/1.csv": cde,
	})
	first := w.search(Options{})
	known := knownOf(first)
	again := w.search(Options{Known: known})
	if again.Sampled != 0 {
		t.Errorf("%d files were looked into", again.Sampled)
	}
	for i, r := range again.Tables {
		if !r.Unchanged || r.Table != r.Known || r.Known != known[i].Table || r.Fingerprint != known[i].Fingerprint || r.Partitions != nil {
			t.Errorf("%s: %+v", r.Table.Storage.Location, r)
		}
	}
	if len(again.Tables) != len(first.Tables) || len(first.Tables) != 5 {
		t.Fatalf("%q", tablesIn(again))
	}
	for name, change := range map[string]func(){
		"t": func() { w.mem.Set("l/t/dt=3/a.csv", []byte(ab)) },
		"u": func() { w.mem.Set("l/u/a.csv", []byte(ab2+"9,k\n")) },
		"y": func() { w.mem.Set("l/v/y.csv", []byte(cde+"7,k,2024-01-01\n")) },
		"":  func() { w.mem.Set("l/_hidden/a.csv", []byte(ab)) },
	} {
		change()
		found := w.search(Options{Known: known})
		for _, r := range found.Tables {
			if r.Unchanged == (r.Known.Name == name) {
				t.Errorf("after a change of %q, %q is unchanged: %v", name, r.Known.Name, r.Unchanged)
			}
		}
		known = knownOf(w.search(Options{}))
	}
	for what, o := range map[string]Options{
		"salt": {Salt: "x"}, "exclusions": {Targets: []Target{{Location: "memory://lake/l", Exclusions: []string{"no"}}}},
		"string keys": {Grouping: Grouping{StringKeys: true}}, "formats": {Formats: formats.NewRegistry(allFormats().All()[1:]...)},
	} {
		o.Known = known
		if w.search(o).Tables[0].Unchanged {
			t.Errorf("other %s, and unchanged", what)
		}
	}
}

func TestNewOnly(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/dt=1/a.csv": ab, "l/t/dt=2/a.csv": ab, "l/u/a.csv": ab})
	known := knownOf(w.search(Options{}))
	known[0].Has = func(vs []string) bool { return vs[0] == "1" || vs[0] == "2" }
	w.put(map[string]string{"l/t/dt=2/b.csv": cde, "l/u/b.csv": cde, "l/new/a.csv": cde})
	f := w.search(Options{Known: known, NewOnly: true})
	if got := tablesIn(f); len(f.Tables) != 3 || f.Sampled != 1 || !f.Tables[1].Unchanged || !f.Tables[2].Unchanged {
		t.Errorf("%q, %d looked into", got, f.Sampled)
	}
	w.put(map[string]string{"l/t/dt=3/a.csv": "a,b\n1.5,x\n2,y\n"})
	f = w.search(Options{Known: known, NewOnly: true})
	r := f.Tables[1]
	if r.Unchanged || len(r.Partitions) != 1 || r.Partitions[0].Values[0] != "3" || f.Sampled != 2 {
		t.Errorf("%q, %d looked into, %+v", tablesIn(f), f.Sampled, r.Partitions)
	}
}

func TestMaxTables(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/a.csv": ab, "l/u/a.csv": ab})
	o := Options{Stores: w.reg, Formats: allFormats(), Targets: []Target{{Location: "memory://lake/l"}}, Grouping: Grouping{MaxTables: 1}}
	_, err := Find(context.Background(), o)
	if !fault.Is(err, fault.CodeProgramLimit) || !strings.Contains(err.Error(), "2 tables") {
		t.Error(err)
	}
	o.Grouping.MaxTables = 2
	if _, err := Find(context.Background(), o); err != nil {
		t.Error(err)
	}
}

// TestManySiblings: of very many folders without keys some stand for all, until
// they differ.
func TestManySiblings(t *testing.T) {
	w := newWorld(t)
	for i := range 300 {
		w.mem.Set(fmt.Sprintf("l/t/u%03d/1.csv", i), []byte(ab))
	}
	f := w.search(Options{})
	if diff := cmp.Diff([]string{"t csv (a bigint, b varchar) by (partition_0 varchar) 300 partitions 300 files"}, tablesIn(f)); diff != "" || f.Sampled != someSiblings {
		t.Errorf("%s%d looked into", diff, f.Sampled)
	}
	text := treeLines(f.Trees[0], "")
	if len(text) > 10 || !slices.ContainsFunc(text, func(s string) bool { return strings.HasSuffix(s, "and 297 more") }) {
		t.Errorf("%q", text)
	}
	for i := range 300 {
		if i%2 == 0 {
			w.mem.Set(fmt.Sprintf("l/t/u%03d/1.csv", i), []byte(cde))
		}
	}
	f = w.search(Options{})
	if len(f.Tables) != 300 || f.Sampled != 300 {
		t.Errorf("%d tables, %d looked into", len(f.Tables), f.Sampled)
	}
	if text := treeLines(f.Trees[0], ""); len(text) > maxKids+10 {
		t.Errorf("%d folders shown", len(text))
	}
}

// TestDivided: a target that is listed folder by folder is found as one that is
// listed at once.
func TestDivided(t *testing.T) {
	w := newWorld(t)
	for i := range divideAfter + 500 {
		w.mem.Set(fmt.Sprintf("l/t%d/k=%d/%d.csv", i%7, i%3, i), []byte(ab))
	}
	w.put(map[string]string{"l/t1-x/1.csv": cde, "l/t1/_SUCCESS": "x", "l/d/_delta_log/0.json": "{}", "l/d/a.csv": ab, "l/i/metadata/1.metadata.json": "{}",
		"l/i/data/a.csv": ab, "l/top.csv": ab, "l/_x/y": "z", "l/e": "", "l/x/y.tmp": "a"})
	plain := w.mount(struct{ store.Store }{w.mem}) // cannot list by level
	var got [2]*Findings
	for i, reg := range []*store.Registry{w.reg, plain} {
		listed := 0
		o := Options{Stores: reg, Formats: allFormats(), Targets: []Target{{Location: "memory://lake/l", Exclusions: []string{"**.tmp"}}},
			Progress: func(p Progress) { listed = p.Listed }}
		var err error
		if got[i], err = Find(context.Background(), o); err != nil {
			t.Fatal(err)
		}
		if int64(listed) != got[i].Objects {
			t.Errorf("progress says %d of %d objects", listed, got[i].Objects)
		}
	}
	if diff := cmp.Diff(textOf(t, got[1]), textOf(t, got[0])); diff != "" {
		t.Error(diff)
	}
}

// textOf writes findings as text, with all that they say.
func textOf(t *testing.T, f *Findings) string {
	t.Helper()
	b, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestFindIsDeterministic crawls a lake with all sorts of trouble several times,
// with one worker and with eight, and with the store answering at random times.
func TestFindIsDeterministic(t *testing.T) {
	w := newWorld(t)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 60 {
		for _, table := range []string{"x", "X", "y", "z/deep", "p/a", "p/b"} {
			text := "id,v\n1,2\n2,3\n"
			switch r.IntN(6) {
			case 0:
				text = "id,v,w\n1,2.5,x\n2,3.5,y\n"
			case 1:
				text = "id;v\n1;2\n3;4\n"
			case 2:
				text = `{"id":1,"v":true}` + "\n"
			case 3:
				text = "\x00\x01"
			}
			w.mem.Set(fmt.Sprintf("l/%s/k=%d/%d.csv", table, r.IntN(9), i), []byte(text))
			if table != "p/a" && table != "p/b" {
				w.mem.Set(fmt.Sprintf("l/f%d/%s.csv", i%3, strings.ReplaceAll(table, "/", "")), []byte(text))
			}
		}
	}
	want := ""
	for round := range 5 {
		var n atomic.Int64
		s := &fickle{Memory: w.mem, delay: func() {
			if x := n.Add(1); (x*int64(round+3)*2654435761)%7 == 0 {
				time.Sleep(time.Duration(x%5) * 20 * time.Microsecond)
			}
		}}
		f, err := Find(context.Background(), Options{Stores: w.mount(s), Formats: allFormats(), Workers: []int{1, 8}[round%2],
			Targets: []Target{{Location: "memory://lake/l"}}})
		if err != nil {
			t.Fatal(err)
		}
		got := textOf(t, f)
		if round == 0 {
			want = got
		} else if got != want {
			t.Fatal(cmp.Diff(want, got))
		}
	}
	if !bytes.Contains([]byte(want), []byte("Partitions")) {
		t.Error(want)
	}
}

// TestClassifiers: custom ones are asked first; the first that is sure decides,
// else the surest.
func TestClassifiers(t *testing.T) {
	fs := []formats.Format{claim{"a", 0.5}, claim{"b", 0.9}, claim{"c", 1}, claim{"d", 1}}
	for _, c := range []struct {
		order []int
		want  string
	}{{[]int{0, 1}, "b"}, {[]int{1, 0}, "b"}, {[]int{0, 1, 2, 3}, "c"}, {[]int{3, 2}, "d"}, {[]int{0}, "a"}} {
		var some []formats.Format
		for _, i := range c.order {
			some = append(some, fs[i])
		}
		if got := some[classify(some, "x", nil)]; got.Name() != c.want {
			t.Errorf("%v: %s, want %s", c.order, got.Name(), c.want)
		}
	}
}

// TestClassifierFails: what a custom classifier takes and cannot read, the
// formats may.
func TestClassifierFails(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/a.csv": ab})
	f := w.search(Options{Classifiers: []formats.Format{claim{"mine", 1}, claim{"other", 0.9}}})
	if diff := cmp.Diff([]string{"t csv (a bigint, b varchar) 1 files"}, tablesIn(f)); diff != "" {
		t.Error(diff)
	}
}

// claim is a format that is always as sure.
type claim struct {
	name string
	sure float64
}

func (c claim) Name() string                 { return c.name }
func (c claim) Sniff(string, []byte) float64 { return c.sure }
func (c claim) Open(context.Context, store.Store, store.Info, formats.Options) (formats.File, error) {
	return nil, fault.New(fault.CodeFeatureNotSupported, "no")
}

// TestKnownInKnown: a table that lies in another one's folder stays a table,
// although its folder could be a partition.
func TestKnownInKnown(t *testing.T) {
	w := newWorld(t)
	for _, k := range []string{"a", "b", "c", "d"} {
		w.mem.Set("l/s/"+k+"/1.csv", []byte(ab))
	}
	w.mem.Set("l/s/manual/1.csv", []byte(cde))
	first := w.search(Options{})
	want := []string{"s csv (a bigint, b varchar) by (partition_0 varchar) 4 partitions 4 files",
		"manual csv (c double, d varchar, e date) 1 files"}
	if diff := cmp.Diff(want, tablesIn(first)); diff != "" {
		t.Fatal(diff)
	}
	known := knownOf(first)
	if again := w.search(Options{Known: known}); again.Sampled != 0 || len(again.Tables) != 2 {
		t.Errorf("%q", tablesIn(again))
	}
	w.mem.Set("l/s/e/1.csv", []byte(ab2))
	want[0] = "s csv (a bigint, b varchar) by (partition_0 varchar) 5 partitions 5 files"
	again := w.search(Options{Known: known})
	if diff := cmp.Diff(want[:1], tablesIn(again)[:1]); diff != "" || !again.Tables[1].Unchanged {
		t.Errorf("%s%q", diff, tablesIn(again))
	}
}

// TestNotForGood: where a file could not be read for now, there is no
// fingerprint that keeps the next crawl from looking.
func TestNotForGood(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab, "l/t/2.csv": "a,b\n1.5,x\n", "l/u/1.csv": ab, "l/u/2.parquet": "PAR1 and nothing else"})
	w.mem.FailWith(func(op, key string) error {
		if op == "read" && key == "l/t/2.csv" {
			return fault.New(fault.CodeIO, "timeout")
		}
		return nil
	})
	f := w.search(Options{})
	if f.Tables[0].Fingerprint != "" || f.Tables[1].Fingerprint == "" {
		t.Errorf("%q, %q", f.Tables[0].Fingerprint, f.Tables[1].Fingerprint)
	}
}

// TestRandomLakes crawls lakes of random names: every file is in a table, was
// left out or lies beside; tables and partitions have places of their own that
// are below the target; a second look finds all unchanged.
func TestRandomLakes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	names := []string{"a", "b", "t", "2024", "01", "02", "31", "2024-01-31", "k=1", "k=2", "K=1", "j=x", "k=", "=v", "k=a%2Fb", "k=a=b", "x y", "ü", "_tmp",
		".h", "k=" + strings.Repeat("v", 1100), "\n", "%", "k=\xff", "partition_0", "k=__HIVE_DEFAULT_PARTITION__", "data.csv", "k=01"}
	texts := []string{ab, ab2, cde, `{"a":1}` + "\n", "", "\x00\xff", "a;b\n1;2\n", "PAR1", "just words\n"}
	for range 150 {
		w := newWorld(t)
		for i := range 1 + r.IntN(30) {
			key := "l/"
			for range r.IntN(4) {
				key += names[r.IntN(len(names))] + "/"
			}
			w.mem.Set(fmt.Sprintf("%s%d%s", key, i, []string{".csv", "", ".json", ".gz"}[r.IntN(4)]), []byte(texts[r.IntN(len(texts))]))
		}
		o := Options{Grouping: Grouping{Combine: r.IntN(5) == 0, StringKeys: r.IntN(2) == 0}}
		if r.IntN(5) == 0 {
			o.Grouping.TableLevel = 1 + r.IntN(5)
		}
		f := w.search(o)
		checkFindings(t, f)
		o.Known = knownOf(f)
		for _, again := range w.search(o).Tables {
			if !again.Unchanged {
				t.Fatalf("%s has changed: %q", again.Table.Storage.Location, tablesIn(f))
			}
		}
	}
}

func checkFindings(t *testing.T, f *Findings) {
	t.Helper()
	places := map[string]bool{}
	taken := int64(0)
	place := func(at string) {
		if places[at] || !strings.HasPrefix(at, "memory://lake/l") {
			t.Errorf("%q is the place of two things, or outside: %q", at, tablesIn(f))
		}
		places[at] = true
	}
	for _, r := range f.Tables {
		place(r.Table.Storage.Location)
		taken += r.Files
		values := map[string]bool{}
		for i := range r.Partitions {
			p := &r.Partitions[i]
			if p.Location != "" {
				place(p.Location)
			}
			if v := strings.Join(p.Values, "\x00"); values[v] || len(p.Values) != len(r.Table.PartitionKeys) {
				t.Errorf("partition %q", p.Values)
			} else {
				values[v] = true
			}
			if why := BadValues(r.Table, p.Values); why != "" {
				t.Errorf("partition %q of %s: %s", p.Values, r.Table.Name, why)
			}
		}
		if len(r.Table.Columns) == 0 && len(r.Table.PartitionKeys) == 0 || r.Files == 0 || r.Fingerprint == "" {
			t.Errorf("%+v", r)
		}
	}
	left := int64(0)
	for _, l := range f.LeftOut {
		left += int64(l.Count)
	}
	if taken > f.Objects || taken+left < f.Objects {
		t.Errorf("%d files in tables, %d left out, of %d: %q %+v", taken, left, f.Objects, tablesIn(f), f.LeftOut)
	}
}

// TestSampleSize: of each folder only so many files count, and all are seen.
func TestSampleSize(t *testing.T) {
	w := newWorld(t)
	for i := range 30 {
		w.mem.Set(fmt.Sprintf("l/t/%02d.csv", i), []byte(ab))
		w.mem.Set(fmt.Sprintf("l/u/dt=%d/%02d.csv", i%2, i), []byte(ab))
	}
	f := w.search(Options{Targets: []Target{{Location: "memory://lake/l", SampleSize: 1}}})
	if diff := cmp.Diff([]string{"t csv (a bigint, b varchar) 30 files", "u csv (a bigint, b varchar) by (dt integer) 2 partitions 30 files"}, tablesIn(f)); diff != "" || f.Sampled != 3 {
		t.Errorf("%s%d looked into", diff, f.Sampled)
	}
}

// TestWide: tables of ten thousand columns are merged in time.
func TestWide(t *testing.T) {
	w := newWorld(t)
	var cols, more, row strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&cols, "c%d:int,", i)
		fmt.Fprintf(&more, "C%d:bigint,", i+100)
		fmt.Fprintf(&row, `,"k%d":%d`, i, i)
	}
	for i, text := range []string{cols.String(), more.String()} {
		data := parquetOf(t, strings.TrimSuffix(text, ","))
		for k := range 3 {
			w.mem.Set(fmt.Sprintf("l/p/%d%d.parquet", k, i), data)
		}
	}
	for k := range 4 {
		w.mem.Set(fmt.Sprintf("l/j/%d.json", k), []byte(`{"id":1`+row.String()+"}\n"))
	}
	start := time.Now()
	f := w.search(Options{})
	if len(f.Tables) != 2 || len(f.Tables[0].Table.Columns) != 10_001 || len(f.Tables[1].Table.Columns) != 10_100 {
		t.Fatalf("%d tables, %d columns", len(f.Tables), len(f.Tables[len(f.Tables)-1].Table.Columns))
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("%v", took)
	}
	if d := f.Tables[1].Drift; len(d) != maxDrift {
		t.Errorf("%d drifts", len(d))
	}
}

// TestManyAtTheTop: very many folders alike directly below the target are
// partitions, partitioned ones and others that differ are tables.
func TestManyAtTheTop(t *testing.T) {
	for name, c := range map[string]struct {
		file    func(i int) (key, text string)
		tables  int
		first   string
		sampled int
	}{
		"alike": {func(i int) (string, string) { return fmt.Sprintf("l/u%03d/1.csv", i), ab }, 1,
			"l csv (a bigint, b varchar) by (partition_0 varchar) 200 partitions 200 files", someSiblings},
		"partitioned": {func(i int) (string, string) { return fmt.Sprintf("l/u%03d/k=1/1.csv", i), ab }, 200,
			"u000 csv (a bigint, b varchar) by (k integer) 1 partitions 1 files", 200},
		"different": {func(i int) (string, string) {
			return fmt.Sprintf("l/u%03d/1.csv", i), []string{ab, cde}[i%2]
		}, 200, "u000 csv (a bigint, b varchar) 1 files", 200},
		"with files": {func(i int) (string, string) {
			return []string{fmt.Sprintf("l/t/u%03d/1.csv", i), "l/t/f.csv"}[min(i, 199)/199], ab
		}, 1,
			"t csv (a bigint, b varchar) 200 files", someSiblings + 1},
		"with another file": {func(i int) (string, string) {
			return []string{fmt.Sprintf("l/t/u%03d/1.csv", i), "l/t/f.csv"}[min(i, 199)/199], []string{ab, cde}[min(i, 199)/199]
		}, 200, "f csv (c double, d varchar, e date) 1 files", 200},
	} {
		w := newWorld(t)
		for i := range 200 {
			key, text := c.file(i)
			w.mem.Set(key, []byte(text))
		}
		f := w.search(Options{})
		if got := tablesIn(f); len(got) != c.tables || got[0] != c.first || f.Sampled != c.sampled {
			t.Errorf("%s: %d tables, the first %q, %d looked into", name, len(got), got[0], f.Sampled)
		}
	}
}

// FuzzFind crawls lakes of any names and contents.
func FuzzFind(f *testing.F) {
	f.Add("t/k=1/a.csv\nt/k=2/a.csv\nt/_x\n", []byte(ab), uint8(0))
	f.Add("t/2024/01/a.json.gz\nt/2024/02/b.json\n", []byte(`{"a":1}`), uint8(1))
	f.Add("a/b/c\na/d/c\n_delta_log/0\na/metadata/1.metadata.json", []byte("PAR1"), uint8(19))
	f.Fuzz(func(t *testing.T, keys string, body []byte, how uint8) {
		if len(keys) > 2000 || len(body) > 4000 {
			return
		}
		w := &world{t: t, mem: store.NewMemory("lake")} // without a catalog, which would take most of the time
		w.reg = w.mount(w.mem)
		for i, key := range strings.Split(keys, "\n") {
			if key = strings.Trim(key, "/"); key != "" && !strings.Contains(key, "//") {
				w.mem.Set("l/"+key, body[:len(body)-min(len(body), i%3)])
			}
		}
		o := Options{Grouping: Grouping{Combine: how&1 > 0, StringKeys: how&2 > 0, TableLevel: int(how>>2) % 5}}
		found := w.search(o)
		checkFindings(t, found)
		o.Known = knownOf(found)
		w.search(o)
	})
}
