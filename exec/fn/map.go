package fn

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

func mapEntries() []*Entry {
	return []*Entry{
		{Names: []string{"map"}, Doc: "A map of an array of keys and one of values, or an empty one.", Examples: []Example{{SQL: "map(array['a', 'b'], array[1, 2])", Result: `{"a":1,"b":2}`}},
			overs: []overload{
				{sig: "map(array(K), array(V)) map(K, V)", scalar: eval(makeMap)},
				{sig: "map() map(unknown, unknown)", scalar: eval(emptyMap)},
			}},
		{Names: []string{"map_keys"}, Doc: "The keys as an array.", Examples: []Example{{SQL: "map_keys(map(array['a'], array[1]))", Result: "{a}"}},
			overs: []overload{{sig: "map_keys(map(K, V)) array(K)", scalar: eval(mapSide(0))}}},
		{Names: []string{"map_values"}, Doc: "The values as an array.", Examples: []Example{{SQL: "map_values(map(array['a'], array[1]))", Result: "{1}"}},
			overs: []overload{{sig: "map_values(map(K, V)) array(V)", scalar: eval(mapSide(1))}}},
		{Names: []string{"map_entries"}, Doc: "The entries as an array of rows.", Examples: []Example{{SQL: "cardinality(map_entries(map(array['a'], array[1])))", Result: "1"}},
			overs: []overload{{sig: "map_entries(map(K, V)) array(row(K, V))", scalar: eval(mapToRows)}}},
		{Names: []string{"map_from_entries"}, Doc: "A map of an array of (key, value) rows.", Examples: []Example{{SQL: "map_from_entries(array[row('a', 1)])", Result: `{"a":1}`}},
			overs: []overload{{sig: "map_from_entries(array(row(K, V))) map(K, V)", types: fromEntriesTypes, scalar: eval(mapFromRows)}}},
		{Names: []string{"map_concat"}, Doc: "The maps joined; of equal keys the last wins.", Examples: []Example{{SQL: "map_concat(map(array['a'], array[1]), map(array['a'], array[2]))", Result: `{"a":2}`}},
			overs: []overload{{sig: "map_concat(map(K, V), map(K, V)...) map(K, V)", scalar: eval(mapConcat)}}},
		{Names: []string{"split_to_map"}, Doc: "Text such as `a=1,b=2` as a map, with the separators of entries and of key and value.", Examples: []Example{{SQL: "split_to_map('a=1,b=2', ',', '=')", Result: `{"a":"1","b":"2"}`}},
			overs: []overload{{sig: "split_to_map(varchar, varchar, varchar) map(varchar, varchar)", scalar: eval(splitToMap)}}},
	}
}

// mapValue looks a key up; a missing one is NULL, or with must an error.
func mapValue(must bool) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		l := listsOf(args[0])
		pick := make([]uint32, out.Len)
		var miss []int
		err := kernel.EachErr(sel, out.Len, func(i int) error {
			r := l.rs.At(i)
			for e := r.Off; e < r.Off+r.Len; e++ {
				if kernel.CompareRows(l.kids[0], int(e), args[1], i) == 0 {
					pick[i] = e
					return nil
				}
			}
			if must {
				var opt kernel.TextOptions
				return fault.New(fault.CodeInvalidParameter, "key not present in map: %s", opt.AppendText(nil, args[1], i))
			}
			miss = append(miss, i)
			return nil
		})
		if err != nil {
			return err
		}
		gatherOrNull(out, l.kids[1], pick, miss)
		return nil
	}
}

// mapOut builds maps row by row and refuses bad keys.
type mapOut struct {
	rs         []vector.Range
	keys, vals *vector.Vector
	from       int
	seen       *elemSet
}

func newMapOut(out *vector.Vector) *mapOut {
	m := &mapOut{rs: out.Ranges(), keys: vector.New(out.Type.Key(), 0), vals: vector.New(out.Type.Value(), 0)}
	out.SetKids([]*vector.Vector{m.keys, m.vals})
	return m
}

func (m *mapOut) start() { m.from, m.seen = m.keys.Len, newElemSet(nil) }

func (m *mapOut) end(i int) {
	m.rs[i] = vector.Range{Off: uint32(m.from), Len: uint32(m.keys.Len - m.from)}
}

