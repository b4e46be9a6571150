package fn

import (
	"sort"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// lists reads the ranges of an array or map vector of any form.
type lists struct {
	rs   kernel.Fixed[vector.Range]
	kids []*vector.Vector
}

func listsOf(v *vector.Vector) lists {
	base := v
	if v.Form == vector.Dict {
		base = v.Base
	}
	return lists{rs: kernel.FixedOf[vector.Range](v), kids: base.Kids}
}

// pickOut builds arrays of elements that exist already: ranges over positions of
// one source vector, gathered at the end.
type pickOut struct {
	out  *vector.Vector
	rs   []vector.Range
	idx  []uint32
	from int
}

func newPickOut(out *vector.Vector) *pickOut { return &pickOut{out: out, rs: out.Ranges()} }

func (p *pickOut) start() { p.from = len(p.idx) }

func (p *pickOut) end(i int) {
	p.rs[i] = vector.Range{Off: uint32(p.from), Len: uint32(len(p.idx) - p.from)}
}

// finish gathers the picked elements of each child.
func (p *pickOut) finish(kids ...*vector.Vector) {
	outs := make([]*vector.Vector, len(kids))
	for k, kid := range kids {
		outs[k] = &vector.Vector{}
		vector.Gather(outs[k], kid, p.idx)
	}
	p.out.SetKids(outs)
}

// pickFn makes a function that keeps or rearranges elements of its first argument.
func pickFn(f func(p *pickOut, r vector.Range, elems *vector.Vector, args []*vector.Vector, i int) error) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		l, p := listsOf(args[0]), newPickOut(out)
		err := kernel.EachErr(sel, out.Len, func(i int) error {
			p.start()
			if err := f(p, l.rs.At(i), l.kids[0], args, i); err != nil {
				return err
			}
			p.end(i)
			return nil
		})
		p.finish(l.kids...)
		return err
	})
}

func arraysOnly(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 2 || args[0].Type.Kind != types.Array && args[1].Type.Kind != types.Array {
		return nil, types.Type{}, false
	}
	a, b := args[0].Type, args[1].Type
	if literal(args[0]) {
		a = b
	}
	if literal(args[1]) {
		b = a
	}
	t, ok := types.Common(a, b)
	return []types.Type{t, t}, t, ok && t.Kind == types.Array
}

func arrayAppendTypes(arr, el int) func([]plan.Arg, plan.Dialect) ([]types.Type, types.Type, bool) {
	return func(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
		if len(args) != 2 || args[arr].Type.Kind != types.Array || literal(args[el]) && args[el].Const.S != "" && args[el].Const.S[0] == '{' {
			return nil, types.Type{}, false
		}
		e := args[arr].Type.Elem()
		if !literal(args[el]) {
			var ok bool
			if e, ok = types.Common(e, args[el].Type); !ok {
				return nil, types.Type{}, false
			}
		}
		params := make([]types.Type, 2)
		params[arr], params[el] = types.ArrayOf(e), e
		return params, types.ArrayOf(e), true
	}
}

// nullArray gives NULL for a NULL array with one more element, as Trino does; to
// PostgreSQL it is an empty one.
func nullArray(arr int, k kernel.Kernel) kernel.Kernel {
	return func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		if err := k(c, args, sel, out); err != nil {
			return err
		}
		kernel.Each(sel, out.Len, func(i int) {
			if args[arr].IsNull(i) {
				out.SetNull(i)
			}
		})
		return nil
	}
}

// arrayConcat joins arrays element by element into new memory.
func arrayConcat(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l := newListOut(out)
	in := make([]lists, len(args))
	for k, a := range args {
		in[k] = listsOf(a)
	}
	kernel.Each(sel, out.Len, func(i int) {
		l.start()
		null := true // a NULL array adds nothing where it gets here
		for k := range in {
			if !args[k].IsNull(i) {
				r := in[k].rs.At(i)
				l.elem.AppendRange(in[k].kids[0], int(r.Off), int(r.Len))
				null = false
			}
		}
		if l.end(i); null {
			out.SetNull(i)
		}
	})
	return nil
}

// arrayAppend joins an array and an element in the order of the arguments; a NULL
// array counts as empty, a NULL element is an element.
func arrayAppend(arr, el int) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		l, in := newListOut(out), listsOf(args[arr])
		kernel.Each(sel, out.Len, func(i int) {
			l.start()
			if el < arr {
				l.elem.AppendIdx(args[el], []uint32{uint32(i)})
			}
			if !args[arr].IsNull(i) {
				r := in.rs.At(i)
				l.elem.AppendRange(in.kids[0], int(r.Off), int(r.Len))
			}
			if el > arr {
				l.elem.AppendIdx(args[el], []uint32{uint32(i)})
			}
			l.end(i)
		})
		return nil
	}
}

