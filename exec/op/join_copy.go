package op

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// probeCopies is what the copies of a join's probe side share.
type probeCopies struct {
	once sync.Once
	left atomic.Int64 // copies that still probe
	used atomic.Int64 // copies that are not closed
	rest *joinRest    // of the partitions on disk; nil: there are none
	keep *hitKeeper   // nil: the build side is probed once
}

// partJoin makes the join of a part of both sides. probe delivers the probe side's
// columns and behind them the computed keys.
type partJoin func(probe Source, build *JoinBuild, keep *hitKeeper) Source

// open makes the common part of one copy; nil if nothing can come out.
func (c *probeCopies) open(w *Worker, in Source, probe []types.Type, j *JoinBuild, s *JoinShape, mark types.Type, part partJoin, keys []types.Type) (*joinProbe, error) {
	c.once.Do(func() {
		c.left.Store(int64(w.Count))
		c.used.Store(int64(w.Count))
		w.Query.root().idle.use(j)
		if j.spill != nil {
			c.rest = newJoinRest(w, j, s, part, slices.Concat(probe, keys))
		}
	})
	if !j.some && !s.ProbeOuter && !s.ProbeAnti && !s.ProbeMark {
		return nil, nil
	}
	from, err := in.Open(w)
	if err != nil {
		return nil, err
	}
	o := &joinProbe{shape: s, markType: mark, j: j, copies: c, in: from, out: newJoinOut(probe, j, s), keep: c.keep}
	if c.rest != nil {
		o.rest = c.rest.open(w)
	}
	return o, nil
}

// joinProbe is what one copy of the probe side of any join holds: the batch at work and
// which of its rows had a match. It takes batches one by one and, after the last batch
// of all copies, puts out the build side's rows if the shape wants them.
type joinProbe struct {
	shape    *JoinShape
	markType types.Type
	j        *JoinBuild
	copies   *probeCopies
	in       Operator
	out      joinOut

	b            vector.Batch // the probe batch at work
	open         bool         // there is one
	hit          []uint8      // per row of b: hitMatch, hitNull
	pairP, pairB []uint32     // pairs that are put out together
	tail         int          // next build row after all probing
	done         bool
	keep         *hitKeeper
	rest         *restOp // nil: nothing is on disk
	closed       bool
}

// What is known of a probe row: it has a match, or a pair whose comparison is NULL.
const (
	hitMatch = 1
	hitNull  = 2
)

// prober is how a join finds matches.
type prober interface {
	// start begins the probe batch.
	start() error
	// step puts out the next rows that the batch leads to, if there are some. It sets
	// open to false with the last of them.
	step(b *vector.Batch) (bool, error)
}

// Close implements Operator. The last copy lets go of the build side: what comes after
// the join may need the memory.
func (o *joinProbe) Close() error {
	err := o.in.Close()
	if o.rest != nil {
		err = errors.Join(err, o.rest.close())
	}
	if !o.closed && o.copies.used.Add(-1) == 0 && !o.j.lasts {
		o.j.forget()
	}
	o.closed = true
	return err
}

// next is Operator's Next of a join that finds matches as p does.
func (o *joinProbe) next(ctx context.Context, b *vector.Batch, p prober) error {
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !o.open && !o.done {
			err := o.in.Next(ctx, &o.b)
			switch {
			case err == io.EOF:
				o.finish()
			case err != nil:
				return err
			default:
				o.open = true
				if err := p.start(); err != nil {
					return err
				}
			}
		}
		if o.done {
			err := o.nextTail(b)
			if err == io.EOF && o.rest != nil {
				return o.rest.next(ctx, b)
			}
			return err
		}
		if !o.open { // all its rows went to disk
			continue
		}
		if ok, err := p.step(b); ok || err != nil {
			return err
		}
	}
}

// finish ends the probing; only the copy that ends last puts build rows out.
func (o *joinProbe) finish() {
	o.done, o.tail = true, o.j.n
	if o.copies.left.Add(-1) == 0 && o.shape.buildRows() {
		o.tail = 0
	}
}

func (o *joinProbe) nextTail(b *vector.Batch) error {
	if o.shape.BuildMark {
		return o.out.markedRows(b, o.j, &o.tail)
	}
	return o.out.buildRows(b, o.j, &o.tail, o.shape.BuildSemi)
}

// forget begins a batch of which no row has a match yet.
func (o *joinProbe) forget() {
	o.hit = grow(o.hit, o.b.N)
	clear(o.hit)
	if o.keep != nil {
		o.keep.load(o.hit)
	}
}

// judge puts out the collected pairs for which the conditions (nil: none) hold and
// notes which rows they match.
func (o *joinProbe) judge(b *vector.Batch, on Conds) (bool, error) {
	o.out.pairs(b, &o.b, o.j, o.pairP, o.pairB)
	if on != nil {
		sel, err := on.Filter(b, nil)
		if err != nil {
			return false, err
		}
		b.Sel = sel
	}
	for _, k := range selOf(b) {
		p := o.pairP[k]
		if o.shape.Single && o.hit[p] != 0 {
			return false, tooManyRows()
		}
		o.hit[p] = hitMatch
	}
	if o.shape.buildRows() {
		for _, k := range selOf(b) {
			o.j.mark(o.pairB[k])
		}
	}
	return o.shape.Pairs && b.Rows() > 0, nil
}

// unmatched ends the probe batch: it puts out what depends on whether a row had any
// match.
func (o *joinProbe) unmatched(b *vector.Batch) bool {
	o.open = false
	if o.keep != nil && !o.keep.save(o.hit) {
		return false
	}
	s := o.shape
	switch {
	case s.ProbeMark:
		o.out.probeWith(b, &o.b, o.b.Sel, o.hitColumn())
		return true
	case s.ProbeSemi:
		sel := o.hitSel(hitMatch, hitMatch)
		o.out.probeOnly(b, &o.b, sel)
		return len(sel) > 0
	case s.ProbeAnti:
		sel := o.hitSel(hitMatch|hitNull, 0)
		o.out.probeOnly(b, &o.b, sel)
		return len(sel) > 0
	case s.ProbeOuter:
		sel := o.hitSel(hitMatch, 0)
		o.out.probeNulls(b, &o.b, o.j, sel)
		return len(sel) > 0
	}
	return false
}

// hitColumn is the flag of each probe row; NULL where a pair was and none matched.
func (o *joinProbe) hitColumn() *vector.Vector {
	v := &o.out.mark
	v.Reset(o.markType, o.b.N)
	vals := vector.Values[bool](v)
	for i, h := range o.hit {
		vals[i] = h&hitMatch != 0
		if h == hitNull {
			v.SetNull(i)
		}
	}
	return v
}

// hitSel gives the probe rows of which, among the facts of mask, only want holds.
func (o *joinProbe) hitSel(mask, want uint8) vector.Sel {
	all := selOf(&o.b)
	out := vector.Sel(grow([]uint16(o.out.sel), len(all)))
	n := 0
	for _, p := range all {
		out[n] = p
		n += one(o.hit[p]&mask == want)
	}
	o.out.sel = out
	return out[:n]
}
