package types

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
)

// AppendValue prints a value as plain text in PostgreSQL's style (instants in
// UTC): for messages, paths, EXPLAIN. NULL prints as NULL. Arrays print as
// {a,b}, rows as (a,b), maps as {k: v}.
func AppendValue(b []byte, v Value) []byte { return v.append(b, false) }

// AppendLiteral prints a value as a SQL expression that means the same:
// 'it”s', DATE '2024-01-01', 1.50, ARRAY[1, 2], NULL.
func AppendLiteral(b []byte, v Value) []byte { return v.append(b, true) }

// String is AppendLiteral's text.
func (v Value) String() string { return string(AppendLiteral(nil, v)) }

func (v Value) append(b []byte, lit bool) []byte {
	if v.Null || v.Type.Kind == Unknown {
		return append(b, "NULL"...)
	}
	t := v.Type
	switch t.Kind {
	case Boolean:
		return strconv.AppendBool(b, v.I != 0)
	case TinyInt, SmallInt, Integer, BigInt, OID:
		return strconv.AppendInt(b, v.I, 10)
	case Decimal:
		return AppendDecimal(b, v.Dec(), int(t.S))
	case Array, Map, Row:
		return v.appendNested(b, lit)
	case Real, Double:
		text := AppendFloat(nil, v.F, floatBits(t), PostgresStyle)
		if lit && strings.ContainsAny(string(text), "NI") {
			return quoteLiteral(append(append(b, t.String()...), ' '), string(text))
		}
		return append(b, text...)
	}
	if !lit {
		return v.appendScalar(b)
	}
	switch t.Kind {
	case Varchar, Char, Name:
	case Varbinary:
		b = append(b, 'X')
		return quoteLiteral(b, string(AppendHex(nil, []byte(v.S))[2:]))
	case TimestampTZ:
		b = append(b, "TIMESTAMP "...)
	case Opaque:
		b = append(append(b, t.String()...), ' ')
	default:
		b = append(append(b, strings.ToUpper(kindName[t.Kind])...), ' ')
	}
	return quoteLiteral(b, string(v.appendScalar(nil)))
}

func floatBits(t Type) int {
	if t.Kind == Real {
		return 32
	}
	return 64
}

func (v Value) appendScalar(b []byte) []byte {
	t := v.Type
	switch t.Kind {
	case Varbinary:
		return AppendHex(b, []byte(v.S))
	case Date:
		return AppendDate(b, int32(v.I))
	case Time:
		return AppendTime(b, v.I, t, PostgresStyle)
	case TimeTZ:
		return AppendTimeTZ(b, v.I, t, PostgresStyle)
	case Timestamp:
		return AppendTimestamp(b, v.I, t, PostgresStyle)
	case TimestampTZ:
		return AppendTimestampTZ(b, v.I, t, time.UTC, PostgresStyle)
	case Interval:
		return AppendInterval(b, v.Interval, t, PostgresStyle)
	case UUID:
		return AppendUUID(b, v.UUID)
	case Opaque:
		return AppendOpaque(b, t, []byte(v.S))
	}
	return append(b, v.S...)
}

func quoteLiteral(b []byte, s string) []byte {
	b = append(b, '\'')
	b = append(b, strings.ReplaceAll(s, "'", "''")...)
	return append(b, '\'')
}

func (v Value) appendNested(b []byte, lit bool) []byte {
	open, sep, end := "{", ",", "}"
	switch {
	case lit && v.Type.Kind == Array:
		open, sep, end = "ARRAY[", ", ", "]"
	case lit && v.Type.Kind == Row:
		open, sep, end = "ROW(", ", ", ")"
	case v.Type.Kind == Row:
		open, end = "(", ")"
	case lit && v.Type.Kind == Map:
		return v.appendMapLiteral(b)
	}
	b = append(b, open...)
	for i, k := range v.Kids {
		switch {
		case v.Type.Kind == Map && i%2 == 1:
			b = append(b, ": "...)
		case i > 0:
			b = append(b, sep...)
		}
		b = k.append(b, lit)
	}
	return append(b, end...)
}

