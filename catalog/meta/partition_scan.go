package meta

import (
	"context"
	"database/sql"

	"github.com/glauxdb/glaux/catalog"
)

// So many chunks from the one on that holds a key, or would: PostgreSQL sends all
// that was asked for.
// The least key stands for the chunk that there is not, where all lie behind.
const chunksFrom = "SELECT data FROM partition_chunks WHERE table_id = ?1 AND first_key >= coalesce(" +
	"(SELECT first_key FROM partition_chunks WHERE table_id = ?1 AND first_key <= ?2 ORDER BY first_key DESC LIMIT 1), ?3) ORDER BY first_key LIMIT ?4"

// PartitionsAfter gives at most limit (0: all) partitions as they were added,
// in the order of their key texts, from the one behind after on. It holds one
// chunk in memory beside what it gives.
func (s *Store) PartitionsAfter(ctx context.Context, t *catalog.Table, after []string, limit int) ([]catalog.Partition, error) {
	var out []catalog.Partition
	for {
		chunks := 0 // all of them
		if limit > 0 {
			chunks = 2 + (limit-len(out))/targetChunk
		}
		before, ds := len(out), descriptors{}
		n, err := s.appendAfter(ctx, t, &out, after, limit, chunks, ds)
		if err != nil {
			return nil, err
		}
		if n < chunks || chunks == 0 || len(out) == limit || len(out) == before {
			return out, nil
		}
		after = out[len(out)-1].Values // the chunks were small
	}
}

// appendAfter appends what PartitionsAfter gives of so many chunks, and gives how
// many it read.
func (s *Store) appendAfter(ctx context.Context, t *catalog.Table, to *[]catalog.Partition, after []string, limit, chunks int, ds descriptors) (n int, err error) {
	out := *to
	key := entryKey(after)
	err = s.scanChunks(ctx, t, key, chunks, func(c *chunkRows) (bool, error) {
		n++
		from, to := 0, c.rows
		if len(after) > 0 {
			if from = c.search(key); from < to && compareTexts(c.texts(from), key) == 0 {
				from++
			}
		}
		if limit > 0 {
			to = min(to, from+limit-len(out))
		}
		es, err := c.entries(from, to)
		if err != nil {
			return false, err
		}
		for i := range es {
			p, err := es[i].partition(t, ds)
			if err != nil {
				return false, err
			}
			out = append(out, *p)
		}
		return limit <= 0 || len(out) < limit, nil
	})
	*to = out
	return n, err
}

// Partition gives one partition as it was added, by its exact values; nil if
// there is none.
func (s *Store) Partition(ctx context.Context, t *catalog.Table, values []string) (*catalog.Partition, error) {
	var out *catalog.Partition
	key := entryKey(values)
	err := s.scanChunks(ctx, t, key, 1, func(c *chunkRows) (bool, error) {
		i := c.search(key)
		if i == c.rows || compareTexts(c.texts(i), key) != 0 {
			return false, nil
		}
		es, err := c.entries(i, i+1)
		if err != nil {
			return false, err
		}
		out, err = es[0].partition(t, descriptors{})
		return false, err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *Store) scanChunks(ctx context.Context, t *catalog.Table, key string, chunks int, f func(c *chunkRows) (more bool, err error)) error {
	what := "read the partitions of table " + t.Name
	rows, err := s.read.QueryContext(ctx, chunksFrom, t.ID, []byte(key), []byte{}, atMost(chunks))
	if err != nil {
		return translate(err, what)
	}
	defer rows.Close()
	var data sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&data); err != nil {
			return translate(err, what)
		}
		c, err := openChunk(data, len(t.PartitionKeys))
		if err != nil {
			return err
		}
		if more, err := f(c); err != nil || !more {
			return translate(err, what)
		}
	}
	return translate(rows.Err(), what)
}
