package geo

import (
	"math"

	"github.com/peterstace/simplefeatures/geom"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

const (
	tilePixels  = 256
	maxLatitude = 85.05112878 // where Mercator's square map ends
	maxTiles    = 1_000_000   // that one call may make
)

func mapSize(zoom int32) float64 { return float64(int64(tilePixels) << zoom) }

func checkZoom(zoom int64) error {
	switch {
	case zoom <= 0:
		return invalid("Zoom level must be > 0")
	case zoom > shape.MaxZoom:
		return invalid("Zoom level must be <= %d", shape.MaxZoom)
	}
	return nil
}

func checkPlace(lat, lon float64, zoom int64) error {
	switch {
	case !(lat >= -maxLatitude && lat <= maxLatitude):
		return invalid("Latitude must be between %v and %v", -maxLatitude, maxLatitude)
	case !(lon >= -180 && lon <= 180):
		return invalid("Longitude must be between -180.0 and 180.0")
	}
	return checkZoom(zoom)
}

// NewTile makes a tile of its column, row and level.
func NewTile(x, y, zoom int64) (shape.Tile, error) {
	if err := checkZoom(zoom); err != nil {
		return shape.Tile{}, err
	}
	for _, c := range [...]int64{x, y} {
		if c < 0 || c >= 1<<zoom {
			return shape.Tile{}, invalid("XY coordinates for a Bing tile at zoom level %d must be within [0, %d) range", zoom, int64(1)<<zoom)
		}
	}
	return shape.Tile{X: int32(x), Y: int32(y), Zoom: int32(zoom)}, nil
}

// TileOfKey makes a tile of its quadkey.
func TileOfKey(key []byte) (shape.Tile, error) {
	switch {
	case len(key) == 0:
		return shape.Tile{}, invalid("QuadKey must not be empty string")
	case len(key) > shape.MaxZoom:
		return shape.Tile{}, invalid("QuadKey must be %d characters or less", shape.MaxZoom)
	}
	t, err := shape.ParseQuadKey(key)
	if err != nil {
		return t, invalid("Invalid QuadKey digit sequence: %s", clip(key))
	}
	return t, nil
}

// TileAt gives the tile of a level in which a place lies.
func TileAt(lat, lon float64, zoom int64) (shape.Tile, error) {
	if err := checkPlace(lat, lon, zoom); err != nil {
		return shape.Tile{}, err
	}
	return tileAt(lat, lon, int32(zoom)), nil
}

// tileAt projects as Mercator did, so that the map is a square.
func tileAt(lat, lon float64, zoom int32) shape.Tile {
	size, sin := mapSize(zoom), math.Sin(radians(lat))
	at := func(part float64) int32 { return int32(min(max(part*size, 0), size-1)) / tilePixels }
	return shape.Tile{X: at((lon + 180) / 360), Y: at(0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)), Zoom: zoom}
}

// corner gives the upper left corner of the tile in column x and row y.
func corner(x, y, zoom int32) (lat, lon float64) {
	n := float64(int64(1) << zoom)
	px, py := float64(x)/n-0.5, 0.5-float64(y)/n
	return 90 - 360*math.Atan(math.Exp(-py*2*math.Pi))/math.Pi, 360 * px
}

// TileBox gives the rectangle of a tile.
func TileBox(t shape.Tile) shape.Box {
	top, left := corner(t.X, t.Y, t.Zoom)
	bottom, right := corner(t.X+1, t.Y+1, t.Zoom)
	return shape.Box{MinX: left, MinY: bottom, MaxX: right, MaxY: top}
}

// TilesAround gives the tile of a place and its neighbours, by column.
func TilesAround(lat, lon float64, zoom int64, add func(shape.Tile)) error {
	if err := checkPlace(lat, lon, zoom); err != nil {
		return err
	}
	c, last := tileAt(lat, lon, int32(zoom)), int32(1)<<zoom-1
	for x := max(c.X-1, 0); x <= min(c.X+1, last); x++ {
		for y := max(c.Y-1, 0); y <= min(c.Y+1, last); y++ {
			add(shape.Tile{X: x, Y: y, Zoom: c.Zoom})
		}
	}
	return nil
}

// circle is the tiles around a place as far as a radius reaches.
type circle struct {
	lat, lon, km             float64
	center                   shape.Tile
	top, bottom, left, right int32
	n                        int32 // tiles in a row of the map
	add                      func(shape.Tile)
}

