package reuse

import (
	"github.com/glauxdb/glaux/exec/memtable"
	"github.com/glauxdb/glaux/formats/vector"
)

// Writer copies a result while it is delivered. It never fails: a result that is
// too large, or that there is no memory for, is given up. One goroutine uses it.
type Writer struct {
	s    *Store
	rows *memtable.Store // nil: given up
}

// Add copies a batch.
func (w *Writer) Add(b *vector.Batch) {
	if w == nil || w.rows == nil || b.Rows() == 0 {
		return
	}
	if err := w.rows.Append(b); err != nil {
		w.Drop()
	}
}

// Keep keeps what was added under a key; run says what made it. It reports whether
// there was something to keep.
func (w *Writer) Keep(k Key, run Run) bool {
	if w == nil || w.rows == nil {
		return false
	}
	rows := w.rows
	w.rows = nil
	w.s.put(&entry{key: k, rows: rows, info: Info{Run: run, Rows: rows.Rows(), Bytes: rows.Bytes()}})
	return true
}

// Drop lets go of what was added.
func (w *Writer) Drop() {
	if w != nil && w.rows != nil {
		w.rows.Truncate()
		w.rows = nil
	}
}
