package types

import (
	"math"
	"strings"
	"time"
)

// scanner reads a date/time text from the front.
type scanner struct {
	s []byte
	i int
}

func (p *scanner) more() bool { return p.i < len(p.s) }

func (p *scanner) peek() byte {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

func (p *scanner) eat(c byte) bool {
	if p.peek() == c {
		p.i++
		return true
	}
	return false
}

// number reads between lo and hi digits.
func (p *scanner) number(lo, hi int) (v, n int, ok bool) {
	for n < hi && p.more() && isDigit(p.s[p.i]) {
		v = v*10 + int(p.s[p.i]-'0')
		p.i++
		n++
	}
	return v, n, n >= lo
}

func (p *scanner) spaces() bool {
	from := p.i
	for p.more() && isSpace(p.s[p.i]) {
		p.i++
	}
	return p.i > from
}

// date reads YYYY-MM-DD (also with / or . and one-digit parts) or YYYYMMDD.
func (p *scanner) date() (y int64, m, d int, err error) {
	yy, n, ok := p.number(1, 9)
	if !ok {
		return 0, 0, 0, ErrSyntax
	}
	if n >= 8 && p.peek() != '-' && p.peek() != '/' { // YYYYMMDD
		y, m, d = int64(yy/10000), yy/100%100, yy%100
		return y, m, d, checkDate(y, m, d)
	}
	sep := p.peek()
	if n < 4 && n != 0 || sep != '-' && sep != '/' && sep != '.' {
		return 0, 0, 0, ErrSyntax
	}
	p.i++
	if m, _, ok = p.number(1, 2); !ok || !p.eat(sep) {
		return 0, 0, 0, ErrSyntax
	}
	if d, _, ok = p.number(1, 2); !ok || isDigit(p.peek()) {
		return 0, 0, 0, ErrSyntax
	}
	return int64(yy), m, d, checkDate(int64(yy), m, d)
}

// Years beyond these are refused, as PostgreSQL refuses them.
const maxYear = 5874897

func checkDate(y int64, m, d int) error {
	if y < 1 || y > maxYear || m < 1 || m > 12 || d < 1 || d > DaysInMonth(y, m) {
		return ErrRange
	}
	return nil
}

// clock reads HH:MM[:SS[.fraction]] in nanoseconds; 24:00:00 is allowed.
func (p *scanner) clock() (int64, error) {
	h, _, ok := p.number(1, 2)
	if !ok || !p.eat(':') {
		return 0, ErrSyntax
	}
	m, n, ok := p.number(2, 2)
	if !ok || n != 2 {
		return 0, ErrSyntax
	}
	s, frac := 0, int64(0)
	if p.eat(':') {
		if s, _, ok = p.number(2, 2); !ok {
			return 0, ErrSyntax
		}
		if p.peek() == '.' || p.peek() == ',' {
			p.i++
			frac = p.fraction()
		}
	}
	if h > 24 || m > 59 || s > 60 || h == 24 && (m != 0 || s != 0 || frac != 0) {
		return 0, ErrRange
	}
	return (int64(h)*3600+int64(m)*60+int64(s))*1e9 + frac, nil
}

// fraction reads digits as nanoseconds, rounding the tenth digit.
func (p *scanner) fraction() int64 {
	var v int64
	n := 0
	for ; p.more() && isDigit(p.s[p.i]); p.i++ {
		switch {
		case n < 9:
			v = v*10 + int64(p.s[p.i]-'0')
		case n == 9 && p.s[p.i] >= '5':
			v++
		}
		n++
	}
	for ; n < 9; n++ {
		v *= 10
	}
	return v
}

// RoundTicks rounds nanoseconds to the precision of t and gives t's ticks.
func RoundTicks(nanos int64, t Type) int64 {
	p := min(int(t.P), 9)
	step := Pow10[9-p]
	nanos = floorDiv(nanos+step/2, step) * step
	if t.UnitsPerSecond() == 1_000_000 {
		return nanos / 1000
	}
	return nanos
}

// infinite recognizes infinity and -infinity.
func infinite(s []byte) (sign int) {
	switch {
	case foldEqual(s, "infinity"), foldEqual(s, "+infinity"):
		return 1
	case foldEqual(s, "-infinity"):
		return -1
	}
	return 0
}

// era reads an optional " AD" or " BC".
func (p *scanner) era(y int64) int64 {
	save := p.i
	p.spaces()
	rest := p.s[p.i:]
	switch {
	case foldEqual(rest, "bc"):
		p.i = len(p.s)
		return 1 - y
	case foldEqual(rest, "ad"):
		p.i = len(p.s)
		return y
	}
	p.i = save
	return y
}

// ParseDate reads a date as days since 1970-01-01. A time of day and a zone
// after it are checked and dropped, as PostgreSQL does.
func ParseDate(s []byte) (int32, error) {
	s = trim(s)
	switch infinite(s) {
	case 1:
		return DateInfinity, nil
	case -1:
		return DateMinusInfinity, nil
	}
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		if v, ok := fastDate(s); ok {
			return v, nil
		}
	}
	if foldEqual(s, "epoch") {
		return 0, nil
	}
	d, err := parseStamp(s, nil)
	if err != nil {
		return 0, err
	}
	return int32(d.days), nil
}

