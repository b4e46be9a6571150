package bind

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// writeOptions collects what WITH and Hive's clauses say of the files to be
// written.
type writeOptions struct {
	b      *binder
	t      *catalog.Table
	out    *plan.Write
	format string      // as it was written
	delim  string      // field_delimiter
	keys   []ast.Ident // partitioned_by
	given  map[string]ast.Pos
}

// writeOption is a property of WITH: its name, the statements that take it
// besides CREATE TABLE AS, and what it does.
type writeOption struct {
	name   string
	unload bool
	set    func(w *writeOptions, p *ast.Property) error
}

// writeOptionDefs are Athena's properties of CTAS and UNLOAD.
var writeOptionDefs = []writeOption{
	{"format", true, func(w *writeOptions, p *ast.Property) error { return w.text(p, &w.format) }},
	{"compression", true, (*writeOptions).compression},
	{"write_compression", false, (*writeOptions).compression},
	{"parquet_compression", false, (*writeOptions).compression},
	{"orc_compression", false, (*writeOptions).compression},
	{"compression_level", true, (*writeOptions).level},
	{"external_location", false, func(w *writeOptions, p *ast.Property) error { return w.location(p) }},
	{"location", false, func(w *writeOptions, p *ast.Property) error { return w.location(p) }},
	{"partitioned_by", true, func(w *writeOptions, p *ast.Property) (err error) { w.keys, err = w.names(p); return err }},
	{"field_delimiter", true, func(w *writeOptions, p *ast.Property) error { return w.text(p, &w.delim) }},
	{"table_type", false, (*writeOptions).tableType},
	{"is_external", false, (*writeOptions).external},
	{"bucketed_by", false, (*writeOptions).buckets},
	{"bucket_count", false, (*writeOptions).buckets},
	{"partitioning", false, (*writeOptions).iceberg},
	{partition.PropertyFilter, false, (*writeOptions).filterRule},
}

// with reads the properties of WITH (...).
func (w *writeOptions) with(list []ast.Property) error {
	w.given = map[string]ast.Pos{}
	for i := range list {
		p := &list[i]
		key := strings.ToLower(p.Key)
		at := slices.IndexFunc(writeOptionDefs, func(d writeOption) bool {
			return d.name == key && (d.unload || w.out.Kind == plan.CreateTableAs)
		})
		if at < 0 {
			return w.unknown(p)
		}
		if _, twice := w.given[key]; twice {
			return w.b.fail(p.Pos, fault.CodeSyntax, "property %s is given twice", key)
		}
		w.given[key] = p.Pos
		if err := writeOptionDefs[at].set(w, p); err != nil {
			return err
		}
	}
	return nil
}

func (w *writeOptions) unknown(p *ast.Property) error {
	var names []string
	for _, d := range writeOptionDefs {
		if d.unload || w.out.Kind == plan.CreateTableAs {
			names = append(names, d.name)
		}
	}
	e := w.b.fail(p.Pos, fault.CodeInvalidParameter, "unknown property %q", p.Key)
	if near := fault.Nearest(p.Key, names); near != "" {
		return e.WithHint("Did you mean %q?", near)
	}
	return e.WithHint("Properties: %s.", strings.Join(names, ", "))
}

// text reads a property whose value is a text.
func (w *writeOptions) text(p *ast.Property, to *string) error {
	if p.X != nil {
		return w.b.fail(p.Pos, fault.CodeInvalidParameter, "property %s must be a text", p.Key)
	}
	*to = p.Value
	return nil
}

// filterRule is the table property of this name, with Trino's spelling.
func (w *writeOptions) filterRule(p *ast.Property) error {
	var rule string
	if err := w.text(p, &rule); err != nil {
		return err
	}
	w.t.Parameters[partition.PropertyFilter] = rule
	return w.b.checkProperties(w.t, []ast.Property{*p})
}

func (w *writeOptions) location(p *ast.Property) error {
	if w.t.Storage.Location != "" {
		return w.b.fail(p.Pos, fault.CodeSyntax, "the location is given twice")
	}
	if err := w.text(p, &w.t.Storage.Location); err != nil {
		return err
	}
	if w.t.Storage.Location == "" {
		return w.b.fail(p.Pos, fault.CodeInvalidParameter, "property %s is empty", p.Key)
	}
	return nil
}

func (w *writeOptions) compression(p *ast.Property) error {
	if w.out.Compression != "" {
		return w.b.fail(p.Pos, fault.CodeSyntax, "the compression is given twice")
	}
	if err := w.text(p, &w.out.Compression); err != nil {
		return err
	}
	if w.out.Compression = strings.ToLower(w.out.Compression); w.out.Compression == "" {
		return w.b.fail(p.Pos, fault.CodeInvalidParameter, "property %s is empty", p.Key).WithHint("Write 'none' for no compression.")
	}
	return nil
}

func (w *writeOptions) level(p *ast.Property) error {
	n, ok := w.number(p)
	if !ok || n < 1 || n > 22 {
		return w.b.fail(p.Pos, fault.CodeInvalidParameter, "property %s must be a number from 1 to 22", p.Key)
	}
	w.out.Level = n
	return nil
}

