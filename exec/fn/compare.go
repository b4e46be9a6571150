package fn

import (
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

func compareEntries() []*Entry {
	entry := func(name, doc string, sign int, ex []Example) *Entry {
		return &Entry{Names: []string{name}, Doc: doc + " NULLs are skipped in the postgres dialect and make the result NULL in the athena dialect.", Examples: ex, overs: []overload{
			{sig: name + "(T, T...) T", scalar: eval(extremeOf(sign)), dialect: pgOnly, lenient: true},
			{sig: name + "(T, T...) T", scalar: eval(extremeOf(sign)), dialect: athenaOnly},
		}}
	}
	return []*Entry{
		entry("greatest", "The greatest argument.", 1, []Example{{SQL: "greatest(1, null, 3)", Result: "3"}, {SQL: "greatest(1, null)", Result: "NULL", Athena: true}}),
		entry("least", "The least argument.", -1, []Example{{SQL: "least('b', 'a')", Result: "a"}, {SQL: "least(2.5, 1)", Result: "1.0"}}),
	}
}

// extremeOf picks, row by row, the argument with the greatest (sign 1) or least
// value; NULLs do not count.
func extremeOf(sign int) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		all := vector.New(out.Type, 0)
		all.AppendNull()
		base := make([]int, len(args))
		for k, a := range args {
			base[k] = all.Len
			all.AppendRange(a, 0, out.Len)
		}
		pick := make([]uint32, out.Len)
		kernel.Each(sel, out.Len, func(i int) {
			best := -1
			for k, a := range args {
				if a.IsNull(i) {
					continue
				}
				if best < 0 || kernel.CompareRows(a, i, args[best], i)*sign > 0 {
					best = k
				}
			}
			if best >= 0 {
				pick[i] = uint32(base[best] + i)
			}
		})
		typ := out.Type
		vector.Gather(out, all, pick)
		out.Type = typ
		return nil
	}
}
