package orc

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/vector"
)

// refused are the examples that are not to be read, by what the error says.
var refused = map[string]string{
	"encrypted_sample1":                    "encrypted",
	"encrypted_sample2":                    "encrypted",
	"missing_blob_stream_in_string_dict":   "corrupt",
	"missing_length_stream_in_string_dict": "corrupt",
	"negative_dict_entry_lengths":          "corrupt",
	"stripe_footer_bad_column_encodings":   "corrupt",
	"orc_corrupt_zlib":                     "corrupt",
}

// TestConformance reads the files of the ORC project, which every writer since
// Hive 0.11 has part in, and compares every value with the rows that the project
// publishes or with what pyarrow reads (see testdata/apache). It logs the score.
func TestConformance(t *testing.T) {
	blocks := map[string]blockDigests{}
	if err := json.Unmarshal(formattest.Data(t, "apache/blocks.json"), &blocks); err != nil {
		t.Fatal(err)
	}
	good, all := 0, 0
	eachExample(t, func(path string, data []byte) {
		base := strings.TrimSuffix(path, ".orc")
		name := filepath.Base(base)
		all++
		ok := t.Run(name, func(t *testing.T) {
			file, err := formattest.Open(t, Format{}, name+".orc", data, formats.Options{})
			if why, ok := refused[name]; ok {
				if err == nil {
					err = readAll(t, file)
				}
				if err == nil || !strings.Contains(err.Error(), why) {
					t.Errorf("it must be refused as %s: %v", why, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			f := open(t, data, formats.Options{Schema: nanoseconds(file.Schema())})
			if _, err := os.Stat(base + ".jsn.gz"); err == nil {
				compareExample(t, f, base+".jsn.gz")
			} else if want, ok := blocks[name]; ok {
				compareBlocks(t, f, want)
			} else if want, ok := exampleRows[name]; ok {
				if got := fmt.Sprint(formattest.AllRows(t, f, 1<<30)); got != want {
					t.Errorf("%s, want %s", got, want)
				}
			} else {
				t.Fatal("nothing says what is in it")
			}
		})
		if ok {
			good++
		}
	})
	formattest.Score{Format: "orc", Files: "apache/orc: examples and the tests of its Java library", Right: good, All: all, Refused: len(refused), As: "the published rows, else pyarrow",
		Left: "demo-11-none, for its size (demo-11-zlib has its rows)"}.Report(t)
}

// exampleRows has the rows of files that are neither published nor read by
// pyarrow.
var exampleRows = map[string]string{
	"zero": "[]",
	"TestOrcFile.testWithoutCompressionBlockSize": func() string {
		rows := make([]string, 100)
		for i := range rows {
			rows[i] = fmt.Sprintf("[%d]", i+1)
		}
		return "[" + strings.Join(rows, " ") + "]"
	}(),
}

// readAll reads every value of a file.
func readAll(t *testing.T, f formats.File) error {
	_, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: formattest.All(f)})
	return err
}

// nanoseconds declares every timestamp of a schema with all its digits.
func nanoseconds(s *types.Schema) *types.Schema {
	out := &types.Schema{}
	for _, c := range s.Fields {
		c.Type = withNanoseconds(c.Type)
		out.Fields = append(out.Fields, c)
	}
	return out
}

func withNanoseconds(t types.Type) types.Type {
	if t.Kind == types.Timestamp || t.Kind == types.TimestampTZ {
		t.P = 9
	}
	if len(t.Fields) > 0 {
		t.Fields = slices.Clone(t.Fields)
		for i := range t.Fields {
			t.Fields[i].Type = withNanoseconds(t.Fields[i].Type)
		}
	}
	return t
}

// blockDigests is an entry of testdata/apache/blocks.json.
type blockDigests struct {
	Rows    int
	Columns map[string][]string
}

// blockRows is the BLOCK of testdata/apache/expect.py.
const blockRows = 16384

// compareBlocks compares digests of the values in blocks of rows.
func compareBlocks(t *testing.T, f *File, want blockDigests) {
	t.Helper()
	if len(want.Columns) != len(f.schema.Fields) {
		t.Errorf("%d columns, want %d", len(f.schema.Fields), len(want.Columns))
	}
	for i, c := range f.schema.Fields {
		src, err := f.Scan(t.Context(), formats.ScanRequest{Columns: []formats.Projection{{Column: i, Type: c.Type}}})
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		var got []string
		var b vector.Batch
		var cell []byte
		h, rows := sha256.New(), 0
		for err = src.Next(t.Context(), &b); err == nil; err = src.Next(t.Context(), &b) {
			for j := range b.N {
				cell = append(appendCell(cell[:0], vector.ValueAt(b.Cols[0], j)), '\n')
				h.Write(cell)
				if rows++; rows%blockRows == 0 {
					got = append(got, fmt.Sprintf("%x", h.Sum(nil)[:8]))
					h.Reset()
				}
			}
		}
		if err != io.EOF {
			t.Fatal(err)
		}
		if rows%blockRows != 0 {
			got = append(got, fmt.Sprintf("%x", h.Sum(nil)[:8]))
		}
		if rows != want.Rows {
			t.Errorf("%s: %d rows, want %d", c.Name, rows, want.Rows)
		}
		for k, w := range want.Columns[c.Name] {
			if k >= len(got) || got[k] != w {
				t.Fatalf("%s: rows %d to %d are others; the last one is %s", c.Name, k*blockRows, min(rows, (k+1)*blockRows), cell)
			}
		}
	}
}

// appendCell writes a value as expect.py does.
func appendCell(dst []byte, v types.Value) []byte {
	if v.Null {
		return append(dst, "null"...)
	}
	switch v.Type.Kind {
	case types.Boolean:
		return strconv.AppendBool(dst, v.I != 0)
	case types.Real, types.Double:
		return fmt.Appendf(dst, "%016x", math.Float64bits(v.F))
	case types.Decimal:
		return types.AppendDecimal(dst, v.Dec(), int(v.Type.S))
	case types.Varbinary:
		return fmt.Appendf(dst, "%x", v.S)
	case types.Array, types.Map, types.Row:
		dst = append(dst, '[')
		for i, k := range v.Kids {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendCell(dst, k)
		}
		return append(dst, ']')
	}
	if v.Type.Phys() == types.PhysBytes {
		return fmt.Appendf(dst, "%d:%s", len(v.S), v.S)
	}
	return strconv.AppendInt(dst, v.I, 10)
}

// eachExample gives the path and the bytes of every example.
func eachExample(t *testing.T, try func(path string, data []byte)) {
	t.Helper()
	files, err := filepath.Glob("testdata/apache/*.orc")
	if err != nil || len(files) < 45 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		try(path, data)
	}
}

