package athenaapi

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	athenatypes "github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/glauxdb/glaux/catalog/fault"
	"github.com/glauxdb/glaux/server/workgroup"
)

// The categories of AthenaError.
const (
	categorySystem int32 = 1
	categoryUser   int32 = 2
	categoryOther  int32 = 3
)

// failureClass is how Athena names an error: the word before the message, and the
// type in AthenaError (Athena user guide, "Athena error catalog").
type failureClass struct {
	word string
	typ  int32
}

// failureClasses are the SQLSTATEs that have a word of their own in Trino.
var failureClasses = map[fault.Code]failureClass{
	fault.CodeSyntax:              {"SYNTAX_ERROR", 1006},
	fault.CodeUndefinedTable:      {"TABLE_NOT_FOUND", 1110},
	fault.CodeUndefinedColumn:     {"COLUMN_NOT_FOUND", 1006},
	fault.CodeUndefinedFunction:   {"FUNCTION_NOT_FOUND", 1006},
	fault.CodeInvalidSchemaName:   {"SCHEMA_NOT_FOUND", 1301},
	fault.CodeInvalidCatalogName:  {"SCHEMA_NOT_FOUND", 1301},
	fault.CodeAmbiguousColumn:     {"AMBIGUOUS_NAME", 1006},
	fault.CodeGrouping:            {"EXPRESSION_NOT_AGGREGATE", 1006},
	fault.CodeDatatypeMismatch:    {"TYPE_MISMATCH", 1006},
	fault.CodeCannotCoerce:        {"TYPE_MISMATCH", 1006},
	fault.CodeIndeterminateType:   {"TYPE_MISMATCH", 1006},
	fault.CodeDuplicateTable:      {"TABLE_ALREADY_EXISTS", 1100},
	fault.CodeDuplicateSchema:     {"SCHEMA_ALREADY_EXISTS", 1100},
	fault.CodeDivisionByZero:      {"DIVISION_BY_ZERO", 1100},
	fault.CodeNumericOutOfRange:   {"NUMERIC_VALUE_OUT_OF_RANGE", 1100},
	fault.CodeInvalidText:         {"INVALID_CAST_ARGUMENT", 1100},
	fault.CodeInvalidDatetime:     {"INVALID_CAST_ARGUMENT", 1100},
	fault.CodeInvalidParameter:    {"INVALID_FUNCTION_ARGUMENT", 1106},
	fault.CodeInvalidRegexp:       {"INVALID_FUNCTION_ARGUMENT", 1106},
	fault.CodeArraySubscript:      {"INVALID_FUNCTION_ARGUMENT", 1106},
	fault.CodeCardinality:         {"SUBQUERY_MULTIPLE_ROWS", 1100},
	fault.CodeFeatureNotSupported: {"NOT_SUPPORTED", 1200},
	fault.CodeInsufficientPriv:    {"PERMISSION_DENIED", 1500},
	fault.CodeUndefinedFile:       {"HIVE_CANNOT_OPEN_SPLIT", 1109},
	fault.CodeDataCorrupted:       {"HIVE_BAD_DATA", 1001},
	fault.CodeObjectNotReady:      {"HIVE_FILESYSTEM_ERROR", 1002},
	fault.CodeOutOfMemory:         {"EXCEEDED_LOCAL_MEMORY_LIMIT", 1},
}

