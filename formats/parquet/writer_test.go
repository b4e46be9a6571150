package parquet

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
	"github.com/glauxdb/glaux/formats/vector"
)

// copyFile scans f and writes what it gives with a Writer.
func copyFile(t testing.TB, f *File, o WriterOptions) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, f.Schema(), o)
	if err != nil {
		t.Fatal(err)
	}
	src, err := f.Scan(context.Background(), formats.ScanRequest{Columns: formattest.All(f)})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var b vector.Batch
	for {
		err := src.Next(context.Background(), &b)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(&b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestWriterRoundTrip writes what was read of every golden file and reads it
// again: values, and all types but the ones that have no Parquet form of their
// own, stay.
func TestWriterRoundTrip(t *testing.T) {
	for _, name := range goldenNames(t) {
		t.Run(name, func(t *testing.T) {
			f, _ := openBytes(t, formattest.Data(t, name+".parquet"), formats.Options{})
			codec := map[string]string{"types_v1": "zstd", "types_v2": "gzip", "delta": "none", "fallback": "lz4_raw", "groups": "brotli"}[name]
			data := copyFile(t, f, WriterOptions{Compression: codec, GroupRows: 70})
			g, _ := openBytes(t, data, formats.Options{})
			rows, err := scanRows(g, formats.ScanRequest{Columns: formattest.All(g)})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(readGolden(t, name), renderRows(rows), sameNumber); d != "" {
				t.Fatalf("(-want +got):\n%.3000s", d)
			}
			if n := len(g.meta.groups); len(rows) > 70 && n < 2 {
				t.Errorf("%d row groups", n)
			}
		})
	}
}

func TestWriterNamesAndTypes(t *testing.T) {
	schema := &types.Schema{Fields: []types.Field{
		{Name: "b", Type: types.TBigInt}, {Name: "a", Type: types.TOID}, {Name: "B", Type: types.TUnknown},
		{Name: "count(*)", Type: types.VarcharOf(3)}, {Type: types.TimeOf(9)},
		{Name: "r", Type: types.RowOf(types.Field{Name: "z", Type: types.TReal}, types.Field{Name: "y", Type: types.TUUID})},
	}}
	var out bytes.Buffer
	w, err := NewWriter(&out, schema, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b := &vector.Batch{N: 3, Sel: vector.Sel{0, 2}, Cols: []*vector.Vector{
		vector.FromValues(types.TBigInt, []types.Value{types.IntOf(types.TBigInt, 1), types.NullOf(types.TBigInt), types.IntOf(types.TBigInt, 3)}),
		vector.ConstOf(types.IntOf(types.TOID, 4_000_000_000), 3),
		vector.Null(types.TUnknown, 3),
		vector.ConstOf(types.StringOf(types.VarcharOf(3), "xyz"), 3),
		vector.Null(types.TimeOf(9), 3),
		vector.Null(schema.Fields[5].Type, 3),
	}}
	if err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, _ := openBytes(t, out.Bytes(), formats.Options{})
	var names []string
	for _, c := range f.Schema().Fields {
		names = append(names, c.Name+" "+c.Type.String())
	}
	want := []string{"b bigint", "a bigint", "B_1 varchar", "count(*) varchar", "field4 time(9)", "r row(z real, y uuid)"}
	if d := cmp.Diff(want, names); d != "" {
		t.Errorf("schema (-want +got):\n%s", d)
	}
	rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[1][0].I != 3 || rows[0][1].I != 4_000_000_000 || !rows[0][2].Null || rows[0][3].S != "xyz" || !rows[0][5].Null {
		t.Errorf("rows %v", rows)
	}
}

func TestWriterRefuses(t *testing.T) {
	if _, err := NewWriter(io.Discard, &types.Schema{}, WriterOptions{}); !fault.Is(err, fault.CodeFeatureNotSupported) {
		t.Errorf("no columns: %v", err)
	}
	schema := &types.Schema{Fields: []types.Field{{Name: "i", Type: types.TInterval}}}
	if _, err := NewWriter(io.Discard, schema, WriterOptions{Compression: "lzo"}); !fault.Is(err, fault.CodeInvalidParameter) {
		t.Errorf("unknown codec: %v", err)
	}
	w, err := NewWriter(io.Discard, schema, WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	neg := types.Value{Type: types.TInterval, Interval: types.IntervalValue{Months: -1}}
	if err := w.Write(&vector.Batch{N: 1, Cols: []*vector.Vector{vector.ConstOf(neg, 1)}}); !fault.Is(err, fault.CodeDatetimeOverflow) {
		t.Errorf("negative interval: %v", err)
	}
}
