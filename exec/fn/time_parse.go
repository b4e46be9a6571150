package fn

import (
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// timeParser makes f(text, format): a date, timestamp or instant.
func timeParser(compile func(string) ([]formatItem, error)) *kernel.Impl {
	return &kernel.Impl{New: func(*kernel.EvalCtx, *plan.Func, []*types.Value) (kernel.Instance, error) {
		cache := formatCache{compile: compile}
		return kernel.Instance{Eval: func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			s, formats := kernel.StringsOf(args[0]), kernel.StringsOf(args[1])
			return kernel.EachErr(sel, out.Len, func(i int) error {
				items, err := cache.get(formats.At(i))
				if err != nil {
					return err
				}
				p := timeParse{s: string(s.At(i)), format: string(formats.At(i))}
				if err := p.run(items); err != nil {
					return err
				}
				return p.store(out, i, c.Location())
			})
		}}, nil
	}}
}

// timeParse collects the fields that a text gives.
type timeParse struct {
	s, format         string
	i                 int
	year, month, day  int64
	doy               int64
	hour, minute, sec int64
	nanos             int64
	hour12, pm, ampm  bool
	bc                bool
	epoch             int64
	hasEpoch          bool
	zone              *time.Location
}

func (p *timeParse) fail() error {
	return fault.New(fault.CodeInvalidDatetime, "text %q does not match the date format %q", p.s, p.format)
}

// run reads the text item by item.
func (p *timeParse) run(items []formatItem) error {
	p.year, p.month, p.day = 1, 1, 1
	if strings.Contains(p.format, "%") || !strings.ContainsAny(p.format, "yY") {
		p.year = 1970
	}
	for k := range items {
		it := &items[k]
		if it.kind == itemText {
			if !p.skipText(it.text) {
				return p.fail()
			}
			continue
		}
		for p.i < len(p.s) && p.s[p.i] == ' ' {
			p.i++
		}
		numeric := k+1 < len(items) && items[k+1].kind != itemText // the next field follows at once
		if !p.field(it, numeric) {
			return p.fail()
		}
	}
	if strings.TrimSpace(p.s[p.i:]) != "" {
		return p.fail()
	}
	return nil
}

// skipText passes literal text: separators match any one separator.
func (p *timeParse) skipText(t string) bool {
	for j := 0; j < len(t); j++ {
		switch {
		case p.i >= len(p.s):
			return strings.TrimSpace(t[j:]) == ""
		case p.s[p.i] == t[j], isSeparator(t[j]) && isSeparator(p.s[p.i]):
			p.i++
		case t[j] == ' ':
		default:
			return false
		}
	}
	return true
}

func isSeparator(c byte) bool { return strings.IndexByte(" -/.,:;_", c) >= 0 }

// number reads up to n digits.
func (p *timeParse) number(n int) (int64, bool) {
	from, v := p.i, int64(0)
	for p.i < len(p.s) && p.i-from < n && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		v = v*10 + int64(p.s[p.i]-'0')
		p.i++
	}
	return v, p.i > from
}

// field reads one item. tight tells that no separator ends it.
func (p *timeParse) field(it *formatItem, tight bool) (ok bool) {
	switch it.kind {
	case itemYear, itemISOYear:
		return p.readYear(it, tight)
	case itemMonth:
		p.month, ok = p.number(2)
	case itemMonthName:
		p.month, ok = p.word(monthNames[:], it.width)
		p.month++
	case itemDay, itemDaySuffix:
		p.day, ok = p.number(2)
	case itemDayOfYear:
		p.doy, ok = p.number(3)
	case itemDayName:
		_, ok = p.word(dayNames[:], it.width)
	case itemHour24:
		p.hour, ok = p.number(2)
	case itemHour12:
		p.hour12 = true
		p.hour, ok = p.number(2)
	case itemMinute:
		p.minute, ok = p.number(2)
	case itemSecond:
		p.sec, ok = p.number(2)
	case itemFraction:
		from := p.i
		p.nanos, ok = p.number(9)
		for n := p.i - from; n < 9; n++ {
			p.nanos *= 10
		}
	case itemAMPM, itemEra:
		return p.readMark(it)
	case itemEpoch:
		p.epoch, ok = p.number(18)
		p.hasEpoch = ok
	case itemZone:
		return p.readZone()
	case itemSecondsOfDay:
		p.sec, ok = p.number(5)
		p.hour, p.minute, p.sec = p.sec/3600, p.sec/60%60, p.sec%60
	case itemJulian:
		var j int64
		j, ok = p.number(8)
		y, m, d := types.CivilFromDays(j - 2440588)
		p.year, p.month, p.day = y, int64(m), int64(d)
	default: // week numbers, quarters: read and not used
		_, ok = p.number(2)
	}
	return ok
}

