package orc

import (
	"context"
	"errors"
	"slices"

	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
)

// rowIndex is the index of one column of a stripe: where the values of each
// row group begin, and their statistics (specification, "Row Group Index").
type rowIndex struct {
	positions [][]uint64
	stats     []columnStats
}

var errIndex = errors.New("a row group index does not fit its streams")

func decodeIndex(b []byte) (x rowIndex, err error) {
	err = each(b, func(m *message) {
		if m.num != 1 {
			return
		}
		var pos []uint64
		stats := columnStats{values: -1}
		m.err = each(m.data, func(in *message) {
			switch in.num {
			case 1:
				pos = in.uints(pos)
			case 2:
				stats, in.err = decodeStats(in.data)
			}
		})
		x.positions, x.stats = append(x.positions, pos), append(x.stats, stats)
	})
	return x, err
}

// loadIndexes reads the indexes of some columns, if they have not been read.
// ok is false if one is missing or has another number of row groups.
func (s *stripe) loadIndexes(ctx context.Context, cols []int) (ok bool, err error) {
	var want []int
	var ranges []store.Range
	for _, c := range cols {
		if _, have := s.indexes[c]; have {
			continue
		}
		rg, have := s.streams[streamKey{uint64(c), streamIndex}]
		if !have || rg.Len == 0 {
			return false, nil
		}
		want, ranges = append(want, c), append(ranges, rg)
	}
	if len(want) == 0 {
		return true, nil
	}
	bufs, err := s.f.store.ReadRanges(store.WithReadKind(ctx, store.ReadFooter), s.f.info, ranges)
	if err != nil {
		return false, err
	}
	for i, c := range want {
		plain, err := s.f.inflate(bufs[i])
		if err != nil {
			return false, s.fail(err, nil)
		}
		x, err := decodeIndex(plain)
		store.Recycle(bufs[i])
		if err != nil {
			return false, s.fail(err, nil)
		}
		if len(x.positions) != s.groups() {
			return false, nil
		}
		s.indexes[c] = x
	}
	return true, nil
}

// groups gives the number of the stripe's row groups.
func (s *stripe) groups() int {
	rows, stride := s.f.foot.stripes[s.index].rows, s.f.foot.stride
	if stride <= 0 {
		return 1
	}
	return int((rows-1)/stride) + 1
}

// run is a run of a stripe's row groups that is read; to is the first group
// behind it.
type run struct {
	from, to int
	rows     int64
}

// maxRuns bounds the pieces in which a stripe is read: each costs requests.
const maxRuns = 16

// prune asks the predicate about each row group and gives the runs that may
// hold rows for it. ok is false if the stripe is better read as a whole.
func (s *stripe) prune(ctx context.Context, p formats.Predicate, cols []*scanCol) (runs []run, ok bool, err error) {
	n := s.groups()
	indexed := false
	if n > 1 {
		if indexed, err = s.indexFilter(ctx, p, cols); err != nil {
			return nil, false, err
		}
	}
	asks, err := s.askBlooms(ctx, p, cols)
	if err != nil || !indexed && len(asks) == 0 {
		return nil, false, err
	}
	kept := 0
	for g := range n {
		bounds := func(col int) formats.Bounds { return s.groupBounds(g, col, cols) }
		if indexed && p.KeepBounds(bounds) == formats.Never {
			formats.TellPruned(p, formats.UnitRowGroup, 1)
			continue
		}
		if col := lacks(asks, g); col >= 0 {
			formats.TellPrunedBy(p, formats.UnitRowGroup, 1, formats.ByBloom, col)
			continue
		}
		kept++
		if k := len(runs) - 1; k >= 0 && runs[k].to == g {
			runs[k].to, runs[k].rows = g+1, runs[k].rows+s.groupRows(g)
			continue
		}
		runs = append(runs, run{g, g + 1, s.groupRows(g)})
	}
	if kept == n {
		return nil, false, nil
	}
	if len(runs) > maxRuns {
		runs = s.joined(runs)
	}
	return runs, true, nil
}

