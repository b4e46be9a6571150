package crawl

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
)

// register writes the candidates to the catalog, in the order of their
// locations, on which names depend.
func (c *crawler) register(ctx context.Context, cs []*candidate) error {
	slices.SortFunc(cs, func(a, b *candidate) int { return strings.Compare(c.location(a), c.location(b)) })
	for _, cand := range cs {
		r, err := c.registerOne(ctx, cand)
		if err != nil {
			return err
		}
		if r == nil {
			continue
		}
		c.report.Tables = append(c.report.Tables, *r)
		c.step(func(p *Progress) {
			p.Tables++
			p.Partitions += r.PartitionsAdded
		})
		c.Logger.Info("crawled table", "database", c.Database, "table", r.Table.Name, "change", r.Change,
			"files", r.Files, "partitions", r.Partitions)
	}
	slices.SortFunc(c.report.Tables, func(a, b TableReport) int { return cmp.Compare(a.Table.Name, b.Table.Name) })
	return nil
}

// location gives a candidate's location as the table has it: a folder with a
// slash at its end, or a file.
func (c *crawler) location(cand *candidate) string {
	if cand.file != nil {
		return c.store.URL(cand.file.Key)
	}
	return strings.TrimRight(c.store.URL(cand.node.key), "/") + "/"
}

func (c *crawler) registerOne(ctx context.Context, cand *candidate) (*TableReport, error) {
	r := &TableReport{Files: cand.files, Bytes: cand.bytes, Partitions: len(cand.leaves)}
	found := c.describe(cand)
	var err error
	if cand.known == nil {
		found.Name = freeName(tableName(c.TablePrefix, cand.name), parentName(cand.node.key), found.Storage.Location, c.taken)
		c.taken[found.Name] = true
		if r.Table, err = c.Catalog.CreateTable(ctx, found); err != nil {
			return nil, err
		}
		r.Created, r.Change = true, "created"
	} else {
		if cand.known.Format != found.Format {
			c.warn.add("table %s is %s, but its files are %s now; it was left as it is", cand.known.Name, cand.known.Format, found.Format)
			return nil, nil
		}
		if r.Table, r.Change, err = c.bringUpToDate(ctx, cand, found); err != nil {
			return nil, err
		}
		c.checkPositions(cand, r.Table.Columns)
	}
	if len(cand.keys) > 0 {
		if r.PartitionsAdded, err = c.addPartitions(ctx, r.Table, cand.leaves); err != nil {
			return nil, err
		}
	}
	if r.PartitionsAdded > 0 && !r.Created {
		added := strconv.Itoa(r.PartitionsAdded) + " partitions added"
		if r.PartitionsAdded == 1 {
			added = "1 partition added"
		}
		r.Change = strings.TrimPrefix(r.Change+", "+added, ", ")
	}
	r.Change = cmp.Or(r.Change, "unchanged")
	return r, nil
}

// describe makes the table that a candidate's samples show.
func (c *crawler) describe(cand *candidate) *catalog.Table {
	t := &catalog.Table{Database: c.Database, Kind: catalog.ExternalTable, Format: cand.samples[0].format,
		Parameters: map[string]string{}}
	if len(cand.keys) > 0 {
		t.PartitionKeys = keyTypes(cand.keys, cand.leaves)
	}
	t.Columns = c.columns(cand, t.PartitionKeys)
	t.Storage.Location = c.location(cand)
	classes, _ := lake.ClassesOf(t.Format)
	t.Storage.InputFormat, t.Storage.OutputFormat, t.Storage.SerDe = classes.InputFormat, classes.OutputFormat, classes.SerDe
	t.Storage.SerDeParams = map[string]string{}
	c.properties(cand, t)
	return t
}

