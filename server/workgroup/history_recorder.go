package workgroup

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/meta"
)

// History keeps finished queries; meta.Store is one. The recorder's one
// goroutine calls it, with one or more records.
type History interface {
	InsertQueries(ctx context.Context, rs ...meta.QueryRecord) error
	PruneQueries(ctx context.Context, keep meta.HistoryKeep) (int64, error)
	// TryLock takes a lock among all processes that share the history.
	TryLock(ctx context.Context, name string) (unlock func(), ok bool, err error)
}

const (
	// historyQueue and historyBytes bound the finished queries, and their texts,
	// that wait for the history; what comes beyond them is lost.
	historyQueue = 4096
	historyBytes = 64 << 20
	// historyRetry is how long a history that could not be written is left alone,
	// historyReport how often the log hears of it.
	historyRetry  = time.Second
	historyReport = time.Minute
	// historyPrune is how often old queries are looked for.
	historyPrune = 10 * time.Minute
)

// recorder writes finished queries in the background. A query's end never waits
// for it: what the history cannot take in time is counted as lost.
//
//	put ──> waiting (bounded) ── goroutine ──> batch ──> History
//	                                             └─ kept and tried again while the history cannot be written
type recorder struct {
	history History // nil: nothing is kept
	log     *slog.Logger

	mu      sync.Mutex      // guards setting, waiting, bytes, failing, closed
	setting *HistorySetting // nil: this process forgets nothing
	waiting []meta.QueryRecord
	bytes   int   // of the texts in waiting and in what is being written
	failing error // of the last attempt; nil: it is well
	closed  bool

	lost     atomic.Int64
	reported time.Time // only the goroutine
	told     int64     // the losses that the log knows

	wake     chan struct{} // holds one
	pruneNow chan struct{} // holds one
	flushes  chan chan struct{}
	stop     chan struct{}
	done     chan struct{}
}

func newRecorder(h History, log *slog.Logger) *recorder {
	w := &recorder{history: h, log: log, wake: make(chan struct{}, 1), pruneNow: make(chan struct{}, 1), flushes: make(chan chan struct{}),
		stop: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w
}

// configure says what is kept from now on.
func (w *recorder) configure(s HistorySetting) {
	w.mu.Lock()
	w.setting = &s
	w.mu.Unlock()
	select {
	case w.pruneNow <- struct{}{}:
	default:
	}
}

func (w *recorder) keepsIntrospection() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.setting != nil && w.setting.Introspection
}

// bounds gives what pruning leaves; false if this process does not prune.
func (w *recorder) bounds() (meta.HistoryKeep, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.setting == nil || w.history == nil {
		return meta.HistoryKeep{}, false
	}
	return w.setting.Bounds(time.Now()), true
}

