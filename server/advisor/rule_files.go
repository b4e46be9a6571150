package advisor

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/server/workgroup"
)

const (
	smallFile  = 16 << 20  // an average below it makes a scan's files small
	manyFiles  = 20        // and so many of them make it a waste
	fileTarget = 256 << 20 // what CREATE TABLE AS lets files grow to
	fewer      = 4         // so many times fewer files are worth the trouble
	footer     = 64 << 10  // bytes that the first request to a Parquet file reads at most
)

// crowded reports whether a scan reads many small files.
func (x *scan) crowded() bool { return x.files >= manyFiles && x.size/int64(x.files) < smallFile }

// filesIn gives how many files the bytes of a scan need in so many partitions.
func (x *scan) filesIn(partitions float64) float64 {
	return max(1, partitions, math.Ceil(float64(x.size)/fileTarget))
}

// findSmallFiles looks for tables most of whose scans read many small files: each
// costs requests, and its footer. A table for which something else writes all files
// anew is passed over.
func findSmallFiles(ctx context.Context, s *subject) ([]Finding, error) {
	if slices.ContainsFunc(s.found, func(f Finding) bool { return f.Kind == RowFormat }) {
		return nil, nil
	}
	crowded, largest := 0, &s.use.scans[0]
	for i := range s.use.scans {
		x := &s.use.scans[i]
		if x.crowded() {
			crowded++
		}
		if x.files > largest.files {
			largest = x
		}
	}
	if 2*crowded < len(s.use.scans) {
		return nil, nil
	}
	keys, left := s.keys(), float64(max(largest.partitions, 1))
	if fewer*largest.filesIn(left) > float64(largest.files) {
		// The partitions themselves are small.
		if 10*crowded < 9*len(s.use.scans) {
			return nil, nil // some queries need them so
		}
		var err error
		if keys, left, err = s.coarser(ctx, largest); ctx.Err() != nil {
			return nil, context.Cause(ctx)
		} else if err != nil {
			f := s.finding(SmallFiles, waste{})
			f.What = "small files in small partitions"
			f.Notes = []string{"its partitions cannot be listed: " + err.Error()}
			return []Finding{f}, nil
		}
		if fewer*largest.filesIn(left) > float64(largest.files) {
			return nil, nil
		}
	}
	return s.smallFiles(ctx, largest, keys, left)
}

// smallFiles writes the finding: keys are those that the new table is partitioned by,
// into so many partitions of those that the largest scan reads.
func (s *subject) smallFiles(ctx context.Context, largest *scan, keys []string, partitions float64) ([]Finding, error) {
	var w waste
	part := partitions / float64(max(largest.partitions, 1))
	for i := range s.use.scans {
		if x := &s.use.scans[i]; x.files > 0 {
			left := min(x.filesIn(part*float64(x.partitions)), float64(x.files))
			w.requests += x.requests * (1 - left/float64(x.files))
			w.bytes += x.footers(float64(x.files)) - x.footers(left)
		}
	}
	f := s.finding(SmallFiles, w)
	f.What = fmt.Sprintf("small files: %s on average", workgroup.Bytes(largest.size/int64(largest.files)))
	f.Evidence = fmt.Sprintf("a query reads up to %d files (%s) with %.0f requests; as many bytes fit into %.0f", largest.files, workgroup.Bytes(largest.size),
		largest.requests, largest.filesIn(partitions))
	r := rewrite{keys: keys}
	if dropped := s.keys()[len(keys):]; len(dropped) > 0 {
		f.What += ", because partitions are: " + strings.Join(s.keys(), ", ")
		f.Notes = append(f.Notes, fmt.Sprintf("%s is an ordinary column then: queries of one of its values read more", strings.Join(dropped, ", ")))
		if largest.size <= fileTarget {
			r.order = dropped[0]
		}
	}
	return s.rewriteFix(ctx, f, r)
}

// footers gives the metadata that a scan would have read of so many files: what it
// read, in the proportion of the first requests to them.
func (x *scan) footers(files float64) float64 {
	first := func(n float64) float64 { return n * min(footer, float64(x.size)/n) }
	if all := first(float64(x.files)); all > 0 {
		return x.metadata * first(files) / all
	}
	return 0
}

// coarser finds how many of the keys the table can be partitioned by so that
// partitions are not small, and how many partitions are left then of those that a scan
// reads.
func (s *subject) coarser(ctx context.Context, largest *scan) (keys []string, left float64, err error) {
	parts, err := s.o.Lake.Partitions(ctx, s.o.Catalog, s.table, nil, false)
	if err != nil || parts == nil || parts.N == 0 {
		return nil, 1, err
	}
	all := s.keys()
	for n := len(all) - 1; n > 0; n-- {
		left = float64(largest.partitions) * float64(prefixes(parts, n)) / float64(parts.N)
		if float64(largest.size)/max(left, 1) >= smallFile {
			return all[:n], left, nil
		}
	}
	return nil, 1, nil
}

// prefixes counts the different values of the first n keys; partitions are in the
// order of their values.
func prefixes(p *catalog.Partitions, n int) int {
	count := 0
	for i := range p.N {
		differs := i == 0
		for k := 0; k < n && !differs; k++ {
			differs = p.Keys[k].Codes[i] != p.Keys[k].Codes[i-1]
		}
		if differs {
			count++
		}
	}
	return count
}
