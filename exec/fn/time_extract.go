package fn

import (
	"errors"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// moment is a date and time taken apart as far as a field needs it.
type moment struct {
	days   int64 // since 1970-01-01, local
	micros int64 // of the day, local
	off    int64 // zone offset in seconds
	frac   int64 // nanoseconds below a microsecond
}

// field computes one part of a moment in units of 10^-scale.
type field struct {
	scale  int32
	date   bool // needs a date; else a time of day is enough
	clock  bool // needs a time of day; a date has midnight
	get    func(m *moment) int64
	span   func(x types.IntervalValue) int64 // of an interval; nil: no such field
	athena func(m *moment) int64             // where Trino differs
}

func civil(f func(y int64, m, d int) int64) func(*moment) int64 {
	return func(m *moment) int64 { return f(types.CivilFromDays(m.days)) }
}

// isoDay gives the day of the week, Monday 1 to Sunday 7.
func isoDay(days int64) int64 { return days + 3 - floorDiv(days+3, 7)*7 + 1 }

// isoWeek gives the ISO 8601 year and week of a day.
func isoWeek(days int64) (year, week int64) {
	thursday := days - isoDay(days) + 4
	y, _, _ := types.CivilFromDays(thursday)
	return y, (thursday-types.DaysFromCivil(y, 1, 1))/7 + 1
}

func dayOfYear(m *moment) int64 {
	y, _, _ := types.CivilFromDays(m.days)
	return m.days - types.DaysFromCivil(y, 1, 1) + 1
}

// century and millennium count from 1; there is no century 0.
func period(y, n int64) int64 {
	if y > 0 {
		return (y + n - 1) / n
	}
	return -((n - y) / n)
}

// fields is the table of EXTRACT's fields.
var fields = map[string]field{
	"year": {date: true, get: civil(func(y int64, _, _ int) int64 {
		if y < 1 {
			return y - 1 // 1 BC is -1
		}
		return y
	}), span: func(x types.IntervalValue) int64 { return int64(x.Months / 12) }},
	"quarter": {date: true, get: civil(func(_ int64, m, _ int) int64 { return int64(m-1)/3 + 1 }), span: func(x types.IntervalValue) int64 { return int64(x.Months%12)/3 + 1 }},
	"month":   {date: true, get: civil(func(_ int64, m, _ int) int64 { return int64(m) }), span: func(x types.IntervalValue) int64 { return int64(x.Months % 12) }},
	"day":     {date: true, get: civil(func(_ int64, _, d int) int64 { return int64(d) }), span: func(x types.IntervalValue) int64 { return int64(x.Days) }},
	"week":    {date: true, get: func(m *moment) int64 { _, w := isoWeek(m.days); return w }},
	"isoyear": {date: true, get: func(m *moment) int64 { y, _ := isoWeek(m.days); return y }},
	"dow":     {date: true, get: func(m *moment) int64 { return isoDay(m.days) % 7 }, athena: func(m *moment) int64 { return isoDay(m.days) }},
	"isodow":  {date: true, get: func(m *moment) int64 { return isoDay(m.days) }},
	"doy":     {date: true, get: dayOfYear},
	"decade":  {date: true, get: civil(func(y int64, _, _ int) int64 { return floorDiv(y, 10) }), span: func(x types.IntervalValue) int64 { return int64(x.Months / 120) }},
	"century": {date: true, get: civil(func(y int64, _, _ int) int64 { return period(y, 100) }), span: func(x types.IntervalValue) int64 { return int64(x.Months / 1200) }},
	"millennium": {date: true, get: civil(func(y int64, _, _ int) int64 { return period(y, 1000) }),
		span: func(x types.IntervalValue) int64 { return int64(x.Months / 12000) }},
	"julian": {date: true, get: func(m *moment) int64 { return m.days + 2440588 }},
	"epoch": {scale: 6, get: func(m *moment) int64 { return m.days*microsPerDay + m.micros - m.off*1_000_000 }, span: func(x types.IntervalValue) int64 {
		y, mon := int64(x.Months/12), int64(x.Months%12)
		return y*31_557_600_000_000 + (mon*30+int64(x.Days))*microsPerDay + x.Micros
	}},
	"hour":            {clock: true, get: func(m *moment) int64 { return m.micros / 3_600_000_000 }, span: func(x types.IntervalValue) int64 { return x.Micros / 3_600_000_000 }},
	"minute":          {clock: true, get: func(m *moment) int64 { return m.micros / 60_000_000 % 60 }, span: func(x types.IntervalValue) int64 { return x.Micros / 60_000_000 % 60 }},
	"second":          {clock: true, scale: 6, get: func(m *moment) int64 { return m.micros % 60_000_000 }, span: func(x types.IntervalValue) int64 { return x.Micros % 60_000_000 }},
	"milliseconds":    {clock: true, scale: 3, get: func(m *moment) int64 { return m.micros % 60_000_000 }, span: func(x types.IntervalValue) int64 { return x.Micros % 60_000_000 }},
	"microseconds":    {clock: true, get: func(m *moment) int64 { return m.micros % 60_000_000 }, span: func(x types.IntervalValue) int64 { return x.Micros % 60_000_000 }},
	"millisecond":     {clock: true, get: func(m *moment) int64 { return m.micros % 1_000_000 / 1000 }, span: func(x types.IntervalValue) int64 { return x.Micros % 1_000_000 / 1000 }},
	"timezone":        {get: func(m *moment) int64 { return m.off }},
	"timezone_hour":   {get: func(m *moment) int64 { return m.off / 3600 }},
	"timezone_minute": {get: func(m *moment) int64 { return m.off / 60 % 60 }},
}

// fieldAlias maps other spellings.
var fieldAlias = map[string]string{
	"years": "year", "y": "year", "quarters": "quarter", "months": "month", "mon": "month", "mons": "month", "days": "day", "d": "day",
	"day_of_month": "day", "day_of_week": "dow", "day_of_year": "doy", "year_of_week": "isoyear", "yow": "isoyear", "week_of_year": "week", "weeks": "week",
	"hours": "hour", "h": "hour", "minutes": "minute", "min": "minute", "mins": "minute", "seconds": "second", "sec": "second", "secs": "second",
	"msec": "milliseconds", "usec": "microseconds", "decades": "decade", "centuries": "century", "millennia": "millennium", "ms": "milliseconds", "us": "microseconds",
}

// findField finds a field by its text.
func findField(name string, t types.Type) (field, error) {
	n := strings.ToLower(strings.TrimSpace(name))
	if a, ok := fieldAlias[n]; ok {
		n = a
	}
	f, ok := fields[n]
	if !ok {
		return f, fault.New(fault.CodeInvalidParameter, "unit %q not recognized for type %s", name, t)
	}
	fits := true
	switch t.Kind {
	case types.TimeTZ:
		fits = !f.date
	case types.Time:
		fits = !f.date && !strings.HasPrefix(n, "timezone")
	case types.Date:
		fits = (f.date || n == "epoch") && !f.clock
	case types.Timestamp:
		fits = !strings.HasPrefix(n, "timezone")
	case types.Interval:
		fits = f.span != nil
	}
	if !fits {
		return f, fault.New(fault.CodeFeatureNotSupported, "unit %q not supported for type %s", name, t)
	}
	return f, nil
}

func extractEntries() []*Entry {
	return []*Entry{
		{Names: []string{"extract"}, Doc: "A field of a date, time, timestamp or interval: `extract(year FROM x)`. Numeric; bigint in the athena dialect, where `dow` is 7 on Sunday.",
			Examples: []Example{{SQL: "extract(year from date '2024-01-07')", Result: "2024"}, {SQL: "extract(dow from date '2024-01-07')", Result: "0"},
				{SQL: "extract(dow from date '2024-01-07')", Result: "7", Athena: true}, {SQL: "extract(epoch from timestamp '2024-01-01 00:00:00')", Result: "1704067200.000000"},
				{SQL: "extract(second from timestamp '2024-01-01 00:00:01.5')", Result: "1.500000"}},
			overs: []overload{
				{sig: "extract(field from datetime) numeric", types: extractTypes, scalar: &kernel.Impl{New: newExtract, Flat: true}, dialect: pgOnly},
				{sig: "extract(field from datetime) bigint", types: extractTypes, scalar: &kernel.Impl{New: newExtract, Flat: true}, dialect: athenaOnly},
			}},
		{Names: []string{"date_part"}, Doc: "A field of a date, time, timestamp or interval as a double.",
			Examples: []Example{{SQL: "date_part('dow', date '2024-01-07')", Result: "0"}},
			overs:    []overload{{sig: "date_part(varchar, datetime) double", types: datePartTypes, scalar: &kernel.Impl{New: newExtract, Flat: true}}}},
	}
}

func extractable(args []plan.Arg) (types.Type, bool) {
	if len(args) != 2 || !(args[0].Type.IsString() || args[0].Type.Kind == types.Unknown) {
		return types.Type{}, false
	}
	t := args[1].Type
	return t, t.IsDatetime() || t.Kind == types.TimeTZ || t.Kind == types.Interval
}

func extractTypes(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
	t, ok := extractable(args)
	if !ok {
		return nil, t, false
	}
	params := []types.Type{types.TVarchar, t}
	if d == plan.Athena {
		return params, types.TBigInt, true
	}
	scale := 6
	if args[0].Const != nil {
		if f, err := findField(args[0].Const.S, t); err == nil {
			scale = int(f.scale)
		}
	}
	return params, types.DecimalOf(types.MaxShortDecimal, scale), true
}

func datePartTypes(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	t, ok := extractable(args)
	return []types.Type{types.TVarchar, t}, types.TDouble, ok
}

// newExtract looks the field up once.
func newExtract(_ *kernel.EvalCtx, fn *plan.Func, consts []*types.Value) (kernel.Instance, error) {
	t := fn.Params[1]
	if consts[0] == nil {
		return kernel.Instance{}, fault.New(fault.CodeFeatureNotSupported, "the field of %s must be a constant", fn.Name)
	}
	f, err := findField(consts[0].S, t)
	if err != nil {
		if e, ok := errors.AsType[*fault.Error](err); ok && e.Code == fault.CodeFeatureNotSupported && fn.Dialect == plan.Athena {
			err = fault.New(fault.CodeDatatypeMismatch, "%s", e.Message) // Trino has no such function
		}
		return kernel.Instance{}, err
	}
	if fn.Dialect == plan.Athena && f.athena != nil {
		f.get = f.athena
	}
	put := putField(f, fn.Ret)
	return kernel.Instance{Eval: func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		return fieldLoop(c, f.get, f.span, args[1], sel, out, put)
	}}, nil
}

