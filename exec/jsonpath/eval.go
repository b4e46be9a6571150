package jsonpath

import (
	"bytes"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
)

// The SQLSTATEs of class 22 that are about paths only.
const (
	codeInvalidSubscript fault.Code = "22033"
	codeNonNumeric       fault.Code = "22036"
	codeSingleton        fault.Code = "22038"
	codeArrayNotFound    fault.Code = "22039"
	codeMemberNotFound   fault.Code = "2203A"
	codeObjectNotFound   fault.Code = "2203C"
)

// Eval evaluates one path, for one goroutine. Sequences are the top of a stack: a
// node pushes its items, a step replaces those of its operand by its own.
type Eval struct {
	path    *Path
	root    Item
	vars    []Item
	current Item
	size    int // of the array that last is about
	objects int // how many objects keyvalue() has met
	stack   []Item
	steps   int // since Check was asked
}

// NewEval makes an evaluator.
func (p *Path) NewEval() *Eval { return &Eval{path: p} }

// Run gives the items that the path finds in a document; vars are the values of the
// path's variables. They are valid until the next call. Errors are those of the path
// language (22xxx).
func (e *Eval) Run(doc Item, vars []Item) ([]Item, error) {
	e.root, e.vars, e.stack, e.objects = doc, vars, e.stack[:0], 0
	if e.path.simple != nil {
		it, state := e.walk(doc)
		switch state {
		case walked:
			e.stack = append(e.stack, it)
			return e.stack, nil
		case nothing:
			return nil, nil
		}
	}
	err := e.seq(e.path.root)
	return e.stack, err
}

// Exists reports whether the path finds an item.
func (e *Eval) Exists(doc Item, vars []Item) (bool, error) {
	items, err := e.Run(doc, vars)
	return len(items) > 0, err
}

// Match gives the value of a path that is a condition: NULL (known false) for
// unknown. A path that finds a single boolean counts too, as in PostgreSQL.
func (e *Eval) Match(doc Item, vars []Item) (value, known bool, err error) {
	items, err := e.Run(doc, vars)
	if err != nil {
		return false, false, err
	}
	if len(items) == 1 && items[0].kind == Bool {
		return items[0].raw[0] == 't', true, nil
	}
	if len(items) == 1 && items[0].kind == Null {
		return false, false, nil
	}
	return false, false, fault.New(codeSingleton, "single boolean result is expected")
}

// walk's outcomes.
const (
	walked  = iota // the one item
	nothing        // lax: the empty sequence
	general        // arrays are in the way, or an error is to be told
)

// walk follows a path of names and indexes through a document in which objects and
// arrays are where the path has them.
func (e *Eval) walk(it Item) (Item, int) {
	for _, s := range e.path.simple {
		ok := false
		var v []byte
		switch {
		case s.op == opMember && it.kind == Object:
			v, ok = jsontext.Field(it.raw, s.name)
		case s.op == opIndex && it.kind == Array:
			lit := s.subs[0].from.item
			n, err := e.number(lit)
			i, whole := n.trunc()
			if lit.kind != Num || err != nil || !whole || i < 0 {
				return it, general
			}
			v, ok = jsontext.Index(it.raw, i)
		case s.op == opMember && it.kind != Array && !e.path.strict:
			return it, nothing
		default:
			return it, general
		}
		if !ok {
			if e.path.strict {
				return it, general
			}
			return it, nothing
		}
		it = value(v)
	}
	return it, walked
}

func (e *Eval) push(it Item) { e.stack = append(e.stack, it) }

// checkSteps is how many steps, each at most the length of an array, are made between
// two questions whether to go on.
const checkSteps = 256

func (e *Eval) check() error {
	if e.steps++; e.steps < checkSteps || e.path.opts.Check == nil {
		return nil
	}
	e.steps = 0
	return e.path.opts.Check()
}

// seq pushes the items of a node.
func (e *Eval) seq(n *node) error {
	if err := e.check(); err != nil {
		return err
	}
	switch n.op {
	case opRoot:
		e.push(e.root)
	case opVar:
		e.push(e.vars[n.v])
	case opCurrent:
		e.push(e.current)
	case opLast:
		e.push(intItem(int64(e.size - 1)))
	case opLiteral:
		e.push(n.item)
	case opPlus, opMinus:
		return e.unary(n)
	case opAdd, opSub, opMul, opDiv, opMod:
		return e.binary(n)
	default:
		if n.op.predicate() {
			t, err := e.truth(n)
			if err != nil {
				return err
			}
			e.push([...]Item{falseItem, trueItem, nullItem}[t])
			return nil
		}
		return e.step(n)
	}
	return nil
}

