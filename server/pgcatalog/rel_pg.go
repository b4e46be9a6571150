package pgcatalog

import (
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/pgtype"
)

func namespaceRows(a *asking) (rowSet, error) {
	return show(a.byName[schemaPG]["pg_namespace"], a.schemas("oid", "nspname"), fields[schema]{
		"oid":      func(s *schema) types.Value { return oid(s.oid) },
		"nspname":  func(s *schema) types.Value { return str(s.name) },
		"nspowner": constant[schema](oid(oidOwner)),
	}), nil
}

func classRows(a *asking) (rowSet, error) {
	rels := a.relations(relColumns{oid: "oid", ns: "relnamespace", name: "relname"})
	return showAll(a.byName[schemaPG]["pg_class"], rels, fields[rel]{
		"oid":          func(r *rel) types.Value { return oid(r.oid) },
		"relname":      func(r *rel) types.Value { return str(r.name) },
		"relnamespace": func(r *rel) types.Value { return oid(r.ns) },
		"reltype": func(r *rel) types.Value {
			row, _ := r.rowType()
			return oid(row)
		},
		"relowner": constant[rel](oid(oidOwner)),
		"relkind":  func(r *rel) types.Value { return str(r.kind) },
		"relam": func(r *rel) types.Value {
			if r.kind == "r" {
				return oid(oidHeap)
			}
			return oid(0)
		},
		"relpersistence": func(r *rel) types.Value {
			if r.temp != nil {
				return str("t")
			}
			return str("p")
		},
		"relreplident":   constant[rel](str("n")),
		"relispopulated": constant[rel](flag(true)),
		"relhasrules":    func(r *rel) types.Value { return flag(r.kind == "v") },
		"reltuples":      func(r *rel) types.Value { return float(a.tuples(r)) },
		"relnatts":       func(r *rel) types.Value { return num(int64(a.width(r))) },
	}), nil
}

// tuples gives the rows that a table's statistics claim, -1 if they are not
// known: Glue and Hive keep them in its parameters.
func (a *asking) tuples(r *rel) float64 {
	if t := a.definition(r); t != nil {
		for _, p := range []string{"numRows", "recordCount"} {
			if n, err := strconv.ParseFloat(t.Parameters[p], 64); err == nil && n >= 0 {
				return n
			}
		}
	}
	return -1
}

func attributeRows(a *asking) (rowSet, error) {
	rels := a.relations(relColumns{oid: "attrelid"})
	return showEach(a.byName[schemaPG]["pg_attribute"], rels, a.attributes, fields[attr]{
		"attrelid":      func(x *attr) types.Value { return oid(x.rel.oid) },
		"attname":       func(x *attr) types.Value { return str(x.name) },
		"atttypid":      func(x *attr) types.Value { return oid(a.attrType(x).oid) },
		"attlen":        func(x *attr) types.Value { return num(a.attrType(x).len) },
		"attnum":        func(x *attr) types.Value { return num(int64(x.num)) },
		"attcacheoff":   constant[attr](num(-1)),
		"attstattarget": constant[attr](num(-1)),
		"atttypmod":     func(x *attr) types.Value { return num(int64(x.modifier())) },
		"attndims":      func(x *attr) types.Value { return num(dimensions(x.typ)) },
		"attbyval":      func(x *attr) types.Value { return flag(a.attrType(x).byVal) },
		"attalign":      func(x *attr) types.Value { return str(a.attrType(x).align) },
		"attstorage":    func(x *attr) types.Value { return str(a.attrType(x).storage) },
		"attnotnull":    func(x *attr) types.Value { return flag(x.notNull) },
		"attislocal":    constant[attr](flag(true)),
		"attcollation":  func(x *attr) types.Value { return oid(a.attrType(x).collation) },
	}), nil
}

// dimensions counts how deep an array type nests.
func dimensions(t types.Type) (n int64) {
	for ; t.Kind == types.Array && !t.IsVector(); t = t.Elem() {
		n++
	}
	return n
}

func (x *attr) modifier() int32 {
	if x.pgType != "" {
		return -1
	}
	return pgtype.Modifier(x.typ)
}

// attrType finds the pg_type row of a column's type.
func (t *Tables) attrType(x *attr) *pgType {
	if x.pgType != "" {
		if ty := t.declaredType(x.pgType); ty != nil {
			return ty
		}
	}
	if ty := t.typeFor[pgtype.Of(x.typ)]; ty != nil {
		return ty
	}
	return t.typeFor[pgtype.Text]
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
	return t.typeOID[typNames[name]]
}

// comment is a row of pg_description.
type comment struct {
	object, class uint32
	sub           int
	text          string
}

func descriptionRows(a *asking) (rowSet, error) {
	class, namespace := a.byName[schemaPG]["pg_class"].oid, a.byName[schemaPG]["pg_namespace"].oid
	var fixed []comment
	if a.eq.number("classoid", namespace) {
		for _, s := range a.schemas("objoid", "") {
			fixed = append(fixed, comment{s.oid, namespace, 0, s.comment})
		}
	}
	if typ := a.byName[schemaPG]["pg_type"].oid; a.eq.number("classoid", typ) {
		for _, ty := range a.types {
			if a.eq.number("objoid", ty.oid) {
				fixed = append(fixed, comment{ty.oid, typ, 0, ty.comment})
			}
		}
	}
	rels := []*rel{nil}
	if a.eq.number("classoid", class) {
		rels = append(rels, a.relations(relColumns{oid: "objoid"})...)
	}
	of := func(r *rel) []comment {
		if r == nil {
			return withText(fixed)
		}
		if r.virtual != nil {
			return nil
		}
		list := []comment{{r.oid, class, 0, a.comment(r)}}
		for _, x := range a.attributes(r) {
			list = append(list, comment{r.oid, class, x.num, x.comment})
		}
		return withText(list)
	}
	return showEach(a.byName[schemaPG]["pg_description"], rels, of, fields[comment]{
		"objoid":      func(c *comment) types.Value { return oid(c.object) },
		"classoid":    func(c *comment) types.Value { return oid(c.class) },
		"objsubid":    func(c *comment) types.Value { return num(int64(c.sub)) },
		"description": func(c *comment) types.Value { return str(c.text) },
	}), nil
}

func withText(list []comment) []comment {
	out := list[:0]
	for _, c := range list {
		if c.text != "" {
			out = append(out, c)
		}
	}
	return out
}
