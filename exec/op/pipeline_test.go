package op_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
	"github.com/glauxdb/glaux/formats/vector"
)

// broken is an operator with a bug, or one that panics with a fault.
type broken struct {
	op.Source
	with any
}

func (b broken) Open(w *op.Worker) (op.Operator, error) {
	in, err := b.Source.Open(w)
	return brokenOp{in, b.with}, err
}

type brokenOp struct {
	op.Operator
	with any
}

func (o brokenOp) Next(context.Context, *vector.Batch) error { panic(o.with) }

// TestPanicIsThisQuerysError panics in workers, in the reader's goroutine and
// before the last pipeline.
func TestPanicIsThisQuerysError(t *testing.T) {
	rows := [][]types.Value{{types.IntOf(types.TBigInt, 1)}, {types.IntOf(types.TBigInt, 2)}}
	ts := []types.Type{types.TBigInt}
	for _, v := range []optest.Variant{{Batch: 1, Workers: 1}, {Batch: 1, Workers: 4}} {
		var log bytes.Buffer
		q := v.Query()
		q.Log = slog.New(slog.NewTextHandler(&log, nil))
		_, err := optest.Rows(q, broken{v.Input(ts, rows), "a bug"})
		f := fault.As(err)
		if f == nil || f.Code != fault.CodeInternal || !strings.Contains(f.Detail, q.ID) {
			t.Errorf("%v: got %v", v, err)
		}
		if !strings.Contains(log.String(), "brokenOp") || !strings.Contains(log.String(), "query_id=test") {
			t.Errorf("%v: the stack was not logged: %s", v, log.String())
		}
		q = v.Query()
		before := &op.Pipeline{Source: broken{v.Input(ts, rows), fault.New(fault.CodeProgramLimit, "too wide")}, Sink: &op.Collect{Types: ts, Mem: q.Mem}}
		if _, err := optest.Rows(q, v.Input(ts, rows), before); !fault.Is(err, fault.CodeProgramLimit) {
			t.Errorf("%v: got %v, want 54000", v, err)
		}
	}
}

func TestLimitCountsOverAllCopies(t *testing.T) {
	var rows [][]types.Value
	for i := range 500 {
		rows = append(rows, []types.Value{types.IntOf(types.TBigInt, int64(i))})
	}
	ts := []types.Type{types.TBigInt}
	optest.Each(t, func(t *testing.T, v optest.Variant) {
		for _, c := range [][3]int64{{10, 0, 10}, {10, 495, 5}, {0, 3, 0}, {-1, 100, 400}, {10, 600, 0}} {
			got, err := optest.Rows(v.Query(), &op.Limit{In: v.Input(ts, rows), Count: c[0], Offset: c[1]})
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != int(c[2]) {
				t.Errorf("limit %d offset %d: %d rows, want %d", c[0], c[1], len(got), c[2])
			}
		}
	})
}

// TestUnionOfNarrowAndWide opens inputs that run in one copy only once.
func TestUnionOfNarrowAndWide(t *testing.T) {
	var rows [][]types.Value
	for i := range 300 {
		rows = append(rows, []types.Value{types.IntOf(types.TBigInt, int64(i))})
	}
	ts := []types.Type{types.TBigInt}
	optest.Each(t, func(t *testing.T, v optest.Variant) {
		q := v.Query()
		var in []op.Source
		for range 3 {
			s := &op.Sort{Types: ts, Keys: []op.SortSpec{{Type: ts[0]}}, Limit: -1, Mem: q.Mem}
			optest.Sink(t, q, v.Input(ts, rows), s)
			in = append(in, s, v.Input(ts, rows))
		}
		got, err := optest.Rows(q, &op.Union{In: in, Maps: [][]int{{0}, {0}, {0}, {0}, {0}, {0}}})
		if err != nil || len(got) != 6*len(rows) {
			t.Fatalf("%d rows, %v; want %d", len(got), err, 6*len(rows))
		}
	})
}
