package build

import (
	"sync"

	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/planner/plan"
)

// rounds is what the rounds of one recursive query hand on to the next: compiled
// expressions with their buffers, and the build sides of joins and the WITH queries
// that do not depend on the rows of a round. A round of one row then costs its
// operators and little more.
type rounds struct {
	round  int
	varies map[plan.Node]bool // the step's nodes: Recursive.Varying
	nodes  map[plan.Node]*ownParts
	mem    *mem.Account // of what is kept; it ends with the recursive query
}

// ownParts is what is kept of one node. A node compiles its expressions in the same
// order in every round, so a number finds them.
type ownParts struct {
	round    int // in which the node was last built
	used     int // programs that it has asked for in that round
	programs []*roundProgram
	pipe     *op.Pipeline // that fills build, or the rows of a WITH; nil: not kept
	build    op.Sink      // the build side of a join
}

func newRounds(n *plan.Recursive, m *mem.Account) *rounds {
	return &rounds{varies: n.Varying(), nodes: map[plan.Node]*ownParts{}, mem: m}
}

// own gives the parts of a node, with its programs counted from the first one again.
func (r *rounds) own(n plan.Node) *ownParts {
	if r == nil {
		return nil
	}
	o := r.nodes[n]
	if o == nil {
		o = &ownParts{}
		r.nodes[n] = o
	}
	if o.round == r.round { // a node that stands in two places: one of them shares nothing
		return &ownParts{}
	}
	o.used, o.round = 0, r.round
	return o
}

// keeps reports whether what n puts out is the same in every round and so is kept.
func (b *builder) keeps(n plan.Node) bool { return b.rounds != nil && !b.rounds.varies[n] }

// memOf gives the account for what is made of n's rows: one that lasts if they are
// kept.
func (b *builder) memOf(n plan.Node) *mem.Account {
	if b.keeps(n) {
		return b.rounds.mem
	}
	return b.mem
}

// lasting has everything be charged to n's account until restore is called.
func (b *builder) lasting(n plan.Node) (restore func()) {
	m := b.mem
	b.mem = b.memOf(n)
	return func() { b.mem = m }
}

// kept reports whether an earlier round made what the node at work keeps.
func (b *builder) kept() bool { return b.own != nil && b.own.pipe != nil }

// buildSide has the pipeline that fills s, the sink of a join's build side, run
// before p. In a recursive query it may be the sink of an earlier round that it
// gives; s is then not used.
func buildSide[S op.Sink](b *builder, j joinPlan, s S, p *op.Pipeline) (S, error) {
	own := b.own
	if b.kept() {
		p.Before = append(p.Before, own.pipe)
		return own.build.(S), nil
	}
	defer b.lasting(j.build)()
	if err := b.sink(j.n, j.build, p, func() (op.Sink, error) { return s, nil }); err != nil {
		return s, err
	}
	sh := j.shape // a join that notes which build rows found a partner starts from none
	if b.keeps(j.build) && !(sh.BuildOuter || sh.BuildSemi || sh.BuildAnti || sh.BuildMark) {
		own.build, own.pipe = s, p.Before[len(p.Before)-1]
		if k, ok := any(s).(interface{ Keep() }); ok {
			k.Keep()
		}
	}
	return s, nil
}

// roundProgram is a compiled expression that rounds of a recursive query share, and
// its copies: those of the round before are free when a round begins.
type roundProgram struct {
	prog   *kernel.Program
	rounds *rounds

	mu     sync.Mutex // guards what follows
	round  int
	used   int
	copies []*kernel.Program
}

// copy gives a copy that nobody else uses in this round.
func (p *roundProgram) copy() *kernel.Program {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.round != p.rounds.round {
		p.round, p.used = p.rounds.round, 0
	}
	if p.used == len(p.copies) {
		c := p.prog // the first copy is the program itself
		if p.used > 0 {
			c = p.prog.Clone()
		}
		p.copies = append(p.copies, c)
	}
	p.used++
	return p.copies[p.used-1]
}

// compile gives what makes copies of a compiled expression.
func (b *builder) compile(e func() plan.Expr, in map[plan.ColID]int) (func() *kernel.Program, error) {
	o := b.own
	if o != nil && o.used < len(o.programs) {
		o.used++
		return o.programs[o.used-1].copy, nil
	}
	prog, err := kernel.Compile(e(), in, b.env.Eval)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return prog.Clone, nil
	}
	o.programs = append(o.programs, &roundProgram{prog: prog, rounds: b.rounds})
	o.used++
	return o.programs[o.used-1].copy, nil
}
