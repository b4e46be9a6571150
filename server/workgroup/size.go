package workgroup

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// sizeUnits are the units of sizes: each is 1024 of the one before.
const sizeUnits = "KMGTPE"

// Bytes prints a number of bytes for people: 1536 is "1.5 KB". Units are
// powers of 1024, as Athena's limits are.
func Bytes(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d bytes", n)
	}
	f, u := float64(n)/1024, 0
	for f >= 1024 && u < len(sizeUnits)-1 {
		f, u = f/1024, u+1
	}
	if f == float64(int64(f)) {
		return fmt.Sprintf("%d %cB", int64(f), sizeUnits[u])
	}
	return fmt.Sprintf("%.1f %cB", f, sizeUnits[u])
}

// maxSizeText bounds the digits of a size, so that nobody has us compute with
// numbers of a million digits.
const maxSizeText = 64

// ParseBytes reads a number of bytes as people write it: 10485760, 10MB, 1.5 GB,
// 2TiB. Units are powers of 1024 in either spelling and case. The result is exact;
// a fraction of a byte is dropped. Errors: 22023 for what is no size or is more
// than 2^63-1 bytes.
func ParseBytes(s string) (int64, error) {
	text := strings.TrimSpace(s)
	number := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	shift, ok := sizeShift(text[len(number):])
	number = strings.TrimSpace(number)
	if !ok || len(text) > maxSizeText || !isDecimal(number) {
		return 0, badSize(s)
	}
	var r big.Rat
	if _, ok := r.SetString(number); !ok {
		return 0, badSize(s)
	}
	n := new(big.Int).Lsh(r.Num(), shift)
	if n.Quo(n, r.Denom()); !n.IsInt64() {
		return 0, fault.New(fault.CodeInvalidParameter, "size %q is out of range", clip(s)).WithHint("The greatest size is %d bytes.", int64(math.MaxInt64))
	}
	return n.Int64(), nil
}

// isDecimal reports whether a text is digits with at most one point between or
// around them: no sign, no exponent, no NaN.
func isDecimal(s string) bool {
	whole, part, _ := strings.Cut(s, ".")
	return len(whole)+len(part) > 0 && strings.Trim(whole+part, "0123456789") == ""
}

// sizeShift gives the power of two of a unit: "", B, K, KB, KiB ...
func sizeShift(unit string) (uint, bool) {
	u := strings.ToUpper(unit)
	if u == "" || u == "B" {
		return 0, true
	}
	i := strings.IndexByte(sizeUnits, u[0])
	if rest := u[1:]; i < 0 || rest != "" && rest != "B" && rest != "IB" {
		return 0, false
	}
	return uint(i+1) * 10, true
}

func badSize(s string) error {
	return fault.New(fault.CodeInvalidParameter, "invalid size %q", clip(s)).WithHint("Write bytes, or a number with KB, MB, GB, TB, PB or EB.")
}

// clip shortens what somebody else wrote for a message.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

// Size is a number of bytes that texts write as people do: 10GB.
type Size int64

// UnmarshalText reads what ParseBytes reads.
func (s *Size) UnmarshalText(b []byte) error {
	n, err := ParseBytes(string(b))
	*s = Size(n)
	return err
}

// MarshalText writes the size so that it is read back to the byte: 10GB, or
// 10000001.
func (s Size) MarshalText() ([]byte, error) {
	n, u := int64(s), 0
	for n != 0 && n%1024 == 0 && u < len(sizeUnits) {
		n, u = n/1024, u+1
	}
	out := strconv.AppendInt(nil, n, 10)
	if u > 0 {
		out = append(out, sizeUnits[u-1], 'B')
	}
	return out, nil
}

// Limit is a Size that texts never give as 0, which might mean "nothing" as well
// as "everything". As a number 0 is no limit.
type Limit int64

// UnmarshalText reads what ParseBytes reads; 0 is 22023.
func (l *Limit) UnmarshalText(b []byte) error {
	n, err := ParseBytes(string(b))
	if err == nil && n == 0 {
		err = fault.New(fault.CodeInvalidParameter, "a limit of zero bytes is refused: it does not say whether nothing is allowed or everything").
			WithHint("Leave the limit out (RESET) to have none; state = 'DISABLED' refuses queries.")
	}
	*l = Limit(n)
	return err
}

// MarshalText writes the limit as Size does.
func (l Limit) MarshalText() ([]byte, error) { return Size(l).MarshalText() }

// Span is a length of time that texts write as time.ParseDuration reads it: 90s.
type Span time.Duration

// UnmarshalText reads a duration; a number alone is seconds.
func (s *Span) UnmarshalText(b []byte) error {
	text := strings.TrimSpace(string(b))
	if _, err := strconv.ParseUint(text, 10, 63); err == nil {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n uint64
		if n, err = strconv.ParseUint(days, 10, 16); err == nil {
			d = time.Duration(n) * 24 * time.Hour
		}
	}
	if err != nil || d < 0 {
		return fault.New(fault.CodeInvalidParameter, "invalid length of time %q", clip(string(b))).WithHint("Write it as 90s, 15m, 2h or 45d.")
	}
	*s = Span(d)
	return nil
}

// MarshalText writes the time as it is read: 1m30s, 2h.
func (s Span) MarshalText() ([]byte, error) {
	text := time.Duration(s).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return []byte(text), nil
}
