package xml

import (
	"bytes"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
)

// tokenKind is what a piece of XML is (XML 1.0, section 2).
type tokenKind uint8

const (
	tokenText  tokenKind = iota
	tokenCData           // the text between <![CDATA[ and ]]>
	tokenOpen            // <name ...>
	tokenEmpty           // <name .../>
	tokenClose           // </name>
	tokenOther           // comments, processing instructions, DOCTYPE
	tokenMore            // the bytes end inside the piece
	tokenBad             // no XML
)

// token is a piece: b[from:to], with what stands in it.
type token struct {
	kind     tokenKind
	from, to int
	name     []byte // of a tag, with its prefix
	inner    []byte // a tag's attributes; a text
}

// next gives the piece that begins at b[i], which must exist. The text before a
// tag is a piece of its own. eof says that nothing comes behind b.
func next(b []byte, i int, eof bool) token {
	t := token{from: i, to: i}
	if b[i] != '<' {
		n := bytes.IndexByte(b[i:], '<')
		switch {
		case n >= 0:
			t.to = i + n
		case eof:
			t.to = len(b)
		default:
			t.kind = tokenMore
			return t
		}
		t.inner = b[i:t.to]
		return t
	}
	rest := b[i:]
	switch {
	case len(rest) < 2:
		return t.unfinished(b, eof)
	case rest[1] == '?':
		return t.until(b, "?>", 2, eof)
	case rest[1] == '!':
		return t.special(b, eof)
	}
	return t.tag(b, eof)
}

// unfinished is a piece whose end is not there.
func (t token) unfinished(b []byte, eof bool) token {
	t.kind = tokenMore
	if eof {
		t.kind, t.to = tokenBad, len(b)
	}
	return t
}

// until makes a piece that ends with a text.
func (t token) until(b []byte, end string, begin int, eof bool) token {
	if len(b) < t.from+begin {
		return t.unfinished(b, eof)
	}
	n := bytes.Index(b[t.from+begin:], []byte(end))
	if n < 0 {
		return t.unfinished(b, eof)
	}
	t.kind, t.to = tokenOther, t.from+begin+n+len(end)
	t.inner = b[t.from+begin : t.from+begin+n]
	return t
}

const (
	openComment = "<!--"
	openCData   = "<![CDATA["
)

func (t token) special(b []byte, eof bool) token {
	rest := b[t.from:]
	for _, open := range []string{openComment, openCData} {
		if len(rest) < len(open) && string(rest) == open[:len(rest)] {
			return t.unfinished(b, eof)
		}
	}
	switch {
	case bytes.HasPrefix(rest, []byte(openComment)):
		return t.until(b, "-->", len(openComment), eof)
	case bytes.HasPrefix(rest, []byte(openCData)):
		if t = t.until(b, "]]>", len(openCData), eof); t.kind == tokenOther {
			t.kind = tokenCData
		}
		return t
	}
	return t.doctype(b, eof)
}

// doctype passes a document type declaration. What it declares is not used:
// entities of one's own and external ones are never resolved.
func (t token) doctype(b []byte, eof bool) token {
	inside, quote := false, byte(0)
	for i := t.from + 2; i < len(b); i++ {
		c := b[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<' && bytes.HasPrefix(b[i:], []byte(openComment)):
			n := bytes.Index(b[i:], []byte("-->"))
			if n < 0 {
				return t.unfinished(b, eof)
			}
			i += n + 2
		case c == '[':
			inside = true
		case c == ']':
			inside = false
		case c == '>' && !inside:
			t.kind, t.to = tokenOther, i+1
			return t
		}
	}
	return t.unfinished(b, eof)
}

// tag reads an opening or closing tag; a > in an attribute's value does not end
// it.
func (t token) tag(b []byte, eof bool) token {
	i := t.from + 1
	if b[i] == '/' {
		t.kind = tokenClose
		i++
	} else {
		t.kind = tokenOpen
	}
	name := i
	for i < len(b) && !isSpace(b[i]) && b[i] != '>' && b[i] != '/' && b[i] != '<' {
		i++
	}
	t.name = b[name:i]
	attributes := i
	for quote := byte(0); i < len(b); i++ {
		c := b[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<':
			t.kind, t.to = tokenBad, i
			return t
		case c == '>':
			t.inner, t.to = b[attributes:i], i+1
			return t.checked()
		}
	}
	return t.unfinished(b, eof)
}

