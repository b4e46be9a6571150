package json

import (
	"bytes"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// walker finds the records of a document piece by piece, as its bytes arrive:
// one that spans lines, whose records stand one behind the other without line
// breaks, in an array, or where a path leads. It matches brackets and quotes;
// what stands in a record is the parser's business, and what the path leads
// past is not checked further.
//
// Without a path, or with one that does not end in [*], an array in the place
// of a record stands for its elements.
type walker struct {
	path  path
	stack []frame
	state walkState
	skip  skipper
}

// frame is an object or array on the way to a record.
type frame struct {
	object bool
	next   int // index of the next element
}

type walkState uint8

const (
	walkValue walkState = iota // a value comes, or in an array its end
	walkKey                    // a key comes, or the object's end
	walkAfter                  // a comma or the end of what is open
	walkSkip                   // inside a value that nobody wants
)

// found is the outcome of walker.next.
type found uint8

const (
	foundRecord found = iota // b[from:to] is a record
	foundMore                // b ends before the next record does: fill and go on at from
	foundEnd                 // there are no more
	foundError               // b[from] is not what JSON has there
)

// next goes on at b[i]. eof says that nothing comes behind b. After foundMore
// the bytes before from are done with; b must then be longer, unless eof holds.
func (w *walker) next(b []byte, i int, eof bool) (what found, from, to int) {
	for {
		if w.state == walkSkip {
			n, done := w.skip.run(b[i:])
			if i += n; !done && !(eof && w.skip.scalar) {
				return w.broken(i, len(b), eof)
			}
			if w.skip.scalar && !w.skip.some {
				w.state = walkValue
				return foundError, i, i
			}
			w.state = walkAfter
		}
		for i < len(b) && isSpace(b[i]) {
			i++
		}
		if i == len(b) {
			return w.broken(i, len(b), eof)
		}
		var ok bool
		switch w.state {
		case walkKey:
			i, ok, what = w.key(b, i, eof)
		case walkAfter:
			i, ok = w.after(b, i)
			what = foundError
		default:
			var end int
			if what, end = w.value(b, i, eof); what == foundRecord {
				w.state = walkAfter
				return what, i, end
			}
			i, ok = end, what == foundEnd
		}
		if !ok {
			return what, i, i
		}
	}
}

// broken is the outcome where b ends.
func (w *walker) broken(i, n int, eof bool) (found, int, int) {
	switch {
	case !eof:
		return foundMore, i, i
	case len(w.stack) == 0 && w.state != walkSkip:
		return foundEnd, i, i
	}
	return foundError, n, n
}

// value looks at the value that begins at i. foundEnd means to go on at end.
func (w *walker) value(b []byte, i int, eof bool) (what found, end int) {
	c, level := b[i], len(w.stack)
	if c == ']' && level > 0 && !w.stack[level-1].object && w.stack[level-1].next == 0 {
		w.pop()
		return foundEnd, i + 1
	}
	if level > 0 && !w.stack[level-1].object {
		f := &w.stack[level-1]
		f.next++
		if level <= len(w.path.steps) && !w.path.steps[level-1].every && f.next-1 != w.path.steps[level-1].index {
			w.skip, w.state = skipper{}, walkSkip
			return foundEnd, i
		}
	}
	if level == len(w.path.steps) && c == '[' && !w.ends() {
		w.push(false)
		return foundEnd, i + 1
	}
	if level >= len(w.path.steps) {
		return w.record(b, i, eof)
	}
	st := w.path.steps[level]
	switch {
	case c == '{' && (st.every || st.key != ""):
		w.push(true)
		return foundEnd, i + 1
	case c == '[' && (st.every || st.index >= 0):
		w.push(false)
		return foundEnd, i + 1
	}
	w.skip, w.state = skipper{}, walkSkip
	return foundEnd, i
}

// ends reports whether the path ends in [*]: its records are what the array
// holds, whatever that is.
func (w *walker) ends() bool {
	n := len(w.path.steps)
	return n > 0 && w.path.steps[n-1].every
}

func (w *walker) record(b []byte, i int, eof bool) (found, int) {
	var s skipper
	n, done := s.run(b[i:])
	switch {
	case done || eof && s.scalar && n > 0:
		if n == 0 {
			return foundError, i
		}
		return foundRecord, i + n
	case eof:
		return foundError, len(b)
	}
	if level := len(w.stack); level > 0 && !w.stack[level-1].object {
		w.stack[level-1].next-- // it is looked at again
	}
	return foundMore, i
}

func (w *walker) push(object bool) {
	w.stack = append(w.stack, frame{object: object})
	if w.state = walkValue; object {
		w.state = walkKey
	}
}

func (w *walker) pop() {
	w.stack = w.stack[:len(w.stack)-1]
	w.state = walkAfter
}

// key reads the key at i with its colon, and decides about its value.
func (w *walker) key(b []byte, i int, eof bool) (next int, ok bool, what found) {
	if b[i] == '}' {
		w.pop()
		return i + 1, true, 0
	}
	var s skipper
	n, done := 0, false
	if b[i] == '"' {
		n, done = s.run(b[i:])
	} else {
		return i, false, foundError
	}
	j := i + n
	for done && j < len(b) && isSpace(b[j]) {
		j++
	}
	if !done || j == len(b) {
		if eof {
			return len(b), false, foundError
		}
		return i, false, foundMore
	}
	if b[j] != ':' {
		return j, false, foundError
	}
	if level := len(w.stack); level <= len(w.path.steps) {
		st := w.path.steps[level-1]
		if w.state = walkValue; !st.every && !keyIs(b[i+1:i+n-1], st.key) {
			w.skip, w.state = skipper{}, walkSkip
		}
	}
	return j + 1, true, 0
}

// keyIs compares a key, escapes and all, with a name.
func keyIs(raw []byte, name string) bool {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw) == name
	}
	out, ok := unescape(nil, raw)
	return ok && string(out) == name
}

