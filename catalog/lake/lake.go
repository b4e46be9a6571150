// Package lake turns a table into files: table -> snapshot -> scan tasks. It
// knows stores, formats and partitions, and nothing of SQL.
//
//	Partitions(table, filter) ── catalog, projection or discovery ──> catalog.Partitions
//	Files(table, partitions, selected) ── listings (shared by a statement) ──> []*File
//	Open(file) ── footer (cached by URL and ETag) ──> formats.File
//
// Which folders are listed is chosen for the fewest round trips: one listing
// may cover many partitions, of which some need not be selected.
package lake

import (
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// File is one object of a table's snapshot. Immutable.
type File struct {
	Store     store.Store
	Info      store.Info
	Format    formats.Format
	Options   formats.Options
	Partition int           // index into the table's Partitions; -1 if it has none
	Keys      []types.Value // the partition's key values, shared

	differs map[string]types.Type // see tableOptions
	table   *catalog.Table
	acid    *acidState  // of transactional tables, where rows were deleted
	flushed *store.Info // says how much of the file has been written; nil: all
}

// URL gives the file's location as users write it ("$path").
func (f *File) URL() string { return f.Store.URL(f.Info.Key) }

// Lake finds and opens the files of tables. Safe for concurrent use.
type Lake struct {
	stores  *store.Registry
	formats *formats.Registry
	opened  openCache
	known   folderCache

	mu      sync.Mutex // guards options
	options map[int64]tableOptions
}

// DefaultOpenCache is the memory that opened files' metadata may take.
const DefaultOpenCache = 64 << 20

// New makes a Lake with the default cache sizes. Listings are shared within a
// statement only (see WithStatement).
func New(stores *store.Registry, fs *formats.Registry) *Lake {
	l := &Lake{stores: stores, formats: fs, options: map[int64]tableOptions{}}
	l.opened.limit = DefaultOpenCache
	l.known.limit, l.known.now = folderCacheBytes, time.Now
	return l
}

// tableOptions are the format and options of a table's files, made once per
// version of the table so that opened files are found again.
type tableOptions struct {
	version int64
	format  string
	opt     formats.Options
	exclude exclusions

	described *describedCache
	// Of a partition's own descriptor only: the types that it declares otherwise
	// than the table, and the table.
	differs map[string]types.Type
	table   *catalog.Table
}

// tableOptions gives the options that all files of a table share.
func (l *Lake) tableOptions(t *catalog.Table) tableOptions {
	if t.ID == 0 { // not in a catalog: nothing tells two such tables apart
		return newTableOptions(t)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	o, ok := l.options[t.ID]
	if !ok || o.version != t.Version {
		o = newTableOptions(t)
		if len(l.options) >= 10_000 {
			clear(l.options)
		}
		l.options[t.ID] = o
	}
	return o
}
