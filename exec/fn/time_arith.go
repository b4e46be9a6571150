package fn

import (
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Arithmetic of dates, times and intervals. Months are added first and the day is
// clipped to the month's length, then days, then the clock part; on instants,
// months and days count in the session's zone.

const (
	microsPerDay  = 86400 * 1_000_000
	secondsPerDay = 86400
)

func errTimeRange(what string) error {
	return fault.New(fault.CodeDatetimeOverflow, "%s out of range", what)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// addMonths moves a day number by months.
func addMonths(days int64, n int64) int64 {
	if n == 0 {
		return days
	}
	y, m, d := types.CivilFromDays(days)
	t := y*12 + int64(m-1) + n
	y, m = floorDiv(t, 12), int(t-floorDiv(t, 12)*12)+1
	return types.DaysFromCivil(y, m, min(d, types.DaysInMonth(y, m)))
}

// addInterval moves a local timestamp in ticks of unit per second.
func addInterval(v int64, iv types.IntervalValue, unit int64) (int64, bool) {
	if v == types.TimeInfinity || v == types.TimeMinusInfinity {
		return v, true
	}
	day := secondsPerDay * unit
	days := floorDiv(v, day)
	tod := v - days*day
	days = addMonths(days, int64(iv.Months)) + int64(iv.Days)
	r := types.Mul64(days, day).Add(types.I128(tod)).Add(types.Mul64(iv.Micros, unit/1_000_000))
	return r.Int64(), r.IsInt64() && r.Int64() != math.MaxInt64 && r.Int64() != math.MinInt64
}

// addToInstant is addInterval on an instant, with days and months in the zone.
func addToInstant(c *kernel.EvalCtx, v int64, iv types.IntervalValue, t types.Type) (int64, bool) {
	if v == types.TimeInfinity || v == types.TimeMinusInfinity {
		return v, true
	}
	unit := t.UnitsPerSecond()
	if iv.Months != 0 || iv.Days != 0 {
		loc := c.Location()
		local := v + int64(types.ZoneOffset(v, t, loc))*unit
		local, ok := addInterval(local, types.IntervalValue{Months: iv.Months, Days: iv.Days}, unit)
		if !ok {
			return 0, false
		}
		v = types.ToInstant(local, t, loc)
	}
	return addInterval(v, types.IntervalValue{Micros: iv.Micros}, unit)
}

// timeArith gives the overloads of + and - on dates, times and intervals.
func timeArith(op arithOp) []overload {
	sign := int64(1)
	n := arithName[op]
	if op == opSub {
		sign = -1
	}
	out := []overload{
		{sig: "date " + n + " interval -> timestamp", pattern: parseSig("f(date, interval) timestamp"), scalar: flat(dateInterval(sign, 0, 1, true)), dialect: pgOnly},
		{sig: "date " + n + " interval -> date", pattern: parseSig("f(date, interval) date"), scalar: flat(dateInterval(sign, 0, 1, false)), dialect: athenaOnly},
		{sig: "timestamp " + n + " interval -> timestamp", types: keepTime(types.Timestamp, 0, 1), scalar: flat(stampInterval(sign, 0, 1))},
		{sig: "timestamptz " + n + " interval -> timestamptz", types: keepTime(types.TimestampTZ, 0, 1), scalar: flat(stampInterval(sign, 0, 1))},
		{sig: "timetz " + n + " interval -> timetz", types: keepTime(types.TimeTZ, 0, 1), scalar: flat(zonedInterval(sign, 0, 1))},
		{sig: "time " + n + " interval -> time", types: keepTime(types.Time, 0, 1), scalar: flat(clockInterval(sign, 0, 1))},
		{sig: "interval " + n + " interval -> interval", types: intervalPair, scalar: flat(intervalInterval(sign))},
		{sig: "date " + n + " integer -> date", pattern: parseSig("f(date, integer) date"), scalar: flat(dateInteger(sign, 0, 1)), dialect: pgOnly},
	}
	if op == opAdd {
		return append(out,
			overload{sig: "interval + date -> timestamp", pattern: parseSig("f(interval, date) timestamp"), scalar: flat(dateInterval(1, 1, 0, true)), dialect: pgOnly},
			overload{sig: "interval + date -> date", pattern: parseSig("f(interval, date) date"), scalar: flat(dateInterval(1, 1, 0, false)), dialect: athenaOnly},
			overload{sig: "interval + timestamp -> timestamp", types: keepTime(types.Timestamp, 1, 0), scalar: flat(stampInterval(1, 1, 0))},
			overload{sig: "interval + timestamptz -> timestamptz", types: keepTime(types.TimestampTZ, 1, 0), scalar: flat(stampInterval(1, 1, 0))},
			overload{sig: "interval + timetz -> timetz", types: keepTime(types.TimeTZ, 1, 0), scalar: flat(zonedInterval(1, 1, 0))},
			overload{sig: "interval + time -> time", types: keepTime(types.Time, 1, 0), scalar: flat(clockInterval(1, 1, 0))},
			overload{sig: "integer + date -> date", pattern: parseSig("f(integer, date) date"), scalar: flat(dateInteger(1, 1, 0)), dialect: pgOnly},
			overload{sig: "date + time -> timestamp", pattern: parseSig("f(date, time) timestamp"), scalar: flat(dateTime), dialect: pgOnly},
			overload{sig: "time + date -> timestamp", pattern: parseSig("f(time, date) timestamp"), scalar: flat(timeDate), dialect: pgOnly})
	}
	return append(out,
		overload{sig: "date - date -> integer", pattern: parseSig("f(date, date) integer"), scalar: flat(dateDays), dialect: pgOnly},
		overload{sig: "date - date -> interval day to second", pattern: parseSig("f(date, date) daysecond"), scalar: flat(stampDiff), dialect: athenaOnly},
		overload{sig: "timestamp - timestamp -> interval", types: stampPair, scalar: flat(stampDiff)},
		overload{sig: "timetz - timetz -> interval", pattern: parseSig("f(timetz, timetz) daysecond"), scalar: flat(zonedDiff), dialect: athenaOnly},
		overload{sig: "time - time -> interval", pattern: parseSig("f(time, time) interval"), scalar: flat(stampDiff), dialect: pgOnly},
		overload{sig: "time - time -> interval day to second", pattern: parseSig("f(time, time) daysecond"), scalar: flat(stampDiff), dialect: athenaOnly})
}

// keepTime matches a time of the kind at position t and an interval at iv; a
// literal there reads as an interval. The sum has the digits of both: those of an interval
// are six, three in Trino, whose intervals of months have none.
func keepTime(k types.Kind, t, iv int) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
		if len(args) != 2 || args[t].Type.Kind != k || args[iv].Type.Kind != types.Interval {
			return nil, types.Type{}, false
		}
		ret := args[t].Type
		switch {
		case d == plan.Postgres:
			ret.P = max(ret.P, 6)
		case args[iv].Type.S != types.IntervalYearMonth:
			ret.P = max(ret.P, 3)
		}
		return []types.Type{args[0].Type, args[1].Type}, ret, true
	}
}

