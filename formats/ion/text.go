package ion

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/glauxdb/glaux/formats/textval"
)

// textParser goes over text Ion.
type textParser struct {
	b       []byte
	i       int
	end     bool    // what is behind b was asked for: it could change what was found
	fields  int     // of structs, that were read whole
	symbols symbols // that the file has defined
	next    *symbols
	tmp     []byte // of texts and numbers that are not as they are written
}

// The classes of bytes.
const (
	classSpace  = 1 << iota
	classPlain  // in texts: as they are, ASCII
	classWord   // of names behind their first byte
	classDigit  // decimal
	classHex    //
	classBit    //
	classNumber // of numbers and timestamps
	classStop   // behind a number
)

var class = func() (c [256]uint8) {
	set := func(bit uint8, bytes string) {
		for _, b := range []byte(bytes) {
			c[b] |= bit
		}
	}
	const digits, letters = "0123456789", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for b := byte(' '); b <= 0x7f; b++ {
		if b != '"' && b != '\'' && b != '\\' {
			c[b] |= classPlain
		}
	}
	set(classSpace|classStop, " \t\n\v\f\r")
	set(classWord, letters+digits+"_$")
	set(classDigit, digits)
	set(classHex, digits+"abcdefABCDEF")
	set(classBit, "01")
	set(classNumber, letters+digits+"_+-.:")
	set(classStop, "{}[](),\"'")
	return c
}()

// operators are names in s-expressions.
const operators = "!#%&*+-./;<=>?@^`|~"

func (p *textParser) peek() byte {
	if p.i < len(p.b) {
		return p.b[p.i]
	}
	p.end = true
	return 0
}

func (p *textParser) has(s string) bool {
	rest := p.b[p.i:]
	if len(rest) < len(s) {
		p.end = p.end || string(rest) == s[:len(rest)]
		return false
	}
	return string(rest[:len(s)]) == s
}

// unexpected describes what is at the parser's place.
func (p *textParser) unexpected(want string) error {
	if p.i >= len(p.b) {
		p.end = true
		return errShort
	}
	r, _ := utf8.DecodeRune(p.b[p.i:])
	return fmt.Errorf("expected %s, found %q", want, r)
}

// space passes white space and comments.
func (p *textParser) space() error {
	for {
		p.blanks()
		if p.i == len(p.b) || p.b[p.i] != '/' {
			return nil
		}
		switch {
		case p.has("//"):
			n := bytes.IndexAny(p.b[p.i:], "\r\n")
			if n < 0 {
				n = len(p.b) - p.i
			}
			p.i += n
		case p.has("/*"):
			n := bytes.Index(p.b[p.i+2:], []byte("*/"))
			if n < 0 {
				p.end = true
				return errShort
			}
			p.i += n + 4
		default:
			return nil
		}
	}
}

// top reads the value at the top that begins b. Version marks and symbol
// tables make no row. io.EOF says that there is none; errShort, that more is
// needed to tell. final: nothing comes behind b.
func (p *textParser) top(dst, b []byte, final bool) ([]byte, error) {
	p.b, p.i, p.end, p.next = b, 0, false, nil
	out, err := p.stream(dst)
	if p.end && !final {
		return dst, errShort
	}
	if err == nil && p.next != nil {
		p.symbols = *p.next
	}
	return out, err
}

func (p *textParser) stream(dst []byte) ([]byte, error) {
	if err := p.space(); err != nil {
		return dst, err
	}
	if p.i == len(p.b) {
		return dst, io.EOF
	}
	if c := p.b[p.i]; c == '$' || c == '\'' && !p.has("'''") {
		return p.system(dst)
	}
	return p.value(dst, 0, false)
}

