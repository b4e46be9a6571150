// Package build turns a plan into pipelines of operators.
//
//	plan.Node ── builder.node ──> op.Source, chained ── breakers (aggregate, sort, join build,
//	                                                    common table expressions) end a pipeline
//	                                                    and go into Before of the one that reads them
//
// The order of Before matters: a join's build side comes before everything on
// its probe side, so that runtime filters are there when the scans start.
package build

import (
	"context"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
)

// Env is what a plan needs to run.
type Env struct {
	Query    *op.Query
	Eval     *kernel.EvalCtx
	Session  *plan.Session
	OpenFile func(ctx context.Context, f *lake.File) (formats.File, error)
	Trace    bool // count what every node does
}

// Plan is what Build makes.
type Plan struct {
	Root   *op.Pipeline // without a sink
	Inline bool         // reads no files: can run in the caller's goroutine
	Traces map[plan.Node]*op.Trace
	// Pipelines tells which pipeline each node runs in, with Env.Trace: the one that
	// takes its rows. Those of recursive queries are made while they run and are not
	// among them.
	Pipelines map[plan.Node]*op.Pipeline
}

// Build makes the pipelines of a plan whose result columns are cols, in order.
func Build(env Env, root plan.Node, cols []plan.ColID) (*Plan, error) {
	b := &builder{env: env, mem: env.Query.Mem, mu: &sync.Mutex{}, filters: map[int]*op.RuntimeFilter{}, thresholds: map[int]*op.Threshold{}, ctes: map[int]*cte{}, dicts: map[int]*op.Dictionary{}, inline: true}
	if env.Trace {
		b.traces, b.pipes = map[plan.Node]*op.Trace{}, map[plan.Node]*op.Pipeline{}
	}
	p := &op.Pipeline{}
	src, err := b.node(root, p)
	if err != nil {
		return nil, err
	}
	if p.Source, err = b.output(src, root, cols); err != nil {
		return nil, err
	}
	return &Plan{Root: p, Inline: b.inline, Traces: b.traces, Pipelines: b.pipes}, nil
}

type builder struct {
	env     Env
	filters map[int]*op.RuntimeFilter
	// thresholds are those of the top-Ns, by ID, as filters are.
	thresholds map[int]*op.Threshold
	ctes       map[int]*cte
	dicts      map[int]*op.Dictionary // of plan.Recode, by ID
	traces     map[plan.Node]*op.Trace
	pipes      map[plan.Node]*op.Pipeline
	inline     bool
	mem        *mem.Account        // of which operators get theirs
	work       map[int]*op.Collect // the rows that WorkTables read, see recursive
	mu         *sync.Mutex         // guards the maps while rounds of recursive queries are built
	rounds     *rounds             // what the rounds of a recursive query share; nil outside of its step
	own        *ownParts           // of the node at work; nil outside of rounds
}

// cte is a common table expression: its rows and the pipeline that makes them.
type cte struct {
	rows *op.Collect
	cols []plan.Column
	pipe *op.Pipeline
}

// output puts the result columns in order.
func (b *builder) output(src op.Source, root plan.Node, cols []plan.ColID) (op.Source, error) {
	at := positions(root.Output())
	items := make([]op.ProjectItem, len(cols))
	same := len(cols) == len(root.Output())
	for i, id := range cols {
		p, ok := at[id]
		if !ok {
			return nil, bug("the plan does not put out result column %d", id)
		}
		items[i].Pass = p
		same = same && p == i
	}
	if same {
		return src, nil
	}
	return &op.Project{In: src, Items: items}, nil
}

// node makes the source of a node's rows. Breakers below it go into p.Before.
func (b *builder) node(n plan.Node, p *op.Pipeline) (op.Source, error) {
	above := b.own
	b.own = b.rounds.own(n)
	src, err := b.build(n, p)
	b.own = above
	if rows := b.env.Query.BatchRows; rows > 0 && err == nil {
		src = &op.Pieces{In: src, Rows: rows}
	}
	if err != nil || b.traces == nil {
		return src, err
	}
	if b.work == nil {
		b.pipes[n] = p
	}
	return &op.Traced{In: src, Trace: b.trace(n)}, nil
}

// trace gives the node's counters, nil if nobody wants them.
func (b *builder) trace(n plan.Node) *op.Trace {
	if b.traces == nil {
		return nil
	}
	t := b.traces[n]
	if t == nil {
		t = &op.Trace{}
		b.traces[n] = t
	}
	return t
}

