// Package lake turns a table into files: table -> snapshot -> scan tasks. It
// knows stores, formats and partitions, and nothing of SQL.
//
//	Files(table, partitions, selected) ── listings (cached) ──> []*File ── Open ── footer (cached by ETag) ──> formats.File
package lake

import (
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
}

// URL gives the file's location as users write it ("$path").
func (f *File) URL() string { return f.Store.URL(f.Info.Key) }
