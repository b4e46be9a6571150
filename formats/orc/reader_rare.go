package orc

import (
	"encoding/binary"
	"math"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/vector"
)

// nanoScale gives what the last three bits of a stored nanosecond count stand
// for: trailing zeros that were left out.
var nanoScale = [8]int64{1, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000}

// second is how many nanoseconds it has.
const second = 1_000_000_000

// timestamps reads seconds since 2015 and nanoseconds (specification,
// "Timestamp Columns") into the ticks of the type that is wanted.
func (r *reader) timestamps(own rows) error {
	var err error
	if r.i64, err = r.ints.appendN(r.i64[:0], own.set); err != nil {
		return err
	}
	if r.aux, err = r.lens.appendN(r.aux[:0], own.set); err != nil {
		return err
	}
	unit := r.bind.conv.From.Ticks
	perTick := second / unit
	limit := math.MaxInt64/unit - 2
	for i, s := range r.i64 {
		// Arrow writes what lies before 1970 as seconds and nanoseconds that both
		// are negative.
		nanos := r.aux[i] >> 3
		if nanos > second || nanos < -second || s > 1<<50 || s < -1<<50 {
			return convert.ErrRange
		}
		if nanos *= nanoScale[r.aux[i]&7]; nanos >= second || nanos <= -second {
			return convert.ErrRange
		}
		s = r.zone.wall(s)
		if s < 0 && nanos > 999_999 {
			s-- // writers round seconds before 1970 toward it
		}
		if s > limit || s < -limit {
			return convert.ErrRange
		}
		ticks := nanos / perTick
		if nanos%perTick < 0 {
			ticks--
		}
		r.i64[i] = s*unit + ticks
	}
	return r.fixed(convert.BytesOf(r.i64), own)
}

// decimals reads unscaled values and their scales, which may differ from value
// to value (specification, "Decimal Columns").
func (r *reader) decimals(own rows) error {
	var err error
	if r.decimal64 {
		if r.i64, err = r.ints.appendN(r.i64[:0], own.set); err != nil {
			return err
		}
		return r.fixed(convert.BytesOf(r.i64), own)
	}
	if r.aux, err = r.lens.appendN(r.aux[:0], own.set); err != nil {
		return err
	}
	long := r.bind.conv.From.Phys == convert.PhysInt128
	typ := r.bind.node.typ
	r.i64, r.i128 = r.i64[:0], r.i128[:0]
	for _, scale := range r.aux {
		d, err := r.streams[streamData].bigVarint()
		if err != nil {
			return err
		}
		if scale != int64(typ.S) {
			var ok bool
			if scale < 0 || scale > types.MaxDecimalPrecision {
				return convert.ErrDecimal
			}
			if d, ok = d.Rescale(int(scale), int(typ.S)); !ok {
				return convert.ErrDecimal
			}
		}
		switch {
		case long:
			r.i128 = append(r.i128, d)
		case !d.IsInt64():
			return convert.ErrDecimal
		default:
			r.i64 = append(r.i64, d.Int64())
		}
	}
	if long {
		return r.fixed(convert.BytesOf(r.i128), own)
	}
	return r.fixed(convert.BytesOf(r.i64), own)
}

// bigVarint reads a zigzag number of at most 128 bits.
func (s *stream) bigVarint() (types.Int128, error) {
	b, err := s.peek(19)
	if err != nil {
		return types.Int128{}, err
	}
	if v, n := binary.Uvarint(b); n > 0 {
		s.pos += n
		return types.I128(zigzag(v)), nil
	}
	var lo, hi uint64
	for i, x := range b {
		if i == 19 {
			break
		}
		v := uint64(x & 0x7f)
		switch shift := 7 * i; {
		case shift < 57:
			lo |= v << shift
		case shift < 64:
			lo |= v << shift
			hi |= v >> (64 - shift)
		default:
			if shift-64 > 57 && v>>(128-shift) != 0 {
				return types.Int128{}, convert.ErrDecimal
			}
			hi |= v << (shift - 64)
		}
		if x < 0x80 {
			s.pos += i + 1
			neg := -(lo & 1)
			lo, hi = lo>>1|hi<<63, hi>>1
			return types.Int128{Lo: lo ^ neg, Hi: int64(hi ^ neg)}, nil
		}
	}
	return types.Int128{}, errShort
}

