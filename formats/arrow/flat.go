package arrow

import "encoding/binary"

// flat is a flatbuffer of unknown bytes. Whatever lies outside of it reads as
// absent and sets bad; tables are only referred to from before them, so that
// following references ends.
type flat struct {
	b   []byte
	bad bool
}

// table is a table of a flatbuffer; without one (f is nil) every slot is absent.
type table struct {
	f   *flat
	pos int
}

func (f *flat) fail() int { f.bad = true; return -1 }

func (f *flat) u16(pos int) int {
	if pos < 0 || pos > len(f.b)-2 {
		return f.fail()
	}
	return int(binary.LittleEndian.Uint16(f.b[pos:]))
}

// ref follows the reference at pos; -1 if it leaves the buffer.
func (f *flat) ref(pos int) int {
	if pos < 0 || pos > len(f.b)-4 {
		return f.fail()
	}
	to := int64(pos) + int64(binary.LittleEndian.Uint32(f.b[pos:]))
	if to > int64(len(f.b)-4) {
		return f.fail()
	}
	return int(to)
}

// root gives the outermost table.
func (f *flat) root() table {
	if pos := f.ref(0); pos >= 0 {
		return table{f, pos}
	}
	return table{}
}

// slot gives the place of a field of size bytes; -1: absent.
func (t table) slot(i, size int) int {
	if t.f == nil {
		return -1
	}
	if t.pos > len(t.f.b)-4 {
		return t.f.fail()
	}
	vt := int64(t.pos) - int64(int32(binary.LittleEndian.Uint32(t.f.b[t.pos:])))
	if vt < 0 || vt > int64(len(t.f.b)-4) {
		return t.f.fail()
	}
	o := 4 + 2*i
	if o+2 > t.f.u16(int(vt)) {
		return -1
	}
	at := t.f.u16(int(vt) + o)
	if at <= 0 {
		return -1
	}
	if t.pos+at+size > len(t.f.b) {
		return t.f.fail()
	}
	return t.pos + at
}

func (t table) u8(i int, absent byte) byte {
	if p := t.slot(i, 1); p >= 0 {
		return t.f.b[p]
	}
	return absent
}

func (t table) i16(i int, absent int16) int16 {
	if p := t.slot(i, 2); p >= 0 {
		return int16(binary.LittleEndian.Uint16(t.f.b[p:]))
	}
	return absent
}

func (t table) i32(i int, absent int32) int32 {
	if p := t.slot(i, 4); p >= 0 {
		return int32(binary.LittleEndian.Uint32(t.f.b[p:]))
	}
	return absent
}

func (t table) i64(i int, absent int64) int64 {
	if p := t.slot(i, 8); p >= 0 {
		return int64(binary.LittleEndian.Uint64(t.f.b[p:]))
	}
	return absent
}

func (t table) table(i int) table {
	if p := t.slot(i, 4); p >= 0 {
		if to := t.f.ref(p); to >= 0 {
			return table{t.f, to}
		}
	}
	return table{}
}

// vector gives the bytes of a vector's elements and their number.
func (t table) vector(i, size int) (at, n int) {
	p := t.slot(i, 4)
	if p < 0 {
		return 0, 0
	}
	if p = t.f.ref(p); p < 0 {
		return 0, 0
	}
	n = int(binary.LittleEndian.Uint32(t.f.b[p:]))
	if n > (len(t.f.b)-p-4)/size {
		t.f.fail()
		return 0, 0
	}
	return p + 4, n
}

func (t table) text(i int) string {
	at, n := t.vector(i, 1)
	if n == 0 {
		return ""
	}
	return string(t.f.b[at : at+n])
}

// tables gives the elements of a vector of tables.
func (t table) tables(i int) []table {
	at, n := t.vector(i, 4)
	out := make([]table, 0, n)
	for k := range n {
		if to := t.f.ref(at + 4*k); to >= 0 {
			out = append(out, table{t.f, to})
		}
	}
	return out
}
