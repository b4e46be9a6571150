package partition

import (
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// A datePattern is a pattern of Java's DateTimeFormatter, as far as a folder's
// name can use one: the letters of patternFields, 'text' in quotes (” is a
// quote), anything that is no letter for itself. Months and days of the week
// have their English names. Times are UTC, in milliseconds since 1970.
type datePattern struct {
	text  string
	elems []dateElem
	// precision is the finest unit that the pattern spells.
	precision dateUnit
	// ordered: the texts sort as the times do.
	ordered bool
}

// dateElem is a field with its letter and count, or a literal text.
type dateElem struct {
	letter  byte // 0: literal
	count   int
	literal string
}

// patternFields are the letters that mean something, with the unit that each
// fixes; -1 for those that say nothing more than others do.
var patternFields = map[byte]dateUnit{
	'y': unitYear, 'u': unitYear, 'M': unitMonth, 'L': unitMonth, 'Q': -1, 'q': -1, 'd': unitDay, 'D': unitDay, 'E': -1,
	'a': -1, 'H': unitHour, 'k': unitHour, 'K': unitHour, 'h': unitHour, 'm': unitMinute, 's': unitSecond, 'S': unitMilli,
	'X': -1, 'x': -1, 'Z': -1,
}

// parseDatePattern compiles a pattern. A letter that has no place in a path is
// a fault with SQLSTATE 22023.
func parseDatePattern(text string) (*datePattern, error) {
	p := &datePattern{text: text}
	fields := 0
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			n := 1
			for i+n < len(text) && text[i+n] == c {
				n++
			}
			unit, ok := patternFields[c]
			if !ok || !validCount(c, n) {
				return nil, patternFault(text, c, text[i:i+n])
			}
			p.elems = append(p.elems, dateElem{letter: c, count: n})
			p.precision = max(p.precision, unit)
			fields++
			i += n
		case c == '\'':
			n := strings.IndexByte(text[i+1:], '\'')
			if n < 0 {
				return nil, fault.New(fault.CodeInvalidParameter, "the quote in the date format %q is not closed", text)
			}
			if p.addLiteral(text[i+1 : i+1+n]); n == 0 {
				p.addLiteral("'")
			}
			i += n + 2
		default:
			p.addLiteral(text[i : i+1])
			i++
		}
	}
	if fields == 0 {
		return nil, fault.New(fault.CodeInvalidParameter, "the date format %q has no date field", text)
	}
	p.ordered = p.sorts()
	return p, nil
}

func (p *datePattern) addLiteral(s string) {
	if n := len(p.elems); n > 0 && p.elems[n-1].letter == 0 {
		p.elems[n-1].literal += s
		return
	}
	p.elems = append(p.elems, dateElem{literal: s})
}

func patternFault(text string, c byte, field string) error {
	f := fault.New(fault.CodeInvalidParameter, "the date format %q has a field that cannot be used: %s", text, field)
	if c == 'Y' {
		return f.WithHint("Y is the year of the week's count. The calendar year is yyyy.")
	}
	return f.WithHint("Use yyyy, MM, dd, HH, mm, ss or SSS, and quote text: yyyy'T'HH.")
}

func validCount(c byte, n int) bool {
	switch c {
	case 'y', 'u':
		return n == 1 || n == 2 || n == 4
	case 'M', 'L', 'E':
		return n <= 4
	case 'D', 'x', 'X':
		return n <= 3
	case 'Q', 'q', 'a':
		return n == 1
	case 'S':
		return n <= 9
	case 'Z':
		return n <= 3
	}
	return n <= 2
}

