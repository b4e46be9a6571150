package ast

import (
	"strconv"
	"strings"
)

func (p *printer) expr(x Expr) {
	switch x := x.(type) {
	case nil:
	case *ColumnRef:
		p.name(x.Name)
	case *Star:
		p.star(x)
	case *NumberLit:
		p.s(x.Text)
	case *StringLit:
		p.str(x.Value)
	case *BinaryLit:
		p.binary(x.Value)
	case *BoolLit:
		p.s(strconv.FormatBool(x.Value))
	case *NullLit:
		p.s("null")
	case *TypedLit:
		if x.Type.Name == "bit" && len(x.Type.Params) == 0 {
			p.s("b")
		} else {
			p.typeName(x.Type)
			p.s(" ")
		}
		p.str(x.Value)
	case *IntervalLit:
		p.interval(x)
	case *Param:
		p.s("$", strconv.Itoa(x.Index))
	case *Lambda:
		p.s("(")
		p.idents(x.Params)
		p.s(") -> ")
		p.expr(x.Body)
	case *NamedArg:
		p.ident(x.Name)
		p.s(" => ")
		p.expr(x.X)
	case *Call:
		p.call(x)
	case *Case:
		p.caseExpr(x)
	case *Cast:
		p.s(map[bool]string{false: "cast(", true: "try_cast("}[x.Try])
		p.expr(x.X)
		p.s(" as ")
		p.typeName(x.Type)
		p.s(")")
	case *JSONCall:
		p.jsonCall(x)
	case *Extract:
		p.s("extract(")
		p.str(x.Field)
		p.s(" from ")
		p.expr(x.X)
		p.s(")")
	default:
		p.compound(x)
	}
}

// compound prints subqueries, constructors and what has operators.
func (p *printer) compound(x Expr) {
	switch x := x.(type) {
	case *Exists:
		p.s("exists ")
		p.subquery(x.Query)
	case *Subquery:
		p.subquery(x.Query)
	case *ArraySubquery:
		p.s("array")
		p.subquery(x.Query)
	case *ArrayLit:
		p.s("array[")
		p.exprs(x.Items)
		p.s("]")
	case *RowLit:
		p.s("row(")
		p.exprs(x.Items)
		p.s(")")
	case *Subscript:
		p.postfixed(x.X)
		p.s("[")
		if x.Slice {
			p.expr(x.Lo)
			p.s(":")
			p.expr(x.Hi)
		} else {
			p.expr(x.Index)
		}
		p.s("]")
	case *Field:
		p.s("(")
		p.expr(x.X)
		p.s(").")
		if x.Name.Name == "*" && !x.Name.Quoted {
			p.s("*")
		} else {
			p.ident(x.Name)
		}
	default:
		p.s("(")
		p.operator(x)
		p.s(")")
	}
}

// postfixed prints what a subscript stands behind.
func (p *printer) postfixed(x Expr) {
	switch x.(type) {
	case *ColumnRef, *ArrayLit, *Subscript, *Param:
		p.expr(x)
	default:
		p.s("(")
		p.expr(x)
		p.s(")")
	}
}

// operator prints an operator expression without its parentheses.
func (p *printer) operator(x Expr) {
	switch x := x.(type) {
	case *Unary:
		p.s(x.Op)
		p.opt(x.Op != "-" && x.Op != "+", " ")
		p.expr(x.X)
	case *Binary:
		p.chain(x)
	case *IsNull:
		p.expr(x.X)
		p.s(" is", not(x.Not), " null")
	case *IsBool:
		p.expr(x.X)
		p.s(" is", not(x.Not), " ", x.Value)
	case *IsDistinct:
		p.expr(x.L)
		p.s(" is", not(x.Not), " distinct from ")
		p.expr(x.R)
	case *Between:
		p.expr(x.X)
		p.s(not(x.Not), " between ")
		p.opt(x.Symmetric, "symmetric ")
		p.expr(x.Lo)
		p.s(" and ")
		p.expr(x.Hi)
	case *In:
		p.expr(x.X)
		p.s(not(x.Not), " in ")
		if x.Query != nil {
			p.subquery(x.Query)
			return
		}
		p.s("(")
		p.exprs(x.List)
		p.s(")")
	case *Like:
		p.expr(x.X)
		p.s(not(x.Not), " ", x.Op)
		p.opt(x.Op == "similar", " to")
		p.s(" ")
		p.expr(x.Pattern)
		if x.Escape != nil {
			p.s(" escape ")
			p.expr(x.Escape)
		}
	case *Quantified:
		p.quantified(x)
	case *AtTimeZone:
		p.expr(x.X)
		p.s(" at time zone ")
		p.expr(x.Zone)
	case *Collate:
		p.expr(x.X)
		p.s(" collate ")
		p.name(x.Name)
	}
}

// sameLevel lists operators that chain without parentheses, left to right.
func sameLevel(a, b string) bool {
	if a == b {
		switch a {
		case "=", "<", ">", "<=", ">=", "<>":
			return false
		}
		return true
	}
	return strings.Contains("+-", a) && strings.Contains("+-", b) || strings.Contains("*/%", a) && strings.Contains("*/%", b)
}

