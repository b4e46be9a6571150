package tracing

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/workgroup"
)

// receiver is a collector: it keeps the spans that it is sent.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex // guards the rest
	spans    []*otlp.Span
	resource map[string]string
	headers  http.Header
	path     string
	status   int           // of the answer; 0: 200
	hold     chan struct{} // not nil: answers wait until it is closed
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.mu.Lock()
		hold, status := r.hold, r.status
		r.mu.Unlock()
		if hold != nil {
			<-hold
		}
		if status != 0 {
			w.WriteHeader(status)
			return
		}
		body, err := io.ReadAll(q.Body)
		var m collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &m)
		}
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.headers, r.path = q.Header, q.URL.Path
		for _, rs := range m.ResourceSpans {
			r.resource = attributes(rs.Resource.Attributes)
			for _, ss := range rs.ScopeSpans {
				r.spans = append(r.spans, ss.Spans...)
			}
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(r.Close)
	return r
}

func attributes(list []*common.KeyValue) map[string]string {
	out := map[string]string{}
	for _, kv := range list {
		switch v := kv.Value.Value.(type) {
		case *common.AnyValue_StringValue:
			out[kv.Key] = v.StringValue
		case *common.AnyValue_ArrayValue:
			var words []string
			for _, x := range v.ArrayValue.Values {
				words = append(words, x.GetStringValue())
			}
			out[kv.Key] = strings.Join(words, ",")
		case *common.AnyValue_IntValue:
			out[kv.Key] = fmt.Sprint(v.IntValue)
		case *common.AnyValue_BoolValue:
			out[kv.Key] = fmt.Sprint(v.BoolValue)
		}
	}
	return out
}

func noEnv(string) string { return "" }

func open(t *testing.T, c Config) *Tracer {
	t.Helper()
	tr, err := New(t.Context(), c, noEnv, slog.New(slog.DiscardHandler))
	if err != nil || tr == nil {
		t.Fatal(tr, err)
	}
	return tr
}

var began = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

func ended(sql string, change func(*workgroup.Ended)) *workgroup.Ended {
	e := &workgroup.Ended{Query: &exec.QueryInfo{ID: "q1", Kind: exec.DML, SQL: sql, Started: began, User: exec.UserInfo{Name: "ana"}, Database: "lake"},
		Workgroup: "analysts", State: workgroup.Succeeded, Admitted: began.Add(time.Second), Running: began.Add(3 * time.Second), At: began.Add(10 * time.Second)}
	if change != nil {
		change(e)
	}
	return e
}

