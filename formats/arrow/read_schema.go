package arrow

import (
	"encoding/binary"
	"fmt"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/convert"
)

// Numbers of Schema.fbs that are only read.
const (
	typeUnion         = 14
	typeFixedSizeList = 16
	typeDuration      = 18
	typeLargeBinary   = 19
	typeLargeUtf8     = 20
	typeLargeList     = 21
	typeRunEnd        = 22
	typeBinaryView    = 23
	typeUtf8View      = 24
	typeListView      = 25
	typeLargeListView = 26

	precisionHalf = 0
	unionDense    = 1

	unitYearMonth = 0 // of IntervalUnit
	unitDayTime   = 1
)

// typeNames are the names of Schema.fbs, for messages.
var typeNames = [...]string{typeNull: "Null", typeInt: "Int", typeFloatingPoint: "FloatingPoint", typeBinary: "Binary", typeUtf8: "Utf8",
	typeBool: "Bool", typeDecimal: "Decimal", typeDate: "Date", typeTime: "Time", typeTimestamp: "Timestamp", typeInterval: "Interval",
	typeList: "List", typeStruct: "Struct", typeUnion: "Union", typeFixedSizeBinary: "FixedSizeBinary", typeFixedSizeList: "FixedSizeList",
	typeMap: "Map", typeDuration: "Duration", typeLargeBinary: "LargeBinary", typeLargeUtf8: "LargeUtf8", typeLargeList: "LargeList",
	typeRunEnd: "RunEndEncoded", typeBinaryView: "BinaryView", typeUtf8View: "Utf8View", typeListView: "ListView", typeLargeListView: "LargeListView"}

// The limits of a schema: few bytes may refer to the same field again and again.
const (
	maxFields = 100_000
	maxDepth  = 64
)

// fieldDef is a field of a file's schema.
type fieldDef struct {
	name             string
	kind             byte
	bits             int // of integers, decimals and times
	signed           bool
	precision, scale int
	unit             int16 // of dates, times, intervals; the precision of floating-point numbers
	dense            bool  // of unions
	typeIDs          []int // of unions
	size             int   // bytes of a FixedSizeBinary, items of a FixedSizeList
	zone             bool  // of timestamps
	ext              string
	kids             []*fieldDef
	dict             *dictDef
}

// dictDef says that a field's values are indexes into a dictionary.
type dictDef struct {
	id     int64
	bits   int
	signed bool
}

func (f *fieldDef) String() string { return typeNames[f.kind] }

// schemaReader reads the Field tables of a schema.
type schemaReader struct{ fields, depth int }

