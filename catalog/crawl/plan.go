package crawl

import (
	"strings"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/formats/store"
)

// unit is a set of files that certainly belong together as far as their place
// says: a partitioned folder's, a known table's, or those directly in a folder.
type unit struct {
	node    *node
	known   *catalog.Table // that the catalog has here
	keys    []string       // of a partitioned folder
	leaves  []leaf
	whole   bool         // all files below belong to it, not only the direct ones
	files   []store.Info // the samples to take
	samples []*sample    // parallel to files
}

// planner divides the folders into units, by their names and by the tables that
// the catalog has, without looking into a file.
type planner struct {
	*crawler
	units map[*node]*unit
	odd   map[*node][]*node // folders below a unit that are not part of it
}

func (p *planner) add(u *unit) {
	if p.units == nil {
		p.units, p.odd = map[*node]*unit{}, map[*node][]*node{}
	}
	p.units[u.node] = u
}

func (p *planner) plan(n *node) {
	if n.log != "" {
		p.warn.add("%s is a table of %s, which cannot be read yet", p.store.URL(n.key), n.log)
		return
	}
	if n.total == 0 {
		for _, k := range n.kids { // they may have logs to warn of
			p.plan(k)
		}
		return
	}
	if t := p.tableAt(p.store.URL(n.key)); t != nil {
		p.planKnown(n, t)
		return
	}
	if keys := detectKeys(n); keys != nil {
		p.planPartitions(n, nil, keys)
		return
	}
	if len(n.files) > 0 {
		p.add(&unit{node: n, files: spread(n.files, p.SampleFiles)})
	}
	for _, k := range n.kids {
		p.plan(k)
	}
}

func (p *planner) planKnown(n *node, t *catalog.Table) {
	if len(t.PartitionKeys) == 0 {
		p.add(&unit{node: n, known: t, whole: true, files: spread(n.allFiles(), p.SampleFiles)})
		return
	}
	keys := make([]string, len(t.PartitionKeys))
	for i, k := range t.PartitionKeys {
		keys[i] = k.Name
	}
	p.planPartitions(n, t, keys)
}

func (p *planner) planPartitions(n *node, t *catalog.Table, keys []string) {
	leaves, odd, stray := extract(n, keys)
	if stray > 0 {
		p.warn.add("%d files in %s lie beside its partitions and are not part of the table", stray, p.store.URL(n.key))
	}
	p.add(&unit{node: n, known: t, keys: keys, leaves: leaves, files: leafFiles(leaves, p.SampleFiles)})
	for _, k := range odd {
		if _, kv := partition.ParseSegment(k.name); kv || k.depth > n.depth+1 {
			if k.total > 0 {
				p.warn.add("%s does not fit the partition keys (%s) of its table and was left out",
					p.store.URL(k.key), strings.Join(keys, ", "))
			}
			continue
		}
		p.odd[n] = append(p.odd[n], k)
		p.plan(k)
	}
}

// leafFiles chooses files to look into, spread over the partitions.
func leafFiles(leaves []leaf, max int) []store.Info {
	some := spread(leaves, max)
	if len(some) == 0 {
		return nil
	}
	var out []store.Info
	for i, l := range some {
		share := (max - len(out)) / (len(some) - i)
		out = append(out, l.node.firstFiles(share)...)
	}
	return out
}
