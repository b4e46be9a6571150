package match

import (
	"encoding/binary"

	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// memo remembers the states that a search has been in where paths meet: it has failed
// from there, or goes round without a row.
//
// Where no condition to come sees the match so far, a state is a place in the program
// and a row, a bit. States from which one search failed fail in the next ones too, so
// that bits stay for the partition; those on the way to a match are taken back. Elsewhere
// a state has what conditions can see besides, and is forgotten with the search.
type memo struct {
	s     *search
	deps  [][]int // by join: the slots of moving conditions that may come
	bits  bool    // some join has none
	seen  vector.Bitmap
	trail []int // bits to take back
	// all: the trail has all bits of the search, and not only those of the path.
	// stay: bits may stay.
	all, stay bool
	keys      map[string]struct{}
	keyBytes  int64
	buf       []byte
}

func (m *memo) init(s *search) {
	m.s, m.keys = s, map[string]struct{}{}
	p := s.spec.Program
	m.deps = make([][]int, p.joins)
	m.stay = s.spec.Rows != plan.RowsOfWindow || s.spec.Frame < 0 && s.spec.FrameCol < 0
	for v := range s.spec.Vars {
		m.stay = m.stay && (s.spec.Rows != plan.RowsOfWindow || s.fixed[v].least >= 0)
		if s.conds[v].cond == nil {
			continue
		}
		for join, ok := range p.reach(func(x int) bool { return x == v }) {
			if ok {
				m.deps[join] = union(m.deps[join], s.conds[v].cond.Slots)
			}
		}
	}
	for _, d := range m.deps {
		m.bits = m.bits || d == nil
	}
	m.all = !m.stay || p.loops
}

// union adds the numbers of b that are not there to a.
func union(a, b []int) []int {
next:
	for _, x := range b {
		for _, y := range a {
			if x == y {
				continue next
			}
		}
		a = append(a, x)
	}
	if a == nil { // a condition without slots, that cannot be fixed
		a = []int{}
	}
	return a
}

// partition begins one of so many places between rows.
func (m *memo) partition(rows int) error {
	if !m.bits {
		return nil
	}
	words := (rows*m.s.spec.Program.joins + 63) / 64
	if cap(m.seen) < words {
		if err := m.s.m.Use(m.s.bytes() + 8*int64(words)); err != nil {
			return err
		}
		m.seen = make(vector.Bitmap, words)
	}
	m.seen = m.seen[:words]
	clear(m.seen)
	return nil
}

// enter reports whether the search has not been in this state, and remembers it.
func (m *memo) enter(join int32) bool {
	at := len(m.s.path) + m.s.start
	if m.deps[join] == nil {
		i := (at-m.s.from)*m.s.spec.Program.joins + int(join)
		if m.seen.Get(i) {
			return false
		}
		m.seen.Set(i)
		m.trail = append(m.trail, i)
		return true
	}
	m.buf = binary.AppendUvarint(m.buf[:0], uint64(join))
	m.buf = binary.AppendUvarint(m.buf, uint64(at))
	for _, i := range m.deps[join] {
		m.slot(i)
	}
	if _, ok := m.keys[string(m.buf)]; ok {
		return false
	}
	m.keys[string(m.buf)] = struct{}{}
	m.keyBytes += int64(len(m.buf)) + 48
	return true
}

func (m *memo) put(x int) { m.buf = binary.AppendUvarint(m.buf, uint64(x)) }

// slot adds what slot i may see of the path. What follows from the row and from the
// match's start, of all states the same, is left out.
func (m *memo) slot(i int) {
	x, h := &m.s.spec.Slots[i], &m.s.hist
	switch {
	case x.Kind == plan.SlotNumber:
	case x.Kind == plan.SlotAggregate && x.Agg.Count:
		if x.Set >= 0 {
			m.put(len(h.members[x.Set]))
		}
	case x.Kind == plan.SlotAggregate:
		if c := h.aggs[i].chain; c != nil {
			m.put(int(c.last()))
		}
	case x.Set >= 0:
		m.members(x)
	case x.Kind == plan.SlotClassifier && x.First:
		m.class(int64(m.s.start) + x.Offset + x.Shift)
	case x.Kind == plan.SlotClassifier:
		m.classes(x.Offset - x.Shift)
	}
}

// members adds the rows of its set that a slot may start from.
func (m *memo) members(x *Slot) {
	rows := m.s.hist.members[x.Set]
	n := min(int64(len(rows)), x.Offset+1)
	m.put(int(n))
	switch {
	case !x.First:
		rows = rows[int64(len(rows))-n:]
	case n == x.Offset+1:
		rows = rows[x.Offset:n]
	default:
		rows = nil
	}
	for _, r := range rows {
		m.put(int(r))
		if x.Kind == plan.SlotClassifier {
			m.class(int64(r) + x.Shift)
		}
	}
	if x.Kind == plan.SlotClassifier {
		m.classes(-x.Shift)
	}
}

// class adds the variable of a row if it has one.
func (m *memo) class(at int64) {
	k := at - int64(m.s.start)
	if k < 0 || k >= int64(len(m.s.path)) {
		m.put(0)
		return
	}
	m.put(1 + m.s.variable(int(k)))
}

// classes adds the variables of the last n rows.
func (m *memo) classes(n int64) {
	for k := max(0, int64(len(m.s.path))-max(n, 0)); k < int64(len(m.s.path)); k++ {
		m.put(m.s.variable(int(k)))
	}
}

// mark gives the place in the trail to go back to.
func (m *memo) mark() int32 { return int32(len(m.trail)) }

// back leaves the states behind mark: the search has failed from them.
func (m *memo) back(mark int32) {
	if !m.all {
		m.trail = m.trail[:mark]
	}
}

// end ends a search.
func (m *memo) end(found bool) {
	if found || !m.stay {
		for _, i := range m.trail {
			m.seen.Clear(i)
		}
	}
	m.trail = m.trail[:0]
	if len(m.keys) > 1<<12 {
		m.keys = map[string]struct{}{}
	} else {
		clear(m.keys)
	}
	m.keyBytes = 0
}

func (m *memo) bytes() int64 { return 8*int64(cap(m.seen)+cap(m.trail)) + m.keyBytes }

// chain numbers lists of rows, so that two are the same if their numbers are.
type chain struct {
	ids   []int32 // of each beginning of the list
	known map[link]int32
}

type link struct {
	before int32
	row    uint32
	class  int32
}

func (c *chain) clear() {
	c.ids = c.ids[:0]
	if len(c.known) > 1<<12 || c.known == nil {
		c.known = map[link]int32{}
		return
	}
	clear(c.known)
}

func (c *chain) last() int32 {
	if len(c.ids) == 0 {
		return 0
	}
	return c.ids[len(c.ids)-1]
}

func (c *chain) push(row uint32, class int, names bool) {
	l := link{before: c.last(), row: row}
	if names {
		l.class = int32(class)
	}
	id, ok := c.known[l]
	if !ok {
		id = int32(len(c.known)) + 1
		c.known[l] = id
	}
	c.ids = append(c.ids, id)
}

func (c *chain) bytes() int64 { return 4*int64(cap(c.ids)) + 40*int64(len(c.known)) }
