package wasm

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/sys"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/mem"
)

// instance is a module with a memory of its own. One goroutine uses it.
type instance struct {
	mod   api.Module
	fn    api.Function
	alloc api.Function // nil: the function is called once a row
	lin   *linear
	at    uint32 // the arena: memory of the module in which arguments are passed
	size  uint32
	stack [8]uint64
}

// open instantiates the module of f. The memory is charged to acct (nil: to nobody)
// until close.
func (f *function) open(ctx context.Context, acct *mem.Account) (*instance, error) {
	in := &instance{lin: &linear{acct: acct}}
	if in.lin.Reallocate(uint64(f.mod.least)) == nil && in.lin.refused != nil {
		return nil, in.lin.refused
	}
	ctx = experimental.WithMemoryAllocator(ctx, in.lin)
	mod, err := f.mod.rt.InstantiateModule(ctx, f.mod.code, wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"))
	if err != nil {
		in.lin.Free()
		if text := firstLine(err.Error()); strings.HasPrefix(text, "import ") {
			return nil, bad("the module does not link: %s", text)
		}
		return nil, f.failed(in, err)
	}
	in.mod, in.fn = mod, mod.ExportedFunction(f.Export)
	if !f.each {
		in.alloc = mod.ExportedFunction(allocExport)
	}
	return in, nil
}

func (in *instance) close() {
	in.mod.Close(context.Background())
	in.lin.Free()
}

// Try instantiates the module once, so that what is wrong with it shows when the
// function is made: start code that fails, imports of other types.
func (m *Module) Try(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, aloneLimit)
	defer cancel()
	f := &function{Spec: Spec{Name: name}, mod: m, each: true}
	in, err := f.open(ctx, nil)
	if err != nil {
		return err
	}
	in.close()
	return nil
}

// room makes the arena hold n bytes and gives it. It is valid until the module runs
// again.
func (f *function) room(ctx context.Context, in *instance, n int) ([]byte, error) {
	if n > maxMemory/2 {
		return nil, fault.New(fault.CodeProgramLimit, "the arguments of function %s take %d bytes in one row, the limit is %d", f.Name, n, maxMemory/2)
	}
	if in.size < uint32(n) {
		want := uint32(max(n, min(int(in.size)*2, chunkBytes), 4096)+7) &^ 7
		in.stack[0] = uint64(want)
		if err := in.alloc.CallWithStack(ctx, in.stack[:1]); err != nil {
			return nil, f.failed(in, err)
		}
		in.at, in.size = api.DecodeU32(in.stack[0]), want
		if in.at == 0 && in.lin.refused != nil {
			return nil, in.lin.refused
		}
		if in.at == 0 || in.at%8 != 0 {
			return nil, f.broken("%s gave %d for %d bytes, which is no address that 8 divides", allocExport, in.at, want)
		}
	}
	b, ok := in.mod.Memory().Read(in.at, in.size)
	if !ok {
		return nil, f.broken("%s gave %d for %d bytes, which is outside of the memory of %d bytes", allocExport, in.at, in.size, in.mod.Memory().Size())
	}
	return b, nil
}

// broken is the error of a module that does not keep to the interface.
func (f *function) broken(format string, args ...any) *fault.Error {
	e := fault.New(fault.CodeExternalInvocation, format, args...)
	e.Message = "function " + f.Name + ": " + e.Message
	return e
}

// failed is the error of a call that did not come back.
func (f *function) failed(in *instance, err error) error {
	var said *failure
	var exit *sys.ExitError
	switch {
	case errors.As(err, &said):
		return fault.New(fault.CodeExternalRoutine, "function %s: %s", f.Name, strings.ToValidUTF8(said.message, "\uFFFD"))
	case in.lin.refused != nil:
		return in.lin.refused
	case errors.As(err, &exit) && exit.ExitCode() == sys.ExitCodeDeadlineExceeded:
		return fault.New(fault.CodeQueryCanceled, "function %s took longer than %s", f.Name, aloneLimit)
	case errors.As(err, &exit) && exit.ExitCode() == sys.ExitCodeContextCanceled:
		return fault.New(fault.CodeQueryCanceled, "canceling statement due to user request")
	}
	text, stack, _ := strings.Cut(err.Error(), "\n")
	text = strings.TrimSuffix(strings.TrimPrefix(text, "wasm error: "), " (recovered by wazero)")
	e := fault.New(fault.CodeExternalRoutine, "function %s failed: %s", f.Name, text)
	if stack = strings.TrimSpace(stack); stack != "" {
		e.Detail = clipStack(stack)
	}
	if text == "unreachable" {
		e.Hint = "A panic or a failed assertion ends so; glaux.fail(text, bytes) says why."
	}
	return e
}

// clipStack keeps the innermost calls of a stack.
func clipStack(s string) string {
	const most = 8
	lines := strings.Split(strings.ReplaceAll(s, "\t", ""), "\n")
	if len(lines) > most {
		lines = append(lines[:most], "...")
	}
	return strings.ToValidUTF8(strings.Join(lines, "\n"), "\uFFFD")
}

// aloneLimit bounds a call that no query's end would stop: of constants, while a
// statement is prepared, and of a module's start code when its function is made.
const aloneLimit = 5 * time.Second

// until is a context that ends when a channel is closed.
type until struct {
	context.Context
	done <-chan struct{}
}

func (u until) Done() <-chan struct{} { return u.done }

func (u until) Err() error {
	select {
	case <-u.done:
		return context.Canceled
	default:
		return nil
	}
}
