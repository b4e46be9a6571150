package advisor

import (
	"context"
	"fmt"
)

// parquetPart is the rule of thumb: how large Parquet (ZSTD) is beside files of a
// format that are not compressed. csv and json are measured with this program's own
// writer (docs/advisor.md has the figures), xml is taken for json, the binary ones for
// csv, avro's blocks for compressed ones.
var parquetPart = map[string]float64{"csv": 0.25, "json": 0.12, "xml": 0.12, "ion": 0.25, "bson": 0.25, "avro": 0.85}

const (
	// parquetOfLogs stands for the formats that patterns read: grok, regex and the
	// logs that have names of their own.
	parquetOfLogs = 0.2
	// parquetOfPacked is for files that are compressed as a whole.
	parquetOfPacked = 0.85
	// leastTable is the size below which it does not matter how a table is stored.
	leastTable = 1 << 20
	// leastSaved is the part of the bytes that must be saved for a finding.
	leastSaved = 0.25
)

// columnar are the formats from which a query reads only the columns that it needs.
var columnar = map[string]bool{"parquet": true, "orc": true, "": true}

// findRowFormat looks for tables of text and other rows: a query reads all of each
// row, where Parquet has the columns apart, and smaller.
func findRowFormat(ctx context.Context, s *subject) ([]Finding, error) {
	var m *sample
	var largest int64
	for i := range s.use.scans {
		if x := &s.use.scans[i]; !columnar[x.format] {
			largest = max(largest, x.size)
		}
	}
	if largest < leastTable {
		return nil, nil
	}
	var note []string
	if s.measure != nil {
		var err error
		if m, err = s.takeSample(ctx); ctx.Err() != nil {
			return nil, context.Cause(ctx)
		} else if err != nil {
			m, note = nil, []string{"it could not be measured: " + err.Error()}
		}
	}
	var w waste
	var rows, needed, parts float64 // bytes; columns and parts weighted by them
	for i := range s.use.scans {
		x := &s.use.scans[i]
		if columnar[x.format] {
			continue
		}
		part := s.expect(x, m)
		w.add(x.bytes*(1-part), x)
		rows, needed, parts = rows+x.bytes, needed+x.bytes*s.use.sets[x.set].part(), parts+x.bytes*part
	}
	if w.bytes < leastSaved*rows {
		return nil, nil
	}
	f := s.finding(RowFormat, w)
	f.Notes = note
	last := s.use.scans[len(s.use.scans)-1]
	f.What = fmt.Sprintf("files are %s: queries read every column of every row", last.formatName())
	f.Evidence = fmt.Sprintf("queries need %s of the columns (average); as Parquet they would read %s of the bytes (%s)",
		percent(needed/rows), percent(parts/rows), m.basis())
	return s.rewriteFix(ctx, f, rewrite{keys: s.keys()})
}

// expect gives the part of its bytes that a scan would read of Parquet.
func (s *subject) expect(x *scan, m *sample) float64 {
	set := &s.use.sets[x.set]
	if m != nil {
		return m.part(set)
	}
	part, ok := parquetPart[x.format]
	if !ok {
		part = parquetOfLogs
	}
	if x.codec != "" {
		part = parquetOfPacked
	}
	return part * set.part()
}

// part gives how much of a row is needed; 1 where that was not kept.
func (c *columnSet) part() float64 {
	if c.total == 0 {
		return 1
	}
	return float64(c.read) / float64(c.total)
}

// formatName is the format for people: csv, or csv (gzip).
func (x *scan) formatName() string {
	if x.codec == "" {
		return x.format
	}
	return x.format + " (" + x.codec + ")"
}
