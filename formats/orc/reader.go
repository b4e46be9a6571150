package orc

import (
	"errors"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/vector"
)

var (
	errLength  = errors.New("a length is negative or absurd")
	errCode    = errors.New("a dictionary has no such entry")
	errTag     = errors.New("a union has no such type")
	errEncoded = errors.New("a column's encoding is not one of its type")
	// errIdentity is an identity that is NULL.
	errIdentity = errors.New("a row of a transactional table has no identity")
)

// maxEntries bounds the list entries, and maxText the bytes of text, of one
// batch.
const (
	maxEntries = 1 << 26
	maxText    = 1 << 31
)

// reader reads one column of a stripe, or a part of one. Rows of a part are
// those of its parent, of which only the ones that are not null have anything
// stored.
type reader struct {
	bind    *binding
	top     bool // a column, not a part of one
	kids    []*reader
	enc     encoding
	streams [numStreams]*stream
	entry   []entry // where the streams are entered; nil: at their beginning

	present *bools // nil: no nulls of its own
	ints    ints   // DATA of numbers, codes, dates, seconds
	lens    ints   // LENGTH, or SECONDARY of timestamps and decimals
	bits    bools  // DATA of booleans
	bytes   byteRuns
	zone    *zone
	// decimal64 says that decimals are integers of the type's scale, in run length
	// encoding version 2, as the drafts of version 2 of the format have it.
	decimal64 bool
	dict      *vector.Vector
	ranges    []vector.Range // of the dictionary

	// Of the batch: dense values, then the vector.
	i64, aux []int64
	i32      []int32
	i128     []types.Int128
	b8, seen []byte
	rs       []vector.Range
	codes    []uint32
	valid    vector.Bitmap
	vec      vector.Vector
	kidVecs  []*vector.Vector

	tab  *formats.Tab
	most int64 // entries that have been charged
}

// entryBytes is about what an entry of a list takes while it is decoded: its
// presence, a number or range, and the value.
const entryBytes = 32

// hold charges the entries of a batch's lists: runs of equal ones, or of nulls,
// take no bytes in the file.
func (r *reader) hold(entries int64) error {
	if entries <= r.most {
		return nil
	}
	err := r.tab.Add((entries - r.most) * entryBytes * int64(len(r.kids)))
	if err == nil {
		r.most = entries
	}
	return err
}

// rows says which rows are to be read.
type rows struct {
	n     int           // rows of the vector
	valid vector.Bitmap // of the parent; nil: all
	set   int           // rows of the parent that are not null
}

// presence finds which of the rows are not null.
func (r *reader) presence(in rows) (rows, error) {
	if r.present == nil {
		return in, nil
	}
	r.seen = r.seen[:0]
	var err error
	if r.seen, err = r.present.appendN(r.seen, in.set); err != nil {
		return in, err
	}
	words := (in.n + 63) / 64
	if cap(r.valid) < words {
		r.valid = make(vector.Bitmap, words, words+words/4+1)
	}
	r.valid = r.valid[:words]
	clear(r.valid)
	set, at := 0, 0
	if in.valid == nil {
		for i, b := range r.seen {
			r.valid[i>>6] |= uint64(b) << (i & 63)
			set += int(b)
		}
	} else {
		for i := range in.n {
			if in.valid.Get(i) {
				b := r.seen[at]
				at++
				r.valid[i>>6] |= uint64(b) << (i & 63)
				set += int(b)
			}
		}
	}
	if set == in.n {
		return rows{n: in.n, set: set}, nil
	}
	return rows{in.n, r.valid, set}, nil
}

// read gives the vector of the next rows. It is valid until the next call.
func (r *reader) read(in rows) (*vector.Vector, error) {
	own, err := r.presence(in)
	if err != nil {
		return nil, err
	}
	if r.bind.pick {
		return r.pick(own)
	}
	if r.bind.conv.Op == convert.OpNone && r.bind.kids == nil && r.bind.typ.Kind != types.Row {
		r.vec = *vector.Null(r.bind.typ, in.n)
		return &r.vec, nil
	}
	switch r.bind.node.kind {
	case kindStruct:
		err = r.row(own)
	case kindUnion:
		err = r.union(own)
	case kindList, kindMap:
		err = r.list(own)
	default:
		err = r.scalar(own)
	}
	if err != nil {
		return nil, err
	}
	if r.vec.Valid = nil; own.valid != nil {
		r.vec.Valid = own.valid
	}
	return &r.vec, nil
}

