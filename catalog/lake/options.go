package lake

import (
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/textval"
)

// The properties that Options carries besides those of table and SerDe.
const (
	// PropertySerDe is the SerDe's class name, under Hive's own key for it.
	PropertySerDe = "serialization.lib"
	// PropertyInputFormat is the input format's class name.
	PropertyInputFormat = "inputformat"
)

func newTableOptions(t *catalog.Table) tableOptions {
	schema := &types.Schema{Fields: make([]types.Field, len(t.Columns))}
	for i, c := range t.Columns {
		schema.Fields[i] = types.Field{Name: c.Name, Type: c.Type}
	}
	ids := FieldIDs(t.Columns)
	props := make(map[string]string, len(t.Parameters)+len(t.Storage.SerDeParams)+2)
	for k, v := range t.Parameters {
		props[strings.ToLower(k)] = v
	}
	for k, v := range t.Storage.SerDeParams { // the SerDe's win, as in Hive
		props[strings.ToLower(k)] = v
	}
	for k, v := range t.Parameters { // but what becomes of bad values is the table's to say
		if strings.EqualFold(k, textval.PropertyMalformed) {
			props[textval.PropertyMalformed] = v
		}
	}
	if t.Storage.SerDe != "" {
		props[PropertySerDe] = t.Storage.SerDe
	}
	if t.Storage.InputFormat != "" {
		props[PropertyInputFormat] = t.Storage.InputFormat
	}
	return tableOptions{described: &describedCache{}, version: t.Version, format: FormatOf(t), exclude: exclusionsOf(t), opt: formats.Options{
		Schema: schema, FieldIDs: ids, Properties: props, Codec: codecOf(props["compressiontype"]),
	}}
}

// codecOf gives the codec that a table's compressionType names; formats weigh
// it against an object's extension and first bytes, because tables collect
// files of several codecs.
func codecOf(compressionType string) string {
	c, err := codec.Parse(compressionType)
	if err != nil || c == codec.None {
		return ""
	}
	return c.String()
}

// fieldIDParameters are the parameters of a column that hold the ID by which
// files of table formats know it.
var fieldIDParameters = []string{"parquet.field.id", "iceberg.field.id"}

// FieldIDs gives the columns' IDs, nil if none has one.
func FieldIDs(cols []catalog.Column) []int32 {
	var ids []int32
	for i, c := range cols {
		for _, name := range fieldIDParameters {
			if id, err := strconv.ParseInt(c.Parameters[name], 10, 32); err == nil && id > 0 {
				if ids == nil {
					ids = make([]int32, len(cols))
				}
				ids[i] = int32(id)
				break
			}
		}
	}
	return ids
}
