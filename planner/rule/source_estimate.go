package rule

import (
	"path"
	"strings"

	"github.com/glauxdb/glaux/catalog/statistics"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
)

// estimate fills in rows, bytes and column statistics of a scan's source, from
// the files that were opened; files that were not count as the average of the
// others by size.
func (p *scanPlanner) estimate(s *plan.Scan) {
	src := s.Source
	if s.Mode == plan.ScanErrors {
		src.Rows, src.Columns = errorRows, make([]formats.Bounds, len(s.Cols))
		estimateErrors(s, 1)
		return
	}
	if p.listOnly {
		return
	}
	var rows, known float64
	src.Exact = true
	all := int64(0)
	for i, f := range p.files {
		all += f.Info.Size
		st := stats(p.opened[i])
		if st == nil || st.Rows < 0 {
			src.Exact = false
			continue
		}
		rows += float64(st.Rows)
		known += float64(f.Info.Size)
	}
	src.Exact = src.Exact && s.Mode == plan.ScanRows
	switch {
	case s.Mode == plan.ScanFiles:
		src.Rows = float64(len(p.files))
	case src.Exact:
		src.Rows = rows
	case known > 0:
		src.Rows = rows * float64(all) / known
	default:
		src.Rows = float64(p.plainBytes()) / rowWidth(s)
		if rows, bytes, ok := statistics.Rows(s.Table); ok {
			src.Rows = rows * float64(all) / bytes
		}
	}
	if s.Sample != nil {
		src.Rows, src.Exact = src.Rows*s.Sample.Percent/100, false
	}
	src.Columns = make([]formats.Bounds, len(s.Cols))
	for col := range s.Cols {
		src.Columns[col] = mergeBounds(len(p.files), func(i int) formats.Bounds { return p.bounds(i, col) })
		if s.Cols[col].Index >= len(s.Table.Columns) {
			src.Columns[col].Distinct = p.distinctKeys(s.Cols[col].Index - len(s.Table.Columns))
		}
	}
	estimateBytes(s, p.opened, reach{drained: true, times: 1})
}

// errorRows is a guess at how much is wrong in a table's files.
const errorRows = 1000

// estimateErrors bounds the bytes of a scan of errors: every column is read.
func estimateErrors(s *plan.Scan, times int64) {
	src := s.Source
	src.BytesLower, src.BytesUpper, src.BytesExpected, src.Unopened = 0, 0, 0, len(src.Files)
	for _, f := range src.Files {
		src.BytesUpper = plan.AddBytes(src.BytesUpper, f.Info.Size)
	}
	src.BytesExpected = src.BytesUpper
	src.BytesUpper = mulBytes(src.BytesUpper, times)
}

func stats(f formats.File) *formats.Stats {
	if f == nil {
		return nil
	}
	return f.Stats()
}

// textRatio is what general codecs make of text, about.
const textRatio = 6

// plainBytes guesses the decompressed size of files that do not tell their
// rows.
func (p *scanPlanner) plainBytes() int64 {
	total := int64(0)
	for _, f := range p.files {
		size := f.Info.Size
		switch strings.ToLower(path.Ext(f.Info.Key)) {
		case ".gz", ".zst", ".bz2", ".snappy", ".lz4", ".br", ".xz", ".lzo", ".deflate":
			size *= textRatio
		}
		total += size
	}
	return total
}

// rowWidth guesses the bytes of a row in a file that does not tell its rows.
func rowWidth(s *plan.Scan) float64 { return 12 * float64(len(s.Table.Columns)+1) }

// distinctKeys counts the values of a partition key among the files.
func (p *scanPlanner) distinctKeys(k int) int64 {
	seen := map[uint32]bool{}
	last := -1
	for _, f := range p.files {
		if f.Partition != last && f.Partition >= 0 {
			last = f.Partition
			seen[p.parts.Keys[k].Codes[f.Partition]] = true
		}
	}
	return int64(len(seen))
}

// mergeBounds joins what is known of a column in n files. What one of them does
// not know, the whole does not know.
func mergeBounds(n int, of func(i int) formats.Bounds) formats.Bounds {
	var out formats.Bounds
	ranged, nullsKnown, first := true, true, true
	for i := 0; i < n; i++ {
		b := of(i)
		out.Rows += b.Rows
		out.DecodedBytes += b.DecodedBytes
		out.Distinct = max(out.Distinct, b.Distinct)
		out.Nulls += b.Nulls
		nullsKnown = nullsKnown && b.HasNulls
		if b.AllNull {
			continue
		}
		if !b.HasMinMax {
			ranged = false
			continue
		}
		out = widen(out, b, first)
		first = false
	}
	out.HasMinMax = ranged && !first
	out.HasNulls = nullsKnown && n > 0
	out.AllNull = ranged && first && n > 0
	if !out.HasNulls {
		out.Nulls = 0
	}
	return out
}

func widen(out, b formats.Bounds, first bool) formats.Bounds {
	if first || b.Min.Compare(out.Min) < 0 {
		out.Min, out.MinExact = b.Min, b.MinExact
	} else if b.MinExact && b.Min.Compare(out.Min) == 0 {
		out.MinExact = true
	}
	if first || b.Max.Compare(out.Max) > 0 {
		out.Max, out.MaxExact = b.Max, b.MaxExact
	} else if b.MaxExact && b.Max.Compare(out.Max) == 0 {
		out.MaxExact = true
	}
	return out
}
