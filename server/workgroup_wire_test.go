package server_test

import (
	"context"
	"errors"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/workgroup"
)

// ends runs a statement that must fail with a code, and gives its message.
func (c *client) ends(t *testing.T, sql, code string) string {
	t.Helper()
	_, err := c.Exec(t.Context(), sql)
	return failed(t, sql, err, code)
}

func failed(t *testing.T, what string, err error, code string) string {
	t.Helper()
	var pe *pgconn.PgError
	if !errors.As(err, &pe) || pe.Code != code {
		t.Errorf("%s: %v, want %s", what, err, code)
		return ""
	}
	return pe.Message
}

const heavy = "SELECT sum(l_quantity) FROM demo.lineitem"

// later runs a statement in a session of a workgroup and gives what becomes of it.
func later(t *testing.T, url, group, sql string) chan error {
	t.Helper()
	c := dial(t, url)
	c.do(t, "SET workgroup = "+group)
	got := make(chan error, 1)
	go func() {
		_, err := c.Exec(context.Background(), sql)
		got <- err
	}()
	return got
}

// TestLimitsOverTheWire: memory, time and time in the queue of a workgroup end
// queries of real clients, with their codes, and the next query of the session runs.
func TestLimitsOverTheWire(t *testing.T) {
	url := serve(t, openLake(t, workgroup.Setting{Name: "small", Memory: 300_000},
		workgroup.Setting{Name: "quick", QueryTimeout: workgroup.Span(150 * time.Millisecond)},
		workgroup.Setting{Name: "one", Concurrency: 1, QueueLength: 1, QueueTimeout: workgroup.Span(200 * time.Millisecond)}))
	c := dial(t, url)
	c.do(t, "SET workgroup = small")
	c.ends(t, "SELECT l_comment, count(*) FROM demo.lineitem GROUP BY 1 ORDER BY 2", "53200")
	c.do(t, "SELECT count(*) FROM demo.nation")
	c.do(t, "SET workgroup = quick")
	begin := time.Now()
	if m := c.ends(t, "SELECT count(*) FROM demo.lineitem a, demo.lineitem b, demo.lineitem c WHERE a.l_quantity + b.l_quantity + c.l_quantity < 0", "57014"); !strings.Contains(m, "150ms") {
		t.Errorf("the timeout says %q", m)
	}
	if d := time.Since(begin); d < 150*time.Millisecond || d > 5*time.Second {
		t.Errorf("the query ended after %v", d)
	}
	c.do(t, "SELECT count(*) FROM demo.nation")

	holder := dial(t, url)
	holder.do(t, "SET workgroup = one")
	holder.do(t, "BEGIN")
	holder.do(t, "DECLARE c CURSOR FOR SELECT * FROM demo.lineitem")
	waits := later(t, url, "one", heavy)
	c.do(t, "SET workgroup = primary")
	c.until(t, "SELECT queued::varchar FROM glaux_catalog.workgroup_queues WHERE workgroup = 'one'", "1")
	over := dial(t, url)
	over.do(t, "SET workgroup = one")
	over.ends(t, heavy, "53300") // the queue is full
	if m := failed(t, "in the queue", <-waits, "57014"); !strings.Contains(m, "200ms") {
		t.Errorf("the queue's timeout says %q", m)
	}
	holder.do(t, "COMMIT")
	over.do(t, heavy)
}

