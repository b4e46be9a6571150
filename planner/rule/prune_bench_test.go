package rule

import (
	"context"
	"fmt"
	"testing"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/planner/plan"
)

// millionPartitions is a table partitioned by day and hour and customer.
func millionPartitions() (*catalog.Table, *catalog.Partitions) {
	t := &catalog.Table{Name: "logs", PartitionKeys: []catalog.Column{
		{Name: "dt", Type: types.TDate}, {Name: "hour", Type: types.TBigInt}, {Name: "customer", Type: types.TVarchar}}}
	ps := &catalog.Partitions{N: 1_000_000, Keys: make([]catalog.KeyValues, 3)}
	sizes := []int{1000, 20, 50}
	for k, n := range sizes {
		for i := range n {
			v := types.IntOf(t.PartitionKeys[k].Type, int64(19000+i))
			if k == 2 {
				v = types.StringOf(types.TVarchar, fmt.Sprintf("customer-%03d", i))
			}
			ps.Keys[k].Values = append(ps.Keys[k].Values, v)
		}
	}
	for i := range ps.N {
		for k, n := range sizes {
			div := []int{1000, 50, 1}[k]
			ps.Keys[k].Codes = append(ps.Keys[k].Codes, uint32(i/div%n))
		}
	}
	return t, ps
}

func partitionScan(t *catalog.Table, filter ...plan.Expr) *plan.Scan {
	s := &plan.Scan{Table: t, Filter: filter}
	for i, k := range t.PartitionKeys {
		s.Cols = append(s.Cols, plan.ScanColumn{Column: plan.Column{ID: plan.ColID(i + 1), Name: k.Name, Type: k.Type}, Index: i})
	}
	return s
}

func prune(tb testing.TB, ps *catalog.Partitions, s *plan.Scan) *scanPlanner {
	tb.Helper()
	p := &scanPlanner{c: &Ctx{Evaluator: kernel.NewEvaluator(nil), Session: &plan.Session{}}, ctx: context.Background(), scan: s, parts: ps, filter: s.Filter}
	p.prunePartitions()
	return p
}

func TestPruneMillion(t *testing.T) {
	table, ps := millionPartitions()
	day := &plan.Compare{Op: plan.EQ, L: &plan.Col{ID: 1, Typ: types.TDate}, R: &plan.Const{Value: types.IntOf(types.TDate, 19500)}}
	customers := &plan.In{X: &plan.Col{ID: 3, Typ: types.TVarchar}, List: []types.Value{types.StringOf(types.TVarchar, "customer-007"), types.StringOf(types.TVarchar, "none")}}
	either := &plan.Or{Args: []plan.Expr{
		&plan.Compare{Op: plan.LT, L: &plan.Col{ID: 2, Typ: types.TBigInt}, R: &plan.Const{Value: types.IntOf(types.TBigInt, 19003)}}, customers}}
	for _, c := range []struct {
		name   string
		filter []plan.Expr
		want   int
	}{
		{"day", []plan.Expr{day}, 1000},
		{"day and customer", []plan.Expr{day, customers}, 20},
		{"two keys in one condition", []plan.Expr{day, either}, 3*50 + 17},
	} {
		p := prune(t, ps, partitionScan(table, c.filter...))
		if len(p.selected) != c.want || len(p.filter) != 0 {
			t.Errorf("%s: %d partitions, %d conditions left; want %d, 0", c.name, len(p.selected), len(p.filter), c.want)
		}
	}
}

func BenchmarkPruneMillion(b *testing.B) {
	table, ps := millionPartitions()
	s := partitionScan(table,
		&plan.Compare{Op: plan.GE, L: &plan.Col{ID: 1, Typ: types.TDate}, R: &plan.Const{Value: types.IntOf(types.TDate, 19500)}},
		&plan.Compare{Op: plan.EQ, L: &plan.Col{ID: 3, Typ: types.TVarchar}, R: &plan.Const{Value: types.StringOf(types.TVarchar, "customer-007")}})
	for b.Loop() {
		prune(b, ps, s)
	}
}
