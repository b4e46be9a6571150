package crawler

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler/cron"
)

// NextRun gives the time at which a crawler's schedule is due next: the first
// one after its last run began, or after the schedule was started. It lies in
// the past where a run was missed; several missed ones count as one. False
// without a schedule that is started.
func (s *Service) NextRun(ctx context.Context, c *Crawler) (time.Time, bool, error) {
	if c.ScheduleState != Scheduled {
		return time.Time{}, false, nil
	}
	sched, err := cron.Parse(c.Schedule)
	if err != nil {
		return time.Time{}, false, err
	}
	last, err := s.Runs(ctx, c.Name, "", 1)
	if err != nil {
		return time.Time{}, false, err
	}
	since := c.ScheduleSince
	if len(last) > 0 && last[0].Started.After(since) {
		since = last[0].Started
	}
	next, ok := sched.Next(since)
	return next, ok, nil
}

// due gives the crawlers that are due, by name, and the time at which the next
// other one is (zero: none).
func (s *Service) due(ctx context.Context, now time.Time) (due []*Crawler, next time.Time, err error) {
	all, err := s.List(ctx)
	if err != nil {
		return nil, next, err
	}
	for _, c := range all {
		at, ok, err := s.NextRun(ctx, c)
		switch {
		case err != nil:
			return nil, next, err
		case !ok:
		case !at.After(now):
			due = append(due, c)
		case next.IsZero() || at.Before(next):
			next = at
		}
	}
	return due, next, nil
}

// Due is what RunDue did.
type Due struct {
	Runs []*Run   // that it began, in their order; see State and Error
	Busy []string // crawlers that were due and run elsewhere
	// Elsewhere: another process runs due crawlers, so that nothing was begun.
	Elsewhere bool
}

// Failed reports whether a run failed.
func (d *Due) Failed() bool {
	for _, r := range d.Runs {
		if r.State == RunFailed {
			return true
		}
	}
	return false
}

// RunDue runs the crawlers that are due, one after the other. The end of ctx
// stops the current run and is the error; runs that fail are not an error of
// RunDue. Only one RunDue of all processes works at a time.
func (s *Service) RunDue(ctx context.Context, now time.Time, progress func(crawler string, p Progress)) (*Due, error) {
	unlock, ok, err := s.cat.TryLock(ctx, "crawlers due")
	if err != nil {
		return nil, err
	}
	if !ok {
		return &Due{Elsewhere: true}, nil
	}
	defer unlock()
	due, _, err := s.due(ctx, now)
	if err != nil {
		return nil, err
	}
	out := &Due{}
	for _, c := range due {
		o := RunOptions{Trigger: BySchedule}
		if progress != nil {
			o.Progress = func(p Progress) { progress(c.Name, p) }
		}
		r, err := s.Run(ctx, c.Name, o)
		if r != nil {
			out.Runs = append(out.Runs, r)
		}
		switch {
		case ctx.Err() != nil:
			return out, ctx.Err()
		case errors.Is(err, ErrRunning):
			out.Busy = append(out.Busy, c.Name)
		case err != nil && r == nil:
			return out, err
		}
	}
	return out, nil
}

const (
	// maxScheduled is how many crawlers a scheduler runs at once.
	maxScheduled = 4
	// lookEvery is how often a scheduler looks whether crawlers have changed.
	lookEvery = 15 * time.Second
)

// Schedule runs crawlers when they are due, until ctx ends; then it stops the
// runs and waits for them. What was missed while nothing ran the schedule is
// made up for by one run. Schedulers of several processes do not get into each
// other's way.
func (s *Service) Schedule(ctx context.Context) {
	var runs sync.WaitGroup
	defer runs.Wait()
	slots := make(chan struct{}, maxScheduled)
	for {
		wait := s.startDue(ctx, slots, &runs)
		if sleep(ctx, wait) != nil {
			return
		}
	}
}

// startDue begins what is due, as far as there are slots, and gives the time
// until something may be due again.
func (s *Service) startDue(ctx context.Context, slots chan struct{}, runs *sync.WaitGroup) time.Duration {
	now := s.stamp()
	due, next, err := s.due(ctx, now)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Error("schedules of crawlers cannot be read", "error", err)
		}
		return lookEvery
	}
	for _, c := range due {
		select {
		case slots <- struct{}{}:
		default:
			return time.Second
		}
		a, err := s.begin(ctx, c.Name, RunOptions{Trigger: BySchedule})
		if err != nil {
			<-slots
			if !errors.Is(err, ErrRunning) && ctx.Err() == nil {
				s.log.Error("crawler cannot be started", "crawler", c.Name, "error", err)
			}
			continue
		}
		runs.Go(func() {
			defer func() { <-slots }()
			if _, err := a.execute(ctx); err != nil && !Stopped(err) {
				s.log.Error("crawler failed", "crawler", c.Name, "run_id", a.run.ID, "error", err)
			}
		})
	}
	if !next.IsZero() && next.Sub(now) < lookEvery {
		return max(next.Sub(now), 10*time.Millisecond)
	}
	return lookEvery
}
