package meta

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

func openTest(t *testing.T) *Store {
	t.Helper()
	s, err := openAt(context.Background(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("%v (%+v)", err, fault.As(err))
		}
		return v
	}
}

func wantFault(t *testing.T, err error, code fault.Code, hint string) {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Code != code || !strings.Contains(f.Hint, hint) {
		t.Fatalf("error %v (hint %q), want code %s with hint %q", err, fault.As(err).Hint, code, hint)
	}
}

func sampleTable() *catalog.Table {
	return &catalog.Table{
		Database: "sales", Name: "Orders", Kind: catalog.ExternalTable, Description: "all orders",
		Columns: []catalog.Column{
			{Name: "ID", Type: types.TBigInt, Comment: "key"},
			{Name: "id", Type: types.TVarchar},
			{Name: "at", Type: types.TimestampTZOf(9)},
			{Name: "t0", Type: types.TimestampOf(0)},
			{Name: "u", Type: types.TUUID}, {Name: "j", Type: types.TJSON}, {Name: "c", Type: types.CharOf(3)},
			{Name: "v", Type: types.VarcharOf(12)}, {Name: "d", Type: types.DecimalOf(38, 10)},
			{Name: "i", Type: types.Type{Kind: types.Interval, S: types.IntervalDaySecond}},
			{Name: "nested", Type: types.ArrayOf(types.MapOf(types.TVarchar, types.RowOf(
				types.Field{Name: "a:b,c", Type: types.TTime}, types.Field{Name: "", Type: types.TVarbinary})))},
		},
		PartitionKeys: []catalog.Column{{Name: "dt", Type: types.TDate}, {Name: "n", Type: types.TInteger}},
		Storage: catalog.Storage{Location: "s3://b/orders", SerDe: "x.Y", InputFormat: "in", OutputFormat: "out",
			SerDeParams: map[string]string{"a": "b"}},
		Format: "parquet", Parameters: map[string]string{"k": "v"},
	}
}

func withOrders(t *testing.T, s *Store) *catalog.Table {
	t.Helper()
	ctx := context.Background()
	must[*catalog.Database](t)(s.CreateDatabase(ctx, &catalog.Database{Name: "Sales", Parameters: map[string]string{"x": "y"}}))
	return must[*catalog.Table](t)(s.CreateTable(ctx, sampleTable()))
}

func TestDatabases(t *testing.T) {
	ctx := context.Background()
	for _, dir := range []string{Memory, ""} {
		if dir == "" {
			dir = t.TempDir()
		}
		s := must[*Store](t)(openAt(ctx, dir))
		d := must[*catalog.Database](t)(s.CreateDatabase(ctx, &catalog.Database{Name: "Sales", Location: "s3://b/"}))
		if d.Name != "sales" || d.ID == 0 || d.Created.IsZero() {
			t.Errorf("created %+v", d)
		}
		_, err := s.CreateDatabase(ctx, &catalog.Database{Name: "SALES"})
		wantFault(t, err, fault.CodeDuplicateSchema, "")
		_, err = s.CreateDatabase(ctx, &catalog.Database{Name: "a\nb"})
		wantFault(t, err, fault.CodeInvalidName, "")
		_, err = s.Database(ctx, "salse")
		wantFault(t, err, fault.CodeInvalidSchemaName, `Did you mean "sales"?`)
		changed := *d
		changed.Description = "new"
		changed.Name = "Sold"
		must[*catalog.Database](t)(s.UpdateDatabase(ctx, &changed))
		got := must[*catalog.Database](t)(s.Database(ctx, "sOLD"))
		if got.ID != d.ID || got.Description != "new" {
			t.Errorf("updated %+v", got)
		}
		if err := s.DropDatabase(ctx, "sold", false); err != nil {
			t.Fatal(err)
		}
		again := must[*catalog.Database](t)(s.CreateDatabase(ctx, &catalog.Database{Name: "sales"}))
		if again.ID <= d.ID {
			t.Errorf("ID %d was given again after %d", again.ID, d.ID)
		}
		if all := must[[]*catalog.Database](t)(s.Databases(ctx)); len(all) != 1 {
			t.Errorf("%d databases", len(all))
		}
		s.Close()
	}
}

