package op_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/optest"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/planner/plan"
)

// The columns of the windows' input. less and more are the key k with 2 taken away
// and added.
const (
	wID = iota
	wG
	wS
	wK
	wV
	wB
	wLess
	wMore
	wN
)

var windowTypes = []types.Type{types.TBigInt, types.TInteger, types.TVarchar, types.TBigInt, types.TBigInt, types.TBoolean, types.TBigInt, types.TBigInt, types.TBigInt}

func windowRows(r *rand.Rand, n int) [][]types.Value {
	words := []string{"", "a", "a string that is long", "a string that is longer", "b"}
	rows := make([][]types.Value, n)
	for i := range rows {
		k := int64(r.IntN(n/20 + 4))
		row := []types.Value{
			types.IntOf(types.TBigInt, int64(i)), types.IntOf(types.TInteger, int64(r.IntN(n/30+2))), types.StringOf(types.TVarchar, words[r.IntN(len(words))]),
			types.IntOf(types.TBigInt, k), types.IntOf(types.TBigInt, int64(r.IntN(20)-10)), types.BoolOf(r.IntN(3) > 0),
			types.IntOf(types.TBigInt, k-2), types.IntOf(types.TBigInt, k+2), types.IntOf(types.TBigInt, int64(r.IntN(4)+1)),
		}
		for _, c := range []int{wG, wS, wK, wV, wB} {
			if r.IntN(9) == 0 && (c != wG || n < 1000) {
				row[c] = types.NullOf(windowTypes[c])
			}
		}
		if row[wK].Null {
			row[wLess], row[wMore] = row[wK], row[wK]
		}
		rows[i] = row
	}
	return rows
}

// windowCase is a call with its keys: columns, descending if below zero.
type windowCase struct {
	call window.Call
	keys []op.SortSpec
}

var windowNames = []string{"row_number", "rank", "dense_rank", "ntile", "lead", "lag", "first_value", "last_value", "nth_value",
	"count", "sum", "min", "max", "array_agg", "bool_and", "sum", "array_agg", "percent_rank", "cume_dist"}

func randomCase(t *testing.T, r *rand.Rand) windowCase {
	c := windowCase{call: window.Call{Name: windowNames[r.IntN(len(windowNames))], Filter: -1, Type: types.TBigInt}}
	w := &c.call
	cols := []int{wG, wS, wB, wK}
	r.Shuffle(len(cols), func(i, j int) { cols[i], cols[j] = cols[j], cols[i] })
	w.Partition = r.IntN(3)
	order := cols[w.Partition : w.Partition+r.IntN(2)]
	ranged := r.IntN(4) == 0
	switch {
	case ranged:
		cols = slices.DeleteFunc(cols, func(c int) bool { return c == wK })
		order = []int{wK}
	case w.Name == "row_number" || r.IntN(2) == 0:
		order = append(slices.Clone(order), wID)
	}
	w.Order = len(order)
	for _, col := range append(slices.Clone(cols[:w.Partition]), order...) {
		c.keys = append(c.keys, op.SortSpec{Pos: col, Type: windowTypes[col], Desc: r.IntN(2) == 0, NullsFirst: r.IntN(2) == 0})
	}
	c.frame(r, ranged)
	switch w.Name {
	case "percent_rank", "cume_dist":
		w.Type = types.TDouble
	case "ntile":
		w.Args = []int{wN}
	case "lead", "lag":
		w.Args = []int{wV, wN, wID}[:1+r.IntN(3)]
		w.IgnoreNulls = r.IntN(2) == 0
	case "first_value", "last_value":
		w.Args, w.IgnoreNulls = []int{wV}, r.IntN(2) == 0
	case "nth_value":
		w.Args, w.IgnoreNulls = []int{wV, wN}, r.IntN(2) == 0
	case "count", "sum", "min", "max", "array_agg", "bool_and":
		c.aggregate(t, r)
	}
	return c
}

func (c *windowCase) aggregate(t *testing.T, r *rand.Rand) {
	w := &c.call
	w.Args = []int{wV}
	if w.Name == "bool_and" {
		w.Args = []int{wB}
	}
	if r.IntN(3) == 0 {
		w.Filter = wB
	}
	f, err := fn.NewRegistry().Resolve(w.Name, plan.WindowFunc, []plan.Arg{{Type: windowTypes[w.Args[0]]}}, plan.Athena)
	if err != nil {
		t.Fatal(err)
	}
	w.Type = f.Ret
	w.New = func() (fn.Aggregator, error) { return fn.NewAggregator(&kernel.EvalCtx{}, f) }
}

