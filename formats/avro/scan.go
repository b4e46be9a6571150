package avro

import (
	"context"
	"io"
	"slices"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
)

// batchRows is the number of rows of a batch.
const batchRows = vector.BatchSize

// Source reads the records of one split. It implements formats.Source.
type Source struct {
	f      *File
	req    formats.ScanRequest
	blocks *blocks
	prog   *program
	cols   []column
	pred   []int // columns of the predicate

	win   window
	dec   decoder
	seg   int   // of win.segs: whose records come next
	pos   int   // of the next record in the window
	row   int64 // of the file, that comes next; -1: the split does not begin with the first
	last  int   // rows of the latest batch
	found int64
	done  bool
	mem   *formats.Charge
}

// column is one output column.
type column struct {
	sink *sink          // nil: missing from the file
	null *vector.Vector // of a missing one: NULL, or the default
	vec  *vector.Vector // of this batch, once it has been converted
}

// Scan implements formats.File.
func (f *File) Scan(ctx context.Context, r formats.ScanRequest) (formats.Source, error) {
	s := &Source{f: f, req: r, mem: formats.NewCharge(r.Memory, f.url)}
	s.dec.mem = s.mem
	binds, stored, err := convert.Bind(r, len(f.binds), f.bindOf)
	if err == nil {
		s.pred, _, err = r.Divide()
	}
	if err != nil {
		return nil, fault.As(err).In(f.url)
	}
	if len(stored) > 0 {
		return convert.TextSource(r, stored, func(r formats.ScanRequest) (formats.Source, error) { return f.Scan(ctx, r) })
	}
	wants := map[int][]want{}
	for i, b := range binds {
		switch {
		case b.konst != nil:
			s.cols = append(s.cols, column{null: vector.ConstOf(*b.konst, 0)})
		case b.node == nil:
			s.cols = append(s.cols, column{null: vector.Null(b.typ, 0)})
		default:
			sk, k := newSink(b), f.fields[r.Columns[i].Column]
			sk.outermost()
			wants[k] = append(wants[k], want{b, sk})
			s.cols = append(s.cols, column{sink: sk})
		}
	}
	c := compiler{skips: map[*node]*program{}}
	s.prog = c.fields(f.head.columns(), func(i int) []want { return wants[i] })
	split := r.Split.Range
	if split.Len == 0 {
		split = store.Range{Len: f.info.Size}
	}
	s.blocks = f.openBlocks(split, r.Limit == 0, len(wants) == 0, r.Overlap)
	s.blocks.mem = s.mem
	if !s.blocks.found {
		s.row = -1
	}
	return s, nil
}

// outermost marks the sink whose vector is a column.
func (s *sink) outermost() {
	for s.stage == stagePick {
		s = s.kids[0]
	}
	s.top = true
}

// Next implements formats.Source.
func (s *Source) Next(ctx context.Context, b *vector.Batch) error {
	b.Reset()
	for !s.done {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.req.Limit > 0 && s.found >= s.req.Limit {
			break
		}
		if s.seg == len(s.win.segs) {
			if err := s.refill(ctx); err != nil {
				return err
			}
			continue
		}
		n, err := s.records()
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if s.last = n; s.row >= 0 {
			s.row += int64(n)
		}
		if err := s.batch(b, n); err != nil {
			return err
		}
		if b.Rows() > 0 {
			s.found += int64(b.Rows())
			return nil
		}
	}
	b.Reset()
	return io.EOF
}

// Place implements formats.Placer. How many rows are in the blocks before a split
// only their headers say, so that no row of a later split knows its number.
func (s *Source) Place(i int) formats.Place {
	if s.row < 0 {
		return formats.Place{Row: -1}
	}
	return formats.Place{Row: s.row - int64(s.last) + int64(i)}
}

// refill brings blocks until they make a batch.
func (s *Source) refill(ctx context.Context) error {
	s.win.data, s.win.segs, s.seg, s.pos = s.win.data[:0], s.win.segs[:0], 0, 0
	rows := int64(0)
	for rows < int64(s.f.batchRows) && len(s.win.data) < s.f.windowBytes {
		ok, err := s.blocks.next(ctx, &s.win)
		if err != nil {
			return err
		}
		if !ok {
			s.done = len(s.win.segs) == 0
			return nil
		}
		rows = min(rows+s.win.segs[len(s.win.segs)-1].rows, 1<<40)
	}
	return nil
}

// wanted bounds the next batch: a query with a limit wants no more.
func (s *Source) wanted() int64 {
	if s.req.Limit > 0 && s.req.Pred == nil {
		return min(int64(s.f.batchRows), s.req.Limit-s.found)
	}
	return int64(s.f.batchRows)
}

// records decodes the next records into the sinks and gives their number.
func (s *Source) records() (int, error) {
	for i := range s.cols {
		if s.cols[i].sink != nil {
			s.cols[i].sink.reset()
		}
	}
	s.dec.free, s.dec.entries = maxFree, 0
	room := s.wanted()
	done := int64(0)
	for s.seg < len(s.win.segs) && done < room {
		g := &s.win.segs[s.seg]
		n := min(g.rows, room-done)
		if !s.blocks.count {
			if err := s.segment(g, n); err != nil {
				return 0, s.f.fail(g.off, convert.Fault(err, "Avro", types.TUnknown))
			}
		}
		done += n
		if g.rows -= n; g.rows == 0 {
			if s.pos != g.end {
				return 0, s.f.corrupt(g.off, "%d bytes are left behind the block's records", g.end-s.pos)
			}
			s.seg++
		}
	}
	return int(done), nil
}

// segment decodes n records of a block.
func (s *Source) segment(g *segment, n int64) error {
	s.dec.b, s.dec.depth = s.win.data[:g.end], 0
	pos := s.pos
	for range n {
		var err error
		if pos, err = s.dec.run(s.prog.code, pos); err != nil {
			return err
		}
	}
	s.pos = pos
	return nil
}

// batch makes a batch of n decoded records: the predicate's columns first, the
// others only if rows are left.
func (s *Source) batch(b *vector.Batch, n int) error {
	b.N, b.Sel = n, nil
	b.Cols = slices.Grow(b.Cols[:0], len(s.cols))[:len(s.cols)]
	clear(b.Cols)
	for i := range s.cols {
		s.cols[i].vec = nil
	}
	if s.req.Pred != nil {
		for _, c := range s.pred {
			if err := s.convert(b, c); err != nil {
				return err
			}
		}
		sel, err := s.req.Pred.Keep(b, nil)
		if err != nil {
			return err
		}
		if b.Sel = sel; sel != nil && len(sel) == 0 {
			return nil
		}
	}
	for c := range s.cols {
		if err := s.convert(b, c); err != nil {
			return err
		}
	}
	return nil
}

// convert makes the vector of a column.
func (s *Source) convert(b *vector.Batch, c int) error {
	col := &s.cols[c]
	if col.vec == nil {
		switch {
		case col.sink == nil:
			col.null.Len = b.N
			col.vec = col.null
		default:
			v, err := col.sink.fill(s.win.data)
			if err != nil {
				return fault.As(err).In(s.f.url)
			}
			col.vec = v
		}
	}
	b.Cols[c] = col.vec
	return nil
}

// Close implements formats.Source.
func (s *Source) Close() error {
	s.done = true
	s.blocks.fetch.close()
	s.win = window{}
	s.mem.Close()
	return nil
}
