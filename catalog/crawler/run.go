package crawler

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog/fault"
)

// RunOptions are how a run is begun.
type RunOptions struct {
	Trigger  Trigger        // "": by request
	Progress func(Progress) // called from one goroutine at a time; nil: nobody looks
}

// Run runs a crawler and waits for its end. What kept it from beginning
// (ErrRunning, 42704) comes without a record; a run that fails or is stopped
// comes with its record and the error. The end of ctx stops the run: what was
// brought up to date until then stays.
func (s *Service) Run(ctx context.Context, name string, o RunOptions) (*Run, error) {
	a, err := s.begin(ctx, name, o)
	if err != nil {
		return nil, err
	}
	return a.execute(ctx)
}

// Start begins a run and gives its ID; the run goes on until it ends, Stop is
// called, or the Service is closed.
func (s *Service) Start(ctx context.Context, name string) (string, error) {
	a, err := s.begin(ctx, name, RunOptions{})
	if err != nil {
		return "", err
	}
	s.starts.Go(func() {
		if _, err := a.execute(s.ctx); err != nil {
			s.log.Warn("crawler failed", "crawler", name, "run_id", a.run.ID, "error", err)
		}
	})
	return a.run.ID, nil
}

// active is a run that holds its crawler's lock.
type active struct {
	*Service
	job    *job
	run    *Run
	unlock func()
	show   func(Progress)

	mu       sync.Mutex // guards progress
	progress Progress
}

// begin takes the crawler's lock and writes the record of a new run.
func (s *Service) begin(ctx context.Context, name string, o RunOptions) (a *active, err error) {
	if _, err := s.Get(ctx, name); err != nil {
		return nil, err
	}
	unlock, ok, err := s.lock(ctx, name)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errRunning(name)
	}
	defer func() {
		if err != nil {
			unlock()
		}
	}()
	if err := s.buryDead(ctx, name); err != nil {
		return nil, err
	}
	c, err := s.Get(ctx, name) // it may have changed before the lock was taken
	if err != nil {
		return nil, err
	}
	if o.Trigger == "" {
		o.Trigger = ByRequest
	}
	a = &active{Service: s, run: s.newRun(name, o.Trigger), unlock: unlock, show: o.Progress}
	a.job = &job{Service: s, crawler: c, maker: name, run: a.run.ID, delete: c.SchemaChange.Delete, progress: a.step}
	return a, s.putRun(ctx, a.run)
}

// step takes the progress of the crawl.
func (a *active) step(p Progress) {
	a.mu.Lock()
	a.progress = p
	a.mu.Unlock()
	if a.show != nil {
		a.show(p)
	}
}

// endTime is how long writing the end of a run may take when its context is
// gone already.
const endTime = 15 * time.Second

// execute crawls and writes the record of the end, however that comes.
func (a *active) execute(ctx context.Context) (*Run, error) {
	defer a.unlock()
	guarded, release := a.cat.Guard(ctx, lockName(a.run.Crawler))
	defer release()
	running, cancel := context.WithCancelCause(guarded)
	var watch sync.WaitGroup
	watch.Go(func() { a.watch(running, cancel) })
	rep, err := a.crawl(running)
	cancel(nil)
	watch.Wait()
	err = lostLock(guarded, err)
	if errors.Is(context.Cause(running), errStopped) && err != nil {
		err = fault.Wrap(errStopped, fault.CodeQueryCanceled, "the run was stopped")
	}
	return a.run, errors.Join(err, a.finish(ctx, rep, err))
}

// crawl crawls. A bug ends this run, not the server that it runs in.
func (a *active) crawl(ctx context.Context) (rep *Report, err error) {
	defer func() {
		if p := recover(); p != nil {
			a.log.Error("crawl panicked", "crawler", a.run.Crawler, "run_id", a.run.ID, "panic", p, "stack", string(debug.Stack()))
			rep, err = a.job.report, fault.New(fault.CodeInternal, "internal error: %v (run %s)", p, a.run.ID)
		}
	}()
	return a.job.crawl(ctx)
}

// lostLock gives the loss of a lock as the error of what ended with it.
func lostLock(guarded context.Context, err error) error {
	if f := (*fault.Error)(nil); err != nil && errors.As(context.Cause(guarded), &f) {
		return f
	}
	return err
}

// errStopped is the cause of a run's end by Stop.
var errStopped = errors.New("stopped")

// Stopped reports whether a run's error is that somebody stopped it.
func Stopped(err error) bool {
	return errors.Is(err, errStopped) || errors.Is(err, context.Canceled)
}

// How often a run looks whether it shall stop, and tells how far it is.
const (
	stopEvery = 500 * time.Millisecond
	tellEvery = 2 * time.Second
)

// watch ends the run when somebody asked for it, and keeps the progress in the
// run's record. A catalog that cannot be read for a moment does not end a run.
func (a *active) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	var told time.Time
	for sleep(ctx, stopEvery) == nil {
		if d, err := a.cat.Document(ctx, spaceStop, a.run.ID); err == nil && d != nil {
			cancel(errStopped)
			return
		}
		if time.Since(told) < tellEvery {
			continue
		}
		told = time.Now()
		now := *a.run
		a.mu.Lock()
		now.Progress = a.progress
		a.mu.Unlock()
		if err := a.putRun(ctx, &now); err != nil && ctx.Err() == nil {
			a.log.Warn("progress of a crawl was not written", "crawler", now.Crawler, "error", err)
		}
	}
}

// finish writes the end of a run.
func (a *active) finish(ctx context.Context, rep *Report, failed error) error {
	r := a.run
	r.Ended, r.Progress = a.stamp(), a.progress
	if rep != nil {
		r.Report = rep
	}
	switch {
	case failed == nil:
		r.State = RunCompleted
	case Stopped(failed):
		r.State = RunStopped
	default:
		e := fault.As(failed)
		r.State, r.Error, r.Code = RunFailed, e.Error(), string(e.Code)
		if e.Detail != "" {
			r.Error += "; " + e.Detail
		}
	}
	a.counts.add(r)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	kept := *r
	if rep != nil {
		kept.Report = rep.history()
	}
	if err := a.putRun(ctx, &kept); err != nil {
		return err
	}
	if err := a.clearStop(ctx, r.ID); err != nil {
		return err
	}
	return a.trimRuns(ctx, r.Crawler)
}
