package fn

import (
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// sessionText is a function of the session without arguments.
func sessionText(f func(c *kernel.EvalCtx) (string, bool)) *kernel.Impl {
	return eval(func(c *kernel.EvalCtx, _ []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		w := kernel.NewTextOut(out)
		kernel.Each(sel, out.Len, func(i int) {
			if s, ok := f(c); ok {
				w.Put(i, []byte(s))
				return
			}
			out.SetNull(i)
		})
		return nil
	})
}
