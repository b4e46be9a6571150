package geo

import (
	"github.com/peterstace/simplefeatures/geom"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// Gather collects geometries of a group to make one of them. It belongs to one
// goroutine.
type Gather struct {
	kind  GatherKind
	list  [][]byte
	size  int
	limit int // of bytes before the list is made shorter
}

// GatherKind says what a Gather makes.
type GatherKind uint8

// The kinds.
const (
	GatherUnion GatherKind = iota
	GatherHull
	GatherCollection
)

// gatherBytes is how much is collected before it is combined: combining many at once
// is much faster than one by one.
const gatherBytes = 1 << 20

// NewGather makes an empty one.
func NewGather(kind GatherKind) *Gather { return &Gather{kind: kind, limit: gatherBytes} }

// Add takes a copy of a geometry.
func (g *Gather) Add(b []byte) error {
	if g.kind != GatherCollection && len(g.list) > 0 && shape.IsEmpty(b) {
		return nil
	}
	g.list = append(g.list, append([]byte(nil), b...))
	g.size += len(b) + 24
	return g.shorten()
}

// Merge adds what another one has, which is not used afterwards.
func (g *Gather) Merge(o *Gather) error {
	g.list = append(g.list, o.list...)
	g.size += o.size
	return g.shorten()
}

// shorten combines the list when it has become long.
func (g *Gather) shorten() error {
	if g.kind == GatherCollection || g.size < g.limit {
		return nil
	}
	if err := g.Finish(); err != nil {
		return err
	}
	g.limit = max(gatherBytes, 2*g.size)
	return nil
}

// Size is how many bytes it holds.
func (g *Gather) Size() int { return g.size + 64 }

// Finish makes one geometry of all.
func (g *Gather) Finish() error {
	var out []byte
	var err error
	switch {
	case g.kind == GatherCollection:
		out = collect(g.list)
	case g.kind == GatherHull:
		out, err = hullOf(g.list)
	case len(g.list) == 1:
		return nil
	default:
		out, err = AppendUnion(nil, g.list)
	}
	if err != nil {
		return err
	}
	g.list, g.size = [][]byte{out}, len(out)+24
	return nil
}

// AppendTo appends the geometry that Finish made.
func (g *Gather) AppendTo(b []byte) []byte { return append(b, g.list[0]...) }

func hullOf(list [][]byte) ([]byte, error) {
	if len(list) == 1 {
		return AppendHull(nil, list[0])
	}
	return guard("convex_hull_agg", func() ([]byte, error) {
		gs := make([]geom.Geometry, len(list))
		for i, b := range list {
			g, err := decode(b)
			if err != nil {
				return nil, err
			}
			gs[i] = g.Force2D()
		}
		return appendGeom(nil, hull(geom.NewGeometryCollection(gs).AsGeometry()))
	})
}

// collect makes a Multi geometry of parts of one simple kind, else a collection; what
// has a Z loses it beside what has none.
func collect(list [][]byte) []byte {
	t, flat := shape.TypeOf(list[0])+3, false
	for _, b := range list {
		if shape.TypeOf(b)+3 != t || t > shape.MultiPolygon {
			t = shape.GeometryCollection
		}
		flat = flat || shape.CoordDim(b) != 2
	}
	if flat {
		parts := make([][]byte, len(list))
		for i, b := range list {
			parts[i] = shape.AppendFlat(nil, b)
		}
		list = parts
	}
	return shape.AppendMulti(nil, t, list)
}