// sorts reports whether the fields stand from the coarsest to the finest, all
// with a fixed number of digits.
func (p *datePattern) sorts() bool {
	last := dateUnit(-1)
	next := unitYear
	for _, e := range p.elems {
		if e.letter == 0 {
			continue
		}
		unit := patternFields[e.letter]
		fixed := e.count == 2 && (e.letter != 'y' && e.letter != 'u') || e.count == 4 && unit == unitYear || e.letter == 'S' || e.letter == 'D' && e.count == 3
		if unit < 0 || !fixed || unit <= last || e.letter == 'h' || e.letter == 'k' || e.letter == 'K' {
			return false
		}
		if unit != next { // a coarser one is missing
			if !(e.letter == 'D' && next == unitMonth) {
				return false
			}
		}
		if last = unit; unit == unitMonth {
			next = unitDay
		} else {
			next = unit + 1
		}
	}
	return true
}

var (
	monthNames = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	dayNames   = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	halfNames  = []string{"AM", "PM"}
)

// format spells a time.
func (p *datePattern) format(ms int64) string {
	t := time.UnixMilli(ms).UTC()
	b := make([]byte, 0, len(p.text)+4)
	for _, e := range p.elems {
		b = e.append(b, t)
	}
	return string(b)
}

func (e *dateElem) append(b []byte, t time.Time) []byte {
	switch e.letter {
	case 0:
		return append(b, e.literal...)
	case 'y', 'u':
		if e.count == 2 {
			return appendPadded(b, t.Year()%100, 2)
		}
		return appendPadded(b, t.Year(), e.count)
	case 'M', 'L':
		if e.count >= 3 {
			return append(b, nameOf(monthNames, int(t.Month())-1, e.count)...)
		}
		return appendPadded(b, int(t.Month()), e.count)
	case 'E':
		return append(b, nameOf(dayNames, int(t.Weekday()), e.count)...)
	case 'a':
		return append(b, halfNames[t.Hour()/12]...)
	case 'S':
		return append(appendPadded(b, t.Nanosecond()/1e6, 3)[:len(b)+min(e.count, 3)], "000000"[:max(e.count-3, 0)]...)
	case 'X':
		return append(b, 'Z')
	case 'x':
		return append(b, [...]string{"+00", "+0000", "+00:00"}[e.count-1]...)
	case 'Z':
		return append(b, "+0000"...)
	}
	return appendPadded(b, e.number(t), e.count)
}

// number gives the value of a numeric field.
func (e *dateElem) number(t time.Time) int {
	switch e.letter {
	case 'Q', 'q':
		return int(t.Month()-1)/3 + 1
	case 'd':
		return t.Day()
	case 'D':
		return t.YearDay()
	case 'H':
		return t.Hour()
	case 'k': // 1-24
		return (t.Hour()+23)%24 + 1
	case 'K': // 0-11
		return t.Hour() % 12
	case 'h': // 1-12
		return (t.Hour()+11)%12 + 1
	case 'm':
		return t.Minute()
	}
	return t.Second()
}

func nameOf(names []string, i, count int) string {
	if count < 4 {
		return names[i][:3]
	}
	return names[i]
}

func appendPadded(b []byte, n, width int) []byte {
	var buf [20]byte
	at := len(buf)
	for v := n; v > 0 || at == len(buf); v /= 10 {
		at--
		buf[at] = byte('0' + v%10)
	}
	for len(buf)-at < width {
		at--
		buf[at] = '0'
	}
	return append(b, buf[at:]...)
}

// parse reads a text that format has spelled; false if it is none. Fields that
// the pattern does not have are the first of their kind: January, the 1st, 0:00.
func (p *datePattern) parse(s string) (int64, bool) {
	f := dateFields{year: 1970, month: -1, day: 1, hour: -1, half: -1}
	for i := range p.elems {
		e := &p.elems[i]
		if e.letter == 0 {
			rest, ok := strings.CutPrefix(s, e.literal)
			if !ok {
				return 0, false
			}
			s = rest
			continue
		}
		n, ok := f.take(e, s, p.reserved(i))
		if !ok {
			return 0, false
		}
		s = s[n:]
	}
	if s != "" {
		return 0, false
	}
	return f.millis()
}

