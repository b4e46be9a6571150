package fn

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// TestAggregateOverloads computes every overload of every aggregate over no rows, one
// row, NULLs alone, usual rows and extreme ones: all at once, in small batches, as a
// dictionary, with a selection, as one group of several, and from two aggregators
// that are merged. All have to agree; nothing may panic or fail as a bug does.
// Results are compared with testdata/overloads/<family>_aggregates.txt.
func TestAggregateOverloads(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and in one goroutine")
	}
	reg := NewRegistry()
	x := &aggregateTester{overloadTester: overloadTester{t: t, told: map[string]bool{}}}
	for _, family := range families {
		t.Run(fileOf(family.name), func(t *testing.T) {
			x.t = t
			var golden bytes.Buffer
			for _, e := range reg.list {
				if e.Family != family.name || e.Kind != plan.AggregateFunc && e.Kind != plan.OrderedSetFunc {
					continue
				}
				for i := range e.overs {
					if e.overs[i].agg != nil {
						x.aggregate(e, &e.overs[i], &golden)
					}
				}
			}
			if golden.Len() > 0 {
				compareGolden(t, family.name+" aggregates", golden.Bytes())
			}
		})
	}
	t.Logf("%d overloads, %d concrete calls, %d sets of rows, %d of them errors", x.overloads, x.calls, x.rows, x.errors)
}

type aggregateTester struct{ overloadTester }

// aggregate tests an overload and adds its results to its family's.
func (x *aggregateTester) aggregate(e *Entry, o *overload, golden *bytes.Buffer) {
	x.overloads++
	seen := map[string]string{}
	for d := range 2 {
		for _, v := range variants(e, o, plan.Dialect(d)) {
			if hasLambda(&v) {
				continue // op's tests and the examples have those
			}
			x.calls++
			text := x.sets(&v)
			if seen[v.String()] == text {
				continue
			}
			if seen[v.String()] != "" {
				fmt.Fprintf(golden, "%s (athena)\n%s", &v, text)
				continue
			}
			seen[v.String()] = text
			fmt.Fprintf(golden, "%s\n%s", &v, text)
		}
	}
}

func hasLambda(v *variant) bool {
	for _, a := range v.args {
		if a.Lambda > 0 {
			return true
		}
	}
	return false
}

// sets tests a concrete call over the sets of rows and gives its results.
func (x *aggregateTester) sets(v *variant) string {
	rows := argRows(v)
	var b strings.Builder
	for _, set := range []struct {
		name string
		rows [][]types.Value
	}{
		{"no rows", nil}, {"one row", rows[:1]}, {"NULLs", nullRows(v, 3)}, {"usual", usualRows(v)}, {"all", rows},
	} {
		x.rows++
		want := x.whole(v, set.rows)
		if want.err != nil {
			x.errors++
		}
		fmt.Fprintf(&b, "  %s: %s\n", set.name, shortText(want.String()))
		if v.f.Volatility == plan.Immutable {
			x.otherForms(v, set.name, set.rows, want)
		}
	}
	return b.String()
}

func nullRows(v *variant, n int) [][]types.Value {
	out := make([][]types.Value, n)
	for i := range out {
		for k, p := range v.f.Params {
			if c := v.args[k].Const; c != nil {
				out[i] = append(out[i], *c)
			} else {
				out[i] = append(out[i], types.NullOf(p))
			}
		}
	}
	return out
}

// usualRows are rows of the first samples, with a NULL among them.
func usualRows(v *variant) [][]types.Value {
	var out [][]types.Value
	for i := range 7 {
		var row []types.Value
		for k, p := range v.f.Params {
			list := samples(p)
			if c := v.args[k].Const; c != nil {
				list = []types.Value{*c}
			} else if len(list) > 4 {
				list = []types.Value{list[1], list[2], list[1], list[3], list[0]}
			}
			row = append(row, list[i%len(list)])
		}
		out = append(out, row)
	}
	return out
}

// whole computes the call over rows at once.
func (x *aggregateTester) whole(v *variant, rows [][]types.Value) (out outcome) {
	defer x.guard(v, nil)()
	a, st := x.start(v, rows)
	if out.err = a.UpdateOne(st, x.vectors(v, rows, flatColumn), nil, len(rows)); out.err == nil {
		out = x.final(v, a, st, 0)
	}
	if out.err != nil {
		x.checkError(v, nil, out.err)
	}
	return out
}

// start makes an aggregator of rows that come later, and its states.
func (x *aggregateTester) start(v *variant, rows [][]types.Value) (Aggregator, States) {
	a, err := NewAggregator(&kernel.EvalCtx{}, v.f)
	if err != nil {
		panic(err)
	}
	st := newStates(a, testGroups)
	if c, ok := a.(Counter); ok && len(rows) > 0 {
		cols := x.vectors(v, rows, flatColumn)
		c.Count(st, nil, cols, nil, len(rows))
		c.Count(st, slices.Repeat([]uint32{1}, len(rows)), cols, nil, len(rows))
	}
	return a, st
}

