package glueapi

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"
	"github.com/google/go-cmp/cmp"
)

func TestSearchTables(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	for _, x := range []struct{ name, about, key string }{{"events", "clicks of Visitors", "json"}, {"orders_old", "", "csv"}, {"zoo", "animals", "csv"}} {
		must[*glue.CreateTableOutput](t)(w.CreateTable(ctx, &glue.CreateTableInput{DatabaseName: sales, TableInput: &gluetypes.TableInput{Name: aws.String(x.name),
			Description: aws.String(x.about), Parameters: map[string]string{"classification": x.key}, StorageDescriptor: descriptor("s3://b/"+x.name, column("visitor_id", "int"))}}))
	}
	find := func(in glue.SearchTablesInput) (names []string) {
		t.Helper()
		in.MaxResults = aws.Int32(2)
		for p := glue.NewSearchTablesPaginator(w.Client, &in); p.HasMorePages(); {
			for _, x := range must[*glue.SearchTablesOutput](t)(p.NextPage(ctx)).TableList {
				names = append(names, *x.Name)
			}
		}
		return names
	}
	all := []string{"events", "orders", "orders_old", "zoo"}
	filter := func(key, value string, c gluetypes.Comparator) []gluetypes.PropertyPredicate {
		return []gluetypes.PropertyPredicate{{Key: aws.String(key), Value: aws.String(value), Comparator: c}}
	}
	for what, c := range map[string]struct {
		in   glue.SearchTablesInput
		want []string
	}{
		"all":          {glue.SearchTablesInput{}, all},
		"text":         {glue.SearchTablesInput{SearchText: aws.String("ORDER")}, []string{"orders", "orders_old"}},
		"exact":        {glue.SearchTablesInput{SearchText: aws.String(`"orders"`)}, []string{"orders"}},
		"description":  {glue.SearchTablesInput{SearchText: aws.String("visitors")}, []string{"events"}},
		"column":       {glue.SearchTablesInput{SearchText: aws.String("visitor_id")}, []string{"events", "orders_old", "zoo"}},
		"parameter":    {glue.SearchTablesInput{Filters: filter("classification", "csv", "")}, []string{"orders_old", "zoo"}},
		"database":     {glue.SearchTablesInput{Filters: filter("DatabaseName", "SALES", "EQUALS")}, all},
		"no database":  {glue.SearchTablesInput{Filters: filter("DatabaseName", "x", "")}, nil},
		"time":         {glue.SearchTablesInput{Filters: filter("UpdateTime", "2001-01-01T00:00:00Z", "GREATER_THAN")}, all},
		"time before":  {glue.SearchTablesInput{Filters: filter("CreateTime", "2001-01-01", "LESS_THAN_EQUALS")}, nil},
		"sorted":       {glue.SearchTablesInput{SortCriteria: []gluetypes.SortCriterion{{FieldName: aws.String("Name"), Sort: "DESC"}}}, []string{"zoo", "orders_old", "orders", "events"}},
		"column named": {glue.SearchTablesInput{Filters: filter("column", "price", "")}, []string{"orders"}},
	} {
		if diff := cmp.Diff(c.want, find(c.in)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	for what, in := range map[string]glue.SearchTablesInput{
		"no such order":    {SortCriteria: []gluetypes.SortCriterion{{FieldName: aws.String("color")}}},
		"no time":          {Filters: filter("UpdateTime", "soon", "LESS_THAN")},
		"text is not less": {Filters: filter("Name", "a", "LESS_THAN")},
	} {
		_, err := w.SearchTables(ctx, &in)
		t.Log(what, err)
		refused[*gluetypes.InvalidInputException](t, err, "")
	}
	_, err := w.SearchTables(ctx, &glue.SearchTablesInput{MaxResults: aws.Int32(1001)})
	code(t, err, "ValidationException")
}

func TestCatalogOperations(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	if got := must[*glue.GetCatalogImportStatusOutput](t)(w.GetCatalogImportStatus(ctx, &glue.GetCatalogImportStatusInput{})); !got.ImportStatus.ImportCompleted {
		t.Error("clients wait for the import")
	}
	enc := must[*glue.GetDataCatalogEncryptionSettingsOutput](t)(w.GetDataCatalogEncryptionSettings(ctx, &glue.GetDataCatalogEncryptionSettingsInput{})).DataCatalogEncryptionSettings
	if enc.EncryptionAtRest.CatalogEncryptionMode != "DISABLED" {
		t.Errorf("encryption = %+v", enc)
	}
	got := must[*glue.GetCatalogOutput](t)(w.GetCatalog(ctx, &glue.GetCatalogInput{CatalogId: aws.String(DefaultCatalogID)})).Catalog
	if *got.ResourceArn != "arn:aws:glue:us-east-1:000000000000:catalog" {
		t.Errorf("catalog = %+v", got)
	}
	_, err := w.GetCatalog(ctx, &glue.GetCatalogInput{CatalogId: aws.String("1")})
	refused[*gluetypes.EntityNotFoundException](t, err, "Catalog 1 not found.")
	for root, n := range map[bool]int{true: 1, false: 0} {
		if got := must[*glue.GetCatalogsOutput](t)(w.GetCatalogs(ctx, &glue.GetCatalogsInput{IncludeRoot: aws.Bool(root)})); len(got.CatalogList) != n {
			t.Errorf("root %v: %+v", root, got)
		}
	}
	_, err = w.GetResourcePolicy(ctx, &glue.GetResourcePolicyInput{})
	refused[*gluetypes.EntityNotFoundException](t, err, "Policy not found.")
	if got := must[*glue.GetResourcePoliciesOutput](t)(w.GetResourcePolicies(ctx, &glue.GetResourcePoliciesInput{})); len(got.GetResourcePoliciesResponseList) != 0 {
		t.Errorf("policies: %+v", got)
	}
	_, err = w.DeleteResourcePolicy(ctx, &glue.DeleteResourcePolicyInput{})
	refused[*gluetypes.EntityNotFoundException](t, err, "")
	_, err = w.PutResourcePolicy(ctx, &glue.PutResourcePolicyInput{PolicyInJson: aws.String("{}")})
	refused[*gluetypes.OperationNotSupportedException](t, err, "Glaux does not serve the operation PutResourcePolicy of AWS Glue.")
}
