package match

import (
	"flag"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// oracle finds matches by going through all ways of a pattern in the order of
// preference, with nothing remembered, and looks slots up in lists of variables.
type oracle struct {
	spec  *Spec
	conds []*fakeCond // by variable; nil: none
	m     *Morsel
	value [][]int64 // of rows, by column; -1 is NULL

	from, to, first, limit int
	number                 int64
	steps                  int
}

// fakeCond is a condition: the slots' numbers together, modulo mod, are not rest.
type fakeCond struct {
	slots     []int
	mod, rest int64
}

func (c *fakeCond) holds(vals []int64) bool {
	sum := int64(7)
	for i, v := range vals {
		sum += v * int64(i+1)
	}
	return ((sum%c.mod)+c.mod)%c.mod != c.rest
}

// Eval computes it over slots.
func (c *fakeCond) Eval(b *vector.Batch, _ vector.Sel) (*vector.Vector, error) {
	out := vector.New(types.TBoolean, b.N)
	for r := range b.N {
		var vals []int64
		for _, s := range c.slots {
			vals = append(vals, numberAt(b.Cols[s], r))
		}
		vector.Values[bool](out)[r] = c.holds(vals)
	}
	return out, nil
}

// numberAt gives a value as a number: a name by its first letter, NULL as -1.
func numberAt(v *vector.Vector, r int) int64 {
	if v.IsNull(r) {
		return -1
	}
	x := vector.ValueAt(v, r)
	if x.Type.IsString() {
		return int64(x.S[0] - 'A')
	}
	return x.I
}

// fakeSum adds up a bigint argument.
type fakeSum struct{}

func (fakeSum) StateSize() int { return 8 }

func statePointer(st fn.States, r uint32) *int64 {
	return (*int64)(unsafe.Pointer(&st.Rows[int(r)*st.Stride+st.Off]))
}

func (s fakeSum) Update(st fn.States, groups []uint32, args []*vector.Vector, sel vector.Sel) error {
	for i, g := range groups {
		*statePointer(st, g) += numberAt(args[0], i)
	}
	return nil
}

func (s fakeSum) UpdateOne(st fn.States, args []*vector.Vector, sel vector.Sel, n int) error {
	for i := range n {
		*statePointer(st, 0) += numberAt(args[0], i)
	}
	return nil
}

func (s fakeSum) Merge(st fn.States, groups []uint32, _ fn.Aggregator, from fn.States, fromGroups []uint32) error {
	for i, g := range groups {
		*statePointer(st, g) += *statePointer(from, fromGroups[i])
	}
	return nil
}

func (s fakeSum) Final(st fn.States, groups []uint32, out *vector.Vector) error {
	for _, g := range groups {
		out.AppendValue(types.IntOf(types.TBigInt, *statePointer(st, g)))
	}
	return nil
}

func (fakeSum) MemoryBytes() int64 { return 0 }

// find gives the variables of the preferred match from row start on.
func (o *oracle) find(p *plan.RowPattern, start int) (labels []int, ok bool) {
	done := func(path []int) bool {
		labels = slices.Clone(path)
		return true
	}
	if o.spec.Program.loops {
		ok = o.code(o.spec.Program.entry, start, nil, nil, done)
	} else {
		ok = o.pattern(p, start, nil, done)
	}
	return labels, ok
}

// code goes through the program instead, for patterns that may go round without a row.
// What such a round is worth is the program's matter: a place is not come back to
// without a row. around are the places since the last row.
func (o *oracle) code(at int32, start int, path []int, around []int32, next func([]int) bool) bool {
	if slices.Contains(around, at) {
		return false
	}
	around = append(slices.Clone(around), at)
	in := &o.spec.Program.code[at]
	switch in.op {
	case opAccept:
		return next(path)
	case opSplit:
		return o.code(in.x, start, path, around, next) || o.code(in.y, start, path, around, next)
	case opStart:
		return start+len(path) == o.from && o.code(in.x, start, path, around, next)
	case opEnd:
		return start+len(path) == o.to && o.code(in.x, start, path, around, next)
	}
	return o.pattern(&plan.RowPattern{Kind: plan.PatternVar, Var: int(in.variable)}, start, path, func(path []int) bool {
		return o.code(in.x, start, path, nil, next)
	})
}

// pattern tries p behind path and calls next for each way; true ends it.
func (o *oracle) pattern(p *plan.RowPattern, start int, path []int, next func([]int) bool) bool {
	if o.steps++; o.steps > 1<<20 {
		panic(tooMany{})
	}
	row := start + len(path)
	switch p.Kind {
	case plan.PatternVar:
		if row >= o.limit {
			return false
		}
		path = append(slices.Clone(path), p.Var)
		if c := o.conds[p.Var]; c != nil {
			var vals []int64
			for _, s := range c.slots {
				vals = append(vals, o.slot(s, start, path, row, true))
			}
			if !c.holds(vals) {
				return false
			}
		}
		return next(path)
	case plan.PatternStart:
		return row == o.from && next(path)
	case plan.PatternEnd:
		return row == o.to && next(path)
	case plan.PatternConcat:
		return o.concat(p.Parts, start, path, next)
	case plan.PatternAlternate:
		for _, x := range p.Parts {
			if o.pattern(x, start, path, next) {
				return true
			}
		}
		return false
	case plan.PatternPermute:
		return o.permute(p.Parts, nil, start, path, next)
	case plan.PatternExclude:
		return o.pattern(p.Parts[0], start, path, next)
	case plan.PatternRepeat:
		return o.repeat(p, 0, start, path, next)
	}
	return next(path)
}

type tooMany struct{}

func (o *oracle) concat(parts []*plan.RowPattern, start int, path []int, next func([]int) bool) bool {
	if len(parts) == 0 {
		return next(path)
	}
	return o.pattern(parts[0], start, path, func(path []int) bool { return o.concat(parts[1:], start, path, next) })
}

// permute tries all orders, one whole order after the other.
func (o *oracle) permute(left, order []*plan.RowPattern, start int, path []int, next func([]int) bool) bool {
	if len(left) == 0 {
		return o.concat(order, start, path, next)
	}
	for i, x := range left {
		rest := slices.Delete(slices.Clone(left), i, i+1)
		if o.permute(rest, append(slices.Clone(order), x), start, path, next) {
			return true
		}
	}
	return false
}

// repeat tries the k-th repetition and those after it.
func (o *oracle) repeat(p *plan.RowPattern, k, start int, path []int, next func([]int) bool) bool {
	again := func() bool {
		return o.pattern(p.Parts[0], start, path, func(longer []int) bool {
			if k >= p.Min && p.Max < 0 && len(longer) == len(path) {
				return false // round without a row
			}
			return o.repeat(p, k+1, start, longer, next)
		})
	}
	switch {
	case k < p.Min:
		return again()
	case k == p.Max:
		return next(path)
	case p.Reluctant:
		return next(path) || again()
	}
	return again() || next(path)
}

// slot gives a slot's number. path are the variables of the match from start on; row
// is the current one. In conditions only rows up to it are known.
func (o *oracle) slot(i, start int, path []int, row int, cond bool) int64 {
	x := &o.spec.Slots[i]
	in := func(v int) bool { return x.Set < 0 || o.spec.Sets[x.Set][v] }
	var members []int
	for k, v := range path {
		if in(v) && (x.Final || start+k <= row) {
			members = append(members, start+k)
		}
	}
	switch x.Kind {
	case plan.SlotNumber:
		return o.number
	case plan.SlotAggregate:
		sum := int64(0)
		for _, r := range members {
			if x.Agg.Names {
				sum += int64(path[r-start])
			} else {
				sum += o.value[x.Agg.Args[0].Col][r]
			}
		}
		return sum
	}
	k := int(x.Offset)
	if !x.First {
		k = len(members) - 1 - k
	}
	if k < 0 || k >= len(members) {
		return -1
	}
	at := members[k] + int(x.Shift)
	if x.Kind == plan.SlotClassifier {
		if at < start || at >= start+len(path) {
			return -1
		}
		return int64(path[at-start])
	}
	if at < o.first || at >= o.limit {
		return -1
	}
	return o.value[x.Col][at]
}

// rows gives what a Finder should put out: the row, and the slots of the measures.
func (o *oracle) rows(p *plan.RowPattern, excluded map[int]bool) (out []string, err error) {
	for part := 0; part+1 < len(o.m.Starts); part++ {
		o.from, o.to = int(o.m.Starts[part]), int(o.m.Starts[part+1])
		o.first, o.limit, o.number = o.from, o.to, 1
		matched, resume := -1, o.from
		for at := o.from; at < o.to; {
			if o.spec.Rows == plan.RowsOfWindow {
				o.first, o.limit = at, o.to
				if o.spec.Frame >= 0 {
					o.limit = min(o.to, at+1+int(o.spec.Frame))
				}
				if at < resume {
					out = append(out, o.line(at, nil, 0, 0, false))
					at++
					continue
				}
			}
			start := at
			path, ok := o.find(p, start)
			for o.spec.Seek && !ok && start+1 < o.limit {
				start++
				path, ok = o.find(p, start)
			}
			next := at + 1
			switch {
			case !ok && (o.spec.Rows == plan.AllUnmatched && at > matched || o.spec.Rows == plan.RowsOfWindow):
				out = append(out, o.line(at, nil, 0, 0, false))
			case ok && len(path) == 0 && o.spec.Rows != plan.AllOmitEmpty:
				out = append(out, o.line(at, path, start, start, true))
			case ok && len(path) > 0:
				switch last := start + len(path) - 1; o.spec.Rows {
				case plan.OneRow:
					out = append(out, o.line(start, path, start, last, true))
				case plan.RowsOfWindow:
					out = append(out, o.line(at, path, start, last, true))
				default:
					for r := start; r <= last; r++ {
						if !excluded[path[r-start]] {
							out = append(out, o.line(r, path, start, r, true))
						}
					}
				}
				matched = max(matched, start+len(path)-1)
				if next, err = o.skip(path, start, at); err != nil {
					return out, err
				}
			}
			if ok {
				o.number++
			}
			if o.spec.Rows == plan.RowsOfWindow {
				resume, next = next, at+1
				o.number = 1
			}
			at = next
		}
	}
	return out, nil
}

func (o *oracle) skip(path []int, start, at int) (int, error) {
	to := -1
	switch o.spec.Skip {
	case plan.SkipPastLast:
		return start + len(path), nil
	case plan.SkipToNext:
		return at + 1, nil
	case plan.SkipToFirst:
		to = slices.IndexFunc(path, func(v int) bool { return o.spec.Sets[o.spec.SkipTo][v] })
	case plan.SkipToLast:
		for i, v := range path {
			if o.spec.Sets[o.spec.SkipTo][v] {
				to = i
			}
		}
	}
	if to <= 0 {
		return 0, fault.New(fault.CodeInvalidParameter, "cannot skip")
	}
	return start + to, nil
}

func (o *oracle) line(row int, path []int, start, at int, matched bool) string {
	var b strings.Builder
	fmt.Fprint(&b, row)
	for _, m := range o.spec.Measures {
		v := int64(-1)
		if matched {
			v = o.slot(m.Slot, start, path, at, false)
		}
		fmt.Fprint(&b, " ", v)
	}
	return b.String()
}

// finderRows runs a Finder and gives its rows as the oracle prints them.
func finderRows(spec *Spec, m *Morsel) ([]string, error) {
	f, err := NewFinder(spec)
	if err != nil {
		return nil, err
	}
	if err := f.Load(m); err != nil {
		return nil, err
	}
	var out []string
	for {
		rows, measures, err := f.Next()
		if err != nil || len(rows) == 0 {
			return out, err
		}
		for i, r := range rows {
			s := fmt.Sprint(r)
			for _, v := range measures {
				s += fmt.Sprint(" ", numberAt(v, i))
			}
			out = append(out, s)
		}
	}
}

// maker makes random cases.
type maker struct {
	r    *rand.Rand
	spec *Spec
	vars int
	deep bool // conditions may see the match so far
}

func (k *maker) pattern(depth int) *plan.RowPattern {
	r := k.r
	kids := func(n int) []*plan.RowPattern {
		out := make([]*plan.RowPattern, n)
		for i := range out {
			out[i] = k.pattern(depth - 1)
		}
		return out
	}
	if depth == 0 || r.Intn(4) == 0 {
		switch r.Intn(14) {
		case 0:
			return &plan.RowPattern{Kind: plan.PatternEmpty}
		case 1:
			return &plan.RowPattern{Kind: plan.PatternStart}
		case 2:
			return &plan.RowPattern{Kind: plan.PatternEnd}
		}
		return &plan.RowPattern{Kind: plan.PatternVar, Var: r.Intn(k.vars)}
	}
	switch r.Intn(8) {
	case 0, 1, 2:
		return &plan.RowPattern{Kind: plan.PatternConcat, Parts: kids(2 + r.Intn(2))}
	case 3, 4:
		return &plan.RowPattern{Kind: plan.PatternAlternate, Parts: kids(2 + r.Intn(2))}
	case 5:
		return &plan.RowPattern{Kind: plan.PatternPermute, Parts: kids(2 + r.Intn(2))}
	}
	p := &plan.RowPattern{Kind: plan.PatternRepeat, Parts: kids(1), Min: r.Intn(3), Max: -1, Reluctant: r.Intn(3) == 0}
	if r.Intn(2) == 0 {
		p.Max = max(1, p.Min+r.Intn(3))
	}
	if p.Max < 0 && p.Min > 0 && nullable(p.Parts[0]) {
		p.Min = 0 // what a repetition of nothing counts for is the program's matter
	}
	return p
}

// slots makes those of all kinds.
func (k *maker) slots(n int) {
	r := k.r
	for range n {
		x := Slot{Kind: plan.SlotKind(r.Intn(4)), Type: types.TBigInt, Set: r.Intn(len(k.spec.Sets)+1) - 1}
		if x.Kind == plan.SlotNumber && r.Intn(3) > 0 {
			x.Kind = plan.SlotValue
		}
		x.Final = r.Intn(4) == 0
		switch x.Kind {
		case plan.SlotAggregate:
			a := &Agg{Type: types.TBigInt, New: func() (fn.Aggregator, error) { return fakeSum{}, nil }, Class: 2}
			a.Args = []Arg{{Col: r.Intn(2)}}
			if r.Intn(2) == 0 {
				a.Names = true
				a.Args[0] = Arg{Col: -1, New: func() Expr { return classes{} }}
			}
			x.Agg = a
		case plan.SlotClassifier:
			x.Type = types.TVarchar
			fallthrough
		case plan.SlotValue:
			x.Col, x.First = r.Intn(2), r.Intn(3) == 0
			if r.Intn(3) == 0 {
				x.Offset = int64(r.Intn(3))
			}
			if r.Intn(3) == 0 {
				x.Shift = int64(r.Intn(5) - 2)
			}
		}
		k.spec.Slots = append(k.spec.Slots, x)
	}
}

// classes is an argument of an aggregate: the number of the variable.
type classes struct{}

func (classes) Eval(b *vector.Batch, _ vector.Sel) (*vector.Vector, error) {
	out := vector.New(types.TBigInt, b.N)
	for r := range b.N {
		vector.Values[int64](out)[r] = numberAt(b.Cols[2], r)
	}
	return out, nil
}

// cond makes a condition of variable v over slots without FINAL.
func (k *maker) cond(v int) *fakeCond {
	if k.r.Intn(5) == 0 {
		return nil
	}
	c := &fakeCond{mod: int64(2 + k.r.Intn(3))}
	c.rest = int64(k.r.Intn(int(c.mod)))
	for range 1 + k.r.Intn(2) {
		s := k.r.Intn(len(k.spec.Slots))
		if !k.spec.Slots[s].Final && (k.deep || k.spec.fixed(s, v)) && !slices.Contains(c.slots, s) {
			c.slots = append(c.slots, s)
		}
	}
	return c
}

func (k *maker) morsel(n int) (*Morsel, [][]int64) {
	m := &Morsel{N: n, Starts: []uint32{0}, Use: func(int64) error { return nil }}
	vals := make([][]int64, 2)
	for c := range vals {
		v := vector.New(types.TBigInt, n)
		for i := range n {
			x := int64(k.r.Intn(4))
			vector.Values[int64](v)[i] = x
			if k.r.Intn(8) == 0 {
				x = -1
				v.SetNull(i)
			}
			vals[c] = append(vals[c], x)
		}
		m.Cols = append(m.Cols, v)
	}
	for i := 1; i < n; i++ {
		if k.r.Intn(8) == 0 {
			m.Starts = append(m.Starts, uint32(i))
		}
	}
	if n > 0 {
		m.Starts = append(m.Starts, uint32(n))
	}
	return m, vals
}

var cases = flag.Int("cases", 20000, "how many random patterns to try")

// TestAgainstOracle compares random patterns over random rows, in all modes, with what
// going through all ways gives.
func TestAgainstOracle(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and in one goroutine")
	}
	matches, hard := 0, 0
	for seed := range *cases {
		n, ok := oneCase(t, int64(seed))
		if !ok {
			hard++
		}
		matches += n
		if t.Failed() {
			return
		}
	}
	t.Logf("%d cases, %d rows put out, %d cases too hard for the oracle", *cases, matches, hard)
	if matches < *cases {
		t.Errorf("only %d rows of %d cases", matches, *cases)
	}
}

