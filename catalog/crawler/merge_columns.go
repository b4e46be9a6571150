package crawler

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
)

// positional reports whether a table finds its columns by their position in
// the file: what is written without names.
func positional(t *catalog.Table) bool {
	serde := strings.ToLower(t.Storage.SerDe)
	return lake.FormatOf(t) == "csv" || strings.Contains(serde, "grok") || strings.Contains(serde, "regex")
}

// placed is a column of the outcome with its columns in base and ours, -1: none.
type placed struct {
	catalog.Column
	base, ours int
}

// columnMerge is the merge of the columns. Each column of one description has
// at most one partner in another.
type columnMerge struct {
	*merger
	baseOf []int          // of theirs: the column of base
	oursOf []int          // of base: the column of ours
	used   []bool         // of ours: has a partner
	fresh  map[string]int // of ours: the columns that base does not have, by folded name
	result []placed
}

// mergeColumns merges the columns, in the order of theirs. A column that a
// person renamed is still the one of base that stood there.
func (m *merger) mergeColumns() {
	if m.base == nil {
		m.widenColumns()
		return
	}
	c := &columnMerge{merger: m, used: make([]bool, len(m.ours.Columns))}
	c.oursOf = partners(m.base.Columns, m.ours.Columns)
	c.baseOf = make([]int, len(m.theirs.Columns))
	for j := range c.baseOf {
		c.baseOf[j] = -1
	}
	theirsOf := partners(m.base.Columns, m.theirs.Columns)
	c.findRenamed(theirsOf)
	for i, j := range theirsOf {
		if j >= 0 {
			c.baseOf[j] = i
		}
		if o := c.oursOf[i]; o >= 0 {
			c.used[o] = true // also where a person dropped the column: it stays dropped
		}
	}
	c.fresh = map[string]int{}
	for o, col := range m.ours.Columns {
		if !c.used[o] {
			c.fresh[strings.ToLower(col.Name)] = o
		}
	}
	for j := range m.theirs.Columns {
		c.mergeColumn(j)
	}
	c.addNew()
	c.remember()
	c.reorder()
	m.out.Columns = columnsOf(c.result)
}

func columnsOf(ps []placed) []catalog.Column {
	out := make([]catalog.Column, len(ps))
	for i, p := range ps {
		out[i] = p.Column
	}
	return out
}

// partners gives for each column of a the one of b with its name, exactly or
// but for the case; -1: none.
func partners(a, b []catalog.Column) []int {
	exact, folded := map[string]int{}, map[string][]int{}
	for i, c := range b {
		exact[c.Name] = i
		folded[strings.ToLower(c.Name)] = append(folded[strings.ToLower(c.Name)], i)
	}
	out := make([]int, len(a))
	taken := make([]bool, len(b))
	for i, c := range a {
		out[i] = -1
		if j, ok := exact[c.Name]; ok {
			out[i], taken[j] = j, true
		}
	}
	for i, c := range a {
		if out[i] >= 0 {
			continue
		}
		for _, j := range folded[strings.ToLower(c.Name)] {
			if !taken[j] {
				out[i], taken[j] = j, true
				break
			}
		}
	}
	return out
}

// findRenamed pairs the columns of base and theirs that are left over and stand
// at the same distance behind a pair. Where columns have names in the files,
// their types must be the same too.
func (c *columnMerge) findRenamed(theirsOf []int) {
	taken := make([]bool, len(c.theirs.Columns))
	for _, j := range theirsOf {
		if j >= 0 {
			taken[j] = true
		}
	}
	anyPlace := positional(c.theirs)
	at := -1 // where the column before it is in theirs
	for i, j := range theirsOf {
		if j >= 0 {
			at = j
			continue
		}
		at++
		if at < len(taken) && !taken[at] && (anyPlace || sameType(c.base.Columns[i], c.theirs.Columns[at])) {
			theirsOf[i], taken[at] = at, true
		}
	}
}

// sameType reports whether two columns are declared alike.
func sameType(a, b catalog.Column) bool {
	return a.Type.Equal(b.Type) && (a.Type.Kind != types.Unknown || a.HiveType == b.HiveType)
}

