package ion

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"

	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/textval"
)

// binaryParser goes over values with the symbols that the file has defined.
type binaryParser struct{ symbols symbols }

// The types of values (section "Typed value formats").
const (
	ionNull = iota
	ionBool
	ionInt
	ionNegative
	ionFloat
	ionDecimal
	ionTimestamp
	ionSymbol
	ionString
	ionClob
	ionBlob
	ionList
	ionSexp
	ionStruct
	ionAnnotated
)

// value is a value's type and bytes.
type value struct {
	kind   int
	null   bool
	small  int // the length nibble, which is the value of a boolean
	body   []byte
	filler bool // bytes that mean nothing
}

var (
	errWide = errors.New("a number of more than 64 bits where there can be none")
	errKind = errors.New("a length that the value's type has not")
)

// header cuts the value that begins b.
func header(b []byte) (v value, n int, err error) {
	if len(b) == 0 {
		return v, 0, errShort
	}
	v.kind, v.small = int(b[0]>>4), int(b[0]&15)
	if v.kind > ionAnnotated {
		return v, 0, fmt.Errorf("unknown type %d", v.kind)
	}
	if invalid[v.kind]&(1<<v.small) != 0 {
		return v, 0, errKind
	}
	size, n := uint64(v.small), 1
	switch {
	case v.small == 15:
		v.null, size = true, 0
	case v.kind == ionBool:
		size = 0
	case v.small == 14, v.kind == ionStruct && v.small == 1:
		var m int
		if size, m, err = varUint(b[1:]); err != nil {
			return v, 0, err
		}
		if n += m; size == 0 && v.small == 1 {
			return v, 0, errors.New("an ordered struct without fields")
		}
	}
	v.filler = v.kind == ionNull && !v.null
	if size > uint64(len(b)-n) {
		return v, 0, errShort
	}
	v.body = b[n : n+int(size)]
	return v, n + int(size), nil
}

// invalid are the length nibbles, as bits, that no value of a type has: a
// boolean is 0, 1 or null; a negative integer is not zero; a float has no, four
// or eight bytes; a timestamp an offset and a year; an annotated value a length,
// an annotation and a value, and is never null.
var invalid = [15]uint16{
	ionBool:      1<<15 - 1 - 1<<0 - 1<<1,
	ionNegative:  1 << 0,
	ionFloat:     1<<15 - 1 - 1<<0 - 1<<4 - 1<<8,
	ionTimestamp: 1<<0 | 1<<1,
	ionAnnotated: 1<<0 | 1<<1 | 1<<2 | 1<<15,
}

// varUint reads seven bits a byte; the last has its high bit set.
func varUint(b []byte) (v uint64, n int, err error) {
	for n < len(b) {
		if v > math.MaxUint64>>7 {
			return 0, 0, errWide
		}
		v = v<<7 | uint64(b[n]&0x7f)
		if n++; b[n-1]&0x80 != 0 {
			return v, n, nil
		}
	}
	return 0, 0, errShort
}

// varInt is varUint with a sign in the first byte.
func varInt(b []byte) (v int64, n int, err error) {
	if len(b) == 0 {
		return 0, 0, errShort
	}
	v = int64(b[0] & 0x3f)
	for n = 1; b[n-1]&0x80 == 0; n++ {
		switch {
		case n == len(b):
			return 0, 0, errShort
		case v > math.MaxInt64>>7:
			return 0, 0, errWide
		}
		v = v<<7 | int64(b[n]&0x7f)
	}
	if b[0]&0x40 != 0 {
		v = -v
	}
	return v, n, nil
}

