package op

import (
	"context"
	"math"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// denseIndex finds the build rows of a single integer key whose values lie close
// together, as numbers that a source has counted up do: an array in the place of a
// hash table, without hashes and images of keys.
type denseIndex struct {
	min  int64
	head []uint32 // by key - min: the first row with that key + 1, or 0
}

// denseSpan is how many places an index may have for each row: with so many it is
// still no larger than a hash table.
const denseSpan = 8

// integer is the values of keys that lie close together.
type integer interface {
	int8 | int16 | int32 | int64 | uint32
}

// dense makes the denseIndex of the build side's rows, in the order of their chunks,
// if its keys are fit for one.
func (j *JoinBuild) dense(ctx context.Context, q *Query) (bool, error) {
	if len(j.Keys) != 1 || j.Keys[0].NullSafe || j.n == 0 {
		return false, nil
	}
	switch j.Keys[0].Type.Phys() {
	case types.PhysInt8:
		return denseOf[int8](ctx, q, j)
	case types.PhysInt16:
		return denseOf[int16](ctx, q, j)
	case types.PhysInt32:
		return denseOf[int32](ctx, q, j)
	case types.PhysUint32:
		return denseOf[uint32](ctx, q, j)
	case types.PhysInt64:
		return denseOf[int64](ctx, q, j)
	}
	return false, nil
}

func denseOf[T integer](ctx context.Context, q *Query, j *JoinBuild) (bool, error) {
	least, most := span[T](j)
	if least > most {
		return false, nil
	}
	width := uint64(most) - uint64(least)
	if width/denseSpan >= uint64(j.n) || width >= math.MaxUint32 {
		return false, nil
	}
	if j.held.Use(j.rows.bytes()+4*int64(width)+8*int64(j.n)) != nil {
		return false, nil // a hash table may be smaller
	}
	d := &denseIndex{min: least, head: make([]uint32, width+1)}
	j.next = make([]uint32, j.n)
	// Each part has its own places of the index and looks at all keys: that is cheaper
	// than to hand them over, and rows of one key stay in one hand.
	var duplicates atomic.Bool
	parts := 1
	if j.n >= partitionRows {
		parts = q.Workers
	}
	each := (len(d.head) + parts - 1) / parts
	err := forEach(ctx, q, parts, func(ctx context.Context, p int) error {
		from, to := min(p*each, len(d.head)), min((p+1)*each, len(d.head))
		base := uint32(0)
		for _, c := range j.rows.chunks {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if chainDense[T](c.Cols[j.keyAt[0]], least+int64(from), d.head[from:to], j.next, base) {
				duplicates.Store(true)
			}
			base += uint32(c.N)
		}
		return nil
	})
	j.unique, j.denseIdx = !duplicates.Load(), d
	return true, err
}

// span gives the least and the greatest key; the least is above the other without keys.
func span[T integer](j *JoinBuild) (least, most int64) {
	least, most = math.MaxInt64, math.MinInt64
	for _, c := range j.rows.chunks {
		v := c.Cols[j.keyAt[0]]
		vals := vector.Values[T](v)[:v.Len]
		if lo, hi := extremes(vals, v.Valid); lo >= 0 {
			least, most = min(least, int64(vals[lo])), max(most, int64(vals[hi]))
		}
	}
	return least, most
}

// chainDense links the rows of a chunk, the first of which is row base, to those of
// their keys that have a place in head, and reports whether a key had a row already.
func chainDense[T integer](v *vector.Vector, least int64, head, next []uint32, base uint32) (duplicate bool) {
	for i, x := range vector.Values[T](v)[:v.Len] {
		at := uint64(int64(x) - least)
		if at >= uint64(len(head)) || v.Valid != nil && !v.Valid.Get(i) {
			continue
		}
		row := base + uint32(i)
		if first := head[at]; first != 0 {
			duplicate = true
			next[row] = first
		}
		head[at] = row + 1
	}
	return duplicate
}

// find gives, for each selected row of v, none of which is NULL, the first build row
// with its key + 1, or 0.
func (d *denseIndex) find(v *vector.Vector, sel vector.Sel, out []uint32) {
	switch v.Type.Phys() {
	case types.PhysInt8:
		findDense[int8](d, v, sel, out)
	case types.PhysInt16:
		findDense[int16](d, v, sel, out)
	case types.PhysInt32:
		findDense[int32](d, v, sel, out)
	case types.PhysUint32:
		findDense[uint32](d, v, sel, out)
	default:
		findDense[int64](d, v, sel, out)
	}
}

func findDense[T integer](d *denseIndex, v *vector.Vector, sel vector.Sel, out []uint32) {
	head, least := d.head, d.min
	vals, codes := integersOf[T](v)
	out = out[:len(sel)]
	if codes == nil {
		for k, p := range sel {
			out[k] = 0
			if at := uint64(int64(vals[p]) - least); at < uint64(len(head)) {
				out[k] = head[at]
			}
		}
		return
	}
	for k, p := range sel {
		out[k] = 0
		if at := uint64(int64(vals[codes[p]]) - least); at < uint64(len(head)) {
			out[k] = head[at]
		}
	}
}

// integersOf gives a vector's values and, unless it is flat, the position among them
// of each row's value.
func integersOf[T integer](v *vector.Vector) (vals []T, codes []uint32) {
	switch v.Form {
	case vector.Dict:
		return vector.Values[T](v.Base), v.Codes
	case vector.Const:
		return vector.Values[T](v), noCodes[:v.Len]
	}
	return vector.Values[T](v), nil
}

// noCodes are the positions of a constant's rows, shared and read-only.
var noCodes [vector.MaxBatch]uint32

func (d *denseIndex) bytes() int64 {
	if d == nil {
		return 0
	}
	return 4 * int64(cap(d.head))
}
