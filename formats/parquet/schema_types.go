package parquet

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/convert"
)

// This file gives every physical type with its annotation a SQL type
// (LogicalTypes.md). Annotations that do not go with their physical type are
// ignored, as the specification asks.
//
//	INT_8..64        tinyint .. bigint      UINT_8, 16, 32   smallint, integer, bigint
//	UINT_64          decimal(20,0)          DECIMAL          decimal(p,s), p up to 38
//	DATE, TIME_*     date, time(3|6|9)      TIMESTAMP_*      timestamp(3|6|9), with time zone if UTC-adjusted
//	INT96            timestamp(6)           (its nanoseconds are cut; read as timestamp(9) if the table says so)
//	UTF8, ENUM       varchar                JSON             json
//	BSON, none       varbinary              UUID, INTERVAL   uuid, interval
//	FLOAT16          real                   UNKNOWN          unknown
//	VARIANT          json

// naturalType sets l.natural and says which statistics are in its order.
func naturalType(l *leaf) {
	switch l.phys {
	case physBoolean:
		l.natural, l.stats, l.oldStats = types.TBoolean, true, true
	case physInt32:
		natural32(l)
	case physInt64:
		natural64(l)
	case physInt96:
		l.natural = types.TTimestamp
	case physFloat:
		l.natural, l.stats, l.oldStats = types.TReal, true, true
	case physDouble:
		l.natural, l.stats, l.oldStats = types.TDouble, true, true
	case physByteArray:
		naturalBytes(l)
	case physFixed:
		naturalFixed(l)
	}
	if l.el.logical.kind == logUnknown {
		l.natural, l.stats, l.oldStats = types.TUnknown, false, false
	}
}

func natural32(l *leaf) {
	l.stats, l.oldStats = true, true
	lt, ct := l.el.logical, l.el.converted
	switch {
	case isDecimal(l, 9):
		l.natural = decimalType(l)
	case lt.kind == logDate || ct == convDate:
		l.natural = types.TDate
	case lt.kind == logTime || ct == convTimeMillis:
		l.natural = types.TimeOf(3)
	case lt.kind == logInteger && lt.bits == 8 && lt.signed, ct == convInt8:
		l.natural = types.TTinyInt
	case lt.kind == logInteger && lt.bits == 16 && lt.signed, ct == convInt16:
		l.natural = types.TSmallInt
	case lt.kind == logInteger && lt.bits == 8, ct == convUint8:
		l.natural = types.TSmallInt
	case lt.kind == logInteger && lt.bits == 16, ct == convUint16:
		l.natural = types.TInteger
	case isUnsigned32(l):
		l.natural, l.oldStats = types.TBigInt, false
	default:
		l.natural = types.TInteger
	}
}

func isUnsigned32(l *leaf) bool {
	lt := l.el.logical
	return l.phys == physInt32 && (lt.kind == logInteger && lt.bits == 32 && !lt.signed || l.el.converted == convUint32)
}

func isUnsigned64(l *leaf) bool {
	lt := l.el.logical
	return l.phys == physInt64 && (lt.kind == logInteger && lt.bits == 64 && !lt.signed || l.el.converted == convUint64)
}

func natural64(l *leaf) {
	l.stats, l.oldStats = true, true
	lt, ct := l.el.logical, l.el.converted
	switch {
	case isDecimal(l, 18):
		l.natural = decimalType(l)
	case isUnsigned64(l):
		l.natural, l.oldStats = types.DecimalOf(20, 0), false
	case lt.kind == logTime:
		l.natural = types.TimeOf(unitDigits(lt.unit))
	case ct == convTimeMicros:
		l.natural = types.TimeOf(6)
	case lt.kind == logTimestamp && lt.utc:
		l.natural = types.TimestampTZOf(unitDigits(lt.unit))
	case lt.kind == logTimestamp:
		l.natural = types.TimestampOf(unitDigits(lt.unit))
	case ct == convTimestampMillis:
		l.natural = types.TimestampTZOf(3)
	case ct == convTimestampMicros:
		l.natural = types.TimestampTZOf(6)
	default:
		l.natural = types.TBigInt
	}
}

// unitDigits gives the fraction digits of a time unit.
func unitDigits(unit int16) int {
	switch unit {
	case 1:
		return 3
	case 3:
		return 9
	}
	return 6
}

// unitTicks gives the file's ticks per second of a time or timestamp leaf.
func unitTicks(l *leaf) int64 {
	switch l.natural.P {
	case 3:
		return 1_000
	case 9:
		return 1_000_000_000
	}
	return 1_000_000
}

func naturalBytes(l *leaf) {
	l.stats = true
	switch lt, ct := l.el.logical.kind, l.el.converted; {
	case isDecimal(l, types.MaxDecimalPrecision):
		l.natural = decimalType(l)
	case lt == logString, lt == logEnum, lt == 0 && (ct == convUTF8 || ct == convEnum):
		l.natural = types.TVarchar
	case lt == logJSON, lt == 0 && ct == convJSON:
		l.natural = types.TJSON
	default:
		l.natural = types.TVarbinary
	}
}

func naturalFixed(l *leaf) {
	l.stats = true
	switch lt, ct := l.el.logical.kind, l.el.converted; {
	case isDecimal(l, types.MaxDecimalPrecision):
		l.natural = decimalType(l)
	case lt == logUUID && l.width == 16:
		l.natural = types.TUUID
	case lt == logFloat16 && l.width == 2:
		l.natural = types.TReal
	case ct == convInterval && l.width == 12:
		l.natural, l.stats = types.TInterval, false
	default:
		l.natural = types.TVarbinary
	}
}

// isDecimal reports whether the leaf is a decimal that its physical type (of
// at most maxP digits) and ours can hold.
func isDecimal(l *leaf, maxP int) bool {
	p, s, ok := decimalParams(l)
	return ok && p >= 1 && int(p) <= maxP && s >= 0 && s <= p
}

func decimalParams(l *leaf) (p, s int32, ok bool) {
	if l.el.logical.kind == logDecimal {
		return l.el.logical.precision, l.el.logical.scale, true
	}
	return l.el.precision, l.el.scale, l.el.converted == convDecimal
}

func decimalType(l *leaf) types.Type {
	p, s, _ := decimalParams(l)
	return types.DecimalOf(int(p), int(s))
}

// sourcePhys gives the physical types' names in package convert.
var sourcePhys = [numPhys]convert.Phys{physInt32: convert.PhysInt32, physInt64: convert.PhysInt64, physInt96: convert.PhysInt96,
	physByteArray: convert.PhysBytes, physFixed: convert.PhysFixed}

// source describes the leaf's values to package convert.
func (l *leaf) source() convert.Source {
	return convert.Source{Phys: sourcePhys[l.phys], Width: l.width, Type: l.natural, Ticks: unitTicks(l), Unsigned: isUnsigned32(l) || isUnsigned64(l)}
}
