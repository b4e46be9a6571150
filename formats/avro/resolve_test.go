package avro

import (
	"bufio"
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/store"
)

// TestConformanceResolution reads files by other schemas than their writers' and compares
// with fastavro: with the columns that the schema stands for, with one column at
// a time, and in small batches.
func TestConformanceResolution(t *testing.T) {
	lines := bufio.NewScanner(bytes.NewReader(formattest.Data(t, "resolve/cases.json")))
	lines.Buffer(nil, 1<<20)
	good, all := 0, 0
	for lines.Scan() {
		var c struct {
			Name   string
			Reader json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		all++
		want := formattest.ReadGolden(t, lines.Bytes())
		if t.Run(c.Name, func(t *testing.T) { resolution(t, c.Name, string(c.Reader), want.Rows) }) {
			good++
		}
	}
	formattest.Score{Format: "avro", Files: "our own, for each rule of schema resolution", Right: good, All: all, As: "fastavro"}.Report(t)
	if all < 11 {
		t.Errorf("%d cases", all)
	}
}

func resolution(t *testing.T, name, reader string, want []any) {
	t.Helper()
	opt := formats.Options{Properties: map[string]string{schemaLiteral: reader}}
	f := open(t, formattest.Data(t, "resolve/"+name+".avro"), opt)
	for _, batch := range []int{batchRows, 2} {
		f.batchRows = batch
		if d := formattest.Diff(want, formattest.AllRows(t, f, 1<<30)); d != "" {
			t.Fatal(d)
		}
	}
	opt.Schema = f.Schema()
	f = open(t, formattest.Data(t, "resolve/"+name+".avro"), opt)
	for i, c := range f.Schema().Fields {
		p := []formats.Projection{{Column: i, Type: c.Type}}
		for j, k := range c.Type.Fields {
			if c.Type.Kind == types.Row {
				p = append(p, formats.Projection{Column: i, Path: []string{k.Name}, Type: k.Type})
				_ = j
			}
		}
		rows, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: p})
		if err != nil {
			t.Fatal(err)
		}
		expect := make([]any, len(want))
		for r, w := range want {
			row := []any{w.([]any)[i]}
			for j := range len(p) - 1 {
				row = append(row, formattest.Field(w, i, j))
			}
			expect[r] = row
		}
		if d := formattest.Diff(expect, rows); d != "" {
			t.Errorf("%s: %s", c.Name, d)
		}
	}
}

// TestReaderSchemaOfTable reads declared columns: those that the schema lacks
// come from the file by name.
func TestReaderSchemaOfTable(t *testing.T) {
	const reader = `{"type":"record","name":"R","fields":[{"name":"id","type":"long","aliases":["ident"]},{"name":"new","type":"int","default":4}]}`
	data := formattest.Data(t, "resolve/aliases.avro")
	opt := formats.Options{Schema: table(t, "id:decimal(20,1),keep:string,new:bigint,absent:string,inner:struct<old_x:bigint>").Schema,
		Properties: map[string]string{schemaLiteral: reader}}
	rows, err := formattest.Rows(t.Context(), open(t, data, opt), formats.ScanRequest{Columns: formattest.Columns(opt.Schema), Limit: 2})
	want := formattest.ReadGolden(t, []byte(`{"rows":[["0.0","k0",4,null,[0]],["1.0","k1",4,null,[10]]]}`)).Rows
	if err != nil || formattest.Diff(want, rows[:2]) != "" {
		t.Error(rows, err)
	}
}

// TestSchemaURL reads a schema that lies beside the files.
func TestSchemaURL(t *testing.T) {
	m := store.NewMemory("lake")
	info := m.Set("t/a.avro", formattest.Data(t, "resolve/aliases.avro"))
	m.Set("schemas/r.avsc", []byte(`{"type":"record","name":"R","fields":[{"name":"id","type":"long","aliases":["ident"]}]}`))
	m.Set("schemas/bad.avsc", []byte(`{"type":"rec`))
	for url, want := range map[string]struct {
		code fault.Code
		text string
	}{
		"memory://lake/schemas/r.avsc":       {},
		"none":                               {},
		"memory://lake/schemas/missing.avsc": {fault.CodeUndefinedFile, "missing.avsc"},
		"memory://lake/schemas/bad.avsc":     {fault.CodeInvalidParameter, "avro.schema.url"},
		"https://example.com/r.avsc":         {fault.CodeFeatureNotSupported, "not where the table's files are"},
	} {
		f, err := Format{}.Open(t.Context(), m, info, formats.Options{Properties: map[string]string{schemaURL: url}})
		switch {
		case want.text != "":
			if !fault.Is(err, want.code) || !strings.Contains(err.Error(), want.text) {
				t.Errorf("%s: %v", url, err)
			}
		case err != nil:
			t.Errorf("%s: %v", url, err)
		case url != schemaNone && f.Schema().Fields[0].Name != "id":
			t.Errorf("%s: %v", url, f.Schema())
		}
	}
}

// TestBadDefaults refuses defaults that are none of their type, where they are
// read; what does not end is cut.
func TestBadDefaults(t *testing.T) {
	data := formattest.Data(t, "resolve/same.avro")
	for _, c := range []string{`{"name":"x","type":"int","default":"a"}`, `{"name":"x","type":"int","default":4294967296}`,
		`{"name":"x","type":"bytes","default":"€"}`, `{"name":"x","type":{"type":"fixed","name":"F","size":3},"default":"ab"}`,
		`{"name":"x","type":{"type":"enum","name":"E","symbols":["A"]},"default":"B"}`, `{"name":"x","type":["null","int"],"default":"a"}`,
		`{"name":"x","type":{"type":"array","items":"int"},"default":null}`, `{"name":"x","type":"string","default":null}`,
		`{"name":"x","type":{"type":"record","name":"S","fields":[{"name":"y","type":"int"}]},"default":{}}`,
	} {
		opt := formats.Options{Properties: map[string]string{schemaLiteral: `{"type":"record","name":"R","fields":[` + c + `]}`}}
		f := open(t, data, opt)
		_, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
		if !fault.Is(err, fault.CodeInvalidParameter) {
			t.Errorf("%s: %v", c, err)
		}
	}
	endless := `{"type":"record","name":"R","fields":[{"name":"x","type":{"type":"record","name":"S","fields":[
		{"name":"y","type":["S","null"],"default":{}},{"name":"z","type":["S","null"],"default":{}}]},"default":{}}]}`
	opt := formats.Options{Schema: table(t, "x:struct<y:struct<z:int>>").Schema, Properties: map[string]string{schemaLiteral: endless}}
	f, err := formattest.Open(t, Format{}, "t.avro", data, opt)
	if err == nil {
		_, err = formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
	}
	if err == nil {
		t.Error("an endless default was read")
	}
}

// TestLostType names a union's type that the table's schema lacks.
func TestLostType(t *testing.T) {
	const reader = `{"type":"record","name":"R","fields":[{"name":"u","type":["null","boolean","string"]}]}`
	f := open(t, formattest.Data(t, "resolve/unions.avro"), formats.Options{Properties: map[string]string{schemaLiteral: reader}})
	_, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
	if !fault.Is(err, fault.CodeDataCorrupted) || !strings.Contains(err.Error(), "table's schema lacks") {
		t.Error(err)
	}
}
