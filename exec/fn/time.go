package fn

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

func timeEntries() []*Entry {
	return concatAll(extractEntries(), timeNow(), timeFields(), timeTrunc(), timeMath(), timeZones(), zonedClocks(), timeMaking(), timeMore(), overlapEntries(), timeText())
}

// shuffleIdx puts positions in random order.
func shuffleIdx(idx []uint32) {
	rand.Shuffle(len(idx), func(i, j int) { idx[i], idx[j] = idx[j], idx[i] })
}

// startOf gives the time at which the statement's transaction began.
func startOf(c *kernel.EvalCtx) time.Time {
	if c == nil || c.Session == nil || c.Session.Now.IsZero() {
		return time.Now()
	}
	return c.Session.Now
}

// ticksOf gives an instant in ticks of t's unit, cut to its precision.
func ticksOf(now time.Time, t types.Type) int64 {
	step := types.Pow10[9-min(t.P, 9)]
	nanos := now.UnixNano()
	nanos -= nanos % step
	return nanos / (1_000_000_000 / t.UnitsPerSecond())
}

// constant makes a function without arguments whose value is computed once a batch.
func constant(f func(c *kernel.EvalCtx, t types.Type) types.Value) *kernel.Impl {
	return eval(func(c *kernel.EvalCtx, _ []*vector.Vector, _ vector.Sel, out *vector.Vector) error {
		n := out.Len
		*out = *vector.ConstOf(f(c, out.Type), n)
		if n == 1 {
			*out = *vector.Flatten(out)
		}
		return nil
	})
}

// sessionZone gives the name of the zone that instants are shown in.
func sessionZone(c *kernel.EvalCtx, _ []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	zone, w := c.Location().String(), kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error { return w.End(i, append(w.Start(), zone...)) })
}

func nowValue(c *kernel.EvalCtx, t types.Type) types.Value {
	now := startOf(c)
	switch t.Kind {
	case types.TimestampTZ:
		return types.IntOf(t, ticksOf(now, t))
	case types.Date:
		y, m, d := now.In(c.Location()).Date()
		return types.IntOf(t, types.DaysFromCivil(int64(y), int(m), d))
	}
	_, off := now.In(c.Location()).Zone()
	if t.Kind == types.TimeTZ {
		clock := (now.UnixNano() + int64(off)*1e9) % nanosPerDay
		clock -= clock % types.Pow10[9-t.P]
		return types.IntOf(t, types.PackTimeTZ(clock, off/60))
	}
	local := ticksOf(now, t) + int64(off)*t.UnitsPerSecond()
	if t.Kind == types.Time {
		day := secondsPerDay * t.UnitsPerSecond()
		local -= floorDiv(local, day) * day
	}
	return types.IntOf(t, local)
}

// precise takes an optional constant precision.
func precise(t types.Type, athena int) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
		if len(args) > 1 || len(args) == 1 && (args[0].Const == nil || !args[0].Type.IsInteger()) {
			return nil, t, false
		}
		r := t
		if d == plan.Athena {
			r.P = int32(athena)
		}
		if len(args) == 1 {
			r.P = int32(min(max(args[0].Const.I, 0), 6))
			return []types.Type{types.TInteger}, r, true
		}
		return nil, r, true
	}
}

