package parquet

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strconv"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/textval"
)

// This file reads variants (VariantEncoding.md) as JSON: numbers as numbers
// (decimals with all digits), dates, times, timestamps and UUIDs as texts, binary
// as base64, fields in the order of their names.

var (
	errVariant      = errors.New("a variant is malformed")
	errVariantDeep  = errors.New("a variant is nested too deeply")
	errVariantBoth  = errors.New("a variant has both a value and a typed value")
	errVariantGroup = errors.New("a shredded value of a variant is not a group of value and typed_value")
	errVariantShred = errors.New("a variant that is no object has shredded fields")
)

const (
	maxVariantDepth = 500
	// maxVariantText bounds one variant's JSON: values may share bytes, so that
	// few of them spell out very long texts.
	maxVariantText = 128 << 20
)

// The basic types of a value.
const (
	variantPrimitive = iota
	variantShort
	variantObject
	variantArray
)

// variantReader spells out the variants of one metadata dictionary.
type variantReader struct {
	count   int
	size    int    // of an offset
	offsets []byte // count+1 of them
	names   []byte
}

// metadata takes over the names of a variant's fields. They alias b.
func (r *variantReader) metadata(b []byte) error {
	if len(b) == 0 || b[0]&15 != 1 {
		return errVariant
	}
	r.size = int(b[0]>>6) + 1
	b = b[1:]
	if len(b) < r.size {
		return errVariant
	}
	r.count = littleEndian(b[:r.size])
	b = b[r.size:]
	if r.count >= len(b)/r.size {
		return errVariant
	}
	n := (r.count + 1) * r.size
	r.offsets, r.names = b[:n], b[n:]
	return nil
}

// name gives a field's name.
func (r *variantReader) name(id int) ([]byte, error) {
	if id >= r.count {
		return nil, errVariant
	}
	lo := littleEndian(r.offsets[id*r.size : (id+1)*r.size])
	hi := littleEndian(r.offsets[(id+1)*r.size : (id+2)*r.size])
	if lo > hi || hi > len(r.names) {
		return nil, errVariant
	}
	return r.names[lo:hi], nil
}

// littleEndian reads an unsigned number of one to four bytes.
func littleEndian(b []byte) int {
	n := 0
	for i, c := range b {
		n |= int(c) << (8 * i)
	}
	return n
}

// value appends the JSON of an encoded value.
func (r *variantReader) value(b, v []byte, depth int) ([]byte, error) {
	switch {
	case len(v) == 0:
		return b, errVariant
	case depth > maxVariantDepth:
		return b, errVariantDeep
	case len(b) > maxVariantText:
		return b, fault.New(fault.CodeProgramLimit, "a variant's text is longer than %d MiB", maxVariantText>>20)
	}
	switch v[0] & 3 {
	case variantShort:
		n := int(v[0] >> 2)
		if n > len(v)-1 {
			return b, errVariant
		}
		return textval.AppendJSONString(b, v[1:1+n]), nil
	case variantObject:
		fields, err := r.fields(nil, v)
		if err != nil {
			return b, err
		}
		return r.object(b, fields, depth)
	case variantArray:
		return r.array(b, v, depth)
	}
	x, err := variantScalar(v)
	if err != nil {
		return b, err
	}
	return appendVariantScalar(b, x), nil
}

