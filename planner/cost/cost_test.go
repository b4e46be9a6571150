package cost

import (
	"math"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
)

// table makes a scan of rows rows whose integer columns run from 1 to high.
func table(name string, first plan.ColID, rows float64, high ...int64) *plan.Scan {
	s := &plan.Scan{Table: &catalog.Table{Name: name}, Source: &plan.ScanSource{Rows: rows, Exact: true}}
	for i, h := range high {
		s.Table.Columns = append(s.Table.Columns, catalog.Column{Name: "c", Type: types.TBigInt})
		s.Cols = append(s.Cols, plan.ScanColumn{Column: plan.Column{ID: first + plan.ColID(i), Name: name, Type: types.TBigInt}, Index: i})
		s.Source.Columns = append(s.Source.Columns, formats.Bounds{HasMinMax: true, Rows: int64(rows), HasNulls: true,
			Min: types.IntOf(types.TBigInt, 1), Max: types.IntOf(types.TBigInt, h)})
	}
	return s
}

func col(id plan.ColID) plan.Expr { return &plan.Col{ID: id, Typ: types.TBigInt} }

func num(i int64) plan.Expr { return &plan.Const{Value: types.IntOf(types.TBigInt, i)} }

func cmp(op plan.CompareOp, l, r plan.Expr) plan.Expr { return &plan.Compare{Op: op, L: l, R: r} }

func TestSelectivity(t *testing.T) {
	s := New().Stats(table("t", 1, 1000, 100, 1000))
	for _, c := range []struct {
		name string
		cond plan.Expr
		want float64
	}{
		{"equal", cmp(plan.EQ, col(1), num(5)), 0.01},
		{"outside", cmp(plan.EQ, col(1), num(500)), 0},
		{"half", cmp(plan.LT, col(2), num(500)), 0.5},
		{"all", cmp(plan.GE, col(2), num(0)), 1},
		{"between", &plan.And{Args: []plan.Expr{cmp(plan.GE, col(2), num(400)), cmp(plan.LE, col(2), num(500))}}, 0.1},
		{"in", &plan.In{X: col(1), List: []types.Value{types.IntOf(types.TBigInt, 1), types.IntOf(types.TBigInt, 2)}}, 0.02},
		{"or", &plan.Or{Args: []plan.Expr{cmp(plan.LT, col(2), num(500)), cmp(plan.GT, col(2), num(500))}}, 0.75},
		{"never", &plan.Const{Value: types.BoolOf(false)}, 0},
		{"null", &plan.IsNull{X: col(1)}, 0},
	} {
		if got := s.Selectivity(c.cond); math.Abs(got-c.want) > 0.02 {
			t.Errorf("%s: %g, want %g", c.name, got, c.want)
		}
	}
}

func TestJoinRows(t *testing.T) {
	fact := table("fact", 1, 1_000_000, 1000, 100)
	dim := table("dim", 10, 1000, 1000)
	join := func(kind plan.JoinKind, on ...plan.Expr) plan.Node {
		return &plan.Join{Kind: kind, Left: fact, Right: dim, Equal: []plan.EqualKey{{L: col(1), R: col(10)}}, On: on}
	}
	for _, c := range []struct {
		name string
		n    plan.Node
		want float64
	}{
		{"foreign key", join(plan.Inner), 1_000_000},
		{"filtered", &plan.Filter{Input: join(plan.Inner), Conds: []plan.Expr{cmp(plan.EQ, col(2), num(3))}}, 10_000},
		{"semi", join(plan.Semi), 1_000_000},
		{"left", join(plan.Left, cmp(plan.EQ, col(2), num(3))), 1_000_000},
		{"groups", &plan.Aggregate{Input: fact, Keys: []plan.Column{{ID: 2, Type: types.TBigInt}}}, 100},
		{"limit", &plan.Limit{Input: fact, Limit: 7}, 7},
	} {
		if got := New().Rows(c.n); math.Abs(got-c.want) > 0.1*c.want {
			t.Errorf("%s: %g rows, want about %g", c.name, got, c.want)
		}
	}
}