// put hands over a finished query. It never waits.
func (w *recorder) put(r *meta.QueryRecord) {
	if w.history == nil {
		return
	}
	size := textSize(r)
	w.mu.Lock()
	full := w.closed || len(w.waiting) >= historyQueue || w.bytes+size > historyBytes
	if !full {
		w.waiting, w.bytes = append(w.waiting, *r), w.bytes+size
	}
	w.mu.Unlock()
	if full {
		w.lost.Add(1)
		return
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// textSize is about what a record holds in memory.
func textSize(r *meta.QueryRecord) int {
	return 512 + len(r.SQL) + len(r.Plan) + len(r.Error) + 256*len(r.Tables)
}

// flush waits until every query that ended before is in the history, or until
// the history has refused them.
func (w *recorder) flush() {
	ack := make(chan struct{})
	select {
	case w.flushes <- ack:
		<-ack
	case <-w.done:
	}
}

// close writes what waits and ends the goroutine. What the history does not take
// now is lost.
func (w *recorder) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	close(w.stop)
	<-w.done
}

// state gives how many queries were lost since the start, and why the history
// cannot be written at the moment, nil if it can.
func (w *recorder) state() (lost int64, failing error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lost.Load(), w.failing
}

func (w *recorder) run() {
	defer close(w.done)
	prune := time.NewTicker(historyPrune)
	defer prune.Stop()
	var retry <-chan time.Time
	var spare []meta.QueryRecord // an array to use again
	attempt := func() {
		retry = nil
		if spare = w.write(spare); w.failing != nil {
			retry = time.After(historyRetry)
		}
	}
	for {
		select {
		case <-w.pruneNow:
			w.prune()
		case <-w.wake:
			if retry == nil {
				attempt()
			}
		case <-retry:
			attempt()
		case ack := <-w.flushes:
			attempt()
			close(ack)
		case <-prune.C:
			w.prune()
		case <-w.stop:
			w.finish(spare)
			return
		}
		w.report(false)
	}
}

// write moves what waits to the history; what it does not take waits on. Only
// the goroutine sets failing.
func (w *recorder) write(spare []meta.QueryRecord) []meta.QueryRecord {
	w.mu.Lock()
	batch := w.waiting
	w.waiting = spare
	w.mu.Unlock()
	if len(batch) == 0 {
		return batch
	}
	err := w.insert(batch)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failing = err; err != nil {
		// What came meanwhile is newer, and goes behind: as much as there is room for.
		came := w.waiting
		w.waiting = append(batch, came...)
		if over := len(w.waiting) - historyQueue; over > 0 {
			for i := historyQueue; i < len(w.waiting); i++ {
				w.bytes -= textSize(&w.waiting[i])
			}
			clear(w.waiting[historyQueue:])
			w.waiting = w.waiting[:historyQueue]
			w.lost.Add(int64(over))
		}
		return nil
	}
	for i := range batch {
		w.bytes -= textSize(&batch[i])
	}
	clear(batch)
	return batch[:0]
}

// insert writes a batch. A record that the history does not take for its own sake
// is lost, not the others with it; any other error is the batch's.
func (w *recorder) insert(batch []meta.QueryRecord) error {
	ctx := context.Background()
	err := w.history.InsertQueries(ctx, batch...)
	if err == nil || temporary(err) {
		return err
	}
	var bad int64
	for i := range batch {
		if err = w.history.InsertQueries(ctx, batch[i]); err != nil {
			if temporary(err) {
				return err // those before are replaced by themselves when they are tried again
			}
			bad++
		}
	}
	w.lost.Add(bad)
	return nil
}

// temporary tells whether the history may take later what it refused now: it is
// locked, full, read-only or out of reach.
func temporary(err error) bool {
	f := fault.As(err)
	return f.Kind == fault.Resource || f.Kind == fault.External || f.Code == fault.CodeLockNotAvailable || f.Code == fault.CodeInsufficientPriv
}

// finish is the last attempt.
func (w *recorder) finish(spare []meta.QueryRecord) {
	w.write(spare)
	w.mu.Lock()
	n := len(w.waiting)
	w.waiting = nil
	w.mu.Unlock()
	w.lost.Add(int64(n))
	w.report(true)
}

// report logs losses and failures, once in a while.
func (w *recorder) report(now bool) {
	lost := w.lost.Load()
	if lost == w.told && w.failing == nil || !now && time.Since(w.reported) < historyReport {
		return
	}
	w.reported, w.told = time.Now(), lost
	w.log.Error("the query history cannot be written as fast as queries end", "lost", lost, "error", w.failing)
}

// prune forgets what is too old or too much, unless another process does it.
func (w *recorder) prune() {
	keep, ok := w.bounds()
	if !ok {
		return
	}
	ctx := context.Background()
	unlock, ok, err := w.history.TryLock(ctx, "query_history_prune")
	if err == nil && !ok {
		return
	}
	var n int64
	if err == nil {
		n, err = w.history.PruneQueries(ctx, keep)
		unlock()
	}
	if err != nil {
		w.log.Warn("the query history was not pruned", "error", err)
	} else if n > 0 {
		w.log.Info("old queries left the history", "queries", n)
	}
}

// Flush waits until every query that ended before is in the history, or until
// the history has refused them.
func (g *Governor) Flush() { g.recorder.flush() }

// ConfigureHistory says what the history keeps; what it has beyond that goes soon
// and every few minutes. A governor that is not told forgets nothing: short-lived
// programs over a server's data directory do not know what the server keeps.
func (g *Governor) ConfigureHistory(s HistorySetting) { g.recorder.configure(s) }

// HistoryState gives how many finished queries the history has lost since the
// start because it could not be written in time, and why it cannot be written at
// the moment, nil if it can.
func (g *Governor) HistoryState() (lost int64, failing error) { return g.recorder.state() }
