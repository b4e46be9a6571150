package bind

import (
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

func (b *binder) command(s ast.Stmt) (plan.Statement, error) {
	return nil, b.unsupported(s.Position(), "x")
}
