package crawl

import (
	"fmt"
	"strings"

	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/formats/store"
)

// unit is a set of files that certainly belong together as far as their place
// says: a partitioned folder's, a known table's, or those directly in a folder.
type unit struct {
	tree      *tree
	node      *node
	known     *Known   // that the catalog has here
	unchanged bool     // and whose files are those of its fingerprint
	keys      []string // of a partitioned folder
	leaves    []leaf
	whole     bool         // all files below belong to it, not only the direct ones
	separate  bool         // the catalog has tables of single files here
	files     []store.Info // the samples to take
	leafOf    []int        // parallel to files: the leaf that holds it; nil: not partitioned
	samples   []*sample    // parallel to files
}

// planner divides the folders into units, by their names and by the tables that
// the catalog has, without looking into a file.
type planner struct {
	*finder
	tree  *tree // that is being planned
	units map[*node]*unit
	odd   map[*node][]*node // folders below a unit that are not part of it
	later map[*node][]*node // folders like their siblings, to be looked into only if those differ
}

const (
	// manySiblings is how many folders without keys are all looked into.
	manySiblings = 64
	// someSiblings is how many stand for all where there are more.
	someSiblings = 48
)

// plan divides a folder; share is how many files of one folder are worth a
// look.
func (p *planner) plan(n *node, share int) {
	if n.log != "" {
		p.notes.leave(p.tree.folder(n), "it is a table of "+n.log+", which cannot be read yet", n.total)
		return
	}
	if n.total == 0 {
		for _, k := range n.kids { // they may have logs to warn of
			p.plan(k, share)
		}
		return
	}
	if k := p.knownAt(p.tree.store.URL(n.key)); k != nil && !n.single {
		p.planKnown(n, k)
		return
	}
	if p.forced(n) {
		p.planForced(n)
		return
	}
	if p.above(n) {
		p.planAbove(n, share)
		return
	}
	if keys := detectKeys(n); keys != nil {
		p.planPartitions(n, nil, keys)
		return
	}
	if len(n.files) > 0 {
		p.planFiles(n, share)
	}
	p.planKids(n, share)
}

// forced reports whether the options make a table of a folder.
func (p *planner) forced(n *node) bool {
	if n.single {
		return false
	}
	if l := p.Grouping.TableLevel; l > 0 {
		return p.tree.level(n) == l || n.up == nil && p.tree.level(n) > l
	}
	return p.Grouping.Combine && n.up == nil
}

// above reports whether a folder lies above the level of the tables.
func (p *planner) above(n *node) bool {
	return p.Grouping.TableLevel > p.tree.level(n) && !n.single
}

func (p *planner) planAbove(n *node, share int) {
	if n.seen > 0 {
		p.notes.leave(p.tree.folder(n), "its files lie above the table level", n.seen)
	}
	for _, k := range n.kids {
		p.plan(k, share)
	}
}

// planForced makes one unit of all that is below a folder: of partitions by the
// names of the folders, if they spell keys or if no file lies beside them.
func (p *planner) planForced(n *node) {
	keys := detectKeys(n)
	if keys == nil {
		for i := range n.leastDepth() {
			keys = append(keys, plainKey(i))
		}
	}
	how := "schemas combined"
	if p.Grouping.TableLevel > 0 {
		how = fmt.Sprintf("table level %d", p.tree.level(n))
	}
	if keys != nil {
		p.planPartitions(n, nil, keys)
		p.scores[n] = how + ", " + p.scores[n]
		return
	}
	p.scores[n] = how
	p.units[n] = &unit{tree: p.tree, node: n, whole: true, files: spread(n.allFiles(), p.SampleFiles)}
}

// planFiles makes a unit of the files directly in a folder. Those that are
// tables of the catalog and as they were are not looked into.
func (p *planner) planFiles(n *node, share int) {
	u := &unit{tree: p.tree, node: n}
	var changed []store.Info
	for _, o := range n.files {
		k := p.knownAt(p.tree.store.URL(o.Key))
		u.separate = u.separate || k != nil
		if k == nil || !p.same(k, p.fileFingerprint(p.tree, o)) {
			changed = append(changed, o)
		}
	}
	u.files = spread(changed, min(share, p.SampleFiles))
	p.units[n] = u
}

