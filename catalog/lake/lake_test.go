package lake

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// fakeFormat opens anything by reading its first byte.
type fakeFormat struct {
	formats.Format
	name  string
	opens *atomic.Int64
}

func (f fakeFormat) Name() string { return f.name }

func (f fakeFormat) Open(ctx context.Context, s store.Store, o store.Info, opt formats.Options) (formats.File, error) {
	f.opens.Add(1)
	if _, err := s.ReadRanges(ctx, o, []store.Range{{Off: 0, Len: 1}}); err != nil {
		return nil, err
	}
	return &fakeFile{schema: opt.Schema}, nil
}

type fakeFile struct {
	formats.File
	schema *types.Schema
}

func (f *fakeFile) Schema() *types.Schema        { return f.schema }
func (f *fakeFile) MemoryBytes() int64           { return 100 }
func (f *fakeFile) Stats() *formats.Stats        { return &formats.Stats{Rows: -1} }
func (f *fakeFile) Splits(int64) []formats.Split { return nil }

type fixture struct {
	*Lake
	mem   *store.Memory
	opens atomic.Int64
}

func newFixture(t *testing.T, keys ...string) *fixture {
	t.Helper()
	f := &fixture{mem: store.NewMemory("lake")}
	reg, err := store.NewRegistry(store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := reg.Mount("memory://lake", f.mem); err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		f.mem.Set(k, []byte("x"))
	}
	f.Lake = New(reg, formats.NewRegistry(fakeFormat{name: "csv", opens: &f.opens}, fakeFormat{name: "json", opens: &f.opens}))
	return f
}

func plainTable(location string) *catalog.Table {
	return &catalog.Table{ID: 1, Version: 1, Database: "d", Name: "t", Format: "csv",
		Columns: []catalog.Column{{Name: "a", Type: types.TBigInt}}, Storage: catalog.Storage{Location: location}}
}

func names(files []*File) []string {
	out := []string{}
	for _, f := range files {
		out = append(out, fmt.Sprintf("%d %s", f.Partition, strings.TrimPrefix(f.URL(), "memory://lake/")))
	}
	return out
}

func TestPlainFiles(t *testing.T) {
	f := newFixture(t, "t/b.csv", "t/a.csv", "t/sub/c.csv", "t/_SUCCESS", "t/.hidden/x", "t/_tmp/y", "tt/other", "one.csv", "e/_only")
	ctx := context.Background()
	for location, want := range map[string][]string{
		"memory://lake/t":       {"-1 t/a.csv", "-1 t/b.csv", "-1 t/sub/c.csv"},
		"memory://lake/t/":      {"-1 t/a.csv", "-1 t/b.csv", "-1 t/sub/c.csv"},
		"memory://lake/one.csv": {"-1 one.csv"},
		"memory://lake/e":       {},
	} {
		files, err := f.Files(ctx, plainTable(location), nil, nil)
		if err != nil {
			t.Fatal(location, err)
		}
		if diff := cmp.Diff(want, names(files)); diff != "" {
			t.Errorf("%s: %s", location, diff)
		}
	}
	_, err := f.Files(ctx, plainTable("memory://lake/gone"), nil, nil)
	if !fault.Is(err, fault.CodeUndefinedFile) || !strings.Contains(err.Error(), "memory://lake/gone") {
		t.Errorf("missing location: %v", err)
	}
	odd := plainTable("memory://lake/t")
	odd.Format, odd.Version = "orc", 2
	if _, err := f.Files(ctx, odd, nil, nil); !fault.Is(err, fault.CodeFeatureNotSupported) {
		t.Errorf("unknown format: %v", err)
	}
	if _, err := f.Files(ctx, plainTable(""), nil, nil); !fault.Is(err, fault.CodeWrongObjectType) {
		t.Errorf("no location: %v", err)
	}
}

