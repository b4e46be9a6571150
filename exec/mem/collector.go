package mem

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// The collector lets a heap double before it looks for garbage, which is what a
// query engine can afford least when it holds most. But most of what queries hold
// are arrays without pointers, which are not looked at: a round costs next to
// nothing, however large the heap. So the heap may grow by half of what is in use
// between rounds, and by a bounded number of bytes.
const (
	leastHeadroom = 64 << 20  // as much garbage a small heap may gather
	mostHeadroom  = 192 << 20 // and a large one
	minLimit      = 1 << 30   // smaller limits of the whole process are for tests
)

var tuneOnce, limitOnce sync.Once

// TuneCollector bounds what the process holds beyond what is in use, whether it is much
// or little. Only the first call has an effect. GOGC in the environment is left alone.
func TuneCollector() {
	tuneOnce.Do(func() {
		if os.Getenv("GOGC") != "" {
			return
		}
		t := &tuner{sample: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
		t.set()
		t.rearm()
	})
}

// LimitProcess has the collector work more eagerly as the process comes near the limit
// of its queries' account (bytes; 0: none). Only the first call has an effect. GOMEMLIMIT
// in the environment is left alone.
func LimitProcess(limit int64) {
	limitOnce.Do(func() {
		if limit >= minLimit && os.Getenv("GOMEMLIMIT") == "" {
			debug.SetMemoryLimit(limit + limit/4) // accounts do not count everything
		}
	})
}

// tuner sets the collector's percentage anew after each round. The runtime tells of
// a round's end by running a finalizer.
type tuner struct {
	percent int
	sample  []metrics.Sample
}

// bell is what the finalizer is of: it must have a size, or it may share its address.
type bell struct{ _ [16]byte }

func (t *tuner) rearm() {
	runtime.SetFinalizer(new(bell), func(*bell) {
		t.set()
		t.rearm()
	})
}

// set has the heap grow from what the last round has found in use, if any.
func (t *tuner) set() {
	metrics.Read(t.sample)
	live := int64(0)
	if v := t.sample[0].Value; v.Kind() == metrics.KindUint64 {
		live = int64(v.Uint64())
	}
	if p := percentFor(live); differs(p, t.percent) {
		t.percent = p
		debug.SetGCPercent(p)
	}
}

// percentFor gives the part of a heap's live bytes, in percent, by which it may grow.
func percentFor(live int64) int {
	live = max(live, 4<<20)
	room := min(max(live/2, leastHeadroom), mostHeadroom)
	return max(int(100*room/live), 5)
}

// differs tells changes that are worth stopping the world for.
func differs(a, b int) bool { return a > b+b/8 || b > a+a/8 }
