package plan

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/types"
)

// Fingerprint gives a text that is the same for two expressions exactly when
// they are the same computation over the same columns.
func Fingerprint(e Expr) string {
	p := exprPrinter{name: func(c *Col) string { return "#" + strconv.Itoa(int(c.ID)) }, exact: true}
	p.expr(e)
	return p.b.String()
}

// FormatExpr gives an expression as SQL-like text; name gives a column's text
// (nil: its name, or #ID for one without).
func FormatExpr(e Expr, name func(*Col) string) string {
	if name == nil {
		name = func(c *Col) string {
			if c.Name == "" {
				return "#" + strconv.Itoa(int(c.ID))
			}
			return c.Name
		}
	}
	p := exprPrinter{name: name}
	p.expr(e)
	return p.b.String()
}

// exprPrinter prints expressions. exact adds the types that SQL text leaves
// open, so that equal texts mean equal expressions.
type exprPrinter struct {
	b     strings.Builder
	name  func(*Col) string
	exact bool
	bound int // parameters of the lambdas around, where exact
}

func (p *exprPrinter) str(ss ...string) {
	for _, s := range ss {
		p.b.WriteString(s)
	}
}

func (p *exprPrinter) list(es []Expr, sep string) {
	for i, e := range es {
		if i > 0 {
			p.str(sep)
		}
		p.expr(e)
	}
}

// operands prints expressions around an operator, in parentheses where needed.
func (p *exprPrinter) operands(es []Expr, op string) {
	for i, e := range es {
		if i > 0 {
			p.str(" ", op, " ")
		}
		p.operand(e)
	}
}

func (p *exprPrinter) operand(e Expr) {
	switch x := e.(type) {
	case *And, *Or, *Not, *Compare, *IsNull, *In:
		p.str("(")
		p.expr(e)
		p.str(")")
		return
	case *Call:
		if isSymbol(x.Fn.Name) {
			p.str("(")
			p.expr(e)
			p.str(")")
			return
		}
	}
	p.expr(e)
}

func (p *exprPrinter) expr(e Expr) {
	switch e := e.(type) {
	case nil:
		p.str("NULL")
	case *Const:
		p.str(Literal(e.Value))
		if p.exact {
			p.str("::", e.Value.Type.String())
		}
	case *Col:
		p.str(p.name(e))
	case *Param:
		p.str("$", strconv.Itoa(e.Index))
	case *Compare:
		p.operands([]Expr{e.L, e.R}, e.Op.String())
	case *And:
		p.conjunction(e.Args)
	case *Or:
		p.disjunction(e.Args)
	case *Not:
		p.str("NOT ")
		p.operand(e.X)
	case *IsNull:
		p.operand(e.X)
		p.str(pick(e.Not, " IS NOT NULL", " IS NULL"))
	case *In:
		p.in(e)
	default:
		p.more(e)
	}
}

func (p *exprPrinter) conjunction(args []Expr) {
	for i, e := range args {
		if i > 0 {
			p.str(" AND ")
		}
		if _, or := e.(*Or); or {
			p.operand(e)
		} else {
			p.expr(e)
		}
	}
}

func (p *exprPrinter) disjunction(args []Expr) {
	for i, e := range args {
		if i > 0 {
			p.str(" OR ")
		}
		if _, and := e.(*And); and {
			p.operand(e)
		} else {
			p.expr(e)
		}
	}
}

func (p *exprPrinter) in(e *In) {
	p.operand(e.X)
	p.str(pick(e.Not, " NOT IN (", " IN ("))
	for i, v := range e.List {
		if i > 0 {
			p.str(", ")
		}
		if i == 20 && !p.exact {
			p.str("... ", strconv.Itoa(len(e.List)-i), " more")
			break
		}
		p.str(Literal(v))
	}
	p.str(")")
}

// more prints the expressions written as calls.
func (p *exprPrinter) more(e Expr) {
	switch e := e.(type) {
	case *Call:
		p.call(e)
	case *Cast:
		p.str(pick(e.Try, "try_cast(", "cast("))
		p.expr(e.X)
		p.str(" AS ", e.To.String(), ")")
	case *Case:
		p.str("CASE")
		for _, w := range e.Whens {
			p.str(" WHEN ")
			p.expr(w.Cond)
			p.str(" THEN ")
			p.expr(w.Result)
		}
		if e.Else != nil {
			p.str(" ELSE ")
			p.expr(e.Else)
		}
		p.str(" END")
	case *Coalesce:
		p.args("coalesce", e.Args)
	case *Try:
		p.args("try", []Expr{e.X})
	case *Field:
		p.operand(e.X)
		p.str(".", fieldName(e))
	case *MakeRow:
		p.args("row", e.Args)
		if p.exact {
			p.str("::", e.Typ.String())
		}
	case *MakeArray:
		p.str("ARRAY[")
		p.list(e.Args, ", ")
		p.str("]")
		if p.exact {
			p.str("::", e.Typ.String())
		}
	case *Lambda:
		p.lambda(e)
	default:
		p.str(fmt.Sprintf("%T", e))
	}
}