func oneCase(t *testing.T, seed int64) (rows int, ok bool) {
	r := rand.New(rand.NewSource(seed))
	spec := &Spec{Rows: plan.RowsPerMatch(r.Intn(5)), Skip: plan.MatchSkip(r.Intn(4)), Frame: -1, FrameCol: -1}
	k := &maker{r: r, spec: spec, vars: 1 + r.Intn(3), deep: r.Intn(3) > 0}
	for range 1 + r.Intn(2) {
		set := make([]bool, k.vars)
		for v := range set {
			set[v] = r.Intn(2) == 0
		}
		spec.Sets = append(spec.Sets, set)
	}
	if spec.Rows == plan.RowsOfWindow {
		spec.Seek = r.Intn(2) == 0
		if r.Intn(2) == 0 {
			spec.Frame = int64(r.Intn(5))
		}
	}
	k.slots(4)
	o := &oracle{spec: spec}
	for v := range k.vars {
		c := k.cond(v)
		o.conds = append(o.conds, c)
		out := Var{Name: string(rune('A' + v))}
		switch {
		case c == nil:
		case spec.Fixed(c.slots, v) && r.Intn(8) > 0:
			out.Fixed = &Cond{New: func() Expr { return c }, Slots: c.slots}
		default:
			out.Moving = &Cond{New: func() Expr { return c }, Slots: c.slots}
		}
		spec.Vars = append(spec.Vars, out)
	}
	for i := range spec.Slots {
		spec.Measures = append(spec.Measures, Measure{Type: spec.Slots[i].Type, Slot: i, Slots: []int{i}})
	}
	p := k.pattern(3)
	excluded := map[int]bool{}
	if r.Intn(4) == 0 { // all rows of one variable
		excluded[0] = true
		p = exclude(p)
	}
	var err error
	if spec.Program, err = Compile(p); err != nil {
		t.Fatal(err)
	}
	o.m, o.value = k.morsel(r.Intn(14))
	defer func() {
		if e := recover(); e != nil {
			if _, hard := e.(tooMany); !hard {
				panic(e)
			}
			ok = false
		}
	}()
	want, wantErr := o.rows(p, excluded)
	got, gotErr := finderRows(spec, o.m)
	if (wantErr == nil) != (gotErr == nil) {
		t.Errorf("seed %d: error %v, want %v", seed, gotErr, wantErr)
		return 0, true
	}
	if wantErr == nil && !slices.Equal(got, want) {
		t.Errorf("seed %d: rows %v\npattern %s\ngot  %q\nwant %q", seed, spec.Rows, show(p), got, want)
	}
	return len(got), true
}

