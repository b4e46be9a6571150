package meta

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/partition"
	"github.com/glauxdb/glaux/catalog/types"
)

// AddPartitions adds the partitions whose values are not there yet, in one
// transaction, and gives how many were added. With mustBeNew an existing one is
// 42710 and nothing is added. A value that its key's type cannot hold is 22P02.
// IDs and the creation time are set where they are missing.
func (s *Store) AddPartitions(ctx context.Context, t *catalog.Table, ps []catalog.Partition, mustBeNew bool) (int, error) {
	if len(ps) == 0 {
		return 0, nil
	}
	add, err := newEntries(t, ps, mustBeNew)
	if err != nil {
		return 0, err
	}
	added := 0
	err = s.changePartitions(ctx, "add partitions to table "+t.Name, t, func(tx *sql.Tx, l *list) error {
		added = 0
		keys := make([]string, len(add))
		for i := range add {
			keys[i] = add[i].key
		}
		return editChunks(ctx, tx, t, keys, func(old []entry, from, to int) ([]entry, error) {
			merged, n, err := mergeEntries(t, old, add[from:to], l, mustBeNew)
			added += n
			l.count += int64(n)
			if n == 0 {
				return old, err
			}
			return merged, err
		})
	})
	if err != nil {
		return 0, err
	}
	return added, nil
}

