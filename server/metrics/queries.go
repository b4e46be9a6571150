package metrics

import (
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/server/workgroup"
)

// seconds are the buckets of the histograms: from what a catalog's question takes
// to what a scan of a lake does.
var seconds = []float64{.001, .005, .01, .05, .1, .5, 1, 5, 10, 30, 60, 300, 1800}

// Queries counts statements as they end: a workgroup.Observer and a
// prometheus.Collector. Make it with newQueries.
type Queries struct {
	names                                      func() []string // of the workgroups that there are
	ended, errors, refused, reused             *prometheus.CounterVec
	scanned, billed, cached, metadata, spilled *prometheus.CounterVec
	cost, rowsRead, rowsReturned, requests     *prometheus.CounterVec
	planning, queue, execution                 *prometheus.HistogramVec
	all                                        []vector
	groups                                     sync.Map // name -> *group
}

// vector is what counters and histograms with labels have in common.
type vector interface {
	prometheus.Collector
	DeletePartialMatch(prometheus.Labels) int
}

// group are the series of one workgroup, found once.
type group struct {
	ended                                      map[exec.Kind]map[string]prometheus.Counter
	errors                                     map[fault.Kind]prometheus.Counter
	refused                                    map[workgroup.Reason]prometheus.Counter
	reused                                     prometheus.Counter
	scanned, billed, cached, metadata, spilled prometheus.Counter
	cost, rowsRead, rowsReturned, requests     prometheus.Counter
	planning, queue, execution                 prometheus.Observer
}

// The label of workgroups. It is empty for statements whose workgroup does not
// exist, whatever name the client gave.
const groupLabel = "workgroup"

// errorKinds are the values of the label kind of errors.
var errorKinds = map[fault.Kind]string{fault.User: "user", fault.Resource: "resource", fault.External: "external",
	fault.Canceled: "canceled", fault.Internal: "internal"}

func newQueries(names func() []string) *Queries {
	q := &Queries{names: names}
	counter := func(name, help string, more ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, append([]string{groupLabel}, more...))
		q.all = append(q.all, v)
		return v
	}
	histogram := func(name, help string) *prometheus.HistogramVec {
		v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: seconds}, []string{groupLabel})
		q.all = append(q.all, v)
		return v
	}
	q.ended = counter("glaux_queries_total", "Statements that have ended.", "kind", "state")
	q.errors = counter("glaux_query_errors_total", "Statements that failed or were canceled, by whose move it is.", "kind")
	q.refused = counter("glaux_queries_refused_total", "Statements that a limit, budget, queue or workgroup refused.", "reason")
	q.reused = counter("glaux_queries_reused_total", "Queries that were answered with a kept result.")
	q.scanned = counter("glaux_scanned_bytes_total", "Data bytes that were read: what limits and prices count.")
	q.billed = counter("glaux_billed_bytes_total", "Bytes that Amazon Athena would have billed.")
	q.cached = counter("glaux_cached_bytes_total", "Bytes that were needed and not read again.")
	q.metadata = counter("glaux_metadata_bytes_total", "Bytes of footers and indexes that were read.")
	q.spilled = counter("glaux_spilled_bytes_total", "Bytes that queries wrote to spill files.")
	q.cost = counter("glaux_query_cost_total", "Cost of the billed bytes at the workgroup's price_per_tb.")
	q.rowsRead = counter("glaux_rows_read_total", "Rows that scans looked at.")
	q.rowsReturned = counter("glaux_rows_returned_total", "Rows that clients received.")
	q.requests = counter("glaux_query_requests_total", "Reads and listings of stores by queries.")
	q.planning = histogram("glaux_query_planning_seconds", "From a query's beginning to its plan; binding is before.")
	q.queue = histogram("glaux_query_queue_seconds", "Time that a query with a plan waited for its turn.")
	q.execution = histogram("glaux_query_execution_seconds", "From a statement's turn to its end, the client's reading included.")
	return q
}

// Describe implements prometheus.Collector.
func (q *Queries) Describe(ch chan<- *prometheus.Desc) {
	for _, v := range q.all {
		v.Describe(ch)
	}
}

