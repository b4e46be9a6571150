package fn

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

func arraySets() []*Entry {
	return []*Entry{
		{Names: []string{"array_sort"}, Doc: "The elements in ascending order, NULLs last, or in the order of a lambda that compares two of them to -1, 0 or 1.", Examples: []Example{{SQL: "array_sort(array[3, 1, 2])", Result: "{1,2,3}"}},
			overs: []overload{{sig: "array_sort(array(T)) array(T)", scalar: pickFn(func(p *pickOut, r vector.Range, elems *vector.Vector, _ []*vector.Vector, _ int) error {
				idx := rangeIdx(r)
				order(elems, idx)
				p.idx = append(p.idx, idx...)
				return nil
			})}, {sig: "array_sort(array(T), function(T, T -> bigint)) array(T)", scalar: lambdaFn(sortByLambda)}}},
		{Names: []string{"array_distinct"}, Doc: "The elements without repetitions, in the order of their first occurrence.", Examples: []Example{{SQL: "array_distinct(array[1, 2, 1])", Result: "{1,2}"}},
			overs: []overload{{sig: "array_distinct(array(T)) array(T)", scalar: pickFn(func(p *pickOut, r vector.Range, elems *vector.Vector, _ []*vector.Vector, _ int) error {
				s := newElemSet(elems)
				for _, e := range rangeIdx(r) {
					if s.add(elems, e) {
						p.idx = append(p.idx, e)
					}
				}
				return nil
			})}}},
		{Names: []string{"array_remove"}, Doc: "The elements that are not equal to the given one.", Examples: []Example{{SQL: "array_remove(array[1, 2, 1], 1)", Result: "{2}"}},
			overs: []overload{{sig: "array_remove(array(T), T) array(T)", scalar: pickFn(removeEqual), dialect: athenaOnly},
				{sig: "array_remove(array(T), T) array(T)", scalar: pickFn(removeEqual), lenient: true, dialect: pgOnly}}},
		{Names: []string{"array_except"}, Doc: "The distinct elements of the first array that are not in the second.", Examples: []Example{{SQL: "array_except(array[1, 2, 3], array[2])", Result: "{1,3}"}},
			overs: []overload{{sig: "array_except(array(T), array(T)) array(T)", scalar: pickFn(setPick(false))}}},
		{Names: []string{"array_intersect"}, Doc: "The distinct elements that are in both arrays.", Examples: []Example{{SQL: "array_intersect(array[1, 2, 3], array[2, 3, 4])", Result: "{2,3}"}},
			overs: []overload{{sig: "array_intersect(array(T), array(T)) array(T)", scalar: pickFn(setPick(true))}}},
		{Names: []string{"array_union"}, Doc: "The distinct elements of both arrays.", Examples: []Example{{SQL: "array_union(array[1, 2], array[2, 3])", Result: "{1,2,3}"}},
			overs: []overload{{sig: "array_union(array(T), array(T)) array(T)", scalar: eval(arrayUnion)}}},
		{Names: []string{"shuffle"}, Doc: "The elements in random order.",
			overs: []overload{{sig: "shuffle(array(T)) array(T)", volatile: plan.Volatile, scalar: pickFn(func(p *pickOut, r vector.Range, _ *vector.Vector, _ []*vector.Vector, _ int) error {
				idx := rangeIdx(r)
				shuffleIdx(idx)
				p.idx = append(p.idx, idx...)
				return nil
			})}}},
	}
}

// removeEqual keeps what is not equal to the second argument, for which NULL is equal
// to NULL; it is called with NULL in the postgres dialect only.
func removeEqual(p *pickOut, r vector.Range, elems *vector.Vector, args []*vector.Vector, i int) error {
	if args[0].IsNull(i) {
		p.out.SetNull(i)
		return nil
	}
	for _, e := range rangeIdx(r) {
		if kernel.CompareRows(elems, int(e), args[1], i) != 0 {
			p.idx = append(p.idx, e)
		}
	}
	return nil
}

// elemSet is a set of elements of vectors of one type, by hash and comparison.
type elemSet struct {
	at   map[uint64][]elemRef
	null bool
}

type elemRef struct {
	v *vector.Vector
	i uint32
}

