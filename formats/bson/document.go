package bson

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/json"
	"github.com/glauxdb/glaux/formats/textval"
)

// errShort is a value that ends behind its document.
var errShort = errors.New("a value reaches behind the end of its document")

// maxDepth bounds the nesting of documents.
const maxDepth = 200

// parser goes over one document.
type parser struct {
	b        []byte
	i        int
	elements int // that were read whole
}

func (p *parser) take(n int) ([]byte, error) {
	if n < 0 || len(p.b)-p.i < n {
		return nil, errShort
	}
	p.i += n
	return p.b[p.i-n : p.i : p.i], nil
}

func (p *parser) int32() (int, error) {
	b, err := p.take(4)
	if err != nil {
		return 0, err
	}
	return int(int32(binary.LittleEndian.Uint32(b))), nil
}

func (p *parser) uint64() (uint64, error) {
	b, err := p.take(8)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b), nil
}

// index reads an element's name in an array, which nobody wants.
func (p *parser) index() ([]byte, error) {
	n := bytes.IndexByte(p.b[p.i:], 0)
	if n < 0 {
		return nil, errShort
	}
	p.i += n + 1
	return p.b[p.i-n-1 : p.i-1], nil
}

// cstring reads a text that ends with a zero.
func (p *parser) cstring() ([]byte, error) {
	s, err := p.index()
	if err == nil && !utf8.Valid(s) {
		err = errors.New("a name is not UTF-8")
	}
	return s, err
}

// text reads a text with its length.
func (p *parser) text() ([]byte, error) {
	n, err := p.int32()
	if err != nil {
		return nil, err
	}
	if n < 1 {
		return nil, fmt.Errorf("a text of %d bytes", n)
	}
	s, err := p.take(n)
	if err != nil {
		return nil, err
	}
	switch s = s[: n-1 : n-1]; {
	case p.b[p.i-1] != 0:
		return nil, errors.New("a text without its end")
	case !utf8.Valid(s):
		return nil, errors.New("a text that is no UTF-8")
	}
	return s, nil
}

// document appends a document as a JSON object.
func (p *parser) document(dst []byte, depth int) ([]byte, error) {
	return p.members(dst, depth, '{', '}')
}

func (p *parser) members(dst []byte, depth int, open, closer byte) ([]byte, error) {
	if depth == maxDepth {
		return dst, fmt.Errorf("documents nested deeper than %d levels", maxDepth)
	}
	from := p.i
	size, err := p.int32()
	if err != nil {
		return dst, err
	}
	if size < minDocument {
		return dst, fmt.Errorf("a document of %d bytes", size)
	}
	dst = append(dst, open)
	for first := true; ; first = false {
		kind, err := p.take(1)
		if err != nil {
			return dst, err
		}
		if kind[0] == 0 {
			break
		}
		name := p.cstring
		if open == '[' {
			name = p.index
		}
		key, err := name()
		if err != nil {
			return dst, err
		}
		if !first {
			dst = append(dst, ',')
		}
		if open == '{' {
			dst = append(textval.AppendJSONString(dst, key), ':')
		}
		if dst, err = p.value(dst, kind[0], depth); err != nil {
			return dst, err
		}
		p.elements++
	}
	if p.i-from != size {
		return dst, fmt.Errorf("a document of %d bytes says that it has %d", p.i-from, size)
	}
	return append(dst, closer), nil
}

// value appends one value by its type (the element types of the specification).
func (p *parser) value(dst []byte, kind byte, depth int) ([]byte, error) {
	switch kind {
	case 0x01:
		v, err := p.uint64()
		return json.AppendDouble(dst, math.Float64frombits(v)), err
	case 0x02, 0x0d, 0x0e:
		s, err := p.text()
		return textval.AppendJSONString(dst, s), err
	case 0x03:
		return p.document(dst, depth+1)
	case 0x04:
		return p.members(dst, depth+1, '[', ']')
	case 0x05:
		return p.binary(dst)
	case 0x07:
		return p.objectID(dst)
	case 0x08:
		b, err := p.take(1)
		if err != nil || b[0] > 1 {
			return dst, cmpErr(err, "a boolean that is neither")
		}
		return strconv.AppendBool(dst, b[0] == 1), nil
	case 0x09:
		return p.datetime(dst)
	case 0x06, 0x0a, 0x7f, 0xff:
		return append(dst, "null"...), nil
	case 0x10:
		v, err := p.int32()
		return strconv.AppendInt(dst, int64(v), 10), err
	case 0x12:
		v, err := p.uint64()
		return strconv.AppendInt(dst, int64(v), 10), err
	case 0x13:
		b, err := p.take(16)
		if err != nil {
			return dst, err
		}
		return appendDecimal(dst, b), nil
	}
	return p.rare(dst, kind, depth)
}

func cmpErr(err error, what string) error {
	if err != nil {
		return err
	}
	return errors.New(what)
}

