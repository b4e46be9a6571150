package arrow

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
)

func open(t testing.TB, data []byte, opt formats.Options) *File {
	t.Helper()
	return formattest.MustOpen(t, Format{}, "t.arrow", data, opt).(*File)
}

// golden is a line of expect.jsonl.gz.
type golden struct {
	Name    string
	Refused string
	Rows    []any
}

func integration(t testing.TB) []golden {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(formattest.Data(t, "integration/expect.jsonl.gz")))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var out []golden
	for _, line := range bytes.Split(data, []byte("\n")) {
		var g golden
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		if err := d.Decode(&g); err != nil {
			t.Fatal(err)
		}
		out = append(out, g)
	}
	return out
}

// TestConformance reads the integration files of Arrow and compares them value
// by value with their JSON, in all sizes of batches.
func TestConformance(t *testing.T) {
	good, all, refused := 0, 0, 0
	for _, g := range integration(t) {
		for _, ext := range []string{".arrow_file", ".stream"} {
			all++
			if g.Refused != "" {
				refused++
			}
			if t.Run(g.Name+ext, func(t *testing.T) { compare(t, g, ext) }) {
				good++
			}
		}
	}
	formattest.Score{Format: "arrow", Files: "apache/arrow-testing: arrow-ipc-stream/integration, files and streams", Right: good, All: all, Refused: refused, As: "the JSON published beside them"}.Report(t)
	if all < 150 {
		t.Errorf("%d files", all)
	}
}

