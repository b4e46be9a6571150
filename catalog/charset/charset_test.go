package charset

import (
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	for name, want := range map[string]string{"latin-1": "LATIN1", "ISO 8859-1": "LATIN1", "utf-8": "UTF8", "UNICODE": "UTF8",
		"windows-1252": "WIN1252", "Shift_JIS": "SJIS", "koi8": "KOI8R", "vscii": "WIN1258", "sql_ascii": "SQL_ASCII"} {
		if c, ok := Lookup(name); !ok || c.Name != want {
			t.Errorf("%s: %v, %v; want %s", name, c, ok, want)
		}
	}
	for _, name := range []string{"", "klingon", "latin11"} {
		if c, ok := Lookup(name); ok {
			t.Errorf("%q is %s", name, c.Name)
		}
	}
	for _, name := range []string{"johab", "mule_internal"} {
		if c, ok := Lookup(name); !ok || c.Supported() {
			t.Errorf("%q: %v, %v", name, c, ok)
		}
	}
}

// TestRoundTrip sends text there and back; the bytes are those of iconv.
func TestRoundTrip(t *testing.T) {
	for _, c := range []struct{ name, text, bytes string }{
		{"LATIN1", "Grüße, ©", "Gr\xfc\xdfe, \xa9"},
		{"LATIN9", "3 €", "3 \xa4"},
		{"WIN1252", "3 €", "3 \x80"},
		{"WIN1251", "да", "\xe4\xe0"},
		{"KOI8R", "да", "\xc4\xc1"},
		{"ISO_8859_7", "αβ", "\xe1\xe2"},
		{"EUC_JP", "日本", "\xc6\xfc\xcb\xdc"},
		{"SJIS", "表ｱ", "\x95\\\xb1"}, // its second byte is a backslash
		{"EUC_KR", "한", "\xc7\xd1"},
		{"EUC_CN", "中", "\xd6\xd0"},
		{"GBK", "中", "\xd6\xd0"},
		{"GB18030", "😀!", "\x94\x39\xfc\x36!"},
		{"BIG5", "中", "\xa4\xa4"},
		{"UTF8", "€", "€"},
		{"SQL_ASCII", "€", "€"},
	} {
		cs, _ := Lookup(c.name)
		got, err := cs.Append([]byte("x"), []byte(c.text))
		if err != nil || string(got) != "x"+c.bytes {
			t.Errorf("%s: %q is %q, %v; want %q", c.name, c.text, got, err, c.bytes)
		}
		back, err := cs.Decode([]byte(c.bytes))
		if err != nil || string(back) != c.text {
			t.Errorf("%s: %q is %q, %v; want %q", c.name, c.bytes, back, err, c.text)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"LATIN1", "a€", `character with byte sequence 0xe2 0x82 0xac in encoding "UTF8" has no equivalent in encoding "LATIN1"`},
		{"EUC_CN", "€", `character with byte sequence 0xe2 0x82 0xac in encoding "UTF8" has no equivalent in encoding "EUC_CN"`},
		{"WIN1252", "\u0081", `character with byte sequence 0xc2 0x81 in encoding "UTF8" has no equivalent in encoding "WIN1252"`},
	} {
		cs, _ := Lookup(c.name)
		if _, err := cs.Append(nil, []byte(c.text)); err == nil || err.Error() != c.want {
			t.Errorf("%s %q: %v", c.name, c.text, err)
		}
	}
	for _, c := range []struct{ name, bytes, want string }{
		{"WIN1252", "a\x81", `character with byte sequence 0x81 in encoding "WIN1252" has no equivalent in encoding "UTF8"`},
		{"EUC_JP", "\xc6", `invalid byte sequence for encoding "EUC_JP": 0xc6`},
		{"EUC_JP", "\xc6a", `invalid byte sequence for encoding "EUC_JP": 0xc6 0x61`},
		{"UTF8", "a\xe2(\xa1", `invalid byte sequence for encoding "UTF8": 0xe2 0x28 0xa1`},
		{"UTF8", "\x81", `invalid byte sequence for encoding "UTF8": 0x81`},
		{"SQL_ASCII", "\xff", `invalid byte sequence for encoding "UTF8": 0xff`},
	} {
		cs, _ := Lookup(c.name)
		if _, err := cs.Decode([]byte(c.bytes)); err == nil || err.Error() != c.want {
			t.Errorf("%s %q: %v", c.name, c.bytes, err)
		}
	}
}

func TestLossy(t *testing.T) {
	cs, _ := Lookup("LATIN1")
	if got := string(cs.AppendLossy(nil, "ü€ä€€")); got != "\xfc?\xe4??" {
		t.Errorf("%q", got)
	}
}

func BenchmarkAppend(b *testing.B) {
	cs, _ := Lookup("LATIN1")
	text := []byte(strings.Repeat("Straße ", 100))
	b.SetBytes(int64(len(text)))
	var out []byte
	for b.Loop() {
		out, _ = cs.Append(out[:0], text)
	}
}