// reserved gives the digits that the fields directly behind field i need.
func (p *datePattern) reserved(i int) int {
	n := 0
	for _, e := range p.elems[i+1:] {
		if e.letter == 0 || strings.IndexByte("aEXxZ", e.letter) >= 0 || (e.letter == 'M' || e.letter == 'L') && e.count > 2 {
			break
		}
		n += e.count
	}
	return n
}

// dateFields collect what a text says.
type dateFields struct {
	year, month, day     int // month -1: not said
	quarter, dayOfYear   int // 0: not said
	hour, minute, second int // hour -1: by hour12 and half
	hour12, half         int
	milli                int
}

// take reads one field at the beginning of s and gives how many bytes it took.
func (f *dateFields) take(e *dateElem, s string, reserved int) (int, bool) {
	switch e.letter {
	case 'a':
		i, n := prefixOf(halfNames, s, 4)
		f.half = i
		return n, i >= 0
	case 'E':
		i, n := prefixOf(dayNames, s, e.count)
		return n, i >= 0
	case 'X', 'x', 'Z':
		zone := string(e.append(nil, time.Time{}))
		return len(zone), strings.HasPrefix(s, zone)
	case 'M', 'L':
		if e.count >= 3 {
			i, n := prefixOf(monthNames, s, e.count)
			f.month = i + 1
			return n, i >= 0
		}
	}
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	n := e.count
	if n == 1 {
		n = min(max(digits-reserved, 1), 4)
	}
	if digits < n {
		return 0, false
	}
	v := 0
	for _, c := range []byte(s[:n]) {
		v = v*10 + int(c-'0')
	}
	return n, f.set(e, v, n)
}

func prefixOf(names []string, s string, count int) (int, int) {
	for i := range names {
		name := names[i]
		if count < 4 {
			name = name[:3]
		}
		if len(s) >= len(name) && strings.EqualFold(s[:len(name)], name) {
			return i, len(name)
		}
	}
	return -1, 0
}

func (f *dateFields) set(e *dateElem, v, digits int) bool {
	switch e.letter {
	case 'y', 'u':
		if f.year = v; e.count == 2 {
			f.year += 2000
		}
	case 'M', 'L':
		f.month = v
		return v >= 1
	case 'Q', 'q':
		f.quarter = v
		return v >= 1 && v <= 4
	case 'd':
		f.day = v
	case 'D':
		f.dayOfYear = v
		return v >= 1
	case 'H':
		f.hour = v
	case 'k':
		f.hour = v % 24
		return v >= 1 && v <= 24
	case 'K':
		f.hour12 = v
		return v <= 11
	case 'h':
		f.hour12 = v % 12
		return v >= 1 && v <= 12
	case 'm':
		f.minute = v
	case 's':
		f.second = v
	case 'S':
		for ; digits > 3; digits-- {
			v /= 10
		}
		for ; digits < 3; digits++ {
			v *= 10
		}
		f.milli = v
	}
	return true
}

// millis puts the fields together; false if there is no such time.
func (f *dateFields) millis() (int64, bool) {
	if f.month < 0 {
		f.month = max((f.quarter-1)*3+1, 1)
	}
	if f.hour < 0 {
		f.hour = f.hour12 + 12*max(f.half, 0)
	}
	t := time.Date(f.year, time.Month(f.month), f.day, f.hour, f.minute, f.second, f.milli*1e6, time.UTC)
	if t.Year() != f.year || int(t.Month()) != f.month || t.Day() != f.day || t.Hour() != f.hour || t.Minute() != f.minute || t.Second() != f.second {
		return 0, false
	}
	if f.dayOfYear > 0 {
		if t = t.AddDate(0, 0, f.dayOfYear-t.YearDay()); t.Year() != f.year {
			return 0, false
		}
	}
	return t.UnixMilli(), true
}
