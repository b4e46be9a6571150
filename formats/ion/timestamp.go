package ion

import (
	"bytes"
	"errors"
	"time"
)

// moment is a timestamp as it is written.
type moment struct {
	year, month, day     int
	hour, minute, second int
	timed                bool   // hour and minute are there
	fraction             []byte // digits of the fraction of a second
	offset               int    // of the local time that is shown, in minutes
}

var errNoTime = errors.New("a timestamp that is no time")

var monthDays = [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// check refuses what no calendar or clock shows.
func (m *moment) check() error {
	if m.month < 1 || m.month > 12 || m.day < 1 || m.hour > 23 || m.minute > 59 || m.second > 59 {
		return errNoTime
	}
	last := monthDays[m.month]
	if m.month == 2 && m.year%4 == 0 && (m.year%100 != 0 || m.year%400 == 0) {
		last++
	}
	if m.day > last {
		return errNoTime
	}
	return nil
}

// shift moves a moment by minutes, into other days where it must.
func (m *moment) shift(minutes int) {
	t := time.Date(m.year, time.Month(m.month), m.day, m.hour, m.minute+minutes, m.second, 0, time.UTC)
	m.year, m.month, m.day = t.Year(), int(t.Month()), t.Day()
	m.hour, m.minute = t.Hour(), t.Minute()
}

// append appends a moment in UTC as JSON: a date where it has no time.
// Fractions are without zeros at the end.
func (m *moment) append(dst []byte) []byte {
	dst = append(dst, '"')
	year, era := m.year, ""
	if year < 1 {
		year, era = 1-year, " BC"
	}
	if year > 9999 {
		dst = append(dst, '1')
		year -= 10_000
	}
	dst = append(two(two(dst, year/100), year%100), '-')
	dst = append(two(dst, m.month), '-')
	dst = two(dst, m.day)
	if m.timed {
		dst = append(two(append(dst, ' '), m.hour), ':')
		dst = append(two(dst, m.minute), ':')
		dst = two(dst, m.second)
		if digits := bytes.TrimRight(m.fraction, "0"); len(digits) > 0 {
			dst = append(append(dst, '.'), digits...)
		}
	}
	return append(append(dst, era...), '"')
}

func two(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// digits reads n digits at the beginning of s.
func digits(s []byte, n int) (v int, rest []byte, ok bool) {
	if len(s) < n {
		return 0, s, false
	}
	for _, c := range s[:n] {
		if c < '0' || c > '9' {
			return 0, s, false
		}
		v = v*10 + int(c-'0')
	}
	return v, s[n:], true
}

// after reads n digits behind a sign.
func after(sign byte, s []byte, n int) (v int, rest []byte, ok bool) {
	if len(s) == 0 || s[0] != sign {
		return 0, s, false
	}
	return digits(s[1:], n)
}

// parseMoment reads what text Ion writes: a year or a month ends in T, a day
// may; a time has minutes and an offset.
func parseMoment(s []byte) (m moment, ok bool) {
	m.month, m.day = 1, 1
	if m.year, s, ok = digits(s, 4); !ok || m.year == 0 {
		return m, false
	}
	if string(s) == "T" {
		return m, true
	}
	if m.month, s, ok = after('-', s, 2); !ok {
		return m, false
	}
	if string(s) == "T" {
		return m, m.check() == nil
	}
	if m.day, s, ok = after('-', s, 2); !ok {
		return m, false
	}
	if string(s) != "" && string(s) != "T" {
		if s, ok = m.clock(s); !ok || !m.zone(s) {
			return m, false
		}
	}
	return m, m.check() == nil
}

// clock reads the time of day and gives what is behind it.
func (m *moment) clock(s []byte) (rest []byte, ok bool) {
	m.timed = true
	if m.hour, s, ok = after('T', s, 2); !ok {
		return s, false
	}
	if m.minute, s, ok = after(':', s, 2); !ok {
		return s, false
	}
	if len(s) == 0 || s[0] != ':' {
		return s, true
	}
	if m.second, s, ok = after(':', s, 2); !ok {
		return s, false
	}
	if len(s) == 0 || s[0] != '.' {
		return s, true
	}
	n := 1
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	m.fraction = s[1:n]
	return s[n:], n > 1
}

// zone reads the offset that a time ends in.
func (m *moment) zone(s []byte) bool {
	if string(s) == "Z" {
		return true
	}
	if len(s) != len("+00:00") || s[0] != '+' && s[0] != '-' {
		return false
	}
	hours, rest, ok := digits(s[1:], 2)
	if !ok {
		return false
	}
	minutes, _, ok := after(':', rest, 2)
	if m.offset = hours*60 + minutes; s[0] == '-' {
		m.offset = -m.offset
	}
	return ok && hours < 24 && minutes < 60
}

// timestamp appends a date, or a point in time in UTC.
func timestamp(dst, s []byte) ([]byte, error) {
	m, ok := parseMoment(s)
	if !ok {
		return dst, badNumber("timestamp", s)
	}
	if m.offset != 0 {
		m.shift(-m.offset)
	}
	return m.append(dst), nil
}
