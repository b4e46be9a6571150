package avro

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/convert"
	"github.com/glauxdb/glaux/formats/vector"
)

// stage is the form in which decoded values wait for their conversion.
type stage uint8

const (
	stageNone   stage = iota // nulls: only their number
	stageBool                // b8
	stageInt                 // i32
	stageLong                // i64
	stageFloat               // f32
	stageDouble              // f64
	stageText                // rs, into the window
	stageFixed               // b8, width bytes each
	stageEnum                // codes
	stageList                // rs, into kids
	stageRow                 // n, kids
	stagePick                // nothing of its own: the kid is the column
	stageConst               // n, of one value
)

// sink takes the decoded values of one column, or of a part of one, for one
// batch. Its memory is used again.
type sink struct {
	stage stage
	bind  *binding
	width int // stageFixed

	n     int // stageNone, stageRow
	b8    []byte
	i32   []int32
	i64   []int64
	f32   []float32
	f64   []float64
	codes []uint32
	rs    []vector.Range
	kids  []*sink // stageRow: parallel to the type's fields, nil for missing ones

	valid vector.Bitmap // up to the last null
	nulls int

	top     bool           // a column, not a part of one
	symbols *vector.Vector // stageEnum: all symbols as a flat vector; nil if there are none
	vec     vector.Vector
	kidVecs []*vector.Vector
}

// newSink makes the sink of a binding that has a node.
func newSink(b *binding) *sink {
	s := &sink{bind: b}
	for _, k := range b.kids {
		var kid *sink
		if k.node != nil {
			kid = newSink(k)
		}
		s.kids = append(s.kids, kid)
	}
	switch {
	case b.konst != nil:
		s.stage = stageConst
	case b.pick:
		s.stage = stagePick
	case b.kids == nil && b.typ.Kind == types.Row && b.conv.To.Kind != types.Row:
		s.stage = stageRow // of no fields
	case b.kids == nil:
		s.leaf()
	case b.typ.Kind == types.Row:
		s.stage = stageRow
	default:
		s.stage = stageList
	}
	return s
}

// leaf chooses the stage of what has no parts.
func (s *sink) leaf() {
	from := s.bind.conv.From
	switch {
	case from.Type.Kind == types.Unknown:
		s.stage = stageNone
	case from.Type.Kind == types.Boolean:
		s.stage = stageBool
	case from.Phys == convert.PhysInt32:
		s.stage = stageInt
	case from.Phys == convert.PhysInt64:
		s.stage = stageLong
	case from.Type.Kind == types.Real:
		s.stage = stageFloat
	case from.Type.Kind == types.Double:
		s.stage = stageDouble
	case from.Phys == convert.PhysFixed && s.bind.conv.Op != convert.OpFixedText:
		s.stage, s.width = stageFixed, from.Width
	default:
		s.stage = stageText
		if n := s.bind.node.only(); n.kind == kindEnum {
			s.stage, s.symbols = stageEnum, symbolVector(n.symbols)
		}
	}
}

// only gives the type of a union of null and that type.
func (n *node) only() *node {
	if n != nil && n.kind == kindUnion {
		if c := n.choice(); len(c.types) == 1 {
			return c.types[0]
		}
	}
	return n
}

func symbolVector(symbols []string) *vector.Vector {
	if len(symbols) == 0 {
		return nil
	}
	v := vector.New(types.TVarchar, 0)
	for _, s := range symbols {
		v.AppendBytes([]byte(s))
	}
	return v
}

// reset empties the sink for the next batch.
func (s *sink) reset() {
	s.n, s.nulls, s.valid = 0, 0, s.valid[:0]
	s.b8, s.i32, s.i64, s.f32, s.f64 = s.b8[:0], s.i32[:0], s.i64[:0], s.f32[:0], s.f64[:0]
	s.codes, s.rs = s.codes[:0], s.rs[:0]
	for _, k := range s.kids {
		if k != nil {
			k.reset()
		}
	}
}

// len gives the number of values.
func (s *sink) len() int {
	switch s.stage {
	case stageBool:
		return len(s.b8)
	case stageInt:
		return len(s.i32)
	case stageLong:
		return len(s.i64)
	case stageFloat:
		return len(s.f32)
	case stageDouble:
		return len(s.f64)
	case stageText, stageList:
		return len(s.rs)
	case stageFixed:
		if s.width == 0 {
			return s.n
		}
		return len(s.b8) / s.width
	case stageEnum:
		return len(s.codes)
	case stagePick:
		return s.kids[0].len()
	}
	return s.n
}

// addNull appends a null.
func (s *sink) addNull() {
	i := 0
	switch s.stage {
	case stagePick:
		s.kids[0].addNull()
		return
	case stageLong:
		i, s.i64 = len(s.i64), append(s.i64, 0)
	case stageText, stageList:
		i, s.rs = len(s.rs), append(s.rs, vector.Range{})
	case stageInt:
		i, s.i32 = len(s.i32), append(s.i32, 0)
	case stageDouble:
		i, s.f64 = len(s.f64), append(s.f64, 0)
	case stageFloat:
		i, s.f32 = len(s.f32), append(s.f32, 0)
	case stageBool:
		i, s.b8 = len(s.b8), append(s.b8, 0)
	case stageEnum:
		i, s.codes = len(s.codes), append(s.codes, 0)
	case stageFixed:
		i = s.len()
		s.n++
		for range s.width {
			s.b8 = append(s.b8, 0)
		}
	default:
		i = s.n
		s.n++
		for _, k := range s.kids {
			if k != nil {
				k.addNull()
			}
		}
	}
	for len(s.valid) <= i>>6 {
		s.valid = append(s.valid, ^uint64(0))
	}
	s.valid.Clear(i)
	s.nulls++
}

