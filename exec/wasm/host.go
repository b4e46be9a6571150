package wasm

import (
	"context"
	"unicode/utf16"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// failure is what a module says when it gives up; it goes through the module's
// stack as a panic, which the runtime turns into the call's error.
type failure struct{ message string }

func (f *failure) Error() string { return f.message }

// maxMessage is the most bytes of a module's message that are kept.
const maxMessage = 1000

// hostModules makes what modules may import.
func hostModules(ctx context.Context, rt wazero.Runtime) error {
	_, err := rt.NewHostModuleBuilder("glaux").NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(fail), []api.ValueType{api.ValueTypeI32, api.ValueTypeI32}, nil).Export("fail").Instantiate(ctx)
	if err != nil {
		return err
	}
	four := []api.ValueType{api.ValueTypeI32, api.ValueTypeI32, api.ValueTypeI32, api.ValueTypeI32}
	_, err = rt.NewHostModuleBuilder("env").NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(abort), four, nil).Export("abort").Instantiate(ctx)
	return err
}

// fail is glaux.fail(text, bytes): the call fails with that message.
func fail(_ context.Context, m api.Module, stack []uint64) {
	at, n := api.DecodeU32(stack[0]), api.DecodeU32(stack[1])
	text, ok := []byte(nil), false
	if mem := m.Memory(); mem != nil {
		text, ok = mem.Read(at, min(n, maxMessage))
	}
	if !ok {
		panic(&failure{"glaux.fail was called with a message outside of the memory"})
	}
	panic(&failure{string(text)})
}

// abort is what AssemblyScript's runtime calls: abort(message, file, line, column),
// the first two its strings, UTF-16 with their bytes' number before them.
func abort(_ context.Context, m api.Module, stack []uint64) {
	text := "abort"
	if s, ok := scriptString(m, api.DecodeU32(stack[0])); ok {
		text = s
	}
	panic(&failure{text})
}

func scriptString(m api.Module, at uint32) (string, bool) {
	mem := m.Memory()
	if mem == nil || at < 4 {
		return "", false
	}
	n, ok := mem.ReadUint32Le(at - 4)
	if !ok {
		return "", false
	}
	b, ok := mem.Read(at, min(n, maxMessage)&^1)
	if !ok {
		return "", false
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i]) | uint16(b[2*i+1])<<8
	}
	return string(utf16.Decode(units)), true
}
