package exec_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/types"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/slttest"
	"github.com/glauxdb/glaux/formats/vector"
)

// reuseWorld is an engine over a lake of its own that a test may change: table t
// (a, b) of two CSV files, table p partitioned by dt.
type reuseWorld struct {
	*exec.Engine
	t   *testing.T
	dir string
}

func newReuseWorld(t *testing.T, change func(*exec.Options)) *reuseWorld {
	t.Helper()
	w := &reuseWorld{t: t, dir: filepath.Join(t.TempDir(), "lake")}
	w.write("t/1.csv", "a,b\n1,x\n2,y\n3,z\n")
	w.write("t/2.csv", "a,b\n4,x\n5,today\n")
	w.write("p/dt=2026-01-01/1.csv", "a,b\n1,x\n")
	w.write("p/dt=2026-01-02/1.csv", "a,b\n2,y\n")
	w.write("../formats/f/1.csv", "a,b\n1,x\n2,y\n")
	w.write("../acid/f/1.csv", "a,b\n1,x\n2,y\n")
	w.Engine = slttest.Lake(t, w.dir, change)
	return w
}

// write makes or replaces a file of the lake. Its time is moved on, since tests
// change files faster than some file systems' clocks tick.
func (w *reuseWorld) write(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	at := time.Now()
	if info, err := os.Stat(path); err == nil {
		at = info.ModTime().Add(time.Second)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		w.t.Fatal(err)
	}
}

