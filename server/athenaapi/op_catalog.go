package athenaapi

import (
	"context"
	"sort"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"
	"github.com/glauxdb/glaux/server/awsapi"
)

// There is one data catalog, the server's own, under the name that Athena has for
// it. Others would be reached by Lambda functions.

func (s *Server) ownDataCatalog() *athenatypes.DataCatalog {
	return &athenatypes.DataCatalog{Name: aws.String(catalogName), Type: athenatypes.DataCatalogTypeGlue, Description: aws.String("The catalog of this server"),
		Parameters: map[string]string{"catalog-id": s.account}, Status: athenatypes.DataCatalogStatusCreateComplete}
}

// checkCatalog refuses names of catalogs that are not there.
func checkCatalog(member string, name *string) error {
	var c checks
	c.text(member, name, 1, 256)
	if err := c.err(); err != nil {
		return err
	}
	if !ownCatalog(*name) {
		return invalid("DataCatalog %s was not found", awsapi.Clip(*name))
	}
	return nil
}

// getCatalog implements GetDataCatalog.
func (s *Server) getCatalog(_ context.Context, in *athena.GetDataCatalogInput) (*athena.GetDataCatalogOutput, error) {
	if err := checkCatalog("name", in.Name); err != nil {
		return nil, err
	}
	return &athena.GetDataCatalogOutput{DataCatalog: s.ownDataCatalog()}, nil
}

// listCatalogs implements ListDataCatalogs.
func (s *Server) listCatalogs(_ context.Context, in *athena.ListDataCatalogsInput) (*athena.ListDataCatalogsOutput, error) {
	if in.NextToken != nil && *in.NextToken != "" {
		return nil, badToken()
	}
	d := s.ownDataCatalog()
	return &athena.ListDataCatalogsOutput{DataCatalogsSummary: []athenatypes.DataCatalogSummary{{CatalogName: d.Name, Type: d.Type, Status: d.Status}}}, nil
}

// createCatalog implements CreateDataCatalog.
func (s *Server) createCatalog(_ context.Context, in *athena.CreateDataCatalogInput) (*athena.CreateDataCatalogOutput, error) {
	var c checks
	c.text("name", in.Name, 1, 256)
	awsapi.OneOf(&c.Checks, "type", in.Type, in.Type.Values())
	if err := c.err(); err != nil {
		return nil, err
	}
	return nil, invalid("Glaux has one data catalog, %s, and can have no other.", catalogName)
}

// updateCatalog implements UpdateDataCatalog.
func (s *Server) updateCatalog(_ context.Context, in *athena.UpdateDataCatalogInput) (*athena.UpdateDataCatalogOutput, error) {
	if err := checkCatalog("name", in.Name); err != nil {
		return nil, err
	}
	return nil, invalid("DataCatalog %s cannot be changed.", catalogName)
}

// deleteCatalog implements DeleteDataCatalog.
func (s *Server) deleteCatalog(_ context.Context, in *athena.DeleteDataCatalogInput) (*athena.DeleteDataCatalogOutput, error) {
	if err := checkCatalog("name", in.Name); err != nil {
		return nil, err
	}
	return nil, invalid("DataCatalog %s cannot be deleted.", catalogName)
}

// inCatalog makes the exception of what the catalog does not have.
func inCatalog(err error) error {
	f := fault.As(err)
	if f != nil && (f.Code == fault.CodeInvalidSchemaName || f.Code == fault.CodeUndefinedTable) {
		return metadata("%s", faultText(f))
	}
	return err
}

func toDatabase(d *catalog.Database) athenatypes.Database {
	out := athenatypes.Database{Name: aws.String(d.Name), Parameters: d.Parameters}
	if d.Description != "" {
		out.Description = aws.String(d.Description)
	}
	return out
}

// getDatabase implements GetDatabase.
func (s *Server) getDatabase(ctx context.Context, in *athena.GetDatabaseInput) (*athena.GetDatabaseOutput, error) {
	if err := checkCatalog("catalogName", in.CatalogName); err != nil {
		return nil, err
	}
	var c checks
	c.text("databaseName", in.DatabaseName, 1, 128)
	if err := c.err(); err != nil {
		return nil, err
	}
	d, err := s.cat.Database(ctx, *in.DatabaseName)
	if err != nil {
		return nil, inCatalog(err)
	}
	out := toDatabase(d)
	return &athena.GetDatabaseOutput{Database: &out}, nil
}

// listDatabases implements ListDatabases.
func (s *Server) listDatabases(ctx context.Context, in *athena.ListDatabasesInput) (*athena.ListDatabasesOutput, error) {
	if err := checkCatalog("catalogName", in.CatalogName); err != nil {
		return nil, err
	}
	var c checks
	most := c.Between("maxResults", in.MaxResults, 1, maxBatch, maxBatch)
	if err := c.err(); err != nil {
		return nil, err
	}
	all, err := s.cat.Databases(ctx)
	if err != nil {
		return nil, err
	}
	scope := awsapi.Scope("ListDatabases")
	page, next, err := pageOf(all, func(d *catalog.Database) string { return d.Name }, scope, in.NextToken, most)
	if err != nil {
		return nil, err
	}
	out := &athena.ListDatabasesOutput{DatabaseList: make([]athenatypes.Database, len(page)), NextToken: next}
	for i, d := range page {
		out.DatabaseList[i] = toDatabase(d)
	}
	return out, nil
}

