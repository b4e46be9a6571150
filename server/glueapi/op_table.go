package glueapi

import (
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"
	"github.com/glauxdb/glaux/catalog/lake"

	"github.com/glauxdb/glaux/server/awsapi"
)

// table finds a table as clients name it, in the database that a resource link
// leads to.
func (s *Server) table(ctx context.Context, database, name string) (*catalog.Table, error) {
	db, err := s.target(ctx, database)
	if err != nil {
		return nil, err
	}
	t, err := s.cat.Table(ctx, db, strings.ToLower(name))
	switch {
	case fault.Is(err, fault.CodeUndefinedTable):
		return nil, notFound("%s", hinted("Table "+awsapi.Clip(name)+" not found.", err))
	case fault.Is(err, fault.CodeInvalidSchemaName):
		return nil, notFound("Database %s not found.", awsapi.Clip(database))
	}
	return t, err
}

// dataTable finds a table for an operation on its partitions or statistics:
// those of a resource link are its target's.
func (s *Server) dataTable(ctx context.Context, database, name string) (*catalog.Table, error) {
	for range maxLinks {
		t, err := s.table(ctx, database, name)
		if err != nil {
			return nil, err
		}
		db, to, ok := model.TableLink(t)
		if !ok {
			return t, nil
		}
		database, name = db, to
	}
	return nil, invalid("Table %s is a resource link that leads back to itself.", awsapi.Clip(name))
}

// checkedTable is dataTable for a request that the checks have nothing against.
func (s *Server) checkedTable(ctx context.Context, c *checks, database, name *string) (*catalog.Table, error) {
	if err := c.Err(); err != nil {
		return nil, err
	}
	return s.dataTable(ctx, *database, *name)
}

// glueTable writes a table. A resource link shows what its target has, as far
// as that is there.
func (s *Server) glueTable(ctx context.Context, t *catalog.Table) *gluetypes.Table {
	g := model.ToTable(t)
	g.CatalogId = aws.String(s.catalogID)
	if db, name, ok := model.TableLink(t); ok {
		if to, err := s.dataTable(ctx, db, name); err == nil {
			target := model.ToTable(to)
			g.StorageDescriptor, g.PartitionKeys, g.TableType = target.StorageDescriptor, target.PartitionKeys, target.TableType
			g.Parameters = target.Parameters
			g.ViewOriginalText, g.ViewExpandedText = target.ViewOriginalText, target.ViewExpandedText
		}
	}
	return g
}

// tableFrom reads what a client says of a table and works out its format.
func tableFrom(database string, in *gluetypes.TableInput) *catalog.Table {
	t := model.TableFromInput(database, in)
	t.Format = lake.FormatOf(t)
	return t
}

