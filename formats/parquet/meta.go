package parquet

import "math"

// This file decodes the file metadata (parquet.thrift, FileMetaData). It is
// decoded by hand rather than through parquet-go's structs because those do
// not tell an absent null count from zero, and lack the flags that say whether
// a bound is exact.

// Physical types (parquet.thrift, Type).
type physType int32

const (
	physBoolean physType = iota
	physInt32
	physInt64
	physInt96
	physFloat
	physDouble
	physByteArray
	physFixed
	numPhys

	noPhys physType = math.MinInt32 // a group
)

var physNames = [numPhys]string{"BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"}

func (p physType) String() string {
	if p >= 0 && p < numPhys {
		return physNames[p]
	}
	return "unknown"
}

// Repetition types (parquet.thrift, FieldRepetitionType).
const (
	required = 0
	optional = 1
	repeated = 2
)

// Encodings (parquet.thrift, Encoding).
type encoding int32

const (
	encPlain       encoding = 0
	encPlainDict   encoding = 2
	encRLE         encoding = 3
	encBitPacked   encoding = 4
	encDelta       encoding = 5
	encDeltaLength encoding = 6
	encDeltaBytes  encoding = 7
	encRLEDict     encoding = 8
	encByteStream  encoding = 9
)

// Converted types (parquet.thrift, ConvertedType); -1: none.
const (
	convUTF8 = iota
	convMap
	convMapKeyValue
	convList
	convEnum
	convDecimal
	convDate
	convTimeMillis
	convTimeMicros
	convTimestampMillis
	convTimestampMicros
	convUint8
	convUint16
	convUint32
	convUint64
	convInt8
	convInt16
	convInt32
	convInt64
	convJSON
	convBSON
	convInterval
)

// Logical types (parquet.thrift, union LogicalType: the field ids); 0: none.
const (
	logString    = 1
	logMap       = 2
	logList      = 3
	logEnum      = 4
	logDecimal   = 5
	logDate      = 6
	logTime      = 7
	logTimestamp = 8
	logInteger   = 10
	logUnknown   = 11
	logJSON      = 12
	logBSON      = 13
	logUUID      = 14
	logFloat16   = 15
	logVariant   = 16
)

// logical is a decoded LogicalType.
type logical struct {
	kind             int16
	precision, scale int32 // decimal
	utc              bool  // time, timestamp
	unit             int16 // time, timestamp: 1 millis, 2 micros, 3 nanos
	bits             int8  // integer
	signed           bool
}

// element is a SchemaElement.
type element struct {
	phys       physType // noPhys: a group
	typeLen    int32
	repetition int32
	name       string
	children   int32
	converted  int32 // -1: none
	scale      int32
	precision  int32
	id         int32 // field_id; 0: none (real ones are positive)
	logical    logical
}

// statistics is a Statistics struct; the bytes alias the footer.
type statistics struct {
	oldMax, oldMin     []byte
	max, min           []byte
	hasOld, has        bool
	nulls, distinct    int64
	hasNulls           bool
	nans               int64 // of floating-point columns; -1: not said
	maxExact, minExact int8  // 0: not said, 1: yes, -1: no
}

// chunkMeta is a ColumnChunk with its ColumnMetaData.
type chunkMeta struct {
	external     bool // the data is in another file
	encrypted    bool // and not opened
	crypt        chunkCrypt
	open         *chunkOpener // of a chunk that was encrypted; nil: it is plain
	lockedBy     string       // the key that it would take
	hasMeta      bool
	phys         physType
	codec        int32
	values       int64
	uncompressed int64
	compressed   int64
	dataOff      int64
	dictOff      int64 // 0: none said
	stats        statistics
	offsetIndex  byteRange
	columnIndex  byteRange
	bloom        byteRange // len 0: not said; off 0: none
}

type byteRange struct{ off, len int64 }

// rowGroup is a RowGroup; chunks are parallel to the schema's leaves.
type rowGroup struct {
	chunks []chunkMeta
	rows   int64
	bytes  int64

	ordinal    int16 // of the group in the file as it was written
	hasOrdinal bool
}

