package pgcatalog

import (
	"strconv"

	"github.com/glauxdb/glaux/catalog/types"
)

func schemataRows(a *asking) (rowSet, error) {
	return show(a.byName[schemaInfo]["schemata"], a.schemas("", "schema_name"), fields[schema]{
		"catalog_name": constant[schema](str(a.database())),
		"schema_name":  func(s *schema) types.Value { return str(s.name) },
		"schema_owner": constant[schema](str(ownerName)),
	}), nil
}

// infoRelations are the columns by which information_schema names relations.
var infoRelations = relColumns{schema: "table_schema", name: "table_name"}

func infoTablesRows(a *asking) (rowSet, error) {
	return showAll(a.byName[schemaInfo]["tables"], a.relations(infoRelations), fields[rel]{
		"table_catalog": constant[rel](str(a.database())),
		"table_schema":  func(r *rel) types.Value { return str(r.schema) },
		"table_name":    func(r *rel) types.Value { return str(r.name) },
		"table_type": func(r *rel) types.Value {
			switch {
			case r.temp != nil:
				return str("LOCAL TEMPORARY")
			case r.kind == "v":
				return str("VIEW")
			}
			return str("BASE TABLE")
		},
		"is_insertable_into": func(r *rel) types.Value { return yesNo(r.temp != nil) },
		"is_typed":           constant[rel](str("NO")),
		"commit_action": func(r *rel) types.Value {
			if r.temp != nil {
				return str("PRESERVE")
			}
			return types.Value{Null: true}
		},
	}), nil
}

func infoViewsRows(a *asking) (rowSet, error) {
	var out []*rel
	for _, r := range a.relations(infoRelations) {
		if r.kind == "v" && r.virtual == nil {
			out = append(out, r)
		}
	}
	return showAll(a.byName[schemaInfo]["views"], out, fields[rel]{
		"table_catalog":              constant[rel](str(a.database())),
		"table_schema":               func(r *rel) types.Value { return str(r.schema) },
		"table_name":                 func(r *rel) types.Value { return str(r.name) },
		"view_definition":            func(r *rel) types.Value { return str(a.viewText(r)) },
		"check_option":               constant[rel](str("NONE")),
		"is_updatable":               constant[rel](str("NO")),
		"is_insertable_into":         constant[rel](str("NO")),
		"is_trigger_updatable":       constant[rel](str("NO")),
		"is_trigger_deletable":       constant[rel](str("NO")),
		"is_trigger_insertable_into": constant[rel](str("NO")),
	}), nil
}

func infoColumnsRows(a *asking) (rowSet, error) {
	size := func(f func(types.Type) (int64, bool)) func(*attr) types.Value {
		return func(x *attr) types.Value {
			n, ok := f(x.typ)
			return types.Value{I: n, Null: !ok}
		}
	}
	return showEach(a.byName[schemaInfo]["columns"], a.relations(infoRelations), a.attributes, fields[attr]{
		"table_catalog":            constant[attr](str(a.database())),
		"table_schema":             func(x *attr) types.Value { return str(x.rel.schema) },
		"table_name":               func(x *attr) types.Value { return str(x.rel.name) },
		"column_name":              func(x *attr) types.Value { return str(x.name) },
		"ordinal_position":         func(x *attr) types.Value { return num(int64(x.num)) },
		"is_nullable":              func(x *attr) types.Value { return yesNo(!x.notNull) },
		"data_type":                func(x *attr) types.Value { return str(dataType(a.attrType(x))) },
		"character_maximum_length": size(charLength),
		"character_octet_length":   size(octetLength),
		"numeric_precision":        size(numericPrecision),
		"numeric_precision_radix":  size(numericRadix),
		"numeric_scale":            size(numericScale),
		"datetime_precision":       size(datetimePrecision),
		"udt_catalog":              constant[attr](str(a.database())),
		"udt_schema":               constant[attr](str(schemaPG)),
		"udt_name":                 func(x *attr) types.Value { return str(a.attrType(x).name) },
		"dtd_identifier":           func(x *attr) types.Value { return str(strconv.Itoa(x.num)) },
		"is_self_referencing":      constant[attr](str("NO")),
		"is_identity":              constant[attr](str("NO")),
		"identity_cycle":           constant[attr](str("NO")),
		"is_generated":             constant[attr](str("NEVER")),
		"is_updatable":             func(x *attr) types.Value { return yesNo(x.rel.temp != nil) },
	}), nil
}

// dataType is information_schema's name of a type: ARRAY for every array.
func dataType(ty *pgType) string {
	if ty.category == "A" {
		return "ARRAY"
	}
	if n, ok := sqlNames[ty.name]; ok {
		return n
	}
	return ty.name
}

func charLength(t types.Type) (int64, bool) {
	return int64(t.P), (t.Kind == types.Varchar || t.Kind == types.Char) && t.P > 0
}

// octetLength is PostgreSQL's bound: a gigabyte without a length, else four
// bytes (UTF-8) for each character.
func octetLength(t types.Type) (int64, bool) {
	if n, ok := charLength(t); ok {
		return 4 * n, true
	}
	return 1 << 30, t.Kind == types.Varchar
}

var precisions = map[types.Kind]int64{types.TinyInt: 16, types.SmallInt: 16, types.Integer: 32, types.BigInt: 64, types.Real: 24, types.Double: 53}

func numericPrecision(t types.Type) (int64, bool) {
	if t.Kind == types.Decimal {
		return int64(t.P), true
	}
	n, ok := precisions[t.Kind]
	return n, ok
}

func numericRadix(t types.Type) (int64, bool) {
	if t.Kind == types.Decimal {
		return 10, true
	}
	return 2, t.IsNumeric()
}

func numericScale(t types.Type) (int64, bool) {
	if t.Kind == types.Decimal {
		return int64(t.S), true
	}
	return 0, t.IsInteger()
}

func datetimePrecision(t types.Type) (int64, bool) {
	switch t.Kind {
	case types.Date:
		return 0, true
	case types.Time, types.TimeTZ, types.Timestamp, types.TimestampTZ:
		return int64(min(t.P, 6)), true
	case types.Interval:
		return 6, true
	}
	return 0, false
}
