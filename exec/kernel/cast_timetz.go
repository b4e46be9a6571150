package kernel

import (
	"time"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// timeTZConverter converts to and from times of day with a zone; nil where there is no
// such cast. A time without one is that of the session's zone today.
func timeTZConverter(from, to types.Type) converter {
	switch {
	case from.Kind == types.TimeTZ && to.Kind == types.TimeTZ:
		return eachTime(func(_ *castEnv, x int64) (int64, bool) { return types.RoundTimeTZ(x, to), true })
	case from.Kind == types.TimeTZ && to.Kind == types.Time:
		return eachTime(func(_ *castEnv, x int64) (int64, bool) {
			nanos, _ := types.UnpackTimeTZ(types.RoundTimeTZ(x, to))
			return nanos / (1_000_000_000 / to.UnitsPerSecond()), true
		})
	case from.Kind == types.Time && to.Kind == types.TimeTZ:
		return eachTime(func(e *castEnv, x int64) (int64, bool) {
			off := types.OffsetNow(e.ctx.Location(), e.now())
			nanos := x * (1_000_000_000 / from.UnitsPerSecond())
			return types.RoundTimeTZ(types.PackTimeTZ(nanos, int(off/60)), to), true
		})
	case from.Kind == types.TimestampTZ && to.Kind == types.TimeTZ:
		unit := from.UnitsPerSecond()
		return eachTime(func(e *castEnv, x int64) (int64, bool) {
			if isInfinite(x, from) {
				return 0, false
			}
			off := int64(types.ZoneOffset(x, from, e.ctx.Location())) / 60 * 60
			x += off * unit
			nanos := (x - floorDiv(x, secondsPerDay*unit)*secondsPerDay*unit) * (1_000_000_000 / unit)
			return types.RoundTimeTZ(types.PackTimeTZ(nanos, int(off/60)), to), true
		})
	}
	return nil
}

// now is when the statement began.
func (e *castEnv) now() time.Time {
	if e.ctx.Session == nil {
		return time.Time{}
	}
	return e.ctx.Session.Now
}

// eachTime makes a converter of values of 8 bytes.
func eachTime(f func(e *castEnv, x int64) (int64, bool)) converter {
	return func(e *castEnv, v *vector.Vector, sel vector.Sel, out *vector.Vector) error {
		src, dst := vector.Values[int64](v), vector.Values[int64](out)
		return eachErr(sel, out.Len, func(i int) error {
			var ok bool
			if dst[i], ok = f(e, src[i]); !ok {
				return e.bad(out, i, errTimeRange())
			}
			return nil
		})
	}
}
