package athenaapi

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/athenaerr"
	"github.com/glauxdb/glaux/server/workgroup"
)

// The categories of AthenaError.
const (
	categorySystem int32 = 1
	categoryUser   int32 = 2
	categoryOther  int32 = 3
)

// failure says how an execution that ended with err looks: its state, why, and
// Athena's own error. sql is the statement that the error's position is in, database
// where names without one are looked for.
func failure(err error, sql, database string) (athenatypes.QueryExecutionState, string, *athenatypes.AthenaError) {
	f := fault.As(err)
	text, state := athenaerr.Reason(f, sql, database), athenatypes.QueryExecutionStateFailed
	ae := &athenatypes.AthenaError{ErrorCategory: aws.Int32(categoryUser), ErrorType: aws.Int32(1000), ErrorMessage: &text}
	if typ := athenaerr.Type(f, sql, database); typ != 0 {
		ae.ErrorType = aws.Int32(typ)
	}
	switch {
	case f.Code == fault.CodeLimitExceeded && strings.HasPrefix(f.Message, workgroup.Refusal):
		state, ae.ErrorType, ae.ErrorCategory = athenatypes.QueryExecutionStateCancelled, aws.Int32(1008), aws.Int32(categoryOther)
	case f.Code == fault.CodeAdminShutdown:
		ae.ErrorCategory, ae.ErrorType, ae.Retryable = aws.Int32(categorySystem), aws.Int32(100), true
	case f.Kind == fault.Canceled:
		state, ae.ErrorType, ae.ErrorCategory = athenatypes.QueryExecutionStateCancelled, aws.Int32(1014), aws.Int32(categoryUser)
	case strings.HasPrefix(f.Message, athenaerr.MissingParameters), f.Code == fault.CodeTooManyArguments, f.Code == fault.CodeStatementTooComplex, f.Code == fault.CodeTooManyColumns:
		// The statement's fault, though elsewhere the protocol's or a machine's.
	case f.Kind == fault.Resource:
		ae.ErrorCategory, ae.Retryable = aws.Int32(categorySystem), true
	case f.Kind == fault.Internal:
		ae.ErrorCategory, ae.ErrorType = aws.Int32(categorySystem), aws.Int32(9999)
	case f.Kind == fault.External:
		ae.ErrorCategory = aws.Int32(categoryOther)
	}
	return state, text, ae
}
