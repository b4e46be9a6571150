package json

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// TestReject: a record with a value that does not fit, or that is no JSON, is
// left out whatever a query reads, counted, and told of with its line.
func TestReject(t *testing.T) {
	var lines, pretty, want strings.Builder
	bad := map[int]string{3: `{"n":"x","o":{"l":[1]}}`, 4: `{"n":1,"o":{"l":[1,true]}}`, 900: `{"n":`}
	for line := 1; line <= 1000; line++ {
		if b, ok := bad[line]; ok {
			fmt.Fprintln(&lines, b)
			if line != 900 { // broken JSON ends a file whose records don't keep to lines
				fmt.Fprintf(&pretty, "%s\n", b)
			}
			continue
		}
		fmt.Fprintf(&lines, "{\"n\":%d,\"o\":{\"l\":[%d]}}\n", line, line)
		fmt.Fprintf(&pretty, "{\"n\":%d,\n\"o\":{\"l\":[%d]}}", line, line)
		fmt.Fprintf(&want, "{\"n\":%d,\"o\":{\"l\":[%d]}}\n", line, line)
	}
	schema := formattest.Schema(t, "n bigint", "o struct<l:array<bigint>>")
	for name, c := range map[string]struct {
		data    string
		rejects int64
	}{"lines": {lines.String(), 3}, "side by side": {pretty.String(), 2}} {
		f := open(t, c.data, schema, map[string]string{"malformed.values": "reject"})
		for _, target := range []int64{1 << 30, 500} {
			var rejects formats.Rejects
			got, err := text(f, target, formats.ScanRequest{Columns: formattest.Columns(schema), Rejects: &rejects})
			if err != nil {
				t.Fatal(name, err)
			}
			if diff := cmp.Diff(want.String(), got); diff != "" || rejects.Count() != c.rejects {
				t.Errorf("%s, splits of %d: %d rejected: %s", name, target, rejects.Count(), diff)
			}
			if name == "lines" {
				d := rejects.Warning().Detail
				for _, place := range []string{`line 3, column "n": `, `line 4, column "o.l.element": `, "line 900: "} {
					if !strings.Contains(d, place) {
						t.Errorf("splits of %d: no %q in %s", target, place, d)
					}
				}
			}
			if target < 1<<30 {
				continue
			}
			var one formats.Rejects
			n, err := text(f, target, formats.ScanRequest{Columns: formattest.Columns(schema)[:1], Rejects: &one})
			if err != nil || strings.Count(n, "\n") != strings.Count(want.String(), "\n") || one.Count() != c.rejects {
				t.Errorf("%s: one column gives %d rows, %d rejected: %v", name, strings.Count(n, "\n"), one.Count(), err)
			}
		}
	}
}
