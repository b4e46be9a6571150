// Package cron reads the schedules of AWS: cron(minutes hours day-of-month
// month day-of-week year) and rate(n unit), and says when they are due next.
// All times are UTC. The grammar is that of "Time-based schedules" in the
// AWS Glue developer guide: six fields, exactly one of the two day fields is ?.
//
//	field          values          wildcards
//	minutes        0-59            , - * /
//	hours          0-23            , - * /
//	day-of-month   1-31            , - * ? / L W   L-3: the third before the last; LW: the last weekday
//	month          1-12, JAN-DEC   , - * /
//	day-of-week    1-7, SUN-SAT    , - * ? / L #   1 is Sunday; L: Saturday; 6L: the last Friday; 6#2: the second
//	year           1970-2199       , - * /
//
// A range may wrap (22-2, FRI-MON) in every field but the year; W stays within
// its month.
package cron

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// Schedule is a parsed schedule. Immutable.
type Schedule struct {
	text   string
	every  time.Duration // of rate; 0: cron
	minute set
	hour   set
	month  set
	year   set // bit 0 is firstYear
	dom    dayOfMonth
	dow    dayOfWeek
	byWeek bool // the days come from dow
}

// MinInterval is the least time between two due times that Parse accepts, as
// in Glue.
const MinInterval = 5 * time.Minute

const (
	firstYear = 1970
	lastYear  = 2199
)

// Parse reads a schedule. Errors are 22023 and name the field.
func Parse(text string) (*Schedule, error) {
	s := &Schedule{text: strings.TrimSpace(text)}
	kind, rest, ok := strings.Cut(s.text, "(")
	body, closed := strings.CutSuffix(rest, ")")
	if !ok || !closed {
		return nil, invalid(text, "it is neither cron(...) nor rate(...)")
	}
	var err error
	switch strings.TrimSpace(kind) {
	case "cron":
		err = s.parseCron(body)
	case "rate":
		err = s.parseRate(body)
	default:
		return nil, invalid(text, "it is neither cron(...) nor rate(...)")
	}
	if err != nil {
		return nil, invalid(text, err.Error())
	}
	if s.tooOften() {
		return nil, invalid(text, "schedules that lead to rates faster than 5 minutes are not supported")
	}
	return s, nil
}

func invalid(text, why string) error {
	return fault.New(fault.CodeInvalidParameter, "invalid schedule %q: %s", text, why).
		WithHint("Schedules are cron(minutes hours day-of-month month day-of-week year) in UTC, such as cron(15 12 * * ? *), or rate(1 day).")
}

// String gives the schedule as it was written.
func (s *Schedule) String() string { return s.text }

// fieldNames are the fields in their order, as errors name them.
var fieldNames = [6]string{"minutes", "hours", "day-of-month", "month", "day-of-week", "year"}

func (s *Schedule) parseCron(body string) error {
	fields := strings.Fields(body)
	if len(fields) != len(fieldNames) {
		return fmt.Errorf("it has %d fields instead of 6 (minutes, hours, day-of-month, month, day-of-week, year)", len(fields))
	}
	if q := (fields[2] == "?"); q == (fields[4] == "?") {
		return fmt.Errorf("exactly one of day-of-month (%s) and day-of-week (%s) must be ?", fields[2], fields[4])
	}
	s.byWeek = fields[2] == "?"
	parse := [6]func(string) error{
		func(f string) (err error) { s.minute, err = minutes.parse(f); return err },
		func(f string) (err error) { s.hour, err = hours.parse(f); return err },
		s.dom.parse,
		func(f string) (err error) { s.month, err = months.parse(f); return err },
		s.dow.parse,
		func(f string) (err error) { s.year, err = years.parse(f); return err },
	}
	for i, f := range fields {
		if f == "?" && (i == 2 || i == 4) {
			continue
		}
		if err := parse[i](f); err != nil {
			return fmt.Errorf("field %s: %w", fieldNames[i], err)
		}
	}
	return nil
}

// units are those of rate; one of them may be singular.
var units = map[string]time.Duration{
	"minute": time.Minute, "minutes": time.Minute, "hour": time.Hour, "hours": time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
}

func (s *Schedule) parseRate(body string) error {
	words := strings.Fields(body)
	if len(words) != 2 {
		return fmt.Errorf("a rate is a number and a unit")
	}
	n, err := strconv.ParseUint(words[0], 10, 20)
	if err != nil || n == 0 {
		return fmt.Errorf("%q is not a number from 1 to 1048575", words[0])
	}
	unit, ok := units[words[1]]
	if !ok {
		return fmt.Errorf("%q is no unit: use minutes, hours or days", words[1])
	}
	if singular := !strings.HasSuffix(words[1], "s"); singular != (n == 1) {
		return fmt.Errorf("the unit of 1 is singular, of any other number plural")
	}
	s.every = time.Duration(n) * unit
	return nil
}

// tooOften reports whether two due times can be closer than MinInterval. Within
// an hour the minutes say it; from one hour to the next they do so if both
// hours are due.
func (s *Schedule) tooOften() bool {
	const min = int(MinInterval / time.Minute)
	if s.every > 0 {
		return s.every < MinInterval
	}
	ms := s.minute.list()
	for i := 1; i < len(ms); i++ {
		if ms[i]-ms[i-1] < min {
			return true
		}
	}
	if ms[0]+60-ms[len(ms)-1] >= min {
		return false
	}
	for h := range 24 {
		if s.hour.has(h) && s.hour.has((h+1)%24) {
			return true
		}
	}
	return false
}

// Next gives the first due time after a time, in UTC; false if there is none.
// A rate counts from that time on.
func (s *Schedule) Next(after time.Time) (time.Time, bool) {
	after = after.UTC()
	if s.every > 0 {
		return after.Add(s.every), true
	}
	t := after.Truncate(time.Minute).Add(time.Minute)
	for y := max(t.Year(), firstYear); y <= lastYear; y++ {
		if !s.year.has(y - firstYear) {
			continue
		}
		for m := time.January; m <= time.December; m++ {
			if !s.month.has(int(m)) || y == t.Year() && m < t.Month() {
				continue
			}
			if next, ok := s.inMonth(y, m, t); ok {
				return next, true
			}
		}
	}
	return time.Time{}, false
}

// inMonth gives the first due time of a month that is not before from.
func (s *Schedule) inMonth(y int, m time.Month, from time.Time) (time.Time, bool) {
	for _, d := range s.days(y, m).list() {
		if end := time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC); !end.After(from) {
			continue
		}
		for _, h := range s.hour.list() {
			for _, min := range s.minute.list() {
				if at := time.Date(y, m, d, h, min, 0, 0, time.UTC); !at.Before(from) {
					return at, true
				}
			}
		}
	}
	return time.Time{}, false
}

func (s *Schedule) days(y int, m time.Month) set {
	if s.byWeek {
		return s.dow.days(y, m)
	}
	return s.dom.days(y, m)
}
