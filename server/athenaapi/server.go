package athenaapi

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/exec"
	"github.com/glauxdb/glaux/formats/store"
	"github.com/glauxdb/glaux/server/awsapi"
	"github.com/glauxdb/glaux/server/workgroup"
)

// targetPrefix is what X-Amz-Target begins with.
const targetPrefix = "AmazonAthena."

// DefaultAccount is the account in ARNs unless a Config says another.
const DefaultAccount = "000000000000"

// DefaultKeep is how long executions are remembered, as Athena does.
const DefaultKeep = 45 * 24 * time.Hour

// DefaultKeepResults is how long results are kept that the server keeps itself, as
// Athena does.
const DefaultKeepResults = 24 * time.Hour

// Config says what a Server serves and to whom.
type Config struct {
	Engine  *exec.Engine
	Catalog catalog.Full // also of the documents
	Stores  *store.Registry
	Groups  *workgroup.Governor
	Keys    []awsapi.Key
	// Anonymous takes requests without looking at their signatures.
	Anonymous bool
	Account   string // of ARNs; "": DefaultAccount
	Region    string // of ARNs; "": us-east-1
	// ResultsDir is the directory for results that have no other place; "": there
	// is none, and a query needs a place.
	ResultsDir string
	// Keep and KeepResults are how long executions and the results in ResultsDir
	// last; 0: DefaultKeep, DefaultKeepResults.
	Keep, KeepResults time.Duration
	Logger            *slog.Logger
	Now               func() time.Time // nil: time.Now
}

// Server is the endpoint, an http.Handler. Safe for concurrent use. Shut it down
// before the engine is closed.
type Server struct {
	*awsapi.Server
	engine      *exec.Engine
	cat         catalog.Full
	stores      *store.Registry
	groups      *workgroup.Governor
	account     string
	region      string
	managed     store.Store // nil: none
	keep        time.Duration
	keepResults time.Duration
	log         *slog.Logger
	now         func() time.Time
	codec       awsapi.Codec
	docs        awsapi.Documents

	mu       sync.Mutex      // guards runs, closed
	runs     map[string]*run // by execution ID: those that have not ended, or whose end is not written
	closed   bool
	active   sync.WaitGroup // goroutines of runs
	ctx      context.Context
	cancel   context.CancelCauseFunc
	sweeping sync.WaitGroup
}

// New makes a Server and ends the executions that a server left unfinished. Keys
// must be complete and their access keys different.
func New(ctx context.Context, c Config) (*Server, error) {
	s := &Server{engine: c.Engine, cat: c.Catalog, stores: c.Stores, groups: c.Groups, account: c.Account, region: c.Region,
		keep: c.Keep, keepResults: c.KeepResults, log: c.Logger, now: c.Now, runs: map[string]*run{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.account == "" {
		s.account = DefaultAccount
	}
	if s.region == "" {
		s.region = "us-east-1"
	}
	if s.keep <= 0 {
		s.keep = DefaultKeep
	}
	if s.keepResults <= 0 {
		s.keepResults = DefaultKeepResults
	}
	if c.ResultsDir != "" {
		if err := os.MkdirAll(c.ResultsDir, 0o700); err != nil {
			return nil, fault.Wrap(err, fault.CodeIO, "the directory for results cannot be made: %v", err)
		}
		s.managed = store.NewDir(c.ResultsDir)
	}
	s.docs = awsapi.Documents{Store: s.cat, Codec: &s.codec}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	served := awsapi.Service{Name: "Amazon Athena", Short: "Athena", Signing: "athena", Target: targetPrefix, Operations: map[string]awsapi.Operation{},
		Unserved: unserved, NotServed: "InvalidRequestException", Throttling: "ThrottlingException", Exception: exceptionOf, Codec: &s.codec, Account: s.account}
	for name, op := range operations() {
		served.Operations[name] = func(ctx context.Context, body []byte) (any, error) { return op(s, ctx, body) }
	}
	var err error
	if s.Server, err = awsapi.New(served, awsapi.Config{Keys: c.Keys, Anonymous: c.Anonymous, Logger: s.log, Now: s.now}); err != nil {
		return nil, err
	}
	if err := s.endAbandoned(ctx); err != nil {
		return nil, err
	}
	s.sweeping.Go(s.sweep)
	return s, nil
}

// Shutdown stops listening, waits for requests and executions until ctx ends, and
// then ends them.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.Server.Shutdown(ctx)
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	stop := context.AfterFunc(ctx, func() {
		s.cancel(fault.New(fault.CodeAdminShutdown, "the server is shutting down"))
	})
	defer stop()
	s.active.Wait()
	s.cancel(nil)
	s.sweeping.Wait()
	return err
}
