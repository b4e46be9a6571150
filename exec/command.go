package exec

import (
	"context"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/planner/plan"
)

// catalogCommand applies a command to the catalog. It is durable when it returns.
func (s *Session) catalogCommand(ctx context.Context, stmt plan.Statement) (*Result, error) {
	c, tag := s.e.o.Catalog, stmt.Tag()
	skip := func(format string, args ...any) (*Result, error) {
		return done(tag, fault.New(fault.CodeSuccess, format, args...)), nil
	}
	switch stmt := stmt.(type) {
	case *plan.CreateDatabase:
		_, err := c.CreateDatabase(ctx, stmt.Database)
		if stmt.IfNotExists && fault.Is(err, fault.CodeDuplicateSchema) {
			return done(tag, fault.New(fault.CodeDuplicateSchema, "schema %q already exists, skipping", stmt.Database.Name)), nil
		}
		return done(tag), err
	case *plan.DropDatabase:
		err := s.dropDatabase(ctx, stmt)
		if stmt.IfExists && fault.Is(err, fault.CodeInvalidSchemaName) {
			return skip("schema %q does not exist, skipping", stmt.Name)
		}
		return done(tag), err
	case *plan.AlterDatabase:
		_, err := c.UpdateDatabase(ctx, stmt.Database)
		return done(tag), err
	case *plan.CreateFunction:
		return s.createFunction(ctx, stmt)
	case *plan.DropFunction:
		return s.dropFunction(ctx, stmt)
	case *plan.CreateTable:
		return s.createTable(ctx, stmt)
	case *plan.DropTable:
		return s.dropTable(ctx, stmt)
	case *plan.AlterTable:
		_, err := c.UpdateTable(ctx, stmt.Table)
		return done(tag), err
	case *plan.AddPartitions:
		return s.addPartitions(ctx, stmt)
	case *plan.RenamePartition:
		return done(tag), s.renamePartition(ctx, stmt)
	case *plan.SetPartitionLocation:
		return done(tag), s.setPartitionLocation(ctx, stmt)
	case *plan.DropPartitions:
		n, err := c.DropPartitions(ctx, stmt.Table, stmt.Values)
		if err == nil && n == 0 && !stmt.IfExists {
			err = fault.New(fault.CodeUndefinedObject, "table %q has no such partition", stmt.Table.Name)
		}
		return done(tag), err
	case *plan.Repair:
		return s.repair(ctx, stmt)
	}
	return nil, fault.New(fault.CodeInternal, "no way to execute %T", stmt)
}

func (s *Session) createTable(ctx context.Context, stmt *plan.CreateTable) (*Result, error) {
	c, t := s.e.o.Catalog, stmt.Table
	_, err := c.CreateTable(ctx, t)
	if err == nil {
		return done(stmt.Tag(), s.advice(ctx, stmt)...), nil
	}
	if !fault.Is(err, fault.CodeDuplicateTable) {
		return done(stmt.Tag()), err
	}
	switch {
	case stmt.IfNotExists:
		return done(stmt.Tag(), fault.New(fault.CodeDuplicateTable, "relation %q already exists, skipping", t.Name)), nil
	case !stmt.OrReplace:
		return nil, err
	}
	old, err := c.Table(ctx, t.Database, t.Name)
	if err != nil {
		return nil, err
	}
	if old.Kind != t.Kind {
		return nil, fault.New(fault.CodeWrongObjectType, "%q is a %s", old.Name, tableKind(old))
	}
	fresh := *t
	fresh.ID, fresh.Version, fresh.Created = old.ID, old.Version, old.Created
	_, err = c.UpdateTable(ctx, &fresh)
	return done(stmt.Tag()), err
}

func (s *Session) dropTable(ctx context.Context, stmt *plan.DropTable) (*Result, error) {
	c := s.e.o.Catalog
	t, err := c.Table(ctx, stmt.Database, stmt.Name)
	if missing := fault.Is(err, fault.CodeUndefinedTable) || fault.Is(err, fault.CodeInvalidSchemaName); missing && stmt.IfExists {
		return done(stmt.Tag(), fault.New(fault.CodeSuccess, "%s %q does not exist, skipping", dropKind(stmt), stmt.Name)), nil
	}
	if err != nil {
		return nil, err
	}
	if (t.Kind == catalog.VirtualView) != stmt.View {
		return nil, fault.New(fault.CodeWrongObjectType, "%q is not a %s", t.Name, dropKind(stmt)).
			WithHint("Use DROP %s to remove a %s.", map[bool]string{true: "TABLE", false: "VIEW"}[stmt.View], tableKind(t))
	}
	return done(stmt.Tag()), c.DropTable(ctx, t.Database, t.Name)
}

// dropSeveral drops one after the other. That all of them are there was seen when
// the statement was bound.
func (s *Session) dropSeveral(ctx context.Context, p *Prepared, stmt *plan.Drops) (*Result, error) {
	all := done(stmt.Tag())
	for _, each := range stmt.Each {
		one := *p
		one.stmt = each
		r, ok, err := s.tempCommand(ctx, &one, nil)
		if !ok {
			r, err = s.changeCatalog(ctx, each)
		}
		if err != nil {
			return nil, err
		}
		all.notices = append(all.notices, r.notices...)
	}
	return all, nil
}

func dropKind(stmt *plan.DropTable) string {
	if stmt.View {
		return "view"
	}
	return "table"
}
