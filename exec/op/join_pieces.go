package op

import (
	"context"
	"io"

	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/formats/vector"
)

// joinPieces joins a partition that cannot be made smaller, since its rows have one
// key or there are no keys: the build side comes in pieces that fit in memory, and the
// probe side's file is read once for each. What is known of a probe row is kept from
// piece to piece, and with the last one it is put out.
type joinPieces struct {
	r    *joinRest
	p    *restPart
	w    *Worker
	from *spill.Reader
	b    vector.Batch // rows that the next piece begins with
	keep hitKeeper
	held mem.Local // what keep takes

	cur Operator // probes the piece at work
}

func newJoinPieces(r *joinRest, p *restPart, w *Worker) (*joinPieces, error) {
	o := &joinPieces{r: r, p: p, w: w, held: r.j.Mem.Local()}
	s := r.shape
	if p.probe != nil && (s.ProbeOuter || s.ProbeSemi || s.ProbeAnti || s.ProbeMark || s.Single) {
		n := (p.probe.Rows() + 3) / 4
		if err := o.held.Use(n); err != nil {
			return nil, err
		}
		o.keep.facts = make([]uint8, n)
	}
	o.keep.unknown = s.NullAware && len(r.j.Keys) > 0 && r.j.nullKeys
	return o, nil
}

func (o *joinPieces) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if o.cur == nil {
			if o.keep.last {
				return io.EOF
			}
			if err := o.piece(ctx); err != nil {
				return err
			}
		}
		if err := o.cur.Next(ctx, b); err != io.EOF {
			return err
		}
		if err := o.closePiece(); err != nil {
			return err
		}
	}
}

// piece loads the next piece of the build side.
func (o *joinPieces) piece(ctx context.Context) error {
	if o.from == nil {
		from, err := o.p.build.Open()
		if err != nil {
			return err
		}
		o.from = from
		if err := o.read(ctx); err != nil {
			return err
		}
	}
	bu := o.r.build(o.w.Query, true)
	local, err := bu.NewLocal(o.w)
	if err != nil {
		return err
	}
	l := local.(*joinBuildLocal)
	for room := o.r.j.Mem.Free() / 4; !o.keep.last; {
		if err := l.Add(ctx, &o.b); err != nil {
			return err
		}
		if err := o.read(ctx); err != nil {
			return err
		}
		if l.bytes()+bu.tableBytes(l.rows.rows) > room {
			break
		}
	}
	if err := l.Combine(ctx); err != nil {
		return err
	}
	if err := bu.Finish(ctx); err != nil {
		return err
	}
	o.keep.at = 0
	op, err := o.r.part(&fileRows{part: o.p.probe}, bu, &o.keep).Open(o.w)
	if err != nil {
		return err
	}
	o.cur = &partOp{Operator: op, build: bu}
	return nil
}

// read reads what the next piece begins with.
func (o *joinPieces) read(ctx context.Context) error {
	err := o.from.Next(ctx, &o.b)
	if err == io.EOF {
		o.keep.last = true
		return nil
	}
	return err
}

func (o *joinPieces) closePiece() error {
	if o.cur == nil {
		return nil
	}
	err := o.cur.Close()
	o.cur = nil
	return err
}

func (o *joinPieces) Close() error {
	err := o.closePiece()
	if o.from != nil {
		o.from.Close()
	}
	o.held.Close()
	return err
}

// hitKeeper keeps what is known of each row of a probe side that is read several
// times, in the same batches.
type hitKeeper struct {
	facts   []uint8 // two bits a row: hitMatch, hitNull; nil: nobody wants to know
	at      int     // the batch at work begins with this row
	last    bool    // nothing is to be learned after this time
	unknown bool    // a row without a match is not known to have none (NULL among IN's values)
}

// load gives what is known of the rows of a batch.
func (k *hitKeeper) load(hit []uint8) {
	if k.facts == nil {
		return
	}
	for i := range hit {
		row := k.at + i
		hit[i] = k.facts[row>>2] >> (row & 3 * 2) & 3
	}
}

// save keeps it, and reports whether that is all that will be known.
func (k *hitKeeper) save(hit []uint8) bool {
	if k.facts == nil {
		return k.last
	}
	if !k.last {
		for i, h := range hit {
			row := k.at + i
			k.facts[row>>2] |= h << (row & 3 * 2)
		}
	}
	k.at += len(hit)
	if k.last && k.unknown {
		for i, h := range hit {
			if h&hitMatch == 0 {
				hit[i] = hitNull
			}
		}
	}
	return k.last
}
