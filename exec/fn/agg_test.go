package fn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// aggCase is an aggregate over arguments of some types.
type aggCase struct {
	name string
	args []types.Type
}

func aggCases() []aggCase {
	var out []aggCase
	for _, t := range []types.Type{types.TTinyInt, types.TSmallInt, types.TInteger, types.TBigInt, types.DecimalOf(10, 2), types.DecimalOf(30, 4), types.TReal, types.TDouble, types.TInterval} {
		out = append(out, aggCase{"sum", []types.Type{t}}, aggCase{"avg", []types.Type{t}})
	}
	for _, t := range []types.Type{types.TBoolean, types.TInteger, types.TBigInt, types.DecimalOf(30, 4), types.TDouble, types.TVarchar, types.TDate, types.TInterval, types.TUUID, types.ArrayOf(types.TInteger)} {
		for _, n := range []string{"min", "max", "count", "any_value", "array_agg", "approx_distinct", "json_agg", "histogram"} {
			out = append(out, aggCase{n, []types.Type{t}})
		}
		out = append(out, aggCase{"min_by", []types.Type{t, types.TInteger}}, aggCase{"max_by", []types.Type{types.TVarchar, t}}, aggCase{"map_agg", []types.Type{t, types.TVarchar}})
	}
	for _, n := range []string{"variance", "var_pop", "stddev", "stddev_pop", "skewness", "kurtosis", "geometric_mean"} {
		out = append(out, aggCase{n, []types.Type{types.TDouble}})
	}
	for _, n := range []string{"corr", "covar_pop", "covar_samp", "regr_slope", "regr_intercept", "regr_r2"} {
		out = append(out, aggCase{n, []types.Type{types.TDouble, types.TDouble}})
	}
	return append(out, aggCase{"count", nil}, aggCase{"bool_and", []types.Type{types.TBoolean}}, aggCase{"bool_or", []types.Type{types.TBoolean}},
		aggCase{"string_agg", []types.Type{types.TVarchar, types.TVarchar}}, aggCase{"bit_and", []types.Type{types.TBigInt}}, aggCase{"count_if", []types.Type{types.TBoolean}},
		aggCase{"multimap_agg", []types.Type{types.TVarchar, types.TInteger}})
}

func randomArg(r *rand.Rand, t types.Type) types.Value {
	if r.IntN(5) == 0 {
		return types.NullOf(t)
	}
	v := types.Value{Type: t}
	switch t.Phys() {
	case types.PhysBool:
		v.I = int64(r.IntN(2))
	case types.PhysFloat32, types.PhysFloat64:
		v.F = float64(1 + r.IntN(50))
	case types.PhysInt128:
		v.D = types.Mul64(int64(r.IntN(2000)-1000), 1<<40)
	case types.PhysBytes:
		v.S = fmt.Sprint("s", r.IntN(20))
	case types.PhysInterval:
		v.Interval = types.IntervalValue{Days: int32(r.IntN(9)), Micros: int64(r.IntN(100))}
	case types.PhysUUID:
		v.UUID[0] = byte(r.IntN(9))
	case types.PhysList:
		for range r.IntN(3) {
			v.Kids = append(v.Kids, types.IntOf(t.Elem(), int64(r.IntN(4))))
		}
	default:
		v.I = int64(r.IntN(100) - 50)
	}
	return v
}

// randomForm makes a vector of values that are random but, in the constant and
// dictionary forms, repeated.
func randomForm(r *rand.Rand, t types.Type, n int) *vector.Vector {
	switch r.IntN(3) {
	case 0:
		return vector.ConstOf(randomArg(r, t), n)
	case 1:
		var base []types.Value
		for len(base) < 4 {
			if x := randomArg(r, t); !x.Null {
				base = append(base, x)
			}
		}
		codes := make([]uint32, n)
		for i := range codes {
			codes[i] = uint32(r.IntN(len(base)))
		}
		v := &vector.Vector{}
		v.SetDict(t, codes, vector.FromValues(t, base))
		if r.IntN(2) == 0 {
			v.SetNull(r.IntN(n))
		}
		return v
	}
	vals := make([]types.Value, n)
	for i := range vals {
		vals[i] = randomArg(r, t)
	}
	return vector.FromValues(t, vals)
}

