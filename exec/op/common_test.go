package op_test

import (
	"context"
	"io"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/formats/vector"
)

// rowsOf runs a source to its end and gives its rows in order.
func rowsOf(q *op.Query, src op.Source) ([][]types.Value, error) {
	s := op.Start(context.Background(), q, &op.Pipeline{Source: src}, false)
	defer s.Close()
	var out [][]types.Value
	var b vector.Batch
	for {
		err := s.Next(context.Background(), &b)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		for p := range b.N {
			row := make([]types.Value, len(b.Cols))
			for i, c := range b.Cols {
				row[i] = vector.ValueAt(c, p)
			}
			out = append(out, row)
		}
	}
}
