package csv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// triggerOf tells what is wrong with a value that does not convert to a type.
func triggerOf(err error, t types.Type) cleanse.Trigger {
	switch {
	case err == errUTF8:
		return cleanse.InvalidChar
	case err == errSurplus:
		return cleanse.Surplus
	}
	return cleanse.TriggerOf(err, t)
}

// errSurplus is a text that is longer than its type allows.
var errSurplus = errors.New("the text is too long")

// bad decides about a value that cannot be read: nil for NULL, else the error.
func (c *column) bad(row int, text []byte, err error) error {
	c.vec.SetNull(row)
	return c.act(row, text, err, types.Type{})
}

// act does what the policy wants about a value of type t (unknown: the column's),
// apart from making it NULL; an error ends the query.
func (c *column) act(row int, text []byte, err error, t types.Type) error {
	if t.Kind == types.Unknown {
		t = c.typ
	}
	why := triggerOf(err, t)
	a := c.clean.Policy.By[why]
	b := &badValue{row: row, text: bytes.Clone(text), err: err, typ: t}
	switch {
	case a == cleanse.DropRow:
		c.reject(b)
	case c.judge:
	case a != cleanse.SetNull && !c.clean.Surveys:
		return b
	case a != cleanse.SetNull:
		c.note(b, cleanse.Fail, nil)
	default:
		c.note(b, a, nil)
	}
	return nil
}

// note remembers what was done about a value; made is the text that it became.
func (c *column) note(b *badValue, a cleanse.Action, made []byte) {
	if c.judge || !c.clean.Wants(triggerOf(b.err, b.typ), a) {
		return
	}
	x := c.told(b, a)
	x.New = bytes.Clone(made)
	c.clean.Note(lines.Noted{Row: b.row, Reject: x})
}

// told describes a value about which something was done.
func (c *column) told(b *badValue, a cleanse.Action) formats.Reject {
	why := triggerOf(b.err, b.typ)
	return formats.Reject{Column: c.name, Raw: b.text, Trigger: why, Action: a, Quiet: c.clean.Policy.Quiet[why], Why: c.fault(b).Message}
}

// fit makes a text what the column's type and UTF-8 allow; ok is false for NULL.
func (c *column) fit(row int, f []byte, t types.Type) (out []byte, ok bool, err error) {
	p := &c.clean.Policy
	if !c.utf8 && !utf8.Valid(f) {
		switch p.By[cleanse.InvalidChar] {
		case cleanse.Disabled:
			f = textval.ValidUTF8(nil, f)
		case cleanse.Replace:
			made := p.Clean(nil, f)
			c.note(&badValue{row: row, text: bytes.Clone(f), err: errUTF8, typ: t}, cleanse.Replace, made)
			f = made
		default:
			return nil, false, c.act(row, f, errUTF8, t)
		}
	}
	if t.P <= 0 {
		return f, true, nil
	}
	short := textval.Cut(f, t.P)
	if len(short) == len(f) || p.By[cleanse.Surplus] == cleanse.Disabled {
		return short, true, nil
	}
	if p.By[cleanse.Surplus] == cleanse.Truncate {
		c.note(&badValue{row: row, text: bytes.Clone(f), err: errSurplus, typ: t}, cleanse.Truncate, short)
		return short, true, nil
	}
	return nil, false, c.act(row, f, errSurplus, t)
}

// counts reports whether the fields of records are counted. Those of a file of
// fixed widths are as many as there are widths.
func (s *source) counts() bool {
	return s.clean.Policy.By[cleanse.ColumnCount] != cleanse.Disabled && s.f.dialect.fixed == nil && len(s.f.schema.Fields) > 0
}

// count finds the records with more or fewer fields than the table has columns.
func (s *source) count(n int) error {
	want, width, gap := len(s.f.schema.Fields), s.split.width, uint32(s.f.dialect.gap())
	lacks := func(row, field int) bool { // see splitter
		at := row*width + field
		return field > 0 && s.split.ends[at-1]+gap > s.split.ends[at]
	}
	for row := range n {
		if !lacks(row, want-1) && lacks(row, want) {
			continue
		}
		has := want
		for has > 1 && lacks(row, has-1) {
			has--
		}
		why := fmt.Sprintf("the row has %d of %d fields", has, want)
		if has == want {
			why = fmt.Sprintf("the row has more than %d fields", want)
		}
		a := s.clean.Policy.By[cleanse.ColumnCount]
		x := formats.Reject{Trigger: cleanse.ColumnCount, Action: a, Why: why}
		switch {
		case a == cleanse.DropRow:
			s.bad[uint16(row)] = &rejected{-1, x}
		case a == cleanse.Fail && !s.clean.Surveys:
			return &placed{int(s.split.start[row]), lines.BadData(fault.New(fault.CodeBadCopyFormat, "%s", why))}
		case s.clean.Wants(x.Trigger, a):
			s.clean.Note(lines.Noted{Row: row, Reject: x})
		}
	}
	return nil
}

// tell hands what was noted in the batch to the query's log.
func (s *source) tell(ctx context.Context, at int64) {
	s.clean.Flush(ctx, s.R, func(n *lines.Noted) { n.At = at + int64(s.split.start[n.Row]) })
}

// cleansed converts all columns and gives the rows that are not left out. Without
// an action that leaves rows out only fields are counted here.
func (s *source) cleansed(ctx context.Context, at int64, n int, block []byte, valid bool) (vector.Sel, error) {
	clear(s.bad)
	if s.counts() {
		if err := s.count(n); err != nil {
			return nil, err
		}
	}
	if s.bad == nil {
		return s.all[:n], nil
	}
	return s.sound(ctx, at, n, block, valid)
}
