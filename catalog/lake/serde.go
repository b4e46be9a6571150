package lake

import (
	"strings"

	"github.com/glauxdb/glaux/catalog"
)

// Classes are the Java class names by which Hive and Glue know a format.
type Classes struct{ InputFormat, OutputFormat, SerDe string }

const (
	textInput  = "org.apache.hadoop.mapred.TextInputFormat"
	textOutput = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

	// LazySimpleSerDe reads delimited text without quotes.
	LazySimpleSerDe = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
	// OpenCSVSerDe reads CSV with quotes; all its columns are text to Hive.
	OpenCSVSerDe = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
	// OpenXJSONSerDe reads JSON lines; it is what Glue's crawlers write.
	OpenXJSONSerDe = "org.openx.data.jsonserde.JsonSerDe"
)

// classesOf holds what Glue's crawlers write, by classification.
var classesOf = map[string]Classes{
	"parquet": {
		"org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
		"org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
		"org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
	},
	"orc": {
		"org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
		"org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
		"org.apache.hadoop.hive.ql.io.orc.OrcSerde",
	},
	"avro": {
		"org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
		"org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat",
		"org.apache.hadoop.hive.serde2.avro.AvroSerDe",
	},
	"csv":  {textInput, textOutput, LazySimpleSerDe},
	"json": {textInput, textOutput, OpenXJSONSerDe},
}

// ClassesOf gives a format's classes as Glue's crawlers write them; false for a
// format that has none.
func ClassesOf(format string) (Classes, bool) {
	c, ok := classesOf[strings.ToLower(format)]
	return c, ok
}

// serDeFormats maps a part of a SerDe's or input format's class name, in lower
// case, to the format. The first that occurs counts.
var serDeFormats = []struct{ part, format string }{
	{"parquet", "parquet"}, {"orc", "orc"}, {"avro", "avro"}, {"json", "json"}, {"cloudtrail", "json"},
	{"opencsv", "csv"}, {"lazysimple", "csv"}, {"multidelimit", "csv"},
}

// FormatOf gives the classification of a table: its Format, else its parameter
// "classification", else what its SerDe or its input format reads; "" if
// nothing says.
func FormatOf(t *catalog.Table) string {
	if t.Format != "" {
		return strings.ToLower(t.Format)
	}
	for k, v := range t.Parameters {
		if strings.EqualFold(k, "classification") && v != "" && !strings.EqualFold(v, "unknown") {
			return strings.ToLower(v)
		}
	}
	for _, class := range []string{t.Storage.SerDe, t.Storage.InputFormat} {
		class = strings.ToLower(class)
		for _, m := range serDeFormats {
			if strings.Contains(class, m.part) {
				return m.format
			}
		}
	}
	return ""
}
