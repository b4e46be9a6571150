package json

import (
	"bytes"
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/textval"
)

// shapeKind is what a value looks like. The order is that of Infer's table.
type shapeKind uint8

const (
	shapeNull shapeKind = iota
	shapeBool
	shapeInt
	shapeBig
	shapeFloat
	shapeDate
	shapeTime
	shapeText
	shapeArray
	shapeObject
	numShapes
)

var shapeNames = [numShapes]string{shapeNull: "null", shapeBool: "boolean", shapeInt: "bigint", shapeBig: "decimal(38,0)",
	shapeFloat: "double", shapeDate: "date", shapeTime: "timestamp", shapeText: "text", shapeArray: "array", shapeObject: "object"}

// shape counts what was seen in one place. It does not depend on the order in
// which values come.
type shape struct {
	seen        [numShapes]int
	least, most int64  // of the 64-bit integers
	elem        *shape // of arrays
	fields      []*fieldShape
	index       map[string]int // by lower-case key
	// collides: some object has two keys that differ in case only. exact tells
	// such keys apart.
	collides, exact bool
}

// fieldShape is a key of objects.
type fieldShape struct {
	shape     *shape
	spellings map[string]int
	places    int // sum of its places in the objects
	count     int // objects that have it
	object    int // the last of them
}

// field gives the shape of a key, for one more object that has it.
func (s *shape) field(key []byte) *fieldShape {
	low := string(key)
	if !s.exact {
		low = strings.ToLower(low)
	}
	i, ok := s.index[low]
	if !ok {
		if s.index == nil {
			s.index = map[string]int{}
		}
		i = len(s.fields)
		s.index[low] = i
		s.fields = append(s.fields, &fieldShape{shape: &shape{}, spellings: map[string]int{}})
	}
	f := s.fields[i]
	if f.object == s.seen[shapeObject] && f.object > 0 && f.spellings[string(key)] < f.count {
		s.collides = true // unless it is the same key once more, which is read over
	}
	f.object = s.seen[shapeObject]
	f.spellings[string(key)]++
	return f
}

// seenAt counts an object that has the field in some place.
func (f *fieldShape) seenAt(place int) *shape {
	f.count++
	f.places += place
	return f.shape
}

// name gives the most frequent spelling.
func (f *fieldShape) name() string { return textval.Spelling(f.spellings) }

// ordered gives the fields in the order of their mean places.
func (s *shape) ordered() []*fieldShape {
	out := slices.Clone(s.fields)
	slices.SortFunc(out, func(a, b *fieldShape) int {
		// places/count as fractions: a.places*b.count against b.places*a.count
		ah, al := bits.Mul64(uint64(a.places), uint64(b.count))
		bh, bl := bits.Mul64(uint64(b.places), uint64(a.count))
		return cmp.Or(cmp.Compare(ah, bh), cmp.Compare(al, bl), strings.Compare(a.name(), b.name()))
	})
	return out
}

// observe parses a value into a shape; p.err is set after an error.
func (p *parser) observe(s *shape, depth int) bool {
	switch c := p.peek(); {
	case c == '{' || c == '[':
		if depth == maxDepth {
			p.err = fault.New(fault.CodeInvalidJSON, "JSON nested deeper than %d levels", maxDepth)
			return false
		}
		if c == '{' {
			s.seen[shapeObject]++
			return p.observeObject(s, depth+1)
		}
		s.seen[shapeArray]++
		if s.elem == nil {
			s.elem = &shape{}
		}
		return p.observeArray(s.elem, depth+1)
	case c == '"':
		text, _, ok := p.string()
		if ok {
			s.seen[textKind(text)]++
		}
		return ok
	case c == '-' || c-'0' <= 9:
		text, ok := p.number()
		if ok {
			s.number(text)
		}
		return ok
	}
	kind := shapeBool
	if p.peek() == 'n' {
		kind = shapeNull
	}
	s.seen[kind]++
	return p.skip(0)
}

// more goes on to what follows a value in an array or object; false at its end
// and after an error.
func (p *parser) more(closer byte) bool {
	p.space()
	switch p.peek() {
	case ',':
		p.i++
		p.space()
		return true
	case closer:
		p.i++
		return false
	}
	return p.fail(", or " + string(closer))
}

func (p *parser) observeObject(s *shape, depth int) bool {
	place := 0
	for more := p.enter('}'); more; more = p.more('}') {
		key, ok := p.key()
		if !ok || !p.observe(s.field(key).seenAt(place), depth) {
			return false
		}
		place++
	}
	return p.err == nil
}

