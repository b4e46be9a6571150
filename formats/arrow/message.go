package arrow

import (
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/glauxdb/glaux/catalog/types"
)

// Numbers of Message.fbs and Schema.fbs.
const (
	metadataV5 = 4

	headerSchema      = 1
	headerRecordBatch = 3

	typeNull            = 1
	typeInt             = 2
	typeFloatingPoint   = 3
	typeBinary          = 4
	typeUtf8            = 5
	typeBool            = 6
	typeDecimal         = 7
	typeDate            = 8
	typeTime            = 9
	typeTimestamp       = 10
	typeInterval        = 11
	typeList            = 12
	typeStruct          = 13
	typeFixedSizeBinary = 15
	typeMap             = 17

	precisionSingle = 1
	precisionDouble = 2

	unitDay          = 0 // of DateUnit
	unitMicrosecond  = 2 // of TimeUnit
	unitNanosecond   = 3
	unitMonthDayNano = 2 // of IntervalUnit
)

// node is a FieldNode: a column of a record batch, or a part of one.
type node struct{ rows, nulls int }

// finishMessage wraps a header into a Message table. The bytes are the builder's.
func finishMessage(b *flatbuffers.Builder, kind byte, header flatbuffers.UOffsetT, body int64) []byte {
	b.StartObject(5)
	b.PrependInt64Slot(3, body, 0)
	b.PrependUOffsetTSlot(2, header, 0)
	b.PrependInt16Slot(0, metadataV5, 0)
	b.PrependByteSlot(1, kind, 0)
	b.Finish(b.EndObject())
	return b.FinishedBytes()
}

// recordBatchTable describes buffers that follow one another, padded.
func recordBatchTable(b *flatbuffers.Builder, rows int, nodes []node, bufs [][]byte) flatbuffers.UOffsetT {
	const structSize, align = 16, 8
	end := int64(0)
	for _, buf := range bufs {
		end += padded(len(buf))
	}
	b.StartVector(structSize, len(bufs), align)
	for i := len(bufs) - 1; i >= 0; i-- { // builders work from the back
		end -= padded(len(bufs[i]))
		b.Prep(align, structSize)
		b.PrependInt64(int64(len(bufs[i])))
		b.PrependInt64(end)
	}
	buffers := b.EndVector(len(bufs))
	b.StartVector(structSize, len(nodes), align)
	for i := len(nodes) - 1; i >= 0; i-- {
		b.Prep(align, structSize)
		b.PrependInt64(int64(nodes[i].nulls))
		b.PrependInt64(int64(nodes[i].rows))
	}
	fields := b.EndVector(len(nodes))
	b.StartObject(5)
	b.PrependInt64Slot(0, int64(rows), 0)
	b.PrependUOffsetTSlot(1, fields, 0)
	b.PrependUOffsetTSlot(2, buffers, 0)
	return b.EndObject()
}

// schemaTable writes a Schema table; its byte order is the default, little endian.
func schemaTable(b *flatbuffers.Builder, s *types.Schema) flatbuffers.UOffsetT {
	fields := make([]flatbuffers.UOffsetT, len(s.Fields))
	for i, f := range s.Fields {
		fields[i] = fieldTable(b, f.Name, f.Type, true)
	}
	list := offsets(b, fields)
	b.StartObject(4)
	b.PrependUOffsetTSlot(1, list, 0)
	return b.EndObject()
}

// offsets writes a vector of tables.
func offsets(b *flatbuffers.Builder, tables []flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	b.StartVector(flatbuffers.SizeUOffsetT, len(tables), flatbuffers.SizeUOffsetT)
	for i := len(tables) - 1; i >= 0; i-- {
		b.PrependUOffsetT(tables[i])
	}
	return b.EndVector(len(tables))
}

// fieldTable writes a Field table and those of its children.
func fieldTable(b *flatbuffers.Builder, name string, t types.Type, nullable bool) flatbuffers.UOffsetT {
	kind, typ := typeTable(b, t)
	return field(b, name, nullable, kind, typ, children(b, t), extension(b, t))
}

func field(b *flatbuffers.Builder, name string, nullable bool, kind byte, typ flatbuffers.UOffsetT, kids []flatbuffers.UOffsetT, meta flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	list := offsets(b, kids) // readers want it also where it is empty
	label := b.CreateString(name)
	b.StartObject(7)
	b.PrependUOffsetTSlot(0, label, 0)
	b.PrependUOffsetTSlot(3, typ, 0)
	b.PrependUOffsetTSlot(5, list, 0)
	b.PrependUOffsetTSlot(6, meta, 0)
	b.PrependBoolSlot(1, nullable, false)
	b.PrependByteSlot(2, kind, 0)
	return b.EndObject()
}

