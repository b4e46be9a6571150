package pgcatalog

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/pgtype"
)

// sqlNames are the SQL spellings of types whose pg_type.typname differs.
var sqlNames = map[string]string{
	"bool": "boolean", "int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision",
	"varchar": "character varying", "bpchar": "character", "timestamp": "timestamp without time zone", "char": `"char"`,
	"timestamptz": "timestamp with time zone", "time": "time without time zone", "timetz": "time with time zone",
	"varbit": "bit varying",
}

// typNames is sqlNames the other way round.
var typNames = func() map[string]string {
	m := map[string]string{}
	for typname, sql := range sqlNames {
		m[sql] = typname
	}
	return m
}()

// rowTypes makes the row type of a relation and the array of it.
func (r *rel) rowTypes() (row, array *pgType) {
	rowOID, arrayOID := r.rowType()
	row = &pgType{oid: rowOID, name: r.name, len: -1, kind: "c", category: "C", delim: ",", array: arrayOID,
		input: "record_in", output: "record_out", receive: "record_recv", send: "record_send", modIn: "-", modOut: "-",
		align: "d", storage: "x", subscript: "-", rel: r.oid, namespace: r.ns}
	array = &pgType{oid: arrayOID, name: "_" + r.name, len: -1, kind: "b", category: "A", delim: ",", elem: rowOID,
		input: "array_in", output: "array_out", receive: "array_recv", send: "array_send", modIn: "-", modOut: "-",
		align: "d", storage: "x", subscript: "array_subscript_handler", namespace: r.ns}
	return row, array
}

// relOfType gives the relation that a row type, or the array of one, belongs to.
func (a *asking) relOfType(id uint32) *rel {
	if table, ok := pgtype.TableOf(id); ok {
		return a.ix.byOID[table]
	}
	return a.rowOf[id]
}

// typeByID finds a type by OID: PostgreSQL's own or of a relation's rows.
func (a *asking) typeByID(id uint32) *pgType {
	if ty := a.typeFor[id]; ty != nil {
		return ty
	}
	r := a.relOfType(id)
	if r == nil {
		return nil
	}
	row, array := r.rowTypes()
	switch id {
	case row.oid:
		return row
	case array.oid:
		return array
	}
	return nil
}

// typesWanted lists the types that the filter allows.
func (a *asking) typesWanted() []*pgType {
	var out []*pgType
	add := func(ty *pgType) {
		if ty != nil && ty.oid != 0 && a.eq.number("oid", ty.oid) && a.eq.text("typname", ty.name) && a.eq.number("typrelid", ty.rel) &&
			a.eq.number("typnamespace", ty.namespace) && a.eq.number("typelem", ty.elem) && a.eq.number("typarray", ty.array) {
			out = append(out, ty)
		}
	}
	both := func(r *rel) {
		if r != nil {
			row, array := r.rowTypes()
			add(row)
			add(array)
		}
	}
	if l := a.eq["oid"]; l != nil {
		for n := range l.ints {
			add(a.typeByID(uint32(n)))
		}
		return out
	}
	for _, ty := range a.types {
		add(ty)
	}
	switch {
	case a.eq["typrelid"] != nil:
		for n := range a.eq["typrelid"].ints {
			both(a.byID(uint32(n)))
		}
	case a.eq["typname"] != nil:
		for s := range a.eq["typname"].texts {
			a.typesNamed(s, both)
		}
	default:
		for _, r := range a.relations(relColumns{ns: "typnamespace"}) {
			both(r)
		}
	}
	return out
}

// typesNamed calls f with the relations whose row type, or the array of it, may
// have this name.
func (a *asking) typesNamed(name string, f func(*rel)) {
	for _, r := range a.ix.byName[name] {
		f(r)
	}
	if len(name) > 1 && name[0] == '_' {
		for _, r := range a.ix.byName[name[1:]] {
			f(r)
		}
	}
}

func typeRows(a *asking) (rowSet, error) {
	proc := func(f func(*pgType) string) func(*pgType) types.Value {
		return func(ty *pgType) types.Value { return oid(a.procOID(f(ty))) }
	}
	return showAll(a.byName[schemaPG]["pg_type"], a.typesWanted(), fields[pgType]{
		"oid":            func(ty *pgType) types.Value { return oid(ty.oid) },
		"typname":        func(ty *pgType) types.Value { return str(ty.name) },
		"typnamespace":   func(ty *pgType) types.Value { return oid(ty.namespace) },
		"typowner":       constant[pgType](oid(oidOwner)),
		"typlen":         func(ty *pgType) types.Value { return num(ty.len) },
		"typbyval":       func(ty *pgType) types.Value { return flag(ty.byVal) },
		"typtype":        func(ty *pgType) types.Value { return str(ty.kind) },
		"typcategory":    func(ty *pgType) types.Value { return str(ty.category) },
		"typispreferred": func(ty *pgType) types.Value { return flag(ty.preferred) },
		"typisdefined":   constant[pgType](flag(true)),
		"typdelim":       func(ty *pgType) types.Value { return str(ty.delim) },
		"typrelid":       func(ty *pgType) types.Value { return oid(ty.rel) },
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
