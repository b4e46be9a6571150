package fn

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// timeMath are date_add, date_diff, age and their kin.
func timeMath() []*Entry {
	add := eval(dateAdd)
	diff := eval(dateDiff)
	return []*Entry{
		{Names: []string{"date_add"}, Doc: "So many units later.", Examples: []Example{{SQL: "date_add('month', 1, date '2024-01-31')", Result: "2024-02-29"}, {SQL: "date_add('hour', -1, timestamp '2024-01-01 00:00')", Result: "2023-12-31 23:00:00"}},
			overs: []overload{
				{sig: "date_add(varchar, bigint, date) date", types: addTypes(types.Date), scalar: add},
				{sig: "date_add(varchar, bigint, timestamp) timestamp", types: addTypes(types.Timestamp), scalar: add},
				{sig: "date_add(varchar, bigint, timestamptz) timestamptz", types: addTypes(types.TimestampTZ), scalar: add},
				{sig: "date_add(varchar, bigint, timetz) timetz", types: addTypes(types.TimeTZ), scalar: eval(zonedAdd)},
				{sig: "date_add(varchar, bigint, time) time", types: addTypes(types.Time), scalar: eval(clockAdd)},
			}},
		{Names: []string{"date_diff"}, Doc: "The whole units from the second to the third argument.", Examples: []Example{{SQL: "date_diff('day', date '2024-01-01', date '2024-01-03')", Result: "2"}, {SQL: "date_diff('month', date '2024-01-31', date '2024-02-29')", Result: "0"}},
			overs: []overload{
				{sig: "date_diff(varchar, date, date) bigint", scalar: diff},
				{sig: "date_diff(varchar, timestamp, timestamp) bigint", types: diffTypes(types.Timestamp), scalar: diff},
				{sig: "date_diff(varchar, timestamptz, timestamptz) bigint", types: diffTypes(types.TimestampTZ), scalar: diff},
				{sig: "date_diff(varchar, timetz, timetz) bigint", types: diffTypes(types.TimeTZ), scalar: eval(zonedUnits)},
				{sig: "date_diff(varchar, time, time) bigint", types: diffTypes(types.Time), scalar: eval(clockDiff)},
			}},
		{Names: []string{"last_day_of_month", "last_day"}, Doc: "The last day of the month.", Examples: []Example{{SQL: "last_day_of_month(date '2024-02-10')", Result: "2024-02-29"}},
			overs: []overload{{sig: "last_day_of_month(date) date", scalar: eval(lastDay)}, {sig: "last_day_of_month(timestamp) date", scalar: eval(lastDay)}}},
		{Names: []string{"age"}, Doc: "The difference as years, months, days and clock time; with one argument from midnight today.", Examples: []Example{{SQL: "age(timestamp '2024-03-01', timestamp '2024-01-31')", Result: "1 mon 1 day"}},
			overs: []overload{
				{sig: "age(timestamp, timestamp) interval", scalar: eval(age)}, {sig: "age(timestamptz, timestamptz) interval", scalar: eval(age)},
				{sig: "age(timestamp) interval", scalar: eval(age), volatile: plan.Stable}, {sig: "age(timestamptz) interval", scalar: eval(age), volatile: plan.Stable},
			}},
		{Names: []string{"justify_interval"}, Doc: "Carries 24 hours to days and 30 days to months, all of one sign.", Examples: []Example{{SQL: "justify_interval(interval '35 days 25 hours')", Result: "1 mon 6 days 01:00:00"}},
			overs: []overload{{sig: "justify_interval(interval) interval", scalar: flat(justify(true, true))}}},
		{Names: []string{"justify_hours"}, Doc: "Carries 24 hours to days.", Examples: []Example{{SQL: "justify_hours(interval '35 days 25 hours')", Result: "36 days 01:00:00"}},
			overs: []overload{{sig: "justify_hours(interval) interval", scalar: flat(justify(true, false))}}},
		{Names: []string{"justify_days"}, Doc: "Carries 30 days to months.", Examples: []Example{{SQL: "justify_days(interval '35 days 25 hours')", Result: "1 mon 5 days 25:00:00"}},
			overs: []overload{{sig: "justify_days(interval) interval", scalar: flat(justify(false, true))}}},
		{Names: []string{"isfinite"}, Doc: "Whether the date or time is not infinite.", Examples: []Example{{SQL: "isfinite(date 'infinity')", Result: "false"}},
			overs: []overload{{sig: "isfinite(date) boolean", scalar: eval(isFinite)}, {sig: "isfinite(timestamp) boolean", scalar: eval(isFinite)}, {sig: "isfinite(timestamptz) boolean", scalar: eval(isFinite)}}},
	}
}

