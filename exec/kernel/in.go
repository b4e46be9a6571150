package kernel

import (
	"encoding/binary"
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// inNode is X [NOT] IN (constants).
type inNode struct {
	x       node
	not     bool
	hasNull bool
	empty   bool // no value but NULL
	ints    *intSet
	strs    *stringSet
	list    *vector.Vector // other types, without NULLs
	flat    flattener
	tri     triState
}

func (c *compiler) in(e *plan.In) (node, error) {
	x, err := c.compile(e.X)
	if err != nil {
		return nil, err
	}
	n := &inNode{x: x, not: e.Not}
	var vals []types.Value
	for _, v := range e.List {
		if v.Null || v.Type.Kind == types.Unknown {
			n.hasNull = true
			continue
		}
		vals = append(vals, v)
	}
	n.empty = len(vals) == 0
	if n.empty {
		return n, nil
	}
	switch e.X.Type().Phys() {
	case types.PhysBool, types.PhysInt8, types.PhysInt16, types.PhysInt32, types.PhysInt64, types.PhysUint32:
		n.ints = newIntSet(vals)
	case types.PhysBytes:
		n.strs = newStringSet(vals)
	default:
		n.list = vector.FromValues(e.X.Type(), vals)
	}
	return n, nil
}

func (n *inNode) eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error) {
	return n.tri.eval(n, b, sel)
}

func (n *inNode) filter(b *vector.Batch, sel vector.Sel, want bool, out vector.Sel) (vector.Sel, error) {
	x, err := n.x.eval(b, sel)
	if err != nil {
		return nil, err
	}
	hit := want != n.not
	if x.Type.Kind == types.Unknown || x.Form == vector.Const && x.IsNull(0) || !hit && n.hasNull || hit && n.empty {
		return out[:0], nil
	}
	out = copySel(out, sel, b.N)
	if x.Form != vector.Const {
		out = dropNulls(x, out)
	}
	switch {
	case n.empty:
		return out, nil
	case n.strs != nil:
		return n.strs.filter(x, hit, out), nil
	case n.ints != nil:
		return n.ints.filter(n.flat.flatten(x), hit, out), nil
	}
	k := 0
	for _, p := range out {
		found := false
		for j := range n.list.Len {
			if CompareRows(x, int(p), n.list, j) == 0 {
				found = true
				break
			}
		}
		out[k] = p
		k += b2i(found == hit)
	}
	return out[:k], nil
}

// intSet is a set of integers: a table of bytes over a narrow range, else open
// addressing.
type intSet struct {
	base  int64
	near  []bool // indexed by value-base
	slots []int64
	used  []bool
	mask  uint64
}

const nearSpan = 1 << 16

func newIntSet(vals []types.Value) *intSet {
	lo, hi := vals[0].I, vals[0].I
	for _, v := range vals {
		lo, hi = min(lo, v.I), max(hi, v.I)
	}
	s := &intSet{base: lo}
	if uint64(hi)-uint64(lo) < nearSpan {
		s.near = make([]bool, hi-lo+1)
		for _, v := range vals {
			s.near[v.I-lo] = true
		}
		return s
	}
	size := uint64(16)
	for size < 2*uint64(len(vals)) {
		size *= 2
	}
	s.slots, s.used, s.mask = make([]int64, size), make([]bool, size), size-1
	for _, v := range vals {
		p := Mix(uint64(v.I)) & s.mask
		for s.used[p] && s.slots[p] != v.I {
			p = (p + 1) & s.mask
		}
		s.slots[p], s.used[p] = v.I, true
	}
	return s
}

// has looks an integer up.
func (s *intSet) has(x int64) bool {
	if near := s.near; near != nil {
		d := uint64(x) - uint64(s.base)
		return d < uint64(len(near)) && near[d]
	}
	p := Mix(uint64(x)) & s.mask
	for s.used[p] {
		if s.slots[p] == x {
			return true
		}
		p = (p + 1) & s.mask
	}
	return false
}