// TestDamagedExamples reads the project's examples, the corrupt ones among them,
// in several ways: whatever their bytes are, nothing may panic.
func TestDamagedExamples(t *testing.T) {
	eachExample(t, func(name string, data []byte) {
		f, err := formattest.Open(t, Format{}, name, data, formats.Options{})
		if err != nil {
			t.Log(err)
			formattest.Fault(t, err)
			return
		}
		if err := formattest.Exercise(t, f); err != nil {
			t.Log(err)
		}
	})
}

func compareExample(t *testing.T, f *File, golden string) {
	t.Helper()
	in, err := os.Open(golden)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	want := bufio.NewReader(z)
	src, err := f.Scan(t.Context(), formats.ScanRequest{Columns: formattest.All(f)})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	row := 0
	var b vector.Batch
	for err = src.Next(t.Context(), &b); err == nil; err = src.Next(t.Context(), &b) {
		for i := range b.N {
			line, err := want.ReadBytes('\n')
			if err != nil {
				t.Fatalf("row %d is not expected: %v", row, err)
			}
			d := json.NewDecoder(strings.NewReader(string(line)))
			d.UseNumber()
			var x any
			if err := d.Decode(&x); err != nil {
				t.Fatal(err)
			}
			got := map[string]any{}
			for c, v := range b.Cols {
				got[f.schema.Fields[c].Name] = example(vector.ValueAt(v, i), f.columns()[c])
			}
			if f.root.kind != kindStruct {
				x = map[string]any{valueColumn: x}
			}
			if !sameExample(x, got) {
				t.Fatalf("row %d: %s", row, cmp.Diff(x, any(got)))
			}
			row++
		}
	}
	if err.Error() != "EOF" {
		t.Fatal(err)
	}
	if rest, _ := want.ReadBytes('\n'); len(strings.TrimSpace(string(rest))) > 0 {
		t.Errorf("only %d rows; next: %.100s", row, rest)
	}
}

