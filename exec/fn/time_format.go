package fn

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// pgPattern is a pattern of to_char and to_timestamp.
type pgPattern struct {
	text string
	item formatItem
}

// pgPatterns, longest first where one begins another. Names keep the pattern's case.
var pgPatterns = []pgPattern{
	{"YYYY", formatItem{kind: itemYear, width: 4}}, {"Y,YYY", formatItem{kind: itemYear, width: 4}}, {"YYY", formatItem{kind: itemYear, width: 3}}, {"YY", formatItem{kind: itemYear, width: 2}},
	{"Y", formatItem{kind: itemYear, width: 1}}, {"IYYY", formatItem{kind: itemISOYear, width: 4}}, {"IYY", formatItem{kind: itemISOYear, width: 3}}, {"IY", formatItem{kind: itemISOYear, width: 2}}, {"IDDD", formatItem{kind: itemDayOfYear}},
	{"ID", formatItem{kind: itemWeekday, arg: 7}}, {"IW", formatItem{kind: itemISOWeek}}, {"I", formatItem{kind: itemISOYear, width: 1}},
	{"HH24", formatItem{kind: itemHour24}}, {"HH12", formatItem{kind: itemHour12}}, {"HH", formatItem{kind: itemHour12}}, {"MI", formatItem{kind: itemMinute}},
	{"SSSSS", formatItem{kind: itemSecondsOfDay}}, {"SSSS", formatItem{kind: itemSecondsOfDay}}, {"SS", formatItem{kind: itemSecond}}, {"MS", formatItem{kind: itemFraction, width: 3}}, {"US", formatItem{kind: itemFraction, width: 6}},
	{"FF1", formatItem{kind: itemFraction, width: 1}}, {"FF2", formatItem{kind: itemFraction, width: 2}}, {"FF3", formatItem{kind: itemFraction, width: 3}}, {"FF4", formatItem{kind: itemFraction, width: 4}},
	{"FF5", formatItem{kind: itemFraction, width: 5}}, {"FF6", formatItem{kind: itemFraction, width: 6}},
	{"MONTH", formatItem{kind: itemMonthName}}, {"MON", formatItem{kind: itemMonthName, width: 3}}, {"MM", formatItem{kind: itemMonth}},
	{"DAY", formatItem{kind: itemDayName}}, {"DDD", formatItem{kind: itemDayOfYear}}, {"DD", formatItem{kind: itemDay}}, {"DY", formatItem{kind: itemDayName, width: 3}}, {"D", formatItem{kind: itemWeekday, arg: 1}},
	{"WW", formatItem{kind: itemWeek}}, {"W", formatItem{kind: itemWeek, arg: 1}}, {"CC", formatItem{kind: itemCentury}}, {"J", formatItem{kind: itemJulian}}, {"Q", formatItem{kind: itemQuarter}},
	{"A.M.", formatItem{kind: itemAMPM, text: "."}}, {"P.M.", formatItem{kind: itemAMPM, text: "."}}, {"AM", formatItem{kind: itemAMPM}}, {"PM", formatItem{kind: itemAMPM}},
	{"AD", formatItem{kind: itemEra}}, {"BC", formatItem{kind: itemEra}}, {"TZ", formatItem{kind: itemZone}}, {"OF", formatItem{kind: itemZone, arg: 3}},
}

// compilePG reads a template of PostgreSQL's to_char (section 9.8).
func compilePG(f string) ([]formatItem, error) {
	var out []formatItem
	var run strings.Builder // literal text that has not become an item yet
	flush := func() {
		if run.Len() > 0 {
			out = append(out, formatItem{kind: itemText, text: run.String()})
			run.Reset()
		}
	}
	for i := 0; i < len(f); {
		fill := false
		for len(f) >= i+2 && (strings.EqualFold(f[i:i+2], "FM") || f[i:i+2] == "TM") { // TM: a locale's name, which has no padding
			fill = true
			i += 2
		}
		if i < len(f) && f[i] == '"' {
			end := strings.IndexByte(f[i+1:], '"')
			if end < 0 {
				end = len(f) - i - 1
			}
			run.WriteString(f[i+1 : i+1+end])
			i = min(i+end+2, len(f))
			continue
		}
		p, ok := findPG(f[i:])
		if !ok {
			if i < len(f) {
				run.WriteByte(f[i])
				i++
			}
			continue
		}
		it := p.item
		it.fill = fill
		it.style = caseOf(f[i : i+len(p.text)])
		i += len(p.text)
		if len(f) >= i+2 && strings.EqualFold(f[i:i+2], "TH") {
			it.th = true
			it.style = caseOf(f[i : i+2])
			i += 2
		}
		flush()
		out = append(out, it)
	}
	flush()
	return out, nil
}

func findPG(s string) (pgPattern, bool) {
	for _, p := range pgPatterns {
		if len(s) >= len(p.text) && strings.EqualFold(s[:len(p.text)], p.text) {
			return p, true
		}
	}
	return pgPattern{}, false
}

