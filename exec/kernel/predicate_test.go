package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// conditionMaker makes random conditions over column 1 (bigint) and 2 (varchar).
type conditionMaker struct{ r *rand.Rand }

func (m conditionMaker) number() plan.Expr {
	if m.r.IntN(8) == 0 {
		return &plan.Const{Value: types.NullOf(types.TBigInt)}
	}
	return &plan.Const{Value: types.IntOf(types.TBigInt, int64(m.r.IntN(12)))}
}

func (m conditionMaker) text() types.Value {
	return types.StringOf(types.TVarchar, []string{"a", "ab", "abc", "b", "ba", "c"}[m.r.IntN(6)])
}

func (m conditionMaker) cond(depth int) plan.Expr {
	a, s := &plan.Col{ID: 1, Typ: types.TBigInt}, &plan.Col{ID: 2, Typ: types.TVarchar}
	switch n := m.r.IntN(8); {
	case depth > 0 && n == 0:
		return &plan.And{Args: []plan.Expr{m.cond(depth - 1), m.cond(depth - 1)}}
	case depth > 0 && n == 1:
		return &plan.Or{Args: []plan.Expr{m.cond(depth - 1), m.cond(depth - 1)}}
	case depth > 0 && n == 2:
		return &plan.Not{X: m.cond(depth - 1)}
	case n == 3:
		return &plan.IsNull{X: a, Not: m.r.IntN(2) == 0}
	case n == 4:
		list := []types.Value{types.IntOf(types.TBigInt, int64(m.r.IntN(12))), types.IntOf(types.TBigInt, int64(m.r.IntN(12)))}
		if m.r.IntN(4) == 0 {
			list = append(list, types.NullOf(types.TBigInt))
		}
		return &plan.In{X: a, List: list, Not: m.r.IntN(3) == 0}
	case n == 5:
		like := &plan.Func{Name: "like", Params: []types.Type{types.TVarchar, types.TVarchar}, Ret: types.TBoolean, Strict: true,
			Impl: LikeImpl(LikeOp{Not: m.r.IntN(3) == 0}, `\`)}
		p := m.text()
		p.S += []string{"", "%", "_", "%a"}[m.r.IntN(4)]
		return &plan.Call{Fn: like, Args: []plan.Expr{s, &plan.Const{Value: p}}, Typ: types.TBoolean}
	case n == 6:
		return &plan.Compare{Op: plan.CompareOp(m.r.IntN(8)), L: s, R: &plan.Const{Value: m.text()}}
	}
	return &plan.Compare{Op: plan.CompareOp(m.r.IntN(8)), L: a, R: m.number()}
}

// boundsOf computes the bounds of values as a file would tell them.
func boundsOf(vs []types.Value) formats.Bounds {
	b := formats.Bounds{Rows: int64(len(vs)), HasNulls: true}
	for _, v := range vs {
		if v.Null {
			b.Nulls++
			continue
		}
		if !b.HasMinMax || v.Compare(b.Min) < 0 {
			b.Min = v
		}
		if !b.HasMinMax || v.Compare(b.Max) > 0 {
			b.Max = v
		}
		b.HasMinMax = true
	}
	b.AllNull = b.Nulls == b.Rows
	return b
}

// TestBoundsNeverContradictRows: what the bounds promise (Never, Always), and
// what the dictionary keeps, agrees with the rows, for random conditions and rows.
func TestBoundsNeverContradictRows(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	m := conditionMaker{r}
	never, always, pointed := 0, 0, 0
	for range 20_000 {
		e := m.cond(2)
		p, err := NewPredicate([]plan.Expr{e}, []plan.ColID{1, 2}, nil)
		if err != nil {
			t.Fatal(err)
		}
		n := 1 + r.IntN(5)
		lo, span := r.IntN(12), 1+r.IntN(4)
		cols := [2][]types.Value{}
		for range n {
			v, s := types.IntOf(types.TBigInt, int64(lo+r.IntN(span))), m.text()
			v.Null, s.Null = r.IntN(6) == 0, r.IntN(6) == 0
			cols[0], cols[1] = append(cols[0], v), append(cols[1], s)
		}
		b := &vector.Batch{N: n, Cols: []*vector.Vector{vector.FromValues(types.TBigInt, cols[0]), vector.FromValues(types.TVarchar, cols[1])}}
		sel, err := p.Keep(b, nil)
		if err != nil {
			t.Fatal(err)
		}
		kept := selLen(sel, n)
		what := fmt.Sprintf("%s over %v %v", plan.FormatExpr(e, nil), cols[0], cols[1])
		switch p.KeepBounds(func(c int) formats.Bounds { return boundsOf(cols[c]) }) {
		case formats.Never:
			if never++; kept != 0 {
				t.Fatalf("never, but %d rows pass: %s", kept, what)
			}
		case formats.Always:
			if always++; kept != n {
				t.Fatalf("always, but %d of %d rows pass: %s", kept, n, what)
			}
		}
		for c, v := range b.Cols {
			pass := map[int]bool{}
			for i := range n {
				pass[i] = sel == nil
			}
			for _, i := range sel {
				pass[int(i)] = true
			}
			if points, ok := p.Points(c); ok {
				pointed++
				for i, v := range cols[c] {
					if pass[i] && !slices.ContainsFunc(points, func(p types.Value) bool { return !v.Null && p.Compare(v) == 0 }) {
						t.Fatalf("row %d passes, but is none of %v: %s", i, points, what)
					}
				}
			}
			keep, nulls, ok := p.KeepDict(c, v)
			if !ok {
				continue
			}
			for i := range n {
				if null := cols[c][i].Null; pass[i] && (null && !nulls || !null && !keep.Get(i)) {
					t.Fatalf("the dictionary drops row %d, which passes: %s", i, what)
				}
			}
		}
	}
	if never < 1000 || always < 1000 || pointed < 1000 {
		t.Errorf("the bounds decided only %d and %d of the cases, %d had points", never, always, pointed)
	}
}

func TestEvaluator(t *testing.T) {
	ev := NewEvaluator(nil)
	v, err := ev.Fold(nil, &plan.Compare{Op: plan.LT, L: &plan.Const{Value: types.IntOf(types.TBigInt, 1)}, R: &plan.Const{Value: types.IntOf(types.TBigInt, 2)}})
	if err != nil || v.Null || v.I != 1 {
		t.Errorf("1 < 2 is %v, %v", v, err)
	}
	const n = 100_000
	col := vector.New(types.TBigInt, n)
	vals := vector.Values[int64](col)
	for i := range vals {
		vals[i] = int64(i)
	}
	got, err := ev.Filter(nil, &plan.Compare{Op: plan.GE, L: &plan.Col{ID: 7, Typ: types.TBigInt}, R: &plan.Const{Value: types.IntOf(types.TBigInt, n-3)}},
		map[plan.ColID]*vector.Vector{7: col}, n)
	if err != nil || len(got) != 3 || got[0] != n-3 || got[2] != n-1 {
		t.Errorf("filter gave %v, %v", got, err)
	}
}
