package bind

import (
	"context"
	"io"
	"slices"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Lake gives the partitions of tables, wherever they come from; *lake.Lake is
// one.
type Lake interface {
	Partitions(ctx context.Context, r catalog.Reader, t *catalog.Table, f partition.KeyFilter, exact bool) (*catalog.Partitions, error)
	InferPartitions(ctx context.Context, t *catalog.Table) ([]partition.Proposal, error)
}

// partitionList is the virtual table "t$partitions" and what SHOW PARTITIONS
// reads: one row per partition with its key values, its Hive path as the last
// column.
type partitionList struct {
	cfg   *Config
	table *catalog.Table
	// listed leaves out the partitions that only a projection makes: SHOW
	// PARTITIONS shows none of them.
	listed bool
}

func (p *partitionList) Schema() string { return p.table.Database }
func (p *partitionList) Name() string   { return p.table.Name + "$partitions" }

func (p *partitionList) Columns() []catalog.Column {
	cols := slices.Clone(p.table.PartitionKeys)
	for i := range cols {
		if cols[i].Type.Kind == types.Unknown { // told apart by their texts
			cols[i].Type = types.TVarchar
		}
	}
	return append(cols, catalog.Column{Name: "$partition", Type: types.TVarchar})
}

// Open reads the list as it is now, as far as the conditions on it may want it.
func (p *partitionList) Open(ctx context.Context, _ *plan.Session, req plan.VirtualRequest) (formats.Source, error) {
	domains := make(plan.Domains, len(p.table.PartitionKeys))
	for i, d := range req.Domains {
		if i < len(domains) {
			domains[i] = d
		}
	}
	s := &partitionSource{list: p, cols: req.Columns}
	if p.listed && partition.IsProjected(p.table) {
		return s, nil
	}
	var err error
	if p.cfg.Lake == nil {
		s.parts, err = p.cfg.Catalog.Partitions(ctx, p.table)
	} else {
		s.parts, err = p.cfg.Lake.Partitions(ctx, p.cfg.Catalog, p.table, domains, true)
	}
	if err == nil {
		s.rows = within(s.parts, domains)
	}
	return s, err
}

// within gives the partitions whose values lie in the domains, each of which is
// asked once per distinct value.
func within(ps *catalog.Partitions, domains plan.Domains) []uint32 {
	rows := make([]uint32, ps.N)
	for i := range rows {
		rows[i] = uint32(i)
	}
	for k := range domains {
		d := &domains[k]
		if !d.Says() {
			continue
		}
		keep := make([]bool, len(ps.Keys[k].Values))
		for i, v := range ps.Keys[k].Values {
			keep[i] = d.Contains(v)
		}
		rows = slices.DeleteFunc(rows, func(r uint32) bool { return !keep[ps.Keys[k].Codes[r]] })
	}
	return rows
}

type partitionSource struct {
	list  *partitionList
	parts *catalog.Partitions
	rows  []uint32 // that are left to deliver
	cols  []int
}

const partitionBatch = 4096

// Next delivers the next partitions.
func (s *partitionSource) Next(ctx context.Context, b *vector.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n := min(partitionBatch, len(s.rows))
	if n == 0 {
		return io.EOF
	}
	b.N, b.Sel = n, nil
	b.Cols = make([]*vector.Vector, len(s.cols))
	vals := make([]types.Value, n)
	columns := s.list.Columns()
	for i, c := range s.cols {
		if c == len(s.parts.Keys) {
			for j, row := range s.rows[:n] {
				vals[j] = types.StringOf(types.TVarchar, partition.PathOf(s.list.table, s.parts, int(row)))
			}
			b.Cols[i] = vector.FromValues(types.TVarchar, vals)
			continue
		}
		for j, row := range s.rows[:n] {
			vals[j] = s.parts.Value(c, int(row))
		}
		b.Cols[i] = vector.FromValues(columns[c].Type, vals)
	}
	s.rows = s.rows[n:]
	return nil
}

// Close does nothing: the snapshot is shared.
func (s *partitionSource) Close() error { return nil }
