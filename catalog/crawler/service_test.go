package crawler

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/catalog/fault"
)

func TestValidation(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", 300)
	for name, c := range map[string]struct {
		change func(*Crawler)
		want   string
	}{
		"no name":          {func(c *Crawler) { c.Name = "" }, "1 to 255 characters"},
		"long name":        {func(c *Crawler) { c.Name = long }, "1 to 255 characters"},
		"newline":          {func(c *Crawler) { c.Name = "a\nb" }, "control characters"},
		"description":      {func(c *Crawler) { c.Description = strings.Repeat("ä", 2049) }, "2048"},
		"no database":      {func(c *Crawler) { c.Database = "" }, "no database"},
		"prefix":           {func(c *Crawler) { c.TablePrefix = long }, "longer than 128"},
		"no targets":       {func(c *Crawler) { c.Targets = nil }, "no targets"},
		"empty target":     {func(c *Crawler) { c.Targets[0].Location = " " }, "no location"},
		"sample":           {func(c *Crawler) { c.Targets[0].SampleSize = 250 }, "from 1 to 249"},
		"depth":            {func(c *Crawler) { c.Targets[0].Depth = -1 }, "negative"},
		"empty exclusion":  {func(c *Crawler) { c.Targets[0].Exclusions = []string{""} }, "invalid exclusion"},
		"update":           {func(c *Crawler) { c.SchemaChange.Update = "X" }, "unknown update behavior"},
		"delete":           {func(c *Crawler) { c.SchemaChange.Delete = "X" }, "unknown delete behavior"},
		"recrawl":          {func(c *Crawler) { c.Recrawl = "X" }, "unknown recrawl behavior"},
		"events":           {func(c *Crawler) { c.Recrawl = CrawlEvents }, "CRAWL_EVENT_MODE is not supported"},
		"new folders":      {func(c *Crawler) { c.Recrawl = CrawlNewFolders; c.SchemaChange.Update = UpdateInDatabase }, `The SchemaChangePolicy for "Crawl new folders only" Amazon S3 target can have only LOG DeleteBehavior value and LOG UpdateBehavior value.`},
		"new folders, log": {func(c *Crawler) { c.Recrawl = CrawlNewFolders; c.SchemaChange.Update = UpdateLog }, "LOG UpdateBehavior value."},
		"schedule":         {func(c *Crawler) { c.Schedule = "daily" }, "invalid schedule"},
		"classifier":       {func(c *Crawler) { c.Classifiers = []string{"none"} }, "Classifier with name none does not exist"},
		"files":            {func(c *Crawler) { c.SampleFiles = -1 }, "negative"},
		"other":            {func(c *Crawler) { c.Other = "{" }, "not JSON"},
		"configuration":    {func(c *Crawler) { c.Configuration = `{"Version":1.0,"X":1}` }, "Configuration contains unsupported keys: X."},
	} {
		def := &Crawler{Name: "c", Database: "d", Targets: []crawl.Target{{Location: "memory://lake/l"}}}
		c.change(def)
		if _, err := w.s.Create(w.ctx, def); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		} else if fault.As(err).Kind != fault.User {
			t.Errorf("%s: kind %v", name, fault.As(err).Kind)
		}
	}
	if all, err := w.s.List(w.ctx); err != nil || len(all) > 0 {
		t.Errorf("%d crawlers, %v", len(all), err)
	}
}

