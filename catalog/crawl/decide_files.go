package crawl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/formats/store"
)

// withFiles decides over a folder with files in it: one table with all that
// lies below, or a table of its files alone, or a table for each file.
func (d *decider) withFiles(ctx context.Context, u *unit, kids []kid) ([]*candidate, error) {
	n := u.node
	if err := d.agreeOnHeaders(ctx, u); err != nil {
		return nil, err
	}
	ok := d.usable(u.samples)
	separate := n.single || u.separate
	whole := len(ok) > 0 && !separate && oneShape(ok) && alikeBelow(ok[0], kids)
	if len(d.later[n]) > 0 && !whole {
		var err error
		if kids, err = d.lookCloser(ctx, n); err != nil {
			return nil, err
		}
	}
	if len(ok) == 0 && !separate {
		return tablesOf(kids), nil
	}
	if whole {
		d.scores[n] = fileScore(ok)
		c := d.oneTable(u, ok)
		for _, k := range tablesOf(kids) {
			c.samples = append(c.samples, k.samples...)
			c.again = c.again || k.again
		}
		c.files, c.bytes = n.total, n.bytes
		return []*candidate{c}, nil
	}
	if !separate && len(kids) == 0 {
		if major := majority(ok); major != nil {
			d.scores[n] = fmt.Sprintf("%d of %d files similar", len(major), len(ok))
			d.warnOdd(n, ok, major)
			c := d.oneTable(u, major)
			c.files, c.bytes = n.total, n.bytes
			return []*candidate{c}, nil
		}
	}
	if !separate {
		d.scores[n] = fileScore(ok)
	}
	files, err := d.fileTables(ctx, u)
	return append(files, tablesOf(kids)...), err
}

// alikeBelow reports whether all that was found in a folder's folders is like
// a file of the folder itself: then one table holds both, since a location
// stands for all below it.
func alikeBelow(m *sample, kids []kid) bool {
	for _, k := range kids {
		for _, c := range k.tables {
			if c.file != nil || c.known != nil || len(c.samples) == 0 || hiveKeys(c) || !similar(&m.shape, c.shape()) {
				return false
			}
		}
	}
	return true
}

// hiveKeys reports whether a table's partitions have names of their own (k=v),
// which a table above would lose.
func hiveKeys(c *candidate) bool {
	for i := range c.leaves {
		if strings.Contains(c.leaves[i].node.key[len(c.node.key):], "=") {
			return true
		}
	}
	return false
}

// fileScore says how the files of a folder compare.
func fileScore(ok []*sample) string {
	_, text := fileClusters(ok)
	return text
}

// fileClusters groups files by their schemas; a single one is not worth a word.
func fileClusters(ok []*sample) ([]cluster, string) {
	if len(ok) < 2 {
		return nil, ""
	}
	shapes := make([]*shape, len(ok))
	for i, m := range ok {
		shapes[i] = &m.shape
	}
	cs := clusters(shapes, func(i, j int) bool { return true })
	return cs, score(cs, len(ok), "files")
}

// oneShape reports whether all files of a folder are like the first.
func oneShape(ok []*sample) bool {
	for _, m := range ok[1:] {
		if !alike(ok[0], m) {
			return false
		}
	}
	return true
}

// majority gives the files that are like one of them, if those are at
// least 7 of 10 and more than one; nil if there is no such group.
func majority(ok []*sample) []*sample {
	for _, lead := range ok {
		var group []*sample
		for _, m := range ok {
			if alike(lead, m) {
				group = append(group, m)
			}
		}
		if 10*len(group) >= minRatio*len(ok) && (len(group) > 1 || len(ok) == 1) {
			return group
		}
	}
	return nil
}

func (d *decider) warnOdd(n *node, all, group []*sample) {
	for _, m := range all {
		if !slices.Contains(group, m) {
			d.notes.note("%s differs from the other files of table %s: %s with %d columns", m.url(), n.name, m.format, len(m.columns))
		}
	}
}

// fileTables makes a table of each file of a folder.
func (d *decider) fileTables(ctx context.Context, u *unit) ([]*candidate, error) {
	n := u.node
	if n.seen > maxFileTables && !u.separate {
		d.notes.leave(d.tree.folder(n), "its files have different schemas, and are too many for a table each", n.seen)
		return nil, nil
	}
	samples, err := d.samplesOf(ctx, u)
	if err != nil {
		return nil, err
	}
	var out []*candidate
	for i, o := range n.files {
		c := &candidate{tree: u.tree, node: n, file: &n.files[i], known: d.knownAt(d.tree.store.URL(o.Key)), files: 1, bytes: o.Size,
			name: fileStem(o.Key)}
		switch m := samples[i]; {
		case m == nil:
			c.unchanged = true
		case m.ok():
			c.samples = []*sample{m}
		default:
			if c.known != nil {
				d.fail = append(d.fail, d.tree.store.URL(o.Key))
			}
			continue
		}
		out = append(out, c)
	}
	return out, nil
}

// samplesOf gives the samples of all files of a folder, parallel to them, and
// takes those now that were not among the chosen ones. nil: the file is a known
// table, and as it was.
func (d *decider) samplesOf(ctx context.Context, u *unit) ([]*sample, error) {
	have := map[string]*sample{}
	for _, m := range u.samples {
		have[m.info.Key] = m
	}
	var missing []store.Info
	for _, o := range u.node.files {
		k := d.knownAt(d.tree.store.URL(o.Key))
		if have[o.Key] == nil && (k == nil || !d.same(k, d.fileFingerprint(d.tree, o))) {
			missing = append(missing, o)
		}
	}
	more, err := d.lookAll(ctx, d.tree, missing)
	if err != nil {
		return nil, err
	}
	d.usable(more)
	for _, m := range more {
		have[m.info.Key] = m
	}
	out := make([]*sample, len(u.node.files))
	for i, o := range u.node.files {
		out[i] = have[o.Key]
	}
	return out, nil
}
