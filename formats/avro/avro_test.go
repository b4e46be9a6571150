package avro

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

func open(t testing.TB, data []byte, opt formats.Options) *File {
	t.Helper()
	return formattest.MustOpen(t, Format{}, "t.avro", data, opt).(*File)
}

// TestGolden reads files of another writer, in all sizes of batches.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.avro")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".avro")
		t.Run(name, func(t *testing.T) {
			golden := name
			if strings.HasPrefix(name, "codec_") {
				golden = "codec"
			}
			want := formattest.ReadGolden(t, formattest.Data(t, golden+".json"))
			f := open(t, formattest.Data(t, name+".avro"), formats.Options{})
			var types []string
			for _, c := range f.Schema().Fields {
				types = append(types, c.Type.String())
			}
			if d := cmp.Diff(want.Types, types); d != "" {
				t.Errorf("types: %s", d)
			}
			for _, batch := range []int{1, 2, 7, batchRows} {
				for _, window := range []int{1, 1000, windowBytes} {
					f.batchRows, f.windowBytes, f.chunk = batch, window, int64(window/2+50)
					if d := formattest.Diff(want.Rows, formattest.AllRows(t, f, 1<<30)); d != "" {
						t.Fatalf("batches of %d, windows of %d: %s", batch, window, d)
					}
				}
			}
		})
	}
}

func TestSniff(t *testing.T) {
	f := Format{}
	for _, c := range []struct {
		name, head string
		want       float64
	}{
		{"a.avro", "", 0.5}, {"a", "Obj\x01\x02", 1}, {"a.avro", "PAR1", 0}, {"a.avro", "Obj", 0}, {"a.csv", "", 0},
	} {
		if got := f.Sniff(c.name, []byte(c.head)); got != c.want {
			t.Errorf("%s %q: %v, want %v", c.name, c.head, got, c.want)
		}
	}
}

// TestSplits checks that every record is in exactly one split, wherever the
// file is cut.
func TestSplits(t *testing.T) {
	for _, name := range []string{"codec_null", "codec_snappy", "nested"} {
		f := open(t, formattest.Data(t, name+".avro"), formats.Options{})
		want := formattest.AllRows(t, f, 1<<30)
		start := f.head.size - syncSize
		f.chunk = 37
		for _, step := range []int64{1, 13, 100, 999} {
			if step == 1 && name != "nested" {
				continue
			}
			var got []any
			for off := start; off < f.info.Size; off += step {
				s := formats.Split{Rows: -1}
				s.Range.Off, s.Range.Len = off, min(step, f.info.Size-off)
				rows, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Split: s, Columns: formattest.All(f)})
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, rows...)
			}
			if d := formattest.Diff(want, got); d != "" {
				t.Errorf("%s in steps of %d: %s", name, step, d)
			}
		}
	}
}

func TestSerDeProperties(t *testing.T) {
	f := open(t, formattest.Data(t, "unions.avro"), formats.Options{})
	got := f.SerDeProperties()["avro.schema.literal"]
	if _, err := parseSchema([]byte(got)); err != nil || !strings.HasPrefix(got, `{"type":"record","name":"Unions"`) && !strings.Contains(got, `"Unions"`) {
		t.Errorf("%.60s, %v", got, err)
	}
}

func TestNotAvro(t *testing.T) {
	good := formattest.Data(t, "scalars.avro")
	for name, c := range map[string]struct {
		data []byte
		code fault.Code
	}{
		"empty":       {nil, fault.CodeDataCorrupted},
		"other":       {[]byte("PAR1 and more"), fault.CodeDataCorrupted},
		"cut header":  {good[:100], fault.CodeDataCorrupted},
		"lz":          {[]byte("Obj\x01\x04\x14avro.codec\x04lz\x16avro.schema\x0c\"long\"\x00" + strings.Repeat("s", 16)), fault.CodeFeatureNotSupported},
		"no schema":   {[]byte("Obj\x01\x00" + strings.Repeat("s", 16)), fault.CodeDataCorrupted},
		"endless map": {[]byte("Obj\x01\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"), fault.CodeDataCorrupted},
	} {
		_, err := formattest.Open(t, Format{}, "t.avro", c.data, formats.Options{})
		if !fault.Is(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
			continue
		}
		formattest.Fault(t, err)
	}
}