// putField writes a field's value in the type of the result.
func putField(f field, ret types.Type) func(out *vector.Vector, i int, x int64) {
	div := types.Pow10[f.scale]
	switch ret.Kind {
	case types.BigInt:
		return func(out *vector.Vector, i int, x int64) { vector.Values[int64](out)[i] = x / div }
	case types.Double:
		return func(out *vector.Vector, i int, x int64) { vector.Values[float64](out)[i] = float64(x) / float64(div) }
	}
	mul := types.Pow10[ret.S-f.scale]
	return func(out *vector.Vector, i int, x int64) { vector.Values[int64](out)[i] = x * mul }
}

// fieldLoop takes every row apart and computes the field. Infinite dates have
// none: NULL.
func fieldLoop(c *kernel.EvalCtx, get func(*moment) int64, span func(types.IntervalValue) int64, v *vector.Vector, sel vector.Sel, out *vector.Vector,
	put func(*vector.Vector, int, int64)) error {
	if v.Type.Kind == types.Interval {
		vals := vector.Values[types.IntervalValue](v)
		trino := c.Session != nil && c.Session.Dialect == plan.Athena
		kernel.Each(sel, out.Len, func(i int) {
			x := vals[i]
			if trino { // one length: 27 hours are a day and 3 hours
				all := int64(x.Days)*microsPerDay + x.Micros
				x.Days, x.Micros = int32(all/microsPerDay), all%microsPerDay
			}
			put(out, i, span(x))
		})
		return nil
	}
	split := splitter(c, v)
	kernel.Each(sel, out.Len, func(i int) {
		var m moment
		if !split(i, &m) {
			out.SetNull(i)
			return
		}
		put(out, i, get(&m))
	})
	return nil
}