// system reads a value at the top that may be a version marker or a symbol
// table: it begins with a symbol.
func (p *textParser) system(dst []byte) ([]byte, error) {
	from := p.i
	s, literal, err := p.symbol()
	if err != nil {
		return dst, err
	}
	table, version := string(s) == systemSymbols[symbolTable], string(s) == systemSymbols[symbolVersion]
	other := literal && !version && isVersion(s)
	if err := p.space(); err != nil {
		return dst, err
	}
	switch annotation := p.has("::"); {
	case annotation && table:
		p.i += 2
		if err := p.annotations(); err != nil {
			return dst, err
		}
		if p.peek() == '{' && !p.has("{{") || p.has("null.struct") {
			return dst, p.table()
		}
	case annotation:
	case other:
		return dst, errors.New("the version of Ion is not 1.0")
	case version:
		if literal {
			p.next = new(symbols)
		}
		return dst, nil
	}
	p.i = from
	return p.value(dst, 0, false)
}

// isVersion says whether a name is reserved for versions of Ion.
func isVersion(s []byte) bool {
	rest, ok := bytes.CutPrefix(s, []byte("$ion_"))
	major, minor, cut := bytes.Cut(rest, []byte("_"))
	return ok && cut && isDigits(major) && isDigits(minor)
}

func isDigits(s []byte) bool {
	for _, c := range s {
		if class[c]&classDigit == 0 {
			return false
		}
	}
	return len(s) > 0
}

// value appends the value at the parser's place as JSON. Its annotations are
// passed over. operator: it may be one.
func (p *textParser) value(dst []byte, depth int, operator bool) ([]byte, error) {
	for {
		if err := p.space(); err != nil {
			return dst, err
		}
		switch c := p.peek(); {
		case p.i == len(p.b):
			return dst, errShort
		case c == '{' || c == '[' || c == '(':
			if depth == maxDepth {
				return dst, fmt.Errorf("values nested deeper than %d levels", maxDepth)
			}
			return p.nested(dst, c, depth+1)
		case c == '"', c == '\'' && p.has("'''"):
			s, err := p.text(false)
			if err != nil {
				return dst, err
			}
			return textval.AppendJSONString(dst, s), nil
		case class[c]&classDigit != 0:
			return p.number(dst)
		case c == '-' || c == '+' || operator && class[c]&(classWord|classPlain) == classPlain:
			return p.signed(dst, operator)
		}
		annotation, dst, err := p.word(dst)
		if err != nil || !annotation {
			return dst, err
		}
	}
}

// signed reads a number with a sign, or an operator where one may be.
func (p *textParser) signed(dst []byte, operator bool) ([]byte, error) {
	sign := p.b[p.i]
	run := 0
	for rest := p.b[p.i:]; run < len(rest) && bytes.IndexByte([]byte(operators), rest[run]) >= 0; run++ {
		if rest[run] == '/' && run+1 < len(rest) && (rest[run+1] == '/' || rest[run+1] == '*') {
			break
		}
	}
	if p.i+run+len("inf ") > len(p.b) {
		p.end = true
	}
	rest := p.b[p.i+run:]
	digit := sign == '-' && len(rest) > 0 && class[rest[0]]&classDigit != 0
	inf := bytes.HasPrefix(rest, []byte("inf")) && (len(rest) == 3 || class[rest[3]]&classWord == 0)
	switch {
	case run == 1 && (digit || inf && (sign == '-' || sign == '+')):
		return p.number(dst)
	case operator && run > 0:
		dst = textval.AppendJSONString(dst, p.b[p.i:p.i+run])
		p.i += run
		return dst, nil
	}
	return dst, p.unexpected("a value")
}

// word reads a symbol or a keyword, or an annotation, of which nothing is kept.
func (p *textParser) word(dst []byte) (annotation bool, out []byte, err error) {
	s, literal, err := p.symbol()
	if err != nil {
		return false, dst, err
	}
	at := p.i
	if err := p.space(); err != nil {
		return false, dst, err
	}
	keyword := literal && isKeyword(s)
	if p.has("::") {
		if keyword {
			return false, dst, fmt.Errorf("the keyword %s as an annotation", s)
		}
		p.i += 2
		return true, dst, nil
	}
	if p.i = at; !keyword {
		return false, textval.AppendJSONString(dst, s), nil
	}
	switch string(s) {
	case "null":
		return false, append(dst, s...), p.null()
	case "nan":
		return false, append(dst, `"NaN"`...), nil
	}
	return false, append(dst, s...), nil
}