func TestTableRoundTrip(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	made := withOrders(t, s)
	want := sampleTable()
	want.Name, want.ID, want.Version, want.Created, want.Updated = "orders", made.ID, 1, made.Created, made.Updated
	if diff := cmp.Diff(want, made); diff != "" {
		t.Error(diff)
	}
	read := must[*catalog.Table](t)(s.Table(ctx, "SALES", "ORDERS"))
	if diff := cmp.Diff(want, read); diff != "" {
		t.Error(diff)
	}
	if again := must[*catalog.Table](t)(s.Table(ctx, "sales", "orders")); again != read {
		t.Error("the second read did not come from the cache")
	}
	_, err := s.CreateTable(ctx, sampleTable())
	wantFault(t, err, fault.CodeDuplicateTable, "")
	_, err = s.Table(ctx, "sales", "order")
	wantFault(t, err, fault.CodeUndefinedTable, `"orders"`)
	_, err = s.Tables(ctx, "sale")
	wantFault(t, err, fault.CodeInvalidSchemaName, `"sales"`)
}

func TestUpdateTable(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	first := withOrders(t, s)
	change := *first
	change.Columns = append(change.Columns[:len(change.Columns):len(change.Columns)], catalog.Column{Name: "more", Type: types.TDouble})
	second := must[*catalog.Table](t)(s.UpdateTable(ctx, &change))
	if second.Version != 2 || second.ID != first.ID || len(second.Columns) != len(first.Columns)+1 {
		t.Errorf("updated to %+v", second)
	}
	_, err := s.UpdateTable(ctx, &change)
	wantFault(t, err, fault.CodeObjectNotReady, "Read the table again")

	must[int](t)(s.AddPartitions(ctx, second, []catalog.Partition{{Values: []string{"2024-01-01", "7"}}}, true))
	badKeys := *second
	badKeys.PartitionKeys = badKeys.PartitionKeys[:1]
	_, err = s.UpdateTable(ctx, &badKeys)
	wantFault(t, err, fault.CodeFeatureNotSupported, "")
	badType := *second
	badType.PartitionKeys = []catalog.Column{second.PartitionKeys[0], {Name: "n", Type: types.TBoolean}}
	_, err = s.UpdateTable(ctx, &badType)
	wantFault(t, err, fault.CodeInvalidText, "")
	goodType := *second
	goodType.PartitionKeys = []catalog.Column{second.PartitionKeys[0], {Name: "n", Type: types.TVarchar}}
	third := must[*catalog.Table](t)(s.UpdateTable(ctx, &goodType))
	p := must[*catalog.Partitions](t)(s.Partitions(ctx, third))
	if v := p.Value(1, 0); v.S != "7" || v.Type.Kind != types.Varchar {
		t.Errorf("value after the key's type changed: %+v", v)
	}
}

func TestTablesListAndDrop(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	withOrders(t, s)
	for i := range 5 {
		tab := sampleTable()
		tab.Name = fmt.Sprintf("t%d", i)
		must[*catalog.Table](t)(s.CreateTable(ctx, tab))
	}
	tables := must[[]*catalog.Table](t)(s.Tables(ctx, "Sales"))
	var names []string
	for _, tab := range tables {
		names = append(names, tab.Name)
	}
	if diff := cmp.Diff([]string{"orders", "t0", "t1", "t2", "t3", "t4"}, names); diff != "" {
		t.Error(diff)
	}
	err := s.DropDatabase(ctx, "sales", false)
	wantFault(t, err, fault.CodeDependentObjects, "CASCADE")
	if err := s.DropTable(ctx, "sales", "T3"); err != nil {
		t.Fatal(err)
	}
	wantFault(t, s.DropTable(ctx, "sales", "t3"), fault.CodeUndefinedTable, "")
	if err := s.DropDatabase(ctx, "sales", true); err != nil {
		t.Fatal(err)
	}
	var chunks int
	if err := s.read.QueryRow("SELECT (SELECT count(*) FROM tables) + (SELECT count(*) FROM partition_chunks)").Scan(&chunks); err != nil || chunks != 0 {
		t.Errorf("%d rows left, %v", chunks, err)
	}
}

