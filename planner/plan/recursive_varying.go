package plan

// Varying tells of each node of the step whether its rows may differ from round to
// round: those that read the work table or a WITH that does, that call volatile
// functions, or whose scans are limited by runtime filters of joins that build from
// such rows.
func (n *Recursive) Varying() map[Node]bool {
	v := varying{work: n.ID, nodes: map[Node]bool{}, ctes: map[int]bool{}, filters: map[int]bool{}}
	for known := -1; known < len(v.filters); { // a scan may be met before the join that limits it
		known = len(v.filters)
		v.mark(n.Step)
	}
	return v.nodes
}

type varying struct {
	work    int
	nodes   map[Node]bool
	ctes    map[int]bool
	filters map[int]bool // runtime filters
}

func (v *varying) mark(n Node) bool {
	found := false
	for _, in := range n.Inputs() { // the definition of a WITH comes before its readers
		varies := v.mark(in)
		found = found || varies
		if w, ok := n.(*With); ok && in == w.Def {
			v.ctes[w.ID] = varies
		}
	}
	EachExpr(n, func(e Expr) { found = found || IsVolatile(e) })
	found = found || v.reads(n)
	if j, ok := n.(*Join); ok && v.nodes[j.BuildSide()] {
		for _, d := range j.Dynamic {
			v.filters[d.ID] = true
		}
	}
	v.nodes[n] = found
	return found
}

// reads reports whether a leaf gives other rows in other rounds.
func (v *varying) reads(n Node) bool {
	switch n := n.(type) {
	case *WorkTable:
		return n.ID == v.work
	case *CTERef:
		return v.ctes[n.ID]
	case *Scan:
		return v.limited(n.Dynamic)
	case *Virtual:
		return v.limited(n.Dynamic)
	}
	return false
}

func (v *varying) limited(by []DynamicUse) bool {
	for _, d := range by {
		if v.filters[d.ID] {
			return true
		}
	}
	return false
}
