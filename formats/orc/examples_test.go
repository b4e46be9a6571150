package orc

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/vector"
)

// TestExamples reads the examples of the ORC project (files and their rows as
// .jsn.gz in one folder), which every writer since Hive 0.11 has part in, from
// the folder that GLAUX_ORC_EXAMPLES names.
func TestExamples(t *testing.T) {
	dir := os.Getenv("GLAUX_ORC_EXAMPLES")
	if dir == "" {
		t.Skip("GLAUX_ORC_EXAMPLES names no folder with the examples of the ORC project")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.jsn.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		base := strings.TrimSuffix(name, ".jsn.gz")
		t.Run(filepath.Base(base), func(t *testing.T) {
			data, err := os.ReadFile(base + ".orc")
			if info, _ := os.Stat(name); err != nil || len(data) == 0 || info.Size() == 0 {
				t.Skip("the file is not there")
			}
			f, err := formattest.Open(t, Format{}, "t.orc", data, formats.Options{})
			if fault.Is(err, fault.CodeFeatureNotSupported) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			s := &types.Schema{}
			for _, c := range f.Schema().Fields {
				if c.Type.Kind == types.Timestamp {
					c.Type.P = 9
				}
				s.Fields = append(s.Fields, c)
			}
			compareExample(t, open(t, data, formats.Options{Schema: s}), name)
		})
	}
}

// eachExample reads the examples of the ORC project, in a folder that
// GLAUX_ORC_EXAMPLES names.
func eachExample(t *testing.T, try func(name string, data []byte)) {
	t.Helper()
	dir := os.Getenv("GLAUX_ORC_EXAMPLES")
	if dir == "" {
		t.Skip("GLAUX_ORC_EXAMPLES names no folder with the examples of the ORC project")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.orc"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		try(filepath.Base(path), data)
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
			if d := cmp.Diff(x, any(got), exampleNumber); d != "" {
				t.Fatalf("row %d: %s", row, d)
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

var exampleNumber = cmp.Comparer(func(a, b json.Number) bool {
	x, _ := a.Float64()
	y, _ := b.Float64()
	return x == y || math.Abs(x-y) < 1e-6*math.Abs(x)
})

// example gives a value in the form of the project's tools.
func example(v types.Value, n *node) any {
	if v.Null {
		return nil
	}
	switch n.kind {
	case kindBoolean:
		return v.I != 0
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
		if err != nil || file.(*File).foot.stride <= 0 || file.(*File).foot.rows <= file.(*File).foot.stride {
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
