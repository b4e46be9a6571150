package op_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
	"github.com/glauxdb/glaux/formats/vector"
)

// lister is an aggregate that keeps every value it sees, in order, so that a test
// sees what an Aggregator was fed. Its state is the number of its list.
type lister struct{ lists [][]string }

func (l *lister) StateSize() int { return 8 }

func (l *lister) list(st fn.States, r uint32) *[]string {
	s := st.Rows[int(r)*st.Stride+st.Off:]
	n := binary.NativeEndian.Uint64(s)
	if n == 0 {
		l.lists = append(l.lists, nil)
		n = uint64(len(l.lists))
		binary.NativeEndian.PutUint64(s, n)
	}
	return &l.lists[n-1]
}

func (l *lister) Update(st fn.States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	for k, g := range groups {
		p := k
		if sel != nil {
			p = int(sel[k])
		}
		to := l.list(st, g)
		*to = append(*to, optest.ValueText(vector.ValueAt(args[0], p)))
	}
	return nil
}

func (l *lister) UpdateOne(st fn.States, args []*vector.Vector, sel vector.Sel, n int) error {
	if sel != nil {
		n = len(sel)
	}
	return l.Update(st, make([]uint32, n), args, sel)
}

func (l *lister) Merge(st fn.States, groups []uint32, from fn.Aggregator, fromSt fn.States, fromGroups []uint32) error {
	for k, g := range groups {
		src := *from.(*lister).list(fromSt, fromGroups[k])
		to := l.list(st, g)
		*to = append(*to, src...)
	}
	return nil
}

func (l *lister) Final(st fn.States, groups []uint32, out *vector.Vector) error {
	for _, g := range groups {
		var b bytes.Buffer
		for _, s := range *l.list(st, g) {
			fmt.Fprintf(&b, "%s,", s)
		}
		out.AppendBytes(b.Bytes())
	}
	return nil
}

func (l *lister) MemoryBytes() int64 { return 0 }

func newLister() (fn.Aggregator, error) { return &lister{}, nil }

// aggRows makes rows (k bigint, s varchar, x bigint).
func aggRows(n, keys int) [][]types.Value {
	r := rand.New(rand.NewPCG(3, 9))
	rows := make([][]types.Value, n)
	for i := range rows {
		k, s := types.IntOf(types.TBigInt, int64(r.IntN(keys))), types.StringOf(types.TVarchar, fmt.Sprint("s", r.IntN(3)))
		if r.IntN(10) == 0 {
			k = types.NullOf(types.TBigInt)
		}
		rows[i] = []types.Value{k, s, types.IntOf(types.TBigInt, int64(r.IntN(10)))}
	}
	return rows
}

var aggTypes = []types.Type{types.TBigInt, types.TVarchar, types.TBigInt}

// small keeps rows whose third column is below 5.
type small struct{}

func (small) Filter(b *vector.Batch, sel vector.Sel) (vector.Sel, error) {
	out := vector.Sel{}
	for p := range b.N {
		if v := vector.ValueAt(b.Cols[2], p); !v.Null && v.I < 5 && (sel == nil || slices.Contains(sel, uint16(p))) {
			out = append(out, uint16(p))
		}
	}
	return out, nil
}

// TestAggregate groups by nothing, one and two keys; each call keeps its values,
// whose order does not count unless the call asks for one.
func TestAggregate(t *testing.T) {
	for _, keys := range [][]int{{}, {0}, {1}, {1, 0}} {
		for _, distinctKeys := range []int{4, 200} {
			rows := aggRows(500, distinctKeys)
			want := wantGroups(rows, keys)
			t.Run(fmt.Sprint(keys, distinctKeys), func(t *testing.T) {
				optest.Each(t, func(t *testing.T, v optest.Variant) {
					q := v.Query()
					a := &op.Aggregate{Keys: keys, Inputs: []op.ProjectItem{{Pass: 2}}, InTypes: []types.Type{types.TBigInt}, Mem: q.Mem}
					for _, k := range keys {
						a.KeyTypes = append(a.KeyTypes, aggTypes[k])
					}
					order := []op.SortSpec{{Pos: 0, Type: types.TBigInt, Desc: true}}
					for _, c := range []op.AggCall{{}, {Filter: func() op.Conds { return small{} }}, {Distinct: true}, {Order: order}, {Order: order, Distinct: true}} {
						c.New, c.Type, c.Args = newLister, types.TVarchar, []int{0}
						a.Calls = append(a.Calls, c)
					}
					optest.Sink(t, q, v.Input(aggTypes, rows), a)
					got, err := groupsOf(q, a, len(keys))
					if err != nil {
						t.Fatal(err)
					}
					if d := cmp.Diff(want, got); d != "" {
						t.Fatalf("-want +got:\n%s", d)
					}
				})
			})
		}
	}
}

