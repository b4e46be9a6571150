package workgroup

import (
	"fmt"
	"strconv"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Bytes prints a number of bytes for people: 1536 is "1.5 KB". Units are
// powers of 1024, as Athena's limits are.
func Bytes(n int64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d bytes", n)
	}
	f, u := float64(n)/1024, 0
	for f >= 1024 && u < len(units)-1 {
		f, u = f/1024, u+1
	}
	if f == float64(int64(f)) {
		return fmt.Sprintf("%d %cB", int64(f), units[u])
	}
	return fmt.Sprintf("%.1f %cB", f, units[u])
}

// ParseBytes reads a number of bytes as people write it: 10485760, 10MB, 1.5 GB.
func ParseBytes(s string) (int64, error) {
	var f float64
	var unit string
	if n, err := fmt.Sscanf(s, "%f%s", &f, &unit); n == 0 || err != nil && n != 1 {
		return 0, fault.New(fault.CodeInvalidParameter, "invalid size %q", s).WithHint("Write bytes, or a number with KB, MB, GB or TB.")
	}
	mult, ok := map[string]float64{"": 1, "B": 1, "b": 1, "KB": 1 << 10, "kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}[unit]
	if !ok || f < 0 || f*mult > 1<<62 {
		return 0, fault.New(fault.CodeInvalidParameter, "invalid size %q", s).WithHint("Write bytes, or a number with KB, MB, GB or TB.")
	}
	return int64(f * mult), nil
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
	n, unit := int64(s), ""
	for _, u := range []string{"KB", "MB", "GB", "TB"} {
		if n == 0 || n%1024 != 0 {
			break
		}
		n, unit = n/1024, u
	}
	return []byte(strconv.FormatInt(n, 10) + unit), nil
}

// Span is a length of time that texts write as time.ParseDuration reads it: 90s.
type Span time.Duration

// UnmarshalText reads a duration; a number alone is seconds.
func (s *Span) UnmarshalText(b []byte) error {
	text := string(b)
	if _, err := strconv.ParseUint(text, 10, 63); err == nil {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return fault.New(fault.CodeInvalidParameter, "invalid length of time %q", b).WithHint("Write it as 90s, 15m or 2h.")
	}
	*s = Span(d)
	return nil
}

// MarshalText writes the time as it is read.
func (s Span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }
