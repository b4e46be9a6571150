package parquet

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/vector"
)

// This file reads a few rows of a batch one by one, instead of the stretch from the first
// to the last of them: what is in between is passed over without being decoded.

// pickShare: rows are picked where no more than one of so many of the stretch is wanted.
// A picked value costs a few nanoseconds, a decoded one less than one, or two where there
// are nulls to be spread over.
const pickShare = 8

// pickBuf is what picking needs of its own.
type pickBuf struct {
	at    []uint32   // which values of the page's next ones are wanted, ascending
	to    vector.Sel // their positions in the batch
	codes []uint32
	src   []byte // values as they are stored
	vals  []byte // and converted
}

// readRows gives the rows of sel (nil: all) of the total ones from row on, at their
// positions in a vector whose other rows have no meaning. It is valid until the next call.
func (c *column) readRows(row int64, sel vector.Sel, total int) (*vector.Vector, error) {
	lo, n := stretch(sel, total)
	if sel == nil || len(sel)*pickShare > n {
		return c.read(row+int64(lo), lo, n, total)
	}
	if err := c.pick(row, sel, total); err != nil {
		return nil, c.fail(err)
	}
	return &c.out.vec, nil
}

// stretch gives where the rows of sel (nil: all) begin among total ones, and how many
// there are up to the last of them.
func stretch(sel vector.Sel, total int) (lo, n int) {
	if sel == nil {
		return 0, total
	}
	lo = int(sel[0])
	return lo, int(sel[len(sel)-1]) + 1 - lo
}

func (c *column) pick(row int64, sel vector.Sel, total int) error {
	if err := c.seek(row + int64(sel[0])); err != nil {
		return err
	}
	s, o := &c.state, &c.out
	c.begin(c.codesFor(row+int64(sel[len(sel)-1])+1), 0, 0, total)
	o.own = o.own[:0]
	if c.leaf.maxDef > 0 {
		o.valid = growSlice(o.valid, (total+63)/64)
		clear(o.valid)
	}
	nulls := false
	for len(sel) > 0 {
		if err := c.seek(row + int64(sel[0])); err != nil {
			return err
		}
		k := len(sel)
		if end := s.row - row + int64(s.left); int64(sel[k-1]) >= end {
			k, _ = slices.BinarySearch(sel, uint16(end))
		}
		lo, n := stretch(sel[:k], total)
		nn, err := c.validity(lo, n)
		if err != nil {
			return err
		}
		if err := c.pickPage(sel[:k], lo, n, nn); err != nil {
			return err
		}
		nulls = nulls || nn < n
		s.left -= n
		s.row += int64(n)
		sel = sel[k:]
	}
	c.setVector(total, nulls)
	return nil
}

// pickPage picks the rows of sel from the loaded page, whose next n entries begin at
// position lo and hold nn values.
func (c *column) pickPage(sel vector.Sel, lo, n, nn int) error {
	o := &c.out
	p := &o.few
	p.at = growSlice(p.at, len(sel))
	if nn == n {
		for i, r := range sel {
			p.at[i] = uint32(int(r) - lo)
		}
	} else {
		sel = p.rank(sel, o.valid, lo)
	}
	if o.asCode {
		p.codes = growSlice(p.codes, len(sel))
		if err := c.pickCodes(p.codes, nn); err != nil {
			return err
		}
		scatter(o.codes, p.codes, sel)
		return nil
	}
	w := c.outWidth()
	p.vals = grow(p.vals, len(sel)*w)
	if err := c.pickValues(p.vals, nn); err != nil {
		return err
	}
	switch w {
	case 1:
		scatter(o.raw, p.vals, sel)
	case 2:
		scatter(convert.As[uint16](o.raw), convert.As[uint16](p.vals), sel)
	case 4:
		scatter(convert.As[uint32](o.raw), convert.As[uint32](p.vals), sel)
	case 8:
		scatter(convert.As[uint64](o.raw), convert.As[uint64](p.vals), sel)
	case 16:
		scatter(convert.As[[2]uint64](o.raw), convert.As[[2]uint64](p.vals), sel)
	}
	return nil
}

func scatter[T any](dst, src []T, to vector.Sel) {
	src = src[:len(to)]
	for i, x := range src {
		dst[to[i]] = x
	}
}

// rank drops the NULLs of sel and finds which of the values from position lo on the others
// are.
func (p *pickBuf) rank(sel vector.Sel, valid vector.Bitmap, lo int) vector.Sel {
	p.to = growSlice(p.to, len(sel))
	w := lo >> 6
	before := -bits.OnesCount64(valid[w] & (1<<(lo&63) - 1)) // of the words that are behind
	k := 0
	for _, r := range sel {
		for ; w < int(r>>6); w++ {
			before += bits.OnesCount64(valid[w])
		}
		x := valid[w]
		p.to[k] = r
		p.at[k] = uint32(before + bits.OnesCount64(x&(1<<(r&63)-1)))
		k += int(x >> (r & 63) & 1)
	}
	p.to, p.at = p.to[:k], p.at[:k]
	return p.to
}

