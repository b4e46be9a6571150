package lines

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
)

// counter is a meter that sums data bytes.
type counter struct{ n [3]atomic.Int64 }

func (c *counter) Reserve(_ context.Context, k store.ReadKind, n int64) error {
	c.n[k].Add(n)
	return nil
}

// readLines reads a split's lines as a parser does.
func readLines(ctx context.Context, cfg Config) (out []string, err error) {
	r := Open(cfg)
	defer r.Close()
	if ok, err := r.SkipPartial(ctx); err != nil || !ok {
		return nil, err
	}
	for r.Offset() < r.End() {
		i := bytes.IndexByte(r.Bytes(), '\n')
		if i < 0 && !r.EOF() {
			if err := r.Fill(ctx); err != nil {
				return out, err
			}
			continue
		}
		if i < 0 {
			if len(r.Bytes()) > 0 {
				out = append(out, string(r.Bytes()))
			}
			break
		}
		out = append(out, string(r.Bytes()[:i]))
		r.Skip(i + 1)
	}
	return out, nil
}

func testLines(n int) (data string, want []string) {
	for i := range n {
		want = append(want, fmt.Sprintf("line %d %s", i, strings.Repeat("x", i%97)))
	}
	return strings.Join(want, "\n"), want
}

func TestSplitsHaveEveryLineOnce(t *testing.T) {
	m := store.NewMemory("t")
	data, want := testLines(40_000)
	o := m.Set("t", []byte(data))
	for _, target := range []int64{1 << 40, 1 << 20, 300_001, 70_000} {
		for _, eager := range []bool{false, true} {
			var got []string
			meter := &counter{}
			splits := Splits(o.Size, target)
			overlap := formats.NewOverlap(splits)
			for _, sp := range splits {
				ls, err := readLines(store.WithMeter(context.Background(), meter), Config{Store: m, Object: o, Split: sp.Range, Eager: eager, Overlap: overlap})
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, ls...)
			}
			if !cmp.Equal(want, got) {
				t.Fatalf("target %d: %d lines, want %d", target, len(got), len(want))
			}
			if read := meter.n[store.ReadData].Load(); read != o.Size {
				t.Errorf("target %d: %d bytes were read of %d", target, read, o.Size)
			}
		}
	}
}

// TestTinySplits cuts at every byte: each line must come exactly once.
func TestTinySplits(t *testing.T) {
	m := store.NewMemory("t")
	data := "one\n\ntwo is longer\n\n\nthree"
	o := m.Set("t", []byte(data))
	for at := int64(0); at <= o.Size; at++ {
		var got []string
		for _, r := range []store.Range{{Len: at}, {Off: at, Len: o.Size - at}} {
			ls, err := readLines(context.Background(), Config{Store: m, Object: o, Split: r})
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, ls...)
		}
		if diff := cmp.Diff(strings.Split(data, "\n"), got); diff != "" {
			t.Errorf("cut at %d: %s", at, diff)
		}
	}
}

func TestSplits(t *testing.T) {
	for _, tt := range []struct{ size, target, n int64 }{{0, 10, 0}, {1, 10, 1}, {10, 10, 1}, {11, 10, 2}, {100, 0, 100}, {1 << 62, 1 << 60, 4}} {
		got := Splits(tt.size, tt.target)
		if int64(len(got)) != tt.n {
			t.Errorf("%+v: %d splits", tt, len(got))
			continue
		}
		at := int64(0)
		for _, s := range got {
			if s.Range.Off != at || s.Range.Len <= 0 {
				t.Errorf("%+v: %v", tt, got)
			}
			at += s.Range.Len
		}
		if at != tt.size {
			t.Errorf("%+v: they cover %d", tt, at)
		}
	}
}

// TestLimitReadsLittle: without reading ahead the first lines cost one chunk.
func TestLimitReadsLittle(t *testing.T) {
	m := store.NewMemory("t")
	data, _ := testLines(100_000)
	o := m.Set("t", []byte(data))
	meter := &counter{}
	ctx := store.WithMeter(context.Background(), meter)
	r := Open(Config{Store: m, Object: o, Split: store.Range{Len: o.Size}})
	defer r.Close()
	if err := r.Fill(ctx); err != nil {
		t.Fatal(err)
	}
	if n := meter.n[store.ReadData].Load(); n != minChunk {
		t.Errorf("%d bytes read", n)
	}
}

