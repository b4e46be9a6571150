package formattest

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/textval"
	"github.com/glauxdb/glaux/formats/vector"
)

// Schema makes a schema of "name type" words, types in Hive's spelling.
func Schema(t testing.TB, defs ...string) *types.Schema {
	t.Helper()
	s := &types.Schema{}
	for _, d := range defs {
		name, typ, _ := strings.Cut(d, " ")
		ty, err := types.ParseHive(typ)
		if err != nil {
			t.Fatal(err)
		}
		s.Fields = append(s.Fields, types.Field{Name: name, Type: ty})
	}
	return s
}

// Columns projects every column of a schema.
func Columns(s *types.Schema) []formats.Projection {
	out := make([]formats.Projection, len(s.Fields))
	for i, c := range s.Fields {
		out[i] = formats.Projection{Column: i, Type: c.Type}
	}
	return out
}

// All projects every column of a file.
func All(f formats.File) []formats.Projection { return Columns(f.Schema()) }

// Each scans one split and hands over its batches. One without rows is an error,
// and so is a column of another length.
func Each(ctx context.Context, f formats.File, r formats.ScanRequest, take func(*vector.Batch) error) (err error) {
	src, err := f.Scan(ctx, r)
	if err != nil {
		return err
	}
	defer func() {
		if closed := src.Close(); err == nil {
			err = closed
		}
	}()
	for b := (vector.Batch{}); ; {
		switch err := src.Next(ctx, &b); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case b.Rows() == 0:
			return errors.New("a batch without rows")
		}
		for _, v := range b.Cols {
			if v.Len != b.N {
				return errors.New("a column's length is not the batch's")
			}
		}
		if err := take(&b); err != nil {
			return err
		}
	}
}

// Rows scans one split and gives its rows, each a list of rendered values.
func Rows(ctx context.Context, f formats.File, r formats.ScanRequest) (out []any, err error) {
	err = Each(ctx, f, r, func(b *vector.Batch) error {
		for i := range b.N {
			if b.Sel == nil || contains(b.Sel, i) {
				out = append(out, row(b, i))
			}
		}
		return nil
	})
	return out, err
}

// SplitTexts scans one split and gives its rows as texts, NULL as "∅".
func SplitTexts(ctx context.Context, f formats.File, r formats.ScanRequest) (out [][]string, err error) {
	err = Each(ctx, f, r, func(b *vector.Batch) error {
		for i := range b.Rows() {
			at := i
			if b.Sel != nil {
				at = int(b.Sel[i])
			}
			row := make([]string, len(b.Cols))
			for c, v := range b.Cols {
				row[c] = "∅"
				if flat, k, ok := textval.At(v, at); ok {
					row[c] = string(textval.AppendText(nil, flat, k))
				}
			}
			out = append(out, row)
		}
		return nil
	})
	return out, err
}

// Texts is SplitTexts of all splits.
func Texts(ctx context.Context, f formats.File, target int64, r formats.ScanRequest) (out [][]string, err error) {
	for _, s := range f.Splits(target) {
		r.Split = s
		rows, err := SplitTexts(ctx, f, r)
		if out = append(out, rows...); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Count scans all splits in the loop of a benchmark, and demands a number of
// rows each time.
func Count(b *testing.B, f formats.File, target int64, r formats.ScanRequest, want int64) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		rows := int64(0)
		for _, s := range f.Splits(target) {
			r.Split = s
			err := Each(b.Context(), f, r, func(batch *vector.Batch) error {
				rows += int64(batch.Rows())
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		if rows != want {
			b.Fatalf("%d rows of %d", rows, want)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(max(want, 1)), "ns/row")
}

func contains(sel vector.Sel, i int) bool {
	for _, s := range sel {
		if int(s) == i {
			return true
		}
	}
	return false
}

func row(b *vector.Batch, i int) []any {
	out := make([]any, len(b.Cols))
	for c, v := range b.Cols {
		out[c] = Render(vector.ValueAt(v, i))
	}
	return out
}

// AllRows scans every split of a file, with all columns.
func AllRows(t testing.TB, f formats.File, target int64) []any {
	t.Helper()
	var out []any
	for _, s := range f.Splits(target) {
		rows, err := Rows(t.Context(), f, formats.ScanRequest{Split: s, Columns: All(f)})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rows...)
	}
	return out
}
