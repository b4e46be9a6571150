package parquet

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/vector"
)

// checkVector walks every value of a vector: what a scan hands out must be
// readable whatever the bytes were.
func checkVector(v *vector.Vector, n int) {
	for i := range n {
		vector.ValueAt(v, i)
	}
}

// FuzzOpen opens and scans whole files. Errors must be faults that name the
// file.
func FuzzOpen(f *testing.F) {
	files, err := filepath.Glob("testdata/*.parquet")
	if err != nil {
		f.Fatal(err)
	}
	for _, pattern := range []string{"data/*.parquet", "bad_data/*.parquet", "shredded_variant/case-0*.parquet"} {
		more, err := filepath.Glob(testingDir + "/" + pattern)
		if err != nil {
			f.Fatal(err)
		}
		files = append(files, more...)
	}
	for _, name := range files {
		if filepath.ToSlash(name) == testingDir+"/"+largeMap {
			continue // its maps of 1 GiB take longer than an input may
		}
		if data, err := os.ReadFile(name); err == nil && len(data) < 16<<10 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := &memStore{data: data}
		file, err := Format{}.Open(context.Background(), m, m.info(), formats.Options{})
		if err != nil {
			checkFault(t, err)
			return
		}
		file.Splits(1 << 20)
		for i, c := range file.Schema().Fields {
			scanSome(t, file, formats.ScanRequest{
				Columns: []formats.Projection{{Column: i, Type: c.Type}},
				Pred:    &and{terms: []term{{0, "null", types.Value{}}}},
			})
		}
		scanSome(t, file, formats.ScanRequest{Columns: formattest.All(file)})
		fuzzForeseen(t, m)
	})
}

// fuzzForeseen scans a file of a store that reads along what its scan has needed.
func fuzzForeseen(t *testing.T, m *memStore) {
	file, err := Format{}.Open(context.Background(), farStore{m}, m.info(), formats.Options{})
	if err != nil {
		checkFault(t, err)
		return
	}
	if len(file.Schema().Fields) == 0 {
		return // nothing to look at
	}
	file.(*File).minIndexed = 0
	see := new(formats.Foresight)
	see.Saw(1<<40, 1<<40)
	see.Saw(1, 1)
	scanSome(t, file, formats.ScanRequest{Columns: formattest.All(file), Foresight: see,
		Pred: everySecond{&and{terms: []term{{0, "null", types.Value{}}}}}})
}

// everySecond is a predicate that looks at the same columns as another, and is true of
// every second row.
type everySecond struct{ *and }

func (everySecond) KeepBounds(func(int) formats.Bounds) formats.Tri { return formats.Maybe }

func (everySecond) KeepDict(int, *vector.Vector) (vector.Bitmap, bool, bool) {
	return nil, false, false
}

func (everySecond) Keep(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	out := vector.Sel{}
	if sel != nil {
		for i := 0; i < len(sel); i += 2 {
			out = append(out, sel[i])
		}
		return out, nil
	}
	for i := 0; i < b.N; i += 2 {
		out = append(out, uint16(i))
	}
	return out, nil
}

func checkFault(t *testing.T, err error) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Object == "" || e.Code == fault.CodeInternal {
		t.Fatalf("not a fault about the file: %v", err)
	}
}

// scanSome reads at most 64 Ki rows: a few bytes may stand for billions.
func scanSome(t *testing.T, f formats.File, r formats.ScanRequest) {
	src, err := f.Scan(context.Background(), r)
	if err != nil {
		checkFault(t, err)
		return
	}
	defer src.Close()
	var b vector.Batch
	for rows := 0; rows < 64<<10; rows += b.N {
		err := src.Next(context.Background(), &b)
		if err == io.EOF {
			return
		}
		if err != nil {
			checkFault(t, err)
			return
		}
		for _, v := range b.Cols {
			checkVector(v, b.N)
		}
	}
}