// TestWorkgroupChangesUnderQueries disables and drops a workgroup while a query runs
// in it and others wait: what runs goes on, what waits is refused.
func TestWorkgroupChangesUnderQueries(t *testing.T) {
	url := serve(t, openLake(t, workgroup.Setting{Name: "one", Concurrency: 1}))
	admin, holder := dial(t, url), dial(t, url)
	hold := func() {
		t.Helper()
		holder.do(t, "SET workgroup = one")
		holder.do(t, "BEGIN")
		holder.do(t, "DECLARE c CURSOR FOR SELECT * FROM demo.lineitem")
		holder.do(t, "FETCH 1 FROM c")
	}
	queued := func() chan error {
		t.Helper()
		got := later(t, url, "one", heavy)
		admin.until(t, "SELECT queued::varchar FROM glaux_catalog.workgroup_queues WHERE workgroup = 'one'", "1")
		return got
	}
	hold()
	waits := queued()
	admin.do(t, "ALTER WORKGROUP one SET (state = disabled)")
	failed(t, "waiting in a disabled workgroup", <-waits, "42501")
	holder.do(t, "FETCH 100 FROM c")
	holder.do(t, "COMMIT")
	holder.ends(t, heavy, "42501")
	admin.do(t, "ALTER WORKGROUP one SET (state = enabled)")
	hold()
	waits = queued()
	admin.do(t, "CREATE BUDGET b FOR WORKGROUP one WITH (limit = '1GB')")
	admin.ends(t, "DROP WORKGROUP one", "2BP01")
	admin.do(t, "DROP WORKGROUP one CASCADE")
	failed(t, "waiting in a dropped workgroup", <-waits, "42704")
	holder.do(t, "FETCH ALL FROM c")
	holder.do(t, "COMMIT")
	holder.ends(t, heavy, "42704") // its session has chosen it: not other limits silently
	admin.do(t, "CREATE WORKGROUP one")
	holder.do(t, heavy)
}

// TestStartInAWorkgroup names a workgroup in the start-up packet.
func TestStartInAWorkgroup(t *testing.T) {
	base := serve(t, openLake(t, workgroup.Setting{Name: "w", AllowUsers: []string{"glaux"}}, workgroup.Setting{Name: "closed", State: workgroup.Disabled}))
	with := func(options string) (*pgx.Conn, error) {
		c, err := pgx.Connect(t.Context(), base+"&options="+strings.ReplaceAll(url.QueryEscape(options), "+", "%20"))
		if err == nil {
			t.Cleanup(func() { c.Close(context.Background()) })
		}
		return c, err
	}
	c, err := with("-c workgroup=w")
	if err != nil {
		t.Fatal(err)
	}
	var group string
	if err := c.QueryRow(t.Context(), "SHOW workgroup").Scan(&group); err != nil || group != "w" {
		t.Errorf("workgroup %q, %v", group, err)
	}
	_, err = with("-c workgroup=nowhere")
	if m := failed(t, "an unknown workgroup", err, "42704"); m != `workgroup "nowhere" does not exist` {
		t.Errorf("refused with %q", m)
	}
	if c, err = with("-c workgroup=closed"); err != nil { // it may be enabled again meanwhile
		t.Fatal(err)
	}
	_, err = c.Exec(t.Context(), "SELECT 1")
	failed(t, "a disabled workgroup", err, "42501")
}

// TestShutdownWithWaiters closes a server's engine while queries run and wait.
func TestShutdownWithWaiters(t *testing.T) {
	in := openLake(t, workgroup.Setting{Name: "one", Concurrency: 1}, workgroup.Setting{Name: "spent"})
	url := serve(t, in)
	admin, holder := dial(t, url), dial(t, url)
	holder.do(t, "SET workgroup = one")
	holder.do(t, "BEGIN")
	holder.do(t, "DECLARE c CURSOR FOR SELECT * FROM demo.lineitem")
	var waits []chan error
	for range 3 {
		waits = append(waits, later(t, url, "one", heavy))
	}
	admin.do(t, "CREATE BUDGET b FOR WORKGROUP spent WITH (limit = '50KB', action = queue)")
	admin.do(t, "SET workgroup = spent")
	admin.do(t, heavy)
	admin.do(t, "SET workgroup = primary")
	waits = append(waits, later(t, url, "spent", heavy)) // for the next day
	admin.until(t, "SELECT count(*)::varchar FROM glaux_catalog.running_queries WHERE state = 'QUEUED'", "4")
	closed := make(chan struct{})
	go func() {
		in.Engine.Close()
		close(closed)
	}()
	for _, w := range waits {
		select {
		case err := <-w:
			failed(t, "waiting in an engine that ends", err, "57P01")
		case <-time.After(5 * time.Second):
			t.Fatal("a query still waits")
		}
	}
	holder.Close(context.Background()) // an engine waits for what is open; a server ends connections first
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		t.Fatal("the engine does not end")
	}
}

