package fn

import (
	"math"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// timeMore are PostgreSQL's and Trino's rarer functions of times.
func timeMore() []*Entry {
	return []*Entry{
		{Names: []string{"make_time"}, Doc: "A time of day of hour, minute and second.", Examples: []Example{{SQL: "make_time(1, 2, 3.5)", Result: "01:02:03.5"}},
			overs: []overload{{sig: "make_time(integer, integer, double) time", scalar: eval(makeTime)}}},
		{Names: []string{"make_interval"}, Doc: "An interval of years, months, weeks, days, hours, mins and secs, by position or as `days => 10`.",
			Examples: []Example{{SQL: "make_interval(1, 2, 0, 0, 0, 0, 0)", Result: "1 year 2 mons"}, {SQL: "make_interval(days => 10, hours => 2)", Result: "10 days 02:00:00"}},
			overs:    []overload{{sig: "make_interval(integer, integer, integer, integer, integer, integer, double) interval", scalar: eval(makeInterval)}}},
		{Names: []string{"date_bin"}, Doc: "The start of the stretch of the given length that holds the time, where one of them starts at the third argument.",
			Examples: []Example{{SQL: "date_bin('15 minutes', timestamp '2024-01-01 10:23:45', timestamp '2024-01-01')", Result: "2024-01-01 10:15:00"}},
			overs: []overload{{sig: "date_bin(interval, timestamp, timestamp) timestamp", scalar: eval(dateBin)},
				{sig: "date_bin(interval, timestamptz, timestamptz) timestamptz", scalar: eval(dateBin)}}},
		{Names: []string{"to_milliseconds"}, Doc: "The interval's milliseconds.", Examples: []Example{{SQL: "to_milliseconds(interval '1' minute)", Result: "60000"}},
			overs: []overload{{sig: "to_milliseconds(interval) bigint", scalar: eval(toMilliseconds)}}},
		{Names: []string{"parse_duration"}, Doc: "An interval of a number and a unit: ns, us, ms, s, m, h, d.", Examples: []Example{{SQL: "parse_duration('3.81 d')", Result: "3 days 19:26:24"}, {SQL: "parse_duration('5m')", Result: "00:05:00"}},
			overs: []overload{{sig: "parse_duration(varchar) daysecond", scalar: eval(parseDuration)}}},
		{Names: []string{"from_unixtime_nanos"}, Doc: "The instant so many nanoseconds after 1970-01-01 00:00 UTC.", Examples: []Example{{SQL: "from_unixtime_nanos(1000000000)", Result: "1970-01-01 00:00:01+00"}},
			overs: []overload{{sig: "from_unixtime_nanos(bigint) timestamptz", types: nanosOf(types.BigInt), scalar: eval(fromUnixNanos)},
				{sig: "from_unixtime_nanos(decimal) timestamptz", types: nanosOf(types.Decimal), scalar: eval(fromUnixNanosDecimal)}}},
	}
}

func makeTime(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	hour, minute, sec := kernel.FixedOf[int32](args[0]), kernel.FixedOf[int32](args[1]), kernel.FixedOf[float64](args[2])
	dst, unit := vector.Values[int64](out), out.Type.UnitsPerSecond()
	return kernel.EachErr(sel, out.Len, func(i int) error {
		h, m, s := hour.At(i), minute.At(i), sec.At(i)
		if h < 0 || h > 24 || m < 0 || m > 59 || !(s >= 0 && s <= 60) || h == 24 && (m > 0 || s > 0) {
			return fault.New(fault.CodeDatetimeOverflow, "time field value out of range: %d:%02d:%02g", h, m, s)
		}
		dst[i] = (int64(h)*3600+int64(m)*60)*unit + int64(math.Round(s*float64(unit)))
		return nil
	})
}

func makeInterval(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	var n [6]kernel.Fixed[int32]
	for k := range n {
		n[k] = kernel.FixedOf[int32](args[k])
	}
	sec, dst := kernel.FixedOf[float64](args[6]), vector.Values[types.IntervalValue](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		f := func(k int) int64 { return int64(n[k].At(i)) }
		months, days := f(0)*12+f(1), f(2)*7+f(3)
		micros := float64(f(4)*3600+f(5)*60)*1e6 + math.Round(sec.At(i)*1e6)
		if months != int64(int32(months)) || days != int64(int32(days)) || !(math.Abs(micros) < math.MaxInt64) {
			return errTimeRange("interval")
		}
		dst[i] = types.IntervalValue{Months: int32(months), Days: int32(days), Micros: int64(micros)}
		return nil
	})
}

func dateBin(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	stride, at, origin, dst := kernel.FixedOf[types.IntervalValue](args[0]), kernel.FixedOf[int64](args[1]), kernel.FixedOf[int64](args[2]), vector.Values[int64](out)
	unit := out.Type.UnitsPerSecond()
	return kernel.EachErr(sel, out.Len, func(i int) error {
		v := stride.At(i)
		if dst[i] = at.At(i); infiniteStamp(dst[i]) {
			return nil
		}
		if infiniteStamp(origin.At(i)) {
			return fault.New(fault.CodeDatetimeOverflow, "origin out of range")
		}
		if v.Months != 0 {
			return fault.New(fault.CodeFeatureNotSupported, "timestamps cannot be binned into intervals containing months or years")
		}
		wide, fits := types.Mul64(int64(v.Days), microsPerDay).Add(types.I128(v.Micros)).Mul(types.I128(unit / 1_000_000))
		step := wide.Int64()
		if !fits || !wide.IsInt64() {
			return errTimeRange("interval")
		}
		if step <= 0 {
			return fault.New(fault.CodeDatetimeOverflow, "stride must be greater than zero")
		}
		diff := at.At(i) - origin.At(i)
		if (diff < 0) == (at.At(i) > origin.At(i)) && diff != 0 {
			return errTimeRange("interval")
		}
		rest := diff % step
		if rest < 0 {
			rest += step
		}
		dst[i] = at.At(i) - rest
		return nil
	})
}

