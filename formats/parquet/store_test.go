package parquet

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// countMeter adds up what is read, by kind.
type countMeter struct{ bytes [3]atomic.Int64 }

func (m *countMeter) Reserve(_ context.Context, k store.ReadKind, n int64) error {
	m.bytes[k].Add(n)
	return nil
}

// TestDirectoryStore scans a real directory from several goroutines at once:
// the buffers that go through the pools of the store and of this package must
// not meet, and the meter must see exactly the chunks.
func TestDirectoryStore(t *testing.T) {
	dir := t.TempDir()
	data := makeTable(t, 30_000, 4000)
	if err := os.WriteFile(filepath.Join(dir, "t.parquet"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	st := store.NewDir(dir)
	ctx := context.Background()
	info, err := st.Stat(ctx, "t.parquet")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Format{}.Open(ctx, st, info, formats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ref, _ := openBytes(t, data, formats.Options{})
	want, err := scanRows(ref, formats.ScanRequest{Columns: formattest.All(ref)})
	if err != nil {
		t.Fatal(err)
	}
	var meter countMeter
	ctx = store.WithMeter(ctx, &meter)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for round := range 3 {
		for _, sp := range f.Splits(int64(round) * 150_000) {
			g.Go(func() error { return compareSplit(ctx, t, f, sp, want) })
		}
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	for _, n := range f.Stats().Bytes {
		total += n
	}
	if got := meter.bytes[store.ReadData].Load(); got != 3*total {
		t.Errorf("the meter saw %d bytes of data, want three times %d", got, total)
	}
}

// compareSplit checks a split's rows; column 0 is the row's number.
func compareSplit(ctx context.Context, t *testing.T, f formats.File, sp formats.Split, want [][]types.Value) error {
	src, err := f.Scan(ctx, formats.ScanRequest{Split: sp, Columns: formattest.All(f)})
	if err != nil {
		return err
	}
	defer src.Close()
	var b vector.Batch
	for {
		if err := src.Next(ctx, &b); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		for i := 0; i < b.N; i += 7 {
			row := want[vector.Values[int64](b.Cols[0])[i]]
			for c, v := range b.Cols {
				if !vector.ValueAt(v, i).Equal(row[c]) {
					t.Errorf("row %d, column %d: %v", row[0].I, c, formattest.Render(vector.ValueAt(v, i)))
					return nil
				}
			}
		}
	}
}
