package advisor

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/builtin"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/server/workgroup"
)

// world is an advisor over a catalog and a history in memory.
type world struct {
	*Advisor
	t      *testing.T
	store  *meta.Store
	groups []*workgroup.Setting
	now    time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	st, err := meta.Open(t.Context(), meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	stores, err := store.NewRegistry(store.Config{})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: st, now: time.Now(), groups: []*workgroup.Setting{{Name: "primary"}}}
	w.Advisor = New(Options{History: st, Catalog: st, Lake: lake.New(stores, builtin.Registry()), Stores: stores, Renames: true,
		Workgroups: func(context.Context) ([]*workgroup.Setting, error) { return w.groups, nil }})
	return w
}

// table creates a table in the database d.
func (w *world) table(t catalog.Table) {
	w.t.Helper()
	t.Database, t.Kind = "d", catalog.ExternalTable
	if t.Columns == nil {
		t.Columns = []catalog.Column{{Name: "a", Type: types.TBigInt}}
	}
	if _, err := w.store.CreateDatabase(w.t.Context(), &catalog.Database{Name: "d"}); err != nil && !fault.Is(err, fault.CodeDuplicateSchema) {
		w.t.Fatal(err)
	}
	if _, err := w.store.CreateTable(w.t.Context(), &t); err != nil {
		w.t.Fatal(err)
	}
}

// past adds queries so long ago.
func (w *world) past(ago time.Duration, qs ...meta.QueryRecord) {
	w.t.Helper()
	for i := range qs {
		q := &qs[i]
		q.Started = w.now.Add(-ago)
		if q.Kind == "" {
			q.Kind = "DML"
		}
		if q.Workgroup == "" {
			q.Workgroup = "primary"
		}
	}
	if err := w.store.InsertQueries(w.t.Context(), qs...); err != nil {
		w.t.Fatal(err)
	}
}

// find gives the findings of a kind; ahead moves the window's end, since tables are
// made now.
func (w *world) find(kind Kind, since, ahead time.Duration) []Finding {
	w.t.Helper()
	rep, err := w.Advise(w.t.Context(), Request{Since: w.now.Add(-since), Until: w.now.Add(ahead)})
	if err != nil {
		w.t.Fatal(err)
	}
	var out []Finding
	for _, f := range rep.Findings {
		if f.Kind == kind {
			out = append(out, f)
		}
	}
	return out
}

