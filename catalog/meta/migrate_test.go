package meta

import (
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/types"
)

// encodeOldChunk writes format 1.
func encodeOldChunk(es []entry, keys int) []byte {
	b := []byte{chunkFormatOld}
	b = binary.AppendUvarint(b, uint64(len(es)))
	b = binary.AppendUvarint(b, uint64(keys))
	column := func(get func(e *entry) string) (out []string) {
		for i := range es {
			out = append(out, get(&es[i]))
		}
		return out
	}
	for k := range keys {
		b = appendDict(b, column(func(e *entry) string { return e.values()[k] }))
	}
	b = appendFronts(b, column(func(e *entry) string { return e.location }))
	b = appendDict(b, column(func(e *entry) string { return e.format }))
	b = appendDict(b, column(func(e *entry) string { return e.parameters }))
	b = appendNumbers(b, es, func(e *entry) int64 { return e.id })
	return appendNumbers(b, es, func(e *entry) int64 { return e.created })
}

// TestFirstVersion opens a catalog as the first version of the program left it
// and goes on with it.
func TestFirstVersion(t *testing.T) {
	sqliteOnly(t, "older versions")
	ctx := context.Background()
	dir := t.TempDir()
	db, err := connect(filepath.Join(dir, fileName), "immediate", 1, "journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	files := must[fs.FS](t)(fs.Sub(migrations, "migrations"))
	p := must[*goose.Provider](t)(goose.NewProvider(goose.DialectSQLite3, db, files))
	must[[]*goose.MigrationResult](t)(p.UpTo(ctx, 1))
	es := []entry{
		{key: "a\x001", id: 1, created: 1_000_000, parameters: `{"p":"q"}`},
		{key: "a\x0010", location: "s3://b/x/", id: 3, created: 3_000_000},
		{key: "b\x001", location: "s3://b/y/", format: "json", id: 2, created: 2_000_000},
	}
	for _, q := range []struct {
		text string
		args []any
	}{
		{"INSERT INTO databases (id, name, description, location, parameters, created) VALUES (1, 'd', 'old', '', '', 5)", nil},
		{`INSERT INTO tables (id, database_id, name, kind, version, definition, created, updated) VALUES (1, 1, 't', 'EXTERNAL_TABLE', 4, ?, 6, 7)`,
			[]any{`{"columns":[{"name":"x","type":"bigint"}],"partition_keys":[{"name":"k","type":"varchar"},{"name":"n","type":"integer"}],` +
				`"storage":{"location":"s3://b/t","serde":"S"},"format":"csv"}`}},
		{"INSERT INTO partition_lists (table_id, version, count, next_id) VALUES (1, 9, 3, 4)", nil},
		{"INSERT INTO partition_chunks (table_id, first_key, count, data) VALUES (1, ?, 3, ?)", []any{[]byte(es[0].key), encodeOldChunk(es, 2)}},
		{"INSERT INTO key_values (space, key, value) VALUES ('locations', 's3://b/', x''), ('crawl', 'x', '{\"a\":1}')", nil},
	} {
		if _, err := db.ExecContext(ctx, q.text, q.args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	s := must[*Store](t)(openAt(ctx, dir))
	defer s.Close()
	tab := must[*catalog.Table](t)(s.Table(ctx, "d", "t"))
	wantTable := &catalog.Table{ID: 1, Database: "d", Name: "t", Kind: catalog.ExternalTable, Format: "csv", Version: 4,
		Columns:       []catalog.Column{{Name: "x", Type: types.TBigInt}},
		PartitionKeys: []catalog.Column{{Name: "k", Type: types.TVarchar}, {Name: "n", Type: types.TInteger}},
		Storage:       catalog.Storage{Location: "s3://b/t", SerDe: "S"}, Created: fromMicros(6), Updated: fromMicros(7)}
	if diff := cmp.Diff(wantTable, tab); diff != "" {
		t.Error(diff)
	}
	want := []catalog.Partition{
		{ID: 1, Values: []string{"a", "1"}, Parameters: map[string]string{"p": "q"}, Created: time.Unix(1, 0).UTC()},
		{ID: 3, Values: []string{"a", "10"}, Location: "s3://b/x/", Created: time.Unix(3, 0).UTC()},
		{ID: 2, Values: []string{"b", "1"}, Location: "s3://b/y/", Format: "json", Created: time.Unix(2, 0).UTC()},
	}
	if diff := cmp.Diff(want, must[[]catalog.Partition](t)(s.PartitionsAfter(ctx, tab, nil, 0))); diff != "" {
		t.Error(diff)
	}
	snapshot := must[*catalog.Partitions](t)(s.Partitions(ctx, tab))
	if snapshot.N != 3 || snapshot.Location(1) != "s3://b/x/" || snapshot.Format(2) != "json" || snapshot.Descriptor != nil {
		t.Errorf("%+v", snapshot)
	}
	if diff := cmp.Diff([]string{"s3://b/"}, must[[]string](t)(s.Locations(ctx))); diff != "" {
		t.Error(diff)
	}
	doc := must[*catalog.Document](t)(s.Document(ctx, "crawl", "x"))
	if diff := cmp.Diff(&catalog.Document{Space: "crawl", Key: "x", Version: 1, Data: []byte(`{"a":1}`)}, doc); diff != "" {
		t.Error(diff)
	}

	altered := want[0]
	altered.Accessed = time.Unix(77, 0).UTC()
	must[*catalog.Applied](t)(s.Apply(ctx, catalog.Change{Table: tab, Drop: [][]string{{"a", "010"}}, Alter: []catalog.Partition{altered}}))
	if diff := cmp.Diff([]catalog.Partition{altered, want[2]}, must[[]catalog.Partition](t)(s.PartitionsAfter(ctx, tab, nil, 0))); diff != "" {
		t.Error(diff)
	}
	var format []byte
	if err := s.read.QueryRow("SELECT substr(data, 1, 1) FROM partition_chunks").Scan(&format); err != nil || fmt.Sprint(format) != "[2]" {
		t.Errorf("format %v, %v", format, err)
	}
}