func (s *Server) createTable(ctx context.Context, in *glue.CreateTableInput) (*glue.CreateTableOutput, error) {
	if in.OpenTableFormatInput != nil {
		return nil, invalid("OpenTableFormatInput is not supported: let an Iceberg client write the table's metadata and create the table with metadata_location.")
	}
	var c checks
	c.name("databaseName", in.DatabaseName)
	c.tableInput(in.TableInput)
	c.Count("partitionIndexes", len(in.PartitionIndexes), 0, maxIndexes)
	for i := range in.PartitionIndexes {
		c.partitionIndex("partitionIndexes", &in.PartitionIndexes[i])
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	db, err := s.target(ctx, *in.DatabaseName)
	if err != nil {
		return nil, err
	}
	t := model.WithCreator(tableFrom(db, in.TableInput), s.userARN(ctx))
	change := catalog.Change{Table: t, Define: true}
	if len(in.PartitionIndexes) > 0 {
		doc, err := s.newIndexes(t, in.PartitionIndexes)
		if err != nil {
			return nil, err
		}
		change.Documents = append(change.Documents, *doc)
	}
	_, err = s.cat.Apply(ctx, change)
	if fault.Is(err, fault.CodeDuplicateTable) {
		return nil, awsapi.NewException(model.AlreadyExists, "Table already exists.")
	}
	if err != nil {
		return nil, err
	}
	return &glue.CreateTableOutput{}, nil
}

func (s *Server) getTable(ctx context.Context, in *glue.GetTableInput) (*glue.GetTableOutput, error) {
	var c checks
	c.name("databaseName", in.DatabaseName)
	c.name("name", in.Name)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if in.QueryAsOfTime != nil {
		return nil, errNotGoverned
	}
	t, err := s.table(ctx, *in.DatabaseName, *in.Name)
	if err != nil {
		return nil, err
	}
	return &glue.GetTableOutput{Table: s.glueTable(ctx, t)}, nil
}

// errNotGoverned refuses to look into the past, which only Lake Formation's
// governed tables had.
var errNotGoverned = invalid("QueryAsOfTime is for governed tables only; see GetTableVersions for what a table was.")

func (s *Server) getTables(ctx context.Context, in *glue.GetTablesInput) (*glue.GetTablesOutput, error) {
	var c checks
	c.name("databaseName", in.DatabaseName)
	limit := c.Between("maxResults", in.MaxResults, 1, 100, 100)
	for _, a := range in.AttributesToGet {
		awsapi.OneOf(&c.Checks, "attributesToGet", a, a.Values())
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	if in.QueryAsOfTime != nil {
		return nil, errNotGoverned
	}
	re, err := pattern("expression", aws.ToString(in.Expression))
	if err != nil {
		return nil, err
	}
	db, err := s.target(ctx, *in.DatabaseName)
	if err != nil {
		return nil, err
	}
	scope := awsapi.Scope("GetTables", db, aws.ToString(in.Expression))
	after, err := resume(scope, in.NextToken, 1)
	if err != nil {
		return nil, err
	}
	tables, err := s.cat.Tables(ctx, db)
	if err != nil {
		return nil, err
	}
	if after != nil {
		tables = tables[sort.Search(len(tables), func(i int) bool { return tables[i].Name > after[0] }):]
	}
	out := &glue.GetTablesOutput{TableList: []gluetypes.Table{}}
	for _, t := range tables {
		if !matches(re, t.Name) {
			continue
		}
		if len(out.TableList) == limit {
			out.NextToken = awsapi.NextToken(scope, aws.ToString(out.TableList[limit-1].Name))
			break
		}
		out.TableList = append(out.TableList, *s.someOf(ctx, t, in.AttributesToGet))
	}
	return out, nil
}

// someOf writes those attributes of a table that were asked for.
func (s *Server) someOf(ctx context.Context, t *catalog.Table, attributes []gluetypes.TableAttributes) *gluetypes.Table {
	if len(attributes) == 0 || slices.Contains(attributes, gluetypes.TableAttributesDefault) ||
		slices.Contains(attributes, gluetypes.TableAttributesLatestIcebergMetadata) {
		return s.glueTable(ctx, t)
	}
	g := &gluetypes.Table{Name: aws.String(t.Name), DatabaseName: aws.String(t.Database), CatalogId: aws.String(s.catalogID)}
	if slices.Contains(attributes, gluetypes.TableAttributesTableType) {
		g.TableType = aws.String(string(t.Kind))
	}
	return g
}

// updateTries is how often an update without a VersionId begins anew when
// someone else was faster: the last one wins, as in Glue.
const updateTries = 5

func (s *Server) updateTable(ctx context.Context, in *glue.UpdateTableInput) (*glue.UpdateTableOutput, error) {
	if in.UpdateOpenTableFormatInput != nil {
		return nil, invalid("UpdateOpenTableFormatInput is not supported: let an Iceberg client write the table's metadata and update metadata_location.")
	}
	var c checks
	c.name("databaseName", in.DatabaseName)
	c.tableInput(in.TableInput)
	c.optionalName("name", in.Name)
	awsapi.OneOf(&c.Checks, "viewUpdateAction", in.ViewUpdateAction, in.ViewUpdateAction.Values())
	if err := c.Err(); err != nil {
		return nil, err
	}
	if in.Name != nil && !strings.EqualFold(*in.Name, *in.TableInput.Name) {
		return nil, invalid("The name of a table cannot be changed: %s is not %s.", awsapi.Clip(*in.TableInput.Name), awsapi.Clip(*in.Name))
	}
	for try := 1; ; try++ {
		err := s.updateOnce(ctx, in)
		if !fault.Is(err, fault.CodeObjectNotReady) {
			if err != nil {
				return nil, err
			}
			return &glue.UpdateTableOutput{}, nil
		}
		if in.VersionId != nil || try == updateTries {
			return nil, awsapi.NewException(model.ConcurrentModification, "Update table failed due to concurrent modifications.")
		}
	}
}

func (s *Server) updateOnce(ctx context.Context, in *glue.UpdateTableInput) error {
	old, err := s.table(ctx, *in.DatabaseName, *in.TableInput.Name)
	if err != nil {
		return err
	}
	if in.VersionId != nil {
		v, err := versionOf("versionId", *in.VersionId)
		if err != nil {
			return err
		}
		if v != old.Version {
			return awsapi.NewException(model.ConcurrentModification, "Update table failed due to concurrent modifications.")
		}
	}
	t := model.KeepTypes(tableFrom(old.Database, in.TableInput), old)
	t = model.WithCreator(t, model.Creator(old))
	t.ID, t.Version, t.Created = old.ID, old.Version, old.Created
	change := catalog.Change{Table: t, Define: true, SkipArchive: aws.ToBool(in.SkipArchive)}
	if t.Storage.Location != old.Storage.Location && len(old.PartitionKeys) > 0 {
		if change.Alter, err = s.pinned(ctx, old); err != nil {
			return err
		}
	}
	_, err = s.cat.Apply(ctx, change)
	return err
}

func (s *Server) deleteTable(ctx context.Context, in *glue.DeleteTableInput) (*glue.DeleteTableOutput, error) {
	var c checks
	c.name("databaseName", in.DatabaseName)
	c.name("name", in.Name)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if err := s.dropTable(ctx, *in.DatabaseName, *in.Name); err != nil {
		return nil, err
	}
	return &glue.DeleteTableOutput{}, nil
}

func (s *Server) dropTable(ctx context.Context, database, name string) error {
	t, err := s.table(ctx, database, name)
	if err != nil {
		return err
	}
	if err := s.cat.DropTable(ctx, t.Database, t.Name); err != nil {
		return err
	}
	return s.dropTags(ctx, resource("table", t.Database, t.Name))
}

func (s *Server) batchDeleteTable(ctx context.Context, in *glue.BatchDeleteTableInput) (*glue.BatchDeleteTableOutput, error) {
	var c checks
	c.name("databaseName", in.DatabaseName)
	if c.Present("tablesToDelete", in.TablesToDelete) {
		c.Count("tablesToDelete", len(in.TablesToDelete), 0, 100)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	if _, err := s.target(ctx, *in.DatabaseName); err != nil {
		return nil, err
	}
	out := &glue.BatchDeleteTableOutput{Errors: []gluetypes.TableError{}}
	for _, name := range in.TablesToDelete {
		if err := s.dropTable(ctx, *in.DatabaseName, name); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			out.Errors = append(out.Errors, gluetypes.TableError{TableName: aws.String(name), ErrorDetail: detail(err)})
		}
	}
	return out, nil
}

// detail writes the error of one item of a batch.
func detail(err error) *gluetypes.ErrorDetail {
	e := exceptionOf(err)
	return &gluetypes.ErrorDetail{ErrorCode: aws.String(e.Name), ErrorMessage: aws.String(e.Message)}
}
