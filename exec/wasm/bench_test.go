package wasm

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// BenchmarkCall compares functions of modules with built-in ones that do the same,
// over batches of 4096 rows: a loop over each row's bytes in C, one addition of
// numbers called once a row, and text made in Rust.
func BenchmarkCall(b *testing.B) {
	words := vector.New(types.TVarchar, 0)
	others := vector.New(types.TVarchar, 0)
	numbers := vector.New(types.TDouble, vector.BatchSize)
	for i := range vector.BatchSize {
		words.AppendBytes([]byte(fmt.Sprintf("customer#%06d", i*7919%1000000)))
		others.AppendBytes([]byte(fmt.Sprintf("costumer#%06d", i*104729%1000000)))
		vector.Values[float64](numbers)[i] = float64(i)
	}
	two := []types.Type{types.TVarchar, types.TVarchar}
	text := &vector.Batch{N: vector.BatchSize, Cols: []*vector.Vector{words, others}}
	for _, c := range []struct {
		name, module, builtin string
		spec                  Spec
		in                    *vector.Batch
	}{
		{"edits", "distance", "levenshtein_distance", Spec{Export: "edits", Params: two, Ret: types.TInteger}, text},
		{"first", "text", "concat", Spec{Export: "first_of", Params: two, Ret: types.TVarchar}, text},
		{"numbers", "numbers", "power", Spec{Export: "hypotenuse", Params: []types.Type{types.TDouble, types.TDouble}, Ret: types.TDouble},
			&vector.Batch{N: vector.BatchSize, Cols: []*vector.Vector{numbers, numbers}}},
	} {
		code, err := os.ReadFile("../../testdata/udf/" + c.module + ".wasm")
		if err != nil {
			b.Fatal(err)
		}
		ends := []func(){}
		ec := &kernel.EvalCtx{AtEnd: func(f func()) { ends = append(ends, f) }, Done: make(chan struct{})}
		p, err := calls(b, runtimeOf(b), code, c.spec, ec)
		if err != nil {
			b.Fatal(err)
		}
		run(b, c.name+"/wasm", p, c.in)
		run(b, c.name+"/"+c.builtin, builtin(b, c.builtin, c.spec.Params), c.in)
		for _, f := range ends {
			f()
		}
	}
}

func run(b *testing.B, name string, p *kernel.Program, in *vector.Batch) {
	b.Run(name, func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Eval(in, nil); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N*in.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
	})
}

func builtin(b *testing.B, name string, params []types.Type) *kernel.Program {
	var args []plan.Arg
	call, inputs := &plan.Call{}, map[plan.ColID]int{}
	for i, t := range params {
		args = append(args, plan.Arg{Type: t})
		call.Args = append(call.Args, &plan.Col{ID: plan.ColID(i + 1), Typ: t})
		inputs[plan.ColID(i+1)] = i
	}
	f, err := fn.NewRegistry().Resolve(name, plan.Scalar, args, plan.Athena)
	if err != nil {
		b.Fatal(err)
	}
	call.Fn, call.Typ = f, f.Ret
	p, err := kernel.Compile(call, inputs, nil)
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// BenchmarkStart is what a module costs before its first row: compiled, and
// instantiated.
func BenchmarkStart(b *testing.B) {
	for _, name := range []string{"numbers", "distance", "text"} {
		code, err := os.ReadFile("../../testdata/udf/" + name + ".wasm")
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/compile", func(b *testing.B) {
			for b.Loop() {
				r := NewRuntime()
				if _, err := r.Compile(b.Context(), code); err != nil {
					b.Fatal(err)
				}
				r.Close()
			}
		})
		r := runtimeOf(b)
		m, err := r.Compile(b.Context(), code)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/instance", func(b *testing.B) {
			for b.Loop() {
				if err := m.Try(b.Context(), strings.ToUpper(name)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
