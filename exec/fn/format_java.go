package fn

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// formatJava appends a directive as java.util.Formatter does for the conversions
// s, S, d, x, X, o, f, e, E, b, B, h, H, c, t, T, n and %. Hexadecimal floats (a) are refused.
func formatJava(b []byte, f *formatArgs, d directive) ([]byte, error) {
	switch d.conversion {
	case 'n':
		return append(b, '\n'), nil
	case '%':
		return appendPadding(b, []byte("%"), d.width, d.has('-')), nil
	}
	if d.has('<') { // the argument of the directive before
		if d.arg = f.next; d.arg == 0 {
			return b, badFormat("format() has no argument before %<")
		}
	}
	v, err := f.take(d.arg)
	if err != nil {
		return b, err
	}
	t, null := v.Type, v.IsNull(f.row)
	f.buf = f.text.AppendText(f.buf[:0], v, f.row)
	switch d.conversion {
	case 's', 'S', 'b', 'B':
		f.javaText(d, null)
	case 'h', 'H':
		err = f.javaHash(d, v, t, null)
	case 'c', 'C':
		err = f.javaChar(d, v, null)
	case 'd', 'x', 'X', 'o':
		err = f.javaInteger(d, v, t, null)
	case 't', 'T':
		err = f.javaTime(d, v, t, null)
	case 'f', 'e', 'E':
		err = f.javaFloat(d, v, t, null)
	default:
		return b, fault.New(fault.CodeFeatureNotSupported, "the conversion %%%c of format() is not supported", d.conversion)
	}
	if err != nil {
		return b, err
	}
	if c := d.conversion; c >= 'A' && c <= 'Z' {
		f.buf = bytes.ToUpper(f.buf)
	}
	return appendPadding(b, f.buf, d.width, d.has('-')), nil
}

func (f *formatArgs) javaText(d directive, null bool) {
	switch {
	case d.conversion|0x20 == 'b':
		text := strconv.FormatBool(!null && string(f.buf) != "false")
		f.buf = append(f.buf[:0], text...)
	case null:
		f.buf = append(f.buf[:0], "null"...)
	}
	if d.precision >= 0 {
		f.buf = f.buf[:skipRunes(f.buf, int64(d.precision))]
	}
}

func (f *formatArgs) javaChar(d directive, v *vector.Vector, null bool) error {
	if d.precision >= 0 {
		return d.badPrecision()
	}
	if null {
		f.buf = append(f.buf[:0], "null"...)
		return nil
	}
	if v.Type.IsInteger() {
		x, err := types.ParseInt64(f.buf)
		if err != nil || x < 0 || x > utf8.MaxRune {
			return badFormat("%c needs a character or code point")
		}
		f.buf = utf8.AppendRune(f.buf[:0], rune(x))
	}
	if utf8.RuneCount(f.buf) != 1 {
		return badFormat("%c needs a character or code point")
	}
	return nil
}

// javaInteger formats whole numbers; the text of v is in buf.
func (f *formatArgs) javaInteger(d directive, v *vector.Vector, t types.Type, null bool) error {
	if d.precision >= 0 {
		return d.badPrecision()
	}
	if null {
		f.buf = append(f.buf[:0], "null"...)
		return nil
	}
	if !t.IsInteger() && !(t.Kind == types.Decimal && t.S == 0 && d.conversion == 'd') {
		return wrongConversion(d, t)
	}
	neg := f.buf[0] == '-'
	digits := bytes.TrimPrefix(bytes.Clone(f.buf), []byte("-"))
	if d.conversion != 'd' {
		x, err := types.ParseInt64(f.buf)
		if err != nil {
			return err
		}
		base, bits := 16, 64
		if d.conversion == 'o' {
			base = 8
		}
		u := uint64(x)
		if bits = 8 * t.Phys().Width(); bits < 64 { // two's complement of the type's width
			u &= 1<<bits - 1
		}
		digits, neg = strconv.AppendUint(nil, u, base), false
		if d.has('#') {
			digits = append([]byte(map[int]string{8: "0", 16: "0x"}[base]), digits...)
		}
	}
	f.buf = d.signed(f.buf[:0], digits, neg)
	return nil
}

