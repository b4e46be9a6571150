package h3

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func lines(t testing.TB, name string) [][]string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for l := range strings.Lines(string(b)) {
		out = append(out, strings.Split(strings.TrimSpace(l), "\t"))
	}
	return out
}

func number(t testing.TB, s string) float64 {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func degrees(p LatLng) (float64, float64) { return p.Lat * 180 / math.Pi, p.Lng * 180 / math.Pi }

// same compares a place with "latitude longitude".
func same(t testing.TB, p LatLng, want string) bool {
	lat, lng, _ := strings.Cut(want, " ")
	a, b := degrees(p)
	d := math.Abs(b - number(t, lng))
	d = min(d, 360-d) * math.Cos(p.Lat)
	return math.Abs(a-number(t, lat)) < 1e-8 && d < 1e-8
}

func cell(t testing.TB, s string) Cell {
	c, ok := Parse(s)
	if !ok {
		t.Fatal(s)
	}
	return c
}

// TestCells compares cells, centers, corners and neighbors with those of Uber's
// library (testdata/expect.py).
func TestCells(t *testing.T) {
	for _, l := range lines(t, "cells.tsv") {
		lat, lng, res := number(t, l[0]), number(t, l[1]), int(number(t, l[2]))
		c := CellOf(LatLng{lat * math.Pi / 180, lng * math.Pi / 180}, res)
		want := cell(t, l[3])
		if c != want {
			t.Errorf("%s %s %d: got %v, want %v", l[0], l[1], res, c, want)
			continue
		}
		if !c.Valid() || !same(t, c.Center(), l[4]) {
			a, b := degrees(c.Center())
			t.Errorf("%v: valid %v, center %.10f %.10f, want %s", c, c.Valid(), a, b, l[4])
		}
		corners := strings.Split(l[5], ",")
		got := c.Boundary()
		if !slices.EqualFunc(got, corners, func(p LatLng, w string) bool { return same(t, p, w) }) {
			t.Errorf("%v (pentagon %v): %d corners, want %d", c, c.Pentagon(), len(got), len(corners))
		}
		disk := c.Disk(1)
		slices.Sort(disk)
		if s := join(disk); s != l[6] {
			t.Errorf("%v: neighbors %s, want %s", c, s, l[6])
		}
	}
}

func join(cs []Cell) string {
	s := make([]string, len(cs))
	for i, c := range cs {
		s[i] = c.String()
	}
	return strings.Join(s, ",")
}

// TestDistances compares distances with those of Uber's library; where it knows none,
// neither do we.
func TestDistances(t *testing.T) {
	known := 0
	for _, l := range lines(t, "pairs.tsv") {
		a, b := cell(t, l[0]), cell(t, l[1])
		n, ok := Distance(a, b)
		if !ok && l[2] == "-" {
			continue
		}
		if want, err := strconv.Atoi(l[2]); err != nil || !ok || n != want {
			t.Errorf("%v to %v: %d (%v), want %s", a, b, n, ok, l[2])
		}
		known++
	}
	t.Logf("%d distances", known)
}

// TestFamilies: parents, children and the cells of the sphere.
func TestFamilies(t *testing.T) {
	total, pentagons := 0, 0
	for base := range bases {
		root := newCell(base, 0)
		for res := range 4 {
			cs := root.AppendChildren(nil, res)
			if int64(len(cs)) != root.ChildCount(res) || !slices.IsSorted(cs) {
				t.Fatalf("%v has %d children of resolution %d, want %d", root, len(cs), res, root.ChildCount(res))
			}
			for _, c := range cs {
				if !c.Valid() || c.Parent(0) != root || CellOf(c.Center(), res) != c {
					t.Fatalf("%v: valid %v, parent %v, the cell of its center %v", c, c.Valid(), c.Parent(0), CellOf(c.Center(), res))
				}
				if res == 3 {
					total++
					if c.Pentagon() {
						pentagons++
					}
				}
			}
			back, ok := Compact(cs)
			if !ok || len(back) != 1 || back[0] != root {
				t.Fatalf("%v: compact gives %v", root, back)
			}
		}
	}
	if int64(total) != NumCells(3) || pentagons != 12 {
		t.Errorf("%d cells, %d pentagons", total, pentagons)
	}
}

// TestNeighbors: who is a neighbor of a cell has it for a neighbor, a pentagon five.
func TestNeighbors(t *testing.T) {
	for _, l := range lines(t, "cells.tsv") {
		c := cell(t, l[3])
		want := 6
		if c.Pentagon() {
			want = 5
		}
		ring := c.Ring(1)
		if len(ring) != want {
			t.Errorf("%v has %d neighbors, want %d", c, len(ring), want)
		}
		for _, n := range ring {
			if !slices.Contains(n.Ring(1), c) {
				t.Errorf("%v is a neighbor of %v, not the other way", n, c)
			}
			if d, ok := Distance(c, n); ok && d != 1 {
				t.Errorf("%v to its neighbor %v: %d", c, n, d)
			}
		}
		if big := c.Disk(4); len(big) > int(MaxDisk(4)) {
			t.Errorf("%v: a disk of %d cells", c, len(big))
		}
	}
}

// FuzzCell: whatever number is taken for a cell, nothing panics, and a valid one is
// where it says.
func FuzzCell(f *testing.F) {
	f.Add(uint64(0x8928308280fffff), uint64(0x8928308280bffff))
	f.Add(uint64(0x801dfffffffffff), uint64(0))
	f.Add(^uint64(0), uint64(1)<<59)
	f.Fuzz(func(t *testing.T, a, b uint64) {
		c := Cell(a)
		if !c.Valid() {
			return
		}
		if got := CellOf(c.Center(), c.Resolution()); got != c {
			t.Errorf("%v: its center lies in %v", c, got)
		}
		if n := len(c.Boundary()); n < 5 || n > 10 {
			t.Errorf("%v has %d corners", c, n)
		}
		for _, n := range c.Ring(1) {
			if !n.Valid() {
				t.Errorf("%v has the neighbor %v", c, n)
			}
		}
		if p, ok := Parse(c.String()); !ok || p != c {
			t.Errorf("%v is read as %v", c, p)
		}
		if Cell(b).Valid() {
			Distance(c, Cell(b))
		}
	})
}

func BenchmarkCellOf(b *testing.B) {
	for _, res := range []int{5, 9, 15} {
		b.Run(strconv.Itoa(res), func(b *testing.B) {
			p := LatLng{0.65, -2.13}
			for b.Loop() {
				p.Lat += 1e-7
				CellOf(p, res)
			}
		})
	}
}

func BenchmarkDisk(b *testing.B) {
	for b.Loop() {
		Cell(0x8928308280fffff).Disk(10)
	}
}

// TestPolygons compares the cells within polygons with those of Uber's library.
func TestPolygons(t *testing.T) {
	for _, l := range lines(t, "polygons.tsv") {
		var rings []Ring
		for text := range strings.SplitSeq(l[1], "|") {
			var r Ring
			for p := range strings.FieldsSeq(text) {
				lng, lat, _ := strings.Cut(p, ",")
				r = append(r, [2]float64{number(t, lng), number(t, lat)})
			}
			rings = append(rings, r)
		}
		cells, ok := InPolygon(rings, int(number(t, l[2])), nil)
		slices.Sort(cells)
		sum := sha256.Sum256([]byte(join(cells)))
		if got := hex.EncodeToString(sum[:8]); !ok || strconv.Itoa(len(cells)) != l[3] || got != l[4] {
			t.Errorf("%s in resolution %s: %d cells (%v, %s), want %s (%s)", l[0], l[2], len(cells), ok, got, l[3], l[4])
		}
	}
	if _, ok := InPolygon([]Ring{{{0, 0}, {50, 0}, {50, 50}, {0, 50}}}, 15, nil); ok {
		t.Error("a continent in cells of a square metre is too much")
	}
	done := make(chan struct{})
	close(done)
	if _, ok := InPolygon([]Ring{{{0, 0}, {5, 0}, {5, 5}, {0, 5}}}, 6, done); ok {
		t.Error("it goes on after its end")
	}
}