func TestNoCutoff(t *testing.T) {
	const gb = 1 << 30
	queries := func(n int, each int64) []meta.QueryRecord {
		out := make([]meta.QueryRecord, n)
		for i := range out {
			out[i] = meta.QueryRecord{ID: fmt.Sprint(n, "-", i), BytesScanned: each}
		}
		return out
	}
	for _, c := range []struct {
		name  string
		group workgroup.Setting
		past  [][]meta.QueryRecord
		want  string // of its statement; "": no finding
	}{
		{"99 small ones and a large one", workgroup.Setting{Name: "primary"}, [][]meta.QueryRecord{queries(199, 123*1e6), queries(1, 50*gb)}, "130000000"},
		{"two large ones of a hundred", workgroup.Setting{Name: "primary"}, [][]meta.QueryRecord{queries(98, 1e6), queries(2, 50*gb)}, "54000000000"},
		{"nothing below Athena's least", workgroup.Setting{Name: "primary"}, [][]meta.QueryRecord{queries(300, 100), queries(1, 50*gb)}, "10000000"},
		{"it has one", workgroup.Setting{Name: "primary", Cutoff: 5}, [][]meta.QueryRecord{queries(100, gb)}, ""},
		{"disabled", workgroup.Setting{Name: "primary", State: workgroup.Disabled}, [][]meta.QueryRecord{queries(100, gb)}, ""},
		{"few queries", workgroup.Setting{Name: "primary"}, [][]meta.QueryRecord{queries(19, gb)}, ""},
		{"small ones", workgroup.Setting{Name: "primary"}, [][]meta.QueryRecord{queries(1000, 1e6)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.groups = []*workgroup.Setting{&c.group}
			for _, qs := range c.past {
				w.past(time.Hour, qs...)
			}
			got := ""
			for _, f := range w.find(NoCutoff, DefaultWindow, 0) {
				got += strings.Join(f.SQL, ";")
			}
			want := c.want
			if want != "" {
				want = `ALTER WORKGROUP "primary" SET (bytes_scanned_cutoff_per_query = ` + want + ")"
			}
			if strings.ReplaceAll(got, `"`, "") != strings.ReplaceAll(want, `"`, "") {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestUnusedTables(t *testing.T) {
	w := newWorld(t)
	w.table(catalog.Table{Name: "used"})
	w.table(catalog.Table{Name: "idle"})
	w.table(catalog.Table{Name: "explained"})
	table := func(name string) []meta.QueryTable { return []meta.QueryTable{{Database: "d", Table: name}} }
	// The tables were made now: look back from a month later.
	ahead := 30 * 24 * time.Hour
	names := func() (out []string) {
		for _, f := range w.find(UnusedTable, -24*time.Hour, ahead) {
			out = append(out, f.Table)
		}
		return out
	}
	if got := names(); got != nil {
		t.Errorf("without a history: %v", got)
	}
	w.past(-48*time.Hour, meta.QueryRecord{ID: "1", Tables: table("used")}, meta.QueryRecord{ID: "2", Kind: "UTILITY", Tables: table("explained")})
	if got := fmt.Sprint(names()); got != "[explained idle]" {
		t.Error(got)
	}
	// The history may be too short to know.
	if got := w.find(UnusedTable, -24*time.Hour, 49*time.Hour); got != nil {
		t.Errorf("after an hour: %+v", got)
	}
	// A table that is younger than the window was perhaps not there.
	w.past(24*time.Hour, meta.QueryRecord{ID: "0"})
	if got := w.find(UnusedTable, 12*time.Hour, ahead); got != nil {
		t.Errorf("new tables: %+v", got)
	}
}

// TestShares: of a join each table gets the part that its upper bound has; what was
// read of an earlier table, of one that is gone, or by the advisor, does not count.
func TestShares(t *testing.T) {
	w := newWorld(t)
	w.table(catalog.Table{Name: "p", PartitionKeys: []catalog.Column{{Name: "k", Type: types.TBigInt}}, Parameters: map[string]string{
		"projection.enabled": "true", "projection.k.type": "integer", "projection.k.range": "1,4"}, Storage: catalog.Storage{Location: "/nowhere/"}})
	part := meta.QueryTable{Database: "d", Table: "p", Files: 4, BytesUpper: 300, Partitions: 4, PartitionsTotal: 4, PartitionKeys: []string{"k"}, Unfiltered: []string{"k"}}
	other := meta.QueryTable{Database: "d", Table: "gone", Files: 1, BytesUpper: 100}
	w.past(-time.Hour, meta.QueryRecord{ID: "join", BytesScanned: 400, Tables: []meta.QueryTable{part, other}})
	w.past(time.Hour, meta.QueryRecord{ID: "early", BytesScanned: 1 << 40, Tables: []meta.QueryTable{part}})
	w.past(-time.Hour, meta.QueryRecord{ID: "sample", BytesScanned: 1 << 40, Application: Application, Tables: []meta.QueryTable{part}},
		meta.QueryRecord{ID: "reused", BytesScanned: 1 << 40, Reused: true, Tables: []meta.QueryTable{part}},
		meta.QueryRecord{ID: "explained", Kind: "UTILITY", BytesScanned: 1 << 40, Tables: []meta.QueryTable{part}})
	fs := w.find(PartitionFilter, week-2*time.Hour, 2*time.Hour)
	if len(fs) != 1 || fs[0].BytesScanned != 300 || fs[0].BytesWasted != 225 || fs[0].Queries != 1 ||
		fs[0].SQL[0] != "SELECT * FROM d.p WHERE k = 4" {
		t.Errorf("%+v", fs)
	}
	// Half a week: twice as much in a whole one.
	if fs = w.find(PartitionFilter, week/2-2*time.Hour, 2*time.Hour); len(fs) != 1 || fs[0].BytesWasted != 450 {
		t.Errorf("%+v", fs)
	}
	if _, err := w.Advise(t.Context(), Request{Since: w.now, Until: w.now}); !fault.Is(err, fault.CodeInvalidParameter) {
		t.Errorf("an empty window: %v", err)
	}
}

func TestBeside(t *testing.T) {
	for location, want := range map[string]string{
		"s3://b/x/t/": "s3://b/x/t_new/", "s3://b/t": "s3://b/t_new/", "s3://b/": "", "s3://b": "", "/data/t": "/data/t_new/", "/t/": "/t_new/", "/": "", "": "",
	} {
		if got := beside(location, "_new"); got != want {
			t.Errorf("%q: %q, want %q", location, got, want)
		}
	}
}

func TestRoundUp(t *testing.T) {
	for n, want := range map[float64]int64{10_000_000: 10_000_000, 10_000_001: 11_000_000, 123_456_789: 130_000_000, 99.5e9: 100_000_000_000} {
		if got := roundUp(n); got != want {
			t.Errorf("%v: %d, want %d", n, got, want)
		}
	}
}

// scanOf is a whole scan of a table of text.
func scanOf(name string, keys ...string) meta.QueryRecord {
	return meta.QueryRecord{ID: name, BytesScanned: 1 << 30, Tables: []meta.QueryTable{{Database: "d", Table: name, Format: "json", Files: 4, FilesTotal: 4,
		SizeTotal: 1 << 30, BytesUpper: 1 << 30, Partitions: len(keys) * 4, PartitionsTotal: len(keys) * 4, PartitionKeys: keys, Unfiltered: keys, ColumnsRead: 1, ColumnsTotal: 1}}}
}

// TestWithoutRenaming: over AWS Glue the table gets no other name.
func TestWithoutRenaming(t *testing.T) {
	w := newWorld(t)
	w.o.Renames = false
	w.table(catalog.Table{Name: "j", Storage: catalog.Storage{Location: "s3://b/lake/j/"}})
	w.table(catalog.Table{Name: "j_parquet"})
	w.past(-time.Hour, scanOf("j"))
	fs := w.find(RowFormat, 0, 2*time.Hour)
	want := "CREATE TABLE d.j_parquet_2 WITH (format = 'PARQUET', write_compression = 'ZSTD', external_location = 's3://b/lake/j_parquet_2/') AS SELECT * FROM d.j"
	if len(fs) != 1 || strings.Join(fs[0].SQL, ";") != want || !strings.Contains(fmt.Sprint(fs[0].Notes), "cannot be renamed") {
		t.Errorf("%+v", fs)
	}
}

// TestWithoutStatements: what stands in the way of a statement is told.
func TestWithoutStatements(t *testing.T) {
	w := newWorld(t)
	w.table(catalog.Table{Name: "odd", Columns: []catalog.Column{{Name: "a", Type: types.TUnknown, HiveType: "uniontype<int>"}}, Storage: catalog.Storage{Location: "s3://b/x/"}})
	w.table(catalog.Table{Name: "injected", PartitionKeys: []catalog.Column{{Name: "k", Type: types.TVarchar}},
		Parameters: map[string]string{"projection.enabled": "true", "projection.k.type": "injected"}, Storage: catalog.Storage{Location: "s3://b/y/"}})
	w.past(-time.Hour, scanOf("odd"), scanOf("injected", "k"))
	fs := w.find(RowFormat, 0, 2*time.Hour)
	if len(fs) != 2 || fs[0].SQL != nil || fs[1].SQL != nil || !strings.Contains(fmt.Sprint(fs[0].Notes), "cannot be rewritten: ") ||
		!strings.Contains(fmt.Sprint(fs[1].Notes), `cannot be rewritten: the type of column "a" cannot be read`) {
		t.Errorf("%+v", fs)
	}
	fs = w.find(PartitionFilter, 0, 2*time.Hour)
	if len(fs) != 1 || len(fs[0].SQL) != 1 || !strings.Contains(fmt.Sprint(fs[0].Notes), "no example of a condition") {
		t.Errorf("%+v", fs)
	}
}

// TestSortKeyKnowsWhatHelps: where statistics leave files out, or the table is said to
// be ordered, there is nothing to say.
func TestSortKeyKnowsWhatHelps(t *testing.T) {
	for _, c := range []struct {
		name  string
		files int
		props map[string]string
		size  int64
		want  string
	}{
		{"all files are read", 8, nil, 1 << 28, "CREATE TABLE"},
		{"files are left out", 3, nil, 1 << 28, ""},
		{"it is ordered", 8, map[string]string{"sorted_by": "A"}, 1 << 28, ""},
		{"small", 8, nil, 1 << 20, ""},
		{"too large to be ordered", 8, nil, 1 << 40, "too large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.table(catalog.Table{Name: "p", Parameters: c.props, Storage: catalog.Storage{Location: "s3://b/p/"}})
			for i := range orderedQueries {
				w.past(-time.Hour, meta.QueryRecord{ID: fmt.Sprint(i), BytesScanned: 1 << 20, Tables: []meta.QueryTable{{Database: "d", Table: "p", Format: "parquet",
					Files: c.files, FilesTotal: 8, SizeTotal: c.size, BytesUpper: 1 << 20, ColumnsRead: 1, ColumnsTotal: 1, Filtered: []string{"a"}}}})
			}
			fs := w.find(SortKey, 0, 2*time.Hour)
			if (len(fs) > 0) != (c.want != "") || !strings.Contains(fmt.Sprint(fs), c.want) {
				t.Errorf("%+v", fs)
			}
		})
	}
}
