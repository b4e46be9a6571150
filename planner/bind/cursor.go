package bind

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// cursor binds the statements of cursors, nil for anything else.
func (b *binder) cursor(s ast.Stmt) (plan.Statement, error) {
	switch s := s.(type) {
	case *ast.DeclareCursor:
		return b.declareCursor(s)
	case *ast.FetchCursor:
		return &plan.FetchCursor{Name: s.Name.Name, Move: s.Move, Direction: s.Direction, Count: s.Count, All: s.All}, nil
	case *ast.CloseCursor:
		return &plan.CloseCursor{Name: s.Name.Name, All: s.All}, nil
	}
	return nil, nil
}

func (b *binder) declareCursor(s *ast.DeclareCursor) (plan.Statement, error) {
	if s.Scroll && s.NoScroll {
		return nil, fault.New(fault.CodeInvalidCursorDef, "cannot specify both SCROLL and NO SCROLL")
	}
	if s.Insensitive && s.Asensitive {
		return nil, fault.New(fault.CodeInvalidCursorDef, "cannot specify both ASENSITIVE and INSENSITIVE")
	}
	r, err := b.query(s.Query, nil, nil)
	if err != nil {
		return nil, err
	}
	q, err := b.finish(r, "SELECT")
	if err != nil {
		return nil, err
	}
	return &plan.DeclareCursor{Name: s.Name.Name, Binary: s.Binary, Scroll: s.Scroll, NoScroll: s.NoScroll, Hold: s.Hold, Query: q}, nil
}
