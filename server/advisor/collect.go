package advisor

import (
	"context"
	"time"

	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
)

// tableName names a table of the catalog.
type tableName struct{ database, table string }

// use is what the queries of the window did with a table.
type use struct {
	scans []scan
	sets  []columnSet
	bySet map[string]int // names of columns, joined -> index into sets
}

// scan is one reading of a table by a query.
type scan struct {
	started    time.Time
	bytes      float64 // data bytes: the query's, or its share by upper bounds
	metadata   float64 // bytes of footers, shared by files
	requests   float64 // likewise
	price      float64 // of 2^40 bytes in its workgroup; 0: none
	files      int
	listed     int   // of the selected partitions, before their statistics were asked
	size       int64 // of those files
	partitions int
	total      int  // partitions of the table
	unfiltered bool // it limited no partition key
	set        int  // index into sets
	filtered   []string
	format     string
	codec      string
}

// columnSet are data columns that are read together.
type columnSet struct {
	read, total int
	names       []string // nil: all, or not kept
}

// collected is what the history tells.
type collected struct {
	queries int64
	oldest  time.Time
	tables  map[tableName]*use
	seen    map[tableName]bool   // that a query has named, whatever it read of them
	groups  map[string][]float64 // bytes that each query of a workgroup has scanned
}

// collect reads the history of a window.
func (a *Advisor) collect(ctx context.Context, since, until time.Time, price map[string]float64) (*collected, error) {
	c := &collected{tables: map[tableName]*use{}, seen: map[tableName]bool{}, groups: map[string][]float64{}}
	err := a.o.History.ReadQueries(ctx, meta.HistoryFilter{Since: since, Until: until}, func(q *meta.QueryRecord) error {
		c.oldest = q.Started
		if q.Application == Application {
			return nil
		}
		c.queries++
		// What EXPLAIN ANALYZE reads is no work that anybody needs.
		if q.Kind == string(exec.DML) {
			c.add(q, price[q.Workgroup])
		}
		return nil
	})
	return c, err
}

// add counts a query. What it read is known of the query as a whole; each table
// gets the share that its upper bound has in the plan's.
func (c *collected) add(q *meta.QueryRecord, price float64) {
	for i := range q.Tables {
		c.seen[tableName{q.Tables[i].Database, q.Tables[i].Table}] = true
	}
	if q.Reused || q.BytesScanned == 0 {
		return
	}
	c.groups[q.Workgroup] = append(c.groups[q.Workgroup], float64(q.BytesScanned))
	var upper, files float64
	for i := range q.Tables {
		upper, files = upper+float64(q.Tables[i].BytesUpper), files+float64(q.Tables[i].Files)
	}
	for i := range q.Tables {
		t := &q.Tables[i]
		s := scan{started: q.Started, bytes: share(q.BytesScanned, float64(t.BytesUpper), upper), price: price,
			metadata: share(q.BytesMetadata, float64(t.Files), files), requests: share(q.Requests, float64(t.Files), files),
			files: t.Files, listed: t.FilesTotal, size: t.SizeTotal, partitions: t.Partitions, total: t.PartitionsTotal, filtered: t.Filtered, format: t.Format, codec: t.Codec,
			unfiltered: len(t.PartitionKeys) > 0 && len(t.Unfiltered) == len(t.PartitionKeys)}
		u := c.tables[tableName{t.Database, t.Table}]
		if u == nil {
			u = &use{bySet: map[string]int{}}
			c.tables[tableName{t.Database, t.Table}] = u
		}
		u.add(s, t)
	}
}

func share(n int64, part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(n) * (part / whole)
}

func (u *use) add(s scan, t *meta.QueryTable) {
	key := setKey(t)
	i, ok := u.bySet[key]
	if !ok {
		i = len(u.sets)
		u.bySet[key], u.sets = i, append(u.sets, columnSet{read: t.ColumnsRead, total: t.ColumnsTotal, names: t.Columns})
	}
	s.set = i
	u.scans = append(u.scans, s)
}
