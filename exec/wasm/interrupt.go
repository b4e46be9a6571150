package wasm

import "encoding/binary"

// Compiled code runs outside of Go's scheduler: it must come back now and then, to
// be stopped and to let the collector run. The compiler makes it come back at each
// loop's head, but calls need no loop to go on for ever: a function that calls itself
// twice does for practical purposes, and so does a chain of a hundred that each call
// the next one twice. So every function that calls gets an empty loop in front:
//
//	loop end  body
//
// A function without calls and loops runs each instruction once. Those that move
// memory may take long for that: maxMoves bounds them.

// maxMoves is how many instructions of a function may fill or copy memory.
const maxMoves = 256

// Opcodes (section 5.4).
const (
	opCall         = 0x10
	opCallIndirect = 0x11
	opBulk         = 0xfc // then 8 to 11: memory.init, data.drop, memory.copy, memory.fill
)

// emptyLoop is loop (without results) end.
var emptyLoop = []byte{0x03, 0x40, 0x0b}

// interruptible gives the module with empty loops in its functions. Nothing else is
// changed. Damage is left for the compiler to find.
func interruptible(module []byte) []byte {
	out := append(make([]byte, 0, len(module)+len(module)/16+64), module[:len(magic)]...)
	r := &reader{b: module[len(magic):]}
	for len(r.b) > 0 {
		id := r.byte()
		s := &reader{b: r.bytes(r.uint())}
		if r.failed {
			return module
		}
		section := s.b
		if id == sectionCode {
			if section = interruptBodies(s); s.failed {
				return module
			}
		}
		out = binary.AppendUvarint(append(out, id), uint64(len(section)))
		out = append(out, section...)
	}
	return out
}

// interruptBodies rewrites the code section.
func interruptBodies(r *reader) []byte {
	n := r.uint()
	out := binary.AppendUvarint(nil, uint64(n))
	for ; n > 0 && !r.failed; n-- {
		b := &reader{b: r.bytes(r.uint())}
		whole := b.b
		for locals := b.uint(); locals > 0 && !b.failed; locals-- {
			b.uint() // how many
			b.byte() // of this type
		}
		r.failed = r.failed || b.failed
		if !mayCall(b.b) {
			out = append(binary.AppendUvarint(out, uint64(len(whole))), whole...)
			continue
		}
		out = binary.AppendUvarint(out, uint64(len(whole)+len(emptyLoop)))
		out = append(out, whole[:len(whole)-len(b.b)]...)
		out = append(append(out, emptyLoop...), b.b...)
	}
	return append(out, r.b...)
}

// mayCall reports whether code has a byte that may be a call: an operand that looks
// like one costs a check, no more.
func mayCall(code []byte) bool {
	for _, b := range code {
		if b == opCall || b == opCallIndirect {
			return true
		}
	}
	return false
}

// moves counts what may be instructions that fill or copy memory.
func moves(code []byte) int {
	n := 0
	for i := 1; i < len(code); i++ {
		if code[i-1] == opBulk && code[i] >= 8 && code[i] <= 11 {
			n++
		}
	}
	return n
}
