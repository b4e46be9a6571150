// Package grok reads lines of text by patterns: tables of Glue's GrokSerDe and
// Hive's RegexSerDe, custom grok classifiers, and the log formats that Glue
// knows by itself.
//
//	Compile("%{IP:client} %{NUMBER:bytes:long}", custom) ──> Pattern: one regular expression, a group for each field
//	lines.Reader ── a line ── Pattern ── where its fields are ── columns: a type's loop at a time ──> Batch
//
// A column takes the field of its name, in any case; if there is a column
// without a field of its name, and as many columns as fields, columns take the
// fields in their order, as the SerDe does. A pattern without a field that
// stands in the pattern itself, such as %{SYSLOGBASE}, fills a column of its
// name. A field that takes no part in the match is NULL. A line that does not
// match is a row of NULLs, as with GrokSerDe. Bytes that are no UTF-8 are
// replaced by U+FFFD, as Hadoop's texts have it. Blank lines are no rows. Columns of
// arrays, maps and rows hold JSON.
//
// # Properties
//
//	input.format               the pattern
//	input.regex                with RegexSerDe: an expression for whole lines, whose groups are the columns
//	input.regex.case.insensitive
//	input.grokcustompatterns   definitions of patterns, one a line
//	comment.prefix             lines that begin with it are no rows
//	serialization.null.format  the text that stands for NULL
//	skip.header.line.count     lines to skip at the file's beginning
//	skip.footer.line.count, serialization.encoding, line.delim: see package lines
//	malformed.values           what to do with lines that do not match and values that don't fit: "null",
//	                           "error", "reject" (the row is left out and counted); default: a line that
//	                           does not match is NULLs, a value that does not fit an error
package grok

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/cleanse"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/textval"
)

// The properties, as Hive and Glue spell them.
const (
	propertyFormat  = "input.format"
	propertyCustom  = "input.grokCustomPatterns"
	propertyComment = "comment.prefix"
	propertyNull    = "serialization.null.format"
	propertySkip    = "skip.header.line.count"
)

// Format reads lines by a pattern. The zero value, named grok, recognizes
// nothing and reads what a table's properties say; New and Logs give those that
// recognize files.
type Format struct {
	name    string
	compile func() (*Pattern, error) // nil: by the properties alone
	w3c     bool
}

// New makes a custom classifier: files whose lines match the pattern are of
// the classification.
func New(classification, pattern, custom string) (Format, error) {
	p, err := Compile(pattern, custom)
	if err != nil {
		return Format{}, err
	}
	if len(p.Fields) == 0 {
		return Format{}, badPattern("it names no field: write %%{PATTERN:field}")
	}
	return Format{name: classification, compile: func() (*Pattern, error) { return p, nil }}, nil
}

// Name gives the classification.
func (f Format) Name() string {
	if f.name == "" {
		return "grok"
	}
	return f.name
}

// sampleSize is how much of a file without a declared schema is read to infer
// one.
const sampleSize = 1 << 20

// Open reads nothing if the schema is declared, else a sample of the file.
func (f Format) Open(ctx context.Context, s store.Store, o store.Info, opt formats.Options) (formats.File, error) {
	out := &file{store: s, object: o, schema: opt.Schema}
	set, err := parseSettings(opt.Properties)
	if err == nil {
		out.packing, err = lines.Inspect(ctx, s, o, opt)
	}
	if err == nil && out.schema == nil || set.pattern == nil && f.w3c {
		err = f.openSample(ctx, out, &set, opt)
	}
	if err == nil && set.pattern == nil && f.compile != nil {
		set.pattern, err = f.compile()
	}
	if err == nil && set.pattern != nil && out.schema != nil {
		err = set.pattern.checkGroups(len(out.schema.Fields))
	}
	if err == nil && set.pattern == nil {
		err = fault.New(fault.CodeInvalidParameter, "the table has no pattern").
			WithHint("Set the SerDe property 'input.format', for example '%%{COMBINEDAPACHELOG}'.")
	}
	if err != nil {
		return nil, fault.As(err).In(s.URL(o.Key))
	}
	out.set = set
	out.ending = lines.Ending(opt.Properties)
	out.packing = out.packing.EndingWith(out.ending)
	return out, nil
}

