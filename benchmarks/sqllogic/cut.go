package main

import (
	"bytes"
	"os"
	"path/filepath"
)

// cutQueries is how many queries of a script the sample has.
const cutQueries = 60

// cut writes the sample that the tests run: the records of the first script of each
// folder up to its sixtieth query, and the short scripts of evidence whole.
func cut(scripts []script, dir string) error {
	seen := map[string]bool{}
	for _, s := range scripts {
		if seen[s.folder] && s.folder != "evidence" {
			continue
		}
		seen[s.folder] = true
		data, err := os.ReadFile(s.path)
		data = bytes.ReplaceAll(data, []byte("\r"), nil)
		if err != nil {
			return err
		}
		if s.folder != "evidence" {
			data = firstQueries(data, cutQueries)
		}
		path := filepath.Join(dir, filepath.FromSlash(s.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// firstQueries gives a script up to the end of its nth query.
func firstQueries(data []byte, n int) []byte {
	end := 0
	for ; n > 0; n-- {
		i := bytes.Index(data[end:], []byte("\nquery "))
		if i < 0 {
			return data
		}
		end += i + 1
		if i = bytes.Index(data[end:], []byte("\n\n")); i < 0 {
			return data
		}
		end += i + 1
	}
	return data[:end]
}