// columns merges the samples' columns in the order of the files. A column that
// a partition key names is the key's alone, as in Hive; where columns are found
// by position it must keep its place and gets another name.
func (c *crawler) columns(cand *candidate, keys []catalog.Column) []catalog.Column {
	cols := cand.samples[0].columns
	for _, m := range cand.samples[1:] {
		var conflicts []string
		cols, conflicts = mergeSchema(cols, m.columns)
		for _, name := range conflicts {
			c.warn.add("column %s of table %s has another type in %s: read as text", name, cand.name, m.url())
		}
	}
	c.checkPositions(cand, cols)
	out := make([]catalog.Column, 0, len(cols))
	for _, col := range cols {
		if slices.ContainsFunc(keys, func(k catalog.Column) bool { return strings.EqualFold(k.Name, col.Name) }) {
			if !positional(cand) {
				c.warn.add("column %s of the files of table %s is hidden by the partition key of that name", col.Name, cand.name)
				continue
			}
			name := col.Name
			for n := 2; slices.ContainsFunc(cols, func(o catalog.Column) bool { return strings.EqualFold(o.Name, col.Name) }); n++ {
				col.Name = fmt.Sprintf("%s_%d", name, n)
			}
			c.warn.add("column %s of the files of table %s is called %s, because of the partition key of that name", name, cand.name, col.Name)
		}
		col.Type = known(col.Type)
		out = append(out, col)
	}
	return out
}

// positional reports whether a candidate's format finds columns by their
// position in the file, not by name.
func positional(cand *candidate) bool { return cand.samples[0].format == "csv" }

// checkPositions tells of files whose columns stand in another order than the
// table's, where that is what they are found by. A column that the table calls
// otherwise was renamed by hand or for a partition key.
func (c *crawler) checkPositions(cand *candidate, cols []catalog.Column) {
	if !positional(cand) {
		return
	}
	named := func(name string) func(catalog.Column) bool {
		return func(col catalog.Column) bool { return strings.EqualFold(col.Name, name) }
	}
	for _, m := range cand.samples {
		for i, col := range m.columns {
			if at := slices.IndexFunc(cols, named(col.Name)); at >= 0 && at != i && i < len(cols) && !strings.EqualFold(cols[i].Name, col.Name) {
				c.warn.add("%s has column %s where table %s has %s: columns of %s files are found by position, so its values will be in the wrong columns",
					m.url(), col.Name, cand.name, cols[i].Name, m.format)
				break
			}
		}
	}
}

// tableProperties are those of a format's properties that Glue keeps on the
// table; the others are the SerDe's.
var tableProperties = []string{"skip.header.line.count", "skip.footer.line.count"}

// properties sets the parameters that Glue's crawlers write, and what the
// format needs to read the files.
func (c *crawler) properties(cand *candidate, t *catalog.Table) {
	props := c.commonProperties(cand)
	for k, v := range props {
		if slices.Contains(tableProperties, k) {
			t.Parameters[k] = v
		} else {
			t.Storage.SerDeParams[k] = v
		}
	}
	p := t.Parameters
	p["classification"] = t.Format
	p["typeOfData"] = "file"
	p["compressionType"] = compression(cand.samples)
	p["objectCount"] = strconv.Itoa(cand.files)
	p["sizeKey"] = strconv.FormatInt(cand.bytes, 10)
	p["UPDATED_BY_CRAWLER"] = "glaux"
	switch t.Format {
	case "csv":
		csvProperties(t)
	case "json":
		names := make([]string, len(t.Columns))
		for i, col := range t.Columns {
			names[i] = col.Name
		}
		t.Storage.SerDeParams["paths"] = strings.Join(names, ",")
	}
	if rows, ok := totalRows(cand); ok {
		p["recordCount"] = strconv.FormatInt(rows, 10)
		p["averageRecordSize"] = strconv.FormatInt(cand.bytes/max(rows, 1), 10)
	}
}

