package glueapi

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/server/awsapi/awstest"
)

var sales, orders = aws.String("sales"), aws.String("orders")

// days makes n partitions (date, number) in batches.
func (w *world) days(n int) {
	w.t.Helper()
	for from := 0; from < n; from += 100 {
		var list []gluetypes.PartitionInput
		for i := from; i < min(n, from+100); i++ {
			list = append(list, gluetypes.PartitionInput{Values: []string{day(i), strconv.Itoa(i)}})
		}
		res := must[*glue.BatchCreatePartitionOutput](w.t)(w.BatchCreatePartition(context.Background(), &glue.BatchCreatePartitionInput{DatabaseName: sales, TableName: orders, PartitionInputList: list}))
		if len(res.Errors) > 0 {
			w.t.Fatal(*res.Errors[0].ErrorDetail.ErrorMessage)
		}
	}
}

func (w *world) partition(values ...string) (*gluetypes.Partition, error) {
	out, err := w.GetPartition(context.Background(), &glue.GetPartitionInput{DatabaseName: sales, TableName: orders, PartitionValues: values})
	if err != nil {
		return nil, err
	}
	return out.Partition, nil
}

// list gives the second key of all partitions that a request gives, page by
// page.
func (w *world) list(in glue.GetPartitionsInput) (ns []string) {
	w.t.Helper()
	in.DatabaseName, in.TableName = sales, orders
	for p := glue.NewGetPartitionsPaginator(w.Client, &in); p.HasMorePages(); {
		page := must[*glue.GetPartitionsOutput](w.t)(p.NextPage(context.Background()))
		if in.MaxResults != nil && len(page.Partitions) > int(*in.MaxResults) {
			w.t.Errorf("a page of %d", len(page.Partitions))
		}
		for _, x := range page.Partitions {
			ns = append(ns, x.Values[1])
		}
	}
	return ns
}

