package crawl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/store"
)

// RepairMode says what a repair may change.
type RepairMode struct{ Add, Drop bool }

// RepairReport is what a repair did.
type RepairReport struct {
	Found    int // partitions below the table's location
	Added    int
	Dropped  int
	Missing  int // partitions of the catalog without a folder, that were left
	Warnings []string
}

// maxRepairWarnings is how many warnings a report spells out.
const maxRepairWarnings = 50

// Repair brings a table's partitions together with the folders below its
// location, k=v or as storage.location.template says: MSCK REPAIR TABLE. It adds
// those that only folders spell, and drops those whose location holds nothing.
// Folders of another form, and values that a key's type cannot hold, are
// warnings. Partitions count by their typed values: 01 is there if 1 is.
func Repair(ctx context.Context, l *lake.Lake, stores *store.Registry, cat catalog.Catalog, t *catalog.Table, mode RepairMode) (*RepairReport, error) {
	if len(t.PartitionKeys) == 0 {
		return nil, fault.New(fault.CodeWrongObjectType, "table %q is not partitioned", t.Name)
	}
	found, err := l.FindPartitions(ctx, t)
	if err != nil {
		return nil, err
	}
	known, err := cat.Partitions(ctx, t)
	if err != nil {
		return nil, err
	}
	r := &repair{table: t, found: found, known: known, report: &RepairReport{Found: len(found.Partitions)}}
	r.odd()
	r.compare()
	gone, err := r.gone(ctx, stores)
	if err != nil {
		return nil, err
	}
	if mode.Add && len(r.fresh) > 0 {
		if r.report.Added, err = cat.AddPartitions(ctx, t, r.fresh, false); err != nil {
			return nil, err
		}
	}
	if !mode.Drop {
		r.missing(gone)
	} else if len(gone) > 0 {
		if r.report.Dropped, err = cat.DropPartitions(ctx, t, gone); err != nil {
			return nil, err
		}
	}
	return r.report, nil
}

// repair compares what folders spell with what the catalog has.
type repair struct {
	table  *catalog.Table
	found  *lake.Found
	known  *catalog.Partitions
	report *RepairReport

	fresh []catalog.Partition // of folders alone
	stale []int               // of the catalog alone
	more  int                 // warnings that are not spelled out
}

func (r *repair) warn(format string, args ...any) {
	if len(r.report.Warnings) < maxRepairWarnings {
		r.report.Warnings = append(r.report.Warnings, fmt.Sprintf(format, args...))
		return
	}
	last := &r.report.Warnings[maxRepairWarnings-1]
	if r.more++; r.more == 1 {
		r.more++
	}
	*last = fmt.Sprintf("... and %d more of this kind", r.more)
}

func (r *repair) odd() {
	keys := make([]string, len(r.table.PartitionKeys))
	for i, k := range r.table.PartitionKeys {
		keys[i] = k.Name
	}
	for _, o := range r.found.Odd {
		if o.Why == "" {
			r.warn("%s is not a folder of the form %s=value", o.Location, strings.Join(keys, "=value/"))
		} else {
			r.warn("%s was left out: %s", o.Location, o.Why)
		}
	}
}

// compare walks both lists, which are in the order of their typed values.
func (r *repair) compare() {
	a, b := r.found.Snapshot, r.known
	for i, j := 0, 0; i < a.N || j < b.N; {
		order := 0
		switch {
		case i == a.N:
			order = 1
		case j == b.N:
			order = -1
		default:
			order = compareKeys(a, i, b, j)
		}
		switch {
		case order < 0:
			r.fresh = append(r.fresh, r.found.Partitions[i])
			i = r.twins(i)
		case order > 0:
			r.stale = append(r.stale, j)
			j++
		default:
			i = r.twins(i)
			for at := j; j < b.N && compareKeys(b, at, b, j) == 0; j++ {
			}
		}
	}
}

// twins gives the next partition of other values; folders that spell the same
// ones again are left out.
func (r *repair) twins(i int) int {
	a := r.found.Snapshot
	next := i + 1
	for ; next < a.N && compareKeys(a, i, a, next) == 0; next++ {
		r.warn("%s was left out: its partition is that of %s", a.Location(next), a.Location(i))
	}
	return next
}

func compareKeys(a *catalog.Partitions, i int, b *catalog.Partitions, j int) int {
	for k := range a.Keys {
		if d := compareValues(a.Value(k, i), b.Value(k, j)); d != 0 {
			return d
		}
	}
	return 0
}

// compareValues orders NULL last, as snapshots are.
func compareValues(v, w types.Value) int {
	switch {
	case v.Null && w.Null:
		return 0
	case v.Null:
		return 1
	case w.Null:
		return -1
	}
	return v.Compare(w)
}

// gone gives the texts of the catalog's partitions that no folder spells and
// whose own location, where they have one, holds nothing.
func (r *repair) gone(ctx context.Context, stores *store.Registry) ([][]string, error) {
	empty := make([]bool, len(r.stale))
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for i, row := range r.stale {
		location := r.known.Location(row)
		if strings.TrimSuffix(location, "/") == strings.TrimSuffix(partition.Location(r.table, &catalog.Partition{Values: partition.Texts(r.known, row)}), "/") {
			empty[i] = true
			continue
		}
		g.Go(func() (err error) {
			empty[i], err = holdsNothing(each, stores, location)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var out [][]string
	for i, row := range r.stale {
		if empty[i] {
			out = append(out, partition.Texts(r.known, row))
		}
	}
	return out, nil
}

func holdsNothing(ctx context.Context, stores *store.Registry, location string) (bool, error) {
	s, key, err := stores.Open(location)
	if err != nil {
		return false, err
	}
	for _, err := range store.Under(store.WithReadKind(ctx, store.ReadList), s, key) {
		return false, err
	}
	return true, nil
}

// missing tells of partitions that a repair without DROP leaves.
func (r *repair) missing(gone [][]string) {
	r.report.Missing = len(gone)
	if len(gone) == 0 {
		return
	}
	var names []string
	for _, values := range gone[:min(len(gone), 5)] {
		names = append(names, partition.Path(r.table.PartitionKeys, values))
	}
	slices.Sort(names)
	if len(gone) > len(names) {
		names = append(names, "...")
	}
	how := types.QuoteIdent(r.table.Name) + " SYNC PARTITIONS"
	if len(gone) == 1 {
		r.warn("partition %s is missing from the file system; MSCK REPAIR TABLE %s drops it", names[0], how)
		return
	}
	r.warn("%d partitions are missing from the file system: %s; MSCK REPAIR TABLE %s drops them", len(gone), strings.Join(names, ", "), how)
}
