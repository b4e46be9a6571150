package lines

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
)

func packed(t testing.TB, c codec.Codec, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := codec.NewWriter(c, &b)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(data)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPacking: content beats names, compression_type beats both, and the last
// resort is the table's compressionType.
func TestPacking(t *testing.T) {
	data, want := testLines(200)
	text := []byte(data)
	gz, zst, br, zl := packed(t, codec.Gzip, text), packed(t, codec.Zstd, text), packed(t, codec.Brotli, text), packed(t, codec.Zlib, text)
	snappy, lz4 := packed(t, codec.Snappy, text), packed(t, codec.LZ4, text)
	for _, tt := range []struct {
		key, declared, forced string
		data                  []byte
		code                  fault.Code // "": the lines
	}{
		{"a", "", "", text, ""},
		{"a", "", "", gz, ""}, {"a", "", "", zst, ""}, {"a", "", "", snappy, ""}, {"a", "", "", lz4, ""},
		{"a.csv", "gzip", "", zst, ""},
		{"a.csv", "gzip", "", text, ""},
		{"a.csv.gz", "", "", text, ""},
		{"a.csv.gz", "", "", zst, ""},
		{"a.csv.bz2", "gzip", "", gz, ""},
		{"a.csv.gz", "", "", append([]byte{0}, gz...), fault.CodeDataCorrupted},
		{"a.csv", "brotli", "", br, ""},
		{"a.csv.gz", "brotli", "", gz, ""},
		{"a", "zlib", "", zl, ""},
		{"a", "gzip", "", zl, ""},
		{"a.csv", "", "gzip", gz, ""},
		{"a.csv.zst", "", "gzip", gz, ""},
		{"a.csv.gz", "", "none", text, ""},
		{"a.csv", "", "none", gz, fault.CodeBadCopyFormat},
		{"a.csv", "", "gzip", text, fault.CodeDataCorrupted},
		{"a.csv", "", "rar", text, fault.CodeFeatureNotSupported},
	} {
		t.Run(fmt.Sprintf("%s %s %s", tt.key, tt.declared, tt.forced), func(t *testing.T) {
			m := store.NewMemory("t")
			o := m.Set(tt.key, tt.data)
			opt := formats.Options{Codec: tt.declared, Properties: map[string]string{PropertyCompression: tt.forced}}
			p, err := PackingOf(o, opt)
			var got []string
			if err == nil {
				got, err = begun(Config{Store: m, Object: o, Packing: p, Split: store.Range{Len: o.Size}})
			}
			if tt.code != "" {
				if !fault.Is(err, tt.code) {
					t.Fatalf("%d lines, %v, want %s", len(got), err, tt.code)
				}
				return
			}
			if err != nil || !cmp.Equal(want, got) {
				t.Fatalf("%d lines, %v", len(got), err)
			}
		})
	}
}

// begun reads a file as parsers do.
func begun(cfg Config) ([]string, error) {
	ctx := context.Background()
	r := Open(cfg)
	defer r.Close()
	if err := r.Fill(ctx); err != nil {
		return nil, err
	}
	if err := r.Begin(); err != nil {
		return nil, err
	}
	r.Close()
	return readLines(ctx, cfg)
}

// TestPackedSplits: the splits of a compressed file whose name does not say so
// give each line once, in whatever order they are read; nothing is read twice.
func TestPackedSplits(t *testing.T) {
	data, want := testLines(100_000)
	m := store.NewMemory("t")
	o := m.Set("a", packed(t, codec.Gzip, []byte(data)))
	splits := Splits(o.Size, o.Size/3)
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}} {
		p, _ := PackingOf(o, formats.Options{})
		overlap := formats.NewOverlap(splits)
		got := make([][]string, len(splits))
		meter := &counter{}
		ctx := store.WithMeter(context.Background(), meter)
		for _, i := range order {
			var err error
			if got[i], err = readLines(ctx, Config{Store: m, Object: o, Packing: p, Split: splits[i].Range, Eager: true, Overlap: overlap}); err != nil {
				t.Fatal(err)
			}
		}
		if !cmp.Equal(want, got[0]) || len(got[1])+len(got[2]) > 0 {
			t.Errorf("%v: %d, %d, %d lines, want %d and none", order, len(got[0]), len(got[1]), len(got[2]), len(want))
		}
		if n := meter.n[store.ReadData].Load(); n != o.Size {
			t.Errorf("%v: %d bytes of %d were read", order, n, o.Size)
		}
	}
}

// TestArchive: a tar archive is no text, compressed or not; a text that names the
// mark is.
func TestArchive(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: "a.csv", Mode: 0o644, Size: 2, Format: tar.FormatUSTAR}); err != nil {
		t.Fatal(err)
	}
	w.Write([]byte("1\n"))
	w.Close()
	m := store.NewMemory("t")
	for key, data := range map[string][]byte{"a.tar": b.Bytes(), "a.tar.gz": packed(t, codec.Gzip, b.Bytes()), "a.tgz": packed(t, codec.Gzip, b.Bytes())} {
		o := m.Set(key, data)
		p, _ := PackingOf(o, formats.Options{})
		if _, err := begun(Config{Store: m, Object: o, Packing: p, Split: store.Range{Len: o.Size}}); !fault.Is(err, fault.CodeFeatureNotSupported) {
			t.Errorf("%s: %v", key, err)
		}
	}
	text := append(bytes.Repeat([]byte("a line\n"), 100), '\n')
	copy(text[257:], "ustar ")
	o := m.Set("a", text)
	if got, err := begun(Config{Store: m, Object: o, Split: store.Range{Len: o.Size}}); err != nil || len(got) == 0 {
		t.Errorf("%d lines, %v", len(got), err)
	}
}
