package bind

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// command binds what is not a query: catalog commands first, then those of the
// session.
func (b *binder) command(s ast.Stmt) (plan.Statement, error) {
	switch s := s.(type) {
	case *ast.CreateDatabase:
		return b.createDatabase(s)
	case *ast.DropDatabase:
		return b.dropDatabase(s)
	case *ast.AlterDatabase:
		return b.alterDatabase(s)
	case *ast.ExternalSchema:
		return b.externalSchema(s)
	case *ast.Comment:
		return b.comment(s)
	case *ast.CreateTable:
		if s.Template.Name != "" {
			return b.createFromTemplate(s)
		}
		if s.As != nil {
			return b.createTableAs(s)
		}
		return b.createTable(s)
	case *ast.Unload:
		return b.unload(s)
	case *ast.CreateFunction:
		return b.createFunction(s)
	case *ast.DropFunction:
		return b.dropFunction(s)
	case *ast.CreateView:
		return b.createView(s)
	case *ast.Drop:
		return b.drop(s)
	case *ast.AlterTable:
		return b.alterTable(s)
	case *ast.CreateTemp:
		return b.createTemp(s)
	case *ast.CreateTempView:
		return b.createTempView(s)
	case *ast.CreateIndex:
		return b.createIndex(s)
	case *ast.Repair:
		t, err := b.existingTable(s.Name)
		if err != nil {
			return nil, err
		}
		if len(t.PartitionKeys) == 0 {
			return nil, b.notPartitioned(t.Name, s.Name.Position())
		}
		return &plan.Repair{Table: t, Add: s.Mode != "drop", Drop: s.Mode == "drop" || s.Mode == "sync"}, nil
	case *ast.InferPartitions:
		return b.inferPartitions(s)
	case *ast.Show:
		return b.show(s)
	case *ast.Describe:
		return b.describe(s)
	}
	return b.sessionCommand(s)
}

func (b *binder) sessionCommand(s ast.Stmt) (plan.Statement, error) {
	switch s := s.(type) {
	case *ast.Set:
		return b.set(s)
	case *ast.ShowSetting:
		return &plan.ShowSetting{Name: s.Name}, nil
	case *ast.Use:
		return b.use(s)
	case *ast.Transaction:
		return &plan.Transaction{Op: s.Op, Name: s.Name.Name, Start: s.Start, Chain: s.Chain, Isolation: s.Isolation, ReadOnly: s.ReadOnly}, nil
	case *ast.Listen:
		return &plan.Listen{Channel: s.Channel.Name, Off: s.Off}, nil
	case *ast.Notify:
		return &plan.Notify{Channel: s.Channel.Name, Payload: s.Payload}, nil
	case *ast.Lock:
		return b.lock(s)
	case *ast.Discard:
		return &plan.Discard{What: s.What}, nil
	case *ast.Deallocate:
		return &plan.Deallocate{Name: s.Name.Name, All: s.All}, nil
	case *ast.Prepare:
		return b.prepare(s)
	case *ast.Execute:
		return b.execute(s)
	case *ast.Accepted:
		return &plan.Accepted{Command: s.Tag}, nil
	case *ast.Copy:
		return b.copyTo(s)
	}
	if st := b.object(s); st != nil {
		return st, nil
	}
	if st, err := b.role(s); st != nil || err != nil {
		return st, err
	}
	if st, err := b.cursor(s); st != nil || err != nil {
		return st, err
	}
	return b.dml(s)
}

// dml binds the statements that change rows.
func (b *binder) dml(s ast.Stmt) (plan.Statement, error) {
	switch s := s.(type) {
	case *ast.Insert:
		return b.insert(s)
	case *ast.Update:
		return b.update(s)
	case *ast.Delete:
		return b.delete(s)
	case *ast.Truncate:
		return b.truncate(s)
	case *ast.Analyze:
		return b.analyze(s)
	case *ast.CopyFrom:
		return b.copyFrom(s)
	}
	return nil, b.unsupported(s.Position(), "this statement is not supported")
}