func isKeyword(s []byte) bool {
	switch string(s) {
	case "null", "true", "false", "nan":
		return true
	}
	return false
}

// nullTypes are those that null may be of.
var nullTypes = map[string]bool{"null": true, "bool": true, "int": true, "float": true, "decimal": true, "timestamp": true, "string": true, "symbol": true,
	"blob": true, "clob": true, "struct": true, "list": true, "sexp": true}

// null passes the type that a null may have.
func (p *textParser) null() error {
	if p.peek() != '.' {
		return nil
	}
	p.i++
	s := p.name()
	if !nullTypes[string(s)] {
		return fmt.Errorf("a null of the type %.20q", s)
	}
	if err := p.space(); err != nil {
		return err
	}
	if p.has("::") {
		return errors.New("a null as an annotation")
	}
	return nil
}

// name reads letters, digits, _ and $.
func (p *textParser) name() []byte {
	from := p.i
	for p.i < len(p.b) && class[p.b[p.i]]&classWord != 0 {
		p.i++
	}
	if p.i == len(p.b) {
		p.end = true
	}
	return p.b[from:p.i]
}

// symbol reads a symbol's text, which is valid until the next; literal: it is
// written without quotes, and not as a number.
func (p *textParser) symbol() (s []byte, literal bool, err error) {
	if p.peek() == '\'' {
		p.i++
		s, err = p.quoted(content{quote: '\''})
		return s, false, err
	}
	if class[p.peek()]&(classWord|classDigit) != classWord {
		return nil, false, p.unexpected("a value")
	}
	s = p.name()
	if s[0] != '$' || !isDigits(s[1:]) {
		return s, true, nil
	}
	sid, err := strconv.ParseUint(string(s[1:]), 10, 64)
	if err != nil {
		return nil, false, fmt.Errorf("symbol %.30s is in no symbol table", s[1:])
	}
	text, err := p.symbols.text(sid)
	return []byte(text), false, err
}

var closers = [256]byte{'{': '}', '[': ']', '(': ')'}

func (p *textParser) nested(dst []byte, open byte, depth int) ([]byte, error) {
	if open == '{' && p.has("{{") {
		return p.lob(dst)
	}
	closer, written := closers[open], byte(']')
	p.i++
	if open == '{' {
		dst, written = append(dst, '{'), '}'
	} else {
		dst = append(dst, '[')
	}
	for first := true; ; first = false {
		if err := p.space(); err != nil {
			return dst, err
		}
		if p.peek() == closer {
			p.i++
			return append(dst, written), nil
		}
		if !first {
			dst = append(dst, ',')
		}
		var err error
		if open == '{' {
			if dst, err = p.field(dst); err != nil {
				return dst, err
			}
		}
		if dst, err = p.value(dst, depth, open == '('); err != nil {
			return dst, err
		}
		if open == '{' {
			p.fields++
		}
		if open != '(' {
			if err := p.comma(closer); err != nil {
				return dst, err
			}
		}
	}
}

// comma passes what stands between members; one behind the last is allowed.
func (p *textParser) comma(closer byte) error {
	if err := p.space(); err != nil {
		return err
	}
	switch p.peek() {
	case ',':
		p.i++
	case closer:
	default:
		return p.unexpected("a comma or " + string(closer))
	}
	return nil
}

// field appends a field's name and passes the colon behind it.
func (p *textParser) field(dst []byte) ([]byte, error) {
	name, err := p.fieldName()
	if err != nil {
		return dst, err
	}
	dst = append(textval.AppendJSONString(dst, name), ':')
	return dst, p.colon()
}

func (p *textParser) fieldName() ([]byte, error) {
	if p.peek() == '"' || p.has("'''") {
		return p.text(false)
	}
	name, literal, err := p.symbol()
	if err == nil && literal && isKeyword(name) {
		err = fmt.Errorf("the keyword %s as a field's name", name)
	}
	return name, err
}

func (p *textParser) colon() error {
	if err := p.space(); err != nil {
		return err
	}
	if p.peek() != ':' {
		return p.unexpected("a colon")
	}
	p.i++
	return nil
}
