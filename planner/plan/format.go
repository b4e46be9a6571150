package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Line describes one node for EXPLAIN: what it is and its particulars, in
// print order.
type Line struct {
	Title   string
	Details []Detail
}

// Detail is one particular of a node, such as its filter.
type Detail struct{ Key, Value string }

// Format prints a plan as an indented tree, one node a line with its details
// behind it. The text is stable: golden tests and EXPLAIN show it.
func Format(n Node) string {
	f := NewFormatter(n)
	var b strings.Builder
	f.tree(&b, n, 0)
	return b.String()
}

func (f *Formatter) tree(b *strings.Builder, n Node, depth int) {
	l := f.Describe(n)
	b.WriteString(strings.Repeat("  ", depth))
	b.WriteString(l.Title)
	for _, d := range l.Details {
		fmt.Fprintf(b, " %s=%s", d.Key, d.Value)
	}
	b.WriteByte('\n')
	for _, in := range n.Inputs() {
		f.tree(b, in, depth+1)
	}
}

// Formatter names the columns of one plan: by name where it is the only column
// of that name, else name#ID.
type Formatter struct{ names map[ColID]string }

// NewFormatter prepares to describe the nodes of a plan.
func NewFormatter(root Node) *Formatter {
	byName, cols := map[string]int{}, map[ColID]string{}
	Visit(root, func(n Node) bool {
		for _, c := range Made(n) {
			if _, ok := cols[c.ID]; !ok {
				cols[c.ID] = c.Name
				byName[c.Name]++
			}
		}
		return true
	})
	f := &Formatter{names: map[ColID]string{}}
	for id, name := range cols {
		if name == "" || byName[name] > 1 {
			name += "#" + strconv.Itoa(int(id))
		}
		f.names[id] = name
	}
	return f
}

// Column gives the text of a column.
func (f *Formatter) Column(id ColID, name string) string {
	if s, ok := f.names[id]; ok {
		return s
	}
	return name + "#" + strconv.Itoa(int(id))
}

// Expr gives the text of an expression.
func (f *Formatter) Expr(e Expr) string {
	return FormatExpr(e, func(c *Col) string { return f.Column(c.ID, c.Name) })
}

func (f *Formatter) exprs(es []Expr, sep string) string {
	parts := make([]string, len(es))
	for i, e := range es {
		if _, or := e.(*Or); or && len(es) > 1 && sep == " AND " {
			parts[i] = "(" + f.Expr(e) + ")"
			continue
		}
		parts[i] = f.Expr(e)
	}
	return strings.Join(parts, sep)
}

