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
	// What the processor worked for the query, and for the simulator beside it: medians.
	Processor    float64 `json:"processor_ms"`
	SimProcessor float64 `json:"simulator_processor_ms"`
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

func (c *cli) run(ctx context.Context) (err error) {
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
	stop, err := report.Profile(c.Profile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	for _, kind := range []struct {
		name    string
		measure func() ([]run, error)
	}{{"cold", b.cold}, {"point", b.point}, {"cache", b.cached}} {
		if c.Only != "" && c.Only != kind.name {
			continue
		}
		rs, err := kind.measure()
		if err != nil {
			return err
		}
		res.Runs = append(res.Runs, rs...)
		for _, r := range rs {
			fmt.Println(r.line())
		}
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

// spent is the time of a statement, and what this process had of the processor.
type spent struct{ clock, processor time.Duration }

// once opens an instance, runs a statement and gives its time without the opening.
func (b *bench) once(conf server.Config, sql string) (took spent, st exec.Stats, err error) {
	in, err := server.Open(b.ctx, conf)
	if err != nil {
		return took, st, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	s, err := in.Engine.NewSession(exec.SessionOptions{User: "glaux", Database: "bench"})
	if err != nil {
		return took, st, err
	}
	defer s.Close()
	begin, had := time.Now(), processor()
	st, err = query(b.ctx, s, sql)
	return spent{time.Since(begin), processor() - had}, st, err
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

// times runs a statement cold as often as asked for, with each configuration in turn.
func (b *bench) times(sql string, link int64, confs ...server.Config) ([]run, exec.Stats, error) {
	var st exec.Stats
	sim, err := b.sim.set(link * 1e6)
	if err != nil {
		return nil, st, err
	}
	runs, own, its := make([]run, len(confs)), make([][]float64, len(confs)), make([][]float64, len(confs))
	for range b.Runs {
		for i, conf := range confs {
			r := &runs[i]
			var took spent
			if took, st, err = b.once(conf, sql); err != nil {
				return nil, st, err
			}
			had := sim.Processor
			if sim, err = b.sim.set(link * 1e6); err != nil {
				return nil, st, err
			}
			r.All = append(r.All, float64(took.clock)/1e6)
			own[i], its[i] = append(own[i], float64(took.processor)/1e6), append(its[i], float64(sim.Processor-had)/1e6)
			r.Counts, r.Requests, r.Bytes, r.Events = sim.Counts, sim.Requests(), sim.Bytes, fmt.Sprint(st.Events)
		}
	}
	for i := range runs {
		r := &runs[i]
		r.Link, r.Millis, r.Processor, r.SimProcessor = link, median(r.All), median(own[i]), median(its[i])
	}
	return runs, st, nil
}

func median(of []float64) float64 { return slices.Sorted(slices.Values(of))[len(of)/2] }

// lake is the configuration of an instance whose catalog has the lake's table.
func (b *bench) lake() (server.Config, error) {
	conf := b.config("cold")
	if _, err := os.Stat(conf.DataDir); err == nil {
		return conf, nil
	}
	return conf, b.crawled(conf, "s3://lake/lineitem")
}

// cold measures Q6 against the time that the line needs for its bytes, footers
// included, at each speed of the line.
func (b *bench) cold() (out []run, err error) {
	conf, err := b.lake()
	if err != nil {
		return nil, err
	}
	for _, link := range b.Links {
		rs, st, err := b.times(q6, link, conf)
		if err != nil {
			return nil, err
		}
		rs[0].Name = "Q6, cold"
		rs[0].hold(float64(st.BytesScanned+st.BytesMetadata)/float64(link)/1e3, "the line's time for the bytes it must read", 1.3)
		out = append(out, rs[0])
	}
	return out, nil
}

// point measures one row of one of many partitions.
func (b *bench) point() ([]run, error) {
	conf := b.config("point")
	if _, err := b.sim.set(0); err != nil {
		return nil, err
	}
	if err := b.crawled(conf, "s3://many/events"); err != nil {
		return nil, err
	}
	rs, _, err := b.times(fmt.Sprintf("SELECT name FROM events WHERE day = '%05d' AND id = %d", b.Partitions/2, b.Partitions/2*50+7), 0, conf)
	if err != nil {
		return nil, err
	}
	rs[0].Name = fmt.Sprintf("one of %d partitions", b.Partitions)
	rs[0].hold(float64(b.FirstByte)/1e6, "a round trip (the median first byte)", 5)
	return rs, nil
}

// cached measures Q6 in new instances over a warm disk cache, against the same from
// local files, in turn.
func (b *bench) cached() ([]run, error) {
	conf, err := b.lake()
	if err != nil {
		return nil, err
	}
	conf.Cache = server.CacheConfig{Dir: filepath.Join(b.dir, "cache"), Size: 8 << 30}
	link := b.Links[len(b.Links)-1]
	if _, _, err := b.once(conf, q6); err != nil {
		return nil, err
	}
	local := server.Config{DataDir: filepath.Join(b.dir, "local"), Workers: b.Workers}
	lake, err := filepath.Abs(filepath.Join(b.Lake, "lineitem"))
	if err == nil {
		err = b.crawled(local, lake)
	}
	if err != nil {
		return nil, err
	}
	if _, _, err := b.once(local, q6); err != nil { // the system's cache has the files, as it has the disk cache's
		return nil, err
	}
	rs, _, err := b.times(q6, link, local, conf)
	if err != nil {
		return nil, err
	}
	rs[0].Name, rs[1].Name = "Q6 from local files", "Q6 from the disk cache"
	rs[1].hold(rs[0].Millis, "the same from local files", 1.1)
	return rs, nil
}

func (r *run) hold(limit float64, is string, wanted float64) {
	r.Limit, r.LimitIs, r.Wanted = limit, is, wanted
	if limit > 0 {
		r.Ratio = r.Millis / limit
	}
}
