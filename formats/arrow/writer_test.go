package arrow

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// small writes two columns of three rows.
func small(t *testing.T) []byte {
	t.Helper()
	schema := &types.Schema{Fields: []types.Field{{Name: "n", Type: types.TInteger}, {Name: "s", Type: types.TVarchar}}}
	n := vector.FromValues(types.TInteger, []types.Value{types.IntOf(types.TInteger, 1), types.NullOf(types.TInteger), types.IntOf(types.TInteger, -3)})
	s := vector.FromValues(types.TVarchar, []types.Value{types.StringOf(types.TVarchar, "ab"), types.StringOf(types.TVarchar, ""), types.StringOf(types.TVarchar, "cde")})
	return write(t, schema, &vector.Batch{N: 3, Cols: []*vector.Vector{n, s}})
}

func write(t *testing.T, schema *types.Schema, batches ...*vector.Batch) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out, schema)
	for _, b := range batches {
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestGolden compares a stream byte by byte with one that pyarrow has read.
// GLAUX_UPDATE=1 writes it anew.
func TestGolden(t *testing.T) {
	path := filepath.Join("testdata", "small.hex")
	got := hex.Dump(small(t))
	if os.Getenv("GLAUX_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// TestBuffers shows the buffers of nested values: null lists take no elements.
func TestBuffers(t *testing.T) {
	typ := types.ArrayOf(types.TVarchar)
	list := func(xs ...string) types.Value {
		v := types.Value{Type: typ}
		for _, x := range xs {
			v.Kids = append(v.Kids, types.StringOf(types.TVarchar, x))
		}
		return v
	}
	v := vector.FromValues(typ, []types.Value{list("a", "bc"), list("lost"), list(), list("d")})
	v.SetNull(1)
	c := newColumn(typ)
	if err := c.add(v, []uint32{3, 1, 2, 0}); err != nil {
		t.Fatal(err)
	}
	nodes, bufs := c.parts(nil, nil)
	want := [][]byte{{0b1111_1101}, {0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0},
		{}, {0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0}, []byte("dabc")}
	if diff := cmp.Diff(want, bufs, cmp.Comparer(func(a, b []byte) bool { return bytes.Equal(a, b) })); diff != "" {
		t.Error(diff)
	}
	if fmt.Sprint(nodes) != "[{4 1} {3 0}]" {
		t.Error(nodes)
	}
}

// TestErrors names what Arrow cannot hold.
func TestErrors(t *testing.T) {
	m := types.MapOf(types.TInteger, types.TInteger)
	for _, c := range []struct {
		typ  types.Type
		v    types.Value
		want string
	}{
		{types.TInterval, types.Value{Type: types.TInterval, Interval: types.IntervalValue{Micros: 1 << 60}}, "cannot be written to Arrow"},
		{m, types.Value{Type: m, Kids: []types.Value{types.NullOf(types.TInteger), types.IntOf(types.TInteger, 1)}}, "null key"},
	} {
		w := NewWriter(&bytes.Buffer{}, &types.Schema{Fields: []types.Field{{Name: "x", Type: c.typ}}})
		err := w.Write(&vector.Batch{N: 1, Cols: []*vector.Vector{vector.FromValues(c.typ, []types.Value{c.v})}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.typ, err)
		}
	}
}

// TestBatches cuts a stream by rows and by bytes, and lets go of what was written.
func TestBatches(t *testing.T) {
	schema := &types.Schema{Fields: []types.Field{{Name: "s", Type: types.TVarchar}}}
	long := vector.ConstOf(types.StringOf(types.TVarchar, strings.Repeat("x", 1<<20)), 40)
	var out bytes.Buffer
	w := NewWriter(&out, schema)
	for range 3 {
		if err := w.Write(&vector.Batch{N: 40, Cols: []*vector.Vector{long}}); err != nil {
			t.Fatal(err)
		}
		if w.rows != 0 || cap(w.cols[0].data) > 100<<20 {
			t.Fatalf("%d rows held, %d bytes", w.rows, cap(w.cols[0].data))
		}
		out.Reset()
	}
	w.chunk = 2 << 20 // rows of 1 MiB go one by one, and every fourth ends a batch
	if err := w.Write(&vector.Batch{N: 11, Cols: []*vector.Vector{long}}); err != nil || w.rows != 3 {
		t.Fatal(w.rows, err)
	}
}

// script prints the rows of a stream as JSON, checked by pyarrow.
const script = `
import json, sys, pyarrow as pa
r = pa.ipc.open_stream(sys.stdin.buffer)
t = r.read_all()
t.validate(full=True)
def plain(x):
    if isinstance(x, dict): return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)): return [plain(v) for v in x]
    return x if x is None or isinstance(x, (bool, int, str)) else str(x)
cols = []
for f, c in zip(t.schema, t.columns):
    c = c.cast(f.type.storage_type) if isinstance(f.type, pa.BaseExtensionType) and str(f.type).find("json") > 0 else c
    cols.append([str(f.type), plain(c.to_pylist())])
json.dump(cols, sys.stdout)
`

// pyarrow reads a stream; the test is skipped where there is none. GLAUX_PYTHON
// names the interpreter.
func pyarrow(t *testing.T, stream []byte) [][2]any {
	t.Helper()
	python := os.Getenv("GLAUX_PYTHON")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import pyarrow").Run(); err != nil {
		t.Skipf("needs pyarrow of %s (GLAUX_PYTHON)", python)
	}
	cmd := exec.Command(python, "-c", script)
	cmd.Stdin = bytes.NewReader(stream)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	var cols [][2]any
	if err := json.Unmarshal(out, &cols); err != nil {
		t.Fatal(err)
	}
	return cols
}

// cases are columns of one value and what pyarrow makes of their type and value.
func cases() []struct {
	v         types.Value
	typ, want string
} {
	i := types.IntOf
	list, m := types.ArrayOf(types.TInteger), types.MapOf(types.TVarchar, types.TDouble)
	row := types.RowOf(types.Field{Name: "a", Type: types.TBigInt}, types.Field{Type: list})
	long := types.DecimalOf(38, 3)
	one := types.Value{Type: list, Kids: []types.Value{i(types.TInteger, 7), types.NullOf(types.TInteger)}}
	return []struct {
		v         types.Value
		typ, want string
	}{
		{types.NullOf(types.TUnknown), "null", "<nil>"},
		{types.BoolOf(true), "bool", "true"},
		{i(types.TTinyInt, -8), "int8", "-8"},
		{i(types.TSmallInt, -16), "int16", "-16"},
		{i(types.TInteger, -32), "int32", "-32"},
		{i(types.TBigInt, -64), "int64", "-64"},
		{i(types.TOID, 4e9), "uint32", "4e+09"},
		{types.FloatOf(types.TReal, 1.5), "float", "1.5"},
		{types.FloatOf(types.TDouble, 0.1), "double", "0.1"},
		{i(types.DecimalOf(10, 2), -12345), "decimal128(10, 2)", "-123.45"},
		{types.DecOf(long, types.Int128{Lo: 5, Hi: -1}), "decimal128(38, 3)", "-18446744073709551.611"},
		{types.StringOf(types.TVarchar, "grün"), "string", "grün"},
		{types.StringOf(types.TVarbinary, "\x00\xff"), "binary", `b'\x00\xff'`},
		{i(types.TDate, 19782), "date32[day]", "2024-02-29"},
		{i(types.TimeOf(6), 3_600_000_001), "time64[us]", "01:00:00.000001"},
		{i(types.TimeOf(9), 3_600_000_001_000), "time64[ns]", "01:00:00.000001"},
		{i(types.TimestampOf(3), 1_000_000), "timestamp[us]", "1970-01-01 00:00:01"},
		{i(types.TimestampTZOf(6), 1_000_000), "timestamp[us, tz=UTC]", "1970-01-01 00:00:01+00:00"},
		{types.Value{Type: types.TInterval, Interval: types.IntervalValue{Months: 1, Days: -2, Micros: 3}}, "month_day_nano_interval", "[1 -2 3000]"},
		{types.Value{Type: types.TUUID, UUID: [16]byte{1, 15: 2}}, "extension<arrow.uuid>", "01000000-0000-0000-0000-000000000002"},
		{types.StringOf(types.TJSON, `{"a":1}`), "extension<arrow.json>", `{"a":1}`},
		{one, "list<item: int32>", "[7 <nil>]"},
		{types.Value{Type: m, Kids: []types.Value{types.StringOf(types.TVarchar, "k"), types.NullOf(types.TDouble)}}, "map<string, double>", "[[k <nil>]]"},
		{types.Value{Type: row, Kids: []types.Value{i(types.TBigInt, 1), one}}, "struct<a: int64, field1: list<item: int32>>", "map[a:1 field1:[7 <nil>]]"},
	}
}

// TestPyarrow reads every type in every form of vectors: flat with nulls under a
// selection, constant, dictionary.
func TestPyarrow(t *testing.T) {
	schema, forms := &types.Schema{}, make([][]*vector.Vector, 3)
	for _, c := range cases() {
		typ := c.v.Type
		schema.Fields = append(schema.Fields, types.Field{Name: "x", Type: typ})
		flat := vector.FromValues(typ, []types.Value{types.NullOf(typ), c.v, c.v, types.NullOf(typ)})
		dict := flat
		if typ.Kind != types.Unknown {
			dict = &vector.Vector{}
			dict.SetDict(typ, []uint32{0, 0}, vector.FromValues(typ, []types.Value{c.v}))
			dict.Valid = vector.Bitmap{0b01}
		}
		for f, v := range []*vector.Vector{flat, vector.ConstOf(c.v, 2), dict} {
			forms[f] = append(forms[f], v)
		}
	}
	cols := pyarrow(t, write(t, schema, &vector.Batch{N: 4, Sel: vector.Sel{0, 2}, Cols: forms[0]},
		&vector.Batch{N: 2, Cols: forms[1]}, &vector.Batch{N: 2, Cols: forms[2]}))
	for i, c := range cases() {
		null := fmt.Sprint([]any{nil}[0])
		want := fmt.Sprint([]any{null, c.want, c.want, c.want, c.want, null})
		if got := fmt.Sprint(cols[i][1]); got != want || cols[i][0] != c.typ {
			t.Errorf("%s: %s %s, want %s %s", c.v.Type, cols[i][0], got, c.typ, want)
		}
	}
}

// TestPyarrowEmpty reads streams without rows and without columns.
func TestPyarrowEmpty(t *testing.T) {
	schema := &types.Schema{}
	for _, c := range cases() {
		schema.Fields = append(schema.Fields, types.Field{Name: "x", Type: c.v.Type})
	}
	if cols := pyarrow(t, write(t, schema)); len(cols) != len(schema.Fields) {
		t.Error(cols)
	}
	if cols := pyarrow(t, write(t, &types.Schema{}, &vector.Batch{N: 3})); len(cols) != 0 {
		t.Error(cols)
	}
}
