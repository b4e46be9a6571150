package parquet

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"unsafe"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

var (
	errRange    = errors.New("a stored value is out of the type's range")
	errDecimal  = errors.New("a stored decimal does not fit its precision")
	errBadBytes = errors.New("a stored value has a wrong length")
)

// as views bytes as values of T; what does not fill a value is left out. Go
// allows unaligned views of pointer-free types on the machines that we run on.
func as[T any](b []byte) []T {
	var t T
	n := len(b) / int(unsafe.Sizeof(t))
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// fixed converts n stored fixed-width values from src into dst, the raw bytes
// of n values of c.to. Both must be long enough.
func (c *conv) fixed(dst, src []byte, n int) error {
	switch c.op {
	case opCopy:
		copy(dst[:n*c.leaf.width], src)
		return nil
	case opInt:
		return c.ints(dst, src, n)
	case opInt128:
		return c.ints128(as[types.Int128](dst)[:n], src)
	case opFloat:
		return c.floats(dst, src, n)
	case opWiden:
		return convWiden(as[float64](dst)[:n], as[float32](src))
	case opHalf:
		if c.to.Kind == types.Real {
			return convHalf(as[float32](dst)[:n], as[uint16](src))
		}
		return convHalf(as[float64](dst)[:n], as[uint16](src))
	case opInt96:
		return convInt96(as[int64](dst)[:n], src, c.mul)
	case opDecimal:
		return c.fixedDecimals(dst, src, n)
	case opInterval:
		return convIntervals(as[types.IntervalValue](dst)[:n], src)
	}
	return errBadBytes
}

// ints dispatches on the widths of source and target.
func (c *conv) ints(dst, src []byte, n int) error {
	switch {
	case c.unsigned && c.leaf.width == 4:
		return intsFrom(c, dst, as[uint32](src)[:n])
	case c.unsigned:
		for _, v := range as[uint64](src)[:n] {
			if v > math.MaxInt64 {
				return errRange
			}
		}
		return intsFrom(c, dst, as[int64](src)[:n])
	case c.leaf.width == 4:
		return intsFrom(c, dst, as[int32](src)[:n])
	}
	return intsFrom(c, dst, as[int64](src)[:n])
}

func intsFrom[S int32 | uint32 | int64](c *conv, dst []byte, src []S) error {
	switch c.to.Phys().Width() {
	case 1:
		return convInts(as[int8](dst), src)
	case 2:
		return convInts(as[int16](dst), src)
	case 4:
		return convInts(as[int32](dst), src)
	}
	switch {
	case c.mul != 1:
		return convMul(as[int64](dst), src, c.mul)
	case c.div != 1:
		return convDiv(as[int64](dst), src, c.div)
	}
	return convInts(as[int64](dst), src)
}

func convInts[D int8 | int16 | int32 | int64, S int32 | uint32 | int64](dst []D, src []S) error {
	dst = dst[:len(src)]
	var bad int64
	for i, v := range src {
		d := D(v)
		dst[i] = d
		bad |= int64(d) ^ int64(v)
	}
	if bad != 0 {
		return errRange
	}
	return nil
}

func convMul[S int32 | uint32 | int64](dst []int64, src []S, mul int64) error {
	dst = dst[:len(src)]
	hi, lo := math.MaxInt64/mul, math.MinInt64/mul
	bad := false
	for i, v := range src {
		w := int64(v)
		bad = bad || w > hi || w < lo
		dst[i] = w * mul
	}
	if bad {
		return errRange
	}
	return nil
}

// convDiv rounds toward minus infinity, so that the order of values and the
// day that a timestamp falls on stay right before 1970.
func convDiv[S int32 | uint32 | int64](dst []int64, src []S, div int64) error {
	dst = dst[:len(src)]
	for i, v := range src {
		q, r := int64(v)/div, int64(v)%div
		if r < 0 {
			q--
		}
		dst[i] = q
	}
	return nil
}

func (c *conv) ints128(dst []types.Int128, src []byte) error {
	switch {
	case c.unsigned && c.leaf.width == 8:
		for i, v := range as[uint64](src)[:len(dst)] {
			dst[i] = types.Int128{Lo: v}
		}
	case c.unsigned:
		for i, v := range as[uint32](src)[:len(dst)] {
			dst[i] = types.I128(int64(v))
		}
	case c.leaf.width == 4:
		for i, v := range as[int32](src)[:len(dst)] {
			dst[i] = types.I128(int64(v))
		}
	default:
		for i, v := range as[int64](src)[:len(dst)] {
			dst[i] = types.I128(v)
		}
	}
	if c.p10 == 0 {
		return nil
	}
	return rescale(dst, c.p10)
}

func rescale(dst []types.Int128, p10 int) error {
	m := types.Pow10x128[p10]
	for i := range dst {
		v, ok := dst[i].Mul(m)
		if !ok {
			return errRange
		}
		dst[i] = v
	}
	return nil
}

func (c *conv) floats(dst, src []byte, n int) error {
	div := math.Pow10(c.p10)
	real := c.to.Kind == types.Real
	switch {
	case c.unsigned && c.leaf.width == 4:
		floatsFrom(dst, as[uint32](src)[:n], div, real)
	case c.unsigned:
		floatsFrom(dst, as[uint64](src)[:n], div, real)
	case c.leaf.width == 4:
		floatsFrom(dst, as[int32](src)[:n], div, real)
	default:
		floatsFrom(dst, as[int64](src)[:n], div, real)
	}
	return nil
}

func floatsFrom[S int32 | uint32 | int64 | uint64](dst []byte, src []S, div float64, real bool) {
	if real {
		out := as[float32](dst)[:len(src)]
		for i, v := range src {
			out[i] = float32(v)
		}
		return
	}
	out := as[float64](dst)[:len(src)]
	if div == 1 {
		for i, v := range src {
			out[i] = float64(v)
		}
		return
	}
	for i, v := range src {
		out[i] = float64(v) / div
	}
}

func convWiden(dst []float64, src []float32) error {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = float64(v)
	}
	return nil
}