// pickCodes picks codes out of nn and checks them against the dictionary.
func (c *column) pickCodes(dst []uint32, nn int) error {
	if err := c.state.codes.pick(dst, c.out.few.at, nn); err != nil {
		return err
	}
	if len(dst) > 0 && !allBelow(dst, c.dictN) {
		return errCode
	}
	return nil
}

// pickValues puts the wanted ones of the loaded page's next nn values into dst, converted,
// and passes over all of them.
func (c *column) pickValues(dst []byte, nn int) error {
	s, p := &c.state, &c.out.few
	switch s.kind {
	case kindCodes, kindBits:
		p.codes = growSlice(p.codes, len(p.at))
		if s.kind == kindBits {
			if err := s.codes.pick(p.codes, p.at, nn); err != nil {
				return err
			}
			for i, x := range p.codes {
				dst[i] = uint8(x)
			}
			return nil
		}
		if err := c.pickCodes(p.codes, nn); err != nil {
			return err
		}
		c.expand(dst, p.codes)
		if c.conv.To.Phys() == types.PhysBytes {
			return c.ownText(c.dict.Data, convert.As[vector.Range](dst)[:len(p.codes)])
		}
		return nil
	case kindText, kindRanges:
		return c.pickText(dst, nn)
	}
	w, from := c.leaf.width, s.at
	if s.at += nn; s.at*w > len(s.fixed) {
		return errPlainShort
	}
	if c.conv.Op == convert.OpFixedText {
		rs := convert.As[vector.Range](dst)[:len(p.at)]
		for i, a := range p.at {
			rs[i] = vector.Range{Off: uint32((from + int(a)) * w), Len: uint32(w)}
		}
		return c.ownText(s.fixed, rs)
	}
	p.src = grow(p.src, len(p.at)*w)
	src := s.fixed[from*w:]
	switch w {
	case 4:
		for i, a := range p.at {
			binary.LittleEndian.PutUint32(p.src[i*4:], binary.LittleEndian.Uint32(src[a*4:]))
		}
	case 8:
		for i, a := range p.at {
			binary.LittleEndian.PutUint64(p.src[i*8:], binary.LittleEndian.Uint64(src[a*8:]))
		}
	default:
		for i, a := range p.at {
			copy(p.src[i*w:(i+1)*w], src[int(a)*w:])
		}
	}
	return c.conv.Fixed(dst, p.src, len(p.at))
}

// pickText is pickValues for BYTE_ARRAY values.
func (c *column) pickText(dst []byte, nn int) (err error) {
	s, o := &c.state, &c.out
	at := o.few.at
	rs := convert.As[vector.Range](dst)
	if c.conv.Op != convert.OpBytes {
		o.scratch = growSlice(o.scratch, len(at))
		rs = o.scratch
	}
	rs = rs[:len(at)]
	if s.kind == kindRanges {
		from := s.at
		if s.at += nn; s.at > len(s.ranges) {
			return errPlainShort
		}
		for i, a := range at {
			rs[i] = s.ranges[from+int(a)]
		}
	} else {
		done := 0
		for i, a := range at {
			if s.at, err = skipPlain(s.text, s.at, int(a)-done); err != nil {
				return err
			}
			if s.at, err = plainRanges(rs[i:i+1], s.text, s.at); err != nil {
				return err
			}
			done = int(a) + 1
		}
		if s.at, err = skipPlain(s.text, s.at, nn-done); err != nil {
			return err
		}
	}
	if c.conv.Op == convert.OpBytes {
		return c.ownText(s.text, rs)
	}
	return c.conv.Ranges(dst, s.text, rs)
}

// ownText moves the texts that ranges of data give into the output's memory.
func (c *column) ownText(data []byte, rs []vector.Range) error {
	o := &c.out
	n := len(o.own)
	for _, r := range rs {
		n += int(r.Len)
	}
	if n > math.MaxUint32 {
		return fault.New(fault.CodeProgramLimit, "a batch of column %q holds more than 4 GiB of text", c.leaf.path)
	}
	if err := c.holds(holdText, n); err != nil {
		return err
	}
	o.own = slices.Grow(o.own, n-len(o.own))
	for i, r := range rs {
		rs[i].Off = uint32(len(o.own))
		o.own = append(o.own, data[r.Off:r.Off+r.Len]...)
	}
	o.text = o.own
	return nil
}
