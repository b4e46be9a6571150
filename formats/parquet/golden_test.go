package parquet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/vector"
)

// sameNumber compares what JSON writes in several ways: 1.5 and 1.50, 12 and
// "12" (unsigned 64-bit integers are decimals here).
var sameNumber = cmp.FilterValues(func(a, b any) bool {
	_, x := number(a)
	_, y := number(b)
	return x && y
}, cmp.Comparer(func(a, b any) bool {
	p, _ := number(a)
	q, _ := number(b)
	return p == q
}))

func number(x any) (string, bool) {
	var s string
	switch x := x.(type) {
	case json.Number:
		s = string(x)
	case string:
		s = x
	default:
		return "", false
	}
	if _, err := strconv.ParseInt(s, 10, 64); err == nil {
		return s, true
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && len(s) < 26 {
		return strconv.FormatFloat(f, 'g', -1, 64), true
	}
	return s, false
}

func readGolden(t *testing.T, name string) [][]any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(formattest.Data(t, name+".json")))
	d.UseNumber()
	var rows [][]any
	if err := d.Decode(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

func renderRows(rows [][]types.Value) [][]any {
	out := make([][]any, len(rows))
	for i, r := range rows {
		out[i] = make([]any, len(r))
		for c, v := range r {
			out[i][c] = formattest.Render(v)
		}
	}
	return out
}

func goldenNames(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 15 {
		t.Fatalf("golden files: %v, %v", files, err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".json")
	}
	return files
}

// TestGolden reads files of pyarrow and DuckDB, in batches of several sizes.
func TestGolden(t *testing.T) {
	for _, name := range goldenNames(t) {
		t.Run(name, func(t *testing.T) {
			want := readGolden(t, name)
			f, _ := openBytes(t, formattest.Data(t, name+".parquet"), formats.Options{})
			for _, size := range []int{4096, 64, 17, 1} {
				f.batchRows = size
				rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
				if err != nil {
					t.Fatalf("batches of %d: %v", size, err)
				}
				if d := cmp.Diff(want, renderRows(rows), sameNumber); d != "" {
					t.Fatalf("batches of %d (-want +got):\n%.3000s", size, d)
				}
			}
		})
	}
}

// listText renders a list of integers as text, for short tables.
func listText(v *vector.Vector) []any {
	out := make([]any, v.Len)
	for i := range out {
		x := vector.ValueAt(v, i)
		if x.Null {
			continue
		}
		list := []any{}
		for _, k := range x.Kids {
			list = append(list, fmt.Sprint(k.I))
		}
		out[i] = list
	}
	return out
}
