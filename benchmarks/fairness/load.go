package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/vector"
	"github.com/glauxdb/glaux/server"
)

// spec is a load: every workgroup has Clients/len(Groups) clients, which share
// Queries evenly and send the next one when the last has ended.
type spec struct {
	Clients, Queries int
	Groups           []group
}

// group is a workgroup of the load. Its queries are Long, every second one
// instead Short if there is one.
type group struct {
	Name        string
	Long, Short string
}

// sample is one query.
type sample struct {
	group, client  int
	short          bool
	waited, took   time.Duration // took includes waited
	started, ended time.Time
}

// run sends the load to an instance. An error ends it: nothing may be refused.
func run(ctx context.Context, in *server.Instance, s spec) ([]sample, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex // guards all
	var all []sample
	var wg sync.WaitGroup
	for c := range s.Clients {
		wg.Add(1)
		go func() {
			defer wg.Done()
			got, err := client(ctx, in, s, c)
			if err != nil {
				cancel(fmt.Errorf("client %d: %w", c, err))
			}
			mu.Lock()
			all = append(all, got...)
			mu.Unlock()
		}()
	}
	wg.Wait()
	return all, context.Cause(ctx)
}

func client(ctx context.Context, in *server.Instance, s spec, c int) ([]sample, error) {
	g := c % len(s.Groups)
	sess, err := in.Engine.NewSession(exec.SessionOptions{Database: "demo", Settings: map[string]string{"workgroup": s.Groups[g].Name}})
	if err != nil {
		return nil, err
	}
	defer sess.Close()
	var out []sample
	for i := range s.Queries / s.Clients {
		x := sample{group: g, client: c, started: time.Now()}
		sql := s.Groups[g].Long
		if short := s.Groups[g].Short; short != "" && i%2 == 1 {
			sql, x.short = short, true
		}
		if x.waited, err = query(ctx, sess, sql); err != nil {
			return out, err
		}
		x.ended = time.Now()
		x.took = x.ended.Sub(x.started)
		out = append(out, x)
	}
	return out, nil
}

// query runs a query to its end and tells how long it waited for its turn.
func query(ctx context.Context, s *exec.Session, sql string) (time.Duration, error) {
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return 0, err
	}
	r, err := s.Execute(ctx, p, nil)
	if err != nil {
		return 0, err
	}
	var b vector.Batch
	for err == nil {
		err = r.Next(ctx, &b)
	}
	if cerr := r.Close(); errors.Is(err, io.EOF) {
		err = cerr
	}
	return r.Stats().Queued, err
}

// figures are what the samples of a workgroup say, times in milliseconds.
type figures struct {
	Workgroup     string
	Queries       int
	WaitMedian    float64
	WaitP95       float64
	WaitMax       float64
	ShortMedian   float64 // wait of short queries; 0 where there are none
	PerSecond     float64
	TurnsInRush   int     // turns ended while every workgroup still had work
	JainOfClients float64 // of the clients' mean time of a query: 1 is the same for all
}

// summarize gives each workgroup's figures, and Jain's index of the turns that
// the workgroups got while all of them had work.
func summarize(s spec, all []sample) ([]figures, float64) {
	rush := time.Time{} // when the first workgroup was done
	byGroup := make([][]sample, len(s.Groups))
	for _, x := range all {
		byGroup[x.group] = append(byGroup[x.group], x)
	}
	for _, xs := range byGroup {
		last := slices.MaxFunc(xs, func(a, b sample) int { return a.ended.Compare(b.ended) }).ended
		if rush.IsZero() || last.Before(rush) {
			rush = last
		}
	}
	out := make([]figures, len(s.Groups))
	turns := make([]float64, len(s.Groups))
	for g, xs := range byGroup {
		out[g] = one(s.Groups[g].Name, xs, rush)
		turns[g] = float64(out[g].TurnsInRush)
	}
	return out, jain(turns)
}

func one(name string, xs []sample, rush time.Time) figures {
	f := figures{Workgroup: name, Queries: len(xs)}
	var waits, short []time.Duration
	perClient := map[int][]time.Duration{}
	first, last := xs[0].started, xs[0].ended
	for _, x := range xs {
		waits = append(waits, x.waited)
		if x.short {
			short = append(short, x.waited)
		} else if !x.ended.After(rush) {
			f.TurnsInRush++
		}
		perClient[x.client] = append(perClient[x.client], x.took)
		if x.started.Before(first) {
			first = x.started
		}
		if x.ended.After(last) {
			last = x.ended
		}
	}
	f.WaitMedian, f.WaitP95, f.WaitMax = quantile(waits, 0.5), quantile(waits, 0.95), quantile(waits, 1)
	f.ShortMedian = quantile(short, 0.5)
	f.PerSecond = float64(len(xs)) / last.Sub(first).Seconds()
	var means []float64
	for _, took := range perClient {
		sum := time.Duration(0)
		for _, d := range took {
			sum += d
		}
		means = append(means, float64(sum)/float64(len(took)))
	}
	f.JainOfClients = jain(means)
	return f
}

// quantile is in milliseconds; 0 of nothing.
func quantile(ds []time.Duration, q float64) float64 {
	if len(ds) == 0 {
		return 0
	}
	slices.Sort(ds)
	return float64(ds[min(len(ds)-1, int(q*float64(len(ds))))]) / float64(time.Millisecond)
}

// jain is Jain's index of fairness: 1 if all are the same, 1/n if one has all.
// Jain, Chiu, Hawe: A Quantitative Measure of Fairness and Discrimination, 1984.
func jain(xs []float64) float64 {
	var sum, squares float64
	for _, x := range xs {
		sum += x
		squares += x * x
	}
	if squares == 0 {
		return 1
	}
	return sum * sum / (float64(len(xs)) * squares)
}
