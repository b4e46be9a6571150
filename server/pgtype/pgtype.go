// Package pgtype says which PostgreSQL type a type of ours is to a client: its
// OID, type modifier and length. The wire (RowDescription), pg_attribute and
// pg_type all ask here.
//
// Rows, maps and arrays of them have no type that BI tools could open: they are
// json; sketches are bytea, other opaque types text. Arrays of arrays have the OID of the inner element's array, as in
// PostgreSQL.
package pgtype

import "github.com/glauxdb/glaux/catalog/types"

// OID identifies a PostgreSQL type (pg_type.oid).
type OID = uint32

// The OIDs of pg_type.dat (PostgreSQL 15) that Glaux sends or takes.
const (
	Bool        OID = 16
	Bytea       OID = 17
	Char        OID = 18 // "char"
	Name        OID = 19
	Int8        OID = 20
	Int2        OID = 21
	Int2Vector  OID = 22
	Int4        OID = 23
	Regproc     OID = 24
	Text        OID = 25
	Oid         OID = 26
	OidVector   OID = 30
	JSON        OID = 114
	Float4      OID = 700
	Float8      OID = 701
	Unknown     OID = 705
	Bpchar      OID = 1042
	Varchar     OID = 1043
	Date        OID = 1082
	Time        OID = 1083
	Timestamp   OID = 1114
	Timestamptz OID = 1184
	Interval    OID = 1186
	Timetz      OID = 1266
	Numeric     OID = 1700
	Regclass    OID = 2205
	Regtype     OID = 2206
	Record      OID = 2249
	UUID        OID = 2950
	JSONB       OID = 3802
	Regnsp      OID = 4089
	Regrole     OID = 4096
)

// arrayOf maps an element's OID to its array's.
var arrayOf = map[OID]OID{
	Bool: 1000, Bytea: 1001, Char: 1002, Name: 1003, Int2: 1005, Int4: 1007, Int8: 1016, Regproc: 1008, Text: 1009, Oid: 1028,
	JSON: 199, Float4: 1021, Float8: 1022, Bpchar: 1014, Varchar: 1015, Date: 1182, Time: 1183, Timestamp: 1115,
	Timestamptz: 1185, Interval: 1187, Numeric: 1231, Regclass: 2210, Regtype: 2211, UUID: 2951, JSONB: 3807,
	2202: 2207, 2203: 2208, 2204: 2209, 3734: 3735, 3769: 3770, 4191: 4192, 28: 1011,
	Regnsp: 4090, Regrole: 4097, Timetz: 1270, Int2Vector: 1006, OidVector: 1013,
}

// Array gives the OID of the array type with this element; 0 if there is none.
func Array(elem OID) OID { return arrayOf[elem] }

// Elem gives the OID of an array's element type; false if oid is no array.
func Elem(oid OID) (OID, bool) {
	for e, a := range arrayOf {
		if a == oid {
			return e, true
		}
	}
	return 0, false
}

var regOID = [...]OID{types.RegNone: Oid, types.RegClass: Regclass, types.RegType: Regtype, types.RegProc: Regproc,
	types.RegNamespace: Regnsp, types.RegRole: Regrole, types.RegProcedure: 2202, types.RegOper: 2203, types.RegOperator: 2204,
	types.RegConfig: 3734, types.RegDictionary: 3769, types.RegCollation: 4191, types.XID: 28}

var kindOID = map[types.Kind]OID{
	types.Unknown: Text, types.Boolean: Bool, types.TinyInt: Int2, types.SmallInt: Int2, types.Integer: Int4,
	types.BigInt: Int8, types.Decimal: Numeric, types.Real: Float4, types.Double: Float8, types.Varchar: Varchar,
	types.Char: Bpchar, types.Varbinary: Bytea, types.Date: Date, types.Time: Time, types.TimeTZ: Timetz, types.Timestamp: Timestamp,
	types.TimestampTZ: Timestamptz, types.Interval: Interval, types.UUID: UUID, types.JSON: JSON, types.Map: JSON,
	types.Row: JSON, types.Name: Name,
}

// Of gives the OID of a type.
func Of(t types.Type) OID {
	switch t.Kind {
	case types.OID:
		return regOID[t.S]
	case types.JSON:
		if t.IsJSONB() {
			return JSONB
		}
	case types.Opaque:
		if t.IsSketch() {
			return Bytea
		}
		return Text
	case types.Name:
		if t.S == types.NameChar {
			return Char
		}
	case types.Array:
		if t.IsVector() {
			if t.Elem().Kind == types.OID {
				return OidVector
			}
			return Int2Vector
		}
		elem := t.Elem()
		for elem.Kind == types.Array && !elem.IsVector() {
			elem = elem.Elem()
		}
		if elem.Kind == types.Map || elem.Kind == types.Row {
			return JSON
		}
		return arrayOf[Of(elem)]
	}
	return kindOID[t.Kind]
}

