package store

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// What is taken for granted of a bucket before anything is measured: S3 in its own
// region.
const (
	assumedFirstByte = 30 * time.Millisecond
	assumedRate      = 80 << 20 // bytes a second of one connection
	// unmeasuredHedge is how long an answer may take before a second request where
	// too few were measured to know better.
	unmeasuredHedge = 400 * time.Millisecond
	// leastHedge keeps a bucket on the next machine from being asked twice because
	// this one was busy.
	leastHedge = 10 * time.Millisecond
)

const (
	paceSamples = 128 // answers that the distribution is made of
	paceLeast   = 12  // answers before it is believed
	// paceWaiting is how many answers there must be for each that has not begun: the first
	// answers of many requests made at once are the fast ones.
	paceWaiting = 4
	rateLeast   = 256 << 10
)

// s3Pace is what was measured of a bucket: how long answers take to begin and how
// fast bodies come. Safe for concurrent use.
type s3Pace struct {
	p50, p95 atomic.Int64 // nanoseconds; 0: not known
	rate     atomic.Int64 // bytes a second of one body, a moving average; 0: not known
	best     atomic.Int64 // the highest that rate was, forgotten slowly
	waiting  atomic.Int64 // requests whose answers have not begun

	mu   sync.Mutex // guards the rest
	ring [paceSamples]time.Duration
	n    int
}

// began counts the time until an answer began.
func (p *s3Pace) began(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ring[p.n%paceSamples] = d
	p.n++
	if p.n < paceLeast || p.n%4 != 0 || int64(p.n) < paceWaiting*p.waiting.Load() {
		return
	}
	sorted := slices.Clone(p.ring[:min(p.n, paceSamples)])
	slices.Sort(sorted)
	p.p50.Store(int64(sorted[len(sorted)/2]))
	p.p95.Store(int64(sorted[len(sorted)*95/100]))
}

// came counts a body of n bytes that took d after its answer began. Short bodies
// are in the first packets, and say nothing of the line.
func (p *s3Pace) came(n int64, d time.Duration) {
	if n < rateLeast || d <= 0 {
		return
	}
	now := int64(float64(n) / d.Seconds())
	p.mu.Lock()
	defer p.mu.Unlock()
	if have := p.rate.Load(); have > 0 {
		now = have + (now-have)/8
	}
	p.rate.Store(now)
	best := p.best.Load()
	p.best.Store(max(now, best-best/256))
}

// median is how long an answer takes to begin.
func (p *s3Pace) median() time.Duration {
	if d := p.p50.Load(); d > 0 {
		return time.Duration(d)
	}
	return assumedFirstByte
}

// perConnection is how many bytes a second one body brings.
func (p *s3Pace) perConnection() int64 {
	if r := p.rate.Load(); r > 0 {
		return r
	}
	return assumedRate
}

// crowding is the share of the best speed that bodies come with now: well below 1
// the connections share a line that is full.
func (p *s3Pace) crowding() float64 {
	best := p.best.Load()
	if best == 0 {
		return 1
	}
	return float64(p.rate.Load()) / float64(best)
}

// hedgeAfter is how long an answer may take before a second request is worth its
// price: nineteen of twenty answers have begun by then.
func (p *s3Pace) hedgeAfter() time.Duration {
	if d := p.p95.Load(); d > 0 {
		return max(time.Duration(d), leastHedge)
	}
	return unmeasuredHedge
}

// product is the bytes that a connection could have brought while an answer took
// to begin: what a request costs, in bytes.
func (p *s3Pace) product() int64 {
	return int64(p.median().Seconds() * float64(p.perConnection()))
}

// piece is the longest range that one request asks for: one that takes a few times
// as long as its answer takes to begin, on a line of its own. Longer ones are cut and
// come in parallel.
func (p *s3Pace) piece() int64 {
	rate := max(p.best.Load(), p.perConnection())
	return min(max(int64(2*p.median().Seconds()*float64(rate)), 1<<20), maxPiece)
}

// gap is the longest gap between two ranges of data that is read along: a small
// part of what a request costs, since the line may be shared.
func (p *s3Pace) gap() int64 { return min(p.product()/16, maxDataGap) }
