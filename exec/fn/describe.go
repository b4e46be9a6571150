package fn

import (
	"regexp"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/planner/plan"
)

// Signature is an overload as catalogs describe it. Types are written as in
// the documentation: varchar, array(T), any.
type Signature struct {
	Name       string
	Kind       plan.FuncKind
	Params     []string
	Variadic   bool // the last parameter repeats
	Ret        string
	Volatility plan.Volatility
	Strict     bool
}

// Signatures lists the overloads of a dialect's functions under all their
// names, operators included, in the registry's order. Overloads whose types
// no signature can say are left out.
func (r *Registry) Signatures(d plan.Dialect) []Signature {
	var out []Signature
	for _, e := range r.list {
		for _, name := range e.Names {
			for i := range e.overs {
				if o := &e.overs[i]; o.dialect.has(d) {
					if s, ok := o.signature(e.Names); ok {
						s.Name, s.Kind = name, e.Kind
						out = append(out, s)
					}
				}
			}
		}
	}
	return out
}

// What signatures of overloads with computed types look like: some are for
// people to read, with the names of parameters and optional ones in brackets.
var (
	optional  = regexp.MustCompile(`,? ?\[[^\]]*\]`)
	parseable = regexp.MustCompile(`^\w+\(((\w+(\([\w, ]*\))?)(\.\.\.)?(, |\)))*\)? \w+(\([\w, ]*\))?$`)
)

func (o *overload) signature(names []string) (Signature, bool) {
	p := o.pattern
	if p.ret.name == "" {
		sig := optional.ReplaceAllString(o.sig, "")
		if name, _, ok := strings.Cut(sig, "("); !ok || !slices.Contains(names, name) || !parseable.MatchString(sig) {
			return Signature{}, false // only for people to read
		}
		p = parseSig(sig)
	}
	s := Signature{Variadic: p.variadic, Ret: p.ret.String(), Volatility: o.volatile, Strict: !o.lenient}
	for _, a := range p.params {
		s.Params = append(s.Params, a.String())
	}
	return s, true
}

// String writes a pattern as signatures do.
func (p pattern) String() string {
	if len(p.args) == 0 {
		return p.name
	}
	args := make([]string, len(p.args))
	for i, a := range p.args {
		args[i] = a.String()
	}
	return p.name + "(" + strings.Join(args, ", ") + ")"
}
