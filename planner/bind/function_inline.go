package bind

import (
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/routine"
	"github.com/glauxdb/glaux/planner/ast"
)

// inlineFunctions checks the functions of WITH FUNCTION and makes them known to the
// query and to those behind them. They are macros that no catalog keeps.
func (b *binder) inlineFunctions(list []*ast.CreateFunction) error {
	around := len(b.ownFuncs)
	for _, s := range list {
		f, err := b.inlineFunction(s)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(b.ownFuncs[around:], func(g *routine.Function) bool { return g.Name == f.Name }) {
			return b.fail(s.Name.Position(), fault.CodeDuplicateFunction, "function %q is defined twice", f.Name)
		}
		if err := b.checkMacro(s, f); err != nil {
			return err
		}
		b.ownFuncs = append(b.ownFuncs[:len(b.ownFuncs):len(b.ownFuncs)], f)
	}
	return nil
}

func (b *binder) inlineFunction(s *ast.CreateFunction) (*routine.Function, error) {
	switch {
	case len(s.Name) > 1:
		return nil, b.fail(s.Name.Position(), fault.CodeSyntax, "a function of WITH has no schema")
	case s.Language != routine.SQL:
		return nil, b.unsupported(s.Pos, "a function of WITH in the language %s is not supported", s.Language)
	case s.Table:
		return nil, b.unsupported(s.Pos, "a function of WITH that gives rows is not supported").WithHint("WITH name AS (query) names a query.")
	}
	f := &routine.Function{Name: strings.ToLower(s.Name.Last().Name), Language: s.Language, Body: s.Text, Dialect: b.dialect.String()}
	return f, b.functionTypes(s, f)
}
