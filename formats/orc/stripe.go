package orc

import (
	"context"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// stripe is a stripe that is being read.
type stripe struct {
	f       *File
	index   int
	foot    stripeFooter
	streams map[streamKey]store.Range
	zone    *zone // of timestamps without a zone
	utc     *zone
	held    [][]byte     // the fetched bytes
	tab     *formats.Tab // of what the run under way holds
	keptTab *formats.Tab // of kept
	// kept are whole streams that have been read, by their place, where the pieces
	// of several runs would be more than they are; nil: runs read their own.
	kept    map[store.Range][]byte
	indexes map[int]rowIndex
	run     *run // the row groups that are read; nil: all
}

type streamKey struct {
	column uint64
	kind   streamKind
}

// openStripe reads a stripe's footer.
func (f *File) openStripe(ctx context.Context, index int, m *formats.Charge) (*stripe, error) {
	info := f.foot.stripes[index]
	s := &stripe{f: f, index: index, streams: map[streamKey]store.Range{}, indexes: map[int]rowIndex{}, tab: m.Tab(), keptTab: m.Tab()}
	var err error
	if f.feet != nil {
		s.foot = f.feet[index]
	} else {
		raw, err := f.read(store.WithReadKind(ctx, store.ReadFooter), info.offset+info.index+info.data, info.footer)
		if err != nil {
			return nil, err
		}
		s.foot, err = f.stripeFooter(index, raw)
		store.Recycle(raw)
		if err != nil {
			return nil, err
		}
	}
	at := info.offset
	for _, st := range s.foot.streams {
		if st.kind <= uint64(streamBloomUTF8) {
			s.streams[streamKey{st.column, streamKind(st.kind)}] = store.Range{Off: at, Len: st.length}
		}
		at += st.length
	}
	if s.zone, err = newZone(s.foot.zone); err != nil {
		return nil, s.fail(err, nil)
	}
	s.utc, err = newZone("")
	return s, err
}

// fail puts the place into an error about a column of the stripe, or about the
// stripe itself.
func (s *stripe) fail(err error, b *binding) error {
	if err == nil {
		return nil
	}
	typ := types.TUnknown
	if b != nil {
		typ = b.typ
	}
	e := corruption(err, typ)
	e.RowGroup = s.index + 1
	if b != nil && b.node != nil {
		e.InColumn(b.node.path)
	}
	return e.In(s.f.url)
}

// newReader makes the reader of a binding that has a node, and adds the ranges
// of its streams to want.
func (s *stripe) newReader(b *binding, want *[]wanted) (*reader, error) {
	r := &reader{bind: b, zone: s.zone, tab: s.tab}
	n := b.node
	if n.col >= len(s.foot.columns) {
		return nil, s.fail(errEncoded, b)
	}
	r.enc = s.foot.columns[n.col]
	text := n.kind == kindString || n.kind == kindVarchar || n.kind == kindChar || n.kind == kindBinary
	if r.enc.kind > 3 || r.enc.dictionary() && !text {
		return nil, s.fail(errEncoded, b)
	}
	if n.kind == kindInstant {
		r.zone = s.utc
	}
	var ranges [numStreams]store.Range
	for k := range numStreams {
		rg, ok := s.streams[streamKey{uint64(n.col), k}]
		ranges[k] = rg
		r.streams[k] = &stream{codec: s.f.codec, block: s.f.block, tab: s.tab}
		if ok && k == streamPresent {
			r.present = &bools{runs: byteRuns{s: r.streams[k]}}
		}
	}
	r.decimal64 = n.kind == kindDecimal && s.f.draft && n.precision > 0 && n.typ.Phys() == types.PhysInt64
	r.wire()
	if s.run != nil {
		if err := s.enter(r, *s.run, &ranges); err != nil {
			return nil, s.fail(err, b)
		}
	}
	for k, rg := range ranges {
		if rg.Len > 0 {
			*want = append(*want, wanted{rg, s.streams[streamKey{uint64(n.col), streamKind(k)}], r.streams[k]})
		}
	}
	for _, k := range b.kids {
		var kid *reader
		if k.node != nil && k.node != tagNode {
			var err error
			if kid, err = s.newReader(k, want); err != nil {
				return nil, err
			}
		}
		r.kids = append(r.kids, kid)
	}
	return r, nil
}

// wire connects the decoders with their streams.
func (r *reader) wire() {
	v2 := r.enc.v2() || r.decimal64 // whatever their encoding is called
	data, length := r.streams[streamData], r.streams[streamLength]
	r.ints = ints{s: data, v2: v2, signed: !r.enc.dictionary()}
	r.lens = ints{s: length, v2: v2}
	r.bits = bools{runs: byteRuns{s: data}}
	r.bytes = byteRuns{s: data}
	switch r.bind.node.kind {
	case kindTimestamp, kindInstant:
		r.lens.s = r.streams[streamSecondary]
	case kindDecimal:
		r.lens.s, r.lens.signed = r.streams[streamSecondary], true
	}
}

// wanted is a stream whose bytes are to be fetched.
type wanted struct {
	rg    store.Range
	whole store.Range // of the stream that rg is a part of
	to    *stream
}

// fetch reads streams' bytes.
func (s *stripe) fetch(ctx context.Context, want []wanted) error {
	if len(want) == 0 {
		return nil
	}
	if s.kept != nil {
		return s.fetchWhole(ctx, want)
	}
	ranges := make([]store.Range, len(want))
	for i, w := range want {
		ranges[i] = w.rg
	}
	if err := s.tab.Add(bytesOf(ranges)); err != nil {
		return err
	}
	bufs, err := s.f.store.ReadRanges(ctx, s.f.info, ranges)
	if err != nil {
		return err
	}
	for i, w := range want {
		w.to.src = bufs[i]
	}
	s.held = append(s.held, bufs...)
	return nil
}

func bytesOf(ranges []store.Range) (n int64) {
	for _, r := range ranges {
		n += r.Len
	}
	return n
}

// fetchWhole is fetch that reads every stream once and keeps it.
func (s *stripe) fetchWhole(ctx context.Context, want []wanted) error {
	var ranges []store.Range
	for _, w := range want {
		if _, ok := s.kept[w.whole]; !ok {
			s.kept[w.whole] = nil
			ranges = append(ranges, w.whole)
		}
	}
	if len(ranges) > 0 {
		if err := s.keptTab.Add(bytesOf(ranges)); err != nil {
			return err
		}
		bufs, err := s.f.store.ReadRanges(ctx, s.f.info, ranges)
		if err != nil {
			return err
		}
		for i, r := range ranges {
			s.kept[r] = bufs[i]
		}
	}
	for _, w := range want {
		from := w.rg.Off - w.whole.Off
		w.to.src = s.kept[w.whole][from : from+w.rg.Len : from+w.rg.Len]
	}
	return nil
}

// forget hands back the streams that were kept for the stripe's runs.
func (s *stripe) forget() {
	for _, b := range s.kept {
		store.Recycle(b)
	}
	s.kept = nil
	s.keptTab.Clear()
}

// release hands back the stripe's bytes: nothing may refer to them any more.
func (s *stripe) release() {
	for _, b := range s.held {
		store.Recycle(b)
	}
	s.held = nil
	s.tab.Clear()
}

// scanCol is one output column.
type scanCol struct {
	bind   *binding
	null   *vector.Vector // of a column that the file lacks
	r      *reader        // in the stripe under way; nil: not opened yet
	behind int64          // rows that r has to pass over first
	vec    *vector.Vector // of this batch; nil: not read yet
}

// open fetches what columns read of a stripe, or of the run of row groups that
// is under way, whose indexes have been read.
func (s *stripe) open(ctx context.Context, cols []*scanCol) error {
	var want []wanted
	for _, c := range cols {
		if c.null != nil {
			continue
		}
		r, err := s.newReader(c.bind, &want)
		if err != nil {
			return err
		}
		r.outermost()
		c.r = r
	}
	if err := s.fetch(ctx, want); err != nil {
		return err
	}
	for _, c := range cols {
		if c.null == nil {
			if err := c.r.seek(); err != nil {
				return s.fail(err, c.bind)
			}
		}
	}
	return nil
}

// columns appends the numbers of the file's columns that a binding reads.
func (b *binding) columns(dst []int) []int {
	if b.node == nil || b.node == tagNode {
		return dst
	}
	dst = append(dst, b.node.col)
	for _, k := range b.kids {
		dst = k.columns(dst)
	}
	return dst
}

// outermost marks the reader whose vector is a column.
func (r *reader) outermost() {
	for r.bind.pick && r.bind.node.kind == kindStruct {
		r = r.kids[0]
	}
	r.top = !r.bind.pick
}

// read gives the column's next n rows.
func (c *scanCol) read(s *stripe, n int) error {
	if c.null != nil {
		c.null.Len, c.vec = n, c.null
		return nil
	}
	if c.behind > 0 {
		if err := c.r.skip(c.behind); err != nil {
			return s.fail(err, c.bind)
		}
		c.behind = 0
	}
	v, err := c.r.read(rows{n: n, set: n})
	if err != nil {
		return s.fail(err, c.bind)
	}
	if v.Form != vector.Const && v.Len != n {
		return s.fail(fault.New(fault.CodeInternal, "a column gave %d of %d rows", v.Len, n), c.bind)
	}
	c.vec = v
	return nil
}
