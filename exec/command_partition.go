package exec

import (
	"context"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// addPartitions adds what is not there by typed value: 01 of an integer key is
// there if 1 is.
func (s *Session) addPartitions(ctx context.Context, stmt *plan.AddPartitions) (*Result, error) {
	parts, err := s.newPartitions(ctx, stmt)
	if err != nil {
		return nil, err
	}
	if len(parts) > 0 {
		if _, err := s.e.o.Catalog.AddPartitions(ctx, stmt.Table, parts, stmt.MustBeNew); err != nil {
			return nil, err
		}
	}
	return done(stmt.Tag(), idle(stmt.Table)...), nil
}

// newPartitions leaves out, or refuses, those whose values the table has.
func (s *Session) newPartitions(ctx context.Context, stmt *plan.AddPartitions) ([]catalog.Partition, error) {
	t := stmt.Table
	known, err := s.e.o.Catalog.Partitions(ctx, t)
	if err != nil {
		return nil, err
	}
	var out []catalog.Partition
	seen := map[string]bool{}
	for _, p := range stmt.Parts {
		id, err := typedTexts(t, p.Values)
		if err != nil {
			return nil, err
		}
		if !seen[id] && len(partition.Find(t, known, p.Values)) == 0 {
			seen[id] = true
			out = append(out, p)
			continue
		}
		if stmt.MustBeNew {
			return nil, fault.New(fault.CodeDuplicateObject, "partition %s of table %q already exists", partition.Path(t.PartitionKeys, p.Values), t.Name).
				WithHint("ADD IF NOT EXISTS PARTITION passes over those that exist.")
		}
	}
	return out, nil
}

// typedTexts gives one text for partitions of equal typed values.
func typedTexts(t *catalog.Table, values []string) (string, error) {
	var b strings.Builder
	for k, text := range values {
		v, err := partition.ParseKey(t, k, text)
		if err != nil {
			return "", err
		}
		if !v.Null {
			b.WriteByte(1)
			b.Write(types.AppendValue(nil, v))
		}
		b.WriteByte(0)
	}
	return b.String(), nil
}

// idle warns that a table's partitions in the catalog do not count.
func idle(t *catalog.Table) []*fault.Error {
	property := ""
	if discovered, err := partition.IsDiscovered(t); err == nil && discovered {
		property = partition.PropertyDiscovery
	}
	if partition.IsProjected(t) {
		property = partition.PropertyProjection
	}
	if property == "" {
		return nil
	}
	return []*fault.Error{fault.New(fault.CodeWarning,
		"queries of table %q do not see the partitions of the catalog, because of its property %s", t.Name, property)}
}

// storedPartition gives the partition of exactly these texts, and the catalog
// that can change it.
func (s *Session) storedPartition(ctx context.Context, t *catalog.Table, values []string) (*catalog.Partition, catalog.Changer, error) {
	c, ok := s.e.o.Catalog.(interface {
		catalog.Changer
		catalog.PartitionScanner
	})
	if !ok {
		return nil, nil, fault.New(fault.CodeFeatureNotSupported, "this catalog cannot change partitions")
	}
	p, err := c.Partition(ctx, t, values)
	if err == nil && p == nil {
		err = fault.New(fault.CodeUndefinedObject, "table %q has no such partition", t.Name)
	}
	return p, c, err
}

// renamePartition gives a partition other values; its files stay where they
// are.
func (s *Session) renamePartition(ctx context.Context, stmt *plan.RenamePartition) error {
	old, c, err := s.storedPartition(ctx, stmt.Table, stmt.From)
	if err != nil {
		return err
	}
	fresh := *old
	fresh.Values, fresh.Location = stmt.To, partition.Location(stmt.Table, old)
	_, err = c.Apply(ctx, catalog.Change{Table: stmt.Table, Drop: [][]string{stmt.From}, DropExact: true, Add: []catalog.Partition{fresh}, MustBeNew: true})
	return err
}

func (s *Session) setPartitionLocation(ctx context.Context, stmt *plan.SetPartitionLocation) error {
	old, c, err := s.storedPartition(ctx, stmt.Table, stmt.Values)
	if err != nil {
		return err
	}
	fresh := *old
	fresh.Location = stmt.Location
	_, err = c.Apply(ctx, catalog.Change{Table: stmt.Table, Alter: []catalog.Partition{fresh}})
	return err
}

// repair brings partitions and folders together: MSCK REPAIR TABLE.
func (s *Session) repair(ctx context.Context, stmt *plan.Repair) (*Result, error) {
	if s.e.o.Lake == nil {
		return nil, fault.New(fault.CodeFeatureNotSupported, "MSCK REPAIR TABLE needs the files of the table, which are not here")
	}
	rep, err := crawl.Repair(ctx, s.e.o.Lake, s.e.o.Stores, s.e.o.Catalog, stmt.Table, crawl.RepairMode{Add: stmt.Add, Drop: stmt.Drop})
	if err != nil {
		return nil, err
	}
	text := fault.New(fault.CodeSuccess, "%d partitions found, %d added", rep.Found, rep.Added)
	if stmt.Drop {
		text = fault.New(fault.CodeSuccess, "%d partitions found, %d added, %d dropped", rep.Found, rep.Added, rep.Dropped)
	}
	r := done(stmt.Tag(), append([]*fault.Error{text}, idle(stmt.Table)...)...)
	for _, w := range rep.Warnings {
		r.notices = append(r.notices, fault.New(fault.CodeWarning, "%s", w))
	}
	return r, nil
}
