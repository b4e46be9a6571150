package glueapi

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"
	"github.com/glauxdb/glaux/server/awsapi/awstest"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Tests of what Glaux keeps for clients: statistics, indexes, functions, tags.

func statistics() []gluetypes.ColumnStatistics {
	when := aws.Time(noon)
	return []gluetypes.ColumnStatistics{
		{ColumnName: aws.String("id"), ColumnType: aws.String("bigint"), AnalyzedTime: when, StatisticsData: &gluetypes.ColumnStatisticsData{Type: "LONG",
			LongColumnStatisticsData: &gluetypes.LongColumnStatisticsData{MinimumValue: math.MinInt64, MaximumValue: math.MaxInt64, NumberOfDistinctValues: 7, NumberOfNulls: 1}}},
		{ColumnName: aws.String("price"), ColumnType: aws.String("decimal(10,2)"), AnalyzedTime: when, StatisticsData: &gluetypes.ColumnStatisticsData{Type: "DECIMAL",
			DecimalColumnStatisticsData: &gluetypes.DecimalColumnStatisticsData{MinimumValue: &gluetypes.DecimalNumber{UnscaledValue: []byte{0xff, 0x85}, Scale: 2},
				MaximumValue: &gluetypes.DecimalNumber{UnscaledValue: []byte{0x7b}, Scale: 2}}}},
		{ColumnName: aws.String("n"), ColumnType: aws.String("double"), AnalyzedTime: when, StatisticsData: &gluetypes.ColumnStatisticsData{Type: "DOUBLE",
			DoubleColumnStatisticsData: &gluetypes.DoubleColumnStatisticsData{MinimumValue: math.Inf(-1), MaximumValue: math.NaN()}}},
		{ColumnName: aws.String("dt"), ColumnType: aws.String("date"), AnalyzedTime: when, StatisticsData: &gluetypes.ColumnStatisticsData{Type: "DATE",
			DateColumnStatisticsData: &gluetypes.DateColumnStatisticsData{MinimumValue: aws.Time(time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)), MaximumValue: when}}},
	}
}

func TestTableStatistics(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	want := statistics()
	bad := []gluetypes.ColumnStatistics{
		{ColumnName: aws.String("nope"), ColumnType: aws.String("x"), AnalyzedTime: aws.Time(noon), StatisticsData: want[0].StatisticsData},
		{ColumnName: aws.String("id"), ColumnType: aws.String("x"), AnalyzedTime: aws.Time(noon), StatisticsData: &gluetypes.ColumnStatisticsData{Type: "STRING"}},
		{ColumnName: aws.String("id"), ColumnType: aws.String("x"), AnalyzedTime: aws.Time(noon), StatisticsData: &gluetypes.ColumnStatisticsData{Type: "STRING",
			StringColumnStatisticsData: &gluetypes.StringColumnStatisticsData{}, LongColumnStatisticsData: &gluetypes.LongColumnStatisticsData{}}},
		{ColumnName: aws.String("id"), ColumnType: aws.String("x"), AnalyzedTime: aws.Time(noon), StatisticsData: &gluetypes.ColumnStatisticsData{Type: "FOO"}},
	}
	up := must[*glue.UpdateColumnStatisticsForTableOutput](t)(w.UpdateColumnStatisticsForTable(ctx, &glue.UpdateColumnStatisticsForTableInput{DatabaseName: sales, TableName: orders,
		ColumnStatisticsList: append(statistics(), bad...)}))
	if len(up.Errors) != len(bad) {
		t.Errorf("errors = %+v", up.Errors)
	}
	for i, e := range up.Errors {
		if *e.Error.ErrorCode != "InvalidInputException" || *e.ColumnStatistics.ColumnName != *bad[i].ColumnName {
			t.Errorf("error %d = %+v", i, e)
		}
	}
	get := must[*glue.GetColumnStatisticsForTableOutput](t)(w.GetColumnStatisticsForTable(ctx, &glue.GetColumnStatisticsForTableInput{DatabaseName: sales, TableName: orders,
		ColumnNames: []string{"id", "PRICE", "n", "dt", "other"}}))
	if diff := cmp.Diff(want, get.ColumnStatisticsList, awstest.SDK); diff != "" {
		t.Errorf("statistics (-sent +got):\n%s", diff)
	}
	if len(get.Errors) != 1 || *get.Errors[0].ColumnName != "other" || *get.Errors[0].Error.ErrorCode != "EntityNotFoundException" {
		t.Errorf("errors = %+v", get.Errors)
	}
	del := func() error {
		_, err := w.DeleteColumnStatisticsForTable(ctx, &glue.DeleteColumnStatisticsForTableInput{DatabaseName: sales, TableName: orders, ColumnName: aws.String("id")})
		return err
	}
	if err := del(); err != nil {
		t.Error(err)
	}
	refused[*gluetypes.EntityNotFoundException](t, del(), "Statistics of column id not found.")
	_, err := w.UpdateColumnStatisticsForTable(ctx, &glue.UpdateColumnStatisticsForTableInput{DatabaseName: sales, TableName: orders, ColumnStatisticsList: many(want[0], 26)})
	code(t, err, "ValidationException")
	_, err = w.GetColumnStatisticsForTable(ctx, &glue.GetColumnStatisticsForTableInput{DatabaseName: sales, TableName: orders, ColumnNames: many("x", 101)})
	code(t, err, "ValidationException")
}

