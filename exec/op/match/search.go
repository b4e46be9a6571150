package match

import (
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// search finds matches in one morsel. One goroutine uses it.
type search struct {
	spec *Spec
	m    *Morsel

	fixed []fixedCond // by variable
	hist  history
	memo  memo
	conds []movingCond // by variable

	// The partition, and what of it the match may see and have.
	from, to     int
	first, limit int

	start  int     // the row that the match at work starts at
	number int64   // the match's
	path   []int32 // the instructions that matched its rows
	stack  []choice
	steps  int
	held   int64 // bytes of the rest of the work
}

// choice is a way that is not tried yet.
type choice struct {
	at   int32
	rows int32 // of the path
	mark int32 // of memo's trail
}

func newSearch(spec *Spec) (*search, error) {
	s := &search{spec: spec}
	s.fixed = make([]fixedCond, len(spec.Vars))
	s.conds = make([]movingCond, len(spec.Vars))
	for v := range spec.Vars {
		if c := spec.Vars[v].Fixed; c != nil {
			s.fixed[v] = newFixedCond(spec, c, v)
		}
		if c := spec.Vars[v].Moving; c != nil {
			s.conds[v] = newMovingCond(spec, c)
		}
	}
	if err := s.hist.init(s); err != nil {
		return nil, err
	}
	s.memo.init(s)
	return s, nil
}

// load begins a morsel.
func (s *search) load(m *Morsel) error {
	s.m = m
	for v := range s.fixed {
		if err := s.fixed[v].compute(s); err != nil {
			return err
		}
	}
	return nil
}

// partition begins a partition of the morsel.
func (s *search) partition(from, to int) error {
	s.from, s.to = from, to
	s.first, s.limit, s.number = from, to, 1
	return s.memo.partition(to - from + 1)
}

// checkSteps is how many steps are made between looking at memory and cancelling.
const checkSteps = 1 << 12

// find looks for the match that starts at row start. Its rows are in path.
func (s *search) find(start int) (bool, error) {
	s.start = start
	s.path, s.stack = s.path[:0], s.stack[:0]
	if err := s.hist.begin(); err != nil {
		return false, err
	}
	ok, err := s.run()
	s.memo.end(ok)
	return ok, err
}

func (s *search) run() (bool, error) {
	code := s.spec.Program.code
	at := s.spec.Program.entry
	for {
		if s.steps++; s.steps%checkSteps == 0 {
			if err := s.check(); err != nil {
				return false, err
			}
		}
		in := &code[at]
		ok := in.join < 0 || s.memo.enter(in.join)
		if ok {
			switch in.op {
			case opAccept:
				return true, nil
			case opSplit:
				s.stack = append(s.stack, choice{at: in.y, rows: int32(len(s.path)), mark: s.memo.mark()})
				at = in.x
				continue
			case opStart:
				ok = s.start+len(s.path) == s.from
			case opEnd:
				ok = s.start+len(s.path) == s.to
			case opVar:
				var err error
				if ok, err = s.fits(int(in.variable)); err != nil {
					return false, err
				}
				if ok {
					s.path = append(s.path, at)
					s.hist.push(int(in.variable))
				}
			}
		}
		if ok {
			at = in.x
			continue
		}
		k := len(s.stack) - 1
		if k < 0 {
			return false, nil
		}
		c := s.stack[k]
		s.stack = s.stack[:k]
		if int(c.rows) < len(s.path) {
			s.path = s.path[:c.rows]
			s.hist.pop()
		}
		s.memo.back(c.mark)
		at = c.at
	}
}

func (s *search) check() error {
	return s.m.Use(s.bytes())
}

func (s *search) bytes() int64 {
	return s.held + 4*int64(cap(s.path)) + 12*int64(cap(s.stack)) + s.memo.bytes() + s.hist.bytes()
}

// fits reports whether the next row may be one of variable v.
func (s *search) fits(v int) (bool, error) {
	row := s.start + len(s.path)
	if row >= s.limit {
		return false, nil
	}
	f := &s.fixed[v]
	switch {
	case f.cond == nil:
	case f.all != nil && row+f.least >= s.first && row+f.most < s.limit || f.all != nil && s.whole():
		if !f.all.Get(row) {
			return false, nil
		}
	default:
		ok, err := f.at(s, v, row)
		if !ok || err != nil {
			return false, err
		}
	}
	if s.conds[v].cond == nil {
		return true, nil
	}
	return s.conds[v].holds(s, v, row)
}

// whole reports whether all of the partition can be seen.
func (s *search) whole() bool { return s.first == s.from && s.limit == s.to }

// variable gives the variable of row i of the path.
func (s *search) variable(i int) int { return int(s.spec.Program.code[s.path[i]].variable) }

// resolve gives the row that a slot means while row, the next one, is tried as one of
// variable v; none if there is none.
func (s *search) resolve(x *Slot, v, row int) int {
	at := -1
	if x.Set < 0 {
		k := int64(row) - x.Offset
		if x.First {
			k = int64(s.start) + x.Offset
		}
		if k >= int64(s.start) && k <= int64(row) {
			at = int(k)
		}
	} else {
		at = s.hist.member(x, v, row)
	}
	if at < 0 {
		return none
	}
	if k := int64(at) + x.Shift; k >= int64(s.first) && k < int64(s.limit) {
		return int(k)
	}
	return none
}

// none stands for no row.
const none = -1

// class gives the variable of a row while row is tried as one of v; none if it has none.
func (s *search) class(at, v, row int) int {
	switch {
	case at == row:
		return v
	case at >= s.start && at < row:
		return s.variable(at - s.start)
	}
	return none
}

// value puts what a slot holds, while row is tried as one of variable v, into the
// one row of dst.
func (s *search) value(slot int, dst *vector.Vector, v, row int) error {
	x := &s.spec.Slots[slot]
	dst.Reset(x.Type, 0)
	switch x.Kind {
	case plan.SlotNumber:
		dst.Resize(1)
		vector.Values[int64](dst)[0] = s.number
	case plan.SlotAggregate:
		return s.hist.aggregate(slot, dst, v, row)
	case plan.SlotClassifier:
		at := s.resolve(x, v, row)
		if at != none {
			at = s.class(at, v, row)
		}
		if at == none {
			dst.AppendNull()
		} else {
			dst.AppendBytes([]byte(s.spec.Vars[at].Name))
		}
	default:
		if at := s.resolve(x, v, row); at == none {
			dst.AppendNull()
		} else {
			dst.AppendIdx(s.m.Cols[x.Col], []uint32{uint32(at)})
		}
	}
	return nil
}
