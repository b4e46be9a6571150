package rule_test

import (
	"context"
	"errors"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/parquet"
	"github.com/glauxdb/glaux/formats/store"
)

var errNotHere = errors.New("files of these tests hold no rows")

// fakeLake has one file per table or partition, with made-up statistics.
type fakeLake struct{ rows map[string]int64 }

func newLake() *fakeLake {
	return &fakeLake{rows: map[string]int64{"region": 5, "nation": 25, "supplier": 10_000, "part": 200_000, "partsupp": 800_000,
		"customer": 150_000, "orders": 1_500_000, "lineitem": 6_000_000, "web_logs": 10_000, "odd": 100}}
}

func (l *fakeLake) Files(_ context.Context, t *catalog.Table, parts *catalog.Partitions, selected []uint32) ([]*lake.File, error) {
	schema := &types.Schema{}
	for _, c := range t.Columns {
		schema.Fields = append(schema.Fields, types.Field{Name: c.Name, Type: c.Type})
	}
	one := func(key string) *lake.File {
		return &lake.File{Format: parquet.Format{}, Info: store.Info{Key: key, Size: 1000}, Options: formats.Options{Schema: schema}, Partition: -1}
	}
	if len(t.PartitionKeys) == 0 {
		return []*lake.File{one(t.Name)}, nil
	}
	if selected == nil {
		for i := range parts.N {
			selected = append(selected, uint32(i))
		}
	}
	var out []*lake.File
	for _, i := range selected {
		f := one(t.Name)
		f.Partition = int(i)
		for k := range parts.Keys {
			f.Keys = append(f.Keys, parts.Value(k, int(i)))
		}
		out = append(out, f)
	}
	return out, nil
}

// Partitions gives what a lake without stores can: those of the catalog and of
// projections.
func (l *fakeLake) Partitions(ctx context.Context, r catalog.Reader, t *catalog.Table, f partition.KeyFilter, exact bool) (*catalog.Partitions, error) {
	return lake.New(nil, nil).Partitions(ctx, r, t, f, exact)
}

func (l *fakeLake) Open(_ context.Context, f *lake.File) (formats.File, error) {
	return &fakeFile{schema: f.Options.Schema, rows: l.rows[f.Info.Key]}, nil
}

type fakeFile struct {
	schema *types.Schema
	rows   int64
}

func (f *fakeFile) Schema() *types.Schema        { return f.schema }
func (f *fakeFile) Splits(int64) []formats.Split { return []formats.Split{{Rows: f.rows}} }
func (f *fakeFile) Close() error                 { return nil }
func (f *fakeFile) Scan(context.Context, formats.ScanRequest) (formats.Source, error) {
	return nil, errNotHere
}

// Stats makes keys (names ending in key) run from 1 to the size of their table.
func (f *fakeFile) Stats() *formats.Stats {
	sizes := map[string]int64{"regionkey": 5, "nationkey": 25, "suppkey": 10_000, "partkey": 200_000, "custkey": 150_000, "orderkey": 6_000_000}
	distinct := map[string]int64{"r_name": 5, "n_name": 25, "c_mktsegment": 5, "p_brand": 25, "p_type": 150, "p_container": 40, "l_shipmode": 7,
		"l_returnflag": 3, "l_linestatus": 2, "o_orderpriority": 5, "o_orderstatus": 3, "l_shipinstruct": 4}
	s := &formats.Stats{Rows: f.rows}
	for _, c := range f.schema.Fields {
		b := formats.Bounds{Rows: f.rows, HasNulls: true, Distinct: distinct[c.Name]}
		for suffix, n := range sizes {
			if len(c.Name) > len(suffix) && c.Name[len(c.Name)-len(suffix):] == suffix {
				b.HasMinMax, b.MinExact, b.MaxExact = true, true, true
				b.Min, b.Max = types.IntOf(c.Type, 1), types.IntOf(c.Type, n)
			}
		}
		if c.Type.Kind == types.Date {
			b.HasMinMax, b.MinExact, b.MaxExact = true, true, true
			b.Min, b.Max = types.IntOf(c.Type, 8035), types.IntOf(c.Type, 10591)
		}
		s.Columns = append(s.Columns, b)
		s.Bytes = append(s.Bytes, f.rows*4)
	}
	return s
}
