package jsonpath

import (
	"bytes"
	"strconv"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
)

// Kind is what an item is.
type Kind uint8

// The kinds of items.
const (
	Null Kind = iota
	Bool
	Num
	String
	Array
	Object
	Time // a date, time or timestamp; not of JSON
)

// Item is a value on the way: a range of a document, a value passed in, or a result.
// It is valid as long as the bytes that it is made of.
type Item struct {
	kind   Kind
	double bool         // in Trino's dialect: a number that is a double
	exact  bool         // a number that is none, whatever its text looks like
	raw    []byte       // JSON text; of a computed number or a time nil
	num    *number      // a computed number
	time   *types.Value // of Time
	offset int          // of a time that is an instant: seconds east of UTC, for printing
}

var nullItem = Item{kind: Null, raw: []byte("null")}

// kindOfByte tells a value's kind by its first byte.
var kindOfByte = func() (t [256]Kind) {
	for c := range t {
		t[c] = Num
	}
	t['n'], t['t'], t['f'], t['"'], t['['], t['{'] = Null, Bool, Bool, String, Array, Object
	return t
}()

// Doc makes an item of JSON text, which must be valid.
func Doc(text []byte) Item {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return nullItem
	}
	return value(text)
}

// value makes an item of a value of a document, without white space around.
func value(v []byte) Item { return Item{kind: kindOfByte[v[0]], raw: v} }

// Text makes a string item.
func Text(s []byte) Item { return Item{kind: String, raw: appendQuoted(nil, s)} }

// NumberOf makes a number from its text: an exact one, or a double.
func NumberOf(text []byte, double bool) Item {
	return Item{kind: Num, raw: text, double: double, exact: !double}
}

// numberLiteral makes the number of a path's text. JSON wants digits on both sides of
// the point.
func numberLiteral(text string) Item {
	raw := []byte(text)
	if raw[0] == '.' {
		raw = append([]byte{'0'}, raw...)
	}
	if i := bytes.IndexByte(raw, '.'); i >= 0 && (i+1 == len(raw) || raw[i+1]|0x20 == 'e') {
		raw = append(raw[:i:i], raw[i+1:]...)
	}
	for len(raw) > 1 && raw[0] == '0' && raw[1] >= '0' && raw[1] <= '9' {
		raw = raw[1:]
	}
	return NumberOf(raw, bytes.ContainsAny(raw, "eE"))
}

// BoolOf makes a boolean.
func BoolOf(b bool) Item {
	if b {
		return trueItem
	}
	return falseItem
}

var trueItem, falseItem = Item{kind: Bool, raw: []byte("true")}, Item{kind: Bool, raw: []byte("false")}

// NullItem gives JSON's null.
func NullItem() Item { return nullItem }

// TimeOf makes an item of a date, time or timestamp.
func TimeOf(v types.Value) Item { return Item{kind: Time, time: &v} }

// Kind tells what the item is.
func (it Item) Kind() Kind { return it.kind }

// IsScalar reports whether it is neither array nor object.
func (it Item) IsScalar() bool { return it.kind != Array && it.kind != Object }

// Double reports whether the number is a double of Trino's dialect.
func (it Item) Double() bool {
	return it.double || it.num != nil && it.num.form == formFloat
}

// AppendJSON writes the item as JSON. Times are strings.
func (it Item) AppendJSON(b []byte) []byte {
	switch {
	case it.raw != nil:
		return append(b, it.raw...)
	case it.num != nil:
		return it.num.append(b)
	case it.time != nil:
		return appendQuoted(b, it.appendTime(nil))
	}
	return append(b, "null"...)
}

// AppendText writes a scalar as text: strings without quotes.
func (it Item) AppendText(b []byte) []byte {
	switch it.kind {
	case String:
		return jsontext.Unquote(b, it.raw)
	case Time:
		return it.appendTime(b)
	}
	return it.AppendJSON(b)
}

// plain gives a string's text: a part of the document if it has no escapes.
func (it Item) plain() []byte {
	if bytes.IndexByte(it.raw, '\\') < 0 {
		return it.raw[1 : len(it.raw)-1]
	}
	return jsontext.Unquote(nil, it.raw)
}

// typeName is what type() gives.
func (it Item) typeName() string {
	if it.kind == Time {
		return timeNames[it.time.Type.Kind]
	}
	return [...]string{"null", "boolean", "number", "string", "array", "object"}[it.kind]
}

func intItem(i int64) Item { return Item{kind: Num, raw: strconv.AppendInt(nil, i, 10)} }

const hexDigits = "0123456789abcdef"

// appendQuoted writes a JSON string; only what must be escaped is.
func appendQuoted(b, s []byte) []byte {
	b = append(b, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(b, '"')
}
