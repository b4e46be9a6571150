package store

import "context"

// queryParallel is how many requests of one query are under way at once, whatever
// their buckets: others find slots beside it.
const queryParallel = 64

// share bounds the requests of one query.
type share chan struct{}

type shareKey struct{}

// WithShare bounds the requests to S3 that are under way at once under ctx
// together. A query gets one, so that a bucket that answers slowly for ever keeps
// this query and not all the bucket's slots.
func WithShare(ctx context.Context) context.Context {
	return context.WithValue(ctx, shareKey{}, make(share, queryParallel))
}

// enter takes one of the query's places; leave gives it back.
func enter(ctx context.Context) (leave func(), err error) {
	sh, _ := ctx.Value(shareKey{}).(share)
	if sh == nil {
		return func() {}, nil
	}
	select {
	case sh <- struct{}{}:
		return func() { <-sh }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