func intervalPair(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 2 {
		return nil, types.Type{}, false
	}
	a, b := args[0].Type, args[1].Type
	if literal(args[0]) || a.Kind == types.Unknown {
		a = b
	}
	if literal(args[1]) || b.Kind == types.Unknown {
		b = a
	}
	if a.Kind != types.Interval || b.Kind != types.Interval {
		return nil, types.Type{}, false
	}
	t, _ := types.Common(a, b)
	return []types.Type{t, t}, t, true
}

// stampPair matches two timestamps, or one and a date, of which at least one is a
// timestamp.
func stampPair(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 2 {
		return nil, types.Type{}, false
	}
	a, b := args[0].Type, args[1].Type
	if literal(args[0]) || a.Kind == types.Unknown {
		a = b
	}
	if literal(args[1]) || b.Kind == types.Unknown {
		b = a
	}
	stamp := func(t types.Type) bool { return t.Kind == types.Timestamp || t.Kind == types.TimestampTZ }
	t, ok := types.Common(a, b)
	if !ok || !stamp(t) || !stamp(a) && !stamp(b) {
		return nil, t, false
	}
	ret := types.TInterval
	if d == plan.Athena {
		ret.S = types.IntervalDaySecond
	}
	return []types.Type{t, t}, ret, true
}

func signed(x types.IntervalValue, sign int64) types.IntervalValue {
	if sign < 0 {
		return negInterval(x)
	}
	return x
}

func dateInterval(sign int64, di, ii int, stamp bool) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		ds, is := vector.Values[int32](args[di]), vector.Values[types.IntervalValue](args[ii])
		return kernel.EachErr(sel, out.Len, func(i int) error {
			iv := signed(is[i], sign)
			if inf, ok := infiniteDate(ds[i]); ok {
				if stamp {
					vector.Values[int64](out)[i] = inf
				} else {
					vector.Values[int32](out)[i] = ds[i]
				}
				return nil
			}
			if stamp {
				r, ok := addInterval(int64(ds[i])*microsPerDay, iv, 1_000_000)
				if vector.Values[int64](out)[i] = r; !ok {
					return errTimeRange("timestamp")
				}
				return nil
			}
			if iv.Micros%microsPerDay != 0 {
				return fault.New(fault.CodeInvalidParameter, "cannot add hours, minutes or seconds to a date")
			}
			r := addMonths(int64(ds[i]), int64(iv.Months)) + int64(iv.Days) + iv.Micros/microsPerDay
			if vector.Values[int32](out)[i] = int32(r); r != int64(int32(r)) {
				return errTimeRange("date")
			}
			return nil
		})
	}
}

