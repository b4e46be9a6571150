package avro

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
)

// kind is a type of the schema.
type kind uint8

const (
	kindNull kind = iota
	kindBoolean
	kindInt
	kindLong
	kindFloat
	kindDouble
	kindBytes
	kindString
	kindFixed
	kindEnum
	kindRecord
	kindArray
	kindMap
	kindUnion
)

var kindNames = [...]string{"null", "boolean", "int", "long", "float", "double", "bytes", "string", "fixed", "enum", "record",
	"array", "map", "union"}

// node is a type in a writer's schema. Records may contain themselves, so that
// nodes may form a cycle.
type node struct {
	kind             kind
	name             string // full name of records, enums and fixed
	logical          string
	precision, scale int
	size             int      // fixed
	symbols          []string // enum
	fallback         string   // enum: its default symbol; "": none
	fields           []field  // record
	items            *node    // of an array, values of a map
	branches         []*node  // union
	min              int64    // least bytes of a value, see minSizes
	sized            bool     // min is set, or being found
}

type field struct {
	name    string
	typ     *node
	aliases []string        // names in older writers' schemas
	def     json.RawMessage // the default's JSON; nil: none
}

func (n *node) String() string {
	s := kindNames[n.kind]
	if n.logical != "" {
		s = n.logical
	}
	if n.name != "" {
		s += " " + n.name
	}
	return s
}

// The limits of a schema.
const (
	maxSchemaDepth = 200
	maxSchemaNodes = 200_000
	// maxUnion bounds the types of a union, each of which is compared with each of
	// the reader's.
	maxUnion = 2000
)

// schemaParser reads a schema's JSON.
type schemaParser struct {
	named map[string]*node
	nodes int
	depth int
}

// parseSchema reads a schema (specification, "Schema Declaration").
func parseSchema(text []byte) (*node, error) {
	p := &schemaParser{named: map[string]*node{}}
	n, err := p.parse(text, "")
	if err != nil {
		return nil, err
	}
	minSizes(n)
	return n, nil
}

func bad(format string, args ...any) error {
	return fault.New(fault.CodeDataCorrupted, "invalid Avro schema: "+format, args...)
}

// jsonSchema is a schema written as an object, or a field of a record. Its keys
// are those of the specification to the letter: others, also such as differ in
// case alone, are properties of its author's.
type jsonSchema struct {
	typ, def, items, values json.RawMessage
	aliases                 json.RawMessage
	name                    string
	space                   *string // namespace
	fields                  []json.RawMessage
	symbols                 []string
	size                    *int64
	logical                 any // a string; anything else is no annotation
	precision, scale        any
}

func (s *jsonSchema) read(text json.RawMessage) error {
	var keys map[string]json.RawMessage
	err := json.Unmarshal(text, &keys)
	get := func(key string, v any) {
		if text, ok := keys[key]; ok && err == nil {
			if err = json.Unmarshal(text, v); err != nil {
				err = fmt.Errorf("%q: %w", key, err)
			}
		}
	}
	get("name", &s.name)
	get("namespace", &s.space)
	get("fields", &s.fields)
	get("symbols", &s.symbols)
	get("size", &s.size)
	get("logicalType", &s.logical)
	get("precision", &s.precision)
	get("scale", &s.scale)
	s.typ, s.def, s.items, s.values, s.aliases = keys["type"], keys["default"], keys["items"], keys["values"], keys["aliases"]
	if err != nil {
		return bad("%v", err)
	}
	return nil
}

func (p *schemaParser) parse(text json.RawMessage, space string) (*node, error) {
	if p.depth++; p.depth > maxSchemaDepth {
		return nil, bad("nested deeper than %d", maxSchemaDepth)
	}
	defer func() { p.depth-- }()
	if p.nodes++; p.nodes > maxSchemaNodes {
		return nil, bad("more than %d types", maxSchemaNodes)
	}
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return nil, bad("a type is missing")
	}
	switch text[0] {
	case '"':
		var name string
		if err := json.Unmarshal(text, &name); err != nil {
			return nil, bad("%v", err)
		}
		return p.byName(name, space)
	case '[':
		return p.union(text, space)
	case '{':
		var s jsonSchema
		if err := s.read(text); err != nil {
			return nil, err
		}
		return p.object(&s, space)
	}
	return nil, bad("a type cannot be written as %.20s", text)
}

// byName finds a primitive type, or a named one that has been defined before.
func (p *schemaParser) byName(name, space string) (*node, error) {
	for k := kindNull; k <= kindString; k++ {
		if kindNames[k] == name {
			return &node{kind: k}, nil
		}
	}
	if n, ok := p.named[fullName(name, space)]; ok {
		return n, nil
	}
	if n, ok := p.named[name]; ok {
		return n, nil
	}
	return nil, bad("type %q is not defined", name)
}

func fullName(name, space string) string {
	if space == "" || strings.Contains(name, ".") {
		return name
	}
	return space + "." + name
}

