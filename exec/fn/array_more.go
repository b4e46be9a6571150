package fn

import (
	"strconv"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// arrayMore are the less common functions of arrays.
func arrayMore() []*Entry {
	return concatAll(arrayEnds(), arrayShapes(), arrayGroups())
}

func arrayEnds() []*Entry {
	end := func(name, doc, want string, last bool) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{{SQL: name + "(array[1, 2, 3])", Result: want}}, overs: []overload{{sig: name + "(array(T)) T",
			scalar: eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
				l, pick := listsOf(args[0]), make([]uint32, out.Len)
				var miss []int
				kernel.Each(sel, out.Len, func(i int) {
					r := l.rs.At(i)
					switch {
					case r.Len == 0:
						miss = append(miss, i)
					case last:
						pick[i] = r.Off + r.Len - 1
					default:
						pick[i] = r.Off
					}
				})
				gatherOrNull(out, l.kids[0], pick, miss)
				return nil
			})}}}
	}
	return []*Entry{
		end("array_first", "The first element; NULL of an empty array.", "1", false),
		end("array_last", "The last element; NULL of an empty array.", "3", true),
		{Names: []string{"array_positions"}, Doc: "The 1-based positions of the elements that are equal to the given one, NULL being equal to NULL.", Examples: []Example{{SQL: "array_positions(array['a', 'b', 'a'], 'a')", Result: "{1,3}"}},
			overs: []overload{{sig: "array_positions(array(T), T) array(integer)", lenient: true, scalar: eval(arrayPositions)}}},
		{Names: []string{"array_replace"}, Doc: "The array with the elements that are equal to the second argument, NULL being equal to NULL, replaced by the third.", Examples: []Example{{SQL: "array_replace(array[1, 2, 1], 1, 9)", Result: "{9,2,9}"}},
			overs: []overload{{sig: "array_replace(array(T), T, T) array(T)", lenient: true, scalar: eval(arrayReplace)}}},
		{Names: []string{"contains_sequence"}, Doc: "Whether the second array stands in the first as it is.", Examples: []Example{{SQL: "contains_sequence(array[1, 2, 3], array[2, 3])", Result: "true"}},
			overs: []overload{{sig: "contains_sequence(array(T), array(T)) boolean", scalar: eval(containsSequence)}}},
	}
}

func arrayPositions(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l, rs := listsOf(args[0]), out.Ranges()
	elem := vector.New(types.TInteger, 0)
	kernel.Each(sel, out.Len, func(i int) {
		if args[0].IsNull(i) {
			out.SetNull(i)
			return
		}
		r, from := l.rs.At(i), elem.Len
		for e := range r.Len {
			if kernel.EqualRows(l.kids[0], int(r.Off+e), args[1], i) {
				elem.AppendValue(types.IntOf(types.TInteger, int64(e)+args[0].Type.LowerBound()))
			}
		}
		rs[i] = vector.Range{Off: uint32(from), Len: uint32(elem.Len - from)}
	})
	out.SetKids([]*vector.Vector{elem})
	return nil
}

func arrayReplace(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l, rs := listsOf(args[0]), out.Ranges()
	elem := vector.New(out.Type.Elem(), 0)
	kernel.Each(sel, out.Len, func(i int) {
		if args[0].IsNull(i) {
			out.SetNull(i)
			return
		}
		r := l.rs.At(i)
		rs[i] = vector.Range{Off: uint32(elem.Len), Len: r.Len}
		for _, e := range rangeIdx(r) {
			if kernel.EqualRows(l.kids[0], int(e), args[1], i) {
				elem.AppendRange(args[2], i, 1)
			} else {
				elem.AppendRange(l.kids[0], int(e), 1)
			}
		}
	})
	out.SetKids([]*vector.Vector{elem})
	return nil
}

func containsSequence(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	a, b, dst := listsOf(args[0]), listsOf(args[1]), vector.Values[bool](out)
	kernel.Each(sel, out.Len, func(i int) {
		r, s := a.rs.At(i), b.rs.At(i)
		dst[i] = false
		for from := uint32(0); from+s.Len <= r.Len && !dst[i]; from++ {
			k := uint32(0)
			for k < s.Len && kernel.EqualRows(a.kids[0], int(r.Off+from+k), b.kids[0], int(s.Off+k)) {
				k++
			}
			dst[i] = k == s.Len
		}
	})
	return nil
}

