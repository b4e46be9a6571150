package arrow

import (
	"encoding/binary"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/vector"
)

// stage brings n values into the form that package convert reads, zero where
// they are null: what lies there may be anything.
func (r *reader) stage(a *array, n int, valid vector.Bitmap, to convert.Source) ([]byte, error) {
	switch a.f.kind {
	case typeBool:
		return r.bools(a, n)
	case typeFixedSizeBinary:
		b, err := r.buf(a, 1, n*a.f.size, 1)
		return b, err
	case typeInterval, typeDuration:
		if to.Type.Kind == types.Interval {
			return r.intervals(a, n, valid)
		}
	}
	width := a.f.storedWidth()
	raw, err := r.buf(a, 1, n, width)
	if err != nil {
		return nil, err
	}
	if valid != nil {
		for i := range n {
			if !valid.Get(i) {
				clear(raw[i*width : (i+1)*width])
			}
		}
	}
	switch {
	case a.f.kind == typeInt && to.Type.Kind == types.Boolean:
		return truths(raw), nil
	case a.f.kind == typeDecimal && width > 8:
		return narrow(raw, n, width, to.Width)
	case a.f.kind == typeDate && width == 8:
		return days(raw, n)
	case width < 4 && a.f.kind == typeInt:
		return widened(raw, n, width, a.f.signed), nil
	}
	return raw, nil
}

// storedWidth gives the bytes of a value of fixed width.
func (f *fieldDef) storedWidth() int {
	switch f.kind {
	case typeInt, typeDecimal, typeTime:
		return f.bits / 8
	case typeFloatingPoint:
		return 2 << f.unit
	case typeDate:
		return 4 << f.unit
	}
	return 8
}

// bools unpacks bits, one byte each.
func (r *reader) bools(a *array, n int) ([]byte, error) {
	bits, err := r.buf(a, 1, (n+7)/8, 1)
	if err != nil {
		return nil, err
	}
	out := make([]byte, n)
	for i := range out {
		out[i] = bits[i>>3] >> (i & 7) & 1
	}
	return out, nil
}

// truths reads the bytes of arrow.bool8: anything but zero is true.
func truths(raw []byte) []byte {
	out := make([]byte, len(raw))
	for i, b := range raw {
		if b != 0 {
			out[i] = 1
		}
	}
	return out
}

// widened makes integers of one or two bytes four bytes long.
func widened(raw []byte, n, width int, signed bool) []byte {
	out := make([]int32, n)
	mask := int32(-1)
	if !signed {
		mask = 1<<(8*width) - 1
	}
	for i := range out {
		out[i] = int32(signedAt(raw, i, width)) & mask
	}
	return convert.BytesOf(out)
}

// days reads milliseconds as the days that they fall on.
func days(raw []byte, n int) ([]byte, error) {
	const day = 86_400_000
	out := make([]int32, n)
	for i, v := range convert.As[int64](raw) {
		d := v / day
		if v%day < 0 {
			d--
		}
		if out[i] = int32(d); int64(out[i]) != d {
			return nil, convert.ErrRange
		}
	}
	return convert.BytesOf(out), nil
}

// narrow reads decimals of 16 or 32 bytes as such of 16 or 8 bytes: their
// precision says that they fit.
func narrow(raw []byte, n, width, to int) ([]byte, error) {
	if width == to {
		return raw, nil
	}
	out := make([]byte, n*to)
	for i := range n {
		v := raw[i*width : (i+1)*width]
		sign := byte(int8(v[to-1]) >> 7)
		for _, b := range v[to:] {
			if b != sign {
				return nil, convert.ErrDecimal
			}
		}
		copy(out[i*to:], v[:to])
	}
	return out, nil
}

// intervals reads intervals and durations.
func (r *reader) intervals(a *array, n int, valid vector.Bitmap) ([]byte, error) {
	words, each := 1, 8 // parts of a value, and their bytes
	if a.f.kind == typeInterval {
		switch a.f.unit {
		case unitYearMonth:
			each = 4
		case unitDayTime:
			words, each = 2, 4
		default:
			return r.monthDayNanos(a, n, valid)
		}
	}
	raw, err := r.buf(a, 1, n*words, each)
	if err != nil {
		return nil, err
	}
	out := make([]types.IntervalValue, n)
	for i := range out {
		if valid != nil && !valid.Get(i) {
			continue
		}
		switch {
		case a.f.kind == typeDuration:
			if out[i].Micros, err = micros(signedAt(raw, i, 8), a.f.unit); err != nil {
				return nil, err
			}
		case words == 1:
			out[i].Months = int32(signedAt(raw, i, 4))
		default:
			out[i].Days, out[i].Micros = int32(signedAt(raw, 2*i, 4)), signedAt(raw, 2*i+1, 4)*1000
		}
	}
	return convert.BytesOf(out), nil
}

// micros gives ticks of a TimeUnit as microseconds.
func micros(v int64, unit int16) (int64, error) {
	if unit == unitNanosecond {
		if v%1000 != 0 {
			return 0, errNanos
		}
		return v / 1000, nil
	}
	mul := []int64{1e6, 1e3, 1}[unit]
	if out := v * mul; out/mul == v {
		return out, nil
	}
	return 0, convert.ErrRange
}

// monthDayNanos reads months and days of 4 bytes and nanoseconds of 8.
func (r *reader) monthDayNanos(a *array, n int, valid vector.Bitmap) ([]byte, error) {
	const width = 16
	raw, err := r.buf(a, 1, n*width, 1)
	if err != nil {
		return nil, err
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if r.f.big {
		order = binary.BigEndian
	}
	out := make([]types.IntervalValue, n)
	for i := range out {
		if valid != nil && !valid.Get(i) {
			continue
		}
		b := raw[i*width:]
		us, err := micros(int64(order.Uint64(b[8:])), unitNanosecond)
		if err != nil {
			return nil, err
		}
		out[i] = types.IntervalValue{Months: int32(order.Uint32(b)), Days: int32(order.Uint32(b[4:])), Micros: us}
	}
	return convert.BytesOf(out), nil
}
