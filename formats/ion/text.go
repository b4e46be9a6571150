package ion

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/textval"
)

// textParser goes over text Ion.
type textParser struct {
	b      []byte
	i      int
	eof    bool // nothing comes behind b
	fields int  // of structs, that were read whole
}

func (p *textParser) peek() byte {
	if p.i < len(p.b) {
		return p.b[p.i]
	}
	return 0
}

func (p *textParser) has(s string) bool { return bytes.HasPrefix(p.b[p.i:], []byte(s)) }

// unexpected describes what is at the parser's place.
func (p *textParser) unexpected(want string) error {
	if p.i >= len(p.b) {
		return errShort
	}
	r, _ := utf8.DecodeRune(p.b[p.i:])
	return fmt.Errorf("expected %s, found %q", want, r)
}

// space passes white space and comments.
func (p *textParser) space() error {
	for p.i < len(p.b) {
		switch c := p.b[p.i]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			p.i++
		case p.has("//"):
			n := bytes.IndexByte(p.b[p.i:], '\n')
			if n < 0 {
				n = len(p.b) - p.i
			}
			p.i += n
		case p.has("/*"):
			n := bytes.Index(p.b[p.i+2:], []byte("*/"))
			if n < 0 {
				return errShort
			}
			p.i += n + 4
		default:
			return nil
		}
	}
	return nil
}

// top reads a value at the top. Version marks and symbol tables make no row.
func (p *textParser) top(dst []byte) ([]byte, error) {
	if err := p.space(); err != nil {
		return dst, err
	}
	if p.i == len(p.b) {
		if p.eof {
			return dst, io.EOF
		}
		return dst, errShort
	}
	from := p.i
	out, err := p.value(dst, 0)
	if err == nil && p.i == len(p.b) && !p.eof {
		return dst, errShort // a word or a number may go on
	}
	switch written := bytes.TrimSpace(p.b[from:p.i]); {
	case err != nil:
		return out, err
	case string(written) == "$ion_1_0", bytes.HasPrefix(written, []byte("$ion_symbol_table::")):
		return dst, nil
	}
	return out, nil
}

// value appends the value at the parser's place as JSON. Its annotations are
// passed over.
func (p *textParser) value(dst []byte, depth int) ([]byte, error) {
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
	case c == '"', p.has("'''"):
		s, err := p.text()
		return textval.AppendJSONString(dst, s), err
	case c == '\'' && len(p.b)-p.i < 3 && !p.eof:
		return dst, errShort
	case c >= '0' && c <= '9', c == '-', c == '+' && p.has("+inf"):
		return p.number(dst)
	}
	return p.word(dst, depth)
}

// word reads a symbol, a keyword, or annotations with what they are about.
func (p *textParser) word(dst []byte, depth int) ([]byte, error) {
	quoted := p.peek() == '\''
	s, err := p.symbol()
	if err != nil {
		return dst, err
	}
	at := p.i
	if err := p.space(); err != nil {
		return dst, err
	}
	if p.has("::") {
		p.i += 2
		return p.value(dst, depth)
	}
	p.i = at
	if quoted {
		return textval.AppendJSONString(dst, s), nil
	}
	switch string(s) {
	case "true", "false":
		return append(dst, s...), nil
	case "null":
		if p.peek() == '.' { // null.int and its like
			p.i++
			if _, err := p.symbol(); err != nil {
				return dst, err
			}
		}
		return append(dst, "null"...), nil
	case "nan":
		return append(dst, `"NaN"`...), nil
	}
	return textval.AppendJSONString(dst, s), nil
}

func isWord(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '$' || c >= '0' && c <= '9'
}

// symbol reads a name, with or without quotes.
func (p *textParser) symbol() ([]byte, error) {
	if p.peek() == '\'' {
		p.i++
		return p.quoted('\'')
	}
	from := p.i
	for p.i < len(p.b) && isWord(p.b[p.i]) {
		p.i++
	}
	if p.i == from || p.b[from] >= '0' && p.b[from] <= '9' {
		p.i = from
		return nil, p.unexpected("a value")
	}
	return p.b[from:p.i], nil
}

