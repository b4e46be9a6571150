package window

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// rankStreams are the functions that see no frame, by name.
var rankStreams = map[string]func(c *Call) Streaming{
	"row_number": func(c *Call) Streaming {
		return Streaming{Stream: &counting{c: c, prefix: c.Partition + c.Order, value: func(n *counting) int64 { return n.rows }}, Type: c.Type}
	},
	"rank": func(c *Call) Streaming {
		return Streaming{Stream: &counting{c: c, prefix: c.Partition + c.Order, value: func(n *counting) int64 { return n.peer + 1 }}, Type: c.Type}
	},
	"dense_rank": func(c *Call) Streaming {
		return Streaming{Stream: &counting{c: c, prefix: c.Partition + c.Order, value: func(n *counting) int64 { return n.groups }}, Type: c.Type}
	},
	"percent_rank": func(c *Call) Streaming {
		return Streaming{Stream: &groups{c: c, prefix: c.Partition + c.Order, acc: &rowCount{before: true}}, Type: types.TBigInt, Late: true,
			Combine: func(before, rows int64) float64 { return float64(before) / float64(max(rows-1, 1)) }}
	},
	"cume_dist": func(c *Call) Streaming {
		return Streaming{Stream: &groups{c: c, prefix: c.Partition + c.Order, acc: &rowCount{}}, Type: types.TBigInt, Late: true,
			Combine: func(upTo, rows int64) float64 { return float64(upTo) / float64(rows) }}
	},
	"ntile": func(c *Call) Streaming { return Streaming{Stream: &tiles{c: c}, Type: c.Type, Late: true} },
}

// PartitionRows gives each row the number of rows of its partition by the first
// prefix keys.
func PartitionRows(prefix int) Streaming {
	return Streaming{Stream: &groups{c: &Call{Partition: prefix}, prefix: prefix, acc: &rowCount{}}, Type: types.TBigInt, Late: true}
}

// counting gives each row a number that depends on the rows before it.
type counting struct {
	c      *Call
	prefix int // of peers
	value  func(n *counting) int64

	rows   int64 // of the partition so far, with the row at work
	peer   int64 // rows before the row's peers
	groups int64 // of peers so far
}

// Add gives each row of the page its number.
func (s *counting) Add(p *Page, out *Results) error {
	return peerSegments(p, s.c, s.prefix, func(from, to uint32, part, first bool) error {
		if part {
			s.rows, s.groups = 0, 0
		}
		if first {
			s.peer = s.rows
			s.groups++
		}
		base := out.Vals.Len
		out.Vals.Resize(base + int(to-from))
		dst := vector.Values[int64](out.Vals)[base:]
		for i := range dst {
			s.rows++
			dst[i] = s.value(s)
		}
		return out.putOnes(len(dst))
	})
}

// End has nothing left to give.
func (s *counting) End(*Results) error { return nil }

// Bytes is 0: three numbers.
func (s *counting) Bytes() int64 { return 0 }

// rowCount counts the rows that were added, or with before those that were when it was
// last asked: the rows before a group, for it is asked once at the end of each.
type rowCount struct {
	before bool
	rows   int64
	asked  int64
}

func (a *rowCount) begin(*Page) error { return nil }

func (a *rowCount) reset() error {
	a.rows, a.asked = 0, 0
	return nil
}

func (a *rowCount) add(from, to uint32) error {
	a.rows += int64(to - from)
	return nil
}

func (a *rowCount) result(out *vector.Vector) error {
	n := a.rows
	if a.before {
		n = a.asked
	}
	a.asked = a.rows
	out.Resize(out.Len + 1)
	vector.Values[int64](out)[out.Len-1] = n
	return nil
}

func (a *rowCount) bytes() int64 { return 0 }

// tiles is ntile: the buckets' sizes are known at the end of a partition.
type tiles struct {
	c       *Call
	rows    int64
	buckets int64
	null    bool
}

// Add counts the rows of the partition, and gives the buckets of one that has ended.
func (s *tiles) Add(p *Page, out *Results) error {
	arg := p.Cols[s.c.Args[0]]
	return segments(p, s.c.Partition, func(from, to uint32, first bool) error {
		if first {
			if err := s.End(out); err != nil {
				return err
			}
			s.null = arg.IsNull(int(from))
			if s.buckets = vector.ValueAt(arg, int(from)).I; !s.null && s.buckets <= 0 {
				return fault.New("22014", "argument of ntile must be greater than zero")
			}
		}
		s.rows += int64(to - from)
		return nil
	})
}

// End gives the rows of the partition their buckets.
func (s *tiles) End(out *Results) error {
	rows := s.rows
	if s.rows = 0; rows == 0 {
		return nil
	}
	if s.null {
		return out.putNull(rows)
	}
	size, larger := rows/s.buckets, rows%s.buckets
	for b := range min(s.buckets, rows) {
		n := size
		if b < larger {
			n++
		}
		if err := out.putInt(n, b+1); err != nil {
			return err
		}
	}
	return nil
}

// Bytes is 0: the rows are counted, not kept.
func (s *tiles) Bytes() int64 { return 0 }
