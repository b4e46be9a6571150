package fn

import (
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/planner/plan"
)

// TestNanosecondsAgree calls every scalar overload that takes times with values in
// nanoseconds, and with the same values in microseconds: what comes out is the same.
func TestNanosecondsAgree(t *testing.T) {
	reg := NewRegistry()
	x := &overloadTester{t: t, ev: kernel.NewEvaluator(nil), told: map[string]bool{}}
	for _, e := range reg.list {
		if e.Kind != plan.Scalar || elsewhere[e.Names[0]] {
			continue
		}
		for i := range e.overs {
			for d := range 2 {
				for _, v := range variants(e, &e.overs[i], plan.Dialect(d)) {
					x.inNanoseconds(&v, plan.Dialect(d))
				}
			}
		}
	}
	if x.calls < 150 {
		t.Errorf("only %d calls take nanoseconds", x.calls)
	}
	t.Logf("%d calls, %d rows", x.calls, x.rows)
}

// inNanoseconds compares a call that takes nanoseconds with its twin in microseconds.
func (x *overloadTester) inNanoseconds(v *variant, d plan.Dialect) {
	args, some := make([]plan.Arg, len(v.args)), false
	for i, a := range v.args {
		if args[i] = a; isNanos(a.Type) {
			args[i].Type.P, some = 6, true
		}
	}
	m, ok := v.over.match(args, d)
	if !some || !ok || v.f.Volatility == plan.Volatile {
		return
	}
	micros := variant{entry: v.entry, over: v.over, f: v.over.fun(v.entry.Names[0], v.entry.Kind, m, d), args: args}
	x.calls++
	for _, row := range argRows(&micros) {
		fine := make([]types.Value, len(row))
		near := true
		for i, c := range row {
			fine[i] = c
			if p := v.f.Params[i]; isNanos(p) {
				fine[i].Type = p
				if fine[i].I *= 1000; !c.Null && p.Kind != types.Time {
					// nanoseconds since 1970 reach from 1678 to 2261
					near = near && c.I > -9e15 && c.I < 9e15
				}
			}
		}
		if !near {
			continue
		}
		x.rows++
		if a, b := x.fold(&micros, row), x.fold(v, fine); sameText(a) != sameText(b) && !fault.Is(b.err, fault.CodeDatetimeOverflow) {
			x.wrong(v, "nanoseconds", "in nanoseconds %s, in microseconds %s: %s", b, a, rowText(row))
		}
	}
}

// sameText is the outcome without the types' precision and the digits that it adds.
func sameText(o outcome) string {
	return strings.NewReplacer("timestamp(9)", "timestamp(6)", "time(9)", "time(6)", "678901000", "678901", "999999000", "999999", "000000000", "000000").Replace(o.String())
}

func isNanos(t types.Type) bool {
	return t.P > 6 && (t.Kind == types.Timestamp || t.Kind == types.TimestampTZ || t.Kind == types.Time)
}
