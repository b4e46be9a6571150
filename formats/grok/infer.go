package grok

import (
	"bytes"
	"fmt"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/textval"
)

// sniffLines is how many lines are matched to recognize a format.
const sniffLines = 100

// Sniff is 1 if the first lines match the pattern, but for one in ten at most.
func (f Format) Sniff(_ string, head []byte) float64 {
	if f.compile == nil && !f.w3c || len(head) == 0 {
		return 0
	}
	g, err := f.guess(head, false)
	if err != nil {
		return 0
	}
	if g.lines == 0 { // the first line does not end in the sample
		if g, err = f.guess(head, true); err != nil {
			return 0
		}
	}
	if g.matched > 0 && g.matched*10 >= g.lines*9 && textval.IsText(head) {
		return 1
	}
	return 0
}

// Infer gives the pattern's fields as columns. It is an error if no line
// matches.
func (f Format) Infer(head []byte, complete bool) (*formats.Inference, error) {
	if f.compile == nil && !f.w3c {
		return nil, fault.New(fault.CodeInvalidParameter, "a grok pattern is needed to infer columns")
	}
	g, err := f.guess(head, complete)
	if err != nil {
		return nil, err
	}
	if g.matched == 0 {
		return nil, fault.New(fault.CodeInvalidText, "none of the first %d lines matches the pattern of %s", g.lines, f.Name())
	}
	out := &formats.Inference{Schema: &types.Schema{}, Properties: map[string]string{propertyFormat: g.set.pattern.Text}}
	for _, field := range g.set.pattern.Fields {
		out.Schema.Fields = append(out.Schema.Fields, types.Field{Name: field.Name, Type: field.Type})
	}
	if g.set.pattern.Custom != "" {
		out.Properties[propertyCustom] = g.set.pattern.Custom
	}
	if len(g.set.comment) > 0 {
		out.Properties[propertyComment] = string(g.set.comment)
	}
	if g.set.hasNull {
		out.Properties[propertyNull] = string(g.set.null)
	}
	if g.matched < g.lines {
		out.Notes = append(out.Notes, fmt.Sprintf("%d of %d lines do not match the pattern: all their columns are NULL", g.lines-g.matched, g.lines))
	}
	return out, nil
}

// sample is what the first lines of a file showed.
type sample struct {
	set            settings
	lines, matched int
}

func (f Format) guess(head []byte, complete bool) (g sample, err error) {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if f.w3c {
		if g.set, err = w3cSettings(head); err != nil {
			return g, err
		}
	} else if g.set.pattern, err = f.compile(); err != nil {
		return g, err
	}
	x := g.set.pattern.matcher()
	for line := range bytes.Lines(head) {
		if !complete && line[len(line)-1] != '\n' {
			break
		}
		line = bytes.TrimRight(line, "\r\n")
		if !g.set.record(line) {
			continue
		}
		if g.lines++; x.match(line) != nil {
			g.matched++
		}
		if g.lines == sniffLines || g.lines >= 5 && g.matched*2 < g.lines {
			break
		}
	}
	return g, nil
}