// newEntries checks partitions and makes their entries, sorted, each key once.
func newEntries(t *catalog.Table, ps []catalog.Partition, mustBeNew bool) ([]entry, error) {
	check := newTextChecker(t)
	now := micros(time.Now())
	es := make([]entry, len(ps))
	for i := range ps {
		p := &ps[i]
		if err := check.values(p.Values); err != nil {
			return nil, err
		}
		es[i] = entry{key: entryKey(p.Values), location: p.Location, format: p.Format,
			parameters: parametersText(p.Parameters), created: now}
		if len(p.Location) > maxLocation || strings.Contains(p.Location, keySeparator) {
			return nil, fault.New(fault.CodeInvalidParameter, "the location of partition %s is not usable",
				partition.Path(t.PartitionKeys, p.Values))
		}
		if p.Location != "" && sameLocation(p.Location, partition.Location(t, &catalog.Partition{Values: p.Values})) {
			es[i].location = ""
		}
		if !p.Created.IsZero() {
			es[i].created = micros(p.Created)
		}
	}
	slices.SortStableFunc(es, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	for i := 1; i < len(es) && mustBeNew; i++ {
		if es[i].key == es[i-1].key {
			return nil, partitionExists(t, &es[i])
		}
	}
	return slices.CompactFunc(es, func(a, b entry) bool { return a.key == b.key }), nil
}

func sameLocation(a, b string) bool {
	return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/")
}

func partitionExists(t *catalog.Table, e *entry) error {
	f := fault.New(fault.CodeDuplicateObject, "partition %s of table %s.%s already exists",
		partition.Path(t.PartitionKeys, e.values()), t.Database, t.Name)
	f.Schema, f.Table = t.Database, t.Name
	return f
}

// textChecker checks the texts of keys, each distinct text once.
type textChecker struct {
	table *catalog.Table
	seen  []map[string]struct{}
}

func newTextChecker(t *catalog.Table) *textChecker {
	c := &textChecker{table: t, seen: make([]map[string]struct{}, len(t.PartitionKeys))}
	for i := range c.seen {
		c.seen[i] = map[string]struct{}{}
	}
	return c
}

func (c *textChecker) values(values []string) error {
	if len(values) != len(c.seen) {
		return fault.New(fault.CodeInvalidParameter, "table %s.%s has %d partition keys, but %d values were given",
			c.table.Database, c.table.Name, len(c.seen), len(values))
	}
	for k, text := range values {
		if _, ok := c.seen[k][text]; ok {
			continue
		}
		key := c.table.PartitionKeys[k]
		if len(text) > maxText || strings.Contains(text, keySeparator) {
			return fault.New(fault.CodeInvalidParameter, "a value of partition key %s is longer than %d bytes or holds a null character",
				types.QuoteIdent(key.Name), maxText)
		}
		if _, err := partition.ParseValue(key.Type, text); err != nil {
			f := fault.As(err)
			f.Schema, f.Table = c.table.Database, c.table.Name
			return f.InColumn(key.Name)
		}
		c.seen[k][text] = struct{}{}
	}
	return nil
}

// mergeEntries merges two ordered lists, gives fresh IDs to what is new and
// says how many those were.
func mergeEntries(t *catalog.Table, old, add []entry, l *list, mustBeNew bool) ([]entry, int, error) {
	out := make([]entry, 0, len(old)+len(add))
	added := 0
	for i := range add {
		for len(old) > 0 && old[0].key < add[i].key {
			out, old = append(out, old[0]), old[1:]
		}
		if len(old) > 0 && old[0].key == add[i].key {
			if mustBeNew {
				return nil, 0, partitionExists(t, &add[i])
			}
			continue
		}
		e := add[i]
		e.id = l.nextID
		l.nextID++
		out = append(out, e)
		added++
	}
	return append(out, old...), added, nil
}

// DropPartitions drops the partitions with these values and gives how many
// there were. Texts that spell the same value of a key are the same.
func (s *Store) DropPartitions(ctx context.Context, t *catalog.Table, values [][]string) (int, error) {
	for _, v := range values {
		if len(v) != len(t.PartitionKeys) {
			return 0, fault.New(fault.CodeInvalidParameter, "table %s.%s has %d partition keys, but %d values were given",
				t.Database, t.Name, len(t.PartitionKeys), len(v))
		}
	}
	ps, err := s.Partitions(ctx, t)
	if err != nil {
		return 0, err
	}
	var keys []string
	for _, v := range values {
		for _, row := range partition.Find(t, ps, v) {
			keys = append(keys, entryKey(partition.Texts(ps, row)))
		}
	}
	slices.Sort(keys)
	dropped := 0
	err = s.changePartitions(ctx, "drop partitions of table "+t.Name, t, func(tx *sql.Tx, l *list) error {
		dropped = 0
		return editChunks(ctx, tx, t, keys, func(old []entry, from, to int) ([]entry, error) {
			kept := make([]entry, 0, len(old))
			for i := range old {
				if _, found := slices.BinarySearch(keys[from:to], old[i].key); !found {
					kept = append(kept, old[i])
				}
			}
			dropped += len(old) - len(kept)
			l.count -= int64(len(old) - len(kept))
			return kept, nil
		})
	})
	if err != nil {
		return 0, err
	}
	return dropped, nil
}

// Partition gives one partition as it was added, by its exact values; nil if
// there is none.
func (s *Store) Partition(ctx context.Context, t *catalog.Table, values []string) (*catalog.Partition, error) {
	what := "read a partition of table " + t.Name
	var data []byte
	key := entryKey(values)
	err := s.read.QueryRowContext(ctx, "SELECT data FROM partition_chunks WHERE table_id = ? AND first_key <= ? "+
		"ORDER BY first_key DESC LIMIT 1", t.ID, []byte(key)).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, translate(err, what)
	}
	es, err := decodeChunk(data, len(t.PartitionKeys))
	if err != nil {
		return nil, err
	}
	i, found := slices.BinarySearchFunc(es, key, func(e entry, k string) int { return strings.Compare(e.key, k) })
	if !found {
		return nil, nil
	}
	return es[i].partition()
}