// after looks at what stands behind a value.
func (w *walker) after(b []byte, i int) (next int, ok bool) {
	if len(w.stack) == 0 {
		w.state = walkValue // the next document
		return i, true
	}
	object := w.stack[len(w.stack)-1].object
	switch {
	case b[i] == ',' && object:
		w.state = walkKey
	case b[i] == ',':
		w.state = walkValue
	case b[i] == '}' && object, b[i] == ']' && !object:
		w.pop()
	default:
		return i, false
	}
	return i + 1, true
}

// fail describes b[i] as what JSON does not have in the walker's place.
func (w *walker) fail(b []byte, i int) *fault.Error {
	want := "a value"
	switch w.state {
	case walkKey:
		want = "a key in quotes"
	case walkAfter:
		if want = ", or ]"; len(w.stack) > 0 && w.stack[len(w.stack)-1].object {
			want = ", or }"
		}
	}
	if i >= len(b) {
		return fault.New(fault.CodeInvalidJSON, "invalid JSON: the file ends inside a value")
	}
	return fault.New(fault.CodeInvalidJSON, "invalid JSON: expected %s, found %q", want, rune(b[i]))
}

// skipper goes over one value, which may arrive in pieces.
type skipper struct {
	depth   int
	begun   bool
	text    bool // inside a string
	escaped bool // behind a backslash in it
	scalar  bool // a number or a word: it ends where something else begins
	some    bool // of which there was a byte
}

// run goes over b and gives how much of it belongs to the value; done says that
// the value ends there.
func (s *skipper) run(b []byte) (n int, done bool) {
	i := 0
	if !s.begun {
		for i < len(b) && isSpace(b[i]) {
			i++
		}
		if i == len(b) {
			return i, false
		}
		s.begun = true
		s.scalar = b[i] != '{' && b[i] != '[' && b[i] != '"'
	}
	if s.scalar {
		for i < len(b) && !isSpace(b[i]) && strings.IndexByte(`,]}[{":`, b[i]) < 0 {
			i++
			s.some = true
		}
		return i, i < len(b)
	}
	return s.nested(b, i)
}

func (s *skipper) nested(b []byte, i int) (n int, done bool) {
	for i < len(b) {
		if s.text {
			if i = s.string(b, i); s.text {
				return i, false
			}
			if s.depth == 0 {
				return i, true
			}
			continue
		}
		c := b[i]
		i++
		switch c {
		case '"':
			s.text = true
		case '{', '[':
			s.depth++
		case '}', ']':
			if s.depth--; s.depth <= 0 {
				return i, true
			}
		}
	}
	return i, false
}

// string goes on inside a string, to behind its closing quote.
func (s *skipper) string(b []byte, i int) int {
	if s.escaped && i < len(b) {
		s.escaped = false
		i++
	}
	if n := bytes.IndexByte(b[i:], '"'); n >= 0 && bytes.IndexByte(b[i:i+n], '\\') < 0 {
		s.text = false
		return i + n + 1
	}
	for i < len(b) {
		switch c := b[i]; {
		case c == '"':
			s.text = false
			return i + 1
		case c != '\\':
			i++
		case i+1 == len(b):
			s.escaped = true
			return i + 1
		default:
			i += 2
		}
	}
	return i
}