// step pushes what an accessor makes of the items of its operand.
func (e *Eval) step(n *node) error {
	from := len(e.stack)
	if err := e.seq(n.x); err != nil {
		return err
	}
	to := len(e.stack)
	for i := from; i < to; i++ {
		if err := e.access(n, e.stack[i], true); err != nil {
			return err
		}
	}
	e.stack = append(e.stack[:from], e.stack[to:]...)
	return nil
}

// lax reports whether structural errors of a node are forgiven.
func (e *Eval) lax(n *node) bool { return !e.path.strict || n.forgive }

// access pushes what one step makes of one item. In lax mode the elements of an
// array stand for it once (unwrap) where the step wants something else.
func (e *Eval) access(n *node, it Item, unwrap bool) error {
	if it.kind == Array && unwrap && !e.path.strict && n.unwraps() {
		return e.elements(it, func(el Item) error { return e.access(n, el, false) })
	}
	switch n.op {
	case opMember:
		return e.member(n, it)
	case opAnyMember:
		return e.anyMember(n, it)
	case opDeep:
		e.deep(n.name, it)
		return nil
	case opAnyDepth:
		e.anyDepth(n, it, 0)
		return nil
	case opIndex:
		return e.index(n, it)
	case opAnyIndex:
		return e.anyIndex(n, it)
	case opFilter:
		return e.filter(n, it)
	}
	return e.method(n, it)
}

// unwraps reports whether a step works on the elements of an array.
func (n *node) unwraps() bool {
	switch n.op {
	case opMember, opAnyMember, opFilter:
		return true
	case opMethod:
		return !n.method.whole
	}
	return false
}

// elements calls f for the elements of an array.
func (e *Eval) elements(it Item, f func(Item) error) (err error) {
	jsontext.Each(it.raw, func(_, v []byte) bool {
		err = f(value(v))
		return err == nil
	})
	return err
}

func (e *Eval) member(n *node, it Item) error {
	if it.kind == Object {
		if v, ok := jsontext.Field(it.raw, n.name); ok {
			e.push(value(v))
			return nil
		}
		if !e.lax(n) {
			return fault.New(codeMemberNotFound, "JSON object does not contain key %s", escapeKey(n.name))
		}
		return nil
	}
	if !e.lax(n) {
		return fault.New(codeMemberNotFound, "jsonpath member accessor can only be applied to an object")
	}
	return nil
}

func (e *Eval) anyMember(n *node, it Item) error {
	if it.kind == Object {
		jsontext.Each(it.raw, func(_, v []byte) bool {
			e.push(value(v))
			return true
		})
		return nil
	}
	if !e.lax(n) {
		return fault.New(codeObjectNotFound, "jsonpath wildcard member accessor can only be applied to an object")
	}
	return nil
}

// deep pushes the members of a name at every depth, the outer ones first.
func (e *Eval) deep(name string, it Item) {
	if it.IsScalar() {
		return
	}
	if it.kind == Object {
		if v, ok := jsontext.Field(it.raw, name); ok {
			e.push(value(v))
		}
	}
	jsontext.Each(it.raw, func(_, v []byte) bool {
		e.deep(name, value(v))
		return true
	})
}

func (e *Eval) anyDepth(n *node, it Item, level int) {
	if level >= n.from && n.from != lastLevel && (n.to == lastLevel || level <= n.to) || n.from == lastLevel && it.IsScalar() {
		e.push(it)
	}
	if it.IsScalar() || n.to != lastLevel && level >= n.to {
		return
	}
	jsontext.Each(it.raw, func(_, v []byte) bool {
		e.anyDepth(n, value(v), level+1)
		return true
	})
}

func (e *Eval) anyIndex(n *node, it Item) error {
	if it.kind == Array {
		return e.elements(it, func(el Item) error { e.push(el); return nil })
	}
	if !e.lax(n) {
		return fault.New(codeArrayNotFound, "jsonpath wildcard array accessor can only be applied to an array")
	}
	e.push(it)
	return nil
}

