// Command fairness sends 200 queries of 40 clients in 4 workgroups at a server
// that runs 4 at a time, and reports how long whom that keeps waiting. It fails if
// a query is refused or a workgroup starves.
//
//	go run ./benchmarks/fairness -out benchmarks/results/2026-11-21-fairness
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/glauxdb/glaux/benchmarks/report"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/meta"
	"github.com/glauxdb/glaux/server"
	"github.com/glauxdb/glaux/server/workgroup"
)

// leastJain is the least index of the workgroups' turns that passes.
const leastJain = 0.9

// result is what is written down.
type result struct {
	Machine          string
	Clients, Queries int
	Concurrency      int // of the server
	JainOfWorkgroups float64
	Workgroups       []figures
}

func main() {
	lake := flag.String("lake", "testdata/lake", "directory with the sample tables")
	out := flag.String("out", "", "write the result as OUT.json and OUT.md")
	clients := flag.Int("clients", 40, "clients of all workgroups")
	queries := flag.Int("queries", 200, "queries of all clients")
	flag.Parse()
	if err := measure(context.Background(), *lake, *out, *clients, *queries); err != nil {
		fmt.Fprintln(os.Stderr, "fairness:", err)
		os.Exit(1)
	}
}

// serverTurns is how many queries run at a time.
const serverTurns = 4

// open gives an instance whose workgroups may each run 2 queries.
func open(ctx context.Context, lake string) (*server.Instance, error) {
	var groups []workgroup.Setting
	for _, name := range []string{"etl", "web", "finance", "adhoc"} {
		g := workgroup.Setting{Name: name, Concurrency: 2}
		if name == "adhoc" {
			g.ShortQuery = 10 << 10
		}
		groups = append(groups, g)
	}
	in, err := server.Open(ctx, server.Config{DataDir: meta.Memory, Workgroups: groups, Concurrency: serverTurns})
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(lake)
	if err == nil {
		_, err = in.Crawl(ctx, crawler.At(abs, "demo"))
	}
	if err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

// load is heavy in one workgroup, and has short queries in another.
func load(clients, queries int) spec {
	const heavy = "SELECT count(*) FROM demo.lineitem a JOIN demo.lineitem b ON a.l_suppkey = b.l_suppkey WHERE a.l_quantity < 25"
	const light = "SELECT count(*) FROM demo.lineitem a JOIN demo.lineitem b ON a.l_suppkey = b.l_suppkey WHERE a.l_quantity < 9"
	const short = "SELECT count(*) FROM demo.nation WHERE n_name LIKE 'A%'"
	return spec{Clients: clients, Queries: queries, Groups: []group{
		{Name: "etl", Long: heavy}, {Name: "web", Long: light}, {Name: "finance", Long: light}, {Name: "adhoc", Long: light, Short: short}}}
}

func measure(ctx context.Context, lake, out string, clients, queries int) error {
	in, err := open(ctx, lake)
	if err != nil {
		return err
	}
	defer in.Close()
	s := load(clients, queries)
	all, err := run(ctx, in, s)
	if err != nil {
		return err
	}
	if err := check(s, all); err != nil {
		return err
	}
	r := result{Machine: report.Machine(), Clients: clients, Queries: queries, Concurrency: serverTurns}
	r.Workgroups, r.JainOfWorkgroups = summarize(s, all)
	text := r.text()
	fmt.Print(text)
	if out != "" {
		if err := report.Write(out, r, text); err != nil {
			return err
		}
	}
	if r.JainOfWorkgroups < leastJain {
		return fmt.Errorf("the workgroups' turns are not fair: Jain's index %.3f, want at least %.2f", r.JainOfWorkgroups, leastJain)
	}
	return nil
}

// check fails if a client did not get all its answers.
func check(s spec, all []sample) error {
	got := make([]int, s.Clients)
	for _, x := range all {
		got[x.client]++
	}
	for c, n := range got {
		if n != s.Queries/s.Clients {
			return fmt.Errorf("client %d got %d answers, want %d", c, n, s.Queries/s.Clients)
		}
	}
	return nil
}

func (r result) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Fairness of the queues\n\n%d queries of %d clients in %d workgroups, 2 at a time in each and %d in all; %s.\n", r.Queries, r.Clients,
		len(r.Workgroups), r.Concurrency, r.Machine)
	fmt.Fprintf(&b, "Every client sends its next query when the last has ended. `etl` has heavy queries; every second query of `adhoc` is short\n"+
		"and may take the short lane. `go run ./benchmarks/fairness` repeats it.\n\n")
	fmt.Fprintf(&b, "| workgroup | queries | wait median ms | p95 ms | max ms | short: median ms | queries/s | turns in the rush | Jain of clients |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, f := range r.Workgroups {
		short := "-"
		if f.ShortMedian > 0 {
			short = fmt.Sprintf("%.1f", f.ShortMedian)
		}
		fmt.Fprintf(&b, "| %s | %d | %.1f | %.1f | %.1f | %s | %.1f | %d | %.3f |\n", f.Workgroup, f.Queries, f.WaitMedian, f.WaitP95, f.WaitMax, short,
			f.PerSecond, f.TurnsInRush, f.JainOfClients)
	}
	fmt.Fprintf(&b, "\nTurns in the rush are the long queries that ended while every workgroup still had work: Jain's index of them is %.3f\n"+
		"(1: all workgroups the same; %.2f: one had all). Nothing was refused, every client got all its answers.\n", r.JainOfWorkgroups, 1/float64(len(r.Workgroups)))
	return b.String()
}
