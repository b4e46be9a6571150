package store

import (
	"context"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// addPayer adds the step to the requests' pipeline that says who pays (S3 user
// guide, "Using Requester Pays buckets"): a signed header, the same for every
// operation.
func (s *S3) addPayer(stack *middleware.Stack) error {
	return stack.Build.Add(middleware.BuildMiddlewareFunc("RequesterPays", s.sayPayer), middleware.After)
}

func (s *S3) sayPayer(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (middleware.BuildOutput, middleware.Metadata, error) {
	if asked, _ := ctx.Value(payerKey{}).(bool); asked || s.cfg.RequesterPays {
		if r, ok := in.Request.(*smithyhttp.Request); ok {
			r.Header.Set("x-amz-request-payer", "requester")
		}
	}
	return next.HandleBuild(ctx, in)
}
