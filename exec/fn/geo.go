package fn

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// The geospatial functions: entries and adapters. What they compute is in exec/geo.

func geoEntries() []*Entry {
	return concatAll(geoMakers(), geoRelations(), geoOperations(), geoAccessors(), geoLines(), geoSphere(), tileEntries(), geoAggs(), geoPostGIS())
}

// bytesOr makes a function of values of bytes to one, which is NULL where f says so.
func bytesOr(f func(dst []byte, s []kernel.Strings, args []*vector.Vector, i int) (out []byte, ok bool, err error)) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s := strs(args)
		return eachBytes(sel, out, func(dst []byte, i int) ([]byte, bool, error) { return f(dst, s, args, i) })
	})
}

// eachBytes fills rows of a result, which are NULL where f says so.
func eachBytes(sel vector.Sel, out *vector.Vector, f func(dst []byte, i int) ([]byte, bool, error)) error {
	w := kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		from := len(w.Start())
		b, ok, err := f(w.Start(), i)
		if err != nil {
			return err
		}
		if !ok {
			out.SetNull(i)
			b = b[:from]
		}
		return w.End(i, b)
	})
}

// bytesOf makes a function of one value of bytes to another.
func bytesOf(f func(dst, b []byte) ([]byte, error)) *kernel.Impl {
	return textFn(func(b []byte, s []kernel.Strings, i int) ([]byte, error) { return f(b, s[0].At(i)) })
}

// numberOr makes a function to a number of Go's type T, which is NULL where f says so.
func numberOr[T vector.Fixed](f func(s []kernel.Strings, i int) (T, bool, error)) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, dst := strs(args), vector.Values[T](out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			x, ok, err := f(s, i)
			if err != nil {
				return err
			}
			if !ok {
				out.SetNull(i)
			}
			dst[i] = x
			return nil
		})
	})
}

// numberOf makes a function of one geometry that always has a result.
func numberOf[T vector.Fixed](f func(b []byte) (T, error)) *kernel.Impl {
	return numberOr(func(s []kernel.Strings, i int) (T, bool, error) {
		x, err := f(s[0].At(i))
		return x, true, err
	})
}

// geoList makes a function to an array of values of bytes: f calls add with each. The
// array is NULL where f says so.
func geoList(f func(s []kernel.Strings, args []*vector.Vector, i int, add func(b []byte)) (bool, error)) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, l := strs(args), newListOut(out)
		add := func(b []byte) { l.elem.AppendBytes(b) }
		return kernel.EachErr(sel, out.Len, func(i int) error {
			l.start()
			ok, err := f(s, args, i, add)
			if err != nil {
				return err
			}
			if !ok {
				out.SetNull(i)
			}
			if len(l.elem.Data) > maxVectorText {
				return errTextTooLong()
			}
			l.end(i)
			return nil
		})
	})
}

// listArg gives the elements of an array of values of bytes; nil stands for NULL.
func listArg(v *vector.Vector, i int) [][]byte {
	a := vector.ValueAt(v, i)
	out := make([][]byte, len(a.Kids))
	for k := range a.Kids {
		if !a.Kids[k].Null {
			out[k] = []byte(a.Kids[k].S)
		}
	}
	return out
}

// argsTo gives the types of an overload whose result no signature can say.
func argsTo(ret types.Type, params ...types.Type) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		return params, ret, len(args) == len(params)
	}
}

var (
	geometryType = types.OpaqueOf(types.OpaqueGeometry)
	tileType     = types.OpaqueOf(types.OpaqueBingTile)
)

// bytesValue is a value of an opaque type.
func bytesValue(t types.Type, b []byte) types.Value { return types.Value{Type: t, S: string(b)} }
