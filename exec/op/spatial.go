package op

import (
	"context"
	"math"

	"github.com/peterstace/simplefeatures/rtree"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/shape"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/exec/mem"
	"github.com/glauxdb/glaux/formats/vector"
)

// SpatialBuild is the build side of a spatial join: a JoinBuild without keys, and an
// R-tree of the boxes of its rows' shapes.
type SpatialBuild struct {
	*JoinBuild
	Shape  NewExpr // over the build side's columns
	Radius NewExpr // how far boxes are widened; nil: not
	Empty  bool    // empty shapes may match each other

	tree    *rtree.RTree
	always  []uint32 // rows that are near to everything
	empties []uint32 // rows whose shape is empty, if Empty
	held    mem.Local
}

// treeBytes is about what a row takes in an R-tree: its entry, its share of half-full
// nodes, and the item that it is loaded from.
const treeBytes = 144

// NewLocal makes one copy's part. The tree is of all rows: none of them go to disk.
func (s *SpatialBuild) NewLocal(w *Worker) (Local, error) {
	s.whole = true
	return s.JoinBuild.NewLocal(w)
}

// Finish concatenates the rows and builds the tree. Rows whose shape is NULL or empty
// are in none of the lists: they match nothing.
func (s *SpatialBuild) Finish(ctx context.Context) error {
	if err := s.JoinBuild.Finish(ctx); err != nil {
		return err
	}
	s.held = s.Mem.Local()
	if err := s.held.Use(int64(s.n) * treeBytes); err != nil {
		return err
	}
	boxes := newBoxer(s.Shape, s.Radius)
	items := make([]rtree.BulkItem, 0, s.n)
	for from := 0; from < s.n; from += vector.BatchSize {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		b := rowsAt(s.cols[:len(s.Types)], from, min(s.n-from, vector.BatchSize))
		if err := boxes.load(b); err != nil {
			return err
		}
		for i := range b.N {
			row := uint32(from + i)
			switch box, kind := boxes.at(i); {
			case kind == boxFinite:
				items = append(items, rtree.BulkItem{Box: rtree.Box(box), RecordID: int(row)})
			case kind == boxEverything:
				s.always = append(s.always, row)
			case kind == boxEmpty && s.Empty:
				s.empties = append(s.empties, row)
			}
		}
	}
	s.tree = rtree.BulkLoad(items)
	if s.Trace != nil {
		s.Trace.Memory.Add(int64(s.n) * treeBytes)
	}
	return nil
}

// boxKind says what a row's box is.
type boxKind uint8

const (
	boxNone       boxKind = iota // the row matches nothing
	boxEmpty                     // its shape is empty
	boxFinite                    //
	boxEverything                // its box is without bounds
)

// boxer computes the boxes of a batch's shapes.
type boxer struct {
	shape, radius Expr
	shapes        *vector.Vector
	radii         *vector.Vector
	s             kernel.Strings
	r             kernel.Fixed[float64]
}

func newBoxer(shape, radius NewExpr) *boxer {
	b := &boxer{shape: shape()}
	if radius != nil {
		b.radius = radius()
	}
	return b
}

func (x *boxer) load(b *vector.Batch) (err error) {
	if x.shapes, err = x.shape.Eval(b, b.Sel); err != nil {
		return err
	}
	if x.shapes.Type.Kind != types.Unknown {
		x.s = kernel.StringsOf(x.shapes)
	}
	if x.radius == nil {
		return nil
	}
	if x.radii, err = x.radius.Eval(b, b.Sel); err == nil {
		x.r = kernel.FixedOf[float64](x.radii)
	}
	return err
}

// at gives the box of a row's shape, widened by its radius.
func (x *boxer) at(i int) (shape.Box, boxKind) {
	if x.shapes.Type.Kind == types.Unknown || x.shapes.IsNull(i) || x.radii != nil && x.radii.IsNull(i) {
		return shape.Box{}, boxNone
	}
	box, ok := shape.Envelope(x.s.At(i))
	if !ok {
		return box, boxEmpty
	}
	if x.radii == nil {
		return box, boxFinite
	}
	return widen(box, x.r.At(i))
}

