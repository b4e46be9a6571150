package crawl

import (
	"context"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/formats/store"
)

// RepairReport is what a repair did.
type RepairReport struct {
	Found    int // partitions below the table's location
	Added    int
	Warnings []string
}

// Repair adds the partitions that k=v folders below a table's location spell
// and the catalog does not have: MSCK REPAIR TABLE. Folders of another form,
// and values that a key's type cannot hold, are warnings. Nothing is removed.
func Repair(ctx context.Context, stores *store.Registry, cat catalog.Catalog, t *catalog.Table) (*RepairReport, error) {
	if len(t.PartitionKeys) == 0 {
		return nil, fault.New(fault.CodeWrongObjectType, "table %q is not partitioned", t.Name)
	}
	s, key, err := stores.Open(t.Storage.Location)
	if err != nil {
		return nil, err
	}
	root, err := readTree(ctx, s, key, func(int) {})
	if err != nil {
		return nil, err
	}
	var warn warnings
	keys := make([]string, len(t.PartitionKeys))
	for i, k := range t.PartitionKeys {
		keys[i] = k.Name
	}
	found, odd, _ := extract(root, keys)
	leaves := found[:0]
	for _, l := range found {
		if hivePath(s.URL(l.node.key), len(keys)) {
			leaves = append(leaves, l)
		} else {
			odd = append(odd, l.node)
		}
	}
	for _, n := range odd {
		if n.total > 0 {
			warn.add("%s is not a folder of the form %s=value", s.URL(n.key), strings.Join(keys, "=value/"))
		}
	}
	rep := &RepairReport{Found: len(leaves)}
	if rep.Added, err = cat.AddPartitions(ctx, t, partitionsOf(s, t, leaves, &warn), false); err != nil {
		return nil, err
	}
	rep.Warnings = warn.list()
	return rep, nil
}

// hivePath reports whether the last n folders of a location are all k=v.
func hivePath(location string, n int) bool {
	segments := strings.Split(strings.TrimRight(location, "/"), "/")
	for _, segment := range segments[max(len(segments)-n, 0):] {
		if _, ok := partition.ParseSegment(segment); !ok {
			return false
		}
	}
	return len(segments) >= n
}

// partitionsOf makes partitions of the folders whose values the keys can hold.
// The location is written only where it is not the one that the values spell.
func partitionsOf(s store.Store, t *catalog.Table, leaves []leaf, warn *warnings) []catalog.Partition {
	ps := make([]catalog.Partition, 0, len(leaves))
	for _, l := range leaves {
		if why := BadValues(t, l.values); why != "" {
			warn.add("partition %s of table %s was left out: %s", s.URL(l.node.key), t.Name, why)
			continue
		}
		p := catalog.Partition{Values: l.values}
		location := strings.TrimRight(s.URL(l.node.key), "/") + "/"
		if location != partition.Location(t, &p) {
			p.Location = location
		}
		ps = append(ps, p)
	}
	return ps
}
