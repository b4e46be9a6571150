package textval

import (
	"bytes"
	"strconv"

	"github.com/glauxdb/glaux/catalog/types"
)

// Kind is the type that a text shows. The kind of several texts is their join:
// the first of this list that takes them all.
//
//	boolean        true, false in any case
//	bigint         optional minus, digits; no leading zeros, which mark codes, not numbers
//	decimal(38,0)  the same beyond 64 bits, up to 38 digits
//	double         with a fraction or an exponent
//	date           YYYY-MM-DD
//	timestamp      a date, a space or T, HH:MM[:SS[.fraction]], an optional Z
//	varchar        anything
type Kind uint8

// The kinds. KindNone is that of no text at all.
const (
	KindNone Kind = iota
	KindBool
	KindInt
	KindBig
	KindFloat
	KindDate
	KindTime
	KindText
	NumKinds
)

// Join gives the kind that takes the texts of both.
func (k Kind) Join(o Kind) Kind {
	a, b := min(k, o), max(k, o)
	if a == b || a == KindNone || a >= KindInt && b <= KindFloat || a == KindDate && b == KindTime {
		return b
	}
	return KindText
}

// Type gives the SQL type; that of KindNone is unknown.
func (k Kind) Type() types.Type {
	return [...]types.Type{KindNone: types.TUnknown, KindBool: types.TBoolean, KindInt: types.TBigInt,
		KindBig: types.DecimalOf(types.MaxDecimalPrecision, 0), KindFloat: types.TDouble, KindDate: types.TDate,
		KindTime: types.TTimestamp, KindText: types.TVarchar}[k]
}

// String names the kind as its type, without parameters that say nothing.
func (k Kind) String() string {
	return [...]string{KindNone: "unknown", KindBool: "boolean", KindInt: "bigint", KindBig: "decimal(38,0)", KindFloat: "double",
		KindDate: "date", KindTime: "timestamp", KindText: "varchar"}[k]
}

// KindOf gives the kind of a text.
func KindOf(s []byte) Kind {
	switch {
	case bytes.EqualFold(s, []byte("true")), bytes.EqualFold(s, []byte("false")):
		return KindBool
	case isNumber(s):
		return numberKind(s)
	case len(s) >= 10 && s[4] == '-' && s[7] == '-':
		return dateKind(s)
	}
	return KindText
}

func numberKind(s []byte) Kind {
	if _, err := strconv.ParseInt(string(s), 10, 64); err == nil {
		return KindInt
	}
	if !bytes.ContainsAny(s, ".eE") && len(bytes.TrimPrefix(s, []byte{'-'})) <= types.MaxDecimalPrecision {
		return KindBig
	}
	if _, err := strconv.ParseFloat(string(s), 64); err == nil {
		return KindFloat
	}
	return KindText
}

// isNumber accepts what JSON calls a number.
func isNumber(s []byte) bool {
	s = bytes.TrimPrefix(s, []byte{'-'})
	digits := func() int {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n
	}
	if len(s) > 1 && s[0] == '0' && s[1] >= '0' && s[1] <= '9' || digits() == 0 {
		return false
	}
	if len(s) > 0 && s[0] == '.' {
		if s = s[1:]; digits() == 0 {
			return false
		}
	}
	if len(s) > 0 && (s[0] == 'e' || s[0] == 'E') {
		if s = s[1:]; len(s) > 0 && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if digits() == 0 {
			return false
		}
	}
	return len(s) == 0
}

func dateKind(s []byte) Kind {
	if _, err := types.ParseDate(s[:10]); err != nil {
		return KindText
	}
	if len(s) == 10 {
		return KindDate
	}
	if len(s) < 16 || s[10] != ' ' && s[10] != 'T' || s[13] != ':' {
		return KindText
	}
	if _, err := types.ParseTimestamp(s, types.TTimestamp); err != nil || len(bytes.Trim(s[11:], "0123456789:.Z")) > 0 {
		return KindText
	}
	return KindTime
}
