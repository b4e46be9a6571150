package formattest

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// Score is how many of the files that a project publishes for readers of its
// format are read as another reader reads them.
type Score struct {
	Format  string
	Files   string            // whose files, and which of them
	Right   int               // of All; files that must be refused and are, count
	All     int               //
	Refused int               // of Right: those that must be refused, with an error that the test expects
	As      string            // what the values are compared with
	Misses  map[string]string // why the others are not right, by file
	Left    string            // what is not among the files of the test, and why
}

// row is the score as docs/formats.md shows it.
func (s Score) row() string {
	var misses []string
	for _, name := range slices.Sorted(maps.Keys(s.Misses)) {
		misses = append(misses, name+": "+s.Misses[name])
	}
	if misses == nil {
		misses = []string{"none"}
	}
	return fmt.Sprintf("| %s | %s | %d of %d | %d | %s | %s | %s |",
		s.Format, s.Files, s.Right, s.All, s.Refused, s.As, strings.Join(misses, "; "), s.Left)
}

// Report prints the score, and fails the test of a format's package where
// docs/formats.md does not show the same.
func (s Score) Report(t testing.TB) {
	t.Helper()
	t.Logf("conformance: %s", s.row())
	page, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), s.row()+"\n") {
		t.Errorf("docs/formats.md shows another score than\n%s", s.row())
	}
}
