package parquet

import (
	"encoding/binary"
	"errors"
	"math"
)

// Element types of Thrift's compact protocol (thrift-compact-protocol.md).
const (
	tTrue   = 1
	tFalse  = 2
	tByte   = 3
	tI16    = 4
	tI32    = 5
	tI64    = 6
	tDouble = 7
	tBinary = 8
	tList   = 9
	tSet    = 10
	tMap    = 11
	tStruct = 12
)

// maxThriftDepth bounds the nesting of structs that skip follows.
const maxThriftDepth = 64

var (
	errThriftShort = errors.New("metadata ends in the middle of a value")
	errThriftType  = errors.New("metadata holds an unknown or unexpected type")
	errThriftDeep  = errors.New("metadata is nested too deeply")
)

// thrift reads the compact protocol. The first error sticks and makes every
// later read give zero, so that decoders check once at their end. It never
// allocates more than the input's length.
type thrift struct {
	b     []byte
	p     int
	depth int
	err   error
}

func (t *thrift) fail(err error) {
	if t.err == nil {
		t.err = err
	}
	t.p = len(t.b)
}

func (t *thrift) byte() byte {
	if t.p >= len(t.b) {
		t.fail(errThriftShort)
		return 0
	}
	c := t.b[t.p]
	t.p++
	return c
}

func (t *thrift) uvarint() uint64 {
	v, n := binary.Uvarint(t.b[t.p:])
	if n <= 0 {
		t.fail(errThriftShort)
		return 0
	}
	t.p += n
	return v
}

func (t *thrift) int() int64 {
	u := t.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// i32 reads a number that must fit 32 bits.
func (t *thrift) i32() int32 {
	v := t.int()
	if v != int64(int32(v)) {
		t.fail(errThriftType)
		return 0
	}
	return int32(v)
}

func (t *thrift) double() float64 {
	if len(t.b)-t.p < 8 {
		t.fail(errThriftShort)
		return 0
	}
	v := binary.LittleEndian.Uint64(t.b[t.p:])
	t.p += 8
	return math.Float64frombits(v)
}

// binary gives bytes that alias the input.
func (t *thrift) binary() []byte {
	n := t.uvarint()
	if n > uint64(len(t.b)-t.p) {
		t.fail(errThriftShort)
		return nil
	}
	b := t.b[t.p : t.p+int(n) : t.p+int(n)]
	t.p += int(n)
	return b
}

// fields calls f for every field of a struct; f must read or skip the value.
func (t *thrift) fields(f func(id int16, typ byte)) {
	if t.depth++; t.depth > maxThriftDepth {
		t.fail(errThriftDeep)
	}
	id := int16(0)
	for t.err == nil {
		h := t.byte()
		if h == 0 {
			break
		}
		if d := int16(h >> 4); d != 0 {
			id += d
		} else {
			id = int16(t.int())
		}
		f(id, h&15)
	}
	t.depth--
}

// list reads a list's header. Every element takes at least one byte, so a
// count past the input's end is an error here already.
func (t *thrift) list() (n int, elem byte) {
	h := t.byte()
	count := uint64(h >> 4)
	if count == 15 {
		count = t.uvarint()
	}
	if count > uint64(len(t.b)-t.p) {
		t.fail(errThriftShort)
		return 0, 0
	}
	return int(count), h & 15
}

// structs reads a list of structs: f reads one.
func (t *thrift) structs(typ byte, f func(n int)) {
	if typ != tList {
		t.fail(errThriftType)
		return
	}
	n, elem := t.list()
	if n > 0 && elem != tStruct {
		t.fail(errThriftType)
		return
	}
	for i := 0; i < n && t.err == nil; i++ {
		f(n)
	}
}

// want checks a field's type; on a mismatch the value is skipped.
func (t *thrift) want(typ, expected byte) bool {
	if typ == expected {
		return true
	}
	t.skip(typ)
	return false
}

func (t *thrift) skip(typ byte) {
	switch typ {
	case tTrue, tFalse:
	case tByte:
		t.byte()
	case tI16, tI32, tI64:
		t.uvarint()
	case tDouble:
		t.double()
	case tBinary:
		t.binary()
	case tList, tSet:
		t.skipList()
	case tMap:
		t.skipMap()
	case tStruct:
		t.fields(func(_ int16, typ byte) { t.skip(typ) })
	default:
		t.fail(errThriftType)
	}
}

// skipElem skips a value inside a list or map, where booleans take a byte.
func (t *thrift) skipElem(typ byte) {
	if typ == tTrue || typ == tFalse {
		t.byte()
		return
	}
	t.skip(typ)
}

func (t *thrift) skipList() {
	if t.depth++; t.depth > maxThriftDepth {
		t.fail(errThriftDeep)
	}
	n, elem := t.list()
	for i := 0; i < n && t.err == nil; i++ {
		t.skipElem(elem)
	}
	t.depth--
}

func (t *thrift) skipMap() {
	if t.depth++; t.depth > maxThriftDepth {
		t.fail(errThriftDeep)
	}
	n := t.uvarint()
	if n > uint64(len(t.b)-t.p) {
		t.fail(errThriftShort)
		return
	}
	if n > 0 {
		kv := t.byte()
		for i := uint64(0); i < n && t.err == nil; i++ {
			t.skipElem(kv >> 4)
			t.skipElem(kv & 15)
		}
	}
	t.depth--
}
