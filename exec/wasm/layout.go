package wasm

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// layout is how values of a type lie in the memory of a module.
type layout struct {
	typ   types.Type
	width int                                // bytes of a value; of text: of an offset
	text  bool                               // offsets into bytes
	check func(t types.Type, raw []byte) int // the first value that the type does not have, -1: none; nil: has all
}

// layoutOf gives the layout of a type, 0A000 for types that cannot be passed.
func layoutOf(t types.Type) (layout, error) {
	l := layout{typ: t, width: t.Phys().Width()}
	switch t.Kind {
	case types.Boolean, types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Real, types.Double, types.Date, types.Timestamp,
		types.TimestampTZ, types.UUID:
	case types.Time:
		l.check = checkTime
	case types.Decimal:
		if l.check = checkShort; t.Phys() == types.PhysInt128 {
			l.check = checkLong
		}
	case types.Varchar, types.Varbinary:
		if t.P != 0 {
			return l, fault.New(fault.CodeFeatureNotSupported, "functions of language wasm cannot have the type %s", t).
				WithHint("Declare it as varchar, without a length.")
		}
		l.width, l.text = 4, true
	default:
		return l, fault.New(fault.CodeFeatureNotSupported, "functions of language wasm cannot have the type %s", t).
			WithHint("There are numbers, booleans, dates and times, varchar, varbinary and uuid; pass others as text.")
	}
	return l, nil
}

// checkTime finds a time of day that is none.
func checkTime(t types.Type, raw []byte) int {
	day := 24 * 3600 * t.UnitsPerSecond()
	for i, v := range valuesOf[int64](raw) {
		if v < 0 || v > day {
			return i
		}
	}
	return -1
}

// checkShort finds a decimal of more digits than its type has.
func checkShort(t types.Type, raw []byte) int {
	for i, v := range valuesOf[int64](raw) {
		if !types.I128(v).FitsDecimal(int(t.P)) {
			return i
		}
	}
	return -1
}

func checkLong(t types.Type, raw []byte) int {
	for i, v := range valuesOf[types.Int128](raw) {
		if !v.FitsDecimal(int(t.P)) {
			return i
		}
	}
	return -1
}

// valuesOf sees aligned bytes as values.
func valuesOf[T vector.Fixed](raw []byte) []T {
	v := vector.Vector{}
	v.SetRaw(raw)
	return vector.Values[T](&v)
}
