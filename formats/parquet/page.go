package parquet

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

var (
	errPageSize  = errors.New("a page is larger than its column chunk")
	errPageCRC   = errors.New("a page's checksum does not match its bytes")
	errPageType  = errors.New("unknown page type")
	errLevels    = errors.New("a page's levels are malformed")
	errEncoding  = errors.New("a page's encoding does not go with its column")
	errNoDict    = errors.New("a dictionary encoded page comes without a dictionary")
	errDictTwice = errors.New("a column chunk has two dictionaries")
	errCode      = errors.New("a dictionary code is out of range")
	errRows      = errors.New("a column chunk does not hold the rows of its row group")
	errLocation  = errors.New("the page index does not describe the pages")
)

// page is one data page of a chunk. Its bytes may not have been fetched.
type page struct {
	body []byte // without the header, compressed; nil: not fetched
	hdr  pageHeader
	row  int64 // first row in the row group; -1: not known before the page is decoded
	rows int64 // -1: not known
}

func (p *page) dict() bool { return p.hdr.enc == encPlainDict || p.hdr.enc == encRLEDict }

// valueKind says where the values of the loaded page come from.
type valueKind uint8

const (
	kindFixed  valueKind = iota // dense fixed-width values
	kindBits                    // one-bit booleans
	kindText                    // length-prefixed bytes, walked as they are read
	kindRanges                  // ranges into text
	kindCodes                   // dictionary codes
)

// pageState is the loaded page of a column.
type pageState struct {
	loaded bool
	row    int64 // next row to read, counted in the row group
	left   int   // entries (values and nulls) not yet read
	defs   hybrid
	reps   hybrid
	codes  hybrid
	kind   valueKind
	fixed  []byte
	text   []byte
	ranges []vector.Range
	at     int // next value of fixed and ranges; next byte of kindText

	// Buffers, reused from page to page.
	buf       []byte
	split     []byte
	unfolded  []byte
	i32       []int32
	i64       []int64
	lens      [2][]int32
	rangesBuf []vector.Range
	levelBuf  [2][]byte
}

// walk finds the pages in the bytes of a whole chunk or, with cut, of its
// beginning.
func (c *column) walk(b []byte, cut bool) error {
	var h pageHeader
	seen := int64(0)
	for len(b) > 0 && seen < c.meta.values {
		n, err := decodePageHeader(b, &h)
		if cut && (err != nil || int(h.compressed) > len(b)-n) {
			break
		}
		if err != nil {
			return err
		}
		b = b[n:]
		if h.compressed < 0 || h.uncompressed < 0 || h.values < 0 || int(h.compressed) > len(b) {
			return errPageSize
		}
		body := b[:h.compressed]
		b = b[h.compressed:]
		values, err := c.addPage(&h, body)
		if err != nil {
			return err
		}
		seen += values
	}
	if seen != c.meta.values && !cut {
		return errRows
	}
	return c.numberRows(cut)
}

// addPage takes a page and gives the number of values that it adds to the chunk.
func (c *column) addPage(h *pageHeader, body []byte) (values int64, err error) {
	switch h.typ {
	case pageDict:
		return 0, c.loadDict(h, body)
	case pageData, pageDataV2:
		c.pages = append(c.pages, page{body: body, hdr: *h, row: -1, rows: -1})
		return int64(h.values), nil
	case pageIndex:
		return 0, nil
	}
	return 0, errPageType
}

// numberRows gives the pages their first rows, as far as headers tell.
func (c *column) numberRows(cut bool) error {
	row := int64(0)
	for i := range c.pages {
		p := &c.pages[i]
		switch {
		case c.leaf.maxRep == 0:
			p.rows = int64(p.hdr.values)
		case p.hdr.typ == pageDataV2 && p.hdr.rows >= 0:
			p.rows = int64(p.hdr.rows)
		default:
			return nil
		}
		p.row = row
		row += p.rows
	}
	if row != c.groupRows && !cut {
		return errRows
	}
	return nil
}

