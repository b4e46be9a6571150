package meta

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/meta/metatest"
)

// cutter stands between a store and PostgreSQL and cuts connections: before a
// message reaches the server, or before its answer reaches the client.
type cutter struct {
	server string
	every  atomic.Int64 // one of so many messages is cut; 0: none
	cuts   atomic.Int64
	open   sync.WaitGroup
}

// listen starts the cutter and gives the URL that leads through it.
func (c *cutter) listen(t *testing.T, at string) string {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.server, u.Host = u.Host, ln.Addr().String()
	c.open.Go(func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			c.open.Go(func() { c.pass(client) })
		}
	})
	t.Cleanup(func() { ln.Close(); c.open.Wait() })
	return u.String()
}

func (c *cutter) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.server)
	if err != nil {
		return
	}
	defer server.Close()
	c.open.Go(func() { io.Copy(client, server); client.Close(); server.Close() })
	b := make([]byte, 1<<16)
	for {
		n, err := client.Read(b)
		if err != nil {
			return
		}
		every := c.every.Load()
		cut := every > 0 && rand.Int64N(every) == 0
		if cut {
			c.cuts.Add(1)
			if rand.IntN(2) == 0 {
				return
			}
			client.Close() // the answer is lost, what was asked for is done
		}
		if _, err := server.Write(b[:n]); err != nil {
			return
		}
		if cut {
			time.Sleep(time.Millisecond) // the server reads before it sees the end
			return
		}
	}
}

// spender is what a server does with one counter: it may use what is free.
type spender struct {
	ledger            *Budgets
	lease, free, used int64
}

func (s *spender) claim(ctx context.Context, c BudgetClaim) error {
	c.Spent, c.Keep = s.lease-s.free, s.free
	if c.Want == 0 {
		c.Keep = 0
	}
	counts, err := s.ledger.Claim(ctx, c)
	if err != nil {
		return err
	}
	s.free = c.Keep + counts[0].Granted
	s.lease = s.free
	return nil
}

// spend uses up to n bytes.
func (s *spender) spend(n int64) {
	n = min(n, s.free)
	s.free -= n
	s.used += n
}

// TestPostgresLedgerCut counts what three servers spend of one budget while their
// connections are cut and others count their leases as spent: no moment is over the
// limit, and in the end every byte is counted once.
func TestPostgresLedgerCut(t *testing.T) {
	postgresOnly(t)
	ctx := context.Background()
	dir := t.TempDir()
	clean := must[*Store](t)(openAt(ctx, dir))
	defer clean.Close()
	watcher := must[*Budgets](t)(clean.OpenBudgets(ctx))
	defer watcher.Close()
	const limit = 200_000
	key := BudgetKey{Budget: "b", Principal: "user u", Period: "day", Start: 1}
	claim := BudgetClaim{Key: key, End: time.Now().Add(time.Hour).UnixMicro(), Limit: limit}

	cut := &cutter{}
	through := cut.listen(t, must[string](t)(metatest.URL(ctx, dir)))
	spenders := make([]*spender, 3)
	for i := range spenders {
		s := must[*Store](t)(OpenPostgres(ctx, through))
		defer s.Close()
		spenders[i] = &spender{ledger: must[*Budgets](t)(s.OpenBudgets(ctx))}
	}
	cut.every.Store(25)
	var working sync.WaitGroup
	var failed, granted atomic.Int64
	for _, s := range spenders {
		working.Go(func() {
			for range 150 {
				c := claim
				if rand.IntN(4) > 0 {
					c.Least, c.Want = 1, 1+rand.Int64N(3000)
				}
				if s.claim(ctx, c) != nil {
					failed.Add(1)
				} else {
					granted.Add(1)
				}
				s.spend(rand.Int64N(1000))
			}
		})
	}
	done := make(chan struct{})
	go func() { working.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		case <-time.After(5 * time.Millisecond):
		}
		if err := watcher.Reclaim(ctx, key); err != nil {
			t.Error(err)
		}
		if n := must[BudgetCount](t)(watcher.Peek(ctx, key)); n.Spent+n.Others > limit {
			t.Fatalf("%d spent and %d leased of %d", n.Spent, n.Others, limit)
		}
	}
	cut.every.Store(0)
	var used int64
	for _, s := range spenders {
		for s.lease > 0 || s.free > 0 {
			if err := s.claim(ctx, claim); err != nil {
				t.Error(err)
			}
		}
		if err := s.claim(ctx, claim); err != nil { // settles what is owed
			t.Error(err)
		}
		used += s.used
		if err := s.ledger.Close(); err != nil {
			t.Error(err)
		}
	}
	eventually(t, "all leases are settled", func() bool {
		if err := watcher.Reclaim(ctx, key); err != nil {
			t.Fatal(err)
		}
		return must[BudgetCount](t)(watcher.Peek(ctx, key)).Others == 0
	})
	if n := must[BudgetCount](t)(watcher.Peek(ctx, key)); n.Spent != used || used > limit || used == 0 {
		t.Errorf("%d counted, %d used of %d", n.Spent, used, limit)
	}
	t.Logf("%d of %d bytes used, %d claims made, %d failed, %d cuts", used, limit, granted.Load(), failed.Load(), cut.cuts.Load())
	if cut.cuts.Load() < 10 {
		t.Errorf("only %d cuts", cut.cuts.Load())
	}
}
