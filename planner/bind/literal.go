package bind

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

// literal makes a string literal: text, until its surroundings want another
// type.
func (b *binder) literal(at ast.Node, s string) plan.Expr {
	k := &plan.Const{Pos: b.planPos(at), Value: types.StringOf(types.TVarchar, s)}
	b.literals[k] = true
	return k
}

// number makes a numeric literal: an integer or bigint if it fits, else a
// decimal, else a double. With an exponent it is a double in Trino and numeric
// in PostgreSQL.
func (b *binder) number(at ast.Node, text string) (plan.Expr, error) {
	mk := func(v types.Value) (plan.Expr, error) { return &plan.Const{Pos: b.planPos(at), Value: v}, nil }
	text = strings.ReplaceAll(text, "_", "")
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		if int64(int32(i)) == i {
			return mk(types.IntOf(types.TInteger, i))
		}
		return mk(types.IntOf(types.TBigInt, i))
	}
	if i, err := strconv.ParseInt(text, 0, 64); err == nil && strings.ContainsAny(text, "xXoObB") {
		return mk(types.IntOf(types.TBigInt, i))
	}
	exponent := strings.ContainsAny(text, "eE")
	if !exponent || b.dialect == plan.Postgres {
		if v, ok := decimalLiteral(text); ok {
			return mk(v)
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, b.fail(at.Position(), fault.CodeNumericOutOfRange, "number %s is out of range", shorten(text))
	}
	return mk(types.FloatOf(types.TDouble, f))
}

func shorten(s string) string {
	if len(s) > 60 {
		return s[:57] + "..."
	}
	return s
}

// decimalLiteral reads a number as a decimal of just the digits that it has.
func decimalLiteral(text string) (types.Value, bool) {
	mantissa, exp := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		e, err := strconv.Atoi(text[i+1:])
		if err != nil || e > 100 || e < -100 {
			return types.Value{}, false
		}
		mantissa, exp = text[:i], e
	}
	neg := strings.HasPrefix(mantissa, "-")
	mantissa = strings.TrimPrefix(mantissa, "-")
	whole, frac, _ := strings.Cut(mantissa, ".")
	scale := len(frac) - exp
	digits := strings.TrimLeft(whole+frac, "0")
	if scale < 0 {
		digits, scale = digits+strings.Repeat("0", -scale), 0
	}
	if digits == "" {
		digits = "0"
	}
	p := max(len(digits), scale, 1)
	if p > types.MaxDecimalPrecision {
		return types.Value{}, false
	}
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return types.Value{}, false
	}
	if neg {
		n.Neg(n)
	}
	return types.DecOf(types.DecimalOf(p, scale), int128Of(n)), true
}

// int128Of converts an integer of at most 38 digits.
func int128Of(n *big.Int) types.Int128 {
	var abs big.Int
	abs.Abs(n)
	lo := new(big.Int).And(&abs, new(big.Int).SetUint64(^uint64(0))).Uint64()
	hi := new(big.Int).Rsh(&abs, 64).Int64()
	v := types.Int128{Lo: lo, Hi: hi}
	if n.Sign() < 0 {
		v = v.Neg()
	}
	return v
}

// interval makes an INTERVAL literal. Trino's dialect tells year-month from
// day-second intervals; PostgreSQL's has one type.
func (b *binder) interval(e *ast.IntervalLit) (plan.Expr, error) {
	t := types.TInterval
	if b.dialect == plan.Athena && e.From != "" {
		t.S = types.IntervalDaySecond
		if u := strings.TrimSuffix(e.From, "s"); u == "year" || u == "month" {
			t.S = types.IntervalYearMonth
		}
	}
	reader := types.Reader{Style: b.s.Style}
	text := intervalText(e)
	if b.dialect == plan.Athena {
		text = intervalFields(e, text)
	}
	v, err := reader.Interval([]byte(text))
	if err != nil {
		return nil, b.located(fault.New(fault.CodeInvalidDatetime, "invalid input syntax for type interval: %q", e.Value), e.Pos)
	}
	v = truncateInterval(v, e.To, e.From)
	if e.Negative {
		v.Months, v.Days, v.Micros = -v.Months, -v.Days, -v.Micros
	}
	return &plan.Const{Pos: b.planPos(e), Value: types.Value{Type: t, Interval: v}}, nil
}

// intervalText writes the literal the way PostgreSQL's reader understands it:
// a bare number gets the unit, the last of "a TO b" or the only one.
func intervalText(e *ast.IntervalLit) string {
	s := strings.TrimSpace(e.Value)
	if e.From == "" {
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		unit := e.From
		if e.To != "" {
			unit = e.To
		}
		return s + " " + unit
	}
	if e.From == "minute" && e.To == "second" && strings.Count(s, ":") == 1 { // mm:ss, not hh:mm
		if rest, ok := strings.CutPrefix(s, "-"); ok {
			return "-00:" + rest
		}
		return "00:" + s
	}
	return s
}

// intervalUnits are the fields of INTERVAL a TO b in their order, and what apart from a
// space stands between them.
var intervalUnits = []string{"year", "month", "day", "hour", "minute", "second"}

// intervalFields gives every number of a literal a TO b its unit as Trino reads them,
// the first the unit a: '12 10' DAY TO SECOND is 12 days and 10 hours.
func intervalFields(e *ast.IntervalLit, text string) string {
	first, last := slices.Index(intervalUnits, strings.TrimSuffix(e.From, "s")), slices.Index(intervalUnits, strings.TrimSuffix(e.To, "s"))
	rest, negative := strings.CutPrefix(strings.TrimSpace(e.Value), "-")
	if first < 0 || last < first {
		return text
	}
	split := ":"
	if e.From == "year" {
		split = "-"
	}
	parts := strings.Split(strings.Replace(rest, " ", split, 1), split)
	if len(parts) > last-first+1 {
		return text
	}
	var b strings.Builder
	for i, p := range parts {
		if n, err := strconv.ParseFloat(p, 64); err != nil || n < 0 {
			return text
		}
		if negative {
			b.WriteByte('-')
		}
		b.WriteString(p + " " + intervalUnits[first+i] + " ")
	}
	return b.String()
}

// truncateInterval drops what is finer than the last unit, as PostgreSQL does.
func truncateInterval(v types.IntervalValue, to, from string) types.IntervalValue {
	if to == "" {
		to = from
	}
	const minute, hour = 60_000_000, 3_600_000_000
	switch strings.TrimSuffix(to, "s") {
	case "year":
		v.Months, v.Days, v.Micros = v.Months/12*12, 0, 0
	case "month", "quarter":
		v.Days, v.Micros = 0, 0
	case "day", "week":
		v.Micros = 0
	case "hour":
		v.Micros = v.Micros / hour * hour
	case "minute":
		v.Micros = v.Micros / minute * minute
	}
	return v
}
