package size

import (
	"math"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int64
		text string
	}{
		{"0", 0, "0 bytes"}, {"1536", 1536, "1.5 KB"}, {"10MB", 10 << 20, "10 MB"}, {"1.5 GB", 3 << 29, "1.5 GB"}, {" 2tib ", 2 << 40, "2 TB"},
		{"9223372036854775807", math.MaxInt64, "8 EB"}, {".5k", 512, "512 bytes"},
	} {
		n, err := Parse(c.in)
		if err != nil || n != c.n || Text(n) != c.text {
			t.Errorf("%s: %d %v %s, want %d %s", c.in, n, err, Text(n), c.n, c.text)
		}
	}
	for _, bad := range []string{"", "x", "10XB", "-5", "1e40", "NaN", "8EB", "9223372036854775808", ".", "1.2.3"} {
		if n, err := Parse(bad); !fault.Is(err, fault.CodeInvalidParameter) {
			t.Errorf("%q: %d, %v", bad, n, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("1.5GB")
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := Parse(s); err == nil && n < 0 {
			t.Errorf("%q is %d", s, n)
		}
	})
}
