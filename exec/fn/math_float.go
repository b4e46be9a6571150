package fn

import (
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// floatConst is a function without arguments.
func floatConst(x float64) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, _ []*vector.Vector, _ vector.Sel, out *vector.Vector) error {
		r := vector.Values[float64](out)
		for i := range r {
			r[i] = x
		}
		return nil
	})
}