func compare(t *testing.T, g golden, ext string) {
	t.Helper()
	data := formattest.Data(t, "integration/"+g.Name+ext)
	f, err := formattest.Open(t, Format{}, g.Name+ext, data, formats.Options{})
	if g.Refused != "" {
		if err == nil {
			_, err = formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
		}
		if !fault.Is(err, fault.CodeFeatureNotSupported) && !fault.Is(err, fault.CodeNumericOutOfRange) {
			t.Errorf("%s: %v", g.Refused, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if (Format{}).Sniff("x", data[:min(len(data), 512)]) != 1 && !strings.HasPrefix(g.Name, "0.14") {
		t.Error("not recognized")
	}
	for _, batch := range []int{defaultBatchRows, 3} {
		f.(*File).batchRows = batch
		if d := formattest.Diff(g.Rows, append([]any{}, formattest.AllRows(t, f, 1)...)); d != "" {
			t.Fatalf("batches of %d: %.3000s", batch, d)
		}
	}
}

// TestFiles reads files of pyarrow.
func TestFiles(t *testing.T) {
	for name, gold := range map[string]string{"scalars.arrow": "scalars", "nested.arrow": "nested", "extensions.arrow": "extensions", "codec_none.arrow": "codec", "codec_lz4.arrow": "codec",
		"codec_zstd.arrow": "codec", "codec_feather.feather": "codec", "codec_stream.arrows": "codec"} {
		t.Run(name, func(t *testing.T) {
			want := formattest.ReadGolden(t, formattest.Data(t, gold+".json"))
			f := open(t, formattest.Data(t, name), formats.Options{})
			var got []string
			for _, c := range f.Schema().Fields {
				got = append(got, c.Type.String())
			}
			if d := cmp.Diff(want.Types, got); d != "" {
				t.Errorf("types: %s", d)
			}
			for _, target := range []int64{1, 1 << 30} {
				if d := formattest.Diff(want.Rows, formattest.AllRows(t, f, target)); d != "" {
					t.Fatal(d)
				}
			}
			if n := f.Stats().Rows; n != int64(len(want.Rows)) {
				t.Errorf("%d rows by the metadata", n)
			}
			columnByColumn(t, f, want.Rows)
		})
	}
}

// columnByColumn reads each column and each field of rows alone.
func columnByColumn(t *testing.T, f *File, want []any) {
	t.Helper()
	for i, c := range f.Schema().Fields {
		p := []formats.Projection{{Column: i, Type: c.Type}}
		if c.Type.Kind == types.Row {
			for _, k := range c.Type.Fields {
				p = append(p, formats.Projection{Column: i, Path: []string{k.Name}, Type: k.Type})
			}
		}
		rows, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: p})
		if err != nil {
			t.Fatal(err)
		}
		for r, w := range want {
			row := []any{w.([]any)[i]}
			for j := range len(p) - 1 {
				row = append(row, formattest.Field(w, i, j))
			}
			if d := formattest.Diff([]any{row}, []any{rows[r]}); d != "" {
				t.Fatalf("%s, row %d: %s", c.Name, r, d)
			}
		}
	}
}

// TestMeasured checks that a scan reads what ScanBytes says, and no more where
// a predicate lets nothing through.
func TestMeasured(t *testing.T) {
	f := open(t, formattest.Data(t, "codec_none.arrow"), formats.Options{})
	total := int64(0)
	for i, c := range f.Schema().Fields {
		p := []formats.Projection{{Column: i, Type: c.Type}}
		m := &meter{}
		ctx := store.WithMeter(t.Context(), m)
		if _, err := formattest.Rows(ctx, f, formats.ScanRequest{Columns: p}); err != nil {
			t.Fatal(err)
		}
		if n := f.ScanBytes(p); n != m.n || n == 0 {
			t.Errorf("%s: %d bytes, measured %d", c.Name, m.n, n)
		}
		total += m.n
	}
	if n := f.ScanBytes(formattest.All(f)); n != total {
		t.Errorf("all: %d, want %d", n, total)
	}
	m := &meter{}
	none := &formattest.Where{Cols: []int{0}, Pass: func([]types.Value) bool { return false }}
	rows, err := formattest.Rows(store.WithMeter(t.Context(), m), f, formats.ScanRequest{Columns: formattest.All(f), Pred: none})
	if err != nil || len(rows) > 0 || m.n != f.ScanBytes(formattest.All(f)[:1]) {
		t.Errorf("%d rows, %d bytes, %v", len(rows), m.n, err)
	}
}

// TestDictionaryOnce checks that the splits of a file read its dictionaries once.
func TestDictionaryOnce(t *testing.T) {
	data, err := os.ReadFile("../../testdata/formats/shipments/region=us/part-0.arrows")
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, data, formats.Options{})
	splits := f.Splits(1)
	if len(splits) < 2 || len(f.dicts) == 0 {
		t.Fatalf("%d splits, %d dictionaries", len(splits), len(f.dicts))
	}
	m := &meter{}
	ctx := store.WithMeter(t.Context(), m)
	shared := formats.NewOverlap(splits)
	for _, s := range splits {
		if _, err := formattest.Rows(ctx, f, formats.ScanRequest{Split: s, Columns: formattest.All(f), Overlap: shared}); err != nil {
			t.Fatal(err)
		}
	}
	if n := f.ScanBytes(formattest.All(f)); n != m.n {
		t.Errorf("%d bytes, measured %d", m.n, n)
	}
}

type meter struct{ n int64 }

func (m *meter) Reserve(_ context.Context, k store.ReadKind, n int64) error {
	if k == store.ReadData {
		m.n += n
	}
	return nil
}

// TestDeclared reads columns as a table declares them.
func TestDeclared(t *testing.T) {
	for _, c := range []struct{ column, typ, want string }{
		{"i8", "bigint", "[0 127 <nil> -128 -1]"}, {"i32", "string", "[0 2147483647 <nil> -2147483648 -1]"},
		{"u64", "decimal(22,1)", "[0.0 18446744073709551615.0 <nil> 1.0 7.0]"}, {"f32", "double", "[1.5 -0.25 <nil> 3 0]"},
		{"d32_9", "decimal(20,3)", "[0.000 9999999.000 <nil> -0.010 1.500]"}, {"d128_9", "double", "[0 9.999999e+06 <nil> -0.01 1.5]"},
		{"dur_ns", "bigint", "[0 3000 <nil> -2000 86399000]"}, {"absent", "int", "[<nil> <nil> <nil> <nil> <nil>]"},
		{"DATE32", "date", "[0 19782 <nil> -1 2932896]"}, {"b", "string", "[true false <nil> true false]"},
	} {
		opt := formats.Options{Schema: formattest.Schema(t, c.column+" "+c.typ)}
		f := open(t, formattest.Data(t, "scalars.arrow"), opt)
		rows, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
		if err != nil {
			t.Errorf("%s %s: %v", c.column, c.typ, err)
			continue
		}
		got := make([]any, len(rows))
		for i, r := range rows {
			got[i] = r.([]any)[0]
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s %s: %v, want %s", c.column, c.typ, got, c.want)
		}
	}
	for typ, code := range map[string]fault.Code{"date": fault.CodeDatatypeMismatch, "tinyint": fault.CodeNumericOutOfRange} {
		f := open(t, formattest.Data(t, "scalars.arrow"), formats.Options{Schema: formattest.Schema(t, "i32 "+typ)})
		_, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
		if !fault.Is(err, code) {
			t.Errorf("%s: %v, want %s", typ, err, code)
		}
	}
}

