package store

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// The bounds of the requests under way for one bucket.
const (
	windowStart = 32
	windowLeast = 4
	windowMost  = 128
)

// window bounds the requests under way for one bucket, and finds the bound itself:
// it grows by one request a round of answers while all of it is used and bodies
// come as fast as they can, holds or shrinks slowly when more requests only share
// the line, and halves when S3 says SlowDown (additive increase, multiplicative
// decrease: Chiu and Jain 1989). After a SlowDown nobody sends for a while, whose
// length doubles as long as the refusals go on: the pause is the bucket's, not the
// request's, because what S3 limits is the bucket's prefix.
type window struct {
	pace     *s3Pace
	maxPause time.Duration
	now      func() time.Time

	mu      sync.Mutex // guards the rest
	size    float64
	used    int
	waiting list.List // of chan struct{}, the oldest in front

	level  int       // of the pause: how often it has doubled
	until  time.Time // nobody sends before
	halved time.Time // the last time
}

func newWindow(p *s3Pace, maxPause time.Duration) *window {
	return &window{pace: p, maxPause: maxPause, now: time.Now, size: windowStart}
}

// acquire waits for a slot.
func (w *window) acquire(ctx context.Context) error {
	w.mu.Lock()
	if w.waiting.Len() == 0 && w.used < int(w.size) {
		w.used++
		w.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	e := w.waiting.PushBack(turn)
	w.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	w.mu.Lock()
	select {
	case <-turn: // granted meanwhile
		w.used--
		w.grant()
	default:
		w.waiting.Remove(e)
	}
	w.mu.Unlock()
	return ctx.Err()
}

// tryAcquire takes a slot if there is one now.
func (w *window) tryAcquire() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting.Len() > 0 || w.used >= int(w.size) || w.now().Before(w.until) {
		return false
	}
	w.used++
	return true
}

func (w *window) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.used--
	w.grant()
}

// grant gives free slots to those who wait. w.mu is held.
func (w *window) grant() {
	for w.used < int(w.size) && w.waiting.Len() > 0 {
		w.used++
		close(w.waiting.Remove(w.waiting.Front()).(chan struct{}))
	}
}

// answered hears that S3 has answered a request.
func (w *window) answered() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.level > 0 && !w.now().Before(w.until) {
		w.level--
	}
	full := w.waiting.Len() > 0 || w.used >= int(w.size)
	switch crowd := w.pace.crowding(); {
	case crowd < 0.25:
		w.size = max(windowStart/2, w.size-1/w.size)
	case full && crowd >= 0.5:
		w.size = min(windowMost, w.size+1/w.size)
		w.grant()
	}
}

// slowDown hears that S3 wants fewer requests. The refusals of what was sent
// before the last cut are no new reason for another.
func (w *window) slowDown() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if now.Sub(w.halved) < max(w.pace.median(), 20*time.Millisecond) || now.Before(w.until) {
		return
	}
	w.halved = now
	w.size = max(windowLeast, w.size/2)
	w.level = min(w.level+1, 20)
	w.until = now.Add(backoff(w.level, w.maxPause)/2 + min(w.maxPause, 25*time.Millisecond<<w.level)/2)
}

// pause waits as long as S3 wants to be left alone.
func (w *window) pause(ctx context.Context) error {
	for {
		w.mu.Lock()
		d := w.until.Sub(w.now())
		w.mu.Unlock()
		if d <= 0 {
			return nil
		}
		if err := sleep(ctx, d); err != nil {
			return err
		}
	}
}
