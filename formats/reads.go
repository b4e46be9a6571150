package formats

import "sync/atomic"

// Reads counts what Sources have decoded: a count that depends on the files and the
// query, and not on the machine. The zero value is ready; safe for concurrent use.
type Reads struct {
	Groups  atomic.Int64 // row groups, or stripes, of which something was fetched
	Pages   atomic.Int64 // data pages that were decompressed (Parquet)
	Batches atomic.Int64 // with at least one row, handed on by scans
}

// Group counts a row group. r may be nil.
func (r *Reads) Group() {
	if r != nil {
		r.Groups.Add(1)
	}
}

// Page counts a page. r may be nil.
func (r *Reads) Page() {
	if r != nil {
		r.Pages.Add(1)
	}
}
