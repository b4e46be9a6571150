package crawl

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
	services "github.com/glauxdb/glaux/catalog/template"
)

// location gives a candidate's location as the table has it: a folder with a
// slash at its end, or a file.
func (c *candidate) location() string {
	if c.file != nil {
		return c.tree.store.URL(c.file.Key)
	}
	return c.tree.folder(c.node)
}

// describe makes what is found of a candidate.
func (d *decider) describe(c *candidate) *Found {
	out := &Found{Above: parentName(c.node.key), Files: int64(c.files), Bytes: c.bytes}
	if !c.again {
		out.Fingerprint = d.fingerprintOf(c)
	}
	if c.file != nil {
		d.files[c.node]++
	} else {
		c.node.cand = c
	}
	if c.known != nil {
		out.Known = c.known.Table
	}
	if c.unchanged {
		out.Table, out.Unchanged = c.known.Table, true
		return out
	}
	out.Table = d.table(c)
	out.Sampled = int64(len(c.samples))
	out.Partitions = d.partitions(c, out.Table)
	if !d.NewOnly || c.known == nil { // all partitions are there
		out.Projection = project(c, out.Table)
		d.tellProjection(c, out.Projection)
	}
	for _, m := range c.samples {
		out.shapes = append(out.shapes, fileShape{m.url(), m.format, m.columns})
	}
	sortShapes(out.shapes)
	out.Drift = out.DriftFrom(out.Table)
	d.tellNotes(c)
	return out
}

// table makes the table that a candidate's samples show.
func (d *decider) table(c *candidate) *catalog.Table {
	t := &catalog.Table{Name: TableName(c.name), Kind: catalog.ExternalTable, Format: c.samples[0].format, Parameters: map[string]string{}}
	if len(c.keys) > 0 {
		t.PartitionKeys = keyTypes(c.keys, c.leaves, d.Grouping.StringKeys)
	}
	t.Columns = d.columns(c, t.PartitionKeys)
	t.Storage.Location = c.location()
	classes, _ := lake.ClassesFor(t.Format, c.samples[0].props)
	t.Storage.InputFormat, t.Storage.OutputFormat, t.Storage.SerDe = classes.InputFormat, classes.OutputFormat, classes.SerDe
	if c.samples[0].linked != nil {
		t.Storage.InputFormat = lake.SymlinkInputFormat
	}
	t.Storage.SerDeParams = map[string]string{}
	d.properties(c, t)
	return t
}

// columns merges the samples' columns in the order of the files. A column that
// a partition key names is the key's alone, as in Hive; where columns are found
// by position it must keep its place and gets another name.
func (d *decider) columns(c *candidate, keys []catalog.Column) []catalog.Column {
	settleIDs(c.samples)
	m := newMerger(c.samples[0].columns)
	for _, s := range c.samples[1:] {
		for _, name := range m.add(s.columns) {
			d.notes.note("column %s of table %s has another type in %s: read as text", name, c.label(), s.url())
		}
	}
	for _, r := range m.renamed {
		d.notes.note("column %s of the files of table %s is its column %s: they have one field ID", r[0], c.label(), r[1])
	}
	d.checkPositions(c, m)
	isKey := map[string]bool{}
	for _, k := range keys {
		isKey[strings.ToLower(k.Name)] = true
	}
	out := make([]catalog.Column, 0, len(m.cols))
	for _, col := range m.cols {
		if isKey[strings.ToLower(col.Name)] {
			if !byPosition(c.samples[0].format) {
				d.notes.note("column %s of the files of table %s is hidden by the partition key of that name", col.Name, c.label())
				continue
			}
			name := col.Name
			for n := 2; m.ix.find(col.Name, nil) >= 0; n++ {
				col.Name = fmt.Sprintf("%s_%d", name, n)
			}
			d.notes.note("column %s of the files of table %s is called %s, because of the partition key of that name", name, c.label(), col.Name)
		}
		col.Type = settle(col.Type)
		out = append(out, col)
	}
	d.tellFolded(c, m)
	return out
}

// tellFolded tells of columns whose names differ only in case: other engines
// see them as one.
func (d *decider) tellFolded(c *candidate, m *merger) {
	for _, col := range m.cols {
		if at := m.ix.folded[strings.ToLower(col.Name)]; len(at) > 1 && m.cols[at[0]].Name == col.Name {
			d.notes.note("columns %s and %s of table %s differ only in case", col.Name, m.cols[at[1]].Name, c.label())
		}
	}
}

// checkPositions tells of files whose columns stand in another order than the
// table's, where that is what they are found by. A column that the table calls
// otherwise was renamed by hand or for a partition key.
func (d *decider) checkPositions(c *candidate, m *merger) {
	if !byPosition(c.samples[0].format) {
		return
	}
	ix, cols := m.ix, m.cols
	if c.known != nil {
		cols = c.known.Table.Columns
		ix = indexColumns(cols)
	}
	for _, s := range c.samples {
		for i, col := range s.columns {
			if at := ix.find(col.Name, nil); at >= 0 && at != i && i < len(cols) && !strings.EqualFold(cols[i].Name, col.Name) {
				d.notes.note("%s has column %s where table %s has %s: columns of %s files are found by position, so its values will be in the wrong columns",
					s.url(), col.Name, c.label(), cols[i].Name, s.format)
				break
			}
		}
	}
}

// tableProperties are those of a format's properties that Glue keeps on the
// table; the others are the SerDe's.
var tableProperties = []string{"skip.header.line.count", "skip.footer.line.count"}