func arrayShapes() []*Entry {
	return []*Entry{
		{Names: []string{"array_ndims"}, Doc: "The number of dimensions; NULL of an empty array.", Examples: []Example{{SQL: "array_ndims(array[array[1], array[2]])", Result: "2"}},
			overs: []overload{{sig: "array_ndims(array(T)) integer", scalar: eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
				l, dst, t := listsOf(args[0]), vector.Values[int32](out), args[0].Type
				n := int32(0)
				for ; t.Kind == types.Array; t = t.Elem() {
					n++
				}
				kernel.Each(sel, out.Len, func(i int) {
					if dst[i] = n; l.rs.At(i).Len == 0 {
						out.SetNull(i)
					}
				})
				return nil
			})}}},
		{Names: []string{"array_dims"}, Doc: "The bounds of every dimension; NULL of an empty array.", Examples: []Example{{SQL: "array_dims(array[array[1, 2, 3], array[4, 5, 6]])", Result: "[1:2][1:3]"}},
			overs: []overload{{sig: "array_dims(array(T)) varchar", scalar: eval(arrayDims)}}},
		{Names: []string{"array_fill"}, Doc: "An array of so many times the value.", Examples: []Example{{SQL: "array_fill(7, array[3])", Result: "{7,7,7}"}},
			overs: []overload{{sig: "array_fill(T, array(integer)) array(T)", lenient: true, scalar: eval(arrayFill)}}},
		{Names: []string{"zip"}, Doc: "An array of rows of the elements at the same positions; shorter arrays are filled up with NULLs.", Examples: []Example{{SQL: "zip(array[1, 2], array['a'])", Result: `{"(1,a)","(2,)"}`}},
			overs: []overload{{sig: "zip(array, array, ...) array(row)", types: zipTypes, scalar: eval(zip)}}},
	}
}

func arrayDims(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l, w := listsOf(args[0]), kernel.NewTextOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		b, r, kid := w.Start(), l.rs.At(i), l.kids[0]
		if r.Len == 0 {
			out.SetNull(i)
			return w.End(i, b)
		}
		for {
			b = append(strconv.AppendUint(append(b, "[1:"...), uint64(r.Len), 10), ']')
			if kid.Type.Kind != types.Array || r.Len == 0 || kid.IsNull(int(r.Off)) {
				return w.End(i, b)
			}
			inner := listsOf(kid)
			r, kid = inner.rs.At(int(r.Off)), inner.kids[0]
		}
	})
}

// maxCopies bounds the arrays that a number of copies asks for.
const maxCopies = 10_000

func arrayFill(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	dims, p := listsOf(args[1]), newPickOut(out)
	n := kernel.FixedOf[int32](dims.kids[0])
	err := kernel.EachErr(sel, out.Len, func(i int) error {
		r := dims.rs.At(i)
		switch {
		case args[1].IsNull(i) || r.Len == 1 && dims.kids[0].IsNull(int(r.Off)):
			return fault.New("22004", "dimension values cannot be null")
		case r.Len > 1:
			return fault.New(fault.CodeFeatureNotSupported, "array_fill makes arrays of one dimension only")
		}
		p.start()
		if r.Len == 1 {
			if err := p.copies(i, int64(n.At(int(r.Off)))); err != nil {
				return err
			}
		}
		p.end(i)
		return nil
	})
	if err == nil {
		p.finish(args[0])
	}
	return err
}

// copies picks row i n times.
func (p *pickOut) copies(i int, n int64) error {
	if n < 0 || n > maxCopies {
		return fault.New(fault.CodeInvalidParameter, "the number of elements must be between 0 and %d, not %d", maxCopies, n)
	}
	if len(p.idx)+int(n) > 1<<26 {
		return errTooManyElements()
	}
	for range n {
		p.idx = append(p.idx, uint32(i))
	}
	return nil
}

// repeatElement is Trino's repeat(element, count).
func repeatElement(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	n, p := kernel.FixedOf[int64](args[1]), newPickOut(out)
	err := kernel.EachErr(sel, out.Len, func(i int) error {
		p.start()
		if args[1].IsNull(i) {
			out.SetNull(i)
		} else if err := p.copies(i, n.At(i)); err != nil {
			return err
		}
		p.end(i)
		return nil
	})
	if err == nil {
		p.finish(args[0])
	}
	return err
}

func zipTypes(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	var params []types.Type
	var fields []types.Field
	for _, a := range args {
		if a.Type.Kind != types.Array {
			return nil, types.Type{}, false
		}
		params, fields = append(params, a.Type), append(fields, types.Field{Type: a.Type.Elem()})
	}
	return params, types.ArrayOf(types.RowOf(fields...)), len(args) >= 2
}

func zip(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	in := make([]lists, len(args))
	for k, a := range args {
		in[k] = listsOf(a)
	}
	idx, miss := make([][]uint32, len(args)), make([][]int, len(args))
	rs, total := out.Ranges(), 0
	kernel.Each(sel, out.Len, func(i int) {
		n := uint32(0)
		for k := range in {
			n = max(n, in[k].rs.At(i).Len)
		}
		rs[i] = vector.Range{Off: uint32(total), Len: n}
		for k := range in {
			r := in[k].rs.At(i)
			for e := range n {
				at := r.Off + e
				if e >= r.Len {
					at, miss[k] = 0, append(miss[k], total+int(e))
				}
				idx[k] = append(idx[k], at)
			}
		}
		total += int(n)
	})
	kids := make([]*vector.Vector, len(args))
	for k := range args {
		kids[k] = gatherPadded(in[k].kids[0], args[k].Type.Elem(), idx[k], miss[k])
	}
	rows := vector.New(out.Type.Elem(), total)
	rows.SetKids(kids)
	out.SetKids([]*vector.Vector{rows})
	return nil
}

