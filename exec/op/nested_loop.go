package op

import (
	"context"
	"io"
	"sync"
	"sync/atomic"

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

	once sync.Once
	left atomic.Int64
}

// Width is that of the probe side.
func (n *NestedLoop) Width() int { return n.In.Width() }

// Open makes one copy.
func (n *NestedLoop) Open(w *Worker) (Operator, error) {
	n.once.Do(func() { n.left.Store(int64(w.Count)) })
	s := &n.Shape
	if n.Build.n == 0 && !s.ProbeOuter && !s.ProbeAnti && !s.ProbeMark {
		return Empty{}.Open(w)
	}
	in, err := n.In.Open(w)
	if err != nil {
		return nil, err
	}
	o := &loopOp{n: n, j: n.Build, in: in, out: newJoinOut(n.ProbeTypes, n.Build, s)}
	if n.On != nil {
		o.on = n.On()
	}
	if n.Equal != nil {
		o.equal = n.Equal()
	}
	return o, nil
}

type loopOp struct {
	n     *NestedLoop
	j     *JoinBuild
	in    Operator
	on    Conds
	equal Expr
	out   joinOut

	b       vector.Batch
	open    bool
	byBuild bool // the constants are build rows
	at      int  // next constant row (number among the selected ones for probe rows)
	from    int  // next build row of the other side, when the constants are probe rows
	hit     []uint8
	unknown []uint8 // per probe row: a pair compared as NULL
	one     []*vector.Vector
	part    []*vector.Vector
	tail    int
	done    bool
}

func (o *loopOp) Close() error { return o.in.Close() }

func (o *loopOp) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		switch {
		case o.done:
			return o.nextTail(b)
		case !o.open:
			err := o.in.Next(ctx, &o.b)
			if err == io.EOF {
				o.finish()
				continue
			}
			if err != nil {
				return err
			}
			o.start()
		}
		ok, err := o.step(b)
		if err != nil {
			return err
		}
		if ok {
			return nil
		}
	}
}

func (o *loopOp) finish() {
	o.done, o.tail = true, o.j.n
	if o.n.left.Add(-1) == 0 && o.n.Shape.buildRows() {
		o.tail = 0
	}
}

func (o *loopOp) nextTail(b *vector.Batch) error {
	if o.n.Shape.BuildMark {
		return o.out.markedRows(b, o.j, &o.tail)
	}
	return o.out.buildRows(b, o.j, &o.tail, o.n.Shape.BuildSemi)
}

func (o *loopOp) start() {
	o.open, o.at, o.from = true, 0, 0
	o.byBuild = o.j.n <= o.b.Rows()
	o.hit, o.unknown = grow(o.hit, o.b.N), grow(o.unknown, o.b.N)
	clear(o.hit)
	clear(o.unknown)
}

// step compares the next constant row with a batch of the other side.
func (o *loopOp) step(b *vector.Batch) (bool, error) {
	if o.byBuild {
		if o.at >= o.j.n {
			return o.after(b)
		}
		return o.stepBuild(b)
	}
	if o.at >= o.b.Rows() {
		return o.after(b)
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
	if o.n.Shape.buildRows() && b.Rows() > 0 {
		o.j.mark(uint32(row))
	}
	for _, p := range sel {
		if o.n.Shape.Single && o.hit[p] != 0 {
			return false, tooManyRows()
		}
		o.hit[p] = 1
	}
	return o.n.Shape.Pairs && len(sel) > 0, nil
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
	if o.n.Shape.Single && (len(sel) > 1 || o.hit[p] != 0) {
		return false, tooManyRows()
	}
	o.hit[p] = 1
	if o.n.Shape.buildRows() {
		for _, k := range sel {
			o.j.mark(uint32(from) + uint32(k))
		}
	}
	return o.n.Shape.Pairs, nil
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
			o.unknown[probeRow(int(k))] = 1
			continue
		}
		if f, i := flatAt(v, int(k)); vector.Values[bool](f)[i] {
			out = append(out, k)
		}
	}
	o.out.sel, b.Sel = out, out
	return out, nil
}

// after puts out what depends on all pairs of the probe batch.
func (o *loopOp) after(b *vector.Batch) (bool, error) {
	o.open = false
	s := &o.n.Shape
	if s.ProbeMark {
		v := &o.out.mark
		v.Reset(o.n.MarkType, o.b.N)
		for i := range o.hit {
			vector.Values[bool](v)[i] = o.hit[i] != 0
			if o.hit[i] == 0 && o.unknown[i] != 0 {
				v.SetNull(i)
			}
		}
		o.out.probeWith(b, &o.b, o.b.Sel, v)
		return true, nil
	}
	if !s.ProbeSemi && !s.ProbeAnti && !s.ProbeOuter {
		return false, nil
	}
	out := empty(o.out.sel)
	for _, p := range selOf(&o.b) {
		if (o.hit[p] != 0) == s.ProbeSemi && (s.ProbeSemi || o.unknown[p] == 0) {
			out = append(out, p)
		}
	}
	o.out.sel = out
	if s.ProbeOuter {
		o.out.probeNulls(b, &o.b, o.j, out)
	} else {
		o.out.probeOnly(b, &o.b, out)
	}
	return len(out) > 0, nil
}

// constRow makes constants of n rows out of row i of some columns.
func constRow(dst, cols []*vector.Vector, i, n int) []*vector.Vector {
	dst = dst[:0]
	for _, c := range cols {
		f, at := flatAt(c, i)
		null := c.IsNull(i)
		v := vector.Slice(f, at, 1)
		if v.Form, v.Len = vector.Const, n; null {
			v.Valid = vector.Bitmap{0}
		}
		dst = append(dst, v)
	}
	return dst
}
