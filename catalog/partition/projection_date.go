package partition

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
)

// dates is a projection over a range of times.
type dates struct {
	col       types.Type
	pattern   *datePattern
	low, high dateBound
	step      dateStep
	interval  int64
}

// dateBound is an end of a range: a time, or so many steps from now.
type dateBound struct {
	ms     int64
	now    bool
	offset int64
	step   dateStep
}

// at gives the time that a bound is at, cut to the years 1 to 9999.
func (b dateBound) at(now int64) int64 {
	if !b.now {
		return b.ms
	}
	ms, ok := now, true
	if b.offset != 0 {
		ms, ok = b.step.add(now, b.offset)
	}
	switch {
	case ok:
		return ms
	case b.offset < 0:
		return minMillis
	}
	return maxMillis
}

func parseDate(k keyProps) (projectedKey, error) {
	format, err := k.need("format")
	if err != nil {
		return nil, err
	}
	d := dates{col: k.col.Type}
	if d.pattern, err = parseDatePattern(format); err != nil {
		return nil, k.fault("format", "%v", err)
	}
	low, high, err := k.twoParts("range")
	if err != nil {
		return nil, err
	}
	if d.low, err = parseBound(k, d.pattern, low); err != nil {
		return nil, err
	}
	if d.high, err = parseBound(k, d.pattern, high); err != nil {
		return nil, err
	}
	if !d.low.now && !d.high.now && d.low.ms > d.high.ms {
		return nil, k.fault("range", "%q is after %q", low, high)
	}
	if err := d.parseInterval(k); err != nil {
		return nil, err
	}
	if text := d.pattern.format(max(d.low.at(0), minMillis)); !d.typed() {
		if _, err := ParseValue(d.col, text); err != nil {
			return nil, k.fault("format", "%q is not a value of the column's type %s", text, d.col.Hive())
		}
	}
	return d, nil
}

// parseInterval reads interval and interval.unit. Only formats that end at days
// or months can do without.
func (d *dates) parseInterval(k keyProps) error {
	d.interval = 1
	unit, hasUnit := k.get("interval.unit")
	text, hasInterval := k.get("interval")
	switch {
	case hasUnit:
		var ok bool
		if d.step, ok = parseUnit(unit); !ok {
			return k.fault("interval.unit", "%q is not YEARS, MONTHS, WEEKS, DAYS, HOURS, MINUTES, SECONDS or MILLISECONDS", unit)
		}
	case d.pattern.precision == unitDay:
		d.step = stepOf["DAY"]
	case d.pattern.precision == unitMonth:
		d.step = stepOf["MONTH"]
	default:
		return k.fault("interval.unit", "the format %q needs an interval and its unit, since it does not end at days or months", d.pattern.text)
	}
	if hasInterval {
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
		if err != nil || n < 1 {
			return k.fault("interval", "%q is not a positive integer", text)
		}
		d.interval = n
	}
	d.step.ms *= d.interval
	d.step.months *= d.interval
	return nil
}

// nowPattern is the guide's own expression for a relative end of a range.
var nowPattern = regexp.MustCompile(`(?i)^\s*NOW\s*(?:([+-])\s*([0-9]+)\s*(YEARS?|MONTHS?|WEEKS?|DAYS?|HOURS?|MINUTES?|SECONDS?)\s*)?$`)

func parseBound(k keyProps, p *datePattern, text string) (dateBound, error) {
	m := nowPattern.FindStringSubmatch(text)
	if m == nil {
		ms, ok := p.parse(text)
		if !ok {
			return dateBound{}, k.fault("range", "%q is neither a date of the format %q nor NOW, NOW+3DAYS, NOW-1YEARS", text, p.text)
		}
		return dateBound{ms: ms}, nil
	}
	b := dateBound{now: true}
	if m[1] == "" {
		return b, nil
	}
	n, err := strconv.ParseInt(m[2], 10, 32)
	if err != nil {
		return b, k.fault("range", "%s is too far from now", text)
	}
	if m[1] == "-" {
		n = -n
	}
	b.offset = n
	b.step, _ = parseUnit(m[3])
	return b, nil
}

// typed: the column's values are times, whatever the format.
func (d *dates) typed() bool {
	switch d.col.Kind {
	case types.Date, types.Timestamp, types.TimestampTZ:
		return true
	}
	return false
}

func (d dates) series(now int64) series {
	from := d.low.at(now)
	if d.low.now {
		from = d.pattern.precision.floor(from)
	}
	return &dateSeries{dates: d, from: from, n: d.step.count(from, d.high.at(now))}
}

// dateSeries is a date projection at one time.
type dateSeries struct {
	dates
	from, n int64
}

func (s *dateSeries) count() int64 { return s.n }

func (s *dateSeries) at(i int64) candidate {
	ms, ok := s.step.add(s.from, i)
	if !ok {
		ms = maxMillis
	}
	text := s.pattern.format(ms)
	switch {
	case s.col.Kind == types.Date:
		return candidate{text, types.IntOf(s.col, floorDiv(ms, dayMillis))}
	case s.typed():
		return candidate{text, types.IntOf(s.col, ms*(s.col.UnitsPerSecond()/1000))}
	}
	v, err := ParseValue(s.col, text)
	if err != nil {
		v = types.NullOf(s.col)
	}
	return candidate{text, v}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func (s *dateSeries) ascending() bool { return s.typed() || s.pattern.ordered }

// find reads a text by the pattern and looks for its time.
func (s *dateSeries) find(v types.Value) int64 {
	text := v.S
	if v.Type.Phys() != types.PhysBytes {
		text = string(types.AppendValue(nil, v))
	}
	ms, ok := s.pattern.parse(text)
	if !ok {
		return -1
	}
	lo, hi := int64(0), s.n
	for lo < hi {
		mid := lo + (hi-lo)/2
		at, ok := s.step.add(s.from, mid)
		if ok && s.pattern.precision.floor(at) < ms {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
