package lake

import (
	"context"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
)

// Scan of the fake file refuses column a as a file of another type would.
func (f *fakeFile) Scan(context.Context, formats.ScanRequest) (formats.Source, error) {
	return nil, fault.New(fault.CodeDatatypeMismatch, "a is text").In("some file").InColumn("a")
}

// TestDescriptors: partitions with descriptors of their own are read by their
// formats and properties, as the table's columns.
func TestDescriptors(t *testing.T) {
	f := newFixture(t, "t/k=1/x", "t/k=2/x", "t/k=3/x", "t/k=4/x")
	table := plainTable("memory://lake/t/")
	table.PartitionKeys = []catalog.Column{{Name: "k", Type: types.TInteger}}
	table.Storage.SerDe = LazySimpleSerDe
	table.Storage.SerDeParams = map[string]string{"field.delim": ","}
	described := map[string]*catalog.Descriptor{
		"2": {Storage: catalog.Storage{SerDe: LazySimpleSerDe, SerDeParams: map[string]string{"field.delim": ";"}}},
		"3": {Storage: catalog.Storage{SerDe: OpenXJSONSerDe}},
		"4": {Columns: []catalog.Column{{Name: "A", Type: types.TVarchar}}},
	}
	b := partition.NewBuilder(table, 4)
	for _, v := range []string{"1", "2", "3", "4"} {
		b.Add([]string{v})
	}
	parts, err := b.Build(1, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	parts.Descriptor = func(i int) *catalog.Descriptor { return described[parts.Text(0, i)] }
	ctx := context.Background()
	files, err := f.Files(ctx, table, parts, nil)
	if err != nil || len(files) != 4 {
		t.Fatal(files, err)
	}
	for i, want := range []struct{ format, delim string }{{"csv", ","}, {"csv", ";"}, {"json", ""}, {"csv", ","}} {
		got := files[i]
		if got.Format.Name() != want.format || got.Options.Properties["field.delim"] != want.delim {
			t.Errorf("k=%d: %s with delimiter %q", i+1, got.Format.Name(), got.Options.Properties["field.delim"])
		}
		if s := got.Options.Schema; len(s.Fields) != 1 || !s.Fields[0].Type.Equal(types.TBigInt) {
			t.Errorf("k=%d is not read as the table's columns: %v", i+1, s)
		}
	}
	again, err := f.Files(ctx, table, parts, []uint32{1})
	if err != nil || again[0].Options.Schema != files[1].Options.Schema {
		t.Errorf("the options of a descriptor were made twice: %v", err)
	}
	for i, want := range []string{"a is text", "a is text", "a is text", "HIVE_PARTITION_SCHEMA_MISMATCH: "} {
		open, err := f.Open(ctx, files[i])
		if err != nil {
			t.Fatal(err)
		}
		_, err = open.Scan(ctx, formats.ScanRequest{})
		if !fault.Is(err, fault.CodeDatatypeMismatch) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("k=%d: %v", i+1, err)
		}
		if i == 3 && !strings.Contains(err.Error(), "column 'a' in table 'd.t' is declared as type 'bigint', but partition 'k=4' declared column 'a' as type 'string'") {
			t.Error(err)
		}
	}
}
