package glue

import (
	"context"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
)

// PartitionsFor gives at least the partitions that a filter may want: the
// snapshot, if it is at hand, else what Glue selects by an expression. An
// expression that Glue refuses is none.
func (c *Catalog) PartitionsFor(ctx context.Context, t *catalog.Table, f partition.KeyFilter) (*catalog.Partitions, error) {
	expr := partition.FilterText(t.PartitionKeys, f)
	if _, whole := c.cache.get(snapshotKey(t)); whole || expr == "" {
		return c.Partitions(ctx, t)
	}
	s, err := cached(ctx, c, snapshotKey(t)+"\x00"+expr, func(ctx context.Context) (*snapshot, error) { return c.loadSnapshot(ctx, t, expr) })
	if fault.Is(err, fault.CodeInvalidParameter) {
		return c.Partitions(ctx, t)
	}
	if err != nil {
		return nil, err
	}
	return s.parts, nil
}
