package exec

import (
	"context"
	"strconv"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// describeColumns are those of DESCRIBE INPUT and DESCRIBE OUTPUT, named as Trino's.
func describeColumns(stmt *plan.DescribePrepared) []Column {
	if !stmt.Output {
		return []Column{{Name: "Position", Type: types.TBigInt}, textColumn("Type")}
	}
	return []Column{textColumn("Column Name"), textColumn("Catalog"), textColumn("Schema"), textColumn("Table"), textColumn("Type"),
		{Name: "Type Size", Type: types.TBigInt}, {Name: "Aliased", Type: types.TBoolean}}
}

// describePrepared tells of the parameters of a prepared statement, or of the columns
// that it puts out: none if it has no rows.
func (s *Session) describePrepared(ctx context.Context, stmt *plan.DescribePrepared) (*Result, error) {
	p, err := s.findPrepared(stmt.Name)
	if err != nil {
		return nil, err
	}
	if err := s.refresh(ctx, p); err != nil {
		return nil, err
	}
	cols := describeColumns(stmt)
	rows := make([][]types.Value, len(cols)) // column by column
	put := func(vs ...types.Value) {
		for i, v := range vs {
			rows[i] = append(rows[i], v)
		}
	}
	text := func(x string) types.Value { return types.StringOf(types.TVarchar, x) }
	number := func(n int) types.Value { return types.IntOf(types.TBigInt, int64(n)) }
	if !stmt.Output {
		for i, t := range p.Params {
			put(number(i), text(t.String()))
		}
	} else {
		tables := scanned(p.stmt)
		for i, c := range p.Columns {
			from := [3]string{}
			aliased := c.Name != "_col"+strconv.Itoa(i)
			if t := tables[c.Table]; t != nil && c.Table != 0 {
				from = [3]string{s.database, t.Database, t.Name}
				aliased = c.Name != t.AllColumns()[c.Attr-1].Name
			}
			put(text(c.Name), text(from[0]), text(from[1]), text(from[2]), text(c.Type.String()), number(typeSize(c.Type)), types.BoolOf(aliased))
		}
	}
	b := &vector.Batch{N: len(rows[0])}
	for i, c := range cols {
		b.Cols = append(b.Cols, vector.FromValues(c.Type, rows[i]))
	}
	var list batches
	if b.N > 0 {
		list = batches{b}
	}
	return &Result{cols: cols, rows: &list, tag: stmt.Tag()}, nil
}

// scanned are the tables that a statement reads, by ID.
func scanned(stmt plan.Statement) map[int64]*catalog.Table {
	out := map[int64]*catalog.Table{}
	if q := queryOf(stmt); q != nil {
		plan.Visit(q.Root, func(n plan.Node) bool {
			if scan, ok := n.(*plan.Scan); ok {
				out[scan.Table.ID] = scan.Table
			}
			return true
		})
	}
	return out
}

// typeSize is how many bytes each value of a type takes in Trino, 0 if they differ.
func typeSize(t types.Type) int {
	switch t.Kind {
	case types.Boolean, types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.Real, types.Double, types.Date, types.UUID, types.TimeTZ:
		return t.Phys().Width()
	case types.Time, types.Timestamp, types.TimestampTZ:
		if t.P <= 6 || t.Kind == types.Time {
			return 8
		}
		return 12
	case types.Decimal:
		if t.P > 18 {
			return 16
		}
		return 8
	}
	return 0
}
