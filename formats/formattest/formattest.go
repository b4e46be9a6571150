// Package formattest holds what the tests of columnar formats share: files in
// memory, rows as JSON, scans that read a file in every way that must not
// matter.
package formattest

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// Open opens bytes as a file.
func Open(t testing.TB, f formats.Format, name string, data []byte, opt formats.Options) (formats.File, error) {
	t.Helper()
	m := store.NewMemory("t")
	info, err := m.Put(t.Context(), name, strings.NewReader(string(data)), store.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return f.Open(t.Context(), m, info, opt)
}

// MustOpen is Open for files that must open.
func MustOpen(t testing.TB, f formats.Format, name string, data []byte, opt formats.Options) formats.File {
	t.Helper()
	file, err := Open(t, f, name, data, opt)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Data reads a file of the package's testdata.
func Data(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Render gives a value as the generators of test data write it: numbers of
// days and ticks, decimals as text, binary in hexadecimal, intervals as "months
// days microseconds", rows and arrays as lists, maps as lists of pairs.
func Render(v types.Value) any {
	if v.Null {
		return nil
	}
	switch v.Type.Kind {
	case types.Boolean:
		return v.I != 0
	case types.Real, types.Double:
		if math.IsNaN(v.F) || math.IsInf(v.F, 0) {
			return strconv.FormatFloat(v.F, 'f', -1, 64)
		}
		return json.Number(strconv.FormatFloat(v.F, 'g', -1, 64))
	case types.Decimal:
		return string(types.AppendDecimal(nil, v.Dec(), int(v.Type.S)))
	case types.Varbinary:
		return hex.EncodeToString([]byte(v.S))
	case types.UUID:
		return hex.EncodeToString(v.UUID[:])
	case types.Interval:
		return fmt.Sprintf("%d %d %d", v.Interval.Months, v.Interval.Days, v.Interval.Micros)
	case types.Map:
		out := []any{}
		for i := 0; i < len(v.Kids); i += 2 {
			out = append(out, []any{Render(v.Kids[i]), Render(v.Kids[i+1])})
		}
		return out
	case types.Array, types.Row:
		out := []any{}
		for _, k := range v.Kids {
			out = append(out, Render(k))
		}
		return out
	}
	if v.Type.Phys() == types.PhysBytes {
		return v.S
	}
	return json.Number(strconv.FormatInt(v.I, 10))
}

// Field gives what lies at a path inside a rendered value; nil below a NULL.
func Field(v any, path ...int) any {
	for _, p := range path {
		if v == nil {
			return nil
		}
		v = v.([]any)[p]
	}
	return v
}

// Golden is what a generator says about a file.
type Golden struct {
	Types []string `json:"types"` // of the columns, as SQL spells them
	Rows  []any    `json:"rows"`
}

// ReadGolden reads a generator's JSON.
func ReadGolden(t testing.TB, data []byte) *Golden {
	t.Helper()
	g := &Golden{}
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	if err := d.Decode(g); err != nil {
		t.Fatal(err)
	}
	return g
}

// Diff compares rows; numbers compare by value, however they are written.
func Diff(want, got []any) string {
	if len(want) == len(got) && (len(want) == 0 || reflect.DeepEqual(want, got)) { // what is the same is so much sooner
		return ""
	}
	return cmp.Diff(want, got, sameNumber)
}

var sameNumber = cmp.Comparer(func(a, b json.Number) bool {
	if a == b {
		return true
	}
	x, err1 := a.Float64()
	y, err2 := b.Float64()
	return err1 == nil && err2 == nil && x == y
})

// Fault demands that an error is a fault about a file, and no internal one.
func Fault(t testing.TB, err error) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Object == "" || e.Code == fault.CodeInternal {
		t.Fatalf("not a fault about the file: %v", err)
	}
}

// Exercise reads a file of unknown bytes in several ways: nothing may panic,
// errors must be faults about the file, and what comes out must be readable.
// It stops after 64 Ki rows of each scan: a few bytes may stand for billions. It
// gives the last error.
func Exercise(t testing.TB, f formats.File) (last error) {
	t.Helper()
	requests := []formats.ScanRequest{{Columns: All(f)}, {}}
	if len(f.Schema().Fields) > 0 {
		// A predicate that knows every third range of rows to be useless: what is
		// read between has to be found.
		asked := 0
		requests = append(requests, formats.ScanRequest{Columns: All(f), Pred: &Where{Cols: []int{0},
			Pass: func(v []types.Value) bool { return v[0].I%2 == 0 },
			Bounds: func([]formats.Bounds) formats.Tri {
				if asked++; asked%3 == 2 {
					return formats.Never
				}
				return formats.Maybe
			}}})
	}
	for i, c := range f.Schema().Fields {
		if i < 16 {
			requests = append(requests, formats.ScanRequest{Columns: []formats.Projection{{Column: i, Type: c.Type}}})
		}
	}
	for _, r := range requests {
		for _, s := range f.Splits(1 << 20) {
			r.Split = s
			if err := exercise(t, f, r); err != nil {
				last = err
			}
		}
	}
	return last
}

func exercise(t testing.TB, f formats.File, r formats.ScanRequest) error {
	src, err := f.Scan(t.Context(), r)
	if err != nil {
		Fault(t, err)
		return err
	}
	defer src.Close()
	var b vector.Batch
	for rows := 0; rows < 64<<10; rows += b.N {
		err := src.Next(t.Context(), &b)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			Fault(t, err)
			return err
		}
		for _, v := range b.Cols {
			for i := range b.N {
				vector.ValueAt(v, i)
			}
		}
	}
	return nil
}