// TestGroupsAgreeWithOneState updates states of several groups in two aggregators,
// merges them, and compares each group with one state that saw the same rows.
func TestGroupsAgreeWithOneState(t *testing.T) {
	reg := NewRegistry()
	for _, c := range aggCases() {
		for d := plan.Postgres; d <= plan.Athena; d++ {
			t.Run(fmt.Sprint(c.name, c.args, d), func(t *testing.T) {
				args := make([]plan.Arg, len(c.args))
				for i, a := range c.args {
					args[i].Type = a
				}
				f, err := reg.Resolve(c.name, plan.AggregateFunc, args, d)
				if err != nil {
					t.Skip(err)
				}
				r := rand.New(rand.NewPCG(5, uint64(d)))
				for range 20 {
					checkGroups(t, r, f)
				}
			})
		}
	}
}

const testGroups = 3

func newStates(a Aggregator, rows int) States {
	stride := a.StateSize() + 16
	return States{Rows: make([]byte, stride*rows), Stride: stride, Off: 8}
}

func checkGroups(t *testing.T, r *rand.Rand, f *plan.Func) {
	t.Helper()
	var aggs [2]Aggregator
	var sts [2]States
	var one [testGroups]Aggregator
	var oneSt [testGroups]States
	make1 := func() Aggregator {
		a, err := NewAggregator(nil, f)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for i := range aggs {
		aggs[i] = make1()
		sts[i] = newStates(aggs[i], testGroups)
	}
	for g := range one {
		one[g] = make1()
		oneSt[g] = newStates(one[g], 1)
	}
	for batch := range 4 {
		n := 1 + r.IntN(40)
		var args []*vector.Vector
		for _, p := range f.Params {
			args = append(args, randomForm(r, p, n))
		}
		var sel vector.Sel
		if r.IntN(2) == 0 {
			sel = vector.Sel{}
			for i := range n {
				if r.IntN(2) == 0 {
					sel = append(sel, uint16(i))
				}
			}
		}
		rows := []uint16(sel)
		if sel == nil {
			rows = identity[:n]
		}
		groups := make([]uint32, len(rows))
		var parts [testGroups]vector.Sel
		for k, p := range rows {
			groups[k] = uint32(r.IntN(testGroups))
			parts[groups[k]] = append(parts[groups[k]], p)
		}
		half := batch / 2 // the first two batches to one aggregator: merging keeps their order
		if err := aggs[half].Update(sts[half], groups, args, sel); err != nil {
			t.Fatal(err)
		}
		for g := range one {
			if parts[g] == nil {
				parts[g] = vector.Sel{}
			}
			if err := one[g].UpdateOne(oneSt[g], args, parts[g], n); err != nil {
				t.Fatal(err)
			}
		}
	}
	all := []uint32{0, 1, 2}
	if err := aggs[0].Merge(sts[0], all, aggs[1], sts[1], all); err != nil {
		t.Fatal(err)
	}
	got := vector.New(f.Ret, 0)
	if err := aggs[0].Final(sts[0], all, got); err != nil {
		t.Fatal(err)
	}
	for g := range one {
		want := vector.New(f.Ret, 0)
		if err := one[g].Final(oneSt[g], []uint32{0}, want); err != nil {
			t.Fatal(err)
		}
		if x, y := vector.ValueAt(got, g), vector.ValueAt(want, 0); !closeTo(x, y) {
			t.Fatalf("group %d: %v, in one state %v", g, x, y)
		}
	}
}

// closeTo compares values; floats may differ by rounding.
func closeTo(x, y types.Value) bool {
	if x.Null || y.Null || !x.Type.IsFloat() {
		return x.Equal(y)
	}
	return math.Abs(x.F-y.F) <= 1e-6*max(1, math.Abs(x.F)) || math.IsNaN(x.F) && math.IsNaN(y.F) || math.IsInf(x.F, 0) && math.IsInf(y.F, 0)
}

// TestAggregatesAgainstFormulas compares with sums over plain slices.
func TestAggregatesAgainstFormulas(t *testing.T) {
	reg := NewRegistry()
	xs := []float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}
	vals := make([]types.Value, 0, len(xs)+1)
	for _, x := range xs {
		vals = append(vals, types.FloatOf(types.TDouble, x))
	}
	vals = append(vals, types.NullOf(types.TDouble))
	var sum, sq, cube, quad, logs float64
	n := float64(len(xs))
	for _, x := range xs {
		sum += x
		logs += math.Log(x)
	}
	mean := sum / n
	for _, x := range xs {
		d := x - mean
		sq, cube, quad = sq+d*d, cube+d*d*d, quad+d*d*d*d
	}
	want := map[string]float64{"sum": sum, "avg": mean, "min": 1, "max": 9, "var_pop": sq / n, "variance": sq / (n - 1), "stddev": math.Sqrt(sq / (n - 1)),
		"skewness": math.Sqrt(n) * cube / math.Pow(sq, 1.5), "geometric_mean": math.Exp(logs / n),
		"kurtosis": n*(n+1)/((n-1)*(n-2)*(n-3))*quad*(n-1)*(n-1)/(sq*sq) - 3*(n-1)*(n-1)/((n-2)*(n-3))}
	v := vector.FromValues(types.TDouble, vals)
	for name, w := range want {
		f, err := reg.Resolve(name, plan.AggregateFunc, []plan.Arg{{Type: types.TDouble}}, plan.Postgres)
		if err != nil {
			t.Fatal(err)
		}
		a, err := NewAggregator(nil, f)
		if err != nil {
			t.Fatal(err)
		}
		st := newStates(a, 1)
		out := vector.New(f.Ret, 0)
		if err := a.UpdateOne(st, []*vector.Vector{v}, nil, v.Len); err != nil {
			t.Fatal(err)
		}
		if err := a.Final(st, []uint32{0}, out); err != nil {
			t.Fatal(err)
		}
		if got := vector.ValueAt(out, 0); math.Abs(got.F-w) > 1e-9*math.Abs(w) {
			t.Errorf("%s = %v, want %v", name, got.F, w)
		}
	}
}

