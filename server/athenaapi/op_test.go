package athenaapi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/awsapi/awstest"
	"github.com/glauxdb/glaux/server/workgroup"
)

// TestOperationNames compares the lists of operations with the SDK's.
func TestOperationNames(t *testing.T) {
	served := slices.Collect(maps.Keys(operations()))
	if len(served) != 45 || len(unserved) != 25 {
		t.Errorf("%d operations are served and %d refused", len(served), len(unserved))
	}
	awstest.Operations(t, &athena.Client{}, served, unserved)
}

// TestMessages compares every message with the SDK's.
func TestMessages(t *testing.T) {
	w := &awstest.Wire{}
	a := athena.New(athena.Options{HTTPClient: w, Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("a", "b", "")})
	awstest.Codec(t, &awsapi.Codec{}, w, a, targetPrefix, slices.Collect(maps.Keys(operations())))
}

func TestWorkGroups(t *testing.T) {
	ctx, w := context.Background(), newWorld(t)
	_, err := w.CreateWorkGroup(ctx, &athena.CreateWorkGroupInput{Name: aws.String("web"), Description: aws.String("the web team"),
		Configuration: &athenatypes.WorkGroupConfiguration{BytesScannedCutoffPerQuery: aws.Int64(10_000_000), PublishCloudWatchMetricsEnabled: aws.Bool(true),
			ResultConfiguration: &athenatypes.ResultConfiguration{OutputLocation: aws.String(w.results + "/web")}},
		Tags: []athenatypes.Tag{{Key: aws.String("team"), Value: aws.String("web")}}})
	if err != nil {
		t.Fatal(err)
	}
	get := func(name string) *athenatypes.WorkGroup {
		t.Helper()
		return must[*athena.GetWorkGroupOutput](t)(w.GetWorkGroup(ctx, &athena.GetWorkGroupInput{WorkGroup: &name})).WorkGroup
	}
	g := get("web")
	if c := g.Configuration; g.State != "ENABLED" || *g.Description != "the web team" || *c.BytesScannedCutoffPerQuery != 10_000_000 || !*c.EnforceWorkGroupConfiguration ||
		*c.ResultConfiguration.OutputLocation != w.results+"/web" || c.ManagedQueryResultsConfiguration.Enabled || !*c.PublishCloudWatchMetricsEnabled || g.CreationTime == nil {
		t.Errorf("workgroup = %+v %+v", g, c)
	}
	if s := w.server.setting("web"); s.Cutoff != 10_000_000 || s.Tags["team"] != "web" {
		t.Errorf("setting = %+v", s)
	}
	_, err = w.CreateWorkGroup(ctx, &athena.CreateWorkGroupInput{Name: aws.String("web")})
	refused(t, err, "InvalidRequestException", "WorkGroup web is already created")

	update := func(u athenatypes.WorkGroupConfigurationUpdates) error {
		_, err := w.UpdateWorkGroup(ctx, &athena.UpdateWorkGroupInput{WorkGroup: aws.String("web"), ConfigurationUpdates: &u})
		return err
	}
	refused(t, update(athenatypes.WorkGroupConfigurationUpdates{BytesScannedCutoffPerQuery: aws.Int64(9_999_999)}), "InvalidRequestException", "BytesScannedCutoffPerQuery must be at least 10000000 bytes.")
	refused(t, update(athenatypes.WorkGroupConfigurationUpdates{ExecutionRole: aws.String("arn:aws:iam::1:role/xxxxxxxxxxxxxxxxxxxx")}), "InvalidRequestException", "Glaux does not serve ExecutionRole of a workgroup.")
	refused(t, update(athenatypes.WorkGroupConfigurationUpdates{EngineVersion: &athenatypes.EngineVersion{SelectedEngineVersion: aws.String("PySpark engine version 3")}}), "InvalidRequestException", "")
	if err := update(athenatypes.WorkGroupConfigurationUpdates{RemoveBytesScannedCutoffPerQuery: aws.Bool(true), EnforceWorkGroupConfiguration: aws.Bool(false),
		ResultConfigurationUpdates: &athenatypes.ResultConfigurationUpdates{RemoveOutputLocation: aws.Bool(true)}}); err != nil {
		t.Fatal(err)
	}
	if c := get("web").Configuration; c.BytesScannedCutoffPerQuery != nil || *c.EnforceWorkGroupConfiguration || c.ResultConfiguration.OutputLocation != nil || c.ManagedQueryResultsConfiguration.Enabled {
		t.Errorf("after the update: %+v", c)
	}

	managed := func(on bool, where *string) error {
		return update(athenatypes.WorkGroupConfigurationUpdates{ManagedQueryResultsConfigurationUpdates: &athenatypes.ManagedQueryResultsConfigurationUpdates{Enabled: &on},
			ResultConfigurationUpdates: &athenatypes.ResultConfigurationUpdates{OutputLocation: where}})
	}
	start := func() error {
		_, err := w.StartQueryExecution(ctx, &athena.StartQueryExecutionInput{QueryString: aws.String("SELECT 1"), WorkGroup: aws.String("web"),
			ResultConfiguration: &athenatypes.ResultConfiguration{OutputLocation: &w.results}})
		return err
	}
	refused(t, managed(true, &w.results), "InvalidRequestException", managedElsewhere)
	if err := managed(true, nil); err != nil {
		t.Fatal(err)
	}
	refused(t, start(), "InvalidRequestException", managedElsewhere)
	if c := get("web").Configuration; !c.ManagedQueryResultsConfiguration.Enabled {
		t.Errorf("managed results are on: %+v", c)
	}
	if err := errors.Join(managed(false, nil), start()); err != nil {
		t.Fatal(err)
	}

	arn := aws.String("arn:aws:athena:us-east-1:000000000000:workgroup/web")
	if _, err := w.TagResource(ctx, &athena.TagResourceInput{ResourceARN: arn, Tags: []athenatypes.Tag{{Key: aws.String("a"), Value: aws.String("b")}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.UntagResource(ctx, &athena.UntagResourceInput{ResourceARN: arn, TagKeys: []string{"team", "none"}}); err != nil {
		t.Fatal(err)
	}
	if tags := must[*athena.ListTagsForResourceOutput](t)(w.ListTagsForResource(ctx, &athena.ListTagsForResourceInput{ResourceARN: arn})).Tags; len(tags) != 1 || *tags[0].Key != "a" {
		t.Errorf("tags = %v", tags)
	}
	_, err = w.ListTagsForResource(ctx, &athena.ListTagsForResourceInput{ResourceARN: aws.String("arn:aws:athena:us-east-1:0:workgroup/none")})
	refused(t, err, "ResourceNotFoundException", "")

	var names []string
	for token := (*string)(nil); ; {
		out := must[*athena.ListWorkGroupsOutput](t)(w.ListWorkGroups(ctx, &athena.ListWorkGroupsInput{MaxResults: aws.Int32(1), NextToken: token}))
		for _, g := range out.WorkGroups {
			names = append(names, *g.Name)
		}
		if token = out.NextToken; token == nil {
			break
		}
	}
	if diff := cmp.Diff([]string{"primary", "web"}, names); diff != "" {
		t.Error(diff)
	}

	if _, err := w.UpdateWorkGroup(ctx, &athena.UpdateWorkGroupInput{WorkGroup: aws.String("web"), State: athenatypes.WorkGroupStateDisabled}); err != nil {
		t.Fatal(err)
	}
	_, err = w.StartQueryExecution(ctx, &athena.StartQueryExecutionInput{QueryString: aws.String("SELECT 1"), WorkGroup: aws.String("web")})
	refused(t, err, "InvalidRequestException", "WorkGroup web is disabled.")
	_, err = w.DeleteWorkGroup(ctx, &athena.DeleteWorkGroupInput{WorkGroup: aws.String("primary")})
	refused(t, err, "InvalidRequestException", "The primary workgroup cannot be deleted.")
	if _, err := w.CreatePreparedStatement(ctx, &athena.CreatePreparedStatementInput{WorkGroup: aws.String("web"), StatementName: aws.String("p"), QueryStatement: aws.String("SELECT ?")}); err != nil {
		t.Fatal(err)
	}
	_, err = w.DeleteWorkGroup(ctx, &athena.DeleteWorkGroupInput{WorkGroup: aws.String("web")})
	refused(t, err, "InvalidRequestException", "WorkGroup web is not empty")
	if _, err := w.DeleteWorkGroup(ctx, &athena.DeleteWorkGroupInput{WorkGroup: aws.String("web"), RecursiveDeleteOption: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	_, err = w.GetWorkGroup(ctx, &athena.GetWorkGroupInput{WorkGroup: aws.String("web")})
	refused(t, err, "InvalidRequestException", "WorkGroup web is not found.")
	if ds, err := w.in.Catalog.DocumentsAfter(ctx, spacePrepared, "web/", "", 0); err != nil || len(ds) > 0 {
		t.Errorf("left of the workgroup: %v %v", ds, err)
	}
}

func TestNamedQueries(t *testing.T) {
	ctx, w := context.Background(), newWorld(t)
	create := func(name, token string) (*athena.CreateNamedQueryOutput, error) {
		return w.CreateNamedQuery(ctx, &athena.CreateNamedQueryInput{Name: &name, Database: aws.String("demo"), QueryString: aws.String("SELECT 1"), ClientRequestToken: &token})
	}
	token := strings.Repeat("t", 32)
	id := *must[*athena.CreateNamedQueryOutput](t)(create("one", token)).NamedQueryId
	if again := *must[*athena.CreateNamedQueryOutput](t)(create("one", token)).NamedQueryId; again != id {
		t.Errorf("the same request made %s and %s", id, again)
	}
	_, err := create("other", token)
	refused(t, err, "InvalidRequestException", "Idempotent parameters do not match")
	two := *must[*athena.CreateNamedQueryOutput](t)(create("two", strings.Repeat("u", 32))).NamedQueryId
	if _, err := w.UpdateNamedQuery(ctx, &athena.UpdateNamedQueryInput{NamedQueryId: &id, Name: aws.String("uno"), QueryString: aws.String("SELECT 2")}); err != nil {
		t.Fatal(err)
	}
	q := must[*athena.GetNamedQueryOutput](t)(w.GetNamedQuery(ctx, &athena.GetNamedQueryInput{NamedQueryId: &id})).NamedQuery
	if *q.Name != "uno" || *q.QueryString != "SELECT 2" || *q.Database != "demo" || *q.WorkGroup != "primary" {
		t.Errorf("named query = %+v", q)
	}
	var ids []string
	p := athena.NewListNamedQueriesPaginator(w, &athena.ListNamedQueriesInput{MaxResults: aws.Int32(1)})
	for p.HasMorePages() {
		ids = append(ids, must[*athena.ListNamedQueriesOutput](t)(p.NextPage(ctx)).NamedQueryIds...)
	}
	want := []string{id, two}
	slices.Sort(want)
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
	if _, err := w.DeleteNamedQuery(ctx, &athena.DeleteNamedQueryInput{NamedQueryId: &id}); err != nil {
		t.Fatal(err)
	}
	batch := must[*athena.BatchGetNamedQueryOutput](t)(w.BatchGetNamedQuery(ctx, &athena.BatchGetNamedQueryInput{NamedQueryIds: []string{id, two}}))
	if len(batch.NamedQueries) != 1 || len(batch.UnprocessedNamedQueryIds) != 1 || *batch.UnprocessedNamedQueryIds[0].ErrorMessage != "NamedQuery "+id+" was not found" {
		t.Errorf("batch = %+v", batch)
	}
}

// TestPreparedStatements makes them with the API and with SQL, and runs them.
func TestPreparedStatements(t *testing.T) {
	ctx, w := context.Background(), newWorld(t)
	primary := aws.String("primary")
	if _, err := w.CreatePreparedStatement(ctx, &athena.CreatePreparedStatementInput{WorkGroup: primary, StatementName: aws.String("by_city"),
		QueryStatement: aws.String("SELECT name FROM people WHERE city = ? ORDER BY 1")}); err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"name"}, {"ada"}, {`b "q", c`}}
	if diff := cmp.Diff(want, w.rows("EXECUTE by_city USING 'rome'")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, w.rows("EXECUTE by_city", "'rome'")); diff != "" {
		t.Error(diff)
	}
	w.rows("PREPARE older FROM SELECT name FROM people WHERE age > ? AND name <> ';'")
	if diff := cmp.Diff([][]string{{"name"}, {"ada"}}, w.rows("execute older using 10")); diff != "" {
		t.Error(diff)
	}
	if e := w.query("PREPARE older FROM SELECT 1"); e.Status.State != "FAILED" || !strings.Contains(*e.Status.StateChangeReason, "already exists") {
		t.Errorf("prepared twice: %+v", e.Status)
	}
	list := must[*athena.ListPreparedStatementsOutput](t)(w.ListPreparedStatements(ctx, &athena.ListPreparedStatementsInput{WorkGroup: primary}))
	if len(list.PreparedStatements) != 2 || *list.PreparedStatements[1].StatementName != "older" {
		t.Errorf("list = %+v", list.PreparedStatements)
	}
	if _, err := w.UpdatePreparedStatement(ctx, &athena.UpdatePreparedStatementInput{WorkGroup: primary, StatementName: aws.String("older"), QueryStatement: aws.String("SELECT 7 AS n")}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"n"}, {"7"}}, w.rows("EXECUTE older")); diff != "" {
		t.Error(diff)
	}
	batch := must[*athena.BatchGetPreparedStatementOutput](t)(w.BatchGetPreparedStatement(ctx, &athena.BatchGetPreparedStatementInput{WorkGroup: primary, PreparedStatementNames: []string{"older", "none"}}))
	if len(batch.PreparedStatements) != 1 || len(batch.UnprocessedPreparedStatementNames) != 1 {
		t.Errorf("batch = %+v", batch)
	}
	w.rows("DEALLOCATE PREPARE older")
	_, err := w.GetPreparedStatement(ctx, &athena.GetPreparedStatementInput{WorkGroup: primary, StatementName: aws.String("older")})
	refused(t, err, "ResourceNotFoundException", "PreparedStatement older was not found in WorkGroup primary")
	if _, err := w.DeletePreparedStatement(ctx, &athena.DeletePreparedStatementInput{WorkGroup: primary, StatementName: aws.String("by_city")}); err != nil {
		t.Fatal(err)
	}
	if e := w.query("EXECUTE by_city USING 'rome'"); e.Status.State != "FAILED" {
		t.Errorf("a deleted statement: %+v", e.Status)
	}
	_, err = w.CreatePreparedStatement(ctx, &athena.CreatePreparedStatementInput{WorkGroup: primary, StatementName: aws.String("1x"), QueryStatement: aws.String("SELECT 1")})
	refused(t, err, "InvalidRequestException", "")
	_, err = w.CreatePreparedStatement(ctx, &athena.CreatePreparedStatementInput{WorkGroup: primary, StatementName: aws.String("bad"), QueryStatement: aws.String("SELEC 1")})
	refused(t, err, "InvalidRequestException", "")
}

func TestMetadata(t *testing.T) {
	ctx, w := context.Background(), newWorld(t)
	own := aws.String("AwsDataCatalog")
	if list := must[*athena.ListDataCatalogsOutput](t)(w.ListDataCatalogs(ctx, &athena.ListDataCatalogsInput{})).DataCatalogsSummary; len(list) != 1 || *list[0].CatalogName != *own {
		t.Errorf("catalogs = %v", list)
	}
	if d := must[*athena.GetDataCatalogOutput](t)(w.GetDataCatalog(ctx, &athena.GetDataCatalogInput{Name: own})).DataCatalog; d.Type != "GLUE" {
		t.Errorf("catalog = %+v", d)
	}
	_, err := w.GetDataCatalog(ctx, &athena.GetDataCatalogInput{Name: aws.String("hive")})
	refused(t, err, "InvalidRequestException", "DataCatalog hive was not found")
	_, err = w.CreateDataCatalog(ctx, &athena.CreateDataCatalogInput{Name: aws.String("x"), Type: athenatypes.DataCatalogTypeHive})
	refused(t, err, "InvalidRequestException", "")
	_, err = w.DeleteDataCatalog(ctx, &athena.DeleteDataCatalogInput{Name: own})
	refused(t, err, "InvalidRequestException", "")

	for i := range 3 {
		w.rows(fmt.Sprintf("CREATE DATABASE d%d", i))
	}
	var names []string
	p := athena.NewListDatabasesPaginator(w, &athena.ListDatabasesInput{CatalogName: own, MaxResults: aws.Int32(2)})
	for p.HasMorePages() {
		for _, d := range must[*athena.ListDatabasesOutput](t)(p.NextPage(ctx)).DatabaseList {
			names = append(names, *d.Name)
		}
	}
	if !slices.Contains(names, "demo") || !slices.Contains(names, "d2") || !slices.IsSorted(names) {
		t.Errorf("databases = %v", names)
	}
	if d := must[*athena.GetDatabaseOutput](t)(w.GetDatabase(ctx, &athena.GetDatabaseInput{CatalogName: own, DatabaseName: aws.String("demo")})).Database; *d.Name != "demo" {
		t.Errorf("database = %+v", d)
	}
	_, err = w.GetDatabase(ctx, &athena.GetDatabaseInput{CatalogName: own, DatabaseName: aws.String("nowhere")})
	refused(t, err, "MetadataException", "")
	m := must[*athena.GetTableMetadataOutput](t)(w.GetTableMetadata(ctx, &athena.GetTableMetadataInput{CatalogName: own, DatabaseName: aws.String("demo"), TableName: aws.String("people")})).TableMetadata
	if len(m.Columns) != 2 || *m.Columns[0].Name != "name" || *m.Columns[0].Type != "string" || len(m.PartitionKeys) != 1 || m.Parameters["location"] == "" || m.Parameters["inputformat"] == "" {
		t.Errorf("table = %+v", m)
	}
	_, err = w.GetTableMetadata(ctx, &athena.GetTableMetadataInput{CatalogName: own, DatabaseName: aws.String("demo"), TableName: aws.String("none")})
	refused(t, err, "MetadataException", "")
	w.rows("CREATE VIEW demo.pview AS SELECT 1 AS x")
	tables := must[*athena.ListTableMetadataOutput](t)(w.ListTableMetadata(ctx, &athena.ListTableMetadataInput{CatalogName: own, DatabaseName: aws.String("demo"), Expression: aws.String("p*")})).TableMetadataList
	if len(tables) != 2 || *tables[1].Name != "pview" || *tables[1].TableType != "VIRTUAL_VIEW" {
		t.Errorf("tables = %+v", tables)
	}
	if v := must[*athena.ListEngineVersionsOutput](t)(w.ListEngineVersions(ctx, &athena.ListEngineVersionsInput{})).EngineVersions; len(v) != 2 {
		t.Errorf("engines = %v", v)
	}
}

func TestCapacity(t *testing.T) {
	ctx, w := context.Background(), newWorld(t)
	_, err := w.CreateCapacityReservation(ctx, &athena.CreateCapacityReservationInput{Name: aws.String("c"), TargetDpus: aws.Int32(24)})
	refused(t, err, "InvalidRequestException", "")
	_, err = w.GetCapacityReservation(ctx, &athena.GetCapacityReservationInput{Name: aws.String("c")})
	refused(t, err, "InvalidRequestException", "CapacityReservation c was not found")
	if out := must[*athena.ListCapacityReservationsOutput](t)(w.ListCapacityReservations(ctx, &athena.ListCapacityReservationsInput{})); len(out.CapacityReservations) != 0 {
		t.Errorf("reservations = %v", out.CapacityReservations)
	}
	_, err = w.ListSessions(ctx, &athena.ListSessionsInput{WorkGroup: aws.String(workgroup.Primary)})
	refused(t, err, "InvalidRequestException", "Glaux does not serve the operation ListSessions of Amazon Athena.")
}
