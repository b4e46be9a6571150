package fn

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Go's regular expressions (RE2's syntax) match in linear time. translator turns
// PostgreSQL's (chapter 9.7.3) and Java's into them where they only spell
// something differently, and refuses by name what a linear matcher cannot do.
type translator struct {
	p        string
	i        int
	b        strings.Builder
	pg       bool
	expanded bool // white space and comments do not count
	lines    bool // [^...] does not match a newline
}

// wordClass are the letters, marks, digits and the underscore, inside brackets.
const wordClass = `\p{L}\p{M}\p{N}_`

// pgOptions turns the letters of PostgreSQL's options into Go's flags.
func (t *translator) pgOptions(letters string) (mode string, literal bool, err error) {
	fold, dotAll, lines := false, true, false
	for _, f := range letters {
		switch f {
		case 'i':
			fold = true
		case 'c':
			fold = false
		case 'n', 'm':
			dotAll, lines = false, true
		case 'p':
			dotAll, lines = false, false
		case 'w':
			dotAll, lines = true, true
		case 's':
			dotAll, lines = true, false
		case 'x':
			t.expanded = true
		case 't':
			t.expanded = false
		case 'q':
			literal = true
		case 'g', 'e':
		default:
			return "", false, fault.New(fault.CodeInvalidParameter, "invalid regular expression option: %q", string(f))
		}
	}
	if fold {
		mode += "i"
	}
	if dotAll {
		mode += "s"
	}
	if lines {
		mode += "m"
	}
	t.lines = !dotAll
	return mode, literal, nil
}

// translatePG gives PostgreSQL's pattern with its options as a pattern of Go's.
func translatePG(p, options string) (string, error) {
	t := &translator{pg: true}
	switch {
	case strings.HasPrefix(p, "***="):
		p, options = p[4:], options+"q"
	case strings.HasPrefix(p, "***:"):
		p = p[4:]
	case strings.HasPrefix(p, "***"):
		return "", badRegexp("quantifier operand invalid")
	}
	if end := strings.IndexByte(p, ')'); strings.HasPrefix(p, "(?") && end > 2 && isLetters(p[2:end]) {
		p, options = p[end+1:], options+p[2:end]
	}
	mode, literal, err := t.pgOptions(options)
	if err != nil {
		return "", err
	}
	if literal {
		p = regexp.QuoteMeta(p)
	} else if p, err = t.run(p); err != nil {
		return "", err
	}
	if mode != "" {
		p = "(?" + mode + ")" + p
	}
	return p, nil
}

// translateJava gives Java's pattern as one of Go's.
func translateJava(p, options string) (string, error) {
	mode := ""
	for _, f := range options {
		switch f {
		case 'i', 's', 'm':
			mode += string(f)
		case 'g', 'c':
		default:
			return "", fault.New(fault.CodeInvalidParameter, "invalid regular expression option: %q", string(f))
		}
	}
	t := &translator{}
	p, err := t.run(p)
	if mode != "" {
		p = "(?" + mode + ")" + p
	}
	return p, err
}

func isLetters(s string) bool {
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return s != ""
}

func badRegexp(text string) *fault.Error {
	return fault.New(fault.CodeInvalidRegexp, "invalid regular expression: %s", text)
}

// notLinear refuses what needs backtracking.
func notLinear(what string) error {
	return fault.New(fault.CodeFeatureNotSupported, "%s are not supported in regular expressions", what).
		WithHint("Regular expressions match in linear time, which rules this out.")
}

func (t *translator) run(p string) (string, error) {
	t.p = p
	for t.i < len(p) {
		switch c := p[t.i]; {
		case c == '\\':
			if err := t.escape(false); err != nil {
				return "", err
			}
		case c == '[':
			if err := t.class(); err != nil {
				return "", err
			}
		case strings.HasPrefix(p[t.i:], "(?"):
			if err := t.group(); err != nil {
				return "", err
			}
		case t.expanded && (c == ' ' || c >= '\t' && c <= '\r'):
			t.i++
		case t.expanded && c == '#':
			for t.i < len(p) && p[t.i] != '\n' {
				t.i++
			}
		default:
			t.b.WriteByte(c)
			t.i++
		}
	}
	return t.b.String(), nil
}

// group reads what begins with (?.
func (t *translator) group() error {
	rest := t.p[t.i+2:]
	switch {
	case strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "!"):
		return notLinear("lookahead constraints")
	case strings.HasPrefix(rest, "<=") || strings.HasPrefix(rest, "<!"):
		return notLinear("lookbehind constraints")
	case strings.HasPrefix(rest, ">"):
		return notLinear("atomic groups")
	case strings.HasPrefix(rest, "#"):
		end := strings.IndexByte(rest, ')')
		if end < 0 {
			return badRegexp("parentheses () not balanced")
		}
		t.i += 2 + end + 1
		return nil
	}
	t.b.WriteString("(?")
	t.i += 2
	return nil
}

