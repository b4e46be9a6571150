package fn

import (
	"encoding/binary"
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types/shape"
	"github.com/glauxdb/glaux/exec/h3"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

func errCell(x int64) error {
	return fault.New(fault.CodeInvalidParameter, "not a valid H3 cell: %d", x).WithHint("h3_is_valid_cell() tells; h3_string_to_cell() reads hexadecimal text.")
}

func errResolution(res int64, least, most int) error {
	return fault.New(fault.CodeInvalidParameter, "H3 resolution %d must be between %d and %d", res, least, most)
}

func errManyCells() error {
	return fault.New(fault.CodeProgramLimit, "one call would give more than %d H3 cells", maxCells).WithHint("Use a coarser resolution.")
}

// validCell checks an argument.
func validCell(x int64) (h3.Cell, error) {
	if c := h3.Cell(x); c.Valid() {
		return c, nil
	}
	return 0, errCell(x)
}

func latLngToCell(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	lat, lng, res := kernel.FixedOf[float64](args[0]), kernel.FixedOf[float64](args[1]), kernel.FixedOf[int64](args[2])
	dst := vector.Values[int64](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		r, a, b := res.At(i), lat.At(i)*math.Pi/180, lng.At(i)*math.Pi/180
		if r < 0 || r > h3.MaxResolution {
			return errResolution(r, 0, h3.MaxResolution)
		}
		if math.IsNaN(a-a) || math.IsNaN(b-b) { // infinite, or no number
			out.SetNull(i)
			return nil
		}
		dst[i] = int64(h3.CellOf(h3.LatLng{Lat: a, Lng: b}, int(r)))
		return nil
	})
}

// h3Fixed makes a function of a valid cell to a number or a boolean.
func h3Fixed[T vector.Fixed](f func(c h3.Cell) T) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		x, dst := kernel.FixedOf[int64](args[0]), vector.Values[T](out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			c, err := validCell(x.At(i))
			if err == nil {
				dst[i] = f(c)
			}
			return err
		})
	})
}

// h3With makes a function of a valid cell and a number to a cell.
func h3With(f func(c h3.Cell, n int64) (int64, error)) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		x, n, dst := kernel.FixedOf[int64](args[0]), kernel.FixedOf[int64](args[1]), vector.Values[int64](out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			c, err := validCell(x.At(i))
			if err == nil {
				dst[i], err = f(c, n.At(i))
			}
			return err
		})
	})
}

// h3Bytes makes a function of a valid cell to a text or a geometry.
func h3Bytes(f func(b []byte, c h3.Cell) []byte) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		x, w := kernel.FixedOf[int64](args[0]), kernel.NewTextOut(out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			c, err := validCell(x.At(i))
			if err != nil {
				return err
			}
			return w.End(i, f(w.Start(), c))
		})
	})
}

// appendFixed appends values to a flat vector.
func appendFixed[T vector.Fixed](v *vector.Vector, xs ...T) {
	n := v.Len
	v.Resize(n + len(xs))
	copy(vector.Values[T](v)[n:], xs)
}

func cellToLatLng(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, l := kernel.FixedOf[int64](args[0]), newListOut(out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		c, err := validCell(x.At(i))
		if err != nil {
			return err
		}
		l.start()
		p := c.Center()
		appendFixed(l.elem, p.Lat*180/math.Pi, p.Lng*180/math.Pi)
		l.end(i)
		return nil
	})
}

// h3Cells makes a function of a valid cell and a number to an array of cells.
func h3Cells(f func(c h3.Cell, n int64) ([]h3.Cell, error)) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		x, n, l := kernel.FixedOf[int64](args[0]), kernel.FixedOf[int64](args[1]), newListOut(out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			c, err := validCell(x.At(i))
			if err != nil {
				return err
			}
			cs, err := f(c, n.At(i))
			if err != nil {
				return err
			}
			return l.cells(i, cs)
		})
	})
}

// cells makes row i an array of cells. A batch holds so many in all as one call gives
// in many rows.
func (l *listOut) cells(i int, cs []h3.Cell) error {
	if l.elem.Len+len(cs) > 16*maxCells {
		return errManyCells()
	}
	l.start()
	n := l.elem.Len
	l.elem.Resize(n + len(cs))
	to := vector.Values[int64](l.elem)[n:]
	for k, c := range cs {
		to[k] = int64(c)
	}
	l.end(i)
	return nil
}

// h3Sets makes a function of an array of valid cells, and maybe a number, to another.
func h3Sets(f func(cs []h3.Cell, n int64) ([]h3.Cell, error)) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		in, l := listsOf(args[0]), newListOut(out)
		elems := kernel.FixedOf[int64](in.kids[0])
		number := func(int) int64 { return 0 }
		if len(args) > 1 {
			n := kernel.FixedOf[int64](args[1])
			number = n.At
		}
		return kernel.EachErr(sel, out.Len, func(i int) error {
			r := in.rs.At(i)
			cs := make([]h3.Cell, 0, r.Len)
			for k := r.Off; k < r.Off+r.Len; k++ {
				if in.kids[0].IsNull(int(k)) {
					continue
				}
				c, err := validCell(elems.At(int(k)))
				if err != nil {
					return err
				}
				cs = append(cs, c)
			}
			cs, err := f(cs, number(i))
			if err != nil {
				return err
			}
			return l.cells(i, cs)
		})
	})
}