// planKids plans the folders in a folder. Of very many, some stand for all.
func (p *planner) planKids(n *node, share int) {
	kids := n.kids
	if n.depth > 0 && len(kids) > 8 {
		share = min(share, max(2, 2*p.SampleFiles/len(kids)))
	}
	if len(kids) > manySiblings && !p.knownBelow(n) {
		kids = spread(kids, someSiblings)
		chosen := make(map[*node]bool, len(kids))
		for _, k := range kids {
			chosen[k] = true
		}
		for _, k := range n.kids {
			if !chosen[k] {
				p.later[n] = append(p.later[n], k)
			}
		}
	}
	for _, k := range kids {
		p.plan(k, share)
	}
}

// knownBelow reports whether the catalog has a table in one of the folders.
func (p *planner) knownBelow(n *node) bool {
	for _, k := range n.kids {
		if p.knownAt(p.tree.store.URL(k.key)) != nil {
			return true
		}
	}
	return false
}

// same reports whether a known table has no file that its crawl has not seen,
// or is not to be looked into.
func (p *planner) same(k *Known, fingerprint string) bool {
	return k.Fingerprint != "" && k.Fingerprint == fingerprint || p.NewOnly && len(k.Table.PartitionKeys) == 0
}

func (p *planner) planKnown(n *node, k *Known) {
	if p.same(k, p.fingerprint(p.tree, n)) {
		p.units[n] = &unit{tree: p.tree, node: n, known: k, unchanged: true, whole: true}
		p.scores[n] = "known to the catalog"
		if keys := keyNames(k); keys != nil {
			_, odd, _ := extractBut(n, keys, p.ownTables(n))
			p.planOdd(n, keys, odd)
		}
		return
	}
	if keys := keyNames(k); keys != nil {
		p.planPartitions(n, k, keys)
		p.scores[n] = "known to the catalog, " + p.scores[n]
		return
	}
	p.scores[n] = "known to the catalog"
	p.units[n] = &unit{tree: p.tree, node: n, known: k, whole: true, files: spread(n.allFiles(), p.SampleFiles)}
}

// keyNames gives the names of a known table's partition keys, nil if it has
// none.
func keyNames(k *Known) []string {
	var keys []string
	for _, c := range k.Table.PartitionKeys {
		keys = append(keys, c.Name)
	}
	return keys
}

func (p *planner) planPartitions(n *node, k *Known, keys []string) {
	leaves, odd, stray := extractBut(n, keys, p.ownTables(n))
	p.scores[n] = "folders spell the keys " + strings.Join(keys, ", ")
	if stray > 0 {
		p.notes.leave(p.tree.folder(n), "files beside the partitions, which are not part of the table", stray)
	}
	u := &unit{tree: p.tree, node: n, known: k, keys: keys, leaves: leaves}
	if p.NewOnly && k != nil && k.Has != nil {
		u.leaves = newLeaves(leaves, k.Has)
		u.unchanged = len(u.leaves) == 0
	}
	u.files, u.leafOf = leafFiles(u.leaves, p.SampleFiles)
	p.units[n] = u
	p.planOdd(n, keys, odd)
}

// ownTables gives the test for folders below a folder that are tables of the
// catalog themselves; nil if there are none.
func (p *planner) ownTables(n *node) func(*node) bool {
	here := Normalize(p.tree.store.URL(n.key)) + "/"
	for at := range p.known {
		if strings.HasPrefix(at, here) {
			return func(k *node) bool { return p.knownAt(p.tree.store.URL(k.key)) != nil }
		}
	}
	return nil
}

// newLeaves gives the partitions that a table does not have.
func newLeaves(leaves []leaf, has func([]string) bool) []leaf {
	var out []leaf
	for _, l := range leaves {
		if !has(l.values) {
			out = append(out, l)
		}
	}
	return out
}

// planOdd plans the folders of a partitioned one that are no partitions of it:
// those directly in it may be tables of their own.
func (p *planner) planOdd(n *node, keys []string, odd []*node) {
	for _, k := range odd {
		_, kv := partition.ParseSegment(k.name)
		if (kv || k.depth > n.depth+1) && p.knownAt(p.tree.store.URL(k.key)) == nil {
			if k.total > 0 {
				p.notes.leave(p.tree.folder(k), "it does not fit the partition keys ("+strings.Join(keys, ", ")+") of its table", k.total)
			}
			continue
		}
		p.odd[n] = append(p.odd[n], k)
		p.plan(k, p.SampleFiles)
	}
}
