package crawler

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
)

// planPartitions adds the partitions that were found and looks for those that
// are gone. was is the table as the catalog has it, now as it will be.
func (j *job) planPartitions(ctx context.Context, st *step, f *crawl.Found, was, now *catalog.Table, b *base) error {
	if len(now.PartitionKeys) == 0 {
		return nil
	}
	if why := madeOnDemand(now); why != "" {
		st.note("partitions of table %s were not added: %s", now.Name, why)
		return nil
	}
	if len(f.Table.PartitionKeys) != len(now.PartitionKeys) {
		st.note("partitions of table %s were not added: it has %d partition keys, its folders have %d",
			now.Name, len(now.PartitionKeys), len(f.Table.PartitionKeys))
		return nil
	}
	before, err := j.cat.Partitions(ctx, was)
	if err != nil {
		return err
	}
	found := j.addPartitions(st, f, now, newPartitionIndex(now.PartitionKeys, was.PartitionKeys, before), b)
	if err := j.planOwn(ctx, st, f, now, before, found, b); err != nil {
		return err
	}
	return j.gonePartitions(ctx, st, now, before, found, b)
}

func (st *step) note(format string, args ...any) {
	st.report.Notes = append(st.report.Notes, fmt.Sprintf(format, args...))
}

// madeOnDemand says why a table's partitions are not those of the catalog, ""
// if they are.
func madeOnDemand(t *catalog.Table) string {
	for k, v := range t.Parameters {
		switch {
		case strings.EqualFold(k, "projection.enabled") && strings.EqualFold(v, "true"):
			return "they are projected (projection.enabled)"
		case strings.EqualFold(k, "partition.discovery") && strings.EqualFold(v, "auto"):
			return "they are discovered by each query (partition.discovery)"
		}
	}
	return ""
}

// maxBadValues is how many partitions with unusable values are told one by one.
const maxBadValues = 10

// addPartitions plans to add what the index does not have, and gives for each
// found partition its row in the index, -1 for others.
func (j *job) addPartitions(st *step, f *crawl.Found, t *catalog.Table, x *partitionIndex, b *base) []int {
	rows := make([]int, len(f.Partitions))
	renamed := !sameNames(f.Table.PartitionKeys, t.PartitionKeys)
	bad := 0
	for i := range f.Partitions {
		p := f.Partitions[i]
		row, err := x.row(p.Values)
		rows[i] = row
		if err != nil {
			if bad++; bad <= maxBadValues {
				st.note("partition %s of table %s was left out: %s", strings.Join(p.Values, "/"), t.Name, reason(err))
			}
			continue
		}
		if row >= 0 {
			continue
		}
		if j.conf.InheritFromTable {
			p.Format, p.Descriptor = "", nil
		}
		if p.Format != "" || p.Descriptor != nil {
			b.Own = append(b.Own[:len(b.Own):len(b.Own)], p.Values)
		}
		if renamed && p.Location == "" { // what the folders spell
			p.Location = partition.Location(f.Table, &p)
		}
		st.change.Add = append(st.change.Add, p)
	}
	if bad > maxBadValues {
		st.note("and %d partitions more of table %s were left out", bad-maxBadValues, t.Name)
	}
	st.report.Partitions.Added = len(st.change.Add)
	st.name("+", len(st.change.Add), func(i int) []string { return st.change.Add[i].Values })
	return rows
}

func sameNames(a, b []catalog.Column) bool {
	for i := range a {
		if i >= len(b) || a[i].Name != b[i].Name {
			return false
		}
	}
	return len(a) == len(b)
}

func reason(err error) string {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}

// maxNamed is how many partitions a report names of each kind of change.
const maxNamed = 20

// name puts some of n partitions into the report, for dry runs.
func (st *step) name(mark string, n int, values func(i int) []string) {
	for i := range min(n, maxNamed) {
		st.report.PartitionChanges = append(st.report.PartitionChanges, mark+" "+strings.Join(values(i), "/"))
	}
	if more := n - maxNamed; more > 0 {
		st.report.PartitionChanges = append(st.report.PartitionChanges, fmt.Sprintf("%s %d more", mark, more))
	}
}

// planOwn gives known partitions a description of their own where their files
// are of another format now, and takes it from those whose files are not any
// more. What others described stays.
func (j *job) planOwn(ctx context.Context, st *step, f *crawl.Found, t *catalog.Table, before *catalog.Partitions, found []int, b *base) error {
	own := newTextSet(b.Own)
	kept := [][]string{}
	changed := 0
	for i, row := range found {
		p := &f.Partitions[i]
		mine := own.has(p.Values)
		wants := (p.Format != "" || p.Descriptor != nil) && !j.conf.InheritFromTable
		if wants && (mine || row >= 0 && !hasOwn(before, row)) {
			kept = append(kept, p.Values)
		}
		if row < 0 || wants == hasOwn(before, row) || !wants && !mine {
			continue
		}
		err := j.alter(ctx, st, t, p.Values, func(stored *catalog.Partition) {
			stored.Format, stored.Descriptor = "", nil
			if wants {
				stored.Format, stored.Descriptor = p.Format, p.Descriptor
			}
		})
		if err != nil {
			return err
		}
		changed++
	}
	b.Own = kept
	st.report.Partitions.Updated += changed
	return nil
}

// hasOwn reports whether a partition is not described as its table.
func hasOwn(ps *catalog.Partitions, row int) bool {
	return ps.Format(row) != "" || ps.Descriptor != nil && ps.Descriptor(row) != nil
}

// alter plans to change a partition that the catalog has. One that is gone by
// now is passed over.
func (j *job) alter(ctx context.Context, st *step, t *catalog.Table, values []string, change func(*catalog.Partition)) error {
	key := strings.Join(values, "\x00")
	if at, ok := st.altered[key]; ok {
		change(&st.change.Alter[at])
		return nil
	}
	stored, err := j.cat.Partition(ctx, t, values)
	if err != nil || stored == nil {
		return err
	}
	p := *stored
	p.Parameters = clone(p.Parameters)
	change(&p)
	if st.altered == nil {
		st.altered = map[string]int{}
	}
	st.altered[key] = len(st.change.Alter)
	st.change.Alter = append(st.change.Alter, p)
	return nil
}

// textSet is a set of partitions by their values' texts.
type textSet map[string]bool

func newTextSet(all [][]string) textSet {
	out := make(textSet, len(all))
	for _, v := range all {
		out[strings.Join(v, "\x00")] = true
	}
	return out
}

func (s textSet) has(values []string) bool { return len(s) > 0 && s[strings.Join(values, "\x00")] }
