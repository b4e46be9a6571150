package bind

import (
	"fmt"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// zoneArgs are the functions of Trino whose result is in a zone that an argument
// names, and which argument that is.
var zoneArgs = map[string]int{"timezone": 0, "at_timezone": 1, "with_timezone": 1, "from_unixtime": 1}

// resolve chooses the overload of a function. In Trino's dialect instants keep the
// zone that they were put into (types.Type.InZone): a function sees its arguments in
// theirs, and gives an instant in the zone of the first.
func (b *binder) resolve(name string, kind plan.FuncKind, args []plan.Arg) (*plan.Func, error) {
	fn, err := b.cfg.Functions.Resolve(name, kind, args, b.dialect)
	if err != nil || b.dialect != plan.Athena {
		return fn, err
	}
	out := *fn
	out.Params = append([]types.Type(nil), fn.Params...)
	first := -1
	for i := range min(len(args), len(out.Params)) {
		if out.Params[i].Kind != types.TimestampTZ {
			continue
		}
		if args[i].Type.Kind == types.TimestampTZ {
			out.Params[i].S = args[i].Type.S
		}
		if first < 0 {
			first = i
		}
	}
	if out.Ret.Kind != types.TimestampTZ {
		return &out, nil
	}
	if first >= 0 {
		out.Ret.S = out.Params[first].S
	}
	if t, ok := namedZone(name, args, out.Ret); ok {
		out.Ret = t
	}
	return &out, nil
}

// namedZone gives an instant's type the zone that a constant argument names.
func namedZone(name string, args []plan.Arg, t types.Type) (types.Type, bool) {
	constant := func(i int) (types.Value, bool) {
		if i >= len(args) || args[i].Const == nil || args[i].Const.Null {
			return types.Value{}, false
		}
		return *args[i].Const, true
	}
	if name == "from_iso8601_timestamp" {
		if v, ok := constant(0); ok {
			if zone, ok := types.ZoneIn(v.S); ok {
				return t.InZone(zone)
			}
		}
		return t, false
	}
	at, ok := zoneArgs[name]
	if !ok || len(args) < 2 {
		return t, false
	}
	v, ok := constant(at)
	switch {
	case !ok:
		t.S = 0
		return t, true
	case v.Type.Kind == types.Interval && v.Interval.Months == 0:
		return t.InZone(offsetName(int64(v.Interval.Days)*86400 + v.Interval.Micros/1_000_000))
	case v.Type.IsInteger() && len(args) == 3: // from_unixtime(x, hours, minutes)
		m, ok := constant(2)
		if !ok {
			return t, false
		}
		return t.InZone(offsetName(v.I*3600 + m.I*60))
	}
	return t.InZone(v.S)
}

// offsetName writes seconds east of UTC as a zone is named.
func offsetName(seconds int64) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
}

// clockReaders are the functions that see of an instant only what its clock shows.
var clockReaders = map[string]bool{"extract": true, "date_format": true, "date": true, "year": true, "quarter": true, "month": true, "week": true,
	"week_of_year": true, "day": true, "day_of_month": true, "day_of_week": true, "dow": true, "day_of_year": true, "doy": true, "year_of_week": true, "yow": true,
	"hour": true, "minute": true, "second": true, "millisecond": true}

// clocks makes of an argument AT TIME ZONE z, where z is different from row to row and
// so cannot be in its type, the timestamp that clocks there show.
func (b *binder) clocks(name string, xs []plan.Expr) ([]plan.Expr, error) {
	if b.dialect != plan.Athena || !clockReaders[name] {
		return xs, nil
	}
	out := append([]plan.Expr(nil), xs...)
	for i, x := range xs {
		var err error
		if out[i], err = b.clock(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (b *binder) clock(x plan.Expr) (plan.Expr, error) {
	call, ok := x.(*plan.Call)
	if !ok || call.Typ.Kind != types.TimestampTZ || call.Typ.S != 0 || len(call.Args) != 2 || b.dialect != plan.Athena {
		return x, nil
	}
	at, ok := zoneArgs[call.Fn.Name]
	if !ok || at == 1 && call.Fn.Name != "at_timezone" || call.Args[1-at].Type().Kind != types.TimestampTZ {
		return x, nil
	}
	args := []plan.Expr{call.Args[at], call.Args[1-at]}
	fn, err := b.cfg.Functions.Resolve("timezone", plan.Scalar, b.args(args), plan.Postgres)
	if err != nil {
		return nil, err
	}
	return &plan.Call{Pos: call.Pos, Fn: fn, Args: args, Typ: fn.Ret}, nil
}