// changePartitions runs a change of a table's list in a transaction and raises
// the list's version if anything changed.
func (s *Store) changePartitions(ctx context.Context, what string, t *catalog.Table, f func(tx *sql.Tx, l *list) error) error {
	err := s.update(ctx, what, func(tx *sql.Tx) error {
		now, err := scanTable(tx.QueryRowContext(ctx, "SELECT "+tableColumns+"WHERE t.id = ?", t.ID))
		if errors.Is(err, sql.ErrNoRows) {
			return s.noTable(ctx, tx, t.Database, t.Name)
		}
		if err != nil {
			return err
		}
		if names, typs := sameKeys(now.PartitionKeys, t.PartitionKeys); !names || !typs {
			return fault.New(fault.CodeObjectNotReady, "the partition keys of table %q were changed by someone else", t.Name)
		}
		if len(now.PartitionKeys) == 0 {
			return fault.New(fault.CodeWrongObjectType, "table %q is not partitioned", t.Name)
		}
		l, err := readList(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		before := l.count
		nextID := l.nextID
		if err := f(tx, &l); err != nil {
			return err
		}
		if l.count == before && l.nextID == nextID {
			return nil
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO partition_lists (table_id, version, count, next_id) VALUES (?, ?, ?, ?) "+
			"ON CONFLICT (table_id) DO UPDATE SET version = excluded.version, count = excluded.count, next_id = excluded.next_id",
			t.ID, l.version+1, l.count, l.nextID)
		return err
	})
	if err == nil {
		s.parts.trim(t.ID)
	}
	return err
}

// chunkRef is a chunk without its data.
type chunkRef struct {
	id    int64
	first string
}

func readChunkRefs(ctx context.Context, tx *sql.Tx, table int64) ([]chunkRef, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, first_key FROM partition_chunks WHERE table_id = ? ORDER BY first_key", table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var refs []chunkRef
	for rows.Next() {
		var c chunkRef
		var first []byte
		if err := rows.Scan(&c.id, &first); err != nil {
			return nil, err
		}
		c.first = string(first)
		refs = append(refs, c)
	}
	return refs, rows.Err()
}

// editChunks hands every chunk into which some of the sorted keys fall to edit,
// together with the range of those keys, and stores what edit gives if that has
// another length. A first chunk takes all keys of an empty table.
func editChunks(ctx context.Context, tx *sql.Tx, t *catalog.Table, keys []string,
	edit func(old []entry, from, to int) ([]entry, error)) error {
	refs, err := readChunkRefs(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	if len(refs) == 0 {
		refs = []chunkRef{{id: -1}}
	}
	from := 0
	for i := 0; i < len(refs) && from < len(keys); i++ {
		to := len(keys)
		if i+1 < len(refs) {
			to, _ = slices.BinarySearch(keys, refs[i+1].first)
		}
		if from >= to {
			continue
		}
		if err := editChunk(ctx, tx, t, refs[i], func(old []entry) ([]entry, error) { return edit(old, from, to) }); err != nil {
			return err
		}
		from = to
	}
	return nil
}

func editChunk(ctx context.Context, tx *sql.Tx, t *catalog.Table, ref chunkRef, edit func([]entry) ([]entry, error)) error {
	keys := len(t.PartitionKeys)
	var old []entry
	if ref.id >= 0 {
		var data []byte
		if err := tx.QueryRowContext(ctx, "SELECT data FROM partition_chunks WHERE id = ?", ref.id).Scan(&data); err != nil {
			return err
		}
		var err error
		if old, err = decodeChunk(data, keys); err != nil {
			return err
		}
	}
	es, err := edit(old)
	if err != nil || len(es) == len(old) {
		return err
	}
	if ref.id >= 0 {
		if _, err := tx.ExecContext(ctx, "DELETE FROM partition_chunks WHERE id = ?", ref.id); err != nil {
			return err
		}
	}
	for len(es) > 0 {
		n := len(es)
		if n > maxChunk {
			n = targetChunk
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO partition_chunks (table_id, first_key, count, data) VALUES (?, ?, ?, ?)",
			t.ID, []byte(es[0].key), n, encodeChunk(es[:n], keys))
		if err != nil {
			return err
		}
		es = es[n:]
	}
	return nil
}