func convHalf[D float32 | float64](dst []D, src []uint16) error {
	src = src[:len(dst)]
	for i, h := range src {
		dst[i] = D(half(h))
	}
	return nil
}

// half widens an IEEE 754 binary16.
func half(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch exp {
	case 0: // zero and subnormals: frac * 2^-24
		return math.Float32frombits(sign | math.Float32bits(float32(frac)*0x1p-24))
	case 31:
		return math.Float32frombits(sign | 0xff<<23 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+127-15)<<23 | frac<<13)
}

// julianEpoch is the Julian day number of 1970-01-01.
const julianEpoch = 2_440_588

// convInt96 reads Impala's timestamps: nanoseconds of the day, then the Julian
// day, both little endian.
func convInt96(dst []int64, src []byte, perSecond int64) error {
	src = src[:12*len(dst)]
	bad := false
	maxDay := math.MaxInt64/(86_400*perSecond) - 1
	for i := range dst {
		b := src[12*i : 12*i+12]
		nanos := int64(binary.LittleEndian.Uint64(b))
		day := int64(int32(binary.LittleEndian.Uint32(b[8:]))) - julianEpoch
		bad = bad || day > maxDay || day < -maxDay || nanos < 0 || nanos > 86_400_000_000_000
		dst[i] = day*86_400*perSecond + nanos/(1_000_000_000/perSecond)
	}
	if bad {
		return errRange
	}
	return nil
}

func convIntervals(dst []types.IntervalValue, src []byte) error {
	src = src[:12*len(dst)]
	for i := range dst {
		b := src[12*i : 12*i+12]
		months, days := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
		if months > math.MaxInt32 || days > math.MaxInt32 {
			return errRange
		}
		dst[i] = types.IntervalValue{
			Months: int32(months), Days: int32(days),
			Micros: int64(binary.LittleEndian.Uint32(b[8:])) * 1000,
		}
	}
	return nil
}

// bigEndian reads a two's complement number of any length. Bytes above 128
// bits must only repeat the sign.
func bigEndian(b []byte) (types.Int128, bool) {
	if len(b) == 0 {
		return types.Int128{}, true
	}
	neg := int64(int8(b[0])) >> 63
	for len(b) > 16 {
		if b[0] != byte(neg) {
			return types.Int128{}, false
		}
		b = b[1:]
	}
	if len(b) == 16 {
		return types.Int128{Hi: int64(binary.BigEndian.Uint64(b)), Lo: binary.BigEndian.Uint64(b[8:])}, int64(int8(b[0]))>>63 == neg
	}
	v := types.Int128{Hi: neg, Lo: uint64(neg)}
	for _, c := range b {
		v.Hi = v.Hi<<8 | int64(v.Lo>>56)
		v.Lo = v.Lo<<8 | uint64(c)
	}
	return v, true
}

func (c *conv) fixedDecimals(dst, src []byte, n int) error {
	w := c.leaf.width
	src = src[:n*w]
	if c.to.Phys() == types.PhysInt64 && w <= 8 {
		return c.shortDecimals(as[int64](dst)[:n], src, w)
	}
	for i := range n {
		if err := c.putDecimal(dst, i, src[i*w:i*w+w]); err != nil {
			return err
		}
	}
	return nil
}

// shortDecimals is the usual case: up to eight big-endian bytes to an int64.
func (c *conv) shortDecimals(dst []int64, src []byte, w int) error {
	shift := uint(64 - 8*w)
	for i := range dst {
		b := src[i*w : i*w+w]
		var v uint64
		if w == 8 {
			v = bits.ReverseBytes64(binary.LittleEndian.Uint64(b))
		} else {
			for _, x := range b {
				v = v<<8 | uint64(x)
			}
		}
		dst[i] = int64(v<<shift) >> shift
	}
	if c.p10 == 0 {
		return nil
	}
	return convMul(dst, dst, types.Pow10[c.p10])
}

// putDecimal converts one big-endian decimal to value i of dst.
func (c *conv) putDecimal(dst []byte, i int, b []byte) error {
	v, ok := bigEndian(b)
	if !ok {
		return errDecimal
	}
	if c.to.Kind == types.Double {
		as[float64](dst)[i] = v.Float64() / math.Pow10(c.p10)
		return nil
	}
	if c.p10 != 0 {
		if v, ok = v.Mul(types.Pow10x128[c.p10]); !ok {
			return errDecimal
		}
	}
	if c.to.Phys() == types.PhysInt128 {
		as[types.Int128](dst)[i] = v
		return nil
	}
	if !v.IsInt64() {
		return errDecimal
	}
	as[int64](dst)[i] = v.Int64()
	return nil
}

// ranges converts stored BYTE_ARRAY values (decimals; text needs no
// conversion) into dst.
func (c *conv) ranges(dst []byte, data []byte, rs []vector.Range) error {
	for i, r := range rs {
		if err := c.putDecimal(dst, i, data[r.Off:r.Off+r.Len]); err != nil {
			return err
		}
	}
	return nil
}