// widen makes a box larger by r on all sides, and by a little more, since distances
// are rounded. NaN counts as greater than every number.
func widen(b shape.Box, r float64) (shape.Box, boxKind) {
	switch {
	case math.IsNaN(r) || r > math.MaxFloat64/4:
		return b, boxEverything
	case r < 0:
		return b, boxNone
	}
	grow := func(x, r float64) float64 { return x + r + math.Copysign(4e-16*(math.Abs(x)+math.Abs(r)), r) }
	r = math.Max(r, math.SmallestNonzeroFloat64)
	return shape.Box{MinX: grow(b.MinX, -r), MinY: grow(b.MinY, -r), MaxX: grow(b.MaxX, r), MaxY: grow(b.MaxY, r)}, boxFinite
}

// SpatialJoin probes a SpatialBuild: of the pairs whose boxes meet, those for which the
// conditions hold.
type SpatialJoin struct {
	In          Source
	ProbeTypes  []types.Type
	Build       *SpatialBuild
	ProbeShape  NewExpr
	ProbeRadius NewExpr // nil: the build side has it, or there is none
	On          NewConds
	Shape       JoinShape
	MarkType    types.Type

	copies probeCopies
}

// Width is that of the probe side.
func (n *SpatialJoin) Width() int { return n.In.Width() }

// Open makes one copy.
func (n *SpatialJoin) Open(w *Worker) (Operator, error) {
	p, err := n.copies.open(w, n.In, n.ProbeTypes, n.Build.JoinBuild, &n.Shape, n.MarkType, nil, nil)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return Empty{}.Open(w)
	}
	return &spatialProbe{joinProbe: p, build: n.Build, on: n.On(), boxes: newBoxer(n.ProbeShape, n.ProbeRadius)}, nil
}

type spatialProbe struct {
	*joinProbe
	build *SpatialBuild
	on    Conds
	boxes *boxer

	sel   vector.Sel
	at    int      // next of sel
	found []uint32 // build rows of the probe row before at that are still to be paired
	buf   []uint32 // found's array
}

func (o *spatialProbe) Next(ctx context.Context, b *vector.Batch) error { return o.next(ctx, b, o) }

func (o *spatialProbe) start() error {
	o.at, o.sel, o.found = 0, selOf(&o.b), nil
	o.forget()
	return o.boxes.load(&o.b)
}

// collect looks probe rows up until a batch of pairs is full or they are used up.
func (o *spatialProbe) collect() {
	o.pairP, o.pairB = o.pairP[:0], o.pairB[:0]
	for {
		n := min(len(o.found), vector.BatchSize-len(o.pairB))
		for _, r := range o.found[:n] {
			o.pairP, o.pairB = append(o.pairP, uint32(o.sel[o.at-1])), append(o.pairB, r)
		}
		if o.found = o.found[n:]; len(o.found) > 0 || o.at == len(o.sel) {
			return
		}
		o.look(int(o.sel[o.at]))
		o.at++
	}
}

// look finds the build rows whose boxes meet that of a probe row. RangeSearch fails
// only with an error of its callback, and add has none.
func (o *spatialProbe) look(p int) {
	o.buf = o.buf[:0]
	box, kind := o.boxes.at(p)
	switch kind {
	case boxEmpty:
		o.buf = append(o.buf, o.build.empties...)
	case boxFinite:
		o.buf = append(o.buf, o.build.always...)
		_ = o.build.tree.RangeSearch(rtree.Box(box), o.add)
	case boxEverything:
		o.buf = append(o.buf, o.build.always...)
		if all, ok := o.build.tree.Extent(); ok {
			_ = o.build.tree.RangeSearch(all, o.add)
		}
	}
	o.found = o.buf
}

func (o *spatialProbe) add(row int) error {
	o.buf = append(o.buf, uint32(row))
	return nil
}

// step puts out the next pairs of the probe batch or, after the last, its rows that
// the shape puts out alone.
func (o *spatialProbe) step(b *vector.Batch) (bool, error) {
	if o.collect(); len(o.pairP) == 0 {
		return o.unmatched(b), nil
	}
	return o.judge(b, o.on)
}
