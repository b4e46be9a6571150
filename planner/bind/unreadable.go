package bind

import (
	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// unreadable remembers a column of a scan whose declared type is none that
// Glaux has. The catalog keeps such columns for other engines; here a query can
// do without them but not name them.
func (b *binder) unreadable(id plan.ColID, c *catalog.Column) {
	if c.Type.Kind != types.Unknown {
		return
	}
	if b.opaque == nil {
		b.opaque = map[plan.ColID]*catalog.Column{}
	}
	b.opaque[id] = c
}

// readable refuses an expression that reads such a column.
func (b *binder) readable(x plan.Expr, pos ast.Pos) error {
	if len(b.opaque) == 0 || x == nil {
		return nil
	}
	var bad *catalog.Column
	plan.Walk(x, func(e plan.Expr) bool {
		if c, ok := e.(*plan.Col); ok && bad == nil {
			bad = b.opaque[c.ID]
		}
		return bad == nil
	})
	if bad == nil {
		return nil
	}
	return b.unsupported(pos, "column %q has the type %s, which Glaux does not read", bad.Name, bad.HiveType).
		WithHint("Name the other columns, or leave it out: SELECT * EXCEPT (%s).", types.QuoteIdent(bad.Name))
}
