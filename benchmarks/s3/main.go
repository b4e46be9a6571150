// Command s3 measures reading from S3 on a simulator of it: answers that take 30 ms
// to begin and one in a hundred 300 ms, 80 MB/s a connection, a line that all share.
//
//	tpchgen-cli parquet -s 4 --tables lineitem --parts 64 --output-dir /tmp/tpch4/lake
//	go run ./benchmarks/s3 --lake /tmp/tpch4/lake --out benchmarks/results/s3
//
// The simulator is a process of its own on the same machine: what it needs of the
// processor is missing to Glaux, so lines much faster than the machine say nothing.
//
//	cold     TPC-H Q6, nothing in memory: its time over the line's for the bytes it reads
//	point    one row of one of many partitions, nothing in memory but the catalog
//	cache    Q6 again in a new process with the disk cache, over the same from local files
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	osexec "os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/glauxdb/glaux/formats/store/s3sim"
)

type cli struct {
	Lake       string        `required:"" help:"Folder with the folder lineitem of Parquet files."`
	Links      []int64       `default:"80,160,320" help:"Speeds of the line, in MB/s, that are tried one after the other."`
	FirstByte  time.Duration `default:"30ms" help:"Median of the time until an answer begins."`
	Tail       time.Duration `default:"300ms" help:"What one answer in a hundred takes to begin."`
	Connection int64         `default:"80" help:"Speed of one connection, in MB/s."`
	Partitions int           `default:"10000" help:"Partitions of the point query's table."`
	Runs       int           `default:"5" help:"Cold runs of each kind; the median counts."`
	Seed       uint64        `default:"1" help:"Of the simulator."`
	Workers    int           `help:"Workers of Glaux (0: one per core)."`
	Only       string        `enum:"cold,point,cache," default:"" help:"Measure this alone: cold, point or cache."`
	Profile    string        `placeholder:"FILE" help:"Write what the processor did in Glaux while it was measured, for pprof."`
	Out        string        `placeholder:"FILE" help:"Write FILE.json and FILE.md, too."`
	Serve      string        `hidden:"" help:"Be the simulator over this folder."`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("Reading from a simulated S3."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if c.Serve != "" {
		c.serve()
		return
	}
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "s3:", err)
		os.Exit(1)
	}
}

// serve is the simulator's process: it tells its address, and for each line that it
// reads, a speed of the line in bytes a second, what it counted since the last one.
func (c *cli) serve() {
	b := s3sim.Behaviour{Seed: c.Seed, FirstByte: c.FirstByte, Tail: c.Tail, PerConnection: c.Connection * 1e6}
	srv := s3sim.New(c.Serve, b)
	defer srv.Close()
	fmt.Println(srv.URL())
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		if _, err := fmt.Sscan(in.Text(), &b.Link); err != nil {
			fmt.Fprintln(os.Stderr, "s3:", err)
			return
		}
		line, err := json.Marshal(told{srv.Counts(), processor()})
		if err != nil {
			fmt.Fprintln(os.Stderr, "s3:", err)
			return
		}
		srv.Set(b)
		srv.Reset()
		fmt.Println(string(line))
	}
}

// simulator is the simulator's process as seen from here.
type simulator struct {
	cmd *osexec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
	url string
}

func (c *cli) start(ctx context.Context, dir string) (*simulator, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := osexec.CommandContext(ctx, self, "--lake", c.Lake, "--serve", dir, "--seed", fmt.Sprint(c.Seed), "--first-byte", c.FirstByte.String(),
		"--tail", c.Tail.String(), "--connection", fmt.Sprint(c.Connection))
	cmd.Stderr = os.Stderr
	s := &simulator{cmd: cmd}
	if s.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s.out = bufio.NewScanner(out)
	if !s.out.Scan() {
		return nil, fmt.Errorf("the simulator did not start: %w", s.out.Err())
	}
	s.url = s.out.Text()
	return s, nil
}

// told is what the simulator counted, and what its process has had of the processor
// since its start.
type told struct {
	s3sim.Counts
	Processor time.Duration
}

// processor gives what this process has had of the processor.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // with these arguments there is none
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// set changes the line's speed (bytes a second; 0: no limit) and gives what was
// counted since the last time.
func (s *simulator) set(link int64) (n told, err error) {
	if _, err = fmt.Fprintln(s.in, link); err != nil {
		return n, err
	}
	if !s.out.Scan() {
		return n, fmt.Errorf("the simulator has gone: %w", s.out.Err())
	}
	return n, json.Unmarshal(s.out.Bytes(), &n)
}

func (s *simulator) stop() {
	s.in.Close()
	_ = s.cmd.Wait() // it ends with its input
}

// buckets makes a folder whose folder "lake" is the lake, and "many" the table of
// partitions.
func (c *cli) buckets(dir string) error {
	lake, err := filepath.Abs(c.Lake)
	if err != nil {
		return err
	}
	if err := os.Symlink(lake, filepath.Join(dir, "lake")); err != nil {
		return err
	}
	for i := range c.Partitions {
		at := filepath.Join(dir, "many", "events", fmt.Sprintf("day=%05d", i))
		if err := os.MkdirAll(at, 0o777); err != nil {
			return err
		}
		var b strings.Builder
		for k := range 50 {
			fmt.Fprintf(&b, "{\"id\": %d, \"name\": \"event %d of %d\"}\n", i*50+k, k, i)
		}
		if err := os.WriteFile(filepath.Join(at, "data.json"), []byte(b.String()), 0o666); err != nil {
			return err
		}
	}
	return nil
}
