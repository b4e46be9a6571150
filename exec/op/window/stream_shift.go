package window

import (
	"math"

	"github.com/glauxdb/glaux/formats/vector"
)

// shift is lead and lag by a number of rows that is the same for all.
type shift struct {
	c     *Call
	null  bool // the offset is NULL
	steps int64

	past past // values that rows behind may want, of steps < 0

	// Of steps > 0: the rows that wait for theirs.
	rows int64          // how many
	wait []int64        // with IGNORE NULLS: how many since each of the last values, oldest first
	defs *vector.Vector // their defaults, from def on; nil: NULL
	def  int
}

func newShift(c *Call) *shift {
	s := &shift{c: c, past: past{vals: vector.New(c.Type, 0)}}
	if len(c.Args) > 2 {
		s.defs = vector.New(c.Type, 0)
	}
	return s
}

// Add gives rows, or those that have waited for them, the page's values.
func (s *shift) Add(p *Page, out *Results) error {
	s.offset(p)
	return segments(p, s.c.Partition, func(from, to uint32, first bool) error {
		if first {
			if err := s.End(out); err != nil {
				return err
			}
			s.past.reset()
		}
		switch {
		case s.null:
			return out.putNull(int64(to - from))
		case s.steps == 0:
			return out.putRows(p.Cols[s.c.Args[0]], int(from), int(to-from))
		case s.steps < 0:
			return s.back(p, from, to, out)
		}
		if s.defs != nil {
			s.defs.AppendRange(p.Cols[s.c.Args[2]], int(from), int(to-from))
		}
		if s.c.IgnoreNulls {
			return s.solid(p, from, to, out)
		}
		return s.ahead(p, from, to, out)
	})
}

// offset reads the offset, which is that of the pages before.
func (s *shift) offset(p *Page) {
	s.steps = 1
	if len(s.c.Args) > 1 {
		n := p.Cols[s.c.Args[1]]
		if s.null = n.IsNull(0); !s.null {
			s.steps = max(vector.ValueAt(n, 0).I, -math.MaxInt64)
		}
	}
	if s.c.Name == "lag" {
		s.steps = -s.steps
	}
}

// back gives rows the value of one before them.
func (s *shift) back(p *Page, from, to uint32, out *Results) error {
	arg := p.Cols[s.c.Args[0]]
	for at := from; at < to; at++ {
		if k := int64(s.past.vals.Len) + s.steps; k >= 0 {
			out.Vals.AppendRange(s.past.vals, int(k), 1)
		} else if s.defs != nil {
			out.Vals.AppendRange(p.Cols[s.c.Args[2]], int(at), 1)
		} else {
			out.Vals.AppendNull()
		}
		if err := out.put(1); err != nil {
			return err
		}
		if !s.c.IgnoreNulls || !arg.IsNull(int(at)) {
			s.past.vals.AppendRange(arg, int(at), 1)
		}
	}
	s.past.trim(min(-s.steps, math.MaxInt32))
	return nil
}

// ahead gives these rows' values to those that have waited for them.
func (s *shift) ahead(p *Page, from, to uint32, out *Results) error {
	skip := min(max(s.steps-s.rows, 0), int64(to-from)) // rows that nobody waits for
	s.rows += skip
	n := int(to-from) - int(skip)
	s.served(int64(n))
	return out.putRows(p.Cols[s.c.Args[0]], int(from)+int(skip), n)
}

// solid is ahead where rows with NULL do not count.
func (s *shift) solid(p *Page, from, to uint32, out *Results) error {
	arg := p.Cols[s.c.Args[0]]
	for at := from; at < to; at++ {
		s.rows++
		if arg.IsNull(int(at)) && len(s.wait) > 0 {
			s.wait[len(s.wait)-1]++
			continue
		}
		if !arg.IsNull(int(at)) && int64(len(s.wait)) >= s.steps {
			n := s.wait[0]
			s.wait = s.wait[1:]
			s.rows -= n
			s.served(n)
			out.Vals.AppendRange(arg, int(at), 1)
			if err := out.put(n); err != nil {
				return err
			}
		}
		s.wait = append(s.wait, 1)
	}
	return nil
}

// served forgets the defaults of the first n rows that waited.
func (s *shift) served(n int64) {
	if s.defs == nil {
		return
	}
	if s.def += int(n); s.def < s.defs.Len/2+vector.BatchSize && s.def < s.defs.Len {
		return
	}
	v := vector.New(s.c.Type, 0)
	v.AppendRange(s.defs, s.def, s.defs.Len-s.def)
	s.defs, s.def = v, 0
}

// End gives the rows that have waited in vain their defaults.
func (s *shift) End(out *Results) error {
	n := s.rows
	s.rows, s.wait = 0, s.wait[:0]
	if n == 0 {
		return nil
	}
	if s.defs == nil {
		return out.putNull(n)
	}
	for at := 0; at < int(n); at += vector.BatchSize {
		if err := out.putRows(s.defs, s.def+at, min(int(n)-at, vector.BatchSize)); err != nil {
			return err
		}
	}
	s.served(n)
	return nil
}

// Bytes counts the values and defaults that are kept, and the counts of who waits.
func (s *shift) Bytes() int64 {
	n := vector.MemoryBytes(s.past.vals) + 8*int64(cap(s.wait))
	if s.defs != nil {
		n += vector.MemoryBytes(s.defs)
	}
	return n
}
