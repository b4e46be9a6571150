package textval

import (
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
)

func TestNamedMonths(t *testing.T) {
	for s, want := range map[string]string{
		"Jan-02-2024": "2024-01-02", "02-JAN-2024": "2024-01-02", "2024-jan-02": "2024-01-02", "2-Dec-24": "2024-12-02", "Feb-29-2024": "2024-02-29",
		"31-dec-69": "2069-12-31", "01-jan-70": "1970-01-01",
		"Feb-30-2024": "", "anf-02-2024": "", "Jan-Feb-2024": "", "01-02-2024": "", "2024-02-jan": "", "jan-2024-02": "", "jan--2024": "", "jan-02-024": "", "jan-02-0000": "",
	} {
		d, err := Date([]byte(s))
		got := ""
		if err == nil {
			got = string(types.AppendDate(nil, d))
		}
		if got != want {
			t.Errorf("%q is %q, %v, want %q", s, got, err, want)
		}
	}
}
