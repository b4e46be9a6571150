package op

import (
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/formats"
)

// Counters are what a query did so far. Safe for concurrent use.
type Counters struct {
	RowsRead        atomic.Int64
	FilesRead       atomic.Int64
	PartitionsRead  atomic.Int64
	FilesTotal      atomic.Int64
	PartitionsTotal atomic.Int64
}

// Trace is what one plan node did, for EXPLAIN ANALYZE. Time includes the node's
// inputs within the same pipeline, summed over workers. Safe for concurrent use.
type Trace struct {
	Rows    atomic.Int64
	Batches atomic.Int64
	Nanos   atomic.Int64
	Memory  atomic.Int64 // bytes that a sink held at most
	Skipped atomic.Int64 // row groups, files or rows that runtime filters skipped
	// Rejects is what a scan left out or changed; nil before it begins. It is set
	// before the scan's first row.
	Rejects *formats.Rejects
}

func (t *Trace) add(rows int, since time.Time) {
	t.Rows.Add(int64(rows))
	t.Batches.Add(1)
	t.Nanos.Add(int64(time.Since(since)))
}
