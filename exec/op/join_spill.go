package op

import (
	"context"
	"io"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec/mem/spill"
	"github.com/glauxdb/glaux/formats/vector"
)

// joinSpill is the part of a build side that is on disk: its rows are cut by the
// hashes of their keys, and some of the partitions ("out") go to files while the
// others stay in memory. Hybrid hash join: DeWitt et al., Implementation Techniques
// for Main Memory Database Systems, 1984.
//
//	Local: pressed ── cuts its rows, writes those that are out, keeps the others
//	Finish: more partitions go out until the table of the rest fits
//	probe: rows of partitions in memory are joined, those of the others go to files (joinRest)
//	then: each partition on disk is a join of its own, which may be cut again by other bits
type joinSpill struct {
	files *spill.Files
	types []types.Type
	cut   joinCut

	mu      sync.Mutex // guards the choice of partitions
	version atomic.Int64
	parts   []joinPart
}

// joinPart is one partition of a build side.
type joinPart struct {
	out  atomic.Bool  // its rows go to disk
	rows atomic.Int64 // in memory, of all copies

	mu   sync.Mutex // guards w
	w    *spill.Writer
	file *spill.Part // after Finish
}

// joinFan is how many partitions rows are cut into at a time.
const joinFan = 16

// joinDepth is how often a partition is cut again before it is joined piece by piece.
const joinDepth = 6

// joinCut gives rows their partitions: by bits of the hash that neither the table nor
// a cut at another depth uses.
type joinCut struct {
	depth, fan int
}

// cutSeeds are odd numbers without pattern (digits of pi), one for each depth.
var cutSeeds = [joinDepth + 1]uint64{0x243F6A8885A308D3, 0x13198A2E03707345, 0xA4093822299F31D1,
	0x082EFA98EC4E6C89, 0x452821E638D01377, 0xBE5466CF34E90C6D, 0xC0AC29B7C97C50DD}

// of gives the partition of a hash.
func (c joinCut) of(hash uint64) int {
	hi, lo := bits.Mul64(hash^cutSeeds[c.depth], cutSeeds[c.depth])
	return int((hi ^ lo) & uint64(c.fan-1))
}

// spilling begins to cut the build side, unless that has been done.
func (j *JoinBuild) spilling() (*joinSpill, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.spill != nil {
		return j.spill, nil
	}
	s := &joinSpill{files: j.query.Spill, types: j.storeTypes(), cut: joinCut{depth: j.depth, fan: joinFan}}
	if len(j.Keys) == 0 {
		s.cut.fan = 1
	}
	s.parts = make([]joinPart, s.cut.fan)
	if err := s.shed(); err != nil {
		return nil, err
	}
	j.spill = s
	return s, nil
}

// mayCut reports whether cutting the rows is possible and can help.
func (j *JoinBuild) mayCut() bool {
	most := joinDepth
	if j.query.SpillAlways {
		most = 1
	}
	return j.query.Spill != nil && !j.whole && j.depth <= most
}

// shed sends half of the partitions that are in memory to disk, the largest.
func (s *joinSpill) shed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var in []int
	for p := range s.parts {
		if !s.parts[p].out.Load() {
			in = append(in, p)
		}
	}
	slices.SortStableFunc(in, func(a, b int) int { return int(s.parts[b].rows.Load() - s.parts[a].rows.Load()) })
	for k, p := range in[:(len(in)+1)/2] {
		w, err := s.files.Create(s.types)
		if err != nil {
			if k > 0 {
				break // one is progress
			}
			return err
		}
		s.parts[p].w = w
		s.parts[p].out.Store(true)
	}
	s.version.Add(1)
	return nil
}

// allOut reports whether no partition is in memory.
func (s *joinSpill) allOut() bool {
	for p := range s.parts {
		if !s.parts[p].out.Load() {
			return false
		}
	}
	return true
}

// write appends rows to a partition that is out.
func (s *joinSpill) write(p int, b *vector.Batch) error {
	part := &s.parts[p]
	part.mu.Lock()
	defer part.mu.Unlock()
	return part.w.Append(b)
}

// seal ends the writing. t may be nil.
func (s *joinSpill) seal(t *Trace) error {
	for p := range s.parts {
		part := &s.parts[p]
		if part.w == nil {
			continue
		}
		file, err := part.w.Close()
		if err != nil {
			return err
		}
		part.w, part.file = nil, file
		t.spilled(file)
	}
	return nil
}

// spilled counts a file. t may be nil.
func (t *Trace) spilled(file *spill.Part) {
	if t != nil {
		t.Spilled.Add(file.Bytes())
	}
}

// onDisk counts the rows of the partitions that are out, after seal.
func (s *joinSpill) onDisk() (rows int64) {
	for p := range s.parts {
		if f := s.parts[p].file; f != nil {
			rows += f.Rows()
		}
	}
	return rows
}

// each reads all rows on disk.
func (s *joinSpill) each(ctx context.Context, f func(b *vector.Batch) error) error {
	for p := range s.parts {
		if file := s.parts[p].file; file != nil {
			if err := eachBatch(ctx, file, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// eachBatch reads a file.
func eachBatch(ctx context.Context, file *spill.Part, f func(b *vector.Batch) error) error {
	r, err := file.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	var b vector.Batch
	for {
		switch err := r.Next(ctx, &b); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if err := f(&b); err != nil {
			return err
		}
	}
}
