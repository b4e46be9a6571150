package op

import (
	"context"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// RecodeCol is a column whose texts become numbers of a dictionary, or with Back the
// other way round.
type RecodeCol struct {
	At   int // in the input and in the output
	Dict *Dictionary
	Back bool
}

// Recode replaces columns. Numbers turn into texts as codes of a dictionary vector:
// no text is touched.
type Recode struct {
	In   Source
	Cols []RecodeCol
}

// Width is the input's.
func (r *Recode) Width() int { return r.In.Width() }

// Open makes one copy.
func (r *Recode) Open(w *Worker) (Operator, error) {
	in, err := r.In.Open(w)
	if err != nil {
		return nil, err
	}
	o := &recodeOp{in: in, r: r, cols: make([]recoder, len(r.Cols))}
	for i, c := range r.Cols {
		o.cols[i] = recoder{d: c.Dict}
		if !c.Back {
			o.cols[i].enc = c.Dict.encoder()
		}
	}
	return o, nil
}

type recodeOp struct {
	in   Operator
	r    *Recode
	b    vector.Batch
	cols []recoder
}

// Next gives the input's next batch with the columns replaced. What they point at is
// valid until the next call.
func (o *recodeOp) Next(ctx context.Context, b *vector.Batch) error {
	if err := o.in.Next(ctx, &o.b); err != nil {
		return err
	}
	setCols(b, o.b.N, o.b.Sel, o.b.Cols...)
	for i, c := range o.r.Cols {
		x := &o.cols[i]
		if c.Back {
			x.decode(b.Cols[c.At], b)
		} else if err := x.encode(b.Cols[c.At], b); err != nil {
			return err
		}
		b.Cols[c.At] = &x.out
	}
	return nil
}

// Close closes the input.
func (o *recodeOp) Close() error { return o.in.Close() }

// recoder is one copy's work on one column.
type recoder struct {
	d   *Dictionary
	out vector.Vector

	enc  *keytab.Encoder
	sel  vector.Sel
	nums []uint32

	// Of the last dictionary vector: the number+1 of each of its values, 0 if it was not
	// asked for so far.
	known []uint32
	of    dictID
	miss  vector.Sel

	codes []uint32
	base  *vector.Vector
}

// encode makes out the numbers of the texts of v, a column of b.
func (x *recoder) encode(v *vector.Vector, b *vector.Batch) error {
	x.out.Reset(types.TInteger, b.N)
	if v.Form == vector.Const || v.Type.Kind == types.Unknown {
		return x.encodeConst(v, b.N)
	}
	out := vector.Values[int32](&x.out)
	x.out.Valid = v.Valid
	sel := b.Sel
	if v.Valid != nil && !v.Valid.All(b.N) {
		x.sel = vector.Sel(grow([]uint16(x.sel), b.Rows()))
		sel = valid(v, selOf(b), x.sel)
	} else if sel == nil {
		sel = allRows[:b.N]
	}
	if len(sel) == 0 {
		clear(out)
		return nil
	}
	if len(sel) < b.N {
		clear(out) // numbers at other rows have no meaning, but are some
	}
	if v.Form == vector.Dict {
		return x.encodeDict(v, sel, out)
	}
	return x.number(v, sel, b.N, func(k int, num uint32) { out[sel[k]] = int32(num) })
}

// number looks the texts of the rows in sel up and calls f for each.
func (x *recoder) number(v *vector.Vector, sel vector.Sel, n int, f func(k int, num uint32)) error {
	of := sel
	if len(sel) == n {
		of = nil
	}
	x.enc.Encode([]*vector.Vector{v}, of, n)
	x.nums = grow(x.nums, len(sel))
	if err := x.d.number(x.enc, x.nums); err != nil {
		return err
	}
	for k, num := range x.nums {
		f(k, num)
	}
	return nil
}

func (x *recoder) encodeConst(v *vector.Vector, n int) error {
	out := vector.Values[int32](&x.out)
	clear(out)
	if v.IsNull(0) {
		clear(x.out.AllValid())
		return nil
	}
	return x.number(v, allRows[:1], 1, func(_ int, num uint32) {
		for i := range out {
			out[i] = int32(num)
		}
	})
}

// encodeDict looks up each value of v's dictionary once, if a row has it.
func (x *recoder) encodeDict(v *vector.Vector, sel vector.Sel, out []int32) error {
	if of := (dictID{v.Base, v.Base.Generation(), v.Base.Len}); of != x.of {
		x.of, x.known = of, grow(x.known, v.Base.Len)
		clear(x.known)
	}
	known, codes := x.known, v.Codes
	x.miss = empty(x.miss)
	for _, p := range sel {
		num := known[codes[p]]
		out[p] = int32(num) - 1
		if num == 0 {
			x.miss = append(x.miss, p)
		}
	}
	if len(x.miss) == 0 {
		return nil
	}
	return x.number(v, x.miss, v.Len, func(k int, num uint32) {
		p := x.miss[k]
		out[p], known[codes[p]] = int32(num), num+1
	})
}

// decode makes out the texts of the numbers in v, a column of b.
func (x *recoder) decode(v *vector.Vector, b *vector.Batch) {
	vals, codes := integersOf[int32](v)
	x.codes = grow(x.codes, b.N)
	clear(x.codes)
	most := int32(-1)
	for _, p := range selOf(b) {
		if v.Valid != nil && v.IsNull(int(p)) {
			continue
		}
		n := valueAt(vals, codes, p)
		x.codes[p], most = uint32(n), max(most, n)
	}
	if most < 0 {
		x.out = *vector.Null(x.d.Type, b.N)
		return
	}
	if x.base == nil || int(most) >= x.base.Len {
		x.base = x.d.values(int(most) + 1)
	}
	x.out.Valid = nil
	if v.Valid != nil {
		x.out.Valid = v.Valid
		if v.Form == vector.Const { // not NULL, as some row is not
			x.out.Valid = nil
		}
	}
	x.out.SetDict(x.d.Type, x.codes, x.base)
}
