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
	// GrokSerDe reads lines by a pattern: logs, and what grok classifiers find.
	GrokSerDe = "com.amazonaws.glue.serde.GrokSerDe"
	// RegexSerDe reads lines by a regular expression whose groups are columns.
	RegexSerDe = "org.apache.hadoop.hive.serde2.RegexSerDe"
	// XMLSerDe is the usual one for XML in Hive; Glue's crawlers name none.
	XMLSerDe = "com.ibm.spss.hive.serde2.xml.XmlSerDe"
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
	"xml":  {"com.ibm.spss.hive.serde2.xml.XmlInputFormat", textOutput, XMLSerDe},
	"ion": {"com.amazon.ionhiveserde.formats.IonInputFormat", "com.amazon.ionhiveserde.formats.IonOutputFormat",
		"com.amazon.ionhiveserde.IonHiveSerDe"},
	"bson": {"com.mongodb.hadoop.mapred.BSONFileInputFormat", "com.mongodb.hadoop.hive.output.HiveBSONFileOutputFormat",
		"com.mongodb.hadoop.hive.BSONSerDe"},
	"regex":           {textInput, textOutput, RegexSerDe},
	"grok":            grokClasses,
	"combined_apache": grokClasses,
	"apache":          grokClasses,
	"linux_kernel":    grokClasses,
	"microsoft_log":   grokClasses,
	"ruby_logger":     grokClasses,
	"squid":           grokClasses,
	"redismonlog":     grokClasses,
	"redislog":        grokClasses,
}

var grokClasses = Classes{textInput, textOutput, GrokSerDe}

// ClassesFor is ClassesOf where a custom classifier may have made up the
// classification: the properties by which its files are read tell the SerDe.
func ClassesFor(format string, props map[string]string) (Classes, bool) {
	c, ok := ClassesOf(format)
	if ok {
		return c, true
	}
	for k := range props {
		switch strings.ToLower(k) {
		case "input.format":
			return grokClasses, true
		case "rowtag":
			return ClassesOf("xml")
		}
	}
	return c, false
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
	{"opencsv", "csv"}, {"lazysimple", "csv"}, {"multidelimit", "csv"}, {"ionhive", "ion"}, {"bson", "bson"},
}

// freeSerDes are those whose tables may have any classification: custom
// classifiers give them names of their own.
var freeSerDes = []struct{ part, format string }{{"serde.grokserde", "grok"}, {"regexserde", "regex"}, {"xmlserde", "xml"}}

// FormatOf gives the format that reads a table: that of a SerDe whose tables
// may have any classification, else the table's Format, else its parameter
// "classification", else what its SerDe or its input format reads; "" if
// nothing says.
func FormatOf(t *catalog.Table) string {
	for _, m := range freeSerDes {
		if strings.Contains(strings.ToLower(t.Storage.SerDe), m.part) {
			return m.format
		}
	}
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
