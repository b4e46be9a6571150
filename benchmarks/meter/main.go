// Command meter measures what the meter costs: the same queries over the same
// files in two builds of one program, one of which asks no meter before its reads
// (the build tag nometer turns store.Reserve into nothing). In both the queries
// run under a limit and three budgets in a durable ledger.
//
//	python3 -m venv .venv && .venv/bin/pip install -r benchmarks/gen/requirements.txt
//	.venv/bin/python benchmarks/gen/lake.py --tpch 1 --out /tmp/tpch1
//	go run ./benchmarks/meter --lake /tmp/tpch1 --label 'TPC-H scale 1' --out benchmarks/results/meter
//
// A third process, the metered build again, is the control: what it differs from
// the first by is noise, and no difference below that says anything.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	osexec "os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/glauxdb/glaux/benchmarks/peer"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/workgroup"
)

type cli struct {
	Lake    string `required:"" help:"Folder with one folder of files per table."`
	Queries string `default:"testdata/tpch/queries" help:"Folder of .sql files."`
	Only    string `help:"Only queries whose name contains this."`
	Threads int    `help:"Threads of each process (0: one per core)."`
	Runs    int    `default:"15" help:"Timed runs of each query in each process, after one that is not timed."`
	Out     string `placeholder:"FILE" help:"Write FILE.json and FILE.md, too."`
	Label   string `help:"What the report calls the data; by default the folder's name."`
	Worker  string `hidden:"" help:"Be a process with this data directory."`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("What the meter costs."))
	if c.Threads == 0 {
		c.Threads = runtime.NumCPU()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "meter:", err)
		os.Exit(1)
	}
}

func (c *cli) run(ctx context.Context) error {
	lake, err := filepath.Abs(c.Lake)
	if err != nil {
		return err
	}
	if c.Worker != "" {
		return peer.Serve(ctx, lake, governed(c.Worker, c.Threads))
	}
	names, texts, err := c.load()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "glaux-meter-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	sides, err := c.start(ctx, dir, lake)
	if err != nil {
		return err
	}
	for _, s := range sides {
		defer s.peer.Stop()
	}
	if c.Label == "" {
		c.Label = filepath.Base(lake)
	}
	rep := newReport(c)
	if rep.Reserve, err = reserveTime(); err != nil {
		return err
	}
	for i, name := range names {
		q, err := c.measure(name, texts[i], sides)
		if err != nil {
			return err
		}
		rep.Queries = append(rep.Queries, q)
		fmt.Println(q.line())
	}
	return rep.finish(c.Out)
}

// governed is an instance in which everything limits a query and nothing refuses
// it.
func governed(dir string, threads int) server.Config {
	const far = 1 << 60
	return server.Config{DataDir: dir, Workers: threads, Workgroups: []workgroup.Setting{{Name: workgroup.Primary, Cutoff: far}},
		Budgets: []workgroup.Budget{{Name: "group", Workgroup: workgroup.Primary, Limit: far}, {Name: "user", User: "glaux", Limit: far},
			{Name: "each", EachUser: true, Limit: far, Period: workgroup.Month}}}
}

// reserveTime measures one reservation under a limit and three budgets, in
// nanoseconds.
func reserveTime() (float64, error) {
	const times = 1 << 20
	conf := governed("", 0)
	g, err := workgroup.New(conf.Workgroups, nil, nil, slog.New(slog.DiscardHandler))
	if err == nil {
		err = g.ApplyBudgets(conf.Budgets)
	}
	if err != nil {
		return 0, err
	}
	defer g.Close()
	q, err := g.Begin(context.Background(), exec.QueryInfo{User: exec.UserInfo{Name: "glaux"}})
	if err != nil {
		return 0, err
	}
	defer q.End(exec.Stats{}, nil)
	begin := time.Now()
	for range times {
		if err := q.Reserve(context.Background(), store.ReadData, 4096); err != nil {
			return 0, err
		}
	}
	return float64(time.Since(begin)) / times, nil
}

func (c *cli) load() (names, texts []string, err error) {
	files, err := filepath.Glob(filepath.Join(c.Queries, "*"+c.Only+"*.sql"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no query in %s", c.Queries)
	}
	sort.Strings(files)
	for _, f := range files {
		var text []byte
		if text, err = os.ReadFile(f); err != nil {
			break
		}
		names, texts = append(names, strings.TrimSuffix(filepath.Base(f), ".sql")), append(texts, string(text))
	}
	return names, texts, err
}

// process is one of those that are compared.
type process struct {
	peer    *peer.Peer
	metered bool
}

// start builds the program in both ways and starts the processes: metered, without
// the meter, and the control.
func (c *cli) start(ctx context.Context, dir, lake string) ([]process, error) {
	var out []process
	for i, tags := range []string{"", "nometer", ""} {
		program := filepath.Join(dir, "meter"+tags)
		build := osexec.CommandContext(ctx, "go", "build", "-tags", tags, "-o", program, "./benchmarks/meter")
		if text, err := build.CombinedOutput(); err != nil {
			return out, fmt.Errorf("build: %w\n%s", err, text)
		}
		p, err := peer.Start(ctx, "glaux "+tags, program, "--lake", lake, "--threads", strconv.Itoa(c.Threads), "--worker", filepath.Join(dir, "data"+strconv.Itoa(i)))
		if err != nil {
			return out, err
		}
		out = append(out, process{p, tags == ""})
	}
	return out, nil
}

// measure runs one query in all processes in turn, each time another one first.
func (c *cli) measure(name, sql string, sides []process) (result, error) {
	runs := make([][]float64, len(sides))
	res := result{Name: name}
	for i := range c.Runs + 1 {
		for k := range sides {
			k = (i + k) % len(sides)
			a, _, _, err := sides[k].peer.Run(sql)
			if err == nil && a.Error != "" {
				err = fmt.Errorf("%s: %s", name, a.Error)
			}
			if err == nil && (a.Bytes > 0) != sides[k].metered {
				err = fmt.Errorf("%s: %d bytes were counted: the builds are not what they should be", name, a.Bytes)
			}
			if err != nil {
				return res, err
			}
			res.Reads = max(res.Reads, a.Reads)
			if i > 0 {
				runs[k] = append(runs[k], a.MS)
			}
		}
	}
	res.Metered, res.Unmetered, res.Control = median(runs[0]), median(runs[1]), median(runs[2])
	res.Ratio, res.Noise = res.Metered/res.Unmetered, res.Control/res.Metered
	return res, nil
}

func median(v []float64) float64 {
	sort.Float64s(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// mean is the geometric mean.
func mean(v []float64) float64 {
	logs := 0.0
	for _, x := range v {
		logs += math.Log(x)
	}
	return math.Exp(logs / float64(len(v)))
}
