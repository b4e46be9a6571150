package crawl

import (
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/avro"
	"github.com/glauxdb/glaux/formats/csv"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/parquet"
)

// allFormats are the formats that the server has, in the same order.
func allFormats() *formats.Registry {
	return formats.NewRegistry(avro.Format{}, parquet.Format{}, json.Format{}, csv.Format{})
}
