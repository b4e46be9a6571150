package crawl

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store"
)

const (
	// divideAfter is how many objects of one folder are listed before the rest
	// is divided by the folders in it, to be listed at the same time.
	divideAfter = 10_000
	// maxDivision is how many folders a division may have: each costs a request
	// at least, where listing all at once costs one for a thousand objects.
	maxDivision = 256
	// parallelLists is how many folders are listed at once.
	parallelLists = 8
	// maxListDepth bounds how deep a division goes, against links that make loops.
	maxListDepth = 64
	// maxFailures is how many folders of a target may fail before it is given up.
	maxFailures = 1000
)

// listFailure is a folder that could not be listed.
type listFailure struct {
	key string
	err error
}

// listing is what was listed below one folder.
type listing struct {
	tree    *tree
	root    *node // of the folder
	skipped map[skip]*skipped
	logs    map[string]string // format of table by folder key: see logMark
	failed  []listFailure
	listed  int64
}

func (t *tree) newListing(root *node) *listing {
	return &listing{tree: t, root: root, skipped: map[skip]*skipped{}, logs: map[string]string{}}
}

// read lists the target.
func (t *tree) read(ctx context.Context, f *finder) error {
	ctx = store.WithReadKind(ctx, store.ReadList)
	r := &lister{finder: f, tree: t, slots: make(chan struct{}, parallelLists)}
	l, err := r.folder(ctx, newRoot(t.key))
	if err != nil {
		return err
	}
	if l.listed == 0 && t.key != "" && len(l.failed) == 0 {
		if err := l.file(ctx); err != nil {
			return err
		}
	}
	t.root, t.skipped, t.unlisted, t.listed = l.root, l.skipped, l.failed, l.listed
	if t.root.name == "" {
		t.root.name = lastSegment(t.target.Location)
	}
	for key, format := range l.logs {
		t.root.at(key).log = format
	}
	t.root.finish(t.target.SampleSize)
	return nil
}

// file takes the location for a file, if nothing lies below it.
func (l *listing) file(ctx context.Context) error {
	o, err := l.tree.store.Stat(ctx, strings.Trim(l.tree.key, "/"))
	if fault.Is(err, fault.CodeUndefinedFile) {
		return nil
	}
	if err == nil {
		l.root.single = true
		l.take(o)
	}
	return err
}

// take puts an object in its place.
func (l *listing) take(o store.Info) {
	l.listed++
	if key, format := logMark(o.Key); format != "" && len(key) >= len(l.tree.key) {
		l.logs[key] = format
	}
	switch why := l.tree.judge(o); why {
	case skipNot:
		rel, below := strings.CutPrefix(o.Key, l.root.key)
		if !below { // the location is the file
			rel = rel[strings.LastIndexByte(rel, '/')+1:]
		}
		l.root.add(rel, o)
	case skipCovered:
	default:
		pass(l.skipped, why, o.Key, 1)
	}
}

// pass counts an object that was judged not to count.
func pass(skips map[skip]*skipped, why skip, key string, n int) {
	s := skips[why]
	if s == nil {
		s = &skipped{first: key}
		skips[why] = s
	}
	s.first = min(s.first, key)
	s.count += n
}

// adopt adds what was listed of a folder in the listing's own.
func (l *listing) adopt(k *listing) {
	if len(k.root.kids)+k.root.seen > 0 {
		l.root.kids = append(l.root.kids, k.root)
	}
	for why, s := range k.skipped {
		pass(l.skipped, why, s.first, s.count)
	}
	for key, format := range k.logs {
		l.logs[key] = format
	}
	l.failed = append(l.failed, k.failed...)
	l.listed += k.listed
}

// lister lists one target.
type lister struct {
	*finder
	tree  *tree
	slots chan struct{} // taken by each further goroutine that lists
}

