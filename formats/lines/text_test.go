package lines

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

func utf16Bytes(text string, little, mark bool) []byte {
	if mark {
		text = "\ufeff" + text
	}
	var out []byte
	for _, u := range utf16.Encode([]rune(text)) {
		if little {
			out = append(out, byte(u), byte(u>>8))
		} else {
			out = append(out, byte(u>>8), byte(u))
		}
	}
	return out
}

func charmapBytes(t *testing.T, c *charmap.Charmap, text string) []byte {
	t.Helper()
	b, err := c.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func packingOf(t *testing.T, o store.Info, props map[string]string) Packing {
	t.Helper()
	p, err := PackingOf(o, formats.Options{Properties: props})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestEncodings reads the same lines in many encodings, whole and in splits of
// any size, in both orders of the splits: each line comes once, and each byte of
// files that may be cut is read once.
func TestEncodings(t *testing.T) {
	var want []string
	for i := range 5_000 {
		want = append(want, fmt.Sprintf("%d;Größe %s;ÿ", i, strings.Repeat("é", i%50)))
	}
	plain := strings.Join(want, "\n") + "\n"
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write(utf16Bytes(plain, true, true))
	w.Close()
	for _, tt := range []struct {
		name, key string
		data      []byte
		props     map[string]string
		once      bool
	}{
		{"utf-8", "a", []byte(plain), nil, true},
		{"utf-8 with a mark", "a", []byte("\ufeff" + plain), nil, true},
		{"latin-1", "a", charmapBytes(t, charmap.ISO8859_1, plain), map[string]string{PropertyEncoding: "ISO-8859-1"}, true},
		{"windows-1252, by the short name", "a", charmapBytes(t, charmap.Windows1252, plain), map[string]string{"encoding": "cp1252"}, true},
		{"utf-16 by its mark", "a", utf16Bytes(plain, true, true), nil, false},
		{"utf-16, big, by its mark", "a", utf16Bytes(plain, false, true), nil, false},
		{"utf-16 that nobody tells", "a", utf16Bytes(plain, true, false), nil, false},
		{"utf-16 declared", "a", utf16Bytes(plain, false, false), map[string]string{PropertyEncoding: "UTF-16"}, false},
		{"utf-16 by its mark, latin-1 declared", "a", utf16Bytes(plain, true, true), map[string]string{PropertyEncoding: "latin1"}, false},
		{"utf-16, compressed", "a.gz", zipped.Bytes(), nil, true},
		{"utf-8, said by spectrum to be plain", "a.gz", []byte(plain), map[string]string{PropertyCompression: "none"}, true},
		{"utf-16, said by spectrum to be plain", "a.gz", utf16Bytes(plain, true, true), map[string]string{PropertyCompression: "none"}, false},
	} {
		for _, footer := range []int{0, 3} {
			for _, target := range []int64{1 << 40, 300_001, 70_000} {
				for _, back := range []bool{false, true} {
					m := store.NewMemory("t")
					o := m.Set(tt.key, tt.data)
					props := map[string]string{PropertyFooter: fmt.Sprint(footer)}
					for k, v := range tt.props {
						props[k] = v
					}
					p := packingOf(t, o, props)
					if p.One() {
						target = 1 << 40
					}
					splits := Splits(o.Size, target)
					overlap := formats.NewOverlap(splits)
					meter := &counter{}
					parts := make([][]string, len(splits))
					for i := range splits {
						if back {
							i = len(splits) - 1 - i
						}
						ls, err := readLines(store.WithMeter(t.Context(), meter), Config{Store: m, Object: o, Packing: p, Split: splits[i].Range, Eager: i%2 == 0, Overlap: overlap})
						if err != nil {
							t.Fatalf("%s: %v", tt.name, err)
						}
						parts[i] = ls
					}
					var got []string
					for _, ls := range parts {
						got = append(got, ls...)
					}
					got[0] = strings.TrimPrefix(got[0], "\ufeff") // which Begin skips
					if diff := cmp.Diff(want[:len(want)-footer], got); diff != "" {
						t.Fatalf("%s, footer %d, splits of %d, back %v: %.400s", tt.name, footer, target, back, diff)
					}
					if read := meter.n[store.ReadData].Load(); footer == 0 && tt.once && read != o.Size {
						t.Errorf("%s, splits of %d: %d bytes were read of %d", tt.name, target, read, o.Size)
					}
				}
			}
		}
	}
}

// TestFooters cuts files with footers of any length at every byte.
func TestFooters(t *testing.T) {
	for _, data := range []string{"one\ntwo\nthree\nfour", "one\ntwo\nthree\nfour\n", "\n\nx\n\n", "x", ""} {
		all := strings.Split(strings.TrimSuffix(data, "\n"), "\n")
		if data == "" {
			all = nil
		}
		for footer := 0; footer < 7; footer++ {
			want := all[:max(0, len(all)-footer)]
			for at := int64(0); at <= int64(len(data)); at++ {
				m := store.NewMemory("t")
				o := m.Set("t", []byte(data))
				p := packingOf(t, o, map[string]string{PropertyFooter: fmt.Sprint(footer)})
				var got []string
				for _, r := range []store.Range{{Len: at}, {Off: at, Len: o.Size - at}} {
					ls, err := readLines(t.Context(), Config{Store: m, Object: o, Packing: p, Split: r})
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, ls...)
				}
				if strings.Join(got, "|") != strings.Join(want, "|") {
					t.Errorf("%q, footer %d, cut at %d: %q, want %q", data, footer, at, got, want)
				}
			}
		}
	}
}

// TestEndings reads lines that end otherwise, cut at every byte.
func TestEndings(t *testing.T) {
	for _, ending := range []string{"\r", "\r\n", "|", "|@|x", "\u2028"} {
		want := []string{"one", "", "two\nis longer", "", "three"}
		data := strings.Join(want, ending)
		m := store.NewMemory("t")
		o := m.Set("t", []byte(data))
		p := packingOf(t, o, nil).EndingWith([]byte(ending))
		if p.One() {
			t.Errorf("%q: one", ending)
		}
		for at := int64(0); at <= o.Size; at++ {
			var got []string
			for _, r := range []store.Range{{Len: at}, {Off: at, Len: o.Size - at}} {
				ls, err := readLinesEnding(t.Context(), Config{Store: m, Object: o, Packing: p, Split: r}, ending)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, ls...)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q, cut at %d: %s", ending, at, diff)
			}
		}
	}
	if !(Packing{}).EndingWith([]byte("||")).One() {
		t.Error("an ending that may overlap itself is cut")
	}
}