func timeNow() []*Entry {
	now := func(names []string, doc, ret string, t types.Type) *Entry {
		im := constant(nowValue)
		return &Entry{Names: names, Doc: doc, overs: []overload{{sig: names[0] + "([precision]) " + ret, types: precise(t, 3), scalar: im, volatile: plan.Stable, lenient: true}}}
	}
	date := &Entry{Names: []string{"current_date"}, Doc: "Today, in the session's time zone.",
		overs: []overload{{sig: "current_date() date", scalar: constant(nowValue), volatile: plan.Stable}}}
	clock := &Entry{Names: []string{"clock_timestamp"}, Doc: "The time at which the call is evaluated.", overs: []overload{{sig: "clock_timestamp() timestamptz", volatile: plan.Volatile,
		scalar: eval(func(_ *kernel.EvalCtx, _ []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			dst, x := vector.Values[int64](out), ticksOf(time.Now(), out.Type)
			kernel.Each(sel, out.Len, func(i int) { dst[i] = x })
			return nil
		})}}}
	return []*Entry{date, clock,
		now([]string{"now", "current_timestamp", "transaction_timestamp", "statement_timestamp"}, "The time at which the transaction began.", "timestamptz", types.TTimestampTZ),
		now([]string{"localtimestamp"}, "The time at which the transaction began, as the session's zone shows it.", "timestamp", types.TTimestamp),
		now([]string{"current_time"}, "The time of day at which the transaction began, in the session's zone and with its offset.", "timetz", types.TTimeTZ),
		now([]string{"localtime"}, "The time of day at which the transaction began, in the session's zone.", "time", types.TTime),
		{Names: []string{"current_timezone"}, Doc: "The session's time zone.", overs: []overload{{sig: "current_timezone() varchar", volatile: plan.Stable,
			scalar: constant(func(c *kernel.EvalCtx, t types.Type) types.Value { return types.StringOf(t, c.Location().String()) })}}},
	}
}

// timeFields are Trino's functions named after a field: year(x), month(x) ...
func timeFields() []*Entry {
	var out []*Entry
	for _, f := range []struct{ names, field, clock string }{
		{"year", "year", ""}, {"quarter", "quarter", ""}, {"month", "month", ""}, {"week,week_of_year", "week", ""}, {"day,day_of_month", "day", ""},
		{"day_of_week,dow", "isodow", ""}, {"day_of_year,doy", "doy", ""}, {"year_of_week,yow", "isoyear", ""}, {"hour", "hour", "y"}, {"minute", "minute", "y"},
		{"second", "second", "y"}, {"millisecond", "millisecond", "y"}, {"timezone_hour", "timezone_hour", "z"}, {"timezone_minute", "timezone_minute", "z"},
	} {
		fd := fields[f.field]
		im := flat(func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			return fieldLoop(c, fd.get, fd.span, args[0], sel, out, putField(fd, types.TBigInt))
		})
		names := strings.Split(f.names, ",")
		e := &Entry{Names: names, Doc: "The field `" + f.field + "` as a bigint; days of the week count from Monday, 1, to Sunday, 7.",
			Examples: []Example{{SQL: names[0] + "(timestamp '2024-05-06 07:08:09')", Result: map[string]string{"year": "2024", "quarter": "2", "month": "5", "week": "19", "day": "6",
				"isodow": "1", "doy": "127", "isoyear": "2024", "hour": "7", "minute": "8", "second": "9", "millisecond": "0"}[f.field]}}}
		kinds := []string{"timestamp", "timestamptz"}
		switch f.clock {
		case "":
			kinds = append([]string{"date"}, kinds...)
		case "y":
			kinds = append(kinds, "time", "timetz")
		default:
			kinds, e.Examples = []string{"timestamptz", "timetz"}, nil
		}
		if fd.span != nil {
			kinds = append(kinds, "interval")
		}
		for _, k := range kinds {
			e.overs = append(e.overs, overload{sig: names[0] + "(" + k + ") bigint", scalar: im})
		}
		out = append(out, e)
	}
	return out
}

// truncUnit is the length of a unit in months, or in ticks when months is 0.
type truncUnit struct {
	months int64
	days   int64
	micros int64
}

var truncUnits = map[string]truncUnit{
	"microsecond": {micros: 1}, "millisecond": {micros: 1000}, "second": {micros: 1e6}, "minute": {micros: 60e6}, "hour": {micros: 3600e6},
	"day": {days: 1}, "week": {days: 7}, "month": {months: 1}, "quarter": {months: 3}, "year": {months: 12},
	"decade": {months: 120}, "century": {months: 1200}, "millennium": {months: 12000},
}

func findUnit(name string) (truncUnit, error) {
	n := strings.ToLower(strings.TrimSpace(name))
	if a, ok := fieldAlias[n]; ok {
		n = a
	}
	u, ok := truncUnits[n]
	if !ok {
		u, ok = truncUnits[strings.TrimSuffix(n, "s")]
	}
	if !ok {
		err := fault.New(fault.CodeInvalidParameter, "unit %q not recognized", name)
		if near := fault.Nearest(n, slices.Sorted(maps.Keys(truncUnits))); near != "" {
			return u, err.WithHint("Did you mean %q?", near)
		}
		return u, err
	}
	return u, nil
}

