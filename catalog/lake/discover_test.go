package lake

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// keyTests is a KeyFilter: values by key, and a test of any value.
type keyTests struct {
	t      *catalog.Table
	values map[string][]string
	keep   func(k int, text string) bool
}

func (f keyTests) Values(k int) ([]types.Value, bool) {
	texts, ok := f.values[f.t.PartitionKeys[k].Name]
	var vs []types.Value
	for _, text := range texts {
		v, err := partition.ParseValue(f.t.PartitionKeys[k].Type, text)
		if err != nil {
			panic(err)
		}
		vs = append(vs, v)
	}
	return vs, ok
}

func (f keyTests) Bounds(int) (low, high types.Value, hasLow, hasHigh bool) { return }

func (f keyTests) Keep(k int, vs []types.Value) ([]bool, error) {
	keep := make([]bool, len(vs))
	for i, v := range vs {
		keep[i] = f.keep == nil || f.keep(k, string(types.AppendValue(nil, v)))
	}
	return keep, nil
}

// discovered makes a table of "name type" keys with discovery.
func discovered(location, keys string, props ...string) *catalog.Table {
	t := plainTable(location)
	t.Parameters = map[string]string{"partition.discovery": "AUTO"}
	for _, key := range strings.Split(keys, ", ") {
		name, hive, _ := strings.Cut(key, " ")
		typ, err := types.ParseHive(hive)
		if err != nil {
			panic(err)
		}
		t.PartitionKeys = append(t.PartitionKeys, catalog.Column{Name: name, Type: typ})
	}
	for _, p := range props {
		k, v, _ := strings.Cut(p, "=")
		t.Parameters[k] = v
	}
	return t
}

// listings makes the fixture's store tell which prefixes are listed.
func (f *fixture) listings() *[]string {
	var mu sync.Mutex // guards listed
	var listed []string
	f.mem.FailWith(func(op, key string) error {
		if op != "list" {
			return fmt.Errorf("unexpected %s of %s", op, key)
		}
		mu.Lock()
		defer mu.Unlock()
		listed = append(listed, key)
		return nil
	})
	return &listed
}

func (f *fixture) discover(t *testing.T, tab *catalog.Table, kf partition.KeyFilter, exact bool) (*catalog.Partitions, []string) {
	t.Helper()
	ps, err := f.Partitions(context.Background(), nil, tab, kf, exact)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	for i := range ps.N {
		lines = append(lines, strings.Join(partition.Texts(ps, i), "|")+" "+strings.TrimPrefix(ps.Location(i), "memory://lake/"))
	}
	return ps, lines
}

var discoverKeys = []string{
	"t/dt=2024-01-01/region=eu/a", "t/dt=2024-01-01/region=us/a", "t/dt=2024-01-02/region=eu/a", "t/dt=2024-01-02/region=eu/b",
	"t/dt=2024-01-02/region=us/a", "t/dt=2024-01-03/Region=a%2Fb/x", "t/dt=__HIVE_DEFAULT_PARTITION__/region=eu/z",
	"t/_tmp/dt=2024-01-09/region=eu/a", "t/other/x", "t/stray", "t/dt=2024-01-03/no/x",
}

// TestDiscoverOneFolder: equality on every key lists the one folder, nothing
// else.
func TestDiscoverOneFolder(t *testing.T) {
	f := newFixture(t, discoverKeys...)
	tab := discovered("memory://lake/t", "dt date, region string")
	listed := f.listings()
	kf := keyTests{t: tab, values: map[string][]string{"dt": {"2024-01-02"}, "region": {"eu"}}}
	ps, lines := f.discover(t, tab, kf, false)
	if diff := cmp.Diff([]string{"2024-01-02|eu t/dt=2024-01-02/region=eu/"}, lines); diff != "" {
		t.Error(diff)
	}
	files, err := f.Files(context.Background(), tab, ps, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"0 t/dt=2024-01-02/region=eu/a", "0 t/dt=2024-01-02/region=eu/b"}, names(files)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"t/dt=2024-01-02/region=eu/"}, *listed); diff != "" {
		t.Error(diff)
	}
}

