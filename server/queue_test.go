package server_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/exec/slttest"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/workgroup"
)

// client is a connection and what it was told.
type client struct {
	*pgx.Conn
	notices chan string
}

func dial(t *testing.T, url string) *client {
	t.Helper()
	conf, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{notices: make(chan string, 100)}
	conf.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { c.notices <- n.Message }
	if c.Conn, err = pgx.ConnectConfig(t.Context(), conf); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func (c *client) do(t *testing.T, sql string) {
	t.Helper()
	if _, err := c.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// until asks a query for a text until it is the wanted one.
func (c *client) until(t *testing.T, sql, want string) {
	t.Helper()
	got := ""
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		got = ""
		if err := c.QueryRow(t.Context(), sql).Scan(&got); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			t.Fatal(err)
		}
		if got == want {
			return
		}
	}
	t.Fatalf("%s: %q, want %q", sql, got, want)
}

// TestQueueOverTheWire holds a workgroup's only turn with a cursor, and looks at
// the queries that wait behind it: they are shown, told, canceled by their IDs,
// and gone when their client is.
func TestQueueOverTheWire(t *testing.T) {
	url := serve(t, openLake(t, workgroup.Setting{Name: "one", Concurrency: 1}))
	holder, watcher := dial(t, url), dial(t, url)
	holder.do(t, "SET workgroup = one")
	holder.do(t, "BEGIN")
	holder.do(t, "DECLARE c CURSOR FOR SELECT * FROM demo.lineitem")
	holder.do(t, "SELECT count(*) FROM demo.lineitem WHERE l_quantity < 3") // the session's turn is its own

	const sum = "SELECT sum(l_quantity) FROM demo.lineitem"
	wait := func() (*client, chan error) {
		c := dial(t, url)
		c.do(t, "SET workgroup = one")
		got := make(chan error, 1)
		go func() {
			_, err := c.Exec(context.Background(), sum)
			got <- err
		}()
		return c, got
	}
	second, canceled := wait()
	watcher.until(t, "SELECT state || ' ' || position || ' ' || waits_for FROM glaux_catalog.running_queries WHERE query = '"+sum+"'",
		"QUEUED 1 workgroup: 1 of 1 run")
	watcher.until(t, "SELECT wait_event FROM pg_stat_activity WHERE query = '"+sum+"'", "WorkgroupQueue")
	watcher.until(t, "SELECT running || '/' || concurrency || ' ' || queued FROM glaux_catalog.workgroup_queues WHERE workgroup = 'one'", "1/1 1")
	if told := <-second.notices; !strings.HasPrefix(told, `the query is queued in workgroup "one" at position 1`) {
		t.Errorf("told %q", told)
	}
	third, gone := wait()
	watcher.until(t, "SELECT max(position)::varchar FROM glaux_catalog.running_queries", "2")
	watcher.until(t, "SELECT glaux_cancel_query(query_id)::varchar FROM glaux_catalog.running_queries WHERE position = 1", "true")
	var pe *pgconn.PgError
	if err := <-canceled; !errors.As(err, &pe) || pe.Code != "57014" || !strings.Contains(pe.Message, "due to request by user") {
		t.Errorf("the canceled query got %v", err)
	}
	watcher.until(t, "SELECT state FROM glaux_catalog.query_history WHERE query = '"+sum+"'", "CANCELLED")
	third.PgConn().Conn().Close()
	<-gone
	watcher.until(t, "SELECT queued::varchar FROM glaux_catalog.workgroup_queues WHERE workgroup = 'one'", "0")

	fourth, done := wait()
	watcher.until(t, "SELECT queued::varchar FROM glaux_catalog.workgroup_queues WHERE workgroup = 'one'", "1")
	holder.do(t, "COMMIT")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	fourth.do(t, sum)
	watcher.until(t, "SELECT count(*)::varchar FROM glaux_catalog.running_queries", "1") // the watcher's own
	var ok bool
	if err := watcher.QueryRow(t.Context(), "SELECT glaux_cancel_query('nobody')").Scan(&ok); err != nil || ok {
		t.Errorf("cancel of an unknown query: %v, %v", ok, err)
	}
	if told := <-watcher.notices; told != `no query "nobody" is running` {
		t.Errorf("told %q", told)
	}
}

// TestWhoMayCancel lets users reach for each other's queries.
func TestWhoMayCancel(t *testing.T) {
	in := openLake(t)
	say := func(s slttest.Session, sql string) ([]string, error) {
		t.Helper()
		return s.Query(t.Context(), sql)
	}
	as := func(user, addr string) slttest.Session {
		s, err := in.Engine.NewSession(exec.SessionOptions{User: user, Database: "demo", ClientAddr: addr})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return slttest.Session{Session: s}
	}
	const afar = "192.0.2.1:5"
	admin := as("admin", "")
	for _, sql := range []string{"CREATE USER ana", "CREATE USER bob", "CREATE USER eve", "GRANT ana TO bob"} {
		if _, err := say(admin, sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		who slttest.Session
		may bool
	}{{as("ana", afar), true}, {as("bob", afar), true}, {as("eve", afar), false}, {admin, true}} {
		ana := as("ana", afar)
		for _, sql := range []string{"BEGIN", "DECLARE c CURSOR FOR SELECT * FROM lineitem WHERE l_comment <> 'secret'"} {
			if _, err := say(ana, sql); err != nil {
				t.Fatal(err)
			}
		}
		q := runningOf(t, in, "ana")
		seen, err := say(c.who, "SELECT query LIKE '%secret%' FROM glaux_catalog.running_queries WHERE query_id = '"+q.ID+"'")
		if err != nil || len(seen) != 1 {
			t.Fatal(seen, err)
		}
		own := c.who.Setting
		if u, _ := own("session_authorization"); (seen[0] == "t" || seen[0] == "true") != (u != "eve" && u != "bob") {
			t.Errorf("%s sees the literals: %s", u, seen[0])
		}
		got, err := say(c.who, "SELECT glaux_cancel_query('"+q.ID+"')")
		if c.may && err != nil || !c.may && !fault.Is(err, fault.CodeInsufficientPriv) {
			t.Errorf("got %v, %v; may: %v", got, err, c.may)
		}
		if _, err := say(ana, "FETCH ALL FROM c"); c.may != fault.Is(err, fault.CodeQueryCanceled) {
			t.Errorf("the query got %v; canceled: %v", err, c.may)
		}
		if _, err := say(ana, "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
	}
}

func runningOf(t *testing.T, in *server.Instance, user string) workgroup.RunningQuery {
	t.Helper()
	for _, q := range in.Groups.Running() {
		if q.User.Name == user {
			return q
		}
	}
	t.Fatalf("%s runs nothing", user)
	return workgroup.RunningQuery{}
}
