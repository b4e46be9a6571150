package bind

import (
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/parse"
	"github.com/glauxdb/glaux/planner/plan"
)

// temp finds a temporary table or view. Names inside the lake's views never mean
// one: the view was made without it.
func (b *binder) temp(name string) (plan.TempTable, bool) {
	if b.s.Temp == nil {
		return nil, false
	}
	for _, v := range b.views {
		if !strings.HasPrefix(v, plan.TempSchema+".") {
			return nil, false
		}
	}
	return b.s.Temp.TempTable(strings.ToLower(name))
}

// tempRelation gives a temporary table as lookup does; ok is false if there is
// none of this name.
func (b *binder) tempRelation(name string) (plan.VirtualTable, *catalog.Table, bool) {
	t, ok := b.temp(name)
	if !ok {
		return nil, nil, false
	}
	if v := t.Def().View; v != nil {
		return nil, v, true
	}
	return t, nil, true
}

// tempNamed finds the temporary table or view that a command's name means: a
// bare name, or one in pg_temp.
func (b *binder) tempNamed(name ast.Name) (plan.TempTable, bool) {
	if len(name) == 1 || len(name) == 2 && name[0].Name == plan.TempSchema {
		return b.temp(name.Last().Name)
	}
	return nil, false
}

// tempName checks the name of a temporary object to be made.
func (b *binder) tempName(name ast.Name) (string, error) {
	if len(name) > 2 || len(name) == 2 && name[0].Name != plan.TempSchema {
		return "", b.fail(name.Position(), fault.CodeInvalidTableDef, "cannot create temporary relation in non-temporary schema")
	}
	return name.Last().Name, nil
}

func (b *binder) createTemp(s *ast.CreateTemp) (plan.Statement, error) {
	if s.Lake && s.As != nil {
		t := &ast.CreateTable{Name: s.Name, As: s.As, Names: s.Names, NoData: s.NoData, IfNotExists: s.IfNotExists}
		t.Pos = s.Pos
		return b.createTableAs(t)
	}
	if s.Lake {
		return nil, b.unsupported(s.Pos, "CREATE UNLOGGED TABLE without a query is not supported").
			WithHint("Write CREATE TABLE ... AS, or CREATE TEMP TABLE for a temporary table.")
	}
	name, err := b.tempName(s.Name)
	if err != nil {
		return nil, err
	}
	d := &plan.TempDef{Name: name, OnCommit: s.OnCommit}
	if d.OnCommit == "preserve" {
		d.OnCommit = ""
	}
	out := &plan.CreateTemp{Def: d, IfNotExists: s.IfNotExists, NoData: s.NoData, Command: "CREATE TABLE"}
	switch {
	case s.Into:
		out.Command = "SELECT INTO"
	case s.As != nil:
		out.Command = "CREATE TABLE AS"
	}
	if s.As != nil {
		return out, b.tempAs(out, s)
	}
	m := &tempMaker{b: b, d: d}
	return out, m.elements(s)
}

// tempAs binds CREATE TEMP TABLE ... AS: the columns are the query's.
func (b *binder) tempAs(out *plan.CreateTemp, s *ast.CreateTemp) error {
	r, err := b.query(s.As, nil, nil)
	if err != nil {
		return err
	}
	q, err := b.finish(r, "SELECT")
	if err != nil {
		return err
	}
	out.As = q
	out.Def.Columns, err = b.tempColumns(q.Columns, s.Names, "CREATE TABLE AS", s.As.Pos)
	return err
}

// tempColumns makes the columns of a query those of a table, under other names
// where they are given.
func (b *binder) tempColumns(cols []plan.ResultColumn, names []ast.Ident, what string, pos ast.Pos) ([]plan.TempColumn, error) {
	if len(names) > len(cols) {
		return nil, b.fail(names[0].Pos, fault.CodeSyntax, "%s specifies too many column names", what)
	}
	seen := map[string]bool{}
	var out []plan.TempColumn
	for i, c := range cols {
		name := c.Name
		if i < len(names) {
			name = names[i].Name
		}
		if seen[name] {
			return nil, b.fail(pos, fault.CodeDuplicateColumn, "column %q specified more than once", name)
		}
		seen[name] = true
		out = append(out, plan.TempColumn{Column: catalog.Column{Name: name, Type: c.Type}})
	}
	return out, nil
}

