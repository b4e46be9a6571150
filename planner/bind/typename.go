package bind

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/planner/ast"
	"github.com/glauxdb/glaux/planner/plan"
)

func reg(s int32) types.Type { return types.Type{Kind: types.OID, S: s} }

// typeNames are the types without parameters, in all three spellings, in lower
// case. PostgreSQL's serial types and domains stand for what they hold.
var typeNames = map[string]types.Type{
	"boolean": types.TBoolean, "bool": types.TBoolean,
	"tinyint": types.TTinyInt, "smallint": types.TSmallInt, "int2": types.TSmallInt, "smallserial": types.TSmallInt, "serial2": types.TSmallInt,
	"int": types.TInteger, "integer": types.TInteger, "int4": types.TInteger, "serial": types.TInteger, "serial4": types.TInteger,
	"bigint": types.TBigInt, "int8": types.TBigInt, "bigserial": types.TBigInt, "serial8": types.TBigInt, "long": types.TBigInt,
	"real": types.TReal, "float4": types.TReal, "float": types.TDouble, "float8": types.TDouble, "double": types.TDouble, "double precision": types.TDouble,
	"varchar": types.TVarchar, "character varying": types.TVarchar, "text": types.TVarchar, "string": types.TVarchar, "citext": types.TVarchar,
	"char": types.CharOf(1), "character": types.CharOf(1), "bpchar": types.TVarchar, "nchar": types.CharOf(1),
	"varbinary": types.TVarbinary, "binary": types.TVarbinary, "bytea": types.TVarbinary,
	"date": types.TDate, "time": types.TTime, "time without time zone": types.TTime, "timetz": types.TTimeTZ, "time with time zone": types.TTimeTZ,
	"timestamp": types.TTimestamp, "timestamp without time zone": types.TTimestamp,
	"timestamptz": types.TTimestampTZ, "timestamp with time zone": types.TTimestampTZ, "timestamp with local time zone": types.TTimestampTZ,
	"interval": types.TInterval, "interval year to month": {Kind: types.Interval, S: types.IntervalYearMonth},
	"interval day to second": {Kind: types.Interval, S: types.IntervalDaySecond},
	"uuid":                   types.TUUID, "json": types.TJSON, "jsonb": types.TJSONB, "unknown": types.TVarchar, "xml": types.TVarchar,
	"name": types.TName, "oid": types.TOID, "regclass": reg(types.RegClass), "regtype": reg(types.RegType),
	"regproc": reg(types.RegProc), "regprocedure": reg(types.RegProcedure), "regnamespace": reg(types.RegNamespace), "regrole": reg(types.RegRole),
	"xid": reg(types.XID), "regoper": reg(types.RegOper), "regoperator": reg(types.RegOperator), "regconfig": reg(types.RegConfig),
	"regdictionary": reg(types.RegDictionary), "regcollation": reg(types.RegCollation), `"char"`: types.TNameChar, "cid": types.TOID, "tid": types.TVarchar, "pg_node_tree": types.TVarchar, "aclitem": types.TVarchar, "cstring": types.TVarchar,
	"int2vector": types.TInt2Vector, "oidvector": types.TOIDVector, "inet": types.TVarchar,
	"sql_identifier": types.TName, "cardinal_number": types.TInteger, "character_data": types.TVarchar, "yes_or_no": types.TVarchar, "time_stamp": types.TTimestampTZ,
}

// numericScale is the scale of numeric without parameters when the value does
// not say one itself (text, floats): PostgreSQL's numeric has any scale, ours
// is fixed per column.
const numericScale = 10

// typeFor resolves a type name as the target of a cast of x. PostgreSQL's
// numeric without parameters keeps x's scale.
func (b *binder) typeFor(n *ast.TypeName, x plan.Expr) (types.Type, error) {
	if n.Array == 0 && len(n.Params) == 0 && (n.Name == "numeric" || n.Name == "decimal" || n.Name == "dec") && b.dialect == plan.Postgres {
		return b.numericFor(x), nil
	}
	return b.typeName(n)
}

func (b *binder) numericFor(x plan.Expr) types.Type {
	t := x.Type()
	if t.IsInteger() || t.Kind == types.Decimal {
		return types.AsDecimal(t)
	}
	if k, ok := x.(*plan.Const); ok && b.literals[k] {
		if v, ok := decimalLiteral(strings.TrimSpace(k.Value.S)); ok {
			return v.Type
		}
	}
	return types.DecimalOf(types.MaxDecimalPrecision, numericScale)
}

// typeName resolves a type name of a query.
func (b *binder) typeName(n *ast.TypeName) (types.Type, error) {
	t, err := b.baseType(n)
	if err != nil {
		return types.Type{}, err
	}
	for range n.Array {
		t = types.ArrayOf(t)
	}
	return t, nil
}

