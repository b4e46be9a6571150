package avro

import (
	"slices"
	"strconv"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/convert"
)

// source describes how values of a type without parts are stored and what SQL
// type they are by themselves; see the package comment.
func (n *node) source() convert.Source {
	s := convert.Source{Promote: true}
	switch n.kind {
	case kindNull:
		s.Type = types.TUnknown
	case kindBoolean:
		s.Type, s.Width = types.TBoolean, 1
	case kindInt:
		s.Phys, s.Width = convert.PhysInt32, 4
		n.intSource(&s)
	case kindLong:
		s.Phys, s.Width = convert.PhysInt64, 8
		n.longSource(&s)
	case kindFloat:
		s.Type, s.Width = types.TReal, 4
	case kindDouble:
		s.Type, s.Width = types.TDouble, 8
	case kindString:
		s.Type, s.Phys = types.TVarchar, convert.PhysBytes
	case kindEnum:
		s.Type, s.Phys = types.TVarchar, convert.PhysBytes
	case kindBytes:
		s.Type, s.Phys = types.TVarbinary, convert.PhysBytes
		if t, ok := n.decimal(); ok {
			s.Type = t
		}
	case kindFixed:
		n.fixedSource(&s)
	}
	return s
}

func (n *node) intSource(s *convert.Source) {
	switch n.logical {
	case "date":
		s.Type = types.TDate
	case "time-millis":
		s.Type, s.Ticks = types.TimeOf(3), 1000
	default:
		s.Type = types.TInteger
	}
}

// ticks gives the digits behind the second of the units in logical types' names.
var ticks = map[string]int{"millis": 3, "micros": 6, "nanos": 9}

func (n *node) longSource(s *convert.Source) {
	s.Type = types.TBigInt
	for unit, digits := range ticks {
		switch n.logical {
		case "time-" + unit:
			if digits == 6 {
				s.Type = types.TimeOf(digits)
			}
		case "timestamp-" + unit:
			s.Type = types.TimestampTZOf(digits)
		case "local-timestamp-" + unit:
			s.Type = types.TimestampOf(digits)
		default:
			continue
		}
		s.Ticks = map[int]int64{3: 1e3, 6: 1e6, 9: 1e9}[digits]
	}
}

func (n *node) fixedSource(s *convert.Source) {
	s.Type, s.Phys, s.Width = types.TVarbinary, convert.PhysFixed, n.size
	if t, ok := n.decimal(); ok && n.size > 0 {
		s.Type = t
	}
	switch {
	case n.logical == "uuid" && n.size == 16:
		s.Type = types.TUUID
	case n.logical == "duration" && n.size == 12:
		s.Type = types.TInterval
	}
}

// decimal gives the type of a decimal that ours can hold.
func (n *node) decimal() (types.Type, bool) {
	if n.logical != "decimal" || n.precision < 1 || n.precision > types.MaxDecimalPrecision || n.scale < 0 || n.scale > n.precision {
		return types.Type{}, false
	}
	return types.DecimalOf(n.precision, n.scale), true
}

// The fields of the row that a union of several types is.
const (
	unionTag   = "tag"
	unionField = "field"
)

// choice is a union seen as a column.
type choice struct {
	null  int            // position of null; -1: none
	types []*node        // the others, in order
	at    []int          // their positions
	one   convert.Source // how they all are read, if wide
	wide  bool           // they widen to one type
}

func (n *node) choice() choice {
	c := choice{null: -1}
	for i, b := range n.branches {
		if b.kind == kindNull {
			c.null = i
			continue
		}
		c.types, c.at = append(c.types, b), append(c.at, i)
	}
	if len(c.types) < 2 {
		return c
	}
	all := func(ks ...kind) bool {
		return !slices.ContainsFunc(c.types, func(b *node) bool { return b.logical != "" || !slices.Contains(ks, b.kind) })
	}
	switch {
	case all(kindInt, kindLong):
		c.one, c.wide = (&node{kind: kindLong}).source(), true
	case all(kindInt, kindLong, kindFloat, kindDouble):
		c.one, c.wide = (&node{kind: kindDouble}).source(), true
	case all(kindBytes, kindFixed):
		c.one, c.wide = (&node{kind: kindBytes}).source(), true
	}
	return c
}

// maxColumns bounds the parts that a file's columns have together: types that
// are used again and again make schemas of a few lines explode.
const maxColumns = 100_000

// naturals finds the SQL types of nodes.
type naturals struct {
	parts  int     // found so far
	inside []*node // records around the node under way
}

// of gives the SQL type of a node. path names the column, for errors.
func (s *naturals) of(n *node, path string) (types.Type, error) {
	if s.parts++; s.parts > maxColumns {
		return types.Type{}, fault.New(fault.CodeProgramLimit, "the Avro schema has more than %d columns and fields", maxColumns).InColumn(path)
	}
	switch n.kind {
	case kindArray:
		t, err := s.of(n.items, path)
		return types.ArrayOf(t), err
	case kindMap:
		t, err := s.of(n.items, path)
		return types.MapOf(types.TVarchar, t), err
	case kindRecord:
		return s.record(n, path)
	case kindUnion:
		return s.union(n, path)
	}
	return n.source().Type, nil
}

func (s *naturals) record(n *node, path string) (types.Type, error) {
	if slices.Contains(s.inside, n) {
		return types.Type{}, recursive(n, path)
	}
	s.inside = append(s.inside, n)
	defer func() { s.inside = s.inside[:len(s.inside)-1] }()
	fields := make([]types.Field, 0, len(n.fields))
	for _, f := range n.fields {
		t, err := s.of(f.typ, path+"."+f.name)
		if err != nil {
			return t, err
		}
		fields = append(fields, types.Field{Name: f.name, Type: t})
	}
	return types.RowOf(fields...), nil
}

func (s *naturals) union(n *node, path string) (types.Type, error) {
	c := n.choice()
	switch {
	case len(c.types) == 0:
		return types.TUnknown, nil
	case len(c.types) == 1:
		return s.of(c.types[0], path)
	case c.wide:
		return c.one.Type, nil
	}
	fields := []types.Field{{Name: unionTag, Type: types.TTinyInt}}
	for i, b := range c.types {
		t, err := s.of(b, path)
		if err != nil {
			return t, err
		}
		fields = append(fields, types.Field{Name: unionField + strconv.Itoa(i), Type: t})
	}
	return types.RowOf(fields...), nil
}

func recursive(n *node, path string) error {
	return fault.New(fault.CodeFeatureNotSupported, "Avro record %q contains itself, which no column can hold", n.name).InColumn(path).
		WithHint("Declare the table without this column.")
}
