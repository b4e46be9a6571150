package avro

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/vector"
)

var (
	errShort   = errors.New("a record ends after its block")
	errVarint  = errors.New("a number is longer than 64 bits, or the block ends in it")
	errInt     = errors.New("an int is out of its range")
	errLength  = errors.New("a length is negative or longer than the block")
	errBoolean = errors.New("a boolean is neither 0 nor 1")
	errEnum    = errors.New("an enum has no such symbol")
	errUnion   = errors.New("a union has no such type")
	errNoType  = errors.New("a union holds a type that the table's schema lacks there")
	errCount   = errors.New("an array or map has more entries than its block can hold")
	errDepth   = errors.New("records are nested too deeply")
)

// maxFree bounds the list entries of one batch that take no bytes in the file.
const maxFree = 1 << 20

// maxDepth bounds how deep records that contain themselves may be nested.
const maxDepth = 500

// decoder walks records.
type decoder struct {
	b     []byte // the window up to the end of the block
	depth int
	free  int64 // entries without bytes that are still allowed

	mem           *formats.Charge
	entries, paid int64 // of the batch's lists; and of those that were charged
}

// long reads a zigzag number at pos; the new position is negative if there is
// none.
func long(b []byte, pos int) (int64, int) {
	if uint(pos) < uint(len(b)) && b[pos] < 0x80 {
		u := b[pos]
		return int64(u>>1) ^ -int64(u&1), pos + 1
	}
	return longSlow(b, pos)
}

func longSlow(b []byte, pos int) (int64, int) {
	if len(b)-pos >= 3 { // most numbers of more than one byte have two or three
		u := uint64(b[pos]&0x7f) | uint64(b[pos+1]&0x7f)<<7
		if b[pos+1] < 0x80 {
			return int64(u>>1) ^ -int64(u&1), pos + 2
		}
		if u |= uint64(b[pos+2]&0x7f) << 14; b[pos+2] < 0x80 {
			return int64(u>>1) ^ -int64(u&1), pos + 3
		}
	}
	v, n := binary.Varint(b[pos:])
	if n <= 0 {
		return 0, -1
	}
	return v, pos + n
}

// text reads a length and gives the bytes behind it as a range; the new
// position is negative if they are not there.
func text(b []byte, pos int) (vector.Range, int) {
	n, pos := long(b, pos)
	if pos < 0 || n < 0 || n > int64(len(b)-pos) {
		return vector.Range{}, -1
	}
	return vector.Range{Off: uint32(pos), Len: uint32(n)}, pos + int(n)
}

// run executes a program at pos and gives the position behind it.
func (d *decoder) run(code []instr, pos int) (int, error) {
	b, mark := d.b, 0
	for i := range code {
		in := &code[i]
		if in.null >= 0 {
			if pos >= len(b) {
				return 0, errShort
			}
			k := b[pos]
			pos++
			if k == byte(in.null)<<1 {
				if in.sink != nil {
					in.sink.addNull()
				}
				continue
			}
			if k != byte(1-in.null)<<1 {
				return 0, errUnion
			}
		}
		var v int64
		var r vector.Range
		switch in.op {
		case opLong:
			if v, pos = long(b, pos); pos < 0 {
				return 0, errVarint
			}
			in.sink.i64 = append(in.sink.i64, v)
		case opText:
			if r, pos = text(b, pos); pos < 0 {
				return 0, errLength
			}
			in.sink.rs = append(in.sink.rs, r)
		case opInt:
			if v, pos = long(b, pos); pos < 0 {
				return 0, errVarint
			}
			if v != int64(int32(v)) {
				return 0, errInt
			}
			in.sink.i32 = append(in.sink.i32, int32(v))
		case opDouble:
			if len(b)-pos < 8 {
				return 0, errShort
			}
			in.sink.f64 = append(in.sink.f64, math.Float64frombits(binary.LittleEndian.Uint64(b[pos:])))
			pos += 8
		case opSkipVar:
			if _, pos = long(b, pos); pos < 0 {
				return 0, errVarint
			}
		case opSkipText:
			if _, pos = text(b, pos); pos < 0 {
				return 0, errLength
			}
		case opSkip:
			if len(b)-pos < in.n {
				return 0, errShort
			}
			pos += in.n
		case opMark:
			mark = pos
		case opBack:
			pos = mark
		default:
			var err error
			if pos, err = d.rare(in, pos); err != nil {
				return 0, err
			}
		}
	}
	return pos, nil
}

