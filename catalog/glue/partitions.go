package glue

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	gluetypes "github.com/aws/aws-sdk-go-v2/service/glue/types"
	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"
	"github.com/glauxdb/glaux/catalog/partition"
)

// snapshot is a table's partition list and, made when it is first wanted, the
// order of its rows by their texts.
type snapshot struct {
	parts  *catalog.Partitions
	once   sync.Once
	byText []uint32
}

// snapshotKey is another for each version of the table: its keys may have
// other types then.
func snapshotKey(t *catalog.Table) string {
	return snapshotsOf(t.ID) + strconv.FormatInt(t.Version, 10)
}

func snapshotsOf(id int64) string { return partitionsOf + strconv.FormatInt(id, 10) + "\x00" }

// Partitions gives the snapshot of a table's partitions, read at most
// Options.PartitionTTL ago.
func (c *Catalog) Partitions(ctx context.Context, t *catalog.Table) (*catalog.Partitions, error) {
	s, err := c.snapshot(ctx, t)
	if err != nil {
		return nil, err
	}
	return s.parts, nil
}

func (c *Catalog) snapshot(ctx context.Context, t *catalog.Table) (*snapshot, error) {
	return cached(ctx, c, snapshotKey(t), func(ctx context.Context) (*snapshot, error) { return c.loadSnapshot(ctx, t, "") })
}

// loader collects the pages of a partition list.
type loader struct {
	table *catalog.Table
	expr  string // "": all

	mu          sync.Mutex // guards the rest
	b           *partition.Builder
	locations   []string
	formats     []string
	descriptors []*catalog.Descriptor
	distinct    map[string]*catalog.Descriptor
}

// loadSnapshot reads the partitions that an expression selects ("": all): a short
// list with one request, a long one in segments at the same time.
func (c *Catalog) loadSnapshot(ctx context.Context, t *catalog.Table, expr string) (*snapshot, error) {
	l := &loader{table: t, expr: expr, b: partition.NewBuilder(t, 0), distinct: map[string]*catalog.Descriptor{}}
	version := time.Now().UnixNano()
	if len(t.PartitionKeys) > 0 {
		more, err := c.loadPages(ctx, l, nil, false)
		if err != nil {
			return nil, err
		}
		if more {
			g, ctx := errgroup.WithContext(ctx)
			for i := range c.opt.Segments {
				g.Go(func() error {
					_, err := c.loadPages(ctx, l, &gluetypes.Segment{SegmentNumber: int32(i), TotalSegments: aws.Int32(int32(c.opt.Segments))}, true)
					return err
				})
			}
			if err := g.Wait(); err != nil {
				return nil, err
			}
		}
	}
	return l.snapshot(version)
}

// snapshot makes the snapshot of what was added.
func (l *loader) snapshot(version int64) (*snapshot, error) {
	l.b.Descriptors(func(row int) *catalog.Descriptor { return l.descriptors[row] })
	ps, err := l.b.Build(version, func(row int) string { return l.locations[row] }, func(row int) string { return l.formats[row] })
	if err != nil {
		return nil, err
	}
	return &snapshot{parts: ps}, nil
}

// loadPages reads one segment. With all false only the first page is looked at,
// and taken if it is the last one.
func (c *Catalog) loadPages(ctx context.Context, l *loader, segment *gluetypes.Segment, all bool) (more bool, err error) {
	in := &glue.GetPartitionsInput{CatalogId: c.catalogID(), DatabaseName: &l.table.Database, TableName: &l.table.Name,
		MaxResults: aws.Int32(pagePartitions), Segment: segment}
	if l.expr != "" {
		in.Expression = &l.expr
	}
	pages := glue.NewGetPartitionsPaginator(c.api, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return false, model.Fault(err, model.Table, "list the partitions of "+l.table.Database+"."+l.table.Name)
		}
		if !all && page.NextToken != nil {
			return true, nil
		}
		if err := l.add(page.Partitions); err != nil {
			return false, err
		}
	}
	return false, nil
}

