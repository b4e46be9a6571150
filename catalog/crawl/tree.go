package crawl

import (
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/formats/store"
)

// node is a folder below the crawled location. There may be millions: it has no
// gaps, and 160 bytes.
type node struct {
	name  string // the last segment
	key   string // in the store, with a slash at its end; "" for a store's root
	up    *node
	kids  []*node
	files []store.Info // directly in it, in key order; thinned out above keep
	seen  int          // files directly in it
	total int          // files in it and below
	bytes int64        // of those
	sum   xxh3.Uint128 // of the keys, sizes and versions of those
	log   string       // the table format whose log lies in it: "Delta Lake", ...

	cand *candidate // that has the folder as its location or as a partition

	step   int32 // every step-th file is kept
	depth  int16 // below the crawled location; names of objects end long before its range
	keep   uint8 // how many files are remembered
	single bool  // no folder: the crawled location is the one file in it
}

const (
	// maxKept is how many files of one folder are remembered.
	maxKept = 128
	// maxKeptPart is the same for folders that look like one of very many.
	maxKeptPart = 4
)

// newRoot makes the node of a location.
func newRoot(key string) *node {
	root := &node{key: store.Folder(key), step: 1, keep: maxKept}
	root.name = root.key
	if at := strings.LastIndexByte(strings.TrimSuffix(root.key, "/"), '/'); at >= 0 {
		root.name = root.key[at+1:]
	}
	root.name = strings.TrimSuffix(root.name, "/")
	return root
}

// add puts an object into the tree. Objects come in key order, so that a folder
// is always the last kid if it is there at all.
func (n *node) add(rel string, o store.Info) {
	for {
		segment, rest, folder := strings.Cut(rel, "/")
		if !folder {
			n.take(o)
			return
		}
		if is, _ := lake.TransactionalFolder(segment); is { // its files are those of the folder that it is in
			n.take(o)
			return
		}
		n, rel = n.kid(segment, o.Key), rest
	}
}

// kid gives the folder of a name. Its key is a part of that of a file in it:
// where there are very many folders, each has few more.
func (n *node) kid(name, file string) *node {
	if len(n.kids) > 0 {
		if last := n.kids[len(n.kids)-1]; last.name == name {
			return last
		}
	}
	k := n.kidAt(file[:len(n.key)+len(name)+1])
	n.kids = append(n.kids, k)
	return k
}

func (n *node) newKid(name string) *node { return n.kidAt(n.key + name + "/") }

func (n *node) kidAt(key string) *node {
	k := &node{name: key[len(n.key) : len(key)-1], key: key, up: n, depth: n.depth + 1, step: 1, keep: maxKept}
	if oneOfMany(k.name) {
		k.keep = maxKeptPart
	}
	return k
}

// oneOfMany reports whether a folder's name looks like a partition's: of such
// folders there may be millions, and few of their files need be remembered.
func oneOfMany(name string) bool {
	if _, ok := partition.ParseSegment(name); ok {
		return true
	}
	return isDate(name) || strings.Trim(name, "0123456789") == ""
}

// take counts a file and remembers it; of very many, every second, fourth, ...
// one.
func (n *node) take(o store.Info) {
	n.total++
	n.bytes += o.Size
	n.sum = plus(n.sum, fileSum(o))
	if n.seen%int(n.step) == 0 {
		if len(n.files) == 1 && cap(n.files) == 1 { // grown once, since there may be very many folders
			n.files = append(make([]store.Info, 0, min(int(n.keep), 16)+1), n.files[0])
		}
		n.files = append(n.files, o)
	}
	n.seen++
	if len(n.files) > int(n.keep) {
		half := n.files[:0]
		for i := 0; i < len(n.files); i += 2 {
			half = append(half, n.files[i])
		}
		n.files = half
		n.step *= 2
	}
}

