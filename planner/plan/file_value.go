package plan

import (
	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
)

// FileValue gives the value that a column of files (see ScanColumn.OfFile) has in
// all rows of a file: a partition key of t, or what the listing tells.
func FileValue(t *catalog.Table, c ScanColumn) func(f *lake.File) types.Value {
	switch data := len(t.Columns); {
	case c.Index >= data:
		return func(f *lake.File) types.Value { return f.Keys[c.Index-data] }
	case c.Index == HiddenPath:
		return func(f *lake.File) types.Value { return types.StringOf(c.Type, f.URL()) }
	case c.Index == HiddenFileSize:
		return func(f *lake.File) types.Value { return types.IntOf(c.Type, f.Info.Size) }
	case c.Index == HiddenETag:
		return func(f *lake.File) types.Value {
			if f.Info.ETag == "" {
				return types.NullOf(c.Type)
			}
			return types.StringOf(c.Type, f.Info.ETag)
		}
	case c.Index == HiddenModified:
		return func(f *lake.File) types.Value {
			ns, unit := f.Info.Modified.UnixNano(), 1_000_000_000/c.Type.UnitsPerSecond()
			return types.IntOf(c.Type, ns/unit)
		}
	}
	return func(f *lake.File) types.Value { return types.StringOf(c.Type, hivePath(t.PartitionKeys, f.Keys)) }
}

// hivePath writes a file's partition as Hive does: k=v/k=v.
func hivePath(keys []catalog.Column, vals []types.Value) string {
	parts := make([]string, len(keys))
	for i, v := range vals {
		if parts[i] = catalog.HiveNull; !v.Null {
			parts[i] = string(types.AppendValue(nil, v))
		}
	}
	return partition.Path(keys, parts)
}
