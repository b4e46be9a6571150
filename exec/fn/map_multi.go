package fn

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// mapMulti are the functions that make maps of keys to all their values.
func mapMulti() []*Entry {
	return []*Entry{
		{Names: []string{"multimap_from_entries"}, Doc: "A map of an array of (key, value) rows to all values of each key.", Examples: []Example{{SQL: "multimap_from_entries(array[row('a', 1), row('b', 2), row('a', 3)])", Result: `{"a":[1,3],"b":[2]}`}},
			overs: []overload{{sig: "multimap_from_entries(array(row(K, V))) map(K, array(V))", types: multiTypes, scalar: eval(multimapFromRows)}}},
		{Names: []string{"split_to_multimap"}, Doc: "Text such as `a=1,a=2` as a map of the keys to all their values.", Examples: []Example{{SQL: "split_to_multimap('a=1,b=2,a=3', ',', '=')", Result: `{"a":["1","3"],"b":["2"]}`}},
			overs: []overload{{sig: "split_to_multimap(varchar, varchar, varchar) map(varchar, array(varchar))", scalar: eval(splitToMultimap)}}},
	}
}

func multiTypes(args []plan.Arg, d plan.Dialect) ([]types.Type, types.Type, bool) {
	params, t, ok := fromEntriesTypes(args, d)
	if ok {
		t = types.MapOf(t.Key(), types.ArrayOf(t.Value()))
	}
	return params, t, ok
}

// multiOut builds maps of keys to arrays.
type multiOut struct {
	rs         []vector.Range
	keys, vals *vector.Vector
	lists      []vector.Range
	out        *vector.Vector
}

func newMultiOut(out *vector.Vector) *multiOut {
	return &multiOut{out: out, rs: out.Ranges(), keys: vector.New(out.Type.Key(), 0), vals: vector.New(out.Type.Value().Elem(), 0)}
}

// row adds a map of n pairs, whose keys are rows k(0) .. k(n-1) of keys.
func (m *multiOut) row(i int, keys *vector.Vector, k []int, vals *vector.Vector, v []int) error {
	from := m.keys.Len
	groups := map[uint64][]int{} // by hash: groups, counted from 0
	var firsts []int             // the first key of each
	var members [][]int
	set := newElemSet(nil)
	for n := range k {
		if keys.IsNull(k[n]) {
			return fault.New(fault.CodeInvalidParameter, "map key cannot be null")
		}
		h, at := set.hash(keys, uint32(k[n])), -1
		for _, g := range groups[h] {
			if kernel.EqualRows(keys, firsts[g], keys, k[n]) {
				at = g
			}
		}
		if at < 0 {
			at = len(firsts)
			groups[h], firsts, members = append(groups[h], at), append(firsts, k[n]), append(members, nil)
		}
		members[at] = append(members[at], v[n])
	}
	for g, first := range firsts {
		m.keys.AppendRange(keys, first, 1)
		start := m.vals.Len
		for _, x := range members[g] {
			m.vals.AppendRange(vals, x, 1)
		}
		m.lists = append(m.lists, vector.Range{Off: uint32(start), Len: uint32(m.vals.Len - start)})
	}
	m.rs[i] = vector.Range{Off: uint32(from), Len: uint32(m.keys.Len - from)}
	return nil
}

func (m *multiOut) finish() {
	lists := vector.New(m.out.Type.Value(), len(m.lists))
	copy(lists.Ranges(), m.lists)
	lists.SetKids([]*vector.Vector{m.vals})
	m.out.SetKids([]*vector.Vector{m.keys, lists})
}

func multimapFromRows(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	l, m := listsOf(args[0]), newMultiOut(out)
	rows := vector.Flatten(l.kids[0])
	err := kernel.EachErr(sel, out.Len, func(i int) error {
		var at []int
		for _, e := range rangeIdx(l.rs.At(i)) {
			if rows.IsNull(int(e)) {
				return fault.New(fault.CodeInvalidParameter, "map entry cannot be null")
			}
			at = append(at, int(e))
		}
		return m.row(i, rows.Kids[0], at, rows.Kids[1], at)
	})
	m.finish()
	return err
}

func splitToMultimap(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, m := strs(args), newMultiOut(out)
	err := kernel.EachErr(sel, out.Len, func(i int) error {
		text, entry, pair := string(s[0].At(i)), string(s[1].At(i)), string(s[2].At(i))
		if entry == "" || pair == "" || entry == pair {
			return fault.New(fault.CodeInvalidParameter, "entry and key-value delimiters must be different and not empty")
		}
		keys, vals := vector.New(types.TVarchar, 0), vector.New(types.TVarchar, 0)
		var at []int
		for _, part := range strings.Split(text, entry) {
			if part == "" {
				continue
			}
			k, v, ok := strings.Cut(part, pair)
			if !ok {
				return fault.New(fault.CodeInvalidParameter, "key-value delimiter must appear exactly once in each entry. Bad input: %q", clipped([]byte(part)))
			}
			at = append(at, keys.Len)
			keys.AppendBytes([]byte(k))
			vals.AppendBytes([]byte(v))
		}
		return m.row(i, keys, at, vals, at)
	})
	m.finish()
	return err
}
