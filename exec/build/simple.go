package build

import (
	"github.com/glauxdb/glaux/exec/op"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

func (b *builder) filter(n *plan.Filter, p *op.Pipeline) (op.Source, error) {
	in, err := b.node(n.Input, p)
	if err != nil || len(n.Conds) == 0 {
		return in, err
	}
	conds, err := b.conds(n.Conds, positions(n.Input.Output()))
	return &op.Filter{In: in, Conds: conds}, err
}

func (b *builder) project(n *plan.Project, p *op.Pipeline) (op.Source, error) {
	in, err := b.node(n.Input, p)
	if err != nil {
		return nil, err
	}
	at := positions(n.Input.Output())
	items := make([]op.ProjectItem, len(n.Items))
	for i, it := range n.Items {
		if items[i], err = b.item(it.X, at); err != nil {
			return nil, err
		}
	}
	return &op.Project{In: in, Items: items}, nil
}

func (b *builder) limit(n *plan.Limit, p *op.Pipeline) (op.Source, error) {
	if len(n.PartitionBy) > 0 {
		return b.groupLimit(n.Input, n.PartitionBy, n.Limit, n.Offset, p)
	}
	in, err := b.node(n.Input, p)
	return &op.Limit{In: in, Count: n.Limit, Offset: n.Offset}, err
}

func (b *builder) groupLimit(input plan.Node, by []plan.ColID, count, offset int64, p *op.Pipeline) (op.Source, error) {
	in, err := b.node(input, p)
	if err != nil {
		return nil, err
	}
	keys, ts, err := place(input, by)
	return &op.GroupLimit{In: in, Keys: keys, KeyTypes: ts, Count: count, Offset: offset,
		Mem: b.mem.Child("distinct", 0)}, err
}

func (b *builder) maxOneRow(n *plan.MaxOneRow, p *op.Pipeline) (op.Source, error) {
	m := &op.MaxOneRow{Types: typesOf(n.Output())}
	return m, b.sink(n, n.Input, p, func() (op.Sink, error) { return m, nil })
}

// values evaluates the rows now: they have no columns to wait for.
func (b *builder) values(n *plan.Values) (op.Source, error) {
	batch := &vector.Batch{N: 1}
	var list []*vector.Batch
	for from := 0; from < len(n.Rows); from += vector.BatchSize {
		rows := n.Rows[from:min(from+vector.BatchSize, len(n.Rows))]
		out := &vector.Batch{N: len(rows)}
		for c, col := range n.Cols {
			v := vector.New(col.Type, 0)
			for _, row := range rows {
				if err := b.appendConst(v, row[c], batch); err != nil {
					return nil, err
				}
			}
			out.Cols = append(out.Cols, v)
		}
		list = append(list, out)
	}
	return &op.Batches{List: list}, nil
}

func (b *builder) appendConst(v *vector.Vector, e plan.Expr, one *vector.Batch) error {
	if c, ok := e.(*plan.Const); ok {
		v.AppendValue(c.Value)
		return nil
	}
	x, err := b.expr(e, nil)
	if err != nil {
		return err
	}
	r, err := x().Eval(one, nil)
	if err != nil {
		return err
	}
	v.AppendRows(r, nil, 1)
	return nil
}

func (b *builder) with(n *plan.With, p *op.Pipeline) (op.Source, error) {
	if !b.kept() {
		if err := b.define(n); err != nil {
			return nil, err
		}
	}
	return b.node(n.Body, p)
}

// define makes the pipeline of a WITH's rows, which runs before its first reader.
func (b *builder) define(n *plan.With) error {
	defer b.lasting(n.Def)()
	c := &cte{cols: n.Def.Output(), pipe: &op.Pipeline{}}
	c.rows = &op.Collect{Types: typesOf(c.cols), Mem: b.mem.Child("common table expression "+n.Name, 0)}
	src, err := b.node(n.Def, c.pipe)
	if err != nil {
		return err
	}
	c.pipe.Source, c.pipe.Sink = src, c.rows
	b.ctes[n.ID] = c
	if b.keeps(n.Def) {
		c.rows.Keep()
		b.own.pipe = c.pipe
	}
	return nil
}

func (b *builder) cteRef(n *plan.CTERef, p *op.Pipeline) (op.Source, error) {
	c := b.ctes[n.ID]
	if c == nil {
		return nil, bug("common table expression %s is not defined above its use", n.Name)
	}
	p.Before = append(p.Before, c.pipe)
	at := positions(c.cols)
	cols := make([]int, len(n.From))
	for i, id := range n.From {
		pos, ok := at[id]
		if !ok {
			return nil, bug("common table expression %s has no column %d", n.Name, id)
		}
		cols[i] = pos
	}
	return c.rows.Reader(cols), nil
}

func (b *builder) setOp(n *plan.SetOp, p *op.Pipeline) (op.Source, error) {
	maps := make([][]int, len(n.In))
	for k, in := range n.In {
		var err error
		if maps[k], _, err = place(in, n.Maps[k]); err != nil {
			return nil, err
		}
	}
	if n.Kind == plan.UnionAll {
		u := &op.Union{Maps: maps}
		for _, in := range n.In {
			src, err := b.node(in, p)
			if err != nil {
				return nil, err
			}
			u.In = append(u.In, src)
		}
		return u, nil
	}
	name := "intersect"
	if n.Kind == plan.Except {
		name = "except"
	}
	s := &op.SetOp{Except: n.Kind == plan.Except, All: n.All, Types: typesOf(n.Cols), Inputs: len(n.In),
		Mem: b.mem.Child(name, 0), Trace: b.trace(n)}
	for k, in := range n.In {
		if err := b.sink(n, in, p, func() (op.Sink, error) { return s.Input(k, maps[k]), nil }); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (b *builder) unnest(n *plan.Unnest, p *op.Pipeline) (op.Source, error) {
	in, err := b.node(n.Input, p)
	if err != nil {
		return nil, err
	}
	at := positions(n.Input.Output())
	u := &op.Unnest{In: in, Ordinality: n.Ordinality != nil, Outer: n.Outer}
	for i, e := range n.Args {
		x, err := b.expr(e, at)
		if err != nil {
			return nil, err
		}
		u.Args = append(u.Args, op.UnnestArg{Expr: x, Type: e.Type(), Outs: typesOf(n.Outs[i])})
	}
	return u, nil
}
