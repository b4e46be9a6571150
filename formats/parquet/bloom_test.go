package parquet

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"github.com/cespare/xxhash/v2"
	pq "github.com/parquet-go/parquet-go"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// TestBloomFilterFile reads the filter that parquet-mr made of four words.
func TestBloomFilterFile(t *testing.T) {
	data, err := os.ReadFile(testingDir + "/data/bloom_filter.xxhash.bin")
	if err != nil {
		t.Fatal(err)
	}
	n, size, ok := decodeBloomHeader(data)
	if !ok || int(size)+n != len(data) {
		t.Fatalf("header of %d bytes for %d of %d, %v", n, size, len(data), ok)
	}
	f := bloomFilter(data[n:])
	for _, s := range []string{"hello", "parquet", "bloom", "filter"} {
		if !f.has(xxhash.Sum64String(s)) {
			t.Errorf("%q is not found", s)
		}
	}
	wrong := 0
	for i := range 1000 {
		if f.has(xxhash.Sum64String(fmt.Sprint("absent", i))) {
			wrong++
		}
	}
	if wrong > 10 {
		t.Errorf("%d of 1000 absent words are found", wrong)
	}
}

// bloomRow has its values far apart, so that bounds cannot tell.
type bloomRow struct {
	I int32    `parquet:"i"`
	L int64    `parquet:"l"`
	T string   `parquet:"t"`
	U [16]byte `parquet:"u,uuid"`
	D float64  `parquet:"d"`
	M int64    `parquet:"m,timestamp(millisecond)"`
	W uint32   `parquet:"w"`
	P string   `parquet:"p"`
}

func bloomRowOf(i int) bloomRow {
	x := bloomRow{I: int32(i * 7919), L: int64(i) * 104729, T: fmt.Sprintf("word %d", i*31), D: float64(i) * 1.25, M: int64(i) * 1001, W: uint32(i) * 65537, P: "padding"}
	for k := range x.U {
		x.U[k] = byte(i >> (k % 4 * 8) * 17)
	}
	return x
}

// TestBloomFilters: for every type that has filters, no row group with the value
// is lost, and most of those without it are not read.
func TestBloomFilters(t *testing.T) {
	var out bytes.Buffer
	w := pq.NewGenericWriter[bloomRow](&out, pq.MaxRowsPerRowGroup(1000), pq.BloomFilters(
		pq.SplitBlockFilter(10, "i"), pq.SplitBlockFilter(10, "l"), pq.SplitBlockFilter(10, "t"), pq.SplitBlockFilter(10, "u"),
		pq.SplitBlockFilter(10, "d"), pq.SplitBlockFilter(10, "m"), pq.SplitBlockFilter(10, "w")))
	const rows = 8000
	for k := range rows {
		if _, err := w.Write([]bloomRow{bloomRowOf(k * 4099 % rows)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, m := openBytes(t, out.Bytes(), formats.Options{})
	f.minIndexed = 0
	for i := range f.meta.groups[1].chunks {
		f.meta.groups[1].chunks[i].bloom.len = 0 // as in files of older writers
	}
	all := formattest.All(f)
	for c, field := range f.Schema().Fields[:7] {
		cols := []formats.Projection{all[c], all[7]}
		table, err := scanRows(f, formats.ScanRequest{Columns: cols[:1]})
		if err != nil {
			t.Fatal(err)
		}
		m.reset()
		if _, err := scanRows(f, formats.ScanRequest{Columns: cols, Pred: formattest.OneOf(absent(table[17][0]))}); err != nil {
			t.Fatal(err)
		}
		if whole := f.ScanBytes(cols); m.bytes > whole/4 || m.footer == 0 {
			t.Errorf("%s: %d of %d bytes read for an absent value, %d of metadata", field.Name, m.bytes, whole, m.footer)
		}
		for k := 0; k < rows; k += 97 {
			v := table[k][0]
			got, err := scanRows(f, formats.ScanRequest{Columns: cols, Pred: formattest.OneOf(v, absent(v))})
			if err != nil || len(got) != 1 {
				t.Fatalf("%s = %v: %d rows, %v", field.Name, v, len(got), err)
			}
		}
	}
}

// absent gives a value near v that bloomRowOf never makes.
func absent(v types.Value) types.Value {
	switch v.Type.Kind {
	case types.Varchar:
		v.S += "?"
	case types.UUID:
		v.UUID[15] ^= 0x55
	case types.Double:
		v.F += 0.25
	case types.Timestamp, types.TimestampTZ:
		v.I += 3000
	default:
		v.I += 3
	}
	return v
}

// TestBloomFilterOfTesting asks the filter of a file of parquet-mr for its values.
func TestBloomFilterOfTesting(t *testing.T) {
	data, err := os.ReadFile(testingDir + "/data/data_index_bloom_encoding_with_length.parquet")
	if err != nil {
		t.Fatal(err)
	}
	f, m := openBytes(t, data, formats.Options{})
	rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
	if err != nil {
		t.Fatal(err)
	}
	src, err := f.Scan(t.Context(), formats.ScanRequest{Columns: formattest.All(f)})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	s := src.(*Source)
	ask := func(v types.Value) bool {
		hashes, ok := bloomHashes(&f.binds[0].conv, []types.Value{v})
		gone := map[int]bool{}
		if err := s.readBlooms(t.Context(), []bloomAsk{{group: 0, at: f.meta.groups[0].chunks[0].bloom, hashes: hashes}}, gone); err != nil || !ok {
			t.Fatal(err, ok)
		}
		return !gone[0]
	}
	m.reset()
	for _, r := range rows {
		if !ask(r[0]) {
			t.Errorf("%v is not found", r[0])
		}
	}
	if ask(types.StringOf(types.TVarchar, "absent")) || m.bytes != 0 || m.footer != int64(len(rows)+1)*2064 {
		t.Errorf("found what is absent, or read %d bytes of data, %d of metadata", m.bytes, m.footer)
	}
}