func arrayReverse(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l, p := listsOf(args[0]), newPickOut(out)
	kernel.Each(sel, out.Len, func(i int) {
		p.start()
		for r, e := l.rs.At(i), uint32(0); e < r.Len; e++ {
			p.idx = append(p.idx, r.Off+r.Len-1-e)
		}
		p.end(i)
	})
	p.finish(l.kids...)
	return nil
}

func arrayEntries() []*Entry {
	return concatAll(arrayAccess(), arraySets(), arraySearch(), arrayQuantified(), arrayMore())
}

func arrayAccess() []*Entry {
	return []*Entry{
		{Names: []string{"subscript"}, Doc: "`a[i]`, counted from 1; of a map the value of a key. Outside of the array it is NULL in the postgres dialect, an error in the athena dialect.",
			overs: []overload{
				{sig: "subscript(array(T), bigint) T", scalar: eval(elementAt(pgOnly)), dialect: pgOnly},
				{sig: "subscript(array(T), bigint) T", scalar: eval(elementAt(athenaOnly)), dialect: athenaOnly},
				{sig: "subscript(map(K, V), K) V", scalar: eval(mapValue(false)), dialect: pgOnly},
				{sig: "subscript(map(K, V), K) V", scalar: eval(mapValue(true)), dialect: athenaOnly},
				{sig: "subscript(json, bigint) json", scalar: eval(jsonElement), dialect: pgOnly},
				{sig: "subscript(json, varchar) json", scalar: eval(jsonMember), dialect: pgOnly},
			}},
		{Names: []string{"element_at"}, Doc: "Element of an array (from the end if negative) or value of a map's key; NULL if there is none.",
			Examples: []Example{{SQL: "element_at(array[1, 2], -1)", Result: "2"}, {SQL: "element_at(array[1], 2)", Result: "NULL"}},
			overs: []overload{
				{sig: "element_at(array(T), bigint) T", scalar: eval(elementAt(both))},
				{sig: "element_at(map(K, V), K) V", scalar: eval(mapValue(false))},
			}},
		{Names: []string{"cardinality"}, Doc: "The number of elements, or of a map's entries; of a HyperLogLog or a set digest how many distinct values it has seen, about.", Examples: []Example{{SQL: "cardinality(array[1, 2])", Result: "2"}},
			overs: append([]overload{
				{sig: "cardinality(array(T)) integer", scalar: eval(cardinality), dialect: pgOnly},
				{sig: "cardinality(array(T)) bigint", scalar: eval(cardinality), dialect: athenaOnly},
				{sig: "cardinality(map(K, V)) bigint", scalar: eval(cardinality)},
			}, sketchCardinality()...)},
		{Names: []string{"array_length"}, Doc: "The number of elements in a dimension (the first is 1); NULL of an empty array.", Examples: []Example{{SQL: "array_length(array[1, 2], 1)", Result: "2"}},
			overs: []overload{{sig: "array_length(array(T), integer) integer", scalar: eval(arrayLength)}}},
		{Names: []string{"array_upper"}, Doc: "The last index of a dimension; NULL of an empty array.", Examples: []Example{{SQL: "array_upper(array[1, 2], 1)", Result: "2"}},
			overs: []overload{{sig: "array_upper(array(T), integer) integer", scalar: eval(arrayUpper)}}},
		{Names: []string{"array_lower"}, Doc: "The first index of a dimension, which is 1 (0 in an int2vector or oidvector); NULL of an empty array.", Examples: []Example{{SQL: "array_lower(array[7], 1)", Result: "1"}},
			overs: []overload{{sig: "array_lower(array(T), integer) integer", scalar: eval(arrayLower)}}},
		{Names: []string{"array_slice"}, Doc: "`a[lo:hi]`, both included; a missing bound is the array's.",
			overs: []overload{{sig: "array_slice(array(T), bigint, bigint) array(T)", lenient: true, scalar: eval(arraySlice)}}},
		{Names: []string{"slice"}, Doc: "So many elements from a 1-based start, which counts from the end if negative.", Examples: []Example{{SQL: "slice(array[1, 2, 3, 4], 2, 2)", Result: "{2,3}"}},
			overs: []overload{{sig: "slice(array(T), bigint, bigint) array(T)", scalar: pickFn(slicePick)}}},
		{Names: []string{"trim_array"}, Doc: "The array without its last n elements.", Examples: []Example{{SQL: "trim_array(array[1, 2, 3], 1)", Result: "{1,2}"}},
			overs: []overload{{sig: "trim_array(array(T), bigint) array(T)", scalar: pickFn(func(p *pickOut, r vector.Range, _ *vector.Vector, args []*vector.Vector, i int) error {
				n := intArg(args, 1, i)
				if n < 0 || n > int64(r.Len) {
					return fault.New(fault.CodeArraySubscript, "number of elements to trim must be between 0 and %d", r.Len)
				}
				for e := range r.Len - uint32(n) {
					p.idx = append(p.idx, r.Off+e)
				}
				return nil
			})}}},
		{Names: []string{"array_to_string", "array_join"}, Doc: "Joins the elements; NULLs are skipped, or printed as the third argument.",
			Examples: []Example{{SQL: "array_to_string(array[1, null, 3], ',', '*')", Result: "1,*,3"}, {SQL: "array_join(array['a', 'b'], '-')", Result: "a-b"}},
			overs: []overload{
				{sig: "array_to_string(array(T), varchar) varchar", scalar: eval(arrayJoin)},
				{sig: "array_to_string(array(T), varchar, varchar) varchar", scalar: eval(arrayJoin), lenient: true},
			}},
		{Names: []string{"array_append"}, Doc: "The array with one more element.", Examples: []Example{{SQL: "array_append(array[1], 2)", Result: "{1,2}"}},
			overs: []overload{{sig: "array_append(array(T), T) array(T)", types: arrayAppendTypes(0, 1), scalar: eval(arrayAppend(0, 1)), lenient: true}}},
		{Names: []string{"array_prepend"}, Doc: "The array with one element before it.", Examples: []Example{{SQL: "array_prepend(1, array[2])", Result: "{1,2}"}},
			overs: []overload{{sig: "array_prepend(T, array(T)) array(T)", types: arrayAppendTypes(1, 0), scalar: eval(arrayAppend(1, 0)), lenient: true}}},
		{Names: []string{"array_cat"}, Doc: "Two arrays joined.", Examples: []Example{{SQL: "array_cat(array[1], array[2])", Result: "{1,2}"}},
			overs: []overload{{sig: "array_cat(array(T), array(T)) array(T)", types: arraysOnly, scalar: eval(arrayConcat), lenient: true}}},
		{Names: []string{"sequence"}, Doc: "The integers, dates or timestamps from start to stop in steps, as an array.", Examples: []Example{{SQL: "sequence(1, 7, 3)", Result: "{1,4,7}"}},
			overs: []overload{
				{sig: "sequence(bigint, bigint) array(bigint)", scalar: eval(sequence)},
				{sig: "sequence(bigint, bigint, bigint) array(bigint)", scalar: eval(sequence)},
				{sig: "sequence(date, date) array(date)", scalar: eval(dateSequence)},
				{sig: "sequence(date, date, interval) array(date)", scalar: eval(dateSequence)},
				{sig: "sequence(timestamp, timestamp, interval) array(timestamp)", scalar: eval(timestampSequence)},
			}},
		{Names: []string{"flatten"}, Doc: "An array of arrays as one array.", Examples: []Example{{SQL: "flatten(array[array[1], array[2, 3]])", Result: "{1,2,3}"}},
			overs: []overload{{sig: "flatten(array(array(T))) array(T)", scalar: eval(flattenArrays)}}},
	}
}

