package glue

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"
)

// CreateDatabase adds a database; one of that name is 42P06.
func (c *Catalog) CreateDatabase(ctx context.Context, d *catalog.Database) (*catalog.Database, error) {
	in := model.ToDatabaseInput(d)
	in.Name = aws.String(fold(d.Name))
	_, err := c.api.CreateDatabase(ctx, &glue.CreateDatabaseInput{CatalogId: c.catalogID(), DatabaseInput: in})
	c.forgetDatabase(d.Name)
	if err != nil {
		err = model.Fault(err, model.Database, "create database "+d.Name)
		if fault.Is(err, fault.CodeDuplicateSchema) {
			return nil, fault.Wrap(err, fault.CodeDuplicateSchema, "database %q already exists", fold(d.Name))
		}
		return nil, err
	}
	return c.Database(ctx, d.Name)
}

// UpdateDatabase replaces what is said of a database. Its name stays: Glue
// cannot rename.
func (c *Catalog) UpdateDatabase(ctx context.Context, d *catalog.Database) (*catalog.Database, error) {
	if err := c.sameName(ctx, d.ID, objectKey(fold(d.Name), ""), "database", d.Name); err != nil {
		return nil, err
	}
	in := model.ToDatabaseInput(d)
	in.Name = aws.String(fold(d.Name))
	_, err := c.api.UpdateDatabase(ctx, &glue.UpdateDatabaseInput{CatalogId: c.catalogID(), Name: in.Name, DatabaseInput: in})
	c.forgetDatabase(d.Name)
	if err != nil {
		return nil, model.Fault(err, model.Database, "change database "+d.Name)
	}
	return c.Database(ctx, d.Name)
}

// sameName refuses a change of the name that an ID stands for.
func (c *Catalog) sameName(ctx context.Context, id int64, key, kind, name string) error {
	if id == 0 {
		return nil
	}
	was, err := c.nameOf(ctx, id)
	if err != nil || was == "" || was == key {
		return err
	}
	return fault.New(fault.CodeFeatureNotSupported, "AWS Glue cannot rename a %s: %s cannot become %s",
		kind, strings.ReplaceAll(was, "\x00", "."), name).
		WithHint("Create it under the new name and drop the old one.")
}

// DropDatabase deletes a database. Glue would delete its tables with it: without
// cascade one that has tables is 2BP01.
func (c *Catalog) DropDatabase(ctx context.Context, name string, cascade bool) error {
	name = fold(name)
	ts, err := c.loadTables(ctx, name)
	if fault.Is(err, fault.CodeInvalidSchemaName) {
		c.forgetDatabase(name)
		_, err = c.Database(ctx, name)
	}
	if err != nil {
		return err
	}
	if len(ts) > 0 && !cascade {
		return fault.New(fault.CodeDependentObjects, "cannot drop database %q because it has %d tables, such as %q", name, len(ts), ts[0].Name).
			WithHint("Use DROP DATABASE ... CASCADE to drop the tables too.")
	}
	_, err = c.api.DeleteDatabase(ctx, &glue.DeleteDatabaseInput{CatalogId: c.catalogID(), Name: &name})
	c.forgetDatabase(name)
	if err != nil {
		return model.Fault(err, model.Database, "drop database "+name)
	}
	keys := []string{objectKey(name, "")}
	for _, t := range ts {
		keys = append(keys, objectKey(name, t.Name))
	}
	return c.forget(ctx, keys...)
}

// forgetDatabase drops what is cached of a database.
func (c *Catalog) forgetDatabase(name string) {
	name = fold(name)
	c.cache.forget(databasesKey, databaseKey(name), tablesKey(name), tableKey(name, ""))
}

// forgetTable drops what is cached of a table.
func (c *Catalog) forgetTable(database, name string, id int64) {
	c.cache.forget(tablesKey(fold(database)), tableKey(fold(database), fold(name)), snapshotsOf(id))
}

// CreateTable adds a table or a view; a taken name is 42P07.
func (c *Catalog) CreateTable(ctx context.Context, t *catalog.Table) (*catalog.Table, error) {
	fresh := *t
	fresh.ID = 0
	return c.define(ctx, &fresh, false)
}

// UpdateTable replaces a table's description; a stale Version is 55000. A new
// name is 0A000: Glue cannot rename.
func (c *Catalog) UpdateTable(ctx context.Context, t *catalog.Table) (*catalog.Table, error) {
	if t.ID == 0 {
		return nil, fault.New(fault.CodeUndefinedTable, "table %s.%s has no ID: it was not read from the catalog", t.Database, t.Name)
	}
	return c.define(ctx, t, false)
}