func (m *mapOut) add(keys *vector.Vector, k int, vals *vector.Vector, v int) error {
	if keys.IsNull(k) {
		return fault.New(fault.CodeInvalidParameter, "map key cannot be null")
	}
	if !m.seen.add(keys, uint32(k)) {
		var opt kernel.TextOptions
		return fault.New(fault.CodeInvalidParameter, "duplicate map key: %s", opt.AppendText(nil, keys, k))
	}
	m.keys.AppendRange(keys, k, 1)
	m.vals.AppendRange(vals, v, 1)
	return nil
}

func makeMap(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	m, ks, vs := newMapOut(out), listsOf(args[0]), listsOf(args[1])
	return kernel.EachErr(sel, out.Len, func(i int) error {
		a, b := ks.rs.At(i), vs.rs.At(i)
		if a.Len != b.Len {
			return fault.New(fault.CodeInvalidParameter, "key and value arrays must be the same length")
		}
		m.start()
		for e := range a.Len {
			if err := m.add(ks.kids[0], int(a.Off+e), vs.kids[0], int(b.Off+e)); err != nil {
				return err
			}
		}
		m.end(i)
		return nil
	})
}

func emptyMap(_ *kernel.EvalCtx, _ []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	m := newMapOut(out)
	kernel.Each(sel, out.Len, func(i int) { m.start(); m.end(i) })
	return nil
}

// mapSide gives the keys (0) or values (1): the map's own child under its ranges.
func mapSide(k int) kernel.Kernel {
	return func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		l, rs := listsOf(args[0]), out.Ranges()
		kernel.Each(sel, out.Len, func(i int) { rs[i] = l.rs.At(i) })
		out.SetKids([]*vector.Vector{l.kids[k]})
		return nil
	}
}

func mapToRows(c *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l, rs := listsOf(args[0]), out.Ranges()
	kernel.Each(sel, out.Len, func(i int) { rs[i] = l.rs.At(i) })
	rows := vector.New(out.Type.Elem(), 0)
	rows.SetKids(l.kids)
	rows.Len = l.kids[0].Len
	out.SetKids([]*vector.Vector{rows})
	return nil
}

func fromEntriesTypes(args []plan.Arg, _ plan.Dialect) ([]types.Type, types.Type, bool) {
	if len(args) != 1 || args[0].Type.Kind != types.Array || args[0].Type.Elem().Kind != types.Row || len(args[0].Type.Elem().Fields) != 2 {
		return nil, types.Type{}, false
	}
	f := args[0].Type.Elem().Fields
	return []types.Type{args[0].Type}, types.MapOf(f[0].Type, f[1].Type), true
}

func mapFromRows(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	m, l := newMapOut(out), listsOf(args[0])
	rows := vector.Flatten(l.kids[0])
	return kernel.EachErr(sel, out.Len, func(i int) error {
		m.start()
		for _, e := range rangeIdx(l.rs.At(i)) {
			if rows.IsNull(int(e)) {
				return fault.New(fault.CodeInvalidParameter, "map entry cannot be null")
			}
			if err := m.add(rows.Kids[0], int(e), rows.Kids[1], int(e)); err != nil {
				return err
			}
		}
		m.end(i)
		return nil
	})
}

func mapConcat(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	m := newMapOut(out)
	in := make([]lists, len(args))
	for k, a := range args {
		in[k] = listsOf(a)
	}
	return kernel.EachErr(sel, out.Len, func(i int) error {
		m.start()
		for k := len(in) - 1; k >= 0; k-- { // later maps win
			for _, e := range rangeIdx(in[k].rs.At(i)) {
				if m.seen.has(in[k].kids[0], e) {
					continue
				}
				if err := m.add(in[k].kids[0], int(e), in[k].kids[1], int(e)); err != nil {
					return err
				}
			}
		}
		m.end(i)
		return nil
	})
}

func splitToMap(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	m, s := newMapOut(out), strs(args)
	one := vector.New(types.TVarchar, 0)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		m.start()
		text, entry, pair := string(s[0].At(i)), string(s[1].At(i)), string(s[2].At(i))
		if entry == "" || pair == "" || entry == pair {
			return fault.New(fault.CodeInvalidParameter, "entry and key-value delimiters must be different and not empty")
		}
		for _, part := range strings.Split(text, entry) {
			if part == "" {
				continue
			}
			k, v, ok := strings.Cut(part, pair)
			if !ok {
				return fault.New(fault.CodeInvalidParameter, "key-value delimiter must appear exactly once in each entry. Bad input: %q", part)
			}
			at := one.Len
			one.AppendBytes([]byte(k))
			one.AppendBytes([]byte(v))
			if err := m.add(one, at, one, at+1); err != nil {
				return err
			}
		}
		m.end(i)
		return nil
	})
}
