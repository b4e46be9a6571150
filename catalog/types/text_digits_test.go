package types

import (
	"math"
	"math/big"
	"strings"
	"testing"
)

// TestAppendDecimal64 compares numbers that fit a word with their exact text.
func TestAppendDecimal64(t *testing.T) {
	for _, v := range []int64{0, 1, -1, 9, 10, 99, 100, 101, 12345, -12345, 999999999999999999, math.MaxInt64, math.MinInt64} {
		for scale := range len(Pow10) {
			x := big.NewInt(v)
			digits := new(big.Int).Abs(x).String()
			if n := scale + 1 - len(digits); n > 0 {
				digits = strings.Repeat("0", n) + digits
			}
			want := digits
			if scale > 0 {
				want = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
			}
			if v < 0 {
				want = "-" + want
			}
			if got := string(AppendDecimal([]byte("x"), I128(v), scale)); got != "x"+want {
				t.Errorf("%d with scale %d: got %s, want x%s", v, scale, got, want)
			}
		}
	}
}
