package exec

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/memtable"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// temps are a session's temporary tables. The session's goroutine changes them;
// statements that run see a tempView and pinned rows.
type temps struct {
	acct   *mem.Account
	tables map[string]*tempTable // by lower-case name
	view   *tempView             // of tables, nil: to be made anew
	gen    int                   // changes with every definition
	oid    uint32                // the latest that was given
	seqs   *sequences
	marks  []*tempMark // BEGIN's, then those of savepoints
}

// firstTempOID is where the OIDs of temporary tables start: far above those of
// the catalog's objects.
const firstTempOID = 0xF0000000

// tempTable is one temporary table or view.
type tempTable struct {
	oid   uint32
	def   *plan.TempDef
	store *memtable.Store
	keys  []*keySet // of def.Keys; nil: not known for the rows as they are
}

func newTemps(root *mem.Account) *temps {
	return &temps{acct: root.Child("temporary tables", 0), tables: map[string]*tempTable{}, oid: firstTempOID, seqs: newSequences()}
}

// limit sets how much memory the tables may take, as long as there is none.
func (t *temps) limit(root *mem.Account, bytes int64) {
	if len(t.tables) == 0 && t.acct.Used() == 0 {
		t.acct = root.Child("temporary tables", bytes)
	}
}

// changed notes that definitions have changed.
func (t *temps) changed() { t.view, t.gen = nil, t.gen+1 }

func (t *temps) add(d *plan.TempDef) *tempTable {
	t.oid++
	n := &tempTable{oid: t.oid, def: d, store: memtable.New(d.Types(), t.acct)}
	t.tables[strings.ToLower(d.Name)] = n
	for _, c := range d.Columns {
		if c.Sequence != "" {
			t.seqs.create(c.Sequence)
		}
	}
	t.changed()
	return n
}

// find gives a table by name, nil if there is none.
func (t *temps) find(name string) *tempTable { return t.tables[strings.ToLower(name)] }

// rename files a table under the name that it has now.
func (t *temps) rename(x *tempTable, old string) {
	delete(t.tables, strings.ToLower(old))
	t.tables[strings.ToLower(x.def.Name)] = x
	t.changed()
}

func (t *temps) drop(x *tempTable) {
	delete(t.tables, strings.ToLower(x.def.Name))
	for _, c := range x.def.Columns {
		t.seqs.drop(c.Sequence)
	}
	t.keep(x)
	x.empty()
	t.changed()
}

func (t *temps) dropAll() {
	for _, x := range t.tables {
		t.drop(x)
	}
}

// close gives all memory back; pinned rows stay readable.
func (t *temps) close() {
	t.release(0)
	t.dropAll()
	t.acct.Close()
}

// empty drops the rows.
func (x *tempTable) empty() {
	x.store.Truncate()
	x.forgetKeys()
}

// current gives what statements that start now see, nil without any table.
func (t *temps) current() plan.TempTables {
	if len(t.tables) == 0 {
		return nil
	}
	if t.view == nil {
		v := &tempView{sequences: t.seqs, byName: map[string]*tempRef{}}
		for name, x := range t.tables {
			r := &tempRef{t: x, def: x.def}
			v.byName[name], v.list = r, append(v.list, r)
		}
		slices.SortFunc(v.list, func(a, b plan.TempTable) int { return strings.Compare(a.Name(), b.Name()) })
		t.view = v
	}
	return t.view
}

// tempView implements plan.TempTables and plan.Sequences. It does not change.
type tempView struct {
	*sequences
	byName map[string]*tempRef
	list   []plan.TempTable
}

func (v *tempView) TempTable(name string) (plan.TempTable, bool) {
	r, ok := v.byName[name]
	if !ok {
		return nil, false
	}
	return r, true
}

func (v *tempView) TempTables() []plan.TempTable { return v.list }

// SequenceOf implements plan.Sequences.
func (v *tempView) SequenceOf(table, column string) (string, error) {
	r, ok := v.byName[strings.ToLower(table)]
	if !ok {
		return "", fault.New(fault.CodeUndefinedTable, "relation %q does not exist", table)
	}
	for _, c := range r.def.Columns {
		if c.Name == column {
			return c.Sequence, nil
		}
	}
	return "", fault.New(fault.CodeUndefinedColumn, "column %q of relation %q does not exist", column, r.def.Name)
}

// tempRef is a temporary table as plans hold it: the table, with the definition
// that it had when the statement was bound.
type tempRef struct {
	t   *tempTable
	def *plan.TempDef
}

func (r *tempRef) Schema() string     { return plan.TempSchema }
func (r *tempRef) Name() string       { return r.def.Name }
func (r *tempRef) OID() uint32        { return r.t.oid }
func (r *tempRef) Def() *plan.TempDef { return r.def }

// Facts implements plan.VirtualFacts.
func (r *tempRef) Facts() plan.TableFacts { return plan.TableFacts{Rows: float64(r.t.store.Rows())} }

