package glue

import (
	"github.com/aws/smithy-go"
)

// itemError is the error of one item of a batch in the form of the answer to a
// whole call, so that both are translated by one table.
type itemError struct{ code, message string }

var _ smithy.APIError = (*itemError)(nil)

// Error tells code and message.
func (e *itemError) Error() string { return e.code + ": " + e.message }

// ErrorCode, ErrorMessage and ErrorFault make it an error of the API.
func (e *itemError) ErrorCode() string             { return e.code }
func (e *itemError) ErrorMessage() string          { return e.message }
func (e *itemError) ErrorFault() smithy.ErrorFault { return smithy.FaultUnknown }
