package store

import (
	"context"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// measure puts itself below the SDK's retries, so that every try waits while the
// bucket pauses, and every answer tells the bucket's pace and window.
func (s *S3) measure(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("glauxMeasure", s.try), "Retry", middleware.After)
}

func (s *S3) try(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
	middleware.FinalizeOutput, middleware.Metadata, error) {
	if err := s.window.pause(ctx); err != nil {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, err
	}
	get := awsmiddleware.GetOperationName(ctx) == "GetObject"
	if get {
		s.pace.waiting.Add(1)
	}
	start := time.Now()
	out, meta, err := next.HandleFinalize(ctx, in)
	if get {
		s.pace.waiting.Add(-1)
	}
	switch code, status := errorCode(err); {
	case err == nil:
		if get {
			s.pace.began(time.Since(start))
		}
		s.window.answered()
	case context.Cause(ctx) == errLost: // it would have taken longer than this
		s.pace.began(time.Since(start))
	case code == "SlowDown" || status == 503 || status == 429:
		s.note(ctx, SlowedDown, 1)
		s.window.slowDown()
	}
	return out, meta, err
}
