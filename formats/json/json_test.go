package json

import (
	"bytes"
	"context"
	stdjson "encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
)

func open(t testing.TB, data string, schema *types.Schema, props map[string]string) formats.File {
	t.Helper()
	return formattest.MustOpen(t, Format{}, "t.json", []byte(data), formats.Options{Schema: schema, Properties: props})
}

// text reads all splits and gives the rows as JSON lines, through the writer.
func text(f formats.File, target int64, req formats.ScanRequest) (string, error) {
	schema := &types.Schema{}
	for i, p := range req.Columns {
		name := f.Schema().Fields[p.Column].Name
		if len(p.Path) > 0 {
			name += "." + strings.Join(p.Path, ".")
		}
		schema.Fields = append(schema.Fields, types.Field{Name: name, Type: req.Columns[i].Type})
	}
	var out bytes.Buffer
	w, err := NewWriter(&out, schema, nil)
	if err != nil {
		return "", err
	}
	for _, sp := range f.Splits(target) {
		req.Split = sp
		if err := formattest.Each(context.Background(), f, req, w.Write); err != nil {
			return out.String(), err
		}
	}
	err = w.Close()
	return out.String(), err
}

func TestRead(t *testing.T) {
	tests := []struct {
		name   string
		data   string
		schema []string
		props  map[string]string
		want   string
	}{
		{"plain", `{"a":1,"b":"x"}` + "\n" + `{"b":"y","a":2}`, []string{"a bigint", "b string"}, nil,
			`{"a":1,"b":"x"}` + "\n" + `{"a":2,"b":"y"}` + "\n"},
		{"spaces, blank lines, crlf, bom", "\xef\xbb\xbf{ \"a\" : 1 , \"b\":\t\"x\" } \r\n\n  \n{}\n", []string{"a bigint", "b string"}, nil,
			`{"a":1,"b":"x"}` + "\n" + `{"a":null,"b":null}` + "\n"},
		{"unknown and missing fields", `{"z":[1,{"q":"}"}],"a":1,"y":{"a":5}}` + "\n" + `{"b":null}`, []string{"a int", "b string"}, nil,
			`{"a":1,"b":null}` + "\n" + `{"a":null,"b":null}` + "\n"},
		{"case", `{"Aa":1,"B":"x"}` + "\n" + `{"aa":2,"AA":3,"b":"y"}` + "\n" + `{"AA":3,"aa":2}`, []string{"aa int", "b string"}, nil,
			`{"aa":1,"b":"x"}` + "\n" + `{"aa":2,"b":"y"}` + "\n" + `{"aa":2,"b":null}` + "\n"},
		{"exact case", `{"Aa":1,"b":"x"}`, []string{"aa int", "b string"}, map[string]string{"case.insensitive": "false"}, `{"aa":null,"b":"x"}` + "\n"},
		{"mapping", `{"user id":1}`, []string{"user_id int"}, map[string]string{"mapping.user_id": "user id"}, `{"user_id":1}` + "\n"},
		{"last of repeated keys", `{"a":null,"a":1,"s":{"x":1},"s":{"x":null},"l":[1],"l":[2,3]}`, []string{"a int", "s struct<x:int>", "l array<int>"}, nil,
			`{"a":1,"s":{"x":null},"l":[2,3]}` + "\n"},
		{"escapes", `{"a":"q\"\\\/\b\f\n\r\té\ud83d\ude00\ud83dx","\u0062":"plain"}`, []string{"a string", "b string"}, nil,
			"{\"a\":\"q\\\"\\\\/\\u0008\\u000c\\n\\r\\té😀\ufffdx\",\"b\":\"plain\"}\n"},
		{"nested", `{"r":{"x":1,"y":{"z":["p","q"]}},"m":{"k1":1.5,"k2":null},"l":[{"a":1},null,{"b":"x"}]}` + "\n" + `{"r":null,"m":{},"l":[]}` + "\n" + `{"l":[[]]}`,
			[]string{"r struct<x:int,y:struct<z:array<string>>>", "m map<string,double>", "l array<struct<a:int,b:string>>"},
			map[string]string{"malformed.values": "null"},
			`{"r":{"x":1,"y":{"z":["p","q"]}},"m":{"k1":1.5,"k2":null},"l":[{"a":1,"b":null},null,{"a":null,"b":"x"}]}` + "\n" +
				`{"r":null,"m":{},"l":[]}` + "\n" + `{"r":null,"m":null,"l":[null]}` + "\n"},
		{"text takes all", `{"a":1.50,"b":true,"c":{"x": [1, "\u0041"]},"d":[ 1 ],"e":null}`, []string{"a string", "b string", "c string", "d string", "e string"}, nil,
			`{"a":"1.50","b":"true","c":"{\"x\": [1, \"\\u0041\"]}","d":"[ 1 ]","e":null}` + "\n"},
		{"types", `{"b":true,"t":1,"s":-2,"i":3.0,"l":1e3,"r":1.5,"d":-2.25e10,"e":12345678901234567890.12,"f":1.005,"g":"2024-02-29","h":"2024-02-29T12:34:56.5Z","v":"4142","w":"äbc"}`,
			[]string{"b boolean", "t tinyint", "s smallint", "i int", "l bigint", "r float", "d double", "e decimal(38,2)", "f decimal(5,2)",
				"g date", "h timestamp", "v binary", "w varchar(2)"}, nil,
			`{"b":true,"t":1,"s":-2,"i":3,"l":1000,"r":1.5,"d":-22500000000,"e":12345678901234567890.12,"f":1.01,"g":"2024-02-29","h":"2024-02-29 12:34:56.5","v":"4142","w":"äb"}` + "\n"},
		{"strings for other types", `{"n":"12","d":"","b":"yes","t":1579059850000,"u":1579059850.25}`, []string{"n int", "d double", "b boolean", "t timestamp", "u timestamp"}, nil,
			`{"n":12,"d":null,"b":true,"t":"2020-01-15 03:44:10","u":"2020-01-15 03:44:10.25"}` + "\n"},
		{"bad lines as nulls", `{"l":[{"a":1},{"a":2` + "\n" + `{"l":[{"a":3}],"m":{"x":1}}` + "\nnonsense\n" + `{"m":{"x":1,"y"` + "\n" + `{"m":{"z":4}}`,
			[]string{"l array<struct<a:int>>", "m map<string,int>"}, map[string]string{"ignore.malformed.json": "true"},
			`{"l":null,"m":null}` + "\n" + `{"l":[{"a":3}],"m":{"x":1}}` + "\n" + `{"l":null,"m":null}` + "\n" + `{"l":null,"m":null}` + "\n" + `{"l":null,"m":{"z":4}}` + "\n"},
		{"bad values as nulls", `{"a":"x","b":1.5,"c":[1],"d":{}}`, []string{"a int", "b int", "c int", "d array<int>"}, map[string]string{"malformed.values": "null"},
			`{"a":null,"b":null,"c":null,"d":null}` + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			schema := formattest.Schema(t, tt.schema...)
			got, err := text(open(t, tt.data, schema, tt.props), 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWriteKeys writes what a table with mappings would read, at any depth.
func TestWriteKeys(t *testing.T) {
	schema := formattest.Schema(t, "ts bigint", "r struct<ts:bigint,x:array<struct<ts:int>>>", "m map<string,struct<x:int>>")
	props := map[string]string{"mapping.ts": "time stamp", "mapping.x": "X\"", "case.insensitive": "false"}
	data := `{"time stamp":1,"r":{"time stamp":2,"X\"":[{"time stamp":3}]},"m":{"ts":{"X\"":4}}}` + "\n" + `{"time stamp":null,"r":null,"m":{}}` + "\n"
	var out strings.Builder
	w, err := NewWriter(&out, schema, props)
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, data, schema, props)
	err = formattest.Each(t.Context(), f, formats.ScanRequest{Split: f.Splits(1 << 30)[0], Columns: formattest.Columns(schema)}, w.Write)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil || out.String() != data {
		t.Errorf("%v\n%s", err, out.String())
	}
	if _, err := NewWriter(&out, schema, map[string]string{"mapping.ts": "m"}); !fault.Is(err, fault.CodeInvalidParameter) {
		t.Errorf("one key for two columns: %v", err)
	}
	if _, err := NewWriter(&out, schema, map[string]string{"json.path": "$.records[*]"}); !fault.Is(err, fault.CodeFeatureNotSupported) {
		t.Errorf("records below a path: %v", err)
	}
}

func TestPaths(t *testing.T) {
	data := `{"r":{"x":1,"y":{"z":"a\nb","w":[1,2]}},"s":"q\"q"}` + "\n" + `{"r":{"y":null}}` + "\n" + `{"R":{"Y":{"Z":"c"}}}` + "\n{}\n"
	schema := formattest.Schema(t, "r struct<x:int,y:struct<z:string,w:array<int>>>", "s string")
	proj := []formats.Projection{
		{Column: 0, Path: []string{"y", "z"}, Type: types.TVarchar},
		{Column: 1, Type: types.TVarchar},
		{Column: 0, Path: []string{"y", "w"}, Type: types.ArrayOf(types.TInteger)},
		{Column: 0, Path: []string{"x"}, Type: types.TInteger},
		{Column: 0, Path: []string{"y"}, Type: schema.Fields[0].Type.Fields[1].Type},
		{Column: 1, Type: types.TVarchar},
	}
	got, err := text(open(t, data, schema, nil), 1<<30, formats.ScanRequest{Columns: proj})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"r.y.z":"a\nb","s":"q\"q","r.y.w":[1,2],"r.x":1,"r.y":{"z":"a\nb","w":[1,2]},"s":"q\"q"}
{"r.y.z":null,"s":null,"r.y.w":null,"r.x":null,"r.y":null,"s":null}
{"r.y.z":"c","s":null,"r.y.w":null,"r.x":null,"r.y":{"z":"c","w":null},"s":null}
{"r.y.z":null,"s":null,"r.y.w":null,"r.x":null,"r.y":null,"s":null}
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestErrors(t *testing.T) {
	deep := strings.Repeat(`[`, 2000)
	tests := []struct {
		name, data string
		code       fault.Code
		column     string
		line       int64
		words      string
	}{
		{"no json", "{\"n\":1}\n\nnonsense\n", fault.CodeInvalidJSON, "", 3, "character 1"},
		{"object that does not end", "{\n\"n\":1", fault.CodeInvalidJSON, "", 2, "the file ends inside a value"},
		{"array in an array", "[[{\"n\":1}]]", fault.CodeInvalidJSON, "", 1, "expected an object"},
		{"array without commas", "[{\"n\":1}\n{\"n\":2}]", fault.CodeInvalidJSON, "", 2, "expected , or ]"},
		{"bad record over lines", "{\n\"n\":1}\n\n{\n\"n\" 2}", fault.CodeInvalidJSON, "", 4, "of the record: expected :"},
		{"bad value over lines", "{\n\"s\":\"\\n\\n\"}\n{\n\"n\":\"x\"}", fault.CodeInvalidText, "n", 3, ""},
		{"behind escapes with line breaks", `{"s":"\n\n\n"}` + "\n" + `{"n":}`, fault.CodeInvalidJSON, "", 2, "a value"},
		{"trailing comma", `{"n":1,}`, fault.CodeInvalidJSON, "", 1, "a key"},
		{"bad object behind another", `{"n":1}{"n":2`, fault.CodeInvalidJSON, "", 1, "the file ends inside a value"},
		{"leading zero", `{"n":01}`, fault.CodeInvalidJSON, "", 1, ""},
		{"bad escape", `{"s":"\x"}`, fault.CodeInvalidJSON, "", 1, "escape"},
		{"not closed", `{"s":"abc}`, fault.CodeInvalidJSON, "", 1, "closing"},
		{"unknown literal", `{"n":nil}`, fault.CodeInvalidJSON, "", 1, ""},
		{"deep", `{"x":` + deep, fault.CodeInvalidJSON, "", 1, "deeper"},
		{"word for a number", "{}\n" + `{"n":"abc"}`, fault.CodeInvalidText, "n", 2, "abc"},
		{"too large", `{"n":3000000000}`, fault.CodeNumericOutOfRange, "n", 1, "3000000000"},
		{"not whole", `{"n":1.5}`, fault.CodeInvalidText, "n", 1, "1.5"},
		{"object for a number", `{"r":{"x":{}}}`, fault.CodeDatatypeMismatch, "r.x", 1, "an object"},
		{"string for an array", `{"r":{"l":"x"}}`, fault.CodeDatatypeMismatch, "r.l", 1, "a string"},
		{"in an element", `{"r":{"l":[1,true]}}`, fault.CodeDatatypeMismatch, "r.l.element", 1, "a boolean"},
		{"latin-1", "{\"s\":\"\xfc\"}", fault.CodeDataCorrupted, "s", 1, "UTF8"},
	}
	schema := formattest.Schema(t, "n int", "s string", "r struct<x:int,l:array<int>>")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := text(open(t, tt.data, schema, nil), 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
			e := fault.As(err)
			if e == nil || e.Code != tt.code || e.Column != tt.column || e.Line != tt.line || e.Object != "memory://t/t.json" ||
				!strings.Contains(e.Message+e.Hint, tt.words) {
				t.Errorf("error = %+v, want %s in column %q, line %d", e, tt.code, tt.column, tt.line)
			}
		})
	}
}

// randomObject makes an object for the schema of TestAgainstEncodingJSON.
func randomObject(r *rand.Rand) map[string]any {
	strs := []string{"", "x", "quote\"", "back\\slash", "line\nbreak", "ünï", "😀", "\x01", "</script>", strings.Repeat("long", 50)}
	str := func() any { return strs[r.IntN(len(strs))] }
	o := map[string]any{}
	maybe := func(key string, f func() any) {
		switch r.IntN(5) {
		case 0:
		case 1:
			o[key] = nil
		default:
			o[key] = f()
		}
	}
	maybe("i", func() any { return r.Int64() - r.Int64() })
	maybe("d", func() any { return float64(r.IntN(1_000_000))/64 + 0.015625 })
	maybe("b", func() any { return r.IntN(2) == 0 })
	maybe("s", str)
	maybe("other", func() any { return []any{str(), map[string]any{"deep": str()}} })
	maybe("l", func() any {
		out := []any{}
		for range r.IntN(4) {
			out = append(out, str())
		}
		return out
	})
	maybe("r", func() any { return map[string]any{"x": r.IntN(100), "y": str(), "ignored": 1} })
	return o
}

// TestAgainstEncodingJSON reads random objects, cut into splits at will, and
// compares with encoding/json.
func TestAgainstEncodingJSON(t *testing.T) {
	type row struct {
		I *int64    `json:"i"`
		D *float64  `json:"d"`
		B *bool     `json:"b"`
		S *string   `json:"s"`
		L *[]string `json:"l"`
		R *struct {
			X *int    `json:"x"`
			Y *string `json:"y"`
		} `json:"r"`
	}
	schema := formattest.Schema(t, "i bigint", "d double", "b boolean", "s string", "l array<string>", "r struct<x:int,y:string>")
	r := rand.New(rand.NewPCG(1, 9))
	for round := range 100 {
		var data bytes.Buffer
		var want []row
		for range 1 + r.IntN(40) {
			line, err := stdjson.Marshal(randomObject(r))
			if err != nil {
				t.Fatal(err)
			}
			data.Write(append(line, '\n'))
			var w row
			if err := stdjson.Unmarshal(line, &w); err != nil {
				t.Fatal(err)
			}
			want = append(want, w)
		}
		f := open(t, data.String(), schema, nil).(*file)
		size := int64(data.Len())
		for _, n := range []int64{1, 2, 5, 30} {
			var out bytes.Buffer
			w, _ := NewWriter(&out, schema, nil)
			for i := range n {
				lo, hi := size*i/n, size*(i+1)/n
				err := formattest.Each(t.Context(), f, formats.ScanRequest{Columns: formattest.Columns(schema),
					Split: formats.Split{Range: store.Range{Off: lo, Len: hi - lo}}}, w.Write)
				if err != nil {
					t.Fatal(err)
				}
			}
			w.Close()
			var got []row
			for d := stdjson.NewDecoder(&out); d.More(); {
				var w row
				if err := d.Decode(&w); err != nil {
					t.Fatal(err)
				}
				got = append(got, w)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("round %d, %d splits: %s", round, n, diff)
			}
		}
	}
}

func TestLargeFileLimitAndCount(t *testing.T) {
	var b strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&b, `{"n":%d,"s":"text \"%d\"","l":[%d,%d]}`+"\n", i, i, i, i+1)
	}
	schema := formattest.Schema(t, "n bigint", "s string", "l array<int>")
	f := open(t, b.String(), schema, nil)
	if n := len(f.Splits(1 << 20)); n < 4 {
		t.Fatalf("%d splits", n)
	}
	for _, target := range []int64{1 << 20, 1 << 30} {
		got, err := text(f, target, formats.ScanRequest{Columns: formattest.Columns(schema)})
		if err != nil || got != b.String() {
			t.Fatal("not the same rows", err)
		}
	}
	got, err := text(f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema), Limit: 3})
	if err != nil || strings.Count(got, "\n") != 3 {
		t.Errorf("limit 3: %q (%v)", got, err)
	}
	got, err = text(f, 1<<20, formats.ScanRequest{})
	if err != nil || strings.Count(got, "\n") != 100_000 {
		t.Errorf("count = %d (%v)", strings.Count(got, "\n"), err)
	}
}

