package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/glue"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/types"
	engine "github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/glueapi"
)

// measurement is one worker process.
type measurement struct {
	name  string
	what  string // for the report
	data  string // name of its data directory; the same name: what the one before left
	limit string // what the project set itself
	run   func(ctx context.Context, in *server.Instance, c *cli, r *result) error
}

var measurements = []measurement{
	{"crawl-first", "first crawl", "crawl", "60 s, 500 MB", crawl},
	{"crawl-again", "crawl with nothing new", "crawl", "20 s", crawl},
	{"plan-load", "a million partitions added in one statement", "many", "", load},
	{"plan-cold", "first plan with equality on one key, in a new process", "many", "1 s", planCold},
	{"plan-warm", "plan with equality on one key, warm (median of 50)", "many", "50 ms", planWarm},
	{"page-half", "GetPartitions: dt >= ... selects half", "many", "bounded memory", pageHalf},
	{"page-few", "GetPartitions: region = ... selects 1 %", "many", "bounded memory", pageFew},
}

// result is what a worker has measured.
type result struct {
	Seconds  float64 `json:"seconds"`
	Peak     int64   `json:"peak_memory"` // resident bytes of the process
	Requests int64   `json:"s3_requests"`
	Count    int64   `json:"count"` // objects, partitions
	Unit     string  `json:"unit"`
	Note     string  `json:"note,omitempty"`
}

// spawn runs a measurement in a process of its own.
func (c *cli) spawn(ctx context.Context, m measurement, endpoint, data string) (*result, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "--worker", m.name, "--endpoint", endpoint, "--data", data,
		"--tables", fmt.Sprint(c.Tables), "--folders", fmt.Sprint(c.Folders), "--files", fmt.Sprint(c.Files), "--partitions", fmt.Sprint(c.Partitions))
	cmd.Stderr = os.Stderr
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	r := &result{}
	if err := json.Unmarshal(out.Bytes(), r); err != nil {
		return nil, fmt.Errorf("%w in %q", err, out.String())
	}
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.Peak = u.Maxrss << 10 // Linux counts in KiB
	}
	return r, nil
}