// elementAt gives element i: NULL outside in PostgreSQL, an error for a[i] in
// Trino; element_at (both) counts negative positions from the end.
func elementAt(d dialects) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		l, idx, from := listsOf(args[0]), kernel.FixedOf[int64](args[1]), 1-args[0].Type.LowerBound()
		pick := make([]uint32, out.Len)
		var miss []int
		err := kernel.EachErr(sel, out.Len, func(i int) error {
			r, n := l.rs.At(i), idx.At(i)+from
			if n < 0 && d == both {
				n += int64(r.Len) + 1
			} else if n == 0 && d == both {
				return fault.New(fault.CodeArraySubscript, "SQL array indices start at 1")
			}
			if n < 1 || n > int64(r.Len) {
				if d == athenaOnly {
					return fault.New(fault.CodeArraySubscript, "array subscript %d is out of bounds of an array of %d", n, r.Len)
				}
				miss = append(miss, i)
				return nil
			}
			pick[i] = r.Off + uint32(n) - 1
			return nil
		})
		if err != nil {
			return err
		}
		gatherOrNull(out, l.kids[0], pick, miss)
		return nil
	}
}

// gatherOrNull makes out the rows pick of src, with NULL at the missing ones.
func gatherOrNull(out, src *vector.Vector, pick []uint32, miss []int) {
	typ := out.Type
	if src.Len == 0 {
		none := vector.New(typ, 0)
		none.AppendNull()
		src = none
	}
	vector.Gather(out, src, pick)
	if out.Form == vector.Const {
		*out = *vector.Flatten(out)
	}
	if len(miss) > 0 && out.Valid != nil {
		out.Valid = append(vector.Bitmap(nil), out.Valid...)
	}
	for _, i := range miss {
		out.SetNull(i)
	}
	out.Type = typ
}