// add takes a page. What a descriptor's parameters count of the files (sizes,
// records) is no concern of reading and would make each one different.
func (l *loader) add(page []gluetypes.Partition) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range page {
		g := &page[i]
		if err := checkValues(l.table, g.Values); err != nil {
			return err
		}
		if g.StorageDescriptor != nil {
			g.StorageDescriptor.Parameters = l.table.Storage.Parameters
		}
		p := model.PartitionFrom(l.table, g)
		d, err := l.descriptor(p.Descriptor)
		if err != nil {
			return err
		}
		l.b.Add(p.Values)
		l.locations = append(l.locations, p.Location)
		l.formats = append(l.formats, p.Format)
		l.descriptors = append(l.descriptors, d)
	}
	return nil
}

// descriptor gives the one descriptor of all that are equal.
func (l *loader) descriptor(d *catalog.Descriptor) (*catalog.Descriptor, error) {
	if d == nil {
		return nil, nil
	}
	key, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("a partition's descriptor: %w", err)
	}
	if known, ok := l.distinct[string(key)]; ok {
		return known, nil
	}
	takeTypes(d.Columns)
	l.distinct[string(key)] = d
	return d, nil
}

// checkValues refuses what Glue lets clients write, and nobody can read: a
// partition with another number of values than the table has keys.
func checkValues(t *catalog.Table, values []string) error {
	if len(values) == len(t.PartitionKeys) {
		return nil
	}
	f := fault.New(fault.CodeDataCorrupted, "partition %q of table %s.%s has %d values, but the table has %d partition keys",
		values, t.Database, t.Name, len(values), len(t.PartitionKeys)).
		WithHint("Delete the partition in AWS Glue and add it again.")
	f.Schema, f.Table = t.Database, t.Name
	return f
}

// texts gives the rows in the order of their key texts.
func (s *snapshot) texts() []uint32 {
	s.once.Do(func() {
		s.byText = make([]uint32, s.parts.N)
		for i := range s.byText {
			s.byText[i] = uint32(i)
		}
		sort.Slice(s.byText, func(a, b int) bool {
			for k := range s.parts.Keys {
				x, y := s.parts.Text(k, int(s.byText[a])), s.parts.Text(k, int(s.byText[b]))
				if x != y {
					return x < y
				}
			}
			return false
		})
	})
	return s.byText
}

// compare orders row i against texts.
func (s *snapshot) compare(i int, texts []string) int {
	for k := range s.parts.Keys {
		if x := s.parts.Text(k, i); x != texts[k] {
			if x < texts[k] {
				return -1
			}
			return 1
		}
	}
	return 0
}

// PartitionsAfter gives partitions in the order of their key texts. Glue has no
// order of its own: the order is that of the snapshot, the partitions are read
// anew. One that was deleted since is left out.
func (c *Catalog) PartitionsAfter(ctx context.Context, t *catalog.Table, after []string, limit int) ([]catalog.Partition, error) {
	if after != nil {
		if err := checkValues(t, after); err != nil {
			return nil, err
		}
	}
	s, err := c.snapshot(ctx, t)
	if err != nil {
		return nil, err
	}
	rows := s.texts()
	from := 0
	if after != nil {
		from = sort.Search(len(rows), func(i int) bool { return s.compare(int(rows[i]), after) > 0 })
	}
	rows = rows[from:]
	out := make([]catalog.Partition, 0, min(len(rows), max(limit, 0)))
	for len(rows) > 0 && (limit <= 0 || len(out) < limit) {
		n := len(rows)
		if limit > 0 {
			n = min(n, limit-len(out))
		}
		wanted := make([][]string, n)
		for i := range wanted {
			wanted[i] = partition.Texts(s.parts, int(rows[i]))
		}
		found, err := c.getPartitions(ctx, t, wanted)
		if err != nil {
			return nil, err
		}
		for i := range found {
			if found[i] != nil {
				out = append(out, *found[i])
			}
		}
		rows = rows[n:]
	}
	return out, nil
}

