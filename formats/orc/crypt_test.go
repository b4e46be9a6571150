package orc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// TestEncrypted reads the plain columns of files that Spark wrote, and refuses
// the others, of which only masked values are in the open, by name.
func TestEncrypted(t *testing.T) {
	for name, want := range map[string]string{"encrypted_sample1": "Dongjoon Hyun", "encrypted_sample2": "William Hyun"} {
		f, m := openIn(t, "apache/"+name+".orc")
		all := formattest.All(f)
		col := func(name string) formats.Projection { return all[f.Schema().Index(name)] }
		rows, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: []formats.Projection{col("name")}})
		if err != nil || fmt.Sprint(rows) != fmt.Sprint([]any{[]any{want}}) {
			t.Errorf("%s: %v, %v", name, rows, err)
		}
		if n, _, _ := readFor(t, f, m, []formats.Projection{col("name")}, types.StringOf(types.TVarchar, want)); len(n) != 1 {
			t.Errorf("%s: %v are found by name", name, n)
		}
		if rows, err := formattest.Rows(t.Context(), f, formats.ScanRequest{}); err != nil || len(rows) != 1 {
			t.Errorf("%s: %d rows are counted, %v", name, len(rows), err)
		}
		for _, c := range []string{"ssn", "email"} {
			_, err := formattest.Rows(t.Context(), f, formats.ScanRequest{Columns: []formats.Projection{col("name"), col(c)}})
			if !fault.Is(err, fault.CodeFeatureNotSupported) || !strings.Contains(err.Error(), `"pii"`) || fault.As(err).Column != c {
				t.Errorf("%s.%s: %v", name, c, err)
			}
			if b := f.Stats().Columns[f.Schema().Index(c)]; b.HasMinMax || b.HasNulls {
				t.Errorf("%s.%s: bounds of masked values: %+v", name, c, b)
			}
		}
		// With 'malformed.values' = 'null' too: the values are there, and not NULL.
		g, err := Format{}.Open(t.Context(), f.store, f.info, formats.Options{Schema: f.Schema(), Properties: map[string]string{"malformed.values": "null"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := formattest.Rows(t.Context(), g, formats.ScanRequest{Columns: []formats.Projection{col("ssn")}}); !fault.Is(err, fault.CodeFeatureNotSupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