// TestCompressed reads the same lines through every stream codec that can be
// written.
func TestCompressed(t *testing.T) {
	var plain strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&plain, `{"n":%d}`+"\n", i)
	}
	schema := formattest.Schema(t, "n bigint")
	for ext, c := range map[string]codec.Codec{".gz": codec.Gzip, ".zst": codec.Zstd, ".lz4": codec.LZ4, ".snappy": codec.Snappy, ".br": codec.Brotli} {
		var zipped bytes.Buffer
		w, err := codec.NewWriter(c, &zipped)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, plain.String())
		w.Close()
		m := store.NewMemory("t")
		f, err := Format{}.Open(context.Background(), m, m.Set("t.json"+ext, zipped.Bytes()), formats.Options{Schema: schema})
		if err != nil {
			t.Fatal(err)
		}
		got, err := text(f, 1<<20, formats.ScanRequest{Columns: formattest.Columns(schema)})
		if err != nil || got != plain.String() {
			t.Errorf("%s: not the same rows (%v)", ext, err)
		}
	}
}

func TestInfer(t *testing.T) {
	tests := []struct {
		name, data string
		complete   bool
		want       []string
	}{
		{"scalars", `{"i":1,"d":1.5,"b":true,"s":"x","n":null,"day":"2024-01-01","at":"2024-01-01T10:00:00Z"}`, true,
			[]string{"i bigint", "d double", "b boolean", "s string", "n string", "day date", "at timestamp"}},
		{"widening", `{"a":1,"b":1,"c":"2024-01-01","d":1,"e":null,"f":18446744073709551615}` + "\n" +
			`{"a":2.5,"b":"x","c":"2024-01-01 00:00:00","d":true,"e":5,"f":1}`, true,
			[]string{"a double", "b string", "c timestamp", "d string", "e bigint", "f decimal(38,0)"}},
		{"new and missing keys, case", `{"b":1}` + "\n" + `{"a":1,"B":2}`, true, []string{"a bigint", "b bigint"}},
		{"nested", `{"r":{"x":1},"l":[],"m":{"a,b":1,"c":2.5},"o":{}}` + "\n" + `{"r":{"y":["p"]},"l":[1,null,2.5],"m":null}`, true,
			[]string{"r struct<x:bigint,y:array<string>>", "l array<double>", "m map<string,double>", "o string"}},
		{"scalar and object", `{"a":1}` + "\n" + `{"a":{"x":1}}`, true, []string{"a string"}},
		{"cut line", `{"a":1}` + "\n" + `{"a":"x`, false, []string{"a bigint"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in, err := Format{}.Infer([]byte(tt.data), tt.complete)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(formattest.Schema(t, tt.want...), textForUnknown(in.Schema)); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, bad := range []string{"", "\n", "{}", `{"a":`, "[1]", "{\"a\":1}\nx"} {
		if _, err := (Format{}).Infer([]byte(bad), true); fault.As(err) == nil || fault.As(err).Code != fault.CodeInvalidJSON {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestSniff(t *testing.T) {
	for _, tt := range []struct {
		name, head string
		want       float64
	}{
		{"x", `{"a":1}` + "\n{", 1}, {"x", " \n{\"a\":1", 0.9}, {"a.json", `{"a" 1, "b": 2}`, 0.8}, {"a.jsonl.gz", "[", 0.9},
		{"x", "[\n{\"a\":1},", 1}, {"x", "[1,2]", 0}, {"x", "[2024-01-01] started", 0}, {"x", "{\n  \"a\": tru", 0.9}, {"x", "{\"a\":1}{\"a\":2}", 1},
		{"x", "a,b", 0}, {"x", "", 0}, {"x", "{a}\n", 0},
	} {
		if got := (Format{}).Sniff(tt.name, []byte(tt.head)); got != tt.want {
			t.Errorf("%q %q: %v, want %v", tt.name, tt.head, got, tt.want)
		}
	}
}

func TestWriterLayouts(t *testing.T) {
	schema := formattest.Schema(t, "a bigint", "b double")
	f := open(t, `{"a":1,"b":"NaN"}`+"\n"+`{"b":1.5}`, schema, nil)
	for layout, want := range map[string]string{
		"":      "{\"a\":1,\"b\":\"NaN\"}\n{\"a\":null,\"b\":1.5}\n",
		"array": "[\n{\"a\":1,\"b\":\"NaN\"},\n{\"a\":null,\"b\":1.5}\n]\n",
	} {
		var out bytes.Buffer
		w, err := NewWriter(&out, schema, map[string]string{"layout": layout})
		if err != nil {
			t.Fatal(err)
		}
		if err := formattest.Each(t.Context(), f, formats.ScanRequest{Columns: formattest.Columns(schema), Split: f.Splits(1 << 30)[0]}, w.Write); err != nil {
			t.Fatal(err)
		}
		w.Close()
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := NewWriter(nil, schema, map[string]string{"layout": "tree"}); err == nil {
		t.Error("layout tree was accepted")
	}
}

// TestEncodings: a mark or the table tells how the file is spelled.
func TestEncodings(t *testing.T) {
	schema := formattest.Schema(t, "id int", "name string")
	wide := []byte{0xff, 0xfe}
	for _, r := range "{\"id\":1,\"name\":\"Größe\"}\n{\"id\":2,\"name\":\"x\"}\n" {
		wide = append(wide, byte(r), byte(r>>8))
	}
	array := []byte{0xfe, 0xff}
	for _, r := range "[\n{\"id\":1,\"name\":\"Größe\"},\n{\"id\":2,\"name\":\"x\"}]" {
		array = append(array, byte(r>>8), byte(r))
	}
	for _, tt := range []struct {
		name, data, encoding string
	}{
		{"utf-16", string(wide), ""}, {"utf-16, an array", string(array), ""},
		{"latin-1", "{\"id\":1,\"name\":\"Gr\xf6\xdfe\"}\n{\"id\":2,\"name\":\"x\"}\n", "ISO-8859-1"},
		{"utf-8 with a mark", "\ufeff{\"id\":1,\"name\":\"Größe\"}\n{\"id\":2,\"name\":\"x\"}\n", ""},
	} {
		for _, s := range []*types.Schema{schema, nil} {
			f := formattest.MustOpen(t, Format{}, "a.json", []byte(tt.data), formats.Options{Schema: s, Properties: map[string]string{"serialization.encoding": tt.encoding}})
			got, err := formattest.Texts(t.Context(), f, 1<<30, formats.ScanRequest{Columns: formattest.Columns(f.Schema())})
			if diff := cmp.Diff([][]string{{"1", "Größe"}, {"2", "x"}}, got); err != nil || diff != "" {
				t.Errorf("%s: %v %s", tt.name, err, diff)
			}
		}
	}
}
