package metrics

import (
	"context"
	"log/slog"
	"runtime"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/server/pg"
	"github.com/glauxdb/glaux/server/tracing"
	"github.com/glauxdb/glaux/server/workgroup"
)

// Config says what is measured. Groups is needed, the rest may be nil.
type Config struct {
	Groups *workgroup.Governor
	Engine *exec.Engine
	// Connections are those of the PostgreSQL port.
	Connections func() pg.Connections
	// Traces tells what became of traced statements.
	Traces   func() tracing.Counts
	Crawlers *crawler.Service
	Stores   *store.Registry
	// Ready says why the server cannot serve, nil if it can.
	Ready  func(ctx context.Context) error
	Logger *slog.Logger
}

// Metrics are the series of one server. Safe for concurrent use.
type Metrics struct {
	conf     Config
	log      *slog.Logger
	registry *prometheus.Registry
	queries  *Queries
}

// New makes the series of a server. Nothing is counted yet: give Observer to the
// governor.
func New(c Config) *Metrics {
	m := &Metrics{conf: c, log: c.Logger, registry: prometheus.NewRegistry()}
	if m.log == nil {
		m.log = slog.New(slog.DiscardHandler)
	}
	failed := prometheus.NewCounter(prometheus.CounterOpts{Name: "glaux_scrape_errors_total",
		Help: "Parts of scrapes that could not be read, and are missing."})
	m.queries = newQueries(func() []string {
		list := c.Groups.Queues()
		names := make([]string, len(list))
		for i := range list {
			names[i] = list[i].Workgroup
		}
		return names
	})
	m.registry.MustRegister(buildInfo(), failed, m.queries, &groupState{groups: c.Groups, log: m.log, failed: failed},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(m.parts()...)
	return m
}

// Observer counts statements as they end.
func (m *Metrics) Observer() workgroup.Observer { return m.queries }

// parts are the collectors of what the configuration names.
func (m *Metrics) parts() (out []prometheus.Collector) {
	c := &m.conf
	if c.Engine != nil {
		out = engineMemory(c.Engine)
	}
	if c.Connections != nil {
		out = append(out, asked(connectionState(c.Connections)))
	}
	if c.Traces != nil {
		out = append(out, asked(traceState(c.Traces)))
	}
	if c.Crawlers != nil {
		out = append(out, asked(crawlerState(c.Crawlers)))
	}
	if c.Stores != nil {
		out = append(out, asked(storeState(c.Stores)))
	}
	return out
}

func buildInfo() prometheus.Collector {
	labels := prometheus.Labels{"version": exec.Version, "goversion": runtime.Version(), "revision": ""}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				labels["revision"] = s.Value
			}
		}
	}
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: "glaux_build_info", Help: "1; what the program was built from is in the labels.", ConstLabels: labels})
	g.Set(1)
	return g
}

func engineMemory(e *exec.Engine) []prometheus.Collector {
	f := func(name, help string, get func(exec.MemoryUse) int64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(get(e.MemoryUse())) })
	}
	return []prometheus.Collector{
		f("glaux_memory_used_bytes", "Memory that queries and kept results hold.", func(m exec.MemoryUse) int64 { return m.Used }),
		f("glaux_memory_peak_bytes", "The most that glaux_memory_used_bytes has been.", func(m exec.MemoryUse) int64 { return m.Peak }),
		f("glaux_memory_limit_bytes", "What glaux_memory_used_bytes may reach; a query that needs more is refused.", func(m exec.MemoryUse) int64 { return m.Limit }),
	}
}
