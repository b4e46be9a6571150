package types

import (
	"bytes"
	"math"
)

// Value is one value of any type, for constants in plans, parameters,
// partition keys and statistics bounds. It is never used per row.
//
// Which field holds the value follows the physical form: I for booleans (0/1),
// integers, dates, times, timestamps, oids and short decimals; D for long
// decimals; F for real and double; S for strings, binary and JSON;
// Interval and UUID for theirs; Kids for the elements of an array, the
// alternating keys and values of a map, the fields of a row.
type Value struct {
	Type     Type
	Null     bool
	I        int64
	F        float64
	D        Int128
	S        string
	Interval IntervalValue
	UUID     [16]byte
	Kids     []Value
}

// NullOf makes the NULL of a type.
func NullOf(t Type) Value { return Value{Type: t, Null: true} }

// IntOf makes a value whose physical form is an integer.
func IntOf(t Type, i int64) Value { return Value{Type: t, I: i} }

// BoolOf makes a boolean.
func BoolOf(b bool) Value {
	v := Value{Type: TBoolean}
	if b {
		v.I = 1
	}
	return v
}

// FloatOf makes a real or double.
func FloatOf(t Type, f float64) Value { return Value{Type: t, F: f} }

// StringOf makes a value of a type whose physical form is bytes.
func StringOf(t Type, s string) Value { return Value{Type: t, S: s} }

// Dec gives the unscaled value of a decimal of either width.
func (v Value) Dec() Int128 {
	if v.Type.Phys() == PhysInt128 {
		return v.D
	}
	return I128(v.I)
}

// DecOf makes a decimal from its unscaled value.
func DecOf(t Type, d Int128) Value {
	if t.Phys() == PhysInt128 {
		return Value{Type: t, D: d}
	}
	return Value{Type: t, I: d.Int64()}
}

// Compare orders two non-null values of the same type as SQL's default order
// does: NaN above every number, text by bytes, false before true, arrays and
// rows by elements, with NULL elements last. Values of different scale or
// unit must be cast to one type first.
func (v Value) Compare(w Value) int {
	switch v.Type.Phys() {
	case PhysFloat32, PhysFloat64:
		return cmpFloat(v.F, w.F)
	case PhysInt128:
		return v.D.Cmp(w.D)
	case PhysBytes:
		return bytes.Compare([]byte(v.S), []byte(w.S))
	case PhysInterval:
		return v.Interval.Compare(w.Interval)
	case PhysUUID:
		return bytes.Compare(v.UUID[:], w.UUID[:])
	case PhysList, PhysStruct:
		return compareKids(v.Kids, w.Kids)
	}
	switch {
	case v.I < w.I:
		return -1
	case v.I > w.I:
		return 1
	}
	return 0
}

func compareKids(a, b []Value) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		switch {
		case a[i].Null && b[i].Null:
			continue
		case a[i].Null:
			return 1
		case b[i].Null:
			return -1
		}
		if c := a[i].Compare(b[i]); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		return 0
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a):
		return 1
	}
	return -1
}

// Compare orders intervals as PostgreSQL does: by total time, with a month of
// 30 days and a day of 24 hours.
func (v IntervalValue) Compare(w IntervalValue) int { return v.span().Cmp(w.span()) }

func (v IntervalValue) span() Int128 {
	days := int64(v.Months)*30 + int64(v.Days)
	return Mul64(days, 86_400_000_000).Add(I128(v.Micros))
}

// Equal reports whether both are NULL or both are equal values of one type.
func (v Value) Equal(w Value) bool {
	if v.Null || w.Null {
		return v.Null == w.Null
	}
	return v.Compare(w) == 0
}
