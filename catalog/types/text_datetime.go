package types

import (
	"math"
	"strconv"
	"time"
)

// Infinite dates and timestamps, PostgreSQL's 'infinity' and '-infinity'.
const (
	DateInfinity      = math.MaxInt32
	DateMinusInfinity = math.MinInt32
	TimeInfinity      = math.MaxInt64 // of timestamps, in any unit
	TimeMinusInfinity = math.MinInt64
)

// DaysFromCivil gives the days from 1970-01-01 to a date of the proleptic
// Gregorian calendar (year 0 is 1 BC). Howard Hinnant, "chrono-Compatible
// Low-Level Date Algorithms".
func DaysFromCivil(y int64, m, d int) int64 {
	if m <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	mp := int64((m + 9) % 12)
	doy := (153*mp+2)/5 + int64(d) - 1
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}

// CivilFromDays is the inverse of DaysFromCivil.
func CivilFromDays(days int64) (y int64, m, d int) {
	days += 719468
	era := floorDiv(days, 146097)
	doe := days - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = int(doy - (153*mp+2)/5 + 1)
	m = int(mp+2)%12 + 1
	y = yoe + era*400
	if m <= 2 {
		y++
	}
	return y, m, d
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// DaysInMonth gives the length of a month.
func DaysInMonth(y int64, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// appendPadded prints v >= 0 with at least width digits.
func appendPadded(b []byte, v int64, width int) []byte {
	for ; width > 1 && v < Pow10[width-1]; width-- {
		b = append(b, '0')
	}
	return strconv.AppendInt(b, v, 10)
}

// AppendDate prints YYYY-MM-DD, with " BC" after years before 1.
func AppendDate(b []byte, days int32) []byte {
	switch days {
	case DateInfinity:
		return append(b, "infinity"...)
	case DateMinusInfinity:
		return append(b, "-infinity"...)
	}
	y, m, d := CivilFromDays(int64(days))
	b = appendYMD(b, y, m, d)
	if y < 1 {
		b = append(b, " BC"...)
	}
	return b
}

func appendYMD(b []byte, y int64, m, d int) []byte {
	if y < 1 {
		y = 1 - y
	}
	if y <= 9999 {
		b = appendDigits(b, uint64(y), 4)
	} else {
		b = strconv.AppendInt(b, y, 10)
	}
	return append(b, '-', pairs[2*m], pairs[2*m+1], '-', pairs[2*d], pairs[2*d+1])
}

// AppendDateStyle prints a date as st says.
func AppendDateStyle(b []byte, days int32, st Style) []byte {
	f := st.dates()
	if f == DatesISO || days == DateInfinity || days == DateMinusInfinity {
		return AppendDate(b, days)
	}
	y, m, d := CivilFromDays(int64(days))
	sep := byte('-')
	switch f {
	case DatesSQL:
		sep = '/'
	case DatesGerman:
		sep = '.'
	}
	b = appendDayMonth(b, m, d, sep, f == DatesGerman || st.order() == OrderDMY)
	return appendYear(append(b, sep), y)
}

// appendDayMonth prints two numbers of two digits, the day first or second.
func appendDayMonth(b []byte, m, d int, sep byte, dayFirst bool) []byte {
	if !dayFirst {
		m, d = d, m
	}
	return append(b, byte('0'+d/10), byte('0'+d%10), sep, byte('0'+m/10), byte('0'+m%10))
}

// appendYear prints a year with four digits at least, and " BC" before year 1.
func appendYear(b []byte, y int64) []byte {
	if y >= 1 {
		return appendPadded(b, y, 4)
	}
	return append(appendPadded(b, 1-y, 4), " BC"...)
}

// appendStyled prints a timestamp in another format than ISO; with loc it is an
// instant.
func appendStyled(b []byte, v int64, t Type, loc *time.Location, st Style) []byte {
	unit, zone := t.UnitsPerSecond(), ""
	if loc != nil {
		at := time.Unix(floorDiv(v, unit), 0).In(loc)
		name, off := at.Zone()
		zone = " " + name
		v += int64(off) * unit
	}
	day := 86400 * unit
	days := floorDiv(v, day)
	clock := v - days*day
	if st.dates() != DatesPostgres {
		y, _, _ := CivilFromDays(days)
		b = AppendDateStyle(b, int32(days), st)
		if y < 1 {
			b = b[:len(b)-len(" BC")]
		}
		b = append(AppendTime(append(b, ' '), clock, t, st), zone...)
		if y < 1 {
			b = append(b, " BC"...)
		}
		return b
	}
	y, m, d := CivilFromDays(days)
	b = append(b, time.Weekday((days%7 + 11) % 7).String()[:3]...)
	b = append(b, ' ')
	month := time.Month(m).String()[:3]
	if st.order() == OrderDMY {
		b = append(append(appendPadded(b, int64(d), 2), ' '), month...)
	} else {
		b = appendPadded(append(append(b, month...), ' '), int64(d), 2)
	}
	b = AppendTime(append(b, ' '), clock, t, st)
	b = append(b, ' ')
	if y < 1 {
		return append(append(appendPadded(b, 1-y, 4), zone...), " BC"...)
	}
	return append(appendPadded(b, y, 4), zone...)
}

// AppendTime prints a time of day in ticks of t's unit: HH:MM:SS and the
// fraction, without trailing zeros or (TrinoStyle) with t.P digits.
func AppendTime(b []byte, v int64, t Type, st Style) []byte {
	unit := t.UnitsPerSecond()
	sec, frac := v/unit, v%unit
	h, m, s := sec/3600, sec/60%60, sec%60
	b = append(b, byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10), ':', byte('0'+s/10), byte('0'+s%10))
	return appendFraction(b, frac, unit, int(t.P), st)
}

// appendFraction prints .digits of frac/unit.
func appendFraction(b []byte, frac, unit int64, digits int, st Style) []byte {
	width := 6
	if unit == 1_000_000_000 {
		width = 9
	}
	if st == TrinoStyle {
		if digits == 0 {
			return b
		}
		b = append(b, '.')
		return appendPadded(b, frac/Pow10[width-min(digits, width)], min(digits, width))
	}
	if frac == 0 {
		return b
	}
	for frac%10 == 0 {
		frac /= 10
		width--
	}
	return appendPadded(append(b, '.'), frac, width)
}

// AppendTimestamp prints a local timestamp in ticks of t's unit:
// "2024-01-01 00:00:00.123".
func AppendTimestamp(b []byte, v int64, t Type, st Style) []byte {
	switch v {
	case TimeInfinity:
		return append(b, "infinity"...)
	case TimeMinusInfinity:
		return append(b, "-infinity"...)
	}
	if st.dates() != DatesISO {
		return appendStyled(b, v, t, nil, st)
	}
	b, bc := appendLocal(b, v, t, st)
	if bc {
		b = append(b, " BC"...)
	}
	return b
}

func appendLocal(b []byte, v int64, t Type, st Style) (_ []byte, bc bool) {
	day := 86400 * t.UnitsPerSecond()
	days := floorDiv(v, day)
	y, m, d := CivilFromDays(days)
	b = appendYMD(b, y, m, d)
	sep := byte(' ')
	if st.xsd() {
		sep = 'T'
	}
	b = append(b, sep)
	return AppendTime(b, v-days*day, t, st), y < 1
}

// AppendTimestampTZ prints an instant as it reads in zone loc (nil: UTC):
// "2024-01-01 01:00:00.5+01", in TrinoStyle "2024-01-01 01:00:00.500 Europe/Berlin".
func AppendTimestampTZ(b []byte, v int64, t Type, loc *time.Location, st Style) []byte {
	if v == TimeInfinity || v == TimeMinusInfinity {
		return AppendTimestamp(b, v, t, st)
	}
	if own := t.Zone(); own != nil {
		loc = own
	}
	if loc == nil {
		loc = time.UTC
	}
	if st.dates() != DatesISO {
		return appendStyled(b, v, t, loc, st)
	}
	off := int64(ZoneOffset(v, t, loc))
	b, bc := appendLocal(b, v+off*t.UnitsPerSecond(), t, st)
	if st == TrinoStyle {
		return append(append(b, ' '), loc.String()...)
	}
	if b = appendOffset(b, off); st.xsd() && off%3600 == 0 {
		b = append(b, ":00"...)
	}
	if bc {
		b = append(b, " BC"...)
	}
	return b
}

func appendOffset(b []byte, off int64) []byte {
	if off < 0 {
		b = append(b, '-')
		off = -off
	} else {
		b = append(b, '+')
	}
	b = appendPadded(b, off/3600, 2)
	if m, s := off/60%60, off%60; m != 0 || s != 0 {
		b = appendPadded(append(b, ':'), m, 2)
		if s != 0 {
			b = appendPadded(append(b, ':'), s, 2)
		}
	}
	return b
}

// ZoneOffset gives the seconds east of UTC of zone loc at instant v.
func ZoneOffset(v int64, t Type, loc *time.Location) int {
	if loc == time.UTC {
		return 0
	}
	_, off := time.Unix(floorDiv(v, t.UnitsPerSecond()), 0).In(loc).Zone()
	return off
}

// ToInstant gives the instant at which clocks in loc show local timestamp v. A
// time that a switch skips is read with the offset before the switch, one that
// occurs twice with the later (standard) offset, as PostgreSQL does.
func ToInstant(v int64, t Type, loc *time.Location) int64 {
	if loc == nil || loc == time.UTC || v == TimeInfinity || v == TimeMinusInfinity {
		return v
	}
	unit := t.UnitsPerSecond()
	const day = 86400
	before := int64(ZoneOffset(v-day*unit, t, loc))
	after := int64(ZoneOffset(v+day*unit, t, loc))
	if before == after {
		return v - before*unit
	}
	if u := v - after*unit; int64(ZoneOffset(u, t, loc)) == after {
		return u
	}
	return v - before*unit
}