// properties sets the parameters that Glue's crawlers write, and what the
// format needs to read the files. Who registers the table adds its own name.
func (d *decider) properties(c *candidate, t *catalog.Table) {
	for k, v := range d.commonProperties(c) {
		if slices.Contains(tableProperties, k) {
			t.Parameters[k] = v
		} else {
			t.Storage.SerDeParams[k] = v
		}
	}
	p := t.Parameters
	p["classification"] = t.Format
	p["typeOfData"] = "file"
	p["compressionType"] = compression(c.samples)
	p["objectCount"] = strconv.Itoa(c.files)
	p["sizeKey"] = strconv.FormatInt(c.bytes, 10)
	switch t.Format {
	case "csv":
		p["delimiter"] = t.Storage.SerDeParams["field.delim"]
		quotedCSV(t.Format, &t.Storage)
	case "json":
		t.Storage.SerDeParams["paths"] = pathsOf(t.Columns)
	}
	if rows, ok := totalRows(c); ok {
		p["recordCount"] = strconv.FormatInt(rows, 10)
		p["averageRecordSize"] = strconv.FormatInt(c.bytes/max(rows, 1), 10)
	}
}

func pathsOf(cols []catalog.Column) string {
	names := make([]string, len(cols))
	for i, col := range cols {
		names[i] = col.Name
	}
	return strings.Join(names, ",")
}

// quotedCSV gives a CSV table the SerDe that knows its quotes, with the
// properties under the names that the SerDe has for them.
func quotedCSV(format string, st *catalog.Storage) {
	s := st.SerDeParams
	if format != "csv" || s["quotechar"] == "" {
		return
	}
	st.SerDe = lake.OpenCSVSerDe
	for from, to := range map[string]string{"field.delim": "separatorChar", "quotechar": "quoteChar", "escapechar": "escapeChar"} {
		s[to] = s[from]
		delete(s, from)
	}
}

// commonProperties gives the properties that most samples have; files that no
// partition of their own describes are told of, since one table reads all its
// files alike.
func (d *decider) commonProperties(c *candidate) map[string]string {
	votes, nulls := map[string]int{}, map[string]int{}
	of := map[string]map[string]map[string]string{} // by style, by all properties
	whole := map[string]map[string]int{}
	for _, m := range c.samples {
		text, full := propsText(m.props), fmt.Sprint(m.props)
		votes[text]++
		if of[text] == nil {
			of[text], whole[text] = map[string]map[string]string{}, map[string]int{}
		}
		of[text][full] = m.props
		whole[text][full]++
		if null := m.props[nullProperty]; null != "" {
			nulls[null]++
		}
	}
	best := winner(votes)
	if len(c.leaves) == 0 {
		for _, m := range c.samples {
			if t := propsText(m.props); t != best {
				d.notes.note("%s is written otherwise (%s) than most files of table %s (%s)",
					m.url(), strings.TrimSpace(t), c.label(), strings.TrimSpace(best))
			}
		}
	}
	props := maps.Clone(of[best][winner(whole[best])])
	if props == nil {
		props = map[string]string{}
	}
	if len(nulls) > 0 {
		props[nullProperty] = winner(nulls)
	}
	return props
}

func compression(samples []*sample) string {
	votes := map[string]int{}
	for _, m := range samples {
		votes[m.codec.String()]++
	}
	return winner(votes)
}

// tellProjection tells of a proposed projection as the properties that would
// set it, unless the table has one.
func (d *decider) tellProjection(c *candidate, props map[string]string) {
	if props == nil || c.known != nil && partition.IsProjected(c.known.Table) {
		return
	}
	var text []string
	for _, k := range slices.Sorted(maps.Keys(props)) {
		text = append(text, fmt.Sprintf("'%s' = '%s'", k, strings.ReplaceAll(props[k], "'", "''")))
	}
	d.notes.note("table %s: a partition projection would find the coming dates without a crawl: TBLPROPERTIES (%s)", c.label(), strings.Join(text, ", "))
}

// totalRows adds up the rows if every file was looked into and knows them.
func totalRows(c *candidate) (int64, bool) {
	if len(c.samples) != c.files {
		return 0, false
	}
	var rows int64
	for _, m := range c.samples {
		if m.rows < 0 {
			return 0, false
		}
		rows += m.rows
	}
	return rows, true
}

// tellNotes tells what the formats said of the samples, and which files are not
// what their names say. What several files have in common is told once.
func (d *decider) tellNotes(c *candidate) {
	if known := services.Suggest(c.samples[0].url()); len(known) > 0 && c.known == nil {
		d.notes.note("table %s: its folders are those of a service's logs: CREATE EXTERNAL TABLE ... FROM TEMPLATE %s knows more of them", c.label(), strings.Join(known, " or "))
	}
	said := map[string]bool{}
	for _, m := range c.samples {
		for _, n := range m.notes {
			if !said[n] {
				said[n] = true
				d.notes.note("table %s: %s", c.label(), n)
			}
		}
		if m.named != "" && m.linked == nil {
			d.notes.note("%s is %s, although its name says %s", m.url(), m.format, m.named)
		}
	}
	unseen := map[string]bool{}
	for _, col := range c.shape().columns {
		if isNull(col.Type) && !unseen[col.Name] {
			unseen[col.Name] = true
			d.notes.note("table %s: column %s is null wherever it was looked into, so it is text", c.label(), cmp.Or(col.Name, "?"))
		}
	}
}
