package store

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store/s3sim"
)

// eventMeter is a testMeter that hears of events.
type eventMeter struct {
	testMeter
	EventCounts
}

// simBucket starts a simulator with one object d of n random bytes in the bucket
// lake.
func simBucket(t *testing.T, n int, b s3sim.Behaviour, change func(*S3Config)) (*s3sim.Server, *S3, Info, []byte) {
	t.Helper()
	dir := t.TempDir()
	data := make([]byte, n)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	mustNot(t, os.MkdirAll(filepath.Join(dir, "lake"), 0o777))
	mustNot(t, os.WriteFile(filepath.Join(dir, "lake", "d"), data, 0o666))
	sim := s3sim.New(dir, s3sim.Behaviour{})
	t.Cleanup(sim.Close)
	t.Setenv("AWS_CONFIG_FILE", "/nonexistent")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
	cfg := S3Config{Endpoint: sim.URL(), PathStyle: true, Region: "us-east-1", Anonymous: true, MaxBackoff: 100 * time.Millisecond}
	if change != nil {
		change(&cfg)
	}
	s, err := NewS3("lake", cfg)
	mustNot(t, err)
	o, err := s.Stat(t.Context(), "d")
	mustNot(t, err)
	sim.Set(b)
	sim.Reset()
	return sim, s, o, data
}

// readAll reads n ranges of size bytes each, all at once, and compares.
func readAll(t *testing.T, ctx context.Context, s *S3, o Info, data []byte, n, size int) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		off := int64(i*7919) % (o.Size - int64(size))
		wg.Go(func() {
			got, err := s.ReadRanges(ctx, o, []Range{{off, int64(size)}})
			if err != nil {
				t.Errorf("%d bytes at %d: %v", size, off, err)
			} else if !bytes.Equal(got[0], data[off:off+int64(size)]) {
				t.Errorf("%d bytes at %d are not the object's", size, off)
			}
		})
	}
	wg.Wait()
}

// TestSimReads reads right bytes from a server that resets, refuses and dawdles,
// and counts each byte once.
func TestSimReads(t *testing.T) {
	sim, s, o, data := simBucket(t, 1<<20, s3sim.Behaviour{Seed: 1, FirstByte: time.Millisecond, Tail: 20 * time.Millisecond,
		Reset: 0.1, SlowDown: 0.05}, nil)
	m := &eventMeter{}
	ctx := WithMeter(t.Context(), m)
	const n, size = 300, 20_000
	readAll(t, ctx, s, o, data, n, size)
	if m.sum[ReadData] != n*size {
		t.Errorf("%d bytes metered, want %d", m.sum[ReadData], n*size)
	}
	c, e := sim.Counts(), m.Load()
	if c.Resets == 0 || c.SlowDowns == 0 || e[Repeated] == 0 || e[SlowedDown] == 0 {
		t.Errorf("the server: %+v; events: %v", c, e)
	}
	if c.Connections > 200 {
		t.Errorf("%d connections for %d requests with %d resets", c.Connections, c.Gets, c.Resets)
	}
}

// TestSimReusesConnections: without faults there are about as many connections as there
// are requests at once: one that was used may come back after the next was needed.
func TestSimReusesConnections(t *testing.T) {
	sim, s, o, data := simBucket(t, 1<<20, s3sim.Behaviour{}, nil)
	for range 50 {
		readAll(t, t.Context(), s, o, data, 4, 10_000)
	}
	if c := sim.Counts(); c.Gets > 220 || c.Connections > c.Gets/5 {
		t.Errorf("%d connections for %d requests", c.Connections, c.Gets)
	}
}

// stalls has each 25th request that has a parameter ("": each 25th) take for ever.
func stalls(parameter string) func(http.ResponseWriter, *http.Request) bool {
	var asked atomic.Int64
	return func(_ http.ResponseWriter, r *http.Request) bool {
		if (parameter == "" || r.URL.Query().Has(parameter)) && asked.Add(1)%25 == 0 {
			select {
			case <-time.After(20 * time.Second):
			case <-r.Context().Done():
			}
		}
		return false
	}
}

