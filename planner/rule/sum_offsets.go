package rule

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/cost"
	"github.com/glauxdb/glaux/planner/plan"
)

const (
	// minOffsets is how many sums of one number must differ by constants alone to be
	// made of one: that costs a sum, a count, a minimum and a maximum.
	minOffsets = 5
	// mostOffset bounds the constants, so that a constant times a count of rows has
	// room in 64 bits.
	mostOffset = 1 << 20
	// rowsPerGroup is the fewest rows of a group for which it pays: what is saved is a
	// row's, what it costs is a group's.
	rowsPerGroup = 64
)

// sumOffsets makes sum(x + 1), sum(x + 2) ... of integers, and averages of such, from
// sum(x), count(x), and the constants. That is exact: the sum is taken in 128 bits.
// That x + 1 is out of range for some row is an error still: it is exactly if it is
// so for the least or the greatest x, and the statement computes these.
func sumOffsets() Rule {
	return Rule{Name: "sum_offsets", Match: OpTree, Apply: func(c *Ctx, root plan.Node) (plan.Node, bool, error) {
		var e *cost.Estimator
		out := plan.Transform(root, func(n plan.Node) plan.Node {
			a, ok := n.(*plan.Aggregate)
			if !ok || a.Partial || len(a.Aggs) < minOffsets {
				return n
			}
			of := offsetsOf(a)
			if len(of) == 0 {
				return n
			}
			if e == nil {
				e = cost.New()
				e.Learn(root)
			}
			if len(a.Keys) > 0 && e.Rows(a)*rowsPerGroup > e.Rows(a.Input) {
				return n
			}
			return c.sumsFromOne(a, of)
		})
		return out, out != root, nil
	}}
}

// offset is the argument of an aggregate, x plus k; call is how the statement writes
// that, nil where it is x itself.
type offset struct {
	x     plan.Expr
	k     int64
	call  *plan.Call
	left  bool   // x is call's first argument
	group string // the same for sums that can be made of one
}

// offsetsOf finds the aggregates of a that pay, by their positions.
func offsetsOf(a *plan.Aggregate) map[int]offset {
	of, count := map[int]offset{}, map[string]int{}
	for i, g := range a.Aggs {
		if (g.Fn.Name != "sum" && g.Fn.Name != "avg") || g.Distinct || len(g.OrderBy) > 0 || len(g.Args) != 1 || aggVolatile(g) {
			continue
		}
		o, ok := offsetOf(g.Args[0])
		if !ok {
			continue
		}
		o.group = plan.Fingerprint(o.x)
		if g.Filter != nil {
			o.group += "\x00" + plan.Fingerprint(g.Filter)
		}
		of[i] = o
		count[o.group]++
	}
	for i, o := range of {
		if count[o.group] < minOffsets {
			delete(of, i)
		}
	}
	return of
}

// offsetOf takes x + k, k + x and x - k apart, for integers.
func offsetOf(e plan.Expr) (offset, bool) {
	if !e.Type().IsInteger() {
		return offset{}, false
	}
	call, ok := e.(*plan.Call)
	if !ok || len(call.Args) != 2 || (call.Fn.Name != "+" && call.Fn.Name != "-") {
		return offset{x: unwidened(e)}, true
	}
	o := offset{call: call, left: true}
	k, ok := call.Args[1].(*plan.Const)
	if !ok && call.Fn.Name == "+" {
		k, ok = call.Args[0].(*plan.Const)
		o.left = false
	}
	if !ok || k.Value.Null || !k.Value.Type.IsInteger() || k.Value.I < -mostOffset || k.Value.I > mostOffset {
		return offset{x: unwidened(e)}, true
	}
	if o.k = k.Value.I; call.Fn.Name == "-" {
		o.k = -o.k
	}
	if o.x = call.Args[1]; o.left {
		o.x = call.Args[0]
	}
	if !o.x.Type().IsInteger() {
		return offset{x: unwidened(e)}, true
	}
	o.x = unwidened(o.x)
	return o, true
}

// unwidened is what casts to wider integers are of.
func unwidened(e plan.Expr) plan.Expr {
	for {
		cast, ok := e.(*plan.Cast)
		if !ok || !cast.X.Type().IsInteger() || !widens(cast.X.Type(), cast.To) {
			return e
		}
		e = cast.X
	}
}

