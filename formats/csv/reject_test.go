package csv

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// TestReject: a row with a value that cannot be read is left out whatever
// columns a query reads and however the file is cut, counted once, and told of
// with its line.
func TestReject(t *testing.T) {
	var data strings.Builder
	var want [][]string
	bad := map[int]string{7: "x,2024-01-01,a", 8: "7,2024-13-01,b", 200: "1.5,no,c", 4999: "9,2024-01-02,\xff"}
	for line := 1; line <= 5000; line++ {
		if b, ok := bad[line]; ok {
			fmt.Fprintln(&data, b)
			continue
		}
		fmt.Fprintf(&data, "%d,2024-01-01,t\n", line)
		want = append(want, []string{fmt.Sprint(line), "2024-01-01", "t"})
	}
	schema := formattest.Schema(t, "n bigint", "d date", "s string")
	f := open(t, data.String(), schema, map[string]string{"malformed.values": "reject"})
	all := formattest.Columns(schema)
	for name, c := range map[string]struct {
		cols []formats.Projection
		pick []int
	}{
		"all": {all, []int{0, 1, 2}}, "one": {all[2:], []int{2}}, "twice": {[]formats.Projection{all[0], all[0]}, []int{0, 0}}, "none": {nil, nil},
	} {
		for _, target := range []int64{1 << 30, 1000} {
			var rejects formats.Rejects
			req := formats.ScanRequest{Columns: c.cols, Rejects: &rejects}
			got, err := formattest.Texts(t.Context(), f, target, req)
			if err != nil {
				t.Fatal(name, err)
			}
			picked := make([][]string, len(want))
			for i, row := range want {
				picked[i] = make([]string, len(c.pick))
				for k, col := range c.pick {
					picked[i][k] = row[col]
				}
			}
			if diff := cmp.Diff(picked, got); diff != "" {
				t.Fatalf("%s, splits of %d: %s", name, target, diff)
			}
			w := rejects.Warning()
			var places []string
			for _, line := range strings.Split(w.Detail, "\n") {
				places = append(places, line[strings.Index(line, "line"):strings.Index(line, ": ")])
			}
			if diff := cmp.Diff([]string{`line 7, column "n"`, `line 8, column "d"`, `line 200, column "n"`, `line 4999, column "s"`}, places); diff != "" || rejects.Count() != 4 {
				t.Errorf("%s, splits of %d: %d rejected: %s", name, target, rejects.Count(), diff)
			}
		}
	}
	req := formats.ScanRequest{Columns: all, Pred: evenRows{}, Rejects: new(formats.Rejects)}
	if got, err := formattest.Texts(t.Context(), f, 1<<30, req); err != nil || len(got) == 0 || req.Rejects.Count() != 4 {
		t.Errorf("with a predicate: %d rows, %d rejected, %v", len(got), req.Rejects.Count(), err)
	}
}
