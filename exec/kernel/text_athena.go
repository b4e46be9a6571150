package kernel

import (
	"bytes"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// AppendAthena prints row i as Athena writes results: arrays as [a, b], maps as
// {k=v}, rows as {name=v}, nothing quoted, NULL inside them as null, binary as
// "de ad be ef", and fractions of seconds with three digits, or more where the
// value has them. A NULL itself prints nothing, the caller looks for it. Style is
// expected to be Trino's.
func (o *TextOptions) AppendAthena(b []byte, v *vector.Vector, i int) []byte {
	if v.IsNull(i) {
		return b
	}
	typ := v.Type
	switch typ.Kind {
	case types.Varbinary:
		flat, at := vector.At(v, i)
		return appendSpacedHex(b, flat.Bytes(at))
	case types.Opaque:
		if typ.IsSketch() {
			flat, at := vector.At(v, i)
			return appendSpacedHex(b, flat.Bytes(at))
		}
	case types.Time, types.Timestamp, types.TimestampTZ:
		from := len(b)
		return trimFraction(o.AppendText(b, v, i), from)
	case types.Array, types.Map, types.Row:
		flat, at := vector.At(v, i)
		return o.appendNested(b, flat, at)
	}
	return o.AppendText(b, v, i)
}

func (o *TextOptions) appendNested(b []byte, v *vector.Vector, i int) []byte {
	switch v.Type.Kind {
	case types.Row:
		b = append(b, '{')
		for k, kid := range v.Kids {
			if k > 0 {
				b = append(b, ", "...)
			}
			name := v.Type.Fields[k].Name
			if name == "" {
				name = "field" + string(types.AppendDecimal(nil, types.I128(int64(k)), 0))
			}
			b = append(append(b, name...), '=')
			b = o.appendMember(b, kid, i)
		}
		return append(b, '}')
	case types.Map:
		r := v.Ranges()[i]
		b = append(b, '{')
		for e := r.Off; e < r.Off+r.Len; e++ {
			if e > r.Off {
				b = append(b, ", "...)
			}
			b = append(o.appendMember(b, v.Kids[0], int(e)), '=')
			b = o.appendMember(b, v.Kids[1], int(e))
		}
		return append(b, '}')
	}
	r := v.Ranges()[i]
	b = append(b, '[')
	for e := r.Off; e < r.Off+r.Len; e++ {
		if e > r.Off {
			b = append(b, ", "...)
		}
		b = o.appendMember(b, v.Kids[0], int(e))
	}
	return append(b, ']')
}

func (o *TextOptions) appendMember(b []byte, v *vector.Vector, i int) []byte {
	if v.IsNull(i) {
		return append(b, "null"...)
	}
	return o.AppendAthena(b, v, i)
}

func appendSpacedHex(b, data []byte) []byte {
	for k, c := range data {
		if k > 0 {
			b = append(b, ' ')
		}
		b = append(b, jsonHex[c>>4], jsonHex[c&15])
	}
	return b
}

// trimFraction cuts zeros that end the fraction of the time at b[from:] behind its
// third digit, and writes those three where there are fewer.
func trimFraction(b []byte, from int) []byte {
	clock := bytes.IndexByte(b[from:], ':')
	at := from + clock + len(":mm:ss")
	if clock < 0 || len(b) < at {
		return b // infinity
	}
	end := at
	if at < len(b) && b[at] == '.' {
		for end++; end < len(b) && b[end] >= '0' && b[end] <= '9'; end++ {
		}
	}
	const full = ".000"
	if missing := len(full) - (end - at); missing > 0 {
		b = append(b, full[:missing]...)
		copy(b[end+missing:], b[end:len(b)-missing])
		copy(b[end:], full[len(full)-missing:])
		return b
	}
	cut := end
	for cut > at+len(full) && b[cut-1] == '0' {
		cut--
	}
	return append(b[:cut], b[end:]...)
}
