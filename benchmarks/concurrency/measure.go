package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/benchmarks/rawpg"
	"github.com/glauxdb/glaux/benchmarks/report"
)

// latency is how long the short queries of a part took, in milliseconds.
type latency struct {
	Queries       int
	PerSecond     float64
	P50, P99, Max float64
	Long          int     // scans that ended meanwhile
	LongSeconds   float64 // of one of them, the mean
}

// part is a part of the measurement: a latency for each round.
type part struct {
	Name           string
	Clients, Scans int
	Rounds         []latency
}

// p99 is the median of the rounds.
func (p *part) p99() float64 { return median(p.Rounds, func(l latency) float64 { return l.P99 }) }

type results struct {
	Machine string
	Load    [2]string // load averages before and after
	Parts   []part
	// RatioAlone is the p99 of the short queries beside scans over that of as many
	// clients without scans; RatioOne is the same of a single client.
	RatioAlone, RatioOne float64
	Peak                 int64 // of the process's memory
	IdleSession          int64 // heap and stacks of a session after a query
	Many                 int   // short queries between the two heaps
	Before, After        memory
}

// wanted is the most of RatioAlone.
const wanted = 10

func (c *cli) run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "glaux-concurrency-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := c.makeLake(dir); err != nil {
		return err
	}
	w, err := c.start(dir)
	if err != nil {
		return err
	}
	defer w.stop()
	res := &results{Machine: report.Machine(), Load: [2]string{load()}, Many: c.Many}
	if err := c.measure(ctx, w, res); err != nil {
		return err
	}
	res.Load[1], res.Peak = load(), w.resident()
	text := res.text()
	fmt.Print(text)
	if c.Out == "" {
		return nil
	}
	return report.Write(c.Out, res, text)
}

func (c *cli) measure(ctx context.Context, w *worker, res *results) error {
	res.Parts = []part{{Name: "one", Clients: 1}, {Name: "one beside scans", Clients: 1, Scans: c.Scans}, {Name: "alone", Clients: c.Clients}, {Name: "scans", Clients: c.Clients, Scans: c.Scans},
		{Name: "long alone", Scans: c.Scans}}
	for range c.Rounds {
		for i := range res.Parts {
			p := &res.Parts[i]
			wait := func() {}
			if p.Name == "scans" && len(p.Rounds) == 0 {
				profile := w.keep(c.Profile, fmt.Sprintf("/debug/pprof/profile?seconds=%d", int(c.For.Seconds())))
				trace := w.keep(c.Trace, "/debug/pprof/trace?seconds=1")
				wait = func() { profile(); trace() }
			}
			l, err := c.part(ctx, w, p)
			wait()
			if err != nil {
				return fmt.Errorf("%s: %w", p.Name, err)
			}
			p.Rounds = append(p.Rounds, l)
			fmt.Printf("%-16s %.0f queries/s, p50 %.1f ms, p99 %.1f ms, max %.1f ms; %d scans of %.2f s\n", p.Name, l.PerSecond, l.P50, l.P99, l.Max, l.Long, l.LongSeconds)
		}
	}
	one, beside, alone, scans := res.Parts[0].p99(), res.Parts[1].p99(), res.Parts[2].p99(), res.Parts[3].p99()
	res.RatioOne, res.RatioAlone = beside/one, scans/alone
	return c.heaps(ctx, w, res)
}

// part runs one part once.
func (c *cli) part(ctx context.Context, w *worker, p *part) (latency, error) {
	ctx, cancel := context.WithTimeout(ctx, c.For)
	defer cancel()
	shorts := make([][]time.Duration, p.Clients)
	longs := make([][]time.Duration, p.Scans)
	var g errgroup.Group
	for i := range p.Scans {
		g.Go(func() (err error) {
			longs[i], err = repeat(ctx, w.addr, func(int) string { return longQuery })
			return err
		})
	}
	for i := range p.Clients {
		g.Go(func() (err error) {
			shorts[i], err = repeat(ctx, w.addr, func(n int) string { return fmt.Sprintf(anyQuery, (i*7+n)%c.Days+1) })
			return err
		})
	}
	err := g.Wait()
	l := latencyOf(slices.Concat(shorts...), c.For)
	all := slices.Concat(longs...)
	for _, d := range all {
		l.LongSeconds += d.Seconds() / float64(len(all))
	}
	l.Long = len(all)
	return l, err
}

