package bind

import (
	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// dropTemp binds DROP of a temporary table or view.
func (b *binder) dropTemp(s *ast.Drop, name ast.Name, t plan.TempTable) (plan.Statement, error) {
	isView, wantView := t.Def().View != nil, s.Kind == "view"
	if isView != wantView {
		what, other := "table", "VIEW"
		if wantView {
			what, other = "view", "TABLE"
		}
		return nil, b.fail(name.Position(), fault.CodeWrongObjectType, "%q is not a %s", t.Name(), what).
			WithHint("Use DROP %s to remove it.", other)
	}
	return &plan.DropTemp{Table: t, View: isView}, nil
}

func (b *binder) truncate(s *ast.Truncate) (plan.Statement, error) {
	out := &plan.Truncate{Restart: s.Restart}
	for _, n := range s.Tables {
		t, err := b.changeable(n, "TRUNCATE")
		if err != nil {
			return nil, err
		}
		out.Tables = append(out.Tables, t)
	}
	return out, nil
}

// createIndex takes an index on a temporary table: a unique one is a constraint,
// any other changes nothing, since rows in memory are read as fast as they can be.
func (b *binder) createIndex(s *ast.CreateIndex) (plan.Statement, error) {
	t, err := b.changeable(s.Table, "CREATE INDEX")
	if err != nil {
		return nil, err
	}
	d := *t.Def()
	for _, id := range s.Columns {
		if tempColumn(&d, id) < 0 {
			return nil, b.fail(id.Pos, fault.CodeUndefinedColumn, "column %q does not exist", id.Name)
		}
	}
	if !s.Unique {
		return &plan.Accepted{Command: "CREATE INDEX"}, nil
	}
	if s.Columns == nil {
		return nil, b.unsupported(s.Pos, "a unique index with expressions or a condition is not supported")
	}
	m := &tempMaker{b: b, d: &d}
	d.Columns = append([]plan.TempColumn(nil), d.Columns...)
	d.Keys = append([]plan.TempKey(nil), d.Keys...)
	k := &ast.TempConstraint{Kind: "unique", Name: s.Name, Columns: s.Columns}
	k.Pos = s.Pos
	if err := m.key(k, -1); err != nil {
		return nil, err
	}
	return &plan.AlterTemp{Table: t, Def: &d, Command: "CREATE INDEX"}, nil
}

// alterTemp binds ALTER TABLE of a temporary table: ADD COLUMN, RENAME TO.
func (b *binder) alterTemp(s *ast.AlterTable, t plan.TempTable) (plan.Statement, error) {
	d := *t.Def()
	d.Columns = append([]plan.TempColumn(nil), d.Columns...)
	out := &plan.AlterTemp{Table: t, Def: &d, Command: "ALTER TABLE"}
	switch a := s.Action.(type) {
	case ast.AddColumns:
		if a.Replace {
			break
		}
		more, err := b.columns(a.Columns)
		if err != nil {
			return nil, err
		}
		return out, b.addTempColumns(out, more, a.Columns[0].Pos)
	case ast.RenameTable:
		name, err := b.tempName(a.To)
		if err != nil {
			return nil, err
		}
		if _, taken := b.temp(name); taken {
			return nil, b.fail(a.To.Position(), fault.CodeDuplicateTable, "relation %q already exists", name)
		}
		d.Name = name
		return out, nil
	}
	return nil, b.unsupported(s.Pos, "this ALTER TABLE is not supported for temporary tables").
		WithHint("ADD COLUMN and RENAME TO are; anything else can be had with CREATE TEMP TABLE ... AS.")
}

func (b *binder) addTempColumns(out *plan.AlterTemp, more []catalog.Column, pos ast.Pos) error {
	d := out.Def
	for _, c := range more {
		for _, old := range d.Columns {
			if old.Name == c.Name {
				return b.fail(pos, fault.CodeDuplicateColumn, "column %q of relation %q already exists", c.Name, d.Name)
			}
		}
		d.Columns = append(d.Columns, plan.TempColumn{Column: c})
	}
	return nil
}

// changeable finds the temporary table whose rows a statement changes, and says
// why another table cannot be changed.
func (b *binder) changeable(name ast.Name, command string) (plan.TempTable, error) {
	if t, ok := b.tempNamed(name); ok && t.Def().View == nil {
		return t, nil
	}
	v, t, err := b.lookup(name)
	switch {
	case err != nil:
		return nil, err
	case v != nil:
		return nil, b.fail(name.Position(), fault.CodeInsufficientPriv, "permission denied for table %s", v.Name())
	case t.Kind == catalog.VirtualView:
		return nil, b.fail(name.Position(), fault.CodeFeatureNotSupported, "%s of view %q is not supported", command, t.Name)
	}
	return nil, b.unsupported(name.Position(), "%s is not supported for tables of the lake: %q is one", command, t.Name).
		WithHint("Files of the lake are added, never changed: INSERT INTO, CREATE TABLE AS. Temporary tables (CREATE TEMP TABLE) can be changed.")
}
