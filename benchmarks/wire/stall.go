package main

import (
	"context"
	"fmt"
	"time"

	"github.com/glauxdb/glaux/benchmarks/rawpg"
)

// stallResult is a client that stops reading amid its rows: the memory of
// Glaux's process, and the latency of others without and with it.
type stallResult struct {
	Seconds             float64
	MemBefore, MemStart int64 // before the query; when the client stopped
	MemPeak             int64 // the most until it went on
	Alone, Among        latency
	Rows                int64 // all that the client got in the end
}

func (b *bench) stall(ctx context.Context, res *results) error {
	r := stallResult{Seconds: b.Stall.Seconds()}
	times, wall, err := selectLoop(ctx, b.glaux, strangerClients, strangerTime)
	if err != nil {
		return err
	}
	r.Alone = latencyOf(times, wall)
	if _, err := b.heap(); err != nil { // collects what other parts left
		return err
	}
	r.MemBefore, _ = resident(b.worker.Process.Pid)
	c, err := rawpg.Connect(b.glaux.addr, b.glaux.database, 64<<10)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Send(rawpg.Simple("SELECT * FROM " + b.glaux.table)); err != nil {
		return err
	}
	if err := c.Fill(); err != nil { // rows flow; now they stop
		return err
	}
	time.Sleep(time.Second)
	r.MemStart, _ = resident(b.worker.Process.Pid)
	peak := b.watch()
	times, wall, err = selectLoop(ctx, b.glaux, strangerClients, b.Stall)
	r.MemPeak = peak()
	if err != nil {
		return err
	}
	r.Among = latencyOf(times, wall)
	a, err := c.Answer()
	if err != nil {
		return err
	}
	if r.Rows = a.Rows; a.Rows != int64(b.Rows) {
		return fmt.Errorf("%d rows came in the end, not %d", a.Rows, b.Rows)
	}
	fmt.Printf("a client stops reading for %.0f s: Glaux's memory %s MB before, %s when it stopped, %s at most; then it gets its %d rows\n"+
		"  others alone: %s\n  meanwhile: %s\n", r.Seconds, megabytes(r.MemBefore), megabytes(r.MemStart), megabytes(r.MemPeak), r.Rows, r.Alone, r.Among)
	res.Stall = &r
	return nil
}
