package jsonpath

import (
	"bytes"

	"github.com/glauxdb/glaux/catalog/fault"
)

// tri is the truth of a predicate.
type tri uint8

const (
	isFalse tri = iota
	isTrue
	isUnknown
)

// truth evaluates a predicate. Errors of the paths in it make it unknown; what is
// returned as an error is only what must end the query.
func (e *Eval) truth(n *node) (tri, error) {
	switch n.op {
	case opAnd, opOr:
		return e.logic(n)
	case opNot:
		t, err := e.truth(n.x)
		return [...]tri{isTrue, isFalse, isUnknown}[t], err
	case opIsUnknown:
		t, err := e.truth(n.x)
		if t == isUnknown {
			return isTrue, err
		}
		return isFalse, err
	case opExists:
		return e.exists(n)
	case opStarts, opRegex:
		return e.pattern(n)
	}
	return e.comparison(n)
}

func (e *Eval) logic(n *node) (tri, error) {
	decides := isFalse // of AND; of OR true
	if n.op == opOr {
		decides = isTrue
	}
	x, err := e.truth(n.x)
	if err != nil || x == decides {
		return x, err
	}
	y, err := e.truth(n.y)
	if err != nil || y == decides || x != isUnknown {
		return y, err
	}
	return isUnknown, nil
}

// caught makes an error unknown, unless it is none of the data's.
func caught(err error) (tri, error) {
	if f, ok := err.(*fault.Error); ok && f.Code[:2] == "22" {
		return isUnknown, nil
	}
	return isUnknown, err
}

func (e *Eval) exists(n *node) (tri, error) {
	base := len(e.stack)
	err := e.seq(n.x)
	found := len(e.stack) > base
	e.stack = e.stack[:base]
	switch {
	case err != nil:
		return caught(err)
	case found:
		return isTrue, nil
	}
	return isFalse, nil
}

// pairs is how a predicate over sequences comes out: one match makes it true, an
// error unknown. In lax mode the first of them decides, in strict mode every pair
// is looked at and errors win.
type pairs struct {
	lax    bool
	match  bool
	failed bool
}

// add takes the outcome of one pair and reports whether that decides.
func (p *pairs) add(t tri) bool {
	switch t {
	case isTrue:
		p.match = true
		return p.lax
	case isUnknown:
		p.failed = true
		return true
	}
	return false
}

func (p *pairs) result() tri {
	switch {
	case p.failed && !(p.lax && p.match):
		return isUnknown
	case p.match:
		return isTrue
	}
	return isFalse
}

func (e *Eval) comparison(n *node) (tri, error) {
	base := len(e.stack)
	defer func() { e.stack = e.stack[:base] }()
	if _, err := e.operand(n.x); err != nil {
		return caught(err)
	}
	mid, err := e.operand(n.y)
	if err != nil {
		return caught(err)
	}
	p := pairs{lax: !e.path.strict}
	for _, l := range e.stack[base:mid] {
		for _, r := range e.stack[mid:] {
			t, err := e.compare(n.op, l, r)
			if err != nil {
				return isUnknown, err
			}
			if p.add(t) {
				return p.result(), nil
			}
		}
	}
	return p.result(), nil
}

// compare compares two items. Items of different kinds do not compare, but for null,
// which differs from everything else: in Trino's dialect not even by <>.
func (e *Eval) compare(o op, a, b Item) (tri, error) {
	if a.kind != b.kind {
		if a.kind == Null || b.kind == Null {
			return truth(o == opNE && e.path.opts.Postgres), nil
		}
		return isUnknown, nil
	}
	c := 0
	switch a.kind {
	case Null:
	case Bool:
		c = bytes.Compare(a.raw, b.raw) // false before true
	case Num:
		x, err1 := e.number(a)
		y, err2 := e.number(b)
		if err1 != nil || err2 != nil {
			return isUnknown, nil
		}
		if x.form == formFloat && x.f != x.f || y.form == formFloat && y.f != y.f {
			return truth(o == opNE), nil
		}
		c = x.compare(y)
	case String:
		c = compareStrings(a, b)
	case Time:
		n, ok, err := e.compareTimes(a, b)
		if !ok || err != nil {
			return isUnknown, err
		}
		c = n
	default:
		return isUnknown, nil
	}
	return truth(holds(o, c)), nil
}

func truth(b bool) tri {
	if b {
		return isTrue
	}
	return isFalse
}

func holds(o op, c int) bool {
	switch o {
	case opEQ:
		return c == 0
	case opNE:
		return c != 0
	case opLT:
		return c < 0
	case opLE:
		return c <= 0
	case opGT:
		return c > 0
	}
	return c >= 0
}

// pattern evaluates starts with and like_regex over the items of the operand.
func (e *Eval) pattern(n *node) (tri, error) {
	base := len(e.stack)
	defer func() { e.stack = e.stack[:base] }()
	if _, err := e.operand(n.x); err != nil {
		return caught(err)
	}
	mid := len(e.stack)
	var prefix []byte
	if n.op == opStarts {
		if err := e.seq(n.y); err != nil {
			return caught(err)
		}
		if len(e.stack) != mid+1 || e.stack[mid].kind != String {
			return isUnknown, nil
		}
		prefix = e.stack[mid].plain()
	}
	p := pairs{lax: !e.path.strict}
	for _, it := range e.stack[base:mid] {
		t := isUnknown
		if it.kind == String {
			if n.op == opStarts {
				t = truth(bytes.HasPrefix(it.plain(), prefix))
			} else {
				t = truth(n.re.Match(it.plain()))
			}
		}
		if p.add(t) {
			break
		}
	}
	return p.result(), nil
}