// leavesOf lists the tables of a plan from left to right.
func leavesOf(n plan.Node) (names []string) {
	plan.Visit(n, func(m plan.Node) bool {
		if s, ok := m.(*plan.Scan); ok {
			names = append(names, s.Table.Name)
		}
		return true
	})
	return names
}

func crossJoin(conds []plan.Expr, ns ...plan.Node) plan.Node {
	n := ns[0]
	for _, m := range ns[1:] {
		n = &plan.Join{Kind: plan.Inner, Left: n, Right: m}
	}
	n.(*plan.Join).On = conds
	return n
}

// TestOrder checks that the order depends on the statistics, not on how the
// statement lists the tables, and that every condition is tested exactly where
// its columns are.
func TestOrder(t *testing.T) {
	fact, mid, small := table("fact", 1, 1_000_000, 10_000, 50), table("mid", 10, 10_000, 10_000, 10), table("small", 20, 10, 10)
	conds := []plan.Expr{cmp(plan.EQ, col(1), col(10)), cmp(plan.EQ, col(11), col(20)), cmp(plan.LT, col(2), col(20))}
	for _, in := range [][]plan.Node{{fact, mid, small}, {small, fact, mid}, {mid, small, fact}} {
		out := Order(New(), crossJoin(conds, in...))
		if err := plan.Check(out, nil); err != nil {
			t.Fatal(err)
		}
		if got := leavesOf(out); got[0] != "fact" || got[1] != "mid" {
			t.Errorf("order %v of %v:\n%s", got, leavesOf(crossJoin(nil, in...)), plan.Format(out))
		}
		if n := countConds(out); n != 3 {
			t.Errorf("%d conditions, want 3:\n%s", n, plan.Format(out))
		}
	}
}

func countConds(n plan.Node) (count int) {
	plan.Visit(n, func(m plan.Node) bool {
		if j, ok := m.(*plan.Join); ok {
			count += len(j.Equal) + len(j.On)
		}
		if f, ok := m.(*plan.Filter); ok {
			count += len(f.Conds)
		}
		return true
	})
	return count
}

// TestOrderMany sends chains and stars of many tables through both searches.
func TestOrderMany(t *testing.T) {
	for _, n := range []int{2, 9, 10, 11, 30, 70} {
		for _, shape := range []string{"chain", "star", "cross"} {
			var in []plan.Node
			var conds []plan.Expr
			for i := range n {
				id := plan.ColID(10 * (i + 1))
				in = append(in, table("t", id, float64(100*(i+1)), 1000, 1000))
				switch {
				case i > 0 && shape == "chain":
					conds = append(conds, cmp(plan.EQ, col(id-9), col(id)))
				case i > 0 && shape == "star":
					conds = append(conds, cmp(plan.EQ, col(10), col(id)))
				}
			}
			start := time.Now()
			out := Order(New(), crossJoin(conds, in...))
			t.Logf("%s of %d: %v", shape, n, time.Since(start))
			if err := plan.Check(out, nil); err != nil {
				t.Fatalf("%s of %d: %v", shape, n, err)
			}
			if got := len(leavesOf(out)); got != n {
				t.Errorf("%s of %d has %d tables", shape, n, got)
			}
			if got := countConds(out); got != len(conds) {
				t.Errorf("%s of %d has %d conditions, want %d", shape, n, got, len(conds))
			}
		}
	}
}

// TestAntiJoinOfCombinations: rows of a pair of keys meet no more rows than the other side
// has pairs, even if all values of each key are there.
func TestAntiJoinOfCombinations(t *testing.T) {
	sold := table("sold", 1, 1_000_000, 100_000, 1000)
	returned := table("returned", 10, 100_000, 100_000, 1000)
	j := &plan.Join{Kind: plan.Anti, Left: sold, Right: returned, Equal: []plan.EqualKey{{L: col(1), R: col(10)}, {L: col(2), R: col(11)}}}
	if rows := New().Rows(j); math.Abs(rows-900_000) > 1 {
		t.Errorf("%g rows, want 900000", rows)
	}
}