func stampInterval(sign int64, ti, ii int) kernel.Kernel {
	return func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		ts, is, dst := vector.Values[int64](args[ti]), vector.Values[types.IntervalValue](args[ii]), vector.Values[int64](out)
		t := out.Type
		return kernel.EachErr(sel, out.Len, func(i int) (err error) {
			ok := false
			if t.Kind == types.TimestampTZ {
				dst[i], ok = addToInstant(c, ts[i], signed(is[i], sign), t)
			} else {
				dst[i], ok = addInterval(ts[i], signed(is[i], sign), t.UnitsPerSecond())
			}
			if !ok {
				return errTimeRange("timestamp")
			}
			return nil
		})
	}
}

// clockInterval adds the clock part and wraps around midnight.
func clockInterval(sign int64, ti, ii int) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		ts, is, dst := vector.Values[int64](args[ti]), vector.Values[types.IntervalValue](args[ii]), vector.Values[int64](out)
		unit := out.Type.UnitsPerSecond()
		day := secondsPerDay * unit
		kernel.Each(sel, out.Len, func(i int) {
			x := ts[i] + sign*(is[i].Micros%microsPerDay)*(unit/1_000_000)
			dst[i] = x - floorDiv(x, day)*day
		})
		return nil
	}
}

func intervalInterval(sign int64) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		a, b, dst := vector.Values[types.IntervalValue](args[0]), vector.Values[types.IntervalValue](args[1]), vector.Values[types.IntervalValue](out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			x, y := a[i], signed(b[i], sign)
			m, d, u := int64(x.Months)+int64(y.Months), int64(x.Days)+int64(y.Days), x.Micros+y.Micros
			if m != int64(int32(m)) || d != int64(int32(d)) || (x.Micros^u)&(y.Micros^u) < 0 {
				return errTimeRange("interval")
			}
			dst[i] = types.IntervalValue{Months: int32(m), Days: int32(d), Micros: u}
			return nil
		})
	}
}

func dateInteger(sign int64, di, ii int) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		ds, is, dst := vector.Values[int32](args[di]), vector.Values[int32](args[ii]), vector.Values[int32](out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			if _, ok := infiniteDate(ds[i]); ok {
				dst[i] = ds[i]
				return nil
			}
			r := int64(ds[i]) + sign*int64(is[i])
			if dst[i] = int32(r); r < firstDate || r >= endOfDates {
				return errTimeRange("date")
			}
			return nil
		})
	}
}

func dateTime(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	ds, ts, dst := vector.Values[int32](args[0]), vector.Values[int64](args[1]), vector.Values[int64](out)
	div := args[1].Type.UnitsPerSecond() / 1_000_000
	return kernel.EachErr(sel, out.Len, func(i int) error {
		inf, ok := infiniteDate(ds[i])
		if dst[i] = inf; ok {
			return nil
		}
		r := types.Mul64(int64(ds[i]), microsPerDay).Add(types.I128(ts[i] / div))
		if dst[i] = r.Int64(); !r.IsInt64() {
			return errTimeRange("timestamp")
		}
		return nil
	})
}

// timeDate is time + date.
func timeDate(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	return dateTime(c, []*vector.Vector{args[1], args[0]}, sel, out)
}

// The dates of PostgreSQL: from the first of Julian day 0 to the end of 5874897.
const (
	firstDate  = -2440588
	endOfDates = 2147483494 - 2440588
)

// infiniteDate gives an infinite date as a timestamp; ok is false for others.
func infiniteDate(d int32) (stamp int64, ok bool) {
	switch d {
	case types.DateInfinity:
		return types.TimeInfinity, true
	case types.DateMinusInfinity:
		return types.TimeMinusInfinity, true
	}
	return 0, false
}

func infiniteStamp(x int64) bool { return x == types.TimeInfinity || x == types.TimeMinusInfinity }

