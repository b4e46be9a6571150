package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/pg"
)

// defaultListen is the address of the server unless it is told another.
const defaultListen = "127.0.0.1:5439"

// serveCmd is "glaux serve".
type serveCmd struct {
	dataFlags
	doorFlags
	Listen       string   `env:"GLAUX_LISTEN" placeholder:"ADDR" help:"Address to listen on (127.0.0.1:5439)."`
	Lake         []string `sep:"none" placeholder:"[DATABASE=]LOCATION" help:"Crawl this location at start and serve it; may be given more than once."`
	GlueListen   string   `name:"glue-listen" env:"GLAUX_GLUE_LISTEN" placeholder:"ADDR" help:"Address of an AWS Glue endpoint, as 127.0.0.1:8421; by default there is none."`
	AthenaListen string   `name:"athena-listen" env:"GLAUX_ATHENA_LISTEN" placeholder:"ADDR" help:"Address of an Amazon Athena endpoint, as 127.0.0.1:8422; by default there is none."`

	MetricsListen string `name:"metrics-listen" env:"GLAUX_METRICS_LISTEN" placeholder:"ADDR" help:"Address of /metrics for Prometheus, /healthz and /readyz, as 127.0.0.1:9187; by default there is none."`
}

// Help is shown by --help after the flags.
func (serveCmd) Help() string {
	return `Examples:
  glaux serve
  glaux serve --lake sales=s3://bucket/prefix --listen 127.0.0.1:5439
  glaux serve --config glaux.yaml
  glaux serve --listen 0.0.0.0:5439 --tls-cert server.crt --tls-key server.key --hba pg_hba.conf
  glaux serve --listen 0.0.0.0:5439 --tls-self-signed
  GLAUX_AWS_ACCESS_KEY=... GLAUX_AWS_SECRET_KEY=... glaux serve --glue-listen 127.0.0.1:8421 --athena-listen 127.0.0.1:8422

Then: psql -h 127.0.0.1 -p 5439 -U glaux -d sales`
}

// Run serves until it is interrupted.
func (c *serveCmd) Run(ctx context.Context, t *terminal) error {
	conf, err := c.settings()
	if err != nil {
		return err
	}
	if c.Listen != "" {
		conf.Listen = c.Listen
	}
	overlay(&conf.Metrics.Listen, c.MetricsListen)
	c.doorFlags.overlay(&conf.Door, c.Config)
	if err := conf.completeAWS(c.GlueListen, c.AthenaListen, os.Getenv); err != nil {
		return err
	}
	for _, l := range c.Lake {
		db, loc, ok := strings.Cut(l, "=")
		if !ok || strings.ContainsAny(db, "/:") {
			db, loc = "default", l
		}
		conf.Lakes = append(conf.Lakes, lakeConfig{Location: absolute(loc), Database: db})
	}
	a, err := open(ctx, c.dataFlags, conf, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	a.Groups.ConfigureHistory(conf.History)
	stopTracing, err := a.trace(ctx)
	if err != nil {
		return err
	}
	defer stopTracing()
	if !c.Verbose {
		a.level.Set(slog.LevelInfo)
	}
	for _, l := range conf.Lakes {
		if l.Database == "" {
			continue
		}
		rep, err := a.crawlShown(ctx, t, crawler.At(absolute(l.Location), l.Database))
		if err != nil {
			return err
		}
		if err := printReport(t, rep, false); err != nil {
			return err
		}
	}
	defer a.scheduleCrawlers(ctx)()
	return a.serve(ctx, t, func(addr net.Addr) { fmt.Fprintf(t.out, "serving on %s\n%s\n", addr, psqlLine(addr, "glaux")) })
}

// doors are the servers of a process with their listeners, that of PostgreSQL first
// and that of metrics last: it tells until the end that the others are shutting down.
type doors struct {
	servers []endpoint
	lns     []net.Listener
	lines   []string // what is told of them
	drain   func()   // called when the shutting down begins
}

func (d *doors) add(s endpoint, ln net.Listener, what string) {
	d.servers, d.lns = append(d.servers, s), append(d.lns, ln)
	if what != "" {
		d.lines = append(d.lines, fmt.Sprintf("%s on http://%s", what, ln.Addr()))
	}
}

// serve listens, calls ready, and serves until ctx ends; then running queries
// get a moment to finish.
func (a *app) serve(ctx context.Context, t *terminal, ready func(net.Addr)) error {
	d := &doors{drain: func() {}}
	if err := a.listenAll(ctx, d); err != nil {
		for _, ln := range d.lns {
			ln.Close()
		}
		return err
	}
	ready(d.lns[0].Addr())
	for _, line := range d.lines {
		fmt.Fprintln(t.out, line)
	}
	drain := a.conf.Door.Drain
	return serveAll(ctx, d.servers, d.lns, drain, func() {
		d.drain()
		fmt.Fprintf(t.err, "shutting down: what is running has %s to finish; another signal ends it at once\n", drain)
	})
}

// listenAll opens every port that the configuration names.
func (a *app) listenAll(ctx context.Context, d *doors) error {
	srv, ln, err := a.listen()
	if err != nil {
		return err
	}
	d.add(srv, ln, "")
	glue, ln, err := a.listenGlue()
	if err != nil {
		return err
	}
	if glue != nil {
		d.add(glue, ln, "AWS Glue endpoint")
	}
	athena, ln, err := a.listenAthena(ctx)
	if err != nil {
		return err
	}
	if athena != nil {
		d.add(athena, ln, "Amazon Athena endpoint")
	}
	m, ln, err := a.listenMetrics(srv)
	if err != nil {
		return err
	}
	if m != nil {
		d.add(m, ln, "metrics")
		d.drain = m.Drain
	}
	return nil
}

// listen opens the PostgreSQL port and makes its server.
func (a *app) listen() (*pg.Server, net.Listener, error) {
	addr := a.conf.Listen
	if addr == "" {
		addr = defaultListen
	}
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return nil, nil, fault.Wrap(err, fault.CodeInvalidParameter, "cannot listen on %q: it is no address with a port", addr).
			WithHint("Give one such as 127.0.0.1:5439, or :5439 for every address of this machine.")
	}
	conf, err := a.pgConfig(addr)
	if err != nil {
		return nil, nil, err
	}
	srv, err := pg.New(conf)
	if err != nil {
		return nil, nil, err
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		e := fault.Wrap(err, fault.CodeConnectionFailure, "cannot listen on %s: %v", addr, err)
		if errors.Is(err, syscall.EADDRINUSE) {
			e = e.WithHint("Another server is using the port; choose one with --listen.")
		}
		return nil, nil, e
	}
	return srv, ln, nil
}

// psqlLine is the command that connects to a server.
func psqlLine(addr net.Addr, database string) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return ""
	}
	return fmt.Sprintf("psql -h %s -p %s -U glaux -d %s", host, port, database)
}
