package jsonpath

import (
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Options choose between the dialects.
type Options struct {
	Postgres bool
	// Zone is where a timestamp without zone is compared with an instant; nil: that is
	// an error, since the result would depend on the session.
	Zone *time.Location
	// Check is asked now and then whether to go on, since the work may grow with a
	// power of the document's length. Its error ends the evaluation; nil: go on always.
	Check func() error
}

// Path is a compiled path. It is immutable.
type Path struct {
	opts   Options
	strict bool
	root   *node
	vars   []string
	// simple is the path's member names and indexes, if it consists of those only:
	// the way through documents without arrays on it needs no stack.
	simple []*node
}

// Compile reads a path; errors are syntax errors of SQL (42601).
func Compile(text string, opts Options) (*Path, error) {
	p := parser{lex: lexer{s: text, opts: opts}, path: &Path{opts: opts}}
	if err := p.all(); err != nil {
		return nil, err
	}
	p.path.simple = simpleSteps(p.path.root)
	return p.path, nil
}

// Vars gives the names of the variables that the path reads, in the order in which
// Eval wants their values.
func (p *Path) Vars() []string { return p.vars }

// Strict reports whether the path is in strict mode.
func (p *Path) Strict() bool { return p.strict }

// IsPredicate reports whether the whole path is a condition, as PostgreSQL allows.
func (p *Path) IsPredicate() bool { return p.root.op.predicate() }

// variable gives the place of a variable.
func (p *Path) variable(name string) int {
	for i, v := range p.vars {
		if v == name {
			return i
		}
	}
	p.vars = append(p.vars, name)
	return len(p.vars) - 1
}

// simpleSteps lists the steps from the root, nil if there is any other than a name or
// one constant index.
func simpleSteps(n *node) []*node {
	var out []*node
	for ; n.op != opRoot; n = n.x {
		if n.op != opMember && !(n.op == opIndex && len(n.subs) == 1 && n.subs[0].to == nil && n.subs[0].from.op == opLiteral) {
			return nil
		}
		out = append(out, n)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// Match gives the values of the variables: given(name) is asked for each exact name
// first; a missing one is an error (42704).
func (p *Path) Match(given map[string]int) ([]int, error) {
	out := make([]int, len(p.vars))
	for i, name := range p.vars {
		at, ok := given[name]
		if !ok {
			return nil, fault.New(fault.CodeUndefinedObject, "could not find jsonpath variable %q", name)
		}
		out[i] = at
	}
	return out, nil
}

// escapeKey writes a member's name as a path does.
func escapeKey(name string) string { return `"` + strings.ReplaceAll(name, `"`, `\"`) + `"` }
