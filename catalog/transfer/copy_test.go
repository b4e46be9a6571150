package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
)

func memory(t *testing.T) *meta.Store {
	t.Helper()
	s, err := meta.Open(context.Background(), meta.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// table makes a table with a partition for each value.
func table(t *testing.T, c catalog.Catalog, db, name, location string, parts ...string) *catalog.Table {
	t.Helper()
	ctx := context.Background()
	if _, err := c.Database(ctx, db); fault.Is(err, fault.CodeInvalidSchemaName) {
		if _, err := c.CreateDatabase(ctx, &catalog.Database{Name: db}); err != nil {
			t.Fatal(err)
		}
	}
	tab, err := c.CreateTable(ctx, &catalog.Table{Database: db, Name: name, Kind: catalog.ExternalTable, Format: "json",
		Columns: []catalog.Column{{Name: "a", Type: types.TInteger}}, PartitionKeys: []catalog.Column{{Name: "k", Type: types.TVarchar}},
		Storage: catalog.Storage{Location: location}})
	if err != nil {
		t.Fatal(err)
	}
	add(t, c, tab, parts...)
	return tab
}

// add adds partitions: value, or value=location.
func add(t *testing.T, c catalog.Catalog, tab *catalog.Table, parts ...string) {
	t.Helper()
	var ps []catalog.Partition
	for _, s := range parts {
		v, loc, _ := strings.Cut(s, "=")
		ps = append(ps, catalog.Partition{Values: []string{v}, Location: loc})
	}
	if _, err := c.AddPartitions(context.Background(), tab, ps, true); err != nil {
		t.Fatal(err)
	}
}

// shown gives a catalog as lines.
func shown(t *testing.T, c Source) []string {
	t.Helper()
	ctx := context.Background()
	var out []string
	dbs, err := c.Databases(ctx)
	for _, d := range dbs {
		ts, err := c.Tables(ctx, d.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, tab := range ts {
			line := tab.Database + "." + tab.Name + " " + string(tab.Kind) + " " + tab.Storage.Location
			ps, err := c.PartitionsAfter(ctx, tab, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range ps {
				line += " " + p.Values[0] + "=" + p.Location
			}
			out = append(out, line)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestCopyPolicies copies onto a catalog that has some of it.
func TestCopyPolicies(t *testing.T) {
	for _, tt := range []struct {
		policy Policy
		want   []string
		parts  Counts
		tables Counts
	}{
		{Skip, []string{"d.new EXTERNAL_TABLE s3://n/ 1=", "d.other EXTERNAL_TABLE s3://old/ 1=", "d.same EXTERNAL_TABLE s3://s/ 0= 1= 2=s3://there/ 3="},
			Counts{Created: 2, Unchanged: 1, Skipped: 1}, Counts{Created: 1, Unchanged: 1, Skipped: 1}},
		{Replace, []string{"d.new EXTERNAL_TABLE s3://n/ 1=", "d.other EXTERNAL_TABLE s3://here/ 1= 2=", "d.same EXTERNAL_TABLE s3://s/ 0= 1= 2=s3://here/ 3="},
			Counts{Created: 3, Unchanged: 1, Replaced: 2}, Counts{Created: 1, Unchanged: 1, Replaced: 1}},
	} {
		t.Run(string(tt.policy), func(t *testing.T) {
			from, to := memory(t), memory(t)
			table(t, from, "d", "same", "s3://s/", "1", "2=s3://here/", "3")
			table(t, from, "d", "other", "s3://here/", "1", "2")
			table(t, from, "d", "new", "s3://n/", "1")
			table(t, to, "d", "same", "s3://s/", "0", "1", "2=s3://there/")
			table(t, to, "d", "other", "s3://old/", "1")
			dry, err := Copy(context.Background(), to, from, Options{OnConflict: tt.policy, DryRun: true})
			if err != nil {
				t.Fatal(err)
			}
			rep, err := Copy(context.Background(), to, from, Options{OnConflict: tt.policy})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(dry, rep); diff != "" {
				t.Errorf("the dry run promised something else: -dry +done\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, shown(t, to)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if rep.Partitions != tt.parts || rep.Tables != tt.tables {
				t.Errorf("tables %+v, partitions %+v", rep.Tables, rep.Partitions)
			}
			if tt.policy == Replace { // again: nothing is left to do
				rep, err := Copy(context.Background(), to, from, Options{OnConflict: Error})
				if err != nil || rep.Tables != (Counts{Unchanged: 3}) || rep.Partitions != (Counts{Unchanged: 6}) {
					t.Errorf("again: %+v, %v", rep, err)
				}
			}
		})
	}
}

// TestCopyErrorWritesNothing finds the conflict before anything is written.
func TestCopyErrorWritesNothing(t *testing.T) {
	from, to := memory(t), memory(t)
	table(t, from, "a", "new", "s3://n/")
	table(t, from, "b", "t", "s3://here/")
	table(t, to, "b", "t", "s3://there/")
	before := shown(t, to)
	_, err := Copy(context.Background(), to, from, Options{OnConflict: Error})
	if !fault.Is(err, fault.CodeDuplicateObject) || !strings.Contains(err.Error(), "b.t") {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(before, shown(t, to)); diff != "" {
		t.Errorf("-before +after\n%s", diff)
	}
}

// TestCopyOtherKeys replaces a table by one with other partition keys, a table
// by a view, and keeps to the patterns.
func TestCopyOtherKeys(t *testing.T) {
	ctx := context.Background()
	from, to := memory(t), memory(t)
	table(t, to, "d", "keys", "s3://k/", "1", "2")
	table(t, to, "d", "kind", "s3://v/")
	tab := table(t, from, "d", "keys", "s3://k/")
	change := *tab
	change.PartitionKeys = []catalog.Column{{Name: "day", Type: types.TDate}}
	tab, err := from.UpdateTable(ctx, &change)
	if err != nil {
		t.Fatal(err)
	}
	add(t, from, tab, "2024-01-01")
	if _, err := from.CreateTable(ctx, &catalog.Table{Database: "d", Name: "kind", Kind: catalog.VirtualView, ViewText: "select 1", Columns: []catalog.Column{{Name: "x", Type: types.TInteger}}}); err != nil {
		t.Fatal(err)
	}
	table(t, from, "not", "wanted", "s3://w/")
	rep, err := Copy(ctx, to, from, Options{OnConflict: Replace, Databases: []string{"x*", "d"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"d.keys EXTERNAL_TABLE s3://k/ 2024-01-01=", "d.kind VIRTUAL_VIEW "}
	if diff := cmp.Diff(want, shown(t, to)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(rep.Notes) != 1 || !strings.Contains(rep.Notes[0].Text, "2 partitions are dropped") {
		t.Errorf("notes %v", rep.Notes)
	}
	if _, err := Copy(ctx, to, from, Options{Databases: []string{"["}}); !fault.Is(err, fault.CodeInvalidParameter) {
		t.Errorf("a broken pattern: %v", err)
	}
}

// failing refuses to change some tables.
type failing struct {
	*meta.Store
	table string
}

func (f failing) Apply(ctx context.Context, c catalog.Change) (*catalog.Applied, error) {
	if c.Table.Name == f.table {
		return nil, fault.New(fault.CodeInsufficientPriv, "not allowed")
	}
	return f.Store.Apply(ctx, c)
}

// TestCopyContinue lists what fails and goes on, or ends there.
func TestCopyContinue(t *testing.T) {
	from := memory(t)
	for _, n := range []string{"a", "b", "c"} {
		table(t, from, "d", n, "s3://"+n+"/")
	}
	to := failing{memory(t), "b"}
	rep, err := Copy(context.Background(), to, from, Options{OnConflict: Error})
	if !fault.Is(err, fault.CodeInsufficientPriv) || !strings.Contains(err.Error(), "d.b") || rep.Tables.Created != 1 {
		t.Errorf("%+v, %v", rep, err)
	}
	rep, err = Copy(context.Background(), to, from, Options{OnConflict: Error, Continue: true})
	if err != nil || len(rep.Failures) != 1 || rep.Failures[0].Object != "d.b" || rep.Tables != (Counts{Created: 1, Unchanged: 1, Failed: 1}) {
		t.Errorf("%+v, %v", rep, err)
	}
}

// TestCopyManyPartitions takes more than one page and more than one change.
func TestCopyManyPartitions(t *testing.T) {
	const n = changePartitions + 2*pagePartitions + 7
	from, to := memory(t), memory(t)
	var parts []string
	for i := range n {
		parts = append(parts, fmt.Sprintf("%07d", i))
	}
	tab := table(t, from, "d", "t", "s3://b/", parts...)
	old := table(t, to, "d", "t", "s3://b/")
	add(t, to, old, parts[5], parts[pagePartitions], parts[n-1])
	rep, err := Copy(context.Background(), to, from, Options{OnConflict: Error})
	if err != nil || rep.Partitions != (Counts{Created: n - 3, Unchanged: 3}) {
		t.Fatalf("%+v, %v", rep, err)
	}
	got, err := to.PartitionsAfter(context.Background(), tab, nil, 0)
	if err != nil || len(got) != n {
		t.Errorf("%d partitions, %v", len(got), err)
	}
}

// TestOverlay writes over a base that stays as it is.
func TestOverlay(t *testing.T) {
	ctx := context.Background()
	base := memory(t)
	table(t, base, "d", "t", "s3://t/", "1")
	table(t, base, "d", "u", "s3://u/", "1")
	before := shown(t, base)
	o := NewOverlay(memory(t), base)
	tab, err := o.Table(ctx, "d", "t")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.AddPartitions(ctx, tab, []catalog.Partition{{Values: []string{"2"}}}, true); err != nil {
		t.Fatal(err)
	}
	table(t, o, "new", "n", "s3://n/", "x")
	changed, err := o.Table(ctx, "d", "u")
	if err != nil {
		t.Fatal(err)
	}
	fresh := *changed
	fresh.Storage.Location = "s3://moved/"
	if _, err := o.UpdateTable(ctx, &fresh); err != nil {
		t.Fatal(err)
	}
	if dbs, err := o.Databases(ctx); err != nil || len(dbs) != 2 {
		t.Errorf("%d databases, %v", len(dbs), err)
	}
	if ts, err := o.Tables(ctx, "d"); err != nil || len(ts) != 2 || ts[1].Storage.Location != "s3://moved/" {
		t.Errorf("tables %v, %v", ts, err)
	}
	for _, err := range []error{o.DropTable(ctx, "d", "t"), o.DropDatabase(ctx, "d", true)} {
		if !fault.Is(err, fault.CodeFeatureNotSupported) {
			t.Errorf("a drop: %v", err)
		}
	}
	if diff := cmp.Diff(before, shown(t, base)); diff != "" {
		t.Errorf("the base changed: -before +after\n%s", diff)
	}
	rep, err := Copy(ctx, base, o.Written(), Options{OnConflict: Replace})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"d.t EXTERNAL_TABLE s3://t/ 1= 2=", "d.u EXTERNAL_TABLE s3://moved/ 1=", "new.n EXTERNAL_TABLE s3://n/ x="}
	if diff := cmp.Diff(want, shown(t, base)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if rep.Tables != (Counts{Created: 1, Replaced: 1}) {
		t.Errorf("a borrowed table counts: %+v", rep.Tables)
	}
}

// TestFileNames gives names that no file system refuses, different ones to
// different objects.
func TestFileNames(t *testing.T) {
	long := strings.Repeat("ü", 150)
	names := []string{"plain", "..", ".hidden", "a/b", "a%2Fb", "A", "a", "con", "ü", long, long + "x", "with space", "semi;colon"}
	seen := map[string]string{}
	for _, n := range names {
		f := fileName(n)
		if old, ok := seen[f]; ok {
			t.Errorf("%q and %q are both %s", old, n, f)
		}
		seen[f] = n
		if len(f) > maxFileName || strings.HasPrefix(f, ".") || strings.ContainsAny(f, "/\\ ;") {
			t.Errorf("%q is %s", n, f)
		}
	}
	if !slices.Contains(names, seen["plain"]) {
		t.Error("a plain name is not itself")
	}
}