// TilesWithin gives the least set of tiles of a level that cover a circle, whose radius
// is in kilometres: the row and the column of its centre first.
func TilesWithin(lat, lon float64, zoom int64, km float64, add func(shape.Tile)) error {
	if err := checkPlace(lat, lon, zoom); err != nil {
		return err
	}
	switch {
	case !(km >= 0):
		return invalid("Radius must be >= 0")
	case km > 1000:
		return invalid("Radius must be <= 1,000 km")
	}
	z := int32(zoom)
	c := circle{lat: lat, lon: lon, km: km, center: tileAt(lat, lon, z), n: 1 << z, add: add}
	c.top, c.bottom = tileAt(northOf(lat, km, 1), lon, z).Y, tileAt(northOf(lat, km, -1), lon, z).Y
	c.left, c.right = tileAt(lat, eastOf(lat, lon, km, -1), z).X, tileAt(lat, eastOf(lat, lon, km, 1), z).X
	columns := c.right - c.left + 1
	if c.right < c.left { // over the date line
		columns += c.n
	}
	if total := int64(columns) * int64(c.bottom-c.top+1); total > maxTiles {
		return invalid("The number of tiles covering input rectangle exceeds the limit of 1M. Number of tiles: %d. Radius: %.1f km. Zoom level: %d.", total, km, zoom)
	}
	for i := range columns {
		c.put((c.left+i)%c.n, c.center.Y)
	}
	for y := c.top; y <= c.bottom; y++ {
		if y != c.center.Y {
			c.put(c.center.X, y)
		}
	}
	c.corners()
	return nil
}

func (c *circle) put(x, y int32) { c.add(shape.Tile{X: x, Y: y, Zoom: c.center.Zoom}) }

// corners adds, of the four quarters beside the centre's row and column, the tiles
// whose corner nearest to the centre lies within the circle.
func (c *circle) corners() {
	for x := c.right; x != c.center.X; x = (x - 1 + c.n) % c.n {
		c.column(x, x)
	}
	for x := c.left; x != c.center.X; x = (x + 1) % c.n {
		c.column(x, x+1)
	}
}

// column adds the tiles of column x above and below the centre; edge is the side that
// is nearer to it.
func (c *circle) column(x, edge int32) {
	in := func(y int32) bool {
		lat, lon := corner(edge, y, c.center.Zoom)
		return greatCircle(c.lat, c.lon, lat, lon) <= c.km
	}
	found := false
	for y := c.top; y < c.center.Y; y++ {
		if found = found || in(y+1); found {
			c.put(x, y)
		}
	}
	found = false
	for y := c.bottom; y > c.center.Y; y-- {
		if found = found || in(y); found {
			c.put(x, y)
		}
	}
}

// northOf gives the latitude so many kilometres to the north (dir 1) or south (-1).
func northOf(lat, km, dir float64) float64 {
	r, d := radians(lat), km/EarthRadius
	out := degrees(math.Asin(math.Sin(r)*math.Cos(d) + math.Cos(r)*math.Sin(d)*dir))
	return min(max(out, -maxLatitude), maxLatitude)
}

// eastOf gives the longitude so many kilometres to the east (dir 1) or west (-1).
func eastOf(lat, lon, km, dir float64) float64 {
	r, d := radians(lat), km/EarthRadius
	out := degrees(radians(lon) + math.Atan2(dir*math.Sin(d)*math.Cos(r), math.Cos(d)-math.Sin(r)*math.Sin(r)))
	switch {
	case out > 180:
		return out - 360
	case out < -180:
		return out + 360
	}
	return out
}

// optimizedZoom is the level from which on whole tiles are judged before their parts.
const optimizedZoom = 10

// TilesOf gives the least set of tiles of a level that cover a geometry.
func TilesOf(b []byte, zoom int64, add func(shape.Tile)) error {
	if err := checkZoom(zoom); err != nil {
		return err
	}
	box, ok := shape.Envelope(b)
	if !ok {
		return nil
	}
	if box.MinY < -maxLatitude || box.MaxY > maxLatitude {
		return invalid("Latitude span for the geometry must be in [%.2f, %.2f] range", -maxLatitude, maxLatitude)
	}
	if box.MinX < -180 || box.MaxX > 180 {
		return invalid("Longitude span for the geometry must be in [-180.00, 180.00] range")
	}
	z := int32(zoom)
	first, last := tileAt(box.MaxY, box.MinX, z), lowerRight(box, z)
	n := int64(last.X-first.X+1) * int64(last.Y-first.Y+1)
	if shape.TypeOf(b) == shape.Point || isRectangle(b, box) {
		if n > maxTiles {
			return invalid("The number of tiles covering input rectangle exceeds the limit of 1M. Number of tiles: %d. Rectangle: xMin=%.2f, yMin=%.2f, xMax=%.2f, yMax=%.2f. Zoom level: %d.",
				n, box.MinX, box.MinY, box.MaxX, box.MaxY, zoom)
		}
		each(first, last, add)
		return nil
	}
	if err := checkComplexity(n, shape.NumPoints(b)); err != nil {
		return err
	}
	_, err := guard("geometry_to_bing_tiles", func() (struct{}, error) { return struct{}{}, coverTiles(b, z, first, last, add) })
	return err
}

