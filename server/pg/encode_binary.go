package pg

import (
	"encoding/binary"
	"math"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server/pgtype"
)

// binaryValues encodes rows idx of a flat vector in PostgreSQL's binary format
// (the send functions of src/backend/utils/adt; all integers big endian).
func (c *column) binaryValues(v *vector.Vector, idx []uint32, text *kernel.TextOptions) {
	switch v.Type.Kind {
	case types.Boolean:
		values := vector.Values[bool](v)
		c.buf = append(c.buf, 0, 1)
		for _, i := range idx {
			s := span{0, 1}
			if values[i] {
				s.off = 1
			}
			c.spans = append(c.spans, s)
		}
	case types.Integer:
		for _, x := range idx {
			c.uint32(uint32(vector.Values[int32](v)[x]))
			c.fixed(4)
		}
	case types.BigInt:
		for _, x := range idx {
			c.uint64(uint64(vector.Values[int64](v)[x]))
			c.fixed(8)
		}
	case types.Double:
		for _, x := range idx {
			c.uint64(math.Float64bits(vector.Values[float64](v)[x]))
			c.fixed(8)
		}
	default:
		for _, i := range idx {
			from := len(c.buf)
			if !v.IsNull(int(i)) {
				c.binaryValue(v, int(i), text)
			}
			c.end(from)
		}
	}
}

// fixed closes a value of n bytes.
func (c *column) fixed(n int) {
	c.spans = append(c.spans, span{uint32(len(c.buf) - n), int32(n)})
}

// binaryValue appends one value, not NULL, of a flat vector.
func (c *column) binaryValue(v *vector.Vector, i int, text *kernel.TextOptions) {
	switch v.Type.Kind {
	case types.Boolean:
		x := byte(0)
		if vector.Values[bool](v)[i] {
			x = 1
		}
		c.buf = append(c.buf, x)
	case types.TinyInt:
		c.uint16(uint16(vector.Values[int8](v)[i]))
	case types.SmallInt:
		c.uint16(uint16(vector.Values[int16](v)[i]))
	case types.Integer:
		c.uint32(uint32(vector.Values[int32](v)[i]))
	case types.BigInt:
		c.uint64(uint64(vector.Values[int64](v)[i]))
	case types.OID:
		c.uint32(vector.Values[uint32](v)[i])
	case types.Real:
		c.uint32(math.Float32bits(vector.Values[float32](v)[i]))
	case types.Double:
		c.uint64(math.Float64bits(vector.Values[float64](v)[i]))
	case types.Decimal:
		c.binaryNumeric(decimalAt(v, i), int(v.Type.S))
	case types.Date:
		c.uint32(uint32(binaryDate(vector.Values[int32](v)[i])))
	case types.Time:
		c.uint64(uint64(micros(vector.Values[int64](v)[i], v.Type)))
	case types.TimeTZ:
		nanos, off := types.UnpackTimeTZ(vector.Values[int64](v)[i])
		c.uint64(uint64(nanos / 1000))
		c.uint32(uint32(int32(-off * 60))) // seconds to the west
	case types.Timestamp, types.TimestampTZ:
		c.uint64(uint64(binaryTimestamp(vector.Values[int64](v)[i], v.Type)))
	case types.Interval:
		x := vector.Values[types.IntervalValue](v)[i]
		c.uint64(uint64(x.Micros))
		c.uint32(uint32(x.Days))
		c.uint32(uint32(x.Months))
	case types.UUID:
		x := vector.Values[[16]byte](v)[i]
		c.buf = append(c.buf, x[:]...)
	default:
		c.binaryNested(v, i, text)
	}
}

func decimalAt(v *vector.Vector, i int) types.Int128 {
	if v.Type.Phys() == types.PhysInt128 {
		return vector.Values[types.Int128](v)[i]
	}
	return types.I128(vector.Values[int64](v)[i])
}

// binaryNested appends strings and nested values.
func (c *column) binaryNested(v *vector.Vector, i int, text *kernel.TextOptions) {
	switch {
	case v.Type.Kind == types.Opaque && !v.Type.IsSketch():
		c.buf = text.AppendText(c.buf, v, i)
	case v.Type.IsJSONB():
		from := len(c.buf) + 1
		c.buf = append(append(c.buf, 1), v.Bytes(i)...) // the version of the format
		if c.typ.IsNested() {
			c.recodeMember(from)
		}
	case v.Type.Phys() == types.PhysBytes:
		from := len(c.buf)
		c.buf = append(c.buf, v.Bytes(i)...)
		if v.Type.Kind == types.Char {
			c.padChar(v, i)
		}
		if isText(v.Type) && c.typ.IsNested() { // other columns are converted as a whole
			c.recodeMember(from)
		}
	case v.Type.Kind == types.Row && c.record:
		c.uint32(uint32(len(v.Kids)))
		for _, kid := range v.Kids {
			c.uint32(columnOID(kid.Type, c.declared, true))
			c.binaryMember(kid, i, text)
		}
	case showsAsJSON(v.Type):
		from := len(c.buf)
		c.buf = text.AppendJSON(c.buf, v, i)
		c.recodeMember(from)
	default:
		c.binaryArray(v, i, text)
	}
}

