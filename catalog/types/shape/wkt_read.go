package shape

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// MaxDepth is how many collections may lie one within the other.
const MaxDepth = 100

// SyntaxError says what is wrong with a text or with bytes, and where.
type SyntaxError struct {
	Offset int // in bytes
	Reason string
}

// Error gives reason and place.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at offset %d", e.Reason, e.Offset) }

// ParseWKT appends the geometry that a well-known text stands for. Names in any
// case, points of a MULTIPOINT with or without parentheses, rings that are not
// closed and the prefix SRID=n; are understood; the SRID is dropped. Coordinates are
// finite and as many in each place as in the first one. An error is a *SyntaxError.
func ParseWKT(dst, text []byte) ([]byte, error) {
	p := wktParser{s: text}
	p.srid()
	from := len(dst)
	dst, err := p.geometry(dst, 0, 1)
	if err == nil && !p.end() {
		err = p.fail("text after the geometry")
	}
	if err != nil {
		return dst[:from], err
	}
	return dst, nil
}

type wktParser struct {
	s     []byte
	i     int
	d     dims
	known bool // d is
}

func (p *wktParser) fail(reason string) error { return &SyntaxError{Offset: p.i, Reason: reason} }

func (p *wktParser) skip() {
	for p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] >= '\t' && p.s[p.i] <= '\r') {
		p.i++
	}
}

func (p *wktParser) end() bool {
	p.skip()
	return p.i == len(p.s)
}

// take eats one character if it is next.
func (p *wktParser) take(c byte) bool {
	if p.end() || p.s[p.i] != c {
		return false
	}
	p.i++
	return true
}

// word eats the letters that follow and gives them in upper case.
func (p *wktParser) word() string {
	p.skip()
	from := p.i
	for p.i < len(p.s) && (p.s[p.i]|0x20 >= 'a' && p.s[p.i]|0x20 <= 'z') {
		p.i++
	}
	return strings.ToUpper(string(p.s[from:p.i]))
}

// try eats a word if it is next.
func (p *wktParser) try(want string) bool {
	at := p.i
	if p.word() == want {
		return true
	}
	p.i = at
	return false
}

func (p *wktParser) srid() {
	at := p.i
	if p.word() == "SRID" && p.take('=') {
		for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
			p.i++
		}
		if p.take(';') {
			return
		}
	}
	p.i = at
}

// geometry reads a tagged geometry; one of kind want, unless that is 0.
func (p *wktParser) geometry(b []byte, want Type, depth int) ([]byte, error) {
	p.skip()
	at := p.i
	t, tag, tagged := splitName(p.word())
	if t == 0 || want != 0 && t != want {
		p.i = at
		return b, p.fail("expected the name of a geometry")
	}
	if !tagged {
		for d, name := range [...]string{xyz: "Z", xym: "M", xyzm: "ZM"} {
			if name != "" && p.try(name) {
				tag, tagged = dims(d), true
			}
		}
	}
	switch {
	case !p.known && tagged:
		p.d, p.known = tag, true
	case !p.known:
		p.d, p.known = p.lookAhead(), true
	case tagged && tag != p.d:
		return b, p.fail("coordinates of different dimensions")
	}
	b = appendHeader(b, t, p.d)
	if t != GeometryCollection {
		return p.body(b, t)
	}
	if depth == MaxDepth {
		return b, p.fail("collections are nested too deeply")
	}
	return p.list(b, func(b []byte) ([]byte, error) { return p.geometry(b, 0, depth+1) })
}

// splitName finds the kind of a name, to which the dimension may be glued: POINTZ.
func splitName(name string) (t Type, d dims, tagged bool) {
	for i, n := range wktNames[1:] {
		rest, ok := strings.CutPrefix(name, n)
		if !ok {
			continue
		}
		switch rest {
		case "":
			return Type(i + 1), xy, false
		case "Z":
			return Type(i + 1), xyz, true
		case "M":
			return Type(i + 1), xym, true
		case "ZM":
			return Type(i + 1), xyzm, true
		}
	}
	return 0, xy, false
}

