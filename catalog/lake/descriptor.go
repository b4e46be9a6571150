package lake

import (
	"cmp"
	"context"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
)

// ofPartition gives the format and options of partition i's files. A partition
// with a descriptor of its own is read by its SerDe and properties and gives
// the table's columns: its files decide whether their values can be read as the
// table declares them, not what the partition says of itself.
func (o tableOptions) ofPartition(t *catalog.Table, parts *catalog.Partitions, i int) tableOptions {
	own := o
	if parts.Descriptor != nil {
		if d := parts.Descriptor(i); d != nil {
			own = o.described.get(d, func() tableOptions { return describedOptions(t, d, o) })
		}
	}
	own.format = cmp.Or(parts.Format(i), own.format)
	return own
}

// describedCache keeps the options of a table's descriptors, so that opened
// files are found again.
type describedCache struct {
	mu sync.Mutex // guards m
	m  map[*catalog.Descriptor]tableOptions
}

// maxDescribed is how many descriptors of a table are remembered. Each
// snapshot of the partitions brings new ones.
const maxDescribed = 1000

func (c *describedCache) get(d *catalog.Descriptor, make func() tableOptions) tableOptions {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, ok := c.m[d]
	if !ok {
		o = make()
		if len(c.m) >= maxDescribed || c.m == nil {
			c.m = map[*catalog.Descriptor]tableOptions{}
		}
		c.m[d] = o
	}
	return o
}

// describedOptions makes the options of a descriptor, with a schema of its own
// address: opened files are told apart by it.
func describedOptions(t *catalog.Table, d *catalog.Descriptor, table tableOptions) tableOptions {
	like := *t
	location := t.Storage.Location
	if d.Storage.SerDe != "" || d.Storage.InputFormat != "" || len(d.Storage.SerDeParams) > 0 {
		like.Storage = d.Storage
		like.Storage.Location = location
	}
	if d.Storage.SerDe != "" && !strings.EqualFold(d.Storage.SerDe, t.Storage.SerDe) {
		like.Format = "" // the class says it
		like.Parameters = without(t.Parameters, "classification")
	}
	out := newTableOptions(&like)
	out.format = cmp.Or(out.format, table.format)
	out.differs = differing(t, d)
	out.table = t
	return out
}

func without(m map[string]string, key string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		if !strings.EqualFold(k, key) {
			out[k] = v
		}
	}
	return out
}

// differing lists the types of those of a partition's columns that the table
// declares otherwise, by the table's names in lower case.
func differing(t *catalog.Table, d *catalog.Descriptor) map[string]types.Type {
	out := map[string]types.Type{}
	for _, c := range d.Columns {
		for _, tc := range t.Columns {
			if strings.EqualFold(c.Name, tc.Name) && !c.Type.Equal(tc.Type) {
				out[strings.ToLower(c.Name)] = c.Type
			}
		}
	}
	return out
}

// partitionFile is a file of a partition that declares some columns otherwise
// than its table. A mismatch between file and table is told as one between
// partition and table, which is what has to be put right.
type partitionFile struct {
	formats.File
	f *File
}

// Unplaced implements formats.Unplacer.
func (p partitionFile) Unplaced() bool { return formats.Unplaced(p.File) }

// Scan implements formats.File.
func (p partitionFile) Scan(ctx context.Context, r formats.ScanRequest) (formats.Source, error) {
	src, err := p.File.Scan(ctx, r)
	if err == nil || !fault.Is(err, fault.CodeDatatypeMismatch) {
		return src, err
	}
	f := fault.As(err)
	column, _, _ := strings.Cut(f.Column, ".")
	has, ok := p.f.differs[strings.ToLower(column)]
	if !ok {
		return nil, err
	}
	t := p.f.table
	declared := types.TUnknown
	for _, c := range t.Columns {
		if strings.EqualFold(c.Name, column) {
			declared = c.Type
		}
	}
	return nil, fault.Wrap(err, fault.CodeDatatypeMismatch, "HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch between the table and "+
		"partition schemas. The types are incompatible and cannot be coerced. The column '%s' in table '%s.%s' is declared as type '%s', "+
		"but partition '%s' declared column '%s' as type '%s'.", column, t.Database, t.Name, declared.Hive(),
		partition.Path(t.PartitionKeys, keyTexts(p.f.Keys)), column, has.Hive()).
		In(p.f.URL()).InColumn(f.Column).WithDetail("%s", f.Message).
		WithHint("Declare the column as a type that holds both, or set the table property 'malformed.values' to 'null'.")
}

func keyTexts(keys []types.Value) []string {
	texts := make([]string, len(keys))
	for i, v := range keys {
		if texts[i] = catalog.HiveNull; !v.Null {
			texts[i] = string(types.AppendValue(nil, v))
		}
	}
	return texts
}
