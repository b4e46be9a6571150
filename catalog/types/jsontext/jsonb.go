package jsontext

import (
	"bytes"
	"encoding/binary"
	"sort"
	"unicode/utf8"
)

// AppendB appends a value in the form in which PostgreSQL prints jsonb: members sorted
// by the length of their names, then by bytes, of repeated names the last; a blank
// behind each comma and colon; numbers without exponent; strings with the escapes that
// they need. v must be valid.
func AppendB(b, v []byte) []byte {
	v = bytes.TrimSpace(v)
	switch Kind(v) {
	case '{':
		return appendObject(b, v)
	case '[':
		b = append(b, '[')
		first := true
		Each(v, func(_, el []byte) bool {
			if !first {
				b = append(b, ", "...)
			}
			first = false
			b = AppendB(b, el)
			return true
		})
		return append(b, ']')
	case '"':
		return AppendQuoted(b, Unquote(nil, v))
	case 't', 'f', 'n':
		return append(b, v...)
	}
	if plainInt(v) && string(v) != "-0" {
		return append(b, v...)
	}
	if d, ok := ParseDecimal(v, nil); ok {
		return d.Append(b)
	}
	return append(b, v...)
}

// Member is a member of an object: its name, unquoted, and its value.
type Member struct{ Name, Value []byte }

// sorted gives an object's members in jsonb's order.
func sorted(v []byte) []Member {
	var ms []Member
	Each(v, func(k, val []byte) bool {
		name := k[1 : len(k)-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			name = Unquote(nil, k)
		}
		ms = append(ms, Member{name, val})
		return true
	})
	sort.SliceStable(ms, func(i, j int) bool {
		if len(ms[i].Name) != len(ms[j].Name) {
			return len(ms[i].Name) < len(ms[j].Name)
		}
		return bytes.Compare(ms[i].Name, ms[j].Name) < 0
	})
	out := ms[:0]
	for i, m := range ms {
		if i+1 == len(ms) || !bytes.Equal(m.Name, ms[i+1].Name) {
			out = append(out, m)
		}
	}
	return out
}

func appendObject(b, v []byte) []byte {
	b = append(b, '{')
	for i, m := range sorted(v) {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(AppendQuoted(b, m.Name), ": "...)
		b = AppendB(b, m.Value)
	}
	return append(b, '}')
}

const hexDigits = "0123456789abcdef"

// AppendQuoted appends a JSON string; bytes that are no UTF-8 become U+FFFD.
func AppendQuoted(b, s []byte) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(s[i:])
			b = utf8.AppendRune(b, r)
			i += n
			continue
		}
		i++
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		case shortEscape[c] != 0:
			b = append(b, '\\', shortEscape[c])
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(b, '"')
}

var shortEscape = [' ']byte{'\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f'}

// The ranks of values in jsonb's order.
const (
	rankNull = iota + 1
	rankString
	rankNumber
	rankBool
	rankArray
	rankObject
)

// SortKey appends bytes that compare as PostgreSQL compares jsonb values: null <
// strings < numbers < booleans < arrays < objects; the longer of two arrays or objects
// is the greater.
func SortKey(b, v []byte) []byte {
	v = bytes.TrimSpace(v)
	switch Kind(v) {
	case 'n', 0:
		return append(b, rankNull)
	case '"':
		return keyText(append(b, rankString), Unquote(nil, v))
	case 't':
		return append(b, rankBool, 1)
	case 'f':
		return append(b, rankBool, 0)
	case '[':
		b = binary.BigEndian.AppendUint32(append(b, rankArray), uint32(Len(v)))
		Each(v, func(_, el []byte) bool { b = SortKey(b, el); return true })
		return b
	case '{':
		ms := sorted(v)
		b = binary.BigEndian.AppendUint32(append(b, rankObject), uint32(len(ms)))
		for _, m := range ms {
			b = SortKey(keyText(b, m.Name), m.Value)
		}
		return b
	}
	d, _ := ParseDecimal(v, nil)
	return keyNumber(append(b, rankNumber), d)
}

// keyText writes a string so that a prefix sorts first.
func keyText(b, s []byte) []byte {
	for _, c := range s {
		if b = append(b, c); c == 0 {
			b = append(b, 0xff)
		}
	}
	return append(b, 0, 0)
}

// keyNumber writes sign, power of ten and digits; those of a negative number inverted.
func keyNumber(b []byte, d Decimal) []byte {
	if len(d.Digits) == 0 {
		return append(b, 1)
	}
	from := len(b)
	b = binary.BigEndian.AppendUint32(append(b, 2), uint32(d.Point+1<<30))
	b = append(append(b, d.Digits...), 0)
	if d.Neg {
		for i := from; i < len(b); i++ {
			b[i] = ^b[i]
		}
		b[from] = 0
	}
	return b
}

// AppendPretty appends a value with each member and element on a line of its own, four
// blanks deeper than what holds it, as jsonb_pretty does.
func AppendPretty(b, v []byte, depth int) []byte {
	k := Kind(v)
	if k != '{' && k != '[' {
		return append(b, bytes.TrimSpace(v)...)
	}
	line := func(n int) {
		b = append(b, '\n')
		for range n {
			b = append(b, "    "...)
		}
	}
	b = append(b, k)
	first := true
	Each(v, func(key, val []byte) bool {
		if !first {
			b = append(b, ',')
		}
		first = false
		line(depth + 1)
		if key != nil {
			b = append(append(b, key...), ": "...)
		}
		b = AppendPretty(b, val, depth+1)
		return true
	})
	line(depth)
	return append(b, k+2)
}
