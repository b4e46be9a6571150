package kernel

import (
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

const secondsPerDay = 86400

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// castTimes converts between date, time, timestamp and timestamp with time zone.
func castTimes(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	loc := e.ctx.Location()
	from, to := e.from, e.to
	fromUnit, toUnit := int64(1), int64(1)
	if from.Kind != types.Date {
		fromUnit = from.UnitsPerSecond()
	}
	if to.Kind != types.Date {
		toUnit = to.UnitsPerSecond()
	}
	load := func(i int) int64 {
		if from.Kind == types.Date {
			return int64(vector.Values[int32](v)[i])
		}
		return vector.Values[int64](v)[i]
	}
	return eachErr(sel, out.Len, func(i int) error {
		x := load(i)
		if from.Kind != types.Time && isInfinite(x, from) {
			if to.Kind == types.Time {
				return e.bad(out, i, errTimeRange())
			}
			storeTime(out, i, infinityOf(x, to))
			return nil
		}
		if from.Kind == types.TimestampTZ && to.Kind != types.TimestampTZ {
			x += int64(types.ZoneOffset(x, from, loc)) * fromUnit
		}
		var r int64
		ok := true
		switch {
		case from.Kind == types.Date && to.Kind != types.Date:
			r, ok = mulChecked(x, secondsPerDay*toUnit)
		case to.Kind == types.Date && from.Kind != types.Date:
			r = floorDiv(x, secondsPerDay*fromUnit)
		case to.Kind == types.Time && from.Kind != types.Time:
			day := secondsPerDay * fromUnit
			r, ok = changeUnit(x-floorDiv(x, day)*day, from, to)
			if e.dial == plan.Athena { // where 24:00 is no time
				r %= secondsPerDay * toUnit
			}
		case from.Kind == types.Date:
			r = x
		default:
			r, ok = changeUnit(x, from, to)
		}
		if ok && to.Kind == types.TimestampTZ && from.Kind != types.TimestampTZ {
			r = types.ToInstant(r, to, loc)
		}
		if !ok {
			return e.bad(out, i, errTimeRange())
		}
		storeTime(out, i, r)
		return nil
	})
}

func errTimeRange() error {
	return fault.New(fault.CodeDatetimeOverflow, "timestamp out of range")
}

func storeTime(out *vector.Vector, i int, x int64) {
	if out.Type.Kind == types.Date {
		vector.Values[int32](out)[i] = int32(x)
		return
	}
	vector.Values[int64](out)[i] = x
}

func isInfinite(x int64, t types.Type) bool {
	if t.Kind == types.Date {
		return x == types.DateInfinity || x == types.DateMinusInfinity
	}
	return x == types.TimeInfinity || x == types.TimeMinusInfinity
}

func infinityOf(x int64, to types.Type) int64 {
	switch {
	case x > 0 && to.Kind == types.Date:
		return types.DateInfinity
	case x > 0:
		return types.TimeInfinity
	case to.Kind == types.Date:
		return types.DateMinusInfinity
	}
	return types.TimeMinusInfinity
}

func mulChecked(a, b int64) (int64, bool) {
	r := types.Mul64(a, b)
	return r.Int64(), r.IsInt64()
}

// changeUnit changes precision and unit, rounding half up.
func changeUnit(x int64, from, to types.Type) (int64, bool) {
	fu, tu := from.UnitsPerSecond(), to.UnitsPerSecond()
	if to.P < from.P {
		digits := 6
		if fu == 1_000_000_000 {
			digits = 9
		}
		step := types.Pow10[max(digits-int(to.P), 0)]
		x = floorDiv(x+step/2, step) * step
	}
	switch {
	case fu < tu:
		return mulChecked(x, tu/fu)
	case fu > tu:
		return floorDiv(x, fu/tu), true
	}
	return x, true
}

// castInterval fits an interval to Trino's two types: years and months, or days
// and time.
func castInterval(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	src, dst := vector.Values[types.IntervalValue](v), vector.Values[types.IntervalValue](out)
	return eachErr(sel, out.Len, func(i int) error {
		x := src[i]
		switch e.to.S {
		case types.IntervalYearMonth:
			x = types.IntervalValue{Months: x.Months}
		case types.IntervalDaySecond:
			days := int64(x.Days) + 30*int64(x.Months)
			if days > math.MaxInt32 || days < math.MinInt32 {
				return e.bad(out, i, fault.New(fault.CodeDatetimeOverflow, "interval out of range"))
			}
			x = types.IntervalValue{Days: int32(days), Micros: x.Micros}
		}
		dst[i] = x
		return nil
	})
}

func uuidToBytes(_ *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	src, rs := vector.Values[[16]byte](v), out.Ranges()
	each(sel, out.Len, func(i int) {
		rs[i] = vector.Range{Off: uint32(len(out.Data)), Len: 16}
		out.Data = append(out.Data, src[i][:]...)
	})
	return nil
}

func bytesToUUID(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, dst := StringsOf(v), vector.Values[[16]byte](out)
	return eachErr(sel, out.Len, func(i int) error {
		b := s.At(i)
		if len(b) != 16 {
			return e.bad(out, i, fault.New(fault.CodeInvalidBinary, "a uuid has 16 bytes, not %d", len(b)))
		}
		copy(dst[i][:], b)
		return nil
	})
}

// intervalToTime keeps the clock of an interval, within a day.
func intervalToTime(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	const microsPerDay = secondsPerDay * 1_000_000
	src, dst := vector.Values[types.IntervalValue](v), vector.Values[int64](out)
	us := types.TimeOf(6)
	return eachErr(sel, out.Len, func(i int) error {
		x := src[i].Micros - floorDiv(src[i].Micros, microsPerDay)*microsPerDay
		r, ok := changeUnit(x, us, e.to)
		if dst[i] = r; !ok {
			return e.bad(out, i, errTimeRange())
		}
		return nil
	})
}

// timeToInterval is the time that has passed since midnight.
func timeToInterval(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
	src, dst := vector.Values[int64](v), vector.Values[types.IntervalValue](out)
	us := types.TimeOf(6)
	return eachErr(sel, out.Len, func(i int) error {
		x, ok := changeUnit(src[i], e.from, us)
		if dst[i] = (types.IntervalValue{Micros: x}); !ok {
			return e.bad(out, i, errTimeRange())
		}
		return nil
	})
}
