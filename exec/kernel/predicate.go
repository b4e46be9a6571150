package kernel

import (
	"sort"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Predicate is a conjunction compiled for a scan: it judges bounds, dictionaries
// and rows. One goroutine uses a Predicate.
type Predicate struct {
	conds   []*cond
	columns []int
	batches int
	never   plan.Expr // what KeepBounds said Never because of last
}

var _ formats.Predicate = (*Predicate)(nil)

// cond is one condition of the conjunction.
type cond struct {
	expr plan.Expr
	pos  map[plan.ColID]int
	prog *Program // over the scan's batches
	cols []int    // positions that it reads, ascending
	// lone evaluates the condition over one column alone, at position 0; nil if it
	// reads more than one.
	lone *Program
	// safe conditions cannot fail, so that their order may follow what they cost
	// and keep; the others stay behind them in the order they were written.
	safe     bool
	in, kept int64
}

// reorderEvery is how many batches pass before the order of the conditions is
// looked at again.
const reorderEvery = 32

// NewPredicate compiles conditions for a scan whose output column i is ids[i].
func NewPredicate(conds []plan.Expr, ids []plan.ColID, c *EvalCtx) (*Predicate, error) {
	pos := map[plan.ColID]int{}
	for i, id := range ids {
		pos[id] = i
	}
	p := &Predicate{}
	used := map[int]bool{}
	for _, e := range conds {
		for _, e := range plan.Conjuncts(e) {
			cd, err := newCond(e, pos, c)
			if err != nil {
				return nil, err
			}
			for _, i := range cd.cols {
				used[i] = true
			}
			p.conds = append(p.conds, cd)
		}
	}
	sort.SliceStable(p.conds, func(i, j int) bool { return p.conds[i].safe && !p.conds[j].safe })
	p.columns = sortedKeys(used)
	return p, nil
}

func newCond(e plan.Expr, pos map[plan.ColID]int, c *EvalCtx) (*cond, error) {
	prog, err := Compile(e, pos, c)
	if err != nil {
		return nil, err
	}
	cd := &cond{expr: e, pos: pos, prog: prog, safe: cannotFail(e)}
	ids, at := map[plan.ColID]bool{}, map[int]bool{}
	plan.Columns(e, ids)
	for id := range ids {
		at[pos[id]] = true
	}
	cd.cols = sortedKeys(at)
	if len(ids) == 1 && !volatile(e) {
		for id := range ids {
			if cd.lone, err = Compile(e, map[plan.ColID]int{id: 0}, c); err != nil {
				return nil, err
			}
		}
	}
	return cd, nil
}

func sortedKeys(set map[int]bool) []int {
	out := make([]int, 0, len(set))
	for i := range set {
		out = append(out, i)
	}
	sort.Ints(out)
	return out
}

// cannotFail reports whether an expression consists of comparisons, logic and
// pattern matches of columns and constants alone.
func cannotFail(e plan.Expr) bool {
	ok := true
	plan.Walk(e, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Const, *plan.Col, *plan.Compare, *plan.And, *plan.Or, *plan.Not, *plan.IsNull, *plan.In, *plan.Field:
		case *plan.Call:
			im, isImpl := x.Fn.Impl.(*Impl)
			ok = ok && isImpl && im.Like != nil
		default:
			ok = false
		}
		return ok
	})
	return ok
}

func volatile(e plan.Expr) bool {
	found := false
	plan.Walk(e, func(x plan.Expr) bool {
		if c, ok := x.(*plan.Call); ok && c.Fn.Volatility == plan.Volatile {
			found = true
		}
		return !found
	})
	return found
}

// Columns implements formats.Predicate.
func (p *Predicate) Columns() []int { return p.columns }

// Keep implements formats.Predicate. The result is valid until the next Keep.
func (p *Predicate) Keep(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	for _, c := range p.conds {
		in := selLen(sel, b.N)
		if in == 0 {
			break
		}
		out, err := c.prog.Filter(b, sel)
		if err != nil {
			return nil, err
		}
		c.in += int64(in)
		c.kept += int64(selLen(out, b.N))
		sel = out
	}
	if p.batches++; p.batches%reorderEvery == 0 {
		p.reorder()
	}
	return sel, nil
}

// reorder puts the safe conditions that keep fewest rows first. The counts decay,
// so that the order follows the data.
func (p *Predicate) reorder() {
	n := 0
	for n < len(p.conds) && p.conds[n].safe {
		n++
	}
	sort.SliceStable(p.conds[:n], func(i, j int) bool {
		a, b := p.conds[i], p.conds[j]
		return float64(a.kept)*float64(b.in) < float64(b.kept)*float64(a.in)
	})
	for _, c := range p.conds {
		c.in, c.kept = c.in/2, c.kept/2
	}
}

