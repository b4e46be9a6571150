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
//	separatorchar, field.delim, delimiter   the delimiter, of one or more characters; default a comma, \001 with
//	                                        LazySimpleSerDe
//	line.delim                              what ends records; default a line break, with or without carriage return
//	fixedwidth                              widths of fields that nothing separates, in characters: id:8,name:20
//	quotechar                               default " (LazySimpleSerDe: none); empty: no quotes
//	escapechar                              inside quotes; default \ with OpenCSVSerde, else the quote itself (doubled)
//	escape.delim                            outside quotes (LazySimpleSerDe)
//	serialization.last.column.takes.rest    true: the last column holds what is left of the record
//	serialization.escape.crlf               true: n and r behind an escape outside quotes are line breaks
//	collection.delim, mapkey.delim          between elements, entries and fields, and between keys and values, with
//	                                        LazySimpleSerDe; default \002, \003
//	skip.header.line.count                  records to skip at the file's beginning
//	skip.footer.line.count                  lines to skip at its end (package lines)
//	serialization.encoding, encoding        of the files; a mark in the file has the last word (package lines)
//	serialization.null.format               the text of NULL, unquoted; default \N with LazySimpleSerDe,
//	                                        nothing at all (so that "" is the empty string) without a SerDe
//	malformed.values                        "null" or "error"; default null with LazySimpleSerDe, else error
//	timestamp.epoch                         seconds, millis or micros: what integers in columns of timestamps count
//	                                        since 1970; default millis
//	multiline, wholefile                    see below
//
// Columns of arrays, maps and rows hold Hive's text with LazySimpleSerDe and
// MultiDelimitSerDe (levels below the first two are separated by \004 and so on, as
// in Hive), JSON otherwise. Blanks around a field of fixed width do not count, and
// one of blanks only is NULL.
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
	"maps"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/textval"
)

// Format is the csv format. The zero value is the built-in classifier; one
// with a field set is a custom classifier, which takes a file or does not.
type Format struct {
	Delimiter    byte         // 0: found
	Quote        byte         // 0: found
	Header       HeaderRule   // whether the first record is a header
	Names        []string     // the columns' names; nil: those of the header
	Types        []types.Type // of the first columns, see ParseDatatype; the others' are found
	Trim         bool         // spaces around values don't count when types are found (Glue's DisableValueTrimming=false)
	SingleColumn bool         // a file of one column is of this format (Glue's AllowSingleColumn)
	SerDe        SerDe        // how the files are to be read
	// Epoch says that columns of integers that lie in the years 2000 to 2100 as
	// this unit are timestamps. It is never assumed.
	Epoch textval.Epoch
}

// HeaderRule says whether files have a header (Glue's ContainsHeader).
type HeaderRule uint8

// The rules.
const (
	HeaderUnknown HeaderRule = iota // found, by a score
	HeaderPresent
	HeaderAbsent
)

// SerDe is Glue's choice of the SerDe of a csv classifier.
type SerDe uint8

// The SerDes. FindSerDe (Glue's None) takes the reader with quotes unless the
// file cannot be read with them.
const (
	FindSerDe SerDe = iota
	OpenCSVSerDe
	LazySimpleSerDe
)

// datatypes are the names that Glue's csv classifiers have for types.
var datatypes = map[string]types.Type{
	"BINARY": types.TVarbinary, "BOOLEAN": types.TBoolean, "DATE": types.TDate, "DECIMAL": {Kind: types.Decimal},
	"DOUBLE": types.TDouble, "FLOAT": types.TReal, "INT": types.TInteger, "LONG": types.TBigInt,
	"SHORT": types.TSmallInt, "STRING": types.TVarchar, "TIMESTAMP": types.TTimestamp,
}

// ParseDatatype gives the type of one of Glue's CustomDatatypes, in any case.
// DECIMAL is the type without precision, which Infer replaces by the scale that
// it sees.
func ParseDatatype(name string) (types.Type, error) {
	if t, ok := datatypes[strings.ToUpper(strings.TrimSpace(name))]; ok {
		return t, nil
	}
	return types.Type{}, fault.New(fault.CodeInvalidParameter, "%q is no datatype of a csv classifier", name).
		WithHint("Datatypes are BINARY, BOOLEAN, DATE, DECIMAL, DOUBLE, FLOAT, INT, LONG, SHORT, STRING and TIMESTAMP.")
}

// Name gives the classification.
func (Format) Name() string { return "csv" }

// sampleSize is how much of a file without a declared schema is read to infer
// one.
const sampleSize = 1 << 20

