package op

import (
	"runtime"
	"time"
)

// Long queries make room for short ones: a copy of a pipeline that has worked for
// patience gives its core away between batches, each quantum, to whoever waits for
// one. The runtime would take it after 10 ms, and a query that needs a core several times
// (its message arrives, its copies start, its rows are there) would wait several
// times as long. Queries that are over within patience never give way.
const (
	patience = 10 * time.Millisecond
	quantum  = 500 * time.Microsecond
)

// pace is what one copy knows of its turns. The zero value is ready.
type pace struct {
	began, turn time.Time
}

// step is called after each batch.
func (p *pace) step() {
	now := time.Now()
	switch {
	case p.began.IsZero():
		p.began, p.turn = now, now
	case now.Sub(p.turn) < quantum:
	case now.Sub(p.began) < patience:
		p.turn = now
	default:
		runtime.Gosched()
		p.turn = time.Now()
	}
}
