package pgcatalog

import (
	"context"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
	"github.com/glauxdb/glaux/server/pgtype"
)

// rowSources names the relations that have rows.
func rowSources() map[string]rowsFunc {
	return map[string]rowsFunc{
		"pg_catalog.pg_namespace":      namespaceRows,
		"pg_catalog.pg_class":          classRows,
		"pg_catalog.pg_attribute":      attributeRows,
		"pg_catalog.pg_type":           typeRows,
		"pg_catalog.pg_description":    descriptionRows,
		"pg_catalog.pg_database":       databaseRows,
		"pg_catalog.pg_roles":          roleRows("pg_roles"),
		"pg_catalog.pg_authid":         roleRows("pg_authid"),
		"pg_catalog.pg_user":           userRows,
		"pg_catalog.pg_am":             amRows,
		"pg_catalog.pg_tablespace":     tablespaceRows,
		"pg_catalog.pg_collation":      collationRows,
		"pg_catalog.pg_language":       languageRows,
		"pg_catalog.pg_settings":       settingRows,
		"pg_catalog.pg_tables":         tablesRows,
		"pg_catalog.pg_views":          viewsRows,
		"information_schema.schemata":  schemataRows,
		"information_schema.tables":    infoTablesRows,
		"information_schema.columns":   infoColumnsRows,
		"information_schema.views":     infoViewsRows,
		"glaux_catalog.query_history":  historyRows,
		"glaux_catalog.workgroups":     workgroupRows,
		"glaux_catalog.partition_keys": partitionKeyRows,
	}
}

func namespaceRows(ctx context.Context, t *Tables, _ *plan.Session, eq equal) (rowSet, error) {
	all, err := t.schemas(ctx)
	if err != nil {
		return rowSet{}, err
	}
	var out []schema
	for _, s := range all {
		if eq.allows("oid", oid(s.oid)) && eq.allows("nspname", str(s.name)) {
			out = append(out, s)
		}
	}
	return show(t.byName[schemaPG]["pg_namespace"], out, fields[schema]{
		"oid":      func(s *schema) types.Value { return oid(s.oid) },
		"nspname":  func(s *schema) types.Value { return str(s.name) },
		"nspowner": constant[schema](oid(oidOwner)),
	}), nil
}

func classRows(ctx context.Context, t *Tables, _ *plan.Session, eq equal) (rowSet, error) {
	rels, err := t.relations(ctx, eq, "oid", "relnamespace", "", "relname")
	if err != nil {
		return rowSet{}, err
	}
	return show(t.byName[schemaPG]["pg_class"], rels, fields[rel]{
		"oid":          func(r *rel) types.Value { return oid(r.oid) },
		"relname":      func(r *rel) types.Value { return str(r.name) },
		"relnamespace": func(r *rel) types.Value { return oid(r.ns) },
		"relowner":     constant[rel](oid(oidOwner)),
		"relkind":      func(r *rel) types.Value { return str(r.kind) },
		"relam": func(r *rel) types.Value {
			if r.kind == "r" {
				return oid(oidHeap)
			}
			return oid(0)
		},
		"relpersistence": constant[rel](str("p")),
		"relreplident":   constant[rel](str("n")),
		"relispopulated": constant[rel](flag(true)),
		"relhasrules":    func(r *rel) types.Value { return flag(r.kind == "v") },
		"reltuples":      constant[rel](float(-1)),
		"relnatts": func(r *rel) types.Value {
			if r.virtual != nil {
				return num(int64(len(r.virtual.columns)))
			}
			return num(int64(len(r.table.Columns) + len(r.table.PartitionKeys)))
		},
	}), nil
}

// attributesOf lists the columns of the relations that the filter allows.
func (t *Tables) attributesOf(ctx context.Context, eq equal, relColumn, schemaColumn, tableColumn string) ([]attr, error) {
	rels, err := t.relations(ctx, eq, relColumn, "", schemaColumn, tableColumn)
	if err != nil {
		return nil, err
	}
	var out []attr
	for i := range rels {
		out = append(out, rels[i].attributes()...)
	}
	return out, nil
}

func (t *Tables) attrType(a *attr) *pgType {
	if a.pgType != "" {
		if ty := t.declaredType(a.pgType); ty != nil {
			return ty
		}
	}
	return t.typeFor[pgtype.Of(a.typ)]
}

// declaredType finds the pg_type row for a type as columns.tsv spells it.
func (t *Tables) declaredType(name string) *pgType {
	if elem, ok := strings.CutSuffix(name, "[]"); ok {
		if e := t.declaredType(elem); e != nil {
			return t.typeFor[e.array]
		}
		return nil
	}
	switch name {
	case "information_schema.sql_identifier":
		name = "name"
	case "information_schema.character_data", "information_schema.yes_or_no":
		name = "varchar"
	case "information_schema.cardinal_number":
		name = "int4"
	case "information_schema.time_stamp":
		name = "timestamptz"
	}
	if ty := t.typeOID[name]; ty != nil {
		return ty
	}
	for typname, sql := range sqlNames {
		if sql == name {
			return t.typeOID[typname]
		}
	}
	return nil
}