func typeText(c catalog.Column) string {
	if c.Type.Kind == types.Unknown && c.HiveType != "" {
		return c.HiveType
	}
	return c.Type.String()
}

// mergeColumn decides about column j of theirs.
func (c *columnMerge) mergeColumn(j int) {
	t := c.theirs.Columns[j]
	i := c.baseOf[j]
	if i < 0 {
		c.addedByPerson(t)
		return
	}
	b, o := c.base.Columns[i], c.oursOf[i]
	if o >= 0 {
		c.result = append(c.result, placed{c.bothHave(b, t, c.ours.Columns[o]), i, o})
		return
	}
	switch {
	case c.additive || !c.complete(): // it may be in a file that was not looked into
	case edited(t, b):
		c.conflict("column "+t.Name, typeText(b), typeText(t), "in no file")
	default:
		c.change("column %s dropped: it is in no file", t.Name)
		return
	}
	c.result = append(c.result, placed{t, i, -1})
}

// edited reports whether a person has changed a column of base.
func edited(t, b catalog.Column) bool {
	return t.Name != b.Name || !sameType(t, b) || t.Comment != b.Comment || !maps.Equal(t.Parameters, b.Parameters)
}

// addedByPerson keeps a column that base does not have.
func (c *columnMerge) addedByPerson(t catalog.Column) {
	at, ok := c.fresh[strings.ToLower(t.Name)]
	if !ok || c.used[at] {
		at = -1
	} else {
		c.used[at] = true
		if !sameType(t, c.ours.Columns[at]) {
			c.conflict("type of column "+t.Name, "", typeText(t), typeText(c.ours.Columns[at]))
		}
	}
	c.result = append(c.result, placed{t, -1, at})
}

// bothHave merges a column that base, theirs and ours have. The name stays.
func (c *columnMerge) bothHave(b, t, o catalog.Column) catalog.Column {
	out := t
	if merged, ok := c.mergedType(b, t, o); !ok {
		c.conflict("type of column "+t.Name, typeText(b), typeText(t), typeText(o))
	} else if !merged.Equal(t.Type) {
		out.Type, out.HiveType = merged, ""
		c.change("type of column %s: %s -> %s", t.Name, typeText(t), merged)
	}
	switch {
	case o.Comment == b.Comment || o.Comment == t.Comment:
	case t.Comment == b.Comment:
		out.Comment = o.Comment
		c.change("comment of column %s", t.Name)
	default:
		c.conflict("comment of column "+t.Name, b.Comment, t.Comment, o.Comment)
	}
	out.Parameters = c.mergeMap("property of column "+t.Name+": ", b.Parameters, t.Parameters, o.Parameters, nil)
	return out
}

// mergedType gives a column's type; false for a conflict.
func (c *columnMerge) mergedType(b, t, o catalog.Column) (types.Type, bool) {
	switch {
	case c.additive:
		return addFields(t.Type, o.Type), true
	case sameType(b, o) || sameType(t, o):
		return t.Type, true
	case !sameType(b, t):
		return mergeType(b.Type, t.Type, o.Type)
	case !c.complete(): // other files may still need the type that it has
		wider, _ := crawl.Widen(t.Type, o.Type)
		return wider, true
	}
	return o.Type, true
}

// addNew adds the columns that the files did not have at the last crawl.
func (c *columnMerge) addNew() {
	taken := names(columnsOf(c.result), c.theirs.PartitionKeys)
	for o, col := range c.ours.Columns {
		if c.used[o] {
			continue
		}
		if taken[strings.ToLower(col.Name)] {
			c.conflict("new column "+col.Name, "", "another column of that name", typeText(col))
			continue
		}
		c.result = append(c.result, placed{col, -1, o})
		c.change("column %s added: %s", col.Name, typeText(col))
	}
}

// reorder puts the columns into the order that they have in the files, where
// they are found by their place and nobody has ordered them otherwise. Columns
// that the files do not have stay behind the one before them.
func (c *columnMerge) reorder() {
	if !positional(c.out) || c.additive {
		return
	}
	if !slices.IsSorted(slices.DeleteFunc(slices.Clone(c.baseOf), func(i int) bool { return i < 0 })) {
		return
	}
	if byFile(c.result) {
		c.change("columns in the order of the files")
	}
}