// Result gives the OID of a column of a result: strings without a length are
// varchar where a table or a cast declares them so, else text, as PostgreSQL's
// literals and functions are, and arrays of them text[].
func Result(t types.Type, declared bool) OID {
	if declared {
		return Of(t)
	}
	return Param(t)
}

// firstTable is above the OIDs of PostgreSQL's own objects and of databases.
const firstTable OID = 1 << 24

// Table gives the OID (pg_class.oid) of a table by its ID in the catalog. The
// next two are those of its row type and of the array of that.
func Table(id int64) OID { return firstTable + 4*OID(id) }

// TableOf gives the OID of the table that an OID of Table's, or one of the two
// after it, belongs to; false below and above those.
func TableOf(oid OID) (OID, bool) {
	return oid &^ 3, oid >= firstTable && oid < FirstRole
}

// FirstRole is above the OIDs of tables: a role's OID is this plus its ID.
const FirstRole OID = 1 << 29

// Param gives the OID of a parameter of a type: strings without a length are
// text, which PostgreSQL prefers among strings, and arrays of them text[].
func Param(t types.Type) OID {
	switch oid := Of(t); oid {
	case Varchar:
		return Text
	case arrayOf[Varchar]:
		return arrayOf[Text]
	default:
		return oid
	}
}

// varlenaHeader is what PostgreSQL adds to lengths in type modifiers (VARHDRSZ).
const varlenaHeader = 4

// Modifier gives the type modifier, -1 for none: the length of strings, precision
// and scale of decimals, the fraction digits of times.
func Modifier(t types.Type) int32 {
	switch t.Kind {
	case types.Varchar, types.Char:
		if t.P > 0 {
			return t.P + varlenaHeader
		}
	case types.Decimal:
		return t.P<<16 | t.S + varlenaHeader
	case types.Time, types.TimeTZ, types.Timestamp, types.TimestampTZ:
		if t.P < 6 {
			return t.P
		}
	case types.Array:
		return Modifier(t.Elem())
	}
	return -1
}

var kindLen = map[types.Kind]int16{
	types.Boolean: 1, types.TinyInt: 2, types.SmallInt: 2, types.Integer: 4, types.BigInt: 8, types.Real: 4,
	types.Double: 8, types.Date: 4, types.Time: 8, types.TimeTZ: 12, types.Timestamp: 8, types.TimestampTZ: 8, types.Interval: 16,
	types.UUID: 16, types.OID: 4, types.Name: 64,
}

// Len gives the bytes of a value (pg_type.typlen), -1 for variable.
func Len(t types.Type) int16 {
	if n, ok := kindLen[t.Kind]; ok {
		return n
	}
	return -1
}

// byOID maps what clients send as parameter types to types of ours.
var byOID = map[OID]types.Type{
	Bool: types.TBoolean, Bytea: types.TVarbinary, Char: types.TNameChar, Name: types.TName, Int8: types.TBigInt,
	Int2: types.TSmallInt, Int4: types.TInteger, Text: types.TVarchar, Oid: types.TOID, JSON: types.TJSON,
	JSONB: types.TJSONB, Float4: types.TReal, Float8: types.TDouble, Unknown: types.TUnknown, Bpchar: types.TVarchar,
	Varchar: types.TVarchar, Date: types.TDate, Time: types.TTime, Timestamp: types.TTimestamp,
	Timestamptz: types.TTimestampTZ, Interval: types.TInterval, Numeric: types.DecimalOf(38, 9), UUID: types.TUUID,
	Regproc: {Kind: types.OID, S: types.RegProc}, Regclass: {Kind: types.OID, S: types.RegClass},
	Regtype: {Kind: types.OID, S: types.RegType}, Regnsp: {Kind: types.OID, S: types.RegNamespace},
	Regrole: {Kind: types.OID, S: types.RegRole}, Int2Vector: types.TInt2Vector, OidVector: types.TOIDVector,
}

// TypeOf gives our type for an OID; false if there is none. OID 0 (unspecified)
// is the unknown type.
func TypeOf(oid OID) (types.Type, bool) {
	if oid == 0 {
		return types.TUnknown, true
	}
	if t, ok := byOID[oid]; ok {
		return t, true
	}
	if e, ok := Elem(oid); ok {
		t, ok := byOID[e]
		return types.ArrayOf(t), ok
	}
	return types.Type{}, false
}
