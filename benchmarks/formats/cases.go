package main

import "strings"

// column is a column of the table: its type in both dialects, and whether its
// values are added up.
type column struct {
	name, typ string
	sum       bool
}

// table is what data.py writes.
var table = []column{
	{"id", "bigint", true}, {"account", "int", true}, {"price", "double", true}, {"amount", "decimal(12,2)", true},
	{"active", "boolean", false}, {"day", "date", false}, {"seen", "timestamp", false}, {"region", "string", false},
	{"name", "string", false}, {"score", "bigint", true},
}

// columns lists the columns with their types, and quote around both.
func columns(quote string) string {
	out := make([]string, len(table))
	for i, c := range table {
		out[i] = c.name + " " + c.typ
		if quote != "" {
			out[i] = quote + c.name + quote + ": " + quote + strings.ReplaceAll(c.typ, "string", "varchar") + quote
		}
	}
	return strings.Join(out, ", ")
}

// question asks for every column: count, minimum and maximum, of numbers the
// sum, of truths how many there are.
func question(from string) string {
	var out []string
	for _, c := range table {
		out = append(out, "count("+c.name+")")
		switch {
		case c.typ == "boolean":
			out = append(out, "sum(case when "+c.name+" then 1 else 0 end)")
		default:
			out = append(out, "min("+c.name+")", "max("+c.name+")")
		}
		if c.sum {
			out = append(out, "sum("+c.name+")")
		}
	}
	return "select " + strings.Join(out, ", ") + " from " + from
}

// format is a folder of data.py.
type format struct {
	name       string
	storage    string  // how Glaux is told of it
	properties string  // TBLPROPERTIES
	view       string  // how DuckDB is; "": it is read by reader.py
	target     float64 // the ratio of the times that is wanted at most
}

const (
	csvStorage  = "row format delimited fields terminated by ','"
	csvHeader   = " tblproperties ('skip.header.line.count' = '1')"
	jsonStorage = "row format serde 'org.openx.data.jsonserde.JsonSerDe'"
)

var cases = []format{
	{"parquet_snappy", "stored as parquet", "", "read_parquet('FOLDER/*.parquet')", 1},
	{"parquet_zstd", "stored as parquet", "", "read_parquet('FOLDER/*.parquet')", 1},
	{"csv", csvStorage, csvHeader, csvView("csv"), 1.2},
	{"csv_gzip", csvStorage, csvHeader, csvView("csv.gz"), 1.2},
	{"ndjson", jsonStorage, "", jsonView("json"), 1.2},
	{"ndjson_gzip", jsonStorage, "", jsonView("json.gz"), 1.2},
	{"orc", "stored as orc", "", "", 1.2},
	{"avro", "stored as avro", "", "", 1.2},
}

// The views have the types declared, as Glaux has: neither side guesses.
func csvView(ext string) string {
	return "read_csv('FOLDER/*." + ext + "', header = true, auto_detect = false, delim = ',', quote = '\"', columns = {" + columns("'") + "})"
}

func jsonView(ext string) string {
	return "read_json('FOLDER/*." + ext + "', format = 'newline_delimited', columns = {" + columns("'") + "})"
}
