package bind

import (
	"context"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// proposal is what INFER PARTITIONS reads: the properties of a projection that
// a table's folders suggest.
type proposal struct {
	cfg   *Config
	table *catalog.Table
}

func (p *proposal) Schema() string { return p.table.Database }
func (p *proposal) Name() string   { return p.table.Name + "$projection" }

func (p *proposal) Columns() []catalog.Column {
	return append(textColumns("property", "value"), catalog.Column{Name: "covers", Type: types.TBigInt}, catalog.Column{Name: "misses", Type: types.TBigInt})
}

// Open lists the table's folders.
func (p *proposal) Open(ctx context.Context, _ *plan.Session, req plan.VirtualRequest) (formats.Source, error) {
	list, err := p.cfg.Lake.InferPartitions(ctx, p.table)
	if err != nil {
		return nil, err
	}
	rows := make([][]types.Value, len(list))
	for i, l := range list {
		rows[i] = []types.Value{types.StringOf(types.TVarchar, l.Property), types.StringOf(types.TVarchar, l.Value),
			types.IntOf(types.TBigInt, l.Covers), types.IntOf(types.TBigInt, l.Misses)}
	}
	return &cells{rows: rows, list: p.Columns(), cols: req.Columns}, nil
}

func (b *binder) inferPartitions(s *ast.InferPartitions) (plan.Statement, error) {
	t, err := b.existingTable(s.Name)
	switch {
	case err != nil:
		return nil, err
	case len(t.PartitionKeys) == 0:
		return nil, b.notPartitioned(t.Name, s.Name.Position())
	case b.cfg.Lake == nil:
		return nil, b.fail(s.Pos, fault.CodeFeatureNotSupported, "INFER PARTITIONS needs the files of the table, which are not here")
	}
	return b.showList(&proposal{cfg: &b.cfg, table: t})
}
