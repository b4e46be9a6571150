// Package watch reads files again when they change: certificates that are
// renewed and rules that are edited while the server runs.
package watch

import (
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"
)

// every is how often files are looked at, at most.
const every = time.Second

// Value is what one or more files say. Safe for concurrent use.
type Value[T any] struct {
	what  string
	load  func() (T, error)
	paths []string
	log   *slog.Logger
	every time.Duration

	mu      sync.Mutex // guards what follows
	value   T
	stamps  []stamp
	checked time.Time
}

// stamp tells one state of a file from another.
type stamp struct {
	modified time.Time
	size     int64
}

// New loads the value and fails if that fails. Later, when one of the paths has
// changed, Get loads it again; what cannot be loaded is logged, once for each
// change, and the old value stays.
func New[T any](log *slog.Logger, what string, load func() (T, error), paths ...string) (*Value[T], error) {
	v := &Value[T]{what: what, load: load, paths: paths, log: log, every: every, stamps: stampsOf(paths), checked: time.Now()}
	var err error
	v.value, err = load()
	return v, err
}

// Get gives the value as the files say now, or said a second ago.
func (v *Value[T]) Get() T {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.paths) == 0 || time.Since(v.checked) < v.every {
		return v.value
	}
	v.checked = time.Now()
	stamps := stampsOf(v.paths)
	if slices.Equal(stamps, v.stamps) {
		return v.value
	}
	v.stamps = stamps // taken before the load: a change meanwhile is seen the next time
	value, err := v.load()
	if err != nil {
		v.log.Error("cannot load the new "+v.what+"; the old one stays", "files", v.paths, "error", err)
		return v.value
	}
	v.log.Info("loaded the new "+v.what, "files", v.paths)
	v.value = value
	return value
}

// stampsOf looks at the files; one that cannot be seen has the zero stamp.
func stampsOf(paths []string) []stamp {
	out := make([]stamp, len(paths))
	for i, p := range paths {
		if fi, err := os.Stat(p); err == nil {
			out[i] = stamp{fi.ModTime(), fi.Size()}
		}
	}
	return out
}
