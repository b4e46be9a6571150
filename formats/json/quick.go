package json

import (
	"math/bits"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// The records of a file are mostly alike: the same keys in the same order, values of
// the same spelling. quick reads such members, each with one comparison for its key and
// one function for its value, and gives up at the first that is otherwise, which the
// parser then reads from its beginning. What it takes, the parser would take for the
// same.

// way is how the values of an expected key are read quickly.
type way uint8

const (
	wayNone way = iota // not at all
	waySkip
	wayBigInt
	wayInteger
	wayDouble
	wayDecimal
	wayBoolean
	wayDate
	wayTimestamp
	wayText
)

// quickRoom is how far behind a key its value may be looked at without a check.
const quickRoom = 64

// wayOf gives the way of a field of o; -1 for one that nobody wants.
func (p *parser) wayOf(o *object, field int) (way, *node) {
	if field < 0 {
		return waySkip, nil
	}
	if len(o.fields[field].nodes) != 1 {
		return wayNone, nil
	}
	n := o.fields[field].nodes[0]
	w := wayNone
	switch n.typ.Kind {
	case types.BigInt:
		w = wayBigInt
	case types.Integer:
		w = wayInteger
	case types.Double:
		w = wayDouble
	case types.Boolean:
		w = wayBoolean
	case types.Date:
		w = wayDate
	case types.Timestamp:
		if n.typ.P == 6 && p.formats == nil {
			w = wayTimestamp
		}
	case types.Decimal:
		if n.typ.P <= types.MaxShortDecimal {
			w = wayDecimal
		}
	case types.Varchar:
		if n.typ.P <= 0 && n.isAlias() {
			w = wayText
		}
	}
	return w, n
}

// looks takes note of an expected key's bytes.
func (e *expected) looks(raw []byte) {
	e.raw = append(e.raw[:0], raw...)
	var word [8]byte
	n := copy(word[:], raw)
	e.head, e.mask, e.tail = textval.Load64(word[:]), 1<<(8*n)-1, 0
	if n == len(word) {
		e.tail = textval.Load64(raw[len(raw)-len(word):])
	}
}

// isAt reports whether w, which has room for it, has the key at i.
func (e *expected) isAt(w []byte, i int) bool {
	n := len(e.raw)
	if (textval.Load64(w[i:])^e.head)&e.mask != 0 {
		return false
	}
	return n <= 8 || textval.Load64(w[i+n-8:]) == e.tail && (n <= 16 || string(w[i+8:i+n-8]) == string(e.raw[8:n-8]))
}

// quick reads the members of an object from position pos on, the first of which
// begins at p.i, for place at of its row. It gives the position of the first that it
// has not read, and whether the object has ended.
func (p *parser) quick(o *object, at, pos int) (next int, closed bool) {
	w, i := p.b[:cap(p.b)], p.i // with what stands behind the record
	base := p.blockCap - cap(p.b)
	for ; pos < len(o.order); pos++ {
		e := &o.order[pos]
		k := i + len(e.raw)
		if k+quickRoom > len(w) || !e.isAt(w, i) {
			break
		}
		n, end := e.node, 0
		switch {
		case e.way == waySkip:
			end = quickSkip(w, k)
		case e.way == wayNone || n.n != at || at >= n.room:
		case w[k] == 'n':
			end = quickWord(w, k, "null")
		default:
			end = p.quickValue(e, w, k, at, base)
		}
		if end == 0 || w[end] != ',' && w[end] != '}' || end >= len(p.b) {
			break
		}
		if n != nil {
			if w[k] == 'n' {
				n.null()
			} else {
				n.n++
			}
			n.exact = e.exact
		}
		i = end + 1
		if w[end] == '}' {
			p.i = i
			return pos + 1, true
		}
		if i < len(p.b) && w[i] == ' ' {
			i++
		}
		p.i = i
	}
	return pos, false
}

// quickValue reads the value at k of w into place at of an expected key's node. It
// gives where the value ends; 0 if it is not as usual.
func (p *parser) quickValue(e *expected, w []byte, k, at, base int) (end int) {
	n := e.node
	switch e.way {
	case wayBigInt:
		n.i64[at], end = quickInteger(w, k)
	case wayInteger:
		v, to := quickInteger(w, k)
		if v == int64(int32(v)) {
			n.i32[at], end = int32(v), to
		}
	case wayDouble:
		m, scale, to := quickNumber(w, k)
		v, exact := textval.Divided(m, scale)
		if exact && (m != 0 || w[k] != '-') {
			n.f64[at], end = v, to
		}
	case wayDecimal:
		m, scale, to := quickNumber(w, k)
		if d := int(n.typ.S) - scale; d >= 0 {
			if limit := types.Pow10[int(n.typ.P)-d]; m < limit && m > -limit {
				n.i64[at], end = m*types.Pow10[d], to
			}
		}
	case wayBoolean:
		truth := w[k] == 't'
		word := "false"
		if truth {
			word = "true"
		}
		vector.Values[bool](n.vec)[at] = truth
		end = quickWord(w, k, word)
	case wayDate:
		if v, ok := textval.Days(w, k+1, k+11); ok && w[k] == '"' && w[k+11] == '"' {
			n.i32[at], end = v, k+12
		}
	case wayTimestamp:
		n.i64[at], end = quickTimestamp(w, k)
	case wayText:
		if end = quickString(w, k); end == 0 || !p.valid {
			return 0
		}
		if n.ranges[at] = (vector.Range{Off: uint32(base + k + 1), Len: uint32(end - k - 2)}); end == k+2 {
			n.ranges[at] = vector.Range{}
		}
	}
	return end
}

// quickWord gives where the word that must be at k ends; 0 if it is not there.
func quickWord(w []byte, k int, word string) int {
	if string(w[k:k+len(word)]) != word {
		return 0
	}
	return k + len(word)
}

// quickString gives where the string at k ends, behind its quote; 0 if it is none, has
// escapes, or does not end.
func quickString(w []byte, k int) int {
	const quotes, backslashes, ones, highs = 0x2222222222222222, 0x5c5c5c5c5c5c5c5c, 0x0101010101010101, 0x8080808080808080
	if w[k] != '"' {
		return 0
	}
	for i := k + 1; i+8 <= len(w); i += 8 {
		x := textval.Load64(w[i:])
		q, e := x^quotes, x^backslashes
		// The lowest mark is right: a carry only goes up from a byte that is one.
		if m := ((q-ones)&^q | (e-ones)&^e) & highs; m != 0 {
			if i += bits.TrailingZeros64(m) >> 3; w[i] == '"' {
				return i + 1
			}
			return 0
		}
	}
	return 0
}

// quickInteger reads an integer of at most 16 digits.
func quickInteger(w []byte, k int) (v int64, end int) {
	i := k
	if w[i] == '-' {
		i++
	}
	x := textval.Load64(w[i:])
	n := textval.Digits(x)
	if n == 0 || w[i] == '0' && n > 1 {
		return 0, 0
	}
	u, _ := textval.Word(x, n)
	i += n
	if n == 8 {
		x = textval.Load64(w[i:])
		if n = textval.Digits(x); n > 0 {
			low, _ := textval.Word(x, n)
			u = u*uint64(types.Pow10[n]) + low
			i += n
		}
	}
	if w[k] == '-' {
		return -int64(u), i
	}
	return int64(u), i
}

// quickNumber reads a number of at most eight digits on either side of its point, if
// it has one, as an integer and how many digits are behind the point.
func quickNumber(w []byte, k int) (m int64, scale, end int) {
	i := k
	if w[i] == '-' {
		i++
	}
	x := textval.Load64(w[i:])
	n := textval.Digits(x)
	if n == 0 || w[i] == '0' && n > 1 {
		return 0, 0, 0
	}
	u, _ := textval.Word(x, n)
	if i += n; w[i] == '.' {
		y := textval.Load64(w[i+1:])
		if scale = textval.Digits(y); scale == 0 {
			return 0, 0, 0
		}
		low, _ := textval.Word(y, scale)
		u = u*uint64(types.Pow10[scale]) + low
		i += 1 + scale
	}
	if w[k] == '-' {
		return -int64(u), scale, i
	}
	return int64(u), scale, i
}

// quickTimestamp reads a time in quotes, with or without a fraction.
func quickTimestamp(w []byte, k int) (micros int64, end int) {
	const whole = len(`"YYYY-MM-DD hh:mm:ss`)
	end = k + whole
	if w[end] == '.' {
		end += 1 + textval.Digits(textval.Load64(w[end+1:]))
	}
	micros, ok := textval.Micros(w, k+1, end)
	if !ok || w[k] != '"' || w[end] != '"' {
		return 0, 0
	}
	return micros, end + 1
}

// quickSkip goes over a value that nobody wants.
func quickSkip(w []byte, k int) (end int) {
	switch w[k] {
	case '"':
		return quickString(w, k)
	case 't':
		return quickWord(w, k, "true")
	case 'f':
		return quickWord(w, k, "false")
	case 'n':
		return quickWord(w, k, "null")
	}
	if _, end = quickInteger(w, k); end > 0 && w[end] == '.' {
		_, _, end = quickNumber(w, k)
	}
	return end
}
