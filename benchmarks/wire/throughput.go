package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/glauxdb/glaux/benchmarks/rawpg"
)

// throughput is the SELECT of all rows in one format. Seconds are medians.
type throughput struct {
	Format                string
	Bytes                 int64 // of the rows, the same from both
	Glaux, Postgres       []float64
	GlauxS, PostgresS     float64
	Ratio                 float64   // of the medians: how many times as fast Glaux is
	GlauxCPU, PostgresCPU []float64 // processor time of the servers in seconds, of all cores
	FirstMS               float64   // until Glaux's first row, median
	PeakBefore, PeakMem   int64     // Glaux's process before and at its peak
}

func (b *bench) throughput(ctx context.Context, res *results) error {
	wait := b.profile("throughput", 20)
	defer wait()
	for _, format := range []string{"text", "binary"} {
		t, err := b.throughputIn(ctx, format)
		if err != nil {
			return err
		}
		fmt.Printf("%d rows, %-6s %s MB: Glaux %.2f s %.2f, PostgreSQL %.2f s %.2f: %.2f times as fast; processor time %.2f and %.2f s; Glaux's memory %s -> %s MB\n",
			b.Rows, format, megabytes(t.Bytes), t.GlauxS, t.Glaux, t.PostgresS, t.Postgres, t.Ratio, median(t.GlauxCPU), median(t.PostgresCPU), megabytes(t.PeakBefore), megabytes(t.PeakMem))
		res.Throughput = append(res.Throughput, t)
	}
	return nil
}

func (b *bench) throughputIn(ctx context.Context, format string) (t throughput, err error) {
	t.Format = format
	if t.Bytes, err = b.same(format); err != nil {
		return t, err
	}
	t.PeakBefore, _ = resident(b.worker.Process.Pid)
	var first []float64
	for range b.Runs {
		if err := ctx.Err(); err != nil {
			return t, err
		}
		peak := b.watch()
		busy := b.cpu(b.glaux)
		d, a, err := drain(b.glaux, format, false, nil)
		t.GlauxCPU = append(t.GlauxCPU, b.cpu(b.glaux)-busy)
		t.PeakMem = max(t.PeakMem, peak())
		if err != nil {
			return t, err
		}
		t.Glaux, first = append(t.Glaux, d.Seconds()), append(first, float64(a.First)/1e6)
		busy = b.cpu(b.postgres)
		if d, _, err = drain(b.postgres, format, false, nil); err != nil {
			return t, err
		}
		time.Sleep(100 * time.Millisecond) // until its process has ended
		t.Postgres, t.PostgresCPU = append(t.Postgres, d.Seconds()), append(t.PostgresCPU, b.cpu(b.postgres)-busy)
	}
	t.GlauxS, t.PostgresS, t.FirstMS = median(t.Glaux), median(t.Postgres), median(first)
	t.Ratio = t.PostgresS / t.GlauxS
	return t, nil
}

// same checks that both send the same rows, byte for byte, in any order. Both are
// warm then.
func (b *bench) same(format string) (size int64, err error) {
	var sums [2]uint64
	var answers [2]rawpg.Answered
	for i, s := range []target{b.glaux, b.postgres} {
		if _, answers[i], err = drain(s, format, true, &sums[i]); err != nil {
			return 0, err
		}
	}
	if answers[0].Rows != int64(b.Rows) || answers[0].Rows != answers[1].Rows || sums[0] != sums[1] {
		return 0, fmt.Errorf("the rows differ (%s): Glaux sent %d of %d bytes, PostgreSQL %d of %d", format, answers[0].Rows, answers[0].Bytes,
			answers[1].Rows, answers[1].Bytes)
	}
	return answers[0].Bytes, nil
}

// drain reads the whole table in a new connection.
func drain(s target, format string, hash bool, sum *uint64) (time.Duration, rawpg.Answered, error) {
	c, err := rawpg.Connect(s.addr, s.database, 256<<10)
	if err != nil {
		return 0, rawpg.Answered{}, err
	}
	defer c.Close()
	c.Hash = hash
	ask := rawpg.Simple
	if format == "binary" {
		ask = rawpg.Extended
	}
	began := time.Now()
	a, err := c.Ask(ask("SELECT * FROM " + s.table))
	if err == nil && a.Rows == 0 {
		err = errors.New("no rows came")
	}
	if sum != nil {
		*sum = c.Sum
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", s.name, err)
	}
	return time.Since(began), a, err
}

func median(x []float64) float64 {
	x = slices.Clone(x)
	slices.Sort(x)
	if n := len(x); n%2 == 0 {
		return (x[n/2-1] + x[n/2]) / 2
	}
	return x[len(x)/2]
}
