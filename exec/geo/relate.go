package geo

import (
	"github.com/peterstace/simplefeatures/geom"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// Relation is a question about two geometries.
type Relation uint8

// The relations, named as their functions are.
const (
	Contains Relation = iota
	Crosses
	Disjoint
	Equals
	Intersects
	Overlaps
	Touches
	Within
	numRelations
)

// relation is how a question is answered.
type relation struct {
	name     string
	converse Relation // R(a, b) = converse(b, a)
	general  func(a, b geom.Geometry) (bool, error)
	prepared func(p geom.PreparedGeometry, b geom.Geometry) (bool, error) // nil: not worth it
	apart    bool                                                         // the answer if the boxes do not meet
	// The answers for a polygon and a point that lies outside, on its edge, inside;
	// and for two points that are the same.
	point [3]bool
	same  bool
}

var relations = [numRelations]relation{
	Contains: {name: "ST_Contains", converse: Within, general: geom.Contains, prepared: geom.PreparedGeometry.Contains, point: [3]bool{inside: true}, same: true},
	Crosses:  {name: "ST_Crosses", converse: Crosses, general: geom.Crosses},
	Disjoint: {name: "ST_Disjoint", converse: Disjoint, general: geom.Disjoint, prepared: geom.PreparedGeometry.Disjoint, apart: true, point: [3]bool{outside: true}},
	Equals:   {name: "ST_Equals", converse: Equals, general: geom.Equals, same: true},
	Intersects: {name: "ST_Intersects", converse: Intersects, general: func(a, b geom.Geometry) (bool, error) { return geom.Intersects(a, b), nil },
		prepared: geom.PreparedGeometry.Intersects, point: [3]bool{onEdge: true, inside: true}, same: true},
	Overlaps: {name: "ST_Overlaps", converse: Overlaps, general: geom.Overlaps, prepared: geom.PreparedGeometry.Overlaps},
	Touches:  {name: "ST_Touches", converse: Touches, general: geom.Touches, prepared: geom.PreparedGeometry.Touches, point: [3]bool{onEdge: true}},
	Within:   {name: "ST_Within", converse: Contains, general: geom.Within, prepared: geom.PreparedGeometry.Within, same: true},
}

// prepareAfter is how often a geometry must come before it is worth the index that
// makes questions about it fast.
const prepareAfter = 3

// Relater answers one relation of many pairs. It remembers the geometries of each
// side, so that one that comes again costs little. It is not safe for concurrent use,
// and all bytes that it is given must stay as they are.
type Relater struct {
	rel  Relation
	a, b sides
}

// NewRelater makes one for a relation.
func NewRelater(rel Relation) *Relater {
	return &Relater{rel: rel, a: sides{seen: map[*byte]*side{}}, b: sides{seen: map[*byte]*side{}}}
}

// sides are the geometries of one side. Points are not kept, since they cost less than
// finding them.
type sides struct {
	last  *side
	point side
	seen  map[*byte]*side // by where their bytes lie
}

// get gives the side of a geometry, which is valid until the next call.
func (s *sides) get(b []byte) *side {
	if len(b) == 0 {
		s.last = &side{empty: true, typ: shape.GeometryCollection}
		return s.last
	}
	if s.last == nil || len(s.last.bytes) != len(b) || &b[0] != &s.last.bytes[0] {
		if x, y, ok := shape.XY(b); ok {
			s.point = side{bytes: b, box: shape.Box{MinX: x, MinY: y, MaxX: x, MaxY: y}, typ: shape.Point}
			s.last = &s.point
		} else if s.last = s.seen[&b[0]]; s.last == nil {
			box, ok := shape.Envelope(b)
			s.last = &side{bytes: b, box: box, empty: !ok, typ: shape.TypeOf(b)}
			s.seen[&b[0]] = s.last
		}
	}
	s.last.times++
	return s.last
}

// side is a geometry of one side.
type side struct {
	bytes    []byte
	box      shape.Box
	empty    bool
	typ      shape.Type
	times    int
	decoded  bool
	g        geom.Geometry
	prepared bool
	prep     geom.PreparedGeometry
}

func (s *side) geometry() (geom.Geometry, error) {
	var err error
	if !s.decoded {
		s.g, err = decode(s.bytes)
		s.decoded = err == nil
	}
	return s.g, err
}

func (s *side) areal() bool { return s.typ == shape.Polygon || s.typ == shape.MultiPolygon }

// Holds reports whether the relation holds between two geometries.
func (r *Relater) Holds(a, b []byte) (bool, error) {
	x, y := r.a.get(a), r.b.get(b)
	rel := &relations[r.rel]
	switch {
	case x.empty || y.empty:
		if r.rel == Equals {
			return x.empty && y.empty, nil
		}
		return rel.apart, nil
	case !x.box.Overlaps(&y.box):
		return rel.apart, nil
	case r.rel == Contains && !x.box.Contains(&y.box) || r.rel == Within && !y.box.Contains(&x.box):
		return false, nil
	case y.typ == shape.Point:
		if x.typ == shape.Point { // their boxes overlap
			return rel.same, nil
		}
		if x.areal() {
			return rel.point[locate(a, y.box.MinX, y.box.MinY)], nil
		}
	case x.typ == shape.Point && y.areal():
		return relations[rel.converse].point[locate(b, x.box.MinX, x.box.MinY)], nil
	}
	return guard(rel.name, func() (bool, error) { return rel.ask(x, y) })
}

// ask asks the library.
func (rel *relation) ask(a, b *side) (bool, error) {
	x, err := a.geometry()
	if err != nil {
		return false, err
	}
	y, err := b.geometry()
	if err != nil {
		return false, err
	}
	if rel.prepared != nil {
		if a.times >= prepareAfter && a.times >= b.times {
			if p, err := a.index(); err == nil {
				return rel.prepared(p, y)
			}
		} else if b.times >= prepareAfter {
			if p, err := b.index(); err == nil {
				return relations[rel.converse].prepared(p, x)
			}
		}
	}
	return rel.general(x, y)
}

func (s *side) index() (geom.PreparedGeometry, error) {
	if s.prepared {
		return s.prep, nil
	}
	p, err := geom.Prepare(s.g)
	if err != nil {
		s.times = -1 << 40 // do not try again
		return p, err
	}
	s.prep, s.prepared = p, true
	return p, nil
}

// Relate reports whether the dimensions in which two geometries meet (DE-9IM) match a
// pattern such as T*F**FFF*.
func Relate(a, b []byte, pattern string) (bool, error) {
	if len(pattern) != 9 {
		return false, invalid("relation should have 9 characters, one for each pair of interior, boundary and exterior, not %d", len(pattern))
	}
	for _, c := range pattern {
		switch c {
		case 'T', 't', 'F', 'f', '*', '0', '1', '2':
		default:
			return false, invalid("a relation is made of the characters T, F, *, 0, 1 and 2, not %q", c)
		}
	}
	return guard("ST_Relate", func() (bool, error) {
		x, y, err := decodePair(a, b)
		if err != nil {
			return false, err
		}
		m, err := geom.Relate(x, y)
		if err != nil {
			return false, err
		}
		return geom.RelateMatches(m, upperPattern(pattern))
	})
}

func upperPattern(p string) string {
	b := []byte(p)
	for i, c := range b {
		if c == 't' || c == 'f' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
