package glueapi

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/awsapi/awstest"
)

func (w *world) table(name string) *gluetypes.Table {
	w.t.Helper()
	return must[*glue.GetTableOutput](w.t)(w.GetTable(context.Background(), &glue.GetTableInput{DatabaseName: aws.String("sales"), Name: aws.String(name)})).Table
}

func (w *world) update(in *gluetypes.TableInput, version *string, skip bool) error {
	_, err := w.UpdateTable(context.Background(), &glue.UpdateTableInput{DatabaseName: aws.String("sales"), TableInput: in, VersionId: version, SkipArchive: aws.Bool(skip)})
	return err
}

func TestTables(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	in := w.orders()
	got := w.table("ORDERS")
	want := &gluetypes.Table{Name: aws.String("orders"), DatabaseName: aws.String("sales"), CatalogId: aws.String(DefaultCatalogID),
		CreatedBy: aws.String("arn:aws:iam::000000000000:user/ada"), Owner: in.Owner, TableType: in.TableType, Parameters: in.Parameters,
		PartitionKeys: in.PartitionKeys, VersionId: aws.String("1"), StorageDescriptor: in.StorageDescriptor}
	empty := cmpopts.EquateEmpty()
	if diff := cmp.Diff(want, got, awstest.SDK, empty, cmpopts.IgnoreFields(gluetypes.Table{}, "CreateTime", "UpdateTime")); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	if got.StorageDescriptor.SortColumns == nil || got.StorageDescriptor.BucketColumns == nil || got.StorageDescriptor.Parameters == nil {
		t.Error("clients expect empty lists, not none")
	}
	_, err := w.CreateTable(ctx, &glue.CreateTableInput{DatabaseName: aws.String("sales"), TableInput: in})
	refused[*gluetypes.AlreadyExistsException](t, err, "Table already exists.")
	_, err = w.CreateTable(ctx, &glue.CreateTableInput{DatabaseName: aws.String("nope"), TableInput: in})
	refused[*gluetypes.EntityNotFoundException](t, err, "Database nope not found.")
	_, err = w.GetTable(ctx, &glue.GetTableInput{DatabaseName: aws.String("sales"), Name: aws.String("order")})
	refused[*gluetypes.EntityNotFoundException](t, err, `Table order not found. Did you mean "orders"?`)
	_, err = w.GetTable(ctx, &glue.GetTableInput{DatabaseName: aws.String("sales"), Name: aws.String("orders"), QueryAsOfTime: aws.Time(noon)})
	refused[*gluetypes.InvalidInputException](t, err, "")

	for what, bad := range map[string]*gluetypes.TableInput{
		"a key's type":     {Name: aws.String("x"), PartitionKeys: []gluetypes.Column{column("k", "array<int>")}},
		"a column twice":   {Name: aws.String("x"), StorageDescriptor: descriptor("s3://b/", column("a", "int"), column("a", "int"))},
		"a key as column":  {Name: aws.String("x"), StorageDescriptor: descriptor("s3://b/", column("a", "int")), PartitionKeys: []gluetypes.Column{column("a", "int")}},
		"an unknown index": nil,
	} {
		var idx []gluetypes.PartitionIndex
		if bad == nil {
			bad = &gluetypes.TableInput{Name: aws.String("x"), PartitionKeys: []gluetypes.Column{column("k", "int")}}
			idx = []gluetypes.PartitionIndex{{IndexName: aws.String("i"), Keys: []string{"z"}}}
		}
		_, err = w.CreateTable(ctx, &glue.CreateTableInput{DatabaseName: aws.String("sales"), TableInput: bad, PartitionIndexes: idx})
		t.Log(what, err)
		refused[*gluetypes.InvalidInputException](t, err, "")
	}
	_, err = w.CreateTable(ctx, &glue.CreateTableInput{DatabaseName: aws.String("sales"), TableInput: &gluetypes.TableInput{Name: aws.String("ice")},
		OpenTableFormatInput: &gluetypes.OpenTableFormatInput{IcebergInput: &gluetypes.IcebergInput{MetadataOperation: "CREATE"}}})
	refused[*gluetypes.InvalidInputException](t, err, "")

	must[*glue.DeleteTableOutput](t)(w.DeleteTable(ctx, &glue.DeleteTableInput{DatabaseName: aws.String("sales"), Name: aws.String("Orders")}))
	_, err = w.DeleteTable(ctx, &glue.DeleteTableInput{DatabaseName: aws.String("sales"), Name: aws.String("orders")})
	refused[*gluetypes.EntityNotFoundException](t, err, "Table orders not found.")
}

