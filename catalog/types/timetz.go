package types

import (
	"fmt"
	"time"
)

// A time of day with a zone is one number: the time in UTC, in nanoseconds whatever
// its precision, and behind it the zone's offset, counted down from timeTZBias, in
// minutes. Numbers compare as PostgreSQL compares the times: by the instant of a day
// in UTC that may begin before midnight, then the zone that lies farther east first.
// Trino looks at the clock in UTC alone (TimeTZClock).
const (
	timeTZBits  = 11
	timeTZBias  = 1 << (timeTZBits - 1)
	nanosPerMin = 60_000_000_000
	nanosPerDay = 24 * 60 * nanosPerMin

	// MaxTimeTZOffset is the farthest zone of a time of day, in minutes: PostgreSQL's
	// limit. Trino's is 14 hours.
	MaxTimeTZOffset = 15*60 + 59
)

// TTimeTZ is time(6) with time zone.
var TTimeTZ = Type{Kind: TimeTZ, P: 6}

// TimeTZOf makes time(p) with time zone.
func TimeTZOf(p int) Type { return Type{Kind: TimeTZ, P: int32(p)} }

// PackTimeTZ makes a time of day of nanoseconds since midnight where clocks are off
// minutes ahead of UTC.
func PackTimeTZ(nanos int64, off int) int64 {
	return (nanos-int64(off)*nanosPerMin)<<timeTZBits | int64(timeTZBias-off)
}

// UnpackTimeTZ gives the nanoseconds since midnight and the minutes ahead of UTC.
func UnpackTimeTZ(v int64) (nanos int64, off int) {
	off = timeTZBias - int(v&(1<<timeTZBits-1))
	return v>>timeTZBits + int64(off)*nanosPerMin, off
}

// TimeTZClock gives what a clock in UTC shows, in nanoseconds since midnight.
func TimeTZClock(v int64) int64 {
	n := v >> timeTZBits
	return n - floorDiv(n, nanosPerDay)*nanosPerDay
}

// RoundTimeTZ rounds to the precision of t; what rounds up to midnight begins anew.
func RoundTimeTZ(v int64, t Type) int64 {
	nanos, off := UnpackTimeTZ(v)
	step := Pow10[9-min(int(t.P), 9)]
	return PackTimeTZ(floorDiv(nanos+step/2, step)*step%nanosPerDay, off)
}

// AppendTimeTZ prints 12:34:56.789+05:30 (TrinoStyle, with t.P digits of a fraction)
// or 12:34:56.789+05 and +05:30.
func AppendTimeTZ(b []byte, v int64, t Type, st Style) []byte {
	nanos, off := UnpackTimeTZ(v)
	clock := Type{Kind: Time, P: t.P}
	b = AppendTime(b, nanos/(1_000_000_000/clock.UnitsPerSecond()), clock, st)
	sign := byte('+')
	if off < 0 {
		sign, off = '-', -off
	}
	b = append(b, sign)
	b = appendPadded(b, int64(off/60), 2)
	if st == TrinoStyle || off%60 != 0 {
		b = appendPadded(append(b, ':'), int64(off%60), 2)
	}
	return b
}

// ParseTimeTZ reads a time of day with a zone, rounded to t's precision; without one
// it is the zone of clocks in loc at the instant now.
func ParseTimeTZ(s []byte, t Type, loc *time.Location, now time.Time) (int64, error) {
	p := &scanner{s: trim(s)}
	nanos, err := p.clock()
	if err != nil {
		return 0, err
	}
	var zone stamp
	if err := p.zone(&zone); err != nil {
		return 0, err
	}
	if p.more() {
		return 0, ErrSyntax
	}
	switch {
	case !zone.zone:
		zone.off = OffsetNow(loc, now)
	case zone.loc != nil:
		zone.off = OffsetNow(zone.loc, now)
	case zone.off%60 != 0:
		return 0, ErrRange
	}
	return RoundTimeTZ(PackTimeTZ(nanos, int(zone.off/60)), t), nil
}

// OffsetNow gives how many seconds clocks in loc (nil: UTC) are ahead of UTC.
func OffsetNow(loc *time.Location, now time.Time) int64 {
	if loc == nil {
		return 0
	}
	_, off := now.In(loc).Zone()
	return int64(off)
}

// TimeZoneIn gives the minutes of the offset that a time of day's text ends with.
func TimeZoneIn(s string) (off int, ok bool) {
	p := &scanner{s: trim([]byte(s))}
	var zone stamp
	if _, err := p.clock(); err != nil || p.zone(&zone) != nil || p.more() || !zone.zone || zone.loc != nil {
		return 0, false
	}
	return int(zone.off / 60), true
}

// HoldsTimeTZ reports whether a type is time with time zone or has a part that is:
// files have no such type.
func (t Type) HoldsTimeTZ() bool {
	for _, f := range t.Fields {
		if f.Type.HoldsTimeTZ() {
			return true
		}
	}
	return t.Kind == TimeTZ
}

func timeTZName(t Type) string { return fmt.Sprintf("time(%d) with time zone", t.P) }
