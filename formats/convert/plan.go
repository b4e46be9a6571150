// Package convert is how the values that a columnar file stores become the
// values of a vector of the type that a table declares: one written table for
// all such formats, and a loop per pair of widths.
//
//	Source (physical form, the file's own type) ── Plan(to) ──> Conv ── Fixed, Ranges, Value ──> raw values of type to
package convert

import (
	"github.com/glauxdb/glaux/catalog/types"
)

// Phys is the form in which a file's values lie before the conversion.
type Phys uint8

// The forms. All but PhysBytes have a fixed width and lie densely.
const (
	PhysOther Phys = iota // booleans, float, double: as the vector holds them
	PhysInt32
	PhysInt64
	PhysInt96  // Impala's timestamps: nanoseconds of the day, Julian day
	PhysInt128 // long decimals
	PhysBytes  // ranges
	PhysFixed  // byte strings of one length
)

// Source describes the stored values of a column.
type Source struct {
	Phys     Phys
	Width    int        // bytes of a value; 0 with PhysBytes
	Type     types.Type // the file's own type for them
	Unsigned bool       // integers without sign
	Ticks    int64      // per second, of times and timestamps
	// Promote allows integers to be read as real although digits get lost,
	// for formats whose specification has it so.
	Promote bool
}

// Op says how stored values become values of a vector.
type Op uint8

// The ways. The parameters are those of Conv.
const (
	OpNone      Op = iota // always null
	OpCopy                // the bytes as they are
	OpInt                 // integers to integers of another width, times Mul, by Div
	OpInt128              // integers to a long decimal, times 10^P10
	OpFloat               // integers to real or double, by 10^P10
	OpWiden               // float to double
	OpHalf                // float16 to real or double
	OpInt96               // Julian day and nanoseconds to a timestamp
	OpDecimal             // big-endian decimals to a decimal, times 10^P10, or to double by 10^P10
	OpInterval            // months, days, milliseconds
	OpBytes               // ranges as they are
	OpFixedText           // byte strings of one length to ranges
)

// Conv is the conversion from stored values to a type.
type Conv struct {
	Op       Op
	From     Source
	To       types.Type
	Mul, Div int64 // OpInt; 1 for none
	P10      int
}

// Plan finds how stored values are read as type to; false if they are not. It
// allows what loses nothing, and integers of any width, whose values are
// checked as they are read (tables are often declared narrower than what their
// files hold).
func Plan(source Source, to types.Type) (Conv, bool) {
	c := Conv{From: source, To: to, Mul: 1, Div: 1}
	from := source.Type
	switch {
	case from.Kind == types.Unknown || to.Kind == types.Unknown:
		c.Op = OpNone
		return c, from.Kind == types.Unknown
	case from.Kind == types.Decimal:
		return planDecimal(c, from, to)
	case from.IsInteger():
		return planInteger(c, from, to)
	case from.IsFloat():
		return planFloat(c, from, to)
	case from.Kind == types.Date && to.Kind == types.Date:
		c.Op = OpCopy
		return c, true
	case from.Kind == types.Date && (to.Kind == types.Timestamp || to.Kind == types.TimestampTZ):
		c.Op, c.Mul = OpInt, 86_400*to.UnitsPerSecond()
		return c, true
	case from.Kind == types.Time && to.Kind == types.Time, isTimestamp(from) && isTimestamp(to):
		return planUnits(c, to), true
	}
	return planOther(c, from, to)
}

func isTimestamp(t types.Type) bool { return t.Kind == types.Timestamp || t.Kind == types.TimestampTZ }

func planOther(c Conv, from, to types.Type) (Conv, bool) {
	switch {
	case from.Kind == types.Boolean && to.Kind == types.Boolean, from.Kind == types.UUID && to.Kind == types.UUID:
		c.Op = OpCopy
		return c, true
	case c.From.Phys == PhysFixed && c.From.Width == 16 && to.Kind == types.UUID && from.Kind == types.Varbinary:
		c.Op = OpCopy
		return c, true
	case from.Kind == types.Interval && to.Kind == types.Interval && to.S == types.IntervalAny:
		c.Op = OpInterval
		return c, true
	case from.Phys() == types.PhysBytes && to.Phys() == types.PhysBytes && to.Kind != types.Name:
		c.Op = OpBytes
		if c.From.Phys == PhysFixed {
			c.Op = OpFixedText
		}
		return c, true
	}
	return c, false
}

// planUnits converts between the ticks of times and timestamps.
func planUnits(c Conv, to types.Type) Conv {
	if c.From.Phys == PhysInt96 {
		c.Op, c.Mul = OpInt96, to.UnitsPerSecond()
		return c
	}
	c.Op = OpInt
	switch f, t := c.From.Ticks, to.UnitsPerSecond(); {
	case f < t:
		c.Mul = t / f
	case f > t:
		c.Div = f / t
	case c.From.Phys == PhysInt64:
		c.Op = OpCopy
	}
	return c
}

func planInteger(c Conv, from, to types.Type) (Conv, bool) {
	switch {
	case to.IsInteger():
		c.Op = OpInt
		if to.Phys().Width() == c.From.Width && !c.From.Unsigned {
			c.Op = OpCopy
		}
		return c, true
	case to.Kind == types.Decimal:
		return planDecimal(c, types.AsDecimal(from), to)
	case to.Kind == types.Double, to.Kind == types.Real && (from.Kind <= types.SmallInt || c.From.Promote):
		c.Op = OpFloat
		return c, true
	}
	return c, false
}

func planFloat(c Conv, from, to types.Type) (Conv, bool) {
	switch {
	case !to.IsFloat() || to.Kind < from.Kind:
		return c, false
	case c.From.Phys == PhysFixed:
		c.Op = OpHalf
	case to.Kind != from.Kind:
		c.Op = OpWiden
	default:
		c.Op = OpCopy
	}
	return c, true
}

// planDecimal converts from a decimal, or an integer seen as one.
func planDecimal(c Conv, from, to types.Type) (Conv, bool) {
	bigEndian := c.From.Phys == PhysFixed || c.From.Phys == PhysBytes
	switch {
	case to.Kind == types.Double:
		c.Op, c.P10 = OpFloat, int(from.S)
		if bigEndian {
			c.Op = OpDecimal
		}
		return c, true
	case to.IsInteger() && c.From.Unsigned && c.From.Phys == PhysInt64:
		c.Op = OpInt
		return c, true
	case to.Kind != types.Decimal || to.S < from.S || to.P-to.S < from.P-from.S:
		return c, false
	}
	c.P10 = int(to.S - from.S)
	switch {
	case bigEndian:
		c.Op = OpDecimal
	case c.From.Phys == PhysInt128 && c.P10 == 0:
		c.Op = OpCopy
	case to.Phys() == types.PhysInt128:
		c.Op = OpInt128
	default:
		c.Op, c.Mul = OpInt, types.Pow10[c.P10]
		if c.Mul == 1 && c.From.Width == 8 && !c.From.Unsigned {
			c.Op = OpCopy
		}
	}
	return c, true
}
