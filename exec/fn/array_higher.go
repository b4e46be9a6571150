package fn

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Higher-order functions lay the elements of all selected rows one after the
// other and call the lambda once for the whole batch:
//
//	{1,2} {} {3}  ──spread──>  elements 1 2 3, rows 0 0 2  ──lambda──>  2 4 6  ──ranges──>  {2,4} {} {6}

// spread is the elements of the selected rows of an array or map, laid out
// densely.
type spread struct {
	idx  []uint32       // where each element stands in its child
	rows []uint32       // the row that each belongs to
	rs   []vector.Range // by row: its elements' places in idx
	kids []*vector.Vector
}

// spreadOf lays out the lists of v for the rows of sel.
func spreadOf(v *vector.Vector, sel vector.Sel, n int) *spread {
	l := listsOf(v)
	s := &spread{rs: make([]vector.Range, n)}
	kernel.Each(sel, n, func(i int) {
		r := l.rs.At(i)
		s.rs[i] = vector.Range{Off: uint32(len(s.idx)), Len: r.Len}
		for e := r.Off; e < r.Off+r.Len; e++ {
			s.idx, s.rows = append(s.idx, e), append(s.rows, uint32(i))
		}
	})
	for _, k := range l.kids {
		kid := &vector.Vector{}
		vector.Gather(kid, k, s.idx)
		s.kids = append(s.kids, kid)
	}
	return s
}

// keep reports the elements at which a lambda's boolean result is true.
func keep(v *vector.Vector) func(e uint32) bool {
	if v.Type.Kind != types.Boolean {
		return func(uint32) bool { return false } // only NULLs
	}
	vals := vector.Values[bool](v)
	return func(e uint32) bool { return vals[e] && !v.IsNull(int(e)) }
}

// lambdaFn makes a function whose lambdas are run by f.
func lambdaFn(f func(bodies []*kernel.LambdaBody, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error) *kernel.Impl {
	return &kernel.Impl{Lambda: func(_ *kernel.EvalCtx, _ *plan.Func, bodies []*kernel.LambdaBody) (kernel.Instance, error) {
		return kernel.Instance{Eval: func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
			return f(bodies, args, sel, out)
		}}, nil
	}}
}

func higherEntries() []*Entry {
	match := func(name, doc string, ex Example, when, stop bool) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{ex},
			overs: []overload{{sig: name + "(array(T), function(T -> boolean)) boolean", scalar: lambdaFn(matchElements(when, stop))}}}
	}
	return []*Entry{
		{Names: []string{"transform"}, Doc: "The array of the lambda's results for the elements.", Examples: []Example{{SQL: "transform(array[1, 2], x -> x * 10)", Result: "{10,20}"}},
			overs: []overload{{sig: "transform(array(T), function(T -> R)) array(R)", scalar: lambdaFn(transformElements)}}},
		{Names: []string{"filter"}, Doc: "The elements for which the lambda is true.", Examples: []Example{{SQL: "filter(array[1, 2, 3], x -> x > 1)", Result: "{2,3}"}},
			overs: []overload{{sig: "filter(array(T), function(T -> boolean)) array(T)", scalar: lambdaFn(filterElements(false))}}},
		{Names: []string{"reduce"}, Doc: "Combines the elements from left to right, beginning with the second argument; the last lambda makes the result of the final state.",
			Examples: []Example{{SQL: "reduce(array[1, 2, 3], 0, (s, x) -> s + x, s -> s * 2)", Result: "12"}, {SQL: "reduce(array[1.5, 2], 0, (s, x) -> s + x, s -> s)", Result: "3.5"}},
			overs:    []overload{{sig: "reduce(array(T), S, function(S, T -> S), function(S -> R)) R", scalar: lambdaFn(reduceElements), lenient: true}}},
		match("any_match", "Whether the lambda is true for some element; NULL if only unknown.", Example{SQL: "any_match(array[1, 2], x -> x > 1)", Result: "true"}, true, true),
		match("all_match", "Whether the lambda is true for every element; NULL if unknown.", Example{SQL: "all_match(array[1, 2], x -> x > 1)", Result: "false"}, false, false),
		match("none_match", "Whether the lambda is true for no element; NULL if unknown.", Example{SQL: "none_match(array[1, 2], x -> x > 2)", Result: "true"}, true, false),
		{Names: []string{"zip_with"}, Doc: "The array of the lambda's results for the pairs of elements; the shorter array is filled up with NULLs.", Examples: []Example{{SQL: "zip_with(array[1, 2], array[10, 20], (x, y) -> x + y)", Result: "{11,22}"}},
			overs: []overload{{sig: "zip_with(array(T), array(U), function(T, U -> R)) array(R)", scalar: lambdaFn(zipElements)}}},
		{Names: []string{"map_filter"}, Doc: "The entries for which the lambda is true.", Examples: []Example{{SQL: "map_filter(map(array['a', 'b'], array[1, 2]), (k, v) -> v > 1)", Result: `{"b":2}`}},
			overs: []overload{{sig: "map_filter(map(K, V), function(K, V -> boolean)) map(K, V)", scalar: lambdaFn(filterElements(true))}}},
		{Names: []string{"transform_keys"}, Doc: "The map with the lambda's results as keys.", Examples: []Example{{SQL: "transform_keys(map(array['a'], array[1]), (k, v) -> upper(k))", Result: `{"A":1}`}},
			overs: []overload{{sig: "transform_keys(map(K, V), function(K, V -> R)) map(R, V)", scalar: lambdaFn(transformKeys)}}},
		{Names: []string{"transform_values"}, Doc: "The map with the lambda's results as values.", Examples: []Example{{SQL: "transform_values(map(array['a'], array[1]), (k, v) -> v + 1)", Result: `{"a":2}`}},
			overs: []overload{{sig: "transform_values(map(K, V), function(K, V -> R)) map(K, R)", scalar: lambdaFn(transformValues)}}},
		{Names: []string{"map_zip_with"}, Doc: "A map of all keys of two maps to the lambda's results for the key and both values; a missing value is NULL.",
			Examples: []Example{{SQL: "map_zip_with(map(array['a'], array[1]), map(array['a', 'b'], array[2, 3]), (k, x, y) -> coalesce(x, 0) + y)", Result: `{"a":3,"b":3}`}},
			overs:    []overload{{sig: "map_zip_with(map(K, U), map(K, V), function(K, U, V -> R)) map(K, R)", scalar: lambdaFn(zipMaps)}}},
	}
}

