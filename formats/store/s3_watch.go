package store

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// errStraggles is why a body was given up that comes much slower than others: the
// rest is asked for again on another connection.
var errStraggles = errors.New("the answer comes much slower than others")

const (
	// leastStall is what a body must bring within S3Config.Stall: one that trickles
	// for ever is as dead as one that stops.
	leastStall = 64 << 10
	// stragglerTick is how long a body is looked at before it is called a straggler,
	// and stragglerShare the part of the usual speed below which it is one.
	stragglerTick  = time.Second
	stragglerShare = 16
)

// pulse watches whether a body comes. Its reader sets come.
type pulse struct {
	s      *S3
	want   int64
	come   atomic.Int64
	cancel context.CancelCauseFunc
	reason atomic.Pointer[error]

	quit chan struct{}
	done chan struct{}
}

// watch cancels an answer whose body of want bytes stalls or straggles.
func (s *S3) watch(want int64, cancel context.CancelCauseFunc) *pulse {
	p := &pulse{s: s, want: want, cancel: cancel, quit: make(chan struct{}), done: make(chan struct{})}
	go p.run()
	return p
}

func (p *pulse) run() {
	defer close(p.done)
	tick := min(stragglerTick, p.s.cfg.Stall)
	t := time.NewTicker(tick)
	defer t.Stop()
	var last, mark int64 // what had come at the last tick, at the last stall window's start
	window := time.Now()
	for {
		select {
		case <-p.quit:
			return
		case now := <-t.C:
			come := p.come.Load()
			if now.Sub(window) >= p.s.cfg.Stall {
				if come-mark < min(leastStall, p.want-mark) {
					p.giveUp(fmt.Errorf("%d bytes came within %v", come-mark, p.s.cfg.Stall))
					return
				}
				mark, window = come, now
			}
			usual := int64(float64(p.s.pace.perConnection()) * tick.Seconds())
			if come-last < min(usual/stragglerShare, p.want-last) && tick == stragglerTick && p.s.mayHedge() {
				p.s.window.release() // the request that follows has this one's slot
				p.giveUp(errStraggles)
				return
			}
			last = come
		}
	}
}

func (p *pulse) giveUp(why error) {
	p.reason.Store(&why)
	p.cancel(why)
}

// stop ends the watch.
func (p *pulse) stop() {
	close(p.quit)
	<-p.done
}

// why gives the reason for which the body was given up, or what its reader saw.
func (p *pulse) why(seen error) error {
	if w := p.reason.Load(); w != nil {
		return *w
	}
	return seen
}
