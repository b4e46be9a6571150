package bind

import (
	"context"
	"io"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// partitionList is the virtual table "t$partitions" and what SHOW PARTITIONS
// reads: one row per partition with its key values, its Hive path as the last
// column.
type partitionList struct {
	cat   catalog.Reader
	table *catalog.Table
}

func (p *partitionList) Schema() string { return p.table.Database }
func (p *partitionList) Name() string   { return p.table.Name + "$partitions" }

func (p *partitionList) Columns() []catalog.Column {
	cols := p.table.PartitionKeys
	return append(cols[:len(cols):len(cols)], catalog.Column{Name: "$partition", Type: types.TVarchar})
}

// Open reads the list as the catalog has it now.
func (p *partitionList) Open(ctx context.Context, _ *plan.Session, req plan.VirtualRequest) (formats.Source, error) {
	ps, err := p.cat.Partitions(ctx, p.table)
	if err != nil {
		return nil, err
	}
	return &partitionSource{list: p, parts: ps, cols: req.Columns}, nil
}

type partitionSource struct {
	list  *partitionList
	parts *catalog.Partitions
	cols  []int
	next  int
}

const partitionBatch = 4096

// Next delivers key columns as codes into the distinct values of the snapshot.
func (s *partitionSource) Next(ctx context.Context, b *vector.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n := min(partitionBatch, s.parts.N-s.next)
	if n == 0 {
		return io.EOF
	}
	b.N, b.Sel = n, nil
	b.Cols = make([]*vector.Vector, len(s.cols))
	for i, c := range s.cols {
		if c == len(s.parts.Keys) {
			b.Cols[i] = s.paths(n)
			continue
		}
		k := s.parts.Keys[c]
		codes := k.Codes[s.next : s.next+n]
		vals := make([]types.Value, n)
		for j, code := range codes {
			vals[j] = k.Values[code]
		}
		b.Cols[i] = vector.FromValues(s.list.table.PartitionKeys[c].Type, vals)
	}
	s.next += n
	return nil
}

func (s *partitionSource) paths(n int) *vector.Vector {
	vals := make([]types.Value, n)
	for j := range vals {
		var sb strings.Builder
		for k, key := range s.list.table.PartitionKeys {
			if k > 0 {
				sb.WriteByte('/')
			}
			sb.WriteString(key.Name + "=")
			v := s.parts.Value(k, s.next+j)
			if v.Null {
				sb.WriteString(catalog.HiveNull)
				continue
			}
			sb.Write(partition.AppendEscaped(nil, string(types.AppendValue(nil, v))))
		}
		vals[j] = types.StringOf(types.TVarchar, sb.String())
	}
	return vector.FromValues(types.TVarchar, vals)
}

// Close does nothing: the snapshot is shared.
func (s *partitionSource) Close() error { return nil }