// pick reads one part in the place of the whole.
func (r *reader) pick(own rows) (*vector.Vector, error) {
	if r.bind.node.kind == kindStruct {
		return r.kids[0].read(own)
	}
	if err := r.union(own); err != nil {
		return nil, err
	}
	v := r.kidVecs[0]
	if own.valid != nil {
		v.Valid = vector.And(v.Valid, own.valid)
	}
	return v, nil
}

func (r *reader) scalar(own rows) error {
	switch r.bind.node.kind {
	case kindBoolean:
		var err error
		if r.b8, err = r.bits.appendN(r.b8[:0], own.set); err != nil {
			return err
		}
		return r.fixed(r.b8, own)
	case kindByte:
		return r.tinyints(own)
	case kindShort, kindInt, kindLong:
		var err error
		if r.i64, err = r.ints.appendN(r.i64[:0], own.set); err != nil {
			return err
		}
		return r.fixed(convert.BytesOf(r.i64), own)
	case kindFloat, kindDouble:
		b, err := r.streams[streamData].take(own.set * r.bind.conv.From.Width)
		if err != nil {
			return err
		}
		return r.fixed(b, own)
	case kindDate:
		return r.dates(own)
	case kindTimestamp, kindInstant:
		return r.timestamps(own)
	case kindDecimal:
		return r.decimals(own)
	}
	if r.enc.dictionary() {
		return r.dictText(own)
	}
	return r.text(own)
}

// fixed converts dense values and spreads them over the rows.
func (r *reader) fixed(dense []byte, own rows) error {
	c, v := &r.bind.conv, &r.vec
	if c.Op == convert.OpCopy && own.valid == nil {
		v.Reset(c.To, 0)
		v.Len = own.n
		v.SetRaw(dense)
		return nil
	}
	v.Reset(c.To, own.n)
	if err := c.Fixed(v.Raw(), dense, own.set); err != nil {
		return err
	}
	if own.valid != nil {
		spread(v.Raw(), own, c.To.Phys().Width())
	}
	return nil
}

// spread moves dense values of w bytes to their rows; null rows become zero.
func spread(raw []byte, own rows, w int) {
	switch w {
	case 1:
		spreadInts(raw, own)
	case 2:
		spreadInts(convert.As[uint16](raw), own)
	case 4:
		spreadInts(convert.As[uint32](raw), own)
	case 8:
		spreadInts(convert.As[uint64](raw), own)
	default:
		vals, j := convert.As[[2]uint64](raw), own.set
		for i := own.n - 1; i >= 0; i-- {
			x := [2]uint64{}
			if own.valid.Get(i) {
				j--
				x = vals[j]
			}
			vals[i] = x
		}
	}
}

// spreadInts goes backwards, so that nothing is written over before it is read.
func spreadInts[T byte | uint16 | uint32 | uint64](vals []T, own rows) {
	vals = vals[:own.n]
	j := own.set
	for i := own.n - 1; i >= 0; i-- {
		bit := own.valid[i>>6] >> (i & 63) & 1
		j -= int(bit)
		vals[i] = vals[max(j, 0)] & -T(bit)
	}
}

func (r *reader) tinyints(own rows) error {
	var err error
	if r.b8, err = r.bytes.appendN(r.b8[:0], own.set); err != nil {
		return err
	}
	r.i64 = r.i64[:0]
	for _, b := range r.b8 {
		r.i64 = append(r.i64, int64(int8(b)))
	}
	return r.fixed(convert.BytesOf(r.i64), own)
}

func (r *reader) dates(own rows) error {
	var err error
	if r.i64, err = r.ints.appendN(r.i64[:0], own.set); err != nil {
		return err
	}
	r.i32 = r.i32[:0]
	bad := int64(0)
	for _, d := range r.i64 {
		r.i32 = append(r.i32, int32(d))
		bad |= d ^ int64(int32(d))
	}
	if bad != 0 {
		return convert.ErrRange
	}
	return r.fixed(convert.BytesOf(r.i32), own)
}

// lengths reads n lengths and gives their sum.
func (r *reader) lengths(n int, most int64) (total int64, err error) {
	if r.aux, err = r.lens.appendN(r.aux[:0], n); err != nil {
		return 0, err
	}
	for _, l := range r.aux {
		if l < 0 || l > most {
			return 0, errLength
		}
		if total += l; total > most {
			return 0, errLength
		}
	}
	return total, nil
}