// TestSimHedges: what takes a hundred times as long as usual is asked for again and
// comes in time; the extra requests stay within their budget, and their bytes are
// counted once.
func TestSimHedges(t *testing.T) {
	_, s, o, data := simBucket(t, 1<<20, s3sim.Behaviour{FirstByte: 2 * time.Millisecond, Fault: stalls("")}, nil)
	m := &eventMeter{}
	ctx := WithMeter(t.Context(), m)
	begin := time.Now()
	for range 50 {
		readAll(t, ctx, s, o, data, 4, 1000)
	}
	e := m.Load()
	if took := time.Since(begin); took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
	if e[Hedged] < 4 || float64(e[Hedged]) > 200*hedgeEarned+hedgeStart+time.Since(begin).Seconds()+1 {
		t.Errorf("%d hedged requests", e[Hedged])
	}
	if m.sum[ReadData] != 200*1000 {
		t.Errorf("%d bytes metered", m.sum[ReadData])
	}
}

// TestSimHedgesListings: a page of a listing that takes for ever is asked for again, and
// the listing is whole.
func TestSimHedgesListings(t *testing.T) {
	sim, s, o, _ := simBucket(t, 1<<10, s3sim.Behaviour{FirstByte: 2 * time.Millisecond, Fault: stalls("list-type")}, nil)
	m := &eventMeter{}
	ctx := WithMeter(t.Context(), m)
	begin := time.Now()
	for range 60 {
		var keys []string
		for got, err := range s.List(ctx, "") {
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, got.Key)
		}
		if !slices.Equal(keys, []string{o.Key}) {
			t.Fatalf("listed %q", keys)
		}
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if e, c := m.Load(), sim.Counts(); e[Hedged] < 2 || c.Lists > 60+e[Hedged] {
		t.Errorf("%d hedged requests, %d listings", e[Hedged], c.Lists)
	}
}

// TestSimStraggler: a body that stops is continued on another connection long before
// it counts as stalled.
func TestSimStraggler(t *testing.T) {
	var first atomic.Bool
	sim, s, o, data := simBucket(t, 1<<20, s3sim.Behaviour{}, nil)
	sim.Set(s3sim.Behaviour{Stall: 1, Seed: 3, Fault: func(http.ResponseWriter, *http.Request) bool {
		if first.Swap(true) {
			sim.Set(s3sim.Behaviour{})
		}
		return false
	}})
	m := &eventMeter{}
	begin := time.Now()
	readAll(t, WithMeter(t.Context(), m), s, o, data, 1, 900_000)
	if took := time.Since(begin); took > 10*time.Second || m.Load()[Hedged] == 0 {
		t.Errorf("it took %v; events %v", took, m.Load())
	}
}

// TestSimSlowForEver: a server that trickles for ever is an error that names the
// object, and other queries of the bucket go on meanwhile.
func TestSimSlowForEver(t *testing.T) {
	sim, s, o, data := simBucket(t, 1<<20, s3sim.Behaviour{}, func(c *S3Config) {
		c.Stall, c.MaxAttempts = 300*time.Millisecond, 2
	})
	sim.Set(s3sim.Behaviour{Fault: func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.Header.Get("Range"), "-99999") {
			return false
		}
		var from int
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-99999/1048576", from))
		w.Header().Set("Content-Length", strconv.Itoa(100_000-from))
		w.Header().Set("ETag", r.Header.Get("If-Match"))
		w.WriteHeader(http.StatusPartialContent)
		for i := 0; r.Context().Err() == nil; i++ {
			_, _ = w.Write(data[i : i+1])
			_ = http.NewResponseController(w).Flush()
			time.Sleep(20 * time.Millisecond)
		}
		return true
	}})
	ctx, cancel := context.WithCancel(WithShare(t.Context()))
	defer cancel()
	stuck := make(chan error, 100)
	for range cap(stuck) {
		go func() {
			_, err := s.ReadRanges(ctx, o, []Range{{0, 100_000}})
			stuck <- err
		}()
	}
	time.Sleep(100 * time.Millisecond)
	begin := time.Now()
	got, err := s.ReadRanges(WithShare(t.Context()), o, []Range{{5, 1000}})
	if err != nil || !bytes.Equal(got[0], data[5:1005]) {
		t.Errorf("another query: %v", err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("another query waited %v", took)
	}
	err = <-stuck
	wantCode(t, err, fault.CodeConnectionFailure, "s3://lake/d", "300ms")
	cancel()
	for range cap(stuck) - 1 {
		<-stuck
	}
}

