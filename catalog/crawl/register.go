package crawl

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
)

// register writes what was found to the catalog, in the order of the
// locations, on which names depend.
func (c *crawler) register(ctx context.Context, found *Findings) error {
	for _, f := range found.Tables {
		r, err := c.registerOne(ctx, f)
		if err != nil {
			return err
		}
		if r != nil {
			c.report.Tables = append(c.report.Tables, *r)
		}
	}
	slices.SortFunc(c.report.Tables, func(a, b TableReport) int { return cmp.Compare(a.Table.Name, b.Table.Name) })
	return nil
}

func (c *crawler) registerOne(ctx context.Context, f *Found) (*TableReport, error) {
	r := &TableReport{Files: int(f.Files), Bytes: f.Bytes, Partitions: len(f.Partitions)}
	t := *f.Table
	t.Parameters = maps.Clone(t.Parameters)
	t.Parameters["UPDATED_BY_CRAWLER"] = "glaux"
	var err error
	if f.Known == nil {
		t.Database = c.Database
		t.Name = freeName(tableName(c.TablePrefix, t.Name), f.Above, t.Storage.Location, c.taken)
		c.taken[t.Name] = true
		if r.Table, err = c.Catalog.CreateTable(ctx, &t); err != nil {
			return nil, err
		}
		r.Created, r.Change = true, "created"
	} else {
		if f.Known.Format != t.Format {
			c.warn.add("table %s is %s, but its files are %s now; it was left as it is", f.Known.Name, f.Known.Format, t.Format)
			return nil, nil
		}
		if r.Table, r.Change, err = c.bringUpToDate(ctx, f.Known, &t); err != nil {
			return nil, err
		}
	}
	if len(t.PartitionKeys) > 0 {
		if r.PartitionsAdded, err = c.addFound(ctx, r.Table, f.Partitions); err != nil {
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

// addFound adds the partitions whose values the keys can hold.
func (c *crawler) addFound(ctx context.Context, t *catalog.Table, ps []catalog.Partition) (int, error) {
	good := make([]catalog.Partition, 0, len(ps))
	for _, p := range ps {
		if why := BadValues(t, p.Values); why != "" {
			c.warn.add("partition %s of table %s was left out: %s", partition.Location(t, &p), t.Name, why)
			continue
		}
		good = append(good, p)
	}
	return c.Catalog.AddPartitions(ctx, t, good, false)
}

// counters are the parameters that speak of the files as they are now.
var counters = []string{"objectCount", "sizeKey", "recordCount", "averageRecordSize"}

// bringUpToDate adds what is new to a table and changes nothing else: columns
// at the end, wider types, the counters. A table that another hand made keeps
// its own parameters.
func (c *crawler) bringUpToDate(ctx context.Context, old, found *catalog.Table) (*catalog.Table, string, error) {
	for range 3 {
		t := *old
		var change []string
		merged, conflicts := mergeKnown(old, found)
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
func mergeKnown(old, t *catalog.Table) (merged []catalog.Column, conflicts []string) {
	found := t.Columns
	if byPosition(t.Format) {
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
		if why := BadValues(t, l.values); why != "" {
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
