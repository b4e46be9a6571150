package lake

import (
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
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
	props := make(map[string]string, len(t.Parameters)+len(t.Storage.SerDeParams)+2)
	for k, v := range t.Parameters {
		props[strings.ToLower(k)] = v
	}
	for k, v := range t.Storage.SerDeParams { // the SerDe's win, as in Hive
		props[strings.ToLower(k)] = v
	}
	if t.Storage.SerDe != "" {
		props[PropertySerDe] = t.Storage.SerDe
	}
	if t.Storage.InputFormat != "" {
		props[PropertyInputFormat] = t.Storage.InputFormat
	}
	return tableOptions{version: t.Version, format: FormatOf(t), opt: formats.Options{
		Schema: schema, Properties: props, Codec: codecOf(props["compressiontype"]),
	}}
}

// codecOf gives the codec that a table's compressionType says where a file's
// bytes cannot say it themselves. For the others extension and content are the
// better witness: tables collect files of several codecs.
func codecOf(compressionType string) string {
	switch c := strings.ToLower(compressionType); c {
	case "brotli", "zlib", "deflate":
		return c
	}
	return ""
}
