package fn

import (
	"math"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// A date format is compiled to items, whichever language it was written in
// (to_char's, MySQL's %, Joda's); one printer and one parser serve them all.

// itemKind is one piece of a date format.
type itemKind uint8

const (
	itemText      itemKind = iota // literal text
	itemYear                      // year, of width digits; 2: the last two
	itemISOYear                   // year of the ISO week
	itemMonth                     // 01..12
	itemMonthName                 // January; width 3: Jan
	itemDay                       // 01..31
	itemDayOfYear                 // 001..366
	itemDayName                   // Sunday; width 3: Sun
	itemWeekday                   // a number; arg is Sunday's: 0, 1 or 7
	itemISOWeek                   // 01..53
	itemWeek                      // week of the month (arg 1) or of the year (arg 0), counted from its first day
	itemHour24                    // 00..23
	itemHour12                    // 01..12
	itemMinute
	itemSecond
	itemFraction // width digits of the second's fraction
	itemAMPM     // AM or PM
	itemZone     // zone name or abbreviation; arg 1: offset +hh:mm, arg 2: +hhmm
	itemEpoch    // seconds since 1970
	itemQuarter
	itemCentury
	itemSecondsOfDay
	itemJulian
	itemEra // AD, BC
	itemDaySuffix
)

// textCase says how names are cased.
type textCase uint8

const (
	caseTitle textCase = iota
	caseUpper
	caseLower
)

// formatItem is a compiled piece.
type formatItem struct {
	kind  itemKind
	text  string
	width int
	arg   int
	style textCase
	fill  bool // no padding (FM)
	th    bool // ordinal suffix
}

var monthNames = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
var dayNames = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

// formatCache keeps the last compiled format.
type formatCache struct {
	compile func(string) ([]formatItem, error)
	text    string
	items   []formatItem
	have    bool
}

func (c *formatCache) get(f []byte) ([]formatItem, error) {
	if c.have && c.text == string(f) {
		return c.items, nil
	}
	items, err := c.compile(string(f))
	if err != nil {
		return nil, err
	}
	c.text, c.items, c.have = string(f), items, true
	return items, nil
}

// printer makes f(time, format): the text of a date or time.
func timePrinter(compile func(string) ([]formatItem, error)) *kernel.Impl {
	return &kernel.Impl{Flat: true, New: func(*kernel.EvalCtx, *plan.Func, []*types.Value) (kernel.Instance, error) {
		cache := formatCache{compile: compile}
		return kernel.Instance{Eval: func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			formats, w := kernel.StringsOf(args[1]), kernel.NewTextOut(out)
			split := splitter(c, args[0])
			zone := "UTC"
			if args[0].Type.Kind == types.TimestampTZ {
				zone = c.Location().String()
			}
			return kernel.EachErr(sel, out.Len, func(i int) error {
				items, err := cache.get(formats.At(i))
				if err != nil {
					return err
				}
				var m moment
				if !split(i, &m) {
					out.SetNull(i)
					return w.End(i, w.Start())
				}
				return w.End(i, appendMoment(w.Start(), items, &m, zone))
			})
		}}, nil
	}}
}

// appendMoment prints a moment.
func appendMoment(b []byte, items []formatItem, m *moment, zone string) []byte {
	y, mon, d := types.CivilFromDays(m.days)
	sec := m.micros / 1_000_000
	for i := range items {
		it := &items[i]
		switch it.kind {
		case itemText:
			b = append(b, it.text...)
		case itemYear:
			b = appendYear(b, y, it)
		case itemISOYear:
			iy, _ := isoWeek(m.days)
			b = appendYear(b, iy, it)
		case itemMonth:
			b = it.number(b, int64(mon), 2)
		case itemMonthName:
			b = it.name(b, monthNames[mon-1], 9)
		case itemDay:
			b = it.number(b, int64(d), 2)
		case itemDaySuffix:
			b = append(it.number(b, int64(d), 1), ordinal(int64(d))...)
		case itemDayOfYear:
			b = it.number(b, dayOfYear(m), 3)
		case itemDayName:
			b = it.name(b, dayNames[isoDay(m.days)%7], 9)
		case itemWeekday:
			b = it.number(b, weekday(m.days, it.arg), 1)
		case itemISOWeek:
			_, w := isoWeek(m.days)
			b = it.number(b, w, 2)
		case itemWeek:
			if it.arg == 1 {
				b = it.number(b, int64(d-1)/7+1, 1)
			} else {
				b = it.number(b, (dayOfYear(m)-1)/7+1, 2)
			}
		case itemQuarter:
			b = it.number(b, int64(mon-1)/3+1, 1)
		case itemCentury:
			b = it.number(b, period(y, 100), 2)
		case itemJulian:
			b = it.number(b, m.days+2440588, 1)
		default:
			b = it.clock(b, m, sec, y, zone)
		}
	}
	return b
}

