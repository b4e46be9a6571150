// Package types is the type system: SQL types, their Hive spelling, their
// physical form, the rules by which they mix, and single values (Value) for
// the planner, the catalog and statistics. It is a leaf: it imports nothing of
// Glaux but catalog/fault.
//
//	Type ── Kind, parameters (P, S), Fields for nested types
//	  ├── Phys()         how a column of it lies in memory (formats/vector)
//	  ├── String()       the SQL name (Trino spelling: varchar(10), row(a bigint))
//	  ├── Hive()/ParseHive   the Hive spelling of the catalog: string, struct<a:bigint>
//	  └── Common, CanCast, CanCoerce   one written table for both dialects
package types

import (
	"fmt"
	"strings"
)

// Kind names a family of SQL types.
type Kind uint8

// The kinds. Their order within the numeric kinds is the order of widening.
const (
	Unknown     Kind = iota // the type of a bare NULL
	Boolean                 //
	TinyInt                 // int8
	SmallInt                // int16
	Integer                 // int32
	BigInt                  // int64
	Decimal                 // decimal(P,S), 1 <= P <= 38, 0 <= S <= P
	Real                    // float32
	Double                  // float64
	Varchar                 // P: length limit in characters, 0 for none
	Char                    // P: length in characters, blank padded
	Varbinary               //
	Date                    // days since 1970-01-01
	Time                    // time of day, P: fraction digits 0..9
	Timestamp               // local date and time, P: fraction digits 0..9
	TimestampTZ             // an instant in UTC, P: fraction digits 0..9
	Interval                // S: one of the Interval constants
	UUID                    //
	JSON                    // text that is valid JSON
	Array                   // Fields[0] is the element
	Map                     // Fields[0] is the key, Fields[1] the value
	Row                     // Fields are named or, with an empty name, anonymous
	OID                     // PostgreSQL's oid and its reg* types; S: one of the Reg constants
	Name                    // PostgreSQL's name: varchar of at most 63 bytes, for catalogs
	Opaque                  // sketches, shapes, addresses: S, one of the Opaque constants, says which
	TimeTZ                  // time of day with the offset of its zone, P: fraction digits 0..9; see timetz.go
	numKinds
)

// The qualifiers of an interval, in Type.S.
const (
	IntervalAny       = 0 // PostgreSQL's interval: months, days and microseconds
	IntervalYearMonth = 1 // Trino's interval year to month
	IntervalDaySecond = 2 // Trino's interval day to second
)

// The flavours of an OID, in Type.S. All are 32-bit object identifiers; they
// differ in how they print and parse.
const (
	RegNone      = 0 // oid
	RegClass     = 1 // regclass
	RegType      = 2 // regtype
	RegProc      = 3 // regproc
	RegNamespace = 4 // regnamespace
	RegRole      = 5 // regrole

	RegProcedure  = 6  // regprocedure
	RegOper       = 7  // regoper
	RegOperator   = 8  // regoperator
	RegConfig     = 9  // regconfig
	RegDictionary = 10 // regdictionary
	RegCollation  = 11 // regcollation
	XID           = 12 // xid: a number, with no name
)

// NameChar in Type.S makes a Name PostgreSQL's "char": one byte of text, for the
// letters of the catalogs.
const NameChar = 1

// JSONBinary in Type.S makes JSON PostgreSQL's jsonb: its text is always the one that
// jsonb prints (members sorted, none twice), and it is compared by value.
const JSONBinary = 1

// What Type.S is to a TimestampTZ is in zone.go.

// VectorArray in Type.S makes an Array PostgreSQL's int2vector or oidvector: an
// array of the system tables that is counted from 0 and prints as "1 2".
const VectorArray = 1

// Type is a SQL type. Types are values: copy them freely. Fields is shared and
// must never be written after a Type has been made. Compare with Equal, not ==.
type Type struct {
	Kind   Kind
	P      int32 // length or precision, see Kind
	S      int32 // scale or flavour, see Kind
	Fields []Field
}

// Field is a member of a row, the element of an array, or a map's key or value.
type Field struct {
	Name string // "" in arrays and maps ("element", "key", "value" by position)
	Type Type
}

