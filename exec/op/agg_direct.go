package op

import (
	"math"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// directGroups finds groups by a single integer key whose values lie close together:
// an array in front of the table, which only keys that are new are looked up in.
type directGroups struct {
	tab   *keytab.Table
	epoch uint64 // of tab
	min   int64
	byKey []uint32 // group+1 by key - min
	null  uint32   // group+1 of NULL

	rows, misses int // looked up, and not found in byKey
	misfits      int // batches whose keys lay too far apart
	off          bool

	miss  []uint32   // positions of the selected rows to be looked up
	sel   vector.Sel // those rows
	found []uint32
}

// The array may always have directSpan places, and more of them for many groups; but
// only directEach for each row that came.
const (
	directSpan = 1 << 20
	directEach = 64
)

// find sets l.groups if the key qualifies.
func (c *directGroups) find(l *aggLocal, b *vector.Batch) (bool, error) {
	if c.off || len(l.keys) != 1 {
		return false, nil
	}
	switch l.keys[0].Type.Phys() {
	case types.PhysInt8:
		return findDirect[int8](c, l, b)
	case types.PhysInt16:
		return findDirect[int16](c, l, b)
	case types.PhysInt32:
		return findDirect[int32](c, l, b)
	case types.PhysUint32:
		return findDirect[uint32](c, l, b)
	case types.PhysInt64:
		return findDirect[int64](c, l, b)
	}
	c.off = true
	return false, nil
}

func findDirect[T integer](c *directGroups, l *aggLocal, b *vector.Batch) (bool, error) {
	if t := l.t.tab; c.tab != t || c.epoch != t.Epoch() { // its groups have other numbers
		c.tab, c.epoch, c.null, c.byKey = t, t.Epoch(), 0, c.byKey[:0]
	}
	v, sel := l.keys[0], selOf(b)
	c.miss = c.miss[:0]
	lookUpDirect[T](c, v, sel, l.groups)
	c.rows += len(sel)
	c.misses += len(c.miss)
	if c.rows > minSample && c.misses > c.rows/8*7 { // hardly a key comes twice
		c.off, c.byKey = true, nil
		return false, nil
	}
	if len(c.miss) == 0 {
		return true, nil
	}
	if !makeRoom[T](c, v, sel, l.a.Mem.Free()) {
		if c.misfits++; c.misfits > 8 {
			c.off, c.byKey = true, nil
		}
		return false, nil
	}
	c.sel, c.found = grow(c.sel, len(c.miss)), grow(c.found, len(c.miss))
	for i, k := range c.miss {
		c.sel[i] = sel[k]
	}
	l.enc.Encode(l.keys, c.sel, b.N)
	if err := c.tab.FindOrInsert(l.enc, c.found); err != nil {
		return true, err
	}
	vals, codes := integersOf[T](v)
	for i, k := range c.miss {
		g := c.found[i]
		l.groups[k] = g
		if p := c.sel[i]; v.IsNull(int(p)) {
			c.null = g + 1
		} else {
			c.byKey[int64(valueAt(vals, codes, p))-c.min] = g + 1
		}
	}
	return true, nil
}

// valueAt is the value of row p of what integersOf gave.
func valueAt[T integer](vals []T, codes []uint32, p uint16) T {
	if codes != nil {
		return vals[codes[p]]
	}
	return vals[p]
}

// lookUpDirect sets the group of each selected row that byKey knows and lists the
// positions of the others in miss.
func lookUpDirect[T integer](c *directGroups, v *vector.Vector, sel vector.Sel, out []uint32) {
	byKey, least, miss := c.byKey, c.min, c.miss
	vals, codes := integersOf[T](v)
	out = out[:len(sel)]
	for k, p := range sel {
		g := uint32(0)
		if v.Valid != nil && v.IsNull(int(p)) {
			g = c.null
		} else if at := uint64(int64(valueAt(vals, codes, p)) - least); at < uint64(len(byKey)) {
			g = byKey[at]
		}
		if out[k] = g - 1; g == 0 {
			miss = append(miss, uint32(k))
		}
	}
	c.miss = miss
}

// makeRoom sees that the array has a place for each row of miss; false if they lie
// too far apart, or there is not much memory free.
func makeRoom[T integer](c *directGroups, v *vector.Vector, sel vector.Sel, free int64) bool {
	vals, codes := integersOf[T](v)
	least, most := c.min, c.min+int64(len(c.byKey))-1 // the least is above the other if there is no place yet
	if len(c.byKey) == 0 {
		least, most = 1, 0
	}
	for _, k := range c.miss {
		if p := sel[k]; !v.IsNull(int(p)) {
			x := int64(valueAt(vals, codes, p))
			if least > most {
				least, most = x, x
			}
			least, most = min(least, x), max(most, x)
		}
	}
	if least > most { // only NULL has come
		return true
	}
	width := uint64(most) - uint64(least) + 1 // 0: 1 << 64
	if width > 0 && width == uint64(len(c.byKey)) {
		return true
	}
	limit := min(uint64(max(directSpan, denseSpan*c.tab.Len())), uint64(c.rows*directEach), uint64(free/32))
	if width == 0 || width > limit {
		return false
	}
	// Half as much again where the keys go, so that all copies together cost little.
	spare := min(width/2, limit-width)
	if len(c.byKey) > 0 && least < c.min {
		spare = min(spare, uint64(least)-uint64(1<<63))
		least -= int64(spare)
	} else {
		spare = min(spare, uint64(math.MaxInt64)-uint64(most))
	}
	size := int(width + spare)
	if len(c.byKey) == 0 && size <= cap(c.byKey) {
		c.min, c.byKey = least, c.byKey[:size]
		clear(c.byKey)
		return true
	}
	byKey := make([]uint32, size)
	if len(c.byKey) > 0 {
		copy(byKey[uint64(c.min)-uint64(least):], c.byKey)
	}
	c.min, c.byKey = least, byKey
	return true
}

func (c *directGroups) bytes() int64 { return 4 * int64(cap(c.byKey)) }
