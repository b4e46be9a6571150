package avro

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// container makes a file of one uncompressed block.
func container(schema string, rows int64, body []byte) []byte {
	const sync = "0123456789abcdef"
	text := func(b []byte, s string) []byte { return append(binary.AppendVarint(b, int64(len(s))), s...) }
	b := text(text(append([]byte(magic), 2), "avro.schema"), schema)
	b = append(append(b, 0), sync...)
	b = binary.AppendVarint(binary.AppendVarint(b, rows), int64(len(body)))
	return append(append(b, body...), sync...)
}

// schemaTexts are the schemas of apache/avro's tests, and of ours.
func schemaTexts(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/apache/schemas/*")
	if err != nil || len(files) < 8 {
		t.Fatal(len(files), err)
	}
	var out []string
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(data))
	}
	return out
}

// TestSchemaTexts parses the schemas of apache/avro, those of its tests of
// canonical forms among them.
func TestSchemaTexts(t *testing.T) {
	for i, text := range schemaTexts(t) {
		if _, err := parseSchema([]byte(text)); err != nil {
			t.Errorf("%d: %v\n%s", i, err, text)
		}
	}
	n := 0
	for _, c := range strings.Split(string(formattest.Data(t, "apache/schema-tests.txt")), "<<INPUT")[1:] {
		text, _, _ := strings.Cut(c, "<<canonical")
		text = strings.TrimSuffix(strings.TrimSpace(text), "INPUT") // the end of a text of several lines
		_, err := parseSchema([]byte(text))
		if noJSON := strings.Contains(text, "015"); (err != nil) != noJSON {
			t.Errorf("%v\n%s", err, text)
		}
		n++
	}
	if n < 25 {
		t.Errorf("%d schemas", n)
	}
}

// TestAbsurdSchemas reads schemas that mean much more than they say, or nothing:
// an error, or columns, soon and in little memory.
func TestAbsurdSchemas(t *testing.T) {
	nested := func(n int, open, inside, end string) string {
		return strings.Repeat(open, n) + inside + strings.Repeat(end, n)
	}
	list := func(n int, each func(i int) string) string {
		out := make([]string, n)
		for i := range out {
			out[i] = each(i)
		}
		return strings.Join(out, ",")
	}
	doubling := func(i int) string {
		of := fmt.Sprintf(`"R%d"`, i-1)
		if i == 0 {
			of = `"long"`
		}
		return fmt.Sprintf(`{"name":"f%d","type":{"type":"record","name":"R%d","fields":[{"name":"a","type":%s},{"name":"b","type":%s}]}}`, i, i, of, of)
	}
	record := func(fields string) string { return `{"type":"record","name":"T","fields":[` + fields + `]}` }
	for name, text := range map[string]string{
		"deep":        nested(5000, `{"type":"array","items":`, `"int"`, `}`),
		"deep type":   nested(5000, `{"type":`, `"int"`, `}`),
		"deep unions": nested(5000, `[`, `"int"`, `]`),
		"doubling":    record(list(60, doubling)),
		"many fields": record(list(30_000, func(i int) string { return fmt.Sprintf(`{"name":"f%d","type":"int"}`, i) })),
		"wide union": record(`{"name":"u","type":[` + list(1500, func(i int) string {
			return fmt.Sprintf(`{"type":"fixed","name":"F%d","size":1}, {"type":"enum","name":"E%d","symbols":["A"]}`, i, i)
		}) + `]}`),
		"union of records": record(`{"name":"u","type":[` + list(900, func(i int) string {
			return fmt.Sprintf(`{"type":"record","name":"F%d","fields":[{"name":"x","type":"int"}]}`, i)
		}) + `]}`),
		"huge fixed":     record(`{"name":"x","type":{"type":"fixed","name":"F","size":1073741824}}`),
		"negative fixed": record(`{"name":"x","type":{"type":"fixed","name":"F","size":-1}}`),
		"odd decimal":    record(`{"name":"x","type":{"type":"bytes","logicalType":"decimal","precision":1e300,"scale":-1e300}}`),
		"itself":         record(`{"name":"x","type":["null","T"]}`),
		"twice":          record(`{"name":"x","type":"int"},{"name":"x","type":"int"}`),
		"unknown":        record(`{"name":"x","type":"U"}`),
		"other case":     `{"TYPE":"int","type":"record","name":"T","NAME":7,"fields":[{"name":"x","type":"int","Type":"none","Default":{}}]}`,
		"no JSON":        `{"type":"record"`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, reader := range []string{"", text} {
				start := time.Now()
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				opt := formats.Options{Properties: map[string]string{schemaLiteral: reader}}
				f, err := formattest.Open(t, Format{}, "t.avro", container(text, 2, make([]byte, 64)), opt)
				if err == nil {
					_, err = formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
				}
				runtime.ReadMemStats(&after)
				if err != nil {
					formattest.Fault(t, err)
				}
				if name == "other case" && !strings.Contains(err.Error(), "62 bytes are left") { // it has a column of one byte
					t.Errorf("keys of the author's own: %v", err)
				}
				if n, took := after.TotalAlloc-before.TotalAlloc, time.Since(start); n > 256<<20 || took > time.Minute {
					t.Errorf("%d bytes of schema took %d bytes of memory and %s", len(text), n, took)
				}
			}
		})
	}
}

// FuzzSchema parses texts: no schema may make the parser run long or deep.
func FuzzSchema(f *testing.F) {
	for _, text := range schemaTexts(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := parseSchema([]byte(text))
		if err == nil {
			_, err = natural(n)
		}
		if err != nil && fault.As(err).Code == fault.CodeInternal {
			t.Fatal(err)
		}
	})
}

// schemaMaker makes schemas of bytes: every one is a schema.
type schemaMaker struct {
	b     []byte
	names []string
}

func (m *schemaMaker) next(n int) int {
	if len(m.b) == 0 {
		return 0
	}
	k := int(m.b[0]) % n
	m.b = m.b[1:]
	return k
}

// plainTypes are types without parts, some with defaults.
var plainTypes = []string{`"int"`, `"long"`, `"string"`, `"null"`, `"boolean"`, `"float"`, `"double"`, `"bytes"`, `{"type":"int","logicalType":"date"}`,
	`{"type":"long","logicalType":"timestamp-micros"}`, `{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}`, `{"type":"string","logicalType":"uuid"}`}

// name gives a new name for a type; those of the writer and the reader are alike.
func (m *schemaMaker) name() string {
	name := fmt.Sprintf("N%d", len(m.names))
	m.names = append(m.names, name)
	return name
}

func (m *schemaMaker) typ(depth int) string {
	const plain = 7
	switch k := m.next(plain + 8); {
	case k < plain || depth > 4:
		return plainTypes[m.next(len(plainTypes))]
	case k == plain:
		return `{"type":"array","items":` + m.typ(depth+1) + `}`
	case k == plain+1:
		return `{"type":"map","values":` + m.typ(depth+1) + `}`
	case k == plain+2:
		symbols := []string{`["A","B","C"]`, `["C","X"]`, `["A","B","C"],"default":"B"`, `["X"],"default":"X"`}[m.next(4)]
		return `{"type":"enum","name":"` + m.name() + `","symbols":` + symbols + `}`
	case k == plain+3:
		return fmt.Sprintf(`{"type":"fixed","name":%q,"size":%d}`, m.name(), m.next(20))
	case k == plain+4 && len(m.names) > 0:
		return `"` + m.names[m.next(len(m.names))] + `"`
	case k == plain+5:
		return m.record(depth + 1)
	}
	return m.union(depth + 1)
}

func (m *schemaMaker) union(depth int) string {
	out := make([]string, m.next(4)+1)
	for i := range out {
		for out[i] = m.typ(depth); out[i][0] == '['; {
			out[i] = `"null"`
		}
	}
	return "[" + strings.Join(out, ",") + "]"
}

func (m *schemaMaker) record(depth int) string {
	name := m.name()
	fields := make([]string, m.next(4))
	for i := range fields {
		fields[i] = fmt.Sprintf(`{"name":"f%d","type":%s`, i, m.typ(depth))
		switch m.next(4) {
		case 1:
			fields[i] += `,"default":` + []string{`1`, `"A"`, `null`, `[]`, `{}`, `{"f0":1}`, `[1,2]`, `true`, `1.5`}[m.next(9)]
		case 2:
			fields[i] += fmt.Sprintf(`,"aliases":["f%d","f%d"]`, m.next(4), m.next(4))
		}
		fields[i] += "}"
	}
	return `{"type":"record","name":"` + name + `","fields":[` + strings.Join(fields, ",") + `]}`
}

// FuzzResolve reads records of one schema by another.
func FuzzResolve(f *testing.F) {
	f.Add([]byte("\x03\x00\x00\x00\x00\x02\x00\x01\x01"), []byte("\x03\x00\x02\x00\x01\x02\x01\x00\x0d\x01"), byte(2), []byte("\x02\x06abc\x04\x02\x06xyz\x04"))
	f.Add([]byte("\x02\x0d\x02\x00\x00\x00\x02\x00\x03\x00\x07\x00\x01"), []byte("\x02\x0d\x03\x00\x03\x00\x02\x00\x05\x00\x01\x00"), byte(3), []byte("\x00\x02\x02\x04\x00\x02\x06abc\x00\x04\x00"))
	f.Fuzz(func(t *testing.T, writer, reader []byte, rows byte, body []byte) {
		w := (&schemaMaker{b: writer}).record(0)
		opt := formats.Options{Properties: map[string]string{schemaLiteral: (&schemaMaker{b: reader}).record(0)}}
		file, err := formattest.Open(t, Format{}, "t.avro", container(w, int64(rows), body), opt)
		if err != nil {
			if fault.As(err).Code == fault.CodeInternal {
				t.Fatal(err)
			}
			return
		}
		if err := formattest.Exercise(t, file); err != nil && fault.As(err).Code == fault.CodeInternal {
			t.Fatal(err)
		}
	})
}