func (p *timeParse) readYear(it *formatItem, tight bool) bool {
	n := 9
	if tight || it.width < 4 {
		n = it.width
	}
	y, ok := p.number(n)
	switch {
	case it.width == 2 && y < 70:
		y += 2000
	case it.width == 2 && y < 100:
		y += 1900
	}
	p.year = y
	return ok
}

func (p *timeParse) readMark(it *formatItem) bool {
	rest := strings.ToUpper(p.s[p.i:min(p.i+4, len(p.s))])
	n := 2
	if it.text == "." {
		n = 4
		rest = strings.ReplaceAll(rest, ".", "")
	}
	if len(rest) < 2 || p.i+n > len(p.s) {
		return false
	}
	p.i += n
	switch rest[:2] {
	case "AM", "PM":
		p.ampm, p.pm = true, rest[0] == 'P'
	case "BC":
		p.bc = true
	case "AD":
	default:
		return false
	}
	return true
}

// word reads one of some names, at full length or (width 3) shortened.
func (p *timeParse) word(names []string, width int) (int64, bool) {
	for k, n := range names {
		if width == 3 {
			n = n[:3]
		}
		if len(p.s)-p.i >= len(n) && strings.EqualFold(p.s[p.i:p.i+len(n)], n) {
			p.i += len(n)
			return int64(k), true
		}
	}
	return 0, false
}

func (p *timeParse) readZone() bool {
	from := p.i
	for p.i < len(p.s) && p.s[p.i] != ' ' {
		p.i++
	}
	loc, ok := types.LoadZone(p.s[from:p.i])
	p.zone = loc
	return ok
}

// store checks the fields and writes the value.
func (p *timeParse) store(out *vector.Vector, i int, loc *time.Location) error {
	if p.hour12 {
		if p.hour < 1 || p.hour > 12 {
			return fault.New(fault.CodeInvalidDatetime, "hour \"%d\" is invalid for the 12-hour clock", p.hour)
		}
		p.hour %= 12
		if p.pm {
			p.hour += 12
		}
	} else if p.ampm && p.pm && p.hour < 12 {
		p.hour += 12
	}
	if p.bc {
		p.year = 1 - p.year
	}
	if p.month < 1 || p.month > 12 || p.day < 1 || p.day > int64(types.DaysInMonth(p.year, int(p.month))) || p.hour > 23 || p.minute > 59 || p.sec > 59 || p.doy > 366 || p.year > 250_000 {
		return fault.New(fault.CodeDatetimeOverflow, "date/time field value out of range: %q", p.s)
	}
	days := types.DaysFromCivil(p.year, int(p.month), int(p.day))
	if p.doy > 0 {
		days = types.DaysFromCivil(p.year, 1, 1) + p.doy - 1
	}
	if out.Type.Kind == types.Date {
		vector.Values[int32](out)[i] = int32(days)
		return nil
	}
	unit := out.Type.UnitsPerSecond()
	x := (days*secondsPerDay+p.hour*3600+p.minute*60+p.sec)*unit + types.RoundTicks(p.nanos, out.Type)
	switch {
	case p.hasEpoch:
		x = p.epoch * unit
	case out.Type.Kind == types.TimestampTZ && p.zone != nil:
		x = types.ToInstant(x, out.Type, p.zone)
	case out.Type.Kind == types.TimestampTZ:
		x = types.ToInstant(x, out.Type, loc)
	}
	vector.Values[int64](out)[i] = x
	return nil
}
