package exec

import (
	"maps"

	"github.com/glauxdb/glaux/exec/memtable"
	"github.com/glauxdb/glaux/planner/plan"
)

// tempMark is how the temporary tables were at one moment: at BEGIN, at a
// savepoint, or when the statements of one message began.
type tempMark struct {
	tables map[string]*tempTable
	states []*tempState
}

// tempState is one table. While rows are only added, how many there were is all
// that must be known; whatever else changes the rows has them kept first.
type tempState struct {
	table *tempTable
	def   *plan.TempDef
	store *memtable.Store
	rows  int64
	kept  *memtable.Snapshot // nil: the store has only grown since
}

// begin makes the first mark, unless there is one.
func (t *temps) begin() {
	if len(t.marks) == 0 {
		t.push()
	}
}

// push makes another mark: a savepoint.
func (t *temps) push() {
	m := &tempMark{tables: maps.Clone(t.tables)}
	for _, x := range t.tables {
		m.states = append(m.states, &tempState{table: x, def: x.def, store: x.store, rows: x.store.Rows()})
	}
	t.marks = append(t.marks, m)
}

// back restores mark n, which stays, and drops those after it.
func (t *temps) back(n int) {
	t.release(n + 1)
	t.restore(t.marks[n])
}

// release drops mark n and those after it; what has happened since stays.
func (t *temps) release(n int) {
	for _, m := range t.marks[n:] {
		for _, s := range m.states {
			s.close()
		}
	}
	t.marks = t.marks[:n]
}

// end ends the transaction that begin began.
func (t *temps) end(commit bool) {
	if len(t.marks) == 0 {
		return
	}
	if !commit {
		t.restore(t.marks[0])
	}
	t.release(0)
	if commit {
		t.ended()
	}
}

// ended does what ON COMMIT says. There are no marks.
func (t *temps) ended() {
	for _, x := range t.tables {
		switch x.def.OnCommit {
		case "delete":
			x.empty()
		case "drop":
			t.drop(x)
		}
	}
}

// keep is called before rows of a table are removed: the marks get them.
func (t *temps) keep(x *tempTable) {
	for _, m := range t.marks {
		for _, s := range m.states {
			if s.table == x && s.store == x.store && s.kept == nil {
				s.kept = x.store.Snapshot()
			}
		}
	}
}

func (s *tempState) close() {
	if s.kept != nil {
		s.kept.Close()
		s.kept = nil
	}
}

// restore goes back to a mark, which stays open. Sequences go on where they are,
// as PostgreSQL's do.
func (t *temps) restore(m *tempMark) {
	if len(t.tables) == 0 && len(m.tables) == 0 {
		return
	}
	for name, x := range t.tables {
		if m.tables[name] != x {
			t.drop(x)
		}
	}
	for _, s := range m.states {
		s.restore(t.seqs)
	}
	t.tables = maps.Clone(m.tables)
	t.changed()
}

func (s *tempState) restore(seqs *sequences) {
	for _, c := range s.def.Columns {
		if c.Sequence != "" {
			seqs.revive(c.Sequence)
		}
	}
	x := s.table
	if x.store == s.store && s.kept == nil && x.store.Rows() == s.rows {
		x.def = s.def
		return
	}
	if x.store != s.store {
		x.store.Truncate()
	}
	x.def, x.store = s.def, s.store
	if s.kept != nil {
		x.store.Restore(s.kept)
	}
	x.store.Cut(s.rows)
	x.forgetKeys()
}

// revive brings back a sequence whose drop was undone.
func (s *sequences) revive(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.next[name]; !ok {
		s.next[name] = 1
	}
}