// place parses the header of a fetched page that the offset index located.
func (c *column) place(i int, b []byte) error {
	p := &c.pages[i]
	n, err := decodePageHeader(b, &p.hdr)
	if err != nil {
		return err
	}
	h := &p.hdr
	if h.typ != pageData && h.typ != pageDataV2 {
		return errLocation
	}
	if h.compressed < 0 || h.uncompressed < 0 || h.values < 0 || int(h.compressed) > len(b)-n {
		return errPageSize
	}
	if c.leaf.maxRep == 0 && int64(h.values) != p.rows {
		return errLocation
	}
	p.body = b[n : n+int(h.compressed)]
	return nil
}

// maxIdle is how long a buffer may be for pages of which four fit into it.
const maxIdle = 4 << 20

// decompress gives the page's bytes, on buf's memory if they were compressed.
// What the header claims is charged to the query before memory is made for it.
func (c *column) decompress(buf *[]byte, part hold, body []byte, size int) ([]byte, error) {
	if c.codec == codec.None {
		return body, nil // some writers give another uncompressed size all the same
	}
	if size == 0 {
		return nil, nil
	}
	if err := codec.Plausible(c.codec, body, size); err != nil {
		return nil, err
	}
	if err := c.holds(part, size); err != nil {
		return nil, err
	}
	dst := *buf
	tooBig := cap(dst) > maxIdle && cap(dst)/4 > size // what is held is not much more than what is charged
	if tooBig || cap(dst) < size+padding && size <= 64*len(body) {
		*buf = nil
		store.Recycle(dst)
		dst = nil
		if size <= 64*len(body) {
			dst = store.Buffer(size + padding)[:0]
		}
	}
	out, err := codec.Decompress(c.codec, dst, body, size)
	if err != nil {
		return nil, err
	}
	*buf = out
	return out, nil
}

func (c *column) checkCRC(h *pageHeader, body []byte) error {
	if h.hasCRC && !c.file.skipCRC && crc32.ChecksumIEEE(body) != h.crc {
		return errPageCRC
	}
	return nil
}

// load makes page i the current one.
func (c *column) load(i int) error {
	p := &c.pages[i]
	if p.body == nil {
		return fault.New(fault.CodeInternal, "Parquet page %d was not fetched", i)
	}
	c.reads.Page()
	s := &c.state
	s.loaded, s.row, s.left, s.at = true, p.row, int(p.hdr.values), 0
	if err := c.checkCRC(&p.hdr, p.body); err != nil {
		return err
	}
	values, err := c.levels(p)
	if err != nil {
		return err
	}
	return c.values(p, values)
}

