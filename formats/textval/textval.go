// Package textval parses the texts of CSV fields and JSON strings into
// vectors. It puts fast paths for the usual shapes of numbers and dates in
// front of catalog/types' parsers, which decide everything else.
package textval

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// Int64 reads a decimal integer.
func Int64(s []byte) (int64, error) {
	if v, ok := Number(s[:cap(s)], 0, len(s)); ok {
		return v, nil
	}
	if len(s) == 0 || len(s) > 18 {
		return types.ParseInt64(s)
	}
	i, neg := 0, s[0] == '-'
	if neg && len(s) > 1 {
		i = 1
	}
	var v int64
	for ; i < len(s); i++ {
		d := s[i] - '0'
		if d > 9 {
			return types.ParseInt64(s)
		}
		v = v*10 + int64(d)
	}
	if neg {
		v = -v
	}
	return v, nil
}

// Int reads an integer of a type with the given bounds.
func Int(s []byte, lo, hi int64) (int64, error) {
	v, err := Int64(s)
	if err == nil && (v < lo || v > hi) {
		err = types.ErrRange
	}
	return v, err
}

// Bool reads a truth.
func Bool(s []byte) (bool, error) {
	switch string(s) { // as nearly everybody writes it
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return types.ParseBool(s)
}

var exactPow10 = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
	1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// Float64 reads a double. Numbers of up to 15 digits without an exponent are
// exact as one division (W. Clinger, "How to Read Floating Point Numbers
// Accurately").
func Float64(s []byte) (float64, error) {
	if m, scale, ok := shortDecimal(s); ok && m < 1<<53 && m > -1<<53 && m != 0 {
		return float64(m) / exactPow10[scale], nil
	}
	return types.ParseFloat(s, 64)
}

// shortDecimal reads [-]digits[.digits] of at most 18 digits.
func shortDecimal(s []byte) (m int64, scale int, ok bool) {
	if m, scale, ok = Point(s[:cap(s)], 0, len(s)); ok {
		return m, scale, true
	}
	m, scale = 0, 0
	if len(s) == 0 || len(s) > 20 {
		return 0, 0, false
	}
	i, neg := 0, s[0] == '-'
	if neg {
		i = 1
	}
	digits := 0
	for ; i < len(s); i++ {
		d := s[i] - '0'
		if d > 9 {
			break
		}
		m = m*10 + int64(d)
		digits++
	}
	if i < len(s) && s[i] == '.' {
		for i++; i < len(s); i++ {
			d := s[i] - '0'
			if d > 9 {
				break
			}
			m = m*10 + int64(d)
			digits++
			scale++
		}
	}
	if neg {
		m = -m
	}
	return m, scale, i == len(s) && digits > 0 && digits <= 18
}

// Short reads a decimal of at most 18 digits as its unscaled value. Digits
// beyond the scale are rounded half away from zero.
func Short(s []byte, t types.Type) (int64, error) {
	m, scale, ok := shortDecimal(s)
	if d := int(t.S) - scale; ok && d >= 0 {
		limit := types.Pow10[18-d]
		if m < limit && m > -limit {
			m *= types.Pow10[d]
			if p := types.Pow10[t.P]; m < p && m > -p {
				return m, nil
			}
		}
		return 0, types.ErrRange
	}
	v, err := Long(s, t)
	return v.Int64(), err
}

// Long reads a decimal of any precision as its unscaled value.
func Long(s []byte, t types.Type) (types.Int128, error) {
	v, scale, ok := types.ParseDecimal(bytes.TrimSpace(s))
	if !ok {
		if _, err := types.ParseFloat(s, 64); err == nil {
			return types.Int128{}, types.ErrRange
		}
		return types.Int128{}, types.ErrSyntax
	}
	v, ok = v.Rescale(scale, int(t.S))
	if !ok || !v.FitsDecimal(int(t.P)) {
		return types.Int128{}, types.ErrRange
	}
	return v, nil
}

// civil gives the days since 1970-01-01 of a date in years 1 to 9999 (the
// shifted-year computation of types.DaysFromCivil, in 32 bits).
func civil(y, m, d int) int32 {
	if m <= 2 {
		y--
		m += 12
	}
	return int32(365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 1 - 719468)
}

// Date reads a date as days since 1970-01-01, with the month as a number or by its
// name. A bare integer that is no YYYYMMDD counts days, as the OpenCSV SerDe's dates
// do.
func Date(s []byte) (int32, error) {
	if len(s) == 10 {
		if d, ok := ymd(s); ok {
			return d, nil
		}
	}
	d, err := types.ParseDate(s)
	if err == types.ErrSyntax {
		if d, ok := namedDate(s); ok {
			return d, nil
		}
		if v, e := Int(s, math.MinInt32, math.MaxInt32); e == nil {
			return int32(v), nil
		}
	}
	return d, err
}

// Timestamp reads a local timestamp in ticks of t's unit. A bare integer
// counts milliseconds since 1970, a number with a fraction seconds, as the
// OpenCSV and OpenX SerDes read them.
func Timestamp(s []byte, t types.Type) (int64, error) {
	if t.P <= 6 && (len(s) == 19 || t.P == 6) {
		if v, ok := Micros(s[:cap(s)], 0, len(s)); ok {
			return v, nil
		}
	}
	var v int64
	var err error
	if t.Kind == types.TimestampTZ {
		v, err = types.ParseTimestampTZ(s, t, nil)
	} else {
		v, err = types.ParseTimestamp(s, t)
	}
	if err != nil && (err == types.ErrSyntax || len(s) > len("YYYYMMDD")) {
		if e, ok := epoch(s, t); ok {
			return e, nil
		}
	}
	return v, err
}

func epoch(s []byte, t types.Type) (int64, bool) {
	m, scale, ok := shortDecimal(s)
	if !ok || scale > 9 {
		return 0, false
	}
	per := t.UnitsPerSecond()
	if scale == 0 {
		per /= 1000
	}
	v := types.Mul64(m, per)
	if q, _ := v.QuoRem(types.Pow10x128[scale]); q.IsInt64() {
		return q.Int64(), true
	}
	return 0, false
}

// Binary appends the bytes that a text stands for: \x and hexadecimal digits,
// else base64 as Hive's SerDes write it, else the text's own bytes.
func Binary(dst, s []byte) []byte {
	if bytes.HasPrefix(s, []byte(`\x`)) {
		if out, err := types.ParseBytea(dst, s); err == nil {
			return out
		}
	}
	if n := base64.StdEncoding.DecodedLen(len(s)); len(s)%4 == 0 {
		at := len(dst)
		dst = append(dst, make([]byte, n)...)
		if m, err := base64.StdEncoding.Decode(dst[at:], s); err == nil {
			return dst[:at+m]
		}
		dst = dst[:at]
	}
	return append(dst, s...)
}

// Cut shortens a text to the n characters of varchar(n) or char(n), as Hive
// does when it reads; n = 0 means no limit.
func Cut(s []byte, n int32) []byte {
	if n <= 0 || len(s) <= int(n) {
		return s
	}
	at := 0
	for range n {
		if at >= len(s) {
			return s
		}
		_, w := utf8.DecodeRune(s[at:])
		at += w
	}
	return s[:at]
}

// ValidUTF8 appends s with every invalid byte replaced by U+FFFD.
func ValidUTF8(dst, s []byte) []byte {
	for len(s) > 0 {
		r, w := utf8.DecodeRune(s)
		dst = utf8.AppendRune(dst, r)
		s = s[w:]
	}
	return dst
}

// Set parses s into row i of a flat vector, which has room for it. Texts and
// binary are appended to v.Data. Nested types are the caller's.
func Set(v *vector.Vector, i int, s []byte) error {
	switch v.Type.Kind {
	case types.Boolean:
		b, err := Bool(s)
		vector.Values[bool](v)[i] = b
		return err
	case types.TinyInt, types.SmallInt, types.Integer, types.BigInt:
		return setInt(v, i, s)
	case types.Decimal, types.Real, types.Double:
		return setNumber(v, i, s)
	case types.Date, types.Time, types.Timestamp, types.TimestampTZ, types.Interval:
		return setDatetime(v, i, s)
	case types.UUID:
		u, err := types.ParseUUID(s)
		vector.Values[[16]byte](v)[i] = u
		return err
	case types.OID:
		n, err := Int(s, 0, math.MaxUint32)
		vector.Values[uint32](v)[i] = uint32(n)
		return err
	case types.Varchar, types.Char, types.Name, types.Varbinary, types.JSON:
		return setBytes(v, i, s)
	}
	return types.ErrSyntax
}

func setInt(v *vector.Vector, i int, s []byte) error {
	lo, hi := types.IntRange(v.Type)
	n, err := Int(s, lo, hi)
	switch v.Type.Kind {
	case types.TinyInt:
		vector.Values[int8](v)[i] = int8(n)
	case types.SmallInt:
		vector.Values[int16](v)[i] = int16(n)
	case types.Integer:
		vector.Values[int32](v)[i] = int32(n)
	default:
		vector.Values[int64](v)[i] = n
	}
	return err
}

func setNumber(v *vector.Vector, i int, s []byte) error {
	switch v.Type.Phys() {
	case types.PhysInt64:
		d, err := Short(s, v.Type)
		vector.Values[int64](v)[i] = d
		return err
	case types.PhysInt128:
		d, err := Long(s, v.Type)
		vector.Values[types.Int128](v)[i] = d
		return err
	case types.PhysFloat32:
		f, err := types.ParseFloat(s, 32)
		vector.Values[float32](v)[i] = float32(f)
		return err
	}
	f, err := Float64(s)
	vector.Values[float64](v)[i] = f
	return err
}

func setDatetime(v *vector.Vector, i int, s []byte) error {
	switch v.Type.Kind {
	case types.Date:
		d, err := Date(s)
		vector.Values[int32](v)[i] = d
		return err
	case types.Interval:
		d, err := types.ParseInterval(s)
		vector.Values[types.IntervalValue](v)[i] = d
		return err
	case types.Time:
		d, err := types.ParseTime(s, v.Type)
		vector.Values[int64](v)[i] = d
		return err
	}
	d, err := Timestamp(s, v.Type)
	vector.Values[int64](v)[i] = d
	return err
}

func setBytes(v *vector.Vector, i int, s []byte) error {
	at := len(v.Data)
	var err error
	switch v.Type.Kind {
	case types.Varbinary:
		v.Data = Binary(v.Data, s)
	case types.JSON:
		if !json.Valid(s) {
			err = types.ErrSyntax
		}
		v.Data = append(v.Data, s...)
	default:
		v.Data = append(v.Data, Cut(s, v.Type.P)...)
	}
	v.Ranges()[i] = vector.Range{Off: uint32(at), Len: uint32(len(v.Data) - at)}
	return err
}

// IsText reports whether the first bytes of a file are UTF-8 text: no zero
// bytes, no control characters but those that texts have, and every character
// whole, but for one that the end cuts.
func IsText(head []byte) bool {
	for i := 0; i < len(head); {
		c := head[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\n' && c != '\t' && c != '\r' && c != '\f' && c > 8 && c != 0x1b || c == 0 {
				return false
			}
			i++
			continue
		}
		r, w := utf8.DecodeRune(head[i:])
		if r == utf8.RuneError && w == 1 {
			return !utf8.FullRune(head[i:])
		}
		i += w
	}
	return true
}
