package crawl

import (
	"context"
	"path"
	"strings"

	"github.com/glauxdb/glaux/catalog/lake"
	"github.com/glauxdb/glaux/formats/store"
)

// node is a folder below the crawled location.
type node struct {
	name  string // the last segment
	key   string // in the store, with a slash at its end; "" for a store's root
	depth int    // below the crawled location
	kids  []*node
	files []store.Info // directly in it, in key order; thinned out above maxKept
	seen  int          // files directly in it
	step  int          // every step-th file is kept
	total int          // files in it and below
	bytes int64        // of those
	log   string       // the table format whose log lies in it: "Delta Lake", ...

	single bool // no folder: the crawled location is the one file in it
}

// maxKept is how many files of one folder are remembered.
const maxKept = 128

// readTree lists what is below a key. Hidden files are left out, empty files
// too: they hold no rows in any format.
func readTree(ctx context.Context, s store.Store, key string, listed func(n int)) (*node, error) {
	ctx = store.WithReadKind(ctx, store.ReadList)
	root := &node{key: store.Folder(key), step: 1}
	root.name = root.key
	if at := strings.LastIndexByte(strings.TrimSuffix(root.key, "/"), '/'); at >= 0 {
		root.name = root.key[at+1:]
	}
	root.name = strings.TrimSuffix(root.name, "/")
	n := 0
	for o, err := range store.Under(ctx, s, key) {
		if err != nil {
			return nil, err
		}
		if n++; n%1000 == 0 {
			listed(n)
		}
		rel, below := strings.CutPrefix(o.Key, root.key)
		if !below {
			rel, root.single = path.Base(o.Key), true
		}
		root.markLog(rel)
		if o.Size > 0 && !lake.Hidden(rel) {
			root.add(rel, o)
		}
	}
	listed(n)
	return root, nil
}

// add puts an object into the tree. Objects come in key order, so that a folder
// is always the last kid if it is there at all.
func (n *node) add(rel string, o store.Info) {
	for {
		n.total++
		n.bytes += o.Size
		segment, rest, folder := strings.Cut(rel, "/")
		if !folder {
			n.keep(o)
			return
		}
		n, rel = n.kid(segment), rest
	}
}

func (n *node) kid(name string) *node {
	if len(n.kids) > 0 {
		if last := n.kids[len(n.kids)-1]; last.name == name {
			return last
		}
	}
	k := &node{name: name, key: n.key + name + "/", depth: n.depth + 1, step: 1}
	n.kids = append(n.kids, k)
	return k
}

// keep remembers a file; of very many, every second, fourth, ... one.
func (n *node) keep(o store.Info) {
	if n.seen%n.step == 0 {
		n.files = append(n.files, o)
	}
	n.seen++
	if len(n.files) > maxKept {
		half := n.files[:0]
		for i := 0; i < len(n.files); i += 2 {
			half = append(half, n.files[i])
		}
		n.files = half
		n.step *= 2
	}
}

// markLog notes the folders whose files only their log makes a table.
func (n *node) markLog(rel string) {
	for _, l := range []struct{ mark, format string }{
		{"_delta_log/", "Delta Lake"}, {".hoodie/", "Hudi"}, {"metadata/", "Iceberg"},
	} {
		at := strings.Index("/"+rel, "/"+l.mark)
		if at < 0 || l.format == "Iceberg" && !strings.HasSuffix(rel, ".metadata.json") {
			continue
		}
		for segment, rest, ok := strings.Cut(rel[:at], "/"); ok && segment != ""; segment, rest, ok = strings.Cut(rest, "/") {
			n = n.kid(segment)
		}
		n.log = l.format
		return
	}
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
