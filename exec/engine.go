package exec

import (
	"context"
	"log/slog"
	"runtime"
	"sync"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/exec/reuse"
	"github.com/glauxdb/glaux/exec/wasm"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/planner"
	"github.com/glauxdb/glaux/planner/plan"
)

// Options are what an Engine works with. Everything in it is shared and outlives
// the Engine.
type Options struct {
	Catalog catalog.Catalog
	Formats *formats.Registry
	Stores  *store.Registry
	Lake    *lake.Lake
	Virtual plan.VirtualTables // nil: no system tables
	// Documents has what crawlers found, for SHOW DRIFT; nil: the catalog, if it
	// stores documents.
	Documents catalog.Documents
	Users     *users.Store // nil: kept in Documents
	Workers   int          // goroutines of one query; 0: GOMAXPROCS
	Memory    int64        // bytes that all queries may hold together; 0: a share of the machine's
	// SpillDir is the folder below which queries write what does not fit their memory,
	// SpillLimit how many bytes all of them may write there; "": nowhere, 0: as many as
	// there is room for.
	SpillDir   string
	SpillLimit int64
	Governor   Governor     // nil: no limits
	Logger     *slog.Logger // nil: none
	Reuse      *ReuseLimits // nil: DefaultReuseLimits
}

// Engine runs SQL. Safe for concurrent use.
type Engine struct {
	o        Options
	planner  *planner.Planner
	mem      *mem.Account
	spill    *spill.Dir   // nil: queries cannot spill
	kept     *reuse.Store // nil: no results are
	modules  *wasm.Runtime
	advisory advisory
	channels channels
	infos    sync.Map // *plan.Session of statements that run -> kernel.CatalogInfo
	queries  sync.Map // ID -> *running of those that have not ended

	mu       sync.Mutex // guards closed, sessions and the counting of running
	closed   bool
	sessions map[*Session]struct{} // that are open
	run      sync.WaitGroup        // queries that have not ended
	ctx      context.Context
	cancel   context.CancelCauseFunc
}

// defaultMemory is the limit where none is given and the machine's memory is
// not known.
const defaultMemory = 4 << 30

// New makes an engine.
func New(o Options) (*Engine, error) {
	if o.Catalog == nil {
		return nil, fault.New(fault.CodeInternal, "an engine needs a catalog")
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Memory <= 0 {
		if o.Memory = physicalMemory() / 10 * 7; o.Memory <= 0 {
			o.Memory = defaultMemory
		}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Documents == nil {
		o.Documents, _ = o.Catalog.(catalog.Documents)
	}
	if o.Users == nil && o.Documents != nil {
		o.Users = users.NewStore(o.Documents)
	}
	mem.TuneCollector()
	mem.LimitProcess(o.Memory)
	e := &Engine{o: o, mem: mem.NewRoot(o.Memory), sessions: map[*Session]struct{}{}}
	if o.Reuse == nil {
		o.Reuse = &reuse.DefaultLimits
	}
	e.kept = reuse.NewStore(e.mem, *o.Reuse)
	e.modules = wasm.NewRuntime()
	e.openSpill()
	c := planner.Config{Catalog: o.Catalog, Functions: functions{fn.NewRegistry(), e}, Evaluator: evaluator{e}, Virtual: o.Virtual}
	if o.Lake != nil {
		c.Lake = o.Lake
	}
	c.Documents = o.Documents
	e.planner = planner.New(c)
	e.ctx, e.cancel = context.WithCancelCause(context.Background())
	return e, nil
}

// Close cancels the queries that run and waits until they have ended. New ones
// are refused with 57P01.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.cancel(shutdown())
	e.run.Wait()
	e.modules.Close()
	if e.spill != nil {
		if err := e.spill.Close(); err != nil {
			e.o.Logger.Warn("cannot remove the folder of spill files", "error", err)
		}
	}
}

func shutdown() error {
	return fault.New(fault.CodeAdminShutdown, "terminating connection due to administrator command")
}

// begin counts a query that runs; end is to be called when it has ended.
func (e *Engine) begin() (end func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, shutdown()
	}
	e.run.Add(1)
	return sync.OnceFunc(e.run.Done), nil
}

// Parse cuts a text into statements, [] for an empty text, and checks the syntax of
// each. Nothing is bound: what the statements speak of need not exist.
func (e *Engine) Parse(sql string) ([]Text, error) {
	list, err := e.planner.Split(sql)
	if err == nil {
		err = e.planner.CheckSyntax(sql)
	}
	return list, err
}
