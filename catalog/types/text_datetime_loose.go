package types

import "strconv"

// loose collects the parts of a date/time text (PostgreSQL's manual, appendix
// B.1, "Date/Time Input Interpretation").
type loose struct {
	r        *Reader
	timeOnly bool

	fields []dateField // numbers of the date, in the order in which they stand
	month  int         // by name
	whole  bool        // the date is complete: YYYYMMDD, or a word such as today
	clock  bool
	half   int // 0, or 'a' and 'p' of AM and PM
	bc     bool
	out    stamp
}

type dateField struct{ value, digits int }

// read takes the text word by word.
func (l *loose) read(s []byte) error {
	if len(s) == 0 {
		return ErrSyntax
	}
	for i := 0; i < len(s); {
		c := s[i]
		from := i
		var err error
		switch {
		case isSpace(c) || c == ',':
			i++
			continue
		case isDigit(c):
			for i < len(s) && isNumberByte(s, i) {
				i++
			}
			err = l.number(s[from:i])
		case isLetter(c):
			for i < len(s) && (isLetter(s[i]) || s[i] == '/' || s[i] == '_') {
				i++
			}
			if i+1 < len(s) && (s[i] == '-' || s[i] == '.') && isDigit(s[i+1]) { // Jan-08-1999
				i++
			}
			err = l.word(trimDash(s[from:i]))
		case (c == '+' || c == '-') && l.clock:
			p := &scanner{s: s, i: i + 1}
			if l.out.off, err = p.offset(); c == '-' {
				l.out.off = -l.out.off
			}
			l.out.zone, l.out.loc, i = true, nil, p.i
		case (c == '-' || c == '.' || c == '/') && (l.month > 0 || len(l.fields) > 0): // 08-Jan-1999
			i++
		default:
			err = ErrSyntax
		}
		if err != nil {
			return err
		}
	}
	return l.half12()
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// isNumberByte tells what belongs to a number, a date of numbers, or a clock.
func isNumberByte(s []byte, i int) bool {
	switch s[i] {
	case ':':
		return true
	case '-', '/', '.':
		return i+1 < len(s) && isDigit(s[i+1]) && (s[i] != '-' || !hasColon(s[:i]))
	}
	return isDigit(s[i])
}

// hasColon reports whether the word that s ends with has a colon: a sign after
// a clock begins a zone.
func hasColon(s []byte) bool {
	for i := len(s) - 1; i >= 0 && !isSpace(s[i]); i-- {
		if s[i] == ':' {
			return true
		}
	}
	return false
}

func trimDash(s []byte) []byte {
	if c := s[len(s)-1]; c == '-' || c == '.' {
		return s[:len(s)-1]
	}
	return s
}

// number takes a clock, a date of numbers, or a number alone.
func (l *loose) number(s []byte) (err error) {
	for _, c := range s {
		if c == ':' {
			return l.clockText(s)
		}
	}
	var parts [3]dateField
	n, sep := 0, byte(0)
	p := &scanner{s: s}
	for ; p.more(); n++ {
		if n == 3 {
			return ErrSyntax
		}
		v, digits, ok := p.number(1, 9)
		if !ok {
			return ErrSyntax
		}
		parts[n] = dateField{v, digits}
		if !p.more() {
			continue
		}
		if sep != 0 && p.peek() != sep {
			return ErrSyntax
		}
		sep = p.peek()
		p.i++
	}
	switch v := parts[0]; {
	case n == 1 && (v.digits == 8 || v.digits == 6 && l.timeOnly || v.digits == 6 && len(l.fields) == 0):
		return l.packed(v)
	case n == 1 && v.digits > 6:
		return ErrSyntax
	}
	l.fields = append(l.fields, parts[:n]...)
	if len(l.fields) > 3 || l.timeOnly {
		return ErrSyntax
	}
	return nil
}

// packed takes YYYYMMDD, YYMMDD, or after a date (or for a time alone) HHMMSS.
func (l *loose) packed(v dateField) error {
	a, b, c := v.value/10000, v.value/100%100, v.value%100
	if v.digits == 6 && (l.timeOnly || l.whole) {
		if l.clock || a > 24 || b > 59 || c > 60 {
			return ErrRange
		}
		l.clock, l.out.nanos = true, (int64(a)*3600+int64(b)*60+int64(c))*1e9
		return nil
	}
	if l.timeOnly || l.whole || len(l.fields) > 0 {
		return ErrSyntax
	}
	y := int64(a)
	if v.digits == 6 {
		y = fullYear(a, 2)
	}
	return l.setDate(y, b, c)
}

func (l *loose) setDate(y int64, m, d int) error {
	if err := checkDate(y, m, d); err != nil {
		return err
	}
	l.whole, l.out.days = true, DaysFromCivil(y, m, d)
	return nil
}

func (l *loose) clockText(s []byte) error {
	p := &scanner{s: s}
	nanos, err := p.clock()
	if err != nil {
		return err
	}
	if p.more() || l.clock {
		return ErrSyntax
	}
	l.clock, l.out.nanos = true, nanos
	return nil
}

var monthWords = [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
	"november", "december"}

var dayWords = [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// word takes a name: of a month, a day of the week (which does not count), an
// era, a half of the day, a zone, or a day such as today.
func (l *loose) word(s []byte) error {
	w := make([]byte, len(s))
	for i, c := range s {
		w[i] = lower(c)
	}
	word := string(w)
	if named(monthWords[:], word) > 0 {
		if l.month > 0 || l.timeOnly {
			return ErrSyntax
		}
		l.month = named(monthWords[:], word)
		return nil
	}
	switch word {
	case "am", "pm":
		l.half = int(word[0])
	case "bc":
		l.bc = true
	case "ad", "at", "on", "t":
	case "allballs":
		l.clock = true
	case "now", "today", "tomorrow", "yesterday":
		return l.relative(word)
	default:
		if named(dayWords[:], word) > 0 {
			return nil
		}
		loc, ok := LoadZone(string(s))
		if !ok || !l.clock {
			return ErrSyntax
		}
		l.out.zone, l.out.loc = true, loc
	}
	return nil
}

// named gives the position from 1 of a name or its abbreviation of three
// letters (or "sept"), 0 if it is none.
func named(names []string, word string) int {
	for i, n := range names {
		if word == n || word == n[:3] || word == "sept" && n == "september" {
			return i + 1
		}
	}
	return 0
}

func (l *loose) relative(word string) error {
	days, nanos, ok := l.r.today()
	if !ok || l.whole || len(l.fields) > 0 {
		return ErrSyntax
	}
	switch word {
	case "now":
		l.clock, l.out.nanos = true, nanos
	case "tomorrow":
		days++
	case "yesterday":
		days--
	}
	l.whole, l.out.days = true, days
	return nil
}

// half12 turns a clock of twelve hours into one of 24.
func (l *loose) half12() error {
	if l.half == 0 {
		return nil
	}
	const hour = int64(3600e9)
	h := l.out.nanos / hour
	switch {
	case !l.clock:
		return ErrSyntax
	case h > 12:
		return ErrRange
	case h == 12 && l.half == 'a':
		l.out.nanos -= 12 * hour
	case h < 12 && l.half == 'p':
		l.out.nanos += 12 * hour
	}
	return nil
}

// finish puts the date together.
func (l *loose) finish() (stamp, error) {
	if l.whole {
		if len(l.fields) > 0 || l.month > 0 || l.bc {
			return l.out, ErrSyntax
		}
		return l.out, nil
	}
	y, m, d, ok := l.order()
	if !ok {
		return l.out, ErrSyntax
	}
	long := 0 // numbers of more than two digits
	for _, f := range l.fields {
		if f.digits > 2 {
			long++
		}
	}
	if long > 1 || long == 1 && y.digits <= 2 {
		return l.out, ErrSyntax
	}
	year := fullYear(y.value, y.digits)
	if l.bc {
		year = int64(y.value)
	}
	if err := checkDate(year, m, d); err != nil {
		return l.out, err
	}
	if l.bc {
		year = 1 - year
	}
	l.out.days = DaysFromCivil(year, m, d)
	return l.out, nil
}

// fullYear completes a year of two digits: 1970 to 2069.
func fullYear(y, digits int) int64 {
	switch {
	case digits > 2:
	case y < 70:
		y += 2000
	default:
		y += 1900
	}
	return int64(y)
}

// order tells which number is the year, the month and the day: three digits and
// more are a year, else the style's order counts.
func (l *loose) order() (year dateField, month, day int, ok bool) {
	f, o := l.fields, l.r.Style.order()
	if l.month > 0 {
		if len(f) != 2 {
			return year, 0, 0, false
		}
		if f[0].digits > 2 || o == OrderYMD && f[1].digits <= 2 {
			return f[0], l.month, f[1].value, true
		}
		return f[1], l.month, f[0].value, true
	}
	if len(f) != 3 {
		return year, 0, 0, false
	}
	switch {
	case f[0].digits > 2 || o == OrderYMD:
		return f[0], f[1].value, f[2].value, true
	case o == OrderDMY:
		return f[2], f[1].value, f[0].value, true
	}
	return f[2], f[0].value, f[1].value, true
}

// posixZone reads the zone names that SET TimeZone makes of a number of hours:
// <+02>-02, whose second part counts westwards.
func posixZone(name string) (label string, east int, ok bool) {
	end := 0
	for end < len(name) && name[end] != '>' {
		end++
	}
	if len(name) < 4 || name[0] != '<' || end+2 > len(name) {
		return "", 0, false
	}
	p := &scanner{s: []byte(name), i: end + 2}
	off, err := p.offset()
	if err != nil || p.more() {
		return "", 0, false
	}
	if name[end+1] == '-' {
		return name[1:end], int(off), true
	}
	return name[1:end], -int(off), name[end+1] == '+'
}

// HoursZone names the zone so many hours east of UTC as PostgreSQL does.
func HoursZone(hours int) string {
	sign, back := "+", "-"
	if hours < 0 {
		hours, sign, back = -hours, "-", "+"
	}
	text := strconv.Itoa(hours)
	if hours < 10 {
		text = "0" + text
	}
	return "<" + sign + text + ">" + back + text
}