func compactCells(cs []h3.Cell, _ int64) ([]h3.Cell, error) {
	out, ok := h3.Compact(cs)
	if !ok {
		return nil, fault.New(fault.CodeInvalidParameter, "the H3 cells to compact must be of one resolution and differ")
	}
	return out, nil
}

// childrenOf appends the children of a cell.
func childrenOf(out []h3.Cell, c h3.Cell, res int64) ([]h3.Cell, error) {
	if res < int64(c.Resolution()) || res > h3.MaxResolution {
		return nil, errResolution(res, c.Resolution(), h3.MaxResolution)
	}
	if c.ChildCount(int(res)) > maxCells-int64(len(out)) {
		return nil, errManyCells()
	}
	return c.AppendChildren(out, int(res)), nil
}

// diskOf bounds the cells of a disk or a ring, which is found as one.
func diskOf(f func(c h3.Cell, k int) []h3.Cell) func(h3.Cell, int64) ([]h3.Cell, error) {
	return func(c h3.Cell, k int64) ([]h3.Cell, error) {
		if k < 0 {
			return nil, fault.New(fault.CodeInvalidParameter, "the number of steps %d must not be negative", k)
		}
		if k > 1000 || min(h3.MaxDisk(k), h3.NumCells(c.Resolution())) > maxCells {
			return nil, errManyCells()
		}
		return f(c, int(k)), nil
	}
}

func gridDistance(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	x, y, dst := kernel.FixedOf[int64](args[0]), kernel.FixedOf[int64](args[1]), vector.Values[int64](out)
	return kernel.EachErr(sel, out.Len, func(i int) error {
		a, err := validCell(x.At(i))
		if err != nil {
			return err
		}
		b, err := validCell(y.At(i))
		if err != nil {
			return err
		}
		if a.Resolution() != b.Resolution() {
			return fault.New(fault.CodeInvalidParameter, "H3 cells of the resolutions %d and %d have no distance", a.Resolution(), b.Resolution())
		}
		n, ok := h3.Distance(a, b)
		if dst[i] = int64(n); !ok {
			out.SetNull(i)
		}
		return nil
	})
}

// appendBoundary appends the polygon of a cell's corners.
func appendBoundary(b []byte, c h3.Cell) []byte {
	ring := make([]float64, 0, 22)
	for _, p := range c.Boundary() {
		ring = append(ring, p.Lng*180/math.Pi, p.Lat*180/math.Pi)
	}
	return shape.AppendPolygonXY(b, [][]float64{append(ring, ring[0], ring[1])})
}

// h3Polygon makes a function of a polygon, which read makes of the argument, and a
// resolution to the cells in it.
func h3Polygon(read func(dst, s []byte) ([]byte, error)) *kernel.Impl {
	return eval(func(ec *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		s, res, l := kernel.StringsOf(args[0]), kernel.FixedOf[int64](args[1]), newListOut(out)
		var wkb []byte
		return kernel.EachErr(sel, out.Len, func(i int) (err error) {
			if wkb, err = read(wkb[:0], s.At(i)); err != nil {
				return err
			}
			if t := shape.TypeOf(wkb); t != shape.Polygon && t != shape.MultiPolygon {
				return fault.New(fault.CodeInvalidParameter, "a polygon or a multipolygon is needed, not a %s", t)
			}
			r := res.At(i)
			if r < 0 || r > h3.MaxResolution {
				return errResolution(r, 0, h3.MaxResolution)
			}
			rings, err := degreeRings(wkb)
			if err != nil {
				return err
			}
			cs, ok := h3.InPolygon(rings, int(r), ec.Done)
			if !ok {
				select {
				case <-ec.Done:
					return ec.Ended()
				default:
					return errManyCells()
				}
			}
			return l.cells(i, cs)
		})
	})
}

// degreeRings gives the rings of polygons, which must be of longitudes and latitudes.
func degreeRings(wkb []byte) (rings []h3.Ring, err error) {
	shape.Runs(wkb, func(coords []byte, size, _ int) bool {
		var r h3.Ring
		for ; len(coords) >= size; coords = coords[size:] {
			x := math.Float64frombits(binary.LittleEndian.Uint64(coords))
			y := math.Float64frombits(binary.LittleEndian.Uint64(coords[8:]))
			if !(math.Abs(x) <= 180 && math.Abs(y) <= 90) {
				err = fault.New(fault.CodeInvalidParameter, "a polygon for H3 cells has longitudes and latitudes: (%g %g) is none", x, y)
				return false
			}
			r = append(r, [2]float64{x, y})
		}
		rings = append(rings, r)
		return true
	})
	return rings, err
}
