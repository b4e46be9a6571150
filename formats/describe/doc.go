// Package describe writes the tables of docs/formats.md. Nothing in them is
// typed by hand that a program can find out: small files are made or taken
// from testdata, read as a query would, and what happens is what the document
// says, the errors with their SQLSTATE included.
//
//	registry ──> entries (samples of each format) ── probes ──> sections ── Update ──> docs/formats.md
//
//go:generate go run ./docgen
package describe

import (
	"bytes"
	"fmt"
	"io/fs"
)

// sections are the parts of the document that Update makes, by the name in
// their marks.
var sections = []struct {
	name string
	make func(*prober) (string, error)
}{
	{"formats", formatsTable},
	{"types", typesTable},
	{"declared", declaredTable},
	{"compression", compressionTable},
	{"refused", refusedTable},
}

// Update gives the document with its generated sections made anew: what stands
// between <!-- made: NAME --> and <!-- end: NAME -->. repo is the root of the
// repository, whose formats/*/testdata the probes read. A section whose marks
// are missing is an error.
func Update(doc []byte, repo fs.FS) ([]byte, error) {
	p := &prober{repo: repo}
	for _, s := range sections {
		begin, end := []byte("<!-- made: "+s.name+" -->\n"), []byte("<!-- end: "+s.name+" -->")
		from, to := bytes.Index(doc, begin), bytes.Index(doc, end)
		if from < 0 || to < from {
			return nil, fmt.Errorf("the document has no section between %s and %s", bytes.TrimSpace(begin), end)
		}
		text, err := s.make(p)
		if err != nil {
			return nil, fmt.Errorf("section %s: %w", s.name, err)
		}
		doc = bytes.Join([][]byte{doc[:from+len(begin)], []byte(text), doc[to:]}, nil)
	}
	return doc, nil
}