// Types without parameters, and the usual parameters of the others.
var (
	TUnknown     = Type{Kind: Unknown}
	TBoolean     = Type{Kind: Boolean}
	TTinyInt     = Type{Kind: TinyInt}
	TSmallInt    = Type{Kind: SmallInt}
	TInteger     = Type{Kind: Integer}
	TBigInt      = Type{Kind: BigInt}
	TReal        = Type{Kind: Real}
	TDouble      = Type{Kind: Double}
	TVarchar     = Type{Kind: Varchar}
	TVarbinary   = Type{Kind: Varbinary}
	TDate        = Type{Kind: Date}
	TTime        = Type{Kind: Time, P: 6}
	TTimestamp   = Type{Kind: Timestamp, P: 6}
	TTimestampTZ = Type{Kind: TimestampTZ, P: 6}
	TInterval    = Type{Kind: Interval}
	TUUID        = Type{Kind: UUID}
	TJSON        = Type{Kind: JSON}
	TJSONB       = Type{Kind: JSON, S: JSONBinary}
	TOID         = Type{Kind: OID}
	TName        = Type{Kind: Name}
	TNameChar    = Type{Kind: Name, S: NameChar}
	TInt2Vector  = Type{Kind: Array, S: VectorArray, Fields: []Field{{Type: TSmallInt}}}
	TOIDVector   = Type{Kind: Array, S: VectorArray, Fields: []Field{{Type: TOID}}}
)

// Limits of the type parameters.
const (
	MaxDecimalPrecision   = 38
	MaxShortDecimal       = 18 // decimals up to this precision are int64
	MaxTimestampPrecision = 9
)

// DecimalOf makes decimal(p,s). It panics if p or s is out of range: callers
// check user input with CheckDecimal first.
func DecimalOf(p, s int) Type {
	if p < 1 || p > MaxDecimalPrecision || s < 0 || s > p {
		panic(fmt.Sprintf("types: decimal(%d,%d) out of range", p, s))
	}
	return Type{Kind: Decimal, P: int32(p), S: int32(s)}
}

// VarcharOf makes varchar(n); n = 0 means without a limit.
func VarcharOf(n int) Type { return Type{Kind: Varchar, P: int32(n)} }

// CharOf makes char(n).
func CharOf(n int) Type { return Type{Kind: Char, P: int32(n)} }

// TimestampOf makes timestamp(p).
func TimestampOf(p int) Type { return Type{Kind: Timestamp, P: int32(p)} }

// TimestampTZOf makes timestamp(p) with time zone.
func TimestampTZOf(p int) Type { return Type{Kind: TimestampTZ, P: int32(p)} }

// TimeOf makes time(p).
func TimeOf(p int) Type { return Type{Kind: Time, P: int32(p)} }

// ArrayOf makes array(elem).
func ArrayOf(elem Type) Type { return Type{Kind: Array, Fields: []Field{{Type: elem}}} }

// MapOf makes map(key, value).
func MapOf(key, value Type) Type {
	return Type{Kind: Map, Fields: []Field{{Type: key}, {Type: value}}}
}

// RowOf makes row(fields...).
func RowOf(fields ...Field) Type { return Type{Kind: Row, Fields: fields} }

// Elem gives an array's element type.
func (t Type) Elem() Type { return t.Fields[0].Type }

// Key gives a map's key type.
func (t Type) Key() Type { return t.Fields[0].Type }

// Value gives a map's value type.
func (t Type) Value() Type { return t.Fields[1].Type }

// Equal reports whether two types are the same, parameters and field names
// included (field names compare case-insensitively).
func (t Type) Equal(u Type) bool {
	if t.Kind != u.Kind || t.P != u.P || t.S != u.S || len(t.Fields) != len(u.Fields) {
		return false
	}
	for i := range t.Fields {
		if !strings.EqualFold(t.Fields[i].Name, u.Fields[i].Name) || !t.Fields[i].Type.Equal(u.Fields[i].Type) {
			return false
		}
	}
	return true
}

// IsInteger reports whether t is one of the four integer types.
func (t Type) IsInteger() bool { return t.Kind >= TinyInt && t.Kind <= BigInt }

