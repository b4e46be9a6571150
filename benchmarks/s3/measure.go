package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/glauxdb/glaux/benchmarks/report"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/store/s3sim"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server"
)

const q6 = `SELECT sum(l_extendedprice * l_discount) AS revenue FROM lineitem
WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01' AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24`

// run is one kind of query at one speed of the line.
type run struct {
	Name     string       `json:"name"`
	Link     int64        `json:"link_mb_per_s,omitempty"`
	Millis   float64      `json:"ms"`       // median of the runs
	All      []float64    `json:"all_ms"`   // each
	Limit    float64      `json:"limit_ms"` // what it is held against
	LimitIs  string       `json:"limit_is"`
	Ratio    float64      `json:"ratio"`
	Wanted   float64      `json:"wanted_ratio"`
	Requests int64        `json:"requests"` // of the last run
	Bytes    int64        `json:"bytes"`
	Counts   s3sim.Counts `json:"counts"`
	Events   string       `json:"events"`
}

type results struct {
	Date    string `json:"date"`
	Machine string `json:"machine"`
	Load    string `json:"load"`
	Version string `json:"version"`
	Server  string `json:"server"`
	Runs    []run  `json:"runs"`
}

// bench is what the measurements share.
type bench struct {
	*cli
	ctx context.Context
	dir string // of everything that is made
	sim *simulator
}

func (c *cli) run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "glaux-s3-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{cli: c, ctx: ctx, dir: dir}
	buckets := filepath.Join(dir, "buckets")
	if err := os.MkdirAll(buckets, 0o777); err != nil {
		return err
	}
	if err := c.buckets(buckets); err != nil {
		return err
	}
	if b.sim, err = c.start(ctx, buckets); err != nil {
		return err
	}
	defer b.sim.stop()
	os.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	load, _ := os.ReadFile("/proc/loadavg") // empty elsewhere
	res := results{Date: time.Now().UTC().Format(time.DateOnly), Machine: report.Machine(), Load: string(load), Version: server.Version,
		Server: fmt.Sprintf("first byte %v (median), %v (99th percentile); %d MB/s a connection", c.FirstByte, c.Tail, c.Connection)}
	for _, link := range c.Links {
		r, err := b.cold(link)
		if err != nil {
			return err
		}
		res.Runs = append(res.Runs, r)
		fmt.Println(r.line())
	}
	for _, f := range []func() (run, error){b.point, b.cached} {
		r, err := f()
		if err != nil {
			return err
		}
		res.Runs = append(res.Runs, r)
		fmt.Println(r.line())
	}
	if c.Out == "" {
		return nil
	}
	return report.Write(c.Out, res, res.text())
}

// config is an instance's over the simulator.
func (b *bench) config(data string) server.Config {
	return server.Config{DataDir: filepath.Join(b.dir, data), Workers: b.Workers,
		S3: store.S3Config{Endpoint: b.sim.url, PathStyle: true, Anonymous: true, Region: "us-east-1"}}
}

// crawled makes a catalog of a location.
func (b *bench) crawled(conf server.Config, location string) error {
	in, err := server.Open(b.ctx, conf)
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = in.Crawl(b.ctx, crawler.At(location, "bench"))
	return err
}

// once opens an instance, runs a statement and gives its time without the opening.
func (b *bench) once(conf server.Config, sql string) (took time.Duration, st exec.Stats, err error) {
	in, err := server.Open(b.ctx, conf)
	if err != nil {
		return 0, st, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	s, err := in.Engine.NewSession(exec.SessionOptions{User: "glaux", Database: "bench"})
	if err != nil {
		return 0, st, err
	}
	defer s.Close()
	begin := time.Now()
	st, err = query(b.ctx, s, sql)
	return time.Since(begin), st, err
}

func query(ctx context.Context, s *exec.Session, sql string) (exec.Stats, error) {
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return exec.Stats{}, err
	}
	res, err := s.Execute(ctx, p, nil)
	if err != nil {
		return exec.Stats{}, err
	}
	var batch vector.Batch
	for err == nil {
		err = res.Next(ctx, &batch)
	}
	if cerr := res.Close(); errors.Is(err, io.EOF) {
		err = cerr
	}
	return res.Stats(), err
}

// times runs a statement cold as often as asked for.
func (b *bench) times(conf server.Config, sql string, link int64) (r run, st exec.Stats, err error) {
	r.Link = link
	if _, err = b.sim.set(link * 1e6); err != nil {
		return r, st, err
	}
	for range b.Runs {
		var took time.Duration
		if took, st, err = b.once(conf, sql); err != nil {
			return r, st, err
		}
		r.All = append(r.All, float64(took)/1e6)
		if r.Counts, err = b.sim.set(link * 1e6); err != nil {
			return r, st, err
		}
	}
	sorted := slices.Sorted(slices.Values(r.All))
	r.Millis, r.Requests, r.Bytes = sorted[len(sorted)/2], r.Counts.Requests(), r.Counts.Bytes
	r.Events = fmt.Sprint(st.Events)
	return r, st, nil
}

// cold measures Q6 against the time that the line needs for its bytes, footers
// included.
func (b *bench) cold(link int64) (run, error) {
	conf := b.config("cold")
	if _, err := os.Stat(conf.DataDir); err != nil {
		if err := b.crawled(conf, "s3://lake/lineitem"); err != nil {
			return run{}, err
		}
	}
	r, st, err := b.times(conf, q6, link)
	r.Name = "Q6, cold"
	r.hold(float64(st.BytesScanned+st.BytesMetadata)/float64(link)/1e3, "the line's time for the bytes it must read", 1.3)
	return r, err
}

// point measures one row of one of many partitions.
func (b *bench) point() (run, error) {
	conf := b.config("point")
	if _, err := b.sim.set(0); err != nil {
		return run{}, err
	}
	if err := b.crawled(conf, "s3://many/events"); err != nil {
		return run{}, err
	}
	r, _, err := b.times(conf, fmt.Sprintf("SELECT name FROM events WHERE day = '%05d' AND id = %d", b.Partitions/2, b.Partitions/2*50+7), 0)
	r.Name = fmt.Sprintf("one of %d partitions", b.Partitions)
	r.hold(float64(b.FirstByte)/1e6, "a round trip (the median first byte)", 5)
	return r, err
}

// cached measures Q6 in new processes over a warm disk cache, against the same from
// local files.
func (b *bench) cached() (run, error) {
	conf := b.config("cold")
	conf.Cache = server.CacheConfig{Dir: filepath.Join(b.dir, "cache"), Size: 8 << 30}
	link := b.Links[len(b.Links)-1]
	if _, _, err := b.once(conf, q6); err != nil {
		return run{}, err
	}
	local := server.Config{DataDir: filepath.Join(b.dir, "local"), Workers: b.Workers}
	lake, err := filepath.Abs(filepath.Join(b.Lake, "lineitem"))
	if err == nil {
		err = b.crawled(local, lake)
	}
	if err != nil {
		return run{}, err
	}
	if _, _, err := b.once(local, q6); err != nil { // the system's cache has the files, as it has the disk cache's
		return run{}, err
	}
	files, _, err := b.times(local, q6, link)
	if err != nil {
		return run{}, err
	}
	r, _, err := b.times(conf, q6, link)
	r.Name = "Q6 from the disk cache"
	r.hold(files.Millis, "the same from local files", 1.1)
	return r, err
}

func (r *run) hold(limit float64, is string, wanted float64) {
	r.Limit, r.LimitIs, r.Wanted = limit, is, wanted
	if limit > 0 {
		r.Ratio = r.Millis / limit
	}
}