func (c *column) padChar(v *vector.Vector, i int) {
	n := 0
	for _, x := range v.Bytes(i) {
		if x&0xC0 != 0x80 {
			n++
		}
	}
	for ; n < int(v.Type.P); n++ {
		c.buf = append(c.buf, ' ')
	}
}

// binaryMember appends the length and value of a member of an array or record;
// -1 for NULL.
func (c *column) binaryMember(v *vector.Vector, i int, text *kernel.TextOptions) {
	if v.IsNull(i) {
		c.uint32(math.MaxUint32)
		return
	}
	at := len(c.buf)
	c.uint32(0)
	c.binaryValue(v, i, text)
	binary.BigEndian.PutUint32(c.buf[at:], uint32(len(c.buf)-at-4))
}

// binaryArray appends an array (array_send): dimensions, whether it has NULLs,
// the element's type, sizes and lower bounds, elements. An array of arrays has
// as many dimensions as it nests, and must be rectangular.
func (c *column) binaryArray(v *vector.Vector, i int, text *kernel.TextOptions) {
	var sizes []uint32
	kid, at := v, uint32(i)
	for {
		r := kid.Ranges()[at]
		sizes = append(sizes, r.Len)
		if kid, at = kid.Kids[0], r.Off; r.Len == 0 || !isDimension(kid.Type) || kid.IsNull(int(at)) {
			break
		}
	}
	elem := v.Type.Elem()
	for isDimension(elem) {
		elem = elem.Elem()
	}
	if sizes[len(sizes)-1] == 0 {
		c.ragged = c.ragged || len(sizes) > 1 && sizes[0] > 1
		sizes = nil
	}
	c.uint32(uint32(len(sizes)))
	hasNull := len(c.buf)
	c.uint32(0)
	c.uint32(pgtype.Result(elem, c.declared))
	for _, n := range sizes {
		c.uint32(n)
		c.uint32(uint32(v.Type.LowerBound()))
	}
	if len(sizes) > 0 && c.binaryElements(v, i, sizes, text) {
		c.buf[hasNull+3] = 1
	}
}

// isDimension reports whether arrays of t have one dimension more than t.
func isDimension(t types.Type) bool { return t.Kind == types.Array && !t.IsVector() }

// binaryElements appends the elements of an array of these sizes, the last
// dimension first; true if one is NULL.
func (c *column) binaryElements(v *vector.Vector, i int, sizes []uint32, text *kernel.TextOptions) (nulls bool) {
	r := v.Ranges()[i]
	if c.ragged = c.ragged || r.Len != sizes[0]; c.ragged {
		return false
	}
	kid := v.Kids[0]
	inner := isDimension(kid.Type)
	for e := int(r.Off); e < int(r.Off+r.Len); e++ {
		null := kid.IsNull(e)
		if inner {
			if c.ragged = c.ragged || null || len(sizes) == 1; c.ragged {
				return false
			}
			nulls = c.binaryElements(kid, e, sizes[1:], text) || nulls
			continue
		}
		nulls = nulls || null
		c.binaryMember(kid, e, text)
	}
	return nulls
}

// binaryNumeric appends a numeric (numeric_send): the count of base-10000
// digits, the weight of the first, the sign, the scale, the digits.
func (c *column) binaryNumeric(d types.Int128, scale int) {
	sign := uint16(0)
	if d.Sign() < 0 {
		sign = 0x4000
		d = d.Neg()
	}
	// Make the scale a multiple of four, so that digits fall on the point.
	pad := (4 - scale%4) % 4
	groups := (scale + pad) / 4
	var digits [12]uint16 // least significant first; 38 digits are 10 groups and two halves
	n := 0
	if pad > 0 { // the lowest group holds 4-pad digits
		q, r := d.QuoRem(types.I128(types.Pow10[4-pad]))
		digits[0] = uint16(r.Int64() * types.Pow10[pad])
		d, n = q, 1
	}
	for d.Sign() != 0 {
		q, r := d.QuoRem(types.I128(10000))
		digits[n] = uint16(r.Int64())
		d = q
		n++
	}
	low := 0
	for low < n && digits[low] == 0 {
		low++
	}
	if low == n {
		c.uint16(0)
		c.uint16(0)
		c.uint16(0)
		c.uint16(uint16(scale))
		return
	}
	for digits[n-1] == 0 {
		n--
	}
	c.uint16(uint16(n - low))
	c.uint16(uint16(n - 1 - groups))
	c.uint16(sign)
	c.uint16(uint16(scale))
	for k := n - 1; k >= low; k-- {
		c.uint16(digits[k])
	}
}
