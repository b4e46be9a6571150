// Package write makes the files of tables: it knows which formats can be
// written, how each may be compressed and what its files are called.
//
//	Spec ── Check ──> fit to be written ── New(w) ──> Writer ── Write(batch) ... Close
package write

import (
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/csv"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/lines"
	"github.com/glauxdb/glaux/formats/parquet"
)

// Spec says how files are written.
type Spec struct {
	Format      string // the classification: parquet, csv, json
	Compression string // lower case; "": the format's default, "none": none
	Level       int    // of zstd, from 1 to 22; 0: its default
	Schema      *types.Schema
	FieldIDs    []int32           // parallel to the schema's fields, by which Parquet files know them; nil: none
	Properties  map[string]string // of table and SerDe, with lower-case keys, as readers take them
}

// Writer is a formats.Writer that tells how much it holds.
type Writer interface {
	formats.Writer
	// Buffered gives about how many bytes of memory the writer holds now.
	Buffered() int64
}

// family is a format that can be written.
type family struct {
	compressions []string // the first is the default
	extension    string
	open         func(w io.Writer, s *Spec) (Writer, error)
}

var textCompressions = []string{"gzip", "none", "zstd"}

// families are the formats by classification.
var families = map[string]family{
	"parquet": {[]string{"snappy", "gzip", "zstd", "lz4", "brotli", "none"}, ".parquet", openParquet},
	"csv":     {textCompressions, ".csv", openText},
	"json":    {textCompressions, ".json", openText},
}

// aliases are other names of compressions.
var aliases = map[string]string{"": "", "uncompressed": "none", "lz4_raw": "lz4", "gz": "gzip", "zstandard": "zstd"}

// textExtensions tell readers how a text file is compressed.
var textExtensions = map[string]string{"gzip": ".gz", "zstd": ".zst", "none": ""}

// Check normalizes the compression. A format or a compression that cannot be
// written is 0A000.
func (s *Spec) Check() error {
	f, ok := families[s.Format]
	if !ok {
		return fault.New(fault.CodeFeatureNotSupported, "writing files of format %s is not supported", strings.ToUpper(s.Format)).
			WithHint("Formats that are written: PARQUET, TEXTFILE, JSON.")
	}
	c := strings.ToLower(s.Compression)
	if a, ok := aliases[c]; ok {
		c = a
	}
	if c == "" {
		c = f.compressions[0]
	}
	if !slices.Contains(f.compressions, c) {
		return fault.New(fault.CodeFeatureNotSupported, "writing %s files with the compression %q is not supported", s.Format, s.Compression).
			WithHint("Compressions of this format: %s.", strings.Join(f.compressions, ", "))
	}
	if s.Compression = c; s.Level != 0 && c != "zstd" {
		return fault.New(fault.CodeInvalidParameter, "a compression level goes with zstd, not %s", c)
	}
	return s.checkText()
}

// checkText refuses what readers of the table would take for something else.
func (s *Spec) checkText() error {
	if s.Format == "parquet" {
		return nil
	}
	if err := lines.CheckWritable(s.Properties); err != nil {
		return err
	}
	const header = "skip.header.line.count"
	if n := s.Properties[header]; s.Format == "csv" && n != "" && n != "0" && n != "1" {
		return fault.New(fault.CodeFeatureNotSupported, "writing files with a header of %s lines, which %q says that they have, is not supported", n, header)
	}
	if w := s.Properties["fixedwidth"]; s.Format == "csv" && w != "" {
		return fault.New(fault.CodeFeatureNotSupported, "writing fields of fixed width is not supported")
	}
	return nil
}

// Extension gives what names of files end in: ".parquet", ".csv.gz". The Spec
// was checked.
func (s *Spec) Extension() string {
	if s.Format == "parquet" {
		return families[s.Format].extension
	}
	return families[s.Format].extension + textExtensions[s.Compression]
}

// New makes a writer of one file into w, which stays open after Close. The Spec
// was checked.
func New(w io.Writer, s *Spec) (Writer, error) { return families[s.Format].open(w, s) }

func openParquet(w io.Writer, s *Spec) (Writer, error) {
	c := s.Compression
	if c == "lz4" {
		c = "lz4_raw"
	}
	return parquet.NewWriter(w, s.Schema, parquet.WriterOptions{Compression: c, Level: s.Level, FieldIDs: s.FieldIDs, GroupBytes: groupBytes})
}

// groupBytes is about how many bytes of values a row group has: what the writer
// holds in memory, and what a reader must at least take up to skip rows.
const groupBytes = 64 << 20

// text is a writer of CSV or JSON behind a compressor.
type text struct {
	formats.Writer
	end io.WriteCloser
}

// textBuffer is what a text writer and its compressor hold at most, about.
const textBuffer = 1 << 20

func openText(w io.Writer, s *Spec) (Writer, error) {
	c, err := codec.Parse(s.Compression)
	if err != nil {
		return nil, err
	}
	out := &text{}
	if out.end, err = codec.NewWriterLevel(c, w, s.Level); err != nil {
		return nil, err
	}
	if s.Format == "json" {
		props := maps.Clone(s.Properties)
		delete(props, "layout")
		out.Writer, err = json.NewWriter(out.end, s.Schema, props)
		return out, err
	}
	props := map[string]string{"header": strconv.FormatBool(s.Properties["skip.header.line.count"] == "1")}
	for k, v := range s.Properties {
		if k != "header" {
			props[k] = v
		}
	}
	out.Writer, err = csv.NewWriter(out.end, s.Schema, props)
	return out, err
}

// Buffered implements Writer.
func (t *text) Buffered() int64 { return textBuffer }

// Close implements formats.Writer.
func (t *text) Close() error {
	if err := t.Writer.Close(); err != nil {
		return err
	}
	return t.end.Close()
}
