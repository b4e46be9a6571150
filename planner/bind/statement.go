package bind

import (
	"cmp"
	"slices"

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

// explainFormats are the formats of each type of EXPLAIN; the first one is used if
// none is asked for.
var explainFormats = map[plan.ExplainType][]string{
	plan.ExplainLogical:     {"text", "json", "graphviz", "html"},
	plan.ExplainDistributed: {"text", "json", "graphviz", "html"},
	plan.ExplainValidate:    {"text"},
	plan.ExplainIO:          {"json"},
}

func (b *binder) explain(s *ast.Explain) (plan.Statement, error) {
	out := &plan.Explain{Analyze: s.Analyze, Verbose: s.Verbose, Estimate: s.Estimate, Type: plan.ExplainLogical, Heading: "QUERY PLAN"}
	if b.dialect == plan.Athena {
		out.Heading = "Query Plan"
	}
	if s.Type != "" {
		out.Type = plan.ExplainType(s.Type)
	}
	if err := b.explainForm(s, out); err != nil {
		return nil, err
	}
	return out, b.explained(s, out)
}

// explainForm checks what is asked for.
func (b *binder) explainForm(s *ast.Explain, out *plan.Explain) error {
	formats, ok := explainFormats[out.Type]
	if !ok {
		return b.fail(s.Pos, fault.CodeInvalidParameter, "unrecognized value for EXPLAIN option \"type\": %q", s.Type).
			WithHint("Types are logical, distributed, validate and io.")
	}
	if out.Format = cmp.Or(s.Format, formats[0]); !slices.Contains(explainFormats[plan.ExplainLogical], out.Format) {
		return b.fail(s.Pos, fault.CodeInvalidParameter, "unrecognized value for EXPLAIN option \"format\": %q", s.Format).
			WithHint("Formats are text, json, graphviz and html.")
	}
	switch planned := len(formats) > 1; {
	case !slices.Contains(formats, out.Format):
		return b.fail(s.Pos, fault.CodeInvalidParameter, "EXPLAIN of type %s is %s only, not %s", out.Type, formats[0], out.Format)
	case !planned && (s.Analyze || s.Estimate):
		return b.fail(s.Pos, fault.CodeInvalidParameter, "EXPLAIN of type %s cannot be used with ANALYZE or ESTIMATE", out.Type)
	case s.Estimate && s.Analyze:
		return b.fail(s.Pos, fault.CodeInvalidParameter, "EXPLAIN options ANALYZE and ESTIMATE cannot be used together").
			WithHint("ESTIMATE says what a query will read before it runs, ANALYZE runs it.")
	case s.Estimate && out.Format != "text" && out.Format != "json":
		return b.fail(s.Pos, fault.CodeInvalidParameter, "EXPLAIN (ESTIMATE) is text or json, not %s", out.Format)
	}
	return nil
}

// explained binds the statement that is to be shown.
func (b *binder) explained(s *ast.Explain, out *plan.Explain) error {
	if _, again := s.Stmt.(*ast.Explain); again {
		return b.unsupported(s.Stmt.Position(), "EXPLAIN of EXPLAIN is not supported")
	}
	stmt, err := b.statement(s.Stmt)
	if err != nil {
		return err
	}
	switch stmt := stmt.(type) {
	case *plan.Query:
		out.Stmt = stmt
		return nil
	case *plan.Write:
		out.Stmt, out.Write = stmt.Source, stmt
		if s.Analyze {
			return b.unsupported(s.Stmt.Position(), "EXPLAIN ANALYZE is only supported for queries").
				WithHint("EXPLAIN without ANALYZE shows the plan of %s.", stmt.Tag())
		}
		return nil
	}
	if out.Type != plan.ExplainValidate {
		return b.unsupported(s.Stmt.Position(), "EXPLAIN is only supported for queries and for what writes their rows into the lake").
			WithHint("EXPLAIN (TYPE VALIDATE) takes any statement.")
	}
	out.Stmt = &plan.Query{Command: stmt.Tag()}
	return nil
}
