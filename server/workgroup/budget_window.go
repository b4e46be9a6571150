package workgroup

import (
	"sync"
	"time"
)

// Window gives the period of a valid budget that holds a moment: from start up
// to, not including, end. Periods leave no gap and do not overlap, also where
// the zone's clock is changed: a day has 23 or 25 hours then, and an hour that
// the clock shows twice is two.
func (b *Budget) Window(at time.Time) (start, end time.Time) {
	loc := location(b.TimeZone)
	at = at.In(loc)
	if b.Period == Hour {
		return hourWindow(at)
	}
	y, m, d := at.Date()
	step := func(n int) time.Time { return dayStart(y, m, d+n, loc) }
	switch b.Period {
	case Week:
		d -= (int(at.Weekday()) + 6) % 7 // Monday is the first
		step = func(n int) time.Time { return dayStart(y, m, d+7*n, loc) }
	case Month:
		d = 1
		step = func(n int) time.Time { return dayStart(y, m+time.Month(n), d, loc) }
	}
	// A clock that was set back over midnight shows yesterday's date for a while;
	// the new day has begun and stays.
	n := 0
	for !at.Before(step(n + 1)) {
		n++
	}
	for at.Before(step(n)) {
		n--
	}
	return step(n), step(n + 1)
}

// zones keeps the zones that were loaded: *time.Location by name.
var zones sync.Map

// location gives the zone of a valid budget.
func location(name string) *time.Location {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil { // not of a valid budget
		return time.UTC
	}
	zones.Store(name, loc)
	return loc
}

// hourWindow gives the full hour of the zone's clock; where the clock is changed
// by less than an hour, the hour is cut there.
func hourWindow(at time.Time) (start, end time.Time) {
	into := time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second + time.Duration(at.Nanosecond())
	start = at.Add(-into)
	end = start.Add(time.Hour)
	changed, next := at.ZoneBounds()
	if start.Before(changed) {
		start = changed
	}
	if !next.IsZero() && end.After(next) {
		end = next
	}
	return start, end
}

// dayStart gives the first moment of a date. Midnight can be missing or come
// twice, so it is tried with the zone's offsets before and after.
func dayStart(y int, m time.Month, d int, loc *time.Location) time.Time {
	naive := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	_, before := naive.Add(-24 * time.Hour).In(loc).Zone()
	_, after := naive.Add(24 * time.Hour).In(loc).Zone()
	first := naive.Add(-time.Duration(max(before, after)) * time.Second).In(loc)
	if before != after && asNaive(first).Before(naive) {
		return naive.Add(-time.Duration(min(before, after)) * time.Second).In(loc)
	}
	return first
}

// asNaive gives what a clock shows, as if it were UTC.
func asNaive(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}
