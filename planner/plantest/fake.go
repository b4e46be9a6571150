package plantest

import (
	"sort"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/planner/plan"
)

// Session makes a session whose search path is the given schemas.
func Session(path ...string) *plan.Session {
	return &plan.Session{
		User: "glaux", Database: "glaux", SearchPath: path, TimeZone: time.UTC, Now: time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC),
		Setting: func(string) (string, bool) { return "", false },
	}
}

// Functions is a small registry for tests that stay below exec: the names that
// the cases need, with simple rules for their types.
type Functions struct{}

// aggregates, windows and scalars are the results of functions by name; unknown stands
// for the type of the first argument.
var (
	aggregates = map[string]types.Type{
		"count": types.TBigInt, "sum": {}, "avg": types.TDouble, "min": {}, "max": {}, "array_agg": {}, "string_agg": types.TVarchar,
	}
	windows = map[string]types.Type{"row_number": types.TBigInt, "rank": types.TBigInt, "lag": {}, "first_value": {}}
	scalars = map[string]types.Type{
		"like": types.TBoolean, "ilike": types.TBoolean, "similar": types.TBoolean, "~": types.TBoolean, "!~": types.TBoolean, "= any": types.TBoolean,
		"<> all": types.TBoolean, "< any": types.TBoolean, "any_match": types.TBoolean, "||": types.TVarchar, "lower": types.TVarchar,
		"length": types.TInteger, "extract": types.TBigInt, "substring": types.TVarchar, "random": types.TDouble, "now": types.TTimestampTZ,
		"timezone": types.TTimestamp, "transform": {}, "abs": {}, "subscript": {}, "array_slice": {}, "->": types.TJSON, "->>": types.TVarchar,
		"current_date": types.TDate, "pg_table_is_visible": types.TBoolean, "array_to_string": types.TVarchar, "current_schemas": types.ArrayOf(types.TName), "version": types.TVarchar, "cardinality": types.TInteger, "sequence": types.ArrayOf(types.TBigInt), "-": {}, "+": {}, "*": {}, "/": {}, "%": {},
	}
)

// Kind implements plan.Functions.
func (Functions) Kind(name string) (plan.FuncKind, bool) {
	if _, ok := aggregates[name]; ok {
		return plan.AggregateFunc, true
	}
	if _, ok := windows[name]; ok {
		return plan.WindowFunc, true
	}
	if name == "generate_series" {
		return plan.TableFunc, true
	}
	_, ok := scalars[name]
	return plan.Scalar, ok
}

// LambdaParams implements plan.Functions.
func (Functions) LambdaParams(_ string, args []plan.Arg, _ int) ([]types.Type, error) {
	return []types.Type{args[0].Type.Elem()}, nil
}

// Merge implements plan.Functions.
func (Functions) Merge(*plan.Func) *plan.Func { return nil }

// Parts implements plan.Functions.
func (Functions) Parts(*plan.Func, int) ([]*plan.Func, *plan.Func) { return nil, nil }

// Resolve implements plan.Functions.
func (Functions) Resolve(name string, kind plan.FuncKind, args []plan.Arg, d plan.Dialect) (*plan.Func, error) {
	f := &plan.Func{Name: name, Kind: kind, Strict: true, Dialect: d}
	for _, a := range args {
		t := a.Type
		if t.Kind == types.Unknown {
			t = types.TVarchar
		}
		f.Params = append(f.Params, t)
	}
	ret, ok := scalars[name]
	switch kind {
	case plan.AggregateFunc:
		ret, ok = aggregates[name]
	case plan.WindowFunc:
		if ret, ok = windows[name]; !ok {
			ret, ok = aggregates[name]
			f.Kind = plan.AggregateFunc
		}
	case plan.TableFunc:
		ret, ok = types.TBigInt, name == "generate_series"
	}
	if !ok {
		return nil, noFunction(name, f.Params)
	}
	if f.Ret = ret; ret.Kind == types.Unknown && len(f.Params) > 0 {
		f.Ret = f.Params[0]
	}
	switch name {
	case "array_agg":
		f.Ret = types.ArrayOf(f.Params[0])
	case "random":
		f.Volatility = plan.Volatile
	case "subscript":
		if t := f.Params[0]; t.Kind == types.Array {
			f.Ret = t.Elem()
		} else if t.Kind == types.Map {
			f.Ret = t.Value()
		}
	}
	if len(args) == 2 && (name == "+" || name == "-" || name == "*" || name == "/" || name == "%") {
		return arithmetic(f)
	}
	return f, nil
}

