package builtin

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/formattest"
)

func testdata(t *testing.T, format, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", format, "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// footerOf gives the length of a Parquet file's footer with what is behind it.
func footerOf(b []byte) int { return int(binary.LittleEndian.Uint32(b[len(b)-8:])) + 8 }

// arrowFooter gives the length of an Arrow file's footer with what is behind it.
func arrowFooter(b []byte) int { return int(binary.LittleEndian.Uint32(b[len(b)-10:])) + 10 }

func run(t *testing.T, format string, b formattest.Bad) {
	t.Helper()
	f, err := Registry().Get(format)
	if err != nil {
		t.Fatal(err)
	}
	b.Format = f
	t.Run(b.Name, func(t *testing.T) { formattest.BadInput(t, b) })
}

func TestBadColumnar(t *testing.T) {
	for _, name := range []string{"types_dense.parquet", "nested_plain.parquet", "groups.parquet", "codec_gzip.parquet"} {
		data := testdata(t, "parquet", name)
		run(t, "parquet", formattest.Bad{Name: name, Data: data, Footer: footerOf(data), Whole: true})
	}
	for _, name := range []string{"scalars_v2.orc", "nested.orc", "union.orc"} {
		run(t, "orc", formattest.Bad{Name: name, Data: testdata(t, "orc", name), Footer: 1000, Whole: true})
	}
	for _, name := range []string{"scalars.arrow", "nested.arrow", "codec_zstd.arrow"} {
		data := testdata(t, "arrow", name)
		run(t, "arrow", formattest.Bad{Name: name, Data: data, Footer: arrowFooter(data), Whole: true})
	}
	for _, name := range []string{"scalars.avro", "nested.avro", "codec_snappy.avro"} {
		run(t, "avro", formattest.Bad{Name: name, Data: testdata(t, "avro", name), Head: 800, Footer: 40})
	}
}

// people are rows of the formats of text.
func people(line func(b *strings.Builder, i int)) []byte {
	var b strings.Builder
	for i := range 300 {
		line(&b, i)
	}
	return []byte(b.String())
}

func textOptions(t *testing.T, props ...string) formats.Options {
	t.Helper()
	o := formats.Options{Schema: formattest.Schema(t, "id bigint", "name string", "at timestamp", "price decimal(10,2)"), Properties: map[string]string{}}
	for i := 0; i < len(props); i += 2 {
		o.Properties[props[i]] = props[i+1]
	}
	return o
}

func TestBadText(t *testing.T) {
	fields := func(b *strings.Builder, i int, sep, quote string) {
		n := strconv.Itoa(i)
		b.WriteString(n + sep + quote + "name " + n + quote + sep + "2024-02-29 10:30:00" + sep + n + ".25\n")
	}
	csv := people(func(b *strings.Builder, i int) { fields(b, i, ",", "") })
	quoted := people(func(b *strings.Builder, i int) { fields(b, i, ",", `"`) })
	json := people(func(b *strings.Builder, i int) {
		fmt.Fprintf(b, `{"id":%d,"name":"name %d","at":"2024-02-29 10:30:00","price":%d.25}`+"\n", i, i, i)
	})
	xml := []byte("<rows>" + string(people(func(b *strings.Builder, i int) {
		fmt.Fprintf(b, "<r><id>%d</id><name>name %d</name><at>2024-02-29 10:30:00</at><price>%d.25</price></r>\n", i, i, i)
	})) + "</rows>\n")
	plain := textOptions(t, "field.delim", ",")
	run(t, "csv", formattest.Bad{Name: "a.csv", Data: csv, Options: plain, Torn: true, Free: true})
	run(t, "csv", formattest.Bad{Name: "quoted.csv", Data: quoted, Options: textOptions(t, "separatorchar", ",", "quotechar", `"`), Torn: true, Free: true})
	run(t, "json", formattest.Bad{Name: "a.json", Data: json, Options: textOptions(t), Free: true})
	run(t, "xml", formattest.Bad{Name: "a.xml", Data: xml, Options: textOptions(t, "rowtag", "r"), Free: true})
	run(t, "grok", formattest.Bad{Name: "a.log", Data: csv, Torn: true, Free: true,
		Options: textOptions(t, "input.format", "%{INT:id},%{DATA:name},%{TIMESTAMP_ISO8601:at},%{NUMBER:price}")})
	run(t, "regex", formattest.Bad{Name: "a.txt", Data: csv, Options: textOptions(t, "input.regex", "([^,]*),([^,]*),([^,]*),([^,]*)"), Torn: true, Free: true})
	several := people(func(b *strings.Builder, i int) { fields(b, i, "||", "") })
	wide := []byte{0xff, 0xfe}
	for _, c := range csv {
		wide = append(wide, c, 0)
	}
	fixed := people(func(b *strings.Builder, i int) { fmt.Fprintf(b, "%-6dname %-10d2024-02-29 10:30:00%10d.25\n", i, i, i) })
	run(t, "csv", formattest.Bad{Name: "several.txt", Data: several, Options: textOptions(t, "field.delim", "||"), Torn: true, Free: true})
	run(t, "csv", formattest.Bad{Name: "utf16.csv", Data: wide, Options: plain, Torn: true, Free: true, Head: 8})
	run(t, "csv", formattest.Bad{Name: "latin1.csv", Data: csv, Options: textOptions(t, "field.delim", ",", "encoding", "latin1"), Torn: true, Free: true})
	run(t, "csv", formattest.Bad{Name: "fixed.txt", Data: fixed, Options: textOptions(t, "fixedwidth", "6,15,19,13"), Torn: true, Free: true})
	run(t, "csv", formattest.Bad{Name: "lazy.txt", Data: lazy(), Options: lazyOptions(t), Torn: true, Free: true})
	for _, c := range []codec.Codec{codec.Gzip, codec.Zstd, codec.Snappy, codec.LZ4, codec.Brotli} {
		ext := map[codec.Codec]string{codec.Gzip: ".gz", codec.Zstd: ".zst", codec.Snappy: ".snappy", codec.LZ4: ".lz4", codec.Brotli: ".br"}[c]
		run(t, "csv", formattest.Bad{Name: "a.csv" + ext, Data: packed(t, c, csv), Options: plain, Free: true, Torn: true})
	}
	rows := formats.Options{Schema: formattest.Schema(t, "id bigint", "name string", "code string"), Properties: map[string]string{"field.delim": ","}}
	for name, whole := range map[string]bool{"xz_blocks.xz": true, "bzip2.bz2": true, "lzop.lzo": true, "python.zip": false, "bgzip.gz": false, // whose ends say nothing of the text
		"snappy_hadoop.hsnappy": false, "lz4_hadoop.lz4": false, "zstd_seekable.zst": false} {
		run(t, "csv", formattest.Bad{Name: "packed_" + name, Data: packer(t, name), Options: rows, Whole: whole, Free: true, Torn: true})
	}
	run(t, "ion", formattest.Bad{Name: "all_types.10n", Data: testdata(t, "ion", "all_types.10n"), Head: 400, Free: true})
	run(t, "ion", formattest.Bad{Name: "all_types.ion", Data: testdata(t, "ion", "all_types.ion"), Free: true})
	run(t, "bson", formattest.Bad{Name: "all_types.bson", Data: testdata(t, "bson", "all_types.bson"), Head: 400})
}

// lazy gives rows with arrays and maps as Hive writes them.
func lazy() []byte {
	return people(func(b *strings.Builder, i int) {
		fmt.Fprintf(b, "%d\x01a%d\x02b\x01k\x03%d\x02l\x03\\N\x01%d\x02x\n", i, i, i, i)
	})
}

func lazyOptions(t *testing.T) formats.Options {
	t.Helper()
	return formats.Options{Schema: formattest.Schema(t, "id bigint", "a array<string>", "m map<string,bigint>", "r struct<x:int,y:string>"),
		Properties: map[string]string{"serialization.lib": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"}}
}

func packed(t *testing.T, c codec.Codec, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := codec.NewWriter(c, &b)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
