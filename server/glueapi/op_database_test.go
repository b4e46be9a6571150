package glueapi

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"
	"github.com/glauxdb/glaux/server/awsapi/awstest"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestDatabases(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	in := &gluetypes.DatabaseInput{Name: aws.String("Sales"), Description: aws.String("what\nwe sell"), LocationUri: aws.String("s3://lake/"),
		Parameters: map[string]string{"a": "b"}, CreateTableDefaultPermissions: []gluetypes.PrincipalPermissions{{
			Principal: &gluetypes.DataLakePrincipal{DataLakePrincipalIdentifier: aws.String("IAM_ALLOWED_PRINCIPALS")}, Permissions: []gluetypes.Permission{gluetypes.PermissionAll}}}}
	must[*glue.CreateDatabaseOutput](t)(w.CreateDatabase(ctx, &glue.CreateDatabaseInput{DatabaseInput: in, Tags: map[string]string{"team": "x"}}))
	_, err := w.CreateDatabase(ctx, &glue.CreateDatabaseInput{DatabaseInput: in})
	refused[*gluetypes.AlreadyExistsException](t, err, "Database already exists.")

	got := must[*glue.GetDatabaseOutput](t)(w.GetDatabase(ctx, &glue.GetDatabaseInput{Name: aws.String("SALES")})).Database
	want := &gluetypes.Database{Name: aws.String("sales"), Description: in.Description, LocationUri: in.LocationUri, Parameters: in.Parameters,
		CreateTableDefaultPermissions: in.CreateTableDefaultPermissions, CatalogId: aws.String(DefaultCatalogID)}
	if diff := cmp.Diff(want, got, awstest.SDK, cmpopts.IgnoreFields(gluetypes.Database{}, "CreateTime")); diff != "" || got.CreateTime == nil {
		t.Errorf("database (-want +got):\n%s", diff)
	}

	must[*glue.UpdateDatabaseOutput](t)(w.UpdateDatabase(ctx, &glue.UpdateDatabaseInput{Name: aws.String("sales"),
		DatabaseInput: &gluetypes.DatabaseInput{Name: aws.String("sales"), Description: aws.String("new")}}))
	got = must[*glue.GetDatabaseOutput](t)(w.GetDatabase(ctx, &glue.GetDatabaseInput{Name: aws.String("sales")})).Database
	if aws.ToString(got.Description) != "new" || got.LocationUri != nil || got.Parameters != nil {
		t.Errorf("updated = %+v", got)
	}
	_, err = w.UpdateDatabase(ctx, &glue.UpdateDatabaseInput{Name: aws.String("sales"), DatabaseInput: &gluetypes.DatabaseInput{Name: aws.String("other")}})
	refused[*gluetypes.InvalidInputException](t, err, "The name of a database cannot be changed: other is not sales.")
	_, err = w.UpdateDatabase(ctx, &glue.UpdateDatabaseInput{Name: aws.String("sals"), DatabaseInput: &gluetypes.DatabaseInput{Name: aws.String("sals")}})
	refused[*gluetypes.EntityNotFoundException](t, err, `Database sals not found. Did you mean "sales"?`)

	must[*glue.DeleteDatabaseOutput](t)(w.DeleteDatabase(ctx, &glue.DeleteDatabaseInput{Name: aws.String("sales")}))
	_, err = w.GetDatabase(ctx, &glue.GetDatabaseInput{Name: aws.String("sales")})
	refused[*gluetypes.EntityNotFoundException](t, err, "Database sales not found.")
	_, err = w.DeleteDatabase(ctx, &glue.DeleteDatabaseInput{Name: aws.String("sales")})
	refused[*gluetypes.EntityNotFoundException](t, err, "")
}

