package plan

import "slices"

// This file walks and rebuilds plans without knowing what the nodes mean.

// Visit calls f for n and everything below it, parents first; it does not go
// below a node for which f gives false.
func Visit(n Node, f func(Node) bool) {
	if !f(n) {
		return
	}
	for _, in := range n.Inputs() {
		Visit(in, f)
	}
}

// Transform rebuilds a plan bottom up: f sees each node after its inputs were
// rebuilt and gives what replaces it. Unchanged parts are shared.
func Transform(n Node, f func(Node) Node) Node {
	return f(MapInputs(n, func(in Node) Node { return Transform(in, f) }))
}

// MapInputs replaces the inputs of n by what f gives for them; n itself if
// nothing changes.
func MapInputs(n Node, f func(Node) Node) Node {
	ins := n.Inputs()
	var fresh []Node
	for i, in := range ins {
		m := f(in)
		if m != in && fresh == nil {
			fresh = append(make([]Node, 0, len(ins)), ins...)
		}
		if fresh != nil {
			fresh[i] = m
		}
	}
	if fresh == nil {
		return n
	}
	return n.WithInputs(fresh)
}

// AppendOutput appends the columns that n puts out. Unlike Output it copies
// each column once, however deep the tree is.
func AppendOutput(dst []Column, n Node) []Column {
	switch n := n.(type) {
	case *Filter:
		return AppendOutput(dst, n.Input)
	case *Sort:
		return AppendOutput(dst, n.Input)
	case *Limit:
		return AppendOutput(dst, n.Input)
	case *DistinctOn:
		return AppendOutput(dst, n.Input)
	case *MaxOneRow:
		return AppendOutput(dst, n.Input)
	case *With:
		return AppendOutput(dst, n.Body)
	case *Join:
		return appendJoin(dst, n.Kind, n.Left, n.Right, n.MarkCol)
	case *Apply:
		return appendJoin(dst, n.Kind, n.Left, n.Right, n.MarkCol)
	case *Scan:
		for i := range n.Cols {
			dst = append(dst, n.Cols[i].Column)
		}
		return dst
	}
	return append(dst, n.Output()...)
}

func appendJoin(dst []Column, k JoinKind, l, r Node, mark Column) []Column {
	dst = AppendOutput(dst, l)
	switch k {
	case Semi, Anti:
		return dst
	case Mark:
		return append(dst, mark)
	}
	return AppendOutput(dst, r)
}

// PutsOut reports whether n puts out the column.
func PutsOut(n Node, id ColID) bool {
	switch n := n.(type) {
	case *Filter, *Sort, *Limit, *DistinctOn, *MaxOneRow, *With:
		return PutsOut(passesOn(n), id)
	case *Scan:
		for i := range n.Cols {
			if n.Cols[i].ID == id {
				return true
			}
		}
		return false
	case *Join:
		return PutsOut(n.Left, id) || n.Kind == Mark && n.MarkCol.ID == id ||
			n.Kind != Semi && n.Kind != Anti && n.Kind != Mark && PutsOut(n.Right, id)
	}
	for _, c := range n.Output() {
		if c.ID == id {
			return true
		}
	}
	return false
}

// OutputSet gives the IDs of the columns that n puts out.
func OutputSet(n Node) map[ColID]bool {
	set := make(map[ColID]bool, 16)
	addOutput(set, n)
	return set
}

// addOutput is OutputSet without copies of columns: rules ask for it more often than
// for anything else.
func addOutput(set map[ColID]bool, n Node) {
	switch n := n.(type) {
	case *Filter, *Sort, *Limit, *DistinctOn, *MaxOneRow, *With:
		addOutput(set, passesOn(n))
	case *Scan:
		for i := range n.Cols {
			set[n.Cols[i].ID] = true
		}
	case *Project:
		for i := range n.Items {
			set[n.Items[i].Col.ID] = true
		}
	case *Aggregate:
		for i := range n.Keys {
			set[n.Keys[i].ID] = true
		}
		for i := range n.Aggs {
			set[n.Aggs[i].Col.ID] = true
		}
	case *Join:
		addJoin(set, n.Kind, n.Left, n.Right, n.MarkCol.ID)
	case *Apply:
		addJoin(set, n.Kind, n.Left, n.Right, n.MarkCol.ID)
	default:
		out := n.Output()
		for i := range out {
			set[out[i].ID] = true
		}
	}
}

func addJoin(set map[ColID]bool, k JoinKind, l, r Node, mark ColID) {
	addOutput(set, l)
	switch k {
	case Semi, Anti:
	case Mark:
		set[mark] = true
	default:
		addOutput(set, r)
	}
}

