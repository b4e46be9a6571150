package awsapi

import (
	"fmt"
	"net/http"
	"strings"
)

// Exception is an error as a client of AWS sees it.
type Exception struct {
	Status  int // of HTTP
	Name    string
	Message string
	// Members are what else the exception's shape has, as AthenaErrorCode.
	Members []Member
}

// Member is a text of an exception.
type Member struct{ Name, Value string }

// Error implements error.
func (e *Exception) Error() string { return e.Name + ": " + e.Message }

// NewException makes an exception that the client is to blame for.
func NewException(name, format string, args ...any) *Exception {
	return &Exception{Status: http.StatusBadRequest, Name: name, Message: fmt.Sprintf(format, args...)}
}

func serialization(format string, args ...any) error {
	return NewException("SerializationException", format, args...)
}

// Sentence makes a fault's message one: AWS's messages end with a period.
func Sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// Clip shortens what a client sent for a message.
func Clip(s string) string {
	if len(s) > 100 {
		return strings.ToValidUTF8(s[:100], "") + "..."
	}
	return s
}