// FuzzPage decodes one page of every physical type, encoding and level width.
func FuzzPage(f *testing.F) {
	f.Add(uint8(physInt32), uint8(0), uint8(encPlain), uint8(0), uint16(2), []byte{1, 0, 0, 0, 2, 0, 0, 0}, []byte{})
	f.Add(uint8(physByteArray), uint8(1), uint8(encPlain), uint8(0), uint16(2), []byte{2, 0, 0, 0, 3, 3, 1, 0, 0, 0, 'a', 0, 0, 0, 0}, []byte{})
	f.Add(uint8(physInt64), uint8(0), uint8(encDelta), uint8(0), uint16(3), []byte{128, 1, 4, 3, 2, 2, 0, 0, 0, 0}, []byte{})
	f.Add(uint8(physByteArray), uint8(0), uint8(encDeltaBytes), uint8(0), uint16(1), []byte{128, 1, 4, 1, 0, 128, 1, 4, 1, 4, 'a', 'b'}, []byte{})
	f.Add(uint8(physByteArray), uint8(0), uint8(encRLEDict), uint8(0), uint16(8), []byte{1, 3, 0b10101010}, []byte{1, 0, 0, 0, 'a', 0, 0, 0, 0})
	f.Add(uint8(physFixed), uint8(2), uint8(encByteStream), uint8(1), uint16(4), []byte{2, 0, 0, 0, 8, 0, 2, 0, 0, 0, 8, 2, 1, 2, 3, 4, 5}, []byte{})
	f.Add(uint8(physBoolean), uint8(0), uint8(encRLE), uint8(0), uint16(9), []byte{2, 0, 0, 0, 18, 1}, []byte{})
	f.Fuzz(func(t *testing.T, phys, def, enc, rep uint8, values uint16, body, dict []byte) {
		l := &leaf{path: "c", phys: physType(phys % uint8(numPhys)), maxDef: def % 4, maxRep: rep % 2, el: element{converted: -1}}
		l.maxDef = max(l.maxDef, l.maxRep)
		l.width = []int{1, 4, 8, 12, 4, 8, 0, 5}[l.phys]
		naturalType(l)
		cv, ok := convert.Plan(l.source(), l.natural)
		if !ok {
			t.Fatal("no conversion to the natural type")
		}
		n := int64(values % 5000)
		c := newColumn(&File{url: "mem"}, l, cv, nil)
		defer recycleColumn(c)
		if err := c.open(0, &chunkMeta{}, n); err != nil {
			t.Fatal(err)
		}
		c.codec = codec.None
		if len(dict) > 0 {
			h := pageHeader{typ: pageDict, values: int32(len(dict) / max(4, l.width)), uncompressed: int32(len(dict)), enc: encPlain}
			if c.loadDict(&h, dict) != nil {
				return
			}
		}
		h := pageHeader{typ: pageData, values: int32(n), uncompressed: int32(len(body)), enc: encoding(enc % 10), defEnc: encRLE, repEnc: encRLE}
		if enc&64 != 0 {
			h.defEnc, h.repEnc = encBitPacked, encBitPacked
		}
		if l.maxRep > 0 {
			c.pages = append(c.pages, page{body: body, hdr: h, row: -1, rows: -1})
			r := &records{c: c}
			var v vector.Vector
			for r.read(r.row, 3) == nil && r.slots(&v, l.maxDef) == nil {
				checkVector(&v, v.Len)
			}
			return
		}
		c.pages = append(c.pages, page{body: body, hdr: h, rows: n})
		for row := int64(0); row < n; row += 100 {
			k := int(min(64, n-row))
			v, err := c.read(row, 0, k, k)
			if err != nil {
				checkFault(t, err)
				return
			}
			checkVector(v, v.Len)
		}
	})
}

// FuzzFooter decodes footers alone.
func FuzzFooter(f *testing.F) {
	for _, name := range []string{"types_v1", "nested_v1", "duck", "int96"} {
		if data, err := os.ReadFile("testdata/" + name + ".parquet"); err == nil {
			f.Add(mustFooter(data))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := &memStore{data: make([]byte, 1<<20)}
		file, err := newFile(Format{}, m, m.info(), data, nil, formats.Options{})
		if err != nil {
			checkFault(t, err)
			return
		}
		file.Splits(0)
	})
}

// FuzzIndexes decodes arbitrary bytes as page indexes and as a Bloom filter. What
// they describe must be in the bytes.
func FuzzIndexes(f *testing.F) {
	for _, name := range []string{"alltypes_tiny_pages_plain", "floating_orders_nan_count", "data_index_bloom_encoding_with_length"} {
		data, err := os.ReadFile(testingDir + "/data/" + name + ".parquet")
		if err != nil {
			continue // too large to be kept
		}
		m := &memStore{data: data}
		file, err := Format{}.Open(context.Background(), m, m.info(), formats.Options{})
		if err != nil {
			f.Fatal(err)
		}
		for _, ch := range file.(*File).meta.groups[0].chunks {
			for _, r := range []byteRange{ch.offsetIndex, ch.columnIndex, ch.bloom} {
				if r.len > 0 && r.len < 4<<10 {
					f.Add(data[r.off:r.off+r.len], data[ch.offsetIndex.off:ch.offsetIndex.off+ch.offsetIndex.len])
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, b, places []byte) {
		pages, err := decodeOffsetIndex(places)
		if err == nil {
			if ok, err := decodeColumnIndex(b, pages); ok && err == nil {
				for _, p := range pages {
					if len(p.min)+len(p.max) > 2*len(b) {
						t.Fatalf("bounds of %d bytes in an index of %d", len(p.min)+len(p.max), len(b))
					}
				}
			}
		}
		filter, need := readBloom(b, nil)
		if filter == nil {
			return
		}
		if len(filter) > len(b) || need > int64(len(b)) {
			t.Fatalf("a filter of %d bytes in %d", len(filter), len(b))
		}
		for h := range uint64(8) {
			filter.has(h * 0x9e3779b97f4a7c15)
		}
	})
}
