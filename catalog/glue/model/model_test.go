package model

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// exported compares SDK structs without their markers.
var exported = cmp.Options{cmp.FilterPath(func(p cmp.Path) bool {
	f, ok := p.Last().(cmp.StructField)
	return ok && strings.HasPrefix(f.Name(), "noSmithy")
}, cmp.Ignore()), cmpopts.EquateEmpty()}

// fill sets every field that can be set, so that a field which a conversion
// forgets shows as a difference.
func fill(v reflect.Value, name string) {
	if strings.Count(name, ".") > 6 { // Glue's error details hold themselves
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case reflect.Struct:
		if v.Type() == reflect.TypeOf(time.Time{}) {
			v.Set(reflect.ValueOf(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), name+"."+v.Type().Field(i).Name)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(name))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), fmt.Sprint(name, i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("k").Convert(v.Type().Key()), reflect.ValueOf(name))
	case reflect.String:
		v.SetString(name)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(1)
	}
}

func filledInput() *gluetypes.TableInput {
	in := &gluetypes.TableInput{}
	fill(reflect.ValueOf(in).Elem(), "t")
	in.Name = aws.String("orders")
	for i := range in.StorageDescriptor.Columns {
		in.StorageDescriptor.Columns[i].Type = aws.String([]string{"BIGINT", "struct<a:int,b:geometry>"}[i])
	}
	for i := range in.PartitionKeys {
		in.PartitionKeys[i].Type = aws.String("string")
	}
	return in
}

func TestTableInputSurvives(t *testing.T) {
	in := filledInput()
	tab := TableFromInput("Sales", in)
	if tab.Database != "sales" || tab.Columns[1].Type.Kind != types.Unknown || tab.Columns[0].HiveType != "BIGINT" {
		t.Errorf("table = %+v", tab)
	}
	if diff := cmp.Diff(in, ToTableInput(tab), exported); diff != "" {
		t.Errorf("TableInput (-sent +got):\n%s", diff)
	}
}

func TestTableSurvives(t *testing.T) {
	g := &gluetypes.Table{}
	fill(reflect.ValueOf(g).Elem(), "t")
	g.Name, g.DatabaseName, g.VersionId, g.CatalogId = aws.String("orders"), aws.String("sales"), aws.String("7"), nil
	// What Glue computes, or keeps for services that Glaux is not.
	g.IcebergTableMetadata, g.RLSProperties, g.Status = nil, nil, nil
	g.IsMaterializedView, g.IsMultiDialectView, g.IsRegisteredWithLakeFormation = nil, nil, false
	if diff := cmp.Diff(g, ToTable(TableFrom(g)), exported); diff != "" {
		t.Errorf("Table (-sent +got):\n%s", diff)
	}
}

func TestDatabaseSurvives(t *testing.T) {
	in := &gluetypes.DatabaseInput{}
	fill(reflect.ValueOf(in).Elem(), "d")
	in.Name = aws.String("sales")
	d := DatabaseFromInput(in)
	if diff := cmp.Diff(in, ToDatabaseInput(d), exported); diff != "" {
		t.Errorf("DatabaseInput (-sent +got):\n%s", diff)
	}
	if target, ok := DatabaseLink(d); !ok || target != "d.TargetDatabase.DatabaseName" {
		t.Errorf("link = %q %v", target, ok)
	}
	g := &gluetypes.Database{}
	fill(reflect.ValueOf(g).Elem(), "d")
	g.Name, g.CatalogId = aws.String("sales"), nil
	if diff := cmp.Diff(g, ToDatabase(DatabaseFrom(g)), exported); diff != "" {
		t.Errorf("Database (-sent +got):\n%s", diff)
	}
}

