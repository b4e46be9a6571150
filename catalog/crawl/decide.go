package crawl

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/glauxdb/glaux/formats/codec"
	"github.com/glauxdb/glaux/formats/store"
)

// candidate is a table as it will be found.
type candidate struct {
	tree      *tree
	node      *node
	file      *store.Info // a table of one file
	known     *Known      // that the catalog has here
	unchanged bool
	keys      []string
	leaves    []leaf
	samples   []*sample // usable ones, of one format
	files     int
	bytes     int64
	name      string // before folding; the folder's or the file's
	again     bool   // files could not be read for now: see sample.passing
	merged    *shape // of the samples; made when it is first asked for
}

// shape joins the columns of the samples.
func (c *candidate) shape() *shape {
	if c.merged == nil {
		settleIDs(c.samples)
		m := newMerger(c.samples[0].columns)
		for _, s := range c.samples[1:] {
			m.add(s.columns)
		}
		c.merged = &shape{format: c.samples[0].format, columns: m.cols}
	}
	return c.merged
}

// maxFileTables is how many files of one folder may become a table each.
const maxFileTables = maxKept

// decider makes candidates of units, from the leaves of the tree to its root.
type decider struct {
	*planner
	files map[*node]int // tables of single files in a folder
}

// decide gives the candidates of all targets.
func (d *decider) decide(ctx context.Context) ([]*candidate, error) {
	var out []*candidate
	for _, t := range d.trees {
		if t.root == nil {
			continue
		}
		d.tree = t
		cs, err := d.candidates(ctx, t.root)
		if err != nil {
			return nil, err
		}
		out = append(out, cs...)
	}
	return out, nil
}

func (d *decider) candidates(ctx context.Context, n *node) ([]*candidate, error) {
	if n.log != "" || n.total == 0 {
		return nil, nil
	}
	u := d.units[n]
	if u != nil && (u.keys != nil || u.whole) {
		return d.fixed(ctx, u)
	}
	kids, err := d.below(ctx, n, n.kids)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return d.withoutFiles(ctx, n, kids)
	}
	return d.withFiles(ctx, u, kids)
}

// kid is a folder with what was found in it.
type kid struct {
	node   *node
	tables []*candidate
	table  *candidate // the one that could be part of the folder above's; nil: there is none
	rel    []string   // the folders between the kid and its table
}

// below decides about folders that were planned.
func (d *decider) below(ctx context.Context, n *node, kids []*node) ([]kid, error) {
	later := d.later[n]
	var out []kid
	for _, k := range kids {
		if len(later) > 0 && later[0] == k {
			later = later[1:]
			continue
		}
		cs, err := d.candidates(ctx, k)
		if err != nil {
			return nil, err
		}
		if len(cs) == 0 {
			continue
		}
		entry := kid{node: k, tables: cs}
		if len(cs) == 1 && cs[0].file == nil && cs[0].known == nil && len(cs[0].samples) > 0 {
			entry.table = cs[0]
			for m := cs[0].node; m != k; m = m.up {
				entry.rel = append(entry.rel, m.name)
			}
			slices.Reverse(entry.rel)
		}
		out = append(out, entry)
	}
	return out, nil
}

func tablesOf(kids []kid) []*candidate {
	var out []*candidate
	for _, k := range kids {
		out = append(out, k.tables...)
	}
	return out
}

// group clusters the tables below a folder. all is false if some folder's
// cannot be part of a table above.
func group(kids []kid) (cs []cluster, all bool) {
	shapes := make([]*shape, 0, len(kids))
	with := make([]int, 0, len(kids))
	for i, k := range kids {
		if k.table != nil {
			shapes = append(shapes, k.table.shape())
			with = append(with, i)
		}
	}
	cs = clusters(shapes, func(i, j int) bool {
		a, b := kids[with[i]], kids[with[j]]
		return len(a.rel) == len(b.rel) && slices.Equal(a.table.keys, b.table.keys)
	})
	for _, c := range cs {
		for i, at := range c.members {
			c.members[i] = with[at]
		}
	}
	return cs, len(with) == len(kids)
}