// densify makes ranges of the lengths in aux, one after the other, and spreads
// them.
func (r *reader) densify(own rows) {
	if cap(r.rs) < own.n {
		r.rs = make([]vector.Range, own.n, own.n+own.n/4)
	}
	r.rs = r.rs[:own.n]
	at := uint32(0)
	for i, l := range r.aux {
		r.rs[i] = vector.Range{Off: at, Len: uint32(l)}
		at += uint32(l)
	}
	if own.valid != nil {
		spread(convert.BytesOf(r.rs), own, 8)
	}
}

func (r *reader) text(own rows) error {
	total, err := r.lengths(own.set, maxText)
	if err != nil {
		return err
	}
	b, err := r.streams[streamData].take(int(total))
	if err != nil {
		return err
	}
	r.densify(own)
	r.vec.Reset(r.bind.typ, 0)
	r.vec.Len = own.n
	r.vec.SetRaw(convert.BytesOf(r.rs))
	r.vec.SetData(b)
	return nil
}

// dictText gives codes for columns, ranges into the dictionary for parts.
func (r *reader) dictText(own rows) error {
	if err := r.loadDict(); err != nil {
		return err
	}
	var err error
	if r.i64, err = r.ints.appendN(r.i64[:0], own.set); err != nil {
		return err
	}
	for _, c := range r.i64 {
		if c < 0 || c >= int64(len(r.ranges)) {
			return errCode
		}
	}
	r.vec.Reset(r.bind.typ, 0)
	r.vec.Len = own.n
	if r.top && r.dict.Len > 0 {
		r.codes = growTo(r.codes, own.n)
		for i, c := range r.i64 {
			r.codes[i] = uint32(c)
		}
		if own.valid != nil {
			spreadInts(r.codes, own)
		}
		r.vec.SetDict(r.bind.typ, r.codes, r.dict)
		return nil
	}
	r.rs = growTo(r.rs, own.n)
	for i, c := range r.i64 {
		r.rs[i] = r.ranges[c]
	}
	if own.valid != nil {
		spread(convert.BytesOf(r.rs), own, 8)
	}
	r.vec.SetRaw(convert.BytesOf(r.rs))
	r.vec.SetData(r.dict.Data)
	return nil
}

// growTo gives a slice of n values of undefined content.
func growTo[T any](s []T, n int) []T {
	if cap(s) < n {
		s = make([]T, n, n+n/4)
	}
	return s[:n]
}

// loadDict reads the stripe's dictionary, once.
func (r *reader) loadDict() error {
	if r.dict != nil {
		return nil
	}
	var total int64
	for left := int64(min(r.enc.dict, 1<<40)); left > 0; {
		n, err := r.lengths(int(min(left, blockValues)), maxText-total)
		if err != nil {
			return err
		}
		if err := r.tab.Add(int64(len(r.aux)) * 8); err != nil {
			return err
		}
		for _, l := range r.aux {
			r.ranges = append(r.ranges, vector.Range{Off: uint32(total), Len: uint32(l)})
			total += l
		}
		left -= min(left, blockValues)
		if n == 0 && len(r.ranges) > maxEntries {
			return errLength
		}
	}
	data, err := r.streams[streamDictionary].take(int(total))
	if err != nil {
		return err
	}
	r.dict = &vector.Vector{}
	r.dict.Reset(r.bind.typ, 0)
	r.dict.Len = len(r.ranges)
	r.dict.SetRaw(convert.BytesOf(r.ranges))
	r.dict.SetData(data)
	return nil
}

// row reads the parts of a struct, whose vectors have the struct's rows.
func (r *reader) row(own rows) error {
	r.kidVecs = r.kidVecs[:0]
	for i, k := range r.kids {
		if k == nil {
			r.kidVecs = append(r.kidVecs, vector.Null(r.bind.typ.Fields[i].Type, own.n))
			continue
		}
		v, err := k.read(own)
		if err != nil {
			return err
		}
		r.kidVecs = append(r.kidVecs, v)
	}
	r.vec = vector.Vector{Type: r.bind.typ, Len: own.n}
	r.vec.SetKids(r.kidVecs)
	return nil
}

func (r *reader) list(own rows) error {
	total, err := r.lengths(own.set, maxEntries)
	if err != nil {
		return err
	}
	if err := r.hold(total); err != nil {
		return err
	}
	r.densify(own)
	r.kidVecs = r.kidVecs[:0]
	for _, k := range r.kids {
		v, err := k.read(rows{n: int(total), set: int(total)})
		if err != nil {
			return err
		}
		r.kidVecs = append(r.kidVecs, v)
	}
	r.vec = vector.Vector{Type: r.bind.typ, Len: own.n}
	r.vec.SetKids(r.kidVecs)
	r.vec.SetRaw(convert.BytesOf(r.rs))
	return nil
}