func (b *binder) baseType(n *ast.TypeName) (types.Type, error) {
	name := n.Name
	for _, schema := range []string{"pg_catalog.", "information_schema."} {
		name = strings.TrimPrefix(name, schema)
	}
	switch {
	case len(n.Args) > 0:
		return b.nestedType(n)
	case len(n.Params) > 0:
		return b.sizedType(n, name)
	case name == "numeric" || name == "decimal" || name == "dec":
		if b.dialect == plan.Postgres {
			return types.DecimalOf(types.MaxDecimalPrecision, numericScale), nil
		}
		return types.DecimalOf(types.MaxDecimalPrecision, 0), nil
	}
	if strings.HasPrefix(name, "_") { // PostgreSQL's internal name of an array
		if t, ok := typeNames[name[1:]]; ok {
			return types.ArrayOf(t), nil
		}
	}
	if t, ok := typeNames[name]; ok {
		if (name == "timestamp" || strings.HasSuffix(name, " with time zone")) && b.dialect == plan.Athena {
			t.P = 3
		}
		return t, nil
	}
	if t, ok := types.OpaqueNamed(name); ok {
		if t.IsOpaque(types.OpaqueQDigest) {
			return t, b.fail(n.Pos, fault.CodeInvalidParameter, "type qdigest needs the type of its values").WithHint("Write qdigest(bigint), qdigest(real) or qdigest(double).")
		}
		return t, nil
	}
	err := b.fail(n.Pos, fault.CodeUndefinedObject, "type %q does not exist", n.Name)
	names := types.OpaqueNames()
	for s := range typeNames {
		names = append(names, s)
	}
	if near := nearestSorted(name, names); near != "" {
		return types.Type{}, err.WithHint("Did you mean %q?", near)
	}
	return types.Type{}, err
}

func (b *binder) nestedType(n *ast.TypeName) (types.Type, error) {
	fields := make([]types.Field, len(n.Args))
	for i := range n.Args {
		t, err := b.typeName(&n.Args[i])
		if err != nil {
			return types.Type{}, err
		}
		fields[i].Type = t
		if i < len(n.Fields) {
			fields[i].Name = n.Fields[i].Name
		}
	}
	return b.nestedOf(n, fields)
}

// sizedType resolves a type with numbers, such as decimal(15,2).
func (b *binder) sizedType(n *ast.TypeName, name string) (types.Type, error) {
	switch name {
	case "timestamp with time zone":
		name = "timestamptz"
	case "time with time zone":
		name = "timetz"
	case "timestamp without time zone":
		name = "timestamp"
	case "time without time zone":
		name = "time"
	case "dec":
		name = "decimal"
	case "interval":
		return types.TInterval, nil
	case "float":
		if len(n.Params) == 1 && n.Params[0] >= 1 && n.Params[0] <= 53 {
			if n.Params[0] <= 24 {
				return types.TReal, nil
			}
			return types.TDouble, nil
		}
		return types.Type{}, b.fail(n.Pos, fault.CodeInvalidParameter, "precision for type float must be between 1 and 53 bits")
	}
	t, err := types.Sized(name, n.Params)
	if err != nil {
		return types.Type{}, b.located(err, n.Pos)
	}
	return t, nil
}

// columnType resolves the type of a column in Hive DDL: float is real there,
// decimal is decimal(10,0).
func (b *binder) columnType(n *ast.TypeName) (types.Type, error) {
	if n.Array > 0 {
		m := *n
		m.Array = 0
		t, err := b.columnType(&m)
		if err != nil {
			return t, err
		}
		for range n.Array {
			t = types.ArrayOf(t)
		}
		return t, nil
	}
	if len(n.Args) > 0 {
		fields := make([]types.Field, len(n.Args))
		for i := range n.Args {
			t, err := b.columnType(&n.Args[i])
			if err != nil {
				return t, err
			}
			fields[i].Type = t
			if i < len(n.Fields) {
				fields[i].Name = n.Fields[i].Name
			}
		}
		return b.nestedOf(n, fields)
	}
	switch {
	case n.Name == "float" && len(n.Params) == 0:
		return types.TReal, nil
	case (n.Name == "decimal" || n.Name == "numeric") && len(n.Params) == 0:
		return types.DecimalOf(10, 0), nil
	case n.Name == "timestamp" && len(n.Params) == 0:
		return types.TTimestamp, nil
	}
	return b.typeName(n)
}

func (b *binder) nestedOf(n *ast.TypeName, fields []types.Field) (types.Type, error) {
	switch {
	case n.Name == "array" && len(fields) == 1:
		return types.ArrayOf(fields[0].Type), nil
	case n.Name == "map" && len(fields) == 2:
		return types.MapOf(fields[0].Type, fields[1].Type), nil
	case n.Name == "row" || n.Name == "struct":
		return types.RowOf(fields...), nil
	case n.Name == "qdigest" && len(fields) == 1:
		switch fields[0].Type.Kind {
		case types.BigInt, types.Real, types.Double:
			return types.QDigestOf(fields[0].Type), nil
		}
		return types.Type{}, b.fail(n.Pos, fault.CodeInvalidParameter, "there is no qdigest(%s)", fields[0].Type).WithHint("A qdigest holds bigint, real or double.")
	}
	return types.Type{}, b.fail(n.Pos, fault.CodeUndefinedObject, "type %q does not take %d type arguments", n.Name, len(fields))
}
