package json

import (
	"bytes"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/textval"
)

// maxDepth bounds the nesting of values that are skipped; wanted values are
// bounded by their type.
const maxDepth = 1000

// parser goes over one record. Its methods report false after setting err.
type parser struct {
	b   []byte
	i   int
	err *fault.Error
	bad *node // the node whose value err is about; nil: the JSON itself
	// Of bad: what is wrong with it, what is to be done, and the value, if known.
	trigger cleanse.Trigger
	action  cleanse.Action
	raw     []byte

	clean   *lines.Cleanser // nil: what does not fit is an error
	changed []changed       // what was changed in the record

	blockCap int    // cap of the block that lines are cut from: gives offsets
	valid    bool   // the block is valid UTF-8
	scalars  bool   // records may be other values than objects
	unit     string // what a record is called in errors: line or record
	epoch    textval.Epoch
	scratch  []byte
	formats  []timeFormat
	iso      []byte
}

func (p *parser) fail(want string) bool {
	found := "the end of the " + p.unit
	if p.i < len(p.b) {
		r, _ := utf8.DecodeRune(p.b[p.i:])
		found = "\"" + string(r) + "\""
	}
	p.err = fault.New(fault.CodeInvalidJSON, "invalid JSON at character %d of the %s: expected %s, found %s",
		utf8.RuneCount(p.b[:min(p.i, len(p.b))])+1, p.unit, want, found)
	return false
}

func (p *parser) peek() byte {
	if p.i < len(p.b) {
		return p.b[p.i]
	}
	return 0
}

