package server_test

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/parquet"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server"
)

// The tables that differ in their number of batches alone, one row group each.
const fewBatches, manyBatches = 20, 220

var steadySchema = types.Schema{Fields: []types.Field{{Name: "k", Type: types.TBigInt}, {Name: "name", Type: types.TVarchar},
	{Name: "x", Type: types.TDouble}, {Name: "d", Type: types.DecimalOf(12, 2)}}}

// steadyTable writes a table of n batches.
func steadyTable(t *testing.T, dir, name string, n int) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name, "rows.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	w, err := parquet.NewWriter(out, &steadySchema, parquet.WriterOptions{GroupRows: 1 << 30})
	for i := 0; i < n && err == nil; i++ {
		err = w.Write(steadyBatch(i * vector.BatchSize))
	}
	if err = errors.Join(err, w.Close(), out.Flush()); err != nil {
		t.Fatal(err)
	}
}

func steadyBatch(first int) *vector.Batch {
	n := vector.BatchSize
	cols := make([]*vector.Vector, len(steadySchema.Fields))
	for i, f := range steadySchema.Fields {
		cols[i] = vector.New(f.Type, n)
	}
	ks, names, xs, ds := vector.Values[int64](cols[0]), cols[1].Ranges(), vector.Values[float64](cols[2]), vector.Values[int64](cols[3])
	for i := range n {
		row := first + i
		name := fmt.Sprintf("name %d", row*7919%1000)
		names[i] = vector.Range{Off: uint32(len(cols[1].Data)), Len: uint32(len(name))}
		cols[1].Data = append(cols[1].Data, name...)
		ks[i], xs[i], ds[i] = int64(row*31%5000), float64(row%977)/8, int64(row%100_000)
	}
	return &vector.Batch{N: n, Cols: cols}
}

// TestSteadyStateAllocatesNothing: what a query allocates does not grow with the
// batches that go through it, but for what comes more rarely: pages, whose bounds a
// filter looks at, and memory for rows that are kept. Queries run by one worker over
// tables that differ by 200 batches and some 40 pages in each column.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	dir := t.TempDir()
	steadyTable(t, dir, "few", fewBatches)
	steadyTable(t, dir, "many", manyBatches)
	in, err := server.Open(t.Context(), server.Config{DataDir: meta.Memory, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := in.Crawl(t.Context(), crawler.At(dir, "steady")); err != nil {
		t.Fatal(err)
	}
	s, err := in.Engine.NewSession(exec.SessionOptions{Database: "steady"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const pages, kept = 3, 2.5 // allowed for a batch where a filter judges pages, and where rows are kept
	for _, c := range []struct {
		name, sql string
		most      float64 // allocations for a batch; 0: a half
	}{
		{"scan, aggregate", "SELECT count(k), sum(x), min(d), max(d), avg(x) FROM %s", 0},
		{"filter", "SELECT count(*), sum(d) FROM %s WHERE x > 40 AND k < 4000 AND d BETWEEN 10 AND 900", pages},
		{"LIKE", "SELECT count(*) FROM %s WHERE name LIKE '%%e 1_2'", 0},
		{"group by codes", "SELECT name, count(*), sum(x) FROM %s GROUP BY name ORDER BY 2, 1 LIMIT 1", 0},
		{"group by integers", "SELECT k, count(*), sum(d) FROM %s GROUP BY k ORDER BY 2, 1 LIMIT 1", 0},
		{"distinct", "SELECT count(DISTINCT k), count(DISTINCT name) FROM %s", 0},
		{"project", "SELECT sum(x * 2 + k), max(upper(name)), sum(CASE WHEN k %% 2 = 0 THEN d ELSE 0 END) FROM %s", 0},
		{"join probe", "SELECT count(*), sum(a.x) FROM %s a JOIN (SELECT DISTINCT k FROM few WHERE k < 3000) b ON a.k = b.k", pages},
		{"join probe, pairs", "SELECT count(*), sum(a.x + b.x) FROM %s a JOIN (SELECT k, x FROM few LIMIT 2000) b ON a.k = b.k", pages},
		{"semi join", "SELECT count(*) FROM %s WHERE k IN (SELECT k FROM few WHERE x < 3)", pages},
		{"top", "SELECT k, x FROM %s ORDER BY x DESC, k, d LIMIT 10", 0},
		{"sort", "SELECT sum(x) FROM (SELECT x, k FROM %s ORDER BY k, x OFFSET 5)", kept},
		{"union", "SELECT sum(k) FROM (SELECT k FROM %s UNION ALL SELECT k FROM few)", 0},
	} {
		few := allocations(t, in, s, fmt.Sprintf(c.sql, "few"))
		many := allocations(t, in, s, fmt.Sprintf(c.sql, "many"))
		per := (many - few) / (manyBatches - fewBatches)
		t.Logf("%-18s %6.0f and %6.0f allocations: %.2f a batch", c.name, few, many, per)
		if most := cmp.Or(c.most, 0.5); per > most {
			t.Errorf("%s: %.2f allocations for each batch, want at most %.1f", c.name, per, most)
		}
	}
}

// allocations gives how many a run of a statement makes with its entry in the history,
// the least of several: a collection in the middle of one has pools forget what they
// have.
func allocations(t *testing.T, in *server.Instance, s *exec.Session, sql string) float64 {
	t.Helper()
	run := func() {
		p, err := s.Prepare(context.Background(), sql, nil)
		if err != nil {
			t.Fatal(sql, err)
		}
		r, err := s.Execute(context.Background(), p, nil)
		if err != nil {
			t.Fatal(sql, err)
		}
		var b vector.Batch
		for err == nil {
			err = r.Next(context.Background(), &b)
		}
		if cerr := r.Close(); err != io.EOF || cerr != nil {
			t.Fatal(sql, err, cerr)
		}
		in.Groups.Flush() // else it may be counted with the next run
	}
	least := math.Inf(1)
	for range 5 {
		least = min(least, testing.AllocsPerRun(1, run))
	}
	return least
}