func (p *textParser) nested(dst []byte, open byte, depth int) ([]byte, error) {
	if p.has("{{") {
		return p.lob(dst)
	}
	closer := map[byte]byte{'{': '}', '[': ']', '(': ')'}[open]
	p.i++
	if open == '{' {
		dst = append(dst, '{')
	} else {
		dst = append(dst, '[')
	}
	for first := true; ; first = false {
		if err := p.space(); err != nil {
			return dst, err
		}
		if p.peek() == closer {
			p.i++
			if open == '(' {
				closer = ']'
			}
			return append(dst, closer), nil
		}
		if !first {
			dst = append(dst, ',')
		}
		var err error
		switch open {
		case '{':
			dst, err = p.field(dst, depth)
		case '(':
			dst, err = p.operand(dst, depth)
		default:
			dst, err = p.value(dst, depth)
		}
		if err != nil {
			return dst, err
		}
		if err := p.comma(open, closer); err != nil {
			return dst, err
		}
	}
}

// comma passes what stands between members; one behind the last is allowed.
func (p *textParser) comma(open, closer byte) error {
	if err := p.space(); err != nil || open == '(' {
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

func (p *textParser) field(dst []byte, depth int) ([]byte, error) {
	var name []byte
	var err error
	if p.peek() == '"' || p.has("'''") {
		name, err = p.text()
	} else {
		name, err = p.symbol()
	}
	if err != nil {
		return dst, err
	}
	if err := p.space(); err != nil {
		return dst, err
	}
	if p.peek() != ':' {
		return dst, p.unexpected("a colon")
	}
	p.i++
	dst = append(textval.AppendJSONString(dst, name), ':')
	if dst, err = p.value(dst, depth); err == nil {
		p.fields++
	}
	return dst, err
}

// operand reads a member of an s-expression, which may be an operator.
func (p *textParser) operand(dst []byte, depth int) ([]byte, error) {
	const operators = "!#%&*+-./;<=>?@^`|~"
	from := p.i
	for p.i < len(p.b) && strings.IndexByte(operators, p.b[p.i]) >= 0 {
		p.i++
	}
	number := p.i == from+1 && p.b[from] == '-' && p.peek() >= '0' && p.peek() <= '9'
	if p.i > from && !number {
		return textval.AppendJSONString(dst, p.b[from:p.i]), nil
	}
	p.i = from
	return p.value(dst, depth)
}

// text reads a string: one in double quotes, or all long ones that follow.
func (p *textParser) text() ([]byte, error) {
	if p.peek() == '"' {
		p.i++
		return p.quoted('"')
	}
	var out []byte
	for p.has("'''") {
		p.i += 3
		s, err := p.quoted(0)
		if err != nil {
			return nil, err
		}
		out = append(out, s...)
		if err := p.space(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// quoted reads up to the closing quote; 0 stands for three of them.
func (p *textParser) quoted(quote byte) ([]byte, error) {
	var out []byte
	for p.i < len(p.b) {
		c := p.b[p.i]
		switch {
		case quote == 0 && p.has("'''"):
			p.i += 3
			return out, nil
		case c == quote && quote != 0:
			p.i++
			return out, nil
		case c == '\n' && quote != 0:
			return nil, errors.New("a line break in a string")
		case c == '\\':
			var err error
			if out, err = p.escape(out); err != nil {
				return nil, err
			}
			continue
		}
		out = append(out, c)
		p.i++
	}
	return nil, errShort
}

var escapes = map[byte]rune{'0': 0, 'a': 7, 'b': 8, 't': 9, 'n': 10, 'f': 12, 'r': 13, 'v': 11, '"': '"', '\'': '\'', '?': '?', '\\': '\\', '/': '/'}

func (p *textParser) escape(out []byte) ([]byte, error) {
	if p.i+1 >= len(p.b) {
		return nil, errShort
	}
	c := p.b[p.i+1]
	p.i += 2
	if r, ok := escapes[c]; ok {
		return utf8.AppendRune(out, r), nil
	}
	n := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
	switch {
	case c == '\n':
		return out, nil
	case c == '\r':
		if p.peek() == '\n' {
			p.i++
		}
		return out, nil
	case n == 0:
		return nil, fmt.Errorf("unknown escape %q", c)
	case len(p.b)-p.i < n:
		return nil, errShort
	}
	digits := string(p.b[p.i : p.i+n])
	p.i += n
	v, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || v > utf8.MaxRune {
		return nil, fmt.Errorf("bad escape %q", digits)
	}
	if c == 'u' && v >= 0xd800 && v < 0xdc00 { // half of a character
		if len(p.b)-p.i < 6 {
			return nil, errShort
		}
		if low, err := strconv.ParseUint(string(p.b[p.i+2:p.i+6]), 16, 32); err == nil && p.has(`\u`) && low >= 0xdc00 && low < 0xe000 {
			p.i += 6
			v = 0x10000 + (v-0xd800)<<10 + low - 0xdc00
		}
	}
	return utf8.AppendRune(out, rune(v)), nil
}

// lob reads a blob or clob between double braces.
func (p *textParser) lob(dst []byte) ([]byte, error) {
	p.i += 2
	for p.i < len(p.b) && (p.b[p.i] == ' ' || p.b[p.i] >= '\t' && p.b[p.i] <= '\r') {
		p.i++
	}
	if p.peek() == '"' || p.has("'''") {
		s, err := p.text()
		if err != nil {
			return dst, err
		}
		if err := p.space(); err != nil {
			return dst, err
		}
		if !p.has("}}") {
			return dst, p.unexpected("}}")
		}
		p.i += 2
		return appendLob(dst, s, true), nil
	}
	n := bytes.Index(p.b[p.i:], []byte("}}"))
	if n < 0 {
		return dst, errShort
	}
	raw := bytes.Join(bytes.Fields(p.b[p.i:p.i+n]), nil)
	p.i += n + 2
	b, err := base64.StdEncoding.DecodeString(string(raw))
	if err != nil {
		return dst, errors.New("a blob that is no base64")
	}
	return appendLob(dst, b, false), nil
}

// number reads a number or a timestamp.
func (p *textParser) number(dst []byte) ([]byte, error) {
	from := p.i
	for p.i < len(p.b) && (isWord(p.b[p.i]) || strings.IndexByte("+-.:", p.b[p.i]) >= 0) {
		p.i++
	}
	s := string(p.b[from:p.i])
	if len(s) > 4 && strings.Trim(s[:4], "0123456789") == "" && (s[4] == '-' || s[4] == 'T') {
		return timestamp(dst, s)
	}
	if len(s) > 10_000 {
		return dst, errors.New("a number of more than 10000 digits")
	}
	switch s {
	case "+inf":
		return append(dst, `"Infinity"`...), nil
	case "-inf":
		return append(dst, `"-Infinity"`...), nil
	}
	s = strings.ReplaceAll(s, "_", "")
	low := strings.ToLower(strings.TrimPrefix(s, "-"))
	switch {
	case strings.HasPrefix(low, "0x"), strings.HasPrefix(low, "0b"):
		v, ok := new(big.Int).SetString(strings.ToLower(s), 0)
		if !ok {
			return dst, fmt.Errorf("bad number %q", s)
		}
		return v.Append(dst, 10), nil
	case strings.ContainsRune(low, 'e'):
		f, err := strconv.ParseFloat(s, 64)
		if errors.Is(err, strconv.ErrSyntax) {
			return dst, fmt.Errorf("bad number %q", s)
		}
		return json.AppendDouble(dst, f), nil
	}
	return decimal(dst, s)
}

// decimal appends an integer or a decimal, whose exponent begins with d.
func decimal(dst []byte, s string) ([]byte, error) {
	mantissa, exp, _ := strings.Cut(strings.ToLower(s), "d")
	exponent := int64(0)
	if exp != "" {
		var err error
		if exponent, err = strconv.ParseInt(exp, 10, 32); err != nil {
			return dst, fmt.Errorf("bad number %q", s)
		}
	}
	if rest, ok := strings.CutPrefix(mantissa, "-"); ok {
		mantissa = rest
		dst = append(dst, '-')
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if whole == "" || strings.Trim(digits, "0123456789") != "" || len(whole) > 1 && whole[0] == '0' {
		return dst, fmt.Errorf("bad number %q", s)
	}
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		digits = "0"
	}
	return appendScaled(dst, []byte(digits), exponent-int64(len(fraction))), nil
}

// timestamp appends a date, or a point in time in UTC.
func timestamp(dst []byte, s string) ([]byte, error) {
	bad := fmt.Errorf("bad timestamp %q", s)
	switch date := strings.TrimSuffix(s, "T"); len(date) {
	case 4:
		s = date + "-01-01"
	case 7:
		s = date + "-01"
	case 10:
		s = date
	}
	if len(s) == 10 {
		d, err := types.ParseDate([]byte(s))
		if err != nil {
			return dst, bad
		}
		return append(types.AppendDate(append(dst, '"'), d), '"'), nil
	}
	if len(s) < len("2024-01-01T00:00Z") || s[10] != 'T' {
		return dst, bad
	}
	t := types.TimestampTZOf(9)
	v, err := types.ParseTimestampTZ([]byte(s), t, nil)
	if err != nil {
		return dst, bad
	}
	dst = types.AppendTimestamp(append(dst, '"'), v, types.TimestampOf(9), types.PostgresStyle)
	return append(dst, '"'), nil
}
