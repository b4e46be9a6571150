package kernel

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// TextOptions says how values print.
type TextOptions struct {
	Style    types.Style
	Location *time.Location // zone of instants; nil: UTC
	Wire     bool           // as PostgreSQL's output functions: booleans are t and f
	// EscapeBytes prints varbinary in PostgreSQL's old form (bytea_output = escape).
	EscapeBytes bool
	Records     bool        // in JSON, anonymous rows are objects too: f1, f2, as PostgreSQL has it
	Catalog     CatalogInfo // names of regclass and its kin; nil: numbers
}

// AppendText prints row i of a vector of any form; a NULL prints nothing, the
// caller looks for it. Arrays print in PostgreSQL's form {a,"b c",NULL}, maps and
// rows with field names as JSON, anonymous rows as (a,b).
func (o *TextOptions) AppendText(b []byte, v *vector.Vector, i int) []byte {
	if v.IsNull(i) {
		return b
	}
	typ := v.Type
	v, i = vector.At(v, i)
	switch typ.Kind {
	case types.Boolean:
		x := vector.Values[bool](v)[i]
		switch {
		case !o.Wire:
			return strconv.AppendBool(b, x)
		case x:
			return append(b, 't')
		}
		return append(b, 'f')
	case types.TinyInt:
		return strconv.AppendInt(b, int64(vector.Values[int8](v)[i]), 10)
	case types.SmallInt:
		return strconv.AppendInt(b, int64(vector.Values[int16](v)[i]), 10)
	case types.Integer:
		return strconv.AppendInt(b, int64(vector.Values[int32](v)[i]), 10)
	case types.BigInt:
		return strconv.AppendInt(b, vector.Values[int64](v)[i], 10)
	case types.Decimal:
		d := decimalsOf(v)
		return types.AppendDecimal(b, d.at(i), int(typ.S))
	case types.Real:
		return types.AppendFloat(b, float64(vector.Values[float32](v)[i]), 32, o.Style)
	case types.Double:
		return types.AppendFloat(b, vector.Values[float64](v)[i], 64, o.Style)
	case types.Varchar, types.Char, types.Name, types.JSON:
		return append(b, v.Bytes(i)...)
	case types.Varbinary:
		if o.EscapeBytes {
			return types.AppendEscaped(b, v.Bytes(i))
		}
		return types.AppendHex(b, v.Bytes(i))
	case types.Opaque:
		if o.EscapeBytes && typ.IsSketch() {
			return types.AppendEscaped(b, v.Bytes(i))
		}
		return types.AppendOpaque(b, typ, v.Bytes(i))
	case types.OID:
		return o.appendOID(b, vector.Values[uint32](v)[i], typ)
	case types.UUID:
		return types.AppendUUID(b, vector.Values[[16]byte](v)[i])
	case types.Interval:
		return types.AppendInterval(b, vector.Values[types.IntervalValue](v)[i], typ, o.Style)
	case types.Array:
		return o.appendArray(b, v, i)
	case types.Map:
		return o.AppendJSON(b, v, i)
	case types.Row:
		return o.appendRow(b, v, i)
	}
	return o.appendTime(b, v, i, typ)
}

func (o *TextOptions) appendTime(b []byte, v *vector.Vector, i int, typ types.Type) []byte {
	switch typ.Kind {
	case types.Date:
		return types.AppendDateStyle(b, vector.Values[int32](v)[i], o.Style)
	case types.Time:
		return types.AppendTime(b, vector.Values[int64](v)[i], typ, o.Style)
	case types.TimeTZ:
		return types.AppendTimeTZ(b, vector.Values[int64](v)[i], typ, o.Style)
	case types.Timestamp:
		return types.AppendTimestamp(b, vector.Values[int64](v)[i], typ, o.Style)
	case types.TimestampTZ:
		return types.AppendTimestampTZ(b, vector.Values[int64](v)[i], typ, o.Location, o.Style)
	}
	return b
}

// appendOID prints what the OID stands for if the catalog knows it.
func (o *TextOptions) appendOID(b []byte, oid uint32, typ types.Type) []byte {
	if name, ok := regName(o.Catalog, oid, typ); ok {
		return append(b, name...)
	}
	if oid == 0 && typ.S != types.RegNone && typ.S != types.XID {
		return append(b, '-')
	}
	return strconv.AppendUint(b, uint64(oid), 10)
}

func regName(c CatalogInfo, oid uint32, typ types.Type) (string, bool) {
	if c == nil || oid == 0 {
		return "", false
	}
	switch typ.S {
	case types.RegClass:
		schema, name, visible, ok := c.Relation(oid)
		if !visible && ok {
			return types.QuoteIdent(schema) + "." + types.QuoteIdent(name), true
		}
		return types.QuoteIdent(name), ok
	case types.RegType:
		return c.TypeName(oid)
	case types.RegProc, types.RegProcedure:
		return c.Proc(oid)
	case types.RegCollation:
		for name, id := range collationOIDs {
			if id == oid {
				return types.QuoteIdent(name), true
			}
		}
	case types.RegNamespace:
		name, ok := c.Namespace(oid)
		return types.QuoteIdent(name), ok
	}
	return "", false
}

func (o *TextOptions) appendArray(b []byte, v *vector.Vector, i int) []byte {
	r, kid := v.Ranges()[i], v.Kids[0]
	if v.Type.IsVector() {
		for e := r.Off; e < r.Off+r.Len; e++ {
			if e > r.Off {
				b = append(b, ' ')
			}
			b = o.AppendText(b, kid, int(e))
		}
		return b
	}
	b = append(b, '{')
	var elem []byte
	for e := r.Off; e < r.Off+r.Len; e++ {
		if e > r.Off {
			b = append(b, ',')
		}
		switch {
		case kid.IsNull(int(e)):
			b = append(b, "NULL"...)
		case kid.Type.Kind == types.Array && !kid.Type.IsVector():
			b = o.AppendText(b, kid, int(e))
		default:
			elem = o.AppendText(elem[:0], kid, int(e))
			b = appendArrayElement(b, elem)
		}
	}
	return append(b, '}')
}

