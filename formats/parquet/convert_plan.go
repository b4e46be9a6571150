package parquet

import (
	"github.com/glauxdb/glaux/catalog/types"
)

// convOp says how stored values become values of a vector.
type convOp uint8

const (
	opNone      convOp = iota // always null
	opCopy                    // the bytes as they are
	opInt                     // integers to integers of another width, times mul, by div
	opInt128                  // integers to a long decimal, times 10^p10
	opFloat                   // integers to real or double, by 10^p10
	opWiden                   // float to double
	opHalf                    // float16 to real or double
	opInt96                   // Julian day and nanoseconds to a timestamp
	opDecimal                 // big-endian decimals to a decimal, times 10^p10, or to double by 10^p10
	opInterval                // months, days, milliseconds
	opBytes                   // BYTE_ARRAY to ranges
	opFixedText               // FIXED_LEN_BYTE_ARRAY to ranges
)

// conv is the conversion from a leaf's stored values to a type.
type conv struct {
	op       convOp
	leaf     *leaf
	to       types.Type
	unsigned bool  // opInt, opInt128, opFloat: the source is unsigned
	mul, div int64 // opInt; 1 for none
	p10      int
}

// planConv finds how values of a leaf are read as type to; false if they are
// not. It allows what loses nothing, and integers of any width, whose values
// are checked as they are read (tables are often declared narrower than the
// INT32 that their files hold).
func planConv(l *leaf, to types.Type) (conv, bool) {
	c := conv{leaf: l, to: to, mul: 1, div: 1, unsigned: isUnsigned32(l) || isUnsigned64(l)}
	from := l.natural
	switch {
	case from.Kind == types.Unknown || to.Kind == types.Unknown:
		c.op = opNone
		return c, from.Kind == types.Unknown
	case from.Kind == types.Decimal:
		return planDecimal(c, from, to)
	case from.IsInteger():
		return planInteger(c, from, to)
	case from.IsFloat():
		return planFloat(c, from, to)
	case from.Kind == types.Date && to.Kind == types.Date:
		c.op = opCopy
		return c, true
	case from.Kind == types.Date && (to.Kind == types.Timestamp || to.Kind == types.TimestampTZ):
		c.op, c.mul = opInt, 86_400*to.UnitsPerSecond()
		return c, true
	case from.Kind == types.Time && to.Kind == types.Time, isTimestamp(from) && isTimestamp(to):
		return planUnits(c, to), true
	}
	return planOther(c, from, to)
}

func isTimestamp(t types.Type) bool { return t.Kind == types.Timestamp || t.Kind == types.TimestampTZ }

func planOther(c conv, from, to types.Type) (conv, bool) {
	switch {
	case from.Kind == types.Boolean && to.Kind == types.Boolean, from.Kind == types.UUID && to.Kind == types.UUID:
		c.op = opCopy
		return c, true
	case c.leaf.phys == physFixed && c.leaf.width == 16 && to.Kind == types.UUID && from.Kind == types.Varbinary:
		c.op = opCopy
		return c, true
	case from.Kind == types.Interval && to.Kind == types.Interval && to.S == types.IntervalAny:
		c.op = opInterval
		return c, true
	case from.Phys() == types.PhysBytes && to.Phys() == types.PhysBytes && to.Kind != types.Name:
		c.op = opBytes
		if c.leaf.phys == physFixed {
			c.op = opFixedText
		}
		return c, true
	}
	return c, false
}

// planUnits converts between the ticks of times and timestamps.
func planUnits(c conv, to types.Type) conv {
	if c.leaf.phys == physInt96 {
		c.op, c.mul = opInt96, to.UnitsPerSecond()
		return c
	}
	c.op = opInt
	switch f, t := unitTicks(c.leaf), to.UnitsPerSecond(); {
	case f < t:
		c.mul = t / f
	case f > t:
		c.div = f / t
	case c.leaf.phys == physInt64:
		c.op = opCopy
	}
	return c
}

func planInteger(c conv, from, to types.Type) (conv, bool) {
	switch {
	case to.IsInteger():
		c.op = opInt
		if to.Phys().Width() == c.leaf.width && !c.unsigned {
			c.op = opCopy
		}
		return c, true
	case to.Kind == types.Decimal:
		return planDecimal(c, types.AsDecimal(from), to)
	case to.Kind == types.Double, to.Kind == types.Real && from.Kind <= types.SmallInt:
		c.op = opFloat
		return c, true
	}
	return c, false
}

func planFloat(c conv, from, to types.Type) (conv, bool) {
	switch {
	case !to.IsFloat() || to.Kind < from.Kind:
		return c, false
	case c.leaf.phys == physFixed:
		c.op = opHalf
	case to.Kind != from.Kind:
		c.op = opWiden
	default:
		c.op = opCopy
	}
	return c, true
}

// planDecimal converts from a decimal, or an integer seen as one.
func planDecimal(c conv, from, to types.Type) (conv, bool) {
	bigEndian := c.leaf.phys == physFixed || c.leaf.phys == physByteArray
	switch {
	case to.Kind == types.Double:
		c.op, c.p10 = opFloat, int(from.S)
		if bigEndian {
			c.op = opDecimal
		}
		return c, true
	case to.IsInteger() && c.unsigned && c.leaf.phys == physInt64:
		c.op = opInt
		return c, true
	case to.Kind != types.Decimal || to.S < from.S || to.P-to.S < from.P-from.S:
		return c, false
	}
	c.p10 = int(to.S - from.S)
	switch {
	case bigEndian:
		c.op = opDecimal
	case to.Phys() == types.PhysInt128:
		c.op = opInt128
	default:
		c.op, c.mul = opInt, types.Pow10[c.p10]
		if c.mul == 1 && c.leaf.width == 8 && !c.unsigned {
			c.op = opCopy
		}
	}
	return c, true
}