func (p *parser) space() {
	for p.i < len(p.b) && isSpace(p.b[p.i]) {
		p.i++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// record parses one record into the row root: an object, or where scalars are
// records too, a value for the field single.
func (p *parser) record(b []byte, root *node, single int) bool {
	p.b, p.i, p.err, p.bad, p.changed = b, 0, nil, nil, p.changed[:0]
	p.space()
	at := root.next()
	switch {
	case p.peek() == '{':
		if !p.row(root, at) {
			return false
		}
	case !p.scalars || p.peek() == '[':
		return p.fail("an object")
	case single < 0:
		if !p.skip(0) {
			return false
		}
		padFields(root, at)
	default:
		if !p.field(&root.obj.fields[single], at, true) {
			return false
		}
		padFields(root, at)
	}
	p.space()
	if p.i < len(p.b) {
		return p.fail("the end of the " + p.unit)
	}
	return true
}

// enter goes into an array or object that ends with closer; false if it is
// empty.
func (p *parser) enter(closer byte) bool {
	p.i++
	p.space()
	if p.peek() == closer {
		p.i++
		return false
	}
	return true
}

// row parses an object into place at of a row, which has been made.
func (p *parser) row(n *node, at int) bool {
	if !p.enter('}') {
		return padFields(n, at)
	}
	for pos := 0; ; pos++ {
		var closed bool
		if pos, closed = p.quick(n.obj, at, pos); closed {
			return padFields(n, at)
		}
		p.space()
		f, exact, ok := p.expect(n.obj, pos)
		switch {
		case !ok:
			return false
		case f < 0:
			ok = p.skip(0)
		default:
			ok = p.field(&n.obj.fields[f], at, exact)
		}
		if !ok {
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
			return padFields(n, at)
		}
		return p.fail(", or }")
	}
}

// expect parses the key at position pos of an object, with the colon and the
// spaces, and gives its field: by one comparison if the object before had the
// same bytes there.
func (p *parser) expect(o *object, pos int) (f int, exact, ok bool) {
	if pos < len(o.order) {
		e := &o.order[pos]
		if rest := p.b[p.i:]; len(rest) > len(e.raw) && string(rest[:len(e.raw)]) == string(e.raw) {
			p.i += len(e.raw)
			p.space()
			return e.field, e.exact, true
		}
	}
	from := p.i
	key, ok := p.key()
	if !ok {
		return -1, false, false
	}
	f, exact = o.find(key)
	if e := o.remember(pos, p.b[from:p.i], f, exact); e != nil {
		e.way, e.node = p.wayOf(o, f)
	}
	return f, exact, true
}

func padFields(n *node, at int) bool {
	for _, k := range n.kids {
		k.pad(at + 1)
	}
	return true
}

// field parses the value of a key for each node that wants it.
func (p *parser) field(f *field, at int, exact bool) bool {
	from := p.i
	for k, n := range f.nodes {
		if k > 0 {
			p.i = from
		}
		if n.n > at { // the key is repeated
			if n.exact && !exact {
				if !p.skip(0) {
					return false
				}
				continue
			}
			n.rewind(at)
		}
		n.exact = exact
		if !p.value(n) {
			return false
		}
	}
	return true
}

// key parses a key and the colon behind it.
func (p *parser) key() ([]byte, bool) {
	if p.peek() != '"' {
		return nil, p.fail("a key in quotes")
	}
	key, escaped, ok := p.string()
	if !ok {
		return nil, false
	}
	if escaped {
		p.scratch, ok = unescape(p.scratch[:0], key)
		if key = p.scratch; !ok {
			return nil, p.fail("a valid escape in the key before")
		}
	}
	p.space()
	if p.peek() != ':' {
		return nil, p.fail(":")
	}
	p.i++
	p.space()
	return key, true
}

// string gives what is between the quotes, as it stands. It looks for the
// quote and for escapes eight bytes at a time. Raw control characters pass:
// many writers of logs leave tabs in their texts.
func (p *parser) string() (s []byte, escaped, ok bool) {
	const quotes, backslashes = 0x2222222222222222, 0x5c5c5c5c5c5c5c5c
	b, from := p.b, p.i+1
	for i := from; i < len(b); {
		if i+8 <= len(b) {
			x := textval.Load64(b[i:])
			m := textval.EqualBytes(x, quotes) | textval.EqualBytes(x, backslashes)
			if m == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(m) >> 3
		}
		switch b[i] {
		case '"':
			p.i = i + 1
			return b[from:i], escaped, true
		case '\\':
			escaped = true
			i++
		}
		i++
	}
	p.i = len(b)
	return nil, false, p.fail(`a closing "`)
}

// number checks a number's form (RFC 8259, section 6) and gives its text.
func (p *parser) number() ([]byte, bool) {
	from := p.i
	if p.peek() == '-' {
		p.i++
	}
	if p.peek() == '0' {
		p.i++
	} else if p.digits() == 0 {
		return nil, p.fail("a digit")
	}
	if p.peek() == '.' {
		p.i++
		if p.digits() == 0 {
			return nil, p.fail("a digit")
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.i++
		if c := p.peek(); c == '+' || c == '-' {
			p.i++
		}
		if p.digits() == 0 {
			return nil, p.fail("a digit")
		}
	}
	return p.b[from:p.i], true
}

func (p *parser) digits() (n int) {
	for p.i < len(p.b) && p.b[p.i]-'0' <= 9 {
		p.i++
		n++
	}
	return n
}

func (p *parser) literal(word string) bool {
	if len(p.b)-p.i < len(word) || string(p.b[p.i:p.i+len(word)]) != word {
		return p.fail("a value")
	}
	p.i += len(word)
	return true
}

// skip goes over a value that nobody wants.
func (p *parser) skip(depth int) bool {
	switch c := p.peek(); c {
	case '"':
		s, escaped, ok := p.string()
		if ok && escaped {
			if p.scratch, ok = unescape(p.scratch[:0], s); !ok {
				return p.fail("valid escapes in the string before")
			}
		}
		return ok
	case 't':
		return p.literal("true")
	case 'f':
		return p.literal("false")
	case 'n':
		return p.literal("null")
	case '{', '[':
		if depth == maxDepth {
			p.err = fault.New(fault.CodeInvalidJSON, "JSON nested deeper than %d levels", maxDepth)
			return false
		}
		return p.skipNested(c, depth+1)
	default:
		if c != '-' && c-'0' > 9 {
			return p.fail("a value")
		}
		_, ok := p.number()
		return ok
	}
}

func (p *parser) skipNested(open byte, depth int) bool {
	closer := open + 2 // { and }, [ and ] are two apart
	if !p.enter(closer) {
		return true
	}
	for {
		if open == '{' {
			if _, ok := p.key(); !ok {
				return false
			}
		}
		if !p.skip(depth) {
			return false
		}
		p.space()
		switch p.peek() {
		case ',':
			p.i++
			p.space()
			continue
		case closer:
			p.i++
			return true
		}
		return p.fail(", or " + string(closer))
	}
}

// unescape appends the text that a JSON string stands for. Surrogates without
// their half become U+FFFD, as encoding/json has it.
func unescape(dst, s []byte) ([]byte, bool) {
	for len(s) > 0 {
		j := bytes.IndexByte(s, '\\')
		if j < 0 {
			return append(dst, s...), true
		}
		dst = append(dst, s[:j]...)
		if s = s[j+1:]; len(s) == 0 {
			return dst, false
		}
		c := s[0]
		s = s[1:]
		switch c {
		case '"', '\\', '/':
		case 'n':
			c = '\n'
		case 't':
			c = '\t'
		case 'r':
			c = '\r'
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'u':
			r, n := escapedRune(s)
			if n == 0 {
				return dst, false
			}
			dst, s = utf8.AppendRune(dst, r), s[n:]
			continue
		default:
			return dst, false
		}
		dst = append(dst, c)
	}
	return dst, true
}

// escapedRune reads the digits behind \u, and a second half if it follows. It
// gives how many bytes that took, 0 for an error.
func escapedRune(s []byte) (rune, int) {
	r, ok := hex4(s)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 4
	}
	if len(s) >= 10 && s[4] == '\\' && s[5] == 'u' {
		if low, ok := hex4(s[6:]); ok {
			if full := utf16.DecodeRune(r, low); full != utf8.RuneError {
				return full, 10
			}
		}
	}
	return utf8.RuneError, 4
}

func hex4(s []byte) (r rune, ok bool) {
	if len(s) < 4 {
		return 0, false
	}
	for _, c := range s[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