func (b *binder) createTempView(s *ast.CreateTempView) (plan.Statement, error) {
	name, err := b.tempName(s.Name)
	if err != nil {
		return nil, err
	}
	r, err := b.query(s.Query, nil, nil)
	if err != nil {
		return nil, err
	}
	if len(b.params) > 0 {
		return nil, b.fail(s.Pos, fault.CodeUndefinedParameter, "there is no parameter $1")
	}
	q, err := b.finish(r, "SELECT")
	if err != nil {
		return nil, err
	}
	d := &plan.TempDef{Name: name}
	if d.Columns, err = b.tempColumns(q.Columns, s.Columns, "CREATE VIEW", s.Query.Pos); err != nil {
		return nil, err
	}
	v := &catalog.Table{Database: plan.TempSchema, Name: name, Kind: catalog.VirtualView, ViewText: s.Text,
		Parameters: map[string]string{paramDialect: b.dialect.String()}}
	if len(b.path) > 0 {
		v.ViewDatabase = b.path[0]
	}
	for _, c := range d.Columns {
		v.Columns = append(v.Columns, c.Column)
	}
	d.View = v
	return &plan.CreateTemp{Def: d, OrReplace: s.OrReplace, Command: "CREATE VIEW"}, nil
}

// tempMaker collects the definition of a temporary table.
type tempMaker struct {
	b *binder
	d *plan.TempDef
}

func (m *tempMaker) elements(s *ast.CreateTemp) error {
	for i := range s.Columns {
		if err := m.column(&s.Columns[i]); err != nil {
			return err
		}
	}
	for i := range s.Columns {
		for k := range s.Columns[i].Constraints {
			if err := m.constraint(&s.Columns[i].Constraints[k], i); err != nil {
				return err
			}
		}
	}
	for k := range s.Constraints {
		if err := m.constraint(&s.Constraints[k], -1); err != nil {
			return err
		}
	}
	_, err := m.b.tempConditions(m.d, m.b.tempCols(m.d))
	return err
}

// serials are the types that stand for an integer with a sequence.
var serials = map[string]bool{"serial": true, "bigserial": true, "smallserial": true, "serial2": true, "serial4": true, "serial8": true}

func (m *tempMaker) column(s *ast.TempColumn) error {
	t, err := m.b.typeName(&s.Type)
	if err != nil {
		return err
	}
	for _, c := range m.d.Columns {
		if c.Name == s.Name.Name {
			return m.b.fail(s.Pos, fault.CodeDuplicateColumn, "column %q specified more than once", c.Name)
		}
	}
	c := plan.TempColumn{Column: catalog.Column{Name: s.Name.Name, Type: t}}
	if serials[s.Type.Name] {
		c.NotNull = true
		m.sequence(&c)
	}
	m.d.Columns = append(m.d.Columns, c)
	return nil
}

// sequence gives a column its own sequence.
func (m *tempMaker) sequence(c *plan.TempColumn) {
	c.Sequence = m.d.Name + "_" + c.Name + "_seq"
	c.Default = fmt.Sprintf("nextval('%s')", strings.ReplaceAll(c.Sequence, "'", "''"))
}

// constraint adds a constraint; col is the column that it stands at, -1 for
// those of the table.
func (m *tempMaker) constraint(k *ast.TempConstraint, col int) error {
	switch k.Kind {
	case "not null":
		m.d.Columns[col].NotNull = true
	case "default":
		c := &m.d.Columns[col]
		if c.Default != "" {
			return m.b.fail(k.Pos, fault.CodeSyntax, "multiple default values specified for column %q of table %q", c.Name, m.d.Name)
		}
		c.Default = k.Text
		_, err := m.b.tempDefault(c, k.Pos)
		return err
	case "identity":
		c := &m.d.Columns[col]
		if !c.Type.IsInteger() {
			return m.b.fail(k.Pos, fault.CodeInvalidParameter, "identity column type must be smallint, integer, or bigint")
		}
		c.NotNull, c.Identity = true, "default"
		if k.Always {
			c.Identity = "always"
		}
		m.sequence(c)
	case "check":
		return m.check(k)
	case "primary key", "unique":
		return m.key(k, col)
	}
	return nil
}

// check adds a CHECK constraint. Without a name it is called after the column, if
// it reads just one.
func (m *tempMaker) check(k *ast.TempConstraint) error {
	name := k.Name.Name
	if name == "" {
		cols := m.b.tempCols(m.d)
		bound, err := m.b.tempConditions(&plan.TempDef{Name: m.d.Name, Checks: []plan.TempCheck{{Text: k.Text}}}, cols)
		if err != nil {
			return err
		}
		name = m.d.Name
		read := map[plan.ColID]bool{}
		plan.Columns(bound[0].X, read)
		for _, c := range cols {
			if read[c.ID] && len(read) == 1 {
				name += "_" + c.Name
			}
		}
		name = m.free(name + "_check")
	}
	m.d.Checks = append(m.d.Checks, plan.TempCheck{Name: name, Text: k.Text})
	return nil
}

