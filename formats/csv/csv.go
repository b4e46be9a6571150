// Package csv reads and writes delimited text: RFC 4180 CSV and what Hive's
// LazySimpleSerDe and OpenCSVSerde call so.
//
//	lines.Reader ── bytes ── splitter: where fields end (eight bytes at a time)
//	                            └─ columns: only the wanted ones, a type's loop at a time ──> Batch
//
// Strings point into the bytes that were read; a value is copied only where
// quotes in it are doubled or escaped.
//
// # Properties
//
// Read from the SerDe's and the table's properties, keys in lower case:
//
//	separatorchar, field.delim, delimiter   the delimiter; default a comma, \001 with LazySimpleSerDe
//	quotechar                               default " (LazySimpleSerDe: none); empty: no quotes
//	escapechar                              inside quotes; default \ with OpenCSVSerde, else the quote itself (doubled)
//	escape.delim                            outside quotes (LazySimpleSerDe)
//	skip.header.line.count                  records to skip at the file's beginning
//	serialization.null.format               the text of NULL, unquoted; default \N with LazySimpleSerDe,
//	                                        nothing at all (so that "" is the empty string) without a SerDe
//	malformed.values                        "null" or "error"; default null with LazySimpleSerDe, else error
//	multiline                               see below
//
// A field that is missing at a record's end is NULL, fields beyond the table's
// columns are ignored, and an empty field is NULL in any column but text. Blank
// lines are skipped, except with LazySimpleSerDe, where they are rows as in
// Hive.
//
// # Splits and line breaks in quotes
//
// A file without quotes is cut into splits at line breaks. With quotes a line
// break may be inside a field. By default such a file is split too: a split
// decides from the quotes that it sees whether it begins inside one, and each
// border is checked once both neighbours have been read: if they disagree
// about where the record at the border ends, the query fails. With
// multiline=true a file is read as one piece; with multiline=false a record
// ends with its line, whatever the quotes say, as in Hive.
package csv

import (
	"bytes"
	"context"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/store"
)

// Format is the csv format.
type Format struct{}

// Name gives the classification.
func (Format) Name() string { return "csv" }

// sampleSize is how much of a file without a declared schema is read to infer
// one.
const sampleSize = 1 << 20

// Sniff looks at the name, and at whether the first lines have the same number
// of fields.
func (Format) Sniff(name string, head []byte) float64 {
	n := lines.TrimName(name)
	byName := strings.HasSuffix(n, ".csv") || strings.HasSuffix(n, ".tsv") || strings.HasSuffix(n, ".psv")
	if len(head) == 0 || bytes.IndexByte(head, 0) >= 0 {
		return 0
	}
	g, ok := guessDialect(trimBOM(head), false)
	switch {
	case ok && byName:
		return 0.95
	case byName:
		return 0.8
	case ok && g.even:
		return 0.6
	}
	return 0
}

// Open reads nothing if the schema is declared, else a sample of the file.
func (Format) Open(ctx context.Context, s store.Store, o store.Info, opt formats.Options) (formats.File, error) {
	f := &file{store: s, object: o, schema: opt.Schema, borders: map[int64]int64{}}
	props := opt.Properties
	if f.schema == nil {
		head, c, complete, err := lines.Head(ctx, s, o, opt.Codec, sampleSize)
		if err != nil {
			return nil, err
		}
		f.codec = c
		if f.schema, props, err = Infer(head, complete); err != nil {
			return nil, fault.As(err).In(s.URL(o.Key))
		}
		for k, v := range opt.Properties {
			props[k] = v
		}
	} else {
		c, err := lines.DetectCodec(o.Key, opt.Codec, nil)
		if err != nil {
			return nil, fault.As(err).In(s.URL(o.Key))
		}
		f.codec = c
	}
	var err error
	if f.dialect, err = parseDialect(props); err != nil {
		return nil, fault.As(err).In(s.URL(o.Key))
	}
	return f, nil
}

// file is an opened object.
type file struct {
	store   store.Store
	object  store.Info
	codec   codec.Codec
	schema  *types.Schema
	dialect dialect

	mu      sync.Mutex      // guards borders
	borders map[int64]int64 // a split's start -> the offset of its first record, as one neighbour saw it
}

// Schema gives the declared or inferred columns.
func (f *file) Schema() *types.Schema { return f.schema }

// Stats knows nothing: text has no footer.
func (f *file) Stats() *formats.Stats { return &formats.Stats{Rows: -1} }

// minSplit keeps splits from being so small that their overlaps matter.
const minSplit = 1 << 20

// Splits cuts plain files; a compressed file is one split.
func (f *file) Splits(target int64) []formats.Split {
	if f.codec != codec.None || f.dialect.multi == multiYes {
		target = f.object.Size
	}
	return lines.Splits(f.object.Size, max(target, minSplit))
}

// Close has nothing to release.
func (f *file) Close() error { return nil }

// border notes where one neighbour of a border saw the record after it begin,
// and reports whether the other, if it was there before, saw the same.
func (f *file) border(at, record int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	seen, ok := f.borders[at]
	if !ok {
		f.borders[at] = record
		return nil
	}
	if seen != record {
		url := f.store.URL(f.object.Key)
		return fault.Corrupt(url, "a quoted field spans the border of two splits at byte %d and cannot be told from its surroundings", at).
			WithHint("Set the table property 'multiline'='true' to read such files as one piece.")
	}
	return nil
}
