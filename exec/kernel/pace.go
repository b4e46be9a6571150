package kernel

import (
	"slices"
	"time"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// pacer lets a query end inside a batch. A program with calls whose rows may cost
// anything (a pattern over a long text, a list, a lambda) is evaluated for slices of
// a batch's rows that take a few milliseconds each, and the query's end is looked for
// between them. How many rows that are is measured: what turns out to be fast gets
// whole batches after its first one, which costs it two looks at the clock.
//
// What no slice can interrupt is one row. Kernels whose single row is not bounded by
// the length of its arguments call EvalCtx.Check themselves.
type pacer struct {
	cols   []int // positions of the columns whose values may be long
	rows   int   // of the next slice
	weight int   // bytes and elements of a row of cols, as the last batches had them
	seq    vector.Sel
	hits   vector.Sel
	out    merger
}

const (
	firstSlice = 1                    // rows, before anything is known
	sliceTime  = 4 * time.Millisecond // what a slice is to take
	sliceGrow  = 16                   // the next slice is at most so many times longer
	weighed    = 8                    // rows of a batch whose columns are looked at
)

// newPacer gives the pacer of a program, nil for one whose rows all cost little or
// that nothing ends.
func newPacer(c *EvalCtx, e plan.Expr, inputs map[plan.ColID]int) *pacer {
	if c.Done == nil || !costly(e) {
		return nil
	}
	p := &pacer{rows: firstSlice}
	plan.Walk(e, func(x plan.Expr) bool {
		if col, ok := x.(*plan.Col); ok && variable(col.Typ) {
			if pos, ok := inputs[col.ID]; ok && !slices.Contains(p.cols, pos) {
				p.cols = append(p.cols, pos)
			}
		}
		return true
	})
	return p
}

// costly reports whether a row of an expression may cost much: where functions and
// casts take or give values of any length.
func costly(e plan.Expr) bool {
	found := false
	plan.Walk(e, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Call:
			found = found || variable(x.Typ) || slices.ContainsFunc(x.Args, func(a plan.Expr) bool { return variable(a.Type()) })
		case *plan.Cast:
			found = found || variable(x.To) && variable(x.X.Type())
		case *plan.Lambda:
			found = true
		}
		return !found
	})
	return found
}

// variable reports whether a value of a type may be of any length.
func variable(t types.Type) bool {
	switch t.Phys() {
	case types.PhysBytes, types.PhysList, types.PhysStruct:
		return true
	}
	return false
}

// whole reports whether all selected rows of b may be evaluated at once. The caller
// then tells took how long that was.
func (p *pacer) whole(b *vector.Batch, sel vector.Sel) bool {
	if w := p.weigh(b, sel); w > 4*p.weight+256 {
		p.weight, p.rows = w, firstSlice
	} else {
		p.weight = max(w, p.weight-p.weight/8)
	}
	return selLen(sel, b.N) <= p.rows
}

// weigh gives about how long the values of a row are.
func (p *pacer) weigh(b *vector.Batch, sel vector.Sel) int {
	rows := selLen(sel, b.N)
	if rows == 0 {
		return 0
	}
	sum := 0
	for _, pos := range p.cols {
		v := b.Cols[pos]
		if v == nil {
			continue
		}
		if ph := v.Type.Phys(); ph != types.PhysBytes && ph != types.PhysList {
			continue
		}
		for k := range weighed {
			i := k * rows / weighed
			if sel != nil {
				i = int(sel[i])
			}
			if !v.IsNull(i) {
				f, at := vector.At(v, i)
				sum += int(f.Ranges()[at].Len)
			}
		}
	}
	return sum / weighed
}

// took learns from n rows.
func (p *pacer) took(n int, d time.Duration) {
	fit := n * sliceGrow
	if d > 0 {
		fit = min(fit, int(int64(n)*int64(sliceTime)/int64(d)))
	}
	switch {
	case d > 2*sliceTime:
		p.rows = max(1, fit)
	case fit > p.rows:
		p.rows = fit
	}
}

// slices calls f for the rows of sel (nil: the first n), in ascending parts of it,
// until an error or the query's end.
func (p *pacer) slices(c *EvalCtx, sel vector.Sel, n int, f func(part vector.Sel) error) error {
	if sel == nil {
		p.seq = copySel(growSel(p.seq, n), nil, n)
		sel = p.seq
	}
	for len(sel) > 0 {
		if err := c.Check(); err != nil {
			return err
		}
		k := min(p.rows, len(sel))
		start := time.Now()
		if err := f(sel[:k]); err != nil {
			return err
		}
		p.took(k, time.Since(start))
		sel = sel[k:]
	}
	return nil
}

// eval evaluates a node for a batch, at once or in slices.
func (p *pacer) eval(c *EvalCtx, root node, typ types.Type, b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if p.whole(b, sel) {
		start := time.Now()
		v, err := root.eval(b, sel)
		p.took(selLen(sel, b.N), time.Since(start))
		return v, err
	}
	p.out.start(typ, b.N)
	err := p.slices(c, sel, b.N, func(part vector.Sel) error {
		v, err := root.eval(b, part)
		if err != nil {
			return err
		}
		p.out.put(v, part)
		if all := p.out.all; all != nil && len(all.Data) > maxVectorBytes {
			return errTooMuchText()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p.out.finish(), nil
}

// filter is eval for a condition: it writes the rows at which it is want to out,
// which has room for every row and may alias sel.
func (p *pacer) filter(c *EvalCtx, root node, b *vector.Batch, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if p.whole(b, sel) {
		start := time.Now()
		hit, err := filterNode(root, b, sel, want, out)
		p.took(selLen(sel, b.N), time.Since(start))
		return hit, err
	}
	p.hits, out = growSel(p.hits, b.N), out[:0]
	err := p.slices(c, sel, b.N, func(part vector.Sel) error {
		hit, err := filterNode(root, b, part, want, p.hits)
		out = append(out, hit...) // never beyond what was read of sel
		return err
	})
	return out, err
}
