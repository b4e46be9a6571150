package geo

import (
	"encoding/binary"
	"math"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// The kinds of shapes in Esri's format, and those that Hadoop's framework writes
// before them.
const (
	esriPoint      = 1
	esriPolyline   = 3
	esriPolygon    = 5
	esriMultiPoint = 8
)

var (
	hadoopKinds = [...]shape.Type{0, shape.Point, shape.LineString, shape.Polygon, shape.MultiPoint, shape.MultiLineString, shape.MultiPolygon}
	esriKinds   = [...]uint32{shape.Point: esriPoint, shape.LineString: esriPolyline, shape.Polygon: esriPolygon,
		shape.MultiPoint: esriMultiPoint, shape.MultiLineString: esriPolyline, shape.MultiPolygon: esriPolygon}
)

// FromHadoopShape appends the geometry of a value of Esri's Spatial Framework for
// Hadoop: four bytes of a spatial reference, one of the kind, then a shape of Esri's,
// little-endian, with boxes before its points.
func FromHadoopShape(dst, b []byte) ([]byte, error) {
	if len(b) <= 5 {
		return dst, invalid("Hadoop shape input is too short")
	}
	if int(b[4]) >= len(hadoopKinds) {
		return dst, invalid("Invalid Hadoop shape type: %d", int8(b[4]))
	}
	r := esriReader{b: b[5:]}
	t, kind := hadoopKinds[b[4]], r.uint32()
	if t == 0 {
		for k, e := range esriKinds {
			if e == kind && t == 0 {
				t = shape.Type(k)
			}
		}
	}
	if t == 0 || esriKinds[t] != kind {
		return dst, invalid("Invalid Hadoop shape")
	}
	out := r.shape(dst, t)
	if r.bad {
		return dst, invalid("Invalid Hadoop shape")
	}
	return out, nil
}

// esriReader reads a shape; after what does not fit it gives zeros and is bad.
type esriReader struct {
	b   []byte
	bad bool
}

func (r *esriReader) take(n int) []byte {
	if n < 0 || len(r.b) < n {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *esriReader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// count reads a number of things of so many bytes each that must still be there.
func (r *esriReader) count(size int) int {
	n := r.uint32()
	if int64(n)*int64(size) > int64(len(r.b)) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *esriReader) floats(n int) []float64 {
	b := r.take(n * 8)
	if b == nil {
		return nil
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = floatAt(b, 8*i)
	}
	return out
}

func (r *esriReader) shape(dst []byte, t shape.Type) []byte {
	if t == shape.Point {
		c := r.floats(2)
		if r.bad || math.IsNaN(c[0]) || math.IsNaN(c[1]) || c[0] < -1e38 {
			return shape.AppendEmpty(dst, t)
		}
		r.check(c)
		return shape.AppendPoint(dst, c[0], c[1])
	}
	r.take(32) // the box
	if t == shape.MultiPoint {
		xy := r.floats(2 * r.count(16))
		r.check(xy)
		parts := make([][]byte, len(xy)/2)
		for i := range parts {
			parts[i] = shape.AppendPoint(nil, xy[2*i], xy[2*i+1])
		}
		return shape.AppendMulti(dst, t, parts)
	}
	paths := r.paths()
	switch t {
	case shape.LineString:
		if len(paths) > 1 {
			r.bad = true
			return dst
		}
		return shape.AppendLineXY(dst, append(paths, nil)[0])
	case shape.MultiLineString:
		parts := make([][]byte, len(paths))
		for i, p := range paths {
			parts[i] = shape.AppendLineXY(nil, p)
		}
		return shape.AppendMulti(dst, t, parts)
	}
	return r.polygons(dst, t, paths)
}

func (r *esriReader) check(xy []float64) {
	for _, x := range xy {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			r.bad = true
		}
	}
}

// paths reads the points of lines and rings: two counts, where each begins, all
// coordinates.
func (r *esriReader) paths() [][]float64 {
	n := r.count(4)
	points := r.count(16)
	starts := make([]int, n+1)
	for i := range n {
		starts[i] = int(r.uint32())
	}
	starts[n] = points
	xy := r.floats(2 * points)
	r.check(xy)
	out := make([][]float64, 0, n)
	for i := range n {
		if r.bad || starts[i] > starts[i+1] || starts[i+1] > points {
			r.bad = true
			return nil
		}
		out = append(out, xy[2*starts[i]:2*starts[i+1]])
	}
	return out
}

// polygons sorts rings: those that run clockwise begin a polygon, the others are holes
// of the one that contains them.
func (r *esriReader) polygons(dst []byte, t shape.Type, paths [][]float64) []byte {
	var shells [][][]float64
	var holes [][]float64
	for i, p := range paths {
		if len(p) < 6 {
			r.bad = true
			return dst
		}
		if i == 0 || clockwise(p) {
			shells = append(shells, [][]float64{p})
		} else {
			holes = append(holes, p)
		}
	}
	for _, h := range holes {
		at := len(shells) - 1
		for k, s := range shells {
			if locate(shape.AppendPolygonXY(nil, s[:1]), h[0], h[1]) == inside {
				at = k
				break
			}
		}
		shells[at] = append(shells[at], h)
	}
	if t == shape.Polygon {
		if len(shells) > 1 {
			r.bad = true
			return dst
		}
		return shape.AppendPolygonXY(dst, append(shells, nil)[0])
	}
	parts := make([][]byte, len(shells))
	for i, s := range shells {
		parts[i] = shape.AppendPolygonXY(nil, s)
	}
	return shape.AppendMulti(dst, t, parts)
}

func clockwise(xy []float64) bool {
	sum := 0.0
	for i := 0; i < len(xy); i += 2 {
		k := (i + 2) % len(xy)
		sum += (xy[i]-xy[0])*(xy[k+1]-xy[1]) - (xy[k]-xy[0])*(xy[i+1]-xy[1])
	}
	return sum < 0
}
