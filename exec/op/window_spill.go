package op

import (
	"context"
	"io"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/exec/op/window"
	"github.com/glauxdb/glaux/formats/vector"
)

// windowSpill is the rows of a Window on disk, cut by the hash of the keys that make
// the partitions of all its calls. Once there is one, all rows go there; each file is
// then a Window of its own, which may be cut again by other bits.
type windowSpill struct {
	files  *spill.Files
	cut    joinCut
	keys   []int // columns
	layout *keytab.Layout
	parts  []windowPart
	rows   int64
	queue  partQueue
}

type windowPart struct {
	mu   sync.Mutex // guards w
	w    *spill.Writer
	file *spill.Part // after seal; nil: no rows
}

// partitionKeys counts the first keys, which are those of the partitions of all calls.
func (s *Window) partitionKeys() int {
	n := len(s.Keys)
	for i := range s.Calls {
		n = min(n, s.Calls[i].Partition)
	}
	return n
}

// mayCut reports whether rows can go to disk, and that would make the windows smaller.
func (s *Window) mayCut() bool {
	most := joinDepth
	if s.query.SpillAlways {
		most = 1
	}
	return s.query.Spill != nil && !s.whole && s.depth <= most && s.partitionKeys() > 0
}

// spilling begins to cut the rows, unless that has been done.
func (s *Window) spilling() *windowSpill {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spill == nil {
		p := &windowSpill{files: s.query.Spill, cut: joinCut{depth: s.depth, fan: joinFan}, parts: make([]windowPart, joinFan)}
		var ts []types.Type
		for _, k := range s.Keys[:s.partitionKeys()] {
			p.keys, ts = append(p.keys, k.Pos), append(ts, k.Type)
		}
		p.layout = keytab.NewLayout(ts, true)
		s.spill = p
	}
	return s.spill
}

// windowCutter writes rows to the files of a windowSpill. Used by one goroutine.
type windowCutter struct {
	s     *Window
	p     *windowSpill
	enc   *keytab.Encoder
	keys  []*vector.Vector
	lists []vector.Sel
	b     vector.Batch
}

func (s *Window) newCutter() *windowCutter {
	p := s.spilling()
	return &windowCutter{s: s, p: p, enc: keytab.NewEncoder(p.layout), lists: make([]vector.Sel, p.cut.fan)}
}

// add writes a batch without a selection.
func (c *windowCutter) add(b *vector.Batch) error {
	c.keys = c.keys[:0]
	for _, k := range c.p.keys {
		c.keys = append(c.keys, b.Cols[k])
	}
	c.enc.Encode(c.keys, nil, b.N)
	for p := range c.lists {
		c.lists[p] = c.lists[p][:0]
	}
	for i, h := range c.enc.Hashes() {
		p := c.p.cut.of(h)
		c.lists[p] = append(c.lists[p], uint16(i))
	}
	for p, list := range c.lists {
		if len(list) == 0 {
			continue
		}
		c.b = vector.Batch{N: b.N, Sel: list, Cols: b.Cols}
		if err := c.p.write(p, c.s, &c.b); err != nil {
			return err
		}
	}
	return nil
}

func (p *windowSpill) write(k int, s *Window, b *vector.Batch) error {
	part := &p.parts[k]
	part.mu.Lock()
	defer part.mu.Unlock()
	if part.w == nil {
		w, err := p.files.Create(s.InTypes)
		if err != nil {
			return err
		}
		part.w = w
	}
	return part.w.Append(b)
}

// store writes the rows of a store, which is empty afterwards.
func (c *windowCutter) store(rows *rowStore) error {
	for i, ch := range rows.chunks {
		rows.chunks[i] = nil
		if err := c.add(ch); err != nil {
			return err
		}
	}
	*rows = *newRowStore(rows.types)
	return nil
}

// toDisk writes the rows that are still in memory and ends the files.
func (s *Window) toDisk(ctx context.Context) error {
	c := s.newCutter()
	if err := c.store(s.rows); err != nil {
		return err
	}
	for from := 0; from < s.n && s.cols != nil; from += vector.BatchSize {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := c.add(rowsAt(s.cols, from, min(s.n-from, vector.BatchSize))); err != nil {
			return err
		}
	}
	s.n, s.cols, s.wholes, s.order, s.starts, s.morsels = 0, nil, nil, nil, nil, nil
	s.held.Close()
	return s.spill.seal(s.Trace)
}

