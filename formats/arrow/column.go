package arrow

import (
	"encoding/binary"
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// column collects the buffers of one column, or of a part of one.
type column struct {
	typ   types.Type
	n     int
	nulls int
	valid []byte // bits; empty while there is no null
	ends  []byte // int32 offsets of strings and lists, 0 first
	end   int32
	data  []byte
	kids  []*column

	zero, codes, elems []uint32 // kept for their memory
}

func newColumn(t types.Type) *column {
	c := &column{typ: t}
	for _, f := range t.Fields {
		c.kids = append(c.kids, newColumn(f.Type))
	}
	c.reset()
	return c
}

// reset empties the column.
func (c *column) reset() {
	c.n, c.nulls, c.end = 0, 0, 0
	c.valid, c.data, c.ends = c.valid[:0], c.data[:0], c.ends[:0]
	if p := c.typ.Phys(); p == types.PhysBytes || p == types.PhysList {
		c.ends = append(c.ends, 0, 0, 0, 0)
	}
	for _, k := range c.kids {
		k.reset()
	}
}

// weigh bounds the bytes of rows from above; a row weighs at least 1, so that it
// also bounds how many elements lists have.
func weigh(v *vector.Vector, pos []uint32) int64 {
	switch {
	case v.Type.Kind == types.Unknown:
		return int64(len(pos))
	case v.Form == vector.Const:
		return int64(len(pos)) * weighFlat(v, []uint32{0}, nil)
	case v.Form == vector.Dict:
		return weighFlat(v.Base, pos, v.Codes)
	}
	return weighFlat(v, pos, nil)
}

// weighFlat weighs rows of a vector that has values of its own: those at pos, or
// at the codes there.
func weighFlat(v *vector.Vector, pos, codes []uint32) int64 {
	sum := int64(len(pos))
	switch v.Type.Phys() {
	case types.PhysBytes, types.PhysList:
		rs := v.Ranges()
		var elems []uint32
		for _, p := range pos {
			if codes != nil {
				p = codes[p]
			}
			if v.Valid != nil && !v.Valid.Get(int(p)) {
				continue
			}
			sum += int64(rs[p].Len)
			for j := uint32(0); len(v.Kids) > 0 && j < rs[p].Len; j++ {
				elems = append(elems, rs[p].Off+j)
			}
		}
		for _, k := range v.Kids {
			sum += weigh(k, elems)
		}
		return sum + 4*int64(len(pos))
	case types.PhysStruct:
		if codes != nil {
			pos = pick(nil, codes, pos)
		}
		for _, k := range v.Kids {
			sum += weigh(k, pos)
		}
		return sum
	}
	return sum + int64(len(pos)*v.Type.Phys().Width())
}

// pick gives the codes at pos, in dst's memory.
func pick(dst, codes, pos []uint32) []uint32 {
	dst = dst[:0]
	for _, p := range pos {
		dst = append(dst, codes[p])
	}
	return dst
}

// add adds the rows of v at pos.
func (c *column) add(v *vector.Vector, pos []uint32) error {
	switch {
	case len(pos) == 0:
		return nil
	case c.typ.Phys() == types.PhysNone:
		c.n += len(pos)
		c.nulls += len(pos)
		return nil
	case v.Form == vector.Const:
		for len(c.zero) < len(pos) {
			c.zero = append(c.zero, 0)
		}
		return c.flat(v, c.zero[:len(pos)], v.Valid, c.zero[:len(pos)])
	case v.Form == vector.Dict:
		c.codes = pick(c.codes, v.Codes, pos)
		return c.flat(v.Base, c.codes, v.Valid, pos)
	}
	return c.flat(v, pos, v.Valid, pos)
}

// flat adds the values of v at pos, null where valid says so at the bit of the
// same place in bits.
func (c *column) flat(v *vector.Vector, pos []uint32, valid vector.Bitmap, bits []uint32) error {
	if valid != nil {
		c.addValid(valid, bits)
	} else if c.nulls > 0 {
		c.valid = ones(c.valid, c.n+len(pos))
	}
	at := c.n
	c.n += len(pos)
	switch v.Type.Phys() {
	case types.PhysBool:
		c.bools(vector.Values[bool](v), pos, at)
	case types.PhysBytes:
		c.strings(v, pos, at)
	case types.PhysList:
		return c.lists(v, pos, at)
	case types.PhysStruct:
		for i, k := range c.kids {
			if err := k.add(v.Kids[i], pos); err != nil {
				return err
			}
		}
	case types.PhysInterval:
		return c.intervals(vector.Values[types.IntervalValue](v), pos, at)
	case types.PhysInt64:
		if c.typ.Kind == types.Decimal {
			c.decimals(vector.Values[int64](v), pos)
			return nil
		}
		c.fixed(v, pos)
	default: // Int128 is Lo, Hi: as Arrow has it
		c.fixed(v, pos)
	}
	return nil
}

// ones makes b a bitmap of n rows, with ones for those that are new.
func ones(b []byte, n int) []byte {
	for len(b) < (n+7)/8 {
		b = append(b, 0xff)
	}
	return b
}

// addValid adds the validity of rows to come. Bits behind the last row are ones.
func (c *column) addValid(valid vector.Bitmap, bits []uint32) {
	for i, p := range bits {
		if valid.Get(int(p)) {
			continue
		}
		c.valid = ones(c.valid, c.n+len(bits))
		c.nulls++
		c.valid[(c.n+i)/8] &^= 1 << ((c.n + i) % 8)
	}
	if c.nulls > 0 {
		c.valid = ones(c.valid, c.n+len(bits))
	}
}

// null reports whether row i is null.
func (c *column) null(i int) bool { return c.nulls > 0 && c.valid[i/8]>>(i%8)&1 == 0 }

func (c *column) bools(src []bool, pos []uint32, at int) {
	for len(c.data) < (c.n+7)/8 {
		c.data = append(c.data, 0)
	}
	for i, p := range pos {
		if src[p] {
			c.data[(at+i)/8] |= 1 << ((at + i) % 8)
		}
	}
}

// fixed copies values of 1, 2, 4, 8 or 16 bytes; neighbours at once.
func (c *column) fixed(v *vector.Vector, pos []uint32) {
	raw, w := v.Raw(), v.Type.Phys().Width()
	if from := int(pos[0]); together(pos) {
		c.data = append(c.data, raw[from*w:(from+len(pos))*w]...)
		return
	}
	switch w {
	case 4:
		for _, p := range pos {
			c.data = append(c.data, raw[4*p:4*p+4:4*p+4]...)
		}
	case 8:
		for _, p := range pos {
			c.data = append(c.data, raw[8*p:8*p+8:8*p+8]...)
		}
	default:
		for _, p := range pos {
			c.data = append(c.data, raw[int(p)*w:(int(p)+1)*w]...)
		}
	}
}

// together reports whether positions follow one another.
func together(pos []uint32) bool {
	for i, p := range pos {
		if p != pos[0]+uint32(i) {
			return false
		}
	}
	return true
}

// decimals widens short decimals to 128 bits.
func (c *column) decimals(src []int64, pos []uint32) {
	for _, p := range pos {
		c.data = binary.LittleEndian.AppendUint64(c.data, uint64(src[p]))
		c.data = binary.LittleEndian.AppendUint64(c.data, uint64(src[p]>>63))
	}
}

func (c *column) intervals(src []types.IntervalValue, pos []uint32, at int) error {
	const most = math.MaxInt64 / 1000
	for i, p := range pos {
		x := src[p]
		if c.null(at + i) {
			x = types.IntervalValue{}
		}
		if x.Micros > most || x.Micros < -most {
			return fault.New(fault.CodeDatetimeOverflow, "interval of %d microseconds cannot be written to Arrow, whose intervals have nanoseconds", x.Micros).
				WithHint("Cast the column to varchar.")
		}
		c.data = binary.LittleEndian.AppendUint32(c.data, uint32(x.Months))
		c.data = binary.LittleEndian.AppendUint32(c.data, uint32(x.Days))
		c.data = binary.LittleEndian.AppendUint64(c.data, uint64(x.Micros*1000))
	}
	return nil
}

func (c *column) strings(v *vector.Vector, pos []uint32, at int) {
	rs := v.Ranges()
	for i, p := range pos {
		if r := rs[p]; !c.null(at + i) {
			c.data = append(c.data, v.Data[r.Off:r.Off+r.Len]...)
			c.end += int32(r.Len)
		}
		c.ends = binary.LittleEndian.AppendUint32(c.ends, uint32(c.end))
	}
}

func (c *column) lists(v *vector.Vector, pos []uint32, at int) error {
	rs := v.Ranges()
	c.elems = c.elems[:0]
	for i, p := range pos {
		if r := rs[p]; !c.null(at + i) {
			for j := uint32(0); j < r.Len; j++ {
				c.elems = append(c.elems, r.Off+j)
			}
			c.end += int32(r.Len)
		}
		c.ends = binary.LittleEndian.AppendUint32(c.ends, uint32(c.end))
	}
	for i, k := range c.kids {
		if err := k.add(v.Kids[i], c.elems); err != nil {
			return err
		}
	}
	if c.typ.Kind == types.Map && c.kids[0].nulls > 0 {
		return fault.New(fault.CodeInvalidParameter, "a map with a null key cannot be written to Arrow")
	}
	return nil
}

// parts appends the column's nodes and buffers, its children's behind its own.
func (c *column) parts(nodes []node, bufs [][]byte) ([]node, [][]byte) {
	nodes = append(nodes, node{c.n, c.nulls})
	phys := c.typ.Phys()
	if phys == types.PhysNone {
		return nodes, bufs
	}
	bufs = append(bufs, c.valid)
	switch {
	case phys == types.PhysBytes:
		bufs = append(bufs, c.ends, c.data)
	case phys == types.PhysList:
		bufs = append(bufs, c.ends)
	case phys != types.PhysStruct:
		bufs = append(bufs, c.data)
	}
	if c.typ.Kind == types.Map { // entries: a struct without nulls
		nodes, bufs = append(nodes, node{int(c.end), 0}), append(bufs, nil)
	}
	for _, k := range c.kids {
		nodes, bufs = k.parts(nodes, bufs)
	}
	return nodes, bufs
}
