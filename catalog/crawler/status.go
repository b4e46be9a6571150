package crawler

import (
	"context"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// Status is what a crawler is doing.
type Status struct {
	State   State
	Current *Run          // that runs now; nil: none
	Last    *Run          // the newest that has ended; nil: none
	Elapsed time.Duration // of the current run
}

// Status gives what a crawler is doing. A run whose process is gone is marked
// FAILED here.
func (s *Service) Status(ctx context.Context, name string) (*Status, error) {
	runs, err := s.Runs(ctx, name, "", 2)
	if err != nil {
		return nil, err
	}
	st := &Status{State: Ready}
	if len(runs) == 0 {
		return st, nil
	}
	st.Last = runs[0]
	if runs[0].State != RunRunning {
		return st, nil
	}
	unlock, free, err := s.cat.TryLock(ctx, lockName(name))
	if err != nil {
		return nil, err
	}
	if free { // nobody runs it: it has ended since, or its process has
		defer unlock()
		if err := s.buryDead(ctx, name); err != nil {
			return nil, err
		}
		runs, err = s.Runs(ctx, name, "", 1)
		if st.Last = nil; len(runs) > 0 {
			st.Last = runs[0]
		}
		return st, err
	}
	st.Current, st.Last, st.State = runs[0], nil, Running
	if len(runs) > 1 {
		st.Last = runs[1]
	}
	st.Elapsed = st.Current.Duration(s.stamp())
	stop, err := s.cat.Document(ctx, spaceStop, st.Current.ID)
	if stop != nil {
		st.State = Stopping
	}
	return st, err
}

// lockName is the lock of a crawler's runs.
func lockName(crawler string) string { return "crawler/" + crawler }

// lock takes the lock of a crawler's runs. Status holds it for a moment: a few
// tries tell that from a run.
func (s *Service) lock(ctx context.Context, crawler string) (unlock func(), ok bool, err error) {
	for try := 0; ; try++ {
		unlock, ok, err = s.cat.TryLock(ctx, lockName(crawler))
		if err != nil || ok || try == 5 {
			return unlock, ok, err
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return nil, false, err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// buryDead marks a run that was left RUNNING as FAILED. The caller holds the
// crawler's lock, so that nobody runs it.
func (s *Service) buryDead(ctx context.Context, name string) error {
	runs, err := s.Runs(ctx, name, "", 1)
	if err != nil || len(runs) == 0 || runs[0].State != RunRunning {
		return err
	}
	r := runs[0]
	r.State, r.Ended = RunFailed, s.stamp()
	r.Error, r.Code = "the process that ran it ended before the run did", string(fault.CodeAdminShutdown)
	if err := s.putRun(ctx, r); err != nil {
		return err
	}
	return s.clearStop(ctx, r.ID)
}

// Stop asks the run of a crawler to end, in whatever process it is. It returns
// at once: the run is then STOPPING for a moment. ErrNotRunning, ErrStopping.
func (s *Service) Stop(ctx context.Context, name string) error {
	if _, err := s.Get(ctx, name); err != nil {
		return err
	}
	st, err := s.Status(ctx, name)
	if err != nil {
		return err
	}
	switch st.State {
	case Ready:
		return fault.Wrap(ErrNotRunning, fault.CodeObjectNotReady, "Crawler with name %s isn't running", name)
	case Stopping:
		return fault.Wrap(ErrStopping, fault.CodeObjectInUse, "Crawler with name %s is already stopping", name)
	}
	_, err = s.put(ctx, spaceStop, st.Current.ID, catalog.AnyVersion, s.stamp())
	return err
}

func (s *Service) clearStop(ctx context.Context, run string) error {
	_, err := s.cat.PutDocuments(ctx, catalog.Document{Space: spaceStop, Key: run, Version: catalog.AnyVersion})
	return err
}
