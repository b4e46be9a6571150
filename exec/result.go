package exec

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/vector"
)

// rowStream is where a Result's rows come from.
type rowStream interface {
	Next(ctx context.Context, b *vector.Batch) error
	Close() error
}

// Result is a statement that runs or has run. Close it. One goroutine reads it;
// Stats may be asked by others meanwhile.
type Result struct {
	cols    []Column
	rows    rowStream // nil: no rows
	tag     string
	counted bool // the tag ends in the number of rows
	notices []*fault.Error

	stats func() Stats // nil: nothing to tell
	end   func(error)  // called once
	once  sync.Once

	written int64 // rows that went into files
	files   []WrittenFile

	n   int64
	err error
	mu  sync.Mutex // guards final
	fin *Stats     // after Close
}

// Columns describes the rows; nil if the statement delivers none.
func (r *Result) Columns() []Column { return r.cols }

// Next fills b with the next rows, whose columns are parallel to Columns. It
// gives io.EOF at the end. The batch is valid until the next call of Next or
// Close.
func (r *Result) Next(ctx context.Context, b *vector.Batch) error {
	if r.rows == nil || r.err != nil {
		if r.err != nil {
			return r.err
		}
		return io.EOF
	}
	err := r.rows.Next(ctx, b)
	if err != nil {
		r.err = err
		if err != io.EOF {
			r.finish(err)
		}
		return err
	}
	r.mu.Lock()
	r.n += int64(b.Rows())
	r.mu.Unlock()
	return nil
}

// Ready reports whether Next gives what it has at once, without waiting for files
// or other goroutines: whoever passes rows on need not hurry them before.
func (r *Result) Ready() bool {
	if r.rows == nil || r.err != nil {
		return true
	}
	q, ok := r.rows.(interface{ Ready() bool })
	return ok && q.Ready()
}

// Close ends the statement, if it has not ended, and waits for its goroutines.
// It may be called again.
func (r *Result) Close() error {
	r.finish(nil)
	return nil
}

// finish stops what runs and settles the accounts once.
func (r *Result) finish(err error) {
	r.once.Do(func() {
		if r.rows != nil {
			if cerr := r.rows.Close(); err == nil {
				err = cerr
			}
		}
		if r.stats != nil {
			st := r.Stats()
			r.mu.Lock()
			r.fin = &st
			r.mu.Unlock()
		}
		if r.end != nil {
			r.end(err)
		}
	})
}

// Tag gives the command tag, "SELECT 5" or "CREATE TABLE"; final after io.EOF.
func (r *Result) Tag() string {
	if r.counted {
		r.mu.Lock()
		defer r.mu.Unlock()
		return fmt.Sprintf("%s %d", r.tag, r.n)
	}
	return r.tag
}

// Stats gives what the statement did so far; after Close it is final.
func (r *Result) Stats() Stats {
	r.mu.Lock()
	n, fin := r.n, r.fin
	r.mu.Unlock()
	if fin != nil {
		return *fin
	}
	var st Stats
	if r.stats != nil {
		st = r.stats()
	}
	st.RowsReturned = n
	return st
}

// WrittenFile is a file that a statement has added to the lake.
type WrittenFile struct {
	Location    string // as users write it: s3://bucket/key, or an absolute path
	Rows, Bytes int64
}

// Written gives the files that CREATE TABLE AS, INSERT or UNLOAD has written.
func (r *Result) Written() []WrittenFile { return r.files }

// Notices gives the warnings and notices that the statement raised; all of them
// after Close.
func (r *Result) Notices() []*fault.Error { return r.notices }

// batches is a rowStream of rows that exist already.
type batches []*vector.Batch

func (s *batches) Next(_ context.Context, b *vector.Batch) error {
	if len(*s) == 0 {
		return io.EOF
	}
	in := (*s)[0]
	*s = (*s)[1:]
	b.N, b.Sel, b.Cols = in.N, in.Sel, append(b.Cols[:0], in.Cols...)
	return nil
}

func (s *batches) Ready() bool { return true }

func (s *batches) Close() error { return nil }

// done makes the result of a command without rows.
func done(tag string, notices ...*fault.Error) *Result { return &Result{tag: tag, notices: notices} }