func (s *intSet) filter(v *vector.Vector, want bool, sel vector.Sel) vector.Sel {
	switch v.Type.Phys() {
	case types.PhysBool, types.PhysInt8:
		return intSetLoop(s, vector.Values[int8](v), want, sel)
	case types.PhysInt16:
		return intSetLoop(s, vector.Values[int16](v), want, sel)
	case types.PhysInt32:
		return intSetLoop(s, vector.Values[int32](v), want, sel)
	case types.PhysUint32:
		return intSetLoop(s, vector.Values[uint32](v), want, sel)
	}
	return intSetLoop(s, vector.Values[int64](v), want, sel)
}

func intSetLoop[T int8 | int16 | int32 | int64 | uint32](s *intSet, v []T, want bool, sel vector.Sel) vector.Sel {
	k := 0
	if near := s.near; near != nil { // apart, so that its bounds stay in registers
		base := uint64(s.base)
		for _, p := range sel {
			d := uint64(int64(v[p])) - base
			hit := d < uint64(len(near)) && near[d]
			sel[k] = p
			k += b2i(hit == want)
		}
		return sel[:k]
	}
	for _, p := range sel {
		hit := s.has(int64(v[p]))
		sel[k] = p
		k += b2i(hit == want)
	}
	return sel[:k]
}

// stringSet is a set of strings: open addressing over their hashes, or a set of
// integers if all are short.
type stringSet struct {
	short *intSet // images of strings; nil: some have none

	slots []int32 // 1 + index into vals; 0: free
	hash  []uint64
	vals  []string
	mask  uint64
}

func newStringSet(vals []types.Value) *stringSet {
	size := 16
	for size < 2*len(vals) {
		size *= 2
	}
	if !slices.ContainsFunc(vals, func(v types.Value) bool { return len(v.S) > maxImage }) {
		images := make([]types.Value, len(vals))
		for i, v := range vals {
			images[i].I = image([]byte(v.S), 0, uint32(len(v.S)))
		}
		return &stringSet{short: newIntSet(images)}
	}
	s := &stringSet{slots: make([]int32, size), mask: uint64(size - 1)}
	for _, v := range vals {
		if s.has([]byte(v.S)) {
			continue
		}
		h := HashBytes([]byte(v.S))
		s.vals, s.hash = append(s.vals, v.S), append(s.hash, h)
		p := h & s.mask
		for s.slots[p] != 0 {
			p = (p + 1) & s.mask
		}
		s.slots[p] = int32(len(s.vals))
	}
	return s
}

// maxImage is the longest string that has an image.
const maxImage = 7

// image makes a number of n bytes at off, no other string's: the bytes and their count.
func image(data []byte, off, n uint32) int64 {
	if int(off)+8 <= len(data) {
		x := binary.LittleEndian.Uint64(data[off:])
		return int64(x&(1<<(n*8)-1) | uint64(n)<<56)
	}
	x := uint64(n) << 56
	for i, c := range data[off : off+n] {
		x |= uint64(c) << (8 * i)
	}
	return int64(x)
}

func (s *stringSet) has(x []byte) bool {
	h := HashBytes(x)
	for p := h & s.mask; s.slots[p] != 0; p = (p + 1) & s.mask {
		if i := s.slots[p] - 1; s.hash[i] == h && s.vals[i] == string(x) {
			return true
		}
	}
	return false
}

func (s *stringSet) filter(v *vector.Vector, want bool, sel vector.Sel) vector.Sel {
	r := StringsOf(v)
	k := 0
	if s.short != nil {
		for _, p := range sel {
			x := r.Range(int(p))
			hit := x.Len <= maxImage && s.short.has(image(r.data, x.Off, x.Len))
			sel[k] = p
			k += b2i(hit == want)
		}
		return sel[:k]
	}
	for _, p := range sel {
		hit := s.has(r.At(int(p)))
		sel[k] = p
		k += b2i(hit == want)
	}
	return sel[:k]
}