func TestConfiguration(t *testing.T) {
	for text, want := range map[string]Configuration{
		"":                {CreatePartitionIndex: true},
		`{"Version":1.0}`: {CreatePartitionIndex: true},
		`{"Version":1,"CreatePartitionIndex":false,"Grouping":{"TableGroupingPolicy":"CombineCompatibleSchemas","TableLevelConfiguration":3}}`: {Combine: true, TableLevel: 3},
		`{"Version":1.0,"Grouping":{"TableLevelConfiguration":"2"}}`:                                                                           {TableLevel: 2, CreatePartitionIndex: true},
		`{"Version":1.0,"CrawlerOutput":{"Partitions":{"AddOrUpdateBehavior":"InheritFromTable"},"Tables":{"AddOrUpdateBehavior":"MergeNewColumns","TableThreshold":5}}}`: {
			InheritFromTable: true, MergeNewColumns: true, TableThreshold: 5, CreatePartitionIndex: true},
	} {
		got, err := ParseConfiguration(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, *got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	for text, want := range map[string]string{
		`{`: "not a JSON object", `[]`: "not a JSON object", `{"Version":1.0} x`: "something behind", `{}`: "no Version", `{"Version":2}`: "must be 1.0",
		`{"Version":1.0,"Z":1,"A":2}`:                                                "Configuration contains unsupported keys: A, Z.",
		`{"Version":1.0,"CrawlerOutput":{"Partitions":{"UpdateBehavior":"x"}}}`:      "CrawlerOutput.Partitions contains unsupported keys: UpdateBehavior.",
		`{"Version":1.0,"CrawlerOutput":{"Views":{}}}`:                               "CrawlerOutput contains unsupported keys: Views.",
		`{"Version":1.0,"CrawlerOutput":{"Tables":{"Foo":1}}}`:                       "CrawlerOutput.Tables contains unsupported keys: Foo.",
		`{"Version":1.0,"CrawlerOutput":[]}`:                                         "CrawlerOutput is not a JSON object",
		`{"Version":1.0,"CrawlerOutput":{"Tables":{"AddOrUpdateBehavior":"Other"}}}`: `can only be "MergeNewColumns"`,
		`{"Version":1.0,"CrawlerOutput":{"Partitions":{"AddOrUpdateBehavior":1}}}`:   `can only be "InheritFromTable"`,
		`{"Version":1.0,"CrawlerOutput":{"Tables":{"TableThreshold":0}}}`:            "whole number from 1",
		`{"Version":1.0,"Grouping":{"TableLevelConfiguration":1.5}}`:                 "whole number from 1",
		`{"Version":1.0,"Grouping":{"TableLevelConfiguration":"2x"}}`:                "whole number from 1",
		`{"Version":1.0,"Grouping":{"TableGroupingPolicy":"x"}}`:                     `can only be "CombineCompatibleSchemas"`,
		`{"Version":1.0,"Grouping":{"Policy":"x"}}`:                                  "Grouping contains unsupported keys: Policy.",
		`{"Version":1.0,"CreatePartitionIndex":"yes"}`:                               "true or false",
	} {
		if _, err := ParseConfiguration(text); !fault.Is(err, fault.CodeInvalidParameter) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func FuzzConfiguration(f *testing.F) {
	f.Add(`{"Version":1.0,"CrawlerOutput":{"Tables":{"AddOrUpdateBehavior":"MergeNewColumns","TableThreshold":5}}}`)
	f.Add(`{"Version":1,"Grouping":{"TableLevelConfiguration":"2"},"CreatePartitionIndex":false}`)
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ParseConfiguration(text); (c == nil) == (err == nil) {
			t.Errorf("%v, %v", c, err)
		}
	})
}

func TestObjects(t *testing.T) {
	w := newWorld(t)
	made := w.create(func(c *Crawler) {
		c.Database, c.Schedule, c.Description = "Sales", "cron(15 12 * * ? *)", "daily"
		c.Targets = append(c.Targets, crawl.Target{Location: "memory://lake/m", Exclusions: []string{"**.tmp"}, SampleSize: 3, Depth: 2})
	})
	want := &Crawler{Name: "c", Description: "daily", Database: "sales", Targets: made.Targets,
		SchemaChange: SchemaChange{UpdateInDatabase, DeleteDeprecate}, Recrawl: CrawlEverything, Schedule: "cron(15 12 * * ? *)",
		ScheduleState: Scheduled, ScheduleSince: w.now, Created: w.now, Updated: w.now, Version: 1}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Error(diff)
	}
	got, err := w.s.Get(w.ctx, "c")
	w.ok(err)
	if diff := cmp.Diff(made, got); diff != "" {
		t.Error(diff)
	}
	if _, err := w.s.Create(w.ctx, made); !fault.Is(err, fault.CodeDuplicateObject) {
		t.Errorf("again: %v", err)
	}
	w.now = w.now.Add(time.Hour)
	changed, err := w.s.Update(w.ctx, "c", func(c *Crawler) error {
		c.Name, c.Created, c.TablePrefix, c.Database = "other", time.Time{}, "p_", "X"
		return nil
	})
	w.ok(err)
	if changed.Name != "c" || changed.Version != 2 || !changed.Created.Equal(made.Created) || !changed.Updated.Equal(w.now) ||
		changed.TablePrefix != "p_" || changed.Database != "x" || !changed.ScheduleSince.Equal(made.ScheduleSince) {
		t.Errorf("%+v", changed)
	}
	boom := errors.New("boom")
	if _, err := w.s.Update(w.ctx, "c", func(*Crawler) error { return boom }); !errors.Is(err, boom) {
		t.Error(err)
	}
	for _, err := range []error{
		second(w.s.Get(w.ctx, "C")), second(w.s.Update(w.ctx, "n", func(*Crawler) error { return nil })), w.s.Delete(w.ctx, "n"),
		w.s.Stop(w.ctx, "n"), second(w.s.Start(w.ctx, "n")), w.s.SetSchedule(w.ctx, "n", ""), w.s.StartSchedule(w.ctx, "n"),
	} {
		if !fault.Is(err, fault.CodeUndefinedObject) || fault.As(err).Hint != "There are: c." {
			t.Errorf("%v, hint %q", err, fault.As(err).Hint)
		}
	}
	w.ok(w.s.Delete(w.ctx, "c"))
	if all, err := w.s.List(w.ctx); err != nil || len(all) > 0 {
		t.Errorf("%v, %v", all, err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestSchedules(t *testing.T) {
	w := newWorld(t)
	w.create(nil)
	if err := w.s.StartSchedule(w.ctx, "c"); !errors.Is(err, ErrNoSchedule) {
		t.Error(err)
	}
	if err := w.s.StopSchedule(w.ctx, "c"); !errors.Is(err, ErrSchedulerStopped) {
		t.Error(err)
	}
	if err := w.s.SetSchedule(w.ctx, "c", "cron(* * * * ? *)"); !fault.Is(err, fault.CodeInvalidParameter) {
		t.Error(err)
	}
	w.ok(w.s.SetSchedule(w.ctx, "c", "rate(1 hour)"))
	if err := w.s.StartSchedule(w.ctx, "c"); !errors.Is(err, ErrSchedulerRunning) {
		t.Error(err)
	}
	next := func() string {
		c, err := w.s.Get(w.ctx, "c")
		w.ok(err)
		at, ok, err := w.s.NextRun(w.ctx, c)
		w.ok(err)
		if !ok {
			return "never"
		}
		return at.Format("15:04")
	}
	if got := next(); got != "07:00" {
		t.Error(got)
	}
	w.ok(w.s.StopSchedule(w.ctx, "c"))
	if got := next(); got != "never" {
		t.Error(got)
	}
	w.now = w.now.Add(5 * time.Hour)
	w.ok(w.s.StartSchedule(w.ctx, "c"))
	if got := next(); got != "12:00" { // what was due while it was stopped was not missed
		t.Error(got)
	}
	w.ok(w.s.SetSchedule(w.ctx, "c", ""))
	if c, err := w.s.Get(w.ctx, "c"); err != nil || c.ScheduleState != "" || c.Schedule != "" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestRunDue(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab})
	w.create(func(c *Crawler) { c.Schedule = "cron(0 * * * ? *)" })
	_, err := w.s.Create(w.ctx, &Crawler{Name: "bad", Database: "d", Targets: []crawl.Target{{Location: "/not/allowed"}}, Schedule: "cron(30 * * * ? *)"})
	w.ok(err)
	due := func(want string) {
		t.Helper()
		d, err := w.s.RunDue(w.ctx, w.now, nil)
		w.ok(err)
		var got []string
		for _, r := range d.Runs {
			got = append(got, fmt.Sprintf("%s %s %s", r.Crawler, r.State, r.Trigger))
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("at %s: %q, want %q", w.now.Format(time.TimeOnly), got, want)
		}
		if d.Failed() != strings.Contains(want, "FAILED") {
			t.Errorf("Failed is %v", d.Failed())
		}
	}
	due("")
	w.now = w.now.Add(45 * time.Minute)
	due("bad FAILED schedule")
	due("")
	w.now = w.now.Add(5 * time.Hour) // several were missed
	due("bad FAILED schedule, c COMPLETED schedule")
	due("")
	w.now = w.now.Add(15 * time.Minute)
	due("c COMPLETED schedule")
	unlock, ok, err := w.cat.TryLock(w.ctx, "crawlers due")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if d, err := w.s.RunDue(w.ctx, w.now, nil); err != nil || !d.Elsewhere {
		t.Errorf("%+v, %v", d, err)
	}
	unlock()
	w.now = w.now.Add(time.Hour)
	unlock, _, err = w.cat.TryLock(w.ctx, lockName("c"))
	w.ok(err)
	defer unlock()
	if d, err := w.s.RunDue(w.ctx, w.now, nil); err != nil || len(d.Busy) != 1 || d.Busy[0] != "c" {
		t.Errorf("%+v, %v", d, err)
	}
}

// blocked lets crawls wait in their first listing until release is called.
func (w *world) blocked() (waiting <-chan struct{}, release func()) {
	in, out := make(chan struct{}, 100), make(chan struct{})
	find := w.s.find
	w.s.find = func(ctx context.Context, o crawl.Options) (*crawl.Findings, error) {
		in <- struct{}{}
		select {
		case <-out:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return find(ctx, o)
	}
	return in, func() { close(out) }
}

func TestStates(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab})
	w.create(nil)
	state := func() State {
		t.Helper()
		st, err := w.s.Status(w.ctx, "c")
		w.ok(err)
		return st.State
	}
	if got := state(); got != Ready {
		t.Error(got)
	}
	if err := w.s.Stop(w.ctx, "c"); !errors.Is(err, ErrNotRunning) {
		t.Error(err)
	}
	waiting, release := w.blocked()
	id, err := w.s.Start(w.ctx, "c")
	w.ok(err)
	<-waiting
	if got := state(); got != Running {
		t.Error(got)
	}
	_, again := w.s.Start(w.ctx, "c")
	for _, err := range []error{again, second(w.s.Update(w.ctx, "c", func(*Crawler) error { return nil })), w.s.Delete(w.ctx, "c")} {
		if !errors.Is(err, ErrRunning) || !fault.Is(err, fault.CodeObjectInUse) || err.Error() != "Crawler with name c has already started" {
			t.Error(err)
		}
	}
	w.ok(w.s.SetSchedule(w.ctx, "c", "rate(1 day)")) // allowed meanwhile
	w.ok(w.s.Stop(w.ctx, "c"))
	if err := w.s.Stop(w.ctx, "c"); !errors.Is(err, ErrStopping) && !errors.Is(err, ErrNotRunning) {
		t.Error(err)
	}
	w.s.starts.Wait()
	if got := state(); got != Ready {
		t.Error(got)
	}
	r, err := w.s.RunByID(w.ctx, "c", id[:10])
	w.ok(err)
	if r.State != RunStopped || r.Error != "" || r.Ended.IsZero() {
		t.Errorf("%+v", r)
	}
	if ts, err := w.cat.Tables(w.ctx, "d"); err == nil && len(ts) > 0 {
		t.Error("a stopped run wrote tables")
	}
	release()
	w.want("t added")
	if r, err := w.s.Runs(w.ctx, "c", "", 0); err != nil || len(r) != 2 || r[0].State != RunCompleted || r[0].Progress.Tables != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if n := w.s.Counts()["c"]; n.Ended[RunCompleted] != 1 || n.Ended[RunStopped] != 1 || n.Ended[RunFailed] != 0 || n.Succeeded.IsZero() {
		t.Errorf("counted %+v", n)
	}
	w.ok(w.s.Delete(w.ctx, "c"))
	if n := w.s.Counts(); len(n) != 0 {
		t.Errorf("%v are counted after the crawler is gone", n)
	}
}

// TestCanceled: the end of the context, as by Ctrl-C, stops a run and leaves a
// record of it.
func TestCanceled(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab})
	w.create(nil)
	waiting, _ := w.blocked()
	ctx, cancel := context.WithCancel(w.ctx)
	go func() { <-waiting; cancel() }()
	r, err := w.s.Run(ctx, "c", RunOptions{})
	if !errors.Is(err, context.Canceled) || r == nil || r.State != RunStopped {
		t.Errorf("%+v, %v", r, err)
	}
	runs, err := w.s.Runs(w.ctx, "c", "", 0)
	if err != nil || len(runs) != 1 || runs[0].State != RunStopped {
		t.Errorf("%+v, %v", runs, err)
	}
	_, err = w.s.Start(w.ctx, "c") // Close ends it too
	w.ok(err)
	w.s.Close()
	if runs, err = w.s.Runs(w.ctx, "c", "", 0); err != nil || runs[0].State != RunStopped {
		t.Errorf("%+v, %v", runs, err)
	}
}

