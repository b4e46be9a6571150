package crawler

import (
	"maps"
	"sync"
	"time"
)

// RunCounts is what became of a crawler's runs in this process.
type RunCounts struct {
	Ended     map[RunState]int64
	Took      time.Duration // together
	Succeeded time.Time     // when the last one that completed ended; zero: none did
}

// runCounts are those of every crawler that ran and is still there, by name.
type runCounts struct {
	mu     sync.Mutex // guards byName
	byName map[string]*RunCounts
}

func (c *runCounts) add(r *Run) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byName == nil {
		c.byName = map[string]*RunCounts{}
	}
	n := c.byName[r.Crawler]
	if n == nil {
		n = &RunCounts{Ended: map[RunState]int64{}}
		c.byName[r.Crawler] = n
	}
	n.Ended[r.State]++
	n.Took += r.Duration(r.Ended)
	if r.State == RunCompleted {
		n.Succeeded = r.Ended
	}
}

func (c *runCounts) forget(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.byName, name)
}

// Counts counts the runs that have ended in this process, by the crawlers' names.
func (s *Service) Counts() map[string]RunCounts {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	out := make(map[string]RunCounts, len(s.counts.byName))
	for name, n := range s.counts.byName {
		x := *n
		x.Ended = maps.Clone(n.Ended)
		out[name] = x
	}
	return out
}
