package fn

import (
	"fmt"
	"math"
	"sort"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/jsontext"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// collector gathers the arguments of each group in order: rows of side vectors,
// chained through next. The state is the list's first and last row plus one and
// its length. Aggregates of variable size (array_agg, string_agg, map_agg, exact
// percentiles) are a collector with a way to finish.
type collector struct {
	skipNulls bool // rows whose first argument is NULL are left out
	params    []types.Type
	cols      []*vector.Vector
	next      []uint32 // row+1 that follows; 0: none
	live      liveRows
	finish    func(c *collector, rows []uint32, out *vector.Vector) error
	rows      []uint32
}

type listState struct {
	first, last uint32 // row+1
	n           int64
}

func newCollector(skipNulls bool, finish func(c *collector, rows []uint32, out *vector.Vector) error) *aggImpl {
	return &aggImpl{new: func(_ *kernel.EvalCtx, f *plan.Func) (Aggregator, error) {
		return &collector{skipNulls: skipNulls, finish: finish, params: f.Params}, nil
	}}
}

func (a *collector) StateSize() int { return 16 }

// prepare makes the side vectors.
func (a *collector) prepare(args []*vector.Vector) {
	for len(a.cols) < len(args) {
		a.cols = append(a.cols, vector.New(args[len(a.cols)].Type, 0))
	}
}

func (a *collector) Update(st States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	a.prepare(args)
	src := []uint16(sel)
	if sel == nil {
		src = identity[:len(groups)]
	}
	if a.skipNulls {
		groups, src = a.live.groups(args[:1], groups, sel)
	}
	if len(src) == 0 {
		return nil
	}
	from := uint32(a.cols[0].Len)
	if uint64(from)+uint64(len(src)) >= math.MaxUint32 {
		return fault.New(fault.CodeProgramLimit, "an aggregate cannot collect more than 4 billion values")
	}
	for k, col := range a.cols {
		col.AppendRows(args[k], src, 0)
	}
	for i, g := range groups {
		a.link(state[listState](st, g), from+uint32(i))
	}
	return nil
}

func (a *collector) link(s *listState, row uint32) {
	for uint32(len(a.next)) <= row {
		a.next = append(a.next, 0)
	}
	if s.n == 0 {
		s.first = row + 1
	} else {
		a.next[s.last-1] = row + 1
	}
	s.last = row + 1
	s.n++
}

func (a *collector) UpdateOne(st States, args []*vector.Vector, sel vector.Sel, n int) error {
	return a.Update(st, make([]uint32, selCount(sel, n)), args, sel)
}

func (a *collector) Merge(st States, groups []uint32, from Aggregator, fst States, fgroups []uint32) error {
	o := from.(*collector)
	if len(o.cols) == 0 {
		return nil
	}
	a.prepare(o.cols)
	for i, g := range groups {
		a.rows = o.list(a.rows, state[listState](fst, fgroups[i])) // several may read o at once
		rows := a.rows
		if len(rows) == 0 {
			continue
		}
		at := uint32(a.cols[0].Len)
		for k, col := range a.cols {
			col.AppendIdx(o.cols[k], rows)
		}
		s := state[listState](st, g)
		for k := range rows {
			a.link(s, at+uint32(k))
		}
	}
	return nil
}

// list gives the rows of a group, in buf's memory.
func (a *collector) list(buf []uint32, s *listState) []uint32 {
	buf = buf[:0]
	for r, n := s.first, s.n; n > 0; n-- {
		buf = append(buf, r-1)
		r = a.next[r-1]
	}
	return buf
}

func (a *collector) Final(st States, groups []uint32, out *vector.Vector) error {
	for len(a.cols) < len(a.params) { // no row came
		a.cols = append(a.cols, vector.New(a.params[len(a.cols)], 0))
	}
	for _, g := range groups {
		a.rows = a.list(a.rows, state[listState](st, g))
		if err := a.finish(a, a.rows, out); err != nil {
			return err
		}
	}
	return nil
}

func (a *collector) MemoryBytes() int64 {
	n := 4 * int64(cap(a.next))
	for _, c := range a.cols {
		n += vector.MemoryBytes(c)
	}
	return n
}

// appendList appends an array (or map) of the rows of side vectors.
func appendList(out *vector.Vector, rows []uint32, cols ...*vector.Vector) {
	at := out.Kids[0].Len
	for k, c := range cols {
		out.Kids[k].AppendIdx(c, rows)
	}
	i := out.Len
	out.Resize(i + 1)
	out.Ranges()[i] = vector.Range{Off: uint32(at), Len: uint32(len(rows))}
}

func finishArray(a *collector, rows []uint32, out *vector.Vector) error {
	if len(rows) == 0 {
		out.AppendNull()
		return nil
	}
	appendList(out, rows, a.cols[0])
	return nil
}

// finishString joins texts; each is preceded by its own row's separator.
func finishString(a *collector, rows []uint32, out *vector.Vector) error {
	if len(rows) == 0 {
		out.AppendNull()
		return nil
	}
	from := len(out.Data)
	for i, r := range rows {
		if i > 0 && len(a.cols) > 1 && !a.cols[1].IsNull(int(r)) {
			out.Data = append(out.Data, a.cols[1].Bytes(int(r))...)
		}
		out.Data = append(out.Data, a.cols[0].Bytes(int(r))...)
		if len(out.Data) > maxVectorText {
			return errTextTooLong()
		}
	}
	i := out.Len
	out.Resize(i + 1)
	out.Ranges()[i] = vector.Range{Off: uint32(from), Len: uint32(len(out.Data) - from)}
	return nil
}

// maxListagg is the length in bytes at which ON OVERFLOW TRUNCATE cuts: Trino's.
const maxListagg = 1 << 20

// finishTruncated joins as many texts as fit, then the filler (the third argument)
// and how many are left (if the fourth is true).
func finishTruncated(a *collector, rows []uint32, out *vector.Vector) error {
	if len(rows) == 0 {
		out.AppendNull()
		return nil
	}
	separator := func(b []byte, r uint32) []byte {
		if a.cols[1].IsNull(int(r)) {
			return b
		}
		return append(b, a.cols[1].Bytes(int(r))...)
	}
	var b []byte
	for i, r := range rows {
		fits := len(b)
		if i > 0 {
			b = separator(b, r)
		}
		if b = append(b, a.cols[0].Bytes(int(r))...); len(b) <= maxListagg {
			continue
		}
		if b = b[:fits]; i > 0 {
			b = separator(b, r)
		}
		b = append(b, a.cols[2].Bytes(int(r))...)
		if vector.Values[bool](a.cols[3])[r] {
			b = fmt.Appendf(b, "(%d)", len(rows)-i)
		}
		break
	}
	out.AppendBytes(b)
	return nil
}

// maxVectorText bounds the text of one result column.
const maxVectorText = 1 << 30

func finishMap(multi bool) func(a *collector, rows []uint32, out *vector.Vector) error {
	return func(a *collector, rows []uint32, out *vector.Vector) error {
		if len(rows) == 0 {
			out.AppendNull()
			return nil
		}
		seen := newElemSet(nil)
		var keys []uint32
		for _, r := range rows {
			if seen.add(a.cols[0], r) {
				keys = append(keys, r)
			}
		}
		if !multi {
			appendList(out, keys, a.cols[0], a.cols[1])
			return nil
		}
		at, lists := out.Kids[0].Len, out.Kids[1]
		out.Kids[0].AppendIdx(a.cols[0], keys)
		for _, k := range keys {
			var vals []uint32
			for _, r := range rows {
				if kernel.CompareRows(a.cols[0], int(r), a.cols[0], int(k)) == 0 {
					vals = append(vals, r)
				}
			}
			appendList(lists, vals, a.cols[1])
		}
		i := out.Len
		out.Resize(i + 1)
		out.Ranges()[i] = vector.Range{Off: uint32(at), Len: uint32(len(keys))}
		return nil
	}
}

// finishHistogram counts each value.
func finishHistogram(a *collector, rows []uint32, out *vector.Vector) error {
	if len(rows) == 0 {
		out.AppendNull()
		return nil
	}
	order(a.cols[0], rows)
	at := out.Kids[0].Len
	counts := out.Kids[1]
	for i := 0; i < len(rows); {
		j := i + 1
		for j < len(rows) && kernel.CompareRows(a.cols[0], int(rows[i]), a.cols[0], int(rows[j])) == 0 {
			j++
		}
		out.Kids[0].AppendIdx(a.cols[0], rows[i:i+1])
		counts.AppendValue(types.IntOf(types.TBigInt, int64(j-i)))
		i = j
	}
	i := out.Len
	out.Resize(i + 1)
	out.Ranges()[i] = vector.Range{Off: uint32(at), Len: uint32(out.Kids[0].Len - at)}
	return nil
}

// finishPercentile gives the value at the fraction of the sorted values that the
// second argument names (of its first row).
func finishPercentile(a *collector, rows []uint32, out *vector.Vector) error {
	if len(rows) == 0 {
		out.AppendNull()
		return nil
	}
	p := a.cols[len(a.cols)-1]
	if p.IsNull(int(rows[0])) {
		out.AppendNull()
		return nil
	}
	frac := vector.ValueAt(p, int(rows[0]))
	sorted := append([]uint32(nil), rows...)
	order(a.cols[0], sorted)
	pick := func(f float64) (uint32, error) {
		if !(f >= 0 && f <= 1) {
			return 0, fault.New(fault.CodeInvalidParameter, "percentile must be between 0 and 1")
		}
		k := int(math.Ceil(f*float64(len(sorted)))) - 1
		return sorted[min(max(k, 0), len(sorted)-1)], nil
	}
	if frac.Type.Kind != types.Array {
		r, err := pick(frac.F)
		if err == nil {
			out.AppendIdx(a.cols[0], []uint32{r})
		}
		return err
	}
	var list []uint32
	for _, f := range frac.Kids {
		r, err := pick(f.F)
		if err != nil {
			return err
		}
		list = append(list, r)
	}
	appendList(out, list, a.cols[0])
	return nil
}

// finishBest is min_by and max_by: the first argument where the second is least or
// greatest; with a third argument so many of them.
func finishBest(isMax bool) func(a *collector, rows []uint32, out *vector.Vector) error {
	return func(a *collector, rows []uint32, out *vector.Vector) error {
		x, y := a.cols[0], a.cols[1]
		kept := make([]uint32, 0, len(rows))
		for _, r := range rows {
			if !y.IsNull(int(r)) {
				kept = append(kept, r)
			}
		}
		if len(kept) == 0 {
			out.AppendNull()
			return nil
		}
		cmp := func(i, j uint32) bool {
			c := kernel.CompareRows(y, int(i), y, int(j))
			return isMax && c > 0 || !isMax && c < 0
		}
		if len(a.cols) == 2 {
			best := kept[0]
			for _, r := range kept[1:] {
				if cmp(r, best) {
					best = r
				}
			}
			out.AppendIdx(x, []uint32{best})
			return nil
		}
		sort.SliceStable(kept, func(i, j int) bool { return cmp(kept[i], kept[j]) })
		n := vector.ValueAt(a.cols[2], int(kept[0])).I
		appendList(out, kept[:min(max(int(n), 0), len(kept))], x)
		return nil
	}
}

// finishJSON makes JSON arrays, or objects of names and values.
func finishJSON(object bool) func(a *collector, rows []uint32, out *vector.Vector) error {
	return func(a *collector, rows []uint32, out *vector.Vector) error {
		if len(rows) == 0 {
			out.AppendNull()
			return nil
		}
		opt := kernel.TextOptions{Records: true}
		b, sep := []byte{'['}, ", "
		if object {
			b = []byte("{ ")
		} else if a.cols[0].Type.Kind == types.Row {
			sep = ", \n " // as PostgreSQL sets out rows
		}
		for i, r := range rows {
			if i > 0 {
				b = append(b, sep...)
			}
			if object {
				if a.cols[0].IsNull(int(r)) {
					return fault.New(fault.CodeInvalidParameter, "field name must not be null")
				}
				b = kernel.AppendJSONString(b, opt.AppendText(nil, a.cols[0], int(r)))
				b = append(b, " : "...)
				b = opt.AppendJSON(b, a.cols[1], int(r))
			} else {
				b = opt.AppendJSON(b, a.cols[0], int(r))
			}
			if len(b) > maxText {
				return errTextTooLong()
			}
		}
		if object {
			b = append(b, " }"...)
		} else {
			b = append(b, ']')
		}
		if out.Type.IsJSONB() {
			b = jsontext.AppendB(nil, b)
		}
		out.AppendBytes(b)
		return nil
	}
}

func collectEntries() []*Entry {
	agg := func(names []string, doc string, overs ...overload) *Entry {
		return &Entry{Names: names, Kind: plan.AggregateFunc, Doc: doc, overs: overs}
	}
	percentile := newCollector(true, finishPercentile)
	return []*Entry{
		agg([]string{"array_agg"}, "The values as an array, NULLs too; NULL of no rows.", overload{sig: "array_agg(T) array(T)", agg: newCollector(false, finishArray), lenient: true}),
		agg([]string{"string_agg", "listagg"}, "The texts that are not NULL, joined by the separator. `listagg(x, sep ON OVERFLOW TRUNCATE 'filler' WITH COUNT)` ends what would be longer than 1,048,576 bytes with the filler and, unless it says WITHOUT COUNT, the number of texts left out.",
			overload{sig: "string_agg(varchar, varchar) varchar", agg: newCollector(true, finishString)}, overload{sig: "string_agg(varchar) varchar", agg: newCollector(true, finishString)},
			overload{sig: "string_agg(varchar, varchar, varchar, boolean) varchar", agg: newCollector(true, finishTruncated)}),
		agg([]string{"map_agg"}, "A map of keys and values; of equal keys the first counts.", overload{sig: "map_agg(K, V) map(K, V)", agg: newCollector(true, finishMap(false))}),
		agg([]string{"multimap_agg"}, "A map of keys and arrays of their values.", overload{sig: "multimap_agg(K, V) map(K, array(V))", agg: newCollector(true, finishMap(true))}),
		agg([]string{"histogram"}, "A map of the values and how often each occurs.", overload{sig: "histogram(K) map(K, bigint)", agg: newCollector(true, finishHistogram)}),
		agg([]string{"min_by"}, "The first argument where the second is least, or so many.",
			overload{sig: "min_by(T, U) T", agg: newCollector(false, finishBest(false))}, overload{sig: "min_by(T, U, bigint) array(T)", agg: newCollector(false, finishBest(false))}),
		agg([]string{"max_by"}, "The first argument where the second is greatest, or so many.",
			overload{sig: "max_by(T, U) T", agg: newCollector(false, finishBest(true))}, overload{sig: "max_by(T, U, bigint) array(T)", agg: newCollector(false, finishBest(true))}),
		agg([]string{"approx_percentile"}, "The value at a fraction (or an array of fractions) of the sorted values. The answer is exact.",
			overload{sig: "approx_percentile(T, double) T", agg: percentile}, overload{sig: "approx_percentile(T, array(double)) array(T)", agg: percentile}),
		agg([]string{"json_agg"}, "The values as a JSON array.", overload{sig: "json_agg(T) json", agg: newCollector(false, finishJSON(false))}),
		agg([]string{"jsonb_agg"}, "The values as a jsonb array.", overload{sig: "jsonb_agg(T) jsonb", agg: newCollector(false, finishJSON(false))}),
		agg([]string{"json_object_agg"}, "Names and values as a JSON object.", overload{sig: "json_object_agg(T, U) json", agg: newCollector(false, finishJSON(true))}),
		agg([]string{"jsonb_object_agg"}, "Names and values as a jsonb object.", overload{sig: "jsonb_object_agg(T, U) jsonb", agg: newCollector(false, finishJSON(true))}),
	}
}
