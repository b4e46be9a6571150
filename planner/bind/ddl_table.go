package bind

import (
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// createTable binds CREATE EXTERNAL TABLE.
func (b *binder) createTable(s *ast.CreateTable) (plan.Statement, error) {
	if err := b.checkCreate(s); err != nil {
		return nil, err
	}
	database, name, err := b.target(s.Name)
	if err != nil {
		return nil, err
	}
	t := &catalog.Table{
		Database: database, Name: name, Kind: catalog.ExternalTable, Description: s.Comment,
		Parameters: map[string]string{"EXTERNAL": "TRUE"}, Storage: catalog.Storage{Location: s.Location, SerDeParams: map[string]string{}},
	}
	if t.Columns, err = b.columns(s.Columns); err != nil {
		return nil, err
	}
	if t.PartitionKeys, err = b.columns(s.PartitionedBy); err != nil {
		return nil, err
	}
	if err := b.uniqueColumns(t, s.Pos); err != nil {
		return nil, err
	}
	for _, k := range t.PartitionKeys {
		if err := partition.CheckKeyType(k.Type); err != nil {
			return nil, b.located(err, s.Pos)
		}
	}
	for _, p := range s.Properties {
		t.Parameters[p.Key] = p.Value
	}
	if err := b.storage(t, s); err != nil {
		return nil, err
	}
	return &plan.CreateTable{Table: t, IfNotExists: s.IfNotExists}, nil
}

// checkCreate refuses the tables that Glaux cannot make.
func (b *binder) checkCreate(s *ast.CreateTable) error {
	for _, p := range s.Properties {
		if strings.EqualFold(p.Key, "table_type") && !strings.EqualFold(p.Value, "HIVE") {
			return b.unsupported(p.Pos, "tables of type %s are not supported", strings.ToUpper(p.Value))
		}
	}
	switch {
	case s.As != nil:
		return b.unsupported(s.Pos, "CREATE TABLE AS is not supported: Glaux does not write tables yet")
	case !s.External:
		return b.unsupported(s.Pos, "only external tables can be created").WithHint("Write CREATE EXTERNAL TABLE ... LOCATION '...'.")
	case len(s.Columns) == 0:
		return b.fail(s.Pos, fault.CodeSyntax, "CREATE EXTERNAL TABLE needs a list of columns").
			WithHint("A crawl of the location finds them: glaux crawl.")
	case s.Location == "":
		return b.fail(s.Pos, fault.CodeSyntax, "CREATE EXTERNAL TABLE needs a LOCATION")
	}
	return nil
}

// columns binds column definitions; names are kept in lower case.
func (b *binder) columns(defs []ast.ColumnDef) ([]catalog.Column, error) {
	var out []catalog.Column
	for i := range defs {
		d := &defs[i]
		t, err := b.columnType(&d.Type)
		if err != nil {
			return nil, err
		}
		out = append(out, catalog.Column{Name: strings.ToLower(d.Name.Name), Type: t, Comment: d.Comment})
	}
	return out, nil
}

func (b *binder) uniqueColumns(t *catalog.Table, pos ast.Pos) error {
	seen := map[string]bool{}
	for i, c := range t.AllColumns() {
		if seen[c.Name] && i >= len(t.Columns) {
			return b.fail(pos, fault.CodeDuplicateColumn, "partition key %q is also a column of table %q", c.Name, t.Name)
		}
		if seen[c.Name] {
			return b.fail(pos, fault.CodeDuplicateColumn, "column %q specified more than once", c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}

// storedAs maps the names of STORED AS to classifications.
var storedAs = map[string]string{
	"parquet": "parquet", "textfile": "csv", "orc": "orc", "avro": "avro", "jsonfile": "json", "json": "json", "csv": "csv",
}

// unreadable are the storage formats of Hive that have no reader.
var unreadable = map[string]bool{"sequencefile": true, "rcfile": true, "ion": true}

// storage works out classes and classification from STORED AS, ROW FORMAT and
// TBLPROPERTIES, where each may leave the others to follow.
func (b *binder) storage(t *catalog.Table, s *ast.CreateTable) error {
	format := ""
	if s.StoredAs != "" {
		if unreadable[s.StoredAs] {
			return b.unsupported(s.Pos, "STORED AS %s is not supported", strings.ToUpper(s.StoredAs))
		}
		f, ok := storedAs[s.StoredAs]
		if !ok {
			return b.fail(s.Pos, fault.CodeInvalidParameter, "unknown storage format %s", strings.ToUpper(s.StoredAs)).
				WithHint("Known are PARQUET, ORC, AVRO, TEXTFILE and JSONFILE.")
		}
		format = f
	}
	st := &t.Storage
	st.InputFormat, st.OutputFormat = s.InputFormat, s.OutputFormat
	if r := s.RowFormat; r != nil {
		st.SerDe = r.SerDe
		if st.SerDe == "" {
			st.SerDe = lake.LazySimpleSerDe
		}
		for _, p := range r.Properties {
			st.SerDeParams[strings.ToLower(p.Key)] = p.Value
		}
	}
	if format == "" || st.SerDe != "" && s.StoredAs == "textfile" {
		if f := lake.FormatOf(t); f != "" {
			format = f
		}
	}
	if format == "" {
		if st.SerDe != "" || st.InputFormat != "" {
			return b.unsupported(s.Pos, "SerDe %q is not supported", st.SerDe+st.InputFormat)
		}
		format = "csv" // Hive's default: delimited text
	}
	t.Format = format
	fillClasses(st, format)
	return nil
}

// fillClasses completes the class names with what Hive's own DDL would write.
func fillClasses(st *catalog.Storage, format string) {
	c, _ := lake.ClassesOf(format)
	if st.SerDe == "" {
		st.SerDe = c.SerDe
		if st.SerDe == lake.LazySimpleSerDe && st.SerDeParams["field.delim"] == "" {
			st.SerDeParams["field.delim"] = "\x01"
		}
	}
	if st.InputFormat == "" {
		st.InputFormat = c.InputFormat
	}
	if st.OutputFormat == "" {
		st.OutputFormat = c.OutputFormat
	}
	if d, ok := st.SerDeParams["field.delim"]; ok && st.SerDeParams["serialization.format"] == "" {
		st.SerDeParams["serialization.format"] = d
	}
}

// hiveDDL writes the CREATE statement of a table, for SHOW CREATE TABLE.
func hiveDDL(t *catalog.Table) string {
	var b strings.Builder
	b.WriteString("CREATE EXTERNAL TABLE " + backtick(t.Database) + "." + backtick(t.Name) + "(\n")
	writeColumns(&b, t.Columns)
	b.WriteString(")\n")
	if t.Description != "" {
		b.WriteString("COMMENT " + quote(t.Description) + "\n")
	}
	if len(t.PartitionKeys) > 0 {
		b.WriteString("PARTITIONED BY (\n")
		writeColumns(&b, t.PartitionKeys)
		b.WriteString(")\n")
	}
	if t.Storage.SerDe != "" {
		b.WriteString("ROW FORMAT SERDE\n  " + quote(t.Storage.SerDe) + "\n")
		if len(t.Storage.SerDeParams) > 0 {
			b.WriteString("WITH SERDEPROPERTIES (\n" + properties(t.Storage.SerDeParams) + ")\n")
		}
	}
	if t.Storage.InputFormat != "" {
		b.WriteString("STORED AS INPUTFORMAT\n  " + quote(t.Storage.InputFormat) + "\nOUTPUTFORMAT\n  " + quote(t.Storage.OutputFormat) + "\n")
	}
	b.WriteString("LOCATION\n  " + quote(t.Storage.Location))
	if len(t.Parameters) > 0 {
		b.WriteString("\nTBLPROPERTIES (\n" + properties(t.Parameters) + ")")
	}
	return b.String()
}

func writeColumns(b *strings.Builder, cols []catalog.Column) {
	for i, c := range cols {
		b.WriteString("  " + backtick(c.Name) + " " + c.Type.Hive())
		if c.Comment != "" {
			b.WriteString(" COMMENT " + quote(c.Comment))
		}
		if i < len(cols)-1 {
			b.WriteString(",\n")
		}
	}
}

func properties(m map[string]string) string {
	var lines []string
	for _, k := range sortedKeys(m) {
		lines = append(lines, "  "+quote(k)+"="+quote(m[k]))
	}
	return strings.Join(lines, ",\n")
}

func backtick(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// viewDDL writes the CREATE statement of a view.
func viewDDL(t *catalog.Table, text string) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = types.QuoteIdent(c.Name)
	}
	return "CREATE VIEW " + types.QuoteIdent(t.Database) + "." + types.QuoteIdent(t.Name) + " (" + strings.Join(names, ", ") + ") AS\n" + strings.TrimSpace(text)
}
