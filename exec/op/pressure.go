package op

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/exec/mem"
)

// Who spills when memory is short. A Local that can write its state elsewhere keeps
// its bytes in a room, and asks the room for more after every batch:
//
//	use(total) ── more than half of the limit is used ──> buffers for spilling are reserved
//	           ── less than a reserve is free ──────────> the largest room of the query spills
//	           ── refused ──────────────────────────────> spills itself, then asks the others
//
// The reserve is for what cannot spill: pages of files, buffers of merges. A room is
// asked through a flag that its own goroutine looks at with its next batch: nobody
// touches another's state, and nobody reserves under the lock of the list of rooms.

// pressure is the list of a query's rooms.
type pressure struct {
	mu    sync.Mutex // guards rooms
	rooms map[*room]struct{}
	ready atomic.Bool // buffers for spilling are reserved
}

// spiller is a Local that keeps its bytes in a room.
type spiller interface {
	// bytes counts what the Local holds.
	bytes() int64
	// Spill is Local's.
	Spill(ctx context.Context, want int64) (freed int64, err error)
}

// room is the memory of one Local. Only size and asked are for others.
type room struct {
	q     *Query
	acct  *mem.Account
	held  mem.Local
	size  atomic.Int64 // bytes held, 0 while nothing can be spilled
	asked atomic.Bool  // to spill
	early bool         // what is spilled can be less than what is held: half of the limit stays free
	alone bool         // never to spill
}

// newRoom makes a room of a query's account and puts it on the list.
func newRoom(q *Query, acct *mem.Account) *room {
	r := &room{q: q, acct: acct, held: acct.Local()}
	if q.Spill == nil {
		return r
	}
	p := &q.pressure
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rooms == nil {
		p.rooms = map[*room]struct{}{}
	}
	p.rooms[r] = struct{}{}
	return r
}

// leave takes the room off the list: what it holds is not to be had any more.
func (r *room) leave() {
	p := &r.q.pressure
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.rooms, r)
	r.alone = true
}

// close gives the memory back.
func (r *room) close() {
	r.leave()
	r.held.Close()
}

// move hands what the room holds to an operator's account.
func (r *room) move(to *mem.Local) {
	r.leave()
	r.held.Move(to)
}

// reserveOf gives how much of a limit is left for what cannot spill.
func reserveOf(limit int64) int64 { return max(limit/8, min(limit*3/8, 16<<20)) }

// short tells that an operator which has so many bytes, and is about to take more,
// should rather have them on disk.
func (q *Query) short(bytes, more int64) bool {
	if q.Spill == nil {
		return false
	}
	free, limit := q.Mem.Tightest()
	return q.SpillAlways || limit > 0 && free-more < reserveOf(limit) && bytes > leastSpill(limit)
}

// leastSpill gives the size below which a Local's state is not worth a file.
func leastSpill(limit int64) int64 { return min(max(limit/64, 256<<10), 16<<20) }

// use tells that l holds what it holds now, and has it spill if memory is short.
func (r *room) use(ctx context.Context, l spiller) error {
	total := l.bytes()
	if r.q.Spill == nil || r.alone {
		return r.held.Use(total)
	}
	r.size.Store(spillableOf(l))
	if r.due(total) {
		if _, err := r.spill(ctx, l); err != nil {
			return err
		}
	}
	for {
		refused := r.held.Use(l.bytes())
		if refused == nil {
			return nil
		}
		if freed, err := r.spill(ctx, l); err != nil {
			return err
		} else if !freed {
			return r.wait(ctx, l, refused)
		}
	}
}

// spillableOf gives what spilling can free.
func spillableOf(l spiller) int64 {
	if s, ok := l.(interface{ spillable() int64 }); ok {
		return s.spillable()
	}
	return l.bytes()
}

// due tells whether the room's Local is to spill before it asks for more.
func (r *room) due(total int64) bool {
	if r.q.SpillAlways {
		return true
	}
	free, limit := r.acct.Tightest()
	more := total - r.held.Held()
	left := free - max(more, 0)
	if limit == 0 || left > limit/2 {
		return r.asked.Load()
	}
	if !r.q.pressure.ready.Load() && r.q.Spill.Prepare() == nil {
		r.q.pressure.ready.Store(true)
	}
	if r.asked.Load() {
		return true
	}
	switch {
	case more <= 0:
		return false
	case r.early && left < limit/2 && total >= leastSpill(limit):
		return true
	case left >= reserveOf(limit):
		return false
	}
	big := r.q.pressure.largest()
	if big == nil || big.size.Load() < leastSpill(limit) {
		return false
	}
	if big != r {
		// It may be a while until the other looks. What little is left then is not for
		// this one to take.
		big.asked.Store(true)
		return left < reserveOf(limit)/2 && total >= leastSpill(limit)
	}
	return true
}

// largest gives the room that holds most, nil without any.
func (p *pressure) largest() (big *room) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for r := range p.rooms {
		if big == nil || r.size.Load() > big.size.Load() {
			big = r
		}
	}
	return big
}

// spill frees memory of the query: that of a finished build side that holds more than
// the Local, else the Local's. It tells whether there was any.
func (r *room) spill(ctx context.Context, l spiller) (bool, error) {
	r.asked.Store(false)
	if freed, err := r.q.idle.free(ctx, l.bytes()); freed || err != nil {
		return freed, err
	}
	freed, err := l.Spill(ctx, l.bytes())
	if err != nil || freed <= 0 {
		return false, err
	}
	r.size.Store(spillableOf(l))
	return true, r.held.Fit(min(l.bytes(), r.held.Held()))
}

// How long a Local waits for others to spill, and how often it looks.
const (
	mostWait = 2 * time.Second
	lookWait = 2 * time.Millisecond
)

// wait asks the largest of the others to spill, until l's bytes fit or nobody is left
// who could help; then it gives refused, the last answer of the account.
func (r *room) wait(ctx context.Context, l spiller, refused error) error {
	total := l.bytes()
	r.size.Store(0) // not to be asked by those that are waiting as well
	defer func() { r.size.Store(spillableOf(l)) }()
	_, limit := r.acct.Tightest()
	timer := time.NewTicker(lookWait)
	defer timer.Stop()
	for end := time.Now().Add(mostWait); time.Now().Before(end); {
		big := r.q.pressure.largest()
		if big == nil || big == r || big.size.Load() < leastSpill(limit) {
			break
		}
		big.asked.Store(true)
		select {
		case <-timer.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if refused = r.held.Use(total); refused == nil {
			return nil
		}
	}
	if err := r.held.Use(total); err == nil {
		return nil
	}
	return refused
}