// passesOn gives the input whose columns are those of n.
func passesOn(n Node) Node {
	switch n := n.(type) {
	case *Filter:
		return n.Input
	case *Sort:
		return n.Input
	case *Limit:
		return n.Input
	case *DistinctOn:
		return n.Input
	case *MaxOneRow:
		return n.Input
	case *With:
		return n.Body
	}
	return nil
}

// Ref reads a column.
func Ref(c Column) *Col { return &Col{ID: c.ID, Typ: c.Type, Name: c.Name} }

// PassItem passes a column through a Project under its own ID.
func PassItem(c Column) Item { return Item{Col: c, X: Ref(c)} }

// IsPass reports whether the item only passes a column under its own ID.
func (it Item) IsPass() bool {
	c, ok := it.X.(*Col)
	return ok && c.ID == it.Col.ID
}

// Used adds every column that n itself reads (not its inputs) to set.
func Used(n Node, set map[ColID]bool) {
	EachExpr(n, func(e Expr) { Columns(e, set) })
	switch n := n.(type) {
	case *Aggregate:
		for _, k := range n.Keys {
			set[k.ID] = true
		}
	case *Window:
		for _, c := range n.Pass {
			set[c.ID] = true
		}
	case *MatchRecognize:
		for _, c := range n.Inner() {
			delete(set, c.ID)
		}
		for _, c := range n.Pass {
			set[c.ID] = true
		}
	case *Sort:
		addIDs(set, n.PartitionBy)
	case *Limit:
		addIDs(set, n.PartitionBy)
	case *DistinctOn:
		addIDs(set, n.On)
	case *Recode:
		for _, c := range n.Cols {
			set[c.From.ID] = true
		}
	case *SetOp:
		for _, m := range n.Maps {
			addIDs(set, m)
		}
	case *Recursive:
		addIDs(set, n.InitCols)
		addIDs(set, n.StepCols)
	}
}

func addIDs(set map[ColID]bool, ids []ColID) {
	for _, id := range ids {
		set[id] = true
	}
}

// Free gives the columns that the plan reads but nothing in it makes: those of
// an enclosing query.
func Free(n Node) map[ColID]bool {
	used, made := map[ColID]bool{}, map[ColID]bool{}
	Visit(n, func(m Node) bool {
		Used(m, used)
		if s, ok := m.(*Scan); ok {
			addOutput(made, s)
			return true
		}
		for _, c := range Made(m) {
			made[c.ID] = true
		}
		return true
	})
	for id := range made {
		delete(used, id)
	}
	return used
}

// Made lists the columns that n itself makes rather than passes on.
func Made(n Node) []Column {
	switch n := n.(type) {
	case *Scan, *Virtual, *Values, *TableCall, *SetOp, *CTERef, *Recursive, *WorkTable:
		return n.Output()
	case *Project:
		var out []Column
		for _, it := range n.Items {
			if !it.IsPass() {
				out = append(out, it.Col)
			}
		}
		return out
	case *Aggregate:
		var out []Column
		for _, a := range n.Aggs {
			out = append(out, a.Col)
		}
		return out
	case *Window:
		return n.Output()[len(n.Pass):]
	case *MatchRecognize:
		return append(n.Output()[len(n.Pass):], n.Inner()...)
	case *Join:
		if n.Kind == Mark {
			return []Column{n.MarkCol}
		}
	case *Apply:
		if n.Kind == Mark {
			return []Column{n.MarkCol}
		}
	case *Unnest:
		return n.Output()[len(n.Input.Output()):]
	case *Recode:
		return n.made()
	}
	return nil
}

// EachExpr calls f for every expression of n itself.
func EachExpr(n Node, f func(Expr)) {
	MapExprs(n, func(e Expr) Expr { f(e); return e })
}