// TestSumOverflow: bigint sums overflow in Trino's dialect only, decimals at 38
// digits.
func TestSumOverflow(t *testing.T) {
	reg := NewRegistry()
	big := types.IntOf(types.TBigInt, math.MaxInt64)
	v := vector.FromValues(types.TBigInt, []types.Value{big, big})
	for d, want := range map[plan.Dialect]string{plan.Postgres: "18446744073709551614", plan.Athena: "error"} {
		f, err := reg.Resolve("sum", plan.AggregateFunc, []plan.Arg{{Type: types.TBigInt}}, d)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := NewAggregator(nil, f)
		st, out := newStates(a, 1), vector.New(f.Ret, 0)
		if err := a.UpdateOne(st, []*vector.Vector{v}, nil, 2); err != nil {
			t.Fatal(err)
		}
		got := "error"
		if err := a.Final(st, []uint32{0}, out); err == nil {
			got = vector.ValueAt(out, 0).String()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}

// TestApproxDistinct: the error stays within four standard errors.
func TestApproxDistinct(t *testing.T) {
	for _, n := range []int{1, 100, 5000, 200_000} {
		a := &hllAgg{}
		st := newStates(a, 1)
		v := vector.New(types.TBigInt, 4096)
		for from := 0; from < n; from += 4096 {
			m := min(4096, n-from)
			vals := vector.Values[int64](v)
			for i := range m {
				vals[i] = int64(from + i)
			}
			for range 2 { // repetitions do not count
				if err := a.UpdateOne(st, []*vector.Vector{v}, nil, m); err != nil {
					t.Fatal(err)
				}
			}
		}
		out := vector.New(types.TBigInt, 0)
		if err := a.Final(st, []uint32{0}, out); err != nil {
			t.Fatal(err)
		}
		if got := vector.Values[int64](out)[0]; math.Abs(float64(got)-float64(n)) > 0.065*float64(n) {
			t.Errorf("%d distinct values counted as %d", n, got)
		}
	}
}

func BenchmarkSumGroups(b *testing.B) {
	f, err := NewRegistry().Resolve("sum", plan.AggregateFunc, []plan.Arg{{Type: types.DecimalOf(15, 2)}}, plan.Postgres)
	if err != nil {
		b.Fatal(err)
	}
	a, _ := NewAggregator(nil, f)
	const n = 4096
	st := newStates(a, 1000)
	v, groups := vector.New(types.DecimalOf(15, 2), n), make([]uint32, n)
	for i := range groups {
		groups[i] = uint32(i * 7919 % 1000)
		vector.Values[int64](v)[i] = int64(i)
	}
	b.SetBytes(n)
	for b.Loop() {
		if err := a.Update(st, groups, []*vector.Vector{v}, nil); err != nil {
			b.Fatal(err)
		}
	}
}
