package formats

import (
	"context"
	"slices"
)

// RowID names a row of a transactional table of Hive: the write that made it
// first, the bucket (with Hive's version and statement in its upper bits), and
// the row's number among those of write and bucket.
type RowID struct {
	Write  int64
	Bucket int32
	Row    int64
}

// RowIDs is a set of rows. Add what there is, Sort once, then ask.
type RowIDs struct {
	rows map[bucketOf][]int64
	n    int
}

type bucketOf struct {
	write  int64
	bucket int32
}

// Len gives the number of rows that were added.
func (s *RowIDs) Len() int { return s.n }

// Add adds a row.
func (s *RowIDs) Add(id RowID) {
	if s.rows == nil {
		s.rows = map[bucketOf][]int64{}
	}
	k := bucketOf{id.Write, id.Bucket}
	s.rows[k] = append(s.rows[k], id.Row)
	s.n++
}

// Sort makes the set ready to be asked; afterwards it is safe for concurrent
// use.
func (s *RowIDs) Sort() {
	for _, rows := range s.rows {
		slices.Sort(rows)
	}
}

// Of gives the rows of a write and a bucket, ascending; the caller must not
// change them.
func (s *RowIDs) Of(write int64, bucket int32) []int64 { return s.rows[bucketOf{write, bucket}] }

// Deletions are the rows of a table's snapshot that were deleted: they are in
// its files, and other files say that they are no more.
type Deletions interface {
	// Rows reads them, once. The set is shared.
	Rows(ctx context.Context) (*RowIDs, error)
}

// Transactional is a File that may hold rows which others have deleted.
type Transactional interface {
	// Without gives the file less the deleted rows. A file from before its table
	// was transactional has no identities of rows: they belong to write 0, to the
	// given bucket (-1: its name does not tell it), and are numbered from first.
	Without(d Deletions, bucket int32, first int64) File
}
