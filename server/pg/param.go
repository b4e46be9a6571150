package pg

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/glauxdb/glaux/catalog/charset"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/server/pgtype"
)

// paramValue makes the value of a parameter of Bind. The engine converts text
// to the parameter's type, with the session's zone; binary values become text
// here first, which loses nothing.
func paramValue(b []byte, format int16, oid uint32, want types.Type, cs *charset.Charset) (types.Value, error) {
	if b == nil {
		return types.NullOf(want), nil
	}
	text := b
	switch format {
	case 0:
		var err error
		if text, err = cs.Decode(b); err != nil {
			return types.Value{}, err
		}
	case 1:
		var err error
		if text, err = appendParam(make([]byte, 0, len(b)+16), b, oid, 0, cs); err != nil {
			return types.Value{}, err
		}
	default:
		return types.Value{}, fault.New(fault.CodeInvalidParameter, "unsupported format code: %d", format)
	}
	return types.Value{Type: types.TUnknown, S: string(text)}, nil
}

// errBinary says that a value's bytes do not follow its type's binary format.
var errBinary = fault.New(fault.CodeInvalidBinary, "incorrect binary data format")

// paramError names the parameter.
func paramError(err error, i int) error {
	e := *fault.As(err)
	e.Message = fmt.Sprintf("%s in bind parameter %d", e.Message, i+1)
	return &e
}

// fixedLen gives the bytes of types of one length.
var fixedLen = map[uint32]int{
	pgtype.Bool: 1, pgtype.Int2: 2, pgtype.Int4: 4, pgtype.Int8: 8, pgtype.Oid: 4, pgtype.Regclass: 4, pgtype.Regtype: 4,
	pgtype.Regproc: 4, pgtype.Regnsp: 4, pgtype.Regrole: 4, pgtype.Float4: 4, pgtype.Float8: 8, pgtype.Date: 4, pgtype.Time: 8,
	pgtype.Timestamp: 8, pgtype.Timestamptz: 8, pgtype.Interval: 16, pgtype.UUID: 16,
}

// appendParam prints a binary value as text.
func appendParam(out, b []byte, oid uint32, depth int, cs *charset.Charset) ([]byte, error) {
	if n, ok := fixedLen[oid]; ok {
		if len(b) != n {
			return nil, errBinary
		}
		return appendFixed(out, b, oid), nil
	}
	switch oid {
	case pgtype.Text, pgtype.Varchar, pgtype.Bpchar, pgtype.Name, pgtype.Char, pgtype.JSON, pgtype.Unknown:
		return appendText(out, b, cs)
	case pgtype.JSONB:
		if len(b) < 1 || b[0] != 1 {
			return nil, fault.New(fault.CodeInvalidBinary, "unsupported jsonb version number")
		}
		return appendText(out, b[1:], cs)
	case pgtype.Bytea:
		return types.AppendHex(out, b), nil
	case pgtype.Numeric:
		return appendNumeric(out, b)
	}
	if _, ok := pgtype.Elem(oid); ok && depth == 0 {
		return appendArray(out, b, cs)
	}
	return nil, fault.New(fault.CodeFeatureNotSupported, "binary format of type with OID %d is not supported", oid)
}

// appendText appends a text of the client as UTF-8.
func appendText(out, b []byte, cs *charset.Charset) ([]byte, error) {
	text, err := cs.Decode(b)
	return append(out, text...), err
}

func appendFixed(out, b []byte, oid uint32) []byte {
	switch oid {
	case pgtype.Bool:
		return strconv.AppendBool(out, b[0] != 0)
	case pgtype.Int2:
		return strconv.AppendInt(out, int64(int16(binary.BigEndian.Uint16(b))), 10)
	case pgtype.Int4:
		return strconv.AppendInt(out, int64(int32(binary.BigEndian.Uint32(b))), 10)
	case pgtype.Int8:
		return strconv.AppendInt(out, int64(binary.BigEndian.Uint64(b)), 10)
	case pgtype.Float4:
		return types.AppendFloat(out, float64(math.Float32frombits(binary.BigEndian.Uint32(b))), 32, types.PostgresStyle)
	case pgtype.Float8:
		return types.AppendFloat(out, math.Float64frombits(binary.BigEndian.Uint64(b)), 64, types.PostgresStyle)
	case pgtype.UUID:
		return types.AppendUUID(out, [16]byte(b))
	case pgtype.Interval:
		return types.AppendInterval(out, types.IntervalValue{Micros: int64(binary.BigEndian.Uint64(b)),
			Days: int32(binary.BigEndian.Uint32(b[8:])), Months: int32(binary.BigEndian.Uint32(b[12:]))}, types.TInterval, types.PostgresStyle)
	case pgtype.Date, pgtype.Time, pgtype.Timestamp, pgtype.Timestamptz:
		return appendTime(out, b, oid)
	}
	return strconv.AppendUint(out, uint64(binary.BigEndian.Uint32(b)), 10)
}

