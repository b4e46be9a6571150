package metrics

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/pg"
	"github.com/glauxdb/glaux/server/tracing"
	"github.com/glauxdb/glaux/server/workgroup"
)

func newGovernor(t *testing.T, settings ...workgroup.Setting) *workgroup.Governor {
	t.Helper()
	g, err := workgroup.New(settings, nil, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// series gives every sample of a scrape by its name and labels, as the text has
// them.
func series(t *testing.T, text string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			i := strings.LastIndexByte(line, ' ')
			out[line[:i]] = line[i+1:]
		}
	}
	return out
}

func get(t *testing.T, s *Server, path string) (status int, body string) {
	t.Helper()
	w := &recorded{header: http.Header{}, status: 200}
	r, err := http.NewRequestWithContext(t.Context(), "GET", path, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.handler().ServeHTTP(w, r)
	return w.status, w.body.String()
}

type recorded struct {
	header http.Header
	status int
	body   strings.Builder
}

func (r *recorded) Header() http.Header         { return r.header }
func (r *recorded) WriteHeader(status int)      { r.status = status }
func (r *recorded) Write(p []byte) (int, error) { return r.body.Write(p) }

func scrape(t *testing.T, m *Metrics) map[string]string {
	t.Helper()
	status, body := get(t, NewServer(m), "/metrics")
	if status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	return series(t, body)
}

func end(q *Queries, group string, change func(*workgroup.Ended)) {
	start := time.Now().Add(-time.Minute)
	e := &workgroup.Ended{Query: &exec.QueryInfo{Kind: exec.DML, Started: start, User: exec.UserInfo{Name: "ana"}}, Workgroup: group, State: workgroup.Succeeded,
		Admitted: start.Add(time.Second), Running: start.Add(3 * time.Second), At: start.Add(10 * time.Second)}
	if change != nil {
		change(e)
	}
	q.Ended(e)
}

func expect(t *testing.T, have map[string]string, want map[string]string) {
	t.Helper()
	for name, v := range want {
		if have[name] != v {
			t.Errorf("%s is %q, want %q", name, have[name], v)
		}
	}
}

func TestStatementsAreCounted(t *testing.T) {
	g := newGovernor(t, workgroup.Setting{Name: "a", Concurrency: 3})
	m := New(Config{Groups: g})
	end(m.queries, "a", func(e *workgroup.Ended) {
		e.Stats = exec.Stats{BytesScanned: 100, BytesCached: 7, BytesMetadata: 3, RowsRead: 50, RowsReturned: 2, Requests: 4, Spilled: 9, Reused: true}
		e.Billed, e.Cost = 10<<20, 0.25
	})
	end(m.queries, "a", func(e *workgroup.Ended) { // refused before it had its turn
		e.State, e.Refused, e.Err = workgroup.Cancelled, workgroup.ByWait, fault.New(fault.CodeQueryCanceled, "x")
		e.Running = time.Time{}
		e.Stats.BytesScanned = -1 // what was given back twice must not take the server down
	})
	end(m.queries, "a", func(e *workgroup.Ended) { // did not even get a plan
		e.State, e.Err, e.Admitted, e.Running = workgroup.Failed, fault.New(fault.CodeUndefinedTable, "x"), time.Time{}, time.Time{}
	})
	expect(t, scrape(t, m), map[string]string{
		`glaux_queries_total{kind="DML",state="SUCCEEDED",workgroup="a"}`:       "1",
		`glaux_queries_total{kind="DML",state="CANCELLED",workgroup="a"}`:       "1",
		`glaux_queries_total{kind="DML",state="FAILED",workgroup="a"}`:          "1",
		`glaux_queries_total{kind="DDL",state="FAILED",workgroup="a"}`:          "0",
		`glaux_queries_total{kind="DML",state="SUCCEEDED",workgroup="primary"}`: "0",
		`glaux_query_errors_total{kind="canceled",workgroup="a"}`:               "1",
		`glaux_query_errors_total{kind="user",workgroup="a"}`:                   "1",
		`glaux_queries_refused_total{reason="queue_timeout",workgroup="a"}`:     "1",
		`glaux_queries_refused_total{reason="limit",workgroup="a"}`:             "0",
		`glaux_queries_reused_total{workgroup="a"}`:                             "1",
		`glaux_scanned_bytes_total{workgroup="a"}`:                              "100",
		`glaux_billed_bytes_total{workgroup="a"}`:                               "1.048576e+07",
		`glaux_cached_bytes_total{workgroup="a"}`:                               "7",
		`glaux_metadata_bytes_total{workgroup="a"}`:                             "3",
		`glaux_spilled_bytes_total{workgroup="a"}`:                              "9",
		`glaux_query_cost_total{workgroup="a"}`:                                 "0.25",
		`glaux_rows_read_total{workgroup="a"}`:                                  "50",
		`glaux_rows_returned_total{workgroup="a"}`:                              "2",
		`glaux_query_requests_total{workgroup="a"}`:                             "4",
		`glaux_query_planning_seconds_sum{workgroup="a"}`:                       "2",
		`glaux_query_planning_seconds_count{workgroup="a"}`:                     "2",
		`glaux_query_queue_seconds_sum{workgroup="a"}`:                          "11",
		`glaux_query_queue_seconds_count{workgroup="a"}`:                        "2",
		`glaux_query_execution_seconds_sum{workgroup="a"}`:                      "7",
		`glaux_query_execution_seconds_count{workgroup="a"}`:                    "1",
		`glaux_query_execution_seconds_bucket{workgroup="a",le="5"}`:            "0",
		`glaux_query_execution_seconds_bucket{workgroup="a",le="10"}`:           "1",
		`glaux_workgroup_concurrency{workgroup="a"}`:                            "3",
		`glaux_workgroup_queue_length{workgroup="a"}`:                           "1000",
		`glaux_workgroup_enabled{workgroup="a"}`:                                "1",
		`glaux_scrape_errors_total`:                                             "0",
	})
}

// TestSeriesGoWithTheirWorkgroup: making and dropping workgroups must not fill the
// memory of Prometheus, nor must names that clients invent.
func TestSeriesGoWithTheirWorkgroup(t *testing.T) {
	g := newGovernor(t, workgroup.Setting{Name: "a"})
	m := New(Config{Groups: g})
	g.Observe(m.Observer())
	end(m.queries, "a", nil)
	for _, name := range []string{"no", "nope"} {
		if _, err := g.Begin(t.Context(), exec.QueryInfo{Workgroup: name, Kind: exec.DML}); err == nil {
			t.Fatal("begun in a workgroup that does not exist")
		}
	}
	before := scrape(t, m)
	expect(t, before, map[string]string{`glaux_queries_total{kind="DML",state="SUCCEEDED",workgroup="a"}`: "1",
		`glaux_queries_refused_total{reason="workgroup",workgroup=""}`: "2"})
	if err := g.Apply(nil); err != nil {
		t.Fatal(err)
	}
	for name := range scrape(t, m) {
		if strings.Contains(name, `workgroup="a"`) || strings.Contains(name, `workgroup="no`) {
			t.Errorf("%s is still there", name)
		}
	}
}

// TestBudgetsHaveNoUsers: a budget for each user has one series, that of the user
// who used most.
func TestBudgetsHaveNoUsers(t *testing.T) {
	g := newGovernor(t)
	if err := g.ApplyBudgets([]workgroup.Budget{{Name: "each", EachUser: true, Limit: 1000}, {Name: "idle", User: "zoe", Limit: 5}}); err != nil {
		t.Fatal(err)
	}
	m := New(Config{Groups: g})
	g.Observe(m.Observer())
	for user, n := range map[string]int64{"ana": 30, "bob": 700} {
		c, err := g.Begin(t.Context(), exec.QueryInfo{ID: user, User: exec.UserInfo{Name: user}, Kind: exec.DML, Started: time.Now()})
		if err == nil {
			err = c.Reserve(t.Context(), store.ReadData, n)
		}
		if err != nil {
			t.Fatal(err)
		}
		c.End(exec.Stats{BytesScanned: n}, nil)
	}
	have := scrape(t, m)
	expect(t, have, map[string]string{`glaux_budget_used_bytes{budget="each"}`: "700", `glaux_budget_limit_bytes{budget="each"}`: "1000",
		`glaux_budget_used_bytes{budget="idle"}`: "0", `glaux_budget_limit_bytes{budget="idle"}`: "5"})
	for name := range have {
		if strings.Contains(name, "ana") || strings.Contains(name, "bob") || strings.Contains(name, "zoe") {
			t.Errorf("a user in %s", name)
		}
	}
}

// TestInFlight: what runs and waits is counted by state.
func TestInFlight(t *testing.T) {
	g := newGovernor(t, workgroup.Setting{Name: "a", Concurrency: 1})
	m := New(Config{Groups: g})
	c, err := g.Begin(t.Context(), exec.QueryInfo{ID: "1", Workgroup: "a", Kind: exec.DML})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, scrape(t, m), map[string]string{`glaux_queries_in_flight{state="PLANNING",workgroup="a"}`: "1"})
	if err := c.Admit(t.Context(), exec.PlanInfo{Tables: []exec.TableEstimate{{Table: "t"}}}); err != nil {
		t.Fatal(err)
	}
	expect(t, scrape(t, m), map[string]string{`glaux_queries_in_flight{state="RUNNING",workgroup="a"}`: "1",
		`glaux_queries_in_flight{state="PLANNING",workgroup="a"}`: "0", `glaux_workgroup_running{workgroup="a"}`: "1"})
	c.End(exec.Stats{}, nil)
	expect(t, scrape(t, m), map[string]string{`glaux_queries_in_flight{state="RUNNING",workgroup="a"}`: "0", `glaux_workgroup_running{workgroup="a"}`: "0"})
}