// TestTableWithoutAnything stores what some clients make: no descriptor, no
// type, no columns, and types of other engines.
func TestTableWithoutAnything(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	for _, in := range []*gluetypes.TableInput{
		{Name: aws.String("bare")},
		{Name: aws.String("nocols"), StorageDescriptor: &gluetypes.StorageDescriptor{Location: aws.String("s3://b/x")}},
		{Name: aws.String("odd"), StorageDescriptor: descriptor("s3://b/odd", column("g", "geometry"), column("u", "UNIONTYPE<int,string>"), gluetypes.Column{Name: aws.String("n")})},
	} {
		must[*glue.CreateTableOutput](t)(w.CreateTable(ctx, &glue.CreateTableInput{DatabaseName: aws.String("sales"), TableInput: in}))
		got := w.table(*in.Name)
		if in.StorageDescriptor != nil {
			if diff := cmp.Diff(in.StorageDescriptor.Columns, got.StorageDescriptor.Columns, awstest.SDK, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: %s", *in.Name, diff)
			}
		}
	}
}

func TestUpdateTable(t *testing.T) {
	w := newWorld(t)
	in := w.orders()
	in.Description = aws.String("two")
	if err := w.update(in, aws.String("1"), false); err != nil {
		t.Fatal(err)
	}
	refused[*gluetypes.ConcurrentModificationException](t, w.update(in, aws.String("1"), false), "Update table failed due to concurrent modifications.")
	refused[*gluetypes.InvalidInputException](t, w.update(in, aws.String("x"), false), "Value 'x' at 'versionId' is not the identifier of a version.")
	in.Description = aws.String("three")
	if err := w.update(in, nil, true); err != nil {
		t.Fatal(err)
	}
	got := w.table("orders")
	if *got.Description != "three" || *got.VersionId != "3" || aws.ToString(got.CreatedBy) != "arn:aws:iam::000000000000:user/ada" {
		t.Errorf("table = %+v", got)
	}
	other := *in
	other.Name = aws.String("nope")
	refused[*gluetypes.EntityNotFoundException](t, w.update(&other, nil, false), "Table nope not found.")
	_, err := w.UpdateTable(context.Background(), &glue.UpdateTableInput{DatabaseName: aws.String("sales"), Name: aws.String("orders"), TableInput: &other})
	refused[*gluetypes.InvalidInputException](t, err, "The name of a table cannot be changed: nope is not orders.")
}

// TestUpdateKeepsTypes reads a table with types that Hive cannot spell and
// writes it back.
func TestUpdateKeepsTypes(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	must[*catalog.Table](t)(w.cat.CreateTable(ctx, &catalog.Table{Database: "sales", Name: "t", Columns: []catalog.Column{{Name: "u", Type: types.TUUID}, {Name: "z", Type: types.TTimestampTZ}}}))
	g := w.table("t")
	if *g.StorageDescriptor.Columns[0].Type != "string" {
		t.Errorf("uuid shows as %s", *g.StorageDescriptor.Columns[0].Type)
	}
	if err := w.update(&gluetypes.TableInput{Name: g.Name, StorageDescriptor: g.StorageDescriptor, TableType: g.TableType}, g.VersionId, false); err != nil {
		t.Fatal(err)
	}
	got := must[*catalog.Table](t)(w.cat.Table(ctx, "sales", "t"))
	if got.Columns[0].Type.Kind != types.UUID || got.Columns[1].Type.Kind != types.TimestampTZ {
		t.Errorf("columns = %v", got.Columns)
	}
}