// TestSpansOfAStatement: the span says what the statement was, hides its values,
// and has its phases as children.
func TestSpansOfAStatement(t *testing.T) {
	r := newReceiver(t)
	tr := open(t, Config{Endpoint: r.URL, Headers: map[string]string{"x-key": "secret"}})
	const traceID, parentID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
	tr.Ended(ended("WITH x AS (SELECT 'card 4111' AS c) SELECT * FROM x, web_logs /*action='%2Fa',traceparent='00-"+traceID+"-"+parentID+"-01',tracestate='v%3D1'*/", func(e *workgroup.Ended) {
		e.Query.ClientAddr, e.Query.Application, e.Query.Tags = "10.0.0.7:5050", "psql", []string{"team=web", "x"}
		e.Tables = []exec.TableEstimate{{Database: "lake", Table: "web_logs"}}
		e.Stats = exec.Stats{BytesScanned: 100, BytesCached: 5, RowsRead: 50, RowsReturned: 2, FilesRead: 1, FilesTotal: 3, PartitionsRead: 4, PartitionsTotal: 9, PeakMemory: 77}
		e.Billed = 10 << 20
	}))
	tr.Close()
	if len(r.spans) != 4 || r.path != "/v1/traces" || r.headers.Get("x-key") != "secret" {
		t.Fatal(len(r.spans), r.path, r.headers)
	}
	if r.resource["service.name"] != "glaux" || r.resource["service.version"] != exec.Version || r.resource["service.instance.id"] == "" {
		t.Errorf("resource %v", r.resource)
	}
	root := r.spans[3]
	if root.Name != "SELECT lake.web_logs" || root.Kind != otlp.Span_SPAN_KIND_SERVER || root.Status.GetCode() != otlp.Status_STATUS_CODE_UNSET {
		t.Errorf("%s %v %v", root.Name, root.Kind, root.Status)
	}
	if fmt.Sprintf("%x %x", root.TraceId, root.ParentSpanId) != traceID+" "+parentID || root.TraceState != "v=1" {
		t.Errorf("the parent is %x %x %s", root.TraceId, root.ParentSpanId, root.TraceState)
	}
	times(t, root, 0, 10)
	for i, x := range []struct {
		name     string
		from, to int
	}{{"plan", 0, 1}, {"queue", 1, 3}, {"execute", 3, 10}} {
		s := r.spans[i]
		if s.Name != x.name || string(s.ParentSpanId) != string(root.SpanId) || string(s.TraceId) != string(root.TraceId) {
			t.Errorf("child %d: %s of %x, want %s of %x", i, s.Name, s.ParentSpanId, x.name, root.SpanId)
		}
		times(t, s, x.from, x.to)
	}
	have := attributes(root.Attributes)
	for k, v := range map[string]string{"db.system.name": "glaux", "db.operation.name": "SELECT", "db.namespace": "lake", "db.query.summary": "SELECT lake.web_logs",
		"db.query.text": "WITH x AS (SELECT ? AS c) SELECT * FROM x, web_logs", "db.collection.name": "lake.web_logs", "db.response.returned_rows": "2",
		"user.name": "ana", "client.address": "10.0.0.7", "client.port": "5050", "glaux.workgroup": "analysts", "glaux.query.id": "q1", "glaux.query.kind": "DML",
		"glaux.query.state": "SUCCEEDED", "glaux.bytes.scanned": "100", "glaux.bytes.billed": "10485760", "glaux.bytes.cached": "5", "glaux.rows.read": "50",
		"glaux.files.read": "1", "glaux.files.total": "3", "glaux.partitions.read": "4", "glaux.partitions.total": "9", "glaux.memory.peak": "77",
		"glaux.result.reused": "false", "glaux.application": "psql", "glaux.query.tags": "team=web,x"} {
		if have[k] != v {
			t.Errorf("%s is %q, want %q", k, have[k], v)
		}
	}
	if c := tr.Counts(); c != (Counts{Sent: 1}) {
		t.Errorf("%+v", c)
	}
}

func times(t *testing.T, s *otlp.Span, from, to int) {
	t.Helper()
	a, b := time.Unix(0, int64(s.StartTimeUnixNano)).Sub(began), time.Unix(0, int64(s.EndTimeUnixNano)).Sub(began)
	if a != time.Duration(from)*time.Second || b != time.Duration(to)*time.Second {
		t.Errorf("%s is from %s to %s, want %d s to %d s", s.Name, a, b, from, to)
	}
}

// TestErrors: a statement that fails marks its span and the phase in which it
// failed, and says no values.
func TestErrors(t *testing.T) {
	bad := func(e *workgroup.Ended) {
		e.State, e.Err = workgroup.Failed, fault.New(fault.CodeUndefinedTable, `relation "secret" does not exist`)
		e.Admitted, e.Running = time.Time{}, time.Time{}
	}
	refused := func(e *workgroup.Ended) {
		e.State, e.Err, e.Refused = workgroup.Cancelled, fault.New(fault.CodeLimitExceeded, "Bytes scanned limit was exceeded: x"), workgroup.ByLimit
		e.Running = time.Time{}
	}
	for _, x := range []struct {
		name, text string
		change     func(*workgroup.Ended)
		phases     string
		status     string
		query      string
	}{
		{"hidden", "", bad, "plan", "42P01 relation ...", "SELECT ?"},
		{"full", TextFull, bad, "plan", `42P01 relation "secret" does not exist`, "SELECT 'secret'"},
		{"none", TextNone, bad, "plan", "42P01", ""},
		{"refused", "", refused, "plan queue", "53400 Bytes scanned limit was exceeded ...", "SELECT ?"},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := newReceiver(t)
			tr := open(t, Config{Endpoint: r.URL, QueryText: x.text})
			tr.Ended(ended("SELECT 'secret'", x.change))
			tr.Close()
			var names []string
			for _, s := range r.spans[:len(r.spans)-1] {
				names = append(names, s.Name)
			}
			root, last := r.spans[len(r.spans)-1], r.spans[len(r.spans)-2]
			if have := strings.Join(names, " "); have != x.phases {
				t.Errorf("phases %s, want %s", have, x.phases)
			}
			for _, s := range []*otlp.Span{root, last} {
				if s.Status.GetCode() != otlp.Status_STATUS_CODE_ERROR || s.Status.Message != x.status {
					t.Errorf("%s: %v", s.Name, s.Status)
				}
			}
			have := attributes(root.Attributes)
			if have["db.query.text"] != x.query || have["error.type"] != x.status[:5] || have["db.response.status_code"] != x.status[:5] {
				t.Errorf("%v", have)
			}
			if x.change != nil && x.name == "refused" && have["glaux.refused"] != "limit" {
				t.Errorf("refused by %q", have["glaux.refused"])
			}
		})
	}
}

