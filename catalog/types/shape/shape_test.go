package shape

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

// TestText prints what is read: what others write, and what it becomes.
func TestText(t *testing.T) {
	for _, c := range [][2]string{
		{"POINT (1 2)", ""}, {"point(1 2)", "POINT (1 2)"}, {"  POINT\t( 1.50\n-2e-3 ) ", "POINT (1.5 -0.002)"}, {"POINT EMPTY", ""}, {"POINT (-0 +3)", "POINT (0 3)"},
		{"SRID=4326;POINT (1 2)", "POINT (1 2)"}, {"POINT (1e300 1e-300)", "POINT (1e+300 1e-300)"}, {"POINT (123456789012345680000 0.000001)", ""},
		{"POINT Z (1 2 3)", ""}, {"POINTZ(1 2 3)", "POINT Z (1 2 3)"}, {"POINT (1 2 3)", "POINT Z (1 2 3)"}, {"POINT M (1 2 3)", ""}, {"POINT (1 2 3 4)", "POINT ZM (1 2 3 4)"}, {"POINT Z EMPTY", ""},
		{"LINESTRING (1 2, 3 4, 3 4)", ""}, {"LINESTRING EMPTY", ""}, {"LINESTRING Z (1 2 3, 4 5 6)", ""},
		{"POLYGON ((0 0, 4 0, 4 4, 0 0))", ""}, {"POLYGON EMPTY", ""},
		{"POLYGON ((1 1, 1 4, 4 4, 4 1))", "POLYGON ((1 1, 4 1, 4 4, 1 4, 1 1))"},
		{"POLYGON ((0 0, 9 0, 9 9, 0 9), (1 1, 2 1, 2 2, 1 2, 1 1))", "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1))"},
		{"POLYGON ((5 5, 7 7))", "POLYGON ((5 5, 7 7, 5 5))"}, {"POLYGON ((1 1))", "POLYGON ((1 1))"},
		{"MULTIPOINT (1 2, 3 4)", "MULTIPOINT ((1 2), (3 4))"}, {"MULTIPOINT ((1 2), EMPTY)", "MULTIPOINT ((1 2), EMPTY)"}, {"MULTIPOINT EMPTY", ""},
		{"MULTILINESTRING ((0 0, 1 1), EMPTY, (2 2, 3 3))", ""},
		{"MULTIPOLYGON (((0 0, 1 0, 0 1)), EMPTY)", "MULTIPOLYGON (((0 0, 1 0, 0 1, 0 0)), EMPTY)"},
		{"GEOMETRYCOLLECTION (POINT (1 2), GEOMETRYCOLLECTION (LINESTRING (0 0, 1 1), POLYGON EMPTY), GEOMETRYCOLLECTION EMPTY)", ""},
	} {
		if c[1] == "" {
			c[1] = c[0]
		}
		b, err := ParseWKT([]byte("x"), []byte(c[0]))
		if err != nil {
			t.Errorf("%s: %v", c[0], err)
			continue
		}
		if got := string(AppendWKT(nil, b[1:])); got != c[1] {
			t.Errorf("%s became %s, want %s", c[0], got, c[1])
		}
		if again, err := AppendWKB(nil, b[1:]); err != nil || !bytes.Equal(again, b[1:]) {
			t.Errorf("%s read as WKB: %x, %v", c[0], again, err)
		}
	}
}

// TestTextErrors tells what is wrong and where.
func TestTextErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "expected the name of a geometry at offset 0",
		"CIRCLE (1 2)":                "expected the name of a geometry at offset 0",
		"Z":                           "expected the name of a geometry at offset 0",
		"POINT":                       "expected ( or EMPTY at offset 5",
		"POINT (1)":                   "expected a number at offset 8",
		"POINT (1 2":                  "expected ) at offset 10",
		"POINT (1 2) x":               "text after the geometry at offset 12",
		"POINT (1 nan)":               "expected a number at offset 9",
		"POINT (1 1e999)":             "expected a number at offset 9",
		"POINT (1 2 3 4 5)":           "expected ) at offset 11",
		"LINESTRING (1 2; 3 4)":       "expected , or ) at offset 15",
		"LINESTRING (1 2, 3 4 5)":     "expected , or ) at offset 21",
		"POLYGON (1 2, 3 4)":          "expected ( at offset 9",
		"POLYGON (EMPTY)":             "expected ( at offset 9",
		"MULTIPOINT Z (1 2 3, (1 2))": "expected a number at offset 25",
		"GEOMETRYCOLLECTION (POINT (1 2), POINT Z (1 2 3))":                                              "coordinates of different dimensions at offset 40",
		strings.Repeat("GEOMETRYCOLLECTION (", MaxDepth) + "POINT (1 2)" + strings.Repeat(")", MaxDepth): "collections are nested too deeply",
	} {
		if b, err := ParseWKT([]byte("x"), []byte(text)); err == nil || !strings.Contains(err.Error(), want) || string(b) != "x" {
			t.Errorf("%.60s: %v, want %s", text, err, want)
		}
	}
}