func (v Value) appendMapLiteral(b []byte) []byte {
	b = append(b, "MAP(ARRAY["...)
	for side := range 2 {
		if side == 1 {
			b = append(b, "], ARRAY["...)
		}
		for i := side; i < len(v.Kids); i += 2 {
			if i > 1 {
				b = append(b, ", "...)
			}
			b = v.Kids[i].append(b, true)
		}
	}
	return append(b, "])"...)
}

// ParseValue reads the text of a value of type t as PostgreSQL's input functions
// do; loc (nil: UTC) is the zone of instants without one. Strings are taken as
// they are, char and varchar length is not applied. Arrays are read in the {a,b}
// form; maps and rows have no text form (0A000).
func ParseValue(s string, t Type, loc *time.Location) (Value, error) {
	return (&Reader{Location: loc}).Value(s, t)
}

// Value reads a value as ParseValue does, in the reader's way.
func (r *Reader) Value(s string, t Type) (Value, error) {
	b := []byte(s)
	v := Value{Type: t}
	var err error
	switch t.Kind {
	case Varchar, Char, Name:
		v.S = s
	case Unknown:
		return StringOf(TVarchar, s), nil
	case Varbinary:
		b, err = ParseBytea(nil, b)
		v.S = string(b)
	case Opaque:
		b, err = ParseOpaque(nil, t, b)
		v.S = string(b)
	case JSON:
		if v.S = s; !json.Valid(b) {
			return v, fault.New(fault.CodeInvalidText, "invalid input syntax for type json").WithDetail("the text is %q", clip(s))
		}
		if t.IsJSONB() {
			v.S = string(jsontext.AppendB(nil, b))
		}
	case Boolean:
		var x bool
		if x, err = ParseBool(b); x {
			v.I = 1
		}
	case TinyInt, SmallInt, Integer, BigInt, OID:
		v.I, err = parseIntType(b, t)
	case Decimal:
		return parseDecimalType(b, t)
	case Real, Double:
		v.F, err = ParseFloat(b, floatBits(t))
	case Interval:
		v.Interval, err = r.Interval(b)
	case UUID:
		v.UUID, err = ParseUUID(b)
	case Array:
		if t.IsVector() {
			return r.vector(s, t)
		}
		return r.array(s, t)
	case Map, Row:
		return v, fault.New(fault.CodeFeatureNotSupported, "type %s cannot be read from text; use a constructor or a cast from json", t)
	default:
		v.I, err = r.datetime(b, t)
	}
	if err != nil {
		return v, TextError(err, t, []byte(s))
	}
	return v, nil
}

func clip(s string) string {
	if len(s) > 100 {
		return s[:100] + "..."
	}
	return s
}

func parseIntType(b []byte, t Type) (int64, error) {
	i, err := ParseInt64(b)
	if err != nil {
		return 0, err
	}
	lo, hi := IntRange(t)
	if i < lo || i > hi {
		return 0, ErrRange
	}
	return i, nil
}

// IntRange gives the least and greatest value of an integer type or oid.
func IntRange(t Type) (lo, hi int64) {
	switch t.Kind {
	case TinyInt:
		return -1 << 7, 1<<7 - 1
	case SmallInt:
		return -1 << 15, 1<<15 - 1
	case Integer:
		return -1 << 31, 1<<31 - 1
	case OID:
		return 0, 1<<32 - 1
	}
	return -1 << 63, 1<<63 - 1
}

func (r *Reader) datetime(b []byte, t Type) (int64, error) {
	switch t.Kind {
	case Date:
		d, err := r.Date(b)
		return int64(d), err
	case Time:
		return r.Time(b, t)
	case TimeTZ:
		return r.TimeTZ(b, t)
	case TimestampTZ:
		return r.TimestampTZ(b, t)
	}
	return r.Timestamp(b, t)
}