// csvProperties gives a CSV table the SerDe that knows its quotes, with the
// properties under the names that the SerDe has for them.
func csvProperties(t *catalog.Table) {
	s := t.Storage.SerDeParams
	t.Parameters["delimiter"] = s["field.delim"]
	if s["quotechar"] == "" {
		return
	}
	t.Storage.SerDe = lake.OpenCSVSerDe
	for from, to := range map[string]string{"field.delim": "separatorChar", "quotechar": "quoteChar", "escapechar": "escapeChar"} {
		s[to] = s[from]
		delete(s, from)
	}
}

// commonProperties gives the properties that most samples have; the others are
// told of, since one table reads all its files alike.
func (c *crawler) commonProperties(cand *candidate) map[string]string {
	votes, nulls := map[string]int{}, map[string]int{}
	of := map[string]map[string]string{}
	text := func(m map[string]string) string {
		var b strings.Builder
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if k != nullProperty {
				fmt.Fprintf(&b, "%s=%q ", k, m[k])
			}
		}
		return b.String()
	}
	for _, m := range cand.samples {
		votes[text(m.props)]++
		if of[text(m.props)] == nil {
			of[text(m.props)] = m.props
		}
		if null := m.props[nullProperty]; null != "" {
			nulls[null]++
		}
	}
	best := winner(votes)
	for _, m := range cand.samples {
		if t := text(m.props); t != best {
			c.warn.add("%s is written otherwise (%s) than most files of table %s (%s)",
				m.url(), strings.TrimSpace(t), cand.name, strings.TrimSpace(best))
		}
	}
	props := maps.Clone(of[best])
	if len(nulls) > 0 {
		props[nullProperty] = winner(nulls)
	}
	return props
}

// nullProperty is the text of NULL. A file without any NULL says nothing
// about it, so that the files that do have one decide.
const nullProperty = "serialization.null.format"

func compression(samples []*sample) string {
	votes := map[string]int{}
	for _, m := range samples {
		votes[m.codec.String()]++
	}
	return winner(votes)
}

// totalRows adds up the rows if every file was looked into and knows them.
func totalRows(cand *candidate) (int64, bool) {
	if len(cand.samples) != cand.files {
		return 0, false
	}
	var rows int64
	for _, m := range cand.samples {
		if m.rows < 0 {
			return 0, false
		}
		rows += m.rows
	}
	return rows, true
}

// counters are the parameters that speak of the files as they are now.
var counters = []string{"objectCount", "sizeKey", "recordCount", "averageRecordSize"}

// bringUpToDate adds what is new to a table and changes nothing else: columns
// at the end, wider types, the counters. A table that another hand made keeps
// its own parameters.
func (c *crawler) bringUpToDate(ctx context.Context, cand *candidate, found *catalog.Table) (*catalog.Table, string, error) {
	old := cand.known
	for range 3 {
		t := *old
		var change []string
		merged, conflicts := mergeKnown(cand, old, found.Columns)
		for _, name := range conflicts {
			c.warn.add("column %s of table %s has another type in new files: read as text", name, old.Name)
		}
		if !sameColumns(merged, old.Columns) {
			t.Columns = merged
			change = append(change, "columns changed")
		}
		if keys := widerKeys(old.PartitionKeys, found.PartitionKeys); keys != nil {
			t.PartitionKeys = keys
			change = append(change, "key types changed")
		}
		t.Parameters = refreshed(old.Parameters, found.Parameters)
		if !ownTable(old) {
			t.Parameters = old.Parameters
		} else if paths := found.Storage.SerDeParams["paths"]; paths != "" && len(change) > 0 {
			t.Storage.SerDeParams = maps.Clone(old.Storage.SerDeParams)
			t.Storage.SerDeParams["paths"] = pathsOf(t.Columns)
		}
		if len(change) == 0 && maps.Equal(t.Parameters, old.Parameters) {
			return old, "", nil
		}
		updated, err := c.Catalog.UpdateTable(ctx, &t)
		if !fault.Is(err, fault.CodeObjectNotReady) {
			return updated, strings.Join(change, ", "), err
		}
		if old, err = c.Catalog.Table(ctx, old.Database, old.Name); err != nil {
			return nil, "", err
		}
	}
	return nil, "", fault.New(fault.CodeObjectNotReady, "table %q is being changed by someone else", old.Name).
		WithHint("Crawl again.")
}