// MapExprs replaces every expression of n itself (not of its inputs) by what f
// gives; n itself if nothing changes. f sees whole expressions: use Rewrite in
// it to go down.
func MapExprs(n Node, f func(Expr) Expr) Node {
	switch n := n.(type) {
	case *Scan:
		if fs, ch := mapList(n.Filter, f); ch {
			c := *n
			c.Filter = fs
			return &c
		}
	case *Virtual:
		if fs, ch := mapList(n.Filter, f); ch {
			c := *n
			c.Filter = fs
			return &c
		}
	case *Values:
		return mapValues(n, f)
	case *TableCall:
		if as, ch := mapList(n.Args, f); ch {
			c := *n
			c.Args = as
			return &c
		}
	case *Filter:
		if cs, ch := mapList(n.Conds, f); ch {
			return &Filter{Input: n.Input, Conds: cs}
		}
	case *Project:
		return mapProject(n, f)
	case *Aggregate:
		return mapAggregate(n, f)
	case *Window:
		return mapWindow(n, f)
	case *MatchRecognize:
		return mapMatch(n, f)
	case *Join:
		eq, ch1 := mapEqual(n.Equal, f)
		on, ch2 := mapList(n.On, f)
		if ch1 || ch2 {
			c := *n
			c.Equal, c.On = eq, on
			return &c
		}
	case *Apply:
		eq, ch1 := mapEqual(n.Equal, f)
		on, ch2 := mapList(n.On, f)
		if ch1 || ch2 {
			c := *n
			c.Equal, c.On = eq, on
			return &c
		}
	case *Sort:
		if ks, ch := mapSortKeys(n.Keys, f); ch {
			c := *n
			c.Keys = ks
			return &c
		}
	case *Limit:
		c := *n
		if n.LimitX != nil {
			c.LimitX = f(n.LimitX)
		}
		if n.OffsetX != nil {
			c.OffsetX = f(n.OffsetX)
		}
		if c.LimitX != n.LimitX || c.OffsetX != n.OffsetX {
			return &c
		}
	case *Unnest:
		if as, ch := mapList(n.Args, f); ch {
			c := *n
			c.Args = as
			return &c
		}
	}
	return n
}

func mapList(es []Expr, f func(Expr) Expr) ([]Expr, bool) {
	var fresh []Expr
	for i, e := range es {
		x := f(e)
		if x != e && fresh == nil {
			fresh = append(make([]Expr, 0, len(es)), es...)
		}
		if fresh != nil {
			fresh[i] = x
		}
	}
	if fresh == nil {
		return es, false
	}
	return fresh, true
}

func mapEqual(es []EqualKey, f func(Expr) Expr) ([]EqualKey, bool) {
	fresh, changed := make([]EqualKey, len(es)), false
	for i, k := range es {
		fresh[i] = EqualKey{L: f(k.L), R: f(k.R), NullSafe: k.NullSafe}
		changed = changed || fresh[i] != k
	}
	if !changed {
		return es, false
	}
	return fresh, true
}

func mapSortKeys(ks []SortKey, f func(Expr) Expr) ([]SortKey, bool) {
	fresh, changed := make([]SortKey, len(ks)), false
	for i, k := range ks {
		fresh[i] = k
		fresh[i].X = f(k.X)
		changed = changed || fresh[i].X != k.X
	}
	if !changed {
		return ks, false
	}
	return fresh, true
}

func mapValues(n *Values, f func(Expr) Expr) Node {
	var rows [][]Expr
	for i, r := range n.Rows {
		row, ch := mapList(r, f)
		if ch && rows == nil {
			rows = append(make([][]Expr, 0, len(n.Rows)), n.Rows...)
		}
		if rows != nil {
			rows[i] = row
		}
	}
	if rows == nil {
		return n
	}
	return &Values{Cols: n.Cols, Rows: rows}
}

func mapProject(n *Project, f func(Expr) Expr) Node {
	var items []Item
	for i, it := range n.Items {
		x := f(it.X)
		if x != it.X && items == nil {
			items = slices.Clone(n.Items)
		}
		if items != nil {
			items[i].X = x
		}
	}
	if items == nil {
		return n
	}
	return &Project{Input: n.Input, Items: items}
}

func mapAggregate(n *Aggregate, f func(Expr) Expr) Node {
	aggs, changed := make([]Agg, len(n.Aggs)), false
	for i, a := range n.Aggs {
		args, ch1 := mapList(a.Args, f)
		order, ch2 := mapSortKeys(a.OrderBy, f)
		a.Args, a.OrderBy = args, order
		if a.Filter != nil {
			if x := f(a.Filter); x != a.Filter {
				a.Filter, changed = x, true
			}
		}
		aggs[i] = a
		changed = changed || ch1 || ch2
	}
	if !changed {
		return n
	}
	c := *n
	c.Aggs = aggs
	return &c
}

// Replace puts expressions in the place of columns in e.
func Replace(e Expr, with map[ColID]Expr) Expr {
	if len(with) == 0 {
		return e
	}
	return Rewrite(e, func(x Expr) Expr {
		if c, ok := x.(*Col); ok {
			if y, ok := with[c.ID]; ok {
				return y
			}
		}
		return x
	})
}

// IsVolatile reports whether e calls a volatile function anywhere.
func IsVolatile(e Expr) bool {
	found := false
	Walk(e, func(x Expr) bool {
		if c, ok := x.(*Call); ok && c.Fn != nil && c.Fn.Volatility == Volatile {
			found = true
		}
		return !found
	})
	return found
}

// Same reports whether two expressions are the same computation, wherever in
// the statement they stand.
func Same(a, b Expr) bool {
	if a == b {
		return true
	}
	return a != nil && b != nil && Fingerprint(a) == Fingerprint(b)
}