func cardinality(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l := listsOf(args[0])
	kernel.Each(sel, out.Len, func(i int) {
		if out.Type.Kind == types.Integer {
			vector.Values[int32](out)[i] = int32(l.rs.At(i).Len)
		} else {
			vector.Values[int64](out)[i] = int64(l.rs.At(i).Len)
		}
	})
	return nil
}

func arrayLength(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l, dim, dst := listsOf(args[0]), kernel.FixedOf[int32](args[1]), vector.Values[int32](out)
	kernel.Each(sel, out.Len, func(i int) {
		r, kid := l.rs.At(i), l.kids[0]
		for d := dim.At(i); d > 1; d-- {
			if kid.Type.Kind != types.Array || r.Len == 0 {
				r = vector.Range{}
				break
			}
			in := listsOf(kid)
			r, kid = in.rs.At(int(r.Off)), in.kids[0]
		}
		if dst[i] = int32(r.Len); r.Len == 0 || dim.At(i) < 1 {
			out.SetNull(i)
		}
	})
	return nil
}

func arrayLower(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	err := arrayLength(c, args, sel, out)
	dst := vector.Values[int32](out)
	kernel.Each(sel, out.Len, func(i int) { dst[i] = int32(args[0].Type.LowerBound()) })
	return err
}

func arrayUpper(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	err := arrayLength(c, args, sel, out)
	dst := vector.Values[int32](out)
	kernel.Each(sel, out.Len, func(i int) { dst[i] += int32(args[0].Type.LowerBound()) - 1 })
	return err
}

func arraySlice(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l, p, shift := listsOf(args[0]), newPickOut(out), 1-args[0].Type.LowerBound()
	kernel.Each(sel, out.Len, func(i int) {
		p.start()
		if args[0].IsNull(i) {
			out.SetNull(i)
			return
		}
		r := l.rs.At(i)
		lo, hi := int64(1), int64(r.Len)
		if !args[1].IsNull(i) {
			lo = max(lo, intArg(args, 1, i)+shift)
		}
		if !args[2].IsNull(i) {
			hi = min(hi, intArg(args, 2, i)+shift)
		}
		for e := lo; e <= hi; e++ {
			p.idx = append(p.idx, r.Off+uint32(e)-1)
		}
		p.end(i)
	})
	p.finish(l.kids...)
	return nil
}

func slicePick(p *pickOut, r vector.Range, _ *vector.Vector, args []*vector.Vector, i int) error {
	start, n := intArg(args, 1, i), intArg(args, 2, i)
	if start == 0 {
		return fault.New(fault.CodeArraySubscript, "SQL array indices start at 1")
	}
	if n < 0 {
		return fault.New(fault.CodeInvalidParameter, "length must be greater than or equal to 0")
	}
	if start < 0 {
		if start += int64(r.Len) + 1; start < 1 {
			return nil
		}
	}
	for e := start; e < start+n && e <= int64(r.Len); e++ {
		p.idx = append(p.idx, r.Off+uint32(e)-1)
	}
	return nil
}

func arrayJoin(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l, sep, w := listsOf(args[0]), kernel.StringsOf(args[1]), kernel.NewTextOut(out)
	opt := kernel.TextOptions{Location: c.Location(), Wire: c.Session == nil || c.Session.Dialect != plan.Athena}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		if args[0].IsNull(i) || args[1].IsNull(i) {
			out.SetNull(i)
			return nil
		}
		b, first := w.Start(), true
		for r, e := l.rs.At(i), uint32(0); e < r.Len; e++ {
			at := int(r.Off + e)
			null := l.kids[0].IsNull(at)
			if null && (len(args) < 3 || args[2].IsNull(i)) {
				continue
			}
			if !first {
				b = append(b, sep.At(i)...)
			}
			first = false
			if null {
				b = append(b, kernelBytes(args[2], i)...)
			} else {
				b = opt.AppendText(b, l.kids[0], at)
			}
		}
		return w.End(i, b)
	})
}

// maxElements is the longest array that sequence makes.
const maxElements = 1 << 20

func errTooManyElements() error {
	return fault.New(fault.CodeProgramLimit, "an array of more than %d elements is too large", maxElements)
}