func TestDatabaseLimits(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	long := make([]byte, 256)
	for i := range long {
		long[i] = 'x'
	}
	for _, name := range []string{"", string(long), "a\nb", "a\x7fb"} {
		_, err := w.CreateDatabase(ctx, &glue.CreateDatabaseInput{DatabaseInput: &gluetypes.DatabaseInput{Name: aws.String(name)}})
		refused[*gluetypes.ValidationException](t, err, "")
	}
	for _, name := range []string{`drop table "x"; --`, "a b", "ünï", "a=b:c%d"} {
		must[*glue.CreateDatabaseOutput](t)(w.CreateDatabase(ctx, &glue.CreateDatabaseInput{DatabaseInput: &gluetypes.DatabaseInput{Name: aws.String(name)}}))
		if got := must[*glue.GetDatabaseOutput](t)(w.GetDatabase(ctx, &glue.GetDatabaseInput{Name: aws.String(name)})); aws.ToString(got.Database.Name) != name {
			t.Errorf("name %q is %q", name, *got.Database.Name)
		}
	}
}

func TestDatabasePages(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	for _, n := range []string{"d", "b", "e", "a", "c"} {
		must[*glue.CreateDatabaseOutput](t)(w.CreateDatabase(ctx, &glue.CreateDatabaseInput{DatabaseInput: &gluetypes.DatabaseInput{Name: aws.String(n), Description: aws.String("x")}}))
	}
	var names []string
	pages := 0
	for p := glue.NewGetDatabasesPaginator(w.Client, &glue.GetDatabasesInput{MaxResults: aws.Int32(2), AttributesToGet: []gluetypes.DatabaseAttributes{"NAME"}}); p.HasMorePages(); pages++ {
		for _, d := range must[*glue.GetDatabasesOutput](t)(p.NextPage(ctx)).DatabaseList {
			names = append(names, *d.Name)
			if d.Description != nil {
				t.Error("more than the name")
			}
		}
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "e"}, names); diff != "" || pages != 3 {
		t.Errorf("%d pages: %s", pages, diff)
	}
	for _, token := range []string{"nonsense", "eyJzIjoieCIsImEiOlsieSJdfQ"} {
		_, err := w.GetDatabases(ctx, &glue.GetDatabasesInput{NextToken: aws.String(token)})
		refused[*gluetypes.InvalidInputException](t, err, "The continuation token is not one that this operation gave for this request.")
	}
	for _, n := range []int32{0, 101, -5} {
		_, err := w.GetDatabases(ctx, &glue.GetDatabasesInput{MaxResults: aws.Int32(n)})
		refused[*gluetypes.ValidationException](t, err, "")
	}
	if got := must[*glue.GetDatabasesOutput](t)(w.GetDatabases(ctx, &glue.GetDatabasesInput{ResourceShareType: "FOREIGN"})); len(got.DatabaseList) != 0 {
		t.Errorf("foreign databases: %v", got.DatabaseList)
	}
	_, err := w.GetDatabases(ctx, &glue.GetDatabasesInput{ResourceShareType: "MINE"})
	refused[*gluetypes.ValidationException](t, err, "1 validation error detected: Value 'MINE' at 'resourceShareType' failed to satisfy constraint: Member must satisfy enum value set: [FOREIGN, ALL, FEDERATED]")
}

func TestDatabaseLink(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	link := func(name, to string) {
		t.Helper()
		must[*glue.CreateDatabaseOutput](t)(w.CreateDatabase(ctx, &glue.CreateDatabaseInput{DatabaseInput: &gluetypes.DatabaseInput{Name: aws.String(name),
			TargetDatabase: &gluetypes.DatabaseIdentifier{CatalogId: aws.String(DefaultCatalogID), DatabaseName: aws.String(to)}}}))
	}
	link("shared", "sales")
	if got := must[*glue.GetTableOutput](t)(w.GetTable(ctx, &glue.GetTableInput{DatabaseName: aws.String("shared"), Name: aws.String("orders")})); *got.Table.DatabaseName != "sales" {
		t.Errorf("table = %+v", got.Table)
	}
	if got := must[*glue.GetDatabaseOutput](t)(w.GetDatabase(ctx, &glue.GetDatabaseInput{Name: aws.String("shared")})); *got.Database.TargetDatabase.DatabaseName != "sales" {
		t.Errorf("link = %+v", got.Database)
	}
	link("one", "two")
	link("two", "one")
	_, err := w.GetTables(ctx, &glue.GetTablesInput{DatabaseName: aws.String("one")})
	refused[*gluetypes.InvalidInputException](t, err, "Database one is a resource link that leads back to itself.")
}
