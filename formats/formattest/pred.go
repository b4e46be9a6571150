package formattest

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
)

// Where is a predicate over the values of some columns, for tests.
type Where struct {
	Cols   []int // positions in ScanRequest.Columns, ascending
	Pass   func(vals []types.Value) bool
	Bounds func(b []formats.Bounds) formats.Tri // nil: bounds say nothing
	Asked  int                                  // rows that Keep has seen
}

// Columns implements formats.Predicate.
func (w *Where) Columns() []int { return w.Cols }

// KeepBounds implements formats.Predicate.
func (w *Where) KeepBounds(bounds func(col int) formats.Bounds) formats.Tri {
	if w.Bounds == nil {
		return formats.Maybe
	}
	bs := make([]formats.Bounds, len(w.Cols))
	for i, c := range w.Cols {
		bs[i] = bounds(c)
	}
	return w.Bounds(bs)
}

// KeepDict implements formats.Predicate: there is no such part.
func (w *Where) KeepDict(int, *vector.Vector) (vector.Bitmap, bool, bool) { return nil, false, false }

// Keep implements formats.Predicate.
func (w *Where) Keep(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	out := vector.Sel{}
	vals := make([]types.Value, len(w.Cols))
	for i := range b.N {
		if sel != nil && !contains(sel, i) {
			continue
		}
		w.Asked++
		for j, c := range w.Cols {
			vals[j] = vector.ValueAt(b.Cols[c], i)
		}
		if w.Pass(vals) {
			out = append(out, uint16(i))
		}
	}
	return out, nil
}

// Points is a predicate for one of some values, which bloom filters can be asked
// for.
type Points struct {
	Where
	Vals []types.Value
}

// OneOf makes Points of the first column.
func OneOf(vals ...types.Value) *Points {
	return &Points{Vals: vals, Where: Where{Cols: []int{0}, Pass: func(v []types.Value) bool {
		return slices.ContainsFunc(vals, func(w types.Value) bool { return !v[0].Null && v[0].Compare(w) == 0 })
	}}}
}

// Points implements formats.Pointed.
func (p *Points) Points(int) ([]types.Value, bool) { return p.Vals, true }
