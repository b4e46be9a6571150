// Command crawl measures the catalog at size: crawls of a million objects in a
// hundred thousand folders, plans over a million partitions, and paging through
// them as Glue does. The objects are made up by an S3 server of this command, which
// lists and reads as S3 does (a thousand keys a page, ListObjectsV2 with prefixes and
// delimiters). What is measured runs in processes of its own, so that its peak
// memory is its own; the server shares the cores with it.
//
//	go run ./benchmarks/crawl --out benchmarks/results/2026-11-21-crawl
//
//	this process: S3 server ── HTTP ──> worker processes: crawl, crawl again, plan, page
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Tables     int           `default:"20" help:"Tables of the crawled lake."`
	Folders    int           `default:"5000" help:"Partitions of each table, a folder each."`
	Files      int           `default:"10" help:"Objects in each folder."`
	Partitions int           `default:"1000000" help:"Partitions of the table that is planned over, in days of 100."`
	Latency    time.Duration `default:"0s" help:"What the S3 server waits before each answer."`
	Only       string        `help:"Only measurements whose name begins with this: crawl, plan, page."`
	Out        string        `placeholder:"FILE" help:"Write FILE.json and FILE.md, too."`

	Worker   string `hidden:""`
	Endpoint string `hidden:""`
	Data     string `hidden:""`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("Measures crawls and catalogs of a million objects."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := c.run(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "crawl:", err)
		os.Exit(1)
	}
}

// The key that workers sign with; the server looks at no signatures.
const (
	accessKey = "benchmark"
	secretKey = "benchmark-secret"
)

func (c *cli) run(ctx context.Context) error {
	for k, v := range map[string]string{"AWS_ACCESS_KEY_ID": accessKey, "AWS_SECRET_ACCESS_KEY": secretKey, "AWS_REGION": "us-east-1",
		"AWS_EC2_METADATA_DISABLED": "true"} {
		if err := os.Setenv(k, v); err != nil {
			return err
		}
	}
	if c.Worker != "" {
		return c.work(ctx)
	}
	s3 := newServer(c)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: s3}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	defer func() {
		srv.Close()
		<-served
	}()
	dir, err := os.MkdirTemp("", "glaux-crawl-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r := newReport(c)
	for _, m := range measurements {
		if len(c.Only) > 0 && !hasPrefix(m.name, c.Only) {
			continue
		}
		before := s3.requests.Load()
		res, err := c.spawn(ctx, m, "http://"+ln.Addr().String(), filepath.Join(dir, m.data))
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		res.Requests = s3.requests.Load() - before
		r.add(m, res)
	}
	return r.finish(c.Out)
}

func hasPrefix(s, prefix string) bool { return len(s) >= len(prefix) && s[:len(prefix)] == prefix }