// losing is a catalog whose locks are lost when lost is closed.
type losing struct {
	Catalog
	lost chan struct{}
}

// Guard implements catalog.Locker.
func (l losing) Guard(ctx context.Context, _ string) (context.Context, func()) {
	out, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		select {
		case <-l.lost:
			cancel(fault.New(fault.CodeConnectionFailure, "the lock was lost"))
		case <-done:
		}
	}()
	return out, sync.OnceFunc(func() { close(done) })
}

// TestRunLosesItsLock: a run whose lock is lost ends as one that failed.
func TestRunLosesItsLock(t *testing.T) {
	w := newWorld(t).put(map[string]string{"t/a.csv": "a,b\n1,2\n"})
	w.create(nil)
	l := losing{w.s.cat, make(chan struct{})}
	w.s.cat = l
	waiting, _ := w.blocked()
	go func() { <-waiting; close(l.lost) }()
	r, err := w.s.Run(w.ctx, "c", RunOptions{})
	if !fault.Is(err, fault.CodeConnectionFailure) || r == nil || r.State != RunFailed || r.Code != "08006" {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestDeadRun: a run whose process is gone is marked by whoever looks next, and
// by the next run.
func TestDeadRun(t *testing.T) {
	for _, look := range []bool{true, false} {
		w := newWorld(t).put(map[string]string{"l/t/1.csv": ab})
		w.create(nil)
		w.ok(w.s.putRun(w.ctx, w.s.newRun("c", ByRequest)))
		if look {
			st, err := w.s.Status(w.ctx, "c")
			w.ok(err)
			if st.State != Ready || st.Last.State != RunFailed || st.Current != nil {
				t.Errorf("%+v", st)
			}
		}
		w.want("t added")
		runs, err := w.s.Runs(w.ctx, "c", "", 0)
		w.ok(err)
		if len(runs) != 2 || runs[0].State != RunCompleted || runs[1].State != RunFailed || !strings.Contains(runs[1].Error, "process") {
			t.Errorf("%+v %+v", runs[0], runs[1])
		}
	}
}

func TestHistory(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab})
	w.create(nil)
	_, err := w.s.Create(w.ctx, &Crawler{Name: "c2", Database: "d", Targets: []crawl.Target{{Location: "memory://lake/l"}}})
	w.ok(err)
	for i := range maxRuns + 5 {
		r := w.s.newRun("c", ByRequest)
		r.State, r.Started = RunCompleted, w.now.Add(time.Duration(i)*time.Second)
		r.Ended = r.Started.Add(time.Duration(i%3) * time.Second)
		w.ok(w.s.putRun(w.ctx, r))
	}
	w.now = w.now.Add(time.Hour)
	w.want("t added")
	_, err = w.s.Run(w.ctx, "c2", RunOptions{})
	w.ok(err)
	all, err := w.s.Runs(w.ctx, "c", "", 0)
	w.ok(err)
	if len(all) != maxRuns || all[0].Report == nil || all[0].Report.Counts.Tables.Added != 1 {
		t.Errorf("%d runs", len(all))
	}
	for i := 1; i < len(all); i++ {
		if all[i].Started.After(all[i-1].Started) {
			t.Fatalf("run %d is newer than the one before", i)
		}
	}
	page, err := w.s.Runs(w.ctx, "c", all[4].ID, 3)
	w.ok(err)
	if len(page) != 3 || page[0].ID != all[5].ID || page[2].ID != all[7].ID {
		t.Errorf("%v", page)
	}
	if _, err := w.s.Runs(w.ctx, "c", "none", 3); !fault.Is(err, fault.CodeUndefinedObject) {
		t.Error(err)
	}
	for _, id := range []string{"", "zz"} {
		if _, err := w.s.RunByID(w.ctx, "c", id); !fault.Is(err, fault.CodeUndefinedObject) {
			t.Errorf("%q: %v", id, err)
		}
	}
	m, err := w.s.Metrics(w.ctx, "c")
	w.ok(err)
	if m.TablesCreated != 1 || m.LastRuntime != 0 || m.MedianRuntime != time.Second || m.StillEstimates {
		t.Errorf("%+v", m)
	}
	w.ok(w.s.Delete(w.ctx, "c"))
	if all, err = w.s.Runs(w.ctx, "c", "", 0); err != nil || len(all) > 0 {
		t.Errorf("%d runs are left, %v", len(all), err)
	}
	if all, err = w.s.Runs(w.ctx, "c2", "", 0); err != nil || len(all) != 1 {
		t.Errorf("%d runs of the other, %v", len(all), err)
	}
}

