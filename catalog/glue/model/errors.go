package model

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/glauxdb/glaux/catalog/fault"
)

// The names of Glue's exceptions that catalogs raise.
const (
	EntityNotFound         = "EntityNotFoundException"
	AlreadyExists          = "AlreadyExistsException"
	InvalidInput           = "InvalidInputException"
	ConcurrentModification = "ConcurrentModificationException"
	VersionMismatch        = "VersionMismatchException"
	ResourceLimit          = "ResourceNumberLimitExceededException"
	ResourceNotReady       = "ResourceNotReadyException"
	OperationTimeout       = "OperationTimeoutException"
	OperationNotSupported  = "OperationNotSupportedException"
	AccessDenied           = "AccessDeniedException"
	Throttling             = "ThrottlingException"
	InternalService        = "InternalServiceException"
)

var exceptionOf = map[fault.Code]string{
	fault.CodeInvalidSchemaName: EntityNotFound,
	fault.CodeUndefinedTable:    EntityNotFound,
	fault.CodeUndefinedObject:   EntityNotFound,
	fault.CodeUndefinedFunction: EntityNotFound,
	fault.CodeDuplicateSchema:   AlreadyExists,
	fault.CodeDuplicateTable:    AlreadyExists,
	fault.CodeDuplicateObject:   AlreadyExists,
	fault.CodeObjectNotReady:    ConcurrentModification,
	fault.CodeLockNotAvailable:  ConcurrentModification,
	fault.CodeObjectInUse:       ResourceNotReady,
	fault.CodeInsufficientPriv:  AccessDenied,
	fault.CodeInvalidAuth:       AccessDenied,
	fault.CodeInvalidPassword:   AccessDenied,
	fault.CodeQueryCanceled:     OperationTimeout,
	fault.CodeAdminShutdown:     OperationTimeout,
}

// Exception gives the Glue exception that says what a fault says: by its code,
// else by its kind. What is not a fault is InternalServiceException.
func Exception(err error) string {
	f := fault.As(err)
	if name, ok := exceptionOf[f.Code]; ok {
		return name
	}
	switch f.Kind {
	case fault.User:
		return InvalidInput
	case fault.Resource:
		return ResourceLimit
	case fault.Canceled:
		return OperationTimeout
	}
	return InternalService
}

// Subject is what a call to Glue was about, which its exceptions don't say.
type Subject int

// The subjects.
const (
	Database Subject = iota
	Table
	Partition
	Other
)

var missingOf = [...]fault.Code{Database: fault.CodeInvalidSchemaName, Table: fault.CodeUndefinedTable,
	Partition: fault.CodeUndefinedObject, Other: fault.CodeUndefinedObject}

var existsOf = [...]fault.Code{Database: fault.CodeDuplicateSchema, Table: fault.CodeDuplicateTable,
	Partition: fault.CodeDuplicateObject, Other: fault.CodeDuplicateObject}

// codeOf pairs the exceptions that mean the same whatever the subject.
var codeOf = map[string]fault.Code{
	ConcurrentModification:                fault.CodeObjectNotReady,
	VersionMismatch:                       fault.CodeObjectNotReady,
	InvalidInput:                          fault.CodeInvalidParameter,
	"ValidationException":                 fault.CodeInvalidParameter,
	"SerializationException":              fault.CodeInvalidParameter,
	ResourceLimit:                         fault.CodeProgramLimit,
	ResourceNotReady:                      fault.CodeObjectInUse,
	OperationNotSupported:                 fault.CodeFeatureNotSupported,
	"UnknownOperationException":           fault.CodeFeatureNotSupported,
	AccessDenied:                          fault.CodeInsufficientPriv,
	"UnrecognizedClientException":         fault.CodeInvalidAuth,
	"InvalidSignatureException":           fault.CodeInvalidAuth,
	"ExpiredTokenException":               fault.CodeInvalidAuth,
	"MissingAuthenticationTokenException": fault.CodeInvalidAuth,
	"InvalidClientTokenId":                fault.CodeInvalidAuth,
	Throttling:                            fault.CodeLimitExceeded,
	"ThrottledException":                  fault.CodeLimitExceeded,
	InternalService:                       fault.CodeExternal,
	OperationTimeout:                      fault.CodeExternal,
	"FederationSourceException":           fault.CodeExternal,
	"GlueEncryptionException":             fault.CodeExternal,
}

// Fault gives the fault that says what an error of Glue's client says; doing
// names the call for the message ("read table a.b"). A fault and a context's end pass
// through; what no answer of Glue caused (no credentials, no connection) is
// 08006. Fault(nil) is nil.
func Fault(err error, about Subject, doing string) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return fault.Wrap(err, fault.CodeConnectionFailure, "AWS Glue: cannot %s: %v", doing, err)
	}
	name := api.ErrorCode()
	code, ok := codeOf[name]
	switch {
	case name == EntityNotFound:
		code = missingOf[about]
	case name == AlreadyExists:
		code = existsOf[about]
	case !ok:
		code = fault.CodeExternal
	}
	said := strings.TrimSuffix(api.ErrorMessage(), ".")
	if said == "" {
		said = name
	}
	return fault.Wrap(err, code, "AWS Glue: cannot %s: %s", doing, said).WithDetail("Glue answered %s.", name)
}
