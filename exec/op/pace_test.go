package op

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// TestLongCopiesGiveWay: on one core a goroutine that becomes ready gets its turn
// between the batches of a copy that has worked for long, and not after 10 ms.
func TestLongCopiesGiveWay(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p := pace{began: time.Now().Add(-time.Second), turn: time.Now().Add(-time.Second)}
	var ran atomic.Bool
	go ran.Store(true)
	for range 100 { // the scheduler looks at the queue of those that gave way now and then first
		if p.turn = time.Now().Add(-quantum); ran.Load() {
			return
		}
		p.step()
	}
	t.Error("a goroutine that was ready did not run while a long copy made steps")
}

// TestShortCopiesDoNot: a copy keeps its core until it has worked for patience.
func TestShortCopiesDoNot(t *testing.T) {
	var p pace
	p.step()
	began := p.began
	p.turn = began.Add(-2 * quantum)
	p.step()
	if p.began != began || p.turn.Before(began) {
		t.Errorf("%+v", p)
	}
}
