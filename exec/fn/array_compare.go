package fn

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// sortByLambda is array_sort with a comparator: -1, 0 or 1. All arrays of the batch
// are merge-sorted at once, so that the lambda is called for as many pairs as there
// are merges under way: about n log n times for the longest array, not for each.
func sortByLambda(bodies []*kernel.LambdaBody, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s := spreadOf(args[0], sel, out.Len)
	order := make([]uint32, len(s.idx))
	for i := range order {
		order[i] = uint32(i)
	}
	spare := make([]uint32, len(order))
	longest := uint32(0)
	kernel.Each(sel, out.Len, func(i int) { longest = max(longest, s.rs[i].Len) })
	for width := uint32(1); width < longest; width *= 2 {
		var merges []merge
		copy(spare, order)
		kernel.Each(sel, out.Len, func(i int) {
			end := s.rs[i].Off + s.rs[i].Len
			for from := s.rs[i].Off; from+width < end; from += 2 * width {
				merges = append(merges, merge{a: from, aEnd: from + width, b: from + width, bEnd: min(from+2*width, end), to: from})
			}
		})
		if err := runMerges(bodies[1], s, order, spare, merges); err != nil {
			return err
		}
	}
	elems := &vector.Vector{}
	vector.Gather(elems, s.kids[0], order)
	copy(out.Ranges(), s.rs)
	out.SetKids([]*vector.Vector{elems})
	return nil
}

// merge joins two sorted runs [a, aEnd) and [b, bEnd) of src into dst from to on.
type merge struct{ a, aEnd, b, bEnd, to uint32 }

// runMerges moves every merge on by one element per call of the lambda.
func runMerges(body *kernel.LambdaBody, s *spread, src, dst []uint32, merges []merge) error {
	left, right, rows := []uint32{}, []uint32{}, []uint32{}
	for {
		left, right, rows = left[:0], right[:0], rows[:0]
		live := merges[:0]
		for _, m := range merges {
			if m.a < m.aEnd && m.b < m.bEnd {
				live = append(live, m)
				left, right, rows = append(left, src[m.a]), append(right, src[m.b]), append(rows, s.rows[src[m.a]])
				continue
			}
			copy(dst[m.to:], src[m.a:m.aEnd])
			copy(dst[m.to+m.aEnd-m.a:], src[m.b:m.bEnd])
		}
		if merges = live; len(merges) == 0 {
			copy(src, dst)
			return nil
		}
		var x, y vector.Vector
		vector.Gather(&x, s.kids[0], left)
		vector.Gather(&y, s.kids[0], right)
		res, err := body.Eval([]*vector.Vector{&x, &y}, rows, len(rows))
		if err != nil {
			return err
		}
		for k := range merges {
			c, err := comparison(res, k)
			if err != nil {
				return err
			}
			m := &merges[k]
			if c <= 0 { // equal elements keep their order
				dst[m.to] = src[m.a]
				m.a++
			} else {
				dst[m.to] = src[m.b]
				m.b++
			}
			m.to++
		}
	}
}

// comparison reads a comparator's result.
func comparison(v *vector.Vector, i int) (int64, error) {
	if !v.IsNull(i) && v.Type.Kind == types.BigInt {
		if c := vector.Values[int64](v)[i]; c >= -1 && c <= 1 {
			return c, nil
		}
	}
	return 0, fault.New(fault.CodeInvalidParameter, "the lambda of array_sort must return -1, 0 or 1")
}
