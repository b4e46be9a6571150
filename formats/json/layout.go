package json

import (
	"bytes"
	"strings"
)

// layout says how records stand in a file.
type layout uint8

const (
	layoutUnknown layout = iota
	layoutLines          // no record spans lines; a line may hold several
	layoutStream         // records span lines, or stand in an array, or in lines without end
)

// layoutBytes is how much of a file's beginning decides about its layout.
const layoutBytes = 64 << 10

// cut reports whether parsing failed for nothing but the end of the sample,
// which may be inside a word.
func (p *parser) cut() bool {
	rest := string(p.b[p.i:])
	return strings.HasPrefix("true", rest) || strings.HasPrefix("false", rest) || strings.HasPrefix("null", rest)
}

// layoutOf looks at the beginning of a file without its byte order mark. A file
// is one of lines unless it begins with an array, its first record goes on
// behind the line's end, or the first records stand side by side in a line that
// does not end in what is looked at. What is no JSON is a file of lines, where
// errors concern one line.
func layoutOf(head []byte, complete bool) layout {
	if len(head) > layoutBytes {
		head, complete = head[:layoutBytes], false
	}
	body := bytes.TrimLeft(head, " \t\r\n")
	if len(body) == 0 {
		return layoutUnknown
	}
	if body[0] == '[' {
		return layoutStream
	}
	line, _, ended := bytes.Cut(body, []byte{'\n'})
	p := parser{b: body}
	first := p.skip(0)
	switch {
	case first && p.i <= len(line) && (ended || complete):
		return layoutLines
	case first && p.i > len(line):
		return layoutStream
	case first: // within a line whose end is not in sight
		p.space()
		if c := p.peek(); c == '{' || c == '[' {
			return layoutStream
		}
		return layoutLines
	case ended && !complete && p.cut():
		return layoutStream // nothing is wrong so far, and it spans lines
	}
	return layoutLines
}

// sniff judges the beginning of a file: 1 if its first record is one, 0.9 if
// nothing is wrong as far as it can be seen, 0 if it is something else.
func (p path) sniff(head []byte, complete bool) float64 {
	body := bytes.TrimLeft(bytes.TrimPrefix(head, bom), " \t\r\n")
	if len(body) == 0 || body[0] != '{' && body[0] != '[' {
		return 0
	}
	w := walker{path: p}
	switch what, from, to := w.next(body, 0, complete); what {
	case foundRecord:
		q := parser{b: body[from:to]}
		if (body[from] != '{' && len(p.steps) == 0) || !q.skip(0) {
			return 0
		}
		return 1
	case foundMore:
		q := parser{b: body}
		if q.skip(0) || !q.cut() {
			return 0
		}
		return 0.9
	}
	return 0
}

// valueEnd gives where the first value of a line ends: the line's end, but for
// lines in which a writer left out the breaks between objects.
func valueEnd(line []byte) int {
	if sideBySide(line) {
		var s skipper
		if n, done := s.run(line); done && n > 0 {
			return n
		}
	}
	return len(line)
}

// sideBySide reports whether a line may hold several objects: a closing brace
// with an opening one behind it.
func sideBySide(line []byte) bool {
	for {
		i := bytes.IndexByte(line, '}')
		if i < 0 {
			return false
		}
		if line = bytes.TrimLeft(line[i+1:], " \t\r"); len(line) > 0 && line[0] == '{' {
			return true
		}
	}
}
