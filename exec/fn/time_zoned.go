package fn

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// nanoClock is the type whose ticks the clocks of times of day with a zone have.
var nanoClock = types.TimeOf(9)

const nanosPerDay = 86_400_000_000_000

// zonedClocks are the functions that times of day with a zone have alone.
func zonedClocks() []*Entry {
	return []*Entry{
		{Names: []string{"timetz_utc"}, Doc: "What a clock in UTC shows at the time of day: what `=` and `<` of the athena dialect compare.",
			Examples: []Example{{SQL: "timetz_utc(time with time zone '01:30:00+05:30')", Result: "20:00:00"}},
			overs: []overload{{sig: "timetz_utc(timetz) time", types: func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
				if len(args) != 1 || args[0].Type.Kind != types.TimeTZ {
					return nil, types.Type{}, false
				}
				return []types.Type{args[0].Type}, nanoClock, true
			}, scalar: flat(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
				x, dst := vector.Values[int64](args[0]), vector.Values[int64](out)
				kernel.Each(sel, out.Len, func(i int) { dst[i] = types.TimeTZClock(x[i]) })
				return nil
			})}}},
	}
}

// onClock keeps the zone of a time of day and changes what its clock shows.
func onClock(x int64, t types.Type, f func(nanos int64) int64) int64 {
	nanos, off := types.UnpackTimeTZ(x)
	nanos = f(nanos) % nanosPerDay
	return types.RoundTimeTZ(types.PackTimeTZ((nanos+nanosPerDay)%nanosPerDay, off), t)
}

func zonedInterval(sign int64, ti, ii int) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		ts, is, dst := vector.Values[int64](args[ti]), vector.Values[types.IntervalValue](args[ii]), vector.Values[int64](out)
		kernel.Each(sel, out.Len, func(i int) {
			dst[i] = onClock(ts[i], out.Type, func(n int64) int64 { return n + sign*(is[i].Micros%microsPerDay)*1000 })
		})
		return nil
	}
}

// zonedDiff is the difference of what clocks in UTC show.
func zonedDiff(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	a, b, dst := vector.Values[int64](args[0]), vector.Values[int64](args[1]), vector.Values[types.IntervalValue](out)
	kernel.Each(sel, out.Len, func(i int) {
		dst[i] = types.IntervalValue{Micros: (types.TimeTZClock(a[i]) - types.TimeTZClock(b[i])) / 1000}
	})
	return nil
}

func zonedAdd(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	names, n, x, dst := kernel.StringsOf(args[0]), kernel.FixedOf[int64](args[1]), kernel.FixedOf[int64](args[2]), vector.Values[int64](out)
	var cache unitCache
	return kernel.EachErr(sel, out.Len, func(i int) error {
		step, err := clockUnit(&cache, names.At(i), nanoClock)
		if err == nil {
			dst[i] = onClock(x.At(i), out.Type, func(t int64) int64 { return t + n.At(i)%(nanosPerDay/step)*step })
		}
		return err
	})
}

func zonedTrunc(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	names, x, dst := kernel.StringsOf(args[0]), kernel.FixedOf[int64](args[1]), vector.Values[int64](out)
	var cache unitCache
	return kernel.EachErr(sel, out.Len, func(i int) error {
		step, err := clockUnit(&cache, names.At(i), nanoClock)
		if err == nil {
			dst[i] = onClock(x.At(i), out.Type, func(t int64) int64 { return t - t%step })
		}
		return err
	})
}

func zonedUnits(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	names, a, b, dst := kernel.StringsOf(args[0]), kernel.FixedOf[int64](args[1]), kernel.FixedOf[int64](args[2]), vector.Values[int64](out)
	var cache unitCache
	return kernel.EachErr(sel, out.Len, func(i int) error {
		step, err := clockUnit(&cache, names.At(i), nanoClock)
		if err == nil {
			dst[i] = (types.TimeTZClock(b.At(i)) - types.TimeTZClock(a.At(i))) / step
		}
		return err
	})
}

// zonedAt shows a time of day in another zone, as it is there today.
func zonedAt(x, zone int) kernel.Kernel {
	return func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		ts, zones, dst := kernel.FixedOf[int64](args[x]), kernel.StringsOf(args[zone]), vector.Values[int64](out)
		var cache zoneCache
		return kernel.EachErr(sel, out.Len, func(i int) error {
			loc, err := cache.get(zones.At(i))
			if err != nil {
				return err
			}
			off := int(types.OffsetNow(loc, session(c).Now) / 60)
			clock := types.TimeTZClock(ts.At(i)) + int64(off)*60_000_000_000
			dst[i] = types.PackTimeTZ(((clock%nanosPerDay)+nanosPerDay)%nanosPerDay, off)
			return nil
		})
	}
}
