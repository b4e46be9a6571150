package build

import (
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/match"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/planner/plan"
)

// matchBuilder makes the specification of a MatchRecognize.
type matchBuilder struct {
	windowInputs
	n    *plan.MatchRecognize
	spec *match.Spec
	slot map[plan.ColID]int // by the column that stands for it
}

func (b *builder) match(n *plan.MatchRecognize, p *op.Pipeline) (op.Source, error) {
	m := &op.Match{Window: op.Window{Mem: b.mem.Child("match_recognize", 0), Trace: b.trace(n)}}
	in := matchBuilder{
		windowInputs: windowInputs{b: b, w: &m.Window, at: positions(n.Input.Output())},
		n:            n, spec: &match.Spec{Rows: n.Rows, Skip: n.Skip, Frame: -1, FrameCol: -1, Seek: n.Seek}, slot: map[plan.ColID]int{},
	}
	m.Spec = in.spec
	for _, step := range []func() error{in.order, in.slots, in.vars, in.measures, in.calls} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return m, b.sink(n, n.Input, p, func() (op.Sink, error) { return m, nil })
}

// order sets what passes, the keys and the pattern.
func (in *matchBuilder) order() error {
	n, w := in.n, in.w
	for _, c := range n.Pass {
		pos, err := in.input(plan.Ref(c))
		if err != nil {
			return err
		}
		w.Pass = append(w.Pass, pos)
	}
	for _, k := range n.Keys {
		pos, err := in.input(k.X)
		if err != nil {
			return err
		}
		w.Keys = append(w.Keys, op.SortSpec{Pos: pos, Type: k.X.Type(), Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	w.Calls = []window.Call{{Filter: -1, Partition: n.Partition, Order: len(n.Keys) - n.Partition}}
	in.spec.SkipTo = in.set(n.SkipTo)
	var err error
	if in.spec.Program, err = match.Compile(n.Pattern); err != nil || n.Rows != plan.RowsOfWindow {
		return err
	}
	if n.End.Offset != nil && len(columnsOf(n.End.Offset)) > 0 {
		in.spec.FrameCol, err = in.input(n.End.Offset)
		return err
	}
	end, err := in.bound(&n.End, "ending")
	if err != nil {
		return err
	}
	switch end.Kind {
	case plan.CurrentRow:
		in.spec.Frame = 0
	case plan.OffsetFollowing:
		in.spec.Frame = end.Offset
	}
	return nil
}

// set gives the number of a set of variables; -1 for none.
func (in *matchBuilder) set(vars []int) int {
	if vars == nil {
		return -1
	}
	set := make([]bool, len(in.n.Vars))
	for _, v := range vars {
		set[v] = true
	}
next:
	for i, s := range in.spec.Sets {
		for v := range s {
			if s[v] != set[v] {
				continue next
			}
		}
		return i
	}
	in.spec.Sets = append(in.spec.Sets, set)
	return len(in.spec.Sets) - 1
}

func (in *matchBuilder) slots() error {
	for i := range in.n.Slots {
		s := &in.n.Slots[i]
		x := match.Slot{Kind: s.Kind, Type: s.Col.Type, Set: in.set(s.Vars), First: s.First, Final: s.Final, Offset: s.Offset, Shift: s.Shift}
		var err error
		switch s.Kind {
		case plan.SlotValue:
			x.Col, err = in.input(s.X)
		case plan.SlotAggregate:
			x.Agg, err = in.aggregate(s.Agg)
		}
		if err != nil {
			return err
		}
		in.slot[s.Col.ID] = i
		in.spec.Slots = append(in.spec.Slots, x)
	}
	// Now that it is known how many columns there are, what is behind them.
	for i := range in.n.Slots {
		if a := in.n.Slots[i].Agg; a != nil {
			if err := in.names(a, in.spec.Slots[i].Agg); err != nil {
				return err
			}
		}
	}
	return nil
}

// aggregate makes an aggregate and its arguments that are columns.
func (in *matchBuilder) aggregate(a *plan.MatchAgg) (*match.Agg, error) {
	ctx, f := in.b.env.Eval, a.Fn
	out := &match.Agg{Type: f.Ret, Count: len(a.Args) == 0, New: func() (fn.Aggregator, error) { return fn.NewAggregator(ctx, f) }}
	for _, e := range a.Args {
		arg := match.Arg{Col: -1}
		var err error
		if used := columnsOf(e); used[a.Class.ID] || used[a.Number.ID] {
			out.Names = true
			for id := range used {
				if pos, ok := in.at[id]; ok {
					col := in.n.Input.Output()[pos]
					if pos, err = in.input(plan.Ref(col)); err != nil {
						return nil, err
					}
					arg.Cols = append(arg.Cols, pos)
				}
			}
		} else {
			arg.Col, err = in.input(e)
		}
		if err != nil {
			return nil, err
		}
		out.Args = append(out.Args, arg)
	}
	return out, nil
}

// names compiles the arguments that read the variable's name or the match's number.
func (in *matchBuilder) names(a *plan.MatchAgg, out *match.Agg) error {
	out.Class = len(in.exprs)
	at := map[plan.ColID]int{a.Class.ID: out.Class, a.Number.ID: out.Class + 1}
	for pos, e := range in.exprs {
		if c, ok := e.(*plan.Col); ok {
			at[c.ID] = pos
		}
	}
	for i, e := range a.Args {
		if out.Args[i].Col >= 0 {
			continue
		}
		x, err := in.b.expr(e, at)
		if err != nil {
			return err
		}
		out.Args[i].New = func() match.Expr { return x() }
	}
	return nil
}

func columnsOf(e plan.Expr) map[plan.ColID]bool {
	set := map[plan.ColID]bool{}
	plan.Columns(e, set)
	return set
}

// slotsOf lists the slots that an expression reads.
func (in *matchBuilder) slotsOf(e plan.Expr) []int {
	var out []int
	for id := range columnsOf(e) {
		if i, ok := in.slot[id]; ok {
			out = append(out, i)
		}
	}
	return out
}

// vars splits each condition into what can be computed for all rows at once and the
// rest.
func (in *matchBuilder) vars() error {
	for i, v := range in.n.Vars {
		out := match.Var{Name: v.Name}
		var fixed, moving []plan.Expr
		if v.Cond != nil {
			for _, c := range plan.Conjuncts(v.Cond) {
				if in.spec.Fixed(in.slotsOf(c), i) {
					fixed = append(fixed, c)
				} else {
					moving = append(moving, c)
				}
			}
		}
		var err error
		if out.Fixed, err = in.cond(fixed); err == nil {
			out.Moving, err = in.cond(moving)
		}
		if err != nil {
			return err
		}
		in.spec.Vars = append(in.spec.Vars, out)
	}
	return nil
}

func (in *matchBuilder) cond(list []plan.Expr) (*match.Cond, error) {
	if len(list) == 0 {
		return nil, nil
	}
	e := plan.AndAll(list)
	x, err := in.b.expr(e, in.slot)
	return &match.Cond{New: func() match.Expr { return x() }, Slots: in.slotsOf(e)}, err
}

func (in *matchBuilder) measures() error {
	for _, it := range in.n.Measures {
		m := match.Measure{Type: it.Col.Type, Slot: -1, Slots: in.slotsOf(it.X)}
		if c, ok := it.X.(*plan.Col); ok {
			m.Slot = in.slot[c.ID]
		} else {
			x, err := in.b.expr(it.X, in.slot)
			if err != nil {
				return err
			}
			m.New = func() match.Expr { return x() }
		}
		in.spec.Measures = append(in.spec.Measures, m)
	}
	return nil
}

// calls adds the functions over the rows of each row's match.
func (in *matchBuilder) calls() error {
	for i := range in.n.Calls {
		c := &in.n.Calls[i]
		call, err := in.call(&plan.Window{Keys: in.n.Keys}, c)
		if err != nil {
			return err
		}
		call.Frame = window.Frame{Given: true}
		call.Partition, call.Order = in.n.Partition, len(in.n.Keys)-in.n.Partition
		in.w.Calls = append(in.w.Calls, call)
	}
	return nil
}