// truncDays gives the first day of the unit that holds a day.
func (u truncUnit) truncDays(days int64) int64 {
	switch {
	case u.months == 0 && u.days == 7:
		return days - isoDay(days) + 1
	case u.months == 0:
		return days
	}
	y, m, _ := types.CivilFromDays(days)
	first := int64(0)
	if u.months >= 1200 { // centuries begin with year 1
		first = 12
	}
	t := y*12 + int64(m-1) - first
	t = floorDiv(t, u.months)*u.months + first
	y = floorDiv(t, 12)
	return types.DaysFromCivil(y, int(t-y*12)+1, 1)
}

// unitCache finds the unit of a row; the last one is kept.
type unitCache struct {
	name string
	unit truncUnit
}

func (c *unitCache) get(name []byte) (truncUnit, error) {
	if c.name != "" && c.name == string(name) {
		return c.unit, nil
	}
	u, err := findUnit(string(name))
	if err == nil {
		c.name, c.unit = string(name), u
	}
	return u, err
}

func timeTrunc() []*Entry {
	trunc := eval(dateTrunc)
	return []*Entry{{Names: []string{"date_trunc"}, Doc: "The start of the unit (microseconds ... millennium) that holds the time. Weeks begin on Monday. Of a date it is a timestamp in the postgres dialect, a date in the athena dialect.",
		Examples: []Example{{SQL: "date_trunc('week', timestamp '2024-01-07')", Result: "2024-01-01 00:00:00"}, {SQL: "date_trunc('month', date '2024-05-17')", Result: "2024-05-01", Athena: true},
			{SQL: "date_trunc('hour', timestamp '2024-01-01 10:59:59')", Result: "2024-01-01 10:00:00"}},
		overs: []overload{
			{sig: "date_trunc(varchar, timestamp) timestamp", types: truncTypes(types.Timestamp), scalar: trunc},
			{sig: "date_trunc(varchar, timestamptz) timestamptz", types: truncTypes(types.TimestampTZ), scalar: trunc},
			{sig: "date_trunc(varchar, date) date", types: truncTypes(types.Date), scalar: trunc, dialect: athenaOnly},
			{sig: "date_trunc(varchar, date) timestamp", pattern: parseSig("f(varchar, timestamp) timestamp"), types: dateAsStamp, scalar: trunc, dialect: pgOnly},
			{sig: "date_trunc(varchar, varchar, varchar) timestamptz", pattern: parseSig("f(varchar, timestamptz, varchar) timestamptz"), types: truncZoneTypes, scalar: eval(dateTruncZone), dialect: pgOnly},
			{sig: "date_trunc(varchar, interval) interval", scalar: eval(intervalTrunc)},
			{sig: "date_trunc(varchar, timetz) timetz", types: truncTypes(types.TimeTZ), scalar: eval(zonedTrunc), dialect: athenaOnly},
			{sig: "date_trunc(varchar, time) time", types: truncTypes(types.Time), scalar: eval(clockTrunc), dialect: athenaOnly},
		}}}
}

func truncTypes(k types.Kind) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		if len(args) != 2 || args[1].Type.Kind != k {
			return nil, types.Type{}, false
		}
		return []types.Type{types.TVarchar, args[1].Type}, args[1].Type, true
	}
}

func dateAsStamp(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 2 || args[1].Type.Kind != types.Date && !literal(args[1]) {
		return nil, types.Type{}, false
	}
	return []types.Type{types.TVarchar, types.TTimestamp}, types.TTimestamp, true
}

func truncZoneTypes(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 3 || args[1].Type.Kind != types.TimestampTZ {
		return nil, types.Type{}, false
	}
	return []types.Type{types.TVarchar, args[1].Type, types.TVarchar}, args[1].Type, true
}

