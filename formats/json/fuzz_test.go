package json

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"io"
	"testing"
	"unicode/utf8"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
)

// FuzzLine compares with encoding/json: both accept a line or both refuse it,
// but for raw control characters and bad encoding, which we let pass where
// nobody reads them.
func FuzzLine(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `{"a":[1,{"b":"\u00e9\n"}],"c":-1.5e+3,"d":null,"e":true}`, `{"s":"\ud83d\ude00","l":["x",null]}`, `{"a":{"x":{}}}x`, `{}[]`, `[]{}`, `{}{}[]`, `[{"s":"a"}][{"s":"b"}]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		control := bytes.ContainsFunc(line, func(r rune) bool { return r < ' ' })
		if control || !utf8.Valid(line) || blank(line) || len(line) > 1500 {
			return
		}
		o, valid := lastObject(line)
		schema := formattest.Schema(t, "a string", "s string", "c string")
		file := open(t, string(line), schema, nil)
		got, err := text(file, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
		if (err == nil) != valid {
			t.Fatalf("%q: %v, encoding/json: %v", line, err, valid)
		}
		if bytes.Count([]byte(got), newline) != 1 {
			return
		}
		if err == nil && !stdjson.Valid([]byte(got)) {
			t.Errorf("%q is written as %q", line, got)
		}
		if s, ok := o["s"].(string); ok && err == nil && unambiguous(line) {
			var back struct{ S string }
			if err := stdjson.Unmarshal([]byte(got), &back); err != nil || back.S != s {
				t.Errorf("%q: s = %q, want %q", line, back.S, s)
			}
		}
	})
}

// lastObject reads objects one behind another with encoding/json, and arrays of
// such.
func lastObject(b []byte) (o map[string]any, ok bool) {
	d := stdjson.NewDecoder(bytes.NewReader(b))
	for {
		var raw stdjson.RawMessage
		if err := d.Decode(&raw); err != nil {
			return o, errors.Is(err, io.EOF)
		}
		all := []stdjson.RawMessage{raw}
		if raw[0] == '[' {
			all = nil
			if err := stdjson.Unmarshal(raw, &all); err != nil {
				return nil, false
			}
		}
		for _, r := range all {
			o = nil
			if err := stdjson.Unmarshal(r, &o); err != nil || o == nil {
				return nil, false
			}
		}
	}
}

// unambiguous reports that no key can be another spelling of s.
func unambiguous(line []byte) bool {
	return bytes.Count(line, []byte("s")) == 1 && !bytes.ContainsAny(line, "S\\")
}

// FuzzRead checks that no file panics, that bad lines leave the others whole,
// and that cutting it into splits changes nothing.
func FuzzRead(f *testing.F) {
	f.Add([]byte("{\"i\":1,\"l\":[{\"a\":\"x\"}]}\n{\"m\":{\"k\":1}}\n{\"l\":[{\"a\":1\n{\"i\":2}"), byte(1), byte(9))
	f.Add([]byte("\xef\xbb\xbf{\"s\":\"\\n\\u0041\"}\r\n\n{\"I\":\"5\",\"d\":\"2024-01-01\"}"), byte(0), byte(20))
	f.Fuzz(func(t *testing.T, data []byte, flags, cut byte) {
		props := map[string]string{}
		if flags&1 != 0 {
			props["ignore.malformed.json"] = "true"
		}
		if flags&2 != 0 {
			props["malformed.values"] = "null"
		}
		schema := formattest.Schema(t, "i int", "s string", "l array<struct<a:string,b:int>>", "m map<string,double>", "d date", "r struct<x:binary,y:array<array<string>>>")
		file := open(t, string(data), schema, props)
		proj := append(formattest.Columns(schema), formats.Projection{Column: 5, Path: []string{"x"}, Type: schema.Fields[5].Type.Fields[0].Type})
		whole, err := text(file, 1<<30, formats.ScanRequest{Columns: proj})
		if err == nil {
			for line := range bytes.Lines([]byte(whole)) {
				if !stdjson.Valid(line) {
					t.Fatalf("row %q is no JSON", line)
				}
			}
		}
		if at := int64(cut) % int64(max(1, len(data))); at > 0 && err == nil {
			var out bytes.Buffer
			w, _ := NewWriter(&out, file.Schema(), nil)
			out.Reset()
			for _, r := range []store.Range{{Len: at}, {Off: at, Len: int64(len(data)) - at}} {
				if err := formattest.Each(t.Context(), file, formats.ScanRequest{Columns: formattest.Columns(schema), Split: formats.Split{Range: r}}, w.Write); err != nil {
					t.Fatal(err)
				}
			}
			w.Close()
			plain, err := text(file, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
			if err != nil || plain != out.String() {
				t.Errorf("cut at %d: %q, want %q (%v)", at, out.String(), plain, err)
			}
		}
		if in, err := (Format{}).Infer(data, true); err == nil {
			schema := textForUnknown(in.Schema)
			_, _ = text(open(t, string(data), schema, in.Properties), 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
		}
	})
}
