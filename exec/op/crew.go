package op

import (
	"context"
	"slices"
	"sync"
)

// crew is the copies of one running pipeline, as far as they wait for each other.
type crew struct {
	mu      sync.Mutex
	ended   []bool
	changed chan struct{} // closed, and made anew, whenever a copy ends or arrives somewhere
}

func newCrew(n int) *crew { return &crew{ended: make([]bool, n), changed: make(chan struct{})} }

// end tells that a copy will come nowhere any more.
func (c *crew) end(copy int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended[copy] = true
	c.tell()
}

// tell wakes those who wait. Called with mu held.
func (c *crew) tell() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// meeting is a point in an operator that no copy passes before all others have come
// there, or have ended: by a LIMIT that has enough rows, say. The zero value is ready.
type meeting struct {
	here []int // the copies that have come; guarded by the crew's mu
}

// meet has one copy come to the meeting and waits for the others.
func (m *meeting) meet(ctx context.Context, w *Worker) error {
	c := w.crew
	if c == nil {
		return nil
	}
	c.mu.Lock()
	m.here = append(m.here, w.Index)
	c.tell()
	for !m.complete(c) {
		changed := c.changed
		c.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		c.mu.Lock()
	}
	c.mu.Unlock()
	return nil
}

// complete reports whether nobody is missing. Called with the crew's mu held.
func (m *meeting) complete(c *crew) bool {
	for i, ended := range c.ended {
		if !ended && !slices.Contains(m.here, i) {
			return false
		}
	}
	return true
}
