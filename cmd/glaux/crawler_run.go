package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/fault"
)

// crawlerRunCmd is "glaux crawler run".
type crawlerRunCmd struct {
	dataFlags
	Name string `arg:"" optional:"" help:"Name of the crawler."`
	Due  bool   `help:"Run all crawlers whose schedule is due, and say nothing unless one fails."`
	JSON bool   `name:"json" help:"Print the record of the run as JSON."`
}

// Help is shown by --help after the flags.
func (crawlerRunCmd) Help() string {
	return `With --due the exit code is 0 if nothing failed, 6 if a run failed, and 75 if another process
holds the lock: then nothing was done, and the next call will do it. Only failures are printed,
so that cron sends mail about those alone; --verbose tells of every run.

Examples:
  glaux crawler run logs
  */5 * * * *  glaux crawler run --due --data-dir /var/lib/glaux`
}

// Run runs one crawler, or those that are due. Ctrl-C stops the run.
func (c *crawlerRunCmd) Run(ctx context.Context, t *terminal) error {
	if c.Due == (c.Name != "") {
		return fault.New(fault.CodeInvalidParameter, "name a crawler, or say --due")
	}
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error {
		if c.Due {
			return c.runDue(ctx, t, s)
		}
		return c.runOne(ctx, t, s)
	})
}

func (c *crawlerRunCmd) runOne(ctx context.Context, t *terminal, s *crawler.Service) error {
	line := &statusLine{t: t}
	r, err := s.Run(ctx, c.Name, crawler.RunOptions{Progress: func(p crawler.Progress) { line.show(c.Name + ": " + progressText(p)) }})
	line.clear()
	if r == nil {
		if errors.Is(err, crawler.ErrRunning) {
			return coded{err, exitTempFail}
		}
		return err
	}
	if c.JSON {
		if perr := printJSON(t, r); perr != nil {
			return perr
		}
	} else if perr := printRun(t, r, c.Verbose); perr != nil {
		return perr
	}
	return err
}

func (c *crawlerRunCmd) runDue(ctx context.Context, t *terminal, s *crawler.Service) error {
	line := &statusLine{t: t}
	due, err := s.RunDue(ctx, time.Now(), func(name string, p crawler.Progress) { line.show(name + ": " + progressText(p)) })
	line.clear()
	if due == nil {
		return err
	}
	for _, r := range due.Runs {
		switch {
		case r.State == crawler.RunFailed:
			fmt.Fprintf(t.err, "ERROR:  %s: crawler %s failed: %s\nHINT:  glaux crawler history %s %s\n", r.Code, r.Crawler, r.Error, r.Crawler, r.ID[:8])
		case c.Verbose && !c.JSON:
			if err := printRun(t, r, c.Verbose); err != nil {
				return err
			}
		}
	}
	if c.JSON {
		if err := printJSON(t, due.Runs); err != nil {
			return err
		}
	}
	if c.Verbose {
		for _, name := range due.Busy {
			fmt.Fprintf(t.err, "%s is due and runs already\n", name)
		}
		if due.Elsewhere {
			fmt.Fprintln(t.err, "another process runs the crawlers that are due")
		}
	}
	switch {
	case err != nil:
		return err
	case due.Failed():
		return coded{nil, exitCrawlFailed}
	case due.Elsewhere:
		return coded{nil, exitTempFail}
	}
	return nil
}

// scheduleCrawlers runs crawlers when they are due until stop is called, which
// waits for their end.
func (a *app) scheduleCrawlers(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { a.Crawlers.Schedule(ctx) })
	return func() {
		cancel()
		done.Wait()
	}
}

// coded is an error with an exit code of its own. Without a cause everything
// was said already.
type coded struct {
	error
	code int
}

// Unwrap gives the cause.
func (c coded) Unwrap() error { return c.error }

// Error gives the cause's text.
func (c coded) Error() string {
	if c.error == nil {
		return ""
	}
	return c.error.Error()
}
