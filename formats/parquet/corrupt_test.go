package parquet

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// tryAll opens and scans bytes that may be anything.
func tryAll(t *testing.T, data []byte) error {
	t.Helper()
	m := &memStore{data: data}
	f, err := Format{}.Open(context.Background(), m, m.info(), formats.Options{})
	if err != nil {
		checkFault(t, err)
		return err
	}
	scanSome(t, f, formats.ScanRequest{Columns: formattest.All(f)})
	return nil
}

func TestTruncated(t *testing.T) {
	for _, name := range []string{"types_v1", "nested_v2", "duck"} {
		data := formattest.Data(t, name+".parquet")
		for n := 0; n < len(data); n += 1 + len(data)/200 {
			if tryAll(t, data[:n]) == nil {
				t.Errorf("%s cut to %d bytes was opened", name, n)
			}
		}
	}
}

// TestFlippedBytes damages single bytes: whatever happens must be a value or a
// fault about the file, never a panic.
func TestFlippedBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, name := range goldenNames(t) {
		data := formattest.Data(t, name+".parquet")
		for range 60 {
			bad := bytes.Clone(data)
			for range 1 + r.IntN(3) {
				bad[r.IntN(len(bad))] = byte(r.Uint32())
			}
			_ = tryAll(t, bad)
		}
	}
}

// spoil overwrites the start of the footer.
func spoil(b []byte) []byte {
	n := int(binary.LittleEndian.Uint32(b[len(b)-8:]))
	for i := range 40 {
		b[len(b)-8-n+i] = 0xff
	}
	return b
}

func TestRefused(t *testing.T) {
	good := formattest.Data(t, "types_dense.parquet")
	edit := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	for _, c := range []struct {
		name string
		data []byte
		code fault.Code
		text string
	}{
		{"empty", nil, fault.CodeDataCorrupted, "only 0 bytes"},
		{"text", []byte("a,b,c\n1,2,3\n4,5,6\n"), fault.CodeDataCorrupted, "does not end with PAR1"},
		{"encrypted", edit(func(b []byte) []byte { copy(b[len(b)-4:], "PARE"); return b }), fault.CodeFeatureNotSupported, "encrypted"},
		{"footer length", edit(func(b []byte) []byte { binary.LittleEndian.PutUint32(b[len(b)-8:], 1<<31); return b }), fault.CodeDataCorrupted, "claims"},
		{"footer bytes", edit(spoil), fault.CodeDataCorrupted, "Parquet"},
	} {
		m := &memStore{data: c.data}
		_, err := Format{}.Open(context.Background(), m, m.info(), formats.Options{})
		if e := fault.As(err); err == nil || e.Code != c.code || !strings.Contains(e.Message, c.text) || e.Object == "" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestChecksum: a damaged page is found by its CRC, unless that is turned off.
func TestChecksum(t *testing.T) {
	data := bytes.Clone(formattest.Data(t, "types_dense.parquet"))
	f, _ := openBytes(t, data, formats.Options{})
	col := f.Schema().Index("i64")
	c := &f.meta.groups[0].chunks[col]
	data[c.dataOff+c.compressed-1] ^= 0x40
	one := formats.ScanRequest{Columns: formattest.All(f)[col : col+1]}
	_, err := scanRows(f, one)
	if e := fault.As(err); err == nil || e.Code != fault.CodeDataCorrupted || e.Column != "i64" || e.RowGroup != 1 || !strings.Contains(e.Message, "checksum") {
		t.Errorf("damaged page: %v", err)
	}
	m := &memStore{data: data}
	g, err := Format{SkipChecksums: true}.Open(context.Background(), m, m.info(), formats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := scanRows(g, one); err != nil || len(rows) != 60 {
		t.Errorf("without checksums: %d rows, %v", len(rows), err)
	}
}

// TestLongFooter: a footer longer than the first guess takes a second read.
func TestLongFooter(t *testing.T) {
	var fields []types.Field
	for i := range 900 {
		fields = append(fields, types.Field{Name: strings.Repeat("long", 15) + string(rune('a'+i%26)) + strings.Repeat("x", i/26), Type: types.TBigInt})
	}
	var out bytes.Buffer
	w, err := NewWriter(&out, &types.Schema{Fields: fields}, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, m := openBytes(t, out.Bytes(), formats.Options{})
	if len(f.Schema().Fields) != 900 || m.reads != 2 {
		t.Errorf("%d columns, %d reads of %d bytes", len(f.Schema().Fields), m.reads, out.Len())
	}
}

func TestSniff(t *testing.T) {
	for _, c := range []struct {
		name, head string
		want       float64
	}{
		{"x", "PAR1\x15", 1}, {"x.parquet", "a,b", 0.5}, {"x.parquet", "a,b,c", 0}, {"x.PARQ", "", 0.5}, {"x.csv", "", 0},
	} {
		if got := (Format{}).Sniff(c.name, []byte(c.head)); got != c.want {
			t.Errorf("Sniff(%q, %q) = %v, want %v", c.name, c.head, got, c.want)
		}
	}
	var _ formats.Format = Format{}
	if (Format{}).Name() != "parquet" {
		t.Error("name")
	}
}