func (w *writeOptions) number(p *ast.Property) (int, bool) {
	text := p.Value
	if l, ok := p.X.(*ast.NumberLit); ok {
		text = l.Text
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// names reads ARRAY['a', 'b'].
func (w *writeOptions) names(p *ast.Property) ([]ast.Ident, error) {
	wrong := func() ([]ast.Ident, error) {
		return nil, w.b.fail(p.Pos, fault.CodeInvalidParameter, "property %s must be a list of columns", p.Key).
			WithHint("Write %s = ARRAY['a', 'b'].", p.Key)
	}
	a, ok := p.X.(*ast.ArrayLit)
	if !ok {
		return wrong()
	}
	var out []ast.Ident
	for _, e := range a.Items {
		s, ok := e.(*ast.StringLit)
		if !ok {
			return wrong()
		}
		out = append(out, ast.Ident{At: ast.At{Pos: s.Pos}, Name: s.Value})
	}
	return out, nil
}

func (w *writeOptions) tableType(p *ast.Property) error {
	if p.X != nil || !strings.EqualFold(p.Value, "HIVE") {
		return w.b.unsupported(p.Pos, "tables of type %s are not supported", strings.ToUpper(p.Value))
	}
	return nil
}

func (w *writeOptions) external(p *ast.Property) error {
	if l, ok := p.X.(*ast.BoolLit); ok && l.Value || strings.EqualFold(p.Value, "true") {
		return nil
	}
	return w.b.unsupported(p.Pos, "only external tables can be created")
}

func (w *writeOptions) buckets(p *ast.Property) error {
	return w.b.unsupported(p.Pos, "writing bucketed tables is not supported").
		WithHint("Leave %s away; partitioned_by divides a table too.", p.Key)
}

func (w *writeOptions) iceberg(p *ast.Property) error {
	return w.b.unsupported(p.Pos, "property partitioning is for Iceberg tables, which are not written").
		WithHint("Tables of Hive's kind have partitioned_by = ARRAY['column'].")
}

// hive reads the clauses of Hive's CREATE TABLE: STORED AS, PARTITIONED BY,
// CLUSTERED BY.
func (w *writeOptions) hive(s *ast.CreateTable) error {
	w.format = s.StoredAs
	if s.InputFormat != "" || s.RowFormat != nil && s.RowFormat.SerDe != "" {
		return w.b.unsupported(s.Pos, "CREATE TABLE AS with a class name is not supported").WithHint("Write STORED AS PARQUET, TEXTFILE or JSONFILE.")
	}
	if len(s.ClusteredBy) > 0 {
		return w.b.unsupported(s.ClusteredBy[0].Pos, "writing bucketed tables is not supported")
	}
	if s.RowFormat != nil {
		for _, p := range s.RowFormat.Properties {
			w.t.Storage.SerDeParams[p.Key] = p.Value
		}
		if w.format == "" {
			w.format = "textfile"
		}
	}
	for _, p := range s.Properties {
		switch key := strings.ToLower(p.Key); key {
		case "table_type":
			if !strings.EqualFold(p.Value, "HIVE") {
				return w.b.unsupported(p.Pos, "tables of type %s are not supported", strings.ToUpper(p.Value))
			}
		case "write.compression", "parquet.compression":
			w.out.Compression = strings.ToLower(p.Value)
		}
	}
	for _, x := range s.Transforms {
		c, ok := x.(*ast.ColumnRef)
		if !ok || len(c.Name) != 1 {
			return w.b.unsupported(x.Position(), "a partition transform is for Iceberg tables, which are not written")
		}
		w.keys = append(w.keys, c.Name[0])
	}
	return nil
}

// written are the names of formats that can be written, and classifications.
var written = map[string]string{"": "parquet", "parquet": "parquet", "textfile": "csv", "csv": "csv", "json": "json", "jsonfile": "json"}

// storage fills in the classes and properties by which the files are read.
func (w *writeOptions) storage(pos ast.Pos) error {
	if at, ok := w.given["format"]; ok {
		pos = at
	}
	format, ok := written[strings.ToLower(w.format)]
	if !ok {
		if _, known := storedAs[strings.ToLower(w.format)]; known || unreadable[strings.ToLower(w.format)] {
			return w.b.unsupported(pos, "writing files of format %s is not supported", strings.ToUpper(w.format)).
				WithHint("Formats that are written: PARQUET, TEXTFILE, JSON.")
		}
		return unknownFormat(w.b.fail(pos, fault.CodeInvalidParameter, "unknown storage format %s", strings.ToUpper(w.format)), w.format,
			"Formats that are written: PARQUET, TEXTFILE, JSON.", slices.Sorted(maps.Keys(written)))
	}
	t := w.t
	t.Format = format
	t.Parameters["classification"] = format
	if w.delim != "" {
		at := w.given["field_delimiter"]
		if format != "csv" {
			return w.b.fail(at, fault.CodeInvalidParameter, "field_delimiter is for TEXTFILE, not %s", strings.ToUpper(format))
		}
		if len(w.delim) != 1 && w.delim[0] != '\\' { // \t and \001 are what readers take too
			return w.b.fail(at, fault.CodeInvalidParameter, "field_delimiter must be a single one-byte character")
		}
		t.Storage.SerDeParams["field.delim"] = w.delim
	}
	fillClasses(&t.Storage, format)
	if format == "csv" {
		p := t.Storage.SerDeParams
		if p["serialization.format"] == "" {
			p["serialization.format"] = p["field.delim"]
		}
		if p["escape.delim"] == "" { // without one no text could hold the delimiter
			p["escape.delim"] = `\`
		}
	}
	return nil
}
