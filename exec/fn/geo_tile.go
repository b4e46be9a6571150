package fn

import (
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/catalog/types/shape"
	"github.com/glauxdb/glaux/exec/geo"
	"github.com/glauxdb/glaux/exec/kernel"
	"github.com/glauxdb/glaux/formats/vector"
)

// tileEntries are the functions of Bing's tiles.
func tileEntries() []*Entry {
	coordinates := types.RowOf(types.Field{Name: "x", Type: types.TInteger}, types.Field{Name: "y", Type: types.TInteger})
	return []*Entry{
		{Names: []string{"bing_tile"}, Doc: "The tile of Bing's maps in column x and row y of a zoom level (1 to 23), or that of a quadkey.",
			Examples: []Example{{SQL: "bing_tile(3, 5, 3)", Result: `{"x":3,"y":5,"zoom":3}`}, {SQL: "bing_tile('213')", Result: `{"x":3,"y":5,"zoom":3}`}},
			overs: []overload{
				{sig: "bing_tile(bigint, bigint, bigint) bingtile", scalar: tileOf(func(_ []kernel.Strings, args []*vector.Vector, i int) (shape.Tile, error) {
					x, y, z := kernel.FixedOf[int64](args[0]), kernel.FixedOf[int64](args[1]), kernel.FixedOf[int64](args[2])
					return geo.NewTile(x.At(i), y.At(i), z.At(i))
				})},
				{sig: "bing_tile(varchar) bingtile", scalar: tileOf(func(s []kernel.Strings, _ []*vector.Vector, i int) (shape.Tile, error) {
					return geo.TileOfKey(s[0].At(i))
				})},
			}},
		{Names: []string{"bing_tile_at"}, Doc: "The tile of a zoom level in which a place lies, given by latitude and longitude.",
			Examples: []Example{{SQL: "bing_tile_at(30.12, 60, 15)", Result: `{"x":21845,"y":13506,"zoom":15}`}},
			overs: []overload{{sig: "bing_tile_at(double, double, bigint) bingtile", scalar: tileOf(func(_ []kernel.Strings, args []*vector.Vector, i int) (shape.Tile, error) {
				lat, lon, z := kernel.FixedOf[float64](args[0]), kernel.FixedOf[float64](args[1]), kernel.FixedOf[int64](args[2])
				return geo.TileAt(lat.At(i), lon.At(i), z.At(i))
			})}}},
		{Names: []string{"bing_tiles_around"}, Doc: "The tile of a place and its neighbours; with a radius in kilometres, up to 1000, the least set of tiles that cover the circle.",
			Examples: []Example{{SQL: "bing_tiles_around(30.12, 60, 1)", Result: `{"{\"x\":0,\"y\":0,\"zoom\":1}","{\"x\":0,\"y\":1,\"zoom\":1}","{\"x\":1,\"y\":0,\"zoom\":1}","{\"x\":1,\"y\":1,\"zoom\":1}"}`},
				{SQL: "cardinality(bing_tiles_around(8.12, 60.81, 12, 12.3))", Result: "11"}},
			overs: []overload{
				{sig: "bing_tiles_around(double, double, bigint) array(bingtile)", scalar: tilesOf(func(s []kernel.Strings, args []*vector.Vector, i int, add func(shape.Tile)) error {
					lat, lon, z := kernel.FixedOf[float64](args[0]), kernel.FixedOf[float64](args[1]), kernel.FixedOf[int64](args[2])
					return geo.TilesAround(lat.At(i), lon.At(i), z.At(i), add)
				})},
				{sig: "bing_tiles_around(double, double, bigint, double) array(bingtile)", scalar: tilesOf(func(s []kernel.Strings, args []*vector.Vector, i int, add func(shape.Tile)) error {
					lat, lon, z, km := kernel.FixedOf[float64](args[0]), kernel.FixedOf[float64](args[1]), kernel.FixedOf[int64](args[2]), kernel.FixedOf[float64](args[3])
					return geo.TilesWithin(lat.At(i), lon.At(i), z.At(i), km.At(i), add)
				})},
			}},
		{Names: []string{"geometry_to_bing_tiles"}, Doc: "The least set of tiles of a zoom level that cover a geometry whose X are longitudes and Y latitudes.",
			Examples: []Example{{SQL: "geometry_to_bing_tiles(ST_Point(60, 30.12), 10)", Result: `{"{\"x\":682,\"y\":422,\"zoom\":10}"}`}},
			overs: []overload{{sig: "geometry_to_bing_tiles(geometry, bigint) array(bingtile)", scalar: tilesOf(func(s []kernel.Strings, args []*vector.Vector, i int, add func(shape.Tile)) error {
				z := kernel.FixedOf[int64](args[1])
				return geo.TilesOf(s[0].At(i), z.At(i), add)
			})}}},
		{Names: []string{"bing_tile_coordinates"}, Doc: "Column and row of a tile.", Examples: []Example{{SQL: "bing_tile_coordinates(bing_tile('213'))", Result: `{"x":3,"y":5}`}},
			overs: []overload{{sig: "bing_tile_coordinates(bingtile) row(integer, integer)", types: argsTo(coordinates, tileType), scalar: eval(tileCoordinates)}}},
		{Names: []string{"bing_tile_quadkey"}, Doc: "The quadkey of a tile.", Examples: []Example{{SQL: "bing_tile_quadkey(bing_tile(3, 5, 3))", Result: "213"}},
			overs: []overload{{sig: "bing_tile_quadkey(bingtile) varchar", scalar: mapText(func(dst, b []byte) []byte { return shape.AppendQuadKey(dst, shape.TileOf(b)) })}}},
		{Names: []string{"bing_tile_zoom_level"}, Doc: "The zoom level of a tile.", Examples: []Example{{SQL: "bing_tile_zoom_level(bing_tile('213'))", Result: "3"}},
			overs: []overload{{sig: "bing_tile_zoom_level(bingtile) tinyint", scalar: numberOf(func(b []byte) (int8, error) { return int8(shape.TileOf(b).Zoom), nil })}}},
		{Names: []string{"bing_tile_polygon"}, Doc: "The rectangle of a tile, in degrees.", Examples: []Example{{SQL: "ST_AsText(ST_Centroid(bing_tile_polygon(bing_tile('0'))))", Result: "POINT (-90 42.525564389903295)"}},
			overs: []overload{{sig: "bing_tile_polygon(bingtile) geometry", scalar: mapText(func(dst, b []byte) []byte { return shape.AppendBox(dst, geo.TileBox(shape.TileOf(b))) })}}},
	}
}

