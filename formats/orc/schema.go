package orc

import (
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/convert"
)

// The limits of a schema.
const (
	maxDepth   = 100
	maxColumns = 100_000
)

// node is a type in the file's tree of types.
type node struct {
	typeInfo
	col  int // its number among the file's columns
	name string
	path string // dotted, for errors
	typ  types.Type
	sub  []*node

	locked bool // encrypted, with the key of a name
	key    string
}

// buildSchema turns the list of types, whose first one is the root, into a
// tree. Every type belongs to one parent and stands behind it in the list.
func buildSchema(ts []typeInfo) (*node, error) {
	if len(ts) == 0 {
		return nil, fault.New(fault.CodeDataCorrupted, "corrupt ORC file: the footer holds no types")
	}
	if len(ts) > maxColumns {
		return nil, fault.New(fault.CodeProgramLimit, "the ORC file has more than %d columns", maxColumns)
	}
	b := schemaBuilder{types: ts, used: make([]bool, len(ts))}
	return b.node(0, "", "", 0)
}

type schemaBuilder struct {
	types []typeInfo
	used  []bool
}

func (b *schemaBuilder) node(col int, name, path string, depth int) (*node, error) {
	b.used[col] = true
	n := &node{typeInfo: b.types[col], col: col, name: name, path: path}
	want := map[typeKind]int{kindList: 1, kindMap: 2, kindStruct: len(n.names), kindUnion: len(n.kids)}[n.kind]
	if len(n.kids) != want || depth > maxDepth {
		return nil, fault.New(fault.CodeDataCorrupted, "corrupt ORC file: a %s with %d parts", kindNames[n.kind], len(n.kids)).InColumn(path)
	}
	for i, k := range n.kids {
		if k <= uint64(col) || k >= uint64(len(b.types)) || b.used[k] {
			return nil, fault.New(fault.CodeDataCorrupted, "corrupt ORC file: a type is used twice or does not exist").InColumn(path)
		}
		kidName, kidPath := "", path
		if n.kind == kindStruct {
			kidName = n.names[i]
			if kidPath = kidName; path != "" {
				kidPath = path + "." + kidName
			}
		}
		kid, err := b.node(int(k), kidName, kidPath, depth+1)
		if err != nil {
			return nil, err
		}
		n.sub = append(n.sub, kid)
	}
	n.typ = n.natural()
	return n, nil
}

// natural gives the SQL type of a node; see the package comment.
func (n *node) natural() types.Type {
	switch n.kind {
	case kindList:
		return types.ArrayOf(n.sub[0].typ)
	case kindMap:
		return types.MapOf(n.sub[0].typ, n.sub[1].typ)
	case kindStruct:
		fields := make([]types.Field, len(n.sub))
		for i, k := range n.sub {
			fields[i] = types.Field{Name: k.name, Type: k.typ}
		}
		return types.RowOf(fields...)
	case kindUnion:
		fields := []types.Field{{Name: unionTag, Type: types.TTinyInt}}
		for i, k := range n.sub {
			fields = append(fields, types.Field{Name: unionName(i), Type: k.typ})
		}
		return types.RowOf(fields...)
	}
	return n.scalar()
}

func (n *node) scalar() types.Type {
	switch n.kind {
	case kindVarchar:
		return types.VarcharOf(int(min(max(n.maxLen, 0), 1<<30)))
	case kindChar:
		return types.CharOf(int(min(max(n.maxLen, 1), 1<<30)))
	case kindDecimal:
		p, s := n.precision, n.scale
		if p == 0 { // Hive 0.11 did not write it
			p, s = 38, 18
		}
		if p < 1 || p > types.MaxDecimalPrecision || s < 0 || s > p {
			return types.DecimalOf(38, 18) // refused value by value if it does not fit
		}
		return types.DecimalOf(int(p), int(s))
	}
	return scalarTypes[n.kind]
}

var scalarTypes = map[typeKind]types.Type{
	kindBoolean: types.TBoolean, kindByte: types.TTinyInt, kindShort: types.TSmallInt, kindInt: types.TInteger, kindLong: types.TBigInt,
	kindFloat: types.TReal, kindDouble: types.TDouble, kindString: types.TVarchar, kindBinary: types.TVarbinary,
	kindTimestamp: types.TTimestamp, kindInstant: types.TTimestampTZ, kindDate: types.TDate,
}

// source describes how this package's readers lay out the values of a node
// that is read as type to.
func (n *node) source(to types.Type) convert.Source {
	s := convert.Source{Type: n.typ}
	switch n.kind {
	case kindBoolean:
		s.Width = 1
	case kindByte, kindShort, kindInt, kindLong:
		s.Phys, s.Width = convert.PhysInt64, 8
	case kindFloat:
		s.Width = 4
	case kindDouble:
		s.Width = 8
	case kindDate:
		s.Phys, s.Width = convert.PhysInt32, 4
	case kindTimestamp, kindInstant: // in the units of to
		s.Phys, s.Width, s.Ticks = convert.PhysInt64, 8, to.UnitsPerSecond()
	case kindDecimal:
		s.Phys, s.Width = convert.PhysInt64, 8
		if n.typ.Phys() == types.PhysInt128 {
			s.Phys, s.Width = convert.PhysInt128, 16
		}
	default:
		s.Phys = convert.PhysBytes
	}
	return s
}
