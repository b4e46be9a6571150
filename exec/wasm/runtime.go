package wasm

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"strings"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Limits.
const (
	// MaxModule is the most bytes of a module.
	MaxModule = 4 << 20
	// maxMemory is the most bytes of linear memory that one instance may have.
	maxMemory = 256 << 20
	pageSize  = 64 << 10
	// keptModules and keptBytes bound the compiled modules that wait for their next
	// use, by number and by the bytes of their sources (machine code takes several
	// times as much).
	keptModules = 64
	keptBytes   = 32 << 20
)

// Runtime compiles modules and keeps what it has compiled. Safe for concurrent
// use. It starts nothing until the first module is there.
type Runtime struct {
	// compiling has room for the one goroutine that compiles: a burst of big modules
	// shall not take all processors.
	compiling chan struct{}

	mu      sync.Mutex // guards what follows
	rt      wazero.Runtime
	modules map[string]*list.Element // of *Module, by hash
	recent  list.List                // the latest used first
	bytes   int
}

// NewRuntime makes a Runtime.
func NewRuntime() *Runtime {
	return &Runtime{compiling: make(chan struct{}, 1), modules: map[string]*list.Element{}}
}

// Module is a compiled module. Immutable.
type Module struct {
	Hash    string // SHA-256 of its bytes, hexadecimal
	rt      wazero.Runtime
	code    wazero.CompiledModule
	size    int
	exports map[string]api.FunctionDefinition
	least   int64 // bytes of linear memory that an instance begins with
	// remembers tells that there is a memory, in which batches can be passed.
	remembers bool
}

// Hash names a module by its bytes.
func Hash(module []byte) string {
	h := sha256.Sum256(module)
	return hex.EncodeToString(h[:])
}

// Cached gives a module that was compiled before, or nil.
func (r *Runtime) Cached(hash string) *Module {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.modules[hash]
	if !ok {
		return nil
	}
	r.recent.MoveToFront(e)
	return e.Value.(*Module)
}

// Compile checks and compiles a module. What is wrong with it is 42P13.
func (r *Runtime) Compile(ctx context.Context, module []byte) (*Module, error) {
	hash := Hash(module)
	if m := r.Cached(hash); m != nil {
		return m, nil
	}
	c, err := check(module)
	if err != nil {
		return nil, err
	}
	select {
	case r.compiling <- struct{}{}:
		defer func() { <-r.compiling }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if m := r.Cached(hash); m != nil { // somebody was faster
		return m, nil
	}
	rt, err := r.start()
	if err != nil {
		return nil, err
	}
	code, err := compile(ctx, rt, module)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeInvalidFunctionDef, "the module is not valid WebAssembly").WithDetail("%s", firstLine(err.Error()))
	}
	m := &Module{Hash: hash, rt: rt, code: code, size: len(module), exports: code.ExportedFunctions(), least: c.memory, remembers: c.remembers}
	r.keep(m)
	return m, nil
}

// compile compiles a module. A panic of the compiler is an error of the module.
func compile(ctx context.Context, rt wazero.Runtime, module []byte) (code wazero.CompiledModule, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.CodeInternal, "the compiler failed: %v", p)
		}
	}()
	return rt.CompileModule(ctx, interruptible(module))
}

// firstLine cuts a text at its first line's end: below it are stacks.
func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimSpace(s)
}

// start makes the runtime when it is first needed.
func (r *Runtime) start() (wazero.Runtime, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rt != nil {
		return r.rt, nil
	}
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2).
		WithCloseOnContextDone(true).WithMemoryLimitPages(maxMemory/pageSize).WithDebugInfoEnabled(false))
	if err := hostModules(ctx, rt); err != nil {
		return nil, fault.Wrap(err, fault.CodeInternal, "cannot start WebAssembly: %s", err)
	}
	r.rt = rt
	return rt, nil
}

// keep remembers a module and lets go of those that were not used for longest. Their
// machine code goes when the last function that was made of them does.
func (r *Runtime) keep(m *Module) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.modules[m.Hash] = r.recent.PushFront(m)
	r.bytes += m.size
	for r.recent.Len() > keptModules || r.bytes > keptBytes && r.recent.Len() > 1 {
		old := r.recent.Remove(r.recent.Back()).(*Module)
		delete(r.modules, old.Hash)
		r.bytes -= old.size
		runtime.AddCleanup(old, func(code wazero.CompiledModule) { code.Close(context.Background()) }, old.code)
	}
}

// Close ends everything; nothing may run any more.
func (r *Runtime) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rt != nil {
		r.rt.Close(context.Background())
	}
	r.rt = nil
}
