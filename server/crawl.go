package server

import (
	"context"

	"github.com/glauxdb/glaux/catalog/crawler"
)

// Crawl crawls without a crawler and remembers the locations, which queries on
// this catalog may read from then on: an operator named them (what SQL clients
// name in CREATE TABLE is not added). A dry run remembers nothing.
func (in *Instance) Crawl(ctx context.Context, o crawler.Once) (*crawler.Report, error) {
	for _, t := range o.Targets {
		if err := in.Stores.Allow(t.Location); err != nil {
			return nil, err
		}
	}
	return in.Crawlers.Crawl(ctx, o)
}
