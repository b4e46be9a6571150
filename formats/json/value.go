package json

import (
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// value parses the next value into a node.
func (p *parser) value(n *node) bool {
	switch c := p.peek(); c {
	case '"':
		return p.text(n)
	case '{', '[':
		return p.nested(n, c)
	case 'n':
		if !p.literal("null") {
			return false
		}
		n.null()
		return true
	case 't', 'f':
		return p.boolean(n, c == 't')
	default:
		if c != '-' && c-'0' > 9 {
			return p.fail("a value")
		}
		s, ok := p.number()
		return ok && p.numeric(n, s)
	}
}

// mismatch is a value of a kind that the node's type does not take.
func (p *parser) mismatch(n *node, what string) bool {
	ok := p.refuse(n, cleanse.Malformed, nil, func() *fault.Error {
		return fault.New(fault.CodeDatatypeMismatch, "found %s where the column has type %s", what, n.typ)
	})
	if ok {
		n.null()
	}
	return ok
}

// wrong is a text that is no value of the node's type. The value's place has
// been made.
func (p *parser) wrong(n *node, s []byte, err error) bool {
	ok := p.refuse(n, cleanse.TriggerOf(err, n.typ), s, func() *fault.Error { return types.TextError(err, n.typ, s) })
	if ok {
		n.vec.SetNull(n.n - 1)
	}
	return ok
}

func (p *parser) boolean(n *node, v bool) bool {
	from := p.i
	word := "false"
	if v {
		word = "true"
	}
	if !p.literal(word) {
		return false
	}
	switch {
	case n.typ.Kind == types.Boolean:
		i := n.next()
		vector.Values[bool](n.vec)[i] = v
		return true
	case n.typ.IsString() || n.typ.Kind == types.JSON:
		return p.putText(n, p.b[from:p.i])
	}
	return p.mismatch(n, "a boolean")
}

// numeric puts a number.
func (p *parser) numeric(n *node, s []byte) bool {
	switch n.typ.Kind {
	case types.BigInt, types.Integer, types.SmallInt, types.TinyInt:
		return p.integer(n, s)
	case types.Double:
		v, err := textval.Float64(s)
		n.f64[n.next()] = v
		return err == nil || p.wrong(n, s, err)
	case types.Varchar, types.Char, types.Name, types.JSON:
		return p.putText(n, s)
	case types.Boolean, types.Varbinary, types.UUID, types.Interval, types.Array, types.Map, types.Row, types.Unknown:
		return p.mismatch(n, "a number")
	}
	i := n.next()
	if n.typ.Kind == types.Timestamp && p.epoch != textval.EpochNone {
		v, err := p.epoch.Timestamp(s, n.typ)
		n.i64[i] = v
		return err == nil || p.wrong(n, s, err)
	}
	err := textval.Set(n.vec, i, s)
	return err == nil || p.wrong(n, s, err)
}

// integer puts a number that must be whole; 1.0 and 1e3 are.
func (p *parser) integer(n *node, s []byte) bool {
	lo, hi := types.IntRange(n.typ)
	v, err := textval.Int(s, lo, hi)
	if err == types.ErrSyntax {
		v, err = whole(s, lo, hi)
	}
	i := n.next()
	switch n.typ.Kind {
	case types.BigInt:
		n.i64[i] = v
	case types.Integer:
		n.i32[i] = int32(v)
	case types.SmallInt:
		vector.Values[int16](n.vec)[i] = int16(v)
	default:
		vector.Values[int8](n.vec)[i] = int8(v)
	}
	return err == nil || p.wrong(n, s, err)
}

func whole(s []byte, lo, hi int64) (int64, error) {
	d, scale, ok := types.ParseDecimal(s)
	if !ok {
		return 0, types.ErrRange
	}
	q, rest := d.QuoRem(types.Pow10x128[scale])
	if rest.Sign() != 0 {
		return 0, types.ErrSyntax
	}
	if !q.IsInt64() || q.Int64() < lo || q.Int64() > hi {
		return 0, types.ErrRange
	}
	return q.Int64(), nil
}

// text puts a string.
func (p *parser) text(n *node) bool {
	from := p.i
	s, escaped, ok := p.string()
	if !ok {
		return false
	}
	if n.typ.Kind == types.JSON {
		p.put(n, p.b[from:p.i]) // with its quotes
		return true
	}
	if n.typ.IsNested() || n.vec == nil {
		return p.mismatch(n, "a string")
	}
	if escaped {
		if p.scratch, ok = unescape(p.scratch[:0], s); !ok {
			return p.fail("valid escapes in the string before")
		}
		if n.isAlias() {
			s = s[:copy(s, p.scratch)] // in place: escapes are longer than what they stand for
		} else {
			s = p.scratch
		}
	}
	if n.typ.IsString() {
		return p.putText(n, s)
	}
	if len(s) == 0 && n.typ.Kind != types.Varbinary || n.typ.Kind == types.Unknown {
		n.null()
		return true
	}
	i := n.next()
	if n.typ.Kind == types.Varbinary {
		n.data = p.binary(n, i, s)
		return true
	}
	read := s
	if p.formats != nil && n.typ.Kind == types.Timestamp {
		read = p.timestampText(s)
	}
	err := textval.Set(n.vec, i, read)
	return err == nil || p.wrong(n, s, err)
}

func (p *parser) binary(n *node, i int, s []byte) []byte {
	at := len(n.data)
	data := textval.Binary(n.data, s)
	n.ranges[i] = vector.Range{Off: uint32(at), Len: uint32(len(data) - at)}
	return data
}

func (p *parser) encoding(n *node, s []byte) bool {
	ok := p.refuse(n, cleanse.InvalidChar, s, invalidChar)
	if ok {
		n.null()
	}
	return ok
}

// put appends a text, which lies in the line unless the node copies.
func (p *parser) put(n *node, s []byte) {
	i := n.next()
	switch {
	case len(s) == 0:
		n.ranges[i] = vector.Range{}
	case n.isAlias():
		// cap is measured to the end of the block, so it gives the offset.
		n.ranges[i] = vector.Range{Off: uint32(p.blockCap - cap(s)), Len: uint32(len(s))}
	default:
		n.ranges[i] = vector.Range{Off: uint32(len(n.data)), Len: uint32(len(s))}
		n.data = append(n.data, s...)
	}
}

// nested puts an object or an array.
func (p *parser) nested(n *node, open byte) bool {
	switch {
	case n.typ.Kind == types.Row && open == '{':
		return p.row(n, n.next())
	case n.typ.Kind == types.Map && open == '{':
		return p.entries(n)
	case n.typ.Kind == types.Array && open == '[':
		return p.elements(n)
	}
	from := p.i
	if !p.skip(0) {
		return false
	}
	if n.typ.IsString() || n.typ.Kind == types.JSON {
		return p.putText(n, p.b[from:p.i])
	}
	if open == '[' {
		return p.mismatch(n, "an array")
	}
	return p.mismatch(n, "an object")
}

// maxList bounds the elements of one batch: ranges are 32 bits.
const maxList = math.MaxUint32 / 32

func (p *parser) elements(n *node) bool {
	i, elem := n.next(), n.kids[0]
	from := elem.n
	if !p.enter(']') {
		n.ranges[i] = vector.Range{Off: uint32(from)}
		return true
	}
	for elem.n < maxList {
		if !p.value(elem) {
			return false
		}
		p.space()
		switch p.peek() {
		case ',':
			p.i++
			p.space()
			continue
		case ']':
			p.i++
			n.ranges[i] = vector.Range{Off: uint32(from), Len: uint32(elem.n - from)}
			return true
		}
		return p.fail(", or ]")
	}
	return p.mismatch(n, "too many elements")
}

func (p *parser) entries(n *node) bool {
	i, from := n.next(), n.kids[1].n
	if !p.enter('}') {
		n.ranges[i] = vector.Range{Off: uint32(from)}
		return true
	}
	for {
		if !p.entry(n.kids[0], n.kids[1]) {
			return false
		}
		p.space()
		switch p.peek() {
		case ',':
			p.i++
			p.space()
			continue
		case '}':
			p.i++
			n.ranges[i] = vector.Range{Off: uint32(from), Len: uint32(n.kids[1].n - from)}
			return true
		}
		return p.fail(", or }")
	}
}

// entry puts one key and its value.
func (p *parser) entry(key, value *node) bool {
	if p.peek() != '"' {
		return p.fail("a key in quotes")
	}
	if !p.text(key) {
		return false
	}
	p.space()
	if p.peek() != ':' {
		return p.fail(":")
	}
	p.i++
	p.space()
	return p.value(value)
}

// blank reports whether a line holds no value.
func blank(b []byte) bool {
	for _, c := range b {
		if !isSpace(c) {
			return false
		}
	}
	return true
}
