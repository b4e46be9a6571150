package convert

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"unsafe"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// What a value that does not convert is, without its place. ErrRange is the
// user's (the declared type is too narrow), the others are corruption.
var (
	ErrRange    = errors.New("a stored value is out of the type's range")
	ErrDecimal  = errors.New("a stored decimal does not fit its precision")
	ErrBadBytes = errors.New("a stored value has a wrong length")
)

// As views bytes as values of T; what does not fill a value is left out. Go
// allows unaligned views of pointer-free types on the machines that we run on.
func As[T any](b []byte) []T {
	var t T
	n := len(b) / int(unsafe.Sizeof(t))
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// BytesOf views a slice of fixed-width values as bytes.
func BytesOf[T any](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	var t T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(t)))
}

// Fixed converts n stored fixed-width values from src into dst, the raw bytes
// of n values of c.To. Both must be long enough.
func (c *Conv) Fixed(dst, src []byte, n int) error {
	switch c.Op {
	case OpCopy:
		copy(dst[:n*c.From.Width], src)
		return nil
	case OpInt:
		return c.ints(dst, src, n)
	case OpInt128:
		return c.ints128(As[types.Int128](dst)[:n], src)
	case OpFloat:
		return c.floats(dst, src, n)
	case OpWiden:
		return convWiden(As[float64](dst)[:n], As[float32](src))
	case OpHalf:
		if c.To.Kind == types.Real {
			return convHalf(As[float32](dst)[:n], As[uint16](src))
		}
		return convHalf(As[float64](dst)[:n], As[uint16](src))
	case OpInt96:
		return convInt96(As[int64](dst)[:n], src, c.Mul)
	case OpDecimal:
		return c.fixedDecimals(dst, src, n)
	case OpInterval:
		return convIntervals(As[types.IntervalValue](dst)[:n], src)
	}
	return ErrBadBytes
}

// ints dispatches on the widths of source and target.
func (c *Conv) ints(dst, src []byte, n int) error {
	switch {
	case c.From.Unsigned && c.From.Width == 4:
		return intsFrom(c, dst, As[uint32](src)[:n])
	case c.From.Unsigned:
		for _, v := range As[uint64](src)[:n] {
			if v > math.MaxInt64 {
				return ErrRange
			}
		}
		return intsFrom(c, dst, As[int64](src)[:n])
	case c.From.Width == 4:
		return intsFrom(c, dst, As[int32](src)[:n])
	}
	return intsFrom(c, dst, As[int64](src)[:n])
}