func attributeRows(ctx context.Context, t *Tables, _ *plan.Session, eq equal) (rowSet, error) {
	attrs, err := t.attributesOf(ctx, eq, "attrelid", "", "")
	if err != nil {
		return rowSet{}, err
	}
	return show(t.byName[schemaPG]["pg_attribute"], attrs, fields[attr]{
		"attrelid":      func(a *attr) types.Value { return oid(a.rel.oid) },
		"attname":       func(a *attr) types.Value { return str(a.name) },
		"atttypid":      func(a *attr) types.Value { return oid(t.attrType(a).oid) },
		"attlen":        func(a *attr) types.Value { return num(t.attrType(a).len) },
		"attnum":        func(a *attr) types.Value { return num(int64(a.num)) },
		"attcacheoff":   constant[attr](num(-1)),
		"attstattarget": constant[attr](num(-1)),
		"atttypmod":     func(a *attr) types.Value { return num(int64(a.modifier())) },
		"attndims": func(a *attr) types.Value {
			n, ty := 0, a.typ
			for ; ty.Kind == types.Array; ty = ty.Elem() {
				n++
			}
			return num(int64(n))
		},
		"attbyval":     func(a *attr) types.Value { return flag(t.attrType(a).byVal) },
		"attalign":     func(a *attr) types.Value { return str(t.attrType(a).align) },
		"attstorage":   func(a *attr) types.Value { return str(t.attrType(a).storage) },
		"attnotnull":   func(a *attr) types.Value { return flag(a.notNull) },
		"attislocal":   constant[attr](flag(true)),
		"attcollation": func(a *attr) types.Value { return oid(t.attrType(a).collation) },
	}), nil
}

func (a *attr) modifier() int32 {
	if a.pgType != "" {
		return -1
	}
	return pgtype.Modifier(a.typ)
}

func typeRows(_ context.Context, t *Tables, _ *plan.Session, eq equal) (rowSet, error) {
	var out []pgType
	for _, ty := range t.types {
		if eq.allows("oid", oid(ty.oid)) && eq.allows("typname", str(ty.name)) {
			out = append(out, *ty)
		}
	}
	proc := func(f func(*pgType) string) func(*pgType) types.Value {
		return func(ty *pgType) types.Value { return oid(procOID(f(ty))) }
	}
	return show(t.byName[schemaPG]["pg_type"], out, fields[pgType]{
		"oid":            func(ty *pgType) types.Value { return oid(ty.oid) },
		"typname":        func(ty *pgType) types.Value { return str(ty.name) },
		"typnamespace":   constant[pgType](oid(oidPG)),
		"typowner":       constant[pgType](oid(oidOwner)),
		"typlen":         func(ty *pgType) types.Value { return num(ty.len) },
		"typbyval":       func(ty *pgType) types.Value { return flag(ty.byVal) },
		"typtype":        func(ty *pgType) types.Value { return str(ty.kind) },
		"typcategory":    func(ty *pgType) types.Value { return str(ty.category) },
		"typispreferred": func(ty *pgType) types.Value { return flag(ty.preferred) },
		"typisdefined":   constant[pgType](flag(true)),
		"typdelim":       func(ty *pgType) types.Value { return str(ty.delim) },
		"typelem":        func(ty *pgType) types.Value { return oid(ty.elem) },
		"typarray":       func(ty *pgType) types.Value { return oid(ty.array) },
		"typalign":       func(ty *pgType) types.Value { return str(ty.align) },
		"typstorage":     func(ty *pgType) types.Value { return str(ty.storage) },
		"typtypmod":      constant[pgType](num(-1)),
		"typcollation":   func(ty *pgType) types.Value { return oid(ty.collation) },
		"typinput":       proc(func(ty *pgType) string { return ty.input }),
		"typoutput":      proc(func(ty *pgType) string { return ty.output }),
		"typreceive":     proc(func(ty *pgType) string { return ty.receive }),
		"typsend":        proc(func(ty *pgType) string { return ty.send }),
		"typmodin":       proc(func(ty *pgType) string { return ty.modIn }),
		"typmodout":      proc(func(ty *pgType) string { return ty.modOut }),
		"typsubscript":   proc(func(ty *pgType) string { return ty.subscript }),
	}), nil
}

// comment is a row of pg_description.
type comment struct {
	object, class uint32
	sub           int
	text          string
}

func descriptionRows(ctx context.Context, t *Tables, _ *plan.Session, eq equal) (rowSet, error) {
	class, namespace := t.byName[schemaPG]["pg_class"].oid, t.byName[schemaPG]["pg_namespace"].oid
	var out []comment
	rels, err := t.relations(ctx, eq, "objoid", "", "", "")
	if err != nil {
		return rowSet{}, err
	}
	for i := range rels {
		if rels[i].table == nil {
			continue
		}
		if d := rels[i].table.Description; d != "" {
			out = append(out, comment{rels[i].oid, class, 0, d})
		}
		for _, a := range rels[i].attributes() {
			if a.comment != "" {
				out = append(out, comment{rels[i].oid, class, a.num, a.comment})
			}
		}
	}
	spaces, err := t.schemas(ctx)
	if err != nil {
		return rowSet{}, err
	}
	for _, s := range spaces {
		if s.comment != "" && eq.allows("objoid", oid(s.oid)) {
			out = append(out, comment{s.oid, namespace, 0, s.comment})
		}
	}
	return show(t.byName[schemaPG]["pg_description"], out, fields[comment]{
		"objoid":      func(c *comment) types.Value { return oid(c.object) },
		"classoid":    func(c *comment) types.Value { return oid(c.class) },
		"objsubid":    func(c *comment) types.Value { return num(int64(c.sub)) },
		"description": func(c *comment) types.Value { return str(c.text) },
	}), nil
}
