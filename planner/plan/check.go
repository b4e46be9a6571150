package plan

import "github.com/glauxdb/glaux/catalog/fault"

// Check verifies a plan: every column that a node reads is put out by one of
// its inputs (Apply's right side may read the left's, a CTERef its With), no
// node puts out one column twice, set operations fit together, and no two nodes
// make the same column. outer holds columns that are free to use. A violation
// is a bug of a rule or the binder: XX000.
func Check(n Node, outer map[ColID]bool) error {
	c := checker{made: map[ColID]Node{}, withs: map[int]map[ColID]bool{}}
	return c.node(n, outer)
}

type checker struct {
	made  map[ColID]Node
	withs map[int]map[ColID]bool
}

func (c *checker) node(n Node, outer map[ColID]bool) error {
	if err := c.inputs(n, outer); err != nil {
		return err
	}
	have := map[ColID]bool{}
	for _, in := range n.Inputs() {
		for _, col := range in.Output() {
			have[col.ID] = true
		}
	}
	if s, ok := n.(*Scan); ok {
		have = OutputSet(s)
	}
	if s, ok := n.(*Virtual); ok {
		have = OutputSet(s)
	}
	used := map[ColID]bool{}
	Used(n, used)
	for id := range used {
		if !have[id] && !outer[id] {
			return fault.New(fault.CodeInternal, "plan: %s reads column #%d that its input does not have\n%s", opNames[n.Op()], id, Format(n))
		}
	}
	for _, col := range Made(n) {
		if m, ok := c.made[col.ID]; ok && m != n {
			return fault.New(fault.CodeInternal, "plan: column #%d (%s) is made by two nodes: %s and %s", col.ID, col.Name, opNames[m.Op()], opNames[n.Op()])
		}
		c.made[col.ID] = n
	}
	return c.output(n)
}

// inputs checks below n, with what each input may use.
func (c *checker) inputs(n Node, outer map[ColID]bool) error {
	switch n := n.(type) {
	case *Apply:
		if err := c.node(n.Left, outer); err != nil {
			return err
		}
		more := OutputSet(n.Left)
		for id := range outer {
			more[id] = true
		}
		return c.node(n.Right, more)
	case *With:
		if err := c.node(n.Def, outer); err != nil {
			return err
		}
		c.withs[n.ID] = OutputSet(n.Def)
		return c.node(n.Body, outer)
	case *CTERef:
		def, ok := c.withs[n.ID]
		if !ok {
			return fault.New(fault.CodeInternal, "plan: reference to WITH %s (%d) outside of it", n.Name, n.ID)
		}
		for _, id := range n.From {
			if !def[id] {
				return fault.New(fault.CodeInternal, "plan: reference to column #%d that WITH %s does not have", id, n.Name)
			}
		}
		return nil
	}
	for _, in := range n.Inputs() {
		if err := c.node(in, outer); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) output(n Node) error {
	seen := map[ColID]bool{}
	for _, col := range n.Output() {
		if seen[col.ID] {
			return fault.New(fault.CodeInternal, "plan: %s puts out column #%d (%s) twice", opNames[n.Op()], col.ID, col.Name)
		}
		seen[col.ID] = true
	}
	s, ok := n.(*SetOp)
	if !ok {
		return nil
	}
	if len(s.Maps) != len(s.In) {
		return fault.New(fault.CodeInternal, "plan: set operation with %d inputs and %d maps", len(s.In), len(s.Maps))
	}
	for i, m := range s.Maps {
		if len(m) != len(s.Cols) {
			return fault.New(fault.CodeInternal, "plan: input %d of a set operation has %d columns, not %d", i, len(m), len(s.Cols))
		}
		in := OutputSet(s.In[i])
		for _, id := range m {
			if !in[id] {
				return fault.New(fault.CodeInternal, "plan: input %d of a set operation lacks column #%d", i, id)
			}
		}
	}
	return nil
}
