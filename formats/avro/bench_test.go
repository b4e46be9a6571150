package avro

import (
	"fmt"
	"testing"

	"github.com/twmb/avro/ocf"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
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
	}{
		{"all", formattest.All(f)},
		{"two", []formats.Projection{{Column: 0, Type: types.TBigInt}, {Column: 2, Type: types.TDouble}}},
		{"count", nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			formattest.Count(b, f, 64<<20, formats.ScanRequest{Columns: c.cols}, 100_000)
		})
	}
}
