package meta

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
)

// maxCachedPartitions bounds the snapshots in memory, by their rows.
const maxCachedPartitions = 32 << 20

// partitionCache keeps the newest snapshot of each table. An entry counts only
// where both versions are those of the file.
type partitionCache struct {
	mu      sync.Mutex
	entries map[int64]*partitionEntry
}

type partitionEntry struct {
	lock         chan struct{} // holds one token: who has it may read and load
	tableVersion int64
	snapshot     *catalog.Partitions
}

func (c *partitionCache) entry(table int64) *partitionEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[table]
	if e == nil {
		if c.entries == nil {
			c.entries = map[int64]*partitionEntry{}
		}
		e = &partitionEntry{lock: make(chan struct{}, 1)}
		e.lock <- struct{}{}
		c.entries[table] = e
	}
	return e
}

func (c *partitionCache) drop(table int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, table)
}

// trim forgets the snapshots of other tables while there are too many rows.
func (c *partitionCache) trim(keep int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	total := 0
	for id, e := range c.entries {
		select {
		case <-e.lock:
		default:
			continue // in use
		}
		if e.snapshot != nil {
			total += e.snapshot.N
		}
		if id != keep && total > maxCachedPartitions {
			delete(c.entries, id)
		}
		e.lock <- struct{}{}
	}
}

// list is a row of partition_lists.
type list struct{ version, count, nextID int64 }

func readList(ctx context.Context, q querier, table int64) (list, error) {
	l := list{nextID: 1}
	err := q.QueryRowContext(ctx, "SELECT version, count, next_id FROM partition_lists WHERE table_id = ?", table).
		Scan(&l.version, &l.count, &l.nextID)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return l, err
}