// index pushes the elements at the subscripts; a value that is no array is one
// element in lax mode.
func (e *Eval) index(n *node, it Item) error {
	size := 1
	if it.kind == Array {
		size = int(jsontext.Len(it.raw))
	} else if !e.lax(n) {
		return fault.New(codeArrayNotFound, "jsonpath array accessor can only be applied to an array")
	}
	outer := e.size
	e.size = size
	defer func() { e.size = outer }()
	for _, s := range n.subs {
		from, err := e.subscript(s.from)
		if err != nil {
			return err
		}
		to := from
		if s.to != nil {
			if to, err = e.subscript(s.to); err != nil {
				return err
			}
		}
		if !e.lax(n) && (from < 0 || from > to || to >= int64(size)) {
			return fault.New(codeInvalidSubscript, "jsonpath array subscript is out of bounds")
		}
		from, to = max(from, 0), min(to, int64(size)-1)
		if from > to {
			continue
		}
		if it.kind != Array {
			e.push(it)
			continue
		}
		at := int64(0)
		jsontext.Each(it.raw, func(_, v []byte) bool {
			if at >= from {
				e.push(value(v))
			}
			at++
			return at <= to
		})
	}
	return nil
}

// subscript gives the integer that an expression comes to.
func (e *Eval) subscript(n *node) (int64, error) {
	base := len(e.stack)
	err := e.seq(n)
	items := e.stack[base:]
	e.stack = e.stack[:base]
	if err != nil {
		return 0, err
	}
	if len(items) != 1 || items[0].kind != Num {
		return 0, fault.New(codeInvalidSubscript, "jsonpath array subscript is not a single numeric value")
	}
	v, err := e.number(items[0])
	if err != nil {
		return 0, err
	}
	i, ok := v.trunc()
	if !ok {
		return 0, fault.New(codeInvalidSubscript, "jsonpath array subscript is out of integer range")
	}
	return i, nil
}

func (e *Eval) filter(n *node, it Item) error {
	outer := e.current
	e.current = it
	t, err := e.truth(n.y)
	e.current = outer
	if err == nil && t == isTrue {
		e.push(it)
	}
	return err
}

// operand pushes the items of n, in lax mode with the elements of arrays in their
// place, and gives where they begin.
func (e *Eval) operand(n *node) (int, error) {
	from := len(e.stack)
	if err := e.seq(n); err != nil {
		return from, err
	}
	if e.path.strict {
		return from, nil
	}
	to, arrays := len(e.stack), false
	for _, it := range e.stack[from:] {
		arrays = arrays || it.kind == Array
	}
	if !arrays {
		return from, nil
	}
	for i := from; i < to; i++ {
		if it := e.stack[i]; it.kind == Array {
			_ = e.elements(it, func(el Item) error { e.push(el); return nil })
		} else {
			e.push(it)
		}
	}
	e.stack = append(e.stack[:from], e.stack[to:]...)
	return from, nil
}

func (e *Eval) unary(n *node) error {
	from, err := e.operand(n.x)
	if err != nil {
		return err
	}
	for i, it := range e.stack[from:] {
		if it.kind != Num {
			return fault.New(codeNonNumeric, "operand of unary jsonpath operator %s is not a numeric value", infix[n.op])
		}
		if n.op == opPlus {
			continue
		}
		v, err := e.number(it)
		if err != nil {
			return err
		}
		if v, err = negate(v); err != nil {
			return err
		}
		e.stack[from+i] = v.item()
	}
	return nil
}

func (e *Eval) binary(n *node) error {
	var vals [2]number
	base := len(e.stack)
	for i, side := range []*node{n.x, n.y} {
		from, err := e.operand(side)
		if err != nil {
			return err
		}
		if len(e.stack) != from+1 || e.stack[from].kind != Num {
			return fault.New(codeSingleton, "%s operand of jsonpath operator %s is not a single numeric value", [...]string{"left", "right"}[i], infix[n.op])
		}
		if vals[i], err = e.number(e.stack[from]); err != nil {
			return err
		}
	}
	e.stack = e.stack[:base]
	v, err := e.arith(n.op, vals[0], vals[1])
	if err != nil {
		return err
	}
	e.push(v.item())
	return nil
}

// compareStrings compares two strings by their text.
func compareStrings(a, b Item) int {
	return bytes.Compare(a.plain(), b.plain())
}