// exclude puts {- -} around variable 0.
func exclude(p *plan.RowPattern) *plan.RowPattern {
	if p.Kind == plan.PatternVar && p.Var == 0 {
		return &plan.RowPattern{Kind: plan.PatternExclude, Parts: []*plan.RowPattern{p}}
	}
	c := *p
	c.Parts = nil
	for _, x := range p.Parts {
		c.Parts = append(c.Parts, exclude(x))
	}
	return &c
}

func show(p *plan.RowPattern) string {
	n := &plan.MatchRecognize{Input: &plan.Values{}, Pattern: p}
	for i := range 4 {
		n.Vars = append(n.Vars, plan.MatchVar{Name: string(rune('A' + i))})
	}
	return plan.NewFormatter(n).Describe(n).Details[1].Value
}

// TestBounded: a search with very many states ends where its memory does, or when it
// is told to.
func TestBounded(t *testing.T) {
	spec := &Spec{Frame: -1, FrameCol: -1}
	spec.Sets = [][]bool{{true, false, false}, {false, true, false}}
	k := &maker{r: rand.New(rand.NewSource(1)), spec: spec}
	for set := range spec.Sets {
		a := &Agg{Type: types.TBigInt, New: func() (fn.Aggregator, error) { return fakeSum{}, nil }, Class: 2, Args: []Arg{{Col: 0}}}
		spec.Slots = append(spec.Slots, Slot{Kind: plan.SlotAggregate, Type: types.TBigInt, Set: set, Agg: a})
	}
	never := &fakeCond{slots: []int{0, 1}, mod: 1, rest: 0}
	for _, name := range []string{"A", "B", "C"} {
		spec.Vars = append(spec.Vars, Var{Name: name})
	}
	spec.Vars[2].Moving = &Cond{New: func() Expr { return never }, Slots: never.slots}
	variable := func(v int) *plan.RowPattern { return &plan.RowPattern{Kind: plan.PatternVar, Var: v} }
	either := &plan.RowPattern{Kind: plan.PatternAlternate, Parts: []*plan.RowPattern{variable(0), variable(1)}}
	var err error
	if spec.Program, err = Compile(&plan.RowPattern{Kind: plan.PatternConcat, Parts: []*plan.RowPattern{
		{Kind: plan.PatternRepeat, Max: -1, Parts: []*plan.RowPattern{either}}, variable(2)}}); err != nil {
		t.Fatal(err)
	}
	m, _ := k.morsel(1000)
	m.Starts = []uint32{0, 1000}
	full := fault.New(fault.CodeOutOfMemory, "full")
	m.Use = func(n int64) error {
		if n > 4<<20 {
			return full
		}
		return nil
	}
	if _, err := finderRows(spec, m); err != full {
		t.Errorf("error %v, want that memory is full", err)
	}
	asked, stop := 0, fault.New(fault.CodeInternal, "stop")
	m.Use = func(int64) error {
		if asked++; asked > 10 {
			return stop
		}
		return nil
	}
	if _, err := finderRows(spec, m); err != stop {
		t.Errorf("error %v, want to be stopped", err)
	}
}