// TestOperations: names of spans have few values.
func TestOperations(t *testing.T) {
	r := newReceiver(t)
	tr := open(t, Config{Endpoint: r.URL})
	want := ""
	for _, x := range []struct {
		sql  string
		kind exec.Kind
		name string
	}{
		{"select 1", exec.DML, "SELECT"}, {"(select 1)", exec.DML, "SELECT"}, {"/* a */ values (1)", exec.DML, "SELECT"}, {"insert into t values (1)", exec.DML, "INSERT"},
		{"create table t (a int)", exec.DDL, "CREATE"}, {"EXPLAIN select 1", exec.Utility, "EXPLAIN"}, {"'x", exec.DML, "SELECT"}, {"", exec.DDL, "DDL"},
	} {
		tr.Ended(ended(x.sql, func(e *workgroup.Ended) { e.Query.Kind = x.kind }))
		want += x.name + " "
	}
	tr.Close()
	have := ""
	for _, s := range r.spans {
		if s.Kind == otlp.Span_SPAN_KIND_SERVER {
			have += s.Name + " "
		}
	}
	if have != want {
		t.Errorf("have %s, want %s", have, want)
	}
}

// TestSampling: the client's word counts, else the share.
func TestSampling(t *testing.T) {
	share := func(f float64) *float64 { return &f }
	const sampled, not = "/*traceparent='00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'*/", "/*traceparent='00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'*/"
	for _, x := range []struct {
		sample *float64
		sql    string
		want   int
	}{{nil, "", 100}, {share(1), "", 100}, {share(0), "", 0}, {share(0), sampled, 100}, {share(1), not, 0}} {
		r := newReceiver(t)
		tr := open(t, Config{Endpoint: r.URL, Sample: x.sample})
		for range 100 {
			tr.Ended(ended("SELECT 1 "+x.sql, nil))
		}
		tr.Close()
		if c := tr.Counts(); c.Sent != int64(x.want) || len(r.spans) != 4*x.want {
			t.Errorf("%v %q: %+v, %d spans", x.sample, x.sql, c, len(r.spans))
		}
	}
	r := newReceiver(t)
	tr := open(t, Config{Endpoint: r.URL, Sample: share(0.25)})
	for range 2000 {
		tr.Ended(ended("SELECT 1", nil))
	}
	tr.Close()
	if c := tr.Counts(); c.Sent < 400 || c.Sent > 600 {
		t.Errorf("%+v of 2000 at 0.25", c)
	}
}

