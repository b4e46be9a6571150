package fn

import (
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// timeMaking makes dates and times of numbers and numbers of them.
func timeMaking() []*Entry {
	return []*Entry{
		{Names: []string{"make_date"}, Doc: "A date of year, month and day.", Examples: []Example{{SQL: "make_date(2024, 2, 29)", Result: "2024-02-29"}},
			overs: []overload{{sig: "make_date(integer, integer, integer) date", scalar: eval(makeDate)}}},
		{Names: []string{"make_timestamp"}, Doc: "A timestamp of year, month, day, hour, minute and second.", Examples: []Example{{SQL: "make_timestamp(2024, 1, 2, 3, 4, 5.5)", Result: "2024-01-02 03:04:05.5"}},
			overs: []overload{{sig: "make_timestamp(integer, integer, integer, integer, integer, double) timestamp", scalar: eval(makeTimestamp)}}},
		{Names: []string{"from_unixtime"}, Doc: "The instant so many seconds after 1970-01-01 00:00 UTC.", Examples: []Example{{SQL: "from_unixtime(0)", Result: "1970-01-01 00:00:00+00"}},
			overs: []overload{{sig: "from_unixtime(double) timestamptz", scalar: eval(fromUnix)}}},
		{Names: []string{"to_unixtime"}, Doc: "The seconds since 1970-01-01 00:00 UTC.", Examples: []Example{{SQL: "to_unixtime(timestamp '1970-01-02 00:00:00')", Result: "86400"}},
			overs: []overload{{sig: "to_unixtime(timestamp) double", scalar: eval(toUnix)}, {sig: "to_unixtime(timestamptz) double", scalar: eval(toUnix)}}},
	}
}

func makeDate(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	y, m, d, dst := kernel.FixedOf[int32](args[0]), kernel.FixedOf[int32](args[1]), kernel.FixedOf[int32](args[2]), vector.Values[int32](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		days, ok := civilDays(y.At(i), m.At(i), d.At(i))
		if dst[i] = int32(days); !ok {
			return fault.New(fault.CodeDatetimeOverflow, "date field value out of range: %d-%02d-%02d", y.At(i), m.At(i), d.At(i))
		}
		return nil
	})
}

func civilDays(y, m, d int32) (int64, bool) {
	if y < 0 {
		y++ // -1 is 1 BC
	} else if y == 0 {
		return 0, false
	}
	if y > 5_000_000 || y < -4713 || m < 1 || m > 12 || d < 1 || int(d) > types.DaysInMonth(int64(y), int(m)) {
		return 0, false
	}
	return types.DaysFromCivil(int64(y), int(m), int(d)), true
}

func makeTimestamp(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	var n [5]kernel.Fixed[int32]
	for k := range n {
		n[k] = kernel.FixedOf[int32](args[k])
	}
	sec, dst := kernel.FixedOf[float64](args[5]), vector.Values[int64](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		days, ok := civilDays(n[0].At(i), n[1].At(i), n[2].At(i))
		h, m, s := n[3].At(i), n[4].At(i), sec.At(i)
		if !ok || days > 100_000_000 || h < 0 || h > 24 || m < 0 || m > 59 || !(s >= 0 && s <= 60) {
			return fault.New(fault.CodeDatetimeOverflow, "date/time field value out of range")
		}
		dst[i] = days*microsPerDay + (int64(h)*3600+int64(m)*60)*1_000_000 + int64(math.Round(s*1e6))
		return nil
	})
}

func fromUnix(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, dst := kernel.FixedOf[float64](args[0]), vector.Values[int64](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		us := math.Round(x.At(i) * 1e6)
		if math.IsInf(x.At(i), 0) {
			if dst[i] = types.TimeInfinity; us < 0 {
				dst[i] = types.TimeMinusInfinity
			}
			return nil
		}
		if !(math.Abs(us) < math.MaxInt64) {
			return errTimeRange("timestamp")
		}
		dst[i] = int64(us)
		return nil
	})
}

func toUnix(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, dst, unit := kernel.FixedOf[int64](args[0]), vector.Values[float64](out), float64(args[0].Type.UnitsPerSecond())
	kernel.Each(sel, out.Len, func(i int) { dst[i] = float64(x.At(i)) / unit })
	return nil
}