func (f *Formatter) columns(cs []Column) string {
	parts := make([]string, len(cs))
	for i, c := range cs {
		parts[i] = f.Column(c.ID, c.Name)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (f *Formatter) ids(ids []ColID) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = f.Column(id, "")
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

var opNames = [...]string{
	OpScan: "Scan", OpVirtual: "Virtual", OpValues: "Values", OpTableCall: "TableCall", OpFilter: "Filter", OpProject: "Project",
	OpAggregate: "Aggregate", OpJoin: "Join", OpApply: "Apply", OpSort: "Sort", OpLimit: "Limit", OpDistinctOn: "DistinctOn",
	OpUnnest: "Unnest", OpMaxOneRow: "MaxOneRow", OpSetOp: "SetOp", OpWith: "With", OpCTERef: "CTERef",
	OpWindow: "Window", OpMatchRecognize: "MatchRecognize",
	OpRecursive: "Recursive", OpWorkTable: "WorkTable", OpRecode: "Recode",
}

// String gives the kind's name.
func (o Op) String() string { return opNames[o] }

// Describe gives the line of one node.
func (f *Formatter) Describe(n Node) Line {
	switch n := n.(type) {
	case *Scan:
		return f.scan(n)
	case *Virtual:
		return f.virtual(n)
	case *Join:
		return f.join(n)
	case *Apply:
		return f.apply(n)
	case *Aggregate:
		return f.aggregate(n)
	case *Sort:
		return f.sort(n)
	case *Unnest:
		return f.unnest(n)
	case *Window:
		return f.window(n)
	case *MatchRecognize:
		return f.match(n)
	case *Filter:
		return Line{"Filter", []Detail{{"cond", f.exprs(n.Conds, " AND ")}}}
	case *Project:
		return Line{"Project", []Detail{{"cols", f.items(n.Items)}}}
	case *Values:
		return f.values(n)
	}
	return f.small(n)
}

func (f *Formatter) small(n Node) Line {
	switch n := n.(type) {
	case *TableCall:
		return Line{"TableCall " + n.Fn.Name, []Detail{{"args", "[" + f.exprs(n.Args, ", ") + "]"}, {"cols", f.columns(n.Output())}}}
	case *Limit:
		l := Line{"Limit", limitDetails(n.Limit, n.Offset)}
		if len(n.PartitionBy) > 0 {
			l.Details = append(l.Details, Detail{"per", f.ids(n.PartitionBy)})
		}
		return l
	case *DistinctOn:
		return Line{"DistinctOn", []Detail{{"on", f.ids(n.On)}}}
	case *Recode:
		return f.recode(n)
	case *SetOp:
		return f.setOp(n)
	case *With:
		return Line{"With " + n.Name + "." + strconv.Itoa(n.ID), nil}
	case *CTERef:
		return Line{"CTERef " + n.Name + "." + strconv.Itoa(n.ID), []Detail{{"cols", f.columns(n.Cols)}}}
	case *Recursive:
		l := Line{"Recursive " + n.Name + "." + strconv.Itoa(n.ID), []Detail{{"cols", f.columns(n.Cols)}, {"from", f.ids(n.InitCols) + " " + f.ids(n.StepCols)}}}
		if n.Distinct {
			l.Title += " Distinct"
		}
		return l
	case *WorkTable:
		return Line{"WorkTable " + n.Name + "." + strconv.Itoa(n.ID), []Detail{{"cols", f.columns(n.Cols)}}}
	}
	return Line{n.Op().String(), nil}
}

func limitDetails(limit, offset int64) []Detail {
	var ds []Detail
	if limit >= 0 {
		ds = append(ds, Detail{"limit", strconv.FormatInt(limit, 10)})
	}
	if offset > 0 {
		ds = append(ds, Detail{"offset", strconv.FormatInt(offset, 10)})
	}
	return ds
}

func (f *Formatter) scan(n *Scan) Line {
	l := Line{Title: "Scan " + n.Table.Name}
	if n.Alias != "" && n.Alias != n.Table.Name {
		l.Title += " " + n.Alias
	}
	parts := make([]string, len(n.Cols))
	for i, c := range n.Cols {
		parts[i] = f.Column(c.ID, c.Name)
		if len(c.Path) > 0 {
			parts[i] += "(" + strings.Join(c.Path, ".") + ")"
		}
	}
	l.add("cols", "["+strings.Join(parts, ", ")+"]")
	if len(n.Filter) > 0 {
		l.add("filter", f.exprs(n.Filter, " AND "))
	}
	if n.Mode != ScanRows {
		l.add("rows_of", [...]string{ScanFiles: "files", ScanErrors: "errors"}[n.Mode])
	}
	if n.Limit > 0 {
		l.add("limit", strconv.FormatInt(n.Limit, 10))
	}
	if n.Sample != nil {
		l.add("sample", strconv.FormatFloat(n.Sample.Percent, 'g', -1, 64)+"%")
	}
	f.dynamic(&l, n.Dynamic)
	if s := n.Source; s != nil {
		if len(n.Table.PartitionKeys) > 0 {
			l.add("partitions", fmt.Sprintf("%d/%d", s.PartitionsRead, s.PartitionsTotal))
		}
		l.add("files", fmt.Sprintf("%d/%d", len(s.Files), s.FilesTotal))
	}
	return l
}

func (l *Line) add(key, value string) { l.Details = append(l.Details, Detail{key, value}) }

func (f *Formatter) virtual(n *Virtual) Line {
	l := Line{Title: "Virtual " + n.Table.Schema() + "." + n.Table.Name()}
	l.add("cols", f.columns(n.Output()))
	if len(n.Filter) > 0 {
		l.add("filter", f.exprs(n.Filter, " AND "))
	}
	f.dynamic(&l, n.Dynamic)
	return l
}

func (f *Formatter) dynamic(l *Line, uses []DynamicUse) {
	for _, d := range uses {
		l.add("dynamic", fmt.Sprintf("%d:%s", d.ID, f.Column(d.Col, "")))
	}
}

func (f *Formatter) join(n *Join) Line {
	l := Line{Title: n.Kind.String() + " Join"}
	on := n.On
	if n.Spatial > 0 {
		on = slices.Delete(slices.Clone(on), n.Spatial-1, n.Spatial)
		l.add("rtree", f.Expr(n.On[n.Spatial-1]))
	}
	f.joinDetails(&l, n.Equal, on, n.NullAware)
	if n.Kind == Mark {
		l.add("mark", f.Column(n.MarkCol.ID, n.MarkCol.Name))
	}
	if n.BuildLeft {
		l.add("build", "left")
	}
	for _, d := range n.Dynamic {
		l.add("dynamic", fmt.Sprintf("%d:%s", d.ID, f.Expr(n.Equal[d.Key].L)))
	}
	return l
}

func (f *Formatter) apply(n *Apply) Line {
	l := Line{Title: n.Kind.String() + " Apply"}
	f.joinDetails(&l, n.Equal, n.On, n.NullAware)
	if n.Kind == Mark {
		l.add("mark", f.Column(n.MarkCol.ID, n.MarkCol.Name))
	}
	return l
}

func (f *Formatter) joinDetails(l *Line, equal []EqualKey, on []Expr, nullAware bool) {
	var conds []string
	for _, k := range equal {
		op := " = "
		if k.NullSafe {
			op = " IS NOT DISTINCT FROM "
		}
		conds = append(conds, f.operand(k.L)+op+f.operand(k.R))
	}
	if len(conds) > 0 {
		l.add("equal", "["+strings.Join(conds, ", ")+"]")
	}
	if len(on) > 0 {
		l.add("on", f.exprs(on, " AND "))
	}
	if nullAware {
		l.add("nulls", "aware")
	}
}

func (f *Formatter) operand(e Expr) string {
	p := exprPrinter{name: func(c *Col) string { return f.Column(c.ID, c.Name) }}
	p.operand(e)
	return p.b.String()
}

func (f *Formatter) aggregate(n *Aggregate) Line {
	l := Line{Title: "Aggregate"}
	if n.Partial {
		l.Title = "Partial Aggregate"
	}
	if len(n.Keys) > 0 {
		l.add("keys", f.columns(n.Keys))
	}
	var aggs []string
	for _, a := range n.Aggs {
		aggs = append(aggs, f.Column(a.Col.ID, a.Col.Name)+":="+f.agg(a))
	}
	if len(aggs) > 0 {
		l.add("aggs", "["+strings.Join(aggs, ", ")+"]")
	}
	f.dynamic(&l, n.Dynamic)
	return l
}

func (f *Formatter) agg(a Agg) string {
	s := f.exprs(a.Args, ", ")
	switch {
	case len(a.Args) == 0:
		s = "*"
	case a.Distinct:
		s = "DISTINCT " + s
	}
	if len(a.OrderBy) > 0 {
		s += " ORDER BY " + f.keys(a.OrderBy)
	}
	for _, l := range a.Fn.Lambdas {
		s += ", " + f.Expr(l)
	}
	s = a.Fn.Name + "(" + s + ")"
	if a.Filter != nil {
		s += " FILTER (" + f.Expr(a.Filter) + ")"
	}
	return s
}

func (f *Formatter) keys(ks []SortKey) string {
	parts := make([]string, len(ks))
	for i, k := range ks {
		parts[i] = f.Expr(k.X) + pick(k.Desc, " DESC", "")
		if k.NullsFirst != k.Desc {
			parts[i] += pick(k.NullsFirst, " NULLS FIRST", " NULLS LAST")
		}
	}
	return strings.Join(parts, ", ")
}

func (f *Formatter) sort(n *Sort) Line {
	l := Line{Title: "Sort"}
	if n.Limit >= 0 {
		l.Title = "TopN"
	}
	l.add("keys", "["+f.keys(n.Keys)+"]")
	l.Details = append(l.Details, limitDetails(n.Limit, n.Offset)...)
	if len(n.PartitionBy) > 0 {
		l.add("per", f.ids(n.PartitionBy))
	}
	if n.Threshold > 0 {
		l.add("dynamic", fmt.Sprintf("%d:%s", n.Threshold-1, f.Expr(n.Keys[0].X)))
	}
	return l
}

func (f *Formatter) unnest(n *Unnest) Line {
	l := Line{Title: "Unnest"}
	if n.Outer {
		l.Title = "Outer Unnest"
	}
	for i, a := range n.Args {
		l.add("arg", f.Expr(a)+" -> "+f.columns(n.Outs[i]))
	}
	if n.Ordinality != nil {
		l.add("ordinality", f.Column(n.Ordinality.ID, n.Ordinality.Name))
	}
	return l
}

func (f *Formatter) items(items []Item) string {
	parts := make([]string, len(items))
	for i, it := range items {
		parts[i] = f.Column(it.Col.ID, it.Col.Name)
		if !it.IsPass() {
			parts[i] += ":=" + f.Expr(it.X)
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (f *Formatter) values(n *Values) Line {
	l := Line{Title: "Values"}
	l.add("cols", f.columns(n.Cols))
	var rows []string
	for i, r := range n.Rows {
		if i == 5 {
			rows = append(rows, fmt.Sprintf("... %d more", len(n.Rows)-i))
			break
		}
		rows = append(rows, "("+f.exprs(r, ", ")+")")
	}
	l.add("rows", "["+strings.Join(rows, ", ")+"]")
	return l
}

func (f *Formatter) setOp(n *SetOp) Line {
	l := Line{Title: [...]string{"UnionAll", "Intersect", "Except"}[n.Kind]}
	if n.All && n.Kind != UnionAll {
		l.Title += " All"
	}
	l.add("cols", f.columns(n.Cols))
	maps := make([]string, len(n.Maps))
	for i, m := range n.Maps {
		maps[i] = f.ids(m)
	}
	l.add("from", strings.Join(maps, " "))
	return l
}
