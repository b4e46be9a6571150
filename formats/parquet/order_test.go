package parquet

import (
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/formattest"
)

// TestFloatOrders reads columns in the order of their type and in IEEE 754's
// total order: where NaNs are counted and there are none the largest value is
// known, and no bound lies about a value.
func TestFloatOrders(t *testing.T) {
	data, err := os.ReadFile(testingDir + "/data/floating_orders_nan_count.parquet")
	if err != nil {
		t.Fatal(err)
	}
	f, _ := openBytes(t, data, formats.Options{})
	f.minIndexed = 0
	total, sure := 0, 0
	for c, field := range f.Schema().Fields {
		if !field.Type.IsFloat() {
			continue
		}
		if f.meta.orders[c] == orderTotal {
			total++
		}
		for g := range f.meta.groups {
			rows, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)[c : c+1], Split: formats.Split{First: g, Count: 1}})
			if err != nil {
				t.Fatal(err)
			}
			b := f.bounds(g, f.binds[c])
			if !b.HasMinMax {
				continue
			}
			if !math.IsNaN(b.Max.F) {
				sure++
			}
			for _, r := range rows {
				if v := r[0]; !v.Null && (v.Compare(b.Min) < 0 || v.Compare(b.Max) > 0) {
					t.Errorf("row group %d, %s: %v is outside of %v to %v", g, field.Name, v, b.Min, b.Max)
				}
			}
			for _, r := range rows {
				p := formattest.OneOf(r[0])
				p.Bounds = func(b []formats.Bounds) formats.Tri {
					if b[0].HasMinMax && (r[0].Compare(b[0].Min) < 0 || r[0].Compare(b[0].Max) > 0) {
						return formats.Never
					}
					return formats.Maybe
				}
				if got, err := scanRows(f, formats.ScanRequest{Columns: formattest.All(f)[c : c+1], Pred: p}); err != nil || len(got) == 0 {
					t.Errorf("row group %d, %s: %v is not found, %v", g, field.Name, r[0], err)
				}
			}
		}
	}
	t.Logf("%d columns in total order, %d bounds of row groups without NaN", total, sure)
	if total == 0 || sure == 0 {
		t.Errorf("%d columns in total order, %d bounds without NaN", total, sure)
	}
	f.meta.orders[0] = 99
	f.meta.groups[0].chunks[0].stats.hasOld = false // those have an order of their own
	if b := f.bounds(0, f.binds[0]); b.HasMinMax {
		t.Error("bounds of an unknown order are used: " + fmt.Sprint(b.Min, b.Max))
	}
}
