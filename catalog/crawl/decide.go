package crawl

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
)

// candidate is a table that will be registered or brought up to date.
type candidate struct {
	node    *node
	file    *store.Info    // a table of one file
	known   *catalog.Table // that the catalog has here
	keys    []string
	leaves  []leaf
	samples []*sample // usable ones, of one format
	files   int
	bytes   int64
	name    string // before folding; the folder's or the file's
}

// maxFileTables is how many files of one folder may become a table each.
const maxFileTables = maxKept

// decider makes candidates of units, from the leaves of the tree to its root.
type decider struct {
	*crawler
	units map[*node]*unit
	odd   map[*node][]*node
}

func (d *decider) candidates(ctx context.Context, n *node) ([]*candidate, error) {
	if n.log != "" || n.total == 0 {
		return nil, nil
	}
	u := d.units[n]
	if u != nil && (u.keys != nil || u.whole) {
		return d.fixed(ctx, u)
	}
	var kids []*candidate
	nested := true // every folder below is one table of its own
	for _, k := range n.kids {
		cs, err := d.candidates(ctx, k)
		if err != nil {
			return nil, err
		}
		nested = nested && (len(cs) == 1 && cs[0].node == k && cs[0].file == nil && cs[0].known == nil || len(cs) == 0)
		kids = append(kids, cs...)
	}
	if u == nil {
		if n.depth > 0 && nested && len(kids) > 1 && mergeable(kids) {
			return []*candidate{mergeKids(n, kids)}, nil
		}
		return kids, nil
	}
	return d.withFiles(ctx, u, kids, nested)
}

// fixed makes the candidate of a unit whose extent is known: a partitioned
// folder or a table of the catalog.
func (d *decider) fixed(ctx context.Context, u *unit) ([]*candidate, error) {
	var out []*candidate
	if c := d.oneTable(u.node, u, u.samples); c != nil {
		c.files, c.bytes = u.node.total, u.node.bytes
		if u.keys != nil {
			c.files, c.bytes = 0, 0
			for _, l := range u.leaves {
				c.files += l.node.total
				c.bytes += l.node.bytes
			}
		}
		out = append(out, c)
	}
	for _, k := range d.odd[u.node] {
		cs, err := d.candidates(ctx, k)
		if err != nil {
			return nil, err
		}
		out = append(out, cs...)
	}
	return out, nil
}

// withFiles decides over a folder with files in it: one table with all that
// lies below, or a table of its files alone, or a table for each file.
func (d *decider) withFiles(ctx context.Context, u *unit, kids []*candidate, nested bool) ([]*candidate, error) {
	n := u.node
	ok := d.usable(u.samples)
	if len(ok) == 0 {
		return kids, nil
	}
	separate := n.single || slices.ContainsFunc(u.files, func(o store.Info) bool { return d.tableAt(d.store.URL(o.Key)) != nil })
	if !separate && oneShape(ok) && nested && !slices.ContainsFunc(kids, func(k *candidate) bool {
		return len(k.keys) > 0 || !similar(k.samples[0], ok[0])
	}) {
		for _, k := range kids {
			ok = append(ok, k.samples...)
		}
		if c := d.oneTable(n, u, ok); c != nil {
			c.files, c.bytes = n.total, n.bytes
			return []*candidate{c}, nil
		}
	}
	if !separate && len(kids) == 0 {
		if major := majority(ok); major != nil {
			d.warnOdd(n, ok, major)
			c := d.oneTable(n, u, major)
			c.files, c.bytes = n.total, n.bytes
			return []*candidate{c}, nil
		}
	}
	files, err := d.fileTables(ctx, u)
	return append(files, kids...), err
}

// usable tells of the samples that cannot be used and gives the others.
func (d *decider) usable(samples []*sample) []*sample {
	var ok []*sample
	unknown := 0
	first := ""
	for _, m := range samples {
		switch {
		case m.err != nil:
			d.warn.add("%s was left out: %v", m.url(), m.err)
		case m.format == "":
			if unknown++; first == "" {
				first = m.url()
			}
		default:
			ok = append(ok, m)
		}
	}
	if unknown == 1 {
		d.warn.add("%s has no format that is known and was left out", first)
	} else if unknown > 1 {
		d.warn.add("%d files have no format that is known and were left out, the first is %s", unknown, first)
	}
	return ok
}