func (r *schemaReader) all(ts []table) ([]*fieldDef, error) {
	if r.depth++; r.depth > maxDepth {
		return nil, corrupt("fields are nested deeper than %d", maxDepth)
	}
	defer func() { r.depth-- }()
	var out []*fieldDef
	for _, t := range ts {
		if r.fields++; r.fields > maxFields {
			return nil, fault.New(fault.CodeProgramLimit, "the Arrow schema has more than %d fields", maxFields)
		}
		f, err := r.field(t)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func (r *schemaReader) field(t table) (*fieldDef, error) {
	f := &fieldDef{name: t.text(0), kind: t.u8(2, 0)}
	if int(f.kind) >= len(typeNames) || f.kind == 0 {
		return nil, fault.New(fault.CodeFeatureNotSupported, "Arrow type %d of field %q is not known", f.kind, f.name)
	}
	f.parameters(t.table(3))
	if d := t.table(4); d.f != nil {
		index := d.table(1)
		f.dict = &dictDef{id: d.i64(0, 0), bits: int(index.i32(0, 32)), signed: index.f == nil || index.u8(1, 0) != 0}
	}
	for _, kv := range t.tables(6) {
		if kv.text(0) == "ARROW:extension:name" {
			f.ext = kv.text(1)
		}
	}
	var err error
	if f.kids, err = r.all(t.tables(5)); err != nil {
		return nil, err
	}
	return f, f.check()
}

// parameters reads the table of a type; the defaults are those of Schema.fbs.
func (f *fieldDef) parameters(t table) {
	switch f.kind {
	case typeInt:
		f.bits, f.signed = int(t.i32(0, 0)), t.u8(1, 0) != 0
	case typeFloatingPoint, typeInterval:
		f.unit = t.i16(0, 0)
	case typeDecimal:
		f.precision, f.scale, f.bits = int(t.i32(0, 0)), int(t.i32(1, 0)), int(t.i32(2, 128))
	case typeDate, typeDuration:
		f.unit = t.i16(0, 1)
	case typeTime:
		f.unit, f.bits = t.i16(0, 1), int(t.i32(1, 32))
	case typeTimestamp:
		f.unit, f.zone = t.i16(0, 0), t.text(1) != ""
	case typeFixedSizeBinary, typeFixedSizeList:
		f.size = int(t.i32(0, 0))
	case typeUnion:
		f.dense = t.i16(0, 0) == unionDense
		at, n := t.vector(1, 4)
		for i := range n {
			f.typeIDs = append(f.typeIDs, int(int32(binary.LittleEndian.Uint32(t.f.b[at+4*i:]))))
		}
	}
}

// childCounts says how many fields a type has inside; -1: any number.
var childCounts = map[byte]int{typeList: 1, typeLargeList: 1, typeListView: 1, typeLargeListView: 1, typeFixedSizeList: 1, typeMap: 1,
	typeRunEnd: 2, typeStruct: -1, typeUnion: -1}

// check refuses what cannot be a type.
func (f *fieldDef) check() error {
	ok := true
	if want := childCounts[f.kind]; want >= 0 && len(f.kids) != want {
		ok = false
	}
	switch f.kind {
	case typeInt:
		ok = ok && (f.bits == 8 || f.bits == 16 || f.bits == 32 || f.bits == 64)
	case typeFloatingPoint, typeInterval:
		ok = ok && f.unit >= 0 && f.unit <= 2
	case typeDecimal:
		ok = ok && (f.bits == 32 || f.bits == 64 || f.bits == 128 || f.bits == 256)
	case typeDate:
		ok = ok && f.unit >= 0 && f.unit <= 1
	case typeTime:
		ok = ok && f.unit >= 0 && f.unit <= 3 && (f.bits == 32 && f.unit < 2 || f.bits == 64 && f.unit >= 2)
	case typeTimestamp, typeDuration:
		ok = ok && f.unit >= 0 && f.unit <= 3
	case typeFixedSizeBinary, typeFixedSizeList:
		ok = ok && f.size >= 0
	case typeMap:
		ok = ok && f.kids[0].kind == typeStruct && len(f.kids[0].kids) == 2 && f.kids[0].dict == nil
	case typeRunEnd:
		ok = ok && f.kids[0].kind == typeInt && f.kids[0].signed && f.kids[0].bits >= 16 && f.kids[0].dict == nil
	case typeUnion:
		ok = ok && (len(f.typeIDs) == 0 || len(f.typeIDs) == len(f.kids))
	}
	if d := f.dict; d != nil {
		ok = ok && (d.bits == 8 || d.bits == 16 || d.bits == 32 || d.bits == 64)
	}
	if !ok {
		return corrupt("field %q is no possible %s", f.name, f)
	}
	return nil
}

// digits gives the digits behind the second of a TimeUnit.
var digits = [...]int{0, 3, 6, 9}

// source describes the values of a type without parts as they are staged; see
// the package comment for the types.
func (f *fieldDef) source() (convert.Source, error) {
	s := convert.Source{Type: types.TUnknown}
	switch f.kind {
	case typeNull:
	case typeBool:
		s.Type, s.Width = types.TBoolean, 1
	case typeInt:
		s.Phys, s.Width = convert.PhysInt32, 4
		if f.bits == 64 {
			s.Phys, s.Width = convert.PhysInt64, 8
		}
		s.Unsigned = !f.signed && f.bits >= 32
		if f.ext == "arrow.bool8" && f.bits == 8 {
			return convert.Source{Type: types.TBoolean, Width: 1}, nil
		}
		s.Type = map[bool]map[int]types.Type{
			true:  {8: types.TTinyInt, 16: types.TSmallInt, 32: types.TInteger, 64: types.TBigInt},
			false: {8: types.TSmallInt, 16: types.TInteger, 32: types.TBigInt, 64: types.DecimalOf(20, 0)},
		}[f.signed][f.bits]
	case typeFloatingPoint:
		switch f.unit {
		case precisionHalf:
			s.Type, s.Phys, s.Width = types.TReal, convert.PhysFixed, 2
		case precisionSingle:
			s.Type, s.Width = types.TReal, 4
		default:
			s.Type, s.Width = types.TDouble, 8
		}
	case typeBinary, typeLargeBinary, typeBinaryView:
		s.Type, s.Phys = types.TVarbinary, convert.PhysBytes
	case typeUtf8, typeLargeUtf8, typeUtf8View:
		s.Type, s.Phys = types.TVarchar, convert.PhysBytes
		if f.ext == "arrow.json" {
			s.Type = types.TJSON
		}
	case typeFixedSizeBinary:
		s.Type, s.Phys, s.Width = types.TVarbinary, convert.PhysFixed, f.size
		if f.ext == "arrow.uuid" && f.size == 16 {
			s.Type = types.TUUID
		}
	case typeDecimal:
		return f.decimal()
	default:
		f.temporal(&s)
	}
	return s, nil
}

func (f *fieldDef) temporal(s *convert.Source) {
	s.Phys, s.Width = convert.PhysInt64, 8
	switch f.kind {
	case typeDate:
		s.Type, s.Phys, s.Width = types.TDate, convert.PhysInt32, 4
	case typeTime:
		s.Type = types.TimeOf(digits[f.unit])
		if f.bits == 32 {
			s.Phys, s.Width = convert.PhysInt32, 4
		}
	case typeTimestamp:
		s.Type = types.TimestampOf(digits[f.unit])
		if f.zone {
			s.Type = types.TimestampTZOf(digits[f.unit])
		}
	case typeInterval, typeDuration:
		s.Type = types.TInterval
		return
	}
	s.Ticks = []int64{1, 1e3, 1e6, 1e9}[f.unit]
	if f.kind == typeDate {
		s.Ticks = 0
	}
}

func (f *fieldDef) decimal() (convert.Source, error) {
	s := convert.Source{Phys: convert.PhysInt64, Width: 8}
	if f.precision < 1 || f.precision > types.MaxDecimalPrecision || f.scale < 0 || f.scale > f.precision {
		return s, fault.New(fault.CodeFeatureNotSupported, "Arrow decimals of %d digits, %d of them behind the point, have no SQL type", f.precision, f.scale).
			WithHint("Declare the table without this column.")
	}
	s.Type = types.DecimalOf(f.precision, f.scale)
	switch {
	case f.bits == 32:
		s.Phys, s.Width = convert.PhysInt32, 4
	case f.bits > 64 && s.Type.Phys() == types.PhysInt128:
		s.Phys, s.Width = convert.PhysInt128, 16
	}
	return s, nil
}

// natural gives the SQL type of a field. path names it in errors.
func (f *fieldDef) natural(path string) (types.Type, error) {
	switch f.kind {
	case typeStruct, typeUnion:
		return f.naturalRow(path)
	case typeRunEnd:
		return f.kids[1].natural(path)
	case typeMap:
		k, err := f.kids[0].kids[0].natural(path)
		if err != nil {
			return k, err
		}
		v, err := f.kids[0].kids[1].natural(path)
		return types.MapOf(k, v), err
	case typeList, typeLargeList, typeListView, typeLargeListView, typeFixedSizeList:
		t, err := f.kids[0].natural(path)
		return types.ArrayOf(t), err
	}
	s, err := f.source()
	if err != nil {
		return s.Type, fault.As(err).InColumn(path)
	}
	return s.Type, nil
}

// The fields of the row that a union is, after its types' own.
const unionTag, unionField = "tag", "field"

func (f *fieldDef) naturalRow(path string) (types.Type, error) {
	var out []types.Field
	if f.kind == typeUnion {
		out = append(out, types.Field{Name: unionTag, Type: types.TTinyInt})
	}
	for i, k := range f.kids {
		t, err := k.natural(path + "." + k.name)
		if err != nil {
			return t, err
		}
		name := k.name
		if f.kind == typeUnion {
			name = fmt.Sprint(unionField, i)
		}
		out = append(out, types.Field{Name: name, Type: t})
	}
	return types.RowOf(out...), nil
}

// id gives the type ID of a union's type.
func (f *fieldDef) id(i int) int {
	if len(f.typeIDs) == 0 {
		return i
	}
	return f.typeIDs[i]
}

func corrupt(format string, args ...any) *fault.Error {
	return fault.New(fault.CodeDataCorrupted, "corrupt Arrow data: "+format, args...)
}
