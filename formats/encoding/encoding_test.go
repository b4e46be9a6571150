package encoding

import (
	"bytes"
	"encoding/hex"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
)

type golden struct {
	name      string
	raw, want []byte
}

// goldens gives what testdata/expect.py has written: Python's reading.
func goldens(t testing.TB) (out []golden) {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		raw, e1 := hex.DecodeString(f[1])
		want, e2 := hex.DecodeString(f[2])
		if e1 != nil || e2 != nil {
			t.Fatal(e1, e2)
		}
		out = append(out, golden{f[0], raw, want})
	}
	return out
}

func lookup(t testing.TB, name string) *Encoding {
	t.Helper()
	e, err := Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// same compares texts. Where Python has no character, Windows' code pages have
// control characters here, as browsers read them, and windows-1255 a letter that
// was added to it later.
func same(name string, got, want []byte) bool {
	for len(got) > 0 && len(want) > 0 {
		r, n := utf8.DecodeRune(got)
		_, m := utf8.DecodeRune(want)
		control := want[0] == Invalid && (r >= 0x80 && r < 0xa0 || name == "cp1255" && r == '\u05ba')
		if !bytes.Equal(got[:n], want[:m]) && !control {
			return false
		}
		got, want = got[n:], want[m:]
	}
	return len(got) == len(want)
}

func clip(b []byte) []byte { return b[max(0, len(b)-120):] }

func TestAgainstPython(t *testing.T) {
	agree, all := 0, goldens(t)
	for _, g := range all {
		e := lookup(t, g.name)
		readers := map[string]io.Reader{"whole": bytes.NewReader(g.raw), "bytewise": iotest.OneByteReader(bytes.NewReader(g.raw)),
			"data with the end": iotest.DataErrReader(bytes.NewReader(g.raw))}
		ok := true
		for how, r := range readers {
			got, err := io.ReadAll(e.Reader(r))
			if err != nil || !same(g.name, got, g.want) {
				t.Errorf("%s, %s, %v: %q\nwant %q", g.name, how, err, clip(got), clip(g.want))
				ok = false
			}
		}
		if e.Single() {
			if got := e.Append([]byte("x"), g.raw); !same(g.name, got[1:], g.want) {
				t.Errorf("%s: %q\nwant %q", g.name, clip(got), clip(g.want))
				ok = false
			}
		}
		if ok {
			agree++
		}
	}
	t.Logf("%d of %d texts are read as Python's codecs read them", agree, len(all))
}

func TestLookup(t *testing.T) {
	for name, want := range map[string]string{"": "", "utf8": "UTF-8", "UTF8": "UTF-8", "ISO8859_1": "ISO-8859-1", "ISO88591": "ISO-8859-1", "latin1": "ISO-8859-1",
		"Cp1252": "windows-1252", "UTF16LE": "UTF-16LE", "UTF16BE": "UTF-16BE", "UTF16": "UTF-16", "MS932": "Shift_JIS", "GB2312": "GBK", "KOI8_R": "KOI8-R",
		"x-utf-9": "", "IBM-037": "IBM037"} {
		e, err := Lookup(name)
		switch {
		case want == "" && (err == nil || fault.As(err).Code != fault.CodeFeatureNotSupported):
			t.Errorf("%q: %v, %v", name, e, err)
		case want != "" && (err != nil || e.Name() != want):
			t.Errorf("%q is %s, %v, want %s", name, e.Name(), err, want)
		}
	}
	seen := map[string]string{}
	for _, n := range entries {
		for _, name := range append(strings.Fields(n.also), n.name) {
			if other, ok := seen[key(name)]; ok && other != n.name {
				t.Errorf("%q is %s and %s", name, n.name, other)
			}
			seen[key(name)] = n.name
		}
	}
}

func TestMarks(t *testing.T) {
	for _, tt := range []struct{ head, mark, guess string }{
		{"\xff\xfea\x00", "UTF-16LE", ""}, {"\xfe\xff\x00a", "UTF-16BE", ""}, {"\xef\xbb\xbfa", "UTF-8", ""}, {"\xff\xfe\x00\x00a\x00\x00\x00", "UTF-32LE", ""},
		{"\x00\x00\xfe\xff", "UTF-32BE", ""}, {"abc", "", ""}, {"a\x00b\x00,\x001\x00", "", "UTF-16LE"}, {"\x00a\x00b\x00,\x001", "", "UTF-16BE"},
		{"a\x00b\x00", "", ""}, {"\x00\x00\x00\x00\x00\x00\x00\x00", "", ""}, {"abcdefgh", "", ""}, {"", "", ""},
	} {
		e, ok := Mark([]byte(tt.head))
		if ok != (tt.mark != "") || ok && e.Name() != tt.mark {
			t.Errorf("%q: mark of %s, %v", tt.head, e.Name(), ok)
		}
		if e := Guess([]byte(tt.head)); (e != nil) != (tt.guess != "") || e != nil && e.Name() != tt.guess {
			t.Errorf("%q: guessed %s", tt.head, e.Name())
		}
	}
	// UTF-16 without an order in its name: the mark's, else the network's.
	for raw, want := range map[string]string{"\xff\xfea\x00": "\ufeffa", "\xfe\xff\x00a": "\ufeffa", "\x00a": "a"} {
		if got, err := io.ReadAll(lookup(t, "UTF-16").Reader(strings.NewReader(raw))); err != nil || string(got) != want {
			t.Errorf("%q: %q, %v", raw, got, err)
		}
	}
}

// TestErrorsPass: what goes wrong below is not hidden, and what came before is
// given.
func TestErrorsPass(t *testing.T) {
	for _, name := range []string{"latin1", "utf-16le", "gbk"} {
		r := io.MultiReader(strings.NewReader("abcd"), iotest.ErrReader(io.ErrClosedPipe))
		got, err := io.ReadAll(lookup(t, name).Reader(r))
		if err != io.ErrClosedPipe || len(got) == 0 {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// FuzzDecode: any bytes in any encoding, in pieces of any size, give the same
// text, which is UTF-8 but for the byte that marks what is invalid.
func FuzzDecode(f *testing.F) {
	for i, g := range goldens(f) {
		f.Add(i, 3, g.raw)
	}
	f.Fuzz(func(t *testing.T, which, step int, raw []byte) {
		n := entries[uint(which)%uint(len(entries))].name
		e := lookup(t, n)
		whole, err := io.ReadAll(e.Reader(bytes.NewReader(raw)))
		if err != nil {
			t.Fatal(err)
		}
		parts, err := io.ReadAll(e.Reader(iotest.OneByteReader(bytes.NewReader(raw))))
		if err != nil || !bytes.Equal(whole, parts) {
			t.Errorf("%s: %q in pieces, %q as a whole, %v", n, parts, whole, err)
		}
		if e != nil && !utf8.Valid(bytes.ReplaceAll(whole, []byte{Invalid}, nil)) {
			t.Errorf("%s: %q", n, whole)
		}
		if len(whole) > 4*len(raw)+4 {
			t.Errorf("%s: %d bytes of %d", n, len(whole), len(raw))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	text := strings.Repeat("12345,a plain line of text,2024-01-02,Zürich\n", 20_000)
	for _, name := range []string{"latin1", "utf-16le", "shift_jis"} {
		e := lookup(b, name)
		raw := []byte(text)
		if name == "utf-16le" {
			raw = nil
			for _, r := range text {
				raw = append(raw, byte(r), byte(r>>8))
			}
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if _, err := io.Copy(io.Discard, e.Reader(bytes.NewReader(raw))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
