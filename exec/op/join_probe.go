package op

import (
	"context"
	"io"
	"sync"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/op/keytab"
	"github.com/glauxdb/glaux/formats/vector"
)

// JoinShape says what a join puts out, seen from its probe and build sides. The
// planner's kinds (and which side is built) are combinations of these.
type JoinShape struct {
	Pairs      bool // matching pairs
	ProbeOuter bool // probe rows without a match, with NULLs
	BuildOuter bool // build rows without a match, with NULLs
	Single     bool // a second match of a probe row is an error

	ProbeSemi, ProbeAnti, ProbeMark bool // probe rows: with a match, without one, all with a flag
	BuildSemi, BuildAnti, BuildMark bool // build rows likewise
	NullAware                       bool // ProbeAnti, ProbeMark: NOT IN's and IN's three values

	BuildFirst bool // output order: build columns, then probe columns
}

// buildRows tells that build rows come out when all probing has ended.
func (s *JoinShape) buildRows() bool {
	return s.BuildOuter || s.BuildSemi || s.BuildAnti || s.BuildMark
}

// HashJoin probes a JoinBuild. Residual conditions see the output's columns in
// the order of a pairs join, whatever the shape puts out.
type HashJoin struct {
	In         Source // the probe side
	ProbeTypes []types.Type
	Build      *JoinBuild
	Keys       []JoinKey // parallel to Build.Keys
	Residual   NewConds  // nil: none
	Shape      JoinShape
	MarkType   types.Type

	once sync.Once
	left atomic.Int64 // copies that still probe
}

// Width is that of the probe side.
func (h *HashJoin) Width() int { return h.In.Width() }

// Open makes one copy.
func (h *HashJoin) Open(w *Worker) (Operator, error) {
	h.once.Do(func() { h.left.Store(int64(w.Count)) })
	s, j := &h.Shape, h.Build
	needProbe := s.ProbeOuter || s.ProbeAnti || s.ProbeMark
	if j.n == 0 && !needProbe {
		return Empty{}.Open(w)
	}
	in, err := h.In.Open(w)
	if err != nil {
		return nil, err
	}
	o := &hashProbe{h: h, j: j, in: in, enc: keytab.NewEncoder(j.layout)}
	o.out = newJoinOut(h.ProbeTypes, j, s)
	for _, k := range h.Keys {
		var e Expr
		if k.Item.Pass < 0 {
			e = k.Item.Expr()
		}
		o.exprs = append(o.exprs, e)
	}
	if h.Residual != nil {
		o.residual = h.Residual()
	}
	// With at most one match a row, or where one match decides, no pairs have to
	// be made: the probe batch keeps its columns and gets a selection.
	o.direct = o.residual == nil && (j.unique || !s.Pairs)
	return o, nil
}

// hashProbe is one copy of the probe side.
type hashProbe struct {
	h        *HashJoin
	j        *JoinBuild
	in       Operator
	exprs    []Expr
	residual Conds
	enc      *keytab.Encoder
	out      joinOut
	direct   bool

	b     vector.Batch // the probe batch that is being worked on
	keys  []*vector.Vector
	sel   vector.Sel // its rows whose keys can match
	buf   vector.Sel
	cur   []uint64
	first []uint32 // per row of sel: first build row + 1, or 0

	// Pairs: how far the chains of this batch are followed.
	open    bool
	at      int    // position in sel
	chainAt uint32 // next build row + 1 of that row; 0: take the next
	pairP   []uint32
	pairB   []uint32
	hit     []uint8 // per row of b: 1 when it had a match

	tail int // next build row of the tail, -1 before it
	done bool
}

func (o *hashProbe) Close() error { return o.in.Close() }

func (o *hashProbe) Next(ctx context.Context, b *vector.Batch) error {
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if o.done {
			return o.nextTail(b)
		}
		if o.open {
			ok, err := o.nextPairs(b)
			if err != nil {
				return err
			}
			if ok {
				return nil
			}
			continue
		}
		if err := o.load(ctx); err == io.EOF {
			o.done = true
			o.tail = o.j.n
			if o.h.left.Add(-1) == 0 && o.h.Shape.buildRows() {
				o.tail = 0
			}
			continue
		} else if err != nil {
			return err
		}
		if !o.direct {
			o.startPairs()
			continue
		}
		ok, err := o.directBatch(b)
		if err != nil {
			return err
		}
		if ok {
			return nil
		}
	}
}

// load takes the next probe batch and looks its keys up.
func (o *hashProbe) load(ctx context.Context) error {
	if err := o.in.Next(ctx, &o.b); err != nil {
		return err
	}
	o.keys = o.keys[:0]
	for i, k := range o.h.Keys {
		if k.Item.Pass >= 0 {
			o.keys = append(o.keys, o.b.Cols[k.Item.Pass])
			continue
		}
		v, err := o.exprs[i].Eval(&o.b, o.b.Sel)
		if err != nil {
			return err
		}
		o.keys = append(o.keys, v)
	}
	o.sel, _ = withoutNulls(o.keys, o.h.Keys, &o.b, &o.buf)
	if o.sel == nil {
		o.sel = allRows[:o.b.N]
	}
	sel := o.sel
	if len(sel) == o.b.N {
		sel = nil
	}
	o.enc.Encode(o.keys, sel, o.b.N)
	o.cur, o.first = grow(o.cur, o.enc.Len()), grow(o.first, o.enc.Len())
	o.j.parts.FindState32(o.enc, o.cur, o.first)
	return nil
}

// nextTail puts out build rows after all probing has ended; only the copy that
// ended last does.
func (o *hashProbe) nextTail(b *vector.Batch) error {
	s := &o.h.Shape
	if s.BuildMark {
		return o.out.markedRows(b, o.j, &o.tail)
	}
	return o.out.buildRows(b, o.j, &o.tail, s.BuildSemi)
}