// tag begins a value of a union's row: its tag, and nulls for the fields of all
// types but the one at a place.
func (s *sink) tag(tag, place int) {
	for j, kid := range s.kids {
		switch at := s.bind.at[j]; {
		case kid == nil || at == place:
		case at < 0:
			kid.i32 = append(kid.i32, int32(tag))
		default:
			kid.addNull()
		}
	}
}

// fill makes the vector of what the sink has taken. window is what ranges of
// text point into.
func (s *sink) fill(window []byte) (*vector.Vector, error) {
	if s.stage == stagePick {
		return s.kids[0].fill(window)
	}
	n, v, t := s.len(), &s.vec, s.bind.typ
	var err error
	switch s.stage {
	case stageNone:
		s.vec = *vector.Null(t, n)
		return v, nil
	case stageConst:
		s.fillConst(n)
	case stageRow, stageList:
		if err := s.fillKids(window, n); err != nil {
			return nil, err
		}
		s.vec = vector.Vector{Type: t, Len: n}
		v.SetKids(s.kidVecs)
		if s.stage == stageList {
			v.SetRaw(convert.BytesOf(s.rs))
		}
	case stageText:
		err = s.fillText(window, n)
	case stageEnum:
		s.fillEnum(n)
	case stageBool, stageFixed:
		err = s.fillFixed(s.b8, n)
	case stageInt:
		err = s.fillFixed(convert.BytesOf(s.i32), n)
	case stageLong:
		err = s.fillFixed(convert.BytesOf(s.i64), n)
	case stageFloat:
		err = s.fillFixed(convert.BytesOf(s.f32), n)
	case stageDouble:
		err = s.fillFixed(convert.BytesOf(s.f64), n)
	}
	if s.nulls > 0 && v.Form != vector.Const {
		for len(s.valid) < (n+63)/64 {
			s.valid = append(s.valid, ^uint64(0))
		}
		v.Valid = s.valid
	}
	return v, err
}

func (s *sink) fillKids(window []byte, n int) error {
	s.kidVecs = s.kidVecs[:0]
	for i, k := range s.kids {
		if k == nil {
			s.kidVecs = append(s.kidVecs, vector.Null(s.bind.typ.Fields[i].Type, n))
			continue
		}
		v, err := k.fill(window)
		if err != nil {
			return err
		}
		s.kidVecs = append(s.kidVecs, v)
	}
	return nil
}

// fillConst repeats the default.
func (s *sink) fillConst(n int) {
	s.vec = *vector.ConstOf(*s.bind.konst, n)
	if s.nulls > 0 && !s.bind.konst.Null {
		one := vector.FromValues(s.bind.typ, []types.Value{*s.bind.konst})
		s.vec = vector.Vector{}
		vector.Gather(&s.vec, one, make([]uint32, n))
	}
}

func (s *sink) fillFixed(raw []byte, n int) error {
	c, v := &s.bind.conv, &s.vec
	if c.Op == convert.OpCopy {
		v.Reset(c.To, 0)
		v.Len = n
		v.SetRaw(raw)
		return nil
	}
	v.Reset(c.To, n)
	return s.failed(c.Fixed(v.Raw(), raw, n))
}

func (s *sink) fillText(window []byte, n int) error {
	c, v := &s.bind.conv, &s.vec
	if c.Op == convert.OpDecimal {
		v.Reset(c.To, n)
		return s.failed(c.Ranges(v.Raw(), window, s.rs))
	}
	v.Reset(c.To, 0)
	v.Len = n
	v.SetRaw(convert.BytesOf(s.rs))
	v.SetData(window)
	return nil
}

// fillEnum keeps the codes of columns; parts of them are flat.
func (s *sink) fillEnum(n int) {
	v := &s.vec
	v.Reset(s.bind.typ, 0)
	if s.top && s.symbols != nil {
		v.SetDict(s.bind.typ, s.codes, s.symbols)
		return
	}
	v.Len = n
	s.rs = s.rs[:0]
	if s.symbols == nil { // nulls alone
		s.rs = append(s.rs, make([]vector.Range, n)...)
	} else {
		all := s.symbols.Ranges()
		for _, c := range s.codes {
			s.rs = append(s.rs, all[c])
		}
		v.SetData(s.symbols.Data)
	}
	v.SetRaw(convert.BytesOf(s.rs))
}

// failed puts the column into the error of a conversion.
func (s *sink) failed(err error) error {
	if err == nil {
		return nil
	}
	return convert.Fault(err, "Avro", s.bind.typ).InColumn(s.bind.path)
}
