package store

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/logging"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/formats/store/diskcache"
)

// S3Config says how S3, or what speaks its protocol, is reached. The zero
// value uses AWS with the usual environment variables and files.
type S3Config struct {
	Endpoint  string // http://127.0.0.1:9000; "": AWS
	PathStyle bool   // bucket in the path, not in the host name; implied by an endpoint that is an address
	Region    string // "": from the environment, else us-east-1; a bucket elsewhere is followed
	Profile   string // of the shared configuration files
	Anonymous bool   // unsigned requests, for public buckets

	// RequesterPays has all requests say that whoever holds the keys pays for them,
	// as WithRequesterPays does for some.
	RequesterPays bool

	// The names of environment variables that hold the keys; "": the usual
	// chain (AWS_ACCESS_KEY_ID, profile, instance role).
	AccessKeyEnv, SecretKeyEnv, SessionTokenEnv string

	MaxAttempts int           // tries per request; 0: 6
	MaxBackoff  time.Duration // longest wait between tries; 0: 5 s
	Stall       time.Duration // an answer that brings nothing (or hardly anything) for so long is asked for again; 0: 30 s

	// Exact asks for wanted bytes alone and once: nothing between them is read along,
	// and no second request is made beside a slow one.
	Exact bool

	// Cache keeps ranges that were read; nil: none.
	Cache *diskcache.Cache

	requests *requestCounts // of the registry; nil: not counted
	events   *EventCounts   // of the registry; nil: not counted
}

const (
	maxPiece     = 8 << 20 // ranges longer than this are always fetched in parallel pieces
	readParallel = 16      // requests in flight for one ReadRanges
	deleteBatch  = 1000    // the most that DeleteObjects takes
)

// S3 is the store of one bucket.
type S3 struct {
	bucket string
	cfg    S3Config
	pace   *s3Pace // what was measured of its reads
	lists  s3Pace  // and of pages of listings
	window *window // bounds the requests under way
	hedges hedgeBudget

	client atomic.Pointer[s3.Client]
	region atomic.Pointer[string]
	move   sync.Mutex // held while the client changes its region
	base   aws.Config
}

// NewS3 makes the store of a bucket. Nothing is contacted yet; a configuration
// that cannot be used (a profile that does not exist, a variable that is not
// set) is an error.
func NewS3(bucket string, cfg S3Config) (*S3, error) {
	if cfg.MaxAttempts <= 0 {
		cfg.MaxAttempts = 6
	}
	if cfg.MaxBackoff <= 0 {
		cfg.MaxBackoff = 5 * time.Second
	}
	if cfg.Stall <= 0 {
		cfg.Stall = 30 * time.Second
	}
	base, err := loadConfig(cfg)
	if err != nil {
		return nil, err
	}
	if base.Region == "" {
		base.Region = "us-east-1"
	}
	pace := &s3Pace{}
	s := &S3{bucket: bucket, cfg: cfg, pace: pace, window: newWindow(pace, cfg.MaxBackoff), base: base}
	s.use(base.Region)
	return s, nil
}

