package pgcatalog

import (
	"context"
	"errors"
	"io"
	"slices"
	"sort"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/users"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/server/advisor"
	"github.com/glauxdb/glaux/server/workgroup"
)

// History is where query_history and workgroup_usage come from.
type History interface {
	Queries(ctx context.Context, f meta.HistoryFilter) ([]meta.QueryRecord, error)
	Usage(ctx context.Context, f meta.HistoryFilter) ([]meta.QueryUsage, error)
}

// Options are what the tables show.
type Options struct {
	Catalog catalog.Reader // a catalog.Lister, if it is large
	History History
	Groups  *workgroup.Governor // may be nil
	Users   *users.Store        // nil: no roles but the reader's
	Advisor *advisor.Advisor    // nil: no advice
}

// Tables are the virtual tables; the engine finds them by schema and name. Safe
// for concurrent use.
type Tables struct {
	catalog catalog.Reader
	history History
	groups  *workgroup.Governor
	users   *users.Store
	advisor *advisor.Advisor

	virtual []*table // by schema and name
	byName  map[string]map[string]*table
	types   []*pgType
	typeOID map[string]*pgType // by typname
	typeFor map[uint32]*pgType
	rowOf   map[uint32]*rel // a virtual table's row type, and the array of it

	engine Engine // nil: not known

	index atomic.Pointer[index] // the latest
}

var _ plan.VirtualTables = (*Tables)(nil)

// table is one virtual table: its declaration and, if it has rows, where they
// come from.
type table struct {
	*relation
	owner *Tables
	rows  rowsFunc // nil: no rows
	keys  [][]int  // columns in which no two rows agree
}

// rowsFunc lists the rows of a table.
type rowsFunc func(a *asking) (rowSet, error)

// rowSet are n rows; value computes column c of row i (a NULL value of any type
// is a NULL). more, if set, gives the rows after them, io.EOF at the end.
type rowSet struct {
	n     int
	value func(i, c int) types.Value
	more  func() (rowSet, error)
}

// New makes the tables.
func New(o Options) *Tables {
	t := &Tables{catalog: o.Catalog, history: o.History, groups: o.Groups, users: o.Users, advisor: o.Advisor, byName: map[string]map[string]*table{},
		types: pgTypes(), typeOID: map[string]*pgType{}, typeFor: map[uint32]*pgType{}, rowOf: map[uint32]*rel{}}
	for _, ty := range t.types {
		t.typeOID[ty.name], t.typeFor[ty.oid] = ty, ty
	}
	sources := rowSources()
	for _, r := range slices.Concat(pgRelations(), ownRelations()) {
		tab := &table{relation: r, owner: t, rows: sources[r.schema+"."+r.name]}
		tab.keys = tab.uniqueKeys()
		if t.byName[r.schema] == nil {
			t.byName[r.schema] = map[string]*table{}
		}
		t.byName[r.schema][r.name] = tab
		t.virtual = append(t.virtual, tab)
		if row := tab.rowType; row != 0 {
			r := virtualRel(tab)
			t.rowOf[row], t.rowOf[tab.rowArray] = &r, &r
		}
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

// OID implements plan.SystemTable.
func (t *table) OID() uint32 { return t.oid }

// Columns implements plan.VirtualTable.
func (t *table) Columns() []catalog.Column { return t.columns }

// Open implements plan.VirtualTable.
func (t *table) Open(ctx context.Context, s *plan.Session, req plan.VirtualRequest) (formats.Source, error) {
	src := &source{table: t, columns: req.Columns}
	if t.rows == nil {
		return src, nil
	}
	eq := limits{}
	for c, vs := range req.Equal {
		eq[t.columns[c].Name] = limitTo(vs)
	}
	var err error
	if src.asking, err = t.owner.ask(ctx, s, eq); err != nil {
		return nil, err
	}
	src.asking.need, src.asking.domains = map[string]bool{}, map[string]plan.Domain{}
	for _, c := range req.Columns {
		src.asking.need[t.columns[c].Name] = true
	}
	for c, d := range req.Domains {
		src.asking.domains[t.columns[c].Name] = d
	}
	src.set, err = t.rows(src.asking)
	return src, err
}

// source delivers the rows of a reading in batches.
type source struct {
	table   *table
	asking  *asking // nil: no rows
	columns []int
	set     rowSet
	at      int
	vecs    []vector.Vector
}

// Next implements formats.Source.
func (s *source) Next(ctx context.Context, b *vector.Batch) error {
	b.Reset()
	if s.vecs == nil {
		s.vecs = make([]vector.Vector, len(s.columns))
	}
	for k, c := range s.columns {
		s.vecs[k].Reset(s.table.columns[c].Type, 0)
	}
	for b.N < vector.BatchSize {
		if s.at == s.set.n {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := s.advance(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return err
			}
		}
		n := min(s.set.n-s.at, vector.BatchSize-b.N)
		s.append(n)
		b.N += n
		s.at += n
	}
	if s.asking != nil && s.asking.err != nil {
		return s.asking.err
	}
	if b.N == 0 {
		return io.EOF
	}
	for k := range s.vecs {
		b.Cols = append(b.Cols, &s.vecs[k])
	}
	return nil
}

// advance goes to the next set of rows.
func (s *source) advance() error {
	if s.set.more == nil {
		return io.EOF
	}
	next, err := s.set.more()
	if err != nil {
		return err
	}
	s.set, s.at = next, 0
	return nil
}

// append adds the next n rows to the vectors.
func (s *source) append(n int) {
	for k, c := range s.columns {
		v, typ := &s.vecs[k], s.table.columns[c].Type
		for i := range n {
			val := s.set.value(s.at+i, c)
			if val.Null {
				val = s.table.missing(c)
			}
			val.Type = typ
			v.AppendValue(val)
		}
	}
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

// at gives the function that shows column c, nil for none.
func (f fields[T]) at(tab *table) func(c int, item *T) types.Value {
	fs := make([]func(*T) types.Value, len(tab.columns))
	for i, c := range tab.columns {
		fs[i] = f[c.Name]
	}
	return func(c int, item *T) types.Value {
		if fs[c] == nil {
			return types.Value{Null: true}
		}
		return fs[c](item)
	}
}

// show makes a rowSet of items by a table of functions.
func show[T any](tab *table, items []T, by fields[T]) rowSet {
	cell := by.at(tab)
	return rowSet{n: len(items), value: func(i, c int) types.Value { return cell(c, &items[i]) }}
}

// showAll is show for items that lie elsewhere.
func showAll[T any](tab *table, items []*T, by fields[T]) rowSet {
	cell := by.at(tab)
	return rowSet{n: len(items), value: func(i, c int) types.Value { return cell(c, items[i]) }}
}

// showEach is show for the items that each of some parents has, read when their
// turn comes.
func showEach[P, T any](tab *table, parents []P, of func(P) []T, by fields[T]) rowSet {
	cell, at := by.at(tab), 0
	var more func() (rowSet, error)
	more = func() (rowSet, error) {
		if at == len(parents) {
			return rowSet{}, io.EOF
		}
		items := of(parents[at])
		at++
		return rowSet{n: len(items), value: func(i, c int) types.Value { return cell(c, &items[i]) }, more: more}, nil
	}
	return rowSet{more: more}
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