// TestBinary reads other writers' bytes.
func TestBinary(t *testing.T) {
	for in, want := range map[string]string{
		"00000000013ff00000000000004000000000000000":                                                             "POINT (1 2)",     // big-endian
		"0101000020e6100000000000000000f03f0000000000000040":                                                     "POINT (1 2)",     // an SRID
		"01010000a0e6100000000000000000f03f00000000000000400000000000000840":                                     "POINT Z (1 2 3)", // PostGIS' Z
		"01e9030000000000000000f03f00000000000000400000000000000840":                                             "POINT Z (1 2 3)", // ISO's
		"0101000000000000000000f87f000000000000f87f":                                                             "POINT EMPTY",
		"01030000000100000000000000":                                                                             "POLYGON EMPTY",
		"0104000000020000000101000000000000000000f03f000000000000004000000000013ff00000000000004000000000000000": "MULTIPOINT ((1 2), (1 2))",
	} {
		raw, err := hex.DecodeString(in)
		if err != nil {
			t.Fatal(err)
		}
		b, err := AppendWKB(nil, raw)
		if err != nil || string(AppendWKT(nil, b)) != want {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
		for i := range raw {
			if b, err := AppendWKB(nil, raw[:i]); err == nil || len(b) > 0 {
				t.Errorf("the first %d bytes of %s are read", i, in)
			}
		}
	}
	for _, bad := range []string{"deadbeef", "0108000000", "0100000000", "01d0070000", "010200000000000040", "0101000000000000000000f07f0000000000000040",
		"0104000000010000000102000000" + "00000000", "0101000000000000000000f03f000000000000004000"} {
		raw, _ := hex.DecodeString(bad)
		if b, err := AppendWKB(nil, raw); err == nil {
			t.Errorf("%s is %s", bad, AppendWKT(nil, b))
		}
	}
	deep := bytes.Repeat([]byte{1, 7, 0, 0, 0, 1, 0, 0, 0}, 1_000_000)
	if _, err := AppendWKB(nil, deep); err == nil || !strings.Contains(err.Error(), "too deeply") {
		t.Errorf("a million collections in each other: %v", err)
	}
}

func TestMeasures(t *testing.T) {
	b, err := ParseWKT(nil, []byte("GEOMETRYCOLLECTION (POINT EMPTY, POLYGON ((1 2, 5 2, 5 8), (2 2.5, 3 3, 3 2.5)), POINT (-3 4))"))
	if err != nil {
		t.Fatal(err)
	}
	if box, ok := Envelope(b); !ok || box != (Box{-3, 2, 5, 8}) {
		t.Errorf("the box is %v, %v", box, ok)
	}
	if n := NumPoints(b); n != 7 {
		t.Errorf("%d points", n)
	}
	n := 0
	if Parts(b, func([]byte) { n++ }); n != 3 || IsEmpty(b) {
		t.Errorf("%d parts", n)
	}
	z, _ := ParseWKT(nil, []byte("GEOMETRYCOLLECTION Z (POLYGON ((0 0 1, 1 0 2, 0 1 3)), MULTIPOINT (1 2 3))"))
	if got := string(AppendWKT(nil, AppendFlat(nil, z))); got != "GEOMETRYCOLLECTION (POLYGON ((0 0, 1 0, 0 1, 0 0)), MULTIPOINT ((1 2)))" {
		t.Errorf("flat it is %s", got)
	}
}

func TestTile(t *testing.T) {
	for _, key := range []string{"0", "213", "123030123010121", strings.Repeat("3", MaxZoom)} {
		tile, err := ParseQuadKey([]byte(key))
		if err != nil {
			t.Fatal(err)
		}
		b := AppendTile(nil, tile)
		if back := TileOf(b); back != tile || string(AppendQuadKey(nil, back)) != key {
			t.Errorf("%s is %v, stored %v", key, tile, back)
		}
	}
	for _, key := range []string{"", "4", "01a", strings.Repeat("0", MaxZoom+1)} {
		if tile, err := ParseQuadKey([]byte(key)); err == nil {
			t.Errorf("%q is %v", key, tile)
		}
	}
}

// canonical checks what everybody relies on: bytes that read as themselves and whose
// text reads as the same.
func canonical(t *testing.T, b []byte) {
	t.Helper()
	again, err := AppendWKB(nil, b)
	if err != nil || !bytes.Equal(again, b) {
		t.Fatalf("%x is read as %x, %v", b, again, err)
	}
	text := AppendWKT(nil, b)
	if again, err = ParseWKT(nil, text); err != nil || !bytes.Equal(AppendWKT(nil, again), text) {
		t.Fatalf("%s is read as %s, %v", text, AppendWKT(nil, again), err)
	}
	Envelope(b)
	Parts(b, func(p []byte) { NumPoints(p) })
	AppendFlat(nil, b)
}

func FuzzText(f *testing.F) {
	f.Add([]byte("GEOMETRYCOLLECTION ZM (POINT (1 2 3 4), MULTIPOLYGON (((0 0 0 0, 1 1 1 1, 2 0 0 0)), EMPTY))"))
	f.Add([]byte("SRID=1;MULTIPOINT(1 2,(3 4),EMPTY)"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if b, err := ParseWKT(nil, text); err == nil {
			canonical(t, b)
		}
	})
}

func FuzzBinary(f *testing.F) {
	for _, s := range []string{"00000000013ff00000000000004000000000000000", "01030000000100000000000000", "0107000000010000000103000000010000000300000000000000000000000000000000000000000000000000f03f0000000000000000000000000000f03f000000000000f03f"} {
		raw, _ := hex.DecodeString(s)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if b, err := AppendWKB(nil, raw); err == nil {
			canonical(t, b)
		}
	})
}
