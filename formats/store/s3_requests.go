package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Requests is how many requests to S3 of one kind there were since the start, each
// try for itself.
type Requests struct {
	Operation string // GetObject ...
	// Result is ok, 3xx, 4xx or 5xx for what S3 answered, error if it did not, canceled
	// if nobody waited for it.
	Result string
	Count  int64
	Took   time.Duration // together, until the answers began
}

// requestCounts counts the requests of a registry's buckets.
type requestCounts struct {
	mu   sync.Mutex // guards list
	list map[requestKind]*Requests
}

type requestKind struct{ operation, result string }

func (c *requestCounts) add(operation, result string, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.list == nil {
		c.list = map[requestKind]*Requests{}
	}
	k := requestKind{operation, result}
	r := c.list[k]
	if r == nil {
		r = &Requests{Operation: operation, Result: result}
		c.list[k] = r
	}
	r.Count++
	r.Took += took
}

// watch counts every try of every request of a client.
func (c *requestCounts) watch(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("glauxCount", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
		middleware.FinalizeOutput, middleware.Metadata, error) {
		start := time.Now()
		out, meta, err := next.HandleFinalize(ctx, in)
		c.add(awsmiddleware.GetOperationName(ctx), resultOf(ctx, err), time.Since(start))
		return out, meta, err
	}), "Retry", middleware.After)
}

func resultOf(ctx context.Context, err error) string {
	var answer *smithyhttp.ResponseError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &answer) && answer.HTTPStatusCode() >= 300:
		return string(rune('0'+min(answer.HTTPStatusCode()/100, 5))) + "xx"
	case ctx.Err() != nil:
		return "canceled"
	}
	return "error"
}

// Requests tells what was asked of S3 since the start, by operation and result.
func (r *Registry) Requests() []Requests {
	c := r.s3.requests
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Requests, 0, len(c.list))
	for _, x := range c.list {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Requests) int {
		return cmp.Or(cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Result, b.Result))
	})
	return out
}
