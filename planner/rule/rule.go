package rule

import (
	"context"
	"slices"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
)

// OpAny, as Rule.Match, offers every node to the rule; OpTree offers the whole
// plan once.
const (
	OpAny  plan.Op = 254
	OpTree plan.Op = 255
)

// Rule is one named transformation.
type Rule struct {
	Name  string
	Match plan.Op
	// Apply gives what replaces n and whether that differs from n.
	Apply func(c *Ctx, n plan.Node) (plan.Node, bool, error)
}

// Lake finds and opens the files of tables; *lake.Lake is one.
type Lake interface {
	// Partitions gives the partitions that a filter may want; nil for a table
	// without keys.
	Partitions(ctx context.Context, r catalog.Reader, t *catalog.Table, f partition.KeyFilter, exact bool) (*catalog.Partitions, error)
	Files(ctx context.Context, t *catalog.Table, parts *catalog.Partitions, selected []uint32) ([]*lake.File, error)
	Open(ctx context.Context, f *lake.File) (formats.File, error)
}

// Ctx is what rules may use. It belongs to one call of Optimize.
type Ctx struct {
	Session   *plan.Session
	Evaluator plan.Evaluator
	Functions plan.Functions // tells how results of aggregates are put together
	Catalog   catalog.Reader
	Lake      Lake
	Documents catalog.Documents // what was counted of tables; nil: nothing
	NextID    plan.ColID        // the first column ID that is not in use; rules advance it
	// ShareAlways shares equal subplans whatever they cost; for tests.
	ShareAlways bool
	// Without are the names of rules that are left out, see Disabled.
	Without map[string]bool
	// AggregateAlways aggregates early wherever it can, whatever it costs; for tests.
	AggregateAlways bool
	// Trace lists the rules that changed something, in order, each once per run of its phase.
	Trace []string

	ctx      context.Context
	nextWith int
	nextDyn  int
	counted  countedTables
	derived  map[string]bool // fingerprints of conditions that impliedBelow has given
}

// Optimize makes a bound plan executable. Errors are faults: of the catalog and
// the stores (listing, footers), 0A000 for what cannot be decorrelated.
func Optimize(ctx context.Context, c *Ctx, root plan.Node) (plan.Node, error) {
	return run(ctx, c, root, phases())
}

// run sends a plan through phases.
func run(ctx context.Context, c *Ctx, root plan.Node, ps []phase) (plan.Node, error) {
	c.ctx = ctx
	c.reserve(root)
	c.counted.wanted = wantsCounts(root)
	var err error
	for _, p := range ps {
		if root, err = c.runPhase(p, root); err != nil {
			return nil, err
		}
	}
	return root, nil
}

// reserve moves the counters past every ID in the plan.
func (c *Ctx) reserve(root plan.Node) {
	plan.Visit(root, func(n plan.Node) bool {
		for _, col := range plan.Made(n) {
			c.NextID = max(c.NextID, col.ID+1)
		}
		if w, ok := n.(*plan.With); ok {
			c.nextWith = max(c.nextWith, w.ID+1)
		}
		plan.EachExpr(n, func(e plan.Expr) {
			plan.Walk(e, func(x plan.Expr) bool {
				if l, ok := x.(*plan.Lambda); ok {
					for _, p := range l.Params {
						c.NextID = max(c.NextID, p.ID+1)
					}
				}
				return true
			})
		})
		return true
	})
}

// phase is a group of rules that run over the plan until nothing changes any
// more, at most 1 + repeat times. By default inputs come before the node above
// them; with down the other way round, which lets filters sink in one pass.
type phase struct {
	name   string
	rules  []Rule
	repeat int
	down   bool
}

// maxAtNode bounds how often the rules of one pass may replace one node.
const maxAtNode = 32

func (c *Ctx) runPhase(p phase, root plan.Node) (plan.Node, error) {
	if len(c.Without) > 0 {
		p.rules = slices.DeleteFunc(slices.Clone(p.rules), func(r Rule) bool { return c.Without[r.Name] })
	}
	r := runner{c: c, phase: p}
	for pass := 0; pass <= p.repeat; pass++ {
		if err := c.ctx.Err(); err != nil {
			return nil, err
		}
		r.changed = false
		next, err := r.pass(root)
		if err != nil {
			return nil, err
		}
		root = next
		if !r.changed {
			break
		}
	}
	return root, nil
}

// runner is one phase at work.
type runner struct {
	c       *Ctx
	phase   phase
	fired   map[string]bool // nil: none yet
	changed bool            // in this pass
}

// pass offers every node to the rules once, and the whole plan to tree rules.
func (r *runner) pass(root plan.Node) (plan.Node, error) {
	rules := r.phase.rules
	for i := 0; i < len(rules); {
		var err error
		j := i
		for j < len(rules) && rules[j].Match != OpTree {
			j++
		}
		if j > i {
			root, err = r.nodes(rules[i:j], root)
		} else {
			root, _, err = r.apply(rules[i], root)
			j++
		}
		if err != nil {
			return nil, err
		}
		i = j
	}
	return root, nil
}

func (r *runner) apply(rule Rule, n plan.Node) (plan.Node, bool, error) {
	m, changed, err := rule.Apply(r.c, n)
	if err != nil {
		return nil, false, err
	}
	if !changed {
		return n, false, nil
	}
	r.changed = true
	if !r.fired[rule.Name] {
		if r.fired == nil {
			r.fired = map[string]bool{}
		}
		r.fired[rule.Name] = true
		r.c.Trace = append(r.c.Trace, rule.Name)
	}
	return m, true, checkInvariants(rule.Name, n, m)
}

// nodes applies rules to n and everything below it.
func (r *runner) nodes(rules []Rule, n plan.Node) (plan.Node, error) {
	var err error
	if r.phase.down {
		if n, err = r.atNode(rules, n); err != nil {
			return nil, err
		}
	}
	n = plan.MapInputs(n, func(in plan.Node) plan.Node {
		if err != nil {
			return in
		}
		m, e := r.nodes(rules, in)
		if e != nil {
			err = e
			return in
		}
		return m
	})
	if err != nil || r.phase.down {
		return n, err
	}
	return r.atNode(rules, n)
}

// atNode applies rules to n alone until none of them changes it.
func (r *runner) atNode(rules []Rule, n plan.Node) (plan.Node, error) {
	if err := r.c.ctx.Err(); err != nil {
		return nil, err
	}
	for i := 0; i < maxAtNode; i++ {
		any := false
		for _, rule := range rules {
			if rule.Match != OpAny && rule.Match != n.Op() {
				continue
			}
			m, changed, err := r.apply(rule, n)
			if err != nil {
				return nil, err
			}
			n, any = m, any || changed
		}
		if !any {
			break
		}
	}
	return n, nil
}

// newCol makes a column with a new ID.
func (c *Ctx) newCol(name string, t types.Type) plan.Column {
	c.NextID++
	return plan.Column{ID: c.NextID - 1, Name: name, Type: t}
}

func (c *Ctx) newID() plan.ColID { c.NextID++; return c.NextID - 1 }

func (c *Ctx) newWith() int { c.nextWith++; return c.nextWith - 1 }

// bug makes the error for a plan that no rule should have made.
func bug(format string, args ...any) error {
	return fault.New(fault.CodeInternal, "planner: "+format, args...)
}
