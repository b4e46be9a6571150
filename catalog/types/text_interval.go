package types

import (
	"math"
	"strconv"
)

// Microseconds of the clock units.
const (
	microsPerSecond = 1_000_000
	microsPerHour   = 3600 * microsPerSecond
	microsPerDay    = 86400 * microsPerSecond
)

// AppendInterval prints an interval in PostgreSQL's style
// ("1 year 2 mons -3 days +04:05:06.7"), or for Trino's two interval types in
// TrinoStyle as "1-2" and "3 04:05:06.700".
func AppendInterval(b []byte, v IntervalValue, t Type, st Style) []byte {
	if st == TrinoStyle {
		switch t.S {
		case IntervalYearMonth:
			return appendYearMonth(b, v)
		case IntervalDaySecond:
			return appendDaySecond(b, v)
		}
	}
	switch st.intervals() {
	case IntervalsVerbose:
		return appendVerbose(b, v)
	case IntervalsSQL:
		return appendSQLInterval(b, v)
	case IntervalsISO:
		return appendISOInterval(b, v)
	}
	empty, negative := true, false
	part := func(n int32, unit string) {
		if n == 0 {
			return
		}
		if !empty {
			b = append(b, ' ')
		}
		if negative && n > 0 {
			b = append(b, '+')
		}
		b = append(strconv.AppendInt(b, int64(n), 10), ' ')
		b = append(b, unit...)
		if n != 1 {
			b = append(b, 's')
		}
		empty, negative = false, n < 0
	}
	part(v.Months/12, "year")
	part(v.Months%12, "mon")
	part(v.Days, "day")
	if v.Micros == 0 && !empty {
		return b
	}
	if !empty {
		b = append(b, ' ')
	}
	switch {
	case v.Micros < 0:
		b = append(b, '-')
	case negative:
		b = append(b, '+')
	}
	return appendClock(b, v.Micros)
}

// appendClock prints |micros| as HH:MM:SS.ffffff without trailing zeros.
func appendClock(b []byte, micros int64) []byte {
	u := uint64(micros)
	if micros < 0 {
		u = -u
	}
	b = appendPadded(b, int64(u/microsPerHour), 2)
	b = appendPadded(append(b, ':'), int64(u/(60*microsPerSecond)%60), 2)
	b = appendPadded(append(b, ':'), int64(u/microsPerSecond%60), 2)
	return appendFraction(b, int64(u%microsPerSecond), microsPerSecond, 6, PostgresStyle)
}

func appendYearMonth(b []byte, v IntervalValue) []byte {
	m := int64(v.Months)
	if m < 0 {
		b, m = append(b, '-'), -m
	}
	b = strconv.AppendInt(b, m/12, 10)
	return strconv.AppendInt(append(b, '-'), m%12, 10)
}

func appendDaySecond(b []byte, v IntervalValue) []byte {
	ms := Mul64(int64(v.Days), microsPerDay).Add(I128(v.Micros))
	if ms.Sign() < 0 {
		b, ms = append(b, '-'), ms.Neg()
	}
	q, r := ms.QuoRem(I128(microsPerDay))
	b = append(strconv.AppendInt(b, q.Int64(), 10), ' ')
	us := r.Int64()
	b = appendClock(b, us-us%microsPerSecond)
	return appendPadded(append(b, '.'), us%microsPerSecond/1000, 3)
}

// intervalUnits maps unit words to months, days or microseconds. Words are
// found without a plural s.
var intervalUnits = map[string]IntervalValue{
	"millennium": {Months: 12000}, "millennia": {Months: 12000}, "mil": {Months: 12000}, "century": {Months: 1200},
	"centurie": {Months: 1200}, "c": {Months: 1200}, "decade": {Months: 120}, "dec": {Months: 120}, "year": {Months: 12}, "yr": {Months: 12},
	"y": {Months: 12}, "quarter": {Months: 3}, "month": {Months: 1}, "mon": {Months: 1}, "week": {Days: 7}, "w": {Days: 7},
	"day": {Days: 1}, "d": {Days: 1}, "hour": {Micros: microsPerHour}, "hr": {Micros: microsPerHour}, "h": {Micros: microsPerHour},
	"minute": {Micros: 60 * microsPerSecond}, "min": {Micros: 60 * microsPerSecond}, "m": {Micros: 60 * microsPerSecond},
	"second": {Micros: microsPerSecond}, "sec": {Micros: microsPerSecond}, "s": {Micros: microsPerSecond},
	"millisecond": {Micros: 1000}, "msec": {Micros: 1000}, "ms": {Micros: 1000}, "microsecond": {Micros: 1}, "usec": {Micros: 1}, "us": {Micros: 1},
}

