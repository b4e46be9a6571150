package pgcatalog

import (
	"github.com/glauxdb/glaux/catalog/types"
)

// languageInternal is pg_language's row of functions that are part of the server.
const languageInternal = 12

// procsWanted lists the functions that the filter on two columns allows.
func (a *asking) procsWanted(oidColumn, nameColumn string) []*proc {
	all := allProcs()
	var out []*proc
	switch {
	case a.eq[oidColumn] != nil:
		for n := range a.eq[oidColumn].ints {
			if p := all.byOID[uint32(n)]; p != nil && a.eq.text(nameColumn, p.name) {
				out = append(out, p)
			}
		}
	case a.eq[nameColumn] != nil:
		for s := range a.eq[nameColumn].texts {
			out = append(out, all.byName[s]...)
		}
	default:
		return all.list
	}
	return out
}

func procRows(a *asking) (rowSet, error) {
	return showAll(a.byName[schemaPG]["pg_proc"], a.procsWanted("oid", "proname"), fields[proc]{
		"oid":             func(p *proc) types.Value { return oid(p.oid) },
		"proname":         func(p *proc) types.Value { return str(p.name) },
		"pronamespace":    constant[proc](oid(oidPG)),
		"proowner":        constant[proc](oid(oidOwner)),
		"prolang":         constant[proc](oid(languageInternal)),
		"procost":         constant[proc](float(1)),
		"prorows":         func(p *proc) types.Value { return float(setRows(p)) },
		"provariadic":     func(p *proc) types.Value { return oid(p.variadic) },
		"prokind":         func(p *proc) types.Value { return str(p.kind) },
		"proleakproof":    func(p *proc) types.Value { return flag(p.leakproof) },
		"proisstrict":     func(p *proc) types.Value { return flag(p.strict) },
		"proretset":       func(p *proc) types.Value { return flag(p.set) },
		"provolatile":     func(p *proc) types.Value { return str(p.volatile) },
		"proparallel":     func(p *proc) types.Value { return str(p.parallel) },
		"pronargs":        func(p *proc) types.Value { return num(int64(len(p.args))) },
		"pronargdefaults": func(p *proc) types.Value { return num(p.defaults) },
		"prorettype":      func(p *proc) types.Value { return oid(p.ret) },
		"proargtypes":     func(p *proc) types.Value { return oids(p.args) },
		"proallargtypes":  func(p *proc) types.Value { return orNone(oids(p.allArgs)) },
		"proargmodes":     func(p *proc) types.Value { return orNone(words(types.VarcharOf(1), p.argModes)) },
		"proargnames":     func(p *proc) types.Value { return orNone(words(types.TVarchar, p.argNames)) },
		"prosrc":          func(p *proc) types.Value { return str(p.name) },
	}), nil
}

// setRows is what PostgreSQL expects of a set-returning function.
func setRows(p *proc) float64 {
	if p.set {
		return 1000
	}
	return 0
}

// oids makes an array of OIDs, words one of texts.
func oids(list []uint32) types.Value {
	v := types.Value{}
	for _, n := range list {
		v.Kids = append(v.Kids, types.IntOf(types.TOID, int64(n)))
	}
	return v
}

func words(t types.Type, list []string) types.Value {
	v := types.Value{}
	for _, s := range list {
		v.Kids = append(v.Kids, types.StringOf(t, s))
	}
	return v
}

// orNone makes NULL of an empty array.
func orNone(v types.Value) types.Value {
	v.Null = len(v.Kids) == 0
	return v
}

func aggregateRows(a *asking) (rowSet, error) {
	var out []*proc
	for _, p := range a.procsWanted("aggfnoid", "") {
		if p.kind == "a" {
			out = append(out, p)
		}
	}
	return showAll(a.byName[schemaPG]["pg_aggregate"], out, fields[proc]{
		"aggfnoid":        func(p *proc) types.Value { return oid(p.oid) },
		"aggkind":         constant[proc](str("n")),
		"aggfinalmodify":  constant[proc](str("r")),
		"aggmfinalmodify": constant[proc](str("r")),
		"aggtranstype":    func(p *proc) types.Value { return oid(p.ret) },
	}), nil
}
