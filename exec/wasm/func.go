package wasm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/tetratelabs/wazero/api"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/planner/plan"
)

// Names that the interface fixes: the exported function that gives memory for
// arguments.
const allocExport = "glaux_alloc"

// Spec says which function of a module is wanted, as what.
type Spec struct {
	Name       string // as errors and plans show it
	Export     string
	Params     []types.Type
	Ret        types.Type
	Volatility plan.Volatility
	Nulls      bool // it is called for rows with NULL arguments, too
}

// function is a function of a module, ready to be called.
type function struct {
	Spec
	mod    *Module
	params []layout
	ret    layout
	each   bool // called once a row, see rows.go; else once a batch
}

// Func makes a function of the module that the engine can call. 42P13 where the
// module has no such function or it has another signature, 0A000 for types that
// cannot be passed.
//
// The function's name in plans carries a hash of the module, the export and the
// types, since results are kept and shared by it.
func (m *Module) Func(s Spec) (*plan.Func, error) {
	f := &function{Spec: s, mod: m}
	for _, t := range s.Params {
		l, err := layoutOf(t)
		if err != nil {
			return nil, err
		}
		f.params = append(f.params, l)
	}
	var err error
	if f.ret, err = layoutOf(s.Ret); err != nil {
		return nil, err
	}
	if err := f.checkExports(); err != nil {
		return nil, err
	}
	impl := &kernel.Impl{New: func(*kernel.EvalCtx, *plan.Func, []*types.Value) (kernel.Instance, error) {
		c := &caller{f: f}
		return kernel.Instance{Eval: c.eval}, nil
	}}
	return &plan.Func{Name: s.Name + "@" + f.digest(), Kind: plan.Scalar, Params: s.Params, Ret: s.Ret, Volatility: s.Volatility,
		Strict: !s.Nulls, Impl: impl}, nil
}

// digest hashes all that decides what the function computes.
func (f *function) digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %q %v %v", f.mod.Hash, f.Export, f.Nulls, f.Ret)
	for _, t := range f.Params {
		fmt.Fprintf(h, " %v", t)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// i32s are n parameters of type i32.
func i32s(n int) []api.ValueType { return slices.Repeat([]api.ValueType{api.ValueTypeI32}, n) }

func (f *function) checkExports() error {
	def, ok := f.mod.exports[f.Export]
	if !ok {
		e := bad("the module exports no function %q", f.Export)
		if names := f.mod.names(); len(names) > 0 {
			if near := fault.Nearest(f.Export, names); near != "" {
				return e.WithHint("Did you mean %q? AS 'module', 'export' names it.", near)
			}
			e = e.WithDetail("It exports: %s.", listed(names))
		}
		return e.WithHint("AS 'module', 'export' names the function, where that is not the name in SQL.")
	}
	if _, batch := f.mod.exports[allocExport]; !batch {
		return f.checkRowExport(def)
	}
	if !f.mod.remembers {
		return bad("the module exports %q and has no memory", allocExport)
	}
	if err := signature(allocExport, f.mod.exports[allocExport], i32s(1), i32s(1)); err != nil {
		return err
	}
	return signature(f.Export, def, i32s(3), i32s(1))
}

// names lists the exported functions.
func (m *Module) names() []string {
	var out []string
	for n := range m.exports {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func listed(names []string) string {
	const most = 8
	s := ""
	for i, n := range names {
		if i == most {
			return s + ", ..."
		}
		if i > 0 {
			s += ", "
		}
		s += clip(n)
	}
	return s
}

// signature refuses an exported function of another signature than is called.
func signature(name string, def api.FunctionDefinition, params, results []api.ValueType) error {
	if slices.Equal(def.ParamTypes(), params) && slices.Equal(def.ResultTypes(), results) {
		return nil
	}
	return bad("function %q of the module is %s, it must be %s", name, typesText(def.ParamTypes(), def.ResultTypes()), typesText(params, results))
}

// typesText prints a signature as (i32, i32) -> i32.
func typesText(params, results []api.ValueType) string {
	part := func(ts []api.ValueType) string {
		s := ""
		for i, t := range ts {
			if i > 0 {
				s += ", "
			}
			s += api.ValueTypeName(t)
		}
		return s
	}
	out := part(results)
	switch {
	case len(results) == 0:
		out = "nothing"
	case len(results) > 1:
		out = "(" + out + ")"
	}
	return "(" + part(params) + ") -> " + out
}
