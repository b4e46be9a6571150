package meta

import (
	"context"
	"database/sql"

	"github.com/glauxdb/glaux/catalog"
)

// chunkRef is a chunk without its data.
type chunkRef struct {
	id    int64 // -1: not stored yet
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

// readChunk reads the entries of a chunk, none of one that is not stored yet.
func readChunk(ctx context.Context, tx *sql.Tx, t *catalog.Table, ref chunkRef) ([]entry, error) {
	if ref.id < 0 {
		return nil, nil
	}
	var data []byte
	if err := tx.QueryRowContext(ctx, "SELECT data FROM partition_chunks WHERE id = ?", ref.id).Scan(&data); err != nil {
		return nil, err
	}
	return decodeChunk(data, len(t.PartitionKeys))
}

// chunkWriter stores entries as chunks: they come in order, and only what one
// chunk may hold is kept in memory.
type chunkWriter struct {
	ctx    context.Context
	tx     *sql.Tx
	insert *sql.Stmt
	table  int64
	keys   int
	buf    []entry
	bytes  int // of buf, see maxChunkBytes
}

func newChunkWriter(ctx context.Context, tx *sql.Tx, t *catalog.Table) (*chunkWriter, error) {
	insert, err := tx.PrepareContext(ctx, "INSERT INTO partition_chunks (table_id, first_key, count, data) VALUES (?, ?, ?, ?)")
	if err != nil {
		return nil, err
	}
	return &chunkWriter{ctx: ctx, tx: tx, insert: insert, table: t.ID, keys: len(t.PartitionKeys)}, nil
}

// close ends the writer; what was not flushed is lost.
func (w *chunkWriter) close() { w.insert.Close() }

// replace removes a chunk whose entries come again.
func (w *chunkWriter) replace(ref chunkRef) error {
	if ref.id < 0 {
		return nil
	}
	_, err := w.tx.ExecContext(w.ctx, "DELETE FROM partition_chunks WHERE id = ?", ref.id)
	return err
}

func (w *chunkWriter) add(e *entry) error {
	w.buf = append(w.buf, *e)
	w.bytes += len(e.location) + len(e.parameters) + len(e.descriptor)
	switch {
	case w.bytes > maxChunkBytes:
		return w.flush()
	case len(w.buf) <= maxChunk:
		return nil
	}
	if err := w.store(targetChunk); err != nil {
		return err
	}
	w.bytes = 0
	for i := range w.buf {
		w.bytes += len(w.buf[i].location) + len(w.buf[i].parameters) + len(w.buf[i].descriptor)
	}
	return nil
}

// flush stores what is left, so that the next entry begins another chunk.
func (w *chunkWriter) flush() error {
	w.bytes = 0
	return w.store(len(w.buf))
}

func (w *chunkWriter) store(n int) error {
	if n == 0 {
		return nil
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	_, err := w.insert.ExecContext(w.ctx, w.table, []byte(w.buf[0].key), n, encodeChunk(w.buf[:n], w.keys))
	w.buf = append(w.buf[:0], w.buf[n:]...)
	return err
}
