package glueapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/catalog/glue/model"
)

// exception is an error as a client of Glue sees it.
type exception struct {
	status  int
	name    string
	message string
}

// Error implements error.
func (e *exception) Error() string { return e.name + ": " + e.message }

func newException(name, format string, args ...any) *exception {
	return &exception{status: http.StatusBadRequest, name: name, message: fmt.Sprintf(format, args...)}
}

func serialization(format string, args ...any) error {
	return newException("SerializationException", format, args...)
}

func notFound(format string, args ...any) error {
	return newException(model.EntityNotFound, format, args...)
}

func invalid(format string, args ...any) error {
	return newException(model.InvalidInput, format, args...)
}

// exceptionOf translates whatever a handler returns. Faults speak of databases
// and tables in the catalog's own words, to which a hint is added.
func exceptionOf(err error) *exception {
	var e *exception
	if errors.As(err, &e) {
		return e
	}
	f := fault.As(err)
	name, ok := crawlerException(err)
	if !ok {
		name = model.Exception(f)
	}
	e = newException(name, "%s", sentence(f.Error()))
	for _, more := range []string{f.Detail, f.Hint} {
		if more != "" {
			e.message += " " + more
		}
	}
	if e.name == model.InternalService {
		e.status = http.StatusInternalServerError
		if f.Kind == fault.Internal {
			e.message = "An internal error occurred."
		}
	}
	return e
}

// sentence makes a fault's message one: Glue's messages end with a period.
func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}
