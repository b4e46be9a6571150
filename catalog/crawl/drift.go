package crawl

import (
	"cmp"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// fileShape is a file with its columns as they are in it.
type fileShape struct {
	url     string
	format  string
	columns []catalog.Column // unknown types: null in all that was seen
}

// maxDrift is how many drifts of one table are told.
const maxDrift = 1000

// DriftFrom compares the files that were looked into with a table's columns:
// by position where the format finds columns so (csv), else by name. The order
// is that of the files' locations and, in a file, of its columns; columns that
// a file lacks come last. Partition keys that files have too are ignored
// columns. At most 1000 are told.
func (f *Found) DriftFrom(t *catalog.Table) []Drift {
	var out []Drift
	for i := range f.shapes {
		s := &f.shapes[i]
		if byPosition(s.format) {
			out = s.driftByPosition(out, t.Columns)
		} else {
			out = s.driftByName(out, t.Columns)
		}
		if len(out) >= maxDrift {
			return out[:maxDrift:maxDrift]
		}
	}
	return out
}

// byPosition reports whether a format finds columns by their position in the
// file, not by name.
func byPosition(format string) bool { return format == "csv" }

func (s *fileShape) driftByPosition(out []Drift, cols []catalog.Column) []Drift {
	for i, c := range s.columns {
		if i >= len(cols) {
			out = append(out, Drift{File: s.url, Column: c.Name, Found: c.Type.String(), Action: DriftIgnore})
		} else {
			out = s.compare(out, cols[i], c.Type)
		}
	}
	for _, c := range cols[min(len(cols), len(s.columns)):] {
		out = append(out, Drift{File: s.url, Column: c.Name, Declared: c.Type.String(), Action: DriftNull})
	}
	return out
}

func (s *fileShape) driftByName(out []Drift, cols []catalog.Column) []Drift {
	ix := indexColumns(cols)
	has := make([]bool, len(cols))
	for _, c := range s.columns {
		i := ix.findColumn(c, has)
		if i < 0 {
			out = append(out, Drift{File: s.url, Column: c.Name, Found: c.Type.String(), Action: DriftIgnore})
			continue
		}
		has[i] = true
		out = s.compare(out, cols[i], c.Type)
	}
	for i, c := range cols {
		if !has[i] {
			out = append(out, Drift{File: s.url, Column: c.Name, Declared: c.Type.String(), Action: DriftNull})
		}
	}
	return out
}

// compare adds the drift of one column, if its type is another one.
func (s *fileShape) compare(out []Drift, declared catalog.Column, found types.Type) []Drift {
	if settled(found, declared.Type) {
		return out
	}
	return append(out, Drift{File: s.url, Column: declared.Name, Declared: declared.Type.String(), Found: found.String(),
		Action: readingOf(s.format, declared.Type, found)})
}

// settled reports whether a file's type is the declared one as far as it was
// seen: what was null everywhere may be anything.
func settled(found, declared types.Type) bool {
	switch {
	case found.Kind == types.Unknown || found.Equal(declared):
		return true
	case found.Kind != declared.Kind || len(found.Fields) == 0:
		return false
	case found.Kind != types.Row:
		return slices.EqualFunc(found.Fields, declared.Fields, func(f, d types.Field) bool { return settled(f.Type, d.Type) })
	}
	return slices.EqualFunc(found.Fields, declared.Fields, func(f, d types.Field) bool {
		return strings.EqualFold(f.Name, d.Name) && settled(f.Type, d.Type)
	})
}

// columnIndexOf finds columns by name.
type columnIndexOf struct {
	exact  map[string]int
	folded map[string][]int // by lower-case name
	ids    map[string]int   // by field ID; nil: none has one
}

func indexColumns(cols []catalog.Column) columnIndexOf {
	ix := columnIndexOf{exact: make(map[string]int, len(cols)), folded: make(map[string][]int, len(cols))}
	for i, c := range cols {
		ix.add(c, i)
	}
	return ix
}

func (ix *columnIndexOf) add(c catalog.Column, at int) {
	if _, ok := ix.exact[c.Name]; !ok {
		ix.exact[c.Name] = at
	}
	low := strings.ToLower(c.Name)
	ix.folded[low] = append(ix.folded[low], at)
	ix.note(c, at)
}

// note remembers the field ID of a column, if it has one.
func (ix *columnIndexOf) note(c catalog.Column, at int) {
	if id := c.Parameters[idParameter]; id != "" {
		if ix.ids == nil {
			ix.ids = map[string]int{}
		}
		ix.ids[id] = at
	}
}

// findColumn gives the column of the same field ID, else find's.
func (ix *columnIndexOf) findColumn(c catalog.Column, taken []bool) int {
	if id := c.Parameters[idParameter]; id != "" {
		if i, ok := ix.ids[id]; ok {
			return i
		}
	}
	return ix.find(c.Name, taken)
}

// find gives the column of exactly that name, else one that differs only in
// case and that no other has found: a file may have ID and id. -1: none.
func (ix *columnIndexOf) find(name string, taken []bool) int {
	if i, ok := ix.exact[name]; ok {
		return i
	}
	for _, i := range ix.folded[strings.ToLower(name)] {
		if i >= len(taken) || !taken[i] {
			return i
		}
	}
	return -1
}

// sortShapes orders files by location.
func sortShapes(s []fileShape) {
	slices.SortFunc(s, func(a, b fileShape) int { return cmp.Compare(a.url, b.url) })
}
