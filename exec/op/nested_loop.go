package op

import (
	"context"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// NestedLoop joins by comparing every probe row with every build row, for
// conditions without an equality. The build side is a JoinBuild without keys. One
// side's row stands as constants beside a whole batch of the other, so that the
// conditions run over vectors and nothing is copied.
type NestedLoop struct {
	In         Source
	ProbeTypes []types.Type
	Build      *JoinBuild
	On         NewConds // over the output of a pairs join; nil: a cross product
	// Equal, for NullAware shapes, is IN's comparison over the same columns: pairs
	// for which it is NULL make the answer unknown.
	Equal    NewExpr
	Shape    JoinShape
	MarkType types.Type

	copies probeCopies
}

// Width is that of the probe side.
func (n *NestedLoop) Width() int { return n.In.Width() }

// part joins a part of both sides.
func (n *NestedLoop) part(probe Source, build *JoinBuild, keep *hitKeeper) Source {
	p := &NestedLoop{In: probe, ProbeTypes: n.ProbeTypes, Build: build, On: n.On, Equal: n.Equal, Shape: n.Shape, MarkType: n.MarkType}
	p.copies.keep = keep
	return p
}

// Open makes one copy.
func (n *NestedLoop) Open(w *Worker) (Operator, error) {
	p, err := n.copies.open(w, n.In, n.ProbeTypes, n.Build, &n.Shape, n.MarkType, n.part, nil)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return Empty{}.Open(w)
	}
	o := &loopOp{joinProbe: p}
	if n.On != nil {
		o.on = n.On()
	}
	if n.Equal != nil {
		o.equal = n.Equal()
	}
	return o, nil
}

type loopOp struct {
	*joinProbe
	on    Conds
	equal Expr

	byBuild bool // the constants are build rows
	at      int  // next constant row (number among the selected ones for probe rows)
	from    int  // next build row of the other side, when the constants are probe rows
	one     []*vector.Vector
	part    []*vector.Vector
}

func (o *loopOp) Next(ctx context.Context, b *vector.Batch) error { return o.next(ctx, b, o) }

func (o *loopOp) start() error {
	if o.rest != nil { // all build rows are on disk
		o.open = false
		return o.rest.writeAll(&o.b)
	}
	o.at, o.from = 0, 0
	o.byBuild = o.j.n <= o.b.Rows()
	o.forget()
	return nil
}

// step compares the next constant row with a batch of the other side.
func (o *loopOp) step(b *vector.Batch) (bool, error) {
	if o.byBuild {
		if o.at >= o.j.n {
			return o.unmatched(b), nil
		}
		return o.stepBuild(b)
	}
	if o.at >= o.b.Rows() {
		return o.unmatched(b), nil
	}
	return o.stepProbe(b)
}

// stepBuild sets one build row against the probe batch.
func (o *loopOp) stepBuild(b *vector.Batch) (bool, error) {
	row := o.at
	o.at++
	o.one = constRow(o.one, o.j.cols[:len(o.j.Types)], row, o.b.N)
	o.out.emit(b, o.b.N, o.b.Sel, o.b.Cols, o.one)
	sel, err := o.match(b, func(p int) int { return p })
	if err != nil {
		return false, err
	}
	if o.shape.buildRows() && b.Rows() > 0 {
		o.j.mark(uint32(row))
	}
	for _, p := range sel {
		if o.shape.Single && o.hit[p]&hitMatch != 0 {
			return false, tooManyRows()
		}
		o.hit[p] |= hitMatch
	}
	return o.shape.Pairs && len(sel) > 0, nil
}

// stepProbe sets one probe row against the next build rows.
func (o *loopOp) stepProbe(b *vector.Batch) (bool, error) {
	p := int(selOf(&o.b)[o.at])
	from, n := o.from, min(o.j.n-o.from, vector.BatchSize)
	if o.from += n; o.from >= o.j.n {
		o.at, o.from = o.at+1, 0
	}
	o.one = constRow(o.one, o.b.Cols, p, n)
	o.part = o.part[:0]
	for i := range o.j.Types {
		o.part = append(o.part, vector.Slice(o.j.cols[i], from, n))
	}
	o.out.emit(b, n, nil, o.one, o.part)
	sel, err := o.match(b, func(int) int { return p })
	if err != nil || len(sel) == 0 {
		return false, err
	}
	if o.shape.Single && (len(sel) > 1 || o.hit[p]&hitMatch != 0) {
		return false, tooManyRows()
	}
	o.hit[p] |= hitMatch
	if o.shape.buildRows() {
		for _, k := range sel {
			o.j.mark(uint32(from) + uint32(k))
		}
	}
	return o.shape.Pairs, nil
}

// match applies the conditions to a batch of pairs and sets its selection.
// probeRow tells which probe row position k of the batch belongs to.
func (o *loopOp) match(b *vector.Batch, probeRow func(k int) int) (vector.Sel, error) {
	if o.on != nil {
		sel, err := o.on.Filter(b, b.Sel)
		if err != nil {
			return nil, err
		}
		if sel != nil {
			b.Sel = sel
		}
	}
	if o.equal == nil || b.Rows() == 0 {
		return selOf(b), nil
	}
	v, err := o.equal.Eval(b, b.Sel)
	if err != nil {
		return nil, err
	}
	out := empty(o.out.sel)
	for _, k := range selOf(b) {
		if v.IsNull(int(k)) {
			o.hit[probeRow(int(k))] |= hitNull
			continue
		}
		if f, i := vector.At(v, int(k)); vector.Values[bool](f)[i] {
			out = append(out, k)
		}
	}
	o.out.sel, b.Sel = out, out
	return out, nil
}

// constRow makes constants of n rows out of row i of some columns.
func constRow(dst, cols []*vector.Vector, i, n int) []*vector.Vector {
	dst = dst[:0]
	for _, c := range cols {
		f, at := vector.At(c, i)
		null := c.IsNull(i)
		v := vector.Slice(f, at, 1)
		if v.Form, v.Len = vector.Const, n; null {
			v.Valid = vector.Bitmap{0}
		}
		dst = append(dst, v)
	}
	return dst
}