// rare executes the instructions that are seldom, or long themselves.
func (d *decoder) rare(in *instr, pos int) (int, error) {
	switch in.op {
	case opNothing:
		return pos, nil
	case opNoType:
		return 0, errNoType
	case opNull, opConst:
		in.sink.n++
		return pos, nil
	case opTag:
		in.sink.tag(in.n, in.place)
		return pos, nil
	case opList:
		return d.list(in, pos)
	case opSkipList:
		return d.skipList(in, pos)
	case opRecord:
		if in.sink != nil {
			in.sink.n++
		}
		return d.nested(in.body, pos)
	case opUnion, opUnionRow, opSkipUnion:
		return d.union(in, pos)
	case opEnum, opLongDouble:
		v, pos := long(d.b, pos)
		switch {
		case pos < 0:
			return 0, errVarint
		case in.op == opLongDouble:
			in.sink.f64 = append(in.sink.f64, float64(v))
		case v < 0 || v >= int64(in.n):
			return 0, errEnum
		default:
			in.sink.codes = append(in.sink.codes, uint32(v))
		}
		return pos, nil
	}
	return d.fixed(in, pos)
}

// fixed executes the instructions whose values have a known length.
func (d *decoder) fixed(in *instr, pos int) (int, error) {
	n := in.n
	switch in.op {
	case opBool:
		n = 1
	case opFloat, opFloatDouble:
		n = 4
	}
	if len(d.b)-pos < n {
		return 0, errShort
	}
	b, s := d.b[pos:pos+n], in.sink
	switch in.op {
	case opBool:
		if b[0] > 1 {
			return 0, errBoolean
		}
		s.b8 = append(s.b8, b[0])
	case opFloat:
		s.f32 = append(s.f32, math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case opFloatDouble:
		s.f64 = append(s.f64, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
	case opFixedText:
		s.rs = append(s.rs, vector.Range{Off: uint32(pos), Len: uint32(n)})
	case opFixed:
		s.b8 = append(s.b8, b...)
		s.n++
	}
	return pos + n, nil
}

// nested runs the program of a part.
func (d *decoder) nested(p *program, pos int) (int, error) {
	if d.depth++; d.depth > maxDepth {
		return 0, errDepth
	}
	pos, err := d.run(p.code, pos)
	d.depth--
	return pos, err
}

func (d *decoder) union(in *instr, pos int) (int, error) {
	k, pos := long(d.b, pos)
	switch {
	case pos < 0 || k < 0 || k >= int64(len(in.branches)):
		return 0, errUnion
	case in.branches[k] != nil:
		if in.op == opUnionRow {
			in.sink.n++
		}
		return d.nested(in.branches[k], pos)
	case in.sink != nil:
		in.sink.addNull()
	}
	return pos, nil
}

// count reads the head of a block of entries: their number, and the bytes they
// take if the writer says so (else -1).
func (d *decoder) count(in *instr, pos int) (n, size int64, next int, err error) {
	n, pos = long(d.b, pos)
	if pos < 0 {
		return 0, 0, 0, errVarint
	}
	size = -1
	if n < 0 {
		if size, pos = long(d.b, pos); pos < 0 || size < 0 || size > int64(len(d.b)-pos) {
			return 0, 0, 0, errLength
		}
		n = -n
	}
	switch {
	case n < 0: // the least int64 has no positive one
		return 0, 0, 0, errCount
	case in.min > 0 && n > int64(len(d.b)-pos)/in.min:
		return 0, 0, 0, errCount
	case in.min == 0:
		if n > d.free {
			return 0, 0, 0, errCount
		}
		d.free -= n
	}
	return n, size, pos, nil
}

// entryBytes is about what an entry of a list takes once it is decoded.
const entryBytes = 24

// hold charges n entries more. What has been charged stays so: sinks keep their
// memory from batch to batch.
func (d *decoder) hold(n int64) error {
	if d.entries += n; d.entries <= d.paid || d.mem == nil {
		return nil
	}
	more := max(d.entries-d.paid, 1<<12)
	if err := d.mem.Add(more * entryBytes); err != nil {
		return err
	}
	d.paid += more
	return nil
}

func (d *decoder) list(in *instr, pos int) (int, error) {
	first := in.sink.kids[0]
	at := first.len()
	for {
		n, _, next, err := d.count(in, pos)
		if err != nil {
			return 0, err
		}
		if pos = next; n == 0 {
			in.sink.rs = append(in.sink.rs, vector.Range{Off: uint32(at), Len: uint32(first.len() - at)})
			return pos, nil
		}
		if err := d.hold(n); err != nil {
			return 0, err
		}
		for range n {
			if pos, err = d.nested(in.body, pos); err != nil {
				return 0, err
			}
		}
	}
}

func (d *decoder) skipList(in *instr, pos int) (int, error) {
	for {
		n, size, next, err := d.count(in, pos)
		if err != nil {
			return 0, err
		}
		if pos = next; n == 0 {
			return pos, nil
		}
		if size >= 0 {
			pos += int(size)
			continue
		}
		for range n {
			if pos, err = d.nested(in.body, pos); err != nil {
				return 0, err
			}
		}
	}
}