// Column orders (parquet.thrift, union ColumnOrder: the field ids).
const (
	orderOfType = 1
	orderTotal  = 2 // of IEEE 754, for floating-point columns
)

// ordered reports whether the bounds of a leaf are in an order that is known.
// Total order tells zeros and NaNs apart, which here are equal: it is the order
// of values all the same, as NaN is never a bound unless all values are.
func (m *fileMeta) ordered(l *leaf) bool {
	if m.orders == nil {
		return true
	}
	if l.index >= len(m.orders) {
		return false
	}
	o := m.orders[l.index]
	return o == orderOfType || o == orderTotal && l.natural.IsFloat()
}

// fileMeta is a FileMetaData.
type fileMeta struct {
	schema    []element
	rows      int64
	groups    []rowGroup
	createdBy string
	orders    []int16 // ColumnOrder by leaf; nil: not said
	crypt     cryptMeta
}

// decodeFileMeta decodes a footer; the result aliases b.
func decodeFileMeta(b []byte) (*fileMeta, error) {
	t := &thrift{b: b}
	m := &fileMeta{}
	t.fields(func(id int16, typ byte) {
		switch id {
		case 2:
			t.structs(typ, func(n int) {
				if m.schema == nil {
					m.schema = make([]element, 0, n)
				}
				m.schema = append(m.schema, decodeElement(t))
			})
		case 3:
			if t.want(typ, tI64) {
				m.rows = t.int()
			}
		case 4:
			t.structs(typ, func(int) { m.groups = append(m.groups, decodeRowGroup(t)) })
		case 6:
			if t.want(typ, tBinary) {
				m.createdBy = string(t.binary())
			}
		case 7:
			t.structs(typ, func(int) { m.orders = append(m.orders, decodeUnionID(t)) })
		case 8:
			if t.want(typ, tStruct) {
				decodeAlgorithm(t, &m.crypt)
			}
		case 9:
			if t.want(typ, tBinary) {
				m.crypt.key = t.binary()
			}
		default:
			t.skip(typ)
		}
	})
	return m, t.err
}

// decodeUnionID gives the field that a union has set.
func decodeUnionID(t *thrift) (set int16) {
	t.fields(func(id int16, typ byte) {
		set = id
		t.skip(typ)
	})
	return set
}

func decodeElement(t *thrift) element {
	e := element{phys: noPhys, converted: -1}
	t.fields(func(id int16, typ byte) {
		if typ == tI32 {
			switch id {
			case 1:
				e.phys = physType(t.i32())
				return
			case 2:
				e.typeLen = t.i32()
				return
			case 3:
				e.repetition = t.i32()
				return
			case 5:
				e.children = t.i32()
				return
			case 6:
				e.converted = t.i32()
				return
			case 7:
				e.scale = t.i32()
				return
			case 8:
				e.precision = t.i32()
				return
			case 9:
				e.id = t.i32()
				return
			}
		}
		switch {
		case id == 4 && typ == tBinary:
			e.name = string(t.binary())
		case id == 10 && typ == tStruct:
			e.logical = decodeLogical(t)
		default:
			t.skip(typ)
		}
	})
	return e
}

func decodeLogical(t *thrift) (l logical) {
	t.fields(func(kind int16, typ byte) {
		l.kind = kind
		if typ != tStruct {
			t.skip(typ)
			return
		}
		t.fields(func(id int16, typ byte) {
			switch {
			case kind == logDecimal && typ == tI32 && id == 1:
				l.scale = t.i32()
			case kind == logDecimal && typ == tI32 && id == 2:
				l.precision = t.i32()
			case (kind == logTime || kind == logTimestamp) && id == 1:
				l.utc = typ == tTrue
				t.skip(typ)
			case (kind == logTime || kind == logTimestamp) && id == 2 && typ == tStruct:
				l.unit = decodeUnionID(t)
			case kind == logInteger && id == 1 && typ == tByte:
				l.bits = int8(t.byte())
			case kind == logInteger && id == 2:
				l.signed = typ == tTrue
				t.skip(typ)
			default:
				t.skip(typ)
			}
		})
	})
	return l
}