func TestDiscover(t *testing.T) {
	for _, c := range []struct {
		name   string
		table  *catalog.Table
		kf     func(*catalog.Table) partition.KeyFilter
		exact  bool
		want   []string
		listed []string // ascending
	}{
		{"everything", discovered("memory://lake/t/", "dt date, region string"), nil, false,
			[]string{"2024-01-01|eu t/dt=2024-01-01/region=eu/", "2024-01-01|us t/dt=2024-01-01/region=us/", "2024-01-02|eu t/dt=2024-01-02/region=eu/",
				"2024-01-02|us t/dt=2024-01-02/region=us/", "2024-01-03|a/b t/dt=2024-01-03/Region=a%2Fb/",
				"__HIVE_DEFAULT_PARTITION__|eu t/dt=__HIVE_DEFAULT_PARTITION__/region=eu/"},
			[]string{"t/", "t/dt=2024-01-01/", "t/dt=2024-01-02/", "t/dt=2024-01-03/", "t/dt=__HIVE_DEFAULT_PARTITION__/"}},
		{"the second key alone", discovered("memory://lake/t", "dt string, region string"), func(t *catalog.Table) partition.KeyFilter {
			return keyTests{t: t, values: map[string][]string{"region": {"us"}}, keep: func(k int, s string) bool { return k > 0 || s < "2024-01-03" }}
		}, false, []string{"2024-01-01|us t/dt=2024-01-01/region=us/", "2024-01-02|us t/dt=2024-01-02/region=us/"}, []string{"t/"}},
		{"a range of the first", discovered("memory://lake/t", "dt string, region string"), func(t *catalog.Table) partition.KeyFilter {
			return keyTests{t: t, keep: func(k int, s string) bool { return k > 0 || s > "2024-01-02" && s < "2025" }}
		}, false, []string{"2024-01-03|a/b t/dt=2024-01-03/Region=a%2Fb/"}, []string{"t/", "t/dt=2024-01-03/"}},
		{"a value that paths escape", discovered("memory://lake/t", "dt string, region string"), func(t *catalog.Table) partition.KeyFilter {
			return keyTests{t: t, values: map[string][]string{"dt": {"2024-01-03"}, "region": {"a/b"}}}
		}, false, []string{"2024-01-03|a/b t/dt=2024-01-03/Region=a%2Fb/"}, []string{"t/dt=2024-01-03/"}},
		{"a folder that is not there", discovered("memory://lake/t", "dt string, region string"), func(t *catalog.Table) partition.KeyFilter {
			return keyTests{t: t, values: map[string][]string{"dt": {"2024-01-08"}, "region": {"eu"}}}
		}, false, []string{"2024-01-08|eu t/dt=2024-01-08/region=eu/"}, nil},
		{"exactly", discovered("memory://lake/t", "dt string, region string"), func(t *catalog.Table) partition.KeyFilter {
			return keyTests{t: t, values: map[string][]string{"dt": {"2024-01-02", "2024-01-08"}, "region": {"eu"}}}
		}, true, []string{"2024-01-02|eu t/dt=2024-01-02/region=eu/"}, []string{"t/", "t/dt=2024-01-02/"}},
		{"numbers have many spellings", discovered("memory://lake/n", "y int, m int"), func(t *catalog.Table) partition.KeyFilter {
			return keyTests{t: t, values: map[string][]string{"y": {"2024"}, "m": {"1"}}}
		}, false, []string{"2024|01 n/y=2024/m=01/", "2024|1 n/y=2024/m=1/"}, []string{"n/", "n/y=2024/"}},
		{"a template", discovered("memory://lake/logs", "region string, y int, m string, d string",
			"storage.location.template=memory://lake/logs/${region}/flow/${y}-${m}/day${d}.x/data/"), func(t *catalog.Table) partition.KeyFilter {
			return keyTests{t: t, values: map[string][]string{"region": {"eu", "..", "us/flow"}}}
		}, true, []string{"eu|2024|01|31 logs/eu/flow/2024-01/day31.x/data/"}, []string{"logs/", "logs/eu/flow/", "logs/eu/flow/2024-01/"}},
		{"a template, directly", discovered("memory://lake/logs", "region string, y int, m string, d string",
			"storage.location.template=memory://lake/logs/${region}/flow/${y}-${m}/day${d}.x/data"), func(t *catalog.Table) partition.KeyFilter {
			return keyTests{t: t, values: map[string][]string{"region": {"eu"}, "d": {"31"}}}
		}, false, []string{"eu|2024|01|31 logs/eu/flow/2024-01/day31.x/data/"}, []string{"logs/eu/flow/"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, append(slices.Clone(discoverKeys), "n/y=2024/m=01/a", "n/y=2024/m=1/a", "n/y=2024/m=02/a", "n/y=2023/m=1/a",
				"logs/eu/flow/2024-01/day31.x/data/f", "logs/eu/flow/2024-01/night31.x/data/f", "logs/eu/flow/latest/day31.x/data/f", "logs/us/flow/2024-02/day1.x/data/f")...)
			listed := f.listings()
			var kf partition.KeyFilter
			if c.kf != nil {
				kf = c.kf(c.table)
			}
			_, lines := f.discover(t, c.table, kf, c.exact)
			if diff := cmp.Diff(c.want, lines); diff != "" {
				t.Error(diff)
			}
			slices.Sort(*listed)
			if diff := cmp.Diff(c.listed, *listed); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDiscoverCache(t *testing.T) {
	f := newFixture(t, "t/dt=1/a", "t/dt=2/a")
	now := time.Now()
	f.known.now = func() time.Time { return now }
	listed := f.listings()
	count := func(tab *catalog.Table, ctx context.Context) (n, requests int) {
		t.Helper()
		*listed = nil
		ps, err := f.Partitions(ctx, nil, tab, nil, false)
		if err != nil {
			t.Fatal(err)
		}
		return ps.N, len(*listed)
	}
	ctx := context.Background()
	tab := discovered("memory://lake/t", "dt string")
	expect := func(what string, tab *catalog.Table, ctx context.Context, wantN, wantRequests int) {
		t.Helper()
		if n, requests := count(tab, ctx); n != wantN || requests != wantRequests {
			t.Errorf("%s: %d partitions by %d listings, want %d by %d", what, n, requests, wantN, wantRequests)
		}
	}
	expect("at first", tab, ctx, 2, 1)
	f.mem.FailWith(nil)
	f.mem.Set("t/dt=3/a", []byte("x"))
	listed = f.listings()
	expect("remembered", tab, ctx, 2, 0)
	now = now.Add(61 * time.Second)
	expect("after a minute", tab, ctx, 3, 1)
	expect("by another property", discovered("memory://lake/t", "dt string", "partition.discovery.cache=3600"), ctx, 3, 0)
	never := discovered("memory://lake/t", "dt string", "partition.discovery.cache=0")
	expect("never", never, ctx, 3, 1)
	statement := WithStatement(ctx)
	expect("a statement", never, statement, 3, 1)
	expect("twice in a statement", never, statement, 3, 0)
	f.known.limit = 500
	for i := range 20 {
		f.known.put(fmt.Sprint("k", i), []string{"a"}, now)
	}
	if n := len(f.known.byKey); n == 0 || n > 3 || f.known.size > 500 {
		t.Errorf("%d folders of %d bytes are remembered", n, f.known.size)
	}
	f.known.put("huge", make([]string, 1000), now)
	if _, ok := f.known.get("huge", time.Hour); ok || len(f.known.byKey) == 0 {
		t.Error("what does not fit is remembered")
	}
}

func TestDiscoverFaults(t *testing.T) {
	f := newFixture(t, "t/dt=2024-01-01/a", "t/dt=soon/a", "plain/x")
	ctx := context.Background()
	for _, c := range []struct {
		table *catalog.Table
		code  fault.Code
		want  string
	}{
		{discovered("memory://lake/t", "dt date"), fault.CodeInvalidText, `"soon"`},
		{discovered("memory://lake/gone", "dt date"), fault.CodeUndefinedFile, "memory://lake/gone"},
		{discovered("memory://lake/t", "dt date", "partition.discovery=yes"), fault.CodeInvalidParameter, `"yes" is not auto or none`},
		{discovered("memory://lake/t", "dt date", "partition.discovery.cache=soon"), fault.CodeInvalidParameter, `"soon" is not a number of seconds`},
		{discovered("memory://lake/t", "a date, b string", "storage.location.template=memory://lake/t/${a}${b}/"), fault.CodeInvalidParameter, "no text between"},
		{discovered("nowhere://lake/t", "dt date"), fault.CodeInsufficientPriv, "nowhere://lake/t"},
	} {
		_, err := f.Partitions(ctx, nil, c.table, nil, false)
		if e := fault.As(err); err == nil || e.Code != c.code || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s %s", c.table.Parameters, err, c.code, c.want)
		}
	}
	if ps, err := f.Partitions(ctx, nil, discovered("memory://lake/plain", "dt date"), nil, false); err != nil || ps.N != 0 {
		t.Errorf("a table without partitions: %v, %v", ps, err)
	}
	none := discovered("memory://lake/t", "dt string", "partition.discovery=none")
	if ps, err := f.Partitions(ctx, listReader{}, none, nil, false); err != nil || ps.N != 77 {
		t.Errorf("a table of the catalog: %v, %v", ps, err)
	}
	projected := discovered("memory://lake/gone", "dt string", "projection.enabled=true", "projection.dt.type=enum", "projection.dt.values=a,b")
	ps, err := f.Partitions(ctx, nil, projected, nil, false)
	if err != nil || ps.N != 2 {
		t.Fatalf("a projection goes before the discovery: %v, %v", ps, err)
	}
	if files, err := f.Files(ctx, projected, ps, nil); err != nil || len(files) > 0 {
		t.Errorf("projected partitions without folders: %v, %v", files, err)
	}
}

// listReader is a catalog with 77 partitions of any table.
type listReader struct{ catalog.Reader }

func (listReader) Partitions(context.Context, *catalog.Table) (*catalog.Partitions, error) {
	return &catalog.Partitions{N: 77}, nil
}

// TestDiscoverFileURL: folders below a file URL are names, not parts of a URL.
func TestDiscoverFileURL(t *testing.T) {
	dir := t.TempDir()
	for _, folder := range []string{"x/a%41", "x/aA", "t"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, folder, "f.csv"), []byte(folder), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	reg, err := store.NewRegistry(store.Config{Locations: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	l := New(reg, formats.NewRegistry(fakeFormat{name: "csv", opens: new(atomic.Int64)}))
	url := "file://" + filepath.ToSlash(dir)
	for what, c := range map[string]struct {
		table *catalog.Table
		value string
		want  string
	}{
		"discovered":               {discovered(url+"/t/", "r string", "storage.location.template="+url+"/x/${r}/"), "a%41", "x/a%41/f.csv"},
		"injected":                 {discovered(url+"/t/", "r string", "projection.enabled=true", "projection.r.type=injected", "storage.location.template="+url+"/x/${r}/"), "aA", "x/aA/f.csv"},
		"injected, not to be read": {discovered(url+"/t/", "r string", "projection.enabled=true", "projection.r.type=injected", "storage.location.template="+url+"/x/${r}/"), "..%2fx%2faA", ""},
	} {
		ps, err := l.Partitions(context.Background(), nil, c.table, keyTests{t: c.table, values: map[string][]string{"r": {c.value}}}, false)
		if err != nil {
			t.Fatal(what, err)
		}
		files, err := l.Files(context.Background(), c.table, ps, nil)
		if err != nil {
			t.Fatal(what, err)
		}
		got := ""
		for _, f := range files {
			got += strings.TrimPrefix(f.URL(), dir+"/")
		}
		if got != c.want {
			t.Errorf("%s: %q is read for %q, want %q", what, got, c.value, c.want)
		}
	}
}
