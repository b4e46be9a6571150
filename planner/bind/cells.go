package bind

import (
	"context"
	"io"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// cells is a Source of rows that exist already; for lists that people read.
type cells struct {
	rows [][]types.Value
	list []catalog.Column // of the rows
	cols []int            // wanted
}

// Next delivers some of the rows.
func (s *cells) Next(ctx context.Context, b *vector.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	n := min(vector.BatchSize, len(s.rows))
	if n == 0 {
		return io.EOF
	}
	b.N, b.Sel = n, nil
	b.Cols = make([]*vector.Vector, len(s.cols))
	for i, c := range s.cols {
		vals := make([]types.Value, n)
		for r := range vals {
			vals[r] = s.rows[r][c]
		}
		b.Cols[i] = vector.FromValues(s.list[c].Type, vals)
	}
	s.rows = s.rows[n:]
	return nil
}

// Close does nothing.
func (s *cells) Close() error { return nil }
