package types

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

var kindName = [numKinds]string{
	Unknown: "unknown", Boolean: "boolean", TinyInt: "tinyint", SmallInt: "smallint", Integer: "integer",
	BigInt: "bigint", Decimal: "decimal", Real: "real", Double: "double", Varchar: "varchar", Char: "char",
	Varbinary: "varbinary", Date: "date", Time: "time", Timestamp: "timestamp", TimestampTZ: "timestamp",
	Interval: "interval", UUID: "uuid", JSON: "json", Array: "array", Map: "map", Row: "row", OID: "oid", Name: "name", Opaque: "opaque", TimeTZ: "time",
}

var regName = []string{"oid", "regclass", "regtype", "regproc", "regnamespace", "regrole", "regprocedure", "regoper", "regoperator",
	"regconfig", "regdictionary", "regcollation", "xid"}

// String gives the SQL name in Trino's spelling: varchar(10), decimal(15,2),
// timestamp(3) with time zone, array(bigint), row(a bigint, b varchar).
func (t Type) String() string {
	switch t.Kind {
	case Decimal:
		return fmt.Sprintf("decimal(%d,%d)", t.P, t.S)
	case Varchar, Char:
		if t.P > 0 {
			return fmt.Sprintf("%s(%d)", kindName[t.Kind], t.P)
		}
	case Time, Timestamp:
		return fmt.Sprintf("%s(%d)", kindName[t.Kind], t.P)
	case TimeTZ:
		return timeTZName(t)
	case TimestampTZ:
		return fmt.Sprintf("timestamp(%d) with time zone", t.P)
	case Interval:
		return [...]string{"interval", "interval year to month", "interval day to second"}[t.S]
	case OID:
		return regName[t.S]
	case JSON:
		if t.IsJSONB() {
			return "jsonb"
		}
	case Name:
		if t.S == NameChar {
			return `"char"`
		}
	case Opaque:
		return t.opaqueName()
	case Array:
		if t.IsVector() {
			if t.Elem().Kind == OID {
				return "oidvector"
			}
			return "int2vector"
		}
		return "array(" + t.Elem().String() + ")"
	case Map:
		return "map(" + t.Key().String() + ", " + t.Value().String() + ")"
	case Row:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = f.Type.String()
			if f.Name != "" {
				parts[i] = QuoteIdent(f.Name) + " " + parts[i]
			}
		}
		return "row(" + strings.Join(parts, ", ") + ")"
	}
	return kindName[t.Kind]
}

// QuoteIdent quotes an identifier if SQL needs the quotes to read it back, as
// PostgreSQL decides it: upper case, other characters, and words that are not
// free to name anything.
func QuoteIdent(s string) string {
	plain := s != ""
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c == '_' || i > 0 && c >= '0' && c <= '9') {
			plain = false
		}
	}
	if plain && !needsQuotes(s) {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// Hive gives the type as the Hive metastore and Glue spell it: string, int,
// struct<a:bigint>. Types that Hive lacks (time, uuid, json, addresses, shapes) are
// written as string, sketches as binary, the zoned timestamp as timestamp.
func (t Type) Hive() string {
	switch t.Kind {
	case Integer:
		return "int"
	case Real:
		return "float"
	case Varbinary:
		return "binary"
	case Timestamp, TimestampTZ:
		return "timestamp"
	case Varchar:
		if t.P == 0 {
			return "string"
		}
		return t.String()
	case Time, TimeTZ, UUID, JSON, Name, Unknown:
		return "string"
	case Opaque:
		if t.IsSketch() {
			return "binary"
		}
		return "string"
	case Interval:
		return [...]string{"string", "interval_year_month", "interval_day_time"}[t.S]
	case Array:
		return "array<" + t.Elem().Hive() + ">"
	case Map:
		return "map<" + t.Key().Hive() + "," + t.Value().Hive() + ">"
	case Row:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = f.Name + ":" + f.Type.Hive()
		}
		return "struct<" + strings.Join(parts, ",") + ">"
	}
	return t.String()
}

// HiveExact gives the type as Hive does, but with Glaux's own name where Hive
// has none (uuid, timestamp(3) with time zone), so that ParseHive reads back
// exactly this type. Names of fields are quoted where they must be.
func (t Type) HiveExact() string {
	switch t.Kind {
	case Array:
		return "array<" + t.Elem().HiveExact() + ">"
	case Map:
		return "map<" + t.Key().HiveExact() + "," + t.Value().HiveExact() + ">"
	case Row:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = hiveFieldName(f.Name) + ":" + f.Type.HiveExact()
		}
		return "struct<" + strings.Join(parts, ",") + ">"
	case Time, TimestampTZ, UUID, JSON:
		return t.String()
	case Opaque:
		return t.hiveOpaque()
	case Timestamp:
		if t.P != TTimestamp.P {
			return t.String()
		}
	case Interval:
		if t.S == IntervalAny {
			return t.String()
		}
	case Unknown:
		return "void"
	}
	return t.Hive()
}