// Collect implements prometheus.Collector.
func (q *Queries) Collect(ch chan<- prometheus.Metric) {
	q.keep(q.names())
	for _, v := range q.all {
		v.Collect(ch)
	}
}

// keep has series for these workgroups, from zero, and for no others.
func (q *Queries) keep(names []string) {
	for _, name := range names {
		q.group(name)
	}
	q.groups.Range(func(k, _ any) bool {
		if name := k.(string); name != "" && !slices.Contains(names, name) {
			q.groups.Delete(name)
			for _, v := range q.all {
				v.DeletePartialMatch(prometheus.Labels{groupLabel: name})
			}
		}
		return true
	})
}

// group finds or makes the series of a workgroup.
func (q *Queries) group(name string) *group {
	if g, ok := q.groups.Load(name); ok {
		return g.(*group)
	}
	g := &group{ended: map[exec.Kind]map[string]prometheus.Counter{}, errors: map[fault.Kind]prometheus.Counter{},
		refused: map[workgroup.Reason]prometheus.Counter{}, reused: q.reused.WithLabelValues(name),
		scanned: q.scanned.WithLabelValues(name), billed: q.billed.WithLabelValues(name), cached: q.cached.WithLabelValues(name),
		metadata: q.metadata.WithLabelValues(name), spilled: q.spilled.WithLabelValues(name), cost: q.cost.WithLabelValues(name),
		rowsRead: q.rowsRead.WithLabelValues(name), rowsReturned: q.rowsReturned.WithLabelValues(name), requests: q.requests.WithLabelValues(name),
		planning: q.planning.WithLabelValues(name), queue: q.queue.WithLabelValues(name), execution: q.execution.WithLabelValues(name)}
	for _, kind := range []exec.Kind{exec.DML, exec.DDL, exec.Utility} {
		g.ended[kind] = map[string]prometheus.Counter{}
		for _, state := range []string{workgroup.Succeeded, workgroup.Failed, workgroup.Cancelled} {
			g.ended[kind][state] = q.ended.WithLabelValues(name, string(kind), state)
		}
	}
	for kind, word := range errorKinds {
		g.errors[kind] = q.errors.WithLabelValues(name, word)
	}
	for _, r := range workgroup.Reasons {
		g.refused[r] = q.refused.WithLabelValues(name, string(r))
	}
	have, _ := q.groups.LoadOrStore(name, g)
	return have.(*group)
}

// Ended implements workgroup.Observer.
func (q *Queries) Ended(e *workgroup.Ended) {
	g := q.group(e.Workgroup)
	if c := g.ended[e.Query.Kind][e.State]; c != nil {
		c.Inc()
	}
	if e.Err != nil {
		g.errors[e.Err.Kind].Inc()
	}
	if c := g.refused[e.Refused]; c != nil {
		c.Inc()
	}
	if e.Stats.Reused {
		g.reused.Inc()
	}
	g.read(e)
	g.phases(e)
}

// read counts what a statement read.
func (g *group) read(e *workgroup.Ended) {
	st := &e.Stats
	for _, x := range []struct {
		counter prometheus.Counter
		n       int64
	}{
		{g.scanned, st.BytesScanned}, {g.billed, e.Billed}, {g.cached, st.BytesCached}, {g.metadata, st.BytesMetadata},
		{g.spilled, st.Spilled}, {g.rowsRead, st.RowsRead}, {g.rowsReturned, st.RowsReturned}, {g.requests, st.Requests},
	} {
		if x.n > 0 { // a counter that is told less panics
			x.counter.Add(float64(x.n))
		}
	}
	if e.Cost > 0 {
		g.cost.Add(e.Cost)
	}
}

// phases observes how long each phase took that the statement came to.
func (g *group) phases(e *workgroup.Ended) {
	planned, waited := e.Admitted, e.Running
	if !planned.IsZero() {
		observe(g.planning, planned.Sub(e.Query.Started))
		if waited.IsZero() {
			waited = e.At
		}
		observe(g.queue, waited.Sub(planned))
	}
	if !e.Running.IsZero() {
		observe(g.execution, e.At.Sub(e.Running))
	}
}

func observe(o prometheus.Observer, d time.Duration) { o.Observe(max(d, 0).Seconds()) }
