package orc

import (
	"context"
	"io"
	"os"
	"testing"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// aliasStore gives slices of its data, so that the benchmark measures decoding.
type aliasStore struct {
	store.Store
	data []byte
}

func (m *aliasStore) ReadRanges(_ context.Context, _ store.Info, rs []store.Range) ([][]byte, error) {
	out := make([][]byte, len(rs))
	for i, r := range rs {
		out[i] = m.data[r.Off : r.Off+r.Len : r.Off+r.Len]
	}
	return out, nil
}

// BenchmarkScan decodes every column of the file that GLAUX_BENCH_ORC names, or
// of a small one.
func BenchmarkScan(b *testing.B) {
	path := os.Getenv("GLAUX_BENCH_ORC")
	if path == "" {
		path = "testdata/codec_zstd.orc"
	}
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	m := &aliasStore{store.NewMemory("bench"), data}
	f, err := Format{}.Open(b.Context(), m, store.Info{Key: "t.orc", Size: int64(len(data))}, formats.Options{})
	if err != nil {
		b.Fatal(err)
	}
	want := f.Stats().Rows
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		rows := int64(0)
		for _, s := range f.Splits(1) {
			src, err := f.Scan(b.Context(), formats.ScanRequest{Split: s, Columns: formattest.All(f)})
			if err != nil {
				b.Fatal(err)
			}
			var batch vector.Batch
			for err = src.Next(b.Context(), &batch); err == nil; err = src.Next(b.Context(), &batch) {
				rows += int64(batch.N)
			}
			if err != io.EOF {
				b.Fatal(err)
			}
			src.Close()
		}
		if rows != want {
			b.Fatalf("%d rows of %d", rows, want)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(max(want, 1)), "ns/row")
}
