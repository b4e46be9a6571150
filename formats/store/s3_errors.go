package store

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/glauxdb/glaux/catalog/fault"
)

// translate makes a fault of an SDK error.
func (s *S3) translate(ctx context.Context, key string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	url := s.URL(key)
	code, status := errorCode(err)
	switch {
	case code == "NoSuchBucket":
		return fault.Wrap(err, fault.CodeUndefinedFile, "bucket %q does not exist", s.bucket).In(url).
			WithHint("Check the location's spelling, and the endpoint (%s).", s.endpoint())
	case code == "PreconditionFailed" || status == http.StatusPreconditionFailed:
		return errChanged(err, url)
	case code == "InvalidRange" || status == http.StatusRequestedRangeNotSatisfiable:
		return errChanged(err, url) // the range was inside the version that was listed
	case code == "NoSuchKey" || code == "NotFound" || status == http.StatusNotFound:
		return errMissing(err, url)
	}
	if hint, ok := deniedHints[code]; ok || status == http.StatusForbidden || status == http.StatusUnauthorized {
		if hint == "" {
			hint = deniedHints["AccessDenied"]
		}
		return fault.Wrap(err, fault.CodeInsufficientPriv, "S3 denies access to %q (%s)", url, codeOr(code, status)).In(url).WithHint("%s", hint)
	}
	if region := bucketRegion(err); region != "" && status >= 300 && status < 500 {
		return fault.Wrap(err, fault.CodeInvalidParameter, "bucket %q is in region %s", s.bucket, region).In(url).
			WithHint("Set the S3 region to %s.", region)
	}
	if code == "" && status == 0 {
		return s.connectionError(err, url)
	}
	return fault.Wrap(err, fault.CodeIO, "S3 failed on %q: %v", url, rootCause(err)).In(url)
}

// connectionError is for what never became an answer.
func (s *S3) connectionError(err error, url string) error {
	return fault.Wrap(err, fault.CodeConnectionFailure, "could not reach S3 for %q: %v", url, rootCause(err)).In(url).
		WithHint("Check the endpoint (%s) and the network.", s.endpoint())
}

func (s *S3) endpoint() string {
	if s.cfg.Endpoint != "" {
		return s.cfg.Endpoint
	}
	return "AWS, region " + *s.region.Load()
}

// deniedHints says what to change, by S3's error code (S3 API reference,
// "Error responses").
var deniedHints = map[string]string{
	"AccessDenied":          "The keys need s3:ListBucket on the bucket and s3:GetObject on its objects; a public bucket can be read anonymously, a Requester Pays bucket by a workgroup with requester_pays.",
	"InvalidAccessKeyId":    "The server does not know the access key: check AWS_ACCESS_KEY_ID (or the profile) and the endpoint.",
	"SignatureDoesNotMatch": "The secret key is wrong: check AWS_SECRET_ACCESS_KEY (or the profile).",
	"ExpiredToken":          "The session token has expired: renew the credentials.",
	"InvalidToken":          "The session token is not valid: renew the credentials.",
	"RequestTimeTooSkewed":  "This machine's clock is wrong.",
	"AccountProblem":        "The provider has suspended the account.",
	"InvalidObjectState":    "The object is archived: restore it before reading.",
}

// errorCode gives S3's error code and the HTTP status, as far as there are
// any.
func errorCode(err error) (code string, status int) {
	var api smithy.APIError
	if errors.As(err, &api) {
		code = api.ErrorCode()
	}
	var re *awshttp.ResponseError
	if errors.As(err, &re) && re.Response != nil && re.Response.Response != nil {
		status = re.HTTPStatusCode()
	}
	var ae *apiError
	if errors.As(err, &ae) {
		code = ae.code
	}
	return code, status
}

func codeOr(code string, status int) string {
	if code == "" || code == "UnknownError" {
		return http.StatusText(status)
	}
	return code
}

// bucketRegion gives the region that a refusal names as the bucket's.
func bucketRegion(err error) string {
	var re *awshttp.ResponseError
	if !errors.As(err, &re) || re.Response == nil || re.Response.Response == nil {
		return ""
	}
	if st := re.HTTPStatusCode(); st != http.StatusMovedPermanently && st != http.StatusTemporaryRedirect && st != http.StatusBadRequest {
		return ""
	}
	return re.Response.Header.Get("X-Amz-Bucket-Region")
}

// rootCause gives the innermost error, without the SDK's wrapping.
func rootCause(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api
	}
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// retryable adds to the SDK's list what else is worth another try: answers
// that break off before their end and silent servers.
func retryable(err error) aws.Ternary {
	var ne net.Error
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &ne) && ne.Timeout() {
		return aws.TrueTernary
	}
	return aws.UnknownTernary
}

// credentialFaults says what to set when there are no credentials.
type credentialFaults struct{ aws.CredentialsProvider }

func (c credentialFaults) Retrieve(ctx context.Context) (aws.Credentials, error) {
	v, err := c.CredentialsProvider.Retrieve(ctx)
	if err != nil && ctx.Err() == nil {
		err = fault.Wrap(err, fault.CodeInsufficientPriv, "no S3 credentials: %v", rootCause(err)).
			WithHint("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a profile, or read a public bucket anonymously.")
	}
	return v, err
}
