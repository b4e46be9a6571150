package plan

// Renumber gives a copy of the plan in which every column that it makes has a
// new ID from next, and every With a new ID from nextWith; references within
// follow. The map leads from the old to the new columns. Free columns keep
// their IDs.
func Renumber(n Node, next func() ColID, nextWith func() int) (Node, map[ColID]ColID) {
	cols, withs := map[ColID]ColID{}, map[int]int{}
	Visit(n, func(m Node) bool {
		for _, c := range Made(m) {
			if _, ok := cols[c.ID]; !ok {
				cols[c.ID] = next()
			}
		}
		switch m := m.(type) {
		case *With:
			withs[m.ID] = nextWith()
		case *Recursive:
			withs[m.ID] = nextWith()
		}
		return true
	})
	r := renumberer{cols, withs}
	return Transform(n, r.node), cols
}

// RenumberExpr replaces the columns of e as Renumber's map says.
func RenumberExpr(e Expr, m map[ColID]ColID) Expr {
	return Rewrite(e, func(x Expr) Expr {
		if c, ok := x.(*Col); ok {
			if id, ok := m[c.ID]; ok {
				d := *c
				d.ID = id
				return &d
			}
		}
		return x
	})
}

type renumberer struct {
	cols  map[ColID]ColID
	withs map[int]int
}

func (r renumberer) id(id ColID) ColID {
	if n, ok := r.cols[id]; ok {
		return n
	}
	return id
}

func (r renumberer) ids(ids []ColID) []ColID {
	out := make([]ColID, len(ids))
	for i, id := range ids {
		out[i] = r.id(id)
	}
	return out
}

func (r renumberer) columns(cs []Column) []Column {
	out := make([]Column, len(cs))
	for i, c := range cs {
		out[i] = c
		out[i].ID = r.id(c.ID)
	}
	return out
}

func (r renumberer) column(c *Column) *Column {
	if c == nil {
		return nil
	}
	d := *c
	d.ID = r.id(c.ID)
	return &d
}

func (r renumberer) with(id int) int {
	if n, ok := r.withs[id]; ok {
		return n
	}
	return id
}

// node renumbers one node whose inputs are done.
func (r renumberer) node(n Node) Node {
	n = MapExprs(n, func(e Expr) Expr { return RenumberExpr(e, r.cols) })
	switch n := n.(type) {
	case *Scan:
		return r.scan(n)
	case *Virtual:
		c := *n
		c.Cols = append([]VirtualColumn(nil), n.Cols...)
		for i := range c.Cols {
			c.Cols[i].ID = r.id(c.Cols[i].ID)
		}
		c.Dynamic = r.dynamic(n.Dynamic)
		return &c
	case *Values:
		return &Values{Cols: r.columns(n.Cols), Rows: n.Rows}
	case *TableCall:
		c := *n
		c.Cols, c.Ordinality = r.columns(n.Cols), r.column(n.Ordinality)
		return &c
	case *Project:
		c := &Project{Input: n.Input, Items: append([]Item(nil), n.Items...)}
		for i := range c.Items {
			c.Items[i].Col.ID = r.id(c.Items[i].Col.ID)
		}
		return c
	case *Aggregate:
		c := *n
		c.Keys, c.Aggs = r.columns(n.Keys), append([]Agg(nil), n.Aggs...)
		for i := range c.Aggs {
			c.Aggs[i].Col.ID = r.id(c.Aggs[i].Col.ID)
		}
		c.Dynamic = r.dynamic(n.Dynamic)
		return &c
	case *Window:
		c := *n
		c.Pass, c.Calls = r.columns(n.Pass), append([]WindowCall(nil), n.Calls...)
		for i := range c.Calls {
			c.Calls[i].Col.ID = r.id(c.Calls[i].Col.ID)
		}
		return &c
	case *MatchRecognize:
		return n.renumber(r)
	case *Join:
		c := *n
		c.MarkCol.ID = r.id(n.MarkCol.ID)
		return &c
	case *Apply:
		c := *n
		c.MarkCol.ID = r.id(n.MarkCol.ID)
		return &c
	}
	return r.lists(n)
}

func (r renumberer) scan(n *Scan) Node {
	c := *n
	c.Cols = append([]ScanColumn(nil), n.Cols...)
	for i := range c.Cols {
		c.Cols[i].ID = r.id(c.Cols[i].ID)
	}
	c.Dynamic = r.dynamic(n.Dynamic)
	return &c
}

func (r renumberer) dynamic(uses []DynamicUse) []DynamicUse {
	out := append([]DynamicUse(nil), uses...)
	for i := range out {
		out[i].Col = r.id(out[i].Col)
	}
	return out
}

// lists renumbers the nodes that refer to columns by lists of IDs.
func (r renumberer) lists(n Node) Node {
	switch n := n.(type) {
	case *Sort:
		c := *n
		c.PartitionBy = r.ids(n.PartitionBy)
		return &c
	case *Limit:
		c := *n
		c.PartitionBy = r.ids(n.PartitionBy)
		return &c
	case *Recode:
		return n.renumber(r)
	case *DistinctOn:
		return &DistinctOn{Input: n.Input, On: r.ids(n.On)}
	case *Unnest:
		c := *n
		c.Outs = make([][]Column, len(n.Outs))
		for i := range c.Outs {
			c.Outs[i] = r.columns(n.Outs[i])
		}
		c.Ordinality = r.column(n.Ordinality)
		return &c
	case *SetOp:
		c := *n
		c.Cols, c.Maps = r.columns(n.Cols), make([][]ColID, len(n.Maps))
		for i := range c.Maps {
			c.Maps[i] = r.ids(n.Maps[i])
		}
		return &c
	case *With:
		c := *n
		c.ID = r.with(n.ID)
		return &c
	case *CTERef:
		c := *n
		c.ID, c.Cols, c.From = r.with(n.ID), r.columns(n.Cols), r.ids(n.From)
		return &c
	case *Recursive:
		c := *n
		c.ID, c.Cols, c.InitCols, c.StepCols = r.with(n.ID), r.columns(n.Cols), r.ids(n.InitCols), r.ids(n.StepCols)
		return &c
	case *WorkTable:
		return &WorkTable{ID: r.with(n.ID), Name: n.Name, Cols: r.columns(n.Cols)}
	}
	return n
}
