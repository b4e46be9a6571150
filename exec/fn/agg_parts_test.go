package fn

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// TestPartsAgreeWithWhole aggregates batches of rows apart, by the parts that Parts
// names, puts the results together, and compares with one aggregate that saw all rows.
func TestPartsAgreeWithWhole(t *testing.T) {
	reg := NewRegistry()
	known := 0
	for _, c := range aggCases() {
		for d := plan.Postgres; d <= plan.Athena; d++ {
			args := make([]plan.Arg, len(c.args))
			for i, a := range c.args {
				args[i].Type = a
			}
			f, err := reg.Resolve(c.name, plan.AggregateFunc, args, d)
			if err != nil {
				continue
			}
			parts, finish := reg.Parts(f, 20)
			if parts == nil {
				continue
			}
			known++
			t.Run(fmt.Sprint(c.name, c.args, d), func(t *testing.T) {
				r := rand.New(rand.NewPCG(6, uint64(d)))
				for range 20 {
					checkParts(t, r, reg, f, parts, finish)
				}
			})
		}
	}
	if known < 40 {
		t.Errorf("only %d aggregates have parts", known)
	}
}

func checkParts(t *testing.T, r *rand.Rand, reg *Registry, f *plan.Func, parts []*plan.Func, finish *plan.Func) {
	t.Helper()
	make1 := func(f *plan.Func) (Aggregator, States) {
		a, err := NewAggregator(nil, f)
		if err != nil {
			t.Fatal(err)
		}
		return a, newStates(a, 1)
	}
	whole, wholeSt := make1(f)
	results := make([]*vector.Vector, len(parts))
	for i, p := range parts {
		results[i] = vector.New(p.Ret, 0)
	}
	batches := 1 + r.IntN(4)
	for range batches {
		n := r.IntN(40)
		var args []*vector.Vector
		for _, p := range f.Params {
			args = append(args, randomForm(r, p, n))
		}
		if err := whole.UpdateOne(wholeSt, args, nil, n); err != nil {
			t.Fatal(err)
		}
		for i, p := range parts {
			a, st := make1(p)
			if err := a.UpdateOne(st, args, nil, n); err != nil {
				t.Fatal(err)
			}
			if err := a.Final(st, []uint32{0}, results[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
	merged := make([]*vector.Vector, len(parts))
	for i, p := range parts {
		a, st := make1(reg.Merge(p))
		merged[i] = vector.New(p.Ret, 0)
		if err := a.UpdateOne(st, results[i:i+1], nil, batches); err != nil {
			t.Fatal(err)
		}
		if err := a.Final(st, []uint32{0}, merged[i]); err != nil {
			t.Fatal(err)
		}
	}
	want := vector.New(f.Ret, 0)
	if err := whole.Final(wholeSt, []uint32{0}, want); err != nil {
		t.Fatal(err)
	}
	got := merged[0]
	if finish != nil {
		got = finished(t, finish, merged)
	}
	if x, y := vector.ValueAt(got, 0), vector.ValueAt(want, 0); !closeTo(x, y) {
		t.Fatalf("%v of parts, %v of all rows", x, y)
	}
}

// finished calls a strict scalar function for one row.
func finished(t *testing.T, f *plan.Func, args []*vector.Vector) *vector.Vector {
	t.Helper()
	out := vector.New(f.Ret, 0)
	for _, a := range args {
		if a.IsNull(0) {
			out.AppendNull()
			return out
		}
	}
	out.Resize(1)
	if err := f.Impl.(*kernel.Impl).Eval(nil, args, nil, out); err != nil {
		t.Fatal(err)
	}
	return out
}
