package op

import (
	"bytes"
	"slices"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
)

// Threshold is what a running top-N tells the scans below it: the first key of the
// last row that it needs so far. It moves towards the front of the order while the
// top-N sees more rows; whoever reads an older one keeps too much, never too little.
type Threshold struct {
	Type       types.Type
	Desc       bool
	NullsFirst bool
	// Strict: the order has no other keys, so that of rows with the same key those
	// seen first will do.
	Strict bool

	at atomic.Pointer[types.Value]
}

// lower moves the threshold to v, unless it is there or before v already.
func (t *Threshold) lower(v types.Value) {
	for {
		old := t.at.Load()
		if old != nil && t.compare(*old, v) <= 0 || t.at.CompareAndSwap(old, &v) {
			return
		}
	}
}

// compare orders two values as the top-N does.
func (t *Threshold) compare(a, b types.Value) int {
	switch {
	case a.Null && b.Null:
		return 0
	case a.Null || b.Null:
		if a.Null == t.NullsFirst {
			return -1
		}
		return 1
	case t.Desc:
		return b.Compare(a)
	}
	return a.Compare(b)
}

// needs tells whether rows with key v may be among the first.
func (t *Threshold) needs(v types.Value) bool {
	at := t.at.Load()
	return at == nil || t.passes(t.compare(v, *at))
}

// passes judges how a row compares with the threshold.
func (t *Threshold) passes(c int) bool { return c < 0 || c == 0 && !t.Strict }

// overlaps tells whether rows within bounds may be among the first.
func (t *Threshold) overlaps(b formats.Bounds) bool {
	at := t.at.Load()
	if at == nil {
		return true
	}
	nulls := !b.HasNulls || b.Nulls > 0
	if (nulls || b.AllNull) && t.passes(t.compare(types.NullOf(t.Type), *at)) {
		return true
	}
	switch {
	case b.AllNull:
		return false
	case !b.HasMinMax || !b.Min.Type.Equal(t.Type) || !b.Max.Type.Equal(t.Type):
		return true
	case t.Desc:
		return t.passes(t.compare(b.Max, *at))
	}
	return t.passes(t.compare(b.Min, *at))
}

// order puts the splits first that hold the first rows, as far as bounds tell.
func (t *Threshold) order(splits []scanSplit, bounds func(*scanSplit) formats.Bounds) {
	known := make([]formats.Bounds, len(splits))
	at := make([]int, len(splits))
	for i := range splits {
		if known[i], at[i] = bounds(&splits[i]), i; !known[i].HasMinMax {
			return
		}
	}
	slices.SortStableFunc(at, func(i, j int) int {
		if t.Desc {
			return known[j].Max.Compare(known[i].Max)
		}
		return known[i].Min.Compare(known[j].Min)
	})
	was := slices.Clone(splits)
	for i, k := range at {
		splits[i] = was[k]
	}
}

// ScanThreshold says that a Threshold limits output column Col of a scan.
type ScanThreshold struct {
	Threshold *Threshold
	Col       int
}

// thresholdPredicate applies a threshold to one column of a scan.
type thresholdPredicate struct {
	col int
	t   *Threshold
	out vector.Sel
}

func (d *thresholdPredicate) keepBounds(bounds func(col int) formats.Bounds) formats.Tri {
	if !d.t.overlaps(bounds(d.col)) {
		return formats.Never
	}
	return formats.Maybe
}

// keepDict tells which distinct values are needed; ok is false while all are.
func (d *thresholdPredicate) keepDict(dict *vector.Vector) (keep vector.Bitmap, nulls, ok bool) {
	at := d.t.at.Load()
	if at == nil || at.Null {
		return nil, true, false
	}
	keep = vector.NewBitmap(dict.Len)
	for from := 0; from < dict.Len; from += vector.BatchSize {
		n := min(vector.BatchSize, dict.Len-from)
		for _, p := range d.needed(vector.Slice(dict, from, n), allRows[:n], at) {
			keep.Set(from + int(p))
		}
	}
	return keep, d.t.NullsFirst, true
}

// keep drops the rows behind the threshold.
func (d *thresholdPredicate) keep(b *vector.Batch, sel vector.Sel) vector.Sel {
	at := d.t.at.Load()
	if at == nil || at.Null {
		return sel // NULLs are first or last: hardly anything is to be dropped
	}
	if sel == nil {
		sel = selOf(b)
	}
	return d.needed(b.Cols[d.col], sel, at)
}

// needed gives the rows of sel that lie before at, which is not NULL.
func (d *thresholdPredicate) needed(v *vector.Vector, sel vector.Sel, at *types.Value) vector.Sel {
	d.out = vector.Sel(grow([]uint16(d.out), len(sel)))
	switch v.Type.Phys() {
	case types.PhysInt8:
		return neededOf(d, v, sel, int8(at.I))
	case types.PhysInt16:
		return neededOf(d, v, sel, int16(at.I))
	case types.PhysInt32:
		return neededOf(d, v, sel, int32(at.I))
	case types.PhysInt64:
		return neededOf(d, v, sel, at.I)
	case types.PhysBytes:
		return d.neededBytes(v, sel, []byte(at.S))
	}
	return sel
}

func neededOf[T int8 | int16 | int32 | int64](d *thresholdPredicate, v *vector.Vector, sel vector.Sel, at T) vector.Sel {
	f, codes := flatOf(v)
	vals := vector.Values[T](f)
	n := 0
	for _, p := range sel {
		i := placeOf(v, codes, p)
		d.out[n] = p
		if v.IsNull(int(p)) {
			n += one(d.t.NullsFirst)
			continue
		}
		x := vals[i]
		n += one(x < at && !d.t.Desc || x > at && d.t.Desc || x == at && !d.t.Strict)
	}
	return d.out[:n]
}

func (d *thresholdPredicate) neededBytes(v *vector.Vector, sel vector.Sel, at []byte) vector.Sel {
	f, codes := flatOf(v)
	n := 0
	for _, p := range sel {
		d.out[n] = p
		if v.IsNull(int(p)) {
			n += one(d.t.NullsFirst)
			continue
		}
		c := bytes.Compare(f.Bytes(placeOf(v, codes, p)), at)
		if d.t.Desc {
			c = -c
		}
		n += one(d.t.passes(c))
	}
	return d.out[:n]
}

// flatOf gives the flat vector behind v, and the codes that lead into it.
func flatOf(v *vector.Vector) (*vector.Vector, []uint32) {
	if v.Form == vector.Dict {
		return v.Base, v.Codes
	}
	return v, nil
}

// placeOf gives where the vector of flatOf holds v's value p.
func placeOf(v *vector.Vector, codes []uint32, p uint16) int {
	switch {
	case codes != nil:
		return int(codes[p])
	case v.Form == vector.Const:
		return 0
	}
	return int(p)
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