// union reads tags and the values of each type, which are stored for their own
// rows only, and makes a row of them.
func (r *reader) union(own rows) error {
	var err error
	if r.b8, err = r.bytes.appendN(r.b8[:0], own.set); err != nil {
		return err
	}
	var count [256]int
	for _, t := range r.b8 {
		count[t]++
		if int(t) >= len(r.bind.node.sub) {
			return errTag
		}
	}
	r.kidVecs = r.kidVecs[:0]
	for j, k := range r.kids {
		at := r.bind.at[j]
		switch {
		case k == nil && at < 0 && r.bind.kids[j].node != nil:
			v, err := r.tags(r.bind.kids[j], own)
			if err != nil {
				return err
			}
			r.kidVecs = append(r.kidVecs, v)
		case k == nil:
			r.kidVecs = append(r.kidVecs, vector.Null(r.bind.kids[j].typ, own.n))
		default:
			v, err := k.read(rows{n: count[at], set: count[at]})
			if err != nil {
				return err
			}
			r.kidVecs = append(r.kidVecs, scatter(v, r.b8, byte(at), own))
		}
	}
	r.vec = vector.Vector{Type: r.bind.typ, Len: own.n}
	r.vec.SetKids(r.kidVecs)
	return nil
}

// tags makes the column of tags.
func (r *reader) tags(b *binding, own rows) (*vector.Vector, error) {
	tag := &reader{bind: b}
	for _, t := range r.b8 {
		tag.i64 = append(tag.i64, int64(t))
	}
	if err := tag.fixed(convert.BytesOf(tag.i64), own); err != nil {
		return nil, err
	}
	tag.vec.Valid = own.valid
	return &tag.vec, nil
}

// scatter puts the values of one type of a union at the rows that have its
// tag.
func scatter(v *vector.Vector, tags []byte, tag byte, own rows) *vector.Vector {
	out := vector.New(v.Type, 0)
	from, at := 0, 0
	for i := range own.n {
		if own.valid != nil && !own.valid.Get(i) {
			out.AppendNull()
			continue
		}
		if tags[at] == tag {
			out.AppendRange(v, from, 1)
			from++
		} else {
			out.AppendNull()
		}
		at++
	}
	return out
}

// skip passes over rows of which n are not null in the parent.
func (r *reader) skip(n int64) error {
	set := n
	if r.present != nil {
		set = 0
		for left := n; left > 0; left -= min(left, blockValues) {
			var err error
			if r.seen, err = r.present.appendN(r.seen[:0], int(min(left, blockValues))); err != nil {
				return err
			}
			for _, b := range r.seen {
				set += int64(b)
			}
		}
	}
	for set > 0 {
		k := min(set, blockValues)
		if err := r.skipValues(int(k)); err != nil {
			return err
		}
		set -= k
	}
	return nil
}

// skipValues passes over n values that are not null.
func (r *reader) skipValues(n int) (err error) {
	switch r.bind.node.kind {
	case kindBoolean:
		r.b8, err = r.bits.appendN(r.b8[:0], n)
	case kindByte:
		r.b8, err = r.bytes.appendN(r.b8[:0], n)
	case kindShort, kindInt, kindLong, kindDate:
		err = r.ints.skip(int64(n))
	case kindDecimal:
		err = r.skipDecimals(n)
	case kindFloat, kindDouble:
		err = r.streams[streamData].skip(int64(n * r.bind.conv.From.Width))
	case kindTimestamp, kindInstant:
		if err = r.ints.skip(int64(n)); err == nil {
			err = r.lens.skip(int64(n))
		}
	case kindStruct:
		err = r.skipKids(int64(n))
	case kindUnion:
		err = r.skipUnion(n)
	case kindList, kindMap:
		var total int64
		if total, err = r.lengths(n, math.MaxInt64>>20); err == nil {
			err = r.skipKids(total)
		}
	default:
		err = r.skipText(n)
	}
	return err
}

func (r *reader) skipDecimals(n int) error {
	if r.decimal64 {
		return r.ints.skip(int64(n))
	}
	for range n {
		if _, err := r.streams[streamData].bigVarint(); err != nil {
			return err
		}
	}
	return r.lens.skip(int64(n))
}

func (r *reader) skipKids(n int64) error {
	for _, k := range r.kids {
		if k != nil {
			if err := k.skip(n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reader) skipText(n int) error {
	if r.enc.dictionary() {
		return r.ints.skip(int64(n))
	}
	total, err := r.lengths(n, math.MaxInt64>>20)
	if err != nil {
		return err
	}
	return r.streams[streamData].skip(total)
}

func (r *reader) skipUnion(n int) error {
	var err error
	if r.b8, err = r.bytes.appendN(r.b8[:0], n); err != nil {
		return err
	}
	var count [256]int64
	for _, t := range r.b8 {
		count[t]++
	}
	for j, k := range r.kids {
		if k != nil {
			if err := k.skip(count[r.bind.at[j]]); err != nil {
				return err
			}
		}
	}
	return nil
}
