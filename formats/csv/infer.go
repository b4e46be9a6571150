package csv

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/encoding"
	"github.com/glauxdb/glaux/formats/textval"
)

// Infer finds the dialect, the header and the column types of delimited text
// from the beginning of a file (decompressed). complete says that head is the
// whole file; otherwise its last record is left out. The properties are those
// that Open reads. What the Format's fields say is not guessed.
//
// The delimiter is the one of , tab | ; \001 that cuts most of the first
// records into the same number of fields; between equals the one that makes
// more fields, then the first of the list. Where none of them cuts anything a
// space counts if all records have the same five fields or more and a header.
//
// Types are those of cellKind's table, headers are judged by scoreHeader.
// Without a header the columns are col0, col1, ... as Glue calls them. A
// column without a value is of unknown type: other files may know.
func (f Format) Infer(head []byte, complete bool) (*formats.Inference, error) {
	body := trimBOM(encoding.Plain(head))
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, fault.New(fault.CodeInvalidText, "the file holds no records to infer a schema from")
	}
	g, _ := f.guess(body, complete)
	if len(g.records) == 0 {
		return nil, fault.New(fault.CodeInvalidText, "the first record is longer than the sample of %d bytes", len(head))
	}
	if err := utf8Records(g.records); err != nil {
		return nil, err
	}
	out := &formats.Inference{Properties: f.properties(g)}
	header := f.header(g)
	if header.note != "" {
		out.Notes = append(out.Notes, header.note)
	}
	if header.found {
		out.Properties["skip.header.line.count"] = "1"
	}
	out.Notes = append(out.Notes, g.ragged()...)
	columns := g.columns(header.found, f.Trim)
	names := f.names(g, header.found)
	out.Schema = &types.Schema{Fields: make([]types.Field, g.width)}
	for i, c := range columns {
		t, note := f.columnType(i, c)
		out.Schema.Fields[i] = types.Field{Name: names[i], Type: t}
		if note != "" {
			out.Notes = append(out.Notes, fmt.Sprintf("column %s: %s", names[i], note))
		}
	}
	if slices.ContainsFunc(columns, func(c columnStat) bool { return f.isEpoch(c) }) {
		out.Properties[propertyEpoch] = f.Epoch.String()
	}
	return out, nil
}

// inferred is Infer for a file that is read by its own schema alone: a column
// without a value is text.
func (f Format) inferred(head []byte, complete bool) (*formats.Inference, error) {
	in, err := f.Infer(head, complete)
	if err != nil {
		return nil, err
	}
	for i := range in.Schema.Fields {
		if in.Schema.Fields[i].Type.Kind == types.Unknown {
			in.Schema.Fields[i].Type = types.TVarchar
		}
	}
	return in, nil
}

func (f Format) properties(g guess) map[string]string {
	props := map[string]string{
		"field.delim": string(g.d.delim), "quotechar": "", "escapechar": "",
		"serialization.null.format": string(g.d.null), "malformed.values": "error",
	}
	if g.d.quote != 0 {
		props["quotechar"], props["escapechar"] = string(g.d.quote), string(g.d.escape)
	}
	return props
}

// names gives the columns' names: those of the classifier, else the header's,
// else made-up ones.
func (f Format) names(g guess, header bool) []string {
	out := make([]string, g.width)
	seen := map[string]bool{}
	for i := range out {
		name := ""
		switch {
		case len(f.Names) > 0:
			if i < len(f.Names) {
				name = strings.TrimSpace(f.Names[i])
			}
		case header && i < len(g.records[0]):
			name = strings.TrimSpace(string(g.records[0][i].text))
		}
		if name == "" {
			name = fmt.Sprintf("col%d", i)
		}
		out[i] = unique(name, seen)
	}
	return out
}

// ragged tells of records with another number of fields than most.
func (g guess) ragged() []string {
	if g.same == len(g.records) {
		return nil
	}
	return []string{fmt.Sprintf("%d of %d records do not have %d fields: missing ones are NULL, further ones are ignored",
		len(g.records)-g.same, len(g.records), g.width)}
}

// unique adds _2, _3, ... to names that differ in no more than case.
func unique(name string, seen map[string]bool) string {
	out := name
	for n := 2; seen[strings.ToLower(out)]; n++ {
		out = fmt.Sprintf("%s_%d", name, n)
	}
	seen[strings.ToLower(out)] = true
	return out
}

func utf8Records(records [][]cell) error {
	for i, r := range records {
		for _, c := range r {
			if !utf8.Valid(c.text) {
				return fault.New(fault.CodeDataCorrupted, "invalid byte sequence for encoding UTF8 in record %d", i+1).
					WithHint("%s", textval.HintEncoding)
			}
		}
	}
	return nil
}