// top reads a value at the top: a mark or a symbol table changes the symbols
// and makes no row.
func (p *binaryParser) top(dst, b []byte) (out []byte, n int, err error) {
	switch {
	case len(b) < len(mark) && bytes.HasPrefix(mark, b):
		return dst, 0, errShort
	case bytes.HasPrefix(b, mark):
		p.symbols = nil
		return dst, len(mark), nil
	case len(b) >= len(mark) && b[0] == mark[0] && b[3] == mark[3]:
		return dst, 0, fmt.Errorf("the version of Ion is %d.%d, not 1.0", b[1], b[2])
	}
	v, n, err := header(b)
	if err != nil || v.filler {
		return dst, n, err
	}
	switch v.kind {
	case ionAnnotated:
		first, inner, err := p.annotations(v)
		if err != nil {
			return dst, n, inside(err)
		}
		if first == symbolTable && inner.kind == ionStruct {
			return dst, n, inside(p.table(inner))
		}
	case ionSymbol:
		if sid, err := unsigned(v.body); err == nil && !v.null {
			if text, _ := p.symbols.text(sid); text == systemSymbols[symbolVersion] {
				return dst, n, nil // means nothing here
			}
		}
	}
	dst, err = p.value(dst, v, 0)
	return dst, n, inside(err)
}

// inside makes an error of what is short within a value that is all there.
func inside(err error) error {
	if errors.Is(err, errShort) {
		return errors.New("a value reaches behind the end of the one around it")
	}
	return err
}

// annotations opens the wrapper around an annotated value and gives the first
// annotation.
func (p *binaryParser) annotations(v value) (first uint64, inner value, err error) {
	size, n, err := varUint(v.body)
	if err != nil {
		return 0, inner, err
	}
	if size > uint64(len(v.body)-n) {
		return 0, inner, errShort
	}
	if size == 0 {
		return 0, inner, errors.New("an annotated value without annotations")
	}
	for list := v.body[n : n+int(size)]; len(list) > 0; {
		sid, m, err := varUint(list)
		if err != nil {
			return 0, inner, err
		}
		if _, err := p.symbols.text(sid); err != nil {
			return 0, inner, err
		}
		if len(list) == int(size) {
			first = sid
		}
		list = list[m:]
	}
	rest := v.body[n+int(size):]
	inner, m, err := header(rest)
	switch {
	case err != nil:
	case inner.kind == ionAnnotated:
		err = errors.New("an annotation of an annotation")
	case inner.filler:
		err = errors.New("an annotation of a filler")
	case m != len(rest):
		err = errors.New("an annotated value of another length than its wrapper says")
	}
	return first, inner, err
}

// fields calls f with each field of a struct.
func fields(v value, f func(symbol uint64, v value) error) error {
	for b := v.body; len(b) > 0; {
		symbol, n, err := varUint(b)
		if err != nil {
			return err
		}
		inner, m, err := header(b[n:])
		if err != nil {
			return err
		}
		b = b[n+m:]
		if inner.filler {
			continue
		}
		if err := f(symbol, inner); err != nil {
			return err
		}
	}
	return nil
}

// bare is a value without its annotations.
func (p *binaryParser) bare(v value) (value, error) {
	if v.kind != ionAnnotated {
		return v, nil
	}
	_, inner, err := p.annotations(v)
	return inner, err
}

