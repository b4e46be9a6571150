package bind

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// driftSpace is where crawlers leave what differs in a table's files: under the
// table's ID, a JSON list of objects with the members of drift.
const driftSpace = "drift"

type drift struct{ File, Column, Declared, Found, Action string }

// driftList is what SHOW DRIFT reads.
type driftList struct {
	cfg   *Config
	table *catalog.Table
}

func (d *driftList) Schema() string { return d.table.Database }
func (d *driftList) Name() string   { return d.table.Name + "$drift" }

func (d *driftList) Columns() []catalog.Column {
	return textColumns("file", "column", "declared", "found", "action")
}

func textColumns(names ...string) []catalog.Column {
	cols := make([]catalog.Column, len(names))
	for i, n := range names {
		cols[i] = catalog.Column{Name: n, Type: types.TVarchar}
	}
	return cols
}

// Open reads the document of the last crawl; without one there are no rows.
func (d *driftList) Open(ctx context.Context, _ *plan.Session, req plan.VirtualRequest) (formats.Source, error) {
	if d.cfg.Documents == nil {
		return &cells{}, nil
	}
	doc, err := d.cfg.Documents.Document(ctx, driftSpace, strconv.FormatInt(d.table.ID, 10))
	if err != nil || doc == nil {
		return &cells{}, err
	}
	var list []drift
	if err := json.Unmarshal(doc.Data, &list); err != nil {
		return nil, fault.Wrap(err, fault.CodeDataCorrupted, "the drift of table %s.%s cannot be read: %v", d.table.Database, d.table.Name, err)
	}
	slices.SortStableFunc(list, func(a, b drift) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Column, b.Column)) })
	rows := make([][]types.Value, len(list))
	for i, l := range list {
		for _, s := range []string{l.File, l.Column, l.Declared, l.Found, l.Action} {
			v := types.StringOf(types.TVarchar, s)
			v.Null = s == "" // no such column in the table, or in the file
			rows[i] = append(rows[i], v)
		}
	}
	return &cells{rows: rows, list: d.Columns(), cols: req.Columns}, nil
}

func (b *binder) showDrift(s *ast.Show) (plan.Statement, error) {
	t, err := b.existingTable(s.Name)
	if err != nil {
		return nil, err
	}
	return b.showList(&driftList{cfg: &b.cfg, table: t})
}

// showList makes the statement that shows all of a virtual table.
func (b *binder) showList(v plan.VirtualTable) (plan.Statement, error) {
	n := &plan.Virtual{Table: v}
	var cols []plan.Column
	for i, c := range v.Columns() {
		col := b.newCol(c.Name, c.Type)
		cols = append(cols, col)
		n.Cols = append(n.Cols, plan.VirtualColumn{Column: col, Index: i})
	}
	return b.finish(&rel{node: n, cols: visible(cols)}, "SHOW")
}
