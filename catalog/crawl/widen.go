package crawl

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// widen gives the type that holds the values of two files' column of one name:
//
//	rows                      the union of their fields, by name
//	arrays, maps              by member
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
	case a.IsNumeric() && b.IsNumeric() && (a.Kind == types.Real) != (b.Kind == types.Real):
		return types.TDouble, true
	}
	if t, ok := types.Common(a, b); ok {
		return t, true
	}
	return types.TVarchar, false
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

// mergeSchema adds a file's columns to a table's: known ones are widened, in
// their place; new ones follow at the end. conflicts names the columns on which
// they disagree.
func mergeSchema(into []catalog.Column, file []catalog.Column) (out []catalog.Column, conflicts []string) {
	out = append([]catalog.Column(nil), into...)
	taken := make([]bool, len(into))
	for _, c := range file {
		i := columnIndex(out[:len(into)], taken, c.Name)
		if i < 0 {
			out = append(out, c)
			continue
		}
		taken[i] = true
		t, ok := widen(out[i].Type, c.Type)
		if !ok && !(out[i].Type.IsString() || c.Type.IsString()) {
			conflicts = append(conflicts, c.Name)
		}
		out[i].Type = t
	}
	return out, conflicts
}

// columnIndex finds a column by exact name, then by folded name among those
// that no other column has found: a file may have ID and id.
func columnIndex(cols []catalog.Column, taken []bool, name string) int {
	for i := range cols {
		if cols[i].Name == name {
			return i
		}
	}
	for i := range cols {
		if !taken[i] && strings.EqualFold(cols[i].Name, name) {
			return i
		}
	}
	return -1
}

// columnsOf gives a schema's columns with usable names: an empty one becomes
// colN, a repeated one gets a number. A column that is null in all that was
// seen is text.
func columnsOf(s *types.Schema) []catalog.Column {
	cols := make([]catalog.Column, 0, len(s.Fields))
	seen := map[string]bool{}
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

// known replaces the unknown types that are left after all files were merged.
func known(t types.Type) types.Type {
	if t.Kind == types.Unknown {
		return types.TVarchar
	}
	if len(t.Fields) == 0 {
		return t
	}
	fields := append([]types.Field(nil), t.Fields...)
	for i := range fields {
		fields[i].Type = known(fields[i].Type)
	}
	t.Fields = fields
	return t
}

// similar reports whether two files could be of one table: same format, and
// more than 7 of 10 columns (of both together) have a partner of the same name
// and a type that can be joined.
func similar(a, b *sample) bool {
	return a.format == b.format && (20*partners(a, b) > 7*(len(a.columns)+len(b.columns)) || len(a.columns)+len(b.columns) == 0)
}

// alike is similar for two files of one folder. Files whose names differ in
// nothing but numbers were written as one series: there it is enough that half
// of the smaller one's columns have a partner, as objects of JSON may leave
// fields out and tables grow.
func alike(a, b *sample) bool {
	if similar(a, b) {
		return true
	}
	return a.format == b.format && series(a.info.Key) == series(b.info.Key) &&
		2*partners(a, b) >= min(len(a.columns), len(b.columns))
}

// series cuts what numbers the files of one writer from a file's name: digits
// and long runs of hexadecimal ones.
func series(key string) string { return numbering.ReplaceAllString(fileStem(key), "#") }

var numbering = regexp.MustCompile(`(?i)[0-9a-f-]*[0-9][0-9a-f-]{7,}|[0-9]+`)

func partners(a, b *sample) int {
	byName := make(map[string]types.Type, len(a.columns))
	for _, c := range a.columns {
		byName[strings.ToLower(c.Name)] = c.Type
	}
	n := 0
	for i, c := range b.columns {
		if t, ok := byName[strings.ToLower(c.Name)]; ok && partner(t, c.Type, c.Name == "col"+strconv.Itoa(i)) {
			n++
		}
	}
	return n
}

// partner reports whether two columns of one name are the same column. Text
// is one with anything, since a text file's column without a value is text,
// unless the name was made up for want of a header and says nothing.
func partner(a, b types.Type, madeUp bool) bool {
	if _, joins := widen(a, b); joins {
		return true
	}
	return !madeUp && (a.IsString() || b.IsString())
}