// withoutFiles decides over a folder that holds nothing but folders: the rule
// of similarity, from the second level on.
func (d *decider) withoutFiles(ctx context.Context, n *node, kids []kid) ([]*candidate, error) {
	if len(kids) < 2 {
		return tablesOf(kids), nil
	}
	cs, all := group(kids)
	later := d.later[n]
	d.scores[n] = score(cs, len(kids), "folders")
	merge := len(cs) > 0 && 10*len(cs[0].members) > minRatio*len(kids) && len(cs[0].members) > 1 && len(cs) <= maxClusters
	if n.depth == 0 && merge && !(len(kids)+len(later) > manySiblings && len(cs) == 1 && all && kids[0].table.keys == nil) {
		merge = false
		d.scores[n] += "; folders directly below the location are tables of their own"
	}
	if len(later) > 0 && !(merge && all && len(cs) == 1) {
		kids, err := d.lookCloser(ctx, n)
		if err != nil {
			return nil, err
		}
		return d.withoutFiles(ctx, n, kids)
	}
	if !merge {
		return tablesOf(kids), nil
	}
	var part []kid
	var out []*candidate
	in := map[int]bool{}
	for _, i := range cs[0].members {
		part = append(part, kids[i])
		in[i] = true
	}
	for i, k := range kids {
		if !in[i] {
			out = append(out, k.tables...)
		}
	}
	c := d.mergeKids(n, part)
	if len(later) > 0 {
		d.scores[n] += fmt.Sprintf("; %d more are taken to be", len(later))
		d.addLater(c, n, later, len(part[0].rel))
	}
	return append(out, c), nil
}

// lookCloser looks into the folders that were to be judged by their siblings,
// because these differ.
func (d *decider) lookCloser(ctx context.Context, n *node) ([]kid, error) {
	later := d.later[n]
	delete(d.later, n)
	share := 2
	if n.depth == 0 {
		share = d.SampleFiles
	}
	for _, k := range later {
		d.plan(k, share)
	}
	if err := d.sampleAll(ctx, d.units); err != nil {
		return nil, err
	}
	return d.below(ctx, n, n.kids)
}

// mergeKids makes one table of sibling folders: their names become the values
// of partition_0, and so on; keys of that kind below move up.
func (d *decider) mergeKids(n *node, kids []kid) *candidate {
	levels := 1 + len(kids[0].rel)
	c := &candidate{tree: d.tree, node: n, name: n.name}
	for i := range levels {
		c.keys = append(c.keys, plainKey(i))
	}
	for i, k := range kids[0].table.keys {
		if k == plainKey(i) {
			k = plainKey(i + levels)
		}
		c.keys = append(c.keys, k)
	}
	for _, k := range kids {
		leaves := k.table.leaves
		if k.table.keys == nil {
			leaves = []leaf{{node: k.table.node, style: styleOf(k.table.samples[0])}}
		}
		for _, l := range leaves {
			c.leaves = append(c.leaves, leaf{slices.Concat([]string{k.node.name}, k.rel, l.values), l.node, l.style})
		}
		c.samples = append(c.samples, k.table.samples...)
		c.files += k.table.files
		c.bytes += k.table.bytes
		c.again = c.again || k.table.again
	}
	return c
}

// addLater adds the folders that were not looked into as partitions.
func (d *decider) addLater(c *candidate, n *node, later []*node, rel int) {
	for _, k := range later {
		found, odd, stray := extract(k, c.keys[1:])
		if len(odd) > 0 || stray > 0 {
			d.notes.leave(d.tree.folder(k), "it does not fit the partition keys ("+strings.Join(c.keys, ", ")+") of its table", k.total)
		}
		for _, l := range found {
			c.leaves = append(c.leaves, leaf{values: append([]string{k.name}, l.values...), node: l.node})
			c.files += l.node.total
			c.bytes += l.node.bytes
		}
	}
	slices.SortStableFunc(c.leaves, func(a, b leaf) int { return strings.Compare(a.node.key, b.node.key) })
}