func TestPartitions(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	in := &gluetypes.PartitionInput{Values: []string{"2024-01-02", "7"}, Parameters: map[string]string{"a": "b"}, LastAccessTime: aws.Time(noon),
		LastAnalyzedTime: aws.Time(noon), StorageDescriptor: descriptor("s3://elsewhere/x", column("id", "bigint"))}
	in.StorageDescriptor.SerdeInfo.Parameters = map[string]string{"serialization.format": "1"}
	create := func(in *gluetypes.PartitionInput) error {
		_, err := w.CreatePartition(ctx, &glue.CreatePartitionInput{DatabaseName: sales, TableName: orders, PartitionInput: in})
		return err
	}
	if err := create(in); err != nil {
		t.Fatal(err)
	}
	refused[*gluetypes.AlreadyExistsException](t, create(in), "Partition already exists.")
	refused[*gluetypes.InvalidInputException](t, create(&gluetypes.PartitionInput{Values: []string{"2024-01-02"}}),
		"The number of partition keys do not match the number of partition values: table orders has 2, the request 1.")
	refused[*gluetypes.InvalidInputException](t, create(&gluetypes.PartitionInput{Values: []string{"no date", "1"}}), "")
	got, err := w.partition("2024-01-02", "7")
	if err != nil {
		t.Fatal(err)
	}
	want := &gluetypes.Partition{DatabaseName: sales, TableName: orders, CatalogId: aws.String(DefaultCatalogID), Values: in.Values, Parameters: in.Parameters,
		LastAccessTime: in.LastAccessTime, LastAnalyzedTime: in.LastAnalyzedTime, StorageDescriptor: in.StorageDescriptor}
	if diff := cmp.Diff(want, got, awstest.SDK, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(gluetypes.Partition{}, "CreationTime")); diff != "" || got.CreationTime == nil {
		t.Errorf("partition (-want +got):\n%s", diff)
	}
	_, err = w.partition("2024-01-02", "07")
	refused[*gluetypes.EntityNotFoundException](t, err, "Cannot find partition.")

	if err := create(&gluetypes.PartitionInput{Values: []string{"2024-01-03", "1"}}); err != nil { // nothing but values
		t.Fatal(err)
	}
	if got := must[*gluetypes.Partition](t)(w.partition("2024-01-03", "1")); *got.StorageDescriptor.Location != "s3://lake/orders/dt=2024-01-03/n=1/" ||
		len(got.StorageDescriptor.Columns) != 2 || *got.StorageDescriptor.SerdeInfo.SerializationLibrary != parquetSerDe {
		t.Errorf("a bare partition is shown as %+v", got.StorageDescriptor)
	}

	del := func(values ...string) error {
		_, err := w.DeletePartition(ctx, &glue.DeletePartitionInput{DatabaseName: sales, TableName: orders, PartitionValues: values})
		return err
	}
	for _, n := range []string{"07", "007", "0007"} { // one value, other partitions
		if err := create(&gluetypes.PartitionInput{Values: []string{"2024-01-02", n}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := del("2024-01-02", "7"); err != nil {
		t.Error(err)
	}
	res := must[*glue.BatchDeletePartitionOutput](t)(w.BatchDeletePartition(ctx, &glue.BatchDeletePartitionInput{DatabaseName: sales, TableName: orders,
		PartitionsToDelete: []gluetypes.PartitionValueList{{Values: []string{"2024-01-02", "007"}}, {Values: []string{"2024-01-02", "7"}}}}))
	if len(res.Errors) != 1 || res.Errors[0].PartitionValues[1] != "7" {
		t.Errorf("errors = %+v", res.Errors)
	}
	if _, err := w.partition("2024-01-02", "007"); err == nil {
		t.Error("007 is still there")
	}
	if _, err := w.UpdatePartition(ctx, &glue.UpdatePartitionInput{DatabaseName: sales, TableName: orders, PartitionValueList: []string{"2024-01-02", "0007"},
		PartitionInput: &gluetypes.PartitionInput{Values: []string{"2024-01-03", "9"}}}); err != nil {
		t.Errorf("moving 0007: %v", err)
	}
	for _, left := range [][]string{{"2024-01-02", "07"}, {"2024-01-03", "9"}} {
		must[*gluetypes.Partition](t)(w.partition(left...))
		if err := del(left...); err != nil {
			t.Error(err)
		}
	}
	refused[*gluetypes.EntityNotFoundException](t, del("2024-01-02", "7"), "Cannot find partition.")
	if got := w.list(glue.GetPartitionsInput{}); len(got) != 1 {
		t.Errorf("left: %v", got)
	}
	_, err = w.CreatePartition(ctx, &glue.CreatePartitionInput{DatabaseName: sales, TableName: aws.String("nope"), PartitionInput: in})
	refused[*gluetypes.EntityNotFoundException](t, err, "Table nope not found.")
}

func TestUpdatePartition(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	w.days(3)
	update := func(n int, in *gluetypes.PartitionInput) error {
		_, err := w.UpdatePartition(ctx, &glue.UpdatePartitionInput{DatabaseName: sales, TableName: orders, PartitionValueList: []string{day(n), strconv.Itoa(n)}, PartitionInput: in})
		return err
	}
	created := must[*gluetypes.Partition](t)(w.partition(day(1), "1")).CreationTime
	if err := update(1, &gluetypes.PartitionInput{Parameters: map[string]string{"x": "y"}, StorageDescriptor: descriptor("s3://new/")}); err != nil {
		t.Fatal(err)
	}
	got := must[*gluetypes.Partition](t)(w.partition(day(1), "1"))
	if got.Parameters["x"] != "y" || *got.StorageDescriptor.Location != "s3://new/" || !got.CreationTime.Equal(*created) {
		t.Errorf("updated = %+v", got)
	}
	if err := update(1, &gluetypes.PartitionInput{Values: []string{"2030-01-01", "9"}, Parameters: got.Parameters, StorageDescriptor: got.StorageDescriptor}); err != nil {
		t.Fatal(err)
	}
	_, err := w.partition(day(1), "1")
	refused[*gluetypes.EntityNotFoundException](t, err, "")
	if got := must[*gluetypes.Partition](t)(w.partition("2030-01-01", "9")); got.Parameters["x"] != "y" || !got.CreationTime.Equal(*created) {
		t.Errorf("moved = %+v", got)
	}
	refused[*gluetypes.AlreadyExistsException](t, update(0, &gluetypes.PartitionInput{Values: []string{day(2), "2"}}), "Partition already exists.")
	refused[*gluetypes.EntityNotFoundException](t, update(1, &gluetypes.PartitionInput{}), "Cannot find partition.")

	res := must[*glue.BatchUpdatePartitionOutput](t)(w.BatchUpdatePartition(ctx, &glue.BatchUpdatePartitionInput{DatabaseName: sales, TableName: orders,
		Entries: []gluetypes.BatchUpdatePartitionRequestEntry{
			{PartitionValueList: []string{day(0), "0"}, PartitionInput: &gluetypes.PartitionInput{Values: []string{day(0), "0"}, Parameters: map[string]string{"b": "c"}}},
			{PartitionValueList: []string{day(9), "9"}, PartitionInput: &gluetypes.PartitionInput{}},
			{PartitionValueList: []string{day(2), "2"}, PartitionInput: &gluetypes.PartitionInput{Values: []string{day(0), "0"}}},
		}}))
	if len(res.Errors) != 2 || *res.Errors[0].ErrorDetail.ErrorCode != "EntityNotFoundException" || *res.Errors[1].ErrorDetail.ErrorCode != "AlreadyExistsException" {
		t.Errorf("errors = %+v", res.Errors)
	}
	if got := must[*gluetypes.Partition](t)(w.partition(day(0), "0")); got.Parameters["b"] != "c" {
		t.Errorf("updated = %+v", got)
	}
	// All at once, where all are there.
	res = must[*glue.BatchUpdatePartitionOutput](t)(w.BatchUpdatePartition(ctx, &glue.BatchUpdatePartitionInput{DatabaseName: sales, TableName: orders,
		Entries: []gluetypes.BatchUpdatePartitionRequestEntry{
			{PartitionValueList: []string{day(0), "0"}, PartitionInput: &gluetypes.PartitionInput{StorageDescriptor: descriptor("s3://zero/")}},
			{PartitionValueList: []string{day(2), "2"}, PartitionInput: &gluetypes.PartitionInput{Values: []string{day(2), "2"}, StorageDescriptor: descriptor("s3://two/")}},
		}}))
	if got := must[*gluetypes.Partition](t)(w.partition(day(2), "2")); len(res.Errors) != 0 || *got.StorageDescriptor.Location != "s3://two/" || got.CreationTime == nil {
		t.Errorf("updated = %+v, errors %+v", got, res.Errors)
	}
	_, err = w.BatchUpdatePartition(ctx, &glue.BatchUpdatePartitionInput{DatabaseName: sales, TableName: orders, Entries: []gluetypes.BatchUpdatePartitionRequestEntry{}})
	refused[*gluetypes.ValidationException](t, err, "")
}

func TestBatchPartitions(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	w.days(3)
	res := must[*glue.BatchCreatePartitionOutput](t)(w.BatchCreatePartition(ctx, &glue.BatchCreatePartitionInput{DatabaseName: sales, TableName: orders,
		PartitionInputList: []gluetypes.PartitionInput{{Values: []string{day(0), "0"}}, {Values: []string{day(5), "5"}}, {Values: []string{day(5), "5"}},
			{Values: []string{"x", "1"}}, {Values: []string{day(6)}}, {Values: []string{day(6), catalog.HiveNull}}}}))
	var codes []string
	for _, e := range res.Errors {
		codes = append(codes, fmt.Sprint(e.PartitionValues, *e.ErrorDetail.ErrorCode))
	}
	want := []string{"[" + day(0) + " 0]AlreadyExistsException", "[" + day(5) + " 5]AlreadyExistsException", "[x 1]InvalidInputException", "[" + day(6) + "]InvalidInputException"}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Error(diff)
	}
	got := must[*glue.BatchGetPartitionOutput](t)(w.BatchGetPartition(ctx, &glue.BatchGetPartitionInput{DatabaseName: sales, TableName: orders,
		PartitionsToGet: []gluetypes.PartitionValueList{{Values: []string{day(5), "5"}}, {Values: []string{"2030-01-01", "1"}}, {Values: []string{day(1), "1"}},
			{Values: []string{day(6), catalog.HiveNull}}, {Values: []string{day(5), "5"}}}}))
	if len(got.Partitions) != 3 || len(got.UnprocessedKeys) != 0 || got.Partitions[0].Values[1] != "5" {
		t.Errorf("got = %+v", got)
	}
	del := must[*glue.BatchDeletePartitionOutput](t)(w.BatchDeletePartition(ctx, &glue.BatchDeletePartitionInput{DatabaseName: sales, TableName: orders,
		PartitionsToDelete: []gluetypes.PartitionValueList{{Values: []string{day(0), "0"}}, {Values: []string{day(8), "8"}}}}))
	if len(del.Errors) != 1 || *del.Errors[0].ErrorDetail.ErrorMessage != "Cannot find partition." {
		t.Errorf("errors = %+v", del.Errors)
	}
	_, err := w.BatchCreatePartition(ctx, &glue.BatchCreatePartitionInput{DatabaseName: sales, TableName: orders, PartitionInputList: make([]gluetypes.PartitionInput, 101)})
	refused[*gluetypes.ValidationException](t, err, "")
	_, err = w.BatchDeletePartition(ctx, &glue.BatchDeletePartitionInput{DatabaseName: sales, TableName: orders, PartitionsToDelete: valueLists(26)})
	code(t, err, "ValidationException")
	_, err = w.BatchGetPartition(ctx, &glue.BatchGetPartitionInput{DatabaseName: sales, TableName: orders, PartitionsToGet: valueLists(1001)})
	code(t, err, "ValidationException")
}

func valueLists(n int) []gluetypes.PartitionValueList {
	out := make([]gluetypes.PartitionValueList, n)
	for i := range out {
		out[i].Values = []string{day(i), "1"}
	}
	return out
}

// TestConcurrentBatches adds overlapping batches: each partition is added by
// one, and the others are told so.
func TestConcurrentBatches(t *testing.T) {
	w := newWorld(t)
	w.orders()
	const n, writers = 60, 4
	var wg sync.WaitGroup
	errs := make([]int, writers)
	for i := range writers {
		wg.Go(func() {
			var list []gluetypes.PartitionInput
			for d := range n {
				list = append(list, gluetypes.PartitionInput{Values: []string{day(d), "1"}})
			}
			res, err := w.BatchCreatePartition(context.Background(), &glue.BatchCreatePartitionInput{DatabaseName: sales, TableName: orders, PartitionInputList: list})
			if err != nil {
				t.Error(err)
				return
			}
			errs[i] = len(res.Errors)
		})
	}
	wg.Wait()
	sum := 0
	for _, e := range errs {
		sum += e
	}
	if sum != (writers-1)*n {
		t.Errorf("errors: %v", errs)
	}
}

func TestGetPartitions(t *testing.T) {
	w := newWorld(t)
	w.orders()
	const n = 250
	w.days(n)
	all := make([]string, n)
	for i := range all {
		all[i] = strconv.Itoa(i)
	}
	if diff := cmp.Diff(all, w.list(glue.GetPartitionsInput{MaxResults: aws.Int32(100)})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(all, w.list(glue.GetPartitionsInput{MaxResults: aws.Int32(n)})); diff != "" {
		t.Error(diff)
	}
	for expr, want := range map[string][]string{
		"dt = '2024-01-03'":                    {"2"},
		"dt >= '2024-09-05' AND n < 250":       {"248", "249"},
		"n IN (3, 5) OR (n BETWEEN 7 AND 8)":   {"3", "5", "7", "8"},
		"n > 1000":                             nil,
		"dt < DATE '2024-01-03' and not n = 0": {"1"},
		"n IS NULL":                            nil,
		" ":                                    all,
		"\"n\" = '17'":                         {"17"},
		"(dt = '2024-01-03' or dt = '2024-01-04')":   {"2", "3"},
		"dt >= '2024-01-31' and dt <= '2024-02-01' ": {"30", "31"},
	} {
		if diff := cmp.Diff(want, w.list(glue.GetPartitionsInput{Expression: aws.String(expr), MaxResults: aws.Int32(1)})); expr != " " && diff != "" {
			t.Errorf("%s: %s", expr, diff)
		}
		if diff := cmp.Diff(want, w.list(glue.GetPartitionsInput{Expression: aws.String(expr)})); diff != "" {
			t.Errorf("%s: %s", expr, diff)
		}
	}
	seen := map[string]bool{}
	for s := range int32(3) {
		part := w.list(glue.GetPartitionsInput{Segment: &gluetypes.Segment{SegmentNumber: s, TotalSegments: aws.Int32(3)}, MaxResults: aws.Int32(40), Expression: aws.String("n < 200")})
		if len(part) < 30 {
			t.Errorf("segment %d has %d partitions", s, len(part))
		}
		for _, v := range part {
			if seen[v] {
				t.Errorf("%s is in two segments", v)
			}
			seen[v] = true
		}
	}
	if len(seen) != 200 {
		t.Errorf("segments have %d of 200", len(seen))
	}
}

func TestGetPartitionsFaults(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	w.days(3)
	get := func(in glue.GetPartitionsInput) error {
		in.DatabaseName, in.TableName = sales, orders
		_, err := w.GetPartitions(ctx, &in)
		return err
	}
	for _, expr := range []string{"dt", "foo = 1", "n = 'x'", "n =", "1 = 1; drop table x", "n = 1 union select 1"} {
		refused[*gluetypes.InvalidInputException](t, get(glue.GetPartitionsInput{Expression: aws.String(expr)}), "")
	}
	long := make([]byte, 2049)
	for i := range long {
		long[i] = ' '
	}
	for _, in := range []glue.GetPartitionsInput{{MaxResults: aws.Int32(0)}, {MaxResults: aws.Int32(1001)}, {Expression: aws.String(string(long))},
		{Segment: &gluetypes.Segment{TotalSegments: aws.Int32(11)}}, {Segment: &gluetypes.Segment{SegmentNumber: 2, TotalSegments: aws.Int32(2)}},
		{Segment: &gluetypes.Segment{SegmentNumber: -1, TotalSegments: aws.Int32(2)}}} {
		code(t, get(in), "ValidationException")
	}
	refused[*gluetypes.InvalidInputException](t, get(glue.GetPartitionsInput{QueryAsOfTime: aws.Time(noon)}), "")
	first := must[*glue.GetPartitionsOutput](t)(w.GetPartitions(ctx, &glue.GetPartitionsInput{DatabaseName: sales, TableName: orders, MaxResults: aws.Int32(1)}))
	refused[*gluetypes.InvalidInputException](t, get(glue.GetPartitionsInput{NextToken: first.NextToken, Expression: aws.String("n = 1")}),
		"The continuation token is not one that this operation gave for this request.")

	noCols := must[*glue.GetPartitionsOutput](t)(w.GetPartitions(ctx, &glue.GetPartitionsInput{DatabaseName: sales, TableName: orders, ExcludeColumnSchema: aws.Bool(true)}))
	if sd := noCols.Partitions[0].StorageDescriptor; sd.Columns != nil || *sd.Location == "" {
		t.Errorf("without columns: %+v", sd)
	}
	must[*glue.CreateTableOutput](t)(w.CreateTable(ctx, &glue.CreateTableInput{DatabaseName: sales, TableInput: &gluetypes.TableInput{Name: aws.String("flat"), StorageDescriptor: descriptor("s3://f/", column("a", "int"))}}))
	flat := must[*glue.GetPartitionsOutput](t)(w.GetPartitions(ctx, &glue.GetPartitionsInput{DatabaseName: sales, TableName: aws.String("flat")}))
	if flat.Partitions == nil || len(flat.Partitions) != 0 {
		t.Errorf("a table without keys has %v", flat.Partitions)
	}
}

// TestTableMoves gives a table another location: its partitions stay where they
// are, as in Glue.
func TestTableMoves(t *testing.T) {
	w := newWorld(t)
	in := w.orders()
	w.days(3)
	in.StorageDescriptor.Location = aws.String("s3://new/")
	if err := w.update(in, nil, false); err != nil {
		t.Fatal(err)
	}
	if got := must[*gluetypes.Partition](t)(w.partition(day(1), "1")); *got.StorageDescriptor.Location != "s3://lake/orders/dt="+day(1)+"/n=1/" {
		t.Errorf("location = %s", *got.StorageDescriptor.Location)
	}

}

func TestUnfiltered(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.orders()
	w.days(5)
	types := []gluetypes.PermissionType{gluetypes.PermissionTypeColumnPermission}
	id := aws.String(DefaultCatalogID)
	tab := must[*glue.GetUnfilteredTableMetadataOutput](t)(w.GetUnfilteredTableMetadata(ctx, &glue.GetUnfilteredTableMetadataInput{CatalogId: id, DatabaseName: sales, Name: orders, SupportedPermissionTypes: types}))
	if diff := cmp.Diff([]string{"id", "price", "dt", "n"}, tab.AuthorizedColumns); diff != "" || *tab.Table.Name != "orders" {
		t.Error(diff)
	}
	p := must[*glue.GetUnfilteredPartitionMetadataOutput](t)(w.GetUnfilteredPartitionMetadata(ctx, &glue.GetUnfilteredPartitionMetadataInput{CatalogId: id, DatabaseName: sales,
		TableName: orders, PartitionValues: []string{day(1), "1"}, SupportedPermissionTypes: types}))
	if len(p.AuthorizedColumns) != 4 || p.Partition.Values[1] != "1" {
		t.Errorf("partition = %+v", p)
	}
	n := 0
	for pages := glue.NewGetUnfilteredPartitionsMetadataPaginator(w.Client, &glue.GetUnfilteredPartitionsMetadataInput{CatalogId: id, DatabaseName: sales, TableName: orders,
		SupportedPermissionTypes: types, MaxResults: aws.Int32(2), Expression: aws.String("n > 0")}); pages.HasMorePages(); {
		n += len(must[*glue.GetUnfilteredPartitionsMetadataOutput](t)(pages.NextPage(ctx)).UnfilteredPartitions)
	}
	if n != 4 {
		t.Errorf("%d partitions", n)
	}
}

// TestMillionPartitions pages through very many partitions with an expression
// that few pass.
func TestMillionPartitions(t *testing.T) {
	n := 30_000
	if os.Getenv("GLAUX_LONG") != "" {
		n = 1_000_000
	} else {
		t.Log("with GLAUX_LONG=1: 1,000,000 partitions; now", n)
	}
	w := newWorld(t)
	w.orders()
	tab := must[*catalog.Table](t)(w.cat.Table(context.Background(), "sales", "orders"))
	ps := make([]catalog.Partition, n)
	for i := range ps {
		ps[i] = catalog.Partition{Values: []string{day(i % 1000), strconv.Itoa(i)}}
	}
	must[int](t)(w.cat.AddPartitions(context.Background(), tab, ps, true))
	ps = nil
	start := time.Now()
	got := w.list(glue.GetPartitionsInput{Expression: aws.String("dt = '2025-01-01'")})
	t.Logf("%d of %d partitions by an expression in %v", len(got), n, time.Since(start))
	if len(got) != n/1000 {
		t.Errorf("%d partitions", len(got))
	}
	start = time.Now()
	got = w.list(glue.GetPartitionsInput{ExcludeColumnSchema: aws.Bool(true)})
	t.Logf("all %d partitions in %v", len(got), time.Since(start))
	if len(got) != n {
		t.Errorf("%d partitions", len(got))
	}
}