// byFile sorts columns by their places in the files, and reports whether they
// were not sorted so.
func byFile(ps []placed) bool {
	last := -1
	for i, p := range ps {
		if p.ours < 0 {
			ps[i].ours = last
		}
		last = ps[i].ours
	}
	order := func(a, b placed) int { return cmp.Compare(a.ours, b.ours) }
	if slices.IsSortedFunc(ps, order) {
		return false
	}
	slices.SortStableFunc(ps, order)
	return true
}

// remember makes the columns of the next base: those of the files, in the types
// that were written where nobody has changed them, and those that were kept
// though no file that was looked into has them.
func (c *columnMerge) remember() {
	written := map[int]catalog.Column{} // by the column of base
	for _, p := range c.result {
		if p.base >= 0 {
			written[p.base] = p.Column
		}
	}
	theirs := map[int]catalog.Column{}
	for j, i := range c.baseOf {
		if i >= 0 {
			theirs[i] = c.theirs.Columns[j]
		}
	}
	var next []placed
	seen := make([]bool, len(c.ours.Columns))
	for i, b := range c.base.Columns {
		o, col := c.oursOf[i], b
		out, there := written[i]
		switch {
		case o < 0 && (!there || edited(out, b)): // gone, or a person's from now on
			continue
		case o >= 0:
			seen[o] = true
			col = c.ours.Columns[o]
			if there && sameType(theirs[i], b) {
				col.Type, col.HiveType = out.Type, out.HiveType
			}
		}
		next = append(next, placed{col, i, o})
	}
	for o, col := range c.ours.Columns {
		if !seen[o] {
			next = append(next, placed{col, -1, o})
		}
	}
	if positional(c.ours) {
		byFile(next)
	}
	c.next.Columns = columnsOf(next)
}

// widenColumns is for a table that a crawl made of which nothing is remembered:
// it gets new columns, and types that hold the values found too.
func (m *merger) widenColumns() {
	found := m.ours.Columns
	if positional(m.theirs) {
		found = slices.Clone(found)
		for i := range min(len(found), len(m.theirs.Columns)) {
			found[i].Name = m.theirs.Columns[i].Name
		}
	}
	out := slices.Clone(m.theirs.Columns)
	var fresh []catalog.Column
	for o, j := range partners(found, m.theirs.Columns) {
		col := found[o]
		if j < 0 {
			fresh = append(fresh, col)
			continue
		}
		if out[j].Type.Kind == types.Unknown { // a type that only Glue has
			continue
		}
		if t, ok := crawl.Widen(out[j].Type, col.Type); ok && !t.Equal(out[j].Type) {
			m.change("type of column %s: %s -> %s", out[j].Name, typeText(out[j]), t)
			out[j].Type, out[j].HiveType = t, ""
		}
	}
	m.out.Columns = m.appendColumns(out, fresh)
}

// addOnly is for a table that people made: it gets the columns that it lacks.
func (m *merger) addOnly() {
	if !m.sameFormat() {
		return
	}
	fresh := m.ours.Columns[min(len(m.theirs.Columns), len(m.ours.Columns)):]
	if !positional(m.theirs) {
		fresh = nil
		for o, j := range partners(m.ours.Columns, m.theirs.Columns) {
			if j < 0 {
				fresh = append(fresh, m.ours.Columns[o])
			}
		}
	}
	m.out.Columns = m.appendColumns(slices.Clone(m.theirs.Columns), fresh)
}

// appendColumns adds columns but for those whose names are taken.
func (m *merger) appendColumns(to, fresh []catalog.Column) []catalog.Column {
	taken := names(to, m.theirs.PartitionKeys)
	for _, col := range fresh {
		if taken[strings.ToLower(col.Name)] {
			continue
		}
		taken[strings.ToLower(col.Name)] = true
		to = append(to, col)
		m.change("column %s added: %s", col.Name, typeText(col))
	}
	return to
}

// names gives the folded names of columns.
func names(lists ...[]catalog.Column) map[string]bool {
	out := map[string]bool{}
	for _, cols := range lists {
		for _, c := range cols {
			out[strings.ToLower(c.Name)] = true
		}
	}
	return out
}
