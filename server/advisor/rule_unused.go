package advisor

import (
	"context"
	"fmt"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/meta"
)

// leastHistory is how much history makes it worth a word that a table is not in it.
const leastHistory = 24 * time.Hour

// findUnused lists the tables that were there all the time and that no query has
// named. It costs nothing that they are there; whoever writes them may want to know.
func (a *Advisor) findUnused(ctx context.Context, c *collected, r Request) ([]Finding, error) {
	since, err := a.knownSince(ctx, c, r)
	if err != nil || r.Until.Sub(since) < leastHistory {
		return nil, err
	}
	databases, err := a.o.Catalog.Databases(ctx)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, d := range databases {
		tables, err := a.o.Catalog.Tables(ctx, d.Name)
		if err != nil {
			return nil, err
		}
		for _, t := range tables {
			if t.Kind == catalog.VirtualView || c.seen[tableName{d.Name, t.Name}] || t.Created.After(since) {
				continue
			}
			out = append(out, Finding{Kind: UnusedTable, Database: d.Name, Table: t.Name, What: "no query has read it",
				Evidence: fmt.Sprintf("in %d queries since %s", c.queries, since.UTC().Format(time.DateTime+" MST"))})
		}
	}
	return out, nil
}

// knownSince is from when on the history knows of all queries of the window: from its
// beginning if there are older ones.
func (a *Advisor) knownSince(ctx context.Context, c *collected, r Request) (time.Time, error) {
	if c.queries == 0 {
		return r.Until, nil
	}
	since := c.oldest
	err := a.o.History.ReadQueries(ctx, meta.HistoryFilter{Until: r.Since, Limit: 1}, func(*meta.QueryRecord) error {
		since = r.Since
		return nil
	})
	return since, err
}
