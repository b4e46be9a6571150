package athenaapi

import (
	"errors"
	"net/http"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/awsapi"
)

// The codes of InvalidRequestException.
const (
	codeInvalidInput = "INVALID_INPUT"
	codeMalformed    = "MALFORMED_QUERY"
)

// internalError is the exception that the client is not to blame for.
const internalError = "InternalServerException"

func asException(err error, e **awsapi.Exception) bool { return errors.As(err, e) }

// invalid makes the exception for a request that is wrong.
func invalid(format string, args ...any) error {
	e := awsapi.NewException("InvalidRequestException", format, args...)
	e.Members = []awsapi.Member{{Name: "AthenaErrorCode", Value: codeInvalidInput}}
	return e
}

// malformed makes the exception for a statement that does not parse.
func malformed(format string, args ...any) error {
	e := awsapi.NewException("InvalidRequestException", format, args...)
	e.Members = []awsapi.Member{{Name: "AthenaErrorCode", Value: codeMalformed}}
	return e
}

// notFound makes the exception for prepared statements and tagged resources, which
// have one of their own; all else that is missing is an invalid request.
func notFound(name, format string, args ...any) error {
	e := awsapi.NewException("ResourceNotFoundException", format, args...)
	e.Members = []awsapi.Member{{Name: "ResourceName", Value: name}}
	return e
}

// metadata makes the exception for what the catalog does not have.
func metadata(format string, args ...any) error {
	return awsapi.NewException("MetadataException", format, args...)
}

func denied(format string, args ...any) error {
	return awsapi.NewException("AccessDeniedException", format, args...)
}

// tooMany makes the exception for more executions than may be at once.
func tooMany() error {
	e := awsapi.NewException("TooManyRequestsException", "You have exceeded the limit for the number of queries you can run concurrently. "+
		"Please reduce the number of concurrent queries submitted by this account.")
	e.Members = []awsapi.Member{{Name: "Reason", Value: "CONCURRENT_QUERY_LIMIT_EXCEEDED"}}
	return e
}

// exceptionOf translates whatever a handler returns.
func exceptionOf(err error) *awsapi.Exception {
	var e *awsapi.Exception
	if errors.As(err, &e) {
		return e
	}
	f := fault.As(err)
	switch f.Kind {
	case fault.User, fault.Resource:
		e = invalid("%s", faultText(f)).(*awsapi.Exception)
		if f.Code == fault.CodeInsufficientPriv {
			e = denied("%s", faultText(f)).(*awsapi.Exception)
		}
		return e
	case fault.Internal:
		e = awsapi.NewException(internalError, "An internal error occurred.")
	default:
		e = awsapi.NewException(internalError, "%s", faultText(f))
	}
	e.Status = http.StatusInternalServerError
	return e
}

// faultText gives a fault's message with what else it says.
func faultText(f *fault.Error) string {
	text := awsapi.Sentence(f.Error())
	for _, more := range []string{f.Detail, f.Hint} {
		if more != "" {
			text += " " + awsapi.Sentence(more)
		}
	}
	return text
}

// checks collects what is wrong with a request. Athena answers an
// InvalidRequestException where other services have one for validation.
type checks struct{ awsapi.Checks }

func (c *checks) err() error {
	if text := c.Text(); text != "" {
		return invalid("%s", text)
	}
	return nil
}

// text checks a text that must be there.
func (c *checks) text(member string, v *string, least, most int) {
	if c.Present(member, v) {
		c.Length(member, *v, least, most)
	}
}

// optional checks a text that may be missing.
func (c *checks) optional(member string, v *string, least, most int) {
	if v != nil {
		c.Length(member, *v, least, most)
	}
}
