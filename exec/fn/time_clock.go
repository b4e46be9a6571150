package fn

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// clockUnit gives a unit's length in a time's ticks; a time of day has none of days
// and longer.
func clockUnit(cache *unitCache, name []byte, t types.Type) (int64, error) {
	u, err := cache.get(name)
	if err == nil && u.micros == 0 {
		err = fault.New(fault.CodeInvalidParameter, "'%s' is not a valid TIME field", name)
	}
	return u.micros * (t.UnitsPerSecond() / 1_000_000), err
}

// clockTrunc is date_trunc of a time of day.
func clockTrunc(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	names, x, dst := kernel.StringsOf(args[0]), kernel.FixedOf[int64](args[1]), vector.Values[int64](out)
	var cache unitCache
	return kernel.EachErr(sel, out.Len, func(i int) error {
		step, err := clockUnit(&cache, names.At(i), out.Type)
		if err == nil {
			dst[i] = x.At(i) - x.At(i)%step
		}
		return err
	})
}

// clockAdd is date_add of a time of day, which goes on at midnight.
func clockAdd(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	names, n, x, dst := kernel.StringsOf(args[0]), kernel.FixedOf[int64](args[1]), kernel.FixedOf[int64](args[2]), vector.Values[int64](out)
	day := 86_400 * out.Type.UnitsPerSecond()
	var cache unitCache
	return kernel.EachErr(sel, out.Len, func(i int) error {
		step, err := clockUnit(&cache, names.At(i), out.Type)
		if err == nil {
			perDay := day / step
			r := (x.At(i) + n.At(i)%perDay*step) % day
			dst[i] = (r + day) % day
		}
		return err
	})
}

// clockDiff is date_diff of times of day, in whole units.
func clockDiff(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	names, a, b, dst := kernel.StringsOf(args[0]), kernel.FixedOf[int64](args[1]), kernel.FixedOf[int64](args[2]), vector.Values[int64](out)
	var cache unitCache
	return kernel.EachErr(sel, out.Len, func(i int) error {
		step, err := clockUnit(&cache, names.At(i), args[1].Type)
		if err == nil {
			dst[i] = (b.At(i) - a.At(i)) / step
		}
		return err
	})
}