func addTypes(k types.Kind) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		if len(args) != 3 || args[2].Type.Kind != k {
			return nil, types.Type{}, false
		}
		return []types.Type{types.TVarchar, types.TBigInt, args[2].Type}, args[2].Type, true
	}
}

func diffTypes(k types.Kind) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		if len(args) != 3 || args[1].Type.Kind != k && args[2].Type.Kind != k {
			return nil, types.Type{}, false
		}
		t := types.Type{Kind: k, P: 6}
		for _, a := range args[1:] {
			if a.Type.Kind == k {
				t = a.Type
			}
		}
		if args[1].Type.Kind == k && args[2].Type.Kind == k {
			t, _ = types.Common(args[1].Type, args[2].Type)
		}
		return []types.Type{types.TVarchar, t, t}, types.TBigInt, true
	}
}

// intervalOf gives n units.
func (u truncUnit) intervalOf(n int64) (types.IntervalValue, bool) {
	m, d, us := types.Mul64(n, u.months), types.Mul64(n, u.days), types.Mul64(n, u.micros)
	ok := m.IsInt64() && d.IsInt64() && us.IsInt64() && int64(int32(m.Int64())) == m.Int64() && int64(int32(d.Int64())) == d.Int64()
	return types.IntervalValue{Months: int32(m.Int64()), Days: int32(d.Int64()), Micros: us.Int64()}, ok
}

func dateAdd(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	names, n := kernel.StringsOf(args[0]), kernel.FixedOf[int64](args[1])
	t := out.Type
	var cache unitCache
	return kernel.EachErr(sel, out.Len, func(i int) error {
		u, err := cache.get(names.At(i))
		if err != nil {
			return err
		}
		iv, ok := u.intervalOf(n.At(i))
		switch {
		case !ok:
			return errTimeRange("interval")
		case t.Kind == types.Date:
			if u.micros > 0 {
				return fault.New(fault.CodeInvalidParameter, "%q is not a valid unit of a date", names.At(i))
			}
			d := kernel.FixedOf[int32](args[2])
			r := addMonths(int64(d.At(i)), int64(iv.Months)) + int64(iv.Days)
			if vector.Values[int32](out)[i] = int32(r); r != int64(int32(r)) {
				return errTimeRange("date")
			}
			return nil
		}
		x := kernel.FixedOf[int64](args[2])
		var r int64
		if t.Kind == types.TimestampTZ {
			r, ok = addToInstant(c, x.At(i), iv, t)
		} else {
			r, ok = addInterval(x.At(i), iv, t.UnitsPerSecond())
		}
		if vector.Values[int64](out)[i] = r; !ok {
			return errTimeRange("timestamp")
		}
		return nil
	})
}

func dateDiff(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	names, dst, loc := kernel.StringsOf(args[0]), vector.Values[int64](out), c.Location()
	t := args[1].Type
	var cache unitCache
	local := func(v *vector.Vector, i int) int64 { // microseconds
		if t.Kind == types.Date {
			f := kernel.FixedOf[int32](v)
			return int64(f.At(i)) * microsPerDay
		}
		f := kernel.FixedOf[int64](v)
		x := f.At(i)
		if t.Kind == types.TimestampTZ {
			x += int64(types.ZoneOffset(x, t, loc)) * t.UnitsPerSecond()
		}
		return floorDiv(x, t.UnitsPerSecond()/1_000_000)
	}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		u, err := cache.get(names.At(i))
		if err != nil {
			return err
		}
		a, b := local(args[1], i), local(args[2], i)
		switch {
		case u.months > 0:
			dst[i] = monthsBetween(a, b) / u.months
		case u.days > 0:
			dst[i] = (b - a) / (u.days * microsPerDay)
		default:
			dst[i] = (b - a) / u.micros
		}
		return nil
	})
}

// monthsBetween counts the whole months from a to b, local microseconds.
func monthsBetween(a, b int64) int64 {
	if b < a {
		return -monthsBetween(b, a)
	}
	da, db := floorDiv(a, microsPerDay), floorDiv(b, microsPerDay)
	y1, m1, d1 := types.CivilFromDays(da)
	y2, m2, d2 := types.CivilFromDays(db)
	n := (y2-y1)*12 + int64(m2-m1)
	if d2 < d1 || d2 == d1 && b-db*microsPerDay < a-da*microsPerDay {
		n--
	}
	return n
}