// TestConventions has Prometheus' own linter look at the names, and its parser at
// the text.
func TestConventions(t *testing.T) {
	c := full(t)
	if err := c.Groups.ApplyBudgets([]workgroup.Budget{{Name: "b", User: "ana", Limit: 1000}}); err != nil {
		t.Fatal(err)
	}
	m := New(c)
	end(m.queries, "primary", nil)
	_, text := get(t, NewServer(m), "/metrics")
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"glaux_build_info", "go_goroutines", "process_start_time_seconds", "glaux_query_execution_seconds"} {
		if families[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
}

func TestHealth(t *testing.T) {
	var trouble error
	s := NewServer(New(Config{Groups: newGovernor(t), Ready: func(context.Context) error { return trouble }}))
	check := func(path string, status int, body string) {
		t.Helper()
		if have, text := get(t, s, path); have != status || text != body {
			t.Errorf("%s: %d %q, want %d %q", path, have, text, status, body)
		}
	}
	check("/healthz", 200, "ok\n")
	check("/readyz", 200, "ready\n")
	trouble = fault.New(fault.CodeIO, "the disk is gone")
	check("/readyz", 503, "not ready: the disk is gone\n")
	trouble = nil
	s.Drain()
	check("/readyz", 503, "shutting down\n")
	check("/healthz", 200, "ok\n")
	check("/", 404, "404 page not found\n")
	check("/metrics/x", 404, "404 page not found\n")
}

// TestServerEnds: after Shutdown nothing listens, and Serve has returned nil.
func TestServerEnds(t *testing.T) {
	s := NewServer(New(Config{Groups: newGovernor(t)}))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- s.Serve(ln) }()
	resp, err := http.Get("http://" + ln.Addr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || !strings.Contains(string(text), "glaux_queries_total") {
		t.Fatal(err, string(text))
	}
	post, err := http.Post("http://"+ln.Addr().String()+"/metrics", "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	post.Body.Close()
	if post.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %s", post.Status)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if c, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		c.Close()
		t.Error("it still listens")
	}
	if err := s.Serve(ln); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// TestScrapesAndQueriesAtOnce is for the race detector.
func TestScrapesAndQueriesAtOnce(t *testing.T) {
	g := newGovernor(t, workgroup.Setting{Name: "a"}, workgroup.Setting{Name: "b"})
	m := New(Config{Groups: g})
	var wg sync.WaitGroup
	for _, name := range []string{"a", "b", "", "gone"} {
		wg.Go(func() {
			for range 200 {
				end(m.queries, name, nil)
			}
		})
	}
	wg.Go(func() {
		for range 20 {
			scrape(t, m)
		}
	})
	wg.Wait()
	expect(t, scrape(t, m), map[string]string{`glaux_queries_total{kind="DML",state="SUCCEEDED",workgroup="a"}`: "200",
		`glaux_queries_total{kind="DML",state="SUCCEEDED",workgroup=""}`: "200"})
}

// BenchmarkEnded is what metrics cost a statement.
func BenchmarkEnded(b *testing.B) {
	q := newQueries(func() []string { return nil })
	e := &workgroup.Ended{Query: &exec.QueryInfo{Kind: exec.DML, Started: time.Now()}, Workgroup: "primary", State: workgroup.Succeeded,
		Stats: exec.Stats{BytesScanned: 100, RowsReturned: 1}, Admitted: time.Now(), Running: time.Now(), At: time.Now()}
	b.ReportAllocs()
	for b.Loop() {
		q.Ended(e)
	}
}

// TestEveryMetricIsDocumented keeps docs/monitoring.md whole.
func TestEveryMetricIsDocumented(t *testing.T) {
	docs, err := os.ReadFile("../../docs/monitoring.md")
	if err != nil {
		t.Fatal(err)
	}
	list := names(t)
	for _, name := range list {
		if !strings.Contains(string(docs), "`"+name+"`") {
			t.Errorf("docs/monitoring.md does not mention %s", name)
		}
	}
	if len(list) < 40 {
		t.Errorf("only %d metrics", len(list))
	}
}

// names are those of all metrics of ours.
func names(t *testing.T) (out []string) {
	t.Helper()
	m := New(full(t))
	descs := make(chan *prometheus.Desc)
	go func() {
		m.registry.Describe(descs)
		close(descs)
	}()
	for d := range descs {
		name, _, _ := strings.Cut(strings.TrimPrefix(d.String(), `Desc{fqName: "`), `"`)
		if strings.HasPrefix(name, "glaux_") {
			out = append(out, name)
		}
	}
	return out
}

// TestParts: what others count is shown.
func TestParts(t *testing.T) {
	c := full(t)
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/a.csv", []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Crawlers.Create(t.Context(), &crawler.Crawler{Name: "c", Database: "d", Targets: []crawl.Target{{Location: dir}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Crawlers.Run(t.Context(), "c", crawler.RunOptions{}); err != nil {
		t.Fatal(err)
	}
	have := scrape(t, New(c))
	expect(t, have, map[string]string{`glaux_connections{state="in"}`: "2", `glaux_connections{state="authenticating"}`: "1", `glaux_connections_limit`: "9",
		`glaux_connections_accepted_total`: "7", `glaux_connections_refused_total`: "3",
		`glaux_traces_total{result="sent"}`: "4", `glaux_traces_total{result="failed"}`: "5", `glaux_traces_total{result="dropped"}`: "6",
		`glaux_crawler_runs_total{crawler="c",state="COMPLETED"}`: "1", `glaux_crawler_runs_total{crawler="c",state="FAILED"}`: "0"})
	for _, name := range []string{`glaux_crawler_last_success_timestamp_seconds{crawler="c"}`, `glaux_memory_limit_bytes`} {
		if have[name] == "" || have[name] == "0" {
			t.Errorf("%s is %q", name, have[name])
		}
	}
}

// full is a configuration with everything that there is to measure.
func full(t *testing.T) Config {
	t.Helper()
	in, err := server.Open(t.Context(), server.Config{DataDir: meta.Memory})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	return Config{Groups: in.Groups, Engine: in.Engine, Ready: in.Ready, Crawlers: in.Crawlers, Stores: in.Stores,
		Connections: func() pg.Connections { return pg.Connections{Open: 2, Strangers: 1, Limit: 9, Accepted: 7, Refused: 3} },
		Traces:      func() tracing.Counts { return tracing.Counts{Sent: 4, Failed: 5, Dropped: 6} }}
}
