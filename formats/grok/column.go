package grok

import (
	"bytes"
	"errors"
	"math"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// column converts one column of the matched lines.
type column struct {
	vec    *vector.Vector
	typ    types.Type
	name   string
	groups []int
	set    *settings

	from, to []uint32 // where the field is in the block, by row; from is absent where it is not
	block    []byte
	own      []byte // memory of texts with replaced bytes
	utf8     bool   // the block is valid UTF-8
	done     bool   // converted for this batch

	json *json.Column // of an array, map or row, or of a part of one: fields hold JSON; nil: of any other type
}

// nest has the column read JSON, of which the path leads to what is wanted.
func (c *column) nest(path []string) {
	t := c.typ
	for i := len(path) - 1; i >= 0; i-- {
		t = types.Type{Kind: types.Row, Fields: []types.Field{{Name: path[i], Type: t}}}
	}
	c.json = json.NewColumn(t)
	c.vec = c.json.Vector()
	for range path {
		c.vec = c.vec.Kids[0]
	}
}

// values reads the JSON of the rows of sel among n; the others are NULL. The first
// row that holds none comes back with its error, unless asNulls makes it NULL too.
func (c *column) values(n int, sel vector.Sel, asNulls bool) (row int, bad error) {
	c.json.Reset(n)
	for row := range n {
		wanted := len(sel) > 0 && int(sel[0]) == row
		if wanted {
			sel = sel[1:]
		}
		f, ok := []byte(nil), false
		if wanted {
			f, ok = c.field(row)
		}
		if !ok || len(bytes.TrimSpace(f)) == 0 {
			c.json.Null()
			continue
		}
		if err := c.json.Append(f); err != nil {
			if !asNulls {
				return row, err
			}
			c.json.Null()
		}
	}
	c.json.Finish()
	return 0, nil
}

// absent marks a field that takes no part in a match.
const absent = math.MaxUint32

// note remembers where a row's field is: the first of the groups that take part
// in the match m of a line that begins at off in the block. A nil m is no match.
func (c *column) note(row, off int, m []int) {
	c.from[row] = absent
	if m == nil {
		return
	}
	for _, g := range c.groups {
		if m[2*g] >= 0 {
			c.from[row], c.to[row] = uint32(off+m[2*g]), uint32(off+m[2*g+1])
			return
		}
	}
}

// judge converts the first row and says what is wrong with it.
func (c *column) judge(first vector.Sel) (bad error) {
	if c.json != nil {
		_, bad = c.values(1, first, false)
		return bad
	}
	c.vec.Reset(c.typ, 1)
	_, bad = c.convert(first)
	return bad
}

// fault says what is wrong with a row's value.
func (c *column) fault(row int, bad error) *fault.Error {
	f, _ := c.field(row)
	if e := new(fault.Error); errors.As(bad, &e) {
		return lines.BadData(e).InColumn(c.name)
	}
	return lines.BadData(types.TextError(bad, c.typ, f)).InColumn(c.name)
}

// field gives a row's text; ok is false for NULL.
func (c *column) field(row int) (f []byte, ok bool) {
	if c.from[row] == absent {
		return nil, false
	}
	f = c.block[c.from[row]:c.to[row]]
	return f, !(c.set.hasNull && bytes.Equal(f, c.set.null))
}

// convert fills the rows of sel, up to the first bad value, whose place in sel
// it gives.
func (c *column) convert(sel vector.Sel) (at int, bad error) {
	switch {
	case c.typ.IsString():
		c.texts(sel)
		return 0, nil
	case c.typ.Kind == types.BigInt:
		return c.bigints(sel)
	}
	for k, r := range sel {
		row := int(r)
		f, ok := c.field(row)
		if !ok || len(f) == 0 && c.typ.Phys() != types.PhysBytes {
			c.setNull(row)
			continue
		}
		if err := textval.Set(c.vec, row, f); err != nil {
			return k, err
		}
	}
	return 0, nil
}

func (c *column) setNull(row int) {
	c.vec.SetNull(row)
	if c.typ.Phys() == types.PhysBytes {
		c.vec.Ranges()[row] = vector.Range{}
	}
}

func (c *column) bigints(sel vector.Sel) (at int, bad error) {
	out := vector.Values[int64](c.vec)
	for k, r := range sel {
		f, ok := c.field(int(r))
		if !ok || len(f) == 0 {
			c.vec.SetNull(int(r))
			continue
		}
		v, err := textval.Int64(f)
		if err != nil {
			return k, err
		}
		out[r] = v
	}
	return 0, nil
}

// texts points ranges into the block; if that is not all UTF-8, texts are
// copied with what is bad replaced.
func (c *column) texts(sel vector.Sel) {
	ranges := c.vec.Ranges()
	c.own = c.own[:0]
	for _, r := range sel {
		f, ok := c.field(int(r))
		if !ok {
			c.vec.SetNull(int(r))
			ranges[r] = vector.Range{}
			continue
		}
		off := c.from[r]
		if !c.utf8 {
			off = uint32(len(c.own))
			if utf8.Valid(f) {
				c.own = append(c.own, f...)
			} else {
				c.own = textval.ValidUTF8(c.own, f)
			}
			f = c.own[off:]
		}
		ranges[r] = vector.Range{Off: off, Len: uint32(len(textval.Cut(f, c.typ.P)))}
	}
	if c.utf8 {
		c.vec.SetData(c.block)
	} else {
		c.vec.SetData(c.own)
	}
}
