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

// insertTarget finds what INSERT is about: a temporary table or one of the lake.
func (b *binder) insertTarget(name ast.Name) (plan.TempTable, *catalog.Table, error) {
	if t, ok := b.tempNamed(name); ok && t.Def().View == nil {
		return t, nil, nil
	}
	v, t, err := b.lookup(name)
	switch {
	case err != nil:
		return nil, nil, err
	case v != nil:
		return nil, nil, b.fail(name.Position(), fault.CodeInsufficientPriv, "permission denied for table %s", v.Name())
	case t.Kind == catalog.VirtualView:
		return nil, nil, b.unsupported(name.Position(), "INSERT of view %q is not supported", t.Name)
	}
	return nil, t, nil
}

// insertInto binds INSERT INTO a table of the lake: a query whose columns are the
// table's data columns and then its partition keys.
func (b *binder) insertInto(s *ast.Insert, t *catalog.Table) (plan.Statement, error) {
	switch {
	case s.Conflict != nil:
		return nil, b.unsupported(s.Conflict.Pos, "ON CONFLICT is not supported for tables of the lake").WithHint("They have no keys.")
	case len(s.Returning) > 0:
		return nil, b.unsupported(s.Returning[0].Pos, "RETURNING is not supported for tables of the lake")
	}
	out := &plan.Write{Kind: plan.InsertInto, Table: t}
	if err := b.addable(out, s.Table.Position()); err != nil {
		return nil, err
	}
	d := &plan.TempDef{Name: t.Name}
	for _, c := range t.AllColumns() {
		d.Columns = append(d.Columns, plan.TempColumn{Column: c})
	}
	n := &inserter{b: b, s: s, d: d, exact: b.dialect == plan.Athena}
	var err error
	if n.cols, err = b.targetColumns(d, s.Columns); err != nil {
		return nil, err
	}
	if n.env, err = b.with(&ast.Query{With: s.With, Recurs: s.Recurs}, nil, nil); err != nil {
		return nil, err
	}
	src, err := n.source()
	if err != nil {
		return nil, err
	}
	if len(s.With) > 0 {
		if src, err = b.closeWith(src, n.env); err != nil {
			return nil, err
		}
	}
	out.Source, err = b.finish(src, "SELECT")
	return out, err
}

// addable refuses tables whose files cannot be written so that the table's
// readers, here and elsewhere, find in them what was inserted.
func (b *binder) addable(w *plan.Write, pos ast.Pos) error {
	t := w.Table
	refuse := func(format string, args ...any) *fault.Error {
		return b.unsupported(pos, "INSERT INTO table %q is not supported: "+format, append([]any{t.Name}, args...)...)
	}
	props := map[string]string{}
	for _, m := range []map[string]string{t.Parameters, t.Storage.SerDeParams} {
		for k, v := range m {
			props[strings.ToLower(k)] = v
		}
	}
	if kind := props["table_type"]; kind != "" && !strings.EqualFold(kind, "HIVE") {
		return refuse("it is of type %s", strings.ToUpper(kind))
	}
	if t.Storage.Buckets > 0 {
		return refuse("it is bucketed")
	}
	if strings.EqualFold(props["transactional"], "true") {
		return refuse("it is transactional, and Hive's metastore hands out the numbers of writes")
	}
	format := lake.FormatOf(t)
	if format != "parquet" && format != "csv" && format != "json" {
		return refuse("files of format %s are not written", strings.ToUpper(format)).WithHint("Formats that are written: PARQUET, TEXTFILE, JSON.")
	}
	if err := b.plainProperties(t, props, refuse); err != nil {
		return err
	}
	w.Compression = tableCompression(format, props)
	return nil
}

// plainProperties refuses properties under which readers look for values
// elsewhere than writers put them.
func (b *binder) plainProperties(t *catalog.Table, props map[string]string, refuse func(string, ...any) *fault.Error) error {
	for k := range props {
		if strings.HasPrefix(k, "mapping.") && lake.FormatOf(t) != "json" || k == "timestamp.formats" || k == "timestamp.epoch" {
			return refuse("its property %s says that values are spelled or named otherwise", k)
		}
	}
	if n := props["skip.header.line.count"]; n != "" && n != "0" && n != "1" {
		return refuse("its files have %s lines of header", n)
	}
	if n := props["skip.footer.line.count"]; n != "" && n != "0" {
		return refuse("its files have %s lines of footer", n)
	}
	if lake.IsSymlink(t) {
		return refuse("its files are manifests that name others")
	}
	if lake.AtManifest(t) {
		return refuse("its location may be a manifest that names its files")
	}
	if partition.IsProjected(t) {
		return refuse("its partitions are projected")
	}
	if props[partition.PropertyTemplate] != "" {
		return refuse("its folders are named by %s", partition.PropertyTemplate)
	}
	for _, c := range t.AllColumns() {
		if c.Type.Kind == types.Unknown {
			return refuse("its column %q is of a type that Glaux does not have", c.Name)
		}
	}
	return nil
}

// tableCompression gives the compression that a table's properties ask for, "" if
// they say nothing.
func tableCompression(format string, props map[string]string) string {
	keys := []string{"write.compression", "compressiontype"}
	if format == "parquet" {
		keys = []string{"parquet.compression", "write.compression"}
	}
	for _, k := range keys {
		if v := strings.ToLower(props[k]); v != "" {
			return v
		}
	}
	return ""
}
