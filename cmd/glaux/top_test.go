package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestTopFits draws more queries than screens of all sizes have lines: each is full,
// none is longer, and the chosen query is on it where two lines are to spare.
func TestTopFits(t *testing.T) {
	v := &topView{groups: []topGroup{{Name: "primary", State: "ENABLED"}, {Name: "w", State: "ENABLED"}}}
	for i := range 40 {
		v.queries = append(v.queries, topQuery{id: fmt.Sprintf("%08d-rest", i), User: "ana", Group: "w", State: "RUNNING", Query: "SELECT\n'\x1b[2J'"})
	}
	for height := 1; height <= 60; height++ {
		for v.at = range v.queries {
			lines := v.lines(80, height)
			if len(lines) != height {
				t.Fatalf("height %d: %d lines", height, len(lines))
			}
			var chosen []string
			for _, l := range lines {
				if strings.Contains(l, "\x1b[2J") || strings.Contains(l, "\n") {
					t.Fatalf("a query's text reaches the terminal: %q", l)
				}
				if strings.HasPrefix(l, "\x1b[7m") {
					chosen = append(chosen, l)
				}
			}
			want := fmt.Sprintf("\x1b[7m%08d ", v.at)
			if height >= 3 && (len(chosen) != 1 || !strings.HasPrefix(chosen[0], want)) {
				t.Fatalf("height %d: %q is chosen, want %q", height, chosen, want)
			}
		}
	}
	for _, width := range []int{0, 1, 5} {
		v.lines(width, 10)
	}
	if lines := (&topView{}).lines(80, 10); len(lines) != 10 || strings.Contains(strings.Join(lines, ""), "\x1b[7m") {
		t.Errorf("an idle server: %q", lines)
	}
	if all := v.lines(0, 0); len(all) != 7+40 || !strings.HasPrefix(all[7], "00000000-rest  ana") {
		t.Errorf("once: %d lines, %q", len(all), all[7])
	}
}