// pageOf cuts a page out of objects in the order of their names.
func pageOf[T any](all []T, name func(T) string, scope string, token *string, most int) (page []T, next *string, err error) {
	after, ok := awsapi.Resume(scope, token, 1)
	if !ok {
		return nil, nil, badToken()
	}
	if after != nil {
		all = all[sort.Search(len(all), func(i int) bool { return name(all[i]) > after[0] }):]
	}
	if len(all) > most {
		return all[:most], awsapi.NextToken(scope, name(all[most-1])), nil
	}
	return all, nil, nil
}

func toTable(t *catalog.Table) *athenatypes.TableMetadata {
	g := model.ToTable(t)
	out := &athenatypes.TableMetadata{Name: aws.String(t.Name), TableType: aws.String(string(t.Kind)), Columns: toColumns(t.Columns),
		PartitionKeys: toColumns(t.PartitionKeys), Parameters: map[string]string{}, CreateTime: aws.Time(t.Created)}
	if !t.Accessed.IsZero() {
		out.LastAccessTime = aws.Time(t.Accessed)
	}
	for k, v := range g.Parameters {
		out.Parameters[k] = v
	}
	// Athena puts how the files are written among the parameters.
	if sd := g.StorageDescriptor; sd != nil && t.Kind != catalog.VirtualView {
		put := func(k string, v *string) {
			if v != nil && *v != "" {
				out.Parameters[k] = *v
			}
		}
		put("inputformat", sd.InputFormat)
		put("outputformat", sd.OutputFormat)
		put("location", sd.Location)
		if sd.SerdeInfo != nil {
			put("serde.serialization.lib", sd.SerdeInfo.SerializationLibrary)
			for k, v := range sd.SerdeInfo.Parameters {
				out.Parameters["serde.param."+k] = v
			}
		}
	}
	return out
}

func toColumns(cols []catalog.Column) []athenatypes.Column {
	out := make([]athenatypes.Column, len(cols))
	for i := range cols {
		out[i] = athenatypes.Column{Name: aws.String(cols[i].Name), Type: aws.String(model.HiveType(&cols[i]))}
		if cols[i].Comment != "" {
			out[i].Comment = aws.String(cols[i].Comment)
		}
	}
	return out
}

// getTable implements GetTableMetadata.
func (s *Server) getTable(ctx context.Context, in *athena.GetTableMetadataInput) (*athena.GetTableMetadataOutput, error) {
	if err := checkCatalog("catalogName", in.CatalogName); err != nil {
		return nil, err
	}
	var c checks
	c.text("databaseName", in.DatabaseName, 1, 128)
	c.text("tableName", in.TableName, 1, 128)
	if err := c.err(); err != nil {
		return nil, err
	}
	t, err := s.cat.Table(ctx, *in.DatabaseName, *in.TableName)
	if err != nil {
		return nil, inCatalog(err)
	}
	return &athena.GetTableMetadataOutput{TableMetadata: toTable(t)}, nil
}

// listTables implements ListTableMetadata.
func (s *Server) listTables(ctx context.Context, in *athena.ListTableMetadataInput) (*athena.ListTableMetadataOutput, error) {
	if err := checkCatalog("catalogName", in.CatalogName); err != nil {
		return nil, err
	}
	var c checks
	c.text("databaseName", in.DatabaseName, 1, 128)
	c.optional("expression", in.Expression, 0, 256)
	most := c.Between("maxResults", in.MaxResults, 1, maxBatch, maxBatch)
	if err := c.err(); err != nil {
		return nil, err
	}
	expr := aws.ToString(in.Expression)
	re, err := awsapi.Pattern(expr)
	if err != nil {
		return nil, invalid("expression is not a regular expression: %v", err)
	}
	all, err := s.cat.Tables(ctx, *in.DatabaseName)
	if err != nil {
		return nil, inCatalog(err)
	}
	some := make([]*catalog.Table, 0, len(all))
	for _, t := range all {
		if re == nil || re.MatchString(t.Name) {
			some = append(some, t)
		}
	}
	scope := awsapi.Scope("ListTableMetadata", *in.DatabaseName, expr)
	page, next, err := pageOf(some, func(t *catalog.Table) string { return t.Name }, scope, in.NextToken, most)
	if err != nil {
		return nil, err
	}
	out := &athena.ListTableMetadataOutput{TableMetadataList: make([]athenatypes.TableMetadata, len(page)), NextToken: next}
	for i, t := range page {
		out.TableMetadataList[i] = *toTable(t)
	}
	return out, nil
}

// listEngines implements ListEngineVersions.
func (s *Server) listEngines(_ context.Context, in *athena.ListEngineVersionsInput) (*athena.ListEngineVersionsOutput, error) {
	if in.NextToken != nil && *in.NextToken != "" {
		return nil, badToken()
	}
	return &athena.ListEngineVersionsOutput{EngineVersions: []athenatypes.EngineVersion{
		{SelectedEngineVersion: aws.String("AUTO"), EffectiveEngineVersion: aws.String(engineVersion)},
		{SelectedEngineVersion: aws.String(engineVersion), EffectiveEngineVersion: aws.String(engineVersion)}}}, nil
}