// children writes the fields inside a nested type, named as the format's
// specification recommends.
func children(b *flatbuffers.Builder, t types.Type) []flatbuffers.UOffsetT {
	switch t.Kind {
	case types.Array:
		return []flatbuffers.UOffsetT{fieldTable(b, "item", t.Elem(), true)}
	case types.Map:
		pair := []flatbuffers.UOffsetT{fieldTable(b, "key", t.Key(), false), fieldTable(b, "value", t.Value(), true)}
		b.StartObject(0)
		return []flatbuffers.UOffsetT{field(b, "entries", false, typeStruct, b.EndObject(), pair, 0)}
	}
	var out []flatbuffers.UOffsetT
	for i, f := range t.Fields {
		name := f.Name
		if name == "" { // readers make dictionaries of rows
			name = fmt.Sprintf("field%d", i)
		}
		out = append(out, fieldTable(b, name, f.Type, true))
	}
	return out
}

// extension writes the metadata of the canonical extension types; 0: none.
func extension(b *flatbuffers.Builder, t types.Type) flatbuffers.UOffsetT {
	name, ok := map[types.Kind]string{types.UUID: "arrow.uuid", types.JSON: "arrow.json"}[t.Kind]
	if !ok {
		return 0
	}
	var pairs []flatbuffers.UOffsetT
	for _, kv := range [][2]string{{"ARROW:extension:name", name}, {"ARROW:extension:metadata", ""}} {
		k, v := b.CreateString(kv[0]), b.CreateString(kv[1])
		b.StartObject(2)
		b.PrependUOffsetTSlot(0, k, 0)
		b.PrependUOffsetTSlot(1, v, 0)
		pairs = append(pairs, b.EndObject())
	}
	return offsets(b, pairs)
}

// typeTable writes the table of a type and tells which it is.
func typeTable(b *flatbuffers.Builder, t types.Type) (byte, flatbuffers.UOffsetT) {
	zone := flatbuffers.UOffsetT(0)
	if t.Kind == types.TimestampTZ {
		zone = b.CreateString("UTC")
	}
	b.StartObject(3)
	kind := typeSlots(b, t, zone)
	return kind, b.EndObject()
}

// typeSlots fills the table of a type. Slots whose value is the default of
// Schema.fbs are left out by the builder.
func typeSlots(b *flatbuffers.Builder, t types.Type, zone flatbuffers.UOffsetT) byte {
	switch t.Kind {
	case types.Unknown:
		return typeNull
	case types.Boolean:
		return typeBool
	case types.TinyInt, types.SmallInt, types.Integer, types.BigInt, types.OID:
		b.PrependInt32Slot(0, int32(8*t.Phys().Width()), 0)
		b.PrependBoolSlot(1, t.Kind != types.OID, false)
		return typeInt
	case types.Real, types.Double:
		precision := int16(precisionDouble)
		if t.Kind == types.Real {
			precision = precisionSingle
		}
		b.PrependInt16Slot(0, precision, 0)
		return typeFloatingPoint
	case types.Decimal:
		b.PrependInt32Slot(0, int32(t.P), 0)
		b.PrependInt32Slot(1, int32(t.S), 0)
		return typeDecimal
	case types.Varbinary:
		return typeBinary
	case types.Date:
		b.PrependInt16Slot(0, unitDay, 1)
		return typeDate
	case types.Time:
		b.PrependInt16Slot(0, unit(t), 1)
		b.PrependInt32Slot(1, 64, 32)
		return typeTime
	case types.Timestamp, types.TimestampTZ:
		b.PrependInt16Slot(0, unit(t), 0)
		b.PrependUOffsetTSlot(1, zone, 0)
		return typeTimestamp
	case types.Interval:
		b.PrependInt16Slot(0, unitMonthDayNano, 0)
		return typeInterval
	case types.UUID:
		b.PrependInt32Slot(0, 16, 0)
		return typeFixedSizeBinary
	case types.Array:
		return typeList
	case types.Map:
		return typeMap
	case types.Row:
		return typeStruct
	}
	return typeUtf8
}

// unit is the TimeUnit of a time's or timestamp's values in memory.
func unit(t types.Type) int16 {
	if t.P > 6 {
		return unitNanosecond
	}
	return unitMicrosecond
}