// seal ends the files.
func (p *windowSpill) seal(t *Trace) error {
	for k := range p.parts {
		part := &p.parts[k]
		if part.w == nil {
			continue
		}
		file, err := part.w.Close()
		if err != nil {
			return err
		}
		part.w, part.file = nil, file
		p.rows += file.Rows()
		t.spilled(file)
	}
	return nil
}

// width is how many copies can work on the files.
func (p *windowSpill) width() (n int) {
	for k := range p.parts {
		if p.parts[k].file != nil {
			n++
		}
	}
	return max(n, 1)
}

// size is about what the windows over a file take: the rows, in order once more, and
// the order.
func (s *Window) size(f *spill.Part) int64 {
	return 2*f.Memory() + f.Rows()*int64(36+newSortLayout(s.Keys).stride)
}

// windowFiles puts out the windows of one file after another.
type windowFiles struct {
	s   *Window
	w   *Worker
	k   int // the file at work
	sub *Window
	cur Operator // nil: none is at work
}

func (o *windowFiles) Next(ctx context.Context, b *vector.Batch) error {
	p := o.s.spill
	for {
		if o.cur == nil {
			k, ok := p.queue.take(len(p.parts), func(k int) int64 {
				if p.parts[k].file == nil {
					return 0
				}
				return o.s.size(p.parts[k].file)
			}, o.s.Mem.Free)
			if !ok {
				return io.EOF
			}
			o.k = k
			if err := o.open(ctx, p.parts[k].file); err != nil {
				return err
			}
		}
		if err := o.cur.Next(ctx, b); err != io.EOF {
			return err
		}
		if err := o.Close(); err != nil {
			return err
		}
		p.parts[o.k].file.Remove()
		p.queue.done()
	}
}

// open makes the windows of a file.
func (o *windowFiles) open(ctx context.Context, file *spill.Part) error {
	q := o.w.Query
	w := &Worker{Query: &Query{ID: q.ID, Workers: 1, Mem: q.Mem, Log: q.Log, Spill: q.Spill, SpillAlways: q.SpillAlways, parent: q}, Count: 1}
	o.sub = o.s.sub(10*file.Rows() > 9*o.s.spill.rows && o.s.depth > 0)
	l, err := o.sub.NewLocal(w)
	if err != nil {
		return err
	}
	if err := eachBatch(ctx, file, func(b *vector.Batch) error { return l.Add(ctx, b) }); err != nil {
		return err
	}
	if err := l.Combine(ctx); err != nil {
		return err
	}
	if err := o.sub.Finish(ctx); err != nil {
		return err
	}
	o.cur, err = o.sub.Open(w)
	return err
}

// sub makes the windows over a part of the rows, which are as s keeps them. whole says
// that cutting it again would not help.
func (s *Window) sub(whole bool) *Window {
	w := &Window{InTypes: s.InTypes, Pass: s.Pass, Keys: s.Keys, Calls: append([]window.Call(nil), s.Calls...), Mem: s.Mem,
		depth: s.depth + 1, whole: whole}
	for i := range s.InTypes {
		w.Inputs = append(w.Inputs, ProjectItem{Pass: i})
	}
	return w
}

func (o *windowFiles) Close() error {
	if o.cur == nil {
		return nil
	}
	err := o.cur.Close()
	o.cur = nil
	o.sub.held.Close()
	o.sub.room.Close()
	return err
}

// tooLarge says what could not be cut, if that is why there is not enough memory.
func (s *Window) tooLarge(err error) error {
	if !fault.Is(err, fault.CodeOutOfMemory) || s.query.Spill == nil {
		return err
	}
	why := "A window without PARTITION BY was computed over all rows at once, in memory."
	if s.partitionKeys() > 0 {
		why = "One partition of a window has too many rows: it was computed at once, in memory."
	}
	if s.pages {
		why = "A frame of a window, or what a call keeps of one, is larger than the memory."
	}
	return fault.As(err).WithHint("%s Select fewer columns or rows, add keys to PARTITION BY, or raise the memory limit.", why)
}