// fastDate reads the usual form YYYY-MM-DD.
func fastDate(s []byte) (int32, bool) {
	var bad byte
	digit := func(i int) int {
		c := s[i] - '0'
		if c > 9 {
			bad = 1
		}
		return int(c)
	}
	y := digit(0)*1000 + digit(1)*100 + digit(2)*10 + digit(3)
	m, d := digit(5)*10+digit(6), digit(8)*10+digit(9)
	if bad != 0 || checkDate(int64(y), m, d) != nil {
		return 0, false
	}
	return int32(DaysFromCivil(int64(y), m, d)), true
}

// stamp is a parsed date, time of day and zone.
type stamp struct {
	days  int64
	nanos int64
	zone  bool
	off   int64          // seconds east
	loc   *time.Location // a named zone; then off has no meaning
}

// parseStamp reads date [time [zone]] [BC].
func parseStamp(s []byte, def *time.Location) (out stamp, err error) {
	p := &scanner{s: s}
	y, m, d, err := p.date()
	if err != nil {
		return out, err
	}
	if p.more() {
		if p.peek() == 'T' || p.peek() == 't' {
			p.i++
		}
		p.spaces()
		if isDigit(p.peek()) {
			if out.nanos, err = p.clock(); err != nil {
				return out, err
			}
		}
		if err = p.zone(&out); err != nil {
			return out, err
		}
	}
	y = p.era(y)
	p.spaces()
	if p.more() {
		return out, ErrSyntax
	}
	if !out.zone {
		out.loc = def
	}
	out.days = DaysFromCivil(y, m, d)
	return out, nil
}

// zone reads an optional zone: Z, +hh[:mm[:ss]], +hhmm, or a name.
func (p *scanner) zone(out *stamp) error {
	save := p.i
	p.spaces()
	c := p.peek()
	switch {
	case c == '+' || c == '-':
		p.i++
		off, err := p.offset()
		if err != nil {
			return err
		}
		if c == '-' {
			off = -off
		}
		out.zone, out.off = true, off
		return nil
	case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
		from := p.i
		for p.more() && !isSpace(p.s[p.i]) {
			p.i++
		}
		word := p.s[from:p.i]
		if foldEqual(word, "bc") || foldEqual(word, "ad") {
			p.i = save
			return nil
		}
		loc, ok := LoadZone(string(word))
		if !ok {
			return ErrSyntax
		}
		out.zone, out.loc = true, loc
		return nil
	}
	p.i = save
	return nil
}

