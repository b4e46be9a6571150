package build

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/fn"
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// windowInputs collects what a Window needs of its input, each different expression
// once.
type windowInputs struct {
	b     *builder
	w     *op.Window
	at    map[plan.ColID]int
	exprs []plan.Expr
}

func (b *builder) window(n *plan.Window, p *op.Pipeline) (op.Source, error) {
	w := &op.Window{Mem: b.mem.Child("window", 0), Trace: b.trace(n)}
	in := windowInputs{b: b, w: w, at: positions(n.Input.Output())}
	for _, c := range n.Pass {
		pos, err := in.input(plan.Ref(c))
		if err != nil {
			return nil, err
		}
		w.Pass = append(w.Pass, pos)
	}
	for _, k := range n.Keys {
		pos, err := in.input(k.X)
		if err != nil {
			return nil, err
		}
		w.Keys = append(w.Keys, op.SortSpec{Pos: pos, Type: k.X.Type(), Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	for i := range n.Calls {
		c, err := in.call(n, &n.Calls[i])
		if err != nil {
			return nil, err
		}
		w.Calls = append(w.Calls, c)
	}
	return w, b.sink(n, n.Input, p, func() (op.Sink, error) { return w, nil })
}

func (in *windowInputs) input(e plan.Expr) (int, error) {
	for i, x := range in.exprs {
		if plan.Same(x, e) && !plan.IsVolatile(e) {
			return i, nil
		}
	}
	it, err := in.b.item(e, in.at)
	if err != nil {
		return 0, err
	}
	in.exprs = append(in.exprs, e)
	in.w.Inputs, in.w.InTypes = append(in.w.Inputs, it), append(in.w.InTypes, e.Type())
	return len(in.exprs) - 1, nil
}

func (in *windowInputs) call(n *plan.Window, c *plan.WindowCall) (window.Call, error) {
	out := window.Call{Name: c.Fn.Name, Type: c.Col.Type, Filter: -1, IgnoreNulls: c.IgnoreNulls, Partition: c.Partition, Order: c.Order}
	if c.Fn.Kind == plan.AggregateFunc {
		ctx, f := in.b.env.Eval, c.Fn
		out.New = func() (fn.Aggregator, error) { return fn.NewAggregator(ctx, f) }
	}
	for _, e := range c.Args {
		pos, err := in.input(e)
		if err != nil {
			return out, err
		}
		out.Args = append(out.Args, pos)
	}
	out.Steady = len(c.Args) > 1 && plan.IsConstant(c.Args[1]) && !plan.IsVolatile(c.Args[1])
	var err error
	if c.Filter != nil {
		if out.Filter, err = in.input(c.Filter); err != nil {
			return out, err
		}
	}
	out.Frame, err = in.frame(n, c)
	return out, err
}

func (in *windowInputs) frame(n *plan.Window, c *plan.WindowCall) (window.Frame, error) {
	f := window.Frame{Unit: c.Frame.Unit, Exclude: c.Frame.Exclude}
	var err error
	if c.Frame.Key != nil {
		if f.Key, err = in.input(c.Frame.Key); err != nil {
			return f, err
		}
		f.Desc = n.Keys[c.Partition].Desc
	}
	if f.Start, err = in.bound(&c.Frame.Start, "starting"); err == nil {
		f.End, err = in.bound(&c.Frame.End, "ending")
	}
	return f, err
}

// bound evaluates the offset of a bound: it has no columns.
func (in *windowInputs) bound(b *plan.FrameBound, which string) (window.Bound, error) {
	out := window.Bound{Kind: b.Kind}
	if b.Offset == nil {
		return out, nil
	}
	v, err := in.b.constant(b.Offset)
	if err != nil {
		return out, err
	}
	if v.Null {
		return out, fault.New("22004", "frame %s offset must not be null", which).At(b.Offset.Position())
	}
	if v.Compare(zeroOf(v.Type)) < 0 {
		if b.Limit != nil {
			return out, fault.New("22013", "invalid preceding or following size in window function").At(b.Offset.Position())
		}
		return out, fault.New("22013", "frame %s offset must not be negative", which).At(b.Offset.Position())
	}
	if b.Limit != nil {
		out.Limit, err = in.input(b.Limit)
		return out, err
	}
	out.Offset = v.I
	return out, nil
}

func zeroOf(t types.Type) types.Value { return types.Value{Type: t} }

// constant evaluates an expression without columns.
func (b *builder) constant(e plan.Expr) (types.Value, error) {
	v := vector.New(e.Type(), 0)
	if err := b.appendConst(v, e, &vector.Batch{N: 1}); err != nil {
		return types.Value{}, err
	}
	return vector.ValueAt(v, 0), nil
}