// sameExample compares values of the two sides; Java writes the same numbers in
// other ways.
func sameExample(want, got any) bool {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(w) != len(g) {
			return false
		}
		for k := range w {
			if v, ok := g[k]; !ok || !sameExample(w[k], v) {
				return false
			}
		}
		return true
	case []any:
		g, ok := got.([]any)
		return ok && slices.EqualFunc(w, g, sameExample)
	case json.Number:
		g, ok := got.(json.Number)
		if !ok || w == g {
			return ok
		}
		x, err1 := w.Float64()
		y, err2 := g.Float64()
		return err1 == nil && err2 == nil && x == y && strings.ContainsAny(string(w+g), ".eE")
	}
	return want == got
}

// example gives a value in the form of the project's tools.
func example(v types.Value, n *node) any {
	if v.Null {
		return nil
	}
	switch n.kind {
	case kindBoolean:
		return v.I != 0
	case kindDecimal:
		d := string(types.AppendValue(nil, v))
		if n.precision == 0 { // of Hive 0.11: what printed the rows cut them to six digits
			d = d[:strings.Index(d, ".")+7]
		}
		return json.Number(d)
	case kindFloat:
		return json.Number(strconv.FormatFloat(v.F, 'g', -1, 32))
	case kindBinary:
		out := []any{}
		for _, b := range []byte(v.S) {
			out = append(out, json.Number(strconv.Itoa(int(b))))
		}
		return out
	case kindString, kindVarchar, kindChar:
		return v.S
	case kindDate:
		return string(types.AppendValue(nil, v))
	case kindTimestamp, kindInstant:
		if s := string(types.AppendValue(nil, v)); strings.Contains(s, ".") {
			return s
		}
		return string(types.AppendValue(nil, v)) + ".0"
	case kindList:
		out := []any{}
		for _, k := range v.Kids {
			out = append(out, example(k, n.sub[0]))
		}
		return out
	case kindMap:
		out := []any{}
		for i := 0; i < len(v.Kids); i += 2 {
			out = append(out, map[string]any{"key": example(v.Kids[i], n.sub[0]), "value": example(v.Kids[i+1], n.sub[1])})
		}
		return out
	case kindStruct:
		out := map[string]any{}
		for i, k := range v.Kids {
			out[n.sub[i].name] = example(k, n.sub[i])
		}
		return out
	case kindUnion:
		tag := int(v.Kids[0].I)
		return map[string]any{"tag": json.Number(strconv.Itoa(tag)), "value": example(v.Kids[tag+1], n.sub[tag])}
	}
	return json.Number(fmt.Sprint(formattest.Render(v)))
}

// TestExampleRowGroups reads some row groups of the project's examples and
// compares with a filter over all rows.
func TestExampleRowGroups(t *testing.T) {
	eachExample(t, func(name string, data []byte) {
		file, err := formattest.Open(t, Format{}, name, data, formats.Options{})
		if err != nil || file.Stats().Rows > 1_000_000 || file.(*File).foot.stride <= 0 || file.(*File).foot.rows <= file.(*File).foot.stride {
			return
		}
		for key, c := range file.Schema().Fields {
			if c.Type.IsInteger() && key < 2 {
				exampleGroups(t, name, file.(*File), key)
			}
		}
	})
}

func exampleGroups(t *testing.T, name string, f *File, key int) {
	cols := formattest.All(f)
	some := formats.ScanRequest{Columns: cols[key : key+1]}
	keys, err := formattest.Rows(t.Context(), f, some)
	if err != nil {
		t.Logf("%s: %v", name, err)
		return
	}
	for _, at := range []int{0, len(keys) / 2, len(keys) - 1} {
		want, _ := strconv.ParseInt(fmt.Sprint(keys[at].([]any)[0]), 10, 64)
		where := func(prune bool) *formattest.Where {
			p := &formattest.Where{Cols: []int{key}, Pass: func(v []types.Value) bool { return !v[0].Null && v[0].I == want }}
			if prune {
				p.Bounds = func(b []formats.Bounds) formats.Tri {
					if b[0].HasMinMax && (want < b[0].Min.I || want > b[0].Max.I) {
						return formats.Never
					}
					return formats.Maybe
				}
			}
			return p
		}
		all, some := where(false), where(true)
		a, err1 := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: cols, Pred: all})
		b, err2 := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: cols, Pred: some})
		if fmt.Sprint(a, err1) != fmt.Sprint(b, err2) {
			t.Errorf("%s, column %d = %d: %d and %d rows, %v", name, key, want, len(a), len(b), err2)
		}
		t.Logf("%s, column %d = %d: %d rows of %d asked", name, key, want, some.Asked, all.Asked)
	}
}