// indexFilter reads the indexes of the predicate's columns; false if there are
// none.
func (s *stripe) indexFilter(ctx context.Context, p formats.Predicate, cols []*scanCol) (bool, error) {
	var list []int
	for _, c := range p.Columns() {
		if b := cols[c].bind; b.node != nil && b.kids == nil {
			list = append(list, b.node.col)
		}
	}
	ok, err := s.loadIndexes(ctx, list)
	return ok && len(list) > 0, err
}

// indexed reports whether every column of the scan has an index, and reads
// them. Those of unions are not trusted: some releases of the C++ writer write
// values of unions twice around the border of row groups.
func (s *stripe) indexed(ctx context.Context, cols []*scanCol) (bool, error) {
	var want []int
	for _, c := range cols {
		if c.bind.union() {
			return false, nil
		}
		want = c.bind.columns(want)
	}
	return s.loadIndexes(ctx, want)
}

// union reports whether a binding reads a union.
func (b *binding) union() bool {
	return b.node != nil && (b.node.kind == kindUnion || slices.ContainsFunc(b.kids, (*binding).union))
}

// joined gives one run from the first row group to the last.
func (s *stripe) joined(runs []run) []run {
	all := run{from: runs[0].from, to: runs[len(runs)-1].to}
	for g := all.from; g < all.to; g++ {
		all.rows += s.groupRows(g)
	}
	return []run{all}
}

