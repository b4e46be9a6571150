package workgroup

import "github.com/glauxdb/glaux/exec"

// What Athena bills in: queries are rounded up to the megabyte, and none that
// scans costs less than ten. Its megabyte is 2^20 bytes, as that of its limits.
const (
	billedUnit    = 1 << 20
	billedMinimum = 10 << 20
)

// Billed gives the bytes that Athena would bill a query for that has scanned so
// many: nothing for DDL, for failed queries, for results that were given again,
// and for what scans nothing; canceled queries, to which those count that ran
// into a limit, pay for what they had read. It is never more than 2^63-1.
func Billed(kind exec.Kind, state string, reused bool, scanned int64) int64 {
	if kind == exec.DDL || state == Failed || reused || scanned <= 0 {
		return 0
	}
	units := (scanned-1)/billedUnit + 1
	if units > (1<<63-1)/billedUnit {
		return 1<<63 - 1
	}
	return max(billedMinimum, units*billedUnit)
}

// Cost gives what billed bytes cost at a price for 2^40 of them.
func Cost(billed int64, pricePerTB float64) float64 { return float64(billed) / (1 << 40) * pricePerTB }