// lookAhead counts the numbers of the first coordinate that follows.
func (p *wktParser) lookAhead() dims {
	i := p.i
	for i < len(p.s) && !isNumber(p.s[i]) {
		i++
	}
	n, in := 0, false
	for ; i < len(p.s) && (isNumber(p.s[i]) || p.s[i]|0x20 == 'e' || p.s[i] <= ' '); i++ {
		if num := p.s[i] > ' '; num != in {
			if in = num; in {
				n++
			}
		}
	}
	switch n {
	case 3:
		return xyz
	case 4:
		return xyzm
	}
	return xy
}

func isNumber(c byte) bool { return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' }

// body reads what follows the name of a geometry that is no collection.
func (p *wktParser) body(b []byte, t Type) ([]byte, error) {
	switch t {
	case Point:
		return p.point(b)
	case LineString:
		b, _, err := p.run(b)
		return b, err
	case Polygon:
		shell := true
		return p.list(b, func(b []byte) ([]byte, error) {
			if p.skip(); p.i < len(p.s) && p.s[p.i] != '(' {
				return b, p.fail("expected (")
			}
			b, err := p.ring(b, shell)
			shell = false
			return b, err
		})
	}
	return p.list(b, func(b []byte) ([]byte, error) {
		b = appendHeader(b, t.member(), p.d)
		if p.skip(); t == MultiPoint && p.i < len(p.s) && isNumber(p.s[p.i]) {
			return p.coordinate(b)
		}
		return p.body(b, t.member())
	})
}

func (p *wktParser) point(b []byte) ([]byte, error) {
	if p.try("EMPTY") {
		for range p.d.size() / 8 {
			b = appendFloat(b, math.NaN())
		}
		return b, nil
	}
	if !p.take('(') {
		return b, p.fail("expected ( or EMPTY")
	}
	b, err := p.coordinate(b)
	if err == nil && !p.take(')') {
		err = p.fail("expected )")
	}
	return b, err
}

// list reads EMPTY or items in parentheses, after their count.
func (p *wktParser) list(b []byte, item func([]byte) ([]byte, error)) ([]byte, error) {
	at := len(b)
	b = appendCount(b, 0)
	if p.try("EMPTY") {
		return b, nil
	}
	if !p.take('(') {
		return b, p.fail("expected ( or EMPTY")
	}
	for n := uint32(1); ; n++ {
		var err error
		if b, err = item(b); err != nil {
			return b, err
		}
		if p.take(')') {
			binary.LittleEndian.PutUint32(b[at:], n)
			return b, nil
		}
		if !p.take(',') {
			return b, p.fail("expected , or )")
		}
	}
}

// run reads a list of coordinates and tells how many there are.
func (p *wktParser) run(b []byte) ([]byte, int, error) {
	at := len(b)
	b, err := p.list(b, p.coordinate)
	if err != nil {
		return b, 0, err
	}
	return b, int(binary.LittleEndian.Uint32(b[at:])), nil
}

func (p *wktParser) ring(b []byte, shell bool) ([]byte, error) {
	at := len(b)
	b, n, err := p.run(b)
	if err != nil {
		return b, err
	}
	b, n = finishRing(b, n, p.d, shell)
	binary.LittleEndian.PutUint32(b[at:], uint32(n))
	return b, nil
}

func (p *wktParser) coordinate(b []byte) ([]byte, error) {
	for range p.d.size() / 8 {
		p.skip()
		from := p.i
		for p.i < len(p.s) && (isNumber(p.s[p.i]) || p.s[p.i]|0x20 == 'e') {
			p.i++
		}
		x, err := strconv.ParseFloat(string(p.s[from:p.i]), 64)
		if err != nil || math.IsInf(x, 0) {
			p.i = from
			return b, p.fail("expected a number")
		}
		b = appendFloat(b, x)
	}
	return b, nil
}