func decodeRowGroup(t *thrift) (g rowGroup) {
	t.fields(func(id int16, typ byte) {
		switch {
		case id == 1:
			t.structs(typ, func(n int) {
				if g.chunks == nil {
					g.chunks = make([]chunkMeta, 0, n)
				}
				g.chunks = append(g.chunks, decodeChunk(t))
			})
		case id == 2 && typ == tI64:
			g.bytes = t.int()
		case id == 3 && typ == tI64:
			g.rows = t.int()
		case id == 7 && typ == tI16:
			g.ordinal, g.hasOrdinal = int16(t.int()), true
		default:
			t.skip(typ)
		}
	})
	return g
}

func decodeChunk(t *thrift) (c chunkMeta) {
	t.fields(func(id int16, typ byte) {
		switch {
		case id == 1 && typ == tBinary:
			c.external = len(t.binary()) > 0
		case id == 3 && typ == tStruct:
			c.hasMeta = true
			decodeColumnMeta(t, &c)
		case id == 4 && typ == tI64:
			c.offsetIndex.off = t.int()
		case id == 5 && typ == tI32:
			c.offsetIndex.len = int64(t.i32())
		case id == 6 && typ == tI64:
			c.columnIndex.off = t.int()
		case id == 7 && typ == tI32:
			c.columnIndex.len = int64(t.i32())
		case id == 8 && typ == tStruct:
			c.encrypted = true
			decodeChunkCrypt(t, &c.crypt)
		case id == 9 && typ == tBinary:
			c.encrypted = true
			c.crypt.sealed = t.binary()
		default:
			t.skip(typ)
		}
	})
	return c
}

func decodeColumnMeta(t *thrift, c *chunkMeta) {
	t.fields(func(id int16, typ byte) {
		if typ == tI64 {
			switch id {
			case 5:
				c.values = t.int()
				return
			case 6:
				c.uncompressed = t.int()
				return
			case 7:
				c.compressed = t.int()
				return
			case 9:
				c.dataOff = t.int()
				return
			case 11:
				c.dictOff = t.int()
				return
			case 14:
				c.bloom.off = t.int()
				return
			}
		}
		switch {
		case id == 1 && typ == tI32:
			c.phys = physType(t.i32())
		case id == 4 && typ == tI32:
			c.codec = t.i32()
		case id == 12 && typ == tStruct:
			c.stats = decodeStatistics(t)
		case id == 15 && typ == tI32:
			c.bloom.len = int64(t.i32())
		default:
			t.skip(typ)
		}
	})
}

func decodeStatistics(t *thrift) (s statistics) {
	var oldMin, oldMax, lo, hi bool
	s.nans = -1
	t.fields(func(id int16, typ byte) {
		switch {
		case id == 1 && typ == tBinary:
			s.oldMax, oldMax = t.binary(), true
		case id == 2 && typ == tBinary:
			s.oldMin, oldMin = t.binary(), true
		case id == 3 && typ == tI64:
			s.nulls, s.hasNulls = t.int(), true
		case id == 4 && typ == tI64:
			s.distinct = t.int()
		case id == 5 && typ == tBinary:
			s.max, hi = t.binary(), true
		case id == 6 && typ == tBinary:
			s.min, lo = t.binary(), true
		case id == 7 && (typ == tTrue || typ == tFalse):
			s.maxExact = exactFlag(typ)
		case id == 8 && (typ == tTrue || typ == tFalse):
			s.minExact = exactFlag(typ)
		case id == 9 && typ == tI64:
			s.nans = t.int()
		default:
			t.skip(typ)
		}
	})
	s.hasOld, s.has = oldMin && oldMax, lo && hi
	return s
}

func exactFlag(typ byte) int8 {
	if typ == tTrue {
		return 1
	}
	return -1
}
