package window

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/formats/vector"
)

// accumulator is the result over the rows that were added: an aggregate, or the first,
// the last or the n-th of them.
type accumulator interface {
	// begin tells of the next page, before its rows are added.
	begin(p *Page) error
	reset() error
	add(from, to uint32) error
	// result appends it to out.
	result(out *vector.Vector) error
	bytes() int64
}

func newAccumulator(c *Call) (accumulator, error) {
	if c.New == nil {
		return &nth{c: c, val: vector.New(c.Type, 0)}, nil
	}
	g, err := c.New()
	if err != nil {
		return nil, err
	}
	size := (g.StateSize() + 7) &^ 7
	return &total{c: c, agg: aggregate{c: c, agg: g}, st: fn.States{Rows: aligned(size), Stride: size}}, nil
}

// total is the state of an aggregate.
type total struct {
	c    *Call
	agg  aggregate
	st   fn.States
	args []*vector.Vector
	keep vector.Bitmap
	sel  vector.Sel
}

var oneGroup = []uint32{0}

func (a *total) begin(p *Page) error {
	a.args = a.args[:0]
	for _, k := range a.c.Args {
		a.args = append(a.args, p.Cols[k])
	}
	if a.keep = nil; a.c.Filter >= 0 {
		a.keep = truths(p.Cols[a.c.Filter], p.N)
	}
	return nil
}

func (a *total) reset() error {
	clear(a.st.Rows)
	return a.agg.renew()
}

func (a *total) add(from, to uint32) error {
	a.sel = a.sel[:0]
	for i := from; i < to; i++ {
		if a.keep == nil || a.keep.Get(int(i)) {
			a.sel = append(a.sel, uint16(i))
		}
	}
	if len(a.sel) == 0 {
		return nil
	}
	return a.agg.agg.UpdateOne(a.st, a.args, a.sel, 0)
}

func (a *total) result(out *vector.Vector) error { return a.agg.agg.Final(a.st, oneGroup, out) }

func (a *total) bytes() int64 { return a.agg.agg.MemoryBytes() }

// nth is first_value, last_value and nth_value.
type nth struct {
	c    *Call
	arg  *vector.Vector
	n    int64 // 0: the last; -1: NULL
	seen int64 // rows that count
	val  *vector.Vector
}

func (a *nth) begin(p *Page) error {
	a.arg = p.Cols[a.c.Args[0]]
	switch a.c.Name {
	case "first_value":
		a.n = 1
	case "nth_value":
		n := p.Cols[a.c.Args[1]]
		if n.IsNull(0) {
			a.n = -1
		} else if a.n = vector.ValueAt(n, 0).I; a.n <= 0 {
			return fault.New("22016", "argument of nth_value must be greater than zero")
		}
	}
	return nil
}

func (a *nth) reset() error {
	a.seen = 0
	a.val.Reset(a.c.Type, 0)
	return nil
}

func (a *nth) add(from, to uint32) error {
	if a.n > 0 && a.seen >= a.n || a.n < 0 {
		return nil
	}
	for i := from; i < to; i++ {
		if a.n == 0 && !a.c.IgnoreNulls {
			i = to - 1
		}
		if a.c.IgnoreNulls && a.arg.IsNull(int(i)) {
			continue
		}
		if a.seen++; a.n == 0 || a.seen == a.n {
			a.val.Reset(a.c.Type, 0)
			a.val.AppendRange(a.arg, int(i), 1)
		}
		if a.seen == a.n {
			return nil
		}
	}
	return nil
}

func (a *nth) result(out *vector.Vector) error {
	if a.val.Len == 0 {
		out.AppendNull()
	} else {
		out.AppendRange(a.val, 0, 1)
	}
	return nil
}

func (a *nth) bytes() int64 { return vector.MemoryBytes(a.val) }

// groups gives one result for each group of the first prefix keys: that over all rows of
// the partition up to the group's end.
type groups struct {
	c      *Call
	prefix int
	acc    accumulator
	rows   int64 // of the group so far
}

// Add adds the rows of the page, and gives the results of groups that have ended.
func (s *groups) Add(p *Page, out *Results) error {
	if err := s.acc.begin(p); err != nil {
		return err
	}
	return peerSegments(p, s.c, s.prefix, func(from, to uint32, part, first bool) error {
		if first {
			if err := s.End(out); err != nil {
				return err
			}
		}
		if part {
			if err := s.acc.reset(); err != nil {
				return err
			}
		}
		s.rows += int64(to - from)
		return s.acc.add(from, to)
	})
}

// End gives the last group its result.
func (s *groups) End(out *Results) error {
	n := s.rows
	if s.rows = 0; n == 0 {
		return nil
	}
	if err := s.acc.result(out.Vals); err != nil {
		return err
	}
	return out.put(n)
}

// Bytes counts the accumulator.
func (s *groups) Bytes() int64 { return s.acc.bytes() }

// rowByRow gives each row the result over the rows of its partition up to the one
// that is steps away.
type rowByRow struct {
	c     *Call
	acc   accumulator
	steps int64
	rows  int64 // of the partition so far
	past  past  // results up to the last rows, of steps < 0
}

// Add adds the page's rows one by one, and gives their results as far as they are
// certain.
func (s *rowByRow) Add(p *Page, out *Results) error {
	if err := s.acc.begin(p); err != nil {
		return err
	}
	return segments(p, s.c.Partition, func(from, to uint32, first bool) error {
		if first {
			if err := s.restart(out); err != nil {
				return err
			}
		}
		for i := from; i < to; i++ {
			if err := s.row(i, out); err != nil {
				return err
			}
		}
		if s.steps < 0 {
			s.past.trim(-s.steps)
		}
		return nil
	})
}

// restart begins a partition.
func (s *rowByRow) restart(out *Results) error {
	if err := s.End(out); err != nil {
		return err
	}
	s.past.reset()
	return s.acc.reset()
}

func (s *rowByRow) row(i uint32, out *Results) error {
	if s.steps < 0 { // the results before this row's are there already
		if err := s.acc.result(s.past.vals); err != nil {
			return err
		}
	}
	if err := s.acc.add(i, i+1); err != nil {
		return err
	}
	s.rows++
	switch {
	case s.steps < 0:
		// past has the result of no row first, or was trimmed to the last ones.
		at := max(int64(s.past.vals.Len)+s.steps, 0)
		out.Vals.AppendRange(s.past.vals, int(at), 1)
	case s.rows <= s.steps:
		return nil // of rows before the first
	default:
		if err := s.acc.result(out.Vals); err != nil {
			return err
		}
	}
	return out.put(1)
}

// End gives the last rows of the partition, which look beyond it, their result.
func (s *rowByRow) End(out *Results) error {
	n := min(s.rows, s.steps)
	if s.rows = 0; n <= 0 {
		return nil
	}
	if err := s.acc.result(out.Vals); err != nil {
		return err
	}
	return out.put(n)
}

// Bytes counts the accumulator and the results that are kept.
func (s *rowByRow) Bytes() int64 { return s.acc.bytes() + vector.MemoryBytes(s.past.vals) }