// TestRefused names what is no Arrow file, and what is none that can be read.
func TestRefused(t *testing.T) {
	file := formattest.Data(t, "codec_none.arrow")
	for name, c := range map[string]struct {
		data []byte
		code fault.Code
		text string
	}{
		"empty":      {nil, fault.CodeDataCorrupted, ""},
		"text":       {[]byte("id,name\n1,a\n"), fault.CodeDataCorrupted, "not an Arrow file"},
		"feather 1":  {formattest.Data(t, "version1.feather"), fault.CodeFeatureNotSupported, "Feather version 1"},
		"cut":        {file[:len(file)-1], fault.CodeDataCorrupted, "does not end"},
		"cut stream": {formattest.Data(t, "codec_stream.arrows")[:5000], fault.CodeDataCorrupted, "body of"},
	} {
		_, err := formattest.Open(t, Format{}, "t.arrow", c.data, formats.Options{})
		if !fault.Is(err, c.code) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		formattest.Fault(t, err)
	}
}

// TestWritten reads what the Writer writes.
func TestWritten(t *testing.T) {
	f := open(t, small(t), formats.Options{})
	if got := fmt.Sprint(formattest.AllRows(t, f, 1)); got != "[[1 ab] [<nil> ] [-3 cde]]" {
		t.Error(got)
	}
}

// TestDamaged cuts files at every hundredth and flips the bits of every byte of
// their footers, and every so many others: nothing may panic, and what is cut
// must not be read as if it were whole.
func TestDamaged(t *testing.T) {
	for _, name := range []string{"scalars.arrow", "nested.arrow", "codec_zstd.arrow", "codec_lz4.arrow", "integration/4.0.0-shareddict/generated_shared_dict.stream"} {
		data := formattest.Data(t, name)
		whole := open(t, data, formats.Options{})
		rows := whole.Stats().Rows
		for i := range 99 { // the mark of a stream's end may be left out
			f, err := formattest.Open(t, Format{}, "t.arrow", data[:len(data)*i/100], formats.Options{})
			if err != nil {
				formattest.Fault(t, err)
			} else if f.Stats().Rows == rows && formattest.Exercise(t, f) == nil {
				t.Errorf("%s cut at %d %% was read", name, i)
			}
		}
		for i := range data {
			if i < len(data)-1000 && i%29 != 0 {
				continue
			}
			bad := bytes.Clone(data)
			bad[i] ^= 1 << (i % 8)
			if f, err := formattest.Open(t, Format{}, "t.arrow", bad, formats.Options{}); err != nil {
				formattest.Fault(t, err)
			} else {
				_, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f), Limit: 10_000})
				if err != nil {
					formattest.Fault(t, err)
				}
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, pattern := range []string{"testdata/*.arrow*", "testdata/*.feather", "testdata/integration/*/*d.stream", "testdata/integration/*/*n.arrow_file",
		"testdata/fuzzed/file/*", "testdata/fuzzed/stream/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatal(pattern, err)
		}
		for _, name := range files {
			if data, err := os.ReadFile(name); err == nil && len(data) < 10_000 {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := formattest.Open(t, Format{}, "t.arrow", data, formats.Options{})
		if err != nil {
			formattest.Fault(t, err)
			return
		}
		formattest.Exercise(t, file)
	})
}
