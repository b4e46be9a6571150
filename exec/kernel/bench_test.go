package kernel

import (
	"fmt"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

const benchRows = 4096

// benchBatch has two bigint columns, a decimal, a string and a dictionary column.
func benchBatch() *vector.Batch {
	a, b, d := vector.New(types.TBigInt, benchRows), vector.New(types.TBigInt, benchRows), vector.New(types.DecimalOf(15, 2), benchRows)
	s, dict := vector.New(types.TVarchar, 0), &vector.Vector{}
	codes := make([]uint32, benchRows)
	for i := range benchRows {
		x := int64(i) * 2654435761 % 1000
		vector.Values[int64](a)[i], vector.Values[int64](b)[i], vector.Values[int64](d)[i] = x, x*7%1000, x
		s.AppendBytes(fmt.Appendf(nil, "the quick brown fox %d", x))
		codes[i] = uint32(x % 7)
	}
	base := vector.New(types.TVarchar, 0)
	for i := range 7 {
		base.AppendBytes(fmt.Appendf(nil, "mode %d", i))
	}
	dict.SetDict(types.TVarchar, codes, base)
	return &vector.Batch{N: benchRows, Cols: []*vector.Vector{a, b, d, s, dict}}
}

func BenchmarkFilter(b *testing.B) {
	col := func(i int, t types.Type) plan.Expr { return &plan.Col{ID: plan.ColID(i), Typ: t} }
	num := func(t types.Type, i int64) plan.Expr { return &plan.Const{Value: types.IntOf(t, i)} }
	str := func(s string) types.Value { return types.StringOf(types.TVarchar, s) }
	like := &plan.Func{Name: "like", Params: []types.Type{types.TVarchar, types.TVarchar}, Ret: types.TBoolean, Strict: true, Impl: LikeImpl(LikeOp{}, `\`)}
	cases := map[string]plan.Expr{
		"bigint<const":    &plan.Compare{Op: plan.LT, L: col(0, types.TBigInt), R: num(types.TBigInt, 500)},
		"bigint<bigint":   &plan.Compare{Op: plan.LT, L: col(0, types.TBigInt), R: col(1, types.TBigInt)},
		"between":         &plan.And{Args: []plan.Expr{&plan.Compare{Op: plan.GE, L: col(0, types.TBigInt), R: num(types.TBigInt, 100)}, &plan.Compare{Op: plan.LE, L: col(0, types.TBigInt), R: num(types.TBigInt, 600)}}},
		"string=const":    &plan.Compare{Op: plan.EQ, L: col(3, types.TVarchar), R: &plan.Const{Value: str("the quick brown fox 7")}},
		"dict in":         &plan.In{X: col(4, types.TVarchar), List: []types.Value{str("mode 1"), str("mode 5")}},
		"like %x%":        &plan.Call{Fn: like, Args: []plan.Expr{col(3, types.TVarchar), &plan.Const{Value: str("%fox 77%")}}, Typ: types.TBoolean},
		"bigint in (4)":   &plan.In{X: col(0, types.TBigInt), List: []types.Value{types.IntOf(types.TBigInt, 1), types.IntOf(types.TBigInt, 5), types.IntOf(types.TBigInt, 500), types.IntOf(types.TBigInt, 70)}},
		"or":              &plan.Or{Args: []plan.Expr{&plan.Compare{Op: plan.LT, L: col(0, types.TBigInt), R: num(types.TBigInt, 100)}, &plan.Compare{Op: plan.GT, L: col(1, types.TBigInt), R: num(types.TBigInt, 900)}}},
		"decimal is null": &plan.IsNull{X: col(2, types.DecimalOf(15, 2))},
	}
	inputs := map[plan.ColID]int{0: 0, 1: 1, 2: 2, 3: 3, 4: 4}
	batch := benchBatch()
	for name, e := range cases {
		b.Run(name, func(b *testing.B) {
			p, err := Compile(e, inputs, &EvalCtx{Done: make(chan struct{})})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := p.Filter(batch, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
		})
	}
}

func BenchmarkArithmetic(b *testing.B) {
	batch := benchBatch()
	x, y := batch.Cols[0], batch.Cols[1]
	out, wide := vector.New(types.TBigInt, benchRows), vector.New(types.DecimalOf(31, 4), benchRows)
	a, c, o := vector.Values[int64](x), vector.Values[int64](y), vector.Values[int64](out)
	cases := map[string]func(){
		"add": func() { AddInt64(a, c, o, nil) }, "mul": func() { MulInt64(a, c, o, nil) },
		"linear": func() { LinearShort(a, 100, c, 1, o, nil) }, "mul wide": func() { MulWide(a, c, vector.Values[types.Int128](wide), nil) },
	}
	for name, f := range cases {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
		})
	}
}
