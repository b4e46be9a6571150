package fn

import (
	"fmt"
	"strconv"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// What a conversion of %t needs of its value.
const (
	needsDate = 1 << iota
	needsClock
	needsZone
)

// timeConversion is one letter behind %t.
type timeConversion struct {
	needs int
	text  func(b []byte, t time.Time) []byte
}

// padded is a number with leading zeros.
func padded(needs int, format string, get func(t time.Time) int) timeConversion {
	return timeConversion{needs, func(b []byte, t time.Time) []byte { return fmt.Appendf(b, format, get(t)) }}
}

// layout is a conversion that Go's layouts have.
func layout(needs int, l string) timeConversion {
	return timeConversion{needs, func(b []byte, t time.Time) []byte { return t.AppendFormat(b, l) }}
}

func hour12(t time.Time) int { return (t.Hour()+11)%12 + 1 }

// timeConversions are those of java.util.Formatter.
var timeConversions = map[byte]timeConversion{
	'H': layout(needsClock, "15"), 'I': layout(needsClock, "03"), 'M': layout(needsClock, "04"), 'S': layout(needsClock, "05"),
	'k': padded(needsClock, "%d", time.Time.Hour), 'l': padded(needsClock, "%d", hour12),
	'L': padded(needsClock, "%03d", func(t time.Time) int { return t.Nanosecond() / 1e6 }), 'N': padded(needsClock, "%09d", time.Time.Nanosecond),
	'p': layout(needsClock, "pm"), 'R': layout(needsClock, "15:04"), 'T': layout(needsClock, "15:04:05"), 'r': layout(needsClock, "03:04:05 PM"),
	'z': layout(needsZone, "-0700"), 'Z': layout(needsZone, "MST"),
	's': {needsZone, func(b []byte, t time.Time) []byte { return strconv.AppendInt(b, t.Unix(), 10) }},
	'Q': {needsZone, func(b []byte, t time.Time) []byte { return strconv.AppendInt(b, t.UnixMilli(), 10) }},
	'B': layout(needsDate, "January"), 'b': layout(needsDate, "Jan"), 'h': layout(needsDate, "Jan"), 'A': layout(needsDate, "Monday"), 'a': layout(needsDate, "Mon"),
	'C': padded(needsDate, "%02d", func(t time.Time) int { return t.Year() / 100 }), 'Y': padded(needsDate, "%04d", time.Time.Year),
	'y': padded(needsDate, "%02d", func(t time.Time) int { return t.Year() % 100 }), 'j': layout(needsDate, "002"),
	'm': layout(needsDate, "01"), 'd': layout(needsDate, "02"), 'e': layout(needsDate, "2"),
	'D': layout(needsDate, "01/02/06"), 'F': layout(needsDate, "2006-01-02"), 'c': layout(needsDate|needsClock|needsZone, "Mon Jan 02 15:04:05 MST 2006"),
}

// javaTime writes a date or time by %t and a letter.
func (f *formatArgs) javaTime(d directive, v *vector.Vector, t types.Type, null bool) error {
	c, ok := timeConversions[d.suffix]
	if !ok {
		return badFormat(fmt.Sprintf("unknown format conversion %%%c%c", d.conversion, d.suffix))
	}
	has, ok := map[types.Kind]int{types.Date: needsDate, types.Time: needsClock, types.Timestamp: needsDate | needsClock, types.TimestampTZ: needsDate | needsClock | needsZone}[t.Kind]
	switch {
	case null:
		f.buf = append(f.buf[:0], "null"...)
		return nil
	case !ok:
		return badFormat(fmt.Sprintf("%%%c%c of format() is for dates and times, not %s", d.conversion, d.suffix, t))
	case c.needs&^has != 0:
		return badFormat(fmt.Sprintf("%%%c%c of format() needs more than %s has", d.conversion, d.suffix, t))
	}
	x, ok := f.goTime(v, t)
	if !ok {
		return fault.New(fault.CodeDatetimeOverflow, "format() cannot write an infinite %s by its parts", t)
	}
	f.buf = c.text(f.buf[:0], x)
	return nil
}

// goTime gives a value as a time of Go's, in its zone; infinite ones are none.
func (f *formatArgs) goTime(v *vector.Vector, t types.Type) (time.Time, bool) {
	if t.Kind == types.Date {
		x := vector.ValueAt(v, f.row).I
		return time.Unix(x*secondsPerDay, 0).UTC(), x != types.DateInfinity && x != types.DateMinusInfinity
	}
	x, unit := vector.ValueAt(v, f.row).I, t.UnitsPerSecond()
	sec := floorDiv(x, unit)
	at := time.Unix(sec, (x-sec*unit)*(1_000_000_000/unit)).UTC()
	if t.Kind == types.TimestampTZ {
		if f.text.Location != nil {
			at = at.In(f.text.Location)
		}
	}
	return at, t.Kind == types.Time || x != types.TimeInfinity && x != types.TimeMinusInfinity
}
