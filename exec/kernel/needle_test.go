package kernel

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/vector"
)

// TestIndexTriple compares what looks at many places at a time with what looks at one,
// over all lengths and distances about a block.
func TestIndexTriple(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 50000 {
		gapB := rng.IntN(40)
		gapC := gapB + rng.IntN(40)
		s := make([]byte, gapC+indexBlock+rng.IntN(150))
		letters := 1 + rng.IntN(8)
		letter := func() byte { return 'a' + byte(rng.IntN(letters)) }
		for i := range s {
			s[i] = letter()
		}
		a, b, c := letter(), letter(), letter()
		if got, want := indexTriple(s, a, b, c, gapB, gapC), indexTripleGo(s, a, b, c, gapB, gapC); got != want {
			t.Fatalf("%q: %c, %c %d and %c %d behind: %d, want %d", s, a, b, gapB, c, gapC, got, want)
		}
	}
}

func TestNeedle(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	random := func(n, letters int) []byte {
		s := make([]byte, n)
		for i := range s {
			s[i] = 'a' + byte(rng.IntN(letters))
		}
		return s
	}
	for range 20000 {
		letters := 1 + rng.IntN(4)
		text, s := random(rng.IntN(12), letters), random(rng.IntN(300), letters)
		n := NewNeedle(text)
		if got, want := n.Index(s), bytes.Index(s, text); got != want {
			t.Fatalf("%q in %q: %d, want %d", text, s, got, want)
		}
	}
}

// TestSearch looks for needles in rows that lie one after the other, apart, in disorder
// and as codes.
func TestSearch(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for round := range 3000 {
		v := vector.New(types.TVarchar, 0)
		rows := 1 + rng.IntN(100)
		for range rows {
			s := make([]byte, rng.IntN(20))
			for i := range s {
				s[i] = 'a' + byte(rng.IntN(3))
			}
			v.AppendBytes(s)
		}
		switch round % 3 {
		case 1:
			rng.Shuffle(rows, func(i, j int) { v.Ranges()[i], v.Ranges()[j] = v.Ranges()[j], v.Ranges()[i] })
		case 2:
			codes := make([]uint32, rows)
			for i := range codes {
				codes[i] = uint32(rng.IntN(rows))
			}
			v = &vector.Vector{Type: v.Type, Form: vector.Dict, Base: v, Codes: codes, Len: rows}
		}
		var sel vector.Sel
		dense := rng.IntN(4)
		for i := range rows {
			if rng.IntN(4) <= dense {
				sel = append(sel, uint16(i))
			}
		}
		needle := NewNeedle([]byte("abcab")[:1+rng.IntN(5)])
		s := StringsOf(v)
		find := NewSearch(&s, &needle, sel, rows)
		for _, i := range sel {
			if got, want := find.Has(int(i)), bytes.Contains(s.At(int(i)), needle.text); got != want {
				t.Fatalf("%q in %q: %v, want %v", needle.text, s.At(int(i)), got, want)
			}
		}
	}
}

func BenchmarkLike(b *testing.B) {
	rng := rand.New(rand.NewPCG(4, 4))
	words := make([]string, 60) // the patterns' words are among them, at a tenth of the rows each
	for i := range words {
		for range 3 + rng.IntN(7) {
			words[i] += string("etaoinsrhldcumfpgwybvkxjqz"[min(rng.IntN(26), rng.IntN(26))])
		}
	}
	copy(words, []string{"special", "requests", "quickly", "packages", "carefully", "express"})
	v := vector.New(types.TVarchar, 0)
	for range vector.BatchSize {
		var s []byte
		for range 7 {
			s = append(append(s, words[rng.IntN(len(words))]...), ' ')
		}
		v.AppendBytes(s)
	}
	for _, p := range []string{"%special%requests%", "%zebra%", "%ly%", "express%requests%"} {
		m, err := NewLikeMatcher(p, "", false)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(p, func(b *testing.B) {
			b.SetBytes(int64(len(v.Data)))
			out := make(vector.Sel, vector.BatchSize)
			for b.Loop() {
				out = m.filter(v, v.Len, nil, true, out)
			}
		})
	}
}