func hiveFieldName(s string) string {
	if s != "" && !strings.ContainsAny(s, "`<>(),: \t\n\r") {
		return s
	}
	return "`" + strings.ReplaceAll(s, "`", "``") + "`"
}

// hiveNames maps the simple names of Hive DDL (and the spellings that Trino
// and PostgreSQL add) to types. Timestamps of tables are timestamp(3) in
// Athena; ours keep microseconds, which loses nothing.
var hiveNames = map[string]Type{
	"boolean": TBoolean, "bool": TBoolean, "tinyint": TTinyInt, "smallint": TSmallInt, "int": TInteger,
	"integer": TInteger, "bigint": TBigInt, "long": TBigInt, "float": TReal, "real": TReal, "double": TDouble,
	"double precision": TDouble, "string": TVarchar, "varchar": TVarchar, "text": TVarchar, "binary": TVarbinary,
	"varbinary": TVarbinary, "bytea": TVarbinary, "date": TDate, "time": TTime, "timestamp": TTimestamp,
	"timestamptz": TTimestampTZ, "timestamp with time zone": TTimestampTZ, "timestamp with local time zone": TTimestampTZ,
	"uuid": TUUID, "json": TJSON, "jsonb": TJSONB, "char": CharOf(1), "void": TUnknown, "unknown": TUnknown,
	"interval": TInterval, "interval_year_month": {Kind: Interval, S: IntervalYearMonth},
	"interval_day_time": {Kind: Interval, S: IntervalDaySecond},
	"decimal":           DecimalOf(10, 0), "numeric": DecimalOf(10, 0),
}

const maxTypeDepth = 100

// ParseHive reads a Hive type string. Struct field names keep their case.
func ParseHive(s string) (Type, error) {
	p := hiveParser{s: s}
	t, err := p.typ(0)
	if err == nil && strings.TrimSpace(p.s[p.i:]) != "" {
		err = p.fail("end of type")
	}
	if err != nil {
		return Type{}, err
	}
	return t, nil
}

type hiveParser struct {
	s string
	i int
}

func (p *hiveParser) fail(want string) error {
	return fault.New(fault.CodeUndefinedObject, "invalid type %q: expected %s at character %d", p.s, want, p.i+1)
}

func (p *hiveParser) space() {
	for p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] == '\t' || p.s[p.i] == '\n' || p.s[p.i] == '\r') {
		p.i++
	}
}