// overlap reports whether for some column the pieces are more bytes than its
// streams: each reads the dictionary again, and a little more than its own row
// groups.
func (s *stripe) overlap(runs []run, cols []*scanCol) (bool, error) {
	defer func() { s.run = nil }()
	stored := func(c *scanCol, r *run) (n int64, err error) {
		var want []wanted
		s.run = r
		_, err = s.newReader(c.bind, &want)
		for _, w := range want {
			n += w.rg.Len
		}
		return n, err
	}
	for _, c := range cols {
		if c.null != nil {
			continue
		}
		left, err := stored(c, nil)
		for i := 0; err == nil && i < len(runs); i++ {
			var n int64
			if n, err = stored(c, &runs[i]); n > left {
				return true, err
			}
			left -= n
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}

// groupRows gives the rows of a row group: all but the last have the stride's.
func (s *stripe) groupRows(g int) int64 {
	stride := s.f.foot.stride
	return min(stride, s.f.foot.stripes[s.index].rows-int64(g)*stride)
}

// groupBounds gives the bounds of a column of the scan in a row group.
func (s *stripe) groupBounds(g, col int, cols []*scanCol) formats.Bounds {
	if col < 0 || col >= len(cols) {
		return formats.Bounds{}
	}
	b := cols[col].bind
	if b.node == nil {
		return s.f.boundsOf(nil, b, s.groupRows(g))
	}
	x, ok := s.indexes[b.node.col]
	if !ok {
		return formats.Bounds{}
	}
	return s.f.boundsOf(&x.stats[g], b, s.groupRows(g))
}

// positions reads the positions of a row group in the order of its column's
// streams.
type positions struct {
	list []uint64
	bad  bool
}

func (p *positions) next() int64 {
	if len(p.list) == 0 || p.list[0] > 1<<40 {
		p.bad = true
		return 0
	}
	v := p.list[0]
	p.list = p.list[1:]
	return int64(v)
}

// place is where a stream is entered: an offset among its stored bytes, and
// how much of what is decompressed there comes before.
type place struct{ off, skip int64 }

func (p *positions) place(c codec.Codec) place {
	at := place{off: p.next()}
	if c != codec.None {
		at.skip = p.next()
	}
	return at
}

// slop is how far behind the beginning of the next row group its predecessor's
// values may reach: the chunk in which it begins and the longest run of numbers
// (512 of eight bytes and its head).
func (f *File) slop() int64 {
	const longest = 512*8 + 16
	if f.codec == codec.None {
		return longest
	}
	chunks := int64(2 + (longest-1)/f.block)
	return chunks * int64(3+f.block)
}

// entry is how a stream is entered at the first row group of a run and how far
// it is read.
type entry struct {
	stream streamKind
	at     place
	end    int64 // of the stored bytes; -1: to the stream's end
	values int64 // of the run of numbers that begins there, to be passed over
	bits   int64 // of the next byte of booleans, to be passed over
}

// entries gives the entries of a column's streams at a row group, in the order
// of its positions. The streams of a dictionary are read whole.
func (r *reader) entries(c codec.Codec, list []uint64) ([]entry, error) {
	p := &positions{list: list}
	var out []entry
	add := func(k streamKind, values, bits bool) {
		e := entry{stream: k, at: p.place(c), end: -1}
		if values {
			e.values = p.next()
		}
		if bits {
			e.bits = p.next()
		}
		out = append(out, e)
	}
	if r.present != nil {
		add(streamPresent, true, true)
	}
	switch r.bind.node.kind {
	case kindStruct:
	case kindBoolean:
		add(streamData, true, true)
	case kindByte, kindShort, kindInt, kindLong, kindDate:
		add(streamData, true, false)
	case kindFloat, kindDouble:
		add(streamData, false, false)
	case kindTimestamp, kindInstant:
		add(streamData, true, false)
		add(streamSecondary, true, false)
	case kindDecimal:
		add(streamData, r.decimal64, false)
		if !r.decimal64 {
			add(streamSecondary, true, false)
		}
	case kindList, kindMap:
		add(streamLength, true, false)
	default:
		add(streamData, r.enc.dictionary(), false)
		if !r.enc.dictionary() {
			add(streamLength, true, false)
		}
	}
	if p.bad {
		return nil, errIndex
	}
	return out, nil
}

// enter narrows the ranges of a column's streams to a run of row groups and
// leaves in r what has to be passed over once they have been read.
func (s *stripe) enter(r *reader, u run, ranges *[numStreams]store.Range) error {
	x := s.indexes[r.bind.node.col]
	var err error
	if r.entry, err = r.entries(s.f.codec, x.positions[u.from]); err != nil {
		return err
	}
	var behind []entry
	if u.to < len(x.positions) {
		if behind, err = r.entries(s.f.codec, x.positions[u.to]); err != nil {
			return err
		}
	}
	for i, e := range r.entry {
		rg := &ranges[e.stream]
		end := rg.Len
		if behind != nil {
			end = min(end, behind[i].at.off+s.f.slop())
		}
		if e.at.off > end {
			return errIndex
		}
		rg.Off, rg.Len = rg.Off+e.at.off, end-e.at.off
		r.streams[e.stream].cut = behind != nil
	}
	return nil
}

// seek passes over what comes before the run in streams that have been read.
func (r *reader) seek() error {
	for _, e := range r.entry {
		s := r.streams[e.stream]
		if err := s.skip(e.at.skip); err != nil {
			return err
		}
		var err error
		switch {
		case e.stream == streamPresent:
			err = r.present.enter(e.values, e.bits)
		case r.bind.node.kind == kindBoolean:
			err = r.bits.enter(e.values, e.bits)
		case e.values == 0:
		case e.stream != streamData:
			err = r.lens.skip(e.values)
		case r.bind.node.kind == kindByte:
			r.b8, err = r.bytes.appendN(r.b8[:0], int(min(e.values, 1<<10)))
		default:
			err = r.ints.skip(e.values)
		}
		if err != nil {
			return err
		}
	}
	for _, k := range r.kids {
		if k != nil {
			if err := k.seek(); err != nil {
				return err
			}
		}
	}
	return nil
}

// enter passes over bytes, and over the first bits of the next one.
func (r *bools) enter(bytes, bits int64) error {
	var err error
	if r.buf, err = r.runs.appendN(r.buf[:0], int(min(bytes, 1<<10))); err != nil || bits == 0 {
		return err
	}
	if bits > 8 {
		return errIndex
	}
	if r.buf, err = r.runs.appendN(r.buf[:0], 1); err == nil {
		r.cur, r.have = r.buf[0], 8-int(bits)
	}
	return err
}