func newElemSet(*vector.Vector) *elemSet { return &elemSet{at: map[uint64][]elemRef{}} }

func (s *elemSet) hash(v *vector.Vector, i uint32) uint64 {
	var h [1]uint64
	kernel.HashColumn(vector.Slice(v, int(i), 1), nil, 1, h[:], false)
	return h[0]
}

func (s *elemSet) has(v *vector.Vector, i uint32) bool {
	if v.IsNull(int(i)) {
		return s.null
	}
	for _, r := range s.at[s.hash(v, i)] {
		if kernel.CompareRows(r.v, int(r.i), v, int(i)) == 0 {
			return true
		}
	}
	return false
}

// add reports whether the element is new.
func (s *elemSet) add(v *vector.Vector, i uint32) bool {
	if s.has(v, i) {
		return false
	}
	if v.IsNull(int(i)) {
		s.null = true
		return true
	}
	h := s.hash(v, i)
	s.at[h] = append(s.at[h], elemRef{v, i})
	return true
}

// setPick keeps the distinct elements that are (want) or are not in the second array.
func setPick(want bool) func(*pickOut, vector.Range, *vector.Vector, []*vector.Vector, int) error {
	return func(p *pickOut, r vector.Range, elems *vector.Vector, args []*vector.Vector, i int) error {
		other := listsOf(args[1])
		in, seen := newElemSet(elems), newElemSet(elems)
		for _, e := range rangeIdx(other.rs.At(i)) {
			in.add(other.kids[0], e)
		}
		for _, e := range rangeIdx(r) {
			if in.has(elems, e) == want && seen.add(elems, e) {
				p.idx = append(p.idx, e)
			}
		}
		return nil
	}
}

func arrayUnion(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l := newListOut(out)
	kernel.Each(sel, out.Len, func(i int) {
		l.start()
		seen := newElemSet(nil)
		for _, a := range args {
			in := listsOf(a)
			for _, e := range rangeIdx(in.rs.At(i)) {
				if seen.add(in.kids[0], e) {
					l.elem.AppendRange(in.kids[0], int(e), 1)
				}
			}
		}
		l.end(i)
	})
	return nil
}

