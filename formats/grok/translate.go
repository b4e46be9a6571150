package grok

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// translator turns one piece of a pattern, as grok's engines (Oniguruma,
// Java) read it, into the syntax of package regexp.
//
//	(?<name>...)           a field, like %{...:name}
//	(?>...), a*+ a++ a?+   the plain group and quantifier: matching in linear time has no
//	                       use for the promise not to go back. What matches only because
//	                       of it, by failing elsewhere, is rare; more may match here
//	a?*                    a*, which Oniguruma makes of it
//	\h \H \R \Z \uXXXX     what Java means by them
//	(?=  (?!  (?<=  (?<!   look-around: refused
//	\1  \k<name>           back-references: refused
//	[a&&b]  [a[b]]         set operations: refused
type translator struct {
	e   *expander
	in  string
	i   int
	out *strings.Builder
}

func (t *translator) run() error {
	for t.i < len(t.in) {
		if err := t.next(); err != nil {
			return err
		}
	}
	return nil
}

func (t *translator) next() error {
	c := t.in[t.i]
	switch {
	case !t.e.plain && strings.HasPrefix(t.in[t.i:], "%{"):
		return t.reference()
	case c == '\\':
		return t.escape(false)
	case c == '[':
		return t.set()
	case c == '(':
		return t.group()
	case c == '?' && !t.e.plain && strings.HasPrefix(t.in[t.i:], "?*") && !t.quantified():
		t.i++
		return nil
	case c == '*' || c == '+' || c == '?' || c == '}':
		t.out.WriteByte(c)
		t.i++
		if t.i < len(t.in) && t.in[t.i] == '+' && (c != '}' || t.closesRepeat()) {
			t.i++ // possessive
		}
		return nil
	}
	t.out.WriteByte(c)
	t.i++
	return nil
}

// quantified reports whether a quantifier stands before t.i, so that a question
// mark there makes it lazy.
func (t *translator) quantified() bool {
	return t.i == 0 || strings.IndexByte("*+?}(|", t.in[t.i-1]) >= 0
}

// closesRepeat reports whether the brace before t.i ends a {n,m}.
func (t *translator) closesRepeat() bool {
	open := strings.LastIndexByte(t.in[:t.i], '{')
	return open > 0 && strings.Trim(t.in[open+1:t.i-1], "0123456789,") == ""
}

// reference expands %{NAME:field:type}.
func (t *translator) reference() error {
	end := strings.IndexByte(t.in[t.i:], '}')
	if end < 0 {
		return badPattern("%%{ without a closing brace in %q", clip(t.in[t.i:]))
	}
	ref := t.in[t.i+2 : t.i+end]
	t.i += end + 1
	return t.e.reference(t.out, ref)
}

func (t *translator) escape(inSet bool) error {
	if t.i+1 == len(t.in) {
		return badPattern("the pattern ends in a backslash")
	}
	c := t.in[t.i+1]
	t.i += 2
	switch {
	case c == 'h' && inSet:
		t.out.WriteString(` \t`)
	case c == 'h':
		t.out.WriteString(`[ \t]`)
	case c == 'H' && !inSet:
		t.out.WriteString(`[^ \t]`)
	case c == 'R' && !inSet:
		t.out.WriteString(`(?:\r\n|\n|\r)`)
	case c == 'Z' && !inSet:
		t.out.WriteString(`\z`)
	case c == 'e':
		t.out.WriteString(`\x1b`)
	case c == 'u' && t.i+4 <= len(t.in):
		t.out.WriteString(`\x{` + t.in[t.i:t.i+4] + `}`)
		t.i += 4
	case c == 'k' || c >= '1' && c <= '9':
		return refused("a back-reference", `\`+string(rune(c)))
	default:
		t.out.WriteByte('\\')
		t.out.WriteByte(c)
	}
	return nil
}

// set copies a set of characters.
func (t *translator) set() error {
	t.out.WriteByte('[')
	t.i++
	for _, s := range []string{"^", "]"} { // ] means itself in first place
		if strings.HasPrefix(t.in[t.i:], s) {
			if s == "]" {
				t.out.WriteByte('\\')
			}
			t.out.WriteString(s)
			t.i++
		}
	}
	for t.i < len(t.in) {
		rest := t.in[t.i:]
		switch {
		case strings.HasPrefix(rest, "&&"):
			return refused("an intersection of sets", "&&")
		case strings.HasPrefix(rest, "[:"):
			n := strings.Index(rest, ":]")
			if n < 0 {
				return badPattern("[: without :]")
			}
			t.out.WriteString(rest[:n+2])
			t.i += n + 2
			continue
		case rest[0] == '[':
			return refused("a set inside a set", "[ (write \\[ for the character)")
		case rest[0] == '\\':
			if err := t.escape(true); err != nil {
				return err
			}
			continue
		}
		t.out.WriteByte(rest[0])
		t.i++
		if rest[0] == ']' {
			return nil
		}
	}
	return badPattern("[ without ]")
}

// lookArounds are what linear time has no way for.
var lookArounds = []struct{ open, name string }{
	{"(?=", "look-ahead"}, {"(?!", "negative look-ahead"}, {"(?<=", "look-behind"}, {"(?<!", "negative look-behind"},
	{"(?(", "a conditional"}, {"(?#", "a comment"}, {"(?&", "a subroutine call"}, {"(?R", "recursion"},
}

func (t *translator) group() error {
	rest := t.in[t.i:]
	for _, l := range lookArounds {
		if strings.HasPrefix(rest, l.open) {
			return refused(l.name, l.open)
		}
	}
	switch {
	case strings.HasPrefix(rest, "(?>"):
		t.out.WriteString("(?:")
		t.i += 3
	case t.e.plain && (strings.HasPrefix(rest, "(?<") || !strings.HasPrefix(rest, "(?")):
		if t.i++; rest[1:min(3, len(rest))] == "?<" {
			t.i += max(strings.IndexByte(rest, '>'), 0) // the name, which nobody asks for
		}
		t.out.WriteByte('(')
	case strings.HasPrefix(rest, "(?<"), strings.HasPrefix(rest, "(?P<"):
		from := strings.IndexByte(rest, '<') + 1
		end := strings.IndexByte(rest, '>')
		if end < from {
			return badPattern("a group's name without >")
		}
		group, err := t.e.field(rest[from:end], "")
		if err != nil {
			return err
		}
		t.out.WriteString("(?P<" + group + ">")
		t.i += end + 1
	case strings.HasPrefix(rest, "(?"):
		t.out.WriteString("(?")
		t.i += 2
	default:
		t.out.WriteString("(?:") // nobody asks for its number
		t.i++
	}
	return nil
}

func refused(what, spelling string) error {
	return fault.New(fault.CodeFeatureNotSupported, "grok patterns with %s are not supported: %s", what, spelling).
		WithHint("Patterns are matched in linear time, which has no look-around, back-references or set operations.")
}

func badPattern(format string, args ...any) *fault.Error {
	return fault.New(fault.CodeInvalidRegexp, "invalid grok pattern: "+format, args...)
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "..."
	}
	return s
}