func parseDecimalType(b []byte, t Type) (Value, error) {
	d, scale, ok := ParseDecimal(trim(b))
	if !ok {
		if _, err := ParseFloat(b, 64); err == nil && len(trim(b)) > 0 && !strings.ContainsAny(string(b), "nNiI") {
			return Value{}, TextError(ErrRange, t, b)
		}
		return Value{}, TextError(ErrSyntax, t, b)
	}
	r, ok := d.Rescale(scale, int(t.S))
	if !ok || !r.FitsDecimal(int(t.P)) {
		return Value{}, fault.New(fault.CodeNumericOutOfRange, "numeric field overflow").
			WithDetail("a field with precision %d, scale %d cannot hold %s", t.P, t.S, clip(string(b)))
	}
	return DecOf(t, r), nil
}

// array reads PostgreSQL's array text: {1,2}, {"a b",NULL}, nested {{1},{2}}.
func (r *Reader) array(s string, t Type) (Value, error) {
	p := &arrayParser{s: s, reader: r, whole: s}
	p.spaces()
	v, err := p.array(t, 0)
	if err != nil {
		return v, err
	}
	p.spaces()
	if p.i != len(p.s) {
		return v, p.fail()
	}
	return v, nil
}

// vector reads int2vector and oidvector: numbers with spaces between.
func (r *Reader) vector(s string, t Type) (Value, error) {
	v := Value{Type: t}
	for _, word := range strings.Fields(s) {
		x, err := r.Value(word, t.Elem())
		if err != nil {
			return v, err
		}
		v.Kids = append(v.Kids, x)
	}
	return v, nil
}

type arrayParser struct {
	s, whole string
	i        int
	reader   *Reader
}

func (p *arrayParser) fail() error {
	return fault.New(fault.CodeInvalidText, "malformed array literal: %q", clip(p.whole))
}

func (p *arrayParser) spaces() {
	for p.i < len(p.s) && isSpace(p.s[p.i]) {
		p.i++
	}
}

func (p *arrayParser) peek() byte {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

func (p *arrayParser) array(t Type, depth int) (Value, error) {
	v := Value{Type: t}
	if t.Kind != Array || depth > maxTypeDepth || p.peek() != '{' {
		return v, p.fail()
	}
	p.i++
	p.spaces()
	if p.peek() == '}' {
		p.i++
		return v, nil
	}
	for {
		p.spaces()
		e, err := p.element(t.Elem(), depth)
		if err != nil {
			return v, err
		}
		v.Kids = append(v.Kids, e)
		p.spaces()
		c := p.peek()
		p.i++
		switch c {
		case ',':
		case '}':
			return v, nil
		default:
			return v, p.fail()
		}
	}
}

func (p *arrayParser) element(t Type, depth int) (Value, error) {
	if t.Kind == Array {
		return p.array(t, depth+1)
	}
	text, quoted, err := p.word()
	if err != nil {
		return Value{}, err
	}
	if !quoted && strings.EqualFold(text, "null") {
		return NullOf(t), nil
	}
	return p.reader.Value(text, t)
}

// word reads a quoted or bare element.
func (p *arrayParser) word() (string, bool, error) {
	var b strings.Builder
	if p.peek() == '"' {
		for p.i++; p.i < len(p.s); p.i++ {
			switch p.s[p.i] {
			case '"':
				p.i++
				return b.String(), true, nil
			case '\\':
				if p.i++; p.i == len(p.s) {
					return "", true, p.fail()
				}
			}
			b.WriteByte(p.s[p.i])
		}
		return "", true, p.fail()
	}
	for p.i < len(p.s) {
		c := p.s[p.i]
		if c == ',' || c == '}' {
			break
		}
		if c == '{' || c == '"' {
			return "", false, p.fail()
		}
		if c == '\\' {
			if p.i++; p.i == len(p.s) {
				return "", false, p.fail()
			}
			c = p.s[p.i]
		}
		b.WriteByte(c)
		p.i++
	}
	text := strings.TrimRight(b.String(), " \t\n\v\f\r")
	if text == "" {
		return "", false, p.fail()
	}
	return text, false, nil
}
