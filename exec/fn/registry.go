package fn

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/planner/plan"
)

// dialects says where an overload exists.
type dialects uint8

const (
	both dialects = iota
	pgOnly
	athenaOnly
)

func (d dialects) has(s plan.Dialect) bool {
	return d == both || d == pgOnly && s == plan.Postgres || d == athenaOnly && s == plan.Athena
}

// Entry is a function: its names, what it does, and its overloads.
type Entry struct {
	Names    []string // the first is the main one
	Family   string
	Kind     plan.FuncKind
	Doc      string // a sentence or two, Markdown
	Examples []Example
	overs    []overload
}

// Example is a call and the text of its result; they run as tests.
type Example struct {
	SQL, Result string
	Athena      bool // evaluated in that dialect
}

// overload is one signature of a function.
type overload struct {
	sig      string // "substr(varchar, bigint, bigint) varchar", see parseSig
	pattern  signature
	dialect  dialects
	volatile plan.Volatility
	lenient  bool // called with NULL arguments too
	explicit bool // arguments are converted as by CAST, not only implicitly
	scalar   *kernel.Impl
	agg      *aggImpl
	table    *tableImpl
	// types computes parameters and result where a signature cannot say it. It
	// gives ok = false if the overload does not fit.
	types func(args []plan.Arg, d plan.Dialect) (params []types.Type, ret types.Type, ok bool)
}

// Registry is the set of functions. It is immutable and safe for concurrent use.
type Registry struct {
	byName map[string]*Entry
	list   []*Entry
}

// NewRegistry makes the registry of all functions.
func NewRegistry() *Registry {
	r := &Registry{byName: map[string]*Entry{}}
	for _, family := range families {
		for _, e := range family.entries() {
			e.Family = family.name
			r.add(e)
		}
	}
	return r
}

func (r *Registry) add(e *Entry) {
	for i := range e.overs {
		if o := &e.overs[i]; o.types == nil && o.pattern.ret.name == "" {
			o.pattern = parseSig(o.sig)
		}
	}
	for _, n := range e.Names {
		if r.byName[n] != nil {
			panic("fn: two functions named " + n)
		}
		r.byName[n] = e
	}
	r.list = append(r.list, e)
}

// Entries lists the functions by family and name.
func (r *Registry) Entries() []*Entry { return r.list }

// Signatures gives the overloads of an entry as text.
func (e *Entry) Signatures() []string {
	var out []string
	for _, o := range e.overs {
		out = append(out, o.sig)
	}
	return out
}

// Kind tells what a name is.
func (r *Registry) Kind(name string) (plan.FuncKind, bool) {
	e, ok := r.byName[name]
	if !ok {
		return 0, false
	}
	return e.Kind, true
}

// match is an overload that fits the arguments.
type match struct {
	over   *overload
	params []types.Type
	ret    types.Type
	cost   int
}

// Resolve chooses the overload; see plan.Functions.
func (r *Registry) Resolve(name string, kind plan.FuncKind, args []plan.Arg, d plan.Dialect) (*plan.Func, error) {
	args = untyped(args)
	e, ok := r.byName[name]
	if !ok || e.Kind != kind && !(e.Kind == plan.AggregateFunc && kind == plan.WindowFunc) && !(e.Kind == plan.TableFunc && kind == plan.TableRows) {
		return nil, r.unknown(name, args)
	}
	best, ties := match{cost: -1}, 0
	for i := range e.overs {
		o := &e.overs[i]
		if !o.dialect.has(d) {
			continue
		}
		m, ok := o.match(args, d)
		ok = ok && canCompare(name, m.params)
		switch {
		case !ok:
		case best.cost < 0 || m.cost < best.cost:
			best, ties = m, 0
		case m.cost == best.cost:
			ties++
		}
	}
	switch {
	case best.cost < 0:
		return nil, r.noOverload(e, name, args, d)
	case ties > 0 && !isOperator(name) && !anyUnknown(args):
		return nil, fault.New(fault.CodeAmbiguousFunction, "function %s is not unique", call(name, args)).
			WithHint("Could not choose a best candidate function. You might need to add explicit type casts.")
	}
	f := best.over.fun(name, e.Kind, best, d)
	if kind == plan.TableRows {
		return tableRows(f), nil
	}
	return f, nil
}

// untyped gives string literals the unknown type: they become what is wanted.
func untyped(args []plan.Arg) []plan.Arg {
	out := append([]plan.Arg(nil), args...)
	for i, a := range out {
		if a.Const != nil && !a.Const.Null && a.Const.Type.IsString() && a.Type.IsString() {
			out[i].Type = types.TUnknown
		}
	}
	return out
}

// anyUnknown: NULLs and string literals fit many overloads equally; the first
// written wins then.
func anyUnknown(args []plan.Arg) bool {
	for _, a := range args {
		if a.Type.Kind == types.Unknown || literal(a) {
			return true
		}
	}
	return false
}

func (o *overload) fun(name string, kind plan.FuncKind, m match, d plan.Dialect) *plan.Func {
	f := &plan.Func{Name: name, Kind: kind, Params: m.params, Ret: m.ret, Volatility: o.volatile, Strict: !o.lenient, Dialect: d}
	switch {
	case o.scalar != nil:
		f.Impl = o.scalar
	case o.agg != nil:
		f.Impl = o.agg
	case o.table != nil:
		f.Impl = o.table
	}
	return f
}

