package crawl

import (
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// widen gives the type that holds the values of two files' column of one name:
//
//	rows                      the union of their fields, by name
//	arrays, maps              by member
//	row with map of text      map of text to the join of all members: one file had keys that are data
//	real with another number  double, so that no digit of an integer is lost
//	what types.Common joins   what it says: the wider integer, the finer timestamp, decimal, double
//	anything else             varchar, and lossless is false: the files disagree
func widen(a, b types.Type) (t types.Type, lossless bool) {
	switch {
	case a.Equal(b):
		return a, true
	case a.Kind == types.Row && b.Kind == types.Row:
		return widenRows(a, b)
	case a.Kind == types.Array && b.Kind == types.Array:
		e, ok := widen(a.Elem(), b.Elem())
		return types.ArrayOf(e), ok
	case a.Kind == types.Map && b.Kind == types.Map:
		k, okKey := widen(a.Key(), b.Key())
		v, okValue := widen(a.Value(), b.Value())
		return types.MapOf(k, v), okKey && okValue
	case a.Kind == types.Row && textMap(b):
		return widenRowMap(a, b)
	case textMap(a) && b.Kind == types.Row:
		return widenRowMap(b, a)
	case a.IsNumeric() && b.IsNumeric() && (a.Kind == types.Real) != (b.Kind == types.Real):
		return types.TDouble, true
	}
	if t, ok := types.Common(a, b); ok {
		return t, true
	}
	return types.TVarchar, false
}

func textMap(t types.Type) bool { return t.Kind == types.Map && t.Key().Kind == types.Varchar }

func widenRowMap(row, m types.Type) (types.Type, bool) {
	value, lossless := m.Value(), true
	for _, f := range row.Fields {
		t, ok := widen(value, f.Type)
		value, lossless = t, lossless && ok
	}
	return types.MapOf(types.TVarchar, value), lossless
}

func widenRows(a, b types.Type) (types.Type, bool) {
	fields := append([]types.Field(nil), a.Fields...)
	lossless := true
	for _, f := range b.Fields {
		i := fieldIndex(fields, f.Name)
		if i < 0 {
			fields = append(fields, f)
			continue
		}
		t, ok := widen(fields[i].Type, f.Type)
		fields[i].Type = t
		lossless = lossless && ok
	}
	return types.RowOf(fields...), lossless
}

// fieldIndex finds a field by exact name, then by folded name.
func fieldIndex(fields []types.Field, name string) int {
	s := types.Schema{Fields: fields}
	return s.Index(name)
}

// merger joins the columns of several files.
type merger struct {
	cols    []catalog.Column
	ix      columnIndexOf
	renamed [][2]string // names in files, and in the table, of columns found by their field ID
}

func newMerger(cols []catalog.Column) *merger {
	return &merger{cols: append([]catalog.Column(nil), cols...), ix: indexColumns(cols)}
}

// add adds a file's columns: known ones (by field ID, else by name) are widened,
// in their place; new ones follow at the end. conflicts names the columns on
// which they disagree.
func (m *merger) add(file []catalog.Column) (conflicts []string) {
	had := len(m.cols)
	taken := make([]bool, had)
	for _, c := range file {
		i := m.ix.findColumn(c, taken)
		if i < 0 || i >= had { // a second column of the file with that name is its own
			m.ix.add(c, len(m.cols))
			m.cols = append(m.cols, c)
			continue
		}
		taken[i] = true
		if !strings.EqualFold(m.cols[i].Name, c.Name) {
			m.renamed = append(m.renamed, [2]string{c.Name, m.cols[i].Name})
		}
		t, ok := widen(m.cols[i].Type, c.Type)
		if !ok && !(m.cols[i].Type.IsString() || c.Type.IsString()) {
			conflicts = append(conflicts, c.Name)
		}
		m.cols[i].Type = t
		if m.cols[i].Parameters == nil && c.Parameters != nil {
			m.cols[i].Parameters = c.Parameters
			m.ix.note(c, i)
		}
	}
	return conflicts
}

// columnsOf gives a schema's columns with usable names: an empty one becomes
// colN, a repeated one gets a number. The type of a column that is null in all
// that was seen stays unknown until all files are merged.
func columnsOf(s *types.Schema) []catalog.Column {
	cols := make([]catalog.Column, 0, len(s.Fields))
	seen := make(map[string]bool, len(s.Fields))
	for i, f := range s.Fields {
		name := f.Name
		if name == "" {
			name = "col" + strconv.Itoa(i)
		}
		for n := 2; seen[name]; n++ {
			name = f.Name + "_" + strconv.Itoa(n)
		}
		seen[name] = true
		cols = append(cols, catalog.Column{Name: name, Type: f.Type})
	}
	return cols
}

// settle replaces the unknown types that are left after all files were merged.
func settle(t types.Type) types.Type {
	if t.Kind == types.Unknown {
		return types.TVarchar
	}
	if len(t.Fields) == 0 {
		return t
	}
	fields := append([]types.Field(nil), t.Fields...)
	for i := range fields {
		fields[i].Type = settle(fields[i].Type)
	}
	t.Fields = fields
	return t
}
