package fn

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// variables are the types that stand for a signature's variables, a column for
// each variant of an overload.
var variables = map[string][]types.Type{
	"T": {types.TInteger, types.TVarchar, types.TDouble, types.ArrayOf(types.TVarchar), types.DecimalOf(30, 4), types.TDate, types.RowOf(types.Field{Type: types.TBigInt}, types.Field{Type: types.TVarchar})},
	"U": {types.TInteger, types.TBigInt, types.TVarchar, types.TDouble},
	"K": {types.TVarchar, types.TInteger, types.TDouble, types.ArrayOf(types.TInteger)},
	"V": {types.TInteger, types.TVarchar, types.ArrayOf(types.TInteger)},
	"":  {types.TBigInt, types.TVarchar, types.TDouble}, // any other letter
}

// classes are the types that stand for names in signatures that accept several.
var classes = map[string][]types.Type{
	"any":         {types.TVarchar, types.TInteger, types.ArrayOf(types.TInteger), types.TDouble},
	"decimal":     {types.DecimalOf(10, 2), types.DecimalOf(38, 10), types.DecimalOf(38, 0)},
	"row":         {types.RowOf(types.Field{Name: "a", Type: types.TInteger}, types.Field{Name: "b", Type: types.TVarchar})},
	"timestamp":   {types.TTimestamp, types.TimestampOf(3), types.TimestampOf(9)},
	"timestamptz": {types.TTimestampTZ, types.TimestampTZOf(3), types.TimestampTZOf(9)},
	"time":        {types.TTime, types.TimeOf(0), types.TimeOf(9)},
	"timetz":      {types.TTimeTZ, types.TimeTZOf(0), types.TimeTZOf(9)},
	"interval":    {types.TInterval, {Kind: types.Interval, S: types.IntervalDaySecond}, {Kind: types.Interval, S: types.IntervalYearMonth}},
}

// computedTypes are tried in every place of overloads whose types are computed.
var computedTypes = []types.Type{types.TInteger, types.TVarchar, types.TDouble, types.DecimalOf(12, 3), types.TBigInt, types.TDate, types.TTimestamp, types.TTimestampTZ, types.TInterval,
	types.TTime, types.TJSON, types.TJSONB, types.ArrayOf(types.TInteger), types.ArrayOf(types.TVarchar), types.TVarbinary, types.TBoolean, types.TSmallInt, types.TReal, types.DecimalOf(38, 6),
	types.ArrayOf(types.RowOf(types.Field{Type: types.TVarchar}, types.Field{Type: types.TInteger})), types.OpaqueOf(types.OpaqueTDigest), types.OpaqueOf(types.OpaqueGeometry), types.OpaqueOf(types.OpaqueBingTile), types.TimestampOf(9), types.TTinyInt, types.TTimeTZ}

// computedWords are tried as constants where an overload wants to know them.
var computedWords = []string{"day", "year", "second", "9D99", "UTC", "2"}

const maxVariants = 8

// variants gives concrete calls of an overload.
func variants(e *Entry, o *overload, d plan.Dialect) (out []variant) {
	if !o.dialect.has(d) {
		return nil
	}
	seen := map[string]bool{}
	add := func(args []plan.Arg) {
		m, ok := o.match(args, d)
		if !ok || !canCompare(e.Names[0], m.params) {
			return
		}
		v := variant{entry: e, over: o, f: o.fun(e.Names[0], e.Kind, m, d), args: args}
		if !seen[v.String()] {
			seen[v.String()] = true
			out = append(out, v)
		}
	}
	if o.types == nil {
		for k := range maxVariants {
			for _, n := range arities(&o.pattern) {
				add(o.pattern.arguments(k, n))
			}
		}
		return out
	}
	for n := range 5 {
		computed(n, add)
		if len(out) > 0 && n > 2 {
			break
		}
	}
	return evenly(out, maxVariants)
}

// variant is one concrete call.
type variant struct {
	entry *Entry
	over  *overload
	f     *plan.Func
	args  []plan.Arg
}

// String is the call without its dialect.
func (v *variant) String() string {
	ts := make([]string, len(v.f.Params))
	for i, p := range v.f.Params {
		ts[i] = p.String()
		if v.args[i].Lambda > 0 {
			ts[i] = "-> " + ts[i]
		}
		if c := v.args[i].Const; c != nil {
			ts[i] = c.String()
		}
	}
	return v.f.Name + "(" + strings.Join(ts, ", ") + ") " + v.f.Ret.String()
}

// arities are the numbers of arguments with which a signature is called.
func arities(s *signature) []int {
	if n := len(s.params); s.variadic {
		return []int{n, n + 2}
	}
	return []int{len(s.params)}
}

// arguments gives n arguments for the k-th choice of types.
func (s *signature) arguments(k, n int) []plan.Arg {
	vars := binding{}
	for _, letter := range strings.Split("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "") {
		list, ok := variables[letter]
		if !ok {
			list = variables[""]
		}
		vars[letter] = list[k%len(list)]
	}
	out := make([]plan.Arg, n)
	if s.params != nil && s.params[0].name == "qdigest" || s.ret.name == "qdigest" {
		vars["T"] = []types.Type{types.TBigInt, types.TReal, types.TDouble}[k%3]
	}
	for i := range out {
		p := s.param(i)
		switch list := classes[p.name]; {
		case p.name == "function":
			out[i] = plan.Arg{Lambda: len(p.args) - 1, Type: p.args[len(p.args)-1].build(vars)}
		case list != nil && len(p.args) == 0:
			out[i].Type = list[k%len(list)]
		default:
			out[i].Type = p.build(vars)
		}
	}
	return out
}

// computed tries n arguments of all types, and words as the first of them.
func computed(n int, add func([]plan.Arg)) {
	args := make([]plan.Arg, n)
	var fill func(i int)
	fill = func(i int) {
		if i == n {
			add(append([]plan.Arg{}, args...))
			return
		}
		list := computedTypes
		if n > 3 {
			list = list[:4]
		}
		for _, t := range list {
			args[i] = plan.Arg{Type: t}
			fill(i + 1)
			if t.Kind == types.Varchar && i < 2 && n < 4 {
				for _, w := range computedWords {
					c := types.StringOf(t, w)
					args[i].Const = &c
					fill(i + 1)
				}
			}
		}
	}
	fill(0)
}

// evenly picks n of a list, evenly.
func evenly[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	out := make([]T, n)
	for i := range out {
		out[i] = list[i*(len(list)-1)/(n-1)]
	}
	return out
}
