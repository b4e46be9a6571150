// Package formats is the border between file formats and the rest: Format,
// File, Source, Predicate, and the registry of formats. It knows nothing of
// tables, partitions, SQL or workgroups.
//
//	Format.Open ── one metadata read ──> File ── Splits ──> Split (a unit of parallel work)
//	                                      └─ Scan(ScanRequest{Split, Columns, Pred}) ──> Source ──> Batches
package formats

import (
	"context"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// Options are what the catalog knows about a file that its bytes don't say:
// the table's columns and the SerDe's properties. Formats with their own schema
// use Schema to match columns by name and to convert types; text formats cannot
// do without it.
type Options struct {
	Schema     *types.Schema     // the columns as the table declares them; nil: as the file says
	FieldIDs   []int32           // parallel to Schema: the columns' IDs in files that number them; 0, or nil: unknown
	Properties map[string]string // SerDe and table properties, lower-case keys
	Codec      string            // compression of the whole file ("gzip", ...) if known; "": by extension and content
}

// Format is one file format. Formats are stateless values.
type Format interface {
	// Name is the classification as Glue spells it: parquet, csv, json, ...
	Name() string
	// Sniff gives the crawler's confidence, 0..1, that an object is of this
	// format, from its name and its first bytes (decompressed).
	Sniff(name string, head []byte) float64
	// Open reads the file's metadata (for text formats, nothing) and gives its
	// schema and statistics.
	Open(ctx context.Context, s store.Store, o store.Info, opt Options) (File, error)
}

// Inferrer is a text format whose schema is guessed from the beginning of a
// file. A Format value that carries settings (a delimiter, a row tag, a
// pattern) is a custom classifier: it sniffs and infers by them.
type Inferrer interface {
	Format
	// Infer gives what the first bytes (decompressed) show; complete says that
	// they are the whole file. What cannot be read as this format is an error
	// that says where and why.
	Infer(head []byte, complete bool) (*Inference, error)
}

// Inference is what the beginning of a text file shows.
type Inference struct {
	Schema *types.Schema
	// Properties are what Open needs to read such files, under Hive's names;
	// crawlers store them as properties of the SerDe or of the table.
	Properties map[string]string
	// Notes tell a person how doubtful choices were made: the header with its
	// score, a map instead of a struct, numbers that stayed text. One line each.
	Notes []string
}

// File is an opened object. It is immutable and safe for concurrent use; many
// Sources may read it at once.
type File interface {
	// Schema gives the columns that Scan can deliver: with Options.Schema that
	// schema (a column that the file lacks is all null), else the file's own.
	Schema() *types.Schema
	Stats() *Stats
	// Splits cuts the file into units of parallel work of about target bytes.
	Splits(target int64) []Split
	Scan(ctx context.Context, r ScanRequest) (Source, error)
	Close() error
}

// Measurer is a File of which a scan does not read every byte.
type Measurer interface {
	// ScanBytes gives the stored bytes that scans of the given columns read of the
	// whole file as data, if no filter and no limit spares them any. What several
	// columns share counts once.
	ScanBytes(cols []Projection) int64
}

// Split is a part of a file: a run of row groups, stripes, or bytes. Its rows
// are exactly those that no other split of the file delivers.
type Split struct {
	First, Count int         // row groups or stripes; 0, 0 in text formats
	Range        store.Range // the bytes that the split covers
	Rows         int64       // -1: unknown
	Stats        *Stats      // of this split's rows; nil: unknown
}

// ScanRequest says what to read.
type ScanRequest struct {
	Split   Split
	Columns []Projection // what each output column holds, in this order
	Pred    Predicate    // nil: every row. Its column numbers are positions in Columns
	Limit   int64        // stop after about this many rows passed Pred; 0: no limit
	// Dynamic, if not nil, is asked before every row group or page whether the
	// rest can still matter (runtime filters arrive while a scan runs).
	Dynamic func() Predicate
	// Overlap is shared by the Sources of one scan of this file; nil: each reads
	// what it needs.
	Overlap *Overlap
	// Rejects counts the rows that a table wants left out if they cannot be read
	// ('malformed.values' = 'reject'); nil: they are not counted.
	Rejects *Rejects
	// Foresight is shared by the Sources of a scan of a store whose requests take long;
	// nil: each reads what it has seen that it needs.
	Foresight *Foresight
	// Memory is charged what the Source holds; nil: nobody counts it.
	Memory Memory
	// Reads counts what is decoded; nil: nobody wants to know.
	Reads *Reads
}

// Divide gives the columns that the predicate looks at, ascending, and the others.
func (r *ScanRequest) Divide() (filter, rest []int, err error) {
	if r.Pred != nil {
		filter = r.Pred.Columns()
	}
	for _, c := range filter {
		if c < 0 || c >= len(r.Columns) {
			return nil, nil, fault.New(fault.CodeInternal, "predicate on column %d of %d", c, len(r.Columns))
		}
	}
	for c := range r.Columns {
		if !slices.Contains(filter, c) {
			rest = append(rest, c)
		}
	}
	return filter, rest, nil
}

// Projection is one output column: a column of the file's schema, or a path of
// fields inside it, which is read without its siblings.
type Projection struct {
	Column int      // index into File.Schema
	Path   []string // row fields below it; nil: the whole column
	Type   types.Type
}

// Tri is the answer of a three-valued test over many rows.
type Tri uint8

// Never: no row can pass. Always: every row passes. Maybe: look closer.
const (
	Maybe Tri = iota
	Never
	Always
)

// Predicate is a filter at three levels. Column numbers are positions in
// ScanRequest.Columns. Implementations are safe for concurrent use only where
// said; a scan calls one from a single goroutine.
type Predicate interface {
	// Columns lists the columns that Keep looks at, ascending.
	Columns() []int
	// KeepBounds judges a file, row group or page by the bounds of each column
	// (unknown ones are zero Bounds).
	KeepBounds(bounds func(col int) Bounds) Tri
	// KeepDict gives a filter over one column alone that may be asked once per
	// distinct value: bit i of the result says whether rows with dictionary
	// value i may pass. ok is false if the predicate has no such part for col.
	// The conjunction of all such parts need not be the whole predicate.
	KeepDict(col int, dict *vector.Vector) (keep vector.Bitmap, nulls bool, ok bool)
	// Keep gives the positions of sel (nil: all) whose rows pass. Only the
	// columns listed by Columns need be present in b. The result may alias sel.
	Keep(b *vector.Batch, sel vector.Sel) (vector.Sel, error)
}

// Stepped is a Predicate that can be asked in parts, so that a reader need not decode a
// column for rows that another column has ruled out.
type Stepped interface {
	Predicate
	// Steps gives the parts that together are Keep, in the order in which they are best
	// asked. Parts that are not worth asking now are left out. Valid until the next call.
	Steps() []Step
	// KeepStep is Keep of one part; only its columns need be present in b.
	KeepStep(s Step, b *vector.Batch, sel vector.Sel) (vector.Sel, error)
}

// Step is a part of a Stepped predicate.
type Step struct {
	Part int   // of the predicate, for KeepStep
	Cols []int // that it looks at
	Dict bool  // KeepDict of its one column judges rows as the part does
}

// Typed is a File that tells the types in which columns are stored.
type Typed interface {
	// StoredType gives the type of the file's own column that a column of the schema
	// is read from; unknown if it has parts, or none is there.
	StoredType(col int) types.Type
}

// Placer is a Source that knows where its rows are in their file.
type Placer interface {
	// Place gives the place of row i of the batch that Next gave last.
	Place(i int) Place
}

// Place is where a row is in its file.
type Place struct {
	// Row counts the rows of a columnar file from 0. Of a text file it is the byte,
	// decompressed, where the record begins: rows cannot be counted from the middle.
	// -1: not known.
	Row   int64
	Group int // 1-based row group, stripe, block or record batch; 0: the format has none
}

// Unplacer is a File whose splits may not know where their rows are: a scan that
// wants places takes such a file whole, as one split.
type Unplacer interface{ Unplaced() bool }

// Unplaced asks a file that may be an Unplacer.
func Unplaced(f File) bool {
	u, ok := f.(Unplacer)
	return ok && u.Unplaced()
}

// Source delivers the rows of one split. Next fills b (whose previous content
// becomes invalid) with at least one selected row, or returns io.EOF. A Source
// belongs to one goroutine.
type Source interface {
	Next(ctx context.Context, b *vector.Batch) error
	Close() error
}

// Bounds are what is known about a column's values in some rows. The zero
// value knows nothing.
type Bounds struct {
	HasMinMax    bool
	Min, Max     types.Value // not null; inclusive; Max may be a truncated value rounded up
	MinExact     bool        // Min is a value that occurs
	MaxExact     bool
	Nulls        int64 // -1 or, with HasNulls false, 0: unknown
	HasNulls     bool  // Nulls is known
	Rows         int64 // rows the bounds speak of; 0: unknown
	Distinct     int64 // 0: unknown
	AllNull      bool  // every row is null
	DecodedBytes int64 // uncompressed size; 0: unknown
}

// Stats are the statistics of a file or a split. Unknown is a value, never a
// guess.
type Stats struct {
	Rows    int64    // -1: unknown
	Columns []Bounds // parallel to File.Schema, or nil
	// Bytes gives the stored (compressed) bytes that a scan of each column
	// reads, parallel to File.Schema; nil for formats that always read whole
	// ranges.
	Bytes []int64
}

// Writer writes batches in a format. Not safe for concurrent use.
type Writer interface {
	Write(b *vector.Batch) error // reads b, keeps nothing of it
	Close() error                // writes what is left and the footer; does not close the destination
}
