package rule

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/plan"
)

// estimateBytes bounds the data bytes that a scan reads, given how far what is
// above it pulls.
//
//   - Upper: every needed column of every file; of files that were not opened all
//     that they store.
//   - Lower: what is read whatever the data say. A filter may spare any page of a
//     columnar file, but no byte of a text file.
func estimateBytes(s *plan.Scan, opened []formats.File, r reach) {
	src := s.Source
	src.BytesLower, src.BytesUpper, src.BytesExpected, src.Unopened = 0, 0, 0, 0
	if s.Mode == plan.ScanFiles {
		return
	}
	m := measureOf(s)
	certain := r.drained && !m.maySkipFiles && s.Limit == 0 && len(s.Dynamic) == 0 && s.Sample == nil
	var sampled, stored, missing int64 // bytes of scanned columns and of whole files; of files that were not opened
	first := int64(0)                  // bytes of scanned columns in one of the first files
	alike := m.alikeFormats(src.Files, opened)
	for i, f := range src.Files {
		var n int64
		sure := true
		if st := stats(opened[i]); st != nil {
			n, sure = m.file(opened[i], f.Info.Size)
		} else {
			src.Unopened++
			switch alike[f.Format.Name()] {
			case readsWhole:
				n = f.Info.Size
			case readsAnything:
				missing += f.Info.Size
				src.BytesUpper = plan.AddBytes(src.BytesUpper, f.Info.Size*m.twice)
				continue
			}
		}
		if sampled, stored = sampled+n, stored+f.Info.Size; first == 0 {
			first = n
		}
		src.BytesUpper = plan.AddBytes(src.BytesUpper, n)
		if certain && sure {
			src.BytesLower += n
		}
	}
	expected := float64(sampled)
	if stored > 0 {
		expected += float64(missing) * float64(sampled) / float64(stored)
	}
	if s.Limit > 0 && len(s.Filter) == 0 && src.Rows > float64(s.Limit) {
		expected = max(expected*float64(s.Limit)/src.Rows, float64(min(first, leastFetch)))
	}
	if s.Sample != nil {
		expected *= s.Sample.Percent / 100
	}
	src.BytesExpected = max(src.BytesLower, min(int64(expected), src.BytesUpper))
	src.BytesUpper = mulBytes(src.BytesUpper, r.times)
	if r.times > 1 {
		src.BytesExpected = mulBytes(src.BytesExpected, min(r.times, expectedRounds))
	}
}

// FileBytes gives the bound of the data bytes that a scan reads of one of its
// files in one run; opened is nil for a file whose metadata was not read.
func FileBytes(s *plan.Scan) func(f *lake.File, opened formats.File) int64 {
	if s.Mode == plan.ScanFiles {
		return func(*lake.File, formats.File) int64 { return 0 }
	}
	if s.Mode == plan.ScanErrors {
		return func(f *lake.File, _ formats.File) int64 { return f.Info.Size }
	}
	m := measureOf(s)
	return func(f *lake.File, opened formats.File) int64 {
		if stats(opened) == nil {
			return f.Info.Size * m.twice
		}
		n, _ := m.file(opened, f.Info.Size)
		return n
	}
}

// leastFetch is what readers fetch of a file at once, about.
const leastFetch = 256 << 10

// reads is what is known of the bytes that a scan reads of a file that was not opened,
// from others of its format.
type reads int

const (
	readsAnything reads = iota // up to all, maybe twice
	readsWhole                 // every byte once, as of text
	readsNothing               // no columns are needed, and the metadata tell the rows
)

// alikeFormats finds it out for each format by its name; nil if all files were
// opened.
func (m *measure) alikeFormats(files []*lake.File, opened []formats.File) map[string]reads {
	if !slices.ContainsFunc(opened, func(f formats.File) bool { return stats(f) == nil }) {
		return nil
	}
	out := map[string]reads{}
	for i, f := range files {
		st := stats(opened[i])
		if st == nil {
			continue
		}
		is := readsAnything
		if _, columnar := opened[i].(formats.Measurer); !columnar {
			is = readsWhole
		} else if n, _ := m.file(opened[i], f.Info.Size); len(m.cols) == 0 && n == 0 {
			if st.Rows <= 0 {
				continue // it has nothing that could be read
			}
			is = readsNothing
		}
		if before, seen := out[f.Format.Name()]; seen && before != is {
			is = readsAnything
		}
		out[f.Format.Name()] = is
	}
	return out
}

// expectedRounds is how often a recursive query is guessed to read a table.
const expectedRounds = 8

// mulBytes multiplies bounds, neither negative.
func mulBytes(a, times int64) int64 {
	if times != 0 && a > plan.UnboundedBytes/times {
		return plan.UnboundedBytes
	}
	return a * times
}

// measure is what a scan asks of each file.
type measure struct {
	cols     []formats.Projection
	filtered bool
	// maySkipFiles is set if a condition on constants of the files is left, which
	// may pass over a file that planning did not.
	maySkipFiles bool
	// twice is 2 if a stored byte may be read for a condition and once more for
	// another column: the shape of a nested column.
	twice int64
}

func measureOf(s *plan.Scan) *measure {
	m := &measure{filtered: len(s.Filter) > 0 || len(s.Dynamic) > 0, twice: 1}
	data := map[plan.ColID]bool{}
	for _, col := range s.Cols {
		if col.Index < 0 || col.Index >= len(s.Table.Columns) {
			continue
		}
		data[col.ID] = true
		m.cols = append(m.cols, formats.Projection{Column: col.Index, Path: col.Path, Type: col.Type})
		if m.filtered && (col.Path != nil || isNested(col.Type)) {
			m.twice = 2
		}
	}
	for _, e := range s.Filter {
		for _, c := range plan.Conjuncts(e) {
			m.maySkipFiles = m.maySkipFiles || !plan.IsVolatile(c) && !readsAny(c, data)
		}
	}
	return m
}

func isNested(t types.Type) bool {
	return t.Kind == types.Row || t.Kind == types.Array || t.Kind == types.Map
}

func readsAny(e plan.Expr, cols map[plan.ColID]bool) bool {
	for id := range freeOf(e) {
		if cols[id] {
			return true
		}
	}
	return false
}

// file gives the most bytes that the scan reads of an opened file, and whether it
// reads them all if it reads the file.
func (m *measure) file(f formats.File, size int64) (n int64, sure bool) {
	c, ok := f.(formats.Measurer)
	switch {
	case !ok:
		return size, true
	case !m.filtered, f.Stats().Bytes == nil:
		return c.ScanBytes(m.cols), true
	}
	for i := range m.cols { // one by one: the columns of conditions are read before the others
		n = plan.AddBytes(n, c.ScanBytes(m.cols[i:i+1]))
	}
	return n, n == 0
}