// folder lists all below a folder. If that fails, or if it is very much, the
// folders in it are listed one by one: then only those that fail are missing.
func (r *lister) folder(ctx context.Context, root *node) (*listing, error) {
	l, err := r.all(ctx, root)
	if err == nil || ctx.Err() != nil {
		return l, err
	}
	s, ok := r.tree.store.(store.Leveler)
	if !ok || root.depth >= maxListDepth {
		return nil, err
	}
	fresh := root.again()
	l, folders, levelErr := r.level(ctx, s, fresh, 0)
	if levelErr != nil {
		return nil, err
	}
	return l, r.divided(ctx, l, folders)
}

// again gives a folder as it was before anything was listed.
func (n *node) again() *node {
	if n.up == nil {
		return newRoot(n.key)
	}
	return n.up.newKid(n.name)
}

// all lists a folder in one go, unless it is very much and can be divided.
func (r *lister) all(ctx context.Context, root *node) (*listing, error) {
	l := r.tree.newListing(root)
	next, stop := iter.Pull2(r.tree.store.List(ctx, root.key))
	defer stop()
	divide, _ := r.tree.store.(store.Leveler)
	for {
		o, err, ok := next()
		if !ok {
			break
		}
		if err != nil {
			r.told(-int(l.listed / 1000 * 1000))
			return nil, err
		}
		if l.take(o); l.listed%1000 == 0 {
			r.told(1000)
		}
		if divide != nil && l.listed == divideAfter && root.depth < maxListDepth {
			if d, err := r.divide(ctx, divide, root); d != nil || err != nil {
				r.told(-divideAfter)
				if err == nil {
					err = r.divided(ctx, d.listing, d.folders)
				}
				return d.listing, err
			}
		}
	}
	r.told(int(l.listed % 1000))
	return l, nil
}

func (r *lister) told(n int) { r.step(func(p *Progress) { p.Listed += n }) }

// division is a folder whose own objects are listed, and the folders in it not.
type division struct {
	listing *listing
	folders []string
}

// divide begins a division; nil if it is not worth it.
func (r *lister) divide(ctx context.Context, s store.Leveler, root *node) (*division, error) {
	l, folders, err := r.level(ctx, s, root.again(), maxDivision)
	if err != nil || len(folders) == 0 || len(folders) > maxDivision {
		return nil, ctx.Err() // what is wrong with it, listing all will tell
	}
	return &division{l, folders}, nil
}

// level lists a folder's own objects and the names of the folders in it, until
// there are more than most (0: all).
func (r *lister) level(ctx context.Context, s store.Leveler, root *node, most int) (*listing, []string, error) {
	l := r.tree.newListing(root)
	var folders []string
	objects := 0
	for e, err := range s.Level(ctx, root.key) {
		switch {
		case err != nil && e.Folder == "" && e.Info.Key == "":
			return nil, nil, err
		case err != nil:
			l.failed = append(l.failed, listFailure{cmp.Or(e.Folder, e.Info.Key), err})
		case e.Folder != "":
			folders = append(folders, e.Folder)
		default:
			objects++
			l.take(e.Info)
		}
		if most > 0 && (len(folders) > most || objects > divideAfter) {
			return nil, nil, nil
		}
	}
	r.told(int(l.listed))
	return l, folders, nil
}

// divided lists the folders of a division, some at a time, and adds them in
// their order.
func (r *lister) divided(ctx context.Context, l *listing, folders []string) error {
	slices.Sort(folders)
	parts := make([]*listing, len(folders))
	g, ctx := errgroup.WithContext(ctx)
	for i, key := range folders {
		kid := l.root.newKid(strings.TrimSuffix(key[len(l.root.key):], "/"))
		list := func() (err error) {
			parts[i], err = r.folder(ctx, kid)
			if err != nil && ctx.Err() == nil {
				parts[i] = r.tree.newListing(kid)
				parts[i].failed = []listFailure{{key, err}}
				return nil
			}
			return err
		}
		select {
		case r.slots <- struct{}{}:
			g.Go(func() error {
				defer func() { <-r.slots }()
				return list()
			})
		default: // all are busy: this one does it itself
			if err := list(); err != nil {
				return cmp.Or(g.Wait(), err)
			}
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, p := range parts {
		l.adopt(p)
	}
	if len(l.failed) > maxFailures {
		return l.failed[0].err
	}
	return nil
}