// array appends an encoded array.
func (r *variantReader) array(b, v []byte, depth int) ([]byte, error) {
	h := v[0] >> 2
	n, rest, err := variantCount(v[1:], h>>2&1 == 1)
	if err != nil {
		return b, err
	}
	size := int(h&3) + 1
	if n >= len(rest)/size {
		return b, errVariant
	}
	offsets, values := rest[:(n+1)*size], rest[(n+1)*size:]
	b = append(b, '[')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		at := littleEndian(offsets[i*size : (i+1)*size])
		if at > len(values) {
			return b, errVariant
		}
		if b, err = r.value(b, values[at:], depth+1); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

// variantCount reads the number of fields or elements.
func variantCount(b []byte, large bool) (n int, rest []byte, err error) {
	w := 1
	if large {
		w = 4
	}
	if len(b) < w {
		return 0, nil, errVariant
	}
	return littleEndian(b[:w]), b[w:], nil
}

// variantField is a field of an object, encoded or shredded.
type variantField struct {
	name  []byte
	value []byte
	typed *types.Value // the shredded group; nil: encoded
}

// fields appends those of an encoded object.
func (r *variantReader) fields(out []variantField, v []byte) ([]variantField, error) {
	h := v[0] >> 2
	n, rest, err := variantCount(v[1:], h>>4&1 == 1)
	if err != nil {
		return nil, err
	}
	size, idSize := int(h&3)+1, int(h>>2&3)+1
	if n > len(rest)/(size+idSize) || n*(size+idSize)+size > len(rest) {
		return nil, errVariant
	}
	ids, offsets, values := rest[:n*idSize], rest[n*idSize:], rest[n*idSize+(n+1)*size:]
	for i := range n {
		name, err := r.name(littleEndian(ids[i*idSize : (i+1)*idSize]))
		if err != nil {
			return nil, err
		}
		at := littleEndian(offsets[i*size : (i+1)*size])
		if at > len(values) {
			return nil, errVariant
		}
		out = append(out, variantField{name: name, value: values[at:]})
	}
	return out, nil
}

// object appends the fields that are not missing, by name.
func (r *variantReader) object(b []byte, fields []variantField, depth int) ([]byte, error) {
	slices.SortStableFunc(fields, func(x, y variantField) int { return bytes.Compare(x.name, y.name) })
	b = append(b, '{')
	start := len(b)
	for _, f := range fields {
		mark := len(b)
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(textval.AppendJSONString(b, f.name), ':')
		present := true
		var err error
		if f.typed == nil {
			b, err = r.value(b, f.value, depth+1)
		} else {
			b, present, err = r.shredded(b, f.typed, depth+1)
		}
		if err != nil {
			return b, err
		}
		if !present {
			b = b[:mark]
		}
	}
	return append(b, '}'), nil
}

// variantWidths are the lengths of the primitive types' values; those of binary
// and text begin with their own.
var variantWidths = [...]int{0, 0, 0, 1, 2, 4, 8, 8, 5, 9, 17, 4, 8, 8, 4, 4, 4, 8, 8, 8, 16}

// variantScalar reads an encoded primitive value.
func variantScalar(v []byte) (types.Value, error) {
	kind := int(v[0] >> 2)
	if kind >= len(variantWidths) || len(v)-1 < variantWidths[kind] {
		return types.Value{}, errVariant
	}
	p := v[1:]
	le := binary.LittleEndian
	switch kind {
	case 0:
		return types.NullOf(types.TUnknown), nil
	case 1, 2:
		return types.BoolOf(kind == 1), nil
	case 3:
		return types.IntOf(types.TTinyInt, int64(int8(p[0]))), nil
	case 4:
		return types.IntOf(types.TSmallInt, int64(int16(le.Uint16(p)))), nil
	case 5:
		return types.IntOf(types.TInteger, int64(int32(le.Uint32(p)))), nil
	case 6:
		return types.IntOf(types.TBigInt, int64(le.Uint64(p))), nil
	case 7:
		return types.FloatOf(types.TDouble, math.Float64frombits(le.Uint64(p))), nil
	case 8, 9, 10:
		return variantDecimal(p[0], p[1:variantWidths[kind]])
	case 11:
		return types.IntOf(types.TDate, int64(int32(le.Uint32(p)))), nil
	case 12:
		return types.IntOf(types.TimestampTZOf(6), int64(le.Uint64(p))), nil
	case 13:
		return types.IntOf(types.TimestampOf(6), int64(le.Uint64(p))), nil
	case 14:
		return types.FloatOf(types.TReal, float64(math.Float32frombits(le.Uint32(p)))), nil
	case 15, 16:
		return variantBytes(kind, p)
	case 17:
		if le.Uint64(p) > 86_400_000_000 {
			return types.Value{}, errVariant
		}
		return types.IntOf(types.TimeOf(6), int64(le.Uint64(p))), nil
	case 18:
		return types.IntOf(types.TimestampTZOf(9), int64(le.Uint64(p))), nil
	case 19:
		return types.IntOf(types.TimestampOf(9), int64(le.Uint64(p))), nil
	}
	return types.Value{Type: types.TUUID, UUID: [16]byte(p[:16])}, nil
}

func variantBytes(kind int, p []byte) (types.Value, error) {
	n := binary.LittleEndian.Uint32(p)
	if uint64(n) > uint64(len(p)-4) {
		return types.Value{}, errVariant
	}
	t := types.TVarchar
	if kind == 15 {
		t = types.TVarbinary
	}
	return types.StringOf(t, string(p[4:4+n])), nil
}

// variantDecimal reads a little-endian number of 4, 8 or 16 bytes.
func variantDecimal(scale byte, p []byte) (types.Value, error) {
	if scale > types.MaxDecimalPrecision {
		return types.Value{}, errVariant
	}
	d := types.Int128{}
	switch le := binary.LittleEndian; len(p) {
	case 4:
		d = types.I128(int64(int32(le.Uint32(p))))
	case 8:
		d = types.I128(int64(le.Uint64(p)))
	default:
		d = types.Int128{Lo: le.Uint64(p), Hi: int64(le.Uint64(p[8:]))}
	}
	return types.DecOf(types.DecimalOf(types.MaxDecimalPrecision, int(scale)), d), nil
}

// appendVariantScalar appends a value without parts.
func appendVariantScalar(b []byte, v types.Value) []byte {
	switch {
	case v.Null:
		return append(b, "null"...)
	case v.Type.Kind == types.Boolean:
		return strconv.AppendBool(b, v.I != 0)
	case v.Type.Kind == types.Decimal:
		return types.AppendDecimal(b, v.Dec(), int(v.Type.S))
	case v.Type.IsInteger():
		return strconv.AppendInt(b, v.I, 10)
	case v.Type.IsFloat() && !math.IsNaN(v.F) && !math.IsInf(v.F, 0):
		return types.AppendValue(b, v)
	case v.Type.Kind == types.Varchar:
		return textval.AppendJSONString(b, []byte(v.S))
	case v.Type.Kind == types.Varbinary:
		b = append(b, '"')
		return append(base64.StdEncoding.AppendEncode(b, []byte(v.S)), '"')
	}
	return textval.AppendJSONString(b, types.AppendValue(nil, v))
}
