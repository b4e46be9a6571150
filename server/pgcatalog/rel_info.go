package pgcatalog

import (
	"context"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/plan"
)

func schemataRows(ctx context.Context, t *Tables, _ *plan.Session, _ equal) (rowSet, error) {
	all, err := t.schemas(ctx)
	if err != nil {
		return rowSet{}, err
	}
	return show(t.byName[schemaInfo]["schemata"], all, fields[schema]{
		"catalog_name": constant[schema](str(DatabaseName)),
		"schema_name":  func(s *schema) types.Value { return str(s.name) },
		"schema_owner": constant[schema](str(DatabaseName)),
	}), nil
}

func infoTablesRows(ctx context.Context, t *Tables, _ *plan.Session, eq equal) (rowSet, error) {
	all, err := t.relations(ctx, eq, "", "", "table_schema", "table_name")
	if err != nil {
		return rowSet{}, err
	}
	return show(t.byName[schemaInfo]["tables"], all, fields[rel]{
		"table_catalog": constant[rel](str(DatabaseName)),
		"table_schema":  func(r *rel) types.Value { return str(r.schema) },
		"table_name":    func(r *rel) types.Value { return str(r.name) },
		"table_type": func(r *rel) types.Value {
			if r.kind == "v" {
				return str("VIEW")
			}
			return str("BASE TABLE")
		},
		"is_insertable_into": constant[rel](str("NO")),
		"is_typed":           constant[rel](str("NO")),
	}), nil
}

func infoViewsRows(ctx context.Context, t *Tables, _ *plan.Session, eq equal) (rowSet, error) {
	all, err := t.relations(ctx, eq, "", "", "table_schema", "table_name")
	if err != nil {
		return rowSet{}, err
	}
	var out []rel
	for _, r := range all {
		if r.kind == "v" && r.table != nil {
			out = append(out, r)
		}
	}
	return show(t.byName[schemaInfo]["views"], out, fields[rel]{
		"table_catalog":      constant[rel](str(DatabaseName)),
		"table_schema":       func(r *rel) types.Value { return str(r.schema) },
		"table_name":         func(r *rel) types.Value { return str(r.name) },
		"view_definition":    func(r *rel) types.Value { return str(r.viewText()) },
		"check_option":       constant[rel](str("NONE")),
		"is_updatable":       constant[rel](str("NO")),
		"is_insertable_into": constant[rel](str("NO")),
	}), nil
}

func infoColumnsRows(ctx context.Context, t *Tables, _ *plan.Session, eq equal) (rowSet, error) {
	attrs, err := t.attributesOf(ctx, eq, "", "table_schema", "table_name")
	if err != nil {
		return rowSet{}, err
	}
	size := func(f func(types.Type) (int64, bool)) func(*attr) types.Value {
		return func(a *attr) types.Value {
			n, ok := f(a.typ)
			return types.Value{I: n, Null: !ok}
		}
	}
	return show(t.byName[schemaInfo]["columns"], attrs, fields[attr]{
		"table_catalog":            constant[attr](str(DatabaseName)),
		"table_schema":             func(a *attr) types.Value { return str(a.rel.schema) },
		"table_name":               func(a *attr) types.Value { return str(a.rel.name) },
		"column_name":              func(a *attr) types.Value { return str(a.name) },
		"ordinal_position":         func(a *attr) types.Value { return num(int64(a.num)) },
		"is_nullable":              func(a *attr) types.Value { return yesNo(!a.notNull) },
		"data_type":                func(a *attr) types.Value { return str(t.dataType(a)) },
		"character_maximum_length": size(charLength),
		"numeric_precision":        size(numericPrecision),
		"numeric_precision_radix":  size(numericRadix),
		"numeric_scale":            size(numericScale),
		"datetime_precision":       size(datetimePrecision),
		"udt_catalog":              constant[attr](str(DatabaseName)),
		"udt_schema":               constant[attr](str(schemaPG)),
		"udt_name":                 func(a *attr) types.Value { return str(t.attrType(a).name) },
		"dtd_identifier":           func(a *attr) types.Value { return num(int64(a.num)) },
		"is_self_referencing":      constant[attr](str("NO")),
		"is_identity":              constant[attr](str("NO")),
		"identity_cycle":           constant[attr](str("NO")),
		"is_generated":             constant[attr](str("NEVER")),
		"is_updatable":             constant[attr](str("NO")),
	}), nil
}

// dataType is information_schema's name of a type: ARRAY for every array.
func (t *Tables) dataType(a *attr) string {
	ty := t.attrType(a)
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
	case types.Time, types.Timestamp, types.TimestampTZ:
		return int64(min(t.P, 6)), true
	case types.Interval:
		return 6, true
	}
	return 0, false
}
