package json

import (
	"bytes"
	"context"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/textval"
)

// changed is a value of the record under way that is changed.
type changed struct {
	n *node
	formats.Reject
}

// refuse decides about a value that its node cannot take: true if it becomes NULL,
// which is the caller's to do. why makes the error.
func (p *parser) refuse(n *node, t cleanse.Trigger, raw []byte, why func() *fault.Error) bool {
	a := cleanse.Fail
	if p.clean != nil && p.clean.Policy.By[t] != cleanse.Disabled {
		a = p.clean.Policy.By[t]
	}
	switch {
	case n.judge && a != cleanse.DropRow:
		return true
	case a == cleanse.DropRow || a == cleanse.Fail && (p.clean == nil || !p.clean.Surveys):
		p.bad, p.trigger, p.action, p.raw, p.err = n, t, a, raw, why()
		return false
	case p.clean.Wants(t, a):
		p.note(n, t, a, raw, nil, why())
	}
	return true
}

func (p *parser) note(n *node, t cleanse.Trigger, a cleanse.Action, raw, made []byte, why *fault.Error) {
	p.changed = append(p.changed, changed{n, formats.Reject{Trigger: t, Action: a, Raw: bytes.Clone(raw), New: bytes.Clone(made),
		Quiet: p.clean.Policy.Quiet[t], Why: why.Message}})
}

func invalidChar() *fault.Error {
	return fault.New(fault.CodeDataCorrupted, "invalid byte sequence for encoding UTF8").WithHint("%s", textval.HintEncoding)
}

// putText puts a text that has no escapes any more; false as the parser's methods.
func (p *parser) putText(n *node, s []byte) bool {
	if !p.valid && !utf8.Valid(s) {
		if p.clean == nil || p.clean.Policy.By[cleanse.InvalidChar] != cleanse.Replace {
			return p.encoding(n, s)
		}
		made := p.clean.Policy.Clean(nil, s)
		if !n.judge && p.clean.Wants(cleanse.InvalidChar, cleanse.Replace) {
			p.note(n, cleanse.InvalidChar, cleanse.Replace, s, made, invalidChar())
		}
		s = made
	}
	short := textval.Cut(s, n.typ.P)
	if len(short) < len(s) && p.clean != nil {
		long := func() *fault.Error {
			return fault.New(fault.CodeStringTruncation, "value too long for type %s", n.typ)
		}
		switch p.clean.Policy.By[cleanse.Surplus] {
		case cleanse.Disabled:
		case cleanse.Truncate:
			if !n.judge && p.clean.Wants(cleanse.Surplus, cleanse.Truncate) {
				p.note(n, cleanse.Surplus, cleanse.Truncate, s, short, long())
			}
		default:
			if !p.refuse(n, cleanse.Surplus, s, long) {
				return false
			}
			n.null()
			return true
		}
	}
	p.put(n, short)
	return true
}

// tell notes what was changed in a record that is a row.
func (s *source) tell(at, line int64) {
	for i := range s.parser.changed {
		f := &s.parser.changed[i]
		f.Column = s.pathOf(f.n)
		s.clean.Note(lines.Noted{At: at, Line: line, Reject: f.Reject})
	}
	s.parser.changed = s.parser.changed[:0]
}

// leftOut tells of a record that is no row.
func (s *source) leftOut(ctx context.Context, record []byte, at, line int64, a cleanse.Action) {
	p := &s.parser
	x := formats.Reject{Action: a, Why: p.err.Message, Raw: record, Column: p.err.Column}
	if p.bad != nil {
		x.Trigger, x.Raw = p.trigger, p.raw
	}
	s.R.Tell(ctx, s.Req.Rejects, at, line, x)
}