// openSample looks into the file for what nobody has declared.
func (f Format) openSample(ctx context.Context, out *file, set *settings, opt formats.Options) error {
	head, complete, err := lines.Head(ctx, out.store, out.object, &out.packing, sampleSize)
	if err != nil {
		return err
	}
	if set.pattern != nil { // not that of a classifier
		f = Format{compile: func() (*Pattern, error) { return set.pattern, nil }}
	}
	in, err := f.Infer(head, complete)
	if err != nil {
		return err
	}
	if out.schema == nil {
		out.schema = in.Schema
	}
	for k, v := range opt.Properties {
		in.Properties[k] = v
	}
	*set, err = parseSettings(in.Properties)
	return err
}

// settings are what the properties say.
type settings struct {
	pattern *Pattern
	comment []byte
	null    []byte
	hasNull bool
	skip    int
	bad     textval.Malformed
	badLine textval.Malformed // of lines that do not match
}

func parseSettings(props map[string]string) (s settings, err error) {
	get := func(key string) (string, bool) {
		v, ok := props[strings.ToLower(key)]
		if !ok {
			v, ok = props[key]
		}
		return v, ok
	}
	if pattern, _ := get(propertyFormat); pattern != "" {
		custom, _ := get(propertyCustom)
		if s.pattern, err = Compile(pattern, custom); err != nil {
			return s, err
		}
	}
	if expr, _ := get(propertyRegex); expr != "" && s.pattern == nil {
		fold, _ := get(propertyFoldCase)
		if s.pattern, err = compileRegex(expr, strings.EqualFold(fold, "true")); err != nil {
			return s, err
		}
	}
	comment, _ := get(propertyComment)
	s.comment = []byte(comment)
	null, ok := get(propertyNull)
	s.null, s.hasNull = []byte(null), ok
	if v, _ := get(propertySkip); v != "" {
		if s.skip, err = strconv.Atoi(strings.TrimSpace(v)); err != nil || s.skip < 0 {
			return s, badProperty(propertySkip, v, "a number")
		}
	}
	if err := cleanse.Refuse(props, "files read by a pattern"); err != nil {
		return s, err
	}
	bad, _ := get(textval.PropertyMalformed)
	if s.bad, ok = textval.ParseMalformed(bad, textval.MalformedError); !ok {
		return s, badProperty(textval.PropertyMalformed, bad, "error, null or reject")
	}
	s.badLine, _ = textval.ParseMalformed(bad, textval.MalformedNull)
	return s, nil
}

func badProperty(key, value, want string) error {
	return fault.New(fault.CodeInvalidParameter, "property %q is %q: expected %s", key, value, want)
}

// record reports whether a line (without its break) is a row.
func (s *settings) record(line []byte) bool {
	if len(s.comment) > 0 && bytes.HasPrefix(line, s.comment) {
		return false
	}
	return len(bytes.TrimLeft(line, " \t\r")) > 0
}

// file is an opened object.
type file struct {
	store   store.Store
	object  store.Info
	packing lines.Packing
	ending  []byte // of lines; nil: a line break, with or without a carriage return
	schema  *types.Schema
	set     settings
}

// Schema gives the declared columns, or those of the pattern.
func (f *file) Schema() *types.Schema { return f.schema }

// Stats knows nothing: text has no footer.
func (f *file) Stats() *formats.Stats { return &formats.Stats{Rows: -1} }

// minSplit keeps splits from being so small that their overlaps matter.
const minSplit = 1 << 20

// Splits cuts files at line breaks, plain ones and compressed ones that consist of
// blocks.
func (f *file) Splits(target int64) []formats.Split {
	return f.packing.Splits(f.object.Size, max(target, minSplit))
}

// Unplaced implements formats.Unplacer.
func (f *file) Unplaced() bool { return f.packing.Unplaced() }

// Close has nothing to release.
func (f *file) Close() error { return nil }