// define creates (ID 0) or replaces a table.
func (c *Catalog) define(ctx context.Context, t *catalog.Table, skipArchive bool) (*catalog.Table, error) {
	in := model.ToTableInput(withTypes(t))
	in.Name = aws.String(fold(t.Name))
	database := fold(t.Database)
	defer c.forgetTable(database, t.Name, t.ID)
	if t.ID == 0 {
		_, err := c.api.CreateTable(ctx, &glue.CreateTableInput{CatalogId: c.catalogID(), DatabaseName: &database, TableInput: in})
		if err != nil {
			return nil, c.createFault(ctx, err, database, fold(t.Name))
		}
	} else {
		if err := c.sameName(ctx, t.ID, objectKey(database, fold(t.Name)), "table", database+"."+fold(t.Name)); err != nil {
			return nil, err
		}
		_, err := c.api.UpdateTable(ctx, &glue.UpdateTableInput{CatalogId: c.catalogID(), DatabaseName: &database, TableInput: in,
			SkipArchive: aws.Bool(skipArchive), VersionId: aws.String(strconv.FormatInt(t.Version, 10))})
		if err != nil {
			err = model.Fault(err, model.Table, "change table "+database+"."+t.Name)
			if fault.Is(err, fault.CodeObjectNotReady) {
				return nil, fault.Wrap(err, fault.CodeObjectNotReady, "table %s.%s was changed by someone else", database, t.Name).
					WithHint("Read it again and repeat the change.")
			}
			return nil, c.explainMissing(ctx, err, database, t.Name)
		}
	}
	c.forgetTable(database, t.Name, t.ID)
	return c.freshTable(ctx, database, t.Name)
}

// createFault tells a taken name from a missing database.
func (c *Catalog) createFault(ctx context.Context, err error, database, name string) error {
	err = model.Fault(err, model.Table, "create table "+database+"."+name)
	switch {
	case fault.Is(err, fault.CodeDuplicateTable):
		return fault.Wrap(err, fault.CodeDuplicateTable, "table %q already exists in database %q", name, database)
	case fault.Is(err, fault.CodeUndefinedTable):
		if _, missing := c.Database(ctx, database); missing != nil {
			return missing
		}
	}
	return err
}

// DropTable deletes a table or view. Glue deletes its partitions and versions
// later, on its own.
func (c *Catalog) DropTable(ctx context.Context, database, name string) error {
	database, name = fold(database), fold(name)
	t, err := c.Table(ctx, database, name)
	if err != nil {
		return err
	}
	_, err = c.api.DeleteTable(ctx, &glue.DeleteTableInput{CatalogId: c.catalogID(), DatabaseName: &database, Name: &name})
	c.forgetTable(database, name, t.ID)
	if err != nil {
		return c.explainMissing(ctx, model.Fault(err, model.Table, "drop table "+database+"."+name), database, name)
	}
	return c.forget(ctx, objectKey(database, name))
}

// AddPartitions adds what is not there yet and gives how many were added.
func (c *Catalog) AddPartitions(ctx context.Context, t *catalog.Table, ps []catalog.Partition, mustBeNew bool) (int, error) {
	out, err := c.Apply(ctx, catalog.Change{Table: t, Add: ps, MustBeNew: mustBeNew})
	if err != nil {
		return 0, err
	}
	return out.Added, nil
}

// DropPartitions drops the partitions with these values and gives how many
// there were.
func (c *Catalog) DropPartitions(ctx context.Context, t *catalog.Table, values [][]string) (int, error) {
	out, err := c.Apply(ctx, catalog.Change{Table: t, Drop: values})
	if err != nil {
		return 0, err
	}
	return out.Dropped, nil
}

// itemFault gives the fault of one item of a batch.
func itemFault(e *gluetypes.ErrorDetail, about model.Subject, doing string) error {
	if e == nil {
		return fault.New(fault.CodeExternal, "AWS Glue: cannot %s", doing)
	}
	return model.Fault(&itemError{code: aws.ToString(e.ErrorCode), message: aws.ToString(e.ErrorMessage)}, about, doing)
}

// undo deletes a table that a change has made before it failed.
func (c *Catalog) undo(ctx context.Context, t *catalog.Table, cause error) error {
	ctx = context.WithoutCancel(ctx)
	if err := c.DropTable(ctx, t.Database, t.Name); err != nil {
		return errors.Join(cause, err)
	}
	return cause
}