// Partitions gives the snapshot of a table's partition list. It is loaded once
// per version and shared by all callers.
func (s *Store) Partitions(ctx context.Context, t *catalog.Table) (*catalog.Partitions, error) {
	what := "read the partitions of table " + t.Name
	current, err := s.listVersion(ctx, t)
	if err != nil {
		return nil, err
	}
	e := s.parts.entry(t.ID)
	select {
	case <-e.lock:
	case <-ctx.Done():
		return nil, fault.As(ctx.Err())
	}
	defer func() { e.lock <- struct{}{} }()
	if p := e.snapshot; p != nil && p.Version >= current && e.tableVersion == t.Version {
		return p, nil
	}
	var p *catalog.Partitions
	err = s.view(ctx, what, func(tx *sql.Tx) error {
		l, err := readList(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		p, err = s.loadPartitions(ctx, tx, t, l)
		return err
	})
	if err != nil {
		return nil, err
	}
	if p.Version != current { // as in learn
		s.watch.feed.changed()
	}
	e.snapshot, e.tableVersion = p, t.Version
	return p, nil
}

// listVersion gives the version of a table's partition list.
func (s *Store) listVersion(ctx context.Context, t *catalog.Table) (int64, error) {
	n, err := s.now(ctx)
	if err != nil {
		return 0, err
	}
	n.mu.Lock()
	version, ok := n.versions[t.ID]
	n.mu.Unlock()
	if ok {
		return version, nil
	}
	var l list
	err = s.learn(ctx, "read the partitions of table "+t.Name, n, func(tx *sql.Tx) (err error) {
		l, err = readList(ctx, tx, t.ID)
		return err
	}, func() { n.keepVersion(t.ID, l.version) })
	return l.version, err
}

// partitionsIn gives the snapshot of what a transaction sees: the shared one
// where that is it. It does not wait for who loads that one, who may wait for
// this transaction.
func (s *Store) partitionsIn(ctx context.Context, tx *sql.Tx, t *catalog.Table, l list) (*catalog.Partitions, error) {
	e := s.parts.entry(t.ID)
	select {
	case <-e.lock:
		p, version := e.snapshot, e.tableVersion
		e.lock <- struct{}{}
		if p != nil && p.Version == l.version && version == t.Version {
			return p, nil
		}
	default:
	}
	return s.loadPartitions(ctx, tx, t, l)
}

// loadPartitions makes the snapshot of what a transaction sees.
func (s *Store) loadPartitions(ctx context.Context, tx *sql.Tx, t *catalog.Table, l list) (*catalog.Partitions, error) {
	rows, err := tx.QueryContext(ctx, "SELECT data FROM partition_chunks WHERE table_id = ? ORDER BY first_key", t.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	b := newSnapshotBuilder(t, int(l.count))
	var data sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&data); err != nil {
			return nil, err
		}
		if err := b.addChunk(data); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return b.build(l.version)
}

// snapshotBuilder feeds chunks into a partition.Builder without making an
// object of any partition.
type snapshotBuilder struct {
	*partition.Builder
	keys    int
	n       int
	bytes   []byte   // explicit locations
	ends    []int    // where each row's ends; nil while no row has one
	formats []string // nil while no row has one

	descriptors []uint32              // which of distinct a row has; nil while no row has one
	distinct    []*catalog.Descriptor // the first is nil
	codes       map[string]uint32     // of their JSON
}

func newSnapshotBuilder(t *catalog.Table, n int) *snapshotBuilder {
	return &snapshotBuilder{Builder: partition.NewBuilder(t, n), keys: len(t.PartitionKeys),
		distinct: []*catalog.Descriptor{nil}, codes: map[string]uint32{}}
}

func (b *snapshotBuilder) addChunk(data []byte) error {
	r := newChunkReader(data)
	if r.checkKeys(b.keys); r.bad {
		return r.err()
	}
	for k := 0; k < b.keys && !r.bad; k++ {
		b.addKey(k, r)
	}
	r.fronts(b.addLocation)
	r.strings(func(i int, s string) {
		if s == "" {
			return
		}
		for len(b.formats) <= b.n+i {
			b.formats = append(b.formats, "")
		}
		b.formats[b.n+i] = s
	})
	if r.format > chunkFormatOld {
		if err := b.addDescriptors(r); err != nil {
			return err
		}
	}
	b.n += r.rows
	return r.err()
}

// addLocation keeps the location of row i of a chunk, unless the key spells it.
func (b *snapshotBuilder) addLocation(i int, s []byte) {
	if len(s) == 0 || string(s) == locationSpelled || string(s) == locationSpelledShort {
		return
	}
	for len(b.ends) < b.n+i {
		b.ends = append(b.ends, len(b.bytes))
	}
	b.bytes = append(b.bytes, s...)
	b.ends = append(b.ends, len(b.bytes))
}

func (b *snapshotBuilder) addDescriptors(r *chunkReader) error {
	dict := r.dict()
	if dict == nil {
		return nil
	}
	codes := make([]uint32, len(dict))
	for i, text := range dict {
		c, ok := b.codes[text]
		if !ok && text != "" {
			d, err := descriptorOf(text)
			if err != nil {
				return err
			}
			c = uint32(len(b.distinct))
			b.codes[text], b.distinct = c, append(b.distinct, d)
		}
		codes[i] = c
	}
	b.descriptors = append(b.descriptors, make([]uint32, b.n-len(b.descriptors))...)
	for i := 0; i < r.rows; i++ {
		b.descriptors = append(b.descriptors, codes[r.code(len(codes))])
	}
	return nil
}

func (b *snapshotBuilder) addKey(k int, r *chunkReader) {
	dict := r.dict()
	if dict == nil { // no codes follow
		empty := b.Code(k, "")
		for i := 0; i < r.rows; i++ {
			b.Append(k, empty)
		}
		return
	}
	codes := make([]uint32, len(dict))
	for i, text := range dict {
		codes[i] = b.Code(k, text)
	}
	for i := 0; i < r.rows; i++ {
		b.Append(k, codes[r.code(len(codes))])
	}
}

func (b *snapshotBuilder) build(version int64) (*catalog.Partitions, error) {
	b.Rows(b.n)
	var location, format func(int) string
	if ends, text := b.ends, string(b.bytes); ends != nil {
		location = func(row int) string {
			from := 0
			switch {
			case row >= len(ends):
				return ""
			case row > 0:
				from = ends[row-1]
			}
			return text[from:ends[row]]
		}
	}
	if formats := b.formats; formats != nil {
		format = func(row int) string {
			if row >= len(formats) {
				return ""
			}
			return formats[row]
		}
	}
	if rows, distinct := b.descriptors, b.distinct; rows != nil {
		b.Descriptors(func(row int) *catalog.Descriptor {
			if row >= len(rows) {
				return nil
			}
			return distinct[rows[row]]
		})
	}
	return b.Build(version, location, format)
}
