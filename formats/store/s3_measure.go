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
	pace := s.paceOf(awsmiddleware.GetOperationName(ctx))
	if pace != nil {
		pace.waiting.Add(1)
	}
	start := time.Now()
	out, meta, err := next.HandleFinalize(ctx, in)
	if pace != nil {
		pace.waiting.Add(-1)
		if err == nil || context.Cause(ctx) == errLost { // which would have taken longer than this
			pace.began(time.Since(start))
		}
	}
	switch code, status := errorCode(err); {
	case err == nil:
		s.window.answered()
	case code == "SlowDown" || status == 503 || status == 429:
		s.note(ctx, SlowedDown, 1)
		s.window.slowDown()
	}
	return out, meta, err
}

// paceOf gives what is measured of an operation, nil if nothing is.
func (s *S3) paceOf(operation string) *s3Pace {
	switch operation {
	case "GetObject":
		return s.pace
	case "ListObjectsV2":
		return &s.lists
	}
	return nil
}