// set binds SET and RESET; a list of values is one text with commas.
func (b *binder) set(s *ast.Set) (plan.Statement, error) {
	out := &plan.Set{Name: s.Name, Default: s.Default, Reset: s.Reset, Local: s.Local, Transaction: s.Transaction}
	if s.Also != nil {
		also, err := b.set(s.Also)
		if err != nil {
			return nil, err
		}
		out.Also = also.(*plan.Set)
	}
	parts := make([]string, len(s.Values))
	for i, v := range s.Values {
		text, err := b.settingText(v)
		if err != nil {
			return nil, err
		}
		parts[i] = text
		if s.Name == "search_path" && len(s.Values) > 1 {
			parts[i] = types.QuoteIdent(text)
		}
	}
	out.Value = strings.Join(parts, ", ")
	return out, nil
}

// lock binds LOCK TABLE. Tables of a lake do not change under a reader, so there
// is nothing to lock; they must be there.
func (b *binder) lock(s *ast.Lock) (plan.Statement, error) {
	for _, name := range s.Tables {
		q := &ast.Query{Body: &ast.TableBody{Name: name}}
		q.SetPos(name.Position())
		if _, err := b.query(q, nil, nil); err != nil {
			return nil, err
		}
	}
	return &plan.Lock{}, nil
}

// settingText gives the text of a value of SET. A time zone may be given as an
// interval of hours.
func (b *binder) settingText(e ast.Expr) (string, error) {
	switch e := e.(type) {
	case *ast.StringLit:
		return e.Value, nil
	case *ast.NumberLit:
		return e.Text, nil
	case *ast.BoolLit:
		if e.Value {
			return "on", nil
		}
		return "off", nil
	case *ast.IntervalLit:
		x, err := b.interval(e)
		if err != nil {
			return "", err
		}
		v := x.(*plan.Const).Value
		return string(types.AppendValue(nil, v)), nil
	case *ast.Unary:
		if n, ok := e.X.(*ast.NumberLit); ok && e.Op == "-" {
			return "-" + n.Text, nil
		}
	}
	return b.computedSetting(e)
}

// computedSetting gives the text of a value that is an expression, as a time zone may be.
func (b *binder) computedSetting(e ast.Expr) (string, error) {
	x, err := b.expr(&exprCtx{sc: &scope{}, st: &stage{}, clause: "SET"}, e)
	if err != nil {
		return "", err
	}
	t := types.TVarchar
	if x.Type().Kind == types.Interval {
		t = x.Type()
	}
	v, err := b.constant(x, t, e.Position(), "SET")
	if err != nil {
		return "", err
	}
	if v.Null {
		return "", b.fail(e.Position(), fault.CodeInvalidParameter, "a setting's value cannot be NULL")
	}
	return string(types.AppendValue(nil, v)), nil
}

// use binds USE schema: the search path becomes that schema.
func (b *binder) use(s *ast.Use) (plan.Statement, error) {
	d, err := b.cfg.Catalog.Database(b.ctx, s.Name.Last().Name)
	if err != nil {
		return nil, b.located(err, s.Name.Position())
	}
	return &plan.Set{Name: "search_path", Value: types.QuoteIdent(d.Name)}, nil
}

func (b *binder) prepare(s *ast.Prepare) (plan.Statement, error) {
	out := &plan.Prepare{Name: s.Name.Name, Text: s.Text}
	for i := range s.Types {
		t, err := b.typeName(&s.Types[i])
		if err != nil {
			return nil, err
		}
		out.Types = append(out.Types, t)
	}
	return out, nil
}

// execute binds EXECUTE. A string literal keeps the unknown type: the prepared
// statement's parameter decides it.
func (b *binder) execute(s *ast.Execute) (plan.Statement, error) {
	out := &plan.Execute{Name: s.Name.Name}
	if s.Text != nil {
		out.Text = &s.Text.Value
	}
	c := &exprCtx{sc: &scope{}, clause: "EXECUTE"}
	for _, a := range s.Args {
		x, err := b.expr(c, a)
		if err != nil {
			return nil, err
		}
		v, err := b.value(x, a.Position())
		if err != nil {
			return nil, err
		}
		out.Args = append(out.Args, v)
	}
	return out, nil
}

// value evaluates an expression without columns.
func (b *binder) value(x plan.Expr, pos ast.Pos) (types.Value, error) {
	if k, ok := x.(*plan.Const); ok {
		v := k.Value
		if b.literals[k] {
			v.Type = types.TUnknown
		}
		return v, nil
	}
	if b.cfg.Evaluator == nil {
		return types.Value{}, b.unsupported(pos, "only constants are supported here")
	}
	v, err := b.cfg.Evaluator.Fold(b.s, x)
	return v, b.located(err, pos)
}