func (b *builder) build(n plan.Node, p *op.Pipeline) (op.Source, error) {
	switch n := n.(type) {
	case *plan.Scan:
		return b.scan(n)
	case *plan.Virtual:
		return b.virtual(n)
	case *plan.Values:
		return b.values(n)
	case *plan.TableCall:
		return b.tableCall(n)
	case *plan.Filter:
		return b.filter(n, p)
	case *plan.Project:
		return b.project(n, p)
	case *plan.Aggregate:
		return b.aggregate(n, p)
	case *plan.Window:
		return b.window(n, p)
	case *plan.MatchRecognize:
		return b.match(n, p)
	case *plan.Join:
		return b.join(n, p)
	case *plan.Sort:
		return b.sort(n, p)
	case *plan.Limit:
		return b.limit(n, p)
	case *plan.DistinctOn:
		return b.groupLimit(n.Input, n.On, 1, 0, p)
	case *plan.Unnest:
		return b.unnest(n, p)
	case *plan.MaxOneRow:
		return b.maxOneRow(n, p)
	case *plan.Recode:
		return b.recode(n, p)
	case *plan.SetOp:
		return b.setOp(n, p)
	case *plan.With:
		return b.with(n, p)
	case *plan.CTERef:
		return b.cteRef(n, p)
	case *plan.Recursive:
		return b.recursive(n), nil
	case *plan.WorkTable:
		return b.workTable(n)
	}
	return nil, bug("no operator for plan node %T", n)
}

func bug(format string, args ...any) error {
	return fault.New(fault.CodeInternal, format, args...)
}

// sink makes a pipeline of in's rows into a sink of node n and has it run before p.
func (b *builder) sink(n, in plan.Node, p *op.Pipeline, make func() (op.Sink, error)) error {
	q := &op.Pipeline{}
	src, err := b.node(in, q)
	if err != nil {
		return err
	}
	if q.Sink, err = make(); err != nil {
		return err
	}
	if b.traces != nil {
		q.Sink = &op.TracedSink{Sink: q.Sink, Trace: b.trace(n)}
	}
	q.Source = src
	p.Before = append(p.Before, q)
	return nil
}

// positions maps columns to their places in a node's output.
func positions(cols []plan.Column) map[plan.ColID]int {
	at := make(map[plan.ColID]int, len(cols))
	for i, c := range cols {
		at[c.ID] = i
	}
	return at
}

func typesOf(cols []plan.Column) []types.Type {
	ts := make([]types.Type, len(cols))
	for i, c := range cols {
		ts[i] = c.Type
	}
	return ts
}

// place finds columns in a node's output.
func place(n plan.Node, ids []plan.ColID) ([]int, []types.Type, error) {
	out := n.Output()
	at := positions(out)
	ps, ts := make([]int, len(ids)), make([]types.Type, len(ids))
	for i, id := range ids {
		p, ok := at[id]
		if !ok {
			return nil, nil, bug("column %d is not in the input of its operator", id)
		}
		ps[i], ts[i] = p, out[p].Type
	}
	return ps, ts, nil
}

// expr compiles an expression over the columns at the positions in.
func (b *builder) expr(e plan.Expr, in map[plan.ColID]int) (op.NewExpr, error) {
	prog, err := b.compile(func() plan.Expr { return e }, in)
	if err != nil {
		return nil, err
	}
	return func() op.Expr { return prog() }, nil
}

// conds compiles a conjunction; nil for none.
func (b *builder) conds(es []plan.Expr, in map[plan.ColID]int) (op.NewConds, error) {
	if len(es) == 0 {
		return nil, nil
	}
	prog, err := b.compile(func() plan.Expr { return plan.AndAll(es) }, in)
	if err != nil {
		return nil, err
	}
	return func() op.Conds { return prog() }, nil
}

// item makes an output column of an expression: passed on if it is a column.
func (b *builder) item(e plan.Expr, in map[plan.ColID]int) (op.ProjectItem, error) {
	if c, ok := e.(*plan.Col); ok {
		p, ok := in[c.ID]
		if !ok {
			return op.ProjectItem{}, bug("column %s is not in the input of its operator", c.Name)
		}
		return op.ProjectItem{Pass: p}, nil
	}
	x, err := b.expr(e, in)
	return op.ProjectItem{Pass: -1, Expr: x}, err
}