func dateTrunc(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	names := kernel.StringsOf(args[0])
	var cache unitCache
	if out.Type.Kind == types.Date {
		ds, dst := kernel.FixedOf[int32](args[1]), vector.Values[int32](out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			u, err := cache.get(names.At(i))
			dst[i] = int32(u.truncDays(int64(ds.At(i))))
			return err
		})
	}
	ts, dst, loc := kernel.FixedOf[int64](args[1]), vector.Values[int64](out), c.Location()
	return kernel.EachErr(sel, out.Len, func(i int) error {
		u, err := cache.get(names.At(i))
		dst[i] = truncStamp(ts.At(i), u, out.Type, loc)
		return err
	})
}

// truncStamp truncates a timestamp, an instant as it reads in loc.
func truncStamp(x int64, u truncUnit, t types.Type, loc *time.Location) int64 {
	if x == types.TimeInfinity || x == types.TimeMinusInfinity {
		return x
	}
	unit := t.UnitsPerSecond()
	tz := t.Kind == types.TimestampTZ
	if tz {
		x += int64(types.ZoneOffset(x, t, loc)) * unit
	}
	if u.micros > 0 {
		step := u.micros * (unit / 1_000_000)
		x = floorDiv(x, step) * step
	} else {
		day := secondsPerDay * unit
		x = u.truncDays(floorDiv(x, day)) * day
	}
	if tz {
		x = types.ToInstant(x, t, loc)
	}
	return x
}

func dateTruncZone(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	names, zones, ts, dst := kernel.StringsOf(args[0]), kernel.StringsOf(args[2]), kernel.FixedOf[int64](args[1]), vector.Values[int64](out)
	var cache unitCache
	var zc zoneCache
	return kernel.EachErr(sel, out.Len, func(i int) error {
		loc, err := zc.get(zones.At(i))
		if err != nil {
			return err
		}
		u, err := cache.get(names.At(i))
		dst[i] = truncStamp(ts.At(i), u, out.Type, loc)
		return err
	})
}

func intervalTrunc(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	names, vs, dst := kernel.StringsOf(args[0]), kernel.FixedOf[types.IntervalValue](args[1]), vector.Values[types.IntervalValue](out)
	var cache unitCache
	return kernel.EachErr(sel, out.Len, func(i int) error {
		u, err := cache.get(names.At(i))
		if err != nil {
			return err
		}
		x := vs.At(i)
		switch {
		case u.months > 0:
			x = types.IntervalValue{Months: x.Months - x.Months%int32(u.months)}
		case u.days == 7:
			return fault.New(fault.CodeFeatureNotSupported, "unit \"week\" not supported for type interval")
		case u.days > 0:
			x.Micros = 0
		default:
			x.Micros -= x.Micros % u.micros
		}
		dst[i] = x
		return nil
	})
}

// zoneCache keeps the last time zone, since finding one reads files.
type zoneCache struct {
	name string
	loc  *time.Location
}

func (z *zoneCache) get(name []byte) (*time.Location, error) {
	if z.loc != nil && z.name == string(name) {
		return z.loc, nil
	}
	loc, ok := types.LoadZone(string(name))
	if !ok {
		return nil, fault.New(fault.CodeInvalidParameter, "time zone %q not recognized", name)
	}
	z.name, z.loc = string(name), loc
	return loc, nil
}