// IntervalUnit gives one unit ("day", "hours", "Mon") as an interval.
func IntervalUnit(word []byte) (IntervalValue, bool) {
	var buf [16]byte
	if len(word) == 0 || len(word) > len(buf) {
		return IntervalValue{}, false
	}
	for i, c := range word {
		buf[i] = lower(c)
	}
	w := buf[:len(word)]
	if u, ok := intervalUnits[asString(w)]; ok {
		return u, true
	}
	if n := len(w) - 1; n > 0 && w[n] == 's' {
		u, ok := intervalUnits[asString(w[:n])]
		return u, ok
	}
	return IntervalValue{}, false
}

// intervalSum adds parts exactly and reports overflow at the end.
type intervalSum struct {
	months, days, micros Int128
}

// nano is the fixed point of quantities: nine decimals.
const nano = 1_000_000_000

// add adds q/1e9 units. Fractions of months become days of 1/30 month, those of
// days become clock time, as in PostgreSQL.
func (a *intervalSum) add(q Int128, unit IntervalValue) {
	whole, rest := q.QuoRem(I128(nano))
	mul := func(x Int128, y int64) Int128 { r, _ := x.Mul(I128(y)); return r }
	switch {
	case unit.Months != 0:
		whole, rest = mul(q, int64(unit.Months)).QuoRem(I128(nano))
		a.months = a.months.Add(whole)
		days, frac := mul(rest, 30).QuoRem(I128(nano))
		a.days = a.days.Add(days)
		us, _ := mul(frac, microsPerDay).QuoRem(I128(nano))
		a.micros = a.micros.Add(us)
	case unit.Days != 0:
		whole, rest = mul(q, int64(unit.Days)).QuoRem(I128(nano))
		a.days = a.days.Add(whole)
		us, _ := mul(rest, microsPerDay).QuoRem(I128(nano))
		a.micros = a.micros.Add(us)
	default:
		us := mul(rest, unit.Micros)
		us, _ = us.Rescale(9, 0)
		a.micros = a.micros.Add(mul(whole, unit.Micros)).Add(us)
	}
}

func (a *intervalSum) value(neg bool) (IntervalValue, error) {
	if neg {
		a.months, a.days, a.micros = a.months.Neg(), a.days.Neg(), a.micros.Neg()
	}
	fits32 := func(x Int128) bool { return x.IsInt64() && x.Int64() == int64(int32(x.Int64())) }
	if !fits32(a.months) || !fits32(a.days) || !a.micros.IsInt64() {
		return IntervalValue{}, ErrRange
	}
	return IntervalValue{Months: int32(a.months.Int64()), Days: int32(a.days.Int64()), Micros: a.micros.Int64()}, nil
}

// quantity reads digits with an optional fraction as fixed point of nine
// decimals. At most twelve digits stand before the point.
func (p *scanner) quantity() (Int128, error) {
	v, digits := int64(0), 0
	for ; p.more() && isDigit(p.s[p.i]); p.i++ {
		if digits++; digits > 18 {
			return Int128{}, ErrRange
		}
		v = v*10 + int64(p.s[p.i]-'0')
	}
	frac := int64(0)
	if p.peek() == '.' {
		p.i++
		if !isDigit(p.peek()) && digits == 0 {
			return Int128{}, ErrSyntax
		}
		frac = p.fraction()
	} else if digits == 0 {
		return Int128{}, ErrSyntax
	}
	return Mul64(v, nano).Add(I128(frac)), nil
}

// ParseInterval reads PostgreSQL's forms ("1 year 2 mons", "1-2 3 04:05:06",
// "2 hours ago", "@ 1 day"), ISO 8601 durations ("P1Y2M3DT4H") and a bare
// number of seconds.
func ParseInterval(s []byte) (IntervalValue, error) { return parseInterval(s, "second") }

func parseInterval(s []byte, bare string) (IntervalValue, error) {
	p := &scanner{s: trim(s)}
	var sum intervalSum
	if p.peek() == 'P' || p.peek() == '-' && len(p.s) > 1 && p.s[1] == 'P' {
		return p.iso(&sum)
	}
	p.eat('@')
	seen := false
	for {
		p.spaces()
		if !p.more() {
			break
		}
		if seen && foldEqual(p.s[p.i:], "ago") {
			return sum.value(true)
		}
		if err := p.intervalPart(&sum, bare); err != nil {
			return IntervalValue{}, err
		}
		seen = true
	}
	if !seen {
		return IntervalValue{}, ErrSyntax
	}
	return sum.value(false)
}

