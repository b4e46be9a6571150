package kernel

import (
	"fmt"
	"slices"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// paceBatch has a text column with NULLs and a number column.
func paceBatch(rows int) *vector.Batch {
	s, n := vector.New(types.TVarchar, 0), vector.New(types.TBigInt, rows)
	for i := range rows {
		vector.Values[int64](n)[i] = int64(i)
		if i%7 == 3 {
			s.AppendNull()
			continue
		}
		s.AppendBytes(fmt.Appendf(nil, "text %d", i*i))
	}
	return &vector.Batch{N: rows, Cols: []*vector.Vector{s, n}}
}

// shout is a function over texts with a result of some NULLs; ends calls, if it is
// there, closes the query at row 100.
func shout(ends func()) *plan.Func {
	eval := func(_ *EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, w := StringsOf(args[0]), NewTextOut(out)
		return EachErr(sel, out.Len, func(i int) error {
			if ends != nil && i >= 100 {
				ends()
			}
			if len(s.At(i))%5 == 0 {
				out.SetNull(i)
				return w.End(i, w.Start())
			}
			return w.End(i, append(append(w.Start(), s.At(i)...), '!'))
		})
	}
	return &plan.Func{Name: "shout", Params: []types.Type{types.TVarchar}, Ret: types.TVarchar, Strict: true, Impl: &Impl{Instance: Instance{Eval: eval}}}
}

func TestSlicesGiveWhatBatchesGive(t *testing.T) {
	b := paceBatch(1000)
	inputs := map[plan.ColID]int{0: 0, 1: 1}
	text, num := &plan.Col{ID: 0, Typ: types.TVarchar}, &plan.Col{ID: 1, Typ: types.TBigInt}
	call := &plan.Call{Fn: shout(nil), Args: []plan.Expr{text}, Typ: types.TVarchar}
	cond := &plan.And{Args: []plan.Expr{
		&plan.Compare{Op: plan.GT, L: call, R: &plan.Const{Value: types.StringOf(types.TVarchar, "text 3")}},
		&plan.Compare{Op: plan.LT, L: num, R: &plan.Const{Value: types.IntOf(types.TBigInt, 900)}}}}
	odd := vector.Sel{}
	for i := 1; i < b.N; i += 2 {
		odd = append(odd, uint16(i))
	}
	ctx := &EvalCtx{Done: make(chan struct{})}
	for name, sel := range map[string]vector.Sel{"all": nil, "odd": odd, "none": {}} {
		for _, e := range []plan.Expr{call, cond} {
			whole, err := Compile(e, inputs, nil)
			if err != nil {
				t.Fatal(err)
			}
			paced, err := Compile(e, inputs, ctx)
			if err != nil {
				t.Fatal(err)
			}
			if whole.pace != nil || paced.pace == nil {
				t.Fatal("a program is paced if the query may end")
			}
			for range 3 { // the first batch is sliced, the others may be
				want, err1 := whole.Eval(b, sel)
				got, err2 := paced.Eval(b, sel)
				if err1 != nil || err2 != nil {
					t.Fatal(err1, err2)
				}
				for _, i := range copySel(make(vector.Sel, b.N), sel, b.N) {
					if w, g := vector.ValueAt(want, int(i)), vector.ValueAt(got, int(i)); !w.Equal(g) {
						t.Fatalf("%s: row %d is %v in slices, %v at once", name, i, g, w)
					}
				}
			}
			if e != plan.Expr(cond) {
				continue
			}
			fresh := paced.Clone()
			want, err1 := whole.Filter(b, slices.Clone(sel))
			got, err2 := fresh.Filter(b, slices.Clone(sel))
			if err1 != nil || err2 != nil || !slices.Equal(want, got) {
				t.Errorf("%s: slices select %v, a batch %v (%v, %v)", name, got, want, err1, err2)
			}
		}
	}
}

func TestSlicesEndWithTheQuery(t *testing.T) {
	done := make(chan struct{})
	last := 0
	fn := shout(func() {
		if last++; last == 1 {
			close(done)
		}
	})
	e := &plan.Call{Fn: fn, Args: []plan.Expr{&plan.Col{ID: 0, Typ: types.TVarchar}}, Typ: types.TVarchar}
	p, err := Compile(e, map[plan.ColID]int{0: 0}, &EvalCtx{Done: done})
	if err != nil {
		t.Fatal(err)
	}
	b := paceBatch(10_000)
	if _, err := p.Eval(b, nil); !fault.Is(err, fault.CodeQueryCanceled) {
		t.Errorf("the query's end gives %v", err)
	}
	if last > 5000 {
		t.Errorf("%d rows were computed after the query's end", last)
	}
}
