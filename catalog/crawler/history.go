package crawler

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// Run is the record of one run of a crawler.
type Run struct {
	ID       string    `json:"id"` // UUID
	Crawler  string    `json:"crawler"`
	State    RunState  `json:"state"`
	Trigger  Trigger   `json:"trigger"`
	Started  time.Time `json:"started"`
	Ended    time.Time `json:"ended,omitzero"` // zero: it runs
	Error    string    `json:"error,omitempty"`
	Code     string    `json:"code,omitempty"` // SQLSTATE of Error
	Progress Progress  `json:"progress"`
	Report   *Report   `json:"report,omitempty"` // as far as it got; nil before anything was found
}

// Duration is how long a run took, or takes until now.
func (r *Run) Duration(now time.Time) time.Duration {
	if r.Ended.IsZero() {
		return max(now.Sub(r.Started), 0)
	}
	return r.Ended.Sub(r.Started)
}

// RunState is Glue's state of a crawl.
type RunState string

// The states of a run.
const (
	RunRunning   RunState = "RUNNING"
	RunCompleted RunState = "COMPLETED"
	RunFailed    RunState = "FAILED"
	RunStopped   RunState = "STOPPED"
)

// Trigger is what began a run.
type Trigger string

// The triggers.
const (
	ByRequest  Trigger = "request"
	BySchedule Trigger = "schedule"
)

// Progress is how far a run is.
type Progress struct {
	Listed     int `json:"listed"`     // files
	Sampled    int `json:"sampled"`    // files looked into
	Tables     int `json:"tables"`     // brought up to date
	Partitions int `json:"partitions"` // added
}

// maxRuns is how many runs of a crawler the history keeps.
const maxRuns = 1000

// runsPage is how many records of runs are read at once, metricRuns of how many
// runs Metrics are.
const (
	runsPage   = 50
	metricRuns = 50
)

// newRun makes the record of a run that begins now.
func (s *Service) newRun(crawler string, by Trigger) *Run {
	return &Run{ID: uuid.NewString(), Crawler: crawler, State: RunRunning, Trigger: by, Started: s.stamp()}
}

// runPrefix begins the keys of a crawler's runs. Names have no newline.
func runPrefix(crawler string) string { return crawler + "\n" }

// key orders the runs of a crawler from the newest to the oldest.
func (r *Run) key() string {
	return fmt.Sprintf("%s%016x %s", runPrefix(r.Crawler), math.MaxInt64-r.Started.UnixMilli(), r.ID)
}

// putRun writes a run's record. Only who holds the crawler's lock may.
func (s *Service) putRun(ctx context.Context, r *Run) error {
	_, err := s.put(ctx, spaceRun, r.key(), catalog.AnyVersion, r)
	return err
}

// Runs gives the runs of a crawler, newest first, at most limit (0: all kept)
// behind the one called after ("": from the newest). A crawler that is not
// there has none.
func (s *Service) Runs(ctx context.Context, crawler, after string, limit int) ([]*Run, error) {
	from := ""
	if after != "" {
		all, err := s.Runs(ctx, crawler, "", 0)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(r *Run) bool { return r.ID == after })
		if i < 0 {
			return nil, fault.New(fault.CodeUndefinedObject, "crawler %s has no run %s in its history", crawler, after)
		}
		from = all[i].key()
	}
	ds, err := s.cat.DocumentsAfter(ctx, spaceRun, runPrefix(crawler), from, limit)
	if err != nil {
		return nil, err
	}
	runs := make([]*Run, len(ds))
	for i := range ds {
		runs[i] = new(Run)
		if err := decodeInto(&ds[i], runs[i]); err != nil {
			return nil, err
		}
	}
	return runs, nil
}

// RunByID gives one run of a crawler by the beginning of its ID; 42704 if there
// is none, or more than one.
func (s *Service) RunByID(ctx context.Context, crawler, id string) (*Run, error) {
	all, err := s.Runs(ctx, crawler, "", 0)
	if err != nil {
		return nil, err
	}
	var found *Run
	for _, r := range all {
		if strings.HasPrefix(r.ID, id) && id != "" {
			if found != nil {
				return nil, fault.New(fault.CodeUndefinedObject, "crawler %s has several runs whose ID begins with %s", crawler, id)
			}
			found = r
		}
	}
	if found == nil {
		return nil, fault.New(fault.CodeUndefinedObject, "crawler %s has no run %s in its history", crawler, id)
	}
	return found, nil
}

// trimRuns forgets what is beyond maxRuns.
func (s *Service) trimRuns(ctx context.Context, crawler string) error {
	var old []catalog.Document
	after, seen := "", 0
	for {
		ds, err := s.cat.DocumentsAfter(ctx, spaceRun, runPrefix(crawler), after, runsPage)
		if err != nil {
			return err
		}
		for _, d := range ds {
			if seen++; seen > maxRuns {
				old = append(old, catalog.Document{Space: spaceRun, Key: d.Key, Version: catalog.AnyVersion})
			}
		}
		if len(ds) < runsPage {
			break
		}
		after = ds[len(ds)-1].Key
	}
	if old == nil {
		return nil
	}
	_, err := s.cat.PutDocuments(ctx, old...)
	return err
}

// Metrics are Glue's CrawlerMetrics.
type Metrics struct {
	Crawler        string        `json:"crawler"`
	LastRuntime    time.Duration `json:"last_runtime"`
	MedianRuntime  time.Duration `json:"median_runtime"`
	TimeLeft       time.Duration `json:"time_left"` // of the current run, by the median
	StillEstimates bool          `json:"still_estimating"`
	TablesCreated  int           `json:"tables_created"` // by the last run
	TablesUpdated  int           `json:"tables_updated"`
	TablesDeleted  int           `json:"tables_deleted"`
}

// Metrics sums the last runs of a crawler up.
func (s *Service) Metrics(ctx context.Context, crawler string) (*Metrics, error) {
	runs, err := s.Runs(ctx, crawler, "", metricRuns)
	if err != nil {
		return nil, err
	}
	m := &Metrics{Crawler: crawler}
	var times []time.Duration
	var current *Run
	for _, r := range runs {
		switch {
		case r.State == RunRunning:
			current = r
			continue
		case r.State != RunCompleted:
			continue
		case times == nil:
			m.LastRuntime = r.Duration(r.Ended)
			if r.Report != nil {
				t := r.Report.Counts.Tables
				m.TablesCreated, m.TablesUpdated, m.TablesDeleted = t.Added, t.Updated+t.Deprecated, t.Deleted
			}
		}
		times = append(times, r.Duration(r.Ended))
	}
	if times != nil {
		slices.Sort(times)
		m.MedianRuntime = times[len(times)/2]
	}
	if current != nil {
		m.StillEstimates = times == nil
		m.TimeLeft = max(m.MedianRuntime-current.Duration(s.stamp()), 0)
	}
	return m, nil
}
