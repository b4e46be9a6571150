package rule

import (
	"slices"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// earlyPlace is a partial aggregate somewhere below another, and what becomes of
// that.
type earlyPlace struct {
	path    earlyPath
	input   plan.Node
	partial *plan.Aggregate
	aggs    []plan.Agg  // what the aggregate above computes now
	items   []plan.Item // and what makes the results of it
	extra   colSet      // the columns that have to come up for aggs
}

// newEarlyPlace takes the aggregates apart at n; false if that is not possible.
func newEarlyPlace(c *Ctx, final *plan.Aggregate, n plan.Node, path earlyPath) (*earlyPlace, bool) {
	p := &earlyPlace{path: path, input: n, extra: colSet{}}
	out := n.Output()
	p.partial = &plan.Aggregate{Input: n, Partial: true, Keys: keep(out, func(col plan.Column) bool { return path.need[col.ID] })}
	s := &earlySplit{c: c, place: p, here: plan.OutputSet(n), ungrouped: len(final.Keys) == 0}
	text := func(a plan.Agg) string { return aggText(a, nil) }
	s.parts, s.whole = newAggParts(c, text), newAggParts(c, text)
	for _, a := range path.aggs {
		if !s.add(a) {
			return nil, false
		}
	}
	p.partial.Aggs, p.aggs = s.parts.aggs, s.whole.aggs
	for _, a := range p.partial.Aggs {
		p.extra[a.Col.ID] = true
	}
	for _, a := range p.aggs {
		for id := range aggColumns(a) {
			p.extra[id] = true
		}
	}
	return p, true
}

// build puts the partial aggregate into its place below a.
func (p *earlyPlace) build(c *Ctx, a *plan.Aggregate) plan.Node {
	n := plan.Node(p.partial)
	for _, s := range slices.Backward(p.path.above) {
		if project, ok := s.node.(*plan.Project); ok {
			n = p.project(project, s.need, n)
			continue
		}
		in := slices.Clone(s.node.Inputs())
		in[s.input] = n
		n = s.node.WithInputs(in)
	}
	final := &plan.Aggregate{Input: n, Keys: a.Keys, Aggs: p.aggs}
	return &plan.Project{Input: final, Items: append(passAll(a.Keys), p.items...)}
}

// project keeps what is needed of a projection and passes the columns that the
// aggregate above reads besides.
func (p *earlyPlace) project(n *plan.Project, need colSet, input plan.Node) plan.Node {
	items := keep(n.Items, func(it plan.Item) bool { return need[it.Col.ID] })
	have := colSet{}
	for _, it := range items {
		have[it.Col.ID] = true
	}
	for _, col := range input.Output() {
		if p.extra[col.ID] && !have[col.ID] {
			items = append(items, plan.PassItem(col))
		}
	}
	return &plan.Project{Input: input, Items: items}
}

// earlySplit takes aggregates apart into what is computed here and what above.
type earlySplit struct {
	c     *Ctx
	place *earlyPlace
	here  colSet
	parts *aggParts // here
	whole *aggParts // what puts them together, above
	// ungrouped: the aggregate above has one row always.
	ungrouped bool
}

// add takes one aggregate apart; false if it has no part that can be computed here.
func (s *earlySplit) add(a plan.Agg) bool {
	p := s.place
	if used := aggColumns(a); !intersects(used, s.here) && ignoresDuplicates(a.Fn.Name) && len(used) > 0 {
		s.whole.aggs, p.items = append(s.whole.aggs, a), append(p.items, plan.PassItem(a.Col))
		return true
	}
	fns, finish := s.c.Functions.Parts(a.Fn, aggDigits(a))
	if fns == nil {
		return false
	}
	var whole []plan.Expr
	for _, f := range fns {
		x, ok := s.part(a, f)
		if !ok {
			return false
		}
		_, direct := x.(*plan.Col)
		x = plan.Ref(s.whole.part(plan.Agg{Col: s.c.newCol(f.Name, f.Ret), Fn: s.c.Functions.Merge(f), Args: []plan.Expr{x}}))
		if counts(f) && (s.ungrouped || !direct) { // of no rows, or of none that count, it is 0
			x = &plan.Coalesce{Args: []plan.Expr{x, zero(f.Ret)}, Typ: f.Ret}
		}
		whole = append(whole, x)
	}
	x := whole[0]
	if finish != nil {
		x = &plan.Call{Fn: finish, Args: whole, Typ: a.Col.Type}
	}
	p.items = append(p.items, plan.Item{Col: a.Col, X: x})
	return true
}

// counts tells the aggregates that are 0 of no rows.
func counts(f *plan.Func) bool {
	return f.Name == "count" || f.Name == "count_if" || f.Name == "regr_count"
}

// part gives the value above of which f's results are put together: the column of a
// part that is computed here, or a choice among such that the other columns make.
func (s *earlySplit) part(a plan.Agg, f *plan.Func) (plan.Expr, bool) {
	if a.Filter != nil && !s.computable(a.Filter) {
		cond := a.Filter
		a.Filter = nil
		x, ok := s.part(a, f)
		return &plan.Case{Whens: []plan.When{{Cond: cond, Result: x}}, Typ: f.Ret}, ok && s.above(cond)
	}
	computable := a.Filter == nil || cannotFail(a.Filter)
	for _, x := range a.Args {
		computable = computable && s.computable(x) && cannotFail(x)
	}
	if computable {
		a.Fn, a.Col = f, s.c.newCol(f.Name, f.Ret)
		return plan.Ref(s.parts.part(a)), true
	}
	if len(a.Args) != 1 || a.Filter != nil {
		return nil, false
	}
	choice, ok := a.Args[0].(*plan.Case)
	if !ok {
		return nil, false
	}
	return s.choice(a, f, choice)
}

// choice is the case of an argument that chooses by columns that come up among values
// from here.
func (s *earlySplit) choice(a plan.Agg, f *plan.Func, from *plan.Case) (plan.Expr, bool) {
	to := &plan.Case{Pos: from.Pos, Typ: f.Ret}
	for _, w := range from.Whens {
		x, ok := s.chosen(a, f, w.Result)
		if !ok || !s.above(w.Cond) {
			return nil, false
		}
		to.Whens = append(to.Whens, plan.When{Cond: w.Cond, Result: x})
	}
	ok := true
	if from.Else != nil {
		to.Else, ok = s.chosen(a, f, from.Else)
	}
	return to, ok
}

// chosen gives the part for one value of a choice. A constant counts once for each
// row: a sum of ones is a count.
func (s *earlySplit) chosen(a plan.Agg, f *plan.Func, x plan.Expr) (plan.Expr, bool) {
	k, ok := x.(*plan.Const)
	switch {
	case !ok:
		a.Args = []plan.Expr{x}
		if len(freeOf(x)) == 0 {
			return nil, false
		}
		return s.part(a, f)
	case k.Value.Null:
		return &plan.Const{Value: types.NullOf(f.Ret)}, true
	case ignoresDuplicates(f.Name):
		return x, true
	case counts(f) && f.Name != "count", f.Name != "sum" && f.Name != "count":
		return nil, false
	case f.Name == "sum" && isZero(k.Value):
		return zero(f.Ret), true
	case f.Name == "sum" && !isOne(k.Value):
		return nil, false
	}
	rows, err := s.c.Functions.Resolve("count", plan.AggregateFunc, nil, s.c.Session.Dialect)
	if err != nil {
		return nil, false
	}
	col := s.parts.part(plan.Agg{Col: s.c.newCol("count", rows.Ret), Fn: rows})
	if f.Ret.Equal(col.Type) {
		return plan.Ref(col), true
	}
	return &plan.Cast{X: plan.Ref(col), To: f.Ret}, true
}

// computable reports whether x reads nothing but what is here.
func (s *earlySplit) computable(x plan.Expr) bool { return subset(freeOf(x), s.here) }

// above reports whether x can be computed above: what it reads comes up.
func (s *earlySplit) above(x plan.Expr) bool {
	for id := range freeOf(x) {
		if s.here[id] && !s.place.path.need[id] {
			return false
		}
	}
	return true
}

func zero(t types.Type) plan.Expr { return &plan.Const{Value: types.Value{Type: t}} }

func isZero(v types.Value) bool { return v.Equal(types.Value{Type: v.Type}) }

func isOne(v types.Value) bool { return v.Type.IsInteger() && v.I == 1 }

// aggColumns gives the columns that an aggregate reads.
func aggColumns(a plan.Agg) colSet {
	used := colSet{}
	for _, x := range append(slices.Clone(a.Args), a.Filter) {
		if x != nil {
			plan.Columns(x, used)
		}
	}
	return used
}

// aggsInTermsOf expresses aggregates by other columns.
func aggsInTermsOf(aggs []plan.Agg, with map[plan.ColID]plan.Expr) []plan.Agg {
	out := slices.Clone(aggs)
	for i := range out {
		out[i].Args = slices.Clone(out[i].Args)
		for j, x := range out[i].Args {
			out[i].Args[j] = plan.Replace(x, with)
		}
		if out[i].Filter != nil {
			out[i].Filter = plan.Replace(out[i].Filter, with)
		}
	}
	return out
}
