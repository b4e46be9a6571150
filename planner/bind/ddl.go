package bind

import (
	"maps"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// Names of databases and tables are kept in lower case, as Hive and Glue do.

func (b *binder) createDatabase(s *ast.CreateDatabase) (plan.Statement, error) {
	d := &catalog.Database{Name: strings.ToLower(s.Name.Name), Description: s.Comment, Location: s.Location, Parameters: map[string]string{}}
	for _, p := range s.Properties {
		d.Parameters[p.Key] = p.Value
	}
	if b.reserved(d.Name) {
		return nil, b.fail(s.Name.Pos, fault.CodeDuplicateSchema, "schema %q already exists", d.Name)
	}
	return &plan.CreateDatabase{Database: d, IfNotExists: s.IfNotExists}, nil
}

// reserved reports whether a schema is the engine's own.
func (b *binder) reserved(name string) bool {
	if b.cfg.Virtual == nil {
		return false
	}
	for _, v := range b.cfg.Virtual.VirtualSchemas() {
		if v == name {
			return true
		}
	}
	return false
}

func (b *binder) dropDatabase(s *ast.DropDatabase) (plan.Statement, error) {
	name := s.Name.Name
	if b.reserved(strings.ToLower(name)) {
		return nil, b.fail(s.Name.Pos, fault.CodeInsufficientPriv, "cannot drop schema %q because it is required by the database system", name)
	}
	d, err := b.cfg.Catalog.Database(b.ctx, name)
	switch {
	case err == nil:
		name = d.Name
	case !s.IfExists || !fault.Is(err, fault.CodeInvalidSchemaName):
		return nil, b.located(err, s.Name.Pos)
	}
	return &plan.DropDatabase{Name: name, IfExists: s.IfExists, Cascade: s.Cascade}, nil
}

// target resolves the name of an object to be made: its database, which must
// exist, and its own name.
func (b *binder) target(name ast.Name) (database, object string, err error) {
	if len(name) > 3 {
		return "", "", b.fail(name.Position(), fault.CodeSyntax, "improper qualified name (too many dotted names): %s", name)
	}
	if len(name) == 3 {
		if err := b.checkCatalog(name); err != nil {
			return "", "", err
		}
		name = name[1:]
	}
	object = strings.ToLower(name.Last().Name)
	if len(name) == 2 {
		if b.reserved(strings.ToLower(name[0].Name)) {
			return "", "", b.fail(name[0].Pos, fault.CodeInsufficientPriv, "permission denied for schema %s", name[0].Name)
		}
		d, err := b.cfg.Catalog.Database(b.ctx, name[0].Name)
		if err != nil {
			return "", "", b.located(err, name[0].Pos)
		}
		return d.Name, object, nil
	}
	for _, schema := range b.path {
		if d, err := b.cfg.Catalog.Database(b.ctx, schema); err == nil {
			return d.Name, object, nil
		}
	}
	return "", "", b.fail(name.Position(), fault.CodeInvalidSchemaName, "no schema has been selected to create in").
		WithHint("Name the database: CREATE ... database.%s, or SET search_path.", object)
}

// existing finds a table or view that a command is about.
func (b *binder) existing(name ast.Name) (*catalog.Table, error) {
	v, t, err := b.lookup(name)
	if err != nil {
		return nil, err
	}
	if _, ok := v.(plan.TempTable); ok || t != nil && t.Database == plan.TempSchema {
		return nil, b.fail(name.Position(), fault.CodeWrongObjectType, "%q is a temporary table", name.Last().Name)
	}
	if v != nil {
		return nil, b.fail(name.Position(), fault.CodeInsufficientPriv, "permission denied: %q is a system catalog", name.String())
	}
	return t, nil
}

func (b *binder) existingTable(name ast.Name) (*catalog.Table, error) {
	t, err := b.existing(name)
	if err == nil && t.Kind == catalog.VirtualView {
		return nil, b.fail(name.Position(), fault.CodeWrongObjectType, "%q is not a table", t.Name)
	}
	return t, err
}

func (b *binder) notPartitioned(table string, pos ast.Pos) error {
	return b.fail(pos, fault.CodeWrongObjectType, "table %q is not partitioned", table)
}

// drop binds all that is to be dropped, so that one that is missing drops none.
func (b *binder) drop(s *ast.Drop) (plan.Statement, error) {
	out := &plan.Drops{}
	for _, name := range s.Names {
		d, err := b.dropOne(s, name)
		if err != nil || len(s.Names) == 1 {
			return d, err
		}
		if !slices.ContainsFunc(out.Each, func(other plan.Statement) bool { return sameDrop(d, other) }) {
			out.Each = append(out.Each, d)
		}
	}
	return out, nil
}

// sameDrop reports whether two statements drop the same table.
func sameDrop(a, b plan.Statement) bool {
	switch a := a.(type) {
	case *plan.DropTable:
		b, ok := b.(*plan.DropTable)
		return ok && *a == *b
	case *plan.DropTemp:
		b, ok := b.(*plan.DropTemp)
		return ok && a.Table.OID() == b.Table.OID()
	}
	return false
}

func (b *binder) dropOne(s *ast.Drop, name ast.Name) (plan.Statement, error) {
	if t, ok := b.tempNamed(name); ok {
		return b.dropTemp(s, name, t)
	}
	view := s.Kind == "view"
	t, err := b.existing(name)
	if err != nil {
		if !s.IfExists || !undefined(err) {
			return nil, err
		}
		d := &plan.DropTable{Name: name.Last().Name, View: view, IfExists: true}
		if len(name) > 1 {
			d.Database = name[len(name)-2].Name
		} else if len(b.path) > 0 {
			d.Database = b.path[0]
		}
		return d, nil
	}
	if (t.Kind == catalog.VirtualView) != view {
		other := map[bool]string{true: "view", false: "table"}
		return nil, b.fail(name.Position(), fault.CodeWrongObjectType, "%q is not a %s", t.Name, other[view]).
			WithHint("Use DROP %s to remove a %s.", strings.ToUpper(other[!view]), other[!view])
	}
	return &plan.DropTable{Database: t.Database, Name: t.Name, View: view, IfExists: s.IfExists}, nil
}

// createView binds the query to learn the columns, and keeps its text.
func (b *binder) createView(s *ast.CreateView) (plan.Statement, error) {
	database, name, err := b.target(s.Name)
	if err != nil {
		return nil, err
	}
	params := map[string]string{}
	if s.Alter {
		old, err := b.existingView(s.Name)
		if err != nil {
			return nil, err
		}
		database, name, s.Comment = old.Database, old.Name, old.Description
		maps.Copy(params, old.Parameters)
		delete(params, paramDialect)
	}
	for _, p := range s.Properties {
		params[p.Key] = p.Value
	}
	if d, ok := params[paramDialect]; ok {
		if err := b.viewDialect(d, s.Pos); err != nil {
			return nil, err
		}
	}
	params[paramDialect] = b.dialect.String()
	r, err := b.query(s.Query, nil, nil)
	if err != nil {
		return nil, err
	}
	if len(b.params) > 0 {
		return nil, b.fail(s.Pos, fault.CodeUndefinedParameter, "a view cannot have parameters")
	}
	r = b.settleOpen(r, true)
	if len(s.Columns) > len(r.cols) {
		return nil, b.fail(s.Columns[0].Pos, fault.CodeSyntax, "CREATE VIEW specifies more column names than columns")
	}
	t := &catalog.Table{
		Database: database, Name: name, Kind: catalog.VirtualView, Description: s.Comment, ViewText: s.Text, ViewDatabase: database,
		Parameters: params,
	}
	if len(b.path) > 0 {
		t.ViewDatabase = b.path[0]
	}
	seen := map[string]bool{}
	for i, c := range r.cols {
		comment := ""
		if i < len(s.Columns) {
			c.name, comment = s.Columns[i].Name, s.Comments[i]
		}
		if seen[c.name] {
			return nil, b.fail(s.Query.Pos, fault.CodeDuplicateColumn, "column %q specified more than once", c.name)
		}
		seen[c.name] = true
		t.Columns = append(t.Columns, catalog.Column{Name: c.name, Type: c.typ, Comment: comment})
	}
	if old, err := b.table(database, name, s.Name.Position()); err == nil && old.Kind != catalog.VirtualView {
		return nil, b.fail(s.Name.Position(), fault.CodeDuplicateTable, "relation %q already exists and is not a view", name)
	}
	return &plan.CreateTable{Table: t, IfNotExists: s.IfNotExists, OrReplace: s.OrReplace || s.Alter}, nil
}

// existingView finds what ALTER VIEW names.
func (b *binder) existingView(name ast.Name) (*catalog.Table, error) {
	t, err := b.existing(name)
	if err == nil && t.Kind != catalog.VirtualView {
		err = b.fail(name.Position(), fault.CodeWrongObjectType, "%q is not a view", t.Name).WithHint("Write ALTER TABLE.")
	}
	return t, err
}

// viewDialect sets the dialect that a view's text is in. The binder is for this
// one statement.
func (b *binder) viewDialect(name string, pos ast.Pos) error {
	switch name {
	case plan.Postgres.String():
		b.dialect = plan.Postgres
	case plan.Athena.String():
		b.dialect = plan.Athena
	default:
		return b.fail(pos, fault.CodeInvalidParameter, "property %s must be postgres or athena, not %q", paramDialect, name)
	}
	return nil
}

func (b *binder) alterTable(s *ast.AlterTable) (plan.Statement, error) {
	if t, ok := b.tempNamed(s.Name); ok {
		return b.alterTemp(s, t)
	}
	find := b.existingTable
	if s.View {
		find = b.existingView
	}
	t, err := find(s.Name)
	if err != nil {
		return nil, err
	}
	switch a := s.Action.(type) {
	case ast.AddPartitions:
		return b.addPartitions(t, a)
	case ast.DropPartitions:
		return b.dropPartitions(t, a)
	case ast.AddColumns:
		return b.addColumns(t, a)
	case ast.SetLocation:
		if a.Spec != nil {
			return b.setPartitionLocation(t, a)
		}
		c := *t
		c.Storage.Location = a.Location
		return &plan.AlterTable{Table: &c}, nil
	case ast.RenamePartition:
		return b.renamePartition(t, a)
	case ast.SetProperties:
		return b.setProperties(t, a)
	case ast.RenameTable:
		return b.rename(t, a)
	case ast.UnsetProperties:
		return b.unsetProperties(t, a)
	case ast.SetSerDe:
		return b.setSerDe(t, a, s.Pos)
	case ast.SetFormat:
		return b.setFormat(t, a, s.Pos)
	case ast.DropColumns:
		return b.dropColumn(t, a)
	case ast.ChangeColumn:
		return b.changeColumn(t, a)
	}
	return nil, b.unsupported(s.Pos, "this ALTER TABLE is not supported")
}

func (b *binder) addColumns(t *catalog.Table, a ast.AddColumns) (plan.Statement, error) {
	c := *t
	if a.Replace {
		c.Columns = nil
	}
	more, err := b.columns(a.Columns)
	if err != nil {
		return nil, err
	}
	c.Columns = append(c.Columns[:len(c.Columns):len(c.Columns)], more...)
	if err := b.uniqueColumns(&c, a.Columns[0].Pos); err != nil {
		return nil, err
	}
	return &plan.AlterTable{Table: &c}, nil
}

func (b *binder) setProperties(t *catalog.Table, a ast.SetProperties) (plan.Statement, error) {
	c := *t
	c.Parameters = map[string]string{}
	for k, v := range t.Parameters {
		c.Parameters[k] = v
	}
	for _, p := range a.Properties {
		switch {
		case strings.EqualFold(p.Key, "classification"):
			c.Format = strings.ToLower(p.Value)
		case strings.EqualFold(p.Key, "comment"):
			c.Description = p.Value
		}
		c.Parameters[p.Key] = p.Value
	}
	if err := b.checkProperties(&c, a.Properties); err != nil {
		return nil, err
	}
	return &plan.AlterTable{Table: &c}, nil
}

func (b *binder) rename(t *catalog.Table, a ast.RenameTable) (plan.Statement, error) {
	c := *t
	c.Name = strings.ToLower(a.To.Last().Name)
	if len(a.To) > 1 {
		database, _, err := b.target(a.To)
		if err != nil {
			return nil, err
		}
		c.Database = database
	}
	return &plan.AlterTable{Table: &c}, nil
}
