package transfer

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
)

// sameDatabase compares what databases say, not when and under which number, and
// not the permissions that Glue adds on its own.
func sameDatabase(a, b *catalog.Database) bool {
	x, y := *a, *b
	for _, d := range []*catalog.Database{&x, &y} {
		d.ID, d.Created, d.Parameters = 0, time.Time{}, orNil(d.Parameters)
		d.Other = without(d.Other, "CreateTableDefaultPermissions")
	}
	return reflect.DeepEqual(x, y)
}

// sameTable compares what tables say. Times, versions and creators are no part of
// it, nor is what a view's text was made from or into, nor whether the format is said by
// a classification or by the classes alone, nor that a table is external.
func sameTable(a, b *catalog.Table) bool {
	return reflect.DeepEqual(plainTable(a), plainTable(b))
}

func plainTable(t *catalog.Table) catalog.Table {
	out := *t
	out.ID, out.Version = 0, 0
	out.Created, out.Updated, out.Accessed, out.Analyzed = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	out.Format, out.Other = lake.FormatOf(t), without(t.Other, "CreatedBy")
	out.Parameters = orNil(t.Parameters)
	for k, v := range t.Parameters {
		if strings.EqualFold(k, "classification") && strings.EqualFold(v, out.Format) || k == "EXTERNAL" && v == "TRUE" {
			out.Parameters = maps.Clone(out.Parameters)
			delete(out.Parameters, k)
		}
	}
	out.Parameters = orNil(out.Parameters)
	out.Columns, out.PartitionKeys = plainColumns(t.Columns), plainColumns(t.PartitionKeys)
	out.Storage = plainStorage(&t.Storage)
	if t.Kind == catalog.VirtualView && t.ViewText != "" {
		out.ViewOriginal, out.ViewExpanded = "", ""
	}
	return out
}

// without gives a JSON object without one member.
func without(object, member string) string {
	if !strings.Contains(object, member) {
		return object
	}
	var m map[string]json.RawMessage
	if json.Unmarshal([]byte(object), &m) != nil {
		return object
	}
	if delete(m, member); len(m) == 0 {
		return ""
	}
	out, err := json.Marshal(m)
	if err != nil {
		return object
	}
	return string(out)
}

func plainColumns(cols []catalog.Column) []catalog.Column {
	if len(cols) == 0 {
		return nil
	}
	out := make([]catalog.Column, len(cols))
	for i := range cols {
		out[i] = cols[i]
		out[i].Parameters = orNil(cols[i].Parameters)
	}
	return out
}

func plainStorage(s *catalog.Storage) catalog.Storage {
	out := *s
	out.SerDeParams, out.Parameters = orNil(s.SerDeParams), orNil(s.Parameters)
	if len(s.BucketColumns) == 0 {
		out.BucketColumns = nil
	}
	if len(s.SortColumns) == 0 {
		out.SortColumns = nil
	}
	if len(s.MoreLocations) == 0 {
		out.MoreLocations = nil
	}
	return out
}

func orNil(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	return m
}

// samePartition compares what partitions of two tables say beside their values.
func samePartition(ta *catalog.Table, a *catalog.Partition, tb *catalog.Table, b *catalog.Partition) bool {
	if partition.Location(ta, a) != partition.Location(tb, b) || a.Format != b.Format || !reflect.DeepEqual(orNil(a.Parameters), orNil(b.Parameters)) {
		return false
	}
	if a.Descriptor == nil || b.Descriptor == nil {
		return a.Descriptor == b.Descriptor
	}
	x, y := a.Descriptor, b.Descriptor
	return reflect.DeepEqual(plainColumns(x.Columns), plainColumns(y.Columns)) &&
		reflect.DeepEqual(plainStorage(&x.Storage), plainStorage(&y.Storage))
}