// clock prints the items of the time of day.
func (it *formatItem) clock(b []byte, m *moment, sec, y int64, zone string) []byte {
	switch it.kind {
	case itemHour24:
		return it.number(b, sec/3600, 2)
	case itemHour12:
		return it.number(b, (sec/3600+11)%12+1, 2)
	case itemMinute:
		return it.number(b, sec/60%60, 2)
	case itemSecond:
		return it.number(b, sec%60, 2)
	case itemSecondsOfDay:
		return it.number(b, sec, 1)
	case itemFraction:
		nanos := m.micros%1_000_000*1000 + m.frac
		return appendDigits(b, nanos/types.Pow10[9-it.width], it.width)
	case itemAMPM:
		text := "AM"
		if sec >= 43200 {
			text = "PM"
		}
		if it.text == "." {
			text = text[:1] + ".M."
		}
		return append(b, it.cased(text)...)
	case itemEra:
		if y < 1 {
			return append(b, it.cased("BC")...)
		}
		return append(b, it.cased("AD")...)
	case itemEpoch:
		return it.number(b, m.days*secondsPerDay+sec-m.off, 1)
	case itemZone:
		return it.zone(b, m.off, zone)
	}
	return b
}

func (it *formatItem) zone(b []byte, off int64, zone string) []byte {
	if it.arg == 0 {
		return append(b, it.cased(zone)...)
	}
	sign := byte('+')
	if off < 0 {
		sign, off = '-', -off
	}
	b = appendDigits(append(b, sign), off/3600, 2)
	switch {
	case it.arg == 1:
		b = append(b, ':')
	case it.arg == 3: // to_char's OF: minutes only if there are any
		if off/60%60 == 0 {
			return b
		}
		b = append(b, ':')
	}
	return appendDigits(b, off/60%60, 2)
}

func weekday(days int64, sunday int) int64 {
	d := isoDay(days)
	switch {
	case d == 7:
		return int64(sunday)
	case sunday == 1:
		return d + 1
	}
	return d
}

func appendYear(b []byte, y int64, it *formatItem) []byte {
	if y < 1 {
		y = 1 - y
	}
	if it.width < 4 {
		return appendDigits(b, y%types.Pow10[it.width], it.width)
	}
	return it.number(b, y, 4)
}

// number prints with the item's padding and suffix.
func (it *formatItem) number(b []byte, x int64, width int) []byte {
	if it.width > 0 {
		width = it.width
	}
	if it.fill {
		width = 1
	}
	b = appendDigits(b, x, width)
	if it.th {
		s := ordinal(x)
		if it.style == caseUpper {
			s = strings.ToUpper(s)
		}
		b = append(b, s...)
	}
	return b
}

func appendDigits(b []byte, x int64, width int) []byte {
	if x < 0 {
		b, x = append(b, '-'), -x
	}
	var buf [20]byte
	i := len(buf)
	for n := 0; x > 0 || n < width; n++ {
		i--
		buf[i] = byte('0' + x%10)
		x /= 10
	}
	return append(b, buf[i:]...)
}

func ordinal(x int64) string {
	if x%100/10 != 1 {
		switch x % 10 {
		case 1:
			return "st"
		case 2:
			return "nd"
		case 3:
			return "rd"
		}
	}
	return "th"
}

// name prints a month's or day's name, blank padded to width unless shortened.
func (it *formatItem) name(b []byte, s string, width int) []byte {
	if it.width == 3 {
		return append(b, it.cased(s[:3])...)
	}
	b = append(b, it.cased(s)...)
	if !it.fill {
		for n := len(s); n < width; n++ {
			b = append(b, ' ')
		}
	}
	return b
}

func (it *formatItem) cased(s string) string {
	switch it.style {
	case caseUpper:
		return strings.ToUpper(s)
	case caseLower:
		return strings.ToLower(s)
	}
	return s
}

