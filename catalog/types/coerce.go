package types

// This file is the written table of implicit coercion. Both dialects share
// it; where they differ (varchar || integer) the function registry offers
// another overload.

// Common gives the type to which two types are brought for comparison, set
// operations, CASE, COALESCE, IN and array elements; false if there is none.
//
//	unknown  with t                    t
//	integers                           the wider
//	integer  with decimal(p,s)         decimal that holds both
//	decimal  with decimal              decimal that holds both, scale kept when 38 digits are not enough
//	real     with integer or decimal   real (Trino); double once a double takes part
//	varchar(a) with varchar(b)         varchar(max); no limit wins
//	char, name with varchar            varchar
//	date     with timestamp            timestamp, same with zone; timestamp with timestamptz: timestamptz
//	time, timestamps of two precisions the finer
//	interval of two flavours           interval (PostgreSQL's)
//	json     with varchar              none: a cast says what is meant
//	arrays, maps, rows                 by member; rows need the same number of fields
//	opaque                             only with itself
func Common(a, b Type) (Type, bool) {
	if a.Equal(b) {
		return a, true
	}
	if a.Kind == Unknown {
		return b, true
	}
	if b.Kind == Unknown {
		return a, true
	}
	if a.Kind > b.Kind {
		a, b = b, a
	}
	switch {
	case a.IsNumeric() && b.IsNumeric():
		return commonNumeric(a, b), true
	case a.IsString() && b.IsString():
		return commonString(a, b), true
	case a.Kind == b.Kind:
		return commonSameKind(a, b)
	case a.Kind == Date && (b.Kind == Timestamp || b.Kind == TimestampTZ):
		return b, true
	case a.Kind == Timestamp && b.Kind == TimestampTZ:
		b.P = max(a.P, b.P)
		return b, true
	case a.Kind == Time && b.Kind == TimeTZ:
		b.P = max(a.P, b.P)
		return b, true
	case a.IsInteger() && b.Kind == OID:
		return b, true
	}
	return Type{}, false
}

func commonNumeric(a, b Type) Type { // a.Kind <= b.Kind
	switch {
	case b.Kind == Double || a.Kind == Double:
		return TDouble
	case b.Kind == Real:
		return TReal
	case b.Kind == Decimal:
		return commonDecimal(AsDecimal(a), b)
	}
	return b
}

// AsDecimal gives the decimal type that holds every value of an integer type;
// a decimal stays as it is.
func AsDecimal(t Type) Type {
	switch t.Kind {
	case TinyInt:
		return DecimalOf(3, 0)
	case SmallInt:
		return DecimalOf(5, 0)
	case Integer:
		return DecimalOf(10, 0)
	case BigInt:
		return DecimalOf(19, 0)
	}
	return t
}

func commonDecimal(a, b Type) Type {
	s := max(a.S, b.S)
	p := min(max(a.P-a.S, b.P-b.S)+s, MaxDecimalPrecision)
	return DecimalOf(int(p), int(min(s, p)))
}

func commonString(a, b Type) Type {
	if a.Kind == Char && b.Kind == Char {
		return CharOf(int(max(a.P, b.P)))
	}
	if a.P == 0 || b.P == 0 || a.Kind == Name || b.Kind == Name {
		return TVarchar
	}
	return VarcharOf(int(max(a.P, b.P)))
}

func commonSameKind(a, b Type) (Type, bool) {
	switch a.Kind {
	case Time, TimeTZ, Timestamp, TimestampTZ:
		if a.P = max(a.P, b.P); a.S != b.S { // instants in unlike zones: the session's shows them
			a.S = 0
		}
		return a, true
	case Interval:
		return TInterval, true
	case OID:
		return TOID, true
	case JSON:
		return TJSONB, true // unequal: one of them is jsonb
	case Opaque:
		return Type{}, false
	case Array, Map, Row:
		if len(a.Fields) != len(b.Fields) {
			return Type{}, false
		}
		fields := make([]Field, len(a.Fields))
		for i := range fields {
			t, ok := Common(a.Fields[i].Type, b.Fields[i].Type)
			if !ok {
				return Type{}, false
			}
			fields[i] = Field{Name: a.Fields[i].Name, Type: t}
		}
		return Type{Kind: a.Kind, Fields: fields}, true
	}
	return a, true
}

// CoerceCost says how far an argument of type from is from a parameter of type
// to, for choosing an overload: 0 the same type, 1 and up for implicit
// widening, -1 if there is no implicit coercion.
func CoerceCost(from, to Type) int {
	switch {
	case from.Equal(to):
		return 0
	case from.Kind == Unknown:
		return 1
	}
	if c, ok := Common(from, to); !ok || c.Kind != to.Kind {
		return -1
	}
	if from.Kind == to.Kind {
		return 1
	}
	if from.IsString() && to.Kind == Varchar {
		return 1
	}
	d := int(to.Kind) - int(from.Kind)
	if d < 0 {
		return -1
	}
	return 1 + d
}

// CanCast reports whether CAST(from AS to) exists (it may still fail for a
// value).
func CanCast(from, to Type) bool {
	if from.Kind != Unknown && !from.Equal(to) && !from.IsNested() && !to.IsNested() && (from.Kind == Opaque || to.Kind == Opaque) {
		return castOpaque(from, to)
	}
	if from.Kind == Unknown || from.Equal(to) || to.IsString() && !from.IsNested() || from.IsString() {
		return true
	}
	if from.Kind == JSON || to.Kind == JSON {
		return true
	}
	switch {
	case from.IsNumeric() && (to.IsNumeric() || to.Kind == OID):
		return true
	case from.IsNumeric() && to.Kind == Boolean, from.Kind == Boolean && to.IsNumeric():
		return true
	case from.IsDatetime() && to.IsDatetime():
		return castDatetime[from.Kind-Date][to.Kind-Date]
	case from.Kind == TimeTZ:
		return to.Kind == TimeTZ || to.Kind == Time
	case to.Kind == TimeTZ:
		return from.Kind == Time || from.Kind == TimestampTZ
	case from.Kind == OID:
		return to.Kind == OID || to.IsInteger()
	case from.Kind == Interval:
		return to.Kind == Interval || to.Kind == Time
	case from.Kind == Time && to.Kind == Interval:
		return true
	case from.Kind == UUID && to.Kind == Varbinary, from.Kind == Varbinary && to.Kind == UUID:
		return true
	case from.IsNested() && to.IsString():
		return true
	case from.Kind == to.Kind && from.IsNested():
		if len(from.Fields) != len(to.Fields) {
			return false
		}
		for i := range from.Fields {
			if !CanCast(from.Fields[i].Type, to.Fields[i].Type) {
				return false
			}
		}
		return true
	}
	return false
}

// castDatetime[from][to] over date, time, timestamp, timestamptz.
var castDatetime = [4][4]bool{
	{true, false, true, true},
	{false, true, false, false},
	{true, true, true, true},
	{true, true, true, true},
}

// Schema is an ordered list of named columns.
type Schema struct{ Fields []Field }

// Index gives the position of a column by exact name, then case-insensitively;
// -1 if there is none.
func (s *Schema) Index(name string) int {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return i
		}
	}
	for i := range s.Fields {
		if equalFold(s.Fields[i].Name, name) {
			return i
		}
	}
	return -1
}

func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		x, y := a[i], b[i]
		if x >= 'A' && x <= 'Z' {
			x += 'a' - 'A'
		}
		if y >= 'A' && y <= 'Z' {
			y += 'a' - 'A'
		}
		if x != y {
			return false
		}
	}
	return true
}
