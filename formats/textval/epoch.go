package textval

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
)

// Epoch is what a bare integer in a column of timestamps counts.
type Epoch uint8

// The units. EpochNone is what nobody has told: integers then count
// milliseconds where they are read as timestamps, as Hive's SerDes have it, but
// are never taken for points in time by themselves.
const (
	EpochNone Epoch = iota
	EpochSeconds
	EpochMillis
	EpochMicros
)

var epochNames = []string{"", "seconds", "millis", "micros"}

// String gives the unit as properties spell it; "" for EpochNone.
func (e Epoch) String() string { return epochNames[e] }

// ParseEpoch reads a unit's name in any case.
func ParseEpoch(s string) (Epoch, bool) {
	for i, n := range epochNames {
		if strings.EqualFold(s, n) {
			return Epoch(i), true
		}
	}
	return EpochNone, false
}

func (e Epoch) perSecond() int64 {
	return [...]int64{EpochNone: 1000, EpochSeconds: 1, EpochMillis: 1000, EpochMicros: 1_000_000}[e]
}

// Plausible reports whether v lies in the years 2000 to 2100.
func (e Epoch) Plausible(v int64) bool {
	const from, to = 946_684_800, 4_102_444_800
	return v >= from*e.perSecond() && v < to*e.perSecond()
}

// Timestamp is the function Timestamp with bare integers in the unit.
func (e Epoch) Timestamp(s []byte, t types.Type) (int64, error) {
	if e != EpochNone && len(s) > 0 && s[len(s)-1]-'0' <= 9 {
		if v, err := Int64(s); err == nil {
			return e.ticks(v, t)
		}
	}
	return Timestamp(s, t)
}

func (e Epoch) ticks(v int64, t types.Type) (int64, error) {
	q, _ := types.Mul64(v, t.UnitsPerSecond()).QuoRem(types.I128(e.perSecond()))
	if !q.IsInt64() {
		return 0, types.ErrRange
	}
	return q.Int64(), nil
}