// timeText are the functions between times and text.
func timeText() []*Entry {
	char := timePrinter(compilePG)
	mysql, joda := timePrinter(compileMySQL), timePrinter(compileJoda)
	return []*Entry{
		{Names: []string{"to_char"}, Doc: "A time, interval or number as text by a template: `YYYY-MM-DD HH24:MI:SS`, `FM9,999.00`.",
			Examples: []Example{{SQL: "to_char(timestamp '2024-01-02 03:04:05', 'YYYY-MM-DD HH24:MI:SS')", Result: "2024-01-02 03:04:05"}, {SQL: "to_char(1234.5, 'FM9,999.00')", Result: "1,234.50"},
				{SQL: "to_char(date '2024-05-06', 'Dy DDth Mon')", Result: "Mon 06th May"}, {SQL: "to_char(-12, '999')", Result: " -12"}},
			overs: []overload{
				{sig: "to_char(timestamp, varchar) varchar", scalar: char}, {sig: "to_char(timestamptz, varchar) varchar", scalar: char}, {sig: "to_char(date, varchar) varchar", scalar: char},
				{sig: "to_char(interval, varchar) varchar", scalar: eval(intervalToChar)},
				{sig: "to_char(decimal, varchar) varchar", scalar: eval(numberToChar)}, {sig: "to_char(double, varchar) varchar", scalar: eval(numberToChar)},
			}},
		{Names: []string{"date_format"}, Doc: "A time as text by a MySQL format such as `%Y-%m-%d %H:%i:%s`.", Examples: []Example{{SQL: "date_format(timestamp '2024-01-02 03:04:05', '%Y/%m/%d %H:%i')", Result: "2024/01/02 03:04"}},
			overs: []overload{{sig: "date_format(timestamp, varchar) varchar", scalar: mysql}, {sig: "date_format(timestamptz, varchar) varchar", scalar: mysql}}},
		{Names: []string{"format_datetime"}, Doc: "A time as text by a Java pattern such as `yyyy-MM-dd HH:mm`.", Examples: []Example{{SQL: "format_datetime(timestamp '2024-01-02 03:04:05', 'yyyy-MM-dd''T''HH:mm')", Result: "2024-01-02T03:04"}},
			overs: []overload{{sig: "format_datetime(timestamp, varchar) varchar", scalar: joda}, {sig: "format_datetime(timestamptz, varchar) varchar", scalar: joda}}},
		{Names: []string{"to_date"}, Doc: "Text as a date by a template.", Examples: []Example{{SQL: "to_date('05/06/2024', 'MM/DD/YYYY')", Result: "2024-05-06"}},
			overs: []overload{{sig: "to_date(varchar, varchar) date", scalar: timeParser(compilePG)}}},
		{Names: []string{"to_timestamp"}, Doc: "Text as an instant by a template, or an instant of its seconds since 1970.",
			Examples: []Example{{SQL: "to_timestamp('2024-01-02 13:04', 'YYYY-MM-DD HH24:MI')", Result: "2024-01-02 13:04:00+00"}, {SQL: "to_timestamp(1.5)", Result: "1970-01-01 00:00:01.5+00"}},
			overs:    []overload{{sig: "to_timestamp(varchar, varchar) timestamptz", scalar: timeParser(compilePG)}, {sig: "to_timestamp(double) timestamptz", scalar: eval(fromUnix)}}},
		{Names: []string{"date_parse"}, Doc: "Text as a timestamp by a MySQL format.", Examples: []Example{{SQL: "date_parse('2024/01/02', '%Y/%m/%d')", Result: "2024-01-02 00:00:00"}},
			overs: []overload{{sig: "date_parse(varchar, varchar) timestamp", scalar: timeParser(compileMySQL)}}},
		{Names: []string{"parse_datetime"}, Doc: "Text as an instant by a Java pattern.", Examples: []Example{{SQL: "parse_datetime('2024-01-02 03', 'yyyy-MM-dd HH')", Result: "2024-01-02 03:00:00+00"}},
			overs: []overload{{sig: "parse_datetime(varchar, varchar) timestamptz", scalar: timeParser(compileJoda)}}},
		{Names: []string{"from_iso8601_date"}, Doc: "ISO 8601 text as a date.", Examples: []Example{{SQL: "from_iso8601_date('2024-01-02')", Result: "2024-01-02"}},
			overs: []overload{{sig: "from_iso8601_date(varchar) date", scalar: eval(fromISO)}}},
		{Names: []string{"from_iso8601_timestamp"}, Doc: "ISO 8601 text as an instant.", Examples: []Example{{SQL: "from_iso8601_timestamp('2024-01-02T03:04:05Z')", Result: "2024-01-02 03:04:05+00"}},
			overs: []overload{{sig: "from_iso8601_timestamp(varchar) timestamptz", scalar: eval(fromISO)}}},
		{Names: []string{"from_iso8601_timestamp_nanos"}, Doc: "ISO 8601 text as an instant, to the nanosecond.", Examples: []Example{{SQL: "from_iso8601_timestamp_nanos('2024-01-02T03:04:05.123456789Z')", Result: "2024-01-02 03:04:05.123456789+00"}},
			overs: []overload{{sig: "from_iso8601_timestamp_nanos(varchar) timestamptz", scalar: eval(fromISO), types: func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
				return []types.Type{types.TVarchar}, types.TimestampTZOf(9), len(args) == 1
			}}}},
		{Names: []string{"to_iso8601"}, Doc: "A date or time as ISO 8601 text.", Examples: []Example{{SQL: "to_iso8601(date '2024-01-02')", Result: "2024-01-02"}},
			overs: []overload{{sig: "to_iso8601(date) varchar", scalar: eval(toISO)}, {sig: "to_iso8601(timestamp) varchar", scalar: eval(toISO)}, {sig: "to_iso8601(timestamptz) varchar", scalar: eval(toISO)}}},
		{Names: []string{"date"}, Doc: "The date of a time or text.", Examples: []Example{{SQL: "date('2024-01-02')", Result: "2024-01-02"}},
			overs: []overload{{sig: "date(date) date", types: toDateTypes, explicit: true, scalar: eval(func(_ *kernel.EvalCtx, args []*vector.Vector, _ vector.Sel, out *vector.Vector) error {
				vector.Alias(out, args[0])
				return nil
			})}}},
	}
}

