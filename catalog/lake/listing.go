package lake

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/glauxdb/glaux/formats/store"
)

// listings keeps the listings of one statement, each made once by whoever asks
// first.
type listings struct {
	mu sync.Mutex // guards m
	m  map[string]*listing
}

type listing struct {
	done    chan struct{} // closed when objects and err are final
	objects []store.Info
	err     error
}

type statementKey struct{}

// WithStatement makes every table that is listed under ctx be listed once: a
// statement that reads a table twice, or plans and then runs, sees one
// snapshot of its files. Use a fresh one for each statement; listings are
// never kept beyond it, so that the next statement sees every new file.
func WithStatement(ctx context.Context) context.Context {
	return context.WithValue(ctx, statementKey{}, &listings{})
}

// listingsOf gives the statement's listings, or nil.
func listingsOf(ctx context.Context) *listings {
	l, _ := ctx.Value(statementKey{}).(*listings)
	return l
}

// Invalidate makes the next statement under ctx list afresh what a write has
// changed; without a statement in ctx there is nothing to forget.
func Invalidate(ctx context.Context) {
	if l := listingsOf(ctx); l != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		clear(l.m)
	}
}

// get gives the listing under a name, made by load if there is none yet. A
// failed one is told to all who wait for it and then forgotten.
func (l *listings) get(ctx context.Context, name string, load func() ([]store.Info, error)) ([]store.Info, error) {
	for {
		l.mu.Lock()
		e, ok := l.m[name]
		if !ok {
			e = &listing{done: make(chan struct{})}
			if l.m == nil {
				l.m = map[string]*listing{}
			}
			l.m[name] = e
			l.mu.Unlock()
			l.fill(name, e, load)
			return e.objects, e.err
		}
		l.mu.Unlock()
		select {
		case <-e.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if e.err != nil && ctx.Err() == nil && isContextError(e.err) {
			continue // it was another's call that was cancelled
		}
		return e.objects, e.err
	}
}

func (l *listings) fill(name string, e *listing, load func() ([]store.Info, error)) {
	defer close(e.done)
	e.err = errors.New("lake: the listing did not finish") // stands if load panics
	defer func() {
		if e.err != nil {
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.m[name] == e {
				delete(l.m, name)
			}
		}
	}()
	e.objects, e.err = load()
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// list gives the objects below a folder (or, with single, also the object of
// exactly that name), in key order and without the hidden ones.
func (l *Lake) list(ctx context.Context, s store.Store, key string, single bool) ([]store.Info, error) {
	load := func() ([]store.Info, error) { return listVisible(ctx, s, key, single) }
	if cache := listingsOf(ctx); cache != nil {
		name := s.URL(store.Folder(key))
		if single {
			name += "\x00"
		}
		return cache.get(ctx, name, load)
	}
	return load()
}

func listVisible(ctx context.Context, s store.Store, key string, single bool) ([]store.Info, error) {
	ctx = store.WithReadKind(ctx, store.ReadList)
	seq := s.List(ctx, store.Folder(key))
	if single {
		seq = store.Under(ctx, s, key)
	}
	below := len(store.Folder(key))
	var out []store.Info
	for o, err := range seq {
		if err != nil {
			return nil, err
		}
		if len(o.Key) < below || !Hidden(o.Key[below:]) { // shorter: the single object itself
			out = append(out, o)
		}
	}
	return out, nil
}

// LZOIndex reports whether a file tells Hadoop where the blocks of another begin: of
// x.lzo beside it, if it is x.lzo.index.
func LZOIndex(name string) bool { return strings.HasSuffix(name, ".lzo.index") }

// Hidden reports whether Hive and Trino pass over a path below a table's
// location: a folder or file in it begins with _ or with a dot. A folder k=v is
// a partition, whatever it begins with. LZOIndex files are
// no data either.
func Hidden(rel string) bool {
	if LZOIndex(rel) {
		return true
	}
	for rel != "" {
		segment, rest, folder := strings.Cut(rel, "/")
		if segment != "" && (segment[0] == '_' || segment[0] == '.') && !(folder && strings.Contains(segment, "=")) {
			return true
		}
		rel = rest
	}
	return false
}
