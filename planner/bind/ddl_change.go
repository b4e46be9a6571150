package bind

import (
	"maps"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/ddl"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// This file binds what changes one thing of a table or a database. Objects of the
// catalog are immutable: each action makes a copy.

func (b *binder) unsetProperties(t *catalog.Table, a ast.UnsetProperties) (plan.Statement, error) {
	c := *t
	c.Parameters = maps.Clone(t.Parameters)
	for _, k := range a.Keys {
		if _, ok := c.Parameters[k.Key]; !ok && !a.IfExists {
			return nil, b.fail(k.Pos, fault.CodeUndefinedObject, "table %q has no property %q", t.Name, k.Key).
				WithHint("UNSET TBLPROPERTIES IF EXISTS passes over it.")
		}
		delete(c.Parameters, k.Key)
		if strings.EqualFold(k.Key, "comment") {
			c.Description = ""
		}
	}
	return &plan.AlterTable{Table: &c}, nil
}

// setSerDe changes the class that reads a table, its properties, or both. Another
// class means another format; properties are added to those that are there.
func (b *binder) setSerDe(t *catalog.Table, a ast.SetSerDe, pos ast.Pos) (plan.Statement, error) {
	c := *t
	c.Storage.SerDeParams = maps.Clone(t.Storage.SerDeParams)
	if c.Storage.SerDeParams == nil {
		c.Storage.SerDeParams = map[string]string{}
	}
	for _, p := range a.Properties {
		c.Storage.SerDeParams[p.Key] = p.Value
	}
	if a.Class != "" {
		c.Format, c.Storage.SerDe, c.Storage.InputFormat, c.Storage.OutputFormat = "", a.Class, "", ""
		c.Parameters = maps.Clone(t.Parameters)
		delete(c.Parameters, "classification")
		if c.Format = lake.FormatOf(&c); c.Format == "" {
			return nil, b.unsupported(pos, "SerDe %q is not supported", a.Class)
		}
		fillClasses(&c.Storage, c.Format)
	}
	return &plan.AlterTable{Table: &c}, nil
}

func (b *binder) setFormat(t *catalog.Table, a ast.SetFormat, pos ast.Pos) (plan.Statement, error) {
	c := *t
	old := t.Storage
	c.Storage.InputFormat, c.Storage.OutputFormat, c.Storage.SerDe, c.Storage.SerDeParams = "", "", "", map[string]string{}
	s := &ast.CreateTable{StoredAs: a.Format, InputFormat: a.Input, OutputFormat: a.Output}
	s.Pos = pos
	if a.Format == "" { // Hive: classes alone leave the SerDe as it is
		s.RowFormat = &ast.RowFormat{SerDe: old.SerDe}
	}
	if err := b.storage(&c, s); err != nil {
		return nil, err
	}
	if c.Format == t.Format || a.Format == "" {
		c.Storage.SerDeParams = maps.Clone(old.SerDeParams)
	}
	c.Parameters = maps.Clone(t.Parameters)
	delete(c.Parameters, "classification")
	return &plan.AlterTable{Table: &c}, nil
}

// columnAt finds a column of the files by its name.
func (b *binder) columnAt(t *catalog.Table, id ast.Ident) (int, error) {
	is := func(c catalog.Column) bool { return strings.EqualFold(c.Name, id.Name) }
	if i := slices.IndexFunc(t.Columns, is); i >= 0 {
		return i, nil
	}
	if slices.ContainsFunc(t.PartitionKeys, is) {
		return 0, b.fail(id.Pos, fault.CodeWrongObjectType, "%q is a partition key of table %q, which its folders spell", id.Name, t.Name)
	}
	err := b.fail(id.Pos, fault.CodeUndefinedColumn, "column %q of relation %q does not exist", id.Name, t.Name)
	names := make([]string, len(t.Columns))
	for i := range t.Columns {
		names[i] = t.Columns[i].Name
	}
	if near := fault.Nearest(id.Name, names); near != "" {
		return 0, err.WithHint("Did you mean %q?", near)
	}
	return 0, err
}

// dropColumn takes a column out of the description; files stay as they are.
func (b *binder) dropColumn(t *catalog.Table, a ast.DropColumns) (plan.Statement, error) {
	c := *t
	i, err := b.columnAt(t, a.Name)
	switch {
	case err != nil && a.IfExists && fault.Is(err, fault.CodeUndefinedColumn):
		return &plan.AlterTable{Table: &c}, nil
	case err != nil:
		return nil, err
	case len(t.Columns) == 1:
		return nil, b.fail(a.Name.Pos, fault.CodeWrongObjectType, "table %q has no other column", t.Name)
	}
	if slices.ContainsFunc(t.Storage.BucketColumns, func(n string) bool { return strings.EqualFold(n, a.Name.Name) }) {
		return nil, b.fail(a.Name.Pos, fault.CodeWrongObjectType, "table %q is clustered by column %q", t.Name, a.Name.Name)
	}
	c.Columns = slices.Delete(slices.Clone(t.Columns), i, i+1)
	return &plan.AlterTable{Table: &c}, nil
}

func (b *binder) changeColumn(t *catalog.Table, a ast.ChangeColumn) (plan.Statement, error) {
	i, err := b.columnAt(t, a.Old)
	if err != nil {
		return nil, err
	}
	defs, err := b.columns([]ast.ColumnDef{a.Column})
	if err != nil {
		return nil, err
	}
	col := defs[0]
	if a.Column.Comment == "" {
		col.Comment = t.Columns[i].Comment
	}
	c := *t
	c.Columns = slices.Delete(slices.Clone(t.Columns), i, i+1)
	switch {
	case a.First:
		i = 0
	case a.After.Name != "":
		if i, err = b.columnAt(&c, a.After); err != nil {
			return nil, err
		}
		i++
	}
	c.Columns = slices.Insert(c.Columns, i, col)
	for j, n := range c.Storage.BucketColumns {
		if strings.EqualFold(n, a.Old.Name) {
			c.Storage.BucketColumns = slices.Clone(c.Storage.BucketColumns)
			c.Storage.BucketColumns[j] = col.Name
		}
	}
	return &plan.AlterTable{Table: &c}, b.uniqueColumns(&c, a.Column.Pos)
}

// database finds a database that a command is about.
func (b *binder) database(id ast.Ident) (*catalog.Database, error) {
	if b.reserved(strings.ToLower(id.Name)) {
		return nil, b.fail(id.Pos, fault.CodeInsufficientPriv, "permission denied for schema %s", id.Name)
	}
	d, err := b.cfg.Catalog.Database(b.ctx, id.Name)
	if err != nil {
		return nil, b.located(err, id.Pos)
	}
	return d, nil
}

func (b *binder) alterDatabase(s *ast.AlterDatabase) (plan.Statement, error) {
	d, err := b.database(s.Name)
	if err != nil {
		return nil, err
	}
	c := *d
	if s.Location != "" {
		c.Location = s.Location
	}
	c.Parameters = map[string]string{}
	maps.Copy(c.Parameters, d.Parameters)
	for _, p := range s.Properties {
		c.Parameters[p.Key] = p.Value
	}
	return &plan.AlterDatabase{Database: &c, Command: "ALTER DATABASE"}, nil
}

// externalSchema makes the database of Redshift's CREATE EXTERNAL SCHEMA. A schema
// is a database of the catalog here and has no other name.
func (b *binder) externalSchema(s *ast.ExternalSchema) (plan.Statement, error) {
	name := strings.ToLower(s.Name.Name)
	if s.Database != "" && !strings.EqualFold(s.Database, name) {
		return nil, b.unsupported(s.Pos, "schema %q cannot stand for database %q: a schema is a database of the catalog", name, s.Database).
			WithHint("Use %s.table, or SET search_path = %s.", s.Database, s.Database)
	}
	id := s.Name
	_, err := b.cfg.Catalog.Database(b.ctx, name)
	if err != nil && !s.Create && fault.Is(err, fault.CodeInvalidSchemaName) {
		return nil, fault.As(b.located(err, id.Pos)).WithHint("Add CREATE EXTERNAL DATABASE IF NOT EXISTS.")
	}
	c := &ast.CreateDatabase{Name: id, IfNotExists: true}
	c.Pos = s.Pos
	return b.createDatabase(c)
}

// comment binds COMMENT ON, which describes a database, a table, a view or a column.
func (b *binder) comment(s *ast.Comment) (plan.Statement, error) {
	const tag = "COMMENT"
	if s.Kind == "database" {
		d, err := b.database(s.Name.Last())
		if err != nil {
			return nil, err
		}
		c := *d
		c.Description = s.Text
		return &plan.AlterDatabase{Database: &c, Command: tag}, nil
	}
	name := s.Name
	if s.Kind == "column" {
		if len(name) < 2 {
			return nil, b.fail(name.Position(), fault.CodeSyntax, "column name must be qualified").WithHint("Write COMMENT ON COLUMN table.column.")
		}
		name = name[:len(name)-1]
	}
	t, err := b.existing(name)
	if err != nil {
		return nil, err
	}
	if view := t.Kind == catalog.VirtualView; s.Kind != "column" && view != (s.Kind == "view") {
		return nil, b.fail(name.Position(), fault.CodeWrongObjectType, "%q is not a %s", t.Name, s.Kind)
	}
	c := *t
	if s.Kind != "column" {
		c.Description = s.Text
		if _, ok := t.Parameters["comment"]; ok { // what Hive's DDL keeps there is shown first by some
			c.Parameters = maps.Clone(t.Parameters)
			delete(c.Parameters, "comment")
		}
		return &plan.AlterTable{Table: &c, Command: tag}, nil
	}
	return &plan.AlterTable{Table: &c, Command: tag}, b.commentColumn(&c, s)
}

func (b *binder) commentColumn(t *catalog.Table, s *ast.Comment) error {
	id := s.Name.Last()
	for _, list := range []*[]catalog.Column{&t.Columns, &t.PartitionKeys} {
		i := slices.IndexFunc(*list, func(c catalog.Column) bool { return strings.EqualFold(c.Name, id.Name) })
		if i >= 0 {
			*list = slices.Clone(*list)
			(*list)[i].Comment = s.Text
			return nil
		}
	}
	_, err := b.columnAt(t, id)
	return err
}

func (b *binder) showCreateDatabase(s *ast.Show) (plan.Statement, error) {
	d, err := b.database(s.Name.Last())
	if err != nil {
		return nil, err
	}
	return b.lines("SHOW", []string{"createdb_stmt"}, column(strings.Split(ddl.Database(d), "\n")))
}
