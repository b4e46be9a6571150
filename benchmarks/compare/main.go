// Command compare runs the same SQL over the same files in Glaux and in other
// engines with the same number of threads, alternating, and prints for each query
// the time of the first run from cold files, the median of the next ones, the
// ratio of Glaux's to each peer's, the time for planning, the bytes read and the
// peak memory. It also checks that all give the same rows.
//
//	go run ./benchmarks/compare -suite tpch -sf 1     # or tpcds, logs
//
// makes the data and installs the peers (DuckDB, ClickHouse, DataFusion) into a
// cache folder before the first run. Any other lake and queries:
//
//	go run ./benchmarks/compare --lake /data/lake --queries /data/queries --python .venv/bin/python
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/glauxdb/glaux/benchmarks/peer"
	results "github.com/glauxdb/glaux/benchmarks/report"
	"github.com/glauxdb/glaux/catalog/size"
	"github.com/glauxdb/glaux/server"
)

type cli struct {
	Suite   string   `help:"Suite to run: tpch, tpcds or logs (a wide table of requests, 10 million rows at scale 1)."`
	SF      float64  `name:"sf" default:"1" help:"Scale factor of the suite."`
	Data    string   `placeholder:"DIR" help:"Where suites' data and Python packages are kept; by default the user's cache folder."`
	Lake    string   `help:"Instead of a suite: a folder with one folder of Parquet files per table."`
	Queries string   `help:"Folder of .sql files; those in a folder below it named after a peer replace them for it."`
	Only    string   `help:"Only queries whose name contains this."`
	Peers   []string `default:"duckdb" enum:"${engines}" help:"Other engines: ${engines}."`
	Python  string   `help:"Python with the peers' packages; by default they are installed."`
	Threads int      `help:"Threads of each engine (0: one per core)."`
	Memory  string   `help:"Memory limit of each engine, such as 4GB; by default its own choice."`
	Runs    int      `default:"5" help:"Timed runs of each query, after one that is not counted or cold."`
	Cold    bool     `help:"Start each engine anew for each query, its files dropped from the system's cache, and count the first run as cold (Linux)."`
	Out     string   `placeholder:"FILE" help:"Write FILE.json and FILE.md, too, and index.html beside them."`
	Label   string   `help:"What the report calls the data."`
	Profile string   `placeholder:"FILE" help:"Write what Glaux spends its processor time on, for go tool pprof; not with --cold."`
	Worker  bool     `hidden:""`

	memory int64
}

func main() {
	var c cli
	parser := kong.Must(&c, kong.Description("Glaux against other engines over the same files."),
		kong.Vars{"engines": strings.Join(peer.Engines, ",")})
	_, err := parser.Parse(longFlags(os.Args[1:]))
	parser.FatalIfErrorf(err)
	if c.Threads == 0 {
		c.Threads = runtime.NumCPU()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// longFlags takes -suite for --suite.
func longFlags(args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		if out[i] = a; len(a) > 2 && a[0] == '-' && a[1] != '-' {
			out[i] = "-" + a
		}
	}
	return out
}

func (c *cli) run(ctx context.Context) error {
	if c.Memory != "" {
		n, err := size.Parse(c.Memory)
		if err != nil {
			return err
		}
		c.memory = n
	}
	if c.Worker {
		return c.work(ctx)
	}
	if c.Profile != "" && c.Cold {
		return errors.New("--profile needs one process for all queries: leave out --cold")
	}
	if err := c.prepare(ctx); err != nil {
		return err
	}
	queries, err := c.load()
	if err != nil {
		return err
	}
	e, err := c.start(ctx)
	if err != nil {
		return err
	}
	defer e.stop()
	rep := c.newReport(e)
	fmt.Print(rep.head())
	for _, q := range queries {
		res, err := c.compare(ctx, q, e)
		if err != nil {
			return err
		}
		rep.Queries = append(rep.Queries, res)
		fmt.Println(res.line())
	}
	rep.summarize()
	fmt.Print(rep.foot())
	if c.Out != "" {
		if err := rep.write(c.Out); err != nil {
			return err
		}
	}
	return rep.failed()
}

// work is Glaux' own process.
func (c *cli) work(ctx context.Context) error {
	stop, err := results.Profile(c.Profile)
	if err != nil {
		return err
	}
	return errors.Join(peer.Serve(ctx, c.Lake, server.Config{Workers: c.Threads, Memory: c.memory}), stop())
}

// query is one statement; other holds the text of engines that need another.
type query struct {
	name, sql string
	other     map[string]string
}

// text is the statement for an engine.
func (q query) text(engine string) string {
	if t, ok := q.other[engine]; ok {
		return t
	}
	return q.sql
}

func (c *cli) load() ([]query, error) {
	files, err := filepath.Glob(filepath.Join(c.Queries, "*.sql"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	var qs []query
	for _, f := range files {
		q := query{name: strings.TrimSuffix(filepath.Base(f), ".sql"), other: map[string]string{}}
		if !strings.Contains(q.name, c.Only) {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		q.sql = string(text)
		for _, e := range c.Peers {
			if text, err := os.ReadFile(filepath.Join(c.Queries, e, filepath.Base(f))); err == nil {
				q.other[e] = string(text)
			}
		}
		qs = append(qs, q)
	}
	if len(qs) == 0 {
		return nil, fmt.Errorf("no query in %s", c.Queries)
	}
	return qs, nil
}

// engines are the running workers, Glaux first.
type engines struct {
	c     *cli
	peers []*peer.Peer
}

func (c *cli) start(ctx context.Context) (*engines, error) {
	e := &engines{c: c, peers: make([]*peer.Peer, 1+len(c.Peers))}
	for i := range e.peers {
		if err := e.restart(ctx, i); err != nil {
			e.stop()
			return nil, err
		}
	}
	return e, nil
}

// restart runs worker i anew.
func (e *engines) restart(ctx context.Context, i int) (err error) {
	if e.peers[i] != nil {
		e.peers[i].Stop()
		e.peers[i] = nil
	}
	c := e.c
	if i > 0 {
		e.peers[i], err = peer.StartEngine(ctx, c.Peers[i-1], c.Python, c.Lake, c.Threads, c.memory)
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	e.peers[0], err = peer.Start(ctx, "glaux", self, "--worker", "--lake", c.Lake, "--threads", strconv.Itoa(c.Threads), "--memory", c.Memory, "--profile", c.Profile)
	return err
}

func (e *engines) stop() {
	for _, p := range e.peers {
		if p != nil {
			p.Stop()
		}
	}
}