func TestBadTables(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	withOrders(t, s)
	for name, c := range map[string]struct {
		change func(*catalog.Table)
		code   fault.Code
	}{
		"no name":       {func(t *catalog.Table) { t.Name = "" }, fault.CodeInvalidName},
		"twice":         {func(t *catalog.Table) { t.PartitionKeys[0].Name = "ID" }, fault.CodeDuplicateColumn},
		"nested key":    {func(t *catalog.Table) { t.PartitionKeys[0].Type = types.ArrayOf(types.TDate) }, fault.CodeDatatypeMismatch},
		"no database":   {func(t *catalog.Table) { t.Database = "nowhere" }, fault.CodeInvalidSchemaName},
		"not UTF-8":     {func(t *catalog.Table) { t.Columns[0].Name = "caf\xe9" }, fault.CodeInvalidName},
		"column unname": {func(t *catalog.Table) { t.Columns[0].Name = "" }, fault.CodeInvalidName},
	} {
		tab := sampleTable()
		tab.Name = "bad"
		c.change(tab)
		_, err := s.CreateTable(ctx, tab)
		if !fault.Is(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestHistory(t *testing.T) {
	ctx := context.Background()
	s := openTest(t)
	at := time.Date(2026, 1, 2, 3, 4, 5, 678000, time.UTC)
	rec := func(id, user string, started time.Time) QueryRecord {
		return QueryRecord{ID: id, User: user, Workgroup: "primary", Database: "d", SQL: "SELECT 1", State: "SUCCEEDED",
			Started: started, Ended: started.Add(time.Second), BytesScanned: 1, BytesMetadata: 2, Requests: 3, FilesTotal: 4,
			FilesRead: 5, PartitionsTotal: 6, PartitionsRead: 7, RowsRead: 8, RowsReturned: 9, PeakMemory: 10}
	}
	running := rec("b", "eve", at.Add(time.Minute))
	running.State, running.Ended = "RUNNING", time.Time{}
	if err := s.InsertQueries(ctx, rec("a", "bob", at), running); err != nil {
		t.Fatal(err)
	}
	failed := rec("b", "eve", at.Add(time.Minute))
	failed.State, failed.ErrorCode, failed.Error = "FAILED", "22012", "division by zero"
	if err := s.InsertQueries(ctx, failed); err != nil {
		t.Fatal(err)
	}
	all := unnumbered(must[[]QueryRecord](t)(s.Queries(ctx, HistoryFilter{})))
	if diff := cmp.Diff([]QueryRecord{failed, rec("a", "bob", at)}, all); diff != "" {
		t.Error(diff)
	}
	for name, c := range map[string]struct {
		f    HistoryFilter
		want int
	}{
		"limit": {HistoryFilter{Limit: 1}, 1}, "user": {HistoryFilter{User: "bob"}, 1}, "state": {HistoryFilter{State: "SUCCEEDED"}, 1},
		"workgroup": {HistoryFilter{Workgroup: "other"}, 0}, "since": {HistoryFilter{Since: at.Add(time.Second)}, 1},
		"until": {HistoryFilter{Until: at.Add(time.Second)}, 1}, "id": {HistoryFilter{ID: "a"}, 1},
	} {
		if got := must[[]QueryRecord](t)(s.Queries(ctx, c.f)); len(got) != c.want {
			t.Errorf("%s: %d records, want %d", name, len(got), c.want)
		}
	}
	if n := must[int64](t)(s.PruneQueries(ctx, HistoryKeep{Since: at.Add(time.Second)})); n != 1 {
		t.Errorf("pruned %d", n)
	}
}