// appendArrayElement quotes an element where the array syntax needs it.
func appendArrayElement(b, elem []byte) []byte {
	quote := len(elem) == 0 || len(elem) == 4 && equalFoldASCII(elem, "null")
	for _, c := range elem {
		if c == '"' || c == '\\' || c == '{' || c == '}' || c == ',' || c == ' ' || c >= '\t' && c <= '\r' {
			quote = true
			break
		}
	}
	if !quote {
		return append(b, elem...)
	}
	b = append(b, '"')
	for _, c := range elem {
		if c == '"' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, c)
	}
	return append(b, '"')
}

func equalFoldASCII(s []byte, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i, c := range s {
		if c|0x20 != lower[i] {
			return false
		}
	}
	return true
}

// appendRow prints rows with names as JSON objects, others as PostgreSQL records.
func (o *TextOptions) appendRow(b []byte, v *vector.Vector, i int) []byte {
	for _, f := range v.Type.Fields {
		if f.Name != "" {
			return o.AppendJSON(b, v, i)
		}
	}
	b = append(b, '(')
	var elem []byte
	for k, kid := range v.Kids {
		if k > 0 {
			b = append(b, ',')
		}
		if kid.IsNull(i) {
			continue
		}
		elem = o.AppendText(elem[:0], kid, i)
		b = appendRecordField(b, elem)
	}
	return append(b, ')')
}

func appendRecordField(b, elem []byte) []byte {
	quote := len(elem) == 0
	for _, c := range elem {
		if c == '"' || c == '\\' || c == '(' || c == ')' || c == ',' || c == ' ' || c >= '\t' && c <= '\r' {
			quote = true
			break
		}
	}
	if !quote {
		return append(b, elem...)
	}
	b = append(b, '"')
	for _, c := range elem {
		if c == '"' || c == '\\' {
			b = append(b, c)
		}
		b = append(b, c)
	}
	return append(b, '"')
}

// AppendJSON prints row i as JSON: numbers and booleans bare, rows as objects
// (anonymous ones as arrays), maps as objects, everything else as strings.
func (o *TextOptions) AppendJSON(b []byte, v *vector.Vector, i int) []byte {
	if v.IsNull(i) {
		return append(b, "null"...)
	}
	typ := v.Type
	v, i = vector.At(v, i)
	switch typ.Kind {
	case types.Boolean:
		return strconv.AppendBool(b, vector.Values[bool](v)[i])
	case types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Decimal, types.JSON:
		plain := TextOptions{}
		return plain.AppendText(b, v, i)
	case types.Real, types.Double:
		return appendJSONFloat(b, v, i)
	case types.Array:
		r := v.Ranges()[i]
		b = append(b, '[')
		for e := r.Off; e < r.Off+r.Len; e++ {
			if e > r.Off {
				b = append(b, ',')
			}
			b = o.AppendJSON(b, v.Kids[0], int(e))
		}
		return append(b, ']')
	case types.Map:
		return o.appendMapJSON(b, v, i)
	case types.Row:
		return o.appendRowJSON(b, v, i)
	}
	in := *o
	in.Style = o.Style.InJSON()
	return AppendJSONString(b, in.AppendText(nil, v, i))
}

func appendJSONFloat(b []byte, v *vector.Vector, i int) []byte {
	f, bits := 0.0, 64
	if v.Type.Kind == types.Real {
		f, bits = float64(vector.Values[float32](v)[i]), 32
	} else {
		f = vector.Values[float64](v)[i]
	}
	text := types.AppendFloat(nil, f, bits, types.PostgresStyle)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return AppendJSONString(b, text)
	}
	return append(b, text...)
}

func (o *TextOptions) appendMapJSON(b []byte, v *vector.Vector, i int) []byte {
	r := v.Ranges()[i]
	b = append(b, '{')
	for e := r.Off; e < r.Off+r.Len; e++ {
		if e > r.Off {
			b = append(b, ',')
		}
		b = AppendJSONString(b, o.AppendText(nil, v.Kids[0], int(e)))
		b = append(b, ':')
		b = o.AppendJSON(b, v.Kids[1], int(e))
	}
	return append(b, '}')
}

func (o *TextOptions) appendRowJSON(b []byte, v *vector.Vector, i int) []byte {
	named := o.Records
	for _, f := range v.Type.Fields {
		named = named || f.Name != ""
	}
	open, end := byte('['), byte(']')
	if named {
		open, end = '{', '}'
	}
	b = append(b, open)
	for k, kid := range v.Kids {
		if k > 0 {
			b = append(b, ',')
		}
		if named {
			name := v.Type.Fields[k].Name
			if name == "" {
				name = "f" + strconv.Itoa(k+1)
			}
			b = AppendJSONString(b, []byte(name))
			b = append(b, ':')
		}
		b = o.AppendJSON(b, kid, i)
	}
	return append(b, end)
}

const jsonHex = "0123456789abcdef"

// AppendJSONString quotes a string for JSON; bytes that are not UTF-8 become
// U+FFFD.
func AppendJSONString(b, s []byte) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			b = appendJSONByte(b, c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(s[i:])
		b = utf8.AppendRune(b, r)
		i += n
	}
	return append(b, '"')
}

func appendJSONByte(b []byte, c byte) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c >= ' ':
		return append(b, c)
	}
	switch c {
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	}
	return append(b, '\\', 'u', '0', '0', jsonHex[c>>4], jsonHex[c&15])
}