// caseOf tells how a pattern was written: MONTH, Month or month.
func caseOf(s string) textCase {
	switch {
	case s == strings.ToLower(s):
		return caseLower
	case len(s) > 1 && s[1] >= 'a' && s[1] <= 'z':
		return caseTitle
	}
	return caseUpper
}

// compileMySQL reads a format of Trino's date_format and date_parse.
func compileMySQL(f string) ([]formatItem, error) {
	var out []formatItem
	items := map[byte]formatItem{
		'a': {kind: itemDayName, width: 3}, 'b': {kind: itemMonthName, width: 3}, 'c': {kind: itemMonth, fill: true}, 'd': {kind: itemDay}, 'e': {kind: itemDay, fill: true},
		'f': {kind: itemFraction, width: 6}, 'H': {kind: itemHour24}, 'h': {kind: itemHour12}, 'I': {kind: itemHour12}, 'i': {kind: itemMinute}, 'j': {kind: itemDayOfYear},
		'k': {kind: itemHour24, fill: true}, 'l': {kind: itemHour12, fill: true}, 'M': {kind: itemMonthName, fill: true}, 'm': {kind: itemMonth}, 'p': {kind: itemAMPM},
		'S': {kind: itemSecond}, 's': {kind: itemSecond}, 'v': {kind: itemISOWeek}, 'W': {kind: itemDayName, fill: true}, 'x': {kind: itemISOYear, width: 4}, 'Y': {kind: itemYear, width: 4}, 'y': {kind: itemYear, width: 2},
	}
	groups := map[byte]string{'r': "%h:%i:%s %p", 'T': "%H:%i:%s"}
	for i := 0; i < len(f); i++ {
		if f[i] != '%' || i+1 == len(f) {
			out = append(out, formatItem{kind: itemText, text: f[i : i+1]})
			continue
		}
		i++
		if it, ok := items[f[i]]; ok {
			out = append(out, it)
		} else if g, ok := groups[f[i]]; ok {
			sub, _ := compileMySQL(g)
			out = append(out, sub...)
		} else if strings.IndexByte("DUuVwX", f[i]) >= 0 {
			return nil, fault.New(fault.CodeInvalidParameter, "%%%c not supported in date format string", f[i])
		} else {
			out = append(out, formatItem{kind: itemText, text: f[i : i+1]})
		}
	}
	return out, nil
}

// compileJoda reads a Java date pattern, of format_datetime and parse_datetime.
func compileJoda(f string) ([]formatItem, error) {
	var out []formatItem
	for i := 0; i < len(f); {
		c := f[i]
		if c == '\'' {
			end := strings.IndexByte(f[i+1:], '\'')
			if end < 0 {
				return nil, fault.New(fault.CodeInvalidParameter, "unterminated quote in date pattern %q", f)
			}
			text := f[i+1 : i+1+end]
			if text == "" {
				text = "'"
			}
			out = append(out, formatItem{kind: itemText, text: text})
			i += end + 2
			continue
		}
		n := 1
		for i+n < len(f) && f[i+n] == c {
			n++
		}
		it, ok := jodaItem(c, n)
		if !ok {
			if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
				return nil, fault.New(fault.CodeInvalidParameter, "illegal date pattern component: %c", c)
			}
			it = formatItem{kind: itemText, text: f[i : i+n]}
		}
		out = append(out, it)
		i += n
	}
	return out, nil
}

func jodaItem(c byte, n int) (formatItem, bool) {
	pad := formatItem{width: n, fill: n == 1}
	kinds := map[byte]itemKind{'d': itemDay, 'D': itemDayOfYear, 'H': itemHour24, 'h': itemHour12, 'm': itemMinute, 's': itemSecond, 'w': itemISOWeek, 'C': itemCentury}
	if k, ok := kinds[c]; ok {
		pad.kind = k
		return pad, true
	}
	switch c {
	case 'y', 'Y':
		if n == 2 {
			return formatItem{kind: itemYear, width: 2}, true
		}
		return formatItem{kind: itemYear, width: max(n, 4), fill: n == 1}, true
	case 'x':
		return formatItem{kind: itemISOYear, width: max(n, 4)}, true
	case 'M':
		switch {
		case n >= 4:
			return formatItem{kind: itemMonthName, fill: true}, true
		case n == 3:
			return formatItem{kind: itemMonthName, width: 3}, true
		}
		pad.kind = itemMonth
		return pad, true
	case 'E':
		if n >= 4 {
			return formatItem{kind: itemDayName, fill: true}, true
		}
		return formatItem{kind: itemDayName, width: 3}, true
	case 'e':
		return formatItem{kind: itemWeekday, arg: 7}, true
	case 'a':
		return formatItem{kind: itemAMPM}, true
	case 'S':
		return formatItem{kind: itemFraction, width: min(n, 9)}, true
	case 'z':
		return formatItem{kind: itemZone}, true
	case 'Z':
		switch n {
		case 1:
			return formatItem{kind: itemZone, arg: 2}, true
		case 2:
			return formatItem{kind: itemZone, arg: 1}, true
		}
		return formatItem{kind: itemZone}, true
	case 'G':
		return formatItem{kind: itemEra}, true
	}
	return formatItem{}, false
}