func (p *hiveParser) eat(c byte) bool {
	p.space()
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

// word reads up to one of the structural characters.
func (p *hiveParser) word() string {
	p.space()
	start := p.i
	for p.i < len(p.s) && !strings.ContainsRune("<>(),:", rune(p.s[p.i])) {
		p.i++
	}
	return strings.TrimSpace(p.s[start:p.i])
}

// fieldName reads the name of a struct's field, which backticks may quote.
func (p *hiveParser) fieldName() string {
	p.space()
	if p.i == len(p.s) || p.s[p.i] != '`' {
		return p.word()
	}
	var b strings.Builder
	for i := p.i + 1; i < len(p.s); i++ {
		switch {
		case p.s[i] != '`':
			b.WriteByte(p.s[i])
		case i+1 < len(p.s) && p.s[i+1] == '`':
			i++
			b.WriteByte('`')
		default:
			p.i = i + 1
			return b.String()
		}
	}
	return ""
}

func (p *hiveParser) typ(depth int) (Type, error) {
	if depth > maxTypeDepth {
		return Type{}, fault.New(fault.CodeStatementTooComplex, "type nested deeper than %d levels", maxTypeDepth)
	}
	name := strings.ToLower(p.word())
	switch name {
	case "array", "map", "struct", "row", "uniontype":
		return p.nested(name, depth)
	case "opaque":
		return p.opaque(depth)
	case "decimal", "numeric", "varchar", "char", "timestamp", "time", "character varying":
		if p.eat('(') {
			return p.sized(name)
		}
	}
	t, ok := hiveNames[name]
	if !ok {
		return Type{}, p.fail("a type name, not " + strconv.Quote(name))
	}
	return t, nil
}

// hiveOpaque spells an opaque type so that no type of Hive's own, such as a
// geometry that another engine has declared, is taken for it.
func (t Type) hiveOpaque() string {
	if len(t.Fields) > 0 {
		return "opaque<" + opaques[t.S].name + "," + t.Fields[0].Type.HiveExact() + ">"
	}
	return "opaque<" + opaques[t.S].name + ">"
}

// opaque reads what hiveOpaque writes.
func (p *hiveParser) opaque(depth int) (Type, error) {
	if !p.eat('<') {
		return Type{}, p.fail("<")
	}
	t, ok := OpaqueNamed(p.word())
	if !ok {
		return Type{}, p.fail("the name of an opaque type")
	}
	if t.S == OpaqueQDigest {
		if !p.eat(',') {
			return Type{}, p.fail(",")
		}
		elem, err := p.typ(depth + 1)
		if err != nil {
			return Type{}, err
		}
		t = QDigestOf(elem)
	}
	if !p.eat('>') {
		return Type{}, p.fail(">")
	}
	return t, nil
}

func (p *hiveParser) nested(name string, depth int) (Type, error) {
	if !p.eat('<') {
		return Type{}, p.fail("<")
	}
	var fields []Field
	for {
		var f Field
		if name == "struct" || name == "row" {
			f.Name = p.fieldName()
			if f.Name == "" || !p.eat(':') {
				return Type{}, p.fail("name:type")
			}
		}
		t, err := p.typ(depth + 1)
		if err != nil {
			return Type{}, err
		}
		f.Type = t
		fields = append(fields, f)
		if !p.eat(',') {
			break
		}
	}
	if !p.eat('>') {
		return Type{}, p.fail(">")
	}
	switch {
	case name == "array" && len(fields) == 1:
		return ArrayOf(fields[0].Type), nil
	case name == "map" && len(fields) == 2:
		return MapOf(fields[0].Type, fields[1].Type), nil
	case name == "struct" || name == "row":
		return RowOf(fields...), nil
	case name == "uniontype":
		for i := range fields {
			fields[i].Name = fmt.Sprintf("tag%d", i)
		}
		return RowOf(fields...), nil
	}
	return Type{}, p.fail("the right number of type arguments for " + name)
}

func (p *hiveParser) sized(name string) (Type, error) {
	var args []int
	for {
		n, err := strconv.Atoi(p.word())
		if err != nil {
			return Type{}, p.fail("a number")
		}
		args = append(args, n)
		if !p.eat(',') {
			break
		}
	}
	if !p.eat(')') {
		return Type{}, p.fail(")")
	}
	t, err := Sized(name, args)
	if err != nil {
		return Type{}, err
	}
	if rest := strings.ToLower(p.s[p.i:]); t.Kind == Timestamp && strings.HasPrefix(rest, " with time zone") {
		p.i += len(" with time zone")
		t.Kind = TimestampTZ
	}
	return t, nil
}

// Sized makes a parameterized type from its lower-case name and arguments,
// with the range checks of user input.
func Sized(name string, args []int) (Type, error) {
	bad := func(format string, a ...any) (Type, error) {
		return Type{}, fault.New(fault.CodeInvalidParameter, format, a...)
	}
	if len(args) == 0 || len(args) > 2 || len(args) == 2 && name != "decimal" && name != "numeric" {
		return bad("type %s does not take %d parameters", name, len(args))
	}
	n := args[0]
	switch name {
	case "decimal", "numeric":
		s := 0
		if len(args) == 2 {
			s = args[1]
		}
		if n < 1 || n > MaxDecimalPrecision {
			return bad("decimal precision %d must be between 1 and %d", n, MaxDecimalPrecision)
		}
		if s < 0 || s > n {
			return bad("decimal scale %d must be between 0 and precision %d", s, n)
		}
		return DecimalOf(n, s), nil
	case "varchar", "char", "character", "character varying", "bpchar":
		if n < 1 || n > 10485760 {
			return bad("length for type %s must be between 1 and 10485760", name)
		}
		if name == "varchar" || name == "character varying" {
			return VarcharOf(n), nil
		}
		return CharOf(n), nil
	case "timestamp", "time", "timestamptz", "timetz":
		if n < 0 || n > MaxTimestampPrecision {
			return bad("%s precision %d must be between 0 and %d", name, n, MaxTimestampPrecision)
		}
		return map[string]Type{"timestamp": TimestampOf(n), "time": TimeOf(n), "timestamptz": TimestampTZOf(n), "timetz": TimeTZOf(n)}[name], nil
	}
	return Type{}, fault.New(fault.CodeUndefinedObject, "type %q takes no parameters", name)
}