func toMilliseconds(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, dst := kernel.FixedOf[types.IntervalValue](args[0]), vector.Values[int64](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		v := x.At(i)
		if v.Months != 0 {
			return fault.New(fault.CodeInvalidParameter, "an interval of months has no fixed number of milliseconds")
		}
		dst[i] = int64(v.Days)*86_400_000 + v.Micros/1000
		return nil
	})
}

// durationUnits are the microseconds of a unit.
var durationUnits = map[string]float64{"ns": 1e-3, "us": 1, "ms": 1e3, "s": 1e6, "m": 60e6, "h": 3600e6, "d": microsPerDay}

func parseDuration(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, dst := kernel.StringsOf(args[0]), vector.Values[types.IntervalValue](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		n, unit, ok := numberAndUnit(string(s.At(i)))
		scale, known := durationUnits[unit]
		if !ok || !known {
			return fault.New(fault.CodeInvalidParameter, "duration is not a valid data duration string: %s", s.At(i))
		}
		micros := math.Round(n * scale)
		days := math.Trunc(micros / microsPerDay)
		if math.Abs(days) > math.MaxInt32 {
			return errTimeRange("interval")
		}
		dst[i] = types.IntervalValue{Days: int32(days), Micros: int64(micros - days*microsPerDay)}
		return nil
	})
}

// nanosOf is a function of a number that gives an instant to the nanosecond.
func nanosOf(kind types.Kind) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		ret := types.TimestampTZOf(9)
		if len(args) != 1 || (args[0].Type.Kind == types.Decimal) != (kind == types.Decimal) {
			return nil, ret, false
		}
		if kind == types.Decimal {
			return []types.Type{args[0].Type}, ret, true
		}
		return []types.Type{types.TBigInt}, ret, true
	}
}

// fromUnixNanosDecimal rounds parts of nanoseconds.
func fromUnixNanosDecimal(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	flat, dst, to := vector.Flatten(args[0]), vector.Values[int64](out), types.DecimalOf(38, 0)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		v, err := kernel.CastValue(c, vector.ValueAt(flat, i), to, plan.Athena)
		if err != nil {
			return err
		}
		d := v.Dec()
		if !d.IsInt64() {
			return errTimeRange("timestamp")
		}
		dst[i] = d.Int64()
		return nil
	})
}

func fromUnixNanos(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, dst := kernel.FixedOf[int64](args[0]), vector.Values[int64](out)
	per := 1_000_000_000 / out.Type.UnitsPerSecond()
	kernel.Each(sel, out.Len, func(i int) {
		q := x.At(i) / per
		if x.At(i)%per < 0 {
			q--
		}
		dst[i] = q
	})
	return nil
}

// overlapEntries is (a, b) OVERLAPS (c, d) of two stretches of time, each from the earlier of
// its ends up to, and without, the later; one that is a point has that point. An end
// may be NULL where the answer does not depend on it.
func overlapEntries() []*Entry {
	e := &Entry{Names: []string{"overlaps"}, Doc: "`(a, b) OVERLAPS (c, d)`: whether two stretches of time have a part in common. An end may be an interval.",
		Examples: []Example{{SQL: "(date '2024-01-01', date '2024-02-01') overlaps (date '2024-01-15', date '2024-03-01')", Result: "true"},
			{SQL: "(date '2024-01-01', date '2024-02-01') overlaps (date '2024-02-01', date '2024-03-01')", Result: "false"}}}
	for _, t := range []string{"timestamp", "timestamptz", "time"} {
		e.overs = append(e.overs, overload{sig: "overlaps(" + t + ", " + t + ", " + t + ", " + t + ") boolean", lenient: true, scalar: eval(overlapTimes)})
	}
	return []*Entry{e}
}

func overlapTimes(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	var t [4]kernel.Fixed[int64]
	for k := range t {
		t[k] = kernel.FixedOf[int64](args[k])
	}
	dst := vector.Values[bool](out)
	kernel.Each(sel, out.Len, func(i int) {
		null := func(k int) bool { return args[k].IsNull(i) }
		from, to := [2]int64{}, [2]int64{}
		open := [2]bool{} // the end is not known
		for p := range 2 {
			a, b := 2*p, 2*p+1
			switch {
			case null(a) && null(b):
				out.SetNull(i)
				return
			case null(a), null(b):
				if null(a) {
					a = b
				}
				from[p], to[p], open[p] = t[a].At(i), t[a].At(i), true
			default:
				from[p], to[p] = min(t[a].At(i), t[b].At(i)), max(t[a].At(i), t[b].At(i))
			}
		}
		first, second := 0, 1
		if from[1] < from[0] {
			first, second = 1, 0
		}
		switch {
		case from[0] == from[1] && !open[0] && !open[1], from[0] != from[1] && !open[first] && from[second] < to[first]:
			dst[i] = true
		case open[0] || open[1]:
			out.SetNull(i)
		default:
			dst[i] = false
		}
	})
	return nil
}

// numberAndUnit splits "3.81 d".
func numberAndUnit(s string) (n float64, unit string, ok bool) {
	number := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	return n, s[len(number):], err == nil && n >= 0 && !math.IsInf(n, 0)
}