// TestCollectorIsSlowOrGone: statements end at once, what is too much is dropped,
// and all of them are accounted for.
func TestCollectorIsSlowOrGone(t *testing.T) {
	const n = 3 * queueLength
	run := func(t *testing.T, tr *Tracer) Counts {
		t.Helper()
		start := time.Now()
		for range n {
			tr.Ended(ended("SELECT 1", nil))
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%d statements waited %s", n, took)
		}
		return tr.Counts()
	}
	t.Run("slow", func(t *testing.T) {
		r := newReceiver(t)
		r.hold = make(chan struct{})
		tr := open(t, Config{Endpoint: r.URL})
		if c := run(t, tr); c.Dropped < queueLength-batchLength || c.Sent+c.Failed != 0 {
			t.Errorf("%+v", c)
		}
		close(r.hold)
		tr.Close()
		c := tr.Counts()
		if c.Sent+c.Dropped != n || c.Sent < queueLength || len(r.spans) != int(4*c.Sent) {
			t.Errorf("%+v of %d, %d spans", c, n, len(r.spans))
		}
		if w := tr.waits.Load(); w != 0 {
			t.Errorf("%d bytes still wait", w)
		}
	})
	t.Run("gone", func(t *testing.T) {
		r := newReceiver(t)
		r.Close()
		tr := open(t, Config{Endpoint: r.URL})
		run(t, tr)
		tr.Close()
		if c := tr.Counts(); c.Failed+c.Dropped != n || c.Failed == 0 {
			t.Errorf("%+v", c)
		}
	})
	t.Run("refuses", func(t *testing.T) {
		r := newReceiver(t)
		r.status = http.StatusForbidden
		tr := open(t, Config{Endpoint: r.URL})
		tr.Ended(ended("SELECT 1", nil))
		tr.Close()
		if c := tr.Counts(); c != (Counts{Failed: 1}) {
			t.Errorf("%+v", c)
		}
	})
	t.Run("hangs", func(t *testing.T) {
		r := newReceiver(t)
		r.hold = make(chan struct{})
		tr := open(t, Config{Endpoint: r.URL})
		tr.Ended(ended("SELECT 1", nil))
		start := time.Now()
		tr.Close()
		if took := time.Since(start); took > lastBatch+3*time.Second {
			t.Errorf("closing took %s", took)
		}
		if c := tr.Counts(); c != (Counts{Failed: 1}) {
			t.Errorf("%+v", c)
		}
		close(r.hold)
	})
	t.Run("texts", func(t *testing.T) {
		r := newReceiver(t)
		r.hold = make(chan struct{})
		tr := open(t, Config{Endpoint: r.URL, QueryText: TextNone})
		long := "SELECT '" + strings.Repeat("x", 2*maxSQL) + "'"
		for range 2 * batchLength {
			tr.Ended(ended(long, nil))
		}
		if c := tr.Counts(); c.Dropped == 0 || tr.waits.Load() > queueBytes {
			t.Errorf("%+v, %d bytes wait", c, tr.waits.Load())
		}
		close(r.hold)
		tr.Close()
	})
}

