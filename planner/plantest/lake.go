package plantest

import (
	"context"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/parquet"
	"github.com/glauxdb/glaux/formats/store"
)

// Lake has one file of a thousand rows for each table or partition, of which
// nothing else is known.
type Lake struct{}

// Files lists the files.
func (Lake) Files(_ context.Context, t *catalog.Table, parts *catalog.Partitions, selected []uint32) ([]*lake.File, error) {
	schema := &types.Schema{}
	for _, c := range t.Columns {
		schema.Fields = append(schema.Fields, types.Field{Name: c.Name, Type: c.Type})
	}
	files := store.NewMemory("lake")
	file := func(part int) *lake.File {
		f := &lake.File{Format: parquet.Format{}, Store: files, Info: store.Info{Key: t.Name, Size: 1000}, Options: formats.Options{Schema: schema}, Partition: part}
		for k := range t.PartitionKeys {
			f.Keys = append(f.Keys, parts.Value(k, part))
		}
		return f
	}
	if len(t.PartitionKeys) == 0 {
		return []*lake.File{file(-1)}, nil
	}
	if selected == nil {
		for i := range parts.N {
			selected = append(selected, uint32(i))
		}
	}
	var out []*lake.File
	for _, i := range selected {
		out = append(out, file(int(i)))
	}
	return out, nil
}

// Partitions gives the catalog's.
func (Lake) Partitions(ctx context.Context, r catalog.Reader, t *catalog.Table, _ partition.KeyFilter, _ bool) (*catalog.Partitions, error) {
	return r.Partitions(ctx, t)
}

// Open gives the file's metadata.
func (Lake) Open(_ context.Context, f *lake.File) (formats.File, error) {
	return lakeFile{f.Options.Schema}, nil
}

type lakeFile struct{ schema *types.Schema }

func (f lakeFile) Schema() *types.Schema        { return f.schema }
func (f lakeFile) Stats() *formats.Stats        { return &formats.Stats{Rows: 1000} }
func (f lakeFile) Splits(int64) []formats.Split { return []formats.Split{{Rows: 1000}} }
func (f lakeFile) Close() error                 { return nil }
func (f lakeFile) Scan(context.Context, formats.ScanRequest) (formats.Source, error) {
	return noRows{}, nil
}
