package exec

import (
	"context"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/routine"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/wasm"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/planner/plan"
)

// functions are the built-in functions and those of users' modules.
type functions struct {
	*fn.Registry
	e *Engine
}

// External implements bind.Externals.
func (r functions) External(ctx context.Context, f *routine.Function, params []types.Type, ret types.Type) (*plan.Func, error) {
	m := r.e.modules.Cached(f.Hash)
	if m == nil {
		module, err := routine.Module(ctx, r.e.o.Documents, f)
		if err != nil {
			return nil, err
		}
		if wasm.Hash(module) != f.Hash {
			return nil, fault.New(fault.CodeObjectNotReady, "function %s.%s has just been replaced", f.Database, f.Name).WithHint("Run the statement again.")
		}
		if m, err = r.e.modules.Compile(ctx, module); err != nil {
			return nil, err
		}
	}
	return m.Func(wasmSpec(f, params, ret))
}

func wasmSpec(f *routine.Function, params []types.Type, ret types.Type) wasm.Spec {
	s := wasm.Spec{Name: f.Name, Export: f.Export, Params: params, Ret: ret, Nulls: f.Nulls, Volatility: plan.Immutable}
	switch {
	case f.Volatile:
		s.Volatility = plan.Volatile
	case f.Stable:
		s.Volatility = plan.Stable
	}
	return s
}

// checkedModule reads the module of a new function and checks all that can be wrong
// with it: it is compiled, and instantiated once.
func (s *Session) checkedModule(ctx context.Context, stmt *plan.CreateFunction) ([]byte, error) {
	module := stmt.Module
	if stmt.Location != "" {
		var err error
		if module, err = s.readModule(ctx, stmt.Location); err != nil {
			return nil, err
		}
	}
	m, err := s.e.modules.Compile(ctx, module)
	if err != nil {
		return nil, err
	}
	if _, err := m.Func(wasmSpec(stmt.Function, stmt.Params, stmt.Ret)); err != nil {
		return nil, err
	}
	return module, m.Try(ctx, stmt.Function.Name)
}

// readModule reads a module from a location that may be read.
func (s *Session) readModule(ctx context.Context, location string) ([]byte, error) {
	st, key, err := s.e.o.Stores.Open(location)
	if err != nil {
		return nil, err
	}
	o, err := st.Stat(ctx, key)
	if err != nil {
		return nil, err
	}
	if o.Size > wasm.MaxModule || o.Size == 0 {
		return nil, fault.New(fault.CodeInvalidFunctionDef, "the module has %d bytes, the limit is %d", o.Size, wasm.MaxModule).In(location)
	}
	data, err := st.ReadRanges(store.WithReadKind(ctx, store.ReadFooter), o, []store.Range{{Off: 0, Len: o.Size}})
	if err != nil {
		return nil, err
	}
	return data[0], nil
}
