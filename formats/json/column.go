package json

import (
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// Column makes a vector of JSON texts, a value each: the fields of other formats
// that hold JSON. Not safe for concurrent use.
type Column struct {
	root   *node
	parser parser
}

// NewColumn makes the column of a type. Keys match fields in any case.
func NewColumn(t types.Type) *Column {
	c := &Column{root: newNode(t, &naming{}), parser: parser{unit: "value"}}
	c.root.copyTexts()
	return c
}

// Vector gives the values. It is always the same vector, and so are its
// children; what is in them is valid from Finish to Reset.
func (c *Column) Vector() *vector.Vector { return c.root.vec }

// Reset empties the column and makes room for some values.
func (c *Column) Reset(values int) { c.root.reset(values) }

// Append appends what a text says. With an error, which is a fault without a
// place, nothing is appended. The text is not kept.
func (c *Column) Append(text []byte) error {
	p, at := &c.parser, c.root.n
	p.b, p.i, p.err, p.bad, p.valid = text, 0, nil, nil, utf8.Valid(text)
	p.space()
	ok := p.value(c.root)
	if ok {
		p.space()
		ok = p.i == len(text) || p.fail("the end of the value")
	}
	if !ok {
		c.root.repair()
		c.root.rewind(at)
		return p.err
	}
	return nil
}

// Null appends a NULL.
func (c *Column) Null() { c.root.null() }

// Finish makes the vector of what was appended.
func (c *Column) Finish() { c.root.finish(nil) }
