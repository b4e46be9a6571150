package json

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// BenchmarkScan reads all columns of flat rows, two of them, and only counts.
func BenchmarkScan(b *testing.B) {
	var data strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&data, `{"l_orderkey":%d,"l_partkey":%d,"l_quantity":%d.00,"l_extendedprice":%d.%02d,"l_discount":0.0%d,"l_shipdate":"199%d-0%d-1%d","l_shipmode":"TRUCK","l_comment":"egular courts above the %d"}`+"\n",
			i/4+1, i*7919%200000, i%50+1, i*17%90000+900, i%100, i%10, i%8, i%9+1, i%9, i)
	}
	schema := formattest.Schema(b, "l_orderkey bigint", "l_partkey bigint", "l_quantity double", "l_extendedprice double", "l_discount double",
		"l_shipdate date", "l_shipmode string", "l_comment string")
	f := open(b, data.String(), schema, nil)
	all := formattest.Columns(schema)
	for name, proj := range map[string][]formats.Projection{"all": all, "two": {all[0], all[3]}, "count": nil} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(data.Len()))
			formattest.Count(b, f, 1<<40, formats.ScanRequest{Columns: proj}, 100_000)
		})
	}
}
