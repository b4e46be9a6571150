// Package size reads and writes numbers of bytes as people write them. Units are
// powers of 1024, as Athena's limits are.
package size

import (
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Units are the letters of the units, the smallest first: each is 1024 of the one
// before.
const Units = "KMGTPE"

// readUnits are two more, so that who writes 1 ZB is told that it is too much.
const readUnits = Units + "ZY"

// Text prints a number of bytes for people: 1536 is "1.5 KB".
func Text(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d bytes", n)
	}
	f, u := float64(n)/1024, 0
	for f >= 1024 && u < len(Units)-1 {
		f, u = f/1024, u+1
	}
	if f == float64(int64(f)) {
		return fmt.Sprintf("%d %cB", int64(f), Units[u])
	}
	return fmt.Sprintf("%.1f %cB", f, Units[u])
}

// maxText bounds the digits of a size, so that nobody has us compute with numbers
// of a million digits.
const maxText = 64

// Parse reads a number of bytes: 10485760, 10MB, 1.5 GB, 2TiB; units in either
// spelling and case. The result is exact; a fraction of a byte is dropped. Errors:
// 22023 for what is no size or is more than 2^63-1 bytes.
func Parse(s string) (int64, error) {
	text := strings.TrimSpace(s)
	number := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	shift, ok := shiftOf(text[len(number):])
	number = strings.TrimSpace(number)
	if ok && strings.HasPrefix(number, "-") && isDecimal(number[1:]) {
		return 0, fault.New(fault.CodeInvalidParameter, "size %q is negative", clip(s)).WithHint(hint)
	}
	if !ok || len(text) > maxText || !isDecimal(number) {
		return 0, bad(s)
	}
	var r big.Rat
	if _, ok := r.SetString(number); !ok {
		return 0, bad(s)
	}
	n := new(big.Int).Lsh(r.Num(), shift)
	if n.Quo(n, r.Denom()); !n.IsInt64() {
		return 0, fault.New(fault.CodeInvalidParameter, "size %q is out of range", clip(s)).WithHint("The greatest size is %d bytes, one less than 8 EB.", int64(math.MaxInt64))
	}
	return n.Int64(), nil
}

// isDecimal reports whether a text is digits with at most one point between or
// around them: no sign, no exponent, no NaN.
func isDecimal(s string) bool {
	whole, part, _ := strings.Cut(s, ".")
	return len(whole)+len(part) > 0 && strings.Trim(whole+part, "0123456789") == ""
}

// shiftOf gives the power of two of a unit: "", B, K, KB, KiB ...
func shiftOf(unit string) (uint, bool) {
	u := strings.ToUpper(unit)
	if u == "" || u == "B" {
		return 0, true
	}
	i := strings.IndexByte(readUnits, u[0])
	if rest := u[1:]; i < 0 || rest != "" && rest != "B" && rest != "IB" {
		return 0, false
	}
	return uint(i+1) * 10, true
}

const hint = "Write bytes, or a number with KB, MB, GB, TB, PB or EB."

func bad(s string) error {
	return fault.New(fault.CodeInvalidParameter, "invalid size %q", clip(s)).WithHint(hint)
}

// clip shortens what somebody else wrote for a message.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}