func timeZones() []*Entry {
	return []*Entry{
		{Names: []string{"timezone"}, Doc: "`x AT TIME ZONE zone`. In the postgres dialect a timestamp becomes the instant at which clocks in the zone show it, and an instant the timestamp that they show. In the athena dialect it is the instant, shown and taken apart in the zone. With one argument the zone that an instant is shown in.",
			Examples: []Example{{SQL: "timestamp '2024-07-01 00:00' at time zone 'Europe/Berlin'", Result: "2024-06-30 22:00:00+00"}},
			overs: []overload{
				{sig: "timezone(varchar, timestamp) timestamptz", types: zoneTypes(types.Timestamp, types.TimestampTZ), scalar: eval(toZone(false)), dialect: pgOnly},
				{sig: "timezone(varchar, timestamptz) timestamp", types: zoneTypes(types.TimestampTZ, types.Timestamp), scalar: eval(toZone(true)), dialect: pgOnly},
				{sig: "timezone(varchar, date) timestamptz", pattern: parseSig("f(varchar, timestamptz) timestamp"), types: zoneDate, scalar: eval(toZone(true)), dialect: pgOnly},
				{sig: "timezone(varchar, timestamptz) timestamptz", types: zoneTypes(types.TimestampTZ, types.TimestampTZ), scalar: eval(sameInstant(1, 0)), dialect: athenaOnly},
				{sig: "timezone(varchar, timestamp) timestamptz", types: zoneTypes(types.Timestamp, types.TimestampTZ), scalar: eval(sessionInstant), dialect: athenaOnly},
				{sig: "timezone(varchar, timetz) timetz", types: zoneTypes(types.TimeTZ, types.TimeTZ), volatile: plan.Stable, scalar: eval(zonedAt(1, 0))},
				{sig: "timezone(timestamptz) varchar", volatile: plan.Stable, scalar: eval(sessionZone), dialect: athenaOnly},
			}},
		{Names: []string{"at_timezone"}, Doc: "The instant, shown and taken apart in the zone.", overs: []overload{{sig: "at_timezone(timestamptz, varchar) timestamptz", scalar: eval(sameInstant(0, 1))},
			{sig: "at_timezone(timetz, varchar) timetz", volatile: plan.Stable, scalar: eval(zonedAt(0, 1))}}},
		{Names: []string{"with_timezone"}, Doc: "The instant at which clocks in the zone show the timestamp.", Examples: []Example{{SQL: "with_timezone(timestamp '2024-07-01 00:00', 'Europe/Berlin')", Result: "2024-06-30 22:00:00+00"}},
			overs: []overload{{sig: "with_timezone(timestamp, varchar) timestamptz", scalar: eval(func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
				return toZone(false)(c, []*vector.Vector{args[1], args[0]}, sel, out)
			})}}},
	}
}

func zoneTypes(from, to types.Kind) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		if len(args) != 2 || args[1].Type.Kind != from {
			return nil, types.Type{}, false
		}
		return []types.Type{types.TVarchar, args[1].Type}, types.Type{Kind: to, P: args[1].Type.P}, true
	}
}

func zoneDate(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 2 || args[1].Type.Kind != types.Date {
		return nil, types.Type{}, false
	}
	return []types.Type{types.TVarchar, types.TTimestampTZ}, types.TTimestamp, true
}

// toZone converts between local time in a zone and instants.
func toZone(fromInstant bool) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		zones, ts, dst := kernel.StringsOf(args[0]), kernel.FixedOf[int64](args[1]), vector.Values[int64](out)
		var cache zoneCache
		t := args[1].Type
		return kernel.EachErr(sel, out.Len, func(i int) error {
			loc, err := cache.get(zones.At(i))
			if err != nil {
				return err
			}
			x := ts.At(i)
			switch {
			case x == types.TimeInfinity || x == types.TimeMinusInfinity:
			case fromInstant:
				x += int64(types.ZoneOffset(x, t, loc)) * t.UnitsPerSecond()
			default:
				x = types.ToInstant(x, t, loc)
			}
			dst[i] = x
			return nil
		})
	}
}

// sameInstant checks the zone and passes the instant on.
func sameInstant(ts, zone int) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		zones, xs, dst := kernel.StringsOf(args[zone]), kernel.FixedOf[int64](args[ts]), vector.Values[int64](out)
		var cache zoneCache
		return kernel.EachErr(sel, out.Len, func(i int) error {
			_, err := cache.get(zones.At(i))
			dst[i] = xs.At(i)
			return err
		})
	}
}

// sessionInstant checks the zone and reads a timestamp in the session's.
func sessionInstant(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	zones, xs, dst, loc := kernel.StringsOf(args[0]), kernel.FixedOf[int64](args[1]), vector.Values[int64](out), c.Location()
	var cache zoneCache
	return kernel.EachErr(sel, out.Len, func(i int) error {
		_, err := cache.get(zones.At(i))
		dst[i] = types.ToInstant(xs.At(i), out.Type, loc)
		return err
	})
}
