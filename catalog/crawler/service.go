package crawler

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawl"
	"github.com/glauxdb/glaux/formats"
	"github.com/glauxdb/glaux/formats/store"
)

// Catalog is what a Service needs of a catalog.
type Catalog interface {
	catalog.Catalog
	catalog.Changer
	catalog.PartitionScanner
	catalog.Documents
	catalog.Locker
}

// Options are what a Service works with. Catalog, Stores and Formats are
// needed.
type Options struct {
	Catalog Catalog
	Stores  *store.Registry
	Formats *formats.Registry
	// Allow is asked before a target is crawled: it makes the location readable,
	// or says why it may not be. It is not asked in dry runs. Nil: the stores
	// decide.
	Allow  func(ctx context.Context, location string) error
	Logger *slog.Logger
	Now    func() time.Time // nil: time.Now
}

// Service keeps crawlers and runs them. Safe for concurrent use. Several
// Services, also of several processes, may work on one catalog. Close it.
type Service struct {
	cat     Catalog
	stores  *store.Registry
	formats *formats.Registry
	allow   func(ctx context.Context, location string) error
	log     *slog.Logger
	now     func() time.Time
	find    func(ctx context.Context, o crawl.Options) (*crawl.Findings, error) // crawl.Find, but for tests

	ctx    context.Context // of what Start began
	cancel context.CancelFunc
	starts sync.WaitGroup
	counts runCounts
}

// New makes a Service.
func New(o Options) *Service {
	s := &Service{cat: o.Catalog, stores: o.Stores, formats: o.Formats, allow: o.Allow, log: o.Logger, now: o.Now, find: crawl.Find}
	if s.allow == nil {
		s.allow = func(context.Context, string) error { return nil }
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Close stops the runs that Start began and waits for them.
func (s *Service) Close() {
	s.cancel()
	s.starts.Wait()
}

// What a Glue endpoint tells apart beyond SQLSTATEs: test with errors.Is. They
// are causes of faults, which have the texts.
var (
	ErrRunning          = errors.New("crawler is running")             // CrawlerRunningException, 55006
	ErrNotRunning       = errors.New("crawler is not running")         // CrawlerNotRunningException, 55000
	ErrStopping         = errors.New("crawler is stopping")            // CrawlerStoppingException, 55006
	ErrNoSchedule       = errors.New("crawler has no schedule")        // NoScheduleException, 55000
	ErrSchedulerRunning = errors.New("schedule of crawler is running") // SchedulerRunningException, 55000
	ErrSchedulerStopped = errors.New("schedule of crawler is stopped") // SchedulerNotRunningException, 55000
)

// The spaces of documents, with their keys.
const (
	spaceCrawler    = "crawler"    // name
	spaceClassifier = "classifier" // name
	spaceRun        = "crawl.run"  // crawler's name, newline, runKey
	spaceStop       = "crawl.stop" // ID of a run that was asked to stop
	spaceBase       = "crawl.base" // table's ID
	spaceDrift      = "drift"      // table's ID
)
