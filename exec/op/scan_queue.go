package op

import (
	"context"
	"io"
	"sync"

	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/formats"
)

// scanSplit is a unit of a scan's work.
type scanSplit struct {
	file  *lake.File
	open  formats.File
	split formats.Split
	first bool // of the file
	// overlap is shared by the splits of the file.
	overlap *formats.Overlap
}

// scanQueue gives out the splits of files that are opened on the way. A copy that
// finds neither a split nor a file waits while another one opens a file, since
// that may turn out to be many splits.
type scanQueue struct {
	mu      sync.Mutex
	changed sync.Cond
	files   []*lake.File
	ready   []scanSplit // first in, first out
	opening int
}

func (q *scanQueue) init(files []*lake.File) {
	q.changed.L = &q.mu
	q.files = files
}

// take gives the next split, or io.EOF when there will be none.
func (q *scanQueue) take(ctx context.Context, open func(context.Context, *lake.File) ([]scanSplit, error)) (scanSplit, error) {
	stop := context.AfterFunc(ctx, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.changed.Broadcast()
	})
	defer stop()
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case ctx.Err() != nil:
			return scanSplit{}, context.Cause(ctx)
		case len(q.ready) > 0:
			s := q.ready[0]
			q.ready = q.ready[1:]
			return s, nil
		case len(q.files) > 0:
			if err := q.openNext(ctx, open); err != nil {
				return scanSplit{}, err
			}
		case q.opening > 0:
			q.changed.Wait()
		default:
			return scanSplit{}, io.EOF
		}
	}
}

// back puts a split back that nobody has read rows of.
func (q *scanQueue) back(s scanSplit) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ready = append(q.ready, s)
	q.changed.Broadcast()
}

// pending reports whether there is anything to take.
func (q *scanQueue) pending() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.ready)+len(q.files)+q.opening > 0
}

// drop empties the queue and gives what was in it.
func (q *scanQueue) drop() ([]*lake.File, []scanSplit) {
	q.mu.Lock()
	defer q.mu.Unlock()
	files, splits := q.files, q.ready
	q.files, q.ready = nil, nil
	q.changed.Broadcast()
	return files, splits
}

// openNext opens the next file without holding the lock.
func (q *scanQueue) openNext(ctx context.Context, open func(context.Context, *lake.File) ([]scanSplit, error)) error {
	f := q.files[0]
	q.files = q.files[1:]
	q.opening++
	var splits []scanSplit
	var err error
	func() {
		q.mu.Unlock()
		defer q.mu.Lock() // also when open panics
		splits, err = open(ctx, f)
	}()
	q.opening--
	q.ready = append(q.ready, splits...)
	q.changed.Broadcast()
	return err
}
