package op

import (
	"context"
	"slices"

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

	copies probeCopies
}

// computed reports whether a key is none of the probe side's columns: one that is
// computed here, or was and comes along behind them.
func (h *HashJoin) computed(k *JoinKey) bool {
	return k.Item.Pass < 0 || k.Item.Pass >= len(h.ProbeTypes)
}

// keyTypes are the types of the probe side's computed keys.
func (h *HashJoin) keyTypes() (ts []types.Type) {
	for _, k := range h.Keys {
		if h.computed(&k) {
			ts = append(ts, k.Type)
		}
	}
	return ts
}

// part joins a part of both sides.
func (h *HashJoin) part(probe Source, build *JoinBuild, keep *hitKeeper) Source {
	p := &HashJoin{In: probe, ProbeTypes: h.ProbeTypes, Build: build, Keys: slices.Clone(h.Keys), Residual: h.Residual, Shape: h.Shape, MarkType: h.MarkType}
	at := len(h.ProbeTypes)
	for i := range p.Keys {
		if h.computed(&h.Keys[i]) {
			p.Keys[i].Item = ProjectItem{Pass: at}
			at++
		}
	}
	p.copies.keep = keep
	return p
}

// Width is that of the probe side.
func (h *HashJoin) Width() int { return h.In.Width() }

// Open makes one copy.
func (h *HashJoin) Open(w *Worker) (Operator, error) {
	p, err := h.copies.open(w, h.In, h.ProbeTypes, h.Build, &h.Shape, h.MarkType, h.part, h.keyTypes())
	if err != nil {
		return nil, err
	}
	if p == nil {
		return Empty{}.Open(w)
	}
	o := &hashProbe{joinProbe: p, h: h, enc: keytab.NewEncoder(h.Build.layout)}
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
	o.direct = o.residual == nil && (h.Build.unique || !h.Shape.Pairs) && o.keep == nil
	return o, nil
}

// hashProbe is one copy of the probe side.
type hashProbe struct {
	*joinProbe
	h        *HashJoin
	exprs    []Expr
	residual Conds
	enc      *keytab.Encoder
	direct   bool

	keys  []*vector.Vector
	sel   vector.Sel // rows of the probe batch whose keys can match
	buf   vector.Sel
	cur   []uint64
	first []uint32 // per row of sel: first build row + 1, or 0

	// Pairs: how far the chains of this batch are followed.
	at      int    // position in sel
	chainAt uint32 // next build row + 1 of that row; 0: take the next
}

func (o *hashProbe) Next(ctx context.Context, b *vector.Batch) error { return o.next(ctx, b, o) }

// start looks the keys of the probe batch up.
func (o *hashProbe) start() error {
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
	o.b.Cols = o.b.Cols[:len(o.h.ProbeTypes)] // keys that came along are in o.keys
	o.sel, _ = withoutNulls(o.keys, o.h.Keys, &o.b, &o.buf)
	if o.sel == nil {
		o.sel = allRows[:o.b.N]
	}
	o.lookUp()
	if o.rest != nil {
		if err := o.divert(); err != nil || !o.open {
			return err
		}
	}
	if !o.direct {
		o.startPairs()
	}
	return nil
}

// divert writes the rows whose partition is on disk to its file and goes on with the
// others.
func (o *hashProbe) divert() error {
	r := o.rest
	r.begin(o.b.N)
	n := 0
	for k, h := range o.enc.Hashes() {
		if r.add(h, o.sel[k]) {
			continue
		}
		o.buf = append(o.buf[:n], o.sel[k])
		o.first[n] = o.first[k]
		n++
	}
	if n == len(o.sel) {
		return nil
	}
	for i := range o.h.Keys {
		if o.h.computed(&o.h.Keys[i]) {
			r.b.Cols = append(r.b.Cols, o.keys[i])
		}
	}
	if err := r.write(&o.b); err != nil {
		return err
	}
	o.b.Sel = r.others(&o.b)
	o.sel, o.first = o.buf[:n], o.first[:n]
	o.open = len(o.b.Sel) > 0
	return nil
}

// lookUp sets first.
func (o *hashProbe) lookUp() {
	o.first = grow(o.first, len(o.sel))
	d := o.j.denseIdx
	if d != nil {
		if d.find(o.keys[0], o.sel, o.first); o.rest == nil {
			return
		}
	}
	sel := o.sel
	if len(sel) == o.b.N {
		sel = nil
	}
	o.enc.Encode(o.keys, sel, o.b.N)
	if d == nil {
		o.cur = grow(o.cur, len(o.sel))
		o.j.parts.FindState32(o.enc, o.cur, o.first)
	}
}
