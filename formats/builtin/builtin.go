// Package builtin lists the file formats that Glaux is built with, in the order
// in which they are asked whether they know a file: that of Glue's classifiers.
package builtin

import (
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/arrow"
	"github.com/glauxdb/glaux/formats/avro"
	"github.com/glauxdb/glaux/formats/bson"
	"github.com/glauxdb/glaux/formats/csv"
	"github.com/glauxdb/glaux/formats/grok"
	"github.com/glauxdb/glaux/formats/ion"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/orc"
	"github.com/glauxdb/glaux/formats/parquet"
	"github.com/glauxdb/glaux/formats/xml"
)

// Registry gives the formats. The last ones recognize nothing: they read
// tables by the pattern in their properties.
func Registry() *formats.Registry { return With(Settings{}) }

// Settings are what an operator gives to formats.
type Settings struct {
	ParquetKeys map[string][]byte // of encrypted files, by the IDs that they name
}

// With is Registry with settings.
func With(s Settings) *formats.Registry {
	fs := []formats.Format{avro.Format{}, orc.Format{}, parquet.Format{Keys: s.ParquetKeys}, arrow.Format{}, json.Format{}, bson.Format(), xml.Format{}, ion.Format()}
	fs = append(fs, grok.Logs()...)
	return formats.NewRegistry(append(fs, csv.Format{}, grok.Format{}, grok.Regex())...)
}