// checked decides about a whole tag.
func (t token) checked() token {
	if t.kind == tokenOpen && len(t.inner) > 0 && t.inner[len(t.inner)-1] == '/' {
		t.kind, t.inner = tokenEmpty, t.inner[:len(t.inner)-1]
	}
	first, _ := utf8.DecodeRune(t.name)
	if len(t.name) == 0 || first < utf8.RuneSelf && !isNameStart(byte(first)) || len(t.name) > maxName {
		t.kind = tokenBad
	}
	if t.kind == tokenClose && len(bytes.TrimSpace(t.inner)) > 0 {
		t.kind = tokenBad
	}
	return t
}

// maxName bounds names, which become columns'.
const maxName = 1000

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isNameStart(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == ':' }

// local cuts the prefix of a namespace off a name.
func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 && i+1 < len(name) {
		return name[i+1:]
	}
	return name
}

// attribute cuts the first name="value" off a tag's attributes; ok is false
// where there is none, bad says that what is there is no attribute.
func attribute(in []byte) (name, value, rest []byte, ok, bad bool) {
	in = bytes.TrimLeft(in, " \t\r\n")
	if len(in) == 0 {
		return nil, nil, nil, false, false
	}
	eq := bytes.IndexByte(in, '=')
	if eq <= 0 {
		return nil, nil, nil, false, true
	}
	name = bytes.TrimRight(in[:eq], " \t\r\n")
	in = bytes.TrimLeft(in[eq+1:], " \t\r\n")
	if len(name) == 0 || bytes.ContainsAny(name, " \t\r\n\"'<") || len(name) > maxName || len(in) == 0 || in[0] != '"' && in[0] != '\'' {
		return nil, nil, nil, false, true
	}
	end := bytes.IndexByte(in[1:], in[0])
	if end < 0 || name[0] < utf8.RuneSelf && !isNameStart(name[0]) {
		return nil, nil, nil, false, true
	}
	value, rest = in[1:1+end], in[end+2:]
	if bytes.IndexByte(value, '<') >= 0 || len(rest) > 0 && !isSpace(rest[0]) {
		return nil, nil, nil, false, true
	}
	return name, value, rest, true, false
}

// appendText appends what a text says, with its references resolved: the five
// entities of XML and characters by number. Another entity is an error: none is
// ever fetched or expanded.
func appendText(dst, s []byte) ([]byte, error) {
	for {
		n := bytes.IndexByte(s, '&')
		if n < 0 {
			return append(dst, s...), nil
		}
		dst = append(dst, s[:n]...)
		s = s[n+1:]
		end := bytes.IndexByte(s[:min(len(s), maxReference)], ';')
		if end < 0 {
			return dst, fault.New(fault.CodeDataCorrupted, "invalid XML: & without an entity's name and ;")
		}
		r, ok := reference(string(s[:end]))
		if !ok {
			return dst, fault.New(fault.CodeDataCorrupted, "invalid XML: the entity &%s; is not supported", s[:end]).
				WithHint("Entities are lt, gt, amp, apos, quot and characters by number.")
		}
		dst = utf8.AppendRune(dst, r)
		s = s[end+1:]
	}
}

// maxReference bounds what stands between & and ;: numbers may begin with zeros.
const maxReference = 100

func reference(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], rune(10)
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	var r rune
	for _, c := range []byte(digits) {
		d := rune(99)
		switch {
		case c >= '0' && c <= '9':
			d = rune(c - '0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			d = rune(c|0x20-'a') + 10
		}
		if r = r*base + d; d >= base || r > utf8.MaxRune {
			return 0, false
		}
	}
	return r, digits != "" && isChar(r)
}

// isChar says whether a document may have the character (section 2.2).
func isChar(r rune) bool {
	return utf8.ValidRune(r) && (r >= ' ' || r == '\t' || r == '\n' || r == '\r') && r != 0xfffe && r != 0xffff
}
