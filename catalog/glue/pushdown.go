package glue

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"
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
	s, err := cached(ctx, c, snapshotKey(t)+"\x00"+expr, func(ctx context.Context) (*snapshot, error) { return c.loadSelected(ctx, t, expr) })
	if fault.Is(err, fault.CodeInvalidParameter) {
		return c.Partitions(ctx, t)
	}
	if err != nil {
		return nil, err
	}
	return s.parts, nil
}

func (c *Catalog) loadSelected(ctx context.Context, t *catalog.Table, expr string) (*snapshot, error) {
	l := &loader{table: t, b: partition.NewBuilder(t, 0), distinct: map[string]*catalog.Descriptor{}}
	version := time.Now().UnixNano()
	pages := glue.NewGetPartitionsPaginator(c.api, &glue.GetPartitionsInput{CatalogId: c.catalogID(),
		DatabaseName: &t.Database, TableName: &t.Name, MaxResults: aws.Int32(pagePartitions), Expression: &expr})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, model.Fault(err, model.Table, "select partitions of "+t.Database+"."+t.Name)
		}
		if err := l.add(page.Partitions); err != nil {
			return nil, err
		}
	}
	return l.snapshot(version)
}
