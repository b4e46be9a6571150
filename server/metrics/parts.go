package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/server/pg"
	"github.com/glauxdb/glaux/server/tracing"
)

// part is a collector that asks at each scrape.
type part struct {
	descs   []*prometheus.Desc
	collect func(ch chan<- prometheus.Metric)
}

func asked(p part) prometheus.Collector { return p }

// Describe implements prometheus.Collector.
func (p part) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range p.descs {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (p part) Collect(ch chan<- prometheus.Metric) { p.collect(ch) }

func count(ch chan<- prometheus.Metric, d *prometheus.Desc, n int64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
}

func connectionState(get func() pg.Connections) part {
	open := desc("glaux_connections", "Connections of PostgreSQL clients: in, or still authenticating.", "state")
	limit := desc("glaux_connections_limit", "Connections that may be in.")
	accepted := desc("glaux_connections_accepted_total", "Connections that were accepted.")
	refused := desc("glaux_connections_refused_total", "Connections that a limit kept out.")
	return part{[]*prometheus.Desc{open, limit, accepted, refused}, func(ch chan<- prometheus.Metric) {
		c := get()
		gauge(ch, open, float64(c.Open), "in")
		gauge(ch, open, float64(c.Strangers), "authenticating")
		gauge(ch, limit, float64(c.Limit))
		count(ch, accepted, c.Accepted)
		count(ch, refused, c.Refused)
	}}
}

func traceState(get func() tracing.Counts) part {
	traces := desc("glaux_traces_total", "Traced statements: sent, refused by the collector or not to be delivered (failed), or too many at once (dropped).", "result")
	return part{[]*prometheus.Desc{traces}, func(ch chan<- prometheus.Metric) {
		c := get()
		count(ch, traces, c.Sent, "sent")
		count(ch, traces, c.Failed, "failed")
		count(ch, traces, c.Dropped, "dropped")
	}}
}

func crawlerState(s *crawler.Service) part {
	runs := desc("glaux_crawler_runs_total", "Runs of crawlers that have ended in this process.", "crawler", "state")
	spent := desc("glaux_crawler_run_seconds_total", "How long they took.", "crawler")
	last := desc("glaux_crawler_last_success_timestamp_seconds", "When the last run in this process that completed ended.", "crawler")
	return part{[]*prometheus.Desc{runs, spent, last}, func(ch chan<- prometheus.Metric) {
		for name, r := range s.Counts() {
			for _, state := range []crawler.RunState{crawler.RunCompleted, crawler.RunFailed, crawler.RunStopped} {
				count(ch, runs, r.Ended[state], name, string(state))
			}
			ch <- prometheus.MustNewConstMetric(spent, prometheus.CounterValue, r.Took.Seconds(), name)
			if !r.Succeeded.IsZero() {
				gauge(ch, last, float64(r.Succeeded.Unix()), name)
			}
		}
	}}
}

func storeState(s *store.Registry) part {
	requests := desc("glaux_store_requests_total", "Requests to S3, each try for itself.", "operation", "result")
	spent := desc("glaux_store_request_seconds_total", "How long they took, until the answer began.", "operation", "result")
	events := desc("glaux_store_events_total", "What else happened to reads of S3: hedged, repeated and slowed_down count requests, the others bytes.", "event")
	held := desc("glaux_disk_cache_bytes", "What the disk cache holds.")
	ranges := desc("glaux_disk_cache_ranges_total", "Ranges that the disk cache had (hit), did not have (miss), kept (written), dropped for others (evicted), or found damaged.", "result")
	return part{[]*prometheus.Desc{requests, spent, events, held, ranges}, func(ch chan<- prometheus.Metric) {
		for _, r := range s.Requests() {
			count(ch, requests, r.Count, r.Operation, r.Result)
			ch <- prometheus.MustNewConstMetric(spent, prometheus.CounterValue, r.Took.Seconds(), r.Operation, r.Result)
		}
		c := s.CacheCounts()
		gauge(ch, held, float64(c.Bytes))
		count(ch, ranges, c.Hits, "hit")
		count(ch, ranges, c.Misses, "miss")
		count(ch, ranges, c.Written, "written")
		count(ch, ranges, c.Evicted, "evicted")
		count(ch, ranges, c.Damaged, "damaged")
		for e, n := range s.Events() {
			count(ch, events, n, store.Event(e).String())
		}
	}}
}
