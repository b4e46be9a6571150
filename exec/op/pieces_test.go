package op_test

import (
	"io"
	"slices"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
	"github.com/glauxdb/glaux/formats/vector"
)

// TestPieces checks that all rows come, in order, at most three at a time.
func TestPieces(t *testing.T) {
	var rows [][]types.Value
	for i := range 100 {
		rows = append(rows, []types.Value{types.IntOf(types.TBigInt, int64(i))})
	}
	for _, v := range optest.Variants() {
		src := &op.Pieces{In: v.Input([]types.Type{types.TBigInt}, rows), Rows: 3}
		o, err := src.Open(&op.Worker{Query: v.Query(), Count: 1})
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		var b vector.Batch
		for {
			err := o.Next(t.Context(), &b)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if b.Rows() > 3 || b.Rows() == 0 {
				t.Fatalf("%s: a piece of %d rows", v, b.Rows())
			}
			for i := range b.Rows() {
				if b.Sel != nil {
					i = int(b.Sel[i])
				}
				got = append(got, vector.ValueAt(b.Cols[0], i).I)
			}
		}
		if len(got) != 100 || !slices.IsSorted(got) {
			t.Errorf("%s: %v", v, got)
		}
	}
}