// limit forgets files above a target's sample size.
func (n *node) limit(size int) {
	if size > 0 && len(n.files) > size {
		n.files = slices.Clone(spread(n.files, size))
	}
}

// finish adds up what is below, and orders the folders by name: the order of a
// listing is that of their names with a slash behind.
func (n *node) finish(sampleSize int) {
	n.limit(sampleSize)
	for _, k := range n.kids {
		k.finish(sampleSize)
		n.total += k.total
		n.bytes += k.bytes
		n.sum = plus(n.sum, k.sum)
	}
	slices.SortFunc(n.kids, func(a, b *node) int { return strings.Compare(a.name, b.name) })
}

// fileSum is a file's part in the sum of the folders above it. Sums are added,
// so that they do not depend on the order of a listing.
func fileSum(o store.Info) xxh3.Uint128 {
	var room [256]byte
	b := append(room[:0], o.Key...)
	b = append(b, 0)
	for s := uint64(o.Size); s > 0; s >>= 8 {
		b = append(b, byte(s))
	}
	b = append(b, 0)
	return xxh3.Hash128(append(b, o.ETag...))
}

func plus(a, b xxh3.Uint128) xxh3.Uint128 {
	out := xxh3.Uint128{Hi: a.Hi + b.Hi, Lo: a.Lo + b.Lo}
	if out.Lo < a.Lo {
		out.Hi++
	}
	return out
}

// logMark gives the folder (its key, with a slash at the end) whose files only
// their log makes a table, if the object is a part of that log, and the table's
// format.
func logMark(key string) (folder, format string) {
	for _, l := range []struct{ mark, format string }{
		{"_delta_log/", "Delta Lake"}, {".hoodie/", "Hudi"}, {"metadata/", "Iceberg"},
	} {
		at := strings.Index(key, l.mark)
		if at < 0 || at > 0 && key[at-1] != '/' || l.format == "Iceberg" && !strings.HasSuffix(key, ".metadata.json") {
			continue
		}
		return key[:at], l.format
	}
	return "", ""
}

// at gives the folder with a key, which is made if it is missing; the root for
// a key that is not below it.
func (n *node) at(key string) *node {
	rel, _ := strings.CutPrefix(key, n.key)
	for segment, rest, ok := strings.Cut(rel, "/"); ok && segment != ""; segment, rest, ok = strings.Cut(rest, "/") {
		i := slices.IndexFunc(n.kids, func(k *node) bool { return k.name == segment })
		if i < 0 {
			i = len(n.kids)
			n.kids = append(n.kids, n.newKid(segment))
		}
		n = n.kids[i]
	}
	return n
}

// spread picks at most n things evenly, the first and the last among them.
func spread[T any](all []T, n int) []T {
	if len(all) <= n {
		return all
	}
	if n <= 1 {
		return all[:max(n, 0)]
	}
	out := make([]T, n)
	for i := range out {
		out[i] = all[i*(len(all)-1)/(n-1)]
	}
	return out
}

// allFiles gives the remembered files in a folder and below, in key order.
func (n *node) allFiles() []store.Info {
	out := n.files[:len(n.files):len(n.files)]
	for _, k := range n.kids {
		out = append(out, k.allFiles()...)
	}
	return out
}

// firstFiles gives some files in a folder and below without walking all of it.
func (n *node) firstFiles(max int) []store.Info {
	out := spread(n.files, max)
	for _, k := range n.kids {
		if len(out) >= max {
			break
		}
		out = append(out[:len(out):len(out)], k.firstFiles(max-len(out))...)
	}
	return out
}

// leastDepth gives how many folders lie between a folder and the nearest files
// in it or below; -1 if there are none.
func (n *node) leastDepth() int {
	if n.seen > 0 {
		return 0
	}
	least := -1
	for _, k := range n.kids {
		if d := k.leastDepth(); d >= 0 && (least < 0 || d+1 < least) {
			least = d + 1
		}
	}
	return least
}
