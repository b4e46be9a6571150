package jsonpath

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
)

// timeNames are the names that type() gives to items that are no JSON.
var timeNames = map[types.Kind]string{
	types.Date: "date", types.Time: "time without time zone", types.Timestamp: "timestamp without time zone",
	types.TimestampTZ: "timestamp with time zone",
}

// appendTime writes a date or time in the form of ISO 8601; an instant with the offset
// that it was read with.
func (it Item) appendTime(b []byte) []byte {
	v, st := it.time, types.PostgresStyle.InJSON()
	switch v.Type.Kind {
	case types.Date:
		return types.AppendDateStyle(b, int32(v.I), st)
	case types.Time:
		return types.AppendTime(b, v.I, v.Type, st)
	case types.Timestamp:
		return types.AppendTimestamp(b, v.I, v.Type, st)
	}
	return types.AppendTimestampTZ(b, v.I, v.Type, time.FixedZone("", it.offset), st)
}

const codeDatetime = fault.CodeInvalidDatetime

// datetimeMethod reads a string as what its form says, or by a template.
func datetimeMethod(e *Eval, n *node, it Item) error {
	if it.kind != String {
		return fault.New("22031", "jsonpath item method .datetime() can only be applied to a string")
	}
	text := it.plain()
	if len(n.args) == 1 {
		out, err := readTemplate(text, n.args[0])
		if err == nil {
			e.push(out)
		}
		return err
	}
	out, ok := readISO(text)
	if !ok {
		return fault.New("22031", "datetime format is not recognized: %q", text).
			WithHint("Use a datetime template argument to specify the input data format.")
	}
	e.push(out)
	return nil
}

// timeMethod reads a string, or converts a time, to one type.
func timeMethod(to types.Type) func(*Eval, *node, Item) error {
	return func(e *Eval, n *node, it Item) error {
		if it.kind == String {
			read, ok := readISO(it.plain())
			if !ok {
				return fault.New("22031", "%s format is not recognized: %q", n.name, it.plain())
			}
			it = read
		}
		if it.kind != Time {
			return fault.New("22031", "jsonpath item method .%s() can only be applied to a string", n.name)
		}
		out, err := e.castTime(it, to)
		if err == nil {
			e.push(out)
		}
		return err
	}
}

// readISO reads dates, times and timestamps as ISO 8601 has them, with a T or a blank.
func readISO(s []byte) (Item, bool) {
	date, clock := s, []byte(nil)
	if i := bytes.IndexAny(s, "T "); i >= 0 {
		date, clock = s[:i], s[i+1:]
	} else if bytes.IndexByte(s, ':') >= 0 {
		date, clock = nil, s
	}
	offset, zoned := 0, false
	if i := bytes.IndexAny(clock, "+-Zz"); i >= 0 {
		var ok bool
		if offset, ok = readOffset(clock[i:]); !ok {
			return Item{}, false
		}
		clock, zoned = bytes.TrimSpace(clock[:i]), true
	}
	if date != nil && !isoDate(date) || clock != nil && !isoClock(clock) {
		return Item{}, false
	}
	t, text := types.TDate, string(date)
	switch {
	case date != nil && clock != nil:
		t, text = types.TTimestamp, text+" "+string(clock)
	case clock != nil && !zoned:
		t, text = types.TTime, string(clock)
	case clock != nil:
		return Item{}, false // a time with a zone: there is no such type here
	}
	v, err := types.ParseValue(text, t, nil)
	if err != nil {
		return Item{}, false
	}
	return zonedTime(v, offset, zoned), true
}

// zonedTime makes the item of a local value, an instant if it came with an offset.
func zonedTime(v types.Value, offset int, zoned bool) Item {
	it := TimeOf(v)
	if zoned && v.Type.Kind == types.Timestamp {
		it.time.Type = types.TimestampTZOf(int(v.Type.P))
		it.time.I -= int64(offset) * v.Type.UnitsPerSecond()
		it.offset = offset
	}
	return it
}

func isoDate(s []byte) bool { return len(s) == 10 && s[4] == '-' && s[7] == '-' }

func isoClock(s []byte) bool {
	return len(s) >= 5 && s[2] == ':' && (len(s) == 5 || len(s) >= 8 && s[5] == ':' && (len(s) == 8 || s[8] == '.'))
}