func (p *scanner) offset() (int64, error) {
	h, n, ok := p.number(1, 4)
	if !ok {
		return 0, ErrSyntax
	}
	m, s := 0, 0
	if n > 2 {
		h, m = h/100, h%100
	} else if p.eat(':') {
		if m, _, ok = p.number(2, 2); !ok {
			return 0, ErrSyntax
		}
		if p.eat(':') {
			if s, _, ok = p.number(2, 2); !ok {
				return 0, ErrSyntax
			}
		}
	}
	if h > 15 || m > 59 || s > 59 {
		return 0, ErrRange
	}
	return int64(h)*3600 + int64(m)*60 + int64(s), nil
}

// LoadZone finds a time zone by its tz database name (case as in the database),
// "UTC", "Z", "GMT", or a fixed offset "+05:30". It reads the zone files, so
// callers keep the result. "Local" is refused: it would mean the server's.
func LoadZone(name string) (*time.Location, bool) {
	switch strings.ToLower(name) {
	case "utc", "z", "zulu", "gmt", "etc/utc", "ut":
		return time.UTC, true
	case "", "local":
		return nil, false
	}
	if len(name) == 8 && name[2] == ':' && name[0] >= '0' && name[0] <= '9' { // an interval's text: 02:00:00
		name = "+" + name
	}
	if name[0] == '+' || name[0] == '-' {
		p := &scanner{s: []byte(name), i: 1}
		off, err := p.offset()
		if err != nil || p.more() {
			return nil, false
		}
		if name[0] == '-' {
			off = -off
		}
		return time.FixedZone(name, int(off)), true
	}
	if label, east, ok := posixZone(name); ok {
		return time.FixedZone(label, east), true
	}
	if loc, err := time.LoadLocation(name); err == nil {
		return loc, true
	}
	return nil, false
}

// ticks joins days and nanoseconds in t's unit, or ErrRange.
func (d stamp) ticks(t Type) (int64, error) {
	unit := t.UnitsPerSecond()
	v := Mul64(d.days, 86400*unit).Add(I128(RoundTicks(d.nanos, t)))
	if !v.IsInt64() || v.Int64() == math.MaxInt64 || v.Int64() == math.MinInt64 {
		return 0, ErrRange
	}
	return v.Int64(), nil
}

// ParseTimestamp reads a local timestamp in ticks of t's unit, rounded to its
// precision. A zone is checked and ignored, as PostgreSQL does.
func ParseTimestamp(s []byte, t Type) (int64, error) {
	s = trim(s)
	switch infinite(s) {
	case 1:
		return TimeInfinity, nil
	case -1:
		return TimeMinusInfinity, nil
	}
	if foldEqual(s, "epoch") {
		return 0, nil
	}
	d, err := parseStamp(s, nil)
	if err != nil {
		return 0, err
	}
	return d.ticks(t)
}

// HasZone reports whether a text is a timestamp with a zone behind it.
func HasZone(s string) bool {
	d, err := parseStamp(trim([]byte(s)), nil)
	return err == nil && d.zone
}

// ParseTimestampTZ reads an instant in ticks of t's unit; a text without a zone
// is local time in loc (nil: UTC).
func ParseTimestampTZ(s []byte, t Type, loc *time.Location) (int64, error) {
	s = trim(s)
	switch infinite(s) {
	case 1:
		return TimeInfinity, nil
	case -1:
		return TimeMinusInfinity, nil
	}
	if foldEqual(s, "epoch") {
		return 0, nil
	}
	d, err := parseStamp(s, loc)
	if err != nil {
		return 0, err
	}
	v, err := d.ticks(t)
	if err != nil {
		return 0, err
	}
	if d.loc != nil {
		return ToInstant(v, t, d.loc), nil
	}
	return v - d.off*t.UnitsPerSecond(), nil
}

// ParseTime reads a time of day in ticks of t's unit. A zone is refused.
func ParseTime(s []byte, t Type) (int64, error) {
	p := &scanner{s: trim(s)}
	nanos, err := p.clock()
	if err != nil {
		return 0, err
	}
	if p.more() {
		return 0, ErrSyntax
	}
	return RoundTicks(nanos, t), nil
}
