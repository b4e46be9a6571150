package rule

import (
	"math"
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/cost"
	"github.com/glauxdb/glaux/planner/plan"
)

// encodeKeys gives texts by which rows are grouped numbers, where they come from far
// fewer rows than are grouped: on their way through joins and groups nothing then is
// hashed, compared or copied but the numbers, and the groups get their texts back.
//
//	Aggregate keys=[brand]              Decode cols=[brand]
//	  Join                      ──>       Aggregate keys=[brand']
//	    Scan sales                          Join
//	    Scan item                             Scan sales
//	                                          Encode cols=[brand]
//	                                            Scan item
func encodeKeys() Rule {
	return Rule{Name: "encode_keys", Match: OpTree, Apply: func(c *Ctx, root plan.Node) (plan.Node, bool, error) {
		x := &keyEncoder{c: c, root: root}
		out := x.node(root)
		return out, out != root, nil
	}}
}

// A column is worth being encoded if at least minEncodedRows rows are grouped, counted
// again at each aggregate that it goes through, and encodedPart times as many as the work
// of encoding it. The texts of a dictionary stay in memory, so that only maxTexts of them
// may be expected, and a sixteenth of the query's memory for them.
const (
	minEncodedRows = 20_000
	maxTexts       = 1 << 20
	textOverhead   = 24 // bytes of a dictionary beside each text
	dictMemory     = 16
	encodedPart    = 4
	knownText      = 1.0 / 8 // the work of a row whose text came before, as a code of a file's dictionary
)

type keyEncoder struct {
	c    *Ctx
	root plan.Node
	e    *cost.Estimator // nil until it is asked
	dict int             // ID of the next dictionary
}

// stats estimates the rows of a node and what is known of its columns.
func (x *keyEncoder) stats(n plan.Node) *cost.Stats {
	if x.e == nil {
		x.e = cost.New()
		x.e.Learn(x.root)
	}
	return x.e.Stats(n)
}

// work estimates the work of encoding a column of n, in texts that are looked up, and the
// number of different texts.
func (x *keyEncoder) work(n plan.Node, id plan.ColID) (work, texts float64) {
	s := x.stats(n)
	if d := s.Cols[id].Distinct; d > 0 && d < s.Rows {
		return min(s.Rows, d+knownText*s.Rows), d
	}
	return s.Rows, s.Rows
}

// node encodes the keys of every aggregate from the top on: one that is below another
// hands the numbers on. The rounds of a recursive query would each need to know the
// numbers of others: they keep their texts.
func (x *keyEncoder) node(n plan.Node) plan.Node {
	if _, ok := n.(*plan.Recursive); ok {
		return n
	}
	a, ok := n.(*plan.Aggregate)
	if !ok {
		n = plan.MapInputs(n, x.node)
		if s, ok := n.(*plan.SetOp); ok {
			n = x.encodedSet(s)
		}
		return n
	}
	back := &plan.Recode{}
	for _, k := range a.Keys {
		if p := x.path(a, k); p != nil {
			b, code := x.encode(p, k)
			a = b.(*plan.Aggregate)
			back.Cols = append(back.Cols, plan.RecodeCol{From: code, Col: k, Dict: x.dict, Back: true})
			x.dict++
		}
	}
	n = plan.MapInputs(a, x.node)
	if len(back.Cols) == 0 {
		return n
	}
	back.Input = n
	return back
}

// encodePath leads from an aggregate to where a key of it is encoded.
type encodePath []encodeStep

// encodeStep is a node and the column as it puts it out; input leads to the next step.
type encodeStep struct {
	node  plan.Node
	input int
	id    plan.ColID
}

// path leads to the place below a where the fewest rows have key k; nil if it is not
// worth being encoded.
func (x *keyEncoder) path(a *plan.Aggregate, k plan.Column) encodePath {
	if k.Type.Kind != types.Varchar || a.Partial && !x.c.AggregateAlways {
		return nil
	}
	var p encodePath
	joined := false
	for n, id, ok := plan.Node(a), k.ID, true; ok; {
		var input int
		var from plan.ColID
		input, from, ok = passesText(n, id)
		p = append(p, encodeStep{n, input, id})
		joined = joined || n.Op() == plan.OpJoin
		if ok {
			n, id = n.Inputs()[input], from
		}
	}
	switch {
	case len(p) < 2:
		return nil
	case x.c.AggregateAlways:
		return p
	case !joined:
		return nil
	}
	return x.cut(p)
}

