package fn

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// signature is a parsed "name(param, param...) result". A parameter is a type
// name, a type variable (T, U, K, V: one type for all its places), array(T),
// map(K, V), qdigest(T), function(T, U -> R), "any" (every type, each place its own) or one of
// the classes below; "..." after the last repeats it.
//
//	decimal    any decimal; integers become the decimal that holds them
//	timestamp  any precision; also time, timestamptz; interval of any flavour
//	row        any row
type signature struct {
	params   []pattern
	variadic bool
	ret      pattern
}

// pattern is a type expression.
type pattern struct {
	name string // "T" or a type name or "function"
	args []pattern
}

func (p pattern) isVar() bool { return len(p.name) == 1 && p.name[0] >= 'A' && p.name[0] <= 'Z' }

type sigParser struct {
	s string
	i int
}

func parseSig(s string) signature {
	p := &sigParser{s: s, i: strings.IndexByte(s, '(') + 1}
	var out signature
	for p.skip(); p.s[p.i] != ')'; p.skip() {
		out.params = append(out.params, p.pattern())
		p.skip()
		if strings.HasPrefix(p.s[p.i:], "...") {
			out.variadic = true
			p.i += 3
		}
		p.skip()
		if p.s[p.i] == ',' {
			p.i++
		}
	}
	p.i++
	p.skip()
	out.ret = p.pattern()
	return out
}

func (p *sigParser) skip() {
	for p.i < len(p.s) && p.s[p.i] == ' ' {
		p.i++
	}
}

func (p *sigParser) pattern() pattern {
	from := p.i
	for p.i < len(p.s) && (p.s[p.i] == '_' || p.s[p.i] >= 'a' && p.s[p.i] <= 'z' || p.s[p.i] >= 'A' && p.s[p.i] <= 'Z' || p.s[p.i] >= '0' && p.s[p.i] <= '9') {
		p.i++
	}
	out := pattern{name: p.s[from:p.i]}
	if out.name == "" {
		panic("fn: bad signature " + p.s)
	}
	if p.i < len(p.s) && p.s[p.i] == '(' {
		p.i++
		for {
			p.skip()
			if strings.HasPrefix(p.s[p.i:], "->") {
				p.i += 2
				continue
			}
			if p.s[p.i] == ')' {
				p.i++
				break
			}
			out.args = append(out.args, p.pattern())
			p.skip()
			if p.s[p.i] == ',' {
				p.i++
			}
		}
	}
	return out
}

// simpleTypes are the names that signatures use.
var simpleTypes = map[string]types.Type{
	"boolean": types.TBoolean, "tinyint": types.TTinyInt, "smallint": types.TSmallInt, "integer": types.TInteger,
	"bigint": types.TBigInt, "real": types.TReal, "double": types.TDouble, "varchar": types.TVarchar,
	"varbinary": types.TVarbinary, "date": types.TDate, "time": types.TTime, "timetz": types.TTimeTZ, "timestamp": types.TTimestamp,
	"timestamptz": types.TTimestampTZ, "interval": types.TInterval, "uuid": types.TUUID, "json": types.TJSON, "jsonb": types.TJSONB,
	"oid": types.TOID, "name": types.TName, "unknown": types.TUnknown, "numeric": types.DecimalOf(38, 0),
	"regnamespace": {Kind: types.OID, S: types.RegNamespace}, "regrole": {Kind: types.OID, S: types.RegRole}, "regproc": {Kind: types.OID, S: types.RegProc},
	"regclass": {Kind: types.OID, S: types.RegClass}, "regtype": {Kind: types.OID, S: types.RegType},
	"hyperloglog": types.OpaqueOf(types.OpaqueHyperLogLog), "p4hyperloglog": types.OpaqueOf(types.OpaqueP4HyperLogLog),
	"tdigest": types.OpaqueOf(types.OpaqueTDigest), "setdigest": types.OpaqueOf(types.OpaqueSetDigest), "color": types.OpaqueOf(types.OpaqueColor),
	"geometry": types.OpaqueOf(types.OpaqueGeometry), "sphericalgeography": types.OpaqueOf(types.OpaqueSphericalGeography),
	"bingtile": types.OpaqueOf(types.OpaqueBingTile), "ipaddress": types.OpaqueOf(types.OpaqueIPAddress), "ipprefix": types.OpaqueOf(types.OpaqueIPPrefix),
	"yearmonth": {Kind: types.Interval, S: types.IntervalYearMonth}, "daysecond": {Kind: types.Interval, S: types.IntervalDaySecond},
}

// binding holds what type variables stand for.
type binding map[string]types.Type

// bind matches arguments; cost is the sum of the coercions.
func (s *signature) bind(args []plan.Arg) (params []types.Type, ret types.Type, cost int, ok bool) {
	if len(args) < len(s.params) && !(s.variadic && len(args) == len(s.params)-1) || len(args) > len(s.params) && !s.variadic {
		return nil, ret, 0, false
	}
	vars := binding{}
	for i, a := range args {
		if p := s.param(i); a.Lambda == 0 && (p.name == "function" || !p.learn(a.Type, vars)) {
			return nil, ret, 0, false
		}
	}
	for i, a := range args {
		if a.Lambda > 0 {
			if ps := s.param(i); ps.name != "function" || len(ps.args)-1 != a.Lambda {
				return nil, ret, 0, false
			}
			if a.Type.Kind != types.Unknown {
				s.param(i).args[a.Lambda].learn(a.Type, vars)
			}
		}
	}
	for i, a := range args {
		if p := s.param(i); p.isVar() && literal(a) && vars[p.name].Kind == types.Unknown {
			vars[p.name] = types.TVarchar
		}
	}
	for i, a := range args {
		p := s.param(i)
		if a.Lambda > 0 {
			params = append(params, p.args[a.Lambda].build(vars))
			continue
		}
		t, ok := p.accept(a, vars)
		if !ok {
			return nil, ret, 0, false
		}
		c := argCost(a, t)
		if c < 0 {
			return nil, ret, 0, false
		}
		if p.isVar() || p.name == "any" {
			c++ // a concrete overload is better than a general one
		}
		params, cost = append(params, t), cost+c
	}
	if s.variadic {
		cost++
	}
	ret = s.ret.build(vars)
	s.precise(params, &ret)
	return params, ret, cost, true
}