// arithmetic brings numbers to their common type; a date or timestamp keeps its.
func arithmetic(f *plan.Func) (*plan.Func, error) {
	if f.Params[0].IsDatetime() {
		f.Ret = f.Params[0]
		return f, nil
	}
	t, ok := types.Common(f.Params[0], f.Params[1])
	if !ok || !t.IsNumeric() {
		return nil, noFunction(f.Name, f.Params)
	}
	f.Ret, f.Params = t, []types.Type{t, t}
	return f, nil
}

func noFunction(name string, params []types.Type) error {
	texts := make([]string, len(params))
	for i, p := range params {
		texts[i] = p.String()
	}
	err := fault.New(fault.CodeUndefinedFunction, "function %s(%s) does not exist", name, strings.Join(texts, ", "))
	names := make([]string, 0, len(scalars))
	for n := range scalars {
		names = append(names, n)
	}
	sort.Strings(names)
	if near := fault.Nearest(name, names); near != "" && near != name {
		return err.WithHint("Did you mean %q?", near)
	}
	return err
}

// Evaluator converts constants, adds integers, and prunes nothing.
type Evaluator struct{}

var errNotEvaluated = fault.New(fault.CodeInternal, "not evaluated in this test")

// Fold implements plan.Evaluator.
func (v Evaluator) Fold(s *plan.Session, e plan.Expr) (types.Value, error) {
	switch e := e.(type) {
	case *plan.Const:
		return e.Value, nil
	case *plan.Cast:
		x, err := v.Fold(s, e.X)
		if err != nil || x.Null {
			return types.NullOf(e.To), err
		}
		return convert(x, e.To)
	case *plan.Call:
		if e.Fn.Name != "+" || len(e.Args) != 2 || !e.Typ.IsInteger() {
			break
		}
		x, err := v.Fold(s, e.Args[0])
		if err != nil {
			return x, err
		}
		y, err := v.Fold(s, e.Args[1])
		return types.IntOf(e.Typ, x.I+y.I), err
	}
	return types.Value{}, errNotEvaluated
}

func convert(v types.Value, to types.Type) (types.Value, error) {
	switch {
	case v.Type.IsString():
		return types.ParseValue(v.S, to, time.UTC)
	case v.Type.IsInteger() && to.IsInteger():
		return types.IntOf(to, v.I), nil
	case v.Type.IsInteger() && to.Kind == types.Decimal, v.Type.Kind == types.Decimal && to.Kind == types.Decimal && v.Type.S <= to.S:
		return types.ParseValue(string(types.AppendValue(nil, v)), to, time.UTC)
	}
	return types.Value{}, errNotEvaluated
}

// Filter implements plan.Evaluator: every row may pass.
func (Evaluator) Filter(_ *plan.Session, _ plan.Expr, _ map[plan.ColID]*vector.Vector, n int) ([]uint32, error) {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(i)
	}
	return out, nil
}

// Predicate implements plan.Evaluator: everything may pass.
func (Evaluator) Predicate(*plan.Session, plan.Expr, []plan.ColID) (formats.Predicate, error) {
	return keepAll{}, nil
}

type keepAll struct{}

func (keepAll) Columns() []int                                           { return nil }
func (keepAll) KeepBounds(func(int) formats.Bounds) formats.Tri          { return formats.Maybe }
func (keepAll) KeepDict(int, *vector.Vector) (vector.Bitmap, bool, bool) { return nil, false, false }
func (keepAll) Keep(_ *vector.Batch, sel vector.Sel) (vector.Sel, error) { return sel, nil }