// TestChangesOfAnotherProcess has two servers on one data directory: what one
// defines counts for the next query of the other, and wakes and ends those that wait.
func TestChangesOfAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	open := func() *server.Instance {
		t.Helper()
		in, err := server.Open(t.Context(), server.Config{DataDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { in.Close() })
		return in
	}
	one, two := open(), open()
	a, b := operator(t, one), operator(t, two)
	script(t, a, "CREATE WORKGROUP w WITH (bytes_scanned_cutoff_per_query = '1GB')", "CREATE USER ana", "CREATE BUDGET u FOR USER ana WITH (limit = '1GB')")
	want(t, b, "SELECT name, bytes_scanned_cutoff_per_query FROM glaux_catalog.workgroups WHERE name = 'w'", "w|1073741824")
	script(t, b, "SET workgroup = w", "SELECT 1")
	script(t, a, "ALTER WORKGROUP w SET (state = disabled)")
	wantFault(t, b, "SELECT 1", "42501", `workgroup "w" is disabled`)
	script(t, a, "ALTER ROLE ana RENAME TO anna")
	want(t, b, "SHOW BUDGETS", "u|USER anna|1GB|day|UTC|reject|")
	script(t, a, "DROP BUDGET u", "DROP WORKGROUP w")
	wantFault(t, b, "SELECT 1", "42704", `workgroup "w" does not exist`)

	// Both change at once: each change is there.
	done := make(chan error)
	for i, in := range []*server.Instance{one, two} {
		go func() {
			var err error
			for k := range 20 {
				s := workgroup.Setting{Name: string(rune('a'+i)) + string(rune('a'+k))}
				_, e := in.Groups.Define(context.Background(), workgroup.Plan{Workgroups: []workgroup.Setting{s}})
				err = errors.Join(err, e)
			}
			done <- err
		}()
	}
	if err := errors.Join(<-done, <-done); err != nil {
		t.Fatal(err)
	}
	script(t, a, "SET workgroup = ''")
	want(t, a, "SELECT count(*) FROM glaux_catalog.workgroups", "41")
}

// TestWorkgroupsInPsql gives the statements to the real psql.
func TestWorkgroupsInPsql(t *testing.T) {
	psql, err := exec.LookPath("psql")
	if err != nil {
		t.Skip("psql is not installed")
	}
	in, err := server.Open(t.Context(), server.Config{DataDir: meta.Memory})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	url := strings.Replace(serve(t, in), "/demo?", "/glaux?", 1)
	for _, c := range []struct{ sql, want string }{
		{"CREATE WORKGROUP analysts WITH (bytes_scanned_cutoff_per_query = '10GB', users = (ana))", "WARNING:  role \"ana\" does not exist\nCREATE WORKGROUP\n"},
		{"CREATE WORKGROUP IF NOT EXISTS analysts", "NOTICE:  workgroup \"analysts\" already exists, skipping\nCREATE WORKGROUP\n"},
		{"SHOW WORKGROUPS", "analysts|ENABLED|10GB|\nprimary|ENABLED||\n"},
		{"ALTER WORKGROUP analysts SET (statee = disabled)", "ERROR:  unrecognized option \"statee\"\nLINE 1: ALTER WORKGROUP analysts SET (statee = disabled)\n                                      ^\nHINT:  Did you mean \"state\"?\n"},
		{"CREATE BUDGET b FOR WORKGROUP analysts WITH (limit = '1TB')", "CREATE BUDGET\n"},
		{"DROP WORKGROUP analysts", "ERROR:  cannot drop workgroup \"analysts\" because other objects depend on it\nDETAIL:  budget \"b\" depends on workgroup \"analysts\"\nHINT:  Use DROP ... CASCADE to drop the dependent objects too.\n"},
		{`ALTER WORKGROUPS AS '{"workgroups": [{"name": "etl"}]}' WITH (prune = true)`, "created|workgroup|etl|\ndropped|budget|b|\ndropped|workgroup|analysts|\n"},
		{"SHOW CREATE WORKGROUP etl", "CREATE WORKGROUP etl WITH (\n  state = 'ENABLED'\n)\n"},
	} {
		out, _ := exec.CommandContext(t.Context(), psql, "-X", "-At", "-c", c.sql, url).CombinedOutput()
		if string(out) != c.want {
			t.Errorf("psql: %s\n got %q\nwant %q", c.sql, out, c.want)
		}
	}
}