// toDateTypes lets date(x) cast any datetime or text.
func toDateTypes(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	ok := len(args) == 1 && types.CanCast(args[0].Type, types.TDate) && (args[0].Type.IsDatetime() || args[0].Type.IsString() || args[0].Type.Kind == types.Unknown)
	return []types.Type{types.TDate}, types.TDate, ok
}

func fromISO(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s := kernel.StringsOf(args[0])
	return kernel.EachErr(sel, out.Len, func(i int) error {
		v, err := types.ParseValue(string(s.At(i)), out.Type, c.Location())
		if err != nil {
			return err
		}
		if out.Type.Kind == types.Date {
			vector.Values[int32](out)[i] = int32(v.I)
		} else {
			vector.Values[int64](out)[i] = v.I
		}
		return nil
	})
}

func toISO(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	w, t := kernel.NewTextOut(out), args[0].Type
	flatArg := vector.Flatten(args[0])
	split := splitter(c, flatArg)
	f := "%Y-%m-%d"
	switch {
	case t.Kind != types.Date && t.P > 0:
		f = "%Y-%m-%dT%H:%i:%s.%f"
	case t.Kind != types.Date:
		f = "%Y-%m-%dT%H:%i:%s"
	}
	items, err := compileMySQL(f)
	if err != nil {
		return err
	}
	for k := range items {
		if items[k].kind == itemFraction {
			items[k].width = min(int(t.P), 9)
		}
	}
	if t.Kind == types.TimestampTZ {
		items = append(items, formatItem{kind: itemZone, arg: 1})
	}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		var m moment
		if !split(i, &m) {
			out.SetNull(i)
			return w.End(i, w.Start())
		}
		b := appendMoment(w.Start(), items, &m, "")
		if t.Kind == types.TimestampTZ && m.off == 0 {
			b = append(b[:len(b)-len("+00:00")], 'Z')
		}
		return w.End(i, b)
	})
}

// intervalToChar prints an interval's fields: years, months, days, hours (without
// carrying), minutes, seconds.
func intervalToChar(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	vs, formats, w := kernel.FixedOf[types.IntervalValue](args[0]), kernel.StringsOf(args[1]), kernel.NewTextOut(out)
	cache := formatCache{compile: compilePG}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		items, err := cache.get(formats.At(i))
		if err != nil {
			return err
		}
		x := vs.At(i)
		sec := x.Micros / 1_000_000
		b := w.Start()
		for k := range items {
			it := &items[k]
			switch it.kind {
			case itemText:
				b = append(b, it.text...)
			case itemYear:
				b = it.number(b, int64(x.Months/12), it.width)
			case itemMonth:
				b = it.number(b, int64(x.Months%12), 2)
			case itemDay, itemDayOfYear:
				b = it.number(b, int64(x.Days), 2)
			case itemHour24:
				b = it.number(b, sec/3600, 2)
			case itemHour12:
				b = it.number(b, sec/3600%12, 2)
			case itemMinute:
				b = it.number(b, sec/60%60, 2)
			case itemSecond:
				b = it.number(b, sec%60, 2)
			case itemFraction:
				b = appendDigits(b, int64(math.Abs(float64(x.Micros%1_000_000)))*1000/types.Pow10[9-it.width], it.width)
			}
		}
		return w.End(i, b)
	})
}
