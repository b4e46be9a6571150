package geo

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

var geoJSONNames = [...]string{shape.Point: "Point", shape.LineString: "LineString", shape.Polygon: "Polygon", shape.MultiPoint: "MultiPoint",
	shape.MultiLineString: "MultiLineString", shape.MultiPolygon: "MultiPolygon", shape.GeometryCollection: "GeometryCollection"}

// jsonShape is a geometry of GeoJSON (RFC 7946).
type jsonShape struct {
	Type        *string           `json:"type"`
	Coordinates json.RawMessage   `json:"coordinates"`
	Geometries  []json.RawMessage `json:"geometries"`
}

// FromGeoJSON appends the geometry of a GeoJSON text as a geography: altitudes are left
// out. Whether places are on the sphere is seen when they are used.
func FromGeoJSON(dst, text []byte) ([]byte, error) {
	return fromGeoJSON(dst, text, 1)
}

func fromGeoJSON(dst, text []byte, depth int) ([]byte, error) {
	var j jsonShape
	if err := json.Unmarshal(text, &j); err != nil {
		return dst, invalid("Invalid GeoJSON: %v", err)
	}
	if j.Type == nil {
		return dst, invalid("Invalid GeoJSON: Could not parse Geometry from Json string.  No 'type' property found.")
	}
	t := shape.Type(0)
	for k, name := range geoJSONNames {
		if name == *j.Type && name != "" {
			t = shape.Type(k)
		}
	}
	switch {
	case t == 0:
		return dst, invalid("Invalid GeoJSON: Could not parse Geometry from GeoJson string.  Unsupported 'type':%s", clip([]byte(*j.Type)))
	case t == shape.GeometryCollection:
		return jsonCollection(dst, &j, depth)
	}
	dst, ok := jsonCoordinates(dst, t, j.Coordinates)
	if !ok {
		return dst, invalid("Invalid GeoJSON: Could not parse %s from GeoJson string.", *j.Type)
	}
	return dst, nil
}

func jsonCollection(dst []byte, j *jsonShape, depth int) ([]byte, error) {
	if j.Geometries == nil {
		return dst, invalid("Invalid GeoJSON: Could not parse GeometryCollection from GeoJson string.")
	}
	if depth == shape.MaxDepth {
		return dst, invalid("Invalid GeoJSON: collections are nested too deeply")
	}
	parts := make([][]byte, len(j.Geometries))
	for i, g := range j.Geometries {
		var err error
		if parts[i], err = fromGeoJSON(nil, g, depth+1); err != nil {
			return dst, err
		}
	}
	return shape.AppendMulti(dst, shape.GeometryCollection, parts), nil
}

// jsonCoordinates reads the arrays of a geometry that is no collection.
func jsonCoordinates(dst []byte, t shape.Type, raw json.RawMessage) ([]byte, bool) {
	switch t {
	case shape.Point:
		var c []float64
		if !readJSON(raw, &c) {
			return dst, false
		}
		if len(c) == 0 {
			return shape.AppendEmpty(dst, t), true
		}
		return shape.AppendPoint(dst, c[0], c[min(1, len(c)-1)]), len(c) >= 2
	case shape.LineString:
		xy, ok := jsonRun(raw)
		return shape.AppendLineXY(dst, xy), ok
	case shape.Polygon:
		var list []json.RawMessage
		if !readJSON(raw, &list) {
			return dst, false
		}
		rings := make([][]float64, len(list))
		for i, r := range list {
			var ok bool
			if rings[i], ok = jsonRun(r); !ok {
				return dst, false
			}
		}
		return shape.AppendPolygonXY(dst, rings), true
	}
	var list []json.RawMessage
	if !readJSON(raw, &list) {
		return dst, false
	}
	parts := make([][]byte, len(list))
	for i, r := range list {
		var ok bool
		if parts[i], ok = jsonCoordinates(nil, t-3, r); !ok {
			return dst, false
		}
	}
	return shape.AppendMulti(dst, t, parts), true
}

// readJSON reads an array; null and what is missing are none.
func readJSON[T any](raw json.RawMessage, into *[]T) bool {
	return json.Unmarshal(raw, into) == nil && *into != nil
}

func jsonRun(raw json.RawMessage) (xy []float64, ok bool) {
	var list [][]float64
	if !readJSON(raw, &list) {
		return nil, false
	}
	for _, c := range list {
		if len(c) < 2 {
			return nil, false
		}
		xy = append(xy, c[0], c[1])
	}
	return xy, true
}

// AppendGeoJSON appends a geometry as GeoJSON, altitudes included.
func AppendGeoJSON(dst, b []byte) []byte {
	t := shape.TypeOf(b)
	dst = append(append(append(dst, `{"type":"`...), geoJSONNames[t]...), '"', ',')
	if t == shape.GeometryCollection {
		dst = append(dst, `"geometries":[`...)
		n := 0
		shape.Parts(b, func(p []byte) {
			if n++; n > 1 {
				dst = append(dst, ',')
			}
			dst = AppendGeoJSON(dst, p)
		})
		return append(dst, ']', '}')
	}
	return append(appendJSONCoordinates(append(dst, `"coordinates":`...), b), '}')
}

func appendJSONCoordinates(dst, b []byte) []byte {
	t, n := shape.TypeOf(b), shape.CoordDim(b)
	if t == shape.Point {
		if shape.IsEmpty(b) {
			return append(dst, '[', ']')
		}
		shape.Runs(b, func(r []byte, _, _ int) bool { dst = appendJSONPoint(dst, r, n); return true })
		return dst
	}
	dst = append(dst, '[')
	if t >= shape.MultiPoint {
		k := 0
		shape.Parts(b, func(p []byte) {
			if k++; k > 1 {
				dst = append(dst, ',')
			}
			dst = appendJSONCoordinates(dst, p)
		})
		return append(dst, ']')
	}
	shape.Runs(b, func(r []byte, size, ring int) bool {
		if ring == 2 {
			dst = append(dst, ',')
		}
		if ring > 0 {
			dst = append(dst, '[')
		}
		for at := 0; at < len(r); at += size {
			if at > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSONPoint(dst, r[at:], n)
		}
		if ring > 0 {
			dst = append(dst, ']')
		}
		return true
	})
	return append(dst, ']')
}

func appendJSONPoint(dst, c []byte, n int) []byte {
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		x := floatAt(c, 8*i)
		format := byte('f')
		if a := math.Abs(x); a >= 1e21 || a < 1e-15 && a != 0 {
			format = 'e'
		}
		dst = strconv.AppendFloat(dst, x+0, format, -1, 64)
	}
	return append(dst, ']')
}
