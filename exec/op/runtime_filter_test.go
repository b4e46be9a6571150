package op

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
)

// filterOf builds a runtime filter of the even numbers from 1000 on, and of one far
// away or not. In pieces it is made as that of a build side on disk is.
func filterOf(t *testing.T, n int, far, pieces bool) *RuntimeFilter {
	t.Helper()
	vals := make([]types.Value, 0, n+1)
	for i := range n {
		vals = append(vals, types.IntOf(types.TBigInt, int64(1000+2*i)))
	}
	vals = append(vals, types.NullOf(types.TBigInt))
	if far {
		vals = append(vals, types.IntOf(types.TBigInt, math.MaxInt64))
	}
	f := &RuntimeFilter{Type: types.TBigInt}
	if pieces {
		f.init(false)
		x := newFilterBuilder(f, len(vals), true)
		for _, part := range [][]types.Value{vals[:len(vals)/3], vals[len(vals)/3 : len(vals)/2], vals[len(vals)/2:]} {
			if err := x.add(context.Background(), vector.FromValues(types.TBigInt, part), len(part)); err != nil {
				t.Fatal(err)
			}
		}
		x.finish()
		f.ready.Store(true)
		return f
	}
	if err := f.build(context.Background(), vector.FromValues(types.TBigInt, vals), len(vals), false); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestRuntimeFilter builds filters with a list and with bounds only, of numbers that
// lie close together and others, and asks them for bounds, dictionaries, rows and
// single values.
func TestRuntimeFilter(t *testing.T) {
	for _, n := range []int{0, 1, 500, 5000} {
		for _, c := range []struct{ far, pieces bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
			far := c.far
			t.Run(fmt.Sprint(n, c), func(t *testing.T) {
				f := filterOf(t, n, far, c.pieces)
				if none := n == 0 && !far; f.empty != none || f.listed != (n <= maxListed) || (f.dense != nil) == (c.pieces || none || far && n > 0) {
					t.Fatalf("empty %v, listed %v, dense %v", f.empty, f.listed, f.dense != nil)
				}
				checkFilter(t, f, n, far)
			})
		}
	}
}

func checkFilter(t *testing.T, f *RuntimeFilter, n int, far bool) {
	t.Helper()
	s := &Scan{Columns: []ScanColumn{{Type: types.TBigInt}}, dataPos: []int{0}, Filters: []ScanFilter{{Filter: f}}}
	p, err := s.predicate()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lo, hi int64
		never  bool
	}{{0, 999, true}, {0, 1000, n == 0}, {1001, 1001, n <= maxListed}, {int64(1000 + 2*n), 1 << 40, n <= maxListed || !far}, {0, 1 << 40, n == 0}} {
		got := p.KeepBounds(func(int) formats.Bounds {
			return formats.Bounds{HasMinMax: true, Min: types.IntOf(types.TBigInt, c.lo), Max: types.IntOf(types.TBigInt, c.hi)}
		})
		if (got == formats.Never) != c.never {
			t.Errorf("bounds %d..%d: %v", c.lo, c.hi, got)
		}
	}
	checkRows(t, p, f, n)
}

// checkRows wants every partner kept and most others dropped.
func checkRows(t *testing.T, p *scanPredicate, f *RuntimeFilter, n int) {
	t.Helper()
	v := vector.New(types.TBigInt, 4000)
	for i := range v.Len {
		vector.Values[int64](v)[i] = int64(i)
	}
	v.SetNull(1000)
	keep, nulls, ok := p.KeepDict(0, v)
	if !ok || nulls {
		t.Fatalf("KeepDict: ok %v, nulls %v", ok, nulls)
	}
	sel, err := p.Keep(&vector.Batch{N: v.Len, Cols: []*vector.Vector{v}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[uint16]bool{}
	for _, r := range sel {
		kept[r] = true
	}
	extra := 0
	for i := range v.Len {
		partner := i >= 1000 && i < 1000+2*n && i%2 == 0
		if partner && (i != 1000 && !kept[uint16(i)] || !keep.Get(i) || !f.mayHold(types.IntOf(types.TBigInt, int64(i)))) {
			t.Fatalf("row %d was dropped", i)
		}
		if !partner && kept[uint16(i)] {
			extra++
		}
	}
	if kept[1000] {
		t.Error("NULL was kept")
	}
	if extra > v.Len/20 {
		t.Errorf("%d rows without a partner were kept", extra)
	}
}

// TestFilterIdle wants a filter that drops hardly anything put aside, and looked at again.
func TestFilterIdle(t *testing.T) {
	f := filterOf(t, 3000, false, false)
	s := &Scan{Columns: []ScanColumn{{Type: types.TBigInt}}, dataPos: []int{0}, Filters: []ScanFilter{{Filter: f}}}
	p, err := s.predicate()
	if err != nil {
		t.Fatal(err)
	}
	ask := func(step int64) (kept int, asked bool) {
		v := vector.New(types.TBigInt, vector.BatchSize)
		for i := range v.Len {
			vector.Values[int64](v)[i] = 1000 + int64(i)*step%4000
		}
		asked = len(p.Steps()) > 0
		p.batches = 1 // so that asking twice does not reorder
		sel, err := p.Keep(&vector.Batch{N: v.Len, Cols: []*vector.Vector{v}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if sel == nil {
			return v.Len, asked
		}
		return len(sel), asked
	}
	asked := 0
	for range 2 * idleBatches {
		if kept, now := ask(2); kept != vector.BatchSize {
			t.Fatalf("%d rows kept", kept)
		} else if now {
			asked++
		}
	}
	if asked < minSample/vector.BatchSize || asked > idleBatches {
		t.Errorf("asked for %d of %d batches", asked, 2*idleBatches)
	}
	dropped := false
	for range idleBatches + minSample/vector.BatchSize {
		kept, _ := ask(1)
		dropped = dropped || kept < vector.BatchSize
	}
	if !dropped {
		t.Error("the filter was never asked again")
	}
}
