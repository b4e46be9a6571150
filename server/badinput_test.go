package server_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server"
)

func newSession(t *testing.T, in *server.Instance) *exec.Session {
	t.Helper()
	s, err := in.Engine.NewSession(exec.SessionOptions{User: "glaux", Database: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestWrongStatements: each wrong statement has its SQLSTATE, its position and,
// where there is something to suggest, a hint; the session works on.
func TestWrongStatements(t *testing.T) {
	s := newSession(t, openLake(t))
	deep := strings.Repeat("(", 10_000) + "1" + strings.Repeat(")", 10_000)
	for _, c := range []struct {
		sql  string
		code fault.Code
		pos  int
		hint string
	}{
		{"SELECT * FROM ordrs", fault.CodeUndefinedTable, 15, "orders"},
		{"SELECT o_totlprice FROM orders", fault.CodeUndefinedColumn, 8, "o_totalprice"},
		{"SELECT sbstr(o_comment, 1) FROM orders", fault.CodeUndefinedFunction, 8, "substr"},
		{"SELECT * FROM orders WHERE o_orderdate > 5", fault.CodeUndefinedFunction, 40, ""},
		{"SELECT o_custkey, count(*) FROM orders", fault.CodeGrouping, 8, ""},
		{"SELEC 1", fault.CodeSyntax, 1, ""},
		{"SELECT 1 FROM", fault.CodeSyntax, 0, ""},
		{"SELECT 1/0", fault.CodeDivisionByZero, 0, ""},
		{"SELECT o_custkey / (o_custkey - o_custkey) FROM orders", fault.CodeDivisionByZero, 0, ""},
		{"SELECT 9223372036854775807 + o_custkey FROM orders", fault.CodeNumericOutOfRange, 0, ""},
		{"SELECT cast('x' AS integer)", fault.CodeInvalidText, 0, ""},
		{"SELECT date '2024-02-30'", fault.CodeDatetimeOverflow, 0, ""},
		{"SELECT (SELECT o_custkey FROM orders)", fault.CodeCardinality, 0, ""},
		{"SELECT " + deep, fault.CodeStatementTooComplex, 0, ""},
		{"SELECT $1 + $2", fault.CodeAmbiguousFunction, 0, ""},
		{"DROP TABLE nosuch", fault.CodeUndefinedTable, 0, ""},
		{"CREATE EXTERNAL TABLE demo.orders (a int) STORED AS PARQUET LOCATION '/tmp/x'", fault.CodeDuplicateTable, 0, ""},
		{"SET workgroup = nosuch", fault.CodeUndefinedObject, 0, "primary"},
		{"SET no_such_setting = 1", fault.CodeUndefinedObject, 0, ""},
	} {
		_, err := run(t, s, c.sql)
		f := fault.As(err)
		short := c.sql[:min(len(c.sql), 60)]
		if err == nil || f.Code != c.code {
			t.Errorf("%s: %v (%s), want %s", short, err, codeOf(f), c.code)
			continue
		}
		if c.pos > 0 && f.Pos != c.pos {
			t.Errorf("%s: position %d, want %d", short, f.Pos, c.pos)
		}
		if !strings.Contains(f.Hint, c.hint) {
			t.Errorf("%s: hint %q, want one with %q", short, f.Hint, c.hint)
		}
	}
	if rows, err := run(t, s, "SELECT count(*) FROM region"); err != nil || rows[0][0] != "5" {
		t.Errorf("after the errors: %v %v", rows, err)
	}
}

func codeOf(f *fault.Error) fault.Code {
	if f == nil {
		return fault.CodeSuccess
	}
	return f.Code
}

// TestLongStatement: a statement of 300 KB is planned and run.
func TestLongStatement(t *testing.T) {
	s := newSession(t, openLake(t))
	sql := "SELECT count(*) FROM nation WHERE n_nationkey IN (0" + strings.Repeat(", 12345", 43_000) + ")"
	if len(sql) < 300_000 {
		t.Fatalf("only %d bytes", len(sql))
	}
	rows, err := run(t, s, sql)
	if err != nil || rows[0][0] != "1" {
		t.Fatalf("%v %v", rows, err)
	}
}

// copyLake copies one folder of the sample lake into a new lake.
func copyLake(t *testing.T, table string) (dir string, files []string) {
	t.Helper()
	dir = t.TempDir()
	src := filepath.Join(testdata, "lake", table)
	err := filepath.WalkDir(src, func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(filepath.Dir(src), p)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, rel)
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		files = append(files, to)
		return os.WriteFile(to, data, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, files
}

// TestDamagedFiles truncates and overwrites files after the crawl: the error
// names the file, and the other tables can still be read.
func TestDamagedFiles(t *testing.T) {
	for _, c := range []struct {
		table, sql string
		damage     func(data []byte) []byte // nil: the file is removed
		codes      []fault.Code
	}{
		{"customer", "SELECT sum(c_acctbal) FROM customer", func(b []byte) []byte { return b[:len(b)/2] }, []fault.Code{fault.CodeDataCorrupted}},
		{"customer", "SELECT max(c_comment || c_name) FROM customer", func(b []byte) []byte {
			for i := 100; i < len(b)/2; i++ {
				b[i] ^= 0x5a
			}
			return b
		}, []fault.Code{fault.CodeDataCorrupted}},
		{"customer", "SELECT sum(c_acctbal) FROM customer", func([]byte) []byte { return nil }, []fault.Code{fault.CodeDataCorrupted}},
		{"web_logs", "SELECT count(request_id) FROM web_logs", func(b []byte) []byte { return b[:len(b)/2] }, []fault.Code{fault.CodeDataCorrupted}},
		{"web_logs", "SELECT count(request_id) FROM web_logs", func(b []byte) []byte { return append([]byte("{\"a\": [1,,2\n"), b...) },
			[]fault.Code{fault.CodeDataCorrupted, fault.CodeInvalidJSON}},
		{"products", "SELECT sum(price) FROM products", func(b []byte) []byte { return append(b, "\"never closed,1,2\n3"...) },
			[]fault.Code{fault.CodeDataCorrupted, fault.CodeInvalidText}},
	} {
		in := openLake(t)
		dir, files := copyLake(t, c.table)
		if _, err := in.Crawl(context.Background(), crawler.At(dir, "broken")); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(files[0], c.damage(data), 0o644); err != nil {
			t.Fatal(err)
		}
		s := newSession(t, in)
		_, err = run(t, s, strings.Replace(c.sql, "FROM ", "FROM broken.", 1))
		f := fault.As(err)
		ok := false
		for _, code := range c.codes {
			ok = ok || codeOf(f) == code
		}
		if !ok || !strings.Contains(f.Object, filepath.Base(files[0])) {
			t.Errorf("%s: %v (%s in %q), want one of %v in %s", c.sql, err, codeOf(f), objectOf(f), c.codes, files[0])
		}
		if rows, err := run(t, s, "SELECT count(*) FROM demo.region"); err != nil || rows[0][0] != "5" {
			t.Errorf("after the error: %v %v", rows, err)
		}
	}
}

func objectOf(f *fault.Error) string {
	if f == nil {
		return ""
	}
	return f.Object
}

// TestFilesGone removes a table's folder after the crawl.
func TestFilesGone(t *testing.T) {
	in := openLake(t)
	dir, _ := copyLake(t, "nation")
	if _, err := in.Crawl(context.Background(), crawler.At(dir, "gone")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "nation")); err != nil {
		t.Fatal(err)
	}
	_, err := run(t, newSession(t, in), "SELECT * FROM gone.nation")
	if f := fault.As(err); codeOf(f) != fault.CodeUndefinedFile || !strings.Contains(f.Error(), "nation") {
		t.Errorf("%v (%s), want 58P01 that names the folder", err, codeOf(f))
	}
}

// TestOutsideTheLake: SQL cannot reach what the configuration does not list, nor
// through a symbolic link.
func TestOutsideTheLake(t *testing.T) {
	in := openLake(t)
	s := newSession(t, in)
	secret := t.TempDir()
	if err := os.WriteFile(filepath.Join(secret, "a.csv"), []byte("x\n1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, s, "CREATE EXTERNAL TABLE demo.secret (x string) STORED AS TEXTFILE LOCATION '"+secret+"'"); err == nil {
		_, err = run(t, s, "SELECT * FROM demo.secret")
		if !fault.Is(err, fault.CodeInsufficientPriv) {
			t.Errorf("a location outside the lake: %v, want 42501", err)
		}
	} else if !fault.Is(err, fault.CodeInsufficientPriv) {
		t.Errorf("a location outside the lake: %v, want 42501", err)
	}
	dir, files := copyLake(t, "nation")
	if _, err := in.Crawl(context.Background(), crawler.At(dir, "linked")); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(secret, "nation.parquet")
	if err := os.Rename(files[0], elsewhere); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, files[0]); err != nil {
		t.Skip("no symbolic links here")
	}
	if _, err := run(t, s, "SELECT * FROM linked.nation"); !fault.Is(err, fault.CodeInsufficientPriv) {
		t.Errorf("a symbolic link out of the lake: %v, want 42501", err)
	}
}

// TestNoGoroutineLeft: queries that end, fail, are cancelled or abandoned leave
// no goroutine behind.
func TestNoGoroutineLeft(t *testing.T) {
	in := openLake(t)
	s := newSession(t, in)
	if _, err := run(t, s, "SELECT count(*) FROM lineitem"); err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	for range 20 {
		if _, err := run(t, s, "SELECT l_orderkey, count(*) FROM lineitem GROUP BY 1 ORDER BY 2 DESC LIMIT 3"); err != nil {
			t.Fatal(err)
		}
		if _, err := run(t, s, "SELECT l_partkey / (l_partkey - l_partkey) FROM lineitem"); err == nil {
			t.Fatal("no error")
		}
		ctx, cancel := context.WithCancel(context.Background())
		p, err := s.Prepare(ctx, "SELECT * FROM lineitem a, lineitem b", nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Execute(ctx, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		begin := time.Now()
		if err := r.Close(); err != nil && !fault.Is(fault.As(err), fault.CodeQueryCanceled) {
			t.Fatal(err)
		}
		if d := time.Since(begin); d > 5*time.Second {
			t.Errorf("closing a cancelled query took %v", d)
		}
	}
	for range 50 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	buf := make([]byte, 1<<20)
	t.Errorf("%d goroutines, before %d:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
}
