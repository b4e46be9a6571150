package glueapi

import (
	"context"
	"log/slog"
	"time"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/crawler"
	"github.com/glauxdb/glaux/catalog/glue/model"
	"github.com/glauxdb/glaux/server/awsapi"
)

// targetPrefix is what X-Amz-Target begins with.
const targetPrefix = "AWSGlue."

// DefaultCatalogID is the account that answers name unless a Config says
// another.
const DefaultCatalogID = "000000000000"

// Key is a pair of an access key and its secret, and whose it is.
type Key = awsapi.Key

// Config says what a Server serves and to whom.
type Config struct {
	Catalog  catalog.Full
	Crawlers *crawler.Service // nil: the operations on crawlers are refused
	// Readable says why a location cannot be the target of a crawler that a client
	// creates: what may be read is the operator's decision. Nil: all can.
	Readable func(location string) error
	Keys     []Key
	// Anonymous takes requests without looking at their signatures.
	Anonymous bool
	// CatalogID is the account that the catalog belongs to; requests that name
	// another are refused. "": any is taken, and answers name DefaultCatalogID.
	CatalogID string
	Region    string // of the ARNs in answers; "": us-east-1
	Logger    *slog.Logger
	Now       func() time.Time // nil: time.Now
}

// Server is the endpoint, an http.Handler. Safe for concurrent use.
type Server struct {
	*awsapi.Server
	cat       catalog.Full
	crawlers  *crawler.Service
	readable  func(location string) error
	catalogID string
	anyID     bool
	region    string
	log       *slog.Logger
	now       func() time.Time
	codec     awsapi.Codec
	docs      awsapi.Documents
}

// New makes a Server. Keys must be complete and their access keys different.
func New(c Config) (*Server, error) {
	s := &Server{cat: c.Catalog, crawlers: c.Crawlers, readable: c.Readable, catalogID: c.CatalogID, region: c.Region, log: c.Logger, now: c.Now}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.readable == nil {
		s.readable = func(string) error { return nil }
	}
	if s.anyID = s.catalogID == ""; s.anyID {
		s.catalogID = DefaultCatalogID
	}
	if s.region == "" {
		s.region = "us-east-1"
	}
	s.docs = awsapi.Documents{Store: s.cat, Codec: &s.codec}
	served := awsapi.Service{Name: "AWS Glue", Short: "Glue", Signing: "glue", Target: targetPrefix, Operations: map[string]awsapi.Operation{},
		Unserved: unserved, NotServed: model.OperationNotSupported, Throttling: model.Throttling, Exception: exceptionOf, Codec: &s.codec}
	for name, op := range operations() {
		served.Operations[name] = func(ctx context.Context, body []byte) (any, error) { return op(s, ctx, body) }
	}
	var err error
	s.Server, err = awsapi.New(served, awsapi.Config{Keys: c.Keys, Anonymous: c.Anonymous, Logger: s.log, Now: s.now})
	return s, err
}
