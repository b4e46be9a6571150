// Package json reads JSON lines (one object a line) and writes JSON lines and
// JSON arrays.
//
//	lines.Reader ── a line ── parser ── node tree (one node per wanted column, field, element) ──> Batch
//
// The parser goes over each line once and puts values straight into the
// vectors of the columns that are wanted; other fields are skipped without
// being built. The keys of an object are expected in the order of the object
// before, so that most are found by one comparison. Strings without escapes
// point into the bytes that were read; escaped ones are unescaped in place.
//
// # Values
//
// A missing field and null are NULL, a field that is not a column is ignored,
// of a repeated key the last counts. Keys match a column's name exactly, else
// ignoring case. Text columns take any value: numbers and booleans as they are
// spelled, objects and arrays as JSON text. Other types read strings as csv
// does (an empty string is NULL); numbers become timestamps as milliseconds
// since 1970, with a fraction as seconds.
//
// # Properties
//
//	mapping.<column>         the key that holds a column (OpenX SerDe)
//	case.insensitive         "false": keys must match exactly (OpenX SerDe)
//	ignore.malformed.json    "true": a line that is no JSON object is a row of NULLs (OpenX SerDe)
//	malformed.values         "null": a value that does not fit its column is NULL; default an error
package json

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/store"
)

// Format is the json format.
type Format struct{}

// Name gives the classification.
func (Format) Name() string { return "json" }

// sampleSize is how much of a file without a declared schema is read to infer
// one.
const sampleSize = 1 << 20

// Sniff looks for an object in the first line.
func (Format) Sniff(name string, head []byte) float64 {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, bom), " \t\r\n")
	if len(head) == 0 || head[0] != '{' && head[0] != '[' {
		return 0
	}
	line, _, complete := bytes.Cut(head, []byte{'\n'})
	n := lines.TrimName(name)
	byName := strings.HasSuffix(n, ".json") || strings.HasSuffix(n, ".jsonl") || strings.HasSuffix(n, ".ndjson")
	switch {
	case head[0] == '{' && stdjson.Valid(line):
		return 1
	case byName:
		return 0.8
	case complete || head[0] == '[':
		return 0
	}
	return 0.5 // the line is longer than what is seen
}

// Open reads nothing if the schema is declared, else a sample of the file.
func (Format) Open(ctx context.Context, s store.Store, o store.Info, opt formats.Options) (formats.File, error) {
	f := &file{store: s, object: o, schema: opt.Schema, props: parseProperties(opt.Properties)}
	if f.schema == nil {
		head, c, complete, err := lines.Head(ctx, s, o, opt.Codec, sampleSize)
		if err != nil {
			return nil, err
		}
		f.codec = c
		if f.schema, _, err = Infer(head, complete); err != nil {
			return nil, fault.As(err).In(s.URL(o.Key))
		}
		return f, nil
	}
	c, err := lines.DetectCodec(o.Key, opt.Codec, nil)
	if err != nil {
		return nil, fault.As(err).In(s.URL(o.Key))
	}
	f.codec = c
	return f, nil
}

// properties are the SerDe's settings; see the package comment.
type properties struct {
	mapping    map[string]string // lower-case column -> key
	exactCase  bool
	badLines   bool // a bad line is a row of NULLs
	badAsNulls bool // a bad value is NULL
}

func parseProperties(props map[string]string) properties {
	p := properties{
		exactCase:  strings.EqualFold(props["case.insensitive"], "false"),
		badLines:   strings.EqualFold(props["ignore.malformed.json"], "true"),
		badAsNulls: strings.EqualFold(props["malformed.values"], "null"),
	}
	for k, v := range props {
		if col, ok := strings.CutPrefix(k, "mapping."); ok {
			if p.mapping == nil {
				p.mapping = map[string]string{}
			}
			p.mapping[col] = v
		}
	}
	return p
}

// key gives the key that holds a column.
func (p *properties) key(column string) string {
	if k, ok := p.mapping[strings.ToLower(column)]; ok {
		return k
	}
	return column
}

// file is an opened object.
type file struct {
	store  store.Store
	object store.Info
	codec  codec.Codec
	schema *types.Schema
	props  properties
}

// Schema gives the declared or inferred columns.
func (f *file) Schema() *types.Schema { return f.schema }

// Stats knows nothing: text has no footer.
func (f *file) Stats() *formats.Stats { return &formats.Stats{Rows: -1} }

// minSplit keeps splits from being so small that their overlaps matter.
const minSplit = 1 << 20

// Splits cuts plain files at line breaks; a compressed file is one split.
func (f *file) Splits(target int64) []formats.Split {
	if f.codec != codec.None {
		target = f.object.Size
	}
	return lines.Splits(f.object.Size, max(target, minSplit))
}

// Close has nothing to release.
func (f *file) Close() error { return nil }

var bom = []byte("\xef\xbb\xbf")
