package op

import (
	"context"
	"log/slog"

	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
)

// Operator delivers batches. Next fills b with at least one selected row or
// gives io.EOF, after which it is not called again. Used by one goroutine.
type Operator interface {
	Next(ctx context.Context, b *vector.Batch) error
	Close() error
}

// Source makes the operators of a pipeline's copies.
type Source interface {
	// Width tells how many copies can usefully run at once. It is asked when the
	// pipeline starts, after those before it have finished.
	Width() int
	// Open makes the operator of one copy. It is called once for each copy.
	Open(w *Worker) (Operator, error)
}

// Sink takes the rows of a pipeline.
type Sink interface {
	NewLocal(w *Worker) (Local, error)
	// Finish is called once, after every Local has combined.
	Finish(ctx context.Context) error
}

// Local is a sink's state for one copy of a pipeline; one goroutine uses it.
type Local interface {
	// Add takes a batch; it copies what it keeps.
	Add(ctx context.Context, b *vector.Batch) error
	// Spill frees about want bytes of memory by writing state elsewhere and gives
	// how many it freed; 0 if there is nothing that it can spill.
	Spill(ctx context.Context, want int64) (freed int64, err error)
	// Combine hands the state over to the sink. The Local is not used afterwards.
	Combine(ctx context.Context) error
}

// Expr computes one value per row: compiled by exec/kernel. The result is
// aligned with the batch's rows, has a meaning at sel only, and is valid until
// the next call. Used by one goroutine.
type Expr interface {
	Eval(b *vector.Batch, sel vector.Sel) (*vector.Vector, error)
}

// Conds is a compiled conjunction. Filter gives the positions of sel (nil: all)
// where it is true: nil for all of them if sel is nil too, an empty selection for
// none. The result is valid until the next call and may alias sel.
type Conds interface {
	Filter(b *vector.Batch, sel vector.Sel) (vector.Sel, error)
}

// NewExpr and NewConds make one copy's own instance of a compiled expression.
type (
	NewExpr  func() Expr
	NewConds func() Conds
)

// Query is what all pipelines of one query share.
type Query struct {
	ID      string
	Workers int // goroutines that work at once
	// Copies is the most copies of a pipeline: more than Workers where they wait
	// for a remote store most of the time. 0: Workers.
	Copies int
	// BatchRows is how many rows operators hand on at most at a time (Pieces); 0: as
	// many as they like.
	BatchRows int
	Mem       *mem.Account
	// Spill is where operators write what does not fit Mem; nil: nowhere, and what does
	// not fit is an error.
	Spill *spill.Files
	// SpillAlways has whoever can spill do it after every batch. For tests.
	SpillAlways bool
	Counters    Counters
	Rejects     formats.Rejects // rows that scans left out, as their tables ask
	Log         *slog.Logger

	pressure pressure
	idle     idleBuilds
	parent   *Query // of which a part of a join is; nil: none
}

// root gives the query that q is a part of.
func (q *Query) root() *Query {
	for q.parent != nil {
		q = q.parent
	}
	return q
}

// Worker is one copy of a pipeline. Index counts from 0 to Count-1.
type Worker struct {
	Query *Query
	Index int
	Count int
	crew  *crew // nil: there are no others
	pace  pace
}

// NoSpill is embedded by Locals that cannot free memory by writing it elsewhere.
type NoSpill struct{}

// Spill frees nothing.
func (NoSpill) Spill(context.Context, int64) (int64, error) { return 0, nil }

// setCols makes b a batch of these columns.
func setCols(b *vector.Batch, n int, sel vector.Sel, cols ...*vector.Vector) {
	b.N, b.Sel = n, sel
	b.Cols = append(b.Cols[:0], cols...)
}

// allRows is the selection of every position, shared and read-only.
var allRows = func() (s [vector.MaxBatch]uint16) {
	for i := range s {
		s[i] = uint16(i)
	}
	return s
}()

// selOf gives a batch's selection as positions, never nil.
func selOf(b *vector.Batch) vector.Sel {
	if b.Sel != nil {
		return b.Sel
	}
	return allRows[:b.N]
}

// empty gives s without positions, never nil: that would mean every row.
func empty(s vector.Sel) vector.Sel {
	if s == nil {
		return vector.Sel{}
	}
	return s[:0]
}

func grow[T any](b []T, n int) []T {
	if cap(b) >= n {
		return b[:n]
	}
	return make([]T, n, n+n/4)
}
