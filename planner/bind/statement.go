package bind

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// statement binds any statement.
func (b *binder) statement(s ast.Stmt) (plan.Statement, error) {
	switch s := s.(type) {
	case *ast.Query:
		r, err := b.query(s, nil, nil)
		if err != nil {
			return nil, err
		}
		return b.finish(r, "SELECT")
	case *ast.Explain:
		return b.explain(s)
	}
	return b.command(s)
}

func (b *binder) explain(s *ast.Explain) (plan.Statement, error) {
	q, ok := s.Stmt.(*ast.Query)
	if !ok {
		return nil, b.unsupported(s.Stmt.Position(), "EXPLAIN is only supported for queries")
	}
	format := s.Format
	switch format {
	case "":
		format = "text"
	case "text", "json":
	default:
		return nil, b.fail(s.Pos, fault.CodeInvalidParameter, "unrecognized value for EXPLAIN option \"format\": %q", format).
			WithHint("Formats are text and json.")
	}
	if s.Estimate && s.Analyze {
		return nil, b.fail(s.Pos, fault.CodeInvalidParameter, "EXPLAIN options ANALYZE and ESTIMATE cannot be used together").
			WithHint("ESTIMATE says what a query will read before it runs, ANALYZE runs it.")
	}
	r, err := b.query(q, nil, nil)
	if err != nil {
		return nil, err
	}
	bound, err := b.finish(r, "SELECT")
	if err != nil {
		return nil, err
	}
	return &plan.Explain{Analyze: s.Analyze, Verbose: s.Verbose, Estimate: s.Estimate, Format: format, Stmt: bound}, nil
}