// intervalPart reads one quantity with its unit, a y-m pair or a clock time.
func (p *scanner) intervalPart(sum *intervalSum, bare string) error {
	neg := p.eat('-')
	if !neg {
		p.eat('+')
	}
	save := p.i
	q, err := p.quantity()
	if err != nil {
		return err
	}
	sign := func(x Int128) Int128 {
		if neg {
			return x.Neg()
		}
		return x
	}
	switch c := p.peek(); {
	case c == ':':
		p.i = save
		us, err := p.clockSpan(bare)
		if err != nil {
			return err
		}
		sum.micros = sum.micros.Add(sign(I128(us)))
		return nil
	case c == '-' && p.i+1 < len(p.s) && isDigit(p.s[p.i+1]): // years-months
		p.i++
		m, _, ok := p.number(1, 2)
		if !ok || m > 11 {
			return ErrRange
		}
		sum.add(sign(q), IntervalValue{Months: 12})
		sum.months = sum.months.Add(sign(I128(int64(m))))
		return nil
	}
	p.spaces()
	from := p.i
	for p.more() && (p.s[p.i] >= 'a' && p.s[p.i] <= 'z' || p.s[p.i] >= 'A' && p.s[p.i] <= 'Z') {
		p.i++
	}
	word := p.s[from:p.i]
	if len(word) == 0 || foldEqual(word, "ago") {
		p.i = from
		if bare == "second" && p.more() && isDigit(p.peek()) { // "3 04:05:06": days before a clock
			word = []byte("day")
		} else {
			word = []byte(bare)
		}
	}
	unit, ok := IntervalUnit(word)
	if !ok {
		return ErrSyntax
	}
	sum.add(sign(q), unit)
	return nil
}

// maxHours keeps a clock part within the microseconds of an int64.
const maxHours = 2_562_047_787

// clockSpan reads H:MM[:SS[.f]] with any number of hours, or with bare
// "minute:second" MM:SS.
func (p *scanner) clockSpan(bare string) (int64, error) {
	var parts [3]int64
	n, frac := 0, int64(0)
	for ; n < 3; n++ {
		v, _, ok := p.number(1, 10)
		if !ok {
			return 0, ErrSyntax
		}
		if n > 0 && v > 59 || isDigit(p.peek()) || v > maxHours {
			return 0, ErrRange
		}
		parts[n] = int64(v)
		if p.peek() == '.' {
			p.i++
			frac = RoundTicks(p.fraction(), TTime)
			n++
			break
		}
		if !p.eat(':') {
			n++
			break
		}
	}
	h, m, s := parts[0], parts[1], parts[2]
	if n == 2 && (bare == "minute:second" || frac != 0) {
		h, m, s = 0, parts[0], parts[1]
	}
	return (h*3600+m*60+s)*microsPerSecond + frac, nil
}

// iso reads an ISO 8601 duration.
func (p *scanner) iso(sum *intervalSum) (IntervalValue, error) {
	negAll := p.eat('-')
	p.i++ // P
	clock, seen := false, false
	for p.more() {
		if p.eat('T') {
			if clock {
				return IntervalValue{}, ErrSyntax
			}
			clock = true
			continue
		}
		neg := p.eat('-')
		if !neg {
			p.eat('+')
		}
		q, err := p.quantity()
		if err != nil {
			return IntervalValue{}, err
		}
		unit, ok := isoUnit(p.peek(), clock)
		if !ok {
			return IntervalValue{}, ErrSyntax
		}
		p.i++
		if neg {
			q = q.Neg()
		}
		sum.add(q, unit)
		seen = true
	}
	if !seen {
		return IntervalValue{}, ErrSyntax
	}
	return sum.value(negAll)
}

func isoUnit(c byte, clock bool) (IntervalValue, bool) {
	if clock {
		switch c {
		case 'H':
			return IntervalValue{Micros: microsPerHour}, true
		case 'M':
			return IntervalValue{Micros: 60 * microsPerSecond}, true
		case 'S':
			return IntervalValue{Micros: microsPerSecond}, true
		}
		return IntervalValue{}, false
	}
	switch c {
	case 'Y':
		return IntervalValue{Months: 12}, true
	case 'M':
		return IntervalValue{Months: 1}, true
	case 'W':
		return IntervalValue{Days: 7}, true
	case 'D':
		return IntervalValue{Days: 1}, true
	}
	return IntervalValue{}, false
}

// ParseIntervalFields reads the text of INTERVAL 'text' from [TO to]; the units
// are lower case, to may be empty, and without from it is ParseInterval.
func ParseIntervalFields(s []byte, from, to string) (IntervalValue, error) {
	switch {
	case from == "":
		return ParseInterval(s)
	case from == "minute" && to == "second":
		return parseInterval(s, "minute:second")
	case to == "" || to == from:
		return parseInterval(s, from)
	}
	t := trim(s)
	if from == "day" { // "1 02:03:04", "1 02"
		for i := 0; i < len(t); i++ {
			if isSpace(t[i]) {
				return dayToClock(t[:i], trim(t[i:]), to)
			}
		}
		return parseInterval(s, "day")
	}
	return parseInterval(s, to)
}

func dayToClock(day, clock []byte, to string) (IntervalValue, error) {
	d, err := parseInterval(day, "day")
	if err != nil {
		return d, err
	}
	c, err := parseInterval(clock, "hour")
	if err != nil {
		return d, err
	}
	if len(day) > 0 && day[0] == '-' && c.Micros > 0 {
		c.Micros = -c.Micros
	}
	if d.Days == math.MinInt32 {
		return d, ErrRange
	}
	return IntervalValue{Months: d.Months, Days: d.Days + c.Days, Micros: d.Micros + c.Micros}, nil
}