// rare appends values of the types that hardly anybody stores.
func (p *parser) rare(dst []byte, kind byte, depth int) ([]byte, error) {
	switch kind {
	case 0x0b: // a regular expression: its text and its options
		re, err := p.cstring()
		if err != nil {
			return dst, err
		}
		options, err := p.cstring()
		return textval.AppendJSONString(dst, fmt.Appendf(nil, "/%s/%s", re, options)), err
	case 0x0c: // a pointer: a collection and an ID
		s, err := p.text()
		if err != nil {
			return dst, err
		}
		dst = append(textval.AppendJSONString(append(dst, `{"$ref":`...), s), `,"$id":`...)
		dst, err = p.objectID(dst)
		return append(dst, '}'), err
	case 0x0f:
		return p.scopedCode(dst, depth)
	case 0x11: // MongoDB's own clock: seconds and a counter
		v, err := p.uint64()
		return fmt.Appendf(dst, `{"t":%d,"i":%d}`, v>>32, uint32(v)), err
	}
	return dst, fmt.Errorf("unknown type 0x%02x", kind)
}

// scopedCode appends code with variables, which are left out.
func (p *parser) scopedCode(dst []byte, depth int) ([]byte, error) {
	from := p.i
	size, err := p.int32()
	if err != nil {
		return dst, err
	}
	s, err := p.text()
	if err != nil {
		return dst, err
	}
	if _, err := p.document(nil, depth+1); err != nil {
		return dst, err
	}
	if p.i-from != size {
		return dst, fmt.Errorf("code of %d bytes says that it has %d", p.i-from, size)
	}
	return textval.AppendJSONString(dst, s), nil
}

func (p *parser) binary(dst []byte) ([]byte, error) {
	n, err := p.int32()
	if err != nil {
		return dst, err
	}
	kind, err := p.take(1)
	if err != nil {
		return dst, err
	}
	b, err := p.take(n)
	if err != nil {
		return dst, err
	}
	if kind[0] == 2 { // the old form repeats the length
		if len(b) < 4 || int64(binary.LittleEndian.Uint32(b)) != int64(len(b)-4) {
			return dst, errors.New("binary data of another length than it says")
		}
		b = b[4:]
	}
	if (kind[0] == 3 || kind[0] == 4) && len(b) == 16 {
		return fmt.Appendf(dst, `"%x-%x-%x-%x-%x"`, b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
	}
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, b)
	return append(dst, '"'), nil
}

func (p *parser) objectID(dst []byte) ([]byte, error) {
	b, err := p.take(12)
	if err != nil {
		return dst, err
	}
	dst = append(dst, '"')
	dst = hex.AppendEncode(dst, b)
	return append(dst, '"'), nil
}

// datetime appends milliseconds since 1970 as a timestamp.
func (p *parser) datetime(dst []byte) ([]byte, error) {
	v, err := p.uint64()
	if err != nil {
		return dst, err
	}
	ms := int64(v)
	const latest = 250_000_000_000_000 // about the year 9900
	if ms > latest || ms < -62_135_596_800_000 {
		return strconv.AppendInt(dst, ms, 10), nil // where no calendar helps
	}
	dst = append(dst, '"')
	dst = types.AppendTimestamp(dst, ms*1000, types.TTimestamp, types.PostgresStyle)
	return append(dst, '"'), nil
}

// most is the greatest number of 34 digits; more in a decimal are zero.
var most = new(big.Int).Sub(new(big.Int).Exp(big.NewInt(10), big.NewInt(34), nil), big.NewInt(1))

// appendDecimal appends a decimal of IEEE 754-2008 in its binary encoding: a
// sign, 14 bits of exponent (less 6176) and 113 of digits.
func appendDecimal(dst []byte, b []byte) []byte {
	lo, hi := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	switch special := hi >> 58 & 0x1f; {
	case special == 0x1f:
		return append(dst, `"NaN"`...)
	case special == 0x1e && hi>>63 == 1:
		return append(dst, `"-Infinity"`...)
	case special == 0x1e:
		return append(dst, `"Infinity"`...)
	}
	var digits big.Int
	exponent := int(hi>>49&0x3fff) - 6176
	if hi>>61&3 == 3 { // more digits than there can be: zero
		exponent = int(hi>>47&0x3fff) - 6176
	} else {
		digits.SetUint64(hi & (1<<49 - 1))
		digits.Lsh(&digits, 64)
		digits.Or(&digits, new(big.Int).SetUint64(lo))
		if digits.Cmp(most) > 0 {
			digits.SetUint64(0)
		}
	}
	if hi>>63 == 1 {
		dst = append(dst, '-')
	}
	text := digits.Append(nil, 10)
	if exponent > 0 || exponent < -40 {
		return fmt.Appendf(dst, "%se%d", text, exponent)
	}
	for len(text) <= -exponent {
		text = append([]byte{'0'}, text...)
	}
	dst = append(dst, text[:len(text)+exponent]...)
	if exponent < 0 {
		dst = append(append(dst, '.'), text[len(text)+exponent:]...)
	}
	return dst
}