// sumsFromOne gives a itself if a function that it needs is missing.
func (c *Ctx) sumsFromOne(a *plan.Aggregate, of map[int]offset) plan.Node {
	s := &offsetSums{c: c, parts: newAggParts(c, func(g plan.Agg) string { return aggText(g, nil) })}
	items := passAll(a.Keys)
	for i, g := range a.Aggs {
		o, ok := of[i]
		if !ok {
			items = append(items, plan.Item{Col: g.Col, X: plan.Ref(s.parts.part(g))})
			continue
		}
		x := s.sum(g, o)
		if x == nil {
			return a
		}
		items = append(items, plan.Item{Col: g.Col, X: x})
	}
	return &plan.Project{Input: &plan.Aggregate{Input: a.Input, Keys: a.Keys, Aggs: s.parts.aggs}, Items: items}
}

// offsetSums makes sums of parts that they share.
type offsetSums struct {
	c     *Ctx
	parts *aggParts
}

// sum gives the value of g, an aggregate of o; nil if that is not possible.
func (s *offsetSums) sum(g plan.Agg, o offset) plan.Expr {
	wide, finish := s.c.Functions.Parts(g.Fn, 0)
	of := s.resolve("sum", plan.AggregateFunc, o.x.Type())
	if wide == nil || of == nil {
		return nil
	}
	exact, _ := s.c.Functions.Parts(of, 0)
	count, least, most := s.part(g, o, "count"), s.part(g, o, "min"), s.part(g, o, "max")
	if exact == nil || count == nil || least == nil || most == nil || !exact[0].Ret.Equal(wide[0].Ret) {
		return nil
	}
	x := s.plus(s.of(g, o, exact[0]), count, o.k)
	switch {
	case x == nil:
		return nil
	case finish != nil && len(wide) == 2:
		x = &plan.Call{Fn: finish, Args: []plan.Expr{x, count}, Typ: g.Col.Type}
	case finish != nil:
		x = &plan.Call{Fn: finish, Args: []plan.Expr{x}, Typ: g.Col.Type}
	}
	if o.call == nil {
		return x
	}
	inRange := &plan.Compare{Op: plan.LE, L: o.again(least), R: o.again(most)}
	return &plan.Case{Whens: []plan.When{{Cond: inRange, Result: x}}, Typ: g.Col.Type}
}

// again is what the statement computes of x, computed of another value.
func (o offset) again(v plan.Expr) plan.Expr {
	call, at := *o.call, 1
	if o.left {
		at = 0
	}
	if to := call.Args[at].Type(); !to.Equal(v.Type()) {
		v = &plan.Cast{X: v, To: to}
	}
	call.Args = slices.Clone(call.Args)
	call.Args[at] = v
	return &call
}

// plus gives sum + k * count, in the type of sum.
func (s *offsetSums) plus(sum, count plan.Expr, k int64) plan.Expr {
	if k == 0 {
		return sum
	}
	times := s.resolve("*", plan.Scalar, count.Type(), types.TBigInt)
	if times == nil {
		return nil
	}
	more := plan.Expr(&plan.Call{Fn: times, Args: []plan.Expr{count, &plan.Const{Value: types.IntOf(types.TBigInt, k)}}, Typ: times.Ret})
	more = &plan.Cast{X: more, To: sum.Type()}
	add := s.resolve("+", plan.Scalar, sum.Type(), sum.Type())
	if add == nil || !add.Ret.Equal(sum.Type()) {
		return nil
	}
	return &plan.Call{Fn: add, Args: []plan.Expr{sum, more}, Typ: add.Ret}
}

// part gives the column of another aggregate of o's x over the rows of g; nil if there
// is no such function.
func (s *offsetSums) part(g plan.Agg, o offset, name string) plan.Expr {
	f := s.resolve(name, plan.AggregateFunc, o.x.Type())
	if f == nil {
		return nil
	}
	return s.of(g, o, f)
}

func (s *offsetSums) of(g plan.Agg, o offset, f *plan.Func) plan.Expr {
	return plan.Ref(s.parts.part(plan.Agg{Col: s.c.newCol(f.Name, f.Ret), Fn: f, Args: []plan.Expr{o.x}, Filter: g.Filter}))
}

func (s *offsetSums) resolve(name string, kind plan.FuncKind, ts ...types.Type) *plan.Func {
	args := make([]plan.Arg, len(ts))
	for i, t := range ts {
		args[i].Type = t
	}
	f, err := s.c.Functions.Resolve(name, kind, args, s.c.Session.Dialect)
	if err != nil {
		return nil
	}
	return f
}
