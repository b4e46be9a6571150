package glueapi

import (
	"errors"
	"net/http"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"
	"github.com/glauxdb/glaux/server/awsapi"
)

func notFound(format string, args ...any) error {
	return awsapi.NewException(model.EntityNotFound, format, args...)
}

func invalid(format string, args ...any) error {
	return awsapi.NewException(model.InvalidInput, format, args...)
}

// exceptionOf translates whatever a handler returns. Faults speak of databases
// and tables in the catalog's own words, to which a hint is added.
func exceptionOf(err error) *awsapi.Exception {
	var e *awsapi.Exception
	if errors.As(err, &e) {
		return e
	}
	f := fault.As(err)
	name, ok := crawlerException(err)
	if !ok {
		name = model.Exception(f)
	}
	e = awsapi.NewException(name, "%s", awsapi.Sentence(f.Error()))
	for _, more := range []string{f.Detail, f.Hint} {
		if more != "" {
			e.Message += " " + more
		}
	}
	if e.Name == model.InternalService {
		e.Status = http.StatusInternalServerError
		if f.Kind == fault.Internal {
			e.Message = "An internal error occurred."
		}
	}
	return e
}

// resume reads a page's token; nil, "" begin anew. n is how many texts after must
// have.
func resume(scope string, text *string, n int) ([]string, error) {
	after, ok := awsapi.Resume(scope, text, n)
	if !ok {
		return nil, invalid("The continuation token is not one that this operation gave for this request.")
	}
	return after, nil
}
