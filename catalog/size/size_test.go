package size

import (
	"math"
	"strings"
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
	for _, c := range []struct{ in, message string }{
		{"", `invalid size ""`}, {"x", `invalid size "x"`}, {"10XB", `invalid size "10XB"`}, {"NaN", `invalid size "NaN"`}, {"Inf", `invalid size "Inf"`},
		{"1e40", `invalid size "1e40"`}, {"0x10", `invalid size "0x10"`}, {"1_000", `invalid size "1_000"`}, {"+5", `invalid size "+5"`}, {"1 2", `invalid size "1 2"`},
		{".", `invalid size "."`}, {"1.2.3", `invalid size "1.2.3"`}, {"--5", `invalid size "--5"`}, {"-", `invalid size "-"`},
		{"-5", `size "-5" is negative`}, {"-0.5 GB", `size "-0.5 GB" is negative`},
		{"9223372036854775808", `size "9223372036854775808" is out of range`}, {"8EB", `size "8EB" is out of range`}, {"1 ZB", `size "1 ZB" is out of range`},
		{"7YiB", `size "7YiB" is out of range`}, {strings.Repeat("9", 65), `invalid size "` + strings.Repeat("9", 65) + `"`},
	} {
		if n, err := Parse(c.in); !fault.Is(err, fault.CodeInvalidParameter) || fault.As(err).Message != c.message || fault.As(err).Hint == "" {
			t.Errorf("%q: %d, %v; want %s", c.in, n, err, c.message)
		}
	}
}

// FuzzParse checks that what is read is a size, and that all else has an error
// for people.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"0", "10MB", "1.5 GiB", "8EB", "9223372036854775807", "-1", "NaN", "1e9", ".5k", "0.0000001ZB", " 7 b "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Parse(s)
		switch {
		case err != nil && !fault.Is(err, fault.CodeInvalidParameter):
			t.Errorf("%q: %v", s, err)
		case err == nil && (n < 0 || strings.ContainsAny(s, "-+_")):
			t.Errorf("%q is %d", s, n)
		}
	})
}
