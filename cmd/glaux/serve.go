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

// serve listens, calls ready, and serves until ctx ends; then running queries
// get a moment to finish.
func (a *app) serve(ctx context.Context, t *terminal, ready func(net.Addr)) error {
	srv, ln, err := a.listen()
	if err != nil {
		return err
	}
	servers, lns := []endpoint{srv}, []net.Listener{ln}
	names, err := a.listenAWS(ctx, &servers, &lns)
	if err != nil {
		for _, l := range lns {
			l.Close()
		}
		return err
	}
	ready(ln.Addr())
	for i, n := range names {
		fmt.Fprintf(t.out, "%s endpoint on http://%s\n", n, lns[i+1].Addr())
	}
	drain := a.conf.Door.Drain
	return serveAll(ctx, servers, lns, drain, func() {
		fmt.Fprintf(t.err, "shutting down: what is running has %s to finish; another signal ends it at once\n", drain)
	})
}

// listenAWS adds the endpoints that speak AWS's protocols to the servers, and gives
// their names.
func (a *app) listenAWS(ctx context.Context, servers *[]endpoint, lns *[]net.Listener) (names []string, err error) {
	glue, ln, err := a.listenGlue()
	if err != nil {
		return nil, err
	}
	if glue != nil {
		*servers, *lns, names = append(*servers, glue), append(*lns, ln), append(names, "AWS Glue")
	}
	athena, ln, err := a.listenAthena(ctx)
	if err != nil {
		return nil, err
	}
	if athena != nil {
		*servers, *lns, names = append(*servers, athena), append(*lns, ln), append(names, "Amazon Athena")
	}
	return names, nil
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
