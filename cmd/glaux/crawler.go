package main

import (
	"context"
	"fmt"

	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/fault"
)

// crawlerCmd is "glaux crawler".
type crawlerCmd struct {
	Create  crawlerCreateCmd  `cmd:"" help:"Keep a crawl under a name, with a schedule if it has one."`
	Update  crawlerUpdateCmd  `cmd:"" help:"Change a crawler."`
	Show    crawlerShowCmd    `cmd:"" help:"Print a crawler, its state and its last run."`
	Ls      crawlerLsCmd      `cmd:"" help:"List crawlers."`
	Run     crawlerRunCmd     `cmd:"" help:"Run a crawler now, or all that are due."`
	Stop    crawlerStopCmd    `cmd:"" help:"Stop a run, wherever it is."`
	Pause   crawlerPauseCmd   `cmd:"" help:"Stop a schedule."`
	Resume  crawlerResumeCmd  `cmd:"" help:"Start a schedule again."`
	History crawlerHistoryCmd `cmd:"" help:"List the runs of a crawler, or print one."`
	Delete  crawlerDeleteCmd  `cmd:"" help:"Delete a crawler and its history; its tables stay."`
}

// Help is shown by --help after the commands.
func (crawlerCmd) Help() string {
	return `Examples:
  glaux crawler create logs --target s3://bucket/logs --database raw --schedule 'cron(15 * * * ? *)'
  glaux crawler run logs
  glaux crawler history logs
  */5 * * * *  glaux crawler run --due        (a line for cron; "glaux serve" does the same by itself)`
}

// crawlerCreateCmd is "glaux crawler create".
type crawlerCreateCmd struct {
	dataFlags
	Name string `arg:"" optional:"" help:"Name of the crawler."`
	crawlerFlags
	JSON bool `name:"json" help:"Print the crawler as JSON."`
}

// Help is shown by --help after the flags.
func (crawlerCreateCmd) Help() string {
	return `Examples:
  glaux crawler create logs --target s3://bucket/logs --database raw --exclude 'tmp/**'
  glaux crawler create logs --target /srv/logs --database raw --schedule 'rate(1 hour)' --on-delete delete
  glaux crawler create --file logs.yaml`
}

// Run creates the crawler.
func (c *crawlerCreateCmd) Run(ctx context.Context, t *terminal) error {
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error {
		def := &crawler.Crawler{Name: c.Name}
		if err := c.apply(def); err != nil {
			return err
		}
		if def.Name == "" {
			return fault.New(fault.CodeInvalidParameter, "the crawler has no name").WithHint("Give it as an argument, or as name in the file.")
		}
		made, err := s.Create(ctx, def)
		if err != nil {
			return err
		}
		return printCrawler(ctx, t, s, made, c.JSON)
	})
}

// crawlerUpdateCmd is "glaux crawler update".
type crawlerUpdateCmd struct {
	dataFlags
	Name string `arg:"" help:"Name of the crawler."`
	crawlerFlags
	JSON bool `name:"json" help:"Print the crawler as JSON."`
}

// Help is shown by --help after the flags.
func (crawlerUpdateCmd) Help() string {
	return `What is not given stays as it is.

Examples:
  glaux crawler update logs --on-delete delete
  glaux crawler update logs --schedule ''         (no schedule any more)`
}

// Run changes the crawler.
func (c *crawlerUpdateCmd) Run(ctx context.Context, t *terminal) error {
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error {
		changed, err := s.Update(ctx, c.Name, c.apply)
		if err != nil {
			return err
		}
		return printCrawler(ctx, t, s, changed, c.JSON)
	})
}

// crawlerShowCmd is "glaux crawler show".
type crawlerShowCmd struct {
	dataFlags
	Name string `arg:"" help:"Name of the crawler."`
	JSON bool   `name:"json" help:"Print it as JSON."`
}

// Run prints the crawler.
func (c *crawlerShowCmd) Run(ctx context.Context, t *terminal) error {
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error {
		def, err := s.Get(ctx, c.Name)
		if err != nil {
			return err
		}
		return printCrawler(ctx, t, s, def, c.JSON)
	})
}

// crawlerLsCmd is "glaux crawler ls".
type crawlerLsCmd struct {
	dataFlags
	JSON bool `name:"json" help:"Print them as JSON."`
}

// Run lists the crawlers.
func (c *crawlerLsCmd) Run(ctx context.Context, t *terminal) error {
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error { return listCrawlers(ctx, t, s, c.JSON) })
}

// crawlerStopCmd is "glaux crawler stop".
type crawlerStopCmd struct {
	dataFlags
	Name string `arg:"" help:"Name of the crawler."`
}

// Run asks the crawler's run to end.
func (c *crawlerStopCmd) Run(ctx context.Context, t *terminal) error {
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error {
		if err := s.Stop(ctx, c.Name); err != nil {
			return err
		}
		_, err := fmt.Fprintf(t.out, "%s is stopping\n", c.Name)
		return err
	})
}

// crawlerPauseCmd is "glaux crawler pause".
type crawlerPauseCmd struct {
	dataFlags
	Name string `arg:"" help:"Name of the crawler."`
}

// Run stops the schedule.
func (c *crawlerPauseCmd) Run(ctx context.Context) error {
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error { return s.StopSchedule(ctx, c.Name) })
}

// crawlerResumeCmd is "glaux crawler resume".
type crawlerResumeCmd struct {
	dataFlags
	Name string `arg:"" help:"Name of the crawler."`
}

// Run starts the schedule.
func (c *crawlerResumeCmd) Run(ctx context.Context) error {
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error { return s.StartSchedule(ctx, c.Name) })
}

// crawlerDeleteCmd is "glaux crawler delete".
type crawlerDeleteCmd struct {
	dataFlags
	Name string `arg:"" help:"Name of the crawler."`
}

// Run deletes the crawler.
func (c *crawlerDeleteCmd) Run(ctx context.Context) error {
	return withCrawlers(ctx, c.dataFlags, func(s *crawler.Service) error { return s.Delete(ctx, c.Name) })
}

// withCrawlers opens the instance for a command about crawlers.
func withCrawlers(ctx context.Context, f dataFlags, do func(*crawler.Service) error) error {
	a, err := open(ctx, f, nil, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	return do(a.Crawlers)
}