func intsFrom[S int32 | uint32 | int64](c *Conv, dst []byte, src []S) error {
	switch c.To.Phys().Width() {
	case 1:
		return convInts(As[int8](dst), src)
	case 2:
		return convInts(As[int16](dst), src)
	case 4:
		return convInts(As[int32](dst), src)
	}
	switch {
	case c.Mul != 1:
		return convMul(As[int64](dst), src, c.Mul)
	case c.Div != 1:
		return convDiv(As[int64](dst), src, c.Div)
	}
	return convInts(As[int64](dst), src)
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
		return ErrRange
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
		return ErrRange
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

func (c *Conv) ints128(dst []types.Int128, src []byte) error {
	switch {
	case c.From.Phys == PhysInt128:
		copy(dst, As[types.Int128](src))
	case c.From.Unsigned && c.From.Width == 8:
		for i, v := range As[uint64](src)[:len(dst)] {
			dst[i] = types.Int128{Lo: v}
		}
	case c.From.Unsigned:
		for i, v := range As[uint32](src)[:len(dst)] {
			dst[i] = types.I128(int64(v))
		}
	case c.From.Width == 4:
		for i, v := range As[int32](src)[:len(dst)] {
			dst[i] = types.I128(int64(v))
		}
	default:
		for i, v := range As[int64](src)[:len(dst)] {
			dst[i] = types.I128(v)
		}
	}
	if c.P10 == 0 {
		return nil
	}
	return rescale(dst, c.P10)
}

func rescale(dst []types.Int128, p10 int) error {
	m := types.Pow10x128[p10]
	for i := range dst {
		v, ok := dst[i].Mul(m)
		if !ok {
			return ErrRange
		}
		dst[i] = v
	}
	return nil
}

func (c *Conv) floats(dst, src []byte, n int) error {
	div := math.Pow10(c.P10)
	real := c.To.Kind == types.Real
	switch {
	case c.From.Phys == PhysInt128:
		for i, v := range As[types.Int128](src)[:n] {
			As[float64](dst)[i] = v.Float64() / div
		}
	case c.From.Unsigned && c.From.Width == 4:
		floatsFrom(dst, As[uint32](src)[:n], div, real)
	case c.From.Unsigned:
		floatsFrom(dst, As[uint64](src)[:n], div, real)
	case c.From.Width == 4:
		floatsFrom(dst, As[int32](src)[:n], div, real)
	default:
		floatsFrom(dst, As[int64](src)[:n], div, real)
	}
	return nil
}

func floatsFrom[S int32 | uint32 | int64 | uint64](dst []byte, src []S, div float64, real bool) {
	if real {
		out := As[float32](dst)[:len(src)]
		for i, v := range src {
			out[i] = float32(v)
		}
		return
	}
	out := As[float64](dst)[:len(src)]
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

// JulianEpoch is the Julian day number of 1970-01-01.
const JulianEpoch = 2_440_588

// convInt96 reads Impala's timestamps: nanoseconds of the day, then the Julian
// day, both little endian.
func convInt96(dst []int64, src []byte, perSecond int64) error {
	src = src[:12*len(dst)]
	bad := false
	maxDay := math.MaxInt64/(86_400*perSecond) - 1
	minDay := -maxDay
	if perSecond == 1_000_000 {
		// Spark counts from the Julian epoch in microseconds of 64 bits, which wrap
		// around for its last 6,700 years: no other timestamp has such days.
		minDay -= JulianEpoch
	}
	for i := range dst {
		b := src[12*i : 12*i+12]
		nanos := int64(binary.LittleEndian.Uint64(b))
		day := int64(int32(binary.LittleEndian.Uint32(b[8:]))) - JulianEpoch
		// Before the Julian epoch Spark's days are cut toward zero, and the time is negative.
		bad = bad || day > maxDay || day < minDay || nanos < -86_400_000_000_000 || nanos > 86_400_000_000_000
		dst[i] = day*86_400*perSecond + floorDiv(nanos, 1_000_000_000/perSecond)
	}
	if bad {
		return ErrRange
	}
	return nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func convIntervals(dst []types.IntervalValue, src []byte) error {
	src = src[:12*len(dst)]
	for i := range dst {
		b := src[12*i : 12*i+12]
		months, days := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
		if months > math.MaxInt32 || days > math.MaxInt32 {
			return ErrRange
		}
		dst[i] = types.IntervalValue{
			Months: int32(months), Days: int32(days),
			Micros: int64(binary.LittleEndian.Uint32(b[8:])) * 1000,
		}
	}
	return nil
}

// BigEndian reads a two's complement number of any length. Bytes above 128
// bits must only repeat the sign.
func BigEndian(b []byte) (types.Int128, bool) {
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

func (c *Conv) fixedDecimals(dst, src []byte, n int) error {
	w := c.From.Width
	src = src[:n*w]
	if c.To.Phys() == types.PhysInt64 && w <= 8 {
		return c.shortDecimals(As[int64](dst)[:n], src, w)
	}
	for i := range n {
		if err := c.putDecimal(dst, i, src[i*w:i*w+w]); err != nil {
			return err
		}
	}
	return nil
}

// shortDecimals is the usual case: up to eight big-endian bytes to an int64.
func (c *Conv) shortDecimals(dst []int64, src []byte, w int) error {
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
	if c.P10 == 0 {
		return nil
	}
	return convMul(dst, dst, types.Pow10[c.P10])
}

// putDecimal converts one big-endian decimal to value i of dst.
func (c *Conv) putDecimal(dst []byte, i int, b []byte) error {
	v, ok := BigEndian(b)
	if !ok {
		return ErrDecimal
	}
	if c.To.Kind == types.Double {
		As[float64](dst)[i] = v.Float64() / math.Pow10(c.P10)
		return nil
	}
	if c.P10 != 0 {
		if v, ok = v.Mul(types.Pow10x128[c.P10]); !ok {
			return ErrDecimal
		}
	}
	if c.To.Phys() == types.PhysInt128 {
		As[types.Int128](dst)[i] = v
		return nil
	}
	if !v.IsInt64() {
		return ErrDecimal
	}
	As[int64](dst)[i] = v.Int64()
	return nil
}

// Ranges converts stored BYTE_ARRAY values (decimals; text needs no
// conversion) into dst.
func (c *Conv) Ranges(dst []byte, data []byte, rs []vector.Range) error {
	for i, r := range rs {
		if err := c.putDecimal(dst, i, data[r.Off:r.Off+r.Len]); err != nil {
			return err
		}
	}
	return nil
}

// Value converts one stored value (plain, without a length); false if it does
// not convert.
func (c *Conv) Value(b []byte) (types.Value, bool) {
	v := vector.New(c.To, 1)
	var err error
	switch {
	case c.Op == OpNone:
		return types.Value{}, false
	case c.Op == OpBytes || c.Op == OpFixedText:
		return types.StringOf(c.To, string(b)), true
	case c.From.Phys == PhysBytes:
		err = c.putDecimal(v.Raw(), 0, b)
	case len(b) != c.From.Width:
		return types.Value{}, false
	default:
		err = c.Fixed(v.Raw(), b, 1)
	}
	if err != nil {
		return types.Value{}, false
	}
	if c.From.Type.Kind == types.Boolean && b[0] > 1 {
		return types.Value{}, false
	}
	return vector.ValueAt(v, 0), true
}
