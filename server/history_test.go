package server_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server"
)

// try runs SQL, whatever becomes of it.
func try(t *testing.T, s *exec.Session, sql string) {
	t.Helper()
	_, err := run(t, s, sql)
	if err != nil {
		s.FailTransaction()
		t.Logf("%s: %v", sql, err)
	}
}

// TestEveryQueryIsInTheHistory runs statements of all kinds, also such that fail
// at once, and looks at what the history has of them.
func TestEveryQueryIsInTheHistory(t *testing.T) {
	l := newLake(t)
	l.put("t/dt=2026-01-01/a.csv", "id,name\n1,one\n2,two\n")
	l.put("t/dt=2026-01-02/a.csv", "id,name\n3,three\n")
	l.crawl()
	for _, c := range []struct{ sql, kind, state, code string }{
		{"SELECT count(name) FROM demo.t WHERE dt > '2026-01-01'", "DML", "SUCCEEDED", ""},
		{"SELECT 1", "DML", "SUCCEEDED", ""},
		{"SELECT 1/0", "DML", "FAILED", "22012"},
		{"SELEC 'secret'", "DML", "FAILED", "42601"},
		{"SELECT * FROM demo.missing", "DML", "FAILED", "42P01"},
		{"CREATE DATABASE other", "DDL", "SUCCEEDED", ""},
		{"CREATE DATABASE other", "DDL", "FAILED", "42P06"},
		{"CREATE VIEW demo.v AS SELECT 1 AS a", "DDL", "SUCCEEDED", ""},
		{"DROP VIEW demo.v, demo.w", "DDL", "FAILED", "42P01"},
		{"MSCK REPAIR TABLE demo.t", "DDL", "SUCCEEDED", ""},
		{"CREATE USER ana PASSWORD 'hunter2'", "DDL", "SUCCEEDED", ""},
		{"CREATE USER ana PASSWORD 'hunter2' NONSENSE", "DDL", "FAILED", "42601"},
		{"EXPLAIN SELECT 1", "UTILITY", "SUCCEEDED", ""},
		{"SHOW TABLES IN demo", "UTILITY", "SUCCEEDED", ""},
		{"SELECT relname FROM pg_class", "", "", ""}, // introspection
		{"SELECT query FROM glaux_catalog.running_queries", "", "", ""},
		{"SET workgroup = ''", "", "", ""},
		{"BEGIN", "", "", ""},
		{"SELECT nonsense", "DML", "FAILED", "42703"},
		{"SELECT 2", "", "", ""}, // refused in a failed transaction
		{"ROLLBACK", "", "", ""},
		{"SELECT query FROM glaux_catalog.query_history", "DML", "SUCCEEDED", ""},
	} {
		before := len(history(t, l.in))
		try(t, l.s, c.sql)
		got := history(t, l.in)
		if c.kind == "" {
			if len(got) != before {
				t.Errorf("%s: is in the history", c.sql)
			}
			continue
		}
		if len(got) != before+1 {
			t.Errorf("%s: %d records", c.sql, len(got)-before)
			continue
		}
		r := got[0]
		if r.Kind != c.kind || r.State != c.state || r.ErrorCode != c.code || strings.Contains(r.SQL, "hunter2") || r.ID == "" || r.User != "glaux" {
			t.Errorf("%s: %+v", c.sql, r)
		}
	}
	first := history(t, l.in)
	r := first[len(first)-1]
	if q := r.Tables[0]; q.ColumnsRead != 1 || q.ColumnsTotal != 2 || fmt.Sprint(q.Columns) != "[name]" || q.Filtered != nil || q.Codec != "" {
		t.Errorf("%+v", q)
	}
	if r.BytesScanned == 0 || r.BytesBilled != 10<<20 || r.EstimateUpper < r.BytesScanned || len(r.Tables) != 1 || r.Tables[0].Partitions != 1 ||
		r.Tables[0].PartitionsTotal != 2 || r.Tables[0].Format != "csv" || !strings.Contains(r.Plan, "Scan t") {
		t.Errorf("%+v", r)
	}
}

func history(t *testing.T, in *server.Instance) []meta.QueryRecord {
	t.Helper()
	in.Groups.Flush()
	all, err := in.Meta.Queries(context.Background(), meta.HistoryFilter{Details: true})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestOthersLiteralsAreHidden looks at the history as its readers see it.
func TestOthersLiteralsAreHidden(t *testing.T) {
	l := newLake(t)
	l.put("t/a.csv", "id,name\n1,one\n")
	l.crawl()
	root := l.s
	for _, sql := range []string{"CREATE USER ana", "CREATE USER bob", "CREATE USER eve", "GRANT pg_monitor TO eve"} {
		try(t, root, sql)
	}
	as := func(user string) *exec.Session {
		s, err := l.in.Engine.NewSession(exec.SessionOptions{User: user, ClientAddr: "127.0.0.1:1"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	ana := as("ana")
	try(t, ana, "SELECT id FROM demo.t WHERE name = 'secret' /* secret */")
	try(t, ana, "SELECT 'secret'::integer")
	try(t, ana, "SELEC 'secret'")
	cells := func(s *exec.Session, sql string) string {
		got, err := run(t, s, sql)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(got)
	}
	see := "SELECT query, error, plan, client_addr FROM glaux_catalog.query_history WHERE user_name = 'ana' ORDER BY started"
	hidden := cells(as("bob"), see)
	if strings.Contains(hidden, "secret") || strings.Contains(hidden, "127.0.0.1") {
		t.Errorf("bob sees %s", hidden)
	}
	for _, want := range []string{"SELECT id FROM demo.t WHERE name = ?", "SELECT ?::integer", "SELEC ..."} {
		if !strings.Contains(hidden, want) {
			t.Errorf("bob does not see %s in %s", want, hidden)
		}
	}
	for _, s := range []*exec.Session{ana, as("eve"), root} {
		if open := cells(s, see); strings.Count(open, "secret") < 5 || !strings.Contains(open, "127.0.0.1") {
			t.Errorf("who may see all sees %s", open)
		}
	}
	for _, sql := range []string{"DROP ROLE pg_monitor", "ALTER ROLE pg_read_all_stats LOGIN", "CREATE ROLE pg_x"} {
		if _, err := run(t, root, sql); err == nil {
			t.Errorf("%s was allowed", sql)
		}
	}
}

// TestHistoryInPagesAndPeriods reads more queries than a page, and those of a time.
func TestHistoryInPagesAndPeriods(t *testing.T) {
	l := newLake(t)
	l.put("t/a.csv", "id\n1\n")
	l.crawl()
	for range 1203 {
		try(t, l.s, "SELECT 1")
	}
	l.want("SELECT count(*) FROM glaux_catalog.query_history WHERE query = 'SELECT 1'", "1203")
	l.want("SELECT count(*) FROM glaux_catalog.query_history WHERE started > now() + interval '1' hour", "0")
	l.want("SELECT count(*) > 1203 FROM glaux_catalog.query_history WHERE started BETWEEN now() - interval '1' hour AND now()", "t")
	l.want("SELECT sum(queries) > 1203, sum(failed), max(workgroup) FROM glaux_catalog.workgroup_usage WHERE hour > now() - interval '3' hour", "t 0 primary")
}
