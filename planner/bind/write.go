package bind

import (
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// createTableAs binds CREATE TABLE ... AS in Trino's syntax (WITH), in Hive's
// (STORED AS, LOCATION) and in PostgreSQL's (a list of names).
func (b *binder) createTableAs(s *ast.CreateTable) (plan.Statement, error) {
	if err := b.checkCreateAs(s); err != nil {
		return nil, err
	}
	database, name, err := b.target(s.Name)
	if err != nil {
		return nil, err
	}
	t := &catalog.Table{Database: database, Name: name, Kind: catalog.ExternalTable, Description: s.Comment,
		Parameters: map[string]string{"EXTERNAL": "TRUE"}, Storage: catalog.Storage{Location: s.Location, SerDeParams: map[string]string{}}}
	for _, p := range s.Properties {
		t.Parameters[p.Key] = p.Value
	}
	if err := b.checkProperties(t, s.Properties); err != nil {
		return nil, err
	}
	w := &writeOptions{b: b, t: t, out: &plan.Write{Kind: plan.CreateTableAs, Table: t, IfNotExists: s.IfNotExists, NoData: s.NoData}}
	if err := w.hive(s); err != nil {
		return nil, err
	}
	if err := w.with(s.With); err != nil {
		return nil, err
	}
	return w.finish(s.As, s.Names, s.Pos)
}

// checkCreateAs refuses clauses that do not go with AS.
func (b *binder) checkCreateAs(s *ast.CreateTable) error {
	switch {
	case s.External:
		return b.fail(s.Pos, fault.CodeSyntax, "CREATE EXTERNAL TABLE takes no query").WithHint("Write CREATE TABLE ... AS.")
	case len(s.Columns) > 0:
		return b.fail(s.Columns[0].Pos, fault.CodeSyntax, "CREATE TABLE AS takes the types of its columns from the query").
			WithHint("Give names only, or cast the columns in the query.")
	case len(s.PartitionedBy) > 0:
		return b.fail(s.PartitionedBy[0].Pos, fault.CodeSyntax, "CREATE TABLE AS takes the types of its partition keys from the query").
			WithHint("Write PARTITIONED BY (%s).", s.PartitionedBy[0].Name.Name)
	}
	return nil
}

// unload binds UNLOAD (query) TO 'location' WITH (...).
func (b *binder) unload(s *ast.Unload) (plan.Statement, error) {
	t := &catalog.Table{Kind: catalog.ExternalTable, Parameters: map[string]string{},
		Storage: catalog.Storage{Location: s.To, SerDeParams: map[string]string{}}}
	w := &writeOptions{b: b, t: t, out: &plan.Write{Kind: plan.Unload, Table: t}}
	if err := w.with(s.With); err != nil {
		return nil, err
	}
	if w.format == "" {
		return nil, b.fail(s.Pos, fault.CodeSyntax, "UNLOAD needs a format").WithHint("Write WITH (format = 'PARQUET').")
	}
	return w.finish(s.Query, nil, s.Pos)
}

// finish binds the query and makes its columns those of the table.
func (w *writeOptions) finish(q *ast.Query, names []ast.Ident, pos ast.Pos) (plan.Statement, error) {
	if err := w.storage(pos); err != nil {
		return nil, err
	}
	r, err := w.b.query(q, nil, nil)
	if err != nil {
		return nil, err
	}
	r = w.b.settleOpen(r, true)
	if r, err = w.columns(r, names, q); err != nil {
		return nil, err
	}
	if err := w.partitioned(q.Pos); err != nil {
		return nil, err
	}
	w.out.Source, err = w.b.finish(r, "SELECT")
	return w.out, err
}

// columns names and types the table's columns. Names are lower case, as Hive's
// are; each must have one of its own.
func (w *writeOptions) columns(r *rel, names []ast.Ident, q *ast.Query) (*rel, error) {
	if len(names) > len(r.cols) {
		return nil, w.b.fail(names[len(r.cols)].Pos, fault.CodeSyntax, "CREATE TABLE AS specifies too many column names")
	}
	ts := make([]types.Type, len(r.cols))
	seen := map[string]bool{}
	for i, c := range r.cols {
		name, pos := strings.ToLower(c.name), itemPos(q, i)
		if i < len(names) {
			name, pos = strings.ToLower(names[i].Name), names[i].Pos
		}
		if name == "" || i >= len(names) && madeUp(q, i, name) {
			return nil, w.b.fail(pos, fault.CodeSyntax, "column %d of the query has no name", i+1).WithHint("Give it one: ... AS name.")
		}
		if seen[name] {
			return nil, w.b.fail(pos, fault.CodeDuplicateColumn, "column %q specified more than once", name)
		}
		seen[name] = true
		var err error
		if ts[i], err = w.columnType(c.typ, name, pos); err != nil {
			return nil, err
		}
		w.t.Columns = append(w.t.Columns, catalog.Column{Name: name, Type: ts[i]})
	}
	if len(r.cols) == 0 {
		return nil, w.b.fail(q.Pos, fault.CodeInvalidTableDef, "a table needs at least one column")
	}
	return w.b.retype(r, ts), nil
}

// madeUp reports whether nobody has given column i its name.
func madeUp(q *ast.Query, i int, name string) bool {
	if name == "?column?" {
		return true
	}
	s, ok := q.Body.(*ast.Select)
	return ok && name == "_col"+strconv.Itoa(i) && i < len(s.Items) && s.Items[i].Alias.Name == ""
}

// itemPos finds where column i of a query is written, as far as that is one
// place.
func itemPos(q *ast.Query, i int) ast.Pos {
	s, ok := q.Body.(*ast.Select)
	if !ok || i >= len(s.Items) {
		return q.Pos
	}
	for _, it := range s.Items[:i+1] {
		if _, star := it.X.(*ast.Star); star {
			return q.Pos
		}
	}
	return s.Items[i].X.Position()
}

// columnType gives the type that a table's column has for values of type t:
// PostgreSQL's own become text or bigint. In the athena dialect what Hive lacks
// is refused, as Athena does.
func (w *writeOptions) columnType(t types.Type, name string, pos ast.Pos) (types.Type, error) {
	refuse := func() (types.Type, error) {
		return t, w.b.unsupported(pos, "column %q is of type %s, which tables of the lake cannot have", name, t).
			WithHint("Cast it: CAST(%s AS varchar).", types.QuoteIdent(name))
	}
	switch t.Kind {
	case types.Unknown, types.Name:
		return types.TVarchar, nil
	case types.OID:
		return types.TBigInt, nil
	case types.Interval:
		return refuse()
	case types.Opaque:
		return t, w.b.notStored(t, name, pos)
	case types.TimeTZ:
		return refuse()
	case types.Time, types.TimestampTZ, types.UUID, types.JSON:
		if w.b.dialect == plan.Athena {
			return refuse()
		}
	}
	if !t.IsNested() {
		return t, nil
	}
	out := t
	out.Fields = append([]types.Field(nil), t.Fields...)
	for i := range out.Fields {
		if t.Kind == types.Row && out.Fields[i].Name == "" {
			return t, w.b.unsupported(pos, "column %q has a row whose field %d has no name", name, i+1).
				WithHint("Cast it: CAST(%s AS row(name type, ...)).", types.QuoteIdent(name))
		}
		var err error
		if out.Fields[i].Type, err = w.columnType(t.Fields[i].Type, name, pos); err != nil {
			return t, err
		}
	}
	return out, nil
}

// partitioned makes the last columns partition keys, as partitioned_by says.
func (w *writeOptions) partitioned(pos ast.Pos) error {
	t, n := w.t, len(w.t.Columns)-len(w.keys)
	if len(w.keys) == 0 {
		return nil
	}
	if n <= 0 {
		return w.b.fail(w.keys[0].Pos, fault.CodeInvalidTableDef, "a table needs at least one column that is no partition key")
	}
	for i, k := range w.keys {
		c := t.Columns[n+i]
		if name := strings.ToLower(k.Name); name != c.Name {
			return w.b.fail(k.Pos, fault.CodeInvalidTableDef, "partition key %q is not column %d of the query: that is %q", name, n+i+1, c.Name).
				WithHint("Partition keys are the last columns of the query, in the order of partitioned_by.")
		}
		if err := partition.CheckKeyType(c.Type); err != nil {
			return w.b.located(err, k.Pos)
		}
	}
	t.Columns, t.PartitionKeys = t.Columns[:n:n], t.Columns[n:]
	return nil
}
