package glue

import (
	"context"
	"sort"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"
)

func databaseKey(name string) string        { return "database\x00" + name }
func tablesKey(database string) string      { return "tables\x00" + database }
func tableKey(database, name string) string { return "table\x00" + database + "\x00" + name }

const databasesKey = "databases"

// Databases gives all databases by name.
func (c *Catalog) Databases(ctx context.Context) ([]*catalog.Database, error) {
	return cached(ctx, c, databasesKey, c.loadDatabases)
}

func (c *Catalog) loadDatabases(ctx context.Context) ([]*catalog.Database, error) {
	var found []gluetypes.Database
	pages := glue.NewGetDatabasesPaginator(c.api, &glue.GetDatabasesInput{CatalogId: c.catalogID(), MaxResults: aws.Int32(pageTables)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, model.Fault(err, model.Database, "list the databases")
		}
		found = append(found, page.DatabaseList...)
	}
	return c.databases(ctx, found)
}

// databases gives Glue's databases as the catalog's, by name, with their IDs.
func (c *Catalog) databases(ctx context.Context, found []gluetypes.Database) ([]*catalog.Database, error) {
	out := make([]*catalog.Database, len(found))
	objects := make([]named, len(found))
	for i := range found {
		out[i] = model.DatabaseFrom(&found[i])
		objects[i] = named{objectKey(out[i].Name, ""), out[i].Created}
	}
	ids, err := c.identify(ctx, objects)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].ID = ids[i]
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// Database finds a database. A missing one is 3F000 with the nearest name as
// the hint.
func (c *Catalog) Database(ctx context.Context, name string) (*catalog.Database, error) {
	d, err := cached(ctx, c, databaseKey(fold(name)), func(ctx context.Context) (*catalog.Database, error) {
		out, err := c.api.GetDatabase(ctx, &glue.GetDatabaseInput{CatalogId: c.catalogID(), Name: aws.String(fold(name))})
		if err != nil {
			return nil, model.Fault(err, model.Database, "read database "+name)
		}
		if out.Database == nil {
			return nil, answerLacks("GetDatabase", "Database")
		}
		ds, err := c.databases(ctx, []gluetypes.Database{*out.Database})
		if err != nil {
			return nil, err
		}
		return ds[0], nil
	})
	if !fault.Is(err, fault.CodeInvalidSchemaName) {
		return d, err
	}
	missing := fault.New(fault.CodeInvalidSchemaName, "database %q does not exist", name)
	ds, err := c.Databases(ctx)
	if err != nil {
		return nil, missing // the hint is all that is lost
	}
	names := make([]string, len(ds))
	for i, d := range ds {
		names[i] = d.Name
	}
	return nil, nearest(missing, name, names)
}

func nearest(f *fault.Error, name string, names []string) error {
	if near := fault.Nearest(name, names); near != "" {
		return f.WithHint("Did you mean %q?", near)
	}
	return f
}

func answerLacks(operation, field string) error {
	return fault.New(fault.CodeExternal, "AWS Glue: the answer to %s has no %s", operation, field)
}

// Tables gives a database's tables by name.
func (c *Catalog) Tables(ctx context.Context, database string) ([]*catalog.Table, error) {
	ts, err := cached(ctx, c, tablesKey(fold(database)), func(ctx context.Context) ([]*catalog.Table, error) {
		return c.loadTables(ctx, fold(database))
	})
	if fault.Is(err, fault.CodeInvalidSchemaName) {
		_, err = c.Database(ctx, database)
	}
	return ts, err
}

func (c *Catalog) loadTables(ctx context.Context, database string) ([]*catalog.Table, error) {
	var found []gluetypes.Table
	changes := c.cache.now()
	pages := glue.NewGetTablesPaginator(c.api, &glue.GetTablesInput{CatalogId: c.catalogID(), DatabaseName: &database,
		MaxResults: aws.Int32(pageTables)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, model.Fault(err, model.Database, "list the tables of "+database)
		}
		found = append(found, page.TableList...)
	}
	ts, err := c.tables(ctx, found)
	if err != nil {
		return nil, err
	}
	for _, t := range ts {
		c.cache.put(tableKey(t.Database, t.Name), t, changes)
	}
	return ts, nil
}

// tables gives Glue's tables as the catalog's, by name, with their IDs.
func (c *Catalog) tables(ctx context.Context, found []gluetypes.Table) ([]*catalog.Table, error) {
	out := make([]*catalog.Table, len(found))
	objects := make([]named, len(found))
	for i := range found {
		t := model.TableFrom(&found[i])
		takeTypes(t.Columns)
		takeTypes(t.PartitionKeys)
		out[i], objects[i] = t, named{objectKey(t.Database, t.Name), t.Created}
	}
	ids, err := c.identify(ctx, objects)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].ID = ids[i]
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

// Table finds a table or a view. What is missing is 3F000 or 42P01, with the
// nearest name as the hint.
func (c *Catalog) Table(ctx context.Context, database, name string) (*catalog.Table, error) {
	t, err := cached(ctx, c, tableKey(fold(database), fold(name)), func(ctx context.Context) (*catalog.Table, error) {
		return c.loadTable(ctx, fold(database), fold(name))
	})
	return t, c.explainMissing(ctx, err, database, name)
}

func (c *Catalog) loadTable(ctx context.Context, database, name string) (*catalog.Table, error) {
	out, err := c.api.GetTable(ctx, &glue.GetTableInput{CatalogId: c.catalogID(), DatabaseName: &database, Name: &name})
	if err != nil {
		return nil, model.Fault(err, model.Table, "read table "+database+"."+name)
	}
	if out.Table == nil {
		return nil, answerLacks("GetTable", "Table")
	}
	ts, err := c.tables(ctx, []gluetypes.Table{*out.Table})
	if err != nil {
		return nil, err
	}
	return ts[0], nil
}

// explainMissing turns Glue's bare "Entity Not Found" into which of the two is
// missing, with the nearest name.
func (c *Catalog) explainMissing(ctx context.Context, err error, database, name string) error {
	if !fault.Is(err, fault.CodeUndefinedTable) {
		return err
	}
	if _, missing := c.Database(ctx, database); missing != nil {
		return missing
	}
	f := fault.New(fault.CodeUndefinedTable, "table %q does not exist in database %q", name, fold(database))
	ts, listErr := c.Tables(ctx, database)
	if listErr != nil {
		return f
	}
	names := make([]string, len(ts))
	for i, t := range ts {
		names[i] = t.Name
	}
	return nearest(f, name, names)
}

// freshTable reads a table past the cache.
func (c *Catalog) freshTable(ctx context.Context, database, name string) (*catalog.Table, error) {
	t, err := fresh(ctx, c, tableKey(fold(database), fold(name)), func(ctx context.Context) (*catalog.Table, error) {
		return c.loadTable(ctx, fold(database), fold(name))
	})
	return t, c.explainMissing(ctx, err, database, name)
}