// table takes a local symbol table.
func (p *binaryParser) table(v value) error {
	var t tableBuilder
	err := fields(v, func(symbol uint64, v value) error {
		v, err := p.bare(v)
		switch {
		case err != nil:
			return err
		case symbol == symbolImports:
			if err := t.begin(&t.sawImports, systemSymbols[symbol]); err != nil {
				return err
			}
			return p.imports(&t, v)
		case symbol == symbolSymbols:
			if err := t.begin(&t.sawSymbols, systemSymbols[symbol]); err != nil || v.kind != ionList {
				return err
			}
			return p.elements(v, func(v value) error {
				s, err := stringOr(v, unknownText)
				if err != nil {
					return err
				}
				return t.add(s)
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.symbols, err = t.table()
	return err
}

// stringOr gives the text of a string, or what stands for one.
func stringOr(v value, other string) (string, error) {
	switch {
	case v.kind != ionString || v.null:
		return other, nil
	case !utf8.Valid(v.body):
		return "", errUTF8
	}
	return string(v.body), nil
}

// imports takes what a table imports: others, or the one before it.
func (p *binaryParser) imports(t *tableBuilder, v value) error {
	switch v.kind {
	case ionSymbol:
		if sid, err := unsigned(v.body); err == nil && sid == symbolTable {
			t.imported = p.symbols
		}
	case ionList:
		return p.elements(v, func(v value) error {
			if v.kind != ionStruct {
				return nil
			}
			var use tableImport
			err := fields(v, func(symbol uint64, v value) error {
				v, err := p.bare(v)
				switch {
				case err != nil:
				case symbol == symbolName:
					use.name, err = stringOr(v, "")
				case symbol == symbolMaxID && v.kind == ionInt && !v.null:
					use.maxID, err = unsigned(v.body)
					use.counted = true
				}
				return err
			})
			if err != nil {
				return err
			}
			return t.use(use)
		})
	}
	return nil
}

// elements calls f with each element of a list, without its annotations.
func (p *binaryParser) elements(v value, f func(v value) error) error {
	for b := v.body; len(b) > 0; {
		inner, n, err := header(b)
		if err != nil {
			return err
		}
		b = b[n:]
		if inner.filler {
			continue
		}
		if inner, err = p.bare(inner); err != nil {
			return err
		}
		if err := f(inner); err != nil {
			return err
		}
	}
	return nil
}

func unsigned(b []byte) (v uint64, err error) {
	if b = bytes.TrimLeft(b, "\x00"); len(b) > 8 {
		return 0, errWide
	}
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v, nil
}

// value appends a value as JSON.
func (p *binaryParser) value(dst []byte, v value, depth int) ([]byte, error) {
	if v.null || v.kind == ionNull {
		return append(dst, "null"...), nil
	}
	switch v.kind {
	case ionBool:
		return strconv.AppendBool(dst, v.small == 1), nil
	case ionInt:
		return appendMagnitude(dst, v.body)
	case ionNegative:
		if len(bytes.TrimLeft(v.body, "\x00")) == 0 {
			return dst, errors.New("a negative zero as an integer")
		}
		return appendMagnitude(append(dst, '-'), v.body)
	case ionFloat:
		return binaryFloat(dst, v.body)
	case ionDecimal:
		return binaryDecimal(dst, v.body)
	case ionTimestamp:
		return binaryTimestamp(dst, v.body)
	case ionSymbol:
		sid, err := unsigned(v.body)
		if err != nil {
			return dst, err
		}
		return p.appendSymbol(dst, sid)
	case ionString:
		if !utf8.Valid(v.body) {
			return dst, errUTF8
		}
		return textval.AppendJSONString(dst, v.body), nil
	case ionClob, ionBlob:
		return appendLob(dst, v.body, v.kind == ionClob), nil
	}
	if depth == maxDepth {
		return dst, fmt.Errorf("values nested deeper than %d levels", maxDepth)
	}
	switch v.kind {
	case ionAnnotated:
		_, inner, err := p.annotations(v)
		if err != nil {
			return dst, err
		}
		return p.value(dst, inner, depth)
	case ionStruct:
		return p.structure(dst, v, depth+1)
	}
	return p.list(dst, v, depth+1)
}

func (p *binaryParser) appendSymbol(dst []byte, sid uint64) ([]byte, error) {
	text, err := p.symbols.text(sid)
	if err != nil {
		return dst, err
	}
	return textval.AppendJSONString(dst, []byte(text)), nil
}

func (p *binaryParser) structure(dst []byte, v value, depth int) ([]byte, error) {
	dst = append(dst, '{')
	for b := v.body; len(b) > 0; {
		sid, n, err := varUint(b)
		if err != nil {
			return dst, err
		}
		inner, m, err := header(b[n:])
		if err != nil {
			return dst, err
		}
		b = b[n+m:]
		if inner.filler {
			continue
		}
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		if dst, err = p.appendSymbol(dst, sid); err != nil {
			return dst, err
		}
		if dst, err = p.value(append(dst, ':'), inner, depth); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func (p *binaryParser) list(dst []byte, v value, depth int) ([]byte, error) {
	dst = append(dst, '[')
	for b := v.body; len(b) > 0; {
		inner, n, err := header(b)
		if err != nil {
			return dst, err
		}
		b = b[n:]
		if inner.filler {
			continue
		}
		if dst[len(dst)-1] != '[' {
			dst = append(dst, ',')
		}
		if dst, err = p.value(dst, inner, depth); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

// maxBytes bounds the integers that are written out: that takes time with
// the square of their length.
const maxBytes = 4096

// appendMagnitude appends an unsigned integer.
func appendMagnitude(dst, b []byte) ([]byte, error) {
	if len(b) > maxBytes {
		return dst, fmt.Errorf("a number of more than %d bytes", maxBytes)
	}
	if v, err := unsigned(b); err == nil {
		return strconv.AppendUint(dst, v, 10), nil
	}
	return new(big.Int).SetBytes(b).Append(dst, 10), nil
}

func binaryFloat(dst, b []byte) ([]byte, error) {
	switch len(b) {
	case 0:
		return append(dst, "0.0"...), nil
	case 4:
		return json.AppendDouble(dst, float64(math.Float32frombits(binary.BigEndian.Uint32(b)))), nil
	}
	return json.AppendDouble(dst, math.Float64frombits(binary.BigEndian.Uint64(b))), nil
}

// coefficient appends the digits of an integer with its sign in the first bit.
// Its bytes are changed and changed back.
func coefficient(dst, b []byte) (digits []byte, negative bool, err error) {
	if len(b) == 0 {
		return append(dst, '0'), false, nil
	}
	sign := b[0] & 0x80
	b[0] &^= sign
	digits, err = appendMagnitude(dst, b)
	b[0] |= sign
	return digits, sign != 0, err
}

func binaryDecimal(dst, b []byte) ([]byte, error) {
	if len(b) == 0 {
		return append(dst, '0'), nil
	}
	exponent, n, err := varInt(b)
	if err != nil {
		return dst, err
	}
	var room [32]byte
	digits, negative, err := coefficient(room[:0], b[n:])
	if err != nil {
		return dst, err
	}
	if negative {
		dst = append(dst, '-')
	}
	return appendScaled(dst, digits, exponent), nil
}

// maxFraction bounds the digits of a second.
const maxFraction = 1000

// binaryTimestamp appends a point in time, which is stored in UTC with the
// offset at which it was written.
func binaryTimestamp(dst, b []byte) ([]byte, error) {
	offset, n, err := varInt(b)
	if err != nil {
		return dst, err
	}
	b = b[n:]
	parts, count := [6]int{1: 1, 2: 1}, 0
	for ; count < len(parts) && len(b) > 0; count++ {
		part, n, err := varUint(b)
		if err != nil {
			return dst, err
		}
		if part > 10_000 {
			return dst, errNoTime
		}
		parts[count] = int(part)
		b = b[n:]
	}
	m := moment{year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5], timed: count > 3}
	if len(b) > 0 {
		if err := m.binaryFraction(b); err != nil {
			return dst, err
		}
	}
	if count == 0 || count == 4 || m.check() != nil || offset <= -24*60 || offset >= 24*60 {
		return dst, errNoTime
	}
	local := m
	if m.timed && (m.year < 2 || m.year > 9998) {
		local.shift(int(offset))
	}
	if local.year < 1 || local.year > 9999 {
		return dst, errNoTime
	}
	return m.append(dst), nil
}

// binaryFraction reads the fraction of a second, which is less than one.
func (m *moment) binaryFraction(b []byte) error {
	exponent, n, err := varInt(b)
	if err != nil {
		return err
	}
	var room [32]byte
	digits, negative, err := coefficient(room[:0], b[n:])
	switch {
	case err != nil:
		return err
	case string(digits) == "0":
		return nil // however it is scaled
	case negative || exponent >= 0 || int64(len(digits)) > -exponent:
		return errors.New("a fraction of a second that is none")
	case exponent < -maxFraction:
		return fmt.Errorf("a fraction of a second of more than %d digits", maxFraction)
	}
	for range -exponent - int64(len(digits)) {
		m.fraction = append(m.fraction, '0')
	}
	m.fraction = append(m.fraction, digits...)
	return nil
}
