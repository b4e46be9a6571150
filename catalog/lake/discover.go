package lake

import (
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/formats/store"
)

// maxDirect is how many folders a filter may name, at each place, before one
// listing of what is there is the better deal.
const maxDirect = 16

// discovery finds the partitions of a table by its folders, level by level:
//
//	root/ ── level 0: dt = '2024-01-02' names it ──> root/dt=2024-01-02/
//	      ── level 1: listed, then region <> 'us' ──> root/dt=2024-01-02/region=eu/ ...
type discovery struct {
	lake   *Lake
	table  *catalog.Table
	filter partition.KeyFilter // nil: everything
	exact  bool
	odd    *oddities // nil: what does not fit is passed over or, if it has a key's name, an error
	limit  int       // of partitions; 0: none
	levels int       // to go down; 0: all
	layout *partition.Layout
	store  store.Store
	root   string // the key of the root's folder, with a slash at its end
	ttl    time.Duration
}

// foundFolder is a folder at some level and the texts of the keys so far.
type foundFolder struct {
	rel   string // below the root, with a slash at its end
	texts []string
}

func (l *Lake) discover(ctx context.Context, t *catalog.Table, f partition.KeyFilter, exact bool) (*catalog.Partitions, error) {
	layout, err := partition.LayoutOf(t)
	if err != nil {
		return nil, err
	}
	d := &discovery{lake: l, table: t, filter: f, exact: exact, layout: layout, limit: partition.MaxProjected}
	if d.ttl, err = cacheTTL(t); err != nil {
		return nil, err
	}
	folders, err := d.run(ctx)
	if err != nil {
		return nil, tableFault(err, t)
	}
	b := partition.NewBuilder(t, len(folders))
	for i := range folders {
		b.Add(folders[i].texts)
	}
	return b.Build(0, func(row int) string { return d.location(folders[row]) }, nil)
}

// location gives the location of a folder of the last level.
func (d *discovery) location(f foundFolder) string { return d.layout.Root + f.rel + d.layout.Suffix }

// run goes down all levels.
func (d *discovery) run(ctx context.Context) ([]foundFolder, error) {
	s, key, err := d.lake.stores.Open(d.layout.Root)
	if err != nil {
		return nil, err
	}
	d.store, d.root = s, store.Folder(key)
	folders := []foundFolder{{texts: make([]string, len(d.table.PartitionKeys))}}
	levels := d.layout.Levels()
	if d.levels > 0 {
		levels = d.levels
	}
	for level := range levels {
		if folders, err = d.level(ctx, level, folders); err != nil {
			return nil, err
		}
		if len(folders) == 0 && level == 0 {
			if err := d.checkRoot(ctx); err != nil {
				return nil, err
			}
		}
	}
	return folders, nil
}

// checkRoot tells a table without partitions from one whose location is gone.
func (d *discovery) checkRoot(ctx context.Context) error {
	if !d.exact && d.filter != nil {
		return nil
	}
	return d.lake.checkLocation(ctx, d.table, d.store, strings.TrimSuffix(d.root, "/"))
}

// level goes one level down from some folders.
func (d *discovery) level(ctx context.Context, level int, above []foundFolder) ([]foundFolder, error) {
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(parallelListings)
	below := make([][]foundFolder, len(above))
	for i := range above {
		if each.Err() != nil {
			break
		}
		from := above[i]
		from.rel += d.layout.Before(level)
		if direct, ok := d.direct(level, from); ok {
			below[i] = direct
			continue
		}
		g.Go(func() (err error) {
			below[i], err = d.listed(each, level, from)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	folders := slices.Concat(below...)
	keys := d.layout.Keys(level)
	var err error
	for _, k := range keys {
		if folders, err = d.allowed(k, folders); err != nil {
			return nil, err
		}
	}
	if d.limit > 0 && len(folders) > d.limit {
		return nil, partition.LimitFault(d.table, d.loosest(level), "the discovery of the partitions", int64(len(folders)))
	}
	return folders, nil
}

// loosest gives the key whose restriction would help most: the first one, down
// to a level, that the filter does not restrict.
func (d *discovery) loosest(level int) int {
	for l := range level + 1 {
		for _, k := range d.layout.Keys(l) {
			if !partition.Restricted(d.filter, k) {
				return k
			}
		}
	}
	return d.layout.Keys(level)[0]
}

// direct gives the folders that the filter names; false where it does not, or
// their names may be spelled in several ways.
func (d *discovery) direct(level int, from foundFolder) ([]foundFolder, bool) {
	if d.filter == nil || d.exact {
		return nil, false
	}
	out := []foundFolder{{texts: from.texts}}
	for _, k := range d.layout.Keys(level) {
		values, ok := d.filter.Values(k)
		if !ok || len(values)*len(out) > maxDirect {
			return nil, false
		}
		var next []foundFolder
		for _, o := range out {
			for _, v := range values {
				texts := slices.Clone(o.texts)
				texts[k] = string(types.AppendValue(nil, v))
				next = append(next, foundFolder{texts: texts})
			}
		}
		out = next
	}
	for i := range out {
		name, ok := d.layout.Spell(level, out[i].texts)
		if !ok {
			return nil, false
		}
		out[i].rel = from.rel + name + "/"
	}
	return out, true
}

// listed gives the folders of a level that are there.
func (d *discovery) listed(ctx context.Context, level int, from foundFolder) ([]foundFolder, error) {
	names, err := d.lake.folders(ctx, d.store, d.root+from.rel, d.ttl)
	if err != nil {
		return nil, err
	}
	var out []foundFolder
	texts := slices.Clone(from.texts)
	for _, name := range names {
		if Hidden(name + "/") {
			continue
		}
		if !d.layout.Parse(level, name, texts) {
			d.odd.add(d.store.URL(d.root+from.rel+name)+"/", "")
			continue
		}
		out = append(out, foundFolder{rel: from.rel + name + "/", texts: slices.Clone(texts)})
	}
	return out, nil
}

// allowed keeps the folders whose text of key k the filter allows, which is
// asked once for each distinct value.
func (d *discovery) allowed(k int, folders []foundFolder) ([]foundFolder, error) {
	index := map[string]int{}
	var values []types.Value
	var err error
	folders = slices.DeleteFunc(folders, func(f foundFolder) bool {
		text := f.texts[k]
		if _, ok := index[text]; ok || err != nil {
			return false
		}
		v, bad := partition.ParseKey(d.table, k, text)
		if bad != nil {
			if d.odd != nil {
				d.odd.add(d.store.URL(d.root+f.rel), fault.As(bad).Message)
				return true
			}
			err = bad
			return false
		}
		index[text] = len(values)
		values = append(values, v)
		return false
	})
	if err != nil || d.filter == nil {
		return folders, err
	}
	keep, err := d.filter.Keep(k, values)
	if err != nil {
		return nil, err
	}
	d.among(k, values, keep)
	out := folders[:0]
	for _, f := range folders {
		if keep[index[f.texts[k]]] {
			out = append(out, f)
		}
	}
	return out, nil
}

// among clears what is not one of the filter's values or outside its bounds.
func (d *discovery) among(k int, values []types.Value, keep []bool) {
	only, some := d.filter.Values(k)
	low, high, hasLow, hasHigh := d.filter.Bounds(k)
	for i := range values {
		v := &values[i]
		switch {
		case v.Null: // no comparison holds for it
			keep[i] = keep[i] && !some && !hasLow && !hasHigh
		case some && !slices.ContainsFunc(only, v.Equal), hasLow && v.Compare(low) < 0, hasHigh && v.Compare(high) > 0:
			keep[i] = false
		}
	}
}