// IsNumeric reports whether t is an integer, decimal, real or double.
func (t Type) IsNumeric() bool { return t.Kind >= TinyInt && t.Kind <= Double }

// IsFloat reports whether t is real or double.
func (t Type) IsFloat() bool { return t.Kind == Real || t.Kind == Double }

// IsString reports whether t is varchar, char or name.
func (t Type) IsString() bool { return t.Kind == Varchar || t.Kind == Char || t.Kind == Name }

// IsNested reports whether t is an array, a map or a row.
func (t Type) IsNested() bool { return t.Kind == Array || t.Kind == Map || t.Kind == Row }

// IsVector reports whether t is int2vector or oidvector.
func (t Type) IsVector() bool { return t.Kind == Array && t.S == VectorArray }

// LowerBound gives the subscript of the first element of an array.
func (t Type) LowerBound() int64 {
	if t.IsVector() {
		return 0
	}
	return 1
}

// IsJSONB reports whether t is jsonb.
func (t Type) IsJSONB() bool { return t.Kind == JSON && t.S == JSONBinary }

// IsDatetime reports whether t is a date, time or timestamp.
func (t Type) IsDatetime() bool { return t.Kind >= Date && t.Kind <= TimestampTZ }

// Phys is how the values of a column lie in memory: one fixed-width slice, or
// ranges into bytes, or ranges into a child, or children side by side.
type Phys uint8

// The physical forms. PhysNone (the unknown type) has only nulls.
const (
	PhysNone     Phys = iota
	PhysBool          // bool, one byte each
	PhysInt8          // int8
	PhysInt16         // int16
	PhysInt32         // int32: integer, date
	PhysInt64         // int64: bigint, short decimals, times, timestamps
	PhysUint32        // uint32: oid
	PhysFloat32       // float32
	PhysFloat64       // float64
	PhysInt128        // Int128: long decimals
	PhysInterval      // IntervalValue
	PhysUUID          // [16]byte
	PhysBytes         // ranges into a byte buffer: varchar, char, varbinary, json, name, opaque
	PhysList          // ranges into child 0 (array) or children 0 and 1 (map)
	PhysStruct        // children of the same length
)

var physOf = [numKinds]Phys{
	Unknown: PhysNone, Boolean: PhysBool, TinyInt: PhysInt8, SmallInt: PhysInt16, Integer: PhysInt32,
	BigInt: PhysInt64, Decimal: PhysInt64, Real: PhysFloat32, Double: PhysFloat64, Varchar: PhysBytes,
	Char: PhysBytes, Varbinary: PhysBytes, Date: PhysInt32, Time: PhysInt64, Timestamp: PhysInt64,
	TimestampTZ: PhysInt64, Interval: PhysInterval, UUID: PhysUUID, JSON: PhysBytes, Array: PhysList,
	Map: PhysList, Row: PhysStruct, OID: PhysUint32, Name: PhysBytes, Opaque: PhysBytes, TimeTZ: PhysInt64,
}

// Phys gives the physical form of a column of this type.
func (t Type) Phys() Phys {
	if t.Kind == Decimal && t.P > MaxShortDecimal {
		return PhysInt128
	}
	return physOf[t.Kind]
}

// Width gives the bytes that one value takes in the fixed-width slice of its
// physical form; 0 for none, struct; 8 (one range) for bytes and lists.
func (p Phys) Width() int {
	return [...]int{PhysNone: 0, PhysBool: 1, PhysInt8: 1, PhysInt16: 2, PhysInt32: 4, PhysInt64: 8, PhysUint32: 4,
		PhysFloat32: 4, PhysFloat64: 8, PhysInt128: 16, PhysInterval: 16, PhysUUID: 16, PhysBytes: 8, PhysList: 8,
		PhysStruct: 0}[p]
}

// UnitsPerSecond gives the ticks per second of a Time, Timestamp or
// TimestampTZ: 1e6 up to precision 6, 1e9 above.
func (t Type) UnitsPerSecond() int64 {
	if t.P > 6 {
		return 1_000_000_000
	}
	return 1_000_000
}

// IntervalValue is PostgreSQL's interval: three independent parts.
type IntervalValue struct {
	Months int32
	Days   int32
	Micros int64
}