func loadConfig(cfg S3Config) (aws.Config, error) {
	opts := []func(*config.LoadOptions) error{
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost = 2*windowMost, windowMost
			t.ResponseHeaderTimeout = cfg.Stall
		})),
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts, o.MaxBackoff, o.RateLimiter = cfg.MaxAttempts, cfg.MaxBackoff, ratelimit.None
				o.Backoff = retry.BackoffDelayerFunc(func(try int, _ error) (time.Duration, error) { return backoff(try, cfg.MaxBackoff), nil })
				o.Retryables = append(o.Retryables, retry.IsErrorRetryableFunc(retryable))
			})
		}),
		config.WithLogger(logging.Nop{}), // what matters is an error; the rest would be between a user's lines
	}
	if cfg.Region != "" {
		opts = append(opts, config.WithRegion(cfg.Region))
	}
	if cfg.Profile != "" {
		opts = append(opts, config.WithSharedConfigProfile(cfg.Profile))
	}
	switch {
	case cfg.Anonymous:
		opts = append(opts, config.WithCredentialsProvider(aws.AnonymousCredentials{}))
	case cfg.AccessKeyEnv != "" || cfg.SecretKeyEnv != "":
		id, secret := os.Getenv(cfg.AccessKeyEnv), os.Getenv(cfg.SecretKeyEnv)
		if id == "" || secret == "" {
			return aws.Config{}, fault.New(fault.CodeInvalidParameter, "the S3 keys are not set").
				WithHint("Set the environment variables %q and %q, which the configuration names.", cfg.AccessKeyEnv, cfg.SecretKeyEnv)
		}
		var token string
		if cfg.SessionTokenEnv != "" {
			token = os.Getenv(cfg.SessionTokenEnv)
		}
		opts = append(opts, config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(id, secret, token)))
	}
	base, err := config.LoadDefaultConfig(context.Background(), opts...)
	if err != nil {
		return aws.Config{}, fault.Wrap(err, fault.CodeInvalidParameter, "the S3 configuration cannot be used: %v", err).
			WithHint("Check the profile and the AWS configuration files.")
	}
	if base.Credentials != nil && !cfg.Anonymous {
		base.Credentials = credentialFaults{base.Credentials}
	}
	return base, nil
}

// use makes the client for a region.
func (s *S3) use(region string) {
	s.client.Store(s3.NewFromConfig(s.base, func(o *s3.Options) {
		o.Region = region
		if s.cfg.Endpoint != "" {
			o.BaseEndpoint = aws.String(s.cfg.Endpoint)
		}
		// Names with dots do not match the certificate of a host-style URL.
		o.UsePathStyle = s.cfg.PathStyle || isAddress(s.cfg.Endpoint) || strings.Contains(s.bucket, ".")
		// The newer default checksums are refused by many servers that speak S3.
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		o.APIOptions = append(o.APIOptions, s.addPayer, s.measure)
		if c := s.cfg.requests; c != nil {
			o.APIOptions = append(o.APIOptions, c.watch)
		}
	}))
	s.region.Store(&region)
}

// isAddress reports whether an endpoint's host is a number or localhost, below
// which no bucket can have a name.
func isAddress(endpoint string) bool {
	_, host, _ := strings.Cut(endpoint, "://")
	host = strings.TrimPrefix(host, "[")
	return host != "" && (host[0] >= '0' && host[0] <= '9' && strings.Count(host, ".") == 3 ||
		strings.HasPrefix(host, "localhost") || strings.HasPrefix(host, "::"))
}

// follow switches to the region that an answer names, and reports whether it
// is another one than before, so that the request is worth repeating.
func (s *S3) follow(err error, used string) bool {
	region := bucketRegion(err)
	if region == "" || s.cfg.Endpoint != "" || region == used {
		return false
	}
	s.move.Lock()
	defer s.move.Unlock()
	if *s.region.Load() != region {
		s.use(region)
	}
	return true
}

// call runs one request with a slot, in the bucket's region.
func (s *S3) call(ctx context.Context, key string, f func(c *s3.Client) error) error {
	leave, err := enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	if err := s.window.acquire(ctx); err != nil {
		return err
	}
	defer s.window.release()
	used := *s.region.Load()
	err = f(s.client.Load())
	if err != nil && s.follow(err, used) {
		err = f(s.client.Load())
	}
	return s.translate(ctx, key, err)
}

// URL gives s3://bucket/key.
func (s *S3) URL(key string) string { return "s3://" + s.bucket + "/" + key }

// Stat asks for one object's attributes.
func (s *S3) Stat(ctx context.Context, key string) (Info, error) {
	if err := reserveRequest(ctx); err != nil {
		return Info{}, err
	}
	o := Info{Key: key}
	err := s.call(ctx, key, func(c *s3.Client) error {
		h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.bucket, Key: &key})
		if err == nil {
			o.Size, o.ETag, o.Modified = aws.ToInt64(h.ContentLength), bareETag(h.ETag), aws.ToTime(h.LastModified)
		}
		return err
	})
	return o, err
}

