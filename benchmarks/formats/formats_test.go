package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/benchmarks/peer"
)

// TestQuestion: as many values as reader.py gives, in its order.
func TestQuestion(t *testing.T) {
	got := question("t")
	if n := strings.Count(got, "("); n != 10*3-1+5 {
		t.Errorf("%d values in %s", n, got)
	}
	if !strings.Contains(readerScript, `"id", "account", "price", "amount", "active", "day", "seen", "region", "name", "score"`) || len(table) != 10 {
		t.Error("reader.py has other columns than the table")
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		runs []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{5, 1, 3}, 3}, {[]float64{4, 1, 2, 3}, 2.5}} {
		if got := median(c.runs); got != c.want {
			t.Errorf("%v: %v, want %v", c.runs, got, c.want)
		}
	}
}

// TestReport: a ratio above its target is said, other rows are an error.
func TestReport(t *testing.T) {
	one, two := "1", "2"
	r := &report{Formats: []result{{Name: "a", Ratio: 1.1, Target: 1}, {Name: "b", Ratio: 1, Target: 1.2}}}
	out := filepath.Join(t.TempDir(), "x")
	if err := r.finish(out); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out + ".md")
	if err != nil || !strings.Contains(string(text), "1 of 2 formats within the target; not: a") {
		t.Errorf("%s %v", text, err)
	}
	r.Formats[1].Difference = peer.Difference([][]*string{{&one}}, [][]*string{{&two}})
	if err := r.finish(""); err == nil || !strings.Contains(err.Error(), "other rows in b") {
		t.Errorf("got %v", err)
	}
}
