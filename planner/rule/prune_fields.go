package rule

import (
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// pruneFields lets a scan read single fields of a row column where nobody needs
// the whole row: each leaf that is used becomes a scan column of its own, with a
// Path.
func pruneFields() Rule {
	return Rule{Name: "prune_fields", Match: OpTree, Apply: func(c *Ctx, root plan.Node) (plan.Node, bool, error) {
		f := fieldFinder{rows: map[plan.ColID]bool{}, paths: map[plan.ColID]map[string][]int{}, whole: map[plan.ColID]bool{}}
		f.find(root)
		with := c.leafColumns(root, f)
		if len(with) == 0 {
			return root, false, nil
		}
		return plan.Transform(root, func(n plan.Node) plan.Node { return splitRows(n, with) }), true, nil
	}}
}

// fieldFinder notes how the row columns of scans are used.
type fieldFinder struct {
	rows  map[plan.ColID]bool             // columns of scans that are rows
	paths map[plan.ColID]map[string][]int // field paths that are read, by their text
	whole map[plan.ColID]bool             // columns that are needed as they are
}

func (f fieldFinder) find(root plan.Node) {
	plan.Visit(root, func(n plan.Node) bool {
		if s, ok := n.(*plan.Scan); ok {
			for _, col := range s.Cols {
				if col.Type.Kind == types.Row && col.Index >= 0 && len(col.Path) == 0 {
					f.rows[col.ID] = true
				}
			}
		}
		return true
	})
	if len(f.rows) == 0 {
		return
	}
	for id := range plan.OutputSet(root) {
		f.whole[id] = true
	}
	plan.Visit(root, func(n plan.Node) bool { f.node(n); return true })
}

func (f fieldFinder) node(n plan.Node) {
	if p, ok := n.(*plan.Project); ok {
		for _, it := range p.Items {
			if !it.IsPass() {
				f.expr(it.X)
			}
		}
		return
	}
	plan.EachExpr(n, f.expr)
	for _, id := range listed(n) {
		f.whole[id] = true
	}
}

// listed gives the columns that a node reads by a list of IDs.
func listed(n plan.Node) []plan.ColID {
	switch n := n.(type) {
	case *plan.Aggregate:
		ids := make([]plan.ColID, len(n.Keys))
		for i, k := range n.Keys {
			ids[i] = k.ID
		}
		return ids
	case *plan.Window:
		return columnIDs(n.Pass)
	case *plan.MatchRecognize:
		return columnIDs(n.Pass)
	case *plan.Sort:
		return n.PartitionBy
	case *plan.Limit:
		return n.PartitionBy
	case *plan.DistinctOn:
		return n.On
	case *plan.SetOp:
		return slices.Concat(n.Maps...)
	case *plan.CTERef:
		return n.From
	case *plan.Recursive:
		return slices.Concat(n.InitCols, n.StepCols)
	}
	return nil
}

func (f fieldFinder) expr(e plan.Expr) {
	plan.Walk(e, func(x plan.Expr) bool {
		if id, path, ok := fieldPath(x); ok && f.rows[id] {
			if len(path) == 0 {
				f.whole[id] = true
				return false
			}
			if f.paths[id] == nil {
				f.paths[id] = map[string][]int{}
			}
			f.paths[id][pathText(path)] = path
			return false
		}
		return true
	})
}

// fieldPath reads a chain of fields over a column; the path is empty for the
// column alone.
func fieldPath(e plan.Expr) (plan.ColID, []int, bool) {
	switch e := e.(type) {
	case *plan.Col:
		return e.ID, nil, true
	case *plan.Field:
		id, path, ok := fieldPath(e.X)
		return id, append(path, e.Index), ok
	}
	return 0, nil, false
}

func pathText(path []int) string {
	var b strings.Builder
	for _, i := range path {
		b.WriteByte('.')
		b.WriteRune(rune(i))
	}
	return b.String()
}

// leafColumns makes the new columns for each row column that is never needed
// as a whole: one for each path that no other path contains.
func (c *Ctx) leafColumns(root plan.Node, f fieldFinder) map[plan.ColID][]leaf {
	with := map[plan.ColID][]leaf{}
	plan.Visit(root, func(n plan.Node) bool {
		s, ok := n.(*plan.Scan)
		if !ok {
			return true
		}
		for _, col := range s.Cols {
			if f.whole[col.ID] || len(f.paths[col.ID]) == 0 {
				continue
			}
			var texts []string
			for text := range f.paths[col.ID] {
				texts = append(texts, text)
			}
			slices.Sort(texts)
			last := ""
			for _, text := range texts {
				if last != "" && strings.HasPrefix(text, last+".") {
					continue
				}
				last = text
				with[col.ID] = append(with[col.ID], c.newLeaf(col, f.paths[col.ID][text]))
			}
		}
		return true
	})
	return with
}

// leaf is a field that is read alone.
type leaf struct {
	path []int
	col  plan.ScanColumn
}

func (c *Ctx) newLeaf(row plan.ScanColumn, path []int) leaf {
	t, name := row.Type, row.Name
	var names []string
	for _, i := range path {
		f := t.Fields[i]
		names = append(names, f.Name)
		t, name = f.Type, name+"."+f.Name
	}
	return leaf{path: path, col: plan.ScanColumn{Column: c.newCol(name, t), Index: row.Index, Path: names}}
}

// splitRows replaces row columns by their leaves in one node.
func splitRows(n plan.Node, with map[plan.ColID][]leaf) plan.Node {
	switch m := n.(type) {
	case *plan.Scan:
		n = splitScan(m, with)
	case *plan.Project:
		n = splitProject(m, with)
	}
	return plan.MapExprs(n, func(e plan.Expr) plan.Expr { return splitExpr(e, with) })
}

func splitScan(s *plan.Scan, with map[plan.ColID][]leaf) plan.Node {
	var cols []plan.ScanColumn
	for _, col := range s.Cols {
		leaves := with[col.ID]
		if leaves == nil {
			cols = append(cols, col)
			continue
		}
		for _, l := range leaves {
			cols = append(cols, l.col)
		}
	}
	out := *s
	out.Cols = cols
	return &out
}

// splitProject passes the leaves where the row was passed.
func splitProject(p *plan.Project, with map[plan.ColID][]leaf) plan.Node {
	var items []plan.Item
	for _, it := range p.Items {
		leaves := with[it.Col.ID]
		if leaves == nil || !it.IsPass() {
			items = append(items, it)
			continue
		}
		for _, l := range leaves {
			items = append(items, plan.PassItem(l.col.Column))
		}
	}
	return &plan.Project{Input: p.Input, Items: items}
}

// splitExpr reads fields from their leaves. It goes down from the outermost
// field, whose path says which leaf.
func splitExpr(e plan.Expr, with map[plan.ColID][]leaf) plan.Expr {
	return plan.Rewrite(e, func(x plan.Expr) plan.Expr {
		id, path, ok := fieldPath(x)
		if !ok || len(path) == 0 {
			return x
		}
		for _, l := range with[id] {
			if slices.Equal(l.path, path) {
				return &plan.Col{Pos: plan.Pos(x.Position()), ID: l.col.ID, Typ: l.col.Type, Name: l.col.Name}
			}
		}
		return x
	})
}

func columnIDs(cols []plan.Column) []plan.ColID {
	ids := make([]plan.ColID, len(cols))
	for i, c := range cols {
		ids[i] = c.ID
	}
	return ids
}