func (m *sample) url() string { return m.store.URL(m.info.Key) }

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
		if 10*len(group) >= 7*len(ok) && (len(group) > 1 || len(ok) == 1) {
			return group
		}
	}
	return nil
}

func (d *decider) warnOdd(n *node, all, group []*sample) {
	for _, m := range all {
		if !slices.Contains(group, m) {
			d.warn.add("%s differs from the other files of table %s: %s with %d columns", m.url(), n.name, m.format, len(m.columns))
		}
	}
}

// oneTable makes a candidate of a folder. Files of a minor format are told of;
// the format that most samples have counts.
func (d *decider) oneTable(n *node, u *unit, samples []*sample) *candidate {
	ok := samples
	if u.keys != nil || u.whole {
		ok = d.usable(samples)
	}
	if len(ok) == 0 {
		return nil
	}
	votes := map[string]int{}
	for _, m := range ok {
		votes[m.format]++
	}
	format := winner(votes)
	if u.known != nil && votes[u.known.Format] > 0 {
		format = u.known.Format
	}
	var same []*sample
	for _, m := range ok {
		if m.format == format {
			same = append(same, m)
		} else {
			d.warn.add("%s is %s, but its table %s is %s", m.url(), m.format, n.name, format)
		}
	}
	return &candidate{node: n, known: u.known, keys: u.keys, leaves: u.leaves, samples: same, name: n.name}
}

// fileTables makes a table of each file of a folder.
func (d *decider) fileTables(ctx context.Context, u *unit) ([]*candidate, error) {
	n := u.node
	if n.seen > maxFileTables {
		d.warn.add("%s holds %d files of different schemas, too many for a table each; they were left out", d.store.URL(n.key), n.seen)
		return nil, nil
	}
	var out []*candidate
	for _, o := range n.files {
		m, err := d.sampleOf(ctx, u, o)
		if err != nil {
			return nil, err
		}
		if !m.ok() {
			continue
		}
		out = append(out, &candidate{node: n, file: &o, known: d.tableAt(d.store.URL(o.Key)), samples: []*sample{m}, files: 1,
			bytes: o.Size, name: fileStem(o.Key)})
	}
	return out, nil
}

// sampleOf gives a file's sample, and takes it now if it was not among the
// chosen ones.
func (d *decider) sampleOf(ctx context.Context, u *unit, o store.Info) (*sample, error) {
	for _, m := range u.samples {
		if m.info.Key == o.Key {
			return m, nil
		}
	}
	m, err := d.look(ctx, o)
	if err != nil {
		return nil, err
	}
	d.usable([]*sample{m})
	return m, nil
}

// fileStem is a file's name without the extensions of format and codec.
func fileStem(key string) string {
	name := codec.TrimExtension(path.Base(key))
	if ext := path.Ext(name); ext != name {
		name = strings.TrimSuffix(name, ext)
	}
	return name
}

// mergeable reports whether sibling folders are one table: same keys, and each
// similar to the first.
func mergeable(kids []*candidate) bool {
	for _, k := range kids[1:] {
		if !slices.Equal(k.keys, kids[0].keys) || !similar(kids[0].samples[0], k.samples[0]) {
			return false
		}
	}
	return true
}

// mergeKids makes one table of sibling folders: their names become the values
// of partition_0, and keys of that kind below move up by one.
func mergeKids(n *node, kids []*candidate) *candidate {
	c := &candidate{node: n, name: n.name, keys: []string{plainKey(0)}}
	for i, k := range kids[0].keys {
		if k == plainKey(i) {
			k = plainKey(i + 1)
		}
		c.keys = append(c.keys, k)
	}
	for _, k := range kids {
		leaves := k.leaves
		if k.keys == nil {
			leaves = []leaf{{node: k.node}}
		}
		for _, l := range leaves {
			c.leaves = append(c.leaves, leaf{append([]string{k.node.name}, l.values...), l.node})
		}
		c.samples = append(c.samples, k.samples...)
		c.files += k.files
		c.bytes += k.bytes
	}
	return c
}
