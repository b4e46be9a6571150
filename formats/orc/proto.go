package orc

import (
	"encoding/binary"
	"errors"
	"math"
)

// errProto is a message that does not follow protobuf's encoding.
var errProto = errors.New("malformed protobuf message")

// message walks the fields of a protobuf message. Unknown fields are passed
// over; after an error there are no more.
type message struct {
	b   []byte
	err error

	num  int    // of the field that next found
	wire int    // its wire type
	v    uint64 // its value if it is a number
	data []byte // its bytes if it is a string, a message or packed
}

// The wire types of protobuf.
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

// next finds the next field; false at the end or at an error.
func (m *message) next() bool {
	if m.err != nil || len(m.b) == 0 {
		return false
	}
	key := m.varint()
	m.num, m.wire = int(key>>3&math.MaxInt32), int(key&7)
	m.v, m.data = 0, nil
	switch m.wire {
	case wireVarint:
		m.v = m.varint()
	case wire64:
		if b := m.take(8); b != nil {
			m.v = binary.LittleEndian.Uint64(b)
		}
	case wire32:
		if b := m.take(4); b != nil {
			m.v = uint64(binary.LittleEndian.Uint32(b))
		}
	case wireBytes:
		m.data = m.take(m.varint())
	default:
		m.err = errProto
	}
	return m.err == nil
}

func (m *message) varint() uint64 {
	v, n := binary.Uvarint(m.b)
	if n <= 0 {
		m.err = errProto
		return 0
	}
	m.b = m.b[n:]
	return v
}

func (m *message) take(n uint64) []byte {
	if m.err != nil || n > uint64(len(m.b)) {
		m.err = errProto
		return nil
	}
	out := m.b[:n:n]
	m.b = m.b[n:]
	return out
}

// sint gives the field as a zigzag number.
func (m *message) sint() int64 { return int64(m.v>>1) ^ -int64(m.v&1) }

// double gives the field as a double.
func (m *message) double() float64 { return math.Float64frombits(m.v) }

// uints appends the field's numbers, packed or single.
func (m *message) uints(dst []uint64) []uint64 {
	if m.wire != wireBytes {
		return append(dst, m.v)
	}
	for in := (&message{b: m.data}); len(in.b) > 0; {
		v := in.varint()
		if in.err != nil {
			m.err = in.err
			break
		}
		dst = append(dst, v)
	}
	return dst
}

// each calls f for every field of a message.
func each(b []byte, f func(m *message)) error {
	m := &message{b: b}
	for m.next() {
		f(m)
	}
	return m.err
}