// Partition gives the one with exactly these texts, nil if there is none.
func (c *Catalog) Partition(ctx context.Context, t *catalog.Table, values []string) (*catalog.Partition, error) {
	if err := checkValues(t, values); err != nil {
		return nil, err
	}
	out, err := c.api.GetPartition(ctx, &glue.GetPartitionInput{CatalogId: c.catalogID(), DatabaseName: &t.Database,
		TableName: &t.Name, PartitionValues: values})
	if err != nil {
		err = model.Fault(err, model.Partition, "read a partition of "+t.Database+"."+t.Name)
		if !fault.Is(err, fault.CodeUndefinedObject) {
			return nil, err
		}
		_, err = c.Table(ctx, t.Database, t.Name)
		return nil, err
	}
	if out.Partition == nil {
		return nil, answerLacks("GetPartition", "Partition")
	}
	return fullPartition(t, out.Partition)
}

func fullPartition(t *catalog.Table, g *gluetypes.Partition) (*catalog.Partition, error) {
	if err := checkValues(t, g.Values); err != nil {
		return nil, err
	}
	p := model.PartitionFrom(t, g)
	if p.Descriptor != nil {
		takeTypes(p.Descriptor.Columns)
	}
	return &p, nil
}

// getPartitions reads partitions by their texts, nil for what is not there.
func (c *Catalog) getPartitions(ctx context.Context, t *catalog.Table, values [][]string) ([]*catalog.Partition, error) {
	out := make([]*catalog.Partition, len(values))
	index := make(map[string]int, len(values))
	for i, v := range values {
		index[joined(v)] = i
	}
	err := c.batches(ctx, len(values), batchGet, func(ctx context.Context, from, to int) error {
		wanted := valueLists(values[from:to])
		for len(wanted) > 0 {
			answer, err := c.api.BatchGetPartition(ctx, &glue.BatchGetPartitionInput{CatalogId: c.catalogID(), DatabaseName: &t.Database,
				TableName: &t.Name, PartitionsToGet: wanted})
			if err != nil {
				return model.Fault(err, model.Table, "read partitions of "+t.Database+"."+t.Name)
			}
			for i := range answer.Partitions {
				p, err := fullPartition(t, &answer.Partitions[i])
				if err != nil {
					return err
				}
				if at, ok := index[joined(p.Values)]; ok {
					out[at] = p
				}
			}
			if len(answer.UnprocessedKeys) >= len(wanted) {
				return fault.New(fault.CodeExternal, "AWS Glue: cannot read %d partitions of %s.%s", len(wanted), t.Database, t.Name)
			}
			wanted = answer.UnprocessedKeys
		}
		return nil
	})
	return out, err
}

// joined makes one text of a partition's values, by which it is found again.
func joined(values []string) string {
	n := 0
	for _, v := range values {
		n += len(v) + 4
	}
	b := make([]byte, 0, n)
	for _, v := range values {
		b = strconv.AppendInt(b, int64(len(v)), 10)
		b = append(b, ':')
		b = append(b, v...)
	}
	return string(b)
}

func valueLists(values [][]string) []gluetypes.PartitionValueList {
	out := make([]gluetypes.PartitionValueList, len(values))
	for i, v := range values {
		out[i] = gluetypes.PartitionValueList{Values: v}
	}
	return out
}

// batches calls do for each stretch of at most size of n items, some at a time.
// Each call must keep to its own items.
func (c *Catalog) batches(ctx context.Context, n, size int, do func(ctx context.Context, from, to int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for from := 0; from < n; from += size {
		g.Go(func() error { return do(ctx, from, min(from+size, n)) })
	}
	return g.Wait()
}