func TestLocalFolders(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	reg, err := store.NewRegistry(store.Config{Locations: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	l := New(reg, formats.NewRegistry(fakeFormat{name: "csv"}))
	files, err := l.Files(context.Background(), plainTable(filepath.Join(dir, "empty")), nil, nil)
	if err != nil || len(files) != 0 {
		t.Errorf("empty folder: %v, %v", files, err)
	}
	_, err = l.Files(context.Background(), plainTable(filepath.Join(dir, "gone")), nil, nil)
	if !fault.Is(err, fault.CodeUndefinedFile) {
		t.Errorf("missing folder: %v", err)
	}
}

func partitioned(t *testing.T, explicit map[string]string, values ...[]string) (*catalog.Table, *catalog.Partitions) {
	t.Helper()
	tab := plainTable("memory://lake/t/")
	tab.PartitionKeys = []catalog.Column{{Name: "dt", Type: types.TDate}, {Name: "n", Type: types.TInteger}}
	b := partition.NewBuilder(tab, len(values))
	for _, v := range values {
		b.Add(v)
	}
	p, err := b.Build(1, func(row int) string { return explicit[strings.Join(values[row], "/")] }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tab, p
}

func TestPartitionFiles(t *testing.T) {
	f := newFixture(t, "t/dt=2024-01-01/n=1/a", "t/dt=2024-01-01/n=1/deep/b", "t/dt=2024-01-01/n=2/_x", "t/dt=2024-01-01/n=2/c",
		"t/dt=2024-01-02/n=1/d", "t/dt=2024-01-03/n=1/unregistered", "t/stray", "t/dt=2024-01-01/stray", "else/where/e", "single")
	tab, p := partitioned(t, map[string]string{"2024-01-09/1": "memory://lake/else/where", "2024-01-09/2": "memory://lake/single"},
		[]string{"2024-01-09", "1"}, []string{"2024-01-09", "2"}, []string{"2024-01-02", "1"}, []string{"2024-01-01", "2"},
		[]string{"2024-01-01", "1"}, []string{"2024-01-05", "1"})
	all := []string{"0 t/dt=2024-01-01/n=1/a", "0 t/dt=2024-01-01/n=1/deep/b", "1 t/dt=2024-01-01/n=2/c", "2 t/dt=2024-01-02/n=1/d",
		"4 else/where/e", "5 single"}
	for name, c := range map[string]struct {
		selected []uint32
		want     []string
	}{
		"all": {nil, all}, "none": {[]uint32{}, []string{}}, "one": {[]uint32{0}, all[:2]},
		"gone": {[]uint32{3}, []string{}}, "two": {[]uint32{1, 2}, all[2:4]}, "explicit": {[]uint32{4, 5}, all[4:]},
	} {
		files, err := f.Files(context.Background(), tab, p, c.selected)
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(c.want, names(files)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, file := range files {
			if want := p.Value(1, file.Partition); !file.Keys[1].Equal(want) {
				t.Errorf("%s: key %v, want %v", file.URL(), file.Keys[1], want)
			}
		}
	}
	tab.Storage.Location = "memory://lake/gone/"
	if _, err := f.Files(context.Background(), tab, p, []uint32{0}); !fault.Is(err, fault.CodeUndefinedFile) {
		t.Errorf("a table whose location is gone: %v", err)
	}
	if files, err := f.Files(context.Background(), tab, p, []uint32{4}); err != nil || len(files) != 1 {
		t.Errorf("a partition with its own location needs no other: %v", err)
	}
}

// TestCoverMatchesPlainListing compares the listings that cover chooses with
// one listing per partition, over random selections.
func TestCoverMatchesPlainListing(t *testing.T) {
	f := newFixture(t)
	var values [][]string
	for d := range 12 {
		for n := range 40 {
			v := []string{fmt.Sprintf("2024-02-%02d", d+1), fmt.Sprint(n)}
			values = append(values, v)
			if (d+n)%7 != 0 {
				f.mem.Set(fmt.Sprintf("t/dt=%s/n=%s/file", v[0], v[1]), []byte("x"))
			}
		}
	}
	tab, p := partitioned(t, nil, values...)
	levels := map[int]bool{}
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 60 {
		var selected []uint32
		var want []string
		share := 1 << (round % 7)
		day := int32(-1)
		if round%3 == 0 {
			day = r.Int32N(12)
		}
		for i := range p.N {
			if r.IntN(share) != 0 || day >= 0 && p.Keys[0].Codes[i] != uint32(day) {
				continue
			}
			selected = append(selected, uint32(i))
			o, err := f.mem.Stat(context.Background(), strings.TrimPrefix(p.Location(i), "memory://lake/")+"file")
			if err == nil {
				want = append(want, fmt.Sprintf("%d %s", i, o.Key))
			}
		}
		if len(selected) == 0 {
			continue
		}
		c := &cover{lake: f.Lake, root: f.mem, rootFolder: "t/", levels: 2}
		if err := c.places(tab, p, selected); err != nil {
			t.Fatal(err)
		}
		c.choose(p)
		levels[c.level] = true
		files, err := f.Files(context.Background(), tab, p, selected)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(append([]string{}, want...), names(files)); diff != "" {
			t.Fatalf("round %d: %s", round, diff)
		}
	}
	if len(levels) < 2 {
		t.Errorf("only the levels %v were ever chosen", levels)
	}
}

func TestStatementListsOnce(t *testing.T) {
	f := newFixture(t, "t/a")
	var lists atomic.Int64
	f.mem.FailWith(func(op, key string) error {
		if op == "list" {
			lists.Add(1)
		}
		return nil
	})
	ctx := WithStatement(context.Background())
	for range 3 {
		if _, err := f.Files(ctx, plainTable("memory://lake/t"), nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := lists.Load(); n != 1 {
		t.Errorf("%d listings in one statement", n)
	}
	f.mem.Set("t/b", nil)
	Invalidate(ctx)
	files, err := f.Files(ctx, plainTable("memory://lake/t"), nil, nil)
	if err != nil || len(files) != 2 {
		t.Errorf("after Invalidate: %v, %v", names(files), err)
	}
	boom := fault.New(fault.CodeIO, "boom")
	f.mem.FailWith(func(string, string) error { return boom })
	ctx = WithStatement(context.Background())
	if _, err := f.Files(ctx, plainTable("memory://lake/t"), nil, nil); !errors.Is(err, boom) {
		t.Errorf("error %v", err)
	}
	f.mem.FailWith(nil)
	if _, err := f.Files(ctx, plainTable("memory://lake/t"), nil, nil); err != nil {
		t.Errorf("a failed listing was kept: %v", err)
	}
}

func TestOpenCache(t *testing.T) {
	f := newFixture(t, "t/a", "t/b", "t/c")
	ctx := context.Background()
	files, err := f.Files(ctx, plainTable("memory://lake/t"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := f.Open(ctx, files[0]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := f.opens.Load(); n != 1 {
		t.Errorf("opened %d times", n)
	}
	for _, r := range f.mem.Reads() {
		if r.Kind != store.ReadFooter {
			t.Errorf("read of kind %d", r.Kind)
		}
	}
	f.mem.Set("t/a", []byte("y"))
	if _, err := f.Open(ctx, files[0]); !fault.Is(err, fault.CodeObjectNotReady) && err != nil {
		t.Error(err)
	}
	again, err := f.Files(ctx, plainTable("memory://lake/t"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Open(ctx, again[0]); err != nil || f.opens.Load() != 2 {
		t.Errorf("the new version was not opened: %v, %d opens", err, f.opens.Load())
	}
	f.opened.limit = 250
	for _, file := range again {
		if _, err := f.Open(ctx, file); err != nil {
			t.Fatal(err)
		}
	}
	if f.opened.size > 250 || f.opened.lru.Len() != 2 || len(f.opened.byID) != 2 {
		t.Errorf("the cache holds %d bytes, %d files", f.opened.size, f.opened.lru.Len())
	}
	f.mem.FailWith(func(op, key string) error { return fault.New(fault.CodeIO, "boom") })
	if _, err := f.Open(ctx, again[0]); !fault.Is(err, fault.CodeIO) {
		t.Errorf("an evicted file must be read again: %v", err)
	}
	f.mem.FailWith(nil)
	if _, err := f.Open(ctx, again[0]); err != nil {
		t.Errorf("a failed open was kept: %v", err)
	}
}

func TestOptions(t *testing.T) {
	tab := plainTable("memory://lake/t")
	tab.Format = ""
	tab.Parameters = map[string]string{"Skip.Header.Line.Count": "1", "compressionType": "Brotli", "x": "table"}
	tab.Storage.SerDe = OpenCSVSerDe
	tab.Storage.SerDeParams = map[string]string{"X": "serde"}
	o := newTableOptions(tab)
	want := map[string]string{"skip.header.line.count": "1", "compressiontype": "Brotli", "x": "serde", PropertySerDe: OpenCSVSerDe}
	if diff := cmp.Diff(want, o.opt.Properties); diff != "" {
		t.Error(diff)
	}
	if o.format != "csv" || o.opt.Codec != "brotli" || o.opt.Schema.Fields[0].Name != "a" {
		t.Errorf("%+v", o)
	}
	for class, want := range map[string]string{
		"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe": "parquet", OpenXJSONSerDe: "json",
		LazySimpleSerDe: "csv", "org.apache.hive.hcatalog.data.JsonSerDe": "json", "com.example.Own": "",
	} {
		if got := FormatOf(&catalog.Table{Storage: catalog.Storage{SerDe: class}}); got != want {
			t.Errorf("%s: %q, want %q", class, got, want)
		}
	}
}