// readOffset reads Z, +hh, +hh:mm, +hhmm.
func readOffset(s []byte) (seconds int, ok bool) {
	if string(s) == "Z" || string(s) == "z" {
		return 0, true
	}
	digits := strings.ReplaceAll(string(s[1:]), ":", "")
	if len(digits) == 1 || len(digits) == 3 {
		digits = "0" + digits
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	switch len(digits) {
	case 2:
		seconds = int(n) * 3600
	case 4:
		seconds = int(n/100)*3600 + int(n%100)*60
	default:
		return 0, false
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, seconds <= 15*3600 && seconds >= -15*3600
}

// castTime converts between dates, times and timestamps.
func (e *Eval) castTime(it Item, to types.Type) (Item, error) {
	from := it.time.Type
	if from.Kind == to.Kind {
		return it, nil
	}
	const day = 86400
	unit := from.UnitsPerSecond()
	v := *it.time
	switch {
	case from.Kind == types.Date && (to.Kind == types.Timestamp || to.Kind == types.TimestampTZ):
		v = types.IntOf(types.TTimestamp, v.I*day*types.TTimestamp.UnitsPerSecond())
	case from.Kind == types.TimestampTZ && to.Kind != types.Time:
		if e.path.opts.Zone == nil {
			return it, errNoZone(from, to)
		}
		v.Type = types.TimestampOf(int(from.P))
		v.I += int64(types.ZoneOffset(it.time.I, from, e.path.opts.Zone)) * unit
	case from.Kind == types.Timestamp:
	default:
		return it, fault.New("22031", "cannot convert value from %s to %s in a JSON path", timeNames[from.Kind], timeNames[to.Kind])
	}
	ticks := v.Type.UnitsPerSecond()
	switch to.Kind {
	case types.Date:
		v = types.IntOf(types.TDate, floorDiv64(v.I, day*ticks))
	case types.Time:
		v = types.IntOf(types.TimeOf(int(v.Type.P)), v.I-floorDiv64(v.I, day*ticks)*day*ticks)
	case types.TimestampTZ:
		if e.path.opts.Zone == nil {
			return it, errNoZone(from, to)
		}
		out := TimeOf(types.IntOf(types.TimestampTZOf(int(v.Type.P)), types.ToInstant(v.I, v.Type, e.path.opts.Zone)))
		out.offset = types.ZoneOffset(out.time.I, out.time.Type, e.path.opts.Zone)
		return out, nil
	}
	return TimeOf(v), nil
}

func floorDiv64(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func errNoZone(from, to types.Type) error {
	return fault.New(fault.CodeFeatureNotSupported, "cannot convert value from %s to %s without time zone usage", shortName(from), shortName(to)).
		WithHint("Use *_tz() function for time zone support.")
}

func shortName(t types.Type) string {
	return map[types.Kind]string{types.Date: "date", types.Time: "time", types.Timestamp: "timestamp", types.TimestampTZ: "timestamptz"}[t.Kind]
}

// compareTimes compares two times, of two types in the richer of them; false: they do
// not compare.
func (e *Eval) compareTimes(a, b Item) (int, bool, error) {
	rank := func(k types.Kind) int {
		return map[types.Kind]int{types.Time: 0, types.Date: 1, types.Timestamp: 2, types.TimestampTZ: 3}[k]
	}
	x, y := a.time.Type.Kind, b.time.Type.Kind
	if x != y {
		if x == types.Time || y == types.Time {
			return 0, false, nil
		}
		var err error
		if rank(x) < rank(y) {
			a, err = e.castTime(a, b.time.Type)
		} else {
			b, err = e.castTime(b, a.time.Type)
		}
		if err != nil {
			return 0, false, err
		}
	}
	s, t := a.time.Type.UnitsPerSecond(), b.time.Type.UnitsPerSecond()
	if a.time.Type.Kind == types.Date {
		s, t = 1, 1
	}
	u := max(s, t)
	return types.Mul64(a.time.I, u/s).Cmp(types.Mul64(b.time.I, u/t)), true, nil
}

// fields are the parts of a template, longer names first.
var fields = []string{"HH24", "HH12", "YYYY", "YYY", "SSSSS", "SSSS", "DDD", "FF1", "FF2", "FF3", "FF4", "FF5", "FF6", "FF7", "FF8", "FF9",
	"TZH", "TZM", "A.M.", "P.M.", "AM", "PM", "YY", "MM", "DD", "HH", "MI", "SS", "MS", "US", "Y"}

// template collects what the fields of a template read.
type template struct {
	vals map[string]int64
	pm   bool
	sign byte // of the offset
}

func errTemplate(text []byte, format string) error {
	return fault.New(codeDatetime, "value %q does not match the datetime template %q", text, format)
}

// readTemplate reads a text by PostgreSQL's (and the standard's) field names; anything
// else in the template stands for itself.
func readTemplate(text []byte, format string) (Item, error) {
	t := template{vals: map[string]int64{}}
	s := text
	for f := format; f != ""; {
		if f[0] == '"' {
			end := strings.IndexByte(f[1:], '"')
			if end < 0 || !bytes.HasPrefix(s, []byte(f[1:1+end])) {
				return Item{}, errTemplate(text, format)
			}
			s, f = s[end:], f[end+2:]
			continue
		}
		name := fieldAt(f)
		if name == "" {
			if len(s) == 0 || s[0] != f[0] && (f[0] != ' ' || s[0] != ' ') {
				return Item{}, errTemplate(text, format)
			}
			s, f = s[1:], f[1:]
			continue
		}
		n := t.read(s, name)
		if n < 0 {
			return Item{}, errTemplate(text, format)
		}
		s, f = s[n:], f[len(name):]
	}
	if len(s) > 0 {
		return Item{}, errTemplate(text, format)
	}
	return t.item(text, format)
}

func fieldAt(f string) string {
	for _, name := range fields {
		if len(f) >= len(name) && strings.EqualFold(f[:len(name)], name) {
			return name
		}
	}
	return ""
}

// read reads one field and gives its length, -1 if it is not there.
func (t *template) read(s []byte, name string) int {
	width := len(name)
	switch {
	case strings.HasPrefix(name, "HH"):
		width = 2
	case strings.HasPrefix(name, "FF"):
		width = int(name[2] - '0')
	case name == "MS":
		width = 3
	case name == "US":
		width = 6
	case strings.HasSuffix(name, "M") && len(name) == 2 && name != "MM" || strings.HasSuffix(name, "."):
		if len(s) < len(name) || !strings.EqualFold(string(s[1:len(name)]), name[1:]) {
			return -1
		}
		t.pm = s[0]|0x20 == 'p'
		return len(name)
	case name == "TZH":
		if t.sign = '+'; len(s) > 0 && (s[0] == '+' || s[0] == '-' || s[0] == ' ') {
			t.sign = s[0]
			if n := t.digits(s[1:], name, 2); n > 0 {
				return n + 1
			}
			return -1
		}
		width = 2
	}
	return t.digits(s, name, width)
}

// digits reads up to width digits; a fraction is scaled to microseconds.
func (t *template) digits(s []byte, name string, width int) int {
	n, v := 0, int64(0)
	for n < width && n < len(s) && s[n] >= '0' && s[n] <= '9' {
		v = v*10 + int64(s[n]-'0')
		n++
	}
	if n == 0 {
		return -1
	}
	if name == "MS" || name == "US" || strings.HasPrefix(name, "FF") {
		for k := n; k < 6; k++ {
			v *= 10
		}
		for k := n; k > 6; k-- {
			v /= 10
		}
		name = "US"
	}
	t.vals[name] = v
	return n
}

// item makes the value of the fields: their kinds say of which type.
func (t *template) item(text []byte, format string) (Item, error) {
	has := func(names ...string) bool {
		for _, n := range names {
			if _, ok := t.vals[n]; ok {
				return true
			}
		}
		return false
	}
	dated, clocked := has("YYYY", "YYY", "YY", "Y", "MM", "DD", "DDD"), has("HH24", "HH12", "HH", "MI", "SS", "SSSSS", "SSSS", "US")
	if !dated && !clocked {
		return Item{}, errTemplate(text, format)
	}
	days, ok := t.days()
	clock, ok2 := t.clock()
	if !ok || !ok2 {
		return Item{}, fault.New(fault.CodeDatetimeOverflow, "date/time field value out of range: %q", text)
	}
	switch {
	case dated && !clocked:
		return TimeOf(types.IntOf(types.TDate, days)), nil
	case !dated && !has("TZH"):
		return TimeOf(types.IntOf(types.TTime, clock)), nil
	case !dated:
		return Item{}, fault.New(fault.CodeFeatureNotSupported, "times with time zones are not supported in JSON paths")
	}
	offset := int(t.vals["TZH"]*3600 + t.vals["TZM"]*60)
	if t.sign == '-' {
		offset = -offset
	}
	return zonedTime(types.IntOf(types.TTimestamp, days*86_400_000_000+clock), offset, has("TZH")), nil
}

func (t *template) days() (int64, bool) {
	y, m, d := int64(1), int64(1), int64(1)
	for n, base := range map[string]int64{"YYYY": 0, "YYY": 2000, "YY": 2000, "Y": 2020} {
		if v, ok := t.vals[n]; ok {
			if y = base + v; n == "YY" && v >= 70 {
				y -= 100
			}
		}
	}
	if v, ok := t.vals["MM"]; ok {
		m = v
	}
	if v, ok := t.vals["DD"]; ok {
		d = v
	}
	if m < 1 || m > 12 || d < 1 || int(d) > types.DaysInMonth(y, int(m)) {
		return 0, false
	}
	days := types.DaysFromCivil(y, int(m), int(d))
	if v, ok := t.vals["DDD"]; ok {
		days = types.DaysFromCivil(y, 1, 1) + v - 1
	}
	return days, true
}

// clock gives the microseconds of the day.
func (t *template) clock() (int64, bool) {
	h, half := t.vals["HH24"], false
	for _, n := range []string{"HH12", "HH"} {
		if v, ok := t.vals[n]; ok {
			h, half = v, true
		}
	}
	if half && (h < 1 || h > 12) {
		return 0, false
	}
	if half {
		h %= 12
	}
	if t.pm && h < 12 {
		h += 12
	}
	mi, s := t.vals["MI"], t.vals["SS"]
	if h > 23 || mi > 59 || s > 59 {
		return 0, false
	}
	s += h*3600 + mi*60 + t.vals["SSSSS"] + t.vals["SSSS"]
	return s*1_000_000 + t.vals["US"], s < 86400
}
