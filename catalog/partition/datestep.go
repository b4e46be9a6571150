package partition

import (
	"strings"
	"time"
)

// dateUnit is a unit of time, from coarse to fine.
type dateUnit int

const (
	unitYear dateUnit = iota
	unitMonth
	unitWeek
	unitDay
	unitHour
	unitMinute
	unitSecond
	unitMilli
)

// floor cuts a time to a unit.
func (u dateUnit) floor(ms int64) int64 {
	t := time.UnixMilli(ms).UTC()
	y, m, d := t.Date()
	clock := []int{t.Hour(), t.Minute(), t.Second(), t.Nanosecond()}
	switch {
	case u == unitYear:
		m, d = 1, 1
	case u == unitMonth:
		d = 1
	}
	keep := max(int(u-unitDay), 0)
	clear(clock[min(keep, len(clock)):])
	return time.Date(y, m, d, clock[0], clock[1], clock[2], clock[3], time.UTC).UnixMilli()
}

// stepOf are the units by the names that interval.unit and NOW have for them.
var stepOf = map[string]dateStep{
	"YEAR": {unit: unitYear, months: 12}, "MONTH": {unit: unitMonth, months: 1}, "WEEK": {unit: unitWeek, ms: 7 * dayMillis},
	"DAY": {unit: unitDay, ms: dayMillis}, "HOUR": {unit: unitHour, ms: 3_600_000}, "MINUTE": {unit: unitMinute, ms: 60_000},
	"SECOND": {unit: unitSecond, ms: 1000}, "MILLI": {unit: unitMilli, ms: 1}, "MILLISECOND": {unit: unitMilli, ms: 1},
}

const dayMillis = 86_400_000

// parseUnit reads a unit's name, in any case, with or without its plural s.
func parseUnit(s string) (dateStep, bool) {
	step, ok := stepOf[strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(s)), "S")]
	return step, ok
}

// dateStep is a length of time: months or milliseconds.
type dateStep struct {
	unit   dateUnit
	months int64
	ms     int64
}

// The times that projections deal with: the years 1 to 9999.
var (
	minMillis = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	maxMillis = time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC).UnixMilli()
)

// add gives the time n steps later; a day that the month does not have becomes
// its last. False if it lies outside of minMillis and maxMillis.
func (s dateStep) add(ms, n int64) (int64, bool) {
	const most = 10_000 * 366 * dayMillis // ms of all years
	size := max(s.ms, s.months)
	if n != 0 && (n > most/size || n < -most/size) {
		return 0, false
	}
	if s.months == 0 {
		out := ms + n*s.ms
		return out, out >= minMillis && out <= maxMillis
	}
	t := time.UnixMilli(ms).UTC()
	months := int64(t.Year())*12 + int64(t.Month()) - 1 + n*s.months
	if months < 12 || months >= 10_000*12 {
		return 0, false
	}
	y, m := int(months/12), time.Month(months%12+1)
	last := time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(y, m, min(t.Day(), last), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC).UnixMilli(), true
}

// count gives how many multiples of the step, from 0 on, fit between two times.
func (s dateStep) count(from, to int64) int64 {
	if to < from {
		return 0
	}
	if s.months == 0 {
		return (to-from)/s.ms + 1
	}
	a, b := time.UnixMilli(from).UTC(), time.UnixMilli(to).UTC()
	n := (int64(b.Year()-a.Year())*12 + int64(b.Month()) - int64(a.Month())) / s.months
	if at, ok := s.add(from, n); !ok || at > to {
		n--
	}
	return n + 1
}
