package geo

import (
	"bytes"
	"testing"

	"github.com/glauxdb/glaux/catalog/types/shape"
)

// FuzzFormats reads texts and bytes in every format that comes from outside: what is
// read is canonical, and prints and measures as a shape.
func FuzzFormats(f *testing.F) {
	for _, s := range []string{`{"type":"GeometryCollection","geometries":[{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[0,1]]]]},{"type":"Point","coordinates":[]}]}`,
		"<kml><MultiGeometry><Point><coordinates>1,2,3</coordinates></Point><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 1,0 0,1</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry></kml>",
		"_p~iF~ps|U_ulLnnqC_mqNvxq`@", "\x00\x00\x00\x00\x04\x08\x00\x00\x00", "GEOMETRYCOLLECTION (POINT (1 2), POLYGON ((0 0, 1 0, 1 1)))"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, read := range []func(dst, b []byte) ([]byte, error){FromGeoJSON, FromKML, FromPolyline, FromHadoopShape, FromText, FromBinary} {
			b, err := read(nil, in)
			if err != nil {
				continue
			}
			if again, err := shape.AppendWKB(nil, b); err != nil || !bytes.Equal(again, b) {
				t.Fatalf("%x is read as %x, %v", b, again, err)
			}
			Area(b)
			Length(b)
			Points(b)
			AppendGeoJSON(nil, b)
		}
	})
}
