package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/glauxdb/glaux/benchmarks/rawpg"
)

// latency is how long answers took, in milliseconds.
type latency struct {
	Queries             int
	PerSecond           float64
	P50, P99, P999, Max float64
}

func (l latency) String() string {
	return fmt.Sprintf("%.0f queries/s, p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, max %.1f ms", l.PerSecond, l.P50, l.P99, l.P999, l.Max)
}

// latencyOf sorts the times and sums them up.
func latencyOf(times []time.Duration, wall time.Duration) latency {
	slices.Sort(times)
	l := latency{Queries: len(times), PerSecond: float64(len(times)) / wall.Seconds()}
	if len(times) > 0 {
		at := func(q float64) float64 { return float64(times[int(q*float64(len(times)-1))]) / 1e6 }
		l.P50, l.P99, l.P999, l.Max = at(0.5), at(0.99), at(0.999), at(1)
	}
	return l
}

// loopResult is many clients that run the same statement.
type loopResult struct {
	Name    string
	Clients int
	Seconds float64 // all rounds of it
	CPU     float64 // microseconds of the server's processor time for a query
	latency
}

// loopRounds is how often the servers take turns.
const loopRounds = 2

// loop has many clients run SELECT 1, half of the time and then again, in turns.
func (b *bench) loop(ctx context.Context, res *results) error {
	sides := []target{b.glaux, b.postgres}
	var times [2][]time.Duration
	var wall [2]time.Duration
	var busy [2]float64
	for round := range loopRounds {
		for i, s := range sides {
			wait := func() {}
			if i == 0 && round == 0 {
				wait = b.profile("loop", int((b.Loop / loopRounds).Seconds()))
			}
			before := b.cpu(s)
			t, d, err := selectLoop(ctx, s, b.Clients, b.Loop/loopRounds)
			busy[i] += b.cpu(s) - before
			wait()
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			times[i], wall[i] = append(times[i], t...), wall[i]+d
		}
	}
	for i, s := range sides {
		r := loopResult{s.name, b.Clients, wall[i].Seconds(), busy[i] / float64(len(times[i])) * 1e6, latencyOf(times[i], wall[i])}
		fmt.Printf("%d clients, SELECT 1: %-10s %s; processor time of a query %.0f µs\n", r.Clients, r.Name, r.latency, r.CPU)
		res.Loop = append(res.Loop, r)
	}
	return nil
}

// selectLoop runs SELECT 1 in n connections until the time is over. Any error ends
// it.
func selectLoop(ctx context.Context, s target, n int, d time.Duration) ([]time.Duration, time.Duration, error) {
	clients, closeAll, err := connectMany(ctx, s, n)
	defer closeAll()
	if err != nil {
		return nil, 0, err
	}
	ask := rawpg.Simple("SELECT 1")
	times := make([][]time.Duration, n)
	g, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	for i, c := range clients {
		g.Go(func() error {
			for time.Since(began) < d && ctx.Err() == nil {
				start := time.Now()
				if a, err := c.Ask(ask); err != nil || a.Rows != 1 {
					return fmt.Errorf("%d rows, %w", a.Rows, err)
				}
				times[i] = append(times[i], time.Since(start))
			}
			return nil
		})
	}
	err = g.Wait()
	return slices.Concat(times...), time.Since(began), err
}

// connectMany opens connections, some at a time.
func connectMany(ctx context.Context, s target, n int) ([]*rawpg.Client, func(), error) {
	clients := make([]*rawpg.Client, n)
	g, _ := errgroup.WithContext(ctx)
	g.SetLimit(20)
	for i := range n {
		g.Go(func() (err error) {
			clients[i], err = rawpg.Connect(s.addr, s.database, 1<<10)
			return err
		})
	}
	err := g.Wait()
	return clients, func() {
		for _, c := range clients {
			if c != nil {
				c.Close()
			}
		}
	}, err
}