// TestConcurrentUpdates lets writers count in a table's parameters: with a
// VersionId no count is lost, and without one nobody fails.
func TestConcurrentUpdates(t *testing.T) {
	w := newWorld(t)
	in := w.orders()
	var wg sync.WaitGroup
	const writers, each = 4, 5
	for range writers {
		wg.Go(func() {
			for done := 0; done < each; {
				g := w.table("orders")
				n, _ := strconv.Atoi(g.Parameters["n"])
				mine := *in
				mine.Parameters = map[string]string{"n": strconv.Itoa(n + 1)}
				err := w.update(&mine, g.VersionId, true)
				var conflict *gluetypes.ConcurrentModificationException
				if err == nil {
					done++
				} else if !errors.As(err, &conflict) {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if n := w.table("orders").Parameters["n"]; n != strconv.Itoa(writers*each) {
		t.Errorf("n = %s", n)
	}
}

func TestTablePages(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	for i := range 7 {
		must[*glue.CreateTableOutput](t)(w.CreateTable(ctx, &glue.CreateTableInput{DatabaseName: aws.String("sales"), TableInput: &gluetypes.TableInput{
			Name: aws.String(fmt.Sprintf("log_%d", i)), StorageDescriptor: descriptor("s3://b/", column("a", "int"))}}))
	}
	list := func(expr string) (names []string) {
		t.Helper()
		for p := glue.NewGetTablesPaginator(w.Client, &glue.GetTablesInput{DatabaseName: aws.String("sales"), Expression: optional(expr), MaxResults: aws.Int32(3)}); p.HasMorePages(); {
			for _, x := range must[*glue.GetTablesOutput](t)(p.NextPage(ctx)).TableList {
				names = append(names, *x.Name)
			}
		}
		return names
	}
	logs := []string{"log_0", "log_1", "log_2", "log_3", "log_4", "log_5", "log_6"}
	for expr, want := range map[string][]string{
		"": append(logs, "orders"), "*": append(logs, "orders"), ".*": append(logs, "orders"), "log.*": logs, "LOG_*": logs, "log*": logs, "*_1": {"log_1"},
		"*og_*": logs, "log_[12]": {"log_1", "log_2"}, "log_1|orders": {"log_1", "orders"}, "log": nil, "o": nil, "(log|x)_[0-9]*": logs,
	} {
		if diff := cmp.Diff(want, list(expr)); diff != "" {
			t.Errorf("%q: %s", expr, diff)
		}
	}
	_, err := w.GetTables(ctx, &glue.GetTablesInput{DatabaseName: aws.String("sales"), Expression: aws.String("(")})
	refused[*gluetypes.InvalidInputException](t, err, "")
	first := must[*glue.GetTablesOutput](t)(w.GetTables(ctx, &glue.GetTablesInput{DatabaseName: aws.String("sales"), MaxResults: aws.Int32(1)}))
	_, err = w.GetTables(ctx, &glue.GetTablesInput{DatabaseName: aws.String("sales"), Expression: aws.String("x.*"), NextToken: first.NextToken})
	refused[*gluetypes.InvalidInputException](t, err, "The continuation token is not one that this operation gave for this request.")

	some := must[*glue.GetTablesOutput](t)(w.GetTables(ctx, &glue.GetTablesInput{DatabaseName: aws.String("sales"), AttributesToGet: []gluetypes.TableAttributes{"NAME", "TABLE_TYPE"}}))
	if x := some.TableList[0]; x.StorageDescriptor != nil || *x.TableType != "EXTERNAL_TABLE" {
		t.Errorf("attributes: %+v", x)
	}

	res := must[*glue.BatchDeleteTableOutput](t)(w.BatchDeleteTable(ctx, &glue.BatchDeleteTableInput{DatabaseName: aws.String("sales"), TablesToDelete: []string{"log_0", "nope", "log_1"}}))
	if len(res.Errors) != 1 || *res.Errors[0].TableName != "nope" || *res.Errors[0].ErrorDetail.ErrorCode != "EntityNotFoundException" {
		t.Errorf("errors = %+v", res.Errors)
	}
	if diff := cmp.Diff(append(logs[2:], "orders"), list("")); diff != "" {
		t.Error(diff)
	}
	_, err = w.BatchDeleteTable(ctx, &glue.BatchDeleteTableInput{DatabaseName: aws.String("sales"), TablesToDelete: make([]string, 101)})
	refused[*gluetypes.ValidationException](t, err, "1 validation error detected: Value '[101 items]' at 'tablesToDelete' failed to satisfy constraint: Member must have length less than or equal to 100")
}

func TestTableVersions(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	in := w.orders()
	for i := range 5 {
		in.Description = aws.String(fmt.Sprint("version ", i+2))
		if err := w.update(in, nil, i == 1); err != nil { // 2 is skipped by 3
			t.Fatal(err)
		}
	}
	list := func() (ids []string) {
		for p := glue.NewGetTableVersionsPaginator(w.Client, &glue.GetTableVersionsInput{DatabaseName: aws.String("sales"), TableName: aws.String("orders"), MaxResults: aws.Int32(2)}); p.HasMorePages(); {
			for _, v := range must[*glue.GetTableVersionsOutput](t)(p.NextPage(ctx)).TableVersions {
				if *v.VersionId != *v.Table.VersionId {
					t.Errorf("version %s of table %s", *v.VersionId, *v.Table.VersionId)
				}
				ids = append(ids, *v.VersionId)
			}
		}
		return ids
	}
	if diff := cmp.Diff([]string{"6", "5", "4", "3", "1"}, list()); diff != "" {
		t.Error(diff)
	}
	get := func(id *string) (*glue.GetTableVersionOutput, error) {
		return w.GetTableVersion(ctx, &glue.GetTableVersionInput{DatabaseName: aws.String("sales"), TableName: aws.String("orders"), VersionId: id})
	}
	if v := must[*glue.GetTableVersionOutput](t)(get(aws.String("4"))).TableVersion; *v.Table.Description != "version 4" {
		t.Errorf("version 4 is %q", *v.Table.Description)
	}
	if v := must[*glue.GetTableVersionOutput](t)(get(nil)).TableVersion; *v.VersionId != "6" {
		t.Errorf("the present version is %s", *v.VersionId)
	}
	_, err := get(aws.String("2"))
	refused[*gluetypes.EntityNotFoundException](t, err, "Table version 2 not found.")

	del := func(id string) error {
		_, err := w.DeleteTableVersion(ctx, &glue.DeleteTableVersionInput{DatabaseName: aws.String("sales"), TableName: aws.String("orders"), VersionId: aws.String(id)})
		return err
	}
	if err := del("4"); err != nil {
		t.Error(err)
	}
	refused[*gluetypes.EntityNotFoundException](t, del("4"), "Table version 4 not found.")
	refused[*gluetypes.InvalidInputException](t, del("6"), "Version 6 of table orders is the present one and cannot be deleted.")
	res := must[*glue.BatchDeleteTableVersionOutput](t)(w.BatchDeleteTableVersion(ctx, &glue.BatchDeleteTableVersionInput{DatabaseName: aws.String("sales"),
		TableName: aws.String("orders"), VersionIds: []string{"1", "4", "6"}}))
	if len(res.Errors) != 2 || *res.Errors[0].VersionId != "4" || *res.Errors[1].VersionId != "6" {
		t.Errorf("errors = %+v", res.Errors)
	}
	if diff := cmp.Diff([]string{"6", "5", "3"}, list()); diff != "" {
		t.Error(diff)
	}
}

func TestTableLink(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	must[*glue.CreateTableOutput](t)(w.CreateTable(ctx, &glue.CreateTableInput{DatabaseName: aws.String("sales"), TableInput: &gluetypes.TableInput{Name: aws.String("link"),
		TargetTable: &gluetypes.TableIdentifier{CatalogId: aws.String(DefaultCatalogID), DatabaseName: aws.String("sales"), Name: aws.String("orders")}}}))
	g := w.table("link")
	if *g.Name != "link" || *g.TargetTable.Name != "orders" || len(g.StorageDescriptor.Columns) != 2 || len(g.PartitionKeys) != 2 {
		t.Errorf("link = %+v", g)
	}
	must[*glue.CreatePartitionOutput](t)(w.CreatePartition(ctx, &glue.CreatePartitionInput{DatabaseName: aws.String("sales"), TableName: aws.String("link"),
		PartitionInput: &gluetypes.PartitionInput{Values: []string{day(0), "1"}}}))
	if got := must[*glue.GetPartitionsOutput](t)(w.GetPartitions(ctx, &glue.GetPartitionsInput{DatabaseName: aws.String("sales"), TableName: aws.String("orders")})); len(got.Partitions) != 1 {
		t.Errorf("the link's partition is not its target's: %v", got.Partitions)
	}
}

// TestViews carries a view from a client to the catalog's SQL and back.
func TestViews(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	must[*catalog.Table](t)(w.cat.CreateTable(ctx, &catalog.Table{Database: "sales", Name: "v", Kind: catalog.VirtualView, ViewText: "SELECT id FROM orders",
		ViewDatabase: "sales", Columns: []catalog.Column{{Name: "id", Type: types.TBigInt}}}))
	g := w.table("v")
	must[*glue.CreateTableOutput](t)(w.CreateTable(ctx, &glue.CreateTableInput{DatabaseName: aws.String("sales"), TableInput: &gluetypes.TableInput{Name: aws.String("v2"),
		TableType: g.TableType, Parameters: g.Parameters, StorageDescriptor: g.StorageDescriptor, ViewOriginalText: g.ViewOriginalText, ViewExpandedText: g.ViewExpandedText}}))
	got := must[*catalog.Table](t)(w.cat.Table(ctx, "sales", "v2"))
	if got.ViewText != "SELECT id FROM orders" || got.ViewOriginal != "" || got.Kind != catalog.VirtualView {
		t.Errorf("view = %+v", got)
	}
}
