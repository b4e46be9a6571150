package csv

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	fjson "github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

func TestNestedLazy(t *testing.T) {
	schema := []string{"id int", "a array<int>", "m map<string,double>", "r struct<x:int,y:string,z:array<string>>", "d array<array<string>>", "mm map<string,array<int>>"}
	serde := props("serialization.lib", lazySerDe)
	tests := []struct {
		name, data string
		props      map[string]string
		want       []string
	}{
		{"all levels", "1\x0110\x0220\x01k\x031.5\x02l\x032\x017\x02why\x02p\x03q\x01a\x03b\x02c\x01x\x031\x042\x02y\x033", serde,
			[]string{"1", "[10,20]", `{"k":1.5,"l":2}`, `{"x":7,"y":"why","z":["p","q"]}`, `[["a","b"],["c"]]`, `{"x":[1,2],"y":[3]}`}},
		{"nulls", "1\x01\\N\x02\x023\x01a\x03\\N\x02b\x01\\N\x01\\N\x02a\x03\\N\x01\\N", serde,
			[]string{"1", "[null,null,3]", `{"a":null,"b":null}`, "∅", `[null,["a",null]]`, "∅"}},
		{"empty", "1\x01\x01\x01\x01\x01", serde, []string{"1", "[]", "{}", `{"x":null,"y":null,"z":null}`, "[]", "{}"}},
		{"missing", "1", serde, []string{"1", "∅", "∅", "∅", "∅", "∅"}},
		{"values that do not fit are null", "1\x01x\x022\x01k\x03y\x01z\x02w\x01\x01", serde,
			[]string{"1", "[null,2]", `{"k":null}`, `{"x":null,"y":"w","z":null}`, "[]", "{}"}},
		{"keys: none, again, null", "1\x01\x01a\x031\x02a\x032\x02\\N\x033\x02c\x01\x01\x01", serde,
			[]string{"1", "[]", `{"a":1,"c":null}`, `{"x":null,"y":null,"z":null}`, "[]", "{}"}},
		{"own delimiters", "1,10|20,k:1.5|l:2,7|why|p:q,a:b|c,x:1\x042|y:3",
			props("serialization.lib", lazySerDe, "field.delim", ",", "colelction.delim", "|", "mapkey.delim", ":"),
			[]string{"1", "[10,20]", `{"k":1.5,"l":2}`, `{"x":7,"y":"why","z":["p","q"]}`, `[["a","b"],["c"]]`, `{"x":[1,2],"y":[3]}`}},
		{"escapes", `1,10|20,k\:\|:1.5,7|w\,h\|y|p\:q\\,,`,
			props("serialization.lib", lazySerDe, "field.delim", ",", "collection.delim", "|", "mapkey.delim", ":", "escape.delim", `\`),
			[]string{"1", "[10,20]", `{"k:|":1.5}`, `{"x":7,"y":"w,h|y","z":["p:q\\"]}`, "[]", "{}"}},
		{"a delimiter of several characters", "1@@10|20@@k:1.5@@7|y@@@@",
			props("serialization.lib", multiSerDe, "field.delim", "@@", "collection.delim", "|", "mapkey.delim", ":"),
			[]string{"1", "[10,20]", `{"k":1.5}`, `{"x":7,"y":"y","z":null}`, "[]", "{}"}},
		{"json where there is no serde", `1,"[10, 20]","{""k"":1.5}","{""X"":7,""y"":""why"",""z"":[""p""]}","[[""a""],null]",{}`, nil,
			[]string{"1", "[10,20]", `{"k":1.5}`, `{"x":7,"y":"why","z":["p"]}`, `[["a"],null]`, "{}"}},
		{"json, nulls", `1,,"null"," ",,`, nil, []string{"1", "∅", "∅", "∅", "∅", "∅"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readAll(t, tt.data+"\n"+tt.data, schema, tt.props)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([][]string{tt.want, tt.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWriteAsRead: what is read is written as it was.
func TestWriteAsRead(t *testing.T) {
	schema := formattest.Schema(t, "id int", "a array<int>", "m map<string,array<string>>", "r struct<x:int,y:string>")
	for _, tt := range []struct {
		name, data string
		props      map[string]string
	}{
		{"levels", "1\x0110\x02\\N\x01k\x03a\x04b\x02l\x03\\N\x017\x02y\n2\x01\x01\x01\\N\n", props("serialization.lib", lazySerDe)},
		{"escapes", "1,2:3,k\\=\\:\\,=a,7:y\\\\\\n\n", props("serialization.lib", lazySerDe, "field.delim", ",", "collection.delim", ":", "mapkey.delim", "=",
			"escape.delim", "\\", "serialization.escape.crlf", "true")},
		{"several characters", "1||2\x023||k\x03a||7\x02y@@\n", props("serialization.lib", multiSerDe, "field.delim", "||", "line.delim", "@@\n")},
		{"json", "1,\"[1,2]\",\"{\"\"k\"\":[\"\"a\"\"]}\",\"{\"\"x\"\":7,\"\"y\"\":\"\"y\"\"}\"\n2,,,\n", nil},
	} {
		f := open(t, tt.data, schema, tt.props)
		src, err := f.Scan(t.Context(), formats.ScanRequest{Split: f.Splits(1 << 30)[0], Columns: formattest.Columns(schema)})
		if err != nil {
			t.Fatal(err)
		}
		b := vector.Batch{}
		if err := src.Next(t.Context(), &b); err != nil {
			t.Fatal(tt.name, err)
		}
		text, err := written(schema, headless(tt.props), &b)
		src.Close()
		if err != nil || text != tt.data {
			t.Errorf("%s: %q, %v, want %q", tt.name, text, err, tt.data)
		}
	}
}

// randomJSON makes values, as JSON, that are hard for dialects of text.
type randomJSON struct{ *rand.Rand }

func (r randomJSON) text() string {
	words := []string{"", "a", `\N`, `\`, "a\x02b", "\x03", "\x04x", "n", `\n`, "two\nlines", "\r", "|", ",", ";", ":", `"`, `'q'`, "ü", "null", " ", "~|~", "~"}
	b, _ := json.Marshal(words[r.IntN(len(words))])
	return string(b)
}

func (r randomJSON) value(typ types.Type) string {
	if r.IntN(6) == 0 {
		return "null"
	}
	var parts []string
	switch typ.Kind {
	case types.Array:
		for range r.IntN(3) {
			parts = append(parts, r.value(typ.Elem()))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case types.Map:
		for range r.IntN(2) {
			parts = append(parts, r.text()+":"+r.value(typ.Value()))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case types.Row:
		for _, f := range typ.Fields {
			parts = append(parts, fmt.Sprintf("%q:%s", f.Name, r.value(f.Type)))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case types.Integer:
		return fmt.Sprint(r.IntN(2000) - 1000)
	}
	return r.text()
}

// row makes a batch of one row.
func (r randomJSON) row(t *testing.T, schema *types.Schema) *vector.Batch {
	t.Helper()
	b := &vector.Batch{N: 1}
	for _, f := range schema.Fields {
		c := fjson.NewColumn(f.Type)
		c.Reset(1)
		if err := c.Append([]byte(r.value(f.Type))); err != nil {
			t.Fatal(err)
		}
		c.Finish()
		b.Cols = append(b.Cols, c.Vector())
	}
	return b
}

// textsOf gives a row as reading it must show it; null is what NULL of a text is
// read as.
func textsOf(b *vector.Batch, null string) (out []string) {
	for _, c := range b.Cols {
		text := "∅"
		if c.Type.IsString() {
			text = null
		}
		if flat, k, ok := textval.At(c, 0); ok {
			text = string(textval.AppendText(nil, flat, k))
		}
		out = append(out, text)
	}
	return out
}

// written gives a batch as text.
func written(schema *types.Schema, p map[string]string, b *vector.Batch) (string, error) {
	var out strings.Builder
	w, err := NewWriter(&out, schema, p)
	if err != nil {
		return "", err
	}
	err = w.Write(b)
	if e := w.Close(); err == nil {
		err = e
	}
	return out.String(), err
}

// headless gives properties for files without a header.
func headless(p map[string]string) map[string]string {
	out := props("header", "false")
	maps.Copy(out, p)
	return out
}

// TestWriteReadRandom writes random values with every dialect, and reads the same
// or is refused.
func TestWriteReadRandom(t *testing.T) {
	random := randomJSON{rand.New(rand.NewPCG(3, 4))}
	schema := formattest.Schema(t, "s string", "i int", "a array<string>", "m map<string,array<int>>", "r struct<x:int,y:string>", "o struct<z:array<string>>", "l string")
	dialects := map[string]map[string]string{
		"lazy": props("serialization.lib", lazySerDe), "lazy with escapes": props("serialization.lib", lazySerDe, "escape.delim", `\`),
		"lazy with line breaks": props("serialization.lib", lazySerDe, "escape.delim", `\`, "serialization.escape.crlf", "true", "field.delim", ",", "collection.delim", "|", "mapkey.delim", ":"),
		"several":               props("serialization.lib", multiSerDe, "field.delim", "~|~"), "csv": nil, "opencsv": props("serialization.lib", "OpenCSVSerde"),
		"quoted, several": props("field.delim", "||", "line.delim", ";\n"),
	}
	for name, p := range dialects {
		p, null, rows := headless(p), "∅", 0
		if name == "opencsv" {
			null = "" // which is all that its files have for NULL
		}
		for range 300 {
			b := random.row(t, schema)
			text, err := written(schema, p, b)
			if err != nil {
				if fault.As(err).Code != fault.CodeInvalidText {
					t.Fatal(err)
				}
				continue
			}
			rows++
			got, err := formattest.Texts(t.Context(), open(t, text, schema, p), 1<<30, formats.ScanRequest{Columns: formattest.Columns(schema)})
			if diff := cmp.Diff([][]string{textsOf(b, null)}, got); err != nil || diff != "" {
				t.Fatalf("%s: %q: %v %s", name, text, err, diff)
			}
		}
		if rows < 20 {
			t.Errorf("%s: only %d rows could be written", name, rows)
		}
	}
}

func TestNestedPaths(t *testing.T) {
	schema := formattest.Schema(t, "id int", "r struct<x:int,y:struct<z:array<int>,w:string>>")
	row := schema.Fields[1].Type
	proj := []formats.Projection{{Column: 1, Path: []string{"x"}, Type: row.Fields[0].Type}, {Column: 1, Path: []string{"Y", "z"}, Type: row.Fields[1].Type.Fields[0].Type},
		{Column: 1, Path: []string{"y", "w"}, Type: row.Fields[1].Type.Fields[1].Type}, {Column: 1, Type: row}}
	want := [][]string{{"7", "[1,2]", "w", `{"x":7,"y":{"z":[1,2],"w":"w"}}`}, {"8", "∅", "∅", `{"x":8,"y":null}`}, {"∅", "∅", "∅", "∅"}}
	for name, in := range map[string]struct {
		data  string
		props map[string]string
	}{
		"lazy": {"1\x017\x021\x042\x03w\n2\x018\x02\\N\n3\x01\\N\n", props("serialization.lib", lazySerDe)},
		"json": {`1,"{""x"":7,""y"":{""z"":[1,2],""w"":""w""}}"` + "\n" + `2,"{""x"":8}"` + "\n3,\n", nil},
	} {
		got, err := formattest.Texts(t.Context(), open(t, in.data, schema, in.props), 1<<30, formats.ScanRequest{Columns: proj})
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestNestedErrors(t *testing.T) {
	deep := "int"
	for range 24 {
		deep = "array<" + deep + ">"
	}
	for _, tt := range []struct {
		name, data, typ string
		props           map[string]string
		code            fault.Code
	}{
		{"too deep", "1\n", deep, props("serialization.lib", lazySerDe), fault.CodeFeatureNotSupported},
		{"an element that is no number", "1\x02x\n", "array<int>", props("serialization.lib", lazySerDe, "malformed.values", "error"), fault.CodeInvalidText},
		{"no json", "[1\n", "array<int>", nil, fault.CodeInvalidJSON},
		{"another kind of json", "7\n", "array<int>", nil, fault.CodeDatatypeMismatch},
	} {
		_, err := readAll(t, tt.data, []string{"c " + tt.typ}, tt.props)
		if e := fault.As(err); e == nil || e.Code != tt.code || e.Column != "c" || e.Object != "memory://t/t.csv" {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	got, err := readAll(t, "1\x02x\n3\x024\n", []string{"c array<int>"}, props("serialization.lib", lazySerDe, "malformed.values", "reject"))
	if diff := cmp.Diff([][]string{{"[3,4]"}}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	got, err = readAll(t, "[1,x]\n\"[3,4]\"\n{}\n", []string{"c array<int>"}, props("malformed.values", "null"))
	if diff := cmp.Diff([][]string{{"∅"}, {"[3,4]"}, {"∅"}}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}