// badPrecision is Java's IllegalFormatPrecisionException.
func (d *directive) badPrecision() error {
	return badFormat(fmt.Sprintf("%%.%d%c of format(): whole numbers and characters have no precision", d.precision, d.conversion))
}

// javaHash formats the value's hashCode in hexadecimal; the text of v is in buf.
func (f *formatArgs) javaHash(d directive, v *vector.Vector, t types.Type, null bool) error {
	var hash uint32
	fold := func(x uint64) uint32 { return uint32(x ^ x>>32) }
	switch x := vector.ValueAt(v, f.row); {
	case null:
		f.buf = append(f.buf[:0], "null"...)
		return nil
	case t.Kind == types.Boolean:
		if hash = 1237; x.I != 0 {
			hash = 1231
		}
	case t.Kind == types.BigInt:
		hash = fold(uint64(x.I))
	case t.IsInteger():
		hash = uint32(x.I)
	case t.Kind == types.Double:
		hash = fold(math.Float64bits(x.F))
	case t.Kind == types.Real:
		hash = math.Float32bits(float32(x.F))
	case t.IsString():
		for _, c := range utf16.Encode([]rune(string(f.buf))) {
			hash = 31*hash + uint32(c)
		}
	default:
		return wrongConversion(d, t)
	}
	f.buf = strconv.AppendUint(f.buf[:0], uint64(hash), 16)
	if d.precision >= 0 {
		f.buf = f.buf[:min(d.precision, len(f.buf))]
	}
	return nil
}

func wrongConversion(d directive, t types.Type) error {
	return fault.New(fault.CodeInvalidParameter, "%%%c of format() does not take a value of type %s", d.conversion, t)
}

// signed appends digits with sign, grouping and zeros as the flags say.
func (d *directive) signed(b, digits []byte, neg bool) []byte {
	if d.has(',') {
		digits = grouped(digits)
	}
	before, after := "", ""
	switch {
	case neg && d.has('('):
		before, after = "(", ")"
	case neg:
		before = "-"
	case d.has('+'):
		before = "+"
	case d.has(' '):
		before = " "
	}
	b = append(b, before...)
	if d.has('0') && !d.has('-') {
		for n := len(before) + len(digits) + len(after); n < d.width; n++ {
			b = append(b, '0')
		}
	}
	return append(append(b, digits...), after...)
}

// grouped puts commas between the thousands of the whole part.
func grouped(s []byte) []byte {
	whole := len(s)
	if k := bytes.IndexByte(s, '.'); k >= 0 {
		whole = k
	}
	var out []byte
	for i, c := range s {
		if i > 0 && i < whole && (whole-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, c)
	}
	return out
}

// javaFloat rounds the shortest decimal text of a double, or the decimal, half up.
func (f *formatArgs) javaFloat(d directive, v *vector.Vector, t types.Type, null bool) error {
	if null {
		f.buf = append(f.buf[:0], "null"...)
		return nil
	}
	if !t.IsFloat() && t.Kind != types.Decimal {
		return wrongConversion(d, t)
	}
	text := bytes.Clone(f.buf)
	neg := text[0] == '-'
	text = bytes.TrimPrefix(text, []byte("-"))
	if text[0] == 'I' || text[0] == 'N' {
		f.buf = d.signed(f.buf[:0], text, neg)
		return nil
	}
	prec := d.precision
	if prec < 0 {
		prec = 6
	}
	x, scale, ok := types.ParseDecimal(text)
	if d.conversion == 'f' && ok && prec <= types.MaxDecimalPrecision {
		if r, fits := x.Rescale(scale, prec); fits {
			f.buf = d.signed(f.buf[:0], types.AppendDecimal(nil, r, prec), neg)
			return nil
		}
	}
	y, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return err
	}
	f.buf = d.signed(f.buf[:0], strconv.AppendFloat(nil, y, d.conversion|0x20, prec, 64), neg)
	return nil
}
