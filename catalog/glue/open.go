package glue

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	"github.com/aws/smithy-go/logging"

	"github.com/glauxdb/glaux/catalog"
	"github.com/glauxdb/glaux/catalog/fault"
)

// Config says which Glue.
type Config struct {
	Region    string // "": from AWS's environment and files
	Endpoint  string // "": AWS's own of the region
	Profile   string // of the AWS configuration files
	CatalogID string // an account's number; "": the caller's
}

// Options are the knobs of a Catalog. The zero value is good.
type Options struct {
	CatalogID    string
	TableTTL     time.Duration // descriptions are believed so long; 0: 10 seconds
	PartitionTTL time.Duration // snapshots of partitions; 0: 60 seconds
	// Segments is how many parts of a long partition list are read at once, 1 to
	// 10; 0: 10.
	Segments int
}

// The defaults of Options, and Glue's own limits (AWS Glue API reference).
const (
	defaultTableTTL     = 10 * time.Second
	defaultPartitionTTL = time.Minute
	maxSegments         = 10
	pageTables          = 100
	pagePartitions      = 1000
	batchGet            = 1000
	batchCreate         = 100
	batchUpdate         = 100
	batchDelete         = 25
	batchVersions       = 100
	parallel            = 4 // calls of one batch operation in flight
	maxAttempts         = 6 // of one call, with back-off between
	maxBackoff          = 5 * time.Second
)

// Catalog is a catalog.Full in AWS Glue. Safe for concurrent use.
type Catalog struct {
	catalog.Locker // the local store's

	api   *glue.Client
	local catalog.Full
	opt   Options
	cache cache
	ids   ids

	base   context.Context // of what several callers wait for
	cancel context.CancelFunc
	flying sync.WaitGroup
}

var _ catalog.Full = (*Catalog)(nil)

// New makes a catalog from a client. The local store is used by this catalog
// alone and closed with it.
func New(api *glue.Client, local catalog.Full, o Options) *Catalog {
	if o.TableTTL <= 0 {
		o.TableTTL = defaultTableTTL
	}
	if o.PartitionTTL <= 0 {
		o.PartitionTTL = defaultPartitionTTL
	}
	if o.Segments <= 0 || o.Segments > maxSegments {
		o.Segments = maxSegments
	}
	c := &Catalog{Locker: local, api: api, local: local, opt: o}
	c.cache.init(o)
	c.base, c.cancel = context.WithCancel(context.Background())
	return c
}

// Client makes a client and checks that there are a region and credentials, so
// that what is missing is said once and clearly.
func Client(ctx context.Context, c Config) (*glue.Client, error) {
	var opts []func(*config.LoadOptions) error
	if c.Region != "" {
		opts = append(opts, config.WithRegion(c.Region))
	}
	if c.Profile != "" {
		opts = append(opts, config.WithSharedConfigProfile(c.Profile))
	}
	opts = append(opts, config.WithLogger(logging.Nop{}), config.WithRetryer(func() aws.Retryer {
		return retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
			o.StandardOptions = append(o.StandardOptions, func(s *retry.StandardOptions) {
				s.MaxAttempts, s.MaxBackoff = maxAttempts, maxBackoff
			})
		})
	}))
	conf, err := config.LoadDefaultConfig(ctx, opts...)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeInvalidParameter, "AWS Glue: the AWS configuration cannot be read: %v", err)
	}
	if conf.Region == "" && c.Endpoint != "" {
		conf.Region = "us-east-1"
	}
	if conf.Region == "" {
		return nil, fault.New(fault.CodeInvalidParameter, "AWS Glue: no region is set").
			WithHint("Set AWS_REGION, region in ~/.aws/config, or catalog: glue: region: in the configuration.")
	}
	if _, err := conf.Credentials.Retrieve(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fault.Wrap(err, fault.CodeInvalidAuth, "AWS Glue: there are no credentials: %v", err).
			WithHint("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with AWS_PROFILE, or log in with: aws sso login.")
	}
	return glue.NewFromConfig(conf, func(o *glue.Options) {
		if c.Endpoint != "" {
			o.BaseEndpoint = aws.String(strings.TrimSuffix(c.Endpoint, "/"))
		}
	}), nil
}

// Open makes a catalog of a Glue that Config names.
func Open(ctx context.Context, conf Config, local catalog.Full, o Options) (*Catalog, error) {
	api, err := Client(ctx, conf)
	if err != nil {
		return nil, err
	}
	if o.CatalogID == "" {
		o.CatalogID = conf.CatalogID
	}
	return New(api, local, o), nil
}

// Close ends what is being read and closes the local store.
func (c *Catalog) Close() error {
	c.cache.mu.Lock()
	c.cache.closed = true
	c.cache.mu.Unlock()
	c.cancel()
	c.flying.Wait()
	return c.local.Close()
}

// catalogID is the CatalogId of every request.
func (c *Catalog) catalogID() *string {
	if c.opt.CatalogID == "" {
		return nil
	}
	return &c.opt.CatalogID
}

func fold(name string) string { return strings.ToLower(name) }
