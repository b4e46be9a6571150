package textval

import (
	"encoding/base64"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// At resolves a row of a vector of any form to a place in a flat vector (or a
// constant's only value); ok is false for NULL.
func At(v *vector.Vector, row int) (flat *vector.Vector, i int, ok bool) {
	if v.IsNull(row) {
		return v, 0, false
	}
	switch v.Form {
	case vector.Const:
		return v, 0, true
	case vector.Dict:
		return v.Base, int(v.Codes[row]), true
	}
	return v, row, true
}

// AppendText prints a value that is not null as plain text, which Set reads
// back: PostgreSQL's spelling, instants in UTC, binary as \x and hexadecimal
// digits. Nested values are printed as JSON.
func AppendText(b []byte, v *vector.Vector, i int) []byte {
	t := v.Type
	switch t.Phys() {
	case types.PhysBool:
		return strconv.AppendBool(b, vector.Values[bool](v)[i])
	case types.PhysBytes:
		if t.Kind == types.Varbinary {
			return types.AppendHex(b, v.Bytes(i))
		}
		return append(b, v.Bytes(i)...)
	case types.PhysFloat32:
		return types.AppendFloat(b, float64(vector.Values[float32](v)[i]), 32, types.PostgresStyle)
	case types.PhysFloat64:
		return types.AppendFloat(b, vector.Values[float64](v)[i], 64, types.PostgresStyle)
	case types.PhysInterval:
		return types.AppendInterval(b, vector.Values[types.IntervalValue](v)[i], t, types.PostgresStyle)
	case types.PhysUUID:
		return types.AppendUUID(b, vector.Values[[16]byte](v)[i])
	case types.PhysInt128:
		return types.AppendDecimal(b, vector.Values[types.Int128](v)[i], int(t.S))
	case types.PhysList, types.PhysStruct:
		return AppendJSON(b, v, i)
	}
	return appendInteger(b, t, integer(v, i))
}

// integer gives a value whose physical form is an integer.
func integer(v *vector.Vector, i int) int64 {
	switch v.Type.Phys() {
	case types.PhysInt8:
		return int64(vector.Values[int8](v)[i])
	case types.PhysInt16:
		return int64(vector.Values[int16](v)[i])
	case types.PhysInt32:
		return int64(vector.Values[int32](v)[i])
	case types.PhysUint32:
		return int64(vector.Values[uint32](v)[i])
	}
	return vector.Values[int64](v)[i]
}

func appendInteger(b []byte, t types.Type, x int64) []byte {
	switch t.Kind {
	case types.Date:
		return types.AppendDate(b, int32(x))
	case types.Time:
		return types.AppendTime(b, x, t, types.PostgresStyle)
	case types.TimeTZ:
		return types.AppendTimeTZ(b, x, t, types.PostgresStyle)
	case types.Timestamp:
		return types.AppendTimestamp(b, x, t, types.PostgresStyle)
	case types.TimestampTZ:
		return types.AppendTimestampTZ(b, x, t, nil, types.PostgresStyle)
	case types.Decimal:
		return types.AppendDecimal(b, types.I128(x), int(t.S))
	}
	return strconv.AppendInt(b, x, 10)
}

// AppendJSON prints a value that is not null as JSON. Numbers are numbers
// (decimals with all digits), but NaN and the infinities, which JSON lacks,
// are strings; so are dates and the like. Binary is base64. A row is an object
// (fields without a name are f1, f2, ...), a map an object whose keys are
// texts.
func AppendJSON(b []byte, v *vector.Vector, i int) []byte {
	t := v.Type
	switch t.Kind {
	case types.Boolean, types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Decimal, types.OID:
		return AppendText(b, v, i)
	case types.Real, types.Double:
		return appendJSONFloat(b, v, i)
	case types.JSON:
		return append(b, v.Bytes(i)...)
	case types.Varchar, types.Char, types.Name:
		return AppendJSONString(b, v.Bytes(i))
	case types.Varbinary:
		b = append(b, '"')
		b = base64.StdEncoding.AppendEncode(b, v.Bytes(i))
		return append(b, '"')
	case types.Array:
		return appendArray(b, v.Kids[0], v.Ranges()[i])
	case types.Map:
		return appendMap(b, v, v.Ranges()[i])
	case types.Row:
		return appendRow(b, v, i)
	}
	b = append(b, '"')
	return append(AppendText(b, v, i), '"')
}

// AppendJSONAt prints row of a vector of any form, NULL as null.
func AppendJSONAt(b []byte, v *vector.Vector, row int) []byte {
	flat, i, ok := At(v, row)
	if !ok {
		return append(b, "null"...)
	}
	return AppendJSON(b, flat, i)
}

func appendJSONFloat(b []byte, v *vector.Vector, i int) []byte {
	var f float64
	if v.Type.Kind == types.Real {
		f = float64(vector.Values[float32](v)[i])
	} else {
		f = vector.Values[float64](v)[i]
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		b = append(b, '"')
		return append(AppendText(b, v, i), '"')
	}
	return AppendText(b, v, i)
}

func appendArray(b []byte, elems *vector.Vector, r vector.Range) []byte {
	b = append(b, '[')
	for k := range int(r.Len) {
		if k > 0 {
			b = append(b, ',')
		}
		b = AppendJSONAt(b, elems, int(r.Off)+k)
	}
	return append(b, ']')
}

func appendMap(b []byte, v *vector.Vector, r vector.Range) []byte {
	b = append(b, '{')
	var key []byte
	for k := range int(r.Len) {
		if k > 0 {
			b = append(b, ',')
		}
		at := int(r.Off) + k
		if flat, i, ok := At(v.Kids[0], at); ok {
			key = AppendText(key[:0], flat, i)
		} else {
			key = append(key[:0], "null"...)
		}
		b = append(AppendJSONString(b, key), ':')
		b = AppendJSONAt(b, v.Kids[1], at)
	}
	return append(b, '}')
}

func appendRow(b []byte, v *vector.Vector, i int) []byte {
	b = append(b, '{')
	for k, f := range v.Type.Fields {
		if k > 0 {
			b = append(b, ',')
		}
		name := f.Name
		if name == "" {
			name = "f" + strconv.Itoa(k+1)
		}
		b = append(AppendJSONString(b, []byte(name)), ':')
		b = AppendJSONAt(b, v.Kids[k], i)
	}
	return append(b, '}')
}

const hexDigits = "0123456789abcdef"

// AppendJSONString quotes a text (RFC 8259, section 7). Invalid UTF-8 becomes
// U+FFFD.
func AppendJSONString(b, s []byte) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, w := utf8.DecodeRune(s[i:])
			if r == utf8.RuneError && w == 1 {
				b = append(append(b, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += w
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}
