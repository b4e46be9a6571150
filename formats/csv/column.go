package csv

import (
	"bytes"
	"errors"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// column converts one column of the split records.
type column struct {
	vec  *vector.Vector
	typ  types.Type
	name string
	at   int // which field
	gap  uint32
	copy bool // texts go to the vector's own memory, the block stays as it is

	d       *dialect
	s       *splitter
	block   []byte
	own     []byte  // memory of copied texts
	scratch []byte  // an unescaped value
	utf8    bool    // the block is valid UTF-8
	nested  *nested // of an array, map or row, or of a part of one; nil: of any other type
	clean   *lines.Cleanser
	judge   bool // nobody wants it: only that rows are left out counts
	// reject takes the value for which a row is left out.
	reject func(*badValue)
}

// badValue is a value that cannot be read, in record row.
type badValue struct {
	row  int
	text []byte
	err  error
	typ  types.Type // of a value inside the column's; unknown: the column's
}

func (b *badValue) Error() string { return b.err.Error() }

// errQuotes is text behind a closing quote.
var errQuotes = errors.New("unexpected text after the closing quote")

// convert fills the vector with the rows of sel (ascending) out of n.
func (c *column) convert(n int, sel vector.Sel) error {
	c.vec.Reset(c.typ, n)
	if c.nested != nil {
		return c.nested.convert(n, sel)
	}
	switch c.typ.Phys() {
	case types.PhysNone:
		return nil
	case types.PhysBytes:
		if len(sel) < n {
			clear(c.vec.Ranges()) // defined memory at the rows that nobody reads
		}
		if c.typ.Kind == types.Varbinary || c.typ.Kind == types.JSON {
			return c.others(sel)
		}
		return c.texts(sel)
	}
	switch c.typ.Kind {
	case types.Boolean:
		return c.booleans(sel)
	case types.BigInt:
		return c.bigints(sel)
	case types.Integer:
		return c.integers(sel)
	case types.Double:
		return c.doubles(sel)
	case types.Date:
		return c.dates(sel)
	case types.Timestamp:
		return c.timestamps(sel)
	case types.Decimal:
		if c.typ.P <= types.MaxShortDecimal {
			return c.decimals(sel)
		}
	}
	return c.others(sel)
}

// raw gives a field's bytes as they stand; ok is false where the record lacks
// the field.
func (c *column) raw(row int) (f []byte, ok bool) {
	from, to := c.edges(row)
	if from > to {
		return nil, false
	}
	if c.gap == 0 {
		return trimmed(c.block[from:to]), true
	}
	return c.block[from:to], true
}

// plain reports whether a field that looks like a number, a date or a truth is one:
// NULL is not spelled so.
func (c *column) plain() bool {
	return c.d.outside == 0 && (!c.d.hasNull || len(c.d.null) == 0 || strings.IndexByte("-0123456789tf", c.d.null[0]) < 0)
}

// trimmed gives a field of fixed width without the blanks that fill it.
func trimmed(f []byte) []byte { return bytes.Trim(f, " ") }

// whole reports whether the column holds all of its field.
func (c *column) whole() bool { return c.nested == nil || len(c.nested.path) == 0 }

// field gives the text of a field of any type but text; ok is false for NULL.
// The slice is valid until the next call.
func (c *column) field(row int) (f []byte, ok bool, err error) {
	f, ok = c.raw(row)
	if !ok || len(f) == 0 {
		return nil, false, nil
	}
	if c.d.quote != 0 && f[0] == c.d.quote || c.d.outside != 0 {
		return c.special(row, f)
	}
	if c.d.hasNull && len(f) == len(c.d.null) && bytes.Equal(f, c.d.null) {
		return nil, false, nil
	}
	return f, true, nil
}

func (c *column) special(row int, f []byte) ([]byte, bool, error) {
	if c.isNull(f) {
		return nil, false, nil
	}
	out, _, err := c.unescape(c.scratch[:0], f)
	c.scratch = out[:0]
	if err != nil {
		return nil, false, c.bad(row, f, err)
	}
	return out, len(out) > 0, nil
}

// isNull compares a field, quotes included, with the text of NULL.
func (c *column) isNull(f []byte) bool { return c.d.hasNull && bytes.Equal(f, c.d.null) }

// unescape appends the value of a field with quotes or escapes to dst. plain
// reports that the value is a run of f as it stands.
func (c *column) unescape(dst, f []byte) (out []byte, plain bool, err error) {
	d := c.d
	if d.quote == 0 || f[0] != d.quote {
		return d.dropEscapes(dst, f), false, nil
	}
	end := closing(d, f, 1, true)
	if end < 2 { // with multiline=false: no closing quote in the line
		return append(dst, f...), false, nil
	}
	if len(bytes.Trim(f[end:], " \t")) > 0 {
		return dst, false, errQuotes
	}
	inner := f[1 : end-1]
	if bytes.IndexByte(inner, d.quote) < 0 && (d.escape == d.quote || bytes.IndexByte(inner, d.escape) < 0) {
		return append(dst, inner...), true, nil
	}
	for i := 0; i < len(inner); i++ {
		b := inner[i]
		if i+1 < len(inner) && (b == d.quote && inner[i+1] == d.quote ||
			b == d.escape && (inner[i+1] == d.quote || inner[i+1] == d.escape)) {
			i++
			b = inner[i]
		}
		dst = append(dst, b)
	}
	return dst, false, nil
}

// dropEscapes appends f without its escape characters.
func (d *dialect) dropEscapes(dst, f []byte) []byte {
	for i := 0; i < len(f); i++ {
		b := f[i]
		if b == d.outside && d.outside != 0 && i+1 < len(f) {
			i++
			b = f[i]
			switch {
			case d.breaks && b == 'n':
				b = '\n'
			case d.breaks && b == 'r':
				b = '\r'
			}
		}
		dst = append(dst, b)
	}
	return dst
}

// others is the loop for the types without their own.
func (c *column) others(sel vector.Sel) error {
	for _, r := range sel {
		row := int(r)
		f, ok, err := c.field(row)
		if err != nil {
			return err
		}
		if !ok && c.typ.Phys() == types.PhysBytes {
			if f, ok = c.raw(row); ok && c.isNull(f) {
				ok = false
			}
			f = nil // an empty text
		}
		if !ok {
			c.vec.SetNull(row)
			continue
		}
		if err := textval.Set(c.vec, row, f); err != nil {
			if err := c.bad(row, f, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// texts points ranges into the block. A text that must be changed is changed
// in place, where its field's quotes leave room, or, if the block may not
// change, everything is copied.
func (c *column) texts(sel vector.Sel) error {
	v, d := c.vec, c.d
	own := c.copy || !c.utf8
	data := c.block
	if own {
		c.own = c.own[:0]
	}
	ranges := v.Ranges()
	for _, r := range sel {
		row := int(r)
		f, ok := c.raw(row)
		if !ok || d.hasNull && len(f) == len(d.null) && bytes.Equal(f, d.null) {
			v.SetNull(row)
			ranges[row] = vector.Range{}
			continue
		}
		var err error
		if len(f) > 0 && (d.quote != 0 && f[0] == d.quote || d.outside != 0) {
			if f, err = c.value(f, own); err != nil {
				ranges[row] = vector.Range{}
				if err = c.bad(row, f, err); err != nil {
					return err
				}
				continue
			}
		}
		if c.typ.P > 0 || !c.utf8 {
			if f, ok, err = c.fit(row, f, c.typ); err != nil {
				return err
			}
			if !ok {
				v.SetNull(row)
				f = nil
			}
		}
		if own {
			f = c.keep(f)
		}
		ranges[row] = c.rangeOf(f, own)
	}
	if own {
		data = c.own
	}
	v.Data = data
	return nil
}

// errUTF8 is text in another encoding.
var errUTF8 = errors.New("invalid byte sequence for encoding UTF8")

// keep appends a text to the column's own memory.
func (c *column) keep(f []byte) []byte {
	at := len(c.own)
	c.own = append(c.own, f...)
	return c.own[at:]
}

// rangeOf gives the place of f, which lies in the block or at the end of own.
func (c *column) rangeOf(f []byte, own bool) vector.Range {
	if len(f) == 0 {
		return vector.Range{}
	}
	n := uint32(len(f))
	if own {
		return vector.Range{Off: uint32(len(c.own)) - n, Len: n}
	}
	// cap is measured to the end of the block, so it gives the offset.
	return vector.Range{Off: uint32(cap(c.block) - cap(f)), Len: n}
}

// value gives the text of a field with quotes or escapes, in place unless the
// block may not change. The bytes that become free turn into spaces; line
// breaks stay as many as they were, because lines are counted in the block.
func (c *column) value(f []byte, own bool) ([]byte, error) {
	out, plain, err := c.unescape(c.scratch[:0], f)
	c.scratch = out[:0]
	switch {
	case err != nil:
		return f, err
	case plain:
		return f[1 : 1+len(out)], nil
	case own || len(out) > len(f):
		return out, nil
	}
	n := copy(f, out)
	for i := n; i < len(f); i++ {
		f[i] = ' '
	}
	return f[:n], nil
}
