package pgcatalog

import (
	"context"
	"hash/fnv"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

// procOID gives the OID of a function that only has a name here (the input and
// output functions of types): above PostgreSQL's own, from the name's hash, so
// that it is the same on every server. "-" and "" are no function.
func procOID(name string) uint32 {
	if name == "" || name == "-" {
		return 0
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	return 1<<30 | h.Sum32()>>2
}

// procName finds the name behind an OID of procOID.
func (t *Tables) procName(oid uint32) (string, bool) {
	for _, ty := range t.types {
		for _, name := range []string{ty.input, ty.output, ty.receive, ty.send, ty.modIn, ty.modOut, ty.subscript} {
			if procOID(name) == oid && oid != 0 {
				return name, true
			}
		}
	}
	return "", false
}

// one shows a table with a single row.
func one(t *Tables, name string, by map[string]types.Value) rowSet {
	tab := t.byName[schemaPG][name]
	return rowSet{n: 1, value: func(_, c int) types.Value {
		if v, ok := by[tab.columns[c].Name]; ok {
			return v
		}
		return types.Value{Null: true}
	}}
}

func databaseRows(_ context.Context, t *Tables, _ *plan.Session, _ equal) (rowSet, error) {
	return one(t, "pg_database", map[string]types.Value{
		"oid": oid(oidDatabase), "datname": str(DatabaseName), "datdba": oid(oidOwner), "encoding": num(6),
		"datlocprovider": str("c"), "datallowconn": flag(true), "datconnlimit": num(-1), "dattablespace": oid(oidTablespace),
		"datcollate": str("C"), "datctype": str("C"),
	}), nil
}

// role is a row of pg_roles: the owner and whoever asks.
type role struct {
	oid   uint32
	name  string
	super bool
}

func roles(s *plan.Session) []role {
	out := []role{{oidOwner, DatabaseName, true}}
	if s != nil && s.User != "" && s.User != DatabaseName {
		out = append(out, role{procOID("role " + s.User), s.User, false})
	}
	return out
}

func roleRows(name string) rowsFunc {
	return func(_ context.Context, t *Tables, s *plan.Session, _ equal) (rowSet, error) {
		return show(t.byName[schemaPG][name], roles(s), fields[role]{
			"oid":            func(r *role) types.Value { return oid(r.oid) },
			"rolname":        func(r *role) types.Value { return str(r.name) },
			"rolsuper":       func(r *role) types.Value { return flag(r.super) },
			"rolinherit":     constant[role](flag(true)),
			"rolcreaterole":  func(r *role) types.Value { return flag(r.super) },
			"rolcreatedb":    func(r *role) types.Value { return flag(r.super) },
			"rolcanlogin":    constant[role](flag(true)),
			"rolreplication": constant[role](flag(false)),
			"rolbypassrls":   func(r *role) types.Value { return flag(r.super) },
			"rolconnlimit":   constant[role](num(-1)),
		}), nil
	}
}

func userRows(_ context.Context, t *Tables, s *plan.Session, _ equal) (rowSet, error) {
	return show(t.byName[schemaPG]["pg_user"], roles(s), fields[role]{
		"usename":     func(r *role) types.Value { return str(r.name) },
		"usesysid":    func(r *role) types.Value { return oid(r.oid) },
		"usesuper":    func(r *role) types.Value { return flag(r.super) },
		"usecreatedb": func(r *role) types.Value { return flag(r.super) },
		"userepl":     constant[role](flag(false)),
	}), nil
}

func amRows(_ context.Context, t *Tables, _ *plan.Session, _ equal) (rowSet, error) {
	return one(t, "pg_am", map[string]types.Value{"oid": oid(oidHeap), "amname": str("heap"), "amtype": str("t")}), nil
}

const oidTablespace = 1663 // pg_default

func tablespaceRows(_ context.Context, t *Tables, _ *plan.Session, _ equal) (rowSet, error) {
	return one(t, "pg_tablespace", map[string]types.Value{"oid": oid(oidTablespace), "spcname": str("pg_default"), "spcowner": oid(oidOwner)}), nil
}

// collation is a row of pg_collation; text orders by code point everywhere.
type collation struct {
	oid            uint32
	name, provider string
}

func collationRows(_ context.Context, t *Tables, _ *plan.Session, _ equal) (rowSet, error) {
	all := []collation{{100, "default", "d"}, {950, "C", "c"}, {951, "POSIX", "c"}}
	return show(t.byName[schemaPG]["pg_collation"], all, fields[collation]{
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

func languageRows(_ context.Context, t *Tables, _ *plan.Session, _ equal) (rowSet, error) {
	all := []language{{12, "internal"}, {14, "sql"}}
	return show(t.byName[schemaPG]["pg_language"], all, fields[language]{
		"oid":      func(l *language) types.Value { return oid(l.oid) },
		"lanname":  func(l *language) types.Value { return str(l.name) },
		"lanowner": constant[language](oid(oidOwner)),
	}), nil
}

// setting is a row of settings.tsv, its value replaced by the session's.
type setting struct{ name, value, unit, category, desc, context, vartype string }

func settingRows(_ context.Context, t *Tables, s *plan.Session, _ equal) (rowSet, error) {
	var all []setting
	for _, f := range lines(settingsTSV) {
		st := setting{f[0], f[1], f[2], f[3], f[4], f[5], f[6]}
		if s != nil && s.Setting != nil {
			if v, ok := s.Setting(strings.ToLower(st.name)); ok {
				st.value = v
			}
		}
		all = append(all, st)
	}
	return show(t.byName[schemaPG]["pg_settings"], all, fields[setting]{
		"name":       func(s *setting) types.Value { return str(s.name) },
		"setting":    func(s *setting) types.Value { return str(s.value) },
		"unit":       func(s *setting) types.Value { return orNull(s.unit) },
		"category":   func(s *setting) types.Value { return str(s.category) },
		"short_desc": func(s *setting) types.Value { return str(s.desc) },
		"context":    func(s *setting) types.Value { return str(s.context) },
		"vartype":    func(s *setting) types.Value { return str(s.vartype) },
		"source":     constant[setting](str("default")),
		"reset_val":  func(s *setting) types.Value { return str(s.value) },
	}), nil
}

func tablesRows(ctx context.Context, t *Tables, _ *plan.Session, eq equal) (rowSet, error) {
	return t.relationRows(ctx, "pg_tables", "r", eq, fields[rel]{
		"schemaname":  func(r *rel) types.Value { return str(r.schema) },
		"tablename":   func(r *rel) types.Value { return str(r.name) },
		"tableowner":  constant[rel](str(DatabaseName)),
		"hasindexes":  constant[rel](flag(false)),
		"hasrules":    constant[rel](flag(false)),
		"hastriggers": constant[rel](flag(false)),
		"rowsecurity": constant[rel](flag(false)),
	})
}

func viewsRows(ctx context.Context, t *Tables, _ *plan.Session, eq equal) (rowSet, error) {
	return t.relationRows(ctx, "pg_views", "v", eq, fields[rel]{
		"schemaname": func(r *rel) types.Value { return str(r.schema) },
		"viewname":   func(r *rel) types.Value { return str(r.name) },
		"viewowner":  constant[rel](str(DatabaseName)),
		"definition": func(r *rel) types.Value { return orNull(r.viewText()) },
	})
}

// relationRows shows the relations of one kind in pg_tables and pg_views.
func (t *Tables) relationRows(ctx context.Context, name, kind string, eq equal, by fields[rel]) (rowSet, error) {
	column := map[string]string{"r": "tablename", "v": "viewname"}[kind]
	all, err := t.relations(ctx, eq, "", "", "schemaname", column)
	if err != nil {
		return rowSet{}, err
	}
	var out []rel
	for _, r := range all {
		if r.kind == kind {
			out = append(out, r)
		}
	}
	return show(t.byName[schemaPG][name], out, by), nil
}

func (r *rel) viewText() string {
	if r.table == nil {
		return ""
	}
	return r.table.ViewText
}