func (c *windowCase) frame(r *rand.Rand, ranged bool) {
	f := &c.call.Frame
	f.Unit = plan.FrameRows
	if c.call.Order > 0 {
		f.Unit = []plan.FrameUnit{plan.FrameRows, plan.FrameGroups}[r.IntN(2)]
	}
	if ranged {
		f.Unit, f.Key, f.Desc = plan.FrameRange, wK, c.keys[c.call.Partition].Desc
	}
	f.Exclude = []plan.Exclusion{0, 0, 0, 1, 2, 3}[r.IntN(6)]
	s := r.IntN(4)
	e := max(s, 1) + r.IntN(5-max(s, 1))
	for i, b := range []*window.Bound{&f.Start, &f.End} {
		b.Kind = plan.BoundKind([]int{s, e}[i])
		b.Offset = int64([]int{0, 1, 3, 60}[r.IntN(4)])
		if b.Limit = wMore; (b.Kind == plan.OffsetPreceding) != f.Desc {
			b.Limit = wLess
		}
	}
}

// reference computes a call the obvious way. sorted is the rows in order.
type reference struct {
	c        *windowCase
	sorted   [][]types.Value
	from, to []int // of each row's partition
	groups   []int // the number of each row's group of peers, over all rows
}

func newReference(c *windowCase, sorted [][]types.Value) *reference {
	n := len(sorted)
	f := &reference{c: c, sorted: sorted, from: make([]int, n), to: make([]int, n), groups: make([]int, n)}
	for i := 1; i < n; i++ {
		f.from[i], f.groups[i] = i, f.groups[i-1]+1
		if f.same(i-1, i, c.call.Partition) {
			f.from[i] = f.from[i-1]
		}
		if f.same(i-1, i, c.call.Partition+c.call.Order) {
			f.groups[i]--
		}
	}
	for i := n - 1; i >= 0; i-- {
		f.to[i] = i + 1
		if i+1 < n && f.from[i+1] == f.from[i] {
			f.to[i] = f.to[i+1]
		}
	}
	return f
}

func (f *reference) same(i, j, keys int) bool {
	return compareBy(f.c.keys[:keys], f.sorted[i], f.sorted[j]) == 0
}

func (f *reference) part(i int) (from, to int) { return f.from[i], f.to[i] }

func (f *reference) peer(i, j int) bool { return f.groups[i] == f.groups[j] }

// inside reports whether row j is not before (or, with end, not behind) the edge of
// row i's frame.
func (f *reference) inside(i, j int, b *window.Bound, end bool) bool {
	var d int64 // of j from i
	switch f.c.call.Frame.Unit {
	case plan.FrameRows:
		d = int64(j - i)
	case plan.FrameGroups:
		d = int64(f.groups[j] - f.groups[i])
	default:
		x, y := f.sorted[i][wK], f.sorted[j][wK]
		switch {
		case f.peer(i, j):
		case x.Null || y.Null || b.Kind == plan.CurrentRow:
			d = int64(1000 * (j - i))
		default:
			d = y.I - x.I
			if f.c.call.Frame.Desc {
				d = -d
			}
		}
	}
	off := b.Offset
	if f.c.call.Frame.Unit == plan.FrameRange {
		off = 2
	}
	switch b.Kind {
	case plan.OffsetPreceding:
		off = -off
	case plan.CurrentRow:
		off = 0
	case plan.OffsetFollowing:
	default:
		return true
	}
	if f.c.call.Frame.Unit == plan.FrameRange && f.sorted[i][wK].Null {
		off = 0 // NULLs see each other
	}
	if end {
		return d <= off
	}
	return d >= off
}

func (f *reference) frame(i int) []int {
	from, to := f.part(i)
	fr := &f.c.call.Frame
	var rows []int
	for j := from; j < to; j++ {
		if !f.inside(i, j, &fr.Start, false) || !f.inside(i, j, &fr.End, true) {
			continue
		}
		switch fr.Exclude {
		case plan.ExcludeCurrentRow:
			if j == i {
				continue
			}
		case plan.ExcludeGroup:
			if f.peer(i, j) {
				continue
			}
		case plan.ExcludeTies:
			if j != i && f.peer(i, j) {
				continue
			}
		}
		rows = append(rows, j)
	}
	return rows
}

