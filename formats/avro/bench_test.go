package avro

import (
	"fmt"
	"io"
	"testing"

	"github.com/twmb/avro/ocf"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/vector"
)

func benchData(b *testing.B) []byte {
	const schema = `{"type":"record","name":"R","fields":[{"name":"id","type":"long"},{"name":"day","type":{"type":"int","logicalType":"date"}},
		{"name":"amount","type":["null","double"]},{"name":"name","type":["null","string"]},{"name":"note","type":"string"},
		{"name":"kind","type":{"type":"enum","name":"E","symbols":["A","B","C"]}},{"name":"qty","type":"int"},
		{"name":"tags","type":{"type":"array","items":"string"}}]}`
	rows := make([]any, 100_000)
	for i := range rows {
		r := row{"id": int64(i), "day": 18_000 + i%700, "amount": nil, "name": fmt.Sprint("customer ", i%5000),
			"note": "a text that is somewhat longer than the others", "kind": string(rune('A' + i%3)), "qty": i % 50, "tags": []string{"x", "yy"}[:i%3]}
		if i%10 != 0 {
			r["amount"] = float64(i) / 3
		}
		rows[i] = r
	}
	return made(b, schema, rows, ocf.WithBlockBytes(64<<10))
}

// BenchmarkScan decodes uncompressed blocks; MB/s are those of the file.
func BenchmarkScan(b *testing.B) {
	data := benchData(b)
	f := open(b, data, formats.Options{})
	for _, c := range []struct {
		name string
		cols []formats.Projection
		pred formats.Predicate
	}{
		{"all", formattest.All(f), nil},
		{"two", []formats.Projection{{Column: 0, Type: types.TBigInt}, {Column: 2, Type: types.TDouble}}, nil},
		{"count", nil, nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				rows := 0
				for _, s := range f.Splits(64 << 20) {
					src, err := f.Scan(b.Context(), formats.ScanRequest{Split: s, Columns: c.cols, Pred: c.pred})
					if err != nil {
						b.Fatal(err)
					}
					var batch vector.Batch
					for err = src.Next(b.Context(), &batch); err == nil; err = src.Next(b.Context(), &batch) {
						rows += batch.N
					}
					if err != io.EOF {
						b.Fatal(err)
					}
					src.Close()
				}
				if rows != 100_000 {
					b.Fatalf("%d rows", rows)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/row")
		})
	}
}
