package rule

import (
	"slices"

	"github.com/glauxdb/glaux/planner/plan"
)

// aggParts takes aggregates apart: an average into a sum and a count, whose
// results over parts of the rows can be put together.
type aggParts struct {
	c     *Ctx
	text  func(plan.Agg) string // the same for aggregates that compute the same
	at    map[string]plan.Column
	aggs  []plan.Agg  // the parts, each once
	items []plan.Item // makes the results of the parts
	split bool        // some aggregate is not its own part
}

func newAggParts(c *Ctx, text func(plan.Agg) string) *aggParts {
	return &aggParts{c: c, text: text, at: map[string]plan.Column{}}
}

// add takes one aggregate apart, or as it is with whole; false if it has no parts.
func (p *aggParts) add(a plan.Agg, whole bool) bool {
	fns, finish := []*plan.Func{a.Fn}, (*plan.Func)(nil)
	if !whole {
		if fns, finish = p.c.Functions.Parts(a.Fn, aggDigits(a)); fns == nil {
			return false
		}
	}
	if finish == nil {
		col := p.part(a)
		if p.split = p.split || col.ID != a.Col.ID; col.ID == a.Col.ID {
			p.items = append(p.items, plan.PassItem(a.Col))
		} else {
			p.items = append(p.items, plan.Item{Col: a.Col, X: plan.Ref(col)})
		}
		return true
	}
	call := &plan.Call{Fn: finish, Typ: a.Col.Type}
	for _, f := range fns {
		b := a
		b.Fn, b.Col = f, p.c.newCol(f.Name, f.Ret)
		call.Args = append(call.Args, plan.Ref(p.part(b)))
	}
	p.items = append(p.items, plan.Item{Col: a.Col, X: call})
	p.split = true
	return true
}

// part gives the column of an aggregate, which is computed once.
func (p *aggParts) part(a plan.Agg) plan.Column {
	text := p.text(a)
	if col, ok := p.at[text]; ok {
		return col
	}
	p.at[text] = a.Col
	p.aggs = append(p.aggs, a)
	return a.Col
}

// aggText tells aggregates apart by what they compute, in terms of the columns
// that base leads to.
func aggText(a plan.Agg, base map[plan.ColID]plan.ColID) string {
	text := a.Fn.Name + " " + a.Col.Type.String()
	for _, x := range append(slices.Clone(a.Args), a.Filter) {
		if x != nil {
			text += "\x00" + plan.Fingerprint(plan.RenumberExpr(x, base))
		}
	}
	if a.Filter != nil {
		text += "\x00filter"
	}
	return text
}

// aggVolatile reports whether an aggregate's arguments change from row to row by
// themselves.
func aggVolatile(a plan.Agg) bool {
	return slices.ContainsFunc(append(slices.Clone(a.Args), a.Filter), func(x plan.Expr) bool { return x != nil && plan.IsVolatile(x) })
}
