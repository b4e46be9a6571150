package shape

import (
	"math"
	"strconv"
)

var dimTags = [...]string{xy: "", xyz: " Z", xym: " M", xyzm: " ZM"}

// AppendWKT appends a geometry as well-known text: POINT (1 2). A number is the
// shortest decimal that reads as the same one.
func AppendWKT(b, wkb []byte) []byte {
	c := cursor{wkb}
	return c.appendWKT(b)
}

func (c *cursor) appendWKT(b []byte) []byte {
	t, d := c.header()
	b = append(append(b, wktNames[t]...), dimTags[d]...)
	b = append(b, ' ')
	if t == GeometryCollection {
		return appendList(b, c.count(), func(b []byte) []byte { return c.appendWKT(b) })
	}
	return c.appendBody(b, t, d)
}

// appendBody appends what follows the name of a geometry that is no collection.
func (c *cursor) appendBody(b []byte, t Type, d dims) []byte {
	switch t {
	case Point:
		p := c.run(1, d)
		if math.IsNaN(float(p)) {
			return append(b, "EMPTY"...)
		}
		return append(appendCoords(append(b, '('), p, d), ')')
	case LineString:
		return c.appendRun(b, d)
	case Polygon:
		return appendList(b, c.count(), func(b []byte) []byte { return c.appendRun(b, d) })
	}
	return appendList(b, c.count(), func(b []byte) []byte {
		part, d := c.header()
		return c.appendBody(b, part, d)
	})
}

func appendList(b []byte, n int, item func(b []byte) []byte) []byte {
	if n == 0 {
		return append(b, "EMPTY"...)
	}
	for i := range n {
		if i == 0 {
			b = append(b, '(')
		} else {
			b = append(b, ", "...)
		}
		b = item(b)
	}
	return append(b, ')')
}

func (c *cursor) appendRun(b []byte, d dims) []byte {
	n := c.count()
	if n == 0 {
		return append(b, "EMPTY"...)
	}
	return append(appendCoords(append(b, '('), c.run(n, d), d), ')')
}

func appendCoords(b, coords []byte, d dims) []byte {
	for at := 0; at < len(coords); at += 8 {
		switch {
		case at == 0:
		case at%d.size() == 0:
			b = append(b, ", "...)
		default:
			b = append(b, ' ')
		}
		b = appendNumber(b, float(coords[at:]))
	}
	return b
}

// appendNumber writes a coordinate without an exponent unless the number is very
// large or very small.
func appendNumber(b []byte, x float64) []byte {
	format := byte('f')
	if a := math.Abs(x); a >= 1e21 || a < 1e-15 && a != 0 {
		format = 'g'
	}
	if x == 0 {
		x = 0 // not -0
	}
	return strconv.AppendFloat(b, x, format, -1, 64)
}