// work is the worker process: it prints its result as JSON.
func (c *cli) work(ctx context.Context) error {
	i := slices.IndexFunc(measurements, func(m measurement) bool { return m.name == c.Worker })
	if i < 0 {
		return fmt.Errorf("no measurement is called %q", c.Worker)
	}
	in, err := server.Open(ctx, server.Config{DataDir: c.Data, Locations: []string{"s3://" + bucket + "/"},
		S3: store.S3Config{Endpoint: c.Endpoint, Region: "us-east-1", PathStyle: true}})
	if err != nil {
		return err
	}
	defer in.Close()
	r := &result{}
	if err := measurements[i].run(ctx, in, c, r); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// timed adds the time that f takes.
func (r *result) timed(f func() error) error {
	began := time.Now()
	err := f()
	r.Seconds += time.Since(began).Seconds()
	return err
}

func crawl(ctx context.Context, in *server.Instance, c *cli, r *result) error {
	var rep *crawler.Report
	err := r.timed(func() (err error) {
		rep, err = in.Crawlers.Crawl(ctx, crawler.At("s3://"+bucket+"/"+crawledPrefix, "crawled"))
		return err
	})
	if err != nil {
		return err
	}
	r.Count, r.Unit = rep.Counts.Objects, "objects"
	r.Note = fmt.Sprintf("%d tables, %d partitions added", rep.Counts.Tables.Added, rep.Counts.Partitions.Added)
	if want := int64(c.Tables * c.Folders * c.Files); r.Count != want {
		return fmt.Errorf("%d objects were listed, not %d", r.Count, want)
	}
	return nil
}

// load makes the table that the plans are about.
func load(ctx context.Context, in *server.Instance, c *cli, r *result) error {
	if _, err := in.Catalog.CreateDatabase(ctx, &catalog.Database{Name: "big"}); err != nil {
		return err
	}
	t, err := in.Catalog.CreateTable(ctx, &catalog.Table{Database: "big", Name: "many", Kind: catalog.ExternalTable, Format: "json",
		Columns:       []catalog.Column{{Name: "x", Type: types.TInteger}},
		PartitionKeys: []catalog.Column{{Name: "dt", Type: types.TDate}, {Name: "region", Type: types.TVarchar}},
		Storage:       catalog.Storage{Location: "s3://" + bucket + "/" + manyPrefix, SerDe: "org.openx.data.jsonserde.JsonSerDe"}})
	if err != nil {
		return err
	}
	ps := make([]catalog.Partition, c.Partitions)
	for i := range ps {
		ps[i].Values = []string{day(i / regionsPerDay), fmt.Sprintf("r%02d", i%regionsPerDay)}
	}
	r.Count, r.Unit = int64(len(ps)), "partitions"
	return r.timed(func() error {
		_, err := in.Catalog.AddPartitions(ctx, t, ps, true)
		return err
	})
}

// explain plans a query over one day, files listed, and gives nothing of it.
func explain(ctx context.Context, in *server.Instance, n int) error {
	s, err := in.Engine.NewSession(engine.SessionOptions{Database: "big"})
	if err != nil {
		return err
	}
	defer s.Close()
	p, err := s.Prepare(ctx, fmt.Sprintf("EXPLAIN SELECT x FROM many WHERE dt = DATE '%s'", day(n)), nil)
	if err != nil {
		return err
	}
	res, err := s.Execute(ctx, p, nil)
	if err != nil {
		return err
	}
	defer res.Close()
	var b vector.Batch
	for {
		if err := res.Next(ctx, &b); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func planCold(ctx context.Context, in *server.Instance, c *cli, r *result) error {
	r.Count, r.Unit = regionsPerDay, "partitions of "+fmt.Sprint(c.Partitions)
	return r.timed(func() error { return explain(ctx, in, c.Partitions/regionsPerDay/2) })
}

func planWarm(ctx context.Context, in *server.Instance, c *cli, r *result) error {
	if err := explain(ctx, in, 0); err != nil {
		return err
	}
	var all []float64
	for i := range 50 {
		one := &result{}
		if err := one.timed(func() error { return explain(ctx, in, (i*7919+1)%(c.Partitions/regionsPerDay)) }); err != nil {
			return err
		}
		all = append(all, one.Seconds)
	}
	slices.Sort(all)
	r.Count, r.Unit, r.Seconds = regionsPerDay, "partitions of "+fmt.Sprint(c.Partitions), all[len(all)/2]
	r.Note = fmt.Sprintf("slowest %.1f ms", all[len(all)-1]*1000)
	return nil
}

func pageHalf(ctx context.Context, in *server.Instance, c *cli, r *result) error {
	days := c.Partitions / regionsPerDay
	return page(ctx, in, r, fmt.Sprintf("dt >= '%s'", day(days/2)), int64((days-days/2)*regionsPerDay))
}

func pageFew(ctx context.Context, in *server.Instance, c *cli, r *result) error {
	return page(ctx, in, r, "region = 'r42'", int64(c.Partitions/regionsPerDay))
}

// page reads all pages of GetPartitions with AWS's client from an endpoint in
// this process.
func page(ctx context.Context, in *server.Instance, r *result, expression string, want int64) error {
	h, err := glueapi.New(glueapi.Config{Catalog: in.Catalog, Keys: []glueapi.Key{{AccessKey: accessKey, SecretKey: secretKey}}})
	if err != nil {
		return err
	}
	srv := httptest.NewServer(h)
	defer srv.Close()
	client := glue.New(glue.Options{Region: "us-east-1", BaseEndpoint: aws.String(srv.URL),
		Credentials: credentials.NewStaticCredentialsProvider(accessKey, secretKey, "")})
	pages := glue.NewGetPartitionsPaginator(client, &glue.GetPartitionsInput{DatabaseName: aws.String("big"), TableName: aws.String("many"),
		Expression: aws.String(expression), ExcludeColumnSchema: aws.Bool(true)})
	n := 0
	err = r.timed(func() error {
		for pages.HasMorePages() {
			p, err := pages.NextPage(ctx)
			if err != nil {
				return err
			}
			n++
			r.Count += int64(len(p.Partitions))
		}
		return nil
	})
	r.Unit, r.Note = "partitions", fmt.Sprintf("%d pages", n)
	if err == nil && r.Count != want {
		return fmt.Errorf("%d partitions came, not %d", r.Count, want)
	}
	return err
}
