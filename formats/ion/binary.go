package ion

import (
	"bytes"
	"encoding/base64"
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

// systemSymbols are those of the specification's system table, from 1 on.
var systemSymbols = []string{"", "$ion", "$ion_1_0", "$ion_symbol_table", "name", "version", "imports", "symbols", "max_id", "$ion_shared_symbol_table"}

// The symbols that tables are made with.
const (
	symbolTable   = 3
	symbolImports = 6
	symbolSymbols = 7
	symbolMaxID   = 8
)

// maxSymbols bounds a table.
const maxSymbols = 1 << 20

// binaryParser goes over values with the symbols that the file has defined.
type binaryParser struct {
	symbols []string // behind the system's; "" is one whose text is not known
}

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

// header cuts the value that begins b.
func header(b []byte) (v value, n int, err error) {
	if len(b) == 0 {
		return v, 0, errShort
	}
	v.kind, v.small = int(b[0]>>4), int(b[0]&15)
	if v.kind > ionAnnotated {
		return v, 0, fmt.Errorf("unknown type %d", v.kind)
	}
	size, n := uint64(v.small), 1
	switch {
	case v.small == 15:
		v.null, size = true, 0
	case v.kind == ionBool:
		if v.small > 1 {
			return v, 0, errors.New("a boolean that is neither")
		}
		size = 0
	case v.small == 14, v.kind == ionStruct && v.small == 1:
		var m int
		if size, m, err = varUint(b[1:]); err != nil {
			return v, 0, err
		}
		n += m
	}
	v.filler = v.kind == ionNull && !v.null
	if size > uint64(len(b)-n) {
		return v, 0, errShort
	}
	v.body = b[n : n+int(size)]
	return v, n + int(size), nil
}

// varUint reads seven bits a byte; the last has its high bit set.
func varUint(b []byte) (v uint64, n int, err error) {
	for n < len(b) {
		if v > math.MaxUint64>>7 {
			return 0, 0, errors.New("a number of more than 64 bits where there can be none")
		}
		v = v<<7 | uint64(b[n]&0x7f)
		if n++; b[n-1]&0x80 != 0 {
			return v, n, nil
		}
	}
	return 0, 0, errShort
}

// varInt is varUint with a sign in the first byte.
func varInt(b []byte) (v int64, negative bool, n int, err error) {
	if len(b) == 0 {
		return 0, false, 0, errShort
	}
	negative = b[0]&0x40 != 0
	first := []byte{b[0] &^ 0x40}
	if b[0]&0x80 != 0 {
		v, n = int64(first[0]&0x3f), 1
	} else {
		u, m, err := varUint(append(first, b[1:min(len(b), 10)]...))
		if err != nil {
			return 0, false, 0, err
		}
		if u > math.MaxInt64 {
			return 0, false, 0, errors.New("a number of more than 64 bits where there can be none")
		}
		v, n = int64(u), m
	}
	if negative {
		v = -v
	}
	return v, negative, n, nil
}

// top reads a value at the top: a mark or a symbol table changes the symbols
// and makes no row.
func (p *binaryParser) top(dst, b []byte) (out []byte, n int, err error) {
	if len(b) < len(mark) && bytes.HasPrefix(mark, b) {
		return dst, 0, errShort
	}
	if bytes.HasPrefix(b, mark) {
		p.symbols = nil
		return dst, len(mark), nil
	}
	v, n, err := header(b)
	if err != nil || v.filler {
		return dst, n, err
	}
	if v.kind == ionAnnotated {
		table, inner, err := annotations(v)
		if err != nil {
			return dst, n, inside(err)
		}
		if table && inner.kind == ionStruct {
			return dst, n, inside(p.table(inner))
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

// annotations opens the wrapper around an annotated value; table says that the
// first annotation is that of symbol tables.
func annotations(v value) (table bool, inner value, err error) {
	size, n, err := varUint(v.body)
	if err != nil {
		return false, inner, err
	}
	if size > uint64(len(v.body)-n) {
		return false, inner, errShort
	}
	if size > 0 {
		first, _, err := varUint(v.body[n:])
		if err != nil {
			return false, inner, err
		}
		table = first == symbolTable
	}
	inner, _, err = header(v.body[n+int(size):])
	if err == nil && inner.kind == ionAnnotated {
		err = errors.New("an annotation of an annotation")
	}
	return table, inner, err
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

// table takes a local symbol table. Tables that it imports by name are not at
// hand: their symbols are known by number alone.
func (p *binaryParser) table(v value) error {
	var symbols []string
	var imported []string
	err := fields(v, func(symbol uint64, v value) error {
		switch {
		case symbol == symbolImports && v.kind == ionSymbol:
			if sid, err := unsigned(v.body); err == nil && sid == symbolTable {
				imported = p.symbols
			}
		case symbol == symbolImports && v.kind == ionList:
			return elements(v, func(v value) error {
				n, err := importSize(v)
				if err != nil || uint64(len(imported))+n > maxSymbols {
					return errors.Join(err, errors.New("a symbol table that is too large"))
				}
				imported = append(imported, make([]string, n)...)
				return nil
			})
		case symbol == symbolSymbols && v.kind == ionList:
			return elements(v, func(v value) error {
				if len(symbols) == maxSymbols {
					return errors.New("a symbol table that is too large")
				}
				text := ""
				if v.kind == ionString {
					text = string(v.body)
				}
				symbols = append(symbols, text)
				return nil
			})
		}
		return nil
	})
	if len(imported)+len(symbols) > maxSymbols {
		return errors.New("a symbol table that is too large")
	}
	p.symbols = append(imported[:len(imported):len(imported)], symbols...)
	return err
}

// importSize gives how many symbols an import takes.
func importSize(v value) (n uint64, err error) {
	if v.kind != ionStruct {
		return 0, nil
	}
	err = fields(v, func(symbol uint64, v value) error {
		if symbol == symbolMaxID && v.kind == ionInt {
			n, err = unsigned(v.body)
		}
		return err
	})
	return n, err
}

func elements(v value, f func(v value) error) error {
	for b := v.body; len(b) > 0; {
		inner, n, err := header(b)
		if err != nil {
			return err
		}
		b = b[n:]
		if inner.filler {
			continue
		}
		if err := f(inner); err != nil {
			return err
		}
	}
	return nil
}

func unsigned(b []byte) (v uint64, err error) {
	if len(b) > 8 {
		return 0, errors.New("a number of more than 64 bits where there can be none")
	}
	for _, c := range b {
		v = v<<8 | uint64(c)
	}
	return v, nil
}

func (p *binaryParser) symbol(sid uint64) []byte {
	if sid < uint64(len(systemSymbols)) && sid > 0 {
		return []byte(systemSymbols[sid])
	}
	if at := sid - uint64(len(systemSymbols)); sid > 0 && at < uint64(len(p.symbols)) && p.symbols[at] != "" {
		return []byte(p.symbols[at])
	}
	return fmt.Appendf(nil, "$%d", sid)
}

// value appends a value as JSON.
func (p *binaryParser) value(dst []byte, v value, depth int) ([]byte, error) {
	if v.null || v.kind == ionNull {
		return append(dst, "null"...), nil
	}
	switch v.kind {
	case ionBool:
		return strconv.AppendBool(dst, v.small == 1), nil
	case ionInt, ionNegative:
		if v.kind == ionNegative {
			dst = append(dst, '-')
		}
		return new(big.Int).SetBytes(v.body).Append(dst, 10), checkDigits(v.body)
	case ionFloat:
		return binaryFloat(dst, v.body)
	case ionDecimal:
		return binaryDecimal(dst, v.body)
	case ionTimestamp:
		return binaryTimestamp(dst, v.body)
	case ionSymbol:
		sid, err := unsigned(v.body)
		return textval.AppendJSONString(dst, p.symbol(sid)), err
	case ionString:
		return textval.AppendJSONString(dst, v.body), nil
	case ionClob, ionBlob:
		return appendLob(dst, v.body, v.kind == ionClob), nil
	}
	if depth == maxDepth {
		return dst, fmt.Errorf("values nested deeper than %d levels", maxDepth)
	}
	return p.nested(dst, v, depth+1)
}

func (p *binaryParser) nested(dst []byte, v value, depth int) ([]byte, error) {
	var err error
	first := true
	comma := func() {
		if !first {
			dst = append(dst, ',')
		}
		first = false
	}
	switch v.kind {
	case ionAnnotated:
		_, inner, err := annotations(v)
		if err != nil {
			return dst, err
		}
		return p.value(dst, inner, depth)
	case ionStruct:
		dst = append(dst, '{')
		err = fields(v, func(sid uint64, v value) (err error) {
			comma()
			dst = append(textval.AppendJSONString(dst, p.symbol(sid)), ':')
			dst, err = p.value(dst, v, depth)
			return err
		})
		return append(dst, '}'), err
	}
	dst = append(dst, '[')
	err = elements(v, func(v value) (err error) {
		comma()
		dst, err = p.value(dst, v, depth)
		return err
	})
	return append(dst, ']'), err
}

// checkDigits bounds the integers that are written out: that takes time with
// the square of their length.
func checkDigits(b []byte) error {
	if len(b) > 4096 {
		return errors.New("a number of more than 4096 bytes")
	}
	return nil
}

func binaryFloat(dst, b []byte) ([]byte, error) {
	switch len(b) {
	case 0:
		return append(dst, "0.0"...), nil
	case 4:
		return json.AppendDouble(dst, float64(math.Float32frombits(binary.BigEndian.Uint32(b)))), nil
	case 8:
		return json.AppendDouble(dst, math.Float64frombits(binary.BigEndian.Uint64(b))), nil
	}
	return dst, fmt.Errorf("a float of %d bytes", len(b))
}

// coefficient reads an integer with its sign in the first bit.
func coefficient(b []byte) (digits *big.Int, negative bool) {
	if len(b) == 0 {
		return new(big.Int), false
	}
	c := bytes.Clone(b)
	c[0] &^= 0x80
	return new(big.Int).SetBytes(c), b[0]&0x80 != 0
}

func binaryDecimal(dst, b []byte) ([]byte, error) {
	if len(b) == 0 {
		return append(dst, '0'), nil
	}
	exponent, _, n, err := varInt(b)
	if err != nil {
		return dst, err
	}
	digits, negative := coefficient(b[n:])
	if err := checkDigits(b[n:]); err != nil {
		return dst, err
	}
	if negative {
		dst = append(dst, '-')
	}
	return appendScaled(dst, digits.Append(nil, 10), exponent), nil
}

// appendScaled appends digits times a power of ten.
func appendScaled(dst, digits []byte, exponent int64) []byte {
	if exponent > 0 || exponent < -40 {
		return fmt.Appendf(dst, "%se%d", digits, exponent)
	}
	for int64(len(digits)) <= -exponent {
		digits = append([]byte{'0'}, digits...)
	}
	point := int64(len(digits)) + exponent
	dst = append(dst, digits[:point]...)
	if exponent < 0 {
		dst = append(append(dst, '.'), digits[point:]...)
	}
	return dst
}

func appendLob(dst, b []byte, text bool) []byte {
	if text && utf8.Valid(b) {
		return textval.AppendJSONString(dst, b)
	}
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, b)
	return append(dst, '"')
}

// binaryTimestamp appends a point in time, which is stored in UTC.
func binaryTimestamp(dst, b []byte) ([]byte, error) {
	_, _, n, err := varInt(b) // the offset at which it was written
	if err != nil {
		return dst, err
	}
	b = b[n:]
	parts := [6]uint64{0, 1, 1}
	count := 0
	for ; count < len(parts) && len(b) > 0; count++ {
		if parts[count], n, err = varUint(b); err != nil {
			return dst, err
		}
		b = b[n:]
	}
	if count == 0 || parts[0] == 0 || parts[1] == 0 || parts[2] == 0 || parts[0] > 9999 || parts[1] > 12 || parts[2] > 31 || parts[3] > 23 || parts[4] > 59 || parts[5] > 59 {
		return dst, errors.New("a timestamp that is no time")
	}
	dst = fmt.Appendf(dst, `"%04d-%02d-%02d`, parts[0], parts[1], parts[2])
	if count > 3 {
		dst = fmt.Appendf(dst, " %02d:%02d:%02d", parts[3], parts[4], parts[5])
	}
	if len(b) > 0 {
		exponent, _, n, err := varInt(b)
		if err != nil {
			return dst, err
		}
		digits, _ := coefficient(b[n:])
		if exponent < 0 && exponent >= -40 && len(b[n:]) < 20 {
			fraction := digits.Append(nil, 10)
			for int64(len(fraction)) < -exponent {
				fraction = append([]byte{'0'}, fraction...)
			}
			dst = append(append(dst, '.'), fraction...)
		}
	}
	return append(dst, '"'), nil
}
