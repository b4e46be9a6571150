package meta

import (
	"context"
	"database/sql"
	"errors"
	"unicode/utf8"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

const documentColumns = "space, key, coalesce(table_id, 0), version, data"

func scanDocument(row scanner) (d catalog.Document, err error) {
	err = row.Scan(&d.Space, &d.Key, &d.Table, &d.Version, &d.Data)
	if d.Data == nil { // how the driver gives an empty blob
		d.Data = []byte{}
	}
	return d, err
}

// Document gives one document; nil if there is none.
func (s *Store) Document(ctx context.Context, space, key string) (*catalog.Document, error) {
	f := s.watch.feed
	if f == nil {
		return s.readDocument(ctx, space, key)
	}
	tick, name := f.documents.Load(), documentName{space, key}
	if f.fresh() {
		if d, ok := s.docs.get(tick, name); ok {
			return d, ctx.Err()
		}
	}
	d, err := s.readDocument(ctx, space, key)
	if err == nil {
		s.docs.put(tick, name, d)
	}
	return d, err
}

func (s *Store) readDocument(ctx context.Context, space, key string) (*catalog.Document, error) {
	d, err := scanDocument(s.read.QueryRowContext(ctx, "SELECT "+documentColumns+
		" FROM documents WHERE space = ? AND key = ?", space, key))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, translate(err, "read "+space+"/"+key)
	}
	return &d, nil
}

// DocumentsAfter gives at most limit (0: all) documents of a space whose keys
// begin with prefix and lie behind after, by key (byte-wise).
func (s *Store) DocumentsAfter(ctx context.Context, space, prefix, after string, limit int) ([]catalog.Document, error) {
	query := "SELECT " + documentColumns + " FROM documents WHERE space = ? AND key >= ? AND key > ?"
	args := []any{space, prefix, after}
	if end := behindPrefix(prefix); end != "" {
		query += " AND key < ?"
		args = append(args, end)
	}
	what := "read the documents of " + space
	rows, err := s.read.QueryContext(ctx, query+" ORDER BY key LIMIT ?", append(args, atMost(limit))...)
	if err != nil {
		return nil, translate(err, what)
	}
	defer rows.Close()
	var out []catalog.Document
	for rows.Next() {
		d, err := scanDocument(rows)
		if err != nil {
			return nil, translate(err, what)
		}
		out = append(out, d)
	}
	return out, translate(rows.Err(), what)
}

// behindPrefix gives the least text that is greater than all texts with this
// prefix, in UTF-8 where the prefix is; "" if there is none.
func behindPrefix(prefix string) string {
	if utf8.ValidString(prefix) {
		for prefix != "" {
			r, n := utf8.DecodeLastRuneInString(prefix)
			if prefix = prefix[:len(prefix)-n]; r == 0xD7FF { // surrogates follow, which are no text
				return prefix + "\uE000"
			} else if r < utf8.MaxRune {
				return prefix + string(r+1)
			}
		}
		return ""
	}
	for i := len(prefix) - 1; i >= 0; i-- {
		if c := prefix[i]; c < 0xFF {
			return prefix[:i] + string([]byte{c + 1})
		}
	}
	return ""
}

// PutDocuments writes all of the documents or none. It gives the new versions,
// 0 for what is deleted. Faults: 42710, 55000 and 42704 for what is not as
// its Version says, 42P01 for one of a table that is not there.
func (s *Store) PutDocuments(ctx context.Context, ds ...catalog.Document) ([]int64, error) {
	if err := checkDocuments(ds); err != nil {
		return nil, err
	}
	var out []int64
	err := s.update(ctx, "write documents", func(tx *sql.Tx) (err error) {
		out, err = putDocuments(ctx, tx, ds)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func checkDocuments(ds []catalog.Document) error {
	for i := range ds {
		if ds[i].Space == "" || ds[i].Key == "" && ds[i].Table != -1 {
			return fault.New(fault.CodeInvalidName, "a document needs a space and a key, not %q and %q", ds[i].Space, ds[i].Key)
		}
	}
	return nil
}

func putDocuments(ctx context.Context, tx *sql.Tx, ds []catalog.Document) ([]int64, error) {
	out := make([]int64, len(ds))
	for i := range ds {
		var err error
		if out[i], err = putDocument(ctx, tx, &ds[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func putDocument(ctx context.Context, tx *sql.Tx, d *catalog.Document) (int64, error) {
	var stored int64
	err := tx.QueryRowContext(ctx, "SELECT version FROM documents WHERE space = ? AND key = ?", d.Space, d.Key).Scan(&stored)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	if err := checkVersion(d, stored); err != nil {
		return 0, err
	}
	if d.Data == nil {
		_, err := tx.ExecContext(ctx, "DELETE FROM documents WHERE space = ? AND key = ?", d.Space, d.Key)
		return 0, err
	}
	table := sql.NullInt64{Int64: d.Table, Valid: d.Table != 0}
	if table.Valid {
		var there bool
		if err := tx.QueryRowContext(ctx, "SELECT count(*) > 0 FROM tables WHERE id = ?", d.Table).Scan(&there); err != nil {
			return 0, err
		}
		if !there {
			return 0, fault.New(fault.CodeUndefinedTable, "the table of document %s/%s does not exist", d.Space, d.Key)
		}
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO documents (space, key, table_id, version, data) VALUES (?, ?, ?, ?, ?) "+
		"ON CONFLICT (space, key) DO UPDATE SET table_id = excluded.table_id, version = excluded.version, data = excluded.data",
		d.Space, d.Key, table, stored+1, d.Data)
	return stored + 1, err
}

// checkVersion compares the version that a writer knows with the stored one, 0
// for a document that is not there.
func checkVersion(d *catalog.Document, stored int64) error {
	switch {
	case d.Version == catalog.AnyVersion || d.Version == stored:
		return nil
	case d.Version == 0:
		return fault.New(fault.CodeDuplicateObject, "%s %q already exists", d.Space, d.Key)
	case stored == 0:
		return fault.New(fault.CodeUndefinedObject, "%s %q does not exist", d.Space, d.Key)
	}
	return fault.New(fault.CodeObjectNotReady, "%s %q was changed by someone else", d.Space, d.Key).
		WithHint("Read it again and repeat the change.")
}
