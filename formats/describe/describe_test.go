package describe

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDocumentIsCurrent compares docs/formats.md with what docgen would write.
func TestDocumentIsCurrent(t *testing.T) {
	have, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := Update(have, os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Errorf("docs/formats.md is not what the formats do: run go generate ./formats/describe\n%s", cmp.Diff(string(have), string(want)))
	}
}

// TestUpdateNeedsItsMarks: a section that somebody removed is not left out in
// silence.
func TestUpdateNeedsItsMarks(t *testing.T) {
	_, err := Update([]byte("no marks\n"), os.DirFS("../.."))
	if err == nil || !strings.Contains(err.Error(), "made: formats") {
		t.Errorf("got %v", err)
	}
}

// TestSamples: every format of text has at least one row in the large sample,
// and it is cut where the format can be.
func TestSamples(t *testing.T) {
	p := &prober{repo: os.DirFS("../..")}
	for _, e := range entries() {
		if !e.text {
			continue
		}
		first, rows, err := p.read(e.large())
		if err != nil || rows < 1000 || first[0].I != 7000000000 {
			t.Errorf("%s: %d rows, %v", e.name, rows, err)
		}
	}
}