// session opens a session that reuses results of the last hour.
func (w *reuseWorld) session(user string) slttest.Session {
	w.t.Helper()
	s, err := w.NewSession(exec.SessionOptions{User: user, Database: "lake", Settings: map[string]string{"result_reuse": "1h"}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(s.Close)
	return slttest.Session{Session: s}
}

// ask runs a statement to its end.
func ask(t *testing.T, s slttest.Session, sql string, params ...types.Value) ([]string, exec.Stats, []*fault.Error) {
	t.Helper()
	p, err := s.Prepare(t.Context(), sql, nil)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	r, err := s.Execute(t.Context(), p, params)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	rows, err := slttest.Rows(t.Context(), r)
	r.Close()
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return rows, r.Stats(), r.Notices()
}

// hit wants a statement to be answered by a kept result, miss wants it to run.
func hit(t *testing.T, s slttest.Session, sql string, want ...string) {
	t.Helper()
	rows, st, _ := ask(t, s, sql)
	if !st.Reused || st.BytesScanned != 0 || st.FilesRead != 0 || st.RowsRead != 0 {
		t.Errorf("%s: not reused: %+v", sql, st)
	}
	if !cmp.Equal(rows, want) {
		t.Errorf("%s: %s", sql, cmp.Diff(want, rows))
	}
	if int(st.RowsReturned) != len(rows) || st.BytesCached == 0 {
		t.Errorf("%s: %d rows returned, %d bytes cached", sql, st.RowsReturned, st.BytesCached)
	}
}

func miss(t *testing.T, s slttest.Session, sql string, want ...string) {
	t.Helper()
	rows, st, _ := ask(t, s, sql)
	if st.Reused {
		t.Errorf("%s: reused", sql)
	}
	if want != nil && !cmp.Equal(rows, want) {
		t.Errorf("%s: %s", sql, cmp.Diff(want, rows))
	}
}

const over2 = "SELECT a, b FROM t WHERE a > 2 ORDER BY a"

var over2Rows = []string{"3|z", "4|x", "5|today"}

// TestReuseSays: a hit is told as one.
func TestReuseSays(t *testing.T) {
	w := newReuseWorld(t, nil)
	s := w.session("ana")
	ask(t, s, "SET glaux.report_scan = on")
	for i, want := range []string{"scanned 32 bytes in 2 of 2 files", "gave a kept result again: scanned 0 bytes, saved 32 bytes"} {
		_, _, notices := ask(t, s, over2)
		if len(notices) != 1 || notices[0].Message != want || !strings.Contains(notices[0].Detail, fmt.Sprintf(`"bytes_cached":%d,`, 32*i)) {
			t.Errorf("%d: %+v", i, notices)
		}
	}
}

// TestReuseSameQuery: the same question gets the kept answer, however it is spelled
// and planned; another question does not.
func TestReuseSameQuery(t *testing.T) {
	w := newReuseWorld(t, nil)
	s := w.session("ana")
	miss(t, s, over2, over2Rows...)
	for _, sql := range []string{over2, "select A , b\nfrom lake.t -- a comment\n WHERE a > 2 order by a",
		"SELECT x.a AS first, x.b AS second FROM t AS x WHERE (x.a > 1 + 1) ORDER BY 1", "SELECT * FROM t WHERE 2 < a ORDER BY a"} {
		hit(t, s, sql, over2Rows...)
	}
	for _, sql := range []string{"SELECT a, b FROM t WHERE a > 3 ORDER BY a", "SELECT b, a FROM t WHERE a > 2 ORDER BY a",
		"SELECT a, b FROM t WHERE a >= 2 ORDER BY a", "SELECT a, b FROM t WHERE a > 2 ORDER BY a DESC", "SELECT a FROM t WHERE a > 2 ORDER BY a",
		"SELECT a, b FROM t WHERE a > 2 ORDER BY a LIMIT 2", "SELECT a::text, b FROM t WHERE a > 2 ORDER BY a",
		"SELECT a, b FROM t WHERE a > 2 AND b <> 'q' ORDER BY a"} {
		miss(t, s, sql)
		if _, st, _ := ask(t, s, sql); !st.Reused {
			t.Errorf("%s: not kept", sql)
		}
	}
}

// TestReuseParameters: values of parameters count as literals do.
func TestReuseParameters(t *testing.T) {
	s := newReuseWorld(t, nil).session("ana")
	sql := "SELECT a, b FROM t WHERE a > $1 ORDER BY a"
	for i, c := range []struct {
		value  int64
		reused bool
	}{{2, false}, {2, true}, {3, false}, {2, true}, {3, true}} {
		rows, st, _ := ask(t, s, sql, types.IntOf(types.TBigInt, c.value))
		if st.Reused != c.reused || len(rows) != 5-int(c.value) {
			t.Errorf("%d: reused %v, %q", i, st.Reused, rows)
		}
	}
	hit(t, s, over2, over2Rows...) // the same plan, once the parameter is there
}

// TestReuseChecksTheSource changes what a result was made of, each time in another
// way: no kept result is given, and the fresh one is.
func TestReuseChecksTheSource(t *testing.T) {
	const sums = "SELECT dt, sum(a) FROM p WHERE dt >= '2026-01-01' GROUP BY dt ORDER BY dt"
	for name, c := range map[string]struct {
		sql    string
		change func(w *reuseWorld, s slttest.Session)
		want   []string
	}{
		"changed file, same size": {over2, func(w *reuseWorld, _ slttest.Session) { w.write("t/2.csv", "a,b\n4,x\n6,today\n") }, []string{"3|z", "4|x", "6|today"}},
		"changed file, same time": {over2, func(w *reuseWorld, _ slttest.Session) {
			path := filepath.Join(w.dir, "t/2.csv")
			info, err := os.Stat(path)
			if err != nil {
				w.t.Fatal(err)
			}
			w.write("t/2.csv", "a,b\n4,x\n5,today\n6,q\n")
			if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
				w.t.Fatal(err)
			}
		}, []string{"3|z", "4|x", "5|today", "6|q"}},
		"replaced file": {over2, func(w *reuseWorld, _ slttest.Session) {
			w.write("new", "a,b\n4,x\n7,today\n")
			if err := os.Rename(filepath.Join(w.dir, "new"), filepath.Join(w.dir, "t/2.csv")); err != nil {
				w.t.Fatal(err)
			}
		}, []string{"3|z", "4|x", "7|today"}},
		"added file": {over2, func(w *reuseWorld, _ slttest.Session) { w.write("t/3.csv", "a,b\n9,n\n") }, []string{"3|z", "4|x", "5|today", "9|n"}},
		"removed file": {over2, func(w *reuseWorld, _ slttest.Session) {
			if err := os.Remove(filepath.Join(w.dir, "t/1.csv")); err != nil {
				w.t.Fatal(err)
			}
		}, []string{"4|x", "5|today"}},
		"altered table": {"SELECT * FROM t ORDER BY a LIMIT 1", func(w *reuseWorld, s slttest.Session) {
			ask(w.t, s, "ALTER TABLE t ADD COLUMNS (c int)")
		}, []string{"1|x|NULL"}},
		"altered property": {over2, func(w *reuseWorld, s slttest.Session) {
			ask(w.t, s, "ALTER TABLE t SET TBLPROPERTIES ('note' = 'x')")
		}, over2Rows},
		"file in a partition": {sums, func(w *reuseWorld, _ slttest.Session) { w.write("p/dt=2026-01-02/2.csv", "a,b\n10,y\n") }, []string{"2026-01-01|1", "2026-01-02|12"}},
		"added partition": {sums, func(w *reuseWorld, s slttest.Session) {
			w.write("p/dt=2026-01-03/1.csv", "a,b\n3,y\n")
			ask(w.t, s, "ALTER TABLE p ADD PARTITION (dt = '2026-01-03')")
		}, []string{"2026-01-01|1", "2026-01-02|2", "2026-01-03|3"}},
		"dropped partition": {sums, func(w *reuseWorld, s slttest.Session) {
			ask(w.t, s, "ALTER TABLE p DROP PARTITION (dt = '2026-01-01')")
		}, []string{"2026-01-02|2"}},
		"moved partition": {sums, func(w *reuseWorld, s slttest.Session) {
			w.write("elsewhere/1.csv", "a,b\n50,y\n")
			ask(w.t, s, fmt.Sprintf("ALTER TABLE p PARTITION (dt = '2026-01-01') SET LOCATION '%s/elsewhere'", w.dir))
		}, []string{"2026-01-01|50", "2026-01-02|2"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newReuseWorld(t, nil)
			s := w.session("ana")
			before, _, _ := ask(t, s, c.sql)
			hit(t, s, c.sql, before...)
			c.change(w, s)
			miss(t, s, c.sql, c.want...)
			hit(t, s, c.sql, c.want...)
		})
	}
}

// TestReuseElsewhere: what a query does not read may change.
func TestReuseElsewhere(t *testing.T) {
	w := newReuseWorld(t, nil)
	s := w.session("ana")
	sql := "SELECT sum(a) FROM p WHERE dt = '2026-01-01'"
	miss(t, s, sql, "1")
	w.write("p/dt=2026-01-02/2.csv", "a,b\n10,y\n")
	w.write("t/1.csv", "a,b\n")
	hit(t, s, sql, "1")
}

// TestReuseWho: a result is its user's, and that of the settings that it was made
// under.
func TestReuseWho(t *testing.T) {
	w := newReuseWorld(t, nil)
	for _, sql := range []string{"CREATE USER ana", "CREATE ROLE team"} {
		ask(t, slttest.NewSession(t, w.Engine), sql)
	}
	s, other := w.session("ana"), w.session("bob")
	miss(t, s, over2, over2Rows...)
	miss(t, other, over2, over2Rows...)
	hit(t, w.session("ana"), over2, over2Rows...)
	for _, sql := range []string{"SET timezone = 'Asia/Tokyo'", "SET dialect = 'athena'", "SET datestyle = 'SQL, DMY'", "SET extra_float_digits = 0",
		"SET intervalstyle = 'iso_8601'"} {
		ask(t, s, sql)
		miss(t, s, over2, over2Rows...)
	}
	ask(t, slttest.NewSession(t, w.Engine), "GRANT team TO ana")
	miss(t, s, over2, over2Rows...)
	ask(t, s, "SET application_name = 'x'")
	ask(t, s, "SET statement_timeout = '1min'")
	hit(t, s, over2, over2Rows...)
}

// TestReuseRefuses lists what is never answered from a kept result.
func TestReuseRefuses(t *testing.T) {
	s := newReuseWorld(t, nil).session("ana")
	ask(t, s, "CREATE TEMP TABLE own AS SELECT 1 AS a")
	ask(t, s, "CREATE TEMP TABLE numbered (id serial)")
	for _, sql := range []string{
		"SELECT a, random() FROM t", "SELECT a FROM t WHERE random() < 2", "SELECT a, uuid() FROM t", "SELECT count(*), min(clock_timestamp()) FROM t",
		"SELECT nextval('numbered_id_seq'), a FROM t", "SELECT a, now() FROM t", "SELECT age(timestamp '2020-01-01' + a * interval '1 day') FROM t",
		"SELECT t.a FROM t, own WHERE t.a = own.a", "SELECT 1", "SELECT * FROM own",
		"SELECT a FROM t ORDER BY random()", "SELECT sum(a * random()) FROM t", "SELECT sum(a) OVER (ORDER BY random()) FROM t",
		"SELECT a, current_setting('result_reuse') || b FROM t WHERE pg_backend_pid() * a <> 7 AND now() > timestamp '2020-01-01'",
		"EXPLAIN ANALYZE SELECT a FROM t",
	} {
		miss(t, s, sql)
		if strings.Contains(sql, "pg_backend_pid") {
			continue // constants of one session: it may be reused there
		}
		miss(t, s, sql)
	}
}

// TestReuseRelativeWords: a text in the data that means the present is seen when it
// is read.
func TestReuseRelativeWords(t *testing.T) {
	s := newReuseWorld(t, nil).session("ana")
	sql := "SELECT a, try_cast(b AS date) IS NULL FROM t WHERE a > 3 ORDER BY a"
	miss(t, s, sql, "4|true", "5|false")
	miss(t, s, sql, "4|true", "5|false")
	sql = "SELECT a, try_cast(b AS date) IS NULL FROM t WHERE a < 3 ORDER BY a"
	miss(t, s, sql, "1|true", "2|true")
	hit(t, s, sql, "1|true", "2|true")
}

// TestReuseSameDay: stable functions are constants of the plan; those of the day
// stay the same.
func TestReuseSameDay(t *testing.T) {
	s := newReuseWorld(t, nil).session("ana")
	sql := "SELECT a FROM t WHERE current_date > date '2020-01-01' + a::int AND a > 4"
	day := time.Now().UTC().Day()
	miss(t, s, sql, "5")
	rows, st, _ := ask(t, s, sql)
	if !cmp.Equal(rows, []string{"5"}) || !st.Reused && time.Now().UTC().Day() == day {
		t.Errorf("%q, reused %v", rows, st.Reused)
	}
}

// TestReuseOff: nothing is given or kept without a setting, or with 0.
func TestReuseOff(t *testing.T) {
	w := newReuseWorld(t, nil)
	plain := slttest.NewSession(t, w.Engine)
	miss(t, plain, over2, over2Rows...)
	miss(t, plain, over2, over2Rows...)
	if n := len(w.KeptResults()); n != 0 {
		t.Errorf("%d results are kept", n)
	}
	ask(t, plain, "SET result_reuse = '10min'")
	miss(t, plain, over2, over2Rows...)
	ask(t, plain, "SET result_reuse = 0")
	miss(t, plain, over2, over2Rows...)
	ask(t, plain, "SET result_reuse = '10min'")
	hit(t, plain, over2, over2Rows...)
	for _, sql := range []string{"SET result_reuse = 'soon'", "SET result_reuse = -2"} {
		if _, err := plain.Query(t.Context(), sql); !fault.Is(err, fault.CodeInvalidParameter) {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// TestReuseAge: a result that is too old for a session is made anew, and that one
// serves both.
func TestReuseAge(t *testing.T) {
	w := newReuseWorld(t, nil)
	s, strict := w.session("ana"), w.session("ana")
	ask(t, strict, "SET result_reuse = '1s'")
	miss(t, s, over2, over2Rows...)
	time.Sleep(1100 * time.Millisecond) // the setting has no smaller unit
	hit(t, s, over2, over2Rows...)
	miss(t, strict, over2, over2Rows...)
	hit(t, strict, over2, over2Rows...)
}

// TestReuseIncomplete: a result that was not read to its end, or that failed, is
// not kept.
func TestReuseIncomplete(t *testing.T) {
	w := newReuseWorld(t, nil)
	s := w.session("ana")
	for _, read := range []bool{false, true} {
		r, err := start(t, t.Context(), s, over2)
		if err != nil {
			t.Fatal(err)
		}
		if read {
			var b vector.Batch
			if err := r.Next(t.Context(), &b); err != nil {
				t.Fatal(err)
			}
		}
		r.Close()
	}
	if _, err := s.Query(t.Context(), "SELECT 10 / (a - 5) FROM t"); !fault.Is(err, "22012") {
		t.Fatalf("got %v", err)
	}
	if list := w.KeptResults(); len(list) != 0 {
		t.Errorf("kept: %+v", list)
	}
	miss(t, s, over2, over2Rows...)
	hit(t, s, over2, over2Rows...)
}

// TestReuseWarnings: the warning about lines that could not be read comes with the
// kept rows as with the first.
func TestReuseWarnings(t *testing.T) {
	w := newReuseWorld(t, nil)
	s := w.session("ana")
	ask(t, s, fmt.Sprintf("CREATE EXTERNAL TABLE j (a int, b string) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' "+
		"LOCATION '%s/j' TBLPROPERTIES ('malformed.values' = 'reject')", w.dir))
	w.write("j/1.json", "{\"a\": 1, \"b\": \"x\"}\n{nonsense\n{\"a\": 2, \"b\": \"y\"}\n")
	texts := func(ns []*fault.Error) (out []string) {
		for _, n := range ns {
			out = append(out, n.Message)
		}
		return out
	}
	rows, st, first := ask(t, s, "SELECT * FROM j")
	if st.Reused || len(first) == 0 {
		t.Fatalf("%q, reused %v, notices %q", rows, st.Reused, texts(first))
	}
	again, st, second := ask(t, s, "SELECT * FROM j")
	if !st.Reused || !cmp.Equal(rows, again) || !cmp.Equal(texts(first), texts(second)) {
		t.Errorf("reused %v: %q and %q, notices %q and %q", st.Reused, rows, again, texts(first), texts(second))
	}
}

// TestReuseLimits: results over the limit of one are not kept, and all together
// stay below theirs.
func TestReuseLimits(t *testing.T) {
	e := slttest.Lake(t, lakeDir, func(o *exec.Options) { o.Reuse = &exec.ReuseLimits{Size: 1 << 20, Result: 200 << 10} })
	s := slttest.NewSession(t, e)
	ask(t, s, "SET result_reuse = '1h'")
	ask(t, s, "SELECT l_comment, l_orderkey FROM lineitem")
	if n := len(e.KeptResults()); n != 0 {
		t.Fatalf("%d results are kept", n)
	}
	for i := range 20 {
		sql := fmt.Sprintf("SELECT l_orderkey + %d FROM lineitem LIMIT 10000", i)
		miss(t, s, sql)
		if _, st, _ := ask(t, s, sql); !st.Reused {
			t.Errorf("%s: not kept", sql)
		}
		var held int64
		for _, k := range e.KeptResults() {
			held += k.Bytes
		}
		if held > 1<<20 {
			t.Fatalf("%d bytes are kept", held)
		}
	}
	if n := len(e.KeptResults()); n < 3 || n > 14 {
		t.Errorf("%d results are kept", n)
	}
}

// TestReuseMemory: kept results give way to a query that needs their memory.
func TestReuseMemory(t *testing.T) {
	needs := "SELECT l_orderkey, l_partkey, l_suppkey, count(*) FROM lineitem GROUP BY 1, 2, 3 LIMIT 1"
	e := slttest.Lake(t, lakeDir, func(o *exec.Options) {
		o.Memory = 24 << 20
		o.Reuse = &exec.ReuseLimits{Size: 1 << 40, Result: 1 << 40}
	})
	s := slttest.NewSession(t, e)
	ask(t, s, needs) // it fits
	ask(t, s, "SET result_reuse = '1h'")
	for i := range 60 {
		ask(t, s, fmt.Sprintf("SELECT l_orderkey + %d, l_comment FROM lineitem LIMIT 20000", i))
	}
	many := len(e.KeptResults())
	ask(t, s, needs)
	if left := len(e.KeptResults()); many == 0 || many == 60 || left > many+1 {
		t.Errorf("%d results were kept, %d are left", many, left)
	}
}

// TestReuseCursorAndCopy: cursors and COPY are answered too.
func TestReuseCursorAndCopy(t *testing.T) {
	s := newReuseWorld(t, nil).session("ana")
	miss(t, s, over2, over2Rows...)
	ask(t, s, "BEGIN")
	ask(t, s, "DECLARE c SCROLL CURSOR FOR "+over2)
	if rows, _, _ := ask(t, s, "FETCH 2 FROM c"); !cmp.Equal(rows, over2Rows[:2]) {
		t.Errorf("got %q", rows)
	}
	if rows, _, _ := ask(t, s, "FETCH BACKWARD 1 FROM c"); !cmp.Equal(rows, over2Rows[:1]) {
		t.Errorf("got %q", rows)
	}
	ask(t, s, "COMMIT")
	hit(t, s, "COPY ("+over2+") TO STDOUT", over2Rows...)
	ask(t, s, "PREPARE q AS "+over2)
	hit(t, s, "EXECUTE q", over2Rows...)
}

// TestReuseCanceled: a kept result ends with its statement.
func TestReuseCanceled(t *testing.T) {
	s := newReuseWorld(t, nil).session("ana")
	miss(t, s, over2, over2Rows...)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := start(t, ctx, s, over2)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	var b vector.Batch
	if err := r.Next(t.Context(), &b); err == nil || err == io.EOF {
		t.Errorf("got %v", err)
	}
	r.Close()
}

// TestReuseExplain: EXPLAIN tells what would happen, and does not make it happen.
func TestReuseExplain(t *testing.T) {
	w := newReuseWorld(t, nil)
	s := w.session("ana")
	last := func(sql string) string {
		rows, _, _ := ask(t, s, sql)
		return rows[len(rows)-1]
	}
	if got := last("EXPLAIN " + over2); got != "Result reuse: no result is kept" {
		t.Errorf("got %q", got)
	}
	miss(t, s, over2, over2Rows...)
	if got := last("EXPLAIN " + over2); !strings.HasPrefix(got, "Result reuse: the result of 2") || !strings.HasSuffix(got, " would be given (3 rows)") {
		t.Errorf("got %q", got)
	}
	if n := w.KeptResults()[0].Hits; n != 0 {
		t.Errorf("EXPLAIN counted as %d hits", n)
	}
	if got := last("EXPLAIN SELECT a, random() FROM t"); got != "Result reuse: no, it calls random()" {
		t.Errorf("got %q", got)
	}
	ask(t, s, "SET result_reuse = 0")
	if got := last("EXPLAIN " + over2); strings.Contains(got, "reuse") {
		t.Errorf("got %q", got)
	}
}