func (p *schemaParser) union(text json.RawMessage, space string) (*node, error) {
	var branches []json.RawMessage
	if err := json.Unmarshal(text, &branches); err != nil {
		return nil, bad("%v", err)
	}
	if len(branches) > maxUnion {
		return nil, fault.New(fault.CodeProgramLimit, "an Avro union of more than %d types", maxUnion)
	}
	n := &node{kind: kindUnion}
	for _, b := range branches {
		k, err := p.parse(b, space)
		if err != nil {
			return nil, err
		}
		if k.kind == kindUnion {
			return nil, bad("a union directly in a union")
		}
		n.branches = append(n.branches, k)
	}
	return n, nil
}

func (p *schemaParser) object(s *jsonSchema, space string) (*node, error) {
	t := bytes.TrimSpace(s.typ)
	if len(t) == 0 {
		return nil, bad("a type is missing")
	}
	if t[0] != '"' { // {"type": {...}} and {"type": [...]}
		return p.parse(t, space)
	}
	var name string
	if err := json.Unmarshal(t, &name); err != nil {
		return nil, bad("%v", err)
	}
	switch name {
	case "record", "error":
		return p.record(s, space)
	case "enum", "fixed":
		return p.sized(s, name, space)
	case "array", "map":
		n := &node{kind: kindArray}
		text := s.items
		if name == "map" {
			n.kind, text = kindMap, s.values
		}
		var err error
		n.items, err = p.parse(text, space)
		return n, err
	}
	n, err := p.byName(name, space)
	if err == nil && n.kind < kindFixed {
		n.annotate(s)
	}
	return n, err
}

// annotate takes over the logical type of an object.
func (n *node) annotate(s *jsonSchema) {
	n.logical, _ = s.logical.(string)
	p, _ := s.precision.(float64)
	sc, _ := s.scale.(float64)
	n.precision, n.scale = int(min(p, 1e6)), int(min(sc, 1e6))
}

// define registers a named type and gives the namespace of what is inside.
func (p *schemaParser) define(n *node, s *jsonSchema, space string) (string, error) {
	if s.space != nil && !strings.Contains(s.name, ".") {
		space = *s.space
	}
	if s.name == "" {
		return "", bad("a %s without a name", kindNames[n.kind])
	}
	n.name = fullName(s.name, space)
	if i := strings.LastIndexByte(n.name, '.'); i >= 0 {
		space = n.name[:i]
	}
	if _, ok := p.named[n.name]; ok {
		return "", bad("type %q is defined twice", n.name)
	}
	p.named[n.name] = n
	return space, nil
}

func (p *schemaParser) record(s *jsonSchema, space string) (*node, error) {
	n := &node{kind: kindRecord}
	space, err := p.define(n, s, space)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, text := range s.fields {
		var f jsonSchema
		if err := f.read(text); err != nil {
			return nil, err
		}
		if f.name == "" || seen[f.name] {
			return nil, bad("record %q has no or two fields %q", n.name, f.name)
		}
		seen[f.name] = true
		t, err := p.parse(f.typ, space)
		if err != nil {
			return nil, err
		}
		n.fields = append(n.fields, field{name: f.name, typ: t, aliases: aliases(f.aliases), def: f.def})
	}
	return n, nil
}

// aliases reads other names; what is no list of texts is none, for writers'
// schemas do not need them.
func aliases(text json.RawMessage) []string {
	var names []string
	if json.Unmarshal(text, &names) != nil {
		return nil
	}
	return names
}

// sized reads an enum or a fixed.
func (p *schemaParser) sized(s *jsonSchema, name, space string) (*node, error) {
	n := &node{kind: kindEnum, symbols: s.symbols}
	if json.Unmarshal(s.def, &n.fallback) != nil {
		n.fallback = ""
	}
	if name == "fixed" {
		n.kind = kindFixed
		if s.size == nil || *s.size < 0 || *s.size > 1<<30 {
			return nil, bad("a fixed without a size")
		}
		n.size = int(*s.size)
		n.annotate(s)
	}
	_, err := p.define(n, s, space)
	return n, err
}

// maxMin bounds what is known of a least size, which a schema of a few lines
// can double at every step.
const maxMin = 1 << 40

// minSizes sets the least number of bytes that a value of each type takes, by
// which counts in corrupt files are judged. A record inside itself counts as
// nothing.
func minSizes(n *node) int64 {
	if n.sized {
		return n.min
	}
	n.sized = true
	size := int64(1)
	switch n.kind {
	case kindNull:
		size = 0
	case kindFloat:
		size = 4
	case kindDouble:
		size = 8
	case kindFixed:
		size = int64(n.size)
	case kindRecord:
		size = 0
		for _, f := range n.fields {
			size = min(size+minSizes(f.typ), maxMin)
		}
	case kindArray, kindMap:
		minSizes(n.items)
	case kindUnion:
		least := int64(maxMin)
		for _, b := range n.branches {
			least = min(least, minSizes(b))
		}
		size += least
	}
	n.min = size
	return size
}
