package types

import "strconv"

// intervalParts are the parts of an interval as they print; all of the clock's
// have one sign.
type intervalParts struct {
	years, months, days, hours, minutes, micros int64 // micros: of seconds
}

func partsOf(v IntervalValue) intervalParts {
	return intervalParts{int64(v.Months / 12), int64(v.Months % 12), int64(v.Days), v.Micros / microsPerHour,
		v.Micros / (60 * microsPerSecond) % 60, v.Micros % (60 * microsPerSecond)}
}

func magnitude(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}

// appendSeconds prints |micros| as seconds with their fraction, padded to two
// digits if fill.
func appendSeconds(b []byte, micros int64, fill bool) []byte {
	u := int64(magnitude(micros))
	if fill {
		b = appendPadded(b, u/microsPerSecond, 2)
	} else {
		b = strconv.AppendInt(b, u/microsPerSecond, 10)
	}
	return appendFraction(b, u%microsPerSecond, microsPerSecond, 6, PostgresStyle)
}

// appendVerbose prints "@ 1 year 2 mons -3 hours ago": the first part that is
// not zero gives the direction, the others have a sign if they go against it.
func appendVerbose(b []byte, v IntervalValue) []byte {
	p := partsOf(v)
	b = append(b, '@')
	zero, ago := true, false
	sign := func(x int64) {
		if zero {
			ago = x < 0
		}
		b = append(b, ' ')
		if (x < 0) != ago {
			b = append(b, '-')
		}
	}
	for _, part := range []struct {
		n    int64
		unit string
	}{{p.years, "year"}, {p.months, "mon"}, {p.days, "day"}, {p.hours, "hour"}, {p.minutes, "min"}} {
		if part.n == 0 {
			continue
		}
		sign(part.n)
		b = append(append(strconv.AppendUint(b, magnitude(part.n), 10), ' '), part.unit...)
		if (part.n < 0) != ago || magnitude(part.n) != 1 {
			b = append(b, 's')
		}
		zero = false
	}
	if p.micros != 0 {
		sign(p.micros)
		b = append(appendSeconds(b, p.micros, false), " sec"...)
		if magnitude(p.micros) != microsPerSecond {
			b = append(b, 's')
		}
		zero = false
	}
	if zero {
		b = append(b, " 0"...)
	}
	if ago {
		b = append(b, " ago"...)
	}
	return b
}

// appendSQLInterval prints the SQL standard's forms, "1-2" and "3 4:05:06"; an
// interval that is neither, or has parts of both signs, prints all parts with
// their signs.
func appendSQLInterval(b []byte, v IntervalValue) []byte {
	negative := v.Months < 0 || v.Days < 0 || v.Micros < 0
	positive := v.Months > 0 || v.Days > 0 || v.Micros > 0
	dayTime := v.Days != 0 || v.Micros != 0
	if !negative && !positive {
		return append(b, '0')
	}
	mixed := negative && positive || v.Months != 0 && dayTime
	sign := func(minus bool) {
		switch {
		case minus:
			b = append(b, '-')
		case mixed:
			b = append(b, '+')
		}
	}
	p := partsOf(v)
	if !mixed {
		sign(negative)
	}
	if v.Months != 0 || mixed {
		if mixed {
			sign(v.Months < 0)
		}
		b = append(strconv.AppendUint(b, magnitude(p.years), 10), '-')
		b = strconv.AppendUint(b, magnitude(p.months), 10)
		if !mixed {
			return b
		}
		b = append(b, ' ')
	}
	if v.Days != 0 || mixed {
		if mixed {
			sign(v.Days < 0)
		}
		b = append(strconv.AppendUint(b, magnitude(p.days), 10), ' ')
	}
	if mixed {
		sign(v.Micros < 0)
	}
	b = append(strconv.AppendUint(b, magnitude(p.hours), 10), ':')
	b = append(appendPadded(b, int64(magnitude(p.minutes)), 2), ':')
	return appendSeconds(b, p.micros, true)
}

// appendISOInterval prints ISO 8601's form with designators: "P1Y2M3DT4H5M6.7S".
func appendISOInterval(b []byte, v IntervalValue) []byte {
	if v == (IntervalValue{}) {
		return append(b, "PT0S"...)
	}
	p := partsOf(v)
	part := func(n int64, unit byte) {
		if n != 0 {
			b = append(strconv.AppendInt(b, n, 10), unit)
		}
	}
	b = append(b, 'P')
	part(p.years, 'Y')
	part(p.months, 'M')
	part(p.days, 'D')
	if v.Micros == 0 {
		return b
	}
	b = append(b, 'T')
	part(p.hours, 'H')
	part(p.minutes, 'M')
	if p.micros != 0 {
		if p.micros < 0 {
			b = append(b, '-')
		}
		b = append(appendSeconds(b, p.micros, false), 'S')
	}
	return b
}
