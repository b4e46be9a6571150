package json

import (
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// path leads from a document to its records: the part of JSONPath that Glue's
// classifiers have ($, .name, ['name'], [*], .*), and [n].
type path struct{ steps []step }

// step goes one level down: to every member of an array or object, to one
// element, or to the value of one key.
type step struct {
	every bool
	index int    // of an element, counted from 0; -1: none
	key   string // of an object, compared exactly
}

// maxSteps bounds a path.
const maxSteps = 64

// parsePath reads a JSON path; "" and "$" are the document itself.
func parsePath(text string) (path, error) {
	var p path
	s := strings.TrimSpace(text)
	if s == "" {
		return p, nil
	}
	rest, ok := strings.CutPrefix(s, "$")
	if !ok {
		return p, badPath(text, "it begins with $")
	}
	for rest != "" {
		var st step
		var err error
		if st, rest, err = parseStep(text, rest); err != nil {
			return p, err
		}
		if p.steps = append(p.steps, st); len(p.steps) > maxSteps {
			return p, badPath(text, "at most 64 steps")
		}
	}
	return p, nil
}

func parseStep(text, s string) (st step, rest string, err error) {
	st.index = -1
	switch {
	case strings.HasPrefix(s, ".."):
		return st, "", badPath(text, "no descent at any depth (..)")
	case strings.HasPrefix(s, ".*"):
		st.every = true
		return st, s[2:], nil
	case s[0] == '.':
		n := strings.IndexAny(s[1:], ".[")
		if n < 0 {
			n = len(s) - 1
		}
		if st.key = s[1 : 1+n]; st.key == "" {
			return st, "", badPath(text, "a name behind each point")
		}
		return st, s[1+n:], nil
	case s[0] != '[':
		return st, "", badPath(text, "a point or [ between names")
	}
	return bracketStep(text, s, st)
}

func bracketStep(text, s string, st step) (step, string, error) {
	if len(s) > 1 && (s[1] == '\'' || s[1] == '"') {
		end := strings.Index(s[2:], s[1:2]+"]")
		if end < 0 {
			return st, "", badPath(text, "a closing quote and ]")
		}
		st.key = s[2 : 2+end]
		return st, s[end+4:], nil
	}
	end := strings.IndexByte(s, ']')
	if end < 0 {
		return st, "", badPath(text, "a closing ]")
	}
	inner := strings.TrimSpace(s[1:end])
	if inner == "*" {
		st.every = true
		return st, s[end+1:], nil
	}
	n, err := strconv.Atoi(inner)
	if err != nil || n < 0 {
		return st, "", badPath(text, "*, a number or a name in quotes between [ and ]")
	}
	st.index = n
	return st, s[end+1:], nil
}

func badPath(text, want string) error {
	return fault.New(fault.CodeInvalidParameter, "JSON path %q is not supported: expected %s", text, want).
		WithHint("Paths look like $.records[*], $[*] or $['my key'].items[*].")
}

// String gives the path with its names quoted where they must be.
func (p path) String() string {
	out := "$"
	for _, s := range p.steps {
		switch {
		case s.every:
			out += "[*]"
		case s.index >= 0:
			out += "[" + strconv.Itoa(s.index) + "]"
		case strings.ContainsAny(s.key, ".[]'\" *"):
			out += "['" + s.key + "']"
		default:
			out += "." + s.key
		}
	}
	return out
}

// column gives the name of the column that holds a record which is no object:
// the last name of the path.
func (p path) column() string {
	for i := len(p.steps) - 1; i >= 0; i-- {
		if p.steps[i].key != "" {
			return p.steps[i].key
		}
	}
	return "value"
}