func lastDay(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	dst := vector.Values[int32](out)
	kernel.Each(sel, out.Len, func(i int) {
		var days int64
		if args[0].Type.Kind == types.Date {
			f := kernel.FixedOf[int32](args[0])
			days = int64(f.At(i))
		} else {
			f := kernel.FixedOf[int64](args[0])
			days = floorDiv(f.At(i), secondsPerDay*args[0].Type.UnitsPerSecond())
		}
		y, m, _ := types.CivilFromDays(days)
		dst[i] = int32(types.DaysFromCivil(y, m, types.DaysInMonth(y, m)))
	})
	return nil
}

// age borrows days from months as PostgreSQL does.
func age(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	t, loc, dst := args[0].Type, c.Location(), vector.Values[types.IntervalValue](out)
	local := func(v *vector.Vector, i int) int64 {
		f := kernel.FixedOf[int64](v)
		x := f.At(i)
		if t.Kind == types.TimestampTZ {
			x += int64(types.ZoneOffset(x, t, loc)) * t.UnitsPerSecond()
		}
		return floorDiv(x, t.UnitsPerSecond()/1_000_000)
	}
	today := nowValue(c, types.TDate).I * microsPerDay
	return kernel.EachErr(sel, out.Len, func(i int) error {
		for _, v := range args {
			if x := kernel.FixedOf[int64](v); infiniteStamp(x.At(i)) {
				return fault.New(fault.CodeDatetimeOverflow, "cannot subtract infinite timestamps")
			}
		}
		a, b := today, local(args[0], i)
		if len(args) > 1 {
			a, b = b, local(args[1], i)
		}
		dst[i] = ageBetween(a, b)
		return nil
	})
}

// ageBetween is a - b in years, months, days and time.
func ageBetween(a, b int64) types.IntervalValue {
	if a < b {
		return negInterval(ageBetween(b, a))
	}
	da, db := floorDiv(a, microsPerDay), floorDiv(b, microsPerDay)
	us := (a - da*microsPerDay) - (b - db*microsPerDay)
	y1, m1, d1 := types.CivilFromDays(da)
	y2, m2, d2 := types.CivilFromDays(db)
	days := d1 - d2
	if us < 0 {
		us += microsPerDay
		days--
	}
	months := (y1-y2)*12 + int64(m1-m2)
	if days < 0 {
		days += types.DaysInMonth(y2, m2)
		months--
	}
	return types.IntervalValue{Months: int32(months), Days: int32(days), Micros: us}
}

// justify carries whole days out of the clock and whole months out of the days, and
// then makes the parts have one sign, as PostgreSQL's functions of these names do.
func justify(hours, days bool) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		src, dst := vector.Values[types.IntervalValue](args[0]), vector.Values[types.IntervalValue](out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			m, d, us := int64(src[i].Months), int64(src[i].Days), src[i].Micros
			if hours {
				d, us = d+us/microsPerDay, us%microsPerDay
			}
			if days {
				m, d = m+d/30, d%30
				if clock := hours && d == 0; m > 0 && (d < 0 || clock && us < 0) {
					m, d = m-1, d+30
				} else if m < 0 && (d > 0 || clock && us > 0) {
					m, d = m+1, d-30
				}
			}
			if hours && d > 0 && us < 0 {
				d, us = d-1, us+microsPerDay
			} else if hours && d < 0 && us > 0 {
				d, us = d+1, us-microsPerDay
			}
			if dst[i] = (types.IntervalValue{Months: int32(m), Days: int32(d), Micros: us}); m != int64(int32(m)) || d != int64(int32(d)) {
				return errTimeRange("interval")
			}
			return nil
		})
	}
}

func isFinite(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	dst := vector.Values[bool](out)
	kernel.Each(sel, out.Len, func(i int) {
		if args[0].Type.Kind == types.Date {
			f := kernel.FixedOf[int32](args[0])
			x := f.At(i)
			dst[i] = x != types.DateInfinity && x != types.DateMinusInfinity
			return
		}
		f := kernel.FixedOf[int64](args[0])
		x := f.At(i)
		dst[i] = x != types.TimeInfinity && x != types.TimeMinusInfinity
	})
	return nil
}
