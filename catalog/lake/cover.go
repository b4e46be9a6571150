package lake

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/formats/store"
)

// cover chooses the folders to list for some partitions of a table. A folder
// at level n is n partition folders deep: level 0 is the table's location,
// the last level is a partition. One listing above the last level replaces
// many below it, but also lists partitions that nobody wants.
//
//	selected partitions ── places ──> regular: root/a/b/, loose: anywhere else
//	regular ── choose a level ──> folders to list ── match objects to partitions by folder
type cover struct {
	lake       *Lake
	root       store.Store
	rootFolder string
	levels     int

	regular []place // ordered as the partitions are
	loose   []place // not below the root, not as deep as the keys are many, or nested otherwise

	// Places below the root of partitions that are made on demand: see gather.
	deep        []place
	deepStore   store.Store
	deepRoot    string            // a folder's key
	deepFolders []string          // to list, each once
	deepRows    map[string]uint32 // partition folder -> row

	level   int               // that was chosen
	folders []string          // to list, each once
	rows    map[string]uint32 // partition folder -> row, for levels above the last
}

// objectsPerPage is how many objects one request of a listing gives (S3).
const objectsPerPage = 1000

func (c *cover) places(t *catalog.Table, parts *catalog.Partitions, selected []uint32) error {
	prefix := strings.TrimSuffix(t.Storage.Location, "/") + "/"
	nested, from, err := c.madeFrom(t)
	if err != nil {
		return err
	}
	c.deepStore, c.deepRoot = from.store, from.key
	for _, row := range selected {
		location := parts.Location(int(row))
		if rel, ok := strings.CutPrefix(location, prefix); ok && nested {
			if rel = strings.Trim(rel, "/"); strings.Count(rel, "/")+1 == c.levels && rel != "" && !strings.Contains(rel, "//") {
				c.regular = append(c.regular, place{store: c.root, folder: c.rootFolder + rel + "/", row: row})
				continue
			}
		}
		if rel, ok := strings.CutPrefix(location, from.location); ok && from.store != nil {
			c.deep = append(c.deep, place{store: from.store, folder: store.Folder(from.key + rel), row: row})
			continue
		}
		s, key, err := c.lake.stores.Open(location)
		if err != nil {
			return err
		}
		c.loose = append(c.loose, place{store: s, folder: store.Folder(key), row: row, loose: !strings.HasSuffix(location, "/")})
	}
	return nil
}

// madeRoot is the folder below which partitions are made on demand. What
// follows it is names of folders as they are, not a location to be understood.
type madeRoot struct {
	location string
	store    store.Store // nil: there is none
	key      string      // of the folder, with a slash at its end
}

// madeFrom gives that root, and whether folders nest in the order of the keys.
func (c *cover) madeFrom(t *catalog.Table) (nested bool, from madeRoot, err error) {
	if !madeOnDemand(t) {
		return true, from, nil
	}
	layout, err := partition.LayoutOf(t)
	if err != nil { // a projection's template, which need not be readable backwards
		return false, from, nil
	}
	s, key, err := c.lake.stores.Open(layout.Root)
	return layout.InOrder(), madeRoot{layout.Root, s, store.Folder(key)}, err
}

// choose takes the level with the fewest rounds of requests: the listings that
// cannot run at once, and the pages of the longest ones, supposing that every
// partition has one file.
func (c *cover) choose(parts *catalog.Partitions) {
	c.gather()
	c.level = c.levels
	if len(c.regular) > 1 {
		best := 1 << 62
		for level := 0; level <= c.levels; level++ {
			if rounds := c.rounds(parts, level); rounds < best {
				best, c.level = rounds, level
			}
		}
	}
	if c.level == c.levels {
		return
	}
	c.rows = make(map[string]uint32, len(c.regular))
	seen := map[string]bool{}
	for _, p := range c.regular {
		if _, twice := c.rows[p.folder]; twice { // partitions may share a folder
			c.loose = append(c.loose, p)
			continue
		}
		c.rows[p.folder] = p.row
		if f := c.ancestor(p.folder, c.level); !seen[f] {
			seen[f] = true
			c.folders = append(c.folders, f)
		}
	}
}

// rounds estimates level's cost. Partitions are ordered by key, so that those
// with the same first keys are neighbours.
func (c *cover) rounds(parts *catalog.Partitions, level int) int {
	listings, covered := 0, 0
	if level == c.levels {
		listings, covered = len(c.regular), len(c.regular)
	}
	for i := 0; i < len(c.regular) && level < c.levels; {
		listings++
		lo, hi := sameKeys(parts, int(c.regular[i].row), level)
		covered += hi - lo
		for i < len(c.regular) && int(c.regular[i].row) < hi {
			i++
		}
	}
	parallel := min(listings, parallelListings)
	return (listings+parallelListings-1)/parallelListings*2 + covered/objectsPerPage/max(parallel, 1)
}

// sameKeys gives the range of the rows whose first n keys equal those of row.
// Codes are ranks and the rows are ordered by them.
func sameKeys(parts *catalog.Partitions, row, n int) (lo, hi int) {
	order := func(i int) int {
		for k := 0; k < n; k++ {
			if d := cmp.Compare(parts.Keys[k].Codes[i], parts.Keys[k].Codes[row]); d != 0 {
				return d
			}
		}
		return 0
	}
	lo = sort.Search(row, func(i int) bool { return order(i) >= 0 })
	hi = row + 1 + sort.Search(parts.N-row-1, func(i int) bool { return order(row+1+i) > 0 })
	return lo, hi
}

// ancestor cuts a partition's folder to level folders below the root.
func (c *cover) ancestor(folder string, level int) string {
	at := len(c.rootFolder)
	for range level {
		at += strings.IndexByte(folder[at:], '/') + 1
	}
	return folder[:at]
}

func (c *cover) list(ctx context.Context) ([]foundFile, error) {
	each := c.loose
	if c.level == c.levels {
		each = append(each[:len(each):len(each)], c.regular...)
	}
	found, err := listAll(ctx, each, c.listPlace)
	if err != nil {
		return nil, err
	}
	shared, err := listAll(ctx, c.folders, c.listFolder)
	if err != nil {
		return nil, err
	}
	deep, err := listAll(ctx, c.deepFolders, c.listDeep)
	return slices.Concat(found, shared, deep), err
}

// listPlace lists one partition. Only one with a location of its own may be a
// single object.
func (c *cover) listPlace(ctx context.Context, p place) ([]foundFile, error) {
	objects, err := c.lake.list(ctx, p.store, p.folder, p.loose)
	if err != nil {
		return nil, err
	}
	found := make([]foundFile, len(objects))
	for i, o := range objects {
		found[i] = foundFile{store: p.store, info: o, row: p.row}
	}
	return found, nil
}

// listFolder lists a folder of many partitions and keeps what lies in a
// selected one.
func (c *cover) listFolder(ctx context.Context, folder string) ([]foundFile, error) {
	objects, err := c.lake.list(ctx, c.root, folder, false)
	if err != nil {
		return nil, err
	}
	var found []foundFile
	last, row, known := "\x00", uint32(0), false
	for _, o := range objects {
		if !strings.HasPrefix(o.Key, last) {
			if strings.Count(o.Key[len(c.rootFolder):], "/") < c.levels {
				continue // a file beside the partitions
			}
			last = c.ancestor(o.Key, c.levels)
			row, known = c.rows[last]
		}
		if known {
			found = append(found, foundFile{store: c.root, info: o, row: row})
		}
	}
	return found, nil
}
