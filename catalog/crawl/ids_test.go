package crawl

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	pq "github.com/parquet-go/parquet-go"
)

// parquetRow makes a Parquet file of one row by parquet-go, which writes field
// IDs.
func parquetRow[T any](t *testing.T, row T, createdBy ...string) string {
	t.Helper()
	var buf bytes.Buffer
	o := []pq.WriterOption{}
	if len(createdBy) > 0 {
		o = append(o, pq.CreatedBy(createdBy[0], createdBy[1], "x"))
	}
	w := pq.NewGenericWriter[T](&buf, o...)
	if _, err := w.Write([]T{row}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

type idsBefore struct {
	ID    int64   `parquet:"id,id(1)"`
	Price float32 `parquet:"price,id(2)"`
	Note  string  `parquet:"note,id(3)"`
}

type idsAfter struct {
	Extra  bool    `parquet:"extra,id(4)"`
	Amount float64 `parquet:"amount,id(2)"`
	ID     int64   `parquet:"id,id(1)"`
}

type idsOther struct {
	ID   int64  `parquet:"id,id(1)"`
	City string `parquet:"city,id(2)"`
	Note string `parquet:"note,id(7)"`
}

// TestFieldIDs: columns are one by their field ID, whatever they are called, if
// the files agree on the IDs and did not make them up.
func TestFieldIDs(t *testing.T) {
	before := parquetRow(t, idsBefore{})
	for name, c := range map[string]struct {
		files map[string]string
		want  string
		ids   []string
		note  bool
	}{
		"renamed": {map[string]string{"l/t/dt=1/a": before, "l/t/dt=2/a": parquetRow(t, idsAfter{})},
			"id bigint, price double, note varchar, extra boolean", []string{"1", "2", "3", "4"}, true},
		"without IDs": {map[string]string{"l/t/dt=1/a": before, "l/t/dt=2/a": string(parquetOf(t, "id:bigint,price:float,note:string"))},
			"id bigint, price real, note varchar", []string{"1", "2", "3"}, false},
		"a name with two IDs": {map[string]string{"l/t/dt=1/a": before, "l/t/dt=2/a": parquetRow(t, idsOther{})},
			"id bigint, price real, note varchar, city varchar", []string{"", "", "", ""}, false},
		"made up": {map[string]string{"l/t/dt=1/a": before, "l/t/dt=2/a": parquetRow(t, idsAfter{}, "parquet-cpp-arrow", "5.0.0")},
			"id bigint, price real, note varchar, extra boolean, amount double", []string{"", "", "", "", ""}, false},
	} {
		w := newWorld(t).put(c.files)
		f := w.search(Options{})
		tab := f.Tables[0].Table
		var ids []string
		for _, col := range tab.Columns {
			ids = append(ids, col.Parameters[idParameter])
		}
		if diff := cmp.Diff(c.want, columnText(tab.Columns)) + cmp.Diff(c.ids, ids); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		told := slices.ContainsFunc(f.Notes, func(n string) bool { return strings.Contains(n, "one field ID") })
		if told != c.note {
			t.Errorf("%s: %q", name, f.Notes)
		}
		for _, d := range f.Tables[0].Drift {
			if name == "renamed" && d.Column == "amount" {
				t.Errorf("%+v", d)
			}
		}
	}
}

func TestByPlace(t *testing.T) {
	for by, want := range map[string]bool{"parquet-cpp version 1.5.1-SNAPSHOT": true, "parquet-cpp-arrow version 5.0.0": true,
		"parquet-cpp-arrow version 16.1.0": false, "parquet-mr version 1.12.3 (build x)": false, "": false, "parquet-cpp-arrow version x": true} {
		if got := byPlace(by); got != want {
			t.Errorf("%q: %v", by, got)
		}
	}
}
