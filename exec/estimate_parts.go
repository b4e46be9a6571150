package exec

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner"
	"github.com/glauxdb/glaux/planner/plan"
)

// errorFormat asks for refusals that programs can read.
const errorFormat = "glaux.error_format"

// parts says what a scan reads of each partition; nil without partitions. Files
// that the planner has not opened count with their whole size.
func (r *running) parts(s *plan.Scan) func() []PartEstimate {
	if len(s.Table.PartitionKeys) == 0 || len(s.Source.Files) == 0 {
		return nil
	}
	return func() []PartEstimate {
		list := r.sumParts(s)
		sum := int64(0)
		for _, p := range list {
			sum = plan.AddBytes(sum, p.bytes)
		}
		times := int64(1) // that the table is read, in the steps of a recursive query
		if upper := s.Source.BytesUpper; sum > 0 && upper > sum {
			times = (upper-1)/sum + 1
		}
		out := make([]PartEstimate, len(list))
		for i, p := range list {
			out[i].Bytes = plan.UnboundedBytes
			if p.bytes <= plan.UnboundedBytes/times {
				out[i].Bytes = p.bytes * times
			}
			for _, v := range p.keys {
				out[i].Keys = append(out[i].Keys, literal(v))
			}
		}
		return out
	}
}

// part is a partition and the bytes that are read of it.
type part struct {
	keys  []types.Value
	bytes int64
}

// sumParts adds up a scan's files by partition, in the order of their keys.
func (r *running) sumParts(s *plan.Scan) []*part {
	var list []*part
	byIndex := map[int]*part{}
	bytes := planner.FileBytes(s)
	for _, f := range s.Source.Files {
		p := byIndex[f.Partition]
		if p == nil {
			p = &part{keys: f.Keys}
			byIndex[f.Partition] = p
			list = append(list, p)
		}
		p.bytes = plan.AddBytes(p.bytes, bytes(f, r.openedBefore(s, f)))
	}
	slices.SortStableFunc(list, func(a, b *part) int { return compareKeys(a.keys, b.keys) })
	return list
}

// openedBefore gives a file whose metadata the planner has read; nil where it
// has not read all files'.
func (r *running) openedBefore(s *plan.Scan, f *lake.File) formats.File {
	if s.Source.Unopened > 0 {
		return nil
	}
	opened, err := r.e.o.Lake.Open(r.ctx, f)
	if err != nil {
		return nil // counts with its whole size
	}
	return opened
}

// compareKeys orders partitions by their typed values, NULL first.
func compareKeys(a, b []types.Value) int {
	for i := range a {
		switch {
		case a[i].Null && b[i].Null:
			continue
		case a[i].Null:
			return -1
		case b[i].Null:
			return 1
		}
		if c := a[i].Compare(b[i]); c != 0 {
			return c
		}
	}
	return 0
}