// TestReportInHistory: what the history keeps is bounded.
func TestReportInHistory(t *testing.T) {
	r := &Report{}
	for i := range 2000 {
		tab := TableReport{Table: fmt.Sprint("t", i), Action: Updated}
		if i%2 == 0 {
			tab.Action = Unchanged
		}
		r.Tables = append(r.Tables, tab)
		r.Notes = append(r.Notes, "note")
		r.LeftOut = append(r.LeftOut, crawl.LeftOut{Location: "x"})
	}
	h := r.history()
	if len(h.Tables) != keptTables || len(h.Notes) != keptLines || len(h.LeftOut) != keptLines || h.Trees != nil ||
		*h.More != (More{Tables: 500, LeftOut: 1800, Notes: 1800}) {
		t.Errorf("%d %d %d %+v", len(h.Tables), len(h.Notes), len(h.LeftOut), h.More)
	}
}

// TestSchedule runs the scheduler with the real clock: what is overdue begins
// at once, and the end of the context ends all.
func TestSchedule(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.csv": ab})
	w.create(func(c *Crawler) { c.Schedule = "rate(5 minutes)" })
	_, err := w.s.Create(w.ctx, &Crawler{Name: "later", Database: "d", Targets: []crawl.Target{{Location: "memory://lake/l"}}, Schedule: "rate(1 day)"})
	w.ok(err)
	w.now = w.now.Add(time.Hour)
	waiting, release := w.blocked()
	ctx, cancel := context.WithCancel(w.ctx)
	done := make(chan struct{})
	go func() { w.s.Schedule(ctx); close(done) }()
	<-waiting
	st, err := w.s.Status(w.ctx, "c")
	w.ok(err)
	if st.State != Running || st.Current.Trigger != BySchedule {
		t.Errorf("%+v", st)
	}
	release()
	for st.State == Running {
		time.Sleep(time.Millisecond)
		st, err = w.s.Status(w.ctx, "c")
		w.ok(err)
	}
	cancel()
	<-done
	if runs, err := w.s.Runs(w.ctx, "later", "", 0); err != nil || len(runs) > 0 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
	if st.Last.State != RunCompleted {
		t.Errorf("%+v", st.Last)
	}
}