func transformElements(bodies []*kernel.LambdaBody, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s := spreadOf(args[0], sel, out.Len)
	res, err := bodies[1].Eval(s.kids, s.rows, len(s.idx))
	if err != nil {
		return err
	}
	copy(out.Ranges(), s.rs)
	out.SetKids([]*vector.Vector{res})
	return nil
}

// filterElements is filter and map_filter, whose lambda sees key and value.
func filterElements(isMap bool) func([]*kernel.LambdaBody, []*vector.Vector, vector.Sel, *vector.Vector) error {
	return func(bodies []*kernel.LambdaBody, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s := spreadOf(args[0], sel, out.Len)
		res, err := bodies[1].Eval(s.kids, s.rows, len(s.idx))
		if err != nil {
			return err
		}
		p, is := newPickOut(out), keep(res)
		kernel.Each(sel, out.Len, func(i int) {
			p.start()
			for _, e := range rangeIdx(s.rs[i]) {
				if is(e) {
					p.idx = append(p.idx, e)
				}
			}
			p.end(i)
		})
		p.finish(s.kids...)
		return nil
	}
}

// matchElements looks for an element at which the lambda is when. If there is one
// the result is stop; else it is NULL if a result was NULL, else not stop.
func matchElements(when, stop bool) func([]*kernel.LambdaBody, []*vector.Vector, vector.Sel, *vector.Vector) error {
	return func(bodies []*kernel.LambdaBody, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s := spreadOf(args[0], sel, out.Len)
		res, err := bodies[1].Eval(s.kids, s.rows, len(s.idx))
		if err != nil {
			return err
		}
		vals, dst := vector.Values[bool](res), vector.Values[bool](out)
		kernel.Each(sel, out.Len, func(i int) {
			found, unknown := false, false
			for _, e := range rangeIdx(s.rs[i]) {
				switch {
				case res.IsNull(int(e)):
					unknown = true
				case vals[e] == when:
					found = true
				}
			}
			if dst[i] = found == stop; !found && unknown {
				out.SetNull(i)
			}
		})
		return nil
	}
}

// reduceElements combines element by element, the first ones of all rows, then
// the second ones: as many calls of the lambda as the longest array has elements.
func reduceElements(bodies []*kernel.LambdaBody, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l := listsOf(args[0])
	var live, rows []uint32 // positions in the state, and their rows
	null := make([]bool, out.Len)
	kernel.Each(sel, out.Len, func(i int) {
		if null[i] = args[0].IsNull(i); !null[i] {
			rows = append(rows, uint32(i))
		}
	})
	state := &vector.Vector{}
	vector.Gather(state, args[1], rows)
	state = vector.Flatten(state)
	for step := uint32(0); ; step++ {
		var elems, liveRows []uint32
		live = live[:0]
		for k, i := range rows {
			if r := l.rs.At(int(i)); step < r.Len {
				live, elems, liveRows = append(live, uint32(k)), append(elems, r.Off+step), append(liveRows, i)
			}
		}
		if len(live) == 0 {
			break
		}
		var before, x vector.Vector
		vector.Gather(&before, state, live)
		vector.Gather(&x, l.kids[0], elems)
		after, err := bodies[2].Eval([]*vector.Vector{&before, &x}, liveRows, len(live))
		if err != nil {
			return err
		}
		state = replaceRows(state, after, live)
	}
	res, err := bodies[3].Eval([]*vector.Vector{state}, rows, len(rows))
	if err != nil {
		return err
	}
	pick, at := make([]uint32, out.Len), uint32(0)
	var miss []int
	kernel.Each(sel, out.Len, func(i int) {
		if null[i] {
			miss = append(miss, i)
			return
		}
		pick[i] = at
		at++
	})
	gatherOrNull(out, res, pick, miss)
	return nil
}