// ownTable reports whether a crawl has made a table.
func ownTable(t *catalog.Table) bool { return t.Parameters["UPDATED_BY_CRAWLER"] == "glaux" }

// mergeKnown joins the columns found to those of a known table: by position
// where the format finds them so, whatever the table calls them. What a user
// declared of text, whose types are guesses, stays as it was declared.
func mergeKnown(cand *candidate, old *catalog.Table, found []catalog.Column) (merged []catalog.Column, conflicts []string) {
	if positional(cand) {
		found = slices.Clone(found)
		for i := range min(len(found), len(old.Columns)) {
			found[i].Name = old.Columns[i].Name
		}
	}
	merged, conflicts = mergeSchema(old.Columns, found)
	if ownTable(old) || old.Format != "csv" && old.Format != "json" {
		return merged, conflicts
	}
	copy(merged, old.Columns)
	return merged, nil
}

func pathsOf(cols []catalog.Column) string {
	names := make([]string, len(cols))
	for i, col := range cols {
		names[i] = col.Name
	}
	return strings.Join(names, ",")
}

func sameColumns(a, b []catalog.Column) bool {
	return slices.EqualFunc(a, b, func(x, y catalog.Column) bool { return x.Name == y.Name && x.Type.Equal(y.Type) })
}

func refreshed(old, found map[string]string) map[string]string {
	out := maps.Clone(old)
	for _, k := range counters {
		if v, ok := found[k]; ok {
			out[k] = v
		} else {
			delete(out, k)
		}
	}
	return out
}

// widerKeys gives the keys with the types that also hold the values found now;
// nil if nothing changes.
func widerKeys(old, found []catalog.Column) []catalog.Column {
	if len(found) != len(old) {
		return nil
	}
	out := slices.Clone(old)
	changed := false
	for i := range out {
		if out[i].Type.Equal(found[i].Type) || out[i].Type.IsString() {
			continue
		}
		t := widenKey(out[i].Type, found[i].Type)
		if t.Equal(out[i].Type) || out[i].Type.Kind == types.BigInt && found[i].Type.IsInteger() {
			continue
		}
		out[i].Type, changed = t, true
	}
	if !changed {
		return nil
	}
	return out
}

// addPartitions adds what is not there yet. The location is written only where
// it is not the one that the values spell.
func (c *crawler) addPartitions(ctx context.Context, t *catalog.Table, leaves []leaf) (int, error) {
	ps := make([]catalog.Partition, 0, len(leaves))
	for _, l := range leaves {
		if why := badValue(t, l.values); why != "" {
			c.warn.add("partition %s of table %s was left out: %s", c.store.URL(l.node.key), t.Name, why)
			continue
		}
		p := catalog.Partition{Values: l.values}
		location := strings.TrimRight(c.store.URL(l.node.key), "/") + "/"
		if location != partition.Location(t, &p) {
			p.Location = location
		}
		ps = append(ps, p)
	}
	return c.Catalog.AddPartitions(ctx, t, ps, false)
}

// badValue says why values cannot be those of a partition, "" if they can.
func badValue(t *catalog.Table, values []string) string {
	for i, v := range values {
		if strings.Contains(v, "\x00") || len(v) > maxValue {
			return fmt.Sprintf("the value of %s is longer than %d bytes or holds a null character", t.PartitionKeys[i].Name, maxValue)
		}
		if _, err := partition.ParseValue(t.PartitionKeys[i].Type, v); err != nil {
			return err.Error()
		}
	}
	return ""
}

// maxValue is the length of a key's text that catalogs take, as in Glue.
const maxValue = 1024
