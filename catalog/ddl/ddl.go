package ddl

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/types"
)

// ParamDialect is the property of a view that keeps the dialect its text is
// written in: postgres or athena.
const ParamDialect = "glaux.dialect"

// Database writes CREATE DATABASE.
func Database(d *catalog.Database) string {
	var b strings.Builder
	b.WriteString("CREATE DATABASE " + Ident(d.Name))
	if d.Description != "" {
		b.WriteString("\nCOMMENT " + String(d.Description))
	}
	if d.Location != "" {
		b.WriteString("\nLOCATION " + String(d.Location))
	}
	if len(d.Parameters) > 0 {
		b.WriteString("\nWITH DBPROPERTIES (\n" + properties(d.Parameters, String) + ")")
	}
	return b.String()
}

// Table writes CREATE EXTERNAL TABLE.
func Table(t *catalog.Table) string {
	var b strings.Builder
	b.WriteString("CREATE EXTERNAL TABLE " + Ident(t.Database) + "." + Ident(t.Name) + "(\n")
	writeColumns(&b, t.Columns)
	b.WriteString(")\n")
	if t.Description != "" {
		b.WriteString("COMMENT " + String(t.Description) + "\n")
	}
	if len(t.PartitionKeys) > 0 {
		b.WriteString("PARTITIONED BY (\n")
		writeColumns(&b, t.PartitionKeys)
		b.WriteString(")\n")
	}
	writeBuckets(&b, &t.Storage)
	writeClasses(&b, t)
	b.WriteString("LOCATION\n  " + String(t.Storage.Location))
	if props := tableProperties(t); len(props) > 0 {
		b.WriteString("\nTBLPROPERTIES (\n" + properties(props, String) + ")")
	}
	return b.String()
}

func writeColumns(b *strings.Builder, cols []catalog.Column) {
	for i := range cols {
		c := &cols[i]
		hive, _ := columnType(c)
		b.WriteString("  " + Ident(c.Name) + " " + hive)
		if c.Comment != "" {
			b.WriteString(" COMMENT " + String(c.Comment))
		}
		if i < len(cols)-1 {
			b.WriteString(",\n")
		}
	}
}

func writeBuckets(b *strings.Builder, s *catalog.Storage) {
	if len(s.BucketColumns) == 0 || s.Buckets <= 0 {
		return
	}
	names := make([]string, len(s.BucketColumns))
	for i, c := range s.BucketColumns {
		names[i] = Ident(c)
	}
	b.WriteString("CLUSTERED BY (" + strings.Join(names, ", ") + ")\n")
	if len(s.SortColumns) > 0 {
		sorted := make([]string, len(s.SortColumns))
		for i, c := range s.SortColumns {
			sorted[i] = Ident(c.Column) + map[bool]string{false: " ASC", true: " DESC"}[c.Desc]
		}
		b.WriteString("SORTED BY (" + strings.Join(sorted, ", ") + ")\n")
	}
	fmt.Fprintf(b, "INTO %d BUCKETS\n", s.Buckets)
}

// writeClasses writes SerDe and formats. Classes that a client left out are
// those that CREATE EXTERNAL TABLE would fill in.
func writeClasses(b *strings.Builder, t *catalog.Table) {
	serde, in, out := t.Storage.SerDe, t.Storage.InputFormat, t.Storage.OutputFormat
	if c, ok := lake.ClassesOf(lake.FormatOf(t)); ok {
		serde, in, out = cmp.Or(serde, c.SerDe), cmp.Or(in, c.InputFormat), cmp.Or(out, c.OutputFormat)
	}
	if serde != "" {
		b.WriteString("ROW FORMAT SERDE\n  " + String(serde) + "\n")
		if len(t.Storage.SerDeParams) > 0 {
			b.WriteString("WITH SERDEPROPERTIES (\n" + properties(t.Storage.SerDeParams, String) + ")\n")
		}
	}
	if in != "" {
		b.WriteString("STORED AS INPUTFORMAT\n  " + String(in) + "\nOUTPUTFORMAT\n  " + String(out) + "\n")
	}
}

// tableProperties gives the TBLPROPERTIES: EXTERNAL is said by the statement,
// a classification is added where the classes alone would say another.
func tableProperties(t *catalog.Table) map[string]string {
	props := make(map[string]string, len(t.Parameters)+1)
	for k, v := range t.Parameters {
		props[k] = v
	}
	if props["EXTERNAL"] == "TRUE" {
		delete(props, "EXTERNAL")
	}
	if exact := exactTypes(t); exact != "" {
		props[ParamTypes] = exact
	}
	bare := *t
	if bare.Format = ""; t.Format != "" && lake.FormatOf(&bare) != lake.FormatOf(t) {
		for k := range props {
			if strings.EqualFold(k, "classification") {
				delete(props, k)
			}
		}
		props["classification"] = t.Format
	}
	return props
}

// Partitions writes ALTER TABLE ADD PARTITION for all of ps.
func Partitions(t *catalog.Table, ps []catalog.Partition) string {
	var b strings.Builder
	b.WriteString("ALTER TABLE " + Ident(t.Database) + "." + Ident(t.Name) + " ADD")
	for i := range ps {
		b.WriteString("\n  PARTITION (")
		for k, v := range ps[i].Values {
			if k > 0 {
				b.WriteString(", ")
			}
			b.WriteString(Ident(t.PartitionKeys[k].Name) + "=" + String(v))
		}
		b.WriteString(")")
		if ps[i].Location != "" {
			b.WriteString(" LOCATION " + String(ps[i].Location))
		}
	}
	return b.String()
}

// View writes CREATE VIEW for a view whose query is text. Full adds what a
// person need not see: comments and properties.
func View(t *catalog.Table, text string, full bool) string {
	var b strings.Builder
	b.WriteString("CREATE VIEW " + types.QuoteIdent(t.Database) + "." + types.QuoteIdent(t.Name) + " (")
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(types.QuoteIdent(c.Name))
		if full && c.Comment != "" {
			b.WriteString(" COMMENT " + viewString(c.Comment))
		}
	}
	b.WriteString(")")
	if full && t.Description != "" {
		b.WriteString("\nCOMMENT " + viewString(t.Description))
	}
	if full {
		if props := viewProperties(t); len(props) > 0 {
			b.WriteString("\nTBLPROPERTIES (\n" + properties(props, viewString) + ")\n")
		}
		b.WriteString("AS")
	} else {
		b.WriteString(" AS")
	}
	b.WriteString("\n" + strings.TrimSpace(text))
	return b.String()
}

// viewProperties adds the dialect, which Glaux's own views name: one that does
// not was made by Athena or Trino.
func viewProperties(t *catalog.Table) map[string]string {
	props := map[string]string{ParamDialect: "athena"}
	for k, v := range t.Parameters {
		props[k] = v
	}
	return props
}
