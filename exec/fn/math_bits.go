package fn

import (
	"math/bits"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// bitOp is one of the operators on the bits of whole numbers.
type bitOp uint8

const (
	bitAnd bitOp = iota
	bitOr
	bitXor
	bitLeft
	bitRight  // the sign moves in
	bitRightU // zeros move in
	bitNot
)

// mathBits are PostgreSQL's operators and Trino's functions.
func mathBits() []*Entry {
	type def struct {
		names []string
		op    bitOp
		doc   string
		ex    Example
		trino bool // numbers of bits outside of the type give 0 or -1; PostgreSQL takes them modulo its width
	}
	defs := []def{
		{[]string{"&", "bitwise_and"}, bitAnd, "Bits that are set in both numbers.", Example{SQL: "91 & 15", Result: "11"}, false},
		{[]string{"|", "bitwise_or"}, bitOr, "Bits that are set in either number.", Example{SQL: "32 | 3", Result: "35"}, false},
		{[]string{"#", "bitwise_xor"}, bitXor, "Bits that are set in one of the numbers.", Example{SQL: "17 # 5", Result: "20"}, false},
		{[]string{"<<"}, bitLeft, "The bits moved to the left.", Example{SQL: "1 << 4", Result: "16"}, false},
		{[]string{">>"}, bitRight, "The bits moved to the right; the sign moves in.", Example{SQL: "-8 >> 2", Result: "-2"}, false},
		{[]string{"bitwise_left_shift"}, bitLeft, "The bits moved to the left.", Example{SQL: "bitwise_left_shift(1, 2)", Result: "4"}, true},
		{[]string{"bitwise_right_shift"}, bitRightU, "The bits moved to the right; zeros move in.", Example{SQL: "bitwise_right_shift(8, 3)", Result: "1"}, true},
		{[]string{"bitwise_right_shift_arithmetic"}, bitRight, "The bits moved to the right; the sign moves in.", Example{SQL: "bitwise_right_shift_arithmetic(-8, 2)", Result: "-2"}, true},
	}
	var out []*Entry
	for _, d := range defs {
		im := flat(bitKernel(d.op, d.trino))
		e := &Entry{Names: d.names, Doc: d.doc, Examples: []Example{d.ex}}
		for _, t := range []string{"smallint", "integer", "bigint"} {
			second := t
			if d.op >= bitLeft { // PostgreSQL: integer, Trino: integer or bigint
				second = "bigint"
			}
			e.overs = append(e.overs, overload{sig: "f(" + t + ", " + second + ") " + t, scalar: im})
		}
		out = append(out, e)
	}
	return append(out,
		&Entry{Names: []string{"bitwise_not"}, Doc: "All bits turned over.", Examples: []Example{{SQL: "bitwise_not(5)", Result: "-6"}}, overs: bitNotOverloads()},
		&Entry{Names: []string{"bit_count"}, Doc: "The number of set bits, in two's complement of so many bits (64 without them), or of binary.", Examples: []Example{{SQL: "bit_count(7, 8)", Result: "3"}, {SQL: "bit_count(-7, 8)", Result: "6"}},
			overs: []overload{
				{sig: "bit_count(bigint) bigint", scalar: eval(bitCount)},
				{sig: "bit_count(bigint, bigint) bigint", scalar: eval(bitCount)},
				{sig: "bit_count(varbinary) bigint", scalar: intFn(func(s []kernel.Strings, i int) (int64, error) {
					n := 0
					for _, c := range s[0].At(i) {
						n += bits.OnesCount8(c)
					}
					return int64(n), nil
				})},
			}})
}

// bitNotOverloads are those of bitwise_not and of PostgreSQL's prefix ~.
func bitNotOverloads() []overload {
	im := flat(bitKernel(bitNot, false))
	return []overload{{sig: "f(smallint) smallint", scalar: im}, {sig: "f(integer) integer", scalar: im}, {sig: "f(bigint) bigint", scalar: im}}
}

func bitKernel(op bitOp, trino bool) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		switch out.Type.Phys() {
		case types.PhysInt16:
			bitLoop[int16, uint16](op, trino, 16, args, sel, out)
		case types.PhysInt32:
			bitLoop[int32, uint32](op, trino, 32, args, sel, out)
		default:
			bitLoop[int64, uint64](op, trino, 64, args, sel, out)
		}
		return nil
	}
}

func bitLoop[T int16 | int32 | int64, U uint16 | uint32 | uint64](op bitOp, trino bool, width uint64, args []*vector.Vector, sel vector.Sel, out *vector.Vector) {
	a, r := vector.Values[T](args[0]), vector.Values[T](out)
	if op == bitNot {
		kernel.Each(sel, out.Len, func(i int) { r[i] = ^a[i] })
		return
	}
	if op < bitLeft {
		b := vector.Values[T](args[1])
		switch op {
		case bitAnd:
			kernel.Each(sel, out.Len, func(i int) { r[i] = a[i] & b[i] })
		case bitOr:
			kernel.Each(sel, out.Len, func(i int) { r[i] = a[i] | b[i] })
		case bitXor:
			kernel.Each(sel, out.Len, func(i int) { r[i] = a[i] ^ b[i] })
		}
		return
	}
	n := vector.Values[int64](args[1])
	by := func(i int) uint64 { // Go's shifts beyond the width give 0 or -1
		if trino {
			return uint64(n[i])
		}
		return uint64(n[i]) & (max(width, 32) - 1) // PostgreSQL's smallint shifts as an integer
	}
	switch op {
	case bitLeft:
		kernel.Each(sel, out.Len, func(i int) { r[i] = a[i] << by(i) })
	case bitRight:
		kernel.Each(sel, out.Len, func(i int) { r[i] = a[i] >> by(i) })
	case bitRightU:
		kernel.Each(sel, out.Len, func(i int) { r[i] = T(U(a[i]) >> by(i)) })
	}
}

func bitCount(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, dst := kernel.FixedOf[int64](args[0]), vector.Values[int64](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		v, n := x.At(i), int64(64)
		if len(args) > 1 {
			n = intArg(args, 1, i)
		}
		if n < 2 || n > 64 {
			return fault.New(fault.CodeInvalidParameter, "bits specified in bit_count must be between 2 and 64, got %d", n)
		}
		if n < 64 && v>>(n-1) != 0 && v>>(n-1) != -1 {
			return fault.New(fault.CodeInvalidParameter, "number must be representable with the bits specified: %d cannot be represented with %d bits", v, n)
		}
		dst[i] = int64(bits.OnesCount64(uint64(v) << (64 - n)))
		return nil
	})
}