func TestLinesOfEncodings(t *testing.T) {
	m := store.NewMemory("t")
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "%d é\n", i)
	}
	o := m.Set("t", charmapBytes(t, charmap.ISO8859_1, b.String()))
	r := Open(Config{Store: m, Object: o, Packing: packingOf(t, o, map[string]string{"encoding": "latin1"}), Split: store.Range{Off: o.Size / 2, Len: o.Size / 2}})
	defer r.Close()
	if ok, err := r.SkipPartial(t.Context()); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if len(r.Bytes()) == 0 {
		if err := r.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var first int64
	fmt.Sscan(string(r.Bytes()), &first)
	if got := r.Line(t.Context(), r.Offset()); got != first+1 {
		t.Errorf("line %d, want %d", got, first+1)
	}
}

func TestBadTextProperties(t *testing.T) {
	for _, kv := range [][2]string{{PropertyEncoding, "utf-9"}, {"encoding", "klingon"}, {PropertyFooter, "x"}, {PropertyFooter, "-1"}} {
		_, err := PackingOf(store.Info{Key: "a"}, formats.Options{Properties: map[string]string{kv[0]: kv[1]}})
		if e := fault.As(err); e == nil || e.Code != fault.CodeInvalidParameter && e.Code != fault.CodeFeatureNotSupported {
			t.Errorf("%q: %v", kv, err)
		}
	}
}

// readLinesEnding is readLines for lines that end otherwise.
func readLinesEnding(ctx context.Context, cfg Config, ending string) (out []string, err error) {
	r := Open(cfg)
	defer r.Close()
	if ok, err := r.SkipPartial(ctx); !ok {
		return nil, err
	}
	for r.Offset() < r.End() {
		i := strings.Index(string(r.Bytes()), ending)
		switch {
		case i >= 0:
			out = append(out, string(r.Bytes()[:i]))
			r.Skip(i + len(ending))
		case r.EOF():
			return append(out, string(r.Bytes())), nil
		default:
			if err := r.Fill(ctx); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
