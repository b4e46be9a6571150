package fn

import (
	"math"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types/shape"
	"github.com/glauxdb/glaux/exec/geo"
	"github.com/glauxdb/glaux/exec/h3"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// The functions of H3 cells, by the names of DuckDB's extension. Cells are bigint: no
// valid one has its highest bit set. What they compute is in exec/h3.

// maxCells is the most cells that one call gives.
const maxCells = h3.MaxPolygonCells

func h3Entries() []*Entry {
	const cell = "608692970719281151" // 872830828ffffff
	return concatAll(h3Making(), h3Telling(cell), h3Families(cell), h3Grid())
}

func h3Making() []*Entry {
	return []*Entry{
		{Names: []string{"h3_latlng_to_cell"}, Doc: "The H3 cell of a resolution (0 to 15) in which a latitude and a longitude, in degrees, lie. NULL where one of them is no finite number.",
			Examples: []Example{{SQL: "h3_cell_to_string(h3_latlng_to_cell(37.7752702151959, -122.418307270836, 9))", Result: "8928308280fffff"}},
			overs:    []overload{{sig: "h3_latlng_to_cell(double, double, bigint) bigint", scalar: eval(latLngToCell)}}},
		{Names: []string{"h3_cell_to_string", "h3_h3_to_string"}, Doc: "An H3 cell as hexadecimal text. Any number is printed.",
			Examples: []Example{{SQL: "h3_cell_to_string(617700169958293503)", Result: "8928308280fffff"}},
			overs: []overload{{sig: "h3_cell_to_string(bigint) varchar", scalar: eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
				c, w := kernel.FixedOf[int64](args[0]), kernel.NewTextOut(out)
				kernel.Each(sel, out.Len, func(i int) { w.Put(i, []byte(h3.Cell(c.At(i)).String())) })
				return nil
			})}}},
		{Names: []string{"h3_string_to_cell", "h3_string_to_h3"}, Doc: "The H3 cell that hexadecimal text stands for.",
			Examples: []Example{{SQL: "h3_string_to_cell('8928308280fffff')", Result: "617700169958293503"}},
			overs: []overload{{sig: "h3_string_to_cell(varchar) bigint", scalar: intFn(func(s []kernel.Strings, i int) (int64, error) {
				c, ok := h3.Parse(string(s[0].At(i)))
				if !ok {
					return 0, fault.New(fault.CodeInvalidText, "invalid H3 cell: %q", s[0].At(i)).WithHint("Write its 64 bits as hexadecimal digits.")
				}
				return int64(c), nil
			})}}},
		{Names: []string{"h3_polygon_wkt_to_cells"}, Doc: "The H3 cells of a resolution whose centers lie within a polygon or multipolygon, which well-known text gives by longitude and latitude.",
			Examples: []Example{{SQL: "cardinality(h3_polygon_wkt_to_cells('POLYGON ((-122.5 37.7, -122.4 37.7, -122.4 37.8, -122.5 37.8, -122.5 37.7))', 8))", Result: "128"}},
			overs:    []overload{{sig: "h3_polygon_wkt_to_cells(varchar, bigint) array(bigint)", scalar: h3Polygon(func(dst, s []byte) ([]byte, error) { return geo.FromText(dst, s) })}}},
		{Names: []string{"h3_polygon_to_cells"}, Doc: "The H3 cells of a resolution whose centers lie within a polygon or multipolygon of longitudes and latitudes.",
			Examples: []Example{{SQL: "cardinality(h3_polygon_to_cells(ST_Polygon('POLYGON ((-122.5 37.7, -122.4 37.7, -122.4 37.8, -122.5 37.8, -122.5 37.7))'), 8))", Result: "128"}},
			overs:    []overload{{sig: "h3_polygon_to_cells(geometry, bigint) array(bigint)", scalar: h3Polygon(func(dst, s []byte) ([]byte, error) { return append(dst, s...), nil })}}},
	}
}