// catalogTable has every field that Glue can say, with types that Hive spells.
func catalogTable() *catalog.Table {
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return &catalog.Table{
		Database: "sales", Name: "orders", Kind: catalog.ExternalTable, Description: "about",
		Columns: []catalog.Column{{Name: "id", Type: types.TBigInt, Comment: "c", Parameters: map[string]string{"a": "b"}},
			{Name: "d", Type: types.DecimalOf(10, 2)}, {Name: "r", Type: types.RowOf(types.Field{Name: "x", Type: types.TInteger})}},
		PartitionKeys: []catalog.Column{{Name: "dt", Type: types.TDate}, {Name: "n", Type: types.TInteger}},
		Storage: catalog.Storage{Location: "s3://b/orders/", InputFormat: "in", OutputFormat: "out", SerDe: "serde", SerDeName: "name",
			SerDeParams: map[string]string{"field.delim": "\x01"}, Parameters: map[string]string{"x": "y"}, Compressed: true, Buckets: -1,
			BucketColumns: []string{"id"}, SortColumns: []catalog.SortColumn{{Column: "id", Desc: true}, {Column: "d"}}, SubDirectories: true,
			MoreLocations: []string{"s3://b/more/"}, Other: `{"SkewedInfo":{"SkewedColumnNames":["id"],"SkewedColumnValueLocationMaps":null,"SkewedColumnValues":["1"]}}`},
		Format: "csv", Parameters: map[string]string{"classification": "csv"}, Owner: "me", Retention: 3,
		Accessed: when, Analyzed: when, Created: when, Updated: when, Version: 4, Other: `{"CreatedBy":"ada"}`,
	}
}

func TestCatalogTableSurvives(t *testing.T) {
	tab := catalogTable()
	if diff := cmp.Diff(tab, TableFrom(ToTable(tab)), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("table (-had +got):\n%s", diff)
	}
	if Creator(tab) != "ada" || Creator(WithCreator(tab, "bob")) != "bob" {
		t.Errorf("creator = %q", Creator(tab))
	}
}

func TestColumns(t *testing.T) {
	for _, c := range []struct {
		hive, kept string
		typ        types.Type
	}{
		{"bigint", "", types.TBigInt},
		{"integer", "integer", types.TInteger},
		{"decimal(10,2)", "", types.DecimalOf(10, 2)},
		{"decimal(10, 2)", "decimal(10, 2)", types.DecimalOf(10, 2)},
		{"array<struct<a:int,b:string>>", "", types.ArrayOf(types.RowOf(types.Field{Name: "a", Type: types.TInteger}, types.Field{Name: "b", Type: types.TVarchar}))},
		{"geography", "geography", types.TUnknown},
		{"array<", "array<", types.TUnknown},
		{"void", "void", types.TUnknown},
		{"", "", types.TUnknown},
	} {
		in := gluetypes.Column{Name: aws.String("c"), Type: text(c.hive)}
		got := ColumnFrom(&in)
		if !got.Type.Equal(c.typ) || got.HiveType != c.kept {
			t.Errorf("%q: type %s kept %q", c.hive, got.Type, got.HiveType)
		}
		if back := ToColumn(&got); aws.ToString(back.Type) != c.hive {
			t.Errorf("%q comes back as %q", c.hive, aws.ToString(back.Type))
		}
	}
}

func TestKeepTypes(t *testing.T) {
	old := catalogTable()
	old.Columns = append(old.Columns, catalog.Column{Name: "u", Type: types.TUUID}, catalog.Column{Name: "z", Type: types.TTimestampTZ})
	back := TableFromInput("sales", ToTableInput(old))
	if back.Columns[3].Type.Kind != types.Varchar {
		t.Fatalf("uuid crosses as %s", back.Columns[3].Type)
	}
	kept := KeepTypes(back, old)
	if kept.Columns[3].Type.Kind != types.UUID || kept.Columns[4].Type.Kind != types.TimestampTZ {
		t.Errorf("kept %s, %s", kept.Columns[3].Type, kept.Columns[4].Type)
	}
	back.Columns[3].Type = types.TBigInt // a client's own change
	if kept := KeepTypes(back, old); kept.Columns[3].Type.Kind != types.BigInt {
		t.Errorf("a changed type was undone: %s", kept.Columns[3].Type)
	}
}

