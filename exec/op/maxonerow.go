package op

import (
	"context"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// MaxOneRow keeps its input's only row, or one of NULLs when there is none, and
// raises 21000 when there are two. It is the sink and then the source.
type MaxOneRow struct {
	Types []types.Type

	mu  sync.Mutex
	row *vector.Batch
	out Batches
}

func tooManyRows() error {
	return fault.New(fault.CodeCardinality, "more than one row returned by a subquery used as an expression")
}

// NewLocal makes one copy's part.
func (m *MaxOneRow) NewLocal(*Worker) (Local, error) { return &maxOneLocal{m: m}, nil }

type maxOneLocal struct {
	NoSpill
	m *MaxOneRow
}

func (l *maxOneLocal) Add(_ context.Context, b *vector.Batch) error {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	if l.m.row != nil || b.Rows() > 1 {
		return tooManyRows()
	}
	l.m.row = &vector.Batch{}
	b.CompactTo(l.m.row)
	return nil
}

func (l *maxOneLocal) Combine(context.Context) error { return nil }

// Finish makes the row of NULLs where there is no row.
func (m *MaxOneRow) Finish(context.Context) error {
	if m.row == nil {
		m.row = &vector.Batch{N: 1}
		for _, t := range m.Types {
			m.row.Cols = append(m.row.Cols, vector.Null(t, 1))
		}
	}
	m.out.List = []*vector.Batch{m.row}
	return nil
}

// Width is 1.
func (m *MaxOneRow) Width() int { return 1 }

// Open gives the row.
func (m *MaxOneRow) Open(w *Worker) (Operator, error) { return m.out.Open(w) }
