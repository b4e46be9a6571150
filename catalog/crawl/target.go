package crawl

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/formats/store"
)

// tree is a target with what was listed of it.
type tree struct {
	target   Target
	store    store.Store
	key      string // of the location in the store, without slashes at its ends
	globs    []lake.Glob
	outer    []*tree // targets of the same store that take their files before this one
	inner    []*tree // those before which this one does
	root     *node
	skipped  map[skip]*skipped
	unlisted []listFailure
	listed   int64
	options  string // optionsText, when it was first needed
}

// skip is a reason for which listed objects do not count.
type skip uint8

const (
	skipNot skip = iota
	skipHidden
	skipIndex // of an lzo file
	skipEmpty
	skipExcluded
	skipDeep
	skipName
	skipDeleted
	skipCovered // another target has it: nothing to tell
)

var skipWhy = [...]string{skipHidden: "names beginning with _ or . are not data", skipEmpty: "empty, so of no format",

	skipExcluded: "excluded", skipDeep: "deeper than the crawl goes",
	skipDeleted: "rows that were deleted from a transactional table",
	skipIndex:   "where the blocks of an lzo file begin",
	skipName:    "the name is no UTF-8 text, or has a null character"}

// skipped counts the objects of one reason.
type skipped struct {
	first string // the least key
	count int
}

// newTree opens a target.
func newTree(stores *store.Registry, t Target) (*tree, error) {
	out := &tree{target: t, skipped: map[skip]*skipped{}}
	if t.SampleSize < 0 || t.Depth < 0 {
		return nil, fault.New(fault.CodeInvalidParameter, "sample size and depth of target %s must not be negative", t.Location)
	}
	for _, e := range t.Exclusions {
		g, err := lake.ParseGlob(e)
		if err != nil {
			return nil, err
		}
		out.globs = append(out.globs, g)
	}
	var err error
	out.store, out.key, err = stores.Open(t.Location)
	return out, err
}

// nest tells the trees which of them lie in others. A file is that of the
// outermost target that takes it, of equal locations that of the first.
func nest(trees []*tree) {
	for i, t := range trees {
		for j, o := range trees {
			if i == j || o.store != t.store || !strings.HasPrefix(store.Folder(t.key), store.Folder(o.key)) {
				continue
			}
			if o.key != t.key || j < i {
				t.outer, o.inner = append(t.outer, o), append(o.inner, t)
			}
		}
	}
}

// covered reports whether other targets take all files of this one.
func (t *tree) covered() bool {
	return slices.ContainsFunc(t.outer, func(o *tree) bool {
		return len(o.globs) == 0 && o.target.Depth == 0 && !lake.Hidden(strings.TrimPrefix(store.Folder(t.key), store.Folder(o.key)))
	})
}

// rel gives an object's path below the location; the name for a location that
// is the file itself.
func (t *tree) rel(key string) string {
	if rel, ok := strings.CutPrefix(key, store.Folder(t.key)); ok {
		return rel
	}
	return key[strings.LastIndexByte(key, '/')+1:]
}

// judge says whether a listed object counts.
func (t *tree) judge(o store.Info) skip {
	if slices.ContainsFunc(t.outer, func(u *tree) bool { return u.rules(u.rel(o.Key)) == skipNot }) {
		return skipCovered
	}
	why := t.rules(t.rel(o.Key))
	switch {
	case why == skipNot && o.Size == 0:
		return skipEmpty
	case (why == skipExcluded || why == skipDeep) && slices.ContainsFunc(t.inner, func(u *tree) bool { return u.has(o.Key) }):
		return skipCovered
	}
	return why
}

// has reports whether a key is below the location and the target's rules take
// it.
func (t *tree) has(key string) bool {
	return strings.HasPrefix(key, store.Folder(t.key)) && t.rules(t.rel(key)) == skipNot
}

// rules are the target's own ones.
func (t *tree) rules(rel string) skip {
	switch {
	case !utf8.ValidString(rel) || strings.Contains(rel, "\x00"):
		return skipName
	case lake.LZOIndex(rel):
		return skipIndex
	case lake.Hidden(rel):
		return skipHidden
	case lake.FlushLength(rel):
		return skipHidden
	case namesDeletedRows(rel):
		return skipDeleted
	case t.target.Depth > 0 && strings.Count(rel, "/") > t.target.Depth:
		return skipDeep
	case slices.ContainsFunc(t.globs, func(g lake.Glob) bool { return g.Match(rel) }):
		return skipExcluded
	}
	return skipNot
}

// namesDeletedRows reports whether a file is in a folder of deletions of one of
// Hive's transactional tables.
func namesDeletedRows(rel string) bool {
	for strings.Contains(rel, "delete_delta_") {
		segment, rest, _ := strings.Cut(rel, "/")
		if _, deletes := lake.TransactionalFolder(segment); deletes {
			return rest != ""
		}
		rel = rest
	}
	return false
}

// folder gives the location of a folder, with a slash at its end.
func (t *tree) folder(n *node) string { return strings.TrimRight(t.store.URL(n.key), "/") + "/" }

// level is the table level of a folder: the bucket or the store's directory is
// 1, a folder in it 2.
func (t *tree) level(n *node) int {
	return 1 + strings.Count(store.Folder(n.key), "/")
}
