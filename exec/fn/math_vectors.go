package fn

import (
	"math"

	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// distanceEntries are the functions of two vectors of numbers, arrays of the same
// length or sparse ones as maps. NULL among the numbers makes them NULL.
func distanceEntries() []*Entry {
	arrays := func(name, doc string, ex Example, f func(s sums) (float64, bool), more ...overload) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{ex},
			overs: append([]overload{{sig: name + "(array(double), array(double)) double", scalar: eval(vectorArrays(f))}}, more...)}
	}
	maps := func(name string, f func(s sums) (float64, bool)) overload {
		return overload{sig: name + "(map(varchar, double), map(varchar, double)) double", scalar: eval(vectorMaps(f))}
	}
	similarity, distance := sums.cosine, func(s sums) (float64, bool) {
		c, ok := s.cosine()
		return 1 - c, ok
	}
	return []*Entry{
		arrays("cosine_similarity", "The cosine of the angle between two vectors: arrays, or sparse ones as maps. NULL if one has no length.",
			Example{SQL: "cosine_similarity(array[1.0, 0.0], array[2.0, 0.0])", Result: "1"}, similarity, maps("cosine_similarity", similarity)),
		arrays("cosine_distance", "1 less the cosine of the angle between two vectors: arrays, or sparse ones as maps. NULL if one has no length.",
			Example{SQL: "cosine_distance(array[1.0, 0.0], array[0.0, 2.0])", Result: "1"}, distance, maps("cosine_distance", distance)),
		arrays("dot_product", "The sum of the products of two vectors' numbers.",
			Example{SQL: "dot_product(array[1.0, 2.0], array[3.0, 4.0])", Result: "11"}, func(s sums) (float64, bool) { return s.dot, true }),
		arrays("euclidean_distance", "The length of the difference of two vectors.",
			Example{SQL: "euclidean_distance(array[1.0, 2.0], array[4.0, 6.0])", Result: "5"}, func(s sums) (float64, bool) { return math.Sqrt(s.gap), true }),
	}
}

// sums are of the products, the squares and the squared differences of the numbers of
// two vectors.
type sums struct{ dot, xx, yy, gap float64 }

func (s *sums) add(x, y float64) {
	s.dot, s.xx, s.yy, s.gap = s.dot+x*y, s.xx+x*x, s.yy+y*y, s.gap+(x-y)*(x-y)
}

// cosine is of the angle; a vector without length has no direction.
func (s sums) cosine() (float64, bool) {
	return s.dot / (math.Sqrt(s.xx) * math.Sqrt(s.yy)), s.xx != 0 && s.yy != 0
}

func vectorArrays(f func(s sums) (float64, bool)) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		a, b, r := listsOf(args[0]), listsOf(args[1]), vector.Values[float64](out)
		x, y := kernel.FixedOf[float64](a.kids[0]), kernel.FixedOf[float64](b.kids[0])
		return kernel.EachErr(sel, out.Len, func(i int) error {
			ra, rb := a.rs.At(i), b.rs.At(i)
			if ra.Len != rb.Len {
				return badArgument("the arguments must have the same length")
			}
			var s sums
			for e := range ra.Len {
				p, q := int(ra.Off+e), int(rb.Off+e)
				if a.kids[0].IsNull(p) || b.kids[0].IsNull(q) {
					out.SetNull(i)
					return nil
				}
				s.add(x.At(p), y.At(q))
			}
			v, ok := f(s)
			if r[i] = v; !ok {
				out.SetNull(i)
			}
			return nil
		})
	}
}

func vectorMaps(f func(s sums) (float64, bool)) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		a, b, r := listsOf(args[0]), listsOf(args[1]), vector.Values[float64](out)
		x, y := kernel.FixedOf[float64](a.kids[1]), kernel.FixedOf[float64](b.kids[1])
		keys, others := kernel.StringsOf(a.kids[0]), kernel.StringsOf(b.kids[0])
		at := map[string]float64{}
		kernel.Each(sel, out.Len, func(i int) {
			clear(at)
			var s sums
			for _, e := range rangeIdx(b.rs.At(i)) {
				if b.kids[1].IsNull(int(e)) {
					out.SetNull(i)
					return
				}
				v := y.At(int(e))
				at[string(others.At(int(e)))] = v
				s.yy += v * v
			}
			for _, e := range rangeIdx(a.rs.At(i)) {
				if a.kids[1].IsNull(int(e)) {
					out.SetNull(i)
					return
				}
				u := x.At(int(e))
				s.dot, s.xx = s.dot+u*at[string(keys.At(int(e)))], s.xx+u*u
			}
			v, ok := f(s)
			if r[i] = v; !ok {
				out.SetNull(i)
			}
		})
		return nil
	}
}