func checkComplexity(tiles int64, points int) error {
	if int64(int32(tiles)) != tiles {
		return invalid("The zoom level is too high to compute a set of covering Bing tiles.")
	}
	if tiles*int64(points) > 25_000_000 {
		return invalid("The zoom level is too high or the geometry is too complex to compute a set of covering Bing tiles. Please use a lower zoom level or convert the geometry to its bounding box using the ST_Envelope function.")
	}
	return nil
}

// lowerRight gives the tile of the lower right corner of a box, or the one before
// where the box only touches its edge.
func lowerRight(box shape.Box, zoom int32) shape.Tile {
	t := tileAt(box.MinY, box.MaxX, zoom)
	lat, lon := corner(t.X, t.Y, zoom)
	if lon == box.MaxX {
		t.X--
	}
	if lat == box.MinY {
		t.Y--
	}
	return t
}

func each(first, last shape.Tile, f func(shape.Tile)) {
	for x := first.X; x <= last.X; x++ {
		for y := first.Y; y <= last.Y; y++ {
			f(shape.Tile{X: x, Y: y, Zoom: first.Zoom})
		}
	}
}

func isRectangle(b []byte, box shape.Box) bool {
	if shape.TypeOf(b) != shape.Polygon || shape.NumPoints(b) != 4 {
		return false
	}
	paths := pathsOf(b)
	corners := map[point]bool{}
	for _, p := range paths[0].pts {
		if p.x != box.MinX && p.x != box.MaxX || p.y != box.MinY && p.y != box.MaxY {
			return false
		}
		corners[p] = true
	}
	return len(paths) == 1 && len(corners) == 4
}

// tiler covers a geometry with tiles.
type tiler struct {
	bytes []byte
	prep  geom.PreparedGeometry
	zoom  int32
	add   func(shape.Tile)
	err   error
}

func coverTiles(b []byte, zoom int32, first, last shape.Tile, add func(shape.Tile)) error {
	g, err := decode(b)
	if err != nil {
		return err
	}
	t := tiler{bytes: b, zoom: zoom, add: add}
	if t.prep, err = geom.Prepare(g); err != nil {
		return err
	}
	if zoom <= optimizedZoom {
		each(first, last, func(x shape.Tile) {
			if t.meets(x) {
				add(x)
			}
		})
		return t.err
	}
	up := zoom - optimizedZoom
	first, last = shape.Tile{X: first.X >> up, Y: first.Y >> up, Zoom: optimizedZoom}, shape.Tile{X: last.X >> up, Y: last.Y >> up, Zoom: optimizedZoom}
	each(first, last, t.cover)
	return t.err
}

func (t *tiler) tile(x shape.Tile) geom.Geometry {
	b := TileBox(x)
	return geom.NewEnvelope(geom.XY{X: b.MinX, Y: b.MinY}, geom.XY{X: b.MaxX, Y: b.MaxY}).AsGeometry()
}

func (t *tiler) meets(x shape.Tile) bool {
	ok, err := t.prep.Intersects(t.tile(x))
	if err != nil && t.err == nil {
		t.err = err
	}
	return ok
}

// cover adds what of a tile the geometry meets, a quarter at a time.
func (t *tiler) cover(x shape.Tile) {
	if t.err != nil || !t.meets(x) {
		return
	}
	down := t.zoom - x.Zoom
	if down == 0 {
		t.add(x)
		return
	}
	if all, err := t.prep.Covers(t.tile(x)); err == nil && all {
		n := int32(1) << down
		each(shape.Tile{X: x.X * n, Y: x.Y * n, Zoom: t.zoom}, shape.Tile{X: x.X*n + n - 1, Y: x.Y*n + n - 1}, t.add)
		return
	}
	each(shape.Tile{X: x.X * 2, Y: x.Y * 2, Zoom: x.Zoom + 1}, shape.Tile{X: x.X*2 + 1, Y: x.Y*2 + 1}, t.cover)
}
