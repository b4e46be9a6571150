package parquet

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// farStore is a memStore that reads along and asks the meter as stores do.
type farStore struct{ *memStore }

func (s farStore) ReadRanges(ctx context.Context, o store.Info, rs []store.Range) ([][]byte, error) {
	out, _, err := s.ReadWith(ctx, o, rs, nil)
	return out, err
}

func (s farStore) ReadWith(ctx context.Context, o store.Info, rs, later []store.Range) (now, soon [][]byte, err error) {
	if err := store.Reserve(ctx, lengths(rs)); err != nil {
		return nil, nil, err
	}
	out, err := s.memStore.ReadRanges(ctx, o, append(rs[:len(rs):len(rs)], later...))
	if err != nil || later == nil {
		return out, nil, err
	}
	return out[:len(rs)], out[len(rs):], nil
}

// dataMeter adds up what is data.
type dataMeter struct{ data atomic.Int64 }

func (m *dataMeter) Reserve(_ context.Context, kind store.ReadKind, n int64) error {
	if kind == store.ReadData {
		m.data.Add(n)
	}
	return nil
}

// TestForesight: a scan that reads the other columns along with the predicate's gives
// the same rows and costs the same bytes as one that does not, with and without page
// indexes, and needs fewer requests where most rows' columns are wanted.
func TestForesight(t *testing.T) {
	for name, data := range map[string][]byte{
		"indexed": makeTable(t, 6000, 1000), "noindex": dropIndexes(makeTable(t, 6000, 1000)),
	} {
		for kind, terms := range filterCases() {
			run := func(sure bool) ([][]types.Value, int64, int) {
				m := &memStore{data: data}
				f, err := Format{}.Open(t.Context(), farStore{m}, m.info(), formats.Options{})
				if err != nil {
					t.Fatal(err)
				}
				f.(*File).minIndexed = 0
				see := new(formats.Foresight)
				if sure {
					see.Saw(1<<40, 1<<40)
					see.Saw(1, 1)
				}
				m.reset()
				var meter dataMeter
				req := formats.ScanRequest{Columns: tableColumns(f.(*File)), Pred: &and{terms: terms}, Foresight: see}
				if !sure {
					req.Foresight = nil
				}
				rows, err := scanRowsIn(store.WithMeter(t.Context(), &meter), f, req)
				if err != nil {
					t.Fatal(err)
				}
				return rows, meter.data.Load(), m.reads
			}
			want, bytes, reads := run(false)
			got, metered, fewer := run(true)
			if !sameRows(want, got) {
				t.Errorf("%s/%s: other rows", name, kind)
			}
			if metered != bytes {
				t.Errorf("%s/%s: %d bytes metered, without foresight %d", name, kind, metered, bytes)
			}
			if kind == "flag" && fewer >= reads {
				t.Errorf("%s/%s: %d reads, without foresight %d", name, kind, fewer, reads)
			}
		}
	}
}

// TestForesightLearns: it is likely when three quarters of the bytes were needed.
func TestForesightLearns(t *testing.T) {
	var f formats.Foresight
	for i, step := range []struct {
		all, needed int64
		likely      bool
	}{{100, 100, false}, {100, 60, true}, {100, 0, false}, {400, 400, true}, {0, 0, true}} {
		f.Saw(step.all, step.needed)
		if f.Likely() != step.likely {
			t.Errorf("step %d: likely is %v", i, !step.likely)
		}
	}
	var none *formats.Foresight
	none.Saw(1, 1)
	if none.Likely() {
		t.Error("nil foresees something")
	}
}
