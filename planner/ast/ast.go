// Package ast is the syntax tree of a statement, exactly as written: nothing is
// resolved, folded or rewritten. Every node has the position of its first
// character. One tree serves the three dialects that the parser takes (Trino
// queries, Hive DDL, what PostgreSQL clients send).
package ast

// Pos is a 1-based position in the statement, counted in characters (runes).
type Pos int

// Node is anything in the tree.
type Node interface{ Position() Pos }

// At is embedded in every node to give its position.
type At struct{ Pos Pos }

// Position gives the position of the node's first character.
func (a At) Position() Pos { return a.Pos }

// SetPos sets the position of the node's first character; for the parser.
func (a *At) SetPos(p Pos) { a.Pos = p }

// Ident is an identifier. Quoted ones keep their case; others are folded to
// lower case already.
type Ident struct {
	At
	Name   string
	Quoted bool
}

// Name is a possibly qualified name: [catalog.][schema.]object.
type Name []Ident

// Position gives the position of the first part.
func (n Name) Position() Pos { return n[0].Pos }

// Last gives the last part.
func (n Name) Last() Ident { return n[len(n)-1] }

// String joins the parts with dots.
func (n Name) String() string {
	s := ""
	for i, p := range n {
		if i > 0 {
			s += "."
		}
		s += p.Name
	}
	return s
}

// TypeName is a type as written: a name in lower case ("double precision",
// "timestamp with time zone"), its numbers and its type arguments.
type TypeName struct {
	At
	Name   string
	Params []int      // decimal(15,2): 15, 2
	Args   []TypeName // array(bigint), map(k,v), array<bigint>; row/struct: the field types
	Fields []Ident    // row/struct: the field names ("" if anonymous), parallel to Args
	Array  int        // PostgreSQL's suffix: int[][] is 2
}
