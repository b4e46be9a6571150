package parquet

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	pq "github.com/parquet-go/parquet-go"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// written gives a file of one row, made by another writer.
func written[T any](t *testing.T, row T) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := pq.NewGenericWriter[T](&buf)
	if _, err := w.Write([]T{row}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestFieldIDs: a table that knows its columns' IDs finds them under other
// names, and does not take another column that has an old name now.
func TestFieldIDs(t *testing.T) {
	before := written(t, struct {
		Price int64 `parquet:"price,id(1)"`
		Note  int64 `parquet:"note,id(2)"`
	}{10, 20})
	after := written(t, struct {
		Note   int64 `parquet:"note,id(3)"`
		Amount int64 `parquet:"amount,id(1)"`
	}{30, 10})
	plain := written(t, struct {
		Note   int64 `parquet:"note"`
		Amount int64 `parquet:"amount"`
	}{30, 10})
	table := &types.Schema{Fields: []types.Field{{Name: "amount", Type: types.TBigInt}, {Name: "note", Type: types.TBigInt}}}
	for name, c := range map[string]struct {
		file []byte
		ids  []int32
		want []string
	}{
		"renamed":                     {before, []int32{1, 3}, []string{"10", "NULL"}},
		"as it is now":                {after, []int32{1, 3}, []string{"10", "30"}},
		"a file without IDs":          {plain, []int32{1, 3}, []string{"10", "30"}},
		"a table without IDs":         {before, nil, []string{"NULL", "20"}},
		"an ID that the file has not": {before, []int32{0, 9}, []string{"NULL", "NULL"}},
		"IDs of some columns":         {before, []int32{1, 0}, []string{"10", "20"}},
	} {
		f, _ := openBytes(t, c.file, formats.Options{Schema: table, FieldIDs: c.ids})
		rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
		if err != nil {
			t.Fatal(name, err)
		}
		var got []string
		for _, v := range rows[0] {
			got = append(got, v.String())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(name, diff)
		}
	}
	f, _ := openBytes(t, after, formats.Options{})
	if diff := cmp.Diff([]int32{3, 1}, f.FieldIDs()); diff != "" {
		t.Error(diff)
	}
}

// TestByPosition: the property makes names not matter, nor IDs.
func TestByPosition(t *testing.T) {
	file := written(t, struct {
		A int64  `parquet:"a,id(1)"`
		B string `parquet:"b,id(2)"`
	}{10, "x"})
	table := &types.Schema{Fields: []types.Field{{Name: "b", Type: types.TBigInt}, {Name: "a", Type: types.TVarchar}, {Name: "c", Type: types.TDate}}}
	f, _ := openBytes(t, file, formats.Options{Schema: table, FieldIDs: []int32{2, 1, 3}, Properties: map[string]string{"parquet.column.index.access": "TRUE"}})
	rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)})
	if err != nil || len(rows) != 1 || rows[0][0].I != 10 || rows[0][1].S != "x" || !rows[0][2].Null {
		t.Errorf("%v, %v", rows, err)
	}
}