// splitter gives a function that takes row i of a flat datetime vector apart;
// false for infinite values.
func splitter(c *kernel.EvalCtx, v *vector.Vector) func(i int, m *moment) bool {
	t := v.Type
	if t.Kind == types.Date {
		vals := vector.Values[int32](v)
		return func(i int, m *moment) bool {
			m.days = int64(vals[i])
			return vals[i] != types.DateInfinity && vals[i] != types.DateMinusInfinity
		}
	}
	vals := vector.Values[int64](v)
	if t.Kind == types.TimeTZ {
		return func(i int, m *moment) bool {
			nanos, off := types.UnpackTimeTZ(vals[i])
			m.micros, m.frac, m.off = nanos/1000, nanos%1000, int64(off)*60
			return true
		}
	}
	unit := t.UnitsPerSecond()
	day, div := secondsPerDay*unit, unit/1_000_000
	loc := c.Location()
	return func(i int, m *moment) bool {
		x := vals[i]
		if t.Kind != types.Time && (x == types.TimeInfinity || x == types.TimeMinusInfinity) {
			return false
		}
		if t.Kind == types.TimestampTZ {
			m.off = int64(types.ZoneOffset(x, t, loc))
			x += m.off * unit
		}
		m.days = floorDiv(x, day)
		ticks := x - m.days*day
		m.micros, m.frac = ticks/div, ticks%div
		return true
	}
}
