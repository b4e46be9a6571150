package bind

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/ddl"
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
	for _, p := range s.Properties {
		t.Parameters[p.Key] = p.Value
	}
	if err := b.checkProperties(t, s.Properties); err != nil {
		return nil, err
	}
	if err := ddl.RestoreTypes(t); err != nil {
		return nil, b.located(err, s.Pos)
	}
	for _, k := range t.PartitionKeys {
		if err := partition.CheckKeyType(k.Type); err != nil {
			return nil, b.located(err, s.Pos)
		}
	}
	if err := b.buckets(t, s); err != nil {
		return nil, err
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

// checkProperties refuses values that would make every query of the table fail, and
// keeps one spelling of their names.
func (b *binder) checkProperties(t *catalog.Table, given []ast.Property) error {
	for _, p := range given {
		if !strings.EqualFold(p.Key, partition.PropertyFilter) {
			continue
		}
		if p.Key != partition.PropertyFilter {
			t.Parameters[partition.PropertyFilter] = t.Parameters[p.Key]
			delete(t.Parameters, p.Key)
		}
		if _, err := partition.FilterRuleOf(t); err != nil {
			return b.located(err, p.Pos)
		}
	}
	return nil
}

// buckets binds CLUSTERED BY, which says how files are named and sorted.
func (b *binder) buckets(t *catalog.Table, s *ast.CreateTable) error {
	name := func(id ast.Ident) (string, error) {
		for _, c := range t.Columns {
			if strings.EqualFold(c.Name, id.Name) {
				return c.Name, nil
			}
		}
		return "", b.fail(id.Pos, fault.CodeUndefinedColumn, "table %q has no column %q to be clustered by", t.Name, id.Name)
	}
	for _, id := range s.ClusteredBy {
		c, err := name(id)
		if err != nil {
			return err
		}
		t.Storage.BucketColumns = append(t.Storage.BucketColumns, c)
	}
	for _, o := range s.SortedBy {
		c, err := name(o.Name)
		if err != nil {
			return err
		}
		t.Storage.SortColumns = append(t.Storage.SortColumns, catalog.SortColumn{Column: c, Desc: o.Desc})
	}
	t.Storage.Buckets = s.Buckets
	return nil
}

// columns binds column definitions. Names are kept in lower case, as Hive does,
// unless quotes say that their case matters.
func (b *binder) columns(defs []ast.ColumnDef) ([]catalog.Column, error) {
	var out []catalog.Column
	for i := range defs {
		d := &defs[i]
		t, err := b.columnType(&d.Type)
		if err != nil {
			return nil, err
		}
		name := d.Name.Name
		if !d.Name.Quoted {
			name = strings.ToLower(name)
		}
		if t.HasOpaque() {
			return nil, b.notStored(t, name, d.Type.Pos)
		}
		out = append(out, catalog.Column{Name: name, Type: t, Comment: d.Comment})
	}
	return out, nil
}

// notStored refuses a column of an opaque type: no file format has them.
func (b *binder) notStored(t types.Type, name string, pos ast.Pos) error {
	as := "varchar"
	if t.IsSketch() {
		as = "varbinary"
	}
	return b.unsupported(pos, "column %q is of type %s, which tables of the lake cannot have", name, t).
		WithHint("Store it as %s: CAST(%s AS %s).", as, types.QuoteIdent(name), as)
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
	"arrow": "arrow", "ion": "ion",
}

// unreadable are the storage formats of Hive that have no reader.
var unreadable = map[string]bool{"sequencefile": true, "rcfile": true}

// unknownFormat adds to the hint what all names are which one was probably meant.
func unknownFormat(err *fault.Error, name, all string, names []string) *fault.Error {
	if near := fault.Nearest(strings.ToLower(name), names); near != "" {
		all = fmt.Sprintf("Did you mean %s? %s", strings.ToUpper(near), all)
	}
	return err.WithHint("%s", all)
}

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
			return unknownFormat(b.fail(s.Pos, fault.CodeInvalidParameter, "unknown storage format %s", strings.ToUpper(s.StoredAs)), s.StoredAs,
				"Known are PARQUET, ORC, AVRO, ARROW, ION, TEXTFILE and JSONFILE.", slices.Sorted(maps.Keys(storedAs)))
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
			st.SerDeParams[p.Key] = p.Value
		}
	}
	if format == "" || st.SerDe != "" && s.StoredAs == "textfile" {
		if f := lake.FormatOf(t); f != "" {
			format = f
		}
	}
	if format == "" {
		if st.SerDe != "" || st.InputFormat != "" && !lake.IsSymlink(t) {
			return b.unsupported(s.Pos, "SerDe %q is not supported", st.SerDe+st.InputFormat)
		}
		format = "csv" // Hive's default: delimited text
	}
	t.Format = format
	given := s.RowFormat != nil && s.RowFormat.SerDe != ""
	fillClasses(st, format)
	if d, ok := st.SerDeParams["field.delim"]; ok && !given && st.SerDeParams["serialization.format"] == "" {
		st.SerDeParams["serialization.format"] = d
	}
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
}