func (p *parser) observeArray(elem *shape, depth int) bool {
	for more := p.enter(']'); more; more = p.more(']') {
		if !p.observe(elem, depth) {
			return false
		}
	}
	return p.err == nil
}

func (s *shape) number(text []byte) {
	kind := shapeFloat
	if !bytes.ContainsAny(text, ".eE") {
		if v, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			if kind = shapeInt; s.seen[kind] == 0 {
				s.least, s.most = v, v
			}
			s.least, s.most = min(s.least, v), max(s.most, v)
		} else if len(bytes.TrimPrefix(text, []byte{'-'})) <= types.MaxDecimalPrecision {
			kind = shapeBig
		}
	}
	s.seen[kind]++
}

func textKind(s []byte) shapeKind {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return shapeText
	}
	if _, err := types.ParseDate(s[:10]); err != nil {
		return shapeText
	}
	if len(s) == 10 {
		return shapeDate
	}
	if len(s) < 16 || s[10] != ' ' && s[10] != 'T' || s[13] != ':' || len(bytes.Trim(s[11:], "0123456789:.Z")) > 0 {
		return shapeText
	}
	if _, err := types.ParseTimestamp(s, types.TTimestamp); err != nil {
		return shapeText
	}
	return shapeTime
}

// kind joins what was seen by Infer's table; conflict says that values of
// kinds that don't mix became text.
func (s *shape) kind() (k shapeKind, conflict bool) {
	for o := shapeBool; o < numShapes; o++ {
		switch {
		case s.seen[o] == 0:
		case k == shapeNull, k >= shapeInt && o <= shapeFloat, k == shapeDate && o == shapeTime:
			k = o
		default:
			return shapeText, true
		}
	}
	return k, false
}

// typ gives the type of what was seen at a place, which is named in notes. What
// lies deeper than Hive's types may is text.
func (in *inference) typ(s *shape, at string, depth int) types.Type {
	kind, conflict := s.kind()
	if conflict {
		in.conflict(s, at)
	}
	switch kind {
	case shapeNull:
		return types.TUnknown
	case shapeBool:
		return types.TBoolean
	case shapeInt:
		if in.epoch != textval.EpochNone && in.epoch.Plausible(s.least) && in.epoch.Plausible(s.most) {
			in.isEpoch = true
			in.note("column %s: integers are read as %s since 1970", at, in.epoch)
			return types.TTimestamp
		}
		return types.TBigInt
	case shapeBig:
		return types.DecimalOf(types.MaxDecimalPrecision, 0)
	case shapeFloat:
		return types.TDouble
	case shapeDate:
		return types.TDate
	case shapeTime:
		return types.TTimestamp
	case shapeArray, shapeObject:
		if depth > maxTypeDepth {
			in.note("column %s is nested deeper than %d levels: varchar that holds the JSON text", at, maxTypeDepth)
			return types.TVarchar
		}
		if kind == shapeObject {
			return in.objectType(s, at, depth)
		}
		return types.ArrayOf(in.typ(s.elem, at+"[]", depth+1))
	}
	return types.TVarchar
}

// maxTypeDepth bounds the nesting of inferred types.
const maxTypeDepth = 24

func (in *inference) objectType(s *shape, at string, depth int) types.Type {
	if len(s.fields) == 0 {
		return types.TUnknown
	}
	if why := s.asMap(); why != "" {
		in.note("column %s is a map, not a row: %s", at, why)
		return types.MapOf(types.TVarchar, in.typ(s.values(), at+"[]", depth+1))
	}
	fields := make([]types.Field, 0, len(s.fields))
	for _, k := range s.ordered() {
		fields = append(fields, types.Field{Name: k.name(), Type: in.typ(k.shape, at+"."+k.name(), depth+1)})
	}
	return types.RowOf(fields...)
}

// maxNotes bounds what is told of one file.
const maxNotes = 50

func (in *inference) note(format string, args ...any) {
	if len(in.notes) < maxNotes {
		in.notes = append(in.notes, fmt.Sprintf(format, args...))
	}
}

// conflict tells of values of kinds that don't mix. A string among others that
// are not is what text is for; everybody sees that.
func (in *inference) conflict(s *shape, at string) {
	var parts []string
	for k := shapeBool; k < numShapes; k++ {
		if s.seen[k] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", s.seen[k], shapeNames[k]))
		}
	}
	in.note("column %s is varchar: its values are %s", at, strings.Join(parts, ", "))
}
