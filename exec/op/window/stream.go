package window

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// A partition that does not fit the memory is on disk, in order, and comes page by
// page. A Stream sees every page once and gives each row's result as soon as it is
// certain: at once (row_number, a running sum by ROWS), at the end of a group of peers
// (a running sum by RANGE), or at the end of the partition (ntile, a sum of all). Rows
// of one group have one result, which is given once with their number, so that a
// result which is late takes no memory for the rows that wait for it.

// Page is rows in order, those that follow the page before.
type Page struct {
	N    int
	Cols []*vector.Vector // flat, N values each, at most vector.MaxBatch
	// Starts gives the rows at which one of the first prefix keys changes: row 0 only
	// if it differs from the last row of the page before, or is the first of all.
	Starts func(prefix int) []uint32
}

// Stream computes one call. One goroutine uses it.
type Stream interface {
	// Add takes the next page and gives the results that are certain by then.
	Add(p *Page, out *Results) error
	// End gives those that are left after the last page.
	End(out *Results) error
	// Bytes counts what the stream holds.
	Bytes() int64
}

// Streaming is how a call is computed page by page.
type Streaming struct {
	Stream Stream
	Type   types.Type // of the results
	// Late results may come after the page of their row.
	Late bool
	// Combine makes the call's value of a result and the number of the partition's
	// rows; nil: the result is the value.
	Combine func(result, rows int64) float64
}

// Results are what a stream gives: runs of rows that have the same result.
type Results struct {
	Counts []int64 // rows of each run
	Vals   *vector.Vector
	// Full is called when there are many results, and takes them away; nil: they are
	// kept.
	Full func() error
}

// NewResults makes room for results of a type.
func NewResults(t types.Type, full func() error) *Results {
	return &Results{Vals: vector.New(t, 0), Full: full}
}

// Reset begins anew.
func (r *Results) Reset() {
	r.Counts = r.Counts[:0]
	r.Vals.Reset(r.Vals.Type, 0)
}

// fullBytes is how many bytes of results are many, fullRuns how many runs.
const (
	fullBytes = 128 << 10
	fullRuns  = vector.BatchSize
)

// put tells that n rows have the value that was appended last.
func (r *Results) put(n int64) error {
	r.Counts = append(r.Counts, n)
	return r.check()
}

// check calls Full if there are many results.
func (r *Results) check() error {
	if r.Full != nil && (len(r.Counts) >= fullRuns || vector.MemoryBytes(r.Vals) >= fullBytes) {
		return r.Full()
	}
	return nil
}

// putNull gives n rows NULL.
func (r *Results) putNull(n int64) error {
	r.Vals.AppendNull()
	return r.put(n)
}

// putInt gives n rows a number.
func (r *Results) putInt(n, x int64) error {
	k := r.Vals.Len
	r.Vals.Resize(k + 1)
	if r.Vals.Type.Phys() == types.PhysInt32 {
		vector.Values[int32](r.Vals)[k] = int32(x)
	} else {
		vector.Values[int64](r.Vals)[k] = x
	}
	return r.put(n)
}

// putRows gives n rows the values of v from row from on.
func (r *Results) putRows(v *vector.Vector, from, n int) error {
	r.Vals.AppendRange(v, from, n)
	return r.putOnes(n)
}

// putOnes tells that the last n values are of one row each.
func (r *Results) putOnes(n int) error {
	for range n {
		r.Counts = append(r.Counts, 1)
	}
	return r.check()
}

// NewStreaming gives false for a call that needs all rows of a partition at once: one
// whose frames end with the partition and begin with the row, or leave rows out of the
// whole partition, and one whose offset differs from row to row.
func NewStreaming(c *Call) (Streaming, bool, error) {
	if f, ok := rankStreams[c.Name]; ok && c.New == nil {
		return f(c), true, nil
	}
	if c.New == nil && c.Name != "ntile" && len(c.Args) > 1 && !c.Steady {
		return Streaming{}, false, nil
	}
	if c.New == nil && (c.Name == "lead" || c.Name == "lag") {
		return Streaming{Stream: newShift(c), Type: c.Type, Late: true}, true, nil
	}
	if c.New == nil && values[c.Name] == nil || c.Frame.Given {
		return Streaming{}, false, nil
	}
	f := &c.Frame
	switch {
	case f.Start.Kind == plan.UnboundedPreceding && f.Exclude == plan.ExcludeNoOthers:
		return upTo(c)
	case c.New == nil && c.Name == "last_value" && f.Exclude == plan.ExcludeNoOthers && f.Start.Kind == plan.CurrentRow && f.End.Kind == plan.UnboundedFollowing:
		return upTo(c)
	case f.Start.Kind == plan.UnboundedPreceding, f.End.Kind == plan.UnboundedFollowing:
		return Streaming{}, false, nil
	}
	s, err := newFrames(c)
	return Streaming{Stream: s, Type: c.Type, Late: true}, err == nil, err
}

// upTo makes streams of calls over all rows of the partition up to some row.
func upTo(c *Call) (Streaming, bool, error) {
	acc, err := newAccumulator(c)
	if err != nil {
		return Streaming{}, false, err
	}
	out := Streaming{Type: c.Type, Late: true}
	switch f := &c.Frame; {
	case f.End.Kind == plan.UnboundedFollowing:
		out.Stream = &groups{c: c, prefix: c.Partition, acc: acc}
	case f.End.Kind == plan.CurrentRow && f.Unit != plan.FrameRows:
		out.Stream = &groups{c: c, prefix: c.Partition + c.Order, acc: acc}
	case f.Unit == plan.FrameRows:
		steps := f.End.steps()
		out.Stream, out.Late = &rowByRow{c: c, acc: acc, steps: steps, past: past{vals: vector.New(c.Type, 0)}}, steps > 0
	default:
		return out, false, nil
	}
	return out, true, nil
}

// segments calls f with the pieces of a page that lie within one group of the first
// prefix keys, and first with whether the piece begins one.
func segments(p *Page, prefix int, f func(from, to uint32, first bool) error) error {
	at, first := uint32(0), false
	for _, g := range p.Starts(prefix) {
		if g > at {
			if err := f(at, g, first); err != nil {
				return err
			}
		}
		at, first = g, true
	}
	if int(at) < p.N {
		return f(at, uint32(p.N), first)
	}
	return nil
}

// peerSegments is segments of the keys of a call, at least those of its partitions; part
// tells whether the piece begins one of these.
func peerSegments(p *Page, c *Call, prefix int, f func(from, to uint32, part, first bool) error) error {
	parts := p.Starts(c.Partition)
	return segments(p, prefix, func(from, to uint32, first bool) error {
		part := len(parts) > 0 && parts[0] == from
		if part {
			parts = parts[1:]
		}
		return f(from, to, part, first)
	})
}

// past holds the last values of a partition.
type past struct {
	vals *vector.Vector
}

func (h *past) reset() { h.vals.Reset(h.vals.Type, 0) }

// trim forgets all but the last n, once there are many more.
func (h *past) trim(n int64) {
	if int64(h.vals.Len) < 2*n+vector.BatchSize {
		return
	}
	v := vector.New(h.vals.Type, 0)
	v.AppendRange(h.vals, h.vals.Len-int(n), int(n))
	h.vals = v
}