// appendTime prints dates and times, which count from 2000-01-01. What would
// overflow our epoch prints as infinity, which conversion to the parameter's
// type refuses or keeps as it does for texts.
func appendTime(out, b []byte, oid uint32) []byte {
	if oid == pgtype.Date {
		d := int64(int32(binary.BigEndian.Uint32(b)))
		if d != types.DateInfinity && d != types.DateMinusInfinity {
			d = min(d+epochDays, types.DateInfinity)
		}
		return types.AppendDate(out, int32(d))
	}
	v := int64(binary.BigEndian.Uint64(b))
	if oid == pgtype.Time {
		return types.AppendTime(out, max(0, min(v, 86_400_000_000)), types.TTime, types.PostgresStyle)
	}
	switch {
	case v == types.TimeInfinity || v == types.TimeMinusInfinity:
	case v > types.TimeInfinity-epochMicros:
		v = types.TimeInfinity
	default:
		v += epochMicros
	}
	if oid == pgtype.Timestamp {
		return types.AppendTimestamp(out, v, types.TTimestamp, types.PostgresStyle)
	}
	return types.AppendTimestampTZ(out, v, types.TTimestampTZ, time.UTC, types.PostgresStyle)
}

// appendNumeric prints a numeric (numeric_recv).
func appendNumeric(out, b []byte) ([]byte, error) {
	if len(b) < 8 {
		return nil, errBinary
	}
	n := int(binary.BigEndian.Uint16(b))
	weight := int(int16(binary.BigEndian.Uint16(b[2:])))
	sign, scale := binary.BigEndian.Uint16(b[4:]), int(binary.BigEndian.Uint16(b[6:]))
	if len(b) != 8+2*n || scale > 0x3fff {
		return nil, errBinary
	}
	switch sign {
	case 0:
	case 0x4000:
		out = append(out, '-')
	case 0xC000:
		return append(out, "NaN"...), nil
	case 0xD000:
		return append(out, "Infinity"...), nil
	case 0xF000:
		return append(out, "-Infinity"...), nil
	default:
		return nil, errBinary
	}
	group := func(k int) int { // the k-th group of four digits, 0 is the first
		if k < 0 || k >= n {
			return 0
		}
		return int(binary.BigEndian.Uint16(b[8+2*k:]))
	}
	for k := range n {
		if group(k) > 9999 {
			return nil, errBinary
		}
	}
	if weight > maxNumericGroups {
		return nil, fault.New(fault.CodeNumericOutOfRange, "value is out of range for type numeric")
	}
	out = strconv.AppendInt(out, int64(group0(weight, group)), 10)
	for k := 1; k <= weight; k++ {
		out = appendGroup(out, group(k), 4)
	}
	if scale == 0 {
		return out, nil
	}
	out = append(out, '.')
	for k, left := weight+1, scale; left > 0; k, left = k+1, left-4 {
		out = appendGroup(out, group(k), min(left, 4))
	}
	return out, nil
}

// maxNumericGroups bounds the digits before the point that are printed; the
// largest decimal has ten groups.
const maxNumericGroups = 40

// group0 gives the first group before the point, 0 if the number is below 1.
func group0(weight int, group func(int) int) int {
	if weight < 0 {
		return 0
	}
	return group(0)
}

// appendGroup prints the first width digits of a group of four.
func appendGroup(out []byte, v, width int) []byte {
	d := [4]byte{byte('0' + v/1000), byte('0' + v/100%10), byte('0' + v/10%10), byte('0' + v%10)}
	return append(out, d[:width]...)
}

// appendArray prints an array (array_recv) in PostgreSQL's form: {1,NULL,"a b"}.
func appendArray(out, b []byte, cs *charset.Charset) ([]byte, error) {
	if len(b) < 12 {
		return nil, errBinary
	}
	dims, elem := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[8:])
	if dims > 6 || len(b) < 12+8*int(dims) {
		return nil, errBinary
	}
	if dims == 0 {
		return append(out, "{}"...), nil
	}
	a := arrayReader{elem: elem, rest: b[12+8*dims:], charset: cs}
	for d := range int(dims) {
		n := binary.BigEndian.Uint32(b[12+8*d:])
		if n == 0 || int64(n) > int64(len(b)) { // an element has four bytes at least
			return nil, errBinary
		}
		a.sizes = append(a.sizes, int(n))
	}
	out, err := a.append(out, 0)
	if err == nil && len(a.rest) > 0 {
		err = errBinary
	}
	return out, err
}

// arrayReader reads the elements of an array in order.
type arrayReader struct {
	elem    uint32
	sizes   []int
	rest    []byte
	text    []byte // of one element, reused
	charset *charset.Charset
}

func (a *arrayReader) append(out []byte, depth int) (_ []byte, err error) {
	out = append(out, '{')
	for i := range a.sizes[depth] {
		if i > 0 {
			out = append(out, ',')
		}
		if depth+1 < len(a.sizes) {
			out, err = a.append(out, depth+1)
		} else {
			out, err = a.element(out)
		}
		if err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

func (a *arrayReader) element(out []byte) ([]byte, error) {
	if len(a.rest) < 4 {
		return nil, errBinary
	}
	n := int32(binary.BigEndian.Uint32(a.rest))
	a.rest = a.rest[4:]
	if n == -1 {
		return append(out, "NULL"...), nil
	}
	if n < 0 || int(n) > len(a.rest) {
		return nil, errBinary
	}
	text, err := appendParam(a.text[:0], a.rest[:n], a.elem, 1, a.charset)
	if err != nil {
		return nil, err
	}
	a.text, a.rest = text, a.rest[n:]
	out = append(out, '"')
	for _, x := range text {
		if x == '"' || x == '\\' {
			out = append(out, '\\')
		}
		out = append(out, x)
	}
	return append(out, '"'), nil
}