func (f *reference) value(i int) string {
	c := &f.c.call
	from, to := f.part(i)
	switch c.Name {
	case "row_number":
		return fmt.Sprint(i - from + 1)
	case "rank":
		for i > from && f.peer(i-1, i) {
			i--
		}
		return fmt.Sprint(i - from + 1)
	case "dense_rank":
		return fmt.Sprint(f.groups[i] - f.groups[from] + 1)
	case "ntile":
		n, rows := int(f.sorted[from][wN].I), to-from
		at := 0
		for b := 1; ; b++ {
			if at += rows / n; b <= rows%n {
				at++
			}
			if i-from < at {
				return fmt.Sprint(b)
			}
		}
	case "percent_rank", "cume_dist":
		return f.share(i, from, to)
	case "lead", "lag":
		return f.shifted(i, from, to)
	case "first_value", "last_value", "nth_value":
		return f.picked(i)
	}
	return f.aggregated(f.frame(i))
}

// share counts the rows before a row's peers, or up to them, as a part of all.
func (f *reference) share(i, from, to int) string {
	before, all := 0, to-from
	for j := from; j < to; j++ {
		if j < i && !f.peer(i, j) || f.c.call.Name == "cume_dist" && (j <= i || f.peer(i, j)) {
			before++
		}
	}
	if f.c.call.Name == "percent_rank" {
		all = max(all-1, 1)
	}
	return optest.ValueText(types.FloatOf(types.TDouble, float64(before)/float64(all)))
}

// solid drops the rows whose value is NULL where these do not count.
func (f *reference) solid(rows []int) []int {
	if !f.c.call.IgnoreNulls {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(j int) bool { return f.sorted[j][wV].Null })
}

func (f *reference) shifted(i, from, to int) string {
	n := 1
	if len(f.c.call.Args) > 1 {
		n = int(f.sorted[i][wN].I)
	}
	var rows []int
	if f.c.call.Name == "lead" {
		for j := i + 1; j < to; j++ {
			rows = append(rows, j)
		}
	} else {
		for j := i - 1; j >= from; j-- {
			rows = append(rows, j)
		}
	}
	if rows = f.solid(rows); n <= len(rows) {
		return optest.ValueText(f.sorted[rows[n-1]][wV])
	}
	if len(f.c.call.Args) > 2 {
		return optest.ValueText(f.sorted[i][wID])
	}
	return "NULL"
}

func (f *reference) picked(i int) string {
	rows := f.solid(f.frame(i))
	k := 0
	switch f.c.call.Name {
	case "last_value":
		k = len(rows) - 1
	case "nth_value":
		k = int(f.sorted[i][wN].I) - 1
	}
	if k < 0 || k >= len(rows) {
		return "NULL"
	}
	return optest.ValueText(f.sorted[rows[k]][wV])
}

func (f *reference) aggregated(rows []int) string {
	var all []string
	var sum, n int64
	least, most := int64(1<<40), int64(-1<<40)
	for _, j := range rows {
		row := f.sorted[j]
		if f.c.call.Filter >= 0 && (row[wB].Null || row[wB].I == 0) {
			continue
		}
		x := row[f.c.call.Args[0]]
		all = append(all, optest.ValueText(x))
		if !x.Null {
			sum, n, least, most = sum+x.I, n+1, min(least, x.I), max(most, x.I)
		}
	}
	switch name := f.c.call.Name; {
	case name == "count":
		return fmt.Sprint(n)
	case name == "array_agg" && len(all) > 0:
		return "[" + strings.Join(all, "|") + "|]"
	case n == 0 || name == "array_agg":
		return "NULL"
	case name == "sum":
		return fmt.Sprint(sum)
	case name == "max":
		return fmt.Sprint(most)
	}
	return fmt.Sprint(least) // min, and bool_and
}

// TestWindowAgainstReference runs random calls over random rows in every shape.
func TestWindowAgainstReference(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	rows, steady := windowRows(r, 150), windowRows(r, 150)
	for _, row := range steady {
		row[wN] = types.IntOf(types.TBigInt, 3)
	}
	for i := range 150 {
		c := randomCase(t, r)
		rows := rows
		if c.call.Steady = i%3 > 0; c.call.Steady {
			rows = steady
		}
		t.Run(fmt.Sprintf("%s %v %+v", c.call.Name, c.keys, c.call.Frame), func(t *testing.T) {
			for _, v := range optest.Variants() {
				checkWindow(t, v, rows, c, true)
			}
		})
	}
}