// KeepDict implements formats.Predicate: the conditions over col alone are
// evaluated once for each value of the dictionary. A condition that fails for a
// value (which need not occur in any row) keeps it, so that the error is raised
// by the rows that have it.
func (p *Predicate) KeepDict(col int, dict *vector.Vector) (keep vector.Bitmap, nulls, ok bool) {
	nulls = true
	for _, c := range p.conds {
		if c.lone == nil || c.cols[0] != col {
			continue
		}
		part, err := dictBits(c.lone, dict)
		if err != nil {
			continue
		}
		null := &vector.Batch{N: 1, Cols: []*vector.Vector{vector.Null(dict.Type, 1)}}
		onNull, err := c.lone.Filter(null, nil)
		nulls = nulls && (err != nil || selLen(onNull, 1) == 1)
		if ok {
			keep = vector.And(keep, part)
		} else {
			keep, ok = part, true
		}
	}
	return keep, nulls, ok
}

// dictBits tells for which values of a flat vector of any length the program is
// true.
func dictBits(prog *Program, dict *vector.Vector) (vector.Bitmap, error) {
	bits := vector.NewBitmap(dict.Len)
	err := chunks(dict.Len, func(from, n int) error {
		b := vector.Batch{N: n, Cols: []*vector.Vector{dict}}
		if n != dict.Len {
			b.Cols[0] = vector.Slice(dict, from, n)
		}
		sel, err := prog.Filter(&b, nil)
		if err != nil {
			return err
		}
		if sel == nil {
			for i := range n {
				bits.Set(from + i)
			}
		}
		for _, i := range sel {
			bits.Set(from + int(i))
		}
		return nil
	})
	return bits, err
}

// chunks calls f for runs of at most MaxBatch of n rows.
func chunks(n int, f func(from, n int) error) error {
	for from := 0; from < n; from += vector.MaxBatch {
		if err := f(from, min(vector.MaxBatch, n-from)); err != nil {
			return err
		}
	}
	return nil
}

// KeepBounds implements formats.Predicate.
func (p *Predicate) KeepBounds(bounds func(col int) formats.Bounds) formats.Tri {
	all := formats.Always
	for _, c := range p.conds {
		j := judge{pos: c.pos, bounds: bounds}
		switch o := j.expr(c.expr); {
		case !o.t:
			p.never = c.expr
			return formats.Never
		case o.f || o.n:
			all = formats.Maybe
		}
	}
	return all
}

// Refuted gives the text of the condition because of which KeepBounds last said
// Never.
func (p *Predicate) Refuted() string {
	if p.never == nil {
		return ""
	}
	return plan.FormatExpr(p.never, func(c *plan.Col) string { return c.Name })
}

// Evaluator runs expressions at planning time: plan.Evaluator. Safe for
// concurrent use.
type Evaluator struct{ ctx *EvalCtx }

var _ plan.Evaluator = (*Evaluator)(nil)

// NewEvaluator makes an evaluator; c may be nil.
func NewEvaluator(c *EvalCtx) *Evaluator {
	if c == nil {
		c = &EvalCtx{}
	}
	return &Evaluator{c}
}

func (ev *Evaluator) with(s *plan.Session) *EvalCtx {
	if s == nil || s == ev.ctx.Session {
		return ev.ctx
	}
	c := *ev.ctx
	c.Session = s
	return &c
}

// Fold implements plan.Evaluator.
func (ev *Evaluator) Fold(s *plan.Session, e plan.Expr) (types.Value, error) {
	prog, err := Compile(e, nil, ev.with(s))
	if err != nil {
		return types.Value{}, err
	}
	v, err := prog.Eval(&vector.Batch{N: 1}, nil)
	if err != nil {
		return types.Value{}, err
	}
	x := vector.ValueAt(v, 0)
	x.Type = e.Type()
	return x, nil
}

// Filter implements plan.Evaluator.
func (ev *Evaluator) Filter(s *plan.Session, e plan.Expr, cols map[plan.ColID]*vector.Vector, n int) ([]uint32, error) {
	pos := map[plan.ColID]int{}
	var vecs []*vector.Vector
	for id, v := range cols {
		pos[id] = len(vecs)
		vecs = append(vecs, v)
	}
	prog, err := Compile(e, pos, ev.with(s))
	if err != nil {
		return nil, err
	}
	var out []uint32
	b := vector.Batch{Cols: make([]*vector.Vector, len(vecs))}
	err = chunks(n, func(from, n int) error {
		b.N = n
		for i, v := range vecs {
			b.Cols[i] = vector.Slice(v, from, n)
		}
		sel, err := prog.Filter(&b, nil)
		if err != nil {
			return err
		}
		if sel == nil {
			for i := range n {
				out = append(out, uint32(from+i))
			}
		}
		for _, i := range sel {
			out = append(out, uint32(from+int(i)))
		}
		return nil
	})
	return out, err
}

// Predicate implements plan.Evaluator.
func (ev *Evaluator) Predicate(s *plan.Session, e plan.Expr, cols []plan.ColID) (formats.Predicate, error) {
	return NewPredicate([]plan.Expr{e}, cols, ev.with(s))
}