// TestTogether lets two crawlers write to one database at the same time: names
// stay distinct and nothing is lost.
func TestTogether(t *testing.T) {
	w := newWorld(t)
	for i := range 12 {
		w.put(map[string]string{fmt.Sprintf("a/x%d/1.csv", i): ab, fmt.Sprintf("b/x%d/1.csv", i): cde})
	}
	errs := make(chan error, 2)
	for _, name := range []string{"a", "b"} {
		_, err := w.s.Create(w.ctx, &Crawler{Name: name, Database: "d", Targets: []crawl.Target{{Location: "memory://lake/" + name}}})
		w.ok(err)
		go func() { errs <- second(w.s.Run(w.ctx, name, RunOptions{})) }()
	}
	w.ok(<-errs)
	w.ok(<-errs)
	if ts, err := w.cat.Tables(w.ctx, "d"); err != nil || len(ts) != 24 {
		t.Errorf("%d tables, %v", len(ts), err)
	}
}

func TestClassifiers(t *testing.T) {
	w := newWorld(t).put(map[string]string{"l/t/1.dat": "1~x\n2~y\n"})
	def := &Classifier{Name: "tilde", CSV: &crawl.CSVClassifier{Delimiter: "~", Header: crawl.HeaderAbsent, Names: []string{"id", "name"}, Types: []string{"INT", "STRING"}}}
	made, err := w.s.CreateClassifier(w.ctx, def)
	w.ok(err)
	if made.Version != 1 || made.Created.IsZero() {
		t.Errorf("%+v", made)
	}
	if _, err := w.s.CreateClassifier(w.ctx, def); !fault.Is(err, fault.CodeDuplicateObject) {
		t.Error(err)
	}
	w.create(func(c *Crawler) { c.Classifiers = []string{"tilde"} })
	w.want("t added")
	w.wantColumns("t", "id integer, name varchar")
	if err := w.s.DeleteClassifier(w.ctx, "tilde"); !fault.Is(err, fault.CodeDependentObjects) {
		t.Error(err)
	}
	w.now = w.now.Add(time.Hour)
	changed, err := w.s.UpdateClassifier(w.ctx, "tilde", func(c *Classifier) error {
		c.CSV.Names = []string{"id", "label"}
		return nil
	})
	w.ok(err)
	if changed.Version != 2 || !changed.Updated.Equal(w.now) || changed.CSV.Names[1] != "label" {
		t.Errorf("%+v", changed)
	}
	_, err = w.s.UpdateClassifier(w.ctx, "tilde", func(c *Classifier) error { c.CSV, c.JSON = nil, &crawl.JSONClassifier{Path: "$"}; return nil })
	if !fault.Is(err, fault.CodeInvalidParameter) {
		t.Error(err)
	}
	w.update(func(c *Crawler) { c.Classifiers = nil })
	w.ok(w.s.DeleteClassifier(w.ctx, "tilde"))
	if _, err := w.s.Classifier(w.ctx, "tilde"); !fault.Is(err, fault.CodeUndefinedObject) {
		t.Error(err)
	}
}