func arraySearch() []*Entry {
	return []*Entry{
		{Names: []string{"contains"}, Doc: "Whether the array has the element; NULL if it is not found but a NULL is. Of a network: whether it has the address.", Examples: []Example{{SQL: "contains(array[1, 2], 2)", Result: "true"}, {SQL: "contains('10.0.0.0/8', ipaddress '10.255.255.255')", Result: "true"}},
			overs: append([]overload{{sig: "contains(array(T), T) boolean", scalar: eval(anyEqual(0, 1, plan.EQ, false)), dialect: pgOnly},
				{sig: "contains(array(T), T) boolean", scalar: eval(containsEqual), dialect: athenaOnly}}, ipContains()...)},
		{Names: []string{plan.DeepEqual}, Doc: "Whether two arrays, maps or rows are equal as the athena dialect has it, which asks this for `=`: NULL if a NULL in them decides; NaN is equal to nothing; entries of maps have no order.",
			Examples: []Example{{SQL: "deep_equal(array[1, null], array[1, null])", Result: "NULL"}, {SQL: "deep_equal(array[1, null], array[2, null])", Result: "false"}, {SQL: "deep_equal(array[nan()], array[nan()])", Result: "false"}},
			overs:    []overload{{sig: "deep_equal(T, T) boolean", scalar: eval(deepEqual)}}},
		{Names: []string{"array_position"}, Doc: "The 1-based position of the element; NULL (postgres) or 0 (athena) if it is not there.", Examples: []Example{{SQL: "array_position(array['a', 'b'], 'b')", Result: "2"}},
			overs: []overload{
				{sig: "array_position(array(T), T) integer", scalar: eval(arrayPosition(true)), lenient: true, dialect: pgOnly},
				{sig: "array_position(array(T), T) bigint", scalar: eval(arrayPosition(false)), dialect: athenaOnly},
			}},
		{Names: []string{"array_max"}, Doc: "The greatest element; NULL if there is a NULL or nothing.", Examples: []Example{{SQL: "array_max(array[1, 3, 2])", Result: "3"}},
			overs: []overload{{sig: "array_max(array(T)) T", scalar: eval(arrayExtreme(1))}}},
		{Names: []string{"array_min"}, Doc: "The least element; NULL if there is a NULL or nothing.", Examples: []Example{{SQL: "array_min(array[2, 1])", Result: "1"}},
			overs: []overload{{sig: "array_min(array(T)) T", scalar: eval(arrayExtreme(-1))}}},
		{Names: []string{"arrays_overlap", "&&"}, Doc: "Whether the arrays have an element in common.", Examples: []Example{{SQL: "arrays_overlap(array[1, 2], array[2])", Result: "true"}},
			overs: []overload{{sig: "arrays_overlap(array(T), array(T)) boolean", scalar: eval(arraysTest(func(in *elemSet, elems *vector.Vector, r vector.Range) bool {
				for _, e := range rangeIdx(r) {
					if !elems.IsNull(int(e)) && in.has(elems, e) {
						return true
					}
				}
				return false
			}, 0, 1))}}},
		{Names: []string{"@>"}, Doc: "Whether the left array or JSON holds all of the right.", Examples: []Example{{SQL: "array[1, 2, 3] @> array[2]", Result: "true"}, {SQL: `'{"a":1,"b":2}'::json @> '{"a":1}'::json`, Result: "true"}},
			overs: []overload{{sig: "array(T) @> array(T)", pattern: parseSig("f(array(T), array(T)) boolean"), types: arrayPredicate, scalar: eval(arraysTest(containsAll, 0, 1))},
				{sig: "json @> json", types: jsonPair, scalar: boolFn(func(s []kernel.Strings, i int) bool { return jsontext.Contains(s[0].At(i), s[1].At(i)) })}}},
		{Names: []string{"<@"}, Doc: "Whether the right array or JSON holds all of the left.", Examples: []Example{{SQL: "array[2] <@ array[1, 2, 3]", Result: "true"}},
			overs: []overload{{sig: "array(T) <@ array(T)", types: arrayPredicate, scalar: eval(arraysTest(containsAll, 1, 0))},
				{sig: "json <@ json", types: jsonPair, scalar: boolFn(func(s []kernel.Strings, i int) bool { return jsontext.Contains(s[1].At(i), s[0].At(i)) })}}},
	}
}

func arrayPredicate(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
	params, _, ok := arraysOnly(args, d)
	return params, types.TBoolean, ok
}

func jsonPair(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
	params, _, ok := jsonOnly(args, d)
	return params, types.TBoolean, ok
}

func containsAll(in *elemSet, elems *vector.Vector, r vector.Range) bool {
	for _, e := range rangeIdx(r) {
		if elems.IsNull(int(e)) || !in.has(elems, e) {
			return false
		}
	}
	return true
}

// arraysTest puts the elements of argument `set` into a set and tests those of
// argument `sub`.
func arraysTest(f func(in *elemSet, elems *vector.Vector, r vector.Range) bool, set, sub int) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		a, b, dst := listsOf(args[set]), listsOf(args[sub]), vector.Values[bool](out)
		kernel.Each(sel, out.Len, func(i int) {
			in := newElemSet(nil)
			for _, e := range rangeIdx(a.rs.At(i)) {
				in.add(a.kids[0], e)
			}
			dst[i] = f(in, b.kids[0], b.rs.At(i))
		})
		return nil
	}
}

func arrayPosition(null bool) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		l := listsOf(args[0])
		kernel.Each(sel, out.Len, func(i int) {
			pos, found := int64(0), false
			var r vector.Range
			if !args[0].IsNull(i) {
				r = l.rs.At(i)
			}
			for k, e := range rangeIdx(r) { // NULL is looked for too, in the postgres dialect
				if kernel.CompareRows(l.kids[0], int(e), args[1], i) == 0 {
					pos, found = int64(k)+args[0].Type.LowerBound(), true
					break
				}
			}
			if out.Type.Kind == types.Integer {
				vector.Values[int32](out)[i] = int32(pos)
			} else {
				vector.Values[int64](out)[i] = pos
			}
			if !found && null {
				out.SetNull(i)
			}
		})
		return nil
	}
}

