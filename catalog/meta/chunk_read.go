package meta

import (
	"encoding/binary"

	"github.com/glauxdb/glaux/catalog/fault"
)

// chunkReader reads a chunk from front to back. After bad is set everything
// reads as zero; err tells.
type chunkReader struct {
	b      []byte
	format byte
	bad    bool
	stale  bool // another number of keys than expected
	rows   int
	keys   int
}

func newChunkReader(b []byte) *chunkReader {
	r := &chunkReader{b: b}
	if len(b) == 0 || b[0] != chunkFormat && b[0] != chunkFormatOld {
		r.bad = true
		return r
	}
	r.format, r.b = b[0], b[1:]
	r.rows, r.keys = r.count(), r.count()
	r.bad = r.bad || r.rows > 4*maxChunk || r.keys > maxKeys
	return r
}

// checkKeys compares the number of keys with the one that the reader's caller
// knows, which is old where a table changed meanwhile.
func (r *chunkReader) checkKeys(keys int) {
	if !r.bad && r.keys != keys {
		r.bad, r.stale = true, true
	}
}

func (r *chunkReader) err() error {
	if r.stale {
		return fault.New(fault.CodeObjectNotReady, "the partition keys of the table were changed by someone else").
			WithHint("Read the table again.")
	}
	if r.bad {
		return fault.New(fault.CodeDataCorrupted, "the catalog holds a damaged chunk of partitions")
	}
	return nil
}

func (r *chunkReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads a number of things that take at least one byte each, so that
// what is allocated for them is bounded by the chunk's size.
func (r *chunkReader) count() int {
	v := r.uvarint()
	if v > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(v)
}

func (r *chunkReader) take(n int) []byte {
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

// dict reads a dictionary; nil stands for a column that is empty everywhere
// and has no codes.
func (r *chunkReader) dict() []string {
	n := r.count()
	if n > r.rows {
		r.bad = true
	}
	if n == 0 || r.bad {
		return nil
	}
	d := make([]string, n)
	for i := range d {
		d[i] = string(r.take(r.count()))
	}
	return d
}

// code reads a code of a dictionary of n strings.
func (r *chunkReader) code(n int) int {
	if len(r.b) > 0 && r.b[0] < 0x80 { // nearly every code
		c := int(r.b[0])
		r.b = r.b[1:]
		if c < n {
			return c
		}
		r.bad, r.b = true, nil
		return 0
	}
	c := r.uvarint()
	if c >= uint64(n) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(c)
}

// strings reads a dictionary column into set; a column that is empty sets
// nothing.
func (r *chunkReader) strings(set func(i int, s string)) {
	d := r.dict()
	if d == nil {
		return
	}
	for i := 0; i < r.rows && !r.bad; i++ {
		set(i, d[r.code(len(d))])
	}
}

// fronts reads the locations; none is called nothing for.
func (r *chunkReader) fronts(set func(i int, s []byte)) {
	if f := r.take(1); len(f) == 0 || f[0] == 0 {
		return
	}
	var last []byte
	for i := 0; i < r.rows && !r.bad; i++ {
		shared := r.uvarint()
		if shared > uint64(len(last)) || len(last) > maxLocation {
			r.bad = true
			return
		}
		last = append(last[:shared], r.take(r.count())...)
		set(i, last)
	}
}

// times reads a column of times; one that is missing in every row sets nothing.
func (r *chunkReader) times(set func(i int, v int64)) {
	if f := r.take(1); len(f) == 1 && f[0] != 0 {
		r.varints(set)
	}
}

func (r *chunkReader) varints(set func(i int, v int64)) {
	var last int64
	for i := 0; i < r.rows && !r.bad; i++ {
		v, n := binary.Varint(r.b)
		if n <= 0 {
			r.bad, r.b = true, nil
			return
		}
		r.b = r.b[n:]
		last += v
		set(i, last)
	}
}