func TestConfig(t *testing.T) {
	nan := math.NaN()
	over := 1.5
	for _, x := range []struct {
		name string
		conf Config
		env  map[string]string
		url  string // "": off
		bad  string
	}{
		{name: "nothing"},
		{name: "base", conf: Config{Endpoint: "http://c:4318"}, url: "http://c:4318/v1/traces"},
		{name: "slash", conf: Config{Endpoint: "http://c:4318/"}, url: "http://c:4318/v1/traces"},
		{name: "path", conf: Config{Endpoint: "https://c/api/otlp"}, url: "https://c/api/otlp"},
		{name: "general", env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318/otlp"}, url: "http://c:4318/otlp/v1/traces"},
		{name: "traces", env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://d:2/x"}, url: "http://d:2/x"},
		{name: "configured wins", conf: Config{Endpoint: "http://a:1"}, env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:1"}, url: "http://a:1/v1/traces"},
		{name: "disabled", conf: Config{Endpoint: "http://a:1"}, env: map[string]string{"OTEL_SDK_DISABLED": "TRUE"}},
		{name: "no exporter", conf: Config{Endpoint: "http://a:1"}, env: map[string]string{"OTEL_TRACES_EXPORTER": "none"}},
		{name: "http", conf: Config{Endpoint: "http://a:1"}, env: map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, url: "http://a:1/v1/traces"},
		{name: "grpc", conf: Config{Endpoint: "http://a:1"}, env: map[string]string{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, bad: "over HTTP only"},
		{name: "no scheme", conf: Config{Endpoint: "127.0.0.1:4318"}, bad: "no address of a collector"},
		{name: "scheme", conf: Config{Endpoint: "ftp://c"}, bad: "no address of a collector"},
		{name: "no host", conf: Config{Endpoint: "http://:4318"}, bad: "no address of a collector"},
		{name: "password", conf: Config{Endpoint: "http://u:p@c"}, bad: "no address of a collector"},
		{name: "bad environment", env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "c"}, bad: "OTEL_EXPORTER_OTLP_ENDPOINT"},
		{name: "share", conf: Config{Endpoint: "http://a:1", Sample: &over}, bad: "from 0 to 1, not 1.5"},
		{name: "NaN", conf: Config{Endpoint: "http://a:1", Sample: &nan}, bad: "from 0 to 1, not NaN"},
		{name: "text", conf: Config{QueryText: "some"}, bad: "hidden, full or none"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := x.conf
			on, err := c.complete(func(k string) string { return x.env[k] })
			if x.bad != "" {
				if err == nil || !strings.Contains(err.Error(), x.bad) {
					t.Errorf("%v, want %s", err, x.bad)
				}
				return
			}
			if err != nil || on != (x.url != "") || on && c.Endpoint != x.url {
				t.Errorf("%v %v %q, want %q", on, err, c.Endpoint, x.url)
			}
		})
	}
}

func TestParent(t *testing.T) {
	const good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for _, x := range []struct {
		sql string
		ok  bool
	}{
		{"SELECT 1 /*traceparent='" + good + "'*/", true},
		{"SELECT 1 /*traceparent='" + good + "'*/ ; \n", true},
		{"SELECT 1 /* a='b' , traceparent='" + good + "' */", true},
		{`SELECT 1 /*a='it\'s,',traceparent='` + good + `'*/`, true},
		{"SELECT 1 /*traceparent='" + strings.ReplaceAll(good, "-", "%2D") + "'*/", true},
		{"/*traceparent='" + good + "'*/ SELECT 1", true},
		{"/* dbt */ /*traceparent='" + good + "'*/ SELECT 1 /* x */ /* y */", true},
		{"SELECT 1", false},
		{"SELECT '/*traceparent=''" + good + "''*/'", false},
		{"SELECT 1 /*xtraceparent='" + good + "'*/", false},
		{"SELECT 1 /*traceparent='" + good + "*/", false},
		{"SELECT 1 /*traceparent='" + good[:30] + "'*/", false},
		{"SELECT 1 /*traceparent='%'*/", false},
		{"SELECT 1 /*traceparent='00-" + strings.Repeat("0", 32) + "-b7ad6b7169203331-01'*/", false},
		{"traceparent", false}, {"/*traceparent='", false}, {"*/traceparent", false},
	} {
		sc := trace.SpanContextFromContext(parent(context.Background(), x.sql))
		if sc.IsValid() != x.ok || x.ok && sc.TraceID().String() != good[3:35] {
			t.Errorf("%q: %v", x.sql, sc)
		}
	}
}

func FuzzParent(f *testing.F) {
	f.Add("SELECT 1 /*a='b',traceparent='00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',tracestate='x%3D1'*/;")
	f.Add(`/*traceparent='\'*/ select 1 /**/`)
	f.Fuzz(func(t *testing.T, sql string) {
		sc := trace.SpanContextFromContext(parent(context.Background(), sql))
		if sc.IsValid() && !strings.Contains(sql, "traceparent='") {
			t.Errorf("a parent out of %q", sql)
		}
	})
}

// BenchmarkEnded is what tracing costs a statement: one that is sampled, and one
// that is not.
func BenchmarkEnded(b *testing.B) {
	for name, share := range map[string]float64{"sampled": 1, "not": 0} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { io.Copy(io.Discard, q.Body) }))
			defer r.Close()
			tr, err := New(b.Context(), Config{Endpoint: r.URL, Sample: &share}, noEnv, slog.New(slog.DiscardHandler))
			if err != nil {
				b.Fatal(err)
			}
			e := ended("SELECT a FROM t WHERE b = 1", nil)
			b.ReportAllocs()
			for b.Loop() {
				tr.Ended(e)
			}
			b.StopTimer()
			tr.Close()
		})
	}
}
