package pgcatalog

import (
	"context"
	"io"
	"sort"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/server/workgroup"
)

// Catalog is what the tables show: the catalog itself and the query history.
type Catalog interface {
	catalog.Reader
	Queries(ctx context.Context, f meta.HistoryFilter) ([]meta.QueryRecord, error)
}

// Tables are the virtual tables; the engine finds them by schema and name.
type Tables struct {
	catalog Catalog
	groups  *workgroup.Governor
	version string

	byName  map[string]map[string]*table // schema, name
	byOID   map[uint32]*table
	types   []*pgType
	typeOID map[string]*pgType // by typname
	typeFor map[uint32]*pgType
}

var _ plan.VirtualTables = (*Tables)(nil)

// table is one virtual table: its declaration and, if it has rows, where they
// come from.
type table struct {
	*relation
	owner *Tables
	rows  rowsFunc // nil: no rows
}

// rowsFunc lists the rows of a table: how many, and the value of a column in
// one of them. eq holds what the query's filter allows in some columns, for
// those that can use it.
type rowsFunc func(ctx context.Context, t *Tables, s *plan.Session, eq equal) (rowSet, error)

// rowSet are n rows; value computes column c of row i (a NULL value of any type
// is a NULL).
type rowSet struct {
	n     int
	value func(i, c int) types.Value
}

// equal maps column names to the values that the filter allows.
type equal map[string][]types.Value

// New makes the tables over a catalog. groups may be nil.
func New(c Catalog, groups *workgroup.Governor, version string) *Tables {
	t := &Tables{catalog: c, groups: groups, version: version, byName: map[string]map[string]*table{}, byOID: map[uint32]*table{},
		types: pgTypes(), typeOID: map[string]*pgType{}, typeFor: map[uint32]*pgType{}}
	for _, ty := range t.types {
		t.typeOID[ty.name], t.typeFor[ty.oid] = ty, ty
	}
	sources := rowSources()
	for _, r := range append(pgRelations(), ownRelations()...) {
		tab := &table{relation: r, owner: t, rows: sources[r.schema+"."+r.name]}
		if t.byName[r.schema] == nil {
			t.byName[r.schema] = map[string]*table{}
		}
		t.byName[r.schema][r.name], t.byOID[r.oid] = tab, tab
	}
	return t
}

// VirtualTable implements plan.VirtualTables.
func (t *Tables) VirtualTable(schema, name string) (plan.VirtualTable, bool) {
	tab, ok := t.byName[schema][name]
	if !ok {
		return nil, false
	}
	return tab, true
}

// VirtualSchemas implements plan.VirtualTables.
func (t *Tables) VirtualSchemas() []string { return []string{schemaPG, schemaInfo, schemaOwn} }

// VirtualNames implements plan.VirtualTables.
func (t *Tables) VirtualNames(schema string) []string {
	names := make([]string, 0, len(t.byName[schema]))
	for n := range t.byName[schema] {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Schema implements plan.VirtualTable.
func (t *table) Schema() string { return t.schema }

// Name implements plan.VirtualTable.
func (t *table) Name() string { return t.name }

// Columns implements plan.VirtualTable.
func (t *table) Columns() []catalog.Column { return t.columns }

// Open implements plan.VirtualTable.
func (t *table) Open(ctx context.Context, s *plan.Session, req plan.VirtualRequest) (formats.Source, error) {
	src := &source{table: t, columns: req.Columns}
	if t.rows == nil {
		return src, nil
	}
	eq := equal{}
	for c, vs := range req.Equal {
		eq[t.columns[c].Name] = vs
	}
	var err error
	src.set, err = t.rows(ctx, t.owner, s, eq)
	return src, err
}

// source delivers a snapshot in batches.
type source struct {
	table   *table
	columns []int
	set     rowSet
	at      int
	vecs    []vector.Vector
}

// Next implements formats.Source.
func (s *source) Next(_ context.Context, b *vector.Batch) error {
	n := min(s.set.n-s.at, vector.BatchSize)
	if n <= 0 {
		return io.EOF
	}
	if s.vecs == nil {
		s.vecs = make([]vector.Vector, len(s.columns))
	}
	b.Reset()
	b.N = n
	for k, c := range s.columns {
		v, typ := &s.vecs[k], s.table.columns[c].Type
		v.Reset(typ, 0)
		for i := range n {
			val := s.set.value(s.at+i, c)
			if val.Null {
				val = s.table.missing(c)
			}
			val.Type = typ
			v.AppendValue(val)
		}
		b.Cols = append(b.Cols, v)
	}
	s.at += n
	return nil
}

// Close implements formats.Source.
func (*source) Close() error { return nil }

// missing is what stands in a column that a row has nothing for: NULL, or the
// zero value where PostgreSQL declares NOT NULL.
func (t *table) missing(c int) types.Value {
	return types.Value{Type: t.columns[c].Type, Null: !t.notNull[c]}
}

// fields is the table of functions by which rows of T are shown: column name to
// value. A column that is not listed is missing.
type fields[T any] map[string]func(*T) types.Value

// show makes a rowSet of items by a table of functions.
func show[T any](tab *table, items []T, by fields[T]) rowSet {
	fs := make([]func(*T) types.Value, len(tab.columns))
	for i, c := range tab.columns {
		fs[i] = by[c.Name]
	}
	return rowSet{n: len(items), value: func(i, c int) types.Value {
		if fs[c] == nil {
			return types.Value{Null: true}
		}
		return fs[c](&items[i])
	}}
}

// The values of cells; source gives them the column's type.
func str(s string) types.Value { return types.Value{S: s} }
func orNull(s string) types.Value {
	return types.Value{S: s, Null: s == ""}
}
func num(n int64) types.Value     { return types.Value{I: n} }
func oid(n uint32) types.Value    { return types.Value{I: int64(n)} }
func flag(b bool) types.Value     { return types.BoolOf(b) }
func float(f float64) types.Value { return types.Value{F: f} }

// yesNo is information_schema's boolean.
func yesNo(b bool) types.Value {
	if b {
		return str("YES")
	}
	return str("NO")
}

// constant shows the same value in every row.
func constant[T any](v types.Value) func(*T) types.Value { return func(*T) types.Value { return v } }