// repeat asks in one connection until the time is over, and gives how long each
// answer took.
func repeat(ctx context.Context, addr string, sql func(n int) string) (times []time.Duration, err error) {
	conn, err := rawpg.Connect(addr, "bench", 4<<10)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	for n := 0; ctx.Err() == nil; n++ {
		begin := time.Now()
		if a, err := conn.Ask(rawpg.Simple(sql(n))); err != nil || a.Rows != 1 {
			return times, fmt.Errorf("%d rows: %w", a.Rows, err)
		}
		times = append(times, time.Since(begin))
	}
	return times, nil
}

// heaps measures what an idle session holds and whether short queries leave
// anything behind.
func (c *cli) heaps(ctx context.Context, w *worker, res *results) (err error) {
	short := func(n int) string { return fmt.Sprintf(anyQuery, n%c.Days+1) }
	conn, err := rawpg.Connect(w.addr, "bench", 4<<10)
	if err != nil {
		return err
	}
	defer conn.Close()
	ask := func(n int) error {
		for i := range n {
			if _, err := conn.Ask(rawpg.Simple(short(i))); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
	if err := ask(c.Many / 10); err != nil {
		return err
	}
	if res.Before, err = w.memory(); err != nil {
		return err
	}
	if err := ask(c.Many); err != nil {
		return err
	}
	if res.After, err = w.memory(); err != nil {
		return err
	}
	idle := make([]*rawpg.Client, c.Clients)
	for i := range idle {
		if idle[i], err = rawpg.Connect(w.addr, "bench", 1<<10); err != nil {
			return err
		}
		defer idle[i].Close()
		if _, err := idle[i].Ask(rawpg.Simple(short(i))); err != nil {
			return err
		}
	}
	with, err := w.memory()
	res.IdleSession = (with.Heap + with.Stacks - res.After.Heap - res.After.Stacks) / int64(max(c.Clients, 1))
	return err
}

func latencyOf(times []time.Duration, wall time.Duration) latency {
	slices.Sort(times)
	l := latency{Queries: len(times), PerSecond: float64(len(times)) / wall.Seconds()}
	if len(times) > 0 {
		at := func(q float64) float64 { return float64(times[int(q*float64(len(times)-1))]) / 1e6 }
		l.P50, l.P99, l.Max = at(0.5), at(0.99), at(1)
	}
	return l
}

func median(rounds []latency, of func(latency) float64) float64 {
	var v []float64
	for _, l := range rounds {
		v = append(v, of(l))
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// load gives the load averages of the last 1, 5 and 15 minutes.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg") // empty elsewhere
	f := strings.Fields(string(text))
	return strings.Join(f[:min(3, len(f))], " ")
}

func (r *results) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Short queries beside each other and beside long scans\n\n%s, clients and server on it. Load averages before %s, after %s.\n", r.Machine, r.Load[0], r.Load[1])
	b.WriteString("The short query is an aggregate of one row over one partition, over the PostgreSQL protocol, each client's next one when the last has been answered.\n" +
		"`go run ./benchmarks/concurrency` repeats it. Medians of the rounds.\n\n")
	b.WriteString("| part | clients | scans | queries/s | p50 ms | p99 ms | max ms | a scan takes s |\n|---|---|---|---|---|---|---|---|\n")
	for _, p := range r.Parts {
		m := func(of func(latency) float64) float64 { return median(p.Rounds, of) }
		fmt.Fprintf(&b, "| %s | %d | %d | %.0f | %.1f | %.1f | %.1f | %.2f |\n", p.Name, p.Clients, p.Scans, m(func(l latency) float64 { return l.PerSecond }),
			m(func(l latency) float64 { return l.P50 }), p.p99(), m(func(l latency) float64 { return l.Max }), m(func(l latency) float64 { return l.LongSeconds }))
	}
	fmt.Fprintf(&b, "\nBeside scans the p99 is %.2f times that of as many clients alone (wanted: at most %d); with a single client %.2f times.\n", r.RatioAlone, wanted, r.RatioOne)
	fmt.Fprintf(&b, "The server held at most %d MB. A session that is idle after a query holds %.1f KB. %d more short queries changed the heap from %.1f to %.1f MB, goroutines from %d to %d.\n",
		r.Peak>>20, float64(r.IdleSession)/1024, r.Many, float64(r.Before.Heap)/(1<<20), float64(r.After.Heap)/(1<<20), r.Before.Goroutines, r.After.Goroutines)
	return b.String()
}