// failure says how an execution that ended with err looks: its state, why, and
// Athena's own error. sql is the statement that the error's position is in, database
// where names without one are looked for.
func failure(err error, sql, database string) (athenatypes.QueryExecutionState, string, *athenatypes.AthenaError) {
	f := fault.As(err)
	text, state := reason(f, sql, database), athenatypes.QueryExecutionStateFailed
	ae := &athenatypes.AthenaError{ErrorCategory: aws.Int32(categoryUser), ErrorType: aws.Int32(1000), ErrorMessage: &text}
	if c, ok := failureClasses[f.Code]; ok {
		ae.ErrorType = aws.Int32(c.typ)
	}
	switch {
	case f.Code == fault.CodeLimitExceeded && strings.HasPrefix(f.Message, workgroup.Refusal):
		state, ae.ErrorType, ae.ErrorCategory = athenatypes.QueryExecutionStateCancelled, aws.Int32(1008), aws.Int32(categoryOther)
	case f.Code == fault.CodeAdminShutdown:
		ae.ErrorCategory, ae.ErrorType, ae.Retryable = aws.Int32(categorySystem), aws.Int32(100), true
	case f.Kind == fault.Canceled:
		state, ae.ErrorType, ae.ErrorCategory = athenatypes.QueryExecutionStateCancelled, aws.Int32(1014), aws.Int32(categoryUser)
	case f.Kind == fault.Resource:
		ae.ErrorCategory, ae.Retryable = aws.Int32(categorySystem), true
	case f.Kind == fault.Internal:
		ae.ErrorCategory, ae.ErrorType = aws.Int32(categorySystem), aws.Int32(9999)
	case f.Kind == fault.External:
		ae.ErrorCategory = aws.Int32(categoryOther)
	}
	return state, text, ae
}

// reason writes the message as Athena does: WORD: line 1:8: message. The refusals
// of workgroups begin with their own words.
func reason(f *fault.Error, sql, database string) string {
	var b strings.Builder
	class, ok := failureClasses[f.Code]
	switch {
	case f.Code == fault.CodeLimitExceeded || f.Kind == fault.Canceled || f.Code == fault.CodeAdminShutdown:
	case ok:
		b.WriteString(class.word + ": ")
	case f.Kind == fault.Internal:
		b.WriteString("GENERIC_INTERNAL_ERROR: ")
	case f.Kind == fault.User:
		b.WriteString("GENERIC_USER_ERROR: ")
	}
	b.WriteString(place(f, sql))
	b.WriteString(message(f, database))
	for _, more := range []string{f.Detail, f.Hint} {
		if more != "" {
			b.WriteString(". " + strings.TrimSuffix(more, "."))
		}
	}
	return b.String()
}

// place writes where in the statement the error is: line 1:8.
func place(f *fault.Error, sql string) string {
	if f.Pos <= 0 {
		return ""
	}
	line, column, at := 1, 1, 1
	for _, r := range sql {
		if at == f.Pos {
			break
		}
		if at, column = at+1, column+1; r == '\n' {
			line, column = line+1, 1
		}
	}
	return fmt.Sprintf("line %d:%d: ", line, column)
}

// wordings are the messages in which clients look for words: what the engine says,
// and how Athena puts it. DB is the database of names without one.
var wordings = []struct {
	code   fault.Code
	ours   *regexp.Regexp
	theirs string
}{
	{fault.CodeUndefinedTable, regexp.MustCompile(`^relation "([^.]+)" does not exist$`), "Table 'awsdatacatalog.DB.$1' does not exist"},
	{fault.CodeUndefinedTable, regexp.MustCompile(`^relation "(.+)" does not exist$`), "Table 'awsdatacatalog.$1' does not exist"},
	{fault.CodeUndefinedTable, regexp.MustCompile(`^table "(.+)" does not exist in database "(.+)"$`), "Table 'awsdatacatalog.$2.$1' does not exist"},
	{fault.CodeUndefinedColumn, regexp.MustCompile(`^column "?([^" ]+)"? does not exist$`), "Column '$1' cannot be resolved or requester is not authorized to access requested resources"},
	{fault.CodeUndefinedFunction, regexp.MustCompile(`^function (\w+)\(.*\) does not exist$`), "Function '$1' not registered"},
	{fault.CodeInvalidSchemaName, regexp.MustCompile(`^(?:schema|database) "(.+)" does not exist$`), "Schema '$1' does not exist"},
}

// message is the fault's, or Athena's own words where clients look for them.
func message(f *fault.Error, database string) string {
	if f.Kind == fault.Internal {
		return "an internal error occurred"
	}
	for _, w := range wordings {
		if w.code == f.Code && w.ours.MatchString(f.Message) {
			text := w.theirs
			if database != "" {
				text = strings.Replace(text, "DB", strings.ReplaceAll(database, "$", "$$"), 1)
			} else {
				text = strings.Replace(text, "awsdatacatalog.DB.", "", 1)
			}
			return w.ours.ReplaceAllString(f.Message, text)
		}
	}
	return f.Error()
}