// List pages through ListObjectsV2.
func (s *S3) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		l := listing{url: s.URL(prefix)}
		for {
			page, err := s.page(ctx, &s3.ListObjectsV2Input{Prefix: &prefix, ContinuationToken: l.token})
			if err == nil {
				err = l.next(page)
			}
			if err != nil {
				yield(Info{}, err)
				return
			}
			for _, o := range l.fresh {
				if !yield(o, nil) {
					return
				}
			}
			if l.token == nil {
				return
			}
		}
	}
}

// page asks for one page of a listing.
func (s *S3) page(ctx context.Context, in *s3.ListObjectsV2Input) (page *s3.ListObjectsV2Output, err error) {
	if err := reserveRequest(ctx); err != nil {
		return nil, err
	}
	in.Bucket = &s.bucket
	err = s.call(ctx, *in.Prefix, func(c *s3.Client) error {
		out, cancel, err := begin(ctx, s, &s.lists, func(ctx context.Context) (*s3.ListObjectsV2Output, error) { return c.ListObjectsV2(ctx, in) },
			func(*s3.ListObjectsV2Output) {})
		if err == nil {
			cancel(nil)
		}
		page = out
		return err
	})
	return page, err
}

// listing joins the pages of one listing. Servers that speak S3 are known to
// repeat the keys around a page's end and to hand out tokens that lead
// nowhere: repeats are dropped, and what would lose or repeat keys forever is
// an error.
type listing struct {
	url   string
	token *string
	last  string // the greatest key so far
	seen  map[string]struct{}
	fresh []Info
}

func (l *listing) next(page *s3.ListObjectsV2Output) error {
	seen := make(map[string]struct{}, len(page.Contents))
	l.fresh = l.fresh[:0]
	progress := false
	for _, o := range page.Contents {
		key := aws.ToString(o.Key)
		seen[key] = struct{}{}
		if key <= l.last && l.last != "" {
			if _, again := l.seen[key]; !again && key != l.last {
				return fault.New(fault.CodeExternal, "the S3 server lists %q out of order", key).In(l.url)
			}
			continue
		}
		l.last, progress = key, true
		if size := aws.ToInt64(o.Size); !isMarker(key, size) {
			l.fresh = append(l.fresh, s3Info(key, o))
		}
	}
	l.seen = seen
	if !aws.ToBool(page.IsTruncated) {
		l.token = nil
		return nil
	}
	next := page.NextContinuationToken
	if next == nil || !progress && l.token != nil && *next == *l.token {
		return fault.New(fault.CodeExternal, "the S3 server cuts the listing short without saying how to go on").In(l.url)
	}
	l.token = next
	return nil
}

func s3Info(key string, o s3types.Object) Info {
	return Info{Key: key, Size: aws.ToInt64(o.Size), ETag: bareETag(o.ETag), Modified: aws.ToTime(o.LastModified)}
}

// bareETag cuts the quotes off: servers differ in where they write them.
func bareETag(tag *string) string {
	return strings.Trim(strings.TrimPrefix(aws.ToString(tag), "W/"), `"`)
}

// Delete removes objects in batches; one that is not there is no error.
func (s *S3) Delete(ctx context.Context, keys ...string) error {
	for len(keys) > 0 {
		batch := keys[:min(len(keys), deleteBatch)]
		keys = keys[len(batch):]
		ids := make([]s3types.ObjectIdentifier, len(batch))
		for i := range batch {
			ids[i].Key = &batch[i]
		}
		var out *s3.DeleteObjectsOutput
		err := s.call(ctx, batch[0], func(c *s3.Client) (err error) {
			out, err = c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &s.bucket,
				Delete: &s3types.Delete{Objects: ids, Quiet: aws.Bool(true)}})
			return err
		})
		if err != nil {
			return err
		}
		for _, e := range out.Errors {
			key := aws.ToString(e.Key)
			return s.translate(ctx, key, &apiError{aws.ToString(e.Code), aws.ToString(e.Message)})
		}
	}
	return nil
}

// apiError is an error in the body of a successful answer.
type apiError struct{ code, message string }

// Error implements error.
func (e *apiError) Error() string { return fmt.Sprintf("%s: %s", e.code, e.message) }
