package geo

import (
	"testing"
	"time"

	"github.com/peterstace/simplefeatures/geom"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// TestTilesOf compares the short way to cover a geometry with asking every tile.
func TestTilesOf(t *testing.T) {
	for _, wkt := range []string{"POLYGON ((0 0, 1 0, 1 1))", "LINESTRING (-0.5 -0.5, 0.2 0.1, 0.3 0.9)", "POLYGON ((10 50, 10.6 50, 10.6 50.4, 10 50.4), (10.1 50.1, 10.5 50.1, 10.5 50.3, 10.1 50.3))",
		"GEOMETRYCOLLECTION (POINT (60 30.12), LINESTRING (61 31, 61.01 31.01))", "MULTIPOINT (-179.999 0, -179.5 0.1)"} {
		b := parse(t, wkt)
		g, err := decode(b)
		if err != nil {
			t.Fatal(err)
		}
		for zoom := int64(9); zoom <= 13; zoom++ {
			got, want := map[shape.Tile]bool{}, 0
			if err := TilesOf(b, zoom, func(x shape.Tile) {
				if got[x] {
					t.Errorf("%s: tile %v twice", wkt, x)
				}
				got[x] = true
			}); err != nil {
				t.Fatalf("%s at %d: %v", wkt, zoom, err)
			}
			box, _ := shape.Envelope(b)
			each(tileAt(box.MaxY, box.MinX, int32(zoom)), lowerRight(box, int32(zoom)), func(x shape.Tile) {
				if geom.Intersects(g, (&tiler{}).tile(x)) {
					want++
					if !got[x] {
						t.Errorf("%s at %d: tile %v is missing", wkt, zoom, x)
					}
				}
			})
			if want != len(got) {
				t.Errorf("%s at %d: %d tiles, want %d", wkt, zoom, len(got), want)
			}
		}
	}
}

// TestUnionMany keeps the union of many shapes from becoming quadratic.
func TestUnionMany(t *testing.T) {
	var list [][]byte
	for i := range 3000 {
		list = append(list, shape.AppendBox(nil, shape.Box{MinX: float64(i), MinY: float64(i % 3), MaxX: float64(i) + 2, MaxY: float64(i%3) + 2}))
	}
	from := time.Now()
	b, err := AppendUnion(nil, list)
	if err != nil {
		t.Fatal(err)
	}
	if a := Area(b); a != 10_000 || shape.TypeOf(b) != shape.Polygon {
		t.Errorf("the union is a %s of %v", shape.TypeOf(b), a)
	}
	t.Logf("the union of %d squares took %v", len(list), time.Since(from).Round(time.Millisecond))
}
