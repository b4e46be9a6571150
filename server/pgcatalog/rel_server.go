package pgcatalog

import (
	"github.com/glauxdb/glaux/catalog/types"
)

// one shows a table with a single row.
func (a *asking) one(name string, by map[string]types.Value) rowSet {
	tab := a.byName[schemaPG][name]
	return rowSet{n: 1, value: func(_, c int) types.Value {
		if v, ok := by[tab.columns[c].Name]; ok {
			return v
		}
		return types.Value{Null: true}
	}}
}

func amRows(a *asking) (rowSet, error) {
	return a.one("pg_am", map[string]types.Value{"oid": oid(oidHeap), "amname": str("heap"), "amtype": str("t")}), nil
}

func tablespaceRows(a *asking) (rowSet, error) {
	return a.one("pg_tablespace", map[string]types.Value{"oid": oid(oidTablespace), "spcname": str("pg_default"), "spcowner": oid(oidOwner)}), nil
}

// collation is a row of pg_collation; text orders by code point everywhere.
type collation struct {
	oid            uint32
	name, provider string
}

func collationRows(a *asking) (rowSet, error) {
	all := []collation{{100, "default", "d"}, {950, "C", "c"}, {951, "POSIX", "c"}}
	return show(a.byName[schemaPG]["pg_collation"], all, fields[collation]{
		"oid":                 func(c *collation) types.Value { return oid(c.oid) },
		"collname":            func(c *collation) types.Value { return str(c.name) },
		"collnamespace":       constant[collation](oid(oidPG)),
		"collowner":           constant[collation](oid(oidOwner)),
		"collprovider":        func(c *collation) types.Value { return str(c.provider) },
		"collisdeterministic": constant[collation](flag(true)),
		"collencoding":        constant[collation](num(-1)),
	}), nil
}

// language is a row of pg_language.
type language struct {
	oid  uint32
	name string
}

func languageRows(a *asking) (rowSet, error) {
	all := []language{{12, "internal"}, {14, "sql"}}
	return show(a.byName[schemaPG]["pg_language"], all, fields[language]{
		"oid":      func(l *language) types.Value { return oid(l.oid) },
		"lanname":  func(l *language) types.Value { return str(l.name) },
		"lanowner": constant[language](oid(oidOwner)),
	}), nil
}

func tablesRows(a *asking) (rowSet, error) {
	return a.relationRows("pg_tables", "r", "tablename", fields[rel]{
		"schemaname":  func(r *rel) types.Value { return str(r.schema) },
		"tablename":   func(r *rel) types.Value { return str(r.name) },
		"tableowner":  constant[rel](str(ownerName)),
		"hasindexes":  constant[rel](flag(false)),
		"hasrules":    constant[rel](flag(false)),
		"hastriggers": constant[rel](flag(false)),
		"rowsecurity": constant[rel](flag(false)),
	}), nil
}

func viewsRows(a *asking) (rowSet, error) {
	return a.relationRows("pg_views", "v", "viewname", fields[rel]{
		"schemaname": func(r *rel) types.Value { return str(r.schema) },
		"viewname":   func(r *rel) types.Value { return str(r.name) },
		"viewowner":  constant[rel](str(ownerName)),
		"definition": func(r *rel) types.Value { return orNull(a.viewText(r)) },
	}), nil
}

// relationRows shows the relations of one kind.
func (a *asking) relationRows(table, kind, nameColumn string, by fields[rel]) rowSet {
	var out []*rel
	for _, r := range a.relations(relColumns{schema: "schemaname", name: nameColumn}) {
		if r.kind == kind {
			out = append(out, r)
		}
	}
	return showAll(a.byName[schemaPG][table], out, by)
}
