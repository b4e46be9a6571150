package parquet

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// TestEncryptedPages reads only the pages of encrypted chunks that their indexes
// do not rule out, with both algorithms, and gives the same rows.
func TestEncryptedPages(t *testing.T) {
	key := map[string][]byte{"k": []byte("0123456789012345")}
	for _, name := range []string{"gcm", "ctr"} {
		m := &memStore{data: mustRead(t, "testdata/sealed/"+name+".parquet")}
		file, err := Format{Keys: key}.Open(t.Context(), m, m.info(), formats.Options{Properties: map[string]string{propertyKey: "k"}})
		if err != nil {
			t.Fatal(err)
		}
		f := file.(*File)
		f.minIndexed = 0
		all := formattest.All(f)
		table, err := scanRows(f, formats.ScanRequest{Columns: all})
		if err != nil || len(table) != 4000 {
			t.Fatalf("%s: %d rows, %v", name, len(table), err)
		}
		whole := f.ScanBytes(all)
		for _, k := range []int64{0, 199, 200, 1999, 2000, 3777, 3999} {
			m.reset()
			p := formattest.OneOf(types.IntOf(types.TBigInt, k))
			p.Bounds = func(b []formats.Bounds) formats.Tri {
				if b[0].HasMinMax && (k < b[0].Min.I || k > b[0].Max.I) {
					return formats.Never
				}
				return formats.Maybe
			}
			got, err := scanRows(f, formats.ScanRequest{Columns: all, Pred: p})
			if err != nil || fmt.Sprint(got) != fmt.Sprint(table[k:k+1]) {
				t.Errorf("%s: %v for %d, %v", name, got, k, err)
			}
			if m.bytes > whole/8 {
				t.Errorf("%s: %d of %d bytes were read for %d", name, m.bytes, whole, k)
			}
		}
		if got, err := scanRows(f, formats.ScanRequest{Columns: all, Limit: 10}); err != nil || len(got) != 10 {
			t.Errorf("%s: %d rows, %v", name, len(got), err)
		}
		damagedIndexes(t, f, m)
	}
}

// damagedIndexes changes each byte of page indexes: GCM finds it.
func damagedIndexes(t *testing.T, f *File, m *memStore) {
	t.Helper()
	data := m.data
	defer func() { m.data = data }()
	f.before = tail{} // they come from the store
	ch := &f.meta.groups[0].chunks[0]
	for _, r := range []byteRange{ch.offsetIndex, ch.columnIndex} {
		for at := r.off; at < r.off+r.len; at++ {
			m.data = bytes.Clone(data)
			m.data[at] ^= 0x04
			clear(f.indexes)
			p := formattest.OneOf(types.IntOf(types.TBigInt, 7))
			got, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)[:1], Pred: p})
			if err == nil {
				t.Fatalf("byte %d of an index is changed, and %d rows are read", at, len(got))
			}
			checkFault(t, err)
		}
	}
	clear(f.indexes)
}

// TestEncryptedBlooms asks the filters of the file of parquet-testing that has
// some: each value is found, and those that are absent cost no data.
func TestEncryptedBlooms(t *testing.T) {
	file, m, err := openSealed(t, testingDir+"/data/encrypt_columns_and_footer_bloom_filter.parquet.encrypted", testingKeys(16))
	if err != nil {
		t.Fatal(err)
	}
	f := file.(*File)
	f.minIndexed = 0
	spared := 0
	for c := range f.Schema().Fields {
		ch := &f.meta.groups[0].chunks[c]
		if ch.bloom.off == 0 {
			continue
		}
		cols := append(formattest.All(f)[c:c+1], formattest.All(f)...) // a filter is asked if it is shorter than these
		table, err := scanRows(f, formats.ScanRequest{Columns: cols})
		if err != nil {
			t.Fatal(err)
		}
		for _, length := range []int64{ch.bloom.len, 0} { // with its length in the footer, and as older writers leave it
			ch.bloom.len = length
			for k := 0; k < len(table); k += 199 {
				if got, err := scanRows(f, formats.ScanRequest{Columns: cols, Pred: formattest.OneOf(table[k][0])}); err != nil || len(got) != 1 {
					t.Errorf("column %d: %v is found %d times, %v", c, table[k][0], len(got), err)
				}
			}
			m.reset()
			if got, err := scanRows(f, formats.ScanRequest{Columns: cols, Pred: formattest.OneOf(nowhere(table[17][0]))}); err != nil || len(got) != 0 {
				t.Errorf("column %d: %d rows with an absent value, %v", c, len(got), err)
			}
			if m.bytes == 0 {
				spared++
			}
			t.Logf("column %d, filter of %d bytes: %d of data read", c, length, m.bytes)
		}
	}
	if spared < 4 {
		t.Errorf("data were spared %d times", spared)
	}
}

// nowhere gives a value that is not in the file.
func nowhere(v types.Value) types.Value {
	if v.Type.IsFloat() {
		v.F += 0.125
		return v
	}
	return absent(v)
}