func arrayExtreme(sign int) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		l := listsOf(args[0])
		pick := make([]uint32, out.Len)
		var miss []int
		kernel.Each(sel, out.Len, func(i int) {
			idx := rangeIdx(l.rs.At(i))
			null := len(idx) == 0
			for k, e := range idx {
				null = null || l.kids[0].IsNull(int(e))
				if k == 0 || kernel.CompareRows(l.kids[0], int(e), l.kids[0], int(pick[i]))*sign > 0 {
					pick[i] = e
				}
			}
			if null {
				miss = append(miss, i)
			}
		})
		gatherOrNull(out, l.kids[0], pick, miss)
		return nil
	}
}

// arrayQuantified are x op ANY (array) and x op ALL (array).
func arrayQuantified() []*Entry {
	ops := []struct {
		text string
		op   plan.CompareOp
	}{{"=", plan.EQ}, {"<>", plan.NE}, {"<", plan.LT}, {"<=", plan.LE}, {">", plan.GT}, {">=", plan.GE}}
	var out []*Entry
	for _, o := range ops {
		out = append(out,
			&Entry{Names: []string{o.text + " any"}, Doc: "Whether the comparison holds for some element.", overs: []overload{{sig: "f(T, array(T)) boolean", lenient: true, scalar: eval(quantified(o.op, false))}}},
			&Entry{Names: []string{o.text + " all"}, Doc: "Whether the comparison holds for every element.", overs: []overload{{sig: "f(T, array(T)) boolean", lenient: true, scalar: eval(quantified(o.op, true))}}})
	}
	return out
}

// quantified is x op ANY (array), or ALL with all. An empty array decides for a
// NULL x too, which the comparison itself does not see.
func quantified(op plan.CompareOp, all bool) kernel.Kernel {
	compare := anyEqual(1, 0, op, all)
	return func(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		l, dst := listsOf(args[1]), vector.Values[bool](out)
		var both vector.Sel = make([]uint16, 0, out.Len)
		kernel.Each(sel, out.Len, func(i int) {
			switch {
			case args[1].IsNull(i):
				out.SetNull(i)
			case l.rs.At(i).Len == 0:
				dst[i] = all
			case args[0].IsNull(i):
				out.SetNull(i)
			default:
				both = append(both, uint16(i))
			}
		})
		if len(both) == 0 {
			return nil
		}
		return compare(c, args, both, out)
	}
}

// anyEqual compares x with the elements: the result is all if no element decides,
// NULL if a NULL might have.
func anyEqual(arr, x int, op plan.CompareOp, all bool) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		l, dst := listsOf(args[arr]), vector.Values[bool](out)
		kernel.Each(sel, out.Len, func(i int) {
			r := l.rs.At(i)
			dst[i] = all
			null := false
			for e := r.Off; e < r.Off+r.Len; e++ {
				if l.kids[0].IsNull(int(e)) {
					null = true
					continue
				}
				if holds(op, kernel.CompareRows(args[x], i, l.kids[0], int(e))) != all {
					dst[i] = !all
					return
				}
			}
			if null {
				out.SetNull(i)
			}
		})
		return nil
	}
}

// containsEqual is contains by Trino's equality.
func containsEqual(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l, dst := listsOf(args[0]), vector.Values[bool](out)
	kernel.Each(sel, out.Len, func(i int) {
		r, null := l.rs.At(i), false
		dst[i] = false
		for e := r.Off; e < r.Off+r.Len && !dst[i]; e++ {
			t := kernel.Equality(args[1], i, l.kids[0], int(e))
			dst[i], null = t == kernel.True, null || t == kernel.Undecided
		}
		if null && !dst[i] {
			out.SetNull(i)
		}
	})
	return nil
}

func deepEqual(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	dst := vector.Values[bool](out)
	kernel.Each(sel, out.Len, func(i int) {
		t := kernel.Equality(args[0], i, args[1], i)
		if dst[i] = t == kernel.True; t == kernel.Undecided {
			out.SetNull(i)
		}
	})
	return nil
}

func holds(op plan.CompareOp, c int) bool {
	switch op {
	case plan.EQ:
		return c == 0
	case plan.NE:
		return c != 0
	case plan.LT:
		return c < 0
	case plan.LE:
		return c <= 0
	case plan.GT:
		return c > 0
	}
	return c >= 0
}
