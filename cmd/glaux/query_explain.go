package main

import (
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// planForm is the value of --explain; "": the query is run. Without a value it is
// text.
type planForm string

// planForms are the statements that stand before what is explained.
var planForms = map[planForm]string{
	"text": "EXPLAIN ", "json": "EXPLAIN (FORMAT JSON) ", "graphviz": "EXPLAIN (FORMAT GRAPHVIZ) ", "html": "EXPLAIN (ANALYZE, FORMAT HTML) ",
}

// IsBool tells kong that the flag needs no value.
func (planForm) IsBool() bool { return true }

// Decode reads the value behind an equals sign, if there is one.
func (f *planForm) Decode(ctx *kong.DecodeContext) error {
	*f = "text"
	if ctx.Scan.Peek().Type == kong.FlagValueToken {
		v, _ := ctx.Scan.Pop().Value.(string)
		*f = planForm(v)
	}
	if planForms[*f] == "" {
		return fault.New(fault.CodeInvalidParameter, "unknown form of a plan %q", string(*f)).WithHint("Forms are text, json, graphviz and html.")
	}
	return nil
}

func (f planForm) prefix() string { return planForms[f] }

// raw reports whether the plan is a document for a program: printed as it is.
func (f planForm) raw() bool { return f != "" && f != "text" }

// formatRaw is the output format of documents.
const formatRaw = "raw"

// rawWriter prints the texts of the first column, a line each.
type rawWriter struct{ out io.Writer }

func (w rawWriter) Write(b *vector.Batch) error {
	v := b.Cols[0]
	var text strings.Builder
	for i := range b.Rows() {
		if b.Sel != nil {
			i = int(b.Sel[i])
		}
		text.Write(types.AppendValue(nil, vector.ValueAt(v, i)))
		text.WriteByte('\n')
	}
	_, err := io.WriteString(w.out, text.String())
	return err
}

func (rawWriter) Close() error { return nil }