// h3Telling are functions of one cell.
func h3Telling(cell string) []*Entry {
	degrees := func(name, doc, example string, f func(h3.LatLng) float64) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{{SQL: "round(" + name + "(" + cell + "), 6)", Result: example}},
			overs: []overload{{sig: name + "(bigint) double", scalar: h3Fixed(func(c h3.Cell) float64 { return f(c.Center()) * 180 / math.Pi })}}}
	}
	number := func(name, doc, result string, f func(h3.Cell) int32) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{{SQL: name + "(" + cell + ")", Result: result}},
			overs: []overload{{sig: name + "(bigint) integer", scalar: h3Fixed(f)}}}
	}
	flag := func(name, doc, result string, f func(h3.Cell) bool) *Entry {
		return &Entry{Names: []string{name}, Doc: doc, Examples: []Example{{SQL: name + "(" + cell + ")", Result: result}},
			overs: []overload{{sig: name + "(bigint) boolean", scalar: h3Fixed(f)}}}
	}
	return []*Entry{
		degrees("h3_cell_to_lat", "The latitude of an H3 cell's center, in degrees.", "37.773515", func(p h3.LatLng) float64 { return p.Lat }),
		degrees("h3_cell_to_lng", "The longitude of an H3 cell's center, in degrees.", "-122.418271", func(p h3.LatLng) float64 { return p.Lng }),
		{Names: []string{"h3_cell_to_latlng"}, Doc: "Latitude and longitude of an H3 cell's center, in degrees.",
			Examples: []Example{{SQL: "transform(h3_cell_to_latlng(" + cell + "), x -> round(x, 6))", Result: "{37.773515,-122.418271}"}},
			overs:    []overload{{sig: "h3_cell_to_latlng(bigint) array(double)", scalar: eval(cellToLatLng)}}},
		{Names: []string{"h3_cell_to_boundary"}, Doc: "The outline of an H3 cell, as a polygon of longitudes and latitudes. Where it crosses the antimeridian its longitudes leap.",
			Examples: []Example{{SQL: "ST_NumPoints(h3_cell_to_boundary(" + cell + "))", Result: "6"}},
			overs:    []overload{{sig: "h3_cell_to_boundary(bigint) geometry", scalar: h3Bytes(appendBoundary)}}},
		{Names: []string{"h3_cell_to_boundary_wkt"}, Doc: "The outline of an H3 cell, as the well-known text of a polygon of longitudes and latitudes.",
			Examples: []Example{{SQL: "substr(h3_cell_to_boundary_wkt(" + cell + "), 1, 10)", Result: "POLYGON (("}},
			overs:    []overload{{sig: "h3_cell_to_boundary_wkt(bigint) varchar", scalar: h3Bytes(func(b []byte, c h3.Cell) []byte { return shape.AppendWKT(b, appendBoundary(nil, c)) })}}},
		number("h3_get_resolution", "The resolution of an H3 cell, 0 to 15.", "7", func(c h3.Cell) int32 { return int32(c.Resolution()) }),
		number("h3_get_base_cell_number", "The cell of resolution 0, of 122, that an H3 cell lies in.", "20", func(c h3.Cell) int32 { return int32(c.Base()) }),
		flag("h3_is_pentagon", "Whether an H3 cell is one of the twelve pentagons of its resolution.", "false", h3.Cell.Pentagon),
		flag("h3_is_res_class_iii", "Whether the resolution of an H3 cell is odd: its grid is turned against that of the next one.", "true", h3.Cell.ClassIII),
		{Names: []string{"h3_is_valid_cell"}, Doc: "Whether a number is an H3 cell.", Examples: []Example{{SQL: "h3_is_valid_cell(" + cell + ")", Result: "true"}, {SQL: "h3_is_valid_cell(5)", Result: "false"}},
			overs: []overload{{sig: "h3_is_valid_cell(bigint) boolean", scalar: eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
				c, dst := kernel.FixedOf[int64](args[0]), vector.Values[bool](out)
				kernel.Each(sel, out.Len, func(i int) { dst[i] = h3.Cell(c.At(i)).Valid() })
				return nil
			})}}},
	}
}

