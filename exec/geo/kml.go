package geo

import (
	"bytes"
	"encoding/xml"
	"math"
	"strconv"
	"strings"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// kmlNode is an element of KML with what matters of it.
type kmlNode struct {
	name string
	text strings.Builder
	kids []*kmlNode
}

// FromKML appends the first geometry of a KML document (OGC 12-007r2): Point,
// LineString, LinearRing, Polygon or MultiGeometry. Altitudes are left out.
func FromKML(dst, text []byte) ([]byte, error) {
	root, err := readKML(text)
	if err != nil {
		return dst, invalid("Invalid KML: %v", err)
	}
	node := root.find(func(n *kmlNode) bool { return kmlShapes[n.name] })
	if node == nil {
		return dst, invalid("Invalid KML: there is no geometry in it")
	}
	b, err := node.shape()
	if err != nil {
		return dst, err
	}
	return append(dst, b...), nil
}

var kmlShapes = map[string]bool{"Point": true, "LineString": true, "LinearRing": true, "Polygon": true, "MultiGeometry": true}

func readKML(text []byte) (*kmlNode, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	root := &kmlNode{}
	open := []*kmlNode{root}
	for {
		tok, err := d.Token()
		if err != nil {
			if len(open) == 1 && len(root.kids) > 0 {
				return root, nil
			}
			return nil, err
		}
		top := open[len(open)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			if len(open) > shape.MaxDepth {
				return nil, invalid("elements are nested too deeply")
			}
			n := &kmlNode{name: tok.Name.Local}
			top.kids, open = append(top.kids, n), append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			top.text.Write(tok)
		}
	}
}

// find gives the first element, itself included, that is wanted.
func (n *kmlNode) find(want func(*kmlNode) bool) *kmlNode {
	if want(n) {
		return n
	}
	for _, k := range n.kids {
		if f := k.find(want); f != nil {
			return f
		}
	}
	return nil
}

func (n *kmlNode) shape() ([]byte, error) {
	switch n.name {
	case "Point":
		xy, err := n.coordinates()
		if err != nil {
			return nil, err
		}
		if len(xy) != 2 {
			return nil, invalid("Invalid KML: a Point has one coordinate, not %d", len(xy)/2)
		}
		return shape.AppendPoint(nil, xy[0], xy[1]), nil
	case "LineString", "LinearRing":
		xy, err := n.coordinates()
		return shape.AppendLineXY(nil, xy), err
	case "Polygon":
		return n.polygon()
	}
	var parts [][]byte
	kinds := map[shape.Type]bool{}
	for _, k := range n.kids {
		if !kmlShapes[k.name] {
			continue
		}
		p, err := k.shape()
		if err != nil {
			return nil, err
		}
		kinds[shape.TypeOf(p)] = true
		parts = append(parts, p)
	}
	t := shape.GeometryCollection
	if len(kinds) == 1 && shape.TypeOf(parts[0]) <= shape.Polygon {
		t = shape.TypeOf(parts[0]) + 3
	}
	return shape.AppendMulti(nil, t, parts), nil
}

func (n *kmlNode) polygon() ([]byte, error) {
	var rings [][]float64
	for _, side := range [...]string{"outerBoundaryIs", "innerBoundaryIs"} {
		for _, k := range n.kids {
			if k.name != side {
				continue
			}
			xy, err := k.coordinates()
			if err != nil {
				return nil, err
			}
			rings = append(rings, xy)
		}
		if len(rings) == 0 {
			return nil, invalid("Invalid KML: a Polygon has no outerBoundaryIs")
		}
	}
	return shape.AppendPolygonXY(nil, rings), nil
}

// coordinates reads "longitude,latitude[,altitude]" separated by blanks.
func (n *kmlNode) coordinates() (xy []float64, err error) {
	c := n.find(func(n *kmlNode) bool { return n.name == "coordinates" })
	if c == nil {
		return nil, invalid("Invalid KML: a %s has no coordinates", n.name)
	}
	for _, tuple := range strings.Fields(c.text.String()) {
		parts := strings.Split(tuple, ",")
		if len(parts) != 2 && len(parts) != 3 {
			return nil, invalid("Invalid KML: %q is no coordinate", clip([]byte(tuple)))
		}
		for _, p := range parts[:2] {
			x, err := strconv.ParseFloat(p, 64)
			if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
				return nil, invalid("Invalid KML: %q is no coordinate", clip([]byte(tuple)))
			}
			xy = append(xy, x)
		}
	}
	return xy, nil
}