func (r *tempRef) Columns() []catalog.Column {
	out := make([]catalog.Column, len(r.def.Columns))
	for i := range out {
		out[i] = r.def.Columns[i].Column
	}
	return out
}

// Open is not how rows are read: a query pins them before it starts.
func (r *tempRef) Open(context.Context, *plan.Session, plan.VirtualRequest) (formats.Source, error) {
	return nil, fault.New(fault.CodeInternal, "the rows of temporary table %s were not pinned", r.def.Name)
}

// pinned is a temporary table with its rows as they were when the query started.
type pinned struct {
	*tempRef
	snap *memtable.Snapshot
}

// Open implements plan.VirtualTable.
func (p *pinned) Open(_ context.Context, _ *plan.Session, req plan.VirtualRequest) (formats.Source, error) {
	return newTempReader(p.snap, req.Columns), nil
}

// pinTemps gives the plan with the rows of temporary tables as they are now, and
// what is to be closed when the query has ended.
func pinTemps(root plan.Node) (plan.Node, []*memtable.Snapshot) {
	var snaps []*memtable.Snapshot
	have := map[*tempTable]*pinned{}
	root = plan.Transform(root, func(n plan.Node) plan.Node {
		v, ok := n.(*plan.Virtual)
		if !ok {
			return n
		}
		ref, ok := v.Table.(*tempRef)
		if !ok {
			return n
		}
		p := have[ref.t]
		if p == nil {
			p = &pinned{ref, ref.t.store.Snapshot()}
			have[ref.t], snaps = p, append(snaps, p.snap)
		}
		c := *v
		c.Table = p
		return &c
	})
	return root, snaps
}

// tempReader reads rows and, where they are asked for, their numbers.
type tempReader struct {
	*memtable.Reader
	cols []int
	at   int64
	in   vector.Batch
	rows vector.Vector
}

// newTempReader reads columns of a snapshot; plan.HiddenRow is the row's number.
func newTempReader(p *memtable.Snapshot, cols []int) formats.Source {
	if !slices.Contains(cols, plan.HiddenRow) {
		return p.Scan(slices.Clip(append([]int{}, cols...)), 0)
	}
	var real []int
	for _, c := range cols {
		if c != plan.HiddenRow {
			real = append(real, c)
		}
	}
	return &tempReader{Reader: p.Scan(append([]int{}, real...), 0), cols: cols}
}

// Next implements formats.Source.
func (r *tempReader) Next(ctx context.Context, b *vector.Batch) error {
	if err := r.Reader.Next(ctx, &r.in); err != nil {
		return err
	}
	r.rows.Reset(rowNumberType, r.in.N)
	for i, vals := 0, vector.Values[int64](&r.rows); i < r.in.N; i++ {
		vals[i] = r.at + int64(i)
	}
	r.at += int64(r.in.N)
	b.N, b.Sel, b.Cols = r.in.N, nil, b.Cols[:0]
	k := 0
	for _, c := range r.cols {
		if c == plan.HiddenRow {
			b.Cols = append(b.Cols, &r.rows)
			continue
		}
		b.Cols = append(b.Cols, r.in.Cols[k])
		k++
	}
	return nil
}

// sequences number the rows of serial and identity columns. Safe for concurrent
// use: nextval runs on a query's goroutines.
type sequences struct {
	mu   sync.Mutex // guards the rest
	next map[string]int64
	used map[string]bool // nextval has been called in this session
	last string
}

func newSequences() *sequences { return &sequences{next: map[string]int64{}, used: map[string]bool{}} }

func (s *sequences) create(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next[name] = 1
	delete(s.used, name)
}

func (s *sequences) drop(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.next, name)
	delete(s.used, name)
	if s.last == name {
		s.last = ""
	}
}

func noSequence(name string) error {
	return fault.New(fault.CodeUndefinedTable, "relation %q does not exist", name)
}

// NextVal implements plan.Sequences.
func (s *sequences) NextVal(name string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.next[name]
	if !ok {
		return 0, noSequence(name)
	}
	s.next[name], s.used[name], s.last = n+1, true, name
	return n, nil
}

// CurrVal implements plan.Sequences.
func (s *sequences) CurrVal(name string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.next[name]; !ok {
		return 0, noSequence(name)
	}
	if !s.used[name] {
		return 0, fault.New(fault.CodeObjectNotReady, "currval of sequence %q is not yet defined in this session", name)
	}
	return s.next[name] - 1, nil
}

// SetVal implements plan.Sequences.
func (s *sequences) SetVal(name string, value int64, called bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.next[name]; !ok {
		return noSequence(name)
	}
	s.next[name] = value
	if called {
		s.next[name], s.used[name] = value+1, true
	}
	return nil
}

// LastVal implements plan.Sequences.
func (s *sequences) LastVal() (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == "" {
		return 0, fault.New(fault.CodeObjectNotReady, "lastval is not yet defined in this session")
	}
	return s.next[s.last] - 1, nil
}

var _ io.Closer = (*tempReader)(nil)
