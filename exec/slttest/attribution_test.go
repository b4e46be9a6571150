package slttest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/glauxdb/glaux/exec"
)

// layered is a row of the table whose parts are pruned: id ascends, key is of all
// numbers and has a Bloom filter, word is of few words and has a dictionary.
type layered struct {
	ID   int64  `parquet:"id"`
	Key  int64  `parquet:"key"`
	Word string `parquet:"word,dict"`
}

const (
	layeredFiles = 3       // of each of two partitions
	layeredRows  = 100_000 // of a file, in row groups of 25,000 and pages of some 1,000
)

// layeredTable writes the files and declares the table.
func layeredTable(t *testing.T, w writable) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	id := int64(0)
	for _, p := range []string{"a", "b"} {
		for n := range layeredFiles {
			dir := filepath.Join(w.dir, "layered", "p="+p)
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%d.parquet", n)))
			if err != nil {
				t.Fatal(err)
			}
			pw := parquet.NewGenericWriter[layered](f, parquet.MaxRowsPerRowGroup(25_000), parquet.PageBufferSize(8000),
				parquet.BloomFilters(parquet.SplitBlockFilter(10, "key")))
			rows := make([]layered, layeredRows)
			for i := range rows {
				rows[i] = layered{ID: id, Key: r.Int64N(1 << 40), Word: fmt.Sprintf("w%02d", 2*(id%20))}
				id++
			}
			if _, err := pw.Write(rows); err != nil {
				t.Fatal(err)
			}
			if err := pw.Close(); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, sql := range []string{
		"CREATE EXTERNAL TABLE out.layered (id bigint, key bigint, word string) PARTITIONED BY (p string) STORED AS PARQUET LOCATION '" + filepath.ToSlash(w.dir) + "/layered'",
		"MSCK REPAIR TABLE out.layered",
	} {
		if _, err := w.Session.Query(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPrunedBy: EXPLAIN ANALYZE says of every partition, file, row group and page that
// was not read which condition, filter, dictionary, join or limit it was left out by.
func TestPrunedBy(t *testing.T) {
	w := openWritable(t, func(o *exec.Options) { o.Workers = 1 })
	layeredTable(t, w)
	for _, c := range []struct{ name, sql, want string }{
		{"partitions", "SELECT sum(key) FROM out.layered WHERE p = 'a'", "pruned=[1 partitions by p = 'a']"},
		{"files by bounds", "SELECT count(key) FROM out.layered WHERE id < 1000", "5 files by id < 1000"},
		{"row groups by bounds", "SELECT count(key) FROM out.layered WHERE id BETWEEN 30000 AND 31000 AND p = 'a'", "2 row groups by id <= 31000"},
		{"pages by their index", "SELECT sum(key) FROM out.layered WHERE id = 31250", "pages by id = 31250"},
		{"Bloom filters", "SELECT id FROM out.layered WHERE key = 549755813888", "by the Bloom filter of key"},
		{"dictionaries", "SELECT count(id) FROM out.layered WHERE word = 'w07'", "by the dictionary of word"},
		{"a join's keys", "SELECT count(l.key) FROM out.layered l JOIN (SELECT n_nationkey + 30000 AS k FROM lake.nation WHERE n_name = 'FRANCE') n ON l.id = n.k", "by the runtime filter of id"},
		{"the top N", "SELECT id, key FROM out.layered ORDER BY id LIMIT 5", "by the first rows by id"},
		{"a limit", "SELECT key FROM out.layered LIMIT 3", "5 files by LIMIT 3"},
		{"several", "SELECT sum(key) FROM out.layered WHERE p = 'b' AND id < 312500", "pruned=[1 partitions by p = 'b'"},
	} {
		rows, err := w.Session.Query(t.Context(), "EXPLAIN ANALYZE "+c.sql)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(rows, "\n")
		if !strings.Contains(text, c.want) {
			t.Errorf("%s: no %q in\n%s", c.name, c.want, text)
		}
		page, err := w.Session.Query(t.Context(), "EXPLAIN (ANALYZE, FORMAT HTML) "+c.sql)
		if err != nil {
			t.Fatal(err)
		}
		html := strings.NewReplacer("&#39;", "'", "&lt;", "<", "&#34;", `"`, "&gt;", ">").Replace(strings.Join(page, "\n"))
		if plain := strings.TrimPrefix(c.want, "pruned=["); !strings.Contains(html, strings.TrimSuffix(plain, "]")) {
			t.Errorf("%s: no %q in the page", c.name, plain)
		}
	}
}