// Sniff looks at the name, and at whether the first lines have the same number
// of fields. A custom classifier is sure or says no: nearly all records must
// have the same number of fields, at least two, and as many as it has names.
func (f Format) Sniff(name string, head []byte) float64 {
	n := lines.TrimName(name)
	byName := strings.HasSuffix(n, ".csv") || strings.HasSuffix(n, ".tsv") || strings.HasSuffix(n, ".psv")
	if len(head) == 0 || bytes.IndexByte(head, 0) >= 0 || !byName && !textval.IsText(head) {
		return 0
	}
	g, ok := f.guess(trimBOM(head), false)
	if len(g.records) == 0 {
		if g, ok = f.guess(trimBOM(head), true); len(g.records) > 1 {
			return 0 // a cut record cannot be told from a bad one
		}
	}
	switch {
	case f.custom():
		return f.sniffCustom(g)
	case ok && byName:
		return 0.95
	case byName:
		return 0.8
	case ok && g.even:
		return 0.6
	}
	return 0
}

func (f Format) custom() bool {
	return f.Delimiter != 0 || f.Quote != 0 || f.Header != HeaderUnknown || len(f.Names) > 0 || len(f.Types) > 0 ||
		f.Trim || f.SingleColumn || f.SerDe != FindSerDe || f.Epoch != textval.EpochNone
}

func (f Format) sniffCustom(g guess) float64 {
	switch {
	case len(g.records) == 0, g.width < 2 && !f.SingleColumn:
		return 0
	case len(f.Names) > 0 && len(f.Names) != g.width:
		return 0
	case g.broken, g.same*10 < len(g.records)*9:
		return 0
	}
	return 1
}

// Open reads nothing if the schema is declared, else a sample of the file.
func (f Format) Open(ctx context.Context, s store.Store, o store.Info, opt formats.Options) (formats.File, error) {
	out := &file{store: s, object: o, schema: opt.Schema, borders: map[int64]int64{}}
	props := opt.Properties
	var err error
	if out.packing, err = lines.Inspect(ctx, s, o, opt); err != nil {
		return nil, fault.As(err).In(s.URL(o.Key))
	}
	if out.schema == nil {
		head, complete, err := lines.Head(ctx, s, o, &out.packing, sampleSize)
		if err != nil {
			return nil, err
		}
		in, err := f.inferred(head, complete)
		if err != nil {
			return nil, fault.As(err).In(s.URL(o.Key))
		}
		out.schema, props = in.Schema, in.Properties
		maps.Copy(props, opt.Properties)
	}
	if out.dialect, err = parseDialect(props); err != nil {
		return nil, fault.As(err).In(s.URL(o.Key))
	}
	out.dialect.decode(out.packing.Encoding())
	out.packing = out.packing.EndingWith(out.dialect.line)
	return out, nil
}

// file is an opened object.
type file struct {
	store   store.Store
	object  store.Info
	packing lines.Packing
	schema  *types.Schema
	dialect dialect

	mu      sync.Mutex      // guards borders
	borders map[int64]int64 // a split's start -> how far behind it its first record begins, as one neighbour saw it
}

// Schema gives the declared or inferred columns.
func (f *file) Schema() *types.Schema { return f.schema }

// Stats knows nothing: text has no footer.
func (f *file) Stats() *formats.Stats { return &formats.Stats{Rows: -1} }

// minSplit keeps splits from being so small that their overlaps matter.
const minSplit = 1 << 20

// Splits cuts plain files, and compressed ones that consist of blocks.
func (f *file) Splits(target int64) []formats.Split {
	if f.whole() {
		target = f.object.Size
	}
	return f.packing.Splits(f.object.Size, max(target, minSplit))
}

// whole reports whether the file is read as one piece.
func (f *file) whole() bool { return f.dialect.multi == multiYes || f.packing.One() }

// Unplaced implements formats.Unplacer.
func (f *file) Unplaced() bool { return f.packing.Unplaced() }

// Close has nothing to release.
func (f *file) Close() error { return nil }

// border notes how far behind a border one neighbour saw the next record begin,
// and reports whether the other, if it was there before, saw the same.
func (f *file) border(e lines.Edge) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := e.At
	seen, ok := f.borders[at]
	if !ok {
		f.borders[at] = e.Behind
		return nil
	}
	if seen != e.Behind {
		url := f.store.URL(f.object.Key)
		return fault.Corrupt(url, "a quoted field spans the border of two splits at byte %d and cannot be told from its surroundings", at).
			WithHint("Set the table property 'multiline'='true' to read such files as one piece.")
	}
	return nil
}
