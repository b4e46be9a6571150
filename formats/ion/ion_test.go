package ion

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/json"
)

const want = `{"id":1,"name":"Ann \"the\" Lee\n","quoted name":"sym","n":12345678901234567890,"neg":-7,"hex":255,"d":1.50,"big":12e2,"f":1.5,"inf":"Infinity","ok":true,"day":"2024-03-01","month":"2024-02-01","at":"2024-03-01 08:00:00.25","minute":"2024-03-01 10:00:00","tags":["a","b c",null],"sexp":["a","b",1],"who":{"id":1,"deep":{"x":null}},"blob":"AAH/","clob":"text","long":"one two","zero":0,"e":{},"l":[]}
{"id":2,"name":null,"ok":false,"d":-0.001,"neg":0}
{"id":3,"text":"NaN"}
`

// TestDecode: the same values as text, and as the binary that Amazon's own
// library wrote.
func TestDecode(t *testing.T) {
	for _, name := range []string{"all_types.ion", "all_types.10n"} {
		got, err := io.ReadAll(decode(bytes.NewReader(formattest.Data(t, name))))
		if diff := cmp.Diff(want, strings.ReplaceAll(string(got), "08:00:00.250", "08:00:00.25")); err != nil || diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
		in, err := Format().Infer(formattest.Data(t, name), true)
		if err != nil {
			t.Fatal(err)
		}
		if len(in.Schema.Fields) != 25 || in.Schema.Fields[0].Type.String() != "bigint" {
			t.Errorf("%s: %d columns", name, len(in.Schema.Fields))
		}
		f := formattest.MustOpen(t, Format(), name, formattest.Data(t, name), formats.Options{})
		if len(f.Splits(1)) != 1 || len(f.Schema().Fields) != 25 {
			t.Errorf("%s: %d splits", name, len(f.Splits(1)))
		}
	}
}

// TestText are texts and the JSON that they mean.
func TestText(t *testing.T) {
	for in, want := range map[string]string{
		`{a:1}{a:2}`: "{\"a\":1}\n{\"a\":2}\n", `{a:1,}`: "{\"a\":1}\n", `{'a':{b:x::y::5}}`: "{\"a\":{\"b\":5}}\n",
		`{a:1.5e-3,b:1d-3,c:-1_000,d:0b101,e:-0xF}`: "{\"a\":0.0015,\"b\":0.001,\"c\":-1000,\"d\":5,\"e\":-15}\n",
		`{a:'''x''' /* c */ '''y''',b:'''z'''}`:     "{\"a\":\"xy\",\"b\":\"z\"}\n", `{a:"\x41\u00e9\U0001F600\ud83d\ude00\0"}`: "{\"a\":\"Aé😀😀\\u0000\"}\n",
		`{a:(+ 1 (-2 - x)), b:()}`: "{\"a\":[\"+\",1,[-2,\"-\",\"x\"]],\"b\":[]}\n", `{a:2024T,b:2024-05-06T}`: "{\"a\":\"2024-01-01\",\"b\":\"2024-05-06\"}\n",
		`{a:null.list,b:nullable,c:null}`: "{\"a\":null,\"b\":\"nullable\",\"c\":null}\n", `{a:{{ AQ I= }}}`: "{\"a\":\"AQI=\"}\n", "\xef\xbb\xbf{a:1}": "{\"a\":1}\n",
		`$ion_1_0 $ion_symbol_table::{symbols:["a"]} {a:1} // end`: "{\"a\":1}\n", ``: "", ` // nothing`: "",
	} {
		for _, chunk := range []int{0, 1} {
			got, err := io.ReadAll(json.Lines((&reader{src: strings.NewReader(in), chunk: chunk}).next))
			if err != nil || string(got) != want {
				t.Errorf("%s: %s, want %s (%v)", in, got, want, err)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	binary := formattest.Data(t, "all_types.10n")
	for in, short := range map[string]bool{
		"{a:1": true, "{a:\"x": true, "{a:/* ": true, "{a 1}": false, "{a:1 b:2}": false, "{a:01}": false, "{a:1.2.3}": false, "{a:\"\\q\"}": false,
		"{a:{{x}}}": false, "{a:2024-13-01}": false, "{a:2024-01-01T10}": false, "{a:1d99999999999}": false, "{a:]": false, strings.Repeat("[", 300): false,
		string(binary[:len(binary)-3]): true, string(mark) + "\xf0": false, string(mark) + "\xde\x8f": true, string(mark) + "\xd2\x84\x8e": false,
		string(mark) + "\x6f\x12": false, string(mark) + "\x62\x80\x80": false, string(mark) + "\xe3\x81\x83\xe0": false, string(mark) + "\x43\x00\x00\x00": false,
	} {
		_, err := io.ReadAll(decode(strings.NewReader(in)))
		if e := fault.As(err); e == nil || e.Code != fault.CodeDataCorrupted || short != errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%.40q: %v", in, err)
		}
	}
}

func TestSniff(t *testing.T) {
	for _, tt := range []struct {
		head string
		want float64
	}{
		{string(formattest.Data(t, "all_types.ion")), 1}, {string(formattest.Data(t, "all_types.10n")), 1}, {"{a:1}\n{a:2}\n", 1}, {"{a:1, b:[1,", 0.9}, {"{", 0}, {"{}", 0}, {"a,b\n1,2\n", 0},
		{"", 0}, {"<a/>", 0}, {"{{AAA=}}", 0}, {"body { color: red; }", 0},
	} {
		if got := Format().Sniff("x", []byte(tt.head)); got != tt.want {
			t.Errorf("%.30q: %v, want %v", tt.head, got, tt.want)
		}
	}
}

// FuzzDecode: what is decoded is JSON, whatever the pieces it comes in, and
// nothing panics.
func FuzzDecode(f *testing.F) {
	f.Add(formattest.Data(f, "all_types.ion"))
	f.Add(formattest.Data(f, "all_types.10n"))
	for name, data := range formattest.Archive(f, suite+"iontestdata.tar.gz", "iontestdata/") {
		if len(data) < 200 && (strings.HasSuffix(name, ".ion") || strings.HasSuffix(name, ".10n")) {
			f.Add(data)
		}
	}
	f.Add([]byte("\xe0\x01\x00\xea\xee\x95\x81\x83\xde\x91\x86\x71\x03\x87\xbc\x83abc\x83def\xd2\x8a\x11"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4000 {
			return
		}
		out, err := io.ReadAll(decode(bytes.NewReader(data)))
		if err != nil && fault.As(err).Code == fault.CodeInternal {
			t.Fatal(err)
		}
		for line := range bytes.Lines(out) {
			if !stdjson.Valid(line) {
				t.Fatalf("%q is no JSON", line)
			}
		}
		slow, slowErr := io.ReadAll(json.Lines((&reader{src: bytes.NewReader(data), chunk: 1 + len(data)/50}).next))
		if !bytes.Equal(out, slow) || (err == nil) != (slowErr == nil) {
			t.Fatalf("%q, %v; piece by piece %q, %v", out, err, slow, slowErr)
		}
		sniff("", data)
	})
}
