package op

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// Counters are what a query did so far. Safe for concurrent use.
type Counters struct {
	RowsRead        atomic.Int64
	FilesRead       atomic.Int64
	PartitionsRead  atomic.Int64
	FilesTotal      atomic.Int64
	PartitionsTotal atomic.Int64
	Reads           formats.Reads
}

// Trace is what one plan node did, for EXPLAIN ANALYZE. Time includes the node's
// inputs within the same pipeline, summed over workers. Safe for concurrent use.
type Trace struct {
	Rows    atomic.Int64
	Batches atomic.Int64
	Nanos   atomic.Int64
	Memory  atomic.Int64 // bytes that a sink held at most
	Spilled atomic.Int64 // bytes that it wrote to spill files
	// Sink is the time that the node took as the end of the pipeline below it.
	Sink atomic.Int64
	// What a scan read of its files; see store.ReadKind.
	Data, Metadata, Requests atomic.Int64
	Events                   store.EventCounts
	// Passing counts the copies of a partial aggregate that gave grouping up.
	Passing atomic.Int64
	// Rejects is what a scan left out or changed; nil before it begins. It is set
	// before the scan's first row.
	Rejects *formats.Rejects

	mu     sync.Mutex // guards pruned
	pruned []Pruned
}

// Pruned is what a scan left out because of one condition.
type Pruned struct {
	Unit formats.Unit
	By   string
	N    int64
}

// prune counts n units that were left out.
func (t *Trace) prune(unit formats.Unit, n int, by string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.pruned {
		if p := &t.pruned[i]; p.Unit == unit && p.By == by {
			p.N += int64(n)
			return
		}
	}
	t.pruned = append(t.pruned, Pruned{unit, by, int64(n)})
}

// Pruned gives what a scan left out, by unit and condition.
func (t *Trace) Pruned() []Pruned {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := slices.Clone(t.pruned)
	slices.SortFunc(out, func(a, b Pruned) int {
		return cmp.Or(cmp.Compare(unitOrder[a.Unit], unitOrder[b.Unit]), strings.Compare(a.By, b.By))
	})
	return out
}

var unitOrder = map[formats.Unit]int{formats.UnitFile: 0, formats.UnitStripe: 1, formats.UnitRowGroup: 2, formats.UnitPage: 3}

// traceMeter counts what is read under a scan and asks the query's meter.
type traceMeter struct {
	t  *Trace
	in store.Meter // nil: nobody asks
}

func (m *traceMeter) Reserve(ctx context.Context, kind store.ReadKind, n int64) error {
	if m.in != nil {
		if err := m.in.Reserve(ctx, kind, n); err != nil {
			return err
		}
	}
	switch kind {
	case store.ReadData:
		m.t.Data.Add(n)
	case store.ReadFooter:
		m.t.Metadata.Add(n)
	case store.ReadCached:
		return nil
	}
	if n >= 0 { // a negative n gives back what a failed read had reserved
		m.t.Requests.Add(1)
	}
	return nil
}

// Note implements store.Witness.
func (m *traceMeter) Note(e store.Event, n int64) {
	if w, ok := m.in.(store.Witness); ok {
		w.Note(e, n)
	}
	m.t.Events.Note(e, n)
}

func (t *Trace) sink(since time.Time) { t.Sink.Add(int64(time.Since(since))) }

func (t *Trace) add(rows int, since time.Time) {
	t.Rows.Add(int64(rows))
	t.Batches.Add(1)
	t.Nanos.Add(int64(time.Since(since)))
}
