// Command concurrency measures how short queries fare beside each other and beside
// long ones: clients that repeat an aggregate of one row over one partition, over
// the PostgreSQL protocol.
//
//	go run ./benchmarks/concurrency --out benchmarks/results/2026-11-22-concurrency
//
// The server is a process of its own; clients and server share the machine's cores.
//
//	one       one client, and one beside the scans
//	alone     all clients
//	scans     all clients while others scan a large table again and again
//	many      the heap before and after thousands of short queries
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Clients int           `default:"100" help:"Clients that repeat the short query."`
	Scans   int           `default:"2" help:"Clients that repeat the long scan meanwhile."`
	For     time.Duration `default:"10s" help:"How long each part takes."`
	Rounds  int           `default:"3" help:"How often the parts take turns; the median of the p99s counts."`
	Days    int           `default:"32" help:"Partitions of the short queries' table."`
	Rows    int           `default:"20000" help:"Rows of a partition."`
	Large   int           `default:"6000000" help:"Rows of the table that is scanned."`
	Many    int           `default:"10000" help:"Short queries for the heap's growth."`
	Profile string        `placeholder:"FILE" help:"Write the server's CPU profile of the part scans."`
	Trace   string        `placeholder:"FILE" help:"Write a second of the part scans as the runtime's trace."`
	Out     string        `placeholder:"FILE" help:"Write FILE.json and FILE.md, too."`
	Worker  string        `hidden:""`
}

func main() {
	var c cli
	kong.Parse(&c, kong.Description("Short queries beside each other and beside long ones."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	run := c.run
	if c.Worker != "" {
		run = c.work
	}
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "concurrency:", err)
		os.Exit(1)
	}
}