func sequence(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l := newListOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		from, to, step := intArg(args, 0, i), intArg(args, 1, i), int64(1)
		if to < from {
			step = -1
		}
		if len(args) > 2 {
			step = intArg(args, 2, i)
		}
		if step == 0 || (to > from) != (step > 0) && to != from {
			return fault.New(fault.CodeInvalidParameter, "sequence stop value must be reachable by the step")
		}
		count := uint64(to-from) / uint64(step)
		if step < 0 {
			count = uint64(from-to) / uint64(-step)
		}
		if count >= maxElements {
			return errTooManyElements()
		}
		l.start()
		at := l.elem.Len
		l.elem.Resize(at + int(count) + 1)
		vals := vector.Values[int64](l.elem)[at:]
		for k := range vals {
			vals[k] = from + int64(k)*step
		}
		l.end(i)
		return nil
	})
}

func dateSequence(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l, from, to := newListOut(out), kernel.FixedOf[int32](args[0]), kernel.FixedOf[int32](args[1])
	return kernel.EachErr(sel, out.Len, func(i int) error {
		a, b, step := int64(from.At(i)), int64(to.At(i)), types.IntervalValue{Days: 1}
		if b < a {
			step.Days = -1
		}
		if len(args) > 2 {
			f := kernel.FixedOf[types.IntervalValue](args[2])
			step = f.At(i)
		}
		dir := step.Compare(types.IntervalValue{})
		if dir == 0 || b != a && (b > a) != (dir > 0) || step.Micros%microsPerDay != 0 {
			return fault.New(fault.CodeInvalidParameter, "sequence stop value must be reachable by the step, in whole days")
		}
		l.start()
		for k := int64(0); ; k++ {
			d := addMonths(a, k*int64(step.Months)) + k*(int64(step.Days)+step.Micros/microsPerDay)
			if dir > 0 && d > b || dir < 0 && d < b {
				break
			}
			if k >= maxElements {
				return errTooManyElements()
			}
			l.elem.AppendValue(types.IntOf(types.TDate, d))
		}
		l.end(i)
		return nil
	})
}

// timestampSequence steps from one timestamp to another; months are added to the
// first, so that a short one does not move those after it.
func timestampSequence(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l, from, to := newListOut(out), kernel.FixedOf[int64](args[0]), kernel.FixedOf[int64](args[1])
	steps, t := kernel.FixedOf[types.IntervalValue](args[2]), out.Type.Elem()
	unit := t.UnitsPerSecond()
	perDay := unit * (microsPerDay / 1_000_000)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		a, b, step := from.At(i), to.At(i), steps.At(i)
		dir := step.Compare(types.IntervalValue{})
		if dir == 0 || b != a && (b > a) != (dir > 0) {
			return fault.New(fault.CodeInvalidParameter, "sequence stop value must be reachable by the step")
		}
		day := floorDiv(a, perDay)
		clock := types.I128(a - day*perDay)
		l.start()
		for k := int64(0); ; k++ {
			days := types.Mul64(addMonths(day, k*int64(step.Months))+k*int64(step.Days), perDay)
			wide := days.Add(clock).Add(types.Mul64(k*step.Micros, unit/1_000_000))
			if c := wide.Cmp(types.I128(b)); dir > 0 && c > 0 || dir < 0 && c < 0 {
				break
			}
			x := wide.Int64()
			if k >= maxElements {
				return errTooManyElements()
			}
			l.elem.AppendValue(types.IntOf(t, x))
		}
		l.end(i)
		return nil
	})
}

func flattenArrays(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l := listsOf(args[0])
	in, p := listsOf(l.kids[0]), newPickOut(out)
	kernel.Each(sel, out.Len, func(i int) {
		p.start()
		for r, e := l.rs.At(i), uint32(0); e < r.Len; e++ {
			if at := int(r.Off + e); !l.kids[0].IsNull(at) {
				for x, k := in.rs.At(at), uint32(0); k < x.Len; k++ {
					p.idx = append(p.idx, x.Off+k)
				}
			}
		}
		p.end(i)
	})
	p.finish(in.kids...)
	return nil
}

// order sorts positions of elements: NULLs last, equal ones in order.
func order(elems *vector.Vector, idx []uint32) {
	sort.SliceStable(idx, func(a, b int) bool { return kernel.CompareRows(elems, int(idx[a]), elems, int(idx[b])) < 0 })
}

func rangeIdx(r vector.Range) []uint32 {
	idx := make([]uint32, r.Len)
	for e := range idx {
		idx[e] = r.Off + uint32(e)
	}
	return idx
}