// TestWindowOfMany has so many rows that keys are packed and numbered, and several
// morsels.
func TestWindowOfMany(t *testing.T) {
	if testing.Short() {
		t.Skip("what other tests run, with other settings")
	}
	r := rand.New(rand.NewPCG(12, 12))
	rows := windowRows(r, 40_000)
	for range 12 {
		c := randomCase(t, r)
		if c.call.Partition == 0 {
			continue // the reference is quadratic
		}
		c.keys[0] = op.SortSpec{Pos: wG, Type: windowTypes[wG]}
		t.Run(fmt.Sprintf("%s %v %+v", c.call.Name, c.keys, c.call.Frame), func(t *testing.T) {
			checkWindow(t, optest.Variant{Batch: 4096, Workers: 3}, rows, c, false)
		})
	}
}

func checkWindow(t *testing.T, v optest.Variant, rows [][]types.Value, c windowCase, all bool) {
	t.Helper()
	q := v.Query()
	w := &op.Window{InTypes: windowTypes, Keys: c.keys, Calls: []window.Call{c.call}, Mem: q.Mem}
	for i := range windowTypes {
		w.Inputs, w.Pass = append(w.Inputs, op.ProjectItem{Pass: i}), append(w.Pass, i)
	}
	optest.Sink(t, q, v.Input(windowTypes, rows), w)
	if v.Spill {
		q.Workers = 1 // files come in any order, and their batches one between the other
	}
	got, err := rowsOf(q, w)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(rows) {
		t.Fatalf("%v: %d rows of %d", v, len(got), len(rows))
	}
	if w.Width() > 1 && q.Workers > 1 { // morsels come in any order
		at := map[string]int{}
		for i, row := range got {
			if k := optest.ValueText(row[wG]); at[k] == 0 {
				at[k] = i + 1
			}
		}
		sort.SliceStable(got, func(i, j int) bool { return at[optest.ValueText(got[i][wG])] < at[optest.ValueText(got[j][wG])] })
	}
	f := newReference(&c, got)
	if all {
		for i := 1; i < len(got); i++ {
			if compareBy(c.keys[c.call.Partition:], got[i-1], got[i]) > 0 && f.same(i-1, i, c.call.Partition) {
				t.Fatalf("%v: rows %d and %d are out of order", v, i-1, i)
			}
		}
	}
	var want, have []string
	for i := 0; i < len(got); i += 1 + len(got)/1000 {
		want, have = append(want, f.value(i)), append(have, optest.ValueText(got[i][len(windowTypes)]))
	}
	if d := cmp.Diff(want, have); d != "" {
		t.Fatalf("%v: -want +got:\n%s", v, d)
	}
}

// TestWindowMemory: a list of all rows so far at each of many rows is refused, not
// tried.
func TestWindowMemory(t *testing.T) {
	rows := windowRows(rand.New(rand.NewPCG(13, 13)), 30_000)
	f, err := fn.NewRegistry().Resolve("array_agg", plan.WindowFunc, []plan.Arg{{Type: types.TBigInt}}, plan.Athena)
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []plan.BoundKind{plan.CurrentRow, plan.UnboundedFollowing} {
		call := window.Call{Name: "array_agg", Type: f.Ret, Args: []int{wV}, Filter: -1, Frame: window.Frame{Unit: plan.FrameRows, End: window.Bound{Kind: end}},
			New: func() (fn.Aggregator, error) { return fn.NewAggregator(&kernel.EvalCtx{}, f) }}
		if end == plan.UnboundedFollowing {
			call.Frame.Start.Kind = plan.CurrentRow
		}
		v := optest.Variant{Batch: 4096, Workers: 1}
		q := v.Query()
		q.Mem = mem.NewRoot(64<<20).Child("query", 0)
		w := &op.Window{InTypes: windowTypes, Calls: []window.Call{call}, Mem: q.Mem}
		for i := range windowTypes {
			w.Inputs = append(w.Inputs, op.ProjectItem{Pass: i})
		}
		optest.Sink(t, q, v.Input(windowTypes, rows), w)
		if _, err := rowsOf(q, w); !fault.Is(err, fault.CodeOutOfMemory) {
			t.Errorf("frame to %d: error %v, want 53200", end, err)
		}
	}
}
