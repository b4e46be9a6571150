package main

import (
	"context"
	"net"
	"os"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/metrics"
	"github.com/glauxdb/glaux/server/pg"
	"github.com/glauxdb/glaux/server/tracing"
)

// metricsConfig is the endpoint that Prometheus scrapes. Without an address there
// is none.
type metricsConfig struct {
	Listen string `yaml:"listen"`
}

// listenMetrics opens the port of metrics and makes their server; nil, nil without
// an address.
func (a *app) listenMetrics(srv *pg.Server) (*metrics.Server, net.Listener, error) {
	addr := a.conf.Metrics.Listen
	if addr == "" {
		return nil, nil, nil
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.CodeConnectionFailure, "metrics cannot be served on %s: %v", addr, err).
			WithHint("Another server may be using the port; choose one with --metrics-listen, such as 127.0.0.1:9187.")
	}
	c := metrics.Config{Groups: a.Groups, Engine: a.Engine, Connections: srv.Connections, Crawlers: a.Crawlers, Stores: a.Stores,
		Ready: a.Ready, Logger: a.Log()}
	if a.tracer != nil {
		c.Traces = a.tracer.Counts
	}
	m := metrics.New(c)
	a.Groups.Observe(m.Observer())
	return metrics.NewServer(m), ln, nil
}

// trace has the statements traced, if the configuration or the environment says
// where to. stop sends what waits: no statement may end any more.
func (a *app) trace(ctx context.Context) (stop func(), err error) {
	t, err := tracing.New(ctx, a.conf.Tracing, os.Getenv, a.Log())
	if err != nil || t == nil {
		return func() {}, err
	}
	a.tracer = t
	a.Groups.Observe(t)
	return t.Close, nil
}