// levels sets up the level decoders and gives the bytes of the values.
func (c *column) levels(p *page) ([]byte, error) {
	h, s := &p.hdr, &c.state
	if h.typ == pageDataV2 {
		return c.levelsV2(p)
	}
	b, err := c.decompress(&s.buf, holdPage, p.body, int(h.uncompressed))
	if err != nil {
		return nil, err
	}
	if c.leaf.maxRep > 0 {
		if b, err = levelsV1(&s.reps, &s.levelBuf[0], b, h.repEnc, c.leaf.maxRep, s.left); err != nil {
			return nil, err
		}
	}
	if c.leaf.maxDef > 0 {
		if b, err = levelsV1(&s.defs, &s.levelBuf[1], b, h.defEnc, c.leaf.maxDef, s.left); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (c *column) levelsV2(p *page) ([]byte, error) {
	h, s := &p.hdr, &c.state
	if h.repLen < 0 || h.defLen < 0 || int64(h.repLen)+int64(h.defLen) > int64(min(len(p.body), int(h.uncompressed))) {
		return nil, errLevels
	}
	n := int(h.repLen) + int(h.defLen)
	// reset refuses widths over 32 bits alone, and levelWidth gives none.
	if c.leaf.maxRep > 0 {
		_ = s.reps.reset(p.body[:h.repLen], levelWidth(c.leaf.maxRep))
	}
	if c.leaf.maxDef > 0 {
		_ = s.defs.reset(p.body[h.repLen:n], levelWidth(c.leaf.maxDef))
	}
	body, size := p.body[n:], int(h.uncompressed)-n
	if h.plainBytes && !c.file.falsePlain {
		if len(body) != size {
			return nil, errPageSize
		}
		return body, nil
	}
	return c.decompress(&s.buf, holdPage, body, size)
}

// levelsV1 sets up d for the levels at the start of b and gives what follows.
func levelsV1(d *hybrid, buf *[]byte, b []byte, enc encoding, max uint8, n int) ([]byte, error) {
	w := levelWidth(max)
	switch enc {
	case encRLE:
		if len(b) < 4 {
			return nil, errLevels
		}
		size := binary.LittleEndian.Uint32(b)
		if uint64(size) > uint64(len(b)-4) {
			return nil, errLevels
		}
		return b[4+size:], d.reset(b[4:4+size], w)
	case encBitPacked:
		packed, used, err := repackLevels(*buf, b, w, n)
		if err != nil {
			return nil, err
		}
		*buf = packed
		d.resetPacked(packed, w, n)
		return b[used:], nil
	}
	return nil, errEncoding
}

// values sets up the decoder of the page's values.
func (c *column) values(p *page, b []byte) error {
	s, phys := &c.state, c.leaf.phys
	switch enc := p.hdr.enc; {
	case p.dict():
		return c.codeValues(b)
	case enc == encPlain:
		return c.plainValues(b)
	case enc == encRLE && phys == physBoolean:
		if len(b) < 4 {
			if s.kind = kindBits; len(b) == 0 {
				return s.codes.reset(nil, 1)
			}
			return errPlainShort
		}
		s.kind = kindBits
		return s.codes.reset(b[4:], 1)
	case enc == encDelta && (phys == physInt32 || phys == physInt64):
		return c.deltaValues(b)
	case enc == encDeltaLength && phys == physByteArray, enc == encDeltaBytes && (phys == physByteArray || phys == physFixed):
		return c.deltaText(b, enc)
	case enc == encByteStream && phys != physBoolean && phys != physInt96 && phys != physByteArray:
		if len(b)%c.leaf.width != 0 {
			return errPlainShort
		}
		if err := c.holds(holdValues, len(b)); err != nil {
			return err
		}
		s.split = unsplit(s.split, b, c.leaf.width)
		s.kind, s.fixed = kindFixed, s.split
		return nil
	}
	return errEncoding
}

func (c *column) codeValues(b []byte) error {
	s := &c.state
	s.kind = kindCodes
	if c.dict == nil {
		return errNoDict
	}
	if len(b) == 0 { // a page of nulls
		return s.codes.reset(nil, 0)
	}
	return s.codes.reset(b[1:], uint(b[0]))
}

func (c *column) plainValues(b []byte) error {
	s := &c.state
	switch c.leaf.phys {
	case physBoolean:
		s.kind = kindBits
		s.codes.resetPacked(b, 1, s.left)
	case physByteArray:
		s.kind, s.text = kindText, b
	default:
		s.kind, s.fixed = kindFixed, b
	}
	return nil
}

func (c *column) deltaValues(b []byte) (err error) {
	s := &c.state
	s.kind = kindFixed
	if len(b) == 0 {
		s.fixed = nil
		return nil
	}
	if err := c.holds(holdValues, min(s.left, maxDeltaValues)*c.leaf.width); err != nil {
		return err
	}
	if c.leaf.phys == physInt32 {
		if s.i32, _, err = decodeDelta(s.i32[:0], b, s.left); err != nil {
			return err
		}
		s.fixed = convert.BytesOf(s.i32)
		return nil
	}
	if s.i64, _, err = decodeDelta(s.i64[:0], b, s.left); err != nil {
		return err
	}
	s.fixed = convert.BytesOf(s.i64)
	return nil
}

func (c *column) deltaText(b []byte, enc encoding) (err error) {
	s := &c.state
	s.kind = kindRanges
	if len(b) == 0 {
		s.ranges, s.text, s.fixed = nil, nil, nil
		if c.leaf.phys == physFixed {
			s.kind = kindFixed
		}
		return nil
	}
	const perValue = 8 + 2*4 // a range and two lengths
	values := min(s.left, maxDeltaValues) * perValue
	if err := c.holds(holdValues, values); err != nil {
		return err
	}
	if enc == encDeltaLength {
		s.rangesBuf, s.lens[0], s.text, err = decodeDeltaLengths(s.rangesBuf[:0], s.lens[0], b, s.left)
	} else {
		s.rangesBuf, s.lens, s.unfolded, err = decodeDeltaBytes(s.rangesBuf[:0], s.lens, s.unfolded, b, s.left,
			func(text int) error { return c.holds(holdValues, values+text) })
		s.text = s.unfolded
	}
	s.ranges = s.rangesBuf
	if err != nil || c.leaf.phys != physFixed {
		return err
	}
	for _, r := range s.ranges {
		if int(r.Len) != c.leaf.width {
			return convert.ErrBadBytes
		}
	}
	s.kind, s.fixed = kindFixed, s.text // the values lie one after the other
	return nil
}

// loadDict decodes a dictionary page: plain values, converted once.
func (c *column) loadDict(h *pageHeader, body []byte) error {
	if c.dict != nil {
		return errDictTwice
	}
	if h.enc != encPlain && h.enc != encPlainDict || c.leaf.phys == physBoolean {
		return errEncoding
	}
	if err := c.checkCRC(h, body); err != nil {
		return err
	}
	b, err := c.decompress(&c.dictBuf, holdDict, body, int(h.uncompressed))
	if err != nil {
		return err
	}
	n := int(h.values)
	width := max(c.leaf.width, 4)
	if c.leaf.phys == physFixed {
		width = c.leaf.width
	}
	if n > len(b)/width {
		return errPlainShort
	}
	base := &vector.Vector{}
	base.Reset(c.conv.To, 0)
	c.dictN = n
	c.dict = base
	base.Len = max(n, 1)
	if n > 0 && c.conv.Op == convert.OpCopy && c.leaf.width == c.outWidth() {
		base.SetRaw(b[:n*c.outWidth()]) // as they are
		return nil
	}
	if err := c.holds(holdDict, len(b)+n*c.outWidth()); err != nil {
		return err
	}
	raw := grow(c.dictRaw, max(n, 1)*c.outWidth())
	c.dictRaw = raw
	if n == 0 {
		clear(raw)
	}
	base.SetRaw(raw)
	return c.fillDict(base, b, n)
}

func (c *column) fillDict(base *vector.Vector, b []byte, n int) error {
	switch {
	case c.conv.Op == convert.OpNone:
		return nil
	case c.leaf.phys == physByteArray:
		rs := vector.Values[vector.Range](base)
		if c.conv.Op != convert.OpBytes {
			c.dictRanges = growSlice(c.dictRanges, n)
			rs = c.dictRanges
		}
		if _, err := plainRanges(rs[:n], b, 0); err != nil {
			return err
		}
		if c.conv.Op != convert.OpBytes {
			return c.conv.Ranges(base.Raw(), b, rs[:n])
		}
		base.SetData(b)
		return nil
	case c.conv.Op == convert.OpFixedText:
		fixedRanges(base.Ranges()[:n], 0, c.leaf.width)
		base.SetData(b)
		return nil
	}
	return c.conv.Fixed(base.Raw(), b, n)
}

// plainRanges finds len(dst) length-prefixed values in b from at on.
func plainRanges(dst []vector.Range, b []byte, at int) (int, error) {
	if len(b) > math.MaxInt32 {
		return 0, errPageSize
	}
	for i := range dst {
		if at > len(b)-4 {
			return 0, errPlainShort
		}
		n := int(binary.LittleEndian.Uint32(b[at:]))
		at += 4
		if n > len(b)-at {
			return 0, errPlainShort
		}
		dst[i] = vector.Range{Off: uint32(at), Len: uint32(n)}
		at += n
	}
	return at, nil
}

func skipPlain(b []byte, at, n int) (int, error) {
	for range n {
		if at > len(b)-4 {
			return 0, errPlainShort
		}
		k := int(binary.LittleEndian.Uint32(b[at:]))
		at += 4
		if k > len(b)-at {
			return 0, errPlainShort
		}
		at += k
	}
	return at, nil
}

func fixedRanges(dst []vector.Range, off, w int) {
	for i := range dst {
		dst[i] = vector.Range{Off: uint32(off), Len: uint32(w)}
		off += w
	}
}
