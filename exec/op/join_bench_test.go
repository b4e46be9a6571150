package op_test

import (
	"context"
	"io"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
	"github.com/glauxdb/glaux/formats/vector"
)

// noConds keeps every row, so that what a join does around its conditions is measured.
type noConds struct{}

func (noConds) Filter(_ *vector.Batch, sel vector.Sel) (vector.Sel, error) { return sel, nil }

// BenchmarkJoinProbe probes a build side of 30,000 rows, three of each key, with 100,000
// rows; a nested loop's has 30 rows.
func BenchmarkJoinProbe(b *testing.B) {
	residual := func() op.Conds { return noConds{} }
	for _, c := range []struct {
		name string
		joinCase
		conds op.NewConds
	}{
		{"pairs", joinCase{shape: op.JoinShape{Pairs: true}, keys: 1}, nil},
		{"residual", joinCase{shape: op.JoinShape{Pairs: true, ProbeOuter: true}, keys: 1}, residual},
		{"semi", joinCase{shape: op.JoinShape{ProbeSemi: true}, keys: 1}, nil},
		{"anti residual", joinCase{shape: op.JoinShape{ProbeAnti: true}, keys: 1}, residual},
		{"loop", joinCase{shape: op.JoinShape{Pairs: true, ProbeOuter: true}}, nil},
		{"loop semi", joinCase{shape: op.JoinShape{ProbeSemi: true}}, residual},
	} {
		b.Run(c.name, func(b *testing.B) { benchProbe(b, c.joinCase, c.conds) })
	}
}

func benchProbe(b *testing.B, c joinCase, conds op.NewConds) {
	v := optest.Variant{Batch: 4096, Workers: 1}
	rows := func(n, each int) [][]types.Value {
		out := make([][]types.Value, n)
		for i := range out {
			out[i] = []types.Value{types.IntOf(types.TBigInt, int64(i/each)), types.StringOf(types.TVarchar, "x"), types.StringOf(types.TVarchar, "y")}
		}
		return out
	}
	q, build := v.Query(), 30_000
	j := &op.JoinBuild{Types: sideTypes, Mem: q.Mem.Child("join", 0)}
	var keys []op.JoinKey
	if c.keys == 0 {
		build = 30
	} else {
		keys = []op.JoinKey{{Item: op.ProjectItem{Pass: 0}, Type: types.TBigInt}}
	}
	j.Keys = keys
	if err := (&op.Pipeline{Source: v.Input(sideTypes, rows(build, 3)), Sink: j}).Run(context.Background(), q); err != nil {
		b.Fatal(err)
	}
	probe := v.Input(sideTypes, rows(100_000, 5)).List
	for b.Loop() {
		in := &op.Batches{List: probe}
		var src op.Source = &op.HashJoin{In: in, ProbeTypes: sideTypes, Build: j, Keys: keys, Residual: conds, Shape: c.shape, MarkType: types.TBoolean}
		if c.keys == 0 {
			src = &op.NestedLoop{In: in, ProbeTypes: sideTypes, Build: j, On: conds, Shape: c.shape, MarkType: types.TBoolean}
		}
		o, err := src.Open(&op.Worker{Query: q, Count: 1})
		if err != nil {
			b.Fatal(err)
		}
		var out vector.Batch
		for err == nil {
			err = o.Next(context.Background(), &out)
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
}
