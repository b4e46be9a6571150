package meta

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// TestPostgresCopy fills a data directory with everything and takes it over.
func TestPostgresCopy(t *testing.T) {
	postgresOnly(t)
	ctx := t.Context()
	dir := t.TempDir()
	from := must[*Store](t)(Open(ctx, dir))
	tab := textKeys(t, from, types.TVarchar, types.TInteger)
	must[int](t)(from.AddPartitions(ctx, tab, parts("a/1@x", "b/2", "ä/3@s3://b/"), true))
	tab.Description = "changed"
	tab = must[*catalog.Table](t)(from.UpdateTable(ctx, tab))
	gone := must[*catalog.Table](t)(from.CreateTable(ctx, &catalog.Table{Database: "sales", Name: "gone"}))
	if err := from.DropTable(ctx, "sales", "gone"); err != nil {
		t.Fatal(err)
	}
	docs := []catalog.Document{{Space: "s", Key: "empty", Data: []byte{}}, {Space: "s", Key: "of a table", Table: tab.ID, Data: []byte("\x00\xff")}}
	must[[]int64](t)(from.PutDocuments(ctx, docs...))
	ledger := must[*Budgets](t)(from.OpenBudgets(ctx))
	key := BudgetKey{Budget: "b", Principal: "user u", Period: "day", Start: 5}
	must[[]BudgetCount](t)(ledger.Claim(ctx, BudgetClaim{Key: key, End: time.Now().Add(time.Hour).UnixMicro(), Limit: 100, Spent: 7, Least: 10, Want: 10}))
	full := fullRecord("full", time.Unix(1000, 0).UTC())
	if err := from.InsertQueries(ctx, full, QueryRecord{ID: "nul", SQL: "a\x00b", Started: time.Unix(999, 0).UTC()}); err != nil {
		t.Fatal(err)
	}
	want := everything(t, from)
	versions := must[[]catalog.TableVersion](t)(from.TableVersions(ctx, tab, 0, 0))
	if err := from.Close(); err != nil { // with the lease of a server that was killed
		t.Fatal(err)
	}

	s := openTest(t)
	done := must[[]Copied](t)(s.CopyFrom(ctx, dir))
	if diff := cmp.Diff("[{databases 1} {tables 2} {partition_lists 1} {partition_chunks 1} {documents 2} {table_versions 1} {budget_counters 1} {query_history 2}]",
		fmt.Sprint(done)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, everything(t, s)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(versions, must[[]catalog.TableVersion](t)(s.TableVersions(ctx, tab, 0, 0))); diff != "" {
		t.Error(diff)
	}
	for _, d := range docs {
		d.Version = 1
		if diff := cmp.Diff(&d, must[*catalog.Document](t)(s.Document(ctx, d.Space, d.Key))); diff != "" {
			t.Error(diff)
		}
	}
	b := must[*Budgets](t)(s.OpenBudgets(ctx))
	defer b.Close()
	if n := must[BudgetCount](t)(b.Peek(ctx, key)); n.Spent != 17 || n.Others != 0 {
		t.Errorf("%+v", n)
	}
	must[[]BudgetCount](t)(b.Claim(ctx, BudgetClaim{Key: BudgetKey{Budget: "new"}, Limit: 100, Least: 10, Want: 10}))
	qs := must[[]QueryRecord](t)(s.Queries(ctx, HistoryFilter{Details: true}))
	if full.Sequence = 2; len(qs) != 2 || qs[1].SQL != "a\uFFFDb" {
		t.Errorf("%+v", qs)
	} else if diff := cmp.Diff(full, qs[0]); diff != "" {
		t.Error(diff)
	}
	next := must[*catalog.Table](t)(s.CreateTable(ctx, &catalog.Table{Database: "sales", Name: "next"}))
	if next.ID <= gone.ID {
		t.Errorf("ID %d was given again after %d", next.ID, gone.ID)
	}
	if err := s.InsertQueries(ctx, QueryRecord{ID: "next", Started: time.Unix(2000, 0)}); err != nil {
		t.Error(err)
	}
	_, err := s.CopyFrom(ctx, dir)
	wantFault(t, err, fault.CodeObjectNotReady, "another database")

	bad := t.TempDir()
	from = must[*Store](t)(Open(ctx, bad))
	must[*catalog.Database](t)(from.CreateDatabase(ctx, &catalog.Database{Name: "d", Description: "\xff"}))
	from.Close()
	empty := openTest(t)
	_, err = empty.CopyFrom(ctx, bad)
	wantFault(t, err, fault.CodeBadEncoding, "")
	if ds := must[[]*catalog.Database](t)(empty.Databases(ctx)); len(ds) != 0 {
		t.Errorf("%d databases of a copy that failed", len(ds))
	}
	lite := must[*Store](t)(Open(ctx, Memory))
	defer lite.Close()
	_, err = lite.CopyFrom(ctx, dir)
	wantFault(t, err, fault.CodeFeatureNotSupported, "Copy the directory")
}