// fixed makes the candidate of a unit whose extent is known: a partitioned
// folder or a table of the catalog.
func (d *decider) fixed(ctx context.Context, u *unit) ([]*candidate, error) {
	var out []*candidate
	c, err := d.fixedTable(ctx, u)
	if err != nil {
		return nil, err
	}
	switch {
	case c != nil:
		out = append(out, c)
	case u.known != nil: // it is there, but nothing of it can be read
		d.fail = append(d.fail, d.tree.folder(u.node))
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

func (d *decider) fixedTable(ctx context.Context, u *unit) (*candidate, error) {
	if u.unchanged {
		return &candidate{tree: u.tree, node: u.node, known: u.known, unchanged: true, files: u.node.total, bytes: u.node.bytes}, nil
	}
	if err := d.agreeOnHeaders(ctx, u); err != nil {
		return nil, err
	}
	if u.leaves != nil {
		if err := d.styles(ctx, u); err != nil {
			return nil, err
		}
	}
	c := d.oneTable(u, d.usable(u.samples))
	if c == nil {
		return nil, nil
	}
	d.scoreSamples(u, c.samples)
	c.files, c.bytes = u.node.total, u.node.bytes
	if u.keys != nil {
		c.files, c.bytes = 0, 0
		for _, l := range u.leaves {
			c.files += l.node.total
			c.bytes += l.node.bytes
		}
	}
	return c, nil
}

// scoreSamples tells how the files of a table compare whose extent was known
// without them, and warns where most are not alike.
func (d *decider) scoreSamples(u *unit, ok []*sample) {
	cs, text := fileClusters(ok)
	if text == "" {
		return
	}
	d.scores[u.node] = strings.TrimPrefix(d.scores[u.node]+"; "+text, "; ")
	if u.known == nil && 10*len(cs[0].members) <= minRatio*len(ok) {
		d.notes.note("the files of table %s have different schemas (%s): tables need folders of their own", u.node.name, text)
	}
}

// oneTable makes a candidate of a folder, of the format that most samples have
// (or a known table has). Partitions may have another one; other files of
// another format are told of.
func (d *decider) oneTable(u *unit, ok []*sample) *candidate {
	if len(ok) == 0 {
		return nil
	}
	n := u.node
	votes := map[string]int{}
	for _, m := range ok {
		votes[m.format]++
	}
	format := winner(votes)
	if u.known != nil && votes[u.known.Table.Format] > 0 {
		format = u.known.Table.Format
	}
	var same []*sample
	for _, m := range ok {
		switch {
		case m.format == format:
			same = append(same, m)
		case !d.styled(u, m):
			d.notes.leave(m.url(), fmt.Sprintf("it is %s, but its table %s is %s", m.format, n.name, format), 1)
		}
	}
	d.tellUnread(u)
	return &candidate{tree: u.tree, node: n, known: u.known, keys: u.keys, leaves: u.leaves, samples: same, name: n.name,
		again: slices.ContainsFunc(u.samples, (*sample).passing)}
}

// tellUnread tells of the files in a table's folder that cannot be read: they
// are out of the schema, but not of the folder, which queries read whole.
func (d *decider) tellUnread(u *unit) {
	var first *sample
	n := 0
	for _, m := range u.samples {
		if m != nil && (m.err != nil || m.format == "") {
			if n++; first == nil || m.info.Key < first.info.Key {
				first = m
			}
		}
	}
	if n > 0 {
		d.notes.note("table %s: queries will meet %s that cannot be read, such as %s: move them away or exclude them",
			u.node.name, counted(n, "file"), first.url())
	}
}

// usable tells of the samples that cannot be used and gives the others.
func (d *decider) usable(samples []*sample) []*sample {
	var ok []*sample
	unknown := 0
	first := ""
	for _, m := range samples {
		switch {
		case m.err != nil:
			d.notes.leave(m.url(), reason(m.err), 1)
		case m.format == "":
			if unknown++; first == "" {
				first = m.url()
			}
		default:
			ok = append(ok, m)
		}
	}
	if unknown > 0 {
		d.notes.leave(first, "it has no format that is known", unknown)
	}
	return ok
}

// fileStem is a file's name without the extensions of format and codec.
func fileStem(key string) string {
	name := codec.TrimExtension(path.Base(key))
	if ext := path.Ext(name); ext != name {
		name = strings.TrimSuffix(name, ext)
	}
	return name
}
