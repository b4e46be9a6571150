package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/glauxdb/glaux/benchmarks/rawpg"
)

// idleResult is what connections cost that do nothing, after one query each, in
// bytes a connection.
type idleResult struct {
	Name        string
	Connections int
	Heap        int64 `json:",omitempty"` // Glaux: what the program holds
	Stacks      int64 `json:",omitempty"` // Glaux: of goroutines
	Own         int64 // of the process or processes, not shared
}

func (b *bench) idle(ctx context.Context, res *results) error {
	ours, err := b.idleGlaux(ctx)
	if err != nil {
		return err
	}
	theirs, err := b.idlePostgres(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%d idle connections: Glaux %d bytes each (%d of objects, %d of stacks; the process grew by %d each); PostgreSQL with %d: %d each\n",
		ours.Connections, ours.Heap+ours.Stacks, ours.Heap, ours.Stacks, ours.Own, theirs.Connections, theirs.Own)
	res.Idle = append(res.Idle, ours, theirs)
	return nil
}

// idleGlaux measures after a warm-up of as many connections.
func (b *bench) idleGlaux(ctx context.Context) (r idleResult, err error) {
	r.Name, r.Connections = b.glaux.name, b.Idle
	if _, closeAll, err := b.idleConnections(ctx, b.glaux, b.Idle); err != nil {
		closeAll()
		return r, err
	} else {
		closeAll()
	}
	time.Sleep(time.Second) // until they have gone
	before, err := b.heap()
	if err != nil {
		return r, err
	}
	_, ownBefore := resident(b.worker.Process.Pid)
	_, closeAll, err := b.idleConnections(ctx, b.glaux, b.Idle)
	defer closeAll()
	if err != nil {
		return r, err
	}
	after, err := b.heap()
	if err != nil {
		return r, err
	}
	_, own := resident(b.worker.Process.Pid)
	n := int64(b.Idle)
	r.Heap, r.Stacks, r.Own = (after.Heap-before.Heap)/n, (after.Stacks-before.Stacks)/n, (own-ownBefore)/n
	return r, nil
}

// idlePostgres measures the processes of as many connections as may be.
func (b *bench) idlePostgres(ctx context.Context) (idleResult, error) {
	r := idleResult{Name: b.postgres.name, Connections: min(b.Idle, b.Clients)}
	before := ownOfChildren(b.cluster.PID())
	_, closeAll, err := b.idleConnections(ctx, b.postgres, r.Connections)
	defer closeAll()
	r.Own = (ownOfChildren(b.cluster.PID()) - before) / int64(r.Connections)
	return r, err
}

// idleConnections opens connections that have answered one query.
func (b *bench) idleConnections(ctx context.Context, s target, n int) ([]*rawpg.Client, func(), error) {
	clients, closeAll, err := connectMany(ctx, s, n)
	if err != nil {
		return nil, closeAll, err
	}
	for _, c := range clients {
		if _, err := c.Ask(rawpg.Simple("SELECT 1")); err != nil {
			return nil, closeAll, err
		}
	}
	return clients, closeAll, nil
}

// ownOfChildren gives the bytes of a process's children, not shared.
func ownOfChildren(pid int) (sum int64) {
	for _, child := range children(pid) {
		_, own := resident(child)
		sum += own
	}
	return sum
}

// strangeResult is the latency of queries without and with connections that
// never log in.
type strangeResult struct {
	Strangers    int
	Alone, Among latency
}

// strangerClients is how many clients query meanwhile, strangerTime for how long.
const (
	strangerClients = 4
	strangerTime    = 3 * time.Second
)

func (b *bench) strangers(ctx context.Context, res *results) error {
	r := strangeResult{Strangers: b.Strangers}
	measure := func() (latency, error) {
		times, wall, err := selectLoop(ctx, b.glaux, strangerClients, strangerTime)
		return latencyOf(times, wall), err
	}
	var err error
	if r.Alone, err = measure(); err != nil {
		return err
	}
	for range b.Strangers {
		nc, err := net.Dial("tcp", b.glaux.addr)
		if err != nil {
			return err
		}
		defer nc.Close()
	}
	if r.Among, err = measure(); err != nil { // with new connections among them
		return err
	}
	fmt.Printf("%d clients alone: %s\n  among %d connections that never log in: %s\n", strangerClients, r.Alone, r.Strangers, r.Among)
	res.Strangers = &r
	return nil
}