func (o *overload) match(args []plan.Arg, d plan.Dialect) (match, bool) {
	if o.types != nil {
		params, ret, ok := o.types(args, d)
		if !ok {
			return match{}, false
		}
		m := match{over: o, params: params, ret: ret}
		for i, p := range params {
			c := argCost(args[i], p)
			if c < 0 && o.explicit && types.CanCast(args[i].Type, p) {
				c = 4
			}
			if c < 0 {
				return match{}, false
			}
			m.cost += c
		}
		return m, true
	}
	params, ret, cost, ok := o.pattern.bind(args)
	return match{over: o, params: params, ret: ret, cost: cost}, ok
}

// literal reports whether an argument is a string literal, which takes the type
// that is wanted.
func literal(a plan.Arg) bool {
	return a.Type.Kind == types.Unknown && a.Const != nil && !a.Const.Null && a.Const.Type.IsString()
}

// argCost says how far an argument is from a parameter type; -1: does not fit.
func argCost(a plan.Arg, to types.Type) int {
	if a.Lambda > 0 {
		return 0
	}
	if a.Type.Equal(to) {
		return 0
	}
	if a.Type.IsString() && to.IsString() {
		return 0
	}
	if literal(a) {
		if to.IsString() {
			return 0
		}
		if to.Kind == types.OID {
			return 3
		}
		if _, err := types.ParseValue(a.Const.S, to, nil); err == nil && (!to.IsNested() || to.Kind == types.Array) {
			return 3
		}
		return -1
	}
	if a.Type.Kind == to.Kind && a.Type.Kind == types.Decimal {
		return 0
	}
	if a.Const != nil && a.Type.Kind == types.Integer && to.Kind == types.BigInt {
		return 1
	}
	return types.CoerceCost(a.Type, to)
}

func (r *Registry) unknown(name string, args []plan.Arg) error {
	err := fault.New(fault.CodeUndefinedFunction, "function %s does not exist", call(name, args))
	if isOperator(name) {
		return fault.New(fault.CodeUndefinedFunction, "operator does not exist: %s", call(name, args))
	}
	var names []string
	for n := range r.byName {
		if !isOperator(n) {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	if near := fault.Nearest(name, names); near != "" && near != name {
		return err.WithHint("Did you mean %q?", near)
	}
	return err.WithHint(hintOverload)
}

func (r *Registry) noOverload(e *Entry, name string, args []plan.Arg, d plan.Dialect) error {
	var sigs []string
	for _, o := range e.overs {
		if o.dialect.has(d) && o.sig != "" {
			sigs = append(sigs, asCall(name, o.sig))
		}
	}
	if isOperator(name) {
		return fault.New(fault.CodeUndefinedFunction, "operator does not exist: %s", call(name, args)).
			WithHint("No operator matches the given name and argument types. You might need to add explicit type casts.")
	}
	err := fault.New(fault.CodeUndefinedFunction, "function %s does not exist", callIn(d, name, args))
	if len(sigs) > 0 {
		return err.WithHint("%s Candidates are: %s.", hintOverload, strings.Join(sigs, "; "))
	}
	return err.WithHint(hintOverload)
}

// asCall writes the signature of an operator, "integer % integer", as that of the
// function which is the same.
func asCall(name, sig string) string {
	if strings.Contains(sig, "(") {
		return sig
	}
	words := strings.Fields(sig)
	if len(words) != 3 {
		return name + "(" + words[len(words)-1] + ")"
	}
	return name + "(" + words[0] + ", " + words[2] + ")"
}

// hintOverload is PostgreSQL's.
const hintOverload = "No function matches the given name and argument types. You might need to add explicit type casts."

func isOperator(name string) bool {
	return name != "" && !(name[0] >= 'a' && name[0] <= 'z' || name[0] == '_')
}

// call prints a call with the types of its arguments, as messages name it.
func call(name string, args []plan.Arg) string { return callIn(plan.Postgres, name, args) }

// callIn prints it in a dialect: in Athena's a string literal has a type.
func callIn(d plan.Dialect, name string, args []plan.Arg) string {
	texts := make([]string, len(args))
	for i, a := range args {
		switch {
		case a.Lambda > 0:
			texts[i] = "lambda"
		case literal(a) && d == plan.Athena:
			texts[i] = fmt.Sprintf("varchar(%d)", utf8.RuneCountInString(a.Const.S))
		case literal(a):
			texts[i] = "unknown"
		default:
			texts[i] = a.Type.String()
		}
	}
	if isOperator(name) {
		if len(texts) == 2 {
			return texts[0] + " " + name + " " + texts[1]
		}
		return name + " " + strings.Join(texts, ", ")
	}
	return name + "(" + strings.Join(texts, ", ") + ")"
}

// LambdaParams gives the parameter types of lambda argument i; see plan.Functions.
func (r *Registry) LambdaParams(name string, args []plan.Arg, i int) ([]types.Type, error) {
	args = untyped(args)
	e, ok := r.byName[name]
	if !ok {
		return nil, r.unknown(name, args)
	}
	for k := range e.overs {
		if ps, ok := e.overs[k].pattern.lambdaParams(args, i); ok {
			return ps, nil
		}
	}
	return nil, r.noOverload(e, name, args, plan.Athena)
}
