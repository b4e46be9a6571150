package json

import (
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// propertyFormats holds the patterns of timestamps of Hive's JsonSerDe: a list, in
// which a comma within a pattern is escaped.
const propertyFormats = "timestamp.formats"

// timeFormat reads the texts of one pattern.
type timeFormat struct {
	layout string // of package time
	millis bool   // milliseconds since 1970, with a fraction or without
}

// parseFormats reads the property.
func parseFormats(text string) ([]timeFormat, error) {
	var out []timeFormat
	for _, p := range splitFormats(text) {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		if p == "millis" {
			out = append(out, timeFormat{millis: true})
			continue
		}
		layout, ok := layoutOfPattern(p)
		if !ok {
			return nil, fault.New(fault.CodeFeatureNotSupported, "the pattern %q in the property %q is not supported", p, propertyFormats).
				WithHint("Letters of Joda-Time that are read: y M d D H h m s S a E Z, and X; or millis.")
		}
		out = append(out, timeFormat{layout: layout})
	}
	return out, nil
}

// splitFormats splits at commas that no backslash stands before.
func splitFormats(text string) (out []string) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		case text[i] == ',':
			out = append(out, b.String())
			b.Reset()
		default:
			b.WriteByte(text[i])
		}
	}
	return append(out, b.String())
}

// jodaLetters are the letters of Joda-Time's patterns that package time has too, by
// how often they are repeated. Texts of zones ("CET") are not among them: they do
// not tell an offset. Fractions of seconds are read wherever they follow seconds.
var jodaLetters = map[byte][]string{
	'y': {"2006", "06", "2006", "2006"}, 'Y': {"2006", "06", "2006", "2006"}, 'u': {"2006", "06", "2006", "2006"},
	'M': {"1", "01", "Jan", "January"}, 'd': {"2", "02"}, 'D': {"", "", "002"},
	'H': {"15", "15"}, 'h': {"3", "03"}, 'm': {"4", "04"}, 's': {"5", "05"},
	'a': {"PM", "PM"}, 'E': {"Mon", "Mon", "Mon", "Monday"},
	'Z': {"Z0700", "Z07:00"}, 'X': {"Z07", "Z0700", "Z07:00"},
}

// layoutOfPattern turns a pattern of Joda-Time into a layout of package time.
func layoutOfPattern(p string) (string, bool) {
	var out strings.Builder
	for i := 0; i < len(p); {
		c := p[i]
		n := 1
		for i+n < len(p) && p[i+n] == c {
			n++
		}
		switch {
		case c == '\'':
			text, used, ok := quotedPattern(p[i:])
			if !ok {
				return "", false
			}
			out.WriteString(text)
			i += used
			continue
		case c == 'S':
			before := out.String()
			if !strings.HasSuffix(before, "5.") && !strings.HasSuffix(before, "5,") {
				return "", false // package time knows fractions behind seconds only
			}
			out.Reset()
			out.WriteString(before[:len(before)-1])
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			forms := jodaLetters[c]
			if n > len(forms) || forms[n-1] == "" {
				return "", false
			}
			out.WriteString(forms[n-1])
		case c >= '0' && c <= '9' || c == '_':
			return "", false // they would be part of a layout
		default:
			out.WriteString(p[i : i+n])
		}
		i += n
	}
	return out.String(), out.Len() > 0
}

// quotedPattern reads a text in quotes, of which only such is taken that means
// nothing in a layout.
func quotedPattern(p string) (text string, used int, ok bool) {
	end := strings.IndexByte(p[1:], '\'')
	if end < 0 {
		return "", 0, false
	}
	text = p[1 : 1+end]
	if end == 0 {
		text = "'"
	}
	return text, end + 2, len(text) == 1 && (text[0] < '0' || text[0] > '9') && text != "_"
}

// parse reads a text; false if it is not of the pattern.
func (f timeFormat) parse(s []byte) (time.Time, bool) {
	if !f.millis {
		t, err := time.Parse(f.layout, string(s))
		return t.UTC(), err == nil
	}
	whole, fraction, _ := strings.Cut(string(s), ".")
	ms, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || len(fraction) > 6 {
		return time.Time{}, false
	}
	nanos := int64(0)
	if fraction != "" {
		if nanos, err = strconv.ParseInt((fraction + "000000")[:6], 10, 64); err != nil || nanos < 0 {
			return time.Time{}, false
		}
		if strings.HasPrefix(whole, "-") {
			nanos = -nanos
		}
	}
	return time.UnixMilli(ms).Add(time.Duration(nanos)).UTC(), true
}

// timestampText gives a text in ISO's form if one of the patterns reads it, else
// the text itself: what has that form already needs no pattern.
func (p *parser) timestampText(s []byte) []byte {
	for _, f := range p.formats {
		if t, ok := f.parse(s); ok {
			p.iso = t.AppendFormat(p.iso[:0], "2006-01-02 15:04:05.999999999")
			return p.iso
		}
	}
	return s
}