// chain prints operators of one level without inner parentheses, in a loop:
// such chains may be very long.
func (p *printer) chain(x *Binary) {
	var path []*Binary
	var l Expr = x
	for {
		b, ok := l.(*Binary)
		if !ok || len(path) > 0 && !sameLevel(b.Op, path[len(path)-1].Op) {
			break
		}
		path = append(path, b)
		l = b.L
	}
	p.expr(l)
	for i := len(path) - 1; i >= 0; i-- {
		b := path[i]
		p.s(" ", b.Op, " ")
		r, ok := b.R.(*Binary)
		if logic := b.Op == "and" || b.Op == "or"; ok && logic && r.Op == b.Op {
			p.chain(r) // long chains are balanced trees
			continue
		}
		p.expr(b.R)
	}
}

func not(n bool) string {
	if n {
		return " not"
	}
	return ""
}

func (p *printer) quantified(x *Quantified) {
	p.expr(x.X)
	p.s(" ", x.Op, map[bool]string{false: " any ", true: " all "}[x.All])
	if x.Query != nil {
		p.subquery(x.Query)
		return
	}
	p.s("(")
	if x.List != nil {
		p.exprs(x.List)
	} else {
		p.expr(x.Array)
	}
	p.s(")")
	p.clause(" escape ", x.Escape)
}

func (p *printer) star(x *Star) {
	if x.Table != nil {
		p.name(x.Table)
		p.s(".")
	}
	p.s("*")
	if len(x.Except) > 0 {
		p.s(" except (")
		p.idents(x.Except)
		p.s(")")
	}
	if len(x.Replace) > 0 {
		p.s(" replace (")
		p.items(x.Replace)
		p.s(")")
	}
}

func (p *printer) interval(x *IntervalLit) {
	p.s("interval ")
	p.opt(x.Negative, "- ")
	p.str(x.Value)
	p.opt(x.From != "", " "+x.From)
	p.opt(x.To != "", " to "+x.To)
}

func (p *printer) caseExpr(x *Case) {
	p.s("case ")
	if x.X != nil {
		p.expr(x.X)
		p.s(" ")
	}
	for _, w := range x.Whens {
		p.s("when ")
		p.expr(w.Cond)
		p.s(" then ")
		p.expr(w.Result)
		p.s(" ")
	}
	if x.Else != nil {
		p.s("else ")
		p.expr(x.Else)
		p.s(" ")
	}
	p.s("end")
}

func (p *printer) call(c *Call) {
	p.opt(c.Mode != "", c.Mode+" ")
	p.name(c.Name)
	if c.NoParens && len(c.Args) == 0 {
		if c.Over != nil {
			p.s(" over ")
			p.over(*c.Over)
		}
		return
	}
	p.s("(")
	p.opt(c.Distinct, "distinct ")
	p.opt(c.Star, "*")
	p.list(len(c.Args), func(i int) {
		p.opt(c.Variadic && i == len(c.Args)-1, "variadic ")
		p.expr(c.Args[i])
	})
	if len(c.OrderBy) > 0 {
		p.s(" ")
		p.orderBy(c.OrderBy)
	}
	p.s(")")
	if len(c.WithinSort) > 0 {
		p.s(" within group (")
		p.orderBy(c.WithinSort)
		p.s(")")
	}
	if c.Filter != nil {
		p.s(" filter (where ")
		p.expr(c.Filter)
		p.s(")")
	}
	p.opt(c.IgnoreNull, " ignore nulls")
	if c.Over != nil {
		p.s(" over ")
		p.over(*c.Over)
	}
}

func (p *printer) orderBy(items []OrderItem) {
	p.s("order by ")
	p.list(len(items), func(i int) {
		o := items[i]
		p.expr(o.X)
		p.opt(o.Desc, " desc")
		if o.NullsFirst != nil {
			p.s(map[bool]string{true: " nulls first", false: " nulls last"}[*o.NullsFirst])
		}
	})
}

// over prints OVER's operand: a bare name or a definition.
func (p *printer) over(w Window) {
	if w.Name.Name != "" && len(w.PartitionBy) == 0 && len(w.OrderBy) == 0 && w.Frame == nil {
		p.ident(w.Name)
		return
	}
	p.window(w)
}

func (p *printer) window(w Window) {
	p.s("(")
	sep := ""
	part := func() {
		p.s(sep)
		sep = " "
	}
	if w.Name.Name != "" {
		part()
		p.ident(w.Name)
	}
	if len(w.PartitionBy) > 0 {
		part()
		p.s("partition by ")
		p.exprs(w.PartitionBy)
	}
	if len(w.OrderBy) > 0 {
		part()
		p.orderBy(w.OrderBy)
	}
	if f := w.Frame; f != nil {
		part()
		if f.Rows != nil {
			p.measures(f.Rows.Measures)
		}
		p.s(f.Unit, " between ")
		p.bound(f.Start)
		p.s(" and ")
		p.bound(f.End)
		p.opt(f.Exclude != "", " exclude "+f.Exclude)
		if f.Rows != nil {
			p.s(" ")
			p.patternTail(f.Rows)
		}
	}
	p.s(")")
}

func (p *printer) bound(b Bound) {
	if b.X != nil {
		p.expr(b.X)
		p.s(" ")
	}
	p.s(b.Kind)
}