// groupsOf reads the result; lists of calls without an order are sorted.
func groupsOf(q *op.Query, src op.Source, keys int) (map[string][]string, error) {
	out := map[string][]string{}
	s := op.Start(context.Background(), q, &op.Pipeline{Source: src}, true)
	defer s.Close()
	var b vector.Batch
	for {
		if err := s.Next(context.Background(), &b); err != nil {
			if err.Error() == "EOF" {
				err = nil
			}
			return out, err
		}
		for p := range b.N {
			key, vals := "", []string{}
			for i, c := range b.Cols {
				if i < keys {
					key += optest.ValueText(vector.ValueAt(c, p)) + "|"
					continue
				}
				list := vector.ValueAt(c, p).S
				if i-keys < 3 {
					list = sortedList(list)
				}
				vals = append(vals, list)
			}
			out[key] = vals
		}
	}
}

func sortedList(s string) string {
	parts := bytes.Split([]byte(s), []byte(","))
	slices.SortFunc(parts, bytes.Compare)
	return string(bytes.Join(parts, []byte(",")))
}

func wantGroups(rows [][]types.Value, keys []int) map[string][]string {
	byKey := map[string][]int64{}
	if len(keys) == 0 {
		byKey[""] = nil
	}
	for _, r := range rows {
		key := ""
		for _, k := range keys {
			key += optest.ValueText(r[k]) + "|"
		}
		byKey[key] = append(byKey[key], r[2].I)
	}
	out := map[string][]string{}
	for key, xs := range byKey {
		var few []int64
		for _, x := range xs {
			if x < 5 {
				few = append(few, x)
			}
		}
		down := slices.Clone(xs)
		slices.Sort(down)
		slices.Reverse(down)
		once := slices.Compact(slices.Clone(down))
		out[key] = []string{sortedList(list(xs)), sortedList(list(few)), sortedList(list(once)), list(down), list(once)}
	}
	return out
}

func list(xs []int64) string {
	s := ""
	for _, x := range xs {
		s += fmt.Sprint(x, ",")
	}
	return s
}

// TestAggregateManyGroups goes through the partitioned merge.
func TestAggregateManyGroups(t *testing.T) {
	const n, groups = 200_000, 50_000
	v := optest.Variant{Batch: 4096, Workers: 4}
	rows := make([][]types.Value, n)
	for i := range rows {
		rows[i] = []types.Value{types.IntOf(types.TBigInt, int64(i%groups))}
	}
	q := v.Query()
	a := &op.Aggregate{Keys: []int{0}, KeyTypes: []types.Type{types.TBigInt}, Mem: q.Mem, Inputs: []op.ProjectItem{{Pass: 0}}, InTypes: []types.Type{types.TBigInt}}
	a.Calls = []op.AggCall{{New: newLister, Type: types.TVarchar, Args: []int{0}}}
	optest.Sink(t, q, v.Input([]types.Type{types.TBigInt}, rows), a)
	got, err := optest.Rows(q, a)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	if got = slices.Compact(got); len(got) != groups {
		t.Fatalf("%d groups, want %d", len(got), groups)
	}
	for _, row := range got {
		var k, w, x, y, z int
		if m, _ := fmt.Sscanf(row, "%d|\"%d,%d,%d,%d,\"|", &k, &w, &x, &y, &z); m != 5 || k != w || k != x || k != y || k != z {
			t.Fatalf("group %s does not hold its key four times", row)
		}
	}
}
