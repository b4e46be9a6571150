// Package s3sim is a server of S3 for tests and benchmarks: it serves a directory,
// whose folders are its buckets, as slowly and as badly as the real one may. It
// knows what a reader asks for (ListObjectsV2, HeadObject, GetObject with Range and
// If-Match) and refuses the rest with NotImplemented. Signatures are not checked.
//
//	request ── SlowDown? ── wait for the first byte (log-normal) ── body at the pace of
//	its connection and of the link that all share ── reset? stall?
//
// Everything random comes from Behaviour.Seed and the number of the request, so
// that a run with one request at a time repeats itself.
package s3sim

import (
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"
)

// Behaviour is how the server answers. The zero value answers at once and always.
type Behaviour struct {
	Seed uint64

	// FirstByte is the median of the time until an answer begins, Tail what one
	// answer in a hundred takes; between them lies a log-normal distribution. A
	// Tail that is no longer than FirstByte means always FirstByte.
	FirstByte, Tail time.Duration

	PerConnection int64 // bytes a second of one body; 0: as fast as it goes
	Link          int64 // bytes a second of all bodies together; 0: as fast as it goes

	// RequestRate is how many requests a second are answered; those beyond get 503
	// SlowDown. 0: all are.
	RequestRate float64
	// SlowDown, Reset, Stall are the shares (0 to 1) of requests that are refused with
	// 503 SlowDown, of bodies that end with a reset connection somewhere in their
	// middle, and of bodies that stop there for ever.
	SlowDown, Reset, Stall float64

	// Fault may answer a request in its own way: it then reports true.
	Fault func(w http.ResponseWriter, r *http.Request) bool
}

// Counts is what a server has seen and done.
type Counts struct {
	Lists, Heads, Gets              int64 // requests by kind, refused ones too
	Bytes                           int64 // of bodies of objects
	Connections                     int64 // that were opened
	SlowDowns, Resets, Stalls       int64
	MostAtOnce                      int64 // requests under way at the same time
	Changed, NotFound, Unknown, Bad int64 // 412, 404, 501 and 4xx answers
}

// Requests is the number of all requests.
func (c Counts) Requests() int64 { return c.Lists + c.Heads + c.Gets + c.Unknown }

// Server is a running simulator. Safe for concurrent use.
type Server struct {
	dir string
	srv *httptest.Server

	behaviour atomic.Pointer[Behaviour]
	link      pacer
	number    atomic.Uint64
	now       atomic.Int64 // requests under way
	quit      chan struct{}

	lists, heads, gets, bytes, connections                          atomic.Int64
	slowDowns, resets, stalls, most, changed, missing, unknown, bad atomic.Int64

	mu     sync.Mutex // guards the rest: what RequestRate still allows
	tokens float64
	last   time.Time
}

// New starts a server over the buckets in a directory, on a port of its own of
// this machine. Close it.
func New(dir string, b Behaviour) *Server {
	s := &Server{dir: dir, quit: make(chan struct{})}
	s.Set(b)
	s.srv = httptest.NewUnstartedServer(s)
	s.srv.Config.ConnState = func(_ net.Conn, st http.ConnState) {
		if st == http.StateNew {
			s.connections.Add(1)
		}
	}
	s.srv.Start()
	return s
}

// URL is the endpoint's address.
func (s *Server) URL() string { return s.srv.URL }

// Close ends the server and what it has under way.
func (s *Server) Close() {
	close(s.quit)
	s.srv.CloseClientConnections()
	s.srv.Close()
}

// Set changes how requests are answered from now on.
func (s *Server) Set(b Behaviour) { s.behaviour.Store(&b) }

// Counts gives what was counted since the start or the last Reset.
func (s *Server) Counts() Counts {
	return Counts{Lists: s.lists.Load(), Heads: s.heads.Load(), Gets: s.gets.Load(), Bytes: s.bytes.Load(), Connections: s.connections.Load(),
		SlowDowns: s.slowDowns.Load(), Resets: s.resets.Load(), Stalls: s.stalls.Load(), MostAtOnce: s.most.Load(),
		Changed: s.changed.Load(), NotFound: s.missing.Load(), Unknown: s.unknown.Load(), Bad: s.bad.Load()}
}

// Reset sets all counts to zero; connections that are open stay open.
func (s *Server) Reset() {
	for _, c := range []*atomic.Int64{&s.lists, &s.heads, &s.gets, &s.bytes, &s.connections, &s.slowDowns, &s.resets, &s.stalls, &s.most,
		&s.changed, &s.missing, &s.unknown, &s.bad} {
		c.Store(0)
	}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raise(&s.most, s.now.Add(1))
	defer s.now.Add(-1)
	b := s.behaviour.Load()
	a := &answer{s: s, b: b, w: w, r: r, rng: rand.New(rand.NewPCG(b.Seed, s.number.Add(1)))}
	a.count()
	if b.Fault != nil && b.Fault(w, r) {
		return
	}
	if a.rng.Float64() < b.SlowDown || !s.allowed(b.RequestRate) {
		s.slowDowns.Add(1)
		a.refuse(http.StatusServiceUnavailable, "SlowDown")
		return
	}
	if !s.wait(r, firstByte(b, a.rng)) {
		return
	}
	a.serve()
}

func raise(most *atomic.Int64, n int64) {
	for have := most.Load(); n > have && !most.CompareAndSwap(have, n); have = most.Load() {
	}
}

// tailAt is the quantile of the standard normal distribution below which 99 of 100
// answers are.
const tailAt = 2.3263

// firstByte draws the wait for an answer.
func firstByte(b *Behaviour, rng *rand.Rand) time.Duration {
	if b.FirstByte <= 0 || b.Tail <= b.FirstByte {
		return b.FirstByte
	}
	sigma := math.Log(float64(b.Tail)/float64(b.FirstByte)) / tailAt
	return time.Duration(float64(b.FirstByte) * math.Exp(sigma*rng.NormFloat64()))
}

// wait sleeps, and reports whether somebody still wants the answer.
func (s *Server) wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
	case <-s.quit:
	}
	return false
}

// allowed takes a request off what the rate allows: a tenth of a second's worth may
// come at once.
func (s *Server) allowed(rate float64) bool {
	if rate <= 0 {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	burst := max(1, rate/10)
	if s.last.IsZero() {
		s.tokens = burst
	} else {
		s.tokens = min(burst, s.tokens+now.Sub(s.last).Seconds()*rate)
	}
	s.last = now
	if s.tokens < 1 {
		return false
	}
	s.tokens--
	return true
}

// pacer hands out the time of a link: each piece of a body begins when the one
// before it is through.
type pacer struct {
	mu   sync.Mutex // guards free
	free time.Time
}

// take gives the time at which n bytes are through.
func (p *pacer) take(n, rate int64) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); p.free.Before(now) {
		p.free = now
	}
	p.free = p.free.Add(time.Duration(float64(n) / float64(rate) * float64(time.Second)))
	return p.free
}

// Dir is the directory that is served.
func (s *Server) Dir() string { return s.dir }
