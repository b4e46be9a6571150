package csv

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// lineItems makes rows like TPC-H's lineitem: 4 integers, 4 decimals, 3 dates,
// 5 texts.
func lineItems(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d,%d,%d,%d,%d.00,%d.%02d,0.0%d,0.0%d,N,O,199%d-0%d-1%d,1996-02-12,1996-03-22,DELIVER IN PERSON,TRUCK,egular courts above the %d\n",
			i/4+1, i*7919%200000, i*31%10000, i%7+1, i%50+1, i*17%90000+900, i%100, i%10, i%9, i%8, i%9+1, i%9, i)
	}
	return b.String()
}

// BenchmarkScan reads all columns, two of them, and only counts.
func BenchmarkScan(b *testing.B) {
	data := lineItems(100_000)
	schema := formattest.Schema(b, "a bigint", "b bigint", "c bigint", "d int", "e decimal(15,2)", "f decimal(15,2)", "g decimal(15,2)", "h decimal(15,2)",
		"i string", "j string", "k date", "l date", "m date", "n string", "o string", "p string")
	f := open(b, data, schema, nil)
	all := formattest.Columns(schema)
	for name, proj := range map[string][]formats.Projection{"all": all, "two": {all[0], all[5]}, "count": nil} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			formattest.Count(b, f, 1<<40, formats.ScanRequest{Columns: proj}, 100_000)
		})
	}
}

// BenchmarkText reads all columns of the same rows in other dialects and encodings.
func BenchmarkText(b *testing.B) {
	data := lineItems(50_000)
	wide := make([]byte, 0, 2*len(data))
	for i := range len(data) {
		wide = append(wide, data[i], 0)
	}
	schema := formattest.Schema(b, "a bigint", "b bigint", "c bigint", "d int", "e decimal(15,2)", "f decimal(15,2)", "g decimal(15,2)", "h decimal(15,2)",
		"i string", "j string", "k date", "l date", "m date", "n string", "o string", "p string")
	all := formattest.Columns(schema)
	for _, x := range []struct {
		name, data string
		props      map[string]string
	}{
		{"plain", data, nil}, {"several", strings.ReplaceAll(data, ",", "~|~"), props("field.delim", "~|~")},
		{"latin1", data, props("encoding", "latin1")}, {"utf16", string(wide), props("encoding", "UTF-16LE")},
	} {
		f := open(b, x.data, schema, x.props)
		b.Run(x.name, func(b *testing.B) {
			b.SetBytes(int64(len(x.data)))
			formattest.Count(b, f, 1<<40, formats.ScanRequest{Columns: all}, 50_000)
		})
	}
	lists := strings.Repeat("17\x011\x022\x023\x01k\x031\x02l\x032\x017\x02some text\n", 50_000)
	schema = formattest.Schema(b, "id int", "a array<int>", "m map<string,int>", "r struct<x:int,y:string>")
	f := open(b, lists, schema, props("serialization.lib", lazySerDe))
	b.Run("nested", func(b *testing.B) {
		b.SetBytes(int64(len(lists)))
		formattest.Count(b, f, 1<<40, formats.ScanRequest{Columns: formattest.Columns(schema)}, 50_000)
	})
}
