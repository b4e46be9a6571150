package op_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
)

// TestCollectSpills reads collected rows several times, at the same time and with less
// memory than they take.
func TestCollectSpills(t *testing.T) {
	rows := side(rand.New(rand.NewPCG(2, 2)), 40_000, 1000, 1, "x")
	for _, v := range []optest.Variant{{Batch: 1000, Workers: 1}, {Batch: 700, Holes: true, Workers: 3}} {
		q := smallQuery(t, v.Workers, 2<<20)
		c := &op.Collect{Types: sideTypes, Mem: q.Mem.Child("collect", 0)}
		c.Keep()
		optest.Sink(t, q.Query, v.Input(sideTypes, rows), c)
		if q.stats.Written.Load() == 0 {
			t.Errorf("%v: nothing was written", v)
		}
		want, err := sortedRows(q.Query, v.Input(sideTypes, rows))
		if err != nil {
			t.Fatal(err)
		}
		both := &op.Union{In: []op.Source{c.Reader(nil), c.Reader([]int{0, 1, 2})}, Maps: [][]int{{0, 1, 2}, {0, 1, 2}}}
		got, err := sortedRows(q.Query, both)
		if err != nil {
			t.Fatal(err)
		}
		twice := slices.Sorted(slices.Values(slices.Concat(want, want)))
		if d := cmp.Diff(twice, got); d != "" {
			t.Fatalf("%v: -want +got:\n%.2000s", v, d)
		}
		one, err := sortedRows(q.Query, c.Reader([]int{2}))
		if err != nil || len(one) != len(rows) {
			t.Errorf("%v: %d rows of one column, %v", v, len(one), err)
		}
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(errStopped)
		if err := (&op.Pipeline{Source: c.Reader(nil), Sink: &textSink{}}).Run(ctx, q.Query); err != errStopped {
			t.Errorf("%v: a cancelled reader ends with %v", v, err)
		}
	}
}

// TestCollectLetsGo: rows go when their last reader has read them.
func TestCollectLetsGo(t *testing.T) {
	rows := side(rand.New(rand.NewPCG(3, 3)), 200_000, 1000, 1, "x")
	for _, keep := range []bool{false, true} {
		q := smallQuery(t, 2, 64<<20)
		c := &op.Collect{Types: sideTypes, Mem: q.Mem.Child("collect", 0)}
		if keep {
			c.Keep()
		}
		optest.Sink(t, q.Query, optest.Variant{Batch: 1000, Workers: 2}.Input(sideTypes, rows), c)
		first, second := c.Reader(nil), c.Reader([]int{1})
		held := make([]int64, 0, 3)
		for _, r := range []op.Source{first, second} {
			held = append(held, c.Mem.Used())
			got, err := sortedRows(q.Query, r)
			if err != nil || len(got) != len(rows) {
				t.Fatalf("%d rows, %v, want %d", len(got), err, len(rows))
			}
		}
		held = append(held, c.Mem.Used())
		if held[0] == 0 || held[1] != held[0] || (held[2] == 0) == keep {
			t.Errorf("kept %v: held before, between and after two readers: %v", keep, held)
		}
	}
}