// h3Families are parents, children, and sets of both.
func h3Families(cell string) []*Entry {
	return []*Entry{
		{Names: []string{"h3_cell_to_parent"}, Doc: "The H3 cell of a coarser resolution that a cell belongs to.", Examples: []Example{{SQL: "h3_cell_to_string(h3_cell_to_parent(" + cell + ", 5))", Result: "85283083fffffff"}},
			overs: []overload{{sig: "h3_cell_to_parent(bigint, bigint) bigint", scalar: h3With(func(c h3.Cell, res int64) (int64, error) {
				if res < 0 || res > int64(c.Resolution()) {
					return 0, errResolution(res, 0, c.Resolution())
				}
				return int64(c.Parent(int(res))), nil
			})}}},
		{Names: []string{"h3_cell_to_center_child"}, Doc: "The H3 cell of a finer resolution in the middle of a cell.", Examples: []Example{{SQL: "h3_cell_to_string(h3_cell_to_center_child(" + cell + ", 8))", Result: "8828308281fffff"}},
			overs: []overload{{sig: "h3_cell_to_center_child(bigint, bigint) bigint", scalar: h3With(func(c h3.Cell, res int64) (int64, error) {
				if res < int64(c.Resolution()) || res > h3.MaxResolution {
					return 0, errResolution(res, c.Resolution(), h3.MaxResolution)
				}
				return int64(c.CenterChild(int(res))), nil
			})}}},
		{Names: []string{"h3_cell_to_children"}, Doc: "The H3 cells of a finer resolution that belong to a cell, ascending.", Examples: []Example{{SQL: "cardinality(h3_cell_to_children(" + cell + ", 9))", Result: "49"}},
			overs: []overload{{sig: "h3_cell_to_children(bigint, bigint) array(bigint)", scalar: h3Cells(func(c h3.Cell, res int64) ([]h3.Cell, error) { return childrenOf(nil, c, res) })}}},
		{Names: []string{"h3_compact_cells"}, Doc: "Cells of one resolution, with those replaced by their parent whose siblings are all there, as far as that goes.",
			Examples: []Example{{SQL: "h3_compact_cells(h3_cell_to_children(" + cell + ", 9)) = array[" + cell + "]", Result: "true"}},
			overs:    []overload{{sig: "h3_compact_cells(array(bigint)) array(bigint)", scalar: h3Sets(compactCells)}}},
		{Names: []string{"h3_uncompact_cells"}, Doc: "All cells of a resolution that belong to some cells.",
			Examples: []Example{{SQL: "cardinality(h3_uncompact_cells(array[" + cell + "], 10))", Result: "343"}},
			overs: []overload{{sig: "h3_uncompact_cells(array(bigint), bigint) array(bigint)", scalar: h3Sets(func(cs []h3.Cell, res int64) (out []h3.Cell, err error) {
				for _, c := range cs {
					if out, err = childrenOf(out, c, res); err != nil {
						return nil, err
					}
				}
				return out, nil
			})}}},
	}
}

func h3Grid() []*Entry {
	const origin = "617700169958293503" // 8928308280fffff
	return []*Entry{
		{Names: []string{"h3_grid_disk"}, Doc: "The H3 cells within k steps of a cell, itself included, ring by ring.", Examples: []Example{{SQL: "cardinality(h3_grid_disk(" + origin + ", 2))", Result: "19"}},
			overs: []overload{{sig: "h3_grid_disk(bigint, bigint) array(bigint)", scalar: h3Cells(diskOf(h3.Cell.Disk))}}},
		{Names: []string{"h3_grid_ring"}, Doc: "The H3 cells at exactly k steps from a cell.", Examples: []Example{{SQL: "cardinality(h3_grid_ring(" + origin + ", 2))", Result: "12"}},
			overs: []overload{{sig: "h3_grid_ring(bigint, bigint) array(bigint)", scalar: h3Cells(diskOf(h3.Cell.Ring))}}},
		{Names: []string{"h3_grid_distance"}, Doc: "The steps between two H3 cells of a resolution. NULL where that is not known: they are far apart, or a pentagon lies between them.",
			Examples: []Example{{SQL: "h3_grid_distance(" + origin + ", h3_latlng_to_cell(37.8, -122.4, 9))", Result: "10"}},
			overs:    []overload{{sig: "h3_grid_distance(bigint, bigint) bigint", scalar: eval(gridDistance)}}},
	}
}