// free numbers a name that another constraint has.
func (m *tempMaker) free(name string) string {
	taken := map[string]bool{}
	for _, c := range m.d.Checks {
		taken[c.Name] = true
	}
	for _, k := range m.d.Keys {
		taken[k.Name] = true
	}
	out := name
	for i := 1; taken[out]; i++ {
		out = fmt.Sprint(name, i)
	}
	return out
}

func (m *tempMaker) key(k *ast.TempConstraint, col int) error {
	key := plan.TempKey{Name: k.Name.Name, Primary: k.Kind == "primary key", Columns: []int{col}}
	if col < 0 {
		key.Columns = nil
		for _, id := range k.Columns {
			i := tempColumn(m.d, id)
			if i < 0 {
				return m.b.fail(id.Pos, fault.CodeUndefinedColumn, "column %q named in key does not exist", id.Name)
			}
			key.Columns = append(key.Columns, i)
		}
	}
	suffix := "_pkey"
	name := m.d.Name
	for _, i := range key.Columns {
		c := &m.d.Columns[i]
		if c.Type.IsNested() {
			return m.b.unsupported(k.Pos, "a key over column %q of type %s is not supported", c.Name, c.Type)
		}
		if key.Primary {
			c.NotNull = true
		} else {
			name, suffix = name+"_"+c.Name, "_key"
		}
	}
	for _, other := range m.d.Keys {
		if other.Primary && key.Primary {
			return m.b.fail(k.Pos, fault.CodeInvalidTableDef, "multiple primary keys for table %q are not allowed", m.d.Name)
		}
	}
	if key.Name == "" {
		key.Name = m.free(name + suffix)
	}
	m.d.Keys = append(m.d.Keys, key)
	return nil
}

// tempColumn finds a column by name, -1 if there is none.
func tempColumn(d *plan.TempDef, id ast.Ident) int {
	for _, fold := range []bool{false, true} {
		for i := range d.Columns {
			if sameName(d.Columns[i].Name, id.Name, fold && !id.Quoted) {
				return i
			}
		}
	}
	return -1
}

// tempCols makes plan columns for the columns of a table.
func (b *binder) tempCols(d *plan.TempDef) []plan.Column {
	out := make([]plan.Column, len(d.Columns))
	for i, c := range d.Columns {
		out[i] = b.newCol(c.Name, c.Type)
	}
	return out
}

// stored binds an expression that a table keeps as text; errors point to pos.
func (b *binder) stored(text string, c *exprCtx, pos ast.Pos, bind func(ast.Expr) (plan.Expr, error)) (plan.Expr, error) {
	e, err := parse.ParseExpr(text)
	if err != nil {
		return nil, b.located(err, pos)
	}
	saved := b.at
	b.at = b.pos(pos)
	defer func() { b.at = saved }()
	return bind(e)
}

// tempConditions binds the CHECK constraints over the table's columns.
func (b *binder) tempConditions(d *plan.TempDef, cols []plan.Column) ([]plan.TempCondition, error) {
	if len(d.Checks) == 0 {
		return nil, nil
	}
	r := &relation{schema: plan.TempSchema, name: d.Name}
	for _, col := range cols {
		r.cols = append(r.cols, relCol{name: col.Name, x: plan.Ref(col)})
	}
	c := &exprCtx{sc: &scope{rels: []*relation{r}, cols: r.cols}, clause: "check constraints"}
	var out []plan.TempCondition
	for _, k := range d.Checks {
		x, err := b.stored(k.Text, c, 1, func(e ast.Expr) (plan.Expr, error) { return b.condition(c, e) })
		if err != nil {
			return nil, err
		}
		out = append(out, plan.TempCondition{Name: k.Name, X: x})
	}
	return out, nil
}

// tempDefault binds the value of a column that is not given: its default or
// NULL.
func (b *binder) tempDefault(col *plan.TempColumn, pos ast.Pos) (plan.Expr, error) {
	if col.Default == "" {
		return &plan.Const{Value: types.NullOf(carrier(col.Type))}, nil
	}
	c := &exprCtx{sc: &scope{}, clause: "DEFAULT expressions"}
	return b.stored(col.Default, c, pos, func(e ast.Expr) (plan.Expr, error) {
		x, err := b.expr(c, e)
		if err != nil {
			return nil, err
		}
		return b.assign(x, col, e.Position(), "default expression")
	})
}