// TestSimSlowDown: refusals beyond a rate make the bucket's readers pause together;
// nothing fails, and few requests are wasted.
func TestSimSlowDown(t *testing.T) {
	sim, s, o, data := simBucket(t, 1<<20, s3sim.Behaviour{FirstByte: time.Millisecond, RequestRate: 200}, nil)
	m := &eventMeter{}
	readAll(t, WithMeter(t.Context(), m), s, o, data, 400, 1000)
	c := sim.Counts()
	if c.SlowDowns == 0 || c.SlowDowns > 400 {
		t.Errorf("%d of %d requests were refused", c.SlowDowns, c.Gets)
	}
	if m.sum[ReadData] != 400*1000 || m.Load()[SlowedDown] != c.SlowDowns {
		t.Errorf("%d bytes metered; %d refusals seen", m.sum[ReadData], m.Load()[SlowedDown])
	}
}

// TestSimChanged: an object that is replaced while it is read is an error, never a
// mixture.
func TestSimChanged(t *testing.T) {
	sim, s, o, _ := simBucket(t, 1<<20, s3sim.Behaviour{}, nil)
	var gets atomic.Int64
	name := filepath.Join(sim.Dir(), "lake", "d")
	sim.Set(s3sim.Behaviour{Fault: func(http.ResponseWriter, *http.Request) bool {
		if gets.Add(1) == 3 {
			mustNot(t, os.WriteFile(name, make([]byte, 1<<20), 0o666))
			mustNot(t, os.Chtimes(name, time.Time{}, time.Now().Add(time.Hour)))
		}
		return false
	}})
	_, err := s.ReadRanges(t.Context(), o, []Range{{0, 10}, {1000, 10}, {100_000, 10}, {200_000, 10}, {300_000, 10}})
	wantCode(t, err, fault.CodeObjectNotReady, "s3://lake/d")
}

// TestWindow: the bound halves on SlowDown once a round, grows by one a round, and
// what waits is served in order.
func TestWindow(t *testing.T) {
	now := time.Unix(0, 0)
	w := newWindow(&s3Pace{}, time.Second)
	w.now = func() time.Time { return now }
	w.slowDown()
	w.slowDown()
	if w.size != windowStart/2 {
		t.Fatalf("size %v after two refusals of one round", w.size)
	}
	if w.tryAcquire() {
		t.Error("a hedge during the pause")
	}
	for range 20 {
		now = now.Add(time.Minute)
		w.slowDown()
	}
	if w.size != windowLeast {
		t.Fatalf("size %v", w.size)
	}
	now = now.Add(time.Minute)
	for range windowLeast {
		mustNot(t, w.acquire(t.Context()))
	}
	for range 2 * windowLeast {
		w.answered()
	}
	if w.size <= windowLeast+1 || w.size > windowLeast+2 {
		t.Errorf("size %v after two full rounds", w.size)
	}
	ctx, cancel := context.WithCancel(t.Context())
	mustNot(t, w.acquire(ctx))
	cancel()
	if err := w.acquire(ctx); err == nil {
		t.Error("acquired beyond the bound")
	}
	for range windowLeast + 1 {
		w.release()
	}
	if w.used != 0 || w.waiting.Len() != 0 {
		t.Errorf("%d in use, %d waiting", w.used, w.waiting.Len())
	}
}

// TestPaceOfMany: of requests made at once the first answers are the fast ones, so nothing
// is known before most of the others are there.
func TestPaceOfMany(t *testing.T) {
	var p s3Pace
	p.waiting.Store(48)
	answer := func(n int, took time.Duration) {
		for range n {
			p.waiting.Add(-1)
			p.began(took)
		}
	}
	answer(36, 20*time.Millisecond)
	if d := p.hedgeAfter(); d != unmeasuredHedge {
		t.Errorf("with 12 of 48 answers to come, a second request is made after %v", d)
	}
	answer(8, 30*time.Millisecond)
	if d := p.hedgeAfter(); d != 30*time.Millisecond {
		t.Errorf("with 4 of 48 answers to come, a second request is made after %v", d)
	}
}
