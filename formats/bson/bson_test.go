package bson

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	stdjson "encoding/json"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

func sample(t testing.TB) []byte {
	t.Helper()
	return formattest.Data(t, "all_types.bson")
}

const want = `{"_id":"65e1a0b0c0ffee0123456789","name":"Ann \"the\" Lee\n","n":7,"big":1099511627776,"d":1.5,"whole":2.0,"ok":true,"at":"2024-03-01 10:00:00.25","price":12345678901234567890.50,"tags":["a","b"],"who":{"id":1,"deep":{"x":null}},"bin":"AAH/","u":"00000000-0000-0000-0000-000000000007"}
{"_id":"65e1a0b0c0ffee012345678a","name":"Bob","n":-1,"big":-5,"d":-2.25,"whole":1e+300,"ok":false,"at":"1969-12-31 23:59:59","price":-0.001,"tags":[],"who":null}
{"_id":"65e1a0b0c0ffee012345678b","rare":{"re":"/^a/i","code":"f()","scoped":"g()","ts":{"t":5,"i":6},"min":null,"max":null,"ref":{"$ref":"c","$id":1},"inf":"Infinity","zero":0e3,"nan":"NaN"}}
`

// TestDecode: the documents that PyMongo wrote, as JSON.
func TestDecode(t *testing.T) {
	got, err := io.ReadAll(decode(bytes.NewReader(sample(t))))
	if diff := cmp.Diff(want, string(got)); err != nil || diff != "" {
		t.Error(err, diff)
	}
	slow, err := io.ReadAll(decode(iotest.OneByteReader(bytes.NewReader(sample(t)))))
	if err != nil || string(slow) != want {
		t.Errorf("byte by byte: %v", err)
	}
}

func TestInferAndRead(t *testing.T) {
	in, err := Format().Infer(sample(t), true)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range in.Schema.Fields {
		got = append(got, f.Name+" "+f.Type.String())
	}
	wantColumns := []string{"_id varchar", "name varchar", "rare row(re varchar", "n bigint", "big bigint", "d double", "whole double", "ok boolean",
		"at timestamp(6)", "price double", "tags array(varchar)", "who row(id bigint, deep row(x unknown))", "bin varchar", "u varchar"}
	for i, w := range wantColumns {
		if i < len(got) && !strings.HasPrefix(got[i], w) {
			t.Errorf("column %d is %s, want %s", i, got[i], w)
		}
	}
	if len(got) != len(wantColumns) {
		t.Errorf("columns %q", got)
	}
	f := formattest.MustOpen(t, Format(), "a.bson", sample(t), formats.Options{})
	if n := len(f.Schema().Fields); n != len(wantColumns) || len(f.Splits(1)) != 1 {
		t.Errorf("%d columns, %d splits", n, len(f.Splits(1)))
	}
	if part, err := Format().Infer(sample(t)[:len(sample(t))-9], false); err != nil || len(part.Schema.Fields) != 13 {
		t.Errorf("of a cut sample: %v, %v", part, err)
	}
}

func TestSniff(t *testing.T) {
	data := sample(t)
	for _, tt := range []struct {
		head []byte
		want float64
	}{{data, 1}, {data[:100], 0.9}, {[]byte("{\"a\":1}\n"), 0}, {nil, 0}, {[]byte("\x05\x00\x00\x00\x00"), 0}, {bytes.Repeat([]byte{7}, 100), 0}, {[]byte("a,b\n1,2\n3,4\n"), 0}} {
		if got := Format().Sniff("x", tt.head); got != tt.want {
			t.Errorf("%.20q: %v, want %v", tt.head, got, tt.want)
		}
	}
}

func TestErrors(t *testing.T) {
	data := sample(t)
	for name, bad := range map[string][]byte{
		"cut length": data[:2], "cut document": data[:50], "short": []byte("\x04\x00\x00\x00"), "huge": []byte("\xff\xff\xff\x7f\x00"),
		"unknown type": []byte("\x0b\x00\x00\x00\x55a\x00\x01\x00\x00\x00"), "wrong length": []byte("\x0d\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00\x00"),
		"text length": []byte("\x10\x00\x00\x00\x02a\x00\xff\x00\x00\x00xxxx\x00"), "no end": []byte("\x08\x00\x00\x00\x0aab\x00"),
		"deep": bytes.Repeat([]byte("\xe8\x03\x00\x00\x03a\x00"), 400),
	} {
		_, err := io.ReadAll(decode(bytes.NewReader(bad)))
		if e := fault.As(err); e == nil || e.Code != fault.CodeDataCorrupted {
			t.Errorf("%s: %v", name, err)
		}
		if cut := strings.HasPrefix(name, "cut"); cut != errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzDecode: what is decoded is JSON, and nothing panics.
func FuzzDecode(f *testing.F) {
	f.Add(sample(f))
	f.Add([]byte("\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := io.ReadAll(decode(bytes.NewReader(data)))
		if err != nil && fault.As(err).Code == fault.CodeInternal {
			t.Fatal(err)
		}
		for line := range bytes.Lines(out) {
			if !stdjson.Valid(line) {
				t.Fatalf("%q is no JSON", line)
			}
		}
		sniff("", data)
	})
}