func (p *exprPrinter) args(name string, args []Expr) {
	p.str(name, "(")
	p.list(args, ", ")
	p.str(")")
}

func (p *exprPrinter) call(e *Call) {
	switch {
	case isSymbol(e.Fn.Name) && len(e.Args) == 2:
		p.operands(e.Args, e.Fn.Name)
	case isSymbol(e.Fn.Name) && len(e.Args) == 1:
		p.str(e.Fn.Name)
		p.operand(e.Args[0])
	case (e.Fn.Name == "like" || e.Fn.Name == "ilike") && len(e.Args) == 2:
		p.operands(e.Args, strings.ToUpper(e.Fn.Name))
	default:
		p.args(e.Fn.Name, e.Args)
	}
	if p.exact {
		p.str("::", e.Typ.String())
	}
}

func (p *exprPrinter) lambda(e *Lambda) {
	p.str("(")
	if p.exact {
		defer p.bind(e.Params)()
	}
	for i, c := range e.Params {
		if i > 0 {
			p.str(", ")
		}
		p.str(p.name(Ref(c)))
		if p.exact {
			p.str("::", c.Type.String())
		}
	}
	p.str(") -> ")
	p.expr(e.Body)
}

// bind names the parameters of a lambda by how deep they are, so that two lambdas
// that differ in their parameters' IDs alone print alike. It gives what undoes it.
func (p *exprPrinter) bind(params []Column) func() {
	outer, depth := p.name, p.bound
	p.bound += len(params)
	p.name = func(c *Col) string {
		for i, x := range params {
			if x.ID == c.ID {
				return "@" + strconv.Itoa(depth+i)
			}
		}
		return outer(c)
	}
	return func() { p.name, p.bound = outer, depth }
}

func fieldName(e *Field) string {
	if f := e.X.Type().Fields[e.Index].Name; f != "" {
		return f
	}
	return "field" + strconv.Itoa(e.Index+1)
}

// isSymbol tells operators from named functions.
func isSymbol(name string) bool {
	if name == "" {
		return false
	}
	c := name[0]
	return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_')
}

func pick(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

// Literal gives a value as SQL-like text for plans and messages: strings
// quoted, dates and times quoted behind their type.
func Literal(v types.Value) string {
	if v.Null {
		return "NULL"
	}
	switch v.Type.Kind {
	case types.Boolean:
		return pick(v.I != 0, "true", "false")
	case types.Decimal:
		return string(types.AppendDecimal(nil, v.Dec(), int(v.Type.S)))
	case types.Real:
		return strconv.FormatFloat(v.F, 'g', -1, 32)
	case types.Double:
		return strconv.FormatFloat(v.F, 'g', -1, 64)
	case types.Date:
		return "DATE '" + time.Unix(v.I*86400, 0).UTC().Format("2006-01-02") + "'"
	case types.TimeTZ:
		return "TIME '" + string(types.AppendTimeTZ(nil, v.I, v.Type, types.TrinoStyle)) + "'"
	case types.Timestamp, types.TimestampTZ, types.Time:
		return literalTime(v)
	case types.Interval:
		return fmt.Sprintf("INTERVAL '%d months %d days %d us'", v.Interval.Months, v.Interval.Days, v.Interval.Micros)
	case types.UUID:
		return fmt.Sprintf("UUID '%x'", v.UUID)
	case types.Array, types.Map, types.Row:
		return literalNested(v)
	}
	if v.Type.Phys() == types.PhysBytes {
		return literalString(v)
	}
	return strconv.FormatInt(v.I, 10)
}

func literalString(v types.Value) string {
	if v.Type.Kind == types.Opaque {
		return types.Value{Type: v.Type, S: v.S}.String()
	}
	if v.Type.Kind == types.Varbinary {
		return fmt.Sprintf("X'%x'", v.S)
	}
	return "'" + strings.ReplaceAll(v.S, "'", "''") + "'"
}

func literalTime(v types.Value) string {
	units := v.Type.UnitsPerSecond()
	sec, frac := v.I/units, v.I%units
	if frac < 0 {
		sec, frac = sec-1, frac+units
	}
	t := time.Unix(sec, frac*(1_000_000_000/units)).UTC()
	switch v.Type.Kind {
	case types.Time:
		return "TIME '" + t.Format("15:04:05.999999999") + "'"
	case types.TimestampTZ:
		return "TIMESTAMP '" + t.Format("2006-01-02 15:04:05.999999999") + " UTC'"
	}
	return "TIMESTAMP '" + t.Format("2006-01-02 15:04:05.999999999") + "'"
}

func literalNested(v types.Value) string {
	parts := make([]string, len(v.Kids))
	for i, k := range v.Kids {
		parts[i] = Literal(k)
	}
	open := map[types.Kind]string{types.Array: "ARRAY[", types.Map: "MAP[", types.Row: "ROW["}[v.Type.Kind]
	return open + strings.Join(parts, ", ") + "]"
}
