package pgcatalog

import (
	_ "embed" // for the names of time zones
	"strconv"

	"github.com/glauxdb/glaux/catalog/types"
)

//go:embed data/zones.tsv
var zonesTSV string

// databaseRows shows what a client may connect to: the catalog as a whole, and
// each of its databases, which is then first in the search path.
func databaseRows(a *asking) (rowSet, error) {
	all := []schema{{oid: oidDatabase, name: DatabaseName}}
	for _, d := range a.ix.dir.Databases {
		if d.Name != DatabaseName {
			all = append(all, schema{oid: schemaOID(d), name: d.Name})
		}
	}
	return show(a.byName[schemaPG]["pg_database"], all, fields[schema]{
		"oid":            func(s *schema) types.Value { return oid(s.oid) },
		"datname":        func(s *schema) types.Value { return str(s.name) },
		"datdba":         constant[schema](oid(oidOwner)),
		"encoding":       constant[schema](num(6)),
		"datlocprovider": constant[schema](str("c")),
		"datallowconn":   constant[schema](flag(true)),
		"datconnlimit":   constant[schema](num(-1)),
		"dattablespace":  constant[schema](oid(oidTablespace)),
		"datcollate":     constant[schema](str("C")),
		"datctype":       constant[schema](str("C")),
	}), nil
}

// statRows shows the lake's and the session's tables to those who look for
// their activity, of which nothing is counted.
func statRows(name string) rowsFunc {
	return func(a *asking) (rowSet, error) {
		var out []*rel
		for _, r := range a.relations(relColumns{oid: "relid", schema: "schemaname", name: "relname"}) {
			if r.kind == "r" && r.virtual == nil {
				out = append(out, r)
			}
		}
		by := fields[rel]{
			"relid":      func(r *rel) types.Value { return oid(r.oid) },
			"schemaname": func(r *rel) types.Value { return str(r.schema) },
			"relname":    func(r *rel) types.Value { return str(r.name) },
			"n_live_tup": func(r *rel) types.Value { return num(int64(max(a.tuples(r), 0))) },
		}
		return showAll(a.byName[schemaPG][name], out, by), nil
	}
}

// grantRows shows what the reader may do with relations: read them, and write
// temporary ones.
func grantRows(name string) rowsFunc {
	return func(a *asking) (rowSet, error) {
		return showAll(a.byName[schemaInfo][name], a.relations(infoRelations), fields[rel]{
			"grantor":        constant[rel](str(ownerName)),
			"grantee":        constant[rel](str(a.user())),
			"table_catalog":  constant[rel](str(a.database())),
			"table_schema":   func(r *rel) types.Value { return str(r.schema) },
			"table_name":     func(r *rel) types.Value { return str(r.name) },
			"privilege_type": constant[rel](str("SELECT")),
			"is_grantable":   constant[rel](str("NO")),
			"with_hierarchy": constant[rel](str("YES")),
		}), nil
	}
}

// columnGrantRows is grantRows for columns.
func columnGrantRows(name string) rowsFunc {
	return func(a *asking) (rowSet, error) {
		return showEach(a.byName[schemaInfo][name], a.relations(infoRelations), a.attributes, fields[attr]{
			"grantor":        constant[attr](str(ownerName)),
			"grantee":        constant[attr](str(a.user())),
			"table_catalog":  constant[attr](str(a.database())),
			"table_schema":   func(x *attr) types.Value { return str(x.rel.schema) },
			"table_name":     func(x *attr) types.Value { return str(x.rel.name) },
			"column_name":    func(x *attr) types.Value { return str(x.name) },
			"privilege_type": constant[attr](str("SELECT")),
			"is_grantable":   constant[attr](str("NO")),
		}), nil
	}
}

// specificName is information_schema's unique name of a function.
func specificName(p *proc) types.Value {
	return str(p.name + "_" + strconv.FormatUint(uint64(p.oid), 10))
}

func routineRows(a *asking) (rowSet, error) {
	ret := func(f func(*pgType) types.Value) func(*proc) types.Value {
		return func(p *proc) types.Value {
			if ty := a.typeFor[p.ret]; ty != nil {
				return f(ty)
			}
			return types.Value{Null: true}
		}
	}
	return showAll(a.byName[schemaInfo]["routines"], a.procsWanted("", "routine_name"), fields[proc]{
		"specific_catalog":     constant[proc](str(a.database())),
		"specific_schema":      constant[proc](str(schemaPG)),
		"specific_name":        specificName,
		"routine_catalog":      constant[proc](str(a.database())),
		"routine_schema":       constant[proc](str(schemaPG)),
		"routine_name":         func(p *proc) types.Value { return str(p.name) },
		"routine_type":         func(p *proc) types.Value { return types.Value{S: "FUNCTION", Null: p.kind != "f"} },
		"data_type":            ret(func(ty *pgType) types.Value { return str(dataType(ty)) }),
		"type_udt_catalog":     constant[proc](str(a.database())),
		"type_udt_schema":      constant[proc](str(schemaPG)),
		"type_udt_name":        ret(func(ty *pgType) types.Value { return str(ty.name) }),
		"routine_body":         constant[proc](str("EXTERNAL")),
		"external_language":    constant[proc](str("INTERNAL")),
		"parameter_style":      constant[proc](str("GENERAL")),
		"is_deterministic":     func(p *proc) types.Value { return yesNo(p.volatile == "i") },
		"sql_data_access":      constant[proc](str("MODIFIES")),
		"is_null_call":         func(p *proc) types.Value { return yesNo(p.strict) },
		"schema_level_routine": constant[proc](str("YES")),
		"security_type":        constant[proc](str("INVOKER")),
	}), nil
}

func (a *asking) infoOne(name string, by map[string]types.Value) rowSet {
	tab := a.byName[schemaInfo][name]
	return rowSet{n: 1, value: func(_, c int) types.Value {
		if v, ok := by[tab.columns[c].Name]; ok {
			return v
		}
		return types.Value{Null: true}
	}}
}

func catalogNameRows(a *asking) (rowSet, error) {
	return a.infoOne("information_schema_catalog_name", map[string]types.Value{"catalog_name": str(a.database())}), nil
}

func charsetRows(a *asking) (rowSet, error) {
	return a.infoOne("character_sets", map[string]types.Value{"character_set_name": str("UTF8"), "character_repertoire": str("UCS"),
		"form_of_use": str("UTF8"), "default_collate_catalog": str(a.database()), "default_collate_schema": str(schemaPG), "default_collate_name": str("C")}), nil
}