// replaceRows gives old with the rows at (ascending) replaced by those of fresh.
func replaceRows(old, fresh *vector.Vector, at []uint32) *vector.Vector {
	if len(at) == old.Len {
		return fresh
	}
	both := vector.New(old.Type, 0)
	both.AppendRows(old, nil, old.Len)
	both.AppendRows(fresh, nil, fresh.Len)
	idx := make([]uint32, old.Len)
	for i := range idx {
		idx[i] = uint32(i)
	}
	for k, i := range at {
		idx[i] = uint32(old.Len + k)
	}
	out := &vector.Vector{}
	vector.Gather(out, both, idx)
	return vector.Flatten(out)
}

// gatherPadded gathers with NULL where missing says so.
func gatherPadded(src *vector.Vector, t types.Type, idx []uint32, missing []int) *vector.Vector {
	out := vector.New(t, 0)
	gatherOrNull(out, src, idx, missing)
	return out
}

func zipElements(bodies []*kernel.LambdaBody, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	a, b, rs := listsOf(args[0]), listsOf(args[1]), out.Ranges()
	var idx [2][]uint32
	var miss [2][]int
	var rows []uint32
	kernel.Each(sel, out.Len, func(i int) {
		pair := [2]vector.Range{a.rs.At(i), b.rs.At(i)}
		n := max(pair[0].Len, pair[1].Len)
		rs[i] = vector.Range{Off: uint32(len(rows)), Len: n}
		for e := range n {
			for k, r := range pair {
				at := r.Off + e
				if e >= r.Len {
					at, miss[k] = 0, append(miss[k], len(rows))
				}
				idx[k] = append(idx[k], at)
			}
			rows = append(rows, uint32(i))
		}
	})
	params := []*vector.Vector{
		gatherPadded(a.kids[0], args[0].Type.Elem(), idx[0], miss[0]),
		gatherPadded(b.kids[0], args[1].Type.Elem(), idx[1], miss[1]),
	}
	res, err := bodies[2].Eval(params, rows, len(rows))
	if err != nil {
		return err
	}
	out.SetKids([]*vector.Vector{res})
	return nil
}

func transformValues(bodies []*kernel.LambdaBody, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s := spreadOf(args[0], sel, out.Len)
	res, err := bodies[1].Eval(s.kids, s.rows, len(s.idx))
	if err != nil {
		return err
	}
	copy(out.Ranges(), s.rs)
	out.SetKids([]*vector.Vector{s.kids[0], res})
	return nil
}

func transformKeys(bodies []*kernel.LambdaBody, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s := spreadOf(args[0], sel, out.Len)
	res, err := bodies[1].Eval(s.kids, s.rows, len(s.idx))
	if err != nil {
		return err
	}
	m := newMapOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		m.start()
		for _, e := range rangeIdx(s.rs[i]) {
			if err := m.add(res, int(e), s.kids[1], int(e)); err != nil {
				return err
			}
		}
		m.end(i)
		return nil
	})
}

// zipMaps lists the keys of the first map, then those that only the second has.
func zipMaps(bodies []*kernel.LambdaBody, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	a, b, rs := listsOf(args[0]), listsOf(args[1]), out.Ranges()
	keys := vector.New(out.Type.Key(), 0)
	var idx [2][]uint32
	var miss [2][]int
	var rows []uint32
	put := func(i int, from *vector.Vector, key uint32, at [2]int64) {
		for k, e := range at {
			if e < 0 {
				e, miss[k] = 0, append(miss[k], len(rows))
			}
			idx[k] = append(idx[k], uint32(e))
		}
		keys.AppendRange(from, int(key), 1)
		rows = append(rows, uint32(i))
	}
	kernel.Each(sel, out.Len, func(i int) {
		from, ra, rb := len(rows), a.rs.At(i), b.rs.At(i)
		for _, e := range rangeIdx(ra) {
			put(i, a.kids[0], e, [2]int64{int64(e), findKey(a.kids[0], e, b.kids[0], rb)})
		}
		for _, e := range rangeIdx(rb) {
			if findKey(b.kids[0], e, a.kids[0], ra) < 0 {
				put(i, b.kids[0], e, [2]int64{-1, int64(e)})
			}
		}
		rs[i] = vector.Range{Off: uint32(from), Len: uint32(len(rows) - from)}
	})
	params := []*vector.Vector{keys,
		gatherPadded(a.kids[1], args[0].Type.Value(), idx[0], miss[0]),
		gatherPadded(b.kids[1], args[1].Type.Value(), idx[1], miss[1]),
	}
	res, err := bodies[2].Eval(params, rows, len(rows))
	if err != nil {
		return err
	}
	out.SetKids([]*vector.Vector{keys, res})
	return nil
}

// findKey gives the position in keys, within r, of key k of another vector; -1 if
// it is not there.
func findKey(from *vector.Vector, k uint32, keys *vector.Vector, r vector.Range) int64 {
	for e := r.Off; e < r.Off+r.Len; e++ {
		if kernel.EqualRows(from, int(k), keys, int(e)) {
			return int64(e)
		}
	}
	return -1
}