// precise brings timestamps that become timestamps to one precision above that of
// microseconds if one of them has it: values of both are counted in the same unit.
func (s *signature) precise(params []types.Type, ret *types.Type) {
	if n := s.ret.name; n != "timestamp" && n != "timestamptz" && (n != "array" || ret.Elem().Kind != types.Timestamp) {
		return
	}
	stamp := func(i int) bool { n := s.param(i).name; return n == "timestamp" || n == "timestamptz" }
	most := int32(6)
	for i, t := range params {
		if stamp(i) {
			most = max(most, t.P)
		}
	}
	if most <= 6 {
		return
	}
	for i := range params {
		if stamp(i) {
			params[i].P = most
		}
	}
	if s.ret.name == "array" {
		*ret = types.ArrayOf(types.TimestampOf(int(most)))
	} else {
		ret.P = most
	}
}

func (s *signature) param(i int) pattern {
	return s.params[min(i, len(s.params)-1)]
}

// learn lets variables take part in the argument's type.
func (p pattern) learn(t types.Type, vars binding) bool {
	switch {
	case p.isVar():
		old, seen := vars[p.name]
		if !seen {
			vars[p.name] = t
			return true
		}
		c, ok := types.Common(old, t)
		if ok {
			vars[p.name] = c
		}
		return ok || t.IsString() || old.IsString()
	case p.name == "array" && t.Kind == types.Array:
		return p.args[0].learn(t.Elem(), vars)
	case p.name == "map" && t.Kind == types.Map:
		return p.args[0].learn(t.Key(), vars) && p.args[1].learn(t.Value(), vars)
	case p.name == "qdigest" && t.IsOpaque(types.OpaqueQDigest):
		return p.args[0].learn(t.Fields[0].Type, vars)
	case p.name == "array" || p.name == "map" || p.name == "qdigest":
		return t.Kind == types.Unknown || t.IsString()
	}
	return true
}

// accept gives the concrete type that an argument must be cast to.
func (p pattern) accept(a plan.Arg, vars binding) (types.Type, bool) {
	t := a.Type
	switch p.name {
	case "any":
		if literal(a) {
			return types.TVarchar, true
		}
		return t, true
	case "decimal":
		switch {
		case t.Kind == types.Decimal:
			return t, true
		case t.IsInteger():
			return decimalOfArg(a), true
		case t.Kind == types.Unknown:
			return types.DecimalOf(38, 0), true
		}
		return t, false
	case "row":
		return t, t.Kind == types.Row
	case "array":
		u := p.build(vars)
		if t.IsVector() {
			u.S = types.VectorArray // the functions ask for its lower bound
		}
		return u, true
	case "timestamp", "timestamptz", "time", "timetz", "interval":
		if want := simpleTypes[p.name]; t.Kind == want.Kind {
			return t, true
		}
	case "oid":
		if t.Kind == types.OID {
			return t, true
		}
	}
	return p.build(vars), true
}

// decimalOfArg gives the decimal type of an integer argument; a literal takes as
// few digits as it has.
func decimalOfArg(a plan.Arg) types.Type {
	if a.Type.Kind == types.Decimal {
		return a.Type
	}
	if a.Const != nil && !a.Const.Null && a.Type.IsInteger() {
		digits := 1
		for x := a.Const.I / 10; x != 0; x /= 10 {
			digits++
		}
		return types.DecimalOf(digits, 0)
	}
	return types.AsDecimal(a.Type)
}

// build makes the type with variables replaced.
func (p pattern) build(vars binding) types.Type {
	switch {
	case p.isVar():
		return vars[p.name]
	case p.name == "array":
		return types.ArrayOf(p.args[0].build(vars))
	case p.name == "map":
		return types.MapOf(p.args[0].build(vars), p.args[1].build(vars))
	case p.name == "qdigest":
		return types.QDigestOf(p.args[0].build(vars))
	case p.name == "row":
		fields := make([]types.Field, len(p.args))
		for i, a := range p.args {
			fields[i].Type = a.build(vars)
		}
		return types.RowOf(fields...)
	}
	t, ok := simpleTypes[p.name]
	if !ok {
		panic("fn: unknown type in a signature: " + p.name)
	}
	return t
}

func (s *signature) lambdaParams(args []plan.Arg, i int) ([]types.Type, bool) {
	if s.params == nil || i >= len(s.params) && !s.variadic {
		return nil, false
	}
	p := s.param(i)
	if p.name != "function" || len(p.args)-1 != args[i].Lambda {
		return nil, false
	}
	vars := binding{}
	for k, a := range args {
		if a.Lambda == 0 && k < len(s.params) && !s.param(k).learn(a.Type, vars) {
			return nil, false
		}
	}
	for k, a := range args {
		if f := s.param(k); a.Lambda > 0 && a.Type.Kind != types.Unknown && f.name == "function" && len(f.args)-1 == a.Lambda {
			f.args[a.Lambda].learn(a.Type, vars)
		}
	}
	out := make([]types.Type, args[i].Lambda)
	for k := range out {
		out[k] = p.args[k].build(vars)
	}
	return out, true
}