func TestLineNumbers(t *testing.T) {
	m := store.NewMemory("t")
	data, want := testLines(30_000)
	o := m.Set("t", []byte(data))
	ctx := context.Background()
	for _, sp := range Splits(o.Size, 400_000) {
		r := Open(Config{Store: m, Object: o, Split: sp.Range})
		if _, err := r.SkipPartial(ctx); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			for len(r.Bytes()) < 1<<18 && !r.EOF() {
				if err := r.Fill(ctx); err != nil {
					t.Fatal(err)
				}
			}
			off := r.Offset() + 1000
			wantLine := int64(1 + strings.Count(data[:off], "\n"))
			if got := r.Line(ctx, off); got != wantLine {
				t.Errorf("split %v: offset %d is on line %d, want %d of %d", sp.Range, off, got, wantLine, len(want))
			}
			r.Skip(100_000)
		}
		r.Close()
	}
}

func TestErrorsHaveAPlace(t *testing.T) {
	m := store.NewMemory("t")
	data, _ := testLines(100_000)
	o := m.Set("t", []byte(data))
	broken := fault.New(fault.CodeIO, "the disk is broken")
	for _, eager := range []bool{false, true} {
		var reads atomic.Int64
		m.FailWith(func(op, key string) error {
			if reads.Add(1) > 3 {
				return broken
			}
			return nil
		})
		_, err := readLines(context.Background(), Config{Store: m, Object: o, Split: store.Range{Len: o.Size}, Eager: eager})
		if !errors.Is(err, broken) {
			t.Errorf("eager %v: %v", eager, err)
		}
	}
	m.FailWith(nil)
	ctx, cancel := context.WithCancel(context.Background())
	r := Open(Config{Store: m, Object: o, Split: store.Range{Len: o.Size}, Eager: true})
	for range 2 {
		if err := r.Fill(ctx); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	for range 10 {
		if err := r.Fill(ctx); err != nil {
			break
		}
	}
	r.Close() // waits for what is under way
	long := m.Set("long", make([]byte, MaxRecord+12<<20))
	_, err := readLines(context.Background(), Config{Store: m, Object: long, Split: store.Range{Len: long.Size}})
	if e := fault.As(err); e == nil || e.Code != fault.CodeDataCorrupted || e.Object == "" {
		t.Errorf("a record without an end: %v", err)
	}
}

func TestHead(t *testing.T) {
	m := store.NewMemory("t")
	data, _ := testLines(50_000)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write([]byte(data))
	w.Close()
	ctx := context.Background()
	tests := []struct {
		name, key string
		data      []byte
		n         int
		codec     codec.Codec
		len       int
		complete  bool
	}{
		{"plain", "a.txt", []byte("abc"), 100, codec.None, 3, true},
		{"plain, long", "a.txt", []byte(data), 1000, codec.None, 1000, false},
		{"gzip", "a.gz", zipped.Bytes(), 10 << 20, codec.Gzip, len(data), true},
		{"gzip without its extension", "a", zipped.Bytes(), 5000, codec.Gzip, 5000, false},
		{"empty", "a", nil, 5000, codec.None, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := m.Set(tt.key, tt.data)
			p, err := PackingOf(o, formats.Options{})
			if err != nil {
				t.Fatal(err)
			}
			head, complete, err := Head(ctx, m, o, &p, tt.n)
			if c := p.Expected(); err != nil || c != tt.codec || len(head) != tt.len || complete != tt.complete {
				t.Errorf("%d bytes, %s, complete %v, %v", len(head), p.Expected(), complete, err)
			}
		})
	}
	p := Packed(codec.Gzip)
	_, _, err := Head(ctx, m, m.Set("bad.gz", []byte("no gzip")), &p, 100)
	if e := fault.As(err); e == nil || e.Code != fault.CodeDataCorrupted || e.Object != "memory://t/bad.gz" {
		t.Errorf("%v", err)
	}
}
