// Command wire compares the PostgreSQL servers of Glaux and of PostgreSQL 15 side
// by side on this machine, with the same raw client over TCP:
//
//   - throughput: a SELECT of ten million rows of five columns to a client that
//     reads and drops, Glaux from Parquet, PostgreSQL from a table with the same
//     values in its buffers, in text and in binary, alternating;
//   - many clients that each run SELECT 1 in a loop;
//   - the memory of idle connections, and queries among connections that never log in;
//   - a client that stops reading in the middle of the ten million rows.
//
// Each server is a process of its own, so that their memory can be told apart.
//
//	go run ./benchmarks/wire --data /tmp/wire --out benchmarks/results/2026-11-21-wire
//
// With --data the Parquet file and the table are kept for the next time.
// PostgreSQL comes from PATH or Debian's places (package postgresql-15).
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Rows      int           `default:"10000000" help:"Rows of the table."`
	Runs      int           `default:"3" help:"Timed runs of each SELECT, after one that is not timed."`
	Clients   int           `default:"500" help:"Clients that run SELECT 1 in a loop."`
	Loop      time.Duration `default:"30s" help:"How long they do."`
	Idle      int           `default:"2000" help:"Idle connections."`
	Strangers int           `default:"1000" help:"Connections that never log in."`
	Stall     time.Duration `default:"10s" help:"How long a client stops reading."`
	Only      string        `help:"Only parts whose name contains this: throughput, loop, idle, strangers, stall."`
	Data      string        `placeholder:"DIR" type:"path" help:"Keep the data in DIR, or use what is there."`
	Out       string        `placeholder:"FILE" help:"Write FILE.json and FILE.md, too."`
	Profile   string        `placeholder:"DIR" type:"path" help:"Write Glaux's CPU profiles of throughput and loop to DIR."`
	Worker    bool          `hidden:""`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("The wire protocol of Glaux and of PostgreSQL side by side."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	run := c.run
	if c.Worker {
		run = c.work
	}
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "wire:", err)
		os.Exit(1)
	}
}

// results is what was measured.
type results struct {
	Rows       int
	Load       [2]string      // the machine's load averages before and after: what else ran
	Throughput []throughput   `json:",omitempty"`
	Loop       []loopResult   `json:",omitempty"`
	Idle       []idleResult   `json:",omitempty"`
	Strangers  *strangeResult `json:",omitempty"`
	Stall      *stallResult   `json:",omitempty"`
}

// load gives the load averages of the last 1, 5 and 15 minutes.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	f := strings.Fields(string(text))
	return strings.Join(f[:min(3, len(f))], " ")
}

func (c *cli) run(ctx context.Context) error {
	if c.Data == "" {
		dir, err := os.MkdirTemp("", "glaux-wire-*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		c.Data = dir
	}
	b, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer b.close()
	res := results{Rows: c.Rows, Load: [2]string{load()}}
	parts := []struct {
		name string
		run  func(context.Context, *results) error
	}{{"throughput", b.throughput}, {"loop", b.loop}, {"idle", b.idle}, {"strangers", b.strangers}, {"stall", b.stall}}
	for _, p := range parts {
		if !strings.Contains(p.name, c.Only) {
			continue
		}
		if err := p.run(ctx, &res); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	res.Load[1] = load()
	return c.report(&res)
}
