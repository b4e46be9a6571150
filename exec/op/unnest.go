package op

import (
	"context"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// UnnestArg is one collection of an Unnest and the columns that it becomes.
type UnnestArg struct {
	Expr NewExpr
	Type types.Type   // array or map
	Outs []types.Type // one for the element, or one for each field of a row, two for a map
}

// spreads tells that an array of rows becomes a column for each field.
func (a *UnnestArg) spreads() bool {
	return a.Type.Kind == types.Array && a.Type.Elem().Kind == types.Row &&
		!(len(a.Outs) == 1 && a.Outs[0].Equal(a.Type.Elem()))
}

// Unnest puts out, for each input row, its columns beside one row for each
// element; several collections advance together and shorter ones give NULLs.
type Unnest struct {
	In         Source
	Args       []UnnestArg
	Ordinality bool
	Outer      bool // keep rows whose collections are empty or NULL
}

// Width is the input's.
func (u *Unnest) Width() int { return u.In.Width() }

// Open makes one copy.
func (u *Unnest) Open(w *Worker) (Operator, error) {
	in, err := u.In.Open(w)
	if err != nil {
		return nil, err
	}
	o := &unnestOp{u: u, in: in}
	for _, a := range u.Args {
		o.exprs = append(o.exprs, a.Expr())
		for range a.Outs {
			o.outs = append(o.outs, &vector.Vector{})
		}
	}
	o.elems = make([][]uint32, len(u.Args))
	return o, nil
}

type unnestOp struct {
	u     *Unnest
	in    Operator
	exprs []Expr

	b    vector.Batch
	open bool
	args []*vector.Vector
	row  int // number among the selected rows
	at   int // next element of that row

	rows  []uint32   // input position of each output row
	elems [][]uint32 // per argument: element+1 of each output row, 0 for NULL
	ord   []int64
	cols  []*vector.Vector
	outs  []*vector.Vector
	ordV  vector.Vector
}

func (o *unnestOp) Close() error { return o.in.Close() }

func (o *unnestOp) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !o.open {
			if err := o.load(ctx); err != nil {
				return err
			}
		}
		o.collect()
		if len(o.rows) > 0 {
			o.emit(b)
			return nil
		}
	}
}

func (o *unnestOp) load(ctx context.Context) error {
	if err := o.in.Next(ctx, &o.b); err != nil {
		return err
	}
	o.args = o.args[:0]
	for _, e := range o.exprs {
		v, err := e.Eval(&o.b, o.b.Sel)
		if err != nil {
			return err
		}
		o.args = append(o.args, v)
	}
	o.open, o.row, o.at = true, 0, 0
	return nil
}

// listAt gives the range of elements of a collection, empty for NULL.
func listAt(v *vector.Vector, i int) vector.Range {
	if v.IsNull(i) {
		return vector.Range{}
	}
	f, j := vector.At(v, i)
	return f.Ranges()[j]
}

// collect lists the next output rows of the loaded batch; o.open false: it is
// used up.
func (o *unnestOp) collect() {
	o.rows, o.ord = o.rows[:0], o.ord[:0]
	for i := range o.elems {
		o.elems[i] = o.elems[i][:0]
	}
	sel := selOf(&o.b)
	for ; o.row < len(sel); o.row, o.at = o.row+1, 0 {
		p := int(sel[o.row])
		n := 0
		for _, v := range o.args {
			n = max(n, int(listAt(v, p).Len))
		}
		if n == 0 && o.u.Outer {
			o.rows, o.ord = append(o.rows, uint32(p)), append(o.ord, 0)
			for i := range o.elems {
				o.elems[i] = append(o.elems[i], 0)
			}
		}
		from := o.at
		for ; o.at < n; o.at++ {
			if len(o.rows) >= vector.BatchSize {
				o.fillElems(p, from)
				return
			}
			o.rows, o.ord = append(o.rows, uint32(p)), append(o.ord, int64(o.at+1))
		}
		o.fillElems(p, from)
		if len(o.rows) >= vector.BatchSize {
			o.row, o.at = o.row+1, 0
			return
		}
	}
	o.open = false
}

// fillElems adds the elements from `from` up to o.at of row p.
func (o *unnestOp) fillElems(p, from int) {
	for i, v := range o.args {
		r := listAt(v, p)
		for k := from; k < o.at; k++ {
			if k < int(r.Len) {
				o.elems[i] = append(o.elems[i], r.Off+uint32(k)+1)
			} else {
				o.elems[i] = append(o.elems[i], 0)
			}
		}
	}
}

func (o *unnestOp) emit(b *vector.Batch) {
	for len(o.cols) < len(o.b.Cols) {
		o.cols = append(o.cols, &vector.Vector{})
	}
	b.N, b.Sel, b.Cols = len(o.rows), nil, b.Cols[:0]
	for i, c := range o.b.Cols {
		vector.Gather(o.cols[i], c, o.rows)
		b.Cols = append(b.Cols, o.cols[i])
	}
	k := 0
	for i := range o.u.Args {
		for j, t := range o.u.Args[i].Outs {
			b.Cols = append(b.Cols, gatherElems(o.outs[k], o.source(i, j), t, o.elems[i]))
			k++
		}
	}
	if o.u.Ordinality {
		o.ordV.Reset(types.TBigInt, len(o.ord))
		copy(vector.Values[int64](&o.ordV), o.ord)
		for i, n := range o.ord {
			if n == 0 {
				o.ordV.SetNull(i)
			}
		}
		b.Cols = append(b.Cols, &o.ordV)
	}
}

// source gives the vector that output j of argument i takes its elements from.
func (o *unnestOp) source(i, j int) *vector.Vector {
	v := o.args[i]
	if v.Form == vector.Dict {
		v = v.Base
	}
	if v.Type.Kind == types.Map {
		return v.Kids[j]
	}
	elem := v.Kids[0]
	if !o.u.Args[i].spreads() {
		return elem
	}
	elem = vector.Flatten(elem)
	kid := *elem.Kids[j]
	kid.Valid = vector.And(kid.Valid, elem.Valid)
	return &kid
}

// gatherElems makes dst the elements at idx-1, NULL where idx is 0.
func gatherElems(dst, src *vector.Vector, t types.Type, idx []uint32) *vector.Vector {
	if src.Len == 0 {
		return vector.Null(t, len(idx))
	}
	at := make([]uint32, len(idx))
	missing := false
	for k, e := range idx {
		if e == 0 {
			missing = true
			continue
		}
		at[k] = e - 1
	}
	vector.Gather(dst, src, at)
	if !missing {
		return dst
	}
	valid := vector.NewBitmap(len(idx))
	for k, e := range idx {
		if e != 0 && !src.IsNull(int(e-1)) {
			valid.Set(k)
		}
	}
	if dst.Form == vector.Const { // one value for all rows, some of which are NULL now
		flat := &vector.Vector{}
		vector.FlattenTo(flat, dst)
		flat.Valid = valid
		return flat
	}
	dst.Valid = valid
	return dst
}