// cut ends a path where encoding is the least work; nil if that is not little.
func (x *keyEncoder) cut(p encodePath) encodePath {
	grouped, least, end := 0.0, math.Inf(1), 0
	for i, s := range p {
		if work, texts := x.work(s.node, s.id); i > 0 && work <= least && x.fits(texts, x.stats(s.node).Cols[s.id].Width) {
			least, end = work, i
		}
		if a, ok := s.node.(*plan.Aggregate); ok && i < len(p)-1 {
			grouped += x.stats(a.Input).Rows
		}
	}
	if grouped < minEncodedRows || grouped < encodedPart*least {
		return nil
	}
	return p[:end+1]
}

// fits reports whether a dictionary of so many texts of width bytes may be held.
func (x *keyEncoder) fits(texts, width float64) bool {
	if texts > maxTexts {
		return false
	}
	m := x.c.Session.Memory
	return m <= 0 || texts*(width+textOverhead) <= float64(m)/dictMemory
}

// passesText reports whether n does nothing with its column id but to pass it on from
// an input, or to group by it; from is the column there.
func passesText(n plan.Node, id plan.ColID) (input int, from plan.ColID, ok bool) {
	switch n := n.(type) {
	case *plan.Project:
		return passedOnce(n, id)
	case *plan.Aggregate:
		if !slices.ContainsFunc(n.Keys, func(k plan.Column) bool { return k.ID == id }) {
			return 0, 0, false
		}
	case *plan.Window:
		if !columnSet(n.Pass)[id] {
			return 0, 0, false
		}
	case *plan.Join:
		if plan.PutsOut(n.Right, id) {
			input = 1
		}
		if n.Kind == plan.Mark && n.MarkCol.ID == id {
			return 0, 0, false
		}
	case *plan.Filter, *plan.Limit:
	default:
		return 0, 0, false
	}
	read := colSet{}
	plan.EachExpr(n, func(e plan.Expr) { plan.Columns(e, read) })
	if l, ok := n.(*plan.Limit); ok && slices.Contains(l.PartitionBy, id) {
		return 0, 0, false
	}
	return input, id, !read[id]
}

// passedOnce is passesText of a projection, where no other item may read the column.
func passedOnce(n *plan.Project, id plan.ColID) (int, plan.ColID, bool) {
	uses := map[plan.ColID]int{}
	var from *plan.Col
	for _, it := range n.Items {
		countUses(it.X, uses)
		if it.Col.ID == id {
			from, _ = it.X.(*plan.Col)
		}
	}
	if from == nil || uses[from.ID] > 1 {
		return 0, 0, false
	}
	return 0, from.ID, true
}

// encode rebuilds what lies on a path with numbers in the place of text k, and gives
// the column of the numbers above.
func (x *keyEncoder) encode(p encodePath, k plan.Column) (plan.Node, plan.Column) {
	last := p[len(p)-1]
	code := x.c.newCol(k.Name+"_code", plan.CodeType)
	text := k
	text.ID = last.id
	col := plan.RecodeCol{From: text, Col: code, Dict: x.dict}
	var n plan.Node
	if r, ok := last.node.(*plan.Recode); ok && !r.Cols[0].Back {
		n = &plan.Recode{Input: r.Input, Cols: append(slices.Clone(r.Cols), col)}
	} else {
		n = &plan.Recode{Input: last.node, Cols: []plan.RecodeCol{col}}
	}
	for _, s := range slices.Backward(p[:len(p)-1]) {
		in := slices.Clone(s.node.Inputs())
		in[s.input] = n
		n, code = x.passCode(s.node.WithInputs(in), s.id, code)
	}
	return n, code
}

// passCode has n pass the number code where it passed text id.
func (x *keyEncoder) passCode(n plan.Node, id plan.ColID, code plan.Column) (plan.Node, plan.Column) {
	swap := func(cols []plan.Column) []plan.Column {
		cols = slices.Clone(cols)
		for i := range cols {
			if cols[i].ID == id {
				cols[i] = code
			}
		}
		return cols
	}
	switch n := n.(type) {
	case *plan.Project:
		p := &plan.Project{Input: n.Input, Items: slices.Clone(n.Items)}
		for i, it := range p.Items {
			if it.Col.ID != id {
				continue
			}
			to := code
			if !it.IsPass() {
				to = x.c.newCol(code.Name, code.Type)
			}
			p.Items[i] = plan.Item{Col: to, X: plan.Ref(code)}
			return p, to
		}
	case *plan.Aggregate:
		a := *n
		a.Keys = swap(n.Keys)
		// The threshold is a text: it cannot judge numbers.
		a.Dynamic = slices.DeleteFunc(slices.Clone(n.Dynamic), func(d plan.DynamicUse) bool { return d.Col == id })
		return &a, code
	case *plan.Window:
		w := *n
		w.Pass = swap(n.Pass)
		return &w, code
	}
	return n, code
}