func dateDays(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	a, b, dst := vector.Values[int32](args[0]), vector.Values[int32](args[1]), vector.Values[int32](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		_, inf := infiniteDate(a[i])
		if _, other := infiniteDate(b[i]); inf || other {
			return fault.New(fault.CodeDatetimeOverflow, "cannot subtract infinite dates")
		}
		r := int64(a[i]) - int64(b[i])
		if dst[i] = int32(r); r != int64(dst[i]) {
			return errTimeRange("date")
		}
		return nil
	})
}

// stampDiff is the difference as days and clock time, without months.
func stampDiff(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	dst := vector.Values[types.IntervalValue](out)
	isDate := args[0].Type.Kind == types.Date
	isTime := args[0].Type.Kind == types.Time
	div := int64(1)
	if !isDate {
		div = args[0].Type.UnitsPerSecond() / 1_000_000
	}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		if isDate {
			a, b := vector.Values[int32](args[0]), vector.Values[int32](args[1])
			d := int64(a[i]) - int64(b[i])
			if dst[i] = (types.IntervalValue{Days: int32(d)}); d != int64(int32(d)) {
				return errTimeRange("interval")
			}
			return nil
		}
		a, b := vector.Values[int64](args[0])[i], vector.Values[int64](args[1])[i]
		if !isTime && (infiniteStamp(a) || infiniteStamp(b)) {
			return fault.New(fault.CodeDatetimeOverflow, "cannot subtract infinite timestamps")
		}
		d := types.I128(a).Sub(types.I128(b))
		if !d.IsInt64() {
			return errTimeRange("interval")
		}
		us := d.Int64() / div
		if isTime {
			dst[i] = types.IntervalValue{Micros: us}
			return nil
		}
		dst[i] = types.IntervalValue{Days: int32(us / microsPerDay), Micros: us % microsPerDay}
		return nil
	})
}

// intervalScale gives interval * number, number * interval, interval / number.
func intervalScale(op arithOp) []overload {
	n := arithName[op]
	mk := func(ii, ni int) kernel.Kernel {
		return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			is, fs, dst := vector.Values[types.IntervalValue](args[ii]), vector.Values[float64](args[ni]), vector.Values[types.IntervalValue](out)
			return kernel.EachErr(sel, out.Len, func(i int) (err error) {
				f := fs[i]
				if op == opDiv {
					if f == 0 {
						return kernel.ErrDivisionByZero()
					}
					dst[i], err = scaleInterval(int64(is[i].Months), int64(is[i].Days), is[i].Micros, func(x float64) float64 { return x / f })
					return err
				}
				dst[i], err = scaleInterval(int64(is[i].Months), int64(is[i].Days), is[i].Micros, func(x float64) float64 { return x * f })
				return err
			})
		}
	}
	match := func(ii, ni int) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
		return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
			if len(args) != 2 || args[ii].Type.Kind != types.Interval || !args[ni].Type.IsNumeric() {
				return nil, types.Type{}, false
			}
			params := make([]types.Type, 2)
			params[ii], params[ni] = args[ii].Type, types.TDouble
			return params, args[ii].Type, true
		}
	}
	out := []overload{{sig: "interval " + n + " double -> interval", types: match(0, 1), scalar: flat(mk(0, 1))}}
	if op == opMul {
		out = append(out, overload{sig: "double * interval -> interval", types: match(1, 0), scalar: flat(mk(1, 0))})
	}
	return out
}

// scaleInterval applies f to an interval: times a number, or divided by one. What is
// left of months becomes days (30 a month) and what is left of days the clock, in the
// order and with the roundings of PostgreSQL's interval_mul.
func scaleInterval(monthsOf, daysOf, microsOf int64, f func(float64) float64) (types.IntervalValue, error) {
	const daySeconds = 86400
	micros := func(x float64) float64 { return math.RoundToEven(x*1e6) / 1e6 }
	m, d := f(float64(monthsOf)), f(float64(daysOf))
	months, days := math.Trunc(m), math.Trunc(d)
	spill := micros((m - months) * 30)
	seconds := micros((d - days + spill - math.Trunc(spill)) * daySeconds)
	if math.Abs(seconds) >= daySeconds {
		whole := math.Trunc(seconds / daySeconds)
		days, seconds = days+whole, seconds-whole*daySeconds
	}
	days += math.Trunc(spill)
	us := math.RoundToEven(f(float64(microsOf)) + seconds*1e6)
	if math.IsNaN(us) || math.IsNaN(months+days) || math.Abs(months) > math.MaxInt32 || math.Abs(days) > math.MaxInt32 || math.Abs(us) >= math.MaxInt64 {
		return types.IntervalValue{}, errTimeRange("interval")
	}
	return types.IntervalValue{Months: int32(months), Days: int32(days), Micros: int64(us)}, nil
}
