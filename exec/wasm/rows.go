package wasm

import (
	"context"
	"math"

	"github.com/tetratelabs/wazero/api"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// A function of numbers alone needs no memory: a module without glaux_alloc is
// called once a row, its parameters and result being WebAssembly's own numbers.

// numberOf gives the WebAssembly type in which a value of a SQL type is passed.
func numberOf(t types.Type) (api.ValueType, bool) {
	switch t.Phys() {
	case types.PhysBool, types.PhysInt8, types.PhysInt16, types.PhysInt32:
		return api.ValueTypeI32, true
	case types.PhysInt64:
		return api.ValueTypeI64, true
	case types.PhysFloat32:
		return api.ValueTypeF32, true
	case types.PhysFloat64:
		return api.ValueTypeF64, true
	}
	return 0, false
}

// maxRowParams is how many numbers a call passes at most.
const maxRowParams = len(instance{}.stack)

func (f *function) checkRowExport(def api.FunctionDefinition) error {
	if f.Nulls {
		return bad("the module exports no function %q: numbers alone cannot be NULL", allocExport).
			WithHint("Leave CALLED ON NULL INPUT away, or export glaux_alloc and take batches.")
	}
	if len(f.Params) > maxRowParams {
		return bad("the module exports no function %q: without it a function has at most %d parameters", allocExport, maxRowParams)
	}
	var params []api.ValueType
	for _, t := range f.Params {
		n, ok := numberOf(t)
		if !ok {
			return bad("the module exports no function %q, which values of type %s need", allocExport, t)
		}
		params = append(params, n)
	}
	ret, ok := numberOf(f.Ret)
	if !ok {
		return bad("the module exports no function %q, which values of type %s need", allocExport, f.Ret)
	}
	f.each = true
	return signature(f.Export, def, params, []api.ValueType{ret})
}

// rows calls the function for each row.
func (f *function) rows(ctx context.Context, in *instance, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	load := make([]func(row int) uint64, len(args))
	for i, v := range args {
		load[i] = loader(v)
	}
	store, ok := f.storer(out), true
	for _, row := range sel {
		for i, l := range load {
			in.stack[i] = l(int(row))
		}
		if err := in.fn.CallWithStack(ctx, in.stack[:max(len(args), 1)]); err != nil {
			return f.failed(in, err)
		}
		if ok = store(int(row), in.stack[0]); !ok {
			break
		}
	}
	if ok && f.ret.check != nil {
		ok = f.inRange(sel, out)
	}
	if !ok {
		return fault.New(fault.CodeNumericOutOfRange, "function %s gave a value that is out of range for type %s", f.Name, f.Ret)
	}
	return nil
}

func (f *function) inRange(sel vector.Sel, out *vector.Vector) bool {
	for _, row := range sel {
		if f.ret.check(f.Ret, out.Raw()[int(row)*f.ret.width:][:f.ret.width]) >= 0 {
			return false
		}
	}
	return true
}

// loader reads the values of an argument as WebAssembly passes them.
func loader(v *vector.Vector) func(row int) uint64 {
	at := func(row int) int { return row }
	flat := v
	switch v.Form {
	case vector.Const:
		at = func(int) int { return 0 }
	case vector.Dict:
		at, flat = func(row int) int { return int(v.Codes[row]) }, v.Base
	}
	switch v.Type.Phys() {
	case types.PhysBool:
		xs := vector.Values[int8](flat)
		return func(row int) uint64 { return uint64(xs[at(row)]) }
	case types.PhysInt8:
		xs := vector.Values[int8](flat)
		return func(row int) uint64 { return api.EncodeI32(int32(xs[at(row)])) }
	case types.PhysInt16:
		xs := vector.Values[int16](flat)
		return func(row int) uint64 { return api.EncodeI32(int32(xs[at(row)])) }
	case types.PhysInt32:
		xs := vector.Values[int32](flat)
		return func(row int) uint64 { return api.EncodeI32(xs[at(row)]) }
	case types.PhysFloat32:
		xs := vector.Values[float32](flat)
		return func(row int) uint64 { return api.EncodeF32(xs[at(row)]) }
	case types.PhysFloat64:
		xs := vector.Values[float64](flat)
		return func(row int) uint64 { return api.EncodeF64(xs[at(row)]) }
	}
	xs := vector.Values[int64](flat)
	return func(row int) uint64 { return uint64(xs[at(row)]) }
}

// storer writes results; false where the type does not have the value.
func (f *function) storer(out *vector.Vector) func(row int, x uint64) bool {
	switch f.Ret.Phys() {
	case types.PhysBool:
		to := vector.Values[bool](out)
		return func(row int, x uint64) bool { to[row] = uint32(x) != 0; return true }
	case types.PhysInt8:
		to := vector.Values[int8](out)
		return func(row int, x uint64) bool { v := api.DecodeI32(x); to[row] = int8(v); return int32(int8(v)) == v }
	case types.PhysInt16:
		to := vector.Values[int16](out)
		return func(row int, x uint64) bool { v := api.DecodeI32(x); to[row] = int16(v); return int32(int16(v)) == v }
	case types.PhysInt32:
		to := vector.Values[int32](out)
		return func(row int, x uint64) bool { to[row] = api.DecodeI32(x); return true }
	case types.PhysFloat32:
		to := vector.Values[float32](out)
		return func(row int, x uint64) bool { to[row] = math.Float32frombits(uint32(x)); return true }
	case types.PhysFloat64:
		to := vector.Values[float64](out)
		return func(row int, x uint64) bool { to[row] = math.Float64frombits(x); return true }
	}
	to := vector.Values[int64](out)
	return func(row int, x uint64) bool { to[row] = int64(x); return true }
}
