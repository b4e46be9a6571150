package types

import (
	"errors"
	"sync/atomic"
	"time"
)

// Reader reads texts as a session does: in its zone, with its order of day and
// month, and with its idea of now. Besides the forms of ParseDate and its kin it
// takes the others of PostgreSQL: months by name, days first, AM and PM, today.
// The zero value reads in UTC, months first.
type Reader struct {
	Location *time.Location // of instants without a zone; nil: UTC
	Style    Style          // the order of dates, and how signs of intervals count
	Now      time.Time      // the transaction's start; zero: the words for it are refused
	// AskedNow is set when a text was read that means something else at another time:
	// now, today, tomorrow, yesterday. Nil: nobody wants to know.
	AskedNow *atomic.Bool
}

// Date reads a date as days since 1970-01-01.
func (r *Reader) Date(s []byte) (int32, error) {
	d, err := ParseDate(s)
	if !errors.Is(err, ErrSyntax) {
		return d, err
	}
	x, err := r.loose(s)
	if err != nil {
		return 0, err
	}
	return int32(x.days), nil
}

// Timestamp reads a local timestamp in ticks of t's unit; a zone in it does not
// count.
func (r *Reader) Timestamp(s []byte, t Type) (int64, error) {
	v, err := ParseTimestamp(s, t)
	if !errors.Is(err, ErrSyntax) {
		return v, err
	}
	x, err := r.loose(s)
	if err != nil {
		return 0, err
	}
	return x.ticks(t)
}

// TimestampTZ reads an instant in ticks of t's unit.
func (r *Reader) TimestampTZ(s []byte, t Type) (int64, error) {
	v, err := ParseTimestampTZ(s, t, r.Location)
	if !errors.Is(err, ErrSyntax) {
		return v, err
	}
	x, err := r.loose(s)
	if err != nil {
		return 0, err
	}
	if v, err = x.ticks(t); err != nil {
		return 0, err
	}
	if !x.zone {
		return ToInstant(v, t, r.Location), nil
	}
	if x.loc != nil {
		return ToInstant(v, t, x.loc), nil
	}
	return v - x.off*t.UnitsPerSecond(), nil
}

// Time reads a time of day in ticks of t's unit.
func (r *Reader) Time(s []byte, t Type) (int64, error) {
	v, err := ParseTime(s, t)
	if !errors.Is(err, ErrSyntax) {
		return v, err
	}
	p := loose{r: r, timeOnly: true}
	if err := p.read(trim(s)); err != nil {
		return 0, err
	}
	if !p.clock {
		return 0, ErrSyntax
	}
	return RoundTicks(p.out.nanos, t), nil
}

// TimeTZ reads a time of day with a zone, or in the session's.
func (r *Reader) TimeTZ(s []byte, t Type) (int64, error) { return ParseTimeTZ(s, t, r.Location, r.Now) }

// Interval reads an interval. In the SQL standard's style a sign before the
// whole counts for every part.
func (r *Reader) Interval(s []byte) (IntervalValue, error) {
	v, err := ParseInterval(s)
	s = trim(s)
	if err != nil || r.Style.intervals() != IntervalsSQL || len(s) == 0 || s[0] != '-' {
		return v, err
	}
	for i := 1; i < len(s); i++ {
		if (s[i] == '-' || s[i] == '+') && isSpace(s[i-1]) {
			return v, nil
		}
	}
	return IntervalValue{Months: min(v.Months, -v.Months), Days: min(v.Days, -v.Days), Micros: min(v.Micros, -v.Micros)}, nil
}

// loose reads a date or timestamp whose parts may stand in any order.
func (r *Reader) loose(s []byte) (stamp, error) {
	p := loose{r: r}
	if err := p.read(trim(s)); err != nil {
		return stamp{}, err
	}
	return p.finish()
}

// today gives now as a local day and time of day.
func (r *Reader) today() (days, nanos int64, ok bool) {
	if r.Now.IsZero() {
		return 0, 0, false
	}
	if r.AskedNow != nil {
		r.AskedNow.Store(true)
	}
	now := r.Now.UTC()
	if r.Location != nil {
		now = r.Now.In(r.Location)
	}
	y, m, d := now.Date()
	h, min, sec := now.Clock()
	return DaysFromCivil(int64(y), int(m), d), int64(h*3600+min*60+sec)*1e9 + int64(now.Nanosecond()/1000*1000), true
}
