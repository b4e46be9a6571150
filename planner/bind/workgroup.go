package bind

import (
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// object binds the statements about workgroups and budgets; nil for others. What
// their options mean is known to whoever executes them.
func (b *binder) object(s ast.Stmt) plan.Statement {
	switch s := s.(type) {
	case *ast.CreateObject:
		if s.Kind == "workgroup" {
			return &plan.CreateWorkgroup{Name: s.Name.Name, IfNotExists: s.IfNotExists, OrReplace: s.OrReplace, Options: b.options(s.Options)}
		}
		return &plan.CreateBudget{Name: s.Name.Name, IfNotExists: s.IfNotExists, OrReplace: s.OrReplace, Subject: b.subject(s.Subject),
			Options: b.options(s.Options)}
	case *ast.AlterObject:
		if s.Kind == "budget" {
			return &plan.AlterBudget{Name: s.Name.Name, Set: b.options(s.Set), Reset: b.options(s.Reset)}
		}
		out := &plan.AlterWorkgroup{Name: s.Name.Name, Set: b.options(s.Set), Reset: b.options(s.Reset)}
		if m := s.Members; m != nil {
			out.Members = &plan.Members{Drop: m.Drop, Groups: m.Groups, Default: m.Default, Names: b.roleNames(m.Names)}
		}
		return out
	case *ast.DropObject:
		if s.Kind == "workgroup" {
			return &plan.DropWorkgroup{Name: s.Name.Name, IfExists: s.IfExists, Cascade: s.Cascade}
		}
		return &plan.DropBudget{Name: s.Name.Name, IfExists: s.IfExists}
	case *ast.DefineObjects:
		return &plan.DefineObjects{Text: s.Text, Options: b.options(s.Options)}
	}
	return nil
}

func (b *binder) options(list []ast.Option) []plan.Option {
	out := make([]plan.Option, len(list))
	for i, o := range list {
		out[i] = plan.Option{Name: o.Name, Values: o.Values, Pos: b.pos(o.Pos)}
	}
	return out
}

func (b *binder) subject(s ast.Subject) plan.Subject {
	switch s.Kind {
	case "workgroup":
		return plan.Subject{Workgroup: s.Name.Name}
	case "user":
		return plan.Subject{User: b.roleName(s.User)}
	case "tag":
		return plan.Subject{Tag: s.Tag}
	}
	return plan.Subject{EachUser: true}
}

// showObjects binds the SHOWs of workgroups and budgets.
func (b *binder) showObjects(s *ast.Show) (plan.Statement, error) {
	keep, err := b.likeFilter(s)
	if err != nil {
		return nil, err
	}
	out := &plan.ShowObjects{What: s.What, Keep: keep}
	if len(s.Name) > 0 {
		out.Name = s.Name.Last().Name
	}
	return out, nil
}