func TestViews(t *testing.T) {
	view := &catalog.Table{Database: "sales", Name: "v", Kind: catalog.VirtualView, ViewText: "SELECT a < 1 FROM orders", ViewDatabase: "other",
		Columns: []catalog.Column{{Name: "a", Type: types.TimestampOf(3)}, {Name: "b", Type: types.ArrayOf(types.TBigInt)}}}
	g := ToTable(view)
	if g.Parameters["presto_view"] != "true" || g.Parameters["comment"] != "Presto View" || aws.ToString(g.ViewExpandedText) != "/* Presto View */" {
		t.Errorf("view = %+v", g)
	}
	back := TableFrom(g)
	if diff := cmp.Diff(view, back, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("view (-had +got):\n%s", diff)
	}

	// A view that Athena wrote: other JSON, the same meaning, its text kept.
	athena := "/* Presto View: eyJvcmlnaW5hbFNxbCI6InNlbGVjdCAxIGFzIHgiLCJjYXRhbG9nIjoiaGl2ZSIsInNjaGVtYSI6InRwY2giLCJjb2x1bW5zIjpbeyJuYW1lIjoieCIsInR5cGUiOiJpbnRlZ2VyIn1dfQ== */"
	in := &gluetypes.TableInput{Name: aws.String("V2"), TableType: aws.String("VIRTUAL_VIEW"), ViewOriginalText: &athena,
		ViewExpandedText: aws.String("/* Presto View */"), Parameters: map[string]string{"presto_view": "true"},
		StorageDescriptor: &gluetypes.StorageDescriptor{Columns: []gluetypes.Column{{Name: aws.String("x"), Type: aws.String("int")}}}}
	v2 := TableFromInput("sales", in)
	if v2.ViewText != "select 1 as x" || v2.ViewDatabase != "tpch" || v2.ViewOriginal != athena {
		t.Errorf("athena's view = %+v", v2)
	}
	if got := aws.ToString(ToTable(v2).ViewOriginalText); got != athena {
		t.Errorf("comes back as %s", got)
	}
	v2.ViewText = "select 2 as x" // replaced through SQL
	if v, ok := decodeView(aws.ToString(ToTable(v2).ViewOriginalText)); !ok || v.SQL != "select 2 as x" {
		t.Errorf("a replaced view shows %+v", v)
	}

	// A Hive view is no SQL that Glaux reads.
	in.ViewOriginalText, in.ViewExpandedText = aws.String("select `x` from `t`"), aws.String("select `t`.`x` from `sales`.`t`")
	hive := TableFromInput("sales", in)
	if hive.ViewText != "" {
		t.Errorf("a Hive view has ViewText %q", hive.ViewText)
	}
	if got := ToTableInput(hive); aws.ToString(got.ViewOriginalText) != "select `x` from `t`" || aws.ToString(got.ViewExpandedText) != *in.ViewExpandedText {
		t.Errorf("a Hive view comes back as %+v", got)
	}
}

