package parquet

import (
	"math"
	"sync"
	"unsafe"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// dictCodes is the largest dictionary of a fixed-width type that is handed out
// as codes. Above it a dictionary no longer fits the caches that a kernel works
// in and values are gathered at once. Text is handed out as codes always.
const dictCodes = 4096

// column reads the values of one leaf in one row group, forward only. A Source
// keeps it, with its buffers, from row group to row group.
type column struct {
	file      *File
	leaf      *leaf
	conv      convert.Conv
	meta      *chunkMeta
	codec     codec.Codec
	group     int
	groupRows int64

	pages []page
	cur   int
	state pageState

	dict       *vector.Vector // converted values; nil: none seen
	dictN      int
	dictBuf    []byte
	dictRaw    []byte
	dictRanges []vector.Range
	dictKeep   []uint8 // a filter's answer for each value: 1 or 0
	wantCodes  bool    // hand out codes whatever the size of the dictionary

	mem   *formats.Charge
	held  [numHolds]int64 // what mem counts of this column
	reads *formats.Reads

	out outBuf
}

// hold is a part of a column's memory that is charged by itself.
type hold uint8

const (
	holdPage   hold = iota // the loaded page, decompressed
	holdValues             // and decoded, where it is as a whole
	holdDict
	holdEntries // of lists: levels and values of a batch
	holdText    // that a batch has copied
	holdSealed  // encrypted pages, opened
	numHolds
)

// holds charges the column with n bytes of a part, before they are made.
func (c *column) holds(part hold, n int) error {
	if err := c.mem.Add(int64(n) - c.held[part]); err != nil {
		return err
	}
	c.held[part] = int64(n)
	return nil
}

// outBuf collects the values of one batch: first densely, then with gaps where
// nulls are.
type outBuf struct {
	vec    vector.Vector
	asCode bool
	nn     int // dense values so far
	base   int // where the dense values start
	codes  []uint32
	raw    []byte
	alias  []byte // raw values in page memory
	valid  vector.Bitmap
	levels []uint8

	text     []byte // what the ranges point into
	own      []byte // memory for text that had to be copied
	shared   bool   // text is not own
	fromDict bool   // text is the dictionary's
	scratch  []vector.Range

	few pickBuf
}

// columns keeps readers with their buffers: a scan is often only one row group
// long, and fresh memory costs more than decoding into warm one.
var columns = sync.Pool{New: func() any { return new(column) }}

func newColumn(f *File, l *leaf, c convert.Conv, m *formats.Charge) *column {
	out := columns.Get().(*column)
	out.file, out.leaf, out.conv, out.mem = f, l, c, m
	out.held = [numHolds]int64{}
	return out
}

// maxKept bounds the memory of batches that goes back to the pool with a reader.
const maxKept = 32 << 20

// recycleColumn gives a reader back. It forgets whatever belongs to its file.
func recycleColumn(c *column) {
	// Pages go back by themselves: the next column that takes this reader may be of
	// other sizes, and in the end each would hold room for the longest page.
	store.Recycle(c.state.buf)
	store.Recycle(c.dictBuf)
	c.state.buf, c.dictBuf = nil, nil
	if cap(c.out.own)+cap(c.state.unfolded)+cap(c.out.raw) > maxKept {
		return
	}
	clear(c.pages)
	c.pages = c.pages[:0]
	s := &c.state
	s.defs, s.reps, s.codes = hybrid{}, hybrid{}, hybrid{}
	s.loaded, s.fixed, s.text, s.ranges = false, nil, nil, nil
	c.file, c.leaf, c.meta, c.dict, c.conv, c.mem, c.reads = nil, nil, nil, nil, convert.Conv{}, nil, nil
	c.out.vec, c.out.text, c.out.alias = vector.Vector{}, nil, nil
	columns.Put(c)
}

// open starts the column on a row group.
func (c *column) open(group int, m *chunkMeta, rows int64) error {
	c.group, c.meta, c.groupRows = group, m, rows
	c.pages, c.cur, c.state.loaded = c.pages[:0], 0, false
	c.dict, c.dictN, c.wantCodes = nil, 0, false
	var ok bool
	if c.codec, ok = codecOf(m.codec); !ok {
		return c.fail(fault.New(fault.CodeFeatureNotSupported, "Parquet compression codec %d is not supported", m.codec))
	}
	return nil
}

// codecOf maps parquet.thrift's CompressionCodec.
func codecOf(c int32) (codec.Codec, bool) {
	m := map[int32]codec.Codec{
		0: codec.None, 1: codec.Snappy, 2: codec.Gzip, 4: codec.Brotli, 5: codec.LZ4Hadoop, 6: codec.Zstd, 7: codec.LZ4Raw,
	}
	out, ok := m[c]
	return out, ok
}

// fail puts the place into an error.
func (c *column) fail(err error) error {
	if err == nil {
		return nil
	}
	f := convert.Fault(err, "Parquet", c.conv.To)
	f.RowGroup = c.group + 1
	return f.In(c.file.url).InColumn(c.leaf.path)
}

// allDict reports whether every page is dictionary encoded.
func (c *column) allDict() bool {
	if c.dict == nil {
		return false
	}
	for i := range c.pages {
		if c.pages[i].body != nil && !c.pages[i].dict() {
			return false
		}
	}
	return true
}

// outWidth is the width of a converted value in raw.
func (c *column) outWidth() int { return c.conv.To.Phys().Width() }

// seek makes row the next row to be read; rows before it are passed over
// without decompressing pages that end before it. For leaves without
// repetition.
func (c *column) seek(row int64) error {
	for c.cur < len(c.pages) && c.pages[c.cur].row+c.pages[c.cur].rows <= row {
		c.cur++
		c.state.loaded = false
	}
	if c.cur == len(c.pages) || c.pages[c.cur].row > row {
		return errRows
	}
	if !c.state.loaded {
		if err := c.load(c.cur); err != nil {
			return err
		}
	}
	if n := row - c.state.row; n > 0 {
		return c.skipEntries(int(n))
	} else if n < 0 {
		return errRows
	}
	return nil
}

// skipEntries passes over n entries of the loaded page.
func (c *column) skipEntries(n int) error {
	s := &c.state
	nn := n
	if c.leaf.maxDef == 1 {
		var err error
		if nn, err = s.defs.count(n); err != nil {
			return err
		}
	} else if c.leaf.maxDef > 1 {
		nn = 0
		for left := n; left > 0; {
			k := min(left, vector.MaxBatch)
			c.out.levels = growSlice(c.out.levels, k)
			if err := s.defs.levels(c.out.levels); err != nil {
				return err
			}
			for _, d := range c.out.levels {
				if d == c.leaf.maxDef {
					nn++
				}
			}
			left -= k
		}
	}
	s.row += int64(n)
	s.left -= n
	return c.skipValues(nn)
}

func (c *column) skipValues(n int) (err error) {
	s := &c.state
	switch s.kind {
	case kindFixed, kindRanges:
		s.at += n
	case kindText:
		s.at, err = skipPlain(s.text, s.at, n)
	default:
		err = s.codes.skip(n)
	}
	return err
}

// read gives rows [row, row+n) at position lo of a vector of total rows, whose
// other rows have no meaning. It is valid until the next call.
func (c *column) read(row int64, lo, n, total int) (*vector.Vector, error) {
	if err := c.readFlat(row, lo, n, total); err != nil {
		return nil, c.fail(err)
	}
	return &c.out.vec, nil
}

func (c *column) readFlat(row int64, lo, n, total int) error {
	if err := c.seek(row); err != nil {
		return err
	}
	c.begin(c.codesFor(row+int64(n)), lo, n, total)
	if c.leaf.maxDef > 0 {
		c.out.valid = growSlice(c.out.valid, (total+63)/64)
		clear(c.out.valid)
	}
	for done := 0; done < n; {
		if c.state.left == 0 {
			if err := c.detach(); err != nil {
				return err
			}
			c.state.loaded = false
			if err := c.seek(row + int64(done)); err != nil {
				return err
			}
		}
		k := min(n-done, c.state.left)
		nn, err := c.validity(lo+done, k)
		if err != nil {
			return err
		}
		if err := c.dense(nn, nn == total); err != nil {
			return err
		}
		c.state.left -= k
		c.state.row += int64(k)
		done += k
	}
	c.finish(n, total)
	return nil
}

// codesFor reports whether all pages from the current one up to row end (not
// included) can be handed out as codes.
func (c *column) codesFor(end int64) bool {
	if c.dict == nil || c.dictN > dictCodes && c.outWidth() != 0 && !c.wantCodes && c.conv.To.Phys() != types.PhysBytes {
		return false
	}
	for i := c.cur; i < len(c.pages) && c.pages[i].row < end; i++ {
		if !c.pages[i].dict() {
			return false
		}
	}
	return true
}

// validity reads the definition levels of k entries into the bitmap at bit at
// and counts the values among them.
func (c *column) validity(at, k int) (int, error) {
	s, o := &c.state, &c.out
	switch c.leaf.maxDef {
	case 0:
		return k, nil
	case 1:
		return s.defs.bitmap(o.valid, at, k)
	}
	o.levels = growSlice(o.levels, k)
	if err := s.defs.levels(o.levels); err != nil {
		return 0, err
	}
	nn := 0
	for i, d := range o.levels {
		if d == c.leaf.maxDef {
			o.valid.Set(at + i)
			nn++
		}
	}
	return nn, nil
}

// begin empties the output for n values at position lo of total.
func (c *column) begin(asCode bool, lo, n, total int) {
	o := &c.out
	o.asCode, o.nn, o.base, o.alias = asCode, 0, lo, nil
	o.text, o.shared, o.fromDict = nil, false, false
	if asCode {
		o.codes = growSlice(o.codes, total)
		clear(o.codes[:lo])
		clear(o.codes[lo+n:])
		return
	}
	w := c.outWidth()
	o.raw = grow(o.raw, total*w)
	clear(o.raw[:lo*w])
	clear(o.raw[(lo+n)*w:])
}

// dense appends nn values of the loaded page. With whole they are all that the
// batch will hold and may stay where they are.
func (c *column) dense(nn int, whole bool) error {
	s, o := &c.state, &c.out
	if nn == 0 {
		return nil
	}
	at := o.base + o.nn
	o.nn += nn
	switch s.kind {
	case kindCodes:
		return c.denseCodes(at, nn)
	case kindBits:
		return s.codes.levels(o.raw[at : at+nn])
	case kindText, kindRanges:
		return c.denseText(at, nn)
	}
	w := c.leaf.width
	end := (s.at + nn) * w
	if end > len(s.fixed) {
		return errPlainShort
	}
	src := s.fixed[s.at*w : end : len(s.fixed)]
	off := s.at * w
	s.at += nn
	switch {
	case c.conv.Op == convert.OpCopy && whole && o.base == 0:
		o.alias = src
		return nil
	case c.conv.Op == convert.OpFixedText:
		rs := convert.As[vector.Range](o.raw)[at : at+nn]
		fixedRanges(rs, off, w)
		return c.addText(s.fixed, rs, false)
	}
	ow := c.outWidth()
	return c.conv.Fixed(o.raw[at*ow:(at+nn)*ow], src, nn)
}

func (c *column) denseCodes(at, nn int) error {
	s, o := &c.state, &c.out
	if !o.asCode {
		o.codes = growSlice(o.codes, nn)
		if err := c.nextCodes(o.codes); err != nil {
			return err
		}
		return c.gather(at, o.codes)
	}
	_ = s
	return c.nextCodes(o.codes[at : at+nn])
}

// nextCodes decodes codes and checks them against the dictionary.
func (c *column) nextCodes(dst []uint32) error {
	if err := c.state.codes.next(dst); err != nil {
		return err
	}
	if w := c.state.codes.w; w < 32 && 1<<w <= c.dictN {
		return nil
	}
	if !allBelow(dst, c.dictN) {
		return errCode
	}
	return nil
}

// allBelow reports whether no code is n or more. It looks at two at a time: taken
// from the greatest that is allowed, a greater one leaves its sign bit set. It also
// borrows from its neighbour, but then the answer is known.
func allBelow(codes []uint32, n int) bool {
	if n == 0 {
		return false
	}
	const signs = 1<<63 | 1<<31
	most := uint64(n-1) * (1<<32 + 1)
	wrong := uint64(0)
	pairs := convert.As[uint64](convert.BytesOf(codes))
	for len(pairs) >= 4 {
		q := pairs[:4:4]
		wrong |= (most - q[0]) | q[0] | (most - q[1]) | q[1] | (most - q[2]) | q[2] | (most - q[3]) | q[3]
		pairs = pairs[4:]
	}
	for _, x := range pairs {
		wrong |= (most - x) | x
	}
	if len(codes)&1 != 0 {
		x := uint64(codes[len(codes)-1])
		wrong |= (most - x) | x
	}
	return wrong&signs == 0
}

// gather expands codes through the dictionary to values at position at.
func (c *column) gather(at int, codes []uint32) error {
	dst := c.out.raw[at*c.outWidth():]
	c.expand(dst, codes)
	if c.conv.To.Phys() == types.PhysBytes {
		return c.addText(c.dict.Data, convert.As[vector.Range](dst)[:len(codes)], true)
	}
	return nil
}

// expand puts the dictionary's values for codes into dst.
func (c *column) expand(dst []byte, codes []uint32) {
	src := c.dict.Raw()
	switch c.outWidth() {
	case 1:
		gatherTo(dst, src, codes)
	case 2:
		gatherTo(convert.As[uint16](dst), convert.As[uint16](src), codes)
	case 4:
		gatherTo(convert.As[uint32](dst), convert.As[uint32](src), codes)
	case 8:
		gatherTo(convert.As[uint64](dst), convert.As[uint64](src), codes)
	case 16:
		gatherTo(convert.As[[2]uint64](dst), convert.As[[2]uint64](src), codes)
	}
}

func gatherTo[T any](dst, src []T, codes []uint32) {
	dst = dst[:len(codes)]
	i := 0
	for ; i+4 <= len(codes); i += 4 {
		q, o := codes[i:i+4:i+4], dst[i:i+4:i+4]
		o[0], o[1], o[2], o[3] = src[q[0]], src[q[1]], src[q[2]], src[q[3]]
	}
	for ; i < len(codes); i++ {
		dst[i] = src[codes[i]]
	}
}

// denseText appends BYTE_ARRAY values.
func (c *column) denseText(at, nn int) (err error) {
	s, o := &c.state, &c.out
	var rs []vector.Range
	if c.conv.Op == convert.OpBytes {
		rs = convert.As[vector.Range](o.raw)[at : at+nn]
	} else {
		o.scratch = growSlice(o.scratch, nn)
		rs = o.scratch
	}
	if s.kind == kindText {
		if s.at, err = plainRanges(rs, s.text, s.at); err != nil {
			return err
		}
	} else {
		if s.at+nn > len(s.ranges) {
			return errPlainShort
		}
		copy(rs, s.ranges[s.at:])
		s.at += nn
	}
	if c.conv.Op == convert.OpBytes {
		return c.addText(s.text, rs, false)
	}
	w := c.outWidth()
	return c.conv.Ranges(o.raw[at*w:(at+nn)*w], s.text, rs)
}

// addText makes the fresh ranges rs, which point into data, part of the
// output, whose earlier ranges may point elsewhere.
func (c *column) addText(data []byte, rs []vector.Range, fromDict bool) error {
	o := &c.out
	switch {
	case o.text == nil && !o.shared:
		o.text, o.shared, o.fromDict = data, true, fromDict
		return nil
	case o.shared && o.fromDict && fromDict:
		return nil
	case o.shared && unsafe.SliceData(o.text) == unsafe.SliceData(data):
		return nil // another stretch of the same page
	}
	if err := c.detachText(o.nn - len(rs)); err != nil {
		return err
	}
	lo, hi := span(rs)
	if len(o.text)+hi-lo > math.MaxUint32 {
		return fault.New(fault.CodeProgramLimit, "a batch of column %q holds more than 4 GiB of text", c.leaf.path)
	}
	if err := c.holds(holdText, len(o.text)+hi-lo); err != nil {
		return err
	}
	shift := uint32(len(o.text) - lo)
	o.text = append(o.text, data[lo:hi]...)
	o.own = o.text
	for i := range rs {
		rs[i].Off += shift
	}
	return nil
}

// span gives the stretch of data that ranges cover.
func span(rs []vector.Range) (lo, hi int) {
	lo = math.MaxInt
	for _, r := range rs {
		lo, hi = min(lo, int(r.Off)), max(hi, int(r.Off)+int(r.Len))
	}
	return min(lo, hi), hi
}

// detach copies what the output still borrows from the loaded page, which is
// about to be replaced.
func (c *column) detach() error {
	if c.out.shared && !c.out.fromDict {
		return c.detachText(c.out.nn)
	}
	return nil
}

// detachText moves the text of the first n values into memory of the output.
func (c *column) detachText(n int) error {
	o := &c.out
	if !o.shared {
		return nil
	}
	rs := convert.As[vector.Range](o.raw)[o.base : o.base+n]
	lo, hi := span(rs)
	if err := c.holds(holdText, hi-lo); err != nil {
		return err
	}
	o.own = append(o.own[:0], o.text[lo:hi]...)
	o.text, o.shared, o.fromDict = o.own, false, false
	for i := range rs {
		rs[i].Off -= uint32(lo)
	}
	return nil
}

// finish spreads the dense values over the valid ones of n rows and sets the
// vector.
func (c *column) finish(n, total int) {
	o := &c.out
	nulls := o.nn < n
	if nulls {
		if o.asCode {
			spreadInts(o.codes[:o.base+n], o.valid, o.base, o.nn)
		} else {
			spreadRaw(o.raw, o.valid, o.base, n, o.nn, c.outWidth())
		}
	}
	c.setVector(total, nulls)
}

// setVector makes the vector of the collected values.
func (c *column) setVector(total int, nulls bool) {
	o := &c.out
	v := &o.vec
	v.Reset(c.conv.To, 0)
	v.Len = total
	switch {
	case o.asCode:
		v.SetDict(c.conv.To, o.codes, c.dict)
	case o.alias != nil:
		v.SetRaw(o.alias)
	default:
		v.SetRaw(o.raw)
	}
	if !o.asCode && c.conv.To.Phys() == types.PhysBytes {
		v.SetData(o.text)
	}
	if nulls {
		v.Valid = o.valid
	}
}

// spreadRaw spreads nn values of w bytes at position lo over the valid ones of
// n positions.
func spreadRaw(raw []byte, valid vector.Bitmap, lo, n, nn, w int) {
	switch w {
	case 1:
		spreadInts(raw[:lo+n], valid, lo, nn)
	case 2:
		spreadInts(convert.As[uint16](raw)[:lo+n], valid, lo, nn)
	case 4:
		spreadInts(convert.As[uint32](raw)[:lo+n], valid, lo, nn)
	case 8:
		spreadInts(convert.As[uint64](raw)[:lo+n], valid, lo, nn)
	case 16:
		spreadWide(convert.As[[2]uint64](raw)[:lo+n], valid, lo, nn)
	}
}

// spreadInts works from the end, in place and without branches: nulls become
// zero, so that codes and ranges there stay harmless.
func spreadInts[T uint8 | uint16 | uint32 | uint64](vals []T, valid vector.Bitmap, lo, nn int) {
	j := lo + nn
	for i := len(vals) - 1; i >= lo && j <= i; i-- {
		bit := valid[i>>6] >> (i & 63) & 1
		j -= int(bit)
		vals[i] = vals[j] & -T(bit)
	}
}

func spreadWide(vals [][2]uint64, valid vector.Bitmap, lo, nn int) {
	j := lo + nn
	for i := len(vals) - 1; i >= lo && j <= i; i-- {
		bit := valid[i>>6] >> (i & 63) & 1
		j -= int(bit)
		x := vals[j]
		vals[i] = [2]uint64{x[0] & -bit, x[1] & -bit}
	}
}
