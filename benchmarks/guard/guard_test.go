package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestCompare: what may not move is found to the unit, what may move beyond its
// tolerance, in both directions; what is missing or new is found, too.
func TestCompare(t *testing.T) {
	want := expected{compiler: compiler(), counts: []count{{"q", allocations, 1000}, {"q", "pages", 7}, {"q", "batches", 3}, {"q", instructions, 10_000_000},
		{"r", "pages", 1}}}
	c := compare(want, []count{{"q", allocations, 1020}, {"q", "pages", 7}, {"q", "batches", 3}, {"r", "pages", 1}}, "")
	if len(c.moved) != 0 || c.same != 4 || c.skipped != 1 || !strings.Contains(c.text(), "instructions of 1 queries") {
		t.Errorf("%+v", c)
	}
	c = compare(want, []count{{"q", allocations, 1021}, {"q", "pages", 8}, {"q", "files", 1}, {"q", instructions, 9_000_000}}, "q")
	var moved []string
	for _, d := range c.moved {
		moved = append(moved, d.what)
	}
	if got := strings.Join(moved, " "); got != "allocations pages batches instructions files" {
		t.Errorf("moved: %s\n%s", got, c.text())
	}
	want.compiler = "go1.0 plan9/mips"
	if c = compare(want, []count{{"q", instructions, 1}}, "q"); c.skipped != 1 || !strings.Contains(c.why, "plan9") {
		t.Errorf("%+v", c)
	}
}

// TestExpectedFile: what is written is what is read, and nothing is written that
// was not counted as a whole.
func TestExpectedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "expected.tsv")
	got := []count{{"q", "pages", 7}, {"q", instructions, 1 << 40}}
	if err := write(path, got[:1], ""); err == nil {
		t.Error("written without instructions")
	}
	if err := write(path, got, "q"); err == nil {
		t.Error("written for some of the queries")
	}
	if err := write(path, got, ""); err != nil {
		t.Fatal(err)
	}
	e, err := read(path)
	if err != nil || e.compiler != compiler() || len(e.counts) != 2 || e.counts[1] != got[1] {
		t.Errorf("%+v, %v", e, err)
	}
}