func TestPartitions(t *testing.T) {
	tab := catalogTable()
	tab.Storage.Other = ""
	whole := func(mod func(*gluetypes.PartitionInput)) *gluetypes.PartitionInput {
		in := ToPartitionInput(tab, &catalog.Partition{Values: []string{"2024-01-02", "7"}})
		mod(in)
		return in
	}
	for _, c := range []struct {
		name string
		in   *gluetypes.PartitionInput
		want catalog.Partition
	}{
		{"as the table", whole(func(*gluetypes.PartitionInput) {}), catalog.Partition{}},
		{"no descriptor", &gluetypes.PartitionInput{Values: []string{"2024-01-02", "7"}}, catalog.Partition{}},
		{"location without slash", whole(func(in *gluetypes.PartitionInput) {
			in.StorageDescriptor.Location = aws.String("s3://b/orders/dt=2024-01-02/n=7")
		}),
			catalog.Partition{Location: "s3://b/orders/dt=2024-01-02/n=7"}},
		{"only a location", &gluetypes.PartitionInput{Values: []string{"2024-01-02", "7"}, StorageDescriptor: &gluetypes.StorageDescriptor{Location: aws.String("s3://x/")}},
			catalog.Partition{Location: "s3://x/"}},
		{"own format", whole(func(in *gluetypes.PartitionInput) { in.Parameters = map[string]string{"classification": "Parquet"} }),
			catalog.Partition{Parameters: map[string]string{"classification": "Parquet"}, Format: "parquet"}},
		{"fewer columns", whole(func(in *gluetypes.PartitionInput) {
			in.StorageDescriptor.Columns = in.StorageDescriptor.Columns[:1]
		}), catalog.Partition{Descriptor: &catalog.Descriptor{Columns: tab.Columns[:1], Storage: noLocation(tab.Storage)}}},
	} {
		c.want.Values = []string{"2024-01-02", "7"}
		got := PartitionFromInput(tab, c.in)
		if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if again := PartitionFrom(tab, ToPartition(tab, &got)); !cmp.Equal(got, again, cmpopts.EquateEmpty()) {
			t.Errorf("%s changes on its way:\n%s", c.name, cmp.Diff(got, again, cmpopts.EquateEmpty()))
		}
	}
	g := &gluetypes.Partition{}
	fill(reflect.ValueOf(g).Elem(), "p")
	g.DatabaseName, g.TableName, g.CatalogId, g.Values = aws.String("sales"), aws.String("orders"), nil, []string{"2024-01-02", "7"}
	if diff := cmp.Diff(g, ToPartition(tab, ptr(PartitionFrom(tab, g))), exported); diff != "" {
		t.Errorf("Partition (-sent +got):\n%s", diff)
	}
	odd := PartitionFrom(tab, &gluetypes.Partition{Values: []string{"1"}, StorageDescriptor: &gluetypes.StorageDescriptor{Location: aws.String("s3://x/")}})
	if got := ToPartition(tab, &odd); aws.ToString(got.StorageDescriptor.Location) != "s3://x/" {
		t.Errorf("too few values: %+v", got.StorageDescriptor)
	}
}

func noLocation(s catalog.Storage) catalog.Storage { s.Location = ""; return s }

func ptr[T any](v T) *T { return &v }

func TestErrors(t *testing.T) {
	for code, name := range map[fault.Code]string{
		fault.CodeUndefinedTable: EntityNotFound, fault.CodeDuplicateSchema: AlreadyExists, fault.CodeObjectNotReady: ConcurrentModification,
		fault.CodeInvalidParameter: InvalidInput, fault.CodeFeatureNotSupported: InvalidInput, fault.CodeOutOfMemory: ResourceLimit,
		fault.CodeInternal: InternalService, fault.CodeIO: InternalService, fault.CodeInsufficientPriv: AccessDenied,
	} {
		if got := Exception(fault.New(code, "x")); got != name {
			t.Errorf("%s gives %s, not %s", code, got, name)
		}
	}
	if got := Exception(errors.New("bug")); got != InternalService {
		t.Errorf("a bug gives %s", got)
	}
	for _, c := range []struct {
		err   error
		about Subject
		want  fault.Code
	}{
		{&gluetypes.EntityNotFoundException{Message: aws.String("Entity Not Found")}, Table, fault.CodeUndefinedTable},
		{&gluetypes.EntityNotFoundException{}, Database, fault.CodeInvalidSchemaName},
		{&gluetypes.AlreadyExistsException{}, Partition, fault.CodeDuplicateObject},
		{&gluetypes.VersionMismatchException{}, Table, fault.CodeObjectNotReady},
		{&gluetypes.ThrottlingException{}, Table, fault.CodeLimitExceeded},
		{&gluetypes.InternalServiceException{}, Table, fault.CodeExternal},
		{errors.New("dial tcp: refused"), Table, fault.CodeConnectionFailure},
		{fault.New(fault.CodeSyntax, "own"), Table, fault.CodeSyntax},
	} {
		if got := Fault(c.err, c.about, "read table a.b"); !fault.Is(got, c.want) {
			t.Errorf("%v gives %v, not %s", c.err, got, c.want)
		}
	}
	if Fault(nil, Table, "x") != nil || !errors.Is(Fault(context.Canceled, Table, "x"), context.Canceled) {
		t.Error("nil and the end of a context must pass through")
	}
}
