package orc

import (
	"context"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/vector"
)

// acidNames are the columns of files of Hive's transactional tables: what
// happened, the row's identity, the write that did it, and the table's columns
// as a struct.
var acidNames = []string{"operation", "originalTransaction", "bucket", "rowId", "currentTransaction", "row"}

// Places among acidNames.
const (
	acidOperation = 0
	acidFirstID   = 1 // originalTransaction, bucket, rowId
	acidRow       = 5
)

// findACID tells whether the file is one of a transactional table and is read
// as such, so that the fields of row are its columns. Whoever declares a column
// originalTransaction wants what is stored.
func (f *File) findACID(table *types.Schema) error {
	if f.root.kind != kindStruct || !slices.Equal(f.root.names, acidNames) || f.root.sub[acidRow].kind != kindStruct {
		return nil
	}
	for _, n := range f.root.sub[:acidRow] {
		if n.kind != kindInt && n.kind != kindLong {
			return nil
		}
	}
	if table != nil && table.Index(acidNames[acidFirstID]) >= 0 {
		return nil
	}
	f.acid = f.root.sub[acidRow]
	f.acid.trimPath(len(f.acid.path) + 1)
	return f.onlyInserts()
}

// trimPath cuts the name of what is not the table's off the names of columns.
func (n *node) trimPath(by int) {
	for _, k := range n.sub {
		k.path = k.path[min(by, len(k.path)):]
		k.trimPath(by)
	}
}

// onlyInserts demands that every row is one that was inserted. Until version 3
// Hive wrote updated and deleted rows among the others, to be merged by
// identity; a major compaction makes base files of them.
func (f *File) onlyInserts() error {
	if f.foot.rows == 0 {
		return nil
	}
	op, row := f.root.sub[acidOperation].col, f.acid.col
	if len(f.foot.stats) > max(op, row) {
		o, r := f.foot.stats[op], f.foot.stats[row]
		if o.ints && o.min == 0 && o.max == 0 && r.values == f.foot.rows {
			return nil
		}
	}
	return fault.New(fault.CodeFeatureNotSupported, "the ORC file of a transactional table holds other events than inserted rows").In(f.url).
		WithHint("Hive before version 3 wrote it. Let Hive run a major compaction of the table or partition.")
}

// survivors is a File less the rows that were deleted.
type survivors struct {
	*File
	deleted formats.Deletions
	bucket  int32
	first   int64
	stats   formats.Stats
}

var _ formats.Transactional = (*File)(nil)

// Without implements formats.Transactional.
func (f *File) Without(d formats.Deletions, bucket int32, first int64) formats.File {
	return &survivors{File: f, deleted: d, bucket: bucket, first: first, stats: lessExact(f.stats)}
}

// lessExact gives what statistics say if any row may be gone: values are still
// within the bounds.
func lessExact(s formats.Stats) formats.Stats {
	s.Rows = -1
	s.Columns = slices.Clone(s.Columns)
	for i := range s.Columns {
		b := &s.Columns[i]
		b.MinExact, b.MaxExact, b.HasNulls, b.Nulls, b.Rows = false, false, b.HasNulls && b.Nulls == 0, 0, 0
	}
	return s
}

// Stats implements formats.File.
func (f *survivors) Stats() *formats.Stats { return &f.stats }

// Splits implements formats.File.
func (f *survivors) Splits(target int64) []formats.Split {
	out := f.File.Splits(target)
	for i := range out {
		out[i].Rows = -1
		if out[i].Stats != nil {
			s := lessExact(*out[i].Stats)
			out[i].Stats = &s
		}
	}
	return out
}

// ScanBytes implements formats.Measurer: every scan reads the identities.
func (f *survivors) ScanBytes(cols []formats.Projection) int64 {
	return f.File.scanBytes(cols, f.idColumns())
}

// idColumns gives the numbers of the columns that identify a row.
func (f *File) idColumns() (cols []int) {
	if f.acid != nil {
		for _, n := range f.root.sub[acidFirstID : acidFirstID+3] {
			cols = append(cols, n.col)
		}
	}
	return cols
}

// Scan implements formats.File.
func (f *survivors) Scan(ctx context.Context, r formats.ScanRequest) (formats.Source, error) {
	ids, err := f.deleted.Rows(ctx)
	if err != nil {
		return nil, err
	}
	if ids.Len() == 0 {
		return f.File.Scan(ctx, r)
	}
	if f.acid == nil && f.bucket < 0 {
		return nil, fault.New(fault.CodeFeatureNotSupported, "rows of the file's table were deleted, and its name does not tell its bucket").In(f.url).
			WithHint("Let Hive run a major compaction of the table or partition.")
	}
	return f.File.scan(ctx, r, &graves{ids: ids, file: f})
}

// graves finds the deleted rows among those of one scan.
type graves struct {
	ids  *formats.RowIDs
	file *survivors
	cols []*scanCol // originalTransaction, bucket, rowId; none in a file that has no identities

	write  int64 // of rows
	bucket int32
	rows   []int64
	known  bool
	sel    vector.Sel
}

// forScan adds the columns that a scan of the file reads for it.
func (g *graves) forScan(f *File) *graves {
	g.cols = nil
	if f.acid == nil {
		return g
	}
	for _, n := range f.root.sub[acidFirstID : acidFirstID+3] {
		g.cols = append(g.cols, &scanCol{bind: f.bind(n, types.TBigInt)})
	}
	return g
}

// keep leaves out of sel (nil: all of n rows) those that were deleted. at is the
// number of the first row in the file.
func (g *graves) keep(s *stripe, sel vector.Sel, n int, at int64) (vector.Sel, error) {
	var ids [3][]int64
	for i, c := range g.cols {
		if err := c.read(s, n); err != nil {
			return nil, err
		}
		if c.vec.Valid != nil {
			return nil, s.fail(errIdentity, c.bind)
		}
		ids[i] = convert.As[int64](c.vec.Raw())
	}
	if g.sel == nil {
		g.sel = make(vector.Sel, 0, n) // never nil, which would be every row
	}
	g.sel = g.sel[:0]
	test := func(i int) {
		id := formats.RowID{Bucket: g.file.bucket, Row: g.file.first + at + int64(i)}
		if g.cols != nil {
			id = formats.RowID{Write: ids[0][i], Bucket: int32(ids[1][i]), Row: ids[2][i]}
		}
		if !g.has(id) {
			g.sel = append(g.sel, uint16(i))
		}
	}
	if sel == nil {
		for i := range n {
			test(i)
		}
		if len(g.sel) == n {
			return nil, nil
		}
		return g.sel, nil
	}
	for _, i := range sel {
		test(int(i))
	}
	return g.sel, nil
}

func (g *graves) has(id formats.RowID) bool {
	if !g.known || id.Write != g.write || id.Bucket != g.bucket {
		g.write, g.bucket, g.known = id.Write, id.Bucket, true
		g.rows = g.ids.Of(id.Write, id.Bucket)
	}
	if len(g.rows) == 0 {
		return false
	}
	_, found := slices.BinarySearch(g.rows, id.Row)
	return found
}
