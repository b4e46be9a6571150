package main

import (
	"fmt"
	"hash/fnv"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// script is a file of the corpus.
type script struct {
	name   string // below the corpus, with slashes
	path   string
	folder string   // of which the sample takes its share
	hashes []uint64 // of its queries
}

// load finds the scripts and reads which queries each has.
func load(corpus string) ([]script, error) {
	var out []script
	err := filepath.WalkDir(corpus, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".test" {
			return err
		}
		rel, err := filepath.Rel(corpus, path)
		if err != nil {
			return err
		}
		s := script{name: filepath.ToSlash(rel), path: path}
		s.folder = folderOf(s.name)
		records, _, err := s.read()
		if err != nil {
			return err
		}
		for i := range records {
			if records[i].query {
				s.hashes = append(s.hashes, s.hash(records[i].line))
			}
		}
		out = append(out, s)
		return nil
	})
	if err == nil && len(out) == 0 {
		err = fmt.Errorf("no scripts (*.test) below %s", corpus)
	}
	return out, err
}

// folderOf gives the first two folders of a script's name, or its own name.
func folderOf(name string) string {
	p := strings.Split(strings.TrimSuffix(name, ".test"), "/")
	return strings.Join(p[:min(2, max(1, len(p)-1))], "/")
}

func (s script) read() ([]record, int, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	return parse(f)
}

// hash gives a number that a query of the script has for ever.
func (s script) hash(line int) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s:%d", s.name, line)
	return h.Sum64()
}

// threshold says up to which hash queries of a folder are in the sample.
type threshold map[string]uint64

func (t threshold) takes(s script, line int) bool { return s.hash(line) <= t[s.folder] }

// sample chooses at least n queries, or all there are: folders with fewer than an
// equal share whole, and the same number from each of the others.
func sample(scripts []script, n int) threshold {
	byFolder := map[string][]uint64{}
	for _, s := range scripts {
		byFolder[s.folder] = append(byFolder[s.folder], s.hashes...)
	}
	sizes := make([]int, 0, len(byFolder))
	for _, h := range byFolder {
		slices.Sort(h)
		sizes = append(sizes, len(h))
	}
	share := share(sizes, n)
	t := threshold{}
	for f, h := range byFolder {
		if t[f] = math.MaxUint64; len(h) > share {
			t[f] = h[share-1]
		}
	}
	return t
}

// share gives the least number such that the sizes, cut to it, sum up to n.
func share(sizes []int, n int) int {
	slices.Sort(sizes)
	if n <= 0 {
		return math.MaxInt
	}
	for i, size := range sizes {
		if rest := len(sizes) - i; size*rest >= n {
			return (n + rest - 1) / rest
		}
		n -= size
	}
	return math.MaxInt
}