func many[T any](v T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func TestPartitionStatistics(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	w.days(2)
	values := []string{day(1), "1"}
	put := func() {
		t.Helper()
		must[*glue.UpdateColumnStatisticsForPartitionOutput](t)(w.UpdateColumnStatisticsForPartition(ctx, &glue.UpdateColumnStatisticsForPartitionInput{DatabaseName: sales,
			TableName: orders, PartitionValues: values, ColumnStatisticsList: statistics()}))
	}
	get := func(values []string) *glue.GetColumnStatisticsForPartitionOutput {
		t.Helper()
		return must[*glue.GetColumnStatisticsForPartitionOutput](t)(w.GetColumnStatisticsForPartition(ctx, &glue.GetColumnStatisticsForPartitionInput{DatabaseName: sales,
			TableName: orders, PartitionValues: values, ColumnNames: []string{"id", "price"}}))
	}
	put()
	if diff := cmp.Diff(statistics()[:2], get(values).ColumnStatisticsList, awstest.SDK); diff != "" {
		t.Error(diff)
	}
	if other := get([]string{day(0), "0"}); len(other.ColumnStatisticsList) != 0 || len(other.Errors) != 2 {
		t.Errorf("another partition has %+v", other)
	}
	must[*glue.DeleteColumnStatisticsForPartitionOutput](t)(w.DeleteColumnStatisticsForPartition(ctx, &glue.DeleteColumnStatisticsForPartitionInput{DatabaseName: sales,
		TableName: orders, PartitionValues: values, ColumnName: aws.String("id")}))
	if left := get(values); len(left.ColumnStatisticsList) != 1 {
		t.Errorf("left: %+v", left)
	}
	put()
	// A partition that is made again has no statistics.
	must[*glue.DeletePartitionOutput](t)(w.DeletePartition(ctx, &glue.DeletePartitionInput{DatabaseName: sales, TableName: orders, PartitionValues: values}))
	_, err := w.GetColumnStatisticsForPartition(ctx, &glue.GetColumnStatisticsForPartitionInput{DatabaseName: sales, TableName: orders, PartitionValues: values, ColumnNames: []string{"id"}})
	refused[*gluetypes.EntityNotFoundException](t, err, "Cannot find partition.")
	must[*glue.CreatePartitionOutput](t)(w.CreatePartition(ctx, &glue.CreatePartitionInput{DatabaseName: sales, TableName: orders, PartitionInput: &gluetypes.PartitionInput{Values: values}}))
	if again := get(values); len(again.ColumnStatisticsList) != 0 {
		t.Errorf("made again: %+v", again)
	}
}

func TestPartitionIndexes(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	in := &gluetypes.TableInput{Name: aws.String("t"), PartitionKeys: []gluetypes.Column{column("a", "int"), column("b", "string"), column("d", "date")},
		StorageDescriptor: descriptor("s3://t/", column("x", "int"))}
	index := func(name string, keys ...string) *gluetypes.PartitionIndex {
		return &gluetypes.PartitionIndex{IndexName: aws.String(name), Keys: keys}
	}
	tab := aws.String("t")
	must[*glue.CreateTableOutput](t)(w.CreateTable(ctx, &glue.CreateTableInput{DatabaseName: sales, TableInput: in, PartitionIndexes: []gluetypes.PartitionIndex{*index("first", "a")}}))
	create := func(x *gluetypes.PartitionIndex) error {
		_, err := w.CreatePartitionIndex(ctx, &glue.CreatePartitionIndexInput{DatabaseName: sales, TableName: tab, PartitionIndex: x})
		return err
	}
	if err := create(index("second", "B", "a")); err != nil {
		t.Fatal(err)
	}
	refused[*gluetypes.AlreadyExistsException](t, create(index("FIRST", "b")), "Partition index FIRST already exists.")
	refused[*gluetypes.AlreadyExistsException](t, create(index("other", "a")), "Partition index first has the same keys.")
	refused[*gluetypes.InvalidInputException](t, create(index("other", "d")), "Index key d has the type date; an index takes keys of: string, int, bigint, long, tinyint, smallint.")
	refused[*gluetypes.InvalidInputException](t, create(index("other", "x")), "Index key x is not a partition key of table t.")
	refused[*gluetypes.InvalidInputException](t, create(index("other", "a", "A")), "Index key A is named twice.")
	if err := create(index("third", "b")); err != nil {
		t.Fatal(err)
	}
	refused[*gluetypes.ResourceNumberLimitExceededException](t, create(index("fourth", "a", "b")), "Table t has 3 partition indexes already.")
	get := func() []gluetypes.PartitionIndexDescriptor {
		return must[*glue.GetPartitionIndexesOutput](t)(w.GetPartitionIndexes(ctx, &glue.GetPartitionIndexesInput{DatabaseName: sales, TableName: tab})).PartitionIndexDescriptorList
	}
	want := gluetypes.PartitionIndexDescriptor{IndexName: aws.String("second"), IndexStatus: "ACTIVE", Keys: []gluetypes.KeySchemaElement{
		{Name: aws.String("B"), Type: aws.String("string")}, {Name: aws.String("a"), Type: aws.String("int")}}}
	if got := get(); len(got) != 3 || !cmp.Equal(want, got[1], awstest.SDK, cmpopts.EquateEmpty()) {
		t.Errorf("indexes: %s", cmp.Diff(want, got[1], awstest.SDK, cmpopts.EquateEmpty()))
	}
	del := func() error {
		_, err := w.DeletePartitionIndex(ctx, &glue.DeletePartitionIndexInput{DatabaseName: sales, TableName: tab, IndexName: aws.String("second")})
		return err
	}
	if err := del(); err != nil {
		t.Error(err)
	}
	refused[*gluetypes.EntityNotFoundException](t, del(), "Index with the given indexName : second does not exist")
	if got := get(); len(got) != 2 {
		t.Errorf("left: %+v", got)
	}
}

func TestFunctions(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	if got := must[*glue.GetUserDefinedFunctionsOutput](t)(w.GetUserDefinedFunctions(ctx, &glue.GetUserDefinedFunctionsInput{Pattern: aws.String("*")})); len(got.UserDefinedFunctions) != 0 {
		t.Errorf("functions: %+v", got)
	}
	in := func(name string) *gluetypes.UserDefinedFunctionInput {
		return &gluetypes.UserDefinedFunctionInput{FunctionName: aws.String(name), ClassName: aws.String("com.x.F"), OwnerName: aws.String("me"), OwnerType: "USER",
			ResourceUris: []gluetypes.ResourceUri{{ResourceType: "JAR", Uri: aws.String("s3://x/f.jar")}}}
	}
	for _, n := range []string{"Fa", "fb", "g"} {
		must[*glue.CreateUserDefinedFunctionOutput](t)(w.CreateUserDefinedFunction(ctx, &glue.CreateUserDefinedFunctionInput{DatabaseName: sales, FunctionInput: in(n)}))
	}
	_, err := w.CreateUserDefinedFunction(ctx, &glue.CreateUserDefinedFunctionInput{DatabaseName: sales, FunctionInput: in("FA")})
	refused[*gluetypes.AlreadyExistsException](t, err, "Function already exists.")
	get := func(name string) (*gluetypes.UserDefinedFunction, error) {
		out, err := w.GetUserDefinedFunction(ctx, &glue.GetUserDefinedFunctionInput{DatabaseName: sales, FunctionName: aws.String(name)})
		if err != nil {
			return nil, err
		}
		return out.UserDefinedFunction, nil
	}
	want := &gluetypes.UserDefinedFunction{DatabaseName: sales, CatalogId: aws.String(DefaultCatalogID), FunctionName: aws.String("fa"), ClassName: aws.String("com.x.F"),
		OwnerName: aws.String("me"), OwnerType: "USER", ResourceUris: in("x").ResourceUris}
	if diff := cmp.Diff(want, must[*gluetypes.UserDefinedFunction](t)(get("FA")), awstest.SDK, cmpopts.IgnoreFields(gluetypes.UserDefinedFunction{}, "CreateTime")); diff != "" {
		t.Error(diff)
	}
	changed := in("fa")
	changed.ClassName = aws.String("com.x.G")
	must[*glue.UpdateUserDefinedFunctionOutput](t)(w.UpdateUserDefinedFunction(ctx, &glue.UpdateUserDefinedFunctionInput{DatabaseName: sales, FunctionName: aws.String("fa"), FunctionInput: changed}))
	if got := must[*gluetypes.UserDefinedFunction](t)(get("fa")); *got.ClassName != "com.x.G" || got.CreateTime == nil {
		t.Errorf("updated = %+v", got)
	}
	list := func(pattern string, database *string) (names []string) {
		for p := glue.NewGetUserDefinedFunctionsPaginator(w.Client, &glue.GetUserDefinedFunctionsInput{Pattern: aws.String(pattern), DatabaseName: database, MaxResults: aws.Int32(1)}); p.HasMorePages(); {
			for _, f := range must[*glue.GetUserDefinedFunctionsOutput](t)(p.NextPage(ctx)).UserDefinedFunctions {
				names = append(names, *f.FunctionName)
			}
		}
		return names
	}
	for pattern, want := range map[string][]string{"*": {"fa", "fb", "g"}, "f.*": {"fa", "fb"}, "f*": {"fa", "fb"}, "x": nil} {
		if diff := cmp.Diff(want, list(pattern, nil)); diff != "" {
			t.Errorf("%s: %s", pattern, diff)
		}
		if diff := cmp.Diff(want, list(pattern, sales)); diff != "" {
			t.Errorf("%s: %s", pattern, diff)
		}
	}
	must[*glue.DeleteUserDefinedFunctionOutput](t)(w.DeleteUserDefinedFunction(ctx, &glue.DeleteUserDefinedFunctionInput{DatabaseName: sales, FunctionName: aws.String("fa")}))
	_, err = get("fa")
	refused[*gluetypes.EntityNotFoundException](t, err, "Function fa not found.")
	_, err = w.DeleteUserDefinedFunction(ctx, &glue.DeleteUserDefinedFunctionInput{DatabaseName: sales, FunctionName: aws.String("fa")})
	refused[*gluetypes.EntityNotFoundException](t, err, "")
	_, err = w.UpdateUserDefinedFunction(ctx, &glue.UpdateUserDefinedFunctionInput{DatabaseName: sales, FunctionName: aws.String("fa"), FunctionInput: in("fa")})
	refused[*gluetypes.EntityNotFoundException](t, err, "")
	// A database that is made again has none.
	must[*glue.DeleteDatabaseOutput](t)(w.DeleteDatabase(ctx, &glue.DeleteDatabaseInput{Name: sales}))
	w.orders()
	if got := list("*", nil); got != nil {
		t.Errorf("left: %v", got)
	}
}

func TestTags(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	arn := func(res string) *string { return aws.String("arn:aws:glue:eu-central-1:000000000000:" + res) }
	must[*glue.TagResourceOutput](t)(w.TagResource(ctx, &glue.TagResourceInput{ResourceArn: arn("table/sales/orders"), TagsToAdd: map[string]string{"a": "1", "b": "2"}}))
	must[*glue.TagResourceOutput](t)(w.TagResource(ctx, &glue.TagResourceInput{ResourceArn: arn("table/Sales/Orders"), TagsToAdd: map[string]string{"b": "3"}}))
	must[*glue.UntagResourceOutput](t)(w.UntagResource(ctx, &glue.UntagResourceInput{ResourceArn: arn("table/sales/orders"), TagsToRemove: []string{"a", "x"}}))
	got := must[*glue.GetTagsOutput](t)(w.GetTags(ctx, &glue.GetTagsInput{ResourceArn: arn("table/sales/orders")}))
	if diff := cmp.Diff(map[string]string{"b": "3"}, got.Tags); diff != "" {
		t.Error(diff)
	}
	if got := must[*glue.GetTagsOutput](t)(w.GetTags(ctx, &glue.GetTagsInput{ResourceArn: arn("database/sales")})); got.Tags == nil || len(got.Tags) != 0 {
		t.Errorf("tags = %v", got.Tags)
	}
	for _, bad := range []string{"database/nope", "table/sales/nope", "table/sales", "crawler/nope", "job/x"} {
		_, err := w.GetTags(ctx, &glue.GetTagsInput{ResourceArn: arn(bad)})
		refused[*gluetypes.EntityNotFoundException](t, err, "")
	}
	_, err := w.GetTags(ctx, &glue.GetTagsInput{ResourceArn: aws.String("nonsense")})
	refused[*gluetypes.InvalidInputException](t, err, "nonsense is not the ARN of a resource of AWS Glue.")
	tags := map[string]string{}
	for i := range 50 {
		tags[fmt.Sprint(i)] = "x"
	}
	_, err = w.TagResource(ctx, &glue.TagResourceInput{ResourceArn: arn("table/sales/orders"), TagsToAdd: tags})
	refused[*gluetypes.InvalidInputException](t, err, "")
	_, err = w.TagResource(ctx, &glue.TagResourceInput{ResourceArn: arn("database/sales"), TagsToAdd: map[string]string{strings.Repeat("k", 129): ""}})
	code(t, err, "ValidationException")
	// A table that is made again has none.
	must[*glue.DeleteTableOutput](t)(w.DeleteTable(ctx, &glue.DeleteTableInput{DatabaseName: sales, Name: orders}))
	must[*glue.CreateTableOutput](t)(w.CreateTable(ctx, &glue.CreateTableInput{DatabaseName: sales, TableInput: &gluetypes.TableInput{Name: orders}}))
	if got := must[*glue.GetTagsOutput](t)(w.GetTags(ctx, &glue.GetTagsInput{ResourceArn: arn("table/sales/orders")})); len(got.Tags) != 0 {
		t.Errorf("tags = %v", got.Tags)
	}
}