func arrayGroups() []*Entry {
	return []*Entry{
		{Names: []string{"combinations"}, Doc: "The sub-groups of n elements, at most 5, in order.", Examples: []Example{{SQL: "combinations(array[1, 2, 3], 2)", Result: "{{1,2},{1,3},{2,3}}"}},
			overs: []overload{{sig: "combinations(array(T), bigint) array(array(T))", scalar: eval(subArrays(combinations))}}},
		{Names: []string{"ngrams"}, Doc: "The groups of n adjacent elements.", Examples: []Example{{SQL: "ngrams(array['a', 'b', 'c'], 2)", Result: "{{a,b},{b,c}}"}},
			overs: []overload{{sig: "ngrams(array(T), bigint) array(array(T))", scalar: eval(subArrays(ngrams))}}},
		{Names: []string{"array_histogram"}, Doc: "A map of the elements to how often they occur; NULLs do not count.", Examples: []Example{{SQL: "array_histogram(array['a', 'b', 'a'])", Result: `{"a":2,"b":1}`}},
			overs: []overload{{sig: "array_histogram(array(T)) map(T, bigint)", scalar: eval(arrayHistogram)}}},
	}
}

// subArrays makes arrays of arrays of an array's elements; each gives groups of
// positions 0 .. size-1.
func subArrays(each func(size uint32, n int64, put func(group []uint32) error) error) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		l, rs := listsOf(args[0]), out.Ranges()
		var groups []vector.Range
		var idx []uint32
		err := kernel.EachErr(sel, out.Len, func(i int) error {
			r, from := l.rs.At(i), len(groups)
			err := each(r.Len, intArg(args, 1, i), func(group []uint32) error {
				if len(idx)+len(group) > 1<<26 {
					return errTooManyElements()
				}
				groups = append(groups, vector.Range{Off: uint32(len(idx)), Len: uint32(len(group))})
				for _, k := range group {
					idx = append(idx, r.Off+k)
				}
				return nil
			})
			rs[i] = vector.Range{Off: uint32(from), Len: uint32(len(groups) - from)}
			return err
		})
		if err != nil {
			return err
		}
		elems := &vector.Vector{}
		vector.Gather(elems, l.kids[0], idx)
		inner := vector.New(out.Type.Elem(), len(groups))
		copy(inner.Ranges(), groups)
		inner.SetKids([]*vector.Vector{elems})
		out.SetKids([]*vector.Vector{inner})
		return nil
	}
}

// maxCombinations is Trino's limit.
const maxCombinations = 100_000

func combinations(size uint32, n int64, put func([]uint32) error) error {
	if n < 0 || n > 5 {
		return fault.New(fault.CodeInvalidParameter, "combination size must be between 0 and 5, not %d", n)
	}
	group := make([]uint32, n)
	for k := range group {
		group[k] = uint32(k)
	}
	if int64(size) < n {
		return nil
	}
	for count := 1; ; count++ {
		if count > maxCombinations {
			return fault.New(fault.CodeProgramLimit, "more than %d combinations", maxCombinations)
		}
		if err := put(group); err != nil {
			return err
		}
		k := int(n) - 1 // the last position that can go on
		for k >= 0 && group[k] == size-uint32(int(n)-k) {
			k--
		}
		if k < 0 {
			return nil
		}
		group[k]++
		for j := k + 1; j < int(n); j++ {
			group[j] = group[j-1] + 1
		}
	}
}

func ngrams(size uint32, n int64, put func([]uint32) error) error {
	if n <= 0 {
		return fault.New(fault.CodeInvalidParameter, "N must be positive")
	}
	width := uint32(min(n, int64(size))) // a short array is one group
	group := make([]uint32, width)
	for from := uint32(0); from+width <= size || from == 0; from++ {
		for k := range group {
			group[k] = from + uint32(k)
		}
		if err := put(group); err != nil {
			return err
		}
		if width == 0 {
			break
		}
	}
	return nil
}

func arrayHistogram(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l, rs := listsOf(args[0]), out.Ranges()
	var idx []uint32
	counts := vector.New(types.TBigInt, 0)
	kernel.Each(sel, out.Len, func(i int) {
		from, seen := len(idx), newElemSet(nil)
		n := map[uint64][]int{} // by hash: positions in idx
		for _, e := range rangeIdx(l.rs.At(i)) {
			if l.kids[0].IsNull(int(e)) {
				continue
			}
			h := seen.hash(l.kids[0], e)
			at := -1
			for _, k := range n[h] {
				if kernel.EqualRows(l.kids[0], int(idx[k]), l.kids[0], int(e)) {
					at = k
				}
			}
			if at < 0 {
				n[h] = append(n[h], len(idx))
				idx = append(idx, e)
				counts.AppendValue(types.IntOf(types.TBigInt, 1))
				continue
			}
			vector.Values[int64](counts)[at]++
		}
		rs[i] = vector.Range{Off: uint32(from), Len: uint32(len(idx) - from)}
	})
	keys := &vector.Vector{}
	vector.Gather(keys, l.kids[0], idx)
	out.SetKids([]*vector.Vector{keys, counts})
	return nil
}