func (x *aggregateTester) vectors(v *variant, rows [][]types.Value, column func(types.Type, []types.Value) *vector.Vector) []*vector.Vector {
	f := &formsOf{v: v}
	return f.columns(rows, column)
}

func (x *aggregateTester) final(v *variant, a Aggregator, st States, row uint32) (out outcome) {
	res := vector.New(v.f.Ret, 0)
	if out.err = a.Final(st, []uint32{row}, res); out.err == nil {
		out.v = vector.ValueAt(res, 0)
		out.v.Type = v.f.Ret
	}
	return out
}

// otherForms computes the call in the other ways and compares.
func (x *aggregateTester) otherForms(v *variant, set string, rows [][]types.Value, want outcome) {
	defer x.guard(v, nil)()
	half := len(rows) / 2
	update := func(a Aggregator, st States, rows [][]types.Value, column func(types.Type, []types.Value) *vector.Vector) error {
		return a.UpdateOne(st, x.vectors(v, rows, column), nil, len(rows))
	}
	for _, form := range []struct {
		name string
		run  func() outcome
	}{
		{"in batches", func() outcome {
			a, st := x.start(v, rows)
			for i := 0; i < len(rows); i += 3 {
				if err := update(a, st, rows[i:min(i+3, len(rows))], flatColumn); err != nil {
					return outcome{err: err}
				}
			}
			return x.final(v, a, st, 0)
		}},
		{"by dictionary", func() outcome {
			a, st := x.start(v, rows)
			if err := update(a, st, rows, dictColumn); err != nil {
				return outcome{err: err}
			}
			return x.final(v, a, st, 0)
		}},
		{"sliced", func() outcome {
			a, st := x.start(v, rows)
			if err := update(a, st, rows, slicedColumn); err != nil {
				return outcome{err: err}
			}
			return x.final(v, a, st, 0)
		}},
		{"as a group", func() outcome {
			a, st := x.start(v, rows)
			groups := make([]uint32, len(rows))
			for i := range groups {
				groups[i] = 1
			}
			if err := a.Update(st, groups, x.vectors(v, rows, flatColumn), nil); err != nil {
				return outcome{err: err}
			}
			return x.final(v, a, st, 1)
		}},
		{"with a selection", func() outcome {
			a, st := x.start(v, rows)
			cols, sel := x.vectors(v, append(append([][]types.Value{}, rows...), rows...), flatColumn), vector.Sel{}
			for i := range rows {
				sel = append(sel, uint16(len(rows)+i))
			}
			if err := a.UpdateOne(st, cols, sel, 2*len(rows)); err != nil {
				return outcome{err: err}
			}
			return x.final(v, a, st, 0)
		}},
		{"merged", func() outcome {
			a, st := x.start(v, rows)
			b, bst := x.start(v, rows)
			if err := update(a, st, rows[:half], flatColumn); err != nil {
				return outcome{err: err}
			}
			if err := update(b, bst, rows[half:], flatColumn); err != nil {
				return outcome{err: err}
			}
			if err := a.Merge(st, []uint32{0}, b, bst, []uint32{0}); err != nil {
				return outcome{err: err}
			}
			return x.final(v, a, st, 0)
		}},
	} {
		if len(rows) == 0 && (form.name == "by dictionary" || form.name == "sliced") ||
			v.f.Kind == plan.OrderedSetFunc && form.name == "merged" { // their rows come to one place
			continue
		}
		got := form.run()
		if !sameOutcome(v, form.name, set, got, want) {
			x.wrong(v, form.name+" "+set, "over %s %s is %s, at once %s", set, form.name, got, want)
		}
	}
}

// sameOutcome compares what two ways gave. Sums of floating-point numbers depend on
// their order where they are merged, and digests on how they were cut.
func sameOutcome(v *variant, form, set string, got, want outcome) bool {
	if got.String() == want.String() {
		return true
	}
	if (got.err == nil) != (want.err == nil) {
		// which of several rows fails first, and whether a sum of extremes leaves its range on
		// the way, depends on the order
		return form == "merged" && set == "all" && (got.err == nil || fault.As(got.err).Code == fault.CodeNumericOutOfRange)
	}
	if got.err != nil {
		return fault.As(got.err).Code == fault.As(want.err).Code
	}
	if form != "merged" {
		return false
	}
	if set == "all" && (approximates(v) || holdsFloats(v)) {
		return true
	}
	return approximates(v) || closeTo(got.v, want.v)
}

// approximates reports aggregates whose digests depend on how the rows came.
func approximates(v *variant) bool {
	return v.f.Ret.Kind == types.Opaque || strings.HasPrefix(v.f.Name, "approx_") || strings.HasPrefix(v.f.Name, "numeric_histogram")
}

func holdsFloats(v *variant) bool {
	for _, p := range append([]types.Type{v.f.Ret}, v.f.Params...) {
		if p.Kind == types.Double || p.Kind == types.Real {
			return true
		}
	}
	return false
}