// escape reads a backslash and what belongs to it.
func (t *translator) escape(inClass bool) error {
	if t.i+1 >= len(t.p) {
		return badRegexp("invalid escape \\ sequence")
	}
	c := t.p[t.i+1]
	t.i += 2
	switch {
	case c >= '1' && c <= '9' && !inClass, c == 'k' && !t.pg:
		return notLinear("back references")
	case c == 'e':
		t.b.WriteString(`\x1b`)
	case c == 'c' && t.i < len(t.p):
		t.code(int64(t.p[t.i]&0x1f), 1)
	case c == 'u':
		return t.hex(4)
	case c == 'U' && t.pg:
		return t.hex(8)
	case t.pg:
		t.escapePG(c, inClass)
	case c == 'R' && !inClass:
		t.b.WriteString(`(?:\r\n|[\n-\r\x{85}\x{2028}\x{2029}])`)
	case c == 'Z' || c == 'G' || c == 'h' || c == 'H' || c == 'X':
		return fault.New(fault.CodeFeatureNotSupported, "the escape \\%c is not supported in regular expressions", c)
	default:
		t.b.WriteByte('\\')
		t.b.WriteByte(c)
	}
	return nil
}

// escapePG writes one of PostgreSQL's escapes of a letter.
func (t *translator) escapePG(c byte, inClass bool) {
	if c >= 0x80 { // a character of several bytes stands for itself
		t.b.WriteByte(c)
		return
	}
	text, known := map[byte]string{'m': `\b`, 'M': `\b`, 'y': `\b`, 'Y': `\B`, 'Z': `\z`, 'b': `\x08`, 'B': `\\`, 'w': "[" + wordClass + "]", 'W': "[^" + wordClass + "]"}[c]
	switch {
	case inClass && c == 'w':
		text = wordClass
	case !known:
		text = `\` + string(rune(c))
	}
	t.b.WriteString(text)
}

// hex reads the digits of a code point.
func (t *translator) hex(digits int) error {
	if t.i+digits > len(t.p) {
		return badRegexp("invalid escape \\ sequence")
	}
	x, err := strconv.ParseInt(t.p[t.i:t.i+digits], 16, 32)
	if err != nil || x < 0 || x > 0x10ffff {
		return badRegexp("invalid escape \\ sequence")
	}
	t.code(x, digits)
	return nil
}

func (t *translator) code(x int64, width int) {
	t.b.WriteString(`\x{` + strconv.FormatInt(x, 16) + "}")
	t.i += width
}

// class reads a bracket expression.
func (t *translator) class() error {
	rest := t.p[t.i:]
	if t.pg && (strings.HasPrefix(rest, "[[:<:]]") || strings.HasPrefix(rest, "[[:>:]]")) {
		t.b.WriteString(`\b`)
		t.i += len("[[:<:]]")
		return nil
	}
	t.b.WriteByte('[')
	t.i++
	if t.i < len(t.p) && t.p[t.i] == '^' {
		t.b.WriteByte('^')
		t.i++
		if t.pg && t.lines {
			t.b.WriteString(`\n`)
		}
	}
	if t.i < len(t.p) && t.p[t.i] == ']' { // literal as the first
		t.b.WriteString(`\]`)
		t.i++
	}
	for t.i < len(t.p) {
		switch c := t.p[t.i]; {
		case c == ']':
			t.b.WriteByte(']')
			t.i++
			return nil
		case c == '\\':
			if err := t.escape(true); err != nil {
				return err
			}
		case c == '[':
			if err := t.inner(); err != nil {
				return err
			}
		case c == '&' && !t.pg && strings.HasPrefix(t.p[t.i:], "&&"):
			return fault.New(fault.CodeFeatureNotSupported, "intersections of character classes are not supported in regular expressions")
		default:
			t.b.WriteByte(c)
			t.i++
		}
	}
	return badRegexp("brackets [] not balanced")
}

// inner reads a [ within brackets: a named class, or a plain character.
func (t *translator) inner() error {
	rest := t.p[t.i:]
	end := strings.Index(rest, ":]")
	switch {
	case strings.HasPrefix(rest, "[:") && end > 0:
		t.b.WriteString(rest[:end+2])
		t.i += end + 2
	case t.pg && (strings.HasPrefix(rest, "[.") || strings.HasPrefix(rest, "[=")):
		return fault.New(fault.CodeFeatureNotSupported, "collating elements are not supported in regular expressions")
	case t.pg:
		t.b.WriteString(`\[`)
		t.i++
	default:
		return fault.New(fault.CodeFeatureNotSupported, "nested character classes are not supported in regular expressions").WithHint(`Write \[ for the character.`)
	}
	return nil
}
