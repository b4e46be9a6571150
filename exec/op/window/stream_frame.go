package window

import (
	"slices"

	"github.com/glauxdb/glaux/formats/vector"
)

// frames computes a call whose frames are small beside a partition: it keeps the rows
// that the frames of rows to come may see, and those whose frames are not at their end
// yet. They are computed as if they were a partition.
type frames struct {
	c     *Call
	calc  Calc
	find  framer
	need  []int            // columns, ascending
	cols  []*vector.Vector // by column
	peers []uint32         // where groups of peers begin
	n     int              // rows at hand
	done  int              // those that have their results
	next  int              // rows at which to compute
	res   vector.Vector
	held  int64 // bytes that calls said they hold
}

func newFrames(c *Call) (*frames, error) {
	calc, err := New(c)
	if err != nil {
		return nil, err
	}
	need := c.Columns()
	slices.Sort(need)
	need = slices.Compact(need)
	s := &frames{c: c, calc: calc, find: framer{c: c}, need: need, next: vector.BatchSize}
	if len(need) > 0 {
		s.cols = make([]*vector.Vector, need[len(need)-1]+1)
	}
	return s, nil
}

// Add keeps the rows of the page, and computes when there are twice as many as were
// kept before.
func (s *frames) Add(p *Page, out *Results) error {
	return peerSegments(p, s.c, s.c.Partition+s.c.Order, func(from, to uint32, part, first bool) error {
		if part {
			if err := s.End(out); err != nil {
				return err
			}
		}
		if first || s.n == 0 {
			s.peers = append(s.peers, uint32(s.n))
		}
		for _, k := range s.need {
			if s.cols[k] == nil {
				s.cols[k] = vector.New(p.Cols[k].Type, 0)
			}
			s.cols[k].AppendRange(p.Cols[k], int(from), int(to-from))
		}
		if s.n += int(to - from); s.n < s.next {
			return nil
		}
		return s.compute(out, false)
	})
}

// compute gives the results that are certain: of frames that end before the last row
// at hand, or all if the partition is at its end.
func (s *frames) compute(out *Results, end bool) error {
	m := &Morsel{N: s.n, Cols: s.cols, Starts: s.starts, Use: s.use}
	s.find.find(m)
	till := s.n
	if !end {
		for till = s.done; till < s.n && int(s.find.hi[till]) < s.n; till++ {
		}
	}
	if till > s.done {
		s.res.Reset(s.c.Type, 0)
		if err := s.calc.Eval(m, &s.res); err != nil {
			return err
		}
		for at := s.done; at < till; at += vector.BatchSize {
			if err := out.putRows(&s.res, at, min(till-at, vector.BatchSize)); err != nil {
				return err
			}
		}
		s.done = till
	}
	if !end {
		s.forget()
	}
	return nil
}

// forget lets go of rows that no frame to come sees.
func (s *frames) forget() {
	keep := s.done
	if s.done > 0 {
		keep = min(keep, int(s.find.lo[s.done-1]))
	}
	if keep > 0 {
		for k, v := range s.cols {
			if v != nil {
				s.cols[k] = vector.New(v.Type, 0)
				s.cols[k].AppendRange(v, keep, s.n-keep)
			}
		}
		at := 0
		for _, g := range s.peers {
			if int(g) > keep {
				s.peers[at] = g - uint32(keep)
				at++
			} else {
				s.peers[0], at = 0, 1 // the group of the first row that is kept
			}
		}
		s.peers = s.peers[:at]
		s.n -= keep
		s.done -= keep
	}
	s.next = 2*s.n + vector.BatchSize
}

func (s *frames) starts(prefix int) []uint32 {
	if prefix == s.c.Partition && s.c.Order > 0 || prefix == 0 {
		return []uint32{0, uint32(s.n)}
	}
	return append(s.peers[:len(s.peers):len(s.peers)], uint32(s.n))
}

func (s *frames) use(bytes int64) error {
	s.held = bytes
	return nil
}

// End gives the results of the partition's last rows and lets go of all.
func (s *frames) End(out *Results) error {
	if s.n == 0 {
		return nil
	}
	err := s.compute(out, true)
	for _, v := range s.cols {
		if v != nil {
			v.Reset(v.Type, 0)
		}
	}
	s.peers, s.n, s.done, s.next = s.peers[:0], 0, 0, vector.BatchSize
	return err
}

// Bytes counts the rows at hand, what finding their frames takes and the results.
func (s *frames) Bytes() int64 {
	n := s.held + vector.MemoryBytes(&s.res) + 24*int64(s.n)
	for _, v := range s.cols {
		if v != nil {
			n += vector.MemoryBytes(v)
		}
	}
	return n
}
