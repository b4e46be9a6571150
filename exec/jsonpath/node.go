package jsonpath

import "regexp"

// op is what a node does.
type op uint8

const (
	opRoot    op = iota // $
	opVar               // $name
	opCurrent           // @
	opLast              // last
	opLiteral           // a scalar
	opPlus              // +x
	opMinus             // -x
	opAdd               // x + y, and so on
	opSub
	opMul
	opDiv
	opMod
	opMember    // x.name
	opAnyMember // x.*
	opDeep      // x..name
	opAnyDepth  // x.**{from to to}
	opIndex     // x[subscripts]
	opAnyIndex  // x[*]
	opFilter    // x ? (y)
	opMethod    // x.method(args)

	// The predicates.
	opAnd
	opOr
	opNot
	opEQ
	opNE
	opLT
	opLE
	opGT
	opGE
	opExists
	opStarts
	opRegex
	opIsUnknown
)

func (o op) predicate() bool { return o >= opAnd }

// infix is an operator as messages name it.
var infix = map[op]string{opPlus: "+", opMinus: "-", opAdd: "+", opSub: "-", opMul: "*", opDiv: "/", opMod: "%"}

// node is an expression of a path. x is the operand, or what a step starts from.
type node struct {
	op      op
	x, y    *node
	name    string      // of a member, variable or method
	v       int         // a variable's place
	item    Item        // a literal
	subs    []subscript // of opIndex
	from    int         // levels of opAnyDepth; lastLevel for last
	to      int
	method  *method
	args    []string // of a method
	re      *regexp.Regexp
	forgive bool // structural errors behind ** are none, even in strict mode
}

// lastLevel stands for the depth of the document.
const lastLevel = -1

// subscript is one index (to nil) or a range.
type subscript struct{ from, to *node }
