package bind

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

func (b *binder) copyTo(s *ast.Copy) (plan.Statement, error) {
	r, err := b.query(s.Query, nil, nil)
	if err != nil {
		return nil, err
	}
	q, err := b.finish(r, "SELECT")
	if err != nil {
		return nil, err
	}
	out := &plan.Copy{Stmt: q}
	if out.Options, err = b.copyOptions(s.Options, false); err != nil {
		return nil, err
	}
	for _, name := range out.Options.ForceQuote {
		if name != "*" && !slices.ContainsFunc(q.Columns, func(c plan.ResultColumn) bool { return c.Name == name }) {
			return nil, fault.New(fault.CodeUndefinedColumn, "column %q does not exist", name)
		}
	}
	return out, nil
}

// copyOptions binds the options of COPY TO, or with from of COPY FROM.
func (b *binder) copyOptions(list []ast.Property, from bool) (*plan.CopyOptions, error) {
	given := make([]plan.CopyOption, len(list))
	for i, p := range list {
		v := p.Value
		if p.X != nil {
			var err error
			if v, err = b.settingText(p.X); err != nil {
				return nil, err
			}
		}
		given[i] = plan.CopyOption{Name: p.Key, Value: v, Pos: b.pos(p.Position())}
	}
	return plan.NewCopyOptions(given, from)
}
