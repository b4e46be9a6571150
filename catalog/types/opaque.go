package types

import (
	"strings"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// The opaque types, in Type.S of the kind Opaque: values of a form that only
// their own functions know. They are bytes in memory and mix with nothing, not
// even with varbinary, unless a cast says so. Names that are not here are no
// types; see opaques for what each can do.
const (
	OpaqueHyperLogLog        = 1 + iota // Trino's HyperLogLog (airlift), dense or sparse
	OpaqueP4HyperLogLog                 // the same, always dense
	OpaqueTDigest                       // Trino's tdigest
	OpaqueQDigest                       // Trino's qdigest(T): Fields[0] is bigint, real or double
	OpaqueSetDigest                     // Trino's SetDigest
	OpaqueGeometry                      // a shape on a plane
	OpaqueSphericalGeography            // a shape on the sphere
	OpaqueBingTile                      // a tile of Bing's maps
	OpaqueColor                         // a colour of terminals: see AppendColorBytes
	OpaqueIPAddress                     // 16 bytes, an IPv4 address as ::ffff:a.b.c.d
	OpaqueIPPrefix                      // the 16 bytes of the first address, one byte of the prefix's length
	numOpaque
)

// opaque is what the language knows of an opaque type. What is false or nil
// cannot be done with it.
type opaque struct {
	name   string // Trino's spelling
	print  func(b, data []byte) []byte
	parse  func(dst, s []byte) ([]byte, error) // casts from text
	sketch bool                                // casts from and to varbinary, bytea to clients
	equal  bool                                // =, GROUP BY, DISTINCT: bytes that are equal
	order  bool                                // <, ORDER BY: by bytes; wants equal
}

var opaques = [numOpaque]opaque{
	OpaqueHyperLogLog:        {name: "HyperLogLog", print: AppendHex, parse: ParseBytea, sketch: true},
	OpaqueP4HyperLogLog:      {name: "P4HyperLogLog", print: AppendHex, parse: ParseBytea, sketch: true},
	OpaqueTDigest:            {name: "tdigest", print: AppendHex, parse: ParseBytea, sketch: true},
	OpaqueQDigest:            {name: "qdigest", print: AppendHex, parse: ParseBytea, sketch: true},
	OpaqueSetDigest:          {name: "SetDigest", print: AppendHex, parse: ParseBytea, sketch: true},
	OpaqueGeometry:           {name: "Geometry", print: shape.AppendWKT, parse: parseGeometry},
	OpaqueSphericalGeography: {name: "SphericalGeography", print: shape.AppendWKT},
	OpaqueBingTile:           {name: "BingTile", print: shape.AppendTileText, equal: true},
	OpaqueColor:              {name: "color", print: AppendColor, equal: true},
	OpaqueIPAddress:          {name: "ipaddress", print: AppendIP, parse: ParseIP, equal: true, order: true},
	OpaqueIPPrefix:           {name: "ipprefix", print: AppendIPPrefix, parse: ParseIPPrefix, equal: true, order: true},
}

// OpaqueOf makes the opaque type of a flavour, one of the Opaque constants.
func OpaqueOf(flavour int32) Type { return Type{Kind: Opaque, S: flavour} }

// QDigestOf makes qdigest(elem).
func QDigestOf(elem Type) Type {
	return Type{Kind: Opaque, S: OpaqueQDigest, Fields: []Field{{Type: elem}}}
}

// OpaqueNamed gives the opaque type of a name in any case; of qdigest it lacks
// Fields.
func OpaqueNamed(name string) (Type, bool) {
	for s := range opaques {
		if s > 0 && strings.EqualFold(opaques[s].name, name) {
			return OpaqueOf(int32(s)), true
		}
	}
	return Type{}, false
}

// OpaqueNames lists the names of the opaque types.
func OpaqueNames() []string {
	var out []string
	for _, o := range opaques[1:] {
		out = append(out, o.name)
	}
	return out
}

// IsOpaque reports whether t is the opaque type of a flavour.
func (t Type) IsOpaque(flavour int32) bool { return t.Kind == Opaque && t.S == flavour }

// IsSketch reports whether t is a summary of many values that can be stored as
// varbinary.
func (t Type) IsSketch() bool { return t.Kind == Opaque && opaques[t.S].sketch }

// HasEquality reports whether values of t can be compared, grouped and made
// distinct. JSON is up to the dialect and counts as equal here.
func (t Type) HasEquality() bool { return t.all(func(o *opaque) bool { return o.equal }) }

// HasOrder reports whether values of t can be sorted, as far as opaque types are
// concerned: that maps have no order is not said here.
func (t Type) HasOrder() bool { return t.all(func(o *opaque) bool { return o.order }) }

// HasOpaque reports whether t is or contains an opaque type.
func (t Type) HasOpaque() bool { return !t.all(func(*opaque) bool { return false }) }

// all reports whether every opaque type in t passes.
func (t Type) all(pass func(*opaque) bool) bool {
	if t.Kind == Opaque {
		return pass(&opaques[t.S])
	}
	for _, f := range t.Fields {
		if !f.Type.all(pass) {
			return false
		}
	}
	return true
}

func (t Type) opaqueName() string {
	if len(t.Fields) > 0 {
		return opaques[t.S].name + "(" + t.Fields[0].Type.String() + ")"
	}
	return opaques[t.S].name
}

// AppendOpaque prints a value of an opaque type: sketches as bytea, others in the
// form that their type has.
func AppendOpaque(b []byte, t Type, data []byte) []byte { return opaques[t.S].print(b, data) }

// ParseOpaque appends the value that a text stands for. That the bytes of a sketch
// are one is not checked.
func ParseOpaque(dst []byte, t Type, s []byte) ([]byte, error) {
	if p := opaques[t.S].parse; p != nil {
		return p(dst, s)
	}
	return dst, ErrSyntax
}

// castOpaque reports whether a cast exists of which one side is opaque and the
// other another type.
func castOpaque(from, to Type) bool {
	switch {
	case from.Kind == Opaque && to.Kind == Opaque:
		return opaqueCasts[[2]int32{from.S, to.S}]
	case from.IsString():
		return opaques[to.S].parse != nil
	case to.IsString(), to.Kind == JSON:
		return true
	case from.Kind == Varbinary:
		return to.IsSketch() || to.S == OpaqueIPAddress
	case to.Kind == Varbinary:
		return from.IsSketch() || from.S == OpaqueIPAddress
	}
	return false
}

var opaqueCasts = map[[2]int32]bool{
	{OpaqueHyperLogLog, OpaqueP4HyperLogLog}: true, {OpaqueP4HyperLogLog, OpaqueHyperLogLog}: true,
	{OpaqueIPAddress, OpaqueIPPrefix}: true, {OpaqueIPPrefix, OpaqueIPAddress}: true,
}

// parseGeometry reads well-known text.
func parseGeometry(dst, s []byte) ([]byte, error) {
	dst, err := shape.ParseWKT(dst, s)
	if err != nil {
		return dst, ErrSyntax
	}
	return dst, nil
}
