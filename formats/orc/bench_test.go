package orc

import (
	"context"
	"os"
	"testing"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
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
	b.SetBytes(int64(len(data)))
	formattest.Count(b, f, 1, formats.ScanRequest{Columns: formattest.All(f)}, f.Stats().Rows)
}
