package lake

import (
	"context"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/partition"
)

// projection gives a table's projection. Where the table's partition.discovery
// is auto, folders are listed for the values of injected keys that f does not
// name: other engines refuse such a query, and Glaux need not.
func (l *Lake) projection(ctx context.Context, t *catalog.Table, f partition.KeyFilter) (*partition.Projection, error) {
	p, err := partition.ParseProjection(t)
	if err != nil {
		return nil, err
	}
	discovered, err := partition.IsDiscovered(t)
	if err != nil || !discovered {
		return p, err
	}
	layout, err := partition.LayoutOf(t)
	if err != nil {
		return nil, err
	}
	levels := injectedLevels(p, layout, f)
	if levels == 0 {
		return p, nil
	}
	d := &discovery{lake: l, table: t, filter: f, layout: layout, levels: levels, limit: partition.MaxProjected}
	if d.ttl, err = cacheTTL(t); err != nil {
		return nil, err
	}
	folders, err := d.run(ctx)
	if err != nil {
		return nil, tableFault(err, t)
	}
	values := map[int][]string{}
	for level := range levels {
		for _, k := range layout.Keys(level) {
			if !p.Injected(k) {
				continue
			}
			texts := make([]string, len(folders))
			for i := range folders {
				texts[i] = folders[i].texts[k]
			}
			values[k] = texts
		}
	}
	return p.Inject(values), nil
}

// injectedLevels gives how many levels of folders must be listed for the values
// of all injected keys that a filter does not name; 0 for none, and where a key
// of another kind is in between, whose values may span several folders.
func injectedLevels(p *partition.Projection, layout *partition.Layout, f partition.KeyFilter) int {
	levels := 0
	for level := range layout.Levels() {
		for _, k := range layout.Keys(level) {
			if p.IsDate(k) {
				return levels
			}
			if !p.Injected(k) {
				continue
			}
			if f != nil {
				if _, ok := f.Values(k); ok {
					continue
				}
			}
			levels = level + 1
		}
	}
	return levels
}