// tileOf makes a function to a tile.
func tileOf(f func(s []kernel.Strings, args []*vector.Vector, i int) (shape.Tile, error)) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		var s []kernel.Strings
		if args[0].Type.Phys() == types.PhysBytes {
			s = strs(args)
		}
		w := kernel.NewTextOut(out)
		return kernel.EachErr(sel, out.Len, func(i int) error {
			t, err := f(s, args, i)
			if err != nil {
				return err
			}
			return w.End(i, shape.AppendTile(w.Start(), t))
		})
	})
}

// tilesOf makes a function to an array of tiles.
func tilesOf(f func(s []kernel.Strings, args []*vector.Vector, i int, add func(shape.Tile)) error) *kernel.Impl {
	return eval(func(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
		var s []kernel.Strings
		if args[0].Type.Phys() == types.PhysBytes {
			s = []kernel.Strings{kernel.StringsOf(args[0])}
		}
		l := newListOut(out)
		var buf [shape.TileSize]byte
		add := func(t shape.Tile) { l.elem.AppendBytes(shape.AppendTile(buf[:0], t)) }
		return kernel.EachErr(sel, out.Len, func(i int) error {
			l.start()
			err := f(s, args, i, add)
			l.end(i)
			if err == nil && len(l.elem.Data) > maxVectorText {
				err = errTextTooLong()
			}
			return err
		})
	})
}

func tileCoordinates(_ *kernel.EvalCtx, args []*vector.Vector, sel vector.Sel, out *vector.Vector) error {
	s, typ := kernel.StringsOf(args[0]), out.Type
	return assemble(sel, out, func(i int) (types.Value, error) {
		t := shape.TileOf(s.At(i))
		return types.Value{Type: typ, Kids: []types.Value{types.IntOf(types.TInteger, int64(t.X)), types.IntOf(types.TInteger, int64(t.Y))}}, nil
	})
}
