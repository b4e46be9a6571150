package parquet

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// benchFile is TPC-H lineitem: the file that GLAUX_BENCH_PARQUET names, or the
// small one of the test lake.
func benchFile(b *testing.B) (store.Store, store.Info) {
	b.Helper()
	path := os.Getenv("GLAUX_BENCH_PARQUET")
	if path == "" {
		path = "../../testdata/lake/lineitem/lineitem.parquet"
	}
	data, err := os.ReadFile(path)
	if err != nil {
		b.Skip(err)
	}
	m := &aliasStore{memStore{data: data}}
	return m, m.info()
}

// aliasStore gives slices of its data, so that the benchmark measures decoding.
type aliasStore struct{ memStore }

func (m *aliasStore) ReadRanges(_ context.Context, _ store.Info, rs []store.Range) ([][]byte, error) {
	out := make([][]byte, len(rs))
	for i, r := range rs {
		out[i] = m.data[r.Off : r.Off+r.Len : r.Off+r.Len]
	}
	return out, nil
}

func benchScan(b *testing.B, columns []string) {
	s, info := benchFile(b)
	ctx := context.Background()
	file, err := Format{}.Open(ctx, s, info, formats.Options{})
	if err != nil {
		b.Fatal(err)
	}
	proj := formattest.All(file)
	if columns != nil {
		proj = proj[:0]
		for _, c := range columns {
			i := file.Schema().Index(c)
			proj = append(proj, formats.Projection{Column: i, Type: file.Schema().Fields[i].Type})
		}
	}
	b.SetBytes(file.Stats().Rows)
	formattest.Count(b, file, 0, formats.ScanRequest{Columns: proj}, file.Stats().Rows)
}

// BenchmarkQ1 decodes the seven columns of TPC-H Q1; MB/s are million rows a
// second.
func BenchmarkQ1(b *testing.B) {
	benchScan(b, []string{"l_quantity", "l_extendedprice", "l_discount", "l_tax", "l_returnflag", "l_linestatus", "l_shipdate"})
}

func BenchmarkQ6(b *testing.B) {
	benchScan(b, []string{"l_quantity", "l_extendedprice", "l_discount", "l_shipdate"})
}

func BenchmarkAll(b *testing.B) { benchScan(b, nil) }

// BenchmarkShare decodes all columns for a share of the rows.
func BenchmarkShare(b *testing.B) {
	s, info := benchFile(b)
	for _, share := range []float64{0.001, 0.01, 0.05, 0.1, 0.3, 1} {
		b.Run(fmt.Sprint(share), func(b *testing.B) {
			file, err := Format{}.Open(context.Background(), s, info, formats.Options{})
			if err != nil {
				b.Fatal(err)
			}
			file.(*File).minIndexed = 1 << 40
			b.SetBytes(file.Stats().Rows)
			for b.Loop() {
				p := &some{share: share, r: rand.New(rand.NewPCG(1, 2))}
				if err := formattest.Each(context.Background(), file, formats.ScanRequest{Columns: formattest.All(file), Pred: p},
					func(*vector.Batch) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
